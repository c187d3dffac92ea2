"""Brokerage against counting every triple, and its null against every permutation of labels."""

from __future__ import annotations

from itertools import combinations, permutations

import networkx as nx
import numpy as np
import pytest

from graph.metrics import brokerage
from graph.network import Firm, Network, Tie


def by_triples(graph: nx.Graph, label: list[str], node: int) -> dict[str, int]:
    """The definition, pair by pair."""
    found = dict.fromkeys(brokerage.ROLES, 0)
    for i, j in combinations(graph[node], 2):
        if graph.has_edge(i, j) or not (label[i] and label[j] and label[node]):
            continue
        if label[i] == label[j]:
            found["coordinator" if label[i] == label[node] else "consultant"] += 1
        elif label[node] in (label[i], label[j]):
            found["gatekeeper"] += 1
            found["representative"] += 1
        else:
            found["liaison"] += 1
    return found


def of_graph(graph: nx.Graph, label: list[str]) -> Network:
    firms = [Firm(f"{node:02}", {label[node]: ()} if label[node] else {}, label[node]) for node in graph]
    return Network.of(firms, [Tie(f"{a:02}", f"{b:02}") for a, b in graph.edges])


@pytest.mark.parametrize("by", ["park", "industry"])
@pytest.mark.parametrize("seed", range(4))
def test_every_role_is_what_counting_triples_gives(seed: int, by: brokerage.Group) -> None:
    graph = nx.gnm_random_graph(25, 40 + 30 * seed, seed=seed)
    dice = np.random.default_rng(seed)
    label = [("", "A", "B", "C")[dice.integers(4)] for _ in graph]
    net = of_graph(graph, label)
    for role in brokerage.ROLES:
        values = brokerage.brokerage(net, role, by).values
        for node in graph:
            if label[node]:
                assert values[node] == by_triples(graph, label, node)[role]
            else:
                assert np.isnan(values[node])


def test_the_null_is_the_mean_over_all_permutations() -> None:
    graph, label = nx.Graph([(0, 1), (0, 2), (0, 3), (1, 2), (3, 4), (4, 5)]), list("AABBCC")
    net = of_graph(graph, label)
    dealt = list(permutations(label))
    for role in brokerage.ROLES:
        counts = [[by_triples(graph, list(deal), node)[role] for node in range(6)] for deal in dealt]
        means = np.mean(counts, axis=0)
        np.testing.assert_allclose(brokerage.brokerage(net, role, "park").null, means)
        assert brokerage.brokerage_of_all(net, role, "park").null == pytest.approx(means.sum())
    z = brokerage.brokerage_z(net, "park", np.random.default_rng(1), 4000)
    totals = np.array([sum(by_triples(graph, list(deal), node)["liaison"] for node in range(6)) for deal in dealt])
    own = sum(by_triples(graph, label, node)["liaison"] for node in range(6))
    assert z["liaison"] == pytest.approx((own - totals.mean()) / totals.std(), abs=0.1)
    assert np.isnan(z["coordinator"])  # never three of one label
    assert z["liaison"] == brokerage.brokerage_z(net, "park", np.random.default_rng(1), 4000)["liaison"]


def test_a_firm_in_two_parks_has_no_role() -> None:
    firms = [Firm("a", {"P": (), "Q": ()}), Firm("b", {"P": ()}), Firm("c", {"Q": ()})]
    net = Network.of(firms, [Tie("a", "b"), Tie("a", "c")])
    assert brokerage.brokerage(net, "liaison").of(0).reason == "its park is not known, or it has several"
    assert brokerage.brokerage_of_all(net, "liaison").value is None
    assert brokerage.brokerage_of_all(net, "liaison").coverage == pytest.approx(2 / 3)
    assert brokerage.brokerage_of_all(Network.of([]), "liaison").value is None
