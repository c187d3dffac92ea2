"""Health: whether the service lives, whether the graph answers, how much is in it; and what was counted."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version

from fastapi import APIRouter, Request, Response

from api import metrics
from api.deps import Graph
from api.schemas import Health, Ready
from graph.errors import ParkbondError
from graph.search.vectors import made

router = APIRouter(prefix="/health", tags=["health"])
probes = APIRouter(tags=["health"])


@router.get("", summary="Health")
def read_health(graph: Graph) -> Health:
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


@probes.get("/healthz", summary="Whether the service lives")
async def read_liveness() -> dict[str, str]:
    """Ok; says nothing of the graph."""
    return {"status": "ok"}


@probes.get("/readyz", summary="Whether the graph answers")
def read_readiness(graph: Graph) -> Ready:
    """Ready when the graph answers, else a 503."""
    return Ready(status="ready", revision=graph.revision())


@probes.get(
    "/metrics",
    summary="What was counted",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def read_metrics(request: Request, graph: Graph) -> Response:
    """Requests, their times, jobs, and how much is in the graph, in the text format of Prometheus."""
    state = request.app.state
    gauges: dict[str, tuple[str, metrics.Samples]] = {
        "parkbond_info": ("The version.", [({"version": version("parkbond")}, 1)])
    }
    try:
        gauges["parkbond_graph_revision"] = ("Grows with every write.", [({}, graph.revision())])
        counts = [({"of": name}, float(number)) for name, number in sorted(graph.counts().items())]
        gauges["parkbond_graph_size"] = ("How much is in the graph.", counts)
        up = 1
    except ParkbondError:
        up = 0
    gauges["parkbond_graph_up"] = ("Whether the graph answers.", [({}, up)])
    if state.queue is not None:
        tally = Counter(job.state for job in state.queue.all())
        gauges["parkbond_jobs"] = ("Jobs that are remembered.", [({"state": one}, n) for one, n in tally.items()])
    return Response(state.metrics.text(gauges), media_type=metrics.MEDIA_TYPE)
