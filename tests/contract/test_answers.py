"""Questions and profiles on every engine, over a few facts written down here."""

from __future__ import annotations

from typing import Any

import pytest
from facts import STORY, entity, say, tell

from api.answers import spoken
from graph.curated import Curated
from graph.errors import NotFound
from graph.model import Kind
from graph.query.answer import answer
from graph.query.evidence import evidence
from graph.query.known import StoreNames, vocabulary
from graph.query.parse import parse
from graph.query.profile import enterprise, park
from graph.query.standing import published
from graph.store.base import Store
from ingest.script import fold

CURATED = vocabulary(
    [
        (Kind.TRACK, "合成生物业", ("synthetic biology",)),
        (Kind.INDUSTRY, "渔业", ("fisheries",)),
        (Kind.INDUSTRY, "芯片业", ("chips",)),
        (Kind.PLACE, "南澜省", ("南澜",)),
        (Kind.INDUSTRY, "光电业", ("photonics",)),
        (Kind.PARK, "东澜科技园", ("Donglan Science Park",)),
    ],
    {(Kind.INDUSTRY, "半导体业"): "芯片业", (Kind.PLACE, "东澜市"): "南澜省"},
)

FACTS = [
    tell(
        "d1",
        say("LOCATED_IN", "澜川半导体公司=澜川", "东澜科技园"),
        say("LOCATED_IN", "启岚光电公司", "东澜科技园"),
        say("OPERATES_IN", "澜川半导体公司", "半导体业"),
        say("OPERATES_IN", "启岚光电公司", "光电业"),
        title="入驻",
    ),
    tell(
        "d2",
        say("COLLABORATES", "澜川半导体公司", "启岚光电公司", status="signed", date="2024-05-06"),
        say("COLLABORATES", "澜川半导体公司", "东澜大学", kinds=("合作研发",), date="2023-01"),
        say("COLLABORATES", "澜川半导体公司", "禾禹公司", status="denied", date="2024-01-01"),
        say("COLLABORATES", "澜川半导体公司", "砺川公司", status="announced", date="2024-02-01"),
        title="签约",
    ),
    tell(  # both fields in the park, and a plan only: no link
        "d3",
        say("LOCATED_IN", "芯隅公司", "西汀园"),
        say("LOCATED_IN", "泊澜公司", "西汀园"),
        say("OPERATES_IN", "芯隅公司", "半导体业"),
        say("OPERATES_IN", "泊澜公司", "光电业"),
        say("COLLABORATES", "芯隅公司", "泊澜公司", status="announced"),
        say("LOCATED_IN", "西汀园", "东澜市"),
    ),
    tell("d4", say("LOCATED_IN", "东澜科技园", "东澜市"), say("PART_OF", "东澜北园", "东澜科技园")),
    tell(
        "d5",
        say("RANKED", "东澜科技园", "未来力榜", rank=7, edition="2024", sample=931),
        say("RANKED", "东澜科技园", "未来力榜", qualifier="合成生物业", rank=2, edition="2024", sample=931),
        say("RANKED", "西汀园", "未来力榜", rank=1, edition="2024", sample=931),
    ),
]


@pytest.fixture
def full(store: Store) -> Store:
    store.add(FACTS)
    return store


def ask(store: Store, question: str) -> dict[str, Any]:
    query = parse(question, StoreNames(store, CURATED, spoken), lambda text: fold(text).text)
    said = answer(store, query, Curated()).json()
    for key in said["evidence"]:
        assert evidence(store, key)["id"] == key, "every id of evidence opens"
    return said


def names(said: dict[str, Any]) -> list[str]:
    return [row.get("park") or row["name"] for row in said["rows"]]


