from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.settings import DEFAULT_MODEL, settings
from graph.errors import SettingError
from ingest.extract import DEFAULT, Endpoint


def test_without_any_setting_the_graph_is_embedded() -> None:
    plain = settings({})
    assert plain.graph.startswith("embedded:/")
    assert (plain.user, plain.database, plain.idle, plain.model, plain.hub) == (
        "neo4j",
        "neo4j",
        60.0,
        DEFAULT_MODEL,
        False,
    )


def test_a_neo4j_server() -> None:
    given = settings(
        {"PARKBOND_GRAPH": "neo4j://db:7687", "PARKBOND_GRAPH_PASSWORD": "secret-word", "PARKBOND_CACHE": "/c"}
    )
    assert (given.graph, given.password, given.cache) == ("neo4j://db:7687", "secret-word", Path("/c"))


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(SettingError) as error:
        settings({"PARKBOND_GRAPH": "http://db", "PARKBOND_IDLE": "soon", "PARKBOND_HUB": "yes"})
    for name in ("PARKBOND_GRAPH=", "PARKBOND_IDLE=", "PARKBOND_HUB="):
        assert name in str(error.value)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "x"])
def test_idle_seconds_must_be_a_positive_number(seconds: str) -> None:
    with pytest.raises(SettingError, match="PARKBOND_IDLE"):
        settings({"PARKBOND_IDLE": seconds})


def test_the_extractor_and_its_endpoint() -> None:
    plain = settings({})
    assert (plain.extractor, plain.llm) == (DEFAULT, None)
    given = settings(
        {
            "PARKBOND_EXTRACTOR": "llm",
            "PARKBOND_LLM_URL": "http://127.0.0.1:11434/v1/",
            "PARKBOND_LLM_MODEL": "small",
            "PARKBOND_LLM_KEY": "secret-key",
            "PARKBOND_LLM_PRICE_OUT": "1.5",
            "PARKBOND_LLM_SECONDS": "30",
        }
    )
    assert given.extractor == "llm"
    assert given.llm == Endpoint("http://127.0.0.1:11434/v1", "small", "secret-key", 0.0, 1.5, 30.0)
    assert "secret-key" not in repr(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PARKBOND_EXTRACTOR", "slow"),
        ("PARKBOND_LLM_URL", "127.0.0.1:11434"),
        ("PARKBOND_LLM_URL", "file:///etc/passwd"),
        ("PARKBOND_LLM_URL", "http://"),
        ("PARKBOND_LLM_URL", "http://host:port/v1"),
        ("PARKBOND_LLM_MODEL", ""),
        ("PARKBOND_LLM_KEY", "schlüssel\n"),
        ("PARKBOND_LLM_PRICE_IN", "-1"),
        ("PARKBOND_LLM_PRICE_OUT", "cheap"),
        ("PARKBOND_LLM_SECONDS", "0"),
    ],
)
def test_a_wrong_extractor_or_endpoint_is_named(name: str, value: str) -> None:
    sound = {"PARKBOND_LLM_URL": "http://localhost/v1", "PARKBOND_LLM_MODEL": "small"}
    with pytest.raises(SettingError, match=name):
        settings(sound | {name: value})


def test_the_limits_of_reading_are_settings() -> None:
    where = settings({"PARKBOND_READ_MEMORY": "800", "PARKBOND_READ_SECONDS": "5"})
    assert (where.read_memory, where.read_seconds, where.read_size) == (800, 5, 100)
    with pytest.raises(SettingError, match="PARKBOND_READ_SIZE='-1' must be a number of million bytes"):
        settings({"PARKBOND_READ_SIZE": "-1"})


def test_prompts_of_a_model_are_set_or_left_to_it() -> None:
    assert settings({}).prompts is None
    assert settings({"PARKBOND_PROMPT_QUERY": "query: "}).prompts == ("query: ", "")
    assert settings({"PARKBOND_PROMPT_PASSAGE": ""}).prompts == ("", "")


def test_the_chinese_readme_names_every_setting() -> None:
    from api import settings as module

    told = set(re.findall(r"^(PARKBOND_[A-Z_]+) ", module.__doc__ or "", re.MULTILINE))
    page = (Path(__file__).parents[2] / "README.zh.md").read_text(encoding="utf-8")
    assert len(told) > 20
    assert told <= set(re.findall(r"PARKBOND_[A-Z_]+", page))
