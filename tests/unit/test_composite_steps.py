"""The steps of an index on arrays. Oracles: by hand, scipy, scikit-learn, and the definitions of COINr's functions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from graph.errors import InputError
from graph.index.aggregate import mean_of
from graph.index.choices import Aggregation, Frozen, Imputation, Normalisation, Screen, Treatment
from graph.index.framework import Element, Framework
from graph.index.impute import draw, impute
from graph.index.normalise import normalise
from graph.index.screen import reasons, screen, sparse
from graph.index.treat import kurtosis, passes, skewness, transform, treat
from graph.network import FloatArray

NAN = np.nan


def column(*values: float) -> FloatArray:
    return np.array(values, dtype=np.float64)[:, None]


def flat(values: FloatArray) -> list[float]:
    return [float(value) for value in values.ravel()]


# screen


def two_dimensions() -> Framework:
    return Framework.of(
        [Element("i", level=3), Element("d", level=2, parent="i"), Element("e", level=2, parent="i")]
        + [Element(code, parent="d") for code in ("x", "y")]
        + [Element("z", parent="e")]
    )


def test_a_unit_needs_its_share_of_indicators_and_one_in_every_dimension() -> None:
    values = np.array([[1, 1, 1], [1, NAN, 1], [1, 1, NAN], [NAN, NAN, 1]])
    asked = Screen(share=0.65)
    assert screen(values, two_dimensions(), asked).tolist() == [True, True, False, False]
    told = reasons(values, two_dimensions(), asked)
    assert told[:2] == ("", "")
    assert told[2] == "fewer than 1 known in e"
    assert told[3] == "1 of 3 indicators known, the recipe asks for 65%; fewer than 1 known in d"


def test_a_unit_of_zeros() -> None:
    values = np.array([[0, 0, 1], [0, 1, 1.0]])
    assert screen(values, two_dimensions(), Screen(nonzero=0.5)).tolist() == [False, True]
    assert reasons(values, two_dimensions(), Screen(nonzero=0.5))[0].startswith("33% of its values are unlike 0")


def test_an_indicator_that_hardly_anyone_knows() -> None:
    values = np.column_stack([np.arange(20.0), [1.0, *[NAN] * 19]])
    (told,) = sparse(values, ["x", "y"], Screen(column=0.1))
    assert told.startswith("column y: known for 1 of 20 units")
    assert sparse(values, ["x", "y"], Screen(column=0.05)) == []
    assert sparse(np.full((3, 1), NAN), ["x"], Screen(column=0.0)) != [], (
        "an indicator that nobody knows is no indicator"
    )


# treat


def test_skewness_and_kurtosis_are_those_of_scipy() -> None:
    values = np.random.default_rng(5).lognormal(size=(60, 4))
    np.testing.assert_allclose(skewness(values), stats.skew(values, bias=False), rtol=1e-12)
    np.testing.assert_allclose(kurtosis(values), stats.kurtosis(values, bias=False), rtol=1e-12)


def test_missing_values_do_not_count_in_the_shape() -> None:
    values = np.random.default_rng(5).lognormal(size=(60, 1))
    gaps = np.vstack([values[:30], column(NAN, NAN), values[30:]])
    np.testing.assert_allclose(skewness(gaps), skewness(values), rtol=1e-12)
    np.testing.assert_allclose(kurtosis(gaps), kurtosis(values), rtol=1e-12)


def test_the_shape_of_too_little_is_undefined_and_passes() -> None:
    assert np.isnan(skewness(column(1, 2)))
    assert np.isnan(kurtosis(column(1, 2, 9)))
    assert np.isnan(skewness(column(0.1, 0.1, 0.1)))
    assert passes(column(0.1, 0.1, 0.1, 0.1), Treatment()).all()


def test_one_far_point_takes_the_value_of_the_next() -> None:
    done = treat(column(1, 2, 3, 4, 5, 6, 7, 100), ["x"], Treatment())
    assert flat(done.values) == [1, 2, 3, 4, 5, 6, 7, 7]
    assert (done.how, done.points.tolist(), done.passes.tolist()) == (("winsorised",), [1], [True])
    assert done.scales == (Frozen(floor=1.0, ceiling=7.0),)


def test_low_points_are_drawn_up() -> None:
    assert flat(treat(column(-100, 2, 3, 4, 5, 6, 7, 8), ["x"], Treatment()).values) == [2, 2, 3, 4, 5, 6, 7, 8]


def test_tied_maxima_are_drawn_in_together_and_count_each() -> None:
    """Forty units from 1 to 40, four at 1e6. With winmax 1 the first step moves all four, as COINr's winsorise does."""
    values = np.vstack([np.arange(1.0, 41.0)[:, None], np.full((4, 1), 1e6)])
    done = treat(values, ["x"], Treatment(winmax=1))
    assert done.points.tolist() == [4]
    assert flat(done.values[-4:]) == [40.0] * 4


