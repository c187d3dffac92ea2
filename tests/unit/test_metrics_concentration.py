"""Ellison and Glaeser's γ and the co-location quotient against published numbers, enumeration and repeated draws."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from graph.metrics import concentration
from graph.network import Firm, Network

WIEN, LINZ, GRAZ = [200, 650, 12000, 100, 50], [16000, 13000, 1500, 1500], [25000]

REAT = {  # Farhauer & Kröll 2014: firms by size, region by region; data FK2014_EGC of the R package REAT
    "Clothing trade": ([1020, 1250, 1255, 1750, 1720, 1580], [315, 330], [370, 200, 210]),
    "Forestry": ([1020, 1100, 1055, 1100, 1070, 1080], [1030, 1015, 1150, 1100], [210, 170, 100]),
    "Textiles dyeing": ([1020, 1250, 1255, 1750, 1720, 1580], [315, 330], [210]),
    "Textiles trade": ([1320, 1250, 1255, 1300, 1320, 1320], [615, 630], [530]),
}


def of_regions(regions: tuple[list[int], ...] | list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    place = [number for number, sizes in enumerate(regions) for _ in sizes]
    return np.array([size for sizes in regions for size in sizes], dtype=float), np.array(place)


def test_the_example_of_farhauer_and_kroell() -> None:
    size, place = of_regions([WIEN, LINZ, GRAZ])
    share = np.array([500_000, 400_000, 100_000]) / 1_000_000
    assert concentration.gamma(size, place, share) == pytest.approx(0.05990628, abs=5e-9)


@pytest.mark.parametrize(
    ("industry", "expected"),
    [
        ("Clothing trade", 0.05438177),
        ("Forestry", 0.04296356),
        ("Textiles dyeing", 0.13776003),
        ("Textiles trade", 0.01424906),
    ],
)
def test_the_data_of_reat(industry: str, expected: float) -> None:
    share = np.array([360_000, 108_000, 132_000]) / 600_000
    assert concentration.gamma(*of_regions(REAT[industry]), share) == pytest.approx(expected, abs=5e-9)


def test_the_measure_of_a_network_is_the_same_formula() -> None:
    firms = [
        Firm(f"{industry}{place}{i}", {f"R{place}": ()}, industry, size=size)
        for industry, regions in REAT.items()
        for place, sizes in enumerate(regions)
        for i, size in enumerate(sizes)
    ]
    told = concentration.ellison_glaeser(Network.of(firms))
    totals = np.array([sum(sum(regions[place]) for regions in REAT.values()) for place in range(3)])
    for industry, regions in REAT.items():
        expected = concentration.gamma(*of_regions(regions), totals / totals.sum())
        assert told.value[industry] == pytest.approx(expected)  # type: ignore[index]
    assert (told.n, told.flags, told.null) == (42, (), 0.0)


def test_on_a_dartboard_gamma_is_zero_and_z_has_spread_one() -> None:
    rng = np.random.default_rng(7)
    share, size = np.array([0.5, 0.3, 0.15, 0.05]), rng.lognormal(0, 1, 30)
    z = size / size.sum()
    drawn = [np.bincount(rng.choice(4, 30, p=share), weights=z, minlength=4) for _ in range(1000)]
    g = np.array([((here - share) ** 2).sum() for here in drawn])
    h, free = (z**2).sum(), 1 - (share**2).sum()
    gammas = (g - free * h) / (free * (1 - h))
    assert abs(gammas.mean()) < 3 * gammas.std() / np.sqrt(1000)
    board = concentration._Board(
        net=Network.of([]),
        chosen=np.array([0]),
        concentration=g,
        herfindahl=np.full(1000, h),
        fourth=np.full(1000, (z**4).sum()),
        share=share,
        seats=30,
        coverage=1.0,
        flags=(),
    )
    assert board.z.mean() == pytest.approx(0, abs=0.1)
    assert board.z.std() == pytest.approx(1, abs=0.07)


def test_gamma_of_firms_thrown_at_parks_is_zero_on_average() -> None:
    rng = np.random.default_rng(3)
    found = []
    for _ in range(1000):
        park, industry = rng.choice(5, 300, p=[0.4, 0.3, 0.1, 0.1, 0.1]), rng.integers(0, 6, 300)
        g, h, _, x = concentration.concentrations(park, industry, np.ones(300), 5, 6)
        free = 1 - (x**2).sum()
        found.append(((g - free * h) / (free * (1 - h))).mean())
    # the parks' shares hold the industry's own firms, which draws G below the dartboard of fixed shares
    assert np.mean(found) == pytest.approx(-1 / 299, abs=3 * np.std(found) / np.sqrt(1000))


def test_without_sizes_it_counts_firms_and_says_so() -> None:
    rows = [("P", "a"), ("P", "a"), ("Q", "a"), ("Q", "b"), ("Q", "b")]
    net = Network.of([Firm(str(i), {park: ()}, industry) for i, (park, industry) in enumerate(rows)])
    told = concentration.ellison_glaeser(net)
    assert told.flags == ("firms only: no sizes",)
    assert told.value["a"] == pytest.approx(  # type: ignore[index]
        concentration.gamma(np.ones(3), np.array([0, 0, 1]), np.array([0.4, 0.6]))
    )
    half = Network.of([Firm("a", {"P": ()}, "k", size=2.0), Firm("b", {"Q": ()}, "k")])
    assert concentration.ellison_glaeser(half).flags == ("firms only: size of 1 of 2 unknown",)


def test_the_permuted_band_holds_random_places_and_not_a_crowd() -> None:
    rng = np.random.default_rng(1)
    firms = [Firm(f"r{i:03}", {f"P{i % 5}": ()}, "random" if i % 2 else "other") for i in range(200)]
    firms += [Firm(f"c{i:03}", {"P0": ()}, "crowd") for i in range(20)]
    net = Network.of(firms)
    band, told = concentration.permuted_gamma(net, rng, draws=200), concentration.ellison_glaeser(net).value
    assert told["crowd"] > band["crowd"][1]  # type: ignore[index]
    assert band["random"][0] < 0 < band["random"][1]
    assert concentration.permuted_gamma(net, np.random.default_rng(4), 20) == concentration.permuted_gamma(
        net, np.random.default_rng(4), 20
    )


@pytest.mark.parametrize(
    ("parks", "cities"),
    [([0, 0, 0, 1, 1, 2], [0, 0, 0]), ([0, 0, 0, 1, 1, 1], [0, 1, 0]), ([0, 0, 1, 1, 2, 2], [0, 0, 1])],
)
def test_encounters_mean_and_variance_are_those_of_all_permutations(parks: list[int], cities: list[int]) -> None:
    park, industry = np.array(parks), np.array([0, 1, 0, 2, 1, 0])
    city = np.array(cities)[park]
    observed, expected, variance = concentration.encounters(park, industry, city, 3)
    assert observed == pytest.approx(_encounters(park, industry))
    dealt = [
        _encounters(park, industry[list(deal)]) for deal in permutations(range(6)) if (city[list(deal)] == city).all()
    ]
    assert expected == pytest.approx(np.mean(dealt, axis=0))
    assert variance == pytest.approx(np.var(dealt, axis=0), abs=1e-9)


def _encounters(park: np.ndarray, industry: np.ndarray) -> np.ndarray:
    found = np.zeros((3, 3))
    for i in range(len(park)):
        others = [j for j in range(len(park)) if j != i and park[j] == park[i]]
        for j in others:
            found[industry[i], industry[j]] += 1 / len(others)
    return found


def test_colocation_within_a_city_is_told_from_that_of_the_city() -> None:
    # In city 1 all is 芯片 and 光电, in city 2 all is 材料; inside city 1 the two are dealt evenly over two parks.
    rows = [(f"{p}{i}", p, "1", k) for p in "PQ" for k in ("芯片", "光电") for i in range(10)]
    rows += [(f"R{i}", "R", "2", "材料") for i in range(40)]
    firms = [Firm(f"{id}{k}", {park: ()}, k, region=city) for id, park, city, k in rows]
    told, z = (
        concentration.colocation_quotient(Network.of(firms)),
        concentration.colocation_quotient_z(Network.of(firms)),
    )
    assert told.value["芯片"]["光电"] > 2  # type: ignore[index]  # both keep to the one city
    assert told.value["芯片"]["光电"] == pytest.approx(told.null["芯片"]["光电"], rel=0.03)  # type: ignore[index]
    assert abs(z.value["芯片"]["光电"]) < 2  # type: ignore[index]
    assert "材料" not in z.value  # type: ignore[operator]  # one industry in its city: no dealing changes it
    blind = concentration.colocation_quotient_z(Network.of([Firm(one.id, one.parks, one.industry) for one in firms]))
    assert blind.flags == ("includes city effect",)
    assert blind.value["芯片"]["光电"] > 3  # type: ignore[index]


def test_undefined_says_why() -> None:
    one = Network.of([Firm("a", {"P": ()}, "k"), Firm("b", {"P": ()}, "k")])
    assert concentration.ellison_glaeser(one).reason == concentration.ONE_PARK
    assert concentration.ellison_glaeser_z(one).reason == concentration.ONE_PARK
    assert concentration.colocation_quotient(one).reason == concentration.NO_COMPANY
    none = Network.of([Firm("a")])
    assert concentration.ellison_glaeser(none).reason == concentration.NO_SEATS
    assert concentration.colocation_quotient(none).reason == concentration.NO_SEATS
    apart = Network.of([Firm("a", {"P": ()}, "k"), Firm("b", {"Q": ()}, "l")])
    assert concentration.ellison_glaeser(apart).reason == "no industry has two firms"
    assert concentration.permuted_gamma(apart, np.random.default_rng(0)) == {}
    alone = Network.of([Firm(f"{p}{i}", {p: ()}, "kl"[i % 2], region=p) for p in "PQ" for i in range(20)])
    assert concentration.colocation_quotient_z(alone).reason.startswith("not exchangeable")
