"""Rich formats: what of a file becomes text, in which order, and where it says it stands."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from files import cells, docx, paragraph, pdf, pptx, shape, show, xlsx, zipped

from graph.errors import ReadError
from graph.model import Document
from ingest.read import Child, Read, Skipped, documents, read
from ingest.read.layout import Fragment
from ingest.read.limits import Budget
from ingest.read.ocr import installed
from ingest.read.pdf import read_pdf
from ingest.read.picture import read_picture
from ingest.read.record import Blob

SENTENCE = "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。"
OTHER = "启岚光电有限公司入驻青峤产业园。"

Results = list[Read | Skipped | ReadError]
Reader = Callable[[str, bytes], Results]


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as one:
        yield one


@pytest.fixture
def results(child: Child, tmp_path: Path) -> Reader:
    """What a file of this name and content gives; one process reads them all."""

    def reading(name: str, data: bytes) -> Results:
        path = tmp_path / name
        path.write_bytes(data)
        return list(read(path, name, child))

    return reading


@pytest.fixture
def the_read(results: Reader) -> Callable[[str, bytes], Read]:
    def reading(name: str, data: bytes) -> Read:
        (result,) = results(name, data)
        assert isinstance(result, Read), result
        return result

    return reading


One = Callable[[str, bytes], Read]


def place(document: Document, words: str) -> str:
    start = document.text.index(words)
    return document.place(start, start + len(words))


# ---------------------------------------------------------------------------------------------------------------- docx


def test_a_word_file_gives_its_paragraphs_without_what_word_does_not_show(the_read: One) -> None:
    body = (
        paragraph("签约仪式", '<w:pStyle w:val="Heading1"/>')
        + f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>枫隐数据</w:t></w:r>"
        "<w:r><w:instrText>HYPERLINK 霁野</w:instrText></w:r><w:moveFrom><w:r><w:t>沐桁</w:t></w:r></w:moveFrom></w:p>"
        '<w:p><w:r><w:t>启岚光电</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:noBreakHyphen/><w:t>A</w:t>'
        "</w:r></w:p>"
    )
    document = the_read("a.docx", docx(body)).document
    assert document.text == f"签约仪式\n\n{SENTENCE}\n\n启岚光电-A"
    assert document.title == "签约仪式"


def test_a_deleted_paragraph_mark_joins_and_a_deleted_row_goes(the_read: One) -> None:
    gone = '<w:rPr><w:del w:id="1"/></w:rPr>'
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    row = f"<w:tr>{{}}{cell}{cell}</w:tr>"
    table = "<w:tbl>" + "".join(
        (
            row.format("", "企业", "园区"),
            row.format("", "澜川半导体", "东澜科技园"),
            row.format('<w:trPr><w:del w:id="2"/></w:trPr>', "朔岭精工", "东澜科技园"),
        )
    )
    body = paragraph("澜川半导体有限", gone) + paragraph("公司成立。") + table + "</w:tbl>"
    text = the_read("a.docx", docx(body)).document.text
    assert text == "澜川半导体有限公司成立。\n企业：澜川半导体，园区：东澜科技园。"


def test_merged_cells_text_boxes_and_notes_of_a_word_file_are_read_once(the_read: One) -> None:
    cell = "<w:tc><w:tcPr>{}</w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    rows = (
        cell.format("", "园区") + cell.format("", "企业"),
        cell.format('<w:vMerge w:val="restart"/>', "东澜科技园") + cell.format("", "澜川半导体"),
        cell.format("<w:vMerge/>", "") + cell.format("", "启岚光电"),
    )
    table = f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"
    box = f"<w:p><w:r><w:pict><w:txbxContent>{paragraph('方框里的话。')}</w:txbxContent></w:pict></w:r></w:p>"
    note = (
        f'<w:footnote w:type="separator">{paragraph("---")}</w:footnote><w:footnote>{paragraph("脚注。")}</w:footnote>'
    )
    text = the_read("a.docx", docx(table + box, footnotes=note)).document.text
    rows_read, box_read, note_read = text.split("\n\n")[0], "方框里的话。", "脚注。"
    assert rows_read.split("\n")[:2] == ["园区：东澜科技园，企业：澜川半导体。", "园区：东澜科技园，企业：启岚光电。"]
    assert text.count(box_read) == text.count(note_read) == 1
    assert "---" not in text


# ---------------------------------------------------------------------------------------------------------------- xlsx


def test_numbers_are_read_as_their_formats_show_them(the_read: One) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="000000"/><numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;m"/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="165"/>'
        '<xf numFmtId="10"/></cellXfs>'
    )
    row = '<c r="A1" t="s"><v>0</v></c>' + "".join(
        f'<c r="{at}1" s="{style}"><v>{value}</v></c>'
        for at, style, value in (
            *(("B", 1, "973"), ("C", 2, "45294"), ("D", 3, "45294"), ("E", 4, "0.125"), ("F", 0, "1234.5")),
            ("G", 0, "91510100123456789"),
        )
    )
    item = the_read("a.xlsx", xlsx({"一": f'<sheetData><row r="1">{row}</row></sheetData>'}, ["澜川"], styles))
    assert item.document.text == "澜川，000973，2024-01-03，2024-01-03，12.5%，1234.5。"
    assert item.notes[0].startswith("G1: a number of 17 digits")
    assert place(item.document, "000973") == "sheet 一, A1:F1"


def test_hidden_sheets_are_left_out_aloud_and_rows_of_several_sheets_name_theirs(the_read: One) -> None:
    sheets = {
        "名单": cells([["企业", "主营"], ["澜川半导体", "芯片"]]),
        "暗": cells([["枫隐数据", "x"]]),
        "备": cells([[OTHER]]),
    }
    item = the_read("a.xlsx", xlsx(sheets, states=" h "))
    assert item.document.text == f"企业：澜川半导体，主营：芯片。\n{OTHER}"
    assert item.notes == ("sheet 暗 is hidden and was not read",)
    assert place(item.document, item.document.text) == "sheet 名单, A2:B2; sheet 备, A1"


def test_a_table_without_header_gets_no_labels(the_read: One) -> None:
    rows = [["澜川半导体有限公司", "东澜科技园"], ["启岚光电有限公司", "青峤产业园"]]
    text = the_read("a.xlsx", xlsx({"一": cells(rows)})).document.text
    assert text == "澜川半导体有限公司，东澜科技园。\n启岚光电有限公司，青峤产业园。"


def test_a_stray_cell_at_the_end_of_a_sheet_costs_nothing(child: Child, the_read: One) -> None:
    row = '<row r="{0}"><c r="{1}{0}"><v>1</v></c></row>'
    data = f"<sheetData>{row.format(1, 'A')}{row.format(1_048_576, 'XFD')}</sheetData>"
    assert the_read("a.xlsx", xlsx({"一": data + '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'}))
    assert child.peak < 400


# ---------------------------------------------------------------------------------------------------------------- pptx


def test_slides_give_their_text_in_order_with_the_slide_as_place(the_read: One) -> None:
    table = (
        "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr><a:tc><p:txBody/></a:tc></a:tr>"
        + "".join(
            "<a:tr>"
            + "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{t}</a:t></a:r></a:p></a:txBody></a:tc>" for t in row)
            + "</a:tr>"
            for row in (("企业", "园区"), ("启岚光电", "青峤产业园"))
        )
        + "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
    slides = [shape("年度签约", kind="ctrTitle"), shape(SENTENCE) + shape("7", kind="sldNum"), shape("草稿"), table]
    item = the_read("a.pptx", pptx(slides, hidden=[2]))
    assert item.document.text == f"年度签约\n\n{SENTENCE}\n企业：启岚光电，园区：青峤产业园。"
    assert item.document.title == "年度签约"
    assert item.notes == ("slide 3 is hidden and was not read",)
    assert place(item.document, "战略合作") == "slide 2"
    assert place(item.document, item.document.text) == "slide 1-4"


# ----------------------------------------------------------------------------------------------------------------- pdf


def test_paragraphs_of_a_pdf_are_joined_and_parted_where_the_page_says_so(the_read: One) -> None:
    lines = [
        (60, 760, "一、概况"),
        (84, 740, "澜川半导体有限公司与禾禹生物科技有限公"),
        (60, 720, "司签署战略合作协议，双方将共建联合实验室"),
        (60, 700, "。"),
        (84, 680, "启岚光电有限公司入驻青峤产业园，成为园区"),
        (60, 660, "第一百家企业。"),
    ]
    text = the_read("a.pdf", pdf(lines)).document.text
    assert text.split("\n\n") == [
        "一、概况",
        "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议，双方将共建联合实验室。",
        "启岚光电有限公司入驻青峤产业园，成为园区第一百家企业。",
    ]


def test_a_title_over_two_columns_comes_first_and_what_is_below_both_comes_last(the_read: One) -> None:
    left = [
        (60, 700 - 20 * n, text)
        for n, text in enumerate(("近日，澜川半导体有限公", "司与禾禹生物科技有限公", "司签署战略合作协议。"))
    ]
    right = [
        (320, 694 - 20 * n, text)
        for n, text in enumerate(("同日，启岚光电有限公司", "入驻青峤产业园，成为该", "园第一百家光电企业。"))
    ]
    wide = [(60, 760, "东澜科技园与青峤产业园两地企业本周签约动态一览，共有三家企业参加")]
    below = [(60, 600, "本报将继续报道两地企业的合作进展，敬请关注下一期的园区专栏与访谈。")]
    text = the_read("a.pdf", pdf([*right, *wide, *below, *left])).document.text
    assert text.split("\n\n") == [
        wide[0][2],
        "近日，澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。",
        "同日，启岚光电有限公司入驻青峤产业园，成为该园第一百家光电企业。",
        below[0][2],
    ]


def test_rows_of_a_table_in_a_pdf_are_rows(the_read: One) -> None:
    rows = (("企业", "所在园区", "主营"), ("澜川半导体", "东澜科技园", "芯片"), ("启岚光电", "青峤产业园", "激光"))
    words = [(60 + 150 * at, 760 - 20 * n, text) for n, row in enumerate(rows) for at, text in enumerate(row)]
    text = the_read("a.pdf", pdf(words)).document.text
    assert (
        text
        == "企业：澜川半导体，所在园区：东澜科技园，主营：芯片。\n企业：启岚光电，所在园区：青峤产业园，主营：激光。"
    )


def test_white_words_on_nothing_are_left_out_and_white_on_dark_are_read(the_read: One) -> None:
    page = "\n".join(
        (
            show(60, 760, SENTENCE),
            show(60, 700, "枫隐数据有限公司", "1"),
            "0.2 g 50 620 400 40 re f",
            show(60, 630, OTHER, "1"),
        )
    )
    item = the_read("a.pdf", pdf(page))
    assert item.document.text == f"{SENTENCE}\n\n{OTHER}"
    assert item.notes == ("8 characters in white on white were left out",)


def test_latin_words_keep_their_spaces_and_a_page_number_is_no_text(the_read: One) -> None:
    first = [(60, 760, "Zefira Photonics Co., Ltd. and"), (60, 745, "Northflow signed."), (290, 30, "1")]
    second = [(60, 760, "It runs a high-"), (60, 745, "tech lab of semi-"), (60, 730, "conductors."), (290, 30, "2")]
    item = the_read("a.pdf", pdf(first, second))
    assert item.document.text == (
        "Zefira Photonics Co., Ltd. and Northflow signed.\n\nIt runs a high-tech lab of semiconductors."
    )
    assert place(item.document, "Zefira Photonics") == "page 1"
    assert place(item.document, item.document.text) == "page 1-2"


def test_a_page_without_text_among_others_is_noted(the_read: One) -> None:
    item = the_read("a.pdf", pdf([(60, 760, SENTENCE)], "0.2 g 50 50 400 700 re f", ""))
    assert item.document.text == SENTENCE
    assert item.notes[0].startswith("page 2 ")


class Sight:
    """Stands for OCR: two lines wherever it looks."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, ...]] = []

    def fragments(self, picture: Any) -> list[Fragment]:
        self.seen.append(picture.shape)
        return [
            Fragment("澜川半导体有限公司与禾禹生物科技有", 100, 100, 780, 140),
            Fragment("限公司签署战略合作协议。", 100, 160, 580, 200),
        ]


