"""One change of the graph: documents go, documents come, and all that is derived from them follows.

    drop the documents ──> read what stands about the touched entities and facts ──> derive (graph.fact) ──> write
                       ──> which documents are one witness now (graph.store.witness) ──> count those anew
                       ──> which names are one entity now (graph.store.identity) ──> move those that changed it

Everything happens in the transaction behind the `Cursor`, so it happens whole or not at all. What is read and written
grows with what the documents touch, not with the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graph import fact
from graph.fact import Naming, Tie
from graph.judgement import Judgement
from graph.model import Collaboration, Contribution, Entity, Evidence, Kind, Link, Relation
from graph.store import cypher, identity, witness
from graph.store.cursor import Cursor, grouped, read, send
from graph.store.identity import Move
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
    party_kinds,
    passage_row,
    pieces,
)

PORTION = 1_000
"""So many rows of one passage are sent together."""


@dataclass(slots=True)
class Touched:
    """What has to be derived anew."""

    kinds: dict[str, Kind] = field(default_factory=dict)  # of every touched entity
    left: dict[str, tuple[str, Kind]] = field(default_factory=dict)  # names that a document told -> entity, kind
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

    A document that is replaced is in both. Ends with everything derived equal to `graph.fact` over all contributions,
    their entities as `graph.judgement` and `graph.likeness` find them.
    """
    lost = witness.of(cursor, gone)
    touched = _removed(cursor, gone)
    names = identity.names(cursor, come)
    homes = names.homes
    come = [fact.renamed(each, homes) for each in come]
    for contribution in come:
        touched.kinds.update((entity, contribution.kinds[entity]) for entity in _told(contribution))
        touched.added.extend(_distinct(contribution.evidence))
    touched.facts.update((piece.fact, piece) for piece in (*touched.removed, *touched.added))
    described = _described(cursor, touched)
    found = _entities(cursor, touched, come, described)
    standing = _standing(cursor, touched)
    _write_documents(cursor, come, sources)
    _set_entities(cursor, found)
    _write_mentions(cursor, come)
    _write_facts(cursor, touched, standing, {piece.id for piece in touched.removed})
    _drop_bare(cursor, touched, found)
    _recount(cursor, witness.settle(cursor, [each.document.id for each in come], lost))
    _move(cursor, identity.settle(cursor, names, touched.left))


def judge(cursor: Cursor, judgements: Sequence[Judgement]) -> list[Judgement]:
    """Add judgements to the log and follow them; returns those around them that cannot be followed."""
    moves, unmet = identity.judge(cursor, judgements)
    _move(cursor, moves)
    return unmet


def _move(cursor: Cursor, moves: Sequence[Move]) -> None:
    """Let names that documents tell mean other entities than they did, with all that follows.

    Mentions and evidence are led to the new entities; what the documents told stays with them, so the way back is open.
    """
    if not moves:
        return
    touched = Touched()
    for move in moves:
        touched.kinds |= {move.old: move.kind, move.new: move.kind}
    moved = {move.local for move in moves}
    for row in identity.evidence_of(cursor, {move.old: move.kind for move in moves}):
        piece = evidence_from(row)
        if any(party.entity in moved for party in fact.told(piece)):
            touched.kinds |= party_kinds(row)
            touched.removed.append(piece)
    homes: dict[str, str] = {}
    for row in identity.rows(cursor, {party.entity for piece in touched.removed for party in fact.told(piece)}):
        homes[row["id"]] = row["entity"]
        touched.kinds[row["entity"]] = Kind(row["kind"])
    touched.added = [fact.meant(piece, homes) for piece in touched.removed]
    touched.losers.update(move.old for move in moves)
    touched.losers.update(move.new for move in moves)
    touched.facts = {piece.fact: piece for piece in (*touched.removed, *touched.added)}
    _lead_mentions(cursor, moves)
    described = _described(cursor, touched)
    found = _entities(cursor, touched, (), described)
    standing = _standing(cursor, touched)
    send(cursor, cypher.SET_PARTIES, [evidence_row(piece, touched.kinds) for piece in touched.added])
    _set_entities(cursor, found)
    _write_facts(cursor, touched, standing, set())
    _drop_bare(cursor, touched, found)


