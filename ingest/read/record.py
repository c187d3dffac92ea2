"""What reading gives: a document with what its reader has to say about it, or an error, or a file left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from graph.errors import ReadError
from graph.model import Document, digest
from ingest.read.dates import iso_date

MAX_BYTES = 20_000_000
"""Files above are refused (jsonl: lines above)."""

MAX_CHARACTERS = 4_000_000
"""Texts above are refused."""

MAX_NAME = 1_000
"""Ids, titles and addresses above are refused (characters)."""


_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""What is not seen in a title, or turns its direction."""


@dataclass(frozen=True, slots=True)
class Read:
    """A document as read; `encoding` is that of its file, `notes` what a reader of the summary should know."""

    document: Document
    encoding: str = "utf-8"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read on purpose; `wanted` if its text is missed, as of a scan where no OCR is installed."""

    source: str
    reason: str
    wanted: bool = False


Result = Read | Skipped | ReadError
"""What a reader gives, one at a time."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A decoded file on its way to documents. `text` has its line ends as they were and no byte order mark."""

    source: str
    suffix: str  # lower case, with the dot
    text: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Blob:
    """A file as bytes, on its own or out of an archive (`depth` archives down)."""

    source: str
    suffix: str  # lower case, with the dot
    data: bytes
    depth: int = 0
    prefix: str = ""  # stands before the names of the files in it


@dataclass(frozen=True, slots=True)
class Fields:
    """What a file or record says of one document, as written there."""

    text: str
    identity: str = ""
    title: str = ""
    url: str = ""
    published: str = ""


def document(
    where: str,
    source: str,
    encoding: str,
    said: Fields,
    notes: tuple[str, ...] = (),
    places: Iterable[tuple[int, str]] = (),
) -> Read | ReadError:
    """Check what was said and make it a document; `where` (file, or file and line) is named in an error, `places` are
    those of `Document`.

    The id is `identity`, else `content_id`. A date that is in none of the known forms is left
    out with a note. Refused: no visible character, NUL, half a surrogate pair, more than MAX_CHARACTERS.
    """
    text = said.text
    if problem := _problem(text) or _name_problem(said):
        return ReadError(where, problem)
    date = iso_date(said.published)
    if date is None:
        notes = (*notes, f"date {said.published[:40]!r} is in no known form and was left out (give YYYY-MM-DD)")
    if "\ufffd" in text:
        notes = (*notes, f"{text.count(chr(0xFFFD))} characters U+FFFD: the text was damaged before it was saved")
    title, url, published = " ".join(_INVISIBLE.sub("", said.title).split()), said.url.strip(), date or ""
    identity = said.identity.strip() or content_id(text, title, url, published)
    made = Document(identity, text, title, url, published, source=source, places=tuple(places))
    return Read(made, encoding, notes)


def content_id(text: str, title: str, url: str, published: str) -> str:
    """The id of a document that has none of its own: a hash of its text and of what else it states."""
    return f"text-{digest(*filter(None, (text, title, url, published)))}"


def _problem(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        return f"the text has {len(text):,} characters, over the limit of {MAX_CHARACTERS:,}; split it into documents"
    if (nul := text.find("\0")) >= 0:
        return f"NUL character at offset {nul} of the text; remove it"
    if (half := _half_pair(text)) >= 0:
        return f"half a surrogate pair at offset {half} of the text; write the character whole"
    if text.isspace() or not any(character.isprintable() and not character.isspace() for character in text):
        return "empty: no visible character in the text"
    return ""


def _name_problem(said: Fields) -> str:
    for name, value in (("id", said.identity), ("title", said.title), ("address", said.url)):
        if len(value) > MAX_NAME:
            return f"the {name} has {len(value):,} characters, over the limit of {MAX_NAME:,}"
        if "\0" in value:
            return f"NUL character in the {name}; remove it"
        if _half_pair(value) >= 0:
            return f"half a surrogate pair in the {name}; write the character whole"
    return ""


def _half_pair(text: str) -> int:
    """The offset of the first half of a surrogate pair that stands alone, -1 if none does."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return -1
