"""The loops give the same compiled and as they are; estimates from a sample hold the truth."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from graph.metrics import brokerage, cohesion, kernels, position, structure
from graph.metrics.groups import Groups
from graph.network import Firm, Network, Tie


def drawn(firms: int = 150, ties: int = 500, seed: int = 1) -> Network:
    graph = nx.gnm_random_graph(firms, ties, seed=seed)
    dice = np.random.default_rng(seed)
    rows = [Firm(f"{node:03}", {"PQRS"[node % 4]: ()}, "xyz"[dice.integers(3)]) for node in graph]
    return Network.of(rows, [Tie(f"{a:03}", f"{b:03}", float(dice.integers(1, 5))) for a, b in graph.edges])


def of_graph(graph: nx.Graph) -> Network:
    return Network.of([Firm(f"{node:04}") for node in graph], [Tie(f"{a:04}", f"{b:04}") for a, b in graph.edges])


MEASURES = {
    "component": cohesion.component,
    "core": lambda net: cohesion.core_number(net).values,
    "triangles": cohesion.triangles,
    "efficiency": lambda net: cohesion.global_efficiency.each(Groups.parks(net)).values,
    "path": lambda net: structure.mean_path.each(Groups.whole(net)).values,
    "assortativity": lambda net: cohesion.degree_assortativity.each(Groups.parks(net)).values,
    "constraint": lambda net: position.constraint_weighted(net).values,
    "effective size": lambda net: position.effective_size_weighted(net).values,
    "betweenness": lambda net: position.betweenness(net).values,
    "groups found": structure.found_groups,
    "brokerage": lambda net: brokerage.open_pairs(net, net.industry),
    "sampled": lambda net: cohesion.efficiency(Groups.whole(net), np.random.default_rng(1), 0, 70).values,
}


@pytest.mark.parametrize("name", MEASURES)
def test_compiled_and_plain_agree(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    net = drawn()
    monkeypatch.setattr(kernels, "PLAIN", 10**12)
    plain = MEASURES[name](net)
    monkeypatch.setattr(kernels, "PLAIN", -1)
    np.testing.assert_allclose(MEASURES[name](net), plain, rtol=1e-12, equal_nan=True)


def test_an_estimate_is_close_has_an_interval_and_hangs_on_its_dice() -> None:
    net = drawn(600, 1500)
    exact = cohesion.global_efficiency(net)
    assert exact.lo is None
    told = cohesion.efficiency(Groups.whole(net), np.random.default_rng(7), exact=0, sources=100).of(0)
    assert told.flags == ("estimated from 100 firms",)
    assert (told.lo or 0) < told.number < (told.hi or 0)
    assert told.number == pytest.approx(exact.number, rel=0.05)
    again = cohesion.efficiency(Groups.whole(net), np.random.default_rng(7), exact=0, sources=100).of(0)
    assert again == told


def test_intervals_of_estimated_efficiency_hold_the_truth() -> None:
    net = drawn(300, 700)
    exact, groups = cohesion.global_efficiency(net).number, Groups.whole(net)
    inside = 0
    for seed in range(100):
        told = cohesion.efficiency(groups, np.random.default_rng(seed), exact=0, sources=60).of(0)
        inside += (told.lo or 0) <= exact <= (told.hi or 0)
    assert inside >= 88  # 95 expected; 88 or fewer has a chance of about 1 in 300


GRAPHS = {
    "random": nx.gnm_random_graph(200, 600, seed=1),
    "hubs": nx.barabasi_albert_graph(400, 3, seed=1),
    "small world": nx.connected_watts_strogatz_graph(300, 6, 0.1, seed=1),
    "groups": nx.planted_partition_graph(8, 30, 0.2, 0.01, seed=1),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_estimated_betweenness_is_unbiased_and_its_interval_holds_the_truth(name: str) -> None:
    net = of_graph(GRAPHS[name])
    exact = position.betweenness(net).values
    told = [position.between(net, np.random.default_rng(seed), exact=0, sources=40) for seed in range(40)]
    values = np.array([one.values for one in told])
    assert values.mean() == pytest.approx(exact.mean(), rel=0.02)
    largest = exact >= np.quantile(exact, 0.8)
    np.testing.assert_allclose(values.mean(axis=0)[largest], exact[largest], rtol=0.5)
    assert told[0].of(0).flags == ("estimated from 40 firms",)
    held = [(one.lo <= exact) & (exact <= one.hi) for one in told]  # type: ignore[operator]
    assert np.mean(held) > 0.95
    assert np.mean([one[largest] for one in held]) > 0.92


def test_a_network_of_nothing_runs_through_every_loop() -> None:
    for net in (Network.of([]), Network.of([Firm("a", {"P": ()})])):
        for name, measure in MEASURES.items():
            if name != "sampled":
                assert np.asarray(measure(net)).size <= 1 or name == "brokerage"
