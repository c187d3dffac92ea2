"""How much one file may cost: what a reader process is held to, and what is left of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from graph.errors import ReadError

MAX_DEPTH = 3
"""An archive in an archive in an archive is opened, no deeper."""

MAX_MEMBERS = 10_000
"""Files of an archive, attachments of a mail, pages of a pdf."""

MAX_RATIO = 250
"""A member that unfolds to more than so many times its packed size is a bomb (from a million bytes on)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process that reads rich formats may use, and how large their files may be."""

    memory: int = 1_500  # million bytes of data the process may hold
    seconds: int = 60  # of work that a file, a member of an archive, or a page that is read by OCR may take
    size: int = 100_000_000  # bytes of a file
    unfolded: int = 500_000_000  # bytes that all members of one file may unfold to, archives within it included


def _nothing() -> None:
    """No clock runs."""


@dataclass(slots=True)
class Budget:
    """What is left for one file while it is read. `restart` sets the clock to its start again."""

    limits: Limits = field(default_factory=Limits)
    restart: Callable[[], None] = _nothing
    spent: int = 0

    def spend(self, size: int, where: str) -> None:
        """Count bytes that an archive unfolded to. Raises ReadError once they are more than the limit."""
        self.spent += size
        if self.spent > self.limits.unfolded:
            raise ReadError(where, f"unfolds to more than {self.limits.unfolded:,} bytes; unpack and split it")
