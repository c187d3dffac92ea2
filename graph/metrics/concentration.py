"""Which industries crowd into few parks, and which sit beside which.

Places are counted by seats: a firm in two parks has two. Firms whose park or industry is unknown are left out;
`coverage` is the share of seats whose industry is known.

The examples use two parks of three firms:

>>> from graph.network import Firm, Network
>>> fields = {"P": ["芯片", "芯片", "光电"], "Q": ["光电", "光电", "材料"]}
>>> net = Network.of([Firm(f"{p}{i}", {p: ()}, one) for p, row in fields.items() for i, one in enumerate(row)])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from graph.metrics.colocation import names, seats, summed
from graph.metrics.value import Measure, undefined
from graph.network import BoolArray, FloatArray, IntArray, Network

ENOUGH = 5.0
"""A cell of the co-location table is shown only if at least this many encounters are expected in it."""

NO_SEATS = "no firm whose park and industry are known"
ONE_PARK = "only one park: nothing to compare it with"
NO_COMPANY = "no pair of industries for which 5 encounters are expected"


def ellison_glaeser(net: Network) -> Measure:
    """Is an industry more concentrated in some parks than its firms' sizes and the parks' sizes alone would bring?

    Formula: γ_k = (G - (1 - Σx²) H) / ((1 - Σx²)(1 - H)), G = Σ_p (s_p - x_p)², s_p the share of park p in an industry,
    x_p in all, H = Σ z² over the shares z of the industry's firms. Value: {industry: γ}. 0 on average if
    every firm falls on park p with probability x_p (`null`, the dartboard), below 0 if spread evenly, at most 1; above
    0.05 usually called very concentrated. Shares are of size where every seat has one, else of firms (H = 1/n_k), with
    a flag. Parks have borders that someone drew: another map gives another γ. Industries of one firm are left out
    (H = 1). Degenerate: undefined with fewer than two parks, and if no industry has two firms.

    >>> {name: round(value, 4) for name, value in ellison_glaeser(net).value.items()}  # x = 1/2, 1/2
    {'光电': -0.3333, '芯片': 1.0}
    >>> ellison_glaeser(net).flags
    ('firms only: no sizes',)

    Reference: Ellison & Glaeser 1997, J. Polit. Econ. 105:889. Oracle: R package REAT (tests).
    """
    board = _board(net)
    return board if isinstance(board, Measure) else board.measure(board.gamma, null=0.0)


def ellison_glaeser_z(net: Network) -> Measure:
    """How many standard deviations of the dartboard is an industry's concentration away from it?

    Formula: (G - (1 - Σx²)H) / sd(G), Var G = 2 {H² [Σx² - 2Σx³ + (Σx²)²] - Σz⁴ [Σx² - 4Σx³ + 3(Σx²)²]}, exact when
    every firm falls on park p with probability x_p. Skewed for few firms: read 3, not 2, as surprising.
    Value and degenerate cases as `ellison_glaeser`.

    >>> {name: round(value, 3) for name, value in ellison_glaeser_z(net).value.items()}
    {'光电': -0.577, '芯片': 1.0}
    """
    board = _board(net)
    return board if isinstance(board, Measure) else board.measure(board.z, null=0.0)


def gamma(size: FloatArray, place: IntArray, share: FloatArray) -> float:
    """Ellison and Glaeser's γ of one industry: firm j of `size[j]` stands in `place[j]`, which has `share` of all.

    >>> gamma(np.array([1.0, 1.0]), np.array([0, 0]), np.array([0.5, 0.5]))
    1.0
    """
    z = size / size.sum()
    here = summed(place, z, len(share))
    g, h, free = ((here - share) ** 2).sum(), (z**2).sum(), 1 - (share**2).sum()
    return float((g - free * h) / (free * (1 - h)))


@dataclass(frozen=True, eq=False)
class _Board:
    """What the dartboard needs, for all industries at once."""

    net: Network
    chosen: IntArray  # industries with two firms or more; the arrays below have one entry for each
    concentration: FloatArray  # G
    herfindahl: FloatArray  # H
    fourth: FloatArray  # Σ z⁴
    share: FloatArray  # x, one entry a park
    seats: int
    coverage: float
    flags: tuple[str, ...]

    @property
    def _excess(self) -> FloatArray:
        return np.asarray(self.concentration - (1 - (self.share**2).sum()) * self.herfindahl)

    @property
    def gamma(self) -> FloatArray:
        return np.asarray(self._excess / ((1 - (self.share**2).sum()) * (1 - self.herfindahl)))

    @property
    def z(self) -> FloatArray:
        two, three = (self.share**2).sum(), (self.share**3).sum()
        wide = self.herfindahl**2 * (two - 2 * three + two**2) - self.fourth * (two - 4 * three + 3 * two**2)
        return np.asarray(self._excess / np.sqrt(2 * wide))

    def measure(self, values: FloatArray, null: float) -> Measure:
        called = names(self.net)
        told = {called[k]: value for k, value in zip(self.chosen.tolist(), values.tolist(), strict=True)}
        return Measure(told, n=self.seats, coverage=self.coverage, null=null, flags=self.flags)


def _board(net: Network) -> _Board | Measure:
    """The board, or the measure that says why there is none."""
    taken = _Seats.of(net)
    n = len(taken.park)
    if np.count_nonzero(np.bincount(taken.park)) < 2:
        return undefined(ONE_PARK if n else NO_SEATS, n)
    chosen = np.flatnonzero(np.bincount(taken.industry, minlength=len(net.industries)) > 1)
    if not len(chosen):
        return undefined("no industry has two firms", n)
    g, h, fourth, x = concentrations(taken.park, taken.industry, taken.size, len(net.parks), len(net.industries))
    coverage = n / len(net.members.firm)
    return _Board(net, chosen, g[chosen], h[chosen], fourth[chosen], x, n, coverage, taken.flags)


def concentrations(
    park: IntArray, industry: IntArray, size: FloatArray, parks: int, industries: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """(G, H, Σz⁴) of every industry and the parks' shares x, from seats."""
    z = size / summed(industry, size, industries)[industry]
    x = summed(park, size, parks) / size.sum()
    keys, cell = np.unique(industry * parks + park, return_inverse=True)
    here = summed(cell, z, len(keys))
    of, where = np.divmod(keys, parks)
    # Σ(s - x)² = Σs² - 2Σsx + Σx², the first two over the cells that hold a firm
    g = summed(of, here**2 - 2 * here * x[where], industries) + (x**2).sum()
    return np.asarray(g), summed(industry, z**2, industries), summed(industry, z**4, industries), x


