"""The pooled rate of pairs. The oracle lists every pair and fits them one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from graph.chemistry.pairs import AT_RISK, PATTERNS, RIDGE, Design, design, fit, without_each
from graph.network import BoolArray, Firm, FloatArray, IntArray, Network, Tie

PARKS, INDUSTRIES = 9, 5


def world(seed: int = 0) -> tuple[Network, BoolArray, BoolArray, BoolArray]:
    """A network in which everything happens: two parks, unknown industries, sizes, exposures; chain, owners."""
    dice = np.random.default_rng(seed)
    firms, ties = [], []
    for park in range(PARKS):
        names = [f"p{park}f{i:02d}" for i in range(int(dice.integers(6, 22)))]
        for name in names:
            seats = {f"P{park}": ()} | ({f"P{(park + 1) % PARKS}": ()} if dice.random() < 0.1 else {})
            firms.append(
                Firm(
                    name,
                    seats,
                    f"i{dice.integers(INDUSTRIES)}" if dice.random() < 0.9 else "",
                    exposure=float(dice.poisson(4)) if dice.random() < 0.9 else None,
                    size=float(np.exp(dice.normal())),
                    founded=float(dice.integers(1990, 2020)),
                )
            )
        pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
        ties += [Tie(a, b) for a, b in pairs if dice.random() < 0.15]
    net = Network.of(firms, ties)
    adjacent = np.zeros((INDUSTRIES, INDUSTRIES), dtype=np.bool_)
    adjacent[0, 1] = adjacent[2, 1] = adjacent[3, 3] = True
    service = np.arange(INDUSTRIES) == 2
    return net, adjacent, service, np.arange(len(net.source)) % 9 == 0


@dataclass
class Listed:
    """Every pair at risk, one by one."""

    park: IntArray
    x: FloatArray
    y: FloatArray
    seats: IntArray


def listed(net: Network, of: Design, adjacent: BoolArray, service: BoolArray, barred: BoolArray, risk: str) -> Listed:
    seat = {
        (f, p): number for number, (f, p) in enumerate(zip(of.seat_firm.tolist(), of.seat_park.tolist(), strict=True))
    }
    ends = list(zip(net.source.tolist(), net.target.tolist(), strict=True))
    out = {pair for pair, one in zip(ends, barred, strict=True) if one}
    tied = set(ends) - out
    rows = []
    for park, name in enumerate(net.parks):
        firms = net.firms_of(name).tolist()
        for i, j in ((i, j) for k, i in enumerate(firms) for j in firms[k + 1 :]):
            a, b = int(net.industry[i]), int(net.industry[j])
            known = a >= 0 and b >= 0
            pattern = (
                int(known and a == b),
                int(known and (adjacent[a, b] or adjacent[b, a])),
                int((a >= 0 and service[a]) != (b >= 0 and service[b])),
            )
            if (i, j) in out or PATTERNS.index(pattern) not in AT_RISK[risk]:
                continue
            both = seat[i, park], seat[j, park]
            x = np.concatenate((of.common[park, PATTERNS.index(pattern)], of.z[both[0]] + of.z[both[1]]))
            rows.append((park, x, float((i, j) in tied), both))
    return Listed(*(np.array(column) for column in zip(*rows, strict=True)))


def maximum(x: FloatArray, y: FloatArray) -> FloatArray:
    """Newton on the listed pairs, from a start where it cannot run away."""
    b = np.zeros(x.shape[1])
    b[0] = np.log(y.mean())
    for _ in range(200):
        mu = np.exp(x @ b)
        step = np.linalg.solve(x.T @ (x * mu[:, None]) + RIDGE * np.eye(len(b)), x.T @ (y - mu) - RIDGE * b)
        b = b + step * min(1.0, 0.5 / np.abs(step).max())
        if np.abs(step).max() < 1e-12:
            break
    return b


@pytest.mark.parametrize("risk", list(AT_RISK))
@pytest.mark.parametrize("seed", [0, 1])
def test_sums_and_fits_are_those_of_all_pairs_listed(risk: str, seed: int) -> None:
    net, adjacent, service, barred = world(seed)
    of = design(net, pairs=risk, adjacent=adjacent, service=service, barred=barred)
    pairs = listed(net, of, adjacent, service, barred, risk)
    np.testing.assert_array_equal(of.ties, np.bincount(pairs.park, pairs.y, minlength=PARKS))
    np.testing.assert_allclose(of.pairs, np.bincount(pairs.park, minlength=PARKS), atol=1e-9)
    pooled = fit(of)
    assert pooled.converged
    np.testing.assert_allclose(pooled.b, maximum(pairs.x, pairs.y), rtol=1e-8, atol=1e-8)
    mu, lean, square = of.sums(pooled.b)
    each = np.exp(pairs.x @ pooled.b)
    for park in range(PARKS):
        x, rate = pairs.x[pairs.park == park], each[pairs.park == park]
        np.testing.assert_allclose(mu[park], rate.sum(), rtol=1e-9)
        np.testing.assert_allclose(lean[park], x.T @ rate, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(square[park], x.T @ (x * rate[:, None]), rtol=1e-9, atol=1e-12)
    degree = np.bincount(pairs.seats.ravel(), np.repeat(each, 2), minlength=len(of.seat_firm))
    np.testing.assert_allclose(of.degrees(pooled.b), degree, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", [0, 1])
def test_every_park_left_out_is_a_fit_on_the_pairs_of_the_others(seed: int) -> None:
    net, adjacent, service, barred = world(seed)
    of = design(net, adjacent=adjacent, service=service, barred=barred)
    pairs = listed(net, of, adjacent, service, barred, "all")
    expected = of.sums(without_each(of, fit(of)))[0]
    for park in range(PARKS):
        here = pairs.park == park
        b = maximum(pairs.x[~here], pairs.y[~here])
        assert expected[park] == pytest.approx(np.exp(pairs.x[here] @ b).sum(), rel=1e-8)


def test_the_series_agrees_with_the_fits_where_parks_are_many() -> None:
    """What large networks get: the fit without a park from the pooled fit's derivatives."""
    dice = np.random.default_rng(3)
    firms = [
        Firm(f"{p:02d}{i:02d}", {f"P{p:02d}": ()}, f"i{dice.integers(4)}", size=float(np.exp(dice.normal(0, 0.5))))
        for p in range(60)
        for i in range(int(dice.integers(10, 30)))
    ]
    names = [firm.id for firm in firms]
    ties = [
        Tie(a, b) for k, a in enumerate(names) for b in names[k + 1 : k + 30] if a[:2] == b[:2] and dice.random() < 0.1
    ]
    of = design(Network.of(firms, ties))
    pooled = fit(of)
    exact, series = of.sums(without_each(of, pooled))[0], of.sums(without_each(of, pooled, slight=1.0))[0]
    np.testing.assert_allclose(series, exact, rtol=2e-4)
    assert np.abs(series / exact - 1).max() > 0, "the two ways are not the same"


