"""What tables outside of the graph know, handed in together, and the network of a graph read with their help.

The graph keeps what documents say. Which class an industry belongs to, where a park lies, which steps make a chain and
which tracks an edition has is said by tables that this package may not import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from graph.chain import Chain, standing
from graph.errors import InputError
from graph.index.track import Track
from graph.industry import UNKNOWN, Class, Lookup, classed
from graph.measure import labels
from graph.network import Network
from graph.projection import City, project
from graph.report import full, known_by
from graph.store import cypher
from graph.store.base import Store
from graph.window import holds

Passages = Iterable[tuple[str, str, Sequence[str]]]
"""Id, folded text and the parks that each names."""

Signs = Callable[[Passages, str], Mapping[str, Sequence[str]]]
"""Passages and a topic (产城融合, 首台套) to the passages of each park that speak of it."""

INTEGRATION, FIRST = "产城融合", "首台套"


def _unclassed(name: str) -> Class:
    return UNKNOWN


def _nowhere(park: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Curated:
    """Lookups and tables; by default they know nothing."""

    classify: Lookup = _unclassed
    city: City = _nowhere
    signs: Signs | None = None
    chains: tuple[Chain, ...] = ()
    tracks: tuple[Track, ...] = ()

    def track(self, called: str) -> tuple[Track, Chain]:
        """The track of this name (either language) or id, with its chain.

        Raises:
            InputError: no track is called so, or none that has a chain; those that have are named.
        """
        chains = {chain.track: chain for chain in self.chains}
        known = [track for track in self.tracks if track.id in chains]
        for track in known:
            if called.casefold() in (track.id.casefold(), track.name.casefold(), track.name_en.casefold()):
                return track, chains[track.id]
        names = ", ".join(track.name for track in known) or "none"
        raise InputError(f"no track is called {called!r}; tracks with a chain: {names}")


def network(store: Store, curated: Curated, *, since: str = "", until: str = "", as_of: str = "") -> Network:
    """The network of a graph with the classes of its industries and the cities of its parks.

    Args:
        since, until: what was so within the window.
        as_of: what was known by then: documents that appeared later are left out, with what they alone evidence.
    """
    return _network(store, curated, since, until, as_of, _published(store) if as_of else {})


def _network(
    store: Store, curated: Curated, since: str, until: str, as_of: str, published: Mapping[str, str]
) -> Network:
    net = classed(project(store, since=since, until=until, city=curated.city), curated.classify)
    return known_by(net, published, as_of) if as_of else net


@dataclass(frozen=True, eq=False)
class View:
    """A graph as it was measured: its network, the whole report of it (`graph.report.full`), and the tables used."""

    net: Network
    report: Mapping[str, Any]
    curated: Curated

    def park(self, id: str) -> Mapping[str, Any]:
        """The measures of a park. Raises KeyError for one that is not there."""
        measures: Mapping[str, Any] = self.report["parks"][self._labels[id]]
        return measures

    def firm(self, id: str) -> Mapping[str, Any] | None:
        """The measures of a firm, None for one that is not in the network."""
        label = self._firm_labels.get(id)
        return None if label is None else self.report["firms"][label]

    def on(self, track: Track, chain: Chain) -> View:
        """The same restricted to the firms that stand on a track's chain and the ties among them."""
        steps = standing(self.net, chain).any(axis=1)
        there = np.flatnonzero((self.net.industry >= 0) & np.append(steps, False)[self.net.industry])
        net = self.net.induced(there)
        only = replace(self.curated, chains=(chain,), tracks=(track,))
        return View(net, full(net, only.chains, draws=0), only)

    @cached_property
    def _labels(self) -> dict[str, str]:
        return dict(zip(self.net.parks, labels(self.net, self.net.parks), strict=True))

    @cached_property
    def _firm_labels(self) -> dict[str, str]:
        return dict(zip(self.net.firms, labels(self.net, self.net.firms), strict=True))


def view(
    store: Store,
    curated: Curated,
    *,
    since: str = "",
    until: str = "",
    as_of: str = "",
    seed: int = 0,
    draws: int | None = 0,
) -> View:
    """Everything measured of a graph, with what its passages tell of parks.

    Args:
        since, until, as_of: as of `network`.
        seed, draws: as of `graph.report.full`; by default structure is not measured beside random wirings.
    """
    published = _published(store) if as_of else {}
    net = _network(store, curated, since, until, as_of, published)
    found = _signs(store, curated.signs, published, as_of) if curated.signs else {}
    evidence, firsts = found.get(INTEGRATION), found.get(FIRST)
    return View(net, full(net, curated.chains, evidence=evidence, firsts=firsts, seed=seed, draws=draws), curated)


def _signs(
    store: Store, signs: Signs, published: Mapping[str, str], as_of: str
) -> dict[str, Mapping[str, Sequence[str]]]:
    """The passages that speak of each topic, by park."""
    text: dict[str, str] = {}
    parks: dict[str, list[str]] = {}
    for row in store.stream(cypher.PARKS_NAMED):
        if holds(published.get(row["origin"], ""), until=as_of):
            text[row["id"]] = row["folded"]
            parks.setdefault(row["id"], []).append(row["park"])
    passages = [(id, text[id], named) for id, named in sorted(parks.items())]
    return {topic: signs(passages, topic) for topic in (INTEGRATION, FIRST)}


def _published(store: Store) -> dict[str, str]:
    """When each independent document (by its witness) first appeared, where that is known."""
    return {row["origin"]: row["published"] for row in store.stream(cypher.FIRST_PUBLISHED)}
