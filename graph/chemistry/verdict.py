"""From both ratios of a park to a word, in a fixed order; the first that fits is the verdict.

| | when | word |
|---|---|---|
| 1 | too little evidence (`gate`) | 证据不足 insufficient evidence |
| 2 | the interval of R0 contains 1 or lies under it | 物理集聚 physical only: neighbours deal like strangers |
| 3 | R0 above 1, the interval of SLR contains 1 | 一般集聚 the ordinary effect of sharing a place |
| 4 | R0 above 1, SLR above 1 | 化学集聚 chemical aggregation |
| 5 | R0 above 1, SLR under 1 | 化学不足 some effect of the place, weaker than its peers |

Where R0 is undefined the word rests on SLR alone and says so: （仅相对）.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

INSUFFICIENT, PHYSICAL, ORDINARY, CHEMICAL, WEAK = "证据不足", "物理集聚", "一般集聚", "化学集聚", "化学不足"
VERDICTS = (INSUFFICIENT, PHYSICAL, ORDINARY, CHEMICAL, WEAK)
RELATIVE = "仅相对"

ENGLISH = {
    INSUFFICIENT: "insufficient evidence",
    PHYSICAL: "physical aggregation",
    ORDINARY: "ordinary aggregation",
    CHEMICAL: "chemical aggregation",
    WEAK: "weak chemistry",
    RELATIVE: "relative only",
}

LEAST_EXPECTED, LEAST_FIRMS, LEAST_DOCUMENTS = 5.0, 15, 30
"""What a park needs to be judged: expected ties, firms, documents that speak of them."""

READING_ZH = "SLR 只作园区之间的相对比较，平均约为 1；R0 才是绝对检验：园区内的合作是否多于偶然。"
READING = (
    "SLR compares parks with each other and is about 1 on average; R0 is the absolute test: "
    "do more ties fall inside the park than by chance?"
)
"""The sentence that belongs beside both ratios wherever they are printed."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio with its interval; nan where it is undefined."""

    value: float
    lo: float
    hi: float

    @property
    def known(self) -> bool:
        """Whether it is defined."""
        return not math.isnan(self.value)


def gate(expected: float, firms: int, documents: float) -> tuple[str, ...]:
    """What a park lacks to be judged, with the counts; empty if nothing. Nan documents: nobody counted, no objection.

    >>> gate(6.2, 40, 12), gate(8.0, 15, 30), gate(8.0, 15, math.nan)
    (('documents 12 < 30',), (), ())
    """
    found = []
    if not expected >= LEAST_EXPECTED:
        found.append("E undefined" if math.isnan(expected) else f"E {expected:.1f} < {LEAST_EXPECTED:g}")
    if firms < LEAST_FIRMS:
        found.append(f"n {firms} < {LEAST_FIRMS}")
    if documents < LEAST_DOCUMENTS:
        found.append(f"documents {documents:.0f} < {LEAST_DOCUMENTS}")
    return tuple(found)


def verdict(slr: Ratio, r0: Ratio, lacking: tuple[str, ...]) -> str:
    """The word for a park. `lacking` is what `gate` objects to.

    >>> verdict(Ratio(2.1, 1.3, 3.4), Ratio(4.0, 2.5, 6.1), ())
    '化学集聚'
    >>> verdict(Ratio(2.1, 1.3, 3.4), Ratio(1.1, 0.8, 1.5), ())  # more than its peers, but no more than by chance
    '物理集聚'
    >>> verdict(Ratio(2.1, 1.3, 3.4), Ratio(math.nan, math.nan, math.nan), ())
    '化学集聚（仅相对）'
    """
    if lacking or not slr.known:
        return INSUFFICIENT
    if r0.known and not r0.lo > 1:
        return PHYSICAL
    word = CHEMICAL if slr.lo > 1 else WEAK if slr.hi < 1 else ORDINARY
    return word if r0.known else f"{word}（{RELATIVE}）"


def english(word: str) -> str:
    """The verdict in English.

    >>> english("化学集聚（仅相对）")
    'chemical aggregation (relative only)'
    """
    plain, _, rest = word.partition("（")
    return f"{ENGLISH[plain]} ({ENGLISH[rest.rstrip('）')]})" if rest else ENGLISH[plain]