def test_what_winsorising_does_not_mend_is_transformed_from_the_raw_values() -> None:
    values = np.exp(np.linspace(0, 12, 60))[:, None]
    done = treat(values, ["x"], Treatment(winmax=2))
    least, span = values.min(), values.max() - values.min()
    np.testing.assert_allclose(done.values, np.log(values - least + 0.01 * span), rtol=1e-12)
    assert (done.how, done.points.tolist()) == (("log",), [0])


def test_combined_treatment_transforms_what_was_winsorised() -> None:
    values = np.exp(np.linspace(0, 12, 60))[:, None]
    done = treat(values, ["x"], Treatment(winmax=2, combine=True))
    assert done.how == ("winsorised, log",)
    assert done.values[-1] == done.values[-2] == done.values[-3] > done.values[-4]


def test_an_indicator_never_becomes_constant() -> None:
    """Nine zeros and a one: COINr's winsorise goes on to the maximum of nothing."""
    done = treat(column(*[0] * 9, 1), ["x"], Treatment())
    assert done.how == ("log",)
    assert np.isfinite(done.values).all()
    assert len(np.unique(done.values)) == 2
    only = treat(column(*[0] * 9, 1), ["x"], Treatment(transform="none"))
    assert flat(only.values) == [*[0] * 9, 1]


def test_what_is_left_alone_and_what_passes_is_not_touched() -> None:
    values = np.column_stack([[1, 2, 3, 4, 5, 6, 7, 100], np.arange(8)]).astype(float)
    done = treat(values, ["x", "y"], Treatment(leave=("x",)))
    np.testing.assert_array_equal(done.values, values)
    assert done.how == ("", "")


def test_missing_values_stay_missing_in_treatment() -> None:
    done = treat(column(1, 2, 3, NAN, 5, 6, 7, 100), ["x"], Treatment())
    np.testing.assert_array_equal(done.values, column(1, 2, 3, NAN, 5, 6, 7, 7))


def test_transformations_by_hand() -> None:
    x = np.array([2.0, 7.0, 12.0])
    ends = {"least": 2.0, "most": 12.0}
    np.testing.assert_allclose(transform(x, Frozen("log", **ends)), np.log([0.1, 5.1, 10.1]))
    np.testing.assert_allclose(transform(x, Frozen("log_neg", **ends)), -np.log([10.1, 5.1, 0.1]))
    np.testing.assert_allclose(transform(x, Frozen("log_gii", **ends)), np.log([1.0, 6.5, 12.0]))
    np.testing.assert_allclose(transform(x, Frozen("boxcox", power=2.0, **ends)), [0.0, 17.5, 60.0])
    np.testing.assert_allclose(transform(x, Frozen("boxcox", power=0.0, **ends)), np.log([1.0, 6.0, 11.0]))


def test_log_plus_turns_by_the_side_of_the_tail() -> None:
    high = np.exp(np.linspace(0, 12, 60))[:, None]
    asked = Treatment(winmax=0, transform="log_plus")
    assert treat(high, ["x"], asked).how == ("log",)
    low = treat(-high, ["x"], asked)
    assert low.how == ("log_neg",)
    np.testing.assert_allclose(low.values, -treat(high, ["x"], asked).values, rtol=1e-12)


