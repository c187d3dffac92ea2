"""The life of the embedded engine: one a folder, shared, ended in time, and nothing lost whatever is killed."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import socket
import stat
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from graph.errors import StoreDown, StoreError, StoreFull
from graph.store import engine

HEAP = "256m"
SECONDS = 30.0
"""Patience of these tests: a bound against hanging, never a measure."""

WRITE = "UNWIND range(1, {n}) AS i CREATE (:Kept {{id: toString(i), text: '{text}'}})"
COUNT = "MATCH (k:Kept) RETURN count(k) AS c"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for one engine, with a name that needs care; its engine ends with the test."""
    made = tmp_path / '图 谱 "1"'
    yield made
    engine.stop(made)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[engine.Lease]:
    """A lease on one engine for the tests that only look at it."""
    made = tmp_path_factory.mktemp("running") / "graph"
    with engine.attach(made, idle=1.0, heap=HEAP) as lease:
        yield lease
    engine.stop(made)


def write(lease: engine.Lease, n: int = 10, text: str = "x") -> None:
    engine.command(lease.address, "opencypher", WRITE.format(n=n, text=text))


def count(lease: engine.Lease) -> int:
    number: int = engine.command(lease.address, "opencypher", COUNT)[0]["c"]
    return number


def until(what: Callable[[], bool]) -> bool:
    """Whether it comes true while we wait."""
    deadline = time.monotonic() + SECONDS
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def ended(pid: int | None) -> bool:
    """Whether no such process lives."""
    assert pid is not None
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    return True


def client(folder: Path, then: str, *, wrapped: str = "") -> subprocess.Popen[str]:
    """Another command: it attaches, prints its engine's process and does `then`."""
    program = (
        "import sys, time, resource; from pathlib import Path; from graph.store import engine; "
        f"{wrapped}\nlease = engine.attach(Path(sys.argv[1]), idle=1.0, heap={HEAP!r}); "
        f"print(engine.status(Path(sys.argv[1])).pid, flush=True); {then}"
    )
    return subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True)


def test_commands_that_start_at_once_share_one_engine(folder: Path) -> None:
    commands = [client(folder, "lease.close()") for _ in range(6)]
    said = [command.communicate(timeout=90)[0] for command in commands]
    assert len(set(said)) == 1
    assert said[0].strip() == str(engine.status(folder).pid)


def test_an_engine_outlives_its_last_lease_by_the_idle_time_and_no_more(folder: Path) -> None:
    with engine.attach(folder, idle=0.5, heap=HEAP) as lease:
        write(lease)
        first = engine.status(folder)
        time.sleep(1.5)
        assert engine.status(folder).running
    assert until(lambda: not engine.status(folder).running)
    assert until(lambda: ended(first.pid) and ended(first.java))
    assert not (folder / "engine.json").exists()
    with engine.attach(folder, idle=0.5, heap=HEAP) as lease:
        assert count(lease) == 10


def test_a_command_killed_with_a_lease_does_not_hold_the_engine(folder: Path) -> None:
    command = client(folder, "time.sleep(600)")
    assert command.stdout is not None
    pid = int(command.stdout.readline())
    assert engine.status(folder).pid == pid
    command.kill()
    command.communicate()
    assert until(lambda: ended(pid))


def test_an_engine_ends_when_its_folder_is_gone_even_in_use(folder: Path, tmp_path: Path) -> None:
    with engine.attach(folder, heap=HEAP) as lease:
        write(lease)
        state = engine.status(folder)
        folder.rename(tmp_path / "elsewhere")
        assert until(lambda: ended(state.pid) and ended(state.java))
        assert not folder.exists()
    with engine.attach(tmp_path / "elsewhere", idle=0.0, heap=HEAP) as lease:
        assert count(lease) == 10
    engine.stop(tmp_path / "elsewhere")


def test_stop_ends_the_engine_and_keeps_the_data(folder: Path) -> None:
    assert not engine.stop(folder)
    lease = engine.attach(folder, heap=HEAP)
    write(lease)
    state = engine.status(folder)
    assert engine.stop(folder)
    assert ended(state.pid)
    assert ended(state.java)
    assert not engine.stop(folder)
    lease.close()
    with engine.attach(folder, heap=HEAP) as again:
        assert count(again) == 10
        assert engine.status(folder).java != state.java


