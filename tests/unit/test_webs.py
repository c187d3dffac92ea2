"""The parts of the network score by hand, by enumeration and by scipy."""

from __future__ import annotations

from itertools import permutations

import networkx as nx
import numpy as np
import pytest
from scipy.stats import percentileofscore

from graph.chemistry import webs
from graph.metrics.groups import Groups
from graph.metrics.value import Measures
from graph.network import Firm, Network, Tie


def of(net: Network, draws: int = 5, seed: int = 0) -> dict[str, Measures]:
    nothing = np.zeros((len(net.industries), len(net.industries)), dtype=bool)
    return webs.parts(net, nothing, None, np.random.default_rng(seed), draws=draws)


def two_parks(*ties: Tie, institutions: bool = True) -> Network:
    rows = [("P0", "芯片"), ("P1", "芯片"), ("P2", "光电"), ("P3", ""), ("Q0", "光电"), ("Q1", "芯片")]
    given = {"U": ()} if institutions else None
    firms = [
        Firm(id, {id[0]: ()}, industry, given if id == "P0" else {} if institutions else None) for id, industry in rows
    ]
    return Network.of([*firms, Firm("x")], ties)


def test_ties_between_industries_beside_the_mean_over_all_dealings() -> None:
    ends, groups = [(0, 1), (1, 2), (2, 3), (3, 4), (1, 3)], "AABBC"
    net = Network.of([Firm(str(i), {"P": ()}, g) for i, g in enumerate(groups)], [Tie(str(a), str(b)) for a, b in ends])
    apart = [sum(deal[a] != deal[b] for a, b in ends) for deal in permutations(groups)]
    found = webs.cross_industry_ratio(Groups.parks(net))
    assert found.values[0] == pytest.approx(sum(groups[a] != groups[b] for a, b in ends) / np.mean(apart))
    assert found.lo is not None
    assert found.hi is not None
    assert found.lo[0] < found.values[0] < found.hi[0]


def test_cross_industry_ratio_leaves_out_the_unknown_and_says_when_it_is_undefined() -> None:
    found = webs.cross_industry_ratio(Groups.parks(two_parks(Tie("P0", "P1"), Tie("P2", "P3"))))
    assert found.of(0).value == 0.0
    assert found.of(0).coverage == 0.5
    assert found.of(1).reason == webs.NO_CROSS
    one = Network.of([Firm(x, {"P": ()}, "芯片") for x in "ab"], [Tie("a", "b")])
    assert webs.cross_industry_ratio(Groups.parks(one)).of(0).reason == webs.ONE_INDUSTRY


def test_the_largest_piece_beside_that_of_dealt_out_ties() -> None:
    """Two triangles: every firm has two ties, so a random wiring is a ring of six or two of three."""
    edges = nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(3)).edges
    net = Network.of([Firm(str(i), {"P": ()}) for i in range(6)], [Tie(str(a), str(b)) for a, b in edges])
    excess = webs.giant_excess(Groups.parks(net), np.random.default_rng(1), 400).values[0]
    assert -0.5 <= excess < -0.1  # the observed share is 1/2, that of a ring 1
    ring = Network.of([Firm(str(i), {"P": ()}) for i in range(6)], [Tie(str(i), str((i + 1) % 6)) for i in range(6)])
    assert webs.giant_excess(Groups.parks(ring), np.random.default_rng(1), 400).values[0] > 0


def test_pipelines_count_ties_to_firms_of_other_parks_only() -> None:
    net = two_parks(Tie("P0", "P1"), Tie("P0", "Q0"), Tie("P1", "Q0"), Tie("P2", "x"))
    found = of(net)["pipelines"]
    assert found.values.tolist() == [2 / 4, 2 / 2]
    assert found.n.tolist() == [2, 2]


def test_a_firm_in_two_parks_reaches_out_of_each() -> None:
    firms = [Firm("a", {"P": (), "Q": ()}), Firm("b", {"P": ()}), Firm("c", {"Q": ()})]
    found = of(Network.of(firms, [Tie("a", "b"), Tie("a", "c"), Tie("b", "c")]))["pipelines"]
    # P has a, b: a-c and b-c lead out; Q has a, c: a-b and c-b do
    assert found.values.tolist() == [1.0, 1.0]


def test_institutions_that_nobody_looked_for_are_no_zero() -> None:
    assert of(two_parks())["institution_share"].of(0).value == 0.25
    assert of(two_parks(institutions=False))["institution_share"].of(0).reason == webs.NOBODY_LOOKED


def test_kinds_of_ties_without_documents_are_not_rarefied_and_say_so() -> None:
    net = two_parks(Tie("P0", "P1", kinds=["合资", "合作研发"]), Tie("P1", "P2", kinds=["合资"]))
    found = of(net)["multiplexity"].of(0)
    assert found.value == 0.5
    assert found.flags == ("not rarefied",)


def test_ties_within_one_group_of_owners_are_no_web() -> None:
    found = of(two_parks(Tie("P0", "P1", kinds=["控股"]), Tie("P0", "Q0", kinds=["子公司"])))
    assert found["pipelines"].values.tolist() == [0.0, 0.0]
    assert found["giant_excess"].of(0).reason == webs.NO_TIES


def test_percentiles_are_those_of_scipy() -> None:
    values = np.array([3.0, 1.0, 2.0, 3.0, 7.0])
    expected = [percentileofscore(values, value, kind="mean") for value in values]
    assert webs.percentile(values) == pytest.approx(expected)
    assert np.isnan(webs.percentile(np.array([np.nan]))).all()
    assert webs.percentile(np.zeros(0)).shape == (0,)


def test_the_score_is_the_mean_percentile_of_what_is_defined() -> None:
    net = two_parks(Tie("P0", "P2", kinds=["合资"]), Tie("P0", "Q0"), Tie("Q0", "Q1"), Tie("P1", "P2"))
    parts = of(net)
    told = webs.told(net, parts)["P"]
    ranked = [webs.percentile(parts[name].values)[0] for name in webs.PARTS if name in parts]
    known = [value for value in ranked if np.isfinite(value)]
    assert told["network_score"].value == pytest.approx(np.mean(known))
    assert told["network_score"].n == len(known)
    assert told["network_score"].coverage == pytest.approx(len(known) / 6)


def test_one_park_or_too_few_parts_have_no_score() -> None:
    one = Network.of([Firm("a", {"P": ()}, "x"), Firm("b", {"P": ()}, "y")], [Tie("a", "b")])
    assert webs.told(one, of(one))["P"]["network_score"].reason == webs.ONE_PARK
    bare = two_parks(institutions=False)
    assert webs.told(bare, of(bare))["P"]["network_score"].reason == webs.FEW_PARTS
    assert webs.told(Network.of([]), of(Network.of([]))) == {}


def test_one_seed_gives_the_same_bits() -> None:
    net = two_parks(Tie("P0", "P2"), Tie("P0", "P1"), Tie("Q0", "Q1"))
    assert of(net)["giant_excess"].values.tobytes() == of(net)["giant_excess"].values.tobytes()
