"""What all documents together say: from mentions and evidence to entities, links, collaborations and ties.

Every function is pure and independent of the order of its input, and works fact by fact (entity by entity, pair
by pair). So the same functions serve the whole graph and the part of it that a document touches:

    links(all evidence) restricted to the fact F  ==  links(the evidence of F)

How evidence that disagrees is united (`Status`, dates, values) is said once, in `status_of` and `values_of`.
"""

from __future__ import annotations

import calendar
import datetime
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from graph.model import (
    Collaboration,
    Contribution,
    Entity,
    Evidence,
    Kind,
    Link,
    Party,
    Role,
    Status,
    digest,
    in_order,
)

Value = str | int | float

GAP_DAYS = 60
"""Evidence of one fact whose dates lie at most this many days apart tells of one collaboration (METHOD E)."""

COUNTED = frozenset({Status.SIGNED, Status.ACTIVE, Status.ENDED})
"""What makes a tie: a plan (announced) or a denial never does."""

_STRENGTH: Mapping[Status, int] = {status: strength for strength, status in enumerate(Status)}

_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)

_KEPT: Mapping[Status, frozenset[Status]] = {
    Status.ANNOUNCED: frozenset({Status.SIGNED, Status.ACTIVE, Status.ENDED}),
    Status.SIGNED: frozenset({Status.ACTIVE}),
}
"""Status of a report -> what has been reached already and is not undone by it."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The names that one passage uses for one entity, with what its document counts for."""

    entity: str
    names: tuple[str, ...]
    surfaces: tuple[str, ...]
    origin: str
    form: str


@dataclass(frozen=True, slots=True)
class Tie:
    """Two organisations that cooperate (`a` < `b`): the derived COOPERATES edge."""

    a: str
    b: str
    collaborations: tuple[str, ...]
    kinds: tuple[str, ...]  # kinds of COLLABORATES; SUPPLIES or INVESTS for the other relations
    documents: int  # independent documents (distinct origins) behind all the collaborations


def namings(contribution: Contribution) -> list[Naming]:
    """The names that a document uses, one Naming a passage and entity."""
    spoken: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for mention in contribution.mentions:
        spoken[mention.passage, mention.entity].append((mention.name, mention.surface))
    document = contribution.document
    origin = document.origin
    return [
        Naming(entity, tuple(name for name, _ in words), tuple(surface for _, surface in words), origin, document.form)
        for (_, entity), words in spoken.items()
    ]


def entities(kinds: Mapping[str, Kind], spoken: Iterable[Naming], described: Iterable[Evidence] = ()) -> list[Entity]:
    """The entities of `kinds`, by id.

    The display name is the best of all `name`s (`display_name`), the aliases are all other names and original
    surfaces, `documents` counts distinct origins of form text. Attributes come from DESCRIBED evidence that is not
    denied (`attributes_of`). An entity that no mention names is called by its id.
    """
    names: dict[str, set[str]] = defaultdict(set)
    aliases: dict[str, set[str]] = defaultdict(set)
    origins: dict[str, set[str]] = defaultdict(set)
    for naming in spoken:
        names[naming.entity].update(naming.names)
        aliases[naming.entity].update(naming.names, naming.surfaces)
        if naming.form == "text":
            origins[naming.entity].add(naming.origin)
    about: dict[str, list[Evidence]] = defaultdict(list)
    for piece in described:
        about[subject(piece)].append(piece)
    found = []
    for entity, kind in sorted(kinds.items()):
        name = display_name(names[entity]) or entity
        others = tuple(sorted(aliases[entity] - {name}))
        found.append(Entity(entity, kind, name, others, len(origins[entity]), attributes_of(about[entity])))
    return found


