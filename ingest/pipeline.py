"""The whole way from files to the graph, in one screen: read, compare, extract, resolve, add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from graph.errors import InputError, ParkbondError, ReadError
from graph.model import Contribution, Document
from graph.store.base import Store
from ingest.model import Extraction, Extractor
from ingest.read import Skipped, documents

CHUNK = 8
"""Documents that one process reads at a time."""

BATCH = 64
"""Documents that are written in one transaction, fewer when they are long."""

CHARACTERS = 400_000
"""Characters of a chunk or batch after which it is closed, however few its documents."""

CHUNKS_AHEAD = 4
"""Chunks a process that may wait, so that reading never runs far ahead of writing."""

Item = TypeVar("Item")
Progress = Callable[[int, str], None]
"""Called with the number of documents dealt with so far and the source of the last one."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest did. Counts are documents; `problems` are one line each."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    skipped: int = 0
    failed: int = 0
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Tally:
    """The one thing that changes while documents stream by."""

    counts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)  # document id -> the source that brought it first
    copies: list[tuple[str, str]] = field(default_factory=list)  # id and source of those that came again

    def count(self, outcome: str, by: int = 1) -> None:
        self.counts[outcome] = self.counts.get(outcome, 0) + by

    def summary(self) -> Summary:
        return Summary(**self.counts, problems=tuple(self.problems), notes=tuple(self.notes))


def ingest(
    paths: Sequence[Path],
    store: Store,
    *,
    extractor: Callable[[], Extractor],
    workers: int = 1,
    progress: Progress | None = None,
) -> Summary:
    """Read the files under `paths` and bring the graph up to date with them.

    Each file or record that cannot be read becomes a line in `problems`; the others go on. A batch is written
    whole or not at all, so an interrupted run is finished by running it again.
    """
    tally = _Tally()
    new = _new(_readable(paths, tally), store, tally)
    with _Work(extractor, workers) as work, ThreadPoolExecutor(1) as writer:
        writing: Future[None] | None = None
        for batch in _grouped(work.run(_grouped(new, CHUNK, _length)), BATCH, lambda it: _length(it.document)):
            if writing:
                writing.result()  # at most one batch is written while the next is read
            writing = writer.submit(_add, batch, store, tally)
            if progress:
                progress(tally.counts.get("read", 0), batch[-1].document.source)
        if writing:
            writing.result()
    for document, source in tally.copies:
        store.remember({document: source})
    return tally.summary()


def ingest_extraction(extraction: Extraction, store: Store) -> Summary:
    """Add one document whose extraction is there already, such as a roster."""
    from ingest.resolve import resolve

    tally = _Tally()
    tally.count("read")
    for _ in _new([extraction.document], store, tally):
        _add([resolve(extraction)], store, tally)
    return tally.summary()


def _add(batch: list[Contribution], store: Store, tally: _Tally) -> None:
    done = store.add(batch)
    tally.count("added", len(done.added))
    tally.count("changed", len(done.changed))
    tally.count("unchanged", len(done.unchanged))


# --------------------------------------------------------------------------- what is new


def _readable(paths: Sequence[Path], tally: _Tally) -> Iterator[Document]:
    """The documents that can be read; a file that cannot becomes a problem."""
    for item in documents(paths):
        if isinstance(item, ReadError):
            tally.count("failed")
            tally.problems.append(str(item))
        elif isinstance(item, Skipped):
            tally.count("skipped")
            tally.notes.append(f"{item.source}: skipped, {item.reason}")
        else:
            tally.count("read")
            tally.notes += [f"{item.document.source}: {note}" for note in item.notes]
            yield item.document


def _new(found: Iterable[Document], store: Store, tally: _Tally) -> Iterator[Document]:
    """The documents that are new or changed; of copies and unchanged ones only the source path is kept."""
    for group in _grouped(found, BATCH, _length):
        known = store.versions([document.id for document in group])
        unchanged: dict[str, str] = {}
        for document in group:
            if document.id in tally.seen:
                tally.count("duplicate")
                tally.notes.append(f"{document.source}: the same as {tally.seen[document.id]}")
                tally.copies.append((document.id, document.source))
                continue
            tally.seen[document.id] = document.source
            if known.get(document.id) == document.version:
                tally.count("unchanged")
                unchanged[document.id] = document.source
            else:
                yield document
        store.remember(unchanged)


# --------------------------------------------------------------------------- who does the reading


class _Work:
    """Turns chunks of documents into contributions, here or in other processes, in the order they came."""

    def __init__(self, extractor: Callable[[], Extractor], workers: int) -> None:
        if workers < 1:
            raise InputError(f"the number of workers must be at least 1, not {workers}")
        self._extractor = extractor
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> _Work:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def run(self, chunks: Iterable[list[Document]]) -> Iterator[Contribution]:
        if self._workers == 1:
            yield from self._here(chunks)
        else:
            yield from self._elsewhere(chunks)

    def _here(self, chunks: Iterable[list[Document]]) -> Iterator[Contribution]:
        reader: Extractor | None = None
        for chunk in chunks:
            reader = reader or self._extractor()
            yield from contribute(reader, chunk)

    def _elsewhere(self, chunks: Iterable[list[Document]]) -> Iterator[Contribution]:
        waiting: list[Future[list[Contribution]]] = []
        for chunk in chunks:
            self._pool = self._pool or ProcessPoolExecutor(
                self._workers, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(self._extractor,)
            )
            waiting.append(self._pool.submit(_work, chunk))
            if len(waiting) > CHUNKS_AHEAD * self._workers:
                yield from _done(waiting.pop(0))
        for future in waiting:
            yield from _done(future)


def _done(future: Future[list[Contribution]]) -> list[Contribution]:
    try:
        return future.result()
    except BrokenExecutor as error:
        raise ParkbondError(
            "a worker process was killed, perhaps for want of memory; what was written is kept, "
            "run the command again with fewer --workers"
        ) from error


_worker: Extractor | None = None


def _start_worker(extractor: Callable[[], Extractor]) -> None:
    global _worker
    _worker = extractor()


def _work(documents: list[Document]) -> list[Contribution]:
    assert _worker is not None
    return contribute(_worker, documents)


def contribute(extractor: Extractor, chunk: Sequence[Document]) -> list[Contribution]:
    """What each document adds to the graph. Pure."""
    from ingest.resolve import resolve

    return [resolve(extractor.extract(document)) for document in chunk]


def _length(document: Document) -> int:
    return len(document.text)


def _grouped(items: Iterable[Item], most: int, length: Callable[[Item], int]) -> Iterator[list[Item]]:
    """The items in order, at most `most` together, fewer when their characters exceed CHARACTERS."""
    group: list[Item] = []
    characters = 0
    for item in items:
        group.append(item)
        characters += length(item)
        if len(group) >= most or characters >= CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group
