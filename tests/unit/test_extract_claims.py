"""Claims: relations, direction, status, kinds, parties; and that two names in one sentence are no claim."""

from __future__ import annotations

import re

import pytest
from extraction import parties, read, said

from graph.model import Document, Kind, Relation, Role, Status
from ingest import lexicon
from ingest.extract import coreference, export
from ingest.extract.circumstance import Circumstances, describe
from ingest.extract.claims import compiled
from ingest.extract.cooperation import cooperation
from ingest.extract.names import Span
from ingest.extract.reading import begin
from ingest.extract.skeleton import skeletons
from ingest.extract.status import disputed, status
from ingest.model import Name

A, B, C = "澜川半导体有限公司", "禾禹生物科技有限公司", "启岚光电有限公司"


def test_every_pattern_compiles_and_names_its_parties() -> None:
    for trigger in lexicon.triggers():
        pattern = re.compile(compiled(trigger.pattern, trigger.language, trigger.cue))
        assert set(pattern.groupindex) & {*"htpqsbve", "c1", "c2"}
        assert "<" not in re.sub(r"\(\?[P<][<!=][^)]*", "", pattern.pattern)


@pytest.mark.parametrize(
    "text",
    [
        f"{A}和{B}都参加了展会。",
        f"{A}、{B}亮相。",
        f"{A}与{B}联合发布了报告。",
        f"{A}与{B}的专利诉讼开庭，双方此前签署过协议。",
        f"{A}是{B}的竞争对手，曾争抢同一份合作协议。",
    ],
)
def test_co_mention_events_and_disputes_are_no_tie(text: str) -> None:
    assert said(read(text), Relation.COLLABORATES) == set()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{A}与{B}签署合作协议。", Status.SIGNED),
        (f"{A}拟与{B}共建联合实验室。", Status.ANNOUNCED),
        (f"{A}计划2026年与{B}签约。", Status.ANNOUNCED),
        (f"{A}否认与{B}签署任何合作协议。", Status.DENIED),
        (f"{A}未与{B}开展联合研发。", Status.DENIED),
        (f"{A}与{B}的战略合作协议已于2023年6月30日终止。", Status.ENDED),
        (f"{A}与{B}并非没有合作。", Status.ACTIVE),
        (f"{A}与{B}长期合作研发。", Status.ACTIVE),
    ],
)
def test_status(text: str, wanted: Status) -> None:
    found = [one for one in read(text).claims if one.relation is Relation.COLLABORATES]
    assert [one.status for one in found] == [wanted]
    assert parties(found[0]) == (A, B)


def test_status_reads_words_around_the_trigger() -> None:
    assert status("该项目未来科技城", "签署", "协议", Relation.COLLABORATES) is Status.SIGNED
    assert status("将总部", "设在", "", Relation.LOCATED_IN) is Status.ACTIVE
    assert status("被收购前", "由", "控股", Relation.OWNS) is Status.ENDED
    assert status("", "does not supply", "", Relation.SUPPLIES) is Status.DENIED
    assert status("", "will build", "", Relation.LOCATED_IN) is Status.ANNOUNCED
    assert disputed("双方对簿公堂")
    assert not disputed("双方签约")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{A}的电芯正极材料由{B}供应。", (B, A)),
        (f"{A}向{B}采购夹具。", (B, A)),
        (f"{A}是{B}的芯片供应商。", (A, B)),
        (f"{A}的培养基供货方为{B}。", (B, A)),
        (f"{A}向{B}供应材料。", (A, B)),
        (f"{A}的主要客户为{B}。", (A, B)),
        (
            "Zefira Photonics Co., Ltd. supplies lasers to Northflow Biomaterials Inc.",
            ("Zefira Photonics Co., Ltd.", "Northflow Biomaterials Inc."),
        ),
        (
            "Zefira Photonics Co., Ltd. buys lasers from Northflow Biomaterials Inc.",
            ("Northflow Biomaterials Inc.", "Zefira Photonics Co., Ltd."),
        ),
    ],
)
def test_who_supplies_whom(text: str, wanted: tuple[str, str]) -> None:
    assert said(read(text), Relation.SUPPLIES) == {wanted}