def grown(entity: Entity, spoken: Iterable[Naming], attributes: Mapping[str, Value]) -> Entity:
    """The entity after documents of origins that did not name it before: equal to `entities` over all its namings.

    Holds since the best name of all is the best of the old display name and the new names.
    """
    spoken = list(spoken)
    old = {entity.name} - {entity.id}
    names = old.union(*(naming.names for naming in spoken))
    name = display_name(names) or entity.id
    aliases = names.union(entity.aliases, *(naming.surfaces for naming in spoken)) - {name}
    origins = {naming.origin for naming in spoken if naming.form == "text"}
    documents = entity.documents + len(origins)
    return Entity(entity.id, entity.kind, name, tuple(sorted(aliases)), documents, attributes)


def attributes_of(described: Iterable[Evidence]) -> dict[str, Value]:
    """What the DESCRIBED evidence of one entity states (`values_of`); what is denied counts for nothing."""
    return values_of(piece for piece in described if piece.status is not Status.DENIED)


def display_name(names: Iterable[str]) -> str:
    """The longest name that is not all Latin, else the longest; of equally long ones the smallest; "" of none."""
    return min(names, key=lambda name: (name.isascii(), -len(name), name), default="")


def subject(piece: Evidence) -> str:
    """The entity that DESCRIBED evidence is about."""
    return next(party.entity for party in piece.parties if party.role is Role.SUBJECT)


def ends(piece: Evidence) -> tuple[str, str]:
    """Head and tail of evidence for a link."""
    head, tail = in_order(piece.parties)
    return head.entity, tail.entity


def void(piece: Evidence) -> bool:
    """Whether the parties of a claim turned out to be one entity, so that it says nothing of two."""
    return not piece.relation.is_about_one and len({party.entity for party in piece.parties}) < 2


def told(piece: Evidence) -> tuple[Party, ...]:
    """The parties of evidence with the ids that its document gave them."""
    return piece.told or piece.parties


def meant(piece: Evidence, homes: Mapping[str, str]) -> Evidence:
    """The evidence with its parties as the entities that `homes` (document's id -> entity) finds; those it does not
    know are entities themselves. What the document told stays in `told`."""
    own = told(piece)
    parties = tuple(sorted({Party(party.role, homes.get(party.entity, party.entity)) for party in own}))
    return replace(piece, parties=parties, told=() if parties == own else own)


def renamed(contribution: Contribution, homes: Mapping[str, str]) -> Contribution:
    """The contribution with every entity as `homes` (document's id -> entity) finds it; ids and words stay."""
    moved = {name for name in contribution.kinds if homes.get(name, name) != name}
    if not moved:
        return contribution
    return replace(
        contribution,
        mentions=tuple(
            replace(one, entity=homes[one.entity], told=one.entity) if one.entity in moved else one
            for one in contribution.mentions
        ),
        evidence=tuple(
            meant(piece, homes) if any(party.entity in moved for party in piece.parties) else piece
            for piece in contribution.evidence
        ),
        kinds={homes.get(name, name): kind for name, kind in contribution.kinds.items()},
    )


def links(evidence: Iterable[Evidence]) -> list[Link]:
    """One link for each fact of a binary relation, by id (that of the fact); other evidence is passed over."""
    found = []
    for fact, pieces in sorted(_by_fact(evidence).items()):
        first = pieces[0]
        if first.relation.is_collaboration or first.relation.is_about_one or void(first):
            continue
        head, tail = ends(first)
        status = status_of(pieces)
        found.append(
            Link(
                id=fact,
                relation=first.relation,
                head=head,
                tail=tail,
                status=status,
                since=since_of(pieces),
                until=until_of(pieces),
                qualifier=first.qualifier,
                values=values_of(_supporting(pieces, status)),
                documents=len(origins_of(_supporting(pieces, status))),
                evidence=tuple(sorted(piece.id for piece in pieces)),
            )
        )
    return found


