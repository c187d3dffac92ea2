"""What a park holds, compared with what all parks hold together.

Places are counted by seats: a firm in two parks has two. Firms whose park or industry is unknown are left out;
`coverage` is the share of a park's firms whose industry is known. All parks are measured at once: `.of(number)` gives
the measure of one, in the order of `net.parks`.

The examples use two parks of three firms:

>>> from graph.network import Firm, Network
>>> fields = {"P": ["芯片", "芯片", "光电"], "Q": ["光电", "光电", "材料"]}
>>> net = Network.of([Firm(f"{p}{i}", {p: ()}, one) for p, row in fields.items() for i, one in enumerate(row)])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np

from graph.metrics.groups import ratio
from graph.metrics.value import Measure, Measures, undefined
from graph.network import FloatArray, IntArray, Network

SURE = 0.95
ENOUGH = 5.0
"""A cell without a firm is shown only if at least this many are expected in it."""

LEAST_SPREAD = 1e-4
"""The smallest variance that quotients are thought to have between parks; beneath it shrinkage has no formula."""

UNCLASSIFIED = "no firm in it whose industry is known"


@dataclass(frozen=True, slots=True)
class Tables:
    """A measure of every park whose value is a table: `of(number)` is that of one park."""

    measures: tuple[Measure, ...]

    def __len__(self) -> int:
        return len(self.measures)

    def of(self, number: int) -> Measure:
        """The measure of one park, by its number."""
        return self.measures[number]


@dataclass(frozen=True, eq=False)
class Presence:
    """The table of parks and industries as its cells that hold a firm, sorted by park, then industry."""

    park: IntArray
    industry: IntArray
    firms: IntArray  # > 0
    in_park: IntArray  # (parks,) firms whose industry is known
    in_industry: IntArray  # (industries,) firms whose park is known
    seats: IntArray  # (parks,) all firms

    @property
    def total(self) -> int:
        """Seats whose industry is known."""
        return int(self.firms.sum())

    @property
    def table(self) -> FloatArray:
        """(parks, industries): the number of firms in each cell."""
        dense = np.zeros((len(self.in_park), len(self.in_industry)))
        dense[self.park, self.industry] = self.firms
        return dense

    @property
    def coverage(self) -> FloatArray:
        """(parks,): the share of a park's firms whose industry is known; nan for a park without firms."""
        return ratio(self.in_park, self.seats)


def presence(net: Network) -> Presence:
    """Which industries sit in which park, with how many firms.

    >>> presence(net).table.astype(int).tolist()  # industries 光电, 材料, 芯片
    [[1, 0, 2], [2, 1, 0]]
    """
    if net in _PRESENCES:
        return _PRESENCES[net]
    width = len(net.industries)
    park, industry = seats(net)
    keys, firms = np.unique(park * width + industry, return_counts=True)
    found = _PRESENCES[net] = Presence(
        park=keys // max(width, 1),
        industry=keys % max(width, 1),
        firms=firms,
        in_park=np.bincount(park, minlength=len(net.parks)),
        in_industry=np.bincount(industry, minlength=width),
        seats=np.bincount(net.members.other, minlength=len(net.parks)),
    )
    return found


_PRESENCES: WeakKeyDictionary[Network, Presence] = WeakKeyDictionary()
"""Nine measures start from the same table; it goes with its network."""


def location_quotient(net: Network) -> Tables:
    """How much more common is an industry in a park than in all parks together?

    Formula: LQ_pk = (n_pk / n_p) / (n_k / n), firms counted. Value: {industry: LQ}, of the industries that the park
    has, and 0 for one it lacks although 5 firms would be expected. Range 0 .. n/n_p; 1 = average (`null`). It explodes
    for small parks and rare industries: read it with `location_quotient_low` and `_high`, or shrunk
    (`location_quotient_eb`). `n` is the number of firms whose industry is known.
    Degenerate: undefined for a park without such a firm.

    >>> location_quotient(net).of(0).value  # 光电 (1/3)/(3/6), 芯片 (2/3)/(2/6)
    {'光电': 0.6666666666666666, '芯片': 2.0}

    Reference: Hildebrand & Mace 1950, Rev. Econ. Stat. 32:241. Oracle: econcomplex.rca.
    """
    found = quotients(net)
    return found.measures(found.raw, null=1.0)


