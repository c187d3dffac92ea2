"""Intervals against scipy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, chi2

from graph.metrics.interval import jackknife, poisson, wilson


def test_wilson_is_scipys() -> None:
    for hits, of in [(0, 1), (1, 1), (3, 10), (10, 10), (37, 200)]:
        low, high = wilson(np.array([hits]), np.array([of]))
        expected = binomtest(hits, of).proportion_ci(method="wilson")
        assert (low[0], high[0]) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert np.isnan(wilson(np.array([0]), np.array([0]))).all()


@pytest.mark.parametrize(
    ("count", "expected", "low", "high"), [(12, 6, 1.033, 3.494), (3, 1, 0.619, 8.767), (0, 2, 0, 1.844)]
)
def test_poisson_is_the_published_and_chi_squared(count: int, expected: float, low: float, high: float) -> None:
    found = poisson(np.array([count]))
    assert (round(found[0][0] / expected, 3), round(found[1][0] / expected, 3)) == (low, high)
    assert found[1][0] == pytest.approx(chi2.ppf(0.975, 2 * count + 2) / 2)


def test_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.array([1.0, 4.0, 2.0, 7.0, 6.0])
    without = np.array([[np.delete(values, i).mean()] for i in range(5)])
    _, _, sd = jackknife(np.array([values.mean()]), without)
    assert sd[0] == pytest.approx(values.std(ddof=1) / np.sqrt(5))
    assert np.isnan(jackknife(np.array([1.0]), without[:1])[0]).all()
