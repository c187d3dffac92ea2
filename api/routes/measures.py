"""Measures of the whole network, and of all parks at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import DATE, Uses
from api.schemas import Measures

router = APIRouter(prefix="/measures", tags=["measures"])

Date = Query(description="A year, month or day, both ends included.", pattern=DATE)


@router.get("", summary="Measure the network")
def read_measures(
    uses: Uses,
    since: Annotated[str, Date] = "",
    until: Annotated[str, Date] = "",
    as_of: Annotated[str, Query(description="Only what documents said by then.", pattern=DATE)] = "",
) -> Measures:
    """Every measure of the network and of its parks. Firms are left to `parkbond measure`: there are too many."""
    report = uses.views.of(since, until, as_of).report
    return Measures(network=report["network"], parks=report["parks"], notes=report["notes"])
