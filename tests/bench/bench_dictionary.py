"""A dictionary of a million names beside the bare matcher: build, memory, speed.

    python tests/bench/bench_dictionary.py          (NAMES=100000 for a smaller one)

Names are drawn from syllables of firms' names with a fixed seed; the text is the labelled documents of tests/gold.
Each runs in a process of its own, so that memory is its own. `rows()` yields (what, figure, unit, note).
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from graph.model import Kind

COUNT = int(os.environ.get("NAMES", "1000000"))
DEV = Path(__file__).parents[1] / "gold" / "dev.jsonl"
FIRST = "华中天金海新东南北方正大恒信安泰宏远盛兴隆瑞丰嘉德力利通达科创星宇航明光辉腾飞龙凤云山水木清风和平康健生物源"
LAST = ("科技", "电子", "材料", "生物", "能源", "智能", "精密", "软件", "光电", "医疗", "化工", "环保", "机械", "装备")
FORM = ("有限公司", "股份有限公司", "集团有限公司")

BenchRow = tuple[str, float, str, str]


def names() -> list[str]:
    """COUNT different names of firms."""
    draw = random.Random(1)
    made: dict[str, None] = {}
    while len(made) < COUNT:
        made["".join(draw.choices(FIRST, k=draw.randint(2, 4))) + draw.choice(LAST) + draw.choice(FORM)] = None
    return list(made)


def text() -> str:
    """About a million characters, some names of the dictionary among them."""
    lines = DEV.read_text(encoding="utf-8").splitlines()
    whole = "\n".join(str(json.loads(line)["text"]) for line in lines)
    return "\n".join([*names()[:500], whole * (1 + 1_000_000 // len(whole))])


def measure(what: str) -> dict[str, float]:
    """Build one of the two and read the text with it."""
    from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

    from ingest.extract.gazetteer import Gazetteer
    from ingest.lexicon import Entry

    made, words = names(), text()
    before = psutil.Process().memory_info().rss
    start = time.process_time()
    if what == "bare":
        bare = AhoCorasick(made, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA)
        find = bare.find_matches_as_indexes
    else:
        find = Gazetteer({name: (Entry(Kind.ENTERPRISE, name),) for name in made}).hits
    built = time.process_time() - start
    memory = psutil.Process().memory_info().rss - before
    best = 0.0
    for _ in range(5):
        start = time.process_time()
        find(words)
        best = max(best, len(words) / (time.process_time() - start))
    return {"built": built, "memory": memory / 2**20, "speed": best}


def rows() -> Iterator[BenchRow]:
    """The bare matcher, then ours."""
    found = {}
    for what in ("bare", "ours"):
        done = subprocess.run([sys.executable, __file__, what], capture_output=True, text=True, check=True)
        found[what] = json.loads(done.stdout)
    for what, label in (("bare", "ahocorasick_rs alone"), ("ours", "the gazetteer")):
        one = found[what]
        yield f"{label}: build", one["built"], "s", f"{COUNT:,} names"
        yield f"{label}: memory", one["memory"], "MiB", "beside the names themselves"
        share = f"{one['speed'] / found['bare']['speed']:.0%} of the bare matcher" if what == "ours" else ""
        yield f"{label}: speed", one["speed"], "chars/s", share


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
    else:
        for what, figure, unit, note in rows():
            print(f"{what:32s} {figure:14,.1f} {unit:8s} {note}")
