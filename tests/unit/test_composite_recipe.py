"""Recipes of an index: what is left out is as COINr does it, what is wrong is told at once, what is equal is equal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from graph.errors import InputError, ReadError
from graph.index.choices import Aggregation, Choices, Frozen, Normalisation, choices_of, parse_choices, read_choices

FULL = """
order = "treat"
denominate = false
[screen]
share = 0.65
groups = 2
nonzero = 0.1
column = 0.2
[treat]
winmax = 3
skew = 1
kurtosis = 3
transform = "boxcox"
combine = true
leave = ["x"]
[impute]
method = "knn"
group = "size"
neighbours = 3
[normalise]
method = "goalposts"
low = 1
high = 10
mean = 5
deviation = 2
reference = "a"
cap = true
posts.x = [0, 1]
targets.x = 3
[weights]
scheme = "equal"
levels.1 = "pca"
given.x = 2
[aggregate]
method = "generalised"
power = 2
floor = 0.5
present = 0.5
levels.3 = "geometric"
[frozen.x]
transform = "log"
least = 1
most = 2
ceiling = 9
lower = 0
upper = 5
"""


def test_without_a_recipe_the_choices_are_those_of_coinr() -> None:
    plain = parse_choices("")
    assert plain == Choices()
    assert (plain.treatment.winmax, plain.treatment.skew, plain.treatment.kurtosis) == (5, 2.0, 3.5)
    assert plain.treatment.transform == "log"
    assert (plain.order, plain.imputation.method, plain.imputation.group) == ("impute", "mean", "")
    assert (plain.normalisation.method, plain.normalisation.low, plain.normalisation.high) == ("minmax", 0.0, 100.0)
    assert (plain.weights.scheme, plain.aggregation.method) == ("framework", "arithmetic")


def test_every_key_is_read() -> None:
    told, plain = parse_choices(FULL), Choices()
    for section in ("screen", "treatment", "imputation", "normalisation", "weights", "aggregation"):
        changed, usual = getattr(told, section), getattr(plain, section)
        same = [name for name in usual.__slots__ if getattr(changed, name) == getattr(usual, name)]
        assert same == []
    assert (told.order, told.denominate) == ("treat", False)
    assert told.normalisation.posts == (("x", (0.0, 1.0)),)
    assert told.aggregation.at(3) == "geometric"
    assert told.aggregation.at(2) == "generalised"
    assert told.frozen == (("x", Frozen("log", 1.0, 2.0, ceiling=9.0, lower=0.0, upper=5.0)),)


def test_choices_come_back_from_what_they_are_written_as() -> None:
    told = parse_choices(FULL)
    assert choices_of(told.as_dict()) == told
    assert choices_of(told.as_dict()).hash == told.hash
    assert hash(choices_of(told.as_dict())) == hash(told)


def test_one_and_one_point_nought_are_the_same_choice() -> None:
    assert parse_choices("[normalise]\nlow = 1").hash == parse_choices("[normalise]\nlow = 1.0").hash


def test_every_choice_is_in_the_hash() -> None:
    plain = Choices()
    others = [
        replace(plain, order="treat"),
        replace(plain, aggregation=Aggregation("median")),
        replace(plain, normalisation=Normalisation(low=1.0)),
        parse_choices(FULL),
    ]
    assert len({one.hash for one in (plain, *others)}) == 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour = 1", "recipe, colour: is unknown (known: order,"),
        ("order = 'first'", "recipe, order: must be one of impute, treat"),
        ("screen = 3", "recipe, screen: must be a table [screen]"),
        ("[screen]\nshare = 2", "recipe, screen.share: must be a share from 0 to 1"),
        ("[treat]\nwinmax = 1.5", "recipe, treat.winmax: must be a whole number from 0"),
        ("[treat]\ntransform = 'sqrt'", "recipe, treat.transform: must be one of log, log_plus, log_gii, boxcox, none"),
        ("[impute]\nneighbours = 0", "recipe, impute.neighbours: must be a whole number from 1"),
        ("[normalise]\nlow = 5\nhigh = 5", "recipe, normalise.low: must be below normalise.high"),
        ("[normalise]\nlow = true", "recipe, normalise.low: must be a number"),
        ("[normalise]\nposts.x = [1, 1]", "recipe, normalise.posts: must be a table CODE = [lower, upper]"),
        ("[weights]\ngiven.x = -1", "recipe, weights.given: must be a table CODE = number from 0"),
        ("[aggregate]\npower = 0", "recipe, aggregate.power: must be a number unlike 0"),
        ("[aggregate]\nlevels.top = 'median'", "recipe, aggregate.levels: must be a table LEVEL = one of arithmetic"),
        ("[frozen]\nx = 3", "recipe, frozen.x: must be a table"),
        ("[frozen.x]\nlover = 3", "recipe, frozen.x.lover: is unknown"),
    ],
)
def test_a_wrong_recipe(text: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        parse_choices(text)
    assert str(error.value).startswith(told)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(InputError, match=r"^3 mistakes: .*colour.*treat\.winmax.*aggregate\.power"):
        parse_choices("colour = 1\n[treat]\nwinmax = -1\n[aggregate]\npower = 0")


def test_a_recipe_that_is_not_there_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no recipe there"):
        read_choices(tmp_path / "none.toml")
    (tmp_path / "broken.toml").write_text("[treat")
    with pytest.raises(ReadError, match=r"broken\.toml: is no TOML"):
        read_choices(tmp_path / "broken.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xff")
    with pytest.raises(ReadError, match=r"latin\.toml: is not UTF-8"):
        read_choices(tmp_path / "latin.toml")


def test_choices_within_a_smaller_framework() -> None:
    told = parse_choices(FULL)
    assert told.within({"x"}, {1, 3}) == told
    less = told.within({"y"}, {1})
    assert less.treatment.leave == less.normalisation.posts == less.weights.given == less.frozen == ()
    assert less.aggregation.levels == ()
    assert less.weights.levels == told.weights.levels
