"""Field cases of vectors, Q03 and Q04: see README.md in this folder. With the default model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ONE_ENGINE
from tiny import tiny_model
from typer.testing import Result

from api.answers import answer_question, tools
from api.settings import DEFAULT_MODEL, Settings, settings
from api.stores import open_store
from graph.search.embedder import Encoder
from graph.search.search import search
from graph.search.vectors import vectorise
from graph.store import cypher
from graph.store.base import Store
from ingest.extract import extractor
from ingest.pipeline import ingest

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("PARKBOND_CACHE") or Path.home() / ".cache" / "parkbond")
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Encoder]:
    """The default model, another of as many dimensions, and one of fewer, by what PARKBOND_MODEL is; loaded once."""
    folder = tmp_path_factory.mktemp("models")
    names = [DEFAULT_MODEL]
    for seed, size in ((1, 384), (2, 24)):
        made = folder / f"of-{size}"
        made.mkdir()
        names.append(str(tiny_model(made, seed, size).rename(folder / f"other-{size}")))
    return {name: Encoder(name, cache=CACHE) for name in names}


# ---- Q03: another model ----------------------------------------------------------------------------------------------


@pytest.fixture
def switch(models: dict[str, Encoder], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the model of the commands."""

    def embedder(where: Settings) -> Encoder:
        return models[where.model]

    monkeypatch.setattr("api.answers.embedder", embedder)
    monkeypatch.setenv("PARKBOND_CACHE", str(CACHE))
    return lambda name: monkeypatch.setenv("PARKBOND_MODEL", name)


def vectors() -> dict[str, list[float]]:
    """Passage texts with the vectors that serve."""
    with open_store(settings()) as store:  # type: ignore[attr-defined]
        serving = store.vector_sets().serving
        assert serving is not None
        rows = store.run("MATCH (p:Passage) RETURN p.id AS id, p.text AS text")
        found = store.run(cypher.VECTORS_OF_PASSAGES[serving.slot], ids=[row["id"] for row in rows])
    texts = {row["id"]: row["text"] for row in rows}
    return {texts[row["id"]]: row["vector"] for row in found}


def asked(run: Run) -> dict[str, Any]:
    done = run("search", "激光器件", "--json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def works(run: Run) -> None:
    found = asked(run)
    assert (found["mode"], found["note"]) == ("hybrid", "")
    assert found["hits"][0]["document"] == "em-1"


def refuses(run: Run, line: str, *names: str) -> None:
    """One line that names both models and the command."""
    assert "\n" not in line
    for word in (*names, "parkbond reindex"):
        assert word in line, (word, line)


@ONE_ENGINE
def test_q03_vectors_of_another_model_are_not_mixed_and_not_lost(
    run: Run, switch: Callable[[str], None], models: dict[str, Encoder], tmp_path: Path
) -> None:
    expect = json.loads((HERE / "expect" / "Q03.json").read_text(encoding="utf-8"))
    assert expect == {"refused": True, "data_kept": True}
    default, *others = models
    switch(default)
    assert run("ingest", HERE / "cases" / "Q03" / "docs.jsonl").exit_code == 0
    works(run)
    kept, texts = vectors(), 3
    assert len(kept) == texts

    for name in others:
        switch(name)
        both = models[default].id, models[name].id
        for step in range(2):  # before and after a document came that has no vector
            found = asked(run)
            assert found["mode"] == "lexical"
            refuses(run, found["note"], *both)
            assert not {why["by"] for hit in found["hits"] for why in hit["why"]} & {"meaning", "around"}
            file = tmp_path / f"{Path(name).name}-{step}.jsonl"
            text = f"{Path(name).name}第{step}号电池产线投产。"
            file.write_text(json.dumps({"id": file.stem, "title": "t", "text": text}), encoding="utf-8")
            done = run("ingest", file, "--json")
            told = json.loads(done.stdout)
            assert (done.exit_code, told["added"], told["vectors"]) == (1, 1, 0)
            refuses(run, told["problems"][0], *both)
            assert vectors() == kept
            texts += 1

    for name in (*reversed(others), default):
        switch(name)
        assert run("reindex").exit_code == 0
        works(run)
        there = vectors()
        assert {len(vector) for vector in there.values()} == {models[name].dimensions}
        assert len(there) == texts
    assert all(np.allclose(vector, there[text], atol=1e-3) for text, vector in kept.items())
    assert run("ingest", HERE / "cases" / "Q03" / "docs.jsonl").exit_code == 0


# ---- Q04: a long passage ---------------------------------------------------------------------------------------------


@ONE_ENGINE
def test_q04_what_stands_at_the_end_of_a_long_passage_is_found(store: Store, models: dict[str, Encoder]) -> None:
    expect = json.loads((HERE / "expect" / "Q04.json").read_text(encoding="utf-8"))
    ingest([HERE / "cases" / "Q04"], store, extractor=lambda: extractor("fast"))
    vectorise(store, models[DEFAULT_MODEL])
    for embedder, mode in ((models[DEFAULT_MODEL], "hybrid"), (None, "lexical")):
        for query, file in expect["first_hit"].items():
            found = search(store, tools(embedder), query)
            assert found.mode == mode
            assert found.hits[0].sources == (file,)
            assert found.hits[0].passage.text.endswith("联合研发植保无人机，落户柳汀生物医药产业园。")
    [(relation, head, tail)] = expect["relations"]
    ties = store.run(
        "MATCH (a:Enterprise)-[:PARTY]->(c:Collaboration) RETURN c.relation AS relation, a.name AS name ORDER BY name"
    )
    assert [(row["relation"], row["name"]) for row in ties] == [(relation, name) for name in sorted((head, tail))]
    told = answer_question(store, "峤屿航空和谁合作？")
    assert [row["name"] for row in told["rows"]] == [tail]


@pytest.mark.parametrize("whole", [False, True], ids=["by passages", "in one"])
def test_q04_nothing_is_embedded_beyond_what_the_model_reads(
    models: dict[str, Encoder], monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    from sentence_transformers import SentenceTransformer

    from ingest.passage import sentences
    from ingest.read import read_all

    [document] = list(read_all([HERE / "cases" / "Q04" / "long_minutes.txt"]))
    assert not isinstance(document, Exception)
    texts = [document.text.strip()] if whole else [one.folded.text for one in sentences(document)]
    encode = SentenceTransformer.encode
    read: list[str] = []

    def watched(self: Any, given: list[str], *, prompt: str, **rest: Any) -> Any:
        for text in given:
            assert len(self.tokenizer(prompt + text, verbose=False)["input_ids"]) <= self.max_seq_length == 512
        read.extend(given)
        return encode(self, given, prompt=prompt, **rest)

    monkeypatch.setattr(SentenceTransformer, "encode", watched)
    made = models[DEFAULT_MODEL].passages(texts)
    assert made.shape == (len(texts), 384)
    assert "".join(read) == "".join(texts)
    assert len(read) > 1
