"""What a search is narrowed to: time, park, place, industry, kind of cooperation, language, source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace

from graph.errors import InputError
from graph.model import Cooperation, Kind, Relation
from graph.search.expand import NARROWER, Wording, key
from graph.search.names import candidates, entities
from graph.search.words import wide
from graph.store import cypher
from graph.store.base import Row, Store

LANGUAGES = ("zh", "zh-Hans", "zh-Hant", "en")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CALLED: Mapping[str, str] = {
    "joint research": Cooperation.JOINT_RESEARCH,
    "strategic cooperation": Cooperation.STRATEGIC,
    "strategic partnership": Cooperation.STRATEGIC,
    "joint venture": Cooperation.JOINT_VENTURE,
    "shared platform": Cooperation.SHARED_PLATFORM,
    "settling": Cooperation.SETTLING,
    "project": Cooperation.PROJECT,
    "incubation": Cooperation.INCUBATION,
    "alliance": Cooperation.ALLIANCE,
    "operation": Cooperation.OPERATION,
    "supply": Relation.SUPPLIES,
    "investment": Relation.INVESTS,
    "cooperation": Relation.COLLABORATES,
    "供应": Relation.SUPPLIES,
    "投资": Relation.INVESTS,
    "合作": Relation.COLLABORATES,
}
KINDS = (*map(str, Cooperation), *(str(one) for one in Relation if one.is_collaboration))
"""What `kind` may be, in English too."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What documents must meet; "" = no matter.

    since, until    days, months or years (ISO); a document counts whose date may lie within, one without a date not
    park, place, industry   name in any language, or id: documents that mention it, or what lies within
    kind            a kind of cooperation or a relation that the document tells of (`KINDS`)
    lang            zh, zh-Hans, zh-Hant or en
    source          part of the address or of the path that a document came from
    """

    since: str = ""
    until: str = ""
    park: str = ""
    place: str = ""
    industry: str = ""
    kind: str = ""
    lang: str = ""
    source: str = ""

    def __bool__(self) -> bool:
        return any(astuple(self))


def checked(given: Filters) -> Filters:
    """The filters, with the kind as the graph calls it. Raises InputError for a value that none can be."""
    for name, value in zip((one.name for one in fields(given)), astuple(given), strict=True):
        if "\x00" in value or re.search("[\ud800-\udfff]", value):
            raise InputError(f"{name} holds a NUL or half a character; send plain Unicode text.")
    for name, date in (("from", given.since), ("to", given.until)):
        if date and not _DATE.fullmatch(date):
            raise InputError(f"{name}: {date[:40]!r} is no date; write 2024, 2024-05 or 2024-05-06.")
    if given.since and given.until and given.since[: len(given.until)] > given.until:
        raise InputError(f"from {given.since} is after to {given.until}; exchange them.")
    if given.lang and given.lang not in LANGUAGES:
        raise InputError(f"lang: {given.lang[:40]!r} is no language here; take one of {', '.join(LANGUAGES)}.")
    return replace(given, kind=_kind(given.kind))


def _kind(given: str) -> str:
    if not given:
        return ""
    called = _CALLED.get(given.casefold().strip(), given.strip())
    found = [one for one in KINDS if one.casefold() == called.casefold()]
    if not found:
        raise InputError(f"kind: {given[:40]!r} is no kind of cooperation; take one of {', '.join(KINDS)}.")
    return found[0]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Filters whose names were looked up: `within` holds for each name the ids of the entities that meet it."""

    given: Filters
    within: tuple[tuple[str, ...], ...] = ()
    note: str = ""  # a name that the graph does not know


def narrowed(store: Store, given: Filters, fold: Callable[[str], str], table: Wording) -> Narrowed:
    """Look up the names of the filters."""
    within, notes = [], []
    for kind, name in ((Kind.PARK, given.park), (Kind.PLACE, given.place), (Kind.INDUSTRY, given.industry)):
        if name:
            found = _called(store, kind, name.strip(), fold, table)
            within.append(found)
            if not found:
                notes.append(f"the graph knows no {kind.lower()} called {name[:60]}")
    return Narrowed(given, tuple(within), "; ".join(notes))


def _called(store: Store, kind: Kind, name: str, fold: Callable[[str], str], table: Wording) -> tuple[str, ...]:
    """The ids of the entities of a kind that bear the name, or one that means the same or something within."""
    if entities(store, kind, [name]):
        return (name,)
    wanted = {key(fold(name)): 1.0} | dict(table.near.get(key(fold(name)), {}))
    keys = {variant for variant, weight in wanted.items() if weight >= NARROWER}
    texts = [fold(name), *(table.text(variant) for variant in sorted(keys))]
    found = [one.id for one in candidates(store, texts, (kind,)) if keys & {key(other) for other in one.names}]
    if kind is Kind.PLACE and found:
        found += [row["id"] for row in store.run(cypher.PLACES_WITHIN, ids=found)]
    return tuple(dict.fromkeys(found))


def kept(store: Store, rows: Sequence[Row], by: Narrowed) -> list[Row]:
    """The rows (passages with their documents) whose documents meet the filters."""
    met = [row for row in rows if _dated(row["published"] or "", by.given) and _from(row, by.given.source)]
    if by.given.lang:
        spoken = _languages(met)
        met = [row for row in met if spoken[row["document"]].startswith(by.given.lang)]
    ids = sorted({row["document"] for row in met})
    for entity in by.within:
        ids = [row["id"] for row in store.run(cypher.DOCUMENTS_NAMING, ids=ids, entities=list(entity))]
    if by.given.kind:
        ids = [row["id"] for row in store.run(cypher.DOCUMENTS_TELLING, ids=ids, kind=by.given.kind)]
    there = set(ids)
    return [row for row in met if row["document"] in there]


def _dated(published: str, by: Filters) -> bool:
    if not published and (by.since or by.until):
        return False
    early = by.since and published < by.since[: len(published)]
    late = by.until and published[: len(by.until)] > by.until
    return not (early or late)


def _from(row: Row, source: str) -> bool:
    held = source.casefold()
    return any(held in place.casefold() for place in (row["url"] or "", *row["sources"])) if held else True


def _languages(rows: Iterable[Row]) -> dict[str, str]:
    """The language of each document, by the passages of it that are here and its title."""
    texts: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        texts.setdefault(row["document"], []).append((row["text"], row["folded"]))
    return {name: language("".join(a for a, _ in some), "".join(b for _, b in some)) for name, some in texts.items()}


def language(text: str, folded: str) -> str:
    """zh-Hans, zh-Hant or en: Traditional where a thirtieth of the characters change when folded.

    >>> language("友達光電", "友达光电"), language("园区发展", "园区发展"), language("The park", "The park")
    ('zh-Hant', 'zh-Hans', 'en')
    """
    if not wide(folded):
        return "en"
    there = set(folded)
    han = _HAN.findall(text)
    return "zh-Hant" if 30 * sum(character not in there for character in han) >= len(han) else "zh-Hans"
