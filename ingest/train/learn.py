"""Training: both tasks together, adapters and heads only, the average of the weights kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor, nn

from graph.model import Relation
from ingest.extract.neural.batch import batch, marks
from ingest.extract.neural.model import ADMISSIBLE, PLANNED, RELATIONS, Network
from ingest.train.examples import Example

WARM = 0.06
"""The share of the steps in which the rates climb to their peaks; then they fall in a line."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run does. Rates are peaks, see WARM."""

    passes: int = 8
    together: int = 4  # documents of one step
    adapters: float = 4e-4
    heads: float = 1e-3
    relations: float = 0.3  # weight of their loss beside that of the names
    average: float = 0.998  # share of the old in the running average of the weights, at a step
    seed: int = 1


class Average:
    """A running average of trained weights (Polyak and Juditsky 1992); early steps count less of the start."""

    def __init__(self, network: nn.Module, share: float) -> None:
        self._share = share
        self.steps = 0
        self.values = {name: one.detach().clone() for name, one in network.named_parameters() if one.requires_grad}

    def add(self, network: nn.Module) -> None:
        """Take in the weights as they are now."""
        self.steps += 1
        share = min(self._share, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for name, one in network.named_parameters():
                if name in self.values:
                    self.values[name].lerp_(one, 1 - share)


def losses(network: Network, examples: Sequence[Example], padding: int) -> tuple[Tensor, Tensor]:
    """The loss of the tags (mean over characters) and of the pairs (mean over documents)."""
    held = [row for example in examples for row in example.rows]
    tags = [own for example in examples for own in example.tags]
    made = batch(held, padding)
    wanted = torch.full(made.character.shape, -100)
    for number, own in enumerate(tags):
        wanted[number, : len(own)] = torch.tensor(own)
    state = network.states(made)
    scores = network.tagger(state, made)
    with torch.autocast("cpu", enabled=False):
        named = chain_loss(scores.float(), network.tagger.steps, wanted)
    related, attention = network.related(state, made.mask, marks(held, tags, made.ids.shape[1]))
    first = 0
    total = named.new_zeros(())
    for example in examples:
        rows = slice(first, first + len(example.rows))
        first += len(example.rows)
        pairs, found = network.pairs(related[rows], attention[rows], example.entities)
        if pairs:
            total = total + _pair_loss(found, pairs, example) / len(examples)
    return named, total


def chain_loss(scores: Tensor, steps: Tensor, tags: Tensor) -> Tensor:
    """The negative log likelihood of the tags, a character, in a linear chain (Lafferty et al. 2001).

    `scores` (rows, width, tags) of each character, `steps` (tags, tags) from tag to tag, `tags` (rows, width) with
    negative numbers behind the end of a row.
    """
    there = tags >= 0
    right = tags.clamp(min=0)
    own = (scores.gather(2, right.unsqueeze(-1)).squeeze(-1) * there).sum()
    moved = (steps[right[:, :-1], right[:, 1:]] * there[:, 1:]).sum()
    total: Tensor = (_partition(scores, steps, there).sum() - own - moved) / there.sum()
    return total


def _partition(scores: Tensor, steps: Tensor, there: Tensor) -> Tensor:
    """The log of the sum over all paths of each row: a product of one matrix a character, taken pair by pair."""
    most = scores.max(-1, keepdim=True)[0].detach()
    logs = (most.squeeze(-1) * there).sum(1)
    start = (scores[:, 0] - most[:, 0]).exp()
    moves = (steps + (scores - most)[:, 1:].unsqueeze(2)).exp()
    same = torch.eye(steps.shape[0])
    product = torch.where(there[:, 1:, None, None], moves, same)
    while product.shape[1] > 1:
        if product.shape[1] % 2:
            product = torch.cat([product, same.expand(product.shape[0], 1, -1, -1)], 1)
        product = product[:, 0::2] @ product[:, 1::2]
        largest = product.amax((2, 3), keepdim=True).detach()
        product = product / largest
        logs = logs + largest.log().sum((1, 2, 3))
    ends = (start.unsqueeze(1) @ product[:, 0]).squeeze(1) if product.shape[1] else start
    total: Tensor = ends.sum(-1).log() + logs
    return total


def _pair_loss(found: Tensor, pairs: Sequence[tuple[int, int]], example: Example) -> Tensor:
    allowed = {
        kinds: [float(kinds[0] in heads and kinds[1] in tails) for heads, tails in ADMISSIBLE.values()]
        for kinds in {(example.entities[head].kind, example.entities[tail].kind) for head, tail in pairs}
    }
    counted = torch.zeros_like(found)
    counted[:, :PLANNED] = torch.tensor(
        [allowed[example.entities[head].kind, example.entities[tail].kind] for head, tail in pairs]
    )
    wanted = torch.zeros_like(found)
    numbers = {pair: number for number, pair in enumerate(pairs)}
    for pair, truth in example.truth.items():
        if pair in numbers:
            wanted[numbers[pair]] = truth
            counted[numbers[pair], PLANNED] = 0.3
            counted[numbers[pair], PLANNED + 1 :] = 0.3 * truth[RELATIONS.index(Relation.COLLABORATES)]
    each = nn.functional.binary_cross_entropy_with_logits(found.float(), wanted, reduction="none") * counted
    return each.sum() / max(4.0, float(wanted[:, :PLANNED].sum()))


def steps(examples: Sequence[Example], together: int, draw: Random) -> Iterator[list[Example]]:
    """Documents of like size together, in random order."""
    ordered = sorted(examples, key=lambda one: max(len(row.pieces.ids) for row in one.rows) + draw.random() * 40)
    groups = [ordered[first : first + together] for first in range(0, len(ordered), together)]
    draw.shuffle(groups)
    yield from groups


class Run:
    """A training that can stop after any pass and go on: weights, their average, the optimiser, the draws."""

    def __init__(self, network: Network, recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        self._network = network
        self._recipe = recipe
        self._draw = Random(recipe.seed)
        self._optimiser = torch.optim.AdamW(_groups(network, recipe), lr=0.0, weight_decay=0.01)
        self._average = Average(network, recipe.average)
        self.passes = 0

    @property
    def averaged(self) -> dict[str, Tensor]:
        """The averaged weights."""
        return self._average.values

    def go(self, examples: Sequence[Example], padding: int) -> tuple[float, float]:
        """One pass over the examples; the mean losses of names and relations."""
        recipe = self._recipe
        total = recipe.passes * math.ceil(len(examples) / recipe.together)
        seen = [0.0, 0.0]
        self._network.train()
        for group in steps(examples, recipe.together, self._draw):
            done = self._average.steps
            pace = min(1.0, (done + 1) / (WARM * total)) * max(0.02, 1 - done / total)
            for one in self._optimiser.param_groups:
                one["lr"] = one["peak"] * pace
            with torch.autocast("cpu", dtype=torch.bfloat16):
                named, related = losses(self._network, group, padding)
            (named + recipe.relations * related).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_([one for one in self._network.parameters() if one.requires_grad], 1.0)
            self._optimiser.step()
            self._optimiser.zero_grad()
            self._average.add(self._network)
            seen[0] += named.item()
            seen[1] += related.item()
        self.passes += 1
        count = total / recipe.passes
        return seen[0] / count, seen[1] / count

    def save(self, path: Path) -> None:
        """Keep the whole state; the file is whole or not there."""
        state = {
            "recipe": asdict(self._recipe),
            "passes": self.passes,
            "weights": self._network.trained(),
            "average": self._average.values,
            "steps": self._average.steps,
            "optimiser": self._optimiser.state_dict(),
            "draw": self._draw.getstate(),
            "torch": torch.get_rng_state(),
        }
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.replace(path)

    def resume(self, path: Path) -> bool:
        """Go on from a kept state if it is there and of the same recipe."""
        if not path.is_file():
            return False
        state: dict[str, Any] = torch.load(path, weights_only=False)
        if state["recipe"] != asdict(self._recipe):
            return False
        self._network.load_state_dict(state["weights"], strict=False)
        self._average.values, self._average.steps = state["average"], state["steps"]
        self._optimiser.load_state_dict(state["optimiser"])
        self._draw.setstate(state["draw"])
        torch.set_rng_state(state["torch"])
        self.passes = state["passes"]
        return True


def _groups(network: Network, recipe: Recipe) -> list[dict[str, Any]]:
    """Adapters of the encoder and heads, each with its peak rate."""
    inside = [one for name, one in network.named_parameters() if one.requires_grad and name.startswith("encoder.")]
    heads = [one for name, one in network.named_parameters() if one.requires_grad and not name.startswith("encoder.")]
    return [{"params": inside, "peak": recipe.adapters}, {"params": heads, "peak": recipe.heads}]
