"""Reading names and claims from documents. Importing this package loads no model; making an extractor does."""

from __future__ import annotations

from graph.errors import SettingError
from ingest.extract.export import export
from ingest.model import Extractor

__all__ = ["NAMES", "export", "extractor"]

NAMES = ("fast",)
"""The extractors that `extractor` can make."""


def extractor(name: str = "fast") -> Extractor:
    """The extractor of that name; its models are loaded here. Raises SettingError for an unknown name."""
    if name != "fast":
        raise SettingError(f"there is no extractor {name!r}; choose one of: {', '.join(NAMES)}")
    from ingest.extract.fast import FastExtractor

    return FastExtractor()
