"""From a question to a `Query`, by a grammar that one can read: names first, then the words of asking, then the rest.

What is left over is not guessed: where it looks like a name it stands in its slot as written, so that the answer says
that the graph does not know it; other words are listed as not understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from graph.model import Kind
from graph.query import grammar
from graph.query.dates import Span, limit, place, window
from graph.query.known import Known
from graph.query.query import Query, Slot
from graph.query.spoken import HAN, SHORTEST, Heard, Word, clipped, foreign, heard, noun
from graph.search.names import Found, Named, occurrences
from graph.search.words import checked

_BREAK = re.compile(r"[\s,，。.?？!！;；:：、“”\"'‘’()（）《》\[\]【】…]+")
_LATIN = re.compile(r"[a-z0-9][\w&.+'’-]*")
_NAMELIKE: tuple[tuple[Kind, str], ...] = (
    (
        Kind.PARK,
        r"(?:园|园区|示范区|科技城|科学城|新城|高新区|经开区|开发区|保税区|谷|基地|港|\bparks?|\bzone|\bcity|\bestate|\bvalley|\bhub)$",
    ),
    (Kind.INSTITUTION, r"(?:大学|学院|研究院|研究所|实验室|医院|中心|\buniversity|\binstitute|\bcollege)$"),
    (Kind.PLACE, r"(?:省|市|县|州|镇|新区)$"),
    (Kind.INDUSTRY, r"(?:产业|行业|业|\bindustry)$"),
)
COMPARING = ("compare", "connectivity", "trend", "gap")
"""Intents in whose questions more and less have their place."""

Spoken = Callable[[], Sequence[Word]]
"""The words of the question with their parts of speech; cut when first asked for."""

_ORGANISATIONS = (Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A question on its way: its text and what has been read of it, character by character."""

    text: str  # folded
    lower: str
    read: tuple[bool, ...]
    asked: str  # as it was written, where folding moved no character; else as `text`

    def mark(self, spans: Iterable[Span]) -> _Reading:
        """The same with these spans read."""
        read = list(self.read)
        for start, end in spans:
            read[start:end] = [True] * (end - start)
        return replace(self, read=tuple(read))

    def matches(self, pattern: str) -> list[Span]:
        """Where a pattern stands in what has not been read."""
        return [match.span() for match in grammar.compiled(pattern).finditer(self.rest())]

    def rest(self) -> str:
        """The lower-case text with what was read as line ends, so that no pattern crosses it."""
        return "".join("\n" if read else character for character, read in zip(self.lower, self.read, strict=True))

    def pieces(self) -> list[Span]:
        """Maximal unread spans between signs and spaces."""
        rest, found, at = self.rest(), [], 0
        for gap in [*_BREAK.finditer(rest), None]:
            end = gap.start() if gap else len(rest)
            if end > at:
                found.append((at, end))
            at = gap.end() if gap else end
        return found


def parse(question: str, known: Known, fold: Callable[[str], str]) -> Query:
    """What the question asks. `fold` brings it into the comparison form of the graph's names.

    Raises InputError for an empty, too long or unreadable question.
    """
    asked = checked(question)
    text = fold(asked)
    start = _reading(text, asked)
    spoken = cache(lambda: tuple(known.words(text)))
    amount, amount_spans = limit(start.lower)
    days, day_spans = window(start.mark(amount_spans).rest())
    dated = start.mark([*amount_spans, *day_spans])
    names = _names(dated, known, spoken)
    if errand := _errand(dated, names):
        return Query(text=asked, intent=None, window=days, limit=amount, not_understood=errand)
    slots, held = _slots(dated, names, spoken)
    strangers = [_ended(span, dated) for span in held]
    bare = dated.mark((one.start, one.end) for one in names).mark(strangers)
    target = _target(bare)
    unknown, words = _left(bare, spoken, _wanted(bare, target, bool(names)))
    slots += [*unknown, *((span, _stranger(dated, span)) for span in strangers)]
    query = Query(
        text=asked,
        intent=None,
        slots=tuple(slot for _, slot in sorted(slots, key=lambda item: item[0])),
        target=target,
        classes=tuple(slot for slot, pattern in grammar.CLASS_OF.items() if bare.matches(pattern)),
        kinds=tuple(kind for kind, pattern in grammar.KINDS.items() if bare.matches(pattern)),
        window=days,
        negative=bool(bare.mark(bare.matches(grammar.WHETHER)).matches(grammar.NEGATIVE)),
        limit=amount,
        work=bool(bare.matches(grammar.WORK)),
        published=bool(bare.matches(grammar.PUBLISHED)),
        standing=bool(bare.matches(dict(grammar.INTENTS)["rank"])),
        roles=next((roles for roles, pattern in grammar.ROLES if bare.matches(pattern)), ()),
        place=place(start.lower),
        most=next((what for what, pattern in grammar.MOST if bare.matches(pattern)), ""),
        aspect=next((what for what, pattern in grammar.ASPECTS if bare.matches(pattern)), ""),
        not_understood=tuple(words),
    )
    return _with_intent(query, bare, bool(amount_spans))


