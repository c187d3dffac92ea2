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

import math
from dataclasses import dataclass

import numpy as np

from graph.metrics.value import Measure, undefined
from graph.network import FloatArray, IntArray, Network

NO_TIES = "no ties"
UNCLASSIFIED = "no tie between firms whose industry is known"
ONE_INDUSTRY = "all tied firms are of one industry"
ENOUGH = 5.0
"""A cell of the mixing matrix is read as a ratio only if at least this many ties are expected in it."""


def industries(net: Network) -> Measure:
    """How many industries do the firms have? `coverage` is the share of firms whose industry is known.

    >>> industries(net).value
    2
    """
    known = net.industry[net.industry >= 0]
    coverage = len(known) / len(net.firms) if net.firms else None
    return Measure(len(np.unique(known)), n=len(known), coverage=coverage)


def modularity_by_industry(net: Network) -> Measure:
    """Are industries closed in themselves?

    Formula: Q = Σ_c [e_cc - a_c²], e_cc the share of ties inside industry c, a_c the share of all tie ends that c has.
    Range -0.5..1, 0 if ties ignore industry; bounded by the sizes of the industries. The groups are the industries,
    nothing is optimised. Degenerate: undefined without ties.

    >>> modularity_by_industry(net).value  # 2/3 - (1/4 + 1/4)
    0.16666666666666663

    Reference: Newman & Girvan 2004, Phys. Rev. E 69:026113. Oracle: networkx.community.modularity(weight=None).
    """
    mixing = _mixing(net)
    if not mixing.ties:
        return mixing.undefined
    return Measure(mixing.inside - mixing.chance, n=mixing.ties, coverage=mixing.coverage)


def assortativity_by_industry(net: Network) -> Measure:
    """Do firms deal with firms of their own industry more than the industries' numbers of ties suggest?

    Formula: r = (Σ_c e_cc - Σ_c a_c²) / (1 - Σ_c a_c²), e and a as in `modularity_by_industry`. Range from a negative
    minimum that depends on the industries' shares to 1; 0 if ties ignore industry.
    Degenerate: undefined without ties, and when all tied firms are of one industry (0/0).

    >>> assortativity_by_industry(net).value  # (2/3 - 1/2) / (1 - 1/2)
    0.33333333333333326

    Reference: Newman 2003, Phys. Rev. E 67:026126. Oracle: networkx.attribute_assortativity_coefficient.
    """
    mixing = _mixing(net)
    if not mixing.ties:
        return mixing.undefined
    if np.count_nonzero(mixing.ends) < 2:
        return undefined(ONE_INDUSTRY, mixing.ties, coverage=mixing.coverage)
    return Measure(newman(mixing.inside, mixing.chance), n=mixing.ties, coverage=mixing.coverage)


def newman(inside: float, chance: float) -> float:
    """Newman's coefficient from the share inside groups and the share that chance puts there.

    >>> import numpy as np
    >>> race = np.array(
    ...     [[.258, .016, .035, .013], [.012, .157, .058, .019], [.013, .023, .306, .035], [.005, .007, .024, .016]]
    ... )
    >>> round(newman(race.trace(), race.sum(1) @ race.sum(0)), 4)
    0.6208
    """
    return float((inside - chance) / (1 - chance))


def mixing_matrix(net: Network) -> Measure:
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
    mixing = _mixing(net)
    if not mixing.ties:
        return mixing.undefined
    cells = _cells(mixing)
    observed, expected = cells.table(cells.observed), cells.table(cells.expected)
    return Measure(observed, n=mixing.ties, coverage=mixing.coverage, null=expected)


