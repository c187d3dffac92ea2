"""Opens the graph that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.settings import Settings
    from graph.store.base import Store


def open_store(where: Settings) -> Store:
    """The graph of these settings, with its constraints and indexes. Raises StoreDown, StoreDenied."""
    from graph.store.bolt import connect

    store = connect(where.graph, user=where.user, password=where.password, database=where.database, idle=where.idle)
    store.prepare()
    return store
