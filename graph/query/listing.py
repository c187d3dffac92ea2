"""Names that meet a filter: firms in a park, parks of a place, partners of a firm; and how many they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from graph.model import Kind
from graph.projection import COUNTED
from graph.query.deals import cited, counts, deals, named, wanted
from graph.query.evidence import quotes
from graph.query.fields import Field, field, field_firms, unknown_fields, with_field
from graph.query.groups import tied
from graph.query.places import places
from graph.query.query import Query, Slot
from graph.query.result import Reason, Refusal, Result, extent, joined, not_observed, only
from graph.query.ties import ORGANISATIONS, deals_of, organisations, partners, reports
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
    return _of_kind(store, query, Kind.ENTERPRISE)


def _institutions(store: Store, query: Query) -> Result:
    return _of_kind(store, query, Kind.INSTITUTION)


def _offices(store: Store, query: Query) -> Result:
    return _of_kind(store, query, Kind.GOVERNMENT)


def _of_kind(store: Store, query: Query, kind: Kind) -> Result:
    """Organisations of a kind: partners of the one named, those with a tie to a class of others, or those that sit."""
    if organisations(query):
        return partners(store, query, (kind,))
    others = [CLASSES[name] for name in query.classes if CLASSES.get(name) not in (None, kind)]
    if query.work and others:
        return tied(store, query, kind, others[0])
    if query.work:
        raise Refusal(Reason.NOT_BUILT, "firms by how they work with each other are not listed yet; name one of them.")
    return _seated(store, query, kind)


def _partners(store: Store, query: Query) -> Result:
    """Partners of any kind, or of the classes that the question speaks of (高校, 科研机构, companies)."""
    said = tuple(CLASSES[name] for name in query.classes if name in CLASSES) if not query.target else ()
    if organisations(query) or (query.work and len(query.of("parks")) == 1):
        return partners(store, query, said or (*ORGANISATIONS, Kind.PARK, Kind.PLACE))
    return _seated(store, query, Kind.ENTERPRISE)


def _seated(store: Store, query: Query, kind: Kind) -> Result:
    """Organisations in the parks (or places) named, of the fields named; those of a field anywhere if no park is."""
    only(query, Kind.PARK, Kind.PLACE, Kind.INDUSTRY, Kind.TRACK)
    sites = [slot for slot in query.slots if slot.kind in (Kind.PARK, Kind.PLACE)]
    if not sites:
        return _of_field(store, query)
    statement, parameters, rows, told = _seats(store, sites[0], kind)
    for slot in sites[1:]:
        _, _, others, more = _seats(store, slot, kind)
        rows = _kept(rows, others)
        told = joined(told, more)
    there = [row["id"] for row in rows]
    fields = [field(store, slot) for slot in query.fields]
    for one in fields:
        rows = _kept(rows, field_firms(store, one.ids))
    result = _result(store, _site_rows(store, rows), statement, parameters)
    unknown = _unknown(store, there, fields, bool(rows)) if fields else ""
    return replace(result, note=joined(result.note, unknown, *(one.said() for one in fields), told))


def _kept(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """The rows whose ids are among those of the others."""
    ids = {row["id"] for row in others}
    return [row for row in rows if row["id"] in ids]


def _unknown(store: Store, firms: Sequence[str], fields: Sequence[Field], found: bool) -> str:
    """What is not known of the fields of the firms that sit there, in words; "" where all are known."""
    known = with_field(store, firms)
    if known == len(firms) and (found or known):
        return joined(*unknown_fields(store, fields))
    said = f"{_firms_known(len(firms))} there, the field of {known} is known"
    return joined(said + ("" if found else ": cannot say more"), *unknown_fields(store, fields))


def _firms_known(number: int) -> str:
    return "1 firm is known" if number == 1 else f"{number or 'no'} firms are known"


def _seats(store: Store, slot: Slot, kind: Kind) -> tuple[str, dict[str, object], list[Row], str]:
    """The statement, its parameters, the organisations or parks in a park or place, and what the place includes."""
    if slot.kind is Kind.PARK:
        parameters: dict[str, object] = {"id": slot.id, "counted": list(COUNTED)}
        return cypher.SEATED[kind, slot.kind], parameters, store.run(cypher.SEATED[kind, slot.kind], **parameters), ""
    within = places(store, slot)
    parameters = {"ids": list(within), "counted": list(COUNTED)}
    found = store.run(cypher.SEATED_IN[kind], **parameters)
    parks = store.run(cypher.SEATED_IN[Kind.PARK], **parameters) if kind is not Kind.PARK else []
    for park in dict.fromkeys(row["id"] for row in parks):
        found += store.run(cypher.SEATED[kind, Kind.PARK], id=park, counted=list(COUNTED))
    rows = list({row["id"]: row for row in reversed(found)}.values())[::-1]  # each once, though in city and province
    included = sorted(name for key, name in within.items() if key != slot.id)
    named_parks = sorted({row["name"] for row in parks})
    told = f"{slot.name} includes {', '.join((*included, *named_parks)[:NAMED])}" if included or named_parks else ""
    return cypher.SEATED_IN[kind], parameters, sorted(rows, key=lambda row: (row["name"], row["id"])), told


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
    fields = [field(store, slot) for slot in query.fields]
    rows = field_firms(store, fields[0].ids)
    for one in fields[1:]:
        rows = _kept(rows, field_firms(store, one.ids))
    result = _result(store, rows, cypher.FIELD_FIRMS, {"ids": list(fields[0].ids), "counted": list(COUNTED)})
    missing = () if rows else unknown_fields(store, fields)
    return replace(result, note=joined(result.note, *missing, *(one.said() for one in fields)))


def _parks(store: Store, query: Query) -> Result:
    """Parks in which the firms named sit, that hold firms of each field named, that lie in the places named."""
    if organisations(query) and query.work:
        return _of_partners(store, query)
    only(query, Kind.ENTERPRISE, Kind.INSTITUTION, Kind.PLACE, Kind.INDUSTRY, Kind.TRACK)
    others = [CLASSES[name] for name in query.classes if name in CLASSES]
    if query.work and others and not query.slots:
        return _of_tied(store, others)
    if query.work:
        raise Refusal(Reason.NOT_BUILT, "parks by how their firms work together are listed for two fields only.")
    if not query.slots:
        rows = store.run(cypher.LISTED[Kind.PARK], skip=0, limit=query.limit or 1000)
        return _result(store, rows, cypher.LISTED[Kind.PARK], {"skip": 0, "limit": query.limit or 1000})
    filters = [_parks_by(store, slot) for slot in query.slots]
    statement, parameters, rows, _ = filters[0]
    for _, _, more, _ in filters[1:]:
        rows = _kept(rows, more)
    result = _result(store, rows, statement, parameters)
    return replace(result, note=joined(result.note, *(told for _, _, _, told in filters)))


def _of_tied(store: Store, others: Sequence[Kind]) -> Result:
    """Parks that hold firms with a tie to organisations of each of these kinds."""
    parameters = {"counted": list(COUNTED)}
    rows = store.run(cypher.PARKS_TIED_TO[others[0]], **parameters)
    for kind in others[1:]:
        rows = _kept(rows, store.run(cypher.PARKS_TIED_TO[kind], **parameters))
    return _result(store, rows, cypher.PARKS_TIED_TO[others[0]], parameters)


def _of_partners(store: Store, query: Query) -> Result:
    """Parks that hold firms with a tie to the organisation named."""
    result = partners(store, query, (Kind.ENTERPRISE,))
    rows = sites(store, [row["id"] for row in result.rows])
    return replace(result, rows=rows, note=result.note or ("" if rows else not_observed(extent(store))))


def _parks_by(store: Store, slot: Slot) -> tuple[str, Mapping[str, object], list[Row], str]:
    """The statement, its parameters, the parks that one name of the question allows, and what the name includes."""
    if slot.kind is Kind.PLACE:
        statement, parameters, rows, told = _seats(store, slot, Kind.PARK)
        return statement, parameters, _site_rows(store, rows), told
    if slot.kind in (Kind.INDUSTRY, Kind.TRACK):
        one = field(store, slot)
        firms = [row["id"] for row in field_firms(store, one.ids)]
        told = joined(*unknown_fields(store, [one]), one.said())
        return cypher.SITES_OF, {"ids": firms, "counted": list(COUNTED)}, sites(store, firms), told
    rows = [
        row
        for row in store.run(cypher.LINKS_FROM[slot.kind], id=slot.id)
        if row["relation"] == "LOCATED_IN" and row["kind"] == Kind.PARK and row["status"] in COUNTED
    ]
    return cypher.LINKS_FROM[slot.kind], {"id": slot.id}, _site_rows(store, rows), ""


def sites(store: Store, firms: Sequence[str]) -> list[Row]:
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
    if organisations(query) and query.target in ("", "partners", "enterprises", "institutions", "governments"):
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


CLASSES: Mapping[str, Kind] = {
    "enterprises": Kind.ENTERPRISE,
    "institutions": Kind.INSTITUTION,
    "governments": Kind.GOVERNMENT,
}
"""The kinds of organisations by the slot of their class words."""

LISTINGS: Mapping[str, Listing] = {
    "enterprises": _firms,
    "institutions": _institutions,
    "governments": _offices,
    "partners": _partners,
    "parks": _parks,
    "industries": _industries,
    "collaborations": _collaborations,
    "documents": reports,
}
