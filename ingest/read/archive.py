"""Zip files: what they hold, within limits. Office files are zip files too and are opened by the same rules.

A member is read no further than it says it is large, and refused if it unfolds beyond measure; names without the UTF-8
flag are read as what they are (UTF-8, GBK of a Chinese Windows, else the old code page of zip). Nothing is written.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from graph.errors import ReadError
from ingest.read.limits import MAX_DEPTH, MAX_MEMBERS, MAX_RATIO, Budget
from ingest.read.record import MAX_NAME, Blob, Result, Skipped

_UTF8 = 0x800
_LOCKED = 0x1
_FREE = 1_000_000  # bytes to which anything may unfold, whatever its ratio
_LEFTOVERS = frozenset(("__macosx", "thumbs.db", "desktop.ini"))
_DAMAGED = (BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)


class Archive:
    """The members of a zip file, by name. Raises ReadError if it cannot be opened or has too many."""

    def __init__(self, blob: Blob, budget: Budget) -> None:
        self._source = blob.source
        self._budget = budget
        try:
            self._zip = ZipFile(BytesIO(blob.data))
            found = self._zip.infolist()
        except _DAMAGED as error:
            raise ReadError(blob.source, f"a zip file that cannot be opened ({error}); pack it anew") from None
        if len(found) > MAX_MEMBERS:
            raise ReadError(blob.source, f"{len(found):,} files in one archive, over the limit of {MAX_MEMBERS:,}")
        self._members = {info.filename: info for info in found if not info.is_dir()}

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[ZipInfo]:
        return iter(self._members.values())

    def read(self, name: str, where: str = "") -> bytes:
        """The bytes of a member; `where` is what it is called in an error. Raises ReadError."""
        where = where or self._source
        info = self._members[name]
        if info.flag_bits & _LOCKED:
            raise ReadError(where, "protected by a password; pack it without")
        if info.file_size > _FREE and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            times = info.file_size // max(info.compress_size, 1)
            raise ReadError(where, f"a member unfolds to {times:,} times its size: a bomb, not read")
        if info.file_size > self._budget.limits.size:
            limit = self._budget.limits.size
            raise ReadError(where, f"a member of {info.file_size:,} bytes, over the limit of {limit:,}")
        self._budget.spend(info.file_size, where)
        try:
            with self._zip.open(info) as file:
                data = file.read(info.file_size + 1)
        except _DAMAGED as error:
            raise ReadError(where, f"damaged in the archive ({error}); pack it anew") from None
        if len(data) > info.file_size:
            raise ReadError(where, "larger than the archive says it is; pack it anew")
        return data


def office(blob: Blob) -> str:
    """Which Office format a zip file is, "zip" if none. Raises ReadError for formats that are not read."""
    try:
        names = set(ZipFile(BytesIO(blob.data)).namelist())
    except _DAMAGED as error:
        raise ReadError(blob.source, f"a zip file that cannot be opened ({error}); pack it anew") from None
    for part, name in (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx")):
        if part in names:
            return name
    if "xl/workbook.bin" in names or (blob.suffix == ".ods" and "content.xml" in names):
        return "spreadsheet"
    if "mimetype" in names and "content.xml" in names:
        raise ReadError(blob.source, "an OpenDocument file, which is not read; save it as docx, pptx or pdf")
    return "zip"


def read_archive(
    blob: Blob, budget: Budget, read: Callable[[Blob, Budget], Iterator[Result]] | None = None
) -> Iterator[Result]:
    """The documents of all files in a zip file, archives in it included; a bad one is an error and the rest goes on."""
    from ingest.read.formats import contents

    if blob.depth >= MAX_DEPTH:
        yield ReadError(blob.source, f"archives within archives deeper than {MAX_DEPTH} are not opened; unpack them")
        return
    archive = Archive(blob, budget)
    empty = True
    for info in archive:
        empty = False
        budget.restart()
        name = cleaned(_named(info))
        source = blob.prefix + name
        if reason := _left_out(name):
            yield Skipped(source, reason)
            continue
        try:
            data = archive.read(info.filename, source)
            inner = Blob(source, PurePosixPath(name).suffix.lower(), data, blob.depth + 1, f"{source}/")
            yield from (read or contents)(inner, budget)
        except ReadError as error:
            yield error
            if budget.spent > budget.limits.unfolded:
                return
    if empty:
        yield ReadError(blob.source, "empty: an archive without files")


def cleaned(name: str) -> str:
    """The name of a file as it may be shown: no control, invisible or turning characters, no way out of a folder."""
    shown = "".join(
        sign for sign in name.replace("\\", "/") if unicodedata.category(sign)[0] not in "CZ" or sign == " "
    )
    parts = [part.strip() for part in re.sub(r"^[A-Za-z]:", "", shown).split("/")]
    short = "/".join(part for part in parts if part not in ("", ".", ".."))
    return short if len(short) <= MAX_NAME // 2 else f"{short[:200]}…{short[-50:]}"


def _named(info: ZipInfo) -> str:
    """The name of a member; without the UTF-8 flag the bytes say what they are."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return info.filename


def _left_out(name: str) -> str:
    parts = [part.lower() for part in name.split("/")]
    if any(part in _LEFTOVERS or part.startswith("~$") for part in parts):
        return "left behind by another program"
    return "hidden" if any(part.startswith(".") for part in parts) or not name else ""
