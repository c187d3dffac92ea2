"""Claims by trigger patterns (lexicon/triggers.csv) over sentences whose names are symbols. Two names in one sentence
are never a claim by themselves: a pattern must match."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from graph.model import ALLOWED, Cooperation, Kind, Relation, Role, Status
from ingest import lexicon
from ingest.extract import ranking
from ingest.extract.amount import amounts
from ingest.extract.aside import asides, runs_out, without
from ingest.extract.date import dates
from ingest.extract.reading import Reading
from ingest.extract.skeleton import INDUSTRY, ORGANISATION, Context, Skeleton, advance, name_of, skeleton
from ingest.extract.status import disputed, only_event, status
from ingest.model import Claim, Name


class _Pattern(NamedTuple):
    trigger: lexicon.Trigger
    regex: re.Pattern[str]
    number: int


_CLASS = {
    "PARK": "[\ue000-\ue0ff]",
    "ENT": "[\ue100-\ue1ff]",
    "INST": "[\ue200-\ue2ff]",
    "GOV": "[\ue300-\ue3ff]",
    "PLACE": "[\ue400-\ue4ff]",
    "IND": f"[{INDUSTRY}]",
    "FIRM": "[\ue100-\ue2ff]",
    "ORG": f"[{ORGANISATION}]",
    "TRADER": "[\ue100-\ue3ff]",
    "LOC": "[\ue000-\ue0ff\ue400-\ue4ff]",
    "PARK|FIRM": "[\ue000-\ue2ff]",
    "ENT|INST": "[\ue100-\ue2ff]",
    "ENT|PLACE|PARK": "[\ue000-\ue1ff\ue400-\ue4ff]",
    "INST|PARK": "[\ue000-\ue0ff\ue200-\ue2ff]",
}
_SEPARATOR = {
    "zh": "(?:、|和|与|及|以及|,|/|跟|同|并)",
    "en": "(?:, and (?:to |from |with )?|, (?:to |from )?| and (?:to |from |with )?| & |; )(?:the )?",
}
_FIELD_SEPARATOR = {
    "zh": "(?:产业|领域|行业|等)?(?:、|和|与|及|以及|,|/|并|或)",
    "en": "(?:, and |, | and |/| & )",
}
_ROLES: Mapping[Relation, tuple[Role, Role]] = {
    Relation.SUPPLIES: (Role.SUPPLIER, Role.BUYER),
    Relation.INVESTS: (Role.INVESTOR, Role.INVESTEE),
    Relation.OWNS: (Role.HEAD, Role.TAIL),
}


def compiled(pattern: str, language: str, cue: tuple[str, ...]) -> str:
    """A trigger pattern with its macros written out: <ORG> one organisation, <ORGS> a list of them, <ORGS2> two or
    more, <ETC> 等…, <~N> at most N characters of one clause without an organisation, <CUE> any of the cue words."""
    place = _CLASS["PLACE"]

    def macro(found: re.Match[str]) -> str:
        word = found[1]
        if word == "CUE":
            return "|".join(map(re.escape, sorted(cue, key=len, reverse=True)))
        if word == "ETC":
            return f"(?:等[^,。;{ORGANISATION}]{{0,18}}?)?" if language == "zh" else ""
        if word[0] == "~":
            return f"[^,。;:!?{ORGANISATION}]{{0,{word[1:]}}}?"
        if word == "ORGC":
            return ORGANISATION
        if word == "INDC":
            return INDUSTRY
        if word in _CLASS:
            return _CLASS[word]
        many = word.removesuffix("2").removesuffix("S")
        one = _CLASS[many]
        separator = (_FIELD_SEPARATOR if many == "IND" else _SEPARATOR)[language]
        front = "" if many in ("IND", "LOC", "PARK") else f"(?:{place})?"
        return f"{front}{one}(?:{separator}{front}{one}){'+' if word.endswith('2') else '*'}"

    return re.sub(r"<([~A-Z0-9|]+)>", macro, pattern)


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The patterns of a language, and a matcher of all their cue words that says which of them may apply. A set of
    patterns is an int with their bits."""

    patterns: tuple[_Pattern, ...]
    always: int
    by_cue: tuple[int, ...]
    cues: AhoCorasick

    def candidates(self, text: str) -> Iterator[_Pattern]:
        """The patterns without a cue and those one of whose cues occurs in the text, in the order of the table."""
        found = self.always
        for cue, _, _ in self.cues.find_matches_as_indexes(text, overlapping=True):
            found |= self.by_cue[cue]
        while found:
            low = found & -found
            yield self.patterns[low.bit_length() - 1]
            found ^= low


