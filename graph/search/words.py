"""The words of a search: what may be asked, and which of them a passage holds."""

from __future__ import annotations

import re

from graph.errors import InputError

LONGEST = 1_000  # characters of a query or question

_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\W_\u3400-\u9fff\U00020000-\U0003ffff]+")
_WIDE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def checked(text: str) -> str:
    """The text itself, stripped. Raises InputError when it is empty, too long, or no text at all."""
    if "\x00" in text or _SURROGATE.search(text):
        raise InputError("the query holds a NUL or half a character; send plain Unicode text.")
    if not text.strip():
        raise InputError("the query is empty; write what to look for.")
    if len(text) > LONGEST:
        raise InputError(f"the query has {len(text)} characters; at most {LONGEST} are read, so shorten it.")
    return text.strip()


def runs(text: str) -> list[str]:
    """The runs of Chinese characters and the words of other scripts, in order; signs are left out.

    >>> runs("A/B测试 and 北京")
    ['A', 'B', '测试', 'and', '北京']
    """
    return _RUN.findall(text)


def shared(query: str, text: str) -> tuple[str, ...]:
    """The words of the query that the text holds, longest pieces of Chinese runs (two characters and more), in order.

    Both are in the comparison form; case does not count.

    >>> shared("武汉的生物园区", "武汉光谷生物城是园区")
    ('武汉', '生物', '园区')
    """
    held = text.casefold()
    words = set(runs(held))
    found: dict[str, None] = {}
    for run in runs(query.casefold()):
        if _WIDE.match(run):
            found |= dict.fromkeys(_pieces(run, held))
        elif run in words:
            found[run] = None
    return tuple(found)


def _pieces(run: str, held: str) -> list[str]:
    if len(run) == 1:
        return [run] if run in held else []
    found, start = [], 0
    while start < len(run) - 1:
        end = start
        while end < len(run) and run[start : end + 1] in held:
            end += 1
        if end - start > 1:
            found.append(run[start:end])
        start = max(end, start + 1)
    return found
