"""The form in which `parkbond extract` writes an extraction."""

from __future__ import annotations

from itertools import combinations

from graph.model import Kind, Relation, Role
from ingest.model import Claim, Extraction

Json = dict[str, object]

_HEADS = (Role.HEAD, Role.SUPPLIER, Role.INVESTOR, Role.PROVIDER)
_TAILS = (Role.TAIL, Role.BUYER, Role.INVESTEE, Role.CLIENT)
_WRITTEN = frozenset(
    (
        Relation.LOCATED_IN,
        Relation.OPERATES_IN,
        Relation.COLLABORATES,
        Relation.SUPPLIES,
        Relation.INVESTS,
        Relation.OWNS,
    )
)


def export(extraction: Extraction) -> Json:
    """One JSON object of plain values: {"doc_id", "entities", "relations"}.

    An agreement of n parties is written as all its pairs, ownership as INVESTS; rankings are left out.
    """
    entities = [
        {
            "start": mention.start,
            "end": mention.end,
            "surface": mention.surface,
            "type": mention.name.kind.value,
            "canonical": mention.name.text,
        }
        for mention in extraction.mentions
        if mention.name.kind is not Kind.RANKING
    ]
    relations = [row for claim in extraction.claims if claim.relation in _WRITTEN for row in _pairs(claim)]
    return {"doc_id": extraction.document.id, "entities": entities, "relations": relations}


def _pairs(claim: Claim) -> list[Json]:
    heads = [name.text for role, name in claim.parties if role in _HEADS]
    tails = [name.text for role, name in claim.parties if role in _TAILS]
    partners = [name.text for role, name in claim.parties if role is Role.PARTNER]
    pairs = [(head, tail) for head in heads for tail in tails] + list(combinations(partners, 2))
    relation = Relation.INVESTS if claim.relation is Relation.OWNS else claim.relation
    return [
        {
            "type": relation.value,
            "head": head,
            "tail": tail,
            "kind": list(claim.kinds),
            "status": claim.status.value,
            "start": claim.start,
            "end": claim.end,
        }
        for head, tail in pairs
    ]
