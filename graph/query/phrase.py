"""An answer in sentences that somebody else wrote, held against what they may use: the rows and the quotes.

Everything that is shown to the writer is numbered, and a sentence stands only if

    it cites numbers that exist;
    its quotations stand word for word in what it cites, and so do its Latin names and all writing that is not Chinese
    or plain English;
    each of its numbers, in digits or in words, is one of what it cites;
    each name of the graph in it is there by one of its names;
    what is left between plain words (`PLAIN`) stands there word for word.

Nothing here can tell whether a sentence says what its sources say: they stand beside it for that.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from graph.query.plain import ENGLISH, NUMERALS, PLAIN, numeral
from graph.search.names import Named, occurrences

ROWS, QUOTES = 20, 40
"""So many rows and quotes of an answer may be used."""

LONGEST_SOURCE, LONGEST_WHOLE = 1_500, 20_000
"""Characters of one row or quote, and of all together."""

SENTENCES, LONGEST = 12, 400
"""So many sentences are taken, each of so many characters."""

_APART = frozenset(
    {"id", "ids", "evidence", "start", "end", "mark_start", "mark_end", "rule", "confidence", "document"}
)
"""Keys of rows that say nothing to a reader."""

_WIDE = r"\u3400-\u9fff\U00020000-\U0003ffff"
_NUMBER = re.compile(r"(?:(?<![\w)])[-−])?\d(?:[\d,]*\d)?(?:\.\d+)?")
_QUOTED = re.compile(r"“([^“”]*)”|「([^「」]*)」|『([^『』]*)』|‘([^‘’]*)’|《([^《》]*)》|\"([^\"]*)\"")
_QUOTING = frozenset('“”「」『』‘《》"')
_MARKS = re.compile(r"\s*\[(\d{1,4}(?:\s*[,，、]\s*\d{1,4})*)\]")
_WORD = re.compile(rf"[^\W\d_{_WIDE}](?:[^\W_{_WIDE}]|[.&+'’-](?=\w))*")
_HAN = re.compile(f"[{_WIDE}]+")
_SIGNS = frozenset(" ,.;:!?()'-–—·、。…%&+/−~") | _QUOTING | {"’"}


@dataclass(frozen=True, slots=True)
class Source:
    """What may be used: a row of the answer (`of` its position, from 0) or a piece of evidence (`of` its id)."""

    number: int
    kind: str  # row or evidence
    of: str
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the numbers of the sources that bear it."""

    text: str
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """What sentences are held against: the sources, folding as for the graph's names, and what names may stand in."""

    sources: Mapping[int, Source]
    fold: Callable[[str], str]
    named: Callable[[str], Iterable[Named]]


def sources(rows: Sequence[Mapping[str, Any]], quotes: Iterable[Mapping[str, Any]]) -> list[Source]:
    """What may be used of an answer, numbered from 1: its first rows, then the sentences of its first quotes.

    >>> [(one.number, one.text) for one in sources([{"park": "甲园", "ties": 3, "id": "p"}], [])]
    [(1, 'park: 甲园; ties: 3')]
    """
    told = [("row", str(at), _told(row)) for at, row in enumerate(rows[:ROWS])]
    told += [("evidence", str(piece["id"]), _said(piece)) for piece in list(quotes)[:QUOTES]]
    found: list[Source] = []
    left = LONGEST_WHOLE
    for kind, of, text in told:
        text = text[: min(left, LONGEST_SOURCE)]
        if text:
            left -= len(text)
            found.append(Source(len(found) + 1, kind, of, text))
    return found


def held(said: object, bench: Bench) -> tuple[list[Sentence], int]:
    """The sentences that stand, of what somebody wrote as [{"text": …, "cites": […]}], and how many do not."""
    given = said if isinstance(said, list) else [said]
    kept = [sentence for one in given[:SENTENCES] if (sentence := _held(one, bench))]
    return kept, len(given) - len(kept)


def _held(one: object, bench: Bench) -> Sentence | None:
    if not isinstance(one, dict) or not isinstance(one.get("text"), str) or not isinstance(one.get("cites"), list):
        return None
    text = unicodedata.normalize("NFC", one["text"]).strip()
    cites = [*one["cites"], *(int(number) for mark in _MARKS.findall(text) for number in re.findall(r"\d+", mark))]
    text = _MARKS.sub("", text)
    if not text or len(text) > LONGEST or not text.isprintable():
        return None
    if not cites or any(type(number) is not int or number not in bench.sources for number in cites):
        return None
    numbers = tuple(dict.fromkeys(cites))
    borne = _bears("\n".join(bench.sources[number].text for number in numbers), text, bench)
    return Sentence(text, numbers) if borne else None


