"""Saved questions: named questions with places for words, the same as on the command line."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Response

from api import questions
from api.answers import asked
from api.deps import Did, Limit, Questions, Skip, Uses, Who
from api.schemas import Answer, NewQuestion, QuestionValues, SavedQuestion, SavedQuestions

router = APIRouter(prefix="/questions", tags=["questions"])

Name = Annotated[str, Path(description="Name of a saved question.", max_length=200, examples=["ties"])]


@router.get("", summary="List saved questions")
def list_questions(file: Questions, skip: Skip = 0, limit: Limit = 20) -> SavedQuestions:
    """Saved questions in the order of their names, each with the parameters that it asks for."""
    found = questions.read(file)
    rows = [SavedQuestion.model_validate(one.told()) for one in found[skip : skip + limit]]
    return SavedQuestions(questions=rows, skip=skip, total=len(found))


@router.post(
    "",
    status_code=201,
    summary="Save a question",
    responses={
        201: {
            "headers": {"Location": {"description": "Where it is.", "schema": {"type": "string"}}},
            "links": {
                "read": {"operationId": "read_question", "parameters": {"name": "$response.body#/name"}},
                "remove": {"operationId": "remove_question", "parameters": {"name": "$response.body#/name"}},
            },
        }
    },
)
def save_question(file: Questions, body: NewQuestion, did: Did, who: Who, response: Response) -> SavedQuestion:
    """Save a question with places such as {park} in it. A name that is taken is a 409."""
    made = questions.add(file, body.name, body.question, who)
    did(saved=made.name)
    response.headers["location"] = f"/api/v1/questions/{quote(made.name)}"
    return SavedQuestion.model_validate(made.told())


@router.get("/{name}", summary="One saved question")
def read_question(file: Questions, name: Name) -> SavedQuestion:
    """A saved question and the parameters that it asks for."""
    return SavedQuestion.model_validate(questions.called(file, name).told())


@router.post("/{name}/ask", summary="Ask a saved question")
def ask_saved_question(file: Questions, uses: Uses, name: Name, body: QuestionValues) -> Answer:
    """The answer with these words in the places of the question; they are read like the rest of it."""
    question = questions.called(file, name).filled(body.values)
    return Answer.model_validate(asked(uses, question, phrase=body.phrase))


@router.delete("/{name}", summary="Remove a saved question")
def remove_question(file: Questions, name: Name, did: Did) -> SavedQuestion:
    """Take a saved question away; it is in the answer for the last time."""
    gone = questions.remove(file, name)
    did(removed=gone.name)
    return SavedQuestion.model_validate(gone.told())
