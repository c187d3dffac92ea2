"""What a passage says, before anyone knows who is meant. Offsets are code points of the document's original text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from graph.model import Document, Kind, Relation, Role, Status


@dataclass(frozen=True, slots=True)
class Name:
    """A name as one document uses it: the fullest form of it in the document, cleaned but in its own script."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at [start, end); `surface` is the original text there, `name` its document-wide canonical form."""

    start: int
    end: int
    surface: str
    name: Name
    rule: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The words at [start, end) say that `relation` holds between the parties (two, or n for one agreement)."""

    relation: Relation
    parties: tuple[tuple[Role, Name], ...]
    start: int
    end: int
    status: Status
    rule: str
    kinds: tuple[str, ...] = ()
    date: str = ""
    until: str = ""
    qualifier: str = ""
    values: Mapping[str, str | int | float] = field(default_factory=dict)
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything that was read from one document.

    `tally` counts what the reading cost and what it left out, by what it is (tokens, claims dropped …); the counts of
    all documents are summed up in the report.
    """

    document: Document
    mentions: tuple[Mention, ...]
    claims: tuple[Claim, ...]
    tally: Mapping[str, int] = field(default_factory=dict)


class Extractor(Protocol):
    """Reads names and claims from a document. Pure: the same document gives the same extraction.

    `identity` is its name and version, as `ingest.extract.identity` tells it without making the extractor. It stands
    with every document that it read, so it must change when the same document would be read otherwise.
    """

    identity: str

    def extract(self, document: Document) -> Extraction:
        """The mentions (not overlapping, in order) and claims of the document.

        Raises ReadError when this document cannot be read, another error when none can.
        """
        ...
