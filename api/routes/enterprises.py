"""Enterprises: list, profile."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Graph, Limit, NameOrId, Skip
from api.schemas import Enterprise, Enterprises, Named
from graph.model import Kind
from graph.query.profile import enterprise
from graph.query.result import extent
from graph.store import cypher

router = APIRouter(prefix="/enterprises", tags=["enterprises"])


@router.get("", summary="List enterprises")
def list_enterprises(graph: Graph, skip: Skip = 0, limit: Limit = 20) -> Enterprises:
    """Enterprises in the order of their names."""
    rows = [Named.model_validate(row) for row in graph.run(cypher.LISTED[Kind.ENTERPRISE], skip=skip, limit=limit)]
    return Enterprises(enterprises=rows, skip=skip, total=extent(graph)["firms"])


@router.get("/{name}", summary="One enterprise")
def read_enterprise(graph: Graph, name: NameOrId) -> Enterprise:
    """All that the graph says of an enterprise, by name, alias or id."""
    return Enterprise.model_validate(enterprise(graph, name))
