"""Evidence: the words behind a fact."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Graph, NameOrId
from api.schemas import Evidence
from graph.query.evidence import evidence

router = APIRouter(prefix="/evidence", tags=["evidence"])


@router.get("/{id}", summary="One piece of evidence")
def read_evidence(graph: Graph, id: NameOrId) -> Evidence:
    """A claim with its quote, its passage and its place in the original document."""
    return Evidence.model_validate(evidence(graph, id))
