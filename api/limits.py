"""What a request must keep to: the size of its body, counted as it arrives, its pace, and how many a caller sends."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from threading import BoundedSemaphore

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problem import response

BODY = 32 * 1024 * 1024
"""Bytes that the body of a request may have."""

SILENCE = 15.0
"""Seconds that the next piece of a body may take, or a client may take to accept a piece of a stream."""

PATIENCE = 120.0
"""Seconds that a whole body may take."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""What every response bears: pages keep to this server's own scripts, stay out of frames and of other sites."""


class BodyLimit:
    """Refuses a body over the limit with 413, by its announced length at once, else when it has grown too long; and
    one that comes too slowly with 408."""

    def __init__(self, app: ASGIApp, limit: int = BODY, silence: float = SILENCE, patience: float = PATIENCE) -> None:
        self.app = app
        self.limit, self.silence, self.patience = limit, silence, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdigit() and int(announced) > self.limit:
            refusal = response(Request(scope), 413, "Content Too Large", self._words())
            await refusal(scope, receive, send)
            return
        await self.app(scope, self._counted(receive), self._taken(send))

    def _counted(self, receive: Receive) -> Receive:
        seen, whole, until = 0, False, 0.0

        async def counted() -> Message:
            nonlocal seen, whole, until
            if whole:
                return await receive()  # waits for the client to go
            now = asyncio.get_running_loop().time()
            until = until or now + self.patience
            try:
                async with asyncio.timeout_at(min(now + self.silence, until)):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(
                    408, "the body comes too slowly; send it again.", headers={"connection": "close"}
                ) from None
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise HTTPException(413, self._words())
            whole = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        return counted

    def _taken(self, send: Send) -> Send:
        async def taken(message: Message) -> None:
            if not message.get("more_body", False):
                await send(message)
                return
            async with asyncio.timeout(self.patience):  # a client that takes no more of a stream is let go
                await send(message)

        return taken

    def _words(self) -> str:
        return f"the body is larger than {self.limit:,} bytes; send fewer documents at a time."


READING, COMPUTING = 2, 2
"""So many requests may read documents, or compute what is sent with them, at once."""


class Turns:
    """Long work of requests: who comes when all places are taken is sent away with 503, not kept waiting."""

    def __init__(self, most: int) -> None:
        self._places = BoundedSemaphore(most)

    def __enter__(self) -> None:
        if not self._places.acquire(blocking=False):
            raise HTTPException(503, "others compute here just now; ask again.", headers={"retry-after": "5"})

    def __exit__(self, *_: object) -> None:
        self._places.release()


class Buckets:
    """How many requests each caller may send: so many a second, and as many at once as in `burst` seconds."""

    def __init__(self, rate: float, burst: float = 2.0, most: int = 10_000) -> None:
        self._rate, self._size, self._most = rate, max(1.0, rate * burst), most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # caller -> (requests left, when)

    def take(self, caller: str, now: float) -> int:
        """0 when the request may go on, else the whole seconds to wait. The callers seen last are remembered."""
        left, then = self._left.pop(caller, (self._size, now))
        left = min(self._size, left + (now - then) * self._rate)
        self._left[caller] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return 0 if left >= 1 else max(1, math.ceil((1 - left) / self._rate))
