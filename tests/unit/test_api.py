"""The HTTP interface over a store that holds almost nothing: errors, limits, documents, the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.deps import Ways
from api.intake import intake
from api.problem import MEDIA_TYPE
from graph.errors import InputError, StoreDown
from graph.model import Contribution, Document
from graph.query.known import StoreNames
from graph.store import cypher
from graph.store.base import Added, Row
from ingest.model import Extraction


class Empty:
    """A store of documents without facts; `broken` is raised by every read."""

    def __init__(self) -> None:
        self.kept: dict[str, Document] = {}
        self.broken: Exception | None = None
        self.closed = False

    def run(self, statement: str, **parameters: Any) -> list[Row]:
        if self.broken:
            raise self.broken
        if statement in cypher.EXTENT.values():
            return [{"n": len(self.kept) if "Document" in statement else 0}]
        if statement == cypher.VECTORS:
            return [{"passages": 0, "vectors": 0}]
        if statement == cypher.DOCUMENT and parameters["id"] in self.kept:
            return [{"d": self._row(self.kept[parameters["id"]])}]
        return []

    def stream(self, statement: str, **parameters: Any) -> Iterator[Row]:
        yield from self.run(statement, **parameters)

    def lexical(self, index: str, words: str, limit: int) -> list[Row]:
        return self.run("")

    def documents(self, skip: int = 0, limit: int = 1000) -> list[Row]:
        return [self._row(self.kept[key]) for key in sorted(self.kept)[skip : skip + limit]]

    def _row(self, one: Document) -> Row:
        names = ("id", "title", "url", "published", "form", "origin", "text")
        return {name: getattr(one, name) for name in names}

    def add(self, contributions: Sequence[Contribution]) -> Added:
        told = [one.document for one in contributions]
        if any("refused" in one.text for one in told):
            raise InputError("this text is refused.")
        new = tuple(one.id for one in told if one.id not in self.kept)
        same = tuple(one.id for one in told if one.id in self.kept and self.kept[one.id].version == one.version)
        self.kept |= {one.id: one for one in told}
        return Added(new, tuple(one.id for one in told if one.id not in (*new, *same)), same)

    def delete(self, documents: Sequence[str]) -> tuple[str, ...]:
        return tuple(key for key in documents if self.kept.pop(key, None))

    def mark(self) -> str:
        return "fake"

    def revision(self) -> int:
        return 0

    def counts(self) -> Mapping[str, int]:
        return {"documents": len(self.kept)}

    def close(self) -> None:
        self.closed = True


class Silent:
    """An extractor that finds nothing."""

    identity = "silent 1"

    def extract(self, document: Document) -> Extraction:
        return Extraction(document, (), ())


@pytest.fixture
def store() -> Empty:
    return Empty()


@pytest.fixture
def client(store: Empty, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("ingest.pipeline.contribute", _contribute)
    ways = Ways(store, str.lower, StoreNames, intake(Silent))  # type: ignore[arg-type]
    with TestClient(create_app(lambda: ways, body_limit=100_000), raise_server_exceptions=False) as client:
        yield client


def _contribute(extractor: Silent, documents: Sequence[Document]) -> list[Contribution]:
    return [Contribution(one, (), (), (), {}) for one in documents]


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem that the response tells, which has this status and no trace of the code."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    told: dict[str, Any] = response.json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert told["type"].startswith("urn:parkbond:")
    assert "Traceback" not in response.text
    assert "site-packages" not in response.text
    return told


# ---- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/v1/search?q=", "/api/v1/search?q=%20", "/api/v1/ask?q="])
def test_an_empty_query_is_a_422(client: TestClient, path: str) -> None:
    assert "empty" in problem(client.get(path), 422)["detail"]


BAD: list[tuple[str, int]] = [
    ("/api/v1/search", 422),
    ("/api/v1/search?q=%00", 422),
    ("/api/v1/search?q=a%00b&limit=5", 422),
    ("/api/v1/search?q=x&limit=9223372036854775808", 422),
    ("/api/v1/search?q=x&limit=-1", 422),
    ("/api/v1/search?q=x&limit=0", 422),
    ("/api/v1/search?q=x&limit=ten", 422),
    ("/api/v1/search?q=" + "x" * 1001, 422),
    ("/api/v1/parks/%00", 404),
    ("/api/v1/parks/nowhere", 404),
    ("/api/v1/enterprises/999999999999999999999999", 404),
    ("/api/v1/evidence/none", 404),
    ("/api/v1/documents/none", 404),
    ("/api/v1/documents?skip=-1", 422),
    ("/api/v1/nothing", 404),
    ("/nothing", 404),
    ("/docs", 404),
]


@pytest.mark.parametrize(("path", "status"), BAD)
def test_bad_requests(client: TestClient, path: str, status: int) -> None:
    problem(client.get(path), status)


BODIES: list[tuple[bytes, str]] = [
    (b'{"question":"\\ud800"}', "half a character"),
    (b'{"question":"a\\u0000b"}', "NUL"),
    (b'{"question":1e400}', "question"),
    (b'{"question":"x","unknown":1}', "unknown"),
    (b'{"question":', ""),
    (b"[]", ""),
    (b"\xff\xfe", ""),
    (b"[" * 90_000, ""),
]


@pytest.mark.parametrize(("body", "told"), BODIES)
def test_bad_bodies(client: TestClient, body: bytes, told: str) -> None:
    response = client.post("/api/v1/ask", content=body, headers={"content-type": "application/json"})
    assert 400 <= response.status_code < 500
    assert told in problem(response, response.status_code)["detail"]


def test_half_a_character_in_a_query_is_read_as_a_replacement(client: TestClient) -> None:
    assert client.get("/api/v1/search?q=%ED%A0%80").status_code in (200, 422)


def test_a_method_that_is_not_there_says_which_are(client: TestClient) -> None:
    response = client.put("/api/v1/ask")
    problem(response, 405)
    assert "GET" in response.headers["allow"] or "POST" in response.headers["allow"]


def test_a_store_that_is_down_is_a_503(client: TestClient, store: Empty) -> None:
    store.broken = StoreDown("nothing answers at bolt://127.0.0.1:1; start it.")
    told = problem(client.get("/api/v1/health"), 503)
    assert told["title"] == "Graph unavailable"
    assert "nothing answers" in told["detail"]


def test_what_nobody_expected_is_a_500_without_a_trace(client: TestClient, store: Empty) -> None:
    store.broken = RuntimeError("secret words of the code")
    assert "secret" not in str(problem(client.get("/api/v1/parks"), 500))


def test_a_body_over_the_limit_is_a_413(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    problem(client.post("/api/v1/ask", content=b"x" * 100_001, headers=headers), 413)


def test_a_body_of_unknown_length_is_counted(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x" * 1000

    headers = {"content-type": "application/json"}
    problem(client.post("/api/v1/ask", content=pieces(), headers=headers), 413)


def test_the_next_request_works(client: TestClient) -> None:
    problem(client.get("/api/v1/search?q=%00"), 422)
    assert client.get("/api/v1/search?q=x").status_code == 200


# ---- documents -------------------------------------------------------------------------------------------------------


def send(client: TestClient, *documents: dict[str, str]) -> tuple[int, list[dict[str, Any]]]:
    response = client.post("/api/v1/documents", json={"documents": list(documents)})
    return response.status_code, response.json()["items"]


def test_documents_come_and_go(client: TestClient) -> None:
    status, items = send(client, {"id": "a/b.txt", "text": "甲乙。", "published": "2024-05-06"}, {"text": "丙丁。"})
    assert status == 200
    assert [(item["outcome"], item["status"]) for item in items] == [("added", 201), ("added", 201)]

    listed = client.get("/api/v1/documents").json()
    assert (listed["total"], len(listed["documents"])) == (2, 2)
    read = client.get("/api/v1/documents/a/b.txt").json()
    assert (read["text"], read["published"], read["evidence"]) == ("甲乙。", "2024-05-06", [])

    assert client.delete("/api/v1/documents/a/b.txt").json() == {"deleted": ["a/b.txt"]}
    problem(client.delete("/api/v1/documents/a/b.txt"), 404)


def test_each_document_is_reported_on_its_own(client: TestClient, store: Empty) -> None:
    status, items = send(
        client,
        {"id": "good", "text": "甲乙。"},
        {"id": "empty", "text": "  "},
        {"id": "nul", "text": "a\x00b"},
        {"id": "refused", "text": "refused"},
        {"id": "twice", "text": "一。"},
        {"id": "twice", "text": "二。"},
        {"id": "good", "text": "甲乙。"},
    )
    assert status == 207
    assert [item["outcome"] for item in items] == [
        "added",
        "failed",
        "failed",
        "failed",
        "failed",
        "failed",
        "duplicate",
    ]
    assert [item["status"] for item in items] == [201, 422, 422, 422, 409, 409, 200]
    assert "documents[1] (empty)" in items[1]["detail"]
    assert set(store.kept) == {"good"}


def test_the_same_again_is_unchanged_and_another_text_is_a_change(client: TestClient) -> None:
    send(client, {"id": "a", "text": "甲。"})
    assert send(client, {"id": "a", "text": "甲。"})[1][0]["outcome"] == "unchanged"
    assert send(client, {"id": "a", "text": "乙。"})[1][0]["outcome"] == "changed"


@pytest.mark.parametrize("body", [{}, {"documents": []}, {"documents": "a"}, {"documents": [1]}])
def test_what_is_no_documents_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    problem(client.post("/api/v1/documents", json=body), 422)


def test_a_malformed_document_stops_no_other(client: TestClient) -> None:
    body = {
        "documents": [{"id": "h8"}, {"doc_id": "h9", "text": "启岚光电有限公司位于青峤产业园。", "date": "2024-01-01"}]
    }
    answer = client.post("/api/v1/documents", json=body)
    assert answer.status_code == 207
    first, second = answer.json()["items"]
    assert (first["id"], first["outcome"], first["status"]) == ("h8", "failed", 422)
    assert "text" in first["detail"]
    assert (second["id"], second["outcome"]) == ("h9", "added")


# ---- the rest --------------------------------------------------------------------------------------------------------


def test_an_empty_graph_answers(client: TestClient) -> None:
    assert client.get("/api/v1/search?q=电池").json()["hits"] == []
    said = client.get("/api/v1/ask", params={"q": "介绍澜川公司"}).json()
    assert (said["answered"], said["reason"]) == (False, "unknown_name")
    assert client.post("/api/v1/ask", json={"question": "介绍澜川公司"}).json() == said
    made = client.get("/api/v1/index").json()
    assert (made["ranked"], made["unranked"], made["published"]) == ([], [], [])
    assert client.get("/api/v1/measures").json()["network"]["firms"]["value"] == 0
    assert client.get("/api/v1/parks/东澜园/measures").status_code == 404
    assert client.get("/api/v1/index?since=lately").status_code == 422
    assert client.get("/api/v1/index?published=true").json()["published"] == []
    assert client.get("/api/v1/parks").json() == {"parks": [], "skip": 0, "total": 0}
    assert client.get("/api/v1/health").json()["status"] == "ok"


def test_the_graph_is_closed_with_the_service(store: Empty) -> None:
    ways = Ways(store, str.lower, StoreNames, intake(Silent))  # type: ignore[arg-type]
    with TestClient(create_app(lambda: ways)):
        assert not store.closed
    assert store.closed


def test_the_openapi_document_tells_of_problems_and_examples(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert {
        f"/api/v1/{name}" for name in ("documents", "parks", "enterprises", "search", "ask", "index", "health")
    } <= set(document["paths"])
    assert "HTTPValidationError" not in str(document)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert MEDIA_TYPE in operation["responses"]["4XX"]["content"], path
    schemas = document["components"]["schemas"]
    for name in ("Answer", "Hits", "Park", "Enterprise", "Evidence", "Ranked", "Problem", "NewDocument", "Report"):
        assert schemas[name]["examples"], name


class Links(HTMLParser):
    """The addresses that a page leads to and loads from."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src", "action") and value]


