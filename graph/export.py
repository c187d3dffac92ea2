"""The canonical export: everything that is known, as lines of JSON that are the same wherever the same was told.

One object a line, `type` first, then what tells it apart from others of its type; the lines are sorted as strings (by
code points). The order and repetition of ingests, the engine, paths, times, vectors and revisions leave no trace, so
two graphs know the same exactly if their exports are equal byte for byte.

    type           apart by       and
    collaboration  id             relation kinds parties status since until values documents evidence
    cooperation    a, b           collaborations kinds documents
    document       id             title url published form origin version text
    entity         id             kind name aliases documents attributes
    evidence       id             document passage start end relation fact parties kinds status date until qualifier
                                  values rule confidence origin told
    link           head, id       relation tail status since until qualifier values documents evidence
    mention        passage, entity, start, end   surface name rule told
    passage        id             document start end text folded, place where it is known

`told` is there where resolution found that a document's own id (of a mention, of parties) means another entity.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from graph.model import Kind
from graph.store import cypher
from graph.store.base import Row, Store

CHUNK = 1_000
"""Ids a query; documents, which carry their texts, by `CHUNK_DOCUMENTS`."""

CHUNK_DOCUMENTS = 50

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "collaboration": (
        *("id", "relation", "kinds", "parties", "status", "since", "until", "values", "documents", "evidence"),
    ),
    "cooperation": ("a", "b", "collaborations", "kinds", "documents"),
    "document": ("id", "title", "url", "published", "form", "origin", "version", "text"),
    "evidence": (
        *("id", "document", "passage", "start", "end", "relation", "fact", "parties", "kinds", "status", "date"),
        *("until", "qualifier", "values", "rule", "confidence", "origin"),
    ),
    "link": (
        *("head", "id", "relation", "tail", "status", "since", "until", "qualifier", "values", "documents", "evidence"),
    ),
    "passage": ("id", "document", "start", "end", "text", "folded"),
}

_OWN = ("id", "name", "names", "aliases", "documents")


def canonical(store: Store) -> Iterator[str]:
    """The lines of the export, without line ends, in order. Holds the ids and one chunk in memory, not the graph."""
    kinds = _entities(store)
    yield from _nodes(store, "collaboration", "Collaboration", CHUNK)
    yield from _by_kind(store, kinds, cypher.TIES_OF, lambda _, row: _line("cooperation", row))
    yield from _nodes(store, "document", "Document", CHUNK_DOCUMENTS)
    yield from _by_kind(store, kinds, {kind: cypher.NODES[kind] for kind in Kind}, _entity)
    yield from _nodes(store, "evidence", "Evidence", CHUNK)
    yield from _by_kind(store, kinds, cypher.LINKS_OF, lambda _, row: _line("link", {**row["x"], **row}))
    yield from _mentions(store)
    yield from _nodes(store, "passage", "Passage", CHUNK, cypher.NODES_BUT_VECTORS)


def fingerprint(store: Store) -> str:
    """The SHA-256 of the canonical export, lines ended by a line feed, in UTF-8."""
    total = hashlib.sha256()
    for line in canonical(store):
        total.update(line.encode() + b"\n")
    return total.hexdigest()


def _entities(store: Store) -> list[tuple[str, Kind]]:
    """Every entity's id and kind, in the order of their lines."""
    found = [(row["id"], kind) for kind in Kind for row in store.stream(cypher.IDS[kind])]
    return sorted(found, key=lambda entity: _word(entity[0]))


def _nodes(store: Store, kind: str, label: str, size: int, statement: str = "") -> Iterator[str]:
    ids = sorted((row["id"] for row in store.stream(cypher.IDS[label])), key=_word)
    for chunk in _chunks(ids, size):
        rows = store.stream(statement or cypher.NODES[label], ids=chunk)
        yield from sorted(_line(kind, row["n"]) for row in rows)


def _by_kind(
    store: Store,
    entities: Sequence[tuple[str, Kind]],
    statements: Mapping[Kind, str],
    line: Callable[[Kind, Row], str],
) -> Iterator[str]:
    """What stands at entities, chunk by chunk of their ids: one query for each kind in a chunk."""
    for chunk in _chunks(entities, CHUNK):
        ids: dict[Kind, list[str]] = defaultdict(list)
        for entity, kind in chunk:
            ids[kind].append(entity)
        asked = ((kind, statements[kind], some) for kind, some in ids.items() if kind in statements)
        yield from sorted(
            line(kind, row) for kind, statement, some in asked for row in store.stream(statement, ids=some)
        )


def _mentions(store: Store) -> Iterator[str]:
    ids = sorted((row["id"] for row in store.stream(cypher.IDS["Passage"])), key=_word)
    for chunk in _chunks(ids, CHUNK):
        rows = store.stream(cypher.MENTIONS_OF, ids=chunk)
        yield from sorted(line for row in rows for line in _spans(row))


def _spans(row: Row) -> Iterator[str]:
    ends = zip(row["spans"][::2], row["spans"][1::2], row["surfaces"], row["names"], row["rules"], strict=True)
    for start, end, surface, name, rule in ends:
        apart = {"type": "mention", "passage": row["passage"], "entity": row["entity"], "start": start, "end": end}
        told = {"told": row["told"]} if row["told"] else {}
        yield _json({**apart, "surface": surface, "name": name, "rule": rule, **told})


def _entity(kind: Kind, row: Row) -> str:
    node = row["n"]
    attributes = {key: node[key] for key in sorted(node) if key not in _OWN}
    apart = {"type": "entity", "id": node["id"], "kind": kind.value, "name": node["name"]}
    rest = {"aliases": node["aliases"], "documents": node["documents"], "attributes": attributes}
    return _json(apart | rest)


def _line(kind: str, row: Row) -> str:
    values = {"type": kind} | {name: row[name] for name in _FIELDS[kind]}
    if kind == "passage" and row.get("place"):
        values["place"] = row["place"]
    if row.get("told"):
        values["told"] = row["told"]
    if "values" in values:
        values["values"] = json.loads(values["values"])
    return _json(values)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _word(text: str) -> str:
    """A string as it stands in a line, so that ids are in the order of their lines."""
    return json.dumps(text, ensure_ascii=False)


def _chunks(items: Sequence[Any], size: int) -> Iterable[list[Any]]:
    return (list(items[start : start + size]) for start in range(0, len(items), size))
