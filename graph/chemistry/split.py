"""纵向, 横向, 创新: what sort of cooperation does a park have more or less of than its peers?

The chemistry ratio (`graph.chemistry.peers`) fitted three times: supply ties over the chain-adjacent pairs, service
ties over the pairs with exactly one producer-service firm, innovation ties over all pairs. And how many firms of the
park they reach: SC_h and SC_v.

The examples use three parks of two makers and one forwarder each; in P the forwarder serves one of the makers:

>>> from graph.network import Firm, Network, Tie
>>> rows = [(f"{park}{i}", park, name) for park in "PQR" for i, name in enumerate(["电芯", "整车", "货代"])]
>>> net = Network.of(
...     [Firm(id, {park: ()}, name) for id, park, name in rows],
...     [Tie("P0", "P2", kinds=["horizontal"]), Tie("Q0", "Q1", kinds=["供应"]), Tie("R0", "R1", kinds=["供应"])],
... )
>>> feeds = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0]], dtype=bool)  # 整车, 电芯, 货代
>>> serves = np.array([False, False, True])
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.chemistry.jackknife import GROUPS
from graph.chemistry.peers import Peers, slr
from graph.metrics.groups import Groups, ratio
from graph.metrics.interval import SURE, wilson
from graph.metrics.value import Measure, Measures, undefined
from graph.network import BoolArray, FloatArray, IntArray, Network
from graph.tie import classes, of_class

UNKNOWN_SERVICES = "no source: which industries are producer services is unknown"
ALL_SERVE = "no firm that is known to be no producer service"
EMPTY_BALANCE = "the ratio of one of the two chains is undefined"
SHUNNED = "horizontal chain neglected"
MISSING = "no horizontal chain present"
FINE = "none"
READING = "任浩's warning, read by this project"


@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """The three ratios, and the firms that in-park ties of each sort reach; arrays (parks,)."""

    vertical: Peers
    horizontal: Peers
    innovation: Peers
    makers: IntArray  # firms known to be no producer service
    servers: IntArray  # producer-service firms
    served: IntArray  # makers with a service tie in the park
    supplied: IntArray  # makers with a supply tie in the park
    known: FloatArray  # share of the firms whose industry is known
    services_known: bool

    @property
    def balance(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(value, lo, hi) of B = (EB^h - EB^v)/(EB^h + EB^v) = tanh(log(EB^h/EB^v)/2); nan without service firms."""
        h, v = self.horizontal, self.vertical
        with np.errstate(divide="ignore", invalid="ignore"):
            lean = np.log(h.shrunk) - np.log(v.shrunk)
        lean = np.where((self.servers > 0) & np.isfinite(lean), lean, np.nan)
        sd = np.hypot(h.shrunk_sd, v.shrunk_sd)
        return np.tanh(lean / 2), np.tanh((lean - SURE * sd) / 2), np.tanh((lean + SURE * sd) / 2)


def split(
    net: Network, adjacent: BoolArray, service: BoolArray | None, *, groups: int = GROUPS, seed: int = 0
) -> Split:
    """The three ratios of every park.

    Args:
        adjacent: (industries, industries) of `graph.chain.adjacency`.
        service: (industries,) of `graph.chain.service`; None: nobody knows which are producer services.
        groups, seed: of the jackknife over documents.

    A park without producer-service firms has neither a horizontal ratio nor a balance.

    >>> found = split(net, feeds, serves)
    >>> found.vertical.observed.tolist(), found.horizontal.observed.tolist(), found.served.tolist()
    ([0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1, 0, 0])
    """
    serves = np.zeros(len(net.industries), dtype=np.bool_) if service is None else service
    of_tie = classes(net, adjacent, serves)

    def ratio_of(name: str, pairs: str) -> Peers:
        ties = of_class(of_tie, name)
        with np.errstate(divide="ignore", invalid="ignore"):  # a sort of tie that stands nowhere has no rate
            return slr(net, ties=ties, pairs=pairs, adjacent=adjacent, service=serves, groups=groups, seed=seed)

    inner = Groups.parks(net)
    industry = inner.net.industry
    serving = np.append(serves, False)[industry]
    making = (industry >= 0) & ~serving
    return Split(
        vertical=ratio_of("vertical", "adjacent"),
        horizontal=ratio_of("horizontal", "service"),
        innovation=ratio_of("innovation", "all"),
        makers=inner.sums(making),
        servers=inner.sums(serving),
        served=inner.sums(making & _reached(net, of_class(of_tie, "horizontal"))),
        supplied=inner.sums(making & _reached(net, of_class(of_tie, "vertical"))),
        known=ratio(inner.sums(industry >= 0), inner.firms),
        services_known=service is not None,
    )


