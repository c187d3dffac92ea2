"""Parks or organisations side by side, and in words which differences the intervals allow to speak of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from graph.model import Kind
from graph.query.deals import counts
from graph.query.query import Query, Slot
from graph.query.result import Reason, Refusal, Result, extent, joined, only
from graph.query.sight import Sight
from graph.query.standing import ranking
from graph.query.ties import ORGANISATIONS, deals_of, organisations
from graph.query.told import inner_deals, pieces, told
from graph.store import cypher
from graph.store.base import Row, Store

MEASURES = (
    "firms",
    "ties",
    "mean_degree",
    "slr_eb",
    "r0",
    "verdict",
    "cross_industry_ratio",
    "institution_share",
    "service_coverage",
    "effective_industries",
    "tie_coverage",
    "stage",
)
"""What parks are set side by side by; density is not among them: it falls with size."""

TOLD = {
    "slr_eb": "chemistry (shrunk SLR)",
    "r0": "effect of the place (R0)",
    "cross_industry_ratio": "ties between industries",
    "institution_share": "firms with institution ties",
    "service_coverage": "makers with a service tie (SC_h)",
    "effective_industries": "effective industries",
}
"""Measures whose intervals are compared in words."""


def compare(store: Store, query: Query, sight: Sight) -> Result:
    """One row for each party named, and the overlap of the intervals in the note."""
    only(query, Kind.PARK, *ORGANISATIONS)
    parks, others = query.of("parks"), organisations(query)
    if len(parks) > 1 and not others:
        return _parks(store, parks, sight)
    if len(others) > 1 and not parks:
        return _organisations(store, others)
    raise Refusal(Reason.NOT_UNDERSTOOD, "a comparison is of two or more parks, or of two or more organisations.")


def _parks(store: Store, parks: Sequence[Slot], sight: Sight) -> Result:
    seen = sight.view()
    made = ranking(seen)
    places = {row["id"]: row for row in (*made["ranked"], *made["unranked"])}
    rows = [_row(slot, seen.park(slot.id), places[slot.id]) for slot in parks]
    said = [deal for slot in parks for deal in inner_deals(store, slot.id)]
    thin = [row["park"] for row in rows if row["measures"]["verdict"]["value"] == "证据不足"]
    note = joined(
        *(_overlap(name, rows) for name in TOLD),
        f"证据不足 (insufficient evidence) for a verdict on {', '.join(thin)}: no ratio of it is to be relied on"
        if thin
        else "",
        "an unequal tie_coverage makes numbers of ties incomparable",
    )
    return Result(rows, cypher.FIRM_TIES, {}, pieces(said), extent(store), note)


def _row(slot: Slot, found: Any, place: Row) -> Row:
    interval = [place["rank_low"], place["rank_high"]]
    return {
        "id": slot.id,
        "park": slot.name,
        "rank": place["rank"],
        "rank_interval": interval if place["rank_low"] else None,
        "rank_reason": place["reason"],
        "measures": {name: told(found[name]) for name in MEASURES},
    }


def _overlap(name: str, rows: Sequence[Row]) -> str:
    """In words, whether the intervals of a measure tell each two parks apart; "" where none has an interval."""
    said = []
    for one, other in combinations(rows, 2):
        a, b = one["measures"][name], other["measures"][name]
        if any(side[end] is None for side in (a, b) for end in ("value", "lo", "hi")):
            continue
        if a["lo"] > b["hi"]:
            said.append(f"{one['park']} above {other['park']}")
        elif b["lo"] > a["hi"]:
            said.append(f"{other['park']} above {one['park']}")
        else:
            said.append(f"{one['park']} and {other['park']} cannot be told apart (intervals overlap)")
    return f"{TOLD[name]}: {', '.join(said)}" if said else ""


def _organisations(store: Store, others: Sequence[Slot]) -> Result:
    rows, told_deals = [], []
    partners: dict[str, set[str]] = {}
    for slot in others:
        found = [deal for deal in deals_of(store, slot) if counts(deal)]
        names = {party["name"] for deal in found for party in deal["parties"] if party["id"] != slot.id}
        partners[slot.name] = names
        rows.append(
            {
                "id": slot.id,
                "name": slot.name,
                "kind": slot.kind.value,
                "ties": len(found),
                "partners": sorted(names),
                "documents": sum(deal["documents"] for deal in found),
            }
        )
        told_deals += found
    shared = sorted(set.intersection(*partners.values()))
    note = joined(
        f"partners of all: {', '.join(shared)}" if shared else "no partner of all of them was observed",
        "counted is what documents tell, not all there is",
    )
    return Result(rows, cypher.DEALS_OF[others[0].kind], {"id": others[0].id}, pieces(told_deals), extent(store), note)
