"""Which names are one entity, kept up to date: a `Local` node for each name that documents tell, with its entity.

    names that come or go ──> pairs worth comparing (blocks, codes, stated names) ──> scores (graph.likeness)
                          ──> the names that hang together ──> entities (graph.judgement) ──> names that move

`Pair` nodes keep the scores, `Judgement` nodes what people said. The entity of a name is a function of the names,
evidence and judgements that are there, never of their order: each change scores anew what it touches and decides
anew whatever hangs together with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from graph.fact import said, told
from graph.judgement import (
    PERSON,
    SAME,
    STATED,
    Judgement,
    Likeness,
    Pair,
    Verdict,
    clusters,
    entity_of,
    pair,
    pair_id,
    standing,
)
from graph.likeness import COMPARED, Profile, apart, candidates, differs, likeness
from graph.model import Card, Contribution, Evidence, Kind, Relation, Role, Status
from graph.store import cypher
from graph.store.cursor import Cursor, grouped, read, send
from graph.store.rows import Row, evidence_from, judgement_from, judgement_row

_CARD = ("id", "text", "core", "place", "marks", "parent", "base", "code", "block")


@dataclass(frozen=True, slots=True)
class Move:
    """A name that means another entity than before."""

    local: str
    kind: Kind
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names that documents which come tell, and those of them that are known."""

    kinds: Mapping[str, Kind]
    cards: Mapping[str, Card]
    called: frozenset[Pair]  # a document calls the one by the other name
    known: Mapping[str, Row]

    @property
    def homes(self) -> dict[str, str]:
        """The entity of each name that is not its own; one that is new and has a code is that of the plain name, until
        `settle` knows better."""
        homes = {name: row["entity"] for name, row in self.known.items()}
        homes |= {name: card.base for name, card in self.cards.items() if card.base and name not in homes}
        return {name: entity for name, entity in homes.items() if name != entity}


def names(cursor: Cursor, come: Iterable[Contribution]) -> Names:
    """The names of documents that come, with what is known of them."""
    kinds: dict[str, Kind] = {}
    cards: dict[str, Card] = {}
    called: set[Pair] = set()
    for each in come:
        spoken = {mention.entity for mention in each.mentions}
        spoken.update(party.entity for piece in each.evidence for party in piece.parties)
        kinds.update((name, each.kinds[name]) for name in spoken)
        cards.update(each.cards)
        called.update(
            pair(piece.parties[0].entity, piece.qualifier)
            for piece in each.evidence
            if piece.relation is Relation.CALLED
        )
    cards = {name: card for name, card in cards.items() if name in kinds}
    return Names(kinds, cards, frozenset(called), {row["id"]: row for row in rows(cursor, kinds)})


def rows(cursor: Cursor, locals: Iterable[str]) -> list[Row]:
    """What is known of these names."""
    return [row["l"] for row in read(cursor, cypher.LOCALS, sorted(locals))]


def evidence_of(cursor: Cursor, entities: Mapping[str, Kind]) -> list[Row]:
    """All evidence that these entities take part in."""
    found: set[str] = set()
    direct: dict[str, Row] = {}
    for kind, ids in grouped((kind, entity) for entity, kind in sorted(entities.items())):
        for statement in cypher.EVIDENCE_AROUND[kind]:
            found.update(chain.from_iterable(row["evidence"] for row in read(cursor, statement, ids)))
        for statement in (cypher.DESCRIBED, cypher.VOID):
            direct.update((row["e"]["id"], row["e"]) for row in read(cursor, statement, ids))
    around = (row["e"] for row in read(cursor, cypher.EVIDENCE_BY_ID, sorted(found - direct.keys())))
    return [*direct.values(), *around]


# ---- after documents came and went ----------------------------------------------------------------------------------


def settle(cursor: Cursor, come: Names, left: Mapping[str, tuple[str, Kind]]) -> list[Move]:
    """Note the names that came and drop those that nothing tells any more (of `left`: name -> entity, kind), compare
    what is to be compared, and say which names mean another entity now."""
    fresh = {name: kind for name, kind in come.kinds.items() if name not in come.known}
    homes = come.homes
    send(cursor, cypher.ADD_LOCAL, [_local(name, kind, homes, come.cards) for name, kind in fresh.items()])
    gone = _untold(cursor, {name: end for name, end in left.items() if name not in come.kinds})
    there = _pairs(cursor, {*come.known, *left})
    new = _candidates(cursor, [come.cards[name] for name in fresh if name in come.cards], come.called, fresh)
    affected = _compared(cursor, there, new, gone)
    affected |= _partners(cursor, {*fresh, *gone}) | _namesakes(cursor, come, gone)
    send(cursor, cypher.DROP_LOCAL, sorted(gone), "ids")
    moves, _ = _decided(cursor, affected - gone.keys())
    return moves