def location_quotient_eb(net: Network) -> Tables:
    """The location quotient, drawn towards 1 the more, the fewer firms it rests on.

    Formula: (n_pk + b) / (E_pk + b), E_pk = n_p n_k / n, b = 1/A: the posterior mean if counts are Poisson and true
    quotients gamma with mean 1 and variance A. A = (X² - df · n/(n - 1)) / n, at least 1e-4, with Pearson's X² of the
    table and df = (parks - 1)(industries - 1): the spread of the quotients beyond what counting leaves. Above 0, so its
    logarithm is finite. Value and degenerate cases as `location_quotient`.

    >>> {name: round(value, 3) for name, value in location_quotient_eb(net).of(0).value.items()}
    {'光电': 0.937, '芯片': 1.135}

    Reference: Marshall 1991, Appl. Statist. 40:283 (moments), with the degrees of freedom that the margins take away.
    """
    found = quotients(net)
    return found.measures(found.shrunk, null=1.0)


def location_quotient_low(net: Network) -> Tables:
    """The lower end of the 95% interval of each location quotient; above 1 the park surely has more than its share.

    Formula: the exact binomial (Clopper-Pearson) limit of the share n_pk/n_p, divided by n_k/n. Exact given n_p and the
    industry's share of all parks; a bootstrap would leave a cell of 0 or 1 firms without any spread.

    >>> {name: round(value, 3) for name, value in location_quotient_low(net).of(0).value.items()}
    {'光电': 0.017, '芯片': 0.283}
    """
    found = quotients(net)
    return found.measures(found.low)


def location_quotient_high(net: Network) -> Tables:
    """The upper end of the 95% interval of each location quotient; below 1 the park surely has less than its share.

    >>> {name: round(value, 3) for name, value in location_quotient_high(net).of(0).value.items()}
    {'光电': 1.811, '芯片': 2.975}
    """
    found = quotients(net)
    return found.measures(found.high)


@dataclass(frozen=True, eq=False)
class Quotients:
    """Cells of the table of parks and industries with what is observed and expected in them."""

    net: Network
    presence: Presence
    park: IntArray  # sorted by park, then industry
    industry: IntArray
    observed: IntArray
    expected: FloatArray

    @cached_property
    def raw(self) -> FloatArray:
        """LQ of each cell."""
        return self.observed / self.expected

    @cached_property
    def shrunk(self) -> FloatArray:
        """LQ of each cell, drawn towards 1."""
        b = 1 / self.spread
        return np.asarray((self.observed + b) / (self.expected + b))

    @property
    def spread(self) -> float:
        """The variance of the true quotients between cells, A of `location_quotient_eb`."""
        held, n = self.observed > 0, self.presence.total
        if n < 2:
            return LEAST_SPREAD
        pearson = float((self.observed[held] ** 2 / self.expected[held]).sum()) - n
        freedom = (np.count_nonzero(self.presence.in_park) - 1) * (np.count_nonzero(self.presence.in_industry) - 1)
        return max((pearson - freedom * n / (n - 1)) / n, LEAST_SPREAD)

    @cached_property
    def low(self) -> FloatArray:
        """The lower end of the interval of LQ."""
        return self._limit(self.observed, (1 - SURE) / 2)

    @cached_property
    def high(self) -> FloatArray:
        """The upper end of the interval of LQ."""
        return self._limit(self.observed + 1, (1 + SURE) / 2)

    def _limit(self, successes: IntArray, level: float) -> FloatArray:
        from scipy.special import betaincinv

        drawn = self.presence.in_park[self.park]
        free = (successes > 0) & (successes <= drawn)  # else the limit is 0 or 1
        share = np.where(successes > drawn, 1.0, 0.0)
        share[free] = betaincinv(successes[free], (drawn - successes + 1)[free], level)
        return np.asarray(share * drawn / self.expected)

    def measures(self, values: FloatArray, null: float | None = None) -> Tables:
        """One table {industry: value} a park."""
        cut = np.searchsorted(self.park, np.arange(len(self.net.parks) + 1)).tolist()
        called, industry, flat = names(self.net), self.industry.tolist(), values.tolist()
        coverages, found = self.presence.coverage.tolist(), []
        for park, (low, high) in enumerate(pairwise(cut)):
            n, coverage = int(self.presence.in_park[park]), coverages[park] if self.presence.seats[park] else None
            if not n:
                found.append(undefined(UNCLASSIFIED, coverage=coverage))
                continue
            told = {called[industry[cell]]: flat[cell] for cell in range(low, high)}
            found.append(Measure(told, n=n, coverage=coverage, null=null))
        return Tables(tuple(found))


