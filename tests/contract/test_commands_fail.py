"""Commands as processes, when something goes wrong: one clear line, nothing lost, and the next command works."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from graph.store import engine

CASES = Path(__file__).parents[1] / "field" / "cases"
TEXT = "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。"
COMMAND = [sys.executable, "-m", "api.cli"]


@pytest.fixture
def where(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a user with an embedded graph of their own."""
    folder = tmp_path / "graph"
    yield {**os.environ, "PARKBOND_GRAPH": f"embedded:{folder}", "PARKBOND_IDLE": "5", "HOME": str(tmp_path)}
    if folder.is_dir():
        engine.stop(folder)


def parkbond(*words: object, env: Mapping[str, str], **kw: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [*COMMAND, *map(str, words)], env=env, text=True, capture_output=True, timeout=200, check=False, **kw
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def export(env: Mapping[str, str], folder: Path) -> bytes:
    done = parkbond("export", "--output", folder / "out.jsonl", env=env)
    assert done.returncode == 0, done.stderr
    return (folder / "out.jsonl").read_bytes()


def test_nothing_answers_at_the_address(where: dict[str, str]) -> None:
    env = {**where, "PARKBOND_GRAPH": "neo4j://127.0.0.1:1", "PARKBOND_GRAPH_PASSWORD": "not-a-secret"}
    assert "127.0.0.1:1" in one_line(parkbond("rank", env=env))


def test_a_wrong_password(server: object, where: dict[str, str]) -> None:
    if server.name != "neo4j":  # type: ignore[attr-defined]
        return  # the embedded engine makes its own
    env = {**where, "PARKBOND_GRAPH": server.graph, "PARKBOND_GRAPH_PASSWORD": "wrong-word"}  # type: ignore[attr-defined]
    assert "password" in one_line(parkbond("rank", env=env)).lower()


def test_a_wrong_setting(where: dict[str, str]) -> None:
    assert "PARKBOND_GRAPH" in one_line(parkbond("rank", env={**where, "PARKBOND_GRAPH": "sqlite:x"}))


def test_a_port_in_use(where: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in one_line(parkbond("serve", "--port", port, env=where))


def test_an_output_that_cannot_be_written(where: dict[str, str], tmp_path: Path) -> None:
    assert "no-folder" in one_line(parkbond("export", "--output", tmp_path / "no-folder" / "x.jsonl", env=where))


def test_a_full_disk(where: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(TEXT)
    parkbond("ingest", file, "--no-vectors", env=where)
    before = export(where, tmp_path)
    engine.stop(tmp_path / "graph")
    many = tmp_path / "many.jsonl"
    rows = (json.dumps({"id": f"m-{number}", "text": f"{TEXT}{number}。" + "。" * 16000}) for number in range(100))
    many.write_text("\n".join(rows))

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    full = parkbond("ingest", many, "--no-vectors", env=where, preexec_fn=small)
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert full.stderr.count("\n") == 1, full.stderr
    engine.stop(tmp_path / "graph")
    done = parkbond("ingest", many, "--no-vectors", "--json", env=where)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["added"] + summary["unchanged"] == 100
    parkbond("delete", *(f"m-{number}" for number in range(100)), env=where)
    assert export(where, tmp_path) == before


def test_s05_killed_at_any_moment(where: dict[str, str], tmp_path: Path) -> None:
    """kill -9 of the command six times, of the engine's child once, then one run to the end."""
    batch = CASES / "S05" / "batch150.jsonl"
    whole = {**where, "PARKBOND_GRAPH": f"embedded:{tmp_path / 'whole'}"}
    assert parkbond("ingest", batch, "--no-vectors", env=whole).returncode == 0
    expected = export(whole, tmp_path)
    engine.stop(tmp_path / "whole")

    chance = random.Random(5)
    parkbond("rank", env=where)  # the engine is up, so that kills fall into the work
    for number in range(7):
        run = subprocess.Popen([*COMMAND, "ingest", str(batch), "--no-vectors"], env=where, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.5, 2.5))
        if number == 6 and (java := engine.status(tmp_path / "graph").java):
            with contextlib.suppress(ProcessLookupError):
                os.kill(java, signal.SIGKILL)
            run.wait(timeout=120)
        else:
            run.kill()
            run.wait()
        for line in export(where, tmp_path).decode().splitlines():
            row = json.loads(line)
            if row["type"] == "document":
                assert line.encode() in expected  # a document that is in is wholly in: its lines are those of the end
    done = parkbond("ingest", batch, "--no-vectors", "--json", env=where)
    assert done.returncode == 0, done.stderr
    assert export(where, tmp_path) == expected


def test_serve_answers_and_ends(where: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    run = subprocess.Popen([*COMMAND, "serve", "--port", str(port)], env=where, stderr=subprocess.PIPE, text=True)
    try:
        health = _wait(f"http://127.0.0.1:{port}/api/v1/health")
        assert json.loads(health)["status"] == "ok"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
            assert b"parkbond" in page.read()
    finally:
        run.send_signal(signal.SIGTERM)
        _, errors = run.communicate(timeout=30)
    assert "Traceback" not in errors


def _wait(address: str) -> bytes:
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=10) as answer:
            return bytes(answer.read())
        time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")
