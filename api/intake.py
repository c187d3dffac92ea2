"""Documents that come over HTTP: checked, read and added, each reported on its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from api.deps import Extract, Intake, Outcome, Sent
from graph.errors import InputError, ReadError
from graph.model import Document
from graph.store.base import Store
from ingest.extract import export
from ingest.model import Extractor
from ingest.pipeline import BATCH, contribute


def intake(extractor: Callable[[], Extractor]) -> Intake:
    """The intake that reads with this extractor, made when first needed."""
    made = cache(extractor)

    def take(store: Store, sent: Sequence[Sent]) -> list[Outcome]:
        checked = [_document(number, one) for number, one in enumerate(sent)]
        texts = {(one.id, one.version) for one in checked if isinstance(one, Document)}
        clashing = {key for key, count in Counter(key for key, _ in texts).items() if count > 1}
        outcomes = _added(store, made(), [one for one in _once(checked) if one.id not in clashing])
        seen: set[str] = set()
        return [_outcome(one, of.id, clashing, outcomes, seen) for one, of in zip(checked, sent, strict=True)]

    return take


def extraction(extractor: Callable[[], Extractor]) -> Extract:
    """What reads documents with this extractor, made when first needed, and keeps nothing. Raises ReadError."""
    made = cache(extractor)

    def read(sent: Sequence[Sent]) -> list[dict[str, Any]]:
        checked = [_document(number, one) for number, one in enumerate(sent)]
        for one in checked:
            if isinstance(one, ReadError):
                raise one
        return [dict(export(made().extract(one))) for one in checked if isinstance(one, Document)]

    return read


def _document(number: int, sent: Sent) -> Document | ReadError:
    from ingest.read.record import Fields, document

    where = f"documents[{number}]" + (f" ({sent.id[:80]})" if sent.id else "")
    said = Fields(sent.text, sent.id, sent.title, sent.url, sent.published)
    made = document(where, "", "utf-8", said)
    return made if isinstance(made, ReadError) else made.document


def _once(checked: Sequence[Document | ReadError]) -> list[Document]:
    return list({one.id: one for one in checked if isinstance(one, Document)}.values())


def _added(store: Store, extractor: Extractor, documents: Sequence[Document]) -> dict[str, Outcome]:
    """Write the documents, a batch at a time; a batch that is refused is tried document by document."""
    outcomes: dict[str, Outcome] = {}
    for start in range(0, len(documents), BATCH):
        batch = documents[start : start + BATCH]
        try:
            outcomes |= _written(store, extractor, batch)
        except InputError as error:
            outcomes |= _one_by_one(store, extractor, batch) if len(batch) > 1 else _refused(batch[0], error)
    return outcomes


def _one_by_one(store: Store, extractor: Extractor, batch: Sequence[Document]) -> dict[str, Outcome]:
    return {key: outcome for one in batch for key, outcome in _added(store, extractor, [one]).items()}


def _refused(document: Document, error: InputError) -> dict[str, Outcome]:
    return {document.id: Outcome(document.id, "failed", error.status, str(error))}


def _written(store: Store, extractor: Extractor, batch: Sequence[Document]) -> dict[str, Outcome]:
    done = store.add(contribute(extractor, batch))
    ways = (("added", 201, done.added), ("changed", 200, done.changed), ("unchanged", 200, done.unchanged))
    return {key: Outcome(key, outcome, status) for outcome, status, keys in ways for key in keys}


def _outcome(
    one: Document | ReadError, sent: str, clashing: set[str], outcomes: dict[str, Outcome], seen: set[str]
) -> Outcome:
    if isinstance(one, ReadError):
        return Outcome(sent, "failed", one.status, str(one))
    if one.id in clashing:
        return Outcome(
            one.id, "failed", 409, f"the id {one.id[:80]} was sent twice with different texts; none was taken"
        )
    if one.id in seen:
        return Outcome(one.id, "duplicate", 200, "sent twice; taken once")
    seen.add(one.id)
    return outcomes[one.id]
