"""Errors over HTTP: RFC 9457 problem+json, made in one place for everything that can go wrong."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from graph.errors import ParkbondError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Mistake(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="Place in the request: query, path or body, then the name.")
    what: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:parkbond:not-found",
                    "title": "Not found",
                    "status": 404,
                    "detail": "no park is called 东岚科技园; did you mean 东澜科技园?",
                    "instance": "/api/v1/parks/东岚科技园",
                    "errors": [],
                }
            ]
        }
    )

    type: str = Field(description="A name for this kind of problem.")
    title: str = Field(description="The kind of problem in words; the same for all of its kind.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong this time, and what to do.")
    instance: str = Field(description="The path that was asked for.")
    errors: list[Mistake] = Field(default=[], description="All mistakes of the request, where several can be made.")


def declare_problems(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with a problem as the answer of every operation that cannot be met."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {model.__name__: _schema(model) for model in (Problem, Mistake)}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"] |= {
                "4XX": {"description": "The request cannot be met.", "content": content},
                "5XX": {"description": "The graph cannot be reached, or a fault.", "content": content},
            }
    return document


def declare_keys(document: dict[str, Any], free: Collection[str]) -> dict[str, Any]:
    """The OpenAPI document with the key that every operation asks for, but those of the `free` paths."""
    document["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "Made by `parkbond key add`; needed once one is."}
    }
    for path, operations in document["paths"].items():
        for operation in operations.values():
            operation["security"] = [] if path in free else [{"key": []}]
    return document


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    made = model.model_json_schema(ref_template="#/components/schemas/{model}")
    made.pop("$defs", None)
    return made


def handle_problems(app: FastAPI) -> None:
    """Let every error of the app leave as problem+json, without a stack trace."""
    app.add_exception_handler(ParkbondError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def response(request: Request, status: int, title: str, detail: str, errors: Sequence[Mistake] = ()) -> Response:
    """A problem as a response."""
    kind = "urn:parkbond:" + re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    made = Problem(
        type=kind, title=title, status=status, detail=detail, instance=_safe(request.url.path), errors=list(errors)
    )
    return JSONResponse(made.model_dump(), status, media_type=MEDIA_TYPE)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, ParkbondError)
    return response(request, error.status, error.title, _safe(str(error)))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    mistakes = [Mistake(where=_safe(".".join(map(str, one["loc"]))), what=_safe(one["msg"])) for one in error.errors()]
    detail = "; ".join(f"{one.where}: {one.what}" for one in mistakes[:5])
    return response(request, 422, "Unusable input", detail, mistakes)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    said = "" if error.detail == title else str(error.detail)
    made = response(request, error.status_code, title, _safe(said) or _advice(error.status_code, request))
    made.headers.update(error.headers or {})
    return made


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s", request.method, _safe(request.url.path), exc_info=error)
    return response(request, 500, "Internal error", "something went wrong here; the server's log says what.")


def _advice(status: int, request: Request) -> str:
    if status == 404:
        return f"nothing is at {_safe(request.url.path)}; / lists what there is."
    if status == 405:
        return f"{request.method} is not possible at {_safe(request.url.path)}; /openapi.json says what is."
    return HTTPStatus(status).phrase


def _safe(text: str) -> str:
    """The text without half characters, which JSON cannot carry."""
    return text.encode("utf-8", "replace").decode()
