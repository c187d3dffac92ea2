"""Labelled documents: the readable inline form of `ingest/training`, or JSON lines with offsets.

=== id | lang | title | date
text with 〖Park:苏州工业园区〗 and 〖Enterprise:欣旺达=欣旺达电子股份有限公司〗 (after = the fullest name there)
--- relations
TYPE | head | tail | words of the text | stated or planned | kinds with + between | directed
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InputError
from graph.model import Kind, Relation

_LABEL = re.compile(r"〖([A-Za-z]+):([^〖〗=]+)(?:=([^〖〗]+))?〗")


@dataclass(frozen=True, slots=True)
class Label:
    """A name at [start, end) of the text; `name` is its fullest form in the document."""

    start: int
    end: int
    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation between two names of the document; undirected ones are written once."""

    relation: Relation
    head: str
    tail: str
    planned: bool
    kinds: tuple[str, ...]
    directed: bool


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document with its labels, in order of the text, and its relations."""

    id: str
    text: str
    labels: tuple[Label, ...]
    ties: tuple[Tie, ...]


def read(path: Path) -> list[Labelled]:
    """The documents of a file: inline form (.txt) or JSON lines. Raises InputError naming document and line."""
    text = path.read_text(encoding="utf-8")
    found = list(_inline(text, path.name) if path.suffix == ".txt" else _lines(text))
    ids = [one.id for one in found]
    if len(set(ids)) < len(ids):
        twice = sorted({one for one in ids if ids.count(one) > 1})
        raise InputError(f"{path}: ids used twice: {', '.join(twice)}; give each document its own.")
    return found


def _inline(text: str, file: str) -> Iterator[Labelled]:
    for block in re.split(r"(?m)^=== ", text)[1:]:
        head, _, body = block.partition("\n")
        name = head.split("|")[0].strip()
        marked, found, relations = body.partition("\n--- relations")
        if not found:
            raise InputError(f"{file}, {name}: no line '--- relations'; put one after the text.")
        plain, labels = unmarked(marked.strip("\n"))
        if "〖" in plain or "〗" in plain:
            raise InputError(f"{file}, {name}: an unbalanced 〖 or 〗; write 〖Kind:name〗.")
        ties = tuple(_tie(line, f"{file}, {name}") for line in relations.splitlines() if line.strip())
        _check(labels, ties, f"{file}, {name}")
        yield Labelled(name, plain, labels, ties)


def unmarked(marked: str) -> tuple[str, tuple[Label, ...]]:
    """The text without its marks, and the names that they labelled."""
    parts: list[str] = []
    labels: list[Label] = []
    size = last = 0
    for found in _LABEL.finditer(marked):
        before, surface = marked[last : found.start()], found[2]
        size += len(before)
        labels.append(Label(size, size + len(surface), Kind(found[1]), found[3] or surface))
        parts += (before, surface)
        size += len(surface)
        last = found.end()
    return "".join(parts) + marked[last:], tuple(labels)


def _tie(line: str, where: str) -> Tie:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) < 4:
        raise InputError(f"{where}: a relation needs TYPE | head | tail | words: {line.strip()[:60]}")
    kinds = tuple(re.split(r"[+,、]", parts[5])) if len(parts) > 5 and parts[5] else ()
    directed = parts[0] != "COLLABORATES" or (len(parts) > 6 and parts[6] == "directed")
    planned = len(parts) > 4 and parts[4] == "planned"
    return Tie(Relation(parts[0]), parts[1], parts[2], planned, kinds, directed)


def _check(labels: tuple[Label, ...], ties: tuple[Tie, ...], where: str) -> None:
    names = {label.name for label in labels}
    for tie in ties:
        for name in (tie.head, tie.tail):
            if name not in names:
                raise InputError(f"{where}: {tie.relation.value} names {name!r}, which no label has.")


def _lines(text: str) -> Iterator[Labelled]:
    for line in text.splitlines():
        row = json.loads(line)
        labels = tuple(
            Label(one["start"], one["end"], Kind(one["type"]), one["canonical"])
            for one in sorted(row["entities"], key=lambda one: int(one["start"]))
        )
        ties = tuple(
            Tie(
                Relation(one["type"]),
                one["head"],
                one["tail"],
                one.get("status") == "planned",
                tuple(one.get("kind") or ()),
                bool(one.get("directed")) or one["type"] != "COLLABORATES",
            )
            for one in row["relations"]
        )
        yield Labelled(row["doc_id"], row["text"], labels, ties)
