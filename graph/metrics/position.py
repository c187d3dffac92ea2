"""Where one firm stands among the others. Each function returns `Measures`: one value a firm.

The examples use a triangle with a tail, and one firm apart:

>>> from graph.network import Firm, Network, Tie
>>> net = Network.of([Firm(x) for x in "abcde"], [Tie(*pair) for pair in ("ab", "bc", "ca", "cd")])
"""

from __future__ import annotations

import numpy as np

from graph.metrics import kernels
from graph.metrics.groups import Groups, ratio
from graph.metrics.interval import weighted_sum
from graph.metrics.value import Measures
from graph.network import FloatArray, IntArray, Network

NO_TIES = "no ties"

EXACT = 300_000_000
"""Betweenness searches from every firm if that takes at most so many steps n · (n + 2m), some seconds."""

SAMPLED = 100_000_000
"""Else it searches from as many firms, drawn at random, as take so many steps, but at least from `SOURCES`."""

SOURCES = 32


def degree(net: Network) -> Measures:
    """How many partners does the firm have? Range 0..n - 1; 0 for an isolated firm.

    >>> degree(net).values.tolist()
    [2.0, 2.0, 3.0, 1.0, 0.0]
    """
    return Measures(net.degree.astype(np.float64), "", net.degree)


def strength(net: Network) -> Measures:
    """How much cooperation does the firm have, weights counted? Formula: Σ_j w_ij; 0 for an isolated firm.

    >>> strength(net).values.tolist()
    [2.0, 2.0, 3.0, 1.0, 0.0]
    """
    return Measures(_strength(net, net.weight), "", net.degree)


def constraint(net: Network) -> Measures:
    """How far do a firm's partners all lead back to each other? Ties read as 0/1.

    Formula: c_i = Σ_j (p_ij + Σ_q p_iq p_qj)², j over the partners of i, p_ij = a_ij / Σ_k a_ik. Range: from about 1/k
    to 1.125 (two partners tied to each other); low = a broker across structural holes, 1 with a single partner.
    Falls with degree: `null` is the mean over the other firms of similar degree (1, 2, 3-4, 5-8, 9-16 … ties).
    Degenerate: undefined without ties, never 0.

    >>> [round(float(x), 4) for x in constraint(net).values]
    [1.0069, 1.0069, 0.6111, 1.0, nan]

    Reference: Burt 1992, Structural Holes. Oracle: networkx.constraint.
    """
    return _burt(net, np.ones(len(net.source)))


def constraint_weighted(net: Network) -> Measures:
    """As `constraint`, with p_ij = w_ij / Σ_k w_ik: a strong tie claims more of the firm's attention.

    Range: above 0 and below 2, which is near when a firm's two partners have hardly any tie but that to each other.

    >>> heavy = Network.of([Firm(x) for x in "abc"], [Tie("a", "b", 3.0), Tie("a", "c", 1.0)])
    >>> constraint_weighted(heavy).values.tolist()  # a: 0.75² + 0.25²
    [0.625, 1.0, 1.0]

    Reference: Burt 1992. Oracle: networkx.constraint(weight="weight").
    """
    return _burt(net, net.weight)


def effective_size(net: Network) -> Measures:
    """How many partners of a firm are not redundant with each other? Ties read as 0/1.

    Formula: k_i - 2 t_i / k_i, t_i the ties among i's partners. Range 1..k_i.
    Degenerate: undefined without ties.

    >>> [round(float(x), 4) for x in effective_size(net).values]
    [1.0, 1.0, 2.3333, 1.0, nan]

    Reference: Borgatti 1997, Connections 20:35. Oracle: networkx.effective_size.
    """
    k = net.degree
    return Measures(ratio(k * k - 2 * Groups.whole(net).triangles, k), NO_TIES, k)


def effective_size_weighted(net: Network) -> Measures:
    """As `effective_size`, with weights.

    Formula: Σ_j [1 - Σ_q p_iq m_jq], q over the partners of i that are not j, p_iq = w_iq / Σ_k w_ik,
    m_jq = w_jq / max_k w_jk. Range above 0..k_i. Degenerate: undefined without ties.

    >>> effective_size_weighted(net).values.tolist()[:2]
    [1.0, 1.0]

    Reference: Burt 1992. Oracle: networkx.effective_size(nodes=list(G), weight="weight"); without `nodes` networkx 3.6
    gives other numbers.
    """
    values = np.where(net.degree > 0, net.degree - _redundant(net), np.nan)
    return Measures(values, NO_TIES, net.degree)


