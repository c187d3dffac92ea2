"""How tightly a network holds together. Ties are read as 0/1; weights play no part but in `weighted_density`.

The examples use a triangle with a tail, and one firm apart:

>>> from graph.network import Firm, Network, Tie
>>> net = Network.of([Firm(x) for x in "abcde"], [Tie(*pair) for pair in ("ab", "bc", "ca", "cd")])
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.metrics import kernels
from graph.metrics.groups import Groups, of_groups, ratio
from graph.metrics.interval import SURE, poisson, wilson
from graph.metrics.value import Measures
from graph.network import BoolArray, FloatArray, IntArray, Network

ONE_FIRM = "fewer than two firms: there is no pair to tie"
FEW_TIES = "fewer than two ties: the firm's partners form no pair"
SMALL = "falls with size and with coverage: no measure to rank by"

EXACT = 500_000_000
"""Distances are searched from every firm if that takes at most so many steps n · (n + 2m), a second or so; else from
some firms drawn at random."""

SOURCES = 256
"""From so many firms distances are searched at least where not from all."""

CONFIDENCE = 0.9
"""How far one document is trusted to tell of a real tie, where nothing else is known (`weighted_density`)."""


@of_groups
def firms(groups: Groups) -> Measures:
    """How many firms are there? Isolated ones count; 0 for a park without any."""
    return Measures(groups.firms.astype(np.float64), "", groups.firms, counts=True)


@of_groups
def ties(groups: Groups) -> Measures:
    """How many pairs of firms are tied? Parallel and reversed rows are one tie, self-loops none.

    `lo`, `hi`: the exact Poisson interval of a count (`interval.poisson`).
    """
    lo, hi = poisson(groups.ties)
    return Measures(groups.ties.astype(np.float64), "", groups.ties, lo, hi, counts=True)


def pairs(groups: Groups) -> IntArray:
    """How many pairs of firms each group has."""
    return np.asarray(groups.firms * (groups.firms - 1) // 2)


@of_groups
def density(groups: Groups) -> Measures:
    """Which share of the pairs of firms is tied?

    Formula: m / D, D = n(n - 1)/2. Range 0..1. Falls as about 1/n at constant mean degree and with poor coverage, so
    parks must never be ranked by it, and a flag says so; read it beside the mean degree. `lo`, `hi`: the exact Poisson
    interval of m, over D.
    Degenerate: undefined with fewer than two firms; 0 with two or more firms and no tie.

    >>> density(net).value
    0.4

    Reference: Wasserman & Faust 1994, Social Network Analysis, 4.1.
    """
    lo, hi = poisson(groups.ties)
    every = pairs(groups)
    return Measures(
        ratio(groups.ties, every),
        ONE_FIRM,
        groups.firms,
        ratio(lo, every),
        np.minimum(ratio(hi, every), 1.0),
        flags={SMALL: every > 0},
    )


@of_groups
def weighted_density(groups: Groups) -> Measures:
    """Which share of the pairs is tied, if a tie counts for as much as its documents make it sure?

    Formula: Σ w_ij / D, w_ij = 1 - (1 - c)^d_ij: the chance that at least one of d_ij independent documents is right,
    each with confidence c. d_ij is the number of documents behind the tie, or its weight where no document is named
    (the flag says which). c = 0.9 for all and nothing decays with age, as a network holds neither the confidence nor
    the age of single documents. Range 0..1, at most the density. Degenerate: undefined with fewer than two firms.

    >>> round(weighted_density(net).value, 6)  # 4 · 0.9 / 10
    0.36
    """
    net = groups.net
    known = net.tie_documents is not None
    seen = net.tie_documents.count if net.tie_documents is not None else net.weight
    sure = 1 - (1 - CONFIDENCE) ** np.maximum(seen, 1)
    every, there = pairs(groups), np.ones(len(groups), dtype=np.bool_)
    flags = {f"from {'documents' if known else 'weights'}, confidence {CONFIDENCE}, no decay": there}
    return Measures(ratio(groups.tie_totals(sure), every), ONE_FIRM, groups.firms, flags=flags)


@of_groups
def mean_degree(groups: Groups) -> Measures:
    """How many partners does a firm have on average?

    Formula: 2m / n. Range 0..n - 1. Grows with size and coverage where ties are cheap. `lo`, `hi`: the exact Poisson
    interval of m, times 2/n. Degenerate: undefined with fewer than two firms.

    >>> mean_degree(net).value
    1.6
    """
    lo, hi = poisson(groups.ties)
    firms = np.where(groups.firms > 1, groups.firms, 0)
    return Measures(ratio(2 * groups.ties, firms), ONE_FIRM, groups.firms, ratio(2 * lo, firms), ratio(2 * hi, firms))


def size_corrected_density(groups: Groups) -> Measures:
    """Has a park more ties than is usual for its size?

    Formula: ρ* = m / (c · n^β), log m = log c + β log n fitted over all parks with two or more firms by Poisson
    likelihood. Range 0..; 1 = as usual for the size. Corrects density for size and for nothing else: neither
    composition nor coverage. The chemistry measure supersedes it; it is kept to explain why. `lo`, `hi`: the exact
    Poisson interval of m, over c n^β. `null` is 1.
    Degenerate: undefined with fewer than two firms, and for all parks where fewer than three differ in size or no tie
    is inside any.

    >>> from graph.network import Firm
    >>> rows = [Firm(f"{park}{i}", {park: ()}) for park, size in {"P": 2, "Q": 4, "R": 8}.items() for i in range(size)]
    >>> sizes = {"P": 2, "Q": 4, "R": 8}
    >>> chain = [Tie(f"{park}{i}", f"{park}{i + 1}") for park, size in sizes.items() for i in range(size - 1)]
    >>> size_corrected_density(Groups.parks(Network.of(rows, chain))).values.round(2).tolist()
    [0.91, 1.07, 0.99]

    Reference: Anderson, Butts & Carley 1999, Social Networks 21:239 (why density must be corrected).
    """
    usual = expected_by_size(groups.firms, groups.ties)
    lo, hi = poisson(groups.ties)
    return Measures(
        ratio(groups.ties, usual),
        {
            ONE_FIRM: groups.firms < 2,
            "fewer than three sizes of parks, or no tie inside any: nothing tells what is usual": groups.firms >= 2,
        },
        groups.ties,
        ratio(lo, usual),
        ratio(hi, usual),
        null=np.ones(len(groups)),
    )


def expected_by_size(firms: IntArray, ties: IntArray) -> FloatArray:
    """The ties that a park of this size usually has, c · n^β; 0 where that is unknown. At most 50 steps of Newton's.

    >>> expected_by_size(np.array([2, 4, 8]), np.array([2, 4, 8])).round(6).tolist()  # c = β = 1
    [2.0, 4.0, 8.0]
    """
    used = firms >= 2
    if len(np.unique(firms[used])) < 3 or not ties[used].any():
        return np.zeros(len(firms))
    size = np.log(firms[used])
    design = np.column_stack((np.ones(len(size)), size - size.mean()))
    fit = np.array([np.log(ties[used].mean()), 1.0])
    for _ in range(50):
        mean = np.exp(np.clip(design @ fit, -30, 30))
        step = np.linalg.solve(design.T @ (design * mean[:, None]), design.T @ (ties[used] - mean))
        fit = fit + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < 1e-12:
            break
    usual = np.zeros(len(firms))
    usual[used] = np.exp(design @ fit)
    return usual


def triangles(net: Network) -> IntArray:
    """How many triangles pass through each firm; shape (firms,).

    Each tie points from the end with fewer ties to the one with more; every triangle then has one firm that two of its
    ties leave and is found once, in O(m^1.5) steps.

    >>> triangles(net).tolist()
    [1, 1, 1, 0, 0]
    """
    return Groups.whole(net).triangles


def clustering(net: Network) -> Measures:
    """Which share of the pairs of a firm's partners is tied? One value a firm.

    Formula: c_i = 2 t_i / (k_i (k_i - 1)), t_i the triangles through i. Range 0..1.
    Degenerate: undefined for firms with fewer than two ties.

    >>> [round(float(x), 4) for x in clustering(net).values]
    [1.0, 1.0, 0.3333, nan, nan]

    Reference: Watts & Strogatz 1998, Nature 393:440.
    """
    return Measures(_clustering(Groups.whole(net)), FEW_TIES, net.degree)


def _clustering(groups: Groups) -> FloatArray:
    degree = groups.net.degree
    return ratio(2 * groups.triangles, degree * (degree - 1))


@of_groups
def average_clustering(groups: Groups) -> Measures:
    """How often are two partners of a firm tied, on average over firms?

    Formula: C = (1/n) Σ c_i, where a firm with fewer than two ties counts as 0 (Watts and Strogatz as networkx reads
    them); `coverage` is the share of firms that have two or more. Range 0..1. Rises with density, and one document that
    names a consortium of k firms makes a clique. `lo`, `hi`: ± 1.96 standard errors of the mean over firms.
    Degenerate: undefined when no firm has two ties.

    >>> round(average_clustering(net).value, 6), average_clustering(net).coverage  # (1 + 1 + 1/3 + 0 + 0) / 5
    (0.466667, 0.6)

    Reference: Watts & Strogatz 1998, Nature 393:440. Oracle: networkx.average_clustering.
    """
    values, n = _clustering(groups), groups.firms
    counted = groups.sums(np.isfinite(values))
    values = np.nan_to_num(values)
    mean = ratio(groups.totals(values), np.where(counted > 0, n, 0))
    lo, hi = _about(mean, groups.totals(values**2), n)
    return Measures(
        mean,
        "no firm has two ties, so no partners form a pair",
        n,
        np.maximum(lo, 0.0),
        np.minimum(hi, 1.0),
        coverage=ratio(counted, np.where(counted > 0, n, 0)),
        flags={"firms with fewer than two ties count as 0": (counted < n) & (counted > 0)},
    )


def _about(mean: FloatArray, squares: FloatArray, n: IntArray) -> tuple[FloatArray, FloatArray]:
    """The mean ± 1.96 standard errors, from the sum of squares of n values."""
    variance = np.maximum(ratio(squares, n) - mean**2, 0.0)
    error = np.sqrt(ratio(variance, np.maximum(n - 1, 0)))
    return mean - SURE * error, mean + SURE * error


@of_groups
def transitivity(groups: Groups) -> Measures:
    """Which share of the open or closed triples (a - b - c) is closed?

    Formula: T = 3 · triangles / triples, triples = Σ k_i (k_i - 1)/2. Range 0..1. Weighs firms with many partners more
    than the average clustering does; robust to firms missing at random.
    Degenerate: undefined when there is no triple.

    >>> transitivity(net).value  # 3 · 1 / 5
    0.6

    Reference: Newman, Watts & Strogatz 2002, PNAS 99:2566. Oracle: networkx.transitivity (0 where this is undefined).
    """
    degree = groups.net.degree
    triples = groups.sums(degree * (degree - 1) // 2)
    return Measures(
        ratio(groups.sums(groups.triangles), triples),
        "no firm has two ties, so there is no triple to close",
        np.where(triples > 0, triples, groups.firms),
    )


def component(net: Network) -> IntArray:
    """The connected component of each firm, named by its first firm's number; shape (firms,).

    >>> component(net).tolist()
    [0, 0, 0, 0, 4]
    """
    return Groups.whole(net).component


@of_groups
def components(groups: Groups) -> Measures:
    """Into how many unconnected pieces does the network fall? Isolated firms are pieces.

    >>> components(net).value
    2
    """
    label = groups.component
    pieces = groups.sums(label == np.arange(len(label)))
    return Measures(pieces.astype(np.float64), "", groups.firms, counts=True)


@of_groups
def giant_component_share(groups: Groups) -> Measures:
    """Which share of the firms sits in the largest connected piece?

    Formula: |largest component| / n, isolated firms in n. Range 1/n..1. Needs mean degree above 1 to be large.
    Degenerate: undefined without firms.

    >>> giant_component_share(net).value
    0.8
    """
    return Measures(ratio(giant(groups), groups.firms), "no firms", groups.firms)


def giant(groups: Groups) -> IntArray:
    """How many firms the largest connected piece of each group has."""
    return groups.most(np.bincount(groups.component, minlength=len(groups.net.firms)))


@of_groups
def isolates_share(groups: Groups) -> Measures:
    """Which share of the firms has no tie at all (that was observed)?

    Formula: |{i: k_i = 0}| / n. Range 0..1. `lo`, `hi`: Wilson's interval of a share.
    Degenerate: undefined without firms.

    >>> isolates_share(net).value
    0.2
    """
    alone = groups.sums(groups.net.degree == 0)
    lo, hi = wilson(alone, groups.firms)
    return Measures(ratio(alone, groups.firms), "no firms", groups.firms, lo, hi)


@of_groups
def global_efficiency(groups: Groups) -> Measures:
    """How close are two firms on average, when unreachable counts as infinitely far?

    Formula: mean over pairs of 1/d_ij, 1/∞ = 0, d the number of ties on a shortest path. Range 0..1.
    Degenerate: undefined with fewer than two firms. Exact up to n · (n + 2m) = 5e8; beyond, the mean over searches from
    at least 256 firms drawn at random, with `lo` and `hi` ± 1.96 standard errors of that mean and a flag.

    >>> round(global_efficiency(net).value, 6)  # (4 · 1 + 2 · 1/2) / 10
    0.5

    Reference: Latora & Marchiori 2001, PRL 87:198701. Oracle: networkx.global_efficiency.
    """
    return efficiency(groups, np.random.default_rng(0))


def efficiency(groups: Groups, dice: np.random.Generator, exact: int = EXACT, sources: int = SOURCES) -> Measures:
    """As `global_efficiency`, drawing by these dice where a group takes more than `exact` steps."""
    n = groups.firms
    sampled = (n * (n + 2 * groups.ties) > exact) & (n > sources)
    lo, hi = np.full(len(groups), np.nan), np.full(len(groups), np.nan)
    values = ratio(np.zeros(len(groups)) if sampled.all() else _inverse(groups, ~sampled), n * (n - 1))
    for group in np.flatnonzero(sampled):
        size, drawn = int(n[group]), min(int(n[group]), sources)
        each = _reach_of(groups, int(group), dice, drawn) / (size - 1)
        values[group] = each.mean()
        error = each.std(ddof=1) * np.sqrt((1 - drawn / size) / drawn)
        lo[group], hi[group] = values[group] - SURE * error, values[group] + SURE * error
    flags = {f"estimated from {sources} firms": sampled}
    return Measures(values, ONE_FIRM, n, lo, hi, flags=flags)


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """The largest connected piece of each group with ties (of equally large ones, all), and the distances inside it,
    summed over ordered pairs of a firm searched from and a firm reached."""

    firms: IntArray  # of one piece
    inside: BoolArray  # (all firms,) which belong to it
    sampled: BoolArray  # searched from a sample only
    inverse: FloatArray  # Σ 1/d
    length: IntArray  # Σ d
    pairs: IntArray
    longest: IntArray


def largest_piece(groups: Groups) -> Piece:
    """Search the largest pieces from all of their firms, or from `SOURCES` of them where that takes too long."""
    size, label = giant(groups), groups.component
    inside = (np.bincount(label, minlength=len(label))[label] == size[groups.of_firm]) & (groups.net.degree > 0)
    sampled = (groups.firms * (groups.firms + 2 * groups.ties) > EXACT) & (size > SOURCES)
    source = inside & ~sampled[groups.of_firm]
    dice = np.random.default_rng(0)
    for group in np.flatnonzero(sampled):
        low, high = groups.start[group], groups.start[group + 1]
        source[low + dice.choice(np.flatnonzero(inside[low:high]), SOURCES, replace=False)] = True
    return Piece(size, inside, sampled, *reach(groups, source))


def reach(groups: Groups, source: BoolArray) -> tuple[FloatArray, IntArray, IntArray, IntArray]:
    """Over all ordered pairs of a firm searched from and one that it reaches, in each group: the sum of 1/distance, the
    sum of distances, the number of such pairs, the longest distance. `source` says which firms to search from."""
    start, neighbour, _ = groups.adjacency
    wanted = source & (groups.net.degree > 0)
    begin = np.concatenate(([0], np.cumsum(groups.sums(wanted))))
    inverse, (length, reached, longest) = np.zeros(len(groups)), np.zeros((3, len(groups)), dtype=np.int64)
    search = kernels.chosen(kernels.distances, int((np.diff(begin) * (groups.firms + 2 * groups.ties)).sum()))
    search(start, neighbour, groups.start, np.flatnonzero(wanted), begin, False, inverse, length, reached, longest)
    return inverse, length, reached, longest


def _inverse(groups: Groups, chosen: BoolArray) -> FloatArray:
    """The sum of 1/distance over all ordered pairs of firms, in the chosen groups."""
    piece = groups.kept(largest_piece)
    known = chosen & ~piece.sampled  # there, only the firms outside the largest piece are left
    others = chosen[groups.of_firm] & ~(piece.inside & known[groups.of_firm])
    return np.where(known, piece.inverse, 0.0) + reach(groups, others)[0]


def _reach_of(groups: Groups, group: int, dice: np.random.Generator, drawn: int) -> FloatArray:
    """The sum of 1/distance from each of some firms of one group, drawn at random."""
    start, neighbour, _ = groups.adjacency
    low, high = int(groups.start[group]), int(groups.start[group + 1])
    source = low + np.sort(dice.choice(high - low, drawn, replace=False))
    inverse, (length, reached, longest) = np.zeros(drawn), np.zeros((3, 1), dtype=np.int64)
    ends, begin = np.array([low, high]), np.array([0, drawn])
    search = kernels.chosen(kernels.distances, drawn * (high - low))
    search(start, neighbour, ends, source, begin, True, inverse, length, reached, longest)
    return inverse


def core_number(net: Network) -> Measures:
    """How deep inside the network does each firm sit? One value a firm.

    The largest k such that the firm belongs to a set in which everyone has at least k ties within the set.
    Range 0..k_i; 0 for an isolated firm. Firms with the fewest ties are peeled off, one by one.

    >>> core_number(net).values.tolist()
    [2.0, 2.0, 2.0, 1.0, 0.0]

    Reference: Seidman 1983, Social Networks 5:269; Batagelj & Zaveršnik 2003, arXiv cs/0310049. Oracle:
    networkx.core_number.
    """
    return Measures(Groups.whole(net).core.astype(np.float64), "", net.degree)


@of_groups
def k_core(groups: Groups) -> Measures:
    """How many ties within it does everyone in the innermost group have?

    The largest core number. Range 0..n - 1. Degree alone makes cores: compare with networks of the same degrees.
    Degenerate: undefined without firms; 0 without ties.

    >>> k_core(net).value
    2
    """
    depth = np.where(groups.firms > 0, groups.most(groups.core), np.nan)
    return Measures(depth, "no firms", groups.firms, counts=True)


@of_groups
def core_share(groups: Groups) -> Measures:
    """Which share of the firms is in the innermost core?

    Formula: |{i: core number of i = k_core}| / n. Range above 0..1; near 1 where all are alike. Degenerate: undefined
    without ties: then nothing is a core. Degree alone makes cores.

    >>> core_share(net).value
    0.6
    """
    inside = groups.sums(groups.core == groups.most(groups.core)[groups.of_firm])
    n = np.where(groups.ties > 0, groups.firms, 0)
    lo, hi = wilson(inside, n)
    return Measures(ratio(inside, n), "no ties", groups.firms, lo, hi)


@of_groups
def degree_assortativity(groups: Groups) -> Measures:
    """Do well connected firms deal with well connected ones?

    Formula: the correlation of k_i and k_j over both directions of all ties. Range -1..1; below 0, hubs serve firms
    with few ties. Degenerate: undefined without ties, and when all ends have the same degree (0/0).

    >>> round(degree_assortativity(net).value, 6)
    -0.714286

    Reference: Newman 2002, PRL 89:208701. Oracle: networkx.degree_pearson_correlation_coefficient.
    """
    net, m = groups.net, groups.ties
    sums = np.zeros((len(groups), 3), dtype=np.int64)
    kernels.chosen(kernels.ends, 3 * len(net.source))(net.source, net.target, net.degree, groups.first_tie, sums)
    # Whole numbers until the last step, so that equal degrees give an exact 0 below the line.
    plain, squares, products = sums.astype(object).T
    below = 2 * m * squares - plain**2
    above = 4 * m * products - plain**2
    values = np.array([float(a / b) if b else np.nan for a, b in zip(above, below, strict=True)])
    reasons = {"no ties": m == 0, "all tied firms have the same number of ties": m > 0}
    return Measures(values, reasons, m)
