"""The passages nearest to a vector: by the index of the graph engine, and in this process where there are very many.

What this process keeps is made from the store and follows it by revision: vectors that were written since are added,
and neighbours that the store holds no more are left out. So both give what the store says now.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from threading import Lock
from typing import Any

from graph.errors import StoreError
from graph.search.quantised import Damaged, Index, Item, Near, make
from graph.search.vectors import Made, made
from graph.store import cypher
from graph.store.base import PASSAGES, Row, Store, VectorSet

log = logging.getLogger(__name__)

MANY = 200_000
"""Beyond so many vectors an index is kept in this process; below, that of the engine is faster to have."""

_WASTE = 1.25  # an index that holds so many times what the store holds is made anew
_TRIES = 4


class BeingMade(StoreError):
    """The index of vectors is not there yet, another thread makes it."""

    title = "Index being made"


@dataclass
class _Held:
    """The index of one store, and who works with it."""

    alone: Lock = field(default_factory=Lock)
    making: bool = False
    index: Index | None = None
    of: str = ""  # id of the set of vectors
    seen: int = -1  # the store's revision that the index was compared with
    folder: Path | None = None  # where its files are if nobody gave a folder; gone with it


_HELD: weakref.WeakKeyDictionary[Store, _Held] = weakref.WeakKeyDictionary()
_FIRST = Lock()


def nearest(
    store: Store,
    vector: Sequence[float],
    limit: int,
    folder: Path | None = None,
    state: Made | None = None,
    serving: VectorSet | None = None,
) -> list[Row]:
    """The passages nearest to a unit vector, {id, score} with score = (1 + cos) / 2, best first.

    `folder` is where an index of many vectors may be kept between runs; without it, it is made for this process.
    `state` and `serving` are looked up where they are not given.
    Raises BeingMade while another thread makes that index, SettingError where it cannot be kept.
    """
    if (state or made(store)).vectors <= MANY:
        return store.nearest(PASSAGES, vector, limit, serving)
    held = _held(store)
    if held.making:
        raise BeingMade("the index of the vectors is being made; ask again when it is done")
    with held.alone:
        serving = serving or _serving(store)
        index = _fresh(store, held, serving, folder)
        found = _living(store, serving, index, vector, limit)
    return [{"id": near.id, "score": near.score} for near in found]


def prepare(store: Store, folder: Path | None = None) -> int:
    """Make or refresh the index of many vectors now, before it is asked; returns how many it holds, 0 below `MANY`."""
    if made(store).vectors <= MANY:
        return 0
    held = _held(store)
    with held.alone:
        return len(_fresh(store, held, _serving(store), folder))


def _held(store: Store) -> _Held:
    with _FIRST:
        return _HELD.setdefault(store, _Held())


def _serving(store: Store) -> VectorSet | None:
    return store.vector_sets().serving


def _fresh(store: Store, held: _Held, serving: VectorSet | None, folder: Path | None) -> Index:
    """The index of the serving set, as of the store's revision."""
    name = serving.id if serving else "unnamed"
    if held.index is None or held.of != name:
        held.making = True
        try:
            held.index, held.of, held.seen = _opened(store, held, serving, folder), name, -1
        finally:
            held.making = False
    revision = store.revision()
    if held.seen != revision:
        try:
            _follow(store, held.index, serving, revision)
        except (Damaged, OSError) as error:
            held.index = None
            raise StoreError(
                f"the index of vectors in this process was damaged ({error}); it is made anew when next asked"
            ) from error
        held.seen = revision
        if len(held.index) > _WASTE * made(store).vectors + 1000:
            held.index = _made(store, held.index.folder, serving)
    return held.index


def _opened(store: Store, held: _Held, serving: VectorSet | None, folder: Path | None) -> Index:
    """The index from its files, which are made where they are not there or not whole."""
    if folder is None or serving is None:
        folder = held.folder = held.folder or _own(held)
    place = folder / "vectors" / (serving.id if serving else "unnamed")
    if place.exists():
        try:
            return Index(place)
        except (Damaged, OSError) as error:
            log.warning("%s: the index of vectors is damaged (%s); it is made anew", place, error)
    return _made(store, place, serving)


def _own(held: _Held) -> Path:
    folder = tempfile.mkdtemp(prefix="parkbond-vectors-")
    weakref.finalize(held, shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _made(store: Store, place: Path, serving: VectorSet | None) -> Index:
    slot, state = (serving.slot if serving else "a"), made(store)
    revision = store.revision()
    dimensions = serving.card.dimensions if serving else _length(store)
    items = (item for item in _items(store, cypher.VECTORS_ALL[slot]) if item.written <= revision)
    log.info("making the index of %d vectors in %s", state.vectors, place)
    make(place, items, state.vectors, dimensions, revision)
    return Index(place)


def _length(store: Store) -> int:
    """How long the vectors of no named model are."""
    return int(store.run(cypher.META)[0]["dimensions"])


def _items(store: Store, statement: str, **parameters: Any) -> Iterator[Item]:
    for row in store.stream(statement, **parameters):
        yield Item(row["id"], row["vector"], int(row["written"]))


def _follow(store: Store, index: Index, serving: VectorSet | None, revision: int) -> None:
    """Add what was written since."""
    slot = serving.slot if serving else "a"
    items = _items(store, cypher.VECTORS_SINCE[slot], since=index.state.revision)
    items = (item for item in items if item.written <= revision)
    if first := list(islice(items, 1)):
        index.extend(chain(first, items), revision)


def _living(store: Store, serving: VectorSet | None, index: Index, vector: Sequence[float], limit: int) -> list[Near]:
    """The nearest that the store still holds: all, where the index holds as many as the store."""
    whole = len(index) == made(store).vectors
    statement = cypher.VECTORS_OF[serving.slot if serving else "a"]
    wanted, found = limit, list[Near]()
    for _ in range(_TRIES):
        asked = index.nearest(vector, wanted)
        found = asked if whole else _held_still(store, statement, asked)
        if len(found) >= limit or len(asked) < wanted:
            break
        wanted *= 4
    return found[:limit]


def _held_still(store: Store, statement: str, asked: Sequence[Near]) -> list[Near]:
    rows = store.run(statement, ids=[near.id for near in asked])
    written = {row["id"]: int(row["written"]) for row in rows}
    living = (near for near in asked if written.get(near.id) == near.written)
    return list({near.id: near for near in living}.values())
