"""How rare words are in a graph, and where the passages of each language lie among the vectors.

Both are read off a sample: the first passages in the order of their ids. Ids are digests, so it is a random one, and
the same on every engine; a small graph is its own sample. It is taken anew when the number of passages has changed by
a twentieth, or the vectors are of another set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from graph.search.expand import key
from graph.search.words import terms, wide
from graph.store import cypher
from graph.store.base import Row, Store, VectorSets

SAMPLE = 2_000
VECTORS = 600  # of the sample are looked at for meaning
FEW = 8  # vectors of a language below which all languages are taken together
STALE = 0.05

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Read:
    """A passage or title as it is compared: `held` for phrases, `terms` for words."""

    held: str
    terms: frozenset[str]
    wide: bool


@lru_cache(maxsize=20_000)
def read(folded: str) -> Read:
    """A text in the comparison form as it is compared."""
    return Read(f" {key(folded)} ", frozenset(terms(folded)), wide(folded))


@dataclass(frozen=True, slots=True)
class Corpus:
    """Passages in which words stand, out of `size`; vectors of the sample by whether they are of Chinese text."""

    size: int = 0
    frequency: Mapping[str, int] = field(default_factory=dict)
    vectors: Mapping[bool, Vector] = field(default_factory=dict)

    def rarity(self, term: str) -> float:
        """The inverse document frequency of a word, as in BM25: never negative."""
        return _rarity(self.size, self.frequency.get(term, 0))

    def rarity_of(self, variants: Sequence[str]) -> float:
        """Of names that mean one thing: as of the commonest, a name being as rare as its rarest part."""
        parts = (terms(variant) for variant in variants)
        common = max((min((self.frequency.get(term, 0) for term in some), default=0) for some in parts), default=0)
        return _rarity(self.size, common)

    def level(self, vector: Vector, chinese: bool) -> tuple[float, float]:
        """The mean and the deviation of the cosines of a vector with passages of a language."""
        own = self.vectors.get(chinese)
        compared = list(self.vectors.values()) if own is None or len(own) < FEW else [own]
        cosines = np.concatenate([vectors @ vector for vectors in compared] or [np.zeros(1, np.float32)])
        return float(cosines.mean()), max(float(cosines.std()), 0.01)

    def turned(self, vector: Vector, chinese: bool) -> Vector | None:
        """The vector of a query moved to where passages of the other language lie; None if there are none.

        `chinese`: the language of the query. Embeddings of several languages keep each in a region of its own, so
        that what is foreign always seems far.
        """
        there, here = self.vectors.get(not chinese), self.vectors.get(chinese)
        if there is None:
            return None
        moved = vector + there.mean(axis=0) - (vector if here is None else here.mean(axis=0))
        return np.asarray(moved / (np.linalg.norm(moved) or 1), np.float32)


def _rarity(size: int, count: int) -> float:
    return log(1 + (size - count + 0.5) / (count + 0.5))


_KEPT: WeakKeyDictionary[Store, tuple[int, str, Corpus]] = WeakKeyDictionary()


def corpus(store: Store, passages: int, sets: VectorSets | None) -> Corpus:
    """What the passages of the store are like, of which there are so many; with `sets` their vectors too."""
    name = sets.serving.id if sets and sets.serving else ""
    kept = _KEPT.get(store)
    if kept and abs(kept[0] - passages) <= STALE * kept[0] and (not sets or (kept[1] == name and kept[2].vectors)):
        return kept[2]
    rows = store.run(cypher.SAMPLE, limit=SAMPLE)
    frequency = Counter(term for row in rows for term in read(row["folded"]).terms)
    found = Corpus(len(rows), frequency, _vectors(store, sets, rows[:VECTORS]) if sets else {})
    _KEPT[store] = passages, name, found
    return found


def _vectors(store: Store, sets: VectorSets, rows: Sequence[Row]) -> dict[bool, Vector]:
    statement = cypher.VECTORS_OF_PASSAGES[sets.serving.slot if sets.serving else "a"]
    there = {row["id"]: row["vector"] for row in store.run(statement, ids=[row["id"] for row in rows])}
    found: dict[bool, list[Sequence[float]]] = {}
    for row in rows:
        if row["id"] in there:
            found.setdefault(wide(row["folded"]), []).append(there[row["id"]])
    return {chinese: np.array(vectors, np.float32) for chinese, vectors in found.items()}
