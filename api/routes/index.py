"""The index: the ranking made here, and the lists that others published."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Parameter

from api.deps import DATE, Uses
from api.indices import Texts, index_of_texts, replay_of_run
from api.limits import COMPUTING, Turns
from api.schemas import Index, NewIndex, Replayed, Run, Standing, TableIndex
from graph.errors import InputError
from graph.index.recipe import shipped
from graph.index.robustness import Asked
from graph.query.standing import published as published_lists
from graph.query.standing import ranking

Date = Parameter(description="A year, month or day, both ends included.", pattern=DATE)

router = APIRouter(prefix="/index", tags=["index"])

TURNS = Turns(COMPUTING)


@router.get("", summary="Rank parks")
def rank_parks(
    uses: Uses,
    published: Annotated[bool, Parameter(description="The published lists instead.")] = False,
    track: Annotated[str, Parameter(description="Only the firms on this track, by name or id.", max_length=200)] = "",
    since: Annotated[str, Date] = "",
    until: Annotated[str, Date] = "",
    as_of: Annotated[str, Parameter(description="Only what documents said by then.", pattern=DATE)] = "",
    recipe: Annotated[str, Parameter(description="A recipe that ships.", max_length=100)] = "future",
) -> Index:
    """The index made here, with intervals and flags; with `published`, what documents state of published lists."""
    if published:
        return Index(published=[Standing.model_validate(row) for row in published_lists(uses.store)])
    if recipe not in shipped():
        raise InputError(f"no recipe that ships is called {recipe!r}; there are {', '.join(shipped())}.")
    return Index.model_validate(ranking(uses.views.of(since, until, as_of), recipe, track))


@router.post("", summary="Make an index of a table", response_model_exclude_unset=True)
def make_index(body: NewIndex) -> TableIndex:
    """Scores and ranks of the units of any table, and what was done to every cell (docs/method/composite.md)."""
    given = Texts(
        data=body.data,
        framework=body.framework,
        recipe=body.recipe,
        group=body.impute_group,
        edition=body.edition,
        weights=body.weights,
        points=body.points,
        vary=body.vary,
        earlier=body.compare,
    )
    if body.vary.strip() and not (body.uncertainty or body.sensitivity):
        raise InputError("vary says what is varied; add uncertainty or sensitivity")
    asked = Asked(body.coherence, body.uncertainty, body.sensitivity, body.seed)
    with TURNS:
        return TableIndex.model_validate(index_of_texts(given, asked, body.removal))


@router.post("/replay", summary="Make a run again", response_model_exclude_unset=True)
def replay_run(body: Run) -> Replayed:
    """The index of a run made again, and whether it gives what the run says."""
    with TURNS:
        made, same = replay_of_run(body.run)
    return Replayed(same=same, index=TableIndex.model_validate(made))
