"""One document, one name: stated short names, every further place of a name, and the fullest form of each."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from graph.model import Kind
from ingest import lexicon
from ingest.extract.names import Span, chosen
from ingest.extract.reading import Reading, Sentence

_QUOTED = r"[“\"'‘「『《<]?([^“”\"'‘’「」『』,。;()、:《》]{2,24}?)[”\"'’」』》>]?"
_DEFINED = re.compile(
    r"\((?:(?:以下|下|後|后)?(?:统称|合称|简称|称为|称|简称为|或称)|又称|又名|亦称|俗称|英文名(?:称)?|"
    r"英文简称|简写为|原名|曾用名|原)(?:为)?[: ]?"
    + _QUOTED
    + r"(?:(?:、|或者?|,)"
    + _QUOTED
    + r")?(?:[,;。][^()]{0,40})?\)"
)
_SHORT = re.compile(r" ?\(" + _QUOTED + r"\)")
_LATIN = re.compile(r" ?\((?:英文名?(?:称)?[::]? ?)?([A-Z][A-Za-z0-9&.,'’ -]{2,70}[A-Za-z.])\)")
_LATIN_END = defaultdict(
    lambda: re.compile("(?!)"),
    {
        Kind.ENTERPRISE: re.compile(
            r"\b(?:Co\.?,? ?Ltd|Ltd|Limited|Inc|Incorporated|Corp|Corporation|Company|GmbH|AG|PLC|plc|LLC|S\.A|Group|"
            r"Holdings|Technologies|Technology)\.?$"
        ),
        Kind.INSTITUTION: re.compile(r"\b(?:University|Institute|Academy|College|Laboratory|Hospital)\b"),
        Kind.PARK: re.compile(r"\b(?:Park|Zone|Area|Valley|City)$"),
    },
)
"""How the English name in a bracket ends, by the kind of the name before it."""
_RENAMED = re.compile(
    '(?:\\([^()]*\\))?,?(?:又名|又称|亦称|也称|又被称为|又叫|即|曾用名|原名|旧称|以前叫|前身为|前身是|简称)[“"「『]?'
)
_FULL = re.compile('全[称名](?:为|是|叫)?[“"「『]?$')
_LEGAL = re.compile(
    r"(?:\(?(?:集团)?\)?(?:股份有限公司|有限责任公司|有限公司|股份公司|集团公司|总公司|公司|集团|控股|"
    r"股份)(?:\(有限合伙\))?|,? ?(?:Co\.?,? ?Ltd\.?|Ltd\.?|Limited|Inc\.?|Corp\.?|Corporation|GmbH|AG|PLC|plc|"
    r"LLC|S\.A\.|Group|Holdings))+$"
)
_BUSINESS = re.compile(
    "(?:科技|技术|电子|实业|工业|发展|投资|控股|贸易|商贸|国际|信息|网络|软件|智能|机电|精密|机械|生物|医药|"
    "制药|药业|医疗|新材料|材料|新能源|能源|化工|汽车|电气|电力|电器|环保|"
    "食品|物流|产业|高新|光电|半导体|微电子|集团|设备|装备|制造|工程|建设|文化|传媒|服务|管理|咨询)+$"
)


def mark(reading: Reading) -> None:
    """Complete the names of a document in place: stated short names, then every place of every name."""
    _conditions(reading)
    _lone(reading)
    _define(reading)
    _short_forms(reading)
    _settle_kinds(reading)
    _everywhere(reading)
    _canonical(reading)


def _conditions(reading: Reading) -> None:
    """Drop gazetteer names whose condition does not hold: class words need theirs within a sentence, others in the
    document."""
    names = lexicon.gazetteer()
    whole = "\n".join(sentence.text for sentence in reading.sentences)
    for number, sentence in enumerate(reading.sentences):
        near = "".join(one.text for one in reading.sentences[max(0, number - 1) : number + 2])
        kept = []
        for span in sentence.spans:
            surface = sentence.text[span.start : span.end]
            when = names[surface][0].when if span.rule == "gazetteer" and surface in names else ()
            if when and not any(
                word in (near if surface in lexicon.words()["near"] else whole).replace(surface, "") for word in when
            ):
                continue
            kept.append(span)
        sentence.spans = kept


def _lone(reading: Reading) -> None:
    """Drop what only LAC takes for an organisation, unless it comes again or stands in a list with a firm."""
    counts = Counter(sentence.text[span.start : span.end] for sentence in reading.sentences for span in sentence.spans)
    for sentence in reading.sentences:
        listed = {
            number
            for number, (one, other) in enumerate(zip(sentence.spans, sentence.spans[1:], strict=False))
            if sentence.text[one.end : other.start] in ("、", "和", "与") and one.kind is other.kind
        }
        sentence.spans = [
            span
            for number, span in enumerate(sentence.spans)
            if span.rule != "lac:ORG"
            or counts[sentence.text[span.start : span.end]] > 1
            or number in listed
            or number - 1 in listed
        ]


def _define(reading: Reading) -> None:
    """Short names that the text itself gives: X(以下简称“Y”), X(Y), X又名Y."""
    for sentence in reading.sentences:
        added: list[Span] = []
        _renamed(reading, sentence)
        for span in sentence.spans:
            full_of = _FULL.search(sentence.text, 0, span.start)
            if full_of and span.kind is not Kind.INDUSTRY:
                before = full_of.start()
                token = next((one for one in sentence.tokens if one.start < before <= one.end), None)
                if token is not None and before - token.start >= 2:
                    alias = sentence.text[token.start : before]
                    reading.defined.setdefault(alias, sentence.text[span.start : span.end])
                    added.append(Span(token.start, before, span.kind, "defined", 5))
            if span.kind in (Kind.INDUSTRY, Kind.PLACE):
                continue
            for start, end in _aliases(sentence.text, span):
                alias = sentence.text[start:end]
                full = sentence.text[span.start : span.end]
                if alias in lexicon.words()["stands_for"]:
                    reading.defined.setdefault(alias, full)
                    continue
                reading.defined[alias] = full
                added.append(Span(start, end, span.kind, "defined", 5))
        if added:
            kept = [
                span
                for span in sentence.spans
                if not any(span.start < new.end and new.start < span.end for new in added)
            ]
            sentence.spans = sorted(kept + _apart(added))


def _renamed(reading: Reading, sentence: Sentence) -> None:
    """A又名B, A即B, 原名: of two names of one thing the one that the document uses more is its name."""
    text = sentence.text
    for one, other in zip(sentence.spans, sentence.spans[1:], strict=False):
        if one.kind is not other.kind or one.kind in (Kind.INDUSTRY, Kind.PLACE):
            continue
        if not _RENAMED.fullmatch(text, one.end, other.start):
            continue
        first, second = text[one.start : one.end], text[other.start : other.end]
        whole = reading.document.title + "\n".join(each.text for each in reading.sentences)
        if whole.count(second) > whole.count(first) and "简称" not in text[one.end : other.start]:
            reading.defined.setdefault(first, second)
        else:
            reading.defined.setdefault(second, first)


def _apart(spans: list[Span]) -> list[Span]:
    return chosen(spans)


def _aliases(text: str, span: Span) -> Iterable[tuple[int, int]]:
    found = _LATIN.match(text, span.end)
    if found is not None and not text[span.start : span.end].isascii() and _LATIN_END[span.kind].search(found[1]):
        yield found.span(1)
        return
    found = _DEFINED.match(text, span.end)
    if found is None and text[span.end : span.end + 1] == "(":
        closing = text.find(")", span.end)
        opening = text.find("(", closing) if 0 < closing < span.end + 30 else -1
        if opening == closing + 1:
            found = _DEFINED.match(text, opening)
    if found is not None:
        for group in (1, 2):
            if found[group] and not re.search(r"\d{4}|%|合称|统称", found[group]):
                yield found.span(group)
        return
    found = _SHORT.match(text, span.end)
    if found is not None and _abbreviates(found[1], text[span.start : span.end]):
        yield found.span(1)


def _abbreviates(short: str, full: str) -> bool:
    """Whether the bracketed form is made of letters of the full one, in order (HSP, 国科微)."""
    if not 2 <= len(short) <= max(12, len(full) // 2) or re.search(r"\d{4,}|[.%]", short):
        return False
    if short.isascii():
        initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", full))
        return (
            (short.isupper() and not full.isascii())
            or short.lower() == initials.lower()
            or (_within(short, "".join(char for char in full if char.isupper())) and short.isupper())
        )
    return len(short) < len(full) and _within(short, full)


def _within(short: str, full: str) -> bool:
    rest = iter(full)
    return all(char in rest for char in short)


@lru_cache(maxsize=1 << 14)
def core(name: str) -> str:
    """A firm's name without place, legal form and the last words of business: 深圳市分子谷科技有限公司 -> 分子谷."""
    name = _LEGAL.sub("", name)
    name = _strip_place(name)
    stripped = _BUSINESS.sub("", name)
    return stripped if len(stripped) >= 2 else name