@cache
def _patterns(language: str) -> _Patterns:
    made: list[_Pattern] = []
    always = 0
    cues: dict[str, int] = {}
    for number, trigger in enumerate(lexicon.triggers()):
        if trigger.language != language:
            continue
        bit = 1 << len(made)
        made.append(_Pattern(trigger, re.compile(compiled(trigger.pattern, language, trigger.cue)), number))
        if not trigger.cue:
            always |= bit
        for cue in trigger.cue:
            cues[cue] = cues.get(cue, 0) | bit
    matcher = AhoCorasick(list(cues), implementation=Implementation.ContiguousNFA)
    return _Patterns(tuple(made), always, tuple(cues.values()), matcher)


def read(reading: Reading) -> tuple[Claim, ...]:
    """All claims of a document, each once, in the order of the text."""
    claims: list[Claim] = list(ranking.read(reading))
    context = Context(announcer=_announcer(reading))
    taiwan = any(word in reading.document.text for word in ("民國", "臺灣", "台灣", "股份有限公司於"))
    for sentence in reading.sentences:
        made = skeleton(reading, sentence, context)
        if made.names:
            claims += _sentence_claims(reading, made, taiwan, context)
        advance(context, made)
    return _once(claims)


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


def _sentence_claims(reading: Reading, made: Skeleton, taiwan: bool, context: Context) -> list[Claim]:
    language = "en" if made.english else "zh"
    found: list[Claim] = []
    aside = asides(made)
    for pattern in _patterns(language).candidates(made.text):
        for match in pattern.regex.finditer(made.text):
            if pattern.trigger.relation is Relation.LOCATED_IN or not runs_out(*match.span(), aside):
                found += _claims(reading, made, pattern, match, taiwan)
    if aside:
        plain = without(made, aside)
        for pattern in _patterns(language).candidates(plain.text):
            for match in pattern.regex.finditer(plain.text):
                found += _claims(reading, plain, pattern, match, taiwan)
    found += _sectors(reading, made, context)
    return _largest(found)


def _claims(reading: Reading, made: Skeleton, pattern: _Pattern, match: re.Match[str], taiwan: bool) -> Iterable[Claim]:
    relation = pattern.trigger.relation
    start, end = match.span()
    clause_start, clause_end = _clause(made.text, start, end)
    clause = made.text[clause_start:clause_end]
    if relation.is_collaboration and disputed(clause):
        return
    trigger = match.group()
    stop = end
    while stop < len(made.text) and made.text[stop] not in ",。;":
        stop += 1
    state = status(made.text[clause_start:start], trigger, made.text[end:stop], relation)
    groups = {
        key: [made.names[char] for char in value if char in made.names]
        for key, value in match.groupdict().items()
        if value
    }
    kinds: tuple[str, ...] = ()
    if relation is Relation.COLLABORATES:
        if trigger.endswith("合作") and _NO_TIE.match(made.text, end):
            return
        if only_event(trigger + made.text[end:stop]):
            return
        if "p" in match.groupdict() and not made.english and not _MUTUAL.search(match["p"] + made.text[start:stop]):
            return
        if (
            len(groups.get("h", [])) + len(groups.get("p", [])) > 1
            and len(groups.get("q", [])) > 1
            and "分别" in trigger
        ):
            return
        kinds = pattern.trigger.kinds or _kinds(made.text[start : min(clause_end, end + 60)], groups)
    for parties in _parties(relation, groups, trigger, kinds):
        if not _admissible(relation, parties):
            continue
        first, last = made.folded(start, end)
        date, until = _dates(reading, made, first, last, taiwan, state, relation)
        values = _values(made, first, relation)
        if "Q" in date:  # the schema knows years, months and days
            values["quarter"] = date
            date = date[:4]
        origin = made.sentence.original(first, last)
        yield Claim(
            relation,
            parties,
            origin[0],
            origin[1],
            state,
            f"trigger:{pattern.number}",
            kinds=tuple(sorted(kinds)),
            date=date,
            until=until,
            values=values,
            confidence=0.6,
        )