def scores(
    net: Network, adjacent: BoolArray, service: BoolArray | None, *, groups: int = GROUPS, seed: int = 0
) -> dict[str, dict[str, Measure]]:
    """By park id the measures of `split`, as `told` names them.

    >>> found = scores(net, feeds, serves)["P"]
    >>> found["service_coverage"].value, found["supply_coverage"].value
    (0.5, 0.0)
    >>> sorted(found)[:4]
    ['horizontal_balance', 'horizontal_neglect', 'service_coverage', 'slr_horizontal']
    """
    return told(net, split(net, adjacent, service, groups=groups, seed=seed))


def told(net: Network, found: Split) -> dict[str, dict[str, Measure]]:
    """By park id: `slr_vertical`, `slr_horizontal`, `slr_innovation`, each `…_eb`; `horizontal_balance` B;
    `service_coverage` SC_h and `supply_coverage` SC_v, the share of firms that are no producer service and have a
    service (supply) tie in the park; `horizontal_neglect`.

    `null` of a ratio is 1. `horizontal_neglect` is "horizontal chain neglected" where the interval of the vertical
    ratio is not under 1 and that of the horizontal one is, "no horizontal chain present" where the former holds and
    there is no producer-service firm at all, else "none".
    """
    value, lo, hi = found.balance
    unknown = np.full(len(net.parks), not found.services_known)
    no_server = found.servers == 0
    balance = Measures(
        value,
        {UNKNOWN_SERVICES: unknown, MISSING: no_server, EMPTY_BALANCE: np.ones(len(value), dtype=np.bool_)},
        found.makers + found.servers,
        lo,
        hi,
        found.known,
    )
    reached = {"service_coverage": service_coverage(found), "supply_coverage": supply_coverage(found)}
    sorts = {"vertical": found.vertical, "horizontal": found.horizontal, "innovation": found.innovation}
    by_park = {}
    for park, name in enumerate(net.parks):
        row = {}
        for sort, peers in sorts.items():
            missing = UNKNOWN_SERVICES if sort == "horizontal" and not found.services_known else ""
            row[f"slr_{sort}"] = _ratio(peers, park, missing)
            row[f"slr_{sort}_eb"] = _shrunk(peers, park, missing)
        row |= {"horizontal_balance": balance.of(park), "horizontal_neglect": _neglect(found, park)}
        by_park[name] = row | {key: each.of(park) for key, each in reached.items()}
    return by_park


def service_coverage(found: Split) -> Measures:
    """SC_h: the share of the firms that are no producer service with a service tie in the park; Wilson's interval."""
    return _coverage(found, found.served)


def supply_coverage(found: Split) -> Measures:
    """SC_v: the same with a supply tie."""
    return _coverage(found, found.supplied)


def _coverage(found: Split, firms: IntArray) -> Measures:
    unknown = np.full(len(firms), not found.services_known)
    makers = np.where(unknown, 0, found.makers)
    reasons = {UNKNOWN_SERVICES: unknown, ALL_SERVE: ~unknown}
    return Measures(ratio(firms, makers), reasons, found.makers, *wilson(firms, makers), found.known)


def _reached(net: Network, ties: BoolArray) -> BoolArray:
    """(seats,): which firms have one of these ties inside the park."""
    return np.asarray(Groups.parks(net.keeping(ties)).net.degree > 0)


def _ratio(peers: Peers, park: int, missing: str) -> Measure:
    reason, ties = missing or peers.reason[park], int(peers.observed[park])
    if reason:
        return undefined(reason, ties)
    lo, hi = float(peers.lo[park]), float(peers.hi[park])
    return Measure(float(peers.ratio[park]), lo, hi, ties, null=1.0, flags=peers.flags)


def _shrunk(peers: Peers, park: int, missing: str) -> Measure:
    reason, ties, value = missing or peers.reason[park], int(peers.observed[park]), float(peers.shrunk[park])
    if reason or not np.isfinite(value):
        return undefined(reason or EMPTY_BALANCE, ties)
    half = float(np.exp(SURE * peers.shrunk_sd[park]))
    return Measure(value, value / half, value * half, ties, null=1.0, flags=peers.flags)


def _neglect(found: Split, park: int) -> Measure:
    if not found.services_known:
        return undefined(UNKNOWN_SERVICES)
    if found.vertical.reason[park]:
        return undefined(f"vertical: {found.vertical.reason[park]}")
    n = int(found.makers[park] + found.servers[park])
    built = found.vertical.hi[park] >= 1
    if built and not found.servers[park]:
        return Measure(MISSING, n=n, flags=(READING,))
    if found.servers[park] and found.horizontal.reason[park]:
        return undefined(f"horizontal: {found.horizontal.reason[park]}", n)
    return Measure(SHUNNED if built and found.horizontal.hi[park] < 1 else FINE, n=n, flags=(READING,))
