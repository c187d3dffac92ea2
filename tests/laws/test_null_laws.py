"""What must hold of the null models when there is nothing to find: no park stands out more often than it should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.chemistry import bicm, place, wiring
from graph.metrics import cohesion
from graph.metrics.groups import Groups
from graph.network import BoolArray, Firm, Network, Tie

QUICK = settings(max_examples=25, deadline=None)


def dealt(seed: int, cities: int = 4, parks: int = 5, firms: int = 300, ties: int = 5000) -> Network:
    """A world in which place does not matter: ties follow city, industry and fame, parks are dealt out within them."""
    dice = np.random.default_rng(seed)
    city, industry = dice.integers(cities, size=firms), dice.integers(3, size=firms)
    fame = dice.poisson(4 * np.exp(dice.normal(0, 0.6, firms)))
    park = dice.integers(parks, size=firms)
    park = np.where(dice.random(firms) < 0.3, 0, park)  # one park of each city is larger
    pull = fame + 1.0
    a = dice.choice(firms, size=ties, p=pull / pull.sum())
    b = dice.choice(firms, size=ties, p=pull / pull.sum())
    kept = (city[a] == city[b]) | (dice.random(ties) < 0.3)  # a strong effect of the city
    rows = [
        Firm(f"{i:04}", {f"{city[i]}{park[i]}": ()}, f"k{industry[i]}", exposure=int(fame[i]), region=f"c{city[i]}")
        for i in range(firms)
    ]
    return Network.of(rows, [Tie(f"{x:04}", f"{y:04}") for x, y in zip(a[kept], b[kept], strict=True)])


@pytest.fixture(scope="module")
def worlds() -> list[place.R0]:
    return [place.r0(dealt(seed), seed=seed, permutations=400) for seed in range(50)]


def test_dealt_labels_give_an_r0_of_1(worlds: list[place.R0]) -> None:
    values = np.concatenate([one.value for one in worlds])
    assert len(values) == 1000
    assert np.isfinite(values).mean() > 0.9
    assert np.nanmean(values) == pytest.approx(1, abs=0.02)


def test_randomised_p_values_are_even_when_nothing_is_there(worlds: list[place.R0]) -> None:
    """Kolmogorov-Smirnov over 1,000 parks: the largest distance stays below its 0.1% point; the plain p does not."""
    dice = np.random.default_rng(1)
    drawn = np.concatenate([place.randomised_p(one, dice) for one in worlds])
    drawn = np.sort(drawn[np.isfinite(drawn)])
    plain = np.concatenate([one.p for one in worlds])
    plain = np.sort(plain[np.isfinite(plain)])

    def distance(values: np.ndarray) -> float:
        even = np.arange(1, len(values) + 1) / len(values)
        return float(max((even - values).max(), (values - even + 1 / len(values)).max()))

    limit = 1.95 / np.sqrt(len(drawn))
    assert distance(drawn) < limit
    assert distance(plain) > limit
    assert (plain < 0.05).mean() <= 0.06


def test_intervals_rarely_leave_out_1_when_nothing_is_there(worlds: list[place.R0]) -> None:
    lo, hi = (np.concatenate([getattr(one, end) for one in worlds]) for end in ("lo", "hi"))
    known = np.isfinite(lo)
    assert ((lo > 1) | (hi < 1))[known].mean() < 0.05
    assert (lo < hi)[known].all()


def test_a_planted_park_is_found() -> None:
    net = dealt(3)
    members = net.firms_of("10")
    extra = [Tie(net.firms[a], net.firms[b]) for a in members for b in members if a < b and (a + b) % 5 == 0]
    rows = [
        Firm(
            name,
            {net.parks[net.members.other[i]]: ()},
            net.industries[net.industry[i]],
            exposure=int(net.exposure[i]),
            region=net.regions[net.region[i]],
        )
        for i, name in enumerate(net.firms)
    ]
    old = [Tie(net.firms[a], net.firms[b]) for a, b in zip(net.source, net.target, strict=True)]
    result = place.r0(Network.of(rows, [*old, *extra]), seed=1)
    found = net.parks.index("10")
    assert result.p[found] == pytest.approx(1 / 1001)
    assert result.lo[found] > 1
    assert np.nanargmax(result.value) == found


@QUICK
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_ties_expected_inside_add_up(seed: int, seats: int) -> None:
    """Σ over the permutations of what falls inside never leaves 0 … ties that could; the exact mean is theirs."""
    dice = np.random.default_rng(seed)
    rows = [
        Firm(f"{i}", {f"P{p}": () for p in dice.choice(4, size=dice.integers(0, seats + 1), replace=False)}, region="a")
        for i in range(14)
    ]
    ties = [Tie(str(a), str(b)) for a, b in dice.integers(14, size=(60, 2))]
    net = Network.of(rows, ties)
    result = place.r0(net, seed=seed, permutations=50)
    for park in range(len(net.parks)):
        assert 0 <= result.observed[park] <= len(net.source)
        assert result.expected[park] <= len(net.source) + 1e-9
        known = np.isfinite(result.value[park])
        assert known == (result.reason[park] == "")
        assert known == np.isfinite(result.p[park]) == np.isfinite(result.lo[park])
        one = result.of(park)
        assert (one.value is None) == bool(one.reason)


@QUICK
@given(st.integers(0, 10_000))
def test_names_and_order_of_firms_do_not_matter_to_what_is_exact(seed: int) -> None:
    dice = np.random.default_rng(seed)
    parks, ends = dice.integers(3, size=12), dice.integers(12, size=(40, 2))

    def value(name: list[str]) -> list[float]:
        firms = [Firm(name[i], {f"P{parks[i]}": ()}) for i in range(12)]
        result = place.r0(Network.of(firms, [Tie(name[a], name[b]) for a, b in ends]), seed=1, permutations=10)
        return np.nan_to_num(result.value, nan=-1).tolist()

    assert value([f"{i:02}" for i in range(12)]) == pytest.approx(value([f"{i:02}" for i in dice.permutation(12)]))


@QUICK
@given(st.integers(0, 10_000))
def test_swaps_never_change_a_degree_nor_repeat_a_tie(seed: int) -> None:
    dice = np.random.default_rng(seed)
    firms = [Firm(f"{i:02}", {f"P{dice.integers(2)}": ()}) for i in range(12)]
    groups = Groups.parks(Network.of(firms, [Tie(f"{a:02}", f"{b:02}") for a, b in dice.integers(12, size=(40, 2))]))
    wires = wiring.Wires.of(groups)
    wires.shuffle(np.where(groups.ties > 1, 100, 0), dice, fast=False)
    one = wiring.rewired(groups, wires.source, wires.target)
    assert one.net.degree.tolist() == groups.net.degree.tolist()
    assert one.ties.tolist() == groups.ties.tolist()


def test_wiring_of_wirings_is_nothing_special() -> None:
    """z of graphs that are themselves random wirings: mean 0, deviation 1."""
    groups = Groups.whole(dealt(1, firms=40, ties=200))
    z = []
    for draw in range(25):
        wires = wiring.Wires.of(groups)
        wires.shuffle(groups.ties * 30, np.random.default_rng(draw), fast=True)
        one = wiring.rewired(groups, wires.source, wires.target)
        z.append(wiring.wired(one, cohesion.transitivity, draws=30, seed=draw, method="swaps").z[0])
    assert np.mean(z) == pytest.approx(0, abs=0.6)
    assert np.std(z) == pytest.approx(1, abs=0.4)


tables = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).random((7, 5)) < np.random.default_rng(seed + 1).random((7, 1))
)


@QUICK
@given(tables)
def test_the_model_keeps_all_sums_and_turns_with_the_table(cells: BoolArray) -> None:
    model = bicm.bicm(cells)
    assert model.chance.sum(axis=0) == pytest.approx(cells.sum(axis=0), abs=1e-7)
    assert model.chance.sum(axis=1) == pytest.approx(cells.sum(axis=1), abs=1e-7)
    turned = bicm.bicm(cells.T)
    assert np.abs(turned.chance.T - model.chance).max() < 1e-7
    found = bicm.together(cells, model)
    both = found.p + found.p_fewer  # as many or more, as many or fewer: their sum counts the observed one twice
    assert (both[np.isfinite(both)] >= 1 - 1e-9).all()


def test_z_of_tables_of_the_model_are_nothing_special() -> None:
    dice = np.random.default_rng(2)
    model = bicm.bicm(dice.random((60, 12)) < dice.random((60, 1)) * dice.random((1, 12)) * 1.3)
    z = []
    for _ in range(60):
        found = bicm.together(model.draw(dice), model)
        z.append(found.z[np.triu_indices(12, 1)])
    z = np.concatenate(z)
    assert np.nanmean(z) == pytest.approx(0, abs=0.06)
    assert np.nanstd(z) == pytest.approx(1, abs=0.06)
