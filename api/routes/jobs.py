"""Jobs: long work that goes on when the client has gone."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path as Folder
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.deps import DATE, Did, Jobs, Who
from api.queue import Job, Queue
from api.schemas import JobState, JobStates, NewJob
from api.worker import SENT
from graph.errors import InputError

router = APIRouter(prefix="/jobs", tags=["jobs"])

PULSE = 0.2
"""Seconds between two looks at a job whose events somebody reads."""

BEAT = 15.0
"""Seconds of silence after which a comment keeps the connection open."""

LISTENERS = 50
"""So many may read events at once."""

JobId = Annotated[str, Path(description="Id of a job.", max_length=100, examples=["5f0c3f7a1f0e4b2d"])]
FileName = Annotated[
    str,
    Query(
        description="What the file is called; its ending is a hint.",
        min_length=1,
        max_length=200,
        examples=["report.pdf"],
    ),
]
_ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {
        "headers": {"Location": {"description": "Where the job is.", "schema": {"type": "string"}}},
        "links": {
            "read": {"operationId": "read_job", "parameters": {"id": "$response.body#/id"}},
            "events": {"operationId": "read_job_events", "parameters": {"id": "$response.body#/id"}},
            "cancel": {"operationId": "cancel_job", "parameters": {"id": "$response.body#/id"}},
        },
    }
}
_FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}}},
    }
}


_EVENT = {
    "type": "object",
    "description": "One event of the stream: named by the state of the job, its data the job as JSON.",
    "properties": {"id": {"type": "string"}, "event": {"type": "string"}, "data": {"type": "string"}},
}


class Events(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


@router.get("", summary="List jobs")
async def list_jobs(jobs: Jobs) -> JobStates:
    """The jobs that are remembered, the newest first."""
    every = jobs.all()
    return JobStates(jobs=[_state(job) for job in every], total=len(every))


@router.post("", status_code=202, summary="Read documents as a job", responses=_ACCEPTED)
def start_job(jobs: Jobs, body: NewJob, response: Response, who: Who, did: Did) -> JobState:
    """Read documents into the graph, then make their vectors; or only make vectors. A document that is unchanged costs
    nothing, so a job that was stopped is finished by sending it again."""
    if bool(body.documents) != (body.kind == "documents"):
        raise InputError("documents: give at least one for the kind documents, and none for the others.")
    rows = [json.dumps(one.model_dump()) for one in body.documents]

    def fill(folder: Folder) -> None:
        (folder / SENT).mkdir()
        if rows:
            (folder / SENT / "documents.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")

    options = {"reread": body.reread, "vectors": body.vectors, "check": True}
    job = jobs.add(body.kind, who, fill, options=options, total=len(rows) or None)
    did(job=job.id, kind=job.kind, documents=len(rows))
    return _accepted(job, response)


@router.post("/file", status_code=202, summary="Read a file as a job", responses=_ACCEPTED, openapi_extra=_FILE)
async def start_file_job(
    request: Request,
    jobs: Jobs,
    response: Response,
    who: Who,
    did: Did,
    name: FileName,
    reread: Annotated[bool, Query(description="Read it anew if another extractor has read it.")] = False,
    vectors: Annotated[bool, Query(description="Also make the vectors.")] = True,
) -> JobState:
    """Read a file (pdf, docx, xlsx, zip …) into the graph; its bytes are the body."""
    body = await _bytes(request)
    options = {"reread": reread, "vectors": vectors}
    job = await run_in_threadpool(jobs.add, "file", who, _filling(name, body), options=options)
    did(job=job.id, kind=job.kind, file=name, bytes=len(body))
    return _accepted(job, response)


@router.post(
    "/roster", status_code=202, summary="Read a list of firms as a job", responses=_ACCEPTED, openapi_extra=_FILE
)
async def start_roster_job(
    request: Request,
    jobs: Jobs,
    response: Response,
    who: Who,
    did: Did,
    name: FileName,
    source: Annotated[str, Query(max_length=1_000, description="Who published it.", examples=["管委会名录"])] = "",
    date: Annotated[str, Query(pattern=DATE, description="The date it holds for.", examples=["2024-01-01"])] = "",
    vectors: Annotated[bool, Query(description="Also make the vectors.")] = True,
) -> JobState:
    """Add the firms of a list (csv, xlsx or jsonl with the columns park and name); its bytes are the body."""
    body = await _bytes(request)
    options = {"source": source, "date": date, "vectors": vectors}
    job = await run_in_threadpool(jobs.add, "roster", who, _filling(name, body), options=options)
    did(job=job.id, kind=job.kind, file=name, bytes=len(body))
    return _accepted(job, response)


@router.get("/{id}", summary="One job")
async def read_job(jobs: Jobs, id: JobId) -> JobState:
    """How far a job is, and what came of it."""
    return _state(jobs.get(id))


@router.delete("/{id}", status_code=202, summary="Call a job off")
def cancel_job(jobs: Jobs, id: JobId, did: Did) -> JobState:
    """Stop a job; what it finished stays. One that is over is a 409."""
    did(cancelled=id[:100])
    return _state(jobs.cancel(id))


@router.get(
    "/{id}/events",
    summary="Follow a job",
    response_class=Events,
    responses={200: {"content": {"text/event-stream": {"schema": _EVENT}}}},
)
async def read_job_events(request: Request, jobs: Jobs, id: JobId) -> Events:
    """The job whenever it changes, as server-sent events named by its state; the stream ends with the job."""
    jobs.get(id)
    state = request.app.state
    if getattr(state, "listeners", 0) >= LISTENERS:
        raise HTTPException(503, f"{LISTENERS} clients follow jobs already; ask for the job now and then instead.")
    return Events(_events(state, jobs, id), headers={"cache-control": "no-store"})


async def _events(state: Any, jobs: Queue, id: str) -> AsyncIterator[str]:
    state.listeners = getattr(state, "listeners", 0) + 1
    try:
        last: Job | None = None
        number, heard = 0, time.monotonic()
        while True:
            job = jobs.get(id)
            if job != last:
                last, number, heard = job, number + 1, time.monotonic()
                yield f"id: {number}\nevent: {job.state}\ndata: {_state(job).model_dump_json()}\n\n"
            elif time.monotonic() - heard > BEAT:
                heard = time.monotonic()
                yield ": still there\n\n"
            if job.over or jobs.closing:
                return
            await asyncio.sleep(PULSE)
    finally:
        state.listeners -= 1


def _state(job: Job) -> JobState:
    return JobState.model_validate({name: value for name, value in asdict(job).items() if name not in _OWN})


_OWN = ("options", "tries")


def _accepted(job: Job, response: Response) -> JobState:
    response.headers["location"] = f"/api/v1/jobs/{job.id}"
    return _state(job)


async def _bytes(request: Request) -> bytes:
    """The body. Raises 415 for what a form of another site could send, InputError for nothing."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        raise HTTPException(415, "send the bytes of the file with Content-Type: application/octet-stream.")
    if not (body := await request.body()):
        raise InputError("the body is empty; send the bytes of the file.")
    return body


def _filling(name: str, body: bytes) -> Any:
    if name in (".", "..") or name.startswith(".") or not name.isprintable() or set("/\\") & set(name):
        raise InputError("name: give a plain file name, such as report.pdf.")
    if len(name.encode("utf-8", "replace")) > 240:
        raise InputError("name: too long for a file; shorten it.")

    def fill(folder: Folder) -> None:
        (folder / SENT).mkdir()
        (folder / SENT / name.encode("utf-8", "replace").decode()).write_bytes(body)

    return fill
