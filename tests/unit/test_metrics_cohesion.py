"""Cohesion against published numbers (karate club, Florentine marriages, Les Misérables) and at the edges."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from graph.metrics import cohesion
from graph.network import Firm, Network, Tie


def of_graph(graph: nx.Graph) -> Network:
    """A networkx graph as a network; weights of edges are kept, nodes are named by their text."""
    ties = [Tie(str(a), str(b), float(weight)) for a, b, weight in graph.edges(data="weight", default=1.0)]
    return Network.of([Firm(str(node)) for node in graph], ties)


def test_karate_club() -> None:
    net = of_graph(nx.karate_club_graph())
    assert (cohesion.firms(net).value, cohesion.ties(net).value) == (34, 78)
    assert cohesion.density(net).value == pytest.approx(0.139037, abs=5e-7)
    assert cohesion.average_clustering(net).value == pytest.approx(0.570638, abs=5e-7)
    assert cohesion.transitivity(net).value == pytest.approx(0.255682, abs=5e-7)
    assert cohesion.degree_assortativity(net).value == pytest.approx(-0.475613, abs=5e-7)
    assert cohesion.global_efficiency(net).value == pytest.approx(0.492008, abs=5e-7)
    assert cohesion.k_core(net).value == 4


def test_florentine_marriages_and_the_family_that_married_nobody() -> None:
    families = nx.florentine_families_graph()
    net = of_graph(families)
    assert cohesion.density(net).value == pytest.approx(0.190476, abs=5e-7)
    assert cohesion.transitivity(net).value == pytest.approx(0.191489, abs=5e-7)
    assert cohesion.average_clustering(net).value == pytest.approx(0.16, abs=5e-7)
    assert cohesion.degree_assortativity(net).value == pytest.approx(-0.374838, abs=5e-7)
    families.add_node("Pucci")
    assert cohesion.density(of_graph(families)).value == pytest.approx(20 / 120)


def test_les_miserables_and_the_southern_women() -> None:
    novel = of_graph(nx.les_miserables_graph())
    assert (cohesion.firms(novel).value, cohesion.ties(novel).value) == (77, 254)
    assert cohesion.density(novel).value == pytest.approx(0.086808, abs=5e-7)
    assert cohesion.average_clustering(novel).value == pytest.approx(0.573137, abs=5e-7)
    assert cohesion.transitivity(novel).value == pytest.approx(0.498932, abs=5e-7)
    davis = nx.davis_southern_women_graph()
    women = nx.bipartite.projected_graph(davis, davis.graph["top"])
    assert cohesion.ties(of_graph(women)).value == 139
    assert cohesion.density(of_graph(women)).value == pytest.approx(0.908497, abs=5e-7)


@pytest.mark.parametrize("seed", range(5))
def test_networkx_agrees_on_random_graphs(seed: int) -> None:
    graph = nx.gnm_random_graph(40, 30 + 25 * seed, seed=seed)
    graph.add_node("alone")
    net = of_graph(graph)
    order = {name: index for index, name in enumerate(net.firms)}

    def each(found: dict[object, float]) -> list[float]:
        return [value for _, value in sorted((order[str(node)], value) for node, value in found.items())]

    assert cohesion.triangles(net).tolist() == each(nx.triangles(graph))
    assert cohesion.core_number(net).values.tolist() == each(nx.core_number(graph))
    assert cohesion.average_clustering(net).value == pytest.approx(nx.average_clustering(graph))
    assert cohesion.transitivity(net).value == pytest.approx(nx.transitivity(graph))
    assert cohesion.global_efficiency(net).value == pytest.approx(nx.global_efficiency(graph))
    assert cohesion.components(net).value == nx.number_connected_components(graph)
    giant = max(map(len, nx.connected_components(graph)))
    assert cohesion.giant_component_share(net).value == giant / len(graph)
    # networkx leaves the direction of the sum to floating point; ours is exact until the last division
    assert cohesion.degree_assortativity(net).value == pytest.approx(nx.degree_pearson_correlation_coefficient(graph))


def test_a_long_path_is_one_component() -> None:
    names = [f"{i * 7919 % 1000:03d}" for i in range(1000)]
    net = Network.of([Firm(name) for name in names], [Tie(*pair) for pair in pairwise(names)])
    assert cohesion.components(net).value == 1


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        (cohesion.density, "fewer than two firms"),
        (cohesion.mean_degree, "fewer than two firms"),
        (cohesion.global_efficiency, "fewer than two firms"),
        (cohesion.average_clustering, "no firm has two ties"),
        (cohesion.transitivity, "no firm has two ties"),
        (cohesion.degree_assortativity, "no ties"),
    ],
)
def test_one_firm_alone_is_undefined_with_a_reason_and_never_0(measure, reason: str) -> None:
    value = measure(Network.of([Firm("a")]))
    assert value.value is None
    assert reason in value.reason


@pytest.mark.parametrize("measure", [cohesion.giant_component_share, cohesion.isolates_share, cohesion.k_core])
def test_no_firms_are_undefined(measure) -> None:
    assert measure(Network.of([])).value is None
    assert measure(Network.of([])).reason == "no firms"


def test_firms_without_any_tie_have_density_0_which_is_defined() -> None:
    net = Network.of([Firm("a"), Firm("b"), Firm("c")])
    assert (cohesion.density(net).value, cohesion.isolates_share(net).value) == (0, 1)
    assert (cohesion.k_core(net).value, cohesion.components(net).value) == (0, 3)
    assert np.isnan(cohesion.clustering(net).values).all()


def test_equal_degrees_leave_assortativity_undefined() -> None:
    ring = of_graph(nx.cycle_graph(5))
    assert cohesion.degree_assortativity(ring).value is None
    assert "same number of ties" in cohesion.degree_assortativity(ring).reason


def test_an_average_that_counts_some_firms_as_0_says_so() -> None:
    star = of_graph(nx.star_graph(3))
    value = cohesion.average_clustering(star)
    assert (value.value, value.coverage) == (0, 0.25)
    assert value.flags == ("firms with fewer than two ties count as 0",)
