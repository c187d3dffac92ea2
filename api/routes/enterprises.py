"""Enterprises: list, profile."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.deps import Cursor, Graph, Limit, NameOrId, Skip
from api.forms import AS_CSV, AsCsv, listed, told
from api.schemas import Enterprise, Enterprises
from graph.model import Kind
from graph.query.profile import enterprise
from graph.query.result import extent

router = APIRouter(prefix="/enterprises", tags=["enterprises"])


@router.get("", summary="List enterprises", response_model=Enterprises, responses=AS_CSV)
def list_enterprises(
    graph: Graph, as_csv: AsCsv, skip: Skip = 0, limit: Limit = 20, cursor: Cursor = ""
) -> Enterprises | Response:
    """Enterprises in the order of their names."""
    rows, after = listed(graph, Kind.ENTERPRISE, skip, limit, cursor)
    page = Enterprises(enterprises=rows, skip=skip, total=extent(graph)["firms"], next=after)
    return told(page, rows, as_csv, after)


@router.get("/{name}", summary="One enterprise")
def read_enterprise(graph: Graph, name: NameOrId) -> Enterprise:
    """All that the graph says of an enterprise, by name, alias or id."""
    return Enterprise.model_validate(enterprise(graph, name))