def test_box_and_cox_find_the_power_that_scipy_finds() -> None:
    values = np.random.default_rng(2).lognormal(sigma=1.5, size=(200, 1))
    done = treat(values, ["x"], Treatment(winmax=0, transform="boxcox"))
    expected, power = stats.boxcox(values.ravel() - values.min() + 1)
    assert done.scales[0].power == pytest.approx(power, abs=1e-4)
    np.testing.assert_allclose(done.values.ravel(), expected, rtol=1e-3)


def test_log_gii_is_refused_where_it_is_not_defined() -> None:
    with pytest.raises(InputError, match="column x: log_gii needs a maximum above 1"):
        treat(-np.exp(np.linspace(0, 12, 60))[:, None], ["x"], Treatment(winmax=0, transform="log_gii"))


# impute


def test_group_means_and_medians() -> None:
    values, groups = column(1, 2, 9, NAN, 10, NAN, NAN), ["a", "a", "a", "a", "b", "b", "c"]
    filled, marked = impute(values, Imputation("mean"), groups)
    np.testing.assert_allclose(filled, column(1, 2, 9, 4, 10, 10, NAN))
    assert marked.ravel().tolist() == [False, False, False, True, False, True, False]
    np.testing.assert_allclose(impute(values, Imputation("median"), groups)[0], column(1, 2, 9, 2, 10, 10, NAN))
    np.testing.assert_allclose(impute(values, Imputation("mean"))[0][[3, 5, 6]], column(5.5, 5.5, 5.5))


def test_a_unit_without_a_group_is_not_filled() -> None:
    filled, marked = impute(column(1, NAN), Imputation("mean"), ["a", ""])
    assert np.isnan(filled[1]).all()
    assert not marked.any()


def test_nothing_is_imputed_where_nothing_is_asked() -> None:
    filled, marked = impute(column(1, NAN), Imputation("none"))
    assert np.isnan(filled[1]).all()
    assert not marked.any()


def test_nearest_neighbours_are_those_of_scikit_learn() -> None:
    from sklearn.impute import KNNImputer

    generator = np.random.default_rng(3)
    values = generator.normal(size=(40, 5))
    values[generator.random(values.shape) < 0.2] = NAN
    mean, spread = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    expected = KNNImputer(n_neighbors=4).fit_transform((values - mean) / spread) * spread + mean
    np.testing.assert_allclose(impute(values, Imputation("knn", neighbours=4))[0], expected, rtol=1e-10)


def test_em_of_two_columns_is_the_regression_on_the_complete_units() -> None:
    """With gaps in y only, the likelihood is greatest at the regression of y on x among the complete units."""
    generator = np.random.default_rng(4)
    x = generator.normal(size=30)
    y = 2 * x + generator.normal(size=30)
    y[:8] = NAN
    slope, start = np.polyfit(x[8:], y[8:], 1)
    filled, marked = impute(np.column_stack([x, y]), Imputation("em"))
    np.testing.assert_allclose(filled[:8, 1], start + slope * x[:8], atol=1e-4)
    np.testing.assert_array_equal(filled[8:, 1], y[8:])
    assert marked.sum() == 8


def test_a_unit_that_knows_nothing_stays_unknown_in_em_and_knn() -> None:
    values = np.array([[1.0, 2.0], [2.0, 4.5], [4.0, 8.0], [NAN, NAN], [5.0, NAN]])
    for method in ("em", "knn"):
        filled, _ = impute(values, Imputation(method, neighbours=1))
        assert np.isnan(filled[3]).all()
        assert np.isfinite(filled[4]).all()


