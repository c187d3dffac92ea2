"""Sentences of a document: where they start and end in the original text, and what they say once folded.

A sentence ends at 。！？；and their narrow forms, at an English full stop (not in Co., Ltd., U.S. or 3.5), and where a
line ends; closing quotes and brackets stay with it. Lines that are only wrapped are joined again: when a line has no
end mark and the next begins in mid-sentence. Above LONGEST characters a sentence is cut at a comma, as a last resort
anywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from graph.model import Document, Passage, passage_id
from ingest.read.text import header_end
from ingest.script import Folded, fold

LONGEST = 400  # characters of one passage
_SHORTEST_WRAPPED = 20  # a line below cannot have been broken for want of room

_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_CLOSING = "”’」』）)】》〉〕\"'］]"
_ENDS = re.compile(f"(?:[。！？!?；;]|…{{2}}|[.．])[{re.escape(_CLOSING)}。！？!?]*")
_LINE_ENDED = re.compile(f"[。！？!?；;.．:：…][{re.escape(_CLOSING)}]*$")
_GOES_ON = re.compile(
    r"[，、,（(“「『《—–\-&＆/]$|(?:与|與|和|及|以及|並|并|在|于|於|对|對|向|由|将|將|为|為|的|是|由于)$"
)
_BEGINS_INSIDE = re.compile(r"[，、；：。）」』”’》】,;)]|与|與|及|以及|的|并且|並且|签署|簽署|签订|簽訂|达成|達成")
_MAY_BEGIN_INSIDE = re.compile(r"[和并並在于於由将將对對向为為等是而也均共同]")
_ITEM = re.compile(
    r"\s*(?:[-*+•·●○◆◇■□▪▫►▶※★☆→#>|]|[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])[)）、.．](?!\d)"
    r"|[①-⑳]|第[一二三四五六七八九十百\d]+[章节節条條部篇]|[【\[])"
)
_INDENT = re.compile("\u3000|\t| {2}")
_MARKER = re.compile(r"(?:#{1,6}|[-*+•·●○◆◇■□▪▫►▶※]|>)[ \t\u3000]+")
_WORD = re.compile(r"\w")
_COMMA = re.compile("[，,、：:][”’」』）)】》\"']*")
_ABBREVIATION = frozenset(
    re.findall(
        r"[\w.]+",
        "co corp inc ltd llc plc gmbh bros dept est govt hon inst intl jr sr mfg mr mrs ms dr prof st ave rd blvd no "
        "nos vol vols fig figs eq sec ch pp ed eds al vs etc approx ca cf e.g i.e a.m p.m u.s u.k u.n e.u d.c ph.d jan "
        "feb mar apr jun jul aug sep sept oct nov dec s.a s.p.a b.v n.v pte pty",
    )
)
_MAY_END = frozenset(("co", "corp", "inc", "ltd", "llc", "plc", "etc", "u.s", "u.k", "a.m", "p.m", "jr", "pte", "pty"))
_OPENER = re.compile(
    r"\s+[\"“(]?(?:The|It|Its|In|On|At|A|An|This|That|These|They|Their|He|She|His|Her|We|Our|Both|As|For|With|By|But|However"
    r"|Under|After|Since|Founded|According|Meanwhile|Moreover|Also|There|All|Each|Most|Other|Another|When|While|From|To"
    r"|Headquartered|Established|Located|Over|Last|Earlier|Later|Two|Three|No|One)\b"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A passage with its folded text and the way back: `folded.original(s, e)` counts from `passage.start`."""

    passage: Passage
    folded: Folded

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the document's text that [start, end) of the folded sentence came from."""
        first, last = self.folded.original(start, end)
        return first + self.passage.start, last + self.passage.start


def passages(document: Document) -> tuple[Passage, ...]:
    """The sentences of a document, in order; see `sentences`."""
    return tuple(sentence.passage for sentence in sentences(document))


def sentences(document: Document) -> tuple[Sentence, ...]:
    """The sentences of a document in order, not overlapping, none without a letter or digit.

    A header block is left out; a roster has one a line. The passage's text is `document.text[start:end]` exactly.
    """
    text = document.text
    return tuple(_sentence(document, start, end) for start, end in spans(text, document.form == "roster"))


