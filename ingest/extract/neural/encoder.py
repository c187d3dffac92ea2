"""The first layers of the search encoder with low-rank adapters, and one more layer that is told where names are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from graph.search.embedder import quiet

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

LAYERS = 6
"""As good as all twelve for names; three are not enough (measured)."""

RANK = 16
SCALE = 2.0
WIDTH = 384
HEADS = 12
PREFIX = "passage: "
LONGEST = 512
"""Pieces that the encoder has positions for."""


class Adapted(nn.Module):
    """A frozen linear map plus a trained one of low rank (LoRA, Hu et al. 2021): y = xW + b + scale·(xA)B."""

    def __init__(self, base: nn.Linear, rank: int = RANK) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Parameter(torch.empty(base.in_features, rank))
        self.up = nn.Parameter(torch.zeros(rank, base.out_features))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        """The adapted map of x."""
        return torch.addmm(
            self.base(x).flatten(0, -2), x.flatten(0, -2) @ self.down.to(x.dtype), self.up.to(x.dtype), alpha=SCALE
        ).view(*x.shape[:-1], -1)

    def merged(self) -> nn.Linear:
        """One plain linear map that does the same."""
        weight = self.base.weight
        with torch.no_grad():
            weight.copy_(weight.float() + SCALE * (self.down @ self.up).float().T)
        return self.base


class Encoder(nn.Module):
    """States of pieces after LAYERS layers, and of the layer after with the marks of names added to its input."""

    def __init__(self, folder: Path, adapt: bool) -> None:
        super().__init__()
        from transformers import AutoModel

        with quiet():
            model: Any = AutoModel.from_pretrained(str(folder)).requires_grad_(False)
        self.names = model.encoder.layer[:LAYERS]
        self.pairs = model.encoder.layer[LAYERS]
        self.embeddings = model.embeddings
        for layer in (*self.names, self.pairs):
            for module in layer.modules():
                if isinstance(module, nn.Linear):
                    module.to(torch.bfloat16)
        if adapt:
            for layer in (*self.names, self.pairs):
                _adapt(layer)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Pieces (batch, length) and their mask to states (batch, length, WIDTH)."""
        state: Tensor = self.embeddings(input_ids=ids)
        allowed = _allowed(mask, state)
        for layer in self.names:
            state, _ = _layer(layer, state, allowed)
        return state

    def related(self, state: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The states after the layer for pairs, and its attention, mean over heads: (batch, length, length)."""
        state, attention = _layer(self.pairs, state, _allowed(mask, state))
        return state, attention.mean(1)

    def merge(self) -> None:
        """Turn every adapted map into a plain one."""
        for module in list(self.modules()):
            for name, child in list(module.named_children()):
                if isinstance(child, Adapted):
                    setattr(module, name, child.merged())


def _allowed(mask: Tensor, state: Tensor) -> Tensor:
    """What is added to the scores of attention: 0, or much less where there is only padding."""
    return (1.0 - mask[:, None, None, :]).to(torch.bfloat16 if torch.is_autocast_enabled("cpu") else state.dtype) * -1e4


def _adapt(layer: Any) -> None:
    inner = layer.attention.self
    inner.query, inner.key, inner.value = Adapted(inner.query), Adapted(inner.key), Adapted(inner.value)
    layer.attention.output.dense = Adapted(layer.attention.output.dense)
    layer.intermediate.dense = Adapted(layer.intermediate.dense)
    layer.output.dense = Adapted(layer.output.dense)


def _layer(layer: Any, state: Tensor, allowed: Tensor) -> tuple[Tensor, Tensor]:
    """One BERT layer (post-norm) by its parts, and its attention (batch, heads, length, length)."""
    inner = layer.attention.self
    batch, length, _ = state.shape

    def heads(x: Tensor) -> Tensor:
        return x.view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2)

    query, key, value = heads(inner.query(state)), heads(inner.key(state)), heads(inner.value(state))
    scores = (query / math.sqrt(WIDTH // HEADS)) @ key.transpose(-1, -2)
    weights = (scores + allowed).softmax(-1)
    mixed = weights.to(value.dtype) @ value
    mixed = mixed.transpose(1, 2).reshape(batch, length, WIDTH)
    attended = layer.attention.output.LayerNorm(layer.attention.output.dense(mixed) + state)
    grown = nn.functional.gelu(layer.intermediate.dense(attended))
    return layer.output.LayerNorm(layer.output.dense(grown) + attended), weights


def tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """The tokenizer that belongs to the encoder."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast.from_pretrained(str(folder))  # type: ignore[no-any-return]


class Pieces:
    """The pieces of one window: ids, and for each character the piece it is in and where in it it stands."""

    __slots__ = ("ids", "of", "place", "text")

    def __init__(self, text: str, ids: Sequence[int], of: Sequence[int], place: Sequence[int]) -> None:
        self.text = text
        self.ids = ids
        self.of = of
        self.place = place


def pieces(texts: Sequence[str], made: PreTrainedTokenizerFast) -> list[Pieces]:
    """Each text cut into the encoder's pieces; characters of a text too long for it share its last piece."""
    if not texts:
        return []
    encoded: Any = made(
        [PREFIX + text for text in texts], return_offsets_mapping=True, truncation=True, max_length=LONGEST
    )
    before = len(PREFIX)
    result = []
    for text, ids, offsets in zip(texts, encoded["input_ids"], encoded["offset_mapping"], strict=True):
        of, place = [0] * len(text), [0] * len(text)
        for number, (first, last) in enumerate(offsets):
            for position in range(max(first, before), last):
                of[position - before] = number
                place[position - before] = min(position - first, 3) + 4 * (position == last - 1)
        result.append(Pieces(text, ids, of, place))
    return result
