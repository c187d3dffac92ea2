"""What routes need: the graph and the ways of reading and asking, opened once for the whole service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as File
from typing import Annotated, Any, Protocol

from fastapi import Depends, Path, Query, Request

from api.plain import Plain
from api.queue import Queue
from api.views import Views
from graph.curated import Curated
from graph.errors import Conflict, InputError
from graph.query.explain import Reasons
from graph.query.known import Known
from graph.search.embedder import Embedder
from graph.search.expand import Wording
from graph.search.search import Folded, Tools
from graph.store.base import Bounds, Store


@dataclass(frozen=True, slots=True)
class Sent:
    """A document as it was sent."""

    text: str
    id: str = ""
    title: str = ""
    url: str = ""
    published: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document that was sent; `outcome` as in `api.schemas.Item`."""

    id: str
    outcome: str
    status: int
    detail: str = ""


Note = Callable[..., None]
"""Called with what was done."""

Intake = Callable[[Store, Sequence[Sent]], list[Outcome]]
"""Reads documents into the graph; what became of each, in order."""


Extract = Callable[[Sequence[Sent]], list[dict[str, Any]]]
"""The names and claims of documents, which are not kept; as `ingest.extract.export`."""


class Phrases(Protocol):
    """Puts answers into words."""

    def phrase(self, store: Store, answer: Mapping[str, Any]) -> dict[str, Any]:
        """As `api.schemas.Phrasing`."""
        ...


@dataclass(frozen=True)
class Ways:
    """All that the routes use."""

    store: Store
    fold: Callable[[str], str]
    known: Callable[[Store], Known]
    intake: Intake
    embedder: Embedder | None = None
    reasons: Reasons = field(default_factory=Reasons)
    curated: Curated = field(default_factory=Curated)
    wording: Wording = field(default_factory=Wording)
    locate: Callable[[str], Folded] | None = None
    """Folds a passage with the way back to its text."""
    cypher: Bounds | None = None
    """What a statement from outside may cost; None where none is taken."""
    questions: File | None = None
    """Where saved questions lie; None where none are kept."""
    phraser: Phrases | None = None
    """Puts answers into words; None where no language model is set."""
    extract: Extract | None = None
    """Reads documents that are not kept; None where nothing reads."""

    @cached_property
    def tools(self) -> Tools:
        """What a search uses beside the graph."""
        return Tools(self.fold, self.embedder, self.wording, self.locate)

    @cached_property
    def views(self) -> Views:
        """What was measured of the graph, kept until it changes."""
        return Views(self.store, self.curated)


async def ways(request: Request) -> Ways:
    """The ways of this app. Async, like all here, so that no thread is taken for it."""
    found: Ways = request.app.state.ways
    return found


async def store(request: Request) -> Store:
    """The graph of this app."""
    found: Store = request.app.state.ways.store
    return found


async def jobs(request: Request) -> Queue:
    """The long work of this app. Raises Conflict where it takes none."""
    found: Queue | None = request.app.state.queue
    if found is None:
        raise Conflict("this service takes no jobs; send documents to /api/v1/documents.")
    return found


async def notebook(request: Request) -> Note:
    """Where a route says what it did, for the audit log."""

    def note(**what: Any) -> None:
        request.scope["parkbond.did"] = what

    return note


async def who(request: Request) -> str:
    """The name of the key of a request, "" without."""
    caller = request.scope.get("parkbond.caller")
    return caller.name if caller and caller.id else ""


async def questions(request: Request) -> File:
    """Where this app keeps saved questions. Raises Conflict where it keeps none."""
    found: File | None = request.app.state.ways.questions
    if found is None:
        raise Conflict("this service keeps no questions.")
    return found


async def known_parameters(request: Request) -> None:
    """Refuse a parameter that the route does not know: a filter that is misspelt must not be left out in silence."""
    given = request.query_params
    if not given:
        return
    state = request.app.state
    if not hasattr(state, "parameters"):
        state.parameters = _parameters(request.app.openapi())
    known = state.parameters.get(request.scope["route"].name)
    if known is not None and (unknown := [name for name in given if name not in known]):
        told = f"known are {', '.join(sorted(known))}" if known else "there is none"
        raise InputError(f"no parameter is called {unknown[0][:100]!r} here; {told}.")


def _parameters(document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The parameters in the query of each operation."""
    return {
        operation["operationId"]: frozenset(
            one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"
        )
        for operations in document["paths"].values()
        for operation in operations.values()
    }


DATE = r"^(\d{4}(-\d{2}(-\d{2})?)?)?$"
"""A year, a month, a day, or nothing."""

Uses = Annotated[Ways, Depends(ways)]
Graph = Annotated[Store, Depends(store)]
Jobs = Annotated[Queue, Depends(jobs)]
Did = Annotated[Note, Depends(notebook)]
Who = Annotated[str, Depends(who)]
Questions = Annotated[File, Depends(questions)]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.", examples=[20])]
Skip = Annotated[int, Query(ge=0, le=10_000_000, description="How many to pass over.", examples=[0])]
Cursor = Annotated[
    str, Query(description="`next` of the page before; `skip` does not count then.", max_length=4_000, examples=[""])
]
Words = Annotated[Plain, Query(description="What to look for.", max_length=100_000, examples=["战略合作"])]
NameOrId = Annotated[
    str, Path(description="Name, alias or id.", max_length=500, examples=["苏州工业园区", "park-0d4e7f2c1b6a58e39f10"])
]
