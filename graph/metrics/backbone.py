"""Which ties are stronger than chance would make them? For pictures, and for the graph of parks; never for chemistry.

A firm with k ties and strength s gives tie ij the share p_ij = w_ij / s_i. If it had broken its strength at random into
k pieces, a share this large or larger would come with chance (1 - p_ij)^(k - 1): the disparity filter.

>>> from graph.network import Firm, Network, Tie
>>> strong = [Tie("a", "b", 60.0)] + [Tie("a", x, 1.0) for x in "cdef"] + [Tie("b", x, 1.0) for x in "cdef"]
>>> net = Network.of([Firm(x) for x in "abcdef"], strong)
"""

from __future__ import annotations

import numpy as np

from graph.metrics.groups import Groups, of_groups, ratio
from graph.metrics.interval import wilson
from graph.metrics.value import Measures
from graph.network import BoolArray, FloatArray, Network

LEVEL = 0.05
"""The share of false ties that is allowed among those kept."""


def disparity(net: Network) -> FloatArray:
    """How likely would chance make this tie as strong as it is for one of its ends? One value a tie.

    Formula: α_ij = min over both ends of (1 - p_ij)^(k - 1). Range 0..1; an end with a single tie says nothing, 1.

    >>> disparity(net).round(6).tolist()[:3]  # a-b: (1 - 60/64)^4
    [1.5e-05, 0.5, 0.5]

    Reference: Serrano, Boguñá & Vespignani 2009, PNAS 106:6483.
    """
    n = len(net.firms)
    strength = np.bincount(net.source, net.weight, n) + np.bincount(net.target, net.weight, n)
    ends = np.stack((net.source, net.target))
    share = np.clip(net.weight / strength[ends], 0.0, 1.0)
    return np.asarray(((1 - share) ** (net.degree[ends] - 1)).min(axis=0, initial=1.0))


def backbone(net: Network, level: float = LEVEL) -> BoolArray:
    """Which ties stay when at most a share `level` of those kept may be there by chance? One value a tie.

    The largest set whose p-values (`disparity`) lie under the line level · rank / m. Ties of firms that have no other
    are always dropped by the filter, so firms fall out: no measure of amount can stand on a backbone.

    >>> backbone(net).tolist()[:3]
    [True, False, False]

    Reference: Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57:289.
    """
    return _kept(Groups.whole(net), level)


@of_groups
def backbone_share(groups: Groups) -> Measures:
    """Which share of the ties is stronger than chance would make it, for one of its ends?

    Formula: |backbone| / m, at a false discovery rate of 5% in each group of firms. Range 0..1. Drops the ties of firms
    that have a single one. `lo`, `hi`: Wilson's interval of a share. Degenerate: undefined without ties.

    >>> round(backbone_share(net).value, 4)
    0.1111
    """
    kept = groups.tie_sums(_kept(groups, LEVEL))
    lo, hi = wilson(kept, groups.ties)
    return Measures(ratio(kept, groups.ties), "no ties", groups.ties, lo, hi)


def _kept(groups: Groups, level: float) -> BoolArray:
    chance = disparity(groups.net)
    order = np.lexsort((chance, groups.of_tie))
    group = groups.of_tie[order]
    rank = np.arange(len(order)) - groups.first_tie[group] + 1
    under = chance[order] <= level * rank / groups.ties[group]
    last = np.zeros(len(groups), dtype=np.int64)
    np.maximum.at(last, group, np.where(under, rank, 0))
    kept = np.zeros(len(order), dtype=np.bool_)
    kept[order] = rank <= last[group]
    return kept
