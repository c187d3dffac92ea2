"""Comparison keys: which writings of a name are one entity. Every rule here is about names alone, so that the same
names give the same ids in any order of documents; merging on other grounds is left to judgements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from graph.model import Kind
from ingest import lexicon
from ingest.script import bare, fold


class Key(NamedTuple):
    """The comparison key of an entity and the name that a mention of it gets."""

    kind: Kind
    key: str
    name: str


_LEGAL = re.compile(
    r"(?:股份有限公司|有限责任公司|有限公司|股份公司|\(集团\)|集团公司|总公司"
    r"|,?(?:co\.?,?ltd\.?|companylimited|limited|ltd\.?|inc\.?|incorporated|corporation|corp\.?|gmbh|plc|llc|"
    r"s\.a\.?))+$"
)
_SECTOR = re.compile("(?:全产业链|产业链|产业集群|产业|行业|领域)$")
_ZONES = (
    (re.compile("国家(?=高新)"), ""),
    (re.compile("高新技术产业开发区|高新技术开发区|高新技术产业园区"), "高新区"),
    (re.compile("经济技术开发区"), "经开区"),
)


def key(kind: Kind, text: str, whole: str) -> Key:
    """The key of a name as a document writes it; `whole` is the folded document, for names that need their city."""
    name = " ".join(fold(text, join=True).text.split())
    plain = bare(text)
    if kind is Kind.PARK:
        return _park(name, plain, whole)
    if kind is Kind.ENTERPRISE:
        known = _organisations(Kind.ENTERPRISE).get(plain) or _organisations(Kind.ENTERPRISE).get(stem(plain))
        return Key(kind, stem(bare(known or name)), known or name)
    if kind in (Kind.INSTITUTION, Kind.GOVERNMENT):
        known = _organisations(kind).get(plain)
        return Key(kind, bare(known or name), known or name)
    if kind is Kind.PLACE:
        return _place(name, plain)
    if kind is Kind.INDUSTRY:
        concept = _concepts().get(plain) or _concepts().get(_SECTOR.sub("", plain))
        return Key(kind, concept or _field(plain), concept or _field(name))
    return Key(kind, plain, name)


def curated(own: Key, surfaces: Iterable[str]) -> Key:
    """The key of a firm that a document calls by several names, `surfaces`: that of the firm of the lexicon which one
    of them names, if the full name itself is none of the lexicon. A firm that the lexicon knows by its registered name
    is not taken for one that is registered under another."""
    if own.kind is not Kind.ENTERPRISE or _firm(own.name):
        return own
    found = {known for surface in surfaces if (known := _firm(fold(surface, join=True).text.strip()))}
    found = {known for known in found if _LEGAL.sub("", bare(known)) == bare(known)}
    if len(found) != 1:
        return own
    known = found.pop()
    return Key(own.kind, stem(bare(known)), known)


def _firm(name: str) -> str:
    """The curated name of a firm, else that of a listed one, "" if the lexicon has neither."""
    plain = bare(name)
    known = _organisations(Kind.ENTERPRISE).get(plain) or _organisations(Kind.ENTERPRISE).get(stem(plain))
    return known or _listed().get(plain, "")


@cache
def _listed() -> Mapping[str, str]:
    """The short names of listed firms."""
    return {bare(name): name for name in lexicon.listed()}


def stem(plain: str) -> str:
    """A firm's folded name without its legal form; a branch office keeps the whole, because it is no other name of
    the firm."""
    if plain.endswith("分公司"):
        return plain
    stripped = _LEGAL.sub("", plain).rstrip(",.")
    return stripped if len(stripped) >= 2 else plain


def _field(name: str) -> str:
    stripped = _SECTOR.sub("", name)
    return stripped if len(stripped) >= 2 else name


def _park(name: str, plain: str, whole: str) -> Key:
    for park, when in _parks().get(plain, ()):
        if not when or any(word in whole.replace(name, "") for word in when):
            return Key(Kind.PARK, park.key, park.name)
    for pattern, short in _ZONES:
        plain = pattern.sub(short, plain)
    for park, when in _parks().get(plain, ()):
        if not when:
            return Key(Kind.PARK, park.key, park.name)
    return Key(Kind.PARK, plain, name)


def _place(name: str, plain: str) -> Key:
    """A place by its last part: 江苏省苏州市 is 苏州市; a county of a name that several have keeps its parent."""
    places = _places()
    rest, parent = plain, ""
    while rest not in places:
        size = next((size for size in range(len(rest) - 2, 1, -1) if rest[:size] in places), 0)
        if not size:
            return Key(Kind.PLACE, plain, name)
        parent, rest = rest[:size], rest[size:]
    found = places[rest]
    if len(found) == 1:
        return Key(Kind.PLACE, found[0].name, found[0].name)
    above = {place.name for place in places.get(parent, ())}
    inside = [place for place in found if place.parent in above]
    if len(inside) == 1:
        return Key(Kind.PLACE, inside[0].parent + inside[0].name, inside[0].parent + inside[0].name)
    ranked = [place for place in found if place.level in ("country", "region", "province", "city")]
    chosen = ranked[0].name if len(ranked) == 1 else found[0].name
    return Key(Kind.PLACE, chosen, chosen)


@cache
def _parks() -> Mapping[str, tuple[tuple[lexicon.Park, tuple[str, ...]], ...]]:
    found: dict[str, list[tuple[lexicon.Park, tuple[str, ...]]]] = {}
    for park in lexicon.parks().values():
        for alias in (lexicon.Alias(park.name), lexicon.Alias(park.name_en), *park.aliases):
            if alias.name:
                for form in {bare(alias.name), _zone(bare(alias.name))}:
                    found.setdefault(form, []).append((park, alias.when))
    return {form: tuple(rows) for form, rows in found.items()}


def _zone(plain: str) -> str:
    for pattern, short in _ZONES:
        plain = pattern.sub(short, plain)
    return plain


@cache
def _organisations(kind: Kind) -> Mapping[str, str]:
    """Curated name of every known writing of an organisation; a writing that two share is left out."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    if kind is Kind.GOVERNMENT:
        table = lexicon.governments()
    else:
        table = lexicon.enterprises() if kind is Kind.ENTERPRISE else lexicon.institutions()
    for one in table:
        for name in (one.name, *one.short, *one.en):
            forms = {bare(name), stem(bare(name))} if kind is Kind.ENTERPRISE else {bare(name)}
            for form in forms:
                if found.setdefault(form, one.name) != one.name:
                    shared.add(form)
    return {form: name for form, name in found.items() if form not in shared}


@cache
def _places() -> Mapping[str, tuple[lexicon.Place, ...]]:
    found: dict[str, list[lexicon.Place]] = {}
    for place in lexicon.places():
        for name in {bare(place.name), bare(place.short), *map(bare, place.en)} - {""}:
            found.setdefault(name, []).append(place)
    return {name: tuple(rows) for name, rows in found.items()}


@cache
def _concepts() -> Mapping[str, str]:
    """The concept of every known name of a field."""
    found: dict[str, str] = {}
    for industry in lexicon.industries().values():
        for name in (industry.name, industry.en):
            found[bare(name)] = industry.name
    for industry in lexicon.industries().values():
        for name in industry.synonyms:
            found.setdefault(bare(name), industry.name)
    return found
