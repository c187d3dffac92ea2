"""Asking an OpenAI-compatible endpoint for one JSON object: patience where it helps, one clear sentence where not.

Written on urllib of the standard library: one POST with a deadline needs no client library at run time.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.errors import ParkbondError, SettingError
from ingest.extract.endpoint import Endpoint

if TYPE_CHECKING:
    import urllib.request

LARGEST = 8_000_000
"""Bytes of an answer; more is cut off and refused."""

LONGEST_WAIT = 60.0
"""Seconds between two attempts, whatever the server asks for."""

_AGAIN = frozenset((408, 409, 425, 429, 500, 502, 503, 504, 529))
_LOCAL = ("localhost", "127.", "[::1]", "0.0.0.0")


class NoAnswer(Exception):
    """No usable answer to this request; another one may fare better."""


class CutOff(Exception):
    """The answer was longer than the server allows."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with what it cost; tokens are 0 where the server does not tell."""

    answer: Mapping[str, Any]
    requests: int
    tokens_in: int
    tokens_out: int


class Chat:
    """Requests to one endpoint. Remembers which way of asking for JSON it takes: by schema, as an object, in words."""

    def __init__(
        self,
        endpoint: Endpoint,
        schema: Mapping[str, Any],
        wait: Callable[[float], object],
        wanted: str = "names",
    ) -> None:
        """`wanted` is the list that an answer must have; `wait` sleeps between attempts."""
        self._endpoint = endpoint
        self._wait = wait
        self._wanted = wanted
        by_schema = {"type": "json_schema", "json_schema": {"name": "reading", "strict": True, "schema": schema}}
        self._forms: Sequence[Mapping[str, Any]] = (
            {"temperature": 0, "response_format": by_schema},
            {"temperature": 0, "response_format": {"type": "json_object"}},
            {},
        )

    def ask(self, messages: list[dict[str, str]]) -> Reply:
        """The JSON object that the model answers.

        Raises NoAnswer after all attempts, CutOff for an answer without its end; SettingError where address, model or
        key are wrong, ParkbondError where nothing answers at all.
        """
        why = ""
        requests = 0
        for attempt in range(self._endpoint.attempts):
            for number, form in enumerate(self._forms):
                requests += 1
                status, body, after = self._post({"model": self._endpoint.model, "messages": messages, **form})
                if status not in (400, 422):
                    self._forms = self._forms[number:] if status == 200 else self._forms
                    break
            if status == 200:
                try:
                    return _reply(body, requests, self._wanted)
                except ValueError as error:
                    why, after = f"the answer of {self._endpoint.url} is no JSON of the asked form ({error})", 0.0
            elif status not in _AGAIN and status:
                raise self._refused(status, body)
            else:
                why = f"{self._endpoint.url} {_said(status, body, self._endpoint.seconds)}"
            if attempt + 1 < self._endpoint.attempts:
                self._wait(min(after if after is not None else 2.0**attempt, LONGEST_WAIT))
        if status == 429:
            raise ParkbondError(f"{why}; what was read is kept, run the command again later")
        raise NoAnswer(f"no usable answer after {self._endpoint.attempts} attempts: {why}")

    def _refused(self, status: int, body: bytes) -> Exception:
        where = self._endpoint.url
        if status in (401, 403):
            return SettingError(f"{where} refuses the key ({status}); set PARKBOND_LLM_KEY")
        if status == 404 or 300 <= status < 400:
            return SettingError(
                f"{where} has no chat completions for {self._endpoint.model!r} ({status}); "
                "check PARKBOND_LLM_URL (with its /v1) and PARKBOND_LLM_MODEL"
            )
        return NoAnswer(f"{where} {_said(status, body, 0)}")

    def _post(self, payload: Mapping[str, Any]) -> tuple[int, bytes, float | None]:
        """Status, body and the wait that the server asks for; status 0 for an answer that did not come in time.

        Raises ParkbondError when nothing answers at the address, after as many attempts as for all else.
        """
        import http.client
        import urllib.error
        import urllib.request

        head = {"Content-Type": "application/json"}
        if self._endpoint.key:
            head["Authorization"] = f"Bearer {self._endpoint.key}"
        data = json.dumps(payload, ensure_ascii=False).encode(errors="replace")
        request = urllib.request.Request(f"{self._endpoint.url}/chat/completions", data, head)
        for attempt in range(self._endpoint.attempts):
            deadline = time.monotonic() + self._endpoint.seconds
            try:
                with _opener(self._endpoint.url).open(request, timeout=self._endpoint.seconds) as answer:
                    return answer.status, _body(answer, deadline), None
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.read(2_000), _after(error.headers.get("Retry-After"))
            except (TimeoutError, http.client.HTTPException, ConnectionResetError, ValueError):
                return 0, b"", None
            except OSError as error:
                reason = getattr(error, "reason", error)
                if isinstance(reason, TimeoutError | ConnectionResetError):
                    return 0, b"", None
                if attempt + 1 == self._endpoint.attempts:
                    raise ParkbondError(
                        f"nothing answers at {self._endpoint.url} ({reason}); start the model there or set "
                        "PARKBOND_LLM_URL. What was read is kept, run the command again to go on"
                    ) from None
                self._wait(2.0**attempt)
        raise AssertionError("the last attempt returns or raises")


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Follows no redirect, which would carry the key elsewhere; a machine's own address is asked without a proxy."""
    import urllib.request

    class Straight(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    here = url.partition("//")[2].startswith(_LOCAL)
    return urllib.request.build_opener(Straight, *([urllib.request.ProxyHandler({})] if here else []))


def _body(answer: Any, deadline: float) -> bytes:
    """All of an answer, however slowly it comes, up to the deadline. Raises TimeoutError, ValueError if too large."""
    parts = []
    size = 0
    while part := answer.read1(1 << 16):
        parts.append(part)
        size += len(part)
        if time.monotonic() > deadline:
            raise TimeoutError
        if size > LARGEST:
            raise ValueError("too large")
    return b"".join(parts)


def _after(header: str | None) -> float | None:
    """The seconds of a Retry-After; None for none, and for a date."""
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None


def _said(status: int, body: bytes, seconds: float) -> str:
    if not status:
        return f"gave no whole answer within {seconds:g} s"
    try:
        message = json.loads(body)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        message = ""
    told = f": {' '.join(str(message).split())[:160]}" if message else ""
    return f"answers {status}{told}"


def _reply(body: bytes, requests: int, wanted: str) -> Reply:
    """What a 200 says. Raises ValueError where it is not what was asked for, CutOff where its end is missing."""
    try:
        whole = json.loads(body)
        choice = whole["choices"][0]
        content = choice["message"]["content"]
        usage = whole.get("usage") or {}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise ValueError("no message in it") from None
    if choice.get("finish_reason") == "length":
        raise CutOff
    answer = _object(str(content or ""), wanted)
    return Reply(answer, requests, _count(usage, "prompt_tokens"), _count(usage, "completion_tokens"))


def _object(content: str, wanted: str) -> Mapping[str, Any]:
    """The JSON object in a message, whatever is written around it."""
    first, last = content.find("{"), content.rfind("}")
    try:
        answer = json.loads(content[first : last + 1], strict=False)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(answer, dict) or not isinstance(answer.get(wanted), list):
        raise ValueError(f"no list of {wanted}")
    return answer


def _count(usage: object, name: str) -> int:
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and value > 0 else 0
