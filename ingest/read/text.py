"""Plain text and Markdown: the text is the decoded file as it is; a header block at its start says what it is.

    标题：东澜科技园签约          Title: …
    来源：https://example.org     Source: …   (an address, or who published it)
    日期：2024-03-15              Date: …
    网址：https://example.org     URL: …

Lines of that kind count only as one block at the start (blank lines before it and `---` lines around it allowed).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graph.errors import ReadError
from ingest.read.record import Fields, Raw, Read, document

_FIELD = {
    **dict.fromkeys(("标题", "標題", "题目", "題目", "title"), "title"),
    **dict.fromkeys(("来源", "來源", "source"), "source"),
    **dict.fromkeys(("日期", "date"), "published"),
    **dict.fromkeys(("网址", "網址", "url"), "url"),
}
_LINE = re.compile(rf"[ \t\u3000]*({'|'.join(_FIELD)})[ \t\u3000]*[：:][ \t\u3000]*([^\r\n]*)", re.IGNORECASE)
_RULE = re.compile(r"[ \t]*-{3,}[ \t]*(?=[\r\n]|\Z)")
_END = re.compile(r"\r\n|\n|\r|\Z")
_HEADING = re.compile(r"\s*#\s+([^\r\n]+)")


@dataclass(frozen=True, slots=True)
class Header:
    """What the header block says; `end` is the offset in the text at which the block is over."""

    title: str = ""
    url: str = ""
    published: str = ""
    end: int = 0


def header(text: str) -> Header:
    """The header block at the start of a text, empty with end 0 if there is none."""
    said: dict[str, str] = {}
    position = end = len(text) - len(text.lstrip())
    while position < len(text):
        if line := _LINE.match(text, position):
            name = _FIELD[line[1].lower()]
            if name in said:
                break
            said[name] = line[2].strip()
        elif not (line := _RULE.match(text, position)):
            break
        stop = _END.search(text, line.end())
        position = end = stop.end() if stop else len(text)
    if not said:
        return Header()
    url = said.get("url", "") or said.get("source", "")
    return Header(said.get("title", ""), url, said.get("published", ""), end)


def header_end(text: str) -> int:
    """The offset at which the header block of a text is over, 0 if it has none. The body starts there."""
    return header(text).end


def read_text(raw: Raw) -> Iterator[Read | ReadError]:
    """One document: the whole file is its text."""
    head = header(raw.text)
    if head.end and not raw.text[head.end :].strip():
        yield ReadError(raw.source, "empty: nothing below the header")
        return
    title = head.title
    if not title and raw.suffix in (".md", ".markdown") and (heading := _HEADING.match(raw.text, head.end)):
        title = heading[1].strip().rstrip("#").strip()
    said = Fields(raw.text, title=title, url=head.url, published=head.published)
    yield document(raw.source, raw.source, raw.encoding, said)
