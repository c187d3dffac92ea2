"""Field cases of reading, offsets and script: see README.md in this folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any, cast

import pytest

from graph.errors import ReadError
from graph.model import Document
from graph.store.base import Store
from ingest.extract import extractor
from ingest.model import Extraction
from ingest.passage import sentences
from ingest.pipeline import ingest
from ingest.read import Read, Skipped, documents
from ingest.read.ocr import installed
from ingest.resolve.code import stated
from ingest.script import bare, fold

HERE = Path(__file__).parent


def expected(case: str) -> dict[str, Any]:
    return dict(json.loads((HERE / "expect" / f"{case}.json").read_text(encoding="utf-8")))


def outcome(case: str) -> tuple[dict[str, list[Read]], list[ReadError]]:
    """What reading the folder of a case gives: the documents by source, and the errors."""
    read: dict[str, list[Read]] = {}
    errors: list[ReadError] = []
    for item in documents([HERE / "cases" / case]):
        if isinstance(item, Read):
            read.setdefault(item.document.source, []).append(item)
        elif isinstance(item, ReadError):
            errors.append(item)
    return read, errors


def span_of(document: Document, name: str) -> tuple[int, int]:
    """Where the folded name stands in the original text, by its first sentence."""
    for sentence in sentences(document):
        if (place := sentence.folded.text.find(name)) >= 0:
            return sentence.original(place, place + len(name))
    raise AssertionError(f"{name} is in no sentence")


def test_r01_short_chinese_files_are_read_as_gb18030() -> None:
    read, errors = outcome("R01")
    assert not errors
    for one, twin in expected("R01")["equal"]:
        assert read[one][0].document.text == read[twin][0].document.text
        assert (read[one][0].encoding, read[twin][0].encoding) == ("gb18030", "utf-8")
        assert "\ufffd" not in read[one][0].document.text
    text = "".join(item.document.text for items in read.values() for item in items)
    assert all(name in text for name in expected("R01")["entities"])


def test_r03_a_page_is_read_by_what_it_is_not_by_what_it_declares() -> None:
    read, errors = outcome("R03")
    assert not errors
    assert read["declares_gb2312_is_gbk.html"][0].encoding == "gb18030"
    assert read["declares_gb2312_is_utf8.html"][0].encoding == "utf-8"
    text = "".join(item.document.text for items in read.values() for item in items)
    assert all(name in text for name in expected("R03")["entities"])
    assert "\ufffd" not in text


def test_r05_a_file_in_two_encodings_is_named_with_the_byte_and_the_rest_is_read() -> None:
    read, errors = outcome("R05")
    wanted = expected("R05")
    assert [error.where for error in errors] == [wanted["bad"]]
    assert f"byte {wanted['first_bad_byte']}" in errors[0].reason
    assert list(read) == ["good.txt"]
    text = read["good.txt"][0].document.text
    assert all(name in text for name in wanted["good_entities"])


@pytest.mark.parametrize("case", ["R06", "R07"])
def test_r06_r07_tables_keep_their_ids(case: str) -> None:
    read, errors = outcome(case)
    assert not errors
    ids = [item.document.id for items in read.values() for item in items]
    assert ids == expected(case)["document_ids"]


def test_r07_quoted_separators_and_line_breaks_stay_in_the_cell() -> None:
    read, _ = outcome("R07")
    first, second = (item.document for item in read["semicolon.csv"])
    assert first.title == '澜川半导体 "芯澜" 发布会'
    assert "\r\n" in first.text
    assert "；" in first.text
    assert "1,200万元" in first.text
    assert second.text == "启岚光电, 砺川材料入驻青峤产业园"


def test_s03_files_of_one_name_in_different_folders_and_a_copy_under_another_name() -> None:
    read, errors = outcome("S03")
    assert not errors
    assert list(read) == ["2023/readme.txt", "2024/readme.txt", "copy/other_name.txt"]
    ids = [items[0].document.id for items in read.values()]
    assert ids[0] == ids[2] != ids[1]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_s08_a_stated_day_is_kept_whatever_the_zone(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    read, _ = outcome("S08")
    dates = {item.document.id: item.document.published for item in read["midnight.jsonl"]}
    assert dates == expected("S08")["dates"]


def test_s05_every_record_of_a_batch_is_read() -> None:
    read, errors = outcome("S05")
    assert not errors
    assert len(read["batch150.jsonl"]) == expected("S05")["documents"]


def test_t03_spans_cover_invisible_characters_inside_names() -> None:
    read, _ = outcome("T03")
    document = read["invisible.txt"][0].document
    for span in expected("T03")["spans"]:
        name = fold(span["surface"]).text
        start, end = span_of(document, name)
        assert (start, end) == (span["start"], span["end"])
        assert document.text[start:end] == span["surface"]
        assert name.isprintable()


@pytest.mark.parametrize("case", ["T03", "T04"])
def test_t03_t04_two_writings_of_a_name_have_one_form(case: str) -> None:
    for one, other in expected(case)["same"]:
        assert fold(one).text == fold(other).text
        assert bare(one) == bare(other)


def test_t04_names_are_found_in_both_widths() -> None:
    read, _ = outcome("T04")
    for source in ("fullwidth.txt", "halfwidth.txt"):
        document = read[source][0].document
        for name in ("ZEF微电子(深圳)有限公司", "A&K精机有限公司"):
            start, end = span_of(document, name)
            assert fold(document.text[start:end]).text == name
    assert "3.5亿元" in sentences(read["fullwidth.txt"][0].document)[0].folded.text


def test_t07_carriage_returns_count() -> None:
    wanted = expected("T07")
    read, _ = outcome("T07")
    document = read["crlf.txt"][0].document
    raw = (HERE / "cases" / "T07" / str(wanted["file"])).read_bytes().decode("utf-8")
    assert document.text == raw
    assert document.title == "签约快讯"
    for span in wanted["spans"]:
        assert raw[span["start"] : span["end"]] == span["surface"]
        assert span_of(document, span["surface"]) == (span["start"], span["end"])
    first = sentences(document)[0]
    assert first.folded.text == "澜川半导体有限公司与禾禹生物科技有限公司签署合作协议。"
    assert first.passage.text == raw[first.passage.start : first.passage.end]


# ------------------------------------------------------------------------------------------------------- rich formats


def located(item: Read, words: str) -> str:
    """Where words of a document stand in its file."""
    start = item.document.text.index(words)
    return item.document.place(start, start + len(words))


def the_read(case: str, source: str) -> Read:
    read, _ = outcome(case)
    (item,) = read[source]
    return item


@pytest.fixture(scope="module")
def extracted() -> Callable[[Read], Extraction]:
    """What `fast` extracts from a document; its models are loaded once."""
    made = extractor("fast")
    return lambda item: made.extract(item.document)


def said(extraction: Extraction) -> set[tuple[str, str, str]]:
    """The relations of an extraction by names; those of partners both ways round."""
    rows: set[tuple[str, str, str]] = set()
    for claim in extraction.claims:
        names = [name.text for _, name in claim.parties]
        rows |= {(claim.relation.value, one, other) for one, other in permutations(names, 2)}
    return rows


def firms(extraction: Extraction) -> set[str]:
    return {mention.name.text for mention in extraction.mentions}


def test_r08_merged_cells_count_for_all_rows_and_evidence_names_sheet_and_cells(
    extracted: Callable[[Read], Extraction],
) -> None:
    item = the_read("R08", "tenants_merged.xlsx")
    title, blank, *rows = item.document.text.split("\n")
    assert (title, blank) == ("青峤产业园与柳汀生物医药产业园入园企业名单", "")
    parks = {row.split("，")[1].removeprefix("企业："): row.split("，")[0].removeprefix("园区：") for row in rows}
    assert parks == {firm: park for _, firm, park in expected("R08")["relations"]}
    assert located(item, rows[1]) == "sheet 入园企业, A3:A5 B4:D4"
    extraction = extracted(item)
    found = {row for row in said(extraction) if row[0] == "LOCATED_IN"}
    assert {tuple(row) for row in expected("R08")["relations"]} <= found
    assert not {tuple(row) for row in expected("R08")["not_relations"]} & found
    assert not [name for name in firms(extraction) if "名单" in name]


def test_r09_a_formula_is_read_as_its_value_and_missed_aloud_without_one(
    extracted: Callable[[Read], Extraction],
) -> None:
    extraction = extracted(the_read("R09", "formula_cached.xlsx"))
    assert {tuple(row) for row in expected("R09")["relations"]} <= said(extraction)
    item = the_read("R09", "formula_no_value.xlsx")
    assert item.notes[0].startswith("formula without a stored value, C2")
    assert not [words for words in expected("R09")["not_text"] if words in item.document.text]


def test_r10_long_codes_typed_as_numbers_are_reported_and_zeros_are_kept(
    extracted: Callable[[Read], Extraction],
) -> None:
    item = the_read("R10", "codes.xlsx")
    rows = {row.split("，")[0].removeprefix("企业："): row for row in item.document.text.split("\n")}
    for firm, code in (expected("R10")["codes"] | expected("R10")["stock"]).items():
        assert code in rows[firm]
    for pair in expected("R10")["apart"]:
        assert all("信用代码" not in rows[firm] for firm in pair)
    assert "B3, B4: a number of 18 digits" in item.notes[0]
    assert "not trustworthy" in item.notes[0]
    said_of: dict[str, dict[str, object]] = {}
    for claim in stated(extracted(item)):
        said_of.setdefault(claim.parties[0][1].text, {}).update(claim.values)
    for key, attribute in (("codes", "uscc"), ("stock", "stock_code")):
        for firm, code in expected("R10")[key].items():
            assert said_of[firm][attribute] == code


def test_r12_a_word_file_is_read_with_its_changes_accepted(extracted: Callable[[Read], Extraction]) -> None:
    extraction = extracted(the_read("R12", "tracked_changes.docx"))
    assert {tuple(row) for row in expected("R12")["relations"]} <= said(extraction)
    assert not firms(extraction) & set(expected("R12")["not_entities"])


def test_r14_columns_are_read_one_after_the_other(extracted: Callable[[Read], Extraction]) -> None:
    extraction = extracted(the_read("R14", "two_columns.pdf"))
    assert {tuple(row) for row in expected("R14")["relations"]} <= said(extraction)
    assert not {tuple(row) for row in expected("R14")["not_relations"]} & said(extraction)


def test_r16_a_sentence_goes_on_over_the_page_and_running_lines_are_left_out(
    extracted: Callable[[Read], Extraction],
) -> None:
    item = the_read("R16", "header_in_sentence.pdf")
    extraction = extracted(item)
    assert {tuple(row) for row in expected("R16")["relations"]} <= said(extraction)
    assert not [row for row in said(extraction) if set(row) & set(expected("R16")["not_relation_of"])]
    (claim,) = (one for one in extraction.claims if one.relation.value == "COLLABORATES")
    assert item.document.place(claim.start, claim.end) == "page 1-2"
    assert [one.passage.place for one in sentences(item.document)] == ["page 1", "page 1-2"]


def test_r17_fonts_without_a_character_map_are_reported_not_stored(extracted: Callable[[Read], Extraction]) -> None:
    read, errors = outcome("R17")
    assert list(read) == ["cid_not_embedded.pdf"]
    assert {tuple(row) for row in expected("R17")["relations"]} <= said(extracted(read["cid_not_embedded.pdf"][0]))
    assert [error.where for error in errors] == expected("R17")["failed_or_ocr"]
    assert "text cannot be mapped to characters" in errors[0].reason


def test_r18_a_scan_is_no_empty_document() -> None:
    found = list(documents([HERE / "cases" / "R18"]))
    if installed():
        (item,) = found
        assert isinstance(item, Read)
        assert item.notes == ("page 1 read by OCR",)
        assert located(item, "澜川半导体有限公司") == "OCR, page 1"
        assert tuple(expected("R18")["with_ocr"][0]) in said(extractor("fast").extract(item.document))
    else:
        assert found == [
            Skipped("scanned.pdf", "no text layer (scan?); to read it by OCR: pip install 'parkbond[ocr]'", wanted=True)
        ]
        summary = ingest([HERE / "cases" / "R18"], cast(Store, None), extractor=lambda: extractor("fast"))
        assert (summary.read, summary.skipped) == (0, 1)
        assert summary.problems == (f"scanned.pdf: skipped, {found[0].reason}",)  # so that the exit code is 1
        assert any(word in summary.problems[0] for word in expected("R18")["reason_contains"])


def test_r19_only_the_article_of_a_page_is_read(extracted: Callable[[Read], Extraction]) -> None:
    item = the_read("R19", "page.html")
    extraction = extracted(item)
    assert {tuple(row) for row in expected("R19")["relations"]} <= said(extraction)
    assert set(expected("R19")["entities"]) <= firms(extraction)
    assert not [name for name in expected("R19")["not_entities"] if name in item.document.text]
    assert any("does not see" in note for note in item.notes)


def test_r21_names_in_an_archive_of_a_chinese_windows(extracted: Callable[[Read], Extraction]) -> None:
    found = [item for item in documents([HERE / "cases" / "R21" / "windows_gbk.zip"]) if isinstance(item, Read)]
    assert [item.document.source for item in found] == expected("R21")["names"]
    assert {item.encoding for item in found} == {"gb18030"}
    relations = set().union(*(said(extracted(item)) for item in found))
    assert {tuple(row) for row in expected("R21")["relations"]} <= relations
    inside = outcome("R21")[0]
    assert list(inside) == [f"windows_gbk.zip/{name}" for name in expected("R21")["names"]]


def test_t09_hyphens_of_the_line_end_go_those_of_words_stay(extracted: Callable[[Read], Extraction]) -> None:
    item = the_read("T09", "hyphen_ligature.pdf")
    assert "well-known state-of-the-art" in item.document.text
    extraction = extracted(item)
    assert set(expected("T09")["entities"]) <= firms(extraction)
    (claim,) = (one for one in extraction.claims if one.relation.value == "COLLABORATES")
    assert {name.text for _, name in claim.parties} == set(expected("T09")["relations"][0][1:])
    assert claim.date == expected("T09")["date"]
