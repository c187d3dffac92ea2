"""Questions: how each was understood, its answer, its statement and its evidence."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from api.answers import about, asked
from api.deps import Uses, Words
from api.schemas import Answer, Question

router = APIRouter(prefix="/ask", tags=["ask"])


Named = Annotated[str, StringConstraints(min_length=1, max_length=500)]

compared = APIRouter(prefix="/compare", tags=["ask"])


@router.get("", summary="Ask")
def ask(uses: Uses, q: Words) -> Answer:
    """Answer a question from the graph. One that is not understood whole is refused with the reason."""
    return Answer.model_validate(asked(uses, q))


@router.post("", summary="Ask (long questions)")
def ask_in_body(uses: Uses, body: Question) -> Answer:
    """The same with the question in the body; with `phrase` also in sentences, each with the sources that bear it.

    Phrasing is switched off (403) unless PARKBOND_LLM_URL and PARKBOND_LLM_MODEL are set.
    """
    return Answer.model_validate(asked(uses, body.question, phrase=body.phrase))


@compared.get("", summary="Compare parks")
def compare_parks(
    uses: Uses,
    park: Annotated[
        list[Named],
        Query(min_length=2, max_length=20, description="Name, alias or id; given twice or more.", examples=[["甲园"]]),
    ],
) -> Answer:
    """Parks side by side, and which differences their intervals allow to speak of; as the question for it."""
    return Answer.model_validate(about(uses, "compare", park))
