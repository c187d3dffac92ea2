"""Location quotients and specialisation against hand cases, econcomplex, enumeration and repeated draws."""

from __future__ import annotations

from itertools import product
from math import factorial, log

import numpy as np
import pytest

from graph.metrics import colocation
from graph.network import Firm, Network


def of_table(table: list[list[int]], unknown: int = 0) -> Network:
    """A network of unconnected firms: rows are parks P0, P1 …, columns industries a, b …"""
    firms = [
        Firm(f"{park}-{industry}-{i}", {f"P{park:03}": ()}, chr(97 + industry))
        for park, row in enumerate(table)
        for industry, count in enumerate(row)
        for i in range(count)
    ]
    return Network.of([*firms, *(Firm(f"x{i}", {"P000": ()}) for i in range(unknown))])


def values(found: colocation.Tables) -> list[dict[str, float]]:
    return [dict(found.of(park).value or {}) for park in range(len(found))]  # type: ignore[arg-type]


def test_two_parks_by_hand() -> None:
    net = of_table([[3, 1], [1, 5]], unknown=1)
    first, second = values(colocation.location_quotient(net))
    assert first == {"a": pytest.approx((3 / 4) / (4 / 10)), "b": pytest.approx((1 / 4) / (6 / 10))}
    assert second == {"a": pytest.approx((1 / 6) / (4 / 10)), "b": pytest.approx((5 / 6) / (6 / 10))}
    told = colocation.location_quotient(net).of(0)
    assert (told.n, told.coverage, told.null) == (4, 4 / 5, 1.0)


def test_econcomplex_agrees_on_a_random_table() -> None:
    econcomplex = pytest.importorskip("econcomplex")
    table = np.random.default_rng(3).poisson(2.0, (8, 12)) + np.eye(8, 12, dtype=int)
    expected = np.asarray(econcomplex.rca(table.astype(float)))
    for park, row in enumerate(values(colocation.location_quotient(of_table(table.tolist())))):
        assert {ord(name) - 97: value for name, value in row.items()} == {
            k: pytest.approx(expected[park, k]) for k in np.flatnonzero(table[park]).tolist()
        }


def test_an_absent_industry_is_shown_where_five_firms_were_expected() -> None:
    net = of_table([[0, 20], [30, 10]])
    # park 0 has 20 of 60 firms, industry a 30: 10 expected, none there
    assert values(colocation.location_quotient(net))[0]["a"] == 0
    assert values(colocation.location_quotient_high(net))[0]["a"] < 1
    assert values(colocation.location_quotient_low(net))[0]["a"] == 0
    assert 0 < values(colocation.location_quotient_eb(net))[0]["a"] < 1
    assert "a" not in values(colocation.location_quotient(of_table([[0, 2], [3, 1]])))[0]


def test_limits_are_those_of_the_exact_binomial() -> None:
    from scipy.stats import binomtest

    net = of_table([[3, 9], [10, 8]])
    limits = binomtest(3, 12).proportion_ci(method="exact")
    share = 13 / 30
    assert values(colocation.location_quotient_low(net))[0]["a"] == pytest.approx(limits.low / share)
    assert values(colocation.location_quotient_high(net))[0]["a"] == pytest.approx(limits.high / share)


def test_limits_hold_the_true_quotient_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    mixes = rng.dirichlet(np.full(6, 2.0), 30)
    sizes = rng.integers(5, 60, 30)
    true = mixes / (sizes @ mixes / sizes.sum())
    inside = []
    for _ in range(15):
        found = colocation.quotients(
            of_table([rng.multinomial(n, mix).tolist() for n, mix in zip(sizes, mixes, strict=True)])
        )
        truth = true[found.park, found.industry]
        inside.append(((found.low <= truth) & (truth <= found.high))[found.expected >= 1].mean())
    assert 0.95 <= np.mean(inside) <= 0.99  # exact limits cover at least what they say


