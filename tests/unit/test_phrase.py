"""What a sentence that somebody else wrote may say: nothing but what its sources hold."""

from __future__ import annotations

from typing import Any

import pytest

from api.answers import folded
from graph.model import Kind
from graph.query.phrase import LONGEST_SOURCE, LONGEST_WHOLE, QUOTES, ROWS, SENTENCES, Bench, held, sources
from graph.search.names import Named

ROW = {"park": "苏州工业园区", "observed": 1, "expected": 0.123456, "id": "park-1", "evidence": ["e1"]}
PIECES: list[dict[str, Any]] = [
    {
        "id": "e1",
        "quote": "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议",
        "sentence": "2024年5月6日，澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议，金额3亿元。",
        "title": "签约仪式",
        "published": "2024-05-06",
        "kinds": ["战略合作"],
        "status": "signed",
        "date": "2024-05-06",
    },
    {"id": "e2", "quote": "", "sentence": "Lanchuan Semiconductor invested $1,200 million in Heyu Bio of Suzhou."},
]
KNOWN = [
    Named("p", Kind.PARK, "苏州工业园区", ("苏州工业园区", "Suzhou Industrial Park", "SIP")),
    Named("q", Kind.PARK, "东湖高新区", ("东湖高新区", "光谷")),
    Named("e", Kind.ENTERPRISE, "澜川半导体有限公司", ("澜川半导体有限公司", "澜川")),
]
BENCH = Bench({one.number: one for one in sources([ROW], PIECES)}, folded, lambda _: KNOWN)


def stands(text: str, *cites: Any) -> bool:
    kept, dropped = held([{"text": text, "cites": [*cites]}], BENCH)
    assert len(kept) + dropped == 1
    return bool(kept)


def test_sources_are_numbered_rows_then_quotes() -> None:
    told = list(BENCH.sources.values())
    assert [(one.number, one.kind, one.of) for one in told] == [
        (1, "row", "0"),
        (2, "evidence", "e1"),
        (3, "evidence", "e2"),
    ]
    assert told[0].text == "park: 苏州工业园区; observed: 1; expected: 0.1235"
    assert "签约仪式" in told[1].text


def test_there_is_an_end_to_what_is_shown() -> None:
    told = sources([{"a": "长" * 10_000}] * 100, [{"id": str(at), "quote": "短"} for at in range(100)])
    assert len(told) <= ROWS + QUOTES
    assert max(len(one.text) for one in told) == LONGEST_SOURCE
    assert sum(len(one.text) for one in told) <= LONGEST_WHOLE


GOOD = [
    ("澜川半导体有限公司与禾禹生物科技有限公司签署了战略合作协议。", 2),
    ("澜川半導體有限公司與禾禹生物科技有限公司簽署戰略合作協議。", 2),  # the other script
    ("2024年5月6日，澜川与禾禹生物科技有限公司签署协议，金额3亿元。", 2),
    ("据“签约仪式”，双方签署战略合作协议。", 2),
    ("在苏州工业园区观察到 1 个，期望为 0.1235。", 1),
    ("在苏州工业园区观察到一个。", 1),
    ("Suzhou Industrial Park has 1 observed tie; 0.1235 were expected.", 1),  # by another name of the park
    ("Lanchuan Semiconductor invested $1,200 million in Heyu Bio.".replace("$", ""), 3),
    ("澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议 [2]。", 2),
]


@pytest.mark.parametrize(("text", "cite"), GOOD)
def test_what_its_sources_hold_stands(text: str, cite: int) -> None:
    assert stands(text, cite)


BAD = [
    ("a firm that nobody named", "澜川半导体有限公司与蓝鲸微电子签署战略合作协议。", 2),
    ("a short name that nobody named", "澜川半导体有限公司与华为签署战略合作协议。", 2),
    ("a name put together of two", "澜川生物科技有限公司签署战略合作协议。", 2),
    ("a name of the graph that this source does not have", "东湖高新区有战略合作协议。", 2),
    ("the same by another name", "光谷有战略合作协议。", 2),
    ("a name of another source", "澜川半导体有限公司位于苏州工业园区。", 2),
    ("a number", "金额4亿元。", 2),
    ("a number within a number", "金额24亿元。", 2),
    ("a part of a number", "2024年签署，共202份。", 2),
    ("another unit", "金额3万元。", 2),
    ("a number in words", "两家企业签署了战略合作协议，共五份。", 2),
    ("an English number in words", "Lanchuan Semiconductor invested seven million in Heyu Bio.", 3),
    ("another scale", "Lanchuan Semiconductor invested 1,200 billion in Heyu Bio.", 3),
    ("another sign", "期望为 -0.1235。", 1),
    ("a Latin name", "Lanchuan Semiconductor invested in Bluewhale.", 3),
    ("a Latin name put together", "Suzhou Semiconductor invested in Heyu Bio.", 3),
    ("a Latin part of a word", "Lan invested in Heyu Bio.", 3),
    ("a quotation", "据“签署了很多协议”，双方合作。", 2),
    ("a quotation without an end", "据“签约仪式，双方合作。", 2),
    ("an address", "Lanchuan Semiconductor: see evil.example", 3),
    ("a mark of other languages", "Lanchuan <b>Semiconductor</b>", 3),
    ("letters that look alike", "Lаnchuan Semiconductor invested in Heyu Bio.", 3),
    ("hidden characters", "双方签署\u200b战略合作协议。", 2),
    ("turned characters", "双方签署\u202e战略合作协议。", 2),
    ("two lines", "双方签署\n战略合作协议。", 2),
    ("nothing", " ", 2),
    ("too much", "双方签署战略合作协议。" * 50, 2),
]


@pytest.mark.parametrize(("text", "cite"), [(text, cite) for _, text, cite in BAD], ids=[name for name, *_ in BAD])
def test_what_its_sources_do_not_hold_is_dropped(text: str, cite: int) -> None:
    assert not stands(text, cite)


@pytest.mark.parametrize("cites", [[], [4], [0], [-1], [2, 4], [True], ["2"], [2.0], [None], [[2]], [10**30]])
def test_numbers_that_do_not_exist_are_no_citation(cites: list[Any]) -> None:
    assert not stands("双方签署战略合作协议。", *cites)


def test_a_mark_in_the_text_is_a_citation_too() -> None:
    kept, _ = held([{"text": "双方签署战略合作协议[2]。", "cites": [1]}], BENCH)
    assert (kept[0].text, kept[0].cites) == ("双方签署战略合作协议。", (1, 2))
    assert not stands("双方签署战略合作协议[9]。", 2)


@pytest.mark.parametrize(
    "said", [None, 5, "text", {}, [None], [5], [[]], [{"text": "双方"}], [{"cites": [2]}], [{"text": 1, "cites": [2]}]]
)
def test_what_has_another_form_is_dropped(said: Any) -> None:
    kept, dropped = held(said, BENCH)
    assert (kept, dropped) == ([], 1)


def test_there_is_an_end_to_how_much_is_taken() -> None:
    kept, dropped = held([{"text": "双方签署战略合作协议。", "cites": [2]}] * 50, BENCH)
    assert (len(kept), dropped) == (SENTENCES, 50 - SENTENCES)
