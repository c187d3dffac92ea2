"""The linkage of chains against hand cases and enumeration of pairs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from graph.chain import Chain, Step, from_csv
from graph.metrics import linkage
from graph.network import Firm, Network, Tie

CHAIN = from_csv("upstream,downstream\na,b\nb,c\na,d\n", "CHAIN.csv")


def of(parks: dict[str, str], ties: list[tuple[str, str]]) -> Network:
    """Firms P0, P1 … of each park, one for each letter (an industry)."""
    firms = [Firm(f"{park}{i}", {park: ()}, kind) for park, kinds in parks.items() for i, kind in enumerate(kinds)]
    return Network.of(firms, [Tie(*tie) for tie in ties])


def test_by_hand() -> None:
    # P: a a b c; a-b lived, b-c not, a-d has no d. Q: a b b d: a-b lived twice, a-d not. R: no edge.
    net = of({"P": "aabc", "Q": "abbd", "R": "cd"}, [("P0", "P2"), ("Q0", "Q1"), ("Q0", "Q2"), ("P3", "Q1")])
    told = linkage.input_output_linkage(net, [CHAIN])
    assert told.values[:2].tolist() == [0.5, 0.5]
    assert told.n.tolist() == [2, 2, 0]
    rate = 2 / 3  # of Q: 2 ties in 2 pairs a-b and 1 pair a-d
    assert told.of(0).null == pytest.approx(((1 - np.exp(-2 * rate)) + (1 - np.exp(-rate))) / 2)
    assert told.of(2).reason == linkage.NO_EDGE
    assert told.lo is not None
    assert told.lo[0] < 0.5


def test_pairs_and_ties_are_those_of_enumeration() -> None:
    rng = np.random.default_rng(6)
    steps = (
        Step("u", "u", industries=("a", "b")),
        Step("v", "v", industries=("b", "c")),
        Step("w", "w", industries=("d",)),
    )
    chain = Chain("t", steps, (("u", "v"), ("v", "w")))  # firms of b stand on both ends of u → v
    firms = [Firm(f"f{i:02}", {"PQ"[i % 2]: ()}, "abcde"[rng.integers(5)] if i % 7 else "") for i in range(30)]
    ties = [Tie(f"f{i:02}", f"f{j:02}") for i, j in rng.integers(0, 30, (60, 2)).tolist()]
    net = Network.of(firms, ties)
    found = linkage.edges_of(net, [chain])
    kind = {firm.id: firm.industry for firm in firms}
    tied = {frozenset((net.firms[a], net.firms[b])) for a, b in zip(net.source, net.target, strict=True)}
    for park, name in enumerate(net.parks):
        here = [firm.id for firm in firms if name in firm.parks]
        for edge, (up, down) in enumerate((("ab", "bc"), ("bc", "d"))):
            pairs = [
                {x, y}
                for x, y in combinations(here, 2)
                if kind[x] and kind[y] and ((kind[x] in up and kind[y] in down) or (kind[x] in down and kind[y] in up))
            ]
            assert found.pairs[park, edge] == len(pairs)
            assert found.ties[park, edge] == sum(frozenset(pair) in tied for pair in pairs)


def test_a_single_park_has_a_value_and_no_null() -> None:
    told = linkage.input_output_linkage(of({"P": "ab"}, [("P0", "P1")]), [CHAIN]).of(0)
    assert (told.value, told.null) == (1.0, None)


@pytest.mark.parametrize("chains", [[], [CHAIN]])
def test_nothing_to_see_is_undefined(chains: list[Chain]) -> None:
    for net in (of({"P": "xy"}, []), Network.of([Firm("f", {"P": ()})]), of({"P": "a"}, [])):
        assert linkage.input_output_linkage(net, chains).of(0).reason == linkage.NO_EDGE
    assert len(linkage.input_output_linkage(Network.of([]), chains)) == 0


def test_random_ties_meet_the_null_on_average() -> None:
    rng = np.random.default_rng(9)
    parks = {f"{p:02}": "".join(rng.choice(list("abcd"), 12)) for p in range(60)}
    ties = [
        (f"{park}{i}", f"{park}{j}") for park in parks for i, j in combinations(range(12), 2) if rng.random() < 0.03
    ]
    told = linkage.input_output_linkage(of(parks, ties), [CHAIN])
    assert told.null is not None
    assert np.nanmean(told.values) == pytest.approx(float(np.nanmean(told.null)), abs=0.05)