@pytest.mark.parametrize(
    "question",
    [
        "哪些园区把半导体业和光电业连在一起？",
        "哪些園區把光電業和半導體業連在一起？",
        "Which parks link 半导体业 and photonics?",
    ],
)
def test_a_link_is_a_tie_inside_a_park(full: Store, question: str) -> None:
    said = ask(full, question)

    assert said["answered"]
    assert [row["park"] for row in said["rows"]] == ["东澜科技园"], "西汀园 holds both fields, but only plans"
    (pair,) = said["rows"][0]["pairs"]
    fields = {party["name"]: party["field"] for party in pair["parties"]}
    assert fields == {"澜川半导体公司": "半导体业", "启岚光电公司": "光电业"}
    assert pair["kinds"] == ["战略合作"]
    assert pair["status"] == "signed"
    assert pair["since"] == "2024-05-06"
    (quote,) = pair["evidence"]
    assert quote["document"] == "d2"
    assert quote["url"].startswith("https://example.org/")
    assert len(quote["quote"]) <= 60
    assert quote["sentence"].startswith("2024-05-06澜川半导体公司")
    assert quote["sentence"][quote["mark_start"] : quote["mark_end"]].startswith(quote["quote"].rstrip("…"))
    assert FACTS[1].document.text[quote["start"] : quote["end"]].startswith(quote["quote"].rstrip("…"))
    assert said["coverage"]["documents"] == 5
    assert (said["coverage"]["firms_a"], said["coverage"]["firms_b"]) == (2, 2)
    assert said["cypher"].startswith("UNWIND $a")
    assert set(said["parameters"]) == {"a", "b", "counted"}


def test_not_observed_is_an_answer_with_coverage(full: Store) -> None:
    said = ask(full, "Which parks link 半导体业 and fisheries?")
    assert said["answered"]
    assert said["rows"] == []
    assert "not observed in 5 documents" in said["note"]
    assert said["coverage"]["documents"] == 5


def test_a_link_outside_the_window_is_not_observed(full: Store) -> None:
    assert ask(full, "2025年哪些园区把半导体业和光电业连在一起？")["rows"] == []
    assert len(ask(full, "2024年以来哪些园区把半导体业和光电业连在一起？")["rows"]) == 1


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("澜川和谁合作？", ["东澜大学", "启岚光电公司"]),
        ("Who works with 澜川?", ["东澜大学", "启岚光电公司"]),
        ("澜川2024年以来与哪些企业合作？", ["启岚光电公司"]),
        ("澜川和哪些高校合作研发", ["东澜大学"]),
        ("澜川在哪个园区？", ["东澜科技园"]),
        ("东澜科技园有哪些企业？", ["启岚光电公司", "澜川半导体公司"]),
        ("which firms are in Donglan Science Park", ["启岚光电公司", "澜川半导体公司"]),
        ("东澜科技园有哪些光电业企业？", ["启岚光电公司"]),
        ("东澜市有哪些园区？", ["东澜科技园", "西汀园"]),
        ("哪些园区有光电业企业？", ["东澜科技园", "西汀园"]),
        ("哪些园区与东澜大学合作？", ["东澜科技园"]),
        ("东澜科技园有哪些产业？", ["光电业", "半导体业"]),
        ("有哪些园区？", ["东澜北园", "东澜科技园", "西汀园"]),
    ],
)
def test_lists(full: Store, question: str, expected: list[str]) -> None:
    said = ask(full, question)
    assert said["answered"], said["note"]
    assert sorted(names(said)) == sorted(expected)


def test_plans_and_denials_are_told_apart_from_ties(full: Store) -> None:
    assert ask(full, "澜川和谁合作？")["note"] == "announced only: 砺川公司; denied: 禾禹公司"
    said = ask(full, "澜川与禾禹公司有合作吗？")
    assert [row["status"] for row in said["rows"]] == ["denied"]
    assert "not observed" in said["note"]


def test_a_count_names_what_it_counted(full: Store) -> None:
    assert ask(full, "东澜科技园有多少家企业？")["rows"] == [
        {"count": 2, "of": "enterprises", "names": ["启岚光电公司", "澜川半导体公司"]}
    ]


