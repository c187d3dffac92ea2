"""The network that reads: one pass of the encoder for names, one layer more for what holds between them.

Names: pieces of the encoder cross the borders of Chinese names, so each character takes the state of its piece, its
place in it, and what is known of it (`window.Features`); a bidirectional LSTM scores BIO tags.

Relations: the marks of the names are added to the states of the pieces, which go through one layer more. A pair of
entities is [both states, their product, the context that both attend to (Zhou et al. 2021, ATLOP), the maximum over
the words between their nearest mentions, types, distance, names in between]; a small network gives independent
scores for each relation, for being a plan and for each kind of cooperation.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import torch
from torch import Tensor, nn

from graph.model import Kind, Relation
from ingest.extract.neural.encoder import WIDTH, Encoder
from ingest.extract.neural.window import CHARACTERS, END_CODES, KINDS, PLACE_CODES, WORD_CODES

TAGS = ("O", *(f"{place}-{kind.value}" for kind in KINDS for place in "BI"))

RELATIONS = (
    Relation.LOCATED_IN,
    Relation.OPERATES_IN,
    Relation.COLLABORATES,
    Relation.SUPPLIES,
    Relation.INVESTS,
)
COOPERATIONS = (
    "合作研发", "战略合作", "合资", "共建平台", "签约入驻", "项目合作", "孵化", "联盟成员", "运营服务", "其他合作",
)  # fmt: skip
PLANNED = len(RELATIONS)
SCORES = len(RELATIONS) + 1 + len(COOPERATIONS)

_PARTIES = frozenset((Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT, Kind.PARK))
ADMISSIBLE: dict[Relation, tuple[frozenset[Kind], frozenset[Kind]]] = {
    Relation.LOCATED_IN: (
        frozenset((Kind.ENTERPRISE, Kind.INSTITUTION, Kind.PARK, Kind.PLACE)),
        frozenset((Kind.PARK, Kind.PLACE)),
    ),
    Relation.OPERATES_IN: (frozenset((Kind.ENTERPRISE, Kind.PARK, Kind.INSTITUTION)), frozenset((Kind.INDUSTRY,))),
    Relation.COLLABORATES: (_PARTIES | {Kind.PLACE}, _PARTIES | {Kind.PLACE}),
    Relation.SUPPLIES: (_PARTIES, _PARTIES),
    Relation.INVESTS: (
        _PARTIES | {Kind.PLACE},
        frozenset((Kind.ENTERPRISE, Kind.INSTITUTION, Kind.PARK, Kind.PLACE)),
    ),
}
"""Which kinds of head and tail the labelling guide knows for a relation."""

MEMORY = 160  # of the LSTM, each way
CHARACTERS_FORGOTTEN = 0.25
WORDS_FORGOTTEN = 0.1
BETWEEN = 90  # pieces looked at between two mentions
_FAR = 16
_CROWD = 4


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows side by side, padded: pieces (batch, length) and characters (batch, width)."""

    ids: Tensor
    mask: Tensor
    piece: Tensor
    place: Tensor
    character: Tensor
    word: Tensor
    named: Tensor
    ending: Tensor


@dataclass(frozen=True, slots=True)
class Entity:
    """A name of a document: its kind and the (row, first piece) of each mention, in order."""

    kind: Kind
    mentions: tuple[tuple[int, int], ...]


