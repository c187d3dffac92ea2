"""Jobs: queued, run one after another, followed, called off, taken up again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from served import Empty, Silent, problem

from api import queue as queues
from api.app import create_app
from api.deps import Ways
from api.intake import intake
from api.queue import Job, Queue, Tell
from graph.errors import Conflict, InputError, NotFound
from graph.query.known import StoreNames

Doing = Callable[[Path, Job, Tell, threading.Event], dict[str, Any]]


def nothing(folder: Path) -> None:
    """Files of a job that needs none."""


def wait(queue: Queue, id: str, *states: str) -> Job:
    deadline = time.monotonic() + 10
    while (job := queue.get(id)).state not in (states or queues.OVER):
        assert time.monotonic() < deadline, job
        time.sleep(0.005)
    return job


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Doing], Queue]]:
    """A queue in one folder that does jobs so; the one before is closed first."""
    made: list[Queue] = []

    def begin(work: Doing) -> Queue:
        for one in made:
            one.close()
        made.append(Queue(tmp_path / "jobs", work))
        made[-1].start()
        return made[-1]

    yield begin
    for one in made:
        one.close()


def well(folder: Path, job: Job, tell: Tell, stop: threading.Event) -> dict[str, Any]:
    tell("reading", 3)
    return {"read": 3, "added": 3, "failed": 0}


def until_stopped(folder: Path, job: Job, tell: Tell, stop: threading.Event) -> dict[str, Any]:
    tell("reading", 1)
    stop.wait(10)
    raise RuntimeError("stopped")


def test_a_job_is_done_and_what_it_was_sent_is_removed(start: Callable[[Doing], Queue], tmp_path: Path) -> None:
    queue = start(well)

    def fill(folder: Path) -> None:
        (folder / "sent").mkdir()
        (folder / "sent" / "a.txt").write_text("甲", "utf-8")

    job = wait(queue, queue.add("file", "li", fill).id)
    assert (job.state, job.who, job.report, job.tries) == ("done", "li", {"read": 3, "added": 3, "failed": 0}, 1)
    assert [file.name for file in (tmp_path / "jobs" / job.id).iterdir()] == ["job.json"]


@pytest.mark.parametrize(
    ("report", "state"), [({"failed": 1}, "incomplete"), ({"missing": 2}, "incomplete"), ({}, "done")]
)
def test_what_is_not_in_the_graph_is_not_done(
    start: Callable[[Doing], Queue], report: dict[str, int], state: str
) -> None:
    queue = start(lambda *_: report)
    assert wait(queue, queue.add("file", "", nothing).id).state == state


def test_an_error_is_one_sentence_and_a_fault_tells_nothing_of_the_code(start: Callable[[Doing], Queue]) -> None:
    def fails(folder: Path, job: Job, tell: Tell, stop: threading.Event) -> dict[str, Any]:
        raise InputError("this is refused.") if job.who == "li" else RuntimeError("secret")

    queue = start(fails)
    known, fault = queue.add("file", "li", nothing), queue.add("file", "", nothing)
    assert (wait(queue, known.id).state, queue.get(known.id).error) == ("failed", "this is refused.")
    assert wait(queue, fault.id).state == "failed"
    assert "secret" not in queue.get(fault.id).error


def test_jobs_wait_for_each_other_and_are_called_off(start: Callable[[Doing], Queue]) -> None:
    queue = start(until_stopped)
    first, second = queue.add("file", "", nothing), queue.add("file", "", nothing)
    wait(queue, first.id, "running")
    assert queue.get(second.id).state == "queued"
    assert queue.cancel(second.id).state == "cancelled"
    queue.cancel(first.id)
    assert wait(queue, first.id).state == "cancelled"
    with pytest.raises(Conflict, match="over"):
        queue.cancel(first.id)
    with pytest.raises(NotFound):
        queue.cancel("none")


def test_what_a_stopped_service_leaves_is_taken_up_by_the_next(start: Callable[[Doing], Queue]) -> None:
    queue = start(until_stopped)
    kept: list[str] = []

    def fill(folder: Path) -> None:
        (folder / "sent").write_text("甲", "utf-8")

    first, second = queue.add("file", "li", fill), queue.add("file", "", nothing)
    wait(queue, first.id, "running")
    queue.close()

    def reads(folder: Path, job: Job, tell: Tell, stop: threading.Event) -> dict[str, Any]:
        kept.extend(file.name for file in folder.iterdir())
        return {"added": 1}

    queue = start(reads)
    assert [wait(queue, job.id).state for job in (first, second)] == ["done", "done"]
    assert queue.get(first.id).tries == 2
    assert "sent" in kept
    queue = start(well)
    assert queue.get(first.id).state == "done", "what is over stays so"


def test_a_job_that_takes_the_service_down_is_not_begun_for_ever(
    start: Callable[[Doing], Queue], tmp_path: Path
) -> None:
    queue = start(until_stopped)
    job = queue.add("file", "", nothing)
    for _ in range(queues.TRIES - 1):
        wait(queue, job.id, "running")
        queue = start(until_stopped)
    wait(queue, job.id, "running")
    queue = start(until_stopped)
    assert wait(queue, job.id).state == "failed"


def test_two_services_do_not_work_on_one_folder(start: Callable[[Doing], Queue], tmp_path: Path) -> None:
    start(well)
    other = Queue(tmp_path / "jobs", well)
    other.start()
    with pytest.raises(Conflict, match="takes no jobs"):
        other.add("file", "", nothing)
    other.close()


def test_a_queue_has_an_end_and_forgets(start: Callable[[Doing], Queue], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "WAITING", 2)
    monkeypatch.setattr(queues, "REMEMBERED", 3)
    queue = start(until_stopped)
    jobs = [queue.add("file", "", nothing) for _ in range(2)]
    with pytest.raises(queues.Crowded):
        queue.add("file", "", nothing)
    for job in reversed(jobs):
        queue.cancel(job.id)
    wait(queue, jobs[0].id)
    for _ in range(6):
        job = queue.add("file", "", nothing)
        queue.cancel(job.id)
        wait(queue, job.id)
    assert len(queue.all()) <= 5


# ---- over HTTP -------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    def work(folder: Path, job: Job, tell: Tell, stop: threading.Event) -> dict[str, Any]:
        if "wait" in str(job.options.get("source")):
            return until_stopped(folder, job, tell, stop)
        sent = sorted((folder / "sent").iterdir())
        return {"read": len(sent), "notes": [f"{file.name}: {file.stat().st_size}" for file in sent]}

    ways = Ways(Empty(), str.lower, StoreNames, intake(Silent))  # type: ignore[arg-type]
    app = create_app(lambda: ways, queue=Queue(tmp_path / "jobs", work))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def over(client: TestClient, address: str) -> dict[str, Any]:
    events = client.get(address + "/events")
    assert events.headers["content-type"].startswith("text/event-stream")
    last = [line for line in events.text.splitlines() if line.startswith("data: ")][-1]
    told: dict[str, Any] = json.loads(last.removeprefix("data: "))
    assert told == client.get(address).json(), "the stream ends with the job"
    return told


def test_documents_are_read_as_a_job(client: TestClient) -> None:
    answer = client.post("/api/v1/jobs", json={"documents": [{"id": "a", "text": "甲。"}, {"text": "乙。"}]})
    assert answer.status_code == 202
    assert answer.json()["total"] == 2
    told = over(client, answer.headers["location"])
    assert (told["state"], told["report"]["read"]) == ("done", 1)
    assert client.get("/api/v1/jobs").json()["jobs"][0]["id"] == told["id"]
    problem(client.delete(answer.headers["location"]), 409)


def test_files_and_rosters_are_read_as_jobs(client: TestClient) -> None:
    headers = {"content-type": "application/pdf"}
    answer = client.post("/api/v1/jobs/file?name=报告.pdf", content=b"%PDF-1", headers=headers)
    assert over(client, answer.headers["location"])["report"]["notes"] == ["报告.pdf: 6"]
    answer = client.post(
        "/api/v1/jobs/roster?name=a.csv&source=wait&date=2024", content=b"x", headers={"content-type": "text/csv"}
    )
    address = answer.headers["location"]
    assert client.delete(address).status_code == 202
    assert over(client, address)["state"] == "cancelled"


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", ".ssh", "a\0b", "a\nb", "x" * 201, "园" * 100])
def test_names_of_files(client: TestClient, tmp_path: Path, name: str) -> None:
    headers = {"content-type": "application/octet-stream"}
    problem(client.post("/api/v1/jobs/file", params={"name": name}, content=b"x", headers=headers), 422)
    assert not list((tmp_path / "jobs").glob("*/sent"))


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_what_a_form_of_another_site_could_send_is_a_415(client: TestClient, kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    problem(client.post("/api/v1/jobs/file?name=a.txt", content=b"x", headers=headers), 415)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"documents": []},
        {"kind": "vectors", "documents": [{"text": "x"}]},
        {"kind": "other"},
        {"documents": [{"id": "x"}]},
        {"documents": [{"text": "x", "unknown": 1}]},
        {"documents": [{"text": "x"}], "unknown": 1},
        {"documents": [{"text": "x"}], "reread": "yes"},
        {"documents": [{"text": 1}]},
        [],
    ],
)
def test_what_is_no_job_is_refused(client: TestClient, body: Any) -> None:
    problem(client.post("/api/v1/jobs", json=body), 422)
    assert client.get("/api/v1/jobs").json()["total"] == 0


def test_jobs_that_are_not_there(client: TestClient) -> None:
    for path in ("/api/v1/jobs/none", "/api/v1/jobs/none/events", "/api/v1/jobs/%00"):
        problem(client.get(path), 404)
    problem(client.delete("/api/v1/jobs/none"), 404)
    headers = {"content-type": "application/octet-stream"}
    problem(client.post("/api/v1/jobs/file?name=a.txt", content=b"", headers=headers), 422)
