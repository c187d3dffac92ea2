"""Who deals with whom, by industry. Firms whose industry is unknown, and their ties, are left out; `coverage` is the
share of ties that is kept.

The examples use four firms of two industries:

>>> from graph.network import Firm, Network, Tie
>>> net = Network.of(
...     [Firm(id, {}, industry) for id, industry in zip("abcd", ["芯片", "芯片", "光电", "光电"])],
...     [Tie("a", "b"), Tie("b", "c"), Tie("c", "d")],
... )
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, update_wrapper
from itertools import pairwise

import numpy as np

from graph.metrics import kernels
from graph.metrics.groups import Groups, of_groups, ratio
from graph.metrics.interval import SURE
from graph.metrics.value import Measure, Measures, finite
from graph.network import BoolArray, FloatArray, IntArray, Network

NO_TIES = "no ties"
UNCLASSIFIED = "no tie between firms whose industry is known"
ONE_INDUSTRY = "all tied firms are of one industry"
ENOUGH = 5.0
"""A cell of the mixing matrix is read as a ratio as it stands only if at least this many ties are expected in it."""


@of_groups
def industries(groups: Groups) -> Measures:
    """How many industries do the firms have? `coverage` is the share of firms whose industry is known.

    >>> industries(net).value
    2
    """
    known = groups.net.industry >= 0
    width = max(len(groups.net.industries), 1)
    present = np.unique(groups.of_firm[known] * width + groups.net.industry[known]) // width
    count = np.bincount(present, minlength=len(groups)).astype(np.float64)
    n = groups.sums(known)
    return Measures(count, "", n, coverage=ratio(n, groups.firms), counts=True)


@of_groups
def modularity_by_industry(groups: Groups) -> Measures:
    """Are industries closed in themselves?

    Formula: Q = Σ_c [e_cc - a_c²], e_cc the share of ties inside industry c, a_c the share of all tie ends that c has.
    Range -0.5..1, 0 if ties ignore industry; bounded by the sizes of the industries. The groups are the industries,
    nothing is optimised. `null` is the exact mean of Q when the industries are dealt out to the same firms at random.
    `lo`, `hi` are Newman's jackknife over ties: ± 1.96 standard errors.
    Degenerate: undefined without ties.

    >>> modularity_by_industry(net).value  # 2/3 - (1/4 + 1/4)
    0.16666666666666663

    Reference: Newman & Girvan 2004, Phys. Rev. E 69:026113. Oracle: networkx.community.modularity(weight=None).
    """
    mixing = _Mixing.of(groups)
    inside, chance = mixing.null
    return mixing.measures(
        mixing.inside - mixing.chance, mixing.reasons, inside - chance, mixing.errors(lambda e, c: e - c)
    )


@of_groups
def assortativity_by_industry(groups: Groups) -> Measures:
    """Do firms deal with firms of their own industry more than the industries' numbers of ties suggest?

    Formula: r = (Σ_c e_cc - Σ_c a_c²) / (1 - Σ_c a_c²), e and a as in `modularity_by_industry`. Range from a negative
    minimum that depends on the industries' shares to 1; 0 if ties ignore industry. `null` has the same ratio of the two
    sums' exact means when the industries are dealt out to the same firms at random. `lo`, `hi`: r ± 1.96 standard
    errors by Newman's jackknife over ties, σ² = Σ_i (r_i - r)², r_i without tie i.
    Degenerate: undefined without ties, and when all tied firms are of one industry (0/0).

    >>> assortativity_by_industry(net).value  # (2/3 - 1/2) / (1 - 1/2)
    0.33333333333333326

    Reference: Newman 2003, Phys. Rev. E 67:026126. Oracle: networkx.attribute_assortativity_coefficient.
    """
    mixing = _Mixing.of(groups)
    several = mixing.present > 1
    value = np.where(several, newman(mixing.inside, np.where(several, mixing.chance, np.nan)), np.nan)
    reasons = {**mixing.reasons, ONE_INDUSTRY: ~several}
    return mixing.measures(value, reasons, newman(*mixing.null), mixing.errors(newman))


def newman(inside: FloatArray | float, chance: FloatArray | float) -> FloatArray:
    """Newman's coefficient from the share inside groups and the share that chance puts there; nan if that is all.

    >>> race = np.array(
    ...     [[.258, .016, .035, .013], [.012, .157, .058, .019], [.013, .023, .306, .035], [.005, .007, .024, .016]]
    ... )
    >>> round(float(newman(race.trace(), race.sum(1) @ race.sum(0))), 4)
    0.6208
    """
    above, below = np.asarray(inside - chance), np.asarray(1 - chance)
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 1e-12))[()]


@dataclass(frozen=True, eq=False, slots=True)
class Matrices:
    """A table of industries by industries for each group; the nested dictionaries are made when one is asked for."""

    mixing: _Mixing
    ratio: bool

    def __len__(self) -> int:
        return len(self.mixing.groups)

    def of(self, number: int) -> Measure:
        """The table of one group, by its number."""
        mixing = self.mixing
        n, covered = int(mixing.ties[number]), mixing.coverage[number]
        coverage = finite(covered)
        if not n:
            reason = UNCLASSIFIED if mixing.groups.ties[number] else NO_TIES
            return Measure(None, coverage=coverage, reason=reason)
        cells = mixing.cells(number)
        if self.ratio:
            return _ratios(cells, n, coverage)
        observed, expected = cells.tables(cells.observed, cells.expected)
        return Measure(observed, n=n, coverage=coverage, null=expected)


class MatrixMeasure:
    """A measure whose values are tables: called with a network it gives one, `each` those of groups."""

    def __init__(self, each: Callable[[Groups], Matrices]) -> None:
        update_wrapper(self, each)
        self.each = each

    def __call__(self, net: Network) -> Measure:
        return self.each(Groups.whole(net)).of(0)


@MatrixMeasure
def mixing_matrix(groups: Groups) -> Matrices:
    """How many ties are there between each two industries?

    Value: {industry: {industry: ties}}, each pair of industries once, in the order of their ids. `null` has the same
    shape: the ties expected if the industries were dealt out to the same firms at random, E_cd = m n_c n_d / D and
    E_cc = m n_c (n_c - 1) / 2D, D = n (n - 1)/2. Cells without a tie and with E < 5 are left out.
    Degenerate: undefined without ties.

    >>> mixing_matrix(net).value
    {'光电': {'光电': 1, '芯片': 1}, '芯片': {'芯片': 1}}
    >>> mixing_matrix(net).null
    {'光电': {'光电': 0.5, '芯片': 2.0}, '芯片': {'芯片': 0.5}}
    """
    return Matrices(_Mixing.of(groups), ratio=False)


@MatrixMeasure
def mixing_ratio(groups: Groups) -> Matrices:
    """Between which industries are there more ties than chance would give?

    Value: {industry: {industry: O/E}}, O and E as in `mixing_matrix`; 1 = chance. Cells with E >= 5 are shown as they
    are. Smaller ones are drawn towards 1, the more the less is expected in them: (O + a)/(E + a), with one a for all
    cells of the table (gamma-Poisson, by moments: a = E-weighted mean of E over the excess variance; where there is
    none, these cells all are 1). A flag says how many. `null` is 1. Degenerate: undefined without ties.

    >>> mixing_ratio(net).value, mixing_ratio(net).flags
    ({'光电': {'光电': 1.0, '芯片': 1.0}, '芯片': {'芯片': 1.0}}, ('3 of 3 cells with E < 5 are shrunk towards 1',))

    Reference: Marshall 1991, Applied Statistics 40:283 (the shrinking).
    """
    return Matrices(_Mixing.of(groups), ratio=True)


def _ratios(cells: _Cells, n: int, coverage: float | None) -> Measure:
    observed, expected = cells.observed, cells.expected
    strength = prior_strength(observed, expected)
    shrunk = (observed + strength) / (expected + strength) if np.isfinite(strength) else np.ones(len(observed))
    small = expected < ENOUGH
    values = np.where(small, shrunk, observed / expected)
    flags = (f"{int(small.sum())} of {len(small)} cells with E < 5 are shrunk towards 1",) if small.any() else ()
    (table,) = cells.tables(values)
    return Measure(table, n=n, coverage=coverage, null=1.0, flags=flags)


def prior_strength(observed: IntArray, expected: FloatArray) -> float:
    """How many expected ties the belief "as by chance" is worth: a of (O + a)/(E + a); inf if the cells agree with it.

    Formula: a = 1/A, A = Σ E (O/E - 1)²/ΣE - 1/mean(E), by moments around 1.

    >>> prior_strength(np.array([20, 0]), np.array([10.0, 10.0])).__round__(4)  # A = 1 - 1/10
    1.1111
    """
    excess = float(((observed - expected) ** 2 / expected).sum() / expected.sum() - 1 / expected.mean())
    return 1 / excess if excess > 1e-9 else float("inf")


@dataclass(frozen=True, eq=False)
class _Mixing:
    """The ties between firms whose industry is known: in group `group[i]` industries `c[i]` <= `d[i]` have `count[i]`.

    The same group, c and d may stand several times. Groups ascend.
    """

    groups: Groups
    group: IntArray
    c: IntArray
    d: IntArray
    count: IntArray

    @classmethod
    def of(cls, groups: Groups) -> _Mixing:
        return groups.kept(_mixing)

    @property
    def width(self) -> int:
        return max(len(self.groups.net.industries), 1)

    def _sum(self, values: FloatArray | IntArray, group: IntArray | None = None) -> FloatArray:
        where = self.group if group is None else group
        return np.bincount(where, values, minlength=len(self.groups)).astype(np.float64)

    @cached_property
    def ties(self) -> IntArray:
        return self._sum(self.count).astype(np.int64)

    @cached_property
    def coverage(self) -> FloatArray:
        return ratio(self.ties, self.groups.ties)

    @property
    def reasons(self) -> dict[str, BoolArray]:
        return {NO_TIES: self.groups.ties == 0, UNCLASSIFIED: self.ties == 0}

    @cached_property
    def _ends(self) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """(key, ends, first, second): how many ends of ties each industry has in each group, by ascending
        group · width + industry; and where in it the two industries of each cell stand."""
        keys = self.group * self.width + self.c, self.group * self.width + self.d
        met, where = _named(np.concatenate(keys), len(self.groups) * self.width)
        ends = np.bincount(where, np.concatenate((self.count, self.count)), minlength=len(met)).astype(np.int64)
        return met, ends, where[: len(self.c)], where[len(self.c) :]

    @cached_property
    def present(self) -> IntArray:
        """How many industries have a tie."""
        return np.bincount(self._ends[0] // self.width, minlength=len(self.groups))

    @cached_property
    def inside(self) -> FloatArray:
        """The share of ties inside industries."""
        return ratio(self._sum(self.count * (self.c == self.d)), self.ties)

    @cached_property
    def chance(self) -> FloatArray:
        """The share that chance puts there, given the ends: Σ a²."""
        key, ends, _, _ = self._ends
        group = key // self.width
        return self._sum((ends / np.maximum(2 * self.ties[group], 1)) ** 2, group)

    @cached_property
    def sizes(self) -> tuple[IntArray, IntArray, IntArray]:
        """(group, industry, firms): how many firms each industry has in each group, where it has any."""
        net = self.groups.net
        of_firm, industry = self.groups.of_firm, net.industry
        if (industry < 0).any():
            of_firm, industry = of_firm[industry >= 0], industry[industry >= 0]
        key = of_firm * self.width + industry if len(self.groups) > 1 else industry
        met, count = _counted(key, len(self.groups) * self.width)
        return met // self.width, met % self.width, count

    @cached_property
    def null(self) -> tuple[FloatArray, FloatArray]:
        """The means of `inside` and `chance` over all ways to deal out the industries to the firms that have one."""
        group, _, size = self.sizes
        n, within = self._sum(size, group), self._sum(size * (size - 1), group)
        pair = ratio(within, n * (n - 1))  # that two firms are of one industry
        squares, every = self.groups.sums(self._degree**2), 4 * self.ties**2
        return pair, ratio(squares + (every - squares) * pair, every)

    @property
    def _degree(self) -> IntArray:
        """Ties of each firm to firms whose industry is known, 0 if its own is not."""
        net = self.groups.net
        known = net.industry >= 0
        if known.all():
            return net.degree
        kept = known[net.source] & known[net.target]
        return np.bincount(net.source[kept], minlength=len(known)) + np.bincount(net.target[kept], minlength=len(known))

    def errors(self, of: Callable[[FloatArray, FloatArray], FloatArray]) -> FloatArray:
        """Newman's standard error of a function of `inside` and `chance`: each tie left out in turn."""
        _, ends, first, second = self._ends
        m, same = self.ties[self.group], self.c == self.d
        left = np.maximum(m - 1, 1)
        inside = (self.inside[self.group] * m - same) / left
        lost = np.where(same, 4.0 * ends[first] - 4, 2.0 * (ends[first] + ends[second]) - 2)
        chance = (self.chance[self.group] * (2.0 * m) ** 2 - lost) / (2.0 * left) ** 2
        with np.errstate(invalid="ignore"):
            off = of(inside, chance) - of(self.inside, self.chance)[self.group]
        return np.where(self.ties > 2, np.sqrt(self._sum(self.count * off**2)), np.nan)

    def measures(
        self, values: FloatArray, reasons: Mapping[str, BoolArray], null: FloatArray, error: FloatArray
    ) -> Measures:
        lo, hi = np.maximum(values - SURE * error, -1.0), np.minimum(values + SURE * error, 1.0)
        return Measures(values, reasons, self.ties, lo, hi, self.coverage, null)

    def cells(self, number: int) -> _Cells:
        """The cells of one group that hold a tie or in which enough are expected to be read."""
        of_group, industry, firms = self.sizes
        first, last = np.searchsorted(of_group, [number, number + 1])
        size = np.zeros(self.width, dtype=np.int64)
        size[industry[first:last]] = firms[first:last]
        begin, end = np.searchsorted(self.group, [number, number + 1])
        return _cells(self.groups.net, size, self.c[begin:end], self.d[begin:end], self.count[begin:end])


