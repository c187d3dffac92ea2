"""Signs of 产城融合 and 首台套, by hand: what says that it is there, and what only sounds like it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ingest import lexicon
from ingest.extract.sign import FIRST, INTEGRATION, behind, signs
from ingest.script import fold


def topics(text: str) -> list[str]:
    return [sign.topic for sign in signs(fold(text).text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("园区内已建成人才公寓、邻里中心和幼儿园。", [INTEGRATION] * 3),
        ("園區建成人才公寓兩棟。", [INTEGRATION]),
        ("该公司的离心机入选首台(套)重大技术装备目录。", [FIRST]),
        ("该公司的离心机入选首台（套）重大技术装备目录。", [FIRST]),
        ("The park offers talent apartments to researchers.", [INTEGRATION]),
        ("It built a first-of-its-kind reactor.", [FIRST]),
        ("园区拟建人才公寓。", []),
        ("园区没有人才公寓。", []),
        ("园区缺乏生活配套。", []),
        ("蓝湾产城运营有限公司运营四个园。", []),
        ("首台风机下线。", []),
        ("", []),
    ],
)
def test_signs(text: str, found: list[str]) -> None:
    assert topics(text) == found


def test_what_one_sentence_denies_says_nothing_of_the_next() -> None:
    assert topics("北区没有学校。南区建成人才公寓。") == [INTEGRATION]


def test_a_sign_knows_where_it_stands() -> None:
    text = "园区建成人才公寓。"
    (sign,) = signs(text)
    assert text[sign.start : sign.end] == "人才公寓"
    assert sign.about == "housing"


def test_passages_stand_behind_the_parks_they_name() -> None:
    rows = [
        ("p2", "建成商业综合体。", ["东园", "西园"]),
        ("p1", "入选首台套。", ["东园"]),
        ("p3", "建成人才公寓。", []),
    ]
    assert behind(rows) == {"东园": ("p2",), "西园": ("p2",)}
    assert behind(rows, FIRST) == {"东园": ("p1",)}


def test_every_word_has_a_topic_and_a_source_and_stands_once() -> None:
    with (Path(lexicon.__file__).parent / "signs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["word"] for row in rows}) == len(rows)
    assert {row["topic"] for row in rows} == {INTEGRATION, FIRST}
    assert all(row["source"] and row["about"] for row in rows)
