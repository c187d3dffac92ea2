"""The tables: sound rows, sources, references that lead somewhere."""

from __future__ import annotations

import csv
import re
from importlib.resources import files
from pathlib import Path

import pytest

from graph.model import Kind
from ingest import lexicon

FOLDER = Path(lexicon.__file__).parent
SIX = {"未来制造", "未来信息", "未来材料", "未来能源", "未来空间", "未来健康"}


@pytest.mark.parametrize(
    "name", ["parks", "industries", "places", "institutions", "enterprises", "governments", "products", "listed"]
)
def test_every_row_names_its_source(name: str) -> None:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["source"].strip() for row in rows)
    assert all(None not in row and None not in row.values() for row in rows)


def test_parks_refer_to_parks() -> None:
    parks = lexicon.parks()
    assert len({park.name for park in parks.values()}) == len(parks)
    for park in parks.values():
        assert not park.part_of or park.part_of in parks
        assert not park.overlaps or park.overlaps in parks
        seen = {park.key}
        above = park.part_of
        while above:
            assert above not in seen
            seen.add(above)
            above = parks[above].part_of


def test_no_two_parks_share_an_unconditional_alias() -> None:
    owners: dict[str, str] = {}
    for park in lexicon.parks().values():
        for alias in (lexicon.Alias(park.name), *park.aliases):
            if not alias.when:
                assert owners.setdefault(alias.name, park.key) == park.key


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("zhongguancun-haidian", "zhongguancun"),
        ("zhangjiang-north", "zhangjiang"),
        ("zhangjiang", "zhangjiang-zone"),
        ("guangzhou-science-city", "guangzhou-development"),
        ("chengdu-hightech-south", "chengdu-hightech"),
        ("optics-valley-biocity", "optics-valley"),
    ],
)
def test_parts(part: str, whole: str) -> None:
    assert lexicon.parks()[part].part_of == whole


def test_yizhuang_overlaps_but_is_not_the_zone() -> None:
    park = lexicon.parks()["zhongguancun-daxing-yizhuang"]
    assert park.overlaps == "beijing-etown"
    (alias,) = (one for one in lexicon.parks()["beijing-etown"].aliases if one.name == "亦庄")
    assert "北京" in alias.when


def test_six_axes_three_stated() -> None:
    tracks = lexicon.tracks()
    assert {track.direction for track in tracks} == SIX
    assert [track.name for track in tracks if track.status == "stated"] == [
        "合成生物",
        "生成式人工智能",
        "纤维及复合材料",
    ]
    assert all(track.source for track in tracks)
    assert len({track.id for track in tracks}) == len(tracks) == 6


def test_industries_form_a_forest_with_known_codes_and_tracks() -> None:
    industries = lexicon.industries()
    assert len(industries) >= 150
    tracks = {track.id for track in lexicon.tracks()}
    names: dict[str, str] = {}
    for industry in industries.values():
        assert industry.hant
        assert industry.en
        assert not industry.broader or industry.broader in industries
        assert re.fullmatch(r"([A-T](\d{2}){0,1}\d{0,2})?", industry.code)
        assert not industry.track or industry.track in tracks
        for name in (industry.name, industry.en, *industry.synonyms):
            assert names.setdefault(name.lower(), industry.name) == industry.name
        seen, above = {industry.name}, industry.broader
        while above:
            assert above not in seen
            seen.add(above)
            above = industries[above].broader
    assert {one.track for one in industries.values()} - {""} == tracks


def test_names_lead_to_their_kind() -> None:
    table = lexicon.gazetteer()
    for name, kind, full in [
        ("华为", Kind.ENTERPRISE, "华为技术有限公司"),
        ("武大", Kind.INSTITUTION, "武汉大学"),
        ("工信部", Kind.GOVERNMENT, "工业和信息化部"),
        ("湖北", Kind.PLACE, "湖北省"),
        ("芯片", Kind.INDUSTRY, "集成电路"),
        ("光谷生物城", Kind.PARK, "光谷生物城"),
    ]:
        assert (table[name][0].kind, table[name][0].name) == (kind, full)


def test_closed_lists() -> None:
    words = lexicon.words()
    assert words["stop"]
    assert words["no such role"] == frozenset()
    suffixes = {suffix.text: suffix.kind for suffix in lexicon.suffixes()}
    assert suffixes["有限公司"] is Kind.ENTERPRISE
    assert words["weak"] | words["legal"] <= set(suffixes)
    assert words["class_park"] <= set(suffixes)


@pytest.mark.parametrize(
    "name",
    [
        "triggers.csv",
        "enterprises.csv",
        "institutions.csv",
        "industries.csv",
        "parks.csv",
        "suffixes.csv",
        "listed.csv",
    ],
)
def test_every_row_has_the_columns_of_its_table(name: str) -> None:
    text = (files("ingest") / "lexicon" / name).read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    assert {len(row) for row in rows} == {len(rows[0])}