def judge(cursor: Cursor, judgements: Sequence[Judgement]) -> tuple[list[Move], list[Judgement]]:
    """Add judgements to the log; the moves that follow, and what people judged the same that cannot be."""
    ids = {one.id: one for one in judgements}
    known = {row["id"] for row in read(cursor, cypher.JUDGEMENTS_THERE, sorted(ids))}
    new = [one for id, one in ids.items() if id not in known]
    send(cursor, cypher.ADD_JUDGEMENT, [judgement_row(one) for one in new])
    return _decided(cursor, {name for one in new for name in one.pair})


def _local(name: str, kind: Kind, homes: Mapping[str, str], cards: Mapping[str, Card]) -> Row:
    card = cards.get(name, Card(name, kind, "", ""))
    texts = {field: getattr(card, field) or None for field in _CARD}
    return {**texts, "id": name, "kind": kind.value, "entity": homes.get(name, name)}


def _card(row: Row) -> Card:
    return Card(kind=Kind(row["kind"]), **{field: row.get(field) or "" for field in _CARD})


def _untold(cursor: Cursor, left: Mapping[str, tuple[str, Kind]]) -> dict[str, Row]:
    """Those of the names that no mention and no evidence tells."""
    waiting = dict(left)
    for kind, ends in grouped((kind, {"local": name, "entity": entity}) for name, (entity, kind) in left.items()):
        for row in read(cursor, cypher.STILL_MENTIONED[kind], ends, "rows"):
            waiting.pop(row["local"], None)
    if waiting:
        for row in evidence_of(cursor, dict(waiting.values())):
            for party in told(evidence_from(row)):
                waiting.pop(party.entity, None)
    return {row["id"]: row for row in rows(cursor, waiting)}


def _pairs(cursor: Cursor, locals: Iterable[str]) -> dict[Pair, float]:
    found = (row["p"] for row in read(cursor, cypher.PAIRS_OF, sorted(locals)))
    return {(row["a"], row["b"]): row["score"] for row in found}


def _candidates(cursor: Cursor, cards: Sequence[Card], called: Iterable[Pair], fresh: Mapping[str, Kind]) -> set[Pair]:
    """Pairs worth comparing that hold a name which is new, or that documents newly call by each other's name."""
    blocks = sorted({card.block for card in cards if card.block})
    codes = sorted({card.code for card in cards if card.code})
    mates = [_card(row["l"]) for row in read(cursor, cypher.LOCALS_IN_BLOCK, blocks, "blocks")]
    mates += [_card(row["l"]) for row in read(cursor, cypher.LOCALS_OF_CODE, codes, "codes")]
    found = candidates(cards, mates)
    new = sorted(name for name, kind in fresh.items() if kind in COMPARED)
    for row in read(cursor, cypher.CALLED_AS, new):
        found.add(pair(told(evidence_from(row["e"]))[0].entity, row["e"]["called"]))
    return found | set(called)


def _compared(cursor: Cursor, there: Mapping[Pair, float], new: Iterable[Pair], gone: Mapping[str, Row]) -> set[str]:
    """Score the pairs that were there and the new ones, and keep what they are worth. Returns the names in them."""
    asked = {*there, *new}
    known = {row["id"] for row in rows(cursor, {name for both in asked for name in both})} - gone.keys()
    pairs = {both for both in asked if known.issuperset(both)}
    profiles = _profiles(cursor, {name for both in pairs for name in both})
    scored = [likeness(profiles[a], profiles[b]) for a, b in sorted(pairs)]
    kept = [each for each in scored if each.parts]
    send(cursor, cypher.SET_PAIR, [_pair_row(each, profiles[each.a].card.kind) for each in kept])
    over = there.keys() - {(each.a, each.b) for each in kept}
    send(cursor, cypher.DROP_PAIR, sorted(map(pair_id, over)), "ids")
    return {name for both in {*there, *pairs} for name in both}


