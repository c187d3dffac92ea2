"""What is measured of one park, and where that puts it among the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import NotFound
from graph.model import Kind
from graph.query.profile import entity_called
from graph.query.standing import ranking
from graph.store.base import Row, Store

if TYPE_CHECKING:
    from graph.curated import View


def measures(store: Store, seen: View, name: str) -> Row:
    """All measures of a park, by name, alias or id: `park`, `id`, `measures` by name, and `index`, its row there.

    Raises:
        NotFound: no such park; names like it are told.
    """
    entity = entity_called(store, Kind.PARK, name)
    made = ranking(seen)
    row = next(row for row in (*made["ranked"], *made["unranked"]) if row["id"] == entity["id"])
    return {"park": entity["name"], "id": entity["id"], "measures": dict(seen.park(entity["id"])), "index": row}


def of_firm(store: Store, seen: View, name: str) -> Row:
    """All measures of a firm, by name, alias or id: `enterprise`, `id`, `measures` by name.

    Raises:
        NotFound: no such firm, or none that the network holds.
    """
    entity = entity_called(store, Kind.ENTERPRISE, name)
    found = seen.firm(entity["id"])
    if found is None:
        raise NotFound(f"{entity['name']} is in no park and has no tie that counts, so nothing is measured of it.")
    return {"enterprise": entity["name"], "id": entity["id"], "measures": dict(found)}
