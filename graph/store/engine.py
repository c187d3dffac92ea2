"""The embedded graph engine: one ArcadeDB a folder, run as a child and shared by every command that uses the folder.

    command A ──┐  shared lock on DIR/engine.lock (a lease; the kernel drops it even after kill -9)
    command B ──┤
                ▼
    supervisor (this module, its own session) ── owns ──> java (ArcadeDB: Bolt and HTTP on 127.0.0.1)
        ends java when nobody held a lease for `idle` seconds, when DIR is gone, on `stop`, when its disk is full;
        java ends when the supervisor is killed (parent death signal).

Files of DIR: `engine.json` (0600: processes, ports, password, new at every start), `engine.lock` (leases),
`engine.start` (one start or stop at a time), `engine.fault` (why the last engine gave up), `log/`, `databases/`.
Linux only. Nothing here needs the `neo4j` driver, and importing this module is quick: the standard library only.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

from graph.errors import StoreDown, StoreError, StoreFull

IDLE = 60.0
"""Seconds that an engine outlives its last lease."""

HEAP = "1g"
"""The engine's largest Java heap."""

DATABASE = "neo4j"
USER = "root"

START_SECONDS = 90.0
"""How long a start may take before it counts as failed (a busy machine, a recovery after a crash)."""

STOP_SECONDS = 20.0
"""How long an engine may take to end in order before it is killed."""

TICK = 0.2
"""Seconds between two looks of the supervisor at its locks, its folder and its child."""

ROOM_BYTES = 32 * 1024 * 1024
"""With less room than this for one more write, a failed commit is laid to the disk: twice the largest message."""

PATIENCE = 30.0
"""How long a living engine may be too busy to answer `RETURN 1` before a command gives up on it."""

LOG_BYTES = 4 * 1024 * 1024
"""The log is emptied when it grows beyond this."""

_OTHER_STORE = "set PARKBOND_GRAPH=neo4j://HOST:7687 to use a Neo4j server"
_LOGGING = """handlers = java.util.logging.ConsoleHandler
.level = WARNING
com.arcadedb.level = WARNING
java.util.logging.ConsoleHandler.level = WARNING
java.util.logging.ConsoleHandler.formatter = com.arcadedb.log.LogFormatter
"""
_UNUSED_JARS = ("arcadedb-console", "arcadedb-mcp", "arcadedb-postgresw", "arcadedb-redisw", "arcadedb-python-bridge")
_FULL = re.compile(
    r"^(?:Caused by: )?java\.n?io\.[\w.]+: .*(?:No space left on device|File too large|Disk quota exceeded)", re.M
)
_BUSY = re.compile(r"Unable to listen|Address already in use")
_BROKEN = re.compile(r'(?:Exception in thread "main" |^(?=Error|Invalid|Unrecognized|Conflicting))(\S.*)', re.M)
"""How Java begins the line that says why it gives up."""
_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Address:
    """Where a running engine answers: Bolt at `uri`, HTTP at port `http` of 127.0.0.1."""

    uri: str
    user: str
    password: str
    database: str
    http: int

    def __repr__(self) -> str:
        """Without the password: an address may reach a log."""
        return f"Address({self.uri!r}, {self.user!r}, database={self.database!r}, http={self.http})"


@dataclass(frozen=True, slots=True)
class Status:
    """What `parkbond doctor` says about a folder's engine; `problem` is why the last one gave up, or empty."""

    running: bool
    folder: Path
    version: str
    pid: int | None = None
    java: int | None = None
    bolt: int | None = None
    http: int | None = None
    uptime: float | None = None
    memory: int | None = None
    disk: int = 0
    problem: str = ""


class Lease:
    """The right to use a running engine until closed; the engine does not end for idleness meanwhile."""

    def __init__(self, address: Address, folder: Path, lock: int) -> None:
        self.address = address
        self.folder = folder
        self._lock: int | None = lock

    def close(self) -> None:
        """Give the lease back; again is harmless."""
        lock, self._lock = self._lock, None
        if lock is not None:
            with contextlib.suppress(OSError):
                os.utime(lock)
            os.close(lock)

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


# ---------------------------------------------------------------------------------------------------- for commands


