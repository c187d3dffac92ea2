"""Which parks link two fields: a tie between a firm of each, both in the park; not parks that merely hold both."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from graph.model import Kind, Status
from graph.network import Network
from graph.projection import COUNTED
from graph.query.deals import cited, counts, deals, wanted
from graph.query.fields import Field, field, field_firms, firms_of, unknown_fields
from graph.query.query import Query, Slot
from graph.query.result import Reason, Refusal, Result, extent, joined, not_observed, only
from graph.query.sight import Sight
from graph.store import cypher
from graph.store.base import Row, Store


def link(store: Store, query: Query, sight: Sight) -> Result:
    """One row a park: its pairs of firms with kinds, dates and sentences, O, E and O/E with its interval.

    Parks that merely hold firms of both fields are no rows: they stand in the coverage, as `both_present_no_tie`.
    E are the park's pairs of a firm of each field, times the share of all pairs of firms in the other parks that are
    tied; the interval is the exact one of a Poisson count, without what documents leave unseen.

    Raises Refusal unless the question names two fields.
    """
    fields = query.fields
    if len(fields) != 2 or query.negative:
        raise Refusal(Reason.NOT_UNDERSTOOD, "a question for links names two fields, such as batteries and carmakers.")
    only(query, Kind.PARK, Kind.INDUSTRY, Kind.TRACK, kinds=True, dates=True)
    first, second = (field(store, slot) for slot in fields)
    parameters = {"a": list(first.ids), "b": list(second.ids), "counted": list(COUNTED)}
    found = store.run(cypher.LINKING_PARKS, **parameters) if first.ids and second.ids else []
    parks = _parks(store, query, found)
    coverage: Row = extent(store) | {
        "firms_a": firms_of(store, first.ids),
        "firms_b": firms_of(store, second.ids),
    }
    rows, both = _beside(parks, _both(store, query, sight, (first, second)))
    coverage["both_present_no_tie"] = both
    missed = "" if parks else _missed(store, (first, second), coverage)
    note = joined(missed, _merely(both), first.said(), second.said())
    evidence = cited(pair for park in parks for pair in park["pairs"])
    return Result(rows, cypher.LINKING_PARKS, parameters, evidence, coverage, note)


def _merely(both: Sequence[Row]) -> str:
    names = ", ".join(row["park"] for row in both[:5]) + (" …" if len(both) > 5 else "")
    return f"both fields present, no tie observed: {names}" if both else ""


def _beside(parks: Sequence[Row], both: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The parks with what their pairs let expect, and those that hold both fields and no tie between them."""
    expected = {row["id"]: row for row in both}
    rows = [row | {"observed": len(row["pairs"])} | _ratio(len(row["pairs"]), expected.get(row["id"])) for row in parks]
    linking = {row["id"] for row in parks}
    return rows, [row for row in both if row["id"] not in linking]


def _ratio(observed: int, row: Row | None) -> Row:
    """O/E with its interval; None where nothing is expected."""
    expected = row["expected"] if row else None
    if not expected:
        return {"expected": expected, "ratio": None, "lo": None, "hi": None}
    import numpy as np

    from graph.metrics.interval import poisson

    lo, hi = (float(end[0]) for end in poisson(np.array([observed])))
    found = {"ratio": observed / expected, "lo": lo / expected, "hi": hi / expected}
    return {"expected": expected, **found}


