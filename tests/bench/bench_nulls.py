"""The null models: labels dealt out, ties rewired, tables of parks and industries, beside what one writes without them.

    python tests/bench/bench_nulls.py        (a few minutes; FIRMS=20000 TIES=100000 WIRED=100000 for a smaller one)

`rows()` yields (what, our seconds, the peer's seconds or None, note). Seconds are CPU seconds of all threads (the
draws use all processors); the wall time of the permutations is in the note. Peers: numpy for the permutations, networkx
for the wirings, the package bicm where it is installed.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Iterator
from typing import Any

import networkx as nx
import numpy as np
from seconds import BenchRow, show, timed

from graph.chemistry import bicm, place, wiring
from graph.metrics import cohesion
from graph.metrics.groups import Groups
from graph.network import IntArray, Network, Pairs, unite

FIRMS = int(os.environ.get("FIRMS", "200000"))
TIES = int(os.environ.get("TIES", "1000000"))
WIRED = int(os.environ.get("WIRED", "1000000"))  # firms of the network whose ties are rewired, five ties a firm
PARKS, INDUSTRIES, CITIES = 931, 97, 97


def network(firms: int, ties: int, cities: int, seed: int = 1) -> Network:
    """A random network with heavy-tailed degrees; parks lie in cities, a third of the ties stay in the city."""
    dice = np.random.default_rng(seed)
    park = dice.integers(PARKS, size=firms)
    city = park % cities if cities else np.zeros(firms, dtype=np.int64)
    pull = dice.pareto(2.5, firms) + 1
    a, b = dice.choice(firms, size=(2, ties), p=pull / pull.sum())
    if cities:
        order = np.argsort(city, kind="stable")
        first = np.searchsorted(city[order], np.arange(cities + 1))
        local = np.flatnonzero(dice.random(ties) < 1 / 3)
        home = city[a[local]]
        b[local] = order[first[home] + (dice.random(len(local)) * (first[home + 1] - first[home])).astype(np.int64)]
    source, target, weight, _, _, _ = unite(a, b, np.ones(ties))
    return Network(
        firms=tuple(f"{i:07d}" for i in range(firms)),
        parks=tuple(f"{i:04d}" for i in range(PARKS)),
        industries=tuple(f"{i:03d}" for i in range(INDUSTRIES)),
        members=Pairs(np.arange(firms), park),
        industry=dice.integers(INDUSTRIES, size=firms),
        source=source,
        target=target,
        weight=weight,
        exposure=dice.poisson(3.0, firms).astype(np.float64) if cities else None,
        region=city if cities else None,
        regions=tuple(f"{i:02d}" for i in range(cities)),
    )


def by_numpy(net: Network, stratum: IntArray, permutations: int, seed: int) -> np.ndarray:
    """What one writes with numpy: sort by stratum and a random number, look the labels up again, count."""
    dice, park = np.random.default_rng(seed), net.members.other
    order, inside = np.argsort(stratum, kind="stable"), np.zeros((permutations, PARKS), dtype=np.int64)
    for one in range(permutations):
        dealt = np.empty_like(park)
        dealt[np.lexsort((dice.random(len(park)), stratum))] = park[order]
        a = dealt[net.source]
        inside[one] = np.bincount(a[a == dealt[net.target]], minlength=PARKS)
    return inside


def place_rows() -> Iterator[BenchRow]:
    """1,000 permutations, with 97 strata as in the issue's figure and with cities, industries and terciles."""
    small = network(400, 2000, 4)
    place.compiled_draws(place._table(*_prepared(small)), place.streams(1, 64))  # compile, or load what was
    for cities, name in ((0, "97 industries"), (CITIES, "97 cities × industry × tercile, or coarser")):
        net = network(FIRMS, TIES, cities)
        wall = time.perf_counter()
        ours, result = timed(lambda net=net: place.r0(net, seed=1, permutations=1000))
        wall = time.perf_counter() - wall
        steps = dict(place.levels(net)[0])
        used = max(set(result.level), key=result.level.count)
        theirs, drawn = timed(lambda net=net, stratum=steps[used]: by_numpy(net, stratum, 10, 1))
        same = np.array([level == used for level in result.level])
        gap = abs(drawn[:, same].sum(axis=1).mean() / result.expected[same].sum() - 1)
        if gap > 0.02:
            raise AssertionError(f"numpy's mean differs by {gap:.1%}")
        note = f"{wall:.1f} s wall; {len(net.source)} ties; {used} for {same.sum()} parks; numpy: 10, times 100"
        yield f"R0 of {PARKS} parks, 1,000 permutations, {name}", ours, theirs * 100, note


