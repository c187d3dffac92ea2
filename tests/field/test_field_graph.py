"""Field cases that need the whole way, from files to the graph: see README.md in this folder. Both engines."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from graph.export import fingerprint
from graph.query.profile import enterprise
from graph.search.search import Tools, search
from graph.store.base import Store
from ingest.extract import export, extractor
from ingest.model import Extractor
from ingest.pipeline import BATCH, Summary, ingest
from ingest.read import read_all
from ingest.script import fold

HERE = Path(__file__).parent


@cache
def reader() -> Extractor:
    return extractor("fast")


def expected(case: str) -> dict[str, Any]:
    return dict(json.loads((HERE / "expect" / f"{case}.json").read_text(encoding="utf-8")))


def case(name: str, *parts: str) -> list[Path]:
    folder = HERE / "cases" / name
    return [folder / part for part in parts] or [folder]


def take(store: Store, paths: Sequence[Path], batch: int = BATCH) -> Summary:
    return ingest(paths, store, extractor=reader, batch=batch)


def extracted(paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """What `parkbond extract` writes, by source."""
    return {doc.source: dict(export(reader().extract(doc))) for doc in read_all(paths) if hasattr(doc, "text")}


def ties(store: Store) -> set[frozenset[str]]:
    rows = store.run(
        "MATCH (a:Enterprise)-[:PARTY]->(c:Collaboration) WHERE c.status IN ['signed', 'active', 'ended'] "
        "RETURN c.id AS id, a.name AS name"
    )
    parties: dict[str, set[str]] = {}
    for row in rows:
        parties.setdefault(row["id"], set()).add(row["name"])
    return {frozenset(names) for names in parties.values()}


def test_s01_a_deleted_document_leaves_nothing(store: Store, tmp_path: Path) -> None:
    take(store, case("S01", "only_b.jsonl"))
    only_b = fingerprint(store)
    store.delete(["d-b"])
    take(store, case("S01", "two.jsonl"))
    store.delete(["d-a"])
    assert fingerprint(store) == only_b
    found = search(store, Tools(lambda text: fold(text).text), "禾禹生物")
    assert [hit for hit in found.hits if "禾禹" in hit.passage.text] == []
    take(store, case("S01", "again.jsonl"))
    after = expected("S01")["after"]
    firm = enterprise(store, after["entity"])
    assert {piece["document"] for piece in firm["evidence"]} <= set(after["evidence"])
    assert firm["documents"] == 1
    assert len(firm["collaborations"]) == after["ties"]


def test_s02_the_same_file_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    first = take(store, case("S02"))
    before = fingerprint(store)
    copy = tmp_path / "elsewhere" / "same.jsonl"
    copy.parent.mkdir()
    shutil.copy(case("S02", "same.jsonl")[0], copy)
    again = [take(store, case("S02")), take(store, [copy])]
    assert first.added == 1
    assert [(run.added, run.changed, run.unchanged) for run in again] == [(0, 0, 1), (0, 0, 1)]
    assert fingerprint(store) == before
    [tie] = store.run("MATCH (c:Collaboration) RETURN c.evidence AS evidence, c.documents AS documents")
    assert (len(tie["evidence"]), tie["documents"]) == (expected("S02")["evidence_count"], 1)


def test_s03_copies_and_files_of_one_name(store: Store) -> None:
    summary = take(store, case("S03"))
    wanted = {frozenset(pair) for pair in expected("S03")["ties"]}
    assert (summary.read, summary.added, summary.duplicate) == (3, 2, 1)
    assert any("copy/other_name.txt" in note and "2023/readme.txt" in note for note in summary.notes)
    assert ties(store) == wanted
    assert {row["n"] for row in store.run("MATCH (c:Collaboration) RETURN c.documents AS n")} == {1}
    assert store.forget("2023/readme.txt") == ()
    assert ties(store) == wanted
    assert store.forget("copy/other_name.txt")
    assert ties(store) < wanted


def test_s05_a_run_that_is_cut_short_is_finished_by_the_next(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that dies in the middle, at every third batch; the store itself is killed in the tests of commands."""
    take(store, case("S05"))
    whole = fingerprint(store)
    store.delete([row["id"] for row in store.documents(0, 1000)])
    add = type(store).add
    calls = {"n": 0}

    def dying(self: Store, contributions: Any) -> Any:
        calls["n"] += 1
        if calls["n"] % 3 == 0:
            raise KeyboardInterrupt
        return add(self, contributions)

    monkeypatch.setattr(type(store), "add", dying)
    stops = 0
    while True:
        try:
            summary = take(store, case("S05"), batch=20)
        except KeyboardInterrupt:
            stops += 1
            for row in store.documents(0, 1000):
                assert store.run(
                    "MATCH (p:Passage {document: $id})-[m:MENTIONS]->() RETURN count(m) AS n", id=row["id"]
                )[0]["n"]
            continue
        break
    assert stops >= 2
    assert summary.read == expected("S05")["documents"]
    assert fingerprint(store) == whole


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai"])
def test_s08_a_date_is_not_shifted(store: Store, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    import time

    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        take(store, case("S08"))
        dates = {row["id"]: row["published"] for row in store.documents(0, 10)}
    finally:
        monkeypatch.undo()
        time.tzset()
    assert dates == expected("S08")["dates"]


def test_s09_each_tie_is_counted_once(store: Store) -> None:
    from graph.projection import project

    take(store, case("S09"))
    network = project(store)
    names = {firm: network.names.get(firm, firm) for firm in network.firms}
    degree = {names[firm]: int(of) for firm, of in zip(network.firms, network.degree, strict=True)}
    assert degree == expected("S09")["degree"]
    roles = {
        (row["relation"], row["role"], row["name"])
        for row in store.run(
            "MATCH (e:Enterprise)-[p:PARTY]->(c:Collaboration) "
            "RETURN c.relation AS relation, p.role AS role, e.name AS name"
        )
    }
    assert ("SUPPLIES", "supplier", "砺川材料有限公司") in roles
    assert ("SUPPLIES", "buyer", "澜川半导体有限公司") in roles
    assert store.run("MATCH (c:Collaboration) RETURN count(c) AS n")[0]["n"] == expected("S09")["edges"]


@pytest.mark.parametrize(
    ("name", "queries"), [("T03", ("澜川半导体", "葛城精密")), ("T04", ("zef微电子（深圳）", "A&K"))]
)
def test_t03_t04_one_name_in_two_guises_is_one_firm(store: Store, name: str, queries: tuple[str, ...]) -> None:
    take(store, case(name))
    firms = store.run("MATCH (e:Enterprise) RETURN e.name AS name, e.aliases AS aliases")
    for pair in expected(name)["same"]:
        clean = [fold(text).text for text in pair]
        holding = [row for row in firms if clean[-1] in (row["name"], *row["aliases"])]
        assert len(holding) == 1, (pair, firms)
        assert not set(holding[0]["name"]) & set("\u200b\u00ad\u2060\u202d\u202c\ufeff\U000e0100")
    for query in queries:
        found = search(store, Tools(lambda text: fold(text).text), query)
        assert len(found.hits) == 2, (query, found)


def test_t04_the_amount_is_a_number(store: Store) -> None:
    take(store, case("T04"))
    stated = [json.loads(row["v"]) for row in store.run("MATCH (c:Collaboration) RETURN c.values AS v")]
    assert expected("T04")["amount"] in [values.get("amount") for values in stated]


@pytest.mark.parametrize("name", ["T03", "T07"])
def test_t03_t07_spans_of_names_in_the_original(name: str) -> None:
    found = extracted(case(name))
    said = expected(name)
    for span in said["spans"]:
        document = found[span.get("file", said.get("file"))]
        places = {(one["start"], one["end"]): one["surface"] for one in document["entities"]}
        assert places.get((span["start"], span["end"])) == span["surface"], (span, places)


@pytest.mark.parametrize("name", ["R01", "R03"])
def test_r01_r03_names_are_read_as_written(name: str) -> None:
    surfaces = {one["surface"] for document in extracted(case(name)).values() for one in document["entities"]}
    assert set(expected(name)["entities"]) <= surfaces


def test_r01_twins_give_the_same_names_at_the_same_places() -> None:
    found = extracted(case("R01"))
    for one, twin in expected("R01")["equal"]:
        assert found[one]["entities"] == found[twin]["entities"]


def test_r05_the_good_file_is_ingested(store: Store) -> None:
    summary = take(store, case("R05"))
    said = expected("R05")
    [problem] = summary.problems
    assert said["bad"] in problem
    assert str(said["first_bad_byte"]) in problem
    names = {row["name"] for row in store.run("MATCH (e:Enterprise) RETURN e.name AS name")}
    assert set(said["good_entities"]) <= names


@pytest.mark.parametrize("name", ["R06", "R07"])
def test_r06_r07_ids_of_rows(store: Store, name: str) -> None:
    take(store, case(name))
    ids = expected(name)["document_ids"]
    assert [row["id"] for row in store.documents(0, 10)] == ids
    assert store.delete(ids[:1]) == tuple(ids[:1])


def test_r07_the_tie_of_the_quoted_row() -> None:
    found = extracted(case("R07"))
    [(relation, head, tail)] = expected("R07")["relations"]
    said = [(one["type"], one["head"], one["tail"]) for one in _relations(case("R07")) if one["type"] == relation]
    assert said == [(relation, head, tail)]
    assert found


def _relations(paths: Sequence[Path]) -> list[dict[str, Any]]:
    read: Callable[[Any], dict[str, Any]] = lambda doc: dict(export(reader().extract(doc)))  # noqa: E731
    return [one for doc in read_all(paths) if hasattr(doc, "text") for one in read(doc)["relations"]]