@pytest.mark.parametrize(
    ("text", "relation", "wanted"),
    [
        (f"{A}收购了{B}。", Relation.INVESTS, (A, B)),
        (f"{A}被{B}收购。", Relation.INVESTS, (B, A)),
        (f"{A}是{B}的全资子公司。", Relation.OWNS, (B, A)),
        (f"{A}旗下{B}投产。", Relation.OWNS, (A, B)),
        (f"{A}由{B}控股。", Relation.OWNS, (B, A)),
        (f"{A}持有{B}60%的股权。", Relation.OWNS, (A, B)),
        (f"{A}持有{B}30.97%的股权。", Relation.INVESTS, (A, B)),
        (f"{A}持有{B}的股份。", Relation.INVESTS, (A, B)),
    ],
)
def test_who_owns_whom(text: str, relation: Relation, wanted: tuple[str, str]) -> None:
    assert wanted in said(read(text), relation)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{A}落户青峤产业园。", (A, "青峤产业园")),
        (f"{A}总部位于成都市。", (A, "成都市")),
        (f"青峤产业园引进了{A}。", (A, "青峤产业园")),
        ("青峤产业园位于江苏省苏州市。", ("青峤产业园", "江苏省苏州市")),
        (
            "Zefira Photonics Co., Ltd. is based in Donglan Science Park.",
            ("Zefira Photonics Co., Ltd.", "Donglan Science Park"),
        ),
        ("Taiwan's Hsinchu Science Park turned 40.", ("Hsinchu Science Park", "Taiwan")),
    ],
)
def test_where(text: str, wanted: tuple[str, str]) -> None:
    assert wanted in said(read(text), Relation.LOCATED_IN)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{A}从事半导体设备的研发。", {(A, "半导体设备")}),
        (f"半导体企业{A}扩产。", {(A, "半导体")}),
        (f"{A}向{B}供应激光器。", {(A, "激光器")}),
        ("青峤产业园的主导产业包括生物医药、医疗器械。", {("青峤产业园", "生物医药"), ("青峤产业园", "医疗器械")}),
        (f"{A}与{B}在人工智能领域合作。", set()),
    ],
)
def test_what_they_do(text: str, wanted: set[tuple[str, ...]]) -> None:
    assert said(read(text), Relation.OPERATES_IN) == wanted


def test_an_agreement_of_three_is_one_claim_and_three_pairs() -> None:
    text = f"{A}、{B}与{C}三方签署战略合作协议，共建联合实验室。"
    found = read(text)
    ties = [one for one in found.claims if one.relation is Relation.COLLABORATES]
    assert [parties(one) for one in ties] == [(A, B, C)]
    assert ties[0].kinds == ("共建平台", "合作研发", "战略合作")
    written = export(found)["relations"]
    assert isinstance(written, list)
    assert {(row["head"], row["tail"]) for row in written} == {(A, B), (A, C), (B, C)}
    assert {row["status"] for row in written} == {"signed"}


def test_settling_is_directed() -> None:
    found = [one for one in read(f"{A}与青峤产业园签署入园协议。").claims if one.relation is Relation.COLLABORATES]
    assert [one.kinds for one in found] == [("签约入驻",)]
    assert [role for role, _ in found[0].parties] == [Role.PROVIDER, Role.CLIENT]


def test_words_that_point_back() -> None:
    text = f"{A}（以下简称“公司”）与{B}签约。双方共建联合实验室。公司落户青峤产业园。"
    found = read(text)
    assert said(found, Relation.COLLABORATES) == {(A, B)}
    assert said(found, Relation.LOCATED_IN) == {(A, "青峤产业园")}


