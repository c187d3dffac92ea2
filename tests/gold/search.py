"""How well search meets the labelled queries, and the weights of its grounds tuned on them.

    python tests/gold/search.py             figures by kind of query, `tuned` and `kept` apart
    python tests/gold/search.py --tune      tries other weights by cross-validation on `tuned`; --write keeps them

Weights are tuned with the whole table of other words, with half of its general words, and with none, so that they do
not lean on words that the table happens to have; no query is in a fold with one of these and in another with another.

The collection are the samples that ship (`ingest/samples`), read by the fast extractor into a graph of its own. Queries
and judgements are in `queries/`: `tuned.jsonl` may be looked at, `kept.jsonl` only counts. With PARKBOND_DATA the
queries of `queries/dev` there are measured too, over their own documents, and those of ours that look for one of them.
Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from api.answers import concepts, tools, wording
from graph.model import Document
from graph.search import fuse, search
from graph.search.embedder import Encoder
from graph.search.expand import Wording
from graph.search.expand import wording as make_wording
from graph.search.fuse import GROUNDS, Grounds
from graph.search.vectors import vectorise
from graph.store.base import Store

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "ingest" / "samples"
CACHE = Path(os.environ.get("PARKBOND_CACHE") or Path.home() / ".cache" / "parkbond")
STEPS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """A query with what each document has for it: document -> grounds."""

    query: str
    kind: str
    grades: Mapping[str, int]
    grounds: Mapping[str, Grounds]
    used: frozenset[str]


# ---- figures ---------------------------------------------------------------------------------------------------------


def ndcg(found: Sequence[str], grades: Mapping[str, int]) -> float:
    """nDCG@10 with gains 2^grade - 1 (Järvelin and Kekäläinen 2002)."""

    def total(given: Iterable[int]) -> float:
        return sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(list(given)[:10]))

    return total(grades.get(name, 0) for name in found) / total(sorted(grades.values(), reverse=True))


def figures(cases: Sequence[Case], weight: Mapping[str, float]) -> dict[str, float]:
    """The mean nDCG@10 over all cases ("all") and by kind."""
    by: dict[str, list[float]] = {}
    for case in cases:
        by.setdefault(case.kind, []).append(ndcg(_order(case, weight), case.grades))
    every = [value for values in by.values() for value in values]
    return {"all": _mean(every), **{kind: _mean(values) for kind, values in sorted(by.items())}}


def _order(case: Case, weight: Mapping[str, float]) -> list[str]:
    scores = {name: sum(fuse.parts(one, fuse.shares(weight, case.used)).values()) for name, one in case.grounds.items()}
    return sorted(scores, key=lambda name: (-round(scores[name], 9), name))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan


# ---- tuning ----------------------------------------------------------------------------------------------------------


def tuned(cases: Sequence[Case], start: Mapping[str, float]) -> dict[str, float]:
    """Weights by coordinate ascent from `start`; a change must gain a thousandth, so that small ones stay out."""
    best, weight = figures(cases, start)["all"], dict(start)
    for _ in range(2):
        for name in GROUNDS:
            for step in STEPS:
                tried = weight | {name: step}
                if (value := figures(cases, tried)["all"]) > best + 1e-3:
                    best, weight = value, tried
    return weight


def crossed(cases: Sequence[Case], start: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Figures of each fold by the weights of the others, and the weights to keep.

    Those are the mean over the folds, halfway back to `start`: near the best the figure is flat, and few queries must
    not throw a ground out.
    """
    order = sorted({case.query for case in cases})
    random.Random(1).shuffle(order)
    fold_of = {query: at % FOLDS for at, query in enumerate(order)}
    found: list[dict[str, float]] = []
    by: dict[str, list[float]] = {}
    for fold in range(FOLDS):
        weight = tuned([case for case in cases if fold_of[case.query] != fold], start)
        found.append(weight)
        for case in (case for case in cases if fold_of[case.query] == fold):
            by.setdefault(case.kind, []).append(ndcg(_order(case, weight), case.grades))
    every = [value for values in by.values() for value in values]
    told = {"all": _mean(every), **{kind: _mean(values) for kind, values in sorted(by.items())}}
    means = {name: _mean([weight[name] for weight in found]) for name in GROUNDS}
    return told, {name: round((means[name] + start[name]) / 2, 3) for name in GROUNDS}


def write(weight: Mapping[str, float]) -> None:
    """Keep weights in `graph/search/fusion.toml`, its comments left as they are."""
    place = HERE.parents[1] / "graph" / "search" / "fusion.toml"
    lines = place.read_text("utf-8").splitlines()
    for at, line in enumerate(lines):
        name = line.split(" =")[0]
        if name in weight:
            lines[at] = f"{f'{name} = {weight[name]:g}':20}{line[line.index('#') :]}"
    place.write_text("\n".join(lines) + "\n", "utf-8")


