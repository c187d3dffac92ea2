"""The service over a real graph: pages, jobs in their own process, memory, and everything that schemathesis sends."""

from __future__ import annotations

import gc
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psutil
import pytest
import schemathesis
from conftest import ONE_ENGINE
from facts import say, tell
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, assume, seed
from hypothesis import settings as examples
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from api import keys
from api.answers import curated, folded, known_names, reasons
from api.app import create_app
from api.audit import Audit
from api.deps import Ways
from api.intake import extraction, intake
from api.keys import Keyring, Role
from api.queue import Queue
from api.security import Guard
from api.settings import settings
from api.worker import in_process
from graph.export import canonical
from graph.store.base import Store
from ingest.extract import extractor
from ingest.model import Extractor

NAMES = ["甲园", "乙园", "😀园", "𠀀园", "a园", "园", "Z园", "甲甲园", "乙乙园"]


class Shared:
    """A store that outlives the service that uses it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def close(self) -> None:
        """The test closes it."""


@contextmanager
def serving(store: Store, **rest: Any) -> Iterator[TestClient]:
    ways = Ways(Shared(store), folded, known_names, intake(lambda: extractor("fast")), None, reasons())  # type: ignore[arg-type]
    with TestClient(create_app(lambda: ways, **rest), raise_server_exceptions=False) as client:
        yield client


def filled(store: Store) -> None:
    store.add([tell(f"d{at}", say("LOCATED_IN", f"澜川{at}公司", name)) for at, name in enumerate(NAMES)])
    store.add([tell("deal", say("COLLABORATES", "澜川0公司", "澜川1公司", date="2024-05-06"), title="签约")])


@cache
def reader() -> Extractor:
    return extractor("fast")


def hashed(store: Store) -> int:
    return hash(tuple(canonical(store)))


def test_pages_by_cursor_hold_each_name_once_on_each_engine(store: Store) -> None:
    filled(store)
    with serving(store) as client:
        for path, key in (("parks", "parks"), ("enterprises", "enterprises"), ("documents", "documents")):
            whole = client.get(f"/api/v1/{path}").json()[key]
            seen, cursor = [], ""
            while True:
                page = client.get(f"/api/v1/{path}", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
                seen += page.json()[key]
                if not (cursor := page.json()["next"]):
                    break
            assert seen == whole, path
            assert len(whole) >= len(NAMES)


# ---- jobs ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def working(server: Any, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Queue]:
    """Queues on one folder whose jobs run in processes of their own, on the graph of `store`."""
    given = {
        "PARKBOND_GRAPH": server.graph,
        "PARKBOND_EXTRACTOR": "fast",
        "PARKBOND_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    where = settings()
    return lambda: Queue(tmp_path / "jobs", in_process(where))


def over(client: TestClient, address: str) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while (told := client.get(address).json())["state"] in ("queued", "running"):
        assert time.monotonic() < deadline, told
        time.sleep(0.1)
    return dict(told)


@ONE_ENGINE
def test_a_job_reads_what_was_sent_and_names_what_it_could_not(store: Store, working: Callable[[], Queue]) -> None:
    texts = [{"id": f"n{at}", "text": f"澜川{at}半导体有限公司位于青峤产业园。"} for at in range(20)]
    with serving(store, queue=working()) as client:
        good = client.post("/api/v1/jobs", json={"documents": texts, "vectors": False}).headers["location"]
        bad = client.post("/api/v1/jobs", json={"documents": [*texts[:2], {"text": " "}], "vectors": False})
        csv = "park,name\n青峤产业园,禾禹生物科技有限公司\n".encode()
        headers = {"content-type": "text/csv"}
        address = "/api/v1/jobs/roster?name=list.csv&source=名录&date=2024-01-01&vectors=false"
        listed = client.post(address, content=csv, headers=headers).headers["location"]
        told = over(client, good)
        assert (told["state"], told["report"]["added"], told["report"]["missing"]) == ("done", 20, 0)
        told = over(client, bad.headers["location"])
        assert (told["state"], told["report"]["unchanged"], told["report"]["failed"]) == ("incomplete", 2, 1)
        assert "documents.jsonl:3" in told["report"]["problems"][0]
        assert over(client, listed)["state"] == "done"
        assert client.get("/api/v1/enterprises/禾禹生物科技有限公司").status_code == 200
        assert client.get("/api/v1/documents").json()["total"] == 21


@ONE_ENGINE
def test_a_job_that_a_restart_interrupts_is_finished_by_the_next_service(
    store: Store, working: Callable[[], Queue]
) -> None:
    texts = [{"id": f"n{at}", "text": f"澜川{at}半导体有限公司位于青峤产业园。"} for at in range(300)]
    with serving(store, queue=working()) as client:
        address = client.post("/api/v1/jobs", json={"documents": texts, "vectors": False}).headers["location"]
        deadline = time.monotonic() + 120
        while not store.counts()["documents"]:
            assert time.monotonic() < deadline, client.get(address).json()
            time.sleep(0.02)
    some = store.counts()["documents"]
    with serving(store, queue=working()) as client:
        told = over(client, address)
    assert told["state"] == "done"
    assert store.counts()["documents"] == 300
    assert told["report"]["unchanged"] + told["report"]["added"] == 300
    assert told["report"]["unchanged"] >= min(some, 300) - 1


# ---- everything ------------------------------------------------------------------------------------------------------

CHECKS = (
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
)
SECONDS = 40.0
"""So long the operations are tried, in turn, as far as they come."""


@pytest.fixture
def tried(server: Any, store: Store, tmp_path: Path) -> Iterator[tuple[Any, TestClient, dict[str, str]]]:
    """The description of a service with keys, a client of it, and the headers of an admin."""
    filled(store)
    reader()  # loaded before time counts
    ring = Keyring(tmp_path / "s" / "keys.json")
    _, secret = keys.add(ring.file, "tester", Role.ADMIN)
    guard = Guard(ring, True, None, None, Audit(tmp_path / "s" / "audit.jsonl"))
    ways = Ways(
        Shared(store),  # type: ignore[arg-type]
        folded,
        known_names,
        intake(reader),
        None,
        reasons(),
        curated(),
        questions=tmp_path / "s" / "questions.json",
        extract=extraction(reader),
    )
    app = create_app(lambda: ways, guard=guard, queue=Queue(tmp_path / "jobs", lambda *_: {"read": 0}))
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield schema, client, {"Authorization": f"Bearer {secret}"}


@ONE_ENGINE
def test_whatever_is_sent_is_answered_as_described(tried: tuple[Any, TestClient, dict[str, str]]) -> None:
    """Each operation with valid and invalid input of every kind, with an admin's key; bounded in time."""
    schema, client, headers = tried
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) > 30
    deadline, wrong = time.monotonic() + SECONDS, []
    for number, operation in enumerate(operations):
        share = (deadline - time.monotonic()) / (len(operations) - number)
        if found := _tried(operation, client, headers, time.monotonic() + max(share, 0.3)):
            wrong.append(f"{operation.label}: {found}")
    assert not wrong, "\n\n".join(wrong)
    assert client.get("/readyz").status_code == 200