class Tagger(nn.Module):
    """Scores of tags for characters."""

    def __init__(self) -> None:
        super().__init__()
        self.place = nn.Embedding(8, 16)
        self.character = nn.Embedding(CHARACTERS, 48)
        self.word = nn.Embedding(WORD_CODES, 32)
        self.named = nn.Embedding(PLACE_CODES, 8)
        self.ending = nn.Embedding(END_CODES, 16)
        self.drop = nn.Dropout(0.2)
        self.memory = nn.LSTM(WIDTH + 16 + 48 + 32 + 8 + 16, MEMORY, batch_first=True, bidirectional=True)
        self.score = nn.Linear(2 * MEMORY, len(TAGS))
        self.steps = nn.Parameter(torch.zeros(len(TAGS), len(TAGS)))

    def forward(self, state: Tensor, batch: Batch) -> Tensor:
        """States of pieces to scores (batch, width, TAGS)."""
        of = batch.piece.unsqueeze(-1).expand(-1, -1, state.size(-1))
        known = (
            torch.gather(state, 1, of),
            self.place(batch.place),
            self.character(self._forgotten(batch.character, CHARACTERS_FORGOTTEN)),
            self.word(self._forgotten(batch.word, WORDS_FORGOTTEN)),
            self.named(batch.named),
            self.ending(batch.ending),
        )
        remembered, _ = self.memory(self.drop(torch.cat([one.float() for one in known], -1)))
        scores: Tensor = self.score(self.drop(remembered))
        return scores

    def _forgotten(self, codes: Tensor, share: float) -> Tensor:
        """In training a share of the codes is 0 (not known), so that context is learnt, not the letters of names."""
        return codes.masked_fill(torch.rand(codes.shape) < share, 0) if self.training else codes


class Pairs(nn.Module):
    """Scores of relations for pairs of entities."""

    def __init__(self, width: int = 384) -> None:
        super().__init__()
        self.mark = nn.Embedding(len(TAGS), WIDTH)
        nn.init.normal_(self.mark.weight, std=0.02)
        self.kind = nn.Embedding(len(KINDS), 32)
        self.far = nn.Embedding(_FAR, 32)
        self.crowd = nn.Embedding(_CROWD, 16)
        self.judge = nn.Sequential(
            nn.Dropout(0.15),
            nn.Linear(WIDTH * 5 + 32 * 3 + 16, width),
            nn.GELU(),
            nn.Dropout(0.15),
            nn.Linear(width, SCORES),
        )

    def forward(
        self, state: Tensor, attention: Tensor, entities: Sequence[Entity]
    ) -> tuple[list[tuple[int, int]], Tensor]:
        """The admissible pairs (head, tail) of one document's entities, and their scores (pairs, SCORES).

        `state` (rows, length, WIDTH) and `attention` (rows, length, length) are of the document's windows.
        """
        rows, length, width = state.shape
        flat = state.reshape(rows * length, width)
        pairs = [
            (head, tail)
            for head, one in enumerate(entities)
            for tail, other in enumerate(entities)
            if head != tail and (one.kind, other.kind) in _PAIRED
        ]
        if not pairs:
            return pairs, state.new_zeros(0, SCORES)
        places, there = _places(entities, length)
        own = torch.logsumexp(flat[places].float().masked_fill(~there.unsqueeze(-1), float("-inf")), 1)
        looks = torch.zeros(len(entities), rows, length)
        row = places // length
        seen = attention.reshape(rows * length, length)[places].float() * (
            there / there.sum(1, keepdim=True)
        ).unsqueeze(-1)
        looks.scatter_add_(1, row.unsqueeze(-1).expand(-1, -1, length), seen)
        looks = looks.view(len(entities), -1)
        heads, tails = (torch.tensor(side) for side in zip(*pairs, strict=True))
        shared = looks[heads] * looks[tails]
        context = (shared / (shared.sum(-1, keepdim=True) + 1e-9)) @ flat.float()
        near = _all_nearest(entities, pairs)
        words = _between(state, near)
        starts = sorted(mention for one in entities for mention in one.mentions)
        far = torch.tensor([_distance(*one) for one in near])
        crowd = torch.tensor([_crowd(starts, *one) for one in near])
        kinds = self.kind(torch.tensor([KINDS.index(one.kind) for one in entities]))
        known = [own[heads], own[tails], own[heads] * own[tails], context, words]
        known += [kinds[heads], kinds[tails], self.far(far), self.crowd(crowd)]
        scores: Tensor = self.judge(torch.cat([one.float() for one in known], -1))
        return pairs, scores


_PAIRED = frozenset(pair for heads, tails in ADMISSIBLE.values() for pair in product(heads, tails))

Place = tuple[int, int]