def test_shrinkage_beats_the_raw_quotient_and_finds_the_planted_spread() -> None:
    rng = np.random.default_rng(5)
    sizes, share, spread = rng.integers(4, 40, 80), np.full(10, 0.1), 0.3
    raw, shrunk, found_spread = [], [], []
    for _ in range(8):
        true = rng.gamma(1 / spread, spread, (80, 10))
        drawn = rng.poisson(true * sizes[:, None] * share)
        drawn[:, 0] += drawn.sum(axis=1) == 0
        found = colocation.quotients(of_table(drawn.tolist()))
        truth = true[found.park, found.industry]
        raw.append(((found.raw - truth) ** 2).mean())
        shrunk.append(((found.shrunk - truth) ** 2).mean())
        found_spread.append(found.spread)
    assert np.mean(shrunk) < 0.6 * np.mean(raw)
    assert np.mean(found_spread) == pytest.approx(spread, abs=0.06)


def test_a_table_without_structure_is_shrunk_to_one() -> None:
    net = of_table([[10, 20], [20, 40]])
    assert colocation.quotients(net).spread == colocation.LEAST_SPREAD
    assert values(colocation.location_quotient_eb(net))[0]["a"] == pytest.approx(1)


def test_specialisation_is_zero_for_the_average_mix_and_largest_alone() -> None:
    assert colocation.specialisation(of_table([[2, 4], [1, 2]])).values == pytest.approx([0, 0], abs=1e-12)
    alone = colocation.specialisation(of_table([[2, 0], [0, 6]]))
    assert alone.values == pytest.approx([log(8 / 2), log(8 / 6)])


@pytest.mark.parametrize(("n", "share"), [(1, [0.5, 0.5]), (4, [0.2, 0.3, 0.5]), (6, [0.7, 0.2, 0.1])])
def test_the_mean_by_chance_is_that_of_all_draws(n: int, share: list[float]) -> None:
    total = 0.0
    for draw in product(range(n + 1), repeat=len(share)):
        if sum(draw) == n:
            ways = factorial(n)
            for count in draw:
                ways //= factorial(count)
            chance = ways * np.prod([s**c for s, c in zip(share, draw, strict=True)])
            total += chance * sum(c / n * log(c / n / s) for s, c in zip(share, draw, strict=True) if c)
    assert colocation.expected_divergence(n, np.array(share)) == pytest.approx(total)


def test_the_moments_meet_the_exact_sum_where_one_takes_over() -> None:
    below, above = np.array([0.1, 0.9]), np.array([0.05, 0.95])
    for share, n in ((below, 500), (above, 1001), (below, 501)):
        exact = sum(_mean_log(n, float(s)) for s in share) / n
        assert colocation.expected_divergence(n, share) == pytest.approx(exact, abs=2e-7)


def _mean_log(n: int, s: float) -> float:
    from scipy.stats import binom

    x = np.arange(1, n + 1)
    return float((binom.pmf(x, n, s) * x * np.log(x / (n * s))).sum())


def test_random_parks_are_not_special() -> None:
    rng = np.random.default_rng(2)
    share = rng.dirichlet(np.ones(20))
    found = colocation.specialisation_excess(of_table([rng.multinomial(30, share).tolist() for _ in range(400)]))
    plain = colocation.specialisation(of_table([rng.multinomial(30, share).tolist() for _ in range(400)]))
    assert abs(float(found.values.mean())) < 0.01 < float(plain.values.mean())
    assert found.lo is not None
    assert found.hi is not None
    assert (found.lo < 0).mean() > 0.97


def test_what_is_undefined_says_why() -> None:
    net = Network.of([Firm("a", {"P": ()}, "芯片"), Firm("b", {"Q": ()})], parks=["R"])
    for measure in (colocation.location_quotient, colocation.specialisation, colocation.specialisation_excess):
        found = measure(net)
        assert [found.of(park).reason for park in range(3)] == ["", *[colocation.UNCLASSIFIED] * 2]
        assert [found.of(park).value is None for park in range(3)] == [False, True, True]
        assert [found.of(park).coverage for park in range(3)] == [1.0, 0.0, None]
    assert len(colocation.location_quotient(Network.of([]))) == 0


def test_a_firm_in_two_parks_counts_in_both() -> None:
    net = Network.of([Firm("a", {"P": (), "Q": ()}, "芯片"), Firm("b", {"Q": ()}, "光电")])
    assert colocation.presence(net).table.tolist() == [[0, 1], [1, 1]]


def test_an_industry_for_every_firm_makes_no_table_of_all_pairs() -> None:
    firms = [Firm(str(i), {f"P{i % 100}": ()}, f"industry {i}") for i in range(20_000)]
    found = colocation.location_quotient(Network.of(firms))
    assert all(len(row) == 200 for row in values(found))
