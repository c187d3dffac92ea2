"""The article that the project starts from: its ranking, its parks, and no tie between firms."""

from __future__ import annotations

from pathlib import Path

import pytest
from extraction import names, read
from published import SECONDS, TOP10

from graph.model import Document, Kind, Relation
from ingest.model import Extraction
from ingest.resolve import resolve

OTHERS = {"航空国创中心产业园", "武汉经济技术开发区", "苏州工业园区"}


@pytest.fixture(scope="module")
def extraction(parkbond_data: Path) -> Extraction:
    with (parkbond_data / "seed.txt").open(encoding="utf-8", newline="") as file:
        return read(file.read())


def test_the_ranking(extraction: Extraction) -> None:
    found = resolve(extraction)
    name = {one.entity: one.name for one in found.mentions}
    ranked = [one for one in found.evidence if one.relation is Relation.RANKED]
    park = {
        one.id: next(name[party.entity] for party in one.parties if found.kinds[party.entity] is Kind.PARK)
        for one in ranked
    }
    overall = sorted((int(one.values["rank"]), park[one.id]) for one in ranked if not one.qualifier)
    assert overall == list(enumerate(TOP10, start=1))
    single = {(park[one.id], one.qualifier) for one in ranked if one.qualifier}
    assert single == SECONDS
    assert {one.values["rank"] for one in ranked if one.qualifier} == {2}
    assert {(one.values["edition"], one.values["sample"], one.values["status"]) for one in ranked} == {
        ("2024", 931, "stated")
    }
    lists = {party.entity for one in ranked for party in one.parties if found.kinds[party.entity] is Kind.RANKING}
    assert {name[entity] for entity in lists} == {"2024产业园区“未来力”指数"}


def test_no_tie(extraction: Extraction) -> None:
    assert [one for one in extraction.claims if one.relation.is_collaboration or one.relation is Relation.OWNS] == []


def test_its_parks_and_no_other(extraction: Extraction) -> None:
    found = resolve(extraction)
    parks = {one.name for one in found.mentions if found.kinds[one.entity] is Kind.PARK}
    assert parks == {*TOP10, *OTHERS}
    assert "車谷" in names(extraction, Kind.PARK)


def test_every_span_points_at_its_words(extraction: Extraction) -> None:
    document: Document = extraction.document
    for claim in extraction.claims:
        words = document.text[claim.start : claim.end]
        assert words == words.strip()
        assert claim.relation is not Relation.RANKED or "園" in words
