"""What tests share: the two graph engines, the data made by others, and a guard against processes left behind.

    PARKBOND_TEST_NEO4J   a Neo4j for the contract suite, which EMPTIES it: an address (neo4j://…, user and password of
                          PARKBOND_GRAPH_USER, PARKBOND_GRAPH_PASSWORD), or a folder with lib/*.jar that is started
    PARKBOND_DATA         the folder of data made by others
    PARKBOND_TEST_STRICT  1: what would be skipped for want of these two fails

Tests that take `store` or `server` run once on each engine.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import psutil  # type: ignore[import-untyped]
import pytest
from neo4j_server import NotStarted, running

from graph.store import engine

if TYPE_CHECKING:
    import neo4j
    from typer.testing import Result

    from graph.store.base import Store

WITHOUT_NEO4J = (
    "the Neo4j half needs PARKBOND_TEST_NEO4J: a folder with Neo4j 5.26's lib/*.jar (and Java 17 or 21), "
    "or neo4j://HOST:7687 of a server that may be emptied"
)
WITHOUT_DATA = "tests over data made by others need PARKBOND_DATA, the folder that holds it"

_SETTINGS = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("PARKBOND_GRAPH")}
"""Taken out of the environment at once: no test may reach a graph that the user works with."""

ONE_ENGINE = pytest.mark.parametrize("server", ["embedded"], indirect=True)
"""For what is the same whatever the engine: it runs once."""

os.environ["PARKBOND_EXTRACTOR"] = "fast"
"""For all tests but those that name another: what it reads is the same on every processor."""


@dataclass(frozen=True, slots=True)
class GraphServer:
    """One engine that answers: `graph` is what PARKBOND_GRAPH would be; `uri`, `auth` are for the plain driver."""

    name: str
    graph: str
    uri: str
    user: str
    password: str
    database: str

    @contextlib.contextmanager
    def driver(self) -> Iterator[neo4j.Driver]:
        """The official driver, for tests that look past the store."""
        import neo4j

        with neo4j.GraphDatabase.driver(self.uri, auth=(self.user, self.password)) as driver:
            yield driver

    def empty(self) -> None:
        """Remove every node; that indexes for vectors of the usual length are there stays known.

        Making what is there already costs nothing but the plans of all statements, which both engines forget then.
        """
        with self.driver() as driver, driver.session(database=self.database) as session:
            session.run(
                "MATCH (n) WHERE NOT (n:Meta AND n.schema IS NOT NULL AND n.dimensions = 384) "
                "CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
            ).consume()
            session.run("MATCH (m:Meta) SET m = {id: m.id, schema: m.schema, dimensions: m.dimensions}").consume()


def missing(reason: str) -> NoReturn:
    """Skip, or fail where everything must run."""
    if os.environ.get("PARKBOND_TEST_STRICT") == "1":
        pytest.fail(f"PARKBOND_TEST_STRICT=1: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """One line for all tests that miss the same thing: the summary folds skips of one place."""
    report = yield
    for reason in (WITHOUT_NEO4J, WITHOUT_DATA):
        if report.skipped and isinstance(report.longrepr, tuple) and report.longrepr[2].endswith(reason):
            report.longrepr = (__file__, 1, f"Skipped: {reason}")
    return report


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """At the end no child process of the tests lives; engines that still idle in the tests' folders are ended."""
    ours = psutil.Process()
    before = set(ours.children(recursive=True))
    yield
    for folder in _engine_folders(tmp_path_factory.getbasetemp().resolve()):
        engine.stop(folder)
    deadline = time.monotonic() + 5
    while left := [child for child in set(ours.children(recursive=True)) - before if _lives(child)]:
        if time.monotonic() > deadline:
            names = [" ".join(child.cmdline())[:200] for child in left if _lives(child)]
            for child in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()
            pytest.fail(f"tests left processes behind: {names}")
        time.sleep(0.05)


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        words = " ".join(process.cmdline())  # Python's own tracker of shared resources ends with this process
        return process.status() != psutil.STATUS_ZOMBIE and bool(words) and "resource_tracker" not in words
    return False


def _engine_folders(base: Path) -> list[Path]:
    """Folders under `base` that an engine's supervisor was started for and lives."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "graph.store.engine" in words:
            folder = Path(words[words.index("graph.store.engine") + 1])
            if folder.is_relative_to(base):
                found.append(folder)
    return found


@pytest.fixture(scope="session")
def parkbond_data() -> Path:
    """The folder of data made by others."""
    folder = os.environ.get("PARKBOND_DATA", "")
    if not folder:
        missing(WITHOUT_DATA)
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f"PARKBOND_DATA={folder}: no such folder", pytrace=False)
    return path


@pytest.fixture(scope="session", params=["embedded", "neo4j"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphServer]:
    """Each engine in turn, started once a session. What is in it is anybody's: take `store` for an empty one."""
    start = _embedded if request.param == "embedded" else _neo4j
    with start(tmp_path_factory.mktemp(request.param)) as ready:
        yield ready


@pytest.fixture
def run(server: GraphServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command on an empty graph of each engine."""
    from typer.testing import CliRunner

    from api.cli import app

    server.empty()
    monkeypatch.setenv("PARKBOND_GRAPH", server.graph)
    monkeypatch.setenv("PARKBOND_GRAPH_USER", server.user)
    monkeypatch.setenv("PARKBOND_GRAPH_PASSWORD", server.password)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, [str(word) for word in words])


@contextlib.contextmanager
def _embedded(folder: Path) -> Iterator[GraphServer]:
    with engine.attach(folder, idle=1.0) as lease:
        at = lease.address
        yield GraphServer("embedded", f"embedded:{folder}", at.uri, at.user, at.password, at.database)
    engine.stop(folder)


@contextlib.contextmanager
def _neo4j(folder: Path) -> Iterator[GraphServer]:
    given = os.environ.get("PARKBOND_TEST_NEO4J", "")
    if not given:
        missing(WITHOUT_NEO4J)
    if "://" in given:
        user = _SETTINGS.get("PARKBOND_GRAPH_USER", "neo4j")
        password = _SETTINGS.get("PARKBOND_GRAPH_PASSWORD", "")
        database = _SETTINGS.get("PARKBOND_GRAPH_DATABASE", "neo4j")
        yield GraphServer("neo4j", given, given, user, password, database)
        return
    try:
        with running(Path(given).resolve(), folder) as at:
            yield GraphServer("neo4j", at.uri, at.uri, at.user, at.password, at.database)
    except NotStarted as error:
        pytest.fail(f"PARKBOND_TEST_NEO4J={given}: {error}", pytrace=False)


@pytest.fixture
def store(server: GraphServer) -> Iterator[Store]:
    """An empty, prepared store on each engine."""
    from graph.store.bolt import connect

    server.empty()
    made = connect(server.graph, user=server.user, password=server.password, database=server.database)
    try:
        made.prepare()
        yield made
    finally:
        made.close()
