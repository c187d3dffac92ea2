"""Why a name stands for an entity: how it becomes its comparison key, step by step, and the table row that says so."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

from graph.model import Kind
from ingest.resolve.keys import key, stem
from ingest.script import bare, fold


class _Table(NamedTuple):
    file: str
    name: str
    aliases: tuple[str, ...]


_TABLES: Mapping[Kind, _Table] = {
    Kind.PARK: _Table("parks.csv", "name_zh", ("name_en", "aliases", "conditional")),
    Kind.ENTERPRISE: _Table("enterprises.csv", "name", ("short", "en")),
    Kind.INSTITUTION: _Table("institutions.csv", "name", ("short", "en")),
    Kind.GOVERNMENT: _Table("governments.csv", "name", ("short", "en")),
    Kind.PLACE: _Table("places.csv", "name", ("short", "en")),
    Kind.INDUSTRY: _Table("industries.csv", "zh_hans", ("zh_hant", "en", "synonyms")),
}


@dataclass(frozen=True, slots=True)
class Curated:
    """A row of a table that people keep. `alias` is its entry for the name, "" if the row has the name by another
    way; it counts only in documents that hold one of `when`, if there are any."""

    table: str
    name: str
    alias: str
    when: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change on the way from a name to its key: what was done, and what the name was after it."""

    what: str
    text: str
    row: Curated | None = None


def steps(kind: Kind, surface: str) -> tuple[Step, ...]:
    """How a written name becomes its key: as written, folded, curated, without legal form or class words.

    The last step holds the key: names of one kind with the same key are one entity.
    """
    folded = " ".join(fold(surface, join=True).text.split())
    row = curated(kind, surface)
    found = key(kind, surface, " ".join(row.when) if row else "")
    made = [Step("as written", surface)]
    if folded != surface:
        made.append(Step("folded (script, widths, invisible characters)", folded))
    if bare(found.name) != bare(folded):
        row = row if row and bare(row.name) == bare(found.name) else _row(kind, found.name)
        made.append(Step("curated name", found.name, row))
    elif row:
        made.append(Step("curated name, as it is", found.name, row))
    if found.key != made[-1].text:
        how = (
            "key of that row" if kind is Kind.PARK and row else "key (lower case, no spaces, legal form or class word)"
        )
        made.append(Step(how, found.key))
    return tuple(made)


def curated(kind: Kind, surface: str) -> Curated | None:
    """The first row of the table of this kind that has the name, itself or without its legal form."""
    forms = [bare(surface)] + ([stem(bare(surface))] if kind is Kind.ENTERPRISE else [])
    known = _entries(kind)
    return next((known[form] for form in forms if form in known), None)


@cache
def _entries(kind: Kind) -> Mapping[str, Curated]:
    """Every entry of the table by its bare form, names before aliases."""
    found: dict[str, Curated] = {}
    for one in chain(_names(kind), _aliases(kind)):
        found.setdefault(bare(one.alias), one)
        if kind is Kind.ENTERPRISE:
            found.setdefault(stem(bare(one.alias)), one)
    return found


def _names(kind: Kind) -> Iterator[Curated]:
    for table, row in _rows(kind):
        yield Curated(table.file, row[table.name], row[table.name], (), row.get("source") or "")


def _aliases(kind: Kind) -> Iterator[Curated]:
    for table, row in _rows(kind):
        for entry in chain.from_iterable(row[column].split(";") for column in table.aliases if row.get(column)):
            alias, _, when = entry.partition("@")
            if alias:
                conditions = tuple(when.split("|")) if when else ()
                yield Curated(table.file, row[table.name], alias, conditions, row.get("source") or "")


def _row(kind: Kind, name: str) -> Curated | None:
    """The row of this curated name, for one that was reached by rules rather than by an entry."""
    found = _entries(kind).get(bare(name))
    return Curated(found.table, found.name, "", (), found.source) if found else None


def _rows(kind: Kind) -> Iterator[tuple[_Table, Mapping[str, str]]]:
    if table := _TABLES.get(kind):
        text = (files("ingest") / "lexicon" / table.file).read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            yield table, row
