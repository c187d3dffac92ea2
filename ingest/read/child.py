"""The process that reads rich formats (html, pdf, Office files, mail, archives, pictures), seen from outside.

What a file may cost is laid upon that process, not upon ours: memory by the system, time by an alarm that ends it. One
process serves many files; when a file ends it, that file is an error and the next one gets a new process.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graph.errors import ReadError
from graph.model import Document
from ingest.read.limits import Limits
from ingest.read.record import Read, Result, Skipped

_ROOT = str(Path(__file__).parents[2])
_START = "import sys; sys.path.insert(0, sys.argv[1]); from ingest.read.worker import main; main()"


class Child:
    """One reader process, started by the first file that needs it; ended with the block."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.peak = 0
        """The most memory that the process has held so far (resident, million bytes)."""
        self.started = 0
        """How many processes were started."""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if process := self._process:
            self._process = None
            process.kill()
            process.communicate()

    def read(self, path: Path, source: str, prefix: str = "", records: bool = False) -> Iterator[Result]:
        """The documents of a file; `prefix` stands before the names of those in an archive. With `records` only its
        files of records are read."""
        request = {"path": str(path.absolute()), "source": source, "prefix": prefix, "form": "", "records": records}
        for answer in self._asked(request, source):
            yield _result(answer)

    def sheets(self, path: Path, source: str) -> dict[str, list[list[Any]]]:
        """The cells of a spreadsheet by sheet, those of a merged range repeated. Raises ReadError."""
        tables: dict[str, list[list[Any]]] = {}
        for answer in self._asked(
            {"path": str(path.absolute()), "source": source, "prefix": "", "form": "sheets"}, source
        ):
            if "error" in answer:
                raise ReadError(*answer["error"])
            tables[answer["sheet"]] = answer["rows"]
        return tables

    def _asked(self, request: dict[str, Any], source: str) -> Iterator[dict[str, Any]]:
        """The answers of the process to a request; an error as the last if it dies over it."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        whole = False
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            while line := process.stdout.readline():
                answer = json.loads(line)
                if "peak" in answer:
                    self.peak = max(self.peak, answer["peak"])
                    whole = not answer["leaving"]
                    return
                yield answer
            yield {"error": [source, self._died(process)]}
        except BrokenPipeError:
            yield {"error": [source, self._died(process)]}
        finally:
            if not whole:  # it died, or nobody waits for the rest
                self.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:  # ended by somebody else
            self.close()
        if self._process is None:
            self.started += 1
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, _ROOT, json.dumps(asdict(self.limits))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _died(self, process: subprocess.Popen[bytes]) -> str:
        """Why the process ended, in words."""
        code = process.wait()
        if -code in (signal.SIGPROF, signal.SIGALRM):
            return f"not read within {self.limits.seconds} seconds; split it, or raise PARKBOND_READ_SECONDS"
        if code > 0:
            return "the process that reads such files cannot be started; `parkbond doctor` says what is missing"
        name = signal.Signals(-code).name if code else "its end"
        return (
            f"damaged, or more than {self.limits.memory:,} MB of memory are needed: reading it ended with {name}; "
            "save it anew, split it, or raise PARKBOND_READ_MEMORY"
        )


def _result(answer: dict[str, Any]) -> Result:
    if "error" in answer:
        return ReadError(*answer["error"])
    if "skipped" in answer:
        return Skipped(*answer["skipped"])
    said = answer["document"]
    places = tuple((offset, label) for offset, label in said.pop("places"))
    return Read(Document(**said, places=places), answer["encoding"], tuple(answer["notes"]))
