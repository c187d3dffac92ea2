"""Folding: one comparison form for all ways to write the same words, with a map back to the original offsets.

In order: invisible characters out; NFKC (widths, ligatures, compatibility forms); spaces inside quotes out;
traditional to simplified (OpenCC `t2s`, which never changes the number of characters), characters that are standard
in both scripts kept; own terms and artefacts of machine-converted pages (`lexicon/script/*.csv`). Case is kept.

Every function here is total: any `str`, half surrogate pairs included, is folded.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick
    from opencc import OpenCC

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
"""Control characters, zero-width and bidi marks, soft hyphen, word joiner, variation selectors, fillers, tags."""

_WIDE = re.compile("[\xa0\u3000\uff01-\uff5e]")
_WIDTH = {"\xa0": " ", "\u3000": " ", **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
"""The part of NFKC that fills Chinese text: one character for one, so it needs no map."""

_OTHER_WIDTH = re.compile(
    "[^\x00-\x9f\xc0-\xff\u2010\u2012-\u2016\u2018-\u2023\u3001-\u3035\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff\uac00-\ud7a3]+"
)
"""Runs that NFKC may change or that may compose with the character before."""

_HAN = "\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_INSIDE = re.compile(f"[{_HAN}]")
_STRAIGHT_QUOTES = re.compile(r'"([ \t]*)([^"\r\n]{1,120}?)([ \t]*)"')
_QUOTE_SPACE = re.compile(
    rf"[“「『《〈【〔]([ \t]+)(?=\S)|([ \t]+)(?=[”」』》〉】〕])|‘([ \t]+)(?=[{_HAN}])|(?<=[{_HAN}])([ \t]+)(?=’)"
)
_QUOTE_MARKS = "“”‘’「」『』《》〈〉【】〔〕"
_BREAK = re.compile("[ \t]*(?:\r\n|[\n\r\x0b\x0c\x85\u2028\u2029])[ \t]*")
_KEPT = re.compile("[乾昇陞吒薹麴\ud800-\udfff]")
"""Characters of the simplified standard that t2s changes all the same: kept unless a word of the term table says so.
Half surrogate pairs, which nothing can convert, are kept as well."""

_SURROGATE = re.compile("[\ud800-\udfff]")

Edit = tuple[int, int, str]
"""Replace [start, end) of a text by a string."""


@dataclass(frozen=True, slots=True)
class _Step:
    """The edits of one step: spans of the result and of the source, both sorted, plain 1:1 text between them."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    source_starts: tuple[int, ...]
    source_ends: tuple[int, ...]

    def low(self, position: int) -> int:
        """Where the character at `position` of the result starts in the source."""
        last = bisect_right(self.starts, position) - 1
        if last < 0:
            return position
        if position < self.ends[last]:
            return self.source_starts[last]
        return self.source_ends[last] + position - self.ends[last]

    def high(self, position: int) -> int:
        """Where the character that ends at `position` (at least 1) of the result ends in the source."""
        last = bisect_right(self.starts, position - 1) - 1
        if last < 0:
            return position
        if position <= self.ends[last]:
            return self.source_ends[last]
        return self.source_ends[last] + position - self.ends[last]


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `original` leads back to the text that was folded."""

    text: str
    steps: tuple[_Step, ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text, in code points, that [start, end) of the folded text came from.

        Invisible characters inside it belong to it, those at its rims do not. An empty span stays empty.
        Raises IndexError unless 0 <= start <= end <= len(self.text).
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"[{start}, {end}) is no span of a text of {len(self.text)} characters")
        empty = start == end
        for step in reversed(self.steps):
            start, end = step.low(start), end if empty else step.high(end)
        return (start, start) if empty else (start, end)


def fold(text: str, join: bool = False) -> Folded:
    """The comparison form of a text with the map back to it.

    With `join`, line breaks inside the text count as wrapping: dropped between Chinese characters, else one space
    (for a single sentence; a whole document would lose its lines).
    """
    work = _Work(text)
    work.edit((m.start(), m.end(), "") for m in _INVISIBLE.finditer(work.text))
    work.text = _WIDE.sub(lambda wide: _WIDTH[wide[0]], work.text)
    if not unicodedata.is_normalized("NFKC", work.text):
        work.edit(_compatibility(work.text))
    if join:
        work.edit(_joins(work.text))
    work.edit(_quote_spaces(work.text))
    work.text = _simplified(work.text)
    work.edit(_terms(work.text))
    return Folded(work.text, tuple(work.steps))


def bare(text: str) -> str:
    """The key under which two writings of a name are the same: folded, lower case, no white space."""
    return "".join(fold(text).text.casefold().split())


class _Work:
    """A text on its way through the steps."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.steps: list[_Step] = []

    def edit(self, edits: Iterable[Edit]) -> None:
        """Apply edits (sorted, not overlapping) and remember them; edits that change nothing are dropped."""
        parts: list[str] = []
        rows: list[tuple[int, int, int, int]] = []
        done = length = 0
        for start, end, new in edits:
            if self.text[start:end] == new:
                continue
            length += start - done
            parts += (self.text[done:start], new)
            rows.append((length, length + len(new), start, end))
            length += len(new)
            done = end
        if not rows:
            return
        parts.append(self.text[done:])
        self.text = "".join(parts)
        starts, ends, source_starts, source_ends = zip(*rows, strict=True)
        self.steps.append(_Step(starts, ends, source_starts, source_ends))