def test_what_is_not_known_is_dropped_and_said() -> None:
    net, adjacent, service, _ = world()
    bare = design(replace(net, size=None, exposure=None, founded=None))
    assert bare.terms == ("constant", "log_firms", "same_industry")
    assert set(bare.flags) == {
        "term size dropped: no source",
        "term exposure dropped: no source",
        "term age dropped: no source",
        "term chain_adjacent dropped: no chain",
        "term service_pair dropped: no producer services",
    }
    rich = design(net, adjacent=adjacent, service=service)
    assert "exposure_unknown" in rich.terms
    assert any(flag.startswith("exposure known for ") for flag in rich.flags)


def test_few_parks_cannot_tell_a_slope() -> None:
    firms = [Firm(f"{p}{i}", {p: ()}) for p in "ABC" for i in range(3 + ord(p) % 3)]
    of = design(Network.of(firms, [Tie("A0", "A1")]))
    assert of.terms == ("constant",)
    assert "terms of the park dropped: 3 parks with two firms or more" in of.flags


@pytest.mark.parametrize(
    "firms", [[], [Firm("a", {"P": ()})], [Firm("a", {"P": ()}), Firm("b", {"P": ()})], [Firm("a")]]
)
def test_next_to_nothing_is_no_error(firms: list[Firm]) -> None:
    of = design(Network.of(firms))
    assert np.isfinite(without_each(of, fit(of))).all()
