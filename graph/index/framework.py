"""The tree of an index: which indicator stands under which dimension, which way it counts, and for how much.

    level 3   Index ──────────────┐
    level 2   Physical            Social          an aggregate: the mean of what stands under it
    level 1   LPI, Flights        CPI, NGOs       an indicator: a column of the table of data

As a file it is a CSV table with the columns `code,name,level,parent,direction,weight,denominator`:

    code         unlike all others; for an indicator the name of a column of the data
    level        1 for an indicator, more for an aggregate; a parent's level is above its children's
    parent       the code above; empty for the one element at the top
    direction    1 if more is better, -1 if less is better; of an aggregate 1 or empty
    weight       its share among the children of its parent, from 0; they need not sum to 1; at the top without meaning
    denominator  the column of the data that the indicator is divided by, or empty

Columns that may follow: `target` (for the normalisation `target`), `lower` and `upper` (for `goalposts`). Others are
kept out and named in `Framework.passed_over`. Capitals in column names play no part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from graph.errors import InputError
from graph.index.sheet import EMPTY, Sheet, number_of, read_sheet, refuse
from graph.model import digest
from graph.network import IntArray

COLUMNS = ("code", "name", "level", "parent", "direction", "weight", "denominator")
FURTHER = ("target", "lower", "upper")
_ALIASES = {"icode": "code", "iname": "name", "goalpost_lower": "lower", "goalpost_upper": "upper"}
_OUTSIDE = ("group", "denominator")  # rows of another tool's table that describe columns, not elements


@dataclass(frozen=True, slots=True)
class Element:
    """One row of a framework; `parent` is empty at the top, `denominator` where nothing is divided."""

    code: str
    name: str = ""
    level: int = 1
    parent: str = ""
    direction: int = 1
    weight: float = 1.0
    denominator: str = ""
    target: float | None = None
    lower: float | None = None
    upper: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Group:
    """A parent and its children, as positions in `Framework.elements`."""

    parent: int
    level: int  # of the parent
    children: IntArray


@dataclass(frozen=True)
class Framework:
    """A tree of elements that holds together; made by `Framework.of` or `read_framework`, which refuse what does not.

    >>> tree = Framework.of([Element("index", level=2), Element("x", parent="index"), Element("y", parent="index")])
    >>> tree.codes, tree.indicators.tolist(), tree.elements[tree.top].code
    (('index', 'x', 'y'), [1, 2], 'index')
    >>> Framework.of([Element("x", parent="z")])
    Traceback (most recent call last):
    graph.errors.InputError: framework, element 1, column parent: 'z' is no code here; name one of x, or none at the top
    """

    elements: tuple[Element, ...]
    passed_over: tuple[str, ...] = ()  # columns of the file that were not read

    @classmethod
    def of(cls, elements: Iterable[Element]) -> Framework:
        """The framework of these elements, in their order.

        Raises:
            InputError: a code stands twice, a parent is unknown, a cycle, two tops, an aggregate without indicators, a
                level that is not above its children's, a wrong direction, negative weights or all of them zero; all
                mistakes at once.
        """
        listed = tuple(elements)
        refuse(list(_mistakes(listed, lambda number: f"framework, element {number + 1}")))
        return cls(listed)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where in `elements` (and in the columns of scores) a code stands."""
        return {element.code: number for number, element in enumerate(self.elements)}

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in the order of the columns of scores."""
        return tuple(element.code for element in self.elements)

    @cached_property
    def indicators(self) -> IntArray:
        """Positions of the elements of level 1; `Table.codes` has the same order."""
        return np.array([number for number, one in enumerate(self.elements) if one.level == 1], dtype=np.int64)

    @cached_property
    def leaves(self) -> tuple[Element, ...]:
        """The indicators themselves, in the order of `indicators`."""
        return tuple(one for one in self.elements if one.level == 1)

    @cached_property
    def top(self) -> int:
        """The position of the index itself."""
        return next(number for number, one in enumerate(self.elements) if not one.parent)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Every parent with its children, the lower levels first: the order in which scores can be made."""
        below: dict[str, list[int]] = {}
        for number, one in enumerate(self.elements):
            if one.parent:
                below.setdefault(one.parent, []).append(number)
        found = [
            Group(self.position[code], self.elements[self.position[code]].level, np.array(children, dtype=np.int64))
            for code, children in below.items()
        ]
        return tuple(sorted(found, key=lambda group: (group.level, group.parent)))

    def under(self, code: str) -> tuple[str, ...]:
        """The code itself and all codes below it, in order.

        Raises:
            InputError: there is no such code.
        """
        if code not in self.position:
            raise InputError(f"there is no element {code!r}; the framework has {_some(self.codes)}")
        kept = {code}
        for group in reversed(self.groups):
            if self.elements[group.parent].code in kept:
                kept.update(self.elements[child].code for child in group.children)
        return tuple(one for one in self.codes if one in kept)

    def without(self, code: str) -> Framework:
        """The framework with an element and all below it left out, and each parent that would stand empty.

        >>> rows = [Element("index", level=2), Element("x", parent="index"), Element("y", parent="index")]
        >>> Framework.of(rows).without("y").codes
        ('index', 'x')

        Raises:
            InputError: there is no such code, or nothing would be left.
        """
        gone = set(self.under(code))
        for group in self.groups:  # the lower levels first, so that emptiness climbs
            if all(self.elements[child].code in gone for child in group.children):
                gone.add(self.elements[group.parent].code)
        if self.elements[self.top].code in gone:
            raise InputError(f"without {code!r} nothing is left of the index")
        return Framework.of(one for one in self.elements if one.code not in gone)

    @property
    def hash(self) -> str:
        """A hash of all elements in their order."""
        return digest(*self.elements)


