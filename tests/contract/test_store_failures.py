"""What a store says, in one line, when the graph is not there, refuses or breaks; and that the next step works."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from facts import canonical_of, say, tell

from graph.errors import SettingError, StoreDenied, StoreDown, StoreError, StoreFull
from graph.export import canonical
from graph.model import Contribution
from graph.store import bolt, engine
from graph.store.base import Store
from graph.store.bolt import connect
from graph.store.dialect import Embedded, query_text, unindexed


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for an engine of its own."""
    yield tmp_path / "graph"
    engine.stop(tmp_path / "graph")


def told(at: int) -> Contribution:
    return tell(f"d{at}", say("LOCATED_IN", f"第{at}公司", "东澜园"))


@pytest.mark.parametrize(
    "graph", ["", "embedded", "embedded:", "neo4j", "neo4j://", "http://localhost:7474", "/tmp/graph", "localhost:7687"]
)
def test_an_address_of_another_form_is_refused_with_the_setting_named(graph: str) -> None:
    with pytest.raises(SettingError, match=r"PARKBOND_GRAPH is .*embedded:DIR.*neo4j://HOST:7687"):
        connect(graph)


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "neo4j+s"])
def test_where_nothing_answers_the_address_is_named(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(
            StoreDown, match=f"nothing answers at {scheme.replace('+', '.')}://127.0.0.1:{port}"
        ) as raised:
            connect(f"{scheme}://127.0.0.1:{port}", password="wrong-password")
    assert "\n" not in str(raised.value)


def test_what_is_no_graph_server_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            with contextlib.suppress(OSError):
                line, _ = other.accept()
                with line:
                    line.recv(64)
                    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(StoreError, match=r"127\.0\.0\.1"):
            connect(f"bolt://127.0.0.1:{other.getsockname()[1]}", password="wrong-password")
        thread.join(10)


def test_a_wrong_password_is_denied(server: Any) -> None:
    with pytest.raises(StoreDenied, match="refused user or password; set PARKBOND_GRAPH_USER"):
        connect(server.uri, user=server.user, password="not-the-password")


def test_a_database_that_is_not_there_is_named(server: Any) -> None:
    with (
        connect(server.uri, user=server.user, password=server.password, database="nowhere") as store,
        pytest.raises(StoreError, match="no database 'nowhere'; set PARKBOND_GRAPH_DATABASE"),
    ):
        store.counts()


def test_reads_and_writes_after_the_engine_was_killed_find_it_again(folder: Path) -> None:
    with connect(f"embedded:{folder}") as store:
        store.prepare()
        store.add([told(1)])
        kill_engine(folder)
        assert store.counts()["documents"] == 1
        kill_engine(folder)
        assert store.add([told(2)]).added == ("d2",)
        assert list(canonical(store)) == canonical_of([told(1), told(2)])


def kill_engine(folder: Path) -> None:
    java = engine.status(folder).java
    assert java is not None
    os.kill(java, signal.SIGKILL)


def test_a_kill_in_the_middle_of_a_write_leaves_whole_documents(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with connect(f"embedded:{folder}") as store:
        store.prepare()
        store.add([told(1)])
        real = bolt._Cursor.write
        killed: list[str] = []

        def write(self: bolt._Cursor, statement: str, **parameters: Any) -> None:
            real(self, statement, **parameters)
            if not killed and "Evidence" in statement:
                killed.append(statement)
                kill_engine(folder)

        monkeypatch.setattr(bolt._Cursor, "write", write)
        assert store.add([told(2), told(3)]).added == ("d2", "d3")
        assert killed
        assert list(canonical(store)) == canonical_of([told(1), told(2), told(3)])


def test_a_full_disk_keeps_what_was_there_and_the_next_command_works(folder: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with connect(f"embedded:{folder}") as store:
        store.prepare()
        store.add([told(0)])
    engine.stop(folder)
    done = [0]
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000_000, limits[1]))
    try:
        with connect(f"embedded:{folder}") as store, pytest.raises(StoreFull, match="no room left to write") as raised:
            fill(store, done)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "\n" not in str(raised.value)
    with connect(f"embedded:{folder}") as store:
        there = {row["id"] for row in store.documents()}
        assert there in ({f"d{at}" for at in done}, {f"d{at}" for at in [*done, done[-1] + 1]})
        store.add([told(99)])
        whole = [large(int(name[1:])) for name in there - {"d0"}]
        assert list(canonical(store)) == canonical_of([told(0), told(99), *whole])


def large(at: int) -> Contribution:
    return tell(f"d{at}", say("LOCATED_IN", f"第{at}公司", "东澜园"), text="满" * 100_000)


def fill(store: Store, done: list[int]) -> None:
    for at in range(1, 60):
        store.add([large(at)])
        done.append(at)


def test_a_question_that_takes_too_long_is_given_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bolt, "READ_SECONDS", 0.5)
    with pytest.raises(StoreError, match=r"took (longer|too long)"):
        store.run("UNWIND range(1, 40000) AS a UNWIND range(1, 4000) AS b WITH a * b AS c RETURN max(c) AS most")
    monkeypatch.undo()
    assert store.run("RETURN 1 AS one") == [{"one": 1}]


def test_an_error_of_a_bounded_read_reaches_the_caller() -> None:
    address = engine.Address("", "", "", "", 0)

    def read() -> int:
        raise KeyError("x")

    with pytest.raises(KeyError):
        Embedded(address).bounded(read, 1.0)
    assert Embedded(address).bounded(lambda: 3, 1.0) == 3


def test_a_transient_error_is_tried_again_and_the_work_done_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from neo4j.exceptions import TransientError

    real = bolt._Cursor.write
    failed: list[int] = []

    def write(self: bolt._Cursor, statement: str, **parameters: Any) -> None:
        real(self, statement, **parameters)
        if len(failed) < 3 and "Evidence" in statement:
            failed.append(1)
            raise TransientError("a deadlock")

    monkeypatch.setattr(bolt._Cursor, "write", write)
    assert store.add([told(1)]).added == ("d1",)
    assert len(failed) == 3
    assert list(canonical(store)) == canonical_of([told(1)])


def test_connecting_loads_the_driver_only_then() -> None:
    script = "import sys, graph.store.bolt, graph.export; sys.exit('neo4j' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", script], cwd=Path(bolt.__file__).parents[2], check=False).returncode == 0
    )


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("", ""),
        ('/-:("*~', ""),
        ("澜川", '"澜川"^2 澜川'),
        ("澜 川", "澜 川"),
        ("NOT 澜川", '"not"^2 not "澜川"^2 澜川'),
        ("A&K A", "a k"),
        ("Zefira-7", '"zefira"^2 zefira 7'),
    ],
)
def test_the_text_of_a_query_holds_words_only(words: str, query: str) -> None:
    assert query_text(words) == query


@pytest.mark.parametrize(
    ("words", "text", "held"),
    [
        ("NOT", "AND OR NOT科技有限公司", True),
        ("and / or", "第一行\nAND OR NOT科技有限公司", True),
        ("not", "notes of a knot", False),
        ("and or", "this and that", False),
    ],
)
def test_words_that_no_index_holds_are_looked_for_in_the_texts(words: str, text: str, held: bool) -> None:
    assert bool(re.fullmatch(unindexed(words), text)) is held


@pytest.mark.parametrize("words", ["", "*", "not 澜川", "Zefira"])
def test_other_words_are_looked_for_in_the_index(words: str) -> None:
    assert unindexed(words) == ""
