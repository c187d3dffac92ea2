"""A real Neo4j Community, started from its jars on loopback, for tests and benches only.

    with running(Path("/opt/neo4j-community-5.26.30"), tmp) as server:
        neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password))

The jars' folder is an unpacked Neo4j 5.26, or any folder that holds its `lib/*.jar`. Java 17 or 21: `java`, or
JAVA_HOME. The server is a child that the kernel ends with this process, whatever happens to it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "parkbond-test"
"""Neo4j wants at least 8 characters."""

START_SECONDS = 120.0

_OPENS = ("java.base/java.nio=ALL-UNNAMED", "java.base/java.io=ALL-UNNAMED", "java.base/sun.nio.ch=ALL-UNNAMED")
_CONFIGURATION = """server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size={pagecache}
db.tx_log.rotation.retention_policy=keep_none
db.tx_log.preallocate=false
dbms.cypher.min_replan_interval=1h
dbms.cypher.statistics_divergence_threshold=1.0
"""


class NotStarted(Exception):
    """Why there is no Neo4j, in one sentence."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server answers; `pid` is its Java."""

    uri: str
    user: str
    password: str
    database: str
    pid: int


@contextlib.contextmanager
def running(jars: Path, folder: Path, heap: str = "512m", pagecache: str = "128m") -> Iterator[Server]:
    """A Neo4j with all its files under `folder` (new or from an earlier run), while the block runs."""
    java, lib = _java(), jars / "lib"
    if not any(lib.glob("*.jar")):
        raise NotStarted(f"{lib} holds no *.jar; name an unpacked Neo4j Community 5.26")
    folder = folder.resolve()
    for name in ("conf", "data", "logs", "plugins", "import", "run"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    port = _port()
    (folder / "conf" / "neo4j.conf").write_text(_CONFIGURATION.format(port=port, pagecache=pagecache), "utf-8")
    if not (folder / "data" / "databases").exists():
        _set_password(java, lib, folder)
    with (folder / "logs" / "console.log").open("ab+") as log:
        process = subprocess.Popen(
            _command(java, lib, folder, heap),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=_dies_with_us(),
        )
        try:
            _await(process, folder / "logs" / "console.log", port)
            yield Server(f"neo4j://127.0.0.1:{port}", "neo4j", PASSWORD, "neo4j", process.pid)
        finally:
            _stop(process)


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None:
        raise NotStarted("no java found to run Neo4j with; install Java 17 or 21 (Debian: openjdk-17-jre-headless)")
    return java


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _set_password(java: str, lib: Path, folder: Path) -> None:
    admin = (java, "-XX:TieredStopAtLevel=1", "-cp", f"{lib}/*", "org.neo4j.cli.AdminTool")
    subprocess.run(
        [*admin, "dbms", "set-initial-password", PASSWORD],
        env={**os.environ, "NEO4J_HOME": str(folder), "NEO4J_CONF": str(folder / "conf")},
        check=True,
        capture_output=True,
    )


def _command(java: str, lib: Path, folder: Path, heap: str) -> list[str]:
    return [
        java,
        f"-Xmx{heap}",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",  # what is compiled twice for speed never pays in a test run
        *(f"--add-opens={package}" for package in _OPENS),
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Dlog4j2.disable.jmx=true",
        "-Dfile.encoding=UTF-8",
        "-cp",
        f"{folder}/conf:{lib}/*",
        "org.neo4j.server.CommunityEntryPoint",
        f"--home-dir={folder}",
        f"--config-dir={folder}/conf",
        "--console-mode",
    ]


def _dies_with_us() -> Callable[[], object]:
    """For the child, before Java: PR_SET_PDEATHSIG = 1."""
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(1, signal.SIGKILL, 0, 0, 0)


def _await(process: subprocess.Popen[bytes], log: Path, port: int) -> None:
    """Until it says `Started.` and takes a connection."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        said = log.read_text("utf-8", "replace").rpartition("Starting Neo4j")[2]
        if "Started." in said:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
        if process.poll() is not None or time.monotonic() > deadline:
            lines = [line for line in said.splitlines() if line.strip()]
            raise NotStarted(f"Neo4j did not start: {lines[-1] if lines else 'it said nothing'} (see {log})")
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """At once: an orderly end takes 10 s, and Neo4j recovers from its transaction log."""
    process.kill()
    process.wait()
