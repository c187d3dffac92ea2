from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import DEFAULT_MODEL, settings
from graph.errors import SettingError


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