def _recount(cursor: Cursor, witnesses: Mapping[str, str]) -> None:
    """Count documents (by id) as the witness that they are now, with all that follows."""
    if not witnesses:
        return
    touched = Touched()
    ids = sorted(witnesses)
    for row in read(cursor, cypher.MENTIONED, ids):
        touched.kinds[row["id"]] = Kind(row["kind"])
    for row in read(cursor, cypher.CLAIMED, ids):
        touched.kinds |= party_kinds(row["e"])
        piece = evidence_from(row["e"])
        touched.removed.append(piece)
        touched.added.append(replace(piece, origin=witnesses[piece.document]))
    touched.losers.update(touched.kinds)
    touched.facts = {piece.fact: piece for piece in touched.added}
    described, standing = _described(cursor, touched), _standing(cursor, touched)
    for statement in cypher.SET_WITNESS:
        send(cursor, statement, [{"id": id, "witness": witnesses[id]} for id in ids])
    _set_entities(cursor, _entities(cursor, touched, (), described))
    _write_facts(cursor, touched, standing, set())


def _set_entities(cursor: Cursor, found: Iterable[Entity]) -> None:
    for kind, rows in grouped((entity.kind, entity_row(entity)) for entity in found):
        send(cursor, cypher.SET_ENTITY[kind], rows)
        if kind in cypher.MEANT:
            gists = [{"id": row["id"], "kind": kind.value, "names": row["names"]} for row in rows]
            send(cursor, cypher.SET_GIST, gists)


def _lead_mentions(cursor: Cursor, moves: Sequence[Move]) -> None:
    for kind, some in grouped((move.kind, move) for move in moves):
        send(cursor, cypher.MEET[kind], sorted({move.new for move in some}), "ids")
        news = {move.local: move.new for move in some}
        ends = [{"entity": move.old, "local": move.local} for move in some]
        rows = [_led(row, news[row["local"]]) for row in read(cursor, cypher.MENTIONS_TOLD[kind], ends, "rows")]
        send(cursor, cypher.DROP_MENTIONS[kind], ends)
        send(cursor, cypher.ADD_MENTION[kind], list(_portions(_by_passage(rows), "mentions")))


def _led(row: Row, entity: str) -> Row:
    told = row["local"] if row["local"] != entity else None
    return {**row["m"], "passage": row["passage"], "entity": entity, "told": told}


def _write_facts(cursor: Cursor, touched: Touched, standing: Standing, lost: set[str]) -> None:
    """Links, collaborations and ties of the touched facts; `lost` evidence is no longer there."""
    _write_links(cursor, touched, standing, fact.links(standing.evidence))
    _write_collaborations(cursor, touched, standing, lost, fact.collaborations(standing.evidence))


def _drop_bare(cursor: Cursor, touched: Touched, found: Iterable[Entity]) -> None:
    """Drop entities that lost something, if nothing names or claims them any more."""
    bare = {entity.id for entity in found if entity.name == entity.id} & touched.losers
    if bare:
        bare -= {row["id"] for row in read(cursor, cypher.STILL_TOLD, sorted(bare))}
    for kind, ids in grouped((touched.kinds[entity], entity) for entity in sorted(bare)):
        send(cursor, cypher.DROP_BARE[kind], ids, "ids")
        if kind in cypher.MEANT:
            send(cursor, cypher.DROP_GIST[kind], ids, "ids")


# ---- what is there --------------------------------------------------------------------------------------------------


