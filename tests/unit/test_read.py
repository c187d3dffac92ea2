"""Reading files: which are meant, how their format and encoding are found, and what is said of bad ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import pytest

from graph.errors import ReadError
from graph.model import Document, digest
from ingest.read import Found, Read, Skipped, documents, read, read_all, walk
from ingest.read.record import MAX_BYTES, MAX_CHARACTERS

SENTENCE = "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议，共建联合实验室。"
TRADITIONAL = "瀾川半導體有限公司與禾禹生物科技有限公司簽署戰略合作協議，共建聯合實驗室。"


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def results(path: Path) -> list[Read | ReadError]:
    return list(read(path, path.name))


def the_document(path: Path) -> Document:
    (result,) = results(path)
    assert isinstance(result, Read), result
    return result.document


def the_error(path: Path) -> ReadError:
    (result,) = results(path)
    assert isinstance(result, ReadError), result
    assert result.where == path.name
    assert "\n" not in str(result)
    return result


# ---------------------------------------------------------------------------------------------------------------- walk


def test_a_folder_is_walked_in_order_and_its_files_are_called_by_their_path_in_it(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b.txt", "c/d/e.md"):
        put(tmp_path / "top" / name, SENTENCE)
    assert [item.source for item in walk([tmp_path / "top"]) if isinstance(item, Found)] == [
        "a/b.txt",
        "a/z.txt",
        "b.txt",
        "c/d/e.md",
    ]


def test_a_file_given_by_itself_is_called_by_its_name(tmp_path: Path) -> None:
    path = put(tmp_path / "some" / "where" / "a.txt", SENTENCE)
    assert list(walk([path])) == [Found(path, "a.txt")]


def test_hidden_files_leftovers_and_repetitions_are_skipped_with_the_reason(tmp_path: Path) -> None:
    top = tmp_path / "top"
    for name in (".secret", ".git/config", "__MACOSX/x.txt", "~$a.txt", "good.txt"):
        put(top / name, SENTENCE)
    (top / "loop").symlink_to(top, target_is_directory=True)
    items = list(walk([top, top / "good.txt"]))
    skipped = {item.source: item.reason for item in items if isinstance(item, Skipped)}
    assert skipped == {
        ".git": "hidden",
        ".secret": "hidden",
        "__MACOSX": "left behind by another program",
        "~$a.txt": "left behind by another program",
        "loop": "a link to a folder; name the folder itself",
        "good.txt": "the same file was already named",
    }
    assert [item.source for item in items if isinstance(item, Found)] == ["good.txt"]


def test_a_missing_path_is_an_error_and_the_others_go_on(tmp_path: Path) -> None:
    good = put(tmp_path / "good.txt", SENTENCE)
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    missing, dangling, found = documents([tmp_path / "no" / "such", tmp_path / "dangling", good])
    assert str(missing) == f"{tmp_path / 'no' / 'such'}: no such file or folder; check the path"
    assert isinstance(dangling, ReadError)
    assert "does not exist" in dangling.reason
    assert isinstance(found, Read)


def test_no_permission_is_said_for_a_file_and_for_a_folder() -> None:
    """Run as nobody where the tests run as root, who may read everything."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        top = Path(folder)
        top.chmod(0o755)
        put(top / "open.txt", SENTENCE).chmod(0o644)
        put(top / "closed.txt", SENTENCE).chmod(0)
        put(top / "closed" / "in.txt", SENTENCE)
        (top / "closed").chmod(0)
        code = (
            "import os\n"
            "from pathlib import Path\n"
            "from ingest.read import documents\n"
            "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
            f"for item in documents([Path({folder!r})]): print(type(item).__name__, item)\n"
        )
        root = Path(__file__).parents[2]
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
        (top / "closed").chmod(0o700)
    lines = done.stdout.splitlines()
    assert lines[0] == "ReadError closed: no permission to open this folder; change its mode"
    assert lines[1] == "ReadError closed.txt: no permission to read it; change its owner or mode"
    assert lines[2].startswith("Read ")
    assert done.stderr == ""


