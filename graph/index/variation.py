"""What is varied to see how far ranks can be trusted, as data beside the recipe.

As a file it is TOML:

    [vary]                              a key of the recipe = the values it may take, each as likely
    "treat.winmax" = [1, 2, 3, 4, 5]
    "normalise" = [{ method = "minmax", low = 1.0 }, { method = "z", mean = 50.0, deviation = 10.0 }]
    "aggregate.method" = ["arithmetic", "geometric"]

    [noise]                             each weight times a number between 1 - share and 1 + share
    share = 0.25
    levels = [2, 3]                     of the elements whose weights it is; without it all levels above the indicators

    [input]
    error = true                        each cell anew from its interval (`CODE_lo`, `CODE_hi` in the data)
    imputation = true                   each missing cell anew from what might be there (multiple imputation)

A value that is a table is laid over that section of the recipe; what it does not name stays as the recipe has it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from graph.errors import InputError
from graph.index.choices import Choices, choices_of
from graph.index.framework import Framework
from graph.index.keys import is_number, is_whole, tables_of, text_of
from graph.index.sheet import number_of, refuse
from graph.index.table import Table
from graph.metrics.interval import SURE
from graph.model import digest
from graph.network import FloatArray, IntArray

LOW, HIGH = "_lo", "_hi"  # endings of the columns that hold a cell's 95% interval
WEIGHTS, INPUT = "weight noise", "input"  # names of factors that no key of a recipe has


@dataclass(frozen=True, slots=True)
class Factor:
    """A key of the recipe and the values it may take, as TOML would hold them."""

    key: str
    values: tuple[Any, ...]

    def fragment(self, number: int) -> dict[str, Any]:
        """The alternative as a piece of a recipe.

        >>> Factor("treat.winmax", (1, 5)).fragment(1)
        {'treat': {'winmax': 5}}
        """
        told: Any = self.values[number]
        for name in reversed(self.key.split(".")):
            told = {name: told}
        return dict(told)


@dataclass(frozen=True, slots=True)
class Noise:
    """Weights of the elements at these levels, times a number drawn evenly between 1 - share and 1 + share."""

    share: float = 0.25
    levels: tuple[int, ...] = ()  # () all but that of the indicators and that of the top

    def elements(self, framework: Framework) -> IntArray:
        """The positions of the elements whose weights are drawn: those with siblings, at the levels.

        Raises:
            InputError: a level that the framework does not have below its top.
        """
        top = framework.elements[framework.top].level
        there = sorted({one.level for one in framework.elements if one.parent})
        unknown = [level for level in self.levels if level not in there]
        if unknown:
            words = ", ".join(map(str, there))
            raise InputError(f"noise.levels: {unknown[0]} is no level of elements with a weight; they stand at {words}")
        levels = self.levels or tuple(range(2, top))
        alone = {int(group.children[0]) for group in framework.groups if len(group.children) == 1}
        found = [
            number
            for number, one in enumerate(framework.elements)
            if one.level in levels and one.parent and number not in alone
        ]
        return np.array(found, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Variation:
    """All that is varied."""

    factors: tuple[Factor, ...] = ()
    noise: Noise | None = None
    error: bool = False
    imputation: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As TOML would hold it; `variation_of` is the way back."""
        told: dict[str, Any] = {"vary": {factor.key: list(factor.values) for factor in self.factors}}
        if self.noise is not None:
            told["noise"] = {"share": self.noise.share, "levels": list(self.noise.levels)}
        told["input"] = {"error": self.error, "imputation": self.imputation}
        return told

    @property
    def hash(self) -> str:
        """A hash of all that is varied."""
        return digest(repr(self.as_dict()))

    def names(self, tables: bool = False) -> tuple[str, ...]:
        """The names of what is varied, in order: keys of the recipe, weight noise, input.

        >>> Variation((Factor("treat.winmax", (1, 5)),), Noise()).names()
        ('treat.winmax', 'weight noise')
        """
        noise = (WEIGHTS,) if self.noise is not None else ()
        inputs = (INPUT,) if self.error or self.imputation or tables else ()
        return (*(factor.key for factor in self.factors), *noise, *inputs)

    def alternatives(self, choices: Choices) -> tuple[tuple[Mapping[str, Any], ...], ...]:
        """For each factor its values as pieces of a recipe; each is checked alone on `choices`.

        Raises:
            InputError: a value that a recipe may not hold; all at once.
        """
        found, mistakes = [], []
        for factor in self.factors:
            fragments = tuple(factor.fragment(number) for number in range(len(factor.values)))
            for fragment in fragments:
                try:
                    changed(choices, [fragment])
                except InputError as error:
                    mistakes.append(str(error))
            found.append(fragments)
        refuse(list(dict.fromkeys(mistakes)))
        return tuple(found)


