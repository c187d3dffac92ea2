"""An index from table to ranks, by hand on a few units; what is logged and flagged; editions; leaving elements out."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from graph.errors import InputError
from graph.index.choices import Aggregation, Choices, Imputation, Normalisation, Screen, Treatment, Weights
from graph.index.framework import Element, Framework
from graph.index.report import as_json, report
from graph.index.run import Result, build, freeze, removal, without
from graph.index.table import Table
from graph.network import FloatArray

NAN = np.nan
PLAIN = Choices(treatment=Treatment(winmax=0, transform="none"))


def tree() -> Framework:
    """i ← d (x, y: less is better), e (z per firm, weighs 3)."""
    return Framework.of(
        [
            Element("i", level=3),
            Element("d", level=2, parent="i"),
            Element("e", level=2, parent="i", weight=3),
            Element("x", parent="d"),
            Element("y", parent="d", direction=-1),
            Element("z", parent="e", denominator="firms"),
        ]
    )


def table(values: list[list[float]] | FloatArray, firms: list[float] | None = None, **groups: tuple[str, ...]) -> Table:
    array = np.array(values, dtype=np.float64)
    divisor = np.array(firms if firms is not None else [1.0] * len(array), dtype=np.float64)
    units = tuple("abcdefghijklmnopqrstuvwxyz"[: len(array)])
    return Table(units, ("x", "y", "z"), array, groups, {"firms": divisor})


def four() -> Result:
    return build(table([[0, 0, 6], [1, 5, 6], [2, 10, 4], [4, 10, 0]], [1, 2, 1, 1]), tree(), PLAIN)


def test_scores_by_hand() -> None:
    done = four()
    np.testing.assert_allclose(done.score("x"), [0, 25, 50, 100])
    np.testing.assert_allclose(done.score("y"), [100, 50, 0, 0])
    np.testing.assert_allclose(done.score("z"), [100, 50, 400 / 6, 0])
    np.testing.assert_allclose(done.score("d"), [50, 37.5, 25, 50])
    np.testing.assert_allclose(done.score("i"), [87.5, 46.875, 56.25, 12.5])
    assert done.ranks.tolist() == [1, 3, 2, 4]
    np.testing.assert_allclose(done.weights, [1, 0.25, 0.75, 0.5, 0.5, 1])


def test_nothing_that_went_in_is_changed() -> None:
    given = table([[0, 0, 6], [1, NAN, 6], [2, 10, 400], [4, 10, 0]])
    before = given.values.copy()
    build(given, tree())
    np.testing.assert_array_equal(given.values, before)


def test_the_order_of_the_columns_of_a_table_plays_no_part() -> None:
    given = table([[0, 0, 6], [1, 5, 6], [2, 10, 4], [4, 10, 0]], [1, 2, 1, 1])
    turned = given.only(["z", "x", "y"])
    np.testing.assert_array_equal(build(turned, tree(), PLAIN).scores, four().scores)


def test_an_unranked_unit_has_no_score_and_does_not_touch_the_others() -> None:
    rows = [[0, 0, 6], [1, 5, 3], [2, 10, 4], [4, 10, 0]]
    done = build(table([*rows, [9, NAN, NAN]]), tree(), PLAIN)
    assert np.isnan(done.scores[4]).all()
    assert np.isnan(done.ranks[4])
    assert done.reasons[4] == "1 of 3 indicators known, the recipe asks for 50%; fewer than 1 known in e"
    np.testing.assert_array_equal(done.scores[:4], build(table(rows), tree(), PLAIN).scores)
    assert done.flags[0] == "1 of 5 units are not ranked"


def test_imputed_cells_are_marked_and_logged() -> None:
    words = ("p", "p", "p", "q")
    given = table([[0, 0, 6], [1, NAN, 3], [2, 10, 4], [4, 20, 0]], size=words)
    done = build(given, tree(), replace(PLAIN, imputation=Imputation(group="size")))
    assert done.score("y")[1] == 75.0
    (entry,) = done.log
    assert entry.as_dict() == {
        "step": "impute",
        "unit": "b",
        "code": "y",
        "before": None,
        "after": 5.0,
        "how": "mean of size",
    }
    assert done.unit_flags(1) == ("imputed: y",)


def test_what_is_not_imputed_is_left_out_of_its_parent_and_flagged() -> None:
    given = table([[0, 0, 6], [1, NAN, 3], [2, 10, 4], [4, 20, 0]])
    done = build(given, tree(), replace(PLAIN, imputation=Imputation("none")))
    assert done.score("d")[1] == done.score("x")[1] == 25.0
    assert done.unit_flags(1) == ("partial: d",)
    assert "y is unknown for some ranked units; the weights of the others grow there" in done.flags


def test_treated_cells_are_logged() -> None:
    values = np.column_stack([np.arange(9.0), np.arange(9.0)[::-1], [1, 2, 3, 4, 5, 6, 7, 8, 900]])
    done = build(table(values), tree())
    (entry,) = done.log
    assert (entry.step, entry.unit, entry.code, entry.before, entry.after) == ("treat", "i", "z", 900.0, 8.0)
    assert entry.how == done.how[2] == "winsorised"


def test_an_unknown_denominator_makes_the_cell_unknown_and_says_so() -> None:
    given = table([[0, 0, 6], [1, 5, 6], [2, 10, 4], [4, 10, 0]], [1, NAN, 1, 1])
    done = build(given, tree(), replace(PLAIN, screen=Screen(share=0.5, groups=0), imputation=Imputation("none")))
    assert [(entry.step, entry.code, entry.how) for entry in done.log] == [("denominate", "z", "firms is not known")]
    assert np.isnan(done.score("z")[1])


def test_the_order_of_imputing_and_treating_is_a_choice() -> None:
    """The mean of z is drawn up by the far point (900) only if it is taken before that point is drawn in to 7."""
    values = np.column_stack([np.arange(9.0), np.arange(9.0)[::-1], [1, 2, 3, 4, 5, 6, 7, NAN, 900]])
    loose = Screen(groups=0)
    late = build(table(values), tree(), Choices(screen=loose))
    early = build(table(values), tree(), Choices(screen=loose, order="treat"))
    assert late.between[7, 2] == pytest.approx(928 / 8)
    assert early.treated[7, 2] == pytest.approx(35 / 8)
    assert [entry.step for entry in late.log] == ["impute", "treat"]
    assert [entry.step for entry in early.log] == ["treat", "impute"]


def test_columns_without_variation_are_all_named() -> None:
    with pytest.raises(InputError, match=r"2 mistakes: column x: no variation.*column z: no variation"):
        build(table([[1, 0, 6], [1, 5, 6], [1, 10, 6]]), tree(), PLAIN)


def test_a_column_that_is_missing_nearly_everywhere_is_named() -> None:
    values = np.column_stack([np.arange(20.0), np.arange(20.0), [1.0, *[NAN] * 19]])
    with pytest.raises(InputError, match="column z: known for 1 of 20 units"):
        build(table(values), tree(), replace(PLAIN, screen=Screen(groups=0)))


def test_a_table_in_which_nobody_can_be_ranked_is_no_error() -> None:
    done = build(table([[NAN, NAN, NAN], [1, NAN, NAN], [1, 2, 3]]), tree())
    assert np.isnan(done.ranks).all()
    assert all(done.reasons)
    assert "no other unit can be ranked" in done.reasons[2]
    assert json.loads(as_json(report(done)))["units"][2]["scores"]["i"] is None


def test_a_geometric_mean_names_what_it_cannot_take() -> None:
    asked = replace(PLAIN, aggregation=Aggregation(levels=((3, "geometric"),)))
    with pytest.raises(InputError, match="unit d, element e: 0 is below 1, which the geometric mean at level 3"):
        build(table([[0, 0, 6], [1, 5, 3], [2, 10, 4], [4, 10, 0]]), tree(), asked)
    done = build(
        table([[0, 0, 6], [1, 5, 3], [2, 10, 4], [4, 10, 0]]),
        tree(),
        replace(asked, normalisation=Normalisation(low=1.0)),
    )
    np.testing.assert_allclose(done.score("i"), done.score("d") ** 0.25 * done.score("e") ** 0.75)
    np.testing.assert_allclose(done.score("d"), (done.score("x") + done.score("y")) / 2)


def test_weights_of_the_recipe_and_of_a_scheme() -> None:
    given = table([[0, 0, 6], [1, 5, 3], [2, 10, 4], [4, 10, 0]])
    told = build(given, tree(), replace(PLAIN, weights=Weights(given=(("e", 1.0), ("y", 0.0)))))
    np.testing.assert_allclose(told.weights[1:5], [0.5, 0.5, 1.0, 0.0])
    mixed = build(given, tree(), replace(PLAIN, weights=Weights(levels=((2, "equal"),))))
    np.testing.assert_allclose(mixed.weights[1:3], [0.5, 0.5])


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        (Choices(treatment=Treatment(leave=("q",))), "recipe, treat.leave: 'q' is no element of the framework"),
        (Choices(aggregation=Aggregation(levels=((7, "median"),))), "recipe, aggregate.levels: '7' is no level"),
        (Choices(imputation=Imputation(group="size")), "the data have no column of groups 'size'; they have none"),
        (Choices(weights=Weights(scheme="luck")), "luck"),
        (Choices(weights=Weights(given=(("x", 0.0), ("y", 0.0)))), "the weights under 'd' sum to zero"),
    ],
)
def test_choices_that_name_what_is_not_there(choices: Choices, told: str) -> None:
    with pytest.raises(InputError) as error:
        build(table([[0, 0, 6], [1, NAN, 3], [2, 10, 4], [4, 10, 0]]), tree(), choices)
    assert told in str(error.value)


def test_an_edition_is_on_the_scale_of_the_one_before() -> None:
    """Unit b of the next year goes beyond the best of this year, by as much as its value does."""
    first = build(table([[0, 0, 6], [1, 5, 3], [2, 10, 4], [4, 10, 0]]), tree(), PLAIN)
    frozen = freeze(first)
    np.testing.assert_array_equal(build(first.table, tree(), frozen).scores, first.scores)
    after = build(table([[0, 0, 6], [5, 5, 3], [2, 10, 4], [2, 10, 0]]), tree(), frozen)
    assert after.score("x").tolist() == [0, 125, 50, 50]
    np.testing.assert_array_equal(after.score("y"), first.score("y"))


def test_an_edition_keeps_the_treatment_of_the_one_before() -> None:
    values = np.column_stack([np.arange(26.0), np.exp(np.linspace(0, 40, 26)), [*range(25), 900]])
    first = build(table(values), tree(), Choices(treatment=Treatment(winmax=2)))
    assert first.how == ("", "log", "winsorised")
    later = values.copy()
    later[0] = values[5]
    after = build(table(later), tree(), freeze(first))
    np.testing.assert_allclose(after.scores[1:], first.scores[1:], rtol=1e-12)
    np.testing.assert_allclose(after.scores[0], first.scores[5], rtol=1e-12)


def test_a_frozen_z_and_what_cannot_be_frozen() -> None:
    given = table([[0, 0, 6], [1, 5, 3], [2, 10, 4], [4, 10, 0]])
    first = build(given, tree(), replace(PLAIN, normalisation=Normalisation("z", mean=10.0, deviation=2.0)))
    np.testing.assert_allclose(build(given, tree(), freeze(first)).scores, first.scores, rtol=1e-12)
    with pytest.raises(InputError, match="a scale by rank cannot be frozen"):
        freeze(build(given, tree(), replace(PLAIN, normalisation=Normalisation("rank"))))
    ranks = replace(freeze(first), normalisation=Normalisation("rank"))
    with pytest.raises(InputError, match="rank hangs on who is in the table"):
        build(given, tree(), ranks)


def test_without_an_element_is_the_index_of_the_smaller_framework() -> None:
    done = four()
    np.testing.assert_allclose(without(done, "e").score("i"), [50, 37.5, 25, 50])
    assert without(done, "e").ranks.tolist() == [1, 3, 4, 1]
    moved = removal(done)
    assert moved["e"] == pytest.approx((0 + 0 + 2 + 3) / 4)
    assert set(moved) == {"d", "e", "x", "y", "z"}
    with pytest.raises(InputError, match="no element 'q'"):
        removal(done, ["q"])


def test_the_hash_is_of_data_framework_and_recipe() -> None:
    done = four()
    others = [
        build(done.table, tree(), Choices()),
        build(replace(done.table, values=done.table.values + np.array([0, 0, 1])), tree(), PLAIN),
        build(done.table, Framework.of([replace(one, name="n") for one in tree().elements]), PLAIN),
    ]
    assert len({one.hash for one in (done, *others)}) == 4
    assert four().hash == done.hash


def test_a_report_shows_the_parts_of_every_score() -> None:
    told = report(four(), removed=True)
    assert [row["unit"] for row in told["units"]] == ["a", "c", "b", "d"]
    best = told["units"][0]["scores"]
    assert best["i"] == pytest.approx(0.25 * best["d"] + 0.75 * best["e"])
    y = next(row for row in told["indicators"] if row["code"] == "y")
    assert (y["direction"], y["weight"], y["lower"], y["upper"]) == (-1, 0.5, 10.0, 0.0)
    assert told["removal"]["e"] == 1.25
    assert told["hash"]["run"] == four().hash
