"""Passages and names of entities get their vectors here, after their facts are stored, in steps that can be resumed.

All vectors of a graph are of one model, whose card (name, dimensions, prompts, fingerprint) the graph keeps. Another
model needs `reindex`: its vectors are made beside the old ones, which serve search until the new set is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from graph.errors import Conflict
from graph.search.embedder import Embedder
from graph.store import cypher
from graph.store.base import GISTS, PASSAGES, Card, Store, VectorSet, VectorSets

STEP = 256  # passages embedded between two writes
AHEAD = 16 * STEP  # passages fetched at once, since looking for those without a vector looks at all

Progress = Callable[[int, int], None]
"""Told how many are done, and how many were missing at the start."""


@dataclass(frozen=True, slots=True)
class Made:
    """How many of the passages have a vector, as of a revision of the store."""

    vectors: int
    passages: int
    revision: int = field(default=0, compare=False)

    @property
    def complete(self) -> bool:
        """Whether all passages can be compared by meaning."""
        return 0 < self.passages == self.vectors


_MADE: WeakKeyDictionary[Store, tuple[int, Made]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What `reindex` did: `made` vectors in this run, `vectors` in all, the model that was, the model that is.

    `changed` is false where the vectors were of this model already.
    """

    made: int
    vectors: int
    before: str
    model: str
    changed: bool


def made(store: Store) -> Made:
    """How far the vectors of the store are. Counted once a revision of the store: counting looks at every passage."""
    revision = store.revision()
    known = _MADE.get(store)
    if known is None or known[0] != revision:
        row = store.run(cypher.VECTORS)[0]
        known = _MADE[store] = revision, Made(row["vectors"], row["passages"], revision)
    return known[1]


def card(embedder: Embedder) -> Card:
    """What the vectors of this embedder must say of their model. Loads the model."""
    prompts: Any = getattr(embedder, "prompts", None)
    query, passage = (prompts.query, prompts.passage) if prompts else ("", "")
    return Card(embedder.id, embedder.dimensions, query, passage, getattr(embedder, "fingerprint", ""))


def mismatch(sets: VectorSets, model: str | Card) -> str:
    """Why vectors of this model (its id, or its card) may not be compared with those that serve; "" if they may.

    Vectors for which no model is named are taken to be of the model in use; they are only searched, never added to.
    """
    if sets.serving is None:
        return ""
    there = sets.serving.card
    if isinstance(model, str):
        model = Card(model, there.dimensions, there.query, there.passage, there.fingerprint)
    if model == there:
        return ""
    return (
        f"the vectors of this graph are of {_told(there, model)}, not of {_told(model, there)}; {_remedy(sets, model)}"
    )


def _told(one: Card, other: Card) -> str:
    """A card in words, as far as the other differs."""
    if one.model != other.model:
        return f"the model {one.model}"
    if one.dimensions != other.dimensions:
        return f"{one.model} with {one.dimensions} dimensions"
    if (one.query, one.passage) != (other.query, other.passage):
        return f"{one.model} with the prompts {one.query!r} and {one.passage!r}"
    return f"{one.model} with the weights {one.fingerprint or 'unknown'}"


def _remedy(sets: VectorSets, model: Card) -> str:
    if sets.coming and sets.coming.card.model == model.model:
        return "those are being made: `parkbond reindex` finishes them"
    return "`parkbond reindex` makes them anew, or set PARKBOND_MODEL to the model they are of"


def waiting(store: Store) -> bool:
    """Whether anything has no vector yet."""
    return any(store.unembedded(1, of=index) for index in (PASSAGES, GISTS))


def vectorise(store: Store, embedder: Embedder, progress: Progress | None = None) -> int:
    """Give every passage and every name that has none its vector; returns how many passages got one.

    Each step is kept as it is made. What is embedded is the folded text, so that both scripts meet. `progress` is told
    how many are done and how many were missing at the start. Raises Conflict, and embeds nothing, where the vectors
    that are there are of another model.
    """
    if not waiting(store):
        return 0
    before = made(store)
    mine = card(embedder)
    sets = store.vector_sets()
    if sets.serving is None and before.vectors:
        raise Conflict(
            f"the graph does not say which model made its {before.vectors} vectors, so none are added to them; "
            "`parkbond reindex` makes them anew"
        )
    if trouble := mismatch(sets, mine):
        if before.vectors:
            raise Conflict(trouble)
        sets = VectorSets()
    return _fill(store, embedder, sets.serving or store.begin_vectors(mine), progress)


def reindex(store: Store, embedder: Embedder, progress: Progress | None = None) -> Reindexed:
    """Make all vectors with this model; those that are there serve until the new ones are whole.

    May be stopped at any time and run again: it goes on where it was. What comes meanwhile is embedded too. Counted are
    the vectors of passages.
    """
    mine = card(embedder)
    sets = store.vector_sets()
    old = sets.serving.card.model if sets.serving else ""
    if sets.serving and sets.serving.card == mine:
        count = _fill(store, embedder, sets.serving, progress)
        _clear(store)
        return Reindexed(count, made(store).vectors, old, mine.model, False)
    coming = store.begin_vectors(mine)
    done = _fill(store, embedder, coming, progress)
    while not _serves(store, coming):
        if store.finish_vectors(coming.id):
            break
        done += _fill(store, embedder, coming, None)
    _clear(store)
    return Reindexed(done, made(store).vectors, old, mine.model, True)


def _serves(store: Store, one: VectorSet) -> bool:
    serving = store.vector_sets().serving
    return serving is not None and serving.id == one.id


def _missing(store: Store, one: VectorSet) -> int:
    return sum(int(store.run(cypher.LACKING[label, one.slot])[0]["n"]) for label in cypher.VECTORED.values())


def _clear(store: Store) -> None:
    """Remove the vectors of the set that served before."""
    while store.clear_vectors(2000):
        pass


def _fill(store: Store, embedder: Embedder, one: VectorSet, progress: Progress | None) -> int:
    """Embed what has no vector in this set; returns how many passages that were."""
    missing, done = _missing(store, one) if progress else 0, dict.fromkeys((PASSAGES, GISTS), 0)
    for index in done:
        for texts in _steps(store, one, index):
            vectors = embedder.passages(list(texts.values()))
            done[index] += store.embed(dict(zip(texts, vectors.tolist(), strict=True)), one.id, texts, index)
            if progress:
                progress(sum(done.values()), missing)
    return done[PASSAGES]


def _steps(store: Store, one: VectorSet, index: str) -> Iterator[dict[str, str]]:
    """What has no vector in this set, id -> text, so much as is embedded between two writes."""
    while rows := store.unembedded(AHEAD, one.id, index):
        for start in range(0, len(rows), STEP):
            yield {row["id"]: row["folded"] for row in rows[start : start + STEP]}
