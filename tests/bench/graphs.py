"""Graphs for the benches: made-up documents on a graph engine of its own, and the real service over one of them.

The service runs in a process of its own, as `parkbond serve` starts it, and is asked from this one over loopback.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(1, str(ROOT))

from facts import say, tell

from graph.model import Contribution
from graph.store.base import Store

if TYPE_CHECKING:
    from neo4j_server import Server

FIELDS = ("半导体业", "光电业", "制药业", "电池业", "汽车业", "材料业", "软件业", "航空业")
PARKS = 300
TEN = 10  # passages of a document


# ---- documents -------------------------------------------------------------------------------------------------------


def filled(store: Store, passages: int, vectors: bool = True) -> list[Contribution]:
    """Documents of ten passages about firms, parks, fields and ties, with vectors of no meaning; what they say."""
    dice, told = np.random.default_rng(1), [document(number) for number in range(passages // TEN)]
    for start in range(0, len(told), 50):
        store.add(told[start : start + 50])
    while vectors and (waiting := store.unembedded(1000)):
        store.embed({row["id"]: dice.normal(size=384).tolist() for row in waiting})
    return told


def document(number: int) -> Contribution:
    """One of them."""
    firm, other = f"澜川{number}公司", f"启岚{number * 7 % 997}公司"
    park = f"园{number % PARKS}园"
    says = [
        say("LOCATED_IN", firm, park),
        say("LOCATED_IN", other, park),
        say("OPERATES_IN", firm, FIELDS[number % 8]),
        say("OPERATES_IN", other, FIELDS[number * 3 % 8]),
        say("COLLABORATES", firm, other, date=f"20{10 + number % 15}"),
        say("COLLABORATES", firm, "东澜大学", kinds=("合作研发",)),
    ]
    return tell(f"d{number}", *says, *(say("", firm, f"镇{number}市{at}市") for at in range(TEN - len(says))))


def searches(count: int) -> list[str]:
    """Queries that name a park and a field, no two alike."""
    return [f"园{at // 8 % PARKS}园的{FIELDS[at % 8]}企业与大学合作" for at in range(count)]


def questions() -> list[str]:
    """Questions for the parks that link two fields, no two alike."""
    return [f"哪些园区把{a}和{b}连在一起？" for a in FIELDS for b in FIELDS if a != b]


# ---- engines ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Graph:
    """An empty graph that is gone afterwards: the folder of the embedded engine, or where the Neo4j answers."""

    engine: str
    store: Store
    folder: Path | None = None
    server: Server | None = None


def jars() -> Path | None:
    """The folder of a Neo4j that PARKBOND_TEST_NEO4J names; None where it names none, or an address."""
    named = os.environ.get("PARKBOND_TEST_NEO4J", "")
    return Path(named) if named and "://" not in named else None


def engines() -> Iterator[Any]:
    """The embedded engine, and a Neo4j where there is one, as contexts of `Graph`."""
    yield embedded()
    if folder := jars():
        yield neo4j(folder)


@contextmanager
def embedded() -> Iterator[Graph]:
    """An empty graph on the embedded engine."""
    from graph.store.bolt import connect
    from graph.store.engine import stop

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "graph"
        store = connect(f"embedded:{folder}", idle=120)
        try:
            store.prepare()
            yield Graph("embedded", store, folder)
        finally:
            store.close()
            stop(folder)


@contextmanager
def neo4j(folder: Path) -> Iterator[Graph]:
    """An empty graph on a Neo4j of its own."""
    from neo4j_server import running

    from graph.store.bolt import connect

    with tempfile.TemporaryDirectory() as data, running(folder.resolve(), Path(data)) as at:
        store = connect(at.uri, user=at.user, password=at.password, database=at.database)
        try:
            store.prepare()
            yield Graph("Neo4j", store, server=at)
        finally:
            store.close()


# ---- the service -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Service:
    """Where it answers, its process, and that of the graph engine below it."""

    port: int
    process: psutil.Process
    engine: psutil.Process


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    """`parkbond serve` over the embedded graph in this folder, ready to answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"PARKBOND_GRAPH": f"embedded:{folder}", "PARKBOND_RATE": "1000000", "PARKBOND_IDLE": "120"}
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 120
        while not _ready(port):
            assert process.poll() is None, "the service has ended"
            assert time.monotonic() < deadline, "the service does not start"
            time.sleep(0.1)
        yield Service(port, psutil.Process(process.pid), _engine(folder))
    finally:
        process.terminate()
        process.wait()


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _engine(folder: Path) -> psutil.Process:
    """The Java process of the embedded graph in this folder."""
    mark = str(folder / "engine.args")
    return next(one for one in psutil.process_iter(["cmdline"]) if mark in " ".join(one.info["cmdline"] or ()))


def load(port: int, paths: Sequence[str], clients: int) -> list[float]:
    """Milliseconds of each GET, asked by so many clients at once, each over one connection, one request at a time."""
    with ThreadPoolExecutor(clients) as threads:
        parts = threads.map(lambda at: _asked(port, paths[at::clients]), range(clients))
        return [taken for part in parts for taken in part]


def _asked(port: int, paths: Sequence[str]) -> list[float]:
    connection, taken = http.client.HTTPConnection("127.0.0.1", port, timeout=120), []
    for path in paths:
        start = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        taken.append(1000 * (time.perf_counter() - start))
        assert answer.status == 200, f"{path}: {answer.status}"
    connection.close()
    return taken