def read_framework(path: Path) -> Framework:
    """The framework of a CSV file (columns above).

    Raises:
        ReadError: the file is not there, is empty or is no text.
        InputError: as `Framework.of`, and cells that are no numbers; the message names file, row and column.
    """
    framework, mistakes = parse_framework(read_sheet(path))
    refuse(mistakes)
    return framework


def parse_framework(sheet: Sheet) -> tuple[Framework, list[str]]:
    """The framework of a sheet with all its mistakes; usable only if there are none."""
    columns = [_ALIASES.get(name.lower(), name.lower()) for name in sheet.columns]
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        found = ", ".join(sheet.columns)
        return Framework(()), [f"{sheet.name}, row 1: missing column {', '.join(missing)}; found {found}"]
    mistakes = list(sheet.mistakes)
    elements, places = [], []
    for number, cells in sheet.rows:
        row = dict(zip(columns, cells, strict=True))
        if row.get("type", "").lower() in _OUTSIDE:
            continue
        place = f"{sheet.name}, row {number}"
        elements.append(_element(row, place, mistakes))
        places.append(place)
    known = {*COLUMNS, *FURTHER}
    passed = tuple(name for name, column in zip(sheet.columns, columns, strict=True) if column not in known)
    mistakes += _mistakes(elements, places.__getitem__)
    return Framework(tuple(elements), passed), mistakes


def _element(row: Mapping[str, str], place: str, mistakes: list[str]) -> Element:
    """The element of a row. A wrong cell is told and read as a harmless value, so that the rest can be looked at."""

    def number(column: str, needed: bool = False) -> float | None:
        cell = row.get(column, "")
        value = number_of(cell)
        if value is None:
            mistakes.append(f"{place}, column {column}: {cell!r} is no number")
        elif math.isnan(value):
            if needed:
                mistakes.append(f"{place}, column {column}: empty; write a number")
            return None
        return value

    parent, level = _word(row["parent"]), number("level", needed=True)
    if level is not None and (level < 1 or level % 1):
        mistakes.append(f"{place}, column level: {row['level']!r} must be a whole number: 1 for an indicator, or more")
        level = None
    weight = number("weight", needed=bool(parent))
    return Element(
        code=row["code"],
        name=row["name"],
        level=1 if level is None else int(level),
        parent=parent,
        direction=_direction(row["direction"], place, mistakes, needed=level == 1),
        weight=1.0 if weight is None else weight,
        denominator=_word(row["denominator"]),
        target=number("target"),
        lower=number("lower"),
        upper=number("upper"),
    )


def _direction(cell: str, place: str, mistakes: list[str], needed: bool) -> int:
    value = number_of(cell)
    if value in (1.0, -1.0):
        return int(value or 1)
    if needed or value is None or not math.isnan(value):
        mistakes.append(f"{place}, column direction: {cell!r} must be 1 (more is better) or -1 (less is better)")
    return 1


