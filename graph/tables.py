"""A network from two tables in CSV, for whoever has one without a graph store.

nodes: `id,park,industry`; edges: `source,target` and perhaps `weight`. Columns may come in any order. An empty park or
industry is unknown; a firm in several parks names them all, joined by `;`. The table of firms is taken for the roster
of its parks (boundary `roster`): it can name firms that have no ties. Of the further columns of nodes, `mentions`
(documents that name the firm without a cooperation of it) is read as its exposure, and all are kept as written.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graph.errors import InputError, ReadError
from graph.network import ROSTER, Firm, Network, Tie

NODES = ("id", "park", "industry")
EDGES = ("source", "target")


def read_network(nodes: Path, edges: Path) -> Network:
    """The network of two CSV files.

    UTF-8 (with or without byte order mark), UTF-16 with one, or GB18030; separated by comma, semicolon or tab.

    Raises:
        ReadError: a file is not there, is empty or is no text.
        InputError: a column is missing; an id is empty or stands twice with different words; a weight is not a positive
            number. The message names file, row (the header is row 1) and column.
    """
    columns, rows = _table(nodes, NODES)
    firms, repeated = _firms(nodes, rows)
    _, tie_rows = _table(edges, EDGES)
    listed = [_firm(nodes, row) for row in firms.values()]
    net = Network.of(listed, _ties(edges, tie_rows), boundary={park: ROSTER for firm in listed for park in firm.parks})
    further = [name for name in columns if name not in NODES]
    return replace(
        net,
        columns={name: tuple(firms[firm].cells.get(name, "") for firm in net.firms) for name in further},
        notes=replace(net.notes, merged_rows=net.notes.merged_rows + repeated),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    number: int  # as a spreadsheet counts: the header is row 1
    cells: dict[str, str]


def _table(path: Path, required: Sequence[str]) -> tuple[list[str], list[_Row]]:
    """The columns and rows of a CSV file."""
    text = _text(path)
    header = text.split("\n", 1)[0]
    separator = max(",;\t", key=header.count)  # the first of equals: a comma
    try:
        lines = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text), delimiter=separator)]
    except csv.Error as error:
        raise ReadError(str(path), f"is no CSV table ({error})") from error
    columns = lines[0] if lines else []
    missing = [name for name in required if name not in columns]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise InputError(f"{path}, row 1: column {' and '.join(map(repr, twice))} stands twice; keep one")
    if missing:
        raise InputError(f"{path}, row 1: missing column {' and '.join(missing)}; found {', '.join(columns) or 'none'}")
    return columns, list(_rows(path, columns, lines[1:]))


def _rows(path: Path, columns: Sequence[str], lines: Iterable[list[str]]) -> Iterator[_Row]:
    for number, line in enumerate(lines, start=2):
        if not any(line):
            continue
        if len(line) != len(columns):
            raise InputError(f"{path}, row {number}: {len(line)} cells where the header has {len(columns)}")
        yield _Row(number, dict(zip(columns, line, strict=True)))


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ReadError(str(path), f"cannot be read ({error.strerror})") from error
    if not raw.strip():
        raise ReadError(str(path), "is empty; a table begins with a row of column names")
    codecs = ["utf-16"] if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for codec in codecs:
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise ReadError(str(path), "is no text in UTF-8, UTF-16 or GB18030; save it as CSV UTF-8")


def _firms(path: Path, rows: Iterable[_Row]) -> tuple[dict[str, _Row], int]:
    """One row a firm, and how many rows repeat another word for word."""
    firms: dict[str, _Row] = {}
    repeated = 0
    for row in rows:
        name = row.cells["id"]
        if not name:
            raise InputError(f"{path}, row {row.number}, column id: empty; every firm needs an id")
        first = firms.setdefault(name, row)
        if first is row:
            continue
        differing = [column for column, cell in row.cells.items() if cell != first.cells[column]]
        if differing:
            raise InputError(
                f"{path}, row {row.number}, column {differing[0]}: {name!r} is {row.cells[differing[0]]!r} here and "
                f"{first.cells[differing[0]]!r} in row {first.number}; give each id one row (several parks joined by ;)"
            )
        repeated += 1
    return firms, repeated


def _firm(path: Path, row: _Row) -> Firm:
    parks = {name: () for part in row.cells["park"].split(";") if (name := part.strip())}
    return Firm(row.cells["id"], parks, row.cells["industry"], exposure=_mentions(path, row))


def _mentions(path: Path, row: _Row) -> int | None:
    cell = row.cells.get("mentions", "")
    if not cell:
        return None
    if not cell.isdecimal():
        raise InputError(f"{path}, row {row.number}, column mentions: {cell!r} is no number of documents")
    return int(cell)


def _ties(path: Path, rows: Iterable[_Row]) -> Iterator[Tie]:
    for row in rows:
        for column in EDGES:
            if not row.cells[column]:
                raise InputError(f"{path}, row {row.number}, column {column}: empty; a tie needs both ends")
        yield Tie(row.cells["source"], row.cells["target"], _weight(path, row))


def _weight(path: Path, row: _Row) -> float:
    cell = row.cells.get("weight", "1")
    try:
        weight = float(cell)
    except ValueError:
        weight = math.nan
    if not (weight > 0 and math.isfinite(weight)):
        place = f"{path}, row {row.number}, column weight"
        raise InputError(f"{place}: {cell!r} is no positive number; leave the row out if there is no tie")
    return weight
