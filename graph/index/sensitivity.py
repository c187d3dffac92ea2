"""Which choice moves the ranks? Sobol indices of what is varied.

What moves when a part is left out says `graph.index.run.removal`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.errors import InputError
from graph.index.run import Result
from graph.index.table import Table
from graph.index.uncertainty import Trial
from graph.index.variation import Variation
from graph.metrics.value import finite
from graph.network import FloatArray

BASE = 256
RESAMPLES = 200
CONFIDENCE = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one factor does to one output; all None where the output never moves."""

    factor: str
    first: float | None  # S_i
    first_lo: float | None  # the ends of its 95% bootstrap interval
    first_hi: float | None
    total: float | None  # S_Ti
    total_lo: float | None
    total_hi: float | None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Which factor moves the ranks: of all units together, and of each."""

    variation: Variation
    seed: int
    base: int
    runs: int
    shift: float  # the mean over runs of the mean absolute rank shift against the index as it is
    effects: tuple[Effect, ...]  # on that shift, the greatest S_Ti first
    units: tuple[tuple[str, tuple[Effect, ...]], ...]  # on each unit's own rank, in the order of the table's units

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "base": self.base,
            "runs": self.runs,
            "seed": self.seed,
            "variation": self.variation.as_dict(),
            "variation_hash": self.variation.hash,
            "mean_shift": self.shift,
            "factors": [effect.as_dict() for effect in self.effects],
            "units": [
                {
                    "unit": unit,
                    "factors": [effect.as_dict() for effect in effects],
                    "reason": None
                    if effects[0].total is not None
                    else "its rank never moves, or not every run ranks it",
                }
                for unit, effects in self.units
            ],
        }


def sensitivity(
    done: Result,
    variation: Variation | None = None,
    base: int = BASE,
    *,
    seed: int,
    tables: Sequence[Table] = (),
) -> Sensitivity:
    """Which of the choices that are varied moves the ranks, alone (S_i) and with the others (S_Ti)?

    The index is made base · (factors + 2) times. Choices are cut into as many equal bins as they have values; the noise
    of all weights is one factor (a group of columns); the input is one factor of up to 64 states. Two outputs are
    explained: the mean absolute shift of ranks against `done`, as COINr does, and each unit's own rank.

    Args:
        done: the index as it is.
        variation: what is varied; by default as in `uncertainty`.
        base: points of the Sobol sequence, a power of two.
        seed: of scrambling, input and bootstrap.
        tables: other states of the data, as in `uncertainty`.

    Raises:
        InputError: as `uncertainty`; `base` is no power of two.

    Saltelli et al. 2008, *Global Sensitivity Analysis: The Primer*; Saisana, Saltelli & Tarantola 2005, JRSS A 168:307.
    """
    trial = Trial.of(done, variation, seed, tables)
    ranks = trial.ranks(design(trial.columns, base, seed))
    both = np.isfinite(ranks) & np.isfinite(done.ranks)
    moved = np.where(both, np.abs(ranks - done.ranks), 0.0).sum(axis=1)
    shift = moved / np.maximum(both.sum(axis=1), 1)
    found = sobol_indices(np.column_stack([shift, ranks]), len(trial.factors), seed)
    listed = [_effects(trial.factors, found, output) for output in range(1 + len(done.table.units))]
    return Sensitivity(
        trial.variation,
        seed,
        base,
        len(ranks),
        float(shift.mean()),
        tuple(sorted(listed[0], key=lambda effect: -(effect.total or 0.0))),
        tuple(zip(done.table.units, listed[1:], strict=True)),
    )


def _effects(factors: Sequence[str], found: Indices, output: int) -> tuple[Effect, ...]:
    columns = (found.first, found.first_lo, found.first_hi, found.total, found.total_lo, found.total_hi)
    return tuple(
        Effect(factor, *(finite(column[at, output]) for column in columns)) for at, factor in enumerate(factors)
    )


@dataclass(frozen=True, eq=False, slots=True)
class Indices:
    """Sobol indices with their bootstrap intervals, each (factors, outputs); nan where an output never moves."""

    first: FloatArray  # S_i: the share of variance that would go if factor i were settled
    first_lo: FloatArray
    first_hi: FloatArray
    total: FloatArray  # S_Ti: the share that would stay if all but factor i were settled
    total_lo: FloatArray
    total_hi: FloatArray


def design(groups: Sequence[str], base: int, seed: int) -> FloatArray:
    """Points in the unit cube for Sobol indices: (base · (different groups + 2), columns), in SALib's order.

    Args:
        groups: the group of each column; columns of one group are moved together.
        base: how many points of the sequence, a power of two from 2 (only then is it balanced).
        seed: of the scrambling (Owen).

    For each base point: the point of the first matrix, then that point with one group after another taken from the
    second matrix, then the point of the second matrix (Saltelli 2002; radial, Saltelli et al. 2010).

    Raises:
        InputError: `base` is no power of two.

    >>> points = design(["method", "weights", "weights"], 4, seed=1)
    >>> points.shape, bool((points[0, 1:] == points[1, 1:]).all())
    ((16, 3), True)
    """
    from SALib.sample import sobol

    if base < 2 or base & (base - 1):
        near = 2 ** max(1, math.ceil(math.log2(max(base, 2))))
        raise InputError(f"sensitivity needs a power of two, as 256 or 512, not {base}; take {near}")
    problem = {
        "num_vars": len(groups),
        "names": [f"{group} {number}" for number, group in enumerate(groups)],
        "groups": list(groups),
        "bounds": [[0.0, 1.0]] * len(groups),
    }
    # The generator is handed in rather than the number: SALib takes a seed of 0 for none.
    points = sobol.sample(problem, base, calc_second_order=False, seed=np.random.default_rng(seed))
    return np.asarray(points, dtype=np.float64)


def sobol_indices(outputs: FloatArray, factors: int, seed: int, resamples: int = RESAMPLES) -> Indices:
    """What share of an output's variance does each factor make, alone and with all its interactions?

    S_i = mean(B (AB_i - A)) / Var, S_Ti = mean((A - AB_i)²) / (2 Var), Var over A and B together, on outputs that are
    centred first: the estimators of SALib, here for many outputs at once (they agree to rounding).

    Args:
        outputs: (runs,) or (runs, outputs), in the order of `design`.
        factors: how many groups were moved.
        seed: of the bootstrap over base points.
        resamples: bootstrap samples for the 95% intervals.

    S_i may come out slightly below 0 or above S_Ti by chance; it is not clipped. An output that never moves has no
    indices (nan): nothing is to be explained.

    Raises:
        InputError: the number of runs fits no design of so many factors.

    >>> points = design(["x", "y"], 1024, seed=1)
    >>> found = sobol_indices(points[:, 0] + 2 * points[:, 1], 2, seed=1)
    >>> found.first.round(2).ravel().tolist(), found.total.round(2).ravel().tolist()
    ([0.2, 0.8], [0.2, 0.8])

    Saltelli, Annoni, Azzini, Campolongo, Ratto & Tarantola 2010, Computer Physics Communications 181:259.
    """
    told = outputs[:, None] if outputs.ndim == 1 else outputs
    if len(told) % (factors + 2) or not len(told):
        raise InputError(f"{len(told)} runs are no multiple of {factors + 2}, as {factors} factors need")
    moves = np.ptp(told, axis=0) > 1e-12  # false where a run has no output
    told = np.where(moves, told, 0.0)
    spread = np.where(moves, told.std(axis=0), 1.0)
    blocks = ((told - told.mean(axis=0)) / spread).reshape(-1, factors + 2, told.shape[1])
    one, mixed, two = blocks[:, 0], blocks[:, 1:-1], blocks[:, -1]
    plain = np.full((1, len(blocks)), 1 / len(blocks))
    first, total = _estimate(plain, one, mixed, two)
    drawn = np.random.default_rng(seed).multinomial(len(blocks), plain[0], size=resamples) / len(blocks)
    firsts, totals = _estimate(drawn, one, mixed, two)
    first_lo, first_hi = np.nanquantile(firsts, CONFIDENCE, axis=0)
    total_lo, total_hi = np.nanquantile(totals, CONFIDENCE, axis=0)
    six = (first[0], first_lo, first_hi, total[0], total_lo, total_hi)
    return Indices(*(np.where(moves, values, math.nan) for values in six))


def _estimate(
    weights: FloatArray, one: FloatArray, mixed: FloatArray, two: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """S_i and S_Ti, (samples, factors, outputs), for each row of weights over the base points."""
    mean = weights @ ((one + two) / 2)
    variance = weights @ ((one**2 + two**2) / 2) - mean**2
    variance = np.where(variance > 1e-12, variance, math.inf)  # a resample in which nothing moves: 0, as SALib
    firsts = [weights @ (two * (mixed[:, factor] - one)) / variance for factor in range(mixed.shape[1])]
    totals = [weights @ ((one - mixed[:, factor]) ** 2) / (2 * variance) for factor in range(mixed.shape[1])]
    return np.stack(firsts, axis=1), np.stack(totals, axis=1)