def attach(folder: Path, idle: float = IDLE, heap: str = HEAP) -> Lease:
    """A lease on the engine of `folder`, started if none runs; its database answers `RETURN 1` on return.

    `idle` (seconds, ≥ 0) and `heap` (as Java's -Xmx: `512m`, `1g`) count for the engine that this call starts.
    Raises StoreDown (no engine installed, it does not start), StoreFull (no room) or StoreError (folder unusable).
    """
    folder = _folder(folder)
    lock = _open(folder / "engine.lock")
    try:
        deadline = time.monotonic() + START_SECONDS
        _lock(lock, fcntl.LOCK_SH, deadline, folder)
        os.utime(lock)
        with _starting(folder, deadline):
            address = _answering(folder) or _start(folder, idle, heap)
        return Lease(address, folder, lock)
    except OSError as error:
        os.close(lock)
        raise _unusable(folder, error) from None
    except BaseException:
        os.close(lock)
        raise


def stop(folder: Path) -> bool:
    """End the engine of `folder`, whoever uses it; True if one ran. Data that was committed stays."""
    folder = folder.expanduser().resolve()
    if not (folder / "engine.json").exists():
        return False
    with _starting(folder, time.monotonic() + START_SECONDS):
        return _end(folder)


def status(folder: Path) -> Status:
    """What runs for `folder`, read from its files and /proc; starts nothing and never raises for a missing folder."""
    folder = folder.expanduser().resolve()
    state, disk, problem = _state(folder), _disk(folder), _fault(folder)
    version = engine_version()
    if state is None or not _both_alive(state):
        return Status(False, folder, version, disk=disk, problem=problem)
    return Status(
        True,
        folder,
        state["version"],
        pid=state["pid"],
        java=state["java"],
        bolt=state["bolt"],
        http=state["http"],
        uptime=max(0.0, time.time() - state["since"]),
        memory=_memory(state["java"]),
        disk=disk,
        problem=problem,
    )


def trouble(folder: Path) -> StoreError | None:
    """Why the engine of `folder` stopped serving: StoreFull or StoreDown; None when it seems well.

    Meant for the moment after a statement failed without a reason of its own: the engine does not say that a commit
    found no room. An engine that ran out of room is ended, without losing what was committed: the next attach starts
    one that writes again.
    """
    folder = folder.expanduser().resolve()
    state = _state(folder)
    if state is None or not _both_alive(state):
        return _full(folder) if _fault(folder) == "full" else _ended(folder)
    if _room(folder, state["java"]) < ROOM_BYTES or _FULL.search(_tail(folder)):
        _kill(state["pid"], state["born"], signal.SIGUSR1, STOP_SECONDS)
        return _full(folder)
    return None if _answers(_address(state)) else _ended(folder)


def command(address: Address, language: str, statement: str, timeout: float = 60.0) -> list[dict[str, Any]]:
    """The rows of one statement of `language` (`sql`, `opencypher`), sent to the engine's HTTP port.

    For the schema statements that its Cypher lacks. Raises StoreError with the engine's words when it refuses,
    OSError when nothing answers within `timeout` seconds.
    """
    code, body = _post(address, language, statement, timeout)
    try:
        answer = json.loads(body)
    except ValueError:
        answer = {}
    if code != 200 or not isinstance(answer.get("result"), list):
        said = answer.get("detail") or answer.get("error") or f"HTTP {code}"
        raise StoreError(f"the embedded graph engine refused `{statement}`: {said}")
    rows: list[dict[str, Any]] = answer["result"]
    return rows


def engine_version() -> str:
    """The installed engine's version, or empty when none is installed."""
    package = _package()
    jars = sorted((package / "jars").glob("arcadedb-engine-*.jar")) if package else []
    return jars[-1].stem.removeprefix("arcadedb-engine-") if jars else ""


# ---------------------------------------------------------------------------------------------------- files and locks


def _folder(folder: Path) -> Path:
    """The folder, made if new (only its owner may read it), by its real path."""
    folder = folder.expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from None
    return folder


