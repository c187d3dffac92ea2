"""Which parks link two fields: a tie between a firm of each, both in the park; not parks that merely hold both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from graph.model import Kind, Status
from graph.projection import COUNTED
from graph.query.deals import cited, counts, deals, wanted
from graph.query.fields import Field, field, firms_of, unknown_fields
from graph.query.query import Query, Slot
from graph.query.result import Reason, Refusal, Result, extent, joined, not_observed, only
from graph.store import cypher
from graph.store.base import Row, Store


def link(store: Store, query: Query) -> Result:
    """One row a park: its pairs of firms with kinds, dates and sentences. Fewer rows than parks that hold both fields.

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
    coverage = extent(store) | {
        "firms_a": firms_of(store, first.ids),
        "firms_b": firms_of(store, second.ids),
    }
    missed = "" if parks else _missed(store, (first, second), coverage)
    note = joined(missed, first.said(), second.said())
    evidence = cited(pair for park in parks for pair in park["pairs"])
    return Result(parks, cypher.LINKING_PARKS, parameters, evidence, coverage, note)


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
