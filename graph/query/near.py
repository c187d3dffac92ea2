"""Names of the graph that look like one that it does not know."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph.model import Kind
from graph.search.names import Named, bare, candidates
from graph.store.base import Store

SUGGESTED = 3
SHORTEST_CHINESE, SHORTEST_LATIN = 3, 4  # characters of a name that may stand for a longer one
LIKE = 40.0  # of 100, by rapidfuzz's ratio on the better half of a longer name


def near(store: Store, name: str, kinds: Sequence[Kind], first: Sequence[Kind] = ()) -> tuple[str, ...]:
    """At most three names of these kinds that are written most like `name` (in the comparison form), best first.

    Names of the kinds of `first` stand before all others.
    """
    told = [*_near(store, name, first), *_near(store, name, [kind for kind in kinds if kind not in first])]
    return tuple(dict.fromkeys(told))[:SUGGESTED]


def _near(store: Store, name: str, kinds: Sequence[Kind]) -> list[str]:
    from rapidfuzz import fuzz

    short = (bare(name) or name).casefold()  # that both are limited companies makes no two names alike
    scored: dict[str, float] = {}
    for one in candidates(store, [name], kinds):
        alike = max(fuzz.partial_ratio(short, (bare(other) or other).casefold()) for other in one.names)
        scored[one.name] = max(alike, scored.get(one.name, 0.0))
    return sorted((name for name, alike in scored.items() if alike >= LIKE), key=lambda name: (-scored[name], name))


def taken(store: Store, name: str, kind: Kind) -> Named | None:
    """The one entity of this kind whose name holds `name` whole; None where there is none, or more than one.

    Chinese of three characters and more, or whole Latin words of four letters and more: 华星测试 of
    苏州华星测试技术有限公司, Huahong of Huahong Group. Names that merely sound or look alike are never taken.
    """
    latin = name.isascii()
    if len(name) < (SHORTEST_LATIN if latin else SHORTEST_CHINESE):
        return None
    words = re.compile(rf"\b{re.escape(name)}\b" if latin else re.escape(name), re.IGNORECASE)
    found = [one for one in candidates(store, [name], (kind,)) if any(words.search(other) for other in one.names)]
    return found[0] if len(found) == 1 else None