def test_dates_and_amounts() -> None:
    text = f"{A}与{B}于2024年3月15日签署合作协议，总投资３．５亿元。2019年至2021年，{A}曾与{C}合作研发。"
    found = [one for one in read(text, published="2024-04-01").claims if one.relation is Relation.COLLABORATES]
    assert [(one.date, one.until, one.status) for one in found] == [
        ("2024-03-15", "", Status.SIGNED),
        ("2019", "2021", Status.ENDED),
    ]
    assert dict(found[0].values) == {"amount": 350000000, "currency": "CNY"}
    assert dict(found[1].values) == {}


def test_the_day_of_publication_is_no_date_of_a_claim() -> None:
    found = read(f"{A}与{B}签署合作协议。", published="2024-04-01").claims
    assert [one.date for one in found] == [""]
    (found_within,) = read(f"3月5日，{A}与{B}签署合作协议。", published="2024-04-01").claims
    assert found_within.date == "2024-03-05"


def test_ownership_is_written_as_investment_and_rankings_are_left_out() -> None:
    written = export(read(f"{A}旗下{B}投产。"))
    assert set(written) == {"doc_id", "entities", "relations"}
    relations, entities = written["relations"], written["entities"]
    assert isinstance(relations, list)
    assert isinstance(entities, list)
    assert [(row["type"], row["head"], row["tail"], row["kind"]) for row in relations] == [("INVESTS", A, B, [])]
    assert set(entities[0]) == {"start", "end", "surface", "type", "canonical"}
    ranked = export(read("2023中国园区“创新力”指数发布，前三的是青峤产业园、云岭科技园、东澜科技园。"))
    assert ranked["relations"] == []
    assert all(row["type"] != "Ranking" for row in ranked["entities"])  # type: ignore[attr-defined]


def test_a_quarter_is_kept_beside_its_year() -> None:
    (claim,) = read(f"{A}于2024年第1季度与{B}签署合作协议。").claims
    assert (claim.date, dict(claim.values)) == ("2024", {"quarter": "2024-Q1"})


def test_the_subject_goes_on_behind_its_place() -> None:
    found = read(f"{A}入驻青峤产业园，并与{B}签署合作协议。")
    assert said(found, Relation.COLLABORATES) == {(A, B)}
    assert said(found, Relation.LOCATED_IN) == {(A, "青峤产业园")}


@pytest.mark.parametrize(
    ("text", "relation", "wanted"),
    [
        (f"{C}由{A}与{B}于2018年9月合资成立。", Relation.INVESTS, {(A, C), (B, C)}),
        (f"{A}与{B}合资成立{C}。", Relation.INVESTS, {(A, C), (B, C)}),
        (f"{A}、{B}分别与青峤产业园签署入驻协议。", Relation.COLLABORATES, {(A, "青峤产业园"), (B, "青峤产业园")}),
        (f"{A}和{B}都已落户青峤产业园。", Relation.LOCATED_IN, {(A, "青峤产业园"), (B, "青峤产业园")}),
        (f"{A}和{B}在青峤产业园设有工厂。", Relation.LOCATED_IN, {(A, "青峤产业园"), (B, "青峤产业园")}),
        (f"{A}位于青峤产业园，从事芯片设计。", Relation.OPERATES_IN, {(A, "芯片设计")}),
        (f"{A}的全球总部已在青峤产业园揭牌。", Relation.LOCATED_IN, {(A, "青峤产业园")}),
        (f"{A}以5000万美元认购{B}的股份。", Relation.INVESTS, {(A, B)}),
        (f"{A}向{B}作了战略投资。", Relation.INVESTS, {(A, B)}),
        (f"{A}完成融资，由{B}领投。", Relation.INVESTS, {(B, A)}),
        (f"{A}、{B}与{C}共同发起的澜江产业创新联盟成立。", Relation.INVESTS, set()),
        (
            "Zefira Photonics Co., Ltd. is located in Donglan Science Park and makes semiconductor equipment.",
            Relation.OPERATES_IN,
            {("Zefira Photonics Co., Ltd.", "semiconductor equipment")},
        ),
        (
            "Zefira Photonics Co., Ltd. takes a 9 percent stake in Northflow Biomaterials Inc.",
            Relation.INVESTS,
            {("Zefira Photonics Co., Ltd.", "Northflow Biomaterials Inc.")},
        ),
    ],
)
def test_phrasings_of_the_samples(text: str, relation: Relation, wanted: set[tuple[str, ...]]) -> None:
    assert said(read(text), relation) == wanted


