"""What routes need: the graph and the ways of reading and asking, opened once for the whole service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from api.views import Views
from graph.curated import Curated
from graph.query.explain import Reasons
from graph.query.known import Known
from graph.search.embedder import Embedder
from graph.store.base import Store


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


Intake = Callable[[Store, Sequence[Sent]], list[Outcome]]
"""Reads documents into the graph; what became of each, in order."""


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

    @cached_property
    def views(self) -> Views:
        """What was measured of the graph, kept until it changes."""
        return Views(self.store, self.curated)


def ways(request: Request) -> Ways:
    """The ways of this app."""
    found: Ways = request.app.state.ways
    return found


def store(request: Request) -> Store:
    """The graph of this app."""
    return ways(request).store


DATE = r"^(\d{4}(-\d{2}(-\d{2})?)?)?$"
"""A year, a month, a day, or nothing."""

Uses = Annotated[Ways, Depends(ways)]
Graph = Annotated[Store, Depends(store)]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Skip = Annotated[int, Query(ge=0, le=10_000_000, description="How many to pass over.")]
Words = Annotated[str, Query(description="What to look for.", max_length=100_000)]
NameOrId = Annotated[str, Path(description="Name, alias or id.", max_length=500)]
