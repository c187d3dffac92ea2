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


def placed(text: str) -> list[tuple[int, int]]:
    """Where the runs of a text stand.

    >>> placed("A/B 测试")
    [(0, 1), (2, 3), (4, 6)]
    """
    return [found.span() for found in _RUN.finditer(text)]


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


_ASKING = re.compile(
    "哪[些个家里所座儿]?|什么|怎么|怎样|如何|为什么|为何|多少|是否|有没有|有哪些|请问|一下"
    "|[的了和与及或在于对向由将把被让给从到是为以而并也都还就又所其之这那该各等吗呢吧啊谁地得着过]"
)
"""Chinese words that say nothing of what is looked for; no pair of characters goes over them."""

_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been both but by can did do does for from had has have how i in into is it its of on or "
        "our s she so such than that the their them then there these they this those to was we were what when where "
        "which who whom whose why will with would you your he his her not no any all some about me show list find tell",
    )
)


def terms(text: str) -> tuple[str, ...]:
    """What is compared of a text, repeated as there: pairs of Chinese characters, stems of words of other scripts.

    The text is in the comparison form; words that say nothing (的, 哪些, the, of) are left out.

    >>> terms("武汉的生物园区 and companies"), terms("芯"), terms("batteries battery")
    (('武汉', '生物', '物园', '园区', 'company'), ('芯',), ('battery', 'battery'))
    """
    found: list[str] = []
    for run in runs(text.casefold()):
        if not _WIDE.match(run):
            if run not in _SMALL:
                found.append(stem(run))
            continue
        for piece in filter(None, _ASKING.split(run)):
            found += [piece[at : at + 2] for at in range(len(piece) - 1)] or [piece]
    return tuple(found)


def stem(word: str) -> str:
    """An English word without the ending of its form: enough that forms of one word meet; not always a word itself.

    >>> [stem(word) for word in ("companies", "signed", "signing", "makers", "glass", "5g", "swapped", "releases")]
    ['company', 'sign', 'sign', 'maker', 'glass', '5g', 'swap', 'releas']
    """
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            bare = word[: -len(ending)]
            word = bare[:-1] if bare[-1] == bare[-2] and bare[-1] not in "lsez" else bare
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def wide(text: str) -> bool:
    """Whether a text is mostly Chinese: a fifth of its letters and more."""
    chinese = len(_WIDE.findall(text))
    return chinese > 0 and 5 * chinese >= sum(map(str.isalpha, text))
