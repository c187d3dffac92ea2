"""Openness: the E-I index and what chance gives, by hand, by enumeration and by a published number."""

from __future__ import annotations

from itertools import permutations

import networkx as nx
import numpy as np
import pytest

from graph.metrics import openness
from graph.network import Firm, Network, Tie


def karate() -> Network:
    graph = nx.karate_club_graph()
    firms = [Firm(str(node), {club: ()}, club) for node, club in graph.nodes(data="club")]
    return Network.of(firms, [Tie(str(a), str(b)) for a, b in graph.edges])


@pytest.mark.parametrize("by", ["park", "industry"])
def test_karate_club_by_club(by: openness.Group) -> None:
    value = openness.e_i_index(karate(), by)
    assert value.value == pytest.approx(-0.717949, abs=5e-7)  # 11 out, 67 in
    assert value.null == pytest.approx(0.030303, abs=5e-7)  # 1 - 2 · (2·17·16)/(34·33)
    assert openness.e_i_index_z(karate(), by).value == pytest.approx(-7.9, abs=0.05)


def test_the_permuted_mean_and_deviation_are_those_of_all_permutations() -> None:
    ends = [(0, 1), (0, 2), (1, 2), (2, 3), (4, 5)]
    groups = "PPPQQR"
    degree = np.bincount(np.array(ends).ravel(), minlength=6)
    companions = np.array([groups.count(group) - 1 for group in groups])
    inside = [sum(dealt[a] == dealt[b] for a, b in ends) for dealt in permutations(groups)]
    mean, sd = openness.permuted_ties(degree, companions)
    assert mean == pytest.approx(np.mean(inside))
    assert sd == pytest.approx(np.std(inside))


def test_the_permuted_mean_and_deviation_with_a_firm_in_two_parks() -> None:
    parks = ["P", "PQ", "Q", "Q", "R"]
    ends = [(0, 1), (1, 2), (2, 3), (0, 4)]
    firms = [Firm(str(i), dict.fromkeys(names, ())) for i, names in enumerate(parks)]
    net = Network.of(firms, [Tie(str(a), str(b)) for a, b in ends])
    inside = [sum(bool(set(dealt[a]) & set(dealt[b])) for a, b in ends) for dealt in permutations(parks)]
    value, z = openness.e_i_index(net), openness.e_i_index_z(net)
    assert value.value == (1 - 3) / 4
    assert value.null == pytest.approx(1 - 2 * np.mean(inside) / 4)
    assert z.value == pytest.approx((np.mean(inside) - 3) / np.std(inside))


def test_firms_that_share_two_parks_are_companions_once() -> None:
    firms = [Firm(name, dict.fromkeys(parks, ())) for name, parks in (("a", "PQ"), ("b", "PQ"), ("c", "R"))]
    assert openness.e_i_index(Network.of(firms)).value is None
    assert openness.e_i_index(Network.of(firms, [Tie("a", "c")])).null == pytest.approx(1 - 2 * 1 / 3)


def test_unknown_groups_are_left_out_and_counted() -> None:
    net = Network.of([Firm("a", {"P": ()}), Firm("b", {"P": ()}), Firm("c"), Firm("d")], [Tie("a", "b"), Tie("b", "c")])
    assert openness.e_i_index(net).value == -1
    assert openness.e_i_index(net).coverage == 0.5
    assert openness.ties_of_park(net, "P") == (1, 0, 1)
    assert openness.e_i_index_of_park(net, "P").coverage == 0.5
    assert openness.external_ties(net, "P").value == 1


def test_it_names_what_external_means() -> None:
    assert openness.e_i_index(karate()).flags == ("external: other park",)
    assert openness.e_i_index(karate(), "industry").flags == ("external: other industry",)


def test_no_ties_and_unknown_groups_and_one_group_are_undefined() -> None:
    no_ties = Network.of([Firm("a", {"P": ()}), Firm("b", {"P": ()})])
    assert openness.e_i_index(no_ties).reason == "no ties"
    assert openness.e_i_index_of_park(no_ties, "P").value is None
    unknown = Network.of([Firm("a"), Firm("b")], [Tie("a", "b")])
    assert openness.e_i_index(unknown).reason == "no tie between firms whose park is known"
    assert openness.cross_industry_share(unknown).reason == "no tie between firms whose industry is known"
    one = Network.of([Firm(x, {"P": ()}) for x in "abc"], [Tie("a", "b")])
    assert openness.e_i_index(one).value == -1
    assert openness.e_i_index_z(one).value is None
    assert openness.e_i_index_rescaled(one).value is None


def test_institutions_nobody_looked_for_are_no_0() -> None:
    unlooked = Network.of([Firm("a"), Firm("b")], [Tie("a", "b")])
    assert openness.bridging_to_universities(unlooked).value is None
    assert "no source" in openness.bridging_to_universities(unlooked).reason
    assert "no source" in openness.shared_institution_share(unlooked).reason
    looked = Network.of([Firm("a", institutions={}), Firm("b", institutions={})], [Tie("a", "b")])
    assert openness.bridging_to_universities(looked).value == 0
    assert openness.shared_institution_share(looked).value == 0
