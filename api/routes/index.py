"""The index: the ranking made here, and the lists that others published."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Parameter

from api.deps import DATE, Uses
from api.schemas import Index, Standing
from graph.query.standing import published as published_lists
from graph.query.standing import ranking

Date = Parameter(description="A year, month or day, both ends included.", pattern=DATE)

router = APIRouter(prefix="/index", tags=["index"])


@router.get("", summary="Rank parks")
def rank_parks(
    uses: Uses,
    published: Annotated[bool, Parameter(description="The published lists instead.")] = False,
    track: Annotated[str, Parameter(description="Only the firms on this track, by name or id.", max_length=200)] = "",
    since: Annotated[str, Date] = "",
    until: Annotated[str, Date] = "",
    as_of: Annotated[str, Parameter(description="Only what documents said by then.", pattern=DATE)] = "",
) -> Index:
    """The index made here, with intervals and flags; with `published`, what documents state of published lists."""
    if published:
        return Index(published=[Standing.model_validate(row) for row in published_lists(uses.store)])
    return Index.model_validate(ranking(uses.views.of(since, until, as_of), track=track))
