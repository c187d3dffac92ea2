"""Which industries go together, which a park is near to, and how far its mix is from what everyone can do.

All start from the binary table M: M_pk = 1 if the location quotient of industry k in park p is surely above 1 (the
lower end of its interval). Parks with fewer than three such industries are dropped, then industries that no park is
left for: thin rows would lead every ranking. Parks are many and narrow, so complexity is research output: keep it out
of indices.

>>> import numpy as np
>>> table = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 1, 1]], dtype=bool)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graph.metrics.colocation import Tables, names, quotients
from graph.metrics.value import Measure, Measures, undefined
from graph.network import BoolArray, FloatArray, IntArray, Network

LEAST = 3
"""A park needs so many industries."""

GAP = 0.05
"""Below this share of the second eigenvalue the gap to the third is flagged: the two directions mix."""

UPDATES = 20
"""How often the map of fitness is applied; after so many its order hardly changes."""

THIN = f"fewer than {LEAST} industries surely above their share"
TOO_FEW = f"fewer than three parks have {LEAST} industries surely above their share"
APART = "the table falls into parts that share no industry: there is no single order"
EVEN = "all parks come out the same"


@dataclass(frozen=True, eq=False)
class Holdings:
    """The binary table of parks and industries that is left when thin rows are dropped."""

    net: Network
    parks: IntArray  # which parks its rows are
    industries: IntArray  # which industries its columns are
    table: BoolArray
    diversity: IntArray  # (all parks,) industries surely above their share

    @cached_property
    def proximity(self) -> FloatArray:
        """φ of each two columns."""
        return proximities(self.table)

    def of_parks(self, values: FloatArray, reason: str = "", flags: tuple[str, ...] = ()) -> Measures:
        """One value a park; nan with the reason, or with that of thin rows, elsewhere."""
        all_parks = np.full(len(self.net.parks), np.nan)
        if len(values):
            all_parks[self.parks] = values
        everywhere = np.ones(len(all_parks), dtype=np.bool_)
        why = {reason: everywhere} if reason else {THIN: everywhere}
        return Measures(all_parks, why, self.diversity, flags=dict.fromkeys(flags, everywhere))

    def of_industries(self, values: FloatArray, flags: tuple[str, ...] = ()) -> Measure:
        """One value an industry, as a table."""
        called = names(self.net)
        told = {called[k]: value for k, value in zip(self.industries.tolist(), values.tolist(), strict=True)}
        return Measure(told, n=len(self.parks), flags=flags)


def holdings(net: Network) -> Holdings:
    """Which park has which industry beyond chance; parks with fewer than three are dropped."""
    found = quotients(net)
    sure = (found.observed > 0) & (found.low > 1)
    diversity = np.bincount(found.park[sure], minlength=len(net.parks))
    kept = sure & (diversity[found.park] >= LEAST)
    parks, row = np.unique(found.park[kept], return_inverse=True)
    industries, column = np.unique(found.industry[kept], return_inverse=True)
    table = np.zeros((len(parks), len(industries)), dtype=np.bool_)
    table[row, column] = True
    return Holdings(net, parks, industries, table, diversity)


def proximity(net: Network) -> Measure:
    """How likely has a park that has one industry also the other?

    Formula: φ_kl = min(P(k|l), P(l|k)) = V_kl / max(u_k, u_l), V the parks that have both, u those that have each.
    Value: {industry: {industry: φ}}, each pair once, those above 0. Range 0..1. `n` is the number of parks.
    Degenerate: undefined if fewer than three parks have three industries surely above their share.

    Reference: Hidalgo et al. 2007, Science 317:482. Oracle: econcomplex.proximity.
    """
    held = holdings(net)
    if len(held.parks) < LEAST:
        return undefined(TOO_FEW, len(held.parks))
    called, phi = [names(net)[k] for k in held.industries.tolist()], held.proximity
    rows: dict[str, dict[str, float]] = {}
    for k, other in np.argwhere(np.triu(phi, 1) > 0).tolist():
        rows.setdefault(called[k], {})[called[other]] = float(phi[k, other])
    return Measure(rows, n=len(held.parks))


def relatedness_density(net: Network) -> Tables:
    """How near are a park's industries to each industry: to those that it lacks, how well would they fit?

    Formula: d_pk = Σ_{l≠k} M_pl φ_lk / Σ_{l≠k} φ_lk. Value: {industry: d} for all industries of the table, held or not.
    Range 0..1. A park with many industries is near to everything: rank by `density_z`, which takes the park's diversity
    and the industry's ubiquity as given. Degenerate: undefined for parks with fewer than three industries surely above
    their share, and if fewer than three parks have those; an industry that goes with no other is left out.

    Reference: Hidalgo et al. 2007. Oracle: econcomplex.relatedness_density.
    """
    held = holdings(net)
    return _tables(held, densities(held.table, held.proximity))


def relatedness_density_z(net: Network, null: Callable[[BoolArray], FloatArray]) -> Tables:
    """Is a park nearer to an industry than a park as diverse, with industries as common, would be by chance?

    Formula: `density_z`. Args: `null` gives of M the chance of each cell (`graph.chemistry.bicm`). Value {industry: z}
    and degenerate cases as `relatedness_density`; industries whose nearness is not free to vary are left out.
    """
    held = holdings(net)
    if len(held.parks) < LEAST:
        return _tables(held, np.zeros((0, 0)))
    return _tables(held, density_z(held.table, held.proximity, null(held.table)))


def _tables(held: Holdings, values: FloatArray) -> Tables:
    """A row of values as the table of its park, without nan."""
    row = {park: number for number, park in enumerate(held.parks.tolist())}
    if len(row) < LEAST:
        return Tables(tuple(undefined(TOO_FEW, n) for n in held.diversity.tolist()))
    called, flat = [names(held.net)[k] for k in held.industries.tolist()], values.tolist()
    return Tables(
        tuple(
            Measure({name: z for name, z in zip(called, flat[row[park]], strict=True) if not math.isnan(z)}, n=n)
            if park in row
            else undefined(THIN, n)
            for park, n in enumerate(held.diversity.tolist())
        )
    )


def economic_complexity(net: Network) -> Measures:
    """Has a park industries that few others have, and whose other homes have such too?

    Formula: the second eigenvector of D_c⁻¹ M D_k⁻¹ Mᵀ, D the diversities and ubiquities, standardised over parks
    (n - 1); its sign makes it rise with diversity. Mean 0, sd 1. It orders parks by likeness of what they hold, and
    says nothing about how much. Flag `small eigengap` if the third eigenvalue is within 5% of the second: the order is
    not to be trusted. Degenerate: undefined for parks with fewer than three industries surely above their share, if
    fewer than three parks have those, and if the table falls into parts without a common industry.

    Reference: Hidalgo & Hausmann 2009, PNAS 106:10570. Oracle: econcomplex.eci_pci_eigenvector.
    """
    held = holdings(net)
    if len(held.parks) < LEAST:
        return held.of_parks(np.zeros(0), TOO_FEW)
    found = complexities(held.table)
    if found.reason:
        return held.of_parks(np.zeros(0), found.reason)
    return held.of_parks(found.parks, flags=found.flags)


def industry_complexity(net: Network) -> Measure:
    """Is an industry found in parks that have what few others have? (Product complexity, PCI.)

    Formula: PCI_k = the mean of ECI over the parks that have k, standardised over industries (n - 1); flags and
    degenerate cases as `economic_complexity`. Value: {industry: PCI}.
    """
    held = holdings(net)
    if len(held.parks) < LEAST:
        return undefined(TOO_FEW, len(held.parks))
    found = complexities(held.table)
    if found.reason:
        return undefined(found.reason, len(held.parks))
    return held.of_industries(found.industries, found.flags)


def fitness(net: Network) -> Measures:
    """Has a park many industries, and such that weak parks do not have?

    Formula: F_p ← Σ_k M_pk Q_k and Q_k ← 1 / Σ_p M_pk / F_p, both divided by their mean, 19 times from ones (20 steps
    with the first). Above 0, mean 1; unlike ECI it grows with diversity. Degenerate: as `economic_complexity`, but
    separate parts do no harm.

    Reference: Tacchella et al. 2012, Sci. Rep. 2:723. Oracle: R package economiccomplexity (tests).
    """
    held = holdings(net)
    if len(held.parks) < LEAST:
        return held.of_parks(np.zeros(0), TOO_FEW)
    return held.of_parks(fitnesses(held.table)[0])


def proximities(table: BoolArray) -> FloatArray:
    """φ of each two columns of a binary table; 0 on the diagonal.

    >>> proximities(table).round(2).tolist()[1]  # columns with 4, 3, 2 and 1
    [0.75, 0.0, 0.67, 0.33]
    """
    m, held = table.astype(np.float64), table.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        phi = np.nan_to_num(m.T @ m / np.maximum.outer(held, held))
    np.fill_diagonal(phi, 0)
    return np.asarray(phi)


def densities(table: BoolArray, phi: FloatArray) -> FloatArray:
    """(parks, industries): Σ_{l≠k} M_pl φ_lk / Σ_{l≠k} φ_lk; nan for an industry that goes with no other.

    >>> densities(table, proximities(table)).round(2).tolist()[2]  # a park that has the first industry only
    [0.0, 0.43, 0.3, 0.23]
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(table.astype(np.float64) @ phi / phi.sum(axis=0))


