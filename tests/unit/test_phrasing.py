"""`--phrase` with a language model on loopback: a good one, one that invents, one that hangs, one that is broken."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from fastapi.testclient import TestClient
from recorded import Stub, serving
from served import Empty, Silent, problem
from typer.testing import CliRunner

from api import phrasing
from api.answers import folded
from api.app import create_app
from api.deps import Ways
from api.intake import intake
from api.phrasing import Phraser
from api.settings import settings
from graph.model import Kind
from graph.query.known import StoreNames
from graph.search.names import Named
from graph.store import cypher
from graph.store.base import Row

ANSWER: dict[str, Any] = {
    "question": "澜川公司与谁合作？",
    "answered": True,
    "rows": [{"name": "禾禹生物", "ties": 1}],
    "evidence": ["e1"],
}
TRUE = {"text": "澜川公司与禾禹生物签署战略合作协议。", "cites": [2]}
COUNTED = {"text": "禾禹生物：1", "cites": [1]}
INVENTED = {"text": "澜川公司与蓝鲸微电子签署战略合作协议。", "cites": [2]}
UNCITED = {"text": "澜川公司与禾禹生物签署战略合作协议。", "cites": [7]}


class Told(Empty):
    """A store with one piece of evidence."""

    def run(self, statement: str, **parameters: Any) -> list[Row]:
        if statement != cypher.EVIDENCE:
            return super().run(statement, **parameters)
        text = "澜川公司与禾禹生物签署战略合作协议。"
        piece = {"id": "e1", "start": 0, "end": len(text), "relation": "COLLABORATES", "status": "signed"}
        beside = {"document": "d", "title": "", "url": "", "published": "", "place": "", "passage": "p"}
        return [{"evidence": piece, "text": text, "passage_start": 0} | beside]


def names(store: Any, text: str) -> list[Named]:
    return [Named("x", Kind.ENTERPRISE, "启岚光电", ("启岚光电", "启岚"))]


def said(*sentences: Any, **message: Any) -> dict[str, Any]:
    content = json.dumps({"sentences": [*sentences]}, ensure_ascii=False)
    return {"choices": [{"message": {"content": content}, "finish_reason": "stop"} | message]}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving() as made:
        yield made


@pytest.fixture
def phrase(stub: Stub) -> Callable[..., Row]:
    def made(answer: dict[str, Any] = ANSWER, seconds: float = 5.0) -> Row:
        return Phraser(stub.endpoint, folded, names, seconds).phrase(Told(), answer)  # type: ignore[arg-type]

    return made


def test_a_good_model_is_shown_with_what_bears_it(phrase: Callable[..., Row], stub: Stub) -> None:
    stub.give(said(TRUE, COUNTED))
    told = phrase()
    assert told["sentences"] == [TRUE, COUNTED]
    assert [(one["number"], one["kind"], one["of"]) for one in told["sources"]] == [
        (1, "row", "0"),
        (2, "evidence", "e1"),
    ]
    assert (told["dropped"], told["note"], told["model"]) == (0, "", "small")


def test_the_model_sees_the_rows_and_the_quotes_and_nothing_else(phrase: Callable[..., Row], stub: Stub) -> None:
    stub.give(said(TRUE))
    phrase()
    [asked] = stub.asked
    shown = json.loads(asked["messages"][1]["content"])
    assert set(shown) == {"question", "sources"}
    assert [one["number"] for one in shown["sources"]] == [1, 2]
    assert shown["sources"][0]["says"] == "name: 禾禹生物; ties: 1"
    assert asked["response_format"]["json_schema"]["schema"] == phrasing.SCHEMA
    assert stub.keys == ["Bearer a-key"]


def test_what_is_invented_is_dropped_and_counted(phrase: Callable[..., Row], stub: Stub) -> None:
    stub.give(said(INVENTED, TRUE, {"text": "启岚光电签署协议。", "cites": [2]}, {"text": "共有5家。", "cites": [1]}))
    told = phrase()
    assert (told["sentences"], told["dropped"]) == ([TRUE], 3)
    assert [one["number"] for one in told["sources"]] == [2], "only those that are cited"


def test_evidence_that_does_not_exist_bears_nothing(phrase: Callable[..., Row], stub: Stub) -> None:
    stub.give(said(UNCITED, TRUE | {"cites": []}))
    told = phrase()
    assert (told["sentences"], told["sources"], told["dropped"]) == ([], [], 2)
    assert told["note"].startswith("not phrased: no sentence")


def _hangs(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


def _drips(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(30):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


@pytest.mark.parametrize("hangs", [_hangs, _drips])
def test_a_model_that_hangs_costs_the_phrasing_and_not_the_answer(
    phrase: Callable[..., Row], stub: Stub, hangs: Callable[..., None]
) -> None:
    stub.give(hangs)
    told = phrase(seconds=0.3)
    assert told["sentences"] == []
    assert "in time" in told["note"]
    assert len(stub.asked) == 1


BROKEN: Sequence[Any] = (
    b"{",
    b"",
    {"choices": []},
    {"choices": [{"message": {"content": "no JSON"}}]},
    {"choices": [{"message": {"content": '{"names": []}'}}]},
    {"choices": [{"message": {"content": '{"sentences": "x"}'}}]},
    {"choices": [{"message": {"content": "[" * 100_000}}]},
    said(TRUE, finish_reason="length"),
    (500, {"error": {"message": "secret words"}}, {}),
    (401, {}, {}),
    (404, {}, {}),
    (429, {}, {"Retry-After": "60"}),
    (302, {}, {"Location": "http://127.0.0.1:1/"}),
)


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_an_answer_of_another_form_is_a_note(phrase: Callable[..., Row], stub: Stub, broken: Any) -> None:
    stub.give(broken)
    told = phrase()
    assert told["sentences"] == []
    assert "no usable answer" in told["note"]
    assert "secret" not in str(told)


def test_nothing_at_the_address_is_a_note(stub: Stub) -> None:
    nowhere = replace(stub.endpoint, url="http://127.0.0.1:9/v1")
    told = Phraser(nowhere, folded, names).phrase(Told(), ANSWER)  # type: ignore[arg-type]
    assert "no usable answer" in told["note"]


@pytest.mark.parametrize("answer", [ANSWER | {"answered": False}, ANSWER | {"rows": [], "evidence": []}])
def test_where_there_is_nothing_to_say_nobody_is_asked(
    phrase: Callable[..., Row], stub: Stub, answer: dict[str, Any]
) -> None:
    told = phrase(answer)
    assert "neither rows nor quotes" in told["note"]
    assert stub.asked == []


def test_only_so_many_are_put_into_words_at_once(stub: Stub) -> None:
    go = threading.Event()
    stub.give(lambda handler: go.wait(10))
    one = Phraser(stub.endpoint, folded, names, 1.0)
    started = [threading.Thread(target=one.phrase, args=(Told(), ANSWER)) for _ in range(phrasing.AT_ONCE)]
    for thread in started:
        thread.start()
    deadline = time.monotonic() + 10
    while len(stub.asked) < phrasing.AT_ONCE:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert "already" in one.phrase(Told(), ANSWER)["note"]  # type: ignore[arg-type]
    go.set()
    for thread in started:
        thread.join()


# ---- over HTTP and on the command line -------------------------------------------------------------------------------


def client(**ways: Any) -> TestClient:
    made = Ways(Empty(), str.lower, StoreNames, intake(Silent), **ways)  # type: ignore[arg-type]
    app = create_app(lambda: made)
    app.state.ways = made
    return TestClient(app, raise_server_exceptions=False)


def test_it_is_off_unless_a_model_is_set(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.cli import app

    told = problem(client().post("/api/v1/ask", json={"question": "澜川公司与谁合作？", "phrase": True}), 403)
    assert "PARKBOND_LLM_URL" in told["detail"]
    monkeypatch.delenv("PARKBOND_LLM_URL", raising=False)
    monkeypatch.delenv("PARKBOND_LLM_MODEL", raising=False)
    done = CliRunner().invoke(app, ["ask", "澜川公司与谁合作？", "--phrase"])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "PARKBOND_LLM_URL" in done.stderr


def test_nobody_is_asked_who_did_not_ask(stub: Stub) -> None:
    served = client(phraser=Phraser(stub.endpoint, folded, names))
    plain = served.post("/api/v1/ask", json={"question": "澜川公司与谁合作？"}).json()
    assert plain["phrasing"] is None
    asked = served.post("/api/v1/ask", json={"question": "澜川公司与谁合作？", "phrase": True}).json()
    assert "neither rows nor quotes" in asked["phrasing"]["note"], "an unknown firm: refused, and nothing to say"
    assert {**asked, "phrasing": None} == plain
    problem(served.post("/api/v1/ask", json={"question": "x", "phrase": "yes"}), 422)
    assert stub.asked == []


def test_the_settings_of_the_extractor_are_those_of_phrasing(stub: Stub) -> None:
    from api.answers import phraser

    assert phraser(settings({})) is None
    assert phraser(settings({"PARKBOND_LLM_URL": stub.endpoint.url, "PARKBOND_LLM_MODEL": "m"})) is not None