def _mixing(groups: Groups) -> _Mixing:
    net, width = groups.net, max(len(groups.net.industries), 1)
    if len(groups) == 1 and width * width <= len(net.source) + 1000:
        count = np.zeros((width, width), dtype=np.int64)
        kernels.chosen(kernels.cells, 2 * len(net.source))(net.source, net.target, net.industry.astype(np.int32), count)
        count = np.triu(count) + np.tril(count, -1).T
        c, d = np.nonzero(count)
        return _Mixing(groups, np.zeros(len(c), dtype=np.int64), c, d, count[c, d])
    c, d = net.industry[net.source], net.industry[net.target]
    known = (c >= 0) & (d >= 0)
    c, d = np.minimum(c, d)[known], np.maximum(c, d)[known]
    return _Mixing(groups, groups.of_tie[known], c, d, np.ones(len(c), dtype=np.int64))


@dataclass(frozen=True, eq=False, slots=True)
class _Cells:
    """Cells of the mixing matrix: between industries `first[i]` and `second[i]`, first <= second."""

    names: tuple[str, ...]
    first: IntArray
    second: IntArray
    observed: IntArray
    expected: FloatArray

    def tables(self, *values: IntArray | FloatArray) -> Iterator[dict[str, dict[str, float]]]:
        """One value a cell as nested dictionaries by the industries' names, for each of the values."""
        start = np.flatnonzero(np.diff(self.first, prepend=-1)).tolist()
        rows = [(self.names[self.first[low]], low, high) for low, high in pairwise([*start, len(self.first)])]
        second = list(map(self.names.__getitem__, self.second.tolist()))
        columns = [second[low:high] for _, low, high in rows]
        for one in values:
            told = one.tolist()
            yield {
                name: dict(zip(column, told[low:high], strict=True))
                for column, (name, low, high) in zip(columns, rows, strict=True)
            }


