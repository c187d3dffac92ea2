"""What every measure returns: a value with its interval, sample, coverage, null, flags, and the reason if undefined."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.network import BoolArray, FloatArray, IntArray

Value = float | str | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured value. Undefined is `value=None` with its `reason`, never 0.

    >>> Measure(0.5, n=4).as_dict()["value"], undefined("only one firm", n=1).as_dict()["reason"]
    (0.5, 'only one firm')
    """

    value: Value | None
    lo: float | None = None  # lower and upper end of the 95% interval, None if none was computed
    hi: float | None = None
    n: int = 0  # how many firms or ties the value rests on
    coverage: float | None = None  # share of these for which the inputs are known, 0..1; None: not a question here
    null: Value | None = None  # what chance alone would give, as the measure's page defines chance
    flags: tuple[str, ...] = ()  # warnings that belong beside the value wherever it is printed
    reason: str = ""  # why the value is undefined

    @property
    def number(self) -> float:
        """The value as a float; nan if it is undefined or no number."""
        return float(self.value) if isinstance(self.value, int | float) else float("nan")

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; an empty reason is None."""
        return {
            "value": self.value,
            "lo": self.lo,
            "hi": self.hi,
            "n": self.n,
            "coverage": self.coverage,
            "null": self.null,
            "flags": list(self.flags),
            "reason": self.reason or None,
        }


@dataclass(frozen=True, eq=False, slots=True)
class Measures:
    """A measure of every firm, or of every group of firms: `values[i]` is that of number i, nan where it is undefined.

    `flags` and `reason` may say where they stand: a reason that is a mapping gives the first one that is true there.

    >>> import numpy as np
    >>> two = Measures(np.array([0.5, np.nan]), "no ties", np.array([4, 0]), flags={"thin": np.array([True, False])})
    >>> two.of(0).flags, two.of(1).reason
    (('thin',), 'no ties')
    """

    values: FloatArray
    reason: str | Mapping[str, BoolArray]  # why a value is undefined, where it is
    n: IntArray  # how many firms or ties each value rests on
    lo: FloatArray | None = None  # nan where there is no interval
    hi: FloatArray | None = None
    coverage: FloatArray | None = None
    null: FloatArray | None = None
    flags: Mapping[str, BoolArray] = field(default_factory=dict)
    counts: bool = False  # the values are whole numbers

    def __len__(self) -> int:
        return len(self.values)

    def of(self, number: int) -> Measure:
        """The measure of one firm or group, by its number."""
        value = float(self.values[number])
        known = math.isfinite(value)
        return Measure(
            (int(value) if self.counts else value) if known else None,
            lo=_at(self.lo, number) if known else None,
            hi=_at(self.hi, number) if known else None,
            n=int(self.n[number]),
            coverage=_at(self.coverage, number),
            null=_at(self.null, number) if known else None,
            flags=tuple(flag for flag, where in self.flags.items() if where[number]),
            reason="" if known else self._reason(number),
        )

    def _reason(self, number: int) -> str:
        if isinstance(self.reason, str):
            return self.reason
        return next(reason for reason, where in self.reason.items() if where[number])


def _at(values: FloatArray | None, number: int) -> float | None:
    return None if values is None else finite(values[number])


def undefined(reason: str, n: int = 0, flags: tuple[str, ...] = (), coverage: float | None = None) -> Measure:
    """A measure without a value, and why."""
    return Measure(None, n=n, flags=flags, coverage=coverage, reason=reason)


def finite(value: float | None) -> float | None:
    """A number as plain JSON holds it: None where it is undefined.

    >>> finite(0.5), finite(float("nan")), finite(None)
    (0.5, None, None)
    """
    return None if value is None or not math.isfinite(value) else float(value)
