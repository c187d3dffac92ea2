"""Claims by trigger patterns (lexicon/triggers.csv) over sentences whose names are symbols. Two names in one sentence
are never a claim by themselves: a pattern must match."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from graph.model import ALLOWED, Cooperation, Kind, Relation, Role, Status
from ingest import lexicon
from ingest.extract import ranking
from ingest.extract.aside import asides, runs_out, without
from ingest.extract.circumstance import clause, comma_end, said
from ingest.extract.reading import Reading
from ingest.extract.sector import sectors
from ingest.extract.skeleton import INDUSTRY, ORGANISATION, Skeleton, skeletons
from ingest.extract.stake import owns, share
from ingest.extract.subject import subject
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
    "zh": "(?:、|和|与|及|以及|/|跟|同|暨|并)",
    "en": "(?:, and (?:to |from |with )?|, (?:to |from )?| and (?:to |from |with )?| & |; )(?:the )?",
}
_FIELD_SEPARATOR = {
    "zh": "(?:产业|领域|行业|等)?(?:、|和|与|及|以及|,|/|并|或)",
    "en": "(?:, and |, | and |/| & )",
}
_INSIDE = {"zh": "的?", "en": ",? (?:in |of )?(?:the )?"}
_ADVERBS = (
    "(?:主要|专业|专门|专注|并|已经|已|也|现有|现|还|目前|长期|一直|则|均|都|皆|将|拟|正在|正|独家|分别|共同|全部|仍|就|再|又|"
    "只|仅|先后|相继|陆续|计划|即将|准备|开始|正式|成功|批量|每年|今年|去年|此前|此次|本次|同时|另|可|能|曾|便|却|多|大多)*"
)
_ROLES: Mapping[Relation, tuple[Role, Role]] = {
    Relation.SUPPLIES: (Role.SUPPLIER, Role.BUYER),
    Relation.INVESTS: (Role.INVESTOR, Role.INVESTEE),
    Relation.OWNS: (Role.HEAD, Role.TAIL),
}


def compiled(pattern: str, language: str, cue: tuple[str, ...]) -> str:
    """A trigger pattern with its macros written out.

    <ORG> one organisation, <ORGS> a list of them, <ORGS2> two or more, <ORGL> a list behind which a partner may stand
    (so with the other classes), <SITE> places and parks one in the other, <ETC> 等…, <ADV> adverbs of Chinese, <~N> at
    most N characters of one clause without an organisation, <CUE> any of the cue words.
    """
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
        if word == "ADV":
            return _ADVERBS
        if word == "SITE":
            return f"{_CLASS['LOC']}(?:{_INSIDE[language]}{_CLASS['LOC']})*"
        if word in _CLASS:
            return _CLASS[word]
        if word.endswith("L"):
            one = _CLASS[word[:-1]]
            return f"{one}(?:(?:、|及|以及){one})*(?:[和与]{one}(?=等|都|均|皆|两家|三家|[,。;]|$))?"
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


def read(reading: Reading, sentences: Iterable[Skeleton] = ()) -> tuple[Claim, ...]:
    """All claims of a document, each once, in the order of the text. `sentences` are its skeletons, if they are known
    already."""
    claims: list[Claim] = list(ranking.read(reading))
    for made in sentences or skeletons(reading):
        if len(set(made.names.values())) > 1 or (made.park and made.names):
            claims += _sentence_claims(reading, made)
    return _once(claims)


def _sentence_claims(reading: Reading, made: Skeleton) -> list[Claim]:
    patterns = _patterns("en" if made.english else "zh")
    found: list[Claim] = []
    aside = asides(made)
    for pattern in patterns.candidates(made.text):
        for match in pattern.regex.finditer(made.text):
            if pattern.trigger.relation is Relation.LOCATED_IN or not runs_out(*match.span(), aside):
                found += _claims(reading, made, pattern, match)
    if aside:
        plain = without(made, aside)
        for pattern in patterns.candidates(plain.text):
            for match in pattern.regex.finditer(plain.text):
                found += _claims(reading, plain, pattern, match)
    for one in sectors(made):
        origin = made.sentence.original(*made.folded(one.start, one.end))
        parties = ((Role.HEAD, one.park), (Role.TAIL, one.field))
        found.append(Claim(Relation.OPERATES_IN, parties, *origin, one.status, "sector", confidence=0.5))
    return _largest(found)


def _claims(reading: Reading, made: Skeleton, pattern: _Pattern, match: re.Match[str]) -> Iterator[Claim]:
    relation = pattern.trigger.relation
    start, end = match.span()
    groups = {
        key: [made.names[char] for char in value if char in made.names]
        for key, value in match.groupdict().items()
        if value
    }
    if "p" in groups and _EACH.match(made.text, match.start("p")):
        first, *others = groups.pop("p")
        groups |= {"h": [first], "q": others}
    missing = _missing(relation, pattern.regex.groupindex)
    if missing:
        actor = subject(made, start)
        if not actor.names or any(name.kind not in _ACTORS[missing] for name in actor.names):
            return
        groups[missing], start = list(actor.names), actor.start
    if relation is Relation.COLLABORATES and _one_sided(made, match, groups, made.text[start:end]):
        return
    clause_end = clause(made.text, start, end)[1]
    claimed = [
        parties
        for parties in _parties(relation, groups, made.text[start:clause_end])
        if _admissible(relation, parties) and not (missing and _is_park_maker(relation, parties))
    ]
    if not claimed:
        return
    names = [name for group in groups.values() for name in group]
    found = said(reading, made, match.start(), end, relation, pattern.trigger.kinds, names)
    if found is None:
        return
    origin = made.sentence.original(*made.folded(start, end))
    values = dict(found.values)
    if relation is Relation.OWNS:
        words = made.text[start:clause_end]
        held = share(words)
        values |= {} if held is None else {"share": held}
        if not owns(words):
            relation = Relation.INVESTS
            invested = dict(zip(_ROLES[Relation.OWNS], _ROLES[Relation.INVESTS], strict=True))
            claimed = [tuple((invested[role], name) for role, name in parties) for parties in claimed]
    for parties in claimed:
        yield Claim(
            relation,
            parties,
            *origin,
            found.status,
            f"trigger:{pattern.number}",
            kinds=found.kinds,
            date=found.date,
            until=found.until,
            values=values,
            confidence=0.6,
        )


def _missing(relation: Relation, groups: Mapping[str, int]) -> str:
    """The group that a pattern leaves to the subject of its clause; "" if it has both sides."""
    for one, other in _SIDES[relation]:
        if one in groups or other in groups:
            return "" if one in groups and other in groups else one if other in groups else other
    return ""


_LINK = (("h", "t"),)
_SIDES: Mapping[Relation, tuple[tuple[str, str], ...]] = {
    Relation.SUPPLIES: (("s", "b"),),
    Relation.INVESTS: (("v", "e"),),
    Relation.OWNS: (("v", "e"),),
    Relation.COLLABORATES: (("h", "q"), ("c1", "c2")),
} | dict.fromkeys((Relation.LOCATED_IN, Relation.OPERATES_IN, Relation.PART_OF, Relation.OVERLAPS), _LINK)
"""The groups of a pattern by its relation: the two sides of what it says."""
_FIRMS = frozenset((Kind.ENTERPRISE, Kind.INSTITUTION))
_ACTORS: Mapping[str, frozenset[Kind]] = {
    "h": _FIRMS | {Kind.PARK, Kind.GOVERNMENT},
    "t": frozenset((Kind.PARK,)),
    "s": _FIRMS,
    "b": _FIRMS | {Kind.GOVERNMENT},
    "v": _FIRMS | {Kind.PARK, Kind.GOVERNMENT},
    "e": frozenset((Kind.ENTERPRISE,)),
    "q": _FIRMS | {Kind.PARK, Kind.GOVERNMENT},
    "c1": _FIRMS | {Kind.PARK},
    "c2": _FIRMS | {Kind.PARK},
}
"""What a subject may be that stands for a group which its pattern leaves out."""


def _one_sided(made: Skeleton, match: re.Match[str], groups: Mapping[str, list[Name]], words: str) -> bool:
    """Whether a list in front of a word such as 签署 says nothing about each other: without a word of mutuality, or
    several that each (分别) sign with several."""
    if "p" in groups:
        said_of = match["p"] + made.text[match.start() : comma_end(made.text, match.end())]
        if not made.english and not _MUTUAL.search(said_of):
            return True
    several = len(groups.get("h", [])) + len(groups.get("p", [])) > 1 and len(groups.get("q", [])) > 1
    return several and "分别" in words


_EACH = re.compile(
    f"[{ORGANISATION}][与和同跟][{ORGANISATION}](?:[、和与]|以及|及)[{ORGANISATION}、和与]*等(?![^,。;]*(?:共同|联合))"
)
"""A with B, C and others: A with each of them."""
_MUTUAL = re.compile("[与和同跟及]|[双两三四五六七八九十]方|共同|联合|相互|合资|结盟|彼此|携手|联手|之间")
_TOGETHER = re.compile("[三四五六七八九十]方|共同|联合|共建|合建|发起|组建|合资|jointly|together|alliance|consortium")


def _parties(
    relation: Relation, groups: Mapping[str, list[Name]], trigger: str
) -> Iterable[tuple[tuple[Role, Name], ...]]:
    """The parties of each claim that a match makes."""
    if relation is Relation.COLLABORATES:
        yield from _collaborators(groups, trigger)
        return
    if relation in _ROLES:
        one, other = _ROLES[relation]
        (from_group, to_group), *_ = _SIDES[relation]
        heads, tails = (_without_places(groups.get(group, [])) for group in (from_group, to_group))
    else:
        one, other = Role.HEAD, Role.TAIL
        heads, tails = groups.get("h", []), groups.get("t", [])
        if relation is Relation.LOCATED_IN:
            heads = [name for name in heads if name.kind is not Kind.PLACE]
    for head in heads:
        for tail in tails:
            yield (one, head), (other, tail)


def _without_places(names: list[Name]) -> list[Name]:
    """Without the places in front of organisations (德国拜耳)."""
    return [name for name in names if name.kind is not Kind.PLACE] or names


def _is_park_maker(relation: Relation, parties: tuple[tuple[Role, Name], ...]) -> bool:
    """Whether a park would make something; what its sectors are is read by `ingest.extract.sector`."""
    return relation is Relation.OPERATES_IN and parties[0][1].kind is Kind.PARK


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
        if "分别" in trigger:
            return
        yield tuple((Role.PARTNER, name) for name in organisations["p"])
        return
    heads, others = organisations.get("h", []), organisations.get("q", [])
    if "分别" in trigger or (len(others) > 1 and not _TOGETHER.search(trigger)):
        for head in heads:
            for other in others:
                yield (Role.PARTNER, head), (Role.PARTNER, other)
        return
    yield tuple((Role.PARTNER, name) for name in [*heads, *others])


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


_HELD = frozenset((Status.SIGNED, Status.ACTIVE))


def _within_other(claim: Claim, other: Claim) -> bool:
    """Whether an investment only says again that a firm owns another, or a cooperation, without a kind or as a plan,
    what another of the same parties says."""
    if claim.relation is Relation.INVESTS and other.relation is Relation.OWNS:
        if not {claim.status, other.status} <= _HELD:
            return False
        return [name for _, name in claim.parties] == [name for _, name in other.parties]
    if claim.relation is Relation.INVESTS and other.relation is Relation.INVESTS:
        again = (claim.parties, claim.status, claim.date) == (other.parties, other.status, other.date)
        return (
            again
            and (claim.start, claim.end) == (other.start, other.end)
            and claim.values.items() < other.values.items()
        )
    if claim.relation is not Relation.COLLABORATES:
        return False
    if other.relation is Relation.OWNS and claim.status is Status.ANNOUNCED:
        same = {name for _, name in claim.parties} == {name for _, name in other.parties}
        return same and claim.kinds == (Cooperation.OTHER.value,)
    if other.relation is not Relation.COLLABORATES or frozenset(claim.parties) != frozenset(other.parties):
        return False
    if other.status not in _HELD:
        return False
    if claim.status not in (*_HELD, Status.ANNOUNCED):
        return False
    vague = claim.kinds == (Cooperation.OTHER.value,) and other.kinds != claim.kinds
    planned = claim.status is Status.ANNOUNCED and set(claim.kinds) <= set(other.kinds)
    return (vague or planned) and claim.start >= other.start