def _pair_row(each: Likeness, kind: Kind) -> Row:
    parts = said(dict(each.parts))
    return {"id": each.id, "a": each.a, "b": each.b, "kind": kind.value, "score": each.score, "parts": parts}


def _partners(cursor: Cursor, locals: Iterable[str]) -> set[str]:
    """Names that somebody judged together with these."""
    return {name for one in _judged(cursor, locals) for name in one.pair}


def _namesakes(cursor: Cursor, come: Names, gone: Mapping[str, Row]) -> set[str]:
    """The names that are the same but for a code, where such a one came or went; none where a name is alone."""
    fresh = [card for name, card in come.cards.items() if name not in come.known]
    bases = {card.base or card.id for card in fresh} | {row.get("base") or name for name, row in gone.items()}
    coded = [row["l"] for row in read(cursor, cypher.LOCALS_OF_BASE, sorted(bases))]
    plain = {row["id"] for row in rows(cursor, {row["base"] for row in coded})}
    counts = grouped((row["base"], row["id"]) for row in coded)
    lost = {row.get("base") or name for name, row in gone.items()}
    crowded = {base for base, ids in counts if len(ids) > 1 or base in plain or base in lost}
    return (crowded & plain) | {name for base, ids in counts if base in crowded for name in ids}


# ---- what hangs together --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Web:
    """Names that hang together by scores and judgements."""

    members: dict[str, Row] = field(default_factory=dict)
    pulls: dict[Pair, float] = field(default_factory=dict)
    verdicts: dict[Pair, Judgement] = field(default_factory=dict)


def _decided(cursor: Cursor, affected: Iterable[str]) -> tuple[list[Move], list[Judgement]]:
    """The entity of each name that hangs together with the affected ones, as moves; what people said in vain."""
    web = _web(cursor, affected)
    if not web.members:
        return [], []
    bases = {row.get("base") or name for name, row in web.members.items()}
    coded = grouped((row["l"]["base"], row["l"]["id"]) for row in read(cursor, cypher.LOCALS_OF_BASE, sorted(bases)))
    cards = {name: _card(row) for name, row in web.members.items()}
    plain = {card.base for card in cards.values()} - {""} - cards.keys()
    cards |= {row["id"]: _card(row) for row in rows(cursor, plain)}
    homes: dict[str, str] = {}
    for cluster in _clusters(cursor, web):
        entity = entity_of(cluster, cards, {base: len(ids) for base, ids in coded})
        homes.update(dict.fromkeys(cluster, entity))
    moves = [
        Move(name, Kind(row["kind"]), row["entity"], homes[name])
        for name, row in sorted(web.members.items())
        if row["entity"] != homes[name]
    ]
    send(cursor, cypher.SET_HOME, [{"id": move.local, "entity": move.new} for move in moves])
    unmet = [
        one
        for (a, b), one in sorted(web.verdicts.items())
        if one.verdict is Verdict.SAME and a in homes and b in homes and homes[a] != homes[b]
    ]
    return moves, unmet


def _web(cursor: Cursor, affected: Iterable[str]) -> _Web:
    web = _Web()
    seen: set[str] = set()  # also names that only judgements know
    waiting = set(affected)
    while waiting:
        seen |= waiting
        web.members |= {row["id"]: row for row in rows(cursor, waiting)}
        pulls = {both: score for both, score in _pairs(cursor, waiting).items() if score >= SAME}
        verdicts = standing(_judged(cursor, waiting))
        web.pulls |= pulls
        web.verdicts |= verdicts
        same = {both for both, one in verdicts.items() if one.verdict is Verdict.SAME}
        waiting = {name for both in {*pulls, *same} for name in both} - seen
    return web


def _judged(cursor: Cursor, locals: Iterable[str]) -> list[Judgement]:
    found = (row["j"] for row in read(cursor, cypher.JUDGED, sorted(locals)))
    return list({row["id"]: judgement_from(row) for row in found}.values())


