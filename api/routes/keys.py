"""Keys: who may use this service. The first is made on the command line."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from api import keys
from api.deps import Did
from api.schemas import KeyInfo, KeyInfos, MadeKey, NewKey
from graph.errors import Conflict

router = APIRouter(prefix="/keys", tags=["keys"])


@router.get("", summary="List keys")
def list_keys(request: Request) -> KeyInfos:
    """Every key that was made, without the secrets."""
    return KeyInfos(keys=[_info(key) for key in keys.read(_ring(request).file) or ()])


@router.post("", status_code=201, summary="Make a key")
def add_key(request: Request, body: NewKey, did: Did) -> MadeKey:
    """Make a key. Its secret is in this answer and nowhere else."""
    made, secret = keys.add(_ring(request).file, body.name, keys.Role(body.role))
    did(made=made.id, name=made.name, role=made.role)
    return MadeKey(**_told(made), secret=secret)


@router.delete("/{id}", summary="End a key")
def revoke_key(
    request: Request,
    did: Did,
    id: Annotated[str, Path(description="Id or name of a key.", max_length=200, examples=["0d4e7f2c"])],
) -> KeyInfo:
    """End a key at once."""
    ended = keys.revoke(_ring(request).file, id)
    did(revoked=ended.id, name=ended.name)
    return _info(ended)


def _ring(request: Request) -> keys.Keyring:
    ring: keys.Keyring | None = request.app.state.guard.keys
    if ring is None:
        raise Conflict("this service keeps no keys.")
    return ring


def _told(key: keys.Key) -> dict[str, Any]:
    return {name: value for name, value in asdict(key).items() if name != "digest"}


def _info(key: keys.Key) -> KeyInfo:
    return KeyInfo(**_told(key))
