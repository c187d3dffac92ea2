"""Lists as a client wants them: page by page, as JSON, or CSV where it says Accept: text/csv."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from api.paging import following, place
from api.schemas import Named
from graph.model import Kind
from graph.store import cypher
from graph.store.base import Store

CSV = "text/csv"
AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {CSV: {"schema": {"type": "string"}, "example": "id,name\r\n"}}}
}
"""What a route declares that gives CSV too."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Model = TypeVar("Model", bound=BaseModel)


async def wants_csv(request: Request) -> bool:
    """Whether a client would rather have CSV than JSON."""
    weights = {"json": 0.0, "csv": 0.0}
    for one in request.headers.get("accept", "").split(","):
        kind, *parameters = (part.strip().lower() for part in one.split(";"))
        said = dict(part.partition("=")[::2] for part in parameters)
        try:
            weight = float(said.get("q", 1))
        except ValueError:
            weight = 0.0
        if kind == CSV:
            weights["csv"] = weight
        elif kind in ("application/json", "application/*", "*/*"):
            weights["json"] = max(weights["json"], weight)
    return weights["csv"] > 0 and weights["csv"] >= weights["json"]


AsCsv = Annotated[bool, Depends(wants_csv)]


def told(page: Model, rows: Sequence[BaseModel], as_csv: bool, following: str = "") -> Model | Response:
    """The page, or its rows as CSV with the cursor of the next page in the header X-Next."""
    if not as_csv:
        return page
    headers = {"content-disposition": "inline", **({"x-next": following} if following else {})}
    return Response(table([row.model_dump(mode="json") for row in rows], _columns(page, rows)), 200, headers, CSV)


def listed(graph: Store, kind: Kind, skip: int, limit: int, cursor: str) -> tuple[list[Named], str]:
    """A page of the entities of a kind in the order of their names, and the cursor of the next."""
    if cursor:
        name, id = place(cursor, 2)
        found = graph.run(cypher.LISTED_AFTER[kind], name=name, id=id, limit=limit + 1)
    else:
        found = graph.run(cypher.LISTED[kind], skip=skip, limit=limit + 1)
    rows = [Named.model_validate(row) for row in found[:limit]]
    return rows, following([(row["name"], row["id"]) for row in found], limit)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows as CSV (RFC 4180) under a line of names. Lists and objects are JSON; a text that a spreadsheet would take
    for a formula has an apostrophe before it."""
    out = io.StringIO()
    written = csv.writer(out)
    written.writerow(columns)
    written.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return out.getvalue()


def _columns(page: BaseModel, rows: Sequence[BaseModel]) -> list[str]:
    if rows:
        return list(type(rows[0]).model_fields)
    for field in type(page).model_fields.values():
        for inner in getattr(field.annotation, "__args__", ()):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                return list(inner.model_fields)
    return []


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
