"""Are the input relations of a chain lived inside a park?

>>> from graph.chain import from_csv
>>> from graph.network import Firm, Network, Tie
>>> chain = from_csv("upstream,downstream\\n电芯,电池包\\n电池包,整车\\n", "CHAIN.csv")
>>> rows = [("a", "P", "电芯"), ("b", "P", "电池包"), ("c", "P", "整车"), ("d", "Q", "电芯"), ("e", "Q", "电池包")]
>>> net = Network.of([Firm(id, {park: ()}, kind) for id, park, kind in rows], [Tie("a", "b"), Tie("d", "e")])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.chain import Chain, standing
from graph.metrics.groups import Groups, ratio
from graph.metrics.interval import wilson
from graph.metrics.value import Measures
from graph.network import BoolArray, FloatArray, IntArray, Network

NO_EDGE = "no two steps of a chain that feed each other have a firm here"


def input_output_linkage(net: Network, chains: Sequence[Chain]) -> Measures:
    """Of the input relations whose two steps both have a firm in the park, how many are lived by a tie inside it?

    Formula: realised edges / edges u→v of the chains with a firm on u and another on v. Realised: at least one tie in
    the park between a firm on u and one on v. Range 0..1. `null` is the same share expected of these firms at the
    pooled rate of all other parks: the mean over the edges of 1 - exp(-π · pairs_uv), π = ties / pairs over the edges
    of the other parks. So a park of many firms realises more by numbers alone: read the value beside its null. lo and
    hi: Wilson's interval of the share, `n` the edges. A chain that lacks steps makes the value too high or low.
    Degenerate: undefined where no edge has firms on both steps; without another park that has such an edge, or where
    those have no pair, the null is undefined.

    >>> told = input_output_linkage(net, [chain])
    >>> told.values.tolist(), round(told.of(0).null, 4)  # in P one of two edges, in Q one of one; 1 tie in 1 pair in Q
    ([0.5, 1.0], 0.6321)

    The measure is this project's own; a model of the expected ties, firm by firm, is `graph.chemistry.chains`.
    """
    edges = edges_of(net, chains)
    lived, held = edges.ties > 0, edges.pairs > 0
    n, realised = held.sum(axis=1), (lived & held).sum(axis=1)
    ties, pairs = edges.ties.sum(axis=1), edges.pairs.sum(axis=1)
    rate = ratio(ties.sum() - ties, pairs.sum() - pairs)  # of all other parks
    expected = np.where(held, 1 - np.exp(-rate[:, None] * edges.pairs), 0.0).sum(axis=1)
    low, high = wilson(realised, n)
    return Measures(ratio(realised, n), NO_EDGE, n, low, high, null=ratio(expected, n))


@dataclass(frozen=True, eq=False, slots=True)
class Edges:
    """The edges of chains in every park: (parks, edges)."""

    ties: IntArray  # ties inside the park between firms on the two steps
    pairs: FloatArray  # pairs of firms that could tie there


def edges_of(net: Network, chains: Sequence[Chain]) -> Edges:
    """Ties and pairs of firms on both ends of each edge, in each park."""
    parks, known = Groups.parks(net), net.industry >= 0
    found_ties, found_pairs = [], []
    for chain in chains:
        on = np.zeros((len(net.industries) + 1, len(chain.steps)), dtype=np.bool_)  # the last row: unknown industry
        on[:-1] = standing(net, chain)
        steps = np.array([(chain.number[u], chain.number[v]) for u, v in chain.feeds], dtype=np.int64).reshape(-1, 2)
        found_ties.append(ties_on(parks, on, steps))
        found_pairs += [_pairs(parks, on[:, up], on[:, down]) for up, down in steps.tolist()]
    if not found_pairs or not known.any():
        return Edges(np.zeros((len(parks), 0), dtype=np.int64), np.zeros((len(parks), 0)))
    return Edges(np.concatenate(found_ties, axis=1), np.stack(found_pairs, axis=1))


def ties_on(parks: Groups, on: BoolArray, edges: IntArray) -> IntArray:
    """(parks, edges): the ties inside each park between a firm on one step of the edge and a firm on the other.

    Args:
        on: (industries, steps), whether firms of the industry stand on the step.
        edges: (edges, 2), the steps at its ends.

    >>> ties_on(Groups.parks(net), standing(net, chain), np.argwhere(chain.feeding)).tolist()  # steps in order of name
    [[0, 1], [0, 1]]
    """
    width = max(len(parks.net.industries), 1)
    left, right = parks.net.industry[parks.net.source], parks.net.industry[parks.net.target]
    known = (left >= 0) & (right >= 0)
    cell, count = np.unique((parks.of_tie[known] * width + left[known]) * width + right[known], return_counts=True)
    park, left, right = cell // width**2, cell // width % width, cell % width
    found = np.zeros((len(parks), len(edges)), dtype=np.int64)
    for edge, (up, down) in enumerate(edges.tolist()):
        hit = (on[left, up] & on[right, down]) | (on[right, up] & on[left, down])
        found[:, edge] = np.bincount(park[hit], count[hit], minlength=len(parks))
    return found


def _pairs(parks: Groups, up: BoolArray, down: BoolArray) -> FloatArray:
    """Unordered pairs of two firms, one on each step; a firm on both steps is no pair with itself."""
    industry = parks.net.industry
    first, second, both = (parks.sums(step[industry]) for step in (up, down, up & down))
    return np.asarray(first * second - both - both * (both - 1) / 2)
