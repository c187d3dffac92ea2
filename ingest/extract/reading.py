"""A document on its way through the rules: its sentences with their folded text and the names found in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from graph.model import Document, Kind
from ingest import passage
from ingest.extract.lac import Token
from ingest.extract.names import Span

_SURROGATE = re.compile("[\ud800-\udfff]")
"""Halves of characters, which no matcher takes."""


@dataclass(slots=True)
class Sentence:
    """A sentence of the document; spans and tokens are offsets into `text`, its folded form."""

    passage: passage.Sentence
    text: str
    tokens: list[Token] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """A span of the folded sentence as offsets of the document."""
        return self.passage.original(start, end)


@dataclass(slots=True)
class Reading:
    """The sentences of a document and, once known, the canonical form of each folded surface by kind."""

    document: Document
    sentences: list[Sentence]
    fullest: dict[tuple[Kind, str], str] = field(default_factory=dict)  # folded surface -> folded fullest form
    defined: dict[str, str] = field(default_factory=dict)  # folded alias -> folded full form, said by the text
    shown: dict[str, str] = field(default_factory=dict)  # folded form -> its cleaned original text


def begin(document: Document) -> Reading:
    """The sentences of a document, no names yet."""
    found = passage.sentences(document)
    return Reading(document, [Sentence(one, _SURROGATE.sub("\ufffd", one.folded.text)) for one in found])
