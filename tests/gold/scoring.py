"""Precision, recall and F1 of an extraction against a labelled document, by the labelling guide's rules.

Names count strictly (start, end, type), entities once a document and by any of their names. A relation counts by type,
head and tail, where any surface or canonical name of the labelled entity will do; an undirected COLLABORATES matches
either way; ended and denied claims are left out. The counts are those of the score.py that comes with the labels.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from opencc import OpenCC

Json = Mapping[str, Any]
Span = tuple[int, int]
Key = tuple[str, str, str]
Names = Mapping[str, tuple[str, str]]
"""From every form of a labelled name to the canonical name and type of its entity."""

DRAWS = 1000
"""Draws of documents behind an interval."""

DISTANCES = (20, 60, 200)
"""Characters between the arguments of a relation, where they stand nearest, up to which it counts as so far."""

_SIMPLIFIED = OpenCC("t2s")
_TAIL = re.compile("(?:产业链|产业集群|产业|行业|领域|业)$")


@dataclass
class Score:
    """Counts of right, predicted and labelled items by what they are."""

    right: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    gold: Counter[str] = field(default_factory=Counter)

    def count(self, right: Iterable[str], said: Iterable[str], gold: Iterable[str]) -> None:
        """Add one for each name of what is right, said and labelled."""
        for counter, names in ((self.right, right), (self.said, said), (self.gold, gold)):
            counter.update(names)

    def f1(self, what: str) -> float:
        """2·right / (said + labelled), 0 if both are empty."""
        return 2 * self.right[what] / (self.said[what] + self.gold[what] or 1)

    def row(self, what: str) -> str:
        """One line of a table."""
        precision = self.right[what] / (self.said[what] or 1)
        recall = self.right[what] / (self.gold[what] or 1)
        if what.startswith("recall"):
            return f"{what:24s}          R {recall:.3f}            (gold {self.gold[what]})"
        return f"{what:24s} P {precision:.3f}  R {recall:.3f}  F1 {self.f1(what):.3f}  (gold {self.gold[what]})"


def total(scores: Iterable[Score]) -> Score:
    """The counts of several scores together."""
    result = Score()
    for score in scores:
        result.right.update(score.right)
        result.said.update(score.said)
        result.gold.update(score.gold)
    return result


def intervals(each: Sequence[Score], whats: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The middle 95 % of F1 over draws of documents."""
    counts = np.array([[[one.right[what], one.said[what] + one.gold[what]] for what in whats] for one in each])
    draws = np.random.default_rng(1).integers(len(each), size=(DRAWS, len(each)))
    weights = np.stack([np.bincount(draw, minlength=len(each)) for draw in draws])
    sums = np.tensordot(weights, counts, axes=1)
    with np.errstate(invalid="ignore"):
        f1 = 2 * sums[..., 0] / sums[..., 1]  # nan where a draw holds nothing of the sort
    low, high = np.nanpercentile(f1, (2.5, 97.5), axis=0)
    return {what: (low[at], high[at]) for at, what in enumerate(whats)}


def add(score: Score, gold: Json, written: Json) -> None:
    """Count one document; `written` is what `ingest.extract.export` gives."""
    wanted = {(one["start"], one["end"], one["type"]) for one in gold["entities"]}
    found = {(one["start"], one["end"], one["type"]) for one in written["entities"]}
    score.count(
        *([f"names{end}" for *_, kind in some for end in ("", f" {kind}")] for some in (wanted & found, found, wanted))
    )
    _entities(score, gold, written)
    _relations(score, gold, written)


def _entities(score: Score, gold: Json, written: Json) -> None:
    known = names_of(gold)
    wanted = {(one["canonical"], one["type"]) for one in gold["entities"]}
    right: set[tuple[str, str]] = set()
    wrong: set[tuple[str, str]] = set()
    for one in written["entities"]:
        surface = gold.get("text", "")[one["start"] : one["end"]]
        name = one.get("canonical") or surface
        meant = found(known, name) or found(known, surface)
        if meant and meant[1] == one["type"]:
            right.add(meant)
        else:
            wrong.add((form(name), one["type"]))
    score.count(
        *(
            [f"entities{end}" for _, kind in some for end in ("", f" {kind}")]
            for some in (right, [*right, *wrong], wanted)
        )
    )


