"""The industries of the graph that a field of a question means."""

from __future__ import annotations

from graph.model import Kind
from graph.query.query import Slot
from graph.search.names import candidates
from graph.store import cypher
from graph.store.base import Store


def field_ids(store: Store, field: Slot) -> list[str]:
    """Ids of the industries that bear one of the field's names, sorted; none if no document names the field."""
    names = {name.casefold() for name in (field.name, *field.names)}
    found = {one.id for one in candidates(store, [field.name], (Kind.INDUSTRY,)) if not _other(one.names, names)}
    return sorted(found | ({field.id} if field.id and field.kind is Kind.INDUSTRY else set()))


def _other(names: tuple[str, ...], wanted: set[str]) -> bool:
    return wanted.isdisjoint(name.casefold() for name in names)


def firms_of(store: Store, industries: list[str]) -> int:
    """How many firms are of these industries."""
    return int(store.run(cypher.FIRMS_OF_FIELD, ids=industries)[0]["n"]) if industries else 0