def permuted_gamma(net: Network, rng: np.random.Generator, draws: int = 1000) -> Mapping[str, tuple[float, float]]:
    """Between which values lies γ of an industry in 95 of 100 cases if industries are dealt out to the firms again?

    Firms keep their park and size; the industries change hands. Unlike the dartboard, parks keep exactly their firms.
    Returns {industry: (2.5%, 97.5%)} of the industries that `ellison_glaeser` tells; empty where it is undefined.

    >>> permuted_gamma(net, np.random.default_rng(1), draws=200)["芯片"]
    (-1.0, 1.0)
    """
    board, all_seats = _board(net), _Seats.of(net)
    if isinstance(board, Measure):
        return {}
    free = 1 - (board.share**2).sum()
    drawn = np.empty((draws, len(board.chosen)))
    for row in drawn:
        g, h, _, _ = concentrations(
            all_seats.park, rng.permutation(all_seats.industry), all_seats.size, len(net.parks), len(net.industries)
        )
        row[:] = ((g - free * h)[board.chosen]) / (free * (1 - h[board.chosen]))
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    called = names(net)
    return {called[k]: (float(low[i]), float(high[i])) for i, k in enumerate(board.chosen.tolist())}


def colocation_quotient(net: Network) -> Measure:
    """Do firms of industry b sit in the parks of firms of industry a more than numbers alone would bring?

    Formula: CLQ_a→b = (N_a→b / N_a) / (N_b / (N - 1)), N_b - 1 for a = b. N_a→b adds up, over the firms of a, the share
    of b among the other firms of their park. Value: {a: {b: CLQ}}, 1 = chance; not symmetric. `null` has the same
    shape: the exact mean if industries are dealt out again among the firms of the same city, so a city that holds much
    of both raises the null and not the finding. Only cells with 5 expected encounters.
    Degenerate: undefined without such a cell. Without cities all parks are one, flagged `includes city effect`.

    >>> firms = [Firm(f"{p}{i}", {p: ()}, k) for p, k in [("P", "芯片"), ("Q", "光电")] for i in range(12)]
    >>> colocation_quotient(Network.of(firms)).value  # apart: 12/12 of the neighbours of one kind, 11/23 expected
    {'光电': {'光电': 2.090909090909091, '芯片': 0.0}, '芯片': {'光电': 0.0, '芯片': 2.090909090909091}}

    Reference: Leslie & Kronenfeld 2011, Geogr. Anal. 43:306. Oracle: enumeration of all permutations (tests).
    """
    met = _company(net)
    if not met.shown.any():
        return met.undefined
    return met.measure(met.quotient(met.observed), null=met.table(met.quotient(met.expected)))