def test_a_negative_question_is_answered_not_observed(full: Store) -> None:
    said = ask(full, "哪些园区没有高校合作？")
    assert said["answered"]
    assert names(said) == ["东澜北园", "西汀园"]
    assert said["note"] == "not observed in 5 documents; this does not say that there is none"
    said = ask(full, "谁与澜川没有合作？")
    assert (said["answered"], said["rows"]) == (True, [])
    assert "not observed" in said["note"]


def test_nothing_in_the_window_is_not_observed(full: Store) -> None:
    said = ask(full, "2027年的合作有哪些？")
    assert (said["answered"], said["rows"]) == (True, [])
    assert said["note"] == "not observed in 5 documents"
    assert len(ask(full, "2024年的合作有哪些？")["rows"]) == 1


@pytest.mark.parametrize(
    ("question", "like"),
    [
        ("澜川光电和谁合作？", {"澜川半导体公司", "启岚光电公司"}),
        ("东岚科技园有哪些企业？", {"东澜科技园"}),
    ],
)
def test_an_unknown_name_is_refused_with_names_like_it(full: Store, question: str, like: set[str]) -> None:
    said = ask(full, question)
    assert (said["answered"], said["reason"], said["rows"]) == (False, "unknown_name", [])
    assert like <= set(said["suggestions"])


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("2025年未来力指数前十的园区", "outside_edition"),
        ("东澜科技园在渔业赛道排第几？", "outside_edition"),
        ("东澜科技园缺什么？", "not_built"),
        ("哪些园区最便宜？", "not_understood"),
        ("？？", "not_understood"),
        ("澜川和哪些光电业企业合作？", "not_built"),  # a filter is never left out
        ("东澜市的园区排名", "not_built"),
        ("东澜市哪些园区把半导体业和光电业连在一起？", "not_built"),
        ("2024年东澜科技园有哪些企业？", "not_built"),
        ("东澜科技园哪些企业与西汀园的企业合作？", "not_built"),
    ],
)
def test_refusals(full: Store, question: str, reason: str) -> None:
    said = ask(full, question)
    assert (said["answered"], said["reason"], said["rows"]) == (False, reason, [])
    assert said["note"]


def test_published_places_are_told_with_what_is_not_stated(full: Store) -> None:
    said = ask(full, "2024年东澜科技园在合成生物业赛道排第几？")
    assert [(row["track"], row["rank"], row["edition"]) for row in said["rows"]] == [
        ("", 7, "2024"),
        ("合成生物业", 2, "2024"),
    ]
    assert said["note"] == "who stands first on 合成生物业 is not stated in the documents"
    assert [row["park"] for row in ask(full, "2024年公布的榜单前三")["rows"]] == ["西汀园"]


def test_published_rows_have_what_the_command_prints(full: Store) -> None:
    rows = published(full)
    assert [(row["track"], row["rank"], row["park"]) for row in rows] == [
        ("", 1, "西汀园"),
        ("", 7, "东澜科技园"),
        ("合成生物业", 2, "东澜科技园"),
    ]
    assert {"edition", "park", "rank", "track", "sample", "status", "document", "start", "end"} <= set(rows[0])
    assert rows[0]["sample"] == 931


def test_a_ranking_is_the_index_made_here(full: Store) -> None:
    said = ask(full, "按化学聚集给园区排名")
    assert said["answered"]
    assert said["coverage"]["ranked"] + said["coverage"]["unranked"] == 3


def test_the_profile_of_a_park(full: Store) -> None:
    found = park(full, "东澜科技园")
    assert found["id"] == entity("东澜科技园")
    assert [row["name"] for row in found["place"]] == ["东澜市"]
    assert [row["name"] for row in found["parts"]] == ["东澜北园"]
    assert sorted(row["name"] for row in found["firms"]) == ["启岚光电公司", "澜川半导体公司"]
    assert {row["name"]: row["firms"] for row in found["industries"]} == {"光电业": 1, "半导体业": 1}
    assert [row["rank"] for row in found["standings"]] == [7, 2]
    assert [len(found["collaborations"][key]) for key in ("inside", "outside")] == [1, 1]
    assert found["evidence"]
    assert park(full, entity("东澜科技园")) == found


