"""What answers may measure, measured only when one asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.store.base import Store

if TYPE_CHECKING:
    from graph.curated import Curated, View
    from graph.network import Network


@dataclass(frozen=True, slots=True)
class Sight:
    """The tables from outside, the network of the graph, and everything measured of it (which takes seconds)."""

    curated: Curated
    network: Callable[[], Network]
    view: Callable[[], View]


def sight(store: Store, curated: Curated) -> Sight:
    """What can be seen of a graph, measured anew for each question that needs it."""

    def net() -> Network:
        from graph.curated import network

        return network(store, curated)

    def seen() -> View:
        from graph.curated import view

        return view(store, curated)

    return Sight(curated, net, seen)
