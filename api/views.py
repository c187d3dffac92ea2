"""What was measured of a graph, kept until the graph changes: measuring takes seconds, and many ask for the same."""

from __future__ import annotations

import threading
from collections import OrderedDict

from graph.curated import Curated, View, network, view
from graph.network import Network
from graph.store.base import Store

KEPT = 4
"""So many views (windows) are kept, those asked for last."""


class Views:
    """The views of one graph. Two who ask at once wait for one measurement."""

    def __init__(self, store: Store, curated: Curated) -> None:
        self._store, self._curated = store, curated
        self._kept: OrderedDict[tuple[int, str, str, str], View] = OrderedDict()
        self._lock = threading.Lock()
        self._network: tuple[int, Network] | None = None

    def of(self, since: str = "", until: str = "", as_of: str = "") -> View:
        """The view of a window of the graph as it is now."""
        with self._lock:
            key = (self._store.revision(), since, until, as_of)
            if key not in self._kept:
                self._kept[key] = view(self._store, self._curated, since=since, until=until, as_of=as_of)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]

    def network(self) -> Network:
        """The network of the whole graph as it is now."""
        with self._lock:
            revision = self._store.revision()
            if self._network is None or self._network[0] != revision:
                self._network = revision, network(self._store, self._curated)
            return self._network[1]
