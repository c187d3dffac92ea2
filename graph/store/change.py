"""One change of the graph: documents go, documents come, and all that is derived from them follows.

    drop the documents ──> read what stands about the touched entities and facts ──> derive (graph.fact) ──> write

Everything happens in the transaction behind the `Cursor`, so it happens whole or not at all. What is read and written
grows with what the documents touch, not with the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from graph import fact
from graph.fact import Naming, Tie
from graph.model import Collaboration, Contribution, Entity, Evidence, Kind, Link, Relation
from graph.store import cypher
from graph.store.rows import (
    Row,
    collaboration_from,
    collaboration_row,
    document_row,
    entity_from,
    entity_row,
    evidence_from,
    evidence_row,
    link_row,
    mention_rows,
    messages,
    party_kinds,
    passage_row,
    pieces,
)

PORTION = 1_000
"""So many rows of one passage are sent together."""

K = TypeVar("K")
V = TypeVar("V")


class Cursor(Protocol):
    """Statements of one open transaction."""

    def rows(self, statement: str, **parameters: Any) -> list[Row]:
        """The rows of a statement."""
        ...

    def write(self, statement: str, **parameters: Any) -> None:
        """Run a statement that changes something."""
        ...


@dataclass(slots=True)
class Touched:
    """What has to be derived anew."""

    kinds: dict[str, Kind] = field(default_factory=dict)  # of every touched entity
    losers: set[str] = field(default_factory=set)  # entities that a document which goes mentions or claims
    newcomers: set[str] = field(default_factory=set)  # entities that the graph does not know yet
    removed: list[Evidence] = field(default_factory=list)
    added: list[Evidence] = field(default_factory=list)
    facts: dict[str, Evidence] = field(default_factory=dict)  # one piece of each, that tells its relation and parties


@dataclass(frozen=True, slots=True)
class Standing:
    """What the graph says about the touched facts: their evidence, and the collaborations (id -> evidence) of them."""

    known: set[str]  # facts that were there before
    evidence: list[Evidence]
    collaborations: dict[str, frozenset[str]]


def apply(cursor: Cursor, gone: Sequence[str], come: Sequence[Contribution], sources: Mapping[str, list[str]]) -> None:
    """Remove the documents `gone` and store the contributions; `sources` are the source paths of each that comes.

    A document that is replaced is in both. Ends with everything derived equal to `graph.fact` over all contributions.
    """
    touched = _removed(cursor, gone)
    for contribution in come:
        touched.kinds.update((entity, contribution.kinds[entity]) for entity in _told(contribution))
        touched.added.extend(_distinct(contribution.evidence))
    touched.facts.update((piece.fact, piece) for piece in (*touched.removed, *touched.added))
    described = _described(cursor, touched)
    found = _entities(cursor, touched, come, described)
    standing = _standing(cursor, touched)
    _write_documents(cursor, come, sources)
    for kind, rows in _grouped((entity.kind, entity_row(entity)) for entity in found):
        _send(cursor, cypher.SET_ENTITY[kind], rows)
    _write_mentions(cursor, come)
    _write_links(cursor, touched, standing, fact.links(standing.evidence))
    _write_collaborations(cursor, touched, standing, fact.collaborations(standing.evidence))
    nameless = {entity.id for entity in found if entity.name == entity.id}
    bare = sorted((touched.losers & nameless) - described.keys())
    for kind, ids in _grouped((touched.kinds[entity], entity) for entity in bare):
        _send(cursor, cypher.DROP_BARE[kind], ids, "ids")


# ---- what is there --------------------------------------------------------------------------------------------------


def _removed(cursor: Cursor, gone: Sequence[str]) -> Touched:
    touched = Touched()
    if not gone:
        return touched
    for row in _read(cursor, cypher.MENTIONED, gone, "ids"):
        touched.kinds[row["id"]] = Kind(row["kind"])
    for row in _read(cursor, cypher.CLAIMED, gone, "ids"):
        touched.kinds.update(party_kinds(row["e"]))
        touched.removed.append(evidence_from(row["e"]))
    touched.losers.update(touched.kinds)
    for statement in cypher.REMOVAL:
        _send(cursor, statement, gone, "ids")
    return touched


def _told(contribution: Contribution) -> set[str]:
    """The entities that a document names or claims something of."""
    named = {mention.entity for mention in contribution.mentions}
    return named.union(party.entity for piece in contribution.evidence for party in piece.parties)


def _distinct(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Evidence of one id once: the most confident, of these the one whose rule sorts first."""
    ranked = sorted(evidence, key=lambda piece: (-piece.confidence, piece.rule, piece.until))
    return list({piece.id: piece for piece in reversed(ranked)}.values())


