"""Weight schemes: by hand on two columns, against pymcdm where it has the scheme, and on planted structure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graph.errors import InputError
from graph.index import schemes
from graph.index.choices import Choices, Normalisation, Weights
from graph.index.framework import Element, Framework
from graph.index.run import build
from graph.index.schemes import (
    SCHEMES,
    benefit_of_doubt,
    budget,
    budget_weights,
    optimised,
    paired,
    pca,
    scheme_weights,
    varimax,
)
from graph.index.sheet import Sheet, read_sheet
from graph.index.table import Table
from graph.network import FloatArray


def values(units: int = 60, columns: int = 5, seed: int = 1) -> FloatArray:
    """Positive values of unlike spread, partly correlated."""
    draw = np.random.default_rng(seed)
    common = draw.normal(size=(units, 1))
    scores = common * np.linspace(0.2, 1.5, columns) + draw.normal(size=(units, columns))
    return np.asarray(1 + 99 * (scores - scores.min(axis=0)) / np.ptp(scores, axis=0), dtype=np.float64)


@pytest.mark.parametrize("scheme", ["entropy", "critic", "merec", "gini", "standard_deviation"])
def test_agrees_with_pymcdm(scheme: str) -> None:
    """Oracle: pymcdm 1.4, on positive values without gaps (where both are defined)."""
    peer = pytest.importorskip("pymcdm.weights")
    table = values()
    told = (table, np.ones(table.shape[1])) if scheme == "merec" else (table,)
    assert SCHEMES[scheme](table) == pytest.approx(getattr(peer, f"{scheme}_weights")(*told), abs=1e-12)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_sums_to_one_and_follows_the_columns(scheme: str) -> None:
    table = values()
    weights = scheme_weights(scheme, table)
    order = [3, 1, 4, 0, 2]
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    assert scheme_weights(scheme, table[:, order]) == pytest.approx(weights[order], abs=1e-9)
    assert scheme_weights(scheme, table[::-1]) == pytest.approx(weights, abs=1e-9)
    assert scheme_weights(scheme, table[:, :1]).tolist() == [1.0]


@pytest.mark.parametrize("scheme", ["critic", "pca"])
def test_units_of_measurement_play_no_part(scheme: str) -> None:
    table = values()
    assert scheme_weights(scheme, table * [1, 10, 0.1, 5, 3] + 7) == pytest.approx(scheme_weights(scheme, table))


def test_entropy_counts_a_zero_as_nothing_times_nothing() -> None:
    """By hand: shares 0, 1/2, 1/2 have entropy ln 2; 1/3 each have ln 3."""
    found = schemes.entropy(np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 2.0]]))
    second = 1 + (0.25 * np.log(0.25) * 2 + 0.5 * np.log(0.5)) / np.log(3)
    first = 1 - np.log(2) / np.log(3)
    assert found == pytest.approx(np.array([first, second]) / (first + second))


def test_missing_values_leave_the_other_columns_as_they_are() -> None:
    table = values()
    table[3, 0] = np.nan
    for scheme in SCHEMES:
        assert np.isfinite(scheme_weights(scheme, table)).all()
    rest = schemes.standard_deviation(table)
    assert rest[0] / rest[1] == pytest.approx(np.nanstd(table[:, 0], ddof=1) / np.std(table[:, 1], ddof=1))


def test_pca_finds_the_two_planted_blocks() -> None:
    """Three columns of one factor, one of another, one of noise: within a block alike, noise no more than a block's."""
    draw = np.random.default_rng(3)
    one, other = draw.normal(size=(2, 4000))
    table = np.column_stack([*(one + 0.3 * draw.normal(size=4000) for _ in range(3)), other, other])
    weights = pca(table)
    assert weights[:3] == pytest.approx(np.full(3, weights[:3].mean()), rel=0.02)
    assert weights[3] == pytest.approx(weights[4], rel=0.01)
    loads = np.abs(varimax(np.array([[0.8, 0.6], [0.6, -0.8], [0.8, 0.6]])))
    assert np.sort(loads, axis=1) == pytest.approx(np.array([[0, 1]] * 3), abs=1e-6)


def test_optimised_makes_correlations_alike_or_as_asked() -> None:
    table = values(200, 4)
    for target in (None, [1.0, 1.0, 1.2, 1.0]):
        index = table @ optimised(table, target)
        found = np.array([np.corrcoef(column, index)[0, 1] for column in table.T])
        aim = np.ones(4) if target is None else np.array(target)
        assert found / found.sum() == pytest.approx(aim / aim.sum(), abs=1e-6)


def test_budget_is_the_mean_of_each_experts_shares() -> None:
    assert budget({"Li": {"a": 1, "b": 3}, "Wang": {"a": 50}}, ["a", "b"]) == pytest.approx([0.625, 0.375])
    with pytest.raises(InputError, match=r"Li: 'c' is none of a, b; Wang, a: -1 is no number from 0 up"):
        budget({"Li": {"c": 1}, "Wang": {"a": -1}}, ["a", "b"])
    with pytest.raises(InputError, match="Li gives no point"):
        budget({"Li": {"a": 0}}, ["a", "b"])
    with pytest.raises(InputError, match="no expert"):
        budget({}, ["a", "b"])


TREE = Framework.of(
    [
        Element("index", level=2),
        *(Element(code, parent="index") for code in ("a", "b", "c")),
    ]
)


def budget_table(tmp_path: Path, text: str) -> Sheet:
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    return read_sheet(path)


def test_a_table_of_points_gives_weights_to_siblings(tmp_path: Path) -> None:
    sheet = budget_table(tmp_path, "expert,a,b,c\nLi,10,10,20\nWang,1,,\nZhao,,,\n")
    assert dict(budget_weights(sheet, TREE)) == pytest.approx({"a": 0.625, "b": 0.125, "c": 0.25})


