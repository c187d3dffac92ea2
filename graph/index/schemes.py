"""Weights that are computed: from the values of the columns, or from the points that experts gave.

A scheme takes normalised values, `values[unit, column]`, more is better, nan where unknown, and gives one weight a
column; the weights sum to 1. A single column always weighs 1. Benefit of the doubt (`bod`) gives each unit weights
of its own.

    name                 a column weighs more …                                             values asked for
    equal                never                                                              any
    entropy              the less evenly it is spread over the units                        0 or above
    standard_deviation   the more it varies                                                 any, on one scale
    gini                 the more unequal it is                                             0 or above
    critic               the more it varies and the less it repeats the others              any
    merec                the more the result changes without it                             above 0
    pca                  the more it loads on the components kept, after varimax            any
    optimised            until all columns correlate with their weighted mean alike         any
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from graph.errors import InputError
from graph.index.framework import Framework
from graph.index.sheet import Sheet, number_of, refuse
from graph.network import BoolArray, FloatArray, IntArray

KAISER = 1.0  # a component is kept from this eigenvalue of the correlations on


def equal(values: FloatArray) -> FloatArray:
    """The same weight for every column: 1/k.

    >>> equal(np.ones((3, 4))).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    return np.full(values.shape[1], 1 / values.shape[1])


def entropy(values: FloatArray) -> FloatArray:
    """How unevenly is each column spread over the units? w_k ∝ 1 - H_k / ln n, H_k = -Σ p ln p, p = x / Σ x.

    0 ln 0 is 0, n counts the units with a value. Range 0..1; a column that is the same everywhere weighs 0. Does not
    change when a column is multiplied by a number above 0; does change when one is added.

    Raises:
        InputError: a value is below 0, a column holds only zeros, or no column varies.

    >>> entropy(np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 4.0]])).round(9).tolist()
    [0.0, 1.0]

    Shannon 1948; Zeleny 1982, *Multiple Criteria Decision Making*.
    """
    _require(values, "entropy", least=0)
    total = np.nansum(values, axis=0)
    if not total.all():
        raise InputError(f"entropy weights: {_column(int(np.argmin(total)))} holds only zeros; leave it out")
    share = values / total
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = -np.nansum(np.where(share > 0, share * np.log(share), 0.0), axis=0) / np.log(
            _known(values).sum(axis=0)
        )
    return _shares(np.maximum(1 - spread, 0.0), "entropy")


def standard_deviation(values: FloatArray) -> FloatArray:
    """How much does each column vary? w_k ∝ the standard deviation (n - 1) of the known values.

    >>> standard_deviation(np.array([[0.0, 0.0], [1.0, 3.0]])).round(9).tolist()
    [0.25, 0.75]

    Diakoulaki, Mavrotas & Papayannakis 1995, Computers & Operations Research 22:763.
    """
    _require(values, "standard_deviation")
    return _shares(np.nanstd(values, axis=0, ddof=1), "standard_deviation")


def gini(values: FloatArray) -> FloatArray:
    """How unequal is each column? w_k ∝ G_k = Σ_i Σ_j |x_i - x_j| / (2 n² mean), computed from the sorted values.

    Raises:
        InputError: a value is below 0, a column holds only zeros, or no column varies.

    >>> gini(np.array([[0.0, 1.0], [1.0, 1.0]])).tolist()
    [1.0, 0.0]

    Li & Chi 2010, a use of Gini 1912 for weights.
    """
    _require(values, "gini", least=0)
    total = np.nansum(values, axis=0)
    if not total.all():
        raise InputError(f"gini weights: {_column(int(np.argmin(total)))} holds only zeros; leave it out")
    count = _known(values).sum(axis=0)
    place = np.arange(1, len(values) + 1)[:, None]
    rising = np.nansum((2 * place - count - 1) * np.sort(values, axis=0), axis=0)  # nan sorts to the end
    return _shares(np.maximum(rising / (count * total), 0.0), "gini")


def critic(values: FloatArray) -> FloatArray:
    """How much does each column vary, and how little does it repeat the others? w_k ∝ σ_k Σ_l (1 - r_kl).

    σ is taken after min-max, so that units play no part; r is Pearson's correlation over the units known in both.

    Raises:
        InputError: a column is the same for all units, or all columns say the same.

    >>> critic(np.array([[0.0, 0, 1], [1, 1, 0], [2, 2, 0.5], [3, 3, 0.2]])).round(3).tolist()
    [0.249, 0.249, 0.503]

    Diakoulaki, Mavrotas & Papayannakis 1995, Computers & Operations Research 22:763.
    """
    _require(values, "critic")
    conflict = (1 - correlations(values, "critic weights")).sum(axis=0)
    span = np.nanmax(values, axis=0) - np.nanmin(values, axis=0)
    conflict[conflict < 1e-12] = 0.0
    return _shares(np.nanstd(values / span, axis=0, ddof=1) * conflict, "critic")


