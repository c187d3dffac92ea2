"""Stated dates to ISO 8601, as precise as stated and never shifted by a time zone."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TIME = r"(?:[t\s,]+\d{1,2}[:时時点點].*)?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s*)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<y>\d{{4}})-(?P<m>\d{{1,2}})(?:-(?P<d>\d{{1,2}}){_TIME})?",
        rf"(?P<y>\d{{4}})/(?P<m>\d{{1,2}})(?:/(?P<d>\d{{1,2}}){_TIME})?",
        rf"(?P<y>\d{{4}})\.(?P<m>\d{{1,2}})(?:\.(?P<d>\d{{1,2}}){_TIME})?",
        r"(?P<y>\d{4})年?",
        rf"(?P<y>\d{{4}})\s*年\s*(?P<m>\d{{1,2}})\s*月(?:份|\s*(?P<d>\d{{1,2}})\s*[日号號](?:星期.)?{_TIME}|.{{0}})",
        r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?:t?\d{4,6}z?)?",
        rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+{_MONTH},?[\s-]+(?P<y>\d{{4}}){_TIME}",
        rf"{_WEEKDAY}{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}){_TIME}",
        rf"{_MONTH},?\s+(?P<y>\d{{4}})",
    )
)
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HAN_NUMBER = re.compile("(?:[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=[月日号號])")
_HAN_YEAR = re.compile("[〇○零一二三四五六七八九]{4}(?=年)")


def iso_date(stated: str) -> str | None:
    """The date as YYYY, YYYY-MM or YYYY-MM-DD; "" for nothing stated, None for a form that is not known.

    A time and its zone are left out, not applied: 2024-01-01T00:30:00+08:00 is 2024-01-01.
    """
    text = unicodedata.normalize("NFKC", stated).strip()
    if not text:
        return ""
    text = _HAN_YEAR.sub(lambda found: found[0].translate(_HAN_DIGITS), text)
    text = _HAN_NUMBER.sub(lambda found: str(_number(found[0])), text)
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _checked(found.groupdict())
    return None


def _number(han: str) -> int:
    """一 to 三十一."""
    tens, ten, ones = han.rpartition("十")
    value = int(ones.translate(_HAN_DIGITS) or 0)
    return value + 10 * int(tens.translate(_HAN_DIGITS) or 1) if ten else value


def _checked(parts: dict[str, str | None]) -> str | None:
    year = int(parts["y"] or 0)
    name = parts.get("name")
    month = _MONTHS.index(name.lower()) + 1 if name else int(parts.get("m") or 0)
    day = int(parts.get("d") or 0)
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    if (parts.get("m") and not month) or (parts.get("d") and not day):
        return None
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
