"""What the service counts of itself, in the text format of Prometheus (0.0.4).

Our own and not a client library: one event loop counts, so a dictionary is enough, and each request pays for it.
"""

from __future__ import annotations

import os
import resource
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds that part the buckets of the histogram."""

Samples = Iterable[tuple[Mapping[str, str], float]]


class Metrics:
    """Requests by method, route and status; their seconds by route; what was kept out."""

    def __init__(self) -> None:
        self.started = time.time()
        self.open = 0
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._seconds: dict[str, list[float]] = {}
        self._refused: Counter[str] = Counter()
        self._fresh: Counter[str] = Counter()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request. `route` is the operation, so that there are few."""
        self._requests[method, route, status] += 1
        told = self._seconds.get(route)
        if told is None:
            told = self._seconds[route] = [0.0] * (len(BOUNDS) + 2)  # of each bucket, beyond the last, sum
        told[bisect_left(BOUNDS, seconds)] += 1
        told[-1] += seconds

    def refused(self, why: str) -> None:
        """Count a request that was kept out: host, origin, key, role, rate."""
        self._refused[why] += 1

    def kept(self, how: str) -> None:
        """Count a read that could be answered from what is kept: hit, miss, unchanged."""
        self._fresh[how] += 1

    def text(self, gauges: Mapping[str, tuple[str, Samples]]) -> str:
        """Everything counted, then these gauges: name -> (help, samples)."""
        lines = [
            *_family(
                "parkbond_requests_total",
                "counter",
                "Requests answered.",
                (
                    ({"method": method, "route": route, "status": str(status)}, count)
                    for (method, route, status), count in sorted(self._requests.items())
                ),
            ),
            *self._histogram(),
            *_family("parkbond_requests_open", "gauge", "Requests being answered.", [({}, self.open)]),
            *_family("parkbond_refused_total", "counter", "Requests kept out.", _by("why", self._refused)),
            *_family("parkbond_reads_total", "counter", "Reads that may be kept.", _by("how", self._fresh)),
        ]
        for name, (told, samples) in {**gauges, **_process(self.started)}.items():
            lines += _family(name, "counter" if name.endswith("_total") else "gauge", told, samples)
        return "\n".join(lines) + "\n"

    def _histogram(self) -> Iterator[str]:
        name = "parkbond_request_seconds"
        yield f"# HELP {name} Seconds until a request was answered."
        yield f"# TYPE {name} histogram"
        for route, told in sorted(self._seconds.items()):
            total = 0.0
            for bound, count in zip((*BOUNDS, float("inf")), told, strict=False):
                total += count
                yield _sample(f"{name}_bucket", {"route": route, "le": _number(bound)}, total)
            yield _sample(f"{name}_sum", {"route": route}, told[-1])
            yield _sample(f"{name}_count", {"route": route}, total)


def _family(name: str, kind: str, told: str, samples: Samples) -> list[str]:
    return [
        f"# HELP {name} {told}",
        f"# TYPE {name} {kind}",
        *(_sample(name, labels, value) for labels, value in samples),
    ]


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {_number(value)}" if inside else f"{name} {_number(value)}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    if value == float("inf"):
        return "+Inf"
    return str(int(value)) if value == int(value) else repr(float(value))


def _by(label: str, counts: Mapping[str, int]) -> Samples:
    return [({label: name}, count) for name, count in sorted(counts.items())]


def _process(started: float) -> dict[str, tuple[str, Samples]]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    made: dict[str, tuple[str, Samples]] = {
        "process_cpu_seconds_total": ("Processor seconds used.", [({}, used.ru_utime + used.ru_stime)]),
        "process_start_time_seconds": ("When the service started.", [({}, started)]),
    }
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = int(file.read().split()[1])
        held = pages * os.sysconf("SC_PAGE_SIZE")
        made["process_resident_memory_bytes"] = ("Memory held.", [({}, held)])
        made["process_open_fds"] = ("Open files and sockets.", [({}, len(os.listdir("/proc/self/fd")))])
    except OSError:
        pass  # no /proc on this system
    return made