def collaborations(evidence: Iterable[Evidence]) -> list[Collaboration]:
    """The events behind the evidence of COLLABORATES, SUPPLIES and INVESTS, by id; all other evidence is passed over.

    Evidence of one fact (same relation, parties and kinds) is clustered by date (`clusters`); each cluster is one
    collaboration. Its id is a hash of the fact and the earliest stated month, so it does not depend on what else is
    known later than that month.
    """
    found: list[Collaboration] = []
    for fact, pieces in _by_fact(evidence).items():
        if pieces[0].relation.is_collaboration and not void(pieces[0]):
            found.extend(_collaboration(fact, cluster) for cluster in clusters(pieces))
    return sorted(found, key=lambda collaboration: collaboration.id)


def _collaboration(fact: str, pieces: Sequence[Evidence]) -> Collaboration:
    first, status = pieces[0], status_of(pieces)
    origins = origins_of(_supporting(pieces, status))
    return Collaboration(
        id=f"collaboration-{digest(fact, _month(pieces))}",
        relation=first.relation,
        kinds=tuple(sorted(first.kinds)),
        parties=tuple(in_order(first.parties)),
        status=status,
        since=since_of(pieces),
        until=until_of(pieces),
        values=values_of(_supporting(pieces, status)),
        documents=len(origins),
        evidence=tuple(sorted(piece.id for piece in pieces)),
        origins=origins,
    )


def cooperations(found: Iterable[Collaboration]) -> list[Tie]:
    """One tie for each pair of parties of the collaborations that count (`COUNTED`), by (a, b)."""
    together: dict[tuple[str, str], list[Collaboration]] = defaultdict(list)
    for collaboration in found:
        for pair in pairs(collaboration.parties) if collaboration.status in COUNTED else ():
            together[pair].append(collaboration)
    return [_tie(a, b, shared) for (a, b), shared in sorted(together.items())]


def _tie(a: str, b: str, shared: Sequence[Collaboration]) -> Tie:
    return Tie(
        a=a,
        b=b,
        collaborations=tuple(sorted({collaboration.id for collaboration in shared})),
        kinds=tuple(sorted({kind for each in shared for kind in each.kinds or (each.relation.value,)})),
        documents=len({origin for each in shared for origin in each.origins}),
    )


def pairs(parties: Iterable[Party]) -> Iterator[tuple[str, str]]:
    """All pairs of different parties, the smaller id first."""
    yield from combinations(sorted({party.entity for party in parties}), 2)


@dataclass(slots=True)
class _Group:
    first: int  # ordinal of the first day
    last: int
    members: list[Evidence]

    def touches(self, first: int, last: int) -> bool:
        return self.first <= last and self.last >= first


def clusters(evidence: Iterable[Evidence]) -> list[list[Evidence]]:
    """The evidence of one fact in groups that lie close in time, earliest first; undated evidence alone is one group.

    Single linkage over the dates that are known to the month or the day, with gaps of at most `GAP_DAYS` between the
    end of one and the start of the next (a month is the time from its first to its last day). A date known only to
    the year joins the earliest group that touches its year, else it stands for itself: it never bridges two groups.
    Undated evidence joins the earliest group.
    """
    pieces = sorted(evidence, key=_chronology)
    groups = _linked(piece for piece in pieces if len(piece.date) > 4)
    years: dict[str, _Group] = {}
    for piece in (piece for piece in pieces if len(piece.date) == 4):
        first, last = span(piece.date)
        touching = (group for group in groups if group.touches(first, last))
        group = next(touching, None) or years.setdefault(piece.date, _Group(first, last, []))
        group.members.append(piece)
    ordered = sorted([*groups, *years.values()], key=lambda group: group.first) or [_Group(0, 0, [])]
    ordered[0].members.extend(piece for piece in pieces if not piece.date)
    return [group.members for group in ordered if group.members]


def _linked(pieces: Iterable[Evidence]) -> list[_Group]:
    groups: list[_Group] = []
    for piece in pieces:
        first, last = span(piece.date)
        if groups and first - groups[-1].last <= GAP_DAYS:
            groups[-1].members.append(piece)
            groups[-1].last = max(groups[-1].last, last)
        else:
            groups.append(_Group(first, last, [piece]))
    return groups


