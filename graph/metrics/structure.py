"""What shape has the network: a small world, a core with a periphery, groups that keep to themselves?

The examples use two triangles joined by a tie:

>>> from graph.network import Firm, Network, Tie
>>> pairs = ("ab", "bc", "ca", "cd", "de", "ef", "fd")
>>> net = Network.of([Firm(x) for x in "abcdef"], [Tie(*pair) for pair in pairs])
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np

from graph.metrics import kernels
from graph.metrics.cohesion import SOURCES, average_clustering, giant, largest_piece
from graph.metrics.groups import Groups, of_groups, ratio
from graph.metrics.value import Measures
from graph.network import BoolArray, FloatArray, IntArray, Network

NO_TIES = "no ties"
SMALL_WORLD_FIRMS = 30
SMALL_WORLD_SHARE = 0.5
"""A small world is asked for only with so many firms and with more than this share of them in one piece."""

NO_REFERENCE = "no reference: give the means over wirings with the same numbers of ties (graph.chemistry.wiring)"
RESTARTS = 3
"""Groups are looked for so many times, in other orders of the firms; the best answer counts."""

STARTED_AGAIN = 20_000
"""Networks with more ties than this are looked at once only."""


@of_groups
def mean_path(groups: Groups) -> Measures:
    """How many ties lie between two firms of the largest connected piece, on average?

    Formula: L = mean d_ij over pairs of the largest piece (of equally large ones, all). Range 1..; `coverage` is that
    piece's share of the firms, `n` its firms. Exact up to n · (n + 2m) = 5e8; beyond, the mean over searches from 256
    of its firms drawn at random, with a flag. Degenerate: undefined without ties.

    >>> round(mean_path(net).value, 4)  # 7 · 1, 4 · 2, 4 · 3 over 15 pairs
    1.8

    Reference: Watts & Strogatz 1998, Nature 393:440. Oracle: networkx.average_shortest_path_length.
    """
    search = groups.kept(largest_piece)
    return Measures(
        ratio(search.length, search.pairs),
        NO_TIES,
        search.firms,
        coverage=ratio(search.firms, np.where(groups.ties > 0, groups.firms, 0)),
        flags={f"estimated from {SOURCES} firms": search.sampled},
    )


@of_groups
def diameter(groups: Groups) -> Measures:
    """How far apart are the two firms of the largest connected piece that are farthest apart?

    Formula: max d_ij. Degenerate: undefined without ties; where distances are only estimated (`mean_path`), the value
    is the longest distance met, a lower bound, and a flag says so.

    >>> diameter(net).value
    3

    Oracle: networkx.diameter.
    """
    search = groups.kept(largest_piece)
    values = np.where(groups.ties > 0, search.longest, np.nan)
    return Measures(values, NO_TIES, search.firms, flags={"a lower bound": search.sampled}, counts=True)


def small_world_sigma(groups: Groups, clustering: FloatArray, path: FloatArray) -> Measures:
    """Is the network clustered far more than chance makes it, and hardly longer?

    Formula: σ = (C / C_r) / (L / L_r), C the average clustering, L the mean path of the largest piece; C_r and L_r are
    their means over random networks in which every firm has as many ties as it has. Range 0..; above 1: a small world,
    but σ grows with n: read ω too.
    Args:
        clustering, path: C_r and L_r of each group (`graph.chemistry.wiring.wirings`); nan where unknown.
    Degenerate: undefined with fewer than 30 firms, where no more than half of the firms hang together, where C_r is 0.

    Reference: Humphries & Gurney 2008, PLoS ONE 3:e2051. Here the random networks keep the degrees.
    """
    found, length, reasons = _world(groups, clustering, path)
    with np.errstate(invalid="ignore"):
        value = ratio(found.values * path, clustering * length.values)
    reasons["the random networks have no clustering to compare with"] = np.ones(len(groups), dtype=np.bool_)
    return Measures(
        _where_sound(value, reasons), reasons, length.n, coverage=length.coverage, null=np.ones(len(groups))
    )


def small_world_omega(groups: Groups, clustering: FloatArray, path: FloatArray) -> Measures:
    """Does the network lie between a random one and a lattice?

    Formula: ω = L_r / L - C / C_l, L_r as in `small_world_sigma`, C_l = 3 (k - 2) / (4 (k - 1)) the clustering of a
    ring lattice in which every firm has as many ties as the firms of this network have on average, k. About -1..1:
    below 0 like a lattice, near 0 a small world, above 0 like a random network.
    Degenerate: as `small_world_sigma`, and undefined where the mean degree is at most 2, as no such lattice is
    clustered.

    Reference: Telesford et al. 2011, Brain Connectivity 1:367. Theirs is a lattice with the same degrees, made by
    swaps.
    """
    found, length, reasons = _world(groups, clustering, path)
    degree = ratio(2 * groups.ties, groups.firms)
    lattice = np.where(degree > 2, 3 * (degree - 2) / (4 * np.maximum(degree - 1, 1e-9)), 0.0)
    value = ratio(path, length.values) - ratio(found.values, lattice)
    reasons["the mean degree is at most 2: a lattice with it has no clustering"] = np.ones(len(groups), dtype=np.bool_)
    return Measures(_where_sound(value, reasons), reasons, length.n, coverage=length.coverage)


def _world(groups: Groups, clustering: FloatArray, path: FloatArray) -> tuple[Measures, Measures, dict[str, BoolArray]]:
    found, length = average_clustering.each(groups), mean_path.each(groups)
    share = ratio(giant(groups), groups.firms)
    reasons = {
        NO_TIES: groups.ties == 0,
        f"fewer than {SMALL_WORLD_FIRMS} firms": groups.firms < SMALL_WORLD_FIRMS,
        "no more than half of the firms hang together": ~(share > SMALL_WORLD_SHARE),
        "no firm has two ties": ~np.isfinite(found.values),
        NO_REFERENCE: ~(np.isfinite(clustering) & np.isfinite(path)),
    }
    return found, length, reasons


def _where_sound(values: FloatArray, reasons: dict[str, BoolArray]) -> FloatArray:
    """The values, but nan where a reason but the last, which is for what is left undefined, stands."""
    *ruled_out, _ = reasons.values()
    return np.where(np.any(ruled_out, axis=0), np.nan, values)


@of_groups
def core_periphery(groups: Groups) -> Measures:
    """Is there a core whose firms deal with all, and a periphery whose firms do not deal with each other?

    Formula: the correlation over pairs of firms between "tied" and "at least one of the two is in the core", for the
    best core of those that hold all firms with at least k ties, k = 1, 2 …. Range -1..1; 1 = the ideal pattern. `n` is
    the number of firms in that core. Any core may do better than those that go by degree, so it is a lower bound of the
    optimum, but one that needs no search. Degree alone makes cores: compare with random wirings.
    Degenerate: undefined without ties, when all pairs are tied, and when every firm has equally many ties.

    >>> star = Network.of([Firm(x) for x in "abcd"], [Tie("a", x) for x in "bcd"])
    >>> core_periphery(star).value, core_periphery(star).n, round(core_periphery(net).value, 4)
    (1.0, 1, 0.2182)

    Reference: Borgatti & Everett 1999, Social Networks 21:375; Lip 2011, arXiv 1102.5511 (cores that go by degree).
    """
    net, n, m = groups.net, groups.firms, groups.ties
    degree = net.degree
    # One candidate a group and number of ties k: its core is the firms with at least k of them.
    width = int(degree.max(initial=0)) + 2
    key, core = np.unique(groups.of_firm * width + (width - 1 - degree), return_counts=True)
    group = key // width
    core = _running(core, group, len(groups))
    most = np.maximum(degree[net.source], degree[net.target])
    touched = np.sort(groups.of_tie * width + (width - 1 - most))
    hit = np.searchsorted(touched, key, side="right") - groups.first_tie[group]
    every, outer = n[group] * (n[group] - 1) / 2, (n[group] - core) * (n[group] - core - 1) / 2
    pattern, tied = every - outer, m[group]
    below = tied * (every - tied) * pattern * outer
    value = ratio(every * hit - tied * pattern, np.sqrt(below))
    best, size = np.full(len(groups), -np.inf), np.zeros(len(groups), dtype=np.int64)
    np.fmax.at(best, group, value)
    reached = np.flatnonzero(value == best[group])[::-1]
    size[group[reached]] = core[reached]  # of equals the smallest core
    alike = "all pairs, or all firms alike: no core stands out"
    reasons = {NO_TIES: m == 0, alike: np.ones(len(n), dtype=np.bool_)}
    return Measures(np.where(np.isfinite(best), best, np.nan), reasons, size)


def _running(count: IntArray, group: IntArray, groups: int) -> IntArray:
    """The running sum of counts that begins anew with each group."""
    total = np.cumsum(count)
    before = np.concatenate(([0], total))[np.searchsorted(group, np.arange(groups))]
    return np.asarray(total - before[group])


@of_groups
def modularity_found(groups: Groups) -> Measures:
    """How far do groups keep to themselves, for the groups that do so most?

    Formula: Q = Σ_c [e_cc - a_c²] (`modularity_by_industry`), over groups found by moving firms, and then whole groups,
    to where Q rises most, until nothing rises (Louvain, refined from the end once more); the best of 3 starts with
    other orders of the firms (one start beyond 20,000 ties). Range 0..1. Random networks have high Q too, so compare
    with random wirings; groups of fewer than about √(2m) ties are not told apart (resolution limit). A search, so a
    lower bound of the best Q; the last digits may hang on the names of the firms. Degenerate: undefined without ties.

    >>> round(modularity_found(net).value, 4)  # 6/7 - 2 · (7/14)²
    0.3571

    Reference: Blondel et al. 2008, J. Stat. Mech. P10008; Rotta & Noack 2011, ACM JEA 16:2.3 (refining). Fortunato &
    Barthélemy 2007, PNAS 104:36 (the limit).
    """
    best, _ = _best(groups)
    return Measures(np.where(groups.ties > 0, best, np.nan), NO_TIES, groups.ties)


def found_groups(net: Network) -> IntArray:
    """The groups behind `modularity_found`: of each firm the number of its group, numbered by their first firms.

    >>> found_groups(net).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    _, label = _best(Groups.whole(net))
    return _numbered(label)[1]


