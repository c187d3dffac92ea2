"""Parks: list, profile."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import about
from api.deps import Cursor, Graph, Limit, NameOrId, Skip, Uses
from api.forms import AS_CSV, AsCsv, listed, told
from api.schemas import Answer, Park, ParkMeasures, Parks
from graph.model import Kind
from graph.query.measured import measures
from graph.query.profile import park
from graph.query.result import extent

router = APIRouter(prefix="/parks", tags=["parks"])


@router.get("", summary="List parks", response_model=Parks, responses=AS_CSV)
def list_parks(graph: Graph, as_csv: AsCsv, skip: Skip = 0, limit: Limit = 20, cursor: Cursor = "") -> Parks | Response:
    """Parks in the order of their names."""
    rows, after = listed(graph, Kind.PARK, skip, limit, cursor)
    page = Parks(parks=rows, skip=skip, total=extent(graph)["parks"], next=after)
    return told(page, rows, as_csv, after)


@router.get("/{name:path}/measures", summary="What is measured of a park")
def read_park_measures(uses: Uses, name: NameOrId) -> ParkMeasures:
    """Every measure of a park with its interval, its chemistry and stage, and its row in the index."""
    return ParkMeasures.model_validate(measures(uses.store, uses.views.of(), name))


@router.get("/{name:path}/gaps", summary="What a park lacks")
def read_park_gaps(uses: Uses, name: NameOrId) -> Answer:
    """What a park lacks beside parks like it; as the question for it."""
    return Answer.model_validate(about(uses, "gap", [name]))


@router.get("/{name:path}", summary="One park")
def read_park(graph: Graph, name: NameOrId) -> Park:
    """All that the graph says of a park, by name, alias or id."""
    return Park.model_validate(park(graph, name))