# ---- cases -----------------------------------------------------------------------------------------------------------


def cases(
    store: Store, model: Encoder | None, queries: Iterable[Mapping[str, Any]], table: Wording | None = None
) -> Iterator[Case]:
    """What search knows of every document for every query, with other words from `table` if not those that ship."""
    with_table = replace(tools(model), wording=wording() if table is None else table)
    there = {row["id"] for row in store.documents(limit=10_000)}
    for query in queries:
        grades = {name: grade for name, grade in query["qrels"].items() if name in there}
        if max(grades.values(), default=0) == max(query["qrels"].values()):  # what is looked for is here
            grounds, used = search.grounds(store, with_table, query["query"])
            yield Case(query["qid"], query["kind"], grades, grounds, used)


def poorer() -> Iterator[Wording]:
    """The table of other words without half of its general words, and without any of them.

    They were written by those who wrote the queries, and will not know the words of others as well.
    """
    general = [one for one in concepts() if one.name.startswith("words ")]
    kept = set(random.Random(1).sample(general, len(general) // 2))
    yield make_wording(one for one in concepts() if not one.name.startswith("words ") or one in kept)
    yield make_wording(one for one in concepts() if not one.name.startswith("words "))


def queries(path: Path) -> list[dict[str, Any]]:
    """Labelled queries of a file: query, kind, qrels (document -> 1 of use, 2 what was looked for)."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def samples() -> list[Document]:
    """The samples, a file that is one document called by its name."""
    from ingest.read import Read, documents

    found = [one.document for one in documents([SAMPLES]) if isinstance(one, Read)]
    return [replace(one, id=Path(one.source).stem) if one.id.startswith("text-") else one for one in found]


def dev(data: Path) -> list[Document]:
    """The documents that the queries of `queries/dev` judge."""
    rows = queries(data / "docs" / "dev" / "docs.jsonl")
    return [
        Document(one["id"], one["text"], one["title"] or "", one["source"] or "", one["date"] or "") for one in rows
    ]


@contextmanager
def collection(documents: Sequence[Document], model: Encoder) -> Iterator[Store]:
    """A graph of these documents with their vectors, gone afterwards."""
    from graph.store.bolt import connect
    from graph.store.engine import stop
    from ingest.extract import extractor
    from ingest.pipeline import contribute

    with tempfile.TemporaryDirectory() as folder:
        store = connect(f"embedded:{folder}", idle=600)
        try:
            store.prepare()
            store.add(list(contribute(extractor("fast"), documents)))
            vectorise(store, model)
            yield store
        finally:
            store.close()
            stop(Path(folder))


# ---- the run ---------------------------------------------------------------------------------------------------------


def main() -> None:
    """Print the figures; tune where asked."""
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--tune", action="store_true")
    told.add_argument("--write", action="store_true")
    given = told.parse_args()
    model = Encoder(cache=CACHE, remember=True)
    with collection(samples(), model) as store:
        seen = list(cases(store, model, queries(HERE / "queries" / "tuned.jsonl")))
        if given.tune or given.write:
            labelled = queries(HERE / "queries" / "tuned.jsonl")
            seen += [case for table in poorer() for case in cases(store, model, labelled, table)]
            figure, weight = crossed(seen, fuse.weights())
            _say("cross-validated", figure)
            print("weights", weight)
            if given.write:
                write(weight)
            return
        _say("tuned", figures(seen, fuse.weights()))
        _say("kept", figures(list(cases(store, model, queries(HERE / "queries" / "kept.jsonl"))), fuse.weights()))
        _say(
            "kept, words only",
            figures(list(cases(store, None, queries(HERE / "queries" / "kept.jsonl"))), fuse.weights()),
        )
    if data := os.environ.get("PARKBOND_DATA"):
        with collection(dev(Path(data)), model) as store:
            labelled = queries(Path(data) / "queries" / "dev" / "queries.jsonl")
            _say("dev", figures(list(cases(store, model, labelled)), fuse.weights()))
            for name in ("tuned", "kept"):
                labelled = queries(HERE / "queries" / f"{name}.jsonl")
                _say(f"{name}, there", figures(list(cases(store, model, labelled)), fuse.weights()))


def _say(what: str, told: Mapping[str, float]) -> None:
    print(f"{what:18}", "  ".join(f"{kind} {value:.3f}" for kind, value in told.items()), flush=True)


if __name__ == "__main__":
    main()
