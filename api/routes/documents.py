"""The documents of the graph: list, read, add, take away."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import ValidationError

from api.deps import Graph, Limit, Outcome, Sent, Skip, Uses
from api.schemas import Deleted, Document, DocumentHead, Documents, Item, NewDocument, NewDocuments, Report
from graph.errors import NotFound
from graph.query.evidence import quotes
from graph.query.result import extent
from graph.store import cypher

router = APIRouter(prefix="/documents", tags=["documents"])


@router.get("", summary="List documents")
def list_documents(graph: Graph, skip: Skip = 0, limit: Limit = 20) -> Documents:
    """Documents in the order of their ids, without their texts."""
    rows = [DocumentHead.model_validate(row) for row in graph.documents(skip, limit)]
    return Documents(documents=rows, skip=skip, total=extent(graph)["documents"])


@router.post("", summary="Add documents", responses={207: {"model": Report, "description": "Some failed."}})
def add_documents(uses: Uses, body: NewDocuments, response: Response) -> Report:
    """Read documents into the graph; each is reported on its own, and a failed one stops no other.

    Vectors for search by meaning are made by the next `parkbond ingest`.
    """
    sound = [Sent(**document.model_dump()) for document in body.documents if isinstance(document, NewDocument)]
    taken = iter(uses.intake(uses.store, sound) if sound else ())
    outcomes = [next(taken) if isinstance(one, NewDocument) else _malformed(one) for one in body.documents]
    items = [Item(id=one.id, outcome=one.outcome, status=one.status, detail=one.detail) for one in outcomes]  # type: ignore[arg-type]
    response.status_code = 207 if any(item.outcome == "failed" for item in items) else 200
    return Report(items=items)


def _malformed(given: dict[str, Any]) -> Outcome:
    """What is wrong with something that is no document, in one line."""
    try:
        NewDocument.model_validate(given)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg'].lower()}" for one in error.errors()]
        return Outcome(str(given.get("id", ""))[:200], "failed", 422, "; ".join(wrong)[:500])
    raise AssertionError("a sound document was not taken as one")


@router.get("/{document:path}", summary="Read a document")
def read_document(graph: Graph, document: str) -> Document:
    """A document with its original text and what it claims."""
    rows = graph.run(cypher.DOCUMENT, id=document)
    if not rows:
        raise NotFound(f"no document has the id {document[:200]}; /api/v1/documents lists them.")
    claims = [row["id"] for row in graph.run(cypher.CLAIMS_OF, id=document)]
    return Document.model_validate(rows[0]["d"] | {"evidence": list(quotes(graph, claims).values())})


@router.delete("/{document:path}", summary="Take a document away")
def delete_document(graph: Graph, document: str) -> Deleted:
    """Take a document away, and exactly what only it supports. Adding it again is the way back."""
    gone = graph.delete([document])
    if not gone:
        raise NotFound(f"no document has the id {document[:200]}; nothing was deleted.")
    return Deleted(deleted=list(gone))
