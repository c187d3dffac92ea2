"""The truth table of resolution: which names are one entity, which are two, which wait for a person.

A row names two names and the words around them (for names that need their city); `one`, `two` or `review` is what
becomes of them while nothing else is known. Firms are invented unless they are in the lexicon.
"""

from __future__ import annotations

import pytest

from graph.judgement import REVIEW, SAME
from graph.likeness import Profile, apart, likeness
from graph.model import Kind
from ingest import lexicon
from ingest.resolve.card import card
from ingest.resolve.keys import key
from ingest.resolve.parks import above, overlap

FIRM, PARK, SCHOOL = Kind.ENTERPRISE, Kind.PARK, Kind.INSTITUTION


def profile(kind: Kind, name: str, whole: str = "", code: str = "") -> Profile:
    found = key(kind, name, whole or name)
    return Profile(card(found, code), frozenset({found.name}), codes=frozenset({code} - {""}))


def outcome(kind: Kind, one: str, other: str, whole: str = "") -> str:
    """What becomes of two names of which nothing else is known."""
    a, b = profile(kind, one, whole), profile(kind, other, whole)
    if a.card.id == b.card.id:
        return "one"
    score = likeness(a, b).score
    return "one" if score >= SAME else "review" if score >= REVIEW else "two"


BEIJING = "北京的"

TABLE = [
    # METHOD E, entity resolution 3: parks
    (PARK, "中关村科技园区海淀园", "海淀园", BEIJING, "one"),
    (PARK, "中关村科技园区海淀园", "中关村海淀园", "", "one"),
    (PARK, "中关村科技园区海淀园", "海淀园", "某地的", "two"),
    (PARK, "中关村科技园区大兴亦庄园", "大兴-亦庄园", "", "one"),
    (PARK, "中关村科技园区大兴亦庄园", "中关村科技园大兴", "", "one"),
    (PARK, "亦庄", "北京经济技术开发区", BEIJING, "one"),
    (PARK, "北京亦庄", "BDA", "北京的 Beijing", "one"),
    (PARK, "经开区", "北京经济技术开发区", BEIJING, "one"),
    (PARK, "经开区", "北京经济技术开发区", "某地的", "two"),
    (PARK, "亦庄", "大兴亦庄园", BEIJING, "two"),
    (PARK, "昌平园", "中关村科技园区昌平园", BEIJING, "one"),
    (PARK, "昌平园", "中关村科技园区昌平园", "某地的", "two"),
    (PARK, "张江高科技园区北区", "张江高科技园区", "", "two"),
    (PARK, "张江高科技园区", "张江高新区", "", "two"),
    (PARK, "张江高科技园区北区", "张江高新区", "", "two"),
    (PARK, "广州科学城", "广州开发区", "", "two"),
    (PARK, "成都高新区南部园区", "高新南区", "成都的", "one"),
    (PARK, "光谷生物城", "Biolake", "", "one"),
    (PARK, "光谷生物城", "武汉国家生物产业基地", "", "one"),
    (PARK, "武汉东湖高新区", "中国光谷", "武汉的", "one"),
    (PARK, "光谷生物城", "武汉东湖高新区", "", "two"),
    (PARK, "深圳湾科技生态园", "深圳湾生态科技园", "", "one"),
    (PARK, "杭州未来科技城", "海创园", "杭州的", "one"),
    (PARK, "西太湖科技产业园", "武进经济开发区", "", "one"),
    (PARK, "车谷", "武汉经开区", "武汉的", "one"),
    # the rows
    (PARK, "中关村科技园区海淀园", "中关村科技园区昌平园", "", "two"),
    (FIRM, "华为技术有限公司", "华为", "", "one"),
    (FIRM, "华为", "华为终端", "", "two"),
    (FIRM, "华为技术有限公司", "华为终端有限公司", "", "two"),
    (PARK, "成都高新区南部园区", "成都高新区", "", "two"),
    # generic words never alone
    (PARK, "高新区", "成都高新区", "某地的", "two"),
    (PARK, "开发区", "广州开发区", "某地的", "two"),
    (PARK, "科学城", "广州科学城", "某地的", "two"),
    # numbers, phases, directions
    (PARK, "云岭科技园一期", "云岭科技园二期", "", "two"),
    (PARK, "云岭科技园一期", "云岭科技园1期", "", "review"),
    (PARK, "云岭科技园东区", "云岭科技园西区", "", "two"),
    (SCHOOL, "中澜电科第十四研究所", "中澜电科第四十研究所", "", "two"),
    (SCHOOL, "东澜大学第一附属医院", "东澜大学第二附属医院", "", "two"),
    (SCHOOL, "东澜大学", "东澜大学第一附属医院", "", "two"),
    (FIRM, "岚芯1603科技有限公司", "岚芯1605科技有限公司", "", "two"),
    (FIRM, "岚芯一号科技有限公司", "岚芯二号科技有限公司", "", "two"),
    # the same name written otherwise
    (FIRM, "澜川半导体有限公司", "瀾川半導體", "", "one"),
    (FIRM, "LANCHUAN SEMICONDUCTOR CO., LTD", "Lanchuan Semiconductor", "", "one"),
    (FIRM, "ZEF微电子（深圳）有限公司", "ＺＥＦ微电子(深圳)有限公司", "", "one"),
    # like, but not the same: a person decides
    (FIRM, "沐桁新材有限公司", "沐桁新材料有限公司", "", "review"),
    (FIRM, "苏州澜川半导体有限公司", "澜川半导体（苏州）有限公司", "", "review"),
    (FIRM, "澜川半导体", "澜川半导体（苏州）有限公司", "", "review"),
    (FIRM, "枫隐智能", "枫隐智能科技有限公司", "", "review"),
    # firms of one short name
    (FIRM, "成都宏澜科技有限公司", "宏澜科技（苏州）有限公司", "", "two"),
    (FIRM, "澜川半导体有限公司", "澜川控股集团有限公司", "", "two"),
    (FIRM, "澜川半导体有限公司", "澜川半导体材料销售有限公司", "", "two"),
    # branches
    (FIRM, "砺川材料股份有限公司", "砺川材料股份有限公司苏州分公司", "", "two"),
    (FIRM, "砺川材料股份有限公司成都分公司", "砺川材料股份有限公司苏州分公司", "", "two"),
]


