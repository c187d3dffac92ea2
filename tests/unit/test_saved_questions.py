"""Saved questions: their names, places and values, the file, the command, the routes."""

from __future__ import annotations

import json
import multiprocessing
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from served import Empty, Silent, problem
from typer.testing import CliRunner

from api import keys, questions
from api.app import create_app
from api.deps import Ways
from api.intake import intake
from api.keys import Keyring, Role
from api.security import Guard
from graph.errors import Conflict, InputError, NotFound, SettingError
from graph.query.known import StoreNames

TIES = "{park}里自{since}年以来有哪些企业和{firm}合作？"
VALUES = {"park": "苏州工业园区", "since": "2023", "firm": "澜川公司"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "service" / questions.FILE


# ---- words -----------------------------------------------------------------------------------------------------------


def test_a_question_is_saved_and_filled_with_words(file: Path) -> None:
    made = questions.add(file, "ties", TIES, "li")
    assert made.parameters == ("park", "since", "firm")
    assert questions.called(file, " ties ") == made
    assert made.filled(VALUES) == "苏州工业园区里自2023年以来有哪些企业和澜川公司合作？"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_value_is_never_a_place(file: Path) -> None:
    made = questions.add(file, "two", "{a}和{b}怎样联系起来？")
    assert made.filled({"a": "{b}", "b": "{a}{c}"}) == "{b}和{a}{c}怎样联系起来？"
    assert made.filled({"a": r"\1\g<0>", "b": "x"}) == r"\1\g<0>和x怎样联系起来？"


def test_the_same_place_twice_takes_one_value(file: Path) -> None:
    made = questions.add(file, "一", "比较{园}和{ 园}".replace("{ ", "{"))
    assert made.parameters == ("园",)
    assert made.filled({"园": "甲园"}) == "比较甲园和甲园"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "give a value for park, since, firm"),
        ({"park": "x", "since": "2023"}, "give a value for firm"),
        (VALUES | {"prak": "x"}, "'prak'"),
        (VALUES | {"park": ""}, "park: a value"),
        (VALUES | {"park": " \t"}, "park: a value"),
        (VALUES | {"park": "园" * 201}, "park: a value"),
        (VALUES | {"park": "a\nb"}, "control characters"),
        (VALUES | {"park": "a\0b"}, "control characters"),
        (VALUES | {"park": "a\u202eb"}, "control characters"),
        (VALUES | {"park": "\ud800"}, "half a character"),
    ],
)
def test_wrong_values_are_refused_in_one_sentence(file: Path, values: dict[str, str], told: str) -> None:
    made = questions.add(file, "ties", TIES)
    with pytest.raises(InputError, match=told) as refused:
        made.filled(values)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("", "empty"),
        ("园区" * 501, "at most 1000"),
        ("a\0b", "NUL"),
        ("哪些园区\n在{park}", "control characters"),
        ("哪些园区在{park", "no place"),
        ("哪些园区在park}", "no place"),
        ("哪些{{园区}}", "no place"),
        ("{}有哪些企业", "no place"),
        ("{1}有哪些企业", "no place"),
        ("{a b}有哪些企业", "no place"),
        ("{park!r}有哪些企业", "no place"),
        ("{park.name}有哪些企业", "no place"),
        ("{" + "a" * 31 + "}有哪些企业", "no place"),
        ("{park}{firm}", "nothing but places"),
        ("有" + "".join(f"{{p{at}}}" for at in range(11)), "more than 10"),
    ],
)
def test_places_that_are_badly_written_are_refused(file: Path, question: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        questions.add(file, "x", question)
    assert not file.exists()


@pytest.mark.parametrize("name", ["", " ", "-x", "a/b", "a\nb", "a" * 61, "a\0", "{x}", "\u202ea", ".."])
def test_names_that_cannot_be_are_refused(file: Path, name: str) -> None:
    with pytest.raises(InputError, match="a name has"):
        questions.add(file, name, TIES)


def test_a_name_that_is_taken_stays_what_it_was(file: Path) -> None:
    made = questions.add(file, "ties", TIES)
    with pytest.raises(Conflict, match="already"):
        questions.add(file, "ties", "另一个问题")
    assert questions.read(file) == (made,)
    assert questions.remove(file, "ties") == made
    assert questions.read(file) == ()
    with pytest.raises(NotFound, match="question list"):
        questions.remove(file, "ties")


def test_there_is_an_end_to_how_many_are_saved(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "MOST", 2)
    for name in "ab":
        questions.add(file, name, TIES)
    with pytest.raises(Conflict, match="remove one"):
        questions.add(file, "c", TIES)


@pytest.mark.parametrize("text", ["{", "[1]", '[{"name": "x"}]', "null", '{"a": 1}'])
def test_a_damaged_file_is_told_and_left(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(SettingError, match=r"questions\.json"):
        questions.add(file, "ties", TIES)
    assert file.read_text() == text


def _many(file: Path, who: str) -> None:
    for number in range(10):
        questions.add(file, f"{who}{number}", TIES)


def test_two_processes_lose_nothing_of_each_other(file: Path) -> None:
    started = [multiprocessing.get_context("spawn").Process(target=_many, args=(file, who)) for who in "ab"]
    for one in started:
        one.start()
    for one in started:
        one.join(60)
        assert one.exitcode == 0
    assert len(questions.read(file)) == 20


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(file: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    from api.cli import app

    monkeypatch.setenv("PARKBOND_SERVICE", str(file.parent))
    return lambda *words: CliRunner().invoke(app, ["question", *words])


def test_the_command_saves_lists_shows_and_removes(run: Callable[..., Any], file: Path) -> None:
    made = json.loads(run("add", "ties", TIES, "--json").stdout)
    assert (made["name"], made["parameters"]) == ("ties", ["park", "since", "firm"])
    assert json.loads(run("list", "--json").stdout) == [made]
    assert json.loads(run("show", "ties", "--json").stdout) == made
    for words in (["list"], ["show", "ties"]):
        told = run(*words).stdout
        assert "ties" in told
        assert "park, since, firm" in told
    assert run("remove", "ties").exit_code == 0
    assert questions.read(file) == ()
    assert run("list").exit_code == 0


def test_what_is_wrong_is_one_line_before_the_graph_is_opened(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("the graph was opened")

    monkeypatch.setattr("api.stores.open_store", never)
    run("add", "ties", TIES)
    for words in (
        ["ask", "nobody"],
        ["ask", "ties"],
        ["ask", "ties", "park"],
        ["ask", "ties", "park=a", "park=b"],
        ["ask", "ties", "park=a", "since=2", "firm=b", "x=y"],
        ["add", "ties", TIES],
        ["add", "x", "{"],
        ["show", "nobody"],
        ["remove", "nobody"],
    ):
        done = run(*words)
        assert (done.exit_code, done.stderr.startswith("parkbond: "), done.stderr.count("\n")) == (1, True, 1), words


# ---- the routes ------------------------------------------------------------------------------------------------------


@pytest.fixture
def serve(file: Path) -> Callable[..., TestClient]:
    def made(**guard: Any) -> TestClient:
        ways = Ways(Empty(), str.lower, StoreNames, intake(Silent), questions=file)  # type: ignore[arg-type]
        app = create_app(lambda: ways, guard=Guard(**guard))
        app.state.ways = ways
        return TestClient(app, raise_server_exceptions=False)

    return made


def test_questions_over_http_are_those_of_the_command(
    serve: Callable[..., TestClient], run: Callable[..., Any]
) -> None:
    client = serve()
    run("add", "one", "哪些企业在{park}？")
    made = client.post("/api/v1/questions", json={"name": "ties", "question": TIES})
    assert made.status_code == 201
    assert made.headers["location"] == "/api/v1/questions/ties"
    assert client.get("/api/v1/questions/ties").json() == made.json()
    listed = client.get("/api/v1/questions").json()
    assert ([row["name"] for row in listed["questions"]], listed["total"]) == (["one", "ties"], 2)
    assert [row["name"] for row in client.get("/api/v1/questions?skip=1&limit=1").json()["questions"]] == ["ties"]
    answer = client.post("/api/v1/questions/ties/ask", json={"values": VALUES})
    assert answer.status_code == 200
    assert answer.json()["question"] == "苏州工业园区里自2023年以来有哪些企业和澜川公司合作？"
    assert client.delete("/api/v1/questions/ties").json() == made.json()
    assert json.loads(run("list", "--json").stdout)[0]["name"] == "one"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "", {"name": "ties", "question": TIES}, 409),
        ("POST", "", {"name": "a/b", "question": TIES}, 422),
        ("POST", "", {"name": "x", "question": "{"}, 422),
        ("POST", "", {"name": "x", "question": "问" * 2000}, 422),
        ("POST", "", {"name": "x", "question": TIES, "more": 1}, 422),
        ("POST", "", {"name": 1, "question": TIES}, 422),
        ("GET", "/none", None, 404),
        ("DELETE", "/none", None, 404),
        ("GET", "/%00", None, 404),
        ("POST", "/none/ask", {"values": {}}, 404),
        ("POST", "/ties/ask", {"values": {}}, 422),
        ("POST", "/ties/ask", {"values": VALUES | {"x": "y"}}, 422),
        ("POST", "/ties/ask", {"values": VALUES | {"park": 5}}, 422),
        ("POST", "/ties/ask", {"values": VALUES | {"park": "x" * 201}}, 422),
        ("POST", "/ties/ask", {"values": VALUES, "phrase": True}, 403),
    ],
)
def test_bad_requests_are_problems(
    serve: Callable[..., TestClient], file: Path, method: str, path: str, body: Any, status: int
) -> None:
    questions.add(file, "ties", TIES)
    before = file.read_bytes()
    problem(serve().request(method, f"/api/v1/questions{path}", json=body), status)
    assert file.read_bytes() == before


def test_readers_ask_and_editors_write(serve: Callable[..., TestClient], file: Path) -> None:
    ring = Keyring(file.parent / "keys.json")
    told = {role: {"authorization": f"Bearer {keys.add(ring.file, role, role)[1]}"} for role in Role}
    client = serve(keys=ring)
    body = {"name": "ties", "question": TIES}
    assert client.post("/api/v1/questions", json=body, headers=told[Role.READER]).status_code == 403
    made = client.post("/api/v1/questions", json=body, headers=told[Role.EDITOR])
    assert (made.status_code, made.json()["who"]) == (201, "editor")
    asked = client.post("/api/v1/questions/ties/ask", json={"values": VALUES}, headers=told[Role.READER])
    assert asked.status_code == 200
    assert client.get("/api/v1/questions", headers=told[Role.READER]).status_code == 200
    assert client.delete("/api/v1/questions/ties", headers=told[Role.READER]).status_code == 403
    assert client.post("/api/v1/questions/ties/ask", json={"values": VALUES}).status_code == 401
    assert client.delete("/api/v1/questions/ties", headers=told[Role.EDITOR]).status_code == 200


def test_where_no_folder_is_kept_there_are_no_questions() -> None:
    ways = Ways(Empty(), str.lower, StoreNames, intake(Silent))  # type: ignore[arg-type]
    with TestClient(create_app(lambda: ways)) as client:
        problem(client.get("/api/v1/questions"), 409)
