"""Enterprises: list, profile."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.deps import Cursor, Graph, Limit, NameOrId, Skip, Uses
from api.forms import AS_CSV, AsCsv, listed, told
from api.schemas import Enterprise, EnterpriseMeasures, Enterprises
from graph.model import Kind
from graph.query.measured import of_firm
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


@router.get("/{name:path}/measures", summary="What is measured of an enterprise")
def read_enterprise_measures(uses: Uses, name: NameOrId) -> EnterpriseMeasures:
    """Every measure of a firm in the network; a 404 for one that no tie or park brings into it."""
    return EnterpriseMeasures.model_validate(of_firm(uses.store, uses.views.of(), name))


@router.get("/{name:path}", summary="One enterprise")
def read_enterprise(graph: Graph, name: NameOrId) -> Enterprise:
    """All that the graph says of an enterprise, by name, alias or id."""
    return Enterprise.model_validate(enterprise(graph, name))
