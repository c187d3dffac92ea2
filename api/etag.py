"""Reads that are not made again: every answer that depends on the graph alone bears the graph's revision as its ETag,
and is kept until the graph changes.

The revision is asked of the store for every request, so an answer is never older than the request; requests that come
while it is asked share the next asking.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from graph.errors import ParkbondError

KEPT = 32_000_000
"""Bytes of answers that are kept, those asked for last."""

LARGEST = 1_000_000
"""Bytes of an answer above which it is not kept."""

OF_THE_GRAPH = tuple(
    f"/api/v1/{name}"
    for name in ("documents", "parks", "enterprises", "evidence", "explain", "index", "measures", "review", "compare")
)
"""Paths whose answers depend on the graph alone."""

_CACHED = (b"cache-control", b"private, no-cache")
_VARIES = (b"vary", b"accept, accept-encoding, authorization")
_APART = (b"etag", b"cache-control", b"vary", b"x-request-id")

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class _Answer:
    headers: tuple[Header, ...]
    body: bytes
    route: str


class Revision:
    """The revision of the graph as it is when asked, read once for all who wait for it."""

    def __init__(self, read: Callable[[], int]) -> None:
        self._read = read
        self._lock = asyncio.Lock()
        self._next: asyncio.Task[int] | None = None

    async def now(self) -> int:
        """A revision that was read after this call. Raises what the store raises."""
        if self._next is None:
            self._next = asyncio.create_task(self._fetched())
        return await asyncio.shield(self._next)

    async def _fetched(self) -> int:
        async with self._lock:
            self._next = None  # who comes from here on may come after the reading began
            return await run_in_threadpool(self._read)


class Fresh:
    """Answers reads of the graph from what is kept, with 304 where the client has it already."""

    def __init__(self, app: ASGIApp, metrics: Metrics, most: int = KEPT) -> None:
        self.app, self.metrics, self._most = app, metrics, most
        self._epoch = f"{version('parkbond')} {secrets.token_hex(8)}"  # a revision may come again in another graph
        self._revision: Revision | None = None
        self._at = -1
        self._kept: OrderedDict[tuple[str, ...], _Answer] = OrderedDict()
        self._bytes = 0
        self._tags: dict[str, tuple[int, bytes]] = {}  # by what is accepted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope["method"], send = "GET", _headless(send)
        if scope["type"] != "http" or scope["method"] != "GET" or not _of_the_graph(scope["path"]):
            await self.app(scope, receive, send)
            return
        try:
            revision = await self._now(scope)
        except ParkbondError:
            await self.app(scope, receive, send)  # which says what is wrong
            return
        asked = _asked(scope)
        key = (scope["path"], scope["query_string"].decode("latin-1"), asked[0], asked[1])
        etag = self._etag(revision, key)
        found = self._found(revision, key)
        if found is None:
            self.metrics.kept("miss")
            await self._made(scope, receive, send, revision, key, etag, asked[2])
            return
        scope["parkbond.route"] = found.route
        self.metrics.kept("hit")
        await _sent(send, found, etag, same=_same(asked[2], etag))

    async def _now(self, scope: Scope) -> int:
        if self._revision is None:
            store = scope["app"].state.ways.store
            self._revision = Revision(store.revision)
        return await self._revision.now()

    def _etag(self, revision: int, key: tuple[str, ...]) -> bytes:
        if (made := self._tags.get(key[2])) and made[0] == revision:
            return made[1]
        told = f"{self._epoch} {revision} {key[2]}"
        tag = b'W/"%d-%s"' % (revision, hashlib.blake2b(told.encode(), digest_size=6).hexdigest().encode())
        if len(self._tags) > 100:
            self._tags.clear()
        self._tags[key[2]] = revision, tag
        return tag

    def _found(self, revision: int, key: tuple[str, ...]) -> _Answer | None:
        if revision != self._at:
            self._kept.clear()
            self._at, self._bytes = revision, 0
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    async def _made(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        revision: int,
        key: tuple[str, ...],
        etag: bytes,
        known: str,
    ) -> None:
        """Let the route answer; keep the answer if it is whole, sound and small."""
        start: Message = {}
        body: list[bytes] = []
        size = 0

        async def heard(message: Message) -> None:
            nonlocal start, size
            if message["type"] == "http.response.start":
                start = message
                if message["status"] != 200:
                    await send(message)
                return
            if start["status"] != 200 or size > LARGEST:
                await send(message)
                return
            body.append(message.get("body", b""))
            size += len(body[-1])
            more = message.get("more_body", False)
            if size > LARGEST:
                headers = [*start["headers"], (b"etag", etag), _CACHED, *_vary(start["headers"])]
                await send({**start, "headers": headers})
                await send({"type": "http.response.body", "body": b"".join(body), "more_body": more})
                body.clear()
            elif not more:
                whole = _Answer(_plain(start["headers"]), b"".join(body), _route(scope))
                self._keep(revision, key, whole)
                await _sent(send, whole, etag, same=_same(known, etag))

        await self.app(scope, receive, heard)

    def _keep(self, revision: int, key: tuple[str, ...], answer: _Answer) -> None:
        if revision != self._at or key in self._kept:
            return
        self._kept[key] = answer
        self._bytes += _weight(key, answer)
        while self._bytes > self._most:
            self._bytes -= _weight(*self._kept.popitem(last=False))


def _weight(key: tuple[str, ...], answer: _Answer) -> int:
    return len(answer.body) + sum(map(len, key)) + 1_000


def _of_the_graph(path: str) -> bool:
    return path.startswith(OF_THE_GRAPH)


def _asked(scope: Scope) -> tuple[str, str, str]:
    """What a client takes: as what, whether packed; and the tags of what it has."""
    accept = encoding = known = ""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept += value.decode("latin-1")
        elif name == b"accept-encoding":
            encoding = "gzip" if b"gzip" in value else ""
        elif name == b"if-none-match":
            known += value.decode("latin-1")
    return accept if "csv" in accept else "", encoding, known


def _same(known: str, etag: bytes) -> bool:
    if not known:
        return False
    mine = etag.decode().removeprefix("W/")
    return known.strip() == "*" or mine in {one.strip().removeprefix("W/") for one in known.split(",")}


async def _sent(send: Send, answer: _Answer, etag: bytes, *, same: bool) -> None:
    headers = [(b"etag", etag), _CACHED, _VARIES]
    if same:
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [*answer.headers, *headers]})
    await send({"type": "http.response.body", "body": answer.body})


def _headless(send: Send) -> Send:
    """The answer to HEAD: that to GET without its body."""

    async def headless(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return headless


def _plain(headers: list[Header]) -> tuple[Header, ...]:
    return tuple((name, value) for name, value in headers if name.lower() not in _APART)


def _vary(headers: list[Header]) -> tuple[Header, ...]:
    return () if any(name.lower() == b"vary" for name, _ in headers) else (_VARIES,)


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "name", "none")
