"""The process that does a job: `python -m api.worker FOLDER`. It tells how far it is as lines of JSON.

A process of its own, so that reading takes no time from answering, a job can be stopped at once, and a document that
ends its reader does not end the service.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from api.queue import Job, Row, Tell, Work
from api.settings import Settings, settings
from graph.errors import ParkbondError, SettingError
from graph.store.base import Store

SENT = "sent"
"""The folder, in that of a job, that holds what was sent."""

GRACE = 10.0
"""Seconds after which a process that was asked to stop is ended."""


def in_process(where: Settings) -> Work:
    """The work of a queue, done in a process of its own with these settings."""
    environ = {**os.environ, **_environ(where)}

    def work(folder: Path, job: Job, tell: Tell, stop: threading.Event) -> Row:
        command = [sys.executable, "-m", "api.worker", str(folder)]
        with (folder / "stderr").open("wb") as errors:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL, env=environ, text=True
            )
        with process, _stopped_by(process, stop):
            last: Row = {}
            assert process.stdout is not None
            for line in process.stdout:
                last = json.loads(line)
                if "stage" in last:
                    tell(last["stage"], last["done"])
        if "error" in last:
            raise ParkbondError(last["error"])
        if process.returncode or "report" not in last:
            tail = (folder / "stderr").read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"the process of job {job.id} ended with {process.returncode}: {tail}")
        report: Row = last["report"]
        return report

    return work


@contextmanager
def _stopped_by(process: subprocess.Popen[str], stop: threading.Event) -> Iterator[None]:
    """While the block runs, the event ends the process."""

    def watch() -> None:
        while process.poll() is None:
            if stop.wait(0.1):
                process.terminate()
                try:
                    process.wait(GRACE)
                except subprocess.TimeoutExpired:
                    process.kill()
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        if process.poll() is None and sys.exc_info()[0] is not None:
            process.terminate()
        process.wait()
        watcher.join()


def _environ(where: Settings) -> Mapping[str, str]:
    """What of the settings may differ from the environment."""
    return {
        "PARKBOND_GRAPH": where.graph,
        "PARKBOND_CACHE": str(where.cache),
        "PARKBOND_EXTRACTOR": where.extractor,
        "PARKBOND_MODEL": where.model,
    }


# ---- the other side --------------------------------------------------------------------------------------------------


def do(store: Store, folder: Path, job: Job, where: Settings, tell: Tell) -> Row:
    """Do a job on this graph. The report says what came of it; `missing`: what was sent and is not there."""
    if job.kind not in MAKING and where.extractor == "llm":
        raise SettingError(
            "documents sent over HTTP are not read by llm, because nobody is asked whether to pay; "
            "read them with parkbond ingest --extractor llm, or set PARKBOND_EXTRACTOR to another."
        )
    report = WORK[job.kind](store, folder / SENT, job.options, where, tell)
    if job.kind in MAKING or not job.options.get("vectors", True):
        return report
    return report | _vectors(store, where, tell, report["notes"])


def _ingest(store: Store, sent: Path, options: Mapping[str, Any], where: Settings, tell: Tell) -> Row:
    from api.jobs import ingest_paths

    files = sorted(sent.iterdir())
    made = ingest_paths(
        store,
        files,
        where,
        reread=bool(options.get("reread")),
        vectors=False,
        progress=lambda done, _: tell("reading", done),
    )
    if options.get("check"):
        tell("checking", 0)
        gone = _missing(store, files)
        made["missing"] = len(gone)
        made["problems"] = [*made["problems"], *(f"{id}: is not in the graph; send it again" for id in gone[:100])]
    return made


def _missing(store: Store, files: list[Path]) -> list[str]:
    """The documents of the files that are not in the graph as they were sent: somebody took them away meanwhile."""
    from ingest.read import Read, documents

    sent = {one.document.id: one.document.version for one in documents(files) if isinstance(one, Read)}
    ids, gone = list(sent), []
    for start in range(0, len(ids), 500):
        there = store.versions(ids[start : start + 500])
        gone += [id for id in ids[start : start + 500] if there.get(id) != sent[id]]
    return gone


def _roster(store: Store, sent: Path, options: Mapping[str, Any], where: Settings, tell: Tell) -> Row:
    from api.jobs import ingest_roster

    tell("reading", 0)
    [file] = sent.iterdir()
    return ingest_roster(store, file, where, source=options["source"], date=options["date"], vectors=False)


def _vectors_alone(store: Store, sent: Path, options: Mapping[str, Any], where: Settings, tell: Tell) -> Row:
    from api.jobs import make_vectors

    return {"vectors": make_vectors(store, where, progress=lambda done, _: tell("vectors", done))}


def _reindex(store: Store, sent: Path, options: Mapping[str, Any], where: Settings, tell: Tell) -> Row:
    from api.jobs import reindex

    made = reindex(store, where, progress=lambda done, _: tell("vectors", done))
    return {"vectors": made["made"]}


def _vectors(store: Store, where: Settings, tell: Tell, notes: list[str]) -> Row:
    """Vectors for what was read; where they cannot be made, search goes by words and the report says so."""
    try:
        return _vectors_alone(store, Path(), {}, where, tell)
    except ParkbondError as error:
        return {"vectors": 0, "notes": [*notes, f"no vectors were made, search goes by words: {error}"]}


WORK: Mapping[str, Callable[[Store, Path, Mapping[str, Any], Settings, Tell], Row]] = {
    "documents": _ingest,
    "file": _ingest,
    "roster": _roster,
    "vectors": _vectors_alone,
    "reindex": _reindex,
}

MAKING = frozenset(("vectors", "reindex"))
"""Kinds that read no documents."""


def main(folder: Path) -> int:
    """Do the job of a folder; 1 where an error stopped it, which is then the last line."""
    from api.stores import open_store

    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no line of ours

    def say(**what: Any) -> None:
        lines.write(json.dumps(what) + "\n")
        lines.flush()

    try:
        where = settings()
        job = Job(**json.loads((folder / "job.json").read_text(encoding="utf-8")))
        with closing(open_store(where)) as store:
            say(report=do(store, folder, job, where, lambda stage, done: say(stage=stage, done=done)))
    except ParkbondError as error:
        say(error=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
