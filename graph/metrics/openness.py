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
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from graph.metrics.value import Measure, undefined
from graph.network import BoolArray, IntArray, Network, Pairs, spread

Group = Literal["park", "industry"]

NO_TIES = "no ties"
NO_INSTITUTIONS = "no source: nobody recorded ties to institutions"


def e_i_index(net: Network, by: Group = "park") -> Measure:
    """Do ties lead out of the group or stay inside?

    Formula: (EX - IN) / (EX + IN). External = the two firms share no park (by="park") or have other industries
    (by="industry"). Ties with an end whose group is unknown are left out; `coverage` is the share of ties kept.
    Range -1 (all inside) .. 1 (all outside). `null` is its mean when the group labels are dealt out to the same firms
    at random: 1 - 2 · (pairs within groups) / (all pairs), so the value alone says little: read it beside the null.
    Degenerate: undefined without ties whose groups are known.

    >>> e_i_index(net).value, e_i_index(net).null  # 1 out, 2 in; 2 of 6 pairs lie inside
    (-0.3333333333333333, 0.33333333333333337)
    >>> e_i_index(net, by="industry").value  # a-b out; b-c, c-d in
    -0.3333333333333333

    Reference: Krackhardt & Stern 1988, Social Psychology Quarterly 51:123.
    """
    split = _split(net, by)
    if not split.ties:
        return split.undefined
    mean, _ = permuted_ties(split.degree, split.companions)
    return split.measure((split.ties - 2 * split.inside) / split.ties, null=1 - 2 * mean / split.ties)


def e_i_index_z(net: Network, by: Group = "park") -> Measure:
    """How many standard deviations is the E-I index away from what random group labels give?

    Formula: (EI - mean) / sd, both exact over all ways to deal out the labels (`permuted_ties`). Below -2: ties stay
    inside more than chance.
    Degenerate: undefined without ties, and when every dealing gives the same value (one group).

    >>> round(e_i_index_z(net).value, 4)
    -1.2247
    """
    split = _split(net, by)
    if not split.ties:
        return split.undefined
    mean, sd = permuted_ties(split.degree, split.companions)
    if not sd:
        return split.measure(None, reason="every way to deal out the groups gives the same value")
    return split.measure((mean - split.inside) / sd, null=0.0)


