"""Dates that a sentence states, as ISO 8601 texts as precise as the words: 2024, 2024-03, 2024-Q1, 2024-03-15."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple


class Stated(NamedTuple):
    """A date at [start, end) of a sentence; `until` if it is said to be an end (至2025年, 2025年到期)."""

    start: int
    end: int
    text: str
    until: bool = False


_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_CHINESE = re.compile(
    r"(?P<roc>民国)?(?P<year>\d{4}|\d{2,3}|[〇零一二三四五六七八九]{2,4})年"
    r"(?:第?(?P<quarter>[1-4一二三四])季度?|(?P<half>[上下]半年)|(?P<month>\d{1,2}|"
    r"[一二三四五六七八九十]{1,3})月(?:份)?(?:(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?)?"
)
_NUMERIC = re.compile(r"(?<![\d.])(?P<year>(?:19|20)\d{2})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?![\d.])")
_PARTIAL = re.compile(r"(?<![\d年])(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_ENGLISH = re.compile(
    r"\b(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)? )?(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|"
    r"June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
    r"(?: (?P<d2>\d{1,2})(?:st|nd|rd|th)?)?,? (?P<year>(?:19|20)\d{2})\b|\bin (?P<only>(?:19|20)\d{2})\b"
)


def dates(text: str, published: str = "", taiwan: bool = False) -> list[Stated]:
    """The dates in a folded sentence, left to right.

    `published` gives the year of a date without one; `taiwan` lets a year of two or three digits (113年) count as
    one of the Republic. Numbers before other words (113家) are never dates.
    """
    found: list[Stated] = []
    for match in _CHINESE.finditer(text):
        value = _chinese(match, taiwan)
        if value:
            found.append(Stated(match.start(), match.end(), value))
    for match in _NUMERIC.finditer(text):
        value = _joined(int(match["year"]), int(match["month"]), int(match["day"]))
        if value:
            found.append(Stated(match.start(), match.end(), value))
    for match in _ENGLISH.finditer(text):
        if match["only"]:
            found.append(Stated(match.start("only"), match.end(), match["only"]))
            continue
        day = match["d1"] or match["d2"]
        value = _joined(int(match["year"]), _MONTHS[match["month"].lower()], int(day) if day else 0)
        if value:
            found.append(Stated(match.start(), match.end(), value))
    if not found and published[:4].isdigit():
        for match in _PARTIAL.finditer(text):
            value = _joined(int(published[:4]), int(match["month"]), int(match["day"]))
            if value:
                found.append(Stated(match.start(), match.end(), value))
    return sorted(found)


_TO = re.compile(
    r"(?:至|到|止于|截至|为期至|[-—–~]|"
    r"(?:until|till|through|expires? (?:on|in)|ends? (?:on|in)|to)(?: the end of)? ?)$"
)
_RUNS_OUT = re.compile("[^,。;]{0,6}?(?:到期|届满|期满|[终停截]止|为止|止(?=[,。;]|$)|结束|解除|解约|失效|退出)")


def stated(text: str, published: str = "", taiwan: bool = False) -> list[Stated]:
    """The dates of `dates`, those marked that are said to be the end of something: the second of a span, one behind
    至 or before 到期."""
    found = dates(text, published, taiwan)
    return [one._replace(until=_is_end(text, one, found[:number])) for number, one in enumerate(found)]


def _is_end(text: str, one: Stated, before: list[Stated]) -> bool:
    if before and _TO.fullmatch(text[before[-1].end : one.start].strip()):
        return before[-1].text[:4] <= one.text[:4]
    return bool(_UNTIL.search(text, 0, one.start) or _RUNS_OUT.match(text, one.end))


_UNTIL = re.compile(
    r"(?:有效期|期限|租期|合同期|协议期|服务期|延长|延续|持续|续签|续约)[^,。;]{0,8}[至到]$|"
    r"\b(?:until|till|expire[sd]?|end(?:s|ed)?|terminated)(?: on| in| at)?(?: the end of)? ?$"
)


def _chinese(match: re.Match[str], taiwan: bool) -> str:
    year_text = match["year"].translate(_DIGITS)
    if not year_text.isdigit():
        return ""
    year = int(year_text)
    if match["roc"] or (taiwan and len(year_text) in (2, 3) and 38 <= year <= 199):
        year += 1911
    elif len(year_text) == 2 and match["month"] and not taiwan:
        year += 2000 if year < 50 else 1900
    if not 1800 <= year <= 2200:
        return ""
    if match["quarter"]:
        return f"{year}-Q{match['quarter'].translate(_DIGITS)}"
    if match["half"]:
        return str(year)
    month = _number(match["month"]) if match["month"] else 0
    return _joined(year, month, _number(match["day"]) if match["day"] else 0)


def _number(text: str) -> int:
    """A number below 100 in digits or Chinese."""
    if text.isdigit():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (int(tens.translate(_DIGITS)) if tens else 1) * 10 + (int(ones.translate(_DIGITS)) if ones else 0)
    return int(text.translate(_DIGITS))


def _joined(year: int, month: int, day: int) -> str:
    """The date as ISO text, "" if there is no such day."""
    try:
        datetime.date(year, month or 1, day or 1)
    except ValueError:
        return ""
    if day and month:
        return f"{year:04d}-{month:02d}-{day:02d}"
    return f"{year:04d}-{month:02d}" if month else f"{year:04d}"