def _clusters(cursor: Cursor, web: _Web) -> list[frozenset[str]]:
    there = {both: one.verdict for both, one in web.verdicts.items() if web.members.keys() >= set(both)}
    different = {both for both, verdict in there.items() if verdict is Verdict.DIFFERENT}
    same = {both for both, verdict in there.items() if verdict is Verdict.SAME}
    pulls = {both: score for both, score in web.pulls.items() if both not in different}
    pulls |= dict.fromkeys(same, PERSON)
    if not pulls:
        return [frozenset((name,)) for name in web.members]
    profiles = _profiles(cursor, {name for both in pulls for name in both})

    def kept_apart(a: str, b: str, level: float) -> bool:
        one, other, both = profiles[a], profiles[b], pair(a, b)
        if both in different or (one.codes and other.codes and not one.codes & other.codes):
            return True
        if level >= PERSON or both in same:
            return False
        return bool(differs(one, other) if level >= STATED else apart(one, other))

    return clusters(web.members, pulls, kept_apart)


# ---- what is known of a name ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sketch:
    names: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    partners: set[str] = field(default_factory=set)
    called: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def _profiles(cursor: Cursor, locals: Iterable[str]) -> dict[str, Profile]:
    """What all documents together say of each of these names that is known."""
    known = {row["id"]: row for row in rows(cursor, locals)}
    entities = {row["entity"]: Kind(row["kind"]) for row in known.values()}
    sketches: dict[str, _Sketch] = defaultdict(_Sketch)
    for kind, ids in grouped((kind, entity) for entity, kind in entities.items()):
        for row in read(cursor, cypher.NAMINGS[kind], ids):
            sketches[row["told"]].names.update(row["names"], row["surfaces"])
    for row in evidence_of(cursor, entities):
        _sketch(evidence_from(row), sketches)
    return {name: _profile(row, sketches[name]) for name, row in known.items()}


def _sketch(piece: Evidence, sketches: Mapping[str, _Sketch]) -> None:
    if piece.status is Status.DENIED:
        return
    ends = {party.role: party.entity for party in told(piece)}
    match piece.relation:
        case Relation.DESCRIBED if "uscc" in piece.values:
            sketches[ends[Role.SUBJECT]].codes.add(str(piece.values["uscc"]))
        case Relation.CALLED:
            sketches[ends[Role.SUBJECT]].called[piece.qualifier].add(str(piece.values["name"]))
        case Relation.LOCATED_IN:
            sketches[ends[Role.HEAD]].sites.add(ends[Role.TAIL])
        case Relation.OPERATES_IN:
            sketches[ends[Role.HEAD]].fields.add(ends[Role.TAIL])
        case relation if relation.is_collaboration:
            together = {party.entity for party in told(piece)}
            for one in together:
                sketches[one].partners.update(together - {one})


def _profile(row: Row, sketch: _Sketch) -> Profile:
    card = _card(row)
    return Profile(
        card,
        frozenset(sketch.names),
        frozenset(sketch.codes | {card.code} - {""}),
        frozenset(sketch.sites),
        frozenset(sketch.fields),
        frozenset(sketch.partners),
        {name: frozenset(written) for name, written in sketch.called.items()},
    )


# ---- what cannot stand ----------------------------------------------------------------------------------------------


def objection(cursor: Cursor, unmet: Judgement, given: Sequence[Judgement]) -> str:
    """Why two names that were judged the same cannot be one, in one sentence."""
    web = _web(cursor, unmet.pair)
    sames = {both: PERSON for both, one in web.verdicts.items() if one.verdict is Verdict.SAME}
    joined = next(group for group in clusters(web.members, sames, lambda *_: False) if unmet.a in group)
    new = {one.id for one in given}
    for (a, b), one in sorted(web.verdicts.items()):
        if one.verdict is Verdict.DIFFERENT and joined.issuperset((a, b)):
            words = f"{one.a_name or a} and {one.b_name or b} were judged different by {one.who} on {one.at[:10]}"
            return _refused(unmet if one.id in new else one, words, unmet)
    coded = {name: profile.codes for name, profile in _profiles(cursor, joined).items() if profile.codes}
    codes = sorted({code for found in coded.values() for code in found})
    return f"{unmet.a_name} and {unmet.b_name} cannot be one: their credit codes differ ({', '.join(codes)})"


def _refused(earlier: Judgement, words: str, unmet: Judgement) -> str:
    if earlier is unmet:
        words = f"{unmet.a_name} and {unmet.b_name} were judged the same by {unmet.who} on {unmet.at[:10]}"
        return f"{words}, which this would contradict; judge that pair anew first"
    return f"{unmet.a_name} and {unmet.b_name} cannot be one: {words}; judge that pair anew first"
