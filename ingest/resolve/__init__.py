"""Who is meant: from what a document says to what it adds to the graph. Pure and free of order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from graph.model import (
    ALLOWED,
    Card,
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
    evidence_id,
    fact_id,
)
from ingest.model import Claim, Extraction, Name
from ingest.passage import passages as sentences
from ingest.resolve.called import Called, called
from ingest.resolve.card import branch, card
from ingest.resolve.code import codes, stated
from ingest.resolve.keys import Key, curated, key
from ingest.resolve.parks import above, overlap
from ingest.script import bare, fold

_OPEN = frozenset((Relation.DESCRIBED,))  # relations without a pair of kinds


def resolve(extraction: Extraction, passages: Sequence[Passage] | None = None) -> Contribution:
    """What a document adds to the graph: passages, mentions and evidence with the ids of the entities meant.

    `passages` are those of the document in order (made here if not given). A claim whose kinds the schema does not
    allow, or whose parties turn out to be one entity, is left out. To what was extracted come credit codes, the other
    names that the document gives to an entity, and the firm in the name of its branch.
    """
    document = extraction.document
    found = tuple(passages) if passages is not None else sentences(document)
    claims = (*extraction.claims, *stated(extraction))
    known = _Known(document, found, _surfaces(extraction), codes(claims))
    mentions = [known.mention(one.start, one.end, one.name, one.rule) for one in extraction.mentions]
    kept = [mention for mention in mentions if mention is not None]
    offices = [piece for mention in kept for piece in known.office(mention)]
    kept += known.firms(offices, kept)
    pieces = chain((piece for claim in claims for piece in known.evidence(claim)), known.aliases(extraction), offices)
    evidence: dict[str, Evidence] = {}
    for piece in pieces:
        evidence.setdefault(piece.id, piece)
    named = {mention.entity for mention in kept} | {
        party.entity for piece in evidence.values() for party in piece.parties
    }
    kinds = {entity: kind for entity, kind in sorted(known.kinds.items()) if entity in named}
    cards = {entity: known.cards[entity] for entity in kinds}
    return Contribution(document, found, tuple(kept), tuple(evidence.values()), kinds, cards=cards)


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
        self,
        document: Document,
        passages: Sequence[Passage],
        surfaces: Mapping[Name, frozenset[str]],
        codes: Mapping[Name, str],
    ) -> None:
        self._document = document
        self._surfaces = surfaces
        self._codes = codes
        self._origin = document.origin
        self._passages = passages
        self._starts = [passage.start for passage in passages]
        self._whole = "\n".join(passage.folded for passage in passages)
        self._keys: dict[Name, Key] = {}
        self.kinds: dict[str, Kind] = {}
        self.cards: dict[str, Card] = {}

    def _key(self, name: Name) -> Key:
        if name not in self._keys:
            own = key(name.kind, name.text, self._whole)
            self._keys[name] = curated(own, self._surfaces.get(name, frozenset()))
        return self._keys[name]

    def _id(self, name: Name) -> str:
        found = card(self._key(name), self._codes.get(name, ""))
        self.kinds[found.id] = found.kind
        self.cards[found.id] = found
        return found.id

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

    def aliases(self, extraction: Extraction) -> Iterator[Evidence]:
        """What the document says of other names of its entities."""
        keys = {one.name: self._key(one.name) for one in extraction.mentions}
        for one in called(extraction, keys, self._whole):
            passage = self._passage(one.start, one.end)
            if passage is not None:
                yield self._alias(one, passage)

    def _alias(self, one: Called, passage: Passage) -> Evidence:
        claim = Claim(
            Relation.CALLED,
            ((Role.SUBJECT, one.name),),
            one.start,
            one.end,
            Status.ACTIVE,
            one.rule,
            qualifier=card(one.other).id,
            values={"name": one.written},
        )
        return self._piece(claim, claim.relation, (Party(Role.SUBJECT, self._id(one.name)),), passage)

    def office(self, mention: Mention) -> Iterator[Evidence]:
        """That a branch office is owned by the firm in its name."""
        own = self.cards[mention.entity]
        passage = self._passage(mention.start, mention.end)
        if not own.parent or passage is None:
            return
        self.kinds[own.parent] = own.kind
        parties = (Party(Role.HEAD, own.parent), Party(Role.TAIL, own.id))
        claim = Claim(Relation.OWNS, (), mention.start, mention.end, Status.ACTIVE, "branch")
        yield self._piece(claim, claim.relation, parties, passage)

    def firms(self, offices: Sequence[Evidence], mentions: Sequence[Mention]) -> list[Mention]:
        """Mentions of firms that the document names only in the names of their branches."""
        named = {mention.entity for mention in mentions}
        found: dict[str, Mention] = {}
        for piece in offices:
            parent = next(party.entity for party in piece.parties if party.role is Role.HEAD)
            office = next(one for one in mentions if (one.start, one.end) == (piece.start, piece.end))
            name, _ = branch(Key(Kind.ENTERPRISE, "", office.name))
            self.cards[parent] = card(key(Kind.ENTERPRISE, name, ""))
            end = office.start + len(name)
            if parent not in named and bare(self._document.text[office.start : end]) == name:
                surface = self._document.text[office.start : end]
                shown = office.name[: len(name)]
                found.setdefault(parent, Mention(parent, piece.passage, office.start, end, surface, shown, "branch"))
        return list(found.values())

    def evidence(self, claim: Claim) -> Iterator[Evidence]:
        """The evidence that a claim gives; of two parks also what the table of parks knows of them."""
        passage = self._passage(claim.start, claim.end)
        if passage is None:
            return
        parties = tuple(sorted({Party(role, self._id(name)) for role, name in claim.parties}))
        if not self._sound(claim, parties):
            return
        yield self._piece(claim, claim.relation, parties, passage)
        if claim.relation is Relation.LOCATED_IN and claim.status is not Status.DENIED:
            for relation in self._curated(claim):
                yield self._piece(claim, relation, parties, passage)

    def _sound(self, claim: Claim, parties: tuple[Party, ...]) -> bool:
        if claim.relation in _OPEN:
            return True
        if len({party.entity for party in parties}) < 2 or len({party.entity for party in parties}) < len(parties):
            return False
        heads, tails = ALLOWED[claim.relation]
        directed = {Role.TAIL, Role.BUYER, Role.INVESTEE, Role.CLIENT}
        return all(self.kinds[party.entity] in (tails if party.role in directed else heads) for party in parties)

    def _curated(self, claim: Claim) -> Iterator[Relation]:
        """What the lexicon knows of two parks that a document speaks of together."""
        keys = [self._key(name) for _, name in claim.parties]
        if len(keys) == 2 and all(one.kind is Kind.PARK for one in keys):
            head, tail = keys
            if tail.key in above(head.key):
                yield Relation.PART_OF
            if overlap(head.key, tail.key):
                yield Relation.OVERLAPS

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