def _unusable(folder: Path, error: OSError) -> StoreError:
    if error.errno in _FULL_ERRNOS:
        return _full(folder)
    why = error.strerror or str(error)
    return StoreError(f"{folder}: cannot keep a graph here ({why}); name another folder in PARKBOND_GRAPH=embedded:DIR")


def _full(folder: Path) -> StoreFull:
    return StoreFull(
        f"{folder}: no room left to write (disk, quota or file-size limit); make room and run the command again, "
        "what was committed before is kept"
    )


def _ended(folder: Path) -> StoreDown:
    return StoreDown(
        f"the embedded graph engine of {folder} ended while it was in use; run the command again, what was committed "
        f"is kept (its log: {folder / 'log' / 'engine.log'})"
    )


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unusable(path.parent, error) from None


def _lock(file: int, kind: int, deadline: float, folder: Path) -> None:
    """Take a lock; StoreDown when it is not to be had before `deadline` (monotonic seconds)."""
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise StoreDown(
                    f"{folder}: another command has been starting or stopping the graph engine for "
                    f"{START_SECONDS:.0f} s; end it and run this again"
                ) from None
            time.sleep(0.005)


@contextlib.contextmanager
def _starting(folder: Path, deadline: float) -> Iterator[None]:
    """While open, no other command starts or stops this folder's engine."""
    file = _open(folder / "engine.start")
    try:
        _lock(file, fcntl.LOCK_EX, deadline, folder)
        yield
    finally:
        os.close(file)


def _write(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner only."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as out:
            out.write(text)
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)


def _state(folder: Path) -> dict[str, Any] | None:
    """What the supervisor wrote about itself, or None when nothing usable is there."""
    try:
        state = json.loads((folder / "engine.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    keys = {"pid", "born", "java", "java_born", "bolt", "http", "password", "version", "since"}
    return state if isinstance(state, dict) and keys <= state.keys() else None


def _fault(folder: Path) -> str:
    try:
        return (folder / "engine.fault").read_text("utf-8").strip()
    except OSError:
        return ""


def _tail(folder: Path, size: int = 65536) -> str:
    """The end of the engine's log."""
    try:
        with (folder / "log" / "engine.log").open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - size))
            return log.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _disk(folder: Path) -> int:
    """Bytes that the folder's files take."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(where, name)).st_blocks * 512
    return total


# ---------------------------------------------------------------------------------------------------- processes


def _born(pid: int) -> int | None:
    """When a process started (clock ticks since boot): with its id it names one process for ever. None: no such."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def _alive(pid: int, born: int) -> bool:
    return _born(pid) == born


def _both_alive(state: dict[str, Any]) -> bool:
    """Whether supervisor and Java live."""
    return _alive(state["pid"], state["born"]) and _alive(state["java"], state["java_born"])


def _room(folder: Path, java: int) -> float:
    """Bytes that one file of the folder may still grow: by the disk, and by the file-size limit Java runs under."""
    disk = os.statvfs(folder)
    room = float(disk.f_bavail * disk.f_frsize)
    with contextlib.suppress(OSError, ValueError):
        limits = Path(f"/proc/{java}/limits").read_text("ascii")
        limit = re.search(r"^Max file size\s+(\d+)", limits, re.M)
        if limit:
            largest = max((path.stat().st_size for path in (folder / "databases").rglob("*")), default=0)
            room = min(room, float(int(limit[1]) - largest))
    return room


