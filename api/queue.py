"""Long work that clients ask for over HTTP: one piece after another, kept in a folder, taken up again after a restart.

A job is queued, then running, then for good one of

    done         everything that was sent is in the graph
    incomplete   some of it could not be read and is named; the rest is in the graph
    failed       an error stopped it, in one sentence; what was finished is kept
    cancelled    somebody called it off; what was finished is kept

What a stopped service leaves queued or running is queued again by the next: work that was finished costs nothing then.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from api.files import replacing
from graph.errors import Conflict, NotFound, ParkbondError

log = logging.getLogger("parkbond.jobs")

WAITING = 100
"""So many jobs may wait."""

REMEMBERED = 200
"""So many jobs that are over are remembered."""

TRIES = 3
"""So often a job is begun that each time took the service down with it."""

OVER = frozenset({"done", "incomplete", "failed", "cancelled"})

Row = dict[str, Any]
Tell = Callable[[str, int], None]
"""Called with what is being done, and how much of it is."""


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work. `done` of `total` (None = not known) in this `stage`; `report` is what came of it."""

    id: str
    kind: str
    who: str
    created: str
    options: Mapping[str, Any] = field(default_factory=dict)
    state: str = "queued"
    stage: str = ""
    done: int = 0
    total: int | None = None
    started: str = ""
    finished: str = ""
    tries: int = 0
    report: Row | None = None
    error: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in OVER


class Crowded(ParkbondError):
    """Too much waits already."""

    status = 503
    title = "Busy"


Work = Callable[[Path, Job, Tell, threading.Event], Row]
"""Does a job with the files of its folder, and stops soon after the event is set (raising anything). Its report has
`failed` and `missing`: how much of what was sent is not in the graph."""


