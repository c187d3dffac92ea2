"""Both engines know the same Cypher, to the result."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import neo4j.exceptions
import pytest
from contract import probe

from graph.store import engine

if TYPE_CHECKING:
    from conftest import GraphServer
    from neo4j import Driver

MAY_DIFFER: dict[str, frozenset[str]] = {"embedded": frozenset(), "neo4j": frozenset()}
"""Steps that an engine may answer otherwise. The two statements of `probe.SCHEMA_SQL` apart, none may today."""

Instead = Callable[[probe.Step], bool]


@pytest.fixture
def ground(server: GraphServer) -> Iterator[tuple[Driver, str, Instead]]:
    """A driver, an empty database for the probe alone, and the engine's own way to do a step."""
    with server.driver() as driver, (_own_database if server.name == "embedded" else _swept)(server, driver) as found:
        yield driver, *found


@contextlib.contextmanager
def _own_database(server: GraphServer, driver: Driver) -> Iterator[tuple[str, Instead]]:
    with engine.attach(Path(server.graph.removeprefix("embedded:"))) as lease:
        at = replace(lease.address, database="probe")

        def instead(step: probe.Step) -> bool:
            for statement in probe.SCHEMA_SQL.get(step.name, ()):
                engine.command(at, "sql", statement)
            return step.name in probe.SCHEMA_SQL

        _order(at, "create database probe")
        try:
            yield "probe", instead
        finally:
            _order(at, "drop database probe")


def _order(at: engine.Address, order: str) -> None:
    """An order to the embedded server, not to one of its databases."""
    user = base64.b64encode(f"{at.user}:{at.password}".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{at.http}/api/v1/server",
        json.dumps({"command": order}).encode(),
        {"Authorization": f"Basic {user}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()


@contextlib.contextmanager
def _swept(server: GraphServer, driver: Driver) -> Iterator[tuple[str, Instead]]:
    """The one database, without the probe's schema before and after."""
    leave = [f"DROP CONSTRAINT probe_{name} IF EXISTS" for name in ("e", "p")]
    leave += [f"DROP INDEX probe_{name} IF EXISTS" for name in ("city", "names", "vectors")]
    server.empty()
    probe.ask(driver, server.database, "MATCH (n) DETACH DELETE n", {})  # even what says which indexes there are
    try:
        yield server.database, lambda step: False
    finally:
        server.empty()
        for statement in leave:
            probe.ask(driver, server.database, statement, {})


def test_both_engines_answer_every_statement_alike(server: GraphServer, ground: tuple[Driver, str, Instead]) -> None:
    failed = probe.run(*ground)
    assert failed.keys() == MAY_DIFFER[server.name], json.dumps(failed, ensure_ascii=False, indent=1)


def test_the_embedded_engine_still_lacks_what_the_store_works_around(
    server: GraphServer, ground: tuple[Driver, str, Instead]
) -> None:
    driver, database, _ = ground
    refused = {step.name for step in probe.SCHEMA if probe.judge(step, driver, database)}
    assert refused == (set(probe.SCHEMA_SQL) if server.name == "embedded" else set())


def test_a_transaction_is_all_or_nothing_and_unseen_until_committed(ground: tuple[Driver, str, Instead]) -> None:
    driver, database, _ = ground
    assert probe.rolls_back(driver, database)


def test_writers_that_meet_on_new_keys_end_with_one_node_each(ground: tuple[Driver, str, Instead]) -> None:
    """The embedded engine may refuse one of them with ConstraintError, which is why the store tries again."""
    driver, database, _ = ground
    assert not probe.judge(probe.SCHEMA[0], driver, database)
    merge, ids = "UNWIND $ids AS id MERGE (e:Enterprise {id: id})", {"ids": [f"W{n}" for n in range(50)]}
    together = threading.Barrier(4)

    def write() -> str:
        together.wait(10)
        for _ in range(20):
            try:
                probe.ask(driver, database, merge, ids)
                return "written"
            except neo4j.exceptions.ConstraintError:
                continue
        return "refused twenty times"

    with ThreadPoolExecutor(4) as writers:
        said = [future.result() for future in [writers.submit(write) for _ in range(4)]]
    count = "MATCH (e:Enterprise) RETURN count(e) AS c, count(DISTINCT e.id) AS d"
    assert (said, probe.ask(driver, database, count, {})) == (["written"] * 4, [{"c": 50, "d": 50}])
