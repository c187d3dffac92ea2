"""What the benches of measures share: processor time, memory, and a line a row."""

from __future__ import annotations

import math
import resource
import time
from collections.abc import Callable, Iterable
from typing import Any

BenchRow = tuple[str, float, float | None, str]
"""What, our seconds, the peer's seconds or None, a note."""


def timed(work: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """The shortest of some runs in CPU seconds of all threads, and what the last gave."""
    best, value = math.inf, None
    for _ in range(times):
        begin = time.process_time()
        value = work()
        best = min(best, time.process_time() - begin)
    return best, value


def peak() -> float:
    """The most memory that this process has held, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def show(title: str, width: int, rows: Iterable[BenchRow]) -> None:
    """Print the rows as they come, each with the peak of memory so far."""
    print(f"{title:{width}} {'ours s':>9} {'peer s':>9}")
    for what, ours, theirs, note in rows:
        peer = theirs if theirs is not None else math.nan
        print(f"{what:{width}} {ours:9.3f} {peer:9.2f}  {note}; peak so far {peak():.2f} GiB", flush=True)