def _cells(net: Network, size: IntArray, c: IntArray, d: IntArray, count: IntArray) -> _Cells:
    width, n = len(size), int(size.sum())
    per_pair = int(count.sum()) / (n * (n - 1) / 2)
    met, where = _named(c * width + d, width * width)
    ties = np.bincount(where, count, minlength=len(met)).astype(np.int64)
    big = np.flatnonzero(size * size.max() * per_pair >= ENOUGH)
    rows, columns = np.triu_indices(len(big))
    there, _ = _named(np.concatenate((met, big[rows] * width + big[columns])), width * width)
    first, second = np.divmod(there, width)
    same = first == second
    expected = per_pair * size[first] * (size[second] - same) / np.where(same, 2, 1)
    observed = np.zeros(len(there), dtype=np.int64)
    observed[np.searchsorted(there, met)] = ties
    shown = (observed > 0) | (expected >= ENOUGH)
    names = tuple(net.names.get(industry, industry) for industry in net.industries)
    return _Cells(names, first[shown], second[shown], observed[shown], expected[shown])


def _named(keys: IntArray, width: int) -> tuple[IntArray, IntArray]:
    """The distinct keys, all below `width`, ascending; and which of them each key is."""
    if width > 4 * len(keys) + 1000:
        return np.unique(keys, return_inverse=True)
    there = np.zeros(width, dtype=np.bool_)
    there[keys] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[keys]


def _counted(keys: IntArray, width: int) -> tuple[IntArray, IntArray]:
    """The distinct keys, all below `width`, and how often each stands."""
    if width > 4 * len(keys) + 1000:
        return np.unique(keys, return_counts=True)
    counts = np.bincount(keys, minlength=width)
    met = np.flatnonzero(counts)
    return met, counts[met]
