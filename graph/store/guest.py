"""Statements from outside: each in a connection of its own, for a time, up to a size, and always rolled back.

`graph.statement` lets only reading through; here it is made sure that whatever was let through costs little and
leaves nothing behind. What is still at work when its time is up loses its connection, and the engine is told to end it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Protocol

from graph.errors import InputError, StoreError, StoreLate
from graph.store.base import Bounds, Seen
from graph.store.cypher import SLOTS

if TYPE_CHECKING:
    from neo4j import AsyncDriver, AsyncTransaction

FETCHED = 100
"""So many rows come at a time, so that one message stays small."""

VISITS = 4
"""So many statements from outside may be at work at once."""

_HIDDEN = frozenset(name for _, name, _ in SLOTS.values())
"""Properties left out of whole nodes: vectors, which nobody reads."""

_MEMORY = ("heap budget", "allowed elements", "OutOfMemory", "StackOverflow")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a graph answers over Bolt."""

    uri: str
    login: tuple[str, str] | None
    database: str


class Host(Protocol):
    """An engine that takes guests."""

    @property
    def place(self) -> Place:
        """Where it answers."""
        ...

    def end(self, mark: str) -> None:
        """End the statement that carries this mark."""
        ...


def visit(host: Host, statement: str, parameters: Mapping[str, Any], bounds: Bounds) -> Seen:
    """What a statement gives within its bounds (`Store.visit`). Blocks; not for a thread with a running event loop."""
    import asyncio

    mark = token_hex(8)
    try:
        return asyncio.run(_timed(host.place, f"/* {mark} */ {statement}", parameters, bounds))
    except TimeoutError:
        host.end(mark)
        raise StoreLate(
            f"the statement was not done after {bounds.seconds:g} s and was ended; ask for less, "
            "or begin at a node with {id: …} or {name: …}"
        ) from None


def objection(error: Exception, own: bool) -> InputError | StoreLate | None:
    """What the caller can do about an engine's error; None when it is not the statement's fault.

    `own`: the engine is the embedded one, which has no names for such errors, and it is well.
    """
    code, said = getattr(error, "code", None) or "", getattr(error, "message", None) or str(error)
    if "TransactionTimedOut" in code:
        return StoreLate("the statement took too long and was ended by the graph; ask for less")
    if any(word in said or word in code for word in _MEMORY):
        return InputError("the statement needs too much memory; ask for less, or for rows instead of lists")
    if code.startswith("Neo.ClientError.Statement") or (own and code == "Neo.DatabaseError.General.UnknownError"):
        return InputError(f"the graph cannot run this statement: {_first(said)}")
    return None


def _first(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[0][:300]


async def _timed(place: Place, statement: str, parameters: Mapping[str, Any], bounds: Bounds) -> Seen:
    import asyncio

    async with asyncio.timeout(bounds.seconds), _driver(place) as driver:
        return await _seen(driver, place.database, statement, parameters, bounds)


def _driver(place: Place) -> AsyncDriver:
    from neo4j import AsyncGraphDatabase

    return AsyncGraphDatabase.driver(
        place.uri, auth=place.login, notifications_min_severity="OFF", connection_timeout=5.0, user_agent="parkbond"
    )


async def _seen(
    driver: AsyncDriver, database: str, statement: str, parameters: Mapping[str, Any], bounds: Bounds
) -> Seen:
    from neo4j import READ_ACCESS

    async with driver.session(
        database=database, default_access_mode=READ_ACCESS, fetch_size=min(FETCHED, bounds.rows + 1)
    ) as session:
        transaction = await session.begin_transaction(timeout=bounds.seconds)
        try:
            return await _rows(transaction, statement, parameters, bounds)
        finally:
            if not transaction.closed():
                await transaction.rollback()


async def _rows(transaction: AsyncTransaction, statement: str, parameters: Mapping[str, Any], bounds: Bounds) -> Seen:
    rows: list[tuple[Any, ...]] = []
    left = bounds.size
    async for record in await transaction.run(statement, dict(parameters)):
        row = tuple(plain(value) for value in record.values())
        left -= len(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"))
        if len(rows) == bounds.rows or left < 0:
            transaction.cancel()  # the rest is not fetched
            return Seen(tuple(rows), "rows" if left >= 0 else "size")
        rows.append(row)
    return Seen(tuple(rows))


def plain(value: Any) -> Any:
    """A value of the driver as JSON can carry it; what JSON has no number for is None."""
    from neo4j.graph import Node, Path, Relationship

    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Mapping) and not isinstance(value, Node | Relationship):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Node):
        return {"label": next(iter(value.labels), ""), "properties": _properties(value.items())}
    if isinstance(value, Relationship):
        return {"type": value.type, "properties": _properties(value.items())}
    if isinstance(value, Path):
        return {"nodes": plain(list(value.nodes)), "relationships": plain(list(value.relationships))}
    return str(value)


def _properties(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: plain(value) for name, value in sorted(items) if name not in _HIDDEN}


def busy() -> StoreError:
    """Why a statement was not taken."""
    return StoreError(f"{VISITS} statements are at work already; try again when one has ended")