def _both(store: Store, query: Query, sight: Sight, fields: Sequence[Field]) -> list[Row]:
    """The parks that hold firms of both fields: how many of each, their pairs, and the ties these let expect."""
    if not all(one.ids for one in fields):
        return []
    net = sight.network()
    first, second = ({row["id"] for row in field_firms(store, one.ids)} for one in fields)
    asked = {slot.id for slot in query.of("parks")}
    rosters = {park: [net.firms[number] for number in net.firms_of(park).tolist()] for park in net.parks}
    ties = _ties_inside(net)
    rows = []
    for park, firms in rosters.items():
        a, b = first.intersection(firms), second.intersection(firms)
        pairs = _pairs(a, b)
        if not pairs or (asked and park not in asked):
            continue
        elsewhere = [other for other in rosters if other != park]
        space = sum(math.comb(len(rosters[other]), 2) for other in elsewhere)
        rate = sum(ties[other] for other in elsewhere) / space if space else math.nan
        rows.append(
            {
                "id": park,
                "park": net.names.get(park, park),
                "firms_a": len(a),
                "firms_b": len(b),
                "pairs": pairs,
                "expected": None if math.isnan(rate) else pairs * rate,
                "ties_in_park": ties[park],
            }
        )
    return sorted(rows, key=lambda row: (-row["pairs"], row["park"]))


def _pairs(a: Collection[str], b: Collection[str]) -> int:
    """Unordered pairs of a firm of each; a firm of both fields makes none with itself."""
    both = len(set(a) & set(b))
    return len(a) * len(b) - math.comb(both, 2) - both


def _ties_inside(net: Network) -> Counter[str]:
    """How many ties lie inside each park; one inside two parks counts in both."""
    first, park = net.first_seat.tolist(), net.members.other.tolist()
    seats = [frozenset(park[first[firm] : first[firm + 1]]) for firm in range(len(net.firms))]
    ends = zip(net.source.tolist(), net.target.tolist(), strict=True)
    return Counter(net.parks[number] for a, b in ends for number in seats[a] & seats[b])


def _missed(store: Store, fields: Sequence[Field], coverage: Row) -> str:
    """Why an empty answer may be empty: fields without firms, firms without fields."""
    names = " – ".join(one.name for one in fields)
    known = store.run(cypher.FIRMS_WITH_FIELD)[0]["n"]
    return joined(
        not_observed(coverage, names),
        *unknown_fields(store, fields),
        f"the field of {known} of the {coverage['firms']} known firms is known",
    )


def _parks(store: Store, query: Query, found: list[Row]) -> list[Row]:
    known = {deal["id"]: deal for deal in deals(store, [key for row in found for key in row["collaborations"]])}
    asked = {slot.id for slot in query.of("parks")}
    parks: dict[tuple[str, str], dict[frozenset[str], Row]] = defaultdict(dict)
    for row in found:
        told = [known[key] for key in row["collaborations"] if counts(known[key]) and wanted(known[key], query)]
        pair = frozenset((row["a"], row["b"]))
        if told and (not asked or row["park"] in asked):
            parks[row["park"], row["park_name"]].setdefault(pair, _pair(row, query.fields, told))
    rows = [_park(park, list(pairs.values())) for park, pairs in parks.items()]
    return sorted(rows, key=lambda row: (-len(row["pairs"]), row["park"]))[: query.limit]


def _pair(row: Row, fields: Sequence[Slot], told: Sequence[Row]) -> Row:
    ends = ((row["a"], row["a_name"]), (row["b"], row["b_name"]))
    best = max(told, key=lambda deal: (list(Status).index(Status(deal["status"])), deal["since"]))
    return {
        "parties": [
            {"id": id, "name": name, "field": slot.name} for (id, name), slot in zip(ends, fields, strict=True)
        ],
        "kinds": sorted({kind for deal in told for kind in deal["kinds"] or [deal["relation"]]}),
        "status": best["status"],
        "since": min((deal["since"] for deal in told if deal["since"]), default=""),
        "documents": row["documents"],
        "collaborations": [deal["id"] for deal in told],
        "evidence": [piece for deal in told for piece in deal["evidence"]],
    }


def _park(park: tuple[str, str], pairs: list[Row]) -> Row:
    return {
        "id": park[0],
        "park": park[1],
        "pairs": pairs,
        "kinds": sorted({kind for pair in pairs for kind in pair["kinds"]}),
    }
