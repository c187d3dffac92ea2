"""Where one firm stands among the others. Each function returns `Measures`: one value a firm.

The examples use a triangle with a tail, and one firm apart:

>>> from graph.network import Firm, Network, Tie
>>> net = Network.of([Firm(x) for x in "abcde"], [Tie(*pair) for pair in ("ab", "bc", "ca", "cd")])
"""

from __future__ import annotations

import numpy as np

from graph.metrics.cohesion import triangles
from graph.metrics.value import Measures
from graph.network import FloatArray, Network

NO_TIES = "no ties"


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
    ends, weight = np.concatenate((net.source, net.target)), np.concatenate((net.weight, net.weight))
    return Measures(np.bincount(ends, weight, minlength=len(net.firms)).astype(np.float64), "", net.degree)


def constraint(net: Network) -> Measures:
    """How far do a firm's partners all lead back to each other? Ties read as 0/1.

    Formula: c_i = Σ_j (p_ij + Σ_q p_iq p_qj)², j over the partners of i, p_ij = a_ij / Σ_k a_ik. Range: from about 1/k
    to 1.125 (two partners tied to each other); low = a broker across structural holes, 1 with a single partner.
    Falls with degree: compare firms of similar degree. Degenerate: undefined without ties, never 0.

    >>> [round(float(x), 4) for x in constraint(net).values]
    [1.0069, 1.0069, 0.6111, 1.0, nan]

    Reference: Burt 1992, Structural Holes. Oracle: networkx.constraint.
    """
    return Measures(_constraint(net, np.ones(len(net.source))), NO_TIES, net.degree)


def constraint_weighted(net: Network) -> Measures:
    """As `constraint`, with p_ij = w_ij / Σ_k w_ik: a strong tie claims more of the firm's attention.

    Range: above 0 and below 2, which is near when a firm's two partners have hardly any tie but that to each other.

    >>> heavy = Network.of([Firm(x) for x in "abc"], [Tie("a", "b", 3.0), Tie("a", "c", 1.0)])
    >>> constraint_weighted(heavy).values.tolist()  # a: 0.75² + 0.25²
    [0.625, 1.0, 1.0]

    Reference: Burt 1992. Oracle: networkx.constraint(weight="weight").
    """
    return Measures(_constraint(net, net.weight), NO_TIES, net.degree)


def effective_size(net: Network) -> Measures:
    """How many partners of a firm are not redundant with each other? Ties read as 0/1.

    Formula: k_i - 2 t_i / k_i, t_i the ties among i's partners. Range 1..k_i.
    Degenerate: undefined without ties.

    >>> [round(float(x), 4) for x in effective_size(net).values]
    [1.0, 1.0, 2.3333, 1.0, nan]

    Reference: Borgatti 1997, Connections 20:35. Oracle: networkx.effective_size.
    """
    k = net.degree.astype(np.float64)
    values = np.full(len(k), np.nan)
    np.divide(k * k - 2 * triangles(net), k, out=values, where=k > 0)
    return Measures(values, NO_TIES, net.degree)


def effective_size_weighted(net: Network) -> Measures:
    """As `effective_size`, with weights.

    Formula: Σ_j [1 - Σ_q p_iq m_jq], q over the partners of i that are not j, p_iq = w_iq / Σ_k w_ik,
    m_jq = w_jq / max_k w_jk. Range above 0..k_i. Degenerate: undefined without ties.

    >>> effective_size_weighted(net).values.tolist()[:2]
    [1.0, 1.0]

    Reference: Burt 1992. Oracle: networkx.effective_size(nodes=list(G), weight="weight"); without `nodes` networkx 3.6
    gives other numbers.
    """
    rows, values = _rows(net, net.weight), np.full(len(net.firms), np.nan)
    for firm, row in enumerate(rows):
        if row:
            total = sum(row.values())
            redundant = (
                share / total * rows[near].get(other, 0.0) / max(rows[near].values())
                for near in row
                for other, share in row.items()
                if other != near
            )
            values[firm] = len(row) - sum(redundant)
    return Measures(values, NO_TIES, net.degree)


def betweenness(net: Network) -> Measures:
    """On which share of the shortest paths between two others does the firm lie?

    Formula: Σ_{s<t} σ_st(i)/σ_st / ((n - 1)(n - 2)/2), s, t other than i; weights play no part. Range 0..1; 0 for an
    isolated firm, which lies on no path. Degenerate: undefined with fewer than three firms.
    Exact: one search with a backward sweep from each firm, n · (n + m) steps.

    >>> [round(float(x), 4) for x in betweenness(net).values]
    [0.0, 0.0, 0.3333, 0.0, 0.0]

    Reference: Freeman 1977, Sociometry 40:35; Brandes 2001, J. Math. Sociol. 25:163. Oracle:
    networkx.betweenness_centrality.
    """
    n, near = len(net.firms), net.neighbours
    if n < 3:
        return Measures(np.full(n, np.nan), "fewer than three firms: there is nothing to lie between", net.degree)
    score = [0.0] * n
    for origin in range(n):
        _share_paths(near, origin, score)
    return Measures(np.array(score) / ((n - 1) * (n - 2)), "", net.degree)


def _share_paths(near: list[list[int]], origin: int, score: list[float]) -> None:
    """Add to each firm its share of the shortest paths from `origin` (Brandes' accumulation)."""
    distance, paths, depends = [-1] * len(near), [0.0] * len(near), [0.0] * len(near)
    distance[origin], paths[origin] = 0, 1.0
    order = [origin]
    for firm in order:  # grows while it is walked: a breadth-first search
        step, ways = distance[firm] + 1, paths[firm]
        for far in near[firm]:
            if distance[far] < 0:
                distance[far] = step
                order.append(far)
            if distance[far] == step:
                paths[far] += ways
    for firm in reversed(order[1:]):
        step, share = distance[firm] - 1, (1 + depends[firm]) / paths[firm]
        for before in near[firm]:
            if distance[before] == step:
                depends[before] += paths[before] * share
        score[firm] += depends[firm]


def _rows(net: Network, weight: FloatArray) -> list[dict[int, float]]:
    """The partners of each firm with the weight of the tie."""
    rows: list[dict[int, float]] = [{} for _ in net.firms]
    for source, target, value in zip(net.source.tolist(), net.target.tolist(), weight.tolist(), strict=True):
        rows[source][target] = rows[target][source] = value
    return rows


def _constraint(net: Network, weight: FloatArray) -> FloatArray:
    rows = [
        {far: value / sum(row.values()) for far, value in row.items()} for row in _rows(net, weight)
    ]  # p_ij: the share of i's ties that j has
    values = np.full(len(rows), np.nan)
    for firm, row in enumerate(rows):
        if row:
            spent = dict(row)
            for middle, share in row.items():
                for far, further in rows[middle].items():
                    if far in spent:
                        spent[far] += share * further
            values[firm] = sum(value * value for value in spent.values())
    return values
