"""Quotes cut at word borders, sentences with their marks, names of fields as people write them."""

from __future__ import annotations

import pytest

from graph.model import Kind
from graph.query.evidence import QUOTE, SENTENCE, clipped, sentence
from graph.query.known import number, vocabulary

ENGLISH = "Ascentage Pharma and Innovent Biologics announced a strategic collaboration in oncology"


@pytest.mark.parametrize("most", range(8, 60))
def test_a_quote_never_ends_within_a_word(most: int) -> None:
    cut = clipped(ENGLISH, most)
    assert len(cut) <= most
    assert cut.endswith("…")
    kept = cut[:-1]
    assert ENGLISH.startswith(kept)
    if " " in ENGLISH[:most]:
        assert ENGLISH[len(kept)] == " "


def test_a_quote_that_fits_is_whole() -> None:
    assert clipped(ENGLISH[:QUOTE]) == ENGLISH[:QUOTE]
    assert clipped("to collaborat", whole=False) == "to…"
    assert clipped("澜川半导体" * 20) == ("澜川半导体" * 20)[: QUOTE - 1] + "…"


def test_a_short_sentence_is_shown_whole() -> None:
    text = "甲园成立。澜川公司与启岚公司签约，共建平台。次年投产。"
    found = sentence(text, 5, 16)
    assert found["sentence"] == "澜川公司与启岚公司签约，共建平台。"
    assert (found["mark_start"], found["mark_end"]) == (0, 11)


@pytest.mark.parametrize("start", [0, 40, 150, 280])
def test_a_long_sentence_is_cut_around_the_words(start: int) -> None:
    text = "On that day the Acme Robotics company, " * 8 + "signed."
    found = sentence(text, start, start + 20)
    shown = str(found["sentence"])
    assert len(shown) <= SENTENCE + 2
    assert shown[int(found["mark_start"]) : int(found["mark_end"])] in text[start : start + 20]
    inner = shown.strip("…")
    at = text.index(inner)
    assert at == 0 or not (text[at - 1].isalnum() and inner[0].isalnum())
    assert at + len(inner) == len(text) or not (text[at + len(inner)].isalnum() and inner[-1].isalnum())


@pytest.mark.parametrize(
    ("word", "other"), [("cars", "car"), ("battery", "batteries"), ("batteries", "battery"), ("chip", "chips")]
)
def test_singular_and_plural(word: str, other: str) -> None:
    assert number(word) == other


def test_fields_know_their_english_words_and_what_they_include() -> None:
    rows = [(Kind.INDUSTRY, "汽车", ("automobile",)), (Kind.INDUSTRY, "新能源汽车", ()), (Kind.TRACK, "汽车", ())]
    broader = {(Kind.INDUSTRY, "新能源汽车"): "汽车", (Kind.INDUSTRY, "电动卡车"): "新能源汽车"}
    cars, electric, track = vocabulary(rows, broader)
    assert {"cars", "car", "vehicles", "automobiles"} <= set(cars.names)
    assert "EVs" in electric.names
    assert set(cars.narrower) == set(track.narrower) == {"新能源汽车", "电动卡车"}
    assert electric.narrower == ("电动卡车",)