def _memory(pid: int) -> int | None:
    """Resident bytes of a process."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def _kill(pid: int, born: int, sign: signal.Signals, wait: float) -> bool:
    """Signal a process if it is still that one; True when it is gone within `wait` seconds."""
    deadline = time.monotonic() + wait
    if _alive(pid, born):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
    while _alive(pid, born):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _end(folder: Path) -> bool:
    """End whatever `engine.json` names: in order if it can, by force if it must. Needs the start lock."""
    state = _state(folder)
    ran = False
    if state is not None:
        processes = [(state["pid"], state["born"]), (state["java"], state["java_born"])]
        ran = all(_alive(*process) for process in processes)
        for process in processes:
            if not _kill(*process, signal.SIGTERM, STOP_SECONDS):
                _kill(*process, signal.SIGKILL, STOP_SECONDS)
    with contextlib.suppress(OSError):
        (folder / "engine.json").unlink(missing_ok=True)
    return ran


# ---------------------------------------------------------------------------------------------------- asking the engine


def _address(state: dict[str, Any]) -> Address:
    return Address(f"bolt://127.0.0.1:{state['bolt']}", USER, state["password"], DATABASE, state["http"])


def _post(address: Address, language: str, statement: str, timeout: float) -> tuple[int, bytes]:
    """One HTTP/1.0 request by hand: `http.client` alone would cost half of a command's start."""
    body = json.dumps({"language": language, "command": statement}).encode()
    user = base64.b64encode(f"{address.user}:{address.password}".encode()).decode()
    head = (
        f"POST /api/v1/command/{address.database} HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Basic {user}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", address.http), timeout) as line:
        line.sendall(head.encode("ascii") + body)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    top, _, rest = answer.partition(b"\r\n\r\n")
    words = top.split(None, 2)
    return (int(words[1]) if len(words) > 1 and words[1].isdigit() else 0), rest


def _answers(address: Address, timeout: float = 5.0) -> bool:
    """Whether `RETURN 1` works in the database."""
    try:
        return command(address, "opencypher", "RETURN 1 AS one", timeout) == [{"one": 1}]
    except (OSError, StoreError):
        return False


def _answering(folder: Path) -> Address | None:
    """The address of the folder's engine, None when none lives; StoreDown when it lives but does not answer."""
    deadline = time.monotonic() + PATIENCE
    while True:
        state = _state(folder)
        if state is None or not _both_alive(state):
            return None
        if _answers(_address(state)):
            return _address(state)
        if time.monotonic() > deadline:
            raise StoreDown(
                f"the embedded graph engine of {folder} runs but has not answered for {PATIENCE:.0f} s; wait for the "
                "command that keeps it busy, or end it with `parkbond stop`"
            )
        time.sleep(TICK)


# ---------------------------------------------------------------------------------------------------- starting


def _package() -> Path | None:
    """The folder of the installed engine (it brings its own Java), or None."""
    found = find_spec("arcadedb_embedded")
    if found is None or found.origin is None:
        return None
    package = Path(found.origin).parent
    return package if os.access(package / "jre" / "bin" / "java", os.X_OK) else None


