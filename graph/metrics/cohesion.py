"""How tightly a network holds together. Every function here reads ties as 0/1; weights play no part.

The examples use a triangle with a tail, and one firm apart:

>>> from graph.network import Firm, Network, Tie
>>> net = Network.of([Firm(x) for x in "abcde"], [Tie(*pair) for pair in ("ab", "bc", "ca", "cd")])
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.metrics.value import Measure, Measures, undefined
from graph.network import IntArray, Network, spread

ONE_FIRM = "fewer than two firms: there is no pair to tie"
FEW_TIES = "fewer than two ties: the firm's partners form no pair"
WEDGES = 4_000_000  # open triples held in memory at once while triangles are counted


def firms(net: Network) -> Measure:
    """How many firms are there? Isolated ones count; 0 for a park without any."""
    return Measure(len(net.firms), n=len(net.firms))


def ties(net: Network) -> Measure:
    """How many pairs of firms are tied? Parallel and reversed rows are one tie, self-loops none."""
    return Measure(len(net.source), n=len(net.source))


def density(net: Network) -> Measure:
    """Which share of the pairs of firms is tied?

    Formula: m / D, D = n(n - 1)/2. Range 0..1. Falls as about 1/n at constant mean degree and with poor coverage, so
    parks must never be ranked by it; read it beside the mean degree.
    Degenerate: undefined with fewer than two firms; 0 with two or more firms and no tie.

    >>> density(net).value
    0.4

    Reference: Wasserman & Faust 1994, Social Network Analysis, 4.1.
    """
    n = len(net.firms)
    if n < 2:
        return undefined(ONE_FIRM, n)
    return Measure(2 * len(net.source) / (n * (n - 1)), n=n)


def mean_degree(net: Network) -> Measure:
    """How many partners does a firm have on average?

    Formula: 2m / n. Range 0..n - 1. Grows with size and coverage where ties are cheap.
    Degenerate: undefined with fewer than two firms.

    >>> mean_degree(net).value
    1.6
    """
    n = len(net.firms)
    if n < 2:
        return undefined(ONE_FIRM, n)
    return Measure(2 * len(net.source) / n, n=n)


def triangles(net: Network) -> IntArray:
    """How many triangles pass through each firm; shape (firms,).

    Each tie points from the end with fewer ties to the one with more; every triangle then has one firm that two of its
    ties leave and is found once, in O(m^1.5) steps.

    >>> triangles(net).tolist()
    [1, 1, 1, 0, 0]
    """
    n, count = len(net.firms), np.zeros(len(net.firms), dtype=np.int64)
    rank = np.empty(n, dtype=np.int64)
    rank[np.argsort(net.degree, kind="stable")] = np.arange(n)
    ends = rank[net.source], rank[net.target]
    key = np.sort(np.minimum(*ends) * n + np.maximum(*ends))
    low, high = key // max(n, 1), key % max(n, 1)
    start = np.searchsorted(low, np.arange(n + 1))
    for part in _chunks(start[high + 1] - start[high]):
        entries, fan = spread(start, high[part])
        tie, third = np.repeat(part, fan), high[entries]
        wanted = low[tie] * n + third
        found = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        closed = key[found] == wanted
        for corner in (low[tie], high[tie], third):
            count += np.bincount(corner[closed], minlength=n)
    return count[rank]


def _chunks(sizes: IntArray) -> Iterator[IntArray]:
    """Consecutive positions whose sizes sum to about WEDGES a piece."""
    piece = np.cumsum(sizes) // WEDGES
    for cut in range(int(piece[-1]) + 1 if len(piece) else 0):
        yield np.flatnonzero(piece == cut)


def clustering(net: Network) -> Measures:
    """Which share of the pairs of a firm's partners is tied? One value a firm.

    Formula: c_i = 2 t_i / (k_i (k_i - 1)), t_i the triangles through i. Range 0..1.
    Degenerate: undefined for firms with fewer than two ties.

    >>> [round(float(x), 4) for x in clustering(net).values]
    [1.0, 1.0, 0.3333, nan, nan]

    Reference: Watts & Strogatz 1998, Nature 393:440.
    """
    degree = net.degree
    pairs = degree * (degree - 1) / 2
    values = np.divide(triangles(net), pairs, out=np.full(len(pairs), np.nan), where=pairs > 0)
    return Measures(values, FEW_TIES, degree)


def average_clustering(net: Network) -> Measure:
    """How often are two partners of a firm tied, on average over firms?

    Formula: C = (1/n) Σ c_i, where a firm with fewer than two ties counts as 0 (Watts and Strogatz as networkx reads
    them); `coverage` is the share of firms that have two or more. Range 0..1. Rises with density, and one document that
    names a consortium of k firms makes a clique.
    Degenerate: undefined when no firm has two ties.

    >>> average_clustering(net).value, average_clustering(net).coverage  # (1 + 1 + 1/3 + 0 + 0) / 5
    (0.4666666666666667, 0.6)

    Reference: Watts & Strogatz 1998, Nature 393:440. Oracle: networkx.average_clustering.
    """
    n = len(net.firms)
    values = clustering(net).values
    counted = int(np.isfinite(values).sum())
    if not counted:
        return undefined("no firm has two ties, so no partners form a pair", n)
    flags = ("firms with fewer than two ties count as 0",) if counted < n else ()
    return Measure(float(np.nansum(values)) / n, n=n, coverage=counted / n, flags=flags)


def transitivity(net: Network) -> Measure:
    """Which share of the open or closed triples (a - b - c) is closed?

    Formula: T = 3 · triangles / triples, triples = Σ k_i (k_i - 1)/2. Range 0..1. Weighs firms with many partners more
    than the average clustering does; robust to firms missing at random.
    Degenerate: undefined when there is no triple.

    >>> transitivity(net).value  # 3 · 1 / 5
    0.6

    Reference: Newman, Watts & Strogatz 2002, PNAS 99:2566. Oracle: networkx.transitivity (0 where this is undefined).
    """
    triples = int((net.degree * (net.degree - 1) // 2).sum())
    if not triples:
        return undefined("no firm has two ties, so there is no triple to close", len(net.firms))
    return Measure(int(triangles(net).sum()) / triples, n=triples)


def component(net: Network) -> IntArray:
    """The connected component of each firm, named by its first firm's number; shape (firms,).

    Larger roots are hooked under smaller neighbouring ones and paths halved until every tie lies in one component.

    >>> component(net).tolist()
    [0, 0, 0, 0, 4]
    """
    label = np.arange(len(net.firms))
    while True:
        left, right = label[net.source], label[net.target]
        apart = left != right
        if not apart.any():
            return label
        left, right = left[apart], right[apart]
        np.minimum.at(label, np.maximum(left, right), np.minimum(left, right))
        while (label[label] != label).any():
            label = label[label]


def components(net: Network) -> Measure:
    """Into how many unconnected pieces does the network fall? Isolated firms are pieces.

    >>> components(net).value
    2
    """
    return Measure(len(np.unique(component(net))), n=len(net.firms))


def giant_component_share(net: Network) -> Measure:
    """Which share of the firms sits in the largest connected piece?

    Formula: |largest component| / n, isolated firms in n. Range 1/n..1. Needs mean degree above 1 to be large.
    Degenerate: undefined without firms.

    >>> giant_component_share(net).value
    0.8
    """
    n = len(net.firms)
    if not n:
        return undefined("no firms", 0)
    return Measure(int(np.bincount(component(net)).max()) / n, n=n)


def isolates_share(net: Network) -> Measure:
    """Which share of the firms has no tie at all (that was observed)?

    Formula: |{i: k_i = 0}| / n. Range 0..1. Degenerate: undefined without firms.

    >>> isolates_share(net).value
    0.2
    """
    n = len(net.firms)
    if not n:
        return undefined("no firms", 0)
    return Measure(int((net.degree == 0).sum()) / n, n=n)


def global_efficiency(net: Network) -> Measure:
    """How close are two firms on average, when unreachable counts as infinitely far?

    Formula: mean over pairs of 1/d_ij, 1/∞ = 0, d the number of ties on a shortest path. Range 0..1.
    Degenerate: undefined with fewer than two firms. Exact: takes n searches of n + m steps.

    >>> round(global_efficiency(net).value, 6)  # (4 · 1 + 2 · 1/2) / 10
    0.5

    Reference: Latora & Marchiori 2001, PRL 87:198701. Oracle: networkx.global_efficiency.
    """
    n, near = len(net.firms), net.neighbours
    if n < 2:
        return undefined(ONE_FIRM, n)
    total = 0.0
    for origin in range(n):
        distance, order = [-1] * n, [origin]
        distance[origin] = 0
        for firm in order:  # grows while it is walked: a breadth-first search
            for far in near[firm]:
                if distance[far] < 0:
                    distance[far] = distance[firm] + 1
                    order.append(far)
        total += sum(1 / distance[firm] for firm in order[1:])
    return Measure(total / (n * (n - 1)), n=n)


def core_number(net: Network) -> Measures:
    """How deep inside the network does each firm sit? One value a firm.

    The largest k such that the firm belongs to a set in which everyone has at least k ties within the set.
    Range 0..k_i; 0 for an isolated firm. Firms with the fewest ties are peeled off, layer by layer.

    >>> core_number(net).values.tolist()
    [2.0, 2.0, 2.0, 1.0, 0.0]

    Reference: Seidman 1983, Social Networks 5:269. Oracle: networkx.core_number.
    """
    start, neighbour, _ = net.adjacency
    left, alive = net.degree.copy(), np.ones(len(net.firms), dtype=np.bool_)
    core, depth = np.zeros(len(net.firms)), 0
    while alive.any():
        depth = max(depth, int(left[alive].min()))
        layer = np.flatnonzero(alive & (left <= depth))
        while len(layer):
            core[layer], alive[layer] = depth, False
            touched = neighbour[spread(start, layer)[0]]
            touched = touched[alive[touched]]
            np.subtract.at(left, touched, 1)
            layer = np.unique(touched[left[touched] <= depth])
    return Measures(core, "", net.degree)


def k_core(net: Network) -> Measure:
    """How many ties within it does everyone in the innermost group have?

    The largest core number. Range 0..n - 1. Degree alone makes cores: compare with networks of the same degrees.
    Degenerate: undefined without firms; 0 without ties.

    >>> k_core(net).value
    2
    """
    if not net.firms:
        return undefined("no firms", 0)
    return Measure(int(core_number(net).values.max()), n=len(net.firms))


def degree_assortativity(net: Network) -> Measure:
    """Do well connected firms deal with well connected ones?

    Formula: the correlation of k_i and k_j over both directions of all ties. Range -1..1; below 0, hubs serve firms
    with few ties. Degenerate: undefined without ties, and when all ends have the same degree (0/0).

    >>> round(degree_assortativity(net).value, 6)
    -0.714286

    Reference: Newman 2002, PRL 89:208701. Oracle: networkx.degree_pearson_correlation_coefficient.
    """
    m = len(net.source)
    if not m:
        return undefined("no ties", 0)
    near, far = net.degree[net.source], net.degree[net.target]
    # Whole numbers until the last step, so that equal degrees give an exact 0 below the line.
    mean2 = int((near + far).sum()) ** 2
    below = 2 * m * int((near**2 + far**2).sum()) - mean2
    if not below:
        return undefined("all tied firms have the same number of ties", m)
    return Measure((4 * m * int((near * far).sum()) - mean2) / below, n=m)
