"""From the scores of children to that of their parent, level by level.

    arithmetic    Σ w x                      a weak child is made up for by a strong one
    geometric     exp Σ w ln x               less so; needs values above 0
    harmonic      1 / Σ (w / x)              still less; needs values above 0
    generalised   (Σ w x^p)^(1/p)            p = 1 arithmetic, p → 0 geometric, p = -1 harmonic
    median        the middle by weight       the mean of the two middle ones where half the weight lies on each side
    copeland      units beaten - units that beat it, in pairs: a unit beats another if it is better on more than half
                  of the weight (equal values give half to each); -(n-1)..n-1

w sums to 1 over the children that are known for the unit; where one is not known the others' weights grow, and the
parent is marked `partial`. A unit of which no child is known has no score, nor one that knows a smaller share of the
weights than `present` asks for. In copeland two units are compared on what is known of both.

Oracle: COINr 1.1.14 (`a_amean`, `a_gmean`, `a_hmean`, `a_genmean`, `a_copeland`); OECD & JRC 2008, *Handbook on
Constructing Composite Indicators*, step 6. COINr's geometric mean refuses 0; this one refuses all below `floor` (1),
since the logarithm makes a score near 0 outweigh all others: normalise to 1..100.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from graph.errors import InputError
from graph.index.choices import Aggregation, Weights
from graph.index.framework import Framework, Group
from graph.index.weigh import by_doubt, doubted, weigh
from graph.network import BoolArray, FloatArray

_POSITIVE = ("geometric", "harmonic")


def aggregate(
    indicators: FloatArray,
    framework: Framework,
    nominal: FloatArray,
    choices: Aggregation,
    weights: Weights | None = None,
    units: Sequence[str] = (),
) -> tuple[FloatArray, BoolArray, FloatArray]:
    """The scores of all elements, where they are partial, and the weights that were used.

    Args:
        indicators: (units, indicators) on one scale, in the order of `framework.indicators`.
        nominal: the stated weight of every element (`graph.index.weigh.stated`).
        weights: how else they are found; None: as stated.
        units: their names, for errors.

    Returns:
        (units, elements) scores, nan where unknown; (units, elements) true where a child was not known;
        (elements,) weights, which sum to 1 among siblings; 1 at the top.

    Raises:
        InputError: a score is below `floor` where a mean needs values above 0; the message names unit and element.
    """
    scores = np.full((len(indicators), len(framework.elements)), np.nan, order="F")
    scores[:, framework.indicators] = indicators
    partial = np.zeros(scores.shape, dtype=np.bool_)
    used = np.ones(len(framework.elements))
    for group in framework.groups:
        block = scores[:, group.children]
        if by_doubt(weights or Weights(), group, framework):
            scores[:, group.parent], used[group.children] = doubted(block, group, framework)
            continue
        shares = weigh(block, group, framework, nominal, weights or Weights())
        used[group.children] = shares
        _refuse_low(block, group, framework, choices, units)
        scores[:, group.parent], partial[:, group.parent] = mean_of(block, shares, choices, group.level)
    return scores, partial, used


def mean_of(block: FloatArray, weights: FloatArray, choices: Aggregation, level: int) -> tuple[FloatArray, BoolArray]:
    """The parent's score from its children's, and where it is partial.

    Args:
        block: (units, children), nan where unknown.
        weights: one a child, or (units, children).
        level: of the parent.

    >>> block = np.array([[1.0, 100.0], [10.0, 10.0], [np.nan, 50.0]])
    >>> for name in ("arithmetic", "geometric", "harmonic", "median", "copeland"):
    ...     print(name, mean_of(block, np.array([0.5, 0.5]), Aggregation(name), 2)[0].round(2).tolist())
    arithmetic [50.5, 10.0, 50.0]
    geometric [10.0, 10.0, 50.0]
    harmonic [1.98, 10.0, 50.0]
    median [50.5, 10.0, 50.0]
    copeland [1.0, -1.0, 0.0]
    """
    missing = np.isnan(block)
    w = np.broadcast_to(weights, block.shape)
    whole = not missing.any()
    if not whole:
        block, w = np.where(missing, 1.0, block), np.where(missing, 0.0, w)
    total = w.sum(axis=1)
    method = choices.at(level)
    if method == "copeland":
        score = _copeland(block, missing, np.broadcast_to(weights, block.shape)[0])
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            score = _MEANS[method](block, w / total[:, None], choices.power)
    if whole:
        return score, np.zeros(len(block), dtype=np.bool_)
    known = (~missing).mean(axis=1)
    none = (known == 0) | (known < choices.present) | (total == 0)
    return np.where(none, np.nan, score), missing.any(axis=1) & ~none


def _arithmetic(x: FloatArray, w: FloatArray, _: float) -> FloatArray:
    return np.asarray((x * w).sum(axis=1), dtype=np.float64)


def _geometric(x: FloatArray, w: FloatArray, _: float) -> FloatArray:
    return np.asarray(np.exp((w * np.log(x)).sum(axis=1)), dtype=np.float64)


def _harmonic(x: FloatArray, w: FloatArray, _: float) -> FloatArray:
    return np.asarray(1 / (w / x).sum(axis=1), dtype=np.float64)


def _generalised(x: FloatArray, w: FloatArray, power: float) -> FloatArray:
    return np.asarray((w * x**power).sum(axis=1) ** (1 / power), dtype=np.float64)


def _median(x: FloatArray, w: FloatArray, _: float) -> FloatArray:
    x = np.where(w > 0, x, np.inf)  # what weighs nothing stands last
    order = np.argsort(x, axis=1, kind="stable")
    x, below = np.take_along_axis(x, order, axis=1), np.cumsum(np.take_along_axis(w, order, axis=1), axis=1)
    first = np.argmax(below >= 0.5 - 1e-12, axis=1)
    second = np.argmax(below > 0.5 + 1e-12, axis=1)
    rows = np.arange(len(x))
    return np.asarray((x[rows, first] + x[rows, second]) / 2, dtype=np.float64)


_MEANS: dict[str, Callable[[FloatArray, FloatArray, float], FloatArray]] = {
    "arithmetic": _arithmetic,
    "geometric": _geometric,
    "harmonic": _harmonic,
    "generalised": _generalised,
    "median": _median,
}


def _copeland(x: FloatArray, missing: BoolArray, weights: FloatArray) -> FloatArray:
    lead = np.zeros((len(x), len(x)))
    for column, weight in enumerate(weights):
        known = ~missing[:, column]
        step = np.sign(x[:, column, None] - x[None, :, column])
        lead += weight * step * (known[:, None] & known[None, :])
    lead[np.abs(lead) < 1e-12] = 0.0  # half of the weight on each side, but for rounding
    return np.asarray(np.sign(lead).sum(axis=1), dtype=np.float64)


def _refuse_low(
    block: FloatArray, group: Group, framework: Framework, choices: Aggregation, units: Sequence[str]
) -> None:
    method, least = choices.at(group.level), -np.inf
    if method in _POSITIVE or (method == "generalised" and choices.power < 0):
        least = choices.floor
    elif method == "generalised":
        least = 0.0
    if least == -np.inf or not (low := np.fmin.reduce(block, axis=None)) < least - 1e-9:
        return
    row, child = np.argwhere(block == low)[0]
    unit = f"unit {units[row]}, " if len(units) else ""
    raise InputError(
        f"{unit}element {framework.elements[group.children[child]].code}: {low:g} is below {least:g}, which the "
        f"{method} mean at level {group.level} cannot take; normalise to 1..100 (normalise.low = 1)"
    )
