"""Pdf by pypdfium2: the words with their places, put in order by `ingest.read.layout`; pages are the places.

A page without a text layer, or whose fonts do not say which characters they draw, is read by OCR if that is installed;
if no page can be read the file is reported, never stored as if it were empty or as private codes. White text on nothing
is left out.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graph.errors import ReadError
from ingest.read.composition import Composition
from ingest.read.layout import Fragment, Page, compose
from ingest.read.limits import MAX_MEMBERS, Budget
from ingest.read.ocr import INSTALL, Recogniser, recogniser
from ingest.read.record import MAX_CHARACTERS, Blob, Fields, Result, Skipped, document

MAX_PIXELS = 12_000_000
_DPI = 200
_UNKNOWN = 0.2  # share of characters that stand for nothing, above which a page cannot be read
_LIGATURES = {chr(0xFB00 + number): text for number, text in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
_SPLIT = 1.5  # heights between two characters that end a fragment
_SPACE = 0.22  # heights between two letters that are a space
_WHITE = 250


@dataclass(frozen=True, slots=True)
class _Sign:
    """A character and its box, `top` and `bottom` counting down from the page's top."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


_GAP = _Sign(" ", 0, 0, 0, 0)
"""A space, wherever it stands."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """What the text layer of a page gives."""

    page: Page
    signs: int = 0
    unknown: int = 0  # characters that stand for nothing
    unseen: int = 0  # characters in white on nothing
    drawn: bool = False  # whether anything at all is on the page


def read_pdf(blob: Blob, budget: Budget, sight: Recogniser | None = None) -> Iterator[Result]:
    """One document: the paragraphs of all pages. `sight` reads pages without text (that which is installed if None)."""
    import pypdfium2

    try:
        book = pypdfium2.PdfDocument(blob.data)
        count = len(book)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        reason = "protected by a password; save it without" if locked else f"damaged: {error}"
        yield ReadError(blob.source, reason)
        return
    if count > MAX_MEMBERS:
        yield ReadError(blob.source, f"{count:,} pages, over the limit of {MAX_MEMBERS:,}; split it")
        return
    yield _document(blob, budget, book, [_layer(book, number, blob.source) for number in range(count)], sight)


def _document(blob: Blob, budget: Budget, book: Any, layers: Sequence[_Layer], sight: Recogniser | None) -> Result:
    blind = [number for number, layer in enumerate(layers) if layer.drawn and not _readable(layer)]
    unmapped = [number for number in blind if layers[number].signs]
    sight = sight or (recogniser() if blind else None)
    pages = {number: layer.page for number, layer in enumerate(layers) if number not in blind}
    if sight:
        for number in blind:
            budget.restart()
            pages[number] = _seen(book, number, sight)
    text = Composition()
    running = compose([page for _, page in sorted(pages.items())], text)
    if not text.parts and blind:
        if unmapped:
            reason = "text cannot be mapped to characters: its fonts do not say which they draw"
            return ReadError(blob.source, f"{reason}; {INSTALL}" if sight is None else reason)
        return Skipped(
            blob.source, f"no text layer (scan?); {INSTALL if sight is None else 'OCR found no words'}", True
        )
    unseen = sum(layer.unseen for layer in layers)
    if not text.parts and unseen:
        return ReadError(blob.source, f"empty: all {unseen} characters of its text are white on white")
    notes = [f"running line left out: {line[:80]}" for line in running[:3]]
    if blind:
        which = f"page{'s' if len(blind) > 1 else ''} {_numbers(blind)}"
        notes.append(f"{which} read by OCR" if sight else f"{which} without text that can be read (scan?); {INSTALL}")
    if unseen:
        notes.append(f"{unseen} characters in white on white were left out")
    said = Fields(text.text, title=_title(book))
    return document(blob.source, blob.source, "utf-8", said, tuple(notes), text.places)


def _readable(layer: _Layer) -> bool:
    hidden = bool(layer.unseen and not layer.signs)
    return hidden or (bool(layer.page.fragments) and layer.unknown <= _UNKNOWN * layer.signs)


def _numbers(pages: Sequence[int]) -> str:
    shown = ", ".join(str(number + 1) for number in pages[:10])
    return f"{shown} and {len(pages) - 10} more" if len(pages) > 10 else shown


# ---------------------------------------------------------------------------------------------------------- text layer


def _layer(book: Any, number: int, source: str) -> _Layer:
    """The words of a page. Raises ReadError for more characters than a document may have."""
    import pypdfium2

    name = f"page {number + 1}"
    try:
        page = book[number]
        words = page.get_textpage()
    except pypdfium2.PdfiumError:
        return _Layer(Page(name, 0, ()))
    try:
        _, height = page.get_size()
        count = words.count_chars()
        if count > MAX_CHARACTERS:
            raise ReadError(source, f"{name} has {count:,} characters, over the limit of {MAX_CHARACTERS:,}")
        white = _white_areas(page)
        signs = list(_signs(words.raw, count, page, white))
        unknown = sum(1 for sign in signs if _unknown(sign.text))
        shown = [sign for sign in signs if sign.text]
        size = sum(1 for sign in shown if sign is not _GAP)
        drawn = bool(size) or next(iter(page.get_objects(max_depth=3)), None) is not None
        fragments = tuple(_fragments(shown)) if unknown <= _UNKNOWN * size else ()
        return _Layer(Page(name, height, fragments), size, unknown, len(signs) - len(shown), drawn)
    finally:
        words.close()
        page.close()


def _unknown(text: str) -> bool:
    """Whether a character stands for nothing: control, private, not assigned, or the sign for what is missing."""
    return bool(text) and (text == "\ufffd" or unicodedata.category(text[0]) in ("Cc", "Co", "Cn", "Cs"))


def _signs(words: Any, count: int, page: Any, areas: list[tuple[float, ...]] | None) -> Iterator[_Sign]:
    """The upright characters of a page in the order of the file; white ones on nothing with the text ""."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    where = ctypes.byref(box)
    turn = page.get_rotation()
    width, height = page.get_size()
    left, bottom, *_ = page.get_cropbox()
    for place in range(count):
        code = raw.FPDFText_GetUnicode(words, place)
        text = "-" if raw.FPDFText_IsHyphen(words, place) == 1 else _LIGATURES.get(chr(code), chr(code))
        if text.isspace() and text != "\u3000":
            yield _GAP
            continue
        if raw.FPDFText_IsGenerated(words, place) == 1 or not raw.FPDFText_GetLooseCharBox(words, place, where):
            continue
        spot = _upright((box.left - left, box.bottom - bottom, box.right - left, box.top - bottom), turn, width, height)
        inside = spot[0] < width and spot[2] > 0 and spot[1] < height and spot[3] > 0
        if not inside or _turned(raw.FPDFText_GetCharAngle(words, place), turn):
            continue
        if areas is not None and _is_white(words, place) and not _covered(box, areas):
            text = ""
        yield _Sign(text, *spot)


