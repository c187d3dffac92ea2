"""Where the words that speak for a passage stand in it."""

from __future__ import annotations

from collections.abc import Iterator

from graph.search.corpus import read
from graph.search.rate import Asked
from graph.search.words import placed, stem, wide


def marks(query: Asked, folded: str) -> tuple[tuple[int, int], ...]:
    """The spans of a passage (in the comparison form) that say what the query looks for; in order, none overlapping."""
    held = folded.casefold()
    if len(held) != len(folded):
        return ()
    text = read(folded)
    wanted = {which for unit in query.units if (which := unit.found(text)[1])}
    wanted |= {term for term in query.words if term in text.terms}
    return tuple(_joined(sorted(span for name in wanted for span in _places(name, held))))


def _places(name: str, held: str) -> Iterator[tuple[int, int]]:
    if wide(name):
        at = held.find(name)
        while at >= 0:
            yield at, at + len(name)
            at = held.find(name, at + 1)
        return
    words = name.split()
    spans = placed(held)
    stems = [stem(held[start:end]) for start, end in spans]
    for at in range(len(stems) - len(words) + 1):
        if stems[at : at + len(words)] == words:
            yield spans[at][0], spans[at + len(words) - 1][1]


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that touch or overlap as one."""
    if not spans:
        return
    start, end = spans[0]
    for first, last in spans[1:]:
        if first > end:
            yield start, end
            start, end = first, last
        end = max(end, last)
    yield start, end
