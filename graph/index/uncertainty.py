"""How far can the ranks be trusted? The index is made thousands of times, each time with other defensible choices.

    variation ── points of the unit cube ── draws ── recipes that coincide are carried out once ── ranks ── intervals

A draw takes one value of each factor, noise for each weight, and one state of the input (cells anew from their
intervals, missing cells anew, another table). Draws that share recipe and input share everything up to the weights;
from there on all of them are computed together, level by level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from graph.errors import InputError
from graph.index.aggregate import mean_of
from graph.index.choices import Aggregation, Choices
from graph.index.denominate import denominate
from graph.index.framework import Group
from graph.index.impute import draw as draw_missing
from graph.index.run import Result, build
from graph.index.screen import screen
from graph.index.standing import Standing, ranks_of, standings
from graph.index.table import Table, known_group
from graph.index.variation import INPUT, WEIGHTS, Doubts, Variation, changed, default_variation, doubts_of
from graph.index.weigh import by_doubt, doubted
from graph.network import FloatArray, IntArray

DRAWS = 2000
SOURCES = 64  # states of the input that a sensitivity analysis chooses from
TOGETHER = 512  # draws computed at once, so that memory does not grow with their number

_LINEAR = ("arithmetic", "geometric", "harmonic", "generalised")
"""Means that are a weighted sum of something, and so can be had for all draws in one product."""


@dataclass(frozen=True, eq=False, slots=True)
class Uncertainty:
    """The ranks of all draws, and what they say of each unit."""

    variation: Variation
    seed: int
    ranks: FloatArray  # (draws, units), nan where a draw does not rank a unit
    standings: tuple[Standing, ...]  # in the order of the table's units

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; units in the order of their nominal rank, those without one last."""
        listed = sorted(self.standings, key=lambda row: (row.nominal is None, row.nominal or 0, row.unit))
        return {
            "draws": len(self.ranks),
            "seed": self.seed,
            "variation": self.variation.as_dict(),
            "variation_hash": self.variation.hash,
            "units": [row.as_dict() for row in listed],
        }


def uncertainty(
    done: Result,
    variation: Variation | None = None,
    draws: int = DRAWS,
    *,
    seed: int,
    tables: Sequence[Table] = (),
) -> Uncertainty:
    """Where might each unit stand if other defensible choices had been made, and other data been seen?

    Args:
        done: the index as it is; its recipe holds whatever is not varied.
        variation: what is varied; `graph.index.variation.default_variation` if None.
        draws: how many times the index is made.
        seed: the same seed gives the same ranks, to the bit.
        tables: other states of the data (groups of documents left out, another extraction), of the same units and
            indicators.

    Raises:
        InputError: no draws, nothing to vary, a value that the recipe cannot hold or that cannot be carried out on
            these data; the message names it.

    >>> from graph.index.framework import Element, Framework
    >>> from graph.index.variation import Factor
    >>> tree = Framework.of([Element("i", level=2), Element("x", parent="i"), Element("y", parent="i")])
    >>> table = Table(("a", "b", "c"), ("x", "y"), np.array([[1.0, 9.0], [5.0, 5.5], [9.0, 1.0]]))
    >>> varied = Variation((Factor("weights.given", ({"x": 1.0}, {"x": 3.0})),))
    >>> for row in uncertainty(build(table, tree), varied, 100, seed=1).standings:
    ...     print(row.unit, row.nominal, row.lo, row.hi, row.band)
    a 2.0 2.0 3.0 (1, 1)
    b 1.0 1.0 2.0 (1, 1)
    c 2.0 1.0 2.0 (1, 1)

    Saisana, Saltelli & Tarantola 2005, Journal of the Royal Statistical Society A 168:307; OECD/JRC 2008, step 7.
    """
    if draws < 1:
        raise InputError(f"uncertainty needs at least one draw, not {draws}")
    trial = Trial.of(done, variation, seed, tables)
    points = np.random.default_rng(seed).random((draws, len(trial.columns)))
    ranks = trial.ranks(points, np.arange(draws) if trial.redraws else None)
    return Uncertainty(trial.variation, seed, ranks, standings(done.table.units, ranks, done.ranks))


