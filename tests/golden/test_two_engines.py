"""The same documents give the same graph: on both engines, in any order, with any number of workers."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import ONE_ENGINE
from published import SECONDS, TOP10

from graph.export import canonical, fingerprint
from graph.query.standing import published
from graph.store.base import Store
from ingest.extract import extractor
from ingest.pipeline import ingest

SAMPLES = Path(__file__).parents[2] / "ingest" / "samples"
_FINGERPRINTS: dict[str, str] = {}


@pytest.fixture(scope="module")
def reader() -> Any:
    made = extractor("fast")
    return lambda: made


def test_the_samples_have_one_fingerprint(store: Store, server: Any, reader: Any) -> None:
    ingest([SAMPLES], store, extractor=reader)
    first = fingerprint(store)
    ingest([SAMPLES], store, extractor=reader)
    assert fingerprint(store) == first
    assert _FINGERPRINTS.setdefault("samples", first) == first, f"{server.name} differs from the other engine"
    half = sorted(SAMPLES.iterdir())
    store.delete([row["id"] for row in store.documents(0, 1000)])
    assert list(canonical(store)) == []
    ingest(list(reversed(half)), store, extractor=reader)
    assert fingerprint(store) == first


@ONE_ENGINE
def test_two_workers_read_the_same(store: Store, reader: Any) -> None:
    files = sorted(SAMPLES.glob("*.txt"))[:12]
    ingest(files, store, extractor=reader)
    alone = fingerprint(store)
    store.delete([row["id"] for row in store.documents(0, 1000)])
    ingest(files, store, extractor=partial(extractor, "fast"), workers=2)
    assert fingerprint(store) == alone


def test_the_seed_and_the_development_documents(store: Store, server: Any, reader: Any, parkbond_data: Path) -> None:
    summary = ingest(
        [parkbond_data / "seed.txt", parkbond_data / "docs" / "dev" / "docs.jsonl"], store, extractor=reader
    )
    assert (summary.read, summary.failed) == (32, 0)
    found = fingerprint(store)
    assert _FINGERPRINTS.setdefault("seed", found) == found, f"{server.name} differs from the other engine"
    lists = published(store)
    overall = [row["park"] for row in lists if not row["track"]]
    assert overall == list(TOP10)
    assert {(row["park"], row["track"], row["rank"]) for row in lists if row["track"]} == {
        (park, track, 2) for park, track in SECONDS
    }
    assert {row["sample"] for row in lists} == {931}
    assert {(row["edition"], row["status"]) for row in lists} == {("2024", "stated")}


def test_no_fact_without_words(store: Store, reader: Any) -> None:
    """The provenance law: every fact is walked to a passage and to characters of the original text."""
    ingest([SAMPLES], store, extractor=reader)
    texts = {row["id"]: row["text"] for row in store.run("MATCH (d:Document) RETURN d.id AS id, d.text AS text")}
    pieces = {
        row["id"]: row
        for row in store.run(
            "MATCH (e:Evidence)-[:IN]->(p:Passage)-[:OF]->(d:Document) "
            "RETURN e.id AS id, e.start AS start, e.end AS end, p.start AS first, p.end AS last, "
            "p.text AS text, d.id AS document"
        )
    }
    for piece in pieces.values():
        assert piece["first"] <= piece["start"] < piece["end"] <= piece["last"]
        assert texts[piece["document"]][piece["first"] : piece["last"]] == piece["text"]
    links = store.run("MATCH (a)-[l]->(b) WHERE l.evidence IS NOT NULL RETURN l.evidence AS evidence")
    deals = store.run("MATCH (c:Collaboration) RETURN c.evidence AS evidence")
    facts = [*links, *deals]
    assert len(facts) > 200
    assert all(fact["evidence"] and set(fact["evidence"]) <= set(pieces) for fact in facts)
    places = store.run(
        "MATCH (p:Passage)-[m:MENTIONS]->(e) RETURN p.document AS document, p.start AS first, p.end AS last, "
        "m.spans AS spans, m.surfaces AS surfaces"
    )
    for row in places:
        for number, surface in enumerate(row["surfaces"]):
            start, end = row["spans"][2 * number : 2 * number + 2]
            assert row["first"] <= start < end <= row["last"]
            assert texts[row["document"]][start:end] == surface


def test_no_private_paths_in_the_export(store: Store, reader: Any) -> None:
    ingest([SAMPLES], store, extractor=reader)
    text = "\n".join(canonical(store))
    assert os.fspath(SAMPLES) not in text
    assert "index_2024.txt" not in text