def _bears(cited: str, text: str, bench: Bench) -> bool:
    """Whether all that can be checked of a text stands in what it cites."""
    there, left = _plain(cited, bench.fold), _plain(text, bench.fold)
    for found in _QUOTED.finditer(left):
        if not (quote := "".join(part or "" for part in found.groups()).strip()) or quote not in there:
            return False
    left = _QUOTED.sub("\n", left)
    if any(sign in _QUOTING for sign in left):
        return False
    for one in reversed(occurrences(left, bench.named(left))):
        names = [name for name in one.entity.names if name.casefold() in there.casefold()]
        if not names:
            return False
        if left[one.start : one.end].casefold() not in there.casefold():  # written as the source writes it
            left = f"{left[: one.start]}{max(names, key=len)}{left[one.end :]}"
    return _numbers(left) <= _numbers(there) and _written(left, there)


def _written(left: str, there: str) -> bool:
    """Whether the words of what is left stand in what is cited, or are plain ones."""
    if any(not (sign.isalnum() or sign in _SIGNS or sign == "\n") for sign in left):
        return False
    known = _numbers(there)
    for word in _WORD.findall(left):
        if (value := numeral(word.casefold())) is not None and value not in known and not _holds(there, word):
            return False
    if not all(_holds(there, run) for run in _proper(left)):
        return False
    runs = _HAN.findall(left)
    return all(_stands(run, start, end, there, known) for run in runs for start, end in _pieces(run))


def _stands(run: str, start: int, end: int, there: str, known: frozenset[Decimal]) -> bool:
    """Whether a piece between plain words is one of the source; a single character with one beside it."""
    piece = run[start:end]
    if NUMERALS.issuperset(piece) and numeral(piece) in known:
        return True
    if len(piece) > 1:
        return piece in there
    around = [run[start - 1 : end] if start else "", run[start : end + 1] if end < len(run) else ""]
    return any(pair in there for pair in around if pair) or (len(run) == 1 and piece in there)


def _proper(text: str) -> list[str]:
    """Runs of words that name something: with a capital, a digit, a dot inside or letters that are not plain Latin."""
    runs: list[tuple[int, str]] = []  # end and words
    for found in _WORD.finditer(text):
        word = found[0]
        letters = re.sub("['’-]", "", word)
        if (letters.isascii() and letters.isalpha() and letters.islower()) or word.casefold() in ENGLISH:
            continue
        if runs and text[runs[-1][0] : found.start()] in (" ", " & "):
            runs[-1] = (found.end(), f"{runs[-1][1]}{text[runs[-1][0] : found.start()]}{word}")
        else:
            runs.append((found.end(), word))
    return [run for _, run in runs]


def _holds(there: str, words: str) -> bool:
    """Whether Latin words stand in a text, not as a part of longer ones; case does not count."""
    within = rf"(?<![^\W_{_WIDE}]){re.escape(words)}(?![^\W_{_WIDE}])"
    return re.search(within, there, re.IGNORECASE) is not None


def _pieces(run: str) -> list[tuple[int, int]]:
    """Where what is left of a run of Chinese characters stands between the plain words in it, longest words first."""
    found, at = [], 0
    for word in _plain_words().finditer(run):
        found += [(at, word.start())] if word.start() > at else []
        at = word.end()
    return [*found, *([(at, len(run))] if at < len(run) else [])]


@cache
def _plain_words() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, PLAIN), key=len, reverse=True)))


def _numbers(text: str) -> frozenset[Decimal]:
    """The numbers of a text in digits; 05 is 5, 1,200 is 1200."""
    return frozenset(
        Decimal(found.replace(",", "").replace("−", "-")).normalize() for found in _NUMBER.findall(text) if found
    )


def _plain(text: str, fold: Callable[[str], str]) -> str:
    """A text in the comparison form, with single spaces."""
    return re.sub(r"[ \t]+", " ", unicodedata.normalize("NFKC", fold(text)))


def _told(row: Mapping[str, Any]) -> str:
    return "; ".join(filter(None, (_pair(key, value) for key, value in row.items() if key not in _APART)))


def _pair(key: str, value: Any) -> str:
    said = _value(value)
    return f"{key.replace('_', ' ')}: {said}" if said else ""


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = _told(value)
        return f"({inside})" if inside else ""
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_value, value)))
    if isinstance(value, float):
        return _rounded(value)
    return "" if value is None or value == "" else value if isinstance(value, str) else json.dumps(value)


def _rounded(value: float) -> str:
    """A number as a reader wants it, to be copied as it is.

    >>> _rounded(12345.6), _rounded(0.123456), _rounded(2.0)
    ('12346', '0.1235', '2')
    """
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}" if abs(value) >= 1e-4 or not value else "0"


def _said(piece: Mapping[str, Any]) -> str:
    """A quote with what stands beside it: its sentence, then title, day, kinds and status."""
    kinds = ", ".join(piece.get("kinds") or ())
    beside = (piece.get("title"), piece.get("published"), kinds, piece.get("status"), piece.get("date"))
    return " | ".join(str(one) for one in (piece.get("sentence") or piece["quote"], *beside) if one)