def _word(cell: str) -> str:
    return "" if cell.lower() in EMPTY else cell


def _mistakes(elements: Sequence[Element], place: Callable[[int], str]) -> Iterator[str]:
    if not elements:
        yield "the framework has no elements"
        return
    first: dict[str, int] = {}
    for number, one in enumerate(elements):
        if not one.code:
            yield f"{place(number)}, column code: empty; every element needs a code"
        elif first.setdefault(one.code, number) != number:
            yield f"{place(number)}, column code: {one.code!r} stands twice, first in {place(first[one.code])}"
    yield from _wrong_values(elements, place)
    yield from _wrong_tree(elements, first, place)
    yield from _wrong_weights(elements, first, place)


def _wrong_values(elements: Sequence[Element], place: Callable[[int], str]) -> Iterator[str]:
    for number, one in enumerate(elements):
        if one.level > 1 and one.direction != 1:
            yield f"{place(number)}, column direction: an aggregate has 1 or nothing; turn the indicators below it"
        if one.direction not in (1, -1):
            yield f"{place(number)}, column direction: {one.direction} must be 1 (more is better) or -1"
        if one.level < 1:
            yield f"{place(number)}, column level: {one.level} must be a whole number from 1"
        if one.level > 1 and one.denominator:
            yield f"{place(number)}, column denominator: only an indicator (level 1) is divided"
        if not (math.isfinite(one.weight) and one.weight >= 0):
            yield f"{place(number)}, column weight: {one.weight:g} must be a number from 0"


def _wrong_tree(elements: Sequence[Element], first: Mapping[str, int], place: Callable[[int], str]) -> Iterator[str]:
    tops = [number for number, one in enumerate(elements) if not one.parent]
    inside: set[str] = set()
    for number, one in enumerate(elements):
        if one.parent and one.parent not in first:
            known = _some([other.code for other in elements if other.level > 1]) or _some(list(first))
            told = f"{one.parent!r} is no code here; name one of {known}, or none at the top"
            yield f"{place(number)}, column parent: {told}"
        elif (loop := _cycle(elements, first, number)) and not inside.issuperset(loop):
            inside.update(loop)
            told = f"a cycle, {' → '.join([*loop, loop[0]])}; one of them must have another parent"
            yield f"{place(number)}, column parent: {told}"
    for number, one in enumerate(elements):
        if one.parent in first and one.code not in inside:
            above = elements[first[one.parent]]
            if above.level <= one.level:
                yield (
                    f"{place(number)}, column level: {one.level} must be below the {above.level} of its parent "
                    f"{above.code!r}"
                )
    if len(tops) > 1:
        named = ", ".join(f"{elements[number].code!r}" for number in tops)
        yield f"{place(tops[1])}, column parent: only one element may have none, found {named}; give the others one"
    parents = {one.parent for one in elements}
    lost = any(one.parent and one.parent not in first for one in elements)  # they may belong under the empty ones
    for number, one in enumerate(elements):
        if one.level > 1 and one.code not in parents and not lost:
            yield f"{place(number)}, column code: nothing stands under {one.code!r}; give it indicators or leave it out"
    if len(tops) == 1 and elements[tops[0]].level == 1 and len(elements) == 1:
        yield f"{place(tops[0])}, column level: the element at the top must be an aggregate (level 2 or more)"


def _cycle(elements: Sequence[Element], first: Mapping[str, int], number: int) -> list[str]:
    """The codes of the cycle that an element stands in, from itself upwards; none if it stands in none."""
    start, seen = elements[number].code, []
    code = start
    while code and code in first and code not in seen:
        seen.append(code)
        code = elements[first[code]].parent
    return seen if code == start and seen else []


def _wrong_weights(elements: Sequence[Element], first: Mapping[str, int], place: Callable[[int], str]) -> Iterator[str]:
    below: dict[str, float] = {}
    for one in elements:
        if one.parent in first:
            below[one.parent] = below.get(one.parent, 0.0) + abs(one.weight)  # one below 0 is told as such
    for code, total in below.items():
        if not total > 0:
            yield f"{place(first[code])}, column weight: the weights under {code!r} sum to zero; one must be above 0"


def _some(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" … ({len(names)})" if len(names) > most else "")