def changed(choices: Choices, fragments: Sequence[Mapping[str, Any]]) -> Choices:
    """The choices with pieces of a recipe laid over them, one after another.

    >>> changed(Choices(), [{"treat": {"winmax": 1}}, {"aggregate": {"method": "geometric"}}]).treatment.winmax
    1
    """
    told: dict[str, Any] = choices.as_dict()
    for fragment in fragments:
        told = _laid(told, fragment)
    return choices_of(told, "vary")


def _laid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        name: _laid(below[name], value)
        if isinstance(value, Mapping) and isinstance(below.get(name), Mapping)
        else value
        for name, value in above.items()
    }
    return {**below, **both}


def default_variation(choices: Choices, framework: Framework, table: Table) -> Variation:
    """What is varied if nobody says what: the choices on which indices are most often attacked.

    winmax 1 to 5 (where outliers are treated), min-max or percentile ranks (both to 1..100, which every mean can take,
    in every draw; z-scores have no such floor), arithmetic or geometric means, weights ±25% above the indicators (of
    the indicators where the index stands on them directly), and the input where the data carry intervals or gaps that
    are filled. What a recipe has frozen for an edition is left alone.
    """
    factors = [] if choices.frozen else [Factor("normalise", (_scale("minmax"), _scale("percentile")))]
    if choices.treatment.winmax and not choices.frozen:
        factors.insert(0, Factor("treat.winmax", (1, 2, 3, 4, 5)))
    if not choices.frozen or choices.normalisation.low >= choices.aggregation.floor:
        factors.append(Factor("aggregate.method", ("arithmetic", "geometric")))
    top = framework.elements[framework.top].level
    gaps = bool(np.isnan(table.values).any()) and choices.imputation.method != "none"
    noise = Noise(levels=() if top > 2 else (1,))
    return Variation(tuple(factors), noise, error=bool(_interval_columns(table)), imputation=gaps)


def _scale(method: str) -> dict[str, Any]:
    return {"method": method, "low": 1.0, "high": 100.0}


def read_variation(path: Path) -> Variation:
    """The variation of a TOML file (form above).

    Raises:
        ReadError: the file is not there, or is no TOML.
        InputError: an unknown key or a wrong value; all mistakes at once.
    """
    return variation_of(tables_of(text_of(path, "cannot be read ({})"), str(path)), str(path))


def variation_of(told: Mapping[str, Any], where: str = "variation") -> Variation:
    """The variation that nested tables hold, as TOML or JSON gives them.

    Raises:
        InputError: an unknown key or a wrong value; all mistakes at once.

    >>> variation_of({"vary": {"treat.winmax": []}, "noise": {"share": 2}})
    Traceback (most recent call last):
    graph.errors.InputError: 2 mistakes: variation, vary.treat.winmax: must be a list of at least two different values;
    variation, noise.share: must be a number above 0 and below 1
    """
    refuse([f"{where}, {mistake}" for mistake in _mistakes(told)])
    noise = told.get("noise")
    inputs = told.get("input", {})
    return Variation(
        tuple(Factor(key, tuple(values)) for key, values in told.get("vary", {}).items()),
        None if noise is None else Noise(float(noise.get("share", 0.25)), tuple(noise.get("levels", ()))),
        bool(inputs.get("error", False)),
        bool(inputs.get("imputation", False)),
    )