def _removed(cursor: Cursor, gone: Sequence[str]) -> Touched:
    touched = Touched()
    if not gone:
        return touched
    for row in read(cursor, cypher.MENTIONED, gone, "ids"):
        touched.kinds[row["id"]] = Kind(row["kind"])
        touched.left[row["told"]] = row["id"], Kind(row["kind"])
    for row in read(cursor, cypher.CLAIMED, gone, "ids"):
        touched.kinds.update(party_kinds(row["e"]))
        touched.removed.append(evidence_from(row["e"]))
    told = {party.entity for piece in touched.removed for party in fact.told(piece)}
    for row in identity.rows(cursor, told):
        touched.left[row["id"]] = row["entity"], Kind(row["kind"])
    touched.losers.update(touched.kinds)
    for statement in cypher.REMOVAL:
        send(cursor, statement, gone, "ids")
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
        for kind, ids in grouped((kind, entity) for entity, kind in kinds.items())
        for row in read(cursor, cypher.ENTITIES[kind], ids, "ids")
    }


def _reprinted(cursor: Cursor, come: Sequence[Contribution]) -> set[str]:
    """The entities named by documents that come and whose origin is there already."""
    origins = {contribution.document.origin for contribution in come}
    there = {row["origin"] for row in read(cursor, cypher.ORIGINS, sorted(origins), "origins")}
    return {entity for each in come if each.document.origin in there for entity in _told(each)}


def _namings(cursor: Cursor, kinds: Mapping[str, Kind]) -> list[Naming]:
    named = []
    for kind, ids in grouped((kind, entity) for entity, kind in kinds.items()):
        for row in read(cursor, cypher.NAMINGS[kind], ids, "ids"):
            names, surfaces = tuple(row["names"]), tuple(row["surfaces"])
            named.append(Naming(row["entity"], names, surfaces, row["origin"], row["form"]))
    return named


def _described(cursor: Cursor, touched: Touched) -> dict[str, list[Evidence]]:
    """All that describes those of which some description comes or goes, and those that lose a document."""
    come = [piece for piece in touched.added if piece.relation is Relation.DESCRIBED]
    about = {fact.subject(piece) for piece in come} | touched.losers
    lost = {piece.id for piece in touched.removed}
    there = [evidence_from(row["e"]) for row in read(cursor, cypher.DESCRIBED, sorted(about), "ids")]
    there = [piece for piece in there if piece.relation is Relation.DESCRIBED and piece.id not in lost]
    described: dict[str, list[Evidence]] = {}
    for piece in there + come:
        described.setdefault(fact.subject(piece), []).append(piece)
    return described


def _standing(cursor: Cursor, touched: Touched) -> Standing:
    facts = {name: piece.relation for name, piece in touched.facts.items() if not _new(piece, touched)}
    derived = [name for name, relation in facts.items() if not relation.is_about_one]
    lost = {piece.id for piece in touched.removed}
    events = [name for name, relation in facts.items() if relation.is_collaboration]
    there = [evidence_from(row["e"]) for row in read(cursor, cypher.EVIDENCE_OF_FACT, derived, "facts")]
    there = [piece for piece in there if piece.id not in lost]
    return Standing(
        {piece.fact for piece in (*there, *touched.removed)},
        there + [piece for piece in touched.added if not piece.relation.is_about_one],
        {row["id"]: frozenset(row["evidence"]) for row in read(cursor, cypher.COLLABORATIONS_OF_FACT, events, "facts")},
    )


def _new(piece: Evidence, touched: Touched) -> bool:
    """Whether the graph cannot know the fact, since it does not know one of its parties."""
    return any(party.entity in touched.newcomers for party in piece.parties)


# ---- what is said ---------------------------------------------------------------------------------------------------


def _write_documents(cursor: Cursor, come: Sequence[Contribution], sources: Mapping[str, list[str]]) -> None:
    documents = [each.document for each in come]
    rows = [
        document_row(one, one.origin, one.version, sources[one.id], each.extractor)
        for one, each in zip(documents, come, strict=True)
    ]
    send(cursor, cypher.ADD_DOCUMENT, rows)
    for document in documents:
        for piece in pieces(document.text):
            cursor.write(cypher.APPEND_TEXT, id=document.id, piece=piece)
    claimed = _by_passage(evidence_row(piece, each.kinds) for each in come for piece in _distinct(each.evidence))
    passages = [passage_row(passage) for each in come for passage in each.passages]
    send(cursor, cypher.ADD_PASSAGE, [row | {"evidence": claimed[row["id"]][:PORTION]} for row in passages])
    send(cursor, cypher.ADD_EVIDENCE, list(_portions(claimed, "evidence", PORTION)))


