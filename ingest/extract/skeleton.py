"""A sentence with every name as one symbol, so that patterns can say "two organisations, then 签署".

The symbol's range tells the kind of the name; brackets behind a name, quotes and (in Chinese) spaces are left out.
Words that point back (该公司, 双方, 园区) become symbols too, of the names that they stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from graph.model import Kind
from ingest.extract.english import is_english
from ingest.extract.names import Span
from ingest.extract.reading import Reading, Sentence
from ingest.model import Name

BASE = {
    Kind.PARK: 0xE000,
    Kind.ENTERPRISE: 0xE100,
    Kind.INSTITUTION: 0xE200,
    Kind.GOVERNMENT: 0xE300,
    Kind.PLACE: 0xE400,
    Kind.INDUSTRY: 0xE500,
}
ORGANISATION = "\ue000-\ue3ff"
INDUSTRY = "\ue500-\ue5ff"
_SYMBOL = re.compile("[\ue000-\ue5ff]")
_ORGANISATIONS = re.compile(f"[{ORGANISATION}]")
_BRACKET = re.compile(r" ?\([^()]{0,60}\)")
_BACK = re.compile(
    "它们?(?=把|将|的|已|还|在|与|向|从|由|主|专|生|也|,)|该公司|该企业|该集团|该厂|本公司|双方|两家公司|"
    "两家企业|两家(?=[将共已都签拟在还联携])|三方|四方|五方|该园区|该园|本园区|园区|公司|该校|该院|该所|"
    "前者|后者|发行人|该中心|该机构|该联盟|该研究院|本集团|园内|区内(?=[企的现有已])|园里|同园"
)
_BACK_EN = re.compile(
    r"(?:^|(?<=^[\"“]))(?:It|Its)\b|"
    r"\b[Tt]he (?:(?:company|firm|group|manufacturer|business|chipmaker|maker)(?= |'s|’s|,)|park\b)"
)
_SUBJECT = re.compile(
    "(?:目前|现|现有|已|公司)?,?(?:主营|从事|专注|专业|主要|位于|坐落|总部|年产|产品|业务|生产|研发|拥有|"
    "设有|汇集|聚集|集聚|入驻|重点|已形成|形成|以|下设|划出|布局|成立于|是)"
)
_WITH = re.compile(
    "(?:(?:民国)?[\\d一二三四五六七八九十〇零]+年(?:第?[\\d一二三四]季度?|[\\d一二三四五六七八九十]+月(?:[\\d一二三四五六七八九十]+日)?)?,?)?"
    "(?:还|又|并|再|也|随后|同时|此外,?|此后,?)*(?:与|同|携手|联合)"
)
_NO_WITH = re.compile("的,?[是为]|相比|不同|相邻|毗邻|之隔|接壤|一样|一道")
_OPENING = frozenset(",。;:、在由从对为使让到进该本与和向(的是把将给以,")


@dataclass(slots=True)
class Skeleton:
    """The symbolic text of a sentence; `spans[i]` is where character i came from in the folded sentence.

    `park` is the park spoken of before where the sentence names no organisation, `republic` whether its document may
    count years from 1912."""

    sentence: Sentence
    english: bool = False
    text: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list)
    names: dict[str, Name] = field(default_factory=dict)
    park: Name | None = None
    republic: bool = False

    def folded(self, start: int, end: int) -> tuple[int, int]:
        """The span of the folded sentence that [start, end) of the symbolic text covers."""
        return self.spans[start][0], self.spans[end - 1][1]


@dataclass(slots=True)
class Context:
    """What was last spoken of, sentence by sentence."""

    subject: Name | None = None  # the first organisation of the sentence before
    park: Name | None = None
    firm: Name | None = None
    parties: tuple[Name, ...] = ()  # the organisations of the last sentence with two or more
    announcer: Name | None = None  # the firm that 公司 stands for in a filing


def name_of(reading: Reading, kind: Kind, surface: str) -> Name:
    """The canonical name of a folded surface."""
    full = reading.fullest.get((kind, surface), surface)
    return Name(kind, reading.shown.get(full, full))


def skeletons(reading: Reading) -> Iterator[Skeleton]:
    """The symbolic form of each sentence of a document whose names are known, in order."""
    context = Context(announcer=_announcer(reading))
    republic = any(word in reading.document.text for word in ("民國", "臺灣", "台灣", "股份有限公司於"))
    for sentence in reading.sentences:
        made = skeleton(reading, sentence, context)
        made.republic = republic
        if context.park == context.subject and not _ORGANISATIONS.search(made.text):
            made.park = context.park
        advance(context, made)
        yield made


def _announcer(reading: Reading) -> Name | None:
    """The firm that 公司 stands for: the first of a document that reads like an announcement."""
    head = "".join(sentence.text for sentence in reading.sentences[:4])
    if not re.search("公告|披露|证券|董事会|招股|年报|公司代码|本公司|发行人", head):
        return None
    for sentence in reading.sentences[:6]:
        for span in sentence.spans:
            if span.kind is Kind.ENTERPRISE:
                return name_of(reading, span.kind, sentence.text[span.start : span.end])
    return None


def skeleton(reading: Reading, sentence: Sentence, context: Context) -> Skeleton:
    """The symbolic form of a sentence."""
    made = _Maker(reading, sentence, context)
    if context.subject is not None and not made.english and (_SUBJECT.match(sentence.text) or _without(sentence)):
        made.symbol(context.subject, 0, 1)
    place = 0
    spans = [span for span in sentence.spans if span.kind in BASE]
    for span in spans:
        if span.start < place:
            continue
        if place and _LISTED.fullmatch(sentence.text, place, span.start) and _both(made, span.kind):
            made.put("、", place, span.start)
        else:
            made.words(place, span.start)
        name = name_of(reading, span.kind, sentence.text[span.start : span.end])
        made.symbol(name, span.start, span.end)
        if span.kind not in (Kind.INDUSTRY, Kind.PLACE):
            made.seen.append(name)
            if span.kind is not Kind.PARK or sentence.text[max(0, span.start - 1) : span.start] not in ("在", "于"):
                made.sides.append(name)
        place = made.behind_bracket(span, name, spans)
    made.words(place, len(sentence.text))
    return Skeleton(sentence, made.english, "".join(made.parts), made.spans, made.names)


_LISTED = re.compile(r"\s+")


def _both(made: _Maker, kind: Kind) -> bool:
    """Whether a name of that kind and the one before it are organisations that a blank sets side by side."""
    parties = (Kind.ENTERPRISE, Kind.INSTITUTION)
    return not made.english and kind in parties and bool(made.seen) and made.seen[-1].kind in parties


def _without(sentence: Sentence) -> bool:
    """Whether a sentence begins with 与 and a name (a date may stand before), its subject left out."""
    found = _WITH.match(sentence.text)
    if found is None or _NO_WITH.search(sentence.text):
        return False
    return any(span.start == found.end() and span.kind in BASE for span in sentence.spans)


class _Maker:
    """A skeleton while it is put together."""

    def __init__(self, reading: Reading, sentence: Sentence, context: Context) -> None:
        self._reading = reading
        self._text = sentence.text
        self._context = context
        self._counts: dict[Kind, int] = {}
        self.english = is_english(sentence.text)
        self.parts: list[str] = []
        self.spans: list[tuple[int, int]] = []
        self.names: dict[str, Name] = {}
        self.seen: list[Name] = []
        self.sides: list[Name] = []  # who may be meant by 双方: not the park where they meet

    def symbol(self, name: Name, start: int, end: int) -> None:
        """Write a name as one symbol; beyond 256 names of a kind in a sentence none is written."""
        number = self._counts.get(name.kind, 0)
        if number > 255 or name.kind not in BASE:
            return
        self._counts[name.kind] = number + 1
        char = chr(BASE[name.kind] + number)
        self.names[char] = name
        self.put(char, start, end)

    def words(self, start: int, end: int) -> None:
        """Write the text between names, words that point back as the names that they mean."""
        place = start
        for found in (_BACK_EN if self.english else _BACK).finditer(self._text, start, end):
            before = self._text[found.start() - 1] if found.start() > start else "".join(self.parts[-1:])
            names = self._meant(found.group(), before)
            if not names:
                continue
            self._letters(place, found.start())
            for number, name in enumerate(names):
                if number:
                    self.put("与", *found.span())
                self.symbol(name, *found.span())
            place = found.end()
        self._letters(place, end)

    def _meant(self, word: str, before: str) -> tuple[Name, ...]:
        if word in _COUNTS:
            return _sides(_COUNTS[word], tuple(dict.fromkeys(self.sides)), self._context.parties)
        return _meant(self._reading, word, self._context, self.seen, before)

    def behind_bracket(self, span: Span, name: Name, spans: list[Span]) -> int:
        """Where to go on behind a name: after its bracket, if that holds no other name."""
        bracket = _BRACKET.match(self._text, span.end)
        if bracket is None:
            return span.end
        inside = [one for one in spans if span.end < one.start < bracket.end() and one.kind is not span.kind]
        if any(name_of(self._reading, one.kind, self._text[one.start : one.end]) != name for one in inside):
            return span.end
        return bracket.end()

    def put(self, char: str, start: int, end: int) -> None:
        """Write one character that stands for the words [start, end)."""
        self.parts.append(char)
        self.spans.append((start, end))

    def _letters(self, start: int, end: int) -> None:
        for place in range(start, end):
            char = self._text[place]
            if char in _QUOTES or (not self.english and char in " \t\n\r") or _SYMBOL.match(char):
                continue
            self.put(_JOINS.get(char, char), place, place + 1)


_JOINS = {"🤝": "与", "×": "与"}
_QUOTES = frozenset('“”‘’"「」『』')


def _meant(reading: Reading, word: str, context: Context, seen: list[Name], before: str) -> tuple[Name, ...]:
    """The names that a word which points back stands for."""
    if word.isascii():
        return _meant_en(word, context, seen)
    firms = [name for name in seen if name.kind is Kind.ENTERPRISE]
    if word in reading.defined:
        full = reading.defined[word]
        return (name_of(reading, Kind.ENTERPRISE, full),)
    if word == "它":
        first = seen[0] if seen else context.subject
        return (first,) if first else ()
    if word in ("该公司", "该企业", "该集团", "该厂"):
        last = firms[-1] if firms else context.firm
        return (last,) if last else ()
    if word in ("前者", "后者"):
        return _former(word == "前者", seen, context.parties)
    if word in ("本公司", "公司", "发行人", "本集团"):
        if word == "公司" and before and before not in _OPENING:
            return ()
        return (context.announcer,) if context.announcer else ()
    if word in ("该园区", "该园", "本园区", "园区", "园内", "区内", "园里", "同园"):
        if word == "园区" and before and before not in _OPENING:
            return ()
        parks = [name for name in seen if name.kind is Kind.PARK]
        last = parks[-1] if parks else context.park
        return (last,) if last else ()
    if word in ("该校", "该院", "该所", "该中心", "该机构", "该联盟", "该研究院"):
        schools = [name for name in seen if name.kind is Kind.INSTITUTION]
        return (schools[-1],) if schools else ()
    return ()


def _meant_en(word: str, context: Context, seen: list[Name]) -> tuple[Name, ...]:
    """The name that It, the company or the park stands for."""
    if word in ("It", "Its"):
        found = context.subject
    elif word.endswith("park"):
        found = next((name for name in reversed(seen) if name.kind is Kind.PARK), context.park)
    else:
        found = next((name for name in seen if name.kind is Kind.ENTERPRISE), context.firm)
    return (found,) if found else ()


def _former(first: bool, seen: list[Name], before: tuple[Name, ...]) -> tuple[Name, ...]:
    """Whom 前者 or 后者 means: the first or the last of the two named last."""
    two = (seen if len(seen) > 1 else [*before, *seen])[-2:]
    if len(two) < 2:
        return ()
    return (two[0] if first else two[1],)


_COUNTS = {"双方": 2, "两家公司": 2, "两家企业": 2, "两家": 2, "三方": 3, "四方": 4, "五方": 5}


def _sides(count: int, seen: tuple[Name, ...], before: tuple[Name, ...]) -> tuple[Name, ...]:
    """The parties that 双方 or 三方 means: those of this sentence, else those of the one before."""
    if len(seen) == count or len(seen) > count > 2:
        return seen[-count:]
    return before if not seen and len(before) == count else ()


def advance(context: Context, made: Skeleton) -> None:
    """Remember what a sentence spoke of."""
    names = [made.names[char] for char in made.text if char in made.names]
    organisations = [name for name in names if name.kind not in (Kind.INDUSTRY, Kind.PLACE)]
    subjects = [name for name in organisations if name.kind is not Kind.GOVERNMENT]
    if subjects:
        context.subject = subjects[0]
    parks = [name for name in organisations if name.kind is Kind.PARK]
    firms = [name for name in organisations if name.kind is Kind.ENTERPRISE]
    if parks:
        context.park = parks[0]
    if firms:
        context.firm = firms[0]
    distinct = tuple(dict.fromkeys(organisations))
    if len(distinct) >= 2:
        context.parties = distinct
