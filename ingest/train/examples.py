"""Labelled documents as the network sees them: the same sentences, words and windows as when it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from graph.model import Document, Kind
from ingest.extract.lac import Lac
from ingest.extract.neural.batch import Row, rows
from ingest.extract.neural.model import COOPERATIONS, PLANNED, RELATIONS, SCORES, Entity
from ingest.extract.neural.window import KINDS
from ingest.extract.reading import Reading, begin
from ingest.train.labelled import Label, Labelled, Tie

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


@dataclass(frozen=True, slots=True)
class Example:
    """A document's windows, the tags of their characters, its entities and what holds between them."""

    id: str
    rows: tuple[Row, ...]
    tags: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]
    entities: tuple[Entity, ...]
    truth: dict[tuple[int, int], Tensor]


class Maker:
    """Turns documents into examples."""

    def __init__(self, made: PreTrainedTokenizerFast) -> None:
        self._tokenizer = made
        self._lac = Lac()

    def examples(self, documents: Sequence[Labelled]) -> list[Example]:
        """One example a document."""
        readings = [begin(Document(one.id, one.text, "")) for one in documents]
        self.tokenize(readings)
        return [self._example(one, reading) for one, reading in zip(documents, readings, strict=True)]

    def tokenize(self, readings: Sequence[Reading]) -> None:
        """Give the sentences of readings their words."""
        sentences = [sentence for reading in readings for sentence in reading.sentences]
        for sentence, tokens in zip(sentences, self._lac.run([one.text for one in sentences]), strict=True):
            sentence.tokens = tokens

    def _example(self, document: Labelled, reading: Reading) -> Example:
        held = rows([one.text for one in reading.sentences], [one.tokens for one in reading.sentences], self._tokenizer)
        placed = list(_placed(document.labels, reading))
        tags, mentions = _tags(held, placed)
        names = tuple(mentions)
        entities = tuple(Entity(kind, tuple(sorted(set(places)))) for kind, places in mentions.values())
        return Example(document.id, tuple(held), tags, names, entities, _truth(document.ties, names))


Placed = tuple[int, int, int, Label]  # sentence, first and last character in its folded text


def _placed(labels: Sequence[Label], reading: Reading) -> list[Placed]:
    """The labels in the folded sentences; one that crosses the end of a sentence is left out."""
    result: list[Placed] = []
    for number, sentence in enumerate(reading.sentences):
        inside = [
            label
            for label in labels
            if sentence.passage.passage.start <= label.start and label.end <= sentence.passage.passage.end
        ]
        if not inside:
            continue
        origins = [sentence.original(place, place + 1) for place in range(len(sentence.text))]
        for label in inside:
            covered = [at for at, (first, last) in enumerate(origins) if label.start <= first and last <= label.end]
            if covered:
                result.append((number, covered[0], covered[-1] + 1, label))
    return result


def _tags(
    held: Sequence[Row], placed: Sequence[Placed]
) -> tuple[tuple[tuple[int, ...], ...], dict[str, tuple[Kind, list[tuple[int, int]]]]]:
    where = {number: (row, start) for row, one in enumerate(held) for number, start in one.window.sentences}
    tags = [[0] * len(one.window.text) for one in held]
    mentions: dict[str, tuple[Kind, list[tuple[int, int]]]] = {}
    for number, first, last, label in placed:
        row, start = where[number]
        code = 1 + 2 * KINDS.index(label.kind)
        tags[row][start + first] = code
        for place in range(start + first + 1, start + last):
            tags[row][place] = code + 1
        piece = held[row].pieces.of[start + first]
        mentions.setdefault(label.name, (label.kind, []))[1].append((row, piece))
    return tuple(tuple(one) for one in tags), mentions


def _truth(ties: Sequence[Tie], names: Sequence[str]) -> dict[tuple[int, int], Tensor]:
    numbers = {name: number for number, name in enumerate(names)}
    truth: dict[tuple[int, int], Tensor] = {}
    for tie in ties:
        if tie.head not in numbers or tie.tail not in numbers:
            continue
        head, tail = numbers[tie.head], numbers[tie.tail]
        for pair in ((head, tail),) if tie.directed else ((head, tail), (tail, head)):
            wanted = truth.setdefault(pair, torch.zeros(SCORES))
            wanted[RELATIONS.index(tie.relation)] = 1
            wanted[PLANNED] = float(tie.planned)
            for kind in tie.kinds:
                wanted[PLANNED + 1 + COOPERATIONS.index(kind)] = 1
    return truth
