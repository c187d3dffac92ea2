"""The backbone against its formula and scipy's false discovery control."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from scipy.stats import false_discovery_control

from graph.metrics import backbone
from graph.network import Firm, Network, Tie


def drawn(seed: int) -> tuple[nx.Graph, Network]:
    graph = nx.gnm_random_graph(30, 120, seed=seed)
    dice = np.random.default_rng(seed)
    for _, _, told in graph.edges(data=True):
        told["weight"] = float(np.ceil(dice.pareto(0.7) * 3))
    ties = [Tie(f"{a:02}", f"{b:02}", told["weight"]) for a, b, told in graph.edges(data=True)]
    return graph, Network.of([Firm(f"{node:02}") for node in graph], ties)


@pytest.mark.parametrize("seed", range(4))
def test_each_tie_has_the_smaller_chance_of_its_ends_and_the_kept_ones_are_scipys(seed: int) -> None:
    graph, net = drawn(seed)
    expected = [
        min((1 - weight / graph.degree(end, weight="weight")) ** (graph.degree(end) - 1) for end in (a, b))
        for a, b, weight in sorted(graph.edges(data="weight"))
    ]
    np.testing.assert_allclose(backbone.disparity(net), expected)
    kept = false_discovery_control(backbone.disparity(net)) <= 0.05
    assert kept.any()
    assert backbone.backbone(net).tolist() == kept.tolist()
    assert backbone.backbone_share(net).value == pytest.approx(kept.mean())
    assert backbone.backbone(net, 0.5).sum() >= kept.sum()


def test_firms_with_one_tie_keep_none_and_no_ties_are_undefined() -> None:
    pair = Network.of([Firm("a"), Firm("b")], [Tie("a", "b", 100.0)])
    assert backbone.disparity(pair).tolist() == [1.0]
    assert backbone.backbone(pair).tolist() == [False]
    assert backbone.backbone_share(Network.of([Firm("a")])).reason == "no ties"
    assert len(backbone.backbone(Network.of([]))) == 0
