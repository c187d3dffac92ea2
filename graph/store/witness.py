"""Which documents are one witness, kept up to date: near-duplicates are found by parts of their imprints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.store import cypher
from graph.store.cursor import Cursor, read
from graph.store.rows import Row
from graph.witness import Print, near, parts, witnesses


def of(cursor: Cursor, ids: Sequence[str]) -> set[str]:
    """The witnesses of these documents."""
    return {row["witness"] for row in read(cursor, cypher.PRINTS, ids)}


def settle(cursor: Cursor, come: Sequence[str], lost: Iterable[str]) -> dict[str, str]:
    """The documents that are another witness since documents came and went: id -> witness.

    `lost` are the witnesses of those that went: what is left of each may fall apart.
    """
    new = {row["id"]: row for row in read(cursor, cypher.PRINTS, come)}
    groups = {row["witness"] for row in (*new.values(), *_like(cursor, new.values()))} | set(lost)
    there = {row["id"]: row for row in read(cursor, cypher.PRINTS_OF_WITNESS, sorted(groups), "witnesses")}
    found = witnesses({id: Print(id, row["origin"], row["imprint"]) for id, row in sorted((there | new).items())})
    return {id: witness for id, witness in found.items() if (there | new)[id]["witness"] != witness}


def _like(cursor: Cursor, rows: Iterable[Row]) -> list[Row]:
    """The stored near-duplicates of these documents."""
    prints = [row["imprint"] for row in rows]
    split = [parts(one) for one in prints]
    found = {row["id"]: row for row in read(cursor, cypher.PRINTS_LIKE, split, "prints")}
    return [row for row in found.values() if any(near(row["imprint"], one) for one in prints)]
