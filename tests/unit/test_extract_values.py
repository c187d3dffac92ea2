"""Dates, amounts and ranks as numbers."""

from __future__ import annotations

import pytest
from extraction import read

from graph.model import Relation
from ingest.extract.amount import amounts
from ingest.extract.date import dates, stated
from ingest.extract.ranking import title, value


@pytest.mark.parametrize(
    ("text", "value", "currency", "approximate"),
    [
        ("投资3.5亿元", 350_000_000, "CNY", False),
        ("投资3万元欧元", 30_000, "EUR", False),
        ("投资3541.07万元2.3建设内容", 35_410_700, "CNY", False),
        ("金额100000万美元", 1_000_000_000, "USD", False),
        ("投资二百余万元", 2_000_000, "CNY", True),
        ("总投资1,100万元", 11_000_000, "CNY", False),
        ("产值目标一万五千亿元", 1_500_000_000_000, "CNY", False),
        ("投资新台币3.5亿元", 350_000_000, "TWD", False),
        ("融资近亿元人民币", 100_000_000, "CNY", True),
        ("worth US$3.5 billion", 3_500_000_000, "USD", False),
        ("about 20 million yuan", 20_000_000, "CNY", True),
        ("两千万元", 20_000_000, "CNY", False),
    ],
)
def test_amounts(text: str, value: float, currency: str, approximate: bool) -> None:
    (found,) = amounts(text)
    assert (found.value, found.currency, found.approximate) == (value, currency, approximate)


@pytest.mark.parametrize("text", ["上涨3.2%", "占地300亩", "员工1200人", "2024年", "第3期", ""])
def test_no_amounts(text: str) -> None:
    assert amounts(text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("于2024年3月15日签署", ["2024-03-15"]),
        ("2023年12月", ["2023-12"]),
        ("2024年", ["2024"]),
        ("2024年第1季度", ["2024-Q1"]),
        ("二〇二一年五月", ["2021-05"]),
        ("2024-03-15", ["2024-03-15"]),
        ("民国113年3月15日", ["2024-03-15"]),
        ("on Nov. 9, 2020 and 3 May 2021", ["2020-11-09", "2021-05-03"]),
        ("in 2019", ["2019"]),
        ("2024年13月", []),
        ("2024年2月30日", []),
        ("113年", []),
        ("113家", []),
    ],
)
def test_dates(text: str, wanted: list[str]) -> None:
    assert [one.text for one in dates(text)] == wanted


def test_dates_of_the_republic_and_without_a_year() -> None:
    assert [one.text for one in dates("于113年第1季签约,一一二年十二月", taiwan=True)] == ["2024-Q1", "2023-12"]
    assert dates("113家厂商", taiwan=True) == []
    assert [one.text for one in dates("3月5日签约", "2022-07-11")] == ["2022-03-05"]
    assert dates("3月5日签约") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2019年至2021年", [("2019", False), ("2021", True)]),
        ("有效期至2025年12月31日", [("2025-12-31", True)]),
        ("于2023年6月30日终止", [("2023-06-30", True)]),
        ("2024年3月签署,2024年5月投产", [("2024-03", False), ("2024-05", False)]),
        ("from 2019 to 2021", []),
        ("signed in 2019, expires on 3 May 2021", [("2019", False), ("2021-05-03", True)]),
    ],
)
def test_ends(text: str, wanted: list[tuple[str, bool]]) -> None:
    assert [(one.text, one.until) for one in stated(text)] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"), [("十", 10), ("二十一", 21), ("一百", 100), ("7", 7), ("三", 3), ("一百零五", 105)]
)
def test_ranks_in_words(text: str, wanted: int) -> None:
    assert value(text) == wanted


def test_titles_of_lists() -> None:
    assert title("2024 产业园区‘未来力’指数") == title("2024产业园区“未来力”指数") == "2024产业园区“未来力”指数"


def ranks(text: str) -> list[tuple[str, int, str]]:
    return [
        (one.parties[0][1].text, int(one.values["rank"]), one.qualifier)
        for one in read(text).claims
        if one.relation is Relation.RANKED
    ]


def test_lists_of_other_words() -> None:
    text = (
        "2023中国园区“创新力”指数发布。在参评的210家园区中，综合得分前两名分别是青峤产业园、云岭科技园。"
        "东澜科技园、岚泽产业园、启岚科技园分列第三至五位。北屏产业园位列第十二。"
        "云岭科技园、东澜科技园分别凭借在氢能、低空经济领域的表现，均获单项第一。"
        "在合成生物赛道上，北屏产业园位居单项第三。某赛道上，北屏产业园位居单项第四。"
    )
    assert ranks(text) == [
        ("青峤产业园", 1, ""),
        ("云岭科技园", 2, ""),
        ("东澜科技园", 3, ""),
        ("岚泽产业园", 4, ""),
        ("启岚科技园", 5, ""),
        ("北屏产业园", 12, ""),
        ("云岭科技园", 1, "氢能"),
        ("东澜科技园", 1, "低空经济"),
        ("北屏产业园", 3, "合成生物"),
    ]
    claims = [one for one in read(text).claims if one.relation is Relation.RANKED]
    assert {one.parties[1][1].text for one in claims} == {"2023中国园区“创新力”指数"}
    assert {(one.values["edition"], one.values["sample"], one.values["status"]) for one in claims} == {
        ("2023", 210, "stated")
    }


@pytest.mark.parametrize(
    "text",
    [
        "综合得分前两名分别是青峤产业园、云岭科技园。",  # no list is named
        "2023中国园区“创新力”指数发布，青峤产业园、云岭科技园参评。",
        "2023中国园区“创新力”指数发布，前三名是青峤产业园、云岭科技园。",  # two names for three places
    ],
)
def test_no_ranks(text: str) -> None:
    assert ranks(text) == []
