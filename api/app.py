"""The HTTP interface: one app, its graph opened once, its errors and limits in one place each."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from importlib.metadata import version
from threading import Thread
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from api.deps import Ways
from api.limits import BODY, BodyLimit, SecurityHeaders
from api.problem import declare_problems, handle_problems
from api.routes import (
    ask,
    documents,
    enterprises,
    evidence,
    explain,
    health,
    home,
    index,
    measures,
    parks,
    review,
    search,
)
from graph.errors import InputError, ParkbondError
from graph.search.vectors import made

if TYPE_CHECKING:
    from api.settings import Settings

ROUTERS = (documents, parks, enterprises, search, ask, index, measures, evidence, explain, health, review)


def create_app(open_ways: Callable[[], Ways], *, body_limit: int = BODY) -> FastAPI:
    """The app. `open_ways` opens the graph when the service starts; it is closed when the service ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.ways = await run_in_threadpool(open_ways)
        yield
        await run_in_threadpool(app.state.ways.store.close)

    app = FastAPI(
        title="parkbond",
        version=version("parkbond"),
        summary="Parks, firms and cooperation, every fact tied to the words that say it.",
        description="Offsets are code points of a document's original text.",
        docs_url=None,  # FastAPI's pages load scripts from another server
        redoc_url=None,
        lifespan=lifespan,
    )
    handle_problems(app)
    for module in ROUTERS:
        app.include_router(module.router, prefix="/api/v1")
    app.include_router(home.router)
    app.add_middleware(BodyLimit, limit=body_limit)
    app.add_middleware(SecurityHeaders)
    _declare(app)
    return app


def _declare(app: FastAPI) -> None:
    """Let /openapi.json tell of problem+json."""
    plain = app.openapi

    def with_problems() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = declare_problems(plain())
        return app.openapi_schema

    app.openapi = with_problems  # type: ignore[method-assign]


def serve(where: Settings, host: str, port: int) -> None:
    """Serve the graph of these settings until stopped. Raises InputError when the port is in use, and StoreError."""
    import uvicorn

    from api.answers import open_ways

    with _bound(host, port) as listening:
        opened = open_ways(where)
        app = create_app(lambda: opened)
        Thread(target=_warm, args=(opened,), daemon=True).start()
        config = uvicorn.Config(app, host=host, port=port, log_level="info", timeout_graceful_shutdown=5)
        uvicorn.Server(config).run(sockets=[listening])


def _warm(ways: Ways) -> None:
    """Load the embedding model before the first search needs it, if there is anything to compare."""
    with suppress(ParkbondError):
        if ways.embedder and made(ways.store).complete:
            ways.embedder.query("warm")


def _bound(host: str, port: int) -> socket.socket:
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
