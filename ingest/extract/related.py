"""Claims from the network's pairs: which of them are likely enough, where they are said, and under what circumstances.

A pair is said in the sentence where its two names stand nearest to one another, or in the later of two sentences. The
words there decide on status, dates and amounts (`circumstance.describe`), and may say that it is no tie after all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from graph.model import Cooperation, Kind, Relation, Role, Status
from ingest import lexicon
from ingest.extract.circumstance import Circumstances, between, describe
from ingest.extract.neural.model import ADMISSIBLE, COOPERATIONS, PLANNED, RELATIONS, Entity
from ingest.extract.neural.reader import KIND_NUMBER, Probabilities, Reader, Seen, tags_of
from ingest.extract.reading import Reading
from ingest.extract.skeleton import Skeleton, name_of
from ingest.extract.stake import belongs
from ingest.model import Claim, Name

LIKELY: Mapping[Relation, float] = {
    Relation.LOCATED_IN: 0.5,
    Relation.OPERATES_IN: 0.5,
    Relation.COLLABORATES: 0.55,
    Relation.SUPPLIES: 0.4,
    Relation.INVESTS: 0.5,
}
"""From which probability a pair is claimed: near the best F1 beside the rules on labelled documents kept out of
training, and above it where precision matters more."""

_KIND = 0.4
_PLAN = 0.5
_ROLES: Mapping[Relation, tuple[Role, Role]] = {
    Relation.SUPPLIES: (Role.SUPPLIER, Role.BUYER),
    Relation.INVESTS: (Role.INVESTOR, Role.INVESTEE),
}
_ONE_WAY = frozenset((Cooperation.SETTLING.value, Cooperation.INCUBATION.value, Cooperation.OPERATION.value))
"""Kinds of two parties, each with its own part: never an agreement of many."""

_EITHER = (Relation.COLLABORATES, Relation.SUPPLIES, Relation.INVESTS)
"""What holds one way only: of both ways of a pair the likelier counts."""

At = tuple[int, int]  # sentence, first character


@dataclass(frozen=True, slots=True)
class Known:
    """The names of a document as the network sees them, and the (sentence, character) where each stands."""

    names: tuple[Name, ...]
    entities: tuple[Entity, ...]
    places: tuple[tuple[At, ...], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A likely pair and how likely it is, being a plan, and each kind of cooperation."""

    relation: Relation
    head: int
    tail: int
    likely: float
    plan: float
    kinds: tuple[str, ...]


def known(reading: Reading, seen: Seen) -> Known:
    """The entities of a document whose names are settled."""
    where = {number: (row, start) for row, one in enumerate(seen.rows) for number, start in one.window.sentences}
    found: dict[Name, list[tuple[At, tuple[int, int]]]] = defaultdict(list)
    for number, sentence in enumerate(reading.sentences):
        row, start = where[number]
        for span in sentence.spans:
            if span.kind in KIND_NUMBER:
                name = name_of(reading, span.kind, sentence.text[span.start : span.end])
                piece = seen.rows[row].pieces.of[start + span.start]
                found[name].append(((number, span.start), (row, piece)))
    return Known(
        tuple(found),
        tuple(Entity(name.kind, tuple(sorted({place for _, place in own}))) for name, own in found.items()),
        tuple(tuple(at for at, _ in own) for own in found.values()),
    )


def pairs(reading: Reading, seen: Seen, names: Known, reader: Reader) -> list[Pair]:
    """All pairs that are likely enough, an undirected one once, its likelier way first."""
    judged, scores = reader.relate(seen, _tags(reading, seen), names.entities)
    return list(_likely(names, judged, scores))


def _tags(reading: Reading, seen: Seen) -> list[list[int]]:
    result = []
    for row in seen.rows:
        spans = [
            (start + span.start, start + span.end, KIND_NUMBER[span.kind])
            for number, start in row.window.sentences
            for span in reading.sentences[number].spans
            if span.kind in KIND_NUMBER
        ]
        result.append(tags_of(spans, len(row.window.text)))
    return result


def _likely(names: Known, judged: Sequence[tuple[int, int]], scores: Probabilities) -> Iterator[Pair]:
    numbers = {pair: number for number, pair in enumerate(judged)}
    for number, (head, tail) in enumerate(judged):
        kinds = names.entities[head].kind, names.entities[tail].kind
        for code, relation in enumerate(RELATIONS):
            heads, tails = ADMISSIBLE[relation]
            likely = float(scores[number, code])
            if kinds[0] not in heads or kinds[1] not in tails:
                continue
            if relation in _EITHER:
                other = numbers.get((tail, head))
                back = float(scores[other, code]) if other is not None else 0.0
                if back > likely or (back == likely and tail < head):
                    continue
            if likely >= LIKELY[relation]:
                yield Pair(relation, head, tail, likely, float(scores[number, PLANNED]), _kinds(scores[number]))


def _kinds(row: Probabilities) -> tuple[str, ...]:
    own = row[PLANNED + 1 :]
    sure = [kind for kind, likely in zip(COOPERATIONS, own, strict=True) if likely >= _KIND]
    return tuple(sorted(sure)) or (COOPERATIONS[int(own.argmax())],)