_SECTOR = re.compile(
    "主导产业|重点发展|大力发展|发展|集聚|聚集|形成|布局|特色|打造|培育|规划|壮大|围绕|聚焦|瞄准|主打|谋划|"
    "涵盖|板块|领域|集群|产业|做大|投产|项目|基地|企业|园区|产品线|为主|支柱|"
    "firms|companies|industr|sector|cluster|focus|hub|producers|home to"
)


_SEAT = re.compile("(?:位于|坐落于?|落户于?|入驻|进驻|设在|设于|地处|扎根|迁入|迁至|在| in| at| in the| at the)\\s*$")
_GOES_ON = re.compile(
    "(?:内|里)?,?(?:是|为|系|并|且|主要|专业|专门|从事|专注|主营|生产|研发|制造|深耕|聚焦)|(?:, | and |, and )[a-z]+s "
)
"""What goes on about the firm behind its seat: A位于P,是…企业."""


def _sectors(reading: Reading, made: Skeleton, context: Context) -> list[Claim]:
    """The fields of the park that a sentence is about: those behind it, up to the next organisation, if the words
    say that they are its sectors; in a sentence without organisations those of the park spoken of before."""
    park: Name | None = None
    firm = False  # whether a firm was named before
    start = 0
    if not any(ORGANISATION[0] <= char <= ORGANISATION[-1] for char in made.text) and context.subject == context.park:
        park = context.park
    claims: list[Claim] = []
    for place, char in enumerate(made.text):
        name = made.names.get(char)
        if name is None:
            if char in ";" and not made.english:
                continue
            continue
        if name.kind is Kind.PARK:
            seat = firm and _SEAT.search(made.text, 0, place) and _GOES_ON.match(made.text, place + 1)
            park, start = (None if seat else name), place
        elif name.kind in (Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT):
            park, firm = None, True
        elif name.kind is Kind.INDUSTRY and park is not None:
            stop = place + 1
            while stop < len(made.text) and made.text[stop] not in ",。;":
                stop += 1
            if not _SECTOR.search(
                made.text[start + 1 : stop] if start or made.names.get(made.text[0]) else made.text[:stop]
            ):
                continue
            first, last = made.folded(start, place + 1)
            before = made.text[max(start, made.text.rfind(",", 0, place)) : place]
            state = status(before, "", "", Relation.OPERATES_IN)
            if state is Status.DENIED or "分别" in made.text[start:place]:
                continue
            origin = made.sentence.original(first, last)
            claims.append(
                Claim(
                    Relation.OPERATES_IN,
                    ((Role.HEAD, park), (Role.TAIL, name)),
                    origin[0],
                    origin[1],
                    state,
                    "sector",
                    confidence=0.5,
                )
            )
    return claims


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The part between sentence marks around [start, end), at most one comma clause before it."""
    first = start
    commas = 0
    while first > 0 and text[first - 1] not in "。;!?":
        if text[first - 1] in ",:":
            commas += 1
            if commas > 1:
                break
        first -= 1
    last = end
    while last < len(text) and text[last] not in "。;!?":
        last += 1
    return first, last


_KIND_WORDS: tuple[tuple[Cooperation, re.Pattern[str]], ...] = (
    (
        Cooperation.JOINT_RESEARCH,
        re.compile(
            "(?:联合|共同|合作|协同)(?:研发|研究|开发|攻关|研制)|联合实验室|实验室|研发中心|研究中心|产学研|"
            "联合攻关|课题|技术合作|中试|研究院|joint(?:ly)? (?:research|develop|lab|R&D)|research"
        ),
    ),
    (Cooperation.STRATEGIC, re.compile("战略合作|战略协议|战略伙伴|战略框架|战略联盟|全面合作|[Ss]trategic")),
    (
        Cooperation.JOINT_VENTURE,
        re.compile("合资|共同出资|共同设立|基金|联合成立|合伙设立|合营|joint venture|joint company"),
    ),
    (
        Cooperation.SHARED_PLATFORM,
        re.compile(
            "共建|合建|联合组建|联手组建|共同组建|共同建设|共同打造|联合打造|结盟|组建[^,。;]{0,6}联盟|"
            "共同发起|联合发起|jointly (?:build|set up|found)|alliance"
        ),
    ),
    (Cooperation.PROJECT, re.compile("项目|工程合同|合作备忘|培养|project|memorandum")),
)


def _kinds(text: str, groups: Mapping[str, list[Name]]) -> tuple[str, ...]:
    """The kinds of a cooperation by the words of its clause."""
    found = [kind.value for kind, words in _KIND_WORDS if words.search(text)]
    names = [name for group in groups.values() for name in group]
    settles = re.search("入驻|入园|落户|进驻|投资协议", text)
    if settles and any(name.kind in (Kind.PARK, Kind.GOVERNMENT) for name in names):
        return (Cooperation.SETTLING.value,)
    if len(found) > 1 and Cooperation.PROJECT.value in found:
        found.remove(Cooperation.PROJECT.value)
    return tuple(found) or (Cooperation.OTHER.value,)


_NO_TIE = re.compile("单位|社|经济|区|示范|园|医院|院校|办学|对象|基地|意向书")
_MUTUAL = re.compile("[与和同跟及]|[双两三四五六七八九十]方|共同|联合|相互|合资|结盟|彼此|携手|联手|之间")
_TOGETHER = re.compile("[三四五六七八九十]方|共同|联合")
_EACH = re.compile("分别|逐个|先后|等")


def _parties(
    relation: Relation, groups: Mapping[str, list[Name]], trigger: str, kinds: tuple[str, ...]
) -> Iterable[tuple[tuple[Role, Name], ...]]:
    """The parties of each claim that a match makes."""
    if relation is Relation.COLLABORATES:
        yield from _collaborators(groups, trigger)
        return
    if relation in _ROLES:
        one, other = _ROLES[relation]
        heads = groups.get("s" if relation is Relation.SUPPLIES else "v", [])
        tails = groups.get("b" if relation is Relation.SUPPLIES else "e", [])
    else:
        one, other = Role.HEAD, Role.TAIL
        heads, tails = groups.get("h", []), groups.get("t", [])
        if relation is Relation.LOCATED_IN:
            heads = [name for name in heads if name.kind is not Kind.PLACE]
    for head in heads:
        for tail in tails:
            yield (one, head), (other, tail)


def _collaborators(groups: Mapping[str, list[Name]], trigger: str) -> Iterable[tuple[tuple[Role, Name], ...]]:
    organisations = {
        key: [name for name in dict.fromkeys(names) if name.kind not in (Kind.PLACE, Kind.INDUSTRY)]
        for key, names in groups.items()
    }
    if "c1" in organisations:
        for provider in organisations["c1"]:
            for client in organisations.get("c2", []):
                yield (Role.PROVIDER, provider), (Role.CLIENT, client)
        return
    if "p" in organisations:
        yield tuple((Role.PARTNER, name) for name in organisations["p"])
        return
    head, others = organisations.get("h", []), organisations.get("q", [])
    if len(others) > 1 and (_EACH.search(trigger) or not _TOGETHER.search(trigger)) and "等" in trigger + "":
        for other in others:
            yield tuple((Role.PARTNER, name) for name in [*head, other])
        return
    yield tuple((Role.PARTNER, name) for name in [*head, *others])


def _admissible(relation: Relation, parties: tuple[tuple[Role, Name], ...]) -> bool:
    names = [name for _, name in parties]
    if len(names) < 2 or len(set(names)) < len(names):
        return False
    heads, tails = ALLOWED[relation]
    if relation is Relation.COLLABORATES:
        return all(name.kind in heads for name in names)
    if names[0].kind not in heads or names[1].kind not in tails:
        return False
    if relation is Relation.INVESTS and _BUILT_TOGETHER.search(names[1].text):
        return False
    return not (names[0].text in names[1].text and relation is Relation.LOCATED_IN and names[0].kind is Kind.PLACE)


_BUILT_TOGETHER = re.compile(
    "(?:联盟|聯盟|协会|協會|联合体|基地|平台|委员会|[Aa]lliance|[Aa]ssociation|[Cc]onsortium)$"
)
"""What several build together belongs to no one of them (the labelling guide, rule 17)."""


def _dates(
    reading: Reading, made: Skeleton, start: int, end: int, taiwan: bool, state: Status, relation: Relation
) -> tuple[str, str]:
    """The stated date and end of a claim. Where none is stated a collaboration gets the day on which the document was
    published, and a link none: what is so on that day may have been so for long."""
    published = reading.document.published
    stated = dates(made.sentence.text, published, taiwan)
    for first, second in itertools.pairwise(stated):
        between = made.sentence.text[first.end : second.start].strip()
        if first.text[:4] <= second.text[:4] and between in ("至", "到", "-", "—", "–", "to"):
            return first.text, second.text[:4] if "Q" in second.text else second.text
    if not stated:
        return (published if relation.is_collaboration else ""), ""
    near = min(stated, key=lambda one: abs(one.start - start) if one.start > end else max(0, start - one.end))
    if state is Status.ENDED:
        return "", near.text[:4] if "Q" in near.text else near.text
    return near.text, ""


def _values(made: Skeleton, start: int, relation: Relation) -> dict[str, str | int | float]:
    if not relation.is_collaboration:
        return {}
    found = [amount for amount in amounts(made.sentence.text) if amount.end > start]
    if not found:
        return {}
    values: dict[str, str | int | float] = {"amount": found[0].value, "currency": found[0].currency}
    if found[0].approximate:
        values["approximate"] = 1
    return values


def _largest(claims: list[Claim]) -> list[Claim]:
    """Without agreements whose parties are all among those of another one of the same sentence, or that only say
    again without direction what another says with it."""
    groups = [
        frozenset(name for _, name in claim.parties) if claim.relation is Relation.COLLABORATES else frozenset()
        for claim in claims
    ]
    directed = {
        group
        for claim, group in zip(claims, groups, strict=True)
        if group and any(role is Role.PROVIDER for role, _ in claim.parties)
    }
    return [
        claim
        for claim, group in zip(claims, groups, strict=True)
        if not group
        or any(role is Role.PROVIDER for role, _ in claim.parties)
        or (not any(group < other for other in groups) and group not in directed)
    ]


def _once(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    seen: set[object] = set()
    kept = []
    for claim in sorted(claims, key=lambda one: (one.start, one.end, one.relation, one.rule)):
        parties = frozenset(claim.parties)
        key = (claim.relation, parties, claim.status, claim.qualifier, claim.date, tuple(sorted(claim.values.items())))
        if claim.relation is Relation.COLLABORATES:
            key = (*key[:3], claim.kinds, claim.date)  # type: ignore[assignment]
        if key in seen:
            continue
        seen.add(key)
        kept.append(claim)
    return tuple(one for one in kept if not any(_within_other(one, other) for other in kept if other is not one))


def _within_other(claim: Claim, other: Claim) -> bool:
    """Whether a cooperation only says again, without a kind or as a plan, what another of the same parties says."""
    if claim.relation is not Relation.COLLABORATES:
        return False
    if other.relation is Relation.OWNS and claim.status is Status.ANNOUNCED:
        same = {name for _, name in claim.parties} == {name for _, name in other.parties}
        return same and claim.kinds == (Cooperation.OTHER.value,)
    if other.relation is not Relation.COLLABORATES or frozenset(claim.parties) != frozenset(other.parties):
        return False
    if other.status not in (Status.SIGNED, Status.ACTIVE):
        return False
    if claim.status not in (Status.SIGNED, Status.ACTIVE, Status.ANNOUNCED):
        return False
    vague = claim.kinds == (Cooperation.OTHER.value,) and other.kinds != claim.kinds
    planned = claim.status is Status.ANNOUNCED and set(claim.kinds) <= set(other.kinds)
    return (vague or planned) and claim.start >= other.start
