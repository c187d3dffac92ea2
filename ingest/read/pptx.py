"""Slides (pptx): the text of each slide that is shown, in the order of the show; the slide is the place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.read.archive import Archive
from ingest.read.composition import Composition
from ingest.read.grid import Cell, write
from ingest.read.limits import Budget
from ingest.read.package import relations, title
from ingest.read.record import Blob, Fields, Result, document
from ingest.read.xml import attribute, child, children, local, parsed

if TYPE_CHECKING:
    from lxml.etree import _Element

_PART = "ppt/presentation.xml"
_REPEATED = frozenset(("dt", "ftr", "sldNum", "hdr"))  # placeholders that every slide repeats


def read_pptx(blob: Blob, budget: Budget) -> Iterator[Result]:
    """One document: the slides, an empty line between paragraphs."""
    archive = Archive(blob, budget)
    show = parsed(archive.read(_PART), blob.source)
    targets = relations(archive, _PART, blob.source)
    text = Composition()
    notes: list[str] = []
    heading = ""
    for number, entry in enumerate(children(show, "sldIdLst"), 1):
        part = targets.get(_relation(entry), "")
        if part not in archive:
            continue
        slide = parsed(archive.read(part), blob.source)
        if attribute(slide, "show") in ("0", "false"):
            notes.append(f"slide {number} is hidden and was not read")
            continue
        tree = child(slide, "cSld", "spTree")
        if tree is not None:
            before = len(text.parts)
            _shapes(tree, text, f"slide {number}")
            heading = heading or (text.parts[before] if len(text.parts) > before else "")
    name = title(archive, blob.source) or " ".join(heading.split())[:200]
    said = Fields(text.text, title=name)
    yield document(blob.source, blob.source, "utf-8", said, tuple(notes), text.places)


def _relation(entry: _Element) -> str:
    """The r:id of an entry, which has an id of its own too."""
    return next((str(value) for key, value in entry.attrib.items() if str(key).endswith("}id")), "")


def _shapes(parent: _Element, text: Composition, place: str) -> None:
    for shape in parent:
        name = local(shape)
        if name == "sp":
            kind = attribute(child(shape, "nvSpPr", "nvPr", "ph"), "type")
            body = child(shape, "txBody")
            if kind not in _REPEATED and body is not None and not _hidden(shape):
                for words in _paragraphs(body):
                    text.block(words, place)
        elif name == "graphicFrame":
            table = child(shape, "graphic", "graphicData", "tbl")
            if table is not None:
                write(_rows(table), text, place)
        elif name in ("grpSp", "AlternateContent", "Choice"):
            _shapes(shape, text, place)


def _hidden(shape: _Element) -> bool:
    return attribute(child(shape, "nvSpPr", "cNvPr"), "hidden") in ("1", "true")


def _paragraphs(body: _Element) -> Iterator[str]:
    for paragraph in body:
        if local(paragraph) == "p":
            words = ("\n" if local(one) == "br" else one.text or "" for one in paragraph.iter("{*}t", "{*}br"))
            yield "".join(words)


def _rows(table: _Element) -> list[list[Cell | None]]:
    """The rows of a table; a merged cell is the same at all places that it covers."""
    rows: list[list[Cell | None]] = []
    for row in table:
        if local(row) != "tr":
            continue
        cells: list[Cell | None] = []
        for cell in row:
            if local(cell) != "tc":
                continue
            above = rows[-1] if rows else []
            if attribute(cell, "hMerge") in ("1", "true") and cells:
                cells.append(cells[-1])
            elif attribute(cell, "vMerge") in ("1", "true") and len(above) > len(cells):
                cells.append(above[len(cells)])
            else:
                body = child(cell, "txBody")
                words = " ".join(_paragraphs(body)) if body is not None else ""
                cells.append(Cell(" ".join(words.split())))
        rows.append(cells)
    return rows
