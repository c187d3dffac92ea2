"""Published lists: the name of the list, and who stands where on it (overall or on one track).

General forms only: 前N的是A、B、C; A、B、C分列第a至b位; A位列第n; A、B分别在X、Y领域…单项第n. A rank counts
only where the document names the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graph.model import Kind, Relation, Role, Status
from ingest.extract.names import Span
from ingest.extract.reading import Reading, Sentence
from ingest.model import Claim, Name

_QUOTE = "“”‘’\"'「」『』"
_TITLE = re.compile(
    rf"(?P<year>(?:19|"
    rf"20)\d{{2}})年?(?:度)? ?[\u4e00-\u9fff ]{{0,16}}?[{_QUOTE}]?[\u4e00-\u9fff]{{1,14}}[{_QUOTE}]?(?:综合|"
    rf"发展|竞争力|高质量发展)?(?:指数|排行榜|百强榜?|五十强|榜单|排名)"
    r"|(?P<year2>(?:19|20)\d{2}) (?:[A-Z][\w-]* ){1,6}(?:Index|Ranking|Rankings|Top \d+)"
)
_TITLE_WORDS = re.compile("指数|排行榜|百强|五十强|榜单|排名|Index|Ranking|Top ")
_SHORT = re.compile(rf"[{_QUOTE}](?P<core>[\u4e00-\u9fff]{{2,8}})[{_QUOTE}](?:综合|发展)?(?:指数|榜|排行榜)")
_NUMERAL = "[一两二三四五六七八九十百\\d]+"
_FIRST = re.compile(rf"前(?P<n>{_NUMERAL})(?:名|位|强)?(?:的)?(?:园区|产业园区)?(?:分别|依次)?(?:是|为|:)$")
_RANGE = re.compile(
    rf"^(?:等)?(?:园区)?(?:则|依次|分别|紧随其后,?)*(?:分列|位列|排在|排名|分居|位居|名列|列|居)(?:全国|全省|"
    rf"榜单)?第?(?P<a>{_NUMERAL})(?:位|名)?(?:至|到|-|—|~)第?(?P<b>{_NUMERAL})(?:位|名)?"
)
_ONE = re.compile(
    rf"^(?:[^,。;]{{0,8}}?)(?:位列|位居|排名|名列|列|居|排在|获得|夺得|获)(?:全国|全省|榜单|"
    rf"总榜)?(?:单项)?第(?P<n>{_NUMERAL})(?:位|名)?"
    r"(?![一二三四五六七八九十百\d]|位?名?[至到~—-])"
)
_NTH = re.compile(rf"第(?P<n>{_NUMERAL})(?:名|位)(?:的)?(?:是|为|:)$")
_RESPECTIVELY = re.compile(r"^(?:则)?分别")
_SINGLE = re.compile(rf"单项第(?P<n>{_NUMERAL})|(?:分项|赛道|领域)(?:排名)?第(?P<m>{_NUMERAL})")
_TRACK = re.compile("单项|分项|赛道")
_SAMPLE = re.compile(
    r"(?:选取|参评|样本|评价|纳入|覆盖|评估|入围|监测)(?:的|了)?[^,。;\d]{0,8}?(?P<n>\d[\d,]*) ?(?:余)?(?:家|"
    r"个)[^,。;]{0,6}?园区"
)
_LIST_WORDS = re.compile("指数|榜|排名|得分|评价|位列|分列|单项")


@dataclass(frozen=True, slots=True)
class _List:
    name: Name
    edition: str
    core: str


def mark(reading: Reading) -> None:
    """Add the places where a list's name stands, in place; other names inside such a name are taken out."""
    for sentence in reading.sentences:
        if not _TITLE_WORDS.search(sentence.text):
            continue
        titles = [(found.start(), found.end()) for found in _TITLE.finditer(sentence.text)]
        if not titles:
            continue
        kept = [
            span for span in sentence.spans if not any(span.start < end and start < span.end for start, end in titles)
        ]
        added = [Span(start, end, Kind.RANKING, "ranking", 3) for start, end in titles]
        sentence.spans = sorted(kept + added)
        for start, end in titles:
            surface = sentence.text[start:end]
            reading.fullest[Kind.RANKING, surface] = title(surface)
            first, last = sentence.original(start, end)
            reading.shown.setdefault(title(surface), title(reading.document.text[first:last]))


def title(text: str) -> str:
    """A list's name in one form of quotes, without spaces between Chinese characters."""
    text = re.sub(f"[{_QUOTE}]", "\x00", " ".join(text.split()))
    while text.count("\x00") >= 2:
        text = text.replace("\x00", "“", 1).replace("\x00", "”", 1)
    text = text.replace("\x00", "")
    return re.sub(r"(?<![A-Za-z]) | (?![A-Za-z])", "", text)


