"""A language model's endpoint on loopback that gives recorded answers and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ingest.extract import Endpoint


def reply(names: Any, claims: Any = (), **message: Any) -> dict[str, Any]:
    """A whole answer; `message` changes what stands beside the message."""
    content = json.dumps({"names": names, "claims": [*claims]}, ensure_ascii=False)
    choice = {"message": {"role": "assistant", "content": content}, "finish_reason": "stop"} | message
    return {"choices": [choice], "usage": {"prompt_tokens": 700, "completion_tokens": 90}}


@dataclass
class Stub:
    """A server that gives recorded answers, one after another, the last for ever; keeps what it was asked."""

    answers: list[Any] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    endpoint: Endpoint = field(default_factory=lambda: Endpoint("", ""))

    def give(self, *answers: Any) -> None:
        """Each is a body with status 200, (status, body, headers), or what to do with the handler instead."""
        self.answers = [*answers]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers["Content-Length"])
        self.asked.append(json.loads(handler.rfile.read(length)))
        self.keys.append(handler.headers.get("Authorization", ""))
        self.paths.append(handler.path)
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(given):
            given(handler)
            return
        status, body, headers = given if isinstance(given, tuple) else (200, given, {})
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)


@contextmanager
def serving() -> Iterator[Stub]:
    """The server, until the block ends."""
    made = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.answer(self)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: Any) -> None:  # a client that has gone is part of these tests
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        made.endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/v1", "small", "a-key", seconds=5, attempts=3)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield made
        server.shutdown()
        thread.join()
