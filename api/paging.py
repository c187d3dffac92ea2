"""Pages of lists: where the next one begins, as a token that clients hand back and do not look into."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence

from graph.errors import InputError


def token(*place: str) -> str:
    """The cursor that stands behind this place."""
    packed = json.dumps(place, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def place(cursor: str, parts: int) -> tuple[str, ...]:
    """Where a cursor stands: so many strings. Raises InputError for what no list gave."""
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = json.loads(packed)
    except (binascii.Error, ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or len(found) != parts or not all(_sound(one) for one in found):
        raise InputError("this cursor is of no page here; take `next` of the page before, or leave it out to begin.")
    return tuple(found)


def following(rows: Sequence[Sequence[str]], limit: int) -> str:
    """The cursor behind the last of the first `limit` places; "" where no row follows them."""
    return token(*rows[limit - 1]) if len(rows) > limit else ""


def _sound(one: object) -> bool:
    return isinstance(one, str) and "\0" not in one and not any("\ud800" <= sign <= "\udfff" for sign in one)