def _best(groups: Groups) -> tuple[FloatArray, IntArray]:
    """The best modularity of each group over all starts, and the label of each firm there."""
    label = _found(groups, 0)
    best = modularity(groups, label)
    again = (groups.ties > 0) & (groups.ties <= STARTED_AGAIN)
    for turn in range(1, RESTARTS if again.any() else 1):
        other = _found(groups, turn, again)
        quality = modularity(groups, other)
        better = again & (quality > best)
        label = np.where(better[groups.of_firm], other, label)
        best = np.where(better, quality, best)
    return best, label


def modularity(groups: Groups, label: IntArray) -> FloatArray:
    """The modularity of given groups of firms (numbers below the number of firms), in each group; nan without ties."""
    net = groups.net
    inside = groups.tie_sums(label[net.source] == label[net.target])
    ends = np.bincount(label, net.degree, minlength=len(net.firms))
    belongs = np.zeros(len(net.firms), dtype=np.int64)
    belongs[label] = groups.of_firm
    squares = np.bincount(belongs, np.asarray(ends, dtype=np.float64) ** 2, minlength=len(groups))
    return np.asarray(ratio(inside, groups.ties) - ratio(squares, 4 * groups.ties**2))


def _found(groups: Groups, turn: int, chosen: BoolArray | None = None) -> IntArray:
    """Groups by Louvain from one order of the firms; then firms move once more from there, and all again.

    Firms of groups that are not `chosen` stay alone.
    """
    firms = _Level.of(groups)
    label = np.arange(len(groups.net.firms))
    for again in range(2):
        if not firms.move(label, turn + 100 * again, chosen):
            break
        level, node = firms.merged(label)
        for depth in count(1):
            upper = np.arange(len(level.owner))
            if not level.move(upper, turn + 10_000 * depth, chosen):
                break
            level, where = level.merged(upper)
            node = where[node]
        label = _first_of(node)
    return label


