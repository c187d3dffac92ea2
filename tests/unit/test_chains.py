"""Chains in parks: completeness and realisation by hand, expected ties pair by pair, paths by networkx."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from graph.chain import Chain, Step, adjacency, from_csv, service, standing
from graph.chemistry.chains import ABSENT, NO_CHAIN, NO_EDGE, NO_RATE, NO_WEIGHT, chained, expected_ties, scores
from graph.chemistry.pairs import design, fit
from graph.chemistry.peers import slr
from graph.network import ROSTER, Firm, Network, Tie

CHAIN = Chain(
    "ev",
    (
        Step("cathode", "正极", criticality=0.5, industries=("正极",)),
        Step("cell", "电芯", criticality=1.0, industries=("电芯", "电池")),
        Step("pack", "电池包", criticality=0.3, industries=("电池包",)),
        Step("car", "整车", criticality=0.2, industries=("整车",)),
    ),
    (("cathode", "cell"), ("cell", "pack"), ("cell", "car"), ("pack", "car")),
)


def park(name: str, *industries: str) -> list[Firm]:
    return [Firm(f"{name}{number}", {name: ()}, industry) for number, industry in enumerate(industries)]


def test_completeness_redundancy_and_realisation_by_hand() -> None:
    firms = [*park("P", "正极", "电芯", "电池", "整车", "酒店", ""), *park("Q", "正极"), *park("R", "酒店")]
    ties = [Tie("P0", "P1"), Tie("P0", "P2"), Tie("P1", "P2"), Tie("P3", "P4"), Tie("P3", "P5"), Tie("P0", "Q0")]
    found = chained(Network.of(firms, ties), [CHAIN])
    assert found.firms[:, 0].tolist() == [4, 1, 0]
    assert found.completeness[:, 0] == pytest.approx([1.7 / 2.0, 0.25, 0.0])
    assert found.redundancy[0, 0] == pytest.approx(1 / 3)  # two firms on cell, one on cathode and one on car
    assert found.possible[:, 0].tolist() == [2, 0, 0]  # cathode -> cell, cell -> car
    assert found.realised[:, 0].tolist() == [1, 0, 0]
    assert found.realisation[0, 0] == 0.5
    assert found.longest[:2, 0] == pytest.approx([1 / 3, 0.0])  # the longest path has three edges
    assert np.isnan([found.redundancy[2, 0], found.longest[2, 0], found.realisation[1, 0]]).all()
    assert found.main.tolist() == [0, 0, -1]


def test_the_score_halves_at_what_a_typical_park_would_realise() -> None:
    """Parks of one make: E[CR] is that of the others' rate."""
    firms = [firm for name in "PQRST" for firm in park(name, "正极", "电芯", "电池包", "整车")]
    ties = [Tie(f"{name}0", f"{name}1") for name in "PQRST"] + [Tie("P1", "P2")]
    net = Network.of(firms, ties)
    peers = slr(net, adjacent=adjacency(net, [CHAIN]), groups=0)
    found = chained(net, [CHAIN], peers)
    rate = 4 / (4 * 4)  # ties over chain-adjacent pairs of the other four parks
    assert found.expected[0, 0] == pytest.approx(1 - np.exp(-rate), rel=0.02)
    share = min(1.0, 0.5 / (2 * found.expected[0, 0]))
    assert found.score[0, 0] == pytest.approx(np.sqrt(1.0 * share))


@pytest.mark.parametrize("seed", range(3))
def test_expected_ties_are_the_sum_over_all_pairs_of_firms(seed: int) -> None:
    dice = np.random.default_rng(seed)
    names = ["正极", "电芯", "电池", "电池包", "整车", "货代", ""]
    chain = Chain("x", (*CHAIN.steps[:3], Step("car", "整车", industries=("整车", "电池包", "货代"))), CHAIN.feeds)
    firms = [
        Firm(f"{p}{i}", {p: ()}, names[dice.integers(7)], exposure=int(dice.integers(9)))
        for p in "ABCDEF"
        for i in range(12)
    ]
    ties = [Tie(f"{p}{a}", f"{p}{b}") for p in "ABCDEF" for a, b in dice.integers(12, size=(8, 2))]
    net = Network.of(firms, ties)
    feeds = adjacency(net, [chain])
    serves = np.array([name == "货代" for name in net.industries])
    of = design(net, adjacent=feeds, service=serves)
    b = np.tile(fit(of).b, (6, 1)) + dice.normal(0, 0.1, (6, 1))
    on, edges = standing(net, chain), np.argwhere(chain.feeding)
    found = expected_ties(net, of, b, on, edges, serves)
    fixed, either = of.common.shape[2], feeds | feeds.T
    for p in range(6):
        seats = np.flatnonzero(of.seat_park == p)
        for edge, (up, down) in enumerate(edges):
            total = 0.0
            for i, j in combinations(seats, 2):
                k, m = net.industry[of.seat_firm[i]], net.industry[of.seat_firm[j]]
                if min(k, m) < 0 or not ((on[k, up] and on[m, down]) or (on[m, up] and on[k, down])):
                    continue
                assert either[k, m]
                pattern = 5 if k == m else 4 if serves[k] != serves[m] else 3
                total += np.exp(of.common[p, pattern] @ b[p, :fixed] + (of.z[i] + of.z[j]) @ b[p, fixed:])
            assert found[p, edge] == pytest.approx(total)


