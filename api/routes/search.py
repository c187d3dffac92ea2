"""Search: passages by words, by other words for them, by meaning, and by what the graph knows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from api import paging
from api.deps import DATE, Cursor, Limit, Uses, Words
from api.schemas import Hits
from graph.errors import InputError
from graph.model import digest
from graph.search.filters import KINDS, Filters
from graph.search.search import Place, search

router = APIRouter(prefix="/search", tags=["search"])

Named = Annotated[str, Query(max_length=500, description="A name in any language, or an id; what lies within counts.")]
Since = Annotated[str, Query(alias="from", pattern=DATE, description="Published then or later: a year, month or day.")]
Until = Annotated[str, Query(alias="to", pattern=DATE, description="Published then or earlier; the day counts in.")]
Kind = Annotated[str, Query(max_length=100, description=f"It tells of such a cooperation: {', '.join(KINDS)}.")]
Language = Annotated[str, Query(max_length=100, description="zh, zh-Hans, zh-Hant or en.")]
Source = Annotated[str, Query(max_length=500, description="Part of the address or path it came from.")]


@router.get("", summary="Search documents")
def search_documents(
    uses: Uses,
    q: Words,
    limit: Limit = 10,
    cursor: Cursor = "",
    since: Since = "",
    until: Until = "",
    park: Named = "",
    place: Named = "",
    industry: Named = "",
    kind: Kind = "",
    lang: Language = "",
    source: Source = "",
) -> Hits:
    """The best documents for a query, each with its best passage and the reasons; reprints are one hit."""
    filters = Filters(since, until, park, place, industry, kind, lang, source)
    asked = digest(q, *asdict(filters).values())
    found = search(uses.store, uses.tools, q, limit, filters, _place(cursor, asked))
    last = found.hits[-1] if found.more else None
    after = paging.token(asked, str(last.score), last.document) if last else ""
    return Hits.model_validate(asdict(found) | {"next": after})


def _place(cursor: str, asked: str) -> Place | None:
    """Where the page before ended. Raises InputError for a cursor of another search."""
    if not cursor:
        return None
    of, score, document = paging.place(cursor, 3)
    try:
        place = float(score), document
    except ValueError:
        of, place = "", (0.0, "")
    if of != asked:
        raise InputError("this cursor is of another search; take `next` of the same query, or leave it out to begin.")
    return place