def _errand(reading: _Reading, names: Sequence[Found]) -> tuple[str, ...]:
    """The words of a question that ask for something else (a poem, a ticket) and names no organisation or park."""
    if any(one.entity.kind in (Kind.PARK, *_ORGANISATIONS) for one in names):
        return ()
    return tuple(reading.text[slice(*span)] for span in reading.matches(grammar.ERRANDS))


def _reading(text: str, asked: str) -> _Reading:
    lower = "".join(character.lower() if len(character.lower()) == 1 else character for character in text)
    return _Reading(text, lower, (False,) * len(text), asked if len(asked) == len(text) else text)


# ---- names ----------------------------------------------------------------------------------------------------------


def _names(reading: _Reading, known: Known, spoken: Spoken) -> list[Found]:
    """What the question names; words for whole classes (企业, parks) are no names, whatever the graph says."""
    pieces = [reading.text[start:end] for start, end in _asked(reading, spoken).pieces()]
    proposed = known.named(reading.text, pieces or [reading.text])
    reading = _served(reading)
    masked = "".join("\n" if read else char for char, read in zip(reading.text, reading.read, strict=True))
    found = occurrences(masked, [_specific(one) for one in proposed])
    kinds = [span for pattern in grammar.KINDS.values() for span in reading.matches(pattern)]
    return [
        one
        for one in found
        if not _plain_word(reading.text[one.start : one.end]) and not _of_kind(one, kinds) and not _astride(one, spoken)
    ]


def _astride(one: Found, spoken: Spoken) -> bool:
    """Whether a short name of a place merely lies over the border of two words: 大连 in 最大连通块."""
    if one.entity.kind is not Kind.PLACE or one.end - one.start > SHORTEST or not HAN.match(one.entity.name):
        return False
    over = [word for word in spoken() if word.start < one.end and word.end > one.start]
    return len(over) > 1 and (over[0].start < one.start or over[-1].end > one.end)


def _of_kind(one: Found, kinds: Sequence[Span]) -> bool:
    """Whether a field is but a word for a kind of collaboration: joint R&D, 投资."""
    return one.entity.kind is Kind.INDUSTRY and any(a <= one.start and one.end <= b for a, b in kinds)


def _plain_word(written: str) -> bool:
    """Whether it is an English word that only looks like a name: led is not LED, a profile no steel."""
    common = written.lower() in grammar.ENGLISH and not written.isupper()
    return common or (written.islower() and written in grammar.ABBREVIATED)


def _specific(one: Named) -> Named:
    generic = grammar.compiled(f"(?:{grammar.CLASSES}|{grammar.PLAIN})+")
    names = tuple(name for name in one.names if not generic.fullmatch(name.lower()))
    return replace(one, names=names)


def _asked(reading: _Reading, spoken: Spoken) -> _Reading:
    """With all words of asking marked as read: longer ones first, so that a short one breaks none of them."""
    reading = _served(reading)
    reading = reading.mark(_inside(reading, grammar.WHETHER))
    reading = reading.mark(_inside(reading, dict(grammar.INTENTS)["path"]))
    reading = reading.mark(_inside(reading, grammar.COMPARED))
    tables = (*grammar.TARGETS, *grammar.ASPECTS, *grammar.INTENTS, *grammar.KINDS.items())
    patterns = [pattern for _, pattern in tables]
    for pattern in (*patterns, grammar.LINK, grammar.WORK, grammar.PROFILE, grammar.PUBLISHED, grammar.CLASSES):
        reading = reading.mark(_inside(reading, pattern))
    for pattern in (grammar.NEGATIVE, grammar.LIST):
        reading = reading.mark(_inside(reading, pattern))
    reading = reading.mark(_plain(reading, spoken))
    return reading.mark(span for span in reading.pieces() if _empty(reading.lower[slice(*span)]))


def _empty(word: str) -> bool:
    """Whether an English word says nothing, nor any of those that hyphens join in it."""
    return all(part in grammar.ENGLISH for part in word.split("-") if part)


