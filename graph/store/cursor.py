"""Statements of one open transaction, their rows sent and read in messages that fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from graph.store.base import Row
from graph.store.rows import messages

K = TypeVar("K")
V = TypeVar("V")


class Cursor(Protocol):
    """Statements of one open transaction."""

    def rows(self, statement: str, **parameters: Any) -> list[Row]:
        """The rows of a statement."""
        ...

    def write(self, statement: str, **parameters: Any) -> None:
        """Run a statement that changes something."""
        ...


def send(cursor: Cursor, statement: str, rows: Sequence[Any], name: str = "rows") -> None:
    """Write rows, message by message; none are no message."""
    for group in messages(rows):
        cursor.write(statement, **{name: group})


def read(cursor: Cursor, statement: str, rows: Iterable[Any], name: str = "ids") -> Iterator[Row]:
    """What a statement answers to each message."""
    for group in messages(rows):
        yield from cursor.rows(statement, **{name: group})


def grouped(keyed: Iterable[tuple[K, V]]) -> list[tuple[K, list[V]]]:
    """Values by key, in the order in which the keys came."""
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in keyed:
        groups[key].append(value)
    return list(groups.items())
