"""Which organisations of one kind work with organisations of another: firms that have a tie with a university."""

from __future__ import annotations

from collections import defaultdict

from graph.model import Kind
from graph.projection import COUNTED
from graph.query.deals import cited, counts, deals, wanted
from graph.query.query import Query
from graph.query.result import Result, extent, not_observed, only
from graph.store import cypher
from graph.store.base import Row, Store


def tied(store: Store, query: Query, kind: Kind, other: Kind) -> Result:
    """One row for each organisation of `kind` that has a tie with one of `other`.

    Where parks are named, the firm of the two sits in them (the one listed, where neither is a firm).
    """
    only(query, Kind.PARK, kinds=True, dates=True)
    statement = cypher.TIED_TO[kind, other]
    side, key = (other, "other") if other is Kind.ENTERPRISE else (kind, "id")
    seats = [
        {row["id"] for row in store.run(cypher.SEATED[side, Kind.PARK], id=slot.id, counted=list(COUNTED))}
        for slot in query.of("parks")
    ]
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in store.run(statement):
        if all(row[key] in there for there in seats):
            found[row["name"], row["id"]] += row["collaborations"]
    known = {deal["id"]: deal for deal in deals(store, [key for told in found.values() for key in told])}
    rows = [_row(kind, *one, [known[id] for id in dict.fromkeys(told)], query) for one, told in found.items()]
    rows = sorted((row for row in rows if row["collaborations"]), key=_order)
    coverage = extent(store)
    evidence = cited(deal for row in rows for deal in row["collaborations"])
    return Result(rows, statement, {}, evidence, coverage, "" if rows else not_observed(coverage))


def _row(kind: Kind, name: str, id: str, told: list[Row], query: Query) -> Row:
    kept = [deal for deal in told if counts(deal) and wanted(deal, query)]
    return {"id": id, "name": name, "kind": kind.value, "collaborations": kept}


def _order(row: Row) -> tuple[int, str, str]:
    return (-len(row["collaborations"]), row["name"], row["id"])
