"""How long it takes to tell which of many names are one entity, and how that grows; beside comparing all with all.

    python tests/bench/bench_resolve.py          (a minute)

Names are made of invented words with real endings, a third of them in two writings (short, with a place, one
character off). The work is that of an ingest without the store: cards, candidates, scores, groups. `rows()` yields
(what, seconds, note). Times are of this process's processor.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from graph.judgement import SAME, clusters
from graph.likeness import Profile, apart, candidates, likeness
from graph.model import Card, Kind
from ingest.resolve.card import card
from ingest.resolve.keys import key

SIZES = (10_000, 30_000, 100_000)
PEER = 10_000
TARGET = 60.0
"""Seconds for the largest size."""

ENDS = ("半导体", "生物科技", "光电", "新材料", "智能装备", "数据技术", "医疗器械", "精密机械", "环境工程", "软件")
CITIES = ("苏州", "成都", "深圳", "武汉", "杭州", "合肥", "西安", "南京")
SIGNS = "澜川禾禹启岚朔岭栖沐桁澄峤泊枫霁砺芯镕喆瑄葛瀚屿翊铄珩珂琨琮璟瑾璞玥昱曜煜炜烨焕熠宸宁安泰和盛昌隆恒信达通"

BenchRow = tuple[str, float, str]


def names(number: int, seed: int = 1) -> list[str]:
    """So many different names of firms."""
    draw = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < number:
        brand = "".join(draw.choice(SIGNS) for _ in range(draw.choice((2, 3, 3))))
        core, city = brand + draw.choice(ENDS), draw.choice(CITIES)
        full = f"{core}有限公司" if draw.random() < 0.5 else f"{city}{core}有限公司"
        made[full] = None
        if draw.random() < 0.33:
            made[draw.choice((core, f"{core}（{city}）有限公司", f"{core[:-1]}有限公司"))] = None
    return list(made)[:number]


def resolved(written: list[str]) -> tuple[int, int]:
    """How many pairs are worth comparing, and how many entities there are."""
    cards: dict[str, Card] = {}
    spoken: dict[str, str] = {}
    for name in written:
        one = card(key(Kind.ENTERPRISE, name, ""))
        cards[one.id], spoken[one.id] = one, name
    profiles = {id: Profile(one, frozenset({spoken[id]})) for id, one in cards.items()}
    pairs = candidates(cards.values())
    scores = {(a, b): likeness(profiles[a], profiles[b]).score for a, b in pairs}
    pulls = {both: score for both, score in scores.items() if score >= SAME}
    found = clusters(cards, pulls, lambda a, b, level: bool(apart(profiles[a], profiles[b])))
    return len(pairs), len(found)


def all_with_all(written: list[str]) -> int:
    """What a person with a similarity score would do: every name beside every other."""
    from rapidfuzz import fuzz
    from rapidfuzz.process import cdist

    found = 0
    for start in range(0, len(written), 500):
        table = cdist(written[start : start + 500], written, scorer=fuzz.ratio, score_cutoff=80, workers=1)
        found += int((table > 0).sum())
    return (found - len(written)) // 2


def rows() -> Iterator[BenchRow]:
    """Three sizes, and all pairs of the smallest."""
    for size in SIZES:
        written = names(size)
        start = time.process_time()
        pairs, entities = resolved(written)
        spent = time.process_time() - start
        yield f"{size:,} names", spent, f"{pairs:,} pairs compared, {entities:,} entities"
    written = names(PEER)
    start = time.process_time()
    alike = all_with_all(written)
    spent = time.process_time() - start
    grown = spent * (SIZES[-1] / PEER) ** 2
    note = f"{alike:,} pairs of 80 and more; {grown:,.0f} s for {SIZES[-1]:,}"
    yield f"rapidfuzz, all pairs of {PEER:,}", spent, note


def main() -> int:
    """Print the rows; 1 if the largest size takes longer than its target."""
    slow = False
    for what, seconds, note in rows():
        late = what == f"{SIZES[-1]:,} names" and seconds > TARGET
        slow |= late
        print(f"{what:36} {seconds:8.2f} s  {note}{f'  (target {TARGET:.0f} s)' if late else ''}", flush=True)
    return int(slow)


if __name__ == "__main__":
    raise SystemExit(main())