def test_the_profile_of_an_enterprise_by_alias(full: Store) -> None:
    found = enterprise(full, "澜川")
    assert found["name"] == "澜川半导体公司"
    assert [row["name"] for row in found["parks"]] == ["东澜科技园"]
    assert [row["name"] for row in found["industries"]] == ["半导体业"]
    assert sorted(deal["status"] for deal in found["collaborations"]) == ["active", "signed"]
    assert sorted(deal["status"] for deal in found["other_collaborations"]) == ["announced", "denied"]


@pytest.mark.parametrize("name", ["东岚科技园", "park-00000000000000000000", "\x00", "999999999999999999999999", "((("])
def test_no_such_park(full: Store, name: str) -> None:
    with pytest.raises(NotFound):
        park(full, name)


def test_a_near_name_is_suggested(full: Store) -> None:
    with pytest.raises(NotFound, match="did you mean 东澜科技园"):
        park(full, "东岚科技园")


def test_evidence_leads_to_the_words(full: Store) -> None:
    with pytest.raises(NotFound):
        evidence(full, "evidence-0")
    key = ask(full, "澜川在哪个园区？")["evidence"][0]
    found = evidence(full, key)
    text = FACTS[0].document.text
    assert text[found["start"] : found["end"]].startswith(found["quote"].rstrip("…"))
    assert text[found["passage"]["start"] : found["passage"]["end"]] == found["passage"]["text"]
    assert {party["role"] for party in found["parties"]} == {"head", "tail"}


def test_a_firm_is_known_without_its_legal_form(store: Store) -> None:
    store.add([tell("d1", say("COLLABORATES", "澜川半导体股份有限公司", "禾禹生物有限公司"))])
    said = ask(store, "澜川半导体和谁合作？")
    assert said["query"]["enterprises"] == ["澜川半导体股份有限公司"]
    assert names(said) == ["禾禹生物有限公司"]
    assert enterprise(store, "禾禹生物")["name"] == "禾禹生物有限公司"
    assert ask(store, "澜川和谁合作？")["reason"] == "unknown_name"


def test_partners_of_a_park_are_those_of_its_own_agreements(store: Store) -> None:
    store.add(
        [
            tell(
                "d1",
                say("COLLABORATES", "东澜科技园", "青峤产业园"),
                say("LOCATED_IN", "澜川公司", "东澜科技园"),
                say("COLLABORATES", "澜川公司", "禾禹公司"),
            )
        ]
    )
    assert names(ask(store, "东澜科技园和谁合作？")) == ["青峤产业园"]


def test_a_field_includes_narrower_ones_and_says_which(full: Store) -> None:
    said = ask(full, "东澜科技园有哪些芯片业企业？")
    assert names(said) == ["澜川半导体公司"]
    assert said["note"] == "芯片业 includes 半导体业"
    said = ask(full, "Which parks link chips and photonics?")
    assert [row["park"] for row in said["rows"]] == ["东澜科技园"]
    assert said["coverage"]["firms_a"] == 2


def test_what_is_not_known_of_fields_is_said(store: Store) -> None:
    firms = [say("LOCATED_IN", f"{name}公司", "东澜科技园") for name in ("甲电", "乙电", "丙电")]
    store.add([tell("d1", *firms, say("OPERATES_IN", "甲电公司", "光电业"))])
    said = ask(store, "东澜科技园有哪些渔业企业？")
    assert said["rows"] == []
    assert "3 firms are known there, the field of 1 is known: cannot say more; no firm is known in 渔业" in said["note"]
    assert ask(store, "东澜科技园有哪些光电业企业？")["note"] == "3 firms are known there, the field of 1 is known"
    said = ask(store, "Which parks link photonics and fisheries?")
    assert "no firm is known in 渔业; the field of 1 of the 3 known firms is known" in said["note"]


