"""How much does a value hang on single documents? Leave out one group of documents after another and measure again.

Documents are what was drawn, and one document may evidence many ties: ties are no independent draws. A plain bootstrap
over documents would lose 37% of them in each replicate and with them every tie that one document alone evidences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from graph.network import BoolArray, FloatArray, IntArray, Network

GROUPS = 20


def grouped(documents: int, groups: int, seed: int) -> IntArray:
    """(documents,): the group of each document, of equal sizes, by lot.

    >>> np.bincount(grouped(10, 3, seed=1)).tolist()
    [4, 3, 3]
    """
    return np.random.default_rng(seed).permutation(documents) % min(groups, max(documents, 1))


def thinned(net: Network, dropped: BoolArray) -> tuple[Network, BoolArray]:
    """The network without some documents, and which ties still stand: `Network.without`, but ties keep their numbers.

    Memberships that only these documents evidence are gone and exposures fall where their documents are known.
    """
    everything = np.ones(len(net.source), dtype=np.bool_)
    alive = net.tie_documents.survive(dropped) if net.tie_documents else everything
    exposure = net.exposure
    if exposure is not None and net.exposure_documents is not None:
        exposure = exposure - net.exposure_documents.among(dropped)
    return replace(net, members=net.members.without(dropped), exposure=exposure), alive


def variance(values: FloatArray) -> FloatArray:
    """(parks,): the delete-group jackknife variance of values (groups, parks); undefined ones are left out.

    Formula: (G - 1)/G · Σ_g (x_g - mean)². Nan with fewer than two groups.

    >>> variance(np.array([[1.0], [2.0], [3.0]])).round(4).tolist()  # 2/3 · 2
    [1.3333]

    Reference: Kott 2001, J. Official Statistics 17:521.
    """
    known = np.isfinite(values)
    number = known.sum(axis=0)
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(number, 1)
    squares = np.where(known, np.square(values - mean), 0.0).sum(axis=0)
    return np.where(number > 1, (number - 1) / np.maximum(number, 1) * squares, np.nan)


def document_variance(
    net: Network, of: Callable[[Network, BoolArray], FloatArray], *, groups: int = GROUPS, seed: int = 0
) -> FloatArray | None:
    """(parks,): the jackknife variance over documents of `of(network, ties that still stand)`; None without documents.

    Groups are drawn with the seed; fewer documents than groups are left out one by one.
    """
    if net.tie_documents is None or len(net.documents) < 2:
        return None
    group = grouped(len(net.documents), groups, seed)
    return variance(np.stack([of(*thinned(net, group == one)) for one in range(int(group.max()) + 1)]))
