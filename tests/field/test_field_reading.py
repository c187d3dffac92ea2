"""Field cases of reading, offsets and script: see README.md in this folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graph.errors import ReadError
from graph.model import Document
from ingest.passage import sentences
from ingest.read import Read, documents
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
