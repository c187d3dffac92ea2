"""Bad files: each is refused or cleaned with the reason, in bounded memory and time, and the next file is read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from files import SHEET, SLIDE, WORD, cells, docx, paragraph, pdf, pptx, shape, show, xlsx, zipped

from graph.errors import ReadError
from ingest.read import Child, Limits, Read, Skipped, documents, read
from ingest.read.archive import cleaned

SENTENCE = "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。"
MEMORY = 300
"""Million bytes that the process may hold here."""

Results = list[Read | Skipped | ReadError]
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child(Limits(memory=MEMORY, seconds=20)) as one:
        yield one


@pytest.fixture
def results(child: Child, tmp_path: Path) -> Callable[[str, bytes], Results]:
    def reading(name: str, data: bytes) -> Results:
        path = tmp_path / name
        path.write_bytes(data)
        return list(read(path, name, child))

    return reading


@pytest.fixture
def reason(results: Callable[[str, bytes], Results], child: Child, tmp_path: Path) -> Callable[[str, bytes], str]:
    """Why a file was refused; after it a good file must be read, in no more memory than allowed."""

    def reading(name: str, data: bytes) -> str:
        (result,) = results(name, data)
        assert isinstance(result, ReadError), result
        assert "\n" not in str(result)
        (good,) = results("good.docx", docx(paragraph(SENTENCE)))
        assert isinstance(good, Read)
        assert 0 < child.peak < MEMORY + 100
        return result.reason

    return reading


Reason = Callable[[str, bytes], str]


# --------------------------------------------------------------------------------------------------------------- bombs


def test_members_that_unfold_beyond_measure_are_not_unfolded(reason: Reason) -> None:
    zeros = bytes(60_000_000)
    assert "a bomb, not read" in reason("a.docx", zipped({"word/document.xml": zeros}))
    assert "a bomb, not read" in reason("a.zip", zipped({"a.txt": zeros}))
    book = xlsx({"一": cells([["a"]])})
    with zipfile.ZipFile(BytesIO(book)) as parts:
        members: dict[str, str | bytes] = {name: parts.read(name) for name in parts.namelist()}
    assert "a bomb, not read" in reason("a.xlsx", zipped(members | {"xl/sharedStrings.xml": zeros}))


def test_what_all_members_unfold_to_is_counted_together(tmp_path: Path) -> None:
    noise = os.urandom(900_000)
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.txt": SENTENCE, "in.zip": zipped({f"{n}.gz": noise for n in range(4)})}))
    with Child(Limits(unfolded=5_000_000)) as child:
        found = list(read(path, "a.zip", child))
    assert isinstance(found[0], Read)
    assert isinstance(found[-1], ReadError)
    assert "unfolds to more than 5,000,000 bytes" in found[-1].reason


def test_a_member_is_read_no_further_than_it_says(reason: Reason) -> None:
    data = bytearray(zipped({"a.txt": "a" * 5_000}))
    for place in (22, data.rindex(b"PK\x01\x02") + 24):  # the sizes in both of its headers
        data[place : place + 4] = (10).to_bytes(4, "little")
    assert reason("a.zip", bytes(data)).startswith(("damaged in the archive", "larger than the archive says"))


def test_archives_in_archives_end_somewhere(results: Callable[[str, bytes], Results]) -> None:
    data = zipped({"a.txt": SENTENCE})
    for _ in range(5):
        data = zipped({"in.zip": data})
    (found,) = results("a.zip", data)
    assert isinstance(found, ReadError)
    assert "deeper than 3" in found.reason


def test_too_many_members_and_a_locked_one_are_refused(reason: Reason) -> None:
    assert "10,001 files in one archive" in reason("a.zip", zipped({f"{n}": b"" for n in range(10_001)}))
    data = bytearray(zipped({"a.txt": "a"}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert "protected by a password" in reason("a.zip", bytes(data))


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("name", "part", "body"),
    [
        ("a.docx", "word/document.xml", f"<w:document {WORD}><w:body>&j;</w:body></w:document>"),
        ("a.xlsx", "xl/workbook.xml", f"<workbook {SHEET}>&j;</workbook>"),
        ("a.pptx", "ppt/presentation.xml", f"<p:presentation {SLIDE} x='&j;'/>"),
    ],
)
def test_a_billion_laughs_are_refused_in_every_office_file(
    reason: Reason, name: str, part: str, body: str, codec: str
) -> None:
    head = f'<?xml version="1.0" encoding="{codec}"?>'
    assert "declares entities" in reason(name, zipped({part: (head + LAUGHS + body).encode(codec)}))


def test_laughs_in_the_sheet_of_a_book_are_refused(reason: Reason) -> None:
    book = xlsx({"一": cells([["a"]])})
    with zipfile.ZipFile(BytesIO(book)) as parts:
        members: dict[str, str | bytes] = {name: parts.read(name) for name in parts.namelist()}
    members["xl/worksheets/s0.xml"] = LAUGHS + f"<worksheet {SHEET}>&j;</worksheet>"
    assert "declares entities" in reason("a.xlsx", zipped(members))


def test_xml_nested_without_end_is_refused(reason: Reason) -> None:
    deep = "<w:sdt>" * 60_000 + "</w:sdt>" * 60_000
    assert "depth" in reason("a.docx", docx(deep)).lower()
    assert "depth" in reason("a.pptx", pptx(["<p:grpSp>" * 40_000 + "</p:grpSp>" * 40_000])).lower()


def test_more_memory_than_allowed_is_refused_and_a_new_process_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(docx("".join(f"<w:p><w:r><w:t>{n}</w:t></w:r></w:p>" for n in range(500_000))))
    good = tmp_path / "b.docx"
    good.write_bytes(docx(paragraph(SENTENCE)))
    with Child(Limits(memory=100)) as child:
        (refused,) = read(path, "a.docx", child)
        (found,) = read(good, "b.docx", child)
        assert child.started == 2
        assert child.peak < 200
    assert isinstance(refused, ReadError)
    assert "more than 100 MB of memory" in refused.reason
    assert isinstance(found, Read)


def test_more_time_than_allowed_is_refused_and_a_new_process_goes_on(tmp_path: Path) -> None:
    slow = tmp_path / "a.pdf"
    slow.write_bytes(pdf("\n".join(show(10, 800 - n % 700, "a" * 90) for n in range(80_000))))
    good = tmp_path / "b.docx"
    good.write_bytes(docx(paragraph(SENTENCE)))
    with Child(Limits(seconds=1)) as child:
        (refused,) = read(slow, "a.pdf", child)
        (found,) = read(good, "b.docx", child)
    assert isinstance(refused, ReadError)
    assert "not read within 1 seconds" in refused.reason
    assert isinstance(found, Read)


def test_a_process_that_was_killed_is_replaced(tmp_path: Path) -> None:
    good = tmp_path / "b.docx"
    good.write_bytes(docx(paragraph(SENTENCE)))
    with Child() as child:
        list(read(good, "b.docx", child))
        assert child._process is not None
        os.kill(child._process.pid, signal.SIGKILL)
        child._process.wait()
        (found,) = read(good, "b.docx", child)
        assert child.started == 2
    assert isinstance(found, Read)


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([(60, 760, SENTENCE)]))
    with Child(Limits(size=500)) as child:
        (refused,) = read(path, "a.pdf", child)
        assert child.started == 0
    assert isinstance(refused, ReadError)
    assert "over the limit of 500" in refused.reason


# ---------------------------------------------------------------------------------------------------------- bad in kind


def test_pdfs_that_are_circular_locked_or_damaged(reason: Reason, results: Callable[[str, bytes], Results]) -> None:
    (circular,) = results("a.pdf", pdf([(60, 760, SENTENCE)], kids="2 0 R 2 0 R"))
    assert not isinstance(circular, Read)
    locked = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'41' * 32}>/U<{'42' * 32}>>>/ID[<{'43' * 16}><{'43' * 16}>]"
    assert "protected by a password" in reason("b.pdf", pdf([(60, 760, SENTENCE)], trailer=locked))
    assert "damaged" in reason("c.pdf", b"%PDF-1.7 and nothing else")


def test_a_pdf_all_in_white_is_empty(reason: Reason) -> None:
    assert "all 8 characters of its text are white on white" in reason(
        "a.pdf", pdf(show(60, 700, "枫隐数据有限公司", "1"))
    )


def test_titles_are_shown_without_invisible_and_turning_characters(results: Callable[[str, bytes], Results]) -> None:
    page = f"<!doctype html><title>澜川\u200b半导\u202e体\ufeff</title><p>{SENTENCE}</p>"
    (found,) = results("a.html", page.encode())
    assert isinstance(found, Read)
    assert found.document.title == "澜川半导体"


def test_old_and_locked_office_files_say_what_to_do(reason: Reason) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "protected by a password" in reason("a.docx", ole + "EncryptedPackage".encode("utf-16-le"))
    assert "save it as docx" in reason("a.doc", ole + "WordDocument".encode("utf-16-le"))
    assert "no spreadsheet that can be opened" in reason("a.xls", ole + "Workbook".encode("utf-16-le"))


def test_a_damaged_part_is_named(reason: Reason) -> None:
    assert "damaged" in reason("a.docx", zipped({"word/document.xml": "<w:document"}))
    assert "damaged" in reason("a.pptx", pptx([shape("a")[:-3]]))
    assert "cannot be opened" in reason("a.zip", b"PK\x03\x04" + bytes(40))


@pytest.mark.parametrize(
    "hidden",
    [
        "<p style='color:#fff'>{}</p>",
        "<div style='background:#fff;color:rgb(255, 255, 254)'><p>{}</p></div>",
        "<style>p{{color:white}}</style><p>{}</p>",
        "<style>.a, .b {{ color: #FFFFFF !important }}</style><div class='b'><p>{}</p></div>",
        "<body bgcolor='#000'><font color='black'>{}</font></body>",
        "<p style='color: rgba(0,0,0,0)'>{}</p>",
        "<p style='opacity:0'>{}</p>",
    ],
)
def test_a_page_of_words_in_the_colour_of_their_ground_is_empty(reason: Reason, hidden: str) -> None:
    page = f"<!doctype html><html>{hidden.format(SENTENCE)}</html>"
    assert "hidden from its readers" in reason("a.html", page.encode())


@pytest.mark.parametrize(
    "shown",
    [
        "<div style='background:#003366'><p style='color:#fff'>{}</p></div>",
        "<div style='background:url(a.png)'><p style='color:#fff'>{}</p></div>",
        "<style>.a{{background:#123;color:#fff}}</style><div class=a>{}</div>",
        "<link rel=stylesheet href=a.css><p style='color:#fff'>{}</p>",
        "<p style='color:#333'>{}</p>",
        "<p style='background-color:#fff'>{}</p>",
    ],
)
def test_white_words_on_another_ground_are_read(results: Callable[[str, bytes], Results], shown: str) -> None:
    (found,) = results("a.html", f"<!doctype html><html>{shown.format(SENTENCE)}</html>".encode())
    assert isinstance(found, Read), found
    assert found.document.text == SENTENCE
    assert not found.notes


def test_words_of_another_colour_inside_hidden_ones_stay(results: Callable[[str, bytes], Results]) -> None:
    page = f"<!doctype html><p style='color:#fff'>枫隐数据<b style='color:#000'>{SENTENCE}</b>霁野科技</p>"
    (found,) = results("a.html", page.encode())
    assert isinstance(found, Read)
    assert found.document.text == SENTENCE
    assert found.notes == ("8 characters that a reader of the page does not see were left out",)


def test_names_of_files_are_cleaned(results: Callable[[str, bytes], Results]) -> None:
    names = ["../../etc/一\u202e\u200b.txt", "C:\\二\x07.txt", "长" * 10_000 + ".txt"]
    found = results("a.zip", zipped({name: f"{number}。" for number, name in enumerate(names)}))
    sources = [item.document.source for item in found if isinstance(item, Read)]
    assert sources[:2] == ["a.zip/etc/一.txt", "a.zip/二.txt"]
    assert sources[2] == f"a.zip/{'长' * 200}…{'长' * 46}.txt"
    assert cleaned("a/./b//c .txt") == "a/b/c .txt"


def test_the_rest_of_a_batch_goes_on_and_the_exit_code_tells(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "bomb.docx").write_bytes(zipped({"word/document.xml": bytes(60_000_000)}))
    (folder / "circular.pdf").write_bytes(pdf([(60, 760, "x")], kids="2 0 R"))
    (folder / "good.docx").write_bytes(docx(paragraph(SENTENCE)))
    (folder / "scan.pdf").write_bytes(pdf("0.2 g 50 50 400 700 re f"))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "api.cli",
            "extract",
            str(folder),
            "-o",
            str(tmp_path / "out.jsonl"),
            "--extractor",
            "fast",
        ],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    (line,) = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert {entity["canonical"] for entity in json.loads(line)["entities"]} >= {"澜川半导体有限公司"}
    assert done.returncode == 1
    for name in ("bomb.docx", "circular.pdf", "scan.pdf"):
        assert name in done.stderr
    assert [item for item in documents([folder]) if isinstance(item, Read)]