@ONE_ENGINE
def test_what_follows_from_an_answer_is_answered_as_described(tried: tuple[Any, TestClient, dict[str, str]]) -> None:
    """Chains of requests, each with what the one before it gave; bounded in time."""
    schema, client, headers = tried
    until = time.monotonic() + SECONDS / 4
    calls: list[str] = []

    class Chains(schema.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"session": client, "headers": headers}

        def call(self, case: Any, **kwargs: Any) -> Any:
            assume(time.monotonic() < until and "keys" not in case.path)
            calls.append(case.operation.label)
            return super().call(case, **kwargs)

        def validate_response(self, response: Any, case: Any, **kwargs: Any) -> None:
            case.validate_response(response, checks=CHECKS[:5], headers=headers)

    chosen = examples(
        max_examples=10,
        stateful_step_count=5,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    Chains.run(settings=chosen)
    assert len(set(calls)) > 3


class Enough(Exception):
    """The time of an operation is over; what was tried held."""


def _tried(operation: Any, client: TestClient, headers: dict[str, str], until: float) -> str:
    """What is wrong with the answers of an operation, "" if nothing is."""
    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
        try:
            strategy = operation.as_strategy(generation_mode=mode)
        except Exception:
            continue

        @seed(7)
        @examples(
            max_examples=15,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @_given(strategy)
        def holds(case: Any) -> None:
            if time.monotonic() > until:
                raise Enough
            if case.method == "DELETE" and "keys" in case.path:
                case.path_parameters = {"id": "none"}  # not the key that is in use
            response = case.call(session=client, headers=headers)
            case.validate_response(response, checks=CHECKS, headers=headers)

        try:
            holds()
        except Enough:
            continue
        except (Exception, BaseExceptionGroup) as error:
            if type(error).__name__ in ("Unsatisfiable", "SkipTest"):
                continue
            return f"{type(error).__name__}: {error}"[:1500]
    return ""


def _given(strategy: Any) -> Any:
    from hypothesis import given

    return given(case=strategy)


# ---- memory and bad input --------------------------------------------------------------------------------------------


@ONE_ENGINE
def test_memory_stays_as_it_is_over_many_requests(store: Store) -> None:
    filled(store)
    paths = ["/api/v1/parks?limit=5", "/api/v1/documents", "/api/v1/search?q=公司", "/nothing", "/api/v1/parks?limit=x"]
    process = psutil.Process()
    with serving(store) as client:

        def many(number: int) -> int:
            for at in range(number):
                client.get(paths[at % len(paths)], headers={"x-request-id": str(at)})
                if at % 10 == 0:
                    client.get(f"/api/v1/parks?skip={at}")
            gc.collect()
            return int(process.memory_info().rss)

        many(400)
        before = many(200)
        after = many(1000)
    assert after - before < 10_000_000, f"{(after - before) / 1e6:.0f} MB more after 1000 requests"


NASTY = {
    "empty": "",
    "blank": " \t\n　",
    "long": "园" * 35_000,
    "emoji": "😀🏭🚗" * 50,
    "nul": "园\0区",
    "half": "\ud800",
    "signs": "\\\"'`{}[]();--/**/ MATCH (n) DETACH DELETE n",
    "controls": "".join(map(chr, range(1, 32))),
    "turned": "\u202e园区\u2066",
}


@pytest.mark.parametrize("name", NASTY)
@ONE_ENGINE
def test_nasty_texts_are_4xx_or_answered_and_change_nothing(store: Store, name: str) -> None:
    filled(store)
    before, text = hashed(store), NASTY[name]
    body = {
        "/api/v1/ask": {"question": text},
        "/api/v1/review": {"a": text, "b": text, "verdict": "same"},
        "/api/v1/review/log": {
            "judgements": [{"a": text, "b": "x", "verdict": "same", "who": "x", "at": "2024-01-01"}]
        },
    }
    with serving(store) as client:
        for path, value in body.items():
            sent = json.dumps(value).encode()
            answer = client.post(path, content=sent, headers={"content-type": "application/json"})
            assert answer.status_code < 500, (path, answer.text[:300])
        if name == "long":
            text = text[:1000]
        for path in ("search?q=", "ask?q=", "parks/", "enterprises/", "evidence/", "explain/", "documents/", "jobs/"):
            address = f"/api/v1/{path}" + "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
            answer = client.get(address)
            assert answer.status_code < 500, (address, answer.text[:300])
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json"
            if path.startswith("documents") and text:
                assert client.delete(address).status_code == 404
    assert hashed(store) == before


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b'{"documents":' * 50_000, "application/json"),
        (b'{"documents":[' + b"[" * 100_000, "application/json"),
        (b'{"documents":[{"text":"x","id":1e999}]}', "application/json"),
        (b'{"documents":[{"text":"x","id":9223372036854775808}]}', "application/json"),
        (b'{"documents":[{"text":"x","nested":' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}]}", "application/json"),
        (b'{"documents":[{"text":"x"}],"more":1}', "application/json"),
        (b'{"documents":{"text":"x"}}', "application/json"),
        (b'{"documents":[{"text":"\\ud800"}]}', "application/json"),
        (b"<documents/>", "application/xml"),
        (b"documents=x", "application/x-www-form-urlencoded"),
        (b'{"documents":[{"text":"x"}]}', "text/plain"),
        (b"\xff\xfe{\x00}\x00", "application/json"),
        (b"", "application/json"),
    ],
)
@ONE_ENGINE
def test_nasty_bodies_are_refused_and_change_nothing(store: Store, sent: bytes, kind: str) -> None:
    before = hashed(store)
    with serving(store, body_limit=1_000_000) as client:
        for path in ("/api/v1/documents", "/api/v1/jobs", "/api/v1/ask", "/api/v1/review"):
            answer = client.post(path, content=sent, headers={"content-type": kind})
            if answer.status_code != 207:  # each document is told on its own
                assert 400 <= answer.status_code < 500, (path, answer.status_code, answer.text[:300])
                assert answer.headers["content-type"] == "application/problem+json"
    assert hashed(store) == before