def _served(reading: _Reading) -> _Reading:
    """With the chain of services marked as read, and the supply chain that it is set against: no fields there."""
    service = reading.matches(grammar.SERVICE)
    return reading.mark(service).mark(reading.matches(grammar.SUPPLY_CHAIN)) if service else reading


def _inside(reading: _Reading, pattern: str) -> list[Span]:
    return reading.matches(pattern)


def _plain(reading: _Reading, spoken: Spoken) -> list[Span]:
    """Words of no content; single characters only at the rim of an unread piece: inside they may belong to a name."""
    pieces = reading.pieces()
    words = spoken() if pieces else ()
    whole = {at for word in words if noun(word) and word.end - word.start > 1 for at in range(word.start, word.end)}
    return [span for piece in pieces for span in _rims(reading.lower, *piece, whole)]


def _rims(text: str, start: int, end: int, whole: Container[int]) -> list[Span]:
    """Plain words of a piece, and single characters at its rims that do not lie within a longer word (`whole`)."""
    found = [
        (start + match.start(), start + match.end())
        for match in grammar.compiled(grammar.PLAIN).finditer(text[start:end])
        if match.end() - match.start() > 1 or match[0] in grammar.JOINTS
    ]
    for first, last in _between(found, start, end):
        left, right = first, last
        while left < right and text[left] in grammar.EDGE and left not in whole:
            left += 1
        while right > left and text[right - 1] in grammar.EDGE and right - 1 not in whole:
            right -= 1
        if not set(text[left:right]) - set(grammar.RESIDUE):
            left = right = last
        found += [(first, left), (right, last)]
    return found


def _between(taken: Sequence[Span], start: int, end: int) -> list[Span]:
    gaps, at = [], start
    for left, right in sorted(taken):
        gaps.append((at, left))
        at = right
    return [gap for gap in [*gaps, (at, end)] if gap[0] < gap[1]]


def _slots(reading: _Reading, names: Sequence[Found], spoken: Spoken) -> tuple[list[tuple[Span, Slot]], list[Span]]:
    """The slots that known names fill, and the spans of strangers that only hold one (澜川光电 holds 光电)."""
    left = _asked(reading.mark((one.start, one.end) for one in names), spoken).pieces()
    slots: list[tuple[Span, Slot]] = []
    strangers = [*_touching(names, reading.lower), *_parks(names, reading.lower)]
    for one in names:
        span = (one.start, one.end)
        whole = _grown(span, left, reading.lower, spoken)
        if one.entity.kind in (Kind.INDUSTRY, Kind.TRACK, Kind.PLACE):
            whole = _named_by(whole, left, reading.text)
        if whole != span:
            strangers.append(whole)
        elif not any(start <= one.start and one.end <= end for start, end in strangers):
            slots.append((span, _slot(one, reading)))
    return slots, _united(strangers)


def _capital(text: str, start: int, end: int) -> bool:
    """Whether these are Latin words that all begin with a capital: part of a name."""
    words = text[start:end].split()
    return bool(words) and all(word[0].isascii() and word[0].isupper() for word in words)


def _touching(names: Sequence[Found], text: str) -> list[Span]:
    """Spans where an organisation's Chinese name touches another name: together they are a name of their own."""
    return [
        (one.start, other.end)
        for one, other in pairwise(names)
        if one.end == other.start
        and HAN.match(text[one.end - 1])
        and HAN.match(text[one.end])
        and not {one.entity.kind, other.entity.kind}.isdisjoint(_ORGANISATIONS)
    ]


def _parks(names: Sequence[Found], text: str) -> Iterator[Span]:
    """Spans where a place, a field and a word for a park touch: together they name a park (鹤岗 + 石墨 + 产业园)."""
    for one, other in pairwise(names):
        park = grammar.compiled(grammar.PARK).match(text, other.end)
        touch = one.end == other.start and one.entity.kind is Kind.PLACE and other.entity.kind is Kind.INDUSTRY
        if park and touch:
            yield one.start, park.end()


def _grown(span: Span, left: Sequence[Span], text: str, spoken: Spoken) -> Span:
    """The span with the unread Chinese words that touch it and sound like names: together they are another name."""
    start, end = span
    for piece in left:
        if piece[1] == start and HAN.match(text[start - 1]):
            for word in reversed(list(clipped(piece, spoken()))):
                start = word.start if foreign(word) and word.end == start else start
        if piece[0] == end and HAN.match(text[end]):
            for word in clipped(piece, spoken()):
                end = word.end if foreign(word) and word.start == end else end
    return start, end