def _compatibility(text: str) -> Iterator[Edit]:
    """NFKC of every cluster (a character and what may compose with it) that is not in that form."""
    for found in _OTHER_WIDTH.finditer(text):
        start, end = max(found.start() - 1, 0), found.end()
        run = text[start:end]
        form = unicodedata.normalize("NFKC", run)
        if form == run:
            continue
        clusters = list(_clusters(run))
        forms = [unicodedata.normalize("NFKC", cluster) for cluster in clusters]
        if "".join(forms) != form:
            yield start, end, form
            continue
        for cluster, new in zip(clusters, forms, strict=True):
            yield start, start + len(cluster), new
            start += len(cluster)


def _clusters(run: str) -> Iterator[str]:
    start = 0
    for position in range(1, len(run)):
        character = run[position]
        if unicodedata.combining(character) or "\u1161" <= character <= "\u11ff":
            continue
        yield run[start:position]
        start = position
    yield run[start:]


def _joins(text: str) -> Iterator[Edit]:
    for found in _BREAK.finditer(text):
        around = text[max(found.start() - 1, 0) : found.start()] + text[found.end() : found.end() + 1]
        yield found.start(), found.end(), "" if len(_HAN_INSIDE.findall(around)) == 2 else " "


def _quote_spaces(text: str) -> Iterator[Edit]:
    spans: list[tuple[int, int]] = []
    if any(mark in text for mark in _QUOTE_MARKS):
        spans = [found.span(found.lastindex or 0) for found in _QUOTE_SPACE.finditer(text)]
    if '" ' in text or ' "' in text or '"\t' in text or '\t"' in text:
        for found in _STRAIGHT_QUOTES.finditer(text):
            if _HAN_INSIDE.search(found[2]):
                spans += [found.span(1), found.span(3)]
    done = 0
    for start, end in sorted(spans):
        if start >= done and start < end:
            yield start, end, ""
            done = end


def _simplified(text: str) -> str:
    """Traditional to simplified, character for character."""
    if text.isascii():
        return text
    try:
        new = _opencc().convert(text)
    except UnicodeEncodeError:  # half a surrogate pair
        new = _opencc().convert(_SURROGATE.sub("\ufffd", text))
    if len(new) != len(text):  # no entry of t2s does so; should one come, each character goes alone
        new = "".join(_simplified_one(character) for character in text)
    parts: list[str] = []
    done = 0
    for kept in _KEPT.finditer(text):
        parts += (new[done : kept.start()], kept[0])
        done = kept.end()
    return "".join((*parts, new[done:])) if parts else new


def _simplified_one(character: str) -> str:
    try:
        new = _opencc().convert(character)
    except UnicodeEncodeError:
        return character
    return new if len(new) == 1 else character


def _terms(text: str) -> Iterator[Edit]:
    """Words of the term and artefact tables, the longest first from the left, unless their surroundings forbid it."""
    if text.isascii():
        return
    matcher, rows = _table()
    for index, start, end in matcher.find_matches_as_indexes(_SURROGATE.sub("\ufffd", text)):
        word = rows[index]
        if word.unless_before and text.endswith(word.unless_before, 0, start):
            continue
        if word.unless_after and text.startswith(word.unless_after, end):
            continue
        yield start, end, word.new


@dataclass(frozen=True, slots=True)
class _Word:
    old: str
    new: str
    unless_before: tuple[str, ...]
    unless_after: tuple[str, ...]


@lru_cache(maxsize=1)
def _table() -> tuple[AhoCorasick, tuple[_Word, ...]]:
    from ahocorasick_rs import AhoCorasick, MatchKind

    rows: list[_Word] = []
    for name in ("artefacts.csv", "terms.csv"):
        path = files("ingest") / "lexicon" / "script" / name
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            before, after = (tuple(filter(None, row[key].split("|"))) for key in ("unless_before", "unless_after"))
            rows.append(_Word(row["word"], row["replacement"], before, after))
    return AhoCorasick([row.old for row in rows], matchkind=MatchKind.LeftmostLongest), tuple(rows)


@lru_cache(maxsize=1)
def _opencc() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")
