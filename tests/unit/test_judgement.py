"""Which names are one entity: judgements that stand, groups, ids."""

from __future__ import annotations

import random

import pytest

from graph.judgement import Judgement, Likeness, Verdict, clusters, entity_of, pair, standing
from graph.model import Card, Kind


def word(a: str, b: str, verdict: str, at: str) -> Judgement:
    return Judgement(*pair(a, b), Verdict(verdict), "li", at)


def groups(members: str, pulls: dict[str, float], apart: str = "") -> list[str]:
    """`ab` is the pair of a and b; `apart` lists pairs that must not be one."""
    forbidden = {frozenset(both) for both in apart.split()}
    edges = {pair(*both): strength for both, strength in pulls.items()}
    found = clusters(members, edges, lambda a, b, level: frozenset((a, b)) in forbidden)
    return ["".join(sorted(group)) for group in found]


def test_the_latest_word_on_a_pair_stands() -> None:
    said = [word("b", "a", "same", "2024-01"), word("a", "b", "different", "2024-03"), word("a", "c", "same", "2023")]
    random.Random(1).shuffle(said)
    assert {both: one.verdict for both, one in standing(said).items()} == {
        ("a", "b"): Verdict.DIFFERENT,
        ("a", "c"): Verdict.SAME,
    }


@pytest.mark.parametrize(
    ("pulls", "apart", "expected"),
    [
        ({}, "", ["a", "b", "c", "d"]),
        ({"ab": 0.95, "bc": 0.93}, "", ["abc", "d"]),
        ({"ab": 0.93, "bc": 0.93}, "ac", ["a", "b", "c", "d"]),  # a short name that two pull joins neither
        ({"ab": 0.97, "bc": 0.93}, "ac", ["ab", "c", "d"]),  # the stronger pull comes first
        ({"ab": 0.93, "bc": 0.93, "cd": 0.93}, "ac", ["a", "b", "cd"]),  # what lies off the path is not touched
        ({"ab": 0.93, "bc": 0.93, "bd": 0.93}, "ac", ["a", "bd", "c"]),
        ({"ab": 0.93, "bc": 0.93, "cd": 0.93}, "ad", ["a", "b", "c", "d"]),
        ({"ab": 0.93, "ac": 0.93, "bd": 0.93, "cd": 0.93}, "ad", ["a", "b", "c", "d"]),
        ({"ab": 0.99, "cd": 0.99, "bc": 0.93}, "ad", ["ab", "cd"]),
        ({"ab": 0.93}, "ab", ["a", "b", "c", "d"]),
    ],
)
def test_groups(pulls: dict[str, float], apart: str, expected: list[str]) -> None:
    assert groups("abcd", pulls, apart) == expected
    turned = dict(reversed(pulls.items()))
    assert groups("dcba", turned, apart) == expected


def test_the_id_is_that_of_the_longest_key() -> None:
    keys = {"x": "澜川", "y": "澜川半导体", "z": "澜川半导材"}
    cards = {name: Card(name, Kind.ENTERPRISE, text, text) for name, text in keys.items()}
    assert entity_of({"x", "y", "z"}, cards, {}) == "y"
    assert entity_of({"x"}, cards, {}) == "x"


def test_a_name_with_a_code_is_called_by_the_name_alone_where_there_is_no_other() -> None:
    plain = Card("p", Kind.ENTERPRISE, "宏澜科技", "宏澜科技")
    coded = Card("c", Kind.ENTERPRISE, "宏澜科技", "宏澜科技", base="p")
    assert entity_of({"c"}, {"c": coded}, {"p": 1}) == "p"
    assert entity_of({"c", "p"}, {"c": coded, "p": plain}, {"p": 1}) == "p"
    assert entity_of({"c"}, {"c": coded}, {"p": 2}) == "c"
    assert entity_of({"c"}, {"c": coded, "p": plain}, {"p": 1}) == "c"


def test_a_score_is_the_sum_of_its_parts_within_its_range() -> None:
    assert Likeness("a", "b", {"name": 0.8, "place": 0.06}).score == 0.86
    assert Likeness("a", "b", {"code": 1.0, "place": 0.06}).score == 1.0
    assert Likeness("a", "b").score == 0.0
