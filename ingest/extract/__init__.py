"""Reading names and claims from documents. Importing this package loads no model; making an extractor does."""

from __future__ import annotations

from pathlib import Path

from graph.errors import SettingError
from ingest.extract.endpoint import Endpoint
from ingest.extract.export import export
from ingest.model import Extractor

__all__ = ["DEFAULT", "NAMES", "RULES", "Endpoint", "export", "extractor", "identity"]

NAMES = ("tagger", "fast", "llm")
"""The extractors that `extractor` can make."""

DEFAULT = "tagger"

RULES = 2
"""The version of the rules and tables, a part of what extractors are called. Raise it when they read otherwise."""


def extractor(name: str = DEFAULT, endpoint: Endpoint | None = None, cache: Path | None = None) -> Extractor:
    """The extractor of that name; its models are loaded here. `llm` needs an endpoint, `tagger` keeps its encoder in
    `cache` (~/.cache/parkbond if None), where it is made once from its package.

    Raises SettingError for an unknown name, where the endpoint is missing, or for want of the encoder.
    """
    identity(name, endpoint)
    if endpoint and name == "llm":
        from ingest.extract.llm import LlmExtractor

        return LlmExtractor(endpoint)
    if name == "tagger":
        from ingest.extract.tagger import TaggerExtractor

        return TaggerExtractor(cache or Path.home() / ".cache" / "parkbond")
    from ingest.extract.fast import FastExtractor

    return FastExtractor()


def identity(name: str = DEFAULT, endpoint: Endpoint | None = None) -> str:
    """The identity of the extractor of that name, without making it. Raises as `extractor`."""
    if name not in NAMES:
        raise SettingError(f"there is no extractor {name!r}; choose one of: {', '.join(NAMES)}")
    if name == "tagger":
        from ingest.extract.neural.weights import fingerprint

        return f"tagger {RULES}.{fingerprint()}"
    if name == "fast":
        return f"fast {RULES}"
    if endpoint is None:
        raise SettingError(
            "the extractor llm needs an endpoint: set PARKBOND_LLM_URL (such as http://127.0.0.1:11434/v1) and "
            "PARKBOND_LLM_MODEL, and PARKBOND_LLM_KEY where one is asked for"
        )
    from ingest.extract.llm import named

    return named(endpoint)
