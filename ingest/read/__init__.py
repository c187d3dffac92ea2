"""From files to documents: one reader a format, picked by content; a file's name is only a hint.

- `documents(paths)`: every document under the paths, every problem, every file left out
- `read_all(paths)`: the documents and errors alone
- `read(path, source)`: the documents of one file
- `walk(paths)`: which files are meant, and what they are called
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from graph.errors import ReadError
from graph.model import Document
from ingest.read.encoding import decode
from ingest.read.html import declared_encoding, looks_like_html, read_html
from ingest.read.record import MAX_BYTES, Raw, Read, Skipped, content_id
from ingest.read.records import looks_like_json, looks_like_jsonl, read_json, read_jsonl, stream_jsonl
from ingest.read.table import looks_like_table, read_table
from ingest.read.text import read_text
from ingest.read.walk import Found, walk

__all__ = ["Found", "Read", "Skipped", "documents", "read", "read_all", "walk"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how its content is known, and its reader. `identified` if its records can have ids of their own."""

    name: str
    looks: Callable[[Raw], bool]
    read: Callable[[Raw], Iterator[Read | ReadError]]
    identified: bool = False


FORMATS = (
    Format("html", looks_like_html, read_html),
    Format("jsonl", looks_like_jsonl, read_jsonl, identified=True),
    Format("json", looks_like_json, read_json, identified=True),
    Format("csv", looks_like_table, read_table, identified=True),
    Format("text", lambda raw: True, read_text),
)
"""The first that fits reads the file."""

_MAGIC = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a zip archive or an Office file (docx, xlsx, pptx)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (doc, xls, ppt)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a", "a rar archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "a SQLite database"),
)
_HEAD = 65_536


def documents(paths: Iterable[Path]) -> Iterator[Read | Skipped | ReadError]:
    """Every document under the paths (see `walk` for what they are called), one at a time.

    A record id that stands for two different contents within the paths is an error: all its records are refused and
    named. To know that before the first of them is handed out, files of records are read twice; only ids and digests
    are kept.
    """
    found = list(walk(paths))
    clashes = _clashes(item for item in found if isinstance(item, Found))
    for item in found:
        if not isinstance(item, Found):
            yield item
            continue
        for result in read(item.path, item.source):
            if isinstance(result, Read) and (places := clashes.get(result.document.id)):
                different = f"id {result.document.id!r} stands for different documents (in {', '.join(places)})"
                yield ReadError(item.source, f"{different}; none was read, give each its own id")
            else:
                yield result


def read_all(paths: Iterable[Path]) -> Iterator[Document | ReadError]:
    """The documents and errors of `documents`, without encodings, notes and what was left out."""
    for item in documents(paths):
        if isinstance(item, Read):
            yield item.document
        elif isinstance(item, ReadError):
            yield item


def read(path: Path, source: str) -> Iterator[Read | ReadError]:
    """The documents of one file, `source` being what the file is called; a problem is yielded, never raised."""
    try:
        raw = _opened(path, source)
        if raw is None:
            yield from stream_jsonl(path, source)
        else:
            yield from _noted(_format(raw).read(raw), raw.encoding)
    except ReadError as error:
        yield error
    except PermissionError:
        yield ReadError(source, "no permission to read it; change its owner or mode")
    except FileNotFoundError:
        yield ReadError(source, "no such file")
    except OSError as error:
        yield ReadError(source, f"cannot be read: {error.strerror or error}")


def _noted(results: Iterator[Read | ReadError], encoding: str) -> Iterator[Read | ReadError]:
    """The results; the first document says the encoding of its file if that is not UTF-8."""
    said = encoding == "utf-8"
    for result in results:
        if isinstance(result, Read) and not said:
            said = True
            yield replace(result, notes=(f"read as {encoding}", *result.notes))
        else:
            yield result


def _format(raw: Raw) -> Format:
    return next(known for known in FORMATS if known.looks(raw))


def _opened(path: Path, source: str) -> Raw | None:
    """The decoded file; None for one that is to be streamed: jsonl in UTF-8 above MAX_BYTES."""
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise ReadError(source, "not a regular file; give files and folders only")
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if not head:
            raise ReadError(source, "empty: 0 bytes")
        if state.st_size > MAX_BYTES:
            if _streamable(head, path.suffix.lower()):
                return None
            raise ReadError(
                source, f"{state.st_size:,} bytes, over the limit of {MAX_BYTES:,}; split it, or give records as jsonl"
            )
        data = head + file.read(MAX_BYTES + 1 - len(head))
    if len(data) > MAX_BYTES:
        raise ReadError(source, f"over the limit of {MAX_BYTES:,} bytes and still growing; give it when it is whole")
    if kind := next((kind for magic, kind in _MAGIC if data.startswith(magic)), ""):
        raise ReadError(source, f"{kind}, which is not read; give txt, md, html, csv, json or jsonl")
    decoded = decode(data, source, declared_encoding(head))
    return Raw(source, path.suffix.lower(), decoded.text, decoded.encoding)


def _streamable(head: bytes, suffix: str) -> bool:
    """Whether the start of a big file is jsonl in UTF-8; a character may be cut at its end."""
    try:
        text = head[: head.rfind(b"\n") + 1].decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return suffix in (".jsonl", ".ndjson") or looks_like_jsonl(Raw("", suffix, text, "utf-8"))


def _clashes(files: Iterable[Found]) -> dict[str, tuple[str, ...]]:
    """The record ids under which different contents stand, and the files (at most four are named) they stand in."""
    first: dict[str, tuple[str, str]] = {}
    places: dict[str, list[str]] = {}
    for found in files:
        for result in _identified(found):
            document = result.document
            if document.id == content_id(document.text, document.title, document.url, document.published):
                continue
            version, source = first.setdefault(document.id, (document.version, found.source))
            names = places.get(document.id) or ([source] if version != document.version else None)
            if names is None:
                continue
            places[document.id] = names
            if found.source not in names and len(names) < 4:
                names.append(found.source)
    return {identity: tuple(names) for identity, names in places.items()}


def _identified(found: Found) -> Iterator[Read]:
    """The documents of a file of records, none of any other file."""
    try:
        raw = _opened(found.path, found.source)
    except (ReadError, OSError):
        return
    if raw is not None and not _format(raw).identified:
        return
    results = stream_jsonl(found.path, found.source) if raw is None else _format(raw).read(raw)
    for result in results:
        if isinstance(result, Read):
            yield result
