"""Folding: one form for all writings of the same words, and the way back to the original."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ingest.script import bare, fold

LEXICON = Path(__file__).parents[2] / "ingest" / "lexicon" / "script"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("中關村科技園區海澱園", "中关村科技园区海淀园"),
        ("臺北瀾川電子與启岚光电签约", "台北澜川电子与启岚光电签约"),
        ("ＺＥＦ微电子（深圳）有限公司", "ZEF微电子(深圳)有限公司"),
        ("投资３．５亿元，１，２００人", "投资3.5亿元,1,200人"),
        ("Ａ＆Ｋ", "A&K"),
        ("…①㎡ﬁ", "...1m2fi"),
        ("e\u0301か\u3099\u1100\u1161", "éが가"),
        ("\u2f00\uf900", "一岂"),
        ("一\u3000二\xa0三", "一 二 三"),
        ("澜\u200b川\xad半\u2060导\u202d体\u202c\ufeff", "澜川半导体"),
        ("葛\U000e0100城", "葛城"),
        ("作業系統、作业系统", "操作系统、操作系统"),
        ("區網域經濟、領網域、聚網科技", "区域经济、领域、聚网科技"),
        ("晶片、單晶片", "芯片、单晶片"),
        ("新創企業、創新創業、更新創意", "初创企业、创新创业、更新创意"),
        ("軟體、軟體機器人", "软件、软体机器人"),
        ("數位化、大多數位於", "数字化、大多数位于"),
        ("程式設計、方程式", "程序设计、方程式"),
        ("列印、系列印花", "打印、系列印花"),
        ("乾安县泊澜储能与乾元科创园", "乾安县泊澜储能与乾元科创园"),
        ("干细胞企业", "干细胞企业"),
        ("餅乾與乾燥設備、乾隆、乾照光電", "饼干与干燥设备、乾隆、乾照光电"),
        ("昇騰、提昇", "昇腾、提升"),
        ("哪吒汽車", "哪吒汽车"),
        ("核心競爭力與智慧", "核心竞争力与智慧"),
        ('以 " 產業 "強經濟', '以 "产业"强经济'),
        ('為 " 尺 ",以未來為 " 度 ",', '为 "尺",以未来为 "度",'),
        ("「 產業 」‘ 新 ’（ 深圳 ）", "「产业」‘新’( 深圳 )"),
        ('He said " yes " to it', 'He said " yes " to it'),
        ("firms’ park ‘90s", "firms’ park ‘90s"),
        ("ZEFira Ltd.", "ZEFira Ltd."),
        ("", ""),
        ("\u200b\xad", ""),
    ],
)
def test_folded_forms(text: str, folded: str) -> None:
    assert fold(text).text == folded


def test_half_a_surrogate_pair_and_nul_do_no_harm() -> None:
    assert fold("繁\ud800體\udc00乾\0").text == "繁\ud800体\udc00乾"


@pytest.mark.parametrize(
    ("text", "name", "original"),
    [
        ("澜\u200b川半导\xad体有\u2060限公司与", "澜川半导体有限公司", "澜\u200b川半导\xad体有\u2060限公司"),
        ("与\u202d禾禹\u202c入驻", "禾禹", "禾禹"),
        ("投…資", "...", "…"),
        ("投…資", "..", "…"),
        ("在區網域經濟中", "区域经济", "區網域經濟"),
        ("在區網域經濟中", "经济", "經濟"),
        ('以 " 產業 "強', '"产业"', '" 產業 "'),
        ('以 " 產業 "強', "产业", "產業"),
        ("（ｅ\u0301）", "é", "ｅ\u0301"),
        ("𠮷野𬭎芯", "𬭎芯", "𬭎芯"),
    ],
)
def test_the_way_back(text: str, name: str, original: str) -> None:
    folded = fold(text)
    place = folded.text.index(name)
    start, end = folded.original(place, place + len(name))
    assert text[start:end] == original


def test_empty_spans_stay_empty_and_wrong_ones_are_refused() -> None:
    folded = fold("\u200b澜\u200b川\u200b")
    assert folded.original(0, 0) == (1, 1)
    assert folded.original(1, 1) == (3, 3)
    assert folded.original(2, 2) == (5, 5)
    for span in ((-1, 1), (1, 0), (0, 3)):
        with pytest.raises(IndexError, match="is no span"):
            folded.original(*span)


def test_joined_lines() -> None:
    text = "澜川半导体有限公司\r\n  与禾禹\nZefira\nPhotonics\n公司"
    assert fold(text, join=True).text == "澜川半导体有限公司与禾禹 Zefira Photonics 公司"
    assert fold(text).text == text
    folded = fold(text, join=True)
    start, end = folded.original(folded.text.index("公司与"), folded.text.index("公司与") + 3)
    assert text[start:end] == "公司\r\n  与"


@pytest.mark.parametrize(
    ("one", "other"),
    [("ＺＥＦ微電子（深圳）", "zef微电子 (深圳)"), ("Zefira  Photonics", "ZEFIRA PHOTONICS"), ("Straße", "STRASSE")],
)
def test_bare_is_one_key_for_all_writings(one: str, other: str) -> None:
    assert bare(one) == bare(other)


@pytest.mark.parametrize("name", ["terms.csv", "artefacts.csv"])
def test_every_row_of_the_tables_says_its_source_and_works(name: str) -> None:
    rows = list(csv.DictReader((LEXICON / name).read_text(encoding="utf-8").splitlines()))
    assert rows
    assert len({row["word"] for row in rows}) == len(rows)
    for row in rows:
        assert row["source"]
        assert fold(row["word"]).text == row["replacement"]
        for before in filter(None, row["unless_before"].split("|")):
            assert fold(before + row["word"]).text != before + row["replacement"]
        for after in filter(None, row["unless_after"].split("|")):
            assert fold(row["word"] + after).text != row["replacement"] + after
