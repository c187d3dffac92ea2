"""How far ties lead out: of the park, of the industry, of the world of firms.

The examples use two parks of two firms and a tie between them; one firm has an institution:

>>> from graph.network import Firm, Network, Tie
>>> rows = [("a", "P", "芯片"), ("b", "P", "光电"), ("c", "Q", "光电"), ("d", "Q", "光电")]
>>> net = Network.of(
...     [Firm(id, {park: ()}, industry, {"大学": ()} if id == "a" else {}) for id, park, industry in rows],
...     [Tie("a", "b"), Tie("b", "c"), Tie("c", "d")],
... )
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, update_wrapper
from typing import Literal

import numpy as np

from graph.metrics import kernels
from graph.metrics.groups import Groups, of_groups, ratio
from graph.metrics.interval import poisson, wilson
from graph.metrics.value import Measure, Measures
from graph.network import BoolArray, FloatArray, IntArray, Network, Pairs, spread

Group = Literal["park", "industry"]

NO_TIES = "no ties"
NO_INSTITUTIONS = "no source: nobody recorded ties to institutions"


def e_i_index(net: Network, by: Group = "park") -> Measure:
    """Do ties lead out of the group or stay inside?

    Formula: (EX - IN) / (EX + IN). External = the two firms share no park (by="park") or have other industries
    (by="industry"). Ties with an end whose group is unknown are left out; `coverage` is the share of ties kept.
    Range -1 (all inside) .. 1 (all outside). `null` is its mean when the group labels are dealt out to the same firms
    at random: 1 - 2 · (pairs within groups) / (all pairs), so the value alone says little: read it beside the null.
    `lo`, `hi`: from Wilson's interval of the share outside.
    Degenerate: undefined without ties whose groups are known.

    >>> e_i_index(net).value, e_i_index(net).null  # 1 out, 2 in; 2 of 6 pairs lie inside
    (-0.3333333333333333, 0.33333333333333337)
    >>> e_i_index(net, by="industry").value  # a-b out; b-c, c-d in
    -0.3333333333333333

    Reference: Krackhardt & Stern 1988, Social Psychology Quarterly 51:123.
    """
    return _index(_Split.of(Groups.whole(net), by)).of(0)


def e_i_index_z(net: Network, by: Group = "park") -> Measure:
    """How many standard deviations is the E-I index away from what random group labels give?

    Formula: (EI - mean) / sd, both exact over all ways to deal out the labels (`permuted_ties`). Below -2: ties stay
    inside more than chance.
    Degenerate: undefined without ties, and when every dealing gives the same value (one group).

    >>> round(e_i_index_z(net).value, 4)
    -1.2247
    """
    return _z(_Split.of(Groups.whole(net), by)).of(0)


def e_i_index_rescaled(net: Network, by: Group = "park") -> Measure:
    """Where does the E-I index lie between the lowest and highest that these group sizes and this many ties allow?

    Formula: 2 (EX - EX_min) / (EX_max - EX_min) - 1, EX_max = min(m, pairs between groups),
    EX_min = max(0, m - pairs within groups). Range -1..1. Degenerate: undefined without ties and where nothing else is
    possible (one group, or a group each).

    >>> round(e_i_index_rescaled(net).value, 4)  # EX 1, between 1 and 3
    -1.0
    """
    return _rescaled(_Split.of(Groups.whole(net), by)).of(0)


@of_groups
def e_i_index_by_industry(groups: Groups) -> Measures:
    """`e_i_index(net, by="industry")`, of many groups at once."""
    return _index(groups.kept(_by_industry))


@of_groups
def e_i_index_by_industry_z(groups: Groups) -> Measures:
    """`e_i_index_z(net, by="industry")`, of many groups at once."""
    return _z(groups.kept(_by_industry))


@of_groups
def e_i_index_by_industry_rescaled(groups: Groups) -> Measures:
    """`e_i_index_rescaled(net, by="industry")`, of many groups at once."""
    return _rescaled(groups.kept(_by_industry))


@of_groups
def cross_industry_share(groups: Groups) -> Measures:
    """Which share of the ties joins firms of different industries?

    Formula: (ties between industries) / (ties whose two industries are known). Range 0..1. `coverage` is the share of
    ties whose industries are known, `null` the share expected if the industries were dealt out to the same firms at
    random. `lo`, `hi`: Wilson's interval of a share. Degenerate: undefined without such ties.

    >>> cross_industry_share(net).value, cross_industry_share(net).null  # 1 of 3; 3 of 6 pairs differ
    (0.3333333333333333, 0.5)
    """
    split = groups.kept(_by_industry)
    outside = split.ties - split.inside
    lo, hi = wilson(outside, split.ties)
    return split.measures(ratio(outside, split.ties), lo, hi, null=1 - ratio(split.moments[0], split.ties))


class ParkMeasure:
    """A measure of a park that needs the network around it: called with a network and a park, or `each` for all parks.

    It is written once, from the numbers of ties (`ties_of_park`) of one or many parks as arrays.
    """

    def __init__(self, of: Callable[[IntArray, IntArray, IntArray], Measures]) -> None:
        update_wrapper(self, of)
        self._of = of

    def __call__(self, net: Network, park: str) -> Measure:
        inside, outside, unknown = ties_of_park(net, park)
        return self._of(np.array([inside]), np.array([outside]), np.array([unknown])).of(0)

    def each(self, net: Network, parks: Groups) -> Measures:
        """The measure of all parks of a network; `parks` is `Groups.parks(net)`."""
        return self._of(*ties_of_parks(net, parks))


@ParkMeasure
def e_i_index_of_park(inside: IntArray, outside: IntArray, unknown: IntArray) -> Measures:
    """Do the ties of a park's firms lead out of it or stay inside?

    As `e_i_index`, over the ties that touch the park: internal = both firms in it, external = the other firm sits in
    other parks only. Ties to firms whose park is unknown are left out; `coverage` is the share kept.

    >>> e_i_index_of_park(net, "P").value  # a-b in, b-c out
    0.0
    """
    known = inside + outside
    lo, hi = wilson(outside, known)
    return Measures(
        ratio(outside - inside, known),
        "no tie of its firms leads to a firm whose park is known",
        known,
        2 * lo - 1,
        2 * hi - 1,
        ratio(known, np.where(known > 0, known + unknown, 0)),
        flags={"external: other park": np.ones(len(known), dtype=np.bool_)},
    )


@ParkMeasure
def external_ties(inside: IntArray, outside: IntArray, unknown: IntArray) -> Measures:
    """How many ties lead from a park's firms to firms outside it (in other parks, or in none that is known)?

    A tie between two firms outside counts for neither; one firm's ties to two outsiders count twice. Range 0...
    `lo`, `hi`: the exact Poisson interval of a count. Read it beside the E-I index: pipelines are worth something
    whatever the park's inner life.

    >>> external_ties(net, "P").value
    1
    """
    out = outside + unknown
    lo, hi = poisson(out)
    return Measures(out.astype(np.float64), "", inside + out, lo, hi, counts=True)


def ties_of_park(net: Network, park: str) -> tuple[int, int, int]:
    """How many ties of a park's firms stay inside, lead to other parks, lead to firms whose park is unknown.

    >>> ties_of_park(net, "P")
    (1, 1, 0)
    """
    members, (start, neighbour, _) = net.firms_of(park), net.adjacency
    far = neighbour[spread(start, members)[0]]
    outer = far[~np.isin(far, members)]
    unknown = int((~net.placed[outer]).sum())
    return (len(far) - len(outer)) // 2, len(outer) - unknown, unknown


def ties_of_parks(net: Network, parks: Groups) -> tuple[IntArray, IntArray, IntArray]:
    """`ties_of_park` of all parks, as arrays; `parks` is `Groups.parks(net)`.

    >>> [counts.tolist() for counts in ties_of_parks(net, Groups.parks(net))]
    [[1, 1], [1, 1], [0, 0]]
    """
    n, (_, firm) = len(net.firms), net.rosters
    lost = np.bincount(net.source, ~net.placed[net.target], n) + np.bincount(net.target, ~net.placed[net.source], n)
    unknown = parks.sums(lost.astype(np.int64)[firm])
    return parks.ties, parks.sums(net.degree[firm]) - 2 * parks.ties - unknown, unknown


@of_groups
def bridging_to_universities(groups: Groups) -> Measures:
    """Which share of the firms has a tie to a university, institute or other institution?

    Formula: |{i: at least one institution tie}| / n. Range 0..1. Institutions publish much about themselves, so a park
    with a busy press office looks better linked. `lo`, `hi`: Wilson's interval of a share.
    Degenerate: undefined without firms, and where no source records such ties.

    >>> bridging_to_universities(net).value
    0.25
    """
    n, behind = groups.firms, groups.net.institutions
    if behind is None:
        return Measures(np.full(len(n), np.nan), {"no firms": n == 0, NO_INSTITUTIONS: n > 0}, n)
    linked = np.zeros(len(groups.net.firms), dtype=np.bool_)
    linked[behind.firm] = True
    hits = groups.sums(linked)
    lo, hi = wilson(hits, n)
    return Measures(ratio(hits, n), "no firms", n, lo, hi)


@of_groups
def shared_institution_share(groups: Groups) -> Measures:
    """Which share of the ties joins two firms that both deal with one institution?

    Formula: |{ij tied: i and j share an institution}| / m. Range 0..1. `lo`, `hi`: Wilson's interval of a share.
    Degenerate: undefined without ties, and where no source records ties to institutions.

    >>> shared_institution_share(net).value
    0.0
    """
    m, behind = groups.ties, groups.net.institutions
    if behind is None:
        return Measures(np.full(len(m), np.nan), NO_INSTITUTIONS, m)
    hits = groups.tie_sums(share_a_group(groups.net, behind))
    lo, hi = wilson(hits, m)
    return Measures(ratio(hits, m), NO_TIES, m, lo, hi)


def share_a_group(net: Network, groups: Pairs) -> BoolArray:
    """For each tie: do its two firms belong to a common group (a park, an institution)?

    >>> share_a_group(net, net.members).tolist()
    [True, False, True]
    """
    width = int(groups.other.max()) + 1 if len(groups.other) else 1
    entries, count = spread(groups.first(len(net.firms)), net.source)
    tie = np.repeat(np.arange(len(net.source)), count)
    wanted = net.target[tie] * width + groups.other[entries]
    shared = np.zeros(len(net.source), dtype=np.bool_)
    shared[tie[np.isin(wanted, groups.firm * width + groups.other)]] = True
    return shared


def permuted_ties(degree: IntArray, companions: IntArray) -> tuple[float, float]:
    """Mean and standard deviation of the number of ties within groups when the groups are dealt out at random.

    Args:
        degree: ties of each firm.
        companions: how many other firms share a group with each firm (in whatever order: only the counts matter).

    The ties are one graph on n firms, "shares a group" another; laying one at random on the other, two ties that meet
    in a firm fall on two meeting pairs, and two that do not meet on two that do not. So
    E X = m M / D and E X(X - 1) = 2 (A_m A_M / A + B_m B_M / B), with m ties, M pairs within groups, D all pairs, A the
    pairs of meeting and B of not meeting edges of each graph (without index: of the complete one). Exact.

    >>> mean, sd = permuted_ties(net.degree, np.array([1, 1, 1, 1]))
    >>> mean, round(sd, 4)
    (1.0, 0.8165)

    Reference: Krackhardt & Stern 1988 for the mean; the variance is that of Mantel 1967, Cancer Research 27:209.
    """
    return _moments(
        len(degree),
        (int(degree.sum()) // 2, int(_choose(degree).sum())),
        (int(companions.sum()) // 2, int(_choose(companions).sum())),
    )


def _moments(n: int, ties: tuple[int, int], pairs: tuple[int, int]) -> tuple[float, float]:
    """`permuted_ties` from the numbers of edges, and of pairs of edges that meet in a firm, of both graphs."""
    every, every_meet = n * (n - 1) // 2, n * (n - 1) * (n - 2) // 2
    if not every:
        return 0.0, 0.0
    mean = Fraction(ties[0] * pairs[0], every)
    twice = Fraction(ties[1] * pairs[1], max(every_meet, 1)) + Fraction(
        _apart(*ties) * _apart(*pairs), max(_apart(every, every_meet), 1)
    )
    return float(mean), math.sqrt(mean + 2 * twice - mean**2)


def _apart(edges: int, meet: int) -> int:
    """Pairs of edges that do not meet in a node."""
    return edges * (edges - 1) // 2 - meet


def _choose(degree: IntArray) -> IntArray:
    """Pairs of edges that meet in each node."""
    return np.asarray(degree * (degree - 1) // 2)


def _index(split: _Split) -> Measures:
    outside = split.ties - split.inside
    lo, hi = wilson(outside, split.ties)
    value = ratio(outside - split.inside, split.ties)
    return split.measures(value, 2 * lo - 1, 2 * hi - 1, null=1 - 2 * ratio(split.moments[0], split.ties))


def _z(split: _Split) -> Measures:
    mean, sd = split.moments
    same = {"every way to deal out the groups gives the same value": np.ones(len(mean), dtype=np.bool_)}
    return split.measures(ratio(mean - split.inside, np.where(split.ties, sd, 0.0)), null=np.zeros(len(sd)), why=same)


def _rescaled(split: _Split) -> Measures:
    n, within = split.firms, split.pairs
    most = np.minimum(split.ties, n * (n - 1) // 2 - within)
    least = np.maximum(0, split.ties - within)
    value = 2 * ratio(split.ties - split.inside - least, most - least) - 1
    choice = {"the sizes of the groups leave no choice": np.ones(len(n), dtype=np.bool_)}
    return split.measures(value, why=choice)


@dataclass(frozen=True, eq=False)
class _Split:
    """The ties between firms whose label (park, industry) is known: how many, and how many between equal labels; and
    what a permutation of the labels needs. An entry a group."""

    by: Group
    groups: Groups  # the firms whose label is known
    inside: IntArray
    pairs: IntArray  # of firms with the same label
    pairs_meet: IntArray  # pairs of such pairs that have a firm in common
    all_ties: IntArray

    @classmethod
    def of(cls, groups: Groups, by: Group) -> _Split:
        label_known = groups.net.placed if by == "park" else groups.net.industry >= 0
        known = groups if label_known.all() else groups.keeping(np.flatnonzero(label_known))
        net = known.net
        if by == "park" and len(net.members.firm) != len(net.firms):  # a firm in several parks
            inside = known.tie_sums(share_a_group(net, net.members))
            companions = _park_companions(net)
            pairs, meet = known.sums(companions) // 2, known.sums(_choose(companions))
            return cls(by, known, inside, pairs, meet, groups.ties)
        label = net.members.other if by == "park" else net.industry
        group, size = _sizes(known, label)
        pairs = np.bincount(group, size * (size - 1) // 2, len(known)).astype(np.int64)
        meet = np.bincount(group, size * ((size - 1) * (size - 2) // 2), len(known)).astype(np.int64)
        return cls(by, known, _hits(known, label), pairs, meet, groups.ties)

    @property
    def ties(self) -> IntArray:
        return self.groups.ties

    @property
    def firms(self) -> IntArray:
        return self.groups.firms

    @cached_property
    def moments(self) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the ties inside, over all ways to deal out the labels."""
        ties_meet = self.groups.sums(_choose(self.groups.net.degree))
        edges = zip(self.ties.tolist(), ties_meet.tolist(), self.pairs.tolist(), self.pairs_meet.tolist(), strict=True)
        found = [
            _moments(n, (m, meet), (within, meet_within))
            for n, (m, meet, within, meet_within) in zip(self.firms.tolist(), edges, strict=True)
        ]
        return np.array([mean for mean, _ in found]), np.array([sd for _, sd in found])

    def measures(
        self,
        values: FloatArray,
        lo: FloatArray | None = None,
        hi: FloatArray | None = None,
        null: FloatArray | None = None,
        why: dict[str, BoolArray] | None = None,
    ) -> Measures:
        """Measures of this split, which say what external means."""
        unknown = f"no tie between firms whose {self.by} is known"
        reasons = {NO_TIES: self.all_ties == 0, unknown: self.ties == 0, **(why or {})}
        values = np.where(self.ties > 0, values, np.nan)
        flags = {f"external: other {self.by}": np.ones(len(values), dtype=np.bool_)}
        return Measures(values, reasons, self.ties, lo, hi, ratio(self.ties, self.all_ties), null, flags)


