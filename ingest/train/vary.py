"""Fresh copies of labelled documents: other names in the same sentences, and damage as pdf and OCR do it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random

from graph.model import Kind
from ingest.train.labelled import Label, Labelled, Tie

SWAPPED = 0.7  # share of names that are replaced
WRAPPED = 0.15  # share of copies whose lines are broken as in a pdf
UNMARKED = 0.12  # share of copies that lose marks as in bad OCR
MARKS = "，。、；：“”（）《》,;"

Shape = tuple[Kind, bool, int]
Pool = Mapping[Shape, Sequence[str]]


def pool(documents: Sequence[Labelled]) -> Pool:
    """All surfaces by kind, script and length."""
    found: dict[Shape, list[str]] = defaultdict(list)
    for document in documents:
        for label in document.labels:
            surface = document.text[label.start : label.end]
            found[_shape(label.kind, surface)].append(surface)
    return found


def copy(document: Labelled, names: Pool, draw: Random) -> Labelled:
    """The document with most names swapped for others of their shape (the same name always for the same), perhaps
    damaged."""
    result = _swapped(document, names, draw)
    if draw.random() < WRAPPED:
        result = _edited(result, _wraps(result.text, draw))
    if draw.random() < UNMARKED:
        result = _edited(result, _unmarked(result.text, draw))
    return result


def _shape(kind: Kind, surface: str) -> Shape:
    latin = all(ord(char) < 0x250 for char in surface)
    return kind, latin, min(3, len(surface) // 12) if latin else min(4, len(surface) // 4)


def _swapped(document: Labelled, names: Pool, draw: Random) -> Labelled:
    new: dict[str, str] = {}
    parts: list[str] = []
    labels: list[Label] = []
    size = last = 0
    for label in document.labels:
        surface = document.text[label.start : label.end]
        if surface not in new:
            new[surface] = draw.choice(names[_shape(label.kind, surface)]) if draw.random() < SWAPPED else surface
        before = document.text[last : label.start]
        size += len(before)
        labels.append(Label(size, size + len(new[surface]), label.kind, label.name))
        size += len(new[surface])
        parts += (before, new[surface])
        last = label.end
    return Labelled(document.id, "".join(parts) + document.text[last:], tuple(labels), document.ties)


Edit = tuple[int, int, str]  # replace [start, end) by a string


def _wraps(text: str, draw: Random) -> list[Edit]:
    """Line breaks every so many characters, also inside names; never inside a Latin word."""
    width = draw.randint(18, 44)
    edits: list[Edit] = []
    for line in _line_starts(text):
        place = line + width
        end = text.find("\n", line)
        end = len(text) if end < 0 else end
        while place < end:
            if not (text[place - 1].isascii() and text[place].isascii()):
                edits.append((place, place, "\n"))
            place += width
    return edits


def _line_starts(text: str) -> list[int]:
    return [0, *(place + 1 for place, char in enumerate(text) if char == "\n")]


def _unmarked(text: str, draw: Random) -> list[Edit]:
    return [
        (place, place + 1, draw.choice(("", " ")))
        for place, char in enumerate(text)
        if char in MARKS and draw.random() < 0.4
    ]


def _edited(document: Labelled, edits: Sequence[Edit]) -> Labelled:
    parts: list[str] = []
    moved = list(range(len(document.text) + 1))
    shift = last = 0
    for start, end, new in edits:
        for place in range(last, start):
            moved[place] = place + shift
        parts += (document.text[last:start], new)
        for place in range(start, end):
            moved[place] = start + shift
        shift += len(new) - (end - start)
        last = end
    for place in range(last, len(moved)):
        moved[place] = place + shift
    text = "".join(parts) + document.text[last:]
    labels = tuple(Label(moved[one.start], moved[one.end - 1] + 1, one.kind, one.name) for one in document.labels)
    kept = tuple(one for one in labels if one.start < one.end)
    return Labelled(document.id, text, kept, _ties(kept, document.ties))


def _ties(labels: Sequence[Label], ties: Sequence[Tie]) -> tuple[Tie, ...]:
    names = {label.name for label in labels}
    return tuple(tie for tie in ties if tie.head in names and tie.tail in names)
