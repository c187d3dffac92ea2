"""How two parties hang together: the shortest ways over collaborations, seats and ownership, each step evidenced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph.model import Kind, Relation
from graph.projection import COUNTED, NO_TIE
from graph.query.deals import deals
from graph.query.evidence import quotes
from graph.query.query import Query, Slot
from graph.query.result import Reason, Refusal, Result, extent, not_observed, only
from graph.query.ties import ORGANISATIONS
from graph.store import cypher
from graph.store.base import Row, Store

LONGEST = 5  # steps
LOOKED = 600  # parties whose neighbours are read, at most
SHOWN = 3  # paths
QUOTED = 2  # sentences a step

_OVER = (Relation.LOCATED_IN, Relation.OWNS, Relation.PART_OF)
_THROUGH = (Kind.PARK, *ORGANISATIONS)


@dataclass(frozen=True, slots=True)
class _Node:
    id: str
    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class _Step:
    """From one party to a neighbour: what ties them, and the ids that tell of it."""

    start: _Node
    end: _Node
    relation: str
    ids: tuple[str, ...]  # of collaborations if COOPERATES, else of evidence


def path(store: Store, query: Query) -> Result:
    """At most three of the shortest paths between the two named, each step with its sentences."""
    only(query, *_THROUGH)
    ends = [slot for slot in query.slots if slot.kind in _THROUGH]
    if len(ends) != 2 or ends[0].id == ends[1].id:
        raise Refusal(Reason.NOT_UNDERSTOOD, "a path leads from one party to another: name two.")
    found, looked = _search(store, _node(ends[0]), _node(ends[1]))
    rows = [_row(store, steps) for steps in found]
    coverage = extent(store) | {"parties_looked_at": looked, "longest": LONGEST}
    what = f"a path of at most {LONGEST} steps from {ends[0].name} to {ends[1].name}"
    note = _said(rows) if rows else not_observed(coverage, what)
    if not rows and looked >= LOOKED:
        note += f"; only {LOOKED} parties around them were looked at"
    cited = tuple(dict.fromkeys(piece["id"] for row in rows for step in row["steps"] for piece in step["evidence"]))
    return Result(rows[: query.limit], cypher.TIES_AROUND[_tied(ends)], {"id": ends[0].id}, cited, coverage, note)


def _said(rows: list[Row]) -> str:
    length = rows[0]["length"]
    return f"{length} step{'' if length == 1 else 's'}; a shared park or owner is no cooperation"


def _tied(ends: list[Slot]) -> Kind:
    return ends[0].kind if ends[0].kind in cypher.TIES_AROUND else Kind.ENTERPRISE


def _node(slot: Slot) -> _Node:
    return _Node(slot.id, slot.kind, slot.name)


def _search(store: Store, start: _Node, goal: _Node) -> tuple[list[list[_Step]], int]:
    """The shortest paths (at most `SHOWN`) and how many parties were looked at: layer by layer from the start."""
    before: dict[str, list[_Step]] = {start.id: []}
    layer, looked = {start.id: start}, 0
    for _ in range(LONGEST):
        reached: dict[str, _Node] = {}
        steps: dict[str, list[_Step]] = {}
        for node in layer.values():
            if looked >= LOOKED:
                return [], looked
            looked += 1
            for step in _around(store, node):
                if step.end.id not in before:
                    reached[step.end.id] = step.end
                    steps.setdefault(step.end.id, []).append(step)
        before |= steps
        if goal.id in reached:
            return sorted(_back(before, goal.id), key=_order)[:SHOWN], looked
        layer = dict(sorted(reached.items()))
    return [], looked


def _back(before: dict[str, list[_Step]], id: str) -> Iterator[list[_Step]]:
    if not before[id]:
        yield []
    for step in before[id]:
        for way in _back(before, step.start.id):
            yield [*way, step]


def _order(steps: list[_Step]) -> tuple[int, tuple[str, ...]]:
    """Paths over cooperation before those over shared places."""
    return sum(step.relation != Relation.COLLABORATES for step in steps), tuple(step.end.name for step in steps)


def _around(store: Store, node: _Node) -> Iterator[_Step]:
    if node.kind in cypher.TIES_AROUND:
        for row in store.run(cypher.TIES_AROUND[node.kind], id=node.id):
            end = _Node(row["id"], Kind(row["kind"]), row["name"])
            settled = set(row["kinds"] or ()) and set(row["kinds"]) <= NO_TIE
            if end.kind in _THROUGH and not settled:
                yield _Step(node, end, Relation.COLLABORATES.value, tuple(row["collaborations"]))
    for statement in (cypher.LINKS_FROM.get(node.kind), cypher.LINKS_TO.get(node.kind)):
        for row in store.run(statement, id=node.id) if statement else ():
            kind = Kind(row["kind"])
            if row["relation"] in _OVER and row["status"] in COUNTED and kind in _THROUGH:
                yield _Step(node, _Node(row["id"], kind, row["name"]), row["relation"], tuple(row["evidence"]))


def _row(store: Store, steps: list[_Step]) -> Row:
    names = [steps[0].start.name, *(step.end.name for step in steps)]
    return {"name": " – ".join(names), "length": len(steps), "steps": [_told(store, step) for step in steps]}


def _told(store: Store, step: _Step) -> Row:
    row: Row = {
        "from": step.start.name,
        "to": step.end.name,
        "from_id": step.start.id,
        "to_id": step.end.id,
        "relation": step.relation,
        "kinds": [],
        "since": "",
        "status": "",
    }
    if step.relation != Relation.COLLABORATES:
        return row | {"evidence": list(quotes(store, step.ids[:QUOTED]).values())}
    told = deals(store, step.ids)
    return row | {
        "kinds": sorted({kind for deal in told for kind in deal["kinds"] or [deal["relation"]]}),
        "since": min((deal["since"] for deal in told if deal["since"]), default=""),
        "status": told[-1]["status"] if told else "",
        "evidence": [piece for deal in told for piece in deal["evidence"]][:QUOTED],
    }
