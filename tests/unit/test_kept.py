"""What is kept of a graph is given again until the graph changes, and a broken file costs only time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api import kept as module
from api.kept import kept


class Marked:
    """A store of which only the mark is asked."""

    def __init__(self, mark: str) -> None:
        self._mark = mark

    def mark(self) -> str:
        return self._mark


class Making:
    """Counts how often something is made."""

    def __init__(self, value: Any = 1) -> None:
        self.times, self.value = 0, value

    def __call__(self) -> dict[str, Any]:
        self.times += 1
        return {"value": self.value}


def give(mark: str, folder: Path, make: Making, *what: object) -> dict[str, Any]:
    return kept(Marked(mark), folder, what, make)  # type: ignore[arg-type]


def test_the_same_question_of_the_same_graph_is_computed_once(tmp_path: Path) -> None:
    make = Making("东园")
    assert (
        give("a-1", tmp_path / "new", make, "rank") == give("a-1", tmp_path / "new", make, "rank") == {"value": "东园"}
    )
    assert make.times == 1


@pytest.mark.parametrize(("mark", "what"), [("a-2", "rank"), ("b-1", "rank"), ("a-1", "park")])
def test_another_graph_another_state_or_another_question_is_computed_anew(mark: str, what: str, tmp_path: Path) -> None:
    give("a-1", tmp_path, Making(), "rank")
    make = Making(2)
    assert give(mark, tmp_path, make, what) == {"value": 2}
    assert make.times == 1


def test_a_graph_that_nobody_wrote_to_is_not_kept(tmp_path: Path) -> None:
    give("", tmp_path, Making(), "rank")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("broken", ["", "{", "[1]", '{"value": '])
def test_a_broken_file_is_made_again(broken: str, tmp_path: Path) -> None:
    give("a-1", tmp_path, Making(), "rank")
    (file,) = tmp_path.iterdir()
    file.write_text(broken, encoding="utf-8")
    assert give("a-1", tmp_path, Making(3), "rank") == {"value": 3}
    assert give("a-1", tmp_path, Making(4), "rank") == {"value": 3}


def test_a_place_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert give("a-1", tmp_path / "file" / "folder", Making(5), "rank") == {"value": 5}


def test_only_the_last_ones_are_kept_and_none_that_is_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    for number in range(6):
        give("a-1", tmp_path, Making(number), number)
    assert len(list(tmp_path.iterdir())) == 3
    monkeypatch.setattr(module, "LARGE", 10)
    give("a-1", tmp_path, Making("x" * 50), "large")
    assert len(list(tmp_path.iterdir())) == 3


def test_a_changed_program_computes_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give("a-1", tmp_path, Making(), "rank")
    monkeypatch.setattr(module, "_program", lambda: "another")
    assert give("a-1", tmp_path, Making(9), "rank") == {"value": 9}