def _prepared(net: Network) -> tuple[Any, Any, Any, Any]:
    seats = place._seats(net, None)
    occupied, every = place._occupied(seats, place.levels(net)[0][-1][1]), np.ones(PARKS, dtype=np.bool_)
    return seats, occupied, every, np.ones(len(seats.source), dtype=np.bool_)


def wiring_rows() -> Iterator[BenchRow]:
    """Draws of a large network, of all parks, and of one small network."""
    net = network(WIRED, 5 * WIRED, 0)
    groups = Groups.whole(net)
    wiring.wired(groups, cohesion.transitivity, draws=2, seed=1)  # compile
    graph: nx.Graph[int] = nx.Graph()
    few = 20_000
    graph.add_edges_from(zip(net.source[:few].tolist(), net.target[:few].tolist(), strict=True))
    theirs, _ = timed(lambda: nx.Graph(nx.configuration_model([degree for _, degree in graph.degree], seed=1)))
    ours, _ = timed(lambda: wiring.by_stubs(groups, np.random.default_rng(1)))
    yield f"a stub matching, {len(net.source)} ties", ours, theirs * len(net.source) / few, "networkx: scaled by ties"
    ours, found = timed(lambda: wiring.wired(groups, cohesion.transitivity, draws=5, seed=1))
    note = f"5 draws, times 20; {found.method}, {found.erased[0]:.3%} erased, z {found.z[0]:.1f}"
    yield f"transitivity beside 100 wirings, {len(net.source)} ties", ours * 20, None, note
    swaps = 2_000_000
    wires = wiring.Wires.of(groups)
    wires.shuffle(np.array([1000]), np.random.default_rng(1), fast=True)
    ours, _ = timed(lambda: wires.shuffle(np.array([swaps]), np.random.default_rng(1), fast=True))
    theirs, _ = timed(lambda: nx.double_edge_swap(graph, 10_000, 10**7, seed=1))
    yield "a million swaps tried", ours * 1e6 / swaps, theirs * 100, "networkx: 10,000 done, times 100"
    parks = Groups.parks(network(FIRMS, TIES, CITIES))
    statistics = {"T": cohesion.transitivity, "giant": cohesion.giant_component_share}
    ours, found = timed(lambda: wiring.wirings(parks, statistics, draws=10, seed=1, method="swaps"))
    yield f"two measures of {PARKS} parks, 10 wirings each", ours, None, f"{len(parks.net.source)} ties inside parks"


def bicm_rows() -> Iterator[BenchRow]:
    """A table of 931 parks × 97 industries."""
    dice = np.random.default_rng(1)
    reach = np.outer(dice.pareto(1.2, PARKS) + 0.3, dice.pareto(1.2, INDUSTRIES) + 0.2)
    cells = dice.random(reach.shape) < 1 - np.exp(-0.1 * reach)
    bicm.together(cells)  # compile
    ours, model = timed(lambda: bicm.bicm(cells))
    theirs, note = None, "package bicm is not installed"
    if importlib.util.find_spec("bicm"):
        theirs, other = _peer(cells)
        note = f"largest difference {np.abs(other - model.chance).max():.0e}"
    yield f"model of {PARKS} parks × {INDUSTRIES} industries", ours, theirs, note
    ours, _ = timed(lambda: bicm.together(cells, model))
    yield "exact p of all pairs of industries", ours, None, ""


def _peer(cells: np.ndarray) -> tuple[float, np.ndarray]:
    from bicm import BipartiteGraph

    def solved() -> np.ndarray:
        graph = BipartiteGraph()
        graph.set_biadjacency_matrix(cells.astype(int))
        graph.solve_tool(method="newton", verbose=False, print_error=False)
        return np.asarray(graph.get_bicm_matrix())

    solved()  # it compiles too
    return timed(solved)


def rows() -> Iterator[BenchRow]:
    """All rows, as they come."""
    yield from place_rows()
    yield from wiring_rows()
    yield from bicm_rows()


if __name__ == "__main__":
    show("null model", 88, rows())
