"""The words behind a fact: each piece of evidence with its quote and its place in the original document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from graph.errors import NotFound
from graph.store import cypher
from graph.store.base import Row, Store

QUOTE = 60  # characters of a quote, at most


def quotes(store: Store, ids: Iterable[str]) -> dict[str, Row]:
    """Evidence by id, in the given order: quote, document, offsets in its original text, and what it says.

    A quote is at most 60 characters of the document, ending in … where the words go on.
    """
    wanted = list(dict.fromkeys(ids))
    rows = {row["evidence"]["id"]: row for row in store.run(cypher.EVIDENCE, ids=wanted)} if wanted else {}
    return {key: _quoted(rows[key]) for key in wanted if key in rows}


def evidence(store: Store, id: str) -> Row:
    """One piece of evidence with its whole passage. Raises NotFound."""
    rows = store.run(cypher.EVIDENCE, ids=[id])
    if not rows:
        raise NotFound(f"no evidence has the id {id}; ids change when their document does, so ask again.")
    row, piece = rows[0], rows[0]["evidence"]
    return _quoted(row) | {
        "parties": [_party(text) for text in piece["parties"]],
        "qualifier": piece.get("qualifier") or "",
        "values": values(piece),
        "until": piece.get("until") or "",
        "passage": {
            "id": row["passage"],
            "text": row["text"],
            "start": row["passage_start"],
            "end": row["passage_start"] + len(row["text"]),
        },
    }


def values(row: Row) -> dict[str, Any]:
    """The stated values of a link or of evidence, kept as one JSON text."""
    return dict(json.loads(row.get("values") or "{}"))


def _quoted(row: Row) -> Row:
    piece, start = row["evidence"], row["passage_start"]
    words = row["text"][piece["start"] - start : piece["end"] - start]
    return {
        "id": piece["id"],
        "quote": words if len(words) <= QUOTE else words[: QUOTE - 1] + "…",
        "document": row["document"],
        "title": row["title"] or "",
        "url": row["url"] or "",
        "published": row["published"] or "",
        "start": piece["start"],
        "end": piece["end"],
        "relation": piece["relation"],
        "kinds": list(piece.get("kinds") or []),
        "status": piece["status"],
        "date": piece.get("date") or "",
        "rule": piece.get("rule") or "",
        "confidence": piece.get("confidence"),
    }


def _party(text: str) -> Row:
    role, _, entity = text.partition(" ")
    return {"role": role, "entity": entity}
