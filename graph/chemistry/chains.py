"""聚链: how much of an industry chain stands in a park, and how much of it is joined up?

A chain is a directed graph of steps (`graph.chain`). A step is occupied where a firm of the park stands on it; an edge
u → v is possible where both its steps are occupied, and realised where a firm on u and a firm on v are tied. What the
same firms would realise in a typical park follows from the rate of all other parks (`graph.chemistry.peers`).

The examples use two parks, each with all of a chain of three steps, of which one has joined up two:

>>> from graph.chain import from_csv
>>> from graph.chemistry.peers import slr
>>> from graph.network import Firm, Network, Tie
>>> chain = from_csv("upstream,downstream\\n正极,电芯\\n电芯,整车", "")
>>> rows = [(f"{park}{i}", park, name) for park in "PQ" for i, name in enumerate(["正极", "电芯", "整车", "整车"])]
>>> net = Network.of([Firm(id, {park: ()}, name) for id, park, name in rows], [Tie("P0", "P1"), Tie("Q2", "Q3")])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graph.chain import Chain, adjacency, service, standing
from graph.chemistry.pairs import Design
from graph.chemistry.peers import Peers
from graph.metrics.groups import Groups, ratio
from graph.metrics.interval import wilson
from graph.metrics.linkage import ties_on
from graph.metrics.value import Measure, finite, undefined
from graph.network import MENTIONED, BoolArray, FloatArray, IntArray, Network
from graph.tie import classes, cooperates

ABSENT = "no firm of the park stands on the chain"
NO_EDGE = "no two steps that feed each other are occupied"
NO_RATE = "no rate of other parks to compare with"
NO_CHAIN = "no chain is given"
NO_WEIGHT = "no step of the chain has a criticality above 0"
_APART, _BRIDGING, _SAME = 3, 4, 5  # patterns of `graph.chemistry.pairs` that chain-adjacent pairs can have


@dataclass(frozen=True, eq=False, slots=True)
class Chained:
    """What each park has of each chain; arrays (parks, chains), nan where undefined."""

    chains: tuple[Chain, ...]
    firms: IntArray  # that stand on it
    completeness: FloatArray  # CC
    redundancy: FloatArray
    possible: IntArray  # edges between occupied steps
    realised: IntArray  # of them
    expected: FloatArray  # the share of the possible edges that a typical park would realise
    longest: FloatArray  # longest realised path, as a share of the longest path
    score: FloatArray

    @property
    def realisation(self) -> FloatArray:
        """CR: realised edges as a share of the possible ones."""
        return ratio(self.realised.ravel(), self.possible.ravel()).reshape(self.realised.shape)

    @property
    def present(self) -> FloatArray:
        """(parks, chains): the completeness where a firm stands on the chain, nan where none does (absent, not 0)."""
        return np.where(self.firms > 0, self.completeness, np.nan)

    @property
    def main(self) -> IntArray:
        """(parks,): the chain that most firms stand on; of equals the completest, then the first. -1 if none.

        It is chosen by presence, so that it does not favour the chains that happen to be joined up.
        """
        if not self.chains:
            return np.full(len(self.firms), -1)
        order = np.lexsort((-np.nan_to_num(self.completeness), -self.firms), axis=1)[:, 0]
        return np.where(self.firms.max(axis=1) > 0, order, -1)


def chained(net: Network, chains: Sequence[Chain], peers: Peers | None = None) -> Chained:
    """What each park has of each chain.

    Formulas: CC = Σ w_u [u occupied] / Σ w_u, w the criticality. Redundancy: occupied steps with two firms or more /
    occupied steps. CR: realised / possible edges. E[CR]: the mean of 1 - exp(-Σ μ) over the possible edges, Σ over all
    pairs of a firm on u and one on v. Score = √(CC · CR*), CR* = min(1, CR / (2 E[CR])): a typical park has CR* = 1/2.
    Range 0..1 each. Degenerate: CC is 0 and all else undefined where no firm stands on the chain; CR and the score
    where no edge is possible; the score without a rate of other parks.

    Args:
        net: firms in parks; all ties that are cooperation count.
        peers: of `slr(net, adjacent=..., service=...)` over all pairs, for μ; None: no expectation, no score.

    >>> found = chained(net, [chain], slr(net, adjacent=adjacency(net, [chain])))
    >>> found.completeness[:, 0].tolist(), found.redundancy[:, 0].round(3).tolist()
    ([1.0, 1.0], [0.333, 0.333])
    >>> found.realisation[:, 0].tolist(), found.longest[:, 0].tolist()
    ([0.5, 0.0], [0.5, 0.0])
    """
    size = len(net.industries)
    feeds = adjacency(net, chains)
    serves = service(net)
    inner = Groups.parks(net.keeping(cooperates(classes(net, feeds, serves))))
    present = _present(inner, size)
    columns = []
    for chain in chains:
        on = standing(net, chain)
        edges = np.argwhere(chain.feeding)
        mean = None
        if peers is not None:
            mean = expected_ties(net, peers.design, peers.left, on, edges, serves)
            mean[[bool(reason) for reason in peers.reason]] = np.nan
        columns.append(
            _column(chain, present @ on.any(axis=1), present @ on, edges, ties_on(inner, on, edges) > 0, mean)
        )
    stacked = [np.stack(rows, axis=1) for rows in zip(*columns, strict=True)] if columns else []
    none = np.zeros((len(net.parks), 0))
    whole = none.astype(np.int64)
    return (
        Chained(tuple(chains), *stacked) if stacked else Chained((), whole, none, none, whole, whole, none, none, none)
    )


def expected_ties(
    net: Network, of: Design, b: FloatArray, on: BoolArray, edges: IntArray, serves: BoolArray
) -> FloatArray:
    """(parks, edges): Σ μ over the pairs of a firm on the first step of an edge and a firm on the second.

    Args:
        of: all pairs of the network; b: its coefficients, (parks, terms).
        on: (industries, steps), which industries stand on which steps; edges: (edges, 2) numbers of steps.
        serves: (industries,) producer services.

    μ factors into what the firms have and what their industries are to each other, so no pair is listed. Pairs within
    one group of owners are not left out here; they are few.
    """
    fixed, parks = of.common.shape[2], len(net.parks)
    level = np.exp(np.minimum(np.einsum("ptc,pc->pt", of.common, b[:, :fixed]), 60.0))
    weight = np.exp(np.minimum(np.einsum("sf,sf->s", of.z, b[of.seat_park, fixed:]), 60.0))
    chosen = np.flatnonzero(on.any(axis=1))
    place = np.full(len(net.industries) + 1, -1)  # the last one for firms without an industry
    place[chosen] = np.arange(len(chosen))
    at = place[net.industry[of.seat_firm]]
    there = at >= 0
    cell = of.seat_park[there] * len(chosen) + at[there]
    total = np.bincount(cell, weight[there], minlength=parks * len(chosen)).reshape(parks, len(chosen))
    squares = np.bincount(cell, weight[there] ** 2, minlength=parks * len(chosen)).reshape(parks, len(chosen))
    found = np.zeros((parks, len(edges)))
    for edge, (up, down) in enumerate(edges.tolist()):
        both = np.triu(np.outer(on[chosen, up], on[chosen, down]) | np.outer(on[chosen, down], on[chosen, up]))
        left, right = np.nonzero(both)
        same = left == right
        pairs = np.where(same, (total[:, left] ** 2 - squares[:, left]) / 2, total[:, left] * total[:, right])
        one = serves[chosen[left]] != serves[chosen[right]]
        found[:, edge] = (pairs * level[:, np.where(same, _SAME, np.where(one, _BRIDGING, _APART))]).sum(axis=1)
    return np.maximum(found, 0.0)


def scores(net: Network, chains: Sequence[Chain], peers: Peers | None = None) -> dict[str, dict[str, Measure]]:
    """By park id: `chain_score` and its parts for the chain that most of its firms stand on, and all chains' scores.

    The flag `track=…` names that chain. `chain_realisation` has Wilson's interval, and as `null` what a typical park
    would realise of the same edges.

    >>> found = scores(net, [chain], slr(net, adjacent=adjacency(net, [chain])))["P"]
    >>> sorted(found)
    ['chain_completeness', 'chain_longest_path', 'chain_realisation', 'chain_redundancy', 'chain_score', 'chain_scores']
    >>> found["chain_completeness"].value, scores(net, [])["P"]["chain_score"].reason
    (1.0, 'no chain is given')
    """
    return told(net, chained(net, chains, peers))


def told(net: Network, found: Chained) -> dict[str, dict[str, Measure]]:
    """The measures of all parks, as `scores` names them, from what each park has of each chain."""
    main = found.main.tolist()
    by_park = {}
    for park, (name, one) in enumerate(zip(net.parks, main, strict=True)):
        if one < 0:
            row = dict.fromkeys(_NAMES, undefined(ABSENT if found.chains else NO_CHAIN))
        else:
            row = _of_chain(found, park, one, mentioned=net.boundary_of(name) == MENTIONED)
        by_park[name] = row | {"chain_scores": _all(found, park)}
    return by_park


def _of_chain(found: Chained, park: int, one: int, *, mentioned: bool) -> dict[str, Measure]:
    """The measures of one park on one chain that some of its firms stand on."""
    track = (f"track={found.chains[one].track}",) if found.chains[one].track else ()
    roster = (*track, "boundary=mentioned") if mentioned else track
    firms, edges = int(found.firms[park, one]), int(found.possible[park, one])
    weightless = not np.isfinite(found.completeness[park, one])
    no_score = NO_WEIGHT if weightless else NO_RATE if edges else NO_EDGE
    realised = _told(found.realisation[park, one], edges, track, NO_EDGE)
    if edges:
        low, high = wilson(found.realised[park, [one]], found.possible[park, [one]])
        null = float(found.expected[park, one])
        realised = replace(realised, lo=float(low[0]), hi=float(high[0]), null=finite(null))
    return {
        "chain_score": _told(found.score[park, one], firms, track, no_score),
        "chain_completeness": _told(found.completeness[park, one], firms, roster, NO_WEIGHT),
        "chain_redundancy": _told(found.redundancy[park, one], firms, roster, ABSENT),
        "chain_realisation": realised,
        "chain_longest_path": _told(found.longest[park, one], edges, track, NO_EDGE),
    }


_NAMES = ("chain_score", "chain_completeness", "chain_redundancy", "chain_realisation", "chain_longest_path")


def _all(found: Chained, park: int) -> Measure:
    by_track: Mapping[str, float | None] = {
        chain.track or "chain": finite(value)
        for chain, value in zip(found.chains, found.score[park].tolist(), strict=True)
    }
    if not by_track:
        return undefined(NO_CHAIN)
    return Measure(by_track, n=int(found.firms[park].sum()))


def _told(value: float, n: int, flags: tuple[str, ...], reason: str) -> Measure:
    return Measure(float(value), n=n, flags=flags) if np.isfinite(value) else undefined(reason, n, flags)


def _present(inner: Groups, size: int) -> IntArray:
    """(parks, industries): the number of firms."""
    known = inner.net.industry >= 0
    cell = inner.of_firm[known] * size + inner.net.industry[known]
    return np.bincount(cell, minlength=len(inner) * size).reshape(len(inner), size)


def _column(
    chain: Chain, members: IntArray, firms: IntArray, edges: IntArray, realised: BoolArray, mean: FloatArray | None
) -> tuple[FloatArray | IntArray, ...]:
    """What `Chained` holds of one chain, from its firms (parks,) and those on each step (parks, steps)."""
    occupied = firms > 0
    weight = np.array([step.criticality for step in chain.steps])
    complete = ratio(occupied @ weight, np.full(len(firms), weight.sum()))
    double = ratio((firms > 1).sum(axis=1), occupied.sum(axis=1))
    possible = occupied[:, edges[:, 0]] & occupied[:, edges[:, 1]]
    count, done = possible.sum(axis=1), (realised & possible).sum(axis=1)
    chance = np.full(len(firms), np.nan)
    if mean is not None:
        chance = ratio((np.where(possible, 1 - np.exp(-mean), 0.0)).sum(axis=1), count)
    share = np.minimum(1.0, ratio(ratio(done, count), 2 * chance))
    whole = int(_longest(chain, edges, np.ones((1, len(edges)), dtype=np.bool_))[0])
    path = np.where(occupied.any(axis=1), ratio(_longest(chain, edges, realised), np.full(len(firms), whole)), np.nan)
    return members, complete, double, count, done, chance, path, np.sqrt(complete * share)


def _longest(chain: Chain, edges: IntArray, present: BoolArray) -> IntArray:
    """(rows,): edges of the longest path among those that are present; a row a park."""
    depth = np.zeros((len(present), len(chain.steps)), dtype=np.int64)
    for step in chain.order:
        for edge in np.flatnonzero(edges[:, 1] == step):
            longer = np.where(present[:, edge], depth[:, edges[edge, 0]] + 1, 0)
            depth[:, step] = np.maximum(depth[:, step], longer)
    return np.asarray(depth.max(axis=1, initial=0))
