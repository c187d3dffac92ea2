"""The places of the graph that a place of a question means: itself and what lies in it."""

from __future__ import annotations

from graph.query.query import Slot
from graph.store import cypher
from graph.store.base import Store

DEPTH = 4  # country, province, city, county


def places(store: Store, slot: Slot) -> dict[str, str]:
    """Names of places by id: the one named, those that documents or the table of places put in it, at any depth."""
    found = {slot.id: slot.name} if slot.id else {}
    if slot.narrower:
        found |= {row["id"]: row["name"] for row in store.run(cypher.PLACES_CALLED, names=list(slot.narrower))}
    edge = list(found)
    for _ in range(DEPTH):
        within = store.run(cypher.PLACES_WITHIN, ids=edge) if edge else []
        edge = [row["id"] for row in within if row["id"] not in found]
        found |= {row["id"]: row["name"] for row in within}
    return found
