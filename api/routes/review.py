"""Review: names that may be one entity, and what people say of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Did, Graph, Limit, Skip, Who
from api.review import add_judgements, judge_names, waiting_industries
from api.schemas import Imported, IndustryQueue, Judged, JudgementLog, NewJudgement, NewJudgements, ReviewQueue
from graph.judgement import Verdict
from graph.query.review import log, queue

router = APIRouter(prefix="/review", tags=["review"])

After = Annotated[str, Query(description="`next` of the page before.", max_length=200)]


@router.get("", summary="Names that wait for a judgement")
def list_waiting_pairs(graph: Graph, after: After = "", limit: Limit = 20) -> ReviewQueue:
    """Pairs of names that may be one entity, the most alike first, each with the parts of its score."""
    return ReviewQueue.model_validate(queue(graph, after, limit))


@router.post("", summary="Judge two names")
def judge_pair(graph: Graph, body: NewJudgement, did: Did, caller: Who) -> Judged:
    """Say that two names are one entity, two, or that you do not know; the latest word counts, all are kept."""
    verdict, who = Verdict(body.verdict), body.who or caller
    did(a=body.a, b=body.b, verdict=body.verdict)
    return Judged.model_validate(
        judge_names(graph, body.a, body.b, verdict, who=who, reason=body.reason, again=body.again)
    )


@router.get("/industries", summary="Industries without a sure class")
def list_waiting_industries(graph: Graph, skip: Skip = 0, limit: Limit = 20) -> IndustryQueue:
    """Names of industries whose class in GB/T 4754 is not sure, the most frequent first, and the unclassified share."""
    return IndustryQueue.model_validate(waiting_industries(graph, skip, limit))


@router.get("/log", summary="Every judgement")
def read_judgements(graph: Graph, skip: Skip = 0, limit: Limit = 100) -> JudgementLog:
    """The judgements in the order in which they were given."""
    return JudgementLog.model_validate({"judgements": log(graph, skip, limit), "total": len(graph.judgements())})


@router.post("/log", summary="Add judgements from a log")
def add_judgements_of_log(graph: Graph, body: NewJudgements, did: Did) -> Imported:
    """Add judgements that another graph's log holds, all or nothing; those that are there are passed over."""
    new = add_judgements(graph, body.judgements)
    did(judgements=len(body.judgements), new=new)
    return Imported(new=new)
