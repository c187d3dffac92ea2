"""The chemistry ratio: by hand, by formula, and what happens where there is little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from graph.chemistry.jackknife import document_variance, grouped, thinned, variance
from graph.chemistry.peers import (
    ALONE,
    ONE_FIRM,
    SILENT,
    SYSTEMATIC,
    dispersion,
    exact_interval,
    heterogeneity,
    log_ratio,
    shrinkage,
    slr,
)
from graph.network import Firm, Network, Tie
from graph.simulate import WORLDS, draw


def two_parks() -> Network:
    """A: 3 of 6 pairs tied; B: 1 of 10. Nothing else is known."""
    firms = [Firm(f"A{i}", {"A": ()}) for i in range(4)] + [Firm(f"B{i}", {"B": ()}) for i in range(5)]
    return Network.of(firms, [Tie("A0", "A1"), Tie("A1", "A2"), Tie("A2", "A3"), Tie("B0", "B1"), Tie("A0", "B0")])


def test_by_hand() -> None:
    """The rate of the other park times the own pairs; the ridge moves it in the fourth digit."""
    found = slr(two_parks())
    assert found.observed.tolist() == [3, 1]
    assert found.expected == pytest.approx([6 * 1 / 10, 10 * 3 / 6], rel=5e-3)
    assert found.ratio == pytest.approx([5, 0.2], rel=5e-3)
    assert found.pairs == pytest.approx([6, 10])


def test_the_interval_is_the_formula() -> None:
    drawn = draw(WORLDS["consortia"], 1)
    found = slr(drawn.network())
    middle = np.log((found.observed + 0.5) / (found.expected + 0.5))
    assert found.documents_variance is not None
    assert found.dispersion > 1.5
    ties = found.observed + 0.5
    sd = np.sqrt(np.maximum(1 / ties + found.documents_variance, found.dispersion / ties) + SYSTEMATIC**2)
    np.testing.assert_allclose(np.log(found.lo), middle - 1.96 * sd)
    np.testing.assert_allclose(np.log(found.hi), middle + 1.96 * sd)
    np.testing.assert_allclose(found.z, middle / sd)


def test_exact_interval_is_that_of_the_method() -> None:
    lo, hi = exact_interval(np.array([12.0, 3.0, 0.0]), np.array([6.0, 1.0, 2.0]))
    np.testing.assert_allclose(lo, [1.033, 0.619, 0.0], atol=5e-4)
    np.testing.assert_allclose(hi, [3.494, 8.767, 1.844], atol=5e-4)
    observed, expected = np.array([1.0, 7.0, 300.0]), np.array([2.0, 5.0, 250.0])
    lo, hi = exact_interval(observed, expected)
    np.testing.assert_allclose(lo, chi2.ppf(0.025, 2 * observed) / 2 / expected)
    np.testing.assert_allclose(hi, chi2.ppf(0.975, 2 * observed + 2) / 2 / expected)


def test_shrinkage_and_heterogeneity_by_hand() -> None:
    a, b = shrinkage(np.array([2.0, 8.0, 20.0]), np.array([4.0, 8.0, 8.0]))
    assert b == pytest.approx(1.5 / (0.7 - 1.5 / (20 / 3)))
    assert a == pytest.approx(1.5 * b)
    assert shrinkage(np.array([5.0, 5.0]), np.array([5.0, 5.0])) == pytest.approx((1e4, 1e4))  # no spread: all alike
    assert heterogeneity(np.array([5.0, 5.0]), np.array([5.0, 5.0])) == 0
    assert heterogeneity(np.array([2.0, 14.0]), np.array([8.0, 8.0])) == pytest.approx((36 - 8 + 36 - 8) / 128)


def test_ownership_is_neither_tie_nor_pair() -> None:
    net = two_parks()
    owned = Network.of(
        [Firm(name, {name[0]: ()}) for name in net.firms],
        [Tie("A0", "A1", kinds=["控股"]), Tie("A1", "A2"), Tie("A2", "A3"), Tie("B0", "B1")],
    )
    found = slr(owned)
    assert found.observed.tolist() == [2, 1]
    assert found.pairs == pytest.approx([5, 10])


def test_what_is_undefined_says_why() -> None:
    lonely = slr(Network.of([Firm("a", {"P": ()}), Firm("b", {"Q": ()}), Firm("c", {"Q": ()})], [Tie("b", "c")]))
    assert lonely.reason == (ONE_FIRM, ALONE)
    silent = slr(Network.of([Firm(f"{p}{i}", {p: ()}) for p in "PQ" for i in range(3)], [Tie("P0", "P1")]))
    assert silent.reason == (SILENT, "")
    assert np.isnan(silent.ratio[0])
    assert silent.ratio[1] == 0
    assert silent.lo[1] > 0, "O = 0 is no special case"


def test_the_rate_of_a_park_does_not_know_the_park() -> None:
    """E of A is the same whatever happens inside A."""
    firms = [Firm(f"{p}{i}", {p: ()}) for p in "ABC" for i in range(6)]
    rest = [Tie("B0", "B1"), Tie("C0", "C1"), Tie("C2", "C3")]
    few, many = (slr(Network.of(firms, [*rest, *[Tie("A0", f"A{i}") for i in range(1, n)]])) for n in (2, 6))
    assert few.expected[0] == pytest.approx(many.expected[0], rel=1e-9)


def test_order_and_seed() -> None:
    drawn = draw(WORLDS["reference"], 2)
    net = drawn.network()
    again = Network.of(drawn.firms[::-1], drawn.ties[::-1], parks=net.parks)
    one, two = slr(net, seed=5), slr(again, seed=5)
    for name in ("ratio", "lo", "hi", "shrunk", "documents_variance"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_hubs_are_seen_in_the_dispersion() -> None:
    """A star has the ties of a matching, but they hang on one firm."""
    firms = [Firm(f"{p}{i:02d}", {p: ()}) for p in "ABCDEF" for i in range(20)]
    stars = [Tie(f"{p}00", f"{p}{i:02d}") for p in "ABCDEF" for i in range(1, 9)]
    matching = [Tie(f"{p}{2 * i:02d}", f"{p}{2 * i + 1:02d}") for p in "ABCDEF" for i in range(8)]
    assert slr(Network.of(firms, matching)).dispersion == 1
    found = slr(Network.of(firms, stars))
    expected = 2 * 8 / 20
    by_hand = ((8 - expected) ** 2 + 8 * (1 - expected) ** 2 + 11 * expected**2 - 8) / 8
    assert found.dispersion == pytest.approx(by_hand, rel=1e-3)
    assert dispersion(found.design, found.left, found.ratio) == found.dispersion


def test_jackknife_by_hand() -> None:
    assert variance(np.array([[1.0, 4.0], [2.0, np.nan], [3.0, 4.0]])) == pytest.approx([2 / 3 * 2, 0])
    assert np.isnan(variance(np.array([[np.nan], [1.0]]))).all()
    assert np.bincount(grouped(45, 20, 1)).tolist() == [3] * 5 + [2] * 15
    assert grouped(3, 20, 1).max() == 2, "fewer documents than groups: one by one"


def test_leaving_documents_out_is_what_the_network_does() -> None:
    """`thinned` keeps the numbers of ties; else it is `Network.without`."""
    firms = [
        Firm("a", {"P": ["d1"]}, mentions=["d2", "d3"]),
        Firm("b", {"P": ()}, mentions=["d2"]),
        Firm("c", {"P": ()}, mentions=[]),
    ]
    net = Network.of(firms, [Tie("a", "b", 2, ["d1", "d4"]), Tie("b", "c", 1, ["d2"])])
    dropped = np.array([name in ("d1", "d2") for name in net.documents])
    thin, alive = thinned(net, dropped)
    whole = net.without(dropped)
    assert alive.tolist() == [True, False]
    np.testing.assert_array_equal(net.source[alive], whole.source)
    np.testing.assert_array_equal(thin.members.firm, whole.members.firm)
    assert thin.exposure is not None
    np.testing.assert_array_equal(thin.exposure, whole.exposure)
    assert thin.exposure.tolist() == [1, 0, 0]


def test_without_documents_there_is_no_jackknife() -> None:
    net = two_parks()
    assert slr(net).documents_variance is None
    assert document_variance(net, lambda thin, alive: np.zeros(2)) is None


def test_one_document_behind_many_ties_widens_the_interval() -> None:
    """Two parks with equal ties: in one each has a document of its own, in the other one document names them all."""
    firms = [Firm(f"{p}{i:02d}", {p: ()}) for p in "ABCDEF" for i in range(20)]
    pairs = [(f"{p}{2 * i:02d}", f"{p}{2 * i + 1:02d}") for p in "ABCDEF" for i in range(8)]
    ties = [Tie(a, b, 1, ["one"] if a[0] == "A" else [f"d{a}"]) for a, b in pairs]
    found = slr(Network.of(firms, ties))
    assert found.documents_variance is not None
    assert found.documents_variance[0] > 10 * found.documents_variance[1:].max()


def test_missing_sizes_do_not_break_it() -> None:
    net = draw(WORLDS["reference"], 4).network()
    assert net.size is not None
    holes = net.size.copy()
    holes[::7] = np.nan
    found, whole = slr(replace(net, size=holes)), slr(net)
    assert np.isfinite(found.ratio).all()
    assert np.corrcoef(found.ratio, whole.ratio)[0, 1] > 0.95


def test_log_ratio_at_nothing() -> None:
    assert log_ratio(np.array([0.0]), np.array([0.0]))[0] == 0
