"""Measures of a network of 100,000 firms and 500,000 ties beside networkx, igraph and networkit, in the same run; all
parks of a network of 1,000,000 firms and 5,000,000 ties at once; and how time grows with size.

    python tests/bench/bench_metrics.py        (some minutes; FIRMS=10000 TIES=50000 LARGE=100000 for a smaller one)

igraph and networkit are no dependencies: where they are not installed, their columns are empty and a line says so. All
times are CPU seconds, the shortest of some runs, after a first run that is not counted (it may compile). Values are
checked against networkx.
"""

from __future__ import annotations

import importlib.util
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import networkx as nx
import numpy as np
from seconds import peak, timed

from graph.measure import measures_of_parks
from graph.metrics import cohesion, diversity, openness, position, structure
from graph.metrics.groups import GroupMeasure, Groups
from graph.network import IntArray, Network, Pairs, Witnesses, unite

FIRMS = int(os.environ.get("FIRMS", "100000"))
TIES = int(os.environ.get("TIES", "500000"))
LARGE = int(os.environ.get("LARGE", "1000000"))
PARKS, INDUSTRIES, DOCUMENTS = 931, 97, 20_000
INSIDE = 0.4  # share of ties that are meant to lie inside a park

PEERS = ("networkx", "igraph", "networkit")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what, our seconds, those of each peer that has it."""

    what: str
    ours: float
    peers: dict[str, float]
    note: str = ""


def network(firms: int, ties: int, seed: int = 1) -> Network:
    """A random network: heavy-tailed degrees, parks of uneven size, every tie in two documents."""
    dice = np.random.default_rng(seed)
    park = np.sort(np.minimum(dice.pareto(1.5, firms) * 0.04 * PARKS, PARKS - 1).astype(np.int64))
    source, target, weight, _, _, _ = unite(*_ends(dice, park, firms, int(ties * 1.1)), np.ones(int(ties * 1.1)))
    keep = np.sort(dice.choice(len(source), min(ties, len(source)), replace=False))
    return Network(
        firms=tuple(f"{i:07d}" for i in range(firms)),
        parks=tuple(f"{i:04d}" for i in range(PARKS)),
        industries=tuple(f"{i:03d}" for i in range(INDUSTRIES)),
        members=Pairs(np.arange(firms), park),
        industry=dice.integers(INDUSTRIES, size=firms),
        source=source[keep],
        target=target[keep],
        weight=weight[keep],
        documents=tuple(f"d{i}" for i in range(DOCUMENTS)),
        tie_documents=Witnesses(np.arange(len(keep) + 1) * 2, dice.integers(DOCUMENTS, size=len(keep) * 2)),
    )


def _ends(dice: np.random.Generator, park: IntArray, firms: int, ties: int) -> tuple[IntArray, IntArray]:
    pull = dice.pareto(2.5, firms) + 1
    source, target = dice.choice(firms, size=(2, ties), p=pull / pull.sum())
    first = np.searchsorted(park, np.arange(PARKS + 1))
    size = np.diff(first)[park[source]]
    near = dice.random(ties) < INSIDE
    target[near] = (first[park[source]] + (dice.random(ties) * size).astype(np.int64))[near]
    return source, target


class Peers:
    """The same network in the other libraries, and the seconds each took to be made."""

    def __init__(self, net: Network) -> None:
        edges = list(zip(net.source.tolist(), net.target.tolist(), strict=True))
        n, self.seconds = len(net.firms), dict[str, float]()
        self.seconds["networkx"], self.nx = timed(lambda: _networkx(n, edges))
        nx.set_node_attributes(self.nx, dict(enumerate(net.industry.tolist())), "industry")
        nx.set_node_attributes(self.nx, dict(enumerate(net.members.other.tolist())), "park")
        self.ig = self.nk = None
        if importlib.util.find_spec("igraph"):
            import igraph

            array = np.column_stack((net.source, net.target))
            self.seconds["igraph"], self.ig = timed(lambda: igraph.Graph(n=n, edges=array))
        if importlib.util.find_spec("networkit"):
            import networkit

            networkit.setNumberOfThreads(1)
            coo = (net.source.astype(np.uint64), net.target.astype(np.uint64))
            self.seconds["networkit"], self.nk = timed(lambda: networkit.GraphFromCoo(coo, n=n, directed=False))


def _networkx(n: int, edges: Sequence[tuple[int, int]]) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(edges)
    return graph


def e_i_by_networkx(graph: nx.Graph) -> float:
    """What one writes with networkx: a loop over the edges."""
    park = nx.get_node_attributes(graph, "park")
    outside = sum(park[a] != park[b] for a, b in graph.edges)
    return (2 * outside - graph.number_of_edges()) / graph.number_of_edges()


def fresh(net: Network, measure: Callable[[Network], Any]) -> tuple[float, Any]:
    """Our seconds for a measure of a network whose degrees are known (as a peer's graph knows them), nothing else."""
    net.degree  # noqa: B018
    measure(net)
    seconds, value = timed(lambda: measure(net))
    return min(seconds, timed(lambda: measure(net), 20 if seconds < 0.02 else 2)[0]), value


def rows() -> Iterator[Row]:
    """Measures of one network beside the peers."""
    net = network(FIRMS, TIES)
    peers = Peers(net)
    yield Row(
        "arrays -> graph", timed(lambda: _made(net), 2)[0], peers.seconds, f"{FIRMS} firms, {len(net.source)} ties"
    )
    for what, measure, others in _table(net, peers):
        ours, value = fresh(net, measure)
        seconds = {}
        for name, work in others.items():
            seconds[name], other = timed(work, 1 if name == "networkx" else 2)
            if name == "networkx" and not math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-12):
                raise AssertionError(f"{what}: {value} here, {other} by networkx")
        yield Row(what, ours, seconds)
    yield from _firms(net, peers)


