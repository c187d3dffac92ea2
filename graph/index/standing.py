"""How far can a rank be trusted? Ranks of many draws become intervals, probabilities and bands.

Everything here reads ranks, `ranks[draw, unit]`, 1 the best, nan where a draw leaves a unit unranked. How the draws
come about is in `graph.index.uncertainty`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from graph.errors import InputError
from graph.metrics.value import finite
from graph.network import FloatArray, IntArray

LOW, HIGH = 0.05, 0.95  # of the ranks, as COINr prints them
TOP = 10
DIGITS = 9  # scores that agree to so many decimals are equal, and share a rank


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a unit stands, and where it might."""

    unit: str
    nominal: float | None  # the rank under the choices as they are; None: not ranked by them
    mean: float | None
    median: float | None
    lo: float | None  # the 5th and the 95th percentile of its ranks
    hi: float | None
    top: float | None  # the share of draws in which it is among the first ten
    above_next: float | None  # P(better than the unit that comes next nominally); None for the last
    band: tuple[int, int] | None  # first and last band; two units share a band if and only if their intervals overlap
    ranked: float  # the share of draws that rank it
    flags: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        row = {name: getattr(self, name) for name in ("unit", "nominal", "mean", "median", "lo", "hi")}
        band = None if self.band is None else list(self.band)
        row |= {"p_top10": self.top, "p_above_next": self.above_next, "band": band}
        return {**row, "ranked": self.ranked, "flags": list(self.flags)}


def ranks_of(scores: FloatArray) -> FloatArray:
    """1 + how many units score higher, along the last axis; equal scores share the smaller rank, nan stays nan.

    Scores are compared to nine decimals.

    >>> ranks_of(np.array([[3.0, 5.0, 3.0, np.nan]])).tolist()
    [[2.0, 1.0, 2.0, nan]]
    """
    lost = np.round(-scores, DIGITS)  # nan sorts to the end
    order = np.argsort(lost, axis=-1, kind="stable")
    rising = np.take_along_axis(lost, order, axis=-1)
    place = np.arange(1, scores.shape[-1] + 1, dtype=np.float64)
    fresh = np.ones(scores.shape, dtype=np.bool_)
    fresh[..., 1:] = rising[..., 1:] != rising[..., :-1]
    shared = np.maximum.accumulate(np.where(fresh, place, 0.0), axis=-1)
    found = np.empty(scores.shape)
    np.put_along_axis(found, order, np.where(np.isnan(rising), np.nan, shared), axis=-1)
    return found


def standings(units: Sequence[str], ranks: FloatArray, nominal: FloatArray) -> tuple[Standing, ...]:
    """Interval, mean, median, P(top 10) and bands of every unit, in the order of `units`.

    Args:
        units: their names.
        ranks: (draws, units).
        nominal: (units,), the ranks under the choices as they are.

    Quantiles are interpolated linearly (type 7, as in R). Draws that leave a unit out play no part in its interval;
    `ranked` says how many rank it. Flags: `outside its interval` (the nominal rank is: the choices as they are favour
    or harm this unit), `often unranked` (under half of the draws rank it).

    Raises:
        InputError: there are no draws.

    >>> for row in standings(["a", "b", "c"], np.array([[1.0, 2, 3], [2, 1, 3], [1, 2, 3]]), np.array([1.0, 2, 3])):
    ...     print(row.unit, row.median, round(row.lo, 1), round(row.hi, 1), row.band)
    a 1.0 1.0 1.9 (1, 1)
    b 2.0 1.1 2.0 (1, 1)
    c 3.0 3.0 3.0 (2, 2)
    """
    if not len(ranks):
        raise InputError("no draws: uncertainty needs at least one")
    known = np.isfinite(ranks)
    count = known.sum(axis=0)
    ever = count > 0
    found = np.full((6, len(units)), math.nan)  # mean, median, low, high, P(top 10), P(above the next)
    if ever.any():
        some = ranks[:, ever]
        found[0, ever] = np.nanmean(some, axis=0)
        found[1:4, ever] = _quantiles(some, (0.5, LOW, HIGH))
        found[4] = (ranks <= TOP).mean(axis=0)
    order = [int(at) for at in np.argsort(nominal, kind="stable") if np.isfinite(nominal[at])]
    for at, following in pairwise(order):
        found[5, at] = _above(ranks[:, at], ranks[:, following])
    first, last = bands(found[2], found[3])
    mean, median, low, high, top, above = ([finite(value) for value in row] for row in found.tolist())
    return tuple(
        Standing(
            unit=unit,
            nominal=finite(nominal[at]),
            mean=mean[at],
            median=median[at],
            lo=low[at],
            hi=high[at],
            top=top[at],
            above_next=above[at],
            band=(int(first[at]), int(last[at])) if ever[at] else None,
            ranked=float(count[at] / len(ranks)),
            flags=_flags(float(nominal[at]), found[2, at], found[3, at], count[at] / len(ranks)),
        )
        for at, unit in enumerate(units)
    )