def spans(text: str, by_line: bool = False) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text start and end; with `by_line` each line is one."""
    lines = list(_lines(text))
    for start, end in lines if by_line else _blocks(text, lines):
        for first, last in ((start, end),) if by_line else _split(text, start, end):
            yield from _trimmed(text, first, last)


def _sentence(document: Document, start: int, end: int) -> Sentence:
    text = document.text[start:end]
    folded = fold(text, join=True)
    place = document.place(start, end)
    passage = Passage(passage_id(document.id, start, end), document.id, start, end, text, folded.text, place)
    return Sentence(passage, folded)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """The lines below the header, without their ends."""
    start = header_end(text)
    for found in _LINE_END.finditer(text, start):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _blocks(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Runs of lines that belong together: a line and those that only go on what it began."""
    for group in _paragraphs(text, lines):
        width = max(last - first for first, last in group)
        begin, line = group[0][0], group[0]
        for following in group[1:]:
            if not _continues(text[slice(*line)].rstrip(), text[slice(*following)], width):
                yield begin, line[1]
                begin = following[0]
            line = following
        yield begin, line[1]


def _paragraphs(text: str, lines: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Lines between blank lines."""
    group: list[tuple[int, int]] = []
    for start, end in lines:
        if text[start:end].strip():
            group.append((start, end))
        elif group:
            yield group
            group = []
    if group:
        yield group


def _continues(line: str, following: str, width: int) -> bool:
    """Whether the following line goes on in the middle of what `line` says; `width` is that of the longest line."""
    if _LINE_ENDED.search(line) or _ITEM.match(following) or _INDENT.match(following):
        return False
    following = following.strip()
    if _GOES_ON.search(line) or _BEGINS_INSIDE.match(following) or following[:1].islower():
        return True
    if _MAY_BEGIN_INSIDE.match(following) and re.search("[，。；,;]", following):
        return True
    full = len(line) >= max(0.85 * width, _SHORTEST_WRAPPED)
    return full and bool(re.search("[，。、；,.;]", line) or re.search("[，。；,.;]", following))


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut [start, end) at the ends of sentences, then what is too long."""
    first = start
    closed = _brackets(text, start, end)
    for found in _ENDS.finditer(text, start, end):
        if found.start() < first or not _is_end(text, found, first, end):
            continue
        if _inside(closed, found.start()):
            continue
        yield from _cut(text, first, found.end())
        first = found.end()
    yield from _cut(text, first, end)


def _is_end(text: str, found: re.Match[str], start: int, end: int) -> bool:
    """Whether a mark ends a sentence: full stops and narrow marks only where the surroundings say so."""
    mark, after = found[0][0], text[found.end() : min(found.end() + 1, end)]
    if mark not in ".．!?;":
        return True
    if mark != "." and mark != "．":
        return not after or after.isspace() or after > "\u2e7f"
    before = text[max(found.start() - 1, start) : found.start()]
    if before > "\u2e7f":  # 。typed as a full stop
        return not after.isdigit()
    if after and not (after.isspace() or after > "\u2e7f"):
        return False
    if text[start : found.start()].strip().isdigit():  # the number of an item
        return False
    word = re.search(r"[\w.]*$", text[max(start, found.start() - 12) : found.start()])
    short = (word[0] if word else "").lower().strip(".")
    if short in _ABBREVIATION or (len(short) == 1 and short.isalpha()):
        ending = not text[found.end() : end].strip() or bool(_OPENER.match(text, found.end(), end))
        return short in _MAY_END and ending
    following = text[found.end() : end].lstrip(" \t\"“'‘(（")
    return not following[:1].islower()


def _brackets(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Round brackets of at most 100 characters: no sentence ends inside them."""
    return [found.span() for found in re.compile(r"[（(][^（()）\r\n]{1,100}[)）]").finditer(text, start, end)]


def _inside(spans: list[tuple[int, int]], position: int) -> bool:
    place = bisect_left(spans, (position, position)) - 1
    return place >= 0 and spans[place][0] < position < spans[place][1] - 1


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces of at most LONGEST characters, cut after a comma or at a space where there is one."""
    while end - start > LONGEST:
        stop = start + LONGEST
        commas = [found.end() for found in _COMMA.finditer(text, start + LONGEST // 4, stop)]
        space = text.rfind(" ", start + LONGEST // 4, stop) + 1
        place = commas[-1] if commas else space or stop
        yield start, place
        start = place
    yield start, end


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without white space and list marks at its rims, nothing if no letter or digit is left."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if marker := _MARKER.match(text, start, end):
        start = marker.end()
    if start < end and _WORD.search(text, start, end):
        yield start, end
