"""Sentences: where they end, what is joined, what is left out."""

from __future__ import annotations

import pytest

from graph.model import Document, passage_id
from ingest.passage import LONGEST, passages, sentences, spans


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("甲入驻。乙签约！丙呢？丁投产；戊", ["甲入驻。", "乙签约！", "丙呢？", "丁投产；", "戊"]),
        ("他说：“我们签约了。”随后离开。", ["他说：“我们签约了。”", "随后离开。"]),
        ("「簽約。」（完）", ["「簽約。」", "（完）"]),
        ("甲（下称A；代码1。）入驻。乙", ["甲（下称A；代码1。）入驻。", "乙"]),
        ("甲入驻!乙签约?丙;丁", ["甲入驻!", "乙签约?", "丙;", "丁"]),
        ("投资3.5亿元.随后签约.", ["投资3.5亿元.", "随后签约."]),
        ("甲入驻。。。乙", ["甲入驻。。。", "乙"]),
        (
            "A Co., Ltd. signed in the U.S. on June 3. It paid.",
            ["A Co., Ltd. signed in the U.S. on June 3.", "It paid."],
        ),
        ("It met A Inc. The park grew.", ["It met A Inc.", "The park grew."]),
        ("It met A Inc. Ltd of Delft.", ["It met A Inc. Ltd of Delft."]),
        ("Dr. Lee, J. K. Lim and others came. They left.", ["Dr. Lee, J. K. Lim and others came.", "They left."]),
        ('It said "Yes." Then it left.', ['It said "Yes."', "Then it left."]),
        ("See e.g. the park at example.com today. Done.", ["See e.g. the park at example.com today.", "Done."]),
        ("It rose 3.5 percent? Yes! No; maybe.", ["It rose 3.5 percent?", "Yes!", "No;", "maybe."]),
        ("query?a=1;b=2 stays", ["query?a=1;b=2 stays"]),
        ("No. 5 plant opened.", ["No. 5 plant opened."]),
        ("\n\n  甲入驻。  \n\u3000\n——\n。。\n", ["甲入驻。"]),
        ("", []),
    ],
)
def test_where_sentences_end(text: str, pieces: list[str]) -> None:
    assert cut(text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("澜川半导体有限公司\r\n与禾禹生物签署协议。", ["澜川半导体有限公司\r\n与禾禹生物签署协议。"]),
        ("澜川半导体有限公司，\n禾禹生物签署协议。", ["澜川半导体有限公司，\n禾禹生物签署协议。"]),
        ("Zefira signed with\nnorthern partners.", ["Zefira signed with\nnorthern partners."]),
        ("签约快讯\n澜川半导体入驻。", ["签约快讯", "澜川半导体入驻。"]),
        ("澜川半导体\n禾禹生物\n启岚光电", ["澜川半导体", "禾禹生物", "启岚光电"]),
        ("名单\n和利时自动化\n在研项目", ["名单", "和利时自动化", "在研项目"]),
        ("澜川半导体\n\n与禾禹生物签署协议。", ["澜川半导体", "与禾禹生物签署协议。"]),
        ("澜川半导体\n\u3000\u3000与禾禹生物签署协议。", ["澜川半导体", "与禾禹生物签署协议。"]),
        ("企业有：\n- 澜川\n* 禾禹\n1. 启岚\n（二）砺川", ["企业有：", "澜川", "禾禹", "1. 启岚", "（二）砺川"]),
        ("# 标题\n正文一句", ["标题", "正文一句"]),
        ("甲入驻。\r乙签约。\u2028丙", ["甲入驻。", "乙签约。", "丙"]),
        ("| 企业 | 主营 |\n| 澜川 | 芯片 |", ["| 企业 | 主营 |", "| 澜川 | 芯片 |"]),
    ],
)
def test_which_lines_belong_together(text: str, pieces: list[str]) -> None:
    assert cut(text) == pieces


def test_a_wrapped_paragraph_is_one_sentence() -> None:
    text = (
        "澜川半导体有限公司在东澜科技园建设新的研发中心，随后禾禹生\n"
        "物科技有限公司也在同一园区建设了自己的生产基地，双方还签署\n"
        "了合作协议。"
    )
    assert cut(text) == [text]
    assert sentences(Document("d", text))[0].folded.text == text.replace("\n", "").replace("，", ",")


def test_the_header_is_no_sentence() -> None:
    text = "标题：签约快讯\n日期：2024\n\n澜川入驻。"
    assert [passage.text for passage in passages(Document("d", text))] == ["澜川入驻。"]


def test_a_long_sentence_is_cut_at_commas_and_at_last_anywhere() -> None:
    with_commas = "澜川半导体有限公司，" * 100
    assert all(len(piece) <= LONGEST and piece.endswith("，") for piece in cut(with_commas))
    without = "澜" * (2 * LONGEST + 1)
    assert [len(piece) for piece in cut(without)] == [LONGEST, LONGEST, 1]
    words = "park " * 200
    assert all(piece.split() == ["park"] * len(piece.split()) for piece in cut(words))


def test_a_roster_has_a_passage_a_line() -> None:
    text = "园区：甲；企业：乙。丙\n园区：甲；企业：丁"
    assert [passage.text for passage in passages(Document("d", text, form="roster"))] == text.split("\n")


def test_passages_carry_their_place_and_folded_text() -> None:
    text = " 澜\u200b川電子（深圳）入驻。\n"
    (sentence,) = sentences(Document("d", text))
    passage = sentence.passage
    assert (passage.start, passage.end) == (1, 13)
    assert passage.id == passage_id("d", 1, 13)
    assert passage.text == text[1:13]
    assert passage.folded == "澜川电子(深圳)入驻。"
    assert text[slice(*sentence.original(0, 8))] == "澜\u200b川電子（深圳）"
