"""The whole way from files to the graph, in one screen: read, compare, extract, resolve, add."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from graph.errors import InputError, ParkbondError, ReadError
from graph.model import Contribution, Document
from graph.store.base import Store
from ingest.model import Extraction, Extractor
from ingest.read import Limits, Skipped, documents

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
    """What an ingest did. Counts are documents; `problems` are one line each.

    `older` of the unchanged were read by another extractor, `reread` were read anew for that reason alone. `tally` is
    what the reading cost and left out (`Extraction.tally`), summed up.
    """

    read: int = 0
    added: int = 0
    changed: int = 0
    reread: int = 0
    unchanged: int = 0
    older: int = 0
    duplicate: int = 0
    skipped: int = 0
    failed: int = 0
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tally: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Read:
    """What became of one document: what it adds to the graph, or why it could not be read."""

    found: Contribution | ReadError
    tally: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Tally:
    """The one thing that changes while documents stream by."""

    counts: dict[str, int] = field(default_factory=dict)
    spent: Counter[str] = field(default_factory=Counter)
    again: set[str] = field(default_factory=set)  # ids that are read anew because another extractor read them
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)  # document id -> the source that brought it first
    copies: list[tuple[str, str]] = field(default_factory=list)  # id and source of those that came again

    def count(self, outcome: str, by: int = 1) -> None:
        self.counts[outcome] = self.counts.get(outcome, 0) + by

    def summary(self) -> Summary:
        return Summary(
            **self.counts,
            problems=tuple(self.problems),
            notes=tuple(self.notes),
            tally=dict(sorted(self.spent.items())),
        )


def ingest(
    paths: Sequence[Path],
    store: Store,
    *,
    extractor: Callable[[], Extractor],
    identity: str = "",
    reread: bool = False,
    workers: int = 1,
    batch: int = BATCH,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Read the files under `paths` and bring the graph up to date with them.

    Each file or record that cannot be read becomes a line in `problems`; the others go on. A batch (so many documents)
    is written whole or not at all, so an interrupted run is finished by running it again. Unchanged documents that
    an extractor of another `identity` read ("" = do not look) are counted, and read anew with `reread`. `limits` are
    those of the process that reads rich formats.
    """
    tally = _Tally()
    new = _new(_readable(paths, tally, limits), store, tally, identity, reread)
    with _Work(extractor, workers) as work, ThreadPoolExecutor(1) as writer:
        writing: Future[None] | None = None
        done = _kept(work.run(_grouped(new, min(CHUNK, batch), _length)), tally)
        for group in _grouped(done, batch, lambda it: _length(it.document)):
            if writing:
                writing.result()  # at most one batch is written while the next is read
            writing = writer.submit(_add, group, store, tally)
            if progress:
                progress(tally.counts.get("read", 0), group[-1].document.source)
        if writing:
            writing.result()
    for document, source in tally.copies:
        store.remember({document: source})
    return tally.summary()


def look(
    paths: Sequence[Path],
    store: Store,
    at: Callable[[Iterator[Document]], Item],
    *,
    identity: str,
    reread: bool = False,
    limits: Limits | None = None,
) -> tuple[Item, Summary]:
    """What `at` makes of the documents that `ingest` would read, and the summary of what it need not. Changes nothing.

    `added` and `changed` of the summary stay 0.
    """
    tally = _Tally()
    result = at(_new(_readable(paths, tally, limits), store, tally, identity, reread, remember=False))
    return result, tally.summary()


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
    again = tally.again.intersection(done.changed)
    tally.count("reread", len(again))
    tally.count("changed", len(done.changed) - len(again))
    tally.count("unchanged", len(done.unchanged))


def _kept(done: Iterable[_Read], tally: _Tally) -> Iterator[Contribution]:
    """What was read; a document that the extractor could not read becomes a problem."""
    for one in done:
        tally.spent.update(one.tally)
        if isinstance(one.found, ReadError):
            tally.count("failed")
            tally.problems.append(str(one.found))
        else:
            yield one.found


# --------------------------------------------------------------------------- what is new


