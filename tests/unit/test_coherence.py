"""Coherence: Cronbach's alpha by hand, correlation ratios of planted curves, flags on a tree with each fault."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graph.index.coherence import coherence, correlation_ratio, cronbach_alpha, principal_components
from graph.index.framework import Element, Framework


def tree() -> Framework:
    """Two dimensions of two indicators each."""
    return Framework.of(
        [
            Element("index", level=3),
            Element("A", level=2, parent="index"),
            Element("B", level=2, parent="index", weight=3.0),
            *(Element(code, parent=code[0].upper()) for code in ("a1", "a2", "b1", "b2")),
        ]
    )


def test_alpha_by_hand() -> None:
    """Three columns with correlations of one half: 3 · 0.5 / (1 + 2 · 0.5) = 0.75."""
    draw = np.random.default_rng(1)
    raw = draw.normal(size=(500, 3))
    white = (raw - raw.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    table = white @ np.linalg.cholesky(np.full((3, 3), 0.5) + 0.5 * np.eye(3)).T
    assert cronbach_alpha(table) == pytest.approx(0.75)
    assert cronbach_alpha(table * [1, 50, 0.1]) == pytest.approx(0.75)
    assert np.isnan(cronbach_alpha(table[:, :1]))


@pytest.mark.parametrize("truth", [1.0, 0.78, 0.18])
def test_ratio_of_a_curve_that_a_correlation_misses(truth: float) -> None:
    """y = x² + noise, x standard normal: Var(x²) = 2, so η² = 2 / (2 + noise²); a line explains nothing."""
    draw = np.random.default_rng(2)
    x = draw.normal(size=20_000)
    spread = np.sqrt(2 * (1 - truth) / truth)
    found = correlation_ratio(x, x**2 + spread * draw.normal(size=20_000))
    assert found == pytest.approx(truth, abs=0.03)


def test_ratio_of_a_line_is_the_squared_correlation() -> None:
    draw = np.random.default_rng(3)
    x = draw.normal(size=5000)
    y = x + draw.normal(size=5000)
    assert correlation_ratio(x, y) == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2, abs=0.01)


def test_ratio_of_noise_is_near_nothing_even_for_few_units() -> None:
    """Unadjusted, the R² of five degrees of freedom on 40 units would average 0.1."""
    draw = np.random.default_rng(4)
    assert np.mean([correlation_ratio(*draw.normal(size=(2, 40))) for _ in range(200)]) < 0.06


def test_ratio_is_undefined_without_variation_or_units() -> None:
    assert np.isnan(correlation_ratio(np.ones(9), np.arange(9.0)))
    assert np.isnan(correlation_ratio(np.arange(9.0), np.ones(9)))
    assert np.isnan(correlation_ratio(np.arange(4.0), np.arange(4.0)))


def test_components_of_two_blocks() -> None:
    draw = np.random.default_rng(5)
    one, other = draw.normal(size=(2, 3000, 1))
    found = principal_components(np.hstack([one + 0.2 * draw.normal(size=(3000, 3)), other, other]))
    assert (found.eigenvalues >= 1).sum() == 2
    assert found.explained[:2].sum() > 0.95
    assert (np.abs(found.rotated) > 0.9).sum(axis=0).tolist() in ([3, 2], [2, 3])
    assert (found.loadings.sum(axis=0) >= -1e-9).all()


def test_flags_name_each_fault() -> None:
    """a2 runs against a1; b2 repeats b1; a2 goes with the index's other half."""
    draw = np.random.default_rng(6)
    a1, b1 = draw.normal(size=(2, 100))
    a2, b2 = -0.6 * a1 + 0.2 * draw.normal(size=100) + 0.5 * b1, b1 + 0.05 * draw.normal(size=100)
    a, b = (2 * a1 + a2) / 3, (b1 + b2) / 2
    found = coherence(np.column_stack([(a + 3 * b) / 4, a, b, a1, a2, b1, b2]), tree())
    assert "a1 and a2 correlate below 0: they cancel out" in found.flags
    assert "b1 and b2 correlate above 0.92: counted twice" in found.flags
    assert ("a2", "A", "B") in found.astray
    top = found.clusters[-1]
    assert top.parent == "index"
    assert [part.nominal for part in top.parts] == [0.25, 0.75]
    assert sum(part.share or 0 for part in top.parts) == pytest.approx(1)
    assert (top.parts[1].effective or 0) > (top.parts[0].effective or 0)
    assert json.loads(json.dumps(found.as_dict()))["clusters"][0]["parent"] == "A"


def test_nominal_weights_are_not_importance() -> None:
    """Equal weights, one dimension three times as spread: it makes nine tenths of the variance."""
    draw = np.random.default_rng(7)
    a, b = draw.normal(size=(2, 4000)) * [[3.0], [1.0]]
    rows = [Element("index", level=2), Element("a", parent="index"), Element("b", parent="index")]
    parts = coherence(np.column_stack([(a + b) / 2, a, b]), Framework.of(rows)).clusters[0].parts
    assert [part.nominal for part in parts] == [0.5, 0.5]
    assert [part.effective for part in parts] == pytest.approx([0.9, 0.1], abs=0.03)


def test_what_does_not_vary_has_no_correlation_but_a_reason() -> None:
    rows = [Element("index", level=2), Element("a", parent="index"), Element("b", parent="index")]
    a = np.arange(6.0)
    found = coherence(np.column_stack([a, a, np.ones(6)]), Framework.of(rows)).clusters[0]
    assert found.alpha is None
    assert found.pairs[0].r is None
    assert found.parts[1].effective is None
    assert found.reason
