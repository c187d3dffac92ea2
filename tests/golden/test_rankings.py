"""The published list over everything that ships: all samples (and the article, where it is there) agree on it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from extraction import reader
from published import SECONDS, TOP10

from graph.model import Document, Kind, Relation
from ingest.read import read_all
from ingest.resolve import resolve

SAMPLES = Path(__file__).parents[2] / "ingest" / "samples"


def ranks(documents: list[Document]) -> Counter[tuple[str, str, str, int]]:
    """(list, park, track or "", rank) with the number of documents that say so; names as resolution gives them."""
    said: Counter[tuple[str, str, str, int]] = Counter()
    for document in documents:
        found = resolve(reader().extract(document))
        name = {one.entity: one.name for one in found.mentions}
        rows = set()
        for one in found.evidence:
            if one.relation is Relation.RANKED:
                of = {found.kinds[party.entity]: name[party.entity] for party in one.parties}
                rows.add((of[Kind.RANKING], of[Kind.PARK], one.qualifier, int(one.values["rank"])))
        said.update(rows)
    return said


@pytest.fixture(scope="module")
def shipped() -> list[Document]:
    return [one for one in read_all([SAMPLES]) if isinstance(one, Document)]


def agree(said: Counter[tuple[str, str, str, int]]) -> None:
    """Exactly the published ranks: no other, none twice, one list."""
    assert {row[0] for row in said} == {"2024产业园区“未来力”指数"}
    assert sorted((rank, park) for _, park, track, rank in said if not track) == list(enumerate(TOP10, start=1))
    assert {(park, track, rank) for _, park, track, rank in said if track} == {
        (park, track, 2) for park, track in SECONDS
    }


def test_the_samples_state_the_published_list(shipped: list[Document]) -> None:
    agree(ranks(shipped))


def test_the_article_agrees_with_the_samples(shipped: list[Document], parkbond_data: Path) -> None:
    article = [one for one in read_all([parkbond_data / "seed.txt"]) if isinstance(one, Document)]
    said = ranks([*shipped, *article])
    agree(said)
    assert set(said.values()) == {2}, "each rank is stated by the sample and by the article"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "2023中国园区“创新力”指数发布。在合成生物赛道上，青峤产业园位居单项第二。",
            {("青峤产业园", "合成生物", 2)},
        ),
        ("2023中国园区“创新力”指数发布。青峤产业园以单项第二的成绩入围。", set()),
        ("2023中国园区“创新力”指数发布。榜单上，青峤产业园位列第二。", {("青峤产业园", "", 2)}),
    ],
)
def test_a_place_on_a_track_is_no_place_overall(text: str, wanted: set[tuple[str, str, int]]) -> None:
    assert {row[1:] for row in ranks([Document("d", text)])} == wanted