@pytest.mark.parametrize(
    ("question", "expected", "note"),
    [
        ("澜川和哪些科研机构合作？", ["东澜大学"], ""),
        ("Which research institutes does 澜川 work with?", ["东澜大学"], ""),
        ("澜川和科研机构有合作吗", ["东澜大学"], ""),
        ("澜川和哪些公司合作？", ["启岚光电公司"], "announced only: 砺川公司; denied: 禾禹公司"),
        ("澜川和哪些政府部门合作？", [], "澜川半导体公司: not observed in 5 documents"),
        ("哪些企業與大學有合作", ["澜川半导体公司"], ""),
        ("哪些大学与企业有合作", ["东澜大学"], ""),
        ("东澜科技园哪些企业与高校合作", ["澜川半导体公司"], ""),
        ("哪些园区和高校有合作", ["东澜科技园"], ""),
        ("东澜科技园里哪些大学与企业合作", ["东澜大学"], ""),  # the firm sits there
        ("南澜有哪些园区？", ["东澜科技园", "西汀园"], "南澜省 includes 东澜市"),
        (
            "南澜有哪些光电业企业？",
            ["启岚光电公司", "泊澜公司"],
            "南澜省 includes 东澜市, 东澜科技园, 西汀园",
        ),
        ("澜川在哪里？", ["东澜科技园"], ""),
        ("东澜科技园有没有光电业企业？", ["启岚光电公司"], ""),
    ],
)
def test_words_for_classes_and_places_are_filters(full: Store, question: str, expected: list[str], note: str) -> None:
    said = ask(full, question)
    assert (said["answered"], sorted(names(said)), said["note"]) == (True, sorted(expected), note)


def test_a_tie_that_ended_is_told_apart(store: Store) -> None:
    store.add(
        [
            tell(
                "d1",
                say("COLLABORATES", "澜川公司", "启岚公司", status="ended", date="2022-01-01"),
                say("COLLABORATES", "澜川公司", "禾禹公司", status="signed", date="2021-01-01"),
            )
        ]
    )
    said = ask(store, "澜川公司和谁合作？")
    assert [(row["name"], row["status"]) for row in said["rows"]] == [("禾禹公司", "signed"), ("启岚公司", "ended")]
    assert said["note"] == "ended: 启岚公司"
    assert ask(store, "澜川公司与启岚公司有合作吗？")["note"] == "documents say of it: ended"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("谁向澜川公司供货？", ["启岚公司"]),
        ("Who supplies 澜川公司?", ["启岚公司"]),
        ("澜川公司的供应商有哪些", ["启岚公司"]),
        ("澜川公司向谁供货？", ["禾禹公司"]),
        ("Who does 澜川公司 supply?", ["禾禹公司"]),
        ("谁投资了澜川公司？", []),
        ("澜川公司的投资方有哪些？", []),
    ],
)
def test_supplies_have_a_direction(store: Store, question: str, expected: list[str]) -> None:
    store.add([tell("d1", say("SUPPLIES", "启岚公司", "澜川公司"), say("SUPPLIES", "澜川公司", "禾禹公司"))])
    said = ask(store, question)
    assert (said["answered"], names(said)) == (True, expected)


@pytest.mark.parametrize("question", ["哪个园区企业最多？", "Which park has the most firms?"])
def test_the_park_with_most_firms(full: Store, question: str) -> None:
    said = ask(full, question)
    assert (said["query"]["intent"], said["answered"]) == ("rank", True)
    assert [(row["name"], row["enterprises"]) for row in said["rows"]] == [("东澜科技园", 2), ("西汀园", 2)]
    assert ask(full, "哪个园区合作最多？")["reason"] == "not_built"