def _hits(groups: Groups, label: IntArray) -> IntArray:
    """How many ties of each group join firms with the same label."""
    net, hits = groups.net, np.zeros(len(groups), dtype=np.int64)
    count = kernels.chosen(kernels.same, len(net.source))
    count(net.source, net.target, label.astype(np.int32), groups.first_tie, hits)
    return hits


def _sizes(groups: Groups, label: IntArray) -> tuple[IntArray, IntArray]:
    """(group, firms): how many firms have a label, for each label that stands in a group."""
    if len(groups) == 1:
        size = np.bincount(label)
        return np.zeros(len(size), dtype=np.int64), size
    width = int(label.max(initial=0)) + 1
    key, size = np.unique(groups.of_firm * width + label, return_counts=True)
    return key // width, size


def _by_industry(groups: Groups) -> _Split:
    return _Split.of(groups, "industry")


def _park_companions(net: Network) -> IntArray:
    """How many other firms share a park with each firm; one that shares two parks counts once."""
    start, roster = net.rosters
    first = net.first_seat
    size = np.diff(start)[net.members.other] - 1
    companions = np.bincount(net.members.firm, size, minlength=len(net.firms)).astype(np.int64)
    for firm in np.flatnonzero(np.diff(first) > 1):
        parks = net.members.other[first[firm] : first[firm + 1]]
        companions[firm] = len(np.unique(roster[spread(start, parks)[0]])) - 1
    return companions