def merec(values: FloatArray) -> FloatArray:
    """How much does the result change when the column is removed? w_k ∝ Σ_i |S_i⁻ᵏ - S_i|.

    S_i = ln(1 + (1/m) Σ_k |ln(min_k / x_ik)|), S_i⁻ᵏ the same sum without column k, still divided by m (the columns
    known for the unit).

    Raises:
        InputError: a value is 0 or below (min-max to 1..100 avoids it), or no column varies.

    >>> merec(np.array([[1.0, 5.0], [2.0, 5.0]])).tolist()
    [1.0, 0.0]

    Keshavarz-Ghorabaee, Amiri, Zavadskas, Turskis & Antucheviciene 2021, Symmetry 13:525.
    """
    _require(values, "merec", above=0)
    distance = np.abs(np.log(np.nanmin(values, axis=0) / values))
    known = _known(values).sum(axis=1, keepdims=True)
    total = np.nansum(distance, axis=1, keepdims=True)
    change = np.abs(np.log1p((total - distance) / known) - np.log1p(total / known))
    return _shares(np.nansum(change, axis=0), "merec")


def pca(values: FloatArray) -> FloatArray:
    """How much of a column do the common components hold? w_k ∝ max_f l_kf², l the varimax-rotated loadings.

    Components of the correlation matrix with an eigenvalue of at least 1 (or the first) are kept and rotated; each
    column counts on the component on which it loads most. This is the rule of the OECD handbook: squared loadings
    scaled to 1 within a component, components weighted by the variance they explain.

    Raises:
        InputError: a column is the same for all units.

    >>> pca(np.array([[1.0, 2, 5], [2, 4, 3], [3, 6, 4], [4, 8, 3.5]])).round(3).tolist()
    [0.389, 0.389, 0.222]

    Nicoletti, Scarpetta & Boylaud 2000, OECD Economics Department Working Paper 226; OECD/JRC 2008, section 6.1.
    """
    _require(values, "pca")
    eigenvalues, vectors = np.linalg.eigh(correlations(values, "pca weights"))
    kept = eigenvalues >= min(KAISER - 1e-9, float(eigenvalues[-1]))
    loadings = varimax(vectors[:, kept] * np.sqrt(eigenvalues[kept]))
    return _shares((loadings**2).max(axis=1), "pca")


def varimax(loadings: FloatArray, rounds: int = 200) -> FloatArray:
    """Loadings turned so that each column loads on as few components as can be (Kaiser 1958, Psychometrika 23:187).

    >>> turned = varimax(np.array([[1.0, 1.0], [1.0, -1.0]]) / 2**0.5)
    >>> np.sort(np.abs(turned).round(6), axis=1).tolist()
    [[0.0, 1.0], [0.0, 1.0]]
    """
    turned = np.array(loadings, dtype=np.float64)
    rows, columns = turned.shape
    for _ in range(rounds):
        largest = 0.0
        for one, other in combinations(range(columns), 2):
            x, y = turned[:, one].copy(), turned[:, other].copy()
            u, v = x**2 - y**2, 2 * x * y
            slope = 2 * (u @ v - u.sum() * v.sum() / rows)
            angle = math.atan2(slope, u @ u - v @ v - (u.sum() ** 2 - v.sum() ** 2) / rows) / 4
            turned[:, one], turned[:, other] = (
                x * math.cos(angle) + y * math.sin(angle),
                y * math.cos(angle) - x * math.sin(angle),
            )
            largest = max(largest, abs(angle))
        if largest < 1e-10:
            break
    return turned


