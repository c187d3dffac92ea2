"""Measures as answers tell them: the numbers with their interval, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graph.model import Kind
from graph.projection import COUNTED
from graph.query.deals import counts, deals
from graph.store import cypher
from graph.store.base import Row, Store

SHOWN = ("value", "lo", "hi", "n", "null", "reason")


def told(measure: Mapping[str, Any]) -> Row:
    """A measure of a report without what is only for the curious."""
    return {key: measure.get(key) for key in SHOWN}


def interval(measure: Mapping[str, Any], digits: int = 2) -> str:
    """A measure in words: its value with its interval, or the reason why it has none.

    >>> interval({"value": 1.234, "lo": 0.9, "hi": 1.7, "reason": None}), interval({"value": None, "reason": "no ties"})
    ('1.23 (0.90 to 1.70)', 'undefined: no ties')
    """
    value, lo, hi = (measure.get(key) for key in ("value", "lo", "hi"))
    if value is None:
        return f"undefined: {measure.get('reason') or 'unknown'}"
    if isinstance(value, str):
        return value
    shown = f"{value:.{digits}f}" if isinstance(value, float) else str(value)
    return shown if lo is None or hi is None else f"{shown} ({lo:.{digits}f} to {hi:.{digits}f})"


def inner_deals(store: Store, park: str) -> list[Row]:
    """The collaborations that count and tie two firms of a park, with their sentences."""
    firms = {row["id"] for row in store.run(cypher.SEATED[Kind.ENTERPRISE, Kind.PARK], id=park, counted=list(COUNTED))}
    rows = store.run(cypher.TIES_OF_PARK, id=park, counted=list(COUNTED))
    ids = [key for row in rows if row["a"] in firms and row["b"] in firms for key in row["collaborations"]]
    return [deal for deal in deals(store, ids) if counts(deal)]


def pieces(rows: Iterable[Row], most: int = 20) -> tuple[str, ...]:
    """The ids of the first pieces of evidence of rows."""
    return tuple(dict.fromkeys(piece["id"] for row in rows for piece in row["evidence"]))[:most]
