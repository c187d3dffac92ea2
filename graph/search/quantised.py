"""Nearest neighbours among very many vectors, in this process: signs in memory, floats in a file.

Each vector is turned by a fixed rotation after the mean is taken away, and kept as the signs of its coordinates: one
bit a dimension (short vectors: `SIGNS` bits), 48 bytes of 384. A query goes three steps: its signs against all signs
(Hamming distance), its floats against the signs of the best, its floats against the floats of the best of those, which
are read from the file (binary codes with rescoring; the rotation makes every sign tell as much, as in ITQ of Gong &
Lazebnik 2011 and RaBitQ of Gao & Long 2024). Floats are read and not mapped: a mapping would fill the memory with time.

The files are made from the store, which alone is the truth, and live in a folder named after the set of vectors:

    floats     count x dimensions, float32, unit vectors
    codes      count x words, uint64
    ids        count x width, bytes
    written    count, int64: the store's revision that wrote the vector
    frame.npz  the mean, the directions of the signs
    state.json {"count", "revision", "dimensions", "width"}, replaced last: what it does not count is not there
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graph.errors import SettingError

Floats = NDArray[np.float32]
Words = NDArray[np.uint64]

NARROWED = 40, 4000
"""So many by Hamming distance are compared with the query's floats, for each neighbour asked for, and at least."""

RESCORED = 12, 500
"""So many of them are compared by their own floats, which are read from the file."""

SIGNS = 384
"""A vector has at least so many signs: those of few dimensions would tell too little."""

BATCH = 4096  # vectors that are read, turned and written at once
SAMPLED = 20_000  # vectors that the mean is taken of
_EIGHT = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(np.float32) * 2 - 1
"""The signs that each value of a byte stands for."""

_HANDS = min(4, os.cpu_count() or 1)  # threads that compare signs, each a part of them
_SPARE = 1.125  # room in memory for vectors that come later


@dataclass(frozen=True, slots=True)
class Item:
    """A vector as the store gives it: of which passage, and by which revision it was written."""

    id: str
    vector: Sequence[float]
    written: int


@dataclass(frozen=True, slots=True)
class Near:
    """A neighbour: `score` = (1 + cos) / 2, as the engines give it."""

    id: str
    score: float
    written: int


@dataclass(frozen=True, slots=True)
class State:
    """How much of the files counts."""

    count: int
    revision: int
    dimensions: int
    width: int


class Damaged(Exception):
    """The files are not whole, or not of this index; they can be made anew."""