def _entities(
    cursor: Cursor, touched: Touched, come: Sequence[Contribution], described: Mapping[str, list[Evidence]]
) -> list[Entity]:
    """The touched entities as they are now.

    Those that lost a document, or are named by a reprint of what is there, are derived from all that names them; the
    others only grow, so that a name which everybody uses costs no more than one that is new. Notes the newcomers.
    """
    spoken: dict[str, list[Naming]] = defaultdict(list)
    for naming in (naming for contribution in come for naming in fact.namings(contribution)):
        spoken[naming.entity].append(naming)
    whole = touched.losers | _reprinted(cursor, come)
    anew = {entity: kind for entity, kind in touched.kinds.items() if entity in whole}
    named = [naming for entity in anew for naming in spoken[entity]] + _namings(cursor, anew)
    found = fact.entities(anew, named, [piece for entity in anew for piece in described.get(entity, ())])
    growing = {entity: kind for entity, kind in touched.kinds.items() if entity not in whole}
    stored = _stored(cursor, growing)
    touched.newcomers = growing.keys() - stored.keys()
    for entity, kind in growing.items():
        old = stored.get(entity, Entity(entity, kind, entity))
        attributes = fact.attributes_of(described[old.id]) if old.id in described else old.attributes
        found.append(fact.grown(old, spoken[old.id], attributes))
    return found


def _stored(cursor: Cursor, kinds: Mapping[str, Kind]) -> dict[str, Entity]:
    """Those of the entities that the graph has, as it has them."""
    return {
        row["e"]["id"]: entity_from(row["e"], kind)
        for kind, ids in _grouped((kind, entity) for entity, kind in kinds.items())
        for row in _read(cursor, cypher.ENTITIES[kind], ids, "ids")
    }


def _reprinted(cursor: Cursor, come: Sequence[Contribution]) -> set[str]:
    """The entities named by documents that come and whose origin is there already."""
    origins = {contribution.document.origin for contribution in come}
    there = {row["origin"] for row in _read(cursor, cypher.ORIGINS, sorted(origins), "origins")}
    return {entity for each in come if each.document.origin in there for entity in _told(each)}


def _namings(cursor: Cursor, kinds: Mapping[str, Kind]) -> list[Naming]:
    named = []
    for kind, ids in _grouped((kind, entity) for entity, kind in kinds.items()):
        for row in _read(cursor, cypher.NAMINGS[kind], ids, "ids"):
            names, surfaces = tuple(row["names"]), tuple(row["surfaces"])
            named.append(Naming(row["entity"], names, surfaces, row["origin"], row["form"]))
    return named


def _described(cursor: Cursor, touched: Touched) -> dict[str, list[Evidence]]:
    """All that describes those of which some description comes or goes, and those that lose a document."""
    come = [piece for piece in touched.added if piece.relation is Relation.DESCRIBED]
    about = {fact.subject(piece) for piece in come} | touched.losers
    there = [evidence_from(row["e"]) for row in _read(cursor, cypher.DESCRIBED, sorted(about), "ids")]
    described: dict[str, list[Evidence]] = {}
    for piece in there + come:
        described.setdefault(fact.subject(piece), []).append(piece)
    return described