def _mistakes(told: Mapping[str, Any]) -> Iterator[str]:
    known: dict[str, tuple[str, ...]] = {"vary": (), "noise": ("share", "levels"), "input": ("error", "imputation")}
    for name, table in told.items():
        if name not in known:
            yield f"{name}: is unknown (known: {', '.join(known)})"
        elif not isinstance(table, Mapping):
            yield f"{name}: must be a table [{name}]"
        elif keys := known[name]:
            yield from (f"{name}.{key}: is unknown (known: {', '.join(keys)})" for key in table if key not in keys)
    vary, noise, inputs = (table if isinstance(table := told.get(name, {}), Mapping) else {} for name in known)
    for key, values in vary.items():
        if not isinstance(values, list) or len({repr(value) for value in values}) < max(2, len(values)):
            yield f"vary.{key}: must be a list of at least two different values"
    share, levels = noise.get("share", 0.25), noise.get("levels", [])
    if not is_number(share) or not 0 < share < 1:
        yield "noise.share: must be a number above 0 and below 1"
    if not isinstance(levels, list) or not all(is_whole(level) and level > 0 for level in levels):
        yield "noise.levels: must be a list of whole numbers from 1"
    for key, value in inputs.items():
        if key in known["input"] and not isinstance(value, bool):
            yield f"input.{key}: must be true or false"


@dataclass(frozen=True, eq=False, slots=True)
class Doubts:
    """The 95% interval of every cell, (units, indicators); where none is known both ends are the value itself."""

    lo: FloatArray
    hi: FloatArray

    def draw(self, values: FloatArray, generator: np.random.Generator) -> FloatArray:
        """Each cell anew: normal around the value, as wide on either side as its interval is there.

        >>> doubts = Doubts(np.array([[1.0, 5.0]]), np.array([[4.0, 5.0]]))
        >>> drawn = [doubts.draw(np.array([[2.0, 5.0]]), np.random.default_rng(seed)) for seed in range(4000)]
        >>> round(float(np.mean([1 <= one[0, 0] <= 4 for one in drawn])), 2), {float(one[0, 1]) for one in drawn}
        (0.95, {5.0})
        """
        far = generator.standard_normal(values.shape)
        side = np.where(far < 0, values - self.lo, self.hi - values) / SURE
        return np.asarray(values + far * side, dtype=np.float64)


def doubts_of(table: Table) -> Doubts | None:
    """The intervals that a table carries in columns `CODE_lo` and `CODE_hi`; None if it has none.

    An empty cell of these says that nothing is known of the error: the value is then taken as it is.

    Raises:
        InputError: a cell is no number, one of the two columns is missing, or the interval does not hold the value; all
            at once, with the unit and the column.

    >>> table = Table(("a",), ("x",), np.array([[2.0]]), groups={"x_lo": ("1",), "x_hi": ("4.5",)})
    >>> doubts_of(table).hi.tolist()
    [[4.5]]
    """
    columns = _interval_columns(table)
    if not columns:
        return None
    lo, hi, mistakes = table.values.copy(), table.values.copy(), []
    for code in columns:
        at = table.codes.index(code)
        for ending, ends in ((LOW, lo), (HIGH, hi)):
            cells = table.groups.get(code + ending)
            if cells is None:
                mistakes.append(f"column {code + ending} is missing: an interval needs both ends")
                continue
            for unit, cell in enumerate(cells):
                number = number_of(cell)
                value = table.values[unit, at]
                if number is None:
                    mistakes.append(f"unit {table.units[unit]!r}, column {code + ending}: {cell!r} is no number")
                elif not math.isnan(number) and not math.isnan(value):
                    ends[unit, at] = number
        outside = (lo[:, at] > table.values[:, at]) | (hi[:, at] < table.values[:, at])
        for row in np.flatnonzero(outside).tolist():
            mistakes.append(
                f"unit {table.units[row]!r}, column {code}: {table.values[row, at]:g} lies outside its interval "
                f"[{lo[row, at]:g}, {hi[row, at]:g}]"
            )
    refuse(mistakes)
    return Doubts(lo, hi)


def _interval_columns(table: Table) -> list[str]:
    return [code for code in table.codes if code + LOW in table.groups or code + HIGH in table.groups]