def make(folder: Path, items: Iterable[Item], expected: int, dimensions: int, revision: int) -> None:
    """Write the files of an index; nothing is left where that fails, and a folder that is there is replaced.

    `items` are about `expected` in number, which is how room is looked for first. Raises SettingError where there is
    no room, or the folder cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _room(folder.parent, expected, dimensions)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="making-") as work:
            made = Path(work) / "index"
            made.mkdir()
            _begin(made, items, dimensions, revision)
            old = Path(work) / "old"
            if folder.exists():
                os.rename(folder, old)
            os.rename(made, folder)
    except OSError as error:
        raise SettingError(
            f"{folder.parent}: the index of vectors cannot be kept here ({error.strerror or error}); "
            "make room there or set PARKBOND_CACHE."
        ) from error


def _room(folder: Path, count: int, dimensions: int) -> None:
    needed, free = count * (4 * dimensions + dimensions // 8 + 64), shutil.disk_usage(folder).free
    if needed > free:
        raise SettingError(
            f"{folder}: the index of {count:,} vectors needs {needed / 1e6:,.0f} MB and {free / 1e6:,.0f} MB are free; "
            "make room there or set PARKBOND_CACHE."
        )


def _begin(folder: Path, items: Iterable[Item], dimensions: int, revision: int) -> None:
    source = iter(items)
    head = list(islice(source, SAMPLED))
    width = max((len(item.id.encode()) for item in head), default=32)
    mean = _unit(_matrix(head, dimensions)).mean(axis=0) if head else np.zeros(dimensions, np.float32)
    np.savez(folder / "frame.npz", mean=np.asarray(mean, np.float32), turns=_turns(dimensions))
    state = State(0, revision, dimensions, width)
    _keep(folder, state)
    _append(folder, state, (item for part in (head, source) for item in part), revision)


def _words(dimensions: int) -> int:
    """How many words of 64 signs a vector becomes: one sign a dimension, and no fewer than `SIGNS`."""
    return -(-max(SIGNS, dimensions) // 64)


def _turns(dimensions: int) -> Floats:
    """The directions in which signs are taken, dimensions x signs: random rotations side by side."""
    dice, signs = np.random.default_rng(0), 64 * _words(dimensions)
    turns = [np.linalg.qr(dice.normal(size=(dimensions, dimensions)))[0] for _ in range(-(-signs // dimensions))]
    return np.asarray(np.concatenate(turns, axis=1)[:, :signs], np.float32)


def _append(folder: Path, state: State, items: Iterable[Item], revision: int) -> State:
    """Add vectors at the end of the files. Raises Damaged when an id is too long for them."""
    frame = _Frame.read(folder, state.dimensions)
    sizes = _sizes(state)
    count, source = state.count, iter(items)
    files = {name: open(folder / name, "ab") for name in sizes}  # noqa: SIM115
    try:
        for name, file in files.items():
            file.truncate(sizes[name])  # what an earlier run began and did not count
        while part := list(islice(source, BATCH)):
            floats = _unit(_matrix(part, state.dimensions))
            names = [item.id.encode() for item in part]
            if max(map(len, names)) > state.width:
                raise Damaged("an id is longer than those before")
            files["floats"].write(floats.tobytes())
            files["codes"].write(frame.codes(floats).tobytes())
            files["ids"].write(np.array(names, f"S{state.width}").tobytes())
            files["written"].write(np.array([item.written for item in part], np.int64).tobytes())
            count += len(part)
    finally:
        for file in files.values():
            file.close()
    after = State(count, revision, state.dimensions, state.width)
    _keep(folder, after)
    return after


def _sizes(state: State) -> Mapping[str, int]:
    """How many bytes of each file count."""
    words = _words(state.dimensions)
    return {
        "floats": 4 * state.dimensions * state.count,
        "codes": 8 * words * state.count,
        "ids": state.width * state.count,
        "written": 8 * state.count,
    }


def _keep(folder: Path, state: State) -> None:
    waiting = folder / "state.json.new"
    waiting.write_text(json.dumps(asdict(state)), encoding="utf-8")
    os.replace(waiting, folder / "state.json")


def _state(folder: Path) -> State:
    try:
        state = State(**{name: int(value) for name, value in json.loads((folder / "state.json").read_text()).items()})
        short = [name for name, size in _sizes(state).items() if (folder / name).stat().st_size < size]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise Damaged(str(error)) from error
    if short or state.count < 0 or state.dimensions <= 0 or state.width <= 0:
        raise Damaged(f"cut short: {', '.join(short)}")
    return state


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where signs are taken: the mean, and the directions."""

    mean: Floats
    turns: Floats

    @classmethod
    def read(cls, folder: Path, dimensions: int) -> _Frame:
        try:
            with (folder / "frame.npz").open("rb") as file, np.load(file) as kept:
                frame = cls(kept["mean"], kept["turns"])
        except Exception as error:  # whatever a damaged archive makes numpy and zipfile say
            raise Damaged(str(error)) from error
        if frame.mean.shape != (dimensions,) or frame.turns.shape != (dimensions, 64 * _words(dimensions)):
            raise Damaged("the frame is of other vectors")
        return frame

    def codes(self, vectors: Floats) -> Words:
        """The signs of vectors, rows x words."""
        return np.packbits((vectors - self.mean) @ self.turns > 0, axis=1, bitorder="little").view(np.uint64)

    def table(self, query: Floats) -> Floats:
        """What the eight signs of each byte of a code add to the likeness, for each value of the byte: bytes x 256."""
        turned = ((query - self.mean) @ self.turns).reshape(-1, 8)
        return np.ascontiguousarray(turned @ _EIGHT.T, np.float32)


