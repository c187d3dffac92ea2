"""An index from beginning to end: table + framework + choices → scores, ranks, and what was done to every cell.

    table ── denominate ── screen ── impute ── treat ── normalise ── weigh, aggregate ── rank
                              │         │        │
                              └─────────┴────────┴──── log: unit, indicator, before, after

`build` is pure and quick, so that it can be run thousands of times with one choice changed. What is only to be read by
people (the log, reasons, flags) is made when it is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from graph.errors import InputError
from graph.index.aggregate import aggregate
from graph.index.choices import Choices, Frozen, Weights
from graph.index.denominate import denominate
from graph.index.framework import Framework
from graph.index.impute import impute
from graph.index.normalise import FREEZABLE, Scale, normalise
from graph.index.screen import reasons, screen, sparse
from graph.index.sheet import refuse
from graph.index.standing import ranks_of
from graph.index.table import Table, known_group
from graph.index.treat import Treated, treat, treat_as
from graph.index.weigh import stated, weigh
from graph.metrics.value import finite
from graph.model import digest
from graph.network import BoolArray, FloatArray

LEAST = 2  # units that an index needs


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell that was changed. `before` or `after` is None where the value is not known."""

    step: str  # denominate, impute, treat
    unit: str
    code: str
    before: float | None
    after: float | None
    how: str

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, eq=False)
class Result:
    """What an index gives, with every step on the way. All arrays have the units of `table` in their rows.

    `divided`, `between`, `treated`, `normalised` are (units, indicators); `scores` and `partial` (units, elements), in
    the order of `framework.codes`; nan where a unit is not ranked. `ranks` is nan there too, 1 for the best; equal
    scores (to nine decimals) share the smallest rank.
    """

    table: Table
    framework: Framework
    choices: Choices
    kept: BoolArray
    divided: FloatArray
    filled: BoolArray  # cells that were imputed
    between: FloatArray  # after the first of the steps impute and treat
    treated: FloatArray  # after both
    how: tuple[str, ...]  # what treatment did to each indicator
    points: tuple[int, ...]  # cells of it that were winsorised
    passes: tuple[bool, ...]
    frozen: tuple[Frozen, ...]  # the treatment's numbers
    scale: Scale | None
    normalised: FloatArray
    scores: FloatArray
    partial: BoolArray
    weights: FloatArray  # (elements,), sum to 1 among siblings
    ranks: FloatArray

    def score(self, code: str) -> FloatArray:
        """The scores of one element, a unit each."""
        return self.scores[:, self.framework.position[code]]

    @property
    def hash(self) -> str:
        """A hash of data, framework and choices: equal inputs give equal results."""
        return digest(self.table.hash, self.framework.hash, self.choices.hash)

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Why each unit is not ranked; empty where it is."""
        told = reasons(self.divided, self.framework, self.choices.screen)
        if self.kept.sum() < LEAST and any(not why for why in told):
            return tuple(why or "no other unit can be ranked, so there is nothing to compare it with" for why in told)
        top = np.isnan(self.scores[:, self.framework.top])
        return tuple(
            why or ("too little of it is known to aggregate" if top[at] else "") for at, why in enumerate(told)
        )

    @cached_property
    def log(self) -> tuple[Entry, ...]:
        """Every cell that a step changed, in the order of steps, indicators and units."""
        return tuple(_log(self))

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """What a reader of the ranks should know."""
        return tuple(_flags(self))

    def unit_flags(self, unit: int) -> tuple[str, ...]:
        """What a reader of one unit's scores should know."""
        told = [f"imputed: {code}" for code, one in zip(self.table.codes, self.filled[unit], strict=True) if one]
        told += [f"partial: {code}" for code, one in zip(self.framework.codes, self.partial[unit], strict=True) if one]
        if np.isfinite(self.ranks[unit]) and (self.ranks == self.ranks[unit]).sum() > 1:
            told.append("shared rank")
        return tuple(told)


