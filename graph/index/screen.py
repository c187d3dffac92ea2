"""Which units are known well enough to be ranked, and which indicators to be used.

A unit that is left out gets no score: 0 would be a claim. It is listed with the reason, and what the others get (means,
extremes) is found without it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.index.choices import Screen
from graph.index.framework import Framework
from graph.network import BoolArray, FloatArray


def screen(values: FloatArray, framework: Framework, choices: Screen) -> BoolArray:
    """Which units are kept: known in enough indicators, in every dimension, and not zero almost everywhere.

    A dimension is an aggregate with indicators directly under it. The share of values unlike 0 is of the known ones.

    >>> from graph.index.framework import Element
    >>> tree = Framework.of([Element("i", level=2), Element("x", parent="i"), Element("y", parent="i")])
    >>> screen(np.array([[1.0, 2.0], [np.nan, 2.0]]), tree, Screen(share=0.65)).tolist()
    [True, False]
    """
    known = ~np.isnan(values)
    kept = _share(known) >= choices.share
    for _, columns in dimensions(framework):
        kept &= known[:, columns].sum(axis=1) >= min(choices.groups, len(columns))
    if choices.nonzero:
        kept &= _nonzero(values, known) >= choices.nonzero
    return np.asarray(kept, dtype=np.bool_)


def reasons(values: FloatArray, framework: Framework, choices: Screen) -> tuple[str, ...]:
    """Why each unit is not kept; empty if it is. Agrees with `screen`."""
    known = ~np.isnan(values)
    share, nonzero = _share(known), _nonzero(values, known)
    counts = [(code, known[:, columns].sum(axis=1), len(columns)) for code, columns in dimensions(framework)]

    def why(unit: int) -> str:
        told = []
        if share[unit] < choices.share:
            told.append(
                f"{known[unit].sum()} of {known.shape[1]} indicators known, the recipe asks for {choices.share:.0%}"
            )
        empty = [code for code, count, size in counts if count[unit] < min(choices.groups, size)]
        if empty:
            told.append(f"fewer than {choices.groups} known in {', '.join(empty)}")
        if choices.nonzero and nonzero[unit] < choices.nonzero:
            told.append(f"{nonzero[unit]:.0%} of its values are unlike 0, the recipe asks for {choices.nonzero:.0%}")
        return "; ".join(told)

    return tuple(why(unit) for unit in range(len(values)))


def sparse(values: FloatArray, codes: Sequence[str], choices: Screen) -> list[str]:
    """A sentence for each indicator that too few of the kept units know."""
    if not len(values):
        return []
    known = (~np.isnan(values)).sum(axis=0)
    return [
        f"column {code}: known for {count} of {len(values)} units; an indicator needs {choices.column:.0%} "
        f"(screen.column of the recipe), so leave it out of the framework"
        for code, count in zip(codes, known.tolist(), strict=True)
        if count < choices.column * len(values) or not count
    ]


def dimensions(framework: Framework) -> list[tuple[str, list[int]]]:
    """The aggregates that hold indicators, each with the columns of these in the table."""
    column = {int(position): number for number, position in enumerate(framework.indicators)}
    found = []
    for group in framework.groups:
        columns = [column[int(child)] for child in group.children if int(child) in column]
        if columns:
            found.append((framework.elements[group.parent].code, columns))
    return found


def _share(known: BoolArray) -> FloatArray:
    return np.asarray(known.mean(axis=1), dtype=np.float64)


def _nonzero(values: FloatArray, known: BoolArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(((values != 0) & known).sum(axis=1) / known.sum(axis=1), dtype=np.float64)
