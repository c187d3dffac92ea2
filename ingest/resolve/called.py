"""The other names that a document gives to one entity: 简称, 又称, 曾用名, 英文名, or a short form that it uses.

Whose name it is was found by the extractor, which may err. So a name counts only if the words around it define it, or
if it is a short form that shows: its signs stand in the full name in this order, and it is no word for any firm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graph.likeness import COMPARED
from graph.model import Kind
from ingest import lexicon
from ingest.model import Extraction, Mention, Name
from ingest.resolve.card import generic
from ingest.resolve.keys import Key, curated, key
from ingest.script import bare, fold

_CUE_BEFORE = re.compile(
    "(?:原名|曾用名|前身|旧称|原称|更名|改名|改称|变更为|英文名|全称|简称|又称|别名|亦称|下称"
    "|formerly|renamed|known as)[^。；;\n]{0,12}$",
    re.I,
)
_CUE_AFTER = re.compile("^[^。；;\n]{0,30}?(?:更名|改名|改称|变更为|renamed)", re.I)
_QUOTES = dict(zip('“「『"‘', '”」』"’', strict=True))


@dataclass(frozen=True, slots=True)
class Called:
    """At [start, end) the document calls `name` by `written`, which is a name of its own with the key `other`."""

    name: Name
    written: str
    other: Key
    start: int
    end: int
    rule: str


def called(extraction: Extraction, keys: dict[Name, Key], whole: str) -> Iterator[Called]:
    """Each other name of each entity once, where it first stands."""
    seen: set[tuple[Name, str]] = set()
    for mention in extraction.mentions:
        if mention.name.kind not in COMPARED:
            continue
        end = _full(extraction.document.text, mention)
        written = " ".join(fold(extraction.document.text[mention.start : end], join=True).text.split())
        if not (_defined(extraction.document.text, mention, end) or _short(mention.name.text, written)):
            continue
        other = _other(mention.name, keys[mention.name], written, whole)
        if other and (mention.name, other.key) not in seen:
            seen.add((mention.name, other.key))
            yield Called(mention.name, written, other, mention.start, end, mention.rule)


def _full(text: str, mention: Mention) -> int:
    """Where a short form ends: it goes as far as it agrees with the full name (“枫隐智能” of 枫隐智能科技有限公司)."""
    full, at = mention.name.text, mention.end
    if not full.startswith(mention.surface):
        return at
    while at < len(text) and full[len(mention.surface) + at - mention.end :][:1] == text[at]:
        at += 1
    return at


def _defined(text: str, mention: Mention, end: int) -> bool:
    """Whether the words around a name say that it is another name; a quoted one counts only as a whole."""
    closing = _QUOTES.get(text[mention.start - 1 : mention.start])
    if closing and text[end : end + 1] != closing:
        return False
    before, after = text[max(0, mention.start - 30) : mention.start], text[end : end + 45]
    return mention.rule == "defined" or bool(_CUE_BEFORE.search(before) or _CUE_AFTER.search(after))


def _short(full: str, written: str) -> bool:
    """Whether a name is a short form of the full one, of at least three signs (or the first words of a Latin name)."""
    name, part = bare(full), bare(written)
    if part.isascii():
        return len(part) >= 6 and name.startswith(part)
    signs = iter(name)
    return len(part) >= 3 and not generic(part) and all(sign in signs for sign in part)


def _other(name: Name, own: Key, written: str, whole: str) -> Key | None:
    if len(bare(written)) < 2 or written in _common():
        return None
    other = key(name.kind, written, whole)
    if other.kind is Kind.ENTERPRISE:
        other = curated(other, ())
    return other if other.kind is own.kind and other.key != own.key and not _curated(other, written) else None


def _curated(other: Key, written: str) -> bool:
    """Whether the tables know the name as that of somebody: a document's own short form does not take it away."""
    return bare(other.name) != bare(written) and other.name != written


def _common() -> frozenset[str]:
    listed = lexicon.words().lists
    return listed["stands_for"] | listed["near"] | listed["class"] | listed["class_park"] | listed["maker"]
