"""Field cases of the service, over HTTP and MCP, Q06, Q07 and Q11: see README.md in this folder."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import GraphServer
from fastapi.testclient import TestClient
from served import problem

from api import keys
from api.answers import open_ways
from api.app import create_app
from api.keys import Role
from api.settings import settings
from graph.export import fingerprint
from graph.store import engine
from graph.store.base import Store
from graph.store.bolt import connect
from ingest.extract import extractor
from ingest.pipeline import ingest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SECONDS = 120.0
"""Patience of these tests: a bound against hanging, never a measure."""

Ask = Callable[[dict[str, Any]], dict[str, Any]]
"""Sends one JSON-RPC request and gives the answer."""


def case(name: str) -> Any:
    return json.loads((HERE / "cases" / name / "requests.json").read_text(encoding="utf-8"))


def expected(name: str) -> dict[str, Any]:
    return dict(json.loads((HERE / "expect" / f"{name}.json").read_text(encoding="utf-8")))


# ---- Q07: what no text and no number is ------------------------------------------------------------------------------

FIELDS = re.findall(r"\S+", "q q q limit limit - - question question question unknown cursor from")
"""The field that is wrong in each request; - for an id that cannot exist."""


def test_q07_what_cannot_be_meant_is_the_callers_mistake(store: Store, server: GraphServer) -> None:
    assert expected("Q07")["status"] == "400..422 or 404"
    ingest([HERE / "cases" / "Q09"], store, extractor=lambda: extractor("fast"))
    graph = {"GRAPH": server.graph, "GRAPH_USER": server.user, "GRAPH_PASSWORD": server.password}
    where = settings({f"PARKBOND_{name}": value for name, value in graph.items()})
    with TestClient(create_app(lambda: open_ways(where)), raise_server_exceptions=False) as client:
        for request, field in zip(case("Q07"), FIELDS, strict=True):
            headers = {"content-type": "application/json"}
            answer = client.request(
                request.get("method", "GET"), request["path"], content=request.get("raw"), headers=headers
            )
            told = problem(answer, answer.status_code)
            if field == "-":
                assert answer.status_code == 404
            else:
                assert 400 <= answer.status_code <= 422
                assert field in re.findall(r"\w+", told["detail"]), (request, told)
            assert not any(word in answer.text.casefold() for word in ("neo4j", "arcade", "lucene", "exception"))
            assert client.get("/api/v1/search?q=澜川半导体").json()["hits"], f"after {request}"


# ---- MCP -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An embedded graph of the document of Q11, as the settings that name it."""
    folder = tmp_path_factory.mktemp("service")
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PARKBOND_")},
        "PARKBOND_GRAPH": f"embedded:{folder / 'graph'}",
        "PARKBOND_IDLE": "30",
        "PYTHONPATH": str(ROOT),
    }
    with connect(env["PARKBOND_GRAPH"], idle=30.0) as store:
        store.prepare()
        ingest([HERE / "cases" / "Q11"], store, extractor=lambda: extractor("fast"))
    yield env
    engine.stop(folder / "graph")


def called(method: str, params: dict[str, Any] | None = None, id: int | None = None) -> dict[str, Any]:
    given = {"jsonrpc": "2.0", "id": id, "method": method, "params": params}
    return {name: value for name, value in given.items() if value is not None}


HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


