"""Positions against published numbers: Burt and Borgatti's example (UCINET, igraph), karate club, Florence."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from graph.metrics import position
from graph.metrics.value import Measures
from graph.network import Firm, Network, Tie

BURT = {"AB": 2, "AF": 3, "AG": 5, "AE": 2, "EG": 8, "FG": 3, "BG": 4, "BD": 1, "DG": 3, "GC": 10}


def burt() -> Network:
    return Network.of([Firm(name) for name in "ABCDEFG"], [Tie(*pair, weight=weight) for pair, weight in BURT.items()])


def of_graph(graph: nx.Graph) -> Network:
    ties = [Tie(str(a), str(b), float(weight)) for a, b, weight in graph.edges(data="weight", default=1.0)]
    return Network.of([Firm(str(node)) for node in graph], ties)


def at(net: Network, measures: Measures, name: object) -> float:
    return float(measures.values[net.firms.index(str(name))])


def test_burts_example() -> None:
    net = burt()
    constraint, size = position.constraint(net), position.effective_size(net)
    assert at(net, constraint, "G") == pytest.approx(0.400, abs=5e-4)
    assert at(net, constraint, "A") == pytest.approx(0.595, abs=5e-4)
    assert at(net, constraint, "C") == 1
    assert at(net, size, "G") == pytest.approx(4.67, abs=5e-3)
    assert at(net, size, "A") == pytest.approx(2.50, abs=5e-3)
    assert at(net, size, "C") == 1


def test_burts_example_with_weights() -> None:
    net = burt()
    constraint, size = position.constraint_weighted(net), position.effective_size_weighted(net)
    assert at(net, constraint, "G") == pytest.approx(0.299, abs=5e-4)
    assert at(net, constraint, "A") == pytest.approx(0.795, abs=5e-4)
    assert at(net, size, "G") == pytest.approx(5.47, abs=5e-3)
    assert at(net, size, "A") == pytest.approx(2.47, abs=5e-3)


def test_karate_club() -> None:
    net = of_graph(nx.karate_club_graph())
    between, constraint, size = position.betweenness(net), position.constraint(net), position.effective_size(net)
    assert at(net, between, 0) == pytest.approx(0.437635, abs=5e-7)
    assert at(net, between, 33) == pytest.approx(0.304075, abs=5e-7)
    assert at(net, constraint, 0) == pytest.approx(0.155423, abs=5e-7)
    assert at(net, constraint, 33) == pytest.approx(0.156419, abs=5e-7)
    assert at(net, size, 0) == pytest.approx(13.75)
    assert at(net, size, 33) == pytest.approx(15.235294, abs=5e-7)


def test_the_medici() -> None:
    net = of_graph(nx.florentine_families_graph())
    between, constraint = position.betweenness(net), position.constraint(net)
    assert at(net, between, "Medici") == pytest.approx(0.5220, abs=5e-5)
    assert at(net, between, "Guadagni") == pytest.approx(0.2546, abs=5e-5)
    assert at(net, between, "Albizzi") * 91 == pytest.approx(19.333, abs=5e-4)  # 14 · 13 / 2 pairs of others
    assert at(net, between, "Salviati") * 91 == pytest.approx(13.0)
    assert at(net, constraint, "Medici") == pytest.approx(0.2099, abs=5e-5)
    assert at(net, constraint, "Guadagni") == pytest.approx(0.2500, abs=5e-5)
    assert at(net, constraint, "Albizzi") == pytest.approx(0.3333, abs=5e-5)


@pytest.mark.parametrize("seed", range(5))
def test_networkx_agrees_on_random_weighted_graphs(seed: int) -> None:
    graph = nx.gnm_random_graph(30, 20 + 20 * seed, seed=seed)
    dice = np.random.default_rng(seed)
    for _, _, told in graph.edges(data=True):
        told["weight"] = float(dice.integers(1, 9))
    net = of_graph(graph)
    for ours, oracle in [
        (position.constraint, nx.constraint(graph)),
        (position.constraint_weighted, nx.constraint(graph, weight="weight")),
        (position.effective_size, nx.effective_size(graph)),
        (position.effective_size_weighted, nx.effective_size(graph, nodes=list(graph), weight="weight")),
        (position.betweenness, nx.betweenness_centrality(graph)),
    ]:
        expected = [oracle[int(name)] for name in net.firms]
        np.testing.assert_allclose(ours(net).values, expected, equal_nan=True, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "measure",
    [
        position.constraint,
        position.constraint_weighted,
        position.effective_size,
        position.effective_size_weighted,
    ],
)
def test_a_firm_without_ties_is_undefined_with_a_reason_and_never_0(measure) -> None:
    alone = measure(Network.of([Firm("a"), Firm("b"), Firm("c")], [Tie("a", "b")])).of(2)
    assert (alone.value, alone.reason) == (None, "no ties")


def test_betweenness_needs_three_firms() -> None:
    value = position.betweenness(Network.of([Firm("a"), Firm("b")], [Tie("a", "b")])).of(0)
    assert value.value is None
    assert "fewer than three firms" in value.reason
