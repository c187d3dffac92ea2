"""The HTTP interface: one app, its graph opened once, its errors and limits in one place each."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware

from api.deps import Ways, known_parameters
from api.etag import Fresh
from api.limits import BODY, BodyLimit
from api.logs import Told, to_stderr
from api.metrics import Metrics
from api.problem import declare_keys, declare_problems, handle_problems
from api.queue import Queue
from api.routes import (
    ask,
    cypher,
    documents,
    enterprises,
    evidence,
    explain,
    export,
    extract,
    health,
    home,
    index,
    jobs,
    keys,
    measures,
    names,
    parks,
    questions,
    review,
    search,
    tracks,
)
from api.security import LOCAL, OPEN, Door, Guard, local
from graph.errors import InputError, ParkbondError
from graph.search.neighbours import prepare
from graph.search.search import search as find
from graph.search.vectors import made

if TYPE_CHECKING:
    from api.settings import Settings

ROUTERS = (
    *(documents, parks, enterprises, search, ask, index, measures, evidence, explain, health, review, jobs, export),
    *(keys, cypher, questions, tracks, extract, names),
)

API = "1.0"
"""The version of the interface, which its description bears: the second number grows with what is added, and what is
there stays as it is while the first one does (tests/golden/test_openapi.py)."""

RATE = 200.0
"""Requests a second that the holder of a key may send, if PARKBOND_RATE says nothing."""


def create_app(
    open_ways: Callable[[], Ways],
    *,
    body_limit: int = BODY,
    guard: Guard | None = None,
    queue: Queue | None = None,
) -> FastAPI:
    """The app. `open_ways` opens the graph when the service starts; it is closed when the service ends.

    Without a `guard` everybody reads and writes; without a `queue` no jobs are taken.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.ways = await run_in_threadpool(open_ways)
        if queue:
            await run_in_threadpool(queue.start)
        yield
        if queue:
            await run_in_threadpool(queue.close)
        await run_in_threadpool(app.state.ways.store.close)

    app = FastAPI(
        title="parkbond",
        version=API,
        summary="Parks, firms and cooperation, every fact tied to the words that say it.",
        description="Offsets are code points of a document's original text.",
        docs_url=None,  # FastAPI's pages load scripts from another server
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # `api.logs` and `api.metrics` tell
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        dependencies=[Depends(known_parameters)],
    )
    app.state.guard, app.state.queue, app.state.metrics = guard or Guard(), queue, Metrics()
    handle_problems(app)
    for module in ROUTERS:
        app.include_router(module.router, prefix="/api/v1")
    app.include_router(ask.compared, prefix="/api/v1")
    app.include_router(health.probes)
    app.include_router(home.router)
    _surround(app, body_limit)
    _declare(app)
    return app


def _surround(app: FastAPI, body_limit: int) -> None:
    """What stands around the routes, the innermost first."""
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(Fresh, metrics=app.state.metrics)
    app.add_middleware(BodyLimit, limit=body_limit)
    app.add_middleware(Door, guard=app.state.guard, metrics=app.state.metrics)
    app.add_middleware(Told, metrics=app.state.metrics)


def _declare(app: FastAPI) -> None:
    """Let /openapi.json tell of problem+json and of keys."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = declare_keys(declare_problems(plain()), OPEN)
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign]


def serve(where: Settings, host: str, port: int) -> None:
    """Serve the graph of these settings until stopped.

    Raises InputError when the port is in use or others would be let in without a key, SettingError and StoreError.
    """
    import uvicorn

    from api.answers import open_ways
    from api.connection import Connection
    from api.worker import in_process

    guard = guarded(where, host)
    queue = Queue(where.service / "jobs", in_process(where))
    to_stderr()
    with bound(host, port) as listening:
        opened = open_ways(where)
        app = create_app(lambda: opened, guard=guard, queue=queue)
        Thread(target=_warm, args=(opened,), daemon=True).start()
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            http=Connection,
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        uvicorn.Server(config).run(sockets=[listening])


def guarded(where: Settings, host: str) -> Guard:
    """Who is let in at this address. Raises InputError when that would be others and no key was made."""
    from api.audit import Audit
    from api.files import private
    from api.keys import Keyring

    private(where.service)
    ring = Keyring(where.service / "keys.json", where.key)
    alone = local(host)
    if not alone and not ring.closed:
        raise InputError(
            f"--host {host} lets other machines in, and no key was made; make one with parkbond key add NAME, "
            "set PARKBOND_KEY, or serve at 127.0.0.1."
        )
    hosts = frozenset({*where.hosts, *LOCAL, *([host] if alone else ())}) if alone or where.hosts else None
    rate = where.rate or (RATE if ring.closed else None)
    return Guard(ring, not alone, hosts, rate, Audit(where.service / "audit.jsonl"))


WARM = ("园区企业合作", "firms of the park work together")
"""Searched once when the service starts."""


def _warm(ways: Ways) -> None:
    """Make what the first question and the first search in each language need: models, tables, the index of vectors."""
    with suppress(ParkbondError):
        ways.known(ways.store).words(WARM[0])
        if ways.embedder and made(ways.store).complete:
            prepare(ways.store, getattr(ways.embedder, "folder", None))
            for words in WARM:
                find(ways.store, ways.tools, words, 1)


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at this address. Raises InputError in one sentence when that cannot be."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with ExitStack() as left_open:
            listening = left_open.enter_context(socket.socket(family, kind, protocol))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            left_open.pop_all()
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{host}:{port}: cannot be served at ({reason}); choose another --port.") from error
    return listening
