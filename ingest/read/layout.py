"""From words with their places on pages to paragraphs: for pdf, and for what OCR finds.

Running headers and footers are left out, columns are read one after the other, rows of a table as rows, wrapped lines
are joined (a hyphen at a line's end goes where it only breaks the word), also over the end of a column or page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.read.composition import Composition
from ingest.read.grid import Cell, write

_GUTTER = 0.8  # between columns, in heights of a line
_COLUMN_LINES = 3  # of each column at least
_RIM = 0.14  # of the page's height at its top and bottom, where running lines stand
_RIM_LINES = 3
_SAME_SIZE = 1.15
_AS_WIDE = 1.3
_PITCH = 1.45  # times the usual distance of lines: a new paragraph
_INDENT = 1.2  # heights
_ROOM = 2.3  # heights left in a line, in which the next character would have fitted

_ENDED = re.compile(r"[。！？!?.．；;：:…][”’」』）)】》\"']*\s*$")
_ITEM = re.compile(
    r"\s*(?:[-*•·●○◆■□▪►※]|[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])[)）、.．](?!\d)|[①-⑳]"
    r"|第[一二三四五六七八九十百\d]+[章节節条條部篇])"
)
_PAGE_NUMBER = re.compile(
    r"[\s\-–—·|/]*(?:第|page)?\s*\d{1,4}\s*[页頁]?(?:\s*(?:/|of|，)?\s*共?\s*\d{1,4}\s*[页頁]?)?[\s\-–—·|/]*",
    re.IGNORECASE,
)
_WIDE = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff“”‘’—…]"
)
_WORD = re.compile(r"[\x21-\u10ff]*")  # of letters that are not parted; empty where a line may begin anywhere
_PROSE = re.compile(r"[，。；,.;、：:]")
_HYPHEN = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*-$")
_COMPOUND = frozenset(
    re.findall(
        r"\w+",
        "well self cross double dual ex far first fast four full good half hard high home ill large last late left "
        "light long low many mid middle near new north off old one open part quasi right second short single six small "
        "so south east west state ten third three top two ultra user vice wide world year real data cost time energy "
        "carbon market best cutting leading award",
    )
)
"""First parts after which a hyphen at a line's end is the word's own: well-known, state-of-the-art, high-tech."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words that stand together on one line; `top` and `bottom` count down from the page's top, in points."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Page:
    """A page: what it is called ("page 3"), its height, its words in any order."""

    name: str
    height: float
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a column [left, right): its cells (more than one in a row of a table)."""

    cells: tuple[Fragment, ...]
    page: str
    column: int  # counted over all pages
    left: float
    right: float

    @property
    def text(self) -> str:
        return " | ".join(cell.text for cell in self.cells)

    @property
    def start(self) -> float:
        return self.cells[0].left

    @property
    def end(self) -> float:
        return self.cells[-1].right

    @property
    def top(self) -> float:
        return self.cells[0].top

    @property
    def height(self) -> float:
        return median(cell.height for cell in self.cells)


def compose(pages: Sequence[Page], text: Composition) -> list[str]:
    """Append the paragraphs of all pages, the page as place. Returns the running lines of the first page with any."""
    running = _running(pages)
    left_out: list[str] = []
    lines: list[_Line] = []
    columns = 0
    for page in pages:
        apart = [fragment for fragment in page.fragments if _runs(fragment, page, running)]
        body = [fragment for fragment in page.fragments if fragment not in apart]
        if not left_out:
            left_out = [one.text for one in apart if not _PAGE_NUMBER.fullmatch(one.text)]
        for column in _columns(body):
            lines += _lined(column, page.name, columns)
            columns += 1
    _write(lines, text)
    return left_out


# ------------------------------------------------------------------------------------------------------- running lines


def _running(pages: Sequence[Page]) -> set[tuple[str, int]]:
    """Lines near the rims (digits aside, with their height on the page) that stand there on more than one page."""
    found: Counter[tuple[str, int]] = Counter()
    for page in pages:
        found.update({_running_key(fragment) for fragment in _rims(page)})
    return {key for key, count in found.items() if count > 1}


def _rims(page: Page) -> Iterator[Fragment]:
    """The outermost lines within the rims of a page."""
    ordered = sorted(page.fragments, key=lambda fragment: fragment.top)
    tops = sorted({round(fragment.top) for fragment in ordered})
    outer = {*tops[:_RIM_LINES], *tops[-_RIM_LINES:]}
    for fragment in ordered:
        middle = (fragment.top + fragment.bottom) / 2
        if round(fragment.top) in outer and not _RIM * page.height < middle < (1 - _RIM) * page.height:
            yield fragment


def _running_key(fragment: Fragment) -> tuple[str, int]:
    return re.sub(r"\d+", "0", fragment.text), round(fragment.top / 3)


def _runs(fragment: Fragment, page: Page, running: set[tuple[str, int]]) -> bool:
    middle = (fragment.top + fragment.bottom) / 2
    if _RIM * page.height < middle < (1 - _RIM) * page.height:
        return False
    words, place = _running_key(fragment)
    near = any((words, place + step) in running for step in (-1, 0, 1))
    return near or bool(_PAGE_NUMBER.fullmatch(fragment.text))


# ------------------------------------------------------------------------------------------------------------- columns


def _columns(fragments: Sequence[Fragment]) -> Iterator[list[Fragment]]:
    """The fragments by column, in the order of reading; what spans the columns parts them above from below."""
    gutter = _gutter(fragments)
    if gutter is None:
        if fragments:
            yield list(fragments)
        return
    spanning = sorted((one for one in fragments if one.left < gutter < one.right), key=lambda one: one.top)
    rest = sorted((one for one in fragments if not one.left < gutter < one.right), key=lambda one: one.top)
    for border in [*spanning, None]:
        above = [one for one in rest if border is None or one.top < border.top]
        rest = rest[len(above) :]
        for side in ([one for one in above if one.right <= gutter], [one for one in above if one.left >= gutter]):
            yield from _columns(side)
        if border:
            yield [border]


def _gutter(fragments: Sequence[Fragment]) -> float | None:
    """Where two columns of prose part: few fragments cross it, and both sides are lines that fill their width."""
    if len(fragments) < 2 * _COLUMN_LINES:
        return None
    size = median(fragment.height for fragment in fragments)
    best: tuple[int, float, float] | None = None
    for edge in sorted({round(fragment.right) for fragment in fragments}):
        left = [one for one in fragments if one.right <= edge + 1]
        right = [one for one in fragments if one.left > edge + 1]
        if min(len(left), len(right)) < _COLUMN_LINES:
            continue
        crossing = len(fragments) - len(left) - len(right)
        width = min(one.left for one in right) - max(one.right for one in left)
        if crossing > 0.3 * len(fragments) or width < _GUTTER * size or not (_prose(left) and _prose(right)):
            continue
        place = (crossing, -width, edge + 1 + width / 2)
        best = min(best, place) if best else place
    return best[2] if best else None


def _prose(fragments: Sequence[Fragment]) -> bool:
    """Whether lines are wrapped prose: most reach the right edge, and they hold marks as sentences do."""
    right = max(one.right for one in fragments)
    left = min(one.left for one in fragments)
    long = sum(1 for one in fragments if one.right - one.left > 0.75 * (right - left))
    marks = sum(1 for one in fragments if _PROSE.search(one.text))
    letters = median(len(one.text) for one in fragments)
    return long >= 0.5 * len(fragments) and marks >= 0.25 * len(fragments) and letters >= 8


def _lined(column: Sequence[Fragment], page: str, number: int) -> list[_Line]:
    """The lines of a column from the top down, each with its cells from the left."""
    rows: list[list[Fragment]] = []
    for fragment in sorted(column, key=lambda one: (one.top + one.bottom, one.left)):
        middle = (fragment.top + fragment.bottom) / 2
        if rows and rows[-1][0].top < middle < rows[-1][0].bottom:
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    left, right = min(one.left for one in column), max(one.right for one in column)
    cells = (tuple(sorted(row, key=lambda one: one.left)) for row in rows)
    return [_Line(row, page, number, left, right) for row in cells]


# ---------------------------------------------------------------------------------------------------------- paragraphs


def _write(lines: Sequence[_Line], text: Composition) -> None:
    """Append the lines as paragraphs and tables."""
    pitch = _pitches(lines)
    place = 0
    while place < len(lines):
        stop = _table_end(lines, place)
        if stop - place > 2:
            write([[Cell(cell.text) for cell in line.cells] for line in lines[place:stop]], text, lines[place].page)
            place = stop
            continue
        paragraph = [lines[place]]
        while place + 1 < len(lines) and _goes_on(paragraph[-1], lines[place + 1], pitch[lines[place].column]):
            place += 1
            paragraph.append(lines[place])
        _paragraph(paragraph, text)
        place += 1


def _table_end(lines: Sequence[_Line], start: int) -> int:
    """Where a run of rows with as many cells as the first ends; the start itself where no table begins."""
    wanted = len(lines[start].cells)
    if wanted < 2:
        return start
    stop = start
    while stop < len(lines) and len(lines[stop].cells) == wanted and lines[stop].column == lines[start].column:
        stop += 1
    return stop


def _pitches(lines: Sequence[_Line]) -> dict[int, float]:
    """The usual distance from line to line in each column, 0 where a column is one line."""
    steps: dict[int, list[float]] = {}
    for above, below in pairwise(lines):
        steps.setdefault(above.column, [])
        if above.column == below.column:
            steps[above.column].append(below.top - above.top)
    if lines:
        steps.setdefault(lines[-1].column, [])
    return {column: median(found) if found else 0.0 for column, found in steps.items()}


def _goes_on(above: _Line, below: _Line, pitch: float) -> bool:
    """Whether the line below goes on in the sentence of the one above."""
    if len(above.cells) > 1 or len(below.cells) > 1 or _ITEM.match(below.text):
        return False
    small, large = sorted((above.height, below.height))
    if large > _SAME_SIZE * max(small, 0.1):
        return False
    if _HYPHEN.search(above.text) and below.text[:1].isalpha():
        return True
    if above.column != below.column:
        indented = below.start > below.left + _INDENT * large
        return _alike(above, below) and not (indented or _ENDED.search(above.text) or _short(above, below))
    if below.top - above.top > _PITCH * max(min(pitch, 2 * large), 1.2 * large):
        return False
    indented = below.start > above.start + _INDENT * large and not _ITEM.match(above.text)
    if below.text[:1].islower() and not _ENDED.search(above.text):
        return True
    return not indented and not _short(above, below)


def _alike(above: _Line, below: _Line) -> bool:
    """Whether two columns are as wide, or the second is a line left over for the next page."""
    narrow, wide = sorted((above.right - above.left, below.right - below.left))
    left_over = above.page != below.page and below.end == below.right and below.right - below.left == narrow
    return left_over or wide <= _AS_WIDE * narrow


def _short(above: _Line, below: _Line) -> bool:
    """Whether the line above ends so early that the first word of the next would have fitted: it ended on purpose."""
    room = above.right - above.end
    first = _WORD.match(below.text)
    word = first.end() if first else 0
    letter = (below.end - below.start) / max(len(below.text), 1)
    least = _ROOM if _WIDE.search(below.text) else 1.0
    return room > max(1.1 * (word + 1) * letter, least * above.height)


def _paragraph(lines: Sequence[_Line], text: Composition) -> None:
    """Append lines as one paragraph, the page of each as its place."""
    text.block(lines[0].text, lines[0].page)
    for above, below in pairwise(lines):
        glue, dropped = joint(above.text, below.text)
        if dropped:
            text.parts[-1] = text.parts[-1][:-1]
            text.length -= 1
        text.add(glue)
        text.add(below.text.strip(), below.page)


def joint(above: str, below: str) -> tuple[str, bool]:
    """What stands between two lines of a paragraph, and whether the hyphen that ends the first is dropped.

    >>> joint("Zefira Photon-", "ics Co."), joint("the well-", "known"), joint("半导体有限公", "司"), joint("a", "b")
    (('', True), ('', False), ('', False), (' ', False))
    """
    above, below = above.rstrip(), below.lstrip()
    if found := _HYPHEN.search(above):
        parts = found[0].lower().split("-")
        kept = len(parts) > 2 or parts[0] in _COMPOUND or not below[:1].islower()
        return "", not kept
    if _WIDE.match(above[-1:]) or _WIDE.match(below[:1]):
        return "", False
    return " ", False
