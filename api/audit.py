"""The audit log: who changed what, when, over HTTP; a line of JSON each, in a file that its owner alone reads."""

from __future__ import annotations

import json
import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

log = logging.getLogger("parkbond.audit")

MOST = 20_000_000
"""Bytes of a file; a full one is kept as audit.jsonl.1, and so on up to .9."""

KEPT = 9


class Audit:
    """Appends lines to a file. A line that cannot be written is told in the log and stops nothing."""

    def __init__(self, file: Path, most: int = MOST) -> None:
        self._file, self._most = file, most
        self._lock = threading.Lock()

    def note(self, **what: Any) -> None:
        """Append one line; the time is added."""
        line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **what}, ensure_ascii=True)
        try:
            with self._lock:
                self._append(line + "\n")
        except OSError as error:
            log.error("%s: not written (%s): %s", self._file, error.strerror, line)

    def _append(self, line: str) -> None:
        handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as out:
            out.write(line)
            full = out.tell() >= self._most
        if full:
            self._turn()

    def _turn(self) -> None:
        names = [self._file, *(self._file.with_name(f"{self._file.name}.{at}") for at in range(1, KEPT + 1))]
        for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
            if newer.exists():
                newer.replace(older)
