"""The names that a question may use: those of the graph, and a vocabulary that says how else people write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from graph.model import Kind
from graph.search.names import ORDER, Named, candidates, occurrences
from graph.store.base import Store


class Known(Protocol):
    """Proposes what a question may name."""

    def named(self, question: str, pieces: Sequence[str]) -> list[Named]:
        """Entities that may stand in the question; `pieces` are its parts without the words of asking.

        Both are in the comparison form. An entity that only the vocabulary knows has the id "".
        """
        ...


@dataclass(frozen=True, slots=True)
class StoreNames:
    """Names of a graph, with a vocabulary of other writings (English, abbreviations) of curated names."""

    store: Store
    vocabulary: tuple[Named, ...] = ()

    def named(self, question: str, pieces: Sequence[str]) -> list[Named]:
        """Full text proposes entities of the graph; curated names lead to the entity that bears one of their names."""
        curated = self._curated(question)
        found = candidates(self.store, [*pieces, *(one.name for one in curated if one.kind in ORDER)])
        return [*found, *(self._met(one, found) for one in curated)]

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
        return replace(best, names=tuple(dict.fromkeys((*best.names, *one.names))))


def _share(a: Named, b: Named) -> bool:
    return not {name.casefold() for name in a.names}.isdisjoint(name.casefold() for name in b.names)


def vocabulary(rows: Iterable[tuple[Kind, str, Sequence[str]]]) -> tuple[Named, ...]:
    """Curated names from (kind, name, other names), all in the comparison form."""
    return tuple(Named("", kind, name, tuple(dict.fromkeys((name, *others)))) for kind, name, others in rows)
