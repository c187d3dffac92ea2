"""Mail (eml): the text that a reader sees, subject as title, the day it was sent; attachments are documents too."""

from __future__ import annotations

import email
import email.errors
import email.policy
import re
from collections.abc import Iterator
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath

from graph.errors import ReadError
from ingest.read.archive import cleaned
from ingest.read.encoding import decode
from ingest.read.html import page_text
from ingest.read.limits import MAX_DEPTH, MAX_MEMBERS, Budget
from ingest.read.record import Blob, Fields, Raw, Result, Skipped, document

_POLICY = email.policy.compat32  # the others raise on damaged headers


def read_mail(blob: Blob, budget: Budget) -> Iterator[Result]:
    """The mail, then its attachments, called by the mail's name and theirs."""
    if blob.depth >= MAX_DEPTH:
        yield ReadError(blob.source, f"mails and archives within each other deeper than {MAX_DEPTH} are not opened")
        return
    yield from _message(email.message_from_bytes(blob.data, policy=_POLICY), blob, budget, blob.source, blob.depth)


def _message(message: Message, blob: Blob, budget: Budget, source: str, depth: int) -> Iterator[Result]:
    texts: dict[str, list[tuple[bytes, str]]] = {"text/plain": [], "text/html": []}
    attached: list[Blob] = []
    for number, part in enumerate(_parts(message)):
        if number > MAX_MEMBERS:
            yield ReadError(source, f"more than {MAX_MEMBERS:,} parts; the others were not read")
            break
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes) or not data.strip():
            continue
        budget.spend(len(data), source)
        name = cleaned(_header(part.get_filename() or ""))
        if part.get_content_type() in texts and not name and part.get_content_disposition() != "attachment":
            texts[part.get_content_type()].append((data, part.get_content_charset() or ""))
        elif part.get_content_disposition() == "inline" or part.get("Content-ID"):
            yield Skipped(f"{source}/{name or 'picture'}", "shown inside the mail")
        else:
            called = f"{source}/{name or f'part {number}'}"
            attached.append(Blob(called, PurePosixPath(name).suffix.lower(), data, depth + 1, f"{called}/"))
    yield from _body(message, texts, source, bool(attached))
    yield from _attachments(attached, budget)


def _parts(message: Message) -> Iterator[Message]:
    """The parts that are no containers, those of forwarded mails included."""
    return (part for part in message.walk() if not part.is_multipart())


def _body(message: Message, texts: dict[str, list[tuple[bytes, str]]], source: str, others: bool) -> Iterator[Result]:
    """The mail itself: its plain text, else its page."""
    try:
        plain = "\n\n".join(_decoded(data, source, charset) for data, charset in texts["text/plain"])
        if not plain.strip():
            pages = (_decoded(data, source, charset) for data, charset in texts["text/html"])
            plain = "\n\n".join(page_text(Raw(source, ".html", page, "utf-8")) for page in pages)
    except ReadError as error:
        yield error
        return
    if not plain.strip() and others:
        yield Skipped(source, "a mail without text of its own; its attachments are read")
        return
    said = Fields(plain, title=_header(message["Subject"] or "")[:500], published=_day(message["Date"]))
    yield document(source, source, "utf-8", said)


def _attachments(attached: list[Blob], budget: Budget) -> Iterator[Result]:
    from ingest.read.formats import contents

    for blob in attached:
        budget.restart()
        try:
            yield from contents(blob, budget)
        except ReadError as error:
            yield error


def _decoded(data: bytes, source: str, charset: str) -> str:
    return decode(data, source, charset).text.replace("\r\n", "\n")


def _header(value: object) -> str:
    """A header in words; encoded words are decoded, damaged ones left as they are."""
    from email.header import decode_header, make_header

    try:
        text = str(make_header(decode_header(str(value))))
    except (LookupError, UnicodeError, ValueError, email.errors.MessageError):
        text = str(value)
    return " ".join(re.sub(r"[\ud800-\udfff\0]", "", text).split())


def _day(value: object) -> str:
    """The day on which it was sent, where the sender was; "" if the header says nothing that can be read."""
    try:
        return parsedate_to_datetime(str(value)).date().isoformat() if value else ""
    except (TypeError, ValueError, IndexError):
        return ""
