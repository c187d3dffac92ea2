"""What is known of a statement's names and expressions while it is read.

**Sizes.** Neither engine can stop in the middle of one expression, and either holds its value in memory. So each
expression carries how many values it may hold (`size`) and go through (`work`), as far as the statement tells: a list
from the graph counts `MANY`, a property `FEW`, a parameter what it is. Doubling (`l + l`) and nesting
(`[x IN l | l]`) add and multiply, and what comes over `SIZE` is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Typed = Literal["any", "boolean", "integer", "list", "map", "mixed", "node", "number", "path", "relationship", "text"]
"""What an expression gives: `any` where only the graph knows, `mixed` where it may be one of several."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What a name stands for."""

    type: Typed
    size: int = 1
    inner: Typed = "any"


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression as it is sent, with what is known of it.

    `inner`: the type of a list's elements; `free`: the names that it uses outside of aggregates; `uses`: all names;
    `bare`: it is one name and nothing else.
    """

    text: str
    type: Typed = "any"
    size: int = 1
    work: int = 1
    free: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    aggregate: bool = False
    bare: bool = False
    inner: Typed = "any"

    def of(self, text: str, type: Typed, size: int = 1, inner: Typed = "any") -> Expression:
        """The same dependences in another form."""
        return replace(self, text=text, type=type, size=size, bare=False, inner=inner)


def common(types: Iterable[Typed]) -> Typed:
    """The type of what may be each of these."""
    found = set(types)
    if len(found) < 2:
        return next(iter(found), "any")
    if "any" in found:
        return "any"
    return "number" if found == {"integer", "number"} else "mixed"


def fits(type: Typed, needed: str) -> bool:
    """Whether a type may stand where one of those needed must (parted by spaces)."""
    return type == "any" or needed == "any" or type in needed.split() or (type == "integer" and "number" in needed)


def joined(text: str, type: Typed, parts: tuple[Expression, ...], size: int = 1, inner: Typed = "any") -> Expression:
    """An expression made of others."""
    return Expression(
        text,
        type,
        size,
        max((part.work for part in parts), default=1),
        frozenset().union(*(part.free for part in parts)),
        frozenset().union(*(part.uses for part in parts)),
        any(part.aggregate for part in parts),
        inner=inner,
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """The names at one place of a statement.

    `rows`: how many rows the statement has made of lists so far; `matched`: whether rows come from the graph.
    """

    names: Mapping[str, Thing] = field(default_factory=dict)
    rows: int = 1
    matched: bool = False

    def plus(self, names: Mapping[str, Thing]) -> Scope:
        """With more names."""
        return replace(self, names={**self.names, **names})
