"""Tracks: those of the published editions, with who named them."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import Uses
from api.schemas import TrackInfo, Tracks

router = APIRouter(prefix="/tracks", tags=["index"])


@router.get("", summary="List tracks")
def list_tracks(uses: Uses) -> Tracks:
    """The tracks that hexagons are drawn on and that the index can be restricted to."""
    chained = {chain.track for chain in uses.curated.chains}
    names = ("id", "name", "name_en", "edition", "status")
    rows = [{name: getattr(one, name) for name in names} | {"chain": one.id in chained} for one in uses.curated.tracks]
    return Tracks(tracks=[TrackInfo.model_validate(row) for row in rows])