@lru_cache(maxsize=1 << 14)
def _strip_place(name: str) -> str:
    for size in range(min(9, len(name) - 2), 1, -1):
        if name[:size] in _place_names():
            rest = name[size:]
            rest = rest.removeprefix("省").removeprefix("市") if len(rest) > 3 else rest
            return _strip_place(rest) if len(rest) > 3 else rest
    found = re.match(r"\((?:中国|集团|[\u4e00-\u9fff]{2,3})\)", name)
    return name[found.end() :] if found else name


@cache
def _place_names() -> frozenset[str]:
    return frozenset(name for place in lexicon.places() for name in (place.name, place.short) if name)


def _short_forms(reading: Reading) -> None:
    """Short names that follow from a full registered name in the same document."""
    fulls = {
        sentence.text[span.start : span.end]: span.kind
        for sentence in reading.sentences
        for span in sentence.spans
        if span.kind is Kind.ENTERPRISE and _LEGAL.search(sentence.text[span.start : span.end])
    }
    shorts: dict[str, str] = {}
    gazetteer = lexicon.gazetteer()
    for full in fulls:
        base = _LEGAL.sub("", full)
        forms = {base, _strip_place(base), core(full)}
        for size in (2, 3, 4):
            place = base[:size]
            if place in _place_names() and core(full) != base:
                forms.add(place.removesuffix("市").removesuffix("省") + core(full))
        for form in forms:
            known = gazetteer.get(form)
            if (
                len(form) < 2
                or form in fulls
                or form in lexicon.words()["stands_for"]
                or (form.isascii() and len(form) < 3)
            ):
                continue
            if (known and known[0].kind is not Kind.ENTERPRISE) or form in _place_names():
                continue
            shorts[form] = full if shorts.get(form, full) == full else ""
    if not shorts:
        return
    _find(reading, dict.fromkeys(shorts, Kind.ENTERPRISE), "short form")


