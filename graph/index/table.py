"""The data of an index: units in rows, indicators in columns, with what they are divided by and the groups they are in.

As a file it is a CSV table: the first column, `unit`, names the units; a column for each indicator and denominator of
the framework; all other columns are groups, kept as written. An empty cell (or NA, nan, null) is missing, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from graph.errors import InputError
from graph.index.framework import Framework, parse_framework
from graph.index.sheet import Sheet, number_of, read_sheet, refuse
from graph.model import digest
from graph.network import FloatArray

UNIT = "unit"
_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Table:
    """The values of an index before anything is done to them; nothing in it is ever changed.

    `values[unit, indicator]` is nan where unknown. `groups` maps the name of a column to one word a unit (empty:
    unknown), `denominators` to one number above 0 a unit (nan: unknown).

    >>> table = Table(("a", "b"), ("x",), np.array([[1.0], [2.0]]), groups={"size": ("small", "large")})
    >>> table.values[:, table.codes.index("x")].tolist(), table.groups["size"]
    ([1.0, 2.0], ('small', 'large'))
    """

    units: tuple[str, ...]
    codes: tuple[str, ...]
    values: FloatArray
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)
    denominators: Mapping[str, FloatArray] = field(default_factory=lambda: _NONE)

    def __post_init__(self) -> None:
        """Refuses arrays that do not fit together: that is a mistake of the program, not of a user."""
        if self.values.shape != (len(self.units), len(self.codes)):
            raise ValueError(f"values {self.values.shape} for {len(self.units)} units and {len(self.codes)} indicators")
        if len(set(self.units)) < len(self.units):
            raise ValueError("a unit stands twice")

    def only(self, codes: Sequence[str]) -> Table:
        """The table with these indicators, in this order."""
        where = [self.codes.index(code) for code in codes]
        return replace(self, codes=tuple(codes), values=self.values[:, where])

    @cached_property
    def hash(self) -> str:
        """A hash of every cell; the order of the units plays no part."""
        order = sorted(range(len(self.units)), key=self.units.__getitem__)
        rows = (
            (
                self.units[row],
                *self.values[row].tolist(),
                *(words[row] for _, words in sorted(self.groups.items())),
                *(float(numbers[row]) for _, numbers in sorted(self.denominators.items())),
            )
            for row in order
        )
        return digest(self.codes, sorted(self.groups), sorted(self.denominators), *rows)


def read_index(data: Path, framework: Path) -> tuple[Table, Framework]:
    """The table and the framework of two CSV files; units are sorted by name, so the order of rows plays no part.

    Raises:
        ReadError: a file is not there, is empty or is no text.
        InputError: a mistake in either file; all of both are told at once, with file, row and column.
    """
    tree = read_sheet(framework)
    return index_of(read_sheet(data), tree)


def index_of(data: Sheet, framework: Sheet) -> tuple[Table, Framework]:
    """The same of two sheets. Raises InputError as `read_index`."""
    tree, mistakes = parse_framework(framework)
    table, more = parse_table(data, tree)
    refuse([*mistakes, *more])
    return table, tree


def parse_table(sheet: Sheet, framework: Framework) -> tuple[Table, list[str]]:
    """The table of a sheet with all its mistakes; usable only if there are none."""
    mistakes = list(sheet.mistakes)
    codes = tuple(dict.fromkeys(one.code for one in framework.leaves if one.code))
    divisors = tuple(dict.fromkeys(one.denominator for one in framework.leaves if one.denominator))
    where = {name: number for number, name in reversed(list(enumerate(sheet.columns)))}
    if sheet.columns[0].lower() != UNIT:
        mistakes.append(f"{sheet.name}, row 1: the first column must be {UNIT!r}, found {sheet.columns[0]!r}")
    for one in framework.leaves:
        if one.code and one.code not in where:
            mistakes.append(f"{sheet.name}, row 1: missing column {one.code!r}, an indicator of the framework")
        if one.denominator and one.denominator not in where:
            told = f"{sheet.name}, row 1: missing column {one.denominator!r}, the denominator of {one.code!r}"
            mistakes.append(told)
    mistakes += _wrong_units(sheet)
    values = _numbers(sheet, [where.get(code, -1) for code in codes], mistakes)
    numbers = _numbers(sheet, [where.get(name, -1) for name in divisors], mistakes, above=0.0)
    if mistakes:
        return Table((), codes, np.empty((0, len(codes)))), mistakes
    order = sorted(range(len(sheet.rows)), key=lambda row: sheet.rows[row][1][0])
    words = {name: column for name, column in where.items() if column and name not in {*codes, *divisors}}
    table = Table(
        units=tuple(sheet.rows[row][1][0] for row in order),
        codes=codes,
        values=values[order],
        groups={name: tuple(sheet.rows[row][1][column] for row in order) for name, column in sorted(words.items())},
        denominators={name: numbers[order, number] for number, name in enumerate(divisors)},
    )
    return table, mistakes


def _wrong_units(sheet: Sheet) -> list[str]:
    first: dict[str, int] = {}
    wrong = []
    for number, cells in sheet.rows:
        unit = cells[0]
        if not unit:
            wrong.append(f"{sheet.name}, row {number}, column {UNIT}: empty; every row needs the name of its unit")
        elif first.setdefault(unit, number) != number:
            wrong.append(f"{sheet.name}, row {number}, column {UNIT}: {unit!r} stands already in row {first[unit]}")
    return wrong if sheet.rows else [f"{sheet.name}: no rows below the header; an index needs units"]


def _numbers(sheet: Sheet, columns: Sequence[int], mistakes: list[str], above: float = -math.inf) -> FloatArray:
    """The numbers of these columns; -1 is a column that is not there."""
    found = np.full((len(sheet.rows), len(columns)), math.nan)
    for row, (number, cells) in enumerate(sheet.rows):
        for column, where in enumerate(columns):
            value = number_of(cells[where]) if where >= 0 else math.nan
            place = f"{sheet.name}, row {number}, column {sheet.columns[where]}"
            if value is None:
                mistakes.append(f"{place}: {cells[where]!r} is no number; leave the cell empty if it is not known")
            elif value <= above:
                mistakes.append(f"{place}: {cells[where]!r} cannot divide; a denominator is above 0")
            else:
                found[row, column] = value
    return found


def known_group(table: Table, column: str) -> tuple[str, ...]:
    """The groups of the units by a column.

    Raises:
        InputError: there is no such column of groups.
    """
    if column not in table.groups:
        named = ", ".join(table.groups) or "none"
        raise InputError(f"the data have no column of groups {column!r}; they have {named}")
    return table.groups[column]