def test_the_page_leads_only_to_what_is_there(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    links = Links()
    links.feed(page.text)
    assert len(links.found) > 8
    for address in links.found:
        assert address.startswith("/"), "nothing comes from other servers"
        query = "?q=x" if address in ("/api/v1/ask", "/api/v1/search") else ""
        assert client.get(address + query).status_code == 200, address


def test_every_response_keeps_pages_to_this_server(client: TestClient) -> None:
    for address in ("/", "/api/v1/health", "/nothing"):
        headers = client.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert "<script>" not in client.get("/").text, "no script in the page itself"
    script = client.get("/page.js").text
    for way_in in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http://", "https://"):
        assert way_in not in script


def test_the_page_shows_answers_rankings_and_parks(client: TestClient) -> None:
    page, script = client.get("/").text, client.get("/page.js").text
    for part in ("ask", "search", "result", "ranking", "published"):
        assert f'id="{part}"' in page
        assert f'"{part}"' in script
    assert set(re.findall(r"/api/v1/([a-z]+)", script)) == {"ask", "documents", "evidence", "index", "parks"}
    described = client.get("/openapi.json").json()["components"]["schemas"]["Quote"]["properties"]
    assert set(re.findall(r"\bpiece\.(\w+)", script)) <= set(described), "the page shows what evidence has"


def test_a_port_in_use_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    from api.app import _bound

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"127.0.0.1:{port}: cannot be served at"):
            _bound("127.0.0.1", port)
