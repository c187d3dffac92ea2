"""csv and tsv: a document a row. The separator is found out; the header names the columns.

Columns: id or doc_id, title, text (needed), date or published, url or source; also 编号 标题 正文 日期 网址 来源.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from graph.errors import ReadError
from ingest.read.record import MAX_CHARACTERS, Fields, Raw, Read, document

_COLUMNS = {
    "identity": ("id", "doc_id", "编号", "編號"),
    "title": ("title", "标题", "標題", "题目", "題目"),
    "text": ("text", "正文", "文本", "内容", "內容"),
    "published": ("date", "published", "日期", "发布日期", "發布日期"),
    "url": ("url", "网址", "網址", "链接", "鏈接", "source", "来源", "來源"),
}
_KNOWN = {name for names in _COLUMNS.values() for name in names}
_HEAD = 100_000  # characters in which the header must end
_ROSTER = ("park", "园区", "園區")


def looks_like_table(raw: Raw) -> bool:
    """A file that is called so, or whose first line is a header with a text column and another that is known."""
    if raw.suffix in (".csv", ".tsv"):
        return True
    names = set(_header(raw.text, separator(raw.text)))
    return len(names & _KNOWN) > 1 and bool(names & set(_COLUMNS["text"]))


def separator(text: str) -> str:
    """The sign between the columns: the one that gives the most known names in the header, then the most columns."""
    return max(",;\t|", key=lambda sign: (len(set(_header(text, sign)) & _KNOWN), len(_header(text, sign))))


def rows(text: str, sign: str) -> Iterator[tuple[int, list[str] | str]]:
    """The rows of a table with the line on which each starts; a string says why a row cannot be read."""
    limit = csv.field_size_limit(2 * MAX_CHARACTERS)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                open_quote = "unexpected end of data" in str(error)
                yield line, "a quote is not closed before the end of the file" if open_quote else str(error)
                continue
            yield line, row
    finally:
        csv.field_size_limit(limit)


def read_table(raw: Raw) -> Iterator[Read | ReadError]:
    """A document for each row below the header. A row that is ragged or has no text is an error that names its line."""
    if not raw.text.strip():
        yield ReadError(raw.source, "empty: no visible character in the file")
        return
    sign = "\t" if raw.suffix == ".tsv" else separator(raw.text)
    names = _header(raw.text, sign)
    places = {field: _place(names, columns) for field, columns in _COLUMNS.items()}
    if places["text"] is None:
        roster = "; for a table of firms use `parkbond roster`" if set(names) & set(_ROSTER) else ""
        found = ", ".join(filter(None, names))[:200] or "none"
        yield ReadError(raw.source, f"no column `text` (columns found: {found}); `text` is needed{roster}")
        return
    empty = True
    for number, (line, row) in enumerate(rows(raw.text, sign)):
        if number == 0 or row in ([], [""]):
            continue
        empty = False
        yield _document(raw, names, places, line, row)
    if empty:
        yield ReadError(raw.source, "empty: no row below the header")


def _document(
    raw: Raw, names: list[str], places: dict[str, int | None], line: int, row: list[str] | str
) -> Read | ReadError:
    where = f"{raw.source}:{line}"
    if isinstance(row, str):
        return ReadError(where, row)
    if len(row) != len(names):
        return ReadError(where, f"{len(row)} columns where the header has {len(names)}; quote what holds the separator")
    said = Fields(**{field: "" if place is None else row[place] for field, place in places.items()})
    return document(where, raw.source, raw.encoding, said)


def _header(text: str, sign: str) -> list[str]:
    first = next(rows(text[:_HEAD], sign), None)
    return [name.strip().lower() for name in first[1]] if first and isinstance(first[1], list) else []


def _place(names: list[str], columns: tuple[str, ...]) -> int | None:
    return next((names.index(column) for column in columns if column in names), None)
