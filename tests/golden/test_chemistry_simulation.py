"""Does the chemistry ratio find what was planted, and nothing where nothing was? Means over 10 drawn worlds.

The oracle is the planted θ. The thresholds are those of the method; the table with all worlds is on the page
docs/method/calibration.md.
"""

from __future__ import annotations

from functools import cache

import pytest
from calibration import HEADLINE, Run, finding, holding, runs

from graph.simulate import WORLDS, null

SEEDS = range(10)
BROKEN = ("hubs", "consortia")
"""Worlds that break the form that the ratio assumes."""


@cache
def drawn(name: str) -> tuple[list[Run], list[Run]]:
    return runs(WORLDS[name], SEEDS), runs(null(WORLDS[name]), SEEDS)


@pytest.mark.parametrize("name", ["reference", *BROKEN])
def test_parks_come_in_the_order_of_what_was_planted(name: str) -> None:
    found = finding(*drawn(name))
    assert found["slr"] > found["density"] + 0.10
    assert found["slr_eb"] > found["slr"]


@pytest.mark.parametrize("name", ["reference", *BROKEN])
def test_where_nothing_was_planted_size_says_nothing(name: str) -> None:
    found = finding(*drawn(name))
    assert abs(found["null_size"]) < 0.25
    assert found["null_density_size"] < -0.4, "density does depend on size, or this world is no test"


@pytest.mark.parametrize("name", ["reference", *BROKEN])
def test_the_interval_holds_the_truth_and_raises_few_false_alarms(name: str) -> None:
    held = holding(*drawn(name), HEADLINE)
    assert held["coverage"] > 0.90
    assert held["null_flags"] < 0.05


def test_poisson_alone_would_not_do() -> None:
    """Why the interval has more than counting in it."""
    from calibration import INTERVALS

    held = holding(*drawn("hubs"), INTERVALS[0])
    assert held["coverage"] < 0.80
    assert held["null_flags"] > 0.15


def test_the_calibrated_interval_sees_what_is_large() -> None:
    """An interval that holds everything would pass the tests above."""
    assert holding(*drawn("reference"), HEADLINE)["power"] > 0.4