def build(table: Table, framework: Framework, choices: Choices | None = None) -> Result:
    """The index of a table.

    Args:
        table: from `graph.index.table.read_index`, or made of arrays; its indicators may be in another order.
        framework: the tree over them.
        choices: None: COINr's defaults, see `graph.index.choices`.

    Raises:
        InputError: an indicator that does not vary or that hardly anybody knows (all such are named), a choice that
            names what is not there, a mean that cannot take a score.

    >>> from graph.index.framework import Element
    >>> tree = Framework.of([Element("i", level=2), Element("x", parent="i"), Element("y", parent="i", direction=-1)])
    >>> done = build(Table(("a", "b", "c"), ("x", "y"), np.array([[1.0, 4.0], [3.0, 2.0], [5.0, np.nan]])), tree)
    >>> done.score("i").tolist(), done.ranks.tolist()
    ([0.0, 75.0, 75.0], [3.0, 1.0, 1.0])
    >>> [(entry.step, entry.unit, entry.code, entry.after) for entry in done.log]
    [('impute', 'c', 'y', 3.0)]
    """
    choices = choices or Choices()
    leaves = tuple(leaf.code for leaf in framework.leaves)
    if table.codes != leaves:
        table = table.only(leaves)
    _refuse_unknown(choices, framework)
    divided = denominate(table, framework) if choices.denominate else table.values
    kept = screen(divided, framework, choices.screen)
    if kept.sum() < LEAST:
        return _nothing(table, framework, choices, kept & False, divided)
    inside = divided[kept]
    refuse(sparse(inside, leaves, choices.screen))
    between, filled, done = _prepare(inside, table, kept, choices)
    units = (
        [unit for unit, one in zip(table.units, kept, strict=True) if one] if choices.normalisation.reference else ()
    )
    normalised, scale = normalise(done.values, framework.leaves, choices.normalisation, units, _bounds(choices, leaves))
    nominal = stated(framework, choices.weights)
    names = _Names(table.units, kept)
    scores, partial, weights = aggregate(normalised, framework, nominal, choices.aggregation, choices.weights, names)
    all_scores = _spread(scores, kept)
    return Result(
        table=table,
        framework=framework,
        choices=choices,
        kept=kept,
        divided=divided,
        filled=_spread(filled, kept, False),
        between=_spread(between, kept),
        treated=_spread(done.values, kept),
        how=done.how,
        points=tuple(done.points.tolist()),
        passes=tuple(done.passes.tolist()),
        frozen=done.scales,
        scale=scale,
        normalised=_spread(normalised, kept),
        scores=all_scores,
        partial=_spread(partial, kept, False),
        weights=weights,
        ranks=ranks_of(all_scores[:, framework.top]),
    )


def _refuse_unknown(choices: Choices, framework: Framework) -> None:
    if choices == choices.within(framework.codes, [one.level for one in framework.elements]):
        return
    told = choices.named()
    levels = {str(one.level) for one in framework.elements}
    refuse(
        [
            f"recipe, {place}: {name!r} is no {'level' if place.endswith('levels') else 'element'} of the framework"
            for place, name in told
            if name not in (levels if place.endswith("levels") else framework.position)
        ]
    )


class _Names(Sequence[str]):
    """Names of the kept units, looked up only where an error needs one."""

    def __init__(self, units: tuple[str, ...], kept: BoolArray) -> None:
        self._units, self._kept = units, kept

    def __len__(self) -> int:
        return int(self._kept.sum())

    def __getitem__(self, place: Any) -> Any:
        return self._units[int(np.flatnonzero(self._kept)[place])]


def _prepare(
    inside: FloatArray, table: Table, kept: BoolArray, choices: Choices
) -> tuple[FloatArray, BoolArray, Treated]:
    """Missing values and outliers, in the order of the recipe: the values between the two steps, what was imputed, and
    what came of treatment."""
    column, frozen = choices.imputation.group, dict(choices.frozen)
    words = known_group(table, column) if column else None
    groups = None if words is None else [word for word, one in zip(words, kept, strict=True) if one]

    def treated(values: FloatArray) -> Treated:
        if frozen:
            return treat_as(values, table.codes, frozen, choices.treatment)
        return treat(values, table.codes, choices.treatment)

    if choices.order == "impute":
        between, filled = impute(inside, choices.imputation, groups)
        return between, filled, treated(between)
    done = treated(inside)
    between, filled = impute(done.values, choices.imputation, groups)
    return done.values, filled, replace(done, values=between)


def _bounds(choices: Choices, codes: Sequence[str]) -> Scale | None:
    frozen = dict(choices.frozen)
    if not frozen:
        return None
    if choices.normalisation.method not in FREEZABLE:
        known = ", ".join(FREEZABLE)
        raise InputError(f"recipe, frozen: {choices.normalisation.method} hangs on who is in the table; freeze {known}")
    refuse([f"recipe, frozen: indicator {code!r} has no scale there" for code in codes if code not in frozen])
    ends = [(frozen[code].lower, frozen[code].upper) for code in codes]
    return Scale(*np.array(ends, dtype=np.float64).T)


def _spread(inside: Any, kept: BoolArray, empty: Any = np.nan) -> Any:
    """Rows of the kept units among all units."""
    if kept.all():
        return inside
    found = np.full((len(kept), inside.shape[1]), empty, dtype=inside.dtype, order="F")
    found[kept] = inside
    return found


def _nothing(table: Table, framework: Framework, choices: Choices, kept: BoolArray, divided: FloatArray) -> Result:
    """The result of a table in which no two units can be compared."""
    unknown = np.full(table.values.shape, np.nan)
    scores = np.full((len(table.units), len(framework.elements)), np.nan)
    none = np.zeros(scores.shape, dtype=np.bool_)
    weights = np.ones(len(framework.elements))
    for group in framework.groups:
        weights[group.children] = weigh(
            scores[:, group.children], group, framework, stated(framework, Weights()), Weights()
        )
    count = len(table.codes)
    return Result(
        table=table,
        framework=framework,
        choices=choices,
        kept=kept,
        divided=divided,
        filled=none[:, :count] if count else none,
        between=unknown,
        treated=unknown,
        how=("",) * count,
        points=(0,) * count,
        passes=(True,) * count,
        frozen=(Frozen(),) * count,
        scale=None,
        normalised=unknown,
        scores=scores,
        partial=none,
        weights=weights,
        ranks=np.full(len(table.units), np.nan),
    )


