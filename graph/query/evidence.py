"""The words behind a fact: each piece of evidence with its quote and its place in the original document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from graph.errors import NotFound
from graph.store import cypher
from graph.store.base import Row, Store

QUOTE = 60  # characters of a quote, at most
SENTENCE = 120  # characters of a sentence that is shown whole
_WORD = re.compile(r"[A-Za-z0-9](?:[\w.&'’-]*[A-Za-z0-9])?")
_SENTENCES = re.compile(r"[^。！？!?\n]*[。！？!?\n]*[”’」』）)]*")
_CLAUSES = re.compile(r"[^，,；;、：:]*[，,；;、：:]?")


def quotes(store: Store, ids: Iterable[str]) -> dict[str, Row]:
    """Evidence by id, in the given order: quote, document, offsets in its original text, and what it says.

    A quote is at most 60 characters of the document, ending in … where the words go on; `sentence` is the sentence
    around it, cut at clauses (with …) where it is longer than 120; the quoted words are [mark_start, mark_end) of it.
    """
    wanted = list(dict.fromkeys(ids))
    rows = {row["evidence"]["id"]: row for row in store.run(cypher.EVIDENCE, ids=wanted)} if wanted else {}
    return {key: _quoted(rows[key]) for key in wanted if key in rows}


def witnesses(store: Store, ids: Iterable[str]) -> dict[str, str]:
    """The witness of each piece of evidence: documents that say the same in the same words are one."""
    wanted = list(dict.fromkeys(ids))
    rows = store.run(cypher.EVIDENCE, ids=wanted) if wanted else []
    return {row["evidence"]["id"]: row["evidence"].get("origin") or row["document"] for row in rows}


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
    first, last = piece["start"] - start, piece["end"] - start
    whole = _border(row["text"], last, 1) == last
    return {
        "id": piece["id"],
        "quote": clipped(row["text"][first:last], whole=whole),
        **sentence(row["text"], first, _border(row["text"], last, 1)),
        "document": row["document"],
        "title": row["title"] or "",
        "url": row["url"] or "",
        "published": row["published"] or "",
        "place": row["place"] or "",
        "start": piece["start"],
        "end": piece["end"],
        "relation": piece["relation"],
        "kinds": list(piece.get("kinds") or []),
        "status": piece["status"],
        "date": piece.get("date") or "",
        "rule": piece.get("rule") or "",
        "confidence": piece.get("confidence"),
    }


def clipped(words: str, most: int = QUOTE, whole: bool = True) -> str:
    """The words, at most so many characters; where they go on they end in …, never within a Latin word or a number.

    `whole`: the last of the words does not go on behind them.

    >>> clipped("Acme Robotics signed", 12), clipped("澜川半导体签约", 5)
    ('Acme…', '澜川半导…')
    """
    if len(words) <= most and whole:
        return words
    at = min(most - 1, len(words) if whole else len(words) - 1)
    at = _border(words + ("" if whole else "x"), at, -1) or at
    return words[:at].rstrip() + "…"


def _border(text: str, at: int, step: int) -> int:
    """The nearest place from `at` in this direction that is not within a Latin word or number."""
    for match in _WORD.finditer(text):
        if match.start() < at < match.end():
            return match.start() if step < 0 else match.end()
    return at


def sentence(text: str, start: int, end: int) -> dict[str, str | int]:
    """The sentence of a text around [start, end), and where these words stand in it."""
    first, last = _around(_SENTENCES, text, start, end, 0, len(text))
    if last - first > SENTENCE:
        left, right = _around(_CLAUSES, text, start, end, first, last)
        room = max(0, SENTENCE - (end - start)) // 2
        left, right = max(left, start - room), min(right, end + room)
        before, after = _border(text, left, 1), _border(text, right, -1)
        left, right = min(before, start), max(after, end)
    else:
        left, right = first, last
    shown = text[left:right]
    left += len(shown) - len(shown.lstrip())
    opening, closing = "…" if left > first and text[first:left].strip() else "", "…" if text[right:last].strip() else ""
    mark = len(opening) + start - left
    return {
        "sentence": opening + shown.strip() + closing,
        "mark_start": max(mark, 0),
        "mark_end": max(mark, 0) + min(end, left + len(shown.strip())) - max(start, left),
    }


def _around(parts: re.Pattern[str], text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """From the part of text[first:last] that holds `start` to the one that holds the last of the words."""
    spans = [match.span() for match in parts.finditer(text, first, last) if match.group()]
    left = max((a for a, _ in spans if a <= start), default=first)
    right = min((b for _, b in spans if b >= end), default=last)
    return left, right


def _party(text: str) -> Row:
    role, _, entity = text.partition(" ")
    return {"role": role, "entity": entity}
