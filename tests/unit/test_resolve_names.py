"""What a document alone tells about names: cards, codes, other names, branches."""

from __future__ import annotations

import pytest
from extraction import read

from graph.model import Contribution, Kind, Relation, Role, entity_id
from ingest.resolve import resolve
from ingest.resolve.card import card, marks
from ingest.resolve.keys import key

CODE = "91510107MA6ABD124W"


def told(text: str, relation: Relation) -> list[tuple[str, dict[str, object]]]:
    """The words and values of the evidence of a relation."""
    found = resolve(read(text))
    return [(text[one.start : one.end], dict(one.values)) for one in found.evidence if one.relation is relation]


def names(found: Contribution) -> dict[str, str]:
    return {one.surface: one.entity for one in found.mentions}


@pytest.mark.parametrize(
    ("kind", "name", "core", "place", "number"),
    [
        (Kind.ENTERPRISE, "澜川半导体（苏州）有限公司", "澜川半导体", "苏州", ""),
        (Kind.ENTERPRISE, "江苏苏州澜川半导体有限公司", "澜川半导体", "江苏", ""),
        (Kind.ENTERPRISE, "苏州科技有限公司", "苏州科技", "", ""),
        (Kind.ENTERPRISE, "岚芯1603科技有限公司", "岚芯1603科技", "", "1603"),
        (Kind.ENTERPRISE, "Lanchuan Semiconductor Co., Ltd.", "lanchuansemiconductor", "", ""),
        (Kind.INSTITUTION, "北京大学", "北京大学", "", ""),
        (Kind.INSTITUTION, "中澜电科第十四研究所", "中澜电科第十四研究所", "", "14"),
        (Kind.PARK, "苏州云岭科技园", "云岭科技园", "苏州", ""),
        (Kind.PARK, "云岭科技园二期", "云岭科技园二期", "", "2"),
        (Kind.PLACE, "苏州市", "", "", ""),
    ],
)
def test_names_taken_apart(kind: Kind, name: str, core: str, place: str, number: str) -> None:
    found = card(key(kind, name, ""))
    assert (found.core, found.place, found.marks) == (core, place, number)
    assert found.id == entity_id(kind, key(kind, name, "").key)


@pytest.mark.parametrize(
    ("text", "number"), [("第十四", "14"), ("第一百二十研究所", "120"), ("1603", "1603"), ("二期", "2")]
)
def test_numbers_are_read(text: str, number: str) -> None:
    assert marks(text, Kind.INSTITUTION) == number


def test_a_code_belongs_to_the_firm_before_it() -> None:
    text = f"成都宏澜科技有限公司（统一社会信用代码{CODE}）与禾禹生物科技有限公司签署合作协议。"
    ((words, values),) = told(text, Relation.DESCRIBED)
    assert words.startswith("成都宏澜科技有限公司")
    assert words.endswith(CODE)
    assert values == {"uscc": CODE}
    firm = names(resolve(read(text)))["成都宏澜科技有限公司"]
    own = key(Kind.ENTERPRISE, "成都宏澜科技有限公司", "").key
    assert firm == entity_id(Kind.ENTERPRISE, own, CODE) != entity_id(Kind.ENTERPRISE, own)


@pytest.mark.parametrize(
    "text",
    [
        f"成都宏澜科技有限公司签约。代码{CODE}另见附件。",  # another sentence
        "成都宏澜科技有限公司（统一社会信用代码91510107MA6ABD124X）签约。",  # the check sign is wrong
        f"代码{CODE}，成都宏澜科技有限公司。",  # no firm before it
    ],
)
def test_codes_that_prove_nothing(text: str) -> None:
    assert told(text, Relation.DESCRIBED) == []


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("枫隐智能科技有限公司（曾用名：岚序数据技术有限公司）与华为签约。", "岚序数据技术有限公司"),
        ("澜川半导体有限公司（英文名：Lanchuan Semiconductor Co., Ltd.）扩产。", "Lanchuan Semiconductor Co., Ltd."),
    ],
)
def test_other_names_are_evidence(text: str, other: str) -> None:
    assert told(text, Relation.CALLED) == [(other, {"name": other})]


def test_a_short_form_goes_as_far_as_it_agrees_with_the_full_name() -> None:
    text = "岚序数据技术有限公司更名为枫隐智能科技有限公司，股票简称由“岚序数据”变更为“枫隐智能”。"
    assert "枫隐智能" in {values["name"] for _, values in told(text, Relation.CALLED)}


def test_words_that_stand_for_any_firm_are_no_names() -> None:
    text = (
        "澜川半导体有限公司（以下简称“公司”）公告：公司与禾禹生物科技有限公司签约。"
        "比亚迪半导体有限公司（以下简称“比亚迪”）招聘。"
    )
    written = {values["name"] for _, values in told(text, Relation.CALLED)}
    assert "公司" not in written
    assert "比亚迪" not in written  # the short name of another firm, as the lexicon knows


def test_a_branch_is_owned_by_the_firm_in_its_name() -> None:
    text = "砺川材料股份有限公司苏州分公司入驻东澜科技园。"
    found = resolve(read(text))
    (piece,) = (one for one in found.evidence if one.relation is Relation.OWNS)
    ends = {party.role: party.entity for party in piece.parties}
    spoken = names(found)
    assert ends == {Role.HEAD: spoken["砺川材料股份有限公司"], Role.TAIL: spoken["砺川材料股份有限公司苏州分公司"]}
    (site,) = (one for one in found.evidence if one.relation is Relation.LOCATED_IN)
    assert ends[Role.TAIL] in {party.entity for party in site.parties}
    assert ends[Role.HEAD] not in {party.entity for party in site.parties}


def test_every_name_has_a_card() -> None:
    found = resolve(read("澜川半导体有限公司与江南大学在苏州工业园区签约，砺川材料股份有限公司苏州分公司参会。"))
    assert found.cards.keys() == found.kinds.keys()
    assert all(found.cards[name].id == name and found.cards[name].kind is kind for name, kind in found.kinds.items())
