"""Multiplexity by hand; and that comparing pairs of equal documents takes away what documents alone bring."""

from __future__ import annotations

from itertools import chain

import numpy as np

from graph.metrics.groups import Groups
from graph.metrics.multiplexity import mean_classes, multiplexity, multiplexity_rarefied
from graph.network import Firm, Network, Tie


def pairs(park: str, count: int, documents: int, several: int) -> tuple[list[Firm], list[Tie]]:
    """Pairs of firms in a park, each in so many documents; the first few of them deal in two ways."""
    firms = [Firm(f"{park}{i:03}{side}", {park: ()}) for i in range(count) for side in "ab"]
    seen = [f"{park}{number}" for number in range(documents)]
    kinds = [["合作研发", "合资"] if i < several else ["合作研发"] for i in range(count)]
    return firms, [Tie(f"{park}{i:03}a", f"{park}{i:03}b", 1.0, seen, kinds[i]) for i in range(count)]


def test_shares_and_means_by_hand() -> None:
    net = Network.of(*pairs("P", 4, 1, 1))
    assert (multiplexity(net).value, mean_classes(net).value) == (0.25, 1.25)
    assert 0 < (multiplexity(net).lo or 0) < 0.25 < (multiplexity(net).hi or 0) < 1


def test_more_documents_of_the_same_pairs_are_no_more_multiplexity() -> None:
    parks = [pairs("P", 20, 1, 2), pairs("Q", 20, 4, 10), pairs("R", 20, 1, 2), pairs("S", 20, 4, 10)]
    net = Network.of(chain.from_iterable(park[0] for park in parks), chain.from_iterable(park[1] for park in parks))
    groups = Groups.parks(net)
    assert multiplexity.each(groups).values.tolist() == [0.1, 0.5, 0.1, 0.5]
    found = multiplexity_rarefied(net, groups)
    np.testing.assert_allclose(found.values, 24 / 80)  # pairs of like documents are alike in all parks
    np.testing.assert_allclose(found.null, 24 / 80)


def test_unknown_kinds_and_documents_are_no_0() -> None:
    plain = Network.of([Firm("a", {"P": ()}), Firm("b", {"P": ()})], [Tie("a", "b")])
    for measure in (multiplexity, mean_classes):
        assert measure(plain).reason == "no source: no tie says of what kind it is"
        assert measure(Network.of([Firm("a")])).reason == "no ties"
    assert "no source" in multiplexity_rarefied(plain, Groups.parks(plain)).of(0).reason
    named = Network.of([Firm("a", {"P": ()}), Firm("b", {"P": ()})], [Tie("a", "b", kinds=["合资"])])
    assert multiplexity_rarefied(named, Groups.parks(named)).of(0).reason == "no source: ties without documents"


def test_where_no_pair_has_two_classes_nothing_can_be_compared() -> None:
    net = Network.of(*pairs("P", 4, 1, 0))
    assert multiplexity(net).value == 0
    assert multiplexity_rarefied(net, Groups.parks(net)).of(0).value is None
    assert multiplexity_rarefied(net, Groups.parks(net)).of(0).reason == (
        "no pair like its own has two classes, in any park"
    )