def claims(
    reading: Reading, sentences: Sequence[Skeleton], found: Sequence[Pair], names: Known, said: Sequence[Claim]
) -> list[Claim]:
    """The claims of the pairs that no rule has said already; agreements of three and more become one claim."""
    there = _said(said)
    agreements: dict[tuple[int, tuple[str, ...], Status], list[tuple[Pair, Circumstances]]] = defaultdict(list)
    result: list[Claim] = []
    for pair in found:
        head, tail = names.names[pair.head], names.names[pair.tail]
        if (pair.relation, head, tail) in there:
            continue
        number = _sentence(names.places[pair.head], names.places[pair.tail])
        kinds = pair.kinds if pair.relation is Relation.COLLABORATES else ()
        how = describe(reading, sentences[number], head, tail, pair.relation, kinds)
        if how is None or (pair.relation is Relation.LOCATED_IN and _nationality(sentences[number], head, tail)):
            continue
        status = Status.ANNOUNCED if pair.plan >= _PLAN and how.status not in _OVER else how.status
        how = Circumstances(status, how.kinds, how.date, how.until, how.values)
        if pair.relation is Relation.COLLABORATES and _ONE_WAY.isdisjoint(how.kinds):
            agreements[number, how.kinds, how.status].append((pair, how))
        else:
            relation = pair.relation
            if relation is Relation.INVESTS and belongs(*between(sentences[number], head, tail)):
                relation = Relation.OWNS
            parties = tuple(zip(_roles(relation, how.kinds), (head, tail), strict=True))
            result.append(_claim(reading, number, relation, parties, how, pair.likely))
    for (number, _, _), members in agreements.items():
        for group, how, likely in _together(members):
            parties = tuple((Role.PARTNER, names.names[one]) for one in group)
            result.append(_claim(reading, number, Relation.COLLABORATES, parties, how, likely))
    return result


def _nationality(made: Skeleton, firm: Name, place: Name) -> bool:
    """Whether a country stands directly before a firm (美国辉瑞): that says whose it is, not where it sits."""
    if place.kind is not Kind.PLACE or place.text not in _countries():
        return False
    places = [at for at, char in enumerate(made.text) if made.names.get(char) == place]
    return any(made.names.get(made.text[at + 1 : at + 2]) == firm for at in places)


@cache
def _countries() -> frozenset[str]:
    return frozenset(
        name for one in lexicon.places() if one.level == "country" for name in (one.name, one.short, *one.en)
    )


def _roles(relation: Relation, kinds: Sequence[str]) -> tuple[Role, Role]:
    if relation is Relation.COLLABORATES:
        operates = Cooperation.OPERATION.value in kinds
        return (Role.PROVIDER, Role.CLIENT) if operates else (Role.PARTNER, Role.PARTNER)
    return _ROLES.get(relation, (Role.HEAD, Role.TAIL))


_OVER = (Status.DENIED, Status.ENDED)


def _said(said: Sequence[Claim]) -> set[tuple[Relation, Name, Name]]:
    result: set[tuple[Relation, Name, Name]] = set()
    for claim in said:
        relation = Relation.INVESTS if claim.relation is Relation.OWNS else claim.relation
        names = [name for _, name in claim.parties]
        for one, other in combinations(names, 2):
            result.add((relation, one, other))
            if relation in _EITHER or claim.status in _OVER:
                result.add((relation, other, one))
    return result


def _sentence(one: Sequence[At], other: Sequence[At]) -> int:
    """The later sentence of the nearest places of two names."""
    near = min(
        ((abs(a[0] - b[0]), abs(a[1] - b[1]), max(a[0], b[0])) for a in one for b in other),
    )
    return near[2]


def _together(members: Sequence[tuple[Pair, Circumstances]]) -> Iterator[tuple[list[int], Circumstances, float]]:
    """Pairs of one sentence as agreements: those that are all tied to one another are one."""
    tied = {frozenset((pair.head, pair.tail)): (pair, how) for pair, how in members}
    parties = sorted({one for pair in tied for one in pair})
    left = dict(tied)
    while left:
        group: list[int] = []
        for one in parties:
            if all(frozenset((one, other)) in left for other in group):
                group.append(one)
        inside = [frozenset(pair) for pair in combinations(group, 2)]
        if not inside:
            parties.pop(0)
            continue
        first, how = left[inside[0]]
        yield [first.head, first.tail] if len(group) == 2 else group, how, min(left[one][0].likely for one in inside)
        for pair in inside:
            del left[pair]


def _claim(
    reading: Reading,
    number: int,
    relation: Relation,
    parties: tuple[tuple[Role, Name], ...],
    how: Circumstances,
    likely: float,
) -> Claim:
    sentence = reading.sentences[number]
    start, end = sentence.original(0, len(sentence.text))
    return Claim(
        relation,
        parties,
        start,
        end,
        how.status,
        f"pairs {likely:.2f}",
        kinds=how.kinds,
        date=how.date,
        until=how.until,
        values=how.values,
        confidence=round(likely, 3),
    )
