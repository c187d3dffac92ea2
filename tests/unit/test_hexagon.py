"""Evenness over the tracks by hand and by scipy; the area of a polygon would tell the same scores apart."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import entropy

from graph.chemistry.hexagon import hexagon, told


def area(scores: tuple[float, ...]) -> float:
    """Of the polygon drawn with these scores on six axes."""
    return sum(a * b for a, b in zip(scores, scores[1:] + scores[:1], strict=True)) * np.sin(np.pi / 3) / 2


def test_the_area_depends_on_the_order_of_the_axes_and_evenness_does_not() -> None:
    side, star = (1.0, 1, 1, 0, 0, 0), (1.0, 0, 1, 0, 1, 0)
    assert area(side) == pytest.approx(0.87, abs=0.005)
    assert area(star) == 0
    one, other = hexagon(np.array([side, star])).evenness
    assert one == other == pytest.approx(np.log(3) / np.log(6))


def test_evenness_is_the_same_in_every_order() -> None:
    scores = np.array(list(permutations([0.1, 0.2, 0.3, 0.4])))
    found = hexagon(scores).evenness
    assert np.ptp(found) < 1e-12
    assert found[0] == pytest.approx(entropy([0.1, 0.2, 0.3, 0.4]) / np.log(4))


def test_near_needs_both_evenness_and_height() -> None:
    low, high, lopsided = np.full(6, 1.0), np.full(6, 5.0), np.array([9.0, 9, 9, 9, 9, 1])
    found = hexagon(np.array([low, low, low, high, lopsided]))
    assert found.near.tolist() == [False, False, False, True, False]
    assert found.evenness[0] == pytest.approx(1.0)  # even, but low
    assert found.evenness[4] < 0.95


def test_a_track_without_firms_is_absent_and_no_zero() -> None:
    scores = np.array([[1.0, 1, 1, 1, 1, np.nan], [1, 1, 1, 1, 1, 0]])
    found = hexagon(scores)
    assert found.evenness.tolist() == pytest.approx([np.log(5) / np.log(6)] * 2)
    row = told(["P", "Q"], list("uvwxyz"), scores)
    assert row["P"]["hexagon_mean"].value is None
    assert row["P"]["hexagon_least"].reason == "no firm on z"
    assert row["P"]["hexagon_evenness"].flags == ("absent: z",)
    assert row["Q"]["hexagon_mean"].value == 0.0
    assert row["P"]["near_hexagon"].value == "no"


def test_what_has_no_evenness_says_why() -> None:
    nothing = told(["P"], ["x", "y"], np.full((1, 2), np.nan))["P"]
    assert {one.reason for one in nothing.values()} == {"no firm on any track"}
    assert told(["P"], ["x", "y"], np.zeros((1, 2)))["P"]["hexagon_evenness"].reason == "all scores are 0"
    assert told(["P"], ["x"], np.ones((1, 1)))["P"]["hexagon_evenness"].reason == "one track has no evenness"
    assert told(["P"], [], np.ones((1, 0)))["P"]["near_hexagon"].reason == "no tracks"
    assert told([], ["x", "y"], np.ones((0, 2))) == {}
    with pytest.raises(ValueError, match="negative"):
        hexagon(np.array([[-1.0, 1.0]]))
