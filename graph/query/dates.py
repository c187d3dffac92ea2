"""Dates and numbers in a question: the window it asks about, and how many rows it wants."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

Span = tuple[int, int]

_DATE = r"((?:19|20)\d\d)(?:\s*年度?|(?=\D|$))(?:(\d{1,2})\s*月(?:份)?(?:(\d{1,2})\s*[日号])?)?"
_ISO = r"((?:19|20)\d\d)(?:-(\d{1,2})(?:-(\d{1,2}))?)?"
_HALF = r"((?:19|20)\d\d)\s*年?\s*(上|下)半年"
_QUARTER = r"((?:19|20)\d\d)\s*年?\s*(?:第?([一二三四1-4])季度|q([1-4]))"
_FORMS = (
    ("half", re.compile(_HALF)),
    ("quarter", re.compile(_QUARTER)),
    ("part", re.compile(r"\b(?:in |during )?(?:the )?(first|second|third|fourth) (half|quarter) of ((?:19|20)\d\d)\b")),
    ("between", re.compile(rf"(?:从|自)?{_DATE}\s*(?:至|到|-|—|~)\s*{_DATE}")),
    ("between", re.compile(rf"\b(?:from|between)\s+{_ISO}\s+(?:to|and|until)\s+{_ISO}")),
    ("until", re.compile(rf"(?:截至|截止到?|直到)\s*{_DATE}\s*年?[底末]?(?:为止)?")),
    ("until", re.compile(rf"到\s*{_DATE}\s*年?[底末](?:为止)?")),
    ("until", re.compile(rf"\b(?:by the end of|as of|up to|through) (?:the end of )?{_ISO}")),
    ("since", re.compile(rf"(?:自|从)?{_DATE}\s*(?:以来|以后|之后|后|起|至今)")),
    ("since", re.compile(rf"\b(?:since|after)\s+{_ISO}")),
    ("before", re.compile(rf"{_DATE}\s*(?:以前|之前|前)")),
    ("before", re.compile(rf"\b(?:before|until)\s+{_ISO}")),
    ("in", re.compile(rf"\b(?:in|during)\s+{_ISO}\b")),
    ("in", re.compile(r"(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])")),
    ("in", re.compile(rf"(?<!\d){_DATE}")),
)
_MANY = r"(\d{1,3}|[一二两三四五六七八九十百]{1,3})"
_SO_MANY = r"(\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twenty)"
_LIMIT = re.compile(
    rf"(?:给我|给出|列出|推荐|找|选|最[\u4e00-\u9fff]{{1,4}}的|哪(?!一))\s*{_MANY}\s*(?:个|家|名|所)(?![月年])"
    rf"|{_MANY}\s*(?:个|家|名|所)(?:以内|之内|名字|就行|就好|即可|候选)"
    rf"|前\s*{_MANY}\s*(?:名|个|家|位|强|所)?(?!\d|年|月)"
    rf"|\b(?:top|first|best)[\s-]*{_SO_MANY}\b|\b(?:at most|up to|no more than|a maximum of)\s+{_SO_MANY}\b"
    rf"|\b(?:the|which|what|list|name|give me|show me)\s+{_SO_MANY}\s+"
    r"(?:[a-z-]+ )?(?:parks|firms|companies|enterprises)\b"
    rf"|\b{_SO_MANY}\s+(?:at (?:the )?most|max(?:imum)?|candidates|names)\b"
)
_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twenty": 20,
}
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_PLACE = re.compile(
    r"第\s*(\d{1,3}|[一二三四五六七八九十百]{1,4})(?=\s*(?:名|位|的|是|吗|呢|$|[?？。]))"
    r"|\b(?:was|is|came(?: in)?|comes?|ranks?|ranked|stands?|stood|placed|in)"
    r" (first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b(?! (?:half|quarter))"
    r"|\bnumber (one)\b"
)
_PARTS = {"上": 1, "下": 2, "first": 1, "half": 6, "quarter": 3}
"""Which half of a year, and how many months a part of it has."""

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Window:
    """Days that a question asks about, both ends included, ISO; "" = open."""

    start: str
    end: str

    def holds(self, day: str) -> bool:
        """Whether a stated date (year, month or day) lies in the window; an unknown date does not."""
        first, last = _days(*(int(part) for part in day.split("-"))) if day else ("", "")
        return bool(day) and (not self.start or last >= self.start) and (not self.end or first <= self.end)


def window(text: str) -> tuple[Window | None, list[Span]]:
    """The window in a question (folded, lower case) and the characters that say it; None if no date is there.

    A year before 以后, 以来 or after since counts in; before it, the day before is the last.
    """
    for kind, form in _FORMS:
        match = form.search(text)
        if match and (found := _window(kind, [_part(part) for part in match.groups()])):
            return found, [match.span()]
    return None, []


def _part(said: str | None) -> int:
    """A number of a date, 0 for a part that was not said."""
    return (_PARTS.get(said) or _number(said)) if said else 0


def _window(kind: str, parts: list[int]) -> Window | None:
    try:
        if kind in ("half", "quarter", "part"):
            year, number = (parts[2], parts[0]) if kind == "part" else (parts[0], parts[1] or parts[-1])
            months = parts[1] if kind == "part" else _PARTS[kind]
            return Window(_days(year, months * (number - 1) + 1)[0], _days(year, months * number)[1])
        first, last = _days(*parts[:3])
        if kind == "until":
            return Window("", last)
        if kind == "between":
            return Window(first, _days(*parts[3:6])[1])
        if kind == "before":
            return Window("", (date.fromisoformat(first) - timedelta(days=1)).isoformat())
        return Window(first, "" if kind == "since" else last)
    except ValueError:  # no such month or day: not a date
        return None


def _days(year: int, month: int = 0, day: int = 0) -> tuple[str, str]:
    """The first and the last day of a year, month or day, ISO."""
    if not month:
        return f"{year:04}-01-01", f"{year:04}-12-31"
    last = day or calendar.monthrange(year, month)[1]
    return date(year, month, day or 1).isoformat(), date(year, month, last).isoformat()


def limit(text: str) -> tuple[int | None, list[Span]]:
    """How many rows a question wants (前十, top 5) and the characters that say it."""
    match = _LIMIT.search(text)
    if not match:
        return None, []
    return _number(next(filter(None, match.groups()))), [match.span()]


def place(text: str) -> int | None:
    """The rank that a question asks for: 2 of 排名第二的园区, 第二名."""
    match = _PLACE.search(text)
    return _number(next(filter(None, match.groups()))) if match else None


def _number(said: str) -> int:
    """A number in digits, in Chinese, or an English word for one up to ten."""
    if said in _ORDINALS:
        return 1 + _ORDINALS.index(said)
    return int(said) if said.isdigit() else _WORDS.get(said) or _chinese(said)


def _chinese(number: str) -> int:
    """A Chinese number below 1000, such as 十, 十二, 三十, 一百."""
    total, digit = 0, 0
    for character in number:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit
