"""The worst errors of an extraction: the names that fail most often, with what they cost, and the nearest relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gold.scoring import distance, pairs

from ingest.passage import spans

Json = Mapping[str, Any]
AROUND = 45
"""Characters of the sentence that are shown on each side."""


@dataclass(frozen=True, slots=True, order=True)
class Error:
    """One mistake; the least `rank` is the worst."""

    rank: tuple[int, ...]
    where: str  # file:document:offset
    expected: str
    found: str
    times: int
    sentence: str

    def line(self) -> str:
        """Two lines of the report."""
        times = f" ({self.times} times)" if self.times > 1 else ""
        return f"{self.where}{times}: expected {self.expected or '–'}, found {self.found or '–'}\n      {self.sentence}"


def names(file: str, gold: Json, written: Json) -> Iterator[Error]:
    """Wrong names of a document: missed, made up, of other limits or type; the same mistake once, most costly first.

    A mistake costs its places and the labelled relations of the name that were missed.
    """
    _, hit, _ = pairs(gold, written)
    lost = [name for at, one in enumerate(gold["relations"]) if at not in hit for name in (one["head"], one["tail"])]
    right = {(one["start"], one["end"], one["type"]) for one in gold["entities"]}
    said = [one for one in written["entities"] if (one["start"], one["end"], one["type"]) not in right]
    known = {(one["start"], one["end"], one["type"]) for one in written["entities"]}
    met: set[int] = set()
    places: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for one in gold["entities"]:
        if (one["start"], one["end"], one["type"]) in known:
            continue
        over = [
            (at, other) for at, other in enumerate(said) if other["start"] < one["end"] and one["start"] < other["end"]
        ]
        met.update(at for at, _ in over)
        found = ", ".join(_name(other, gold["text"]) for _, other in over)
        places[_name(one, gold["text"]), found, one["canonical"]].append((one["start"], one["end"]))
    for at, other in enumerate(said):
        if at not in met:
            places["", _name(other, gold["text"]), ""].append((other["start"], other["end"]))
    for (expected, found, canonical), where in places.items():
        cost = len(where) + (lost.count(canonical) if canonical else 0)
        start, end = where[0]
        yield Error(
            (-cost,), f"{file}:{gold['doc_id']}:{start}", expected, found, len(where), _shown(gold["text"], start, end)
        )


def relations(file: str, gold: Json, written: Json) -> Iterator[Error]:
    """Wrong relations between names that are right: missed ones and made up ones, those of the nearest names first."""
    wanted, hit, wrong = pairs(gold, written)
    places = _places(gold["entities"])
    said = _places(written["entities"])
    for number in sorted(set(wanted.values()) - hit.keys()):
        one = gold["relations"][number]
        ends = places.get(one["head"], []), places.get(one["tail"], [])
        seen = all(
            any(place in there for place in end) for end, there in zip(ends, (_all(said), _all(said)), strict=True)
        )
        apart = distance(*ends)
        if seen and apart is not None:
            start, end = one["evidence_start"], one["evidence_end"]
            told = f"{one['type']} {one['head']} → {one['tail']}"
            where = f"{file}:{gold['doc_id']}:{start}"
            yield Error((apart,), where, told, "", 1, _shown(gold["text"], start, end))
    for one in wrong.values():
        apart = distance(said.get(one["head"], []), said.get(one["tail"], []))
        told = f"{one['type']} {one['head']} → {one['tail']}"
        where = f"{file}:{gold['doc_id']}:{one['start']}"
        shown = _shown(gold["text"], one["start"], one["end"])
        yield Error((apart if apart is not None else 10**6,), where, "", told, 1, shown)


def _places(entities: Iterable[Json]) -> dict[str, list[tuple[int, int]]]:
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for one in entities:
        places[one["canonical"]].append((one["start"], one["end"]))
    return places


def _all(places: Mapping[str, list[tuple[int, int]]]) -> set[tuple[int, int]]:
    return {place for some in places.values() for place in some}


def _name(one: Json, text: str) -> str:
    return f"{one['type']} {text[one['start'] : one['end']]}"


def _shown(text: str, start: int, end: int) -> str:
    """The sentence around a span, cut where it is long, the span in 【】."""
    first, last = next(((a, b) for a, b in spans(text) if a <= start < b), (start, end))
    left, right = max(first, start - AROUND), min(max(last, end), end + AROUND)
    opening, closing = "…" if left > first else "", "…" if right < last else ""
    shown = f"{opening}{text[left:start]}【{text[start:end]}】{text[end:right]}{closing}"
    return " ".join(shown.split())
