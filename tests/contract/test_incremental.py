"""What is there costs nothing, what another extractor read can be read anew, a killed run is finished by the next."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from facts import canonical_of, say, tell
from typer.testing import Result

from graph.export import canonical
from graph.store import engine
from graph.store.base import Added, Store
from graph.store.bolt import connect
from ingest.extract import RULES
from ingest.extract.fast import FastExtractor

Run = Callable[..., Result]

TEXT = "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。澜川半导体有限公司位于苏州工业园区。"


def summary_of(run: Run, *words: object) -> dict[str, Any]:
    done = run("ingest", *words, "--no-vectors", "--json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


# ---- the store -------------------------------------------------------------------------------------------------------


def test_another_extractor_replaces_what_it_reads_again(store: Store) -> None:
    old = replace(tell("d1", say("LOCATED_IN", "澜川公司", "东澜园")), extractor="fast 1")
    new = replace(old, extractor="fast 2", evidence=())
    store.add([old])
    assert store.extractors(["d1", "nowhere"]) == {"d1": "fast 1"}
    assert store.add([old]) == Added(unchanged=("d1",))
    assert store.add([new]) == Added(changed=("d1",))
    assert store.extractors(["d1"]) == {"d1": "fast 2"}
    assert list(canonical(store)) == canonical_of([new])


def test_which_extractor_read_a_document_is_no_part_of_what_it_says(store: Store) -> None:
    plain = tell("d1", say("LOCATED_IN", "澜川公司", "东澜园"))
    store.add([replace(plain, extractor="fast 1")])
    assert list(canonical(store)) == canonical_of([plain])


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "a.jsonl"
    rows = ({"id": f"d{at}", "text": f"{TEXT}第{at}篇。"} for at in range(3))
    made.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return made


def another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.extract.RULES", 999)


def test_unchanged_documents_of_an_older_extractor_are_told_and_read_anew_on_request(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = summary_of(run, file)
    assert (first["added"], first["older"]) == (3, 0)
    again = summary_of(run, file, "--reread")  # nothing is older
    assert (again["unchanged"], again["reread"], again["older"]) == (3, 0, 0)
    another_version(monkeypatch)
    later = summary_of(run, file)
    assert (later["unchanged"], later["older"], later["reread"], later["changed"]) == (3, 3, 0, 0)
    (note,) = later["notes"]
    assert note == f"3 unchanged documents were read by fast {RULES}; --reread reads them anew with fast 999"
    anew = summary_of(run, file, "--reread")
    assert (anew["unchanged"], anew["older"], anew["reread"], anew["changed"]) == (0, 0, 3, 0)
    assert (anew["entities"], anew["relations"]) == (first["entities"], first["relations"])
    assert summary_of(run, file, "--reread")["unchanged"] == 3


def test_unchanged_documents_load_no_extractor(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary_of(run, file)

    def fail(self: FastExtractor) -> None:
        raise AssertionError("an extractor was made")

    monkeypatch.setattr(FastExtractor, "__init__", fail)
    assert summary_of(run, file)["unchanged"] == 3


def test_a_dry_run_says_what_would_be_read_and_changes_nothing(run: Run, file: Path, tmp_path: Path) -> None:
    summary_of(run, file)
    more = tmp_path / "b.txt"
    more.write_text(TEXT)
    load = json.loads(run("ingest", file, more, "--dry-run", "--json").stdout)
    assert (load["read"], load["to_read"], load["unchanged"], load["characters"]) == (4, 1, 3, len(TEXT))
    assert f"1 would be read by fast {RULES}" in run("ingest", file, more, "--dry-run").stdout
    assert summary_of(run, file, more)["added"] == 1


def test_an_extractor_that_there_is_none_of_is_refused_before_anything_is_read(run: Run, file: Path) -> None:
    for words, named in ((("--extractor", "slow"), "slow"), (("--extractor", "llm"), "PARKBOND_LLM_URL")):
        done = run("ingest", file, *words)
        assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
        assert named in done.stderr


# ---- kill -9 ---------------------------------------------------------------------------------------------------------

DOCUMENTS = 320
CITIES = ("苏州", "武汉", "成都", "常州", "佛山")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents that share parks and partners, so that most writes touch what earlier ones wrote; five batches."""
    file = tmp_path_factory.mktemp("corpus") / "all.jsonl"
    names = ["澜川", "禾禹", "启岚", "星桥", "云帆", "海拓", "青石", "北辰"]
    rows = []
    for at in range(DOCUMENTS):
        one, other = names[at % 8], names[(at * 3 + 1) % 8]
        city = CITIES[at % 5]
        text = (
            f"{one}半导体有限公司位于{city}工业园区。2024年{at % 12 + 1}月{at % 28 + 1}日，{one}半导体有限公司与"
            f"{other}生物科技有限公司签署战略合作协议。{city}第{at}号公告。"
        )
        rows.append(json.dumps({"id": f"d{at}", "text": text}, ensure_ascii=False))
    file.write_text("\n".join(rows))
    return file


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    made: list[Path] = []

    def folder(name: str) -> Path:
        made.append(tmp_path / name)
        return made[-1]

    yield folder
    for one in made:
        engine.stop(one)


def start(file: Path, graph: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "api.cli", "ingest", str(file), "--no-vectors"]
    env = {**os.environ, "PARKBOND_GRAPH": f"embedded:{graph}"}
    return subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def base(lines: Iterable[str]) -> dict[str, set[str]]:
    """What each document said by itself: its passages, mentions and evidence."""
    rows = [(line, json.loads(line)) for line in lines]
    of = {row["id"]: row["document"] for _, row in rows if row["type"] == "passage"}
    found: dict[str, set[str]] = defaultdict(set)
    for line, row in rows:
        if row["type"] in ("document", "passage", "evidence", "mention"):
            owner = row["id"] if row["type"] == "document" else row.get("document") or of[row["passage"]]
            found[owner].add(line)
    return found


def exported(graph: Path) -> list[str]:
    with connect(f"embedded:{graph}") as store:
        store.prepare()
        return list(canonical(store))


def wait_for_documents(graph: Path, least: int, running: subprocess.Popen[bytes]) -> None:
    """Until so many documents are there, or the command has ended."""
    while running.poll() is None and not (graph / "writer.lock").exists():
        time.sleep(0.02)
    with connect(f"embedded:{graph}") as store:
        while running.poll() is None and store.counts()["documents"] < least:
            time.sleep(0.02)


def test_a_run_that_is_killed_anywhere_is_finished_by_the_next(corpus: Path, folders: Callable[[str], Path]) -> None:
    whole, broken = folders("whole"), folders("broken")
    assert start(corpus, whole).wait(300) == 0
    expected = exported(whole)
    parts = base(expected)
    assert len(parts) == DOCUMENTS
    draw = random.Random(5)
    there = [0]
    for more in (0, 1, 1):  # documents that this run has brought before the clock of the kill starts
        running = start(corpus, broken)
        wait_for_documents(broken, there[-1] + more, running)
        time.sleep(draw.uniform(0, 0.4))
        running.send_signal(signal.SIGKILL)
        running.wait(30)
        found = base(exported(broken))
        assert all(found[name] == parts[name] for name in found), "a document is there in part"
        assert len(found) >= there[-1], "what was written is gone"
        there.append(len(found))
    assert any(0 < number < DOCUMENTS for number in there), f"no kill fell into the writing: {there}"
    assert start(corpus, broken).wait(300) == 0
    assert exported(broken) == expected
