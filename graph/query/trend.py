"""How what documents tell changed over the years: ties that began, firms that came, documents that spoke of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from graph.model import Kind
from graph.projection import COUNTED
from graph.query.deals import cited, counts, deals, wanted
from graph.query.query import Query
from graph.query.result import Reason, Refusal, Result, extent, joined, not_observed, only
from graph.query.ties import ORGANISATIONS, deals_of
from graph.store import cypher
from graph.store.base import Row, Store


def trend(store: Store, query: Query) -> Result:
    """One row a year: `ties` that began, `firms` seated since then (of a park), `documents` that tell of these ties."""
    only(query, Kind.PARK, *ORGANISATIONS, kinds=True, dates=True)
    slots = [slot for slot in query.slots if slot.kind in (Kind.PARK, *ORGANISATIONS)]
    if query.standing:
        raise Refusal(Reason.NOT_BUILT, "how ranks changed is not told; ask for the rank, or for the change of ties.")
    if len(slots) > 1:
        raise Refusal(Reason.NOT_UNDERSTOOD, "a change over time is of one park, one organisation or of all ties.")
    if slots:
        statement, parameters, found = cypher.DEALS_OF[slots[0].kind], {"id": slots[0].id}, deals_of(store, slots[0])
    else:
        statement, parameters = cypher.DEALS_IN, {"first": "0000", "last": "9999"}
        found = deals(store, [row["id"] for row in store.run(statement, **parameters)])
    ties = [deal for deal in found if counts(deal) and wanted(deal, query)]
    undated = sum(not deal["since"] for deal in found if counts(deal))
    park = next((slot.id for slot in slots if slot.kind is Kind.PARK), "")
    seats = store.run(cypher.SEATED[Kind.ENTERPRISE, Kind.PARK], id=park, counted=list(COUNTED)) if park else []
    rows = _years(query, ties, seats, bool(park))
    coverage = extent(store) | {"ties": len(ties), "undated": undated}
    what = slots[0].name if slots else "ties"
    note = joined(
        _said(rows) if rows else not_observed(coverage, f"{what}: dated ties"),
        f"{undated} ties without a date are in no year" if undated else "",
        "a year with more documents shows more ties: a change may be one of coverage",
    )
    return Result(rows, statement, parameters, cited(ties), coverage, note)


def _years(query: Query, ties: Sequence[Row], seats: Iterable[Row], park: bool) -> list[Row]:
    began = Counter(deal["since"][:4] for deal in ties if deal["since"])
    told = Counter(piece["published"][:4] for deal in ties for piece in deal["evidence"] if piece["published"])
    came = Counter(
        row["since"][:4] for row in seats if row["since"] and (not query.window or query.window.holds(row["since"]))
    )
    years = sorted({*began, *came})
    rows, total = [], 0
    for year in map(str, range(int(years[0]), int(years[-1]) + 1)) if years else ():
        total += began[year]
        row = {"name": year, "year": int(year), "ties": began[year], "ties_so_far": total, "documents": told[year]}
        rows.append(row | ({"firms_came": came[year]} if park else {}))
    return rows


def _said(rows: Sequence[Row]) -> str:
    """The halves of the time beside each other, in words."""
    if len(rows) < 2:
        return f"all in {rows[0]['name']}"
    half = len(rows) // 2
    early, late = rows[:half], rows[-half:]
    told = [f"{sum(row['ties'] for row in years)} in {_span(years)}" for years in (early, late)]
    return f"ties that began: {', '.join(told)}"


def _span(years: Sequence[Row]) -> str:
    return "–".join(dict.fromkeys((years[0]["name"], years[-1]["name"])))