@pytest.mark.parametrize("method", ["mean", "median", "knn", "em"])
def test_draws_hang_on_the_seed_alone_and_leave_what_is_known(method: str) -> None:
    generator = np.random.default_rng(6)
    values = generator.normal(size=(50, 3))
    values[:, 1:][generator.random((50, 2)) < 0.2] = NAN
    one, same, other = (draw(values, Imputation(method), np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    known = ~np.isnan(values)
    np.testing.assert_array_equal(one[known], values[known])
    assert np.isfinite(one).all()


def test_draws_of_em_vary_as_much_as_what_they_stand_for() -> None:
    """y = x + noise of standard deviation 1; the draws of an unknown y vary around x by about 1, their mean is x."""
    generator = np.random.default_rng(7)
    x = generator.normal(size=2000)
    values = np.column_stack([x, x + generator.normal(size=2000)])
    values[:1000, 1] = NAN
    off = draw(values, Imputation("em"), np.random.default_rng(8))[:1000, 1] - x[:1000]
    assert abs(off.mean()) < 0.15
    assert 0.85 < off.std() < 1.15


# normalise

UP, DOWN = Element("u"), Element("d", direction=-1)


def scores(method: str, values: FloatArray, leaves: list[Element], **choices: object) -> list[list[float]]:
    asked = Normalisation(method, **choices)  # type: ignore[arg-type]
    return [list(map(float, row)) for row in normalise(values, leaves, asked, ["a", "b", "c"])[0]]


@pytest.mark.parametrize(
    ("method", "choices", "up", "down"),
    [
        ("minmax", {}, [0, 25, 100], [100, 75, 0]),
        ("minmax", {"low": 1.0}, [1, 25.75, 100], [100, 75.25, 1]),
        ("z", {}, [-0.8006, -0.3203, 1.1209], [0.8006, 0.3203, -1.1209]),
        ("z", {"mean": 10.0, "deviation": 2.0}, [8.3987, 9.3595, 12.2418], [11.6013, 10.6405, 7.7582]),
        ("rank", {}, [1, 2, 3], [3, 2, 1]),
        ("borda", {}, [0, 1, 2], [2, 1, 0]),
        ("percentile", {}, [0, 50, 100], [100, 50, 0]),
        ("goalposts", {"posts": (("u", (0.0, 8.0)), ("d", (0.0, 8.0)))}, [25, 50, 125], [75, 50, -25]),
        ("goalposts", {"posts": (("u", (0.0, 8.0)), ("d", (0.0, 8.0))), "cap": True}, [25, 50, 100], [75, 50, 0]),
        ("target", {"targets": (("u", 6.0), ("d", 5.0))}, [0, 50, 200], [800 / 5, 120, 0]),
        ("target", {"targets": (("u", 6.0), ("d", 5.0)), "cap": True}, [0, 50, 100], [100, 100, 0]),
        ("reference", {"reference": "b"}, [0, 100, 400], [400 / 3, 100, 0]),
        ("fraction", {}, [20, 40, 100], [100, 50, 20]),
    ],
)
def test_normalisations_by_hand(method: str, choices: dict[str, object], up: list[float], down: list[float]) -> None:
    """One column 2, 4, 10 counted both ways."""
    found = scores(method, np.array([[2.0, 2.0], [4.0, 4.0], [10.0, 10.0]]), [UP, DOWN], **choices)
    np.testing.assert_allclose([row[0] for row in found], up, atol=1e-4)
    np.testing.assert_allclose([row[1] for row in found], down, atol=1e-4)


def test_equal_values_share_the_smaller_rank_and_missing_ones_have_none() -> None:
    told = normalise(column(5, NAN, 5, 7), [UP], Normalisation("rank"))[0]
    np.testing.assert_array_equal(told, column(1, NAN, 1, 3))


def test_posts_and_targets_of_the_framework() -> None:
    leaf = Element("u", target=6.0, lower=0.0, upper=8.0)
    values = column(2, 4, 10)
    np.testing.assert_allclose(normalise(values, [leaf], Normalisation("goalposts"))[0], column(25, 50, 125))
    np.testing.assert_allclose(normalise(values, [leaf], Normalisation("target"))[0], column(0, 50, 200))


@pytest.mark.parametrize(
    ("method", "choices", "told"),
    [
        ("goalposts", {}, "column u: no goalposts"),
        ("goalposts", {"posts": (("u", (8.0, 0.0)),)}, "column u: the lower goalpost 8 must be below the upper 0"),
        ("target", {}, "column u: no target"),
        ("target", {"targets": (("u", 2.0),)}, "column u: the target 2 must be better than the worst value, 2"),
        ("reference", {"reference": "z"}, "'z' is no ranked unit"),
        ("reference", {"reference": "a"}, "column u: the reference 'a' is itself the worst"),
        ("reference", {"reference": "c"}, "column u: the reference 'c' is unknown"),
    ],
)
def test_what_a_normalisation_needs(method: str, choices: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        scores(method, column(2, 4, NAN), [UP], **choices)


def test_a_fraction_needs_values_above_zero() -> None:
    with pytest.raises(InputError, match="column u: a fraction of the maximum needs values above 0, the least is 0"):
        scores("fraction", column(0, 4, 5), [UP])


@pytest.mark.parametrize("method", ["minmax", "z", "rank", "borda", "percentile", "target", "reference", "fraction"])
def test_what_does_not_vary_is_refused_and_all_such_are_named(method: str) -> None:
    with pytest.raises(InputError, match=r"2 mistakes: column u: no variation.*column d: no variation"):
        scores(method, np.array([[3.0, 1.0], [3.0, 1.0], [NAN, 1.0]]), [UP, DOWN])


# aggregate


def mean(method: str, block: list[list[float]], weights: list[float], **choices: float) -> list[float]:
    asked = Aggregation(method, **choices)  # type: ignore[arg-type]
    return flat(mean_of(np.array(block, dtype=np.float64), np.array(weights), asked, 2)[0])


def test_means_by_hand() -> None:
    block, weights = [[2.0, 8.0, 32.0]], [0.25, 0.5, 0.25]
    assert mean("arithmetic", block, weights) == [12.5]
    assert mean("geometric", block, weights) == pytest.approx([8.0])
    assert mean("harmonic", block, weights) == pytest.approx([1 / (0.125 + 0.0625 + 0.0078125)])
    assert mean("generalised", block, weights, power=2) == pytest.approx([(0.25 * 4 + 32 + 256) ** 0.5])
    assert mean("generalised", block, weights, power=-1) == pytest.approx(mean("harmonic", block, weights))
    assert mean("median", block, weights) == [8.0]


def test_weights_grow_where_a_child_is_unknown() -> None:
    block = [[2.0, np.nan, 32.0], [np.nan] * 3]
    found, partial = mean_of(np.array(block), np.array([0.25, 0.5, 0.25]), Aggregation(), 2)
    np.testing.assert_array_equal(found, [17.0, np.nan])
    assert partial.tolist() == [True, False]
    assert mean("geometric", block[:1], [0.25, 0.5, 0.25]) == pytest.approx([8.0])
    assert np.isnan(mean("arithmetic", block[:1], [0.25, 0.5, 0.25], present=0.9))


def test_the_median_by_weight_agrees_with_the_plain_one() -> None:
    block = np.random.default_rng(9).normal(size=(20, 6))
    for k in (1, 2, 5, 6):
        found = mean_of(block[:, :k], np.full(k, 1 / k), Aggregation("median"), 2)[0]
        np.testing.assert_allclose(found, np.median(block[:, :k], axis=1))


def test_copeland_by_hand() -> None:
    """a beats b on 60% of the weight, b beats c, c and a have half each."""
    block = [[3.0, 1.0, 2.0], [2.0, 2.0, 1.0], [1.0, 3.0, 0.0]]
    assert mean("copeland", block, [0.4, 0.4, 0.2]) == [2.0, 0.0, -2.0]
    assert mean("copeland", [[3.0, 1.0], [1.0, 3.0]], [0.5, 0.5]) == [0.0, 0.0]


def test_copeland_compares_on_what_is_known_of_both() -> None:
    block = [[3.0, np.nan], [2.0, 9.0], [np.nan, 1.0], [np.nan, np.nan]]
    np.testing.assert_array_equal(mean("copeland", block, [0.5, 0.5]), [1.0, 0.0, -1.0, np.nan])


def test_shapes_do_not_overflow_nor_change_with_the_unit() -> None:
    values = np.random.default_rng(5).lognormal(size=(60, 1))
    for factor in (1e-120, 1e120):
        np.testing.assert_allclose(skewness(values * factor), skewness(values), rtol=1e-9)
        np.testing.assert_allclose(kurtosis(values * factor), kurtosis(values), rtol=1e-9)


def test_a_difference_of_rounding_is_no_variation() -> None:
    with pytest.raises(InputError, match="column u: no variation"):
        normalise(column(0.1 + 0.2, 0.3), [UP], Normalisation())