def optimised(values: FloatArray, target: Sequence[float] | None = None) -> FloatArray:
    """Which weights make every column correlate alike with their weighted mean (or in proportion to `target`)?

    With u = σ∘w the correlations are R u / √(uᵀ R u), so u solves R u ∝ target; weights below 0 are not allowed, the
    least-squares solution with u ≥ 0 is taken (Lawson & Hanson 1974). Where a column runs against the others no such
    weights may exist; then it gets 0, and the effective weights beside it show what is left of the aim.

    Raises:
        InputError: a column is the same for all units, or the target does not fit.

    >>> values = np.array([[0.0, 1, 9], [1, 3, 2], [2, 0, 4], [3, 5, 8], [4, 2, 7.0]])
    >>> weights = optimised(values)
    >>> [round(float(np.corrcoef(values @ weights, column)[0, 1]), 3) for column in values.T]
    [0.676, 0.676, 0.676]

    Becker, Saisana, Paruolo & Vandecasteele 2017, Ecological Indicators 80:12; COINr `get_opt_weights`.
    """
    from scipy.optimize import nnls

    _require(values, "optimised")
    aim = np.ones(values.shape[1]) if target is None else np.asarray(target, dtype=np.float64)
    if aim.shape != (values.shape[1],) or not (np.isfinite(aim).all() and (aim > 0).all()):
        raise InputError(f"optimised weights: the target needs {values.shape[1]} numbers above 0, one a column")
    found, _ = nnls(correlations(values, "optimised weights"), aim)
    return _shares(found / np.nanstd(values, axis=0), "optimised")


SCHEMES: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "equal": equal,
    "entropy": entropy,
    "standard_deviation": standard_deviation,
    "gini": gini,
    "critic": critic,
    "merec": merec,
    "pca": pca,
    "optimised": optimised,
}
"""Schemes that need nothing but the values."""


def scheme_weights(scheme: str, values: FloatArray) -> FloatArray:
    """The weights of a scheme by its name; they sum to 1.

    Raises:
        InputError: there is no such scheme, or its own conditions fail.

    >>> scheme_weights("equal", np.ones((2, 1))).tolist()
    [1.0]
    """
    if scheme not in SCHEMES:
        raise InputError(f"there is no weight scheme {scheme!r}; take framework, {', '.join(SCHEMES)} or bod")
    if values.ndim != 2 or not values.shape[1]:
        raise InputError(f"weights need a table of units by columns, got an array of shape {values.shape}")
    return np.ones(1) if values.shape[1] == 1 else SCHEMES[scheme](values)


def budget(points: Mapping[str, Mapping[str, float]], codes: Sequence[str]) -> FloatArray:
    """What experts would spend: each deals out points over `codes`, all experts count alike.

    Args:
        points: expert -> code -> points; a code that an expert does not name got 0 of them.
        codes: the columns, in the order of the weights that come out.

    Raises:
        InputError: no expert, points below 0 or no number, a code that is none of `codes`, or an expert who gives
            nothing to these codes. All mistakes are named at once.

    >>> budget({"Li": {"a": 30, "b": 70}, "Wang": {"a": 1, "b": 1}}, ["a", "b"]).tolist()
    [0.4, 0.6]

    OECD/JRC 2008, *Handbook on Constructing Composite Indicators*, section 6.4.
    """
    mistakes = [
        f"{expert}: {code!r} is none of {', '.join(codes)}"
        for expert, given in points.items()
        for code in given
        if code not in codes
    ]
    mistakes += [
        f"{expert}, {code}: {value!r} is no number from 0 up"
        for expert, given in points.items()
        for code, value in given.items()
        if not (isinstance(value, int | float) and math.isfinite(value) and value >= 0)
    ]
    if not mistakes:
        mistakes = [
            f"{expert} gives no point to any of {', '.join(codes)}"
            for expert, g in points.items()
            if not sum(g.values())
        ]
    if mistakes or not points:
        raise InputError(f"budget allocation: {'; '.join(mistakes) or 'no expert gave points'}")
    dealt = np.array([[float(given.get(code, 0)) for code in codes] for given in points.values()])
    return _shares((dealt / dealt.sum(axis=1, keepdims=True)).mean(axis=0), "budget allocation")


def budget_weights(sheet: Sheet, framework: Framework) -> tuple[tuple[str, float], ...]:
    """The weights that the points in a table give, a code each: `Weights.given` of a recipe.

    The table has a row for each expert: the first column, `expert`, names them, all others are codes of the framework.
    Points are shared out among siblings; an expert who leaves all siblings empty has no say about them, and siblings
    that no expert speaks of keep the weights of the framework.

    Raises:
        InputError: as `budget`, and a column that is no code, a cell that is no number, an expert without a name or
            named twice; all mistakes of the table at once.
    """
    points, mistakes = _points(sheet, framework)
    refuse([*sheet.mistakes, *mistakes])
    found: list[tuple[str, float]] = []
    for group in framework.groups:
        codes = [framework.elements[child].code for child in group.children]
        told = {expert: {code: given[code] for code in codes if code in given} for expert, given in points.items()}
        told = {expert: given for expert, given in told.items() if given}
        if told:
            found += zip(codes, budget(told, codes).tolist(), strict=True)
    return tuple(sorted(found))