def _upright(box: tuple[float, float, float, float], turn: int, width: float, height: float) -> tuple[float, ...]:
    """Left, top, right, bottom counted from the top left corner of the page as it is shown."""
    left, bottom, right, top = box
    if turn == 90:
        return bottom, left, top, right
    if turn == 180:
        return width - right, bottom, width - left, top
    if turn == 270:
        return width - top, height - right, width - bottom, height - left
    return left, height - top, right, height - bottom


def _turned(angle: float, turn: int) -> bool:
    """Whether a character stands aslant or on its side, as watermarks do. The angle is in radians."""
    degrees = round(angle * 57.29578 + turn) % 360
    return 10 < degrees < 350 and bool(angle or turn)


def _fragments(signs: Sequence[_Sign]) -> Iterator[Fragment]:
    """Characters that follow each other on a line, a space where they stand apart a little."""
    parts: list[str] = []
    first = last = None
    spaced = False
    for sign in signs:
        if sign is _GAP:
            spaced = True
            continue
        if first is None or last is None or _apart(last, sign):
            if first and last:
                yield _fragment(parts, first, last)
            parts, first = [sign.text], sign
        else:
            gap = sign.left - last.right
            narrow = last.text[-1:] < "\u2e80" and sign.text[:1] < "\u2e80"
            spaced = narrow and (spaced or gap > _SPACE * (sign.bottom - sign.top))
            parts += [" ", sign.text] if spaced else [sign.text]
        last, spaced = sign, False
    if first and last:
        yield _fragment(parts, first, last)


