"""Vectors that were made once are remembered by what they are of, so that the same text is never embedded twice.

A file of SQLite in the cache folder: key (model, prompt and text, hashed) -> vector. It only saves time: one that is
damaged is begun anew, one that cannot be written is done without, each with one line in the log.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from threading import RLock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
T = TypeVar("T")

BYTES = 1_000_000_000
"""How large the file may become: about 600,000 vectors of 384 numbers. The vectors unused for longest go first."""

_SCHEMA = "CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL)"
_AGE = "CREATE INDEX IF NOT EXISTS vector_used ON vector (used)"
_ASKED = 500  # keys of one statement
_DAY = 86_400


class Remembered:
    """Remembers vectors. Threads may share it, and so may processes."""

    def __init__(self, file: Path, limit: int = BYTES) -> None:
        """Opened with the first text; `limit` in bytes."""
        self._file = file
        self._limit = limit
        self._alone = RLock()
        self._base: sqlite3.Connection | None = None
        self._off = False

    def vectors(self, model: str, texts: Sequence[str], make: Callable[[Sequence[str]], Vectors]) -> Vectors:
        """One row a text: those that are remembered, and the others made by `make` and remembered now.

        `model` says what else the vectors depend on: the model, its weights, its prompt.
        """
        keys = [_key(model, text) for text in texts]
        known = self._known(keys)
        waiting = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if waiting:
            fresh = make(list(waiting.values()))
            made = dict(zip(waiting, fresh, strict=True))
            self._remember(made)
            known |= made
        if not texts:
            return make(texts)
        return np.array([known[key] for key in keys], np.float32)

    def close(self) -> None:
        """Let go of the file."""
        with self._alone:
            if self._base is not None:
                self._base.close()
                self._base = None

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        def read(base: sqlite3.Connection) -> dict[bytes, Vectors]:
            found: dict[bytes, Vectors] = {}
            for start in range(0, len(keys), _ASKED):
                part = keys[start : start + _ASKED]
                marks = ",".join("?" * len(part))
                rows = base.execute(f"SELECT key, value FROM vector WHERE key IN ({marks})", part)
                found |= {key: np.frombuffer(value, np.float32) for key, value in rows if len(value) % 4 == 0}
            if found:
                day = int(time.time()) // _DAY
                base.executemany(
                    "UPDATE vector SET used = ? WHERE key = ? AND used < ?", [(day, key, day) for key in found]
                )
                base.commit()
            return found

        return self._tried(read) or {}

    def _remember(self, made: dict[bytes, Vectors]) -> None:
        def write(base: sqlite3.Connection) -> bool:
            day = int(time.time()) // _DAY
            rows = [(key, np.asarray(vector, np.float32).tobytes(), day) for key, vector in made.items()]
            base.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)
            base.commit()
            self._trim(base)
            return True

        self._tried(write)

    def _trim(self, base: sqlite3.Connection) -> None:
        """Drop the vectors unused for longest, a tenth at a time, while the file holds more than it may."""
        while self._held(base) > self._limit:
            count = int(base.execute("SELECT count(*) FROM vector").fetchone()[0])
            if not count:
                return
            base.execute(
                "DELETE FROM vector WHERE rowid IN (SELECT rowid FROM vector ORDER BY used, rowid LIMIT ?)",
                (max(1, count // 10),),
            )
            base.commit()

    def _held(self, base: sqlite3.Connection) -> int:
        pages, free, size = (
            int(base.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size

    def _tried(self, act: Callable[[sqlite3.Connection], T]) -> T | None:
        """The result of `act`, or None where the file cannot be used; then it is begun anew, or done without."""
        with self._alone:
            for anew in (False, True):
                if self._off:
                    return None
                try:
                    return act(self._opened())
                except sqlite3.DatabaseError as error:
                    self._failed(error, anew)
                except OSError as error:
                    self._give_up(error.strerror or str(error))
            return None

    def _opened(self) -> sqlite3.Connection:
        if self._base is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            base = sqlite3.connect(self._file, timeout=20, check_same_thread=False)
            try:
                base.execute("PRAGMA journal_mode = WAL")
                base.execute("PRAGMA synchronous = NORMAL")
                base.execute(_SCHEMA)
                base.execute(_AGE)
                base.commit()
            except BaseException:
                base.close()
                raise
            self._base = base
        return self._base

    def _failed(self, error: sqlite3.DatabaseError, again: bool) -> None:
        """After an error of the file: begin it anew if it is damaged, else do without."""
        self._drop()
        if isinstance(error, sqlite3.OperationalError) or again:
            self._give_up(str(error))
            return
        log.warning("%s: the remembered vectors are damaged (%s); they are begun anew", self._file, error)
        for name in (self._file.name, f"{self._file.name}-wal", f"{self._file.name}-shm"):
            try:
                self._file.with_name(name).unlink(missing_ok=True)
            except OSError as problem:
                self._give_up(problem.strerror or str(problem))

    def _drop(self) -> None:
        base, self._base = self._base, None
        if base is not None:
            with contextlib.closing(base), contextlib.suppress(sqlite3.Error):
                base.rollback()

    def _give_up(self, reason: str) -> None:
        self._off = True
        log.warning(
            "%s: vectors are not remembered (%s); make room there, or name another folder in PARKBOND_CACHE",
            self._file,
            reason,
        )


def _key(model: str, text: str) -> bytes:
    return blake2b(f"{model}\0{text}".encode("utf-8", "surrogatepass"), digest_size=20).digest()
