"""Which names are one entity: what people and rules judged of pairs of names, and the entities that follow.

A judgement is data and never changed: the latest of a pair stands, so another judgement undoes it. `UNSURE` leaves the
pair to the rules, as if nobody had judged it. From what stands the entities follow by pure functions (`clusters`,
`entity_of`), whatever the order in which names and judgements came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from graph.model import Card, digest

SAME = 0.92
"""Pairs of at least this score are one entity (METHOD E)."""

REVIEW = 0.75
"""Pairs of at least this score, and less than `SAME`, wait for a person."""

STATED = 0.97
"""Pulls of at least this strength rest on a code or on the words of a document that give a firm two full names."""

PERSON = 2.0
"""The pull between two names that a person judged the same: stronger than any score."""

Pair = tuple[str, str]
"""The ids of two names, the smaller first."""


class Verdict(StrEnum):
    """What a person says of two names."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Somebody's word on two names (`a` < `b`). `at` is a moment in UTC, ISO with microseconds."""

    a: str
    b: str
    verdict: Verdict
    who: str
    at: str
    reason: str = ""
    score: float = 0.0  # that of the pair when it was judged
    a_name: str = ""
    b_name: str = ""

    @property
    def id(self) -> str:
        """A hash of all that tells it from others."""
        return f"judgement-{digest(self.a, self.b, self.verdict, self.who, self.at, self.reason)}"

    @property
    def pair(self) -> Pair:
        return self.a, self.b


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are: `score` in [0, 1] is the sum of the named parts, cut to that range."""

    a: str
    b: str
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return round(min(1.0, max(0.0, sum(self.parts.values()))), 4)

    @property
    def id(self) -> str:
        return pair_id((self.a, self.b))


def pair(one: str, other: str) -> Pair:
    """Two ids in order."""
    return (one, other) if one < other else (other, one)


def pair_id(names: Pair) -> str:
    """The id under which a pair is kept."""
    return f"pair-{digest(*names)}"


def standing(judgements: Iterable[Judgement]) -> dict[Pair, Judgement]:
    """The latest judgement of each pair (of one moment: the one whose id sorts last)."""
    latest: dict[Pair, Judgement] = {}
    for one in sorted(judgements, key=lambda one: (one.at, one.id)):
        latest[one.pair] = one
    return latest


def clusters(
    members: Iterable[str], pulls: Mapping[Pair, float], apart: Callable[[str, str, float], bool]
) -> list[frozenset[str]]:
    """The members in groups that are one entity each.

    Constrained single linkage, level by level. All pulls of one strength (to two decimals) count together, the
    strongest first. Of the pulls of a level those are left out that lie on a path between two groups which hold names
    that are `apart` (asked with the level): no merge goes around a negative judgement, and a short name that two firms
    pull with equal strength joins neither. (A pull lies on such a path exactly if it is in one biconnected component
    with the edge that joins the two groups.) Each level is decided as a set, so the order of members and pulls leaves
    no trace.
    """
    group_of = {member: frozenset((member,)) for member in members}
    levels: dict[float, list[Pair]] = defaultdict(list)
    for (a, b), strength in pulls.items():
        levels[round(strength, 2)].append((a, b))
    for level in sorted(levels, reverse=True):
        edges = {(group_of[a], group_of[b]) for a, b in levels[level] if group_of[a] is not group_of[b]}
        for joined in _components(_sound(edges, level, apart)):
            whole = frozenset().union(*joined)
            group_of.update(dict.fromkeys(whole, whole))
    return sorted(set(group_of.values()), key=min)


Group = frozenset[str]
Edge = tuple[Group, Group]


def _components(edges: Collection[Edge]) -> list[set[Group]]:
    """The groups that edges join, component by component."""
    near: dict[Group, set[Group]] = defaultdict(set)
    for a, b in edges:
        near[a].add(b)
        near[b].add(a)
    found: list[set[Group]] = []
    seen: set[Group] = set()
    for start in near:
        if start in seen:
            continue
        joined, waiting = {start}, [start]
        while waiting:
            fresh = near[waiting.pop()] - joined
            joined |= fresh
            waiting.extend(fresh)
        seen |= joined
        found.append(joined)
    return found


def _sound(edges: Collection[Edge], level: float, apart: Callable[[str, str, float], bool]) -> list[Edge]:
    """The edges that lie on no path between two groups that must stay apart."""
    forbidden = [
        frozenset((g, h))
        for joined in _components(edges)
        for g, h in combinations(joined, 2)
        if any(apart(a, b, level) for a in g for b in h)
    ]
    if not forbidden:
        return list(edges)
    from networkx import Graph, biconnected_component_edges

    bad = set(forbidden)
    left = [edge for edge in edges if frozenset(edge) not in bad]
    whole = Graph([*left, *(tuple(edge) for edge in bad)])
    for block in biconnected_component_edges(whole):
        shared = {frozenset(edge) for edge in block}
        if shared & bad:
            bad |= shared
    return [edge for edge in left if frozenset(edge) not in bad]


def entity_of(cluster: Collection[str], cards: Mapping[str, Card], coded: Mapping[str, int]) -> str:
    """The id of the entity that these names are: that of the best name, the one with the longest key (of equally long
    ones the smallest id).

    A name with a code gives the id of the name without it, unless that is another entity: where `coded` (name without
    code -> how many codes it has) tells of homonyms, or the plain name is known and not one of the cluster.
    """
    best = min(cluster, key=lambda name: (-len(cards[name].text), name))
    base = cards[best].base
    if base and coded.get(base, 0) < 2 and (base in cluster or base not in cards):
        return base
    return best
