"""Parks: list, profile."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Graph, Limit, NameOrId, Skip, Uses
from api.schemas import Named, Park, ParkMeasures, Parks
from graph.model import Kind
from graph.query.measured import measures
from graph.query.profile import park
from graph.query.result import extent
from graph.store import cypher

router = APIRouter(prefix="/parks", tags=["parks"])


@router.get("", summary="List parks")
def list_parks(graph: Graph, skip: Skip = 0, limit: Limit = 20) -> Parks:
    """Parks in the order of their names."""
    rows = graph.run(cypher.LISTED[Kind.PARK], skip=skip, limit=limit)
    return Parks(parks=[Named.model_validate(row) for row in rows], skip=skip, total=extent(graph)["parks"])


@router.get("/{name}", summary="One park")
def read_park(graph: Graph, name: NameOrId) -> Park:
    """All that the graph says of a park, by name, alias or id."""
    return Park.model_validate(park(graph, name))


@router.get("/{name}/measures", summary="What is measured of a park")
def read_measures(uses: Uses, name: NameOrId) -> ParkMeasures:
    """Every measure of a park with its interval, its chemistry and stage, and its row in the index."""
    return ParkMeasures.model_validate(measures(uses.store, uses.views.of(), name))