class Queue:
    """The jobs of a folder, done by one thread. One process at a time works on a folder."""

    def __init__(self, folder: Path, work: Work) -> None:
        self._folder, self._work = folder, work
        self._jobs: dict[str, Job] = {}
        self._news = threading.Condition()
        self._stop: dict[str, threading.Event] = {}
        self._closing = False
        self._thread: threading.Thread | None = None
        self._lock: TextIO | None = None

    # ---- life

    def start(self) -> None:
        """Take up what is there. Where another process does already, this queue only refuses."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.fdopen(os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600), "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            log.warning("%s: another service works on these jobs; this one takes none", self._folder)
            return
        self._lock, self._closing = lock, False
        for job in sorted(self._found(), key=lambda one: (one.created, one.id)):
            self._jobs[job.id] = job if job.over else replace(job, state="queued", stage="", done=0)
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; what is not over is taken up by the next start."""
        with self._news:
            self._closing = True
            for stop in self._stop.values():
                stop.set()
            self._news.notify_all()
        if self._thread:
            self._thread.join(timeout=20)
        if self._lock:
            self._lock.close()
            self._lock = None

    @property
    def closing(self) -> bool:
        """Whether it stops, so that nobody should wait for news."""
        return self._closing

    # ---- what clients do

    def add(
        self,
        kind: str,
        who: str,
        fill: Callable[[Path], None],
        *,
        options: Mapping[str, Any] | None = None,
        total: int | None = None,
    ) -> Job:
        """A new job; `fill` writes what it needs into its folder first. Raises Crowded, Conflict."""
        if self._lock is None or self._closing:
            raise Conflict("this service takes no jobs; another works on the same folder, or this one is ending.")
        if sum(not job.over for job in self._jobs.values()) >= WAITING:
            raise Crowded(f"{WAITING} jobs wait already; send this one again when some are over.")
        job = Job(secrets.token_hex(8), kind, who, _now(), dict(options or {}), total=total)
        place = self._folder / job.id
        place.mkdir(mode=0o700)
        try:
            fill(place)
            self._save(job)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        self._put(job)
        self._forget()
        return job

    def get(self, id: str) -> Job:
        """A job. Raises NotFound."""
        job = self._jobs.get(id)
        if job is None:
            raise NotFound(f"no job has the id {id[:100]}; /api/v1/jobs lists them.")
        return job

    def all(self) -> list[Job]:
        """Every job that is remembered, the newest first."""
        with self._news:
            return sorted(self._jobs.values(), key=lambda job: (job.created, job.id), reverse=True)

    def cancel(self, id: str) -> Job:
        """Call a job off. Raises NotFound, and Conflict when it is over."""
        with self._news:
            job = self.get(id)
            if job.over:
                raise Conflict(f"the job {id} is over ({job.state}); what it did stays.")
            if id in self._stop:  # it runs, and says itself when it has stopped
                self._stop[id].set()
                job = replace(job, stage="stopping")
                self._jobs[id] = job
                self._news.notify_all()
                return job
            job = replace(job, state="cancelled", finished=_now())
            self._end(job)
        return job

    # ---- the thread

    def _run(self) -> None:
        while True:
            with self._news:
                job = self._waiting()
                while job is None and not self._closing:
                    self._news.wait()
                    job = self._waiting()
                if self._closing or job is None:
                    return
                stop = self._stop[job.id] = threading.Event()
                job = replace(job, state="running", started=job.started or _now(), tries=job.tries + 1)
                self._save(job)
                self._jobs[job.id] = job
                self._news.notify_all()
            ended = self._done(job, stop)
            with self._news:
                del self._stop[job.id]
                if ended is not None:
                    self._end(ended)

    def _done(self, job: Job, stop: threading.Event) -> Job | None:
        """The job as it ended; None where it is to be taken up by the next start."""

        def tell(stage: str, done: int) -> None:
            if not stop.is_set():
                self._put(replace(self._jobs[job.id], stage=stage, done=done))

        if job.tries > TRIES:
            return replace(job, state="failed", finished=_now(), error=f"begun {TRIES} times, and ended with none.")
        try:
            report = self._work(self._folder / job.id, job, tell, stop)
        except Exception as error:
            if stop.is_set():
                return None if self._closing else replace(self._jobs[job.id], **_over("cancelled"))
            if not isinstance(error, ParkbondError):
                log.error("job %s", job.id, exc_info=error)
            said = str(error) if isinstance(error, ParkbondError) else "something went wrong; the server's log says it."
            return replace(self._jobs[job.id], **_over("failed"), error=said)
        left_out = report.get("failed", 0) or report.get("missing", 0)
        return replace(self._jobs[job.id], **_over("incomplete" if left_out else "done"), report=report)

    def _waiting(self) -> Job | None:
        return next((job for job in self._jobs.values() if job.state == "queued"), None)

    # ---- what is kept

    def _put(self, job: Job) -> None:
        with self._news:
            self._jobs[job.id] = job
            self._news.notify_all()

    def _end(self, job: Job) -> None:
        self._save(job)
        self._jobs[job.id] = job
        for file in (self._folder / job.id).iterdir():
            if file.name != "job.json":
                shutil.rmtree(file) if file.is_dir() else file.unlink()
        self._news.notify_all()

    def _forget(self) -> None:
        with self._news:
            over = [job for job in self._jobs.values() if job.over]
            for job in over[: max(0, len(over) - REMEMBERED)]:
                del self._jobs[job.id]
                shutil.rmtree(self._folder / job.id, ignore_errors=True)

    def _save(self, job: Job) -> None:
        with replacing(self._folder / job.id / "job.json", mode=0o600) as file:
            json.dump(asdict(job), file, ensure_ascii=False)

    def _found(self) -> list[Job]:
        found = []
        for file in self._folder.glob("*/job.json"):
            try:
                found.append(Job(**json.loads(file.read_text(encoding="utf-8"))))
            except (OSError, ValueError, TypeError) as error:
                log.warning("%s: no job (%s); left alone", file, error)
        return found


def _over(state: str) -> dict[str, Any]:
    return {"state": state, "finished": _now(), "stage": ""}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
