"""What must hold for every index: bounds, order, units, names, and that asking twice gives the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.index.aggregate import mean_of
from graph.index.choices import Aggregation, Choices, Imputation, Normalisation, Screen, Treatment, choices_of
from graph.index.framework import Element, Framework
from graph.index.impute import impute
from graph.index.run import build, freeze
from graph.index.table import Table
from graph.index.treat import passes, treat
from graph.network import FloatArray

UNITS, INDICATORS = 12, 5
TREE = Framework.of(
    [Element("i", level=3), Element("d", level=2, parent="i"), Element("e", level=2, parent="i", weight=2)]
    + [Element(f"x{k}", parent="de"[k % 2], direction=1 - 2 * (k % 3 == 0), weight=1 + k) for k in range(INDICATORS)]
)
seeds = st.integers(0, 10_000)


def values(seed: int, gaps: float = 0.1) -> FloatArray:
    """A table with far points, ties and gaps; every indicator varies among any two thirds of the units."""
    generator = np.random.default_rng(seed)
    found = np.round(generator.standard_cauchy((UNITS, INDICATORS)), 1) + np.arange(UNITS)[:, None] * 1e-3
    found[generator.random(found.shape) < gaps] = np.nan
    found[:2] = [np.arange(INDICATORS), np.arange(INDICATORS) + 1.5]
    return found


def table(array: FloatArray, names: str = "u") -> Table:
    return Table(tuple(f"{names}{k:02}" for k in range(len(array))), tuple(leaf.code for leaf in TREE.leaves), array)


@given(seeds)
def test_scores_lie_between_the_ends_and_parents_between_their_children(seed: int) -> None:
    done = build(table(values(seed)), TREE)
    inside = done.scores[done.kept]
    assert np.nanmin(inside) >= -1e-9
    assert np.nanmax(inside) <= 100 + 1e-9
    for group in TREE.groups:
        children, parent = inside[:, group.children], inside[:, group.parent]
        assert (np.fmin.reduce(children, axis=1) - 1e-9 <= parent).all()
        assert (parent <= np.fmax.reduce(children, axis=1) + 1e-9).all()


@given(seeds, st.permutations(range(UNITS)))
def test_the_order_of_units_plays_no_part(seed: int, order: list[int]) -> None:
    array, order = values(seed), list(order)
    one = build(table(array), TREE)
    names = tuple(one.table.units[at] for at in order)
    other = build(replace(one.table, units=names, values=array[order]), TREE)
    np.testing.assert_allclose(other.scores, one.scores[order], atol=1e-7)
    np.testing.assert_array_equal(other.ranks, one.ranks[order])
    assert one.hash == other.hash


@given(seeds, st.floats(0.01, 100), st.floats(-1000, 1000))
def test_another_unit_of_measurement_changes_no_score(seed: int, factor: float, shift: float) -> None:
    """Min-max, treatment (skewness, the shifted logarithm) and means of groups all follow x → a x + b."""
    array = values(seed)
    one, other = build(table(array), TREE), build(table(array * factor + shift), TREE)
    if one.how == other.how:  # a shape within rounding of the limit may fall to either side
        np.testing.assert_allclose(other.scores, one.scores, atol=1e-5)


@given(seeds)
def test_turning_an_indicator_and_its_direction_changes_nothing_without_treatment(seed: int) -> None:
    array = values(seed)
    turned = Framework.of(
        [replace(one, direction=-one.direction) if one.code == "x1" else one for one in TREE.elements]
    )
    other = array.copy()
    other[:, 1] *= -1
    asked = Choices(treatment=Treatment(winmax=0, transform="none"))
    np.testing.assert_allclose(build(table(other), turned, asked).scores, build(table(array), TREE, asked).scores)


@given(seeds)
def test_a_better_value_never_lowers_a_score(seed: int) -> None:
    """Between posts, so that nobody else's scale moves."""
    posts = tuple((leaf.code, (-1000.0, 1000.0)) for leaf in TREE.leaves)
    asked = Choices(
        treatment=Treatment(winmax=0, transform="none"), normalisation=Normalisation("goalposts", low=1.0, posts=posts)
    )
    array = np.clip(values(seed, gaps=0.0), -900, 900)
    better = array.copy()
    better[3, 1] += 5.0
    for method in ("arithmetic", "geometric", "harmonic", "generalised", "median"):
        choices = replace(asked, aggregation=Aggregation(method, power=2.0))
        before, after = build(table(array), TREE, choices), build(table(better), TREE, choices)
        assert (after.scores[3] >= before.scores[3] - 1e-9).all()
        np.testing.assert_array_equal(np.delete(after.scores, 3, axis=0), np.delete(before.scores, 3, axis=0))


@given(seeds)
def test_means_stand_in_their_order(seed: int) -> None:
    """min ≤ harmonic ≤ geometric ≤ arithmetic ≤ quadratic ≤ max."""
    generator = np.random.default_rng(seed)
    block, weights = generator.uniform(1, 100, (6, 4)), generator.dirichlet(np.ones(4))
    names = ("harmonic", "geometric", "arithmetic", "generalised")
    found = [mean_of(block, weights, Aggregation(name, power=2.0), 2)[0] for name in names]
    for low, high in zip([block.min(axis=1), *found], [*found, block.max(axis=1)], strict=True):
        assert (low <= high + 1e-9).all()


@given(seeds)
def test_copeland_sums_to_zero(seed: int) -> None:
    generator = np.random.default_rng(seed)
    block = np.round(generator.normal(size=(9, 4)), 1)
    found = mean_of(block, generator.dirichlet(np.ones(4)), Aggregation("copeland"), 2)[0]
    assert found.sum() == 0
    assert np.abs(found).max() <= 8


@given(seeds, st.integers(0, 5))
def test_treatment_keeps_the_order_and_says_what_it_did(seed: int, winmax: int) -> None:
    array = values(seed)
    done = treat(array, [leaf.code for leaf in TREE.leaves], Treatment(winmax=winmax))
    np.testing.assert_array_equal(np.isnan(done.values), np.isnan(array))
    np.testing.assert_array_equal(done.passes, passes(done.values, Treatment()))
    for column, how in enumerate(done.how):
        known = ~np.isnan(array[:, column])
        before, after = array[known, column], done.values[known, column]
        order = np.argsort(before, kind="stable")
        assert (np.diff(after[order]) >= -1e-12).all()
        assert len(np.unique(after)) > 1
        changed = int((before != after).sum())
        assert how == "log" or changed == done.points[column]
        assert (how == "") == (changed == 0)


@given(seeds, st.sampled_from(["mean", "median", "knn", "em", "none"]))
@settings(deadline=None)
def test_imputation_leaves_what_is_known_and_marks_what_is_not(seed: int, method: str) -> None:
    array = values(seed, gaps=0.25)
    filled, marked = impute(array, Imputation(method))
    np.testing.assert_array_equal(filled[~np.isnan(array)], array[~np.isnan(array)])
    np.testing.assert_array_equal(marked, np.isnan(array) & ~np.isnan(filled))
    np.testing.assert_array_equal(impute(array, Imputation(method))[0], filled)


@given(seeds)
def test_a_frozen_scale_gives_the_same_table_the_same_scores(seed: int) -> None:
    done = build(table(values(seed)), TREE, Choices(screen=Screen(share=0.4, groups=0)))
    again = build(done.table, TREE, choices_of(freeze(done).as_dict()))
    np.testing.assert_allclose(again.scores, done.scores, atol=1e-9)
    np.testing.assert_array_equal(again.ranks, done.ranks)