def _settle_kinds(reading: Reading) -> None:
    """One surface, one kind: the one with the most votes, certain rules counting more."""
    votes: dict[str, Counter[Kind]] = defaultdict(Counter)
    for sentence in reading.sentences:
        for span in sentence.spans:
            weight = (
                9 if span.rule == "defined" else 1 if span.rule.startswith(("lac", "field:list", "english:acts")) else 3
            )
            votes[sentence.text[span.start : span.end]][span.kind] += weight
    kinds = {surface: max(counter, key=lambda kind: (counter[kind], kind)) for surface, counter in votes.items()}
    for sentence in reading.sentences:
        sentence.spans = [span._replace(kind=kinds[sentence.text[span.start : span.end]]) for span in sentence.spans]


def _everywhere(reading: Reading) -> None:
    """Mark every place where a name of the document stands outside a longer one."""
    kinds: dict[str, Kind] = {}
    for sentence in reading.sentences:
        for span in sentence.spans:
            surface = sentence.text[span.start : span.end]
            if len(surface) >= 2 and surface not in lexicon.words()["stands_for"] and span.kind is not Kind.PLACE:
                if span.kind is Kind.INDUSTRY and len(surface) < 4:
                    continue
                kinds[surface] = span.kind
    _find(reading, kinds, "document")


def _find(reading: Reading, kinds: dict[str, Kind], rule: str) -> None:
    if not kinds:
        return
    surfaces = list(kinds)
    matcher = AhoCorasick(surfaces, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA)
    for sentence in reading.sentences:
        text = sentence.text
        found = matcher.find_matches_as_indexes(text)
        if not found:
            continue
        added = []
        present = {(span.start, span.end) for span in sentence.spans}
        for number, start, end in found:
            if (start, end) in present or not _free(sentence, start, end):
                continue
            if not _whole(sentence, surfaces[number], start, end, kinds[surfaces[number]]):
                continue
            added.append(Span(start, end, kinds[surfaces[number]], rule, 0))
        if added:
            kept = [
                span
                for span in sentence.spans
                if not any(new.start <= span.start and span.end <= new.end for new in added)
            ]
            sentence.spans = sorted(kept + added)


