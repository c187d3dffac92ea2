"""What a sentence says beside the fact itself: how far it has come, of what kind, when, until when, for how much.

One way for all: the rules call `said` for the words that a trigger pattern matched, and whoever finds a pair of names
by other means calls `describe`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graph.model import Relation, Status
from ingest.extract.amount import amounts
from ingest.extract.cooperation import cooperation
from ingest.extract.date import stated
from ingest.extract.reading import Reading
from ingest.extract.skeleton import Skeleton
from ingest.extract.status import disputed, only_event, status
from ingest.model import Name


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The circumstances of a claim. `date` and `until` are those that the sentence states, ISO 8601 as precise as its
    words (year, month or day), "" without one; `values` holds amount, currency and approximate of a collaboration, and
    quarter where the date is one (2024-Q1 beside the year 2024)."""

    status: Status
    kinds: tuple[str, ...] = ()
    date: str = ""
    until: str = ""
    values: Mapping[str, str | int | float] = field(default_factory=dict)


def describe(
    reading: Reading, made: Skeleton, head: Name, tail: Name, relation: Relation, kinds: Iterable[str] = ()
) -> Circumstances | None:
    """The circumstances under which a sentence says that `relation` holds between two names, however that was found.

    `made` is the sentence's skeleton (`ingest.extract.skeleton.skeletons`), the names are canonical ones of the
    reading. Of a name that stands there more than once the place nearest to the other counts; of one that does not
    stand there (it is meant by a word that no rule follows) the whole sentence. `kinds`, if given, are kept; else the
    words of a COLLABORATES give them. Denied and ended relations come back with that status. None if the words are no
    such tie at all: a lawsuit, competition, or no more than an event held or a report published together. Pure.
    """
    first, last = _nearest(made, head, tail)
    stop = comma_end(made.text, last)
    return said(reading, made, first, last, relation, tuple(kinds), (head, tail), stop)


def between(made: Skeleton, head: Name, tail: Name) -> tuple[str, str]:
    """The words from the nearer to the farther of two names, and those behind the head up to the next comma."""
    first, last = _nearest(made, head, tail)
    stop = comma_end(made.text, last)
    behind = next((place for place in range(first, stop) if made.names.get(made.text[place]) == head), stop)
    return made.text[first:last], made.text[behind + 1 : stop]


def _nearest(made: Skeleton, head: Name, tail: Name) -> tuple[int, int]:
    """The shortest stretch of the symbolic text from one of two names to the other, else all of it."""
    places: dict[Name, list[int]] = {head: [], tail: []}
    for place, char in enumerate(made.text):
        name = made.names.get(char)
        if name in places:
            places[name].append(place)
    pairs = [sorted((one, other)) for one in places[head] for other in places[tail]]
    if not pairs:
        return 0, len(made.text)
    first, last = min(pairs, key=lambda pair: (pair[1] - pair[0], pair))
    return first, last + 1


def said(
    reading: Reading,
    made: Skeleton,
    start: int,
    end: int,
    relation: Relation,
    kinds: tuple[str, ...] = (),
    names: Iterable[Name] = (),
    verb_end: int = 0,
) -> Circumstances | None:
    """The circumstances of a claim made by the symbolic text [start, end); None if it is none after all.

    Words up to `verb_end` (the end if 0) count as those of the claim, where a denial is looked for.
    """
    clause_start, clause_end = clause(made.text, start, end)
    words = made.text[clause_start:clause_end]
    if _ASKED.search(made.text, clause_start, end) or made.text[clause_end : clause_end + 1] == "?":
        return None
    if relation.is_collaboration and disputed(words):
        return None
    stop, verb_end = comma_end(made.text, end), max(end, verb_end)
    state = status(made.text[clause_start:start], made.text[start:verb_end], made.text[verb_end:stop], relation)
    if relation is Relation.COLLABORATES:
        if _no_tie(made.text, start, end, stop):
            return None
        kinds = kinds or cooperation(_words(made, clause_start, min(clause_end, verb_end + 60), names), names)
    if state is not Status.ENDED and _FAILED.search(made.text, verb_end, clause_end):
        state = Status.DENIED
    first, last = made.folded(start, end)
    date, until = _dates(reading, made, first, last, state)
    values = _values(made, first) if relation.is_collaboration else {}
    if "Q" in date:  # the schema knows years, months and days
        values["quarter"] = date
        date = date[:4]
    return Circumstances(state, tuple(sorted(kinds)), date, until[:4] if "Q" in until else until, values)


