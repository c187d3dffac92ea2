"""Spreadsheets (xlsx): each row a sentence of labelled cells, with sheet and cells as its place.

What is read is what the program stored: the value of a formula, not the formula; a merged cell for all that it covers;
digits as the format shows them (000973). A number of more than 15 digits is no longer what was typed and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from graph.errors import ReadError
from ingest.read.archive import Archive
from ingest.read.composition import Composition
from ingest.read.grid import Cell, column, inexact, position, write
from ingest.read.limits import Budget
from ingest.read.package import relations, title
from ingest.read.record import MAX_CHARACTERS, Blob, Fields, Result, document
from ingest.read.xml import attribute, child, children, local, parsed, streamed

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_CELLS = 1_000_000
_EXACT = 15  # digits that a spreadsheet keeps
_WIDE = 1_000_000  # cells to which merged ranges may spread
_NAMED = 5  # cells that a note names
_DATES = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))  # built-in formats of dates
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_PERCENTS = frozenset((9, 10))


@dataclass(frozen=True, slots=True)
class Style:
    """How a number is shown: as a date, in percent, with so many leading zeros."""

    date: bool = False
    percent: bool = False
    digits: int = 0


@dataclass(slots=True)
class Sheet:
    """The cells of a sheet as they come in, and what has to be said of them."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    unstored: list[str] = field(default_factory=list)  # formulas without a value
    inexact: list[tuple[str, float]] = field(default_factory=list)  # numbers with more digits than are kept

    def notes(self, alone: bool) -> Iterator[str]:
        """One line for each kind of thing that was left out."""
        where = "" if alone else f"sheet {self.name}, "
        if self.unstored:
            yield f"{where}formula without a stored value, {_some(self.unstored)} (save it in a spreadsheet program)"
        if self.inexact:
            yield inexact(where + _some([at for at, _ in self.inexact]), max(value for _, value in self.inexact))


def read_xlsx(blob: Blob, budget: Budget) -> Iterator[Result]:
    """One document: the rows of all sheets that are shown."""
    archive = Archive(blob, budget)
    text = Composition()
    notes: list[str] = []
    found = list(sheets(archive, blob.source, notes))
    for sheet in found:
        write(rows(sheet), text, f"sheet {sheet.name}")
        notes += sheet.notes(len(found) == 1)
    said = Fields(text.text, title=title(archive, blob.source))
    yield document(blob.source, blob.source, "utf-8", said, tuple(notes), text.places)


def sheets(archive: Archive, source: str, notes: list[str]) -> Iterator[Sheet]:
    """The sheets that are shown; what is hidden is noted. Raises ReadError."""
    book = parsed(archive.read("xl/workbook.xml"), source)
    old = attribute(child(book, "workbookPr"), "date1904") in ("1", "true")
    strings = list(_strings(archive, source))
    styles = _styles(archive, source)
    targets = relations(archive, "xl/workbook.xml", source)
    left = [MAX_CELLS, MAX_CHARACTERS]
    for entry in children(book, "sheets"):
        name = attribute(entry, "name")
        part = targets.get(attribute(entry, "id"), "")
        if attribute(entry, "state") in ("hidden", "veryHidden"):
            notes.append(f"sheet {name} is hidden and was not read")
        elif "worksheets/" in part and part in archive:
            yield _sheet(archive.read(part), Sheet(name), _Book(source, strings, styles, old, left))


def rows(sheet: Sheet) -> list[list[Cell | None]]:
    """The rows that hold something, as wide as the last cell in them, merged cells repeated."""
    cells = dict(sheet.cells)
    spread = 0
    for span in sheet.merged:
        first, _, last = span.partition(":")
        (top, left), (bottom, right) = position(first), position(last or first)
        spread += (bottom - top + 1) * (right - left + 1)
        if (cell := cells.get((top, left))) and spread <= _WIDE:
            whole = Cell(cell.text, span, cell.number)
            cells |= {(row, place): whole for row in range(top, bottom + 1) for place in range(left, right + 1)}
    table: dict[int, dict[int, Cell]] = {}
    for (row, place), cell in cells.items():
        table.setdefault(row, {})[place] = cell
    return [[found.get(place) for place in range(max(found) + 1)] for _, found in sorted(table.items())]


# ------------------------------------------------------------------------------------------------------ parts of a book


@dataclass(frozen=True, slots=True)
class _Book:
    source: str
    strings: Sequence[str]
    styles: Sequence[Style]
    old: bool  # dates count from 1904
    left: list[int]  # cells and characters that may still come


