"""Search: passages by words, by meaning and by the names that they mention."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter

from api.deps import Limit, Uses, Words
from api.schemas import Hits
from graph.search.search import search

router = APIRouter(prefix="/search", tags=["search"])


@router.get("", summary="Search documents")
def search_documents(uses: Uses, q: Words, limit: Limit = 10) -> Hits:
    """The best documents for a query, each with its best passage and the reasons."""
    return Hits.model_validate(asdict(search(uses.store, uses.embedder, q, limit, uses.fold)))
