"""The grounds of a hit, each a share between 0 and 1, and the one number that documents are ordered by."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Grounds:
    """How far a document meets a query, by each ground.

    words     of the query in its best passage, weighed by how rare they are
    meant     the same with synonyms, the other language, narrower and broader fields
    document  the same, all passages and the title together
    title     the same, in the title
    meaning   how much nearer its best passage is than passages of its language are on average (4 deviations = 1)
    around    the same, the mean of its three best
    name      entities named in the query that it mentions
    path      whether it says how two of them are linked
    """

    words: float = 0
    meant: float = 0
    document: float = 0
    title: float = 0
    meaning: float = 0
    around: float = 0
    name: float = 0
    path: float = 0


GROUNDS = tuple(one.name for one in fields(Grounds))
MEANING = frozenset(("meaning", "around"))


@cache
def weights() -> Mapping[str, float]:
    """The tuned weights that ship (`fusion.toml`)."""
    text = (files("graph.search") / "fusion.toml").read_text(encoding="utf-8")
    return {name: float(weight) for name, weight in tomllib.loads(text)["weights"].items()}


def shares(weight: Mapping[str, float], used: frozenset[str]) -> dict[str, float]:
    """What each of the grounds that could be judged (`used`) counts, together 1."""
    whole = sum(weight.get(name, 0) for name in used) or 1
    return {name: weight.get(name, 0) / whole for name in GROUNDS if name in used}


def parts(grounds: Grounds, share: Mapping[str, float]) -> dict[str, float]:
    """What each ground adds to the score, greatest first; together at most 1. `share`: as `shares` gives them.

    >>> parts(Grounds(words=1, title=0.5), {"words": 0.75, "title": 0.25})
    {'words': 0.75, 'title': 0.125}
    """
    given = ((name, round(counts * getattr(grounds, name), 9)) for name, counts in share.items())
    return dict(sorted((one for one in given if one[1] > 0), key=lambda one: -one[1]))
