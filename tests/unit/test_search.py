"""Pure parts of search: words and other words, names in a text, rating, fusion, filters."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from graph.errors import InputError
from graph.model import Kind
from graph.search import expand, filters, fuse, names, words
from graph.search.corpus import Corpus, read
from graph.search.expand import BROADER, NARROWER, SAME, Concept, wording
from graph.search.filters import Filters, _dated, checked
from graph.search.fuse import GROUNDS, Grounds, parts, shares, weights
from graph.search.marks import marks
from graph.search.names import Named, occurrences
from graph.search.rate import DEVIATIONS, Asked, Candidate, asked, rated, unit
from graph.search.words import runs, shared, stem, terms


@pytest.mark.parametrize("module", [words, names, expand, fuse, filters])
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


# ---- words and other words -------------------------------------------------------------------------------------------

TABLE = wording(
    [
        Concept("低空经济", ("低空经济", "low-altitude economy"), "航空"),
        Concept("无人机", ("无人机", "drones", "UAV"), "低空经济"),
        Concept("航空", ("航空", "aviation")),
        Concept("park x", ("东澜科技园", "Donglan Park"), proper=True),
    ]
)


def test_small_words_and_endings_do_not_count() -> None:
    assert terms("哪些公司在做电池") == ("公司", "做电", "电池")
    assert terms("the companies that signed") == ("company", "sign")
    assert terms("的") == ()


@pytest.mark.parametrize(("one", "other"), [("battery", "batteries"), ("signs", "signing"), ("makers", "maker")])
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_a_field_leads_to_its_names_in_both_languages_and_to_what_is_near() -> None:
    (meant,) = TABLE.meant("谁做低空经济")
    assert (meant.surface, meant.start, meant.end, meant.names) == ("低空经济", 2, 6, False)
    assert meant.variants["低空经济"] == 1
    assert meant.variants["low altitud economy"] == SAME
    assert meant.variants["无人机"] == NARROWER
    assert meant.variants["航空"] == BROADER
    assert TABLE.text("low altitud economy") == "low-altitude economy"


def test_a_surface_in_english_is_found_in_any_form_but_as_whole_words() -> None:
    assert [one.surface for one in TABLE.meant("which firms fly a Drone?")] == ["Drone"]
    assert TABLE.meant("UAVX") == ()
    assert TABLE.meant("donglan park")[0].names


def test_a_variant_counts_what_it_is_worth() -> None:
    field = unit("低空经济", TABLE.near["低空经济"], 1.0)
    assert field.found(read("低空经济企业")) == (1.0, "低空经济")
    assert field.found(read("Makers of drones")) == (NARROWER, "dron")
    assert field.found(read("dronexyz")) == (0.0, "")


def test_marks_stand_where_the_words_stand() -> None:
    query = asked("无人机 合作", TABLE, Corpus(10))
    text = "两家 UAVs 企业合作，drones 起飞"
    assert [text[a:b] for a, b in marks(query, text)] == ["合作", "drones"]
    assert marks(query, "没有") == ()


# ---- rating and fusion -----------------------------------------------------------------------------------------------


def test_a_document_is_rated_by_hand() -> None:
    query = Asked(
        {"电池": 1.0, "合资": 3.0}, (unit("电池", {"电池": 1.0, "cell": 0.8}, 1.0), unit("合资", {"合资": 1.0}, 3.0))
    )
    passages = [Candidate("a", "电池工厂", near=2.5), Candidate("b", "合资企业"), Candidate("c", "天气", near=1.5)]
    known = rated(query, "cells", passages, 0, 1.0)
    around = (2.5 + 1.5 + 1.0) / 3 / DEVIATIONS
    assert known.grounds == Grounds(words=0.75, meant=0.75, document=1.0, title=0.2, meaning=0.5, around=around)
    assert known.best.id == "b"
    assert known.found == {"合资": "合资"}


def test_parts_add_up_and_unused_grounds_do_not_count() -> None:
    weight = {"words": 1.0, "meaning": 3.0}
    whole = frozenset(weight)
    assert parts(Grounds(words=1, meaning=0.5), shares(weight, whole)) == {"meaning": 0.375, "words": 0.25}
    assert parts(Grounds(words=1), shares(weight, frozenset(("words",)))) == {"words": 1.0}
    assert parts(Grounds(), shares(weight, whole)) == {}
    assert set(weights()) == set(GROUNDS)


def test_rare_words_count_more_and_names_as_their_rarest_part() -> None:
    like = Corpus(100, {"电池": 50, "固态": 2})
    assert like.rarity("固态") > like.rarity("电池") > 0
    assert like.rarity_of(["固态电池"]) == like.rarity("none")  # 态电 stands nowhere
    assert like.rarity_of(["固态", "电池"]) == like.rarity("电池")
    assert Corpus().rarity("x") > 0


def test_a_query_is_moved_to_where_the_other_language_lies() -> None:
    chinese = np.tile(np.array([1, 0, 0], np.float32), (10, 1))
    english = np.tile(np.array([0, 1, 0], np.float32), (10, 1))
    like = Corpus(20, {}, {True: chinese, False: english})
    moved = like.turned(np.array([1, 0, 0], np.float32), True)
    assert moved is not None
    assert moved == pytest.approx([0, 1, 0])
    assert Corpus(10, {}, {True: chinese}).turned(chinese[0], True) is None
    assert like.level(chinese[0], True) == (1.0, 0.01)


# ---- filters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (Filters(since="2024-13"), "from"),
        (Filters(until="24"), "to"),
        (Filters(since="2025", until="2024-06"), "after"),
        (Filters(lang="fr"), "zh-Hant"),
        (Filters(kind="marriage"), "SUPPLIES"),
        (Filters(park="a\x00"), "NUL"),
        (Filters(source="\ud800"), "half"),
    ],
)
def test_filters_that_nothing_can_meet_are_refused(given: Filters, what: str) -> None:
    with pytest.raises(InputError, match=what):
        checked(given)


def test_kinds_are_known_in_english_too() -> None:
    assert checked(Filters(kind="Joint venture")).kind == "合资"
    assert checked(Filters(kind="supplies")).kind == "SUPPLIES"
    assert not Filters()
    assert Filters(lang="en")


@pytest.mark.parametrize(
    ("published", "since", "until", "met"),
    [
        ("2024-05-06", "2024-05-06", "2024-05-06", True),
        ("2024-05-06", "2024-06", "", False),
        ("2024-05-06", "", "2024-04", False),
        ("2024-05", "2024-05-20", "", True),
        ("2024", "2024-03", "2024-04", True),
        ("", "2024", "", False),
        ("", "", "", True),
    ],
)
def test_dates_count_in_as_far_as_they_are_known(published: str, since: str, until: str, met: bool) -> None:
    assert _dated(published, Filters(since=since, until=until)) is met
