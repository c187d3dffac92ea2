"""How well `fast` reads the labelled documents that were written for this project (names and relations).

`make accuracy` (python tests/gold) prints the whole table.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from extraction import reader
from gold.scoring import Score, add

from graph.model import Document
from ingest.extract import export

DEV = Path(__file__).with_name("dev.jsonl")


@pytest.fixture(scope="module")
def score() -> Score:
    result = Score()
    for line in DEV.read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        document = Document(gold["doc_id"], gold["text"], gold["title"])
        add(result, gold, export(reader().extract(document)))
    return result


@pytest.mark.parametrize(
    ("what", "floor"),
    [("names", 0.84), ("names Enterprise", 0.86), ("names Park", 0.8), ("relations", 0.52), ("COLLABORATES", 0.7)],
)
def test_floors(score: Score, what: str, floor: float) -> None:
    assert score.f1(what) >= floor, score.row(what)


def test_the_count_is_right_on_a_small_case() -> None:
    gold = {
        "entities": [
            {"start": 0, "end": 2, "type": "Enterprise", "surface": "甲甲", "canonical": "甲甲公司"},
            {"start": 3, "end": 5, "type": "Enterprise", "surface": "乙乙", "canonical": "乙乙"},
        ],
        "relations": [{"type": "COLLABORATES", "head": "甲甲公司", "tail": "乙乙", "directed": False}],
    }
    written = {
        "entities": [{"start": 0, "end": 2, "type": "Enterprise"}, {"start": 3, "end": 6, "type": "Enterprise"}],
        "relations": [
            {"type": "COLLABORATES", "head": "乙乙", "tail": "甲甲", "status": "signed"},
            {"type": "SUPPLIES", "head": "乙乙", "tail": "甲甲", "status": "denied"},
            {"type": "INVESTS", "head": "乙乙", "tail": "甲甲", "status": "active"},
        ],
    }
    result = Score()
    add(result, gold, written)
    assert (result.right["names"], result.said["names"], result.gold["names"]) == (1, 2, 2)
    assert (result.right["relations"], result.said["relations"], result.gold["relations"]) == (1, 2, 1)
    assert result.f1("relations") == pytest.approx(2 / 3)