_ASKED = re.compile("是否|能否|可否|有没有|有无|whether ")
"""A question says nothing."""


_FAILED = re.compile(
    "未形成|没谈成|没有谈成|未谈成|没批|搁置|作罢|告吹|落空|未果|流产|未续|没有签|没签|未签|"
    "未能成行|未达成|没有下文|不了了之|fell through"
)
"""What is said behind a claim that came to nothing."""


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The part between sentence marks around [start, end), at most one comma clause before it."""
    first = _last(text, "。;!?", start)
    comma = _last(text, ",:", start)
    if comma > first:
        first = max(first, _last(text, ",:", comma - 1))
    found = _END.search(text, end)
    return first, found.start() if found else len(text)


def _last(text: str, marks: str, place: int) -> int:
    """Behind the last of some marks before a place, 0 if there is none."""
    return max(text.rfind(mark, 0, place) for mark in marks) + 1


_END = re.compile("[。;!?]")
_COMMA = re.compile("[,。;]")


def comma_end(text: str, place: int) -> int:
    """The end of the comma clause that `place` stands in."""
    found = _COMMA.search(text, place)
    return found.start() if found else len(text)


_NO_TIE = re.compile("单位|社|经济|区|示范|园|医院|院校|办学|对象|基地|意向书")


_TRADE = re.compile(
    "[^,。;]{0,20}?(?:采购|供货|供应|购销|销售|订货|买卖|股权|股份|转让|租赁|授信|贷款|增资|认购|代工|承包|施工|订单|进口|出口|"
    "代理|投资意向|许可|租地|租约|供[^,。;应货]|入股|收购|委托运营)[^,。;合作]{0,8}?(?:合同|协议|框架|合约|长约|订单|意向|契约|租约)"
    r"|[^.;]{0,40}?\b(?:supply|purchase|sales|lease|loan|share|licen[cs]e|distribution)[^.;]{0,16}? "
    r"(?:agreement|contract|deal)"
)
"""What is signed is a contract of supply, of shares or of credit: no COLLABORATES (the labelling guide, rule 23)."""


def _no_tie(text: str, start: int, end: int, stop: int) -> bool:
    """Whether what looks like a cooperation is a word with 合作 in it (合作社), a sale, or an event held together."""
    if text[start:end].endswith("合作") and _NO_TIE.match(text, end):
        return True
    return only_event(text[start:stop]) or _TRADE.match(text, end) is not None


def _words(made: Skeleton, start: int, end: int, parties: Iterable[Name]) -> str:
    """The words of a stretch of symbolic text: the parties left out, other names as they are read."""
    names = frozenset(parties)
    parts = []
    for place in range(start, end):
        char = made.text[place]
        name = made.names.get(char)
        if name is None:
            parts.append(char)
        elif name not in names:
            parts.append(made.sentence.text[slice(*made.spans[place])])
    return "".join(parts)


def _dates(reading: Reading, made: Skeleton, start: int, end: int, state: Status) -> tuple[str, str]:
    """The stated date nearest to the words [start, end) of the folded sentence, and the stated end."""
    times = stated(made.sentence.text, reading.document.published, made.republic)
    begun = [one for one in times if not one.until]
    until = next((one.text for one in times if one.until), "")
    if not begun:
        return "", until
    near = min(begun, key=lambda one: abs(one.start - start) if one.start > end else max(0, start - one.end))
    if state is Status.ENDED and not until:
        return "", near.text
    return near.text, until


def _values(made: Skeleton, start: int) -> dict[str, str | int | float]:
    """The first amount of money behind `start` of the folded sentence."""
    found = next((amount for amount in amounts(made.sentence.text) if amount.end > start), None)
    if found is None:
        return {}
    values: dict[str, str | int | float] = {"amount": found.value, "currency": found.currency}
    if found.approximate:
        values["approximate"] = 1
    return values