def _readable(paths: Sequence[Path], tally: _Tally, limits: Limits | None = None) -> Iterator[Document]:
    """The documents that can be read; a file that cannot becomes a problem."""
    for item in documents(paths, limits):
        if isinstance(item, ReadError):
            tally.count("failed")
            tally.problems.append(str(item))
        elif isinstance(item, Skipped):
            tally.count("skipped")
            (tally.problems if item.wanted else tally.notes).append(f"{item.source}: skipped, {item.reason}")
        else:
            tally.count("read")
            tally.notes += [f"{item.document.source}: {note}" for note in item.notes]
            yield item.document


def _new(
    found: Iterable[Document],
    store: Store,
    tally: _Tally,
    identity: str = "",
    reread: bool = False,
    remember: bool = True,
) -> Iterator[Document]:
    """The documents to be read; of copies and unchanged ones only the source path is kept, if it is to be remembered.

    Unchanged documents are read only with `reread`, and then those that an extractor of another identity read.
    """
    older: Counter[str] = Counter()
    for group in _grouped(found, BATCH, _length):
        known = store.versions([document.id for document in group])
        readers = store.extractors([document.id for document in group]) if identity else {}
        unchanged: dict[str, str] = {}
        for document in group:
            if document.id in tally.seen:
                tally.count("duplicate")
                tally.notes.append(f"{document.source}: the same as {tally.seen[document.id]}")
                tally.copies.append((document.id, document.source))
                continue
            tally.seen[document.id] = document.source
            same = known.get(document.id) == document.version
            reader = readers.get(document.id, identity) if same else identity
            if same and not (reread and reader != identity):
                tally.count("unchanged")
                unchanged[document.id] = document.source
                older[reader] += reader != identity
            else:
                if same:
                    tally.again.add(document.id)
                yield document
        if remember:
            store.remember(unchanged)
    for reader, number in sorted(older.items()):
        if number:
            tally.count("older", number)
            tally.notes.append(_outdated(number, reader, identity))


def _outdated(number: int, reader: str, identity: str) -> str:
    """The note about unchanged documents that another extractor read."""
    what = f"{number} unchanged document{' was' if number == 1 else 's were'} read by"
    return f"{what} {reader or 'an older extractor'}; --reread reads them anew with {identity}"


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

    def run(self, chunks: Iterable[list[Document]]) -> Iterator[_Read]:
        if self._workers == 1:
            yield from self._here(chunks)
        else:
            yield from self._elsewhere(chunks)

    def _here(self, chunks: Iterable[list[Document]]) -> Iterator[_Read]:
        reader: Extractor | None = None
        for chunk in chunks:
            reader = reader or self._extractor()
            yield from _read(reader, chunk)

    def _elsewhere(self, chunks: Iterable[list[Document]]) -> Iterator[_Read]:
        waiting: list[Future[list[_Read]]] = []
        for chunk in chunks:
            self._pool = self._pool or ProcessPoolExecutor(
                self._workers, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(self._extractor,)
            )
            waiting.append(self._pool.submit(_work, chunk))
            if len(waiting) > CHUNKS_AHEAD * self._workers:
                yield from _done(waiting.pop(0))
        for future in waiting:
            yield from _done(future)


def _done(future: Future[list[_Read]]) -> list[_Read]:
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


def _work(documents: list[Document]) -> list[_Read]:
    assert _worker is not None
    return _read(_worker, documents)


def _read(extractor: Extractor, chunk: Sequence[Document]) -> list[_Read]:
    return [_read_one(extractor, document) for document in chunk]


def _read_one(extractor: Extractor, document: Document) -> _Read:
    try:
        extraction = extractor.extract(document)
    except ReadError as error:
        return _Read(error)
    return _Read(_contribution(extractor, extraction), extraction.tally)


def contribute(extractor: Extractor, chunk: Sequence[Document]) -> list[Contribution]:
    """What each document adds to the graph. Pure. Raises ReadError for the first that cannot be read."""
    return [_contribution(extractor, extractor.extract(document)) for document in chunk]


def _contribution(extractor: Extractor, extraction: Extraction) -> Contribution:
    from ingest.resolve import resolve

    return replace(resolve(extraction), extractor=extractor.identity)


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