def test_pages_without_text_are_read_by_ocr_and_marked() -> None:
    sight = Sight()
    scan = "0.2 g 50 50 400 700 re f"
    (found,) = read_pdf(Blob("a.pdf", ".pdf", pdf([(60, 760, OTHER)], scan)), Budget(), sight)
    assert isinstance(found, Read)
    assert found.document.text == f"{OTHER}\n\n{SENTENCE}"
    assert found.notes == ("page 2 read by OCR",)
    assert place(found.document, OTHER) == "page 1"
    assert place(found.document, SENTENCE) == "OCR, page 2"
    assert sight.seen == [(2339, 1653, 3)]


def test_a_page_of_any_size_is_drawn_small_enough() -> None:
    sight = Sight()
    large = pdf("0.2 g 50 50 400 700 re f").replace(b"[0 0 595 842]", b"[0 0 99999 99999]")
    list(read_pdf(Blob("a.pdf", ".pdf", large), Budget(), sight))
    assert sight.seen[0][0] * sight.seen[0][1] < 13_000_000


def test_a_picture_is_read_by_ocr_or_says_what_to_install() -> None:
    pytest.importorskip("PIL")
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (900, 300)).save(out, "PNG")
    (found,) = read_picture(Blob("a.png", ".png", out.getvalue()), Budget(), Sight())
    assert isinstance(found, Read)
    assert (found.document.text, found.document.place(0, 5), found.notes) == (SENTENCE, "OCR", ("read by OCR",))
    Image.new("1", (9_000, 9_000)).save(out := BytesIO(), "PNG")
    (refused,) = read_picture(Blob("a.png", ".png", out.getvalue()), Budget(), Sight())
    assert isinstance(refused, ReadError)
    assert "81,000,000 points" in refused.reason


