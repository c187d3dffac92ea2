"""Which parks hold which industries, when only the breadth of each park and the spread of each industry are given.

The bipartite configuration model: of all random tables of parks × industries in which every park has on average as
many industries, and every industry as many parks, as in the real one, that of greatest entropy. Its cells are
independent: P(park p holds industry k) = x_p y_k / (1 + x_p y_k). Beside it, that two industries share many parks, or
that a park's industries are related, is no longer a matter of how common they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from graph.errors import InputError
from graph.network import BoolArray, FloatArray, IntArray, Network

CLOSE = 1e-8
"""The expected sums of rows and columns are those given to within this."""

_PLAIN = 3_000_000  # steps of the exact tail done by numpy before numba would be loaded


@dataclass(frozen=True, eq=False, slots=True)
class Bicm:
    """The model of a table: `chance[p, k]` that row p (a park) holds column k (an industry), 0 and 1 where forced."""

    chance: FloatArray
    rows: IntArray  # how many columns each row holds
    columns: IntArray

    def draw(self, dice: np.random.Generator) -> BoolArray:
        """One random table."""
        return dice.random(self.chance.shape) < self.chance


@dataclass(frozen=True, eq=False, slots=True)
class Together:
    """How often two columns (industries) stand in one row (park), beside the model; (columns, columns)."""

    observed: IntArray  # rows that hold both
    expected: FloatArray
    sd: FloatArray
    quotient: FloatArray  # observed / expected: the co-location quotient; 1 = chance
    z: FloatArray
    p: FloatArray  # exact chance of as many or more
    p_fewer: FloatArray  # exact chance of as many or fewer


def presence(net: Network, at_least: int = 1) -> BoolArray:
    """(parks, industries): which parks hold at least so many firms of which industry; unknown industries left out.

    >>> from graph.network import Firm
    >>> firms = [Firm("a", {"P": ()}, "芯片"), Firm("b", {"Q": ()}, "光电"), Firm("c", {"Q": ()})]
    >>> presence(Network.of(firms)).tolist()
    [[False, True], [True, False]]
    """
    industry = net.industry[net.members.firm]
    known = industry >= 0
    shape = (len(net.parks), len(net.industries))
    key = net.members.other[known] * max(shape[1], 1) + industry[known]
    return np.bincount(key, minlength=shape[0] * shape[1]).reshape(shape) >= at_least


def bicm(table: BoolArray | IntArray) -> Bicm:
    """The model of a table of 0 and 1.

    Solves Σ_k x_p y_k / (1 + x_p y_k) = rows_p and the same for columns, for all p and k: the maximum of a concave
    likelihood, by Newton's method over the classes of equal sums. Where sums leave no freedom (a full or empty row, a
    nested corner), the cells that every table with these sums has alike are set to 0 or 1 first: no finite x and y
    would give them.

    Raises:
        InputError: a cell that is neither 0 nor 1, or no table.

    >>> model = bicm(np.array([[1, 1, 0], [1, 0, 1], [0, 0, 1]]))
    >>> model.chance.sum(axis=0).round(6).tolist(), model.chance.sum(axis=1).round(6).tolist()
    ([2.0, 1.0, 2.0], [2.0, 2.0, 1.0])

    Reference: Saracco, Di Clemente, Gabrielli & Squartini 2015, Sci. Rep. 5:10595. Oracle: the package bicm (MIT).
    """
    cells = np.asarray(table)
    if cells.ndim != 2 or not np.isin(cells, (0, 1)).all():
        raise InputError("the table of parks and industries must have two sides and hold 0 and 1 only")
    rows, columns = cells.sum(axis=1, dtype=np.int64), cells.sum(axis=0, dtype=np.int64)
    chance = np.zeros(cells.shape)
    _fill(chance, np.argsort(-rows, kind="stable"), np.argsort(-columns, kind="stable"), rows, columns)
    return Bicm(chance, rows, columns)


def together(table: BoolArray | IntArray, model: Bicm | None = None) -> Together:
    """Do two industries share more parks than the breadth of parks and their own spread explain?

    Formula: V_kl = Σ_p M_pk M_pl. Under the model V_kl is a sum of independent draws with chances c_pk c_pl
    (Poisson-binomial): its mean and deviation give z, its exact tail p. `quotient` V / E V is the co-location
    quotient of presence with the model as chance; the quotient of counts (V_kl/V_k)/(V_l/parks) differs from it by a
    factor that the margins fix, so its z and p are the same.
    Degenerate: nan where the model leaves nothing to chance (deviation 0), and on the diagonal. p-values of counts are
    discrete: correct for the many pairs (Benjamini-Hochberg) before calling one of them significant.

    >>> found = together(np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1]]))
    >>> int(found.observed[0, 1]), round(float(found.expected[0, 1]), 3), round(float(found.p[0, 1]), 3)
    (2, 1.58, 0.526)

    Reference: Saracco et al. 2017, New J. Phys. 19:053022 (projection validated by the model). Hong 2013, Comput. Stat.
    Data Anal. 59:41 (the Poisson-binomial).
    """
    cells = np.asarray(table, dtype=np.float64)
    chance = (model or bicm(table)).chance
    observed = (cells.T @ cells).round().astype(np.int64)
    expected = chance.T @ chance
    variance = np.maximum(expected - (chance**2).T @ (chance**2), 0.0)
    free = variance > 1e-12
    np.fill_diagonal(free, False)
    sd = np.where(free, np.sqrt(variance), np.nan)
    at_least = np.full(expected.shape, np.nan)
    more = np.full(expected.shape, np.nan)
    k, l = np.nonzero(np.triu(free))  # noqa: E741
    for found, shift in ((at_least, 0), (more, 1)):
        found[k, l] = found[l, k] = tails(chance, k, l, observed[k, l] + shift)
    quotient = np.divide(observed, expected, out=np.full(expected.shape, np.nan), where=free)
    return Together(observed, expected, sd, quotient, (observed - expected) / sd, at_least, 1 - more)


def tails(chance: FloatArray, one: IntArray, other: IntArray, least: IntArray) -> FloatArray:
    """The exact chance that columns one[i] and other[i] share at least least[i] rows, every cell drawn on its own.

    All terms are positive, so tails of 1e-100 are as exact as others. Pairs of like columns are computed once.
    """
    alike, kind = np.unique(chance, axis=1, return_inverse=True)
    kind = kind.ravel()
    low, high = np.minimum(kind[one], kind[other]), np.maximum(kind[one], kind[other])
    cases, case = np.unique(np.stack((low, high, least)), axis=1, return_inverse=True)
    result = np.ones(cases.shape[1])
    wanted = np.flatnonzero(cases[2] > 0)
    if len(wanted):
        steps = len(chance) * int(cases[2, wanted].sum())
        loop = _tails_plain if steps <= _PLAIN else _tails_compiled()
        result[wanted] = loop(alike.T[cases[0, wanted]], alike.T[cases[1, wanted]], cases[2, wanted])
    return result[case.ravel()]


def standardised(
    table: BoolArray | IntArray,
    statistic: Callable[[BoolArray], FloatArray],
    *,
    seed: int,
    draws: int = 1000,
    model: Bicm | None = None,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(z, mean, sd) of any measure of the table, such as the relatedness density, over random tables of the model.

    z is nan where the deviation is 0 or the measure undefined in a draw. Draw number b has a stream of its own.

    >>> table = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1]])
    >>> z, mean, sd = standardised(table, lambda one: one.sum(axis=0) * 1.0, seed=1, draws=400)
    >>> [abs(float(a) - b) < 0.1 for a, b in zip(mean, [3, 2, 2])]
    [True, True, True]
    """
    cells = np.asarray(table, dtype=np.bool_)
    model = model or bicm(cells)
    mean = squares = np.zeros(())
    for draw in range(draws):
        dice = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(draw,)))
        value = np.asarray(statistic(model.draw(dice)), dtype=np.float64)
        step = value - mean  # Welford: no table of draws is kept
        mean = mean + step / (draw + 1)
        squares = squares + step * (value - mean)
    sd = np.sqrt(squares / max(draws - 1, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(sd > 0, (np.asarray(statistic(cells)) - mean) / sd, np.nan)
    return z, np.asarray(mean), np.asarray(sd)


def _fill(chance: FloatArray, row: IntArray, column: IntArray, rows: IntArray, columns: IntArray) -> None:
    """Fill the block of these rows and columns, which go from the largest sum to the smallest."""
    if not len(row) or not len(column):
        return
    cut = _forced(rows[row], columns[column])
    if cut is None:
        chance[np.ix_(row, column)] = _solved(rows[row], columns[column])
        return
    k, l = cut  # noqa: E741
    chance[np.ix_(row[:k], column[:l])] = 1.0  # and 0 in the opposite corner
    less_rows, less_columns = rows.copy(), columns.copy()
    less_rows[row[:k]] -= l
    less_columns[column[:l]] -= k
    _fill(chance, row[:k], column[l:], less_rows, less_columns)
    _fill(chance, row[k:], column[:l], less_rows, less_columns)


def _forced(rows: IntArray, columns: IntArray) -> tuple[int, int] | None:
    """(k, l): the first k rows must hold the first l columns and the last rows none of the last columns, if any.

    The slack of Gale and Ryser's condition: k l + Σ_{j>l} columns_j - Σ_{i≤k} rows_i, 0 where nothing is free.
    """
    filled = np.concatenate(([0], np.cumsum(rows)))
    rest = columns.sum() - np.concatenate(([0], np.cumsum(columns)))
    slack = np.outer(np.arange(len(rows) + 1), np.arange(len(columns) + 1)) + rest[None, :] - filled[:, None]
    slack[0, -1] = slack[-1, 0] = 1  # nothing is said there
    tight = np.argwhere(slack == 0)
    return (int(tight[0, 0]), int(tight[0, 1])) if len(tight) else None


def _solved(rows: IntArray, columns: IntArray) -> FloatArray:
    """The chances where all sums are inside what is possible: Newton's method, halving steps that go too far."""
    row_sum, row_kind, row_many = np.unique(rows, return_inverse=True, return_counts=True)
    column_sum, column_kind, column_many = np.unique(columns, return_inverse=True, return_counts=True)
    a = np.log(row_sum / (len(columns) - row_sum))
    b = np.log(column_sum / (len(rows) - column_sum))
    many = np.outer(row_many, column_many)
    same = np.concatenate((np.ones(len(a)), -np.ones(len(b)))) / np.sqrt(
        len(a) + len(b)
    )  # a + c, b - c: the same model

    def likelihood(a: FloatArray, b: FloatArray) -> float:
        both = a[:, None] + b[None, :]
        gain = row_many * row_sum @ a + column_many * column_sum @ b
        return float(gain - (many * np.logaddexp(0, both)).sum())

    now = likelihood(a, b)
    for _ in range(200):
        p = 1 / (1 + np.exp(-(a[:, None] + b[None, :])))
        rest = np.concatenate(((row_sum - p @ column_many) * row_many, (column_sum - row_many @ p) * column_many))
        if max(np.abs(row_sum - p @ column_many).max(), np.abs(column_sum - row_many @ p).max()) < CLOSE / 100:
            return np.asarray(p[np.ix_(row_kind, column_kind)])
        slope = many * p * (1 - p)
        bend = np.block([[np.diag(slope.sum(axis=1)), slope], [slope.T, np.diag(slope.sum(axis=0))]])
        step = np.linalg.solve(bend + np.trace(bend) * np.outer(same, same), rest)
        size = 1.0
        while (then := likelihood(a + size * step[: len(a)], b + size * step[len(a) :])) < now - 1e-9 * abs(now):
            size /= 2
            if size < 1e-10:
                break
        a, b, now = a + size * step[: len(a)], b + size * step[len(a) :], then
    error = max(np.abs(row_sum - p @ column_many).max(), np.abs(column_sum - row_many @ p).max())
    if error > CLOSE:
        raise ArithmeticError(f"the model of {len(rows)} rows and {len(columns)} columns misses a sum by {error:.1g}")
    return np.asarray(p[np.ix_(row_kind, column_kind)])


def _tails_plain(one: FloatArray, other: FloatArray, least: IntArray) -> FloatArray:
    """The tails by numpy: one row of chances a case. Counts below `least` are kept apart, all others are the tail."""
    q = one * other
    width = int(least.max())
    below = np.zeros((len(q), width + 1))
    below[:, 0] = 1.0
    tail = np.zeros(len(q))
    last, case = least - 1, np.arange(len(q))
    for row in range(q.shape[1]):
        chance = q[:, row]
        tail += below[case, last] * chance
        below[:, 1:] = below[:, 1:] * (1 - chance)[:, None] + below[:, :-1] * chance[:, None]
        below[:, 0] *= 1 - chance
        below[case, least] = 0.0
    return tail


def _tails_compiled() -> Callable[[FloatArray, FloatArray, IntArray], FloatArray]:
    from graph.chemistry import kernels

    def loop(one: FloatArray, other: FloatArray, least: IntArray) -> FloatArray:
        tail = np.zeros(len(least))
        kernels.tails(one, other, least, tail)
        return tail

    return loop