@pytest.mark.parametrize(("kind", "one", "other", "around", "expected"), TABLE)
def test_truth(kind: Kind, one: str, other: str, around: str, expected: str) -> None:
    assert outcome(kind, one, other, around) == expected
    assert outcome(kind, other, one, around) == expected


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("zhangjiang-north", "zhangjiang"),
        ("zhangjiang", "zhangjiang-zone"),
        ("guangzhou-science-city", "guangzhou-development"),
        ("chengdu-hightech-south", "chengdu-hightech"),
        ("optics-valley-biocity", "optics-valley"),
        ("zhongguancun-haidian", "zhongguancun"),
    ],
)
def test_parts_of_parks(part: str, whole: str) -> None:
    assert above(part)[0] == whole
    assert lexicon.parks()[part].source
    assert whole in lexicon.parks()
    assert not overlap(part, whole)


def test_a_chain_of_parts() -> None:
    assert above("zhangjiang-north") == ("zhangjiang", "zhangjiang-zone")
    assert above("zhangjiang-zone") == above("nowhere") == ()


def test_overlapping_parks() -> None:
    own, other = "zhongguancun-daxing-yizhuang", "beijing-etown"
    assert overlap(own, other)
    assert overlap(other, own)
    assert other not in above(own)
    assert lexicon.parks()[own].source


def test_a_branch_knows_its_firm() -> None:
    firm = profile(FIRM, "砺川材料股份有限公司").card
    for name in ("砺川材料股份有限公司苏州分公司", "砺川材料苏州分公司"):
        assert profile(FIRM, name).card.parent == firm.id
    assert firm.parent == ""


def test_codes_decide() -> None:
    name, one, other = "宏澜科技有限公司", "91510107MA6ABD124W", "91320594MA1XYT7893"
    first, second, plain = (profile(FIRM, name, code=code) for code in (one, other, ""))
    assert apart(first, second) == "their credit codes differ"
    assert likeness(first, second).parts == {}
    assert likeness(first, plain).parts == {"name": 1.0}
    renamed = profile(FIRM, "枫隐智能科技有限公司", code=one)
    assert likeness(first, renamed).parts == {"code": 1.0}


def test_words_decide_more_the_more_they_say() -> None:
    full = profile(FIRM, "枫隐智能科技有限公司")
    for written, score in (("岚序数据技术有限公司", 0.97), ("枫隐智能", 0.93), ("枫隐", 0.85)):
        other = profile(FIRM, written)
        told = Profile(full.card, full.names, called={other.card.id: frozenset({written})})
        assert likeness(told, other).parts == {"called": score}
        assert likeness(other, told).score == score


def test_what_surrounds_two_names_counts_unless_both_are_registered() -> None:
    around = {"sites": frozenset("p"), "fields": frozenset("i"), "partners": frozenset("xyz")}
    short, full = profile(FIRM, "枫隐智能"), profile(FIRM, "枫隐智能科技有限公司")
    both = likeness(Profile(short.card, short.names, **around), Profile(full.card, full.names, **around))
    assert set(both.parts) == {"short", "place", "industry", "partners"}
    assert both.score >= SAME
    one, other = profile(FIRM, "沐桁新材有限公司"), profile(FIRM, "沐桁新材料有限公司")
    registered = likeness(Profile(one.card, one.names, **around), Profile(other.card, other.names, **around))
    assert registered.parts == {"name": 0.8}
