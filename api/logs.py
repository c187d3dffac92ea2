"""What is told of each request: its id, a line in the log, the counts; and the headers that every response bears."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.limits import HEADERS
from api.metrics import Metrics
from api.problem import response

log = logging.getLogger("parkbond")
access = logging.getLogger("parkbond.access")

_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_ALWAYS = tuple((name.encode(), value.encode()) for name, value in HEADERS.items())
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
GONE = 499
"""The status that is counted where the client was gone before it was answered."""


class Told:
    """Gives each request an id (the client's, if it sends a sound one), counts it, writes a line, lets no error out.

    It stands around everything else, so that a fault too is answered with these headers and counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status, method = time.perf_counter(), 0, scope["method"]
        number = _given(scope) or secrets.token_hex(8).encode()
        scope["parkbond.request"] = number.decode()

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_ALWAYS, (b"x-request-id", number)]
            await send(message)

        self.metrics.open += 1
        try:
            await self.app(scope, receive, marked)
        except Exception as error:
            log.error("%s %s", scope["method"], scope["path"], exc_info=error, extra={"request": number.decode()})
            if not status:
                detail = f"something went wrong here; the server's log says what, under {number.decode()}."
                await response(Request(scope), 500, "Internal error", detail)(scope, receive, marked)
        finally:
            self.metrics.open -= 1
            self._done(scope, method, status or GONE, time.perf_counter() - start)

    def _done(self, scope: Scope, method: str, status: int, seconds: float) -> None:
        self.metrics.answered(method if method in _METHODS else "other", route(scope), status, seconds)
        if access.isEnabledFor(logging.INFO):
            caller = scope.get("parkbond.caller")
            told = {
                "request": scope["parkbond.request"],
                "method": method[:20],
                "path": scope["path"][:500],
                "status": status,
                "ms": round(seconds * 1000, 2),
                "who": caller.name if caller else "nobody",
                "address": (scope.get("client") or ("", 0))[0],
            }
            record = logging.LogRecord(
                access.name, logging.INFO, "", 0, "%(method)s %(path)s %(status)s", (told,), None
            )
            record.told = told
            access.handle(record)  # made here: to look for the line that calls costs more than all else


def route(scope: Scope) -> str:
    """The operation of a request, "none" where nothing is."""
    found = scope.get("parkbond.route") or getattr(scope.get("route"), "name", None)
    return str(found) if found else "none"


def _given(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return value if _ID.fullmatch(value) else b""
    return b""


class Lines(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        told = getattr(record, "told", None)
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            **(told or {"said": record.getMessage()}),
        }
        if number := getattr(record, "request", ""):
            line["request"] = number
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def to_stderr(as_json: bool | None = None) -> None:
    """Let the service log to stderr: as JSON, or as plain lines for a person at a terminal."""
    if as_json is None:
        as_json = not sys.stderr.isatty()
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # no line tells them
    handler = logging.StreamHandler()
    handler.setFormatter(Lines() if as_json else logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    for name in ("parkbond", "uvicorn", "uvicorn.error", "api"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler] if name != "uvicorn.error" else [], name == "uvicorn.error"
        logger.setLevel(logging.INFO)
