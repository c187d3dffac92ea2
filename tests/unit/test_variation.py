"""What is varied: read from tables, laid over a recipe, every mistake told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graph.errors import InputError, ReadError
from graph.index.choices import Choices
from graph.index.framework import Element, Framework
from graph.index.table import Table
from graph.index.variation import (
    Factor,
    Noise,
    Variation,
    changed,
    default_variation,
    doubts_of,
    read_variation,
    variation_of,
)

TREE = Framework.of(
    [
        Element("index", level=3),
        Element("A", level=2, parent="index"),
        Element("B", level=2, parent="index"),
        Element("x", parent="A"),
        Element("y", parent="B"),
        Element("z", parent="B"),
    ]
)


def table(**groups: tuple[str, ...]) -> Table:
    return Table(("p", "q"), ("x", "y", "z"), np.array([[1.0, 2, 3], [4, 5, 6]]), groups=groups)


def test_a_file_says_what_is_varied(tmp_path: Path) -> None:
    path = tmp_path / "vary.toml"
    path.write_text(
        '[vary]\n"treat.winmax" = [1, 5]\n"normalise" = [{ method = "z" }, { low = 1.0 }]\n'
        "[noise]\nlevels = [2]\n[input]\nerror = true\n"
    )
    found = read_variation(path)
    assert found.names() == ("treat.winmax", "normalise", "weight noise", "input")
    assert found.noise == Noise(0.25, (2,))
    assert variation_of(found.as_dict()) == found
    assert variation_of(found.as_dict()).hash == found.hash != Variation().hash
    second = changed(Choices(), [found.alternatives(Choices())[1][1]])
    assert (second.normalisation.method, second.normalisation.low) == ("minmax", 1.0)


def test_what_a_table_does_not_name_stays() -> None:
    first = changed(Choices(), [{"normalise": {"high": 10.0}}])
    assert changed(first, [{"normalise": {"low": 1.0}}]).normalisation.high == 10.0
    assert changed(Choices(), [{"aggregate": {"levels": {"3": "geometric"}}}]).aggregation.at(3) == "geometric"


def test_every_mistake_of_a_file_is_told() -> None:
    told = {"vary": {"treat.winmax": 3}, "noise": {"levels": ["two"], "size": 1}, "input": {"error": 1}, "draws": {}}
    with pytest.raises(InputError) as caught:
        variation_of(told)
    for words in (
        "5 mistakes",
        "draws: is unknown",
        "noise.size",
        "winmax: must be a list",
        "noise.levels",
        "input.error",
    ):
        assert words in str(caught.value)


def test_values_that_no_recipe_may_hold_are_told_together() -> None:
    wrong = Variation((Factor("treat.winmax", (-1, 2)), Factor("aggregate.method", ("sum", "median"))))
    with pytest.raises(InputError, match=r"2 mistakes.*treat\.winmax.*aggregate\.method"):
        wrong.alternatives(Choices())


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        read_variation(tmp_path / "none.toml")
    path = tmp_path / "vary.toml"
    path.write_text("[vary")
    with pytest.raises(ReadError, match="is no TOML"):
        read_variation(path)


def test_noise_is_of_weights_that_have_rivals() -> None:
    """x is alone under A: whatever its weight, nothing changes."""
    assert [TREE.codes[at] for at in Noise(levels=(1, 2)).elements(TREE)] == ["A", "B", "y", "z"]
    assert [TREE.codes[at] for at in Noise().elements(TREE)] == ["A", "B"]
    with pytest.raises(InputError, match="3 is no level of elements with a weight; they stand at 1, 2"):
        Noise(levels=(3,)).elements(TREE)


def test_the_default_varies_what_is_there() -> None:
    plain = default_variation(Choices(), TREE, table())
    assert plain.names() == ("treat.winmax", "normalise", "aggregate.method", "weight noise")
    untreated = changed(Choices(), [{"treat": {"winmax": 0}}])
    assert "treat.winmax" not in default_variation(untreated, TREE, table()).names()
    assert default_variation(Choices(), TREE, table(x_lo=("0", "3"), x_hi=("2", "5"))).names()[-1] == "input"


def test_intervals_that_do_not_fit_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        doubts_of(table(x_lo=("2", "no"), x_hi=("3", "9"), y_lo=("1", "1")))
    for words in ("unit 'p', column x: 1 lies outside", "unit 'q', column x_lo: 'no' is no", "column y_hi is missing"):
        assert words in str(caught.value)


def test_an_empty_end_leaves_the_value_as_it_is() -> None:
    found = doubts_of(table(x_lo=("0", ""), x_hi=("2", "")))
    assert found is not None
    drawn = found.draw(table().values, np.random.default_rng(1))
    assert drawn[1].tolist() == [4, 5, 6]
    assert drawn[0, 0] != 1
    assert doubts_of(table()) is None
