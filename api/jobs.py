"""The work that changes the graph: ingest, roster, delete; and extraction into a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from api.files import replacing
from api.settings import Settings
from graph.errors import NotFound, ParkbondError, ReadError
from graph.model import Document
from graph.store.base import Store
from ingest.extract import extractor, identity
from ingest.pipeline import BATCH, Progress, ingest, ingest_extraction, look
from ingest.read import Limits

Report = dict[str, Any]


def ingest_paths(
    store: Store,
    paths: Sequence[Path],
    where: Settings,
    *,
    workers: int = 1,
    reread: bool = False,
    vectors: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Read files into the graph, then make the vectors that are missing.

    Unchanged documents that another extractor read are read anew with `reread`. `progress` is told instead of the
    terminal.
    """
    reader = identity(where.extractor, where.llm)
    batch = 1 if where.extractor == "llm" else BATCH  # what was paid for is written at once
    with nullcontext(progress) if progress else _progress("reading") as told:
        summary = ingest(
            paths,
            store,
            extractor=partial(extractor, where.extractor, where.llm, where.cache),
            identity=reader,
            reread=reread,
            workers=workers,
            batch=batch,
            limits=_limits(where),
            progress=told,
        )
    report = asdict(summary) | _size(store) | {"vectors": 0}
    return _with_vectors(report, store, where) if vectors else report


def look_at(store: Store, paths: Sequence[Path], where: Settings, *, reread: bool = False) -> Report:
    """What `ingest_paths` would read, and by estimate what it would cost: {"price": None} where no price is set."""
    weigh = _costs if where.extractor == "llm" else _sizes
    reader = identity(where.extractor, where.llm)
    found, summary = look(paths, store, partial(weigh, where), identity=reader, reread=reread, limits=_limits(where))
    return asdict(summary) | {"extractor": reader} | found


def look_at_extract(paths: Sequence[Path], where: Settings) -> Report:
    """What `extract_paths` would cost by estimate."""
    from ingest.read import read_all

    return _costs(where, (item for item in read_all(paths, _limits(where)) if not isinstance(item, ReadError)))


def _limits(where: Settings) -> Limits:
    """The limits of the process that reads rich formats."""
    return Limits(int(where.read_memory), max(1, int(where.read_seconds)), int(where.read_size * 1_000_000))


def _sizes(_: Settings, documents: Iterable[Document]) -> Report:
    sizes = [len(document.text) for document in documents]
    return {"to_read": len(sizes), "characters": sum(sizes)}


def _costs(where: Settings, documents: Iterable[Document]) -> Report:
    from ingest.extract.llm import estimate

    assert where.llm is not None
    cost = estimate(documents)
    told = asdict(cost)
    return {"to_read": told.pop("documents"), **told, "model": where.llm.model, "price": cost.price(where.llm)}


def _with_vectors(report: Report, store: Store, where: Settings) -> Report:
    """The report with the vectors that were made; why they could not be made is a problem like others."""
    try:
        return report | {"vectors": make_vectors(store, where)}
    except ParkbondError as error:
        return report | {"problems": [*report["problems"], f"no vectors were made, search goes by words: {error}"]}


def make_vectors(store: Store, where: Settings, progress: Progress | None = None) -> int:
    """Embed what has no vector yet; a run that was stopped is finished by the next. Returns how many passages."""
    from graph.search.vectors import vectorise, waiting

    if not waiting(store):
        return 0
    from api.answers import embedder
    from graph.search.neighbours import prepare

    with nullcontext(progress) if progress else _progress("vectors") as told:
        count = vectorise(store, embedder(where), lambda done, total: told(done, f"of {total}"))
    prepare(store, where.cache)
    return count


def reindex(store: Store, where: Settings, progress: Progress | None = None) -> Report:
    """Make all vectors anew with the model of the settings; the old ones serve until the new ones are whole.

    A run that was stopped is finished by the next. Nothing is made where the vectors are of this model already.
    """
    from api.answers import embedder
    from graph.search.neighbours import prepare
    from graph.search.vectors import reindex as make

    with nullcontext(progress) if progress else _progress("vectors") as told:
        done = make(store, embedder(where), lambda count, total: told(count, f"of {total}"))
    return asdict(done) | {"in_process": prepare(store, where.cache)}


def ingest_roster(
    store: Store, file: Path, where: Settings, *, source: str = "", date: str = "", vectors: bool = True
) -> Report:
    """Add the rows of a list of firms; rows that do not hold are left out and named. Raises ReadError if none does."""
    from ingest.roster import read_roster

    roster = read_roster(file, source, date, _limits(where))
    report = asdict(ingest_extraction(roster.extraction, store)) | _size(store) | {"vectors": 0}
    report["failed"] = len(roster.refused)
    report["problems"] = [str(row) for row in roster.refused]
    report["notes"] = list(roster.notes)
    return _with_vectors(report, store, where) if vectors else report


def delete_documents(store: Store, documents: Sequence[str]) -> Report:
    """Take documents away, by id or source path. Raises NotFound, before anything is removed, if one is not there."""
    there = store.versions(list(documents))
    paths = [name for name in documents if name not in there]
    if unknown := [name for name in paths if not store.sourced(name)]:
        raise NotFound(
            f"no document has the id or path {', '.join(unknown)}; nothing was deleted{_hint(store, unknown)}"
        )
    gone = list(store.delete(name for name in documents if name in there))
    forgotten = {path: store.forget(path) for path in paths}
    gone += [document for found in forgotten.values() for document in found]
    return {"deleted": gone, "kept": [path for path, found in forgotten.items() if not found]} | _size(store)


def _hint(store: Store, unknown: Sequence[str]) -> str:
    """Paths that were probably meant: a document is called by its path inside the folder that was ingested."""
    shorter = ("/".join(Path(name).parts[at:]) for name in unknown for at in range(1, len(Path(name).parts)))
    like = [path for path in shorter if store.sourced(path)]
    return f"; did you mean {', '.join(like)}? (paths are those inside the ingested folder)" if like else ""


def extract_paths(paths: Sequence[Path], output: Path, where: Settings) -> tuple[int, list[str]]:
    """Write what each document says as one JSON object a line. Returns how many, and the files that cannot be read."""
    from ingest.extract.export import export
    from ingest.read import read_all

    problems: list[str] = []
    written = 0
    reader = extractor(where.extractor, where.llm, where.cache)
    with replacing(output) as file, _progress("extracting") as progress:
        for item in read_all(paths, _limits(where)):
            try:
                if isinstance(item, ReadError):
                    raise item
                found = export(reader.extract(item))
            except ReadError as error:
                problems.append(str(error))
                continue
            file.write(json.dumps(found, ensure_ascii=False) + "\n")
            written += 1
            progress(written, item.source)
    return written, problems


def _size(store: Store) -> Report:
    counts = store.counts()
    return {"entities": counts["entities"], "relations": counts["relations"]}


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    """A line on the terminal that moves; nothing where no terminal is."""
    if not sys.stderr.isatty():
        yield lambda done, source: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f}"),
        TextColumn("{task.fields[at]}"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, at="")
        yield lambda done, source: bar.update(task, completed=done, at=source[-48:])
