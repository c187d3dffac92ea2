"""Rosters: lists of the firms of parks (csv, xlsx, jsonl) as documents of form "roster".

Columns, in any order, English or Chinese: park, name (both needed); uscc, industry, size, founded, from, to, place,
area; source and date, unless they are given for the whole file. The document's text is canonical: one line a row,
sorted, so that the same rows in another order or format are the same document. Each line is the evidence of its row.

A row with an error is refused whole and named with its row and column. A credit code that fails its check (METHOD: 18
signs, mod 31), or that a spreadsheet has turned into a number, is reported and left out; the rest of its row counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import ReadError
from graph.model import Document, Kind, Relation, Role, Status, digest
from ingest.model import Claim, Extraction, Mention, Name
from ingest.read.child import Child
from ingest.read.dates import iso_date
from ingest.read.encoding import decode
from ingest.read.limits import Limits
from ingest.read.record import MAX_BYTES
from ingest.read.table import rows, separator

RULE = "roster"

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "park": ("park", "园区", "园区名称", "所在园区", "園區", "園區名稱", "所在園區"),
    "name": (
        "name",
        "企业名称",
        "名称",
        "企业",
        "公司名称",
        "企業名稱",
        "名稱",
        "企業",
        "公司名稱",
        "enterprise",
        "firm",
        "company",
    ),
    "uscc": ("uscc", "统一社会信用代码", "社会信用代码", "信用代码", "統一社會信用代碼", "信用代碼"),
    "industry": ("industry", "行业", "产业", "所属行业", "行業", "產業", "所屬行業"),
    "size": ("size", "规模", "企业规模", "規模", "企業規模"),
    "founded": ("founded", "成立日期", "成立时间", "成立", "成立時間"),
    "from": ("from", "起", "入驻日期", "入駐日期"),
    "to": ("to", "止", "迁出日期", "遷出日期"),
    "place": ("place", "地点", "所在地", "城市", "地點"),
    "area": ("area", "面积", "园区面积", "面積", "園區面積"),
    "source": ("source", "来源", "來源"),
    "date": ("date", "日期"),
}
_LABELS = {
    "park": "园区",
    "name": "企业",
    "uscc": "信用代码",
    "industry": "行业",
    "size": "规模",
    "founded": "成立",
    "from": "起",
    "to": "止",
    "place": "地点",
    "area": "面积（平方公里）",
    "source": "来源",
    "date": "日期",
}
_KINDS = {"park": Kind.PARK, "name": Kind.ENTERPRISE, "industry": Kind.INDUSTRY, "place": Kind.PLACE}
_DATES = ("founded", "from", "to", "date")
_MAX_CELL = 500  # characters
_HEADER_ROWS = 10  # a title and notes may stand above the header

_AREA = re.compile(r"(\d+(?:\.\d+)?)(.*)")
_AREA_UNITS = {
    **dict.fromkeys(("", "平方公里", "km2", "sqkm", "平方千米"), 1.0),
    **dict.fromkeys(("公顷", "公頃", "ha"), 0.01),
    **dict.fromkeys(("平方米", "m2"), 1e-6),
    **dict.fromkeys(("亩", "畝"), 1 / 1500),
}

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster as read: what goes into the graph, the rows that were refused, and what was left out of the others."""

    document: Document
    extraction: Extraction
    refused: tuple[ReadError, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that holds: canonical cells, by column; dates are ISO, the area is in square kilometres."""

    cells: Mapping[str, str]
    where: str

    @property
    def industries(self) -> tuple[str, ...]:
        return tuple(filter(None, (part.strip() for part in re.split("[;；|]", self.cells.get("industry", "")))))


@dataclass(slots=True)
class _Sheet:
    """The rows of a file as they come in."""

    source: str
    given: Mapping[str, str]
    limits: Limits
    rows: list[_Row] = field(default_factory=list)
    refused: list[ReadError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    areas: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


def read_roster(path: Path, source: str | None = None, date: str | None = None, limits: Limits | None = None) -> Roster:
    """Read a list of firms; `source` (who published it) and `date` (when it held) count where a row has none.

    Raises ReadError if the file cannot be read, lacks a needed column, or has no row that holds.
    """
    stated = iso_date(date or "")
    if stated is None:
        raise ReadError(path.name, f"date {date!r} is in no known form; give YYYY-MM-DD")
    sheet = _Sheet(path.name, {"source": (source or "").strip(), "date": stated}, limits or Limits())
    for where, cells in _table(path, sheet):
        _take(sheet, where, cells)
    if not sheet.rows:
        first = f"; the first problem: {sheet.refused[0]}" if sheet.refused else ""
        raise ReadError(path.name, f"no row that holds{first}")
    return _built(sheet)


def valid_uscc(code: str) -> bool:
    """Whether a unified social credit code has the form and check sign of GB 32100-2015: weights 3^i mod 31."""
    from stdnum.cn import uscc

    return len(code) == 18 and code == code.upper() and bool(uscc.is_valid(code))


# ------------------------------------------------------------------------------------------ cells of the three formats


def _table(path: Path, sheet: _Sheet) -> Iterator[tuple[str, Mapping[str, Cell]]]:
    """The rows of a file as column -> cell, each with the words that say where it stands."""
    data = _data(path)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _spreadsheet(path, sheet)
    text = decode(data, path.name).text
    if text.lstrip().startswith("{"):
        return _json_lines(text, sheet)
    table = ((f"row {line}", row) for line, row in rows(text, separator_of(text)))
    return _under_header(table, sheet)


def separator_of(text: str) -> str:
    """The sign between the columns of a roster: the one that shows the needed columns, else the likeliest."""
    for sign in ",;\t|":
        for number, (_, row) in enumerate(rows(text[:100_000], sign)):
            if isinstance(row, list) and {"park", "name"} <= set(_named(row)):
                return sign
            if number >= _HEADER_ROWS:
                break
    return separator(text)


def _data(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except PermissionError:
        raise ReadError(path.name, "no permission to read it; change its owner or mode") from None
    except FileNotFoundError:
        raise ReadError(str(path), "no such file; check the path") from None
    except OSError as error:
        raise ReadError(path.name, f"cannot be read: {error.strerror or error}") from None
    if not data.strip():
        raise ReadError(path.name, "empty: no rows")
    if len(data) > MAX_BYTES:
        raise ReadError(path.name, f"over the limit of {MAX_BYTES:,} bytes; split it")
    return data


def _spreadsheet(path: Path, sheet: _Sheet) -> Iterator[tuple[str, Mapping[str, Cell]]]:
    """The first sheet that has the needed columns; a merged cell counts for all the cells it covers."""
    with Child(sheet.limits) as child:
        tables: dict[str, list[list[Cell]]] = child.sheets(path, path.name)
    for name, table in tables.items():
        if any({"park", "name"} <= set(_named(row)) for row in table[:_HEADER_ROWS]):
            others = [other for other in tables if other != name]
            if others:
                sheet.notes.append(f"{path.name}: only sheet {name} was read, not {', '.join(others)}")
            return _under_header(((f"row {number}", row) for number, row in enumerate(table, 1)), sheet)
    raise ReadError(path.name, "no sheet has the columns park and name (园区, 企业名称)")


def _json_lines(text: str, sheet: _Sheet) -> Iterator[tuple[str, Mapping[str, Cell]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"row {number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            sheet.refused.append(ReadError(f"{sheet.source}, {where}", f"no JSON: {error}"))
            continue
        if not isinstance(record, dict):
            sheet.refused.append(ReadError(f"{sheet.source}, {where}", "no JSON object"))
            continue
        columns = _named(list(record))
        yield where, {column: record[name] for column, name in columns.items()}


def _under_header(
    table: Iterator[tuple[str, list[str] | list[Cell] | str]], sheet: _Sheet
) -> Iterator[tuple[str, Mapping[str, Cell]]]:
    """The rows below the header, as column -> cell. Raises ReadError if no header with the needed columns is found."""
    seen: list[str] = []
    columns: dict[str, int] = {}
    width = 0
    for number, (where, row) in enumerate(table):
        if isinstance(row, str):
            sheet.refused.append(ReadError(f"{sheet.source}, {where}", row))
        elif columns:
            if any(cell not in (None, "") for cell in row):
                if len(row) != width:
                    reason = f"{len(row)} columns where the header has {width}"
                    sheet.refused.append(ReadError(f"{sheet.source}, {where}", reason))
                else:
                    yield where, {column: row[place] for column, place in columns.items()}
        elif {"park", "name"} <= set(_named(row)):
            names = [str(cell or "") for cell in row]
            columns = {column: names.index(name) for column, name in _named(row).items()}
            width = len(row)
            used = set(columns.values())
            others = sorted({name for place, name in enumerate(names) if name.strip() and place not in used})
            if others:
                sheet.notes.append(f"{sheet.source}: columns not used: {', '.join(others)}")
        elif number >= _HEADER_ROWS:
            break
        else:
            seen += [str(cell) for cell in row if cell not in (None, "")]
    if not columns:
        found = ", ".join(seen)[:200] or "none"
        raise ReadError(sheet.source, f"no header with the columns park and name (园区, 企业名称); found: {found}")


def _named(names: list[str] | list[Cell]) -> dict[str, str]:
    """Which of the names stands for which column; the first that fits counts."""
    columns: dict[str, str] = {}
    for name in names:
        plain = str(name or "").strip().lower()
        for column, known in _COLUMNS.items():
            if plain in known:
                columns.setdefault(column, str(name))
    return columns


# --------------------------------------------------------------------------------------------------- checks of one row


def _take(sheet: _Sheet, where: str, cells: Mapping[str, Cell]) -> None:
    """Check a row and keep it, or refuse it with the column that is at fault."""
    try:
        row = _checked(sheet, where, cells)
    except ReadError as error:
        sheet.refused.append(error)
    else:
        sheet.rows.append(row)


def _checked(sheet: _Sheet, where: str, cells: Mapping[str, Cell]) -> _Row:
    said: dict[str, str] = {}
    for column in _COLUMNS:
        place = f"{sheet.source}, {where}, column {column}"
        value = _plain(cells.get(column), place)
        if column == "uscc" and value:
            value = _code(sheet, cells[column], value, place)
        elif column in _DATES:
            value = _date(value or sheet.given.get(column, ""), place)
        elif column == "area" and value:
            value = _area(value, place)
        elif column == "source":
            value = value or sheet.given["source"]
        if value:
            said[column] = value
        elif column in ("park", "name"):
            raise ReadError(place, "empty; each row needs a park and a name")
        elif column in ("source", "date"):
            raise ReadError(place, f"no {column}; fill the column or give --{column} for the whole file")
    if said.get("from", "") > said.get("to", "9999"):
        raise ReadError(f"{sheet.source}, {where}, column to", f"{said['to']} is before {said['from']} in column from")
    _same_area(sheet, said, where)
    return _Row(said, where)


def _plain(cell: Cell, place: str) -> str:
    """A cell as one line of text; whole numbers without a fraction, dates in ISO."""
    if cell is None:
        return ""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise ReadError(place, f"a {type(cell).__name__} where text is needed")
    if isinstance(cell, float):
        cell = int(cell) if cell.is_integer() else cell
    text = " ".join(str(cell).split())
    if len(text) > _MAX_CELL:
        raise ReadError(place, f"{len(text)} characters, over the limit of {_MAX_CELL}")
    if not text.isprintable():
        text = "".join(character for character in text if character.isprintable())
    return text


def _code(sheet: _Sheet, cell: Cell, value: str, place: str) -> str:
    """The credit code if it can be trusted, else "" with a note."""
    code = value.upper().replace(" ", "")
    if not isinstance(cell, str) or re.fullmatch(r"\d(?:\.\d+)?E\+\d+", code):
        size = len(code) if code.isdigit() else 18
        sheet.notes.append(
            f"{place}: a number of {size} digits, which a spreadsheet cannot hold exactly; not used (format as text)"
            if size > 15
            else f"{place}: {code} is a number, no credit code of 18 signs; not used"
        )
        return ""
    if not valid_uscc(code):
        sheet.notes.append(f"{place}: {code} is no valid credit code (18 signs with a check sign, mod 31); not used")
        return ""
    return code


def _date(value: str, place: str) -> str:
    date = iso_date(value)
    if date is None:
        raise ReadError(place, f"{value!r} is no date in a known form; give YYYY-MM-DD, YYYY-MM or YYYY")
    return date


def _area(value: str, place: str) -> str:
    """Square kilometres, as text without needless digits."""
    found = _AREA.fullmatch(value.replace(",", "").replace("，", "").replace(" ", "").replace("²", "2").lower())
    unit = _AREA_UNITS.get(found[2]) if found else None
    if found is None or unit is None:
        raise ReadError(place, f"{value!r} is no area; give square kilometres, or 公顷, 亩, 平方米 after the number")
    return f"{float(found[1]) * unit:.6f}".rstrip("0").rstrip(".")


def _same_area(sheet: _Sheet, said: Mapping[str, str], where: str) -> None:
    """A park has one area on one date."""
    if "area" not in said:
        return
    area, first = sheet.areas.setdefault((said["park"], said["date"]), (said["area"], where))
    if area != said["area"]:
        reason = f"{said['area']} km² for a park that has {area} in {first}"
        raise ReadError(f"{sheet.source}, {where}, column area", reason)


# ------------------------------------------------------------------------------------------------- document and claims


def _built(sheet: _Sheet) -> Roster:
    """The document of all rows, with the mentions and claims of each."""
    lines = {_line(row): row for row in sheet.rows}
    if len(lines) < len(sheet.rows):
        sheet.notes.append(f"{sheet.source}: {len(sheet.rows) - len(lines)} rows stand there twice and count once")
    ordered = sorted(lines)
    text = "\n".join(ordered)
    sources = sorted({row.cells["source"] for row in lines.values()})
    document = Document(
        id=f"roster-{digest(text)}",
        text=text,
        title="；".join(sources)[:500],
        url=sources[0] if re.match("https?://", sources[0]) else "",
        published=max(row.cells["date"] for row in lines.values()),
        form="roster",
        source=sheet.source,
    )
    mentions: list[Mention] = []
    claims: list[Claim] = []
    described: set[tuple[str, str]] = set()
    start = 0
    for line in ordered:
        mentions += _mentions(lines[line], start)
        row = lines[line]
        key = (row.cells["park"], row.cells["date"])
        claims += _claims(row, start, start + len(line))
        if key not in described and ("area" in row.cells or key not in sheet.areas):
            described.add(key)
            claims.append(_boundary(row, start, start + len(line)))
        start += len(line) + 1
    extraction = Extraction(document, tuple(mentions), tuple(claims))
    return Roster(document, extraction, tuple(sheet.refused), tuple(sheet.notes))


def _line(row: _Row) -> str:
    return "；".join(f"{_LABELS[column]}：{row.cells[column]}" for column in _COLUMNS if column in row.cells)


def _mentions(row: _Row, start: int) -> Iterator[Mention]:
    """The names in the line of a row that starts at `start`, in order."""
    for column in (column for column in _COLUMNS if column in row.cells):
        start += len(_LABELS[column]) + 1
        cell = row.cells[column]
        place = 0
        for name in row.industries if column == "industry" else (cell,):
            place = cell.index(name, place)
            if kind := _KINDS.get(column):
                yield Mention(start + place, start + place + len(name), name, Name(kind, name), RULE)
            place += len(name)
        start += len(cell) + 1


def _claims(row: _Row, start: int, end: int) -> Iterator[Claim]:
    """What a row says of its firm, and where its park is."""
    cells = row.cells
    firm, park = Name(Kind.ENTERPRISE, cells["name"]), Name(Kind.PARK, cells["park"])
    date, until = cells["date"], cells.get("to", "")

    def link(relation: Relation, head: Name, tail: Name, since: str, last: str, status: Status) -> Claim:
        return Claim(relation, ((Role.HEAD, head), (Role.TAIL, tail)), start, end, status, RULE, date=since, until=last)

    gone = Status.ENDED if until and until < date[: len(until)] else Status.ACTIVE
    since = cells.get("from") or ("" if gone is Status.ENDED else date)  # who is gone was not there on the date
    yield link(Relation.LOCATED_IN, firm, park, since, until, gone)
    for industry in row.industries:
        yield link(Relation.OPERATES_IN, firm, Name(Kind.INDUSTRY, industry), date, "", Status.ACTIVE)
    if "place" in cells:
        yield link(Relation.LOCATED_IN, park, Name(Kind.PLACE, cells["place"]), date, "", Status.ACTIVE)
    if values := {column: cells[column] for column in ("uscc", "size", "founded") if column in cells}:
        yield _description(firm, values, date, start, end)


def _boundary(row: _Row, start: int, end: int) -> Claim:
    """That the firms of a park are known from a roster, on its date; and the park's area if the row has it."""
    cells = row.cells
    values: dict[str, str | int | float] = {"boundary": "roster", "boundary_date": cells["date"]}
    if "area" in cells:
        values["area"] = float(cells["area"])
    return _description(Name(Kind.PARK, cells["park"]), values, cells["date"], start, end)


def _description(subject: Name, values: Mapping[str, str | int | float], date: str, start: int, end: int) -> Claim:
    parties = ((Role.SUBJECT, subject),)
    return Claim(Relation.DESCRIBED, parties, start, end, Status.ACTIVE, RULE, date=date, values=values)
