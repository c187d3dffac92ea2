"""The tables that people keep, read once when first needed. Every table says where its rows come from.

Names are in the comparison form of `ingest.script` (Simplified, half-width brackets); tables are written in Simplified
and only widths are folded here, because this package stands below `ingest.script`.
"""

from __future__ import annotations

import csv
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING

from graph.model import Kind, Relation

if TYPE_CHECKING:
    from graph.chain import Chain


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a park; it counts only in documents that hold one of `when` (always, if that is empty)."""

    name: str
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Park:
    """A curated park. `key` is its comparison key for ever; `part_of` and `overlaps` are keys of other parks."""

    key: str
    name: str
    name_en: str
    aliases: tuple[Alias, ...]
    city: str
    part_of: str
    overlaps: str
    source: str


@dataclass(frozen=True, slots=True)
class Industry:
    """A field: its names, the broader field, its GB/T 4754-2017 code ("" if none is sure) and the id of its track.

    `synonyms` are other names of the same, `includes` names of things that belong to it and have no row of their own.
    `read`: whether extractors may take its names for a field wherever they stand (`gazetteer`); of common nouns, such
    as 座椅, only the words around them can say so.
    """

    name: str
    hant: str
    en: str
    synonyms: tuple[str, ...]
    includes: tuple[str, ...]
    broader: str
    code: str
    track: str
    read: bool
    source: str


@dataclass(frozen=True, slots=True)
class Head:
    """What the end of a compound name of a field says (`ingest.resolve.concept`): the rule, and the concept it is."""

    text: str
    rule: str  # strip, before, head, weak, never
    concept: str


@dataclass(frozen=True, slots=True)
class Sense:
    """The field that an ambiguous name means where one of the words `when` stands around it."""

    concept: str
    when: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """An axis of an edition of the index; `status` is stated, inferred or project."""

    id: str
    name: str
    name_en: str
    edition: str
    direction: str
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place: level country, region, province, city, county or foreign; `short` without 省, 市."""

    name: str
    level: str
    short: str
    en: tuple[str, ...]
    parent: str
    code: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """A well-known firm or institution with its short and English names."""

    name: str
    short: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a gazetteer name stands for. `name` is the curated full name, `when` as in `Alias`."""

    kind: Kind
    name: str
    when: tuple[str, ...] = ()
    level: str = ""  # of a place


@dataclass(frozen=True, slots=True)
class SignWord:
    """A word that speaks of a topic (产城融合, 首台套); `about` says of what in it: housing, schools, retail …"""

    topic: str
    word: str
    about: str


@dataclass(frozen=True, slots=True)
class Suffix:
    """A way that names end. `least` characters must stand before it."""

    text: str
    kind: Kind
    least: int


@dataclass(frozen=True, slots=True)
class Words:
    """Closed lists of words by the role that they play in the rules."""

    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __getitem__(self, role: str) -> frozenset[str]:
        return self.lists.get(role, frozenset())


def width(text: str) -> str:
    """The text with full-width forms made half-width (NFKC), as `ingest.script.fold` does."""
    return unicodedata.normalize("NFKC", text)


@cache
def parks() -> Mapping[str, Park]:
    """Curated parks by key."""
    found: dict[str, Park] = {}
    for row in _rows("parks.csv"):
        aliases = [Alias(width(name)) for name in _list(row["aliases"])]
        for text in _list(row["conditional"]):
            name, _, when = text.partition("@")
            aliases.append(Alias(width(name), tuple(when.split("|"))))
        found[row["key"]] = Park(
            row["key"],
            width(row["name_zh"]),
            row["name_en"],
            tuple(aliases),
            row["city"],
            row["part_of"],
            row["overlaps"],
            row["source"],
        )
    return found


@cache
def industries() -> Mapping[str, Industry]:
    """Fields by their Simplified name."""
    return {
        row["zh_hans"]: Industry(
            row["zh_hans"],
            row["zh_hant"],
            row["en"],
            tuple(_list(row["synonyms"])),
            tuple(_list(row["includes"])),
            row["broader"],
            row["gbt4754"],
            row["track"],
            row["read"] == "yes",
            row["source"],
        )
        for row in _rows("industries.csv")
    }


@cache
def heads() -> tuple[Head, ...]:
    """How compound names of fields end, beside the names of the fields themselves."""
    return tuple(Head(row["head"], row["rule"], row["concept"]) for row in _rows("industries_heads.csv"))


@cache
def ambiguous() -> Mapping[str, tuple[Sense, ...]]:
    """The other fields of a name that means more than one; the name itself leads to the usual one."""
    found: dict[str, list[Sense]] = {}
    for row in _rows("industries_ambiguous.csv"):
        found.setdefault(row["name"], []).append(Sense(row["concept"], tuple(row["when"].split("|"))))
    return {name: tuple(senses) for name, senses in found.items()}


@cache
def classes() -> Mapping[str, str]:
    """The names of the classes of GB/T 4754-2017 by code: a letter with 0, 2, 3 or 4 digits."""
    return {row["code"]: row["name"] for row in _rows("gbt4754.csv")}


@cache
def official() -> Mapping[str, str]:
    """The code of every class name of GB/T 4754-2017; of a name that several levels share the broadest."""
    found: dict[str, str] = {}
    for code, name in sorted(classes().items(), key=lambda one: len(one[0])):
        found.setdefault(name, code)
    return found


def service(code: str) -> str:
    """The producer-service class (01 to 10) of a class code, by its longest listed beginning; "" if it is none, or if
    the list is not sure."""
    table = _services()
    found = next((table[code[:size]] for size in range(len(code), 0, -1) if code[:size] in table), ("", False))
    return found[0] if found[1] else ""


@cache
def _services() -> Mapping[str, tuple[str, bool]]:
    return {row["gbt4754"]: (row["class"], row["sure"] == "yes") for row in _rows("gbt_services.csv")}


@cache
def tracks() -> tuple[Track, ...]:
    """The axes of the hexagon in the order of tracks.toml."""
    text = (files("ingest") / "lexicon" / "tracks.toml").read_text(encoding="utf-8")
    return tuple(
        Track(row["id"], row["name_zh"], row["name_en"], row["edition"], row["direction"], row["status"], row["source"])
        for row in tomllib.loads(text)["track"]
    )


@cache
def chains() -> tuple[Chain, ...]:
    """The industry chain of each track that has one, in the order of the tracks."""
    from graph.chain import from_toml  # numpy is slow to import

    folder = files("ingest") / "lexicon" / "chains"
    found = [from_toml(one.read_text(encoding="utf-8"), one.name) for one in folder.iterdir()]
    place = {track.id: number for number, track in enumerate(tracks())}
    return tuple(sorted(found, key=lambda one: (place.get(one.track, len(place)), one.track)))


@cache
def places() -> tuple[Place, ...]:
    """Countries, regions, provinces, cities, counties of China and some cities elsewhere."""
    return tuple(
        Place(width(row["name"]), row["kind"], row["short"], tuple(_list(row["en"])), row["parent"], row["code"])
        for row in _rows("places.csv")
    )


@cache
def enterprises() -> tuple[Organisation, ...]:
    """Well-known firms; `listed.csv` adds the short names of listed companies."""
    return _organisations("enterprises.csv")


@cache
def listed() -> tuple[str, ...]:
    """The short names of listed firms."""
    return tuple(width(row["short"]) for row in _rows("listed.csv"))


@cache
def institutions() -> tuple[Organisation, ...]:
    """Well-known universities, academies and exchanges."""
    return _organisations("institutions.csv")


@cache
def signs() -> tuple[SignWord, ...]:
    """Words that speak of a topic, in the order of signs.csv."""
    return tuple(SignWord(row["topic"], width(row["word"]), row["about"]) for row in _rows("signs.csv"))


@cache
def wording() -> tuple[tuple[str, ...], ...]:
    """Words of the field that mean much the same, Chinese and English together."""
    return tuple(tuple(map(width, (*_list(row["zh"]), *_list(row["en"])))) for row in _rows("wording.csv"))


@cache
def suffixes() -> tuple[Suffix, ...]:
    """How names of each kind end, longest first."""
    rows = [Suffix(row["suffix"], Kind(row["kind"]), int(row["least"])) for row in _rows("suffixes.csv")]
    return tuple(sorted(rows, key=lambda row: (-len(row.text), row.text)))


@cache
def words() -> Words:
    """The closed word lists of words.toml by role."""
    text = (files("ingest") / "lexicon" / "words.toml").read_text(encoding="utf-8")
    return Words({role: frozenset(str(entry).split()) for role, entry in tomllib.loads(text).items()})


@cache
def gazetteer() -> Mapping[str, tuple[Entry, ...]]:
    """Every name of every table with what it may stand for; more than one entry where the name is shared."""
    found: dict[str, list[Entry]] = {}
    for name, entry in chain(_park_names(), _place_names(), _organisation_names(), _field_names(), _registered_names()):
        rows = found.setdefault(width(name), [])
        if len(name) > 1 and entry not in rows:
            rows.append(entry)
    return {name: tuple(rows) for name, rows in found.items() if rows}


def _park_names() -> Iterator[tuple[str, Entry]]:
    for park in parks().values():
        for alias in (Alias(park.name), Alias(park.name_en), *park.aliases):
            yield alias.name, Entry(Kind.PARK, park.name, alias.when)


def _place_names() -> Iterator[tuple[str, Entry]]:
    for place in places():
        for name in (place.name, place.short, *place.en):
            yield name, Entry(Kind.PLACE, place.name, (), place.level)


def _organisation_names() -> Iterator[tuple[str, Entry]]:
    tables = ((enterprises(), Kind.ENTERPRISE), (institutions(), Kind.INSTITUTION), (governments(), Kind.GOVERNMENT))
    for organisations, kind in tables:
        for one in organisations:
            for name in (one.name, *one.short, *one.en):
                yield name, Entry(kind, one.name)
    for name in listed():
        yield name, Entry(Kind.ENTERPRISE, name)


def _field_names() -> Iterator[tuple[str, Entry]]:
    for industry in industries().values():
        for name in (industry.name, industry.en, *industry.synonyms) if industry.read else ():
            yield name, Entry(Kind.INDUSTRY, industry.name)
    for row in _rows("products.csv"):
        yield row["name"], Entry(Kind.INDUSTRY, row["name"])


def _registered_names() -> Iterator[tuple[str, Entry]]:
    """Names of public registers: national zones, parks of Taiwan, universities, listed firms in full."""
    for row in _rows("registers.csv"):
        yield row["name"], Entry(Kind(row["kind"]), row["name"], ())


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("ingest") / "lexicon" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _list(text: str) -> list[str]:
    return [part for part in text.split(";") if part]


def _organisations(name: str) -> tuple[Organisation, ...]:
    return tuple(
        Organisation(width(row["name"]), tuple(map(width, _list(row["short"]))), tuple(_list(row["en"])))
        for row in _rows(name)
    )


@dataclass(frozen=True, slots=True)
class Trigger:
    """A pattern over a sentence whose names are single symbols (`ingest.extract.claims`); `cue` must occur in it."""

    relation: Relation
    language: str
    cue: tuple[str, ...]
    pattern: str
    kinds: tuple[str, ...]


@cache
def triggers() -> tuple[Trigger, ...]:
    """The trigger patterns in the order of triggers.csv."""
    return tuple(
        Trigger(
            Relation(row["relation"]),
            row["language"],
            tuple(row["cue"].split("|")) if row["cue"] else (),
            row["pattern"],
            tuple(row["kinds"].split("+")) if row["kinds"] else (),
        )
        for row in _rows("triggers.csv")
    )


@cache
def governments() -> tuple[Organisation, ...]:
    """Ministries and national offices with their short names."""
    return _organisations("governments.csv")