def density_z(table: BoolArray, phi: FloatArray, chance: FloatArray) -> FloatArray:
    """(parks, industries): how many standard deviations is the density above that of a park as diverse by chance?

    Args:
        table: M.
        phi: proximities, taken as given.
        chance: (parks, industries) the chance that each cell is 1, from a null that keeps each park's diversity and
            each industry's ubiquity (BiCM). Cells are independent, so mean and variance of a density are exact:
            Σ_l P_pl φ_lk and Σ_l P_pl (1 - P_pl) φ_lk², over Σ φ_lk and its square.

    Nan where the variance is 0.

    >>> density_z(table, proximities(table), np.full(table.shape, 0.5)).round(2).tolist()[2]
    [-1.6, -0.24, -0.69, -0.9]
    """
    total = phi.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((chance * (1 - chance)) @ phi**2) / total
        z = (densities(table, phi) - chance @ phi / total) / spread
    return np.where(spread > 0, z, np.nan)


@dataclass(frozen=True, eq=False, slots=True)
class Complexity:
    """ECI of rows and PCI of columns, standardised; or the reason why there are none."""

    parks: FloatArray
    industries: FloatArray
    eigenvalues: FloatArray  # from the largest, which is 1; as many as the shorter side has entries
    flags: tuple[str, ...] = ()
    reason: str = ""


