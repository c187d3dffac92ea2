"""Pictures (png, jpeg, gif, bmp, tiff, webp), read by OCR where that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from graph.errors import ReadError
from ingest.read.composition import Composition
from ingest.read.layout import Page, compose
from ingest.read.limits import Budget
from ingest.read.ocr import INSTALL, Recogniser, recogniser
from ingest.read.record import Blob, Fields, Result, Skipped, document

MAX_PIXELS = 50_000_000
_LEAST = 64  # pixels of a side; what is smaller is an icon


def read_picture(blob: Blob, budget: Budget, sight: Recogniser | None = None) -> Iterator[Result]:
    """One document: the words in the picture, marked as read by OCR."""
    sight = sight or recogniser()
    if sight is None:
        yield Skipped(blob.source, f"a picture; {INSTALL}", wanted=True)
        return
    import numpy
    from PIL import Image

    try:
        with Image.open(BytesIO(blob.data)) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                reason = f"a picture of {width * height:,} points, over the limit of {MAX_PIXELS:,}; make it smaller"
                yield ReadError(blob.source, reason)
                return
            if min(width, height) < _LEAST:
                yield Skipped(blob.source, "a picture too small to hold text")
                return
            points = numpy.asarray(opened.convert("RGB"))[:, :, ::-1]
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        yield ReadError(blob.source, f"a picture that cannot be opened ({error})")
        return
    text = Composition()
    compose([Page("OCR", float(height), tuple(sight.fragments(points)))], text)
    if not text.parts:
        yield Skipped(blob.source, "a picture in which OCR found no words")
        return
    said = Fields(text.text)
    yield document(blob.source, blob.source, "utf-8", said, ("read by OCR",), text.places)
