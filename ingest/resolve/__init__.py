"""Who is meant: from what a document says to what it adds to the graph. Pure and free of order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from graph.model import (
    ALLOWED,
    Contribution,
    Document,
    Evidence,
    Kind,
    Mention,
    Party,
    Passage,
    Relation,
    Role,
    Status,
    entity_id,
    evidence_id,
    fact_id,
)
from ingest import lexicon
from ingest.model import Claim, Extraction, Name
from ingest.passage import passages as sentences
from ingest.resolve.keys import Key, curated, key
from ingest.script import fold

_OPEN = frozenset((Relation.DESCRIBED,))  # relations without a pair of kinds


def resolve(extraction: Extraction, passages: Sequence[Passage] | None = None) -> Contribution:
    """What a document adds to the graph: passages, mentions and evidence with the ids of the entities meant.

    `passages` are those of the document in order (made here if not given). A claim whose kinds the schema does not
    allow, or whose parties turn out to be one entity, is left out.
    """
    document = extraction.document
    found = tuple(passages) if passages is not None else sentences(document)
    known = _Known(document, found, _surfaces(extraction))
    mentions = tuple(
        known.mention(mention.start, mention.end, mention.name, mention.rule) for mention in extraction.mentions
    )
    evidence: dict[str, Evidence] = {}
    for claim in extraction.claims:
        for piece in known.evidence(claim):
            evidence.setdefault(piece.id, piece)
    kept = tuple(mention for mention in mentions if mention is not None)
    named = {mention.entity for mention in kept} | {
        party.entity for piece in evidence.values() for party in piece.parties
    }
    kinds = {entity: kind for entity, kind in sorted(known.kinds.items()) if entity in named}
    return Contribution(document, found, kept, tuple(evidence.values()), kinds)


def _surfaces(extraction: Extraction) -> Mapping[Name, frozenset[str]]:
    """The writings of each firm in the document."""
    found: dict[Name, set[str]] = {}
    for mention in extraction.mentions:
        if mention.name.kind is Kind.ENTERPRISE:
            found.setdefault(mention.name, set()).add(mention.surface)
    return {name: frozenset(surfaces) for name, surfaces in found.items()}


class _Known:
    """The keys of one document's names, each found once."""

    def __init__(
        self, document: Document, passages: Sequence[Passage], surfaces: Mapping[Name, frozenset[str]]
    ) -> None:
        self._document = document
        self._surfaces = surfaces
        self._origin = document.origin
        self._passages = passages
        self._starts = [passage.start for passage in passages]
        self._whole = "\n".join(passage.folded for passage in passages)
        self._keys: dict[Name, Key] = {}
        self.kinds: dict[str, Kind] = {}

    def _key(self, name: Name) -> Key:
        if name not in self._keys:
            own = key(name.kind, name.text, self._whole)
            self._keys[name] = curated(own, self._surfaces.get(name, frozenset()))
        return self._keys[name]

    def _id(self, name: Name) -> str:
        found = self._key(name)
        entity = entity_id(found.kind, found.key)
        self.kinds[entity] = found.kind
        return entity

    def _passage(self, start: int, end: int) -> Passage | None:
        number = bisect_right(self._starts, start) - 1
        if number < 0 or self._passages[number].end < end:
            return None
        return self._passages[number]

    def mention(self, start: int, end: int, name: Name, rule: str) -> Mention | None:
        """The mention with its entity, None where no passage holds it."""
        passage = self._passage(start, end)
        if passage is None:
            return None
        surface = self._document.text[start:end]
        return Mention(self._id(name), passage.id, start, end, surface, self._key(name).name, rule)

    def evidence(self, claim: Claim) -> Iterator[Evidence]:
        """The evidence that a claim gives; a park inside its curated parent is also a part of it."""
        passage = self._passage(claim.start, claim.end)
        if passage is None:
            return
        parties = tuple(sorted({Party(role, self._id(name)) for role, name in claim.parties}))
        if not self._sound(claim, parties):
            return
        yield self._piece(claim, claim.relation, parties, passage)
        if claim.relation is Relation.LOCATED_IN and claim.status is not Status.DENIED and self._part(claim):
            yield self._piece(claim, Relation.PART_OF, parties, passage)

    def _sound(self, claim: Claim, parties: tuple[Party, ...]) -> bool:
        if claim.relation in _OPEN:
            return True
        if len({party.entity for party in parties}) < 2 or len({party.entity for party in parties}) < len(parties):
            return False
        heads, tails = ALLOWED[claim.relation]
        directed = {Role.TAIL, Role.BUYER, Role.INVESTEE, Role.CLIENT}
        return all(self.kinds[party.entity] in (tails if party.role in directed else heads) for party in parties)

    def _part(self, claim: Claim) -> bool:
        """Whether the lexicon knows the head as a part of the tail: only then do the words say so."""
        keys = [self._key(name) for _, name in claim.parties]
        if len(keys) != 2 or any(one.kind is not Kind.PARK for one in keys):
            return False
        head, tail = keys
        parks = lexicon.parks()
        above = parks[head.key].part_of if head.key in parks else ""
        while above:
            if above == tail.key:
                return True
            above = parks[above].part_of if above in parks else ""
        return False

    def _piece(self, claim: Claim, relation: Relation, parties: tuple[Party, ...], passage: Passage) -> Evidence:
        values: Mapping[str, str | int | float] = dict(claim.values)
        qualifier = fold(claim.qualifier).text
        kinds = tuple(sorted(claim.kinds))
        fact = fact_id(relation, parties, kinds, qualifier)
        return Evidence(
            id=evidence_id(self._document.id, claim.start, claim.end, fact, claim.status, claim.date, values),
            document=self._document.id,
            origin=self._origin,
            passage=passage.id,
            start=claim.start,
            end=claim.end,
            relation=relation,
            parties=parties,
            kinds=kinds,
            status=claim.status,
            date=claim.date,
            until=claim.until,
            qualifier=qualifier,
            values=values,
            rule=claim.rule,
            confidence=claim.confidence,
        )
