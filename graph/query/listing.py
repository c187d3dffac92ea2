"""Names that meet a filter: firms in a park, parks of a place, partners of a firm; and how many they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from graph.model import Kind
from graph.projection import COUNTED
from graph.query.deals import cited, counts, deals, named, wanted
from graph.query.evidence import quotes
from graph.query.fields import field_ids
from graph.query.query import Query, Slot
from graph.query.result import Reason, Refusal, Result, extent, not_observed, only
from graph.query.ties import ORGANISATIONS, deals_of, organisations, partners
from graph.store import cypher
from graph.store.base import Row, Store

NAMED = 20  # names that stand beside a count

Listing = Callable[[Store, Query], Result]


def listed(store: Store, query: Query) -> Result:
    """The rows that the question lists. Raises Refusal for a filter that is not built or no list at all."""
    if query.negative:
        return _negative(store, query)
    result = LISTINGS.get(query.target or _implied(query), _nothing)(store, query)
    return replace(result, rows=result.rows[: query.limit])


def counted(store: Store, query: Query) -> Result:
    """How many rows the list has: one row {count, of, names}."""
    result = listed(store, replace(query, limit=None))
    names = [row.get("name") or row.get("park") or row["id"] for row in result.rows]
    row = {"count": len(names), "of": query.target or _implied(query), "names": names[: query.limit or NAMED]}
    return replace(result, rows=(row,))


def _implied(query: Query) -> str:
    """What is listed where the question does not say it."""
    if organisations(query):
        return "partners"
    return "collaborations" if query.kinds or query.window else ""


def _nothing(store: Store, query: Query) -> Result:
    raise Refusal(Reason.NOT_UNDERSTOOD, "say what to list: firms, parks, institutions, industries or collaborations.")


def _firms(store: Store, query: Query) -> Result:
    if organisations(query):
        return partners(store, query, (Kind.ENTERPRISE,))
    return _seated(store, query, Kind.ENTERPRISE)


def _institutions(store: Store, query: Query) -> Result:
    if organisations(query):
        return partners(store, query, (Kind.INSTITUTION,))
    return _seated(store, query, Kind.INSTITUTION)


def _partners(store: Store, query: Query) -> Result:
    if organisations(query):
        return partners(store, query, (*ORGANISATIONS, Kind.PARK, Kind.PLACE))
    return _seated(store, query, Kind.ENTERPRISE)


def _seated(store: Store, query: Query, kind: Kind) -> Result:
    """Organisations in the parks (or places) named, of the fields named; those of a field anywhere if no park is."""
    only(query, Kind.PARK, Kind.PLACE, Kind.INDUSTRY, Kind.TRACK)
    sites = [slot for slot in query.slots if slot.kind in (Kind.PARK, Kind.PLACE)]
    if not sites:
        return _of_field(store, query)
    statement, parameters = cypher.SEATED[kind, sites[0].kind], {"id": sites[0].id, "counted": list(COUNTED)}
    rows = store.run(statement, **parameters)
    for slot in sites[1:]:
        there = {row["id"] for row in store.run(cypher.SEATED[kind, slot.kind], id=slot.id, counted=list(COUNTED))}
        rows = [row for row in rows if row["id"] in there]
    for field in query.fields:
        firms = {row["id"] for row in _firms_of(store, field)}
        rows = [row for row in rows if row["id"] in firms]
    return _result(store, _site_rows(store, rows), statement, parameters)


def _site_rows(store: Store, rows: Sequence[Row]) -> list[Row]:
    said = quotes(store, [row["evidence"][0] for row in rows])
    return [
        {key: row[key] for key in ("id", "name", "kind", "status", "since", "until", "documents")}
        | {"evidence": [said[key] for key in row["evidence"][:1] if key in said]}
        for row in rows
    ]


def _of_field(store: Store, query: Query) -> Result:
    if not query.fields:
        return _nothing(store, query)
    first, *rest = (_firms_of(store, field) for field in query.fields)
    rows = [row for row in first if all(row["id"] in {other["id"] for other in more} for more in rest)]
    return _result(
        store, rows, cypher.FIELD_FIRMS, {"ids": field_ids(store, query.fields[0]), "counted": list(COUNTED)}
    )


def _firms_of(store: Store, field: Slot) -> list[Row]:
    ids = field_ids(store, field)
    return store.run(cypher.FIELD_FIRMS, ids=ids, counted=list(COUNTED)) if ids else []


def _parks(store: Store, query: Query) -> Result:
    """Parks in which the firms named sit, that hold firms of each field named, that lie in the places named."""
    if organisations(query) and query.work:
        return _of_partners(store, query)
    only(query, Kind.ENTERPRISE, Kind.INSTITUTION, Kind.PLACE, Kind.INDUSTRY, Kind.TRACK)
    if query.work:
        raise Refusal(Reason.NOT_BUILT, "parks by how their firms work together are listed for two fields only.")
    if not query.slots:
        rows = store.run(cypher.LISTED[Kind.PARK], skip=0, limit=query.limit or 1000)
        return _result(store, rows, cypher.LISTED[Kind.PARK], {"skip": 0, "limit": query.limit or 1000})
    filters = [_parks_by(store, slot) for slot in query.slots]
    statement, parameters, rows = filters[0]
    for _, _, others in filters[1:]:
        kept = {row["id"] for row in others}
        rows = [row for row in rows if row["id"] in kept]
    return _result(store, rows, statement, parameters)


def _of_partners(store: Store, query: Query) -> Result:
    """Parks that hold firms with a tie to the organisation named."""
    result = partners(store, query, (Kind.ENTERPRISE,))
    rows = _sites(store, [row["id"] for row in result.rows])
    return replace(result, rows=rows, note=result.note or ("" if rows else not_observed(extent(store))))


def _parks_by(store: Store, slot: Slot) -> tuple[str, Mapping[str, object], list[Row]]:
    """The statement, its parameters and the parks that one name of the question allows."""
    if slot.kind is Kind.PLACE:
        parameters = {"id": slot.id, "counted": list(COUNTED)}
        statement = cypher.SEATED[Kind.PARK, Kind.PLACE]
        return statement, parameters, _site_rows(store, store.run(statement, **parameters))
    if slot.kind in (Kind.INDUSTRY, Kind.TRACK):
        firms = [row["id"] for row in _firms_of(store, slot)]
        return cypher.SITES_OF, {"ids": firms, "counted": list(COUNTED)}, _sites(store, firms)
    rows = [
        row
        for row in store.run(cypher.LINKS_FROM[slot.kind], id=slot.id)
        if row["relation"] == "LOCATED_IN" and row["kind"] == Kind.PARK and row["status"] in COUNTED
    ]
    return cypher.LINKS_FROM[slot.kind], {"id": slot.id}, _site_rows(store, rows)


def _sites(store: Store, firms: Sequence[str]) -> list[Row]:
    """The parks of these firms with how many of them each holds, most first."""
    parks: dict[str, Row] = {}
    for row in store.run(cypher.SITES_OF, ids=list(firms), counted=list(COUNTED)) if firms else []:
        park = parks.setdefault(row["id"], {"id": row["id"], "name": row["name"], "firms": 0})
        park["firms"] += 1
    return sorted(parks.values(), key=lambda row: (-row["firms"], row["name"], row["id"]))


def _industries(store: Store, query: Query) -> Result:
    """The industries of the park or the organisation named, with how many of its firms are of each."""
    only(query, Kind.PARK, *ORGANISATIONS)
    if len(query.slots) != 1:
        return _nothing(store, query)
    slot = query.slots[0]
    rows = [
        {"id": row["id"], "name": row["name"], "documents": row["documents"]}
        for row in store.run(cypher.LINKS_FROM[slot.kind], id=slot.id)
        if row["relation"] == "OPERATES_IN" and row["status"] in COUNTED
    ]
    if slot.kind is Kind.PARK:
        rows = firms_by_field(store, slot.id) or rows
    return _result(store, rows, cypher.LINKS_FROM[slot.kind], {"id": slot.id})


def firms_by_field(store: Store, park: str) -> list[Row]:
    """The industries of a park's firms with how many firms are of each, most first."""
    firms = [row["id"] for row in store.run(cypher.SEATED[Kind.ENTERPRISE, Kind.PARK], id=park, counted=list(COUNTED))]
    found: dict[str, Row] = {}
    for row in store.run(cypher.FIELDS_OF, ids=firms, counted=list(COUNTED)) if firms else []:
        field = found.setdefault(row["id"], {"id": row["id"], "name": row["name"], "firms": 0})
        field["firms"] += 1
    return sorted(found.values(), key=lambda row: (-row["firms"], row["name"], row["id"]))


