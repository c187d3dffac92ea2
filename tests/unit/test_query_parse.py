"""The grammar of questions, over a handful of names: no store, no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from api.answers import spoken
from graph.errors import InputError
from graph.model import Kind
from graph.query.parse import parse
from graph.query.query import Query
from graph.query.spoken import Word
from graph.search.names import Named
from ingest.script import fold

NAMES = [
    Named("p1", Kind.PARK, "武汉光谷生物城", ("武汉光谷生物城", "光谷生物城", "Biolake")),
    Named("p2", Kind.PARK, "中关村科技园区海淀园", ("中关村科技园区海淀园", "海淀园")),
    Named("p3", Kind.PARK, "东澜科技园", ("东澜科技园", "园区")),  # 园区: an alias that documents use
    Named("p4", Kind.PARK, "北京经济技术开发区", ("北京经济技术开发区", "亦庄")),
    Named("e1", Kind.ENTERPRISE, "澜川半导体有限公司", ("澜川半导体有限公司", "澜川半导体", "澜川", "公司")),
    Named("e2", Kind.ENTERPRISE, "启岚光电有限公司", ("启岚光电有限公司", "启岚光电", "Qilan Photonics")),
    Named("e3", Kind.ENTERPRISE, "和元生物股份有限公司", ("和元生物股份有限公司", "和元生物")),
    Named("u1", Kind.INSTITUTION, "清华大学", ("清华大学", "Tsinghua University")),
    Named("", Kind.TRACK, "合成生物", ("合成生物", "synthetic biology")),
    Named("i1", Kind.INDUSTRY, "合成生物", ("合成生物", "合成生物学")),
    Named("i2", Kind.INDUSTRY, "动力电池", ("动力电池", "电池", "batteries")),
    Named("i3", Kind.INDUSTRY, "汽车", ("汽车", "车企", "carmakers")),
    Named("i4", Kind.INDUSTRY, "半导体", ("半导体", "semiconductors", "semiconductor")),
    Named("l1", Kind.PLACE, "武汉市", ("武汉市", "武汉", "Wuhan")),
]


class Handful:
    """Proposes all its names."""

    def named(self, question: str, pieces: Sequence[str]) -> list[Named]:
        return NAMES

    def words(self, question: str) -> list[Word]:
        return spoken(question)


def ask(question: str) -> Query:
    return parse(question, Handful(), lambda text: fold(text).text)


def said(question: str) -> dict[str, Any]:
    """What is not empty in the query, without the target and the aspect."""
    return {key: value for key, value in ask(question).json().items() if value and key not in ("target", "aspect")}


QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("哪些园区把动力电池和汽车连在一起？", {"intent": "link", "industries": ["动力电池", "汽车"]}),
    ("哪些園區把動力電池和汽車連在一起？", {"intent": "link", "industries": ["动力电池", "汽车"]}),
    ("which parks link batteries and carmakers", {"intent": "link", "industries": ["动力电池", "汽车"]}),
    ("哪些园区连接合成生物和电池", {"intent": "link", "tracks": ["合成生物"], "industries": ["动力电池"]}),
    ("Which parks link robotics and fisheries?", {"intent": "link", "industries": ["robotics", "fisheries"]}),
    ("按化学聚集给园区排名", {"intent": "rank"}),
    ("Rank parks by chemistry.", {"intent": "rank"}),
    ("How sure is the rank?", {"intent": "rank"}),
    (
        "2024年光谷生物城在合成生物赛道排第几？",
        {
            "intent": "profile",
            "parks": ["武汉光谷生物城"],
            "tracks": ["合成生物"],
            "window": {"from": "2024-01-01", "to": "2024-12-31"},
        },
    ),
    (
        "Where did Biolake stand on synthetic biology in 2024?",
        {
            "intent": "profile",
            "parks": ["武汉光谷生物城"],
            "tracks": ["合成生物"],
            "window": {"from": "2024-01-01", "to": "2024-12-31"},
        },
    ),
    (
        "2025年未来力指数前十的园区",
        {"intent": "rank", "window": {"from": "2025-01-01", "to": "2025-12-31"}, "limit": 10},
    ),
    ("Is 海淀园 near a hexagon?", {"intent": "profile", "parks": ["中关村科技园区海淀园"]}),
    ("介绍一下亦庄", {"intent": "profile", "parks": ["北京经济技术开发区"]}),
    ("亦莊", {"intent": "profile", "parks": ["北京经济技术开发区"]}),
    ("东澜科技园有哪些企业？", {"intent": "list", "parks": ["东澜科技园"]}),
    ("东澜科技园的企业", {"intent": "list", "parks": ["东澜科技园"]}),
    ("which firms are in Biolake", {"intent": "list", "parks": ["武汉光谷生物城"]}),
    (
        "東瀾科技園有多少家半導體企業？",
        {"intent": "count", "parks": ["东澜科技园"], "industries": ["半导体"]},
    ),
    ("How many firms are in Biolake?", {"intent": "count", "parks": ["武汉光谷生物城"]}),
    ("东澜科技园的半导体企业有几家", {"intent": "count", "parks": ["东澜科技园"], "industries": ["半导体"]}),
    (
        "How many semiconductor companies are in Biolake?",
        {"intent": "count", "parks": ["武汉光谷生物城"], "industries": ["半导体"]},
    ),
    ("谁向澜川半导体供货？", {"intent": "list", "enterprises": ["澜川半导体有限公司"], "kinds": ["SUPPLIES"]}),
    ("亦庄和海淀园比", {"intent": "compare", "parks": ["北京经济技术开发区", "中关村科技园区海淀园"]}),
    ("亦庄比海淀园怎么样", {"intent": "compare", "parks": ["北京经济技术开发区", "中关村科技园区海淀园"]}),
    ("哪个园区企业最多", {"intent": "rank"}),
    (
        "澜川半导体在亦庄吗",
        {"intent": "evidence", "enterprises": ["澜川半导体有限公司"], "parks": ["北京经济技术开发区"]},
    ),
    ("谁是第一名", {"intent": "rank"}),
    ("武汉有哪些园区", {"intent": "list", "places": ["武汉市"]}),
    ("澜川半导体和谁合作？", {"intent": "list", "enterprises": ["澜川半导体有限公司"]}),
    ("Who works with Qilan Photonics?", {"intent": "list", "enterprises": ["启岚光电有限公司"]}),
    ("和元生物和谁合作", {"intent": "list", "enterprises": ["和元生物股份有限公司"]}),
    ("谁与澜川半导体没有合作？", {"intent": "list", "enterprises": ["澜川半导体有限公司"], "negative": True}),
    (
        "清华大学2023年以来与哪些企业合作研发？",
        {
            "intent": "list",
            "institutions": ["清华大学"],
            "kinds": ["合作研发"],
            "window": {"from": "2023-01-01", "to": None},
        },
    ),
    (
        "澜川半导体与启岚光电有合作吗",
        {"intent": "evidence", "enterprises": ["澜川半导体有限公司", "启岚光电有限公司"]},
    ),
    ("哪些园区没有高校合作？", {"intent": "list", "negative": True}),
    ("which parks have no university tie", {"intent": "list", "negative": True}),
    ("澜川半导体有没有合作伙伴", {"intent": "list", "enterprises": ["澜川半导体有限公司"]}),
    ("What is missing in our batteries chain?", {"intent": "gap", "industries": ["动力电池"]}),
    ("Whom to invite next?", {"intent": "gap"}),
    ("Which firms here should meet?", {"intent": "gap"}),
    ("Does co-location matter at all?", {"intent": "connectivity"}),
    (
        "2027年的合作有哪些？",
        {"intent": "list", "window": {"from": "2027-01-01", "to": "2027-12-31"}},
    ),
]


@pytest.mark.parametrize(("question", "expected"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
def test_questions(question: str, expected: dict[str, Any]) -> None:
    assert said(question) == expected


UNKNOWN = [
    ("澜川光电和谁合作？", "enterprises", "澜川光电"),  # holds the known 澜川
    ("启岚半导体在哪个园区？", "enterprises", "启岚半导体"),  # holds the known field 半导体
    ("东岚科技园有哪些企业？", "parks", "东岚科技园"),
    ("澜川汽车和谁合作？", "enterprises", "澜川汽车"),  # a known firm's name touching a known field
    ("Who works with Acme Robotics?", "enterprises", "Acme Robotics"),
]


@pytest.mark.parametrize(("question", "slot", "name"), UNKNOWN)
def test_a_name_that_nobody_knows_stands_as_written(question: str, slot: str, name: str) -> None:
    query = ask(question)
    assert query.json()[slot] == [name]
    assert [one.known for one in query.slots] == [False]


def test_words_for_classes_fill_no_slot() -> None:
    query = ask("园区的公司和高校有哪些合作")
    assert query.slots == ()


def test_what_is_not_understood_is_listed() -> None:
    query = ask("哪些园区最便宜")
    assert query.not_understood == ("便宜",)


def test_every_slot_is_there() -> None:
    query = ask("亦庄").json()
    assert set(query) == {
        "intent",
        "parks",
        "enterprises",
        "institutions",
        "industries",
        "tracks",
        "places",
        "kinds",
        "window",
        "negative",
        "limit",
        "target",
        "aspect",
        "not_understood",
    }
    assert query["enterprises"] == []
    assert query["window"] is None


@pytest.mark.parametrize("question", ["", "  \n", "a\x00b", "\ud800", "问" * 1001])
def test_what_is_no_question_is_refused(question: str) -> None:
    with pytest.raises(InputError):
        ask(question)


@pytest.mark.parametrize("question", ["？？？", "😀", "(((", "的", "the", "1", "\u200b问"])
def test_odd_questions_are_understood_as_nothing(question: str) -> None:
    query = ask(question)
    assert query.intent in (None, "profile")
    assert query.of("parks") == ()
