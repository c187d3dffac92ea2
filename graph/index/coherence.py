"""Do the parts of an index belong together? To be asked before how robust its ranks are.

Everything here reads scores, `scores[unit, element]` with nan where unknown: correlations within a dimension and
between dimensions, Cronbach's alpha, principal components, and how much each part really moves the whole (effective
weights).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.index.framework import Framework
from graph.index.schemes import paired
from graph.metrics.value import finite
from graph.network import FloatArray

AGAINST = 0.0  # two parts of one whole that correlate below this pull against each other
TWINS = 0.92  # above this they say the same twice
KNOTS = (0.05, 0.275, 0.5, 0.725, 0.95)  # quantiles (Harrell 2015, Regression Modeling Strategies, table 2.3)
FEW = 5  # units, below which a share of variance means nothing


@dataclass(frozen=True, slots=True)
class Pair:
    """Two elements of one parent, their correlation over the units known in both, and what is wrong with it."""

    one: str
    other: str
    r: float | None
    units: int
    flag: str  # "negative", "twins" or ""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; an empty flag is None."""
        return {"one": self.one, "other": self.other, "r": self.r, "units": self.units, "flag": self.flag or None}


@dataclass(frozen=True, slots=True)
class Part:
    """One child beside its parent."""

    code: str
    nominal: float  # weight among its siblings, they sum to 1
    effective: (
        float | None
    )  # the squared correlation ratio with the parent: share of the parent's variance it goes with
    share: float | None  # effective, scaled so that the siblings sum to 1: to be held beside `nominal`
    r: float | None  # Pearson's correlation with the parent

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A parent and how its children hang together."""

    parent: str
    parts: tuple[Part, ...]
    pairs: tuple[Pair, ...]
    mean_r: float | None  # the mean of the pairs
    alpha: float | None  # Cronbach's, of standardised children
    explained: tuple[float, ...]  # share of variance of each principal component, the largest first; () if undefined
    components: int  # with an eigenvalue of at least 1; 0 if undefined
    reason: str  # why something above is None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; an empty reason is None."""
        return {
            "parent": self.parent,
            "parts": [part.as_dict() for part in self.parts],
            "pairs": [pair.as_dict() for pair in self.pairs],
            "mean_r": self.mean_r,
            "alpha": self.alpha,
            "explained": list(self.explained),
            "components": self.components,
            "reason": self.reason or None,
        }


@dataclass(frozen=True, slots=True)
class Coherence:
    """Every parent with its children, and indicators that go against the index or with another dimension."""

    clusters: tuple[Cluster, ...]  # the lower levels first
    against: tuple[str, ...]  # indicators that correlate negatively with the index
    astray: tuple[tuple[str, str, str], ...]  # indicator, its dimension, the dimension it correlates with more

    @property
    def flags(self) -> tuple[str, ...]:
        """What deserves a look, a line each.

        >>> Coherence((), ("CO2",), ()).flags
        ('CO2 correlates negatively with the index',)
        """
        words = {
            "negative": f"correlate below {AGAINST:g}: they cancel out",
            "twins": f"correlate above {TWINS:g}: counted twice",
        }
        found = [f"{p.one} and {p.other} {words[p.flag]}" for one in self.clusters for p in one.pairs if p.flag]
        found += [f"{code} correlates negatively with the index" for code in self.against]
        found += [f"{code} correlates more with {other} than with its own {own}" for code, own, other in self.astray]
        return tuple(found)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "clusters": [cluster.as_dict() for cluster in self.clusters],
            "against": list(self.against),
            "astray": [dict(zip(("code", "own", "other"), row, strict=True)) for row in self.astray],
            "flags": list(self.flags),
        }


def coherence(scores: FloatArray, framework: Framework, weights: FloatArray | None = None) -> Coherence:
    """How does each dimension hang together, and what does each part weigh in truth?

    Args:
        scores: (units, elements), columns in the order of `framework.codes`: normalised indicators (more is better)
            and the aggregates made of them.
        framework: the tree.
        weights: nominal weight of each element among its siblings, in any scale; those of the framework by default.

    A correlation needs three units known in both and some variation; otherwise it is None and the reason says so.

    >>> from graph.index.framework import Element, Framework
    >>> tree = Framework.of([Element("index", level=2), Element("x", parent="index"), Element("y", parent="index")])
    >>> x, y = np.array([0.0, 1, 2, 3, 4, 5]), np.array([5.0, 3, 4, 1, 2, 0])
    >>> found = coherence(np.column_stack([x + 2 * y, x, y]), tree)
    >>> found.flags[0], round(found.clusters[0].alpha, 3)
    ('x and y correlate below 0: they cancel out', -15.5)
    """
    nominal = np.array([one.weight for one in framework.elements]) if weights is None else weights
    found, count = paired(scores)
    clusters = [
        _cluster(framework.codes, scores, nominal, found, count, int(group.parent), [int(c) for c in group.children])
        for group in framework.groups
    ]
    index = framework.top
    against = [framework.codes[i] for i in framework.indicators if found[i, index] < AGAINST]
    return Coherence(tuple(clusters), tuple(against), tuple(_astray(framework, found)))


