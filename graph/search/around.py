"""What the graph knows around a query: the entities that it names, what mentions them, how two of them are linked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from graph.model import Kind
from graph.search.names import Named, candidates, occurrences
from graph.store import cypher
from graph.store.base import Row, Store

NAMED_KINDS = (Kind.PARK, Kind.ENTERPRISE, Kind.INSTITUTION, Kind.INDUSTRY)
"""Names of these kinds in a query lead to the passages that mention them, whatever words the passages use."""

MENTIONS = 100  # passages of one entity
NEIGHBOURS = 200  # of one entity that are looked at for a link
ENDS = 4  # entities of a query between which links are looked for
PROOFS = 3  # pieces of evidence of one link


@dataclass(frozen=True, slots=True)
class Path:
    """How two entities of a query are linked, in words of the graph: names and relations in turn."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """Passage ids -> the names of the query's entities that it mentions, and -> the link that it says."""

    entities: tuple[Named, ...]
    mentioned: dict[str, tuple[str, ...]]
    paths: dict[str, Path]


def around(store: Store, texts: Sequence[str]) -> Around:
    """What the graph knows of the entities named in the texts: the query, and other names of what it names."""
    whole = "\n".join(texts)
    named = {one.entity.id: one.entity for one in occurrences(whole, candidates(store, [whole], NAMED_KINDS))}
    return Around(
        tuple(named.values()),
        _mentions(store, named.values()),
        _paths(store, [one for one in named.values() if one.kind is not Kind.INDUSTRY][:ENDS]),
    )


def _mentions(store: Store, named: Iterable[Named]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entity in named:
        for row in store.run(cypher.MENTIONING[entity.kind], id=entity.id, limit=MENTIONS):
            found[row["passage"]] = (*found.get(row["passage"], ()), entity.name)
    return found


def _paths(store: Store, ends: Sequence[Named]) -> dict[str, Path]:
    """Passages that hold the evidence of a link of two ends, or of both halves of a way over one between them."""
    if len(ends) < 2:
        return {}
    near = {one.id: _neighbours(store, one) for one in ends}
    proofs: dict[str, Path] = {}
    for a, b in combinations(ends, 2):
        for row in near[a.id].get(b.id, ()):
            path = Path((a.name, row["relation"], b.name))
            proofs |= {proof: path for proof in _proofs(store, row) if proof not in proofs}
        for middle in sorted(near[a.id].keys() & near[b.id].keys()):
            first, then = near[a.id][middle][0], near[b.id][middle][0]
            path = Path((a.name, first["relation"], first["name"], then["relation"], b.name))
            for row in (first, then):
                proofs |= {proof: path for proof in _proofs(store, row) if proof not in proofs}
    rows = store.run(cypher.PASSAGES_OF_EVIDENCE, ids=sorted(proofs)[:MENTIONS]) if proofs else []
    return {row["passage"]: proofs[row["id"]] for row in rows}


def _neighbours(store: Store, one: Named) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    tables = [cypher.LINKED_WITH[one.kind], *([cypher.TIED_WITH[one.kind]] if one.kind in cypher.PARTIES else [])]
    for statement in tables:
        for row in store.run(statement, id=one.id, limit=NEIGHBOURS):
            found.setdefault(row["id"], []).append(row)
    return found


def _proofs(store: Store, row: Row) -> list[str]:
    if "evidence" in row:
        return list(row["evidence"] or ())[:PROOFS]
    deals = store.run(cypher.EVIDENCE_OF_DEALS, ids=list(row["collaborations"] or ())[:PROOFS])
    return [proof for deal in deals for proof in (deal["evidence"] or ())[:PROOFS]]
