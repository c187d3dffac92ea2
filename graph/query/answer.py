"""From a `Query` to its answer: refused with the reason, or rows with the statement, the evidence and the coverage."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from graph.model import Kind
from graph.query.link import link
from graph.query.listing import counted, listed
from graph.query.near import near
from graph.query.profile import organisation, park
from graph.query.query import Query, Slot
from graph.query.result import Answer, Reason, Refusal, Result, extent
from graph.query.standing import stand
from graph.query.ties import between, organisations
from graph.store import cypher
from graph.store.base import Store

Answerer = Callable[[Store, Query], Result]


def answer(store: Store, query: Query) -> Answer:
    """What the graph says to a question.

    Refused (`answered` false, with a reason and, for an unknown name, names like it) is a question that was not
    understood whole, that names what the graph does not know, or whose kind is not built yet: never a guess.
    """
    try:
        return Answer(query, True, _answered(store, query))
    except Refusal as refusal:
        result = Result(coverage=extent(store), note=refusal.note)
        return Answer(query, False, result, refusal.reason, refusal.suggestions)


def _answered(store: Store, query: Query) -> Result:
    _all_names_known(store, query)
    if query.intent is None:
        raise Refusal(Reason.NOT_UNDERSTOOD, f"what is asked was not understood{_words(query)}")
    if query.intent not in ANSWERS:
        raise Refusal(Reason.NOT_BUILT, f"questions of the kind {query.intent} are not built yet.")
    if query.not_understood:
        raise Refusal(Reason.NOT_UNDERSTOOD, f"not all of the question was understood{_words(query)}")
    return ANSWERS[query.intent](store, query)


def _words(query: Query) -> str:
    return f": {', '.join(query.not_understood)}." if query.not_understood else "; name a park, a firm or two fields."


def _all_names_known(store: Store, query: Query) -> None:
    strangers = [slot for slot in query.slots if not _known(slot)]
    if strangers:
        like = near(store, strangers[0].name, _alike(strangers[0].kind))
        hint = f"; alike: {', '.join(like)}" if like else ""
        names = ", ".join(slot.name for slot in strangers)
        raise Refusal(Reason.UNKNOWN_NAME, f"not known: {names}{hint}.", like)


def _known(slot: Slot) -> bool:
    """A field that the vocabulary knows is known, though no document may name it; a park or a firm is not."""
    return bool(slot.id) or (slot.curated and slot.kind in (Kind.INDUSTRY, Kind.TRACK))


def _alike(kind: Kind) -> tuple[Kind, ...]:
    return (Kind.INDUSTRY,) if kind is Kind.TRACK else (kind,)


def _profile(store: Store, query: Query) -> Result:
    slots = [*query.of("parks"), *organisations(query)]
    if len(slots) != 1 or query.fields or query.window:
        raise Refusal(Reason.NOT_UNDERSTOOD, "a profile is of one park or one organisation.")
    slot = slots[0]
    row = park(store, slot.id) if slot.kind is Kind.PARK else organisation(store, slot.kind, slot.id)
    cited = tuple(piece["id"] for piece in row["evidence"])
    return Result([row], cypher.ENTITY[slot.kind], {"id": slot.id}, cited, row["coverage"])


def _evidence(store: Store, query: Query) -> Result:
    if not organisations(query) and not query.of("parks"):
        raise Refusal(Reason.NOT_UNDERSTOOD, "say whose tie is to be shown: name one or two organisations.")
    return between(store, query)


ANSWERS: Mapping[str, Answerer] = {
    "link": link,
    "rank": stand,
    "profile": _profile,
    "list": listed,
    "count": counted,
    "evidence": _evidence,
}
"""The kinds of questions that are built."""
