"""The other names that a document gives to one entity: 简称, 又称, 曾用名, 英文名, or a short form that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph.likeness import COMPARED
from graph.model import Kind
from ingest import lexicon
from ingest.model import Extraction, Mention, Name
from ingest.resolve.keys import Key, curated, key
from ingest.script import bare, fold


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
