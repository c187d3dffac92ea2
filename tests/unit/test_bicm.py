"""The bipartite model: known sums, forced cells, the enumeration of small tables, exact tails."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from graph.chemistry import bicm
from graph.errors import InputError
from graph.network import BoolArray, Firm, Network


def table(seed: int, parks: int = 40, industries: int = 15) -> BoolArray:
    """Broad and narrow parks, common and rare industries, no chemistry between industries."""
    dice = np.random.default_rng(seed)
    reach = np.outer(dice.pareto(1.5, parks) + 0.3, dice.pareto(1.5, industries) + 0.3)
    return np.asarray(dice.random(reach.shape) < 1 - np.exp(-0.4 * reach))


@pytest.mark.parametrize("seed", range(6))
def test_the_expected_sums_are_those_of_the_table(seed: int) -> None:
    cells = table(seed)
    model = bicm.bicm(cells)
    assert model.chance.sum(axis=0) == pytest.approx(cells.sum(axis=0), abs=1e-8)
    assert model.chance.sum(axis=1) == pytest.approx(cells.sum(axis=1), abs=1e-8)
    assert ((model.chance >= 0) & (model.chance <= 1)).all()


def test_cells_have_the_form_of_the_model() -> None:
    """log(p/(1-p)) is a park's term plus an industry's: every 2 × 2 contrast of it is 0."""
    cells = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 1], [1, 0, 0, 1]])
    chance = bicm.bicm(cells).chance
    odds = np.log(chance / (1 - chance))
    contrast = odds[1:, 1:] - odds[:-1, 1:] - odds[1:, :-1] + odds[:-1, :-1]
    assert contrast == pytest.approx(np.zeros((3, 3)), abs=1e-6)


def test_equal_sums_give_equal_chances_by_hand() -> None:
    assert bicm.bicm(np.eye(4, dtype=np.int64)).chance == pytest.approx(np.full((4, 4), 0.25))


def test_it_has_the_greatest_entropy_of_the_tables_with_these_sums() -> None:
    """A step that keeps all sums (up in two opposite corners, down in the others) never gains entropy."""
    chance = bicm.bicm(np.array([[1, 1, 0], [1, 0, 1], [0, 1, 0]])).chance

    def entropy(p: np.ndarray) -> float:
        return float(-(p * np.log(p) + (1 - p) * np.log(1 - p)).sum())

    for i, j in product(range(2), range(2)):
        for step in (1e-3, -1e-3):
            other = chance.copy()
            other[i : i + 2, j : j + 2] += step * np.array([[1, -1], [-1, 1]])
            assert entropy(other) < entropy(chance)


@pytest.mark.parametrize(
    ("cells", "chance"),
    [
        (np.tril(np.ones((5, 5), dtype=np.int64)), np.tril(np.ones((5, 5)))),  # nested: only this table has its sums
        ([[1, 1, 1], [1, 0, 0], [0, 1, 0]], [[1, 1, 1], [0.5, 0.5, 0], [0.5, 0.5, 0]]),  # a full row, then a forced 0
        ([[0, 0], [1, 0], [0, 1]], [[0, 0], [0.5, 0.5], [0.5, 0.5]]),  # an empty row
        # no full and no empty row or column, yet a corner that all tables with these sums share
        (
            [[1, 1, 1, 0], [1, 1, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]],
            [[1, 1, 0.5, 0.5], [1, 1, 0.5, 0.5], [0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0]],
        ),
        (np.zeros((2, 3), dtype=np.int64), np.zeros((2, 3))),
        (np.ones((2, 3), dtype=np.int64), np.ones((2, 3))),
    ],
)
def test_what_the_sums_force_is_0_or_1(cells: list[list[int]], chance: list[list[float]]) -> None:
    found = bicm.bicm(np.array(cells)).chance
    assert found == pytest.approx(np.array(chance, dtype=float), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_forced_cells_are_those_that_all_tables_with_these_sums_share(seed: int) -> None:
    """Oracle: the enumeration of all tables of 4 × 4."""
    cells = np.random.default_rng(seed).random((4, 4)) < 0.6
    every = np.array(list(product((0, 1), repeat=16))).reshape(-1, 4, 4)
    alike = (every.sum(axis=1) == cells.sum(axis=0)).all(axis=1) & (every.sum(axis=2) == cells.sum(axis=1)).all(axis=1)
    mean = every[alike].mean(axis=0)
    chance = bicm.bicm(cells).chance
    assert (chance < 1e-9).tolist() == (mean == 0).tolist()
    assert (chance > 1 - 1e-9).tolist() == (mean == 1).tolist()


def test_co_occurrence_beside_the_enumeration_of_all_tables() -> None:
    """Oracle: every one of the 2^12 tables of 4 × 3, weighed by its probability under the model."""
    cells = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1]])
    model = bicm.bicm(cells)
    found = bicm.together(cells, model)
    every = np.array(list(product((0, 1), repeat=12))).reshape(-1, 4, 3)
    weight = np.where(every, model.chance, 1 - model.chance).prod(axis=(1, 2))
    assert weight.sum() == pytest.approx(1)
    for k, m in ((0, 1), (0, 2), (1, 2)):
        both = (every[:, :, k] * every[:, :, m]).sum(axis=1)
        real = int((cells[:, k] * cells[:, m]).sum())
        mean = float((weight * both).sum())
        assert found.observed[k, m] == real
        assert found.expected[k, m] == pytest.approx(mean)
        assert found.sd[k, m] == pytest.approx(np.sqrt((weight * (both - mean) ** 2).sum()))
        assert found.p[k, m] == pytest.approx(weight[both >= real].sum())
        assert found.p_fewer[k, m] == pytest.approx(weight[both <= real].sum())
        assert found.z[k, m] == pytest.approx((real - mean) / found.sd[k, m])
        assert found.quotient[k, m] == pytest.approx(real / mean)
    assert np.isnan(np.diag(found.z)).all()
    assert (found.observed == found.observed.T).all()


def test_far_tails_are_exact() -> None:
    """Oracle: the binomial by hand, 20 of 20 tries at 0.1 · 0.1."""
    chance = np.full((20, 2), 0.1)
    pair = np.array([0]), np.array([1])
    assert bicm.tails(chance, *pair, np.array([20]))[0] == pytest.approx(0.01**20, rel=1e-12)
    assert bicm.tails(chance, *pair, np.array([1]))[0] == pytest.approx(1 - 0.99**20, rel=1e-12)
    assert bicm.tails(chance, *pair, np.array([0]))[0] == 1
    assert bicm.tails(chance, *pair, np.array([21]))[0] == 0


def test_compiled_and_plain_tails_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = table(3)
    plain = bicm.together(cells)
    monkeypatch.setattr(bicm, "_PLAIN", 0)
    compiled = bicm.together(cells)
    assert np.nanmax(np.abs(plain.p / compiled.p - 1)) < 1e-12


def test_planted_companions_stand_out() -> None:
    cells = table(5, parks=200)
    cells[:, 1] = np.where(np.random.default_rng(1).random(200) < 0.9, cells[:, 0], cells[:, 1])
    found = bicm.together(cells)
    assert found.z[0, 1] == np.nanmax(found.z)
    assert found.p[0, 1] < 1e-6


def test_drawn_tables_have_the_models_means() -> None:
    cells = table(2)
    model = bicm.bicm(cells)
    z, mean, sd = bicm.standardised(cells, lambda one: (one.T @ one.astype(float))[0], seed=1, draws=800, model=model)
    exact = bicm.together(cells, model)
    others = np.flatnonzero(np.isfinite(exact.sd[0]) & (exact.expected[0] > 1))
    assert mean[others] == pytest.approx(exact.expected[0, others], abs=4 * exact.sd[0, others].max() / np.sqrt(800))
    assert sd[others] == pytest.approx(exact.sd[0, others], rel=0.15)
    assert z[others] == pytest.approx(exact.z[0, others], abs=0.5)
    again = bicm.standardised(cells, lambda one: (one.T @ one.astype(float))[0], seed=1, draws=800, model=model)
    assert again[1].tobytes() == mean.tobytes()


def test_presence_counts_firms_by_park_and_known_industry() -> None:
    firms = [
        Firm("a", {"P": (), "Q": ()}, "芯片"),
        Firm("b", {"Q": ()}, "芯片"),
        Firm("c", {"Q": ()}),
        Firm("d", {}, "光电"),
    ]
    net = Network.of(firms, parks=["R"])
    assert net.industries == ("光电", "芯片")
    assert bicm.presence(net).tolist() == [[False, True], [False, True], [False, False]]
    assert bicm.presence(net, at_least=2).tolist() == [[False, False], [False, True], [False, False]]


def test_all_firms_of_one_industry_and_no_park_leave_nothing_to_chance() -> None:
    one = bicm.together(np.ones((3, 1), dtype=np.int64))
    assert np.isnan(one.z).all()
    assert bicm.bicm(np.zeros((0, 0), dtype=np.int64)).chance.shape == (0, 0)
    both = bicm.together(np.ones((3, 2), dtype=np.int64))
    assert np.isnan(both.z).all()
    assert np.isnan(both.p).all()


def test_counts_are_refused() -> None:
    with pytest.raises(InputError, match="0 and 1 only"):
        bicm.bicm(np.array([[2, 0], [1, 1]]))
