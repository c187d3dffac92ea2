"""Records: json (one object, or a list of objects) and jsonl (one object a line).

Fields: id or doc_id, title, text, date or published, url or source; others are left alone. A bad record is reported
with its line or place, the others are kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from graph.errors import ReadError
from ingest.read.record import MAX_BYTES, Fields, Raw, Read, document

_ALIASES = {
    "identity": ("id", "doc_id"),
    "title": ("title",),
    "text": ("text",),
    "published": ("date", "published"),
    "url": ("url", "source"),
}


def looks_like_json(raw: Raw) -> bool:
    """A whole JSON object or list of objects, or a file that is called so."""
    if raw.suffix == ".json":
        return True
    start = raw.text.lstrip()[:2]
    if not start or start[0] not in "{[":
        return False
    value = _parsed(raw.text)
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def looks_like_jsonl(raw: Raw) -> bool:
    """A file that is called so, or whose first two lines that are not blank are each a JSON object."""
    if raw.suffix in (".jsonl", ".ndjson"):
        return True
    if not raw.text.lstrip().startswith("{"):
        return False
    first = [line for line in raw.text.lstrip().split("\n", 2)[:2] if line.strip()]
    return len(first) == 2 and all(isinstance(_parsed(line), dict) for line in first)


def read_json(raw: Raw) -> Iterator[Read | ReadError]:
    """A document for each object of the file."""
    try:
        value = _strict(raw.text)
    except ValueError as error:
        yield ReadError(raw.source, f"no JSON: {error}")
        return
    if isinstance(value, dict):
        yield _document(value, raw.source, raw.source, raw.encoding)
    elif not isinstance(value, list):
        yield ReadError(raw.source, f"a JSON {_kind(value)} where an object or a list of objects is needed")
    elif not value:
        yield ReadError(raw.source, "empty: a list without records")
    else:
        for place, record in enumerate(value, 1):
            yield _document(record, f"{raw.source}, record {place}", raw.source, raw.encoding)


def read_jsonl(raw: Raw) -> Iterator[Read | ReadError]:
    """A document for each line."""
    return _lines(raw.text.split("\n"), raw.source, raw.encoding)


def stream_jsonl(path: Path, source: str) -> Iterator[Read | ReadError]:
    """A document for each line of a UTF-8 file of any size; no line is held in memory beyond MAX_BYTES."""
    with path.open("rb") as file:
        yield from _lines(_decoded(_bounded(file.readline), source), source, "utf-8")


def _bounded(readline: Callable[[int], bytes]) -> Iterator[bytes | None]:
    """Lines; None for one over MAX_BYTES, the rest of which is read past."""
    while line := readline(MAX_BYTES + 1):
        if len(line) <= MAX_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = readline(MAX_BYTES)
        yield None


def _decoded(lines: Iterable[bytes | None], source: str) -> Iterator[str | ReadError]:
    for number, line in enumerate(lines, 1):
        if line is None:
            yield ReadError(f"{source}:{number}", f"a line over {MAX_BYTES:,} bytes; split the record")
            continue
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            yield ReadError(f"{source}:{number}", f"not UTF-8 at byte {error.start} of the line, counted from 0")


def _lines(lines: Iterable[str | ReadError], source: str, encoding: str) -> Iterator[Read | ReadError]:
    found = False
    for number, line in enumerate(lines, 1):
        if isinstance(line, ReadError):
            found = True
            yield line
        elif line.strip():
            found = True
            where = f"{source}:{number}"
            try:
                record = _strict(line)
            except ValueError as error:
                yield ReadError(where, f"no JSON: {error}")
                continue
            yield _document(record, where, source, encoding)
    if not found:
        yield ReadError(source, "empty: no records")


def _document(record: object, where: str, source: str, encoding: str) -> Read | ReadError:
    if not isinstance(record, dict):
        return ReadError(where, f"a JSON {_kind(record)} where an object is needed")
    try:
        said = Fields(**{name: _field(record, names) for name, names in _ALIASES.items()})
    except ValueError as error:
        return ReadError(where, str(error))
    if "text" not in record:
        found = ", ".join(map(str, record)) or "none"
        return ReadError(where, f"no field `text` (fields found: {found[:200]}); `text` is needed")
    return document(where, source, encoding, said)


def _field(record: Mapping[str, object], names: tuple[str, ...]) -> str:
    """The first of the fields that says something, as a string; numbers count for ids and years."""
    for name in names:
        value = record.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, str):
            return value
        if name != "text" and isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise ValueError(f"field `{name}` is a JSON {_kind(value)} where a string is needed")
    return ""


def _strict(text: str) -> object:
    """Parsed JSON; ValueError for all that is none, with its place."""
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}" if "\n" in text.strip() else f"column {error.colno}"
        raise ValueError(f"{error.msg} at {where}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _parsed(text: str) -> object:
    try:
        return _strict(text)
    except ValueError:
        return None


def _kind(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", str: "string", list: "list", dict: "object"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "number")
