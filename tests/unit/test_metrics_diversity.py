"""Mixing by industry against published numbers, networkx and enumeration."""

from __future__ import annotations

from itertools import permutations

import networkx as nx
import numpy as np
import pytest

from graph.metrics import diversity
from graph.network import Firm, Network, Tie


def of_groups(graph: nx.Graph, groups: dict[object, str]) -> Network:
    firms = [Firm(str(node), {}, groups.get(node, "")) for node in graph]
    return Network.of(firms, [Tie(str(a), str(b)) for a, b in graph.edges])


def test_karate_club_by_club() -> None:
    graph = nx.karate_club_graph()
    net = of_groups(graph, dict(graph.nodes(data="club")))
    assert diversity.assortativity_by_industry(net).value == pytest.approx(0.717531, abs=5e-7)
    assert diversity.modularity_by_industry(net).value == pytest.approx(0.358235, abs=5e-7)


def test_newmans_matrix_of_partners_by_race() -> None:
    rows = [[0.258, 0.016, 0.035, 0.013], [0.012, 0.157, 0.058, 0.019], [0.013, 0.023, 0.306, 0.035]]
    mixing = np.array([*rows, [0.005, 0.007, 0.024, 0.016]])
    assert diversity.newman(mixing.trace(), mixing.sum(1) @ mixing.sum(0)) == pytest.approx(0.621, abs=5e-4)


@pytest.mark.parametrize("seed", range(4))
def test_networkx_agrees_on_random_graphs(seed: int) -> None:
    graph = nx.gnm_random_graph(50, 120, seed=seed)
    dice = np.random.default_rng(seed)
    groups = {node: "ABCD"[dice.integers(4)] for node in graph}
    nx.set_node_attributes(graph, groups, "industry")
    net = of_groups(graph, groups)
    sets = [{node for node in graph if groups[node] == group} for group in sorted(set(groups.values()))]
    assert diversity.modularity_by_industry(net).value == pytest.approx(nx.community.modularity(graph, sets))
    expected = nx.attribute_assortativity_coefficient(graph, "industry")
    assert diversity.assortativity_by_industry(net).value == pytest.approx(expected)
    counts = nx.attribute_mixing_dict(graph, "industry")
    for c, row in diversity.mixing_matrix(net).value.items():  # type: ignore[union-attr]
        for d, ties in row.items():
            assert ties == counts[c].get(d, 0) // (2 if c == d else 1)  # networkx counts both directions


def test_expected_mixing_is_the_mean_over_all_permutations() -> None:
    ends, groups = [(0, 1), (1, 2), (2, 3), (3, 4), (1, 3)], "AABBB"
    net = Network.of([Firm(str(i), {}, g) for i, g in enumerate(groups)], [Tie(str(a), str(b)) for a, b in ends])
    dealt = [[tuple(sorted((deal[a], deal[b]))) for a, b in ends] for deal in permutations(groups)]
    null = diversity.mixing_matrix(net).null
    for c, d in (("A", "A"), ("A", "B"), ("B", "B")):
        assert null[c][d] == pytest.approx(np.mean([each.count((c, d)) for each in dealt]))  # type: ignore[index]


def test_cells_without_ties_are_shown_where_five_were_expected() -> None:
    graph = nx.disjoint_union(nx.complete_graph(6), nx.complete_graph(6))
    net = of_groups(graph, {node: "A" if node < 6 else "B" for node in graph})
    # 30 ties; of 66 pairs 36 join A and B: 30 · 36/66 = 16.4 expected, none seen
    assert diversity.mixing_matrix(net).value == {"A": {"A": 15, "B": 0}, "B": {"B": 15}}
    ratio = diversity.mixing_ratio(net).value
    assert ratio["A"]["B"] == 0  # type: ignore[index]
    assert ratio["A"]["A"] == pytest.approx(15 / (30 * 15 / 66))  # type: ignore[index]
    assert diversity.mixing_ratio(net).value.keys() == {"A", "B"}  # type: ignore[union-attr]


def test_an_industry_for_every_firm_makes_no_table_of_all_pairs() -> None:
    names = [str(i) for i in range(20_000)]
    net = Network.of([Firm(x, {}, f"industry {x}") for x in names], [Tie(names[0], names[1])])
    assert diversity.mixing_matrix(net).value == {"industry 0": {"industry 1": 1}}


def test_unclassified_firms_are_left_out_and_counted() -> None:
    net = Network.of([Firm("a", {}, "A"), Firm("b", {}, "B"), Firm("c")], [Tie("a", "b"), Tie("b", "c")])
    for measure in (diversity.modularity_by_industry, diversity.assortativity_by_industry, diversity.mixing_matrix):
        assert measure(net).coverage == 0.5
        assert measure(net).n == 1
    assert diversity.industries(net).coverage == pytest.approx(2 / 3)


def test_no_ties_no_industries_and_one_industry_are_undefined() -> None:
    none = Network.of([Firm("a", {}, "A"), Firm("b", {}, "A")])
    one = Network.of([Firm("a", {}, "A"), Firm("b", {}, "A"), Firm("c", {}, "B")], [Tie("a", "b")])
    unknown = Network.of([Firm("a"), Firm("b")], [Tie("a", "b")])
    for measure in (diversity.modularity_by_industry, diversity.assortativity_by_industry, diversity.mixing_matrix):
        assert (measure(none).value, measure(none).reason) == (None, "no ties")
        assert measure(unknown).reason == "no tie between firms whose industry is known"
    assert diversity.assortativity_by_industry(one).reason == "all tied firms are of one industry"
    assert diversity.modularity_by_industry(one).value == 0
