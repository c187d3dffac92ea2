"""Field cases of questions: see README.md in this folder. Both engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.answers import spoken
from graph.curated import Curated
from graph.query.answer import answer
from graph.query.known import StoreNames
from graph.query.parse import parse
from graph.store.base import Store
from ingest.extract import extractor
from ingest.pipeline import ingest
from ingest.script import fold

HERE = Path(__file__).parent


@pytest.fixture
def known(store: Store) -> Store:
    ingest([HERE / "cases" / "Q09"], store, extractor=lambda: extractor("fast"))
    return store


def ask(store: Store, question: str) -> dict[str, Any]:
    folded = lambda text: fold(text).text  # noqa: E731
    return answer(store, parse(question, StoreNames(store, cut=spoken), folded), Curated()).json()


@pytest.mark.parametrize(
    ("question", "name", "like"),
    [
        ("澜川光电和谁合作？", "澜川光电", {"澜川半导体有限公司", "启岚光电有限公司"}),
        ("启岚半导体在哪个园区？", "启岚半导体", {"启岚光电有限公司", "澜川半导体有限公司"}),
        ("东岚科技园有哪些企业？", "东岚科技园", {"东澜科技园"}),
    ],
)
def test_q09_a_name_that_sounds_alike_is_no_answer(known: Store, question: str, name: str, like: set[str]) -> None:
    assert name in json.loads((HERE / "expect" / "Q09.json").read_text(encoding="utf-8"))["no_answer"]
    said = ask(known, question)
    assert (said["answered"], said["reason"], said["rows"]) == (False, "unknown_name", [])
    assert said["note"].startswith(f"not known: {name}")
    assert like & set(said["suggestions"])


@pytest.mark.parametrize("question", ["2027年的合作有哪些？", "谁与澜川半导体没有合作？"])
def test_q09_what_was_not_seen_is_not_observed(known: Store, question: str) -> None:
    said = ask(known, question)
    assert (said["answered"], said["rows"]) == (True, [])
    assert "not observed in 2 documents" in said["note"]
    assert said["coverage"]["documents"] == 2
