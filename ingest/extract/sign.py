"""Where a text speaks of a topic that measures ask for: 产城融合 (homes, schools and shops beside work), 首台套.

A sign is a word of `ingest/lexicon/signs.csv` in a sentence that says it is there: what is denied, planned or over is
none. Signs become the evidence of a park where the passage names the park (`behind`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from graph.model import Relation, Status
from ingest import lexicon
from ingest.extract.status import status

INTEGRATION, FIRST = "产城融合", "首台套"
"""The topics."""

_END = re.compile(r"[。！？!?;；\n]")
_NOT_THERE = frozenset({Status.DENIED, Status.ANNOUNCED, Status.ENDED})
_LACK = re.compile("缺乏|缺少|缺失|短缺|不足|滞后|匮乏|薄弱|欠缺|没有|尚无|lack")


@dataclass(frozen=True, slots=True)
class Sign:
    """A word that speaks of a topic, where it stands in the text."""

    topic: str
    about: str  # housing, schools, retail, named, first
    start: int
    end: int


def signs(text: str) -> tuple[Sign, ...]:
    """The signs of a folded text, in order.

    >>> [(sign.topic, sign.about) for sign in signs("园区建成人才公寓两栋。拟建幼儿园。")]
    [('产城融合', 'housing')]
    """
    found = []
    for match in _pattern().finditer(text):
        word = _words()[match.group().casefold()]
        before, after = _clause(text, match.start(), match.end())
        if _LACK.search(before + after):
            continue
        if status(before, match.group(), after, Relation.LOCATED_IN) not in _NOT_THERE:
            found.append(Sign(word.topic, word.about, match.start(), match.end()))
    return tuple(found)


def behind(
    passages: Iterable[tuple[str, str, Iterable[str]]], topic: str = INTEGRATION
) -> Mapping[str, tuple[str, ...]]:
    """Park id -> ids of the passages that speak of a topic and name the park.

    Args:
        passages: (id, folded text, ids of the parks that it names).

    >>> behind([("p1", "园区建成人才公寓。", ["东园"]), ("p2", "园区有十家企业。", ["东园"])])
    {'东园': ('p1',)}
    """
    found: dict[str, list[str]] = {}
    for id, text, parks in passages:
        if any(sign.topic == topic for sign in signs(text)):
            for park in sorted(set(parks)):
                found.setdefault(park, []).append(id)
    return {park: tuple(sorted(set(ids))) for park, ids in sorted(found.items())}


def _clause(text: str, start: int, end: int) -> tuple[str, str]:
    """The words of the sentence before and after a span."""
    begin = max((match.end() for match in _END.finditer(text, 0, start)), default=0)
    stop = _END.search(text, end)
    return text[begin:start], text[end : stop.start() if stop else len(text)]


@cache
def _words() -> Mapping[str, lexicon.SignWord]:
    return {row.word.casefold(): row for row in lexicon.signs()}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_words(), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