def test_a_plan_within_a_signed_agreement_is_no_second_tie() -> None:
    found = read(f"{A}与{B}签署合作协议，\n双方将共建联合实验室；首期投资1,200万元")
    ties = [one for one in found.claims if one.relation is Relation.COLLABORATES]
    assert [(parties(one), one.status) for one in ties] == [((A, B), Status.SIGNED)]


def test_a_sentence_that_begins_with_its_partner_goes_on_with_the_subject() -> None:
    found = read(f"{A}于2024年3月与{B}签约；2023年12月与{C}签约。与此同时，{C}扩产。")
    ties = {(parties(one), one.date) for one in found.claims if one.relation is Relation.COLLABORATES}
    assert ties == {((A, B), "2024-03"), ((A, C), "2023-12")}


def test_ownership_is_not_told_again_as_a_plan() -> None:
    found = read(f"{A}与其控股股东{B}签署服务协议。双方表示将长期合作。")
    assert [one.status for one in found.claims if one.relation is Relation.COLLABORATES] == [Status.SIGNED]
    assert said(found, Relation.OWNS) == {(B, A)}


PARK = "青峤产业园"


@pytest.mark.parametrize(
    ("text", "seats"),
    [
        (f"{PARK}的{A}与{B}联合打造平台。", {(A, PARK)}),
        (f"{PARK}的{A}和{B}签署合作协议。", {(A, PARK)}),
        (f"位于{PARK}的{A}与{B}签约。", {(A, PARK)}),
        (f"{PARK}的{A}、{B}与{C}共同打造平台。", {(A, PARK), (B, PARK)}),
        (f"{PARK}的{A}和{B}都参加了展会。", {(A, PARK), (B, PARK)}),
        (f"{PARK}的{A}与云岭科技园的{B}签约。", {(A, PARK), (B, "云岭科技园")}),
        (f"{PARK}的半导体企业{A}与{B}签约。", {(A, PARK)}),
        (f"{A}从事芯片设计，总部位于{PARK}。", {(A, PARK)}),
        (f"{PARK}有两家半导体企业：{A}、{B}。", {(A, PARK), (B, PARK)}),
        (f"{PARK}将引进{A}。", {(A, PARK)}),
    ],
)
def test_a_partner_is_not_where_the_firm_before_it_is(text: str, seats: set[tuple[str, ...]]) -> None:
    assert said(read(text), Relation.LOCATED_IN) == seats


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{PARK}的{A}与云岭科技园的{B}签署合作协议。", {(A, B)}),
        (f"{A}（位于{PARK}）与{B}签署合作协议。", {(A, B)}),
        (f"{A}在{PARK}与{B}签署合作协议。", {(A, B)}),
        (f"{A}与{B}在{PARK}共建联合实验室。", {(A, B)}),
        (f"{A}入驻{PARK}，{B}与{C}签署合作协议。", {(B, C)}),
        (f"{PARK}与{A}签署合作协议。", {(PARK, A)}),
        (f"{PARK}的半导体企业{A}与{B}签署合作协议。", {(A, B)}),
    ],
)
def test_a_seat_beside_the_party_is_no_party(text: str, wanted: set[tuple[str, ...]]) -> None:
    assert said(read(text), Relation.COLLABORATES) == wanted