def _quantiles(ranks: FloatArray, shares: Sequence[float]) -> FloatArray:
    """Along the draws; the plain routine is ten times as fast where nothing is missing."""
    whole = np.isfinite(ranks).all(axis=0)
    found = np.empty((len(shares), ranks.shape[1]))
    found[:, whole] = np.quantile(ranks[:, whole], shares, axis=0)
    if not whole.all():
        found[:, ~whole] = np.nanquantile(ranks[:, ~whole], shares, axis=0)
    return found


def _flags(nominal: float, low: float, high: float, ranked: float) -> tuple[str, ...]:
    flags = []
    if nominal < low or nominal > high:
        flags.append("outside its interval")
    if ranked < 0.5:
        flags.append("often unranked")
    return tuple(flags)


def bands(low: FloatArray, high: FloatArray) -> tuple[IntArray, IntArray]:
    """Who cannot be told apart? The first and the last band of each unit, 1 the best.

    A band is a largest set of units whose intervals all overlap; two units share a band if and only if their intervals
    [low, high] (ends included) overlap, so a unit between two groups belongs to the bands of both. 0 where there is no
    interval. Intervals on a line make this exact: the bands, in order, are the moments when an interval ends before
    another begins (Fulkerson & Gross 1965); it is the compact letter display of multiple comparisons (Piepho 2004).

    >>> first, last = bands(np.array([1.0, 1.5, 4.0, 6.0]), np.array([2.0, 5.0, 7.0, 8.0]))
    >>> list(zip(first.tolist(), last.tolist()))
    [(1, 1), (1, 2), (2, 3), (3, 3)]
    """
    first = np.zeros(len(low), dtype=np.int64)
    last = np.zeros(len(low), dtype=np.int64)
    known = np.isfinite(low) & np.isfinite(high)
    starts = np.sort(low[known])
    ends = np.sort(high[known])
    # A largest set is closed by each end that some start has preceded since the end before it.
    begun = np.searchsorted(starts, ends, side="right")
    before = np.concatenate([[0], begun[:-1]])
    closing = ends[begun > before]
    first[known] = 1 + np.searchsorted(closing, low[known], side="left")
    last[known] = np.searchsorted(closing, high[known], side="right")
    return first, last


def better(ranks: FloatArray, units: Sequence[str], than: str) -> FloatArray:
    """In what share of draws does each unit stand above another? Of the draws that rank both; nan if none does.

    The unit itself gets 0: it is never above itself. Equal ranks count half for either, so P(a, b) + P(b, a) = 1.

    Raises:
        InputError: there is no such unit.

    >>> better(np.array([[1.0, 2.0], [1.0, 2.0], [2.0, 1.0], [1.0, 1.0]]), ["a", "b"], "b").tolist()
    [0.625, 0.0]
    """
    if than not in units:
        raise InputError(f"there is no unit {than!r} to compare with")
    place = list(units).index(than)
    return preference(ranks, [place])[:, 0]


def preference(ranks: FloatArray, against: Sequence[int] | None = None) -> FloatArray:
    """P(row stands above column) for all units, or for some columns; equal ranks count half, the diagonal is 0.

    >>> preference(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0], [1.0, 2.0]])).tolist()
    [[0.0, 0.75], [0.25, 0.0]]
    """
    columns = range(ranks.shape[1]) if against is None else against
    found = np.empty((ranks.shape[1], len(columns)))
    for at, column in enumerate(columns):
        found[:, at] = _above(ranks, ranks[:, [column]])
        found[column, at] = 0.0
    return found


def _above(one: FloatArray, other: FloatArray) -> FloatArray:
    """Along the draws: how often the one stands above the other, of the draws that rank both."""
    both = (np.isfinite(one) & np.isfinite(other)).sum(axis=0)
    won = (one < other).sum(axis=0) + 0.5 * (one == other).sum(axis=0)
    share = np.divide(won, both, out=np.full(np.shape(won), math.nan), where=both > 0)
    return np.asarray(share, dtype=np.float64)
