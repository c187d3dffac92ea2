"""Measures of the whole network, and of all parks at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import DATE, Uses
from api.limits import COMPUTING, Turns
from api.networks import measured
from api.schemas import Measures, NewNetwork, WholeMeasures

router = APIRouter(prefix="/measures", tags=["measures"])

TURNS = Turns(COMPUTING)

Date = Query(description="A year, month or day, both ends included.", pattern=DATE)


@router.get("", summary="Measure the network")
def read_measures(
    uses: Uses,
    since: Annotated[str, Date] = "",
    until: Annotated[str, Date] = "",
    as_of: Annotated[str, Query(description="Only what documents said by then.", pattern=DATE)] = "",
) -> Measures:
    """Every measure of the network and of its parks; those of one firm are at /enterprises/{name}/measures."""
    report = uses.views.of(since, until, as_of).report
    return Measures(network=report["network"], parks=report["parks"], notes=report["notes"])


@router.post("", summary="Measure a network of your own")
def measure_network(uses: Uses, body: NewNetwork) -> WholeMeasures:
    """Every measure of a network that is given as two tables, its parks and firms; the graph plays no part."""
    with TURNS:
        report = measured(
            [row.cells() for row in body.nodes],
            [row.cells() for row in body.edges],
            [(row.upstream, row.downstream) for row in body.chain],
            uses.curated,
            since=body.since,
            until=body.until,
            seed=body.seed,
            wirings=body.wirings,
        )
    return WholeMeasures(**{name: report[name] for name in ("network", "parks", "firms", "notes")})