@pytest.mark.parametrize("victim", ["java", "pid"])
def test_after_kill_9_the_next_command_works_and_nothing_is_lost(folder: Path, victim: str) -> None:
    with engine.attach(folder, heap=HEAP) as lease:
        write(lease, 1000)
        state = engine.status(folder)
        os.kill(getattr(state, victim), signal.SIGKILL)
        problem = engine.trouble(folder)
        assert isinstance(problem, StoreDown)
        assert "run the command again" in str(problem)
    with engine.attach(folder, heap=HEAP) as lease:
        assert count(lease) == 1000
        write(lease)
        assert count(lease) == 1010
    assert until(lambda: ended(state.pid) and ended(state.java))


def test_a_supervisor_that_hangs_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.attach(folder, heap=HEAP) as lease:
        write(lease)
        state = engine.status(folder)
    assert state.pid is not None
    assert state.java is not None
    os.kill(state.pid, signal.SIGSTOP)
    os.kill(state.java, signal.SIGKILL)
    monkeypatch.setattr(engine, "STOP_SECONDS", 0.2)
    with engine.attach(folder, heap=HEAP) as lease:
        assert count(lease) == 10
    assert ended(state.pid)


def test_a_stale_file_never_kills_a_stranger(folder: Path) -> None:
    with engine.attach(folder, heap=HEAP):
        text = (folder / "engine.json").read_text("utf-8")
        state = engine.status(folder)
    engine.stop(folder)
    with subprocess.Popen(["sleep", "600"]) as stranger:
        for pid in (state.pid, state.java):
            text = text.replace(str(pid), str(stranger.pid))
        (folder / "engine.json").write_text(text, "utf-8")
        assert not engine.status(folder).running
        with engine.attach(folder, heap=HEAP):
            assert engine.status(folder).running
            assert stranger.poll() is None
        stranger.kill()


def test_the_password_and_the_ports_are_for_this_user_on_this_machine_only(running: engine.Lease) -> None:
    folder = running.folder
    password = running.address.password
    assert len(password) >= 24
    assert password not in repr(running.address)
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            assert password not in " ".join(process.cmdline())
    state = engine.status(folder)
    modes = {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in (folder, *folder.rglob("*"))
        if not path.is_dir()
    }
    assert modes["engine.json"] == 0o600
    holders = [path.name for path in folder.iterdir() if path.is_file() and password in path.read_text("utf-8")]
    assert holders == ["engine.json"]
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == {}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(Path(f"/proc/{state.java}/environ").stat().st_mode) == 0o400
    listening = {
        (line.laddr.ip.removeprefix("::ffff:"), line.laddr.port)
        for line in psutil.Process(state.java).net_connections("tcp")
        if line.status == psutil.CONN_LISTEN
    }
    assert listening == {("127.0.0.1", state.bolt), ("127.0.0.1", state.http)}


def test_the_password_is_new_at_every_start_and_the_old_one_is_refused(folder: Path) -> None:
    with engine.attach(folder, heap=HEAP) as lease:
        old = lease.address
    engine.stop(folder)
    with engine.attach(folder, heap=HEAP) as lease:
        assert lease.address.password != old.password
        wrong = engine.Address(old.uri, old.user, old.password, old.database, lease.address.http)
        with pytest.raises(StoreError, match="refused"):
            engine.command(wrong, "opencypher", "RETURN 1")