def _named_by(span: Span, left: Sequence[Span], text: str) -> Span:
    """The span with the capital Latin words beside it, if it is capital too: Lanchuan + Semiconductor."""
    start, end = span
    beside = [piece for piece in left if _capital(text, start, end) and _capital(text, *piece)]
    for first, last in reversed(beside):
        start = first if text[last:start] == " " else start
    for first, last in beside:
        end = last if text[end:first] == " " else end
    return start, end


def _united(spans: Iterable[Span]) -> list[Span]:
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start < united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def _slot(one: Found, reading: _Reading) -> Slot:
    entity, after = one.entity, reading.lower[one.end :]
    kind = Kind.TRACK if entity.kind is Kind.INDUSTRY and re.match(grammar.TRACK, after) else entity.kind
    written, folded = (of[one.start : one.end] for of in (reading.asked, reading.text))
    return Slot(kind, entity.name, entity.id, entity.names, written, folded, not entity.id, entity.narrower)


def _stranger(reading: _Reading, span: Span) -> Slot:
    """The slot of a name that nobody knows."""
    if re.match(grammar.TRACK, reading.lower[span[1] :]):
        return _unknown(Kind.TRACK, reading, span)
    folded = reading.lower[slice(*span)].strip()
    kinds = [kind for kind, ending in _NAMELIKE if re.search(ending, folded)]
    return _unknown(kinds[0] if kinds else Kind.ENTERPRISE, reading, span)


def _unknown(kind: Kind, reading: _Reading, span: Span) -> Slot:
    written, folded = (of[slice(*span)].strip() for of in (reading.asked, reading.text))
    return Slot(kind, written, written=written, folded=folded)


# ---- what is left ---------------------------------------------------------------------------------------------------


def _wanted(bare: _Reading, target: str, named: bool) -> str:
    """What unknown nouns must be: two "fields" that parks link, the "party" whose partners are asked for, or ""."""
    if target == "parks" and bare.matches(grammar.LINK):
        return "fields"
    other = target not in ("", "partners") or any(bare.matches(pattern) for _, pattern in grammar.ASPECTS)
    return "party" if bare.matches(grammar.WORK) and not named and not other else ""


def _left(bare: _Reading, spoken: Spoken, wanted: str) -> tuple[list[tuple[Span, Slot]], list[str]]:
    """What was not read: the slots of what sounds like names or must be some, and other words."""
    slots: list[tuple[Span, Slot]] = []
    words: list[str] = []
    for span in _phrases(_asked(bare, spoken).pieces(), bare.lower):
        found = _heard(span, bare, () if wanted == "party" else spoken())
        if wanted == "fields":
            nouns = [one for one in (*found.names, *found.nouns) if bare.text[one[0]] not in grammar.QUALITIES]
            slots += [(one, _unknown(Kind.INDUSTRY, bare, one)) for one in nouns]
        else:
            called = [one for one in found.nouns if grammar.compiled(grammar.PARK).match(bare.rest(), one[1])]
            slots += [(one, _stranger(bare, one)) for one in (_ended(one, bare) for one in (*found.names, *called))]
            words += [bare.text[slice(*one)] for one in found.nouns if one not in called]
        words += [bare.text[slice(*one)] for one in found.words]
    return slots, words


def _heard(span: Span, bare: _Reading, words: Sequence[Word]) -> Heard:
    """What a piece holds: Latin words with a capital are a name, Chinese is heard."""
    text = bare.text[slice(*span)]
    if HAN.search(text):
        return heard(span, bare.text, words, grammar.compiled(grammar.CALLED))
    return Heard(names=(span,)) if any(character.isupper() for character in text) else Heard(nouns=(span,))


def _ended(span: Span, bare: _Reading) -> Span:
    """The span with the word for a class that ends a Chinese name: 东岚 + 科技园."""
    start, end = span
    if HAN.match(bare.text[end - 1]):
        match = grammar.compiled(grammar.CLASSES).match(bare.rest(), end)
        return (start, match.end()) if match and not re.match(grammar.TRACK, match[0]) else span
    match = grammar.compiled(grammar.CLASSES).match(bare.rest(), end + 1)
    latin = match and bare.text[end] == " " and _capital(bare.text, start, match.end())
    return (start, match.end()) if match and latin else span


