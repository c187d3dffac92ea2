"""Reading over HTTP: tags, what is kept, packing, CSV, pages, ids of requests, counts, slow clients."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from served import Empty, Silent, problem
from starlette.types import Message, Receive, Scope, Send

from api.app import create_app
from api.deps import Ways
from api.etag import Revision
from api.forms import table
from api.intake import intake
from api.limits import BodyLimit
from api.logs import Lines
from api.paging import place, token
from graph.errors import InputError, StoreDown
from graph.model import Document
from graph.query.known import StoreNames


@pytest.fixture
def store() -> Empty:
    made = Empty()
    made.kept = {f"d{number:02}": Document(f"d{number:02}", "甲" * 300, f"题{number}") for number in range(45)}
    return made


@pytest.fixture
def client(store: Empty) -> Iterator[TestClient]:
    ways = Ways(store, str.lower, StoreNames, intake(Silent))  # type: ignore[arg-type]
    with TestClient(create_app(lambda: ways), raise_server_exceptions=False) as client:
        yield client


# ---- tags ------------------------------------------------------------------------------------------------------------


def test_what_a_client_has_is_not_sent_again(client: TestClient, store: Empty) -> None:
    first = client.get("/api/v1/documents")
    tag = first.headers["etag"]
    assert tag.startswith('W/"0-')
    for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        again = client.get("/api/v1/documents", headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "x-request-id" in again.headers
    assert client.get("/api/v1/documents", headers={"if-none-match": '"x"'}).status_code == 200
    store.writes += 1
    changed = client.get("/api/v1/documents", headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


def test_a_tag_does_not_make_what_is_not_there(client: TestClient) -> None:
    tag = client.get("/api/v1/documents").headers["etag"]
    problem(client.get("/api/v1/documents/none", headers={"if-none-match": tag}), 404)
    problem(client.get("/api/v1/documents?skip=-1", headers={"if-none-match": "*"}), 422)


def test_a_read_is_made_once_until_the_graph_changes(client: TestClient, store: Empty) -> None:
    one = client.get("/api/v1/parks")
    reads = store.reads
    two = client.get("/api/v1/parks")
    assert store.reads == reads
    assert (one.content, one.headers["etag"]) == (two.content, two.headers["etag"])
    assert one.headers["x-request-id"] != two.headers["x-request-id"]
    client.get("/api/v1/parks?limit=3")
    assert store.reads > reads, "another question"
    reads = store.reads
    client.get("/api/v1/search?q=x")
    made = store.reads
    client.get("/api/v1/search?q=x")
    assert store.reads > made > reads, "not of the graph alone"


def test_a_write_is_seen_by_the_next_read(client: TestClient, store: Empty) -> None:
    assert client.get("/api/v1/documents").json()["total"] == 45
    client.delete("/api/v1/documents/d00")
    assert client.get("/api/v1/documents").json()["total"] == 44
    store.kept = {}  # by another process
    store.writes += 1
    assert client.get("/api/v1/documents").json()["total"] == 0


def test_a_store_that_is_down_is_told_although_answers_are_kept(client: TestClient, store: Empty) -> None:
    client.get("/api/v1/parks")
    store.broken = StoreDown("nothing answers.")
    problem(client.get("/api/v1/parks"), 503)
    problem(client.get("/readyz"), 503)
    assert client.get("/healthz").status_code == 200


def test_a_revision_is_read_after_it_was_asked_for() -> None:
    state = {"now": 0, "reads": 0}
    running = threading.Event()

    def read() -> int:
        seen = state["now"]
        state["reads"] += 1
        running.set()
        time.sleep(0.05)
        return seen

    async def main() -> None:
        revision = Revision(read)
        first = asyncio.create_task(revision.now())
        while not running.is_set():
            await asyncio.sleep(0.001)
        state["now"] = 1  # written while the first reads
        others = await asyncio.gather(*(revision.now() for _ in range(50)))
        assert await first == 0
        assert set(others) == {1}, "none is answered by a reading that began before it came"
        assert state["reads"] == 2, "they share one"

    asyncio.run(main())


def test_head_is_get_without_a_body(client: TestClient) -> None:
    for path in ("/api/v1/documents", "/healthz"):
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == got.headers["content-length"]
    assert client.head("/api/v1/documents/none").status_code == 404


def test_long_answers_are_packed_for_those_who_can_unpack(client: TestClient) -> None:
    plain = client.get("/api/v1/documents?limit=40", headers={"accept-encoding": "identity"})
    packed = client.get("/api/v1/documents?limit=40", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert packed.json() == plain.json()
    again = client.get("/api/v1/documents?limit=40", headers={"accept-encoding": "identity"})
    assert again.content == plain.content, "what is kept for one is not given to the other"


# ---- CSV and pages ---------------------------------------------------------------------------------------------------


def test_a_list_is_csv_for_those_who_want_it(client: TestClient) -> None:
    answer = client.get("/api/v1/documents?limit=2", headers={"accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["id"], row["title"]) for row in rows] == [("d00", "题0"), ("d01", "题1")]
    assert answer.headers["x-next"] == client.get("/api/v1/documents?limit=2").json()["next"]
    for accept in ("*/*", "application/json", "text/csv;q=0", "text/csv;q=0.1, application/json", "text/html"):
        assert client.get("/api/v1/documents", headers={"accept": accept}).json()["total"] == 45, accept
    mixed = client.get("/api/v1/documents", headers={"accept": "text/csv, */*;q=0.1"})
    assert mixed.headers["content-type"].startswith("text/csv")
    assert client.get("/api/v1/parks", headers={"accept": "text/csv"}).text == "id,name,documents\r\n"


def test_a_cell_is_no_formula_and_stays_a_cell() -> None:
    rows = [{"a": "=1+1", "b": -1.5}, {"a": 'x,"y"\nz', "b": None}, {"a": ["甲"], "b": "@x"}]
    cells = list(csv.reader(io.StringIO(table(rows, ["a", "b"]))))
    assert cells == [["a", "b"], ["'=1+1", "-1.5"], ['x,"y"\nz', ""], ['["甲"]', "'@x"]]


def test_pages_by_cursor_give_each_row_once(client: TestClient, store: Empty) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = client.get("/api/v1/documents", params={"limit": 10, "cursor": cursor} if cursor else {"limit": 10})
        seen += [row["id"] for row in page.json()["documents"]]
        if not (cursor := page.json()["next"]):
            break
        if len(seen) == 20:  # what comes before the cursor moves no page
            store.kept.pop("d03")
            store.kept["a"] = Document("a", "甲")
            store.writes += 1
    assert seen == [f"d{number:02}" for number in range(45)]
    skipped = client.get("/api/v1/documents?skip=40").json()
    assert ([row["id"] for row in skipped["documents"]], skipped["next"]) == (["d40", "d41", "d42", "d43", "d44"], "")


@pytest.mark.parametrize(
    "cursor", ["x", "%00", "W10", "WzFd", token("a", "b"), token("a\0"), "W" * 4000, "é", "=", "WyJcdWQ4MDAiXQ"]
)
def test_a_cursor_of_no_list_is_a_422(client: TestClient, cursor: str) -> None:
    problem(client.get("/api/v1/documents", params={"cursor": cursor}), 422)


def test_cursors_hold_any_name() -> None:
    for name in ("", "园", "😀", 'a"b', "a b\n"):
        assert place(token(name, "id"), 2) == (name, "id")
    with pytest.raises(InputError):
        place(token("a"), 2)


@pytest.mark.parametrize(
    "path", ["/api/v1/parks?lmit=3", "/api/v1/health?x", "/api/v1/search?q=x&limit=3&park=x%00&y=1"]
)
def test_a_parameter_that_is_not_known_is_refused(client: TestClient, path: str) -> None:
    problem(client.get(path), 422)


# ---- ids, lines, counts ----------------------------------------------------------------------------------------------


def test_each_request_has_an_id_that_its_log_line_bears(
    client: TestClient, store: Empty, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="parkbond.access"):
        given = client.get("/api/v1/parks", headers={"x-request-id": "abc-1.2_3"})
        made = client.get("/nothing", headers={"x-request-id": "no good\x7f" + "x" * 99})
    assert given.headers["x-request-id"] == "abc-1.2_3"
    assert len(made.headers["x-request-id"]) == 16
    lines = [json.loads(Lines().format(record)) for record in caplog.records if record.name == "parkbond.access"]
    assert [line["request"] for line in lines] == ["abc-1.2_3", made.headers["x-request-id"]]
    assert [(line["path"], line["status"]) for line in lines] == [("/api/v1/parks", 200), ("/nothing", 404)]


def test_a_fault_is_told_with_its_id_and_logged_with_its_trace(
    client: TestClient, store: Empty, caplog: pytest.LogCaptureFixture
) -> None:
    store.broken = RuntimeError("secret words of the code")
    answer = client.get("/api/v1/parks")
    told = problem(answer, 500)
    assert answer.headers["x-request-id"] in told["detail"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "secret" not in answer.text
    assert any("secret words" in Lines().format(record) for record in caplog.records)
    store.broken = None
    assert client.get("/api/v1/parks").status_code == 200


def test_counts_are_what_prometheus_reads(client: TestClient) -> None:
    for _ in range(3):
        client.get("/api/v1/parks")
    client.get("/nothing")
    client.request("BREW", "/api/v1/enterprises")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = {family.name: family for family in text_string_to_metric_families(answer.text)}
    counted = {(s.labels["route"], s.labels["status"]): s.value for s in found["parkbond_requests"].samples}
    assert counted[("list_parks", "200")] == 3
    assert counted[("none", "404")] == 1
    samples = [s for s in found["parkbond_request_seconds"].samples if s.labels["route"] == "list_parks"]
    buckets = [s.value for s in samples if s.name.endswith("_bucket")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == next(s.value for s in samples if s.name.endswith("_count")) == 3
    assert {s.labels["how"]: s.value for s in found["parkbond_reads"].samples} == {"hit": 2, "miss": 1}
    assert found["parkbond_graph_up"].samples[0].value == 1
    assert found["process_resident_memory_bytes"].samples[0].value > 1e6


def test_labels_do_not_grow_with_what_is_sent(client: TestClient) -> None:
    for number in range(200):
        client.get(f"/nothing/{number}")
        client.request(f"X{number}", "/api/v1/parks")
    assert len(client.get("/metrics").text.splitlines()) < 200


# ---- slow clients ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [0.01, 10.0])
def test_a_body_that_comes_too_slowly_is_a_408(gap: float) -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass

    async def receive() -> Message:
        await asyncio.sleep(gap)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Message) -> None:
        raise AssertionError

    limit = BodyLimit(application, limit=10_000, silence=0.05, patience=0.2)
    with pytest.raises(Exception, match="408"):
        asyncio.run(limit({"type": "http", "headers": [], "method": "POST", "path": "/"}, receive, send))


class Served:
    """A service on a free port of this machine, in a thread."""

    def __init__(self, app: Any) -> None:
        import uvicorn

        from api.connection import Connection

        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        config = uvicorn.Config(app, http=Connection, ws="none", log_config=None, access_log=False, lifespan="on")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})

    def __enter__(self) -> Served:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.socket.close()

    def dial(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)


@pytest.fixture
def served(store: Empty, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr("api.connection.HEAD_SECONDS", 0.3)
    ways = Ways(store, str.lower, StoreNames, intake(Silent))  # type: ignore[arg-type]
    with Served(create_app(lambda: ways)) as running:
        yield running


def _answer(connection: socket.socket) -> bytes:
    got = b""
    while piece := connection.recv(65_536):
        got += piece
    return got


def test_who_dials_and_says_nothing_is_let_go(served: Served) -> None:
    with served.dial() as silent, served.dial() as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert _answer(silent).startswith(b"HTTP/1.1 408")
        assert _answer(slow).startswith(b"HTTP/1.1 408")


def test_a_head_without_end_is_refused(served: Served) -> None:
    with served.dial() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        got = b""
        try:
            for _ in range(100):
                connection.sendall(b"x" * 4096)
            got = _answer(connection)
        except OSError:
            pass  # it was closed while we wrote
        assert not got or got.startswith(b"HTTP/1.1 431")
    assert _ok(served)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /api/v1/parks HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
        b"\x00\x01\x02\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nzz\r\n",
    ],
)
def test_clients_that_go_or_talk_nonsense_leave_it_well(served: Served, sent: bytes) -> None:
    for _ in range(5):
        with served.dial() as connection:
            connection.sendall(sent)
    assert _ok(served)


def test_one_connection_serves_many(served: Served) -> None:
    with served.dial() as connection:
        for _ in range(3):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            got = b""
            while b'{"status":"ok"}' not in got:
                got += connection.recv(65_536)
            assert got.startswith(b"HTTP/1.1 200")
            time.sleep(0.2)  # longer than a head may take, all in all


def _ok(served: Served) -> bool:
    with served.dial() as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return b'"ok"' in _answer(connection)
