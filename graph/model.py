"""The nouns of the graph. Values are frozen; ids come from content, so the same words give the same graph.

A document contributes mentions (where a name stands) and evidence (what a span claims). Entities, links and
collaborations are derived from all contributions together (`graph.fact`), so that any document can be taken
away again and nothing that others support is lost.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter, itemgetter


class Kind(StrEnum):
    """What a name can stand for; also the label of its node (one label a node)."""

    PARK = "Park"
    ENTERPRISE = "Enterprise"
    INSTITUTION = "Institution"
    GOVERNMENT = "Government"
    PLACE = "Place"
    INDUSTRY = "Industry"
    RANKING = "Ranking"  # a published list, such as an edition of an index
    TRACK = "Track"  # a future-industry track of an edition (from the lexicon)
    CHAIN_STEP = "ChainStep"  # a step of an industry chain (from the lexicon)


class Relation(StrEnum):
    """What a claim says. The first group becomes a relationship, the second a Collaboration node."""

    LOCATED_IN = "LOCATED_IN"
    OPERATES_IN = "OPERATES_IN"
    PART_OF = "PART_OF"
    OVERLAPS = "OVERLAPS"
    OWNS = "OWNS"
    CHILD_OF = "CHILD_OF"
    FEEDS = "FEEDS"
    ON = "ON"
    RANKED = "RANKED"
    DESCRIBED = "DESCRIBED"  # attributes of one entity (uscc, size, founded, boundary …)
    CALLED = "CALLED"  # another name of one entity, stated in its document; the qualifier is the id of that name

    COLLABORATES = "COLLABORATES"
    SUPPLIES = "SUPPLIES"
    INVESTS = "INVESTS"

    @property
    def is_collaboration(self) -> bool:
        return self in (Relation.COLLABORATES, Relation.SUPPLIES, Relation.INVESTS)

    @property
    def is_about_one(self) -> bool:
        """Whether it says something of one entity, so that neither a link nor a collaboration follows from it."""
        return self in (Relation.DESCRIBED, Relation.CALLED)


class Cooperation(StrEnum):
    """The kinds of COLLABORATES."""

    JOINT_RESEARCH = "合作研发"
    STRATEGIC = "战略合作"
    JOINT_VENTURE = "合资"
    SHARED_PLATFORM = "共建平台"
    SETTLING = "签约入驻"
    PROJECT = "项目合作"
    INCUBATION = "孵化"
    ALLIANCE = "联盟成员"
    OPERATION = "运营服务"
    OTHER = "其他合作"


class Status(StrEnum):
    """How far a fact has come, weakest first; denied and announced never count as a tie."""

    DENIED = "denied"
    ANNOUNCED = "announced"
    SIGNED = "signed"
    ACTIVE = "active"
    ENDED = "ended"


class Role(StrEnum):
    """The part that a party plays. HEAD and TAIL are the ends of a link, SUBJECT what a description is of."""

    HEAD = "head"
    TAIL = "tail"
    SUBJECT = "subject"
    PARTNER = "partner"
    SUPPLIER = "supplier"
    BUYER = "buyer"
    INVESTOR = "investor"
    INVESTEE = "investee"
    PROVIDER = "provider"  # tenant, incubator, operator: head of a directed COLLABORATES
    CLIENT = "client"


_ORGANISATION = frozenset({Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT, Kind.PARK, Kind.PLACE})

ALLOWED: Mapping[Relation, tuple[frozenset[Kind], frozenset[Kind]]] = {
    Relation.LOCATED_IN: (
        frozenset({Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT, Kind.PARK, Kind.PLACE}),
        frozenset({Kind.PARK, Kind.PLACE}),
    ),
    Relation.OPERATES_IN: (
        frozenset({Kind.ENTERPRISE, Kind.INSTITUTION, Kind.PARK}),
        frozenset({Kind.INDUSTRY}),
    ),
    Relation.PART_OF: (frozenset({Kind.PARK}), frozenset({Kind.PARK})),
    Relation.OVERLAPS: (frozenset({Kind.PARK}), frozenset({Kind.PARK})),
    Relation.OWNS: (_ORGANISATION, frozenset({Kind.ENTERPRISE, Kind.INSTITUTION})),
    Relation.CHILD_OF: (frozenset({Kind.INDUSTRY}), frozenset({Kind.INDUSTRY})),
    Relation.FEEDS: (
        frozenset({Kind.INDUSTRY, Kind.CHAIN_STEP}),
        frozenset({Kind.INDUSTRY, Kind.CHAIN_STEP}),
    ),
    Relation.ON: (frozenset({Kind.INDUSTRY, Kind.ENTERPRISE}), frozenset({Kind.CHAIN_STEP, Kind.TRACK})),
    Relation.RANKED: (frozenset({Kind.PARK}), frozenset({Kind.RANKING})),
    Relation.COLLABORATES: (_ORGANISATION, _ORGANISATION),
    Relation.SUPPLIES: (_ORGANISATION, _ORGANISATION),
    Relation.INVESTS: (_ORGANISATION, _ORGANISATION),
}
"""Which kinds may be the head and the tail of which relation."""


def digest(*parts: object) -> str:
    """A short content id: 20 hexadecimal digits of the SHA-256 of the parts (order matters)."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:20]