def _strings(archive: Archive, source: str) -> Iterator[str]:
    if "xl/sharedStrings.xml" in archive:
        for item in streamed(archive.read("xl/sharedStrings.xml"), source, "si"):
            yield _text(item)


def _text(item: _Element) -> str:
    """The text of an item without its phonetic reading, on one line."""
    words = (t.text or "" for t in item.iter("{*}t") if local(t.getparent()) != "rPh")
    return " ".join("".join(words).split())


def _styles(archive: Archive, source: str) -> list[Style]:
    if "xl/styles.xml" not in archive:
        return []
    root = parsed(archive.read("xl/styles.xml"), source)
    codes = {attribute(one, "numFmtId"): attribute(one, "formatCode") for one in children(root, "numFmts")}
    return [_style(attribute(one, "numFmtId"), codes) for one in children(root, "cellXfs")]


def _style(number: str, codes: dict[str, str]) -> Style:
    code = _QUOTED.sub("", codes.get(number, "")).partition(";")[0].lower()
    built_in = int(number) if number.isdecimal() else 0
    if not code:
        return Style(date=built_in in _DATES, percent=built_in in _PERCENTS)
    digits = len(code) if re.fullmatch("0{2,}", code) else 0
    return Style(date=bool(re.search("[ymd]", code)) and "general" not in code, percent="%" in code, digits=digits)


def _sheet(data: bytes, sheet: Sheet, book: _Book) -> Sheet:
    row = -1
    place = 0
    for element in streamed(data, book.source, "c", "row", "mergeCell"):
        name = local(element)
        if name == "mergeCell":
            sheet.merged.append(attribute(element, "ref"))
        elif name == "row":
            place = 0
            row = -1
        else:
            at = attribute(element, "r")
            if at:
                row, place = position(at)
            elif row < 0:
                row = _row_of(element)
            _take(element, sheet, book, row, place)
            place += 1
    return sheet


def _row_of(element: _Element) -> int:
    """The row of a cell without an address: that of the element around it."""
    number = attribute(element.getparent(), "r")
    return int(number) - 1 if number.isdecimal() else 0


def _take(element: _Element, sheet: Sheet, book: _Book, row: int, place: int) -> None:
    """Keep a cell that says something."""
    at = f"{column(place)}{row + 1}"
    value = child(element, "v")
    stored = (value.text or "") if value is not None else ""
    kind = attribute(element, "t") or "n"
    if not stored and kind != "inlineStr":
        if child(element, "f") is not None:
            sheet.unstored.append(at)
        return
    if kind == "s":
        text = book.strings[int(stored)] if stored.isdecimal() and int(stored) < len(book.strings) else ""
    elif kind == "inlineStr":
        inline = child(element, "is")
        text = _text(inline) if inline is not None else ""
    elif kind == "n":
        text = _number(stored, attribute(element, "s"), at, sheet, book)
    else:  # str: of a formula; b: a truth; e: an error
        text = {"b": {"1": "TRUE", "0": "FALSE"}.get(stored, ""), "e": ""}.get(kind, " ".join(stored.split()))
    if text:
        book.left[0] -= 1
        book.left[1] -= len(text)
        if min(book.left) < 0:
            raise ReadError(book.source, f"more than {MAX_CELLS:,} cells or {MAX_CHARACTERS:,} characters; split it")
        sheet.cells[row, place] = Cell(text, at, kind == "n")


def _number(stored: str, style: str, at: str, sheet: Sheet, book: _Book) -> str:
    """A number as its format shows it, "" (and noted) if it has more digits than a spreadsheet keeps."""
    shown = book.styles[int(style)] if style.isdecimal() and int(style) < len(book.styles) else Style()
    try:
        value = float(stored)
    except ValueError:
        return " ".join(stored.split())
    if shown.date and 0 < value < 2_958_466:
        return _date(value, book.old)
    if value.is_integer() and abs(value) >= 10**_EXACT:
        sheet.inexact.append((at, abs(value)))
        return ""
    if shown.percent:
        return f"{round(value * 100, 6):g}%"
    return str(int(value)).zfill(shown.digits) if value.is_integer() else repr(value)


def _date(value: float, old: bool) -> str:
    """The day of a serial number; a time only where it is not midnight."""
    moment = datetime(1904, 1, 1) if old else datetime(1899, 12, 30)
    moment += timedelta(seconds=round(value * 86_400))
    day = moment.date().isoformat()
    if value < 1:
        return moment.time().isoformat("minutes")
    return day if (moment.hour, moment.minute) == (0, 0) else f"{day} {moment.time().isoformat('minutes')}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
