"""Tables in CSV as rows of cells, and numbers in cells; what is wrong is collected, so that all can be told at once."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InputError, ReadError
from graph.tables import text_of

EMPTY = frozenset(("", "na", "n/a", "nan", "null", "none"))
"""What a cell without a value may hold, in small letters."""

LARGEST = 1e150
"""Beyond it differences and squares overflow, so it is read as no number."""

SHOWN = 20  # mistakes told in one error


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a table; each with its number as a spreadsheet counts (the header is row 1)."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    mistakes: tuple[str, ...] = ()


def read_sheet(path: Path) -> Sheet:
    """A CSV file, separated by comma, semicolon or tab, in UTF-8, UTF-16 or GB18030; empty rows are passed over.

    Raises:
        ReadError: the file is not there, is empty, or is no text or no CSV.
    """
    return sheet_of(text_of(path), str(path))


def sheet_of(text: str, name: str) -> Sheet:
    """The same of text; `name` stands for it in errors.

    Raises:
        ReadError: it is empty or no CSV.
    """
    if not text.strip():
        raise ReadError(name, "is empty; a table begins with a row of column names")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = max(",;\t", key=text.split("\n", 1)[0].count)  # the first of equals: a comma
    try:
        lines = [tuple(cell.strip() for cell in line) for line in csv.reader(io.StringIO(text), delimiter=separator)]
    except csv.Error as error:
        raise ReadError(name, f"is no CSV table ({error})") from error
    if not lines[0]:
        raise ReadError(name, "has an empty first row; a table begins with a row of column names")
    columns, rows, mistakes = lines[0], [], []
    for column in sorted({column for column in columns if columns.count(column) > 1}):
        mistakes.append(f"{name}, row 1: column {column!r} stands twice; keep one")
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) == len(columns) and any(cells):
            rows.append((number, cells))
        elif any(cells):
            mistakes.append(f"{name}, row {number}: {len(cells)} cells where the header has {len(columns)}")
    return Sheet(name, columns, tuple(rows), tuple(mistakes))


def number_of(cell: str) -> float | None:
    """The number that a cell holds: nan where it is empty (`EMPTY`), None where it holds something else.

    >>> number_of("2.50"), number_of("NA"), number_of("1,200"), number_of("inf")
    (2.5, nan, None, None)
    """
    if cell.lower() in EMPTY:
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) <= LARGEST and "_" not in cell else None


def refuse(mistakes: Sequence[str]) -> None:
    """One error that tells all mistakes (the first twenty in words), or nothing if there are none.

    Raises:
        InputError: there are mistakes.
    """
    if len(mistakes) == 1:
        raise InputError(mistakes[0])
    if mistakes:
        rest = f"; … and {len(mistakes) - SHOWN} more" if len(mistakes) > SHOWN else ""
        raise InputError(f"{len(mistakes)} mistakes: {'; '.join(mistakes[:SHOWN])}{rest}")
