"""Pages: the main text by trafilatura, without comments, related links, and what a reader does not see (hidden
elements, words in the colour of their ground). Tables of data are put in words.

Title, address and date are those the page states of itself. Nesting beyond MAX_DEPTH is flattened before parsing, so
that no page can exhaust the stack.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from graph.errors import ReadError
from ingest.read.dates import iso_date
from ingest.read.grid import Cell, lines
from ingest.read.limits import Budget
from ingest.read.record import Fields, Raw, Read, document
from ingest.read.style import Style

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_DEPTH = 200
_LONG_CELL = 200  # characters; a cell with more is no cell of data
_MAX_SPAN = 100
MAX_PAGE = 5_000_000  # characters; a parsed page takes many times its size
_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title)\b", re.IGNORECASE | re.DOTALL
)
_ELEMENT = re.compile(r"<(?:p|div|article|section|h1|h2|table|ul|span|a|br)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_FLAT = frozenset(
    re.findall(
        r"\w+",
        "area base br col embed hr img input link meta param source track wbr p li dt dd td th tr tbody thead tfoot "
        "option colgroup optgroup rp rt html head body",
    )
)
"""Elements that are empty or end without an end tag; they cannot pile up by themselves."""

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_APART = re.compile(r"comment|related|recommend|相关阅读|評論|评论", re.IGNORECASE)
_KEPT = frozenset(("html", "body", "head", "main", "article"))
_NO_TEXT = frozenset(("script", "style", "noscript", "template", "iframe", "svg", "nav", "aside", "form", "button"))
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article blockquote body center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header "
        "hr li main ol p pre section summary table tbody td tfoot th thead tr ul br",
    )
)
_DATE_NAMES = frozenset(
    (
        *("article:published_time", "og:published_time", "pubdate", "publishdate", "publish_date", "date", "dc.date"),
        *("dc.date.issued", "datepublished", "citation_publication_date", "publication_date"),
    )
)


def declared_encoding(head: bytes) -> str:
    """The encoding that a page declares in its first bytes, "" if none."""
    found = _CHARSET.search(head)
    return found[1].decode("ascii") if found else ""


def looks_like_html(raw: Raw) -> bool:
    """A page by its first element, or a file that is called so and holds an element."""
    if _START.match(raw.text):
        return True
    return raw.suffix in (".html", ".htm", ".xhtml") and bool(_ELEMENT.search(raw.text[:100_000]))


def read_html(raw: Raw, budget: Budget | None = None) -> Iterator[Read | ReadError]:
    """One document, whose text is the main text of the page."""
    try:
        tree, deep = _tree(raw)
    except ReadError as error:
        yield error
        return
    notes = (f"elements nested deeper than {MAX_DEPTH} were flattened",) if deep else ()
    title, url, published = _title(tree), _address(tree), _published(tree)
    if unseen := _prune(tree):
        notes = (*notes, f"{unseen} characters that a reader of the page does not see were left out")
    _spell_tables(tree)
    said = Fields(_main_text(tree), title=title[:500], url=url[:1000], published=published)
    if unseen and not said.text.strip():
        yield ReadError(raw.source, f"empty: all {unseen} characters of the page are hidden from its readers")
    else:
        yield document(raw.source, raw.source, raw.encoding, said, notes)


def page_text(raw: Raw) -> str:
    """All that a reader sees of a page, a line a block, as for a mail. Raises ReadError."""
    tree, _ = _tree(raw)
    _prune(tree)
    _spell_tables(tree)
    return _blocks(tree)


def _tree(raw: Raw) -> tuple[HtmlElement, bool]:
    """The parsed page, and whether deep elements were flattened. Raises ReadError."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    if len(raw.text) > MAX_PAGE:
        raise ReadError(raw.source, f"a page of {len(raw.text):,} characters, over the limit of {MAX_PAGE:,}; split it")
    flat, deep = _flattened(raw.text)
    try:
        parser = HTMLParser(remove_comments=True, remove_pis=True)
        return document_fromstring(re.sub(r"^\s*<\?xml[^>]*>", "", flat), parser=parser), deep
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(raw.source, f"no page that can be parsed: {error}") from None


def _flattened(text: str) -> tuple[str, bool]:
    """The page without the tags of elements that stand deeper than MAX_DEPTH, and whether there were any."""
    parts: list[str] = []
    done = depth = 0
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name in _FLAT or tag[3].endswith("/"):
            continue
        if not tag[1]:
            depth += 1
        if depth > MAX_DEPTH:
            parts.append(text[done : tag.start()])
            done = tag.end()
        if tag[1]:
            depth = max(depth - 1, 0)
    return ("".join((*parts, text[done:])), True) if parts else (text, False)


def _title(tree: HtmlElement) -> str:
    for path in ("//meta[@property='og:title']/@content", "//title", "//h1"):
        for found in tree.xpath(path):
            text = found if isinstance(found, str) else found.text_content()
            if text.strip():
                return " ".join(text.split())
    return ""


def _address(tree: HtmlElement) -> str:
    for path in ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content"):
        for found in tree.xpath(path):
            if re.match(r"https?://", found.strip(), re.IGNORECASE):
                return str(found.strip())
    return ""