def _collaborations(store: Store, query: Query) -> Result:
    """Ties of the organisation or park named, or all that began in the window."""
    only(query, Kind.PARK, *ORGANISATIONS, kinds=True, dates=True)
    if query.slots:
        return _shared(store, query)
    if not query.window:
        return _nothing(store, query)
    parameters = {"first": query.window.start[:4] or "0000", "last": query.window.end[:4] or "9999"}
    found = deals(store, [row["id"] for row in store.run(cypher.DEALS_IN, **parameters)])
    rows = [named(deal) for deal in found if wanted(deal, query) and counts(deal)]
    return _result(store, rows, cypher.DEALS_IN, parameters)


def _shared(store: Store, query: Query) -> Result:
    slot, *others = query.slots
    asked = {other.id for other in others}
    rows = [
        named(deal)
        for deal in deals_of(store, slot)
        if wanted(deal, query) and counts(deal) and asked <= {party["id"] for party in deal["parties"]}
    ]
    return _result(store, rows, cypher.DEALS_OF[slot.kind], {"id": slot.id})


def _negative(store: Store, query: Query) -> Result:
    """What was not observed; never what is not."""
    if organisations(query) and query.target in ("", "partners", "enterprises", "institutions"):
        return partners(store, query, ORGANISATIONS)
    if query.target == "parks" and not query.slots and "institutions" in query.classes:
        return _untied(store, query, Kind.INSTITUTION)
    if query.target == "parks" and not query.slots and "enterprises" in query.classes:
        return _untied(store, query, Kind.ENTERPRISE)
    raise Refusal(Reason.NOT_BUILT, "this negative question is not built yet; ask for what was observed instead.")


def _untied(store: Store, query: Query, kind: Kind) -> Result:
    """Parks none of whose firms was seen in a tie with an organisation of this kind."""
    parameters = {"counted": list(COUNTED)}
    tied = {row["id"] for row in store.run(cypher.PARKS_TIED_TO[kind], **parameters)}
    parks = store.run(cypher.LISTED[Kind.PARK], skip=0, limit=10_000)
    rows = [{"id": row["id"], "name": row["name"], "observed": False} for row in parks if row["id"] not in tied]
    result = _result(store, rows[: query.limit], cypher.PARKS_TIED_TO[kind], parameters)
    coverage = {**result.coverage, "observed": len(tied)}
    return replace(
        result, coverage=coverage, note=not_observed(extent(store)) + "; this does not say that there is none"
    )


def _result(store: Store, rows: Sequence[Row], statement: str, parameters: Mapping[str, object]) -> Result:
    coverage = extent(store)
    note = "" if rows else not_observed(coverage)
    return Result(rows, statement, parameters, cited(rows), coverage, note)


LISTINGS: Mapping[str, Listing] = {
    "enterprises": _firms,
    "institutions": _institutions,
    "partners": _partners,
    "parks": _parks,
    "industries": _industries,
    "collaborations": _collaborations,
}
