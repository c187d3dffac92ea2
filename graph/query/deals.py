"""Collaborations as rows that one can read: who did what together, when, and the sentences that say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from graph.projection import COUNTED, NO_TIE
from graph.query.evidence import quotes, values
from graph.query.query import Query
from graph.store import cypher
from graph.store.base import Row, Store


def deals(store: Store, ids: Iterable[str]) -> list[Row]:
    """The collaborations of these ids, earliest first, with parties and evidence."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    rows = [row["c"] for row in store.run(cypher.COLLABORATIONS, ids=wanted)]
    parties: dict[str, list[Row]] = defaultdict(list)
    for row in store.run(cypher.PARTIES_OF, ids=wanted):
        parties[row["collaboration"]].append({key: row[key] for key in ("role", "id", "name", "kind")})
    said = quotes(store, [key for row in rows for key in row["evidence"]])
    made = [_deal(row, parties[row["id"]], [said[key] for key in row["evidence"] if key in said]) for row in rows]
    return sorted(made, key=lambda row: (row["since"], row["id"]))


def _deal(row: Row, parties: Sequence[Row], said: Sequence[Row]) -> Row:
    return {
        "id": row["id"],
        "relation": row["relation"],
        "kinds": list(row.get("kinds") or []),
        "status": row["status"],
        "since": row.get("since") or "",
        "until": row.get("until") or "",
        "values": values(row),
        "documents": row["documents"],
        "parties": list(parties),
        "evidence": list(said),
    }


def named(row: Row) -> Row:
    """The collaboration as a row of an answer, with the names of its parties as its own."""
    return {"id": row["id"], "name": " – ".join(party["name"] for party in row["parties"]), **row}


def counts(row: Row) -> bool:
    """Whether a collaboration is a tie: signed, active or ended, and not merely a seat in a park."""
    return row["status"] in COUNTED and not (row["kinds"] and set(row["kinds"]) <= NO_TIE)


def wanted(row: Row, query: Query) -> bool:
    """Whether a collaboration is of the kinds and in the window that the question asks for."""
    kinds = {*row["kinds"], row["relation"]}
    if query.kinds and kinds.isdisjoint(query.kinds):
        return False
    return query.window is None or query.window.holds(row["since"])


def cited(rows: Iterable[Row]) -> tuple[str, ...]:
    """The ids of the evidence of rows that have some, each once."""
    return tuple(dict.fromkeys(piece["id"] for row in rows for piece in row.get("evidence", ())))