def _standing(cursor: Cursor, touched: Touched) -> Standing:
    facts = {name: piece.relation for name, piece in touched.facts.items() if not _new(piece, touched)}
    derived = [name for name, relation in facts.items() if relation is not Relation.DESCRIBED]
    events = [name for name, relation in facts.items() if relation.is_collaboration]
    there = [evidence_from(row["e"]) for row in _read(cursor, cypher.EVIDENCE_OF_FACT, derived, "facts")]
    return Standing(
        {piece.fact for piece in (*there, *touched.removed)},
        there + [piece for piece in touched.added if piece.relation is not Relation.DESCRIBED],
        {
            row["id"]: frozenset(row["evidence"])
            for row in _read(cursor, cypher.COLLABORATIONS_OF_FACT, events, "facts")
        },
    )


def _new(piece: Evidence, touched: Touched) -> bool:
    """Whether the graph cannot know the fact, since it does not know one of its parties."""
    return any(party.entity in touched.newcomers for party in piece.parties)


# ---- what is said ---------------------------------------------------------------------------------------------------


def _write_documents(cursor: Cursor, come: Sequence[Contribution], sources: Mapping[str, list[str]]) -> None:
    documents = [each.document for each in come]
    rows = [document_row(each, each.origin, each.version, sources[each.id]) for each in documents]
    _send(cursor, cypher.ADD_DOCUMENT, rows)
    for document in documents:
        for piece in pieces(document.text):
            cursor.write(cypher.APPEND_TEXT, id=document.id, piece=piece)
    claimed = _by_passage(evidence_row(piece, each.kinds) for each in come for piece in _distinct(each.evidence))
    passages = [passage_row(passage) for each in come for passage in each.passages]
    _send(cursor, cypher.ADD_PASSAGE, [row | {"evidence": claimed[row["id"]][:PORTION]} for row in passages])
    _send(cursor, cypher.ADD_EVIDENCE, list(_portions(claimed, "evidence", PORTION)))


def _write_mentions(cursor: Cursor, come: Iterable[Contribution]) -> None:
    mentions: list[tuple[Kind, Row]] = []
    for each in come:
        rows = mention_rows(each.mentions, each.document.origin, each.document.form)
        mentions.extend((each.kinds[row["entity"]], row) for row in rows)
    for kind, rows in _grouped(mentions):
        _send(cursor, cypher.ADD_MENTION[kind], list(_portions(_by_passage(rows), "mentions")))


def _by_passage(rows: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["passage"]].append(row)
    return groups


def _portions(groups: Mapping[str, list[Row]], name: str, first: int = 0) -> Iterator[Row]:
    """Rows {passage, name: the rows of the passage}, `PORTION` of them at a time, from the `first` on."""
    for passage, rows in groups.items():
        for start in range(first, len(rows), PORTION):
            yield {"passage": passage, name: rows[start : start + PORTION]}


# ---- what follows ---------------------------------------------------------------------------------------------------


def _write_links(cursor: Cursor, touched: Touched, standing: Standing, found: Sequence[Link]) -> None:
    kinds = touched.kinds
    for ends, links in _grouped(((link.relation, kinds[link.head], kinds[link.tail]), link) for link in found):
        _send(cursor, cypher.ADD_LINK[ends], [link_row(link) for link in links if link.id not in standing.known])
        _send(cursor, cypher.SET_LINK[ends], [link_row(link) for link in links if link.id in standing.known])
    kept = {link.id for link in found}
    for ends, rows in _grouped(_unlinked(touched, kept)):
        _send(cursor, cypher.DROP_LINK[ends], rows)


def _unlinked(touched: Touched, kept: set[str]) -> Iterator[tuple[cypher.Ends, Row]]:
    for name, piece in touched.facts.items():
        if name not in kept and not piece.relation.is_collaboration and piece.relation is not Relation.DESCRIBED:
            head, tail = fact.ends(piece)
            yield (piece.relation, touched.kinds[head], touched.kinds[tail]), {"id": name, "head": head, "tail": tail}


