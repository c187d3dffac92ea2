"""`parkbond reindex`: another model, stopped in two ways and resumed, while the old vectors serve."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import ONE_ENGINE, GraphServer
from tiny import tiny_model
from typer.testing import Result

from api.settings import settings
from api.stores import open_store
from graph.search.embedder import Encoder
from graph.store import cypher
from graph.store.base import Store

COUNT = 600
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two models, of 16 and of 24 dimensions."""
    old, new = tmp_path_factory.mktemp("old"), tmp_path_factory.mktemp("new")
    return tiny_model(old, 1, 16), tiny_model(new, 2, 24).rename(new / "other")


@pytest.fixture
def filled(
    run: Run, models: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Run, Path, Path]:
    """A graph of many passages with vectors of the first model, which is set."""
    monkeypatch.setenv("PARKBOND_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PARKBOND_MODEL", str(models[0]))
    file = tmp_path / "many.txt"
    letters = "abcdefghijklmnopqrstuvwxyz"
    file.write_text(
        "".join(f"{letters[at % 26]}{letters[at // 26 % 26]}{letters[at // 676 % 26]}。\n" for at in range(COUNT))
    )
    done = run("ingest", file, "--extractor", "fast", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["vectors"] >= COUNT * 0.9
    return run, models[0], models[1]


SLOWLY = """
import time
import graph.search.vectors as vectors
from api.cli import main
from graph.search.embedder import Encoder
made, vectors.STEP = Encoder.passages, 50
Encoder.passages = lambda self, texts: (time.sleep(0.3), made(self, texts))[1]
main()
"""
"""The command, with so much time for each step that it can be stopped in the middle."""


def _opened() -> Store:
    return open_store(settings())


def _coming(store: Store) -> int:
    """How many vectors the set that is being made holds."""
    coming = store.vector_sets().coming
    lacking = store.run(cypher.LACKING["Passage", coming.slot])[0]["n"] if coming else store.counts()["passages"]
    return store.counts()["passages"] - int(lacking)


def _stopped(how: signal.Signals, more_than: int) -> int:
    """Run the command, stop it as soon as it has kept something; its exit code."""
    command = [sys.executable, "-c", SLOWLY, "reindex"]
    store = _opened()
    with subprocess.Popen(command, env=os.environ, stderr=subprocess.PIPE, text=True) as running:
        while _coming(store) <= more_than and running.poll() is None:
            time.sleep(0.01)
        running.send_signal(how)
        _, said = running.communicate(timeout=60)
    store.close()
    if how is signal.SIGINT:
        assert "what was finished is kept, run the command again" in said
    return running.returncode


@ONE_ENGINE
def test_reindex_is_stopped_and_resumed(filled: tuple[Run, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    run, old, new = filled
    monkeypatch.setenv("PARKBOND_MODEL", str(new))

    assert _stopped(signal.SIGKILL, 0) == -signal.SIGKILL
    store = _opened()
    kept = _coming(store)
    assert kept > 0
    assert store.vector_sets().serving.card.model == "model"  # type: ignore[union-attr]

    assert _stopped(signal.SIGINT, kept) == 130
    more = _coming(store)
    assert more > kept

    by_words = json.loads(run("search", "abc", "--json").stdout)
    assert by_words["mode"] == "lexical"
    assert "`parkbond reindex` finishes them" in by_words["note"]
    monkeypatch.setenv("PARKBOND_MODEL", str(old))
    assert json.loads(run("search", "abc", "--json").stdout)["mode"] == "hybrid", "the old vectors serve"

    monkeypatch.setenv("PARKBOND_MODEL", str(new))
    done = json.loads(run("reindex", "--json").stdout)
    assert done["changed"]
    assert done["made"] == done["vectors"] - more
    assert json.loads(run("search", "abc", "--json").stdout)["mode"] == "hybrid"
    assert "are of other already" in run("reindex").stdout

    rows = store.run("MATCH (p:Passage) RETURN p.folded AS text, p.vector AS old, p.vector_b AS vector LIMIT 50")
    expected = Encoder(str(new), cache=Path("unused")).passages([row["text"] for row in rows])
    assert np.allclose([row["vector"] for row in rows], expected, atol=0.02)
    assert all(row["old"] is None for row in rows)
    store.close()


def test_ingest_with_another_model_keeps_the_facts_and_says_what_to_do(
    filled: tuple[Run, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: GraphServer
) -> None:
    run, _, new = filled
    monkeypatch.setenv("PARKBOND_MODEL", str(new))
    file = tmp_path / "more.txt"
    file.write_text("武汉澜川公司与禾禹公司签署合作协议。")
    done = run("ingest", file, "--extractor", "fast", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["added"], told["vectors"]) == (1, 1, 0)
    assert "parkbond reindex" in told["problems"][0]