def colocation_quotient_z(net: Network) -> Measure:
    """How many standard deviations is a co-location quotient away from its null?

    Formula: (N_a→b - mean) / sd over all ways to deal out the industries within each city; both exact, no draws.
    Degenerate: as `colocation_quotient`; cells that no dealing changes (a park alone in its city) are left out.

    >>> firms = [Firm(f"{p}{i}", {p: ()}, k) for p, k in [("P", "芯片"), ("Q", "光电")] for i in range(12)]
    >>> round(colocation_quotient_z(Network.of(firms)).value["光电"]["芯片"], 2)
    -15.87
    """
    met = _company(net)
    fixed = met.variance <= 1e-9 * np.maximum(met.expected, 1)
    if not (met.shown & ~fixed).any():
        return met.undefined if not met.shown.any() else undefined("not exchangeable: each park is alone in its city")
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(fixed, np.nan, (met.observed - met.expected) / np.sqrt(met.variance))
    return met.measure(z, null=0.0)


@dataclass(frozen=True, eq=False)
class _Company:
    """Who sits beside whom: rows and columns are the industries `chosen`."""

    net: Network
    chosen: IntArray
    firms: IntArray  # of each chosen industry
    seats: int
    observed: FloatArray
    expected: FloatArray
    variance: FloatArray
    flags: tuple[str, ...]
    coverage: float | None

    @property
    def shown(self) -> BoolArray:
        return np.asarray(self.expected >= ENOUGH)

    @property
    def undefined(self) -> Measure:
        return undefined(NO_COMPANY if self.seats else NO_SEATS, self.seats, self.flags, self.coverage)

    def quotient(self, encounters: FloatArray) -> FloatArray:
        others = self.firms[None, :] - np.eye(len(self.firms))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(encounters / self.firms[:, None] / (others / (self.seats - 1)))

    def table(self, values: FloatArray) -> dict[str, dict[str, float]]:
        each = names(self.net)
        called = [each[k] for k in self.chosen.tolist()]
        rows: dict[str, dict[str, float]] = {}
        for a, b in np.argwhere(self.shown & np.isfinite(values)).tolist():
            rows.setdefault(called[a], {})[called[b]] = float(values[a, b])
        return rows

    def measure(self, values: FloatArray, null: Mapping[str, Mapping[str, float]] | float) -> Measure:
        return Measure(self.table(values), n=self.seats, coverage=self.coverage, null=null, flags=self.flags)


def _company(net: Network) -> _Company:
    park, industry = seats(net)
    firms = np.bincount(industry, minlength=len(net.industries))
    chosen = np.flatnonzero(firms >= ENOUGH)
    city, flags = _cities(net)
    column = np.full(len(net.industries), -1)
    column[chosen] = np.arange(len(chosen))
    observed, expected, variance = encounters(park, column[industry], city[park], len(chosen))
    coverage = len(park) / len(net.members.firm) if len(net.members.firm) else None
    return _Company(net, chosen, firms[chosen], len(park), observed, expected, variance, flags, coverage)


