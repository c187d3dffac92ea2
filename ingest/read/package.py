"""What all Office files share: the relations between their parts, and the title that the file states of itself."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath

from ingest.read.archive import Archive
from ingest.read.xml import attribute, child, local, parsed

_NO_TITLE = re.compile(
    r"(?:Microsoft )?(?:PowerPoint|Word|Excel)\b.*|(?:幻灯片|文档|工作簿|PowerPoint 演示文稿) ?\d*|untitled", re.I
)


def relations(archive: Archive, part: str, source: str) -> dict[str, str]:
    """The parts that a part names: id -> path in the archive, in the order in which they are listed."""
    name = join(dirname(part), "_rels", part.rpartition("/")[2] + ".rels")
    if name not in archive:
        return {}
    found = {}
    for one in parsed(archive.read(name), source):
        target = attribute(one, "Target")
        if local(one) and attribute(one, "TargetMode") != "External":
            path = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(part), target))
            found[attribute(one, "Id")] = path
    return found


def title(archive: Archive, source: str) -> str:
    """The title in the file's properties, "" if there is none or it is only what the program put there."""
    if "docProps/core.xml" not in archive:
        return ""
    found = child(parsed(archive.read("docProps/core.xml"), source), "title")
    text = " ".join((found.text or "").split()) if found is not None else ""
    return "" if _NO_TITLE.fullmatch(text) else text[:500]
