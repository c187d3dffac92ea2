"""A connection that does not wait for ever: a client must send the whole head of a request soon, and a small one."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""Seconds within which the head of a request must have come."""

HEAD_BYTES = 64_000
"""Bytes that the head of a request may have."""

CONNECTIONS = 1_000
"""So many are open at once; further ones are closed."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection with these limits. An idle one between two requests is closed by uvicorn itself."""

    _deadline: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before a head is whole."""
        if self._deadline is not None:
            self._head += len(data)
            if self._head > HEAD_BYTES + 64_000 or (self._head > HEAD_BYTES and b"\r\n\r\n" not in data):
                self._refuse(b"431 Request Header Fields Too Large")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A further request on this connection begins."""
        super().on_message_begin()
        if self._deadline is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """The head is whole; the body is watched by `api.limits`."""
        self._rest()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._head = 0
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._refuse, b"408 Request Timeout")

    def _rest(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: bytes) -> None:
        self._rest()
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()
