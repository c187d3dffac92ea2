"""Which documents are one witness: reprints and near-duplicates, whose words count once.

Each text of some length has an imprint: the simhash (Charikar 2002) of its runs of three characters, white space and
signs left out. Documents whose imprints differ in at most `MOST` of 64 bits are near-duplicates (Manku, Jain and Das
Sarma 2007; METHOD E), and what near-duplicates join is one witness, in whatever order they came.
"""

from __future__ import annotations

import hashlib
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from graph.model import Document

MOST = 3
"""Imprints that differ in at most so many bits are of near-duplicates."""

LEAST = 200
"""Texts of fewer characters have no imprint: there, one other name is another story. Only exact copies are reprints."""

SAMPLE = 4
"""One of so many runs is looked at, chosen by its own hash, so the same ones in every text."""

FEWEST = 20
"""A text with fewer distinct runs among those (a line repeated without end) has no imprint: they say too little."""

WORDS = 4
"""Parts of an imprint. Two that differ in at most `MOST` < `WORDS` bits share a part, so near ones are found by it."""


@dataclass(frozen=True, slots=True)
class Print:
    """A document by what tells whose reprint it is."""

    id: str
    origin: str
    imprint: str  # 16 hexadecimal digits


def imprint(document: Document) -> str:
    """The imprint of a document: 16 hexadecimal digits; "" for a roster and for a text that is short or says little."""
    if document.form != "text" or len(document.text) < LEAST:
        return ""
    text = "".join(sign for sign in document.text if unicodedata.category(sign)[0] in "LN")
    if len(text) < LEAST:
        return ""
    from simhash import Simhash  # type: ignore[import-untyped]

    runs = [run for at in range(len(text) - 2) if zlib.crc32((run := text[at : at + 3]).encode()) % SAMPLE == 0]
    return f"{Simhash(runs, f=64, hashfunc=_hash).value:016x}" if len(set(runs)) >= FEWEST else ""


def _hash(run: bytes) -> bytes:
    return hashlib.blake2b(run, digest_size=8).digest()


def parts(imprint: str) -> list[str]:
    """The four parts of an imprint."""
    return [imprint[at : at + 4] for at in range(0, 16, 4)] if imprint else []


def near(one: str, other: str) -> bool:
    """Whether two imprints are of near-duplicates."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= MOST


def witnesses(prints: Mapping[str, Print]) -> dict[str, str]:
    """The witness of each document (by id): the smallest origin of all that near-duplicates join with it."""
    lead = {id: id for id in prints}

    def find(id: str) -> str:
        while lead[id] != id:
            lead[id] = lead[lead[id]]
            id = lead[id]
        return id

    blocks: dict[tuple[int, str], list[Print]] = defaultdict(list)
    for one in prints.values():
        for at, part in enumerate(parts(one.imprint)):
            for other in blocks[at, part]:
                if find(one.id) != find(other.id) and near(one.imprint, other.imprint):
                    lead[find(one.id)] = find(other.id)
            blocks[at, part].append(one)
    smallest: dict[str, str] = {}
    for id, one in prints.items():
        root = find(id)
        smallest[root] = min(smallest.get(root, one.origin), one.origin)
    return {id: smallest[find(id)] for id in prints}
