"""Names of the graph that stand in a text: full text finds candidates, then every alias is compared exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.model import Kind
from graph.store import cypher
from graph.store.base import Store

_LEGAL = re.compile(
    r"(?:集团)?(?:股份)?有限(?:责任)?公司$"
    r"|[,\s]+(?:Co\.?,?\s*)?(?:Ltd\.?|Limited|Inc\.?|Corp\.?|Corporation|LLC|GmbH|AG|PLC)$",
    re.IGNORECASE,
)

CANDIDATES = 40  # entities of a kind that full text may propose for one text
SHORTEST = 2  # characters of a name that may be found inside a text

ORDER = (Kind.PARK, Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT, Kind.INDUSTRY, Kind.PLACE)
"""Kinds that are looked for; where one name stands for several, the first of these is meant (a track before all)."""

_PRECEDENCE = {kind: rank for rank, kind in enumerate((Kind.TRACK, *ORDER, Kind.RANKING, Kind.CHAIN_STEP))}


@dataclass(frozen=True, slots=True)
class Named:
    """An entity with all its names in the comparison form."""

    id: str
    kind: Kind
    name: str
    names: tuple[str, ...]
    documents: int = 0
    narrower: tuple[str, ...] = ()  # names of what it includes: of a field, narrower fields; of a province, cities


@dataclass(frozen=True, slots=True)
class Found:
    """The entity that [start, end) of a text names."""

    start: int
    end: int
    entity: Named


def candidates(
    store: Store, texts: Iterable[str], kinds: Sequence[Kind] = ORDER, limit: int = CANDIDATES
) -> list[Named]:
    """Entities whose names share words with one of the texts (in the comparison form), those alike most first."""
    wanted = [text for text in dict.fromkeys(texts) if text.strip()]
    rows = [row for text in wanted for row in store.called(kinds, text, limit)]
    found = {row["id"]: _named(Kind(row["kind"]), row) for row in rows}
    return sorted(found.values(), key=lambda one: kinds.index(one.kind))


def entities(store: Store, kind: Kind, ids: Sequence[str]) -> list[Named]:
    """These entities of one kind with their names, in the given order."""
    if not ids:
        return []
    rows = {row["id"]: row for row in store.run(cypher.NAMED_AS[kind], ids=list(ids))}
    return [_named(kind, rows[key]) for key in ids if key in rows]


def _named(kind: Kind, row: dict[str, object]) -> Named:
    told = (str(row["name"]), *str(row["names"] or "").split("\n"))
    joined = [name.strip() for name in told if name.strip()]
    names = dict.fromkeys((*joined, *filter(None, map(bare, joined))) if kind is Kind.ENTERPRISE else joined)
    return Named(str(row["id"]), kind, str(row["name"]), tuple(names), int(str(row["documents"] or 0)))


def bare(name: str) -> str:
    """An enterprise's name without its legal form, as people say it; "" where it has none or little would be left.

    >>> bare("澜川半导体（苏州）股份有限公司"), bare("Acme Robotics Co., Ltd."), bare("澜川")
    ('澜川半导体（苏州）', 'Acme Robotics', '')
    """
    left = _LEGAL.sub("", name)
    return left if left != name and len(left) >= SHORTEST else ""


def occurrences(text: str, known: Iterable[Named]) -> list[Found]:
    """Where names of these entities stand in the text, in order, not overlapping: longest first, then by `ORDER`."""
    held = text.casefold()
    found = [
        Found(start, start + len(name), entity)
        for entity in known
        for name in entity.names
        if len(name) >= SHORTEST
        for start in _places(held, name.casefold())
    ]
    taken: list[Found] = []
    for one in sorted(found, key=_preference):
        if all(one.end <= other.start or other.end <= one.start for other in taken):
            taken.append(one)
    return sorted(taken, key=lambda one: one.start)


def _preference(one: Found) -> tuple[int, int, int, int, str]:
    entity = one.entity
    return (one.start - one.end, one.start, _PRECEDENCE[entity.kind], -entity.documents, entity.id)


def _places(text: str, name: str) -> list[int]:
    """Where `name` starts in `text`, not counting places inside a longer Latin word or number."""
    starts, at = [], text.find(name)
    while at >= 0:
        if not _joined(text, at) and not _joined(text, at + len(name)):
            starts.append(at)
        at = text.find(name, at + 1)
    return starts


def _joined(text: str, at: int) -> bool:
    """Whether a Latin word or a number goes on over the border `at`."""
    return 0 < at < len(text) and all(
        character.isascii() and character.isalnum() for character in text[at - 1 : at + 1]
    )
