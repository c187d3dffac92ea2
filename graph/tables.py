"""A network from two tables in CSV, for whoever has one without a graph store.

nodes: `id,park,industry`; edges: `source,target`. Columns may come in any order. An empty park or industry is unknown;
a firm in several parks names them all, joined by `;`. The table of firms is taken for the roster of its parks (boundary
`roster`): it can name firms that have no ties. Further columns that are read, each where a cell is not empty:

    nodes   mentions   documents that name the firm without a cooperation of it (exposure): a number
            size       how big the firm is, above 0, in any unit
            region     its city
            founded    the year
    edges   weight     above 0
            kind       what the tie is, several joined by `;`: a class (`graph.tie.CLASSES`), a kind of cooperation or a
                       relation. In rows of SUPPLIES the source supplies the target
            documents  how many documents say so (the weight, unless there is one), or their ids joined by `;`
            date       when it began: a day, a month or a year

All columns of nodes are kept as written.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graph import tie
from graph.errors import InputError, ReadError
from graph.network import ROSTER, Firm, Network, Tie
from graph.window import holds

NODES = ("id", "park", "industry")
EDGES = ("source", "target")


def read_network(nodes: Path, edges: Path, *, since: str = "", until: str = "") -> Network:
    """The network of two CSV files; ties whose date lies outside the window are left out, undated ones kept.

    UTF-8 (with or without byte order mark), UTF-16 with one, or GB18030; separated by comma, semicolon or tab.

    Raises:
        ReadError: a file is not there, is empty or is no text.
        InputError: a column is missing; an id is empty or stands twice with different words; a cell is not what its
            column asks for. The message names file, row (the header is row 1) and column.
    """
    columns, rows = _table(nodes, NODES)
    _, tie_rows = _table(edges, EDGES)
    return _network(nodes, columns, rows, edges, tie_rows, since, until)


def network_of_rows(
    nodes: Sequence[Mapping[str, str]], edges: Sequence[Mapping[str, str]], *, since: str = "", until: str = ""
) -> Network:
    """The network of rows that another reader took apart: each a mapping from all columns to cells, "" where empty.

    Raises:
        InputError: as `read_network`; rows are counted from 1.

    >>> net = network_of_rows([{"id": "a", "park": "P", "industry": ""}], [{"source": "a", "target": "b"}])
    >>> net.notes.unknown_nodes
    ('b',)
    """
    for name, given, needed in (("nodes", nodes, NODES), ("edges", edges, EDGES)):
        missing = [column for column in needed if given and column not in given[0]]
        if missing:
            found = ", ".join(given[0]) or "none"
            raise InputError(f"{name}: missing column {' and '.join(missing)}; found {found}")
    rows, tie_rows = ([_Row(n, dict(row)) for n, row in enumerate(given, 1)] for given in (nodes, edges))
    return _network(Path("nodes"), list(nodes[0]) if nodes else NODES, rows, Path("edges"), tie_rows, since, until)


def _network(
    nodes: Path,
    columns: Sequence[str],
    rows: Sequence[_Row],
    edges: Path,
    tie_rows: Sequence[_Row],
    since: str,
    until: str,
) -> Network:
    firms, repeated = _firms(nodes, rows)
    listed = [_firm(nodes, row) for row in firms.values()]
    rosters = {park: ROSTER for firm in listed for park in firm.parks}
    net = Network.of(listed, _ties(edges, tie_rows, since, until), boundary=rosters)
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
    text = text_of(path)
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


def text_of(path: Path) -> str:
    """The text of a table: UTF-8 (with or without byte order mark), UTF-16 with one, or GB18030; lines end in \\n."""
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
    return Firm(
        row.cells["id"],
        parks,
        row.cells["industry"],
        exposure=_number(path, row, "mentions", least=0),
        size=_number(path, row, "size", above=0),
        region=row.cells.get("region", ""),
        founded=_number(path, row, "founded", least=0),
    )


def _ties(path: Path, rows: Iterable[_Row], since: str, until: str) -> Iterator[Tie]:
    for row in rows:
        for column in EDGES:
            if not row.cells[column]:
                raise InputError(f"{path}, row {row.number}, column {column}: empty; a tie needs both ends")
        date = _date(path, row)
        count, documents = _documents(path, row)
        weight = _number(path, row, "weight", above=0)
        if not holds(date, since, until):
            continue
        source, kinds = row.cells["source"], _kinds(path, row)
        yield Tie(
            source,
            row.cells["target"],
            weight if weight is not None else count or 1.0,
            documents,
            kinds,
            supplier=source if any(tie.supplies(kind) for kind in kinds) else "",
        )


def _date(path: Path, row: _Row) -> str:
    cell = row.cells.get("date", "")
    if cell and not _DATE.fullmatch(cell):
        raise InputError(
            f"{path}, row {row.number}, column date: {cell!r} is no date; write 2024, 2024-05 or 2024-05-31"
        )
    return cell


def _kinds(path: Path, row: _Row) -> tuple[str, ...]:
    kinds = _joined(row.cells.get("kind", ""))
    unknown = [kind for kind in kinds if not tie.known(kind)]
    if unknown:
        raise InputError(
            f"{path}, row {row.number}, column kind: {unknown[0]!r} is no kind of tie; write one of "
            f"{', '.join(tie.KINDS)}, or a kind of cooperation such as 合作研发"
        )
    return kinds


def _documents(path: Path, row: _Row) -> tuple[float | None, tuple[str, ...]]:
    """How many documents speak of the tie, and their ids if those are given."""
    cell = row.cells.get("documents", "")
    if cell.isdecimal():
        return _number(path, row, "documents", above=0), ()
    ids = tuple(dict.fromkeys(_joined(cell)))
    return (float(len(ids)) if ids else None), ids


def _joined(cell: str) -> tuple[str, ...]:
    return tuple(name for part in cell.split(";") if (name := part.strip()))


def _number(path: Path, row: _Row, column: str, *, above: float = -math.inf, least: float = -math.inf) -> float | None:
    """The number of a cell, None if it is empty or the column is not there."""
    cell = row.cells.get(column, "")
    if not cell and (column != "weight" or column not in row.cells):
        return None
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > above and value >= least):
        raise InputError(f"{path}, row {row.number}, column {column}: {cell!r} is {_WANTED[column]}")
    return value


_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_WANTED = {
    "mentions": "no number of documents",
    "size": "no positive number; leave it empty if the size is unknown",
    "founded": "no year",
    "documents": "no number of documents above 0",
    "weight": "no positive number; leave the row out if there is no tie",
}
"""What a cell is not, by column."""