def _first_of(number: IntArray) -> IntArray:
    """The same groups, each named by its first member."""
    first = np.full(len(number), len(number), dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return np.asarray(first[number])


@dataclass(frozen=True, eq=False, slots=True)
class _Level:
    """A network of nodes that stand for one or many firms."""

    start: IntArray
    neighbour: IntArray
    weight: FloatArray
    strength: FloatArray
    owner: IntArray  # the group of firms each node belongs to
    m: IntArray  # the ties of these groups

    @classmethod
    def of(cls, groups: Groups) -> _Level:
        start, neighbour, _ = groups.adjacency
        degree = groups.net.degree.astype(np.float64)
        return cls(start, neighbour, np.ones(len(neighbour)), degree, groups.of_firm, groups.ties)

    def move(self, label: IntArray, turn: int, chosen: BoolArray | None = None) -> bool:
        """Move nodes (of the chosen owners) to groups where modularity rises; `label` changes. Whether any moved."""
        nodes = len(self.owner)
        double = np.asarray(2.0 * self.m[self.owner], dtype=np.float64)
        loop = kernels.chosen(kernels.louvain, 5 * (nodes + len(self.neighbour)))
        order = _shuffled(self.owner, turn)
        if chosen is not None:
            order = order[chosen[self.owner[order]]]
        return bool(loop(self.start, self.neighbour, self.weight, order, double, self.strength, label))

    def merged(self, label: IntArray) -> tuple[_Level, IntArray]:
        """One node a group, in the order of the first nodes of each; and which node each label has become."""
        nodes, where = _numbered(label)
        owner = np.zeros(nodes, dtype=np.int64)
        owner[where] = self.owner
        first = np.concatenate(([0], np.cumsum(np.bincount(where, minlength=nodes))))
        upper, far = np.zeros(nodes + 1, dtype=np.int64), np.empty(len(self.neighbour), dtype=np.int64)
        total = np.empty(len(far))
        unite = kernels.chosen(kernels.merge, 3 * (len(far) + len(label)))
        members = np.argsort(where, kind="stable")
        used = unite(self.start, self.neighbour, self.weight, where, first, members, upper, far, total)
        strength = np.asarray(np.bincount(where, self.strength, minlength=nodes), dtype=np.float64)
        return _Level(upper, far[:used].copy(), total[:used].copy(), strength, owner, self.m), where


def _numbered(label: IntArray) -> tuple[int, IntArray]:
    """How many groups there are, and the number of each node's, in the order of the first nodes of each."""
    first = np.full(len(label), len(label), dtype=np.int64)
    first[label[::-1]] = np.arange(len(label))[::-1]
    leader = first[label]
    leads = leader == np.arange(len(label))
    return int(leads.sum()), (np.cumsum(leads) - 1)[leader]


def _shuffled(owner: IntArray, turn: int) -> IntArray:
    """The nodes group by group, inside each in an order that hangs on their place in the group and on `turn` alone."""
    place = np.arange(len(owner))
    first = np.maximum.accumulate(np.where(np.diff(owner, prepend=-1) > 0, place, 0))
    word = (place - first).astype(np.uint64) + np.uint64(1 + turn * 1_000_003)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        word = (word ^ (word >> np.uint64(shift))) * np.uint64(factor)
    word = (owner.astype(np.uint64) << np.uint64(32)) | ((word ^ (word >> np.uint64(31))) >> np.uint64(32))
    return np.argsort(word, kind="stable")
