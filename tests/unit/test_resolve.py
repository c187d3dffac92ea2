"""Who is meant: keys, ids, evidence; and what is left out."""

from __future__ import annotations

import pytest
from extraction import read

from graph.model import Document, Evidence, Kind, Relation, Role, Status, entity_id, evidence_id, fact_id
from ingest.model import Claim, Extraction, Mention, Name
from ingest.passage import passages
from ingest.resolve import resolve
from ingest.resolve.keys import key, stem
from ingest.script import bare


def same(kind: Kind, one: str, other: str, whole: str = "") -> bool:
    return key(kind, one, whole).key == key(kind, other, whole).key


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (Kind.ENTERPRISE, "华为", "华为技术有限公司"),
        (Kind.ENTERPRISE, "Huawei Technologies Co., Ltd.", "華為技術有限公司"),
        (Kind.ENTERPRISE, "ＺＥＦ微电子（深圳）有限公司", "ZEF微电子(深圳)有限公司"),
        (Kind.ENTERPRISE, "澜川半导体有限公司", "瀾川半導體"),
        (Kind.ENTERPRISE, "LANCHUAN SEMICONDUCTOR CO., LTD", "Lanchuan Semiconductor"),
        (Kind.PARK, "中关村科技园区海淀园", "中关村海淀园"),
        (Kind.PARK, "武漢經開區", "武汉经济技术开发区"),
        (Kind.PARK, "云岭高新区", "云岭高新技术产业开发区"),
        (Kind.PARK, "光谷生物城", "武汉国家生物产业基地"),
        (Kind.PLACE, "湖北", "湖北省"),
        (Kind.PLACE, "江苏省苏州市", "苏州"),
        (Kind.PLACE, "Taiwan", "臺灣"),
        (Kind.INDUSTRY, "集成电路产业", "芯片"),
        (Kind.INDUSTRY, "量子传感产业", "量子传感"),
        (Kind.INSTITUTION, "武大", "武汉大学"),
        (Kind.GOVERNMENT, "工信部", "工业和信息化部"),
        (Kind.RANKING, "2024產業園區“未來力”指數", "2024产业园区“未来力”指数"),
    ],
)
def test_one_entity(kind: Kind, one: str, other: str) -> None:
    assert same(kind, one, other)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (Kind.ENTERPRISE, "华为技术有限公司", "华为终端有限公司"),
        (Kind.ENTERPRISE, "砺川材料股份有限公司", "砺川材料股份有限公司苏州分公司"),
        (Kind.ENTERPRISE, "成都宏澜科技有限公司", "宏澜科技（苏州）有限公司"),
        (Kind.ENTERPRISE, "岚芯1603科技有限公司", "岚芯1605科技有限公司"),
        (Kind.PARK, "中关村科技园区海淀园", "中关村科技园区昌平园"),
        (Kind.PARK, "成都高新区南部园区", "成都高新区"),
        (Kind.PARK, "张江高科技园区北区", "张江高科技园区"),
        (Kind.PARK, "云岭科技园一期", "云岭科技园二期"),
        (Kind.PLACE, "长春市朝阳区", "北京市朝阳区"),
        (Kind.INSTITUTION, "东澜大学第一附属医院", "东澜大学第二附属医院"),
    ],
)
def test_two_entities(kind: Kind, one: str, other: str) -> None:
    assert not same(kind, one, other)


def test_names_that_need_their_city() -> None:
    assert key(Kind.PARK, "海淀园", "北京的海淀园").name == "中关村科技园区海淀园"
    assert key(Kind.PARK, "海淀园", "某地的海淀园").name == "海淀园"


def test_a_name_that_is_only_a_legal_form_keeps_it() -> None:
    assert stem(bare("集团有限公司")) == "集团"
    assert stem(bare("有限公司")) == "有限公司"


def test_a_contribution_is_whole() -> None:
    text = "澜川半导体有限公司与禾禹生物科技有限公司签署合作协议。光谷生物城位于东湖高新区。"
    found = resolve(read(text))
    places = {passage.id: passage for passage in found.passages}
    assert found.passages == passages(found.document)
    for mention in found.mentions:
        inside = places[mention.passage]
        assert inside.start <= mention.start < mention.end <= inside.end
        assert text[mention.start : mention.end] == mention.surface
    for piece in found.evidence:
        inside = places[piece.passage]
        assert inside.start <= piece.start < piece.end <= inside.end
        assert piece.parties == tuple(sorted(piece.parties))
        assert piece.origin == found.document.origin
        assert piece.fact == fact_id(piece.relation, piece.parties, piece.kinds, piece.qualifier)
        assert piece.id == evidence_id(
            piece.document, piece.start, piece.end, piece.fact, piece.status, piece.date, piece.values
        )
    named = {one.entity for one in found.mentions} | {party.entity for one in found.evidence for party in one.parties}
    assert set(found.kinds) == named