def test_a_wrong_table_of_points_is_told_at_once(tmp_path: Path) -> None:
    sheet = budget_table(tmp_path, "name,a,d\nLi,ten,1\nLi,1,1\n")
    with pytest.raises(InputError) as caught:
        budget_weights(sheet, TREE)
    for words in ("row 1: the first column must be 'expert'", "'d' is no element", "row 2, column a: 'ten'", "row 3"):
        assert words in str(caught.value)
    with pytest.raises(InputError, match="needs an expert"):
        budget_weights(budget_table(tmp_path, "expert,a\n"), TREE)


def test_an_index_by_benefit_of_doubt() -> None:
    """The best reaches 100; the weights shown are the mean shares; what is below 0 is refused by name."""
    table = Table(("p", "q", "r"), ("a", "b", "c"), np.array([[1.0, 9, 5], [9, 1, 4], [5, 5, 1]]))
    done = build(table, TREE, Choices(weights=Weights(scheme="bod")))
    assert done.score("index").max() == pytest.approx(100)
    assert done.weights[1:].sum() == pytest.approx(1)
    expected = benefit_of_doubt(done.normalised)
    assert done.score("index") == pytest.approx(100 * expected.score)
    with pytest.raises(InputError, match=r"weights under 'index': benefit of the doubt .* 0 or above"):
        build(table, TREE, Choices(weights=Weights(scheme="bod"), normalisation=Normalisation("z")))


def test_benefit_of_doubt_by_hand() -> None:
    """(2, 2) faces the line from (1, 4) to (4, 1), which it reaches at 4/5 of the way; nobody gets above 1."""
    table = np.array([[1.0, 4.0], [4.0, 1.0], [2.0, 2.0]])
    free = benefit_of_doubt(table, 0, 1)
    assert free.score == pytest.approx([1, 1, 0.8])
    bound = benefit_of_doubt(table, 0.5, 0.5)  # half of the average unit's score from each: (1 + 4) / (1 + 4) = 1
    assert bound.score == pytest.approx([1, 1, 0.8])
    assert bound.share == pytest.approx(np.full((3, 2), 0.5))
    assert (bound.score <= free.score + 1e-12).all()


def test_benefit_of_doubt_keeps_its_bounds_and_its_scale() -> None:
    table = values(40, 5)
    found = benefit_of_doubt(table)
    assert (found.share >= 0.1 - 1e-9).all()
    assert (found.share <= 0.4 + 1e-9).all()
    assert found.share.sum(axis=1) == pytest.approx(np.ones(40))
    assert found.score.max() == pytest.approx(1)
    assert benefit_of_doubt(table * [1, 100, 0.01, 7, 3]).score == pytest.approx(found.score)
    beaten = np.vstack([table, table[0] * 0.9])  # without bounds a unit that another beats changes nobody's score
    assert benefit_of_doubt(beaten, 0, 1).score[:40] == pytest.approx(benefit_of_doubt(table, 0, 1).score)
    nothing = np.vstack([table, np.zeros(5)])
    assert benefit_of_doubt(nothing).score[-1] == 0


@pytest.mark.parametrize(
    ("scheme", "table", "words"),
    [
        ("entropy", [[-1.0, 1.0], [1.0, 2.0]], "row 1, column 1 is -1, but they need values of 0 or above"),
        ("gini", [[0.0, 1.0], [0.0, 2.0]], "column 1 holds only zeros"),
        ("merec", [[0.0, 1.0], [1.0, 2.0]], "row 1, column 1 is 0, but they need values above 0"),
        ("critic", [[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]], "column 1 is the same for all units"),
        ("pca", [[1.0, np.nan], [2.0, np.nan], [1.0, 3.0]], "column 2 is known for fewer than two units"),
        ("critic", [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], "sum to zero"),
        ("standard_deviation", [[1.0, 2.0], [1.0, 2.0]], "sum to zero"),
        ("votes", [[1.0, 2.0], [1.0, 2.0]], "no weight scheme 'votes'; take framework, equal"),
    ],
)
def test_refuses_what_it_cannot_weigh(scheme: str, table: list[list[float]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        scheme_weights(scheme, np.array(table))


def test_benefit_of_doubt_refuses() -> None:
    with pytest.raises(InputError, match="leave no room for 2 columns"):
        benefit_of_doubt(np.ones((2, 2)), 0.6, 1)
    with pytest.raises(InputError, match="row 1, column 2 is unknown"):
        benefit_of_doubt(np.array([[1.0, np.nan], [1.0, 1.0], [2.0, 2.0]]))
    with pytest.raises(InputError, match="of 0 or above"):
        benefit_of_doubt(np.array([[-1.0, 1.0], [1.0, 1.0]]))
    with pytest.raises(InputError, match="column 1 holds only zeros"):
        benefit_of_doubt(np.array([[0.0, 1.0], [0.0, 1.0]]))


def test_pairwise_correlations_are_those_of_the_units_known_in_both() -> None:
    """Oracle: numpy on the rows that both know."""
    table = values(30, 3)
    table[:5, 0], table[20:, 1] = np.nan, np.nan
    found, count = paired(table)
    assert found[0, 1] == pytest.approx(np.corrcoef(table[5:20, 0], table[5:20, 1])[0, 1])
    assert found[0, 2] == pytest.approx(np.corrcoef(table[5:, 0], table[5:, 2])[0, 1])
    assert count.astype(int).tolist() == [[25, 15, 25], [15, 20, 20], [25, 20, 30]]
    assert np.isnan(paired(np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]]))[0][0]).all()