def quotients(net: Network) -> Quotients:
    """The cells that hold a firm, or in which 5 are expected, for all parks at once."""
    seen = presence(net)
    width = len(net.industries)
    held = seen.park * width + seen.industry
    keys = np.union1d(held, _large(seen))
    park, industry = np.divmod(keys, max(width, 1))
    observed = np.zeros(len(keys), dtype=np.int64)
    observed[np.searchsorted(keys, held)] = seen.firms
    expected = seen.in_park[park] * (seen.in_industry[industry] / max(seen.total, 1))
    return Quotients(net, seen, park, industry, observed, expected)


def _large(seen: Presence) -> IntArray:
    """The keys (park · industries + industry) of the cells in which at least `ENOUGH` firms are expected."""
    descending = np.argsort(-seen.in_park, kind="stable")
    needed = ENOUGH * seen.total / np.maximum(seen.in_industry, 1)
    parks = np.searchsorted(-seen.in_park[descending], -needed, side="right") * (seen.in_industry > 0)
    industry = np.repeat(np.arange(len(parks)), parks)
    place = np.arange(len(industry)) - np.repeat(np.cumsum(parks) - parks, parks)
    return np.asarray(descending[place] * len(parks) + industry)


def specialisation(net: Network) -> Measures:
    """How far do a park's industries lie from those of all parks together?

    Formula: KL(s_p ‖ s) = Σ_k s_pk ln(s_pk / s_k), in nats, s_pk = n_pk/n_p and s_k = n_k/n. Range 0 .. ln(n/n_p);
    0 = the average mix. A few firms always look special: `null` is the mean of the same formula for n_p firms dealt at
    random from s, and `specialisation_excess` the difference. Degenerate: undefined for a park without a firm whose
    industry is known.

    >>> specialisation(net).values.round(4).tolist(), round(specialisation(net).of(0).null, 4)
    ([0.3269, 0.4228], 0.404)
    """
    found = _divergence(net)
    return found.measures(found.value, null=found.chance)


def specialisation_excess(net: Network) -> Measures:
    """How far do a park's industries lie from the average mix, beyond what so few firms would show by chance?

    Formula: KL(s_p ‖ s) minus its mean under the multinomial null (`expected_divergence`; about (K - 1)/(2n)), in
    nats. 0 = as special as a random draw, below 0 = more average than that. lo and hi: ±1.96 · sqrt(V/n_p + (K - 1)/
    (2 n_p²)), V the variance of ln(s_pk/s_k) over the park's firms, K the number of industries.
    Degenerate: as `specialisation`.

    >>> round(specialisation_excess(net).of(0).value, 4)
    -0.077
    """
    found = _divergence(net)
    excess, null = found.value - found.chance, np.zeros(len(found.value))
    return found.measures(excess, null, excess - found.wide, excess + found.wide)


