"""Structure against published numbers, networkx, enumeration and ideal patterns."""

from __future__ import annotations

from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest

from graph.metrics import cohesion, structure
from graph.metrics.groups import Groups
from graph.network import Firm, Network, Tie


def of_graph(graph: nx.Graph) -> Network:
    name = {node: f"{node!s:>03}" for node in graph}
    return Network.of([Firm(name[node]) for node in graph], [Tie(name[a], name[b]) for a, b in graph.edges])


@pytest.mark.parametrize(
    ("graph", "path"),
    [
        (nx.karate_club_graph(), 2.408200),
        (nx.florentine_families_graph(), 2.4857),
        (nx.les_miserables_graph(), 2.641148),
    ],
    ids=["karate", "Florence", "Les Misérables"],
)
def test_published_mean_paths(graph: nx.Graph, path: float) -> None:
    digits = len(str(path).split(".")[1])
    assert round(structure.mean_path(of_graph(graph)).number, digits) == path


def test_karate_club() -> None:
    net = of_graph(nx.karate_club_graph())
    assert structure.diameter(net).value == 5
    assert structure.modularity_found(net).value == pytest.approx(0.41979, abs=5e-6)
    labels = structure.found_groups(net)
    assert structure.modularity(Groups.whole(net), labels)[0] == structure.modularity_found(net).value
    assert len(set(labels.tolist())) == 4


@pytest.mark.parametrize("seed", range(6))
def test_networkx_agrees_on_paths_in_the_largest_piece(seed: int) -> None:
    graph = nx.gnm_random_graph(40, 30 + 12 * seed, seed=seed)
    giant = graph.subgraph(max(nx.connected_components(graph), key=len))
    value = structure.mean_path(of_graph(graph))
    assert value.value == pytest.approx(nx.average_shortest_path_length(giant))
    assert (value.n, value.coverage) == (len(giant), len(giant) / 40)
    assert structure.diameter(of_graph(graph)).value == nx.diameter(giant)


@pytest.mark.parametrize("seed", range(4))
def test_groups_are_at_least_as_good_as_networkx_finds(seed: int) -> None:
    graph = nx.planted_partition_graph(5, 12, 0.5, 0.05, seed=seed)
    theirs = [nx.community.louvain_communities(graph, seed=turn) for turn in range(5)]
    best = max(nx.community.modularity(graph, sets) for sets in theirs)
    assert structure.modularity_found(of_graph(graph)).number >= best - 0.005


@pytest.mark.parametrize("seed", range(5))
def test_the_best_groups_of_small_networks_are_found(seed: int) -> None:
    """The oracle is every way to group six firms."""
    graph = nx.gnm_random_graph(6, 8, seed=seed)
    net = of_graph(graph)
    best = max(structure.modularity(Groups.whole(net), np.array(way))[0] for way in product(range(4), repeat=6))
    assert structure.modularity_found(net).value == pytest.approx(best)


@pytest.mark.parametrize("seed", range(5))
def test_the_core_is_the_best_of_those_that_go_by_degree(seed: int) -> None:
    """The oracle is numpy's correlation of the two 0/1 vectors over all pairs."""
    graph = nx.barabasi_albert_graph(15, 2, seed=seed)
    tied = np.array([graph.has_edge(*pair) for pair in combinations(graph, 2)], dtype=float)
    found = {}
    for least in set(dict(graph.degree).values()):
        core = {node for node, degree in graph.degree if degree >= least}
        pattern = np.array([bool({*pair} & core) for pair in combinations(graph, 2)], dtype=float)
        if pattern.std():
            found[len(core)] = np.corrcoef(tied, pattern)[0, 1]
    value = structure.core_periphery(of_graph(graph))
    assert value.value == pytest.approx(max(found.values()))
    assert found[value.n] == pytest.approx(value.number)


def test_an_ideal_core_and_no_core_at_all() -> None:
    ideal = nx.complete_graph(3)
    ideal.add_edges_from((core, outer) for core in range(3) for outer in range(3, 9))
    assert structure.core_periphery(of_graph(ideal)).value == pytest.approx(1)
    assert structure.core_periphery(of_graph(ideal)).n == 3
    nowhere = [(nx.cycle_graph(5), "alike"), (nx.complete_graph(4), "alike"), (nx.empty_graph(3), "no ties")]
    for graph, reason in nowhere:
        assert structure.core_periphery(of_graph(graph)).value is None
        assert reason in structure.core_periphery(of_graph(graph)).reason


def test_a_small_world_is_one_by_both_measures() -> None:
    """Watts and Strogatz' own: a ring with a few ties moved; reference: means over random graphs, by networkx."""
    world = nx.connected_watts_strogatz_graph(100, 6, 0.1, seed=1)
    drawn = [nx.connected_watts_strogatz_graph(100, 6, 1.0, seed=turn) for turn in range(10)]
    clustering = np.array([np.mean([nx.average_clustering(graph) for graph in drawn])])
    path = np.array([np.mean([nx.average_shortest_path_length(graph) for graph in drawn])])
    groups = Groups.whole(of_graph(world))
    sigma, omega = (
        of(groups, clustering, path).of(0) for of in (structure.small_world_sigma, structure.small_world_omega)
    )
    c, length = nx.average_clustering(world), nx.average_shortest_path_length(world)
    assert sigma.value == pytest.approx((c / clustering[0]) / (length / path[0]))
    assert omega.value == pytest.approx(path[0] / length - c / (3 * 4 / (4 * 5)))
    assert sigma.number > 2
    assert -0.5 < omega.number < 0.5


def test_where_no_small_world_is_asked_for() -> None:
    nothing, something = np.array([np.nan]), np.array([0.1])
    few, apart = of_graph(nx.complete_graph(29)), of_graph(nx.empty_graph(40))
    loose = of_graph(nx.disjoint_union_all([nx.complete_graph(8)] * 5))
    whole = of_graph(nx.connected_watts_strogatz_graph(40, 4, 0.1, seed=1))
    for net, reference, reason in [
        (few, something, "fewer than 30 firms"),
        (apart, something, "no ties"),
        (loose, something, "no more than half"),
        (whole, nothing, "no reference"),
        (whole, np.array([0.0]), "no clustering to compare with"),
    ]:
        value = structure.small_world_sigma(Groups.whole(net), reference, reference).of(0)
        assert value.value is None
        assert reason in value.reason
    ring = structure.small_world_omega(Groups.whole(of_graph(nx.cycle_graph(40))), something, something).of(0)
    assert "mean degree is at most 2" in ring.reason


def test_paths_of_networks_too_large_are_estimated_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = nx.connected_watts_strogatz_graph(400, 6, 0.3, seed=1)
    monkeypatch.setattr(cohesion, "EXACT", 1000)
    value = structure.mean_path(of_graph(graph))
    assert value.flags == ("estimated from 256 firms",)
    assert value.number == pytest.approx(nx.average_shortest_path_length(graph), rel=0.02)
    assert structure.diameter(of_graph(graph)).flags == ("a lower bound",)
