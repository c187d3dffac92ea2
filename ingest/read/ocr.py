"""Words in pictures, by RapidOCR (the extra `ocr`; its weights come in its wheel). Where it is missing nothing breaks:
what would need it is reported with what to install."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any, Protocol

from ingest.read.layout import Fragment

INSTALL = "to read it by OCR: pip install 'parkbond[ocr]'"
_SURE = 0.5  # lines that are less likely are left out


class Recogniser(Protocol):
    """Finds words in a picture."""

    def fragments(self, picture: Any) -> list[Fragment]:
        """The lines of a picture (array of height × width × 3, blue first), places in pixels."""
        ...


@cache
def recogniser() -> Recogniser | None:
    """The recogniser that is installed, None if none is. Loads its models when first asked for."""
    if not installed():
        return None
    return _Rapid()


def installed() -> bool:
    """Whether the extra `ocr` is there."""
    return find_spec("rapidocr") is not None


class _Rapid:
    """PP-OCR by onnxruntime."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._engine = RapidOCR(params={"Global.log_level": "critical"})

    def fragments(self, picture: Any) -> list[Fragment]:
        found = self._engine(picture)
        if found.txts is None:
            return []
        lines = []
        for text, score, box in zip(found.txts, found.scores, found.boxes, strict=True):
            across, down = [float(point[0]) for point in box], [float(point[1]) for point in box]
            if score >= _SURE and text.strip():
                lines.append(Fragment(text.strip(), min(across), min(down), max(across), max(down)))
        return lines
