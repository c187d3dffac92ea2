"""What every measure returns: a value with its interval, sample, coverage, null, flags, and the reason if undefined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.network import FloatArray, IntArray

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
    """A measure of every firm of a network: `values[i]` is that of firm i, nan where it is undefined."""

    values: FloatArray
    reason: str  # why a value is undefined, where it is
    n: IntArray  # how many ties each value rests on

    def of(self, firm: int) -> Measure:
        """The measure of one firm, by its number."""
        value = float(self.values[firm])
        known = bool(np.isfinite(value))
        return Measure(value if known else None, n=int(self.n[firm]), reason="" if known else self.reason)


def undefined(reason: str, n: int = 0, flags: tuple[str, ...] = (), coverage: float | None = None) -> Measure:
    """A measure without a value, and why."""
    return Measure(None, n=n, flags=flags, coverage=coverage, reason=reason)
