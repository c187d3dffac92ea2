"""A service over a store that holds documents without facts, for the tests of the HTTP interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.problem import MEDIA_TYPE
from graph.errors import InputError
from graph.model import Contribution, Document, Kind
from graph.store import cypher
from graph.store.base import Added, Row
from ingest.model import Extraction


class Empty:
    """A store of documents without facts; `broken` is raised by every read."""

    def __init__(self) -> None:
        self.kept: dict[str, Document] = {}
        self.broken: Exception | None = None
        self.closed = False
        self.writes = 0
        self.reads = 0

    def run(self, statement: str, **parameters: Any) -> list[Row]:
        if self.broken:
            raise self.broken
        self.reads += 1
        if statement == cypher.DOCUMENTS_AFTER:
            later = [key for key in sorted(self.kept) if key > parameters["id"]]
            return [self._row(self.kept[key]) for key in later[: parameters["limit"]]]
        if statement in cypher.EXTENT.values():
            return [{"n": len(self.kept) if "Document" in statement else 0}]
        if statement == cypher.VECTORS:
            return [{"passages": 0, "vectors": 0}]
        if statement == cypher.DOCUMENT and parameters["id"] in self.kept:
            return [{"d": self._row(self.kept[parameters["id"]])}]
        return []

    def stream(self, statement: str, **parameters: Any) -> Iterator[Row]:
        yield from self.run(statement, **parameters)

    def lexical(self, index: str, words: str, limit: int) -> list[Row]:
        return self.run("")

    def called(self, kinds: Sequence[Kind], words: str, limit: int) -> list[Row]:
        return self.run("")

    def documents(self, skip: int = 0, limit: int = 1000) -> list[Row]:
        return [self._row(self.kept[key]) for key in sorted(self.kept)[skip : skip + limit]]

    def _row(self, one: Document) -> Row:
        names = ("id", "title", "url", "published", "form", "origin", "text")
        return {name: getattr(one, name) for name in names}

    def add(self, contributions: Sequence[Contribution]) -> Added:
        told = [one.document for one in contributions]
        if any("refused" in one.text for one in told):
            raise InputError("this text is refused.")
        new = tuple(one.id for one in told if one.id not in self.kept)
        same = tuple(one.id for one in told if one.id in self.kept and self.kept[one.id].version == one.version)
        self.kept |= {one.id: one for one in told}
        self.writes += 1
        return Added(new, tuple(one.id for one in told if one.id not in (*new, *same)), same)

    def delete(self, documents: Sequence[str]) -> tuple[str, ...]:
        self.writes += 1
        return tuple(key for key in documents if self.kept.pop(key, None))

    def mark(self) -> str:
        return "fake"

    def revision(self) -> int:
        if self.broken:
            raise self.broken
        return self.writes

    def counts(self) -> Mapping[str, int]:
        return {"documents": len(self.kept)}

    def close(self) -> None:
        self.closed = True


class Silent:
    """An extractor that finds nothing."""

    identity = "silent 1"

    def extract(self, document: Document) -> Extraction:
        return Extraction(document, (), ())


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem that the response tells, which has this status and no trace of the code."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    told: dict[str, Any] = response.json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert told["type"].startswith("urn:parkbond:")
    assert "Traceback" not in response.text
    assert "site-packages" not in response.text
    return told
