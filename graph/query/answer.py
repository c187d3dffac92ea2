"""From a `Query` to its answer: refused with the reason, or rows with the statement, the evidence and the coverage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from graph.model import Kind
from graph.query.chemistry import by_chemistry, of_park
from graph.query.compare import compare
from graph.query.connectivity import connectivity
from graph.query.link import link
from graph.query.listing import counted, listed
from graph.query.near import near, taken
from graph.query.path import path
from graph.query.profile import organisation, park
from graph.query.query import Query, Slot
from graph.query.result import Answer, Reason, Refusal, Result, extent, joined
from graph.query.seat import seat
from graph.query.service import service
from graph.query.sight import Sight, sight
from graph.query.stage import hexagon, stage
from graph.query.standing import stand
from graph.query.sure import sure
from graph.query.ties import between, organisations
from graph.query.trend import trend
from graph.store import cypher
from graph.store.base import Row, Store

if TYPE_CHECKING:
    from graph.curated import Curated

Answerer = Callable[[Store, Query, Sight], Result]


def answer(store: Store, query: Query, curated: Curated, seen: Sight | None = None) -> Answer:
    """What the graph says to a question; `curated` is what tables outside of it know, `seen` what was measured already.

    Refused (`answered` false, with a reason and, for an unknown name, names like it) is a question that was not
    understood whole, that names what the graph does not know, or whose kind is not built yet: never a guess.
    """
    query, told = _meant(store, query)
    try:
        result = _answered(store, query, seen or sight(store, curated))
        return Answer(query, True, replace(result, note=joined(*told, result.note)))
    except Refusal as refusal:
        result = replace(refusal.result or Result(coverage=extent(store)), note=refusal.note)
        return Answer(query, False, result, refusal.reason, refusal.suggestions)


def _meant(store: Store, query: Query) -> tuple[Query, list[str]]:
    """The query with short names made those of the one entity that each can mean, and a word on each."""
    slots, told = [], []
    for slot in query.slots:
        one = None if _known(slot) or slot.kind is Kind.TRACK else taken(store, slot.folded, slot.kind)
        slots.append(replace(slot, name=one.name, id=one.id, names=one.names) if one else _as_written(slot))
        told += [f"{slot.name} taken as {one.name}"] if one else []
        told += [_overlap(store, slot)] if slot.id and slot.kind is Kind.PARK and slot.written != slot.name else []
    return replace(query, slots=tuple(slots)), told


def _as_written(slot: Slot) -> Slot:
    """A park or organisation that only the tables know by the name that the question gives it."""
    return slot if _known(slot) else replace(slot, name=slot.written)


def _overlap(store: Store, slot: Slot) -> str:
    """That a park called by another name overlaps others, which may have been meant; "" where it overlaps none."""
    links = [*store.run(cypher.LINKS_FROM[Kind.PARK], id=slot.id), *store.run(cypher.PARKS_TOWARD, id=slot.id)]
    names = sorted({row["name"] for row in links if row["relation"] == "OVERLAPS"})
    return f"{slot.written} read as {slot.name}, which overlaps {', '.join(names)}" if names else ""


def _answered(store: Store, query: Query, seen: Sight) -> Result:
    if query.intent == "gap" and query.aspect != "service" and all(map(_known, query.slots)):
        raise Refusal(Reason.NOT_BUILT, "questions for gaps are not built yet, but for that of the horizontal chain.")
    _all_names_known(store, query)
    if query.intent is None:
        raise Refusal(Reason.NOT_UNDERSTOOD, f"what is asked was not understood{_words(query)}")
    if query.not_understood:
        raise Refusal(Reason.NOT_UNDERSTOOD, f"not all of the question was understood{_words(query)}")
    return ANSWERS[query.intent](store, query, seen)


def _words(query: Query) -> str:
    return f": {', '.join(query.not_understood)}." if query.not_understood else "; name a park, a firm or two fields."


def _all_names_known(store: Store, query: Query) -> None:
    strangers = [slot for slot in query.slots if not _known(slot)]
    if strangers:
        like = near(store, strangers[0].folded, _alike(strangers[0].kind), _site(query))
        hint = f"; alike: {', '.join(like)}" if like else ""
        names = ", ".join(slot.name for slot in strangers)
        raise Refusal(Reason.UNKNOWN_NAME, f"not known: {names}{hint}.", like)


def _known(slot: Slot) -> bool:
    """A field or a place that the vocabulary knows is known, though no document may name it; a park or firm is not."""
    return bool(slot.id) or (slot.curated and slot.kind in (Kind.INDUSTRY, Kind.TRACK, Kind.PLACE))


def _site(query: Query) -> tuple[Kind, ...]:
    """Parks, where the one name of a question is where the firms asked for sit."""
    listed = query.target in ("enterprises", "institutions", "industries") and not query.work and not query.kinds
    return (Kind.PARK,) if listed and len(query.slots) == 1 else ()


def _alike(kind: Kind) -> tuple[Kind, ...]:
    return (Kind.INDUSTRY,) if kind is Kind.TRACK else (kind,)


def _profile(store: Store, query: Query, seen: Sight) -> Result:
    if query.of("parks") and query.aspect in OF_PARK:
        return OF_PARK[query.aspect](store, query, seen)
    if query.of("parks") and query.standing:
        return stand(store, query, seen)
    return _whole(store, query)


def _rank(store: Store, query: Query, seen: Sight) -> Result:
    if query.aspect == "sure":
        return sure(store, query, seen)
    if query.aspect == "chemistry" and not query.fields and not query.window:
        return by_chemistry(store, query, seen)
    return stand(store, query, seen)


def _names(answers: Callable[[Store, Query], Result]) -> Answerer:
    """An answerer that lists or counts, and refuses a filter by what is measured rather than leave it out."""

    def listing(store: Store, query: Query, _: Sight) -> Result:
        if query.aspect and query.aspect != "place":
            raise Refusal(
                Reason.NOT_BUILT, f"parks by {query.aspect} are not listed yet; name one, or ask for the order."
            )
        return answers(store, query)

    return listing


def _gap(store: Store, query: Query, seen: Sight) -> Result:
    if query.aspect == "service":
        return service(store, query, seen)
    raise Refusal(Reason.NOT_BUILT, "questions for gaps are not built yet, but for that of the horizontal chain.")


def _whole(store: Store, query: Query) -> Result:
    slots = [*query.of("parks"), *organisations(query)]
    if len(slots) != 1 or query.fields or query.window:
        raise Refusal(Reason.NOT_UNDERSTOOD, "a profile is of one park or one organisation.")
    slot = slots[0]
    row = park(store, slot.id) if slot.kind is Kind.PARK else organisation(store, slot.kind, slot.id)
    told = row["collaborations"]
    ties = [*told["inside"], *told["outside"]] if slot.kind is Kind.PARK else [*told, *row["other_collaborations"]]
    shown = {_place(piece) for deal in ties for piece in deal["evidence"]}
    rest = [piece for piece in row["evidence"] if _place(piece) not in shown]  # no sentence stands there twice
    cited = tuple(dict.fromkeys(piece["id"] for piece in (*(p for d in ties for p in d["evidence"]), *rest)))
    counts = _counts(row)
    return Result([row | {"evidence": rest}], cypher.ENTITY[slot.kind], {"id": slot.id}, cited, row["coverage"], counts)


def _place(piece: Row) -> tuple[str, int, int]:
    return piece["document"], piece["start"], piece["end"]


def _counts(row: Row) -> str:
    """How much a profile holds, in words."""
    told = row["collaborations"]
    ties = len(told["inside"]) + len(told["outside"]) if isinstance(told, dict) else len(told)
    lists = {"firms": row.get("firms"), "institutions": row.get("institutions"), "fields": row["industries"]}
    counted = [_number(len(found), name) for name, found in lists.items() if found is not None]
    return f"known: {', '.join([*counted, _number(ties, 'collaborations')])}"


def _number(number: int, things: str) -> str:
    return f"{number} {things[:-1] if number == 1 else things}"


def _evidence(store: Store, query: Query) -> Result:
    if not organisations(query) and not query.of("parks"):
        raise Refusal(Reason.NOT_UNDERSTOOD, "say whose tie is to be shown: name one or two organisations.")
    if len(organisations(query)) == 1 and query.of("parks") and not query.work and not query.kinds and not query.window:
        return seat(store, query)
    return between(store, query)


def _plain(answers: Callable[[Store, Query], Result]) -> Answerer:
    """An answerer that needs nothing but the graph."""
    return lambda store, query, _: answers(store, query)


OF_PARK: Mapping[str, Answerer] = {"chemistry": of_park, "stage": stage, "hexagon": hexagon}
"""What of one park is asked for, besides all that is known of it."""

ANSWERS: Mapping[str, Answerer] = {
    "link": link,
    "rank": _rank,
    "profile": _profile,
    "compare": compare,
    "gap": _gap,
    "connectivity": connectivity,
    "path": _plain(path),
    "trend": _plain(trend),
    "list": _names(listed),
    "count": _names(counted),
    "evidence": _plain(_evidence),
}
"""The kinds of questions that are built."""