@pytest.mark.parametrize("seed", range(5))
def test_the_longest_realised_path_is_that_of_networkx(seed: int) -> None:
    dice = np.random.default_rng(seed)
    steps = tuple(Step(f"s{i}", f"s{i}", industries=(f"s{i}",)) for i in range(8))
    feeds = tuple((f"s{i}", f"s{j}") for i in range(8) for j in range(i + 1, 8) if dice.random() < 0.4)
    chain = Chain("x", steps, feeds)
    ends = [(f"P{i}", f"P{j}") for i, j in combinations(range(8), 2) if dice.random() < 0.4]
    net = Network.of(park("P", *(step.id for step in steps)), [Tie(a, b) for a, b in ends])
    lived = nx.DiGraph((a, b) for a, b in feeds if (f"P{a[1:]}", f"P{b[1:]}") in ends)
    whole = nx.dag_longest_path_length(nx.DiGraph(feeds))
    expected = (nx.dag_longest_path_length(lived) if lived else 0) / whole
    assert chained(net, [chain]).longest[0, 0] == pytest.approx(expected)


def test_ties_within_one_group_of_owners_realise_no_edge() -> None:
    net = Network.of(park("P", "正极", "电芯"), [Tie("P0", "P1", kinds=["控股"])])
    assert chained(net, [CHAIN]).realised.tolist() == [[0]]


def test_the_main_chain_is_the_one_with_most_firms_whatever_is_joined_up() -> None:
    other = from_csv("upstream,downstream\n大豆,豆油\n", "")
    net = Network.of(park("P", "正极", "电芯", "大豆", "豆油", "豆油"), [Tie("P0", "P1")])
    assert chained(net, [CHAIN, other]).main.tolist() == [1]
    assert scores(net, [CHAIN, other])["P"]["chain_completeness"].value == 1.0


def test_what_cannot_be_said_has_a_reason() -> None:
    firms = [*park("P", "正极", "整车"), *park("Q", "酒店"), *park("R", "电芯", "整车")]
    net = Network.of(firms, [], parks=["empty"], boundary={"P": ROSTER})
    told = scores(net, [CHAIN])
    assert told["P"]["chain_realisation"].reason == NO_EDGE
    assert told["P"]["chain_score"].reason == NO_EDGE
    assert told["R"]["chain_score"].reason == NO_RATE
    assert told["R"]["chain_realisation"].value == 0.0
    assert told["Q"]["chain_score"].reason == told["empty"]["chain_score"].reason == ABSENT
    assert scores(net, [])["P"]["chain_scores"].reason == NO_CHAIN
    assert "boundary=mentioned" in told["R"]["chain_completeness"].flags
    assert "boundary=mentioned" not in told["P"]["chain_completeness"].flags
    assert told["R"]["chain_scores"].value == {"ev": None}


def test_a_chain_of_no_weight_or_without_edges_and_a_network_without_firms() -> None:
    light = Chain("x", (Step("a", "a", criticality=0.0, industries=("a",)),), ())
    net = Network.of(park("P", "a"))
    assert np.isnan(chained(net, [light]).completeness).all()
    assert np.isnan(chained(net, [light]).longest).all()
    assert scores(net, [light])["P"]["chain_completeness"].reason == NO_WEIGHT
    assert chained(Network.of([]), [CHAIN]).score.shape == (0, 1)
    assert scores(Network.of([]), [CHAIN]) == {}


def test_many_parks_at_once_are_each_as_alone() -> None:
    dice = np.random.default_rng(1)
    names = ["正极", "电芯", "电池", "电池包", "整车", "酒店"]
    firms = [Firm(f"{p:02}f{i}", {f"{p:02}": ()}, names[dice.integers(6)]) for p in range(20) for i in range(6)]
    ties = [Tie(f"{p:02}f{a}", f"{p:02}f{b}") for p in range(20) for a, b in dice.integers(6, size=(4, 2))]
    net = Network.of(firms, ties)
    whole = chained(net, [CHAIN])
    assert service(net).sum() == 0
    for number, name in enumerate(net.parks):
        inner = net.subnetwork(name)
        alone = chained(inner, [CHAIN])
        for part in ("completeness", "realised", "possible", "longest", "redundancy"):
            np.testing.assert_array_equal(getattr(whole, part)[number], getattr(alone, part)[number])
