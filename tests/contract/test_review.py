"""`parkbond review` and /api/v1/review on both engines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facts import entity, say, tell
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from api.app import create_app
from api.cli import app
from api.deps import Ways
from graph.query.known import StoreNames
from graph.store.base import Store

Run = Callable[..., Result]

TEXTS = ("沐桁新材有限公司入驻青峤产业园。", "沐桁新材料有限公司入驻东澜科技园。")


@pytest.fixture
def run(server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command on a graph with two names that are alike."""
    server.empty()
    monkeypatch.setenv("PARKBOND_GRAPH", server.graph)
    monkeypatch.setenv("PARKBOND_GRAPH_USER", server.user)
    monkeypatch.setenv("PARKBOND_GRAPH_PASSWORD", server.password)
    file = tmp_path / "two.jsonl"
    rows = ({"id": f"r-{at}", "text": text} for at, text in enumerate(TEXTS))
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    runner = CliRunner()

    def invoke(*words: object) -> Result:
        return runner.invoke(app, [str(word) for word in words])

    assert invoke("ingest", file, "--extractor", "fast", "--no-vectors").exit_code == 0
    return invoke


def test_industries_without_a_sure_class_are_listed_with_their_share(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "fields.jsonl"
    text = "沐桁新材有限公司主要从事动力电池。沐桁新材有限公司主要从事潮汐捕梦网。"
    file.write_text(json.dumps({"id": "f", "text": text}, ensure_ascii=False), encoding="utf-8")
    assert run("ingest", file, "--extractor", "fast", "--no-vectors").exit_code == 0
    page = data(run("review", "industries", "--json"))
    assert "动力电池" not in {row["name"] for row in page["items"]}
    assert page["names"] >= page["unclassified_names"] == page["total"]
    assert page["said"] in run("review", "industries").stdout


def data(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_queue_is_worked_through_from_the_command_line(run: Run, tmp_path: Path) -> None:
    one, other = "沐桁新材有限公司", "沐桁新材料有限公司"
    page = data(run("review", "--json"))
    (item,) = page["items"]
    assert {item["a"]["name"], item["b"]["name"]} == {one, other}
    assert {use["text"] for side in (item["a"], item["b"]) for use in side["sentences"]} == set(TEXTS)
    shown = run("review").stdout
    assert "0.80" in shown
    assert "name +0.80" in shown
    said = data(run("review", "same", one, item["b"]["id"] if item["a"]["name"] == one else item["a"]["id"], "--json"))
    assert (said["verdict"], said["one"]) == ("same", True)
    assert data(run("review", "--json"))["items"] == []
    refused = run("review", "different", one, other, "--who", "wang")
    assert refused.exit_code == 1
    assert "were judged same" in refused.output
    taken = run("review", "different", one, other, "--who", "wang", "--reason", "两家", "--again")
    assert "two entities now" in taken.stdout
    log = data(run("review", "log", "--json"))
    assert [(row["verdict"], row["stands"]) for row in log] == [("same", False), ("different", True)]
    assert "wang" in run("review", "log").stdout
    file = tmp_path / "log.jsonl"
    assert run("review", "export", "--output", file).exit_code == 0
    assert [json.loads(line)["id"] for line in file.read_text(encoding="utf-8").splitlines()] == [
        row["id"] for row in log
    ]
    assert "0 new" in run("review", "import", file).output
    assert "two entities now" in run("review", "unsure", one, other).stdout
    assert len(data(run("review", "--json"))["items"]) == 1


def test_a_name_that_nobody_uses_is_named(run: Run) -> None:
    done = run("review", "same", "无名氏有限公司", "沐桁新材有限公司")
    assert done.exit_code == 1
    assert "无名氏有限公司" in done.output


def test_the_queue_over_http(store: Store) -> None:
    for at, name in enumerate(("澜川公司", "禾禹公司")):
        store.add([tell(f"d{at}", say("LOCATED_IN", name, "东澜园"))])
    service = create_app(lambda: Ways(store, str, lambda it: StoreNames(it), lambda *_: []))
    with TestClient(service) as client:
        assert client.get("/api/v1/review").json() == {"items": [], "next": "", "total": 0}
        word = {"a": entity("澜川公司"), "b": entity("禾禹公司"), "verdict": "same", "who": "li", "reason": "试"}
        given = client.post("/api/v1/review", json=word)
        assert (given.status_code, given.json()["one"]) == (200, True)
        clash = client.post("/api/v1/review", json=word | {"verdict": "different"})
        assert clash.status_code == 409
        assert "were judged same by li" in clash.json()["detail"]
        assert client.post("/api/v1/review", json=word | {"verdict": "different", "again": True}).json()["one"] is False
        log = client.get("/api/v1/review/log").json()
        assert (log["total"], [row["verdict"] for row in log["judgements"]]) == (2, ["same", "different"])
        assert client.post("/api/v1/review", json=word | {"a": "nobody"}).status_code == 404
        assert client.post("/api/v1/review", json=word | {"verdict": "maybe"}).status_code == 422
        assert client.get("/api/v1/review", params={"after": "x y"}).status_code == 422