def _start(folder: Path, idle: float, heap: str) -> Address:
    """Start a supervisor and wait for its word. Needs the start lock."""
    package = _package()
    if package is None:
        raise StoreDown(
            "the embedded graph engine is not installed (Linux on x86_64 only): "
            f"run `pip install arcadedb-embedded`, or {_OTHER_STORE}"
        )
    _end(folder)
    (folder / "engine.fault").unlink(missing_ok=True)
    root = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen(
        [sys.executable, "-S", "-m", "graph.store.engine", str(folder), str(package), str(idle), heap],
        cwd="/",
        env={**os.environ, "PYTHONPATH": root, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as supervisor:
        assert supervisor.stdout is not None
        word = supervisor.stdout.read().decode("utf-8", "replace").strip()
    state = _state(folder)
    if word == "ready" and state is not None:
        return _address(state)
    if word == "full":
        raise _full(folder)
    raise StoreDown(
        f"the embedded graph engine of {folder} did not start ({word or 'its supervisor ended'}); "
        f"see {folder / 'log' / 'engine.log'}, or {_OTHER_STORE}"
    )


def _ports() -> tuple[int, int]:
    """Two free ports of the loopback."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def _arguments(folder: Path, package: Path, heap: str, bolt: int, http: int, password: str) -> str:
    """The lines of Java's argument file (see `java @file`), the only place where the password is written out."""
    jars = [str(jar) for jar in sorted((package / "jars").glob("*.jar")) if not jar.name.startswith(_UNUSED_JARS)]
    settings = {
        "server.rootPath": folder,
        "server.rootPassword": password,
        "server.name": "parkbond",
        "server.logsDirectory": folder / "log",
        "server.defaultDatabases": f"{DATABASE}[{USER}]",
        "server.httpIncomingHost": "127.0.0.1",
        "server.httpIncomingPort": http,
        "server.httpWorkerThreads": 8,
        "server.saltIterations": 4096,
        "serverMetrics": "false",
        "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "bolt.host": "127.0.0.1",
        "bolt.port": bolt,
        "bolt.defaultDatabase": DATABASE,
        "txWalFlush": 2,
        "opencypher.loadCsv.allowFileUrls": "false",
        "opencypher.loadCsv.allowRemoteUrls": "false",
    }
    lines = [
        f"-Xmx{heap}",
        "-XX:+UseSerialGC",
        "-XX:+UseCompactObjectHeaders",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-UsePerfData",
        f"-XX:ErrorFile={folder / 'log' / 'java-crash.log'}",
        "-Djava.awt.headless=true",
        "-Dfile.encoding=UTF-8",
        f"-Djava.util.logging.config.file={folder / 'log' / 'logging.properties'}",
        "-Dpolyglot.engine.WarnInterpreterOnly=false",
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
        "--add-opens=java.base/java.nio.channels.spi=ALL-UNNAMED",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        *(f"-Darcadedb.{key}={value}" for key, value in settings.items()),
        "-cp",
        os.pathsep.join(jars),
        "com.arcadedb.server.ArcadeDBServer",
    ]
    return "".join('"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"\n' for line in lines)


# ---------------------------------------------------------------------------------------------------- the supervisor


class _Ended(Exception):
    """The engine did not come up; the text is for the command that waits."""


@dataclass(slots=True)
class _Engine:
    """The running child and where it answers."""

    java: subprocess.Popen[bytes]
    bolt: int
    http: int
    password: str


def _die_with_parent(parent: int, prctl: Callable[..., int]) -> None:
    """Runs in the child before Java: have the kernel kill it when the supervisor dies (PR_SET_PDEATHSIG = 1)."""
    prctl(1, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _launch(folder: Path, package: Path, heap: str) -> _Engine:
    """Start Java on free ports and wait until its database answers; _Ended says why it does not."""
    import ctypes

    bolt, http = _ports()
    password = base64.urlsafe_b64encode(os.urandom(24)).decode()
    arguments = folder / "engine.args"
    _write(arguments, _arguments(folder, package, heap, bolt, http, password))
    # the password is new at every start, so the users file of the last one must go
    (folder / "config" / "server-users.jsonl").unlink(missing_ok=True)
    parent, prctl = os.getpid(), ctypes.CDLL(None).prctl
    with (folder / "log" / "engine.log").open("ab") as log:
        java = subprocess.Popen(
            [str(package / "jre" / "bin" / "java"), f"@{arguments}"],
            cwd=folder,
            env={"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", os.defpath)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=lambda: _die_with_parent(parent, prctl),
        )
    engine = _Engine(java, bolt, http, password)
    try:
        _await(folder, engine)
    except BaseException:
        java.kill()
        java.wait()
        raise
    finally:
        arguments.unlink(missing_ok=True)
    return engine


def _await(folder: Path, engine: _Engine) -> None:
    """Wait until the database answers."""
    address = Address("", USER, engine.password, DATABASE, engine.http)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(address):
        said = _tail(folder)
        if _FULL.search(said):
            raise _Ended("full")
        broken = _BROKEN.search(said)
        if broken or engine.java.poll() is not None:
            raise _Ended(broken[1] if broken else f"java ended with {engine.java.returncode}")
        if time.monotonic() > deadline:
            raise _Ended(f"no answer within {START_SECONDS:.0f} s")
        time.sleep(0.02)


def _bring_up(folder: Path, package: Path, heap: str) -> _Engine:
    """Launch, once more with other ports when somebody else took one in between."""
    log = folder / "log"
    log.mkdir(mode=0o700, exist_ok=True)
    for old in log.glob("server-event-log-*"):
        old.unlink(missing_ok=True)
    _write(log / "logging.properties", _LOGGING)
    for last in (False, False, True):
        (log / "engine.log").unlink(missing_ok=True)
        try:
            return _launch(folder, package, heap)
        except _Ended:
            if last or not _BUSY.search(_tail(folder)):
                raise
    raise AssertionError("unreachable")


def _listen() -> list[str]:
    """The orders that signals bring from now on: `stop` (SIGTERM), `full` (SIGUSR1)."""
    orders: list[str] = []
    signal.signal(signal.SIGTERM, lambda *_: orders.append("stop"))
    signal.signal(signal.SIGUSR1, lambda *_: orders.append("full"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return orders


def _watch(folder: Path, lock: int, engine: _Engine, idle: float, orders: list[str]) -> str:
    """Look after the child until it must end; returns why: `gone`, `idle`, `died`, `full` or `stop`.

    On `idle` the leases are locked out: whoever wants in waits until this process has ended, then starts anew.
    """
    used, read = time.time(), 0
    while True:
        if _replaced(folder, lock):
            return "gone"
        if engine.java.poll() is not None:
            return "died"
        read, full = _read_log(folder, read)
        if full:
            return "full"
        if orders:
            return orders[0]
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            used = time.time()
        else:
            if time.time() - max(used, os.fstat(lock).st_mtime) >= idle:
                return "idle"
            fcntl.flock(lock, fcntl.LOCK_UN)
        time.sleep(TICK)


def _replaced(folder: Path, lock: int) -> bool:
    """Whether the folder (its lock file) is no longer the one that this engine was started for."""
    try:
        there = (folder / "engine.lock").stat()
    except OSError:
        return True
    ours = os.fstat(lock)
    return (there.st_ino, there.st_dev) != (ours.st_ino, ours.st_dev)


def _read_log(folder: Path, read: int) -> tuple[int, bool]:
    """How far the log is read now, and whether what is new tells of a full disk. Keeps the log small."""
    log = folder / "log" / "engine.log"
    try:
        size = log.stat().st_size
        if size == read:
            return read, False
        full = _FULL.search(_tail(folder, max(size - read, 0) + 4096)) is not None
        if size > LOG_BYTES and not full:
            os.truncate(log, 0)
            size = 0
    except OSError:
        return read, False
    return size, full


def _finish(folder: Path, engine: _Engine, why: str) -> None:
    """End the child; leave no trace of it but its data and, after a failure, `engine.fault`."""
    if why != "gone":
        with contextlib.suppress(OSError):
            (folder / "engine.json").unlink(missing_ok=True)
        if why in ("full", "died"):
            with contextlib.suppress(OSError):
                _write(folder / "engine.fault", f"{why}\n")
        if why in ("idle", "stop"):
            engine.java.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                engine.java.wait(STOP_SECONDS - 5)
    engine.java.kill()
    engine.java.wait()


def _say(word: str) -> None:
    """Tell the command that waits, and close the line: it reads to the end."""
    with contextlib.suppress(OSError):
        os.write(1, word.encode())
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.close(null)


def _supervise(folder: Path, package: Path, idle: float, heap: str) -> None:
    """The life of one engine."""
    os.umask(0o077)
    orders = _listen()
    try:
        lock = _open(folder / "engine.lock")
        engine = _bring_up(folder, package, heap)
        pid, java = os.getpid(), engine.java.pid
        state = {"pid": pid, "born": _born(pid), "java": java, "java_born": _born(java), "bolt": engine.bolt}
        rest = {"http": engine.http, "user": USER, "password": engine.password, "database": DATABASE}
        version = next((package / "jars").glob("arcadedb-engine-*.jar")).stem.removeprefix("arcadedb-engine-")
        about = {"version": version, "since": time.time(), "idle": idle, "heap": heap}
        _write(folder / "engine.json", json.dumps(state | rest | about, indent=1))
    except _Ended as error:
        _say(str(error))
        return
    except OSError as error:
        _say("full" if error.errno in _FULL_ERRNOS else str(error))
        return
    _say("ready")
    why = "died"
    try:
        why = _watch(folder, lock, engine, idle, orders)
    finally:
        _finish(folder, engine, why)


def main(arguments: list[str]) -> None:
    """Entry of the supervisor: FOLDER PACKAGE IDLE HEAP. Detaches itself, so that it is nobody's child."""
    folder, package, idle, heap = arguments
    if os.fork():
        os._exit(0)
    _supervise(Path(folder), Path(package), float(idle), heap)


if __name__ == "__main__":
    main(sys.argv[1:])