def _cluster(
    codes: Sequence[str],
    scores: FloatArray,
    nominal: FloatArray,
    found: FloatArray,
    count: FloatArray,
    parent: int,
    children: Sequence[int],
) -> Cluster:
    pairs = tuple(
        Pair(codes[one], codes[other], finite(found[one, other]), int(count[one, other]), _flag(found[one, other]))
        for place, one in enumerate(children)
        for other in children[place + 1 :]
    )
    known = [pair.r for pair in pairs if pair.r is not None]
    within = found[np.ix_(children, children)]
    undefined = bool(np.isnan(within).any())
    eigenvalues = np.array([]) if undefined else np.linalg.eigvalsh(within)[::-1]
    reason = ""
    if len(children) < 2:
        reason = "only one child: there is nothing to correlate"
    elif undefined:
        reason = "a child does not vary, or fewer than three units are known in two children"
    return Cluster(
        parent=codes[parent],
        parts=_parts(codes, scores, nominal, found, parent, children),
        pairs=pairs,
        mean_r=float(np.mean(known)) if known else None,
        alpha=finite(alpha_of(within)),
        explained=tuple(float(value) for value in np.maximum(eigenvalues, 0) / max(len(children), 1)),
        components=int((eigenvalues >= 1 - 1e-9).sum()),
        reason=reason,
    )


def _parts(
    codes: Sequence[str],
    scores: FloatArray,
    nominal: FloatArray,
    found: FloatArray,
    parent: int,
    children: Sequence[int],
) -> tuple[Part, ...]:
    effective = np.array([correlation_ratio(scores[:, child], scores[:, parent]) for child in children])
    total = effective.sum()
    weights = nominal[list(children)] / nominal[list(children)].sum()
    return tuple(
        Part(
            code=codes[child],
            nominal=float(weight),
            effective=finite(ratio),
            share=finite(ratio / total) if total > 0 else None,
            r=finite(found[child, parent]),
        )
        for child, weight, ratio in zip(children, weights, effective, strict=True)
    )


def _astray(framework: Framework, found: FloatArray) -> list[tuple[str, str, str]]:
    """Indicators that go more with a sibling of their dimension than with the dimension that they are part of."""
    siblings = {int(group.parent): [int(child) for child in group.children] for group in framework.groups}
    above = {child: parent for parent, children in siblings.items() for child in children}
    strays = []
    for indicator in (int(number) for number in framework.indicators):
        own = above.get(indicator)
        if own is None or own not in above:
            continue
        rivals = [
            other for other in siblings[above[own]] if other != own and found[indicator, other] > found[indicator, own]
        ]
        if rivals:
            best = max(rivals, key=lambda other: (found[indicator, other], -other))
            strays.append((framework.codes[indicator], framework.codes[own], framework.codes[best]))
    return strays


def cronbach_alpha(values: FloatArray) -> float:
    """Do the columns measure one thing? α = k r̄ / (1 + (k - 1) r̄), r̄ the mean correlation between columns.

    This is the standardised alpha: columns on different scales count alike. At most 1; negative where columns cancel
    out; about 0.7 is often asked of a scale that measures one thing, which an index need not. nan for a single column,
    or where a correlation is undefined.

    >>> round(cronbach_alpha(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 7.0]])), 4)
    0.9967

    Cronbach 1951, Psychometrika 16:297.
    """
    return alpha_of(paired(values)[0])


def alpha_of(correlation: FloatArray) -> float:
    """Cronbach's alpha from a matrix of correlations; nan for a single column or an undefined correlation.

    >>> alpha_of(np.array([[1.0, 0.5], [0.5, 1.0]]))
    0.6666666666666666
    """
    columns = len(correlation)
    if columns < 2 or np.isnan(correlation).any():
        return math.nan
    mean = (correlation.sum() - columns) / (columns * (columns - 1))
    below = 1 + (columns - 1) * mean
    return float(columns * mean / below) if below > 1e-12 else math.nan