@pytest.mark.skipif(installed(), reason="the extra ocr is installed")
def test_a_picture_without_ocr_is_missed_aloud(results: Reader) -> None:
    (found,) = results("a.png", b"\x89PNG\r\n\x1a\n")
    assert found == Skipped("a.png", "a picture; to read it by OCR: pip install 'parkbond[ocr]'", wanted=True)


# ---------------------------------------------------------------------------------------------------------------- mail


def mail(body: str, html: str = "", **headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in ({"Subject": "签约", "Date": "Mon, 03 Jun 2024 23:30:00 +0800"} | headers).items():
        message[name] = value
    message.set_content(body, cte="base64")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def test_a_mail_is_its_text_with_subject_and_day_and_its_attachments_are_documents(results: Reader) -> None:
    message = mail(SENTENCE, f"<p>{SENTENCE}</p>")
    message.add_attachment(
        docx(paragraph(OTHER)), maintype="application", subtype="octet-stream", filename="附件/名单\u202e.docx"
    )
    message.add_attachment("甲方入驻东澜科技园。".encode("gbk"), maintype="text", subtype="plain", filename="b.txt")
    message.add_attachment(b"\x1f\x8b..", maintype="application", subtype="gzip", filename="c.gz")
    body, word, text, bad = results("a.eml", message.as_bytes())
    assert isinstance(body, Read)
    assert (body.document.text.strip(), body.document.title, body.document.published) == (
        SENTENCE,
        "签约",
        "2024-06-03",
    )
    assert isinstance(word, Read)
    assert (word.document.text, word.document.source) == (OTHER, "a.eml/附件/名单.docx")
    assert isinstance(text, Read)
    assert (text.document.text, text.encoding) == ("甲方入驻东澜科技园。", "gb18030")
    assert isinstance(bad, ReadError)
    assert bad.where == "a.eml/c.gz"


def test_a_mail_of_a_page_alone_gives_what_a_reader_sees(results: Reader) -> None:
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content(f"<p>{SENTENCE}</p><p style='display:none'>枫隐</p>", subtype="html")
    (item,) = results("a.eml", message.as_bytes())
    assert isinstance(item, Read)
    assert item.document.text == SENTENCE


# ------------------------------------------------------------------------------------------------------------- archive


def test_an_archive_is_like_a_folder_and_a_bad_file_in_it_is_named(tmp_path: Path, child: Child) -> None:
    inner = zipped({"deep/c.txt": "三。"})
    members = {"a.txt": SENTENCE, "b/表.xlsx": xlsx({"一": cells([[OTHER]])}), "in.zip": inner, ".x": "y", "e.txt": ""}
    path = tmp_path / "all.zip"
    path.write_bytes(zipped(members))
    sources = ["a.txt", "b/表.xlsx", "in.zip/deep/c.txt"]
    found = list(documents([path]))
    assert [item.document.source for item in found if isinstance(item, Read)] == sources
    assert [str(item) for item in found if isinstance(item, ReadError)] == ["e.txt: empty: 0 bytes"]
    assert Skipped(".x", "hidden") in found
    inside = [item.document.source for item in documents([tmp_path]) if isinstance(item, Read)]
    assert inside == [f"all.zip/{source}" for source in sources]


def test_ids_that_clash_with_those_in_an_archive_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "x", "text": "one"}\n')
    (tmp_path / "b.zip").write_bytes(zipped({"c.jsonl": '{"id": "x", "text": "two"}\n', "d.txt": "d"}))
    found = list(documents([tmp_path]))
    assert [item.document.text for item in found if isinstance(item, Read)] == ["d"]
    assert len([item for item in found if isinstance(item, ReadError) and "different documents" in item.reason]) == 2