ZEFIRA, NORTHFLOW, DONGLAN = "Zefira Photonics Co., Ltd.", "Northflow Biomaterials Inc.", "Donglan Science Park"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"BYD, based in {DONGLAN}, signed a strategic partnership with Infineon.", {("BYD", "Infineon")}),
        (f"BYD, which is located in {DONGLAN}, signed an agreement with Infineon.", {("BYD", "Infineon")}),
        (f"BYD (based in {DONGLAN}) signed an agreement with Infineon.", {("BYD", "Infineon")}),
        ("BYD, a unit of Foxconn, signed an agreement with Infineon.", {("BYD", "Infineon")}),
        ("BYD, headquartered in Shenzhen, Guangdong, and Infineon signed an agreement.", {("BYD", "Infineon")}),
        (f"BYD of {DONGLAN} signed an agreement with Infineon.", {("BYD", "Infineon")}),
        (f"{DONGLAN} signed an agreement with Infineon.", {(DONGLAN, "Infineon")}),
        (
            "Infineon, the Fraunhofer Institute, and Bosch signed an agreement.",
            {("Infineon", "Fraunhofer Institute", "Bosch")},
        ),
        ("Insilico Medicine and Fosun Pharma signed an agreement.", {("Insilico Medicine", "Fosun Pharma")}),
    ],
)
def test_what_stands_beside_the_subject_is_not_the_subject(text: str, wanted: set[tuple[str, ...]]) -> None:
    assert said(read(text), Relation.COLLABORATES) == wanted


def test_the_aside_keeps_its_own_facts() -> None:
    found = read(f"BYD, based in {DONGLAN}, signed an agreement with Infineon. CATL, which supplies BMW, agreed.")
    assert said(found, Relation.LOCATED_IN) == {("BYD", DONGLAN)}
    assert said(found, Relation.SUPPLIES) == {("CATL", "BMW")}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"Huawei will set up a research centre in {DONGLAN}.", Status.ANNOUNCED),
        (f"Huawei plans to open a plant in {DONGLAN}.", Status.ANNOUNCED),
        (f"Huawei is to set up a research centre in {DONGLAN}.", Status.ANNOUNCED),
        (f"Huawei is set to open a plant in {DONGLAN}.", Status.ANNOUNCED),
        (f"Huawei aims to build a factory in {DONGLAN}.", Status.ANNOUNCED),
        (f"Huawei's plant in {DONGLAN} will open in 2030.", Status.ANNOUNCED),
        (f"Huawei opened a plant in {DONGLAN}.", Status.ACTIVE),
        (f"Huawei is located in {DONGLAN} and plans to hire staff.", Status.ACTIVE),
        (f"{A}将在{PARK}设立研发中心。", Status.ANNOUNCED),
        (f"{A}已在{PARK}设立研发中心。", Status.ACTIVE),
    ],
)
def test_a_seat_to_come_is_announced(text: str, wanted: Status) -> None:
    assert {one.status for one in read(text).claims if one.relation is Relation.LOCATED_IN} == {wanted}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("科大讯飞是人工智能企业。", {("科大讯飞", "人工智能")}),
        (f"科大讯飞位于{PARK}，是人工智能企业。", {("科大讯飞", "人工智能")}),
        ("科大讯飞是领先的人工智能公司。", {("科大讯飞", "人工智能")}),
        (f"科大讯飞是{PARK}的人工智能龙头。", {("科大讯飞", "人工智能")}),
        (f"{A}，是一家专注于激光器的企业。", {(A, "激光器")}),
        (f"{PARK}位于苏州市，重点发展集成电路。", {(PARK, "集成电路")}),
        ("SMIC makes semiconductors.", {("SMIC", "semiconductors")}),
        (f"SMIC, based in {DONGLAN}, makes semiconductors.", {("SMIC", "semiconductors")}),
        ("SMIC, a semiconductor company, grew.", {("SMIC", "semiconductor")}),
        ("SMIC and Huawei discussed semiconductors.", set()),
    ],
)
def test_the_field_of_a_firm(text: str, wanted: set[tuple[str, ...]]) -> None:
    assert said(read(text), Relation.OPERATES_IN) == wanted


