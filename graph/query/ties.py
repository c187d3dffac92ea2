"""Who works with whom: partners of an organisation, and the sentences behind the tie of two."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from graph.model import Kind, Status
from graph.projection import COUNTED
from graph.query.deals import cited, counts, deals, named, wanted
from graph.query.evidence import witnesses
from graph.query.query import Query, Slot
from graph.query.result import Reason, Refusal, Result, extent, joined, not_observed, only
from graph.store import cypher
from graph.store.base import Row, Store

ORGANISATIONS = (Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT)


def organisations(query: Query) -> list[Slot]:
    """The organisations that a question names."""
    return [slot for slot in query.slots if slot.kind in ORGANISATIONS]


def deals_of(store: Store, slot: Slot) -> list[Row]:
    """All collaborations of an organisation, or of a park and its firms, plans and denials too, earliest first."""
    ids = [row["id"] for row in store.run(cypher.DEALS_OF[slot.kind], id=slot.id)]
    if slot.kind is Kind.PARK:
        ties = store.run(cypher.TIES_OF_PARK, id=slot.id, counted=list(COUNTED))
        ids += [key for row in ties for key in row["collaborations"]]
    return deals(store, ids)


def partners(store: Store, query: Query, kinds: Collection[Kind]) -> Result:
    """One row for each organisation of these kinds that has a tie with the one named; what is no tie is in the note."""
    slot, *others = organisations(query) or query.of("parks")
    if others or not (query.work or query.kinds):
        raise Refusal(Reason.NOT_UNDERSTOOD, "a question for partners names one organisation and says: works with.")
    only(query, *ORGANISATIONS, *([Kind.PARK] if slot.kind is Kind.PARK else ()), kinds=True, dates=True)
    found = [deal for deal in deals_of(store, slot) if slot.id in {party["id"] for party in deal["parties"]}]
    ties = [deal for deal in found if counts(deal) and wanted(deal, query)]
    rows = _by_partner(slot, ties, kinds, query.roles)
    coverage = extent(store) | {"collaborations_of": len(found)}
    ended = ", ".join(row["name"] for row in rows if row["status"] == Status.ENDED)
    note = joined(
        "" if rows else not_observed(coverage, slot.name),
        f"ended: {ended}" if ended else "",
        _not_ties(slot, [deal for deal in found if wanted(deal, query)], kinds),
    )
    if query.negative:
        return Result((), cypher.DEALS_OF[slot.kind], {"id": slot.id}, (), coverage, _negative(slot, rows, coverage))
    return Result(rows, cypher.DEALS_OF[slot.kind], {"id": slot.id}, _cited(rows), coverage, note)


def _by_partner(slot: Slot, ties: Sequence[Row], kinds: Collection[Kind], roles: Collection[str]) -> list[Row]:
    """Partners of these kinds (in these roles, if some are asked for), most ties first, those whose ties ended last."""
    found: dict[str, Row] = {}
    for deal in ties:
        for party in deal["parties"]:
            if party["id"] != slot.id and party["kind"] in kinds and (not roles or party["role"] in roles):
                row = found.setdefault(
                    party["id"],
                    {key: party[key] for key in ("id", "name", "kind")} | {"status": "", "collaborations": []},
                )
                row["collaborations"] = [*(kept for kept in row["collaborations"] if kept["id"] != deal["id"]), deal]
    for row in found.values():
        row["status"] = _status(row["collaborations"])
    ended = Status.ENDED
    return sorted(
        found.values(), key=lambda row: (row["status"] == ended, -len(row["collaborations"]), row["name"], row["id"])
    )


def _status(told: Sequence[Row]) -> str:
    """The status of a partner: that of the latest tie that goes on, ended if none does."""
    going = [deal for deal in told if deal["status"] != Status.ENDED]
    return str(max(going or told, key=lambda deal: (deal["since"], deal["id"]))["status"])


def _cited(rows: Sequence[Row]) -> tuple[str, ...]:
    return cited(deal for row in rows for deal in row["collaborations"])


def _not_ties(slot: Slot, found: Sequence[Row], kinds: Collection[Kind]) -> str:
    """What documents plan or deny with organisations of these kinds, which is no tie."""
    told = []
    for status, words in ((Status.ANNOUNCED, "announced only"), (Status.DENIED, "denied")):
        names = {
            party["name"]
            for deal in found
            if deal["status"] == status
            for party in deal["parties"]
            if party["id"] != slot.id and party["kind"] in kinds
        }
        if names:
            told.append(f"{words}: {', '.join(sorted(names))}")
    return "; ".join(told)


def _negative(slot: Slot, rows: Sequence[Row], coverage: dict[str, int]) -> str:
    return (
        f"ties of {slot.name} with all but {len(rows)} of the known organisations: "
        f"not observed in {coverage['documents']} documents, which does not say that there are none"
    )


def reports(store: Store, query: Query) -> Result:
    """The reports that say the tie of the organisations named: one row a witness, its reprints listed with it."""
    told = between(store, query)
    pieces = [piece for row in told.rows for piece in row["evidence"]]
    titles = {piece["document"]: piece["title"] for piece in pieces}
    witness = witnesses(store, told.evidence)
    groups: dict[str, set[str]] = {}
    for piece in pieces:
        groups.setdefault(witness[piece["id"]], set()).add(piece["document"])
    rows = [
        {"id": first, "name": titles[first] or first, "reprints": others}
        for first, *others in sorted(map(sorted, groups.values()))
    ]
    return replace(told, rows=tuple(rows))


def between(store: Store, query: Query) -> Result:
    """The collaborations of the organisations named, with their sentences: of one, or those that two or more share."""
    only(query, *ORGANISATIONS, Kind.PARK, kinds=True, dates=True)
    slot, *others = [*organisations(query), *query.of("parks")]
    shared = {other.id for other in others}
    rows = [
        named(deal)
        for deal in deals_of(store, slot)
        if shared <= {party["id"] for party in deal["parties"]} and wanted(deal, query)
    ]
    coverage = extent(store)
    names = " – ".join(one.name for one in (slot, *others))
    note = "" if any(counts(deal) for deal in rows) else not_observed(coverage, f"a tie of {names}")
    only_told = {deal["status"] for deal in rows if not counts(deal) or deal["status"] == Status.ENDED}
    if rows and len(only_told) == 1 and all(deal["status"] in only_told for deal in rows):
        note = joined(note, f"documents say of it: {only_told.pop()}")
    return Result(rows[: query.limit], cypher.DEALS_OF[slot.kind], {"id": slot.id}, cited(rows), coverage, note)
