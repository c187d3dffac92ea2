"""The HTTP interface: requests for each second of processor time of the server, beside bare Starlette in the same run,
and its memory over many requests.

    python tests/bench/bench_api.py      (half a minute and four; REQUESTS=2000 MIXED=5000 for less, MIXED=0 for none)

Each server runs in a process of its own, with all that stands around the routes (keys, rates, headers, log, counts);
its processor time and memory are read from outside, so the client costs it nothing. For speed the store is in memory:
what is measured is HTTP, not the graph. For memory it is the real service over the embedded engine. `rows()` yields
(what, our number, the peer's number or None, note).
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice, pairwise
from pathlib import Path
from random import Random
from typing import Any, ClassVar
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]
from graphs import FIELDS, TEN, embedded, filled, load, serving

REQUESTS = int(os.environ.get("REQUESTS", "20000"))
CLIENTS = 16
MIXED = int(os.environ.get("MIXED", "50000"))
"""Requests of all kinds over which memory is watched."""

KINDS = tuple(os.environ.get("KINDS", "documents evidence parks search ask").split())
PASSAGES = 1_000
ASKERS = 4

BenchRow = tuple[str, float, float | None, str]


def rows() -> Iterator[BenchRow]:
    """Everything that is measured here."""
    with running("bare") as (port, process):
        bare = rate(port, process, "/documents?limit=20")
        small = rate(port, process, "/healthz")
    with running("whole") as (port, process):
        kept = rate(port, process, "/api/v1/documents?limit=20")
        known = rate(port, process, "/api/v1/documents?limit=20", {"if-none-match": "*"})
        made = rate(port, process, "/api/v1/documents?limit=20&skip={}", number=REQUESTS // 4)
        before = process.memory_info().rss
        rate(port, process, "/api/v1/documents?limit=20&skip={}")
        grown = (process.memory_info().rss - before) / 1e6
    what = "requests a processor second"
    yield f"20 documents, kept since the graph last changed, {what}", kept, bare, "bare Starlette, dicts to JSON"
    yield f"20 documents, 304, {what}", known, small, "bare Starlette, a constant"
    yield f"20 documents, each page another (store, models), {what}", made, bare, "bare Starlette, dicts to JSON"
    yield f"MB more after {REQUESTS} further requests, each another", grown, None, "up to 32 MB of answers are kept"
    if MIXED:
        yield from memory()


# ---- memory ----------------------------------------------------------------------------------------------------------


def memory() -> Iterator[BenchRow]:
    """Megabytes that the service holds after a tenth, half and all of the requests, of mixed kinds, few at once."""
    with embedded() as graph:
        assert graph.folder
        told = filled(graph.store, PASSAGES, vectors=False)
        paths = mixed([piece.id for one in told for piece in one.evidence])
        with serving(graph.folder) as service:
            load(service.port, list(islice(paths, 100)), ASKERS)
            held = [(100, service.process.memory_info().rss)]
            for before, after in pairwise((100, MIXED // 10, MIXED // 2, MIXED)):
                start = time.perf_counter()
                load(service.port, list(islice(paths, after - before)), ASKERS)
                took = time.perf_counter() - start
                held.append((after, service.process.memory_info().rss))
                each = (held[-1][1] - held[-2][1]) / (after - before) / 1e3
                engine = service.engine.memory_info().rss / 1e6
                note = f"{each:+.2f} kB a request since {before:,}; {(after - before) / took:.0f} requests a second; "
                yield (
                    f"MB of the service after {after:,} mixed requests ({', '.join(KINDS)})",
                    held[-1][1] / 1e6,
                    None,
                    f"{note}{ASKERS} clients; without vectors; the engine holds {engine:.0f} MB",
                )


def mixed(evidence: Sequence[str]) -> Iterator[str]:
    """Paths without end, drawn: of twenty, one search and one question; hardly two searches alike."""
    documents = PASSAGES // TEN
    makers: dict[str, Callable[[int], str]] = {
        "search": lambda at: f"/api/v1/search?q={quote(f'园{at % documents}园{FIELDS[at % 8]}合作{at}')}",
        "ask": lambda at: f"/api/v1/ask?q={quote(_question(at))}",
        "parks": lambda at: f"/api/v1/parks?limit={1 + at % 20}&skip={at // 20 % documents}",
        "evidence": lambda at: f"/api/v1/evidence/{evidence[at % len(evidence)]}",
        "documents": lambda at: f"/api/v1/documents?limit={1 + at % 20}&skip={at // 20 % documents}",
    }
    shares = {"search": 1, "ask": 1, "parks": 6, "evidence": 6, "documents": 6}
    order = [kind for kind in KINDS for _ in range(shares[kind])]
    dice = Random(1)
    for kind in cycle(order):
        yield makers[kind](dice.randrange(1_000_000))


def _question(at: int) -> str:
    one, other = FIELDS[at % 8], FIELDS[at // 8 % 8]
    return f"哪些园区把{one}和{other}连在一起？" if at % 2 else f"园{at % 100}园有哪些{one}企业？"


# ---- speed -----------------------------------------------------------------------------------------------------------


def rate(
    port: int, process: psutil.Process, path: str, headers: dict[str, str] | None = None, number: int = REQUESTS
) -> float:
    """Requests for a second of the server's processor time, over some connections at once."""
    _send(port, path, headers or {}, range(200))
    before = process.cpu_times()
    each = number // CLIENTS
    threads = [
        threading.Thread(target=_send, args=(port, path, headers or {}, range(at * each, at * each + each)))
        for at in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = process.cpu_times()
    return each * CLIENTS / float(after.user + after.system - before.user - before.system)


def _send(port: int, path: str, headers: dict[str, str], numbers: range) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for number in numbers:
        connection.request("GET", path.format(number), headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status in (200, 304), answer.status
    connection.close()


@contextmanager
def running(which: str) -> Iterator[tuple[int, psutil.Process]]:
    """A server in a process of its own, with its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, __file__, which, str(port)], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert time.monotonic() < deadline, "the server does not start"
                time.sleep(0.05)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


# ---- the servers -----------------------------------------------------------------------------------------------------


def serve(which: str, port: int) -> None:
    """Serve until ended: ours whole, or Starlette alone with the same rows."""
    import uvicorn

    from api.connection import Connection
    from api.logs import to_stderr

    store = _store()
    with tempfile.TemporaryDirectory() as folder:
        if which == "whole":
            to_stderr(as_json=True)
        app = _whole(store, Path(folder)) if which == "whole" else _bare(store)
        uvicorn.run(app, port=port, http=Connection, ws="none", log_config=None, access_log=False, loop="uvloop")


def _store() -> Any:
    """Documents in a list: a page costs nothing to find."""
    from served import Empty

    from graph.store.base import Row

    class Listed(Empty):
        rows: ClassVar[list[Row]] = [
            {
                "id": f"d{at:05}",
                "title": f"签约仪式 {at}",
                "url": "",
                "published": "2024-05-06",
                "form": "text",
                "origin": "x",
            }
            for at in range(30_000)
        ]

        def documents(self, skip: int = 0, limit: int = 1000) -> list[Row]:
            return self.rows[skip : skip + limit]

    return Listed()


def _whole(store: Any, folder: Path) -> object:
    from served import Silent

    from api.app import create_app, guarded
    from api.deps import Ways
    from api.intake import intake
    from api.settings import settings
    from graph.query.known import StoreNames

    where = settings({"PARKBOND_SERVICE": str(folder), "PARKBOND_RATE": "1000000"})
    ways = Ways(store, str.lower, StoreNames, intake(Silent))  # type: ignore[arg-type]
    return create_app(lambda: ways, guard=guarded(where, "127.0.0.1"))


def _bare(store: Any) -> object:
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def documents(request: object) -> JSONResponse:
        return JSONResponse({"documents": store.documents(0, 20), "skip": 0, "total": 30_000})

    async def constant(request: object) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return Starlette(routes=[Route("/documents", documents), Route("/healthz", constant)])


if __name__ == "__main__":
    if len(sys.argv) == 3:
        serve(sys.argv[1], int(sys.argv[2]))
    else:
        for what, ours, theirs, note in rows():
            peer = "" if theirs is None else f"{theirs:,.0f}"
            print(f"{what:75} {ours:>10,.0f} {peer:>10}   {note}", flush=True)
