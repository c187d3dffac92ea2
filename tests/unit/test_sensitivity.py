"""Sobol indices: SALib as the oracle, known functions, and an index in which only one factor can matter."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graph.errors import InputError
from graph.index.choices import Choices, Normalisation
from graph.index.framework import Element, Framework
from graph.index.run import build
from graph.index.sensitivity import design, sensitivity, sobol_indices
from graph.index.table import Table
from graph.index.variation import Factor, Noise, Variation

TREE = Framework.of([Element("index", level=2), *(Element(code, parent="index") for code in "xyz")])


def ishigami(points: np.ndarray) -> np.ndarray:
    x = points * 2 * np.pi - np.pi
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def table() -> Table:
    values = np.random.default_rng(1).lognormal(size=(15, 3))
    return Table(tuple(f"u{number:02}" for number in range(15)), tuple("xyz"), values)


def test_agrees_with_salib() -> None:
    """Oracle: `SALib.analyze.sobol` on the same design."""
    from SALib.analyze import sobol

    outputs = ishigami(design("abc", 256, seed=1))
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}
    peer = sobol.analyze(problem, outputs, calc_second_order=False, seed=1)
    found = sobol_indices(outputs, 3, seed=1, resamples=500)
    assert found.first.ravel() == pytest.approx(peer["S1"])
    assert found.total.ravel() == pytest.approx(peer["ST"])
    assert (found.total_hi - found.total_lo).ravel() / 2 == pytest.approx(peer["ST_conf"], rel=0.35)


def test_ishigami_has_its_known_indices() -> None:
    """Ishigami & Homma 1990: S = 0.3139, 0.4424, 0; S_T = 0.5576, 0.4424, 0.2437."""
    found = sobol_indices(ishigami(design("abc", 4096, seed=2)), 3, seed=1)
    assert found.first.ravel() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert found.total.ravel() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert (found.first_lo <= found.first).all()
    assert (found.first <= found.first_hi).all()


def test_many_outputs_at_once_are_as_one_by_one() -> None:
    points = design("abc", 64, seed=3)
    two = np.column_stack([ishigami(points), points[:, 0]])
    both, alone = sobol_indices(two, 3, seed=1), sobol_indices(two[:, 1], 3, seed=1)
    assert both.total[:, 1] == pytest.approx(alone.total[:, 0])
    assert both.first_lo[:, 1] == pytest.approx(alone.first_lo[:, 0])


def test_columns_of_one_group_move_together() -> None:
    points = design(["a", "b", "b"], 8, seed=1).reshape(8, 4, 3)
    assert (points[:, 0, 1:] == points[:, 1, 1:]).all()
    assert (points[:, 2, 1:] == points[:, 3, 1:]).all()
    assert (points[:, 2, 0] == points[:, 0, 0]).all()


def test_a_seed_of_nought_is_a_seed() -> None:
    assert (design("ab", 8, seed=0) == design("ab", 8, seed=0)).all()
    assert (design("ab", 8, seed=0) != design("ab", 8, seed=1)).any()


def test_what_never_moves_has_no_indices() -> None:
    points = design("ab", 16, seed=1)
    found = sobol_indices(np.column_stack([np.ones(len(points)), points[:, 0]]), 2, seed=1)
    assert np.isnan(found.total[:, 0]).all()
    assert np.isfinite(found.total[:, 1]).all()


def test_a_choice_without_effect_gets_none() -> None:
    """No indicator's kurtosis reaches 50, so only the kind of mean matters."""
    choices = Choices(normalisation=Normalisation(low=1.0))
    varied = Variation(
        (Factor("treat.kurtosis", (50.0, 60.0)), Factor("aggregate.method", ("arithmetic", "geometric")))
    )
    found = sensitivity(build(table(), TREE, choices), varied, 64, seed=1)
    assert found.runs == 64 * 4
    assert found.effects[0].factor == "aggregate.method"
    assert found.effects[0].total == pytest.approx(1, abs=0.1)
    assert found.effects[1].total == pytest.approx(0, abs=1e-9)
    assert found.shift > 0


def test_noise_of_many_weights_is_one_factor_and_bits_repeat() -> None:
    done = build(table(), TREE, Choices(normalisation=Normalisation(low=1.0)))
    varied = Variation((Factor("aggregate.method", ("arithmetic", "geometric")),), Noise(levels=(1,)))
    found = sensitivity(done, varied, 32, seed=5)
    assert {effect.factor for effect in found.effects} == {"aggregate.method", "weight noise"}
    assert found.runs == 32 * 4
    assert json.dumps(found.as_dict()) == json.dumps(sensitivity(done, varied, 32, seed=5).as_dict())
    reasons = [unit["reason"] for unit in found.as_dict()["units"]]
    assert len(reasons) == 15


def test_refuses_a_base_that_is_no_power_of_two() -> None:
    with pytest.raises(InputError, match="power of two, as 256 or 512, not 100; take 128"):
        design("ab", 100, seed=1)
    with pytest.raises(InputError, match="no multiple of 4"):
        sobol_indices(np.ones(10), 2, seed=1)
