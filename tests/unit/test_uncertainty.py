"""Uncertainty: draws computed together against an index made anew for each, intervals by hand, errors by name."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from graph.errors import InputError
from graph.index.choices import MEANS, Choices, Normalisation, Weights
from graph.index.framework import Element, Framework
from graph.index.run import Result, build
from graph.index.standing import better, ranks_of, standings
from graph.index.table import Table
from graph.index.uncertainty import Trial, _tops, uncertainty
from graph.index.variation import Factor, Noise, Variation, changed
from graph.network import FloatArray

TREE = Framework.of(
    [
        Element("index", level=3),
        Element("A", level=2, parent="index", weight=2.0),
        Element("B", level=2, parent="index"),
        *(Element(f"a{number}", parent="A") for number in range(3)),
        *(Element(f"b{number}", parent="B", direction=(-1) ** number) for number in range(3)),
    ]
)
CODES = tuple(leaf.code for leaf in TREE.leaves)


def table(units: int = 12, gaps: int = 0, seed: int = 1, **groups: tuple[str, ...]) -> Table:
    draw = np.random.default_rng(seed)
    values = draw.lognormal(size=(units, len(CODES)))
    for unit in range(gaps):
        values[unit, unit % len(CODES)] = np.nan
    return Table(tuple(f"u{number:02}" for number in range(units)), CODES, values, groups=groups)


def with_intervals(wide: float = 0.3, units: int = 12) -> Table:
    plain = table(units)
    groups = {}
    for column, code in enumerate(CODES):
        groups[f"{code}_lo"] = tuple(repr(float(value * (1 - wide))) for value in plain.values[:, column])
        groups[f"{code}_hi"] = tuple(repr(float(value * (1 + wide))) for value in plain.values[:, column])
    return replace(plain, groups=groups)


def recipe(method: str = "arithmetic", **sections: object) -> Choices:
    return changed(
        Choices(normalisation=Normalisation(low=1.0)), [{"aggregate": {"method": method, "power": 0.5}}, dict(sections)]
    )


@pytest.mark.parametrize("method", MEANS)
@pytest.mark.parametrize("gaps", [0, 5])
def test_draws_together_are_what_each_is_alone(method: str, gaps: int) -> None:
    """Oracle: `build` with the noisy weights given, once a draw; also where values are missing."""
    choices = recipe(method, impute={"method": "none"})
    done = build(table(gaps=gaps), TREE, choices)
    noise = np.ones((7, len(TREE.elements)))
    noise[1:, [1, 2, 3, 5, 7]] = np.random.default_rng(2).uniform(0.5, 1.5, size=(6, 5))
    together = _tops(done, noise)
    for row, factors in zip(together, noise, strict=True):
        given = tuple(
            (code, weight * factor) for code, weight, factor in zip(TREE.codes, [1, 2, *[1] * 7], factors, strict=True)
        )
        alone = build(done.table, TREE, replace(choices, weights=Weights(given=given)))
        np.testing.assert_allclose(row, alone.score("index"), atol=1e-9)


@pytest.mark.parametrize("method", MEANS)
@pytest.mark.parametrize("levels", [(1,), (2,), (1, 2)])
def test_a_draw_that_is_alone_with_its_recipe_has_its_noise(method: str, levels: tuple[int, ...]) -> None:
    """Where cells are drawn anew no two draws share a state of the input. Oracle: `build` with the noisy weights."""
    done = build(table(), TREE, recipe(method))
    noise = np.ones((1, len(TREE.elements)))
    moved = Noise(0.25, levels).elements(TREE)
    noise[0, moved] = np.random.default_rng(3).uniform(0.75, 1.25, len(moved))
    weights = tuple((one.code, one.weight * noise[0, at]) for at, one in enumerate(TREE.elements))
    alone = build(table(), TREE, replace(done.choices, weights=Weights(given=weights)))
    np.testing.assert_allclose(_tops(done, noise)[0], alone.scores[:, TREE.top], rtol=1e-12)
    assert not np.allclose(_tops(done, noise)[0], done.scores[:, TREE.top]) or method in ("median", "copeland")


def test_benefit_of_doubt_takes_no_noise_but_follows_what_is_below() -> None:
    """Oracle: `build` with the noisy weights given for the level below."""
    choices = recipe(weights={"levels": {"2": "bod"}})
    done = build(table(), TREE, choices)
    noise = np.ones((3, len(TREE.elements)))
    noise[1, [1, 2]] = 2.0, 0.5  # of A and B themselves: no part of it
    noise[2, 3] = 3.0
    found = _tops(done, noise)
    np.testing.assert_allclose(found[0], done.score("index"))
    np.testing.assert_allclose(found[1], done.score("index"))
    given = replace(choices, weights=replace(choices.weights, given=(("a0", 3.0),)))
    np.testing.assert_allclose(found[2], build(done.table, TREE, given).score("index"))


def test_present_and_unranked_units_are_as_in_the_index() -> None:
    rows = table(gaps=6)
    rows.values[0] = np.nan
    rows.values[1, :4] = np.nan
    choices = recipe(impute={"method": "none"}, screen={"share": 0.3, "groups": 0}, aggregate={"present": 0.6})
    done = build(rows, TREE, choices)
    found = _tops(done, np.ones((3, len(TREE.elements))))
    np.testing.assert_allclose(found[2], done.score("index"))
    assert np.isnan(found[0, 0])


def test_every_draw_is_the_index_with_its_choices() -> None:
    """Oracle: for each draw the recipe is put together by hand."""
    varied = Variation(
        (
            Factor("treat.winmax", (1, 5)),
            Factor("aggregate.method", ("arithmetic", "geometric")),
            Factor("weights.scheme", ("framework", "equal", "critic")),
        )
    )
    done = build(table(), TREE, recipe())
    points = np.random.default_rng(3).random((20, 3))
    for point, ranks in zip(points, Trial.of(done, varied, seed=1).ranks(points), strict=True):
        pieces = [factor.fragment(int(point[at] * len(factor.values))) for at, factor in enumerate(varied.factors)]
        np.testing.assert_array_equal(ranks, build(done.table, TREE, changed(done.choices, pieces)).ranks)


def test_same_seed_same_ranks_other_seed_others() -> None:
    done = build(with_intervals(), TREE, recipe())
    first = uncertainty(done, draws=40, seed=7)
    np.testing.assert_array_equal(first.ranks, uncertainty(done, draws=40, seed=7).ranks)
    assert (first.ranks != uncertainty(done, draws=40, seed=8).ranks).any()
    assert json.dumps(first.as_dict()) == json.dumps(uncertainty(done, draws=40, seed=7).as_dict())
    assert first.as_dict()["units"][0]["nominal"] == 1.0


def test_wider_input_error_gives_wider_intervals() -> None:
    width = []
    for wide in (0.02, 0.6):
        done = build(with_intervals(wide), TREE, recipe())
        found = uncertainty(done, Variation(error=True), 100, seed=1)
        width.append(np.mean([(row.hi or 0) - (row.lo or 0) for row in found.standings]))
    assert width[0] < width[1]


def test_intervals_of_input_error_hold_the_truth() -> None:
    """Planted: true values, observed with normal error whose interval is stated. 90% intervals of the rank hold the
    true rank in most cases, and no error at all leaves no interval."""
    draw = np.random.default_rng(11)
    truth = draw.normal(100, 10, size=(40, len(CODES)))
    seen = truth + draw.normal(0, 4, size=truth.shape)
    ends = {
        code + ending: tuple(repr(float(value)) for value in seen[:, at] + side * 1.96 * 4)
        for at, code in enumerate(CODES)
        for ending, side in (("_lo", -1), ("_hi", 1))
    }
    units = tuple(f"u{number:02}" for number in range(40))
    true_ranks = build(Table(units, CODES, truth), TREE).ranks
    done = build(Table(units, CODES, seen, ends), TREE)
    rows = uncertainty(done, Variation(error=True), 200, seed=1).standings
    held = np.mean([(row.lo or 0) - 1 <= rank <= (row.hi or 0) + 1 for row, rank in zip(rows, true_ranks, strict=True)])
    assert held > 0.8
    still = uncertainty(done, Variation((Factor("treat.winmax", (4, 5)),)), 50, seed=1).standings
    assert all(row.lo == row.hi == row.nominal for row in still)


def test_missing_cells_drawn_anew_only_move_with_the_gaps() -> None:
    done = build(table(gaps=8), TREE, recipe())
    found = uncertainty(done, Variation(imputation=True), 60, seed=1)
    assert len(np.unique(found.ranks, axis=0)) > 1
    whole = build(table(), TREE, recipe())
    assert len(np.unique(uncertainty(whole, Variation(imputation=True), 10, seed=1).ranks, axis=0)) == 1


def test_imputation_does_not_let_a_unit_through_the_screen() -> None:
    rows = table(gaps=3)
    rows.values[0, 1:] = np.nan
    found = uncertainty(build(rows, TREE, recipe()), Variation(imputation=True), 20, seed=1)
    assert np.isnan(found.ranks[:, 0]).all()
    first = found.standings[0]
    assert (first.nominal, first.lo, first.band, first.ranked) == (None, None, None, 0.0)


def test_other_tables_are_other_states_of_the_input() -> None:
    done = build(table(), TREE, recipe())
    others = [done.table, table(seed=2)]
    found = uncertainty(done, Variation(), 60, seed=1, tables=others)
    expected = {tuple(build(one, TREE, done.choices).ranks.tolist()) for one in others}
    assert {tuple(row) for row in found.ranks.tolist()} == expected


def test_screen_can_be_varied_and_counts_who_is_left_out() -> None:
    rows = table()
    rows.values[3, :3] = np.nan
    choices = recipe(screen={"groups": 0, "share": 0.65})
    done = build(rows, TREE, choices)
    found = uncertainty(done, Variation((Factor("screen.share", (0.4, 0.9)),)), 200, seed=1)
    row = found.standings[3]
    assert 0.3 < row.ranked < 0.7
    assert row.nominal is None
    assert row.lo is not None


def test_standings_by_hand() -> None:
    """Ranks 1 to 20 once each: linear quantiles at 0.05 and 0.95 of (n - 1) steps."""
    ranks = np.column_stack([np.arange(1.0, 21), np.arange(20.0, 0, -1)])
    row = standings(["a", "b"], ranks, np.array([1.0, 30.0]))[0]
    assert (row.lo, row.hi, row.median, row.mean, row.top) == (
        pytest.approx(1.95),
        pytest.approx(19.05),
        10.5,
        10.5,
        0.5,
    )
    assert row.flags == ("outside its interval",)
    assert row.above_next == 0.5
    with pytest.raises(InputError, match="no draws"):
        standings(["a"], np.empty((0, 1)), np.ones(1))


def test_better_asks_of_the_draws_that_rank_both() -> None:
    ranks = np.array([[1.0, 2.0], [np.nan, 1.0], [2.0, 1.0], [1.0, 2.0]])
    assert better(ranks, ["a", "b"], "b")[0] == pytest.approx(2 / 3)
    with pytest.raises(InputError, match="no unit 'c'"):
        better(ranks, ["a", "b"], "c")


def test_equal_scores_share_a_rank() -> None:
    assert ranks_of(np.array([2.0, 2.0 + 1e-12, np.nan, 5.0])).tolist()[:2] == [2.0, 2.0]


@pytest.mark.parametrize(
    ("varied", "words"),
    [
        (Variation(), "nothing is varied"),
        (Variation(error=True), "the data have no intervals"),
        (Variation((Factor("treat.colour", (1, 2)),)), "treat.colour: is unknown"),
        (Variation((Factor("colour", (1, 2)),)), "colour: is unknown"),
        (Variation(noise=Noise(levels=(9,))), "9 is no level"),
        (
            Variation(
                (Factor("aggregate.method", ("geometric", "harmonic")), Factor("normalise.method", ("z", "borda")))
            ),
            "cannot be varied so .*aggregate.method = .*normalise.method = .*: unit u",
        ),
    ],
)
def test_what_cannot_be_varied_is_named(varied: Variation, words: str) -> None:
    with pytest.raises(InputError, match=words):
        uncertainty(build(table(), TREE, recipe()), varied, 10, seed=1)


def test_refuses_no_draws_and_foreign_tables() -> None:
    done: Result = build(table(), TREE, recipe())
    with pytest.raises(InputError, match="at least one draw"):
        uncertainty(done, draws=0, seed=1)
    with pytest.raises(InputError, match="table 1 of the input has other units"):
        uncertainty(done, Variation(noise=Noise()), 5, seed=1, tables=[table(units=5)])


def test_permuted_units_have_permuted_draws() -> None:
    rows = table()
    order = np.random.default_rng(5).permutation(len(rows.units))
    turned = Table(tuple(rows.units[at] for at in order), CODES, rows.values[order])
    varied = Variation((Factor("aggregate.method", ("arithmetic", "geometric")),), Noise())
    plain = uncertainty(build(rows, TREE, recipe()), varied, 50, seed=1).ranks
    found: FloatArray = uncertainty(build(turned, TREE, recipe()), varied, 50, seed=1).ranks
    np.testing.assert_array_equal(found, plain[:, order])
