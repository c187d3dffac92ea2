"""The process that reads rich formats, seen from inside: a line of JSON asks, lines of JSON answer.

It holds itself to its limits before it reads anything: data memory, the time of one file (an alarm that nothing
catches ends it), no file written, no core left behind. It loads neither models nor the graph.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from graph.errors import ReadError
from ingest.read.formats import contents, recorded
from ingest.read.limits import Budget, Limits
from ingest.read.record import Blob, Result, Skipped


def main() -> None:
    """Answer requests from standard input until it ends."""
    limits = Limits(**json.loads(sys.argv[2]))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    _confine(limits)
    for line in sys.stdin.buffer:
        _answer(json.loads(line), limits, out)


def _confine(limits: Limits) -> None:
    memory = limits.memory * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ours decides
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _answer(request: dict[str, Any], limits: Limits, out: BinaryIO) -> None:
    """Write the answers to one request and the line that ends them."""

    def restart() -> None:
        signal.setitimer(signal.ITIMER_PROF, limits.seconds)  # of work, so that a busy machine refuses nothing
        signal.setitimer(signal.ITIMER_REAL, 10 * limits.seconds)

    restart()
    leaving = False
    source = request["source"]
    try:
        for answer in _answers(request, Budget(limits, restart)):
            _write(out, answer)
    except ReadError as error:
        _write(out, {"error": [error.where, error.reason]})
    except MemoryError:
        leaving = True  # what is left of the memory cannot be relied on
        _write(out, {"error": [source, _much(limits)]})
    except RecursionError:
        _write(out, {"error": [source, "nested too deeply to be read"]})
    except Exception as error:  # whatever a library makes of a bad file is that file's problem
        words = " ".join(str(error).split())
        leaving = "alloc" in words
        reason = f"cannot be read, perhaps damaged ({type(error).__name__}: {words[:200]})"
        _write(out, {"error": [source, _much(limits) if leaving else reason]})
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    _write(out, {"peak": _peak(), "leaving": leaving})
    if leaving:
        os._exit(0)


def _peak() -> int:
    """The most memory this process has held (resident, million bytes)."""
    try:  # what getrusage says may be our parent's, from before this program was loaded
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 // 1_000_000
    except (OSError, IndexError, ValueError):
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 1_000_000


def _much(limits: Limits) -> str:
    return f"more than {limits.memory:,} MB of memory are needed; split it, or raise PARKBOND_READ_MEMORY"


def _answers(request: dict[str, Any], budget: Budget) -> Iterator[dict[str, Any]]:
    path, source = Path(request["path"]), request["source"]
    blob = Blob(source, path.suffix.lower(), _bytes(path, source, budget.limits), prefix=request["prefix"])
    if request["form"] == "sheets":
        from ingest.read.spreadsheet import cells

        yield from ({"sheet": name, "rows": rows} for name, rows in cells(blob, budget))
        return
    read = recorded if request["records"] else contents
    yield from map(_told, read(blob, budget))


def _bytes(path: Path, source: str, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(min(path.stat().st_size, limits.size) + 1)  # what is asked for is set aside at once
    except OSError as error:
        raise ReadError(source, f"cannot be read: {error.strerror or error}") from None
    if len(data) > limits.size:
        raise ReadError(source, f"over the limit of {limits.size:,} bytes; split it")
    return data


def _told(result: Result) -> dict[str, Any]:
    if isinstance(result, ReadError):
        return {"error": [result.where, result.reason]}
    if isinstance(result, Skipped):
        return {"skipped": [result.source, result.reason, result.wanted]}
    return {"document": asdict(result.document), "encoding": result.encoding, "notes": result.notes}


def _write(out: BinaryIO, answer: dict[str, Any]) -> None:
    out.write(json.dumps(answer).encode() + b"\n")
    out.flush()
