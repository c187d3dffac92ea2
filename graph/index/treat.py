"""Outliers: an indicator in which one unit is far away from all others ranks nobody but that unit.

An indicator passes if |skewness| < 2 or kurtosis < 3.5 (both adjusted for the sample). One that fails is winsorised:
the points at its far end take the value of the next one, until it passes or `winmax` points are treated. If it still
fails, that is undone and it is transformed. Nothing is winsorised so far that an indicator would become constant.

Oracle: COINr 1.1.14 (`Treat`, `winsorise`, `log_CT`, `log_CT_plus`, `log_GII`, `boxcox`), after the JRC's COIN Tool.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graph.errors import InputError
from graph.index.choices import Frozen, Treatment
from graph.network import BoolArray, FloatArray, IntArray

SHIFT = 0.01  # of the range: what a logarithm adds to the smallest value


@dataclass(frozen=True, eq=False, slots=True)
class Treated:
    """The values after treatment, and for each column what was done to it.

    `how` is empty where nothing was done; `points` counts the cells that winsorising changed; `passes` says whether the
    column passes now.
    """

    values: FloatArray
    how: tuple[str, ...]
    points: IntArray
    passes: BoolArray
    scales: tuple[Frozen, ...]


def skewness(values: FloatArray) -> FloatArray:
    """How lopsided is each column? G1 = g √(n(n-1)) / (n-2), g = √n Σx³ / (Σx²)^1.5, x the distance from the mean.

    Above 0 where the far values are high. nan for fewer than three known values, and for a constant column.

    >>> skewness(np.array([[1.0], [2.0], [9.0]])).round(6).tolist()
    [1.630059]

    Joanes & Gill 1998, The Statistician 47:183 (type 2).
    """
    return _moments(values)[0]


def kurtosis(values: FloatArray) -> FloatArray:
    """How heavy are the tails of each column? G2 = ((n+1)(r-3)+6)(n-1) / ((n-2)(n-3)), r = n Σx⁴ / (Σx²)².

    0 for a normal distribution. nan for fewer than four known values, and for a constant column.

    >>> kurtosis(np.array([[1.0], [2.0], [3.0], [9.0]])).round(6).tolist()
    [3.01436]

    Joanes & Gill 1998 (type 2).
    """
    return _moments(values)[1]


def passes(values: FloatArray, choices: Treatment) -> BoolArray:
    """Which columns need no treatment; a column whose shape is undefined (constant, under three values) needs none."""
    skewed, tailed = _moments(values)
    fails = (np.abs(skewed) >= choices.skew) & (tailed >= choices.kurtosis)
    return np.asarray(~fails, dtype=np.bool_)


def treat(values: FloatArray, codes: Sequence[str], choices: Treatment) -> Treated:
    """Winsorises the columns that do not pass, and transforms from the start what still does not.

    Args:
        values: (units, columns), nan where unknown; it stays so.
        codes: of the columns, for `choices.leave` and for errors.

    Raises:
        InputError: the transformation is not defined for an indicator (log_gii needs a maximum above 1).

    >>> column = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [100.0]])
    >>> done = treat(column, ["x"], Treatment(winmax=1))
    >>> done.values.ravel().tolist(), done.how
    ([1.0, 2.0, 3.0, 4.0, 5.0, 5.0], ('winsorised',))
    """
    passing = passes(values, choices)
    if choices.leave:
        passing |= np.array([code in choices.leave for code in codes])
    result, points = values.copy(order="F"), np.zeros(values.shape[1], dtype=np.int64)
    how, scales = [""] * values.shape[1], [Frozen()] * values.shape[1]
    failing = np.flatnonzero(~passing)
    if not failing.size:
        return Treated(result, tuple(how), points, passing, tuple(scales))
    if choices.winmax:
        result[:, failing], points[failing], passing[failing] = winsorise(values[:, failing], choices)
        for column in failing[points[failing] > 0].tolist():
            how[column] = "winsorised"
            scales[column] = Frozen(
                floor=float(np.fmin.reduce(result[:, column])), ceiling=float(np.fmax.reduce(result[:, column]))
            )
    if choices.transform != "none":
        for column in np.flatnonzero(~passing).tolist():
            start, scale = (result if choices.combine else values)[:, column], scales[column]
            if not choices.combine:
                points[column], how[column], scale = 0, "", Frozen()
            scales[column] = fitted = _fit(start, codes[column], choices.transform, scale)
            result[:, column] = transform(start, fitted)
            how[column] = f"{how[column]}, {fitted.transform}".removeprefix(", ")
        passing[failing] = passes(result[:, failing], choices)
    return Treated(result, tuple(how), points, passing, tuple(scales))


def winsorise(values: FloatArray, choices: Treatment) -> tuple[FloatArray, IntArray, BoolArray]:
    """Draws in the far points of each column, one distinct value at a time, until it passes or `winmax` is reached.

    Points that are equal move together, and count each, so a column may end with more than `winmax`. Gives the values,
    the number of points changed in each column, and whether it passes.
    """
    x = np.array(values, order="F")
    high = np.zeros(x.shape[1], dtype=np.int64)
    low = high.copy()
    going, passing = np.arange(x.shape[1]), np.zeros(x.shape[1], dtype=np.bool_)
    while going.size:
        block = x[:, going]
        skewed, tailed = _moments(block)
        wrong = (np.abs(skewed) >= choices.skew) & (tailed >= choices.kurtosis)
        passing[going] = ~wrong
        wrong &= high[going] + low[going] < choices.winmax
        going, block, up = going[wrong], block[:, wrong], skewed[wrong] >= 0
        if not going.size:
            break
        turned = np.where(up, block, -block)
        far = turned == np.fmax.reduce(turned, axis=0)
        next_value = np.fmax.reduce(np.where(far, np.nan, turned), axis=0)
        more = next_value > np.fmin.reduce(turned, axis=0)  # else the column would become constant
        going, up, far, turned, next_value = going[more], up[more], far[:, more], turned[:, more], next_value[more]
        turned = np.where(far, next_value, turned)
        x[:, going] = np.where(up, turned, -turned)
        count = far.sum(axis=0)
        high[going[up]], low[going[~up]] = count[up], count[~up]
    return x, high + low, passing


def transform(values: FloatArray, scale: Frozen) -> FloatArray:
    """A column cut and transformed by the numbers of `scale`.

        log       ln(x - least + 0.01 (most - least))
        log_neg   -ln(most - x + 0.01 (most - least))                for a tail of low values
        log_gii   ln((most - 1)(x - least)/(most - least) + 1)
        boxcox    (y^power - 1)/power, y = x - least + 1; ln y for power 0

    Values outside least..most (those of a later edition) are drawn in to them first.

    >>> transform(np.array([0.0, 10.0]), Frozen("log", least=0.0, most=10.0)).round(6).tolist()
    [-2.302585, 2.312535]
    """
    x = np.clip(values, scale.floor, scale.ceiling)
    least, most = scale.least, scale.most
    if scale.transform == "none":
        return x
    x = np.clip(x, least, most)
    match scale.transform:
        case "log":
            return np.log(x - least + SHIFT * (most - least))
        case "log_neg":
            return -np.log(most - x + SHIFT * (most - least))
        case "log_gii":
            return np.log((most - 1) * (x - least) / (most - least) + 1)
        case "boxcox":
            y = np.asarray(x - least + 1, dtype=np.float64)
            return np.log(y) if scale.power == 0 else (y**scale.power - 1) / scale.power
        case other:  # pragma: no cover - the recipe is checked before
            raise ValueError(other)


def treat_as(values: FloatArray, codes: Sequence[str], frozen: Mapping[str, Frozen], choices: Treatment) -> Treated:
    """Does to each column what an earlier edition did, so that scores compare."""
    result = np.array(values, order="F")
    scales = tuple(frozen[code] for code in codes)
    points = np.zeros(len(codes), dtype=np.int64)
    how = []
    for column, scale in enumerate(scales):
        result[:, column] = transform(values[:, column], scale)
        cut = (values[:, column] < scale.floor) | (values[:, column] > scale.ceiling)
        points[column] = cut.sum()
        steps = ["winsorised"] * bool(points[column]) + [scale.transform] * (scale.transform != "none")
        how.append(", ".join(steps))
    return Treated(result, tuple(how), points, passes(result, choices), scales)


def _fit(column: FloatArray, code: str, name: str, scale: Frozen) -> Frozen:
    """The numbers by which a transformation is done to this column."""
    least, most = float(np.fmin.reduce(column)), float(np.fmax.reduce(column))
    power = 0.0
    if name == "log_gii" and most <= 1:
        raise InputError(f"column {code}: log_gii needs a maximum above 1, it is {most:g}; choose another transform")
    if name == "log_plus":
        name = "log" if skewness(column[:, None])[0] > 0 else "log_neg"
    if name == "boxcox":
        power = _power(column[~np.isnan(column)] - least + 1)
    return Frozen(name, least, most, power, scale.floor, scale.ceiling)


def _power(y: FloatArray) -> float:
    """Box and Cox' λ of greatest likelihood, between -5 and 5."""
    from scipy.optimize import minimize_scalar
    from scipy.stats import boxcox_llf

    return float(minimize_scalar(lambda power: -boxcox_llf(power, y), bounds=(-5, 5), method="bounded").x)


def _moments(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Skewness and kurtosis of each column."""
    if not len(values):
        return np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    n = np.full(values.shape[1], float(len(values)))
    with np.errstate(divide="ignore", invalid="ignore"):
        x = values - values.mean(axis=0)
        if np.isnan(x.sum(axis=0)).any():
            x, n = _centred(values)
        x /= np.abs(x).max(axis=0)  # shapes do not change with the unit, and no power overflows
        square = x * x
        second = square.sum(axis=0)
        fourth = np.einsum("ij,ij->j", square, square)
        x *= square
        skewed = np.sqrt(n) * x.sum(axis=0) / second**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
        tailed = ((n + 1) * (n * fourth / second**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    flat = np.fmax.reduce(values, axis=0) == np.fmin.reduce(values, axis=0)
    return np.where((n < 3) | flat, np.nan, skewed), np.where((n < 4) | flat, np.nan, tailed)


def _centred(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Distances from the mean of the known values, 0 where unknown, and how many are known."""
    known = ~np.isnan(values)
    n = known.sum(axis=0).astype(np.float64)
    x = values - np.where(known, values, 0.0).sum(axis=0) / n
    x[~known] = 0.0
    return x, n
