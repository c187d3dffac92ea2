"""Who does what a predicate says: the subject of its clause, or of the clause before where its own has none.

"A于2015年落户P,主营X,并向B供应Y": the subject of 主营 and of 供应 is A, since B stands behind a preposition.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.skeleton import ORGANISATION, Skeleton
from ingest.model import Name

_ORG = f"[{ORGANISATION}]"
_PLACES = "[\ue400-\ue4ff]*"
_RUN = re.compile(rf"{_PLACES}(?P<run>{_ORG}(?:(?:、|和|与|及|以及|跟|同|暨){_PLACES}{_ORG})*)")
_RUN_EN = re.compile(rf"(?P<run>{_ORG}(?:(?:, and |, | and )(?:the )?{_ORG})*)")
_PREPOSED = re.compile(
    "(?:[向为给对与同和跟从被于在把将自替让到往经以比找请帮入进去来及、]|携手|联合|联手|牵手|来自|包括|例如|通过|受|"
    "委托|授权|服务|采购|收购|入股|投资|控股|持有|供应|供货|客户|供应商|加入|参观|考察|走访)$"
)
_GOVERNED = re.compile(f"(?:由|依托|经){_PLACES}$|" + _PREPOSED.pattern)
_PREPOSED_EN = re.compile(
    r"(?:\b(?:to|with|from|for|by|in|of|at|on|into|near|inside|and|or|than|under)(?: the| its)? )$"
)
_FOUNDED = re.compile(
    "(?:设立|成立|组建|创办|创立|合资|开办|新设|更名为?|改名为?|旗下|子公司|引进|引入|孵化|设|办)[^,]{0,8}$"
)
_RELATIVE = re.compile(rf"({_ORG})(?: \([^()]*\))?, (?:which|whose|who|that|an?|the|now|once|formerly) [^.;]{{0,40}}$")


class Subject(NamedTuple):
    """The organisations that a subject names, and where in the symbolic text they stand."""

    names: tuple[Name, ...]
    start: int


_NOBODY = Subject((), -1)


def subject(made: Skeleton, place: int) -> Subject:
    """The subject of the predicate at `place` of a symbolic sentence; no names if the sentence has none."""
    if made.english:
        return _english(made, place)
    end = place
    own = True
    while end > 0:
        start = _clause_start(made.text, end)
        found = _of_clause(made, start, end, own)
        if found.names:
            return found
        end, own = start - 1, False
    return _NOBODY


def _clause_start(text: str, end: int) -> int:
    """Where the comma clause begins that ends at `end`."""
    return max(text.rfind(mark, 0, end) for mark in ",:;。!?") + 1


def _of_clause(made: Skeleton, start: int, end: int, own: bool) -> Subject:
    """The last organisations before the predicate in its own clause; the first in one before it, unless that one ends
    with whom it founds or names."""
    governed = _PREPOSED if own else _GOVERNED
    runs = [run for run in _RUN.finditer(made.text, start, end) if not governed.search(made.text, start, run.start())]
    if not runs:
        return _NOBODY
    if own:
        return _named(made, runs[-1])
    last = runs[-1]
    if last.end() == end and _FOUNDED.search(made.text, start, last.start()):
        return _named(made, last)
    if len(runs) == 1 and len(last["run"]) > 1 and not _ALL.search(made.text, last.end(), end):
        return _NOBODY  # "A与B签约,生产X": which of them is not said
    return _named(made, runs[0])


_ALL = re.compile("都|均|皆|等|两家|三家|分别|各")


def _named(made: Skeleton, run: re.Match[str]) -> Subject:
    return Subject(tuple(made.names[char] for char in run["run"] if _is_organisation(char)), run.start("run"))


def _is_organisation(char: str) -> bool:
    return ORGANISATION[0] <= char <= ORGANISATION[-1]


def _english(made: Skeleton, place: int) -> Subject:
    """The organisation before a relative clause, else the first one of the sentence that no preposition governs."""
    relative = _RELATIVE.search(made.text, 0, place)
    if relative is not None:
        return Subject((made.names[relative[1]],), relative.start(1))
    for run in _RUN_EN.finditer(made.text, 0, place):
        if not _PREPOSED_EN.search(made.text, 0, run.start()):
            return _named(made, run)
    return _NOBODY
