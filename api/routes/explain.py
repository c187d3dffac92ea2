"""Explanations: why the graph says what it says."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import TypeAdapter

from api.deps import Uses
from api.schemas import Explanation
from graph.query.explain import explain

router = APIRouter(prefix="/explain", tags=["explain"])
_EXPLANATION: TypeAdapter[Explanation] = TypeAdapter(Explanation)


@router.get("/{id:path}", summary="Explain")
def read_explanation(
    uses: Uses,
    id: Annotated[str, Path(description="Id of an entity, fact, evidence or passage; or a name.", max_length=500)],
) -> Explanation:
    """Why a mention has its type, why names are one entity, which rule or model made a claim; with the marked words."""
    return _EXPLANATION.validate_python(explain(uses.store, id, uses.reasons))
