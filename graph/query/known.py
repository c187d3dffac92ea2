"""The names that a question may use: those of the graph, and a vocabulary that says how else people write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from graph.model import Kind
from graph.query.grammar import FIELDS
from graph.query.spoken import Word
from graph.search.names import ORDER, Named, candidates, occurrences
from graph.store.base import Store


class Known(Protocol):
    """Proposes what a question may name."""

    def named(self, question: str, pieces: Sequence[str]) -> list[Named]:
        """Entities that may stand in the question; `pieces` are its parts without the words of asking.

        Both are in the comparison form. An entity that only the vocabulary knows has the id "".
        """
        ...

    def words(self, question: str) -> Sequence[Word]:
        """The words of a question (in the comparison form) with their parts of speech."""
        ...


@dataclass(frozen=True, slots=True)
class StoreNames:
    """Names of a graph, with a vocabulary of other writings (English, abbreviations) of curated names."""

    store: Store
    vocabulary: tuple[Named, ...] = ()
    cut: Callable[[str], Sequence[Word]] = lambda question: ()
    fold: Callable[[str], str] = lambda name: name

    def named(self, question: str, pieces: Sequence[str]) -> list[Named]:
        """Full text proposes entities of the graph; curated names lead to the entity that bears one of their names."""
        curated = self._curated(question)
        found = candidates(self.store, [*pieces, *(one.name for one in curated if one.kind in ORDER)])
        return [*(self._met(one, found) for one in curated), *map(self._folded, found)]

    def _folded(self, one: Named) -> Named:
        """With its names in the comparison form too, which may write a rare character in another way."""
        return replace(one, names=tuple(dict.fromkeys((*one.names, *map(self.fold, one.names)))))

    def words(self, question: str) -> Sequence[Word]:
        """As the segmenter `cut` hears them."""
        return self.cut(question)

    def _curated(self, question: str) -> list[Named]:
        held = question.casefold()
        near = [one for one in self.vocabulary if any(name.casefold() in held for name in one.names)]
        return [one.entity for one in occurrences(question, near)]

    def _met(self, one: Named, found: Iterable[Named]) -> Named:
        """The curated name with the id of the entity of the graph that bears it, its other names added."""
        same = [entity for entity in found if entity.kind == one.kind and _share(entity, one)]
        if not same:
            return one
        best = min(same, key=lambda entity: (one.name not in entity.names, -entity.documents, entity.id))
        return replace(best, names=tuple(dict.fromkeys((*best.names, *one.names))), narrower=one.narrower)


def _share(a: Named, b: Named) -> bool:
    return not {name.casefold() for name in a.names}.isdisjoint(name.casefold() for name in b.names)


def vocabulary(
    rows: Iterable[tuple[Kind, str, Sequence[str]]], broader: Mapping[tuple[Kind, str], str] | None = None
) -> tuple[Named, ...]:
    """Curated names from (kind, name, other names), all in the comparison form.

    `broader` leads from a field or a place to the one that includes it; a track includes what its field does. A field
    is also found by the English words for it (`graph.query.grammar.FIELDS`) and by their singular or plural.
    """
    within = _within(broader or {})
    table = list(rows)
    fields = {name: _names(kind, name, others) for kind, name, others in table if kind is Kind.INDUSTRY}
    return tuple(
        Named("", kind, name, _called(kind, name, others, fields), 0, within.get((_field(kind), name), ()))
        for kind, name, others in table
    )


def _called(kind: Kind, name: str, others: Sequence[str], fields: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The names of a row; a track is also called what the field of its name is."""
    beside = fields.get(name, ()) if kind is Kind.TRACK else ()
    return tuple(dict.fromkeys((*_names(kind, name, others), *beside)))


def _field(kind: Kind) -> Kind:
    return Kind.INDUSTRY if kind is Kind.TRACK else kind


def _names(kind: Kind, name: str, others: Sequence[str]) -> tuple[str, ...]:
    if kind is not Kind.INDUSTRY:
        return tuple(dict.fromkeys((name, *others)))
    told = (name, *others, *FIELDS.get(name, ()))
    return tuple(dict.fromkeys((*told, *(number(word) for word in told if word.isascii() and word[-1:].islower()))))


def number(word: str) -> str:
    """The plural of an English singular, the singular of a plural.

    >>> number("battery"), number("batteries"), number("chips"), number("new energy vehicle")
    ('batteries', 'battery', 'chip', 'new energy vehicles')
    """
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "ics", "us")):
        return word[:-1]
    return word[:-1] + "ies" if re.search("[^aeiou]y$", word) else word + "s"


def _within(broader: Mapping[tuple[Kind, str], str]) -> dict[tuple[Kind, str], tuple[str, ...]]:
    """All that lies within each, at any depth."""
    found: dict[tuple[Kind, str], list[str]] = {}
    for kind, name in broader:
        above, seen = broader.get((kind, name), ""), {name}
        while above and above not in seen:
            found.setdefault((kind, above), []).append(name)
            seen.add(above)
            above = broader.get((kind, above), "")
    return {key: tuple(names) for key, names in found.items()}
