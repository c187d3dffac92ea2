"""Words with their places become paragraphs: which lines go on, what stands between them, what runs on every page."""

from __future__ import annotations

import pytest

from ingest.read.composition import Composition
from ingest.read.grid import Cell, addresses, lines
from ingest.read.layout import Fragment, Page, compose, joint


def line(text: str, top: float, left: float = 60) -> Fragment:
    """A line of 12 points, Chinese characters as wide as high, others half."""
    width = sum(12 if sign > "\u2e7f" else 6 for sign in text)
    return Fragment(text, left, top, left + width, top + 12)


def composed(*pages: list[Fragment]) -> tuple[str, list[str]]:
    text = Composition()
    running = compose([Page(f"page {n}", 842, tuple(page)) for n, page in enumerate(pages, 1)], text)
    return text.text, running


@pytest.mark.parametrize(
    ("above", "below", "between", "dropped"),
    [
        ("Zefira Photon-", "ics Co.", "", True),
        ("the well-", "known park", "", False),
        ("a state-of-", "the-art lab", "", False),
        ("Sino-", "German venture", "", False),
        ("澜川半导体有限公", "司签约", "", False),
        ("澜川与Zefira", "签约", "", False),
        ("signed by", "Zefira", " ", False),
        ("2023-", "2024", " ", False),
    ],
)
def test_what_stands_between_two_lines(above: str, below: str, between: str, dropped: bool) -> None:
    assert joint(above, below) == (between, dropped)


def test_running_lines_go_and_body_lines_that_stand_on_two_pages_stay() -> None:
    same = "战略合作协议已经签署，双方将共建联合实验室。"
    pages = [
        [
            line(f"年度报告 {n}", 30),
            line(same, 400),
            line(f"第{n}段的话不同，各页都是自己的内容。", 440),
            line(f"- {n} -", 810),
        ]
        for n in (1, 2, 3)
    ]
    text, running = composed(*pages)
    assert text.count(same) == 3
    assert "年度报告" not in text
    assert "- 2 -" not in text
    assert running == ["年度报告 1"]


def test_a_first_line_on_one_page_alone_is_no_running_line() -> None:
    text, running = composed([line("澜川半导体入驻东澜科技园", 30), line("正文在此。", 400)])
    assert text == "澜川半导体入驻东澜科技园\n\n正文在此。"
    assert running == []


def test_items_of_a_list_are_paragraphs_and_their_hanging_lines_belong_to_them() -> None:
    fragments = [
        line("1. 澜川半导体有限公司与禾禹生物科技有限公司签署战略", 100),
        line("合作协议。", 118, left=78),
        line("2. 启岚光电有限公司入驻青峤产业园，成为该园第一百家", 136),
        line("光电企业。", 154, left=78),
    ]
    text, _ = composed(fragments)
    assert text == (
        "1. 澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。\n\n"
        "2. 启岚光电有限公司入驻青峤产业园，成为该园第一百家光电企业。"
    )


def test_rows_that_are_no_table_keep_their_cells_apart() -> None:
    text, _ = composed([line("甲方", 100), line("澜川半导体", 100, left=300), line("签字盖章后生效。", 140)])
    assert text == "甲方 | 澜川半导体\n\n签字盖章后生效。"


def test_a_table_in_words() -> None:
    merged = Cell("东澜科技园", "A3:A4")
    rows = [
        [Cell("名单", "A1:C1")] * 3,
        [Cell("园区", "A2"), Cell("企业", "B2"), None],
        [merged, Cell("澜川半导体有限公司", "B3"), Cell("已签约。", "C3")],
        [merged, None, None],
        [None, Cell("启岚光电有限公司", "B5"), None],
    ]
    assert [text for text, _ in lines(rows)] == [
        "名单",
        "园区：东澜科技园，企业：澜川半导体有限公司，已签约。",
        "园区：东澜科技园。",
        "企业：启岚光电有限公司。",
    ]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["A3:A5", "B4", "C4", "D4"], "A3:A5 B4:D4"),
        (["A1", "C1"], "A1 C1"),
        (["Y9", "Z9", "AA9"], "Y9:AA9"),
        ([], ""),
    ],
)
def test_addresses_of_neighbours_are_a_range(names: list[str], words: str) -> None:
    assert addresses(names) == words
