"""Measures of a network of 100,000 firms and 500,000 ties, beside networkx on the same network in the same run.

    python tests/bench/bench_metrics.py        (about a minute; FIRMS=10000 TIES=50000 for a smaller one)

`rows()` yields (what, our seconds, networkx' seconds or None, note); both are checked to give the same value.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx
import numpy as np

from graph.index.rank import rank
from graph.index.recipe import load
from graph.measure import measures_of_park
from graph.metrics import cohesion, diversity, openness, position
from graph.network import Network, Pairs, Witnesses, unite

FIRMS = int(os.environ.get("FIRMS", "100000"))
TIES = int(os.environ.get("TIES", "500000"))
PARKS, INDUSTRIES, DOCUMENTS = 931, 97, 20_000

BenchRow = tuple[str, float, float | None, str]


def made(seed: int = 1) -> dict[str, Any]:
    """Arrays of a random network: heavy-tailed degrees, parks of uneven size, every tie in one to three documents."""
    dice = np.random.default_rng(seed)
    pull = dice.pareto(2.5, FIRMS) + 1
    ends = dice.choice(FIRMS, size=(2, int(TIES * 1.05)), p=pull / pull.sum())
    source, target, weight, _, _, _ = unite(ends[0], ends[1], np.ones(ends.shape[1]))
    keep = np.sort(dice.choice(len(source), min(TIES, len(source)), replace=False))
    return {
        "source": source[keep],
        "target": target[keep],
        "weight": weight[keep],
        "park": np.sort(np.minimum((dice.pareto(1.5, FIRMS) * 40).astype(np.int64), PARKS - 1)),
        "industry": dice.integers(INDUSTRIES, size=FIRMS),
        "documents": dice.integers(DOCUMENTS, size=len(keep) * 2),
    }


def network(arrays: dict[str, Any]) -> Network:
    """The arrays as a network; firm, park and industry ids are numbers with leading zeros."""
    firms = np.arange(FIRMS)
    start = np.arange(len(arrays["source"]) + 1) * 2
    return Network(
        firms=tuple(f"{i:07d}" for i in range(FIRMS)),
        parks=tuple(f"{i:04d}" for i in range(PARKS)),
        industries=tuple(f"{i:03d}" for i in range(INDUSTRIES)),
        members=Pairs(firms, arrays["park"]),
        industry=arrays["industry"],
        source=arrays["source"],
        target=arrays["target"],
        weight=arrays["weight"],
        documents=tuple(f"d{i}" for i in range(DOCUMENTS)),
        tie_documents=Witnesses(start, arrays["documents"]),
    )


def peer(arrays: dict[str, Any]) -> nx.Graph:
    """The arrays as a networkx graph with the same attributes."""
    graph = nx.Graph()
    graph.add_nodes_from(range(FIRMS))
    graph.add_edges_from(zip(arrays["source"].tolist(), arrays["target"].tolist(), strict=True))
    nx.set_node_attributes(graph, dict(enumerate(arrays["park"].tolist())), "park")
    nx.set_node_attributes(graph, dict(enumerate(arrays["industry"].tolist())), "industry")
    return graph


def timed(work: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """The shortest of some runs in CPU seconds, and what the last gave."""
    best, value = math.inf, None
    for _ in range(times):
        begin = time.process_time()
        value = work()
        best = min(best, time.process_time() - begin)
    return best, value


def e_i_by_networkx(graph: nx.Graph) -> float:
    """What one writes with networkx: a loop over the edges."""
    park = nx.get_node_attributes(graph, "park")
    outside = sum(park[a] != park[b] for a, b in graph.edges)
    return (2 * outside - graph.number_of_edges()) / graph.number_of_edges()


def rows() -> Iterator[BenchRow]:
    """All rows, as they come."""
    arrays = made()
    ours, _ = timed(lambda: network(arrays).adjacency)
    theirs, graph = timed(lambda: peer(arrays))
    yield "arrays -> graph", ours, theirs, f"{FIRMS} firms, {graph.number_of_edges()} ties"

    def fresh(measure: Callable[[Network], float]) -> tuple[float, float]:
        best, value = math.inf, math.nan
        for _ in range(3):
            net = network(arrays)  # nothing cached
            seconds, value = timed(lambda net=net: measure(net))
            best = min(best, seconds)
        return best, value

    pairs: list[tuple[str, Callable[[Network], float], Callable[[], float]]] = [
        ("density", lambda n: cohesion.density(n).number, lambda: nx.density(graph)),
        ("E-I index by park", lambda n: openness.e_i_index(n).number, lambda: e_i_by_networkx(graph)),
        (
            "mixing matrix by industry",
            lambda n: float(diversity.mixing_matrix(n).value["000"]["001"]),  # type: ignore[index]
            lambda: nx.attribute_mixing_dict(graph, "industry")[0][1],
        ),
        (
            "assortativity by industry",
            lambda n: diversity.assortativity_by_industry(n).number,
            lambda: nx.attribute_assortativity_coefficient(graph, "industry"),
        ),
        (
            "degree assortativity",
            lambda n: cohesion.degree_assortativity(n).number,
            lambda: nx.degree_pearson_correlation_coefficient(graph),
        ),
        ("components", lambda n: cohesion.components(n).number, lambda: nx.number_connected_components(graph)),
        ("core numbers", lambda n: cohesion.k_core(n).number, lambda: max(nx.core_number(graph).values())),
        ("average clustering", lambda n: cohesion.average_clustering(n).number, lambda: nx.average_clustering(graph)),
        ("transitivity", lambda n: cohesion.transitivity(n).number, lambda: nx.transitivity(graph)),
    ]
    for what, ours_of, theirs_of in pairs:
        ours, value = fresh(ours_of)
        theirs, other = timed(theirs_of)
        if not math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-12):
            raise AssertionError(f"{what}: {value} here, {other} by networkx")
        yield what, ours, theirs, f"{theirs / ours:.0f}x" if ours else ""

    net = network(arrays)
    few = list(range(0, FIRMS, max(FIRMS // 1000, 1)))
    ours, found = timed(lambda: position.constraint(net).values[few])
    theirs, other = timed(lambda: list(nx.constraint(graph, nodes=few[:20]).values()))
    np.testing.assert_allclose(found[:20], other)
    yield "constraint, all firms (networkx: 20 firms)", ours, theirs, f"{theirs * FIRMS / 20 / ours:.0f}x a firm"
    names = ("firms", "ties", "mean_degree", "cross_industry_share", "e_i_index")
    ours, _ = timed(lambda: [measures_of_park(net, park, names) for park in net.parks])
    yield f"five measures of {PARKS} parks", ours, None, ""
    ours, _ = timed(lambda: rank(net, load()))
    yield f"ranking of {PARKS} parks with a jackknife over 20 groups of documents", ours, None, ""


def main() -> None:
    """Print the rows."""
    print(f"{'measure':72} {'ours s':>9} {'networkx s':>11}")
    for what, ours, theirs, note in rows():
        print(f"{what:72} {ours:9.4f} {theirs if theirs is not None else math.nan:11.3f}  {note}", flush=True)


if __name__ == "__main__":
    main()