def _phrases(pieces: Sequence[Span], text: str) -> list[Span]:
    """Neighbouring Latin words with one space between them are one phrase."""
    joined: list[Span] = []
    for start, end in pieces:
        if joined and text[joined[-1][1] : start] == " " and _LATIN.match(text[start:end]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


# ---- what is asked --------------------------------------------------------------------------------------------------


def _target(bare: _Reading) -> str:
    """What is to be listed or counted."""
    return next((target for target, pattern in grammar.TARGETS if bare.matches(pattern)), "")


def _with_intent(query: Query, bare: _Reading, limited: bool) -> Query:
    intent = _intent(query, bare, limited)
    if intent in ("list", "count") and not query.target and len(query.classes) == 1 and not _organised(query):
        query = replace(query, target=query.classes[0])
    if intent not in COMPARING:
        said = (bare.lower[slice(*span)] for span in bare.matches(grammar.COMPARED))
        compared = tuple(word for word in said if word != "还是")
        query = replace(query, not_understood=(*query.not_understood, *compared))
    negative = query.negative and intent not in ("gap", "connectivity")  # there it is what is asked for
    return replace(query, intent=intent, negative=negative)


def _intent(query: Query, bare: _Reading, limited: bool) -> str | None:
    """What is wanted: by the words of asking, in the light of how many of what are named."""
    parties = [slot for slot in query.slots if slot.kind in (Kind.PARK, *_ORGANISATIONS)]
    parks = [slot for slot in query.slots if slot.kind is Kind.PARK]
    said = [intent for intent, pattern in grammar.INTENTS if bare.matches(pattern)]
    first = said[0] if said else None
    if first != "gap" and len(parks) > 1 and len(parties) == len(parks) and _against(query, bare):
        return "compare"
    if query.target == "documents":
        return "count"
    if query.aspect == "sure" and first != "gap":
        return "rank"
    if first in ("gap", "path", "trend", "evidence"):
        return _unless_link(query, bare, first)
    if first == "compare":
        return first if len(parties) != 1 or not said[1:] else said[1]
    if first == "rank":
        return "profile" if len(parks) == len(parties) == 1 and not (limited or query.target or query.place) else first
    if query.aspect == "chemistry" and limited and not parties:
        return "rank"
    if (
        first in (None, "count")
        and query.aspect in ("hexagon", "stage", "chemistry")
        and len(parks) == len(parties) == 1
    ):
        return "profile"
    if first is not None:
        return _unless_link(query, bare, first)
    if _linked(query, bare):
        return "link"
    return "rank" if limited and _ordering(query) else _implied(query, bare)


def _ordering(query: Query) -> bool:
    """Whether a number alone asks for an order: of parks, or for the first; not where others are listed."""
    return (
        query.limit == 1
        or query.target == "parks"
        or (not query.target and (not query.classes or "parks" in query.classes))
    )


def _against(query: Query, bare: _Reading) -> bool:
    """Whether parks are set against each other: which of them has more."""
    return bool(query.aspect or bare.matches(grammar.CLASS_OF["enterprises"])) and bool(bare.matches(grammar.COMPARED))


def _unless_link(query: Query, bare: _Reading, intent: str) -> str:
    return "link" if intent in ("connectivity", "evidence") and _linked(query, bare) else intent


def _linked(query: Query, bare: _Reading) -> bool:
    """Whether two fields are asked for together, and no organisation by name."""
    tied = bare.matches(grammar.LINK) or (query.target == "parks" and bare.matches(grammar.WORK))
    return len(query.fields) > 1 and bool(tied) and not _organised(query)


def _organised(query: Query) -> bool:
    """Whether it names an organisation: its partners are asked for, not the members of a class."""
    return any(slot.kind in _ORGANISATIONS for slot in query.slots)


def _implied(query: Query, bare: _Reading) -> str | None:
    """The intent of a question that says it by what it names."""
    organisations = [slot for slot in query.slots if slot.kind in _ORGANISATIONS]
    if len(organisations) > 1 and (bare.matches(grammar.WORK) or query.kinds) and not query.target:
        return "evidence"
    seat = organisations and query.of("parks") and bare.matches(grammar.SEAT)
    if seat and not query.target and not bare.matches(grammar.WORK) and not bare.matches(grammar.LIST):
        return "evidence"
    alone = len(query.slots) == 1 and (organisations or query.of("parks"))
    if alone and organisations and query.target in ("", "parks") and bare.matches(grammar.MOVED):
        return "profile"
    if alone and bare.matches(grammar.PROFILE) and not bare.matches(grammar.WORK) and query.target in ("", "parks"):
        return "profile"
    if query.target or bare.matches(grammar.LIST) or query.kinds or (query.fields and query.classes):
        return "list"
    if organisations and bare.matches(grammar.WORK):
        return "list"
    if len(query.of("parks")) == 1 or len(organisations) == 1 or bare.matches(grammar.PROFILE):
        return "profile" if query.of("parks") or organisations else None
    return None