def complexities(table: BoolArray) -> Complexity:
    """The complexity of rows and columns of a binary table without empty ones.

    The matrix is made symmetric, D_c^-½ M D_k⁻¹ Mᵀ D_c^-½, which has the same eigenvalues; its eigenvectors over √D_c
    are those wanted. So the result is exact and needs no iteration.

    >>> complexities(table).parks.round(3).tolist()
    [0.387, -0.387, -1.162, 1.162]
    """
    m = table.astype(np.float64)
    rows, columns = m.sum(axis=1), m.sum(axis=0)
    scaled = m / np.sqrt(rows)[:, None] / np.sqrt(columns)[None, :]
    values, second = _spectrum(scaled)
    nothing = np.zeros(0)
    if len(values) < 2:
        return Complexity(nothing, nothing, values, reason=EVEN)
    if values[1] > 1 - 1e-9:
        return Complexity(nothing, nothing, values, reason=APART)
    order = second / np.sqrt(rows)
    if values[1] < 1e-12 or np.ptp(order) < 1e-12:
        return Complexity(nothing, nothing, values, reason=EVEN)
    order *= _sign(order, rows)
    third = values[2] if len(values) > 2 else 0.0
    flags = ("small eigengap",) if values[1] - third < GAP * values[1] else ()
    return Complexity(_standard(order), _standard((m.T @ order) / columns), values, flags)


def _spectrum(scaled: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues of S Sᵀ, not those 0 by shape, from the largest; and its second eigenvector, by the shorter side."""
    tall = scaled.shape[0] > scaled.shape[1]
    values, vectors = np.linalg.eigh(scaled.T @ scaled if tall else scaled @ scaled.T)
    second = vectors[:, -2] if len(values) > 1 else vectors[:, -1]
    return np.maximum(values[::-1], 0), np.asarray(scaled @ second if tall else second)


def fitnesses(table: BoolArray, updates: int = UPDATES) -> tuple[FloatArray, FloatArray]:
    """(fitness of rows, complexity of columns), each with mean 1, after `updates` steps; the first step is the ones.

    >>> fitnesses(table)[0].round(3).tolist()
    [0.415, 0.06, 0.007, 3.518]
    """
    m = table.astype(np.float64)
    rows, columns = np.ones(m.shape[0]), np.ones(m.shape[1])
    for _ in range(updates - 1):
        next_rows, next_columns = m @ columns, 1 / (m.T @ (1 / rows))
        rows, columns = next_rows / next_rows.mean(), next_columns / next_columns.mean()
    return rows, columns


def _sign(order: FloatArray, diversity: FloatArray) -> float:
    """1 or -1, so that the order rises with diversity; without a correlation, so that its largest entry is positive."""
    rising = float(((order - order.mean()) * (diversity - diversity.mean())).sum())
    if abs(rising) > 1e-12:
        return float(np.sign(rising))
    return float(np.sign(order[np.argmax(np.abs(order))]))


def _standard(values: FloatArray) -> FloatArray:
    return np.asarray((values - values.mean()) / values.std(ddof=1))


OF_PARKS: Mapping[str, Callable[[Network], Tables | Measures]] = {
    "relatedness_density": relatedness_density,
    "economic_complexity": economic_complexity,
    "fitness": fitness,
}
"""Measures of all parks, by name."""

OF_ALL: Mapping[str, Callable[[Network], Measure]] = {
    "proximity": proximity,
    "industry_complexity": industry_complexity,
}
"""Measures of the whole network, by name."""
