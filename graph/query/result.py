"""What answers are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from graph.model import Kind
from graph.query.query import Query
from graph.store import cypher
from graph.store.base import Row, Store


class Reason(StrEnum):
    """Why a question is not answered."""

    UNKNOWN_NAME = "unknown_name"
    OUTSIDE_EDITION = "outside_edition"
    NOT_UNDERSTOOD = "not_understood"
    NOT_BUILT = "not_built"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True, slots=True)
class Result:
    """Rows with the statement that found them. `evidence` are ids that open as evidence; `note` is one sentence."""

    rows: Sequence[Row] = ()
    cypher: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    evidence: Sequence[str] = ()
    coverage: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


class Refusal(Exception):
    """A question that is not answered; handled by `graph.query.answer`."""

    def __init__(
        self, reason: Reason, note: str, suggestions: Sequence[str] = (), result: Result | None = None
    ) -> None:
        super().__init__(note)
        self.reason = reason
        self.note = note
        self.suggestions = tuple(suggestions)
        self.result = result  # the counts that do not suffice, for `Reason.INSUFFICIENT`


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with what the graph says to it, or with the reason why it is not answered."""

    query: Query
    answered: bool
    result: Result
    reason: Reason | None = None
    suggestions: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """The answer as plain values."""
        result = self.result
        return {
            "question": self.query.text,
            "query": self.query.json(),
            "cypher": result.cypher or None,
            "parameters": dict(result.parameters),
            "answered": self.answered,
            "reason": self.reason.value if self.reason else None,
            "note": result.note,
            "suggestions": list(self.suggestions),
            "rows": list(result.rows),
            "evidence": list(result.evidence),
            "coverage": dict(result.coverage),
        }


def only(query: Query, *allowed: Kind, kinds: bool = False, dates: bool = False) -> None:
    """Refuse a question with a filter that its answer does not know, rather than leave the filter out.

    `allowed` are the kinds of names that the answer takes in; `kinds` and `dates` whether it knows those.
    """
    others = [slot.name for slot in query.slots if slot.kind not in allowed]
    others += [] if kinds else query.kinds
    if query.window and not dates:
        others.append(f"{query.window.start or '…'} to {query.window.end or '…'}")
    if others:
        raise Refusal(Reason.NOT_BUILT, f"this answer cannot be narrowed by {', '.join(others)} yet.")


def extent(store: Store) -> dict[str, int]:
    """How much there is to look through: documents, firms, parks, collaborations."""
    names = {"Document": "documents", "Enterprise": "firms", "Park": "parks", "Collaboration": "collaborations"}
    return {name: store.run(cypher.EXTENT[label])[0]["n"] for label, name in names.items()}


def joined(*told: str) -> str:
    """One sentence of those that say something."""
    return "; ".join(text for text in told if text)


def not_observed(coverage: Mapping[str, Any], what: str = "") -> str:
    """The sentence for an empty answer: absence of evidence, never evidence of absence."""
    documents = coverage["documents"]
    return f"{what + ': ' if what else ''}not observed in {documents} document{'' if documents == 1 else 's'}"
