"""The composite index: thousands of draws, Sobol indices, weights, beside what one writes without them.

    python tests/bench/bench_index.py        (a minute; UNITS=200 DRAWS=500 for a smaller one)

`rows()` yields (what, our seconds, the peer's seconds or None, note). Seconds are CPU seconds. Peers: an index made
anew for each draw, with our own steps; SALib's estimators, unit by unit; pymcdm.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from seconds import BenchRow, show, timed

from graph.index.choices import Weights
from graph.index.coherence import coherence
from graph.index.framework import Element, Framework
from graph.index.run import Result, build, removal
from graph.index.schemes import SCHEMES, benefit_of_doubt
from graph.index.sensitivity import design, sensitivity, sobol_indices
from graph.index.table import Table
from graph.index.uncertainty import Trial, uncertainty
from graph.index.variation import default_variation

UNITS = int(os.environ.get("UNITS", "931"))
DRAWS = int(os.environ.get("DRAWS", "2000"))
INDICATORS, DIMENSIONS = 40, 5


def tree() -> Framework:
    """Five dimensions of eight indicators."""
    dimensions = [Element(f"D{number}", level=2, parent="index") for number in range(DIMENSIONS)]
    leaves = [Element(f"x{number}", parent=f"D{number % DIMENSIONS}") for number in range(INDICATORS)]
    return Framework.of([Element("index", level=3), *dimensions, *leaves])


def table(units: int, gaps: float = 0.0, intervals: bool = False) -> Table:
    """Skewed indicators with something in common, so that all of them are treated."""
    dice = np.random.default_rng(1)
    values = np.exp(0.9 * dice.normal(size=(units, INDICATORS)) + 0.5 * dice.normal(size=(units, 1)))
    values[dice.random(values.shape) < gaps] = np.nan
    names = tuple(f"x{number}" for number in range(INDICATORS))
    words = {
        name + end: tuple("" if math.isnan(value) else repr(value * times) for value in values[:, at].tolist())
        for at, name in enumerate(names)
        for end, times in (("_lo", 0.8), ("_hi", 1.3))
    }
    return Table(tuple(f"{number:04d}" for number in range(units)), names, values, words if intervals else {})


def one_by_one(done: Result, draws: int) -> np.ndarray:
    """What one writes first: for each draw the noisy weights are given and the index is made from the start."""
    trial = Trial.of(done, default_variation(done.choices, done.framework, done.table), 1)
    points = np.random.default_rng(1).random((draws, len(trial.columns)))
    picks, noise, _ = trial._read(points, None)
    ranks = []
    for row, factors in zip(picks, noise, strict=True):
        choices = trial._made(0, row).choices
        given = tuple(zip(done.framework.codes, factors.tolist(), strict=True))
        ranks.append(build(done.table, done.framework, replace(choices, weights=Weights(given=given))).ranks)
    return np.array(ranks)


def uncertainty_rows() -> Iterator[BenchRow]:
    """Draws of choices and weights; then cells drawn anew as well, where every draw is treated and scaled afresh."""
    done = build(table(UNITS), tree())
    few = min(50, DRAWS)
    ours, found = timed(lambda: uncertainty(done, draws=DRAWS, seed=1))
    theirs, naive = timed(lambda: one_by_one(done, few))
    if not np.array_equal(found.ranks[:few], naive):
        raise AssertionError("draws computed together differ from an index made for each")
    note = f"one by one: {few} draws, times {DRAWS / few:g}"
    yield f"{UNITS} units × {INDICATORS}, {DRAWS} draws of choices and weights", ours, theirs * DRAWS / few, note
    for gaps, name in ((0.0, "and every cell"), (0.05, "and every cell, 5% of them missing")):
        done = build(table(UNITS, gaps, intervals=True), tree())
        ours, _ = timed(lambda done=done: uncertainty(done, draws=DRAWS, seed=1))
        yield f"{UNITS} units × {INDICATORS}, {DRAWS} draws of choices, weights {name}", ours, None, ""
    for units in (UNITS // 8, UNITS // 4, UNITS // 2, UNITS, UNITS * 2):
        done = build(table(units, intervals=True), tree())
        ours, _ = timed(lambda done=done: uncertainty(done, draws=DRAWS // 10, seed=1))
        yield f"growth: {units} units, {DRAWS // 10} draws of all", ours, None, f"{ours / units * 1e3:.2f} ms a unit"


def sensitivity_rows() -> Iterator[BenchRow]:
    """The whole analysis, and its estimators alone beside SALib's."""
    from SALib.analyze import sobol

    done = build(table(UNITS), tree())
    ours, found = timed(lambda: sensitivity(done, base=256, seed=1))
    yield f"sensitivity of {UNITS} units, {found.runs} runs", ours, None, ""
    points = design("abcd", 256, seed=1)
    outputs = points @ np.random.default_rng(1).random((4, UNITS)) + points[:, :1] * points[:, 1:2]
    ours, mine = timed(lambda: sobol_indices(outputs, 4, seed=1))
    problem, few = {"num_vars": 4, "names": list("abcd"), "bounds": [[0, 1]] * 4}, min(20, UNITS)

    def peer() -> np.ndarray:
        told = (
            sobol.analyze(problem, outputs[:, at], calc_second_order=False, num_resamples=200, seed=1)
            for at in range(few)
        )
        return np.array([one["ST"] for one in told])

    theirs, other = timed(peer)
    gap = np.abs(other.T - mine.total[:, :few]).max()
    note = f"SALib: {few} units, times {UNITS / few:g}; largest difference {gap:.0e}"
    yield f"Sobol indices of {UNITS} outputs, 200 resamples", ours, theirs * UNITS / few, note


def other_rows() -> Iterator[BenchRow]:
    """Weights, coherence, removal."""
    from pymcdm import weights

    done = build(table(UNITS), tree())
    values = 1 + 0.99 * done.normalised
    for scheme in ("entropy", "critic", "gini", "merec"):
        told = (values, np.ones(INDICATORS)) if scheme == "merec" else (values,)
        ours, mine = timed(lambda scheme=scheme: SCHEMES[scheme](values))
        theirs, other = timed(lambda scheme=scheme, told=told: getattr(weights, f"{scheme}_weights")(*told))
        note = f"pymcdm; largest difference {np.abs(mine - other).max():.0e}"
        yield f"{scheme} weights, {UNITS} × {INDICATORS}", ours, theirs, note
    ours, _ = timed(lambda: benefit_of_doubt(done.scores[:, 1 : 1 + DIMENSIONS]))
    yield f"benefit of the doubt, {UNITS} units × {DIMENSIONS}", ours, None, f"{UNITS} linear programs"
    ours, _ = timed(lambda: coherence(done.scores, done.framework, done.weights))
    yield f"coherence, {UNITS} × {INDICATORS}", ours, None, ""
    ours, _ = timed(lambda: removal(done))
    yield f"removal of each of {INDICATORS + DIMENSIONS} elements", ours, None, ""


def rows() -> Iterator[BenchRow]:
    """All rows, as they come."""
    yield from uncertainty_rows()
    yield from sensitivity_rows()
    yield from other_rows()


if __name__ == "__main__":
    show("index", 80, rows())