@lru_cache(maxsize=8192)
def span(date: str) -> tuple[int, int]:
    """The first and last day (proleptic ordinals) of an ISO year, month or day. Raises ValueError for anything else."""
    if not _ISO.fullmatch(date):
        raise ValueError(f"{date!r} is not an ISO date, month or year")
    year, month, day = int(date[:4]), int(date[5:7] or 0), int(date[8:] or 0)
    first = datetime.date(year, month or 1, day or 1)
    last = first if day else datetime.date(year, month or 12, calendar.monthrange(year, month or 12)[1])
    return first.toordinal(), last.toordinal()


def status_of(evidence: Iterable[Evidence]) -> Status:
    """How far a fact has come when all its evidence is read in order of date; undated evidence is read first.

    The later report wins, of one date the stronger (denied < announced < signed < active < ended), so a denial after a
    signing denies and a signing after a denial signs. One exception: a report of less does not undo what was reached.
    A plan told again after the signing leaves it signed, a signing told again of what runs leaves it active.
    """
    reached = Status.DENIED
    for piece in sorted(evidence, key=_chronology):
        if reached not in _KEPT.get(piece.status, frozenset()):
            reached = piece.status
    return reached


def values_of(evidence: Iterable[Evidence]) -> dict[str, Value]:
    """What the evidence states, key by key: the latest date wins, of one date the value that sorts last as JSON.

    A currency belongs to the amount it was stated with: an amount without one takes none from other evidence.
    """
    united: dict[str, Value] = {}
    stating = [piece for piece in evidence if piece.values]
    for piece in sorted(stating, key=lambda piece: (piece.date, said(piece.values))) if len(stating) > 1 else stating:
        if "amount" in piece.values:
            united.pop("currency", None)
        united.update(piece.values)
    return dict(sorted(united.items()))


def said(values: Mapping[str, Value]) -> str:
    """Values as one line of JSON with sorted keys. Raises ValueError for NaN and infinite numbers."""
    return (
        "{}"
        if not values
        else json.dumps(dict(values), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    )


def since_of(evidence: Sequence[Evidence]) -> str:
    """The earliest date of evidence that does not deny (of all, where all deny); "" if none is dated."""
    pieces = [piece for piece in evidence if piece.status is not Status.DENIED] or evidence
    return _earliest(piece.date for piece in pieces)


def until_of(evidence: Iterable[Evidence]) -> str:
    """The end that the latest evidence states; "" if none does."""
    return max(((piece.date, piece.until) for piece in evidence if piece.until), default=("", ""))[1]


def origins_of(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """The distinct origins, sorted: documents of one origin are one witness."""
    return tuple(sorted({piece.origin for piece in evidence}))


def _supporting(evidence: Sequence[Evidence], status: Status) -> Sequence[Evidence]:
    """What speaks for the fact: denials are no witnesses of what holds."""
    return evidence if status is Status.DENIED else [piece for piece in evidence if piece.status is not Status.DENIED]


def _month(evidence: Iterable[Evidence]) -> str:
    return _earliest(piece.date for piece in evidence)[:7]


def _earliest(dates: Iterable[str]) -> str:
    """The earliest date; dates known to the year only speak where there is no other, days before their month."""
    stated = sorted(filter(None, dates), key=lambda date: (len(date) == 4, date[:7], -len(date), date))
    return stated[0] if stated else ""


def _chronology(piece: Evidence) -> tuple[str, int, str]:
    return piece.date, _STRENGTH[piece.status], piece.id


def _by_fact(evidence: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    facts: dict[str, list[Evidence]] = defaultdict(list)
    for piece in {piece.id: piece for piece in evidence}.values():
        facts[piece.fact].append(piece)
    return facts
