"""Names: which entities a text may mean."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Limit, Uses, Words
from api.schemas import Names
from graph.search.lookup import NAMED, lookup

router = APIRouter(prefix="/names", tags=["search"])

OfKind = Annotated[NAMED | None, Query(description="Only such entities.")]


@router.get("", summary="Look up names")
def look_up_names(uses: Uses, q: Words, kind: OfKind = None, limit: Limit = 10) -> Names:
    """The parks, firms, institutions and fields that a text may mean: by name, by words, by meaning in any language."""
    found = lookup(uses.store, uses.tools, q, kind, limit)
    return Names.model_validate({"query": q, "names": [asdict(one) for one in found]})
