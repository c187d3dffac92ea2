"""Where a language model answers, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server that answers as OpenAI's chat completions do, far away or on this machine."""

    url: str  # the base, such as http://127.0.0.1:11434/v1
    model: str
    key: str = field(default="", repr=False)  # "" where none is asked for
    price_in: float = 0.0  # of a million tokens sent, in any currency
    price_out: float = 0.0  # of a million tokens answered
    seconds: float = 120.0  # that one answer may take
    attempts: int = 5  # before a document is given up