def betweenness(net: Network) -> Measures:
    """On which share of the shortest paths between two others does the firm lie?

    Formula: Σ_{s<t} σ_st(i)/σ_st / ((n - 1)(n - 2)/2), s, t other than i; weights play no part. Range 0..1; 0 for an
    isolated firm, which lies on no path. Degenerate: undefined with fewer than three firms.
    Exact (one search with a backward sweep from each firm) up to n · (n + 2m) = 3e8; beyond, estimated from searches
    from at least 32 firms drawn at random, with a flag and `lo`, `hi` by `interval.weighted_sum`, which held the truth
    in 98% of cases or more on four sorts of random networks with 32 and with 100 sources (± 1.96 standard errors:
    52-86%). With few sources they are wide for all but the largest values.

    >>> [round(float(x), 4) for x in betweenness(net).values]
    [0.0, 0.0, 0.3333, 0.0, 0.0]

    Reference: Freeman 1977, Sociometry 40:35; Brandes 2001, J. Math. Sociol. 25:163; Brandes & Pich 2007, Int. J.
    Bifurcation Chaos 17:2303 (sampling). Oracle: networkx.betweenness_centrality.
    """
    return between(net, np.random.default_rng(0))


def between(net: Network, dice: np.random.Generator, exact: int = EXACT, sources: int = SOURCES) -> Measures:
    """As `betweenness`, drawing sources by these dice where all of them would take more than `exact` steps."""
    n, step = len(net.firms), len(net.firms) + 2 * len(net.source)
    if n < 3:
        return Measures(np.full(n, np.nan), "fewer than three firms: there is nothing to lie between", net.degree)
    if n * step <= exact or n <= sources:
        total, _ = _paths(net, np.arange(n))
        return Measures(total / ((n - 1) * (n - 2)), "", net.degree)
    drawn = min(n, max(sources, min(exact, SAMPLED) // step))
    total, squares = _paths(net, np.sort(dice.choice(n, drawn, replace=False)))
    lo, hi = weighted_sum(total, squares)
    scale = n / ((n - 1) * (n - 2)) / drawn
    flags = {f"estimated from {drawn} firms": np.ones(n, dtype=np.bool_)}
    return Measures(total * scale, "", net.degree, lo * scale, np.minimum(hi * scale, 1.0), flags=flags)


def _paths(net: Network, source: IntArray) -> tuple[FloatArray, FloatArray]:
    """Each firm's share of the shortest paths that begin at the sources, summed over these, and its squares summed."""
    start, neighbour, _ = Groups.whole(net).adjacency
    total, squares = np.zeros(len(net.firms)), np.zeros(len(net.firms))
    search = kernels.chosen(kernels.betweenness, len(source) * (len(net.firms) + 2 * len(net.source)))
    search(start, neighbour, source, total, squares)
    return total, squares


def _attention(net: Network, weight: FloatArray) -> tuple[Groups, FloatArray, FloatArray]:
    """The ties turned (`Groups.turned`) and the share of its tail's, and of its head's, weight that each has."""
    groups = Groups.whole(net)
    _, head, tie = groups.turned
    tail = _tails(groups)
    spent = _strength(net, weight)
    return groups, weight[tie] / spent[tail], weight[tie] / spent[head]


def _tails(groups: Groups) -> IntArray:
    start, _, _ = groups.turned
    return np.repeat(np.arange(len(groups.net.firms)), np.diff(start))


def _strength(net: Network, weight: FloatArray) -> FloatArray:
    n = len(net.firms)
    ends = np.bincount(net.source, weight, minlength=n) + np.bincount(net.target, weight, minlength=n)
    return np.asarray(ends, dtype=np.float64)


def _burt(net: Network, weight: FloatArray) -> Measures:
    groups, there, back = _attention(net, weight)
    start, head, _ = groups.turned
    values = np.zeros(len(net.firms))
    kernels.chosen(kernels.claims, 2 * groups.wedges)(start, head, there, back, values)
    values[net.degree == 0] = np.nan
    return Measures(values, NO_TIES, net.degree, null=_among_alike(values, net.degree))


def _among_alike(values: FloatArray, degree: IntArray) -> FloatArray:
    """The mean of the other firms of similar degree; nan for a firm that has no like."""
    alike = np.ceil(np.log2(np.maximum(degree, 1))).astype(np.int64)
    tied = degree > 0
    total = np.bincount(alike[tied], values[tied], minlength=64)[alike]
    others = np.bincount(alike[tied], minlength=64)[alike] - 1
    return np.where(tied, ratio(total - values, np.maximum(others, 0)), np.nan)


def _redundant(net: Network) -> FloatArray:
    """How much of each firm's partners is redundant with its other partners, weights counted."""
    groups, there, back = _attention(net, net.weight)
    start, head, tie = groups.turned
    strongest = np.zeros(len(net.firms))
    np.maximum.at(strongest, net.source, net.weight)
    np.maximum.at(strongest, net.target, net.weight)
    near, far = net.weight[tie] / strongest[_tails(groups)], net.weight[tie] / strongest[head]
    lost = np.zeros(len(net.firms))
    kernels.chosen(kernels.redundancy, 2 * groups.wedges)(start, head, there, back, near, far, lost)
    return lost
