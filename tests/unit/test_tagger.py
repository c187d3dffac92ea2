"""The extractor `tagger`: what it promises whatever its weights are, and a few texts that it must read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.settings import settings as settings_of_product
from graph.model import Document, Kind, Relation, Status
from ingest.extract import extractor, identity
from ingest.extract.neural.weights import CARD, WEIGHTS, fingerprint
from ingest.model import Extraction, Extractor

TEXT = (
    "澜川半导体（苏州）有限公司（以下简称“澜川”）位于苏州工业园区，主要生产功率芯片。\n"
    "3月5日，该公司与禾禹生物科技有限公司签署战略合作协议。砺川材料有限公司向澜川供应碳化硅衬底。"
)


@pytest.fixture(scope="module")
def tagger() -> Extractor:
    return extractor("tagger", cache=settings_of_product().cache)


@pytest.fixture(scope="module")
def found(tagger: Extractor) -> Extraction:
    return tagger.extract(Document("d", TEXT, ""))


def test_names_are_found_with_their_kinds_and_limits(found: Extraction) -> None:
    names = {(one.surface, one.name.kind) for one in found.mentions}
    assert {
        ("澜川半导体（苏州）有限公司", Kind.ENTERPRISE),
        ("澜川", Kind.ENTERPRISE),
        ("苏州工业园区", Kind.PARK),
        ("禾禹生物科技有限公司", Kind.ENTERPRISE),
        ("砺川材料有限公司", Kind.ENTERPRISE),
    } <= names
    full = {one.surface: one.name.text for one in found.mentions}
    assert full["澜川"] == "澜川半导体（苏州）有限公司"


def test_claims_are_found_with_direction_and_status(found: Extraction) -> None:
    said = {(one.relation, *(name.text for _, name in one.parties)): one for one in found.claims}
    firm = "澜川半导体（苏州）有限公司"
    assert (Relation.LOCATED_IN, firm, "苏州工业园区") in said
    assert (Relation.SUPPLIES, "砺川材料有限公司", firm) in said
    assert (Relation.SUPPLIES, firm, "砺川材料有限公司") not in said
    together = next(
        one for key, one in said.items() if key[0] is Relation.COLLABORATES and "禾禹生物科技有限公司" in key
    )
    assert "战略合作" in together.kinds
    assert together.status in (Status.SIGNED, Status.ACTIVE)


def test_a_park_does_not_take_in_who_is_there(tagger: Extractor) -> None:
    found = tagger.extract(Document("d", "SMC在北京经济技术开发区追加投资，扩建中国总部。", "SMC追加投资"))
    assert ("北京经济技术开发区", Kind.PARK) in {(one.surface, one.name.kind) for one in found.mentions}


def test_whose_a_firm_is_does_not_say_where_it_is(tagger: Extractor) -> None:
    found = tagger.extract(Document("d", "生物农业园里有瑞士先正达、德国拜耳等一众龙头。", "龙头聚在生物农业园"))
    seats = {tuple(name.text for _, name in one.parties) for one in found.claims if one.relation is Relation.LOCATED_IN}
    assert not {seat[-1] for seat in seats} & {"瑞士", "德国"}


def test_every_name_says_who_found_it(found: Extraction) -> None:
    assert all(one.rule for one in found.mentions)
    assert any(one.rule.startswith("tagger ") for one in found.mentions)


def test_a_document_is_read_the_same_whatever_was_read_before(tagger: Extractor, found: Extraction) -> None:
    tagger.extract(Document("other", "禾禹生物落户东澜科技园。" * 40, ""))
    assert tagger.extract(Document("d", TEXT, "")) == found


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.sampled_from(
            [
                *"园区公司与在、。，\n\r\t （）“”ＡaZ9臺湾🤝𠮷\u200b\u202e\x00",
                "澜川半导体有限公司",
                "Zefira Co., Ltd.",
                "苏州",
            ]
        ),
        max_size=60,
    )
)
def test_any_text_is_read_and_every_span_points_at_its_surface(tagger: Extractor, parts: list[str]) -> None:
    text = "".join(parts)
    read = tagger.extract(Document("d", text, ""))
    last = 0
    for one in read.mentions:
        assert last <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.surface
        last = one.end
    assert all(0 <= one.start < one.end <= len(text) for one in read.claims)


@pytest.mark.parametrize("text", ["", " \n", "。", "澜" * 8_000, "a" * 4_000, "园区" * 2_000])
def test_odd_texts_end(tagger: Extractor, text: str) -> None:
    assert tagger.extract(Document("d", text, "")).document.text == text


def test_the_identity_is_that_of_the_weights_that_the_card_tells_of() -> None:
    card = json.loads(CARD.read_text(encoding="utf-8"))
    assert card["weights"].startswith(fingerprint())
    assert fingerprint() in identity("tagger")
    assert WEIGHTS.stat().st_size < 8_000_000
