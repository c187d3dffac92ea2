"""Proximity, density, complexity and fitness against hand cases, econcomplex, and the printed world trade numbers."""

from __future__ import annotations

import numpy as np
import pytest

from graph.metrics import relatedness
from graph.network import Firm, Network

NESTED = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 1, 1]], dtype=bool)


def random_table(seed: int, parks: int = 15, industries: int = 25) -> np.ndarray:
    rng = np.random.default_rng(seed)
    table = rng.random((parks, industries)) < rng.beta(2, 3, parks)[:, None]
    table[:, 0] = True
    table[0] = True
    return table


def network(table: np.ndarray, many: int = 40) -> Network:
    """Firms that put an industry surely above its share just where the table says so; 1 firm of a field for all."""
    firms = []
    for park, row in enumerate(table):
        for k in np.flatnonzero(row).tolist():
            firms += [Firm(f"{park:03}-{k}-{i}", {f"P{park:03}": ()}, f"K{k:03}") for i in range(many)]
        firms.append(Firm(f"{park:03}-x", {f"P{park:03}": ()}, "everywhere"))
    return Network.of(firms)


def test_proximity_and_density_by_hand() -> None:
    phi = relatedness.proximities(NESTED)
    assert phi == pytest.approx(
        np.array(
            [[0, 3 / 4, 2 / 4, 1 / 4], [3 / 4, 0, 2 / 3, 1 / 3], [2 / 4, 2 / 3, 0, 1 / 2], [1 / 4, 1 / 3, 1 / 2, 0]]
        )
    )
    dense = relatedness.densities(NESTED, phi)
    assert dense[2] == pytest.approx([0, 0.75 / (0.75 + 2 / 3 + 1 / 3), 0.5 / (0.5 + 2 / 3 + 0.5), 0.25 / (13 / 12)])
    assert dense[3] == pytest.approx(1)


@pytest.mark.parametrize("seed", range(3))
def test_econcomplex_agrees(seed: int) -> None:
    econcomplex = pytest.importorskip("econcomplex")
    table = random_table(seed)
    own = table.astype(float)
    phi = np.asarray(econcomplex.proximity(own, use_rca=False)["product"])
    assert relatedness.proximities(table) == pytest.approx(phi)
    dense = np.asarray(econcomplex.relatedness_density(own, phi=phi, use_rca=False)) / 100
    assert relatedness.densities(table, phi) == pytest.approx(dense)
    eci, pci = econcomplex.eci_pci(own, use_rca=False)
    found = relatedness.complexities(table)
    n, k = table.shape  # econcomplex standardises with n
    assert found.parks == pytest.approx(np.asarray(eci) * np.sqrt((n - 1) / n))
    assert found.industries == pytest.approx(np.asarray(pci) * np.sqrt((k - 1) / k))
    fit, _ = econcomplex.fitness_complexity(own, use_rca=False, iterations=300)
    assert relatedness.fitnesses(table, 300)[0] == pytest.approx(np.asarray(fit), rel=1e-3, abs=1e-6)


def test_complexity_is_an_eigenvector_that_rises_with_diversity() -> None:
    table = random_table(4).astype(float)
    found = relatedness.complexities(table.astype(bool))
    walk = (table / table.sum(1, keepdims=True)) @ (table / table.sum(0)).T
    raw = found.parks - found.parks @ table.sum(1) / table.sum()  # standardising added a multiple of the ones
    assert walk @ raw == pytest.approx(found.eigenvalues[1] * raw)
    assert np.corrcoef(found.parks, table.sum(1))[0, 1] > 0
    assert (found.parks.mean(), found.parks.std(ddof=1)) == (pytest.approx(0, abs=1e-12), pytest.approx(1))


def test_a_table_in_two_parts_has_no_order() -> None:
    apart = np.kron(np.eye(2), np.ones((3, 3))).astype(bool)
    assert relatedness.complexities(apart).reason == relatedness.APART
    assert relatedness.complexities(np.ones((4, 4), dtype=bool)).reason == relatedness.EVEN


def test_two_equal_directions_are_flagged() -> None:
    ring = np.array([np.roll([1, 1, 1, 0, 0, 0, 0], k) for k in range(7)], dtype=bool)
    assert relatedness.complexities(ring).flags == ("small eigengap",)
    assert relatedness.complexities(random_table(1)).eigenvalues[0] == pytest.approx(1)


def test_z_is_that_of_drawn_tables() -> None:
    rng = np.random.default_rng(5)
    table, chance = random_table(2, 10, 8), rng.uniform(0.1, 0.9, (10, 8))
    phi = relatedness.proximities(table)
    drawn = [rng.random(table.shape) < chance for _ in range(4000)]
    dense = np.array([relatedness.densities(one, phi) for one in drawn])
    expected = (relatedness.densities(table, phi) - dense.mean(0)) / dense.std(0)
    assert relatedness.density_z(table, phi, chance) == pytest.approx(expected, abs=0.15)


def test_a_certain_cell_gives_no_z() -> None:
    assert np.isnan(relatedness.density_z(NESTED, relatedness.proximities(NESTED), NESTED.astype(float))).all()


def test_measures_of_a_network_drop_thin_parks_and_say_so() -> None:
    # rows of 3 of 8 industries in turn, and a park with two
    table = np.array([np.isin(np.arange(8), [k, (k + 1) % 8, (k + 3) % 8]) for k in range(8)])
    table[0, 5] = True
    net = network(np.vstack([table, np.arange(8) < 2]))
    held = relatedness.holdings(net)
    assert held.parks.tolist() == list(range(8))
    assert held.diversity.tolist() == [4, *[3] * 7, 2]
    assert (held.table[:, :] == table).all()
    eci, fit = relatedness.economic_complexity(net), relatedness.fitness(net)
    assert eci.of(8).reason == fit.of(8).reason == relatedness.THIN
    assert eci.values[:8] == pytest.approx(relatedness.complexities(table).parks)
    assert fit.values[:8] == pytest.approx(relatedness.fitnesses(table)[0])
    dense = relatedness.relatedness_density(net)
    assert dense.of(8).reason == relatedness.THIN
    expected = relatedness.densities(table, relatedness.proximities(table))
    assert list(dense.of(3).value.values()) == pytest.approx(expected[3].tolist())  # type: ignore[union-attr]
    z = relatedness.relatedness_density_z(net, lambda table: np.full(table.shape, 0.5))
    expected = relatedness.density_z(table, relatedness.proximities(table), np.full(table.shape, 0.5))
    assert list(z.of(3).value.values()) == pytest.approx(expected[3].tolist())  # type: ignore[union-attr]
    phi = relatedness.proximity(net).value
    assert phi["K000"]["K001"] == pytest.approx(relatedness.proximities(table)[0, 1])  # type: ignore[index]
    assert len(relatedness.industry_complexity(net).value) == 8  # type: ignore[arg-type]


def test_too_few_parks_are_undefined() -> None:
    for net in (network(NESTED[:1]), Network.of([]), Network.of([Firm("a", {"P": ()}, "k")])):
        assert relatedness.proximity(net).reason == relatedness.TOO_FEW
        assert relatedness.industry_complexity(net).reason == relatedness.TOO_FEW
        for park in range(len(net.parks)):
            for measure in (relatedness.economic_complexity, relatedness.fitness, relatedness.relatedness_density):
                assert measure(net).of(park).reason == relatedness.TOO_FEW
            z = relatedness.relatedness_density_z(net, lambda table: table.astype(float))
            assert z.of(park).reason == relatedness.TOO_FEW
