"""What takes the place of missing values. Missing is never 0, and what was put in is always marked.

    mean, median   of the known values of the indicator, among the units of the same group
    knn            mean of the nearest units that know the indicator, by the indicators that both know
    em             the expected value given what is known, for a normal distribution fitted by maximum likelihood
    none           nothing: parents are then the mean of what is known, and flagged

A cell stays unknown where nothing is there to fill it from: a group in which nobody knows the indicator, a unit that
shares no indicator with another. That is flagged, not repaired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.index.choices import Imputation
from graph.network import BoolArray, FloatArray, IntArray

ROUNDS = 500
CLOSE = 1e-8  # change of the standardised means and covariances at which EM has arrived
RIDGE = 1e-6  # added to the standardised covariance, so that more indicators than units can be dealt with


def impute(
    values: FloatArray, choices: Imputation, groups: Sequence[str] | None = None
) -> tuple[FloatArray, BoolArray]:
    """The values with missing cells filled, and which these are.

    Args:
        values: (units, columns), nan where unknown.
        groups: a word a unit, for `mean` and `median`; units without one (empty) are not filled. None: one group.

    >>> filled, imputed = impute(np.array([[1.0], [3.0], [np.nan], [8.0]]), Imputation("mean"), ["a", "a", "a", "b"])
    >>> filled.ravel().tolist(), imputed.ravel().tolist()
    ([1.0, 3.0, 2.0, 8.0], [False, False, True, False])
    """
    missing = np.isnan(values)
    if choices.method == "none" or not missing.any():
        return values.copy(order="F"), np.zeros_like(missing)
    match choices.method:
        case "mean" | "median":
            filled = _by_group(values, missing, _numbered(groups, len(values)), choices.method)
        case "knn":
            filled = _nearest(values, missing, choices.neighbours)
        case "em":
            filled = _completed(values, missing)
        case other:  # pragma: no cover - the recipe is checked before
            raise ValueError(other)
    return filled, missing & ~np.isnan(filled)


def draw(
    values: FloatArray, choices: Imputation, generator: np.random.Generator, groups: Sequence[str] | None = None
) -> FloatArray:
    """One of the ways in which the missing values might be: for multiple imputation.

    `mean`, `median` and `knn` take a known value of the same group (of the neighbours) at random, a hot deck; `em`
    draws from the normal distribution of what is missing given what is known. Draws differ by `generator` alone.

    >>> column = np.array([[1.0], [3.0], [np.nan]])
    >>> {float(draw(column, Imputation("mean"), np.random.default_rng(seed))[2, 0]) for seed in range(9)} == {1.0, 3.0}
    True

    Rubin 1987, *Multiple Imputation for Nonresponse in Surveys*.
    """
    missing = np.isnan(values)
    if choices.method == "none" or not missing.any():
        return values.copy(order="F")
    if choices.method == "em":
        return _completed(values, missing, generator)
    if choices.method == "knn":
        return _nearest(values, missing, choices.neighbours, generator)
    filled, group = np.array(values, order="F"), _numbered(groups, len(values))
    for column in np.flatnonzero(missing.any(axis=0)):
        gap = missing[:, column] & (group >= 0)
        for one in np.unique(group[gap]):
            inside = group == one
            donors, rows = values[inside & ~missing[:, column], column], np.flatnonzero(gap & inside)
            if donors.size:
                filled[rows, column] = donors[generator.integers(donors.size, size=rows.size)]
    return filled


def _numbered(groups: Sequence[str] | None, units: int) -> IntArray:
    if groups is None:
        return np.zeros(units, dtype=np.int64)
    number = {word: place for place, word in enumerate(sorted(set(groups) - {""}))}
    return np.array([number.get(word, -1) for word in groups], dtype=np.int64)


def _by_group(values: FloatArray, missing: BoolArray, group: IntArray, method: str) -> FloatArray:
    if method == "mean" and not group.any():  # one group
        with np.errstate(invalid="ignore"):
            middle = np.where(missing, 0.0, values).sum(axis=0) / (~missing).sum(axis=0)
        return np.where(missing, middle, values)
    filled = np.array(values, order="F")
    for column in np.flatnonzero(missing.any(axis=0)):
        known, gap = ~missing[:, column] & (group >= 0), missing[:, column] & (group >= 0)
        if not gap.any():
            continue
        count = group.max() + 1
        if method == "mean":
            with np.errstate(invalid="ignore"):
                size = np.bincount(group[known], minlength=count)
                middle = np.bincount(group[known], values[known, column], minlength=count) / size
        else:
            middle = np.full(count, np.nan)
            for one in np.unique(group[gap]):
                inside = values[known & (group == one), column]
                middle[one] = np.median(inside) if inside.size else np.nan
        filled[gap, column] = middle[group[gap]]
    return filled


def _standard(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of each column; 1 where it does not vary or is not known."""
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    spread = np.sqrt(np.where(known, (values - mean) ** 2, 0.0).sum(axis=0) / count)
    return mean, np.where(spread > 0, spread, 1.0)


