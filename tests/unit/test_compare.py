"""Two indices side by side: shifts by hand, parts that sum to them, and mixes that cannot be made."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graph.index.choices import Choices
from graph.index.compare import compare
from graph.index.framework import Element, Framework
from graph.index.run import build
from graph.index.table import Table
from graph.index.variation import changed

TREE = Framework.of(
    [
        Element("index", level=3),
        Element("A", level=2, parent="index"),
        Element("B", level=2, parent="index"),
        *(Element(code, parent=code[0].upper()) for code in ("a1", "a2", "b1", "b2")),
    ]
)
BASE = changed(Choices(), [{"normalise": {"low": 1.0}}])


def table(seed: int = 1, units: int = 14) -> Table:
    values = np.random.default_rng(seed).lognormal(size=(units, 4))
    return Table(tuple(f"u{number:02}" for number in range(units)), ("a1", "a2", "b1", "b2"), values)


def test_the_same_twice_differs_in_nothing() -> None:
    one = build(table(), TREE, BASE)
    found = compare(one, one)
    assert (found.changes, found.mean_shift, found.most, found.tau, found.reason) == ((), 0, 0, 1, "nothing differs")


def test_one_change_has_it_all() -> None:
    one = build(table(), TREE, BASE)
    other = build(table(), TREE, changed(BASE, [{"aggregate": {"method": "geometric"}}]))
    found = compare(one, other)
    assert [change.key for change in found.changes] == ["aggregate.method"]
    assert all(move.due == (move.shift,) for move in found.moves)
    by_hand = np.abs(one.ranks - other.ranks)
    assert found.mean_shift == pytest.approx(by_hand.mean())
    assert found.due == (pytest.approx(by_hand.mean()),)
    assert abs(found.moves[0].shift or 0) == by_hand.max()


def test_parts_sum_to_the_shift_and_do_not_hang_on_direction() -> None:
    one = build(table(), TREE, BASE)
    other = build(
        table(2),
        TREE,
        changed(
            BASE, [{"aggregate": {"method": "geometric"}}, {"treat": {"winmax": 1}}, {"weights": {"scheme": "critic"}}]
        ),
    )
    there, back = compare(one, other), compare(other, one)
    assert {change.key for change in there.changes} == {"data", "aggregate.method", "treat.winmax", "weights.scheme"}
    returned = {move.unit: move for move in back.moves}
    for move in there.moves:
        assert sum(move.due) == pytest.approx(move.shift)
        assert move.due == pytest.approx([-part for part in returned[move.unit].due])
    assert json.loads(json.dumps(there.as_dict()))["tau"] == there.tau


def test_a_unit_that_is_ranked_once_has_no_shift() -> None:
    found = compare(build(table(units=14), TREE, BASE), build(table(units=13), TREE, BASE))
    assert found.moves[-1].unit == "u13"
    assert (found.moves[-1].after, found.moves[-1].shift, found.moves[-1].due) == (None, None, ())


def test_changes_that_only_go_together_are_told_so() -> None:
    """Geometric means cannot take 0: without the other scale there is no such index."""
    one = build(table(), TREE, changed(BASE, [{"normalise": {"low": 0.0}}]))
    other = build(table(), TREE, changed(BASE, [{"aggregate": {"method": "geometric"}}]))
    found = compare(one, other)
    assert found.reason.startswith("the changes cannot be made one by one")
    assert found.due == ()
    assert found.mean_shift is not None
