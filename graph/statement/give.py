"""What a statement from outside gives: read, sent anew, its rows within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.errors import InputError
from graph.statement.grammar import read
from graph.store.base import Bounds, Store

_WHY = {
    "": "",
    "rows": "there are more rows than {rows:,}; ask for less, or page with ORDER BY, SKIP and LIMIT",
    "size": "the rows are larger than {size:,} bytes; return fewer properties, or LIMIT",
}


@dataclass(frozen=True, slots=True)
class Given:
    """The rows of a statement, cell by cell under `columns`.

    `complete` is False where rows were cut off, and `why` says at which bound. `sent` is the statement as it was sent.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    complete: bool
    why: str
    sent: str


def give(
    store: Store, statement: str, parameters: Mapping[str, Any] | None = None, bounds: Bounds | None = None
) -> Given:
    """The rows of a read-only statement.

    Raises InputError with the place of what may not be, and when the graph cannot run it; StoreLate when it takes
    longer than it may.
    """
    within = bounds or Bounds()
    if any("\ud800" <= char <= "\udfff" for char in statement):
        raise InputError("the statement holds half a character (a surrogate); send it as UTF-8")
    asked = read(statement, parameters, within.rows)
    seen = store.visit(asked.text, asked.parameters, within)
    why = _WHY[seen.more].format(rows=within.rows, size=within.size)
    return Given(asked.columns, seen.rows, not seen.more, why, asked.text)
