"""One `fast` extractor for all tests that read, and its results in a short form."""

from __future__ import annotations

from functools import cache

from graph.model import Document, Kind, Relation, Status
from ingest.extract import extractor
from ingest.model import Claim, Extraction, Extractor


@cache
def reader() -> Extractor:
    """The extractor, made once."""
    return extractor("fast")


def read(text: str, published: str = "", title: str = "") -> Extraction:
    """What is read from a text; every span is checked to point at its surface."""
    found = reader().extract(Document("d", text, title, published=published))
    for mention in found.mentions:
        assert text[mention.start : mention.end] == mention.surface
    for claim in found.claims:
        assert 0 <= claim.start < claim.end <= len(text)
    ends = [0, *(mention.end for mention in found.mentions)]
    assert all(end <= mention.start for end, mention in zip(ends, found.mentions, strict=False))
    return found


def names(found: Extraction, kind: Kind | None = None) -> list[str]:
    """The surfaces in order, of one kind if given."""
    return [one.surface for one in found.mentions if kind is None or one.name.kind is kind]


def canonical(found: Extraction) -> dict[str, str]:
    """Surface -> fullest form."""
    return {one.surface: one.name.text for one in found.mentions}


def said(found: Extraction, relation: Relation, status: Status | None = None) -> set[tuple[str, ...]]:
    """The parties of the claims of a relation (of one status if given), head first."""
    return {parties(one) for one in found.claims if one.relation is relation and status in (None, one.status)}


def parties(claim: Claim) -> tuple[str, ...]:
    """The names of a claim's parties in the order of the claim."""
    return tuple(name.text for _, name in claim.parties)
