"""Vectors: the index in this process beside all floats in numpy, and embedding beside plain sentence-transformers.

    python tests/bench/bench_vectors.py      (about three minutes and 5 GB; SIZES=10000,100000 for less)

The vectors are drawn: a narrow cone with groups, each group with few dimensions of its own, as those of texts are.
`rows()` yields (what, our number, the peer's number or None, note).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).parent.parent))

from graph.search.embedder import Encoder
from graph.search.quantised import Index, Item, make

SIZES = tuple(int(size) for size in os.environ.get("SIZES", "10000,100000,1000000").split(","))
CACHE = Path(os.environ.get("PARKBOND_CACHE") or Path.home() / ".cache" / "parkbond")
DIMENSIONS, QUERIES = 384, 40

BenchRow = tuple[str, float, float | None, str]


def rows() -> Iterator[BenchRow]:
    """Everything that is measured here."""
    for size in SIZES:
        yield from nearest(size)
    if os.environ.get("EMBEDDING", "1") == "1":
        yield from embedding()


def drawn(count: int, seed: int) -> np.ndarray:
    """Unit vectors, count x dimensions."""
    world, dice = np.random.default_rng(0), np.random.default_rng(seed)
    centre, groups, ways = (world.normal(size=(many, DIMENSIONS)) for many in (1, 2000, 24))
    made = np.empty((count, DIMENSIONS), np.float32)
    for start in range(0, count, 50_000):
        part = min(50_000, count - start)
        rows = 3 * centre + groups[dice.integers(0, 2000, part)] + 0.3 * dice.normal(size=(part, 24)) @ ways
        rows += 0.05 * dice.normal(size=rows.shape)
        made[start : start + part] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return made


def nearest(count: int) -> Iterator[BenchRow]:
    """Milliseconds of a query, how many of the ten nearest are found, and the memory that stays in use."""
    vectors, queries = drawn(count, 1), drawn(QUERIES, 2)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        make(Path(folder) / "index", _items(vectors), count, DIMENSIONS, 1)
        made = time.perf_counter() - start
        before = psutil.Process().memory_info().rss
        index = Index(Path(folder) / "index")
        index.nearest(queries[0], 10)  # numba compiles, or loads what it compiled
        exact = [_exact(vectors, query) for query in queries]
        theirs = _milliseconds(lambda query: _exact(vectors, query), queries)
        ours = _milliseconds(lambda query: index.nearest(query, 10), queries)
        yield f"nearest 10 of {count:,}, ms", ours, theirs, f"numpy float32 in the same run; index made in {made:.1f} s"
        wide = _milliseconds(lambda query: index.nearest(query, 100), queries)
        yield f"nearest 100 of {count:,}, ms", wide, theirs, "numpy float32"
        for limit in (10, 100):
            found = [{int(near.id) for near in index.nearest(query, limit)} for query in queries]
            hit = np.mean([len(one & set(true[:limit])) / limit for one, true in zip(found, exact, strict=True)])
            yield f"recall@{limit} of {count:,}", float(hit), 1.0, "numpy float32"
        for query in drawn(1000, 3):
            index.nearest(query, 10)
        held = max(0, psutil.Process().memory_info().rss - before)
        note = (
            f"of the floats: {index.resident / vectors.nbytes:.3f}; all that the process grew by, over 1,000 queries: "
        )
        note += f"{held / 1e6:.0f} MB ({held / vectors.nbytes:.3f})"
        yield f"memory of {count:,}, MB", index.resident / 1e6, vectors.nbytes / 1e6, note


def _items(vectors: np.ndarray) -> Iterator[Item]:
    return (Item(f"{at:09}", vector, 1) for at, vector in enumerate(vectors))  # type: ignore[arg-type]


def _exact(vectors: np.ndarray, query: np.ndarray) -> list[int]:
    scores = vectors @ query
    best = np.argpartition(-scores, 100)[:100]
    return [int(place) for place in best[np.argsort(-scores[best])]]


def _milliseconds(work: Callable[[np.ndarray], Any], queries: np.ndarray) -> float:
    taken = []
    for query in queries:
        start = time.perf_counter()
        work(query)
        taken.append(1000 * (time.perf_counter() - start))
    return median(taken)


def embedding() -> Iterator[BenchRow]:
    """Characters a second of mixed lengths and languages, beside plain `SentenceTransformer.encode`."""
    from sentence_transformers import SentenceTransformer

    parts = (
        "澜川半导体与禾禹生物签署战略合作协议，",
        "共建联合实验室，",
        "The park signed a lease with two chip makers, ",
    )
    texts = [
        f"第{at}号园区简报：" + "".join(parts[(at + add) % 3] for add in range(1 + at * 7 % 9)) for at in range(120)
    ]
    characters = sum(map(len, texts))
    mine = Encoder(cache=CACHE, bfloat16=False)
    mine.query("warm")
    plain = SentenceTransformer(mine._source.place, device="cpu", local_files_only=True)
    theirs = _rate(lambda: plain.encode(texts, prompt=mine.prompts.passage), characters)
    exact = mine.passages(texts)
    for bfloat16 in (False, True):
        model = Encoder(cache=CACHE, bfloat16=bfloat16)
        model.query("warm")
        cosine = float((model.passages(texts) * exact).sum(axis=1).min())
        ours = _rate(lambda model=model: model.passages(texts), characters)  # type: ignore[misc]
        name = "bfloat16" if bfloat16 else "fp32"
        yield f"embedding, {name}, characters a second", ours, theirs, f"plain encode; cosine to fp32 from {cosine:.5f}"


def _rate(work: Callable[[], Any], characters: int) -> float:
    taken = []
    for _ in range(2):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return characters / min(taken)


if __name__ == "__main__":
    for what, ours, theirs, note in rows():
        peer = "" if theirs is None else f"{theirs:,.3f}"
        print(f"{what:50} {ours:>12,.3f} {peer:>12}   {note}", flush=True)