def e_i_index_rescaled(net: Network, by: Group = "park") -> Measure:
    """Where does the E-I index lie between the lowest and highest that these group sizes and this many ties allow?

    Formula: 2 (EX - EX_min) / (EX_max - EX_min) - 1, EX_max = min(m, pairs between groups),
    EX_min = max(0, m - pairs within groups). Range -1..1. Degenerate: undefined without ties and where nothing else is
    possible (one group, or a group each).

    >>> round(e_i_index_rescaled(net).value, 4)  # EX 1, between 1 and 3
    -1.0
    """
    split = _split(net, by)
    if not split.ties:
        return split.undefined
    n, within = len(split.degree), int(split.companions.sum()) // 2
    most, least = min(split.ties, n * (n - 1) // 2 - within), max(0, split.ties - within)
    if most == least:
        return split.measure(None, reason="the sizes of the groups leave no choice")
    outside = split.ties - split.inside
    return split.measure(2 * (outside - least) / (most - least) - 1)


def e_i_index_of_park(net: Network, park: str) -> Measure:
    """Do the ties of a park's firms lead out of it or stay inside?

    As `e_i_index`, over the ties that touch the park: internal = both firms in it, external = the other firm sits in
    other parks only. Ties to firms whose park is unknown are left out; `coverage` is the share kept.

    >>> e_i_index_of_park(net, "P").value  # a-b in, b-c out
    0.0
    """
    inside, outside, unknown = ties_of_park(net, park)
    known = inside + outside
    flags = ("external: other park",)
    if not known:
        return undefined("no tie of its firms leads to a firm whose park is known", 0, flags)
    return Measure((outside - inside) / known, n=known, coverage=known / (known + unknown), flags=flags)


def external_ties(net: Network, park: str) -> Measure:
    """How many ties lead from a park's firms to firms outside it (in other parks, or in none that is known)?

    A tie between two firms outside counts for neither; one firm's ties to two outsiders count twice. Range 0...
    Read it beside the E-I index: pipelines are worth something whatever the park's inner life.

    >>> external_ties(net, "P").value
    1
    """
    inside, outside, unknown = ties_of_park(net, park)
    return Measure(outside + unknown, n=inside + outside + unknown)


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


def cross_industry_share(net: Network) -> Measure:
    """Which share of the ties joins firms of different industries?

    Formula: (ties between industries) / (ties whose two industries are known). Range 0..1. `coverage` is the share of
    ties whose industries are known, `null` the share expected if the industries were dealt out to the same firms at
    random. Degenerate: undefined without such ties.

    >>> cross_industry_share(net).value, cross_industry_share(net).null  # 1 of 3; 3 of 6 pairs differ
    (0.3333333333333333, 0.5)
    """
    split = _split(net, "industry")
    if not split.ties:
        return split.undefined
    mean, _ = permuted_ties(split.degree, split.companions)
    share = (split.ties - split.inside) / split.ties
    return Measure(share, n=split.ties, coverage=split.coverage, null=1 - mean / split.ties)


def bridging_to_universities(net: Network) -> Measure:
    """Which share of the firms has a tie to a university, institute or other institution?

    Formula: |{i: at least one institution tie}| / n. Range 0..1. Institutions publish much about themselves, so a park
    with a busy press office looks better linked.
    Degenerate: undefined without firms, and where no source records such ties.

    >>> bridging_to_universities(net).value
    0.25
    """
    n = len(net.firms)
    if net.institutions is None or not n:
        return undefined(NO_INSTITUTIONS if n else "no firms", n)
    return Measure(len(np.unique(net.institutions.firm)) / n, n=n)


def shared_institution_share(net: Network) -> Measure:
    """Which share of the ties joins two firms that both deal with one institution?

    Formula: |{ij tied: i and j share an institution}| / m. Range 0..1.
    Degenerate: undefined without ties, and where no source records ties to institutions.

    >>> shared_institution_share(net).value
    0.0
    """
    if net.institutions is None:
        return undefined(NO_INSTITUTIONS, len(net.source))
    if not len(net.source):
        return undefined(NO_TIES, 0)
    return Measure(float(share_a_group(net, net.institutions).mean()), n=len(net.source))


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
    n = len(degree)
    ties, ties_meet, ties_apart = _edges(degree)
    pairs, pairs_meet, pairs_apart = _edges(companions)
    every, every_meet, every_apart = _edges(np.full(n, n - 1))
    if not every:
        return 0.0, 0.0
    mean = Fraction(ties * pairs, every)
    twice = Fraction(ties_meet * pairs_meet, max(every_meet, 1)) + Fraction(
        ties_apart * pairs_apart, max(every_apart, 1)
    )
    return float(mean), math.sqrt(mean + 2 * twice - mean**2)


def _edges(degree: IntArray) -> tuple[int, int, int]:
    """Edges, pairs of edges that meet in a node, pairs that do not, of a graph with these degrees."""
    edges, meet = int(degree.sum()) // 2, int((degree * (degree - 1) // 2).sum())
    return edges, meet, edges * (edges - 1) // 2 - meet


@dataclass(frozen=True, eq=False, slots=True)
class _Split:
    """The ties between firms whose group is known: how many, how many inside groups, and what a permutation needs."""

    by: Group
    inside: int
    ties: int
    all_ties: int
    degree: IntArray
    companions: IntArray

    @property
    def coverage(self) -> float | None:
        return self.ties / self.all_ties if self.all_ties else None

    @property
    def undefined(self) -> Measure:
        return self.measure(None, reason=f"no tie between firms whose {self.by} is known" if self.all_ties else NO_TIES)

    def measure(self, value: float | None, *, null: float | None = None, reason: str = "") -> Measure:
        """A measure of this split, which says what external means."""
        flags = (f"external: other {self.by}",)
        return Measure(value, n=self.ties, coverage=self.coverage, null=null, flags=flags, reason=reason)


def _split(net: Network, by: Group) -> _Split:
    placed = np.flatnonzero(net.placed if by == "park" else net.industry >= 0)
    known = net if len(placed) == len(net.firms) else net.induced(placed)
    label = known.members.other if by == "park" else known.industry
    if len(label) == len(placed):  # one group each
        inside = label[known.source] == label[known.target]
        companions = np.bincount(label)[label] - 1 if len(label) else label
    else:
        inside, companions = share_a_group(known, known.members), _park_companions(known)
    return _Split(by, int(inside.sum()), len(known.source), len(net.source), known.degree, companions)


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
