"""Passages get their vectors here, after their facts are stored, in steps that can be stopped and resumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graph.search.embedder import Embedder
from graph.store import cypher
from graph.store.base import Store

STEP = 256  # passages embedded between two writes


@dataclass(frozen=True, slots=True)
class Made:
    """How many of the passages have a vector."""

    vectors: int
    passages: int

    @property
    def complete(self) -> bool:
        """Whether all passages can be compared by meaning."""
        return 0 < self.passages == self.vectors


def made(store: Store) -> Made:
    """How far the vectors of the store are."""
    row = store.run(cypher.VECTORS)[0]
    return Made(row["vectors"], row["passages"])


def vectorise(store: Store, embedder: Embedder, progress: Callable[[int, int], None] | None = None) -> int:
    """Give every passage that has none its vector; returns how many. Each step is kept as it is made.

    What is embedded is the folded text, so that both scripts meet. `progress` is told how many are done and how many
    were missing at the start.
    """
    before = made(store)
    done = 0
    while rows := store.unembedded(STEP):
        vectors = embedder.passages([row["folded"] for row in rows])
        store.embed({row["id"]: vector.tolist() for row, vector in zip(rows, vectors, strict=True)})
        done += len(rows)
        if progress:
            progress(done, before.passages - before.vectors)
    return done
