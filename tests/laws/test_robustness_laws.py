"""What must hold of weights, ranks, intervals and bands for all inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from graph.errors import InputError
from graph.index.choices import Choices, Weights
from graph.index.framework import Element, Framework
from graph.index.run import build
from graph.index.schemes import SCHEMES, scheme_weights
from graph.index.standing import bands, preference, ranks_of, standings
from graph.index.table import Table
from graph.index.uncertainty import uncertainty
from graph.index.variation import Factor, Noise, Variation, changed

numbers = st.floats(1, 100, allow_nan=False).map(lambda value: round(value, 3))
tables = arrays.arrays(np.float64, st.tuples(st.integers(4, 12), st.integers(2, 4)), elements=numbers)
scores = arrays.arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(1, 8)), elements=st.integers(0, 9).map(float)
)


@given(tables, st.sampled_from(["entropy", "critic", "merec", "pca", "gini"]), st.floats(0.1, 10))
def test_weights_do_not_ask_in_which_unit_a_column_is_written(table: np.ndarray, scheme: str, factor: float) -> None:
    stretched = table * np.linspace(1, factor, table.shape[1])
    try:
        weights = scheme_weights(scheme, table)
    except InputError:
        return  # a column that does not vary, or columns that say the same
    assume((np.ptp(table, axis=0) > 0.01).all())
    if scheme == "pca":  # where eigenvalues meet 1 or each other, the components kept are a matter of rounding
        eigenvalues = np.linalg.eigvalsh(np.corrcoef(table.T))
        assume((np.abs(eigenvalues - 1) > 1e-3).all() and (np.diff(eigenvalues) > 1e-3).all())
        assume((eigenvalues >= 1).sum() == 1)
    assume(weights.max() < 1 - 1e-6)
    np.testing.assert_allclose(scheme_weights(scheme, stretched), weights, atol=1e-5)


@settings(deadline=None)  # scipy is imported within
@given(tables, st.sampled_from(sorted(SCHEMES)))
def test_weights_are_shares(table: np.ndarray, scheme: str) -> None:
    try:
        weights = scheme_weights(scheme, table)
    except InputError:
        return
    assert weights.shape == (table.shape[1],)
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(), 1)


@given(scores)
def test_ranks_go_with_their_units(table: np.ndarray) -> None:
    order = np.random.default_rng(table.shape[1]).permutation(table.shape[1])
    np.testing.assert_array_equal(ranks_of(table[:, order]), ranks_of(table)[:, order])
    for row, ranks in zip(table, ranks_of(table), strict=True):
        assert [1 + int((row > one).sum()) for one in row] == ranks.tolist()


@given(scores)
def test_draws_that_agree_leave_no_doubt(table: np.ndarray) -> None:
    ranks = ranks_of(table[:1])
    found = standings([str(n) for n in range(table.shape[1])], np.repeat(ranks, 5, axis=0), ranks[0])
    for row in found:
        assert row.lo == row.hi == row.mean == row.median == row.nominal
        assert not row.flags
        assert row.band is not None
        assert row.band[0] == row.band[1]


@given(scores)
def test_the_interval_lies_within_the_ranks_and_holds_the_median(table: np.ndarray) -> None:
    ranks = ranks_of(table)
    for at, row in enumerate(standings([str(n) for n in range(table.shape[1])], ranks, ranks[0])):
        assert ranks[:, at].min() <= (row.lo or 0) <= (row.median or 0) <= (row.hi or 0) <= ranks[:, at].max()


intervals = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6)), min_size=1, max_size=12)


@given(intervals)
def test_two_share_a_band_exactly_if_their_intervals_overlap(found: list[tuple[int, int]]) -> None:
    low = np.array([float(start) for start, _ in found])
    high = low + np.array([float(length) for _, length in found])
    first, last = bands(low, high)
    assert (first <= last).all()
    assert first.min() == 1
    for one in range(len(low)):
        for other in range(len(low)):
            overlap = low[one] <= high[other] and low[other] <= high[one]
            assert overlap == (first[one] <= last[other] and first[other] <= last[one])
    used = {band for one, two in zip(first, last, strict=True) for band in range(one, two + 1)}
    assert used == set(range(1, int(last.max()) + 1))  # no band stands empty


@given(scores)
def test_of_two_units_one_is_above_the_other(table: np.ndarray) -> None:
    found = preference(ranks_of(table))
    both = found + found.T
    np.testing.assert_allclose(both[~np.eye(len(both), dtype=bool)], 1)


TREE = Framework.of([Element("i", level=2), Element("x", parent="i", weight=3.0), Element("y", parent="i")])
TWICE = Framework.of([*TREE.elements, Element("z", parent="i", weight=1.0)])
pairs = arrays.arrays(np.float64, st.tuples(st.integers(4, 12), st.just(2)), elements=numbers)


@given(pairs, st.sampled_from(["arithmetic", "geometric", "harmonic", "median", "copeland"]), st.floats(0.1, 2.9))
def test_a_copy_that_takes_its_weight_from_the_original_changes_nothing(
    values: np.ndarray, method: str, part: float
) -> None:
    assume((np.ptp(values, axis=0) > 0.01).all())
    choices = changed(Choices(), [{"normalise": {"low": 1.0}, "aggregate": {"method": method}}])
    units = tuple(f"u{number:02}" for number in range(len(values)))
    plain = build(Table(units, ("x", "y"), values), TREE, choices)
    shared = replace(choices, weights=Weights(given=(("x", 3.0 - part), ("z", part))))
    copied = build(Table(units, ("x", "y", "z"), values[:, [0, 1, 0]]), TWICE, shared)
    np.testing.assert_allclose(copied.score("i"), plain.score("i"), rtol=1e-9)


@given(pairs, st.floats(0.01, 100))
def test_weights_have_no_scale(values: np.ndarray, factor: float) -> None:
    assume((np.ptp(values, axis=0) > 0.01).all())
    units = tuple(f"u{number:02}" for number in range(len(values)))
    table = Table(units, ("x", "y"), values)
    scaled = Choices(weights=Weights(given=(("x", 3.0 * factor), ("y", factor))))
    np.testing.assert_allclose(build(table, TREE, scaled).score("i"), build(table, TREE).score("i"), atol=1e-9)


@given(pairs, st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_draws_go_with_their_units_whatever_their_order(values: np.ndarray, seed: int) -> None:
    assume((np.ptp(values, axis=0) > 0.01).all())
    order = np.random.default_rng(seed).permutation(len(values))
    units = tuple(f"u{number:02}" for number in range(len(values)))
    varied = Variation((Factor("aggregate.method", ("arithmetic", "median")),), Noise(levels=(1,)))
    plain = uncertainty(build(Table(units, ("x", "y"), values), TREE), varied, 8, seed=seed)
    turned = Table(tuple(units[at] for at in order), ("x", "y"), values[order])
    found = uncertainty(build(turned, TREE), varied, 8, seed=seed)
    np.testing.assert_array_equal(found.ranks, plain.ranks[:, order])
