"""Rosters: what a list of firms says, in three formats, and what is refused."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from graph.errors import ReadError
from graph.model import ALLOWED, Kind, Relation, Role, Status
from ingest.model import Claim, Name
from ingest.passage import passages
from ingest.roster import Roster, read_roster, valid_uscc

CODE, OTHER_CODE = "914403001922038216", "91350100M000100Y43"
HEADER = "park,name,uscc,industry,size,founded,from,to,place,area,source,date"
FULL = f"青峤产业园,澜川半导体有限公司,{CODE},半导体;芯片设计,大型,2019年3月,2020-01-05,,成都,1200亩,管委会,2024-01-01"


def put(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def csv(folder: Path, *lines: str) -> Path:
    return put(folder / "firms.csv", "\n".join(lines))


def xlsx(path: Path, rows: list[list[object]], merged: tuple[str, ...] = ()) -> Path:
    """A workbook of one sheet: strings as text, numbers as numbers."""

    def cell(value: object, place: str) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        return f'<c r="{place}"><v>{value}</v></c>'

    columns = "ABCDEFGHIJKL"
    lines = "".join(
        f'<row r="{number}">{"".join(cell(value, f"{columns[at]}{number}") for at, value in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    merges = "".join(f'<mergeCell ref="{span}"/>' for span in merged)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{rels}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{rels}"><sheets><sheet name="名单" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{rels}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        book.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData>'
            + (f"<mergeCells>{merges}</mergeCells>" if merges else "")
            + "</worksheet>",
        )
    return path


def claims(roster: Roster, relation: Relation) -> list[Claim]:
    return [claim for claim in roster.extraction.claims if claim.relation is relation]


def names(roster: Roster, kind: Kind) -> list[str]:
    return [mention.name.text for mention in roster.extraction.mentions if mention.name.kind is kind]


def test_a_row_says_where_a_firm_is_what_it_does_and_what_is_known_of_it_and_its_park(tmp_path: Path) -> None:
    roster = read_roster(csv(tmp_path, HEADER, FULL))
    firm, park = Name(Kind.ENTERPRISE, "澜川半导体有限公司"), Name(Kind.PARK, "青峤产业园")

    located, place = claims(roster, Relation.LOCATED_IN)
    assert located.parties == ((Role.HEAD, firm), (Role.TAIL, park))
    assert (located.date, located.until, located.status) == ("2020-01-05", "", Status.ACTIVE)
    assert place.parties == ((Role.HEAD, park), (Role.TAIL, Name(Kind.PLACE, "成都")))
    assert [claim.parties[1][1].text for claim in claims(roster, Relation.OPERATES_IN)] == ["半导体", "芯片设计"]

    about_firm, about_park = claims(roster, Relation.DESCRIBED)
    assert about_firm.parties == ((Role.SUBJECT, firm),)
    assert about_firm.values == {"uscc": CODE, "size": "大型", "founded": "2019-03"}
    assert about_park.parties == ((Role.SUBJECT, park),)
    assert about_park.values == {"boundary": "roster", "boundary_date": "2024-01-01", "area": 0.8}
    assert (roster.refused, roster.notes) == ((), ())


def test_the_row_is_the_evidence(tmp_path: Path) -> None:
    lines = (HEADER, FULL, "青峤产业园,启岚光电有限公司,,光电,,,,,,,管委会,2024-01-01")
    roster = read_roster(csv(tmp_path, *lines))
    document = roster.document
    assert (document.form, document.source, document.published) == ("roster", "firms.csv", "2024-01-01")
    assert document.id.startswith("roster-")
    rows = {(passage.start, passage.end) for passage in passages(document)}
    assert len(rows) == 2
    for claim in roster.extraction.claims:
        assert (claim.start, claim.end) in rows
        heads, tails = ALLOWED.get(claim.relation, (set(Kind), set(Kind)))
        assert claim.parties[0][1].kind in heads
        assert claim.parties[-1][1].kind in tails
        for _, name in claim.parties:
            assert name.text in document.text[claim.start : claim.end]
    end = 0
    for mention in roster.extraction.mentions:
        assert mention.start >= end
        assert document.text[mention.start : mention.end] == mention.surface == mention.name.text
        end = mention.end
    of_parks = [claim for claim in claims(roster, Relation.DESCRIBED) if claim.parties[0][1].kind is Kind.PARK]
    assert len(of_parks) == 1  # from the row with the area, though it stands second
    assert of_parks[0].values["area"] == 0.8


def test_order_repetition_and_format_do_not_matter(tmp_path: Path) -> None:
    other = f"柳汀园,禾禹生物科技有限公司,{OTHER_CODE},,,2001,,,,,管委会,2024-01-01"
    one = read_roster(csv(tmp_path, HEADER, FULL, other))
    two = read_roster(csv(tmp_path, HEADER, other, FULL, FULL))
    assert one.extraction == two.extraction
    assert two.notes == ("firms.csv: 1 rows stand there twice and count once",)
    columns = HEADER.split(",")
    rows = [line.split(",") for line in (FULL, other)]
    records = "\n".join(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) for row in rows)
    three = read_roster(put(tmp_path / "firms.jsonl", records))
    four = read_roster(xlsx(tmp_path / "firms.xlsx", [columns, *rows]))
    assert one.document.id == three.document.id == four.document.id
    assert one.extraction.claims == three.extraction.claims == four.extraction.claims


@pytest.mark.parametrize("codec", ["utf-8-sig", "gb18030"])
def test_chinese_headers_separators_and_encodings(tmp_path: Path, codec: str) -> None:
    text = '园区;企业名称;行业;成立日期\r\n青峤产业园;澜川半导体有限公司;"半导体";2019/3/1\r\n'
    roster = read_roster(put(tmp_path / "a.csv", text.encode(codec)), "管委会", "2024年1月")
    assert names(roster, Kind.ENTERPRISE) == ["澜川半导体有限公司"]
    assert roster.document.published == "2024-01"
    assert claims(roster, Relation.DESCRIBED)[0].values == {"founded": "2019-03-01"}


def test_source_and_date_are_needed_as_column_or_argument(tmp_path: Path) -> None:
    path = csv(tmp_path, "park,name", "青峤产业园,澜川半导体")
    with pytest.raises(ReadError, match="row 2, column source: no source; fill the column or give --source"):
        read_roster(path, None, "2024")
    with pytest.raises(ReadError, match="row 2, column date: no date; fill the column or give --date"):
        read_roster(path, "管委会", None)
    with pytest.raises(ReadError, match="date 'soon' is in no known form"):
        read_roster(path, "管委会", "soon")
    path = csv(tmp_path, "park,name,source,date", "P,A,column,2023", "P,B,,")
    text = read_roster(path, "argument", "2024").document.text
    assert "来源：column；日期：2023" in text
    assert "来源：argument；日期：2024" in text


def test_a_firm_that_left_is_no_tenant(tmp_path: Path) -> None:
    path = csv(tmp_path, "park,name,from,to", "P,A,2001,2010-06", "P,B,,2010", "P,C,,2024", "P,D,2001,2030")
    roster = read_roster(path, "s", "2024-05-01")
    found = [(claim.date, claim.until, claim.status) for claim in claims(roster, Relation.LOCATED_IN)]
    assert found == [
        ("2001", "2010-06", Status.ENDED),
        ("", "2010", Status.ENDED),
        ("2024-05-01", "2024", Status.ACTIVE),
        ("2001", "2030", Status.ACTIVE),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",澜川半导体,,,,,,,,,s,2024", "row 3, column park: empty"),
        ("青峤产业园, ,,,,,,,,,s,2024", "row 3, column name: empty"),
        ("青峤产业园,澜川,,,,soon,,,,,s,2024", "row 3, column founded: 'soon' is no date"),
        ("青峤产业园,澜川,,,,,2024-02-30,,,,s,2024", "row 3, column from: '2024-02-30' is no date"),
        ("青峤产业园,澜川,,,,,2020,2019,,,s,2024", "row 3, column to: 2019 is before 2020 in column from"),
        ("青峤产业园,澜川,,,,,,,,big,s,2024", "row 3, column area: 'big' is no area"),
        (
            "青峤产业园,澜川,,,,,,,,3 km²,管委会,2024-01-01",
            "row 3, column area: 3 km² for a park that has 0.8 in row 2",
        ),
        ("青峤产业园,澜川,,,,,,,,,s,2024,more", "row 3: 13 columns where the header has 12"),
        ("青峤产业园,澜川", "row 3: 2 columns where the header has 12"),
        ("青峤产业园," + "澜" * 501 + ",,,,,,,,,s,2024", "row 3, column name: 501 characters"),
    ],
)
def test_a_bad_row_is_refused_whole_and_named(tmp_path: Path, row: str, words: str) -> None:
    good = "青峤产业园,启岚光电,,,,,,,,,s,2024"
    roster = read_roster(csv(tmp_path, HEADER, FULL, row, good))
    (error,) = roster.refused
    assert str(error).startswith(f"firms.csv, {words}")
    assert sorted(names(roster, Kind.ENTERPRISE)) == ["启岚光电", "澜川半导体有限公司"]


@pytest.mark.parametrize("code", ["914403001922038217", "91440300192203821", "91440300192203821O", "000973"])
def test_a_wrong_code_is_reported_and_not_used(tmp_path: Path, code: str) -> None:
    roster = read_roster(csv(tmp_path, "park,name,uscc", f"P,A,{code}"), "s", "2024")
    assert names(roster, Kind.ENTERPRISE) == ["A"]
    assert code not in roster.document.text
    assert roster.notes == (
        f"firms.csv, row 2, column uscc: {code} is no valid credit code (18 signs with a check sign, mod 31); not used",
    )


def test_a_code_that_a_spreadsheet_made_a_number_is_reported_and_not_used(tmp_path: Path) -> None:
    rows: list[list[object]] = [["park", "name", "uscc", "size"], ["P", "A", 914403001922038000, 500]]
    book = read_roster(xlsx(tmp_path / "a.xlsx", rows), "s", "2024")
    record = json.dumps({"park": "P", "name": "A", "uscc": 914403001922038216, "size": 500})
    for roster in (
        book,
        read_roster(put(tmp_path / "a.jsonl", record), "s", "2024"),
        read_roster(csv(tmp_path, "park,name,uscc,size", "P,A,9.14403E+17,500"), "s", "2024"),
    ):
        assert len(roster.notes) == 1
        assert "row 2, column uscc" in roster.notes[0] or "row 1, column uscc" in roster.notes[0]
        assert "a number of 18 digits, which a spreadsheet cannot hold exactly; not used" in roster.notes[0]
        assert claims(roster, Relation.DESCRIBED)[0].values == {"size": "500"}


def test_codes_keep_their_zeros(tmp_path: Path) -> None:
    rows: list[list[object]] = [["park", "name", "size"], ["P", "A", "000973"]]
    assert "规模：000973" in read_roster(xlsx(tmp_path / "a.xlsx", rows), "s", "2024").document.text
    assert "规模：000973" in read_roster(csv(tmp_path, "park,name,size", "P,A,000973"), "s", "2024").document.text


def test_titles_above_the_header_and_merged_cells(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2024年入园企业名单", None, None],
        ["园区", "企业名称", "备注"],
        ["青峤产业园", "澜川半导体", "x"],
        [None, "启岚光电", None],
        [None, "砺川材料", None],
        [None, None, None],
        ["柳汀园", "禾禹生物", None],
    ]
    roster = read_roster(xlsx(tmp_path / "a.xlsx", rows, ("A1:C1", "A3:A5")), "s", "2024")
    found = {(claim.parties[0][1].text, claim.parties[1][1].text) for claim in claims(roster, Relation.LOCATED_IN)}
    assert found == {
        ("澜川半导体", "青峤产业园"),
        ("启岚光电", "青峤产业园"),
        ("砺川材料", "青峤产业园"),
        ("禾禹生物", "柳汀园"),
    }
    assert roster.refused == ()
    assert roster.notes == ("a.xlsx: columns not used: 备注",)


@pytest.mark.parametrize(
    ("stated", "area"),
    [("3.2", 3.2), ("3.2 平方公里", 3.2), ("320公顷", 3.2), ("1,500亩", 1.0), ("3200000平方米", 3.2), ("3.2km²", 3.2)],
)
def test_areas_are_square_kilometres(tmp_path: Path, stated: str, area: float) -> None:
    path = put(tmp_path / "a.jsonl", json.dumps({"park": "P", "name": "A", "area": stated}))
    assert claims(read_roster(path, "s", "2024"), Relation.DESCRIBED)[0].values["area"] == area


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty: no rows"),
        (b"\n \n", "empty: no rows"),
        (b"a,b\n1,2\n", r"no header with the columns park and name \(园区, 企业名称\); found: a, b, 1, 2"),
        (b"park,name\n", "no row that holds"),
        (b"park,name\n,\n,x\n", "no row that holds; the first problem: a.csv, row 3, column park: empty"),
        (b"park\0name", "NUL byte at offset 4"),
        (b"PK\x03\x04garbage", "no spreadsheet that can be opened"),
        (b'{"park": 1}\n{bad\n', "no row that holds"),
        (b"x" * 20_000_001, "over the limit of 20,000,000 bytes"),
    ],
)
def test_files_that_are_no_roster(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        read_roster(put(tmp_path / "a.csv", content), "s", "2024")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file; check the path"):
        read_roster(tmp_path / "none.csv", "s", "2024")


def test_lines_of_jsonl_that_are_none_are_refused_alone(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", '{"park": "P", "name": "A"}\n{bad\n[1]\n{"park": "P", "name": ["B"]}\n')
    roster = read_roster(path, "s", "2024")
    assert names(roster, Kind.ENTERPRISE) == ["A"]
    assert [error.where for error in roster.refused] == [
        "a.jsonl, row 2",
        "a.jsonl, row 3",
        "a.jsonl, row 4, column name",
    ]


def test_credit_codes() -> None:
    assert valid_uscc(CODE)
    assert valid_uscc(OTHER_CODE)
    for at in range(18):  # any single sign that is typed wrong shows
        for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            wrong = CODE[:at] + sign + CODE[at + 1 :]
            assert valid_uscc(wrong) == (wrong == CODE)
    assert not valid_uscc("")
    assert not valid_uscc("I" * 18)