# ----------------------------------------------------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    ("codec", "text", "name"),
    [
        ("utf-8", SENTENCE, "utf-8"),
        ("utf-8-sig", SENTENCE, "utf-8"),
        ("utf-16", SENTENCE, "utf-16-le"),
        ("utf-16-le", SENTENCE, "utf-16-le"),
        ("utf-16-be", SENTENCE, "utf-16-be"),
        ("utf-16-le", "Zefira Photonics Co., Ltd. signed.\r\n", "utf-16-le"),
        ("utf-16-be", "2024年6月3日，" + SENTENCE, "utf-16-be"),
        ("utf-32", SENTENCE, "utf-32-le"),
        ("gb18030", SENTENCE, "gb18030"),
        ("gb18030", "泊澜储能入驻", "gb18030"),
        ("gb18030", TRADITIONAL, "gb18030"),
        ("gb18030", "ABC公司与𬭎芯签约", "gb18030"),
        ("big5", TRADITIONAL, "big5"),
        ("big5", "台積電進駐園區", "big5"),
        ("cp1252", "The café of Zürich’s Müller GmbH lies in the park – since 2010.", "cp1252"),
        ("latin-1", "Le parc technologique de Sophia Antipolis a été créé près de Nice.", "cp1252"),
        ("ascii", "Zefira Photonics Co., Ltd. signed.", "utf-8"),
    ],
)
def test_encodings_are_found_out(tmp_path: Path, codec: str, text: str, name: str) -> None:
    (result,) = results(put(tmp_path / "a.txt", text.encode(codec)))
    assert isinstance(result, Read), result
    assert result.document.text == text
    assert result.encoding == name
    assert result.notes == (() if name == "utf-8" else (f"read as {name}",))