def _made(net: Network) -> object:
    again = Groups.whole(replace(net))  # nothing remembered
    return again.adjacency, again.net.degree


Work = Callable[[], Any]


def _table(net: Network, peers: Peers) -> Iterator[tuple[str, Callable[[Network], float], dict[str, Work]]]:
    graph, ig, nk = peers.nx, peers.ig, peers.nk
    industry, park = net.industry.tolist(), net.members.other.tolist()

    def row(
        what: str, ours: Callable[[Network], float], networkx: Work, igraph: Work = tuple, networkit: Work = tuple
    ) -> tuple[str, Callable[[Network], float], dict[str, Work]]:
        others = {"networkx": networkx}
        if ig and igraph is not tuple:
            others["igraph"] = igraph
        if nk and networkit is not tuple:
            others["networkit"] = networkit
        return what, ours, others

    yield row("density", lambda n: cohesion.density(n).number, lambda: nx.density(graph), igraph=lambda: ig.density())
    yield row(
        "components",
        lambda n: cohesion.components(n).number,
        lambda: nx.number_connected_components(graph),
        lambda: len(ig.connected_components()),
        lambda: _nk().components.ConnectedComponents(nk).run(),
    )
    yield row(
        "core numbers",
        lambda n: cohesion.k_core(n).number,
        lambda: max(nx.core_number(graph).values()),
        lambda: ig.coreness(),
        lambda: _nk().centrality.CoreDecomposition(nk).run(),
    )
    yield row(
        "average clustering",
        lambda n: cohesion.average_clustering(n).number,
        lambda: nx.average_clustering(graph),
        lambda: ig.transitivity_avglocal_undirected(mode="zero"),
        lambda: _nk().centrality.LocalClusteringCoefficient(nk, True).run(),
    )
    yield row(
        "transitivity",
        lambda n: cohesion.transitivity(n).number,
        lambda: nx.transitivity(graph),
        lambda: ig.transitivity_undirected(),
        lambda: _nk().globals.ClusteringCoefficient.exactGlobal(nk),
    )
    yield row(
        "degree assortativity",
        lambda n: cohesion.degree_assortativity(n).number,
        lambda: nx.degree_pearson_correlation_coefficient(graph),
        lambda: ig.assortativity_degree(directed=False),
    )
    yield row("E-I index by park", lambda n: openness.e_i_index(n).number, lambda: e_i_by_networkx(graph))
    yield row(
        "mixing matrix by industry, with expectation",
        lambda n: float(diversity.mixing_matrix(n).value["000"]["001"]),  # type: ignore[index]
        lambda: nx.attribute_mixing_dict(graph, "industry")[0][1],
    )
    yield row(
        "assortativity by industry",
        lambda n: diversity.assortativity_by_industry(n).number,
        lambda: nx.attribute_assortativity_coefficient(graph, "industry"),
        lambda: ig.assortativity_nominal(industry, directed=False),
    )
    yield row(
        "modularity by park",
        lambda n: float(structure.modularity(Groups.whole(n), n.members.other)[0]),
        lambda: nx.community.modularity(graph, _sets(park)),
        lambda: ig.modularity(park),
    )


def _nk() -> Any:
    import networkit

    return networkit


def _sets(label: Sequence[int]) -> list[set[int]]:
    sets: dict[int, set[int]] = {}
    for firm, group in enumerate(label):
        sets.setdefault(group, set()).add(firm)
    return list(sets.values())


