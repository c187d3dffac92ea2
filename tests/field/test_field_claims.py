"""Field cases about names and what is said of them (N) and about text and offsets (T): see README.md in this folder.

They are read as `parkbond extract` reads them; N14, whose cells part names by a blank only, is given its names.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from graph.model import Document, Kind, Relation, Role, Status
from ingest.extract import export, extractor, fast
from ingest.extract.names import Span
from ingest.extract.reading import begin
from ingest.model import Claim, Extraction, Extractor
from ingest.read import read_all
from ingest.script import bare

HERE = Path(__file__).parent
TIES = (Status.SIGNED, Status.ACTIVE)


@cache
def reader() -> Extractor:
    return extractor("fast")


@cache
def expected(case: str) -> dict[str, Any]:
    return dict(json.loads((HERE / "expect" / f"{case}.json").read_text(encoding="utf-8")))


def documents(case: str) -> list[Document]:
    found = [one for one in read_all([HERE / "cases" / case]) if isinstance(one, Document)]
    assert found
    return found


@cache
def extracted(case: str) -> tuple[Extraction, ...]:
    return tuple(reader().extract(document) for document in documents(case))


def claims(case: str, relation: Relation) -> list[Claim]:
    return [one for found in extracted(case) for one in found.claims if one.relation is relation]


def parties(claim: Claim) -> tuple[str, ...]:
    return tuple(name.text for _, name in claim.parties)


def held(case: str) -> set[tuple[str, str, str]]:
    """What is said to hold or to have held: relation, head, tail; undirected pairs both ways, ownership as INVESTS."""
    rows: set[tuple[str, str, str]] = set()
    for found in extracted(case):
        for row in export(found)["relations"]:  # type: ignore[attr-defined]
            if row["status"] != Status.DENIED:
                rows.add((row["type"], row["head"], row["tail"]))
                if row["type"] == Relation.COLLABORATES:
                    rows.add((row["type"], row["tail"], row["head"]))
    return rows


def of(case: str, pair: str) -> Claim:
    """The one cooperation of two firms that are called by the beginnings of their names."""
    one, other = pair.split("-")
    [found] = [
        claim
        for claim in claims(case, Relation.COLLABORATES)
        if any(name.startswith(one) for name in parties(claim))
        and any(name.startswith(other) for name in parties(claim))
    ]
    return found


@pytest.mark.parametrize("case", ["N01", "N03", "N04", "N09", "T01", "T09"])
def test_what_is_said_and_what_is_not(case: str) -> None:
    wanted, unwanted = expected(case)["relations"], expected(case).get("not_relations", ())
    assert {tuple(row) for row in wanted} <= held(case)
    assert not {tuple(row) for row in unwanted} & held(case)


def test_n01_a_denial_is_kept_as_one_and_a_double_negation_is_none() -> None:
    found = claims("N01", Relation.COLLABORATES)
    denied = {parties(one) for one in found if one.status is Status.DENIED}
    assert {tuple(pair) for pair in expected("N01")["denied"]} <= denied
    assert {parties(one) for one in found if one.status in TIES} == {("砺川材料有限公司", "泊澜储能有限公司")}


def test_n03_plans_and_ends() -> None:
    said = expected("N03")
    assert {pair: of("N03", pair).status.value for pair in said["status"]} == said["status"]
    assert {pair: of("N03", pair).until for pair in said["ends"]} == said["ends"]
    assert of("N03", "澜川-启岚").date == "2026"
    assert [one for one in claims("N03", Relation.COLLABORATES) if one.status in TIES] == []


def test_n04_who_held_it_before() -> None:
    [owned] = claims("N04", Relation.OWNS)
    assert (parties(owned), owned.status) == (("启岚光电有限公司", "芯隅电子有限公司"), Status.ENDED)


@pytest.mark.parametrize("case", ["N05", "N06", "T01", "T05"])
def test_names_stand_where_they_are(case: str) -> None:
    [found] = extracted(case)
    said = expected(case)
    places = {(one.start, one.end): one.surface for one in found.mentions}
    for span in said["spans"]:
        assert places.get((span["start"], span["end"])) == span["surface"]
        before = found.document.text[: span["start"]].encode("utf-16-le")
        assert len(before) == 2 * span["utf16_start"]
    surfaces = set(places.values())
    assert set(said.get("entities", ())) <= surfaces
    assert not set(said.get("not_entities", ())) & surfaces


def test_n05_a_place_inside_a_name_is_no_name() -> None:
    assert not {one.surface for found in extracted("N05") for one in found.mentions} & {"上海", "苏州", "中国", "天津"}


def test_n07_common_words_are_no_organisations() -> None:
    kinds = {one.name.kind for found in extracted("N07") for one in found.mentions}
    assert not kinds & {Kind.INSTITUTION, Kind.ENTERPRISE, Kind.PARK, Kind.GOVERNMENT}


def test_n09_short_names_mean_the_full_ones() -> None:
    said = expected("N09")
    [found] = extracted("N09")
    canonical = {one.surface: one.name.text for one in found.mentions}
    assert {short: canonical[short] for short in said["canonical"]} == said["canonical"]
    for one, other in said["apart"]:
        assert {one, other} <= set(canonical.values())
    [owned] = claims("N09", Relation.OWNS)
    assert parties(owned) == ("澜川控股集团有限公司", "澜川半导体（苏州）有限公司")


def test_n10_years_of_the_republic() -> None:
    said = expected("N10")
    stated = {}
    for pair in said["dates"]:
        claim = of("N10", pair)
        stated[pair] = str(claim.values.get("quarter", claim.date))
    assert stated == said["dates"]
    dated = {found.document.id for found in extracted("N10") for one in found.claims if one.date}
    assert not dated & set(said["no_date"])


def test_n12_amounts() -> None:
    found = {}
    for one in extracted("N12"):
        [claim] = [claim for claim in one.claims if claim.relation is Relation.COLLABORATES]
        values = claim.values
        found[one.document.id] = {
            "value": values.get("amount"),
            "currency": values.get("currency"),
            "approximate": bool(values.get("approximate")),
        }
    assert found == expected("N12")["amounts"]


def test_n14_names_parted_by_a_blank_or_a_stroke() -> None:
    said = expected("N14")
    [document] = documents("N14")
    reading = begin(document)
    for sentence in reading.sentences:
        for name in said["entities"]:
            place = sentence.text.find(name)
            if place >= 0:
                kind = Kind.INSTITUTION if name.endswith("大学") else Kind.ENTERPRISE
                sentence.spans.append(Span(place, place + len(name), kind, "given", 9))
        sentence.spans.sort()
    found = [one for one in fast.finish(reading).claims if one.relation is Relation.COLLABORATES]
    assert all(role is Role.PARTNER for one in found for role, _ in one.parties)
    pairs = {frozenset((one, other)) for claim in found for one in parties(claim) for other in parties(claim)}
    assert {pair for pair in pairs if len(pair) == 2} == {frozenset(row[1:]) for row in said["relations"]}


def test_t05_a_character_is_not_folded_away() -> None:
    said = expected("T05")
    shown = {one.name.text for found in extracted("T05") for one in found.mentions}
    assert set(said["entities"]) <= shown
    assert not [name for name in shown if any(wrong in name for wrong in said["not_text"])]
    assert bare("干细胞") == "干细胞"


def test_t09_english_names_over_a_line_end() -> None:
    said = expected("T09")
    shown = {one.name.text for found in extracted("T09") for one in found.mentions}
    assert set(said["entities"]) <= shown
    [tie] = claims("T09", Relation.COLLABORATES)
    assert tie.date == said["date"]