def entity_id(kind: Kind, key: str, code: str = "") -> str:
    """The id of the entity whose comparison key (normalised name) is `key`; where its document states its credit
    code, of the one of that name with that code."""
    return f"{kind.lower()}-{digest(kind, key, code) if code else digest(kind, key)}"


@dataclass(frozen=True, slots=True)
class Document:
    """A text as its reader returned it, before folding. Offsets everywhere are code points of `text`."""

    id: str
    text: str
    title: str = ""
    url: str = ""
    published: str = ""  # ISO 8601 date, month or year as far as known, "" if unknown; never shifted by a zone
    form: str = "text"  # text | roster
    source: str = ""  # the path given at ingest, relative to the argument; not part of the content
    places: tuple[tuple[int, str], ...] = ()  # (offset, "page 2"): where the text from there on stands in its file

    @property
    def origin(self) -> str:
        """Documents of one origin are one witness: a hash of the text without white space."""
        return digest("".join(self.text.split()))

    @property
    def version(self) -> str:
        """A hash of all that the document says, the source path left out."""
        places = (f"{offset} {label}" for offset, label in self.places)
        return digest(self.id, self.text, self.title, self.url, self.published, self.form, *places)

    def place(self, start: int, end: int) -> str:
        """Where [start, end) stands in the file: "page 1-2", "slide 4", "sheet 名单, A3:A5 B4"; "" if not known."""
        first = max(bisect_right(self.places, start, key=itemgetter(0)) - 1, 0)
        last = bisect_left(self.places, end, key=itemgetter(0))
        labels = list(dict.fromkeys(label for _, label in self.places[first:last]))
        parts = [label.rpartition(" ") for label in labels]
        if len(labels) > 1 and len({part[0] for part in parts}) == 1 and all(part[2].isdecimal() for part in parts):
            return f"{labels[0]}-{parts[-1][2]}"
        return "; ".join(labels)


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence: `text` is `document.text[start:end]`, `folded` the same in the comparison form."""

    id: str
    document: str
    start: int
    end: int
    text: str
    folded: str
    place: str = ""  # Document.place of it


def passage_id(document: str, start: int, end: int) -> str:
    """The id of the passage at [start, end) of a document."""
    return f"passage-{digest(document, start, end)}"


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a name of an entity stands. `surface` is the original text at [start, end)."""

    entity: str
    passage: str
    start: int
    end: int
    surface: str
    name: str  # cleaned and folded; the fullest name of the entity in its document, or its curated name
    rule: str = ""  # what found it
    told: str = ""  # the document's own id of the entity, where resolution found it to be another


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """One end of a claim, link or collaboration."""

    role: Role
    entity: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim of one document: the words at [start, end) of it say that `relation` holds between the parties."""

    id: str
    document: str
    origin: str  # Document.origin: evidence of one origin counts once
    passage: str
    start: int
    end: int
    relation: Relation
    parties: tuple[Party, ...]  # sorted
    kinds: tuple[str, ...] = ()  # values of Cooperation, sorted; only for COLLABORATES
    status: Status = Status.ACTIVE
    date: str = ""  # stated or published date, ISO, as precise as known
    until: str = ""  # stated end
    qualifier: str = ""  # tells two links of one pair apart (the track of a RANKED)
    values: Mapping[str, str | int | float] = field(default_factory=dict)  # amount, currency, rank, uscc …
    rule: str = ""  # pattern or model that made the claim
    confidence: float = 1.0
    told: tuple[Party, ...] = ()  # the parties with the document's own ids, where resolution found others

    @property
    def fact(self) -> str:
        """What the claim is about; evidence of one fact is united into a link or clustered into collaborations."""
        return fact_id(self.relation, self.parties, self.kinds, self.qualifier)


def in_order(parties: Iterable[Party]) -> list[Party]:
    """Parties by role and entity; the same as `sorted`, quicker."""
    return sorted(parties, key=attrgetter("role", "entity"))


@lru_cache(maxsize=1 << 16)
def fact_id(relation: Relation, parties: tuple[Party, ...], kinds: tuple[str, ...] = (), qualifier: str = "") -> str:
    """The id of a fact: relation, parties with their roles, kinds and qualifier."""
    ends = ";".join(f"{party.role}={party.entity}" for party in in_order(parties))
    return f"fact-{digest(relation, ends, '+'.join(sorted(kinds)), qualifier)}"


def evidence_id(
    document: str, start: int, end: int, fact: str, status: Status, date: str, values: Mapping[str, str | int | float]
) -> str:
    """The id of a piece of evidence, from all that it says."""
    said = ";".join(f"{key}={values[key]}" for key in sorted(values))
    return f"evidence-{digest(document, start, end, fact, status, date, said)}"


@dataclass(frozen=True, slots=True)
class Card:
    """What a name alone tells for comparing it with others; the same for every document that uses it."""

    id: str  # the id that documents give to what they call so
    kind: Kind
    text: str  # the comparison key
    core: str  # without legal form and place; "" where the name is never compared
    place: str = ""  # of the name: 苏州 of 澜川半导体(苏州)有限公司
    marks: str = ""  # numbers and directions: names that differ in them are never one
    parent: str = ""  # of a branch: the id of the firm that it belongs to
    base: str = ""  # the id of the same name without its code; "" where there is no code
    code: str = ""  # the credit code
    block: str = ""  # only names of one block are compared; "" = with none


@dataclass(frozen=True, slots=True)
class Contribution:
    """All that one document adds to the graph."""

    document: Document
    passages: tuple[Passage, ...]
    mentions: tuple[Mention, ...]
    evidence: tuple[Evidence, ...]
    kinds: Mapping[str, Kind]  # of every entity named in mentions and evidence
    extractor: str = ""  # what read it, with its version, e.g. "fast 1"; "" where nothing was read by one
    cards: Mapping[str, Card] = field(default_factory=dict)  # of the names that may be compared with others


@dataclass(frozen=True, slots=True)
class Entity:
    """What mentions refer to. Derived: name, aliases and attributes come from all documents that mention it."""

    id: str
    kind: Kind
    name: str
    aliases: tuple[str, ...] = ()  # other names and original surfaces, sorted
    documents: int = 0  # independent documents (distinct origins) of form text that mention it
    attributes: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A derived binary fact, e.g. LOCATED_IN. `evidence` is never empty."""

    id: str
    relation: Relation
    head: str
    tail: str
    status: Status
    since: str
    until: str
    qualifier: str
    values: Mapping[str, str | int | float]
    documents: int  # independent documents
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collaboration:
    """A derived event: who did what together, when, as far as all documents together say."""

    id: str
    relation: Relation
    kinds: tuple[str, ...]
    parties: tuple[Party, ...]
    status: Status
    since: str
    until: str
    values: Mapping[str, str | int | float]
    documents: int  # independent documents
    evidence: tuple[str, ...]
    origins: tuple[str, ...] = ()  # the distinct origins behind it; `documents` is their number