def test_curated_names_are_simplified() -> None:
    found = resolve(read("光谷生物城位於東湖高新區，由武漢大學支持。"))
    assert {one.surface: one.name for one in found.mentions} == {
        "光谷生物城": "光谷生物城",
        "東湖高新區": "武汉东湖新技术开发区",
        "武漢大學": "武汉大学",
    }
    assert entity_id(Kind.PARK, "optics-valley") in found.kinds


def related(text: str, relation: Relation) -> list[Evidence]:
    return [one for one in resolve(read(text)).evidence if one.relation is relation]


def test_a_part_is_only_one_where_the_words_say_so() -> None:
    (piece,) = related("光谷生物城位于东湖高新区。", Relation.PART_OF)
    assert {(party.role, party.entity) for party in piece.parties} == {
        (Role.HEAD, entity_id(Kind.PARK, "optics-valley-biocity")),
        (Role.TAIL, entity_id(Kind.PARK, "optics-valley")),
    }
    assert related("光谷生物城和东湖高新区都来参会。", Relation.PART_OF) == []


def made(relation: Relation, *parties: tuple[Role, Name]) -> Extraction:
    document = Document("d", "青峤产业园与云岭科技园、澜川半导体有限公司、半导体。")
    mentions = tuple(
        Mention(document.text.index(name.text), document.text.index(name.text) + len(name.text), name.text, name, "")
        for _, name in parties
    )
    return Extraction(document, mentions, (Claim(relation, parties, 0, 10, Status.ACTIVE, "test"),))


PARK, OTHER = Name(Kind.PARK, "青峤产业园"), Name(Kind.PARK, "云岭科技园")
FIRM, FIELD = Name(Kind.ENTERPRISE, "澜川半导体有限公司"), Name(Kind.INDUSTRY, "半导体")


@pytest.mark.parametrize(
    ("extraction", "count"),
    [
        (made(Relation.OPERATES_IN, (Role.HEAD, FIRM), (Role.TAIL, FIELD)), 1),
        (made(Relation.OPERATES_IN, (Role.HEAD, FIELD), (Role.TAIL, FIRM)), 0),
        (made(Relation.LOCATED_IN, (Role.HEAD, FIRM), (Role.TAIL, PARK)), 1),
        (made(Relation.LOCATED_IN, (Role.HEAD, PARK), (Role.TAIL, FIRM)), 0),
        (made(Relation.COLLABORATES, (Role.PARTNER, PARK), (Role.PARTNER, OTHER), (Role.PARTNER, FIRM)), 1),
        (made(Relation.COLLABORATES, (Role.PARTNER, PARK), (Role.PARTNER, FIELD)), 0),
        (made(Relation.COLLABORATES, (Role.PARTNER, FIRM), (Role.PARTNER, Name(Kind.ENTERPRISE, "澜川半导体"))), 0),
    ],
)
def test_claims_outside_the_schema_are_left_out(extraction: Extraction, count: int) -> None:
    assert len(resolve(extraction).evidence) == count


def test_the_order_of_claims_does_not_matter() -> None:
    found = read("澜川半导体有限公司与禾禹生物科技有限公司签署合作协议。澜川半导体有限公司落户青峤产业园。")
    turned = Extraction(found.document, found.mentions, tuple(reversed(found.claims)))
    assert set(map(str, resolve(found).evidence)) == set(map(str, resolve(turned).evidence))


def entities(text: str) -> dict[str, str]:
    """Surface -> entity."""
    return {one.surface: one.entity for one in resolve(read(text)).mentions}


def test_the_firm_of_the_lexicon_counts_for_both_of_its_names() -> None:
    full, short = "蔚来汽车科技（安徽）有限公司", "蔚来"
    both = entities(f"{full}扩产。{short}与国轩高科签约。")
    assert both[full] == both[short] == entities(f"{short}扩产。")[short]
    alone = entities(f"{full}扩产。")
    assert alone[full] == entity_id(Kind.ENTERPRISE, stem(bare(full))) != both[full]


def test_a_firm_registered_under_another_name_stays_another() -> None:
    found = entities("华为终端有限公司扩产。华为招聘。比亚迪半导体有限公司（以下简称“比亚迪”）招聘。")
    assert found["华为"] != found["华为终端有限公司"]
    assert found["比亚迪"] == entity_id(Kind.ENTERPRISE, stem(bare("比亚迪半导体有限公司")))


def test_unknown_names_take_the_key_of_the_fullest() -> None:
    found = entities("澜川半导体（苏州）有限公司扩产。澜川半导体与华为签约。")
    assert found["澜川半导体"] == entity_id(Kind.ENTERPRISE, stem(bare("澜川半导体（苏州）有限公司")))