def _points(sheet: Sheet, framework: Framework) -> tuple[dict[str, dict[str, float]], list[str]]:
    mistakes = []
    if not sheet.columns or sheet.columns[0] != "expert":
        mistakes.append(f"{sheet.name}, row 1: the first column must be 'expert', found {sheet.columns[0]!r}")
    for code in sheet.columns[1:]:
        if code not in framework.position:
            mistakes.append(f"{sheet.name}, row 1: column {code!r} is no element of the framework")
    points: dict[str, dict[str, float]] = {}
    for number, (expert, *cells) in sheet.rows:
        if not expert or expert in points:
            mistakes.append(f"{sheet.name}, row {number}, column expert: {expert!r} is empty or stands twice")
        points[expert] = {}
        for code, cell in zip(sheet.columns[1:], cells, strict=True):
            value = number_of(cell)
            if value is None:
                mistakes.append(f"{sheet.name}, row {number}, column {code}: {cell!r} is no number")
            elif not math.isnan(value):
                points[expert][code] = value
    if not points:
        mistakes.append(f"{sheet.name}: no rows below the header; a budget needs an expert")
    return points, mistakes


@dataclass(frozen=True, eq=False, slots=True)
class Doubt:
    """What benefit of the doubt gives: `score[unit]`, 1 for the best, and `share[unit, column]`, rows sum to 1."""

    score: FloatArray
    share: FloatArray  # how much of the average unit's score each column makes up under this unit's weights


def benefit_of_doubt(values: FloatArray, low: float | None = None, high: float | None = None) -> Doubt:
    """How good is each unit under the weights that suit it best? A data envelopment analysis without inputs.

    For each unit: max Σ_k w_k x_k, such that no unit gets above 1 with these weights, w ≥ 0, and each column makes up
    between `low` and `high` of the score of the average unit (proportional bounds). Bounds on the average rather than
    on the unit itself can always be kept, even by a unit that has 0 somewhere, and the best gets 1. One linear program
    a unit (HiGHS); a unit that another equals or beats in every column never binds, so only the others are constraints.

    Args:
        values: (units, columns), 0 or above, no nan, no column of zeros.
        low, high: bounds of the shares; by default 0.5/k and min(1, 2/k) for k columns. Without bounds (0 and 1) a
            unit may hide all it is bad at, and with many columns nearly everyone gets 1.

    Raises:
        InputError: values that are missing or below 0, a column of zeros, bounds that leave no room (low > 1/k or
            high < 1/k).

    >>> found = benefit_of_doubt(np.array([[1.0, 4.0], [4.0, 1.0], [2.0, 2.0]]), low=0, high=1)
    >>> found.score.round(6).tolist()
    [1.0, 1.0, 0.8]

    Melyn & Moesen 1991; Wong & Beasley 1990, Journal of the Operational Research Society 41:829 (proportional bounds);
    Cherchye, Moesen, Rogge & Van Puyenbroeck 2007, Social Indicators Research 82:111.
    """
    _require(values, "benefit of the doubt", least=0)
    if np.isnan(values).any():
        unit, column = np.argwhere(np.isnan(values))[0]
        raise InputError(f"benefit of the doubt: row {unit + 1}, {_column(column)} is unknown; impute or screen first")
    mean, columns = values.mean(axis=0), values.shape[1]
    if not mean.all():
        raise InputError(f"benefit of the doubt: {_column(int(np.argmin(mean)))} holds only zeros; leave it out")
    low = 0.5 / columns if low is None else low
    high = min(1.0, 2 / columns) if high is None else high
    if not (0 <= low <= 1 / columns <= high <= 1):
        raise InputError(
            f"benefit of the doubt: shares between {low:g} and {high:g} leave no room for {columns} columns; "
            f"they must enclose {1 / columns:.4g}"
        )
    scaled = values / mean
    rivals = scaled[_unbeaten(scaled)]
    parts = np.array([_kindest(unit, rivals, low, high) for unit in scaled])
    return Doubt(np.minimum((parts * scaled).sum(axis=1), 1.0), parts / parts.sum(axis=1, keepdims=True))


