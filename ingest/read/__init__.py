"""From files to documents: one reader a format, picked by content; a file's name is only a hint.

- `documents(paths)`: every document under the paths, every problem, every file left out
- `read_all(paths)`: the documents and errors alone
- `read(path, source)`: the documents of one file
- `walk(paths)`: which files are meant, and what they are called

Texts are read here, rich formats (html, pdf, Office files, mail, archives, pictures) in a process of their own.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

from graph.errors import ReadError
from graph.model import Document
from ingest.read.child import Child
from ingest.read.formats import decoded, noted, refused, rich, text_format
from ingest.read.html import looks_like_html
from ingest.read.limits import Limits
from ingest.read.record import MAX_BYTES, Blob, Raw, Read, Result, Skipped, content_id
from ingest.read.records import looks_like_jsonl, stream_jsonl
from ingest.read.walk import Found, walk

__all__ = ["Child", "Found", "Limits", "Read", "Skipped", "documents", "read", "read_all", "walk"]

_HEAD = 65_536
_STREAM, _ARCHIVE = "stream", "zip"


def documents(paths: Iterable[Path], limits: Limits | None = None) -> Iterator[Result]:
    """Every document under the paths (see `walk` for what they are called), one at a time.

    An archive given by itself is like a folder: its files are called by their path in it; inside a folder they are
    called by the archive's path and theirs. A record id that stands for two different contents within the paths is an
    error: all its records are refused and named. To know that before the first of them is handed out, files of records
    are read twice; only ids and digests are kept.
    """
    found = list(walk(paths))
    with Child(limits) as child:
        clashes = _clashes((item for item in found if isinstance(item, Found)), child)
        for item in found:
            if not isinstance(item, Found):
                yield item
                continue
            for result in read(item.path, item.source, child, inside=item.inside):
                if isinstance(result, Read) and (places := clashes.get(result.document.id)):
                    different = f"id {result.document.id!r} stands for different documents (in {', '.join(places)})"
                    yield ReadError(item.source, f"{different}; none was read, give each its own id")
                else:
                    yield result


def read_all(paths: Iterable[Path], limits: Limits | None = None) -> Iterator[Document | ReadError]:
    """The documents and errors of `documents`, without encodings, notes and what was left out on purpose."""
    for item in documents(paths, limits):
        if isinstance(item, Read):
            yield item.document
        elif isinstance(item, ReadError):
            yield item
        elif item.wanted:
            yield ReadError(item.source, item.reason)


def read(path: Path, source: str, child: Child | None = None, inside: bool = True) -> Iterator[Result]:
    """The documents of one file, `source` being what the file is called; a problem is yielded, never raised.

    Rich formats are read by the process of `child`, by one for this file alone if none is given. `inside` a folder the
    files of an archive are called by its name and theirs.
    """
    with Child() if child is None else nullcontext(child) as reader:
        try:
            opened = _opened(path, source, reader.limits)
            if opened == _STREAM:
                yield from stream_jsonl(path, source)
            elif isinstance(opened, str) or looks_like_html(opened):
                yield from reader.read(path, source, f"{source}/" if inside else "")
            else:
                yield from noted(text_format(opened).read(opened), opened.encoding)
        except ReadError as error:
            yield error
        except PermissionError:
            yield ReadError(source, "no permission to read it; change its owner or mode")
        except FileNotFoundError:
            yield ReadError(source, "no such file")
        except OSError as error:
            yield ReadError(source, f"cannot be read: {error.strerror or error}")


def _opened(path: Path, source: str, limits: Limits) -> Raw | str:
    """The decoded file; the name of its format if that is rich, or "stream" for jsonl in UTF-8 above MAX_BYTES."""
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise ReadError(source, "not a regular file; give files and folders only")
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if not head:
            raise ReadError(source, "empty: 0 bytes")
        refused(head, source)
        form = rich(head, suffix)
        if form and state.st_size > limits.size:
            reason = (
                f"{state.st_size:,} bytes, over the limit of {limits.size:,}; split it, or raise PARKBOND_READ_SIZE"
            )
            raise ReadError(source, reason)
        if form:
            return form
        if state.st_size > MAX_BYTES:
            if _streamable(head, suffix):
                return _STREAM
            raise ReadError(
                source, f"{state.st_size:,} bytes, over the limit of {MAX_BYTES:,}; split it, or give records as jsonl"
            )
        data = head + file.read(MAX_BYTES + 1 - len(head))
    if len(data) > MAX_BYTES:
        raise ReadError(source, f"over the limit of {MAX_BYTES:,} bytes and still growing; give it when it is whole")
    return decoded(Blob(source, suffix, data))


def _streamable(head: bytes, suffix: str) -> bool:
    """Whether the start of a big file is jsonl in UTF-8; a character may be cut at its end."""
    try:
        text = head[: head.rfind(b"\n") + 1].decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return suffix in (".jsonl", ".ndjson") or looks_like_jsonl(Raw("", suffix, text, "utf-8"))


def _clashes(files: Iterable[Found], child: Child) -> dict[str, tuple[str, ...]]:
    """The record ids under which different contents stand, and the files (at most four are named) they stand in."""
    first: dict[str, tuple[str, str]] = {}
    places: dict[str, list[str]] = {}
    for found in files:
        for result in _identified(found, child):
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


def _identified(found: Found, child: Child) -> Iterator[Read]:
    """The documents of a file of records (alone or in an archive), none of any other file."""
    try:
        opened = _opened(found.path, found.source, child.limits)
    except (ReadError, OSError):
        return
    results: Iterator[Result] = iter(())
    if opened == _STREAM:
        results = stream_jsonl(found.path, found.source)
    elif opened == _ARCHIVE:
        results = child.read(found.path, found.source, f"{found.source}/" if found.inside else "", records=True)
    elif isinstance(opened, Raw) and not looks_like_html(opened) and text_format(opened).identified:
        results = text_format(opened).read(opened)
    for result in results:
        if isinstance(result, Read):
            yield result
