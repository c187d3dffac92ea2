"""Word files (docx): the text as Word shows it with all changes accepted.

Inserted words count, deleted and hidden ones do not; a deleted paragraph mark joins two paragraphs; text boxes, tables
and notes are read, comments, headers and footers are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.read.archive import Archive
from ingest.read.composition import Composition
from ingest.read.grid import Cell, write
from ingest.read.limits import Budget
from ingest.read.package import title
from ingest.read.record import Blob, Fields, Result, document
from ingest.read.xml import attribute, child, local, parsed

if TYPE_CHECKING:
    from lxml.etree import _Element

_GONE = frozenset(("del", "moveFrom", "Fallback", "instrText", "delText", "delInstrText", "rPr", "pPr", "sdtPr"))
_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " "}
_OFF = ("0", "false", "off")
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")


def read_docx(blob: Blob, budget: Budget) -> Iterator[Result]:
    """One document: paragraphs and tables in order, notes at the end."""
    archive = Archive(blob, budget)
    body = child(parsed(archive.read("word/document.xml"), blob.source), "body")
    text = Composition()
    heading = ""
    if body is not None:
        heading = _heading(body)
        _blocks(body, text)
    for part in _NOTES:
        if part in archive:
            for note in parsed(archive.read(part), blob.source):
                if local(note) and attribute(note, "type") not in ("separator", "continuationSeparator"):
                    _blocks(note, text)
    yield document(blob.source, blob.source, "utf-8", Fields(text.text, title=heading or title(archive, blob.source)))


def _blocks(parent: _Element, text: Composition) -> None:
    """The paragraphs and tables below an element."""
    held = ""  # a paragraph whose mark was deleted goes on in the next
    for element in _shown(parent):
        name = local(element)
        if name == "p":
            held += _words(element)
            if not _mark_deleted(element):
                text.block(held)
                held = ""
            for box in element.iter("{*}txbxContent"):
                if not _within(box, "Fallback"):
                    _blocks(box, text)
        elif name == "tbl":
            write(_rows(element), text)
        elif name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "AlternateContent", "Choice"):
            _blocks(element, text)
    text.block(held)


def _shown(parent: _Element) -> Iterator[_Element]:
    return (element for element in parent if local(element) and local(element) not in _GONE)


def _words(element: _Element) -> str:
    """The words of a paragraph, without those of text boxes in it."""
    parts: list[str] = []
    for one in _shown(element):
        name = local(one)
        if name == "t":
            parts.append(one.text or "")
        elif name in _SIGNS:
            parts.append(_SIGNS[name])
        elif name == "r" and _hidden(one):
            continue
        elif name != "txbxContent":
            parts.append(_words(one))
    return "".join(parts)


def _hidden(run: _Element) -> bool:
    mark = child(run, "rPr", "vanish")
    return mark is not None and attribute(mark, "val") not in _OFF


def _mark_deleted(paragraph: _Element) -> bool:
    return child(paragraph, "pPr", "rPr", "del") is not None


def _within(element: _Element, name: str) -> bool:
    return any(local(above) == name for above in element.iterancestors())


def _rows(table: _Element) -> list[list[Cell | None]]:
    """The rows of a table that are not deleted; cells that are merged are one."""
    rows: list[list[Cell | None]] = []
    for row in _shown(table):
        if local(row) == "tr" and child(row, "trPr", "del") is None:
            cells: list[Cell | None] = []
            for cell in _cells(row):
                wide = attribute(child(cell, "tcPr", "gridSpan"), "val")
                going_on = child(cell, "tcPr", "vMerge")
                above = rows[-1] if rows else []
                if going_on is not None and attribute(going_on, "val") != "restart" and len(above) > len(cells):
                    found = above[len(cells)]
                else:
                    found = Cell(_inside(cell))
                cells += [found] * min(int(wide) if wide.isdecimal() else 1, 100)
            rows.append(cells)
    return rows


def _cells(row: _Element) -> Iterator[_Element]:
    for element in _shown(row):
        if local(element) == "tc":
            yield element
        elif local(element) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _cells(element)


def _inside(cell: _Element) -> str:
    """The text of a cell on one line, that of tables in it included."""
    text = Composition()
    _blocks(cell, text)
    return " ".join(text.text.split())


def _heading(body: _Element) -> str:
    """The first paragraph, if its style is that of a title or heading."""
    for paragraph in body.iter("{*}p"):
        words = " ".join(_words(paragraph).split())
        if words:
            style = attribute(child(paragraph, "pPr", "pStyle"), "val").lower()
            return words[:500] if style.startswith(("title", "heading", "标题")) or style == "1" else ""
    return ""
