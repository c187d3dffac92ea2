"""The passages that a search looks at, with their documents: those read lately are remembered.

Searches over one graph look at much the same passages, and most of the time of reading them goes into their way from
the engine. What is remembered is of one revision of the store: after a write it is read anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from weakref import WeakKeyDictionary

from graph.store import cypher
from graph.store.base import Row, Store

REMEMBERED = 20_000
"""So many passages are remembered, some 40 MB; then those that were read first are forgotten."""

_LATELY: WeakKeyDictionary[Store, tuple[int, dict[str, Row]]] = WeakKeyDictionary()
_ALONE = Lock()


def passages(store: Store, ids: Sequence[str], revision: int) -> list[Row]:
    """The passages with these ids that are there, with their documents (`graph.store.cypher.FOUND`).

    `revision`: of the store, as the search that asks has seen it.
    """
    with _ALONE:
        seen, lately = _LATELY.get(store, (revision, {}))
        if seen != revision:
            lately = {}
        _LATELY[store] = revision, lately
        there = {id: lately[id] for id in ids if id in lately}
    missing = [id for id in ids if id not in there]
    fresh = {row["id"]: row for row in store.run(cypher.FOUND, ids=missing)} if missing else {}
    with _ALONE:
        lately |= fresh
        for id in list(lately)[: max(0, len(lately) - REMEMBERED)]:
            del lately[id]
    return [row for id in ids if (row := there.get(id) or fresh.get(id))]