def _free(sentence: Sentence, start: int, end: int) -> bool:
    """Nothing longer or crossing stands there."""
    return not any(
        span.start < end and start < span.end and not (start <= span.start and span.end <= end)
        for span in sentence.spans
    )


def _whole(sentence: Sentence, surface: str, start: int, end: int, kind: Kind) -> bool:
    text = sentence.text
    if surface.isascii():
        before, after = text[start - 1 : start], text[end : end + 1]
        return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())
    if not sentence.tokens:
        return True
    opens = any(token.start == start for token in sentence.tokens)
    closes = any(token.end == end for token in sentence.tokens)
    if len(surface) <= 3:
        return opens and closes
    return opens or closes or len(surface) > 5


def _canonical(reading: Reading) -> None:
    """The fullest form of every surface."""
    firsts: dict[tuple[Kind, str], str] = {}
    for sentence in reading.sentences:
        for span in sentence.spans:
            surface = sentence.text[span.start : span.end]
            if (span.kind, surface) not in firsts:
                start, end = sentence.original(span.start, span.end)
                firsts[span.kind, surface] = clean(reading.document.text[start:end])
                reading.shown.setdefault(surface, firsts[span.kind, surface])
    by_kind: dict[Kind, list[str]] = defaultdict(list)
    for kind, surface in firsts:
        by_kind[kind].append(surface)
    for kind, surfaces in by_kind.items():
        for surface in surfaces:
            reading.fullest[kind, surface] = _fullest(kind, surface, surfaces, reading)


def clean(text: str) -> str:
    """Original text of a name without invisible characters and line ends, in its own script."""
    text = re.sub("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]", "", text)
    return re.sub(r"\s+", " ", text).strip()


def _fullest(kind: Kind, surface: str, surfaces: list[str], reading: Reading) -> str:
    longer = _longest(kind, _meant(surface, reading), surfaces, reading)
    return _meant(longer, reading)


def _meant(surface: str, reading: Reading) -> str:
    """What the text says a name stands for, step by step."""
    seen = set()
    while surface in reading.defined and surface not in seen:
        seen.add(surface)
        surface = reading.defined[surface]
    return surface


def _longest(kind: Kind, surface: str, surfaces: list[str], reading: Reading) -> str:
    if (kind, surface) not in {(kind, one) for one in surfaces}:
        return surface
    fuller = [
        one
        for one in surfaces
        if len(one) > len(surface) and (surface.isascii() or not one.isascii()) and _same(kind, surface, one, reading)
    ]
    if not fuller:
        return surface
    exact = [one for one in fuller if _exact(kind, surface, one)]
    pool = exact or fuller
    longest = max(pool, key=lambda one: (len(one), one))
    if all(one == longest or _same(kind, one, longest, reading) for one in pool):
        return longest
    return surface


def _exact(kind: Kind, short: str, full: str) -> bool:
    return kind is Kind.ENTERPRISE and core(short) == core(full)


_PLACE_TAIL = re.compile("(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|省|市|区|县|州)$")
_FIELD_TAIL = re.compile("(?:产业链|产业集群|产业|行业|领域|技术|科技|业)$")


def _same(kind: Kind, short: str, full: str, reading: Reading) -> bool:
    """Whether `full` is a longer form of `short`."""
    gazetteer = lexicon.gazetteer()
    known, other = gazetteer.get(short), gazetteer.get(full)
    listed = known is not None and known[0].kind is kind
    if listed and known and other and other[0].kind is kind and kind is not Kind.INDUSTRY:
        return known[0].name == other[0].name
    if kind is Kind.PLACE:
        return _same_place(short, full)
    if kind is Kind.INDUSTRY:
        return _FIELD_TAIL.sub("", full) == _FIELD_TAIL.sub("", short) and len(_FIELD_TAIL.sub("", short)) >= 2
    if short.isascii() and full.isascii():
        return _same_english(kind, short, full)
    if kind is Kind.PARK:
        return not listed and _same_park(short, full)
    if kind is Kind.ENTERPRISE:
        if listed:
            whole = bool(known and full_form(known[0].name))
            same = core(full) == short or _bare(full) == short or (not whole and _begins(short, full))
        else:
            same = _same_firm(short, full)
        return same and not _owned(short, full, reading)
    if kind is Kind.INSTITUTION:
        return _same_institution(short, full)
    return full.endswith(short) and len(short) >= 3


