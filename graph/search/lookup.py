"""Entities that a text may mean: by names that stand in it, by words that names share with it, and by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graph.errors import SettingError
from graph.model import Kind
from graph.search.embedder import Embedder
from graph.search.expand import SAME, key
from graph.search.names import Named, candidates, entities, occurrences
from graph.search.search import Tools
from graph.search.usual import asked
from graph.search.vectors import mismatch
from graph.search.words import checked, wide
from graph.store import cypher
from graph.store.base import GISTS, Store

NAMED = Literal["Park", "Enterprise", "Institution", "Industry"]
"""The kinds that are looked up (`graph.store.cypher.MEANT`)."""

NEAR = 30
"""So many names near in meaning are looked at; each is of one of the kinds that have vectors."""


@dataclass(frozen=True, slots=True)
class Called:
    """An entity that a text may mean.

    by          name (it, or another name that means it, stands in the text), words (shares words), meaning
    similarity  cosine of its names and the text, without what all queries have in common; by meaning only
    documents   that mention it
    """

    id: str
    kind: Kind
    name: str
    by: str
    similarity: float | None
    documents: int


def lookup(store: Store, tools: Tools, text: str, kind: NAMED | None = None, limit: int = 10) -> list[Called]:
    """The `limit` entities that a text most likely means: those named in it first, then the nearest in meaning.

    Where meaning cannot be used, those that share words follow instead. Raises InputError for a text that is empty or
    too long.
    """
    folded, kinds = tools.fold(checked(text)), (Kind(kind),) if kind else cypher.MEANT
    same = {name for one in tools.wording.meant(folded) for name, worth in one.variants.items() if worth >= SAME}
    alike = candidates(store, [folded, "\n".join(map(tools.wording.text, sorted(same)))], kinds)
    there = [one.entity for one in occurrences(folded, alike)]
    there += [one for one in alike if not same.isdisjoint(map(key, one.names))]
    found = {one.id: _called(one, "name") for one in there}
    rest = meant(store, tools.embedder, folded, kinds) or [_called(one, "words") for one in alike]
    return [*found.values(), *(one for one in rest if one.id not in found)][:limit]


def meant(store: Store, embedder: Embedder | None, folded: str, kinds: Sequence[Kind]) -> list[Called]:
    """Entities of these kinds whose names are near in meaning, best first; none where vectors cannot be used."""
    try:
        sets = store.vector_sets()
        if embedder is None or sets.serving is None or mismatch(sets, embedder.id):
            return []
        rows = store.nearest(GISTS, asked(embedder, folded, wide(folded)).tolist(), NEAR, sets.serving)
    except SettingError:
        return []
    near = {row["id"]: 2 * row["score"] - 1 for row in rows}
    gists = store.run(cypher.GISTS, ids=list(near)) if near else []
    of = {kind: [row["id"] for row in gists if row["kind"] == kind] for kind in kinds}
    found = [one for kind, ids in of.items() for one in entities(store, kind, ids)]
    return [
        _called(one, "meaning", round(near[one.id], 4))
        for one in sorted(found, key=lambda one: (-near[one.id], one.id))
    ]


def _called(one: Named, by: str, similarity: float | None = None) -> Called:
    return Called(one.id, one.kind, one.name, by, similarity, one.documents)
