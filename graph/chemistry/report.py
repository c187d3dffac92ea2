"""The chemistry of every park as measures: what `parkbond measure`, the routes and the index read.

>>> from graph.network import Firm, Network, Tie
>>> firms = [Firm(f"{p}{i}", {p: ()}, "电池" if i % 2 else "汽车") for p in "ABC" for i in range(6)]
>>> net = Network.of(firms, [Tie("A0", "A1"), Tie("A2", "A3"), Tie("B0", "B1"), Tie("C1", "C4")])
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graph.chain import Chain, adjacency, service
from graph.chemistry.jackknife import GROUPS
from graph.chemistry.peers import Z95, Peers, slr
from graph.chemistry.place import R0, r0
from graph.chemistry.profile import profiles
from graph.chemistry.verdict import RELATIVE, Ratio, gate, verdict
from graph.metrics.value import Measure, undefined
from graph.network import BoolArray, FloatArray, IntArray, Network, spread
from graph.tie import classes, cooperates

PERMUTATIONS = 1000

NAMES = ("slr", "slr_eb", "slr_poisson", "slr_z", "expected_ties", "r0", "r0_p", "verdict")
"""Measures of a park."""

WHOLE_NAMES = ("tau2", "tie_dispersion")
"""Measures of the whole network."""


@dataclass(frozen=True, eq=False, slots=True)
class Chemistry:
    """Both ratios of every park and what they rest on."""

    peers: Peers
    place: R0
    ties: BoolArray  # (ties,) which are cooperation
    adjacent: BoolArray  # (industries, industries) of the chains
    service: BoolArray  # (industries,) producer services
    documents: FloatArray  # (parks,) that speak of its firms; nan unknown

    def ratios(self, park: int) -> tuple[Ratio, Ratio]:
        """SLR and R0 of a park, by its number."""
        one, two = self.peers, self.place
        return (
            Ratio(float(one.ratio[park]), float(one.lo[park]), float(one.hi[park])),
            Ratio(float(two.value[park]), float(two.lo[park]), float(two.hi[park])),
        )

    def lacking(self, park: int) -> tuple[str, ...]:
        """What the park lacks to be judged."""
        one = self.peers
        return gate(float(one.expected[park]), int(one.firms[park]), float(self.documents[park]))


def chemistry(
    net: Network,
    chains: Sequence[Chain] = (),
    *,
    seed: int = 0,
    permutations: int = PERMUTATIONS,
    groups: int = GROUPS,
) -> Chemistry:
    """Both ratios of every park of a network.

    Args:
        net: firms in parks; the more of size, exposure, region, founding year and documents is known, the better.
        chains: whose neighbouring industries are chain-adjacent.
        seed: of the permutations and of the groups of documents.
        permutations: of the places, at least 2.
        groups: of documents for the jackknife, 0 for none.
    """
    adjacent, served = adjacency(net, chains), service(net)
    counted = cooperates(classes(net, adjacent, served))
    peers = slr(net, ties=counted, adjacent=adjacent, service=served, groups=groups, seed=seed)
    place = r0(net, seed=seed, permutations=permutations, v_doc=peers.documents_variance, ties=counted)
    return Chemistry(peers, place, counted, adjacent, served, documents_of_parks(net, counted))


def documents_of_parks(net: Network, ties: BoolArray) -> FloatArray:
    """(parks,): how many documents speak of a park's firms, of their ties inside it or of them alone; nan if unknown.

    Distinct ones where their ids are known. Otherwise every tie stands for one and mentions are added up, so that a
    document that names two firms counts twice.

    >>> documents_of_parks(net, np.ones(4, dtype=bool)).tolist()  # no mentions, no documents: nobody counted
    [nan, nan, nan]
    """
    parks = len(net.parks)
    if net.tie_documents is None and net.exposure is None:
        return np.full(parks, np.nan)
    tie, park = _inside(net, ties)
    if net.exposure_documents is not None:
        return _distinct(net, tie, park)
    if net.tie_documents is None:
        found = np.bincount(park, minlength=parks).astype(np.float64)
    else:
        entries, count = spread(net.tie_documents.start, tie)
        keys = np.unique(np.repeat(park, count) * len(net.documents) + net.tie_documents.document[entries])
        found = np.bincount(keys // max(len(net.documents), 1), minlength=parks).astype(np.float64)
    if net.exposure is not None:
        found += np.bincount(net.members.other, weights=np.nan_to_num(net.exposure)[net.members.firm], minlength=parks)
    return found


def _distinct(net: Network, tie: IntArray, park: IntArray) -> FloatArray:
    keys = []
    for behind, item, at in (
        (net.tie_documents, tie, park),
        (net.exposure_documents, net.members.firm, net.members.other),
    ):
        if behind is not None:
            entries, count = spread(behind.start, item)
            keys.append(np.repeat(at, count) * len(net.documents) + behind.document[entries])
    found = np.unique(np.concatenate(keys)) // max(len(net.documents), 1)
    return np.bincount(found, minlength=len(net.parks)).astype(np.float64)


def _inside(net: Network, ties: BoolArray) -> tuple[IntArray, IntArray]:
    """The ties that lie inside a park, and the park; one that lies in two parks stands twice."""
    chosen = np.flatnonzero(ties)
    entries, count = spread(net.first_seat, net.source[chosen])
    tie, park = np.repeat(chosen, count), net.members.other[entries]
    both = np.isin(net.target[tie] * len(net.parks) + park, net.members.firm * len(net.parks) + net.members.other)
    return tie[both], park[both]


def of_park(found: Chemistry, park: int) -> dict[str, Measure]:
    """The measures `NAMES` of one park, by its number.

    >>> told = of_park(chemistry(net), 0)
    >>> round(told["slr"].value, 2), told["verdict"].value, told["verdict"].flags[0]
    (2.0, '证据不足', 'E 1.0 < 5')
    """
    one, lacking = found.peers, found.lacking(park)
    slr_ratio, r0_ratio = found.ratios(park)
    gated = (*one.flags, *(f"gate: {what}" for what in lacking))
    if math.isnan(found.documents[park]):
        gated = (*gated, "documents unknown")
    ties = int(one.observed[park])
    word = verdict(slr_ratio, r0_ratio, lacking)
    reason = one.reason[park]

    def told(value: FloatArray, lo: float | None = None, hi: float | None = None, null: float | None = 1.0) -> Measure:
        if reason:
            return undefined(reason, ties, gated)
        return Measure(float(value[park]), lo, hi, n=ties, null=null, flags=gated)

    shrunk, width = float(one.shrunk[park]), Z95 * float(one.shrunk_sd[park])
    low, high = (None, None) if math.isnan(width) else (shrunk * math.exp(-width), shrunk * math.exp(width))
    place = found.place.of(park)
    return {
        "slr": told(one.ratio, slr_ratio.lo, slr_ratio.hi),
        "slr_eb": told(one.shrunk, low, high),
        "slr_poisson": told(one.ratio, float(one.exact_lo[park]), float(one.exact_hi[park])),
        "slr_z": told(one.z, null=0.0),
        "expected_ties": told(one.expected, null=None),
        "r0": place,
        "r0_p": replace(place, value=float(found.place.p[park]), lo=None, hi=None)
        if place.value is not None
        else place,
        "verdict": Measure(
            word,
            n=ties,
            flags=(*lacking, *((f"relative only: {place.reason}",) if RELATIVE in word else ())),
        ),
    }


def of_parks(
    net: Network,
    found: Chemistry,
    chains: Sequence[Chain] = (),
    *,
    evidence: Mapping[str, Sequence[str]] | None = None,
    firsts: Mapping[str, Sequence[str]] | None = None,
    seed: int = 0,
) -> list[dict[str, Measure]]:
    """Everything that is said of the chemistry of each park, in the order of `net.parks`.

    The ratios and the verdict (`of_park`) and all of `graph.chemistry.profile.profiles`: the split by sort of tie, the
    chains, the network score, the three focuses, the hexagon and the stage. `found` is the `chemistry` of the same
    network and chains; `evidence` and `firsts` map parks to passages on 产城融合 and on first-of-kind products.

    >>> sorted(of_parks(net, chemistry(net))[0])[:4]
    ['chain_completeness', 'chain_longest_path', 'chain_realisation', 'chain_redundancy']
    """
    beside = profiles(net, chains, peers=found.peers, evidence=evidence, firsts=firsts, seed=seed)
    return [of_park(found, number) | beside[park] for number, park in enumerate(net.parks)]


def of_network(found: Chemistry) -> dict[str, Measure]:
    """The measures `WHOLE_NAMES` of the network.

    `tau2`: do parks differ in chemistry, beyond chance? `tie_dispersion`: how much more ties of one firm come together
    than independent ones would; it widens the intervals of SLR.
    """
    parks = int(np.isfinite(found.peers.ratio).sum())
    if not parks:
        return {name: undefined("no park whose chemistry ratio is defined", 0) for name in WHOLE_NAMES}
    return {
        "tau2": Measure(found.peers.tau2, n=parks, null=0.0),
        "tie_dispersion": Measure(found.peers.dispersion, n=parks, null=1.0),
    }