def read(reading: Reading) -> list[Claim]:
    """The ranks that a document states, as RANKED claims from a park to the list."""
    lists = list(_lists(reading))
    if not lists:
        return []
    sample = next((found for sentence in reading.sentences if (found := _SAMPLE.search(sentence.text))), None)
    size = int(sample["n"].replace(",", "")) if sample else 0
    claims: list[Claim] = []
    running = False  # whether the sentence before gave ranks, so that this one may go on with them
    for sentence in reading.sentences:
        if not (_LIST_WORDS.search(sentence.text) or running):
            continue
        chosen = next((one for one in lists if one.core and one.core in sentence.text), lists[0])
        rows = list(_ranks(sentence))
        running = bool(rows)
        for number, park, track in rows:
            claims.append(_claim(reading, sentence, chosen, number, park, track, size))
    return claims


def _lists(reading: Reading) -> Iterator[_List]:
    seen: set[str] = set()
    for sentence in reading.sentences:
        for span in sentence.spans:
            if span.kind is not Kind.RANKING:
                continue
            surface = title(sentence.text[span.start : span.end])
            if surface in seen:
                continue
            seen.add(surface)
            year = re.match(r"\d{4}", surface)
            core = re.search("“(.+?)”", surface)
            name = Name(Kind.RANKING, reading.shown.get(surface, surface))
            yield _List(name, year.group() if year else "", core[1] if core else "")


def _ranks(sentence: Sentence) -> Iterator[tuple[int, Span, str]]:
    """(rank, park, track) of each park whose place a sentence gives; the track is "" on the overall list."""
    text = sentence.text
    for group in _groups(sentence, Kind.PARK):
        before, after = text[: group[0].start], text[group[-1].end :]
        single = _SINGLE.search(after)
        fields = _fields(sentence, group[-1].end, len(group))
        if _RESPECTIVELY.match(after) and single and fields:
            number = value(single["n"] or single["m"])
            for park, track in zip(group, fields, strict=True):
                yield number, park, track
            continue
        first = _FIRST.search(before)
        if first and value(first["n"]) == len(group):
            yield from ((number, park, "") for number, park in enumerate(group, start=1))
            continue
        reach = _RANGE.match(after)
        if reach and value(reach["b"]) - value(reach["a"]) + 1 == len(group):
            yield from ((number, park, "") for number, park in enumerate(group, start=value(reach["a"])))
            continue
        one = _ONE.match(after) or _NTH.search(before)
        if one and len(group) == 1:
            on = _track(sentence, group[0]) if _TRACK.search(text) else ""
            if on is not None:
                yield value(one["n"]), group[0], on


def _track(sentence: Sentence, park: Span) -> str | None:
    """The one field that a sentence about a single track names: as its words part it (在纤维及复合材料赛道上), else the
    name nearest before the park, else behind it."""
    if stated := _ON_TRACK.search(sentence.text):
        return stated["field"]
    fields = [span for span in sentence.spans if span.kind is Kind.INDUSTRY]
    ordered = [span for span in reversed(fields) if span.end <= park.start] + [
        span for span in fields if span.start >= park.end
    ]
    return sentence.text[ordered[0].start : ordered[0].end] if ordered else None


_ON_TRACK = re.compile("在(?P<field>[^在,;。、这该此]{2,16}?)(?:单项)?(?:赛道|领域)")


def _groups(sentence: Sentence, kind: Kind) -> Iterator[list[Span]]:
    """Names of a kind that stand in one list."""
    group: list[Span] = []
    for span in sentence.spans:
        if span.kind is not kind:
            continue
        if group and sentence.text[group[-1].end : span.start] not in ("、", ",", "和", "与", "及", "以及"):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


_IN_FIELDS = re.compile("(?:在|于|凭|以)(?P<fields>[^,。;在]{2,60}?)等?(?:领域|赛道|产业|方面)")


def _fields(sentence: Sentence, start: int, count: int) -> list[str]:
    """The first list of `count` fields behind `start` as the words part them (纤维及复合材料 is one), else as names."""
    listed = _IN_FIELDS.search(sentence.text, start)
    if listed and len(items := listed["fields"].split("、")) == count:
        return items
    for group in _groups(sentence, Kind.INDUSTRY):
        if group[0].start >= start and len(group) == count:
            return [sentence.text[span.start : span.end] for span in group]
    return []


def _claim(reading: Reading, sentence: Sentence, on: _List, rank: int, park: Span, track: str, size: int) -> Claim:
    surface = sentence.text[park.start : park.end]
    full = reading.fullest.get((Kind.PARK, surface), surface)
    values: dict[str, str | int | float] = {"rank": rank, "edition": on.edition, "status": "stated"}
    if size:
        values["sample"] = size
    start, end = sentence.passage.passage.start, sentence.passage.passage.end
    return Claim(
        Relation.RANKED,
        ((Role.HEAD, Name(Kind.PARK, reading.shown.get(full, full))), (Role.TAIL, on.name)),
        start,
        end,
        Status.ACTIVE,
        "ranking",
        date=reading.document.published,
        qualifier=track,
        values=values,
    )


_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2}


def value(text: str) -> int:
    """A whole number below 1,000 in digits or Chinese: 10, 十, 二十一, 一百."""
    if text.isdigit():
        return int(text)
    total = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
    return total + digit