def _fragment(parts: list[str], first: _Sign, last: _Sign) -> Fragment:
    return Fragment("".join(parts).strip(), first.left, first.top, max(first.right, last.right), first.bottom)


def _apart(last: _Sign, sign: _Sign) -> bool:
    height = max(min(last.bottom - last.top, sign.bottom - sign.top), 0.1)
    moved = abs((last.top + last.bottom) - (sign.top + sign.bottom)) / 2 > 0.5 * height
    return moved or sign.left - last.right > _SPLIT * height or sign.left < last.left - height


# ------------------------------------------------------------------------------------------------------- white on white


def _white_areas(page: Any) -> list[tuple[float, ...]] | None:
    """The boxes of what is painted under the words, if any text of the page is white; else None (nothing to check)."""
    from pypdfium2 import raw

    areas: list[tuple[float, ...]] = []
    white = False
    for one in page.get_objects(max_depth=5):
        if one.type == raw.FPDF_PAGEOBJ_TEXT:
            white = white or min(_fill(one.raw)) >= _WHITE
        elif one.type in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING) or (
            one.type == raw.FPDF_PAGEOBJ_PATH and min(_fill(one.raw)) < _WHITE
        ):
            areas.append(tuple(one.get_bounds()))
    return areas if white else None


def _fill(one: Any) -> tuple[int, int, int]:
    from pypdfium2 import raw

    red, green, blue, alpha = (ctypes.c_uint(0) for _ in range(4))
    raw.FPDFPageObj_GetFillColor(one, red, green, blue, alpha)
    return red.value, green.value, blue.value


def _is_white(words: Any, place: int) -> bool:
    from pypdfium2 import raw

    red, green, blue, alpha = (ctypes.c_uint(0) for _ in range(4))
    done = raw.FPDFText_GetFillColor(words, place, red, green, blue, alpha)
    return bool(done) and min(red.value, green.value, blue.value) >= _WHITE


def _covered(box: Any, areas: Sequence[tuple[float, ...]]) -> bool:
    """Whether the middle of a character stands on something painted."""
    across, up = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    return any(left <= across <= right and bottom <= up <= top for left, bottom, right, top in areas)


# ------------------------------------------------------------------------------------------------------------ the rest


def _seen(book: Any, number: int, sight: Recogniser) -> Page:
    """A page as OCR reads it."""
    page = book[number]
    width, height = page.get_size()
    scale = min(_DPI / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    picture = page.render(scale=scale, may_draw_forms=False).to_numpy()
    fragments = (
        Fragment(one.text, one.left / scale, one.top / scale, one.right / scale, one.bottom / scale)
        for one in sight.fragments(picture)
    )
    found = Page(f"OCR, page {number + 1}", height, tuple(fragments))
    page.close()
    return found


def _title(book: Any) -> str:
    title = " ".join(str(book.get_metadata_value("Title")).replace("\0", "").split())[:500]
    return (
        ""
        if title.lower().endswith((".doc", ".docx", ".pdf", ".ppt", ".pptx", ".indd")) or "untitled" in title.lower()
        else title
    )
