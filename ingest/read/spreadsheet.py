"""Other spreadsheets (xls, xlsb, ods) by calamine; and the bare cells of any, for lists of firms."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from graph.errors import ReadError
from ingest.read.archive import Archive
from ingest.read.composition import Composition
from ingest.read.grid import Cell, column, inexact, write
from ingest.read.limits import MAX_RATIO, Budget
from ingest.read.record import Blob, Fields, Result, document

_EXACT = 15


def read_spreadsheet(blob: Blob, budget: Budget) -> Iterator[Result]:
    """One document: the rows of all sheets."""
    text = Composition()
    notes: list[str] = []
    for name, table in cells(blob, budget):
        write(_named(table, name, notes), text, f"sheet {name}")
    said = Fields(text.text)
    yield document(blob.source, blob.source, "utf-8", said, tuple(notes), text.places)


def cells(blob: Blob, budget: Budget) -> Iterator[tuple[str, list[list[Any]]]]:
    """The cells by sheet: text, numbers, truths, None; dates in ISO; merged cells repeated. Raises ReadError."""
    from python_calamine import CalamineError, CalamineWorkbook

    if blob.data.startswith(b"PK"):
        _weigh(blob, budget)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(blob.data))
        for name in book.sheet_names:
            yield name, _unmerged(book.get_sheet_by_name(name))
    except (CalamineError, OSError) as error:
        raise ReadError(blob.source, f"no spreadsheet that can be opened ({error})") from None


def _weigh(blob: Blob, budget: Budget) -> None:
    """Refuse a bomb before calamine unfolds it. Raises ReadError."""
    try:
        parts = list(Archive(blob, budget))
    except ReadError as error:
        raise ReadError(blob.source, f"no spreadsheet that can be opened ({error.reason})") from None
    for part in parts:
        if part.file_size > max(1_000_000, MAX_RATIO * part.compress_size):
            raise ReadError(blob.source, "a part unfolds beyond measure: a bomb, not read")
        budget.spend(part.file_size, blob.source)


def _unmerged(table: Any) -> list[list[Any]]:
    found = [[_plain(cell) for cell in row] for row in table.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in table.merged_cell_ranges or ():
        for line in range(top, min(bottom + 1, len(found))):
            for place in range(left, min(right + 1, len(found[line]))):
                found[line][place] = found[top][left]
    return found


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, datetime.time | datetime.timedelta) else cell


def _named(table: list[list[Any]], sheet: str, notes: list[str]) -> list[list[Cell | None]]:
    """The cells as text with their addresses; merged ones are repeated, so each row is whole."""
    return [
        [_cell(cell, f"{column(place)}{number}", sheet, notes) for place, cell in enumerate(row)]
        for number, row in enumerate(table, 1)
    ]


def _cell(value: Any, at: str, sheet: str, notes: list[str]) -> Cell | None:
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        if abs(value) >= 10**_EXACT:
            notes.append(inexact(f"sheet {sheet}, {at}", value))
            return None
        value = int(value)
    text = " ".join(str(value).split())
    return Cell(text, at, not isinstance(value, str)) if text else None