@lru_cache(maxsize=1 << 14)
def _bare(name: str) -> str:
    """A firm's name without its legal form."""
    return _LEGAL.sub("", name)


@lru_cache(maxsize=1 << 14)
def _seat(name: str) -> str:
    """The place in the name of a registered firm, in a bracket or at its beginning; "" if there is none."""
    bracket = _PLACED.search(name)
    if bracket is not None:
        return bracket.group()[1:-1].removesuffix("市").removesuffix("省")
    size = next((size for size in range(4, 1, -1) if name[:size] in _place_names()), 0) if full_form(name) else 0
    return name[:size].removesuffix("市").removesuffix("省")


@lru_cache(maxsize=1 << 14)
def full_form(name: str) -> bool:
    """Whether a name has its legal form, so that another name with another one is another firm."""
    return _LEGAL.search(name) is not None


def _begins(short: str, full: str) -> bool:
    """Whether a short name is the beginning of a registered one without its bracketed place and legal form."""
    if not full_form(full) or len(short) < 2:
        return False
    base = _strip_place(_PLACED.sub("", _LEGAL.sub("", full)))
    return base.startswith(short)


_PLACED = re.compile("\\([\u4e00-\u9fff]{2,8}\\)")


def _same_place(short: str, full: str) -> bool:
    if not _PLACE_TAIL.search(full):
        return full == short
    bare = _PLACE_TAIL.sub("", full)
    return bare == short or bare.endswith(short) or (full.endswith(short) and len(full) - len(short) >= 2)


def _same_english(kind: Kind, short: str, full: str) -> bool:
    small, large = short.lower(), full.lower()
    if large.startswith((small + " ", small + ",")):
        return True
    return kind is Kind.ENTERPRISE and f" {small} " in f" {_bare(full).lower()} "


def _same_park(short: str, full: str) -> bool:
    if full[:-1].startswith(short[:-1]) and _NUMBERED.search(full[len(short) - 1 : -1]):
        return False
    if full.endswith(short):
        return True
    return len(short) >= 4 and short[:2] == full[:2] and short[-1] == full[-1] and _within(short, full)


def _same_firm(short: str, full: str) -> bool:
    if _seat(full) != _seat(short) and _seat(full) and _seat(short):
        return False
    if core(full) == core(short):
        return True
    if short.endswith("公司"):
        return False
    base, stem = _strip_place(_bare(full)), _strip_place(_bare(short))
    return base.startswith(stem) or (len(stem) >= 4 and stem[:2] == base[:2] and _within(stem, base))


_UNIT = re.compile("(?:学院|系|院|所|中心|实验室|医院|分校|校区|学部|书院|部)$")
_NUMBERED = re.compile("[一二三四五六七八九十\\d]期?$|分$")


def _same_institution(short: str, full: str) -> bool:
    if short.endswith(("大学", "学院")) and full.startswith(short) and _UNIT.search(full):
        return False
    if not _within(short, full) or short[-1] not in full[-4:]:
        return False
    return full.endswith(short) or (short[0] == full[0] and len(short) <= len(full) * 0.7)


_OWNERSHIP = re.compile("[^。;]{0,24}?(?:旗下|子公司|控股股东|母公司|下属|全资)[^,。;]{0,8}")


def _owned(short: str, full: str, reading: Reading) -> bool:
    """Whether the text names the two side by side or puts ownership between them, which makes them two firms."""
    return any(full in sentence.text and _side_by_side(short, full, sentence.text) for sentence in reading.sentences)


def _side_by_side(short: str, full: str, text: str) -> bool:
    rest = full[len(short) :] if full.startswith(short) else ""
    for mark in "、和与及":
        if short + mark + full in text:
            return True
        place = text.find(full + mark + short)
        if place >= 0 and not (rest and text.startswith(rest, place + len(full) + 1 + len(short))):
            return True
    place = text.find(full)
    while place >= 0:
        before = text.rfind(short, max(0, place - 36 - len(short)), place)
        if before >= 0 and _OWNERSHIP.fullmatch(text, before + len(short), place):
            return True
        place = text.find(full, place + 1)
    return False
