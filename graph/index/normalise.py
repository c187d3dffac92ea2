"""Indicators on one scale, where more is better.

    x is the value times its direction (so that more is better), min and max are of x over the ranked units

    minmax       (x - min)/(max - min)                 low..high
    z            (x - mean)/s, s with n - 1            mean, deviation of the recipe
    rank         1 for the lowest … n; equal values share the smaller           1..n
    borda        rank - 1                              0..n-1
    percentile   (rank - 1)/(n - 1)                    low..high
    goalposts    (x - lower)/(upper - lower)           low..high between the posts, which the framework or recipe states
    target       (x - min)/(target - min)              high at the target, above it beyond
    reference    (x - min)/(x of a unit - min)         high for the reference unit, above it for better ones
    fraction     x/max; for less is better min/value   up to high; values above 0

What runs from low to high is low + (high - low) times the share above. `cap` cuts at both ends.

Oracle: COINr 1.1.14 (`n_minmax`, `n_zscore`, `n_rank`, `n_borda`, `n_prank`, `n_goalposts`, `n_dist2targ`,
`n_dist2ref`, `n_fracmax`), but for `fraction` of indicators where less is better: dividing negated values by
their maximum, as COINr does, gives the worst unit the highest score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.errors import InputError
from graph.index.choices import Normalisation
from graph.index.framework import Element
from graph.index.sheet import refuse
from graph.network import FloatArray

SAME = 1e-12
"""Values that differ by less, as a share of their size, differ by rounding only."""

FREEZABLE = ("minmax", "z", "goalposts")
"""Methods whose scale can be kept for a later edition; the others hang on who else is in the table."""


@dataclass(frozen=True, eq=False, slots=True)
class Scale:
    """The two values of each indicator that stand for 0 and 1; for z the mean, and mean + standard deviation."""

    lower: FloatArray
    upper: FloatArray


def normalise(
    values: FloatArray,
    leaves: Sequence[Element],
    choices: Normalisation,
    units: Sequence[str] = (),
    frozen: Scale | None = None,
) -> tuple[FloatArray, Scale | None]:
    """The values on one scale, and what the scale stands on (None where it is made of ranks).

    Args:
        values: (units, indicators), nan where unknown; it stays so.
        leaves: the indicator of each column: its direction, and perhaps posts and target.
        units: their names, for `reference`.
        frozen: the scale of an earlier edition, in place of one from these values.

    Raises:
        InputError: an indicator is the same for all units; posts, targets or the reference unit are missing; all told.

    >>> leaves = [Element("speed"), Element("price", direction=-1)]
    >>> normalise(np.array([[1.0, 9.0], [2.0, 5.0], [5.0, 5.0]]), leaves, Normalisation())[0].tolist()
    [[0.0, 0.0], [25.0, 100.0], [100.0, 100.0]]
    """
    if frozen is None and choices.method != "goalposts":
        refuse(_constant(values, leaves))
    signs = np.array([leaf.direction for leaf in leaves], dtype=np.float64)
    x = values * signs
    if choices.method in ("rank", "borda", "percentile"):
        return _ranked(x, choices), None
    if choices.method == "fraction":
        return _stretched(_fraction(values, leaves), choices), None
    scale = frozen or _scale(x, values, leaves, choices, units)
    share = (x - scale.lower * signs) / ((scale.upper - scale.lower) * signs)
    if choices.method == "z":
        return choices.mean + choices.deviation * share, scale
    return _stretched(share, choices), scale


def _stretched(share: FloatArray, choices: Normalisation) -> FloatArray:
    if choices.cap:
        share = np.clip(share, 0.0, 1.0)
    return choices.low + (choices.high - choices.low) * share


def _constant(values: FloatArray, leaves: Sequence[Element]) -> list[str]:
    low, high = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
    return [
        f"column {leaf.code}: no variation, every unit has {low[column]:g}, so it tells nobody apart; "
        "leave it out of the framework"
        for column, leaf in enumerate(leaves)
        if high[column] - low[column] <= SAME * max(abs(low[column]), abs(high[column]))
    ]


def _scale(
    x: FloatArray, values: FloatArray, leaves: Sequence[Element], choices: Normalisation, units: Sequence[str]
) -> Scale:
    """The lower and upper end in the units of the values, lower being the worse."""
    signs = np.array([leaf.direction for leaf in leaves], dtype=np.float64)
    worst = np.fmin.reduce(x, axis=0)
    match choices.method:
        case "minmax":
            return Scale(worst * signs, np.fmax.reduce(x, axis=0) * signs)
        case "z":
            mean = np.nanmean(values, axis=0)
            return Scale(mean, mean + signs * np.nanstd(values, axis=0, ddof=1))
        case "goalposts":
            return _posts(leaves, choices)
        case "target":
            return Scale(worst * signs, _targets(worst, leaves, choices))
        case "reference":
            return Scale(worst * signs, _reference(x, worst, leaves, choices, units) * signs)
        case other:  # pragma: no cover - the recipe is checked before
            raise ValueError(other)


def _posts(leaves: Sequence[Element], choices: Normalisation) -> Scale:
    told, mistakes, found = dict(choices.posts), [], []
    for leaf in leaves:
        lower, upper = told.get(leaf.code, (leaf.lower, leaf.upper))
        if lower is None or upper is None:
            mistakes.append(f"column {leaf.code}: no goalposts; state normalise.posts.{leaf.code} = [lower, upper]")
        elif not lower < upper:
            mistakes.append(f"column {leaf.code}: the lower goalpost {lower:g} must be below the upper {upper:g}")
        else:
            found.append((lower, upper)[:: leaf.direction])
    refuse(mistakes)
    ends = np.array(found, dtype=np.float64).reshape(-1, 2)
    return Scale(ends[:, 0], ends[:, 1])


def _targets(worst: FloatArray, leaves: Sequence[Element], choices: Normalisation) -> FloatArray:
    told, mistakes, found = dict(choices.targets), [], []
    for leaf, least in zip(leaves, worst.tolist(), strict=True):
        target = told.get(leaf.code, leaf.target)
        if target is None:
            mistakes.append(f"column {leaf.code}: no target; state normalise.targets.{leaf.code}")
        elif target * leaf.direction <= least:
            mistakes.append(
                f"column {leaf.code}: the target {target:g} must be better than the worst value, "
                f"{least * leaf.direction:g}"
            )
        else:
            found.append(target)
    refuse(mistakes)
    return np.array(found, dtype=np.float64)


def _reference(
    x: FloatArray, worst: FloatArray, leaves: Sequence[Element], choices: Normalisation, units: Sequence[str]
) -> FloatArray:
    if choices.reference not in units:
        raise InputError(f"recipe, normalise.reference: {choices.reference!r} is no ranked unit of the data")
    best: FloatArray = x[list(units).index(choices.reference)]
    refuse(
        [
            f"column {leaf.code}: the reference {choices.reference!r} "
            + ("is unknown" if np.isnan(one) else "is itself the worst, nothing can be measured by it")
            for leaf, one, least in zip(leaves, best.tolist(), worst.tolist(), strict=True)
            if not one > least
        ]
    )
    return best


def _fraction(values: FloatArray, leaves: Sequence[Element]) -> FloatArray:
    least = np.fmin.reduce(values, axis=0)
    refuse(
        [
            f"column {leaf.code}: a fraction of the maximum needs values above 0, the least is {low:g}"
            for leaf, low in zip(leaves, least.tolist(), strict=True)
            if low <= 0
        ]
    )
    more = np.array([leaf.direction > 0 for leaf in leaves])
    share: FloatArray = np.where(more, values / np.fmax.reduce(values, axis=0), least / values)
    return share


def _ranked(x: FloatArray, choices: Normalisation) -> FloatArray:
    columns = np.ascontiguousarray(x.T)
    order = np.argsort(columns, axis=1)  # unknown ones last
    rising = np.take_along_axis(columns, order, axis=1)
    fresh = np.ones(columns.shape, dtype=np.bool_)
    fresh[:, 1:] = rising[:, 1:] != rising[:, :-1]
    place = np.where(fresh, np.arange(1.0, columns.shape[1] + 1), 0.0)
    rank = np.empty(columns.shape)
    np.put_along_axis(rank, order, np.maximum.accumulate(place, axis=1), axis=1)
    rank = np.where(np.isnan(columns), np.nan, rank).T
    if choices.method == "percentile":
        return _stretched((rank - 1) / ((~np.isnan(x)).sum(axis=0) - 1), choices)
    return rank - 1 if choices.method == "borda" else rank
