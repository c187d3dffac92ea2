"""Rules in words, and the steps from a written name to its key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from extraction import reader

from graph.model import Document, Kind
from ingest import lexicon
from ingest.extract.rule import meaning
from ingest.resolve.keys import key
from ingest.resolve.why import curated, steps

DEV = Path(__file__).parent.parent / "gold" / "dev.jsonl"


def test_every_rule_of_the_labelled_documents_has_words() -> None:
    for line in DEV.read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        found = reader().extract(Document(gold["doc_id"], gold["text"], gold["title"]))
        for rule in {one.rule for one in (*found.mentions, *found.claims)}:
            assert meaning(rule) != rule, rule


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("suffix:有限公司", "it ends in 有限公司"),
        ("tagger 0.93", "the model tagger, with a score of 0.93"),
        ("scorer 1", "the model scorer, with a score of 1"),
        ("trigger:99999", "row 99999 of triggers.csv, which is not there now"),
        ("trigger:", "row  of triggers.csv, which is not there now"),
        ("something new", "something new"),
        ("", "nothing is noted"),
    ],
)
def test_a_rule_in_words(rule: str, words: str) -> None:
    assert meaning(rule) == words


def test_a_trigger_is_told_with_its_pattern() -> None:
    first = lexicon.triggers()[0]
    assert first.pattern in meaning("trigger:0")
    assert first.relation in meaning("trigger:0")


@pytest.mark.parametrize(
    ("kind", "surface", "texts"),
    [
        (Kind.ENTERPRISE, "澜川半导体（苏州）有限公司", ["澜川半导体(苏州)有限公司", "澜川半导体(苏州)"]),
        (Kind.ENTERPRISE, "华为", ["华为技术有限公司", "华为技术"]),
        (Kind.PARK, "海淀园", ["中关村科技园区海淀园", "zhongguancun-haidian"]),
        (Kind.PLACE, "江苏省苏州市", ["苏州市"]),
        (Kind.INDUSTRY, "半導體產業", ["半导体产业", "半导体"]),
        (Kind.RANKING, "某榜", []),
    ],
)
def test_the_steps_of_a_name(kind: Kind, surface: str, texts: list[str]) -> None:
    made = steps(kind, surface)
    assert [step.text for step in made] == [surface, *texts]


def test_a_condition_and_the_source_are_told() -> None:
    row = curated(Kind.PARK, "海淀园")
    assert row is not None
    assert (row.table, row.name, row.when) == ("parks.csv", "中关村科技园区海淀园", ("北京", "中关村"))
    assert row.source
    assert curated(Kind.PARK, "無此園") is None


def test_the_last_step_is_the_key() -> None:
    """Of every name of the tables that means one thing wherever it stands."""
    checked = 0
    for kind, names in (
        (Kind.PARK, [alias.name for park in lexicon.parks().values() for alias in park.aliases if not alias.when]),
        (Kind.ENTERPRISE, [name for one in lexicon.enterprises() for name in (one.name, *one.short, *one.en)]),
        (Kind.INSTITUTION, [name for one in lexicon.institutions() for name in (one.name, *one.short, *one.en)]),
        (Kind.INDUSTRY, [name for one in lexicon.industries().values() for name in (one.name, one.en) if name]),
    ):
        for name in names:
            assert steps(kind, name)[-1].text == key(kind, name, "").key, name
            checked += 1
    assert checked > 500