def encounters(
    park: IntArray, industry: IntArray, city: IntArray, width: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """N_a→b of `colocation_quotient` from seats, with its mean and variance when industries are dealt out in each city.

    `industry` is -1 for seats that count as neighbours but not as a row or column; all seats of a park have one city.
    """
    observed, expected, variance = (np.zeros((width, width)) for _ in range(3))
    in_park = np.bincount(park)
    table = np.zeros((len(in_park), width))
    np.add.at(table, (park[industry >= 0], industry[industry >= 0]), 1)
    beside = 1 / np.maximum(in_park - 1, 1) * (in_park > 1)
    observed = (table * beside[:, None]).T @ table - np.diag(table.T @ beside)
    home = np.zeros(len(in_park), dtype=np.int64)
    home[park] = city
    for one in np.unique(city).tolist():
        here = (home == one) & (in_park > 0)
        mean, wide, present = _dealt(in_park[here], table[here].sum(axis=0))
        expected[np.ix_(present, present)] += mean
        variance[np.ix_(present, present)] += wide
    return np.asarray(observed), expected, variance


def _dealt(in_park: IntArray, count: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Mean and variance of the encounters within one city, for the industries that it has, and these.

    X = Σ w_ij A_i B_j over ordered pairs of neighbours, w = 1/(n_p - 1), A and B the labels; E[X²] goes through how two
    such pairs overlap: the same pair, one seat in common, none (Cliff & Ord 1981, join counts with weights).
    """
    present = np.flatnonzero(count > 0)
    n = in_park.sum()
    crowd = in_park[in_park > 1]
    pairs, same = float(crowd.sum()), float((crowd / (crowd - 1)).sum())  # Σ w = Σ (row sum)², Σ w²
    one, none = pairs - same, pairs**2 + 2 * same - 4 * pairs
    a, b = count[present][:, None], count[present][None, :]
    down = [_falling(n, k) for k in range(5)]
    mean = pairs * a * b / down[2]
    square = same * a * b / down[2] + one * a * b * (a + b - 2) / down[3] + none * a * (a - 1) * b * (b - 1) / down[4]
    own = count[present]
    np.fill_diagonal(mean, pairs * _falling(own, 2) / down[2])
    inner = (
        2 * same * _falling(own, 2) / down[2] + 4 * one * _falling(own, 3) / down[3] + none * _falling(own, 4) / down[4]
    )
    np.fill_diagonal(square, inner)
    return mean, np.maximum(square - mean**2, 0), present


def _falling(n: FloatArray | IntArray | int, k: int) -> FloatArray:
    """n (n - 1) … (n - k + 1); 1 where that is 0 and would only divide 0."""
    product = np.ones_like(np.asarray(n, dtype=np.float64))
    for step in range(k):
        product = product * np.maximum(np.asarray(n) - step, 0)
    return np.where(product == 0, 1.0, product) if product.ndim == 0 else product


def _cities(net: Network) -> tuple[IntArray, tuple[str, ...]]:
    """The city of each park, that of most of its firms, -1 if no firm's is known; and flags."""
    if net.region is None:
        return np.full(len(net.parks), -1), ("includes city effect",)
    region = net.region[net.members.firm]
    known = region >= 0
    width = len(net.regions)
    keys, firms = np.unique(net.members.other[known] * width + region[known], return_counts=True)
    park, city = np.divmod(keys, width)
    order = np.lexsort((-city, firms, park))  # of equally many the first city, written last
    home = np.full(len(net.parks), -1)
    home[park[order]] = city[order]
    lost = int((home[np.unique(net.members.other)] < 0).sum())
    return home, ((f"includes city effect: city of {lost} parks unknown",) if lost else ())


@dataclass(frozen=True, eq=False, slots=True)
class _Seats:
    """Seats whose industry is known, with the size of each firm, 1 where sizes are not known of all."""

    park: IntArray
    industry: IntArray
    size: FloatArray
    flags: tuple[str, ...]

    @classmethod
    def of(cls, net: Network) -> _Seats:
        park, industry = seats(net)
        if net.size is None:
            return cls(park, industry, np.ones(len(park)), ("firms only: no sizes",))
        size = net.size[net.members.firm[net.industry[net.members.firm] >= 0]]
        lost = int(np.isnan(size).sum())
        if lost:
            return cls(park, industry, np.ones(len(park)), (f"firms only: size of {lost} of {len(size)} unknown",))
        return cls(park, industry, size, ())


OF_ALL: Mapping[str, Callable[[Network], Measure]] = {
    "ellison_glaeser": ellison_glaeser,
    "ellison_glaeser_z": ellison_glaeser_z,
    "colocation_quotient": colocation_quotient,
    "colocation_quotient_z": colocation_quotient_z,
}
"""Measures of the whole network, by name."""
