"""A question as it was understood: what it wants, what it names, what was not understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graph.model import Kind
from graph.query.dates import Window

SLOTS: Final[Mapping[str, tuple[Kind, ...]]] = {
    "parks": (Kind.PARK,),
    "enterprises": (Kind.ENTERPRISE,),
    "institutions": (Kind.INSTITUTION, Kind.GOVERNMENT),
    "industries": (Kind.INDUSTRY,),
    "tracks": (Kind.TRACK,),
    "places": (Kind.PLACE,),
}
"""The slots of a query and the kinds of names that stand in them."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A name in a question: as the graph or the vocabulary has it, or as written where nobody knows it."""

    kind: Kind
    name: str
    id: str = ""  # "" = not in the graph
    names: tuple[str, ...] = ()  # all its names in the comparison form
    written: str = ""  # as the question writes it
    folded: str = ""  # the same in the comparison form
    curated: bool = False  # known to the vocabulary, though perhaps not in the graph
    narrower: tuple[str, ...] = ()  # names of the fields or places that it includes

    @property
    def known(self) -> bool:
        """Whether the name means something, in the graph or in the vocabulary."""
        return bool(self.id) or self.curated


@dataclass(frozen=True, slots=True)
class Query:
    """A question that one can read. `target` is what is listed or counted: a slot's name, or ""."""

    text: str
    intent: str | None
    slots: tuple[Slot, ...] = ()  # in the order of the question
    target: str = ""
    classes: tuple[str, ...] = ()  # slots whose class words stand in the question: 高校 -> institutions
    kinds: tuple[str, ...] = ()
    window: Window | None = None
    negative: bool = False
    limit: int | None = None
    work: bool = False  # speaks of working together
    published: bool = False  # asks for the published lists
    standing: bool = False  # asks for an order, or a place in it
    roles: tuple[str, ...] = ()  # the part that the partners asked for play: who supplies X, whom X supplies
    place: int | None = None  # the rank asked for: 第二名
    aspect: str = ""  # what of a park is asked for: a row of `graph.query.grammar.ASPECTS`
    most: str = ""  # what a park is to have most of: "enterprises", "institutions", or "other" things
    not_understood: tuple[str, ...] = ()

    def of(self, slot: str) -> tuple[Slot, ...]:
        """What stands in a slot, in the order of the question."""
        return tuple(one for one in self.slots if one.kind in SLOTS[slot])

    @property
    def fields(self) -> tuple[Slot, ...]:
        """Industries and tracks together, in the order of the question."""
        return tuple(one for one in self.slots if one.kind in (Kind.INDUSTRY, Kind.TRACK))

    def json(self) -> dict[str, Any]:
        """The query as plain values: every slot is there, absent ones are empty lists."""
        window = {"from": self.window.start or None, "to": self.window.end or None} if self.window else None
        return {
            "intent": self.intent,
            **{slot: list(dict.fromkeys(one.name for one in self.of(slot))) for slot in SLOTS},
            "kinds": list(self.kinds),
            "window": window,
            "negative": self.negative,
            "limit": self.limit,
            "target": self.target or None,
            "aspect": self.aspect or None,
            "not_understood": list(self.not_understood),
        }
