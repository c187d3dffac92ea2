"""Explanations on both engines: of names, claims, facts and passages, by command and over HTTP, down to the offsets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from api.answers import reasons
from api.app import create_app
from api.cli import app
from api.deps import Ways
from api.intake import intake
from graph.judgement import Judgement, Verdict, pair
from graph.query.explain import explain
from graph.query.known import StoreNames
from graph.store.base import Store
from ingest.extract import RULES, extractor
from ingest.pipeline import ingest

READER = f"fast {RULES}"
FIRST = "華為技術有限公司落戶蘇州工業園區。澜川半导体有限公司（以下简称“澜川”）与华为签署战略合作协议。"
SECOND = "澜川半导体(苏州)有限公司位于苏州工业园区。华为位于深圳市。"


@pytest.fixture(scope="module")
def reader() -> Any:
    return extractor("fast")


@pytest.fixture
def known(store: Store, reader: Any, tmp_path: Path) -> Store:
    """Two documents in a graph of each engine."""
    for name, text in (("one.txt", FIRST), ("two.txt", SECOND)):
        (tmp_path / name).write_text(text)
    assert ingest([tmp_path], store, extractor=lambda: reader).added == 2
    return store


def told(store: Store, what: str) -> dict[str, Any]:
    return explain(store, what, reasons())


def check(one: dict[str, Any], words: str) -> None:
    """The marked words of the sentence, and the same by the offsets of the document."""
    assert one["sentence"][one["mark_start"] : one["mark_end"]] == words
    text = FIRST if FIRST[one["start"] : one["end"]] == words else SECOND
    assert text[one["start"] : one["end"]] == words


# ---- entities --------------------------------------------------------------------------------------------------------


def test_an_entity_tells_why_its_names_are_one(known: Store) -> None:
    found = told(known, "华为")
    assert (found["type"], found["kind"], found["name"]) == ("entity", "Enterprise", "华为技术有限公司")
    [name] = found["names"]
    assert name["surfaces"] == {"华为": 2, "華為技術有限公司": 1}
    short, full = name["steps"]
    assert [step["text"] for step in full] == ["華為技術有限公司", "华为技术有限公司", "华为技术有限公司", "华为技术"]
    assert [step["text"] for step in short] == ["华为", "华为技术有限公司", "华为技术"]
    row = short[1]["row"]
    assert (row["table"], row["name"], row["alias"]) == ("enterprises.csv", "华为技术有限公司", "华为")
    assert row["source"]
    assert full[-1]["text"] == short[-1]["text"]
    assert sum(rule["times"] for rule in name["rules"].values()) == found["places"] == 3
    assert all(rule["why"] for rule in name["rules"].values())


def test_an_entity_shows_its_places_with_the_words_marked(known: Store) -> None:
    found = told(known, "苏州工业园区")
    assert {one["surface"] for one in found["mentions"]} == {"蘇州工業園區", "苏州工业园区"}
    for one in found["mentions"]:
        check(one, one["surface"])
        assert (one["kind"], one["entity"], one["extractor"]) == ("Park", found["id"], READER)
        assert one["why"]


def test_a_short_name_leads_over_the_fullest_form_in_its_document(known: Store) -> None:
    found = told(known, "澜川半导体有限公司")
    steps = next(steps for name in found["names"] for steps in name["steps"] if steps[0]["text"] == "澜川")
    assert [step["text"] for step in steps] == ["澜川", "澜川半导体有限公司", "澜川半导体"]
    assert steps[1]["what"] == "the fullest form in its document"


def test_names_that_were_compared_or_judged_are_told(known: Store) -> None:
    plain, local = told(known, "澜川半导体有限公司"), told(known, "澜川半导体(苏州)有限公司")
    assert plain["id"] != local["id"]
    a, b = pair(plain["names"][0]["id"], local["names"][0]["id"])
    word = Judgement(a, b, Verdict.DIFFERENT, "reviewer", "2024-05-06T00:00:00.000000", "two licences")
    known.judge([word])
    [apart] = [one for one in told(known, plain["id"])["apart"] if one["judgement"]]
    assert apart["entity"] == local["id"]
    assert (apart["judgement"]["verdict"], apart["judgement"]["who"]) == ("different", "reviewer")
    known.judge([Judgement(a, b, Verdict.SAME, "reviewer", "2024-05-07T00:00:00.000000", "one licence")])
    both = told(known, "澜川半导体有限公司")
    assert both["id"] == told(known, "澜川半导体(苏州)有限公司")["id"]
    assert {name["id"] for name in both["names"]} == {a, b}
    [joined] = both["same"]
    assert joined["judgement"]["reason"] == "one licence"
    assert set(joined["names"]) == {"澜川半导体有限公司", "澜川半导体(苏州)有限公司"}


# ---- claims, facts, passages -----------------------------------------------------------------------------------------


def claim_of(store: Store, relation: str) -> str:
    rows = store.run("MATCH (e:Evidence) WHERE e.relation = $relation RETURN e.id AS id ORDER BY id", relation=relation)
    return str(rows[0]["id"])


def test_a_claim_tells_its_rule_its_confidence_and_where_its_parties_stand(known: Store) -> None:
    found = told(known, claim_of(known, "COLLABORATES"))
    assert (found["type"], found["extractor"], found["confidence"]) == ("evidence", READER, 0.6)
    assert "triggers.csv for COLLABORATES" in found["why"]
    assert {party["name"] for party in found["parties"]} == {"华为技术有限公司", "澜川半导体有限公司"}
    check(found, FIRST[found["start"] : found["end"]])
    assert "与华为签署" in found["quote"]
    for one in found["mentions"]:
        assert FIRST[one["start"] : one["end"]] == one["surface"]
    assert {one["entity"] for one in found["mentions"]} == {party["entity"] for party in found["parties"]}


def test_a_fact_tells_every_claim_behind_it(known: Store) -> None:
    [link] = known.run(
        "MATCH (e:Enterprise)-[x:LOCATED_IN]->(p:Park) WHERE e.name = '华为技术有限公司' RETURN x.id AS id"
    )
    [deal] = known.run("MATCH (c:Collaboration) RETURN c.id AS id")
    for id, relation in ((link["id"], "LOCATED_IN"), (deal["id"], "COLLABORATES")):
        found = told(known, id)
        assert (found["type"], found["relation"], found["evidence"], len(found["claims"])) == ("fact", relation, 1, 1)
        check(found["claims"][0], FIRST[found["claims"][0]["start"] : found["claims"][0]["end"]])


def test_a_passage_tells_its_names_and_claims(known: Store) -> None:
    where = told(known, claim_of(known, "COLLABORATES"))["passage"]["id"]
    found = told(known, where)
    assert found["text"] == FIRST[found["start"] : found["end"]]
    assert [one["surface"] for one in found["mentions"]] == ["澜川半导体有限公司", "澜川", "华为"]
    assert [one["start"] for one in found["mentions"]] == sorted(one["start"] for one in found["mentions"])
    assert "COLLABORATES" in [one["relation"] for one in found["claims"]]


# ---- the ways in -----------------------------------------------------------------------------------------------------

Run = Callable[..., Result]


@pytest.fixture
def run(known: Store, server: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PARKBOND_GRAPH", server.graph)
    monkeypatch.setenv("PARKBOND_GRAPH_USER", server.user)
    monkeypatch.setenv("PARKBOND_GRAPH_PASSWORD", server.password)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, [str(word) for word in words])


@pytest.fixture
def client(known: Store, reader: Any) -> Iterator[TestClient]:
    ways = Ways(known, str.lower, StoreNames, intake(lambda: reader), reasons=reasons())
    with TestClient(create_app(lambda: ways)) as client:
        yield client


def every_sort(store: Store) -> list[str]:
    claim = claim_of(store, "COLLABORATES")
    [deal] = store.run("MATCH (c:Collaboration) RETURN c.id AS id")
    return ["苏州工业园区", told(store, "华为")["id"], claim, deal["id"], told(store, claim)["passage"]["id"]]


def test_the_command_shows_and_prints_every_sort(run: Run, known: Store) -> None:
    for what in every_sort(known):
        printed = run("explain", what, "--json")
        assert printed.exit_code == 0, printed.output
        assert json.loads(printed.stdout) == json.loads(json.dumps(told(known, what)))
        shown = run("explain", what)
        assert shown.exit_code == 0, shown.output
        assert "【" in shown.stdout
        assert READER in shown.stdout


def test_the_same_over_http(client: TestClient, known: Store) -> None:
    for what in every_sort(known):
        answer = client.get(f"/api/v1/explain/{what}")
        assert answer.status_code == 200, answer.text
        body = answer.json()
        expected = told(known, what)
        assert body["type"] == expected["type"]
        assert body.get("mentions") == expected.get("mentions")
        assert [one["id"] for one in body.get("claims", [])] == [one["id"] for one in expected.get("claims", [])]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("passage-00000000000000000000", "no passage"),
        ("evidence-00000000000000000000", "no evidence"),
        ("fact-00000000000000000000", "no fact"),
        ("collaboration-00000000000000000000", "no fact"),
        ("park-00000000000000000000", "nothing in the graph"),
        ("無此園區", "nothing in the graph"),
        ("苏州工业园", "did you mean 苏州工业园区"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(run: Run, client: TestClient, what: str, said: str) -> None:
    done = run("explain", what)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert said in done.stderr
    assert client.get(f"/api/v1/explain/{what}").status_code == 404