def test_the_engine_reads_no_files_for_a_statement(running: engine.Lease, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\nsecret\n", "utf-8")
    load = f"LOAD CSV FROM 'file://{tmp_path}/secret.csv' AS row RETURN row"
    with pytest.raises(StoreError) as refused:
        engine.command(running.address, "opencypher", load)
    assert "secret\n" not in str(refused.value)
    assert re.search(r"disabled|not allowed", str(refused.value)), refused.value


def test_a_full_disk_is_one_sentence_and_loses_nothing(folder: Path) -> None:
    with engine.attach(folder, heap=HEAP) as lease:
        write(lease, 100)
    engine.stop(folder)
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))"
    much = WRITE.format(n=1000, text="x" * 500)
    command = client(
        folder,
        "done = 0\n"
        "try:\n"
        f"    while done < 100: engine.command(lease.address, 'opencypher', {much!r}); done += 1\n"
        "except Exception:\n"
        "    problem = engine.trouble(Path(sys.argv[1])); print(done, type(problem).__name__, problem)",
        wrapped=limit,
    )
    _, said = command.communicate(timeout=120)[0].strip().split("\n")
    done, name, sentence = said.split(" ", 2)
    assert name == StoreFull.__name__
    assert "no room left" in sentence
    assert until(lambda: not engine.status(folder).running)
    assert engine.status(folder).problem == "full"
    with engine.attach(folder, heap=HEAP) as lease:
        assert count(lease) == 100 + 1000 * int(done)
        write(lease, 5000, "x" * 500)
        assert count(lease) == 5100 + 1000 * int(done)
        assert engine.trouble(folder) is None


def test_a_disk_too_full_to_start_is_one_sentence(folder: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    folder.mkdir()
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(StoreFull, match="no room left"):
            engine.attach(folder, heap=HEAP)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with engine.attach(folder, heap=HEAP) as lease:
        assert count(lease) == 0


def test_without_the_engine_the_error_says_what_to_install_or_to_set(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    with pytest.raises(StoreDown, match=r"pip install arcadedb-embedded.*PARKBOND_GRAPH=neo4j://"):
        engine.attach(folder)
    assert engine.status(folder).version == ""


def test_an_engine_that_does_not_start_says_why_and_where_its_log_is(folder: Path) -> None:
    with pytest.raises(StoreDown, match=r"did not start \(Invalid maximum heap.*engine\.log") as failed:
        engine.attach(folder, heap="1 parsec")
    assert "\n" not in str(failed.value)
    assert not (folder / "engine.args").exists()
    assert not engine.status(folder).running


def test_a_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StoreError, match=r"file/graph: cannot keep a graph here \(Not a directory\)"):
        engine.attach(tmp_path / "file" / "graph")


def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    """As user nobody where the tests run as root, who may write anywhere."""
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    read, written = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of forks beside threads: this one only raises
        child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            engine.attach(locked / "graph")
        except StoreError as error:
            os.write(written, str(error).encode())
        finally:
            os._exit(0)
    os.close(written)
    os.waitpid(child, 0)
    with os.fdopen(read, encoding="utf-8") as said:
        assert "cannot keep a graph here (Permission denied)" in said.read()


def test_a_port_taken_in_between_is_answered_with_another(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = engine._package()
    assert package is not None
    folder.mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = taken.getsockname()[1]
        free = engine._ports
        offers = iter([(busy, free()[1]), free()])
        monkeypatch.setattr(engine, "_ports", lambda: next(offers))
        started = engine._bring_up(folder, package, HEAP)
    try:
        assert started.bolt != busy
        assert next(offers, None) is None
    finally:
        started.java.kill()
        started.java.wait()


def test_a_lease_closed_twice_is_closed_once(folder: Path) -> None:
    lease = engine.attach(folder, idle=0.0, heap=HEAP)
    lease.close()
    lease.close()
    assert until(lambda: not engine.status(folder).running)


def test_status_of_a_folder_without_engine_starts_and_makes_nothing(tmp_path: Path) -> None:
    found = engine.status(tmp_path / "none")
    assert (found.running, found.pid, found.disk, found.problem) == (False, None, 0, "")
    assert found.version
    assert not (tmp_path / "none").exists()


def test_status_of_a_running_engine_says_what_doctor_shows(running: engine.Lease) -> None:
    found = engine.status(running.folder)
    assert found.running
    assert found.folder == running.folder
    assert running.address.uri == f"bolt://127.0.0.1:{found.bolt}"
    assert found.uptime is not None
    assert found.memory is not None
    assert 0 <= found.uptime < 3600
    assert found.memory > 2**24
    assert found.disk > 2**12
    assert psutil.Process(found.java).ppid() == found.pid


def test_importing_the_engine_loads_the_standard_library_only() -> None:
    program = (
        "import sys; before = set(sys.modules); import graph.store.engine; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert set(said.split()) == {"graph"}
