"""Statements: read-only Cypher of a small subset, where it is switched on."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Uses
from api.schemas import Rows, Statement
from api.statements import rows_of

router = APIRouter(prefix="/cypher", tags=["cypher"])


@router.post("", summary="Run a read-only statement")
def run_statement(uses: Uses, body: Statement) -> Rows:
    """The rows of a statement that only reads. What it may hold is listed in docs/how-to/cypher.md.

    Switched off (403) unless PARKBOND_CYPHER=1. 422 names the place of what may not be; 504 when it takes too long.
    """
    return Rows.model_validate(rows_of(uses.store, body.statement, body.parameters, uses.cypher))
