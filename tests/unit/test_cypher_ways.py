"""Statements over HTTP and the command line: switched off unless wanted, the same answers, the same refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from attacks import REFUSED, filled
from fastapi.testclient import TestClient
from served import Empty, problem
from typer.testing import CliRunner, Result

from api import cli
from api.app import create_app
from api.deps import Ways
from api.settings import settings
from api.statements import bounds, parameters_of
from graph.errors import InputError, SettingError, StoreLate
from graph.query.known import StoreNames
from graph.store.base import Bounds, Seen

PARKS = "MATCH (p:Park {name: $name}) RETURN p.name AS name, 'x' AS x"


class Telling(Empty):
    """A store that answers every statement with the same rows, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = Seen((("东澜园", "x"),))
        self.asked: list[tuple[str, Any, Bounds]] = []

    def visit(self, statement: str, parameters: Any, within: Bounds) -> Seen:
        if self.broken:
            raise self.broken
        self.asked.append((statement, dict(parameters), within))
        return self.seen


@pytest.fixture
def store() -> Telling:
    return Telling()


Open = Callable[[Bounds | None], AbstractContextManager[TestClient]]


@pytest.fixture
def served(store: Telling) -> Open:
    """Starts the service with these bounds."""

    @contextmanager
    def start(within: Bounds | None) -> Iterator[TestClient]:
        ways = Ways(store, str.lower, StoreNames, lambda *_: [], cypher=within)  # type: ignore[arg-type]
        with TestClient(create_app(lambda: ways), raise_server_exceptions=False) as client:
            yield client

    return start


def test_it_is_off_unless_switched_on(served: Open, store: Telling) -> None:
    assert bounds(settings({})) is None
    assert bounds(settings({"PARKBOND_CYPHER": "1", "PARKBOND_CYPHER_SECONDS": "3"})) == Bounds(seconds=3)
    with served(None) as client:
        told = problem(client.post("/api/v1/cypher", json={"statement": PARKS}), 403)
    assert "PARKBOND_CYPHER=1" in told["detail"]
    assert not store.asked


@pytest.mark.parametrize("wrong", [{"PARKBOND_CYPHER": "yes"}, {"PARKBOND_CYPHER_SECONDS": "0"}])
def test_settings_that_are_wrong_are_told(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        settings(wrong)


def test_rows_over_http(served: Open, store: Telling) -> None:
    with served(Bounds()) as client:
        given = client.post("/api/v1/cypher", json={"statement": PARKS, "parameters": {"name": "东澜园"}})
        assert given.status_code == 200
        sent = "MATCH (p:Park {name: $name}) RETURN p.name AS name, $text1 AS x LIMIT 1001"
        assert given.json() == {
            "columns": ["name", "x"],
            "rows": [["东澜园", "x"]],
            "complete": True,
            "why": "",
            "sent": sent,
        }
        assert store.asked == [(sent, {"name": "东澜园", "text1": "x"}, Bounds())]
        store.seen = Seen((), "rows")
        assert client.post("/api/v1/cypher", json={"statement": "RETURN 1 AS one"}).json()["complete"] is False


def test_no_attack_gets_through_http(served: Open, store: Telling) -> None:
    with served(Bounds()) as client:
        for statement in REFUSED:
            told = problem(client.post("/api/v1/cypher", json={"statement": filled(statement)}), 422)
            assert told["detail"]
    assert not store.asked


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "[]",
        '"RETURN 1"',
        '{"statement": 1}',
        '{"statement": "RETURN 1 AS x", "more": 1}',
        '{"statement": "RETURN $a AS x", "parameters": [1]}',
        '{"statement": "RETURN $a AS x", "parameters": {"a": 9223372036854775808}}',
        '{"statement": "RETURN $a AS x", "parameters": {"a": NaN}}',
        '{"statement": "RETURN $a AS x", "parameters": {"a": "\\ud800"}}',
        '{"statement": "RETURN \'\\ud800\' AS x"}',
        '{"statement": "RETURN $a AS x", "parameters": {"\\ud800": 1}}',
        '{"statement": "RETURN $a AS x", "parameters": {"a": ' + "[" * 200 + "]" * 200 + "}}",
    ],
)
def test_bodies_that_cannot_be_used(served: Open, store: Telling, body: str) -> None:
    with served(Bounds()) as client:
        problem(client.post("/api/v1/cypher", content=body, headers={"content-type": "application/json"}), 422)
    assert not store.asked


def test_a_statement_that_takes_too_long_is_a_504(served: Open, store: Telling) -> None:
    store.broken = StoreLate("the statement was not done after 10 s and was ended; ask for less")
    with served(Bounds()) as client:
        problem(client.post("/api/v1/cypher", json={"statement": "RETURN 1 AS x"}), 504)


def test_it_only_reads_for_the_door() -> None:
    from api.keys import Role
    from api.security import needed

    assert needed("POST", "/api/v1/cypher") is Role.READER


# ---- the command line -----------------------------------------------------------------------------------------------


@pytest.fixture
def run(store: Telling, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    @contextmanager
    def opened() -> Iterator[Telling]:
        yield store

    monkeypatch.setattr(cli, "_store", opened)
    monkeypatch.setenv("PARKBOND_CYPHER", "1")
    return lambda *words, **options: CliRunner().invoke(cli.app, ["cypher", *words], **options)


def test_rows_in_the_terminal(run: Callable[..., Result], store: Telling) -> None:
    done = run(PARKS, "--param", "name=东澜园", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"] == [["东澜园", "x"]]
    store.seen = Seen((("[东澜园]", {"label": "Park", "properties": {}}), (None, 1)), "size")
    table = run(PARKS, "--param", "name=1").stdout
    assert "[东澜园]" in table
    assert '{"label": "Park"' in table
    assert "larger than" in table
    assert run("-", input="RETURN 1 AS one, 2 AS two").exit_code == 0
    assert store.asked[-1][0] == "RETURN 1 AS one, 2 AS two LIMIT 1001"


def test_in_the_terminal_too_it_must_be_switched_on(
    run: Callable[..., Result], store: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARKBOND_CYPHER", "0")
    done = run(PARKS)
    assert done.exit_code == 1
    assert "PARKBOND_CYPHER=1" in done.stderr
    assert not store.asked


def test_refusals_in_the_terminal_are_one_line(run: Callable[..., Result]) -> None:
    done = run("MATCH (n)\nDELETE n")
    assert done.exit_code == 1
    assert done.stderr.startswith("parkbond: line 2, column 1: DELETE")
    assert done.stderr.count("\n") == 1


def test_parameters_of_the_command_line() -> None:
    pairs = ["a=1", "b=x=y", 'c=["园", null]', "d=", "e=true", "f={x}"]
    assert parameters_of(pairs) == {"a": 1, "b": "x=y", "c": ["园", None], "d": "", "e": True, "f": "{x}"}
    for wrong in (["a"], ["=1"], ["a=1", "a=2"]):
        with pytest.raises(InputError, match="--param"):
            parameters_of(wrong)
