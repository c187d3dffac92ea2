"""The door: which hosts, origins, keys and how many requests are let in, and what is noted of those that write.

    on loopback, no key ever made     everybody on this machine reads and writes; nobody handles keys over HTTP
    otherwise                         every path but `OPEN` asks for a key: Authorization: Bearer parkbond_…

Reading needs the role reader, changing the graph editor, keys admin. A path that is not known here is treated like
its method says, so a new route is never open by mistake.
"""

from __future__ import annotations

import ipaddress
import re
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.audit import Audit
from api.keys import Keyring, Role
from api.limits import Buckets
from api.metrics import Metrics
from api.problem import response
from graph.errors import ParkbondError

OPEN = frozenset({"/", "/page.js", "/page.css", "/favicon.ico", "/healthz", "/readyz", "/openapi.json"})
"""What everybody may see: the page without data, the description, and whether the service lives."""

ASKING = ("/mcp", *(f"/api/v1/{name}" for name in ("ask", "search", "cypher", "index", "measures", "extract")))
"""Where POST only asks."""

_SAVED = re.compile(r"/api/v1/questions/[^/]+/ask")
"""Asking a saved question."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?")

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request: a key's id and name, or nobody with a key."""

    id: str
    name: str
    role: Role | None
    address: str


@dataclass(frozen=True, slots=True)
class Guard:
    """What the door goes by. `keys` None = no keys are looked at; `must`: without a key nothing is open.

    `hosts` None = any; `rate`: requests a second and caller, None = as many as come.
    """

    keys: Keyring | None = None
    must: bool = False
    hosts: frozenset[str] | None = None
    rate: float | None = None
    audit: Audit | None = None


def needed(method: str, path: str) -> Role | None:
    """The role that a request needs, None where everybody may."""
    if path in OPEN and method in READING:
        return None
    if path == "/api/v1/keys" or path.startswith("/api/v1/keys/"):
        return Role.ADMIN
    asking = _SAVED.fullmatch(path) or any(path == one or path.startswith(one + "/") for one in ASKING)
    if method in READING or (asking and method == "POST"):
        return Role.READER
    return Role.EDITOR


def local(host: str) -> bool:
    """Whether an address to bind is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(eq=False)
class _Refused(Exception):
    status: int
    title: str
    detail: str
    why: str
    headers: tuple[tuple[str, str], ...] = ()


class Door:
    """Lets a request in or answers it with 401, 403, 421 or 429; notes writes in the audit log."""

    def __init__(self, app: ASGIApp, guard: Guard, metrics: Metrics) -> None:
        self.app, self.guard, self.metrics = app, guard, metrics
        self._buckets = Buckets(guard.rate) if guard.rate else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        need = needed(scope["method"], scope["path"])
        try:
            caller = self._let_in(scope, need)
        except _Refused as refused:
            self.metrics.refused(refused.why)
            if need not in (None, Role.READER):
                self._note(scope, _nobody(scope), refused.status)
            answer = response(Request(scope), refused.status, refused.title, refused.detail)
            answer.headers.update(dict(refused.headers))
            await answer(scope, receive, send)
            return
        scope["parkbond.caller"] = caller
        if need in (None, Role.READER):
            await self.app(scope, receive, send)
        else:
            await self._noted(scope, receive, send, caller)

    async def _noted(self, scope: Scope, receive: Receive, send: Send, caller: Caller) -> None:
        status = 0

        async def heard(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, heard)
        finally:
            self._note(scope, caller, status)

    def _note(self, scope: Scope, caller: Caller, status: int) -> None:
        if self.guard.audit:
            self.guard.audit.note(
                request=scope.get("parkbond.request", ""),
                key=caller.id,
                who=caller.name,
                address=caller.address,
                method=scope["method"],
                path=scope["path"][:500],
                status=status,
                what=scope.get("parkbond.did", {}),
            )

    def _let_in(self, scope: Scope, need: Role | None) -> Caller:
        host, origin, secret = _told(scope)
        self._from_here(scope, host, origin)
        caller = self._caller(scope, secret)
        self._in_time(caller)
        if need is None:
            return caller
        if caller.role is None:
            if secret:
                told = "this key is not valid; ask who runs this service for another."
            else:
                told = "this needs a key; send the header Authorization: Bearer KEY (made by parkbond key add)."
            raise _Refused(401, "Unauthorized", told, "key", (("www-authenticate", 'Bearer realm="parkbond"'),))
        if not caller.role.allows(need):
            told = f"this needs the role {need}; {caller.name} is {caller.role}."
            if not caller.id:
                told = "without keys nobody handles keys over HTTP; make the first with parkbond key add."
            raise _Refused(403, "Forbidden", told, "role")
        return caller

    def _from_here(self, scope: Scope, host: str, origin: str) -> None:
        """Keep out pages of other sites: by a name of theirs that leads here, or by a form that is sent here."""
        if self.guard.hosts is not None and _bare(host) not in self.guard.hosts:
            told = "this service is not called so; call it by its address, or add the name to PARKBOND_HOSTS."
            raise _Refused(421, "Misdirected Request", told, "host")
        if origin and scope["method"] not in READING and urlsplit(origin).netloc != host:
            raise _Refused(403, "Forbidden", "pages of other sites change nothing here.", "origin")

    def _caller(self, scope: Scope, secret: str) -> Caller:
        address = (scope.get("client") or ("", 0))[0]
        keys = self.guard.keys
        if keys is None:
            return Caller("", "everybody", Role.EDITOR, address)
        try:
            if not (self.guard.must or keys.closed):
                return Caller("", "everybody", Role.EDITOR, address)
            found = keys.of(secret) if secret else None
        except ParkbondError as error:
            raise _Refused(503, "Keys unavailable", str(error), "keys") from error
        return Caller(found.id, found.name, found.role, address) if found else Caller("", "nobody", None, address)

    def _in_time(self, caller: Caller) -> None:
        if self._buckets and (wait := self._buckets.take(caller.id or caller.address, time.monotonic())):
            told = f"more than {self.guard.rate:g} requests a second; wait {wait} s and go on slower."
            raise _Refused(429, "Too Many Requests", told, "rate", (("retry-after", str(wait)),))


def _told(scope: Scope) -> tuple[str, str, str]:
    """Host, origin and key of a request."""
    host = origin = secret = ""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value.decode("latin-1")
        elif name == b"origin":
            origin = value.decode("latin-1")
        elif name == b"authorization":
            scheme, _, rest = value.decode("latin-1").partition(" ")
            secret = rest.strip() if scheme.lower() == "bearer" else "?"
    return host, origin, secret


def _bare(host: str) -> str:
    """A host without its port, in small letters; "" for what is none."""
    found = _HOST.fullmatch(host.lower())
    return (found[1] or found[2].rstrip(".")) if found else ""


def _nobody(scope: Scope) -> Caller:
    return Caller("", "nobody", None, (scope.get("client") or ("", 0))[0])