@dataclass(frozen=True, eq=False, slots=True)
class _Divergence:
    """One entry a park, nan where no industry is known."""

    presence: Presence
    value: FloatArray
    chance: FloatArray  # what n_p firms at random would show
    wide: FloatArray  # half the interval

    def measures(
        self, values: FloatArray, null: FloatArray, lo: FloatArray | None = None, hi: FloatArray | None = None
    ) -> Measures:
        seen = self.presence
        return Measures(values, UNCLASSIFIED, seen.in_park, lo, hi, seen.coverage, null)


def _divergence(net: Network) -> _Divergence:
    seen, parks = presence(net), len(net.parks)
    share = seen.in_industry / max(seen.total, 1)
    weight = seen.firms / seen.in_park[seen.park]
    log = np.log(weight / share[seen.industry])
    mean = summed(seen.park, weight * log, parks)
    variance = np.maximum(summed(seen.park, weight * log**2, parks) - mean**2, 0)
    present = share[share > 0]
    sizes, of = np.unique(seen.in_park, return_inverse=True)
    chance = np.array([expected_divergence(n, present) if n else np.nan for n in sizes.tolist()])[of]
    n = np.where(seen.in_park > 0, seen.in_park, np.nan)
    wide = 1.96 * np.sqrt(variance / n + (len(present) - 1) / (2 * n**2))
    return _Divergence(seen, np.where(seen.in_park > 0, np.maximum(mean, 0), np.nan), chance, wide)


def expected_divergence(n: int, share: FloatArray) -> float:
    """The mean of KL(N/n ‖ s) in nats over N ~ Multinomial(n, s), all s > 0.

    Σ_k E[N_k ln(N_k / (n s_k))] / n, each N_k binomial: summed exactly where n s_k <= 50, by the moments of the
    binomial beyond (the next term is below 1e-4 firms). About (K - 1)/(2n) for large n.

    >>> round(expected_divergence(1, np.array([0.5, 0.5])), 6), round(expected_divergence(1000, np.full(4, 0.25)), 6)
    (0.693147, 0.001501)
    """
    from scipy.special import gammaln, xlog1py, xlogy

    mean = n * share
    few, many = mean <= 50, mean[mean > 50]
    count = np.arange(1, min(n, int(50 + 10 * np.sqrt(50)) + 20) + 1)[:, None]
    s = share[few][None, :]
    chance = gammaln(n + 1) - gammaln(count + 1) - gammaln(n - count + 1) + xlogy(count, s) + xlog1py(n - count, -s)
    exact = (np.exp(chance) * count * np.log(count / (n * s))).sum()
    q = 1 - many / n
    bent = q / 2 - q * (2 * q - 1) / (6 * many) + (3 * q**2 + q * (1 - 6 * q * (1 - q)) / many) / (12 * many)
    bent += -(q**2) * (2 * q - 1) / (2 * many**2) + q**3 / (2 * many**2)
    return float((exact + bent.sum()) / n)


def seats(net: Network) -> tuple[IntArray, IntArray]:
    """Park and industry of the seats whose industry is known."""
    industry = net.industry[net.members.firm]
    known = industry >= 0
    return net.members.other[known], industry[known]


def summed(group: IntArray, values: FloatArray, groups: int) -> FloatArray:
    """The sum of the values in each group.

    >>> summed(np.array([0, 0, 2]), np.array([0.5, 1.0, 2.0]), 3).tolist()
    [1.5, 0.0, 2.0]
    """
    return np.bincount(group, weights=values, minlength=groups).astype(np.float64)


def names(net: Network) -> list[str]:
    """The names of the industries."""
    return [net.names.get(one, one) for one in net.industries]


OF_PARKS: Mapping[str, Callable[[Network], Tables | Measures]] = {
    "location_quotient": location_quotient,
    "location_quotient_eb": location_quotient_eb,
    "location_quotient_low": location_quotient_low,
    "location_quotient_high": location_quotient_high,
    "specialisation": specialisation,
    "specialisation_excess": specialisation_excess,
}
"""Measures of all parks, by name."""
