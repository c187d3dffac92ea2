"""Questions and profiles on every engine, over a few facts written down here."""

from __future__ import annotations

from typing import Any

import pytest
from facts import entity, say, tell

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
        (Kind.INDUSTRY, "光电业", ("photonics",)),
        (Kind.PARK, "东澜科技园", ("Donglan Science Park",)),
    ]
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
    query = parse(question, StoreNames(store, CURATED), lambda text: fold(text).text)
    said = answer(store, query).json()
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
