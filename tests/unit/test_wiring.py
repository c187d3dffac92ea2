"""Random wirings: every graph of given degrees as often as any other, the published figures of a club, and refusals."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from graph.chemistry import place, wiring
from graph.metrics import cohesion
from graph.metrics.groups import Groups
from graph.metrics.value import Measures
from graph.network import Firm, Network, Tie


def of(edges: list[tuple[int, int]], firms: int = 0) -> Network:
    size = max([firms, *(1 + max(edge) for edge in edges)])
    return Network.of([Firm(f"{i:04}") for i in range(size)], [Tie(f"{a:04}", f"{b:04}") for a, b in edges])


def karate() -> Network:
    return of(list(nx.karate_club_graph().edges))


def two_camps(seed: int = 1, half: int = 60, ties: int = 240) -> Network:
    """Two parks whose firms hardly deal with each other, so a wiring needs many swaps to forget them."""
    dice = np.random.default_rng(seed)
    edges = {(int(min(a, b)), int(max(a, b))) for a, b in dice.integers(half, size=(2 * ties, 2)) if a != b}
    chosen = sorted(edges)[:ties]
    return of([*chosen, *((a + half, b + half) for a, b in chosen)], 2 * half)


def inside_first_half(groups: Groups) -> Measures:
    half = len(groups.net.firms) // 2
    return Measures(np.array([((groups.net.source < half) == (groups.net.target < half)).mean()]), "", groups.ties)


def test_karate_club_clustering_and_transitivity_disagree() -> None:
    """Oracle: 400 graphs of 780 swaps each by networkx: clustering .357, sd .052, z 4.1; transitivity .224, .027, 1.2.

    The tolerances are three standard errors of the difference of two such samples.
    """
    both = wiring.wirings(
        karate(), {"C": cohesion.average_clustering, "T": cohesion.transitivity}, draws=400, seed=1, method="swaps"
    )
    c, t = both["C"], both["T"]
    assert c.value[0] == pytest.approx(0.570638, abs=1e-6)
    assert c.mean[0] == pytest.approx(0.357, abs=3 * 0.052 * np.sqrt(2 / 400))
    assert c.sd[0] == pytest.approx(0.052, abs=3 * 0.052 / np.sqrt(400))
    assert c.z[0] == pytest.approx(4.1, abs=0.5)
    assert t.mean[0] == pytest.approx(0.224, abs=3 * 0.027 * np.sqrt(2 / 400))
    assert t.sd[0] == pytest.approx(0.027, abs=3 * 0.027 / np.sqrt(400))
    assert t.z[0] == pytest.approx(1.2, abs=0.25)
    assert c.swaps[0] >= 2 * wiring.SWEEPS
    assert c.reason == ("",)
    assert c.p[0] < 0.01 < 0.1 < t.p[0]


def graphs_of(degree: list[int]) -> set[frozenset[tuple[int, int]]]:
    """All simple graphs with these degrees, by trying every set of ties."""
    n, m = len(degree), sum(degree) // 2
    found = set()
    for edges in combinations(list(combinations(range(n), 2)), m):
        if np.bincount(np.array(edges).ravel(), minlength=n).tolist() == degree:
            found.add(frozenset(edges))
    return found


def test_every_simple_graph_of_these_degrees_comes_as_often() -> None:
    """Oracle: the enumeration of all graphs with degrees 3 2 2 2 2 1; chi-square over 4,000 chains."""
    start = [(0, 1), (0, 2), (0, 3), (1, 2), (3, 4), (4, 5)]
    degree = np.bincount(np.array(start).ravel()).tolist()
    every = graphs_of(degree)
    assert len(every) > 20
    net = of(start)
    groups = Groups.whole(net)
    tries = np.array([60])
    seen: Counter[frozenset[tuple[int, int]]] = Counter()
    for draw in range(4000):
        wires = wiring.Wires.of(groups)
        wires.shuffle(tries, wiring._dice(3, draw), fast=False)
        one = wiring.rewired(groups, wires.source, wires.target).net
        seen[frozenset(zip(one.source.tolist(), one.target.tolist(), strict=True))] += 1
    assert set(seen) == every
    expected = 4000 / len(every)
    chi = sum((seen[graph] - expected) ** 2 / expected for graph in every)
    free = len(every) - 1
    assert chi < free + 4 * np.sqrt(2 * free)


@pytest.mark.parametrize("method", ["swaps", "stubs"])
def test_degrees_stay(method: wiring.Method) -> None:
    net = two_camps()
    groups = Groups.whole(net)
    if method == "swaps":
        wires = wiring.Wires.of(groups)
        assert wires.shuffle(np.array([5000]), np.random.default_rng(1), fast=True)[0] > 2000
        one = wiring.rewired(groups, wires.source, wires.target)
        assert one.net.degree.tolist() == net.degree.tolist()
        assert len(one.net.source) == len(net.source)
        assert not (one.net.source == net.source).all()
    else:
        one = wiring.by_stubs(groups, np.random.default_rng(1))
        assert (one.net.degree <= net.degree).all()
        assert one.net.degree.sum() >= 0.9 * net.degree.sum()
    assert (one.net.source < one.net.target).all()


def test_the_slots_say_what_the_ties_say() -> None:
    groups = Groups.whole(two_camps())
    wires = wiring.Wires.of(groups)
    for _ in range(3):
        assert (wires.partner[wires.here] == wires.target).all()
        assert (wires.partner[wires.there] == wires.source).all()
        wires.shuffle(np.array([500]), np.random.default_rng(2), fast=False)


def test_compiled_and_plain_swaps_are_the_same_bits() -> None:
    groups = Groups.whole(two_camps())
    one, other = wiring.Wires.of(groups), wiring.Wires.of(groups)
    done = [
        wires.shuffle(np.array([3000]), np.random.default_rng(7), fast) for wires, fast in ((one, True), (other, False))
    ]
    assert done[0].tolist() == done[1].tolist()
    assert (one.source == other.source).all()
    assert (one.partner == other.partner).all()


def test_too_few_swaps_are_not_called_a_sample() -> None:
    net = two_camps()
    early = wiring.wired(net, inside_first_half, draws=100, seed=1, method="swaps", sweeps=1)
    assert np.isnan(early.z[0])
    assert "not a sample" in early.reason[0]
    assert early.drift[0] < -4  # more and more ties between the camps
    late = wiring.wired(net, inside_first_half, draws=100, seed=1, method="swaps", sweeps=10)
    assert late.reason == ("",)
    assert late.z[0] > 10
    chance = (net.degree[:60].sum() / net.degree.sum()) ** 2 * 2
    assert late.mean[0] == pytest.approx(chance, abs=0.02)


def test_the_seed_says_it_all_whatever_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    for threads in (1, 3):
        monkeypatch.setattr(wiring, "processors", lambda threads=threads: threads)
        runs.append(wiring.wired(two_camps(), cohesion.transitivity, draws=12, seed=5, method="swaps"))
    assert runs[0].mean.tobytes() == runs[1].mean.tobytes()
    assert runs[0].sd.tobytes() == runs[1].sd.tobytes()
    assert wiring.wired(two_camps(), cohesion.transitivity, draws=12, seed=6).mean[0] != runs[0].mean[0]
    assert place.processors() >= 1


def test_auto_matches_stubs_only_where_few_ties_are_lost() -> None:
    sparse = of(list(nx.gnm_random_graph(3000, 6000, seed=1).edges), 3000)
    found = wiring.wired(sparse, cohesion.giant_component_share, draws=10, seed=1)
    assert found.method == "stubs"
    assert 0 < found.erased[0] < wiring.ERASED
    assert wiring.wired(karate(), cohesion.transitivity, draws=10, seed=1).method == "swaps"


def test_what_stubs_lose_is_said_and_close_to_what_was_expected() -> None:
    found = wiring.wired(karate(), cohesion.average_clustering, draws=200, seed=1, method="stubs")
    assert found.erased[0] > 0.1
    assert found.mean[0] < 0.3  # swaps give .357: the bias of erasing
    assert any("erased" in flag for flag in found.of(0).flags)
    regular = of(list(nx.random_regular_graph(4, 400, seed=1).edges))
    drawn = wiring.wired(regular, cohesion.density, draws=200, seed=1, method="stubs")
    assert drawn.erased[0] == pytest.approx(wiring.expected_erased(Groups.whole(regular))[0], rel=0.15)


def test_all_parks_at_once_are_each_within_itself() -> None:
    dice = np.random.default_rng(1)
    firms = [Firm(f"f{i:03}", {f"P{i % 3}": (), **({"X": ()} if i % 5 == 0 else {})}) for i in range(90)]
    ties = [Tie(f"f{a:03}", f"f{b:03}") for a, b in dice.integers(90, size=(1500, 2))]
    groups = Groups.parks(Network.of([*firms, Firm("alone", {"Y": ()})], ties))
    for method in ("swaps", "stubs"):
        found = wiring.wired(groups, cohesion.transitivity, draws=20, seed=1, method=method)
        assert found.z.shape == (5,)
        assert np.isfinite(found.z[:4]).all()
        assert np.isnan(found.z[4])
        assert found.reason[4] == "no firm has two ties, so there is no triple to close"
    wires = wiring.Wires.of(groups)
    wires.shuffle(groups.ties * 5, np.random.default_rng(1), fast=False)
    assert (groups.of_firm[wires.source] == groups.of_firm[wires.target]).all()


@pytest.mark.parametrize(
    ("edges", "reason"),
    [
        ([(0, 1), (0, 2), (0, 3)], wiring.FROZEN),  # a star
        ([(0, 1), (1, 2), (0, 2)], wiring.FROZEN),  # a triangle
        ([(0, 1)], "no firm has two ties"),
        ([], "no firm has two ties"),
        ([(0, 1), (1, 2), (2, 3), (0, 3)], wiring.CONSTANT),  # four firms in a ring, in whatever order
    ],
)
def test_what_leaves_no_choice_is_undefined(edges: list[tuple[int, int]], reason: str) -> None:
    found = wiring.wired(of(edges, 5), cohesion.transitivity, draws=10, seed=1, method="swaps")
    assert np.isnan(found.z[0])
    assert found.of(0).value is None
    assert found.reason[0].startswith(reason)


def test_one_wiring_is_refused() -> None:
    with pytest.raises(ValueError, match="no deviation"):
        wiring.wired(karate(), cohesion.transitivity, draws=1, seed=1)
