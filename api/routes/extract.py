"""Extraction: the names and claims of documents that are not kept."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Sent, Uses
from api.limits import READING, Turns
from api.schemas import Extracted, Extraction, NewExtraction
from graph.errors import Conflict, InputError

router = APIRouter(prefix="/extract", tags=["documents"])

CHARACTERS = 200_000
"""That may be read in one request; for more there is `parkbond extract`."""

TURNS = Turns(READING)


@router.post("", summary="Read names and claims from documents")
def extract_from_documents(uses: Uses, body: NewExtraction) -> Extracted:
    """The names and claims of some documents with their offsets; the graph stays as it is."""
    if uses.extract is None:
        raise Conflict("nothing reads documents here.")
    length = sum(len(one.text) for one in body.documents)
    if length > CHARACTERS:
        raise InputError(f"documents: {length:,} characters; at most {CHARACTERS:,} at a time, so send fewer.")
    sent = [Sent(**document.model_dump()) for document in body.documents]
    with TURNS:
        return Extracted(documents=[Extraction.model_validate(row) for row in uses.extract(sent)])
