"""How mixed are the industries of a group, and are they of one kind or of many?

An industry is a class of GB/T 4754: the code that the column `class` gives a firm (`graph.industry.classed`), or the
industry itself where it is written as a code (C3985). Firms without a class are left out; `coverage` is the share that
is kept. The groups of related industries are the divisions (大类, C39). Entropy is in bits.

The examples use ten firms of four classes in two divisions:

>>> from graph.network import Firm, Network
>>> codes = ["C3911"] * 3 + ["C3912"] * 2 + ["I6511"] * 4 + ["I6512"]
>>> net = Network.of([Firm(f"f{i}", {}, code) for i, code in enumerate(codes)])
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from graph.metrics.colocation import summed
from graph.metrics.groups import GroupMeasure, Groups, of_groups, ratio
from graph.metrics.interval import SURE
from graph.metrics.value import Measures
from graph.network import FloatArray, IntArray, Network

CODE = re.compile(r"[A-T](\d{2,4})?")
DIVISION = 3
"""So many characters of a code name its division."""

UNCLASSED = "no firm whose industry has a class of GB/T 4754"


@of_groups
def industry_entropy(groups: Groups) -> Measures:
    """How hard is it to guess the industry of a firm of the group?

    Formula: H = Σ_k s_k log2(1/s_k), s_k the share of class k among the firms. Range 0 (one class) .. log2 of the
    number of classes. H = unrelated + related variety, exactly. It is too low for few firms: compare groups by
    `industry_entropy_corrected`. Degenerate: undefined without a firm whose industry has a class.

    >>> round(industry_entropy(net).value, 7)
    1.8464393

    Reference: Shannon 1948. Oracle: scipy.stats.entropy.
    """
    mix = _Mix.of(groups)
    return mix.measures(mix.entropy)


@of_groups
def unrelated_variety(groups: Groups) -> Measures:
    """How mixed are the firms between divisions, which share little knowledge?

    Formula: UV = Σ_g P_g log2(1/P_g), P_g the share of division g. Range 0 .. log2 of the number of divisions.
    Degenerate: undefined without a firm whose class goes down to a division.

    >>> unrelated_variety(net).value  # 5 and 5 of 10
    1.0

    Reference: Frenken, van Oort & Verburg 2007, Reg. Stud. 41:685.
    """
    mix = _Mix.of(groups)
    return mix.measures(mix.between)


@of_groups
def related_variety(groups: Groups) -> Measures:
    """How mixed are the firms inside divisions, where they can learn from each other?

    Formula: RV = Σ_g P_g H_g, H_g = Σ_{k in g} (s_k/P_g) log2(P_g/s_k). Range 0 .. log2 of the most classes that a
    division has. A code that ends at its division counts as one class of it. Degenerate: as `unrelated_variety`.

    >>> round(related_variety(net).value, 7)
    0.8464393

    Reference: Frenken, van Oort & Verburg 2007, Reg. Stud. 41:685.
    """
    mix = _Mix.of(groups)
    return mix.measures(mix.entropy - mix.between)


@of_groups
def industry_entropy_corrected(groups: Groups) -> Measures:
    """The entropy of the mix that the firms are a sample of.

    Formula: H + (K - 1)/(2n ln 2), K the classes seen and n the firms (Miller & Madow). Three such corrections, for H,
    UV and RV, add up as H = UV + RV does. lo and hi: ±1.96 · sqrt(V/n), V the variance of log2(1/s_k) over the firms,
    and (K - 1)/(2n²ln²2) for the curvature. It still misses classes that no firm of the sample has.
    Degenerate: as `industry_entropy`.

    >>> round(industry_entropy_corrected(net).value, 4)  # + 3/(20 ln 2)
    2.0628

    Reference: Miller 1955; Basharin 1959, Theory Probab. Appl. 4:333 (variance).
    """
    mix = _Mix.of(groups)
    return mix.corrected(mix.entropy, mix.kinds - 1, mix.spread)


@of_groups
def unrelated_variety_corrected(groups: Groups) -> Measures:
    """The unrelated variety of the mix that the firms are a sample of: UV + (G - 1)/(2n ln 2), G the divisions seen.

    lo, hi and degenerate cases as `industry_entropy_corrected`.

    >>> round(unrelated_variety_corrected(net).value, 4)
    1.0721
    """
    mix = _Mix.of(groups)
    return mix.corrected(mix.between, mix.divisions - 1, mix.spread_between)


@of_groups
def related_variety_corrected(groups: Groups) -> Measures:
    """The related variety of the mix that the firms are a sample of: RV + (K - G)/(2n ln 2).

    lo, hi and degenerate cases as `industry_entropy_corrected`.

    >>> round(related_variety_corrected(net).value, 4)
    0.9907
    """
    mix = _Mix.of(groups)
    return mix.corrected(mix.entropy - mix.between, mix.kinds - mix.divisions, mix.spread_within)


@of_groups
def effective_industries(groups: Groups) -> Measures:
    """How many equally common classes would be as hard to guess as these?

    Formula: 2^H (exp of the entropy in nats), H the corrected entropy; lo and hi from its interval, at least 1.
    Range 1... Degenerate: as `industry_entropy`.

    >>> round(effective_industries(net).value, 2)
    4.18

    Reference: Hill 1973, Ecology 54:427.
    """
    mix = _Mix.of(groups)
    told = mix.corrected(mix.entropy, mix.kinds - 1, mix.spread)
    low, high = (np.exp2(np.maximum(end, 0)) for end in (told.lo, told.hi) if end is not None)
    return Measures(np.exp2(told.values), told.reason, told.n, low, high, told.coverage)


@of_groups
def largest_industry_share(groups: Groups) -> Measures:
    """Which share of the firms does the largest class have? Range 1/K .. 1. lo and hi: Wilson's interval.

    Degenerate: as `industry_entropy`.

    >>> largest_industry_share(net).value
    0.4
    """
    from graph.metrics.interval import wilson

    mix = _Mix.of(groups)
    largest = np.zeros(len(groups), dtype=np.int64)
    np.maximum.at(largest, mix.group, mix.firms)
    low, high = wilson(largest, mix.n)
    return mix.measures(ratio(largest, mix.n), low, high)


def shares(fine: FloatArray, division: IntArray) -> tuple[float, float, float]:
    """(H, UV, RV) in bits of shares that sum to 1, each of a class in a division.

    >>> h, unrelated, related = shares(np.array([0.3, 0.2, 0.4, 0.1]), np.array([0, 0, 1, 1]))
    >>> round(h, 7), round(unrelated, 7), round(related, 7)
    (1.8464393, 1.0, 0.8464393)
    """
    h, between = _bits(fine).sum(), _bits(summed(division, fine, int(division.max(initial=0)) + 1)).sum()
    return float(h), float(between), float(h - between)


def classes(net: Network) -> list[str]:
    """The class of each firm: the column `class`, else the industry where it is written as a code; "" unknown.

    >>> classes(Network.of([Firm("a", {}, "C3911"), Firm("b", {}, "芯片"), Firm("c")]))
    ['C3911', '', '']
    """
    if "class" in net.columns:
        return list(net.columns["class"])
    own = [industry if CODE.fullmatch(industry) else "" for industry in net.industries]
    return [own[number] if number >= 0 else "" for number in net.industry.tolist()]


@dataclass(frozen=True, eq=False)
class _Mix:
    """Groups and classes as cells that hold a firm, sorted by group, then class."""

    n: IntArray  # (groups,) firms that have a class
    coverage: FloatArray
    group: IntArray
    division: IntArray
    firms: IntArray

    @classmethod
    def of(cls, groups: Groups) -> _Mix:
        if groups not in _MIXES:
            _MIXES[groups] = cls._read(groups)
        return _MIXES[groups]

    @classmethod
    def _read(cls, groups: Groups) -> _Mix:
        code = classes(groups.net)
        fine = sorted({one for one in code if len(one) >= DIVISION})
        coarse = {one: number for number, one in enumerate(sorted({one[:DIVISION] for one in fine}))}
        place = {one: number for number, one in enumerate(fine)}
        number = np.array([place.get(one, -1) for one in code], dtype=np.int64)
        known = number >= 0
        group, width = groups.of_firm[known], max(len(fine), 1)
        keys, firms = np.unique(group * width + number[known], return_counts=True)
        cell_group, cell_fine = np.divmod(keys, width)
        n = np.bincount(group, minlength=len(groups))
        division = np.array([coarse[one[:DIVISION]] for one in fine], dtype=np.int64)
        return cls(n, ratio(n, groups.firms), cell_group, division[cell_fine], firms)

    @cached_property
    def share(self) -> FloatArray:
        """Of each cell within its group."""
        return np.asarray(self.firms / self.n[self.group])

    @cached_property
    def _coarse(self) -> tuple[IntArray, FloatArray, IntArray]:
        """Cells of groups and divisions: their group, share, and which of them each fine cell lies in."""
        width = int(self.division.max(initial=0)) + 1
        keys, of = np.unique(self.group * width + self.division, return_inverse=True)
        return keys // width, summed(of, self.share, len(keys)), of

    def _sum(self, group: IntArray, values: FloatArray) -> FloatArray:
        return np.where(self.n > 0, summed(group, values, len(self.n)), np.nan)

    @cached_property
    def entropy(self) -> FloatArray:
        return self._sum(self.group, _bits(self.share))

    @cached_property
    def between(self) -> FloatArray:
        group, share, _ = self._coarse
        return self._sum(group, _bits(share))

    @property
    def kinds(self) -> FloatArray:
        """How many classes each group has."""
        return np.bincount(self.group, minlength=len(self.n)).astype(np.float64)

    @property
    def divisions(self) -> FloatArray:
        """How many divisions each group has."""
        return np.bincount(self._coarse[0], minlength=len(self.n)).astype(np.float64)

    @property
    def spread(self) -> FloatArray:
        """The variance of log2(1/s) over the firms."""
        return self._sum(self.group, self.share * np.log2(self.share) ** 2) - self.entropy**2

    @property
    def spread_between(self) -> FloatArray:
        group, share, _ = self._coarse
        return self._sum(group, share * np.log2(share) ** 2) - self.between**2

    @property
    def spread_within(self) -> FloatArray:
        _, share, of = self._coarse
        inner = np.log2(share[of] / self.share)
        return self._sum(self.group, self.share * inner**2) - (self.entropy - self.between) ** 2

    def measures(self, values: FloatArray, lo: FloatArray | None = None, hi: FloatArray | None = None) -> Measures:
        clean = np.where(np.abs(values) < 1e-12, 0.0, values)
        return Measures(clean, UNCLASSED, self.n, lo, hi, self.coverage)

    def corrected(self, plain: FloatArray, freedom: FloatArray, spread: FloatArray) -> Measures:
        n = np.where(self.n > 0, self.n, np.nan)
        value = plain + freedom / (2 * n * np.log(2))
        wide = SURE * np.sqrt(np.maximum(spread, 0) / n + freedom / (2 * (n * np.log(2)) ** 2))
        return self.measures(value, np.maximum(value - wide, 0), value + wide)


_MIXES: WeakKeyDictionary[Groups, _Mix] = WeakKeyDictionary()
"""All measures here start from the same cells; these go with their groups."""


def _bits(share: FloatArray) -> FloatArray:
    """s log2(1/s), 0 at 0."""
    return np.asarray(-share * np.log2(np.where(share > 0, share, 1.0)))


OF_GROUPS: Mapping[str, GroupMeasure] = {
    "industry_entropy": industry_entropy,
    "industry_entropy_corrected": industry_entropy_corrected,
    "unrelated_variety": unrelated_variety,
    "unrelated_variety_corrected": unrelated_variety_corrected,
    "related_variety": related_variety,
    "related_variety_corrected": related_variety_corrected,
    "effective_industries": effective_industries,
    "largest_industry_share": largest_industry_share,
}
"""Measures of groups, by name."""
