"""A recipe says what the index of parks is made of; it is data (TOML), so that another can change one choice and see.

    name, title, status          status becomes a flag of every rank, e.g. "provisional"
    [gate]  firms, ties          below either a park is listed with the reason, not ranked
    [choices.…]                  those of the composite engine (`graph.index.choices`)
    [[dimension]] code, title, title_zh, weight
    [[indicator]] code, title, measure, dimension, transform ("none" or "log"), direction (1 or -1), weight

Recipes that ship lie in `graph/index/recipes/`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graph.errors import InputError
from graph.index.choices import Choices, choices_of
from graph.index.keys import POSITIVE, Key, is_whole, tables_of, text_of
from graph.model import digest

SHIPPED = Path(__file__).parent / "recipes"

TRANSFORMS: Mapping[str, Callable[[float], float]] = {
    "none": lambda value: value,
    "log": lambda value: math.log(value) if value > 0 else math.nan,
}
"""What can be done to a value before it is scaled; nan where it cannot."""

REFUSED: Mapping[str, str] = {
    "density": "falls as 1/n whatever the firms do, so it ranks small parks first; take mean_degree",
    "mixing_matrix": "is a table, not a number",
    "mixing_ratio": "is a table, not a number",
}
"""Measures that no index may hold, and why."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing that counts: a measure of parks, how it is transformed, whether more is better, how much it weighs."""

    code: str
    title: str
    measure: str
    dimension: str
    transform: str
    direction: int
    weight: float


@dataclass(frozen=True, slots=True)
class Dimension:
    """What indicators stand under."""

    code: str
    title: str
    title_zh: str
    weight: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """All choices of an index of parks."""

    name: str
    title: str
    status: str
    firms: int
    ties: int
    choices: Choices
    dimensions: tuple[Dimension, ...]
    indicators: tuple[Indicator, ...]

    @property
    def hash(self) -> str:
        """A hash of all choices, to be printed with what they gave."""
        return digest(*(getattr(self, name) for name in self.__slots__))


def load(source: str | Path = "future") -> Recipe:
    """The recipe of a file, or one that ships, by name.

    Raises:
        ReadError: there is no such file, or it is no TOML.
        InputError: the recipe is wrong; the message names every mistake.

    >>> [dimension.code for dimension in load().dimensions]
    ['physical', 'chemical', 'focus', 'tracks', 'ecosystem']
    """
    path = SHIPPED / f"{source}.toml" if isinstance(source, str) and not source.endswith(".toml") else Path(source)
    return parse(text_of(path, f"no recipe there ({{}}); shipped ones: {', '.join(shipped())}"), where=path.name)


def shipped() -> tuple[str, ...]:
    """The names of the recipes that ship."""
    return tuple(sorted(found.stem for found in SHIPPED.glob("*.toml")))


def parse(text: str, where: str = "recipe") -> Recipe:
    """The recipe that TOML text holds. `where` names it in errors.

    >>> parse('name = "x"\\n[gate]\\nfirms = 0')
    Traceback (most recent call last):
    graph.errors.InputError: recipe has 6 mistakes: title is missing; status is missing; dimension is missing; indicator
    is missing; gate.firms must be a whole number from 1; gate.ties is missing
    """
    told = tables_of(text, where)
    mistakes = list(_mistakes(told))
    if mistakes:
        counted = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise InputError(f"{where} has {counted}: {'; '.join(mistakes)}")
    return Recipe(
        name=told["name"],
        title=told["title"],
        status=told["status"],
        firms=told["gate"]["firms"],
        ties=told["gate"]["ties"],
        choices=choices_of(told.get("choices", {}), where),
        dimensions=tuple(
            Dimension(row["code"], row["title"], row.get("title_zh", row["title"]), float(row["weight"]))
            for row in told["dimension"]
        ),
        indicators=tuple(
            Indicator(
                row["code"],
                row["title"],
                row["measure"],
                row["dimension"],
                row.get("transform", "none"),
                row.get("direction", 1),
                float(row["weight"]),
            )
            for row in told["indicator"]
        ),
    )


def _tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


_WORDS = Key(lambda value: isinstance(value, str) and bool(value.strip()), "words")
_TOP = {
    "name": _WORDS,
    "title": _WORDS,
    "status": _WORDS,
    "gate": Key(lambda value: isinstance(value, dict), "a table"),
    "choices": Key(lambda value: isinstance(value, dict), "a table", optional=True),
    "dimension": Key(lambda value: _tables(value), "one or more tables [[dimension]]"),
    "indicator": Key(lambda value: _tables(value), "one or more tables [[indicator]]"),
}
_GATE = {
    "firms": Key(lambda value: is_whole(value) and value >= 1, "a whole number from 1"),
    "ties": Key(lambda value: is_whole(value) and value >= 0, "a whole number from 0"),
}
_DIMENSION = {
    "code": _WORDS,
    "title": _WORDS,
    "title_zh": replace(_WORDS, optional=True),
    "weight": POSITIVE,
}
_INDICATOR = {
    "code": _WORDS,
    "title": _WORDS,
    "measure": _WORDS,
    "dimension": _WORDS,
    "transform": Key(lambda value: value in TRANSFORMS, " or ".join(TRANSFORMS), optional=True),
    "direction": Key(lambda value: is_whole(value) and value in (1, -1), "1 or -1", optional=True),
    "weight": POSITIVE,
}


def _mistakes(told: Mapping[str, Any]) -> Iterator[str]:
    yield from _wrong("", told, _TOP)
    if isinstance(gate := told.get("gate"), dict):
        yield from _wrong("gate.", gate, _GATE)
    dimensions = told["dimension"] if _tables(told.get("dimension")) else []
    yield from _wrong_rows("dimension", dimensions, _DIMENSION)
    if _tables(told.get("indicator")):
        yield from _wrong_rows("indicator", told["indicator"], _INDICATOR)
        yield from _wrong_indicators(told["indicator"], {str(row.get("code", "")) for row in dimensions})


def _wrong(place: str, told: Mapping[str, Any], keys: Mapping[str, Key]) -> Iterator[str]:
    for name, key in keys.items():
        if name not in told:
            if not key.optional:
                yield f"{place}{name} is missing"
        elif not key.right(told[name]):
            yield f"{place}{name} must be {key.wanted}"
    for name in told:
        if name not in keys:
            yield f"{place}{name} is unknown (known: {', '.join(keys)})"


def _wrong_rows(kind: str, rows: list[dict[str, Any]], keys: Mapping[str, Key]) -> Iterator[str]:
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        yield from _wrong(f"{kind} {number}: ", row, keys)
        code = str(row.get("code", ""))
        if code and code in seen:
            yield f"{kind} {number}: code {code!r} stands twice"
        seen.add(code)


def _wrong_indicators(rows: list[dict[str, Any]], dimensions: set[str]) -> Iterator[str]:
    for number, row in enumerate(rows, start=1):
        place, measure, dimension = f"indicator {number}", row.get("measure"), row.get("dimension")
        if measure in REFUSED:
            yield f"{place}: measure {measure} {REFUSED[str(measure)]}"
        if isinstance(dimension, str) and dimensions and dimension not in dimensions:
            yield f"{place}: there is no dimension {dimension!r} (known: {', '.join(sorted(dimensions))})"