@dataclass(frozen=True, eq=False)
class Trial:
    """An index with what is varied, ready to be made for any points of the unit cube."""

    done: Result
    variation: Variation
    seed: int
    tables: tuple[Table, ...]  # never empty; only the index's own if no others are given
    doubts: Doubts | None
    alternatives: tuple[tuple[Mapping[str, Any], ...], ...]
    noisy: IntArray  # positions of the elements whose weights are drawn

    @classmethod
    def of(cls, done: Result, variation: Variation | None, seed: int, tables: Sequence[Table] = ()) -> Trial:
        """Everything looked at that can be wrong before the first draw.

        Raises:
            InputError: nothing to vary, a value that no recipe may hold, intervals asked for and not there, a table of
                other units or indicators.
        """
        for number, table in enumerate(tables, start=1):
            if table.units != done.table.units or not set(done.table.codes) <= set(table.codes):
                raise InputError(f"table {number} of the input has other units or indicators than the index")
        variation = variation or default_variation(done.choices, done.framework, done.table)
        if not variation.names(bool(tables)):
            raise InputError("nothing is varied: name values of a key of the recipe, noise of weights, or the input")
        doubts = doubts_of(done.table) if variation.error else None
        if variation.error and doubts is None:
            raise InputError(
                "input.error: the data have no intervals; add columns CODE_lo and CODE_hi, or leave it out"
            )
        noisy = np.array([], dtype=np.int64) if variation.noise is None else variation.noise.elements(done.framework)
        listed = tuple(table.only(done.table.codes) for table in tables) or (done.table,)
        return cls(done, variation, seed, listed, doubts, variation.alternatives(done.choices), noisy)

    @property
    def redraws(self) -> bool:
        """Whether cells are drawn anew, so that no two states of the input need be equal."""
        return self.variation.error or self.variation.imputation

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The factor that each column of points belongs to."""
        inputs = (INPUT,) if INPUT in self.variation.names(len(self.tables) > 1) else ()
        return (*(factor.key for factor in self.variation.factors), *[WEIGHTS] * len(self.noisy), *inputs)

    @property
    def factors(self) -> tuple[str, ...]:
        """The different names in `columns`, in order."""
        return tuple(dict.fromkeys(self.columns))

    def ranks(self, points: FloatArray, sources: IntArray | None = None) -> FloatArray:
        """The ranks, (draws, units), at points of the unit cube, (draws, columns).

        Args:
            points: a value in 0..1 for each column; a factor's range is cut into as many equal bins as it has values.
            sources: the state of the input of each draw, by number; None: that of the last column's bin.
        """
        picks, noise, source = self._read(points, sources)
        recipes = np.column_stack([source, *picks.T])
        which = np.unique(recipes, axis=0, return_inverse=True)[1]
        scores = np.full((len(points), len(self.done.table.units)), np.nan)
        order = np.argsort(which.ravel(), kind="stable")
        for rows in np.split(order, np.cumsum(np.bincount(which.ravel()))[:-1]):
            done = self._made(int(source[rows[0]]), picks[rows[0]])
            for start in range(0, len(rows), TOGETHER):
                some = rows[start : start + TOGETHER]
                scores[some] = _tops(done, noise[some])
        return ranks_of(scores)

    def _read(self, points: FloatArray, sources: IntArray | None) -> tuple[IntArray, FloatArray, IntArray]:
        """Which value of each factor, which noise for each element, which state of the input."""
        sizes = np.array([len(one) for one in self.alternatives], dtype=np.int64)
        picks = np.minimum((points[:, : len(sizes)] * sizes).astype(np.int64), sizes - 1)
        noise = np.ones((len(points), len(self.done.framework.elements)))
        if self.variation.noise is not None:
            drawn = points[:, len(sizes) : len(sizes) + len(self.noisy)]
            noise[:, self.noisy] = 1 + self.variation.noise.share * (2 * drawn - 1)
        if sources is None:
            states = SOURCES if self.redraws else len(self.tables)
            last = points[:, -1] if INPUT in self.columns else np.zeros(len(points))
            sources = np.minimum((last * states).astype(np.int64), states - 1)
        return picks, noise, sources

    def _made(self, source: int, picks: IntArray) -> Result:
        """The index for one state of the input and one recipe, weights without noise."""
        pieces = [values[int(pick)] for values, pick in zip(self.alternatives, picks, strict=True)]
        choices = self._choices(tuple(int(pick) for pick in picks), pieces)
        try:
            if not self.redraws:
                return build(self.tables[source], self.done.framework, choices)
            return build(self._redrawn(source, choices), self.done.framework, replace(choices, denominate=False))
        except InputError as error:
            told = "; ".join(
                f"{f.key} = {f.values[int(pick)]}" for f, pick in zip(self.variation.factors, picks, strict=True)
            )
            raise InputError(f"cannot be varied so ({told or 'input'}): {error}") from error

    @cached_property
    def _known(self) -> dict[tuple[int, ...], Choices]:
        return {}

    def _choices(self, picks: tuple[int, ...], pieces: Sequence[Mapping[str, Any]]) -> Choices:
        if picks not in self._known:
            self._known[picks] = changed(self.done.choices, pieces)
        return self._known[picks]

    def _redrawn(self, source: int, choices: Choices) -> Table:
        """One state of the input, divided by its denominators; the same for the same seed and number."""
        generator = np.random.default_rng([self.seed, source])
        table = self.tables[source % len(self.tables)]
        if self.doubts is not None:
            table = replace(table, values=self.doubts.draw(table.values, generator))
        values = denominate(table, self.done.framework) if choices.denominate else table.values
        if self.variation.imputation:
            kept = screen(values, self.done.framework, choices.screen)
            column = choices.imputation.group
            words = known_group(table, column) if column else None
            groups = None if words is None else [word for word, one in zip(words, kept, strict=True) if one]
            values = values.copy()
            values[kept] = draw_missing(values[kept], choices.imputation, generator, groups)
        return replace(table, values=values)


def _tops(done: Result, noise: FloatArray) -> FloatArray:
    """The scores of the whole, (draws, units), for a recipe under noise of its weights, (draws, elements).

    An element that has no noise below is as in the index; one whose weights below are the same in all draws is computed
    once. The row of either has one draw.
    """
    framework, kept = done.framework, np.flatnonzero(done.kept)
    found: dict[int, FloatArray] = {int(at): done.scores[kept, at][None] for at in framework.indicators}
    quiet = set(found)
    for group in framework.groups:
        children = [found[int(child)] for child in group.children]
        doubt, factors = by_doubt(done.choices.weights, group, framework), noise[:, group.children]
        if quiet.issuperset(group.children.tolist()) and (doubt or (factors == factors[:, :1]).all()):
            found[group.parent] = done.scores[kept, group.parent][None]
            quiet.add(group.parent)
        elif doubt:
            found[group.parent] = _doubted(done, group, children)
        else:
            weights = done.weights[group.children] * factors
            weights = weights / weights.sum(axis=1, keepdims=True)
            if (weights == weights[:1]).all():
                weights = weights[:1]
            found[group.parent] = _means(children, weights, done.choices.aggregation, group.level)
    tops = np.full((len(noise), len(done.kept)), np.nan)
    tops[:, kept] = found[framework.top]
    return tops


def _doubted(done: Result, group: Group, children: Sequence[FloatArray]) -> FloatArray:
    """Benefit of the doubt, which takes no noise of its own, over children that have some below."""
    wide = np.broadcast_arrays(*children)
    made = [doubted(np.stack(rows, axis=1), group, done.framework)[0] for rows in zip(*wide, strict=True)]
    return np.asarray(made, dtype=np.float64)


def _means(children: Sequence[FloatArray], weights: FloatArray, choices: Aggregation, level: int) -> FloatArray:
    """The parent's scores, (draws, units), from those of its children, each (draws or 1, units)."""
    method = choices.at(level)
    missing = np.stack([np.isnan(child[0]) for child in children])  # who is known does not hang on weights
    if method not in _LINEAR:
        draws = max(len(weights), *(len(child) for child in children))
        wide = [np.broadcast_to(child, (draws, child.shape[1])) for child in children]
        rows = np.broadcast_to(weights, (draws, len(children)))
        return np.stack(
            [mean_of(np.stack([c[d] for c in wide], axis=1), rows[d], choices, level)[0] for d in range(draws)]
        )
    turned = [
        np.where(gone, 0.0, _turn(child, method, choices.power)) for child, gone in zip(children, missing, strict=True)
    ]
    if all(len(child) == 1 for child in children):
        total = weights @ np.concatenate(turned)
    else:
        total = np.asarray(sum(weights[:, [at]] * child for at, child in enumerate(turned)), dtype=np.float64)
    if missing.any():
        known = (~missing).mean(axis=0)
        share = weights @ (~missing).astype(np.float64)
        gone = (known == 0) | (known < choices.present) | (share <= 0)
        total = np.divide(total, share, out=np.full(total.shape, np.nan), where=~gone)
    return _turn_back(total, method, choices.power)


def _turn(scores: FloatArray, method: str, power: float) -> FloatArray:
    """What is summed."""
    with np.errstate(invalid="ignore"):
        match method:
            case "geometric":
                return np.log(scores)
            case "harmonic":
                return np.asarray(1 / scores, dtype=np.float64)
            case "generalised":
                return np.asarray(scores**power, dtype=np.float64)
            case _:
                return scores


def _turn_back(total: FloatArray, method: str, power: float) -> FloatArray:
    match method:
        case "geometric":
            return np.exp(total)
        case "harmonic":
            return np.asarray(1 / total, dtype=np.float64)
        case "generalised":
            return np.asarray(total ** (1 / power), dtype=np.float64)
        case _:
            return total
