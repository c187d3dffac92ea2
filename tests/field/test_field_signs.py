"""Field case Q01, names and queries of signs that mean something to a full-text engine: see README.md in this folder.

Over HTTP, on the command line and as names that are looked up, on both engines. Read by the tagger, which takes most of
these names whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import GraphServer
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.answers import open_ways
from api.app import create_app
from api.cli import app
from api.settings import settings
from graph.export import fingerprint
from graph.store.base import Store
from graph.store.bolt import connect
from ingest.extract import extractor
from ingest.model import Extractor
from ingest.pipeline import ingest

HERE = Path(__file__).parent
FILE = HERE / "cases" / "Q01" / "special_names.jsonl"
QUERIES = (HERE / "cases" / "Q01" / "queries.txt").read_text(encoding="utf-8").splitlines()
ROWS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
FIRST = json.loads((HERE / "expect" / "Q01.json").read_text(encoding="utf-8"))["first_hit"]
SIGNS = [query for query in QUERIES if not any(map(str.isalnum, query))]
ENGINE = re.compile(r"lucene|arcade|neo4j|org\.|exception|traceback|syntax|internal error", re.IGNORECASE)


@cache
def reader() -> Extractor:
    return extractor("tagger")


@pytest.fixture(scope="module")
def named(server: GraphServer) -> Iterator[Store]:
    """The graph of the case, its file ingested twice."""
    server.empty()
    store = connect(server.graph, user=server.user, password=server.password, database=server.database)
    store.prepare()
    first = ingest([FILE], store, extractor=reader)
    whole = fingerprint(store)
    again = ingest([FILE], store, extractor=reader)
    assert (first.added, first.problems, again.unchanged, again.problems) == (12, (), 12, ())
    assert fingerprint(store) == whole
    yield store
    store.close()


@pytest.fixture(scope="module")
def env(server: GraphServer) -> dict[str, str]:
    return {
        "PARKBOND_GRAPH": server.graph,
        "PARKBOND_GRAPH_USER": server.user,
        "PARKBOND_GRAPH_PASSWORD": server.password,
    }


@pytest.fixture(scope="module")
def client(named: Store, env: dict[str, str]) -> Iterator[TestClient]:
    service = create_app(lambda: open_ways(settings(env)))
    with TestClient(service, raise_server_exceptions=False) as client:
        yield client


def holders(query: str) -> set[str]:
    return {row["id"] for row in ROWS if query.casefold() in row["title"].casefold()}


def test_q01_a_firm_is_looked_up_when_it_comes_again(named: Store, tmp_path: Path) -> None:
    firms = "MATCH (e:Enterprise) RETURN e.id AS id, e.name AS name ORDER BY id"
    before, whole = named.run(firms), fingerprint(named)
    more = tmp_path / "more.jsonl"
    rows = [row | {"id": f"more-{row['id']}"} for row in ROWS]
    more.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    added = ingest([more], named, extractor=reader).added
    after = named.run(firms)
    named.delete([row["id"] for row in rows])
    assert (added, after) == (12, before)
    assert fingerprint(named) == whole


@pytest.mark.parametrize("query", [query for query in QUERIES if query not in SIGNS])
def test_q01_words_among_signs_are_found(client: TestClient, env: dict[str, str], query: str) -> None:
    told = client.get("/api/v1/search", params={"q": query, "limit": 100})
    assert told.status_code == 200, told.text
    assert not ENGINE.search(told.text)
    hits = [hit["document"] for hit in told.json()["hits"]]
    if query in FIRST:
        assert hits[0] == FIRST[query]
    assert holders(query) <= set(hits)

    done = CliRunner().invoke(app, ["search", query, "--limit", "100", "--json"], env=env)
    assert done.exit_code == 0, done.output
    assert [hit["document"] for hit in json.loads(done.stdout)["hits"]] == hits


def test_q01_not_is_a_word(client: TestClient) -> None:
    hits = client.get("/api/v1/search", params={"q": "东澜 NOT 科技园", "limit": 100}).json()["hits"]
    assert {hit["document"] for hit in hits} == {row["id"] for row in ROWS}


@pytest.mark.parametrize("query", SIGNS)
def test_q01_signs_alone_are_told_so(client: TestClient, env: dict[str, str], query: str) -> None:
    told = client.get("/api/v1/search", params={"q": query})
    assert told.status_code == 422
    assert "signs only" in told.json()["detail"]
    assert not ENGINE.search(told.text)

    done = CliRunner().invoke(app, ["search", query], env=env)
    assert done.exit_code == 1
    assert "signs only" in done.stderr


@pytest.mark.parametrize("query", QUERIES)
def test_q01_names_are_looked_up_and_suggested(client: TestClient, named: Store, query: str) -> None:
    firms = [row["name"] for row in named.run("MATCH (e:Enterprise) RETURN e.name AS name")]
    assert len(FIRST.keys() & set(firms)) >= 8, "most names are read whole"
    told = client.get(f"/api/v1/enterprises/{quote(query, safe='')}")
    assert not ENGINE.search(told.text)
    if query in firms:
        assert (told.status_code, told.json()["name"]) == (200, query)
    else:
        assert told.status_code == 404
        like = [firm for firm in firms if query.casefold() in firm.casefold() and query not in SIGNS]
        assert [firm for firm in like if firm not in told.json()["detail"]] == []

    asked = client.post("/api/v1/ask", json={"question": query})
    assert asked.status_code == 200
    assert not ENGINE.search(asked.text)
    if asked.json()["reason"] == "unknown_name" and holders(query) and query not in firms:
        like = [firm for firm in firms if query.casefold() in firm.casefold()]
        assert set(like) <= set(asked.json()["suggestions"])