def _kindest(unit: FloatArray, rivals: FloatArray, low: float, high: float) -> FloatArray:
    """What each column adds to the score of the average unit, whose values are all 1, under the unit's best weights."""
    from scipy.optimize import linprog

    columns = len(unit)
    bounds = [block for block, binds in ((low - np.eye(columns), low > 0), (np.eye(columns) - high, high < 1)) if binds]
    rows = np.vstack([rivals, *bounds])
    limits = np.concatenate([np.ones(len(rivals)), np.zeros(len(rows) - len(rivals))])
    if not unit.any():  # any weights are best for a unit that has nothing
        return np.ones(columns)
    found = linprog(-unit, A_ub=rows, b_ub=limits, bounds=(0, None), method="highs")
    if found.status != 0:  # pragma: no cover - equal shares, made small enough, are always feasible
        raise InputError(f"benefit of the doubt found no weights ({found.message})")
    return np.asarray(np.maximum(found.x, 0.0), dtype=np.float64)


def _unbeaten(values: FloatArray) -> IntArray:
    """The rows that no other row equals or exceeds in every column (of equal rows the first)."""
    order = np.argsort(-values.sum(axis=1), kind="stable")
    kept: list[int] = []
    for row in order:
        if not kept or not (values[kept] >= values[row]).all(axis=1).any():
            kept.append(int(row))
    return np.array(sorted(kept))


def correlations(values: FloatArray, who: str) -> FloatArray:
    """Pearson's correlations between columns, each over the units known in both; the diagonal is 1.

    `who` opens the message of the InputError for a column that is the same for all units, or for two columns without
    three units in common.

    >>> correlations(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 7.0]]), "here").round(4).tolist()
    [[1.0, 0.9934], [0.9934, 1.0]]
    """
    found, _ = paired(values)
    if np.isnan(found).any():
        one, other = np.argwhere(np.isnan(found))[0]
        what = (
            f"{_column(one)} is the same for all units"
            if one == other
            else f"{_column(one)} and {other + 1} do not vary together"
        )
        raise InputError(f"{who}: {what}, so it has no correlations; leave it out or impute")
    return found


def paired(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Pairwise-complete correlations, nan where undefined (fewer than three units, no variation), and the counts.

    >>> paired(np.array([[1.0, np.nan], [2.0, 1.0], [3.0, 2.0]]))[1].tolist()
    [[3.0, 2.0], [2.0, 2.0]]
    """
    known = _known(values)
    centred = np.where(known, values - np.nan_to_num(_mean(values)), 0.0)
    one = known.astype(np.float64)
    count = one.T @ one
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, square = centred.T @ one / count, (centred**2).T @ one / count
        spread = square - mean**2  # [k, l]: of column k over the units known in both
        spread = np.where(spread > 1e-13 * square, spread, 0.0)
        found = (centred.T @ centred / count - mean * mean.T) / np.sqrt(spread * spread.T)
    found = np.where((count >= 3) & (spread > 0) & (spread.T > 0), np.clip(found, -1, 1), np.nan)
    diagonal = np.diagonal(found).copy()
    np.fill_diagonal(found, np.where(np.isnan(diagonal), np.nan, 1.0))
    return found, count


def _mean(values: FloatArray) -> FloatArray:
    known = _known(values)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nansum(values, axis=0) / count, dtype=np.float64)


def _known(values: FloatArray) -> BoolArray:
    return np.isfinite(values)


def _require(values: FloatArray, who: str, *, least: float = -math.inf, above: float = -math.inf) -> None:
    known = _known(values)
    empty = known.sum(axis=0) < 2
    if empty.any():
        raise InputError(
            f"{who} weights: {_column(int(np.argmax(empty)))} is known for fewer than two units; leave it out"
        )
    wrong = known & ((values < least) | (values <= above))
    if wrong.any():
        unit, column = np.argwhere(wrong)[0]
        wanted = "above 0; normalise by min-max to 1..100" if above == 0 else "of 0 or above; normalise by min-max"
        raise InputError(
            f"{who} weights: row {unit + 1}, {_column(column)} is {values[unit, column]:g}, "
            f"but they need values {wanted}"
        )


def _shares(raw: FloatArray, who: str) -> FloatArray:
    total = float(raw.sum())
    if not (math.isfinite(total) and total > 1e-300):
        raise InputError(f"{who} weights sum to zero: no column tells the units apart; take equal weights")
    return np.asarray(raw / total, dtype=np.float64)


def _column(number: int) -> str:
    return f"column {number + 1}"