def test_a_partner_of_a_subsidiary_is_no_subsidiary() -> None:
    assert said(read(f"{A}的子公司{B}与{C}签约。"), Relation.OWNS) == {(A, B)}
    assert said(read(f"{A}的子公司{B}及{C}扩产。"), Relation.OWNS) == {(A, B), (A, C)}


@pytest.mark.parametrize(
    ("text", "date", "until"),
    [
        (f"{A}与{B}于2021年3月签署合作协议，有效期至2024年12月31日。", "2021-03", "2024-12-31"),
        (f"{A}与{B}的合作协议将于2025年6月到期。", "", "2025-06"),
        (f"2019年至2021年，{A}与{B}合作研发。", "2019", "2021"),
        (f"{A}与{B}签署合作协议，2030年产能达到10万吨。", "2030", ""),
    ],
)
def test_when_it_ends(text: str, date: str, until: str) -> None:
    (found,) = [one for one in read(text).claims if one.relation is Relation.COLLABORATES]
    assert (found.date, found.until) == (date, until)


@pytest.mark.parametrize(
    ("text", "relation", "wanted"),
    [
        (f"{A}于2015年落户{PARK}，主营芯片设计，并向{B}供应激光器。", Relation.OPERATES_IN, {"芯片设计", "激光器"}),
        (f"{A}与{B}签署合作协议，生产激光器。", Relation.OPERATES_IN, set()),
        (f"{A}向{B}采购激光器。", Relation.OPERATES_IN, set()),
        (f"{B}所需激光器由{A}供应。", Relation.OPERATES_IN, {"激光器"}),
        (f"专注激光器的{A}扩产。", Relation.OPERATES_IN, {"激光器"}),
        (f"{A}是否生产激光器？", Relation.OPERATES_IN, set()),
    ],
)
def test_a_predicate_without_a_party_takes_the_subject(text: str, relation: Relation, wanted: set[str]) -> None:
    assert said(read(text), relation) == {(A, field) for field in wanted}


@pytest.mark.parametrize(
    ("text", "relation", "wanted"),
    [
        (f"{A}与{B}签约。前者向后者供应激光器。", Relation.SUPPLIES, {(A, B)}),
        (f"{A}、{B}分别与{C}签署合作协议。", Relation.COLLABORATES, {(A, C), (B, C)}),
        (f"{A}与{B}、{C}等开展合作研发。", Relation.COLLABORATES, {(A, B), (A, C)}),
        (f"{A}与{B}、{C}共同发起产业联盟。", Relation.COLLABORATES, {(A, B, C)}),
        (f"由{A}牵头，{B}、{C}共同发起产业联盟。", Relation.COLLABORATES, {(A, B, C)}),
        (f"{A}与{B}签订采购合同。", Relation.COLLABORATES, set()),
        (f"{A}与{B}签订股权转让协议。", Relation.COLLABORATES, set()),
        (f"{A}🤝{B}签署合作协议。", Relation.COLLABORATES, {(A, B)}),
        (f"合作单位：{A} {B}，共建联合实验室。", Relation.COLLABORATES, {(A, B)}),
    ],
)
def test_who_are_the_parties(text: str, relation: Relation, wanted: set[tuple[str, ...]]) -> None:
    assert said(read(text), relation) == wanted