def _relations(score: Score, gold: Json, written: Json) -> None:
    wanted, hit, wrong = pairs(gold, written)
    places = _places(gold["entities"])
    said_at = _places(written["entities"])
    labels: dict[int, list[str]] = {}
    for number in wanted.values():
        one = gold["relations"][number]
        far = "far" if one.get("arg_outside_evidence") else "near"
        apart = distance(places.get(one["head"], ()), places.get(one["tail"], ()))
        labels[number] = ["relations", one["type"], f"recall {far}", f"relations {_bin(apart)}"]
    others = [
        [
            "relations",
            one["type"],
            f"relations {_bin(distance(said_at.get(one['head'], ()), said_at.get(one['tail'], ())))}",
        ]
        for one in wrong.values()
    ]
    right = [what for number in hit for what in labels[number]]
    score.count(
        right,
        [*right, *(what for some in others for what in some)],
        [what for some in labels.values() for what in some],
    )


def pairs(gold: Json, written: Json) -> tuple[dict[Key, int], dict[int, Json], dict[Key, Json]]:
    """The labelled relations (type, head, tail) with their numbers, which of them were said, and what else was said."""
    known = names_of(gold)
    wanted: dict[Key, int] = {}
    for number, one in enumerate(gold["relations"]):
        key = (one["type"], one["head"], one["tail"])
        wanted.setdefault(key, number)
        if one["type"] == "COLLABORATES" and not one["directed"]:
            wanted.setdefault((one["type"], one["tail"], one["head"]), number)
    hit: dict[int, Json] = {}
    wrong: dict[Key, Json] = {}
    for one in written["relations"]:
        if one["status"] in ("ended", "denied"):
            continue
        head, tail = found(known, one["head"]), found(known, one["tail"])
        number = wanted.get((one["type"], head[0], tail[0])) if head and tail else None
        if number is not None:
            hit.setdefault(number, one)
        else:
            wrong.setdefault((one["type"], form(one["head"]), form(one["tail"])), one)
    return wanted, hit, wrong


def names_of(gold: Json) -> Names:
    """All names of the labelled entities of a document."""
    known: dict[str, tuple[str, str]] = {}
    for one in gold["entities"]:
        for name in (one["surface"], one["canonical"]):
            for kind in ("", one["type"]):
                known.setdefault(form(name, kind), (one["canonical"], one["type"]))
    return known


def found(known: Names, name: str) -> tuple[str, str] | None:
    """The entity that a name stands for."""
    return known.get(form(name)) or known.get(form(name, "Industry"))


@lru_cache(maxsize=1 << 16)
def form(name: str, kind: str = "") -> str:
    """The form in which names are compared: simplified, lower case, no white space; a field without 产业, 行业 ..."""
    plain = re.sub(r"\s+", "", _SIMPLIFIED.convert(name)).lower()
    return (_TAIL.sub("", plain) or plain) if kind == "Industry" else plain


def _places(entities: Iterable[Json]) -> dict[str, list[Span]]:
    """Where the names of each entity stand, by its canonical name."""
    places: dict[str, list[Span]] = {}
    for one in entities:
        places.setdefault(one.get("canonical", ""), []).append((one["start"], one["end"]))
    return places


def distance(heads: Iterable[Span], tails: Iterable[Span]) -> int | None:
    """The characters between two names where they stand nearest; None where one stands nowhere."""
    others = list(tails)
    return min((max(0, c - b, a - d) for a, b in heads for c, d in others), default=None)


def _bin(apart: int | None) -> str:
    if apart is None:
        return "apart ?"
    low = 0
    for most in DISTANCES:
        if apart <= most:
            return f"apart {low:3d}-{most}"
        low = most + 1
    return f"apart {low:3d}-"
