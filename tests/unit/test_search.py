"""Pure parts of search: words, names in a text, fusion of ranks."""

from __future__ import annotations

import doctest

import pytest

from graph.model import Kind
from graph.search import names, words
from graph.search.names import Named, occurrences
from graph.search.search import SMOOTHING, WEIGHT, Why, fuse
from graph.search.words import runs, shared


@pytest.mark.parametrize("module", [words, names])
def test_examples_in_docstrings(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("新竹 tsmc", "TSMC 在新竹", ("新竹", "tsmc")),
        ("武汉生物园区", "园区在武汉", ("武汉", "园区")),
        ("abc", "abcd", ()),
        ("芯", "芯片", ("芯",)),
        ("芯片", "芯在片", ()),
        ("", "芯片", ()),
        ("A/B", "a b", ("a", "b")),
    ],
)
def test_shared_words(query: str, text: str, expected: tuple[str, ...]) -> None:
    assert shared(query, text) == expected


def test_signs_are_no_runs() -> None:
    assert runs("？*(~^😀") == []
    assert runs("C++ 与 𠮷野家") == ["C", "与", "𠮷野家"]


def named(key: str, kind: Kind, *of: str, documents: int = 1) -> Named:
    return Named(key, kind, of[0], of, documents)


def test_the_longest_name_is_meant() -> None:
    known = [
        named("a", Kind.ENTERPRISE, "澜川"),
        named("b", Kind.ENTERPRISE, "澜川半导体"),
        named("c", Kind.INDUSTRY, "半导体"),
    ]
    assert [(one.start, one.end, one.entity.id) for one in occurrences("澜川半导体与澜川", known)] == [
        (0, 5, "b"),
        (6, 8, "a"),
    ]


def test_of_equal_names_the_kind_then_the_better_known_decides() -> None:
    known = [
        named("place", Kind.PLACE, "光谷"),
        named("park", Kind.PARK, "光谷"),
        named("other", Kind.PARK, "光谷", documents=5),
    ]
    assert [one.entity.id for one in occurrences("光谷", known)] == ["other"]


def test_a_latin_name_is_a_whole_word() -> None:
    known = [named("a", Kind.ENTERPRISE, "ABB"), named("b", Kind.ENTERPRISE, "Arm")]
    assert [one.entity.id for one in occurrences("who works with abb, farms or ARM?", known)] == ["a", "b"]
    assert occurrences("farms ABBA", known) == []
    assert [one.entity.id for one in occurrences("ABB公司", known)] == ["a"]


def test_fusion_by_hand() -> None:
    ways = {
        "words": {"p": Why("words", 1), "q": Why("words", 2)},
        "meaning": {"q": Why("meaning", 1)},
        "name": {},
    }
    best = (WEIGHT["words"] + WEIGHT["meaning"]) / (SMOOTHING + 1)
    scores = fuse(ways)
    assert list(scores) == ["q", "p"]
    assert scores["p"] == pytest.approx(WEIGHT["words"] / (SMOOTHING + 1) / best)
    assert scores["q"] == pytest.approx(
        (WEIGHT["words"] / (SMOOTHING + 2) + WEIGHT["meaning"] / (SMOOTHING + 1)) / best
    )
    assert fuse({"words": {"p": Why("words", 1)}, "meaning": {"p": Why("meaning", 1)}}) == {"p": 1.0}
    assert fuse({"words": {}, "name": {}}) == {}


def test_equal_scores_are_in_the_order_of_ids() -> None:
    assert list(fuse({"words": {"b": Why("words", 1), "a": Why("words", 1)}})) == ["a", "b"]
