"""Precision, recall and F1 of an extraction against a labelled document, by the labelling guide's rules.

Names count strictly (start, end, type). A relation counts by type, head and tail, where any surface or canonical name
of the labelled entity will do; an undirected COLLABORATES matches either way; ended and denied claims are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.script import bare

Json = Mapping[str, Any]
_TAIL = re.compile("(?:产业链|产业集群|产业|行业|领域|业)$")


@dataclass
class Score:
    """Counts of right, predicted and labelled items by what they are."""

    right: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    gold: Counter[str] = field(default_factory=Counter)

    def f1(self, what: str) -> float:
        """2·right / (said + labelled), 0 if both are empty."""
        return 2 * self.right[what] / (self.said[what] + self.gold[what] or 1)

    def row(self, what: str) -> str:
        """One line of a table."""
        precision = self.right[what] / (self.said[what] or 1)
        recall = self.right[what] / (self.gold[what] or 1)
        return f"{what:24s} P {precision:.3f}  R {recall:.3f}  F1 {self.f1(what):.3f}  (gold {self.gold[what]})"


def total(scores: Iterable[Score]) -> Score:
    """The counts of several scores together."""
    result = Score()
    for score in scores:
        result.right.update(score.right)
        result.said.update(score.said)
        result.gold.update(score.gold)
    return result


def add(score: Score, gold: Json, written: Json) -> None:
    """Count one document; `written` is what `ingest.extract.export` gives."""
    wanted = {(one["start"], one["end"], one["type"]) for one in gold["entities"]}
    found = {(one["start"], one["end"], one["type"]) for one in written["entities"]}
    for what, items in (("right", wanted & found), ("said", found), ("gold", wanted)):
        counter: Counter[str] = getattr(score, what)
        for _, _, kind in items:
            counter["names"] += 1
            counter[f"names {kind}"] += 1
    _relations(score, gold, written)


def _relations(score: Score, gold: Json, written: Json) -> None:
    known: dict[str, str] = {}
    for one in gold["entities"]:
        for name in (one["surface"], one["canonical"]):
            for form in (_form(name, ""), _form(name, one["type"])):
                known.setdefault(form, one["canonical"])

    def canonical(name: str) -> str:
        return known.get(_form(name, "")) or known.get(_form(name, "Industry")) or name

    wanted: dict[tuple[str, str, str], int] = {}
    for number, one in enumerate(gold["relations"]):
        wanted.setdefault((one["type"], one["head"], one["tail"]), number)
        if one["type"] == "COLLABORATES" and not one["directed"]:
            wanted.setdefault((one["type"], one["tail"], one["head"]), number)
    kinds = {number: key[0] for key, number in wanted.items()}
    hit: set[int] = set()
    wrong: set[tuple[str, str, str]] = set()
    for one in written["relations"]:
        if one["status"] in ("ended", "denied"):
            continue
        key = (one["type"], canonical(one["head"]), canonical(one["tail"]))
        if key in wanted:
            hit.add(wanted[key])
        else:
            wrong.add(key)
    for what, items in (
        ("right", [kinds[number] for number in hit]),
        ("said", [kinds[number] for number in hit] + [key[0] for key in wrong]),
        ("gold", list(kinds.values())),
    ):
        counter: Counter[str] = getattr(score, what)
        for kind in items:
            counter["relations"] += 1
            counter[kind] += 1


def _form(name: str, kind: str) -> str:
    plain = bare(name)
    return (_TAIL.sub("", plain) or plain) if kind == "Industry" else plain