def mixing_ratio(net: Network) -> Measure:
    """Between which industries are there more ties than chance would give?

    Value: {industry: {industry: O/E}}, O and E as in `mixing_matrix`; 1 = chance. Only cells with E >= 5; smaller ones
    are too uncertain to read. Degenerate: undefined without ties, and when no cell is large enough.

    >>> mixing_ratio(net).reason
    'no pair of industries for which 5 ties are expected'
    """
    mixing = _mixing(net)
    if not mixing.ties:
        return mixing.undefined
    cells = _cells(mixing)
    large = cells.expected >= ENOUGH
    if not large.any():
        return undefined("no pair of industries for which 5 ties are expected", mixing.ties, coverage=mixing.coverage)
    ratio = np.divide(cells.observed, cells.expected, out=np.full(len(large), np.nan), where=large)
    return Measure(cells.table(ratio), n=mixing.ties, coverage=mixing.coverage)


@dataclass(frozen=True, eq=False, slots=True)
class _Mixing:
    """The ties between firms whose industry is known: those of tie i are `c[i]` and `d[i]`."""

    net: Network
    c: IntArray
    d: IntArray

    @property
    def ties(self) -> int:
        return len(self.c)

    @property
    def coverage(self) -> float | None:
        return len(self.c) / len(self.net.source) if len(self.net.source) else None

    @property
    def undefined(self) -> Measure:
        return undefined(UNCLASSIFIED if len(self.net.source) else NO_TIES, coverage=self.coverage)

    @property
    def ends(self) -> FloatArray:
        """The share of all tie ends that each industry has."""
        width = len(self.net.industries)
        return (np.bincount(self.c, minlength=width) + np.bincount(self.d, minlength=width)) / max(2 * self.ties, 1)

    @property
    def inside(self) -> float:
        """The share of ties inside industries."""
        return float((self.c == self.d).mean())

    @property
    def chance(self) -> float:
        """The share that chance puts there, given the ends."""
        return float((self.ends**2).sum())


def _mixing(net: Network) -> _Mixing:
    c, d = net.industry[net.source], net.industry[net.target]
    known = (c >= 0) & (d >= 0)
    return _Mixing(net, c[known], d[known])


@dataclass(frozen=True, eq=False, slots=True)
class _Cells:
    """Cells of the mixing matrix: between industries `first[i]` and `second[i]`, first <= second."""

    names: tuple[str, ...]
    first: IntArray
    second: IntArray
    observed: IntArray
    expected: FloatArray

    def table(self, values: IntArray | FloatArray) -> dict[str, dict[str, float]]:
        """One value a cell as nested dictionaries by the industries' names; nan is left out."""
        rows: dict[str, dict[str, float]] = {}
        for c, d, value in zip(self.first.tolist(), self.second.tolist(), values.tolist(), strict=True):
            if not math.isnan(value):
                rows.setdefault(self.names[c], {})[self.names[d]] = value
        return rows


def _cells(mixing: _Mixing) -> _Cells:
    """The cells that hold a tie or in which enough are expected to be read."""
    net, width = mixing.net, len(mixing.net.industries)
    size = np.bincount(net.industry[net.industry >= 0], minlength=width)
    n = int(size.sum())
    per_pair = mixing.ties / (n * (n - 1) / 2)

    met, ties = _counted(np.minimum(mixing.c, mixing.d) * width + np.maximum(mixing.c, mixing.d), width * width)
    big = np.flatnonzero(size * size.max() * per_pair >= ENOUGH)
    large = (big[:, None] * width + big[None, :]).ravel()
    cells = np.union1d(met, large)
    first, second = np.divmod(cells, width)
    same = first == second
    expected = per_pair * size[first] * (size[second] - same) / np.where(same, 2, 1)
    observed = np.zeros(len(cells), dtype=np.int64)
    observed[np.searchsorted(cells, met)] = ties
    shown = (first <= second) & ((observed > 0) | (expected >= ENOUGH))
    names = tuple(net.names.get(industry, industry) for industry in net.industries)
    return _Cells(names, first[shown], second[shown], observed[shown], expected[shown])


def _counted(keys: IntArray, width: int) -> tuple[IntArray, IntArray]:
    """The distinct keys, all below `width`, and how often each stands."""
    if width > len(keys):
        return np.unique(keys, return_counts=True)
    counts = np.bincount(keys, minlength=width)
    met = np.flatnonzero(counts)
    return met, counts[met]
