"""Which reader reads what: a format is known by content; a file's name is only a hint.

Texts (txt, md, csv, json, jsonl) are read where they are asked for. Rich formats hold a parser's dangers and are read
in a process of their own (`ingest.read.child`), by `contents`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module

from graph.errors import ReadError
from ingest.read.encoding import decode
from ingest.read.html import declared_encoding, looks_like_html
from ingest.read.limits import Budget
from ingest.read.record import MAX_BYTES, Blob, Raw, Read, Result
from ingest.read.records import looks_like_json, looks_like_jsonl, read_json, read_jsonl
from ingest.read.table import looks_like_table, read_table
from ingest.read.text import read_text

Results = Iterator[Result]

READ = "txt, md, html, csv, json, jsonl, pdf, docx, xlsx, pptx, eml, zip"
"""What is read, for messages."""


@dataclass(frozen=True, slots=True)
class Format:
    """A text format: how its content is known, and its reader. `identified` if its records can have their own ids."""

    name: str
    looks: Callable[[Raw], bool]
    read: Callable[[Raw], Iterator[Read | ReadError]]
    identified: bool = False


FORMATS = (
    Format("jsonl", looks_like_jsonl, read_jsonl, identified=True),
    Format("json", looks_like_json, read_json, identified=True),
    Format("csv", looks_like_table, read_table, identified=True),
    Format("text", lambda raw: True, read_text),
)
"""The first that fits reads a text that is no page."""

RICH = {
    "html": "ingest.read.html:read_html",
    "pdf": "ingest.read.pdf:read_pdf",
    "docx": "ingest.read.docx:read_docx",
    "xlsx": "ingest.read.xlsx:read_xlsx",
    "spreadsheet": "ingest.read.spreadsheet:read_spreadsheet",
    "pptx": "ingest.read.pptx:read_pptx",
    "eml": "ingest.read.mail:read_mail",
    "zip": "ingest.read.archive:read_archive",
    "picture": "ingest.read.picture:read_picture",
}
"""The readers of rich formats, loaded when first needed: (Blob, Budget) -> what it holds."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")
_REFUSED = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a", "a rar archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "a SQLite database"),
)
_MAIL = re.compile(
    rb"(?:(?:Return-Path|Received|Delivered-To|From|To|Cc|Date|Subject|Message-ID|MIME-Version|X-[\w-]+|DKIM-Signature"
    rb"|Content-Type|Reply-To|Sender):[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){4}",
    re.IGNORECASE,
)


def rich(head: bytes, suffix: str) -> str:
    """The rich format that a file's first bytes show, "" for text (and pages, which show only once decoded)."""
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(_OLE):
        return "ole"
    if head.startswith(_PICTURES[:4] + _PICTURES[5:]) or _riff(head) or (head.startswith(b"BM") and b"\0" in head[:30]):
        return "picture"
    if suffix == ".eml" or _MAIL.match(head):
        return "eml"
    return ""


def refused(head: bytes, source: str) -> None:
    """Raise ReadError for a file that is known and not read."""
    if kind := next((kind for magic, kind in _REFUSED if head.startswith(magic)), ""):
        raise ReadError(source, f"{kind}, which is not read; give {READ}")


def _riff(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


def contents(blob: Blob, budget: Budget) -> Results:
    """The documents of a file of any format, those of archives and attachments included; ReadError may be raised."""
    if not blob.data:
        raise ReadError(blob.source, "empty: 0 bytes")
    refused(blob.data, blob.source)
    name = rich(blob.data[:65_536], blob.suffix)
    if name == "zip":
        from ingest.read.archive import office

        name = office(blob)
    elif name == "ole":
        name = _old_office(blob)
    if name:
        yield from _reader(name)(blob, budget)
        return
    raw = decoded(blob)
    if looks_like_html(raw):
        yield from noted(_reader("html")(raw, budget), raw.encoding)
    else:
        yield from noted(text_format(raw).read(raw), raw.encoding)


def recorded(blob: Blob, budget: Budget) -> Results:
    """The documents of an archive that may have ids of their own: those of its files of records."""
    name = rich(blob.data[:65_536], blob.suffix)
    if name == "zip":
        from ingest.read.archive import office, read_archive

        if office(blob) == "zip":
            yield from read_archive(blob, budget, recorded)
    elif not name:
        raw = decoded(blob)
        if not looks_like_html(raw) and text_format(raw).identified:
            yield from text_format(raw).read(raw)


def decoded(blob: Blob) -> Raw:
    """The text of a file that is none of the binary formats. Raises ReadError."""
    if len(blob.data) > MAX_BYTES:
        reason = f"{len(blob.data):,} bytes, over the limit of {MAX_BYTES:,}; split it, or give records as jsonl"
        raise ReadError(blob.source, reason)
    text = decode(blob.data, blob.source, declared_encoding(blob.data[:65_536]))
    return Raw(blob.source, blob.suffix, text.text, text.encoding)


def text_format(raw: Raw) -> Format:
    """The format of a text that is no page."""
    return next(known for known in FORMATS if known.looks(raw))


def noted(results: Results, encoding: str) -> Results:
    """The results; the first document says the encoding of its file if that is not UTF-8."""
    said = encoding == "utf-8"
    for result in results:
        if isinstance(result, Read) and not said:
            said = True
            yield replace(result, notes=(f"read as {encoding}", *result.notes))
        else:
            yield result


def _reader(name: str) -> Callable[..., Results]:
    module, function = RICH[name].split(":")
    reader: Callable[..., Results] = getattr(import_module(module), function)
    return reader


def _old_office(blob: Blob) -> str:
    """What an OLE file is: an old spreadsheet is read, the others are refused with what to do."""
    wide = blob.data[:2_000_000]
    if "EncryptedPackage".encode("utf-16-le") in wide:
        raise ReadError(blob.source, "protected by a password; save it without")
    if "Workbook".encode("utf-16-le") in wide or "Book".encode("utf-16-le") in wide:
        return "spreadsheet"
    raise ReadError(blob.source, "an old Office file (doc, ppt), which is not read; save it as docx, pptx or pdf")