def test_whether_a_firm_sits_in_a_park(full: Store) -> None:
    said = ask(full, "澜川在东澜科技园吗")
    assert (said["query"]["intent"], said["note"]) == ("evidence", "澜川半导体公司 in 东澜科技园: active")
    assert said["evidence"]
    assert ask(full, "澜川是东澜科技园的企业吗")["rows"] == said["rows"]
    said = ask(full, "Is 澜川 in 西汀园?")
    assert said["rows"] == []
    assert said["note"] == "澜川半导体公司 in 西汀园: not observed in 5 documents; seen in 东澜科技园"


def test_a_rank_tells_the_published_place_too(full: Store) -> None:
    said = ask(full, "东澜科技园排名第几？")
    assert said["note"] == "published: 7 of 931 (2024), 2 on 合成生物业 (2024)"
    assert len(said["evidence"]) == 2
    said = ask(full, "2024未来力指数第一名是哪个园区？")
    assert (said["query"]["intent"], said["query"]["limit"], names(said)) == ("rank", None, ["西汀园"])
    assert names(ask(full, "2024未来力指数第七名是哪个园区？")) == ["东澜科技园"]
    assert "not observed" in ask(full, "2024未来力指数第二名是哪个园区？")["note"]


def test_a_profile_holds_all_and_no_sentence_twice(full: Store) -> None:
    said = ask(full, "介绍一下东澜科技园")
    (row,) = said["rows"]
    assert said["note"] == "known: 2 firms, 0 institutions, 2 fields, 2 collaborations"
    assert {key: row[key] for key in row if key != "evidence"} == {
        key: value for key, value in park(full, "东澜科技园").items() if key != "evidence"
    }
    deals = [*row["collaborations"]["inside"], *row["collaborations"]["outside"]]
    told = [piece["sentence"] for deal in deals for piece in deal["evidence"]]
    told += [piece["sentence"] for piece in row["evidence"]]
    assert len(told) == len(set(told))


def test_a_comparison_names_both_parks(full: Store) -> None:
    said = ask(full, "东澜科技园和西汀园比")
    assert (said["query"]["intent"], said["reason"]) == ("compare", None)
    assert [row["park"] for row in said["rows"]] == ["东澜科技园", "西汀园"]
    assert said["query"]["parks"] == ["东澜科技园", "西汀园"]


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("华星测试和谁合作？", "苏州华星测试技术有限公司"),
        ("Who works with Huahong?", "Huahong Group 公司"),
        ("天孚光通信和谁合作？", None),  # two hold it
        ("华星光电和谁合作？", None),
        ("Who works with Huaho?", None),
    ],
)
def test_a_short_name_that_only_one_holds_is_taken(store: Store, question: str, meant: str | None) -> None:
    firms = ("苏州华星测试技术有限公司", "Huahong Group 公司", "苏州天孚光通信有限公司", "江西天孚光通信有限公司")
    store.add([tell("d1", *(say("COLLABORATES", firm, "禾禹公司") for firm in firms))])
    said = ask(store, question)
    assert said["answered"] is bool(meant)
    if meant:
        assert said["note"].endswith(f" taken as {meant}")
        assert said["query"]["enterprises"] == [meant]
    else:
        assert said["reason"] == "unknown_name"


def test_parks_are_suggested_where_a_site_is_asked_for(full: Store) -> None:
    assert ask(full, "东澜科技圆区有哪些企业？")["suggestions"][0] == "东澜科技园"


def test_reports_of_a_tie_are_counted_and_reprints_once(store: Store) -> None:
    said = say("COLLABORATES", "澜川半导体公司", "启岚光电公司", status="signed", date="2024-05-06")
    papers = [tell(f"d{at}", said, text=f"{STORY}{paper}") for at, paper in enumerate(("晨报", "晚报"))]
    store.add([*papers, tell("d2", said, say("LOCATED_IN", "澜川半导体公司", "东澜科技园"), title="入驻")])
    told = ask(store, "澜川半导体公司和启岚光电公司的合作有几篇报道？")
    assert (told["query"]["intent"], told["query"]["target"]) == ("count", "documents")
    [row] = told["rows"]
    assert (row["count"], row["of"], row["names"]) == (2, "documents", ["d0", "入驻"])
