"""The industries of the graph that a field of a question means: by its names, and the narrower ones it includes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.model import Kind
from graph.projection import COUNTED
from graph.query.query import Slot
from graph.search.names import candidates
from graph.store import cypher
from graph.store.base import Row, Store


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the graph has it: ids of its industries, and the names of the narrower ones among them."""

    name: str
    ids: tuple[str, ...]
    included: tuple[str, ...]

    def said(self) -> str:
        """What the field includes, in words; "" if it is only itself."""
        return f"{self.name} includes {', '.join(self.included)}" if self.included else ""


def field(store: Store, slot: Slot) -> Field:
    """The industries that bear one of the field's names, and narrower ones that have firms; none if no document names
    any."""
    names = {name.casefold() for name in (slot.name, *slot.names)}
    found = {one.id for one in candidates(store, [slot.name], (Kind.INDUSTRY,)) if not _other(one.names, names)}
    found |= {slot.id} if slot.id and slot.kind is Kind.INDUSTRY else set()
    rows = store.run(cypher.FIELDS_CALLED, names=list(slot.narrower)) if slot.narrower else []
    included = [row for row in rows if row["id"] not in found]
    return Field(
        slot.name, tuple(sorted(found | {row["id"] for row in included})), tuple(row["name"] for row in included)
    )


def _other(names: tuple[str, ...], wanted: set[str]) -> bool:
    return wanted.isdisjoint(name.casefold() for name in names)


def firms_of(store: Store, industries: Sequence[str]) -> int:
    """How many firms are of these industries."""
    return int(store.run(cypher.FIRMS_OF_FIELD, ids=list(industries))[0]["n"]) if industries else 0


def field_firms(store: Store, industries: Sequence[str]) -> list[Row]:
    """The firms of these industries: id, name."""
    return store.run(cypher.FIELD_FIRMS, ids=list(industries), counted=list(COUNTED)) if industries else []


def unknown_fields(store: Store, fields: Iterable[Field]) -> list[str]:
    """Which fields no firm is known in, in words."""
    return [f"no firm is known in {one.name}" for one in fields if not firms_of(store, one.ids)]


def with_field(store: Store, firms: Sequence[str]) -> int:
    """How many of these firms have a known field."""
    rows = store.run(cypher.FIELDS_OF, ids=list(firms), counted=list(COUNTED)) if firms else []
    return len({row["firm"] for row in rows})
