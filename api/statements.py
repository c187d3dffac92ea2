"""Read-only Cypher for those who know it: the same for HTTP, the command line and MCP, and off unless switched on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from graph.errors import Disabled, InputError

if TYPE_CHECKING:
    from api.settings import Settings
    from graph.store.base import Bounds, Store


def bounds(where: Settings) -> Bounds | None:
    """What a statement may cost by these settings; None where statements are not taken."""
    from graph.store.base import Bounds

    return Bounds(seconds=where.cypher_seconds) if where.cypher else None


def rows_of(store: Store, statement: str, parameters: Mapping[str, Any], within: Bounds | None) -> dict[str, Any]:
    """The rows of a statement as plain values (`graph.statement.give.Given`).

    Raises Disabled where statements are not taken, InputError and StoreLate as `give`.
    """
    from graph.statement.give import give

    return asdict(give(store, statement, parameters, switched_on(within)))


def switched_on(within: Bounds | None) -> Bounds:
    """The bounds, where statements are taken. Raises Disabled where they are not."""
    if within is None:
        raise Disabled("statements are switched off; who runs this sets PARKBOND_CYPHER=1 to let readers send them")
    return within


def parameters_of(pairs: Sequence[str]) -> dict[str, Any]:
    """Parameters from `name=value`; a value that is JSON is taken as such, any other as text. Raises InputError."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise InputError(f"--param {pair!r} must be NAME=VALUE")
        if name in found:
            raise InputError(f"--param {name} is given twice")
        try:
            found[name] = json.loads(value)
        except (ValueError, RecursionError):
            found[name] = value
    return found
