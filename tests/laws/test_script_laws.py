"""Laws of folding and of sentences, over arbitrary mixed text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model import Document
from ingest.passage import passages, sentences
from ingest.read.text import header_end
from ingest.script import bare, fold

PIECES = st.sampled_from(
    [
        "澜川半导体有限公司",
        "中關村科技園區海澱園",
        "作業系統",
        "區網域",
        "領網域",
        "聚網",
        "餅乾",
        "乾元科創園",
        "昇騰晶片",
        "創新創業",
        "ＺＥＦ（深圳）",
        "Zefira Co., Ltd.",
        '" 產業 "',
        "“ 尺 ”",
        "…①㎡ﬁ½",
        "e\u0301",
        "が",
        "か\u3099",
        "葛\U000e0100城",
        "𬭎芯",
        "\u200b",
        "\xad",
        "\u2060",
        "\ufeff",
        "\u202d",
        "\ufe00",
        "\r\n",
        "\n",
        "\r",
        "\t",
        "\u3000",
        " ",
        "，",
        "。",
        "；",
        ". ",
        "！",
        "”",
        "）",
        "（",
        "与",
        "标题：",
        "\ud800",
        "\0",
        "각",
        "\u1100\u1161",
        "שלום",
    ]
)
MIXED = st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join)
CLEAN = st.text(alphabet="澜川半导体有限公司与启岚光电签署战略合作协议新创业园乾安昇ABCz019。、", max_size=60)


@given(MIXED, st.data())
def test_every_span_of_the_folded_text_leads_to_a_span_that_says_it(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    first, last = folded.original(start, end)
    assert 0 <= first <= last <= len(text)
    assert (first == last) == (start == end)
    if not folded.steps:
        assert (first, last) == (start, end)
    outer = folded.original(0, len(folded.text))
    assert outer[0] <= first
    assert last <= max(outer[1], first)


@given(MIXED)
def test_each_character_leads_to_characters_that_fold_to_it_and_in_order(text: str) -> None:
    folded = fold(text)
    before = (0, 0)
    for place in range(len(folded.text)):
        span = folded.original(place, place + 1)
        assert before[0] <= span[0] < span[1]
        assert before[1] <= span[1]
        if span[1] - span[0] == 1 and not _contextual(text, *span):
            assert folded.text[place] in fold(text[slice(*span)]).text
        before = span


def _contextual(text: str, start: int, end: int) -> bool:
    """Whether what stands around [start, end) may change how it is folded: Chinese words, and what composes."""
    around = text[max(start - 6, 0) : end + 6]
    return any(character > "\u02ff" for character in around)


@given(
    st.lists(st.sampled_from(["澜", "\u200b", "川", "\xad", "Ａ", "…", "體", "\u2060", "（"]), max_size=30).map("".join)
)
def test_a_span_folds_to_what_it_was_taken_for(text: str) -> None:
    """Where no word of a table is near, the original span says exactly the folded span, grown to whole characters."""
    folded = fold(text)
    for start in range(len(folded.text)):
        for end in range(start + 1, len(folded.text) + 1):
            first, last = folded.original(start, end)
            again = fold(text[first:last]).text
            assert folded.text[start:end] in again
            if "…" not in text:
                assert again == folded.text[start:end]
                assert text[first] not in "\u200b\xad\u2060"
                assert text[last - 1] not in "\u200b\xad\u2060"


@given(MIXED)
def test_folding_is_total_and_settles(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == fold(fold(once).text).text
    assert bare(text) == "".join(bare(text).split())
    assert not set("\u200b\xad\u2060\ufeff\u202d\ufe00\0") & set(once)


@given(CLEAN)
def test_clean_simplified_text_stays_as_it_is(text: str) -> None:
    folded = fold(text)
    assert folded.text == text
    assert folded.steps == ()


@given(MIXED)
@settings(max_examples=200)
def test_passages_are_slices_in_order_that_lose_no_word(text: str) -> None:
    document = Document("d", text)
    found = passages(document)
    end = header_end(text)
    between = []
    for passage in found:
        assert end <= passage.start < passage.end <= len(text)
        assert passage.text == text[passage.start : passage.end]
        between.append(text[end : passage.start])
        end = passage.end
    assert not any(character.isalnum() for character in "".join((*between, text[end:])))
    assert len({passage.id for passage in found}) == len(found)


@given(MIXED)
def test_sentences_lead_back_to_their_document(text: str) -> None:
    document = Document("d", text)
    for sentence in sentences(document):
        assert sentence.passage.folded == sentence.folded.text
        for place in range(len(sentence.folded.text)):
            start, end = sentence.original(place, place + 1)
            assert sentence.passage.start <= start < end <= sentence.passage.end