def _published(tree: HtmlElement) -> str:
    """The date that the page states in its metadata, "" if it states none in a known form."""
    stated = [
        meta.get("content", "")
        for meta in tree.iter("meta")
        if (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower() in _DATE_NAMES
    ]
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        stated += _stated_dates(script)
    stated += tree.xpath("//time/@datetime")
    return next((date for one in stated if (date := iso_date(one))), "")


def _stated_dates(script: str) -> list[str]:
    try:
        value = json.loads(script)
    except (ValueError, RecursionError):
        return []
    items = value if isinstance(value, list) else value.get("@graph", [value]) if isinstance(value, dict) else []
    dates = [item.get("datePublished") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return [date for date in dates if isinstance(date, str)]


def _prune(tree: HtmlElement) -> int:
    """Take out of the tree what a reader does not see, and what is not the page's own text. Returns how many characters
    were hidden from readers."""
    shown = Style(tree)
    unseen = 0
    gone: set[HtmlElement] = set()
    for element in list(tree.iter()):
        above = element.getparent()
        if above in gone:
            gone.add(element)
        elif isinstance(element.tag, str) and above is not None and element.tag not in _KEPT:
            hidden = shown.hides(element)
            if hidden or _apart(element):
                unseen += _letters(element.text_content()) if hidden and element.tag not in _NO_TEXT else 0
                gone.add(element)
                element.drop_tree()
            elif shown.blends(element):
                unseen += _wiped(element)
        elif isinstance(element.tag, str) and shown.blends(element):
            unseen += _wiped(element)
    return unseen


def _apart(element: HtmlElement) -> bool:
    """Whether an element is no text of the page's own: scripts, menus, comments, related links."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.tag in _NO_TEXT or bool(_APART.search(names))


def _wiped(element: HtmlElement) -> int:
    """Take away the words that stand directly in an element; returns how many characters they have."""
    size = _letters(element.text or "") + sum(_letters(inner.tail or "") for inner in element)
    element.text = None
    for inner in element:
        inner.tail = None
    return size


def _letters(text: str) -> int:
    return sum(1 for letter in text if not letter.isspace())


def _spell_tables(tree: HtmlElement) -> None:
    """Put the rows of tables of data in words (`ingest.read.grid`); tables that only lay out a page stay."""
    for table in list(tree.iter("table")):
        rows = _rows(table) if table.find(".//table") is None else []
        longest = max((len(cell.text) for row in rows for cell in row if cell), default=0)
        if max(map(len, rows), default=0) > 1 and longest <= _LONG_CELL:
            tail = table.tail
            table.clear()
            table.tag, table.tail = "div", tail
            for line, _ in lines(rows):
                paragraph = table.makeelement("p")
                paragraph.text = line
                table.append(paragraph)


def _rows(table: HtmlElement) -> list[list[Cell | None]]:
    """The cells of a table by row; one that spans several is the same at all places that it covers."""
    rows: list[list[Cell | None]] = []
    held: dict[tuple[int, int], Cell] = {}
    for number, row in enumerate(table.iter("tr")):
        cells: list[Cell | None] = []
        for element in row:
            if element.tag not in ("td", "th"):
                continue
            while (number, len(cells)) in held:
                cells.append(held[number, len(cells)])
            cell = Cell(" ".join(element.text_content().split()))
            wide, deep = _span(element, "colspan"), _span(element, "rowspan")
            held |= {(number + down, len(cells) + across): cell for down in range(1, deep) for across in range(wide)}
            cells += [cell] * wide
        while (number, len(cells)) in held:
            cells.append(held[number, len(cells)])
        rows.append(cells)
    return rows


def _span(element: HtmlElement, name: str) -> int:
    said = element.get(name) or ""
    return max(1, min(int(said), _MAX_SPAN)) if said.isdecimal() and len(said) < 6 else 1


def _main_text(tree: HtmlElement) -> str:
    """The main text by trafilatura; the text of all blocks where it finds (nearly) none."""
    import logging
    from copy import deepcopy

    from trafilatura import extract
    from trafilatura.settings import DEFAULT_CONFIG

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it finds wrong with a page is no news here
    config = deepcopy(DEFAULT_CONFIG)
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    config.set("DEFAULT", "MIN_OUTPUT_SIZE", "1")
    whole = _blocks(tree)
    found = extract(deepcopy(tree), include_comments=False, include_tables=True, fast=True, config=config) or ""
    enough = len(found) >= 200 or len(found) >= 0.5 * len(whole)
    return found.strip() if enough else whole


def _blocks(tree: HtmlElement) -> str:
    """The text of the body, a line a block."""
    body = tree.find("body")
    parts: list[str] = []
    for event, element in _walk(tree if body is None else body):
        block = element.tag in _BLOCKS
        parts.append("\n" if block else "")
        parts.append((element.text if event == "start" else element.tail) or "")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _walk(tree: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    from lxml.etree import iterwalk

    for event, element in iterwalk(tree, events=("start", "end")):
        if isinstance(element.tag, str):
            yield event, element