def _firms(net: Network, peers: Peers) -> Iterator[Row]:
    """Measures of firms and those that search, where networkx is asked for a sample and scaled up."""
    few = list(range(0, FIRMS, max(FIRMS // 20, 1)))[:20]
    ours, found = fresh(net, lambda n: position.constraint(n).values)
    theirs, other = timed(lambda: list(nx.constraint(peers.nx, nodes=few).values()))
    np.testing.assert_allclose(found[few], other)
    others = {"networkx": theirs * FIRMS / len(few)}
    if peers.ig:
        others["igraph"] = timed(lambda: peers.ig.constraint())[0]
    yield Row("constraint, all firms", ours, others, "networkx: 20 firms, scaled up")

    source = np.random.default_rng(0).choice(FIRMS, 64, replace=False)
    ours, _ = fresh(net, lambda n: position._paths(n, source))
    others = {}
    if peers.ig:
        others["igraph"] = timed(lambda: peers.ig.betweenness(sources=source.tolist()))[0]
    if peers.nk:
        others["networkit"] = timed(lambda: _nk().centrality.EstimateBetweenness(peers.nk, 64).run())[0]
    yield Row("betweenness from 64 firms", ours, others)

    dice = np.random.default_rng(0)
    ours, _ = fresh(net, lambda n: cohesion.efficiency(Groups.whole(n), dice, exact=0, sources=64))
    others = {"igraph": timed(lambda: peers.ig.distances(source=source.tolist()))[0]} if peers.ig else {}
    yield Row("global efficiency from 64 firms", ours, others)

    ours, quality = fresh(net, lambda n: structure.modularity(Groups.whole(n), structure._found(Groups.whole(n), 0))[0])
    others, note = {}, f"modularity {quality:.4f}"
    if peers.ig:
        others["igraph"], found = timed(lambda: peers.ig.community_multilevel())
        note += f", igraph Louvain {found.modularity:.4f}"
    if peers.nk:
        seek = _nk().community.PLM(peers.nk, refine=True)
        others["networkit"] = timed(seek.run)[0]
        note += f", networkit {_nk().community.Modularity().getQuality(seek.getPartition(), peers.nk):.4f}"
    yield Row("groups found, one start", ours, others, note)


def all_parks(firms: int) -> Row:
    """Every measure of every park of a network, made and read, and the largest memory of this process so far."""
    net = network(firms, 5 * firms)
    seconds, told = timed(
        lambda: [column.of(park) for column in measures_of_parks(net).values() for park in range(len(net.parks))]
    )
    inside = int(Groups.parks(net).ties.sum())
    note = f"{len(net.source)} ties, {inside} inside parks, {len(told)} values, peak {peak():.2f} GiB"
    return Row(f"all measures of {PARKS} parks, {firms} firms", seconds, {}, note)


GROWING: tuple[GroupMeasure, ...] = (
    cohesion.components,
    cohesion.k_core,
    cohesion.average_clustering,
    structure.core_periphery,
    diversity.assortativity_by_industry,
)


def growth(sizes: Sequence[int]) -> Iterator[Row]:
    """Five measures and the constraint of networks of some sizes."""
    for firms in sizes:
        net = network(firms, 5 * firms)
        ours, _ = fresh(net, lambda n: ([of(n) for of in GROWING], position.constraint(n)))
        note = f"{ours / firms * 1e6:.2f} s a million firms"
        yield Row(f"five measures and constraint, {firms} firms", ours, {}, note)


def main() -> None:
    """Print the rows."""
    for name in ("igraph", "networkit"):
        if not importlib.util.find_spec(name):
            print(f"{name} is not installed; its column stays empty")
    # The largest network first, so that its peak of memory is its own.
    measures_of_parks(network(2_000, 10_000))
    show(all_parks(LARGE))
    for firms in (LARGE // 100, LARGE // 30, LARGE // 10):
        show(all_parks(firms))
    print(f"{'measure':44} {'ours s':>9}" + "".join(f"{name + ' s':>12} {'x':>7}" for name in PEERS))
    for row in rows():
        show(row)
    for row in growth([LARGE // 100, LARGE // 30, LARGE // 10, LARGE // 3]):
        show(row)


def show(row: Row) -> None:
    """Print a row: our seconds, and those of each peer with how many times ours they are."""
    cells = [f"{s:12.3f} {s / row.ours:6.1f}x" if (s := row.peers.get(name)) else " " * 20 for name in PEERS]
    print(f"{row.what:44} {row.ours:9.4f}{''.join(cells) if row.peers else ''}  {row.note}", flush=True)


if __name__ == "__main__":
    main()
