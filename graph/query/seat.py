"""Whether an organisation sits in a park, with the sentence that says so."""

from __future__ import annotations

from graph.model import Kind
from graph.projection import COUNTED
from graph.query.deals import cited
from graph.query.evidence import quotes
from graph.query.query import Query
from graph.query.result import Result, extent, joined, not_observed, only
from graph.query.ties import ORGANISATIONS, organisations
from graph.store import cypher
from graph.store.base import Store


def seat(store: Store, query: Query) -> Result:
    """One row for each park named in which documents put the organisation; where else they put it is in the note."""
    only(query, *ORGANISATIONS, Kind.PARK)
    firm = organisations(query)[0]
    statement = cypher.LINKS_FROM[firm.kind]
    links = [row for row in store.run(statement, id=firm.id) if row["relation"] == "LOCATED_IN"]
    asked = {park.id for park in query.of("parks")}
    said = quotes(store, [key for row in links if row["id"] in asked for key in row["evidence"]])
    rows = [
        {key: row[key] for key in ("id", "name", "kind", "status", "since", "until", "documents")}
        | {"evidence": [said[key] for key in row["evidence"] if key in said]}
        for row in links
        if row["id"] in asked
    ]
    coverage = extent(store)
    sits = any(row["status"] in COUNTED for row in rows)
    missing = " and ".join(park.name for park in query.of("parks"))
    others = sorted({row["name"] for row in links if row["id"] not in asked and row["status"] in COUNTED})
    what = f"{firm.name} in {missing}"
    note = joined(
        f"{what}: {rows[0]['status']}" if rows else not_observed(coverage, what),
        f"seen in {', '.join(others)}" if others and not sits else "",
    )
    return Result(rows, statement, {"id": firm.id}, cited(rows), coverage, note)
