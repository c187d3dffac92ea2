"""Files of rich formats made by code: as small as their readers allow, good and bad ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SLIDE = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
LINKS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip file of these members."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(ZipInfo(name), data, ZIP_DEFLATED)
    return out.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """A Word file with this body; more parts by name (footnotes)."""
    members = {"word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>"}
    return zipped(members | {f"word/{name}.xml": f"<w:{name} {WORD}>{xml}</w:{name}>" for name, xml in parts.items()})


def paragraph(words: str, more: str = "") -> str:
    """A paragraph of a Word file; `more` are its properties."""
    return f"<w:p><w:pPr>{more}</w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"


def xlsx(sheets: Mapping[str, str], strings: Sequence[str] = (), styles: str = "", states: str = "") -> bytes:
    """A workbook: sheet name -> the XML inside <worksheet>; `states` are letters, h for a hidden sheet."""
    names = list(sheets)
    entries = "".join(
        f'<sheet name="{name}" r:id="r{number}"{" state=" + chr(34) + "hidden" + chr(34) if mark == "h" else ""}/>'
        for number, (name, mark) in enumerate(zip(names, states.ljust(len(names)), strict=False))
    )
    targets = "".join(f'<Relationship Id="r{n}" Target="worksheets/s{n}.xml"/>' for n in range(len(names)))
    members = {
        "xl/workbook.xml": f"<workbook {SHEET} {LINKS}><sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships {_PACKAGE}>{targets}</Relationships>",
        "xl/sharedStrings.xml": f"<sst {SHEET}>{''.join(f'<si><t>{s}</t></si>' for s in strings)}</sst>",
        "xl/styles.xml": f"<styleSheet {SHEET}>{styles}</styleSheet>",
    }
    for number, xml in enumerate(sheets.values()):
        members[f"xl/worksheets/s{number}.xml"] = f"<worksheet {SHEET}>{xml}</worksheet>"
    return zipped(members)


def cells(rows: Iterable[Sequence[str]]) -> str:
    """The sheet data of rows of texts."""
    found = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in enumerate(row)
        )
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    return f"<sheetData>{found}</sheetData>"


def pptx(slides: Sequence[str], hidden: Sequence[int] = ()) -> bytes:
    """A presentation: the XML of each slide's shapes."""
    entries = "".join(f'<p:sldId id="{256 + n}" r:id="r{n}"/>' for n in range(len(slides)))
    targets = "".join(f'<Relationship Id="r{n}" Target="slides/s{n}.xml"/>' for n in range(len(slides)))
    members = {
        "ppt/presentation.xml": f"<p:presentation {SLIDE} {LINKS}><p:sldIdLst>{entries}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f"<Relationships {_PACKAGE}>{targets}</Relationships>",
    }
    for number, xml in enumerate(slides):
        show = ' show="0"' if number in hidden else ""
        tree = f"<p:cSld><p:spTree>{xml}</p:spTree></p:cSld>"
        members[f"ppt/slides/s{number}.xml"] = f"<p:sld {SLIDE}{show}>{tree}</p:sld>"
    return zipped(members)


def shape(*paragraphs: str, kind: str = "body") -> str:
    """A text shape of a slide."""
    words = "".join(f"<a:p><a:r><a:t>{one}</a:t></a:r></a:p>" for one in paragraphs)
    about = f'<p:nvSpPr><p:cNvPr/><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'
    return f"<p:sp>{about}<p:txBody>{words}</p:txBody></p:sp>"


Words = tuple[float, float, str]


def pdf(*pages: Sequence[Words] | str, kids: str = "", trailer: str = "") -> bytes:
    """A pdf; a page is words with their places (x, y from the bottom, 12 points), or the operators of its contents.

    `kids` are the references in the page tree, `trailer` more entries of the trailer (Encrypt).
    """
    count = len(pages)
    refs = kids or " ".join(f"{7 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{refs}]/Count {count}>>",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/FontDescriptor 5 0 R"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880"
        "/StemV 80/FontBBox[0 -120 1000 880]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, page in enumerate(pages):
        stream = page if isinstance(page, str) else "\n".join(show(*words) for words in page)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {8 + 2 * number} 0 R"
            "/Resources<</Font<</C 3 0 R/L 6 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    out = b"%PDF-1.7\n"
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    table = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R{trailer}>>"
    return out + f"{table}\nstartxref\n{len(out)}\n%%EOF".encode()


def show(x: float, y: float, words: str, colour: str = "0") -> str:
    """The operators that draw words, Latin in Helvetica, Chinese in a song face that is not embedded."""
    text = f"({words})" if words.isascii() else f"<{words.encode('utf-16-be').hex()}>"
    return f"BT {colour} g /{'L' if words.isascii() else 'C'} 12 Tf 1 0 0 1 {x} {y} Tm {text} Tj ET"