def _places(entities: Sequence[Entity], length: int) -> tuple[Tensor, Tensor]:
    """The mentions of each entity as positions in the flat states, filled up, and which of them are there."""
    most = max(len(one.mentions) for one in entities)
    places = torch.zeros(len(entities), most, dtype=torch.long)
    there = torch.zeros(len(entities), most, dtype=torch.bool)
    for number, one in enumerate(entities):
        places[number, : len(one.mentions)] = torch.tensor([row * length + piece for row, piece in one.mentions])
        there[number, : len(one.mentions)] = True
    return places, there


def _all_nearest(entities: Sequence[Entity], pairs: Sequence[tuple[int, int]]) -> list[tuple[Place, Place]]:
    """The nearest mentions of each pair; both ways of a pair look once."""
    found: dict[tuple[int, int], tuple[Place, Place]] = {}
    for head, tail in pairs:
        if (tail, head) in found:
            one, other = found[tail, head]
            found[head, tail] = other, one
        else:
            found[head, tail] = _nearest(entities[head], entities[tail])
    return list(found.values())


def _nearest(head: Entity, tail: Entity) -> tuple[Place, Place]:
    """The mentions of two entities that are nearest to one another, in one window if they can be."""
    if len(head.mentions) == len(tail.mentions) == 1:
        return head.mentions[0], tail.mentions[0]
    return min(
        ((one, other) for one in head.mentions for other in tail.mentions),
        key=lambda pair: (abs(pair[0][0] - pair[1][0]), abs(pair[0][1] - pair[1][1])),
    )


def _between(state: Tensor, near: Sequence[tuple[Place, Place]]) -> Tensor:
    """The maximum of the states from mention to mention (BETWEEN pieces at most), of both alone in two windows.

    By maxima of runs of 1, 2, 4 … pieces: any run is the union of two of them.
    """
    runs = [state]
    while 2 ** len(runs) <= BETWEEN and 2 ** len(runs) <= state.shape[1]:
        half = 2 ** (len(runs) - 1)
        runs.append(torch.maximum(runs[-1][:, :-half], runs[-1][:, half:]))
    result = state.new_empty(len(near), state.shape[-1])
    groups: dict[int, list[tuple[int, Place, Place]]] = {}
    for number, (head, tail) in enumerate(near):
        if head[0] != tail[0]:
            groups.setdefault(0, []).append((number, head, tail))
            continue
        first, last = sorted((head[1], tail[1]))
        last = min(last, first + BETWEEN)
        level = min((last - first + 1).bit_length(), len(runs)) - 1
        groups.setdefault(level, []).append((number, (head[0], first), (head[0], last - 2**level + 1)))
    for level, members in groups.items():
        numbers, left, right = zip(*members, strict=True)
        from_left, from_right = (runs[level][tuple(zip(*side, strict=True))] for side in (left, right))
        result[list(numbers)] = torch.maximum(from_left, from_right)
    return result


def _distance(head: Place, tail: Place) -> int:
    if head[0] != tail[0]:
        return 7 if head < tail else 15
    apart = tail[1] - head[1]
    return (0 if apart >= 0 else 8) + min(6, int(math.log2(1 + abs(apart) / 3)))


def _crowd(starts: Sequence[Place], head: Place, tail: Place) -> int:
    low, high = (head, tail) if head < tail else (tail, head)
    return max(0, min(_CROWD - 1, bisect_left(starts, high) - bisect_right(starts, low)))


class Network(nn.Module):
    """Encoder, tagger and pairs together; only what is trained is saved."""

    def __init__(self, folder: Path, adapt: bool = True) -> None:
        super().__init__()
        self.encoder = Encoder(folder, adapt)
        self.tagger = Tagger()
        self.pairs = Pairs()

    def states(self, batch: Batch) -> Tensor:
        """The states of the pieces (batch, length, WIDTH)."""
        states: Tensor = self.encoder(batch.ids, batch.mask)
        return states

    def related(self, state: Tensor, mask: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        """States and attention for pairs; `marks` (batch, length) are the numbers of the pieces' tags."""
        return self.encoder.related(state + self.pairs.mark(marks).to(state.dtype), mask)

    def trained(self) -> dict[str, Tensor]:
        """The tensors that training changed, by name."""
        return {name: value.detach() for name, value in self.named_parameters() if value.requires_grad}
