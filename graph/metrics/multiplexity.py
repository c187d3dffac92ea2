"""Do tied firms deal with each other in more than one way? The ways are the classes of `graph.tie`.

>>> from graph.network import Firm, Network, Tie
>>> net = Network.of(
...     [Firm(x, {"P": ()}) for x in "abc"],
...     [
...         Tie("a", "b", kinds=["合作研发", "合资"], documents=["d", "e"]),
...         Tie("b", "c", kinds=["合作研发"], documents=["f"]),
...     ],
... )
"""

from __future__ import annotations

import numpy as np

from graph import chain, tie
from graph.metrics.groups import Groups, of_groups, ratio
from graph.metrics.interval import wilson
from graph.metrics.value import Measures
from graph.network import IntArray, Network

NO_TIES = "no ties"
NO_KINDS = "no source: no tie says of what kind it is"
DOCUMENTS = (2, 3, 5)
"""Pairs with 1, 2, 3 to 4, and 5 or more documents are compared with their like."""


def classes_of_ties(net: Network) -> IntArray:
    """How many classes each tie has; cooperation of no stated kind counts as one, without regard to chains.

    >>> classes_of_ties(net).tolist()
    [2, 1]
    """
    size = len(net.industries)
    found = tie.classes(net, np.zeros((size, size), dtype=np.bool_), chain.service(net))
    return np.asarray(found.sum(axis=1))


@of_groups
def multiplexity(groups: Groups) -> Measures:
    """Which share of the tied pairs deals with each other in two ways or more?

    Formula: |{ij tied: two classes or more}| / m. Range 0..1. Grows with the documents of a pair: the more are read,
    the more kinds are named. `lo`, `hi`: Wilson's interval of a share.
    Degenerate: undefined without ties, and where no tie says of what kind it is.

    >>> multiplexity(net).value
    0.5
    """
    if groups.net.tie_kinds is None:
        return _unknown(groups)
    several = groups.tie_sums(groups.kept(_classes) > 1)
    lo, hi = wilson(several, groups.ties)
    return Measures(ratio(several, groups.ties), NO_TIES, groups.ties, lo, hi)


@of_groups
def mean_classes(groups: Groups) -> Measures:
    """In how many ways does a tied pair deal with each other, on average? Range 0..7; undefined as `multiplexity`.

    >>> mean_classes(net).value
    1.5
    """
    if groups.net.tie_kinds is None:
        return _unknown(groups)
    return Measures(ratio(groups.tie_sums(groups.kept(_classes)), groups.ties), NO_TIES, groups.ties)


def multiplexity_rarefied(net: Network, parks: Groups) -> Measures:
    """As `multiplexity`, as if each pair had as many documents as pairs in all parks have. One value a park.

    Formula: M · Σ [≥ 2 classes] / Σ r(d), over the tied pairs of the park; r(d) is the share with two classes or more
    among all pairs inside parks with as many documents d (1, 2, 3-4, 5 and more), M their share among all. Which kinds
    each single document names is not kept, so pairs cannot be thinned to equal documents; their expectation is.
    Range 0.. (beyond 1 only by chance); `null` is M.
    Degenerate: as `multiplexity`; without documents, and where no pair in any park has two classes.

    >>> multiplexity_rarefied(net, Groups.parks(net)).values.tolist()
    [0.5]
    """
    inner = parks.net
    if inner.tie_kinds is None or inner.tie_documents is None:
        missing = NO_KINDS if inner.tie_kinds is None else "no source: ties without documents"
        return Measures(np.full(len(parks), np.nan), missing, parks.ties)
    several = parks.kept(_classes) > 1
    depth = np.digitize(inner.tie_documents.count, DOCUMENTS)
    rate = np.nan_to_num(ratio(np.bincount(depth, several, minlength=4), np.bincount(depth, minlength=4)))
    whole = float(several.mean()) if len(several) else 0.0
    usual = parks.tie_totals(rate[depth])
    reasons = {NO_TIES: parks.ties == 0, "no pair like its own has two classes, in any park": parks.ties > 0}
    value = whole * ratio(parks.tie_sums(several), usual)
    return Measures(value, reasons, parks.ties, null=np.full(len(parks), whole))


def _classes(groups: Groups) -> IntArray:
    return classes_of_ties(groups.net)


def _unknown(groups: Groups) -> Measures:
    return Measures(np.full(len(groups), np.nan), {NO_TIES: groups.ties == 0, NO_KINDS: groups.ties > 0}, groups.ties)
