"""A statement as tokens: plain letters and signs, comments left out, everything doubtful refused with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from graph.errors import InputError
from graph.statement.allowed import LETTERS, TOKENS


class Sort(StrEnum):
    """What a token is."""

    WORD = "word"
    TEXT = "text"  # the value of a string
    INTEGER = "integer"
    DECIMAL = "decimal"
    PARAMETER = "parameter"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `start` and `end` are its place in the statement."""

    sort: Sort
    text: str
    start: int
    end: int


_WORD = "[A-Za-z_\u3400-\u4dbf\u4e00-\u9fff][A-Za-z0-9_\u3400-\u4dbf\u4e00-\u9fff]*"
_TOKEN = re.compile(
    rf"""
      (?P<blank>[ \t\r\n]+|//[^\r\n]*|/\*.*?\*/)
    | (?P<word>{_WORD})
    | (?P<decimal>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
    | (?P<integer>[0-9]+)
    | (?P<parameter>\$[A-Za-z][A-Za-z0-9_]*)
    | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<sign><>|<=|>=|=~|\.\.|/(?!\*)|[-+*%^=<>()\[\]{{}},.:;|])
    """,
    re.VERBOSE | re.DOTALL,
)
_GLUED = re.compile(r"[A-Za-z0-9_]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "t": "\t", "r": "\r"}
_ADVICE = {
    "`": "backticks are not read; write names in plain letters",
    "\\": "escapes are read in strings only; write the character itself",
    "'": "this string has no end; close it with '",
    '"': 'this string has no end; close it with "',
    "/": "this comment has no end; close it with */",
    "$": "a parameter is $ and a name in plain letters",
    "!": "not equal is <>, and not is NOT",
    "&": "one label a node is all there is; use | for either",
}


def place(statement: str, at: int) -> str:
    """A place in words: `line 1, column 8`."""
    before = statement[:at]
    return f"line {before.count(chr(10)) + 1}, column {at - before.rfind(chr(10))}"


def refuse(statement: str, at: int, reason: str) -> NoReturn:
    """Raises InputError with the place and the reason."""
    raise InputError(f"{place(statement, at)}: {reason}")


def tokens(statement: str) -> list[Token]:
    """The tokens of a statement, closed by one of the sort END. Raises InputError with the place of what is wrong."""
    if len(statement) > LETTERS:
        raise InputError(f"a statement of {len(statement):,} characters; {LETTERS:,} are read, use parameters for data")
    _no_hidden(statement)
    found = list(_tokens(statement))
    if len(found) > TOKENS:
        raise InputError(f"a statement of {len(found):,} words and signs; {TOKENS:,} are read, use parameters for data")
    return [*found, Token(Sort.END, "", len(statement), len(statement))]


def _no_hidden(statement: str) -> None:
    """Refuse characters that are not seen, wherever they stand."""
    for at, char in enumerate(statement):
        if not char.isprintable() and char not in "\t\r\n\u3000\u00a0":
            refuse(statement, at, f"the character U+{ord(char):04X} is not to be seen; give it in a parameter")


def _tokens(statement: str) -> Iterator[Token]:
    at = 0
    while at < len(statement):
        match = _TOKEN.match(statement, at)
        if match is None:
            _unreadable(statement, at)
        assert match.lastgroup is not None
        if match.lastgroup != "blank":
            yield _token(statement, match.lastgroup, match[0], at)
        at = match.end()


def _token(statement: str, group: str, text: str, at: int) -> Token:
    sort, end = Sort(group), at + len(text)
    if sort in (Sort.INTEGER, Sort.DECIMAL) and _GLUED.match(statement, end):
        refuse(statement, at, "a number ends where letters begin; separate them")
    if sort is Sort.INTEGER and int(text) > 2**63 - 1:
        refuse(statement, at, "a whole number has at most 63 bits")
    if sort is Sort.TEXT:
        text = _value(statement, text[1:-1], at + 1)
    return Token(sort, text.removeprefix("$") if sort is Sort.PARAMETER else text, at, end)


def _value(statement: str, inner: str, at: int) -> str:
    """What a string stands for."""

    def plain(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            refuse(statement, at + match.start(), f"\\{match[1]} is not read; write the character, or a parameter")
        return _ESCAPES[match[1]]

    return _ESCAPE.sub(plain, inner)


def _unreadable(statement: str, at: int) -> NoReturn:
    char = statement[at]
    if char in _ADVICE:
        refuse(statement, at, _ADVICE[char])
    if "\uff01" <= char <= "\uff5e" or char == "\u3000":
        refuse(
            statement,
            at,
            f"{char!r} is a full-width character; write it as {chr((ord(char) - 0xFEE0) & 0x7F)!r}"
            if char != "\u3000"
            else "this is a full-width space; write a plain one",
        )
    refuse(statement, at, f"{char!r} has no meaning outside a string; leave it out or put it into a parameter")
