"""Statements from outside on both engines: rows, bounds, time, and attacks that leave nothing behind."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attacks import PARAMETERS, REFUSED, USUAL, WRITES, filled
from facts import say, tell

from graph.errors import InputError, StoreError, StoreLate
from graph.export import fingerprint
from graph.statement.give import give
from graph.store import bolt, engine, guest
from graph.store.base import Bounds, Seen, Store

if TYPE_CHECKING:
    from conftest import GraphServer

CIRCLE = tuple(f"第{at}公司" for at in range(30))
"""Firms that all cooperate with each other: 435 ties, so that long paths are beyond counting."""

PARTNERS = CIRCLE[:4]

SLOW = "MATCH (a:Enterprise)-[:COOPERATES*1..5]-(b:Enterprise)-[:COOPERATES*1..5]-(c:Enterprise) RETURN count(*) AS n"
STUCK = "WITH range(1, 100000) AS l RETURN size([x IN l | size([y IN l WHERE y > x])]) AS n"
"""Work within one expression, which the embedded engine cannot end; the grammar lets nothing like it through."""


@pytest.fixture
def graph(store: Store) -> Store:
    """A few parks and firms."""
    store.add(
        [
            tell(
                "d1",
                say("LOCATED_IN", "澜川公司", "东澜园"),
                say("LOCATED_IN", "禾禹公司", "东澜园"),
                say("LOCATED_IN", "澜州大学", "东澜园"),
                say("OPERATES_IN", "澜川公司", "芯片业"),
                say("COLLABORATES", "澜川公司", "禾禹公司", date="2024-05-01"),
                published="2024-05-02",
                title="一",
            ),
            tell("d2", say("LOCATED_IN", "启岚公司", "青峤园"), say("COLLABORATES", *PARTNERS), title="二"),
        ]
    )
    return store


@pytest.fixture
def circle(store: Store) -> Store:
    """Firms that all cooperate with each other."""
    store.add([tell("d1", say("LOCATED_IN", "澜川公司", "东澜园"), say("COLLABORATES", *CIRCLE))])
    return store


@pytest.fixture
def listener() -> Iterator[tuple[int, list[Any]]]:
    """A port of this machine, and who called there."""
    called: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                with contextlib.suppress(TimeoutError):
                    line, address = server.accept()
                    called.append(address)
                    line.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], called
        done.set()
        thread.join()


def test_what_people_ask_is_answered(graph: Store) -> None:
    before = fingerprint(graph)
    for statement in USUAL:
        given = give(graph, filled(statement), PARAMETERS)
        assert given.complete
        assert all(len(row) == len(given.columns) for row in given.rows)
    assert fingerprint(graph) == before


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("MATCH (p:Park) RETURN p.name AS name ORDER BY name DESC", [("青峤园",), ("东澜园",)]),
        (
            "MATCH (e:Enterprise)-[x:LOCATED_IN]->(p:Park {name: '东澜园'}) WHERE x.status = 'active' "
            "RETURN e.name, x.documents ORDER BY e.name",
            [("澜川公司", 1), ("禾禹公司", 1)],
        ),
        ("MATCH (p:Park) WHERE EXISTS { (p)<-[:LOCATED_IN]-(:Institution) } RETURN p.name", [("东澜园",)]),
        (
            "MATCH (p:Park) RETURN p.name AS n, COUNT { (p)<-[:LOCATED_IN]-() } AS c ORDER BY c DESC",
            [("东澜园", 3), ("青峤园", 1)],
        ),
        (
            "MATCH p = shortestPath((a:Enterprise {name: '澜川公司'})-[*..3]-(b:Institution {name: '澜州大学'})) "
            "RETURN [n IN nodes(p) | n.name] AS names",
            [(["澜川公司", "东澜园", "澜州大学"],)],
        ),
        ("MATCH (c:Collaboration)<-[:PARTY]-(e) WITH c, count(e) AS n WHERE n > 2 RETURN n", [(4,)]),
        ("RETURN 'it\\'s' AS a, \"x\\\\y\" AS b, 'a\\nb' AS c, ';--' AS d", [("it's", "x\\y", "a\nb", ";--")]),
        ("RETURN 7 / 2 AS a, 7 % 4 AS b, 2 ^ 3 AS c, 1.0 / 0.0 AS d, [1, [2]] AS e, {a: null} AS f",
         [(3, 3, 8.0, None, [1, [2]], {"a": None})]),
        ("UNWIND $rows AS r RETURN r.name, r.n", [("x", 1), ("y", None)]),
        ("MATCH (e:Industry) RETURN e", [({"label": "Industry", "properties": {}},)]),
    ],
)  # fmt: skip
def test_rows_are_the_same_on_both_engines(graph: Store, statement: str, rows: list[tuple[Any, ...]]) -> None:
    given = list(give(graph, statement, PARAMETERS).rows)
    if rows and isinstance(rows[0][0], dict) and "label" in rows[0][0]:
        assert given[0][0]["label"] == rows[0][0]["label"]
        assert given[0][0]["properties"]["name"] == "芯片业"
        return
    assert given == rows


def test_whole_relationships_and_paths(graph: Store) -> None:
    [(tie, path)] = give(
        graph, "MATCH p = (a:Enterprise {name: '澜川公司'})-[x:COOPERATES]-(b) RETURN x, p LIMIT 1"
    ).rows
    assert tie["type"] == "COOPERATES"
    assert tie["properties"]["documents"] == 1
    assert [node["label"] for node in path["nodes"]] == ["Enterprise", "Enterprise"]
    assert [one["type"] for one in path["relationships"]] == ["COOPERATES"]


def test_vectors_are_not_shown_with_whole_nodes(graph: Store) -> None:
    passages = graph.unembedded(100)
    graph.embed({row["id"]: [1.0] + [0.0] * 383 for row in passages})
    rows = give(graph, "MATCH (p:Passage) RETURN p").rows
    assert len(rows) == len(passages)
    assert not any("vector" in row[0]["properties"] for row in rows)
    assert any("text" in row[0]["properties"] for row in rows)


def test_no_attack_leaves_a_trace(graph: Store, listener: tuple[int, list[Any]], tmp_path: Path) -> None:
    port, called = listener
    secret = tmp_path / "secret"
    secret.write_text("never read")
    before = fingerprint(graph)
    for statement in REFUSED:
        with pytest.raises(InputError):
            give(graph, filled(statement, port, str(secret)), PARAMETERS)
    assert fingerprint(graph) == before
    assert not called


@pytest.mark.parametrize("statement", [one for one in WRITES if "IN TRANSACTIONS" not in one])
def test_what_would_get_past_the_grammar_is_rolled_back(graph: Store, statement: str) -> None:
    """The second line of defence; IN TRANSACTIONS commits by itself on the embedded engine, but there is no CALL."""
    before, revision = fingerprint(graph), graph.revision()
    with contextlib.suppress(InputError, StoreError):
        graph.visit(filled(statement), PARAMETERS, Bounds(seconds=5))
    assert (fingerprint(graph), graph.revision()) == (before, revision)


def test_rows_and_bytes_are_bounded(graph: Store) -> None:
    names = "MATCH (e:Enterprise) RETURN e.name AS name ORDER BY name"
    few = give(graph, names, bounds=Bounds(rows=4))
    assert (len(few.rows), few.complete, few.why[:20]) == (4, False, "there are more rows ")
    assert give(graph, names, bounds=Bounds(rows=7)).complete
    assert len(give(graph, f"{names} LIMIT 2", bounds=Bounds(rows=4)).rows) == 2
    small = give(graph, names, bounds=Bounds(size=100))
    assert not small.complete
    assert "larger than 100 bytes" in small.why
    assert 0 < len(small.rows) < 10


def test_what_the_graph_cannot_run_is_one_sentence(graph: Store) -> None:
    with pytest.raises(InputError, match="cannot run this statement") as refused:
        give(graph, "MATCH (p:Park) RETURN sum(p.name + 1) - p.name AS x".replace(" - p.name", ""))
    assert str(refused.value).isprintable()
    assert give(graph, "RETURN 1 AS one").rows == ((1,),)


def test_at_the_time_limit_the_statement_ends_and_a_write_does_not(circle: Store, server: GraphServer) -> None:
    pid = _pid(server)
    failed: list[Exception] = []

    def write() -> None:
        try:
            for at in range(5):
                circle.add([tell(f"w{at}", say("LOCATED_IN", f"新{at}公司", "东澜园"))])
        except Exception as error:
            failed.append(error)

    writer = threading.Thread(target=write)
    begun = time.monotonic()
    writer.start()
    with pytest.raises(StoreLate, match="not done after 1 s and was ended") as late:
        give(circle, SLOW, bounds=Bounds(seconds=1))
    assert late.value.status == 504
    assert time.monotonic() - begun < 60
    writer.join()
    assert not failed
    assert give(circle, "MATCH (d:Document) RETURN count(d) AS n").rows == ((6,),)
    assert _pid(server) == pid
    assert _nothing_at_work(server)


def _pid(server: GraphServer) -> int | None:
    return engine.status(Path(server.graph.removeprefix("embedded:"))).java if server.name == "embedded" else None


def _nothing_at_work(server: GraphServer) -> bool:
    """Whether the engine works on no statement but the one that asks."""
    deadline = time.monotonic() + 30
    with server.driver() as driver, driver.session(database=server.database) as session:
        while time.monotonic() < deadline:
            running = [row["currentQuery"] for row in session.run("SHOW TRANSACTIONS").data()]
            if not [text for text in running if "COOPERATES*" in text]:
                return True
            time.sleep(0.1)
    return False


def test_only_so_many_are_at_work_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    going, begun = threading.Event(), threading.Semaphore(0)

    def visit(*_: Any) -> Seen:
        begun.release()
        going.wait(30)
        return Seen(())

    with monkeypatch.context() as patched, ThreadPoolExecutor(guest.VISITS) as pool:
        patched.setattr(bolt, "visit", visit)
        at_work = [pool.submit(give, store, "RETURN 1 AS one") for _ in range(guest.VISITS)]
        assert all(begun.acquire(timeout=30) for _ in at_work)
        with pytest.raises(StoreError, match="at work already"):
            give(store, "RETURN 1 AS one", bounds=Bounds(seconds=0.2))
        going.set()
        assert [one.result().rows for one in at_work] == [()] * guest.VISITS
    assert give(store, "RETURN 1 AS one").rows == ((1,),)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Path, Store]]:
    """An embedded graph of this test alone."""
    from graph.store.bolt import connect

    folder = tmp_path / "graph"
    store = connect(f"embedded:{folder}", idle=1.0)
    store.prepare()
    store.add([tell("d1", say("LOCATED_IN", "澜川公司", "东澜园"))])
    yield folder, store
    store.close()
    engine.stop(folder)


def test_an_engine_that_cannot_end_a_statement_is_started_anew(own: tuple[Path, Store]) -> None:
    folder, store = own
    before, first = fingerprint(store), engine.status(folder).java
    with pytest.raises(StoreLate):
        store.visit(STUCK, {}, Bounds(seconds=0.5))
    assert fingerprint(store) == before
    assert engine.status(folder).java != first


def test_while_a_write_is_open_the_engine_stays(own: tuple[Path, Store]) -> None:
    folder, store = own
    first = engine.status(folder).java
    file = os.open(folder / "writer.lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)  # as a write does, of this command or another
        with pytest.raises(StoreLate):
            store.visit(STUCK, {}, Bounds(seconds=0.5))
        assert engine.status(folder).java == first
    finally:
        os.close(file)
    assert store.run("RETURN 1 AS one") == [{"one": 1}]


def test_an_engine_that_ended_is_found_again(own: tuple[Path, Store]) -> None:
    folder, store = own
    engine.stop(folder)
    assert give(store, "MATCH (p:Park) RETURN p.name").rows == (("东澜园",),)


def test_memory_is_bounded(own: tuple[Path, Store]) -> None:
    folder, store = own
    first = engine.status(folder).java
    with pytest.raises(InputError, match="too much memory"):
        store.visit("UNWIND range(1, 900000) AS x RETURN size(collect(x)) AS n", {}, Bounds(seconds=30))
    assert engine.status(folder).java == first
