"""Amounts of money in a sentence: 3.5亿元 = 350000000 CNY."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple


class Amount(NamedTuple):
    """An amount at [start, end); `approximate` if the text says 近, 余, 约, 超 …"""

    start: int
    end: int
    value: int | float
    currency: str
    approximate: bool


_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_CURRENCIES = (
    ("USD", "美元|美金|US\\$|USD|US dollars?|\\$"),
    ("EUR", "欧元|EUR|€|euros?"),
    ("HKD", "港元|港币|HK\\$|HKD"),
    ("JPY", "日元|日圆|JPY|yen"),
    ("TWD", "新台币|台币|NT\\$|TWD"),
    ("GBP", "英镑|GBP|£"),
    ("KRW", "韩元|KRW|won"),
    ("SGD", "新加坡元|新元|S\\$|SGD"),
    ("CNY", "人民币|RMB|CNY|¥|yuan|renminbi"),
)
_ANY = "|".join(pattern for _, pattern in _CURRENCIES)
_APPROXIMATE = "超过|超|逾|近|约|大约|接近|不少于|至少|高达|about|around|nearly|over|more than|some|up to"
_AMOUNT = re.compile(
    rf"(?P<before>{_ANY})? ?(?P<about>{_APPROXIMATE})? ?"
    r"(?:(?<!第)(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|"
    r"[零〇一二三四五六七八九十百千两]+(?:万[零〇一二三四五六七八九十百千两]+)?)|"
    r"(?<=[近约超逾])(?=[百千万亿]))(?P<more>余|多)?"
    r"(?P<unit>万亿|千亿|百亿|十亿|千万|百万|亿|万|(?: ?(?:trillion|billion|million|bn|m)\b))?(?P<more2>余|多)?"
    rf" ?(?P<yuan>元|圆)?(?P<after>{_ANY})?"
)
_ENGLISH = {"trillion": 10**12, "billion": 10**9, "bn": 10**9, "million": 10**6, "m": 10**6}


def amounts(text: str) -> list[Amount]:
    """The amounts of money in a folded sentence, left to right; numbers without a currency are none."""
    found = []
    for match in _AMOUNT.finditer(text):
        if not (match["before"] or match["yuan"] or match["after"]):
            continue
        amount = _amount(match)
        if amount is not None:
            found.append(amount)
    return found


def _amount(match: re.Match[str]) -> Amount | None:
    number = _number(match["number"]) if match["number"] else Decimal(1)
    if number is None:
        return None
    value = number * _unit((match["unit"] or "").strip())
    currency = _currency(match["after"]) or _currency(match["before"]) or "CNY"
    plain: int | float = int(value) if value == int(value) else float(value)
    return Amount(match.start(), match.end(), plain, currency, bool(match["about"] or match["more"] or match["more2"]))


def _unit(text: str) -> int:
    if text in _ENGLISH:
        return _ENGLISH[text]
    result = 1
    for char in text:
        result *= _UNITS[char]
    return result


def _currency(text: str | None) -> str:
    if not text:
        return ""
    return next(code for code, pattern in _CURRENCIES if re.fullmatch(pattern, text))


def _number(text: str) -> Decimal | None:
    if text[0].isdigit():
        return Decimal(text.replace(",", ""))
    total = section = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char == "万":
            total, section, digit = (section + digit) * _UNITS[char], 0, 0
        else:
            section += (digit or 1) * _UNITS[char]
            digit = 0
    total += section + digit
    return Decimal(total) if total else None