def _log(done: Result) -> Iterator[Entry]:
    codes, units = done.table.codes, done.table.units

    def changed(step: str, before: FloatArray, after: FloatArray, how: Sequence[str]) -> Iterator[Entry]:
        same = (before == after) | (np.isnan(before) & np.isnan(after))
        for column, unit in np.argwhere((~same & done.kept[:, None]).T).tolist():
            told = finite(before[unit, column]), finite(after[unit, column])
            yield Entry(step, units[unit], codes[column], *told, how[column])

    gone = np.isnan(done.divided) & ~np.isnan(done.table.values)
    for column, unit in np.argwhere(gone.T).tolist():
        how = f"{done.framework.leaves[column].denominator} is not known"
        yield Entry("denominate", units[unit], codes[column], float(done.table.values[unit, column]), None, how)
    group = done.choices.imputation.group
    filling = [f"{done.choices.imputation.method}{f' of {group}' if group else ''}"] * len(codes)
    if done.choices.order == "impute":
        yield from changed("impute", done.divided, done.between, filling)
        yield from changed("treat", done.between, done.treated, done.how)
    else:
        yield from changed("treat", done.divided, done.between, done.how)
        yield from changed("impute", done.between, done.treated, filling)


def _flags(done: Result) -> Iterator[str]:
    ranked = int(np.isfinite(done.ranks).sum())
    if ranked < len(done.ranks):
        yield f"{len(done.ranks) - ranked} of {len(done.ranks)} units are not ranked"
    unknown = np.isnan(done.treated[done.kept]).sum(axis=0)
    for column, code in enumerate(done.table.codes):
        if not done.passes[column]:
            yield f"{code} is still skewed{f', after it was {done.how[column]}' if done.how[column] else ''}"
        if unknown[column]:
            yield f"{code} is unknown for some ranked units; the weights of the others grow there"
    if (shared := sum(1 for count in _counts(done.ranks) if count > 1)) > 0:
        yield f"{shared} rank{'s are' if shared > 1 else ' is'} shared"
    if done.framework.passed_over:
        yield f"columns of the framework that were not read: {', '.join(done.framework.passed_over)}"


def _counts(ranks: FloatArray) -> list[int]:
    counts = np.unique(ranks[np.isfinite(ranks)], return_counts=True)[1]
    return [int(count) for count in counts]


def freeze(done: Result) -> Choices:
    """The choices of a result with its scale written down, so that another edition can be put on the same one.

    Each indicator is then cut, transformed and normalised by the numbers of this result; scores compare over time, and
    may leave the range from low to high. Imputation and screen still look at the new table.

    Raises:
        InputError: the normalisation hangs on who is in the table (ranks, target, reference, fraction).
    """
    if done.scale is None or done.choices.normalisation.method not in FREEZABLE:
        raise InputError(f"a scale by {done.choices.normalisation.method} cannot be frozen; {', '.join(FREEZABLE)} can")
    ends = zip(done.table.codes, done.frozen, done.scale.lower.tolist(), done.scale.upper.tolist(), strict=True)
    rows = [(code, replace(one, lower=lower, upper=upper)) for code, one, lower, upper in ends]
    return replace(done.choices, frozen=tuple(sorted(rows, key=lambda row: row[0])))


def without(done: Result, code: str) -> Result:
    """The same index with one element and all below it left out, everything else chosen alike.

    Raises:
        InputError: there is no such element, or nothing would be left.
    """
    framework = done.framework.without(code)
    choices = done.choices.within(framework.codes, [one.level for one in framework.elements])
    return build(done.table.only([leaf.code for leaf in framework.leaves]), framework, choices)


def removal(done: Result, codes: Sequence[str] | None = None) -> Mapping[str, float]:
    """How much do ranks move without an element? The mean of |rank without it - rank| over the units ranked both times.

    Args:
        codes: None: every element but the top and those whose removal leaves nothing.

    >>> from graph.index.framework import Element
    >>> tree = Framework.of([Element("i", level=2), Element("x", parent="i"), Element("y", parent="i", weight=3)])
    >>> removal(build(Table(("a", "b"), ("x", "y"), np.array([[1.0, 4.0], [3.0, 2.0]])), tree))
    {'x': 0.0, 'y': 1.0}
    """
    top = done.framework.codes[done.framework.top]
    told = {}
    for code in codes if codes is not None else [one for one in done.framework.codes if one != top]:
        try:
            moved = np.abs(without(done, code).ranks - done.ranks)
        except InputError:
            if codes is not None:
                raise
            continue
        told[code] = float(np.nanmean(moved)) if np.isfinite(moved).any() else math.nan
    return told
