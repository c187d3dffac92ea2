"""What is left of a question, word by word: what may be a name that nobody knows, and what says nothing by itself.

A segmenter cuts the question into words with their parts of speech. A name is where it hears one (ORG, LOC, PER, nz),
or where a noun is in no dictionary; particles, pronouns and adverbs say nothing; other words are not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from graph.query.dates import Span

PROPER = frozenset(("ORG", "LOC", "PER", "nz", "nw"))
"""Parts of speech of names."""

GOES_ON = ("vn", "a", "an")
"""Parts of speech that may go on a name."""

SILENT = frozenset(("d", "r", "u", "p", "c", "q", "f", "s", "m", "xc", "w", "TIME"))
"""Parts of speech that say nothing alone: adverbs, pronouns, particles, prepositions, numerals and the like."""

LIKE_FIRM = re.compile(
    "(?:科技|光电|半导体|生物|医药|制药|集团|股份|电子|能源|储能|智能|机器人|航天|航空|材料|新材|汽车|软件|数据|精密|精工"
    "|重工|通信|网络|公司)$"
)
LIKE_PLACE = re.compile(
    "(?:园|园区|科技城|科学城|新城|高新区|经开区|开发区|保税区|大学|学院|研究院|研究所|实验室|医院)$"
)
"""Endings of names of firms, and of parks and institutions."""

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
SHORTEST = 2


class Word(NamedTuple):
    """[start, end) of a question, its part of speech, and whether a dictionary of common words has it."""

    start: int
    end: int
    tag: str
    common: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What a piece that was left holds: what may be names, other nouns, and other words that say something."""

    names: tuple[Span, ...] = ()
    nouns: tuple[Span, ...] = ()
    words: tuple[Span, ...] = ()


def noun(word: Word) -> bool:
    """Whether a word is a noun or a name."""
    return word.tag in PROPER or word.tag[:1] == "n"


def naming(word: Word) -> bool:
    """Whether a word sounds like a name: by its part of speech, or as a noun that no dictionary has."""
    return word.tag in PROPER or (word.tag[:1] == "n" and not word.common and word.end - word.start >= SHORTEST)


def foreign(word: Word) -> bool:
    """Whether a word makes another name of one that it touches: it sounds like a name, or no dictionary has it."""
    return naming(word) or (not word.common and word.tag not in SILENT and word.end - word.start >= SHORTEST)


def heard(span: Span, text: str, words: Sequence[Word], called: re.Pattern[str]) -> Heard:
    """What [start, end) of a question holds; the words are those of the whole question.

    Before what is `called` (公司, 大学) a word that no dictionary has is a name, however short.

    Without a segmenter there are no words: then two Chinese characters and more count as a name.
    """
    inside = list(clipped(span, words))
    if not inside:
        named = _speaks(text[slice(*span)]) or called.match(text, span[1])
        return Heard(names=(span,)) if named else Heard(words=(span,))
    last = inside[-1]
    if not last.common and last.tag not in SILENT and last.end == span[1] and called.match(text, span[1]):
        return Heard(names=(span,))
    names, rest = _parted(inside, text)
    said = [word for word in rest if word.tag not in SILENT and _speaks(text[word.start : word.end])]
    nouns = [word for word in said if word.tag[:1] == "n"]
    return Heard(tuple(names), _joined(nouns), _joined(word for word in said if word not in nouns))


def clipped(span: Span, words: Iterable[Word]) -> Iterator[Word]:
    """The parts of words that lie within [start, end); a part keeps what is known of its word."""
    start, end = span
    for word in words:
        if word.start < end and word.end > start:
            yield word._replace(start=max(word.start, start), end=min(word.end, end))


def _parted(words: Sequence[Word], text: str) -> tuple[list[Span], list[Word]]:
    """Names (a word that sounds like one, with the nouns that follow), and the words outside of them."""
    names: list[Span] = []
    rest: list[Word] = []
    for group in _nouns(words):
        start = next((at for at, word in enumerate(group) if naming(word)), None)
        if start is None and _like(text[group[0].start : group[-1].end]):
            start = 0
        rest += group if start is None else group[:start]
        if start is not None:
            names.append((group[start].start, group[-1].end))
    return names, rest


def _like(words: str) -> bool:
    """Whether nouns end as names of firms, parks and institutions do, and are more than the ending."""
    return any((found := ending.search(words)) and found.start() >= SHORTEST for ending in (LIKE_FIRM, LIKE_PLACE))


def _nouns(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Neighbouring nouns together, every other word alone."""
    group: list[Word] = []
    for word in words:
        fits = noun(word) or (bool(group) and (foreign(word) or word.tag in GOES_ON))
        if group and (not fits or word.start != group[-1].end):
            yield group
            group = []
        if fits:
            group.append(word)
        else:
            yield [word]
    if group:
        yield group


def _speaks(word: str) -> bool:
    """Whether a word is more than one Chinese character, or a Latin word."""
    return len(HAN.findall(word)) >= SHORTEST or word.isascii()


def _joined(words: Iterable[Word]) -> tuple[Span, ...]:
    """Words that touch, as one span."""
    spans: list[Span] = []
    for word in words:
        if spans and spans[-1][1] == word.start:
            spans[-1] = (spans[-1][0], word.end)
        else:
            spans.append((word.start, word.end))
    return tuple(spans)
