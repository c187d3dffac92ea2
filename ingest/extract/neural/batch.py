"""From the sentences of documents to padded tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ingest.extract.lac import Token
from ingest.extract.neural.encoder import Pieces, pieces
from ingest.extract.neural.model import Batch
from ingest.extract.neural.window import Features, Window, characters, features, windows

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


@dataclass(frozen=True, slots=True)
class Row:
    """A window ready for the network."""

    window: Window
    pieces: Pieces
    features: Features


def rows(sentences: Sequence[str], tokens: Sequence[Sequence[Token]], made: PreTrainedTokenizerFast) -> list[Row]:
    """The windows of one document."""
    found = windows(sentences)
    cut = pieces([window.text for window in found], made)
    return [Row(window, cut[number], features(window, tokens)) for number, window in enumerate(found)]


def batch(held: Sequence[Row], padding: int) -> Batch:
    """Windows side by side; `padding` is the piece that fills up."""
    length = max(len(row.pieces.ids) for row in held)
    width = max(len(row.window.text) for row in held)
    ids = torch.full((len(held), length), padding)
    mask = torch.zeros(len(held), length, dtype=torch.long)
    wide = torch.zeros(6, len(held), width, dtype=torch.long)
    for number, row in enumerate(held):
        ids[number, : len(row.pieces.ids)] = torch.tensor(row.pieces.ids)
        mask[number, : len(row.pieces.ids)] = 1
        known = (
            torch.tensor(row.pieces.of),
            torch.tensor(row.pieces.place),
            torch.from_numpy(characters(row.window.text)),
            torch.from_numpy(row.features.word),
            torch.from_numpy(row.features.place),
            torch.from_numpy(row.features.ending),
        )
        for kind, values in enumerate(known):
            wide[kind, number, : len(row.window.text)] = values
    return Batch(ids, mask, *wide)


def marks(held: Sequence[Row], tags: Sequence[Sequence[int]], length: int) -> Tensor:
    """The tag of each piece: of its first character that has one. (rows, length)"""
    result = torch.zeros(len(held), length, dtype=torch.long)
    for number, (row, own) in enumerate(zip(held, tags, strict=True)):
        for position in range(len(own) - 1, -1, -1):
            if own[position]:
                result[number, row.pieces.of[position]] = own[position]
    return result
