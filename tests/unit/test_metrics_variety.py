"""Entropy and related variety against hand cases, scipy and repeated draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy

from graph.industry import Class, classed
from graph.metrics import variety
from graph.metrics.groups import Groups
from graph.network import Firm, Network

CORRECTED = (
    variety.industry_entropy_corrected,
    variety.unrelated_variety_corrected,
    variety.related_variety_corrected,
)


def of_counts(counts: dict[str, int], park: str = "P") -> list[Firm]:
    return [Firm(f"{park}{code}{i}", {park: ()}, code) for code, count in counts.items() for i in range(count)]


def test_two_divisions_of_two_classes() -> None:
    h, unrelated, related = variety.shares(np.array([0.3, 0.2, 0.4, 0.1]), np.array([0, 0, 1, 1]))
    assert (h, unrelated, related) == (pytest.approx(1.8464393, abs=5e-8), 1.0, pytest.approx(0.8464393, abs=5e-8))


@pytest.mark.parametrize("seed", range(5))
def test_entropy_is_unrelated_plus_related_variety(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = [f"C{division}{k}" for division in rng.integers(13, 44, 6) for k in range(5)]
    counts = {code: int(count) for code, count in zip(codes, rng.poisson(2, len(codes)), strict=True)}
    net = Network.of(of_counts(counts))
    parts = [measure(net).number for measure in (variety.unrelated_variety, variety.related_variety)]
    assert variety.industry_entropy(net).number == pytest.approx(sum(parts), abs=1e-12)
    assert variety.industry_entropy(net).number == pytest.approx(entropy([*counts.values()], base=2))
    whole, *halves = (measure(net).number for measure in CORRECTED)
    assert whole == pytest.approx(sum(halves), abs=1e-12)


def test_parks_side_by_side_are_as_each_alone() -> None:
    parks = {"P": {"C3911": 3, "C3912": 1, "I6511": 2}, "Q": {"C3911": 4}, "R": {"J66": 1, "J6711": 1}}
    firms = [firm for park, counts in parks.items() for firm in of_counts(counts, park)]
    net = Network.of(firms)
    for measure in (variety.industry_entropy, variety.unrelated_variety, variety.related_variety, *CORRECTED):
        each = measure.each(Groups.parks(net))
        for number, park in enumerate(net.parks):
            alone = measure(Network.of([firm for firm in firms if park in firm.parks]))
            assert each.of(number) == alone


def test_correction_removes_most_of_the_bias_and_its_interval_holds() -> None:
    rng = np.random.default_rng(8)
    codes = [f"C{13 + k // 4}{k % 4}1" for k in range(20)]
    share = rng.dirichlet(np.full(20, 3.0))
    truth = dict(zip(CORRECTED, variety.shares(share, np.arange(20) // 4), strict=True))
    draws = [dict(zip(codes, rng.multinomial(60, share).tolist(), strict=True)) for _ in range(300)]
    net = Network.of([firm for i, counts in enumerate(draws) for firm in of_counts(counts, f"{i:03}")])
    plain = variety.industry_entropy.each(Groups.parks(net)).values.mean() - truth[CORRECTED[0]]
    for measure, true in truth.items():
        found = measure.each(Groups.parks(net))
        assert found.lo is not None
        assert found.hi is not None
        assert abs(found.values.mean() - true) < 0.25 * abs(plain)
        assert ((found.lo <= true) & (true <= found.hi)).mean() > 0.92


def test_one_class_has_no_variety() -> None:
    net = Network.of(of_counts({"C3911": 5}))
    for measure in (variety.industry_entropy, variety.unrelated_variety, variety.related_variety):
        assert measure(net).value == 0
    assert variety.effective_industries(net).value == 1
    assert variety.largest_industry_share(net).value == 1


def test_effective_industries_of_equal_shares_is_their_number() -> None:
    net = Network.of(of_counts({f"C{d}11": 500 for d in range(13, 21)}))
    assert variety.effective_industries(net).value == pytest.approx(8, rel=1e-3 * 2)
    assert variety.largest_industry_share(net).value == 1 / 8


def test_classes_of_a_table_go_before_codes_and_the_rest_is_counted() -> None:
    net = Network.of([Firm("a", {}, "芯片"), Firm("b", {}, "光电"), Firm("c", {}, "别的"), Firm("d")])
    table = {"芯片": Class("芯片", "C3973"), "光电": Class("光电", "C3976")}
    told = variety.related_variety(classed(net, lambda name: table.get(name, Class())))
    assert (told.value, told.n, told.coverage) == (1.0, 2, 0.5)
    park = Network.of([Firm("a", {"P": ()}, "芯片"), Firm("b", {"P": ()}, "光电")])
    each = variety.related_variety.each(Groups.parks(classed(park, lambda name: table[name])))
    assert each.of(0).value == 1.0
    assert variety.related_variety(net).reason == variety.UNCLASSED
    assert variety.related_variety(Network.of([])).reason == variety.UNCLASSED


def test_a_code_that_names_no_division_is_no_class() -> None:
    net = Network.of([Firm("a", {}, "C"), Firm("b", {}, "C39"), Firm("c", {}, "C3911")])
    told = variety.related_variety(net)
    assert (told.value, told.n) == (1.0, 2)
