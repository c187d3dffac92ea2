"""Vectors that are remembered: never made twice, bounded, and done without where the file cannot be used."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from graph.search.remembered import Remembered


class Made:
    """Makes vectors and says of which texts."""

    def __init__(self) -> None:
        self.of: list[str] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.of += texts
        return np.array([[len(text), ord(text[0])] for text in texts], np.float32).reshape(len(texts), 2)


def test_a_text_is_embedded_once(tmp_path: Path) -> None:
    made = Made()
    first = Remembered(tmp_path / "cache" / "v.sqlite")
    assert first.vectors("m", ["aa", "b", "aa"], made).tolist() == [[2, 97], [1, 98], [2, 97]]
    first.close()
    again = Remembered(tmp_path / "cache" / "v.sqlite")
    assert again.vectors("m", ["b", "ccc", "aa"], made).tolist() == [[1, 98], [3, 99], [2, 97]]
    again.close()
    assert made.of == ["aa", "b", "ccc"]
    assert first.vectors("m", [], made).shape == (0, 2)


def test_another_model_remembers_nothing_of_this_one(tmp_path: Path) -> None:
    made, kept = Made(), Remembered(tmp_path / "v.sqlite")
    for model in ("m", "n", "m"):
        kept.vectors(model, ["a"], made)
    assert made.of == ["a", "a"]
    kept.close()


def test_what_was_unused_for_longest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Made()
    kept = Remembered(tmp_path / "v.sqlite", limit=400_000)
    days = iter(range(1, 1000))
    monkeypatch.setattr("graph.search.remembered.time.time", lambda: next(days) * 86_400.0)
    for start in range(0, 20_000, 1000):
        kept.vectors("m", [f"{at}" for at in range(start, start + 1000)], made)
        kept.vectors("m", [f"{at}" for at in range(100)], made)
    held = made.of.copy()
    kept.vectors("m", [f"{at}" for at in range(100)], made)
    assert made.of == held, "what is used stays"
    kept.vectors("m", ["1500"], made)
    assert made.of[-1] == "1500", "what is not used goes"
    kept.close()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2_000_000


@pytest.mark.parametrize("harm", ["cut", "noise", "other"])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, harm: str, caplog: pytest.LogCaptureFixture) -> None:
    file, made = tmp_path / "v.sqlite", Made()
    kept = Remembered(file)
    kept.vectors("m", [f"{at}" for at in range(3000)], made)
    kept.close()
    if harm == "cut":
        os.truncate(file, file.stat().st_size // 2)
    elif harm == "noise":
        file.write_bytes(b"no database at all" * 400)
    else:
        data = bytearray(file.read_bytes())
        data[4096:60_000] = b"\xff" * (60_000 - 4096)
        file.write_bytes(data)
    with caplog.at_level(logging.WARNING):
        after = Remembered(file)
        made.of.clear()
        assert after.vectors("m", ["5", "2999"], made).tolist() == [[1, 53], [4, 50]]
        after.vectors("m", ["x"], made)
        after.close()
        again = Remembered(file)
        made.of.clear()
        assert again.vectors("m", ["x", "2999"], made).tolist() == [[1, 120], [4, 50]]
        again.close()
    assert "begun anew" in caplog.text or "x" not in made.of


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("not a folder")
    made, kept = Made(), Remembered(tmp_path / "file" / "v.sqlite")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert kept.vectors("m", ["a"], made).tolist() == [[1, 97]]
    assert made.of == ["a", "a"]
    assert len(caplog.records) == 1
    assert "PARKBOND_CACHE" in caplog.text


@pytest.mark.parametrize("reason", ["database or disk is full", "attempt to write a readonly database"])
def test_a_file_that_cannot_be_written_is_done_without(
    tmp_path: Path, reason: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made, kept = Made(), Remembered(tmp_path / "v.sqlite")

    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError(reason)

    monkeypatch.setattr(kept, "_trim", refuse)
    with caplog.at_level(logging.WARNING):
        assert kept.vectors("m", ["a"], made).tolist() == [[1, 97]]
        assert kept.vectors("m", ["a"], made).tolist() == [[1, 97]]
    assert reason in caplog.text
    assert len(caplog.records) == 1
