"""Names of the graph that look like one that it does not know."""

from __future__ import annotations

from collections.abc import Sequence

from graph.model import Kind
from graph.search.names import candidates
from graph.store.base import Store

SUGGESTED = 3
LIKE = 40.0  # of 100, by rapidfuzz's ratio on the better half of a longer name


def near(store: Store, name: str, kinds: Sequence[Kind]) -> tuple[str, ...]:
    """At most three names of these kinds that are written most like `name` (in the comparison form), best first."""
    from rapidfuzz import fuzz

    scored: dict[str, float] = {}
    for one in candidates(store, [name], kinds):
        alike = max(fuzz.partial_ratio(name.casefold(), other.casefold()) for other in one.names)
        scored[one.name] = max(alike, scored.get(one.name, 0.0))
    best = sorted((name for name, alike in scored.items() if alike >= LIKE), key=lambda name: (-scored[name], name))
    return tuple(best[:SUGGESTED])