def test_every_short_piece_of_a_text_is_read_in_the_encoding_it_was_written_in(tmp_path: Path) -> None:
    text = SENTENCE + "泊澜储能股份有限公司位于青峤产业园，从事固态电池的研发和生产。"
    pieces = [text[start : start + 6] for start in range(len(text) - 6)]
    for piece in pieces:
        assert the_document(put(tmp_path / "a.txt", piece.encode("gb18030"))).text == piece


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ((SENTENCE + "\n").encode() + SENTENCE.encode("gb18030"), f"UTF-8 up to byte {len(SENTENCE.encode()) + 1} "),
        (
            (SENTENCE + "\n").encode("gb18030") + SENTENCE.encode(),
            f"UTF-8 again from byte {len(SENTENCE.encode('gb18030')) + 1} ",
        ),
        (SENTENCE.encode()[:-1], f"UTF-8 up to byte {len(SENTENCE.encode()) - 3} "),
        (b"\xff\xfe" + SENTENCE.encode("utf-16-le")[:-1], "the byte order mark says utf-16-le"),
        (b"text\0with NUL, and more of it", "NUL byte at offset 4"),
        (b"\x01\x02\x03\x04text", "control characters (the first is U+0001)"),
        (bytes(range(128, 256)) * 20, "encoding not recognised"),
        (b"\x1f\x8b\x08\0....", "a gzip archive, which is not read; give txt"),
        (b"\x7fELF....", "a program"),
        (b"", "empty: 0 bytes"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        ("\u200b\u2060".encode(), "empty"),
    ],
)
def test_what_is_no_text_is_refused_with_the_place_and_the_reason(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in the_error(put(tmp_path / "bad.txt", content)).reason


def test_random_bytes_are_refused(tmp_path: Path) -> None:
    import random

    for seed in range(20):
        data = random.Random(seed).randbytes(4_000)
        the_error(put(tmp_path / "noise.bin", data))
        the_error(put(tmp_path / "noise.bin", data.replace(b"\0", b"\x80")))


def test_a_replacement_character_of_the_file_is_kept_and_noted(tmp_path: Path) -> None:
    (result,) = results(put(tmp_path / "a.txt", "澜川\ufffd有限公司"))
    assert isinstance(result, Read)
    assert result.notes == ("1 characters U+FFFD: the text was damaged before it was saved",)


# --------------------------------------------------------------------------------------------------------------- sizes


def test_a_text_of_50_mb_is_refused_unread(tmp_path: Path) -> None:
    path = put(tmp_path / "big.txt", b"a" * 50_000_000)
    tracemalloc.start()
    error = the_error(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.reason.startswith(f"50,000,000 bytes, over the limit of {MAX_BYTES:,}")
    assert peak < 5_000_000  # not read


def test_a_text_of_too_many_characters_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "long.txt", "a" * (MAX_CHARACTERS + 1))
    assert the_error(path).reason.startswith("the text has 4,000,001 characters, over the limit of 4,000,000")


def test_jsonl_may_be_larger_than_any_other_file(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(8):
            file.write(json.dumps({"id": number, "text": SENTENCE * 75_000}, ensure_ascii=False) + "\n")
        file.write('{"id": 8, "text": "' + "x" * (MAX_BYTES + 10) + '"}\n')
        file.write('{"id": 9, "text": "short"}\n')
    assert path.stat().st_size > MAX_BYTES
    found = results(path)
    assert [item.document.id for item in found if isinstance(item, Read)] == [*"01234567", "9"]
    (error,) = (item for item in found if isinstance(item, ReadError))
    assert str(error) == "many.jsonl:9: a line over 20,000,000 bytes; split the record"


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in the_error(tmp_path / "pipe").reason


# ------------------------------------------------------------------------------------------------------------- formats


@pytest.mark.parametrize(
    ("name", "content", "ids"),
    [
        ("a.txt", '{"id": "x", "text": "t"}', ["x"]),
        ("a", '[{"id": "x", "text": "t"}, {"doc_id": 7, "text": "u"}]', ["x", "7"]),
        ("a.dat", '{"id": "x", "text": "t"}\n{"id": "y", "text": "u"}\n', ["x", "y"]),
        ("a.json", '{"id": "x", "text": "t"}\n{"id": "y", "text": "u"}\n', ["x", "y"]),
        ("a.txt", "id,title,text\nx,T,t\n", ["x"]),
        ("a.csv", "id\ttext\nx\tt,t\n", ["x"]),
        ("a.csv", "编号；正文\n".replace("；", ";") + "x;t\n", ["x"]),
    ],
)
def test_the_format_is_known_by_content(tmp_path: Path, name: str, content: str, ids: list[str]) -> None:
    found = results(put(tmp_path / name, content))
    assert [item.document.id for item in found if isinstance(item, Read)] == ids
    assert not [item for item in found if isinstance(item, ReadError)]


def test_prose_with_brackets_or_commas_is_text(tmp_path: Path) -> None:
    for content in ("[1] 澜川半导体有限公司，简称澜川。", "{澜川}", "text, and more text\nand a line", "<澜川> 公司"):
        assert the_document(put(tmp_path / "a.txt", content)).text == content


def test_text_is_the_decoded_file_with_its_line_ends(tmp_path: Path) -> None:
    content = "第一行\r\n第二行\r第三行\n\n\u2028末行\x0b "
    assert the_document(put(tmp_path / "a.md", b"\xef\xbb\xbf" + content.encode())).text == content


@pytest.mark.parametrize(
    ("content", "title", "url", "published", "body"),
    [
        (
            "标题：签约\n来源：http://a.example\n日期：2024年3月\n\n正文。",
            "签约",
            "http://a.example",
            "2024-03",
            "正文。",
        ),
        ("Title: T\r\nDate: March 15, 2024\r\nURL: u\r\nSource: Daily\r\nBody.", "T", "u", "2024-03-15", "Body."),
        ("題目: 簽約\n來源: 每日新聞\n正文。", "簽約", "每日新聞", "", "正文。"),
        ("\n---\ntitle: X\ndate: 2024-03\n---\nBody.", "X", "", "2024-03", "Body."),
        ("正文：标题：不是\n标题：迟了", "", "", "", "正文：标题：不是\n标题：迟了"),
        ("标题：甲\n标题：乙。", "甲", "", "", "标题：乙。"),
    ],
)
def test_a_header_block_gives_title_address_and_date(
    tmp_path: Path, content: str, title: str, url: str, published: str, body: str
) -> None:
    from ingest.read.text import header_end

    document = the_document(put(tmp_path / "a.txt", content))
    assert (document.title, document.url, document.published) == (title, url, published)
    assert document.text == content
    assert content[header_end(content) :].strip() == body


def test_a_file_of_only_a_header_is_empty(tmp_path: Path) -> None:
    assert "nothing below the header" in the_error(put(tmp_path / "a.txt", "标题：签约\n日期：2024\n")).reason


def test_the_first_heading_of_markdown_is_its_title(tmp_path: Path) -> None:
    assert the_document(put(tmp_path / "a.md", "# 签约 #\n\n正文。")).title == "签约"
    assert the_document(put(tmp_path / "a.txt", "# 签约\n\n正文。")).title == ""


def test_fields_of_records(tmp_path: Path) -> None:
    records = [
        {"id": "r", "title": "T", "text": SENTENCE, "date": "2024/1/5", "source": "https://a.example"},
        {"doc_id": 12, "text": "u", "published": 2010, "url": "https://b.example", "more": [1]},
        {"text": "v", "date": "gestern", "title": None},
    ]
    path = put(tmp_path / "a.jsonl", "\n".join(json.dumps(record) for record in records))
    first, second, third = results(path)
    assert isinstance(first, Read)
    assert first.document == Document("r", SENTENCE, "T", "https://a.example", "2024-01-05", source="a.jsonl")
    assert isinstance(second, Read)
    assert (second.document.id, second.document.published, second.document.url) == ("12", "2010", "https://b.example")
    assert isinstance(third, Read)
    assert third.document.id == f"text-{digest('v')}"
    assert third.document.published == ""
    assert third.notes == ("date 'gestern' is in no known form and was left out (give YYYY-MM-DD)",)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{bad", "no JSON: Expecting property name"),
        ('{"id": "x", "text": ""}', "empty: no visible character in the text"),
        ('{"id": "x", "title": "T"}', "no field `text` (fields found: id, title); `text` is needed"),
        ('{"id": "x", "text": 5}', "field `text` is a JSON number where a string is needed"),
        ('{"id": ["x"], "text": "t"}', "field `id` is a JSON list"),
        ('{"id": true, "text": "t"}', "field `id` is a JSON boolean"),
        ('["x"]', "a JSON list where an object is needed"),
        ("null", "a JSON null where an object is needed"),
        ('{"text": "a\\u0000b"}', "NUL character at offset 1"),
        ('{"text": "a\\ud800"}', "half a surrogate pair at offset 1"),
        ('{"id": "\\ud800", "text": "t"}', "half a surrogate pair in the id"),
        ('{"id": "' + "x" * 1001 + '", "text": "t"}', "the id has 1,001 characters"),
        ("[" * 200_000, "no JSON"),
        ("9" * 5_000, "no JSON"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_kept(tmp_path: Path, line: str, words: str) -> None:
    path = put(tmp_path / "a.jsonl", f'{{"id": "1", "text": "one"}}\n{line}\n{{"id": "3", "text": "three"}}\n')
    first, error, third = results(path)
    assert isinstance(first, Read)
    assert isinstance(third, Read)
    assert isinstance(error, ReadError)
    assert error.where == "a.jsonl:2"
    assert words in error.reason
    assert "\n" not in str(error)


def test_json_that_is_none_is_named_with_its_place(tmp_path: Path) -> None:
    assert "line 2 column" in the_error(put(tmp_path / "a.json", '{"text":\n oh}')).reason
    assert "a JSON string" in the_error(put(tmp_path / "a.json", '"text"')).reason
    assert "a list without records" in the_error(put(tmp_path / "a.json", "[]")).reason
    first, second = results(put(tmp_path / "a.json", '[{"text": "t"}, 7]'))
    assert isinstance(first, Read)
    assert str(second) == "a.json, record 2: a JSON number where an object is needed"


def test_ragged_rows_are_named_and_the_others_are_kept(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", 'id,text,title\n1,"two\nlines",T\n2,short\n3,a,b,c\n\n4,,T\n5,last,T\n')
    found = results(path)
    assert [item.document.id for item in found if isinstance(item, Read)] == ["1", "5"]
    assert [str(item) for item in found if isinstance(item, ReadError)] == [
        "a.csv:4: 2 columns where the header has 3; quote what holds the separator",
        "a.csv:5: 4 columns where the header has 3; quote what holds the separator",
        "a.csv:7: empty: no visible character in the text",
    ]


def test_an_open_quote_is_named_with_the_line_where_its_row_starts(tmp_path: Path) -> None:
    first, error = results(put(tmp_path / "a.csv", 'id,text\n1,one\n2,"two\n3,three\n'))
    assert isinstance(first, Read)
    assert str(error) == "a.csv:3: a quote is not closed before the end of the file"


def test_a_table_without_text_names_the_columns(tmp_path: Path) -> None:
    assert the_error(put(tmp_path / "a.csv", "id,body\n1,t\n")).reason == (
        "no column `text` (columns found: id, body); `text` is needed"
    )
    assert "use `parkbond roster`" in the_error(put(tmp_path / "a.csv", "park,name\nP,F\n")).reason
    assert the_error(put(tmp_path / "a.csv", "id,text\n")).reason == "empty: no row below the header"


# --------------------------------------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("stated", "iso"),
    [
        ("2024-01-01T00:30:00+08:00", "2024-01-01"),
        ("2024-01-01 00:30", "2024-01-01"),
        ("2010", "2010"),
        ("2026-01", "2026-01"),
        ("2024年1月5日", "2024-01-05"),
        ("2024年12月", "2024-12"),
        ("二〇二四年十二月三十一日", "2024-12-31"),
        ("2024/1/5", "2024-01-05"),
        ("2024.6.3", "2024-06-03"),
        ("20240603", "2024-06-03"),
        ("２０２４－０６－０３", "2024-06-03"),
        ("June 3, 2024", "2024-06-03"),
        ("3 Jun 2024", "2024-06-03"),
        ("Mon, 01 Jan 2024 00:30:00 +0800", "2024-01-01"),
        ("Jan 2024", "2024-01"),
        ("", ""),
        ("2024-02-30", None),
        ("2024-13", None),
        ("2024-00-01", None),
        ("12/31/2024", None),
        ("十十月", None),
        ("soon", None),
    ],
)
def test_dates(stated: str, iso: str | None) -> None:
    from ingest.read.dates import iso_date

    assert iso_date(stated) == iso


# ------------------------------------------------------------------------------------------- the same id more than once


def test_one_id_with_two_texts_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", '{"id": "x", "text": "one"}\n{"id": "y", "text": "kept"}\n')
    put(tmp_path / "b.csv", "id,text\nx,two\nz,kept too\n")
    found = list(documents([tmp_path]))
    assert [item.document.id for item in found if isinstance(item, Read)] == ["y", "z"]
    reason = "id 'x' stands for different documents (in a.jsonl, b.csv); none was read, give each its own id"
    assert [str(item) for item in found if isinstance(item, ReadError)] == [f"a.jsonl: {reason}", f"b.csv: {reason}"]


def test_repetitions_are_no_error(tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", '{"id": "x", "text": "one"}\n{"id": "x", "text": "one"}\n{"text": "t", "title": "A"}\n')
    put(tmp_path / "b.jsonl", '{"id": "x", "text": "one"}\n{"text": "t", "title": "B"}\n')
    put(tmp_path / "c.txt", "t")
    found = list(read_all([tmp_path]))
    assert not [item for item in found if isinstance(item, ReadError)]
    assert len(found) == 6
    assert len({item.id for item in found if isinstance(item, Document)}) == 4


# --------------------------------------------------------------------------------------------------------------- pages


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


ARTICLE = (
    f"<article><h1>澜川半导体入驻东澜科技园</h1><p>{SENTENCE}</p><p>启岚光电有限公司也入驻东澜科技园。</p></article>"
)


def test_the_main_text_of_a_page_and_what_it_says_of_itself(tmp_path: Path) -> None:
    head = (
        "<title>澜川</title><meta property='article:published_time' content='2024-01-01T00:30:00+08:00'>"
        "<link rel='canonical' href='https://a.example/1'>"
    )
    document = the_document(put(tmp_path / "a.html", page(ARTICLE, head)))
    assert SENTENCE in document.text
    assert "启岚光电有限公司" in document.text
    assert (document.title, document.url, document.published) == ("澜川", "https://a.example/1", "2024-01-01")


def test_what_a_reader_does_not_see_is_left_out(tmp_path: Path) -> None:
    unseen = (
        "<p style='display: none'>枫隐数据有限公司</p><p hidden>霁野科技有限公司</p><p aria-hidden=true>沐桁新材</p>"
        "<p class=off>栖禾农科有限公司</p><div class='comment-list'>澄垣软件有限公司</div><nav>峤屿航空</nav>"
        "<aside>泊澜储能</aside><script>var a = '朔岭精工';</script><!-- 柳汀生物 --><div id=related>岚泽医疗</div>"
    )
    document = the_document(put(tmp_path / "a.html", page(ARTICLE + unseen, "<style>.off{visibility:hidden}</style>")))
    assert SENTENCE in document.text
    for name in ("枫隐", "霁野", "沐桁", "栖禾", "澄垣", "峤屿", "泊澜", "朔岭", "柳汀", "岚泽"):
        assert name not in document.text


def test_a_page_is_known_without_its_suffix_and_a_date_in_its_data_counts(tmp_path: Path) -> None:
    data = '<script type="application/ld+json">{"@graph": [{"datePublished": "2023-05-06T23:59:00-10:00"}]}</script>'
    assert the_document(put(tmp_path / "page", page(ARTICLE, data))).published == "2023-05-06"


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td", "p", "ul><li"])
def test_a_page_nested_without_end_does_not_crash(tmp_path: Path, tag: str) -> None:
    (result,) = results(put(tmp_path / "deep.html", page(f"<{tag}>" * 100_000 + SENTENCE)))
    if isinstance(result, Read):
        assert SENTENCE in result.document.text


def test_a_page_without_text_is_empty(tmp_path: Path) -> None:
    assert "empty" in the_error(put(tmp_path / "a.html", page("<script>1</script>"))).reason


def test_reading_text_needs_no_heavy_package() -> None:
    code = (
        "import sys, ingest.read, ingest.script, ingest.passage, ingest.roster\n"
        "heavy = {'trafilatura', 'lxml', 'torch', 'spacy', 'scipy', 'charset_normalizer', 'python_calamine'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