def _nearest(
    values: FloatArray, missing: BoolArray, neighbours: int, generator: np.random.Generator | None = None
) -> FloatArray:
    mean, spread = _standard(values)
    known = (~missing).astype(np.float64)
    z = np.where(missing, 0.0, (values - mean) / spread)
    filled = np.array(values, order="F")
    for row in np.flatnonzero(missing.any(axis=1)):
        both = known * known[row]
        shared = both.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = (both * (z - z[row]) ** 2).sum(axis=1) * values.shape[1] / shared
        distance[row] = np.nan
        for column in np.flatnonzero(missing[row]):
            able = np.flatnonzero(~missing[:, column] & ~np.isnan(distance))
            if able.size:
                nearest = values[able[np.argsort(distance[able], kind="stable")[:neighbours]], column]
                filled[row, column] = nearest.mean() if generator is None else nearest[generator.integers(nearest.size)]
    return filled


@dataclass(frozen=True, eq=False, slots=True)
class _Pattern:
    """Units that know the same columns."""

    rows: IntArray
    known: IntArray
    unknown: IntArray


def _patterns(missing: BoolArray) -> list[_Pattern]:
    kinds, which = np.unique(missing, axis=0, return_inverse=True)
    return [
        _Pattern(np.flatnonzero(which.ravel() == number), np.flatnonzero(~kind), np.flatnonzero(kind))
        for number, kind in enumerate(kinds)
    ]


def _completed(values: FloatArray, missing: BoolArray, generator: np.random.Generator | None = None) -> FloatArray:
    """EM for a multivariate normal (Dempster, Laird & Rubin 1977; Little & Rubin, *Statistical Analysis with Missing
    Data*, ch. 11), on standardised columns. A unit that knows nothing stays unknown."""
    mean, spread = _standard(values)
    z = np.where(missing, 0.0, (values - mean) / spread)
    usable = ~missing.all(axis=1)
    patterns = _patterns(missing[usable])
    filled: FloatArray = z[usable]
    centre, covariance = np.zeros(z.shape[1]), np.eye(z.shape[1])
    for _ in range(ROUNDS):
        filled, extra = _expected(filled, patterns, centre, covariance)
        fresh = filled.mean(axis=0)
        off = filled - fresh
        spread_now = (off.T @ off + extra) / len(filled) + RIDGE * np.eye(len(fresh))
        moved = max(np.abs(fresh - centre).max(), np.abs(spread_now - covariance).max())
        centre, covariance = fresh, spread_now
        if moved < CLOSE:
            break
    if generator is not None:
        filled = _drawn(filled, patterns, covariance, generator)
    result = np.array(values, order="F")
    back = np.full(values.shape, np.nan)
    back[usable] = filled * spread + mean
    result[missing] = back[missing]
    return result


def _expected(
    z: FloatArray, patterns: Sequence[_Pattern], centre: FloatArray, covariance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Missing cells at their conditional mean, and the summed conditional covariances."""
    filled, extra = z.copy(), np.zeros_like(covariance)
    for one in patterns:
        if one.unknown.size:
            slope, rest = _regression(one, covariance)
            given = z[np.ix_(one.rows, one.known)] - centre[one.known]
            filled[np.ix_(one.rows, one.unknown)] = centre[one.unknown] + given @ slope
            extra[np.ix_(one.unknown, one.unknown)] += len(one.rows) * rest
    return np.asarray(filled, dtype=np.float64), extra


def _regression(one: _Pattern, covariance: FloatArray) -> tuple[FloatArray, FloatArray]:
    cross = covariance[np.ix_(one.known, one.unknown)]
    slope = np.linalg.solve(covariance[np.ix_(one.known, one.known)], cross)
    rest = covariance[np.ix_(one.unknown, one.unknown)] - cross.T @ slope
    return np.asarray(slope, dtype=np.float64), np.asarray(rest, dtype=np.float64)


def _drawn(
    filled: FloatArray, patterns: Sequence[_Pattern], covariance: FloatArray, generator: np.random.Generator
) -> FloatArray:
    drawn = filled.copy()
    for one in patterns:
        if one.unknown.size:
            rest = _regression(one, covariance)[1]
            values, axes = np.linalg.eigh((rest + rest.T) / 2)
            noise = generator.standard_normal((len(one.rows), one.unknown.size))
            drawn[np.ix_(one.rows, one.unknown)] += noise @ (axes * np.sqrt(np.maximum(values, 0.0))).T
    return drawn