class Piped:
    """`parkbond mcp` over standard input and output, line by line."""

    def __init__(self, env: dict[str, str], command: list[str]) -> None:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self.process = subprocess.Popen([sys.executable, *command], env=env, cwd=ROOT, **pipes)
        self.lines: list[bytes] = []
        self.ask(called("initialize", HELLO, 1))
        self._send(called("notifications/initialized"))

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request: the next line, which must be one message in UTF-8."""
        self._send(request)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.lines.append(line)
        answer = dict(json.loads(line.decode("utf-8")))
        assert (answer["jsonrpc"], answer["id"]) == ("2.0", request["id"])
        return answer

    def end(self) -> str:
        """Close its input; what it had written to standard error. Nothing more may be on standard output."""
        assert self.process.stdin is not None
        rest, told = self.process.communicate(timeout=SECONDS)
        assert (rest, self.process.returncode) == (b"", 0)
        return told.decode("utf-8")

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
        self.process.stdin.flush()


@contextmanager
def piped(env: dict[str, str], command: list[str] | None = None) -> Iterator[Piped]:
    one = Piped(env, command or ["-m", "api.cli", "mcp"])
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


@contextmanager
def over_stdio(env: dict[str, str], _: Path) -> Iterator[Ask]:
    with piped(env) as server:
        yield server.ask
        server.end()


@contextmanager
def over_http(env: dict[str, str], folder: Path) -> Iterator[Ask]:
    """With the key of a reader."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    _, secret = keys.add(folder / "keys.json", "agent", Role.READER)
    headers = {"accept": "application/json, text/event-stream", "authorization": f"Bearer {secret}"}
    command = [sys.executable, "-m", "api.cli", "mcp", "--http", str(port)]
    with ExitStack() as stack:
        server = subprocess.Popen(command, env={**env, "PARKBOND_SERVICE": str(folder)}, cwd=ROOT)
        stack.callback(server.wait, SECONDS)
        stack.callback(server.terminate)
        deadline = time.monotonic() + SECONDS
        while not _answers(port):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)

        def ask(request: dict[str, Any]) -> dict[str, Any]:
            answer = httpx.post(f"http://127.0.0.1:{port}/mcp", json=request, headers=headers, timeout=SECONDS)
            return dict(answer.json())

        yield ask
        assert server.poll() is None, "it stays up"


def _answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


# ---- Q06: a reader who writes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("over", [over_stdio, over_http])
def test_q06_a_reader_is_offered_nothing_that_writes(
    graph: dict[str, str], tmp_path: Path, over: Callable[..., Any]
) -> None:
    with connect(graph["PARKBOND_GRAPH"], idle=30.0) as store:
        before = fingerprint(store)
    with over(graph, tmp_path) as ask:
        first, *others = case("Q06")
        tools = ask(called(first["method"], {}, 2))["result"]["tools"]
        assert {tool["name"] for tool in tools}.isdisjoint(expected("Q06")["no_tools"])
        assert all(tool["annotations"]["readOnlyHint"] for tool in tools)
        for at, request in enumerate(others, 3):
            told = ask(called(request["method"], request["params"], at))["result"]
            [said] = told["content"]
            assert told["isError"]
            assert request["params"]["name"] in said["text"]
            assert "Traceback" not in said["text"]
            assert "\n" not in said["text"], "one sentence"
            assert "https://" not in said["text"], "no address of a library's manual"
        assert " q" in said["text"], "which argument is wrong"
        well = ask(called("tools/call", {"name": "search", "arguments": {"q": "签署合作协议"}}, 20))["result"]
        assert not well["isError"]
        assert well["structuredContent"]["hits"]
    with connect(graph["PARKBOND_GRAPH"], idle=30.0) as store:
        assert fingerprint(store) == before


# ---- Q11: code pages -------------------------------------------------------------------------------------------------

WARNING = "日志\u00a0🚀 — “警告”"
WARNS = f"""
import logging, sys
import api.routes.search as route
plain = route.search
def search(*args, **rest):
    logging.getLogger("graph.search").warning({WARNING!r})
    print({WARNING!r})
    return plain(*args, **rest)
route.search = search
from api.cli import main
sys.argv[1:] = ["mcp"]
main()
"""
"""The server, with a search that logs a warning and, as a careless library might, prints it too."""


@pytest.mark.parametrize("page", [{"PYTHONIOENCODING": "gbk"}, {"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_q11_the_stream_is_json_in_utf8_whatever_the_machine_writes(
    graph: dict[str, str], tmp_path: Path, page: dict[str, str]
) -> None:
    script = tmp_path / "server.py"
    script.write_text(WARNS, encoding="utf-8")
    said = expected("Q11")
    [text] = [file.read_text(encoding="utf-8").strip() for file in (HERE / "cases" / "Q11").iterdir()]
    assert {"\u00a0", "🚀"} <= set(text)
    with piped({**graph, **page}, [str(script)]) as server:
        told = server.ask(called("tools/call", {"name": "search", "arguments": {"q": "澜川半导体 🚀"}}, 2))
        found = told["result"]["structuredContent"]
        logs = server.end()
    assert found["query"] == "澜川半导体 🚀"
    assert found["hits"][0]["sources"] == [said["hit"]]
    assert found["hits"][0]["passage"]["text"] == text
    assert "澜川半导体".encode() in server.lines[-1]
    assert logs.count(WARNING) == 2, "what is logged and what is printed goes to standard error"
