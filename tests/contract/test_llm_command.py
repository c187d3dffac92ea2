"""`--extractor llm` as a command: the cost is shown and agreed to first; what fails stops no other document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from recorded import Stub, reply, serving
from typer.testing import CliRunner, Result

from api.cli import app

Run = Callable[..., Result]
NAMES = [{"text": "澜川半导体有限公司", "type": "Enterprise"}, {"text": "苏州工业园区", "type": "Park"}]
SEAT = {
    "relation": "LOCATED_IN",
    "parties": ["澜川半导体有限公司", "苏州工业园区"],
    "kinds": [],
    "status": "active",
    "date": "",
    "evidence": "位于苏州工业园区",
}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving() as made:
        made.give(reply(NAMES, [SEAT, SEAT | {"evidence": "不在文中"}]))
        yield made


@pytest.fixture
def run(server: Any, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on an empty graph of each engine, with the endpoint set."""
    server.empty()
    monkeypatch.setenv("PARKBOND_GRAPH", server.graph)
    monkeypatch.setenv("PARKBOND_GRAPH_USER", server.user)
    monkeypatch.setenv("PARKBOND_GRAPH_PASSWORD", server.password)
    monkeypatch.setenv("PARKBOND_LLM_URL", stub.endpoint.url)
    monkeypatch.setenv("PARKBOND_LLM_MODEL", "small")
    monkeypatch.setenv("PARKBOND_LLM_KEY", "a-secret-key")
    runner = CliRunner()
    return lambda *words, **more: runner.invoke(app, [str(word) for word in words], **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    for name in "abc":
        (made / f"{name}.txt").write_text(f"澜川半导体有限公司位于苏州工业园区。{name}文。")
    return made


def ingest(run: Run, *words: object, **more: Any) -> Result:
    return run("ingest", *words, "--extractor", "llm", "--no-vectors", **more)


def test_the_cost_is_shown_and_without_a_yes_nothing_is_sent(
    run: Run, stub: Stub, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = ingest(run, folder, input="n\n")
    assert done.exit_code == 1
    assert "small: 3 documents in 3 requests, about " in done.stderr
    assert "no price is set" in done.stderr
    monkeypatch.setenv("PARKBOND_LLM_PRICE_IN", "2.5")
    assert "at the prices that are set" in ingest(run, folder, input="n\n").stderr
    assert stub.asked == []
    assert json.loads(run("ingest", folder, "--dry-run", "--json").stdout)["to_read"] == 3


def test_a_dry_run_sends_nothing(run: Run, stub: Stub, folder: Path) -> None:
    load = json.loads(ingest(run, folder, "--dry-run", "--json").stdout)
    assert (load["to_read"], load["requests"], load["price"]) == (3, 3, None)
    assert load["tokens_in"] > 0
    assert load["extractor"].startswith("llm small ")
    assert "3 would be read by llm small" in ingest(run, folder, "--dry-run").stdout
    assert stub.asked == []


def test_what_is_read_is_in_the_graph_and_what_it_cost_in_the_report(run: Run, stub: Stub, folder: Path) -> None:
    done = ingest(run, folder, "--yes", "--json")
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    assert (summary["added"], summary["entities"], summary["relations"]) == (3, 2, 1)
    assert summary["tally"] == {"claims dropped": 3, "requests": 3, "tokens in": 2100, "tokens out": 270}
    assert "a-secret-key" not in done.output
    again = ingest(run, folder, "--json")  # nothing to read, nothing to agree to
    assert (again.exit_code, json.loads(again.stdout)["unchanged"]) == (0, 3)
    assert len(stub.asked) == 3
    explained = json.loads(run("explain", "澜川半导体有限公司", "--json").stdout)
    assert {one["rule"] for one in explained["mentions"]} == {"llm"}
    assert {one["extractor"].split()[:2] == ["llm", "small"] for one in explained["mentions"]} == {True}


def test_the_setting_chooses_too(run: Run, stub: Stub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARKBOND_EXTRACTOR", "llm")
    assert run("ingest", folder, "--no-vectors", "--yes").exit_code == 0
    assert len(stub.asked) == 3
    assert run("ingest", folder, "--no-vectors", "--extractor", "fast").exit_code == 0
    assert len(stub.asked) == 3


def test_a_document_that_gets_no_answer_stops_no_other(run: Run, stub: Stub, folder: Path) -> None:
    good = reply(NAMES, [SEAT])

    def moody(handler: BaseHTTPRequestHandler) -> None:
        body = json.dumps(good if "b文" not in stub.asked[-1]["messages"][1]["content"] else {"choices": []}).encode()
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(body)

    stub.give(moody)
    done = ingest(run, folder, "--yes", "--json")
    summary = json.loads(done.stdout)
    assert (done.exit_code, summary["added"], summary["failed"]) == (1, 2, 1)
    [problem] = summary["problems"]
    assert problem.startswith("b.txt: no usable answer after")
    stub.give(good)
    assert json.loads(ingest(run, folder, "--yes", "--json").stdout)["added"] == 1


def test_a_wrong_key_is_one_line_and_what_was_read_stays(run: Run, stub: Stub, folder: Path) -> None:
    stub.give(reply(NAMES, [SEAT]), (401, {}, {}))
    done = ingest(run, folder, "--yes")
    assert done.exit_code == 1
    assert "PARKBOND_LLM_KEY" in done.stderr
    assert "a-secret-key" not in done.output
    stub.give(reply(NAMES, [SEAT]))
    summary = json.loads(ingest(run, folder, "--yes", "--json").stdout)
    assert (summary["unchanged"], summary["added"]) == (1, 2)


def test_extract_asks_too(run: Run, stub: Stub, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert run("extract", folder, "-o", out, "--extractor", "llm", input="n\n").exit_code == 1
    assert not out.exists()
    assert run("extract", folder, "-o", out, "--extractor", "llm", "--yes").exit_code == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [one["surface"] for one in rows[0]["entities"]] == ["澜川半导体有限公司", "苏州工业园区"]
