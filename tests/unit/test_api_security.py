"""Who is let in: keys and roles, hosts, origins, rates; and what is noted of those who write."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from served import Empty, Silent, problem
from typer.testing import CliRunner

from api import keys
from api.app import create_app, guarded
from api.audit import Audit
from api.deps import Ways
from api.intake import intake
from api.keys import Keyring, Role
from api.limits import Buckets
from api.security import OPEN, Guard, local, needed
from api.settings import settings
from graph.errors import InputError, NotFound, SettingError
from graph.model import Contribution, Document
from graph.query.known import StoreNames

BODY = {"documents": [{"id": "a", "text": "甲。"}]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "service" / "keys.json"


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., TestClient]:
    """A client of a service with this guard."""
    monkeypatch.setattr("ingest.pipeline.contribute", _contribute)

    def made(**guard: Any) -> TestClient:
        ways = Ways(Empty(), str.lower, StoreNames, intake(Silent))  # type: ignore[arg-type]
        app = create_app(lambda: ways, guard=Guard(**guard))
        app.state.ways = ways
        return TestClient(app, raise_server_exceptions=False)

    return made


def _contribute(extractor: Silent, documents: Sequence[Document]) -> list[Contribution]:
    return [Contribution(one, (), (), (), {}) for one in documents]


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


# ---- keys ------------------------------------------------------------------------------------------------------------


def test_only_the_hash_of_a_key_is_kept_and_only_for_the_owner(file: Path) -> None:
    made, secret = keys.add(file, "li", Role.EDITOR)
    assert secret.startswith("parkbond_")
    assert len(secret) >= 9 + 43, "256 bits"
    assert secret not in file.read_text("utf-8")
    assert secret[9:] not in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    found = Keyring(file).of(secret)
    assert found == made
    assert Keyring(file).of(secret + "x") is None
    assert Keyring(file).of("") is None
    assert Keyring(file).of(made.digest) is None


def test_a_key_ends_at_once_in_a_ring_that_is_in_use(file: Path) -> None:
    _, first = keys.add(file, "li", Role.READER)
    ring = Keyring(file)
    assert ring.of(first)
    _, second = keys.add(file, "wang", Role.READER)
    assert ring.of(second), "a new one counts at once"
    keys.revoke(file, "li")
    assert ring.of(first) is None
    keys.revoke(file, "wang")
    assert ring.closed, "nobody is let in because the last key ended"
    with pytest.raises(NotFound, match="li"):
        keys.revoke(file, "li")
    keys.add(file, "li", Role.READER)  # the name is free again


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\0"])
def test_names_of_keys(file: Path, name: str) -> None:
    with pytest.raises(InputError, match="name"):
        keys.add(file, name, Role.READER)


def test_a_name_is_taken_once(file: Path) -> None:
    keys.add(file, "li", Role.READER)
    with pytest.raises(InputError, match="already"):
        keys.add(file, "li", Role.ADMIN)


def test_keys_that_others_may_open_and_damaged_ones_let_nobody_in(file: Path, serve: Callable[..., TestClient]) -> None:
    _, secret = keys.add(file, "li", Role.READER)
    file.chmod(0o644)
    with pytest.raises(SettingError, match="chmod 600"):
        keys.read(file)
    client = serve(keys=Keyring(file))
    problem(client.get("/api/v1/parks", headers=bearer(secret)), 503)
    file.chmod(0o600)
    assert client.get("/api/v1/parks", headers=bearer(secret)).status_code == 200
    file.write_text('[{"id": 1}]', "utf-8")
    problem(client.get("/api/v1/parks", headers=bearer(secret)), 503)
    problem(client.get("/api/v1/parks"), 503)


def test_the_key_of_the_environment_is_an_admins(file: Path) -> None:
    ring = Keyring(file, "x" * 40)
    assert ring.closed
    found = ring.of("x" * 40)
    assert found is not None
    assert found.role is Role.ADMIN
    with pytest.raises(SettingError, match="PARKBOND_KEY"):
        settings({"PARKBOND_KEY": "short"})


def test_keys_are_made_shown_and_ended_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.cli import app

    monkeypatch.setenv("PARKBOND_SERVICE", str(tmp_path / "s"))
    run = CliRunner().invoke
    made = json.loads(run(app, ["key", "add", "li", "--role", "editor", "--json"]).stdout)
    ring = Keyring(tmp_path / "s" / "keys.json")
    assert ring.of(made["key"])
    assert ring.of(run(app, ["key", "add", "wang"]).stdout.strip())
    listed = run(app, ["key", "list", "--json"]).stdout
    assert made["key"] not in listed
    assert [(row["name"], row["role"]) for row in json.loads(listed)] == [("li", "editor"), ("wang", "reader")]
    assert run(app, ["key", "list"]).exit_code == 0
    assert run(app, ["key", "revoke", made["id"]]).exit_code == 0
    assert ring.of(made["key"]) is None
    assert run(app, ["key", "revoke", "nobody"]).exit_code == 1
    assert run(app, ["key", "add", "li", "--role", "king"]).exit_code == 1


# ---- roles -----------------------------------------------------------------------------------------------------------


def test_without_a_key_ever_made_this_machine_reads_and_writes(file: Path, serve: Callable[..., TestClient]) -> None:
    client = serve(keys=Keyring(file))
    assert client.get("/api/v1/parks").status_code == 200
    assert client.post("/api/v1/documents", json=BODY).status_code == 200
    for method in ("GET", "POST"):
        told = problem(client.request(method, "/api/v1/keys", json={"name": "x"} if method == "POST" else None), 403)
        assert "parkbond key add" in told["detail"]
    assert keys.read(file) is None


def test_the_first_key_closes_a_service_that_runs(file: Path, serve: Callable[..., TestClient]) -> None:
    client = serve(keys=Keyring(file))
    _, secret = keys.add(file, "li", Role.READER)
    answer = client.get("/api/v1/parks")
    problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert client.get("/api/v1/parks", headers=bearer(secret)).status_code == 200


def test_where_others_come_in_a_file_that_is_gone_opens_nothing(file: Path, serve: Callable[..., TestClient]) -> None:
    client = serve(keys=Keyring(file), must=True)
    problem(client.get("/api/v1/parks"), 401)


@pytest.mark.parametrize("wrong", ["Bearer", "Bearer ", "Bearer x", "Basic eDp4", "x", "Bearer \xff\xfe", "bearer x y"])
def test_wrong_keys_are_401(file: Path, serve: Callable[..., TestClient], wrong: str) -> None:
    keys.add(file, "li", Role.READER)
    client = serve(keys=Keyring(file))
    problem(client.get("/api/v1/parks", headers={"authorization": wrong.encode("latin-1")}), 401)  # type: ignore[dict-item]


def test_each_role_does_what_it_may_and_no_more(file: Path, serve: Callable[..., TestClient]) -> None:
    client = serve(keys=Keyring(file))
    told = {role: bearer(keys.add(file, role, role)[1]) for role in Role}

    def status(role: Role, method: str, path: str, **body: Any) -> int:
        return client.request(method, path, headers=told[role], **body).status_code

    for role in Role:
        assert status(role, "GET", "/api/v1/parks") == 200
        assert status(role, "GET", "/metrics") == 200
        assert status(role, "POST", "/api/v1/ask", json={"question": "介绍澜川公司"}) == 200
    assert status(Role.READER, "POST", "/api/v1/documents", json=BODY) == 403
    assert status(Role.EDITOR, "POST", "/api/v1/documents", json=BODY) == 200
    assert status(Role.READER, "DELETE", "/api/v1/documents/a") == 403
    assert status(Role.ADMIN, "DELETE", "/api/v1/documents/a") == 200
    for role in (Role.READER, Role.EDITOR):
        assert status(role, "GET", "/api/v1/keys") == 403
        assert status(role, "POST", "/api/v1/keys", json={"name": "x"}) == 403
    made = client.post("/api/v1/keys", headers=told[Role.ADMIN], json={"name": "x", "role": "reader"})
    assert made.status_code == 201
    secret = bearer(made.json()["secret"])
    assert client.get("/api/v1/parks", headers=secret).status_code == 200
    listed = client.get("/api/v1/keys", headers=told[Role.ADMIN])
    assert made.json()["secret"] not in listed.text
    assert "digest" not in listed.text
    assert status(Role.ADMIN, "DELETE", f"/api/v1/keys/{made.json()['id']}") == 200
    problem(client.get("/api/v1/parks", headers=secret), 401)


def test_every_operation_but_the_open_ones_asks_for_a_key(file: Path, serve: Callable[..., TestClient]) -> None:
    keys.add(file, "li", Role.ADMIN)
    client = serve(keys=Keyring(file))
    paths = client.get("/openapi.json").json()["paths"]
    asked = 0
    for path, operations in paths.items():
        for method, operation in operations.items():
            status = client.request(method, path.replace("{", "").replace("}", "")).status_code
            assert (status == 401) == (path not in OPEN), (method, path, status)
            assert bool(operation["security"]) == (path not in OPEN)
            asked += 1
    assert asked > 25


def test_what_is_not_known_needs_what_its_method_says() -> None:
    assert needed("GET", "/api/v1/new") is Role.READER
    assert needed("POST", "/api/v1/new") is Role.EDITOR
    assert needed("PATCH", "/") is Role.EDITOR
    assert needed("POST", "/api/v1/asking") is Role.EDITOR
    assert needed("GET", "/api/v1/keys/x") is Role.ADMIN
    assert needed("GET", "/") is None


# ---- hosts, origins, rates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("parks.example.org", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example:8000", 421),
        ("", 421),
        ("[::1].evil.example", 421),
    ],
)
def test_a_name_that_leads_here_without_being_ours_is_refused(tmp_path: Path, host: str, status: int) -> None:
    where = settings({"PARKBOND_SERVICE": str(tmp_path), "PARKBOND_HOSTS": "parks.example.org, other.example"})
    app = create_app(lambda: None, guard=guarded(where, "127.0.0.1"))  # type: ignore[arg-type,return-value]
    assert TestClient(app).get("/healthz", headers={"host": host}).status_code == status


def test_pages_of_other_sites_change_nothing(serve: Callable[..., TestClient]) -> None:
    client = serve()
    for origin in ("https://evil.example", "null", "http://testserver.evil.example", "http://testserver:81"):
        problem(client.post("/api/v1/documents", json=BODY, headers={"origin": origin}), 403)
    assert client.post("/api/v1/documents", json=BODY, headers={"origin": "http://testserver"}).status_code == 200
    answer = client.get("/api/v1/parks", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")], "CORS is closed"
    preflight = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = client.options("/api/v1/documents", headers=preflight)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_body_that_a_form_could_send_is_no_json(serve: Callable[..., TestClient]) -> None:
    client = serve()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        headers = {"content-type": kind} if kind else {}
        answer = client.post("/api/v1/documents", content=json.dumps(BODY).encode(), headers=headers)
        assert 400 <= answer.status_code < 500


def test_who_sends_too_much_waits(file: Path, serve: Callable[..., TestClient]) -> None:
    _, first = keys.add(file, "li", Role.READER)
    _, second = keys.add(file, "wang", Role.READER)
    client = serve(keys=Keyring(file), rate=1.0)
    statuses = [client.get("/api/v1/parks", headers=bearer(first)).status_code for _ in range(5)]
    assert statuses[0] == 200
    answer = client.get("/api/v1/parks", headers=bearer(first))
    problem(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1
    assert client.get("/api/v1/parks", headers=bearer(second)).status_code == 200, "each has its own"


def test_buckets_fill_with_time_and_do_not_pile_up() -> None:
    buckets = Buckets(rate=10, burst=1, most=100)
    assert [buckets.take("a", 0.0) for _ in range(11)] == [0] * 10 + [1]
    assert buckets.take("a", 0.05) == 1
    assert buckets.take("a", 0.2) == 0
    for number in range(1000):
        buckets.take(str(number), 1.0)
    assert len(buckets._left) == 100
    assert Buckets(rate=0.1).take("a", 0.0) == 0


# ---- binding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "parks.example.org", ""])
def test_nobody_else_is_let_in_without_a_key(tmp_path: Path, host: str) -> None:
    assert not local(host)
    where = settings({"PARKBOND_SERVICE": str(tmp_path)})
    with pytest.raises(InputError, match="parkbond key add"):
        guarded(where, host)
    keys.add(tmp_path / "keys.json", "li", Role.READER)
    guard = guarded(where, host)
    assert guard.must
    assert guard.hosts is None
    assert guard.rate


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.7", "::1", "localhost"])
def test_this_machine_is_let_in_without(tmp_path: Path, host: str) -> None:
    guard = guarded(settings({"PARKBOND_SERVICE": str(tmp_path)}), host)
    assert not guard.must
    assert guard.hosts is not None
    assert host in guard.hosts
    assert guard.rate is None


def test_serving_others_without_a_key_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.cli import app

    monkeypatch.setenv("PARKBOND_SERVICE", str(tmp_path))
    said = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0"])
    assert said.exit_code == 1
    assert said.output.count("\n") == 1
    assert "parkbond key add" in said.output


def test_a_graph_keeps_its_service_beside_it() -> None:
    assert settings({"PARKBOND_GRAPH": "embedded:/data/graph"}).service == Path("/data/graph.service")
    assert settings({"PARKBOND_SERVICE": "/run/s"}).service == Path("/run/s")
    assert settings({"PARKBOND_HOSTS": " A.example ,b"}).hosts == ("a.example", "b")


# ---- the audit log ---------------------------------------------------------------------------------------------------


def test_writes_are_noted_with_who_when_and_what(file: Path, serve: Callable[..., TestClient]) -> None:
    made, secret = keys.add(file, "李", Role.EDITOR)
    log = file.parent / "audit.jsonl"
    client = serve(keys=Keyring(file), audit=Audit(log))
    headers = bearer(secret)
    client.get("/api/v1/parks", headers=headers)
    client.post("/api/v1/ask", json={"question": "x"}, headers=headers)
    assert not log.exists(), "reading is not noted"
    client.post("/api/v1/documents", json=BODY, headers={**headers, "x-request-id": "r-1"})
    client.delete("/api/v1/documents/a", headers=headers)
    client.delete("/api/v1/documents/a", headers=headers)
    client.post("/api/v1/documents", json=BODY)
    client.post("/api/v1/documents", json={"wrong": 1}, headers=headers)
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [row["status"] for row in rows] == [200, 200, 404, 401, 422]
    assert [row["who"] for row in rows] == ["李", "李", "李", "nobody", "李"]
    assert (rows[0]["request"], rows[0]["key"], rows[0]["method"]) == ("r-1", made.id, "POST")
    assert rows[0]["what"] == {"documents": ["a"], "outcomes": {"added": 1}}
    assert rows[1]["what"] == {"deleted": ["a"]}
    assert secret not in log.read_text("utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_path_cannot_write_lines_of_its_own(file: Path, serve: Callable[..., TestClient]) -> None:
    file.parent.mkdir()
    log = file.parent / "audit.jsonl"
    client = serve(audit=Audit(log))
    client.delete('/api/v1/documents/x%0A{"who":"forged"}')
    assert len(log.read_text("utf-8").splitlines()) == 1


def test_a_full_audit_log_is_turned_and_one_that_cannot_be_written_stops_nothing(
    tmp_path: Path, serve: Callable[..., TestClient]
) -> None:
    audit = Audit(tmp_path / "a.jsonl", most=300)
    for number in range(30):
        audit.note(number=number)
    names = sorted(file.name for file in tmp_path.iterdir())
    assert "a.jsonl.1" in names
    assert len(names) <= 10
    lines = [line for name in names for line in (tmp_path / name).read_text("utf-8").splitlines()]
    assert {json.loads(line)["number"] for line in lines} == set(range(30))
    client = serve(audit=Audit(tmp_path / "nowhere" / "a.jsonl"))
    assert client.post("/api/v1/documents", json=BODY).status_code == 200