def _write_collaborations(cursor: Cursor, touched: Touched, standing: Standing, found: Sequence[Collaboration]) -> None:
    before, lost = standing.collaborations, {piece.id for piece in touched.removed}
    _send(cursor, cypher.DROP_COLLABORATION, sorted(before.keys() - {each.id for each in found}), "ids")
    told = {piece.id: piece.fact for piece in standing.evidence}
    rows = [collaboration_row(each, told[each.evidence[0]]) for each in found]
    _send(cursor, cypher.SET_COLLABORATION, rows)
    parties = [
        (touched.kinds[party.entity], {"collaboration": each.id, "entity": party.entity, "role": party.role.value})
        for each in found
        if each.id not in before
        for party in each.parties
    ]
    for kind, ends in _grouped(parties):
        _send(cursor, cypher.ADD_PARTY[kind], ends)
    more, less = _supports(before, lost, found)
    _send(cursor, cypher.ADD_SUPPORT, more)
    _send(cursor, cypher.DROP_SUPPORT, less)
    _write_ties(cursor, touched, before.keys(), found)


def _supports(
    before: Mapping[str, frozenset[str]], lost: set[str], found: Iterable[Collaboration]
) -> tuple[list[Row], list[Row]]:
    """The EVIDENCED_BY to add and to drop. Those of lost evidence went with its node."""
    more: list[Row] = []
    less: list[Row] = []
    for each in found:
        there = before.get(each.id, frozenset()) - lost
        more.extend({"collaboration": each.id, "evidence": piece} for piece in each.evidence if piece not in there)
        less.extend({"collaboration": each.id, "evidence": piece} for piece in sorted(there - set(each.evidence)))
    return more, less


def _write_ties(cursor: Cursor, touched: Touched, before: Iterable[str], found: Sequence[Collaboration]) -> None:
    events = [piece for piece in touched.facts.values() if piece.relation.is_collaboration]
    pairs = {pair for piece in events for pair in fact.pairs(piece.parties)}
    couples = _grouped(((touched.kinds[a], touched.kinds[b]), {"a": a, "b": b}) for a, b in sorted(pairs))
    there = {
        (row["a"], row["b"]): row["collaborations"]
        for couple, rows in couples
        for row in _read(cursor, cypher.TIES[couple], rows, "rows")
    }
    others = sorted({each for shared in there.values() for each in shared} - set(before))
    rest = [collaboration_from(row["c"]) for row in _read(cursor, cypher.COLLABORATIONS, others, "ids")]
    ties = [tie for tie in fact.cooperations([*found, *rest]) if (tie.a, tie.b) in pairs]
    for couple, rows in _grouped(((touched.kinds[tie.a], touched.kinds[tie.b]), _tie_row(tie)) for tie in ties):
        _send(cursor, cypher.SET_TIE[couple], rows)
    ended = sorted(there.keys() - {(tie.a, tie.b) for tie in ties})
    for couple, rows in _grouped(((touched.kinds[a], touched.kinds[b]), {"a": a, "b": b}) for a, b in ended):
        _send(cursor, cypher.DROP_TIE[couple], rows)


def _tie_row(tie: Tie) -> Row:
    return {
        "a": tie.a,
        "b": tie.b,
        "collaborations": list(tie.collaborations),
        "kinds": list(tie.kinds),
        "documents": tie.documents,
    }


# ---- messages -------------------------------------------------------------------------------------------------------


def _send(cursor: Cursor, statement: str, rows: Sequence[Any], name: str = "rows") -> None:
    for group in messages(rows):
        cursor.write(statement, **{name: group})


def _read(cursor: Cursor, statement: str, rows: Sequence[Any], name: str) -> Iterator[Row]:
    for group in messages(rows):
        yield from cursor.rows(statement, **{name: group})


def _grouped(keyed: Iterable[tuple[K, V]]) -> list[tuple[K, list[V]]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in keyed:
        groups[key].append(value)
    return list(groups.items())
