"""Questions whose answers are measured, and the hard variants, on every engine, over facts written down here."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from facts import say, tell

from api.answers import spoken
from graph.chain import Chain, Step
from graph.curated import Curated
from graph.index.track import Track
from graph.industry import Class
from graph.model import Kind
from graph.query.answer import answer
from graph.query.evidence import evidence
from graph.query.known import StoreNames, vocabulary
from graph.query.parse import parse
from graph.store.base import Store
from ingest.script import fold

CURATED = vocabulary(
    [
        (Kind.TRACK, "合成生物业", ("synthetic biology",)),
        (Kind.INDUSTRY, "光电业", ("photonics",)),
        (Kind.INDUSTRY, "半导体业", ("semiconductors",)),
        (Kind.PARK, "东澜科技园", ("Donglan Park", "东澜")),
        (Kind.PARK, "西汀园", ("Xiting Park",)),
    ]
)
CODES = {"半导体业": "C3973", "光电业": "C3976"}
TABLES = Curated(
    classify=lambda name: Class(name, CODES[name]),
    chains=(Chain("opto", (Step("chip", "半导体业"), Step("light", "光电业")), (("chip", "light"),)),),
    tracks=(Track("opto", "光电业"),),
)
CONSORTIUM = ("丙公司", "丁公司", "戊公司", "己公司", "庚公司")

FACTS = [
    tell(
        "seats",
        *(say("LOCATED_IN", f"{name}公司", "东澜科技园") for name in "甲乙丙丁戊己庚"),
        *(say("LOCATED_IN", f"{name}公司", "西汀园") for name in "辛壬癸"),
        say("OPERATES_IN", "甲公司", "半导体业"),
        say("OPERATES_IN", "乙公司", "光电业"),
        say("OPERATES_IN", "辛公司", "半导体业"),
        say("OPERATES_IN", "壬公司", "光电业"),
    ),
    tell("pair", say("COLLABORATES", "甲公司", "乙公司", status="signed", date="2021-03")),
    tell("five", say("COLLABORATES", *CONSORTIUM, status="signed", date="2023-05")),
    tell("more", say("COLLABORATES", "乙公司", "丙公司", status="signed", date="2023-06")),
    tell("school", say("COLLABORATES", "丙公司", "东澜大学", status="signed", date="2022")),
    tell("no", say("COLLABORATES", "甲公司", "辛公司", status="denied", date="2024-01")),
    tell("area", say("OVERLAPS", "东澜科技园", "北汀园")),
    tell("list", say("RANKED", "东澜科技园", "未来力榜", qualifier="合成生物业", rank=2, edition="2024", sample=931)),
]


@pytest.fixture
def full(store: Store) -> Store:
    store.add(FACTS)
    return store


def ask(store: Store, question: str) -> dict[str, Any]:
    query = parse(question, StoreNames(store, CURATED, spoken), lambda text: fold(text).text)
    said = answer(store, query, TABLES).json()
    for key in said["evidence"]:
        assert evidence(store, key)["id"] == key, "every id of evidence opens"
    return said


@pytest.mark.parametrize(
    "question", ["哪些园区把半导体业和光电业连在一起？", "Which parks link semiconductors and photonics?"]
)
def test_a_link_has_what_was_expected_and_who_merely_holds_both(full: Store, question: str) -> None:
    said = ask(full, question)
    (row,) = said["rows"]
    assert (row["park"], row["observed"]) == ("东澜科技园", 1)
    assert row["expected"] == 0, "one pair, and the other park has no tie to learn a rate from"
    assert row["ratio"] is None
    (other,) = said["coverage"]["both_present_no_tie"]
    assert (other["park"], other["firms_a"], other["firms_b"], other["pairs"]) == ("西汀园", 1, 1, 1)
    assert other["expected"] == pytest.approx(12 / 21), "seven firms: a-b, b-c and ten of the five together"
    assert "both fields present, no tie observed: 西汀园" in said["note"]


def test_parks_that_were_seen_too_little_are_listed_with_their_counts(full: Store) -> None:
    said = ask(full, "按化学聚集给园区排名")
    assert said["answered"]
    assert said["coverage"]["ranked"] == 0
    row = next(row for row in said["rows"] if row["park"] == "东澜科技园")
    assert (row["rank"], row["verdict"], row["eb"], row["firms"], row["observed"]) == (None, "证据不足", None, 7, 12)
    assert "n 7 < 15" in row["reason"]
    assert "SLR compares parks with each other" in said["note"]


@pytest.mark.parametrize(
    "question", ["东澜科技园的化学聚集如何？", "東瀾科技園的化學聚集如何？", "What is the chemistry of Donglan Park?"]
)
def test_the_chemistry_of_a_park_that_was_seen_too_little_is_insufficient(full: Store, question: str) -> None:
    said = ask(full, question)
    assert (said["answered"], said["reason"]) == (False, "insufficient")
    assert "证据不足" in said["note"]
    assert said["rows"][0]["slr"] is None


def test_a_stage_has_every_condition(full: Store) -> None:
    said = ask(full, "东澜科技园处于哪个阶段？")
    (row,) = said["rows"]
    assert (row["stage"], row["firms"], row["firms_with_industry"]) == ("证据不足", 7, 2)
    assert {one["stage"] for one in row["conditions"]} == {"1.0", "2.0", "3.0"}
    assert all({"value", "lo", "hi", "n", "threshold", "state"} <= set(one) for one in row["conditions"])
    assert "3.0 产城融合 evidence" in row["failing"]


def test_a_hexagon_keeps_what_was_said_from_what_was_measured(full: Store) -> None:
    said = ask(full, "Is Donglan Park near a hexagon?")
    (row,) = said["rows"]
    assert row["layer"] == "measured here"
    assert [(axis["name"], axis["status"], axis["firms"]) for axis in row["axes"]] == [("光电业", "project", 2)]
    assert "not observed in 8 documents" in said["note"]


def test_the_wiring_is_told_with_and_without_consortia(full: Store) -> None:
    said = ask(full, "Is clustering in Donglan Park more than degrees explain?")
    told = {(row["name"], row["ties_counted"]): row for row in said["rows"]}
    whole = told["transitivity", "all ties"]
    assert (whole["firms"], whole["ties"], whole["seed"]) == (7, 12, 0)
    # ten triangles; triples: b 1, c (5 partners) 10, d e f g 6 each
    assert whole["value"] == pytest.approx(3 * 10 / (1 + 10 + 4 * 6))
    assert whole["swaps"] > 0
    assert told["transitivity", "without consortia"]["ties"] == 2
    assert "1 event of 3 and more firms" in said["note"]


def test_whether_place_matters_is_told_of_all_parks(full: Store) -> None:
    said = ask(full, "Does co-location matter at all?")
    whole, bare = said["rows"][:2]
    assert (whole["name"], bare["name"]) == ("all parks", "without hubs")
    assert (whole["observed"], whole["permutations"]) == (12, 1000)
    # Lots are drawn within divisions: 甲 乙 辛 壬 of C39, six of none, five of these in one park. Of the ten ties
    # of the consortium 5·4/(6·5) fall into it; 甲-乙 falls into either park with 2·1/(4·3), 乙-丙 with 1/2 · 5/6 and
    # 1/2 · 1/6.
    assert whole["expected"] == pytest.approx(10 * 20 / 30 + 2 / 6 + 1 / 2)
    assert whole["lo"] < whole["r0"] < whole["hi"]


def test_parks_stand_side_by_side(full: Store) -> None:
    said = ask(full, "Compare Donglan Park and Xiting Park")
    assert [(row["park"], row["measures"]["firms"]["value"]) for row in said["rows"]] == [
        ("东澜科技园", 7),
        ("西汀园", 3),
    ]
    assert "cannot be told apart (intervals overlap)" in said["note"]
    assert "density" not in said["rows"][0]["measures"]


def test_the_service_chain_has_both_ratios_and_what_like_parks_have(full: Store) -> None:
    said = ask(full, "东澜科技园忽视了横向服务链吗？")
    (row,) = said["rows"]
    assert {"slr_vertical", "slr_horizontal", "service_coverage", "balance", "compared_with", "holes"} <= set(row)
    assert row["compared_with"] == ["西汀园"]
    assert len(row["holes"]) == 3


@pytest.mark.parametrize(
    "question", ["东澜科技园的半导体业产业链缺什么？", "下一步该邀请谁？", "Which firms here should meet?"]
)
def test_other_gaps_are_not_built(full: Store, question: str) -> None:
    said = ask(full, question)
    assert (said["query"]["intent"], said["reason"]) == ("gap", "not_built")


def test_a_path_is_the_shortest_over_what_is_evidenced(full: Store) -> None:
    said = ask(full, "甲公司和东澜大学是怎么联系起来的？")
    (row, *_) = said["rows"]
    assert row["name"] == "甲公司 – 乙公司 – 丙公司 – 东澜大学"
    assert [step["since"] for step in row["steps"]] == ["2021-03", "2023-06", "2022"]
    assert all(step["evidence"] for step in row["steps"])


def test_a_denied_deal_makes_no_path(full: Store) -> None:
    said = ask(full, "How are 甲公司 and 辛公司 connected?")
    assert (said["answered"], said["rows"]) == (True, [])
    assert "not observed in 8 documents" in said["note"]


def test_a_trend_counts_by_year(full: Store) -> None:
    rows = ask(full, "东澜科技园的合作历年变化")["rows"]
    assert [(row["year"], row["ties"]) for row in rows] == [(2021, 1), (2022, 1), (2023, 2)]
    since = ask(full, "2022年以来东澜科技园的合作有什么变化？")["rows"]
    assert [(row["year"], row["ties_so_far"]) for row in since] == [(2022, 1), (2023, 3)]


def test_ranks_of_two_small_parks_are_not_sure(full: Store) -> None:
    said = ask(full, "How sure is the rank of Xiting Park?")
    assert (said["answered"], said["reason"]) == (False, "insufficient")
    assert "3 firms known" in said["note"]


def test_a_consortium_ties_all_its_parties(full: Store) -> None:
    rows = ask(full, "丁公司和谁合作？")["rows"]
    assert {row["name"] for row in rows} == {*CONSORTIUM} - {"丁公司"}
    assert len(list(combinations(CONSORTIUM, 2))) == 10


def test_an_alias_says_what_overlaps(full: Store) -> None:
    assert "东澜 read as 东澜科技园, which overlaps 北汀园" in ask(full, "介绍一下东澜")["note"]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("2025年东澜科技园的排名", "outside_edition"),
        ("东澜科技园在光电业赛道排第几？", "outside_edition"),
        ("东岚科技园的化学聚集如何？", "unknown_name"),
        ("比较东澜科技园和南汀园", "unknown_name"),
        ("甲公司和卯公司是怎么联系起来的？", "unknown_name"),
        ("东澜科技园化学聚集最便宜吗", "not_understood"),
    ],
)
def test_what_is_refused(full: Store, question: str, reason: str) -> None:
    said = ask(full, question)
    assert (said["answered"], said["reason"], said["rows"]) == (False, reason, [])


def test_a_link_beyond_what_was_expected_has_an_exact_interval(full: Store) -> None:
    full.add([tell("west", say("COLLABORATES", "壬公司", "癸公司", status="signed"))])
    row = ask(full, "哪些园区把半导体业和光电业连在一起？")["rows"][0]
    assert row["expected"] == pytest.approx(1 / 3), "one of three pairs of the other park"
    assert row["ratio"] == pytest.approx(3)
    assert (row["lo"], row["hi"]) == (pytest.approx(3 * 0.0253, rel=0.01), pytest.approx(3 * 5.5716, rel=0.001))
