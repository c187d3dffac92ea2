"""Two indices side by side: who moved, and which change moved them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from graph.errors import InputError
from graph.index.choices import Choices, choices_of
from graph.index.run import Result, build
from graph.metrics.value import finite
from graph.network import FloatArray

DATA = "data"
MOST = 8  # changes that are told apart: the index is made 2^changes times


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two indices: a key of the recipe, or `data` (the table, the framework, or both)."""

    key: str
    before: Any
    after: Any

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"key": self.key, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Move:
    """One unit in both. `shift` is how many ranks it climbed; None where it is ranked only once."""

    unit: str
    before: float | None
    after: float | None
    shift: float | None
    due: tuple[float, ...]  # the part of `shift` that is due to each change, in their order; () if not told apart

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        row = {name: getattr(self, name) for name in ("unit", "before", "after", "shift")}
        return {**row, "due": list(self.due)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs, who moved, and by which change."""

    changes: tuple[Change, ...]
    moves: tuple[Move, ...]  # the greatest shift first, then units ranked only once, by name
    mean_shift: float | None  # of the absolute shifts of units ranked in both
    most: float | None  # the greatest of them
    tau: float | None  # Kendall's rank correlation (tau-b), 1 if the orders agree
    due: tuple[float, ...]  # the mean absolute part that each change has in the shifts; () if not told apart
    reason: str  # why the changes are not told apart

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; an empty reason is None."""
        return {
            "changes": [change.as_dict() for change in self.changes],
            "mean_shift": self.mean_shift,
            "most": self.most,
            "tau": self.tau,
            "due": list(self.due),
            "reason": self.reason or None,
            "units": [move.as_dict() for move in self.moves],
        }


def compare(before: Result, after: Result) -> Comparison:
    """Who moved between two indices, and which of the changed choices moved them?

    Where one choice differs, all shifts are due to it. Where several do, the index is made with every subset of the
    changes, and each gets its Shapley value: the mean, over all orders in which the changes could be made, of what it
    adds. So the parts of a unit's shift sum to the shift, and do not hang on which change is made first.

    Units are matched by name. Differences in table and framework count as one change, `data`.

    >>> from dataclasses import replace
    >>> from graph.index.framework import Element, Framework
    >>> from graph.index.table import Table
    >>> tree = Framework.of([Element("i", level=2), Element("x", parent="i"), Element("y", parent="i")])
    >>> one = build(Table(("a", "b"), ("x", "y"), np.array([[1.0, 8.0], [3.0, 9.0]])), tree)
    >>> found = compare(one, build(Table(("a", "b"), ("x", "y"), np.array([[4.0, 9.5], [3.0, 9.0]])), tree))
    >>> [(change.key, found.due) for change in found.changes], found.moves[0].unit, found.moves[0].shift, found.tau
    ([('data', (1.0,))], 'a', 1.0, -1.0)

    Shapley 1953; Kendall 1945, Biometrika 33:239.
    """
    units = tuple(dict.fromkeys((*before.table.units, *after.table.units)))
    first, last = _ranks(before, units), _ranks(after, units)
    changes = _changes(before, after)
    parts, reason = _parts(before, after, units, changes)
    shift = first - last
    both = np.isfinite(shift)
    moves = [
        Move(
            unit,
            finite(first[at]),
            finite(last[at]),
            finite(shift[at]),
            tuple(float(part) for part in parts[:, at]) if len(parts) and both[at] else (),
        )
        for at, unit in enumerate(units)
    ]
    return Comparison(
        changes=changes,
        moves=tuple(sorted(moves, key=lambda move: (move.shift is None, -abs(move.shift or 0.0), move.unit))),
        mean_shift=float(np.abs(shift[both]).mean()) if both.any() else None,
        most=float(np.abs(shift[both]).max()) if both.any() else None,
        tau=_tau(first[both], last[both]),
        due=tuple(float(value) for value in np.abs(parts[:, both]).mean(axis=1)) if len(parts) and both.any() else (),
        reason=reason,
    )


def _ranks(done: Result, units: Sequence[str]) -> FloatArray:
    found = dict(zip(done.table.units, done.ranks.tolist(), strict=True))
    return np.array([found.get(unit, math.nan) for unit in units])


def _changes(before: Result, after: Result) -> tuple[Change, ...]:
    found = []
    hashes = [(one.table.hash, one.framework.hash) for one in (before, after)]
    if hashes[0] != hashes[1]:
        found.append(Change(DATA, before.table.hash, after.table.hash))
    one, other = _flat(before.choices.as_dict()), _flat(after.choices.as_dict())
    found += [Change(key, one[key], other[key]) for key in one if one[key] != other[key]]
    return tuple(found)


def _flat(told: Mapping[str, Any]) -> dict[str, Any]:
    """Every key of the recipe by its dotted name; the frozen scales as one."""
    flat: dict[str, Any] = {}
    for name, value in told.items():
        if isinstance(value, Mapping) and name != "frozen":
            flat.update({f"{name}.{key}": inner for key, inner in value.items()})
        else:
            flat[name] = value
    return flat


def _parts(before: Result, after: Result, units: Sequence[str], changes: Sequence[Change]) -> tuple[FloatArray, str]:
    """The Shapley value of each change in each unit's shift, (changes, units), or why there is none."""
    if not changes:
        return np.empty((0, len(units))), "nothing differs"
    if len(changes) > MOST:
        return np.empty((0, len(units))), f"{len(changes)} changes are too many to tell apart; at most {MOST}"
    numbers = range(len(changes))
    subsets = [frozenset(made) for size in range(len(changes) + 1) for made in combinations(numbers, size)]
    try:
        ranks = {made: _ranks(_mixed(before, after, changes, made), units) for made in subsets}
    except InputError as error:
        return np.empty((0, len(units))), f"the changes cannot be made one by one: {error}"
    parts = np.zeros((len(changes), len(units)))
    for made in subsets[:-1]:
        orders = math.factorial(len(made)) * math.factorial(len(changes) - len(made) - 1)  # in which these come first
        for number in set(numbers) - made:
            parts[number] += orders * (ranks[made] - ranks[made | {number}]) / math.factorial(len(changes))
    return parts, ""


def _mixed(before: Result, after: Result, changes: Sequence[Change], made: frozenset[int]) -> Result:
    """The index before, with some of the changes made."""
    if len(made) in (0, len(changes)):
        return after if made else before
    keys = {changes[number].key for number in made}
    source = after if DATA in keys else before
    return build(source.table, source.framework, _laid(before.choices, after.choices, keys - {DATA}))


def _laid(before: Choices, after: Choices, keys: set[str]) -> Choices:
    told, other = before.as_dict(), after.as_dict()
    for key in keys:
        section, _, name = key.partition(".")
        if name:
            told[section] = {**told[section], name: other[section][name]}
        else:
            told[section] = other[section]
    return choices_of(told)


def _tau(one: FloatArray, other: FloatArray) -> float | None:
    """Kendall's tau-b; None for fewer than two units, or where all share a rank."""
    if len(one) < 2:
        return None
    from scipy.stats import kendalltau

    with np.errstate(invalid="ignore"):
        return finite(float(kendalltau(one, other).statistic))
