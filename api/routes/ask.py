"""Questions: how each was understood, its answer, its statement and its evidence."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Uses, Ways, Words
from api.schemas import Answer, Question
from graph.query.answer import answer
from graph.query.parse import parse
from graph.query.sight import Sight

router = APIRouter(prefix="/ask", tags=["ask"])


@router.get("", summary="Ask")
def ask(uses: Uses, q: Words) -> Answer:
    """Answer a question from the graph. One that is not understood whole is refused with the reason."""
    return _answer(uses, q)


@router.post("", summary="Ask (long questions)")
def ask_in_body(uses: Uses, body: Question) -> Answer:
    """The same with the question in the body."""
    return _answer(uses, body.question)


def _answer(uses: Ways, question: str) -> Answer:
    query = parse(question, uses.known(uses.store), uses.fold)
    seen = Sight(uses.curated, uses.views.network, uses.views.of)
    return Answer.model_validate(answer(uses.store, query, uses.curated, seen).json())
