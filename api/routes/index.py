"""The index: the ranking made here, and the lists that others published."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Parameter

from api.deps import Graph
from api.schemas import Index, Ranked, Standing
from graph.query.standing import published as published_lists
from graph.query.standing import ranking

router = APIRouter(prefix="/index", tags=["index"])


@router.get("", summary="Rank parks")
def rank_parks(
    graph: Graph, published: Annotated[bool, Parameter(description="The published lists instead.")] = False
) -> Index:
    """The index made here, with intervals and flags; with `published`, what documents state of published lists."""
    if published:
        return Index(published=[Standing.model_validate(row) for row in published_lists(graph)])
    ranked, unranked = ranking(graph)
    return Index(
        ranked=[Ranked.model_validate(row) for row in ranked],
        unranked=[Ranked.model_validate(row) for row in unranked],
    )
