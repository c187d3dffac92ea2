"""Health: whether the graph answers, and how much is in it."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter

from api.deps import Graph
from api.schemas import Health
from graph.search.vectors import made

router = APIRouter(prefix="/health", tags=["health"])


@router.get("", summary="Health")
def health(graph: Graph) -> Health:
    """Ok with counts when the graph answers, else a 503."""
    state = made(graph)
    return Health(
        status="ok",
        version=version("parkbond"),
        revision=graph.revision(),
        counts=dict(graph.counts()),
        vectors=state.vectors,
        passages=state.passages,
    )
