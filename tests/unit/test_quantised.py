"""The index of very many vectors: the same neighbours as all floats give, little memory, and files that break."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from graph.errors import SettingError
from graph.search import bits, quantised
from graph.search.quantised import Damaged, Index, Item, make


def vectors(count: int, dimensions: int = 384, seed: int = 1) -> np.ndarray:
    """Unit vectors in a narrow cone with groups, as those of texts are."""
    world, dice = np.random.default_rng(0), np.random.default_rng(seed)
    centre, groups, ways = (world.normal(size=(many, dimensions)) for many in (1, 200, 24))
    made = 3 * centre + groups[dice.integers(0, 200, count)] + 0.3 * dice.normal(size=(count, 24)) @ ways
    made += 0.05 * dice.normal(size=made.shape)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def items(rows: np.ndarray, start: int = 0, written: int = 1) -> Iterator[Item]:
    return (Item(f"passage-{at:06}", row.tolist(), written) for at, row in enumerate(rows, start))


def exact(rows: np.ndarray, query: np.ndarray, limit: int) -> list[str]:
    return [f"passage-{at:06}" for at in np.argsort(-(rows @ query), kind="stable")[:limit]]


@pytest.mark.parametrize("dimensions", [16, 64, 100, 384, 768])
def test_neighbours_are_those_of_all_floats(tmp_path: Path, dimensions: int) -> None:
    rows = vectors(20_000, dimensions)
    make(tmp_path / "index", items(rows), len(rows), dimensions, 7)
    index = Index(tmp_path / "index")
    recall = []
    for query in vectors(60, dimensions, seed=2):
        found = index.nearest(query, 10)
        recall.append(len({near.id for near in found} & set(exact(rows, query, 10))) / 10)
        scores = [near.score for near in found]
        assert scores == sorted(scores, reverse=True)
        best = int(found[0].id[-6:])
        assert found[0].score == pytest.approx((1 + float(rows[best] @ query)) / 2, abs=1e-5)
    assert np.mean(recall) >= (0.9 if dimensions == 16 else 0.99)
    assert (len(index), index.state.revision) == (20_000, 7)


def test_the_memory_in_use_is_a_small_part_of_that_of_the_floats(tmp_path: Path) -> None:
    rows = vectors(20_000)
    make(tmp_path / "index", items(rows), len(rows), 384, 1)
    assert Index(tmp_path / "index").resident < 0.06 * rows.nbytes


def test_few_vectors_and_none(tmp_path: Path) -> None:
    rows = vectors(3)
    make(tmp_path / "three", items(rows), 3, 384, 1)
    index = Index(tmp_path / "three")
    assert [near.id for near in index.nearest(rows[1], 10)] == exact(rows, rows[1], 3)
    assert index.nearest(rows[1], 0) == []
    make(tmp_path / "none", iter(()), 0, 384, 1)
    empty = Index(tmp_path / "none")
    assert empty.nearest(rows[0], 5) == []
    with pytest.raises(Damaged, match="longer"):
        empty.extend([Item("passage-" + "x" * 99, rows[0].tolist(), 2)], 2)


def test_vectors_that_come_later_are_found_here_and_by_who_opens_it_later(tmp_path: Path) -> None:
    rows = vectors(5000)
    make(tmp_path / "index", items(rows[:4000]), 4000, 384, 1)
    index, other = Index(tmp_path / "index"), Index(tmp_path / "index")

    index.extend(items(rows[4000:], 4000, 2), 2)
    other.extend(items(rows[4000:], 4000, 2), 2)  # another process saw the same

    for one in (index, other, Index(tmp_path / "index")):
        assert (len(one), one.state.revision) == (5000, 2)
        near = one.nearest(rows[4711], 1)[0]
        assert (near.id, near.written) == ("passage-004711", 2)


def test_what_was_written_and_not_counted_is_not_there(tmp_path: Path) -> None:
    rows = vectors(1000)
    make(tmp_path / "index", items(rows[:900]), 900, 384, 1)
    for name in ("floats", "codes", "ids", "written"):  # a process was killed while it added
        with (tmp_path / "index" / name).open("ab") as file:
            file.write(b"half of something")
    index = Index(tmp_path / "index")
    assert len(index) == 900
    index.extend(items(rows[900:], 900, 2), 2)
    assert [near.id for near in Index(tmp_path / "index").nearest(rows[950], 3)] == exact(rows, rows[950], 3)


@pytest.mark.parametrize("name", ["floats", "codes", "ids", "written", "frame.npz", "state.json"])
@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_files_that_are_damaged_are_known_to_be(tmp_path: Path, name: str, harm: str) -> None:
    make(tmp_path / "index", items(vectors(100)), 100, 384, 1)
    file = tmp_path / "index" / name
    if harm == "cut":
        os.truncate(file, file.stat().st_size // 2)
    else:
        file.unlink()
    with pytest.raises(Damaged):
        Index(tmp_path / "index")


def test_no_room_is_one_sentence_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantised.shutil, "disk_usage", lambda folder: SimpleNamespace(free=1_000_000))
    with pytest.raises(SettingError, match=r"1,000,000 vectors needs 1,648 MB and 1 MB are free.*PARKBOND_CACHE"):
        make(tmp_path / "cache" / "index", iter(()), 1_000_000, 384, 1)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_disk_that_fills_leaves_the_old_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = vectors(200)
    make(tmp_path / "index", items(rows[:100]), 100, 384, 1)

    def full() -> Iterator[Item]:
        yield from items(rows[:50])
        raise OSError(28, "No space left on device")

    with pytest.raises(SettingError, match=r"No space left on device.*PARKBOND_CACHE"):
        make(tmp_path / "index", full(), 200, 384, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
    assert len(Index(tmp_path / "index")) == 100


def test_the_smallest_distances_by_hand() -> None:
    distances = np.array([5, 1, 3, 3, 9, 3, 0], np.uint16)
    for wanted, places in ((1, [6]), (2, [1, 6]), (3, [1, 2, 6]), (4, [1, 2, 3, 6]), (7, [0, 1, 2, 3, 4, 5, 6])):
        out = np.zeros(wanted, np.int64)
        assert bits.nearest(distances, wanted, np.zeros(10, np.int64), out) == wanted
        assert out.tolist() == places


def test_differing_bits_are_counted() -> None:
    dice = np.random.default_rng(3)
    codes = dice.integers(0, 2**63, (500, 3), np.int64).view(np.uint64)
    out = np.zeros(500, np.uint16)
    bits.differing(codes, codes[7], out)
    assert out.tolist() == np.bitwise_count(codes ^ codes[7]).sum(axis=1).tolist()
