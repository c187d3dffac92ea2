"""The page about HTTP tells the truth: its commands and its Python run against a service with the samples."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from graph.store import engine

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "http.md"
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A service on the samples, without vectors."""
    import uvicorn

    from api.answers import open_ways
    from api.app import create_app, guarded
    from api.connection import Connection
    from api.jobs import ingest_paths
    from api.queue import Queue
    from api.settings import settings
    from api.worker import in_process

    folder = tmp_path_factory.mktemp("http")
    where = settings({**os.environ, "PARKBOND_GRAPH": f"embedded:{folder / 'graph'}", "PARKBOND_EXTRACTOR": "fast"})
    opened = open_ways(where)
    ingest_paths(opened.store, [ROOT / "ingest" / "samples"], where, vectors=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        queue = Queue(where.service / "jobs", in_process(where))
    listening = socket.create_server(("127.0.0.1", 0))
    app = create_app(lambda: opened, guard=guarded(where, "127.0.0.1"), queue=queue)
    server = uvicorn.Server(uvicorn.Config(app, http=Connection, ws="none", log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    listening.close()
    engine.stop(folder / "graph")


def commands() -> Iterator[tuple[str, list[str]]]:
    """Each command of the page with what its output must hold."""
    for block in re.findall(r"^```sh\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE):
        lines = block.splitlines()
        for at, line in enumerate(lines):
            if not line.startswith("#"):
                yield line, [said[2:] for said in lines[at + 1 : at + 2] if said.startswith("# ")]


@pytest.mark.parametrize(("command", "holds"), list(commands()), ids=lambda it: str(it)[:60])
def test_a_command_of_the_page_prints_what_is_shown(port: int, command: str, holds: list[str]) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not on this machine")
    done = subprocess.run(
        ["sh", "-c", command.replace(":8000", f":{port}")], capture_output=True, text=True, timeout=120, check=True
    )
    assert holds, "each command shows something"
    for said in holds:
        assert said in done.stdout


def test_the_python_of_the_page_runs(port: int) -> None:
    pytest.importorskip("pandas")
    blocks = "\n".join(re.findall(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)).replace(
        ":8000", f":{port}"
    )
    session = doctest.DocTestParser().get_doctest(blocks, {}, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(session, out=told.append)
    assert len(session.examples) > 15
    assert result.failed == 0, "".join(told)


# ---- commands and routes ---------------------------------------------------------------------------------------------

ROWS = [
    (re.findall(r"`([^`]+)`", row[0]), row[1])
    for row in re.findall(r"^\| (.+?) \| (.+?) \|$", TEXT.partition("## Commands and routes")[2], re.MULTILINE)
    if row[0].startswith("`") and "PARKBOND" not in row[0]
]


def _named(commands: Any, before: str = "") -> Iterator[str]:
    """The names of all commands; a group counts where it does something by itself."""
    for name, command in commands.commands.items():
        if not hasattr(command, "commands") or command.invoke_without_command:
            yield before + name
        if hasattr(command, "commands"):
            yield from _named(command, f"{before}{name} ")


def test_the_page_says_of_every_command_which_route_does_it() -> None:
    from api.cli import app as commands

    told = [name for names, _ in ROWS for name in names]
    assert sorted(told) == sorted(_named(get_command(commands)))


def test_the_routes_of_the_page_are_there_and_no_other_is() -> None:
    from api.app import create_app

    described = create_app(lambda: None).openapi()["paths"]  # type: ignore[arg-type, return-value]
    there = {f"{method.upper()} {path}" for path, operations in described.items() for method in operations}
    said = {route for _, cell in ROWS for route in re.findall(r"`((?:GET|POST|DELETE) [^`]+)`", cell)}
    assert said <= there, said - there
    lists = {"GET /api/v1/parks", "GET /api/v1/enterprises", "GET /api/v1/enterprises/{name}", "GET /api/v1/documents"}
    jobs = {"GET /api/v1/jobs", "GET /api/v1/jobs/{id}", "DELETE /api/v1/jobs/{id}", "GET /api/v1/jobs/{id}/events"}
    probes = {"GET /healthz", "GET /metrics", "GET /api/v1/documents/{document}"}
    assert there - said <= lists | jobs | probes, "a route that no command has, and that is no list, job or probe"
    assert all("none: " in cell for _, cell in ROWS if not re.search("`(GET|POST|DELETE) ", cell))