@dataclass(frozen=True, eq=False, slots=True)
class Components:
    """Principal components of the correlations: `loadings[column, component]`, the largest component first."""

    eigenvalues: FloatArray
    loadings: FloatArray
    rotated: FloatArray  # of the components with an eigenvalue of at least 1, after varimax

    @property
    def explained(self) -> FloatArray:
        """The share of variance of each component; they sum to 1."""
        return np.asarray(self.eigenvalues / self.eigenvalues.sum(), dtype=np.float64)


def principal_components(values: FloatArray) -> Components:
    """Along how many directions do the columns vary?

    The eigenvectors of the correlation matrix times the root of their eigenvalues; a component's sign is chosen so that
    its loadings sum to 0 or more.

    Raises:
        InputError: a column is the same for all units.

    >>> found = principal_components(np.array([[1.0, 2.0, 9.0], [2.0, 4.0, 1.0], [3.0, 6.0, 5.0], [4.0, 8.0, 4.0]]))
    >>> found.explained.round(3).tolist()
    [0.762, 0.238, 0.0]

    OECD/JRC 2008, section 4; Jolliffe 2002.
    """
    from graph.index.schemes import KAISER, correlations, varimax

    eigenvalues, vectors = np.linalg.eigh(correlations(values, "principal components"))
    order = np.argsort(-eigenvalues, kind="stable")
    eigenvalues = np.maximum(eigenvalues[order], 0)
    loadings = vectors[:, order] * np.sqrt(eigenvalues)
    loadings = loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    kept = eigenvalues >= min(KAISER - 1e-9, float(eigenvalues[0]))
    return Components(eigenvalues, loadings, varimax(loadings[:, kept]))


def correlation_ratio(cause: FloatArray, effect: FloatArray) -> float:
    """What share of the variance of `effect` goes with `cause`, along a curve?

    η² = Var(E[effect | cause]) / Var(effect), also called the first-order sensitivity index or main effect. The curve
    is a natural cubic spline on Harrell's five quantiles (fewer where values repeat; a straight line under 10
    different values), and its R² is adjusted for the curve's degrees of freedom, so that a part without any say comes
    out near 0. Range 0..1; nan with fewer than five units known in both, or where one of them does not vary.

    >>> x = np.linspace(-1, 1, 201)
    >>> round(correlation_ratio(x, x), 3), round(correlation_ratio(x, x**2), 2)
    (1.0, 1.0)
    >>> abs(round(float(np.corrcoef(x, x**2)[0, 1]), 3))
    0.0

    Paruolo, Saisana & Saltelli 2013, Journal of the Royal Statistical Society A 176:609 (there by a kernel regression).
    """
    known = np.isfinite(cause) & np.isfinite(effect)
    x, y = cause[known], effect[known]
    if len(x) < FEW or np.ptp(x) <= 1e-12 * np.abs(x).max() or np.ptp(y) <= 1e-12 * np.abs(y).max():
        return math.nan
    curve = _spline((x - x.mean()) / x.std())
    fitted = curve @ np.linalg.lstsq(curve, y, rcond=None)[0]
    left = float(((y - fitted) ** 2).sum() / ((y - y.mean()) ** 2).sum())
    rank = int(np.linalg.matrix_rank(curve))
    return float(min(max(1 - left * (len(x) - 1) / (len(x) - rank), 0.0), 1.0))


def _spline(x: FloatArray) -> FloatArray:
    """The columns 1, x and the natural cubic terms: straight outside the outer knots."""
    line = np.column_stack([np.ones(len(x)), x])
    knots = np.unique(np.quantile(x, KNOTS))
    if len(np.unique(x)) < 10 or len(knots) < 3:
        return line

    def term(knot: float) -> FloatArray:
        cubes = np.maximum(x - knot, 0) ** 3 - np.maximum(x - knots[-1], 0) ** 3
        return np.asarray(cubes / (knots[-1] - knot), dtype=np.float64)

    last = term(float(knots[-2]))
    return np.column_stack([line, *(term(float(knot)) - last for knot in knots[:-2])])


def _flag(r: float) -> str:
    if r < AGAINST:
        return "negative"
    return "twins" if r > TWINS else ""
