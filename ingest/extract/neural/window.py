"""Windows of text that go through the encoder together, and what is known of their characters beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from numpy.typing import NDArray

from graph.model import Kind
from ingest import lexicon
from ingest.extract.lac import Token

LONGEST = 420
"""Characters of one window: most documents are one or two; a single longer sentence stands alone."""

KINDS = (Kind.PARK, Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT, Kind.PLACE, Kind.INDUSTRY)

_WORD_TAGS = (
    *("n", "f", "s", "nw", "nz", "v", "vd", "vn", "a", "ad", "an", "d", "m", "q", "r", "p", "c", "u", "xc", "w"),
    *("PER", "LOC", "ORG", "TIME", "t", "i", "l", "j", "ns", "nr", "nt", "y", "e", "o", "k", "h", "g", "x", "z", "b"),
)
_WORD_CODE = {tag: 1 + 4 * number for number, tag in enumerate(_WORD_TAGS)}
WORD_CODES = 1 + 4 * (len(_WORD_TAGS) + 1)
"""How many values the word feature takes: 0 (no word known), then tag by place in the word."""

PLACE_CODES = 5
END_CODES = 1 + 2 * len(KINDS)
CHARACTERS = 4096

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of each character of a window: word (tag and place in it), place name, ending of names."""

    word: Codes
    place: Codes
    ending: Codes


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences in a row, joined by a space: the text and where each sentence (by number) starts in it."""

    text: str
    sentences: tuple[tuple[int, int], ...]


def windows(sentences: Sequence[str], longest: int = LONGEST) -> list[Window]:
    """Consecutive sentences packed into windows of at most `longest` characters (one sentence at least)."""
    result: list[Window] = []
    held: list[tuple[int, str]] = []
    size = 0
    for number, text in enumerate(sentences):
        if held and size + len(text) + 1 > longest:
            result.append(_window(held))
            held, size = [], 0
        held.append((number, text))
        size += len(text) + 1
    if held:
        result.append(_window(held))
    return result


def _window(held: Sequence[tuple[int, str]]) -> Window:
    starts: list[tuple[int, int]] = []
    place = 0
    for number, text in held:
        starts.append((number, place))
        place += len(text) + 1
    return Window(" ".join(text for _, text in held), tuple(starts))


def features(window: Window, tokens: Sequence[Sequence[Token]]) -> Features:
    """The features of a window; `tokens` are the words of every sentence of the document, by number."""
    word = np.zeros(len(window.text), dtype=np.int64)
    for number, start in window.sentences:
        for token in tokens[number]:
            code = _WORD_CODE.get(token.tag, WORD_CODES - 4)
            first, last = start + token.start, start + token.end
            word[first:last] = code + 1
            word[first], word[last - 1] = code, code + 2
            if last - first == 1:
                word[first] = code + 3
    return Features(word, _places(window.text), _endings(window.text))


def characters(text: str) -> Codes:
    """Each character as a number below CHARACTERS."""
    return np.fromiter((ord(char) % (CHARACTERS - 1) + 1 for char in text), dtype=np.int64, count=len(text))


def _places(text: str) -> Codes:
    codes = np.zeros(len(text), dtype=np.int64)
    for _, first, last in _place_names().find_matches_as_indexes(text):
        codes[first:last] = 2
        codes[first], codes[last - 1] = 1, 3
        if last - first == 1:
            codes[first] = 4
    return codes


def _endings(text: str) -> Codes:
    codes = np.zeros(len(text), dtype=np.int64)
    finder, kinds = _name_endings()
    for number, first, last in finder.find_matches_as_indexes(text):
        codes[first:last] = kinds[number]
        codes[last - 1] = kinds[number] + 1
    return codes


@cache
def _place_names() -> AhoCorasick:
    names = {name for place in lexicon.places() for name in (place.name, place.short) if len(name) > 1}
    return _finder(sorted(names))


@cache
def _name_endings() -> tuple[AhoCorasick, list[int]]:
    known = {suffix.text: suffix.kind for suffix in lexicon.suffixes() if suffix.kind in KINDS}
    return _finder(list(known)), [1 + 2 * KINDS.index(kind) for kind in known.values()]


def _finder(names: list[str]) -> AhoCorasick:
    return AhoCorasick(names, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA)