def test_a_plan_that_came_to_nothing_is_denied() -> None:
    found = read(f"{A}曾拟与{B}共建联合实验室，后因经费问题搁置。").claims
    assert {one.status for one in found} <= {Status.DENIED, Status.ENDED}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{PARK}做集成电路、生物医药。", {(PARK, "集成电路"), (PARK, "生物医药")}),
        (f"{PARK}不生产集成电路。", set()),
        (f"云岭科技园位于{PARK}，聚焦集成电路。", {("云岭科技园", "集成电路")}),
        (f"{A}位于{PARK}，主营芯片设计。", {(A, "芯片设计")}),
    ],
)
def test_whose_sector_it_is(text: str, wanted: set[tuple[str, ...]]) -> None:
    assert said(read(text), Relation.OPERATES_IN) == wanted


FIRM, OTHER = Name(Kind.ENTERPRISE, A), Name(Kind.ENTERPRISE, B)


def described(text: str, relation: Relation, kinds: tuple[str, ...] = ()) -> Circumstances | None:
    reading = begin(Document("d", text))
    for sentence in reading.sentences:
        for name in (FIRM, OTHER):
            place = sentence.text.find(name.text)
            sentence.spans.append(Span(place, place + len(name.text), name.kind, "given"))
        sentence.spans.sort()
    coreference.mark(reading)
    (made,) = skeletons(reading)
    return describe(reading, made, FIRM, OTHER, relation, kinds)


def test_a_pair_found_otherwise_is_described_as_the_rules_do() -> None:
    text = f"2024年3月，{A}拟同{B}牵个手，共建联合实验室，投资3亿元。"
    assert described(text, Relation.COLLABORATES) == Circumstances(
        Status.ANNOUNCED, ("共建平台", "合作研发"), "2024-03", "", {"amount": 300_000_000, "currency": "CNY"}
    )
    given = described(text, Relation.COLLABORATES, ("其他合作",))
    assert given is not None
    assert given.kinds == ("其他合作",)
    supplied = described(f"{A}从不向{B}供货。", Relation.SUPPLIES)
    assert supplied is not None
    assert (supplied.status, supplied.kinds) == (Status.DENIED, ())


@pytest.mark.parametrize(
    "text",
    [
        f"{A}起诉{B}专利侵权。",
        f"{A}与{B}互为竞争对手。",
        f"{A}与{B}联合发布报告。",
        f"{A}与{B}有没有合作？",
    ],
)
def test_a_lawsuit_competition_or_question_is_no_tie(text: str) -> None:
    assert described(text, Relation.COLLABORATES) is None


@pytest.mark.parametrize(
    ("words", "parties", "wanted"),
    [
        ("签署战略合作协议", (FIRM, OTHER), ("战略合作",)),
        ("共建联合实验室", (FIRM, OTHER), ("合作研发", "共建平台")),
        ("合资设立公司", (FIRM, OTHER), ("合资",)),
        ("签约", (FIRM, OTHER), ("其他合作",)),
        ("签约", (FIRM, Name(Kind.PARK, PARK)), ("签约入驻",)),
        ("由其负责运营", (FIRM, Name(Kind.PARK, PARK)), ("运营服务",)),
        ("从这里毕业", (FIRM, Name(Kind.INSTITUTION, "启岚孵化器")), ("孵化",)),
        ("加入", (FIRM, Name(Kind.INSTITUTION, "澜江产业联盟")), ("联盟成员",)),
        ("共同承担项目", (FIRM, OTHER), ("项目合作",)),
    ],
)
def test_kinds_by_words_and_parties(words: str, parties: tuple[Name, Name], wanted: tuple[str, ...]) -> None:
    assert cooperation(words, parties) == wanted


def test_a_share_is_kept_and_the_founding_with_it() -> None:
    """A stake below half is no ownership, and says nothing against the investment that founded the firm."""
    found = read(f"{B}由{A}与{C}于2018年9月合资成立。截至2022年6月30日，{A}持有{B}30.97%的股权。")
    assert not said(found, Relation.OWNS)
    stakes = {
        claim.date: claim.values.get("share")
        for claim in found.claims
        if tuple(n.text for _, n in claim.parties) == (A, B)
    }
    assert stakes == {"2018-09": None, "2022-06-30": 30.97}