def _write_mentions(cursor: Cursor, come: Iterable[Contribution]) -> None:
    mentions: list[tuple[Kind, Row]] = []
    for each in come:
        rows = mention_rows(each.mentions, each.document.origin, each.document.form)
        mentions.extend((each.kinds[row["entity"]], row) for row in rows)
    for kind, rows in grouped(mentions):
        send(cursor, cypher.ADD_MENTION[kind], list(_portions(_by_passage(rows), "mentions")))


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
    for ends, links in grouped(((link.relation, kinds[link.head], kinds[link.tail]), link) for link in found):
        send(cursor, cypher.ADD_LINK[ends], [link_row(link) for link in links if link.id not in standing.known])
        send(cursor, cypher.SET_LINK[ends], [link_row(link) for link in links if link.id in standing.known])
    kept = {link.id for link in found}
    for ends, rows in grouped(_unlinked(touched, kept)):
        send(cursor, cypher.DROP_LINK[ends], rows)


def _unlinked(touched: Touched, kept: set[str]) -> Iterator[tuple[cypher.Ends, Row]]:
    for name, piece in touched.facts.items():
        none = piece.relation.is_collaboration or piece.relation.is_about_one or fact.void(piece)
        if name not in kept and not none:
            head, tail = fact.ends(piece)
            yield (piece.relation, touched.kinds[head], touched.kinds[tail]), {"id": name, "head": head, "tail": tail}


def _write_collaborations(
    cursor: Cursor, touched: Touched, standing: Standing, lost: set[str], found: Sequence[Collaboration]
) -> None:
    before = standing.collaborations
    send(cursor, cypher.DROP_COLLABORATION, sorted(before.keys() - {each.id for each in found}), "ids")
    told = {piece.id: piece.fact for piece in standing.evidence}
    rows = [collaboration_row(each, told[each.evidence[0]]) for each in found]
    send(cursor, cypher.SET_COLLABORATION, rows)
    parties = [
        (touched.kinds[party.entity], {"collaboration": each.id, "entity": party.entity, "role": party.role.value})
        for each in found
        if each.id not in before
        for party in each.parties
    ]
    for kind, ends in grouped(parties):
        send(cursor, cypher.ADD_PARTY[kind], ends)
    more, less = _supports(before, lost, found)
    send(cursor, cypher.ADD_SUPPORT, more)
    send(cursor, cypher.DROP_SUPPORT, less)
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
    couples = grouped(((touched.kinds[a], touched.kinds[b]), {"a": a, "b": b}) for a, b in sorted(pairs))
    there = {
        (row["a"], row["b"]): row["collaborations"]
        for couple, rows in couples
        for row in read(cursor, cypher.TIES[couple], rows, "rows")
    }
    others = sorted({each for shared in there.values() for each in shared} - set(before))
    rest = [collaboration_from(row["c"]) for row in read(cursor, cypher.COLLABORATIONS, others, "ids")]
    ties = [tie for tie in fact.cooperations([*found, *rest]) if (tie.a, tie.b) in pairs]
    for couple, rows in grouped(((touched.kinds[tie.a], touched.kinds[tie.b]), _tie_row(tie)) for tie in ties):
        send(cursor, cypher.SET_TIE[couple], rows)
    ended = sorted(there.keys() - {(tie.a, tie.b) for tie in ties})
    for couple, rows in grouped(((touched.kinds[a], touched.kinds[b]), {"a": a, "b": b}) for a, b in ended):
        send(cursor, cypher.DROP_TIE[couple], rows)


def _tie_row(tie: Tie) -> Row:
    return {
        "a": tie.a,
        "b": tie.b,
        "collaborations": list(tie.collaborations),
        "kinds": list(tie.kinds),
        "documents": tie.documents,
    }
