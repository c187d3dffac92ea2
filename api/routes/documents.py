"""The documents of the graph: list, read, add, take away."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import ValidationError

from api.deps import Cursor, Did, Graph, Limit, Outcome, Sent, Skip, Uses
from api.forms import AS_CSV, AsCsv, told
from api.paging import following, place
from api.schemas import Deleted, Document, DocumentHead, Documents, Item, NewDocument, NewDocuments, Removed, Report
from graph.errors import NotFound
from graph.query.evidence import quotes
from graph.query.result import extent
from graph.store import cypher

router = APIRouter(prefix="/documents", tags=["documents"])

DocumentId = Annotated[str, Path(description="Id of a document.", max_length=1_000, examples=["news-1"])]


@router.get("", summary="List documents", response_model=Documents, responses=AS_CSV)
def list_documents(
    graph: Graph, as_csv: AsCsv, skip: Skip = 0, limit: Limit = 20, cursor: Cursor = ""
) -> Documents | Response:
    """Documents in the order of their ids, without their texts."""
    if cursor:
        found = graph.run(cypher.DOCUMENTS_AFTER, id=place(cursor, 1)[0], limit=limit + 1)
    else:
        found = graph.documents(skip, limit + 1)
    rows = [DocumentHead.model_validate(row) for row in found[:limit]]
    after = following([(row["id"],) for row in found], limit)
    page = Documents(documents=rows, skip=skip, total=extent(graph)["documents"], next=after)
    return told(page, rows, as_csv, after)


@router.post("", summary="Add documents", responses={207: {"model": Report, "description": "Some failed."}})
def add_documents(uses: Uses, body: NewDocuments, response: Response, did: Did) -> Report:
    """Read documents into the graph; each is reported on its own, and a failed one stops no other.

    Vectors for search by meaning are made by a job, or the next `parkbond ingest`.
    """
    sound = [Sent(**document.model_dump()) for document in body.documents if isinstance(document, NewDocument)]
    taken = iter(uses.intake(uses.store, sound) if sound else ())
    outcomes = [next(taken) if isinstance(one, NewDocument) else _malformed(one) for one in body.documents]
    items = [Item(id=one.id, outcome=one.outcome, status=one.status, detail=one.detail) for one in outcomes]  # type: ignore[arg-type]
    did(documents=[item.id for item in items[:50]], outcomes=dict(Counter(item.outcome for item in items)))
    response.status_code = 207 if any(item.outcome == "failed" for item in items) else 200
    return Report(items=items)


def _named(name: str) -> str:
    """A name that a graph can hold. Raises NotFound."""
    if "\0" in name or not name:
        raise NotFound("no document is called so; /api/v1/documents lists them.")
    return name.encode("utf-8", "replace").decode()


def _malformed(given: dict[str, Any]) -> Outcome:
    """What is wrong with something that is no document, in one line."""
    try:
        NewDocument.model_validate(given)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg'].lower()}" for one in error.errors()]
        return Outcome(str(given.get("id", ""))[:200], "failed", 422, "; ".join(wrong)[:500])
    raise AssertionError("a sound document was not taken as one")


@router.get("/{document:path}", summary="Read a document")
def read_document(graph: Graph, document: DocumentId) -> Document:
    """A document with its original text and what it claims."""
    rows = graph.run(cypher.DOCUMENT, id=_named(document))
    if not rows:
        raise NotFound(f"no document has the id {document[:200]}; /api/v1/documents lists them.")
    claims = [row["id"] for row in graph.run(cypher.CLAIMS_OF, id=document)]
    return Document.model_validate(rows[0]["d"] | {"evidence": list(quotes(graph, claims).values())})


@router.delete("", summary="Take documents away by id or path")
def delete_documents(
    graph: Graph,
    did: Did,
    name: Annotated[
        list[str],
        Query(
            min_length=1,
            max_length=100,
            description="An id, or the path by which a document was ingested; may be given again.",
            examples=[["2023/report.txt"]],
        ),
    ],
) -> Removed:
    """Take documents away, and exactly what only they support; nothing if one of them is not there."""
    from api.jobs import delete_documents as delete

    done = delete(graph, [_named(one) for one in name])
    did(deleted=done["deleted"])
    return Removed(deleted=done["deleted"], kept=done["kept"])


@router.delete("/{document:path}", summary="Take a document away")
def delete_document(graph: Graph, document: DocumentId, did: Did) -> Deleted:
    """Take a document away, and exactly what only it supports. Adding it again is the way back."""
    gone = graph.delete([_named(document)])
    did(deleted=list(gone))
    if not gone:
        raise NotFound(f"no document has the id {document[:200]}; nothing was deleted.")
    return Deleted(deleted=list(gone))