class Index:
    """The files of an index, opened. One thread at a time."""

    def __init__(self, folder: Path) -> None:
        """Raises Damaged when the files are not whole."""
        self._folder = folder
        self.state = _state(folder)
        self._frame = _Frame.read(folder, self.state.dimensions)
        self._codes: Words = np.zeros((0, _words(self.state.dimensions)), np.uint64)
        self._filled = 0
        self._load()
        self._file = (folder / "floats").open("rb")
        weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        return self.state.count

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self._folder

    @property
    def resident(self) -> int:
        """Bytes of memory that stay in use: the signs."""
        return self._codes.nbytes + self._distances.nbytes

    def extend(self, items: Iterable[Item], revision: int) -> None:
        """Add what was written to the store since `state.revision`; another process may have added it already."""
        with _alone(self._folder):
            state = _state(self._folder)
            self.state = state if state.revision >= revision else _append(self._folder, state, items, revision)
        self._load()

    def nearest(self, vector: Sequence[float] | Floats, limit: int) -> list[Near]:
        """The neighbours of a unit vector by cosine, best first, equal ones in order of their ids."""
        from graph.search import bits

        count = self.state.count
        if not count or limit < 1:
            return []
        query = _unit(np.asarray(vector, np.float32)[None, :])
        self._compare(self._frame.codes(query)[0], count)
        wanted = _many(NARROWED, limit, count)
        places = np.empty(wanted, np.int64)
        tallied = np.zeros(64 * self._codes.shape[1] + 1, np.int64)
        places = places[: bits.nearest(self._distances[:count], wanted, tallied, places)]
        wanted = _many(RESCORED, limit, len(places))
        if wanted < len(places):
            leaning = np.empty(len(places), np.float32)
            bits.leaning(self._codes.view(np.uint8), places, self._frame.table(query), leaning)
            places = np.sort(places[np.argpartition(-leaning, wanted)[:wanted]])
        scores = self._read(places) @ query[0]
        best = np.argsort(-scores, kind="stable")[:limit]
        found = [self._near(int(places[at]), float(scores[at])) for at in best]
        return sorted(found, key=lambda near: (-near.score, near.id))

    def _compare(self, code: Words, count: int) -> None:
        """How many signs of each vector differ from these, by all cores: the loop lets go of the interpreter."""
        from graph.search import bits

        edges = [count * part // _HANDS for part in range(_HANDS + 1)]
        parts = [(self._codes[a:b], code, self._distances[a:b]) for a, b in pairwise(edges)]
        beside = [_hands().submit(bits.differing, *part) for part in parts[1:]]
        bits.differing(*parts[0])
        for one in beside:
            one.result()

    def _near(self, place: int, cosine: float) -> Near:
        name = bytes(self._ids[place]).decode()
        return Near(name, round((1 + min(1.0, max(-1.0, cosine))) / 2, 7), int(self._written[place]))

    def _load(self) -> None:
        count, words = self.state.count, self._codes.shape[1]
        if count > len(self._codes):
            grown = np.zeros((int(count * _SPARE) + 1024, words), np.uint64)
            grown[: self._filled] = self._codes[: self._filled]
            self._codes = grown
        if count > self._filled:
            with open(self._folder / "codes", "rb") as file:
                file.seek(8 * words * self._filled)
                fresh = np.fromfile(file, np.uint64, words * (count - self._filled))
                self._codes[self._filled : count] = fresh.reshape(-1, words)
            self._filled = count
        self._distances = np.zeros(len(self._codes), np.uint16)
        self._ids = np.frombuffer(self._mapped("ids"), f"S{self.state.width}")
        self._written = np.frombuffer(self._mapped("written"), np.int64)

    def _mapped(self, name: str) -> mmap.mmap | bytes:
        size = _sizes(self.state)[name]
        if not size:
            return b""
        with open(self._folder / name, "rb") as file:
            return mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)

    def _read(self, places: NDArray[np.int64]) -> Floats:
        """The floats at these places. Raises Damaged where the file has become shorter."""
        size = 4 * self.state.dimensions
        floats = np.empty((len(places), self.state.dimensions), np.float32)
        for row, place in zip(floats, places.tolist(), strict=True):
            if os.preadv(self._file.fileno(), (row.data,), size * place) != size:
                raise Damaged("cut short while it was in use")
        return floats

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


@cache
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, _HANDS - 1), "vectors")


def _many(share: tuple[int, int], limit: int, most: int) -> int:
    """How many candidates of `most` are taken for so many neighbours."""
    return min(most, max(share[0] * limit, share[1]))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time adds to the files."""
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _matrix(items: Sequence[Item], dimensions: int) -> Floats:
    return np.array([item.vector for item in items], np.float32).reshape(len(items), dimensions)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)
