"""Does structure go beyond what chance makes of it: the wiring of a park given its degrees, and co-location at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from graph.model import Kind
from graph.query.query import Query, Slot
from graph.query.result import Reason, Refusal, Result, extent, joined, only
from graph.query.sight import Sight
from graph.query.told import inner_deals, pieces
from graph.store import cypher
from graph.store.base import Row, Store

if TYPE_CHECKING:
    from graph.network import BoolArray, Network

DRAWS, SEED = 200, 0
PERMUTATIONS = 1000
HUBS = 0.05  # of the firms with ties, those with most, left out to see whether a few carry the effect
CLIQUE = 3  # firms in one event, from which on it makes a triangle by itself


def connectivity(store: Store, query: Query, sight: Sight) -> Result:
    """Of the park named, whether ties cluster more than degrees make them; of none, whether sharing a park matters."""
    only(query, Kind.PARK)
    parks = query.of("parks")
    if len(parks) > 1:
        raise Refusal(Reason.NOT_UNDERSTOOD, "ask for the wiring of one park, or compare the parks.")
    if parks and query.aspect != "place":
        return _wiring(store, sight.network(), parks[0])
    if query.target:
        raise Refusal(Reason.NOT_BUILT, "parks by how they are wired are not listed yet; name one park.")
    return _place(store, sight.network(), parks)


def _cooperation(net: Network) -> BoolArray:
    from graph.chain import adjacency, service
    from graph.tie import classes, cooperates

    return cooperates(classes(net, adjacency(net, ()), service(net)))


# ---- wiring ---------------------------------------------------------------------------------------------------------


def _wiring(store: Store, whole: Network, park: Slot) -> Result:
    net = whole.subnetwork(park.id)
    net = net.keeping(_cooperation(net))
    said = inner_deals(store, park.id)
    lone = _without_consortia(net, said)
    rows = _measured(net, "all ties")
    rows += _measured(lone, "without consortia") if len(lone.source) < len(net.source) else []
    coverage = extent(store) | {"firms": len(net.firms), "ties": len(net.source)}
    events = sum(_firms(deal) >= CLIQUE for deal in said)
    note = joined(
        f"{park.name}: n = {len(net.firms)} firms, {len(net.source)} ties",
        f"{events} event{'' if events == 1 else 's'} of {CLIQUE} and more firms, each a clique; "
        f"{len(net.source) - len(lone.source)} ties rest on such events alone and are left out in a second reading"
        if events
        else f"no event of {CLIQUE} and more firms",
    )
    if all(row["z"] is None for row in rows):
        note = joined(note, rows[0]["reason"])
        result = Result(rows, cypher.TIES_OF_PARK, {"id": park.id}, pieces(said), coverage, note)
        raise Refusal(Reason.INSUFFICIENT, f"too few ties to say so; {note}", result=result)
    return Result(rows, cypher.TIES_OF_PARK, {"id": park.id}, pieces(said), coverage, note)


def _measured(net: Network, what: str) -> list[Row]:
    from graph.chemistry.wiring import SWEEPS, wirings
    from graph.metrics import cohesion
    from graph.metrics.groups import Groups

    groups = Groups.whole(net)
    asked = {"average_clustering": cohesion.average_clustering, "transitivity": cohesion.transitivity}
    found = wirings(groups, asked, seed=SEED, draws=DRAWS, method="swaps")
    giant = cohesion.giant_component_share(net).value
    rows = []
    for name, one in found.items():
        plain = {"value": one.value, "null_mean": one.mean, "null_sd": one.sd, "z": one.z, "p": one.p}
        rows.append(
            {
                "name": name,
                "ties_counted": what,
                **{key: _known(values[0]) for key, values in plain.items()},
                "null_lo": _known(one.lo[0]),
                "null_hi": _known(one.hi[0]),
                "firms": len(net.firms),
                "ties": len(net.source),
                "giant_component_share": giant,
                "draws": one.draws,
                "swaps": round(float(one.swaps[0]) * len(net.source)),
                "sweeps": SWEEPS,
                "seed": SEED,
                "reason": asked[name](net).reason or one.reason[0] or None,
            }
        )
    return rows


def _without_consortia(net: Network, said: list[Row]) -> Network:
    """The network without ties that only events of many firms make."""
    import numpy as np

    pairs = {
        frozenset((a["id"], b["id"]))
        for deal in said
        if _firms(deal) < CLIQUE
        for a in deal["parties"]
        for b in deal["parties"]
        if a["id"] != b["id"]
    }
    ends = zip(net.source.tolist(), net.target.tolist(), strict=True)
    return net.keeping(np.array([frozenset((net.firms[a], net.firms[b])) in pairs for a, b in ends], dtype=np.bool_))


def _firms(deal: Row) -> int:
    return sum(party["kind"] == Kind.ENTERPRISE for party in deal["parties"])


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


# ---- place ----------------------------------------------------------------------------------------------------------


def _place(store: Store, net: Network, parks: tuple[Slot, ...]) -> Result:
    net = net.keeping(_cooperation(net))
    rows = [_pooled(net, "all parks"), _pooled(_without_hubs(net), "without hubs")]
    single = _each(net)
    asked = {slot.id for slot in parks}
    rows += [row for row in single if not asked or row["id"] in asked]
    defined = sum(row["r0"] is not None for row in single)
    coverage = extent(store) | {"parks_with_r0": defined, "permutations": PERMUTATIONS, "seed": SEED}
    note = (
        "R0 = ties inside parks over their mean when firms draw their parks by lot; lots are drawn only within a city, "
        "and there within industry and exposure where enough firms can move (level says which); "
        f"without hubs: without the {HUBS:.0%} of firms with most ties"
    )
    result = Result(rows, cypher.FIRM_TIES, {}, (), coverage, note)
    if rows[0]["r0"] is None:
        raise Refusal(Reason.INSUFFICIENT, f"R0 over all parks: {rows[0]['reason']}", result=result)
    return result


def _pooled(net: Network, scope: str) -> Row:
    """R0 over all parks whose firms can change places: their ties together beside what lots give together."""
    import numpy as np

    from graph.chemistry.place import MOVABLE, r0

    found = r0(net, seed=SEED, permutations=PERMUTATIONS)
    used = np.isfinite(found.expected) & (found.movable >= MOVABLE)
    observed, expected = float(found.observed[used].sum()), float(found.expected[used].sum())
    variance = float(np.nansum(found.variance[used]))
    row: Row = {"id": "", "name": scope, "observed": observed, "expected": expected, "parks": int(used.sum())}
    levels = {level: found.level.count(level) for level in sorted({*found.level} - {""})}
    row |= {"levels": levels, "flags": list(found.flags), "permutations": PERMUTATIONS, "seed": SEED}
    if expected < 1:
        reason = f"lots would put {expected:.1f} ties inside parks, fewer than 1: not exchangeable"
        return row | {"r0": None, "lo": None, "hi": None, "reason": reason}
    middle = math.log((observed + 0.5) / (expected + 0.5))
    half = 1.96 * math.sqrt(max(1 / (observed + 0.5), variance / (expected + 0.5) ** 2))
    lo, hi = math.exp(middle - half), math.exp(middle + half)
    return row | {"r0": observed / expected, "lo": lo, "hi": hi, "reason": None}


def _without_hubs(net: Network) -> Network:
    import numpy as np

    degree = net.degree
    tied = np.sort(degree[degree > 0])[::-1]
    most = math.ceil(HUBS * len(tied))
    if not most:
        return net
    hubs = np.argsort(-degree, kind="stable")[:most]
    return net.keeping(~(np.isin(net.source, hubs) | np.isin(net.target, hubs)))


def _each(net: Network) -> list[Row]:
    from graph.chemistry.place import r0

    found = r0(net, seed=SEED, permutations=PERMUTATIONS)
    rows = [
        {
            "id": park,
            "name": net.names.get(park, park),
            "r0": _known(found.value[number]),
            "lo": _known(found.lo[number]),
            "hi": _known(found.hi[number]),
            "p": _known(found.p[number]),
            "observed": int(found.observed[number]),
            "expected": _known(found.expected[number]),
            "firms": int(found.firms[number]),
            "level": found.level[number],
            "reason": found.reason[number] or None,
        }
        for number, park in enumerate(net.parks)
        if found.firms[number] > 1
    ]
    return sorted(rows, key=lambda row: (row["r0"] is None, -(row["r0"] or 0), -row["firms"], row["name"]))