# ------------------------------------------------------------------------------------------------------------- process


def test_one_process_reads_many_files_and_loads_neither_models_nor_the_graph(tmp_path: Path) -> None:
    code = "import sys, ingest.read.worker, ingest.read.pdf, ingest.read.xlsx, ingest.read.mail; "
    wanted = "{'torch', 'spacy', 'scipy', 'networkx', 'graph.store', 'ingest.extract'}"
    done = subprocess.run(
        [sys.executable, "-c", code + f"print(sorted({wanted} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    assert done.stdout.strip() == "[]"
    for number in range(20):
        (tmp_path / f"{number}.docx").write_bytes(docx(paragraph(f"第{number}份。")))
    with Child() as child:
        texts = [
            item.document.text
            for number in range(20)
            for item in read(tmp_path / f"{number}.docx", "a", child)
            if isinstance(item, Read)
        ]
        assert texts == [f"第{number}份。" for number in range(20)]
        assert child.started == 1


def test_a_reader_that_is_left_in_the_middle_of_a_file_starts_anew(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"a.txt": "一。", "b.txt": "二。"}))
    (tmp_path / "b.docx").write_bytes(docx(paragraph("三。")))
    with Child() as child:
        first = next(iter(read(tmp_path / "a.zip", "a.zip", child)))
        (other,) = read(tmp_path / "b.docx", "b.docx", child)
    assert isinstance(first, Read)
    assert isinstance(other, Read)
    assert other.document.text == "三。"


def test_the_place_is_part_of_what_a_document_says() -> None:
    plain = Document("a", "text")
    assert Document("a", "text", places=((0, "page 1"),)).version != plain.version
    assert plain.place(0, 4) == ""
