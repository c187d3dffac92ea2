"""How alike two names are: several comparisons, one score, each part of it with its name.

    part      what is compared                                          worth
    code      both are stated with the same valid credit code           1.00
    name      the same name, once without a code                        1.00
              the same but for legal form and the place's position      0.88
              the same, one of them without a place                     0.78
              one character more or less (新材 / 新材料), or another     0.80, 0.76
    short     the one begins the other (枫隐智能 / 枫隐智能科技)          0.70 to 0.78
    called    a document says that the one is another name of the other 0.85 to 0.97
    place     both sit in the same park or place                        0.06
    industry  both work in the same industry                            0.04
    partners  others that both deal with                                0.04 each, at most 0.08

Of the first four (what names say) the best counts, the rest is added; but two registered names that differ are two
firms unless code or words say otherwise, so there nothing is added and a short form counts for nothing. The weights
are the project's own; what they are held to is the truth table of tests/unit/test_resolve_truth.py. `apart` tells what
may never be one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from graph.judgement import Likeness, Pair, pair
from graph.model import Card, Kind

COMPARED = frozenset({Kind.ENTERPRISE, Kind.INSTITUTION, Kind.PARK})
"""Kinds whose names are compared; places, industries and the like are known by their tables."""

SHORT = 3
"""A short name has at least so many characters to be taken for the beginning of another."""

_REGISTERED = re.compile(
    r"(?:公司|集团|合伙\)?|会社|\bco\.?|ltd\.?|limited|inc\.?|incorporated|corporation|corp\.?|gmbh|plc|llc)\W*$", re.I
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A name with what all documents together say of what they call so. Ids are those that documents give."""

    card: Card
    names: frozenset[str] = frozenset()  # as written
    codes: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()
    called: Mapping[str, frozenset[str]] = field(default_factory=dict)  # other names' ids -> as written

    @property
    def registered(self) -> bool:
        """Whether some document writes it with its legal form."""
        return any(_REGISTERED.search(name) for name in self.names)


def comparable(one: Card, other: Card) -> bool:
    """Whether two names are alike enough, as names alone, to be compared in full."""
    return bool(_by_name(one, other))


def candidates(new: Iterable[Card], known: Iterable[Card] = ()) -> set[Pair]:
    """The pairs worth comparing among names, at least one of them new.

    Names meet where they share a key: core and place, a beginning, what is left of the core without one character, a
    code. So the time grows with the number of names and of pairs found, not with the square of the names.
    """
    new = list(new)
    index: dict[str, dict[str, Card]] = defaultdict(dict)
    for card in (*new, *known):
        for key in _keys(card):
            index[key][card.id] = card
    return {
        pair(card.id, mate.id)
        for card in new
        for key in _met(card)
        for mate in index.get(key, {}).values()
        if mate.id != card.id and (key.startswith("code") or comparable(card, mate))
    }


def _keys(card: Card) -> Iterator[str]:
    """Under which keys a name is found."""
    if card.code:
        yield f"code {card.code}"
    if not card.core:
        return
    yield f"core {card.block} {card.core} {card.place}"
    yield f"core {card.block} {card.core}"
    yield from _worn(card)
    if card.kind is Kind.ENTERPRISE:
        for size in range(SHORT, len(card.core)):
            yield f"start {card.block} {card.core[:size]}"
    yield f"whole {card.block} {card.core}"


def _met(card: Card) -> Iterator[str]:
    """Under which keys a name looks for others."""
    if card.code:
        yield f"code {card.code}"
    if not card.core:
        return
    if card.place:
        yield f"core {card.block} {card.core} {card.place}"
        yield f"core {card.block} {card.core} "
    else:
        yield f"core {card.block} {card.core}"
    yield from _worn(card)
    if card.kind is Kind.ENTERPRISE:
        yield f"start {card.block} {card.core}"
        for size in range(SHORT, len(card.core)):
            yield f"whole {card.block} {card.core[:size]}"


def _worn(card: Card) -> Iterator[str]:
    """The core, and what is left of it without one character: names one character apart share one of these."""
    if len(card.core) >= 4:
        yield f"worn {card.block} {card.core}"
        for at in range(len(card.core)):
            yield f"worn {card.block} {card.core[:at]}{card.core[at + 1 :]}"


def likeness(one: Profile, other: Profile) -> Likeness:
    """How alike two names are. Without any part they have nothing to do with each other; of what is `apart` by its
    name or code the parts are empty too."""
    a, b = pair(one.card.id, other.card.id)
    if differs(one, other):
        return Likeness(a, b)
    found = _by_name(one.card, other.card)
    if stated := max(_called(one, other), _called(other, one)):
        found["called"] = stated
    if one.codes & other.codes:
        found["code"] = 1.0
    two = _two_registered(one, other)
    if two:
        found.pop("short", None)
    if not found:
        return Likeness(a, b)
    best = max(found, key=lambda name: (found[name], name))
    return Likeness(a, b, {best: found[best]} | ({} if two and best == "name" else _context(one, other)))


def differs(one: Profile, other: Profile) -> str:
    """What keeps two names apart for good: "" or the reason."""
    if one.codes and other.codes and not one.codes & other.codes:
        return "their credit codes differ"
    if one.card.marks != other.card.marks:
        return "numbers or directions in them differ"
    if one.card.parent != other.card.parent:
        return "one is a branch"
    if one.card.place and other.card.place and one.card.place != other.card.place:
        return "their names hold different places"
    return ""


def apart(one: Profile, other: Profile) -> str:
    """Why two names may not become one through a third: "" or the reason. Two registered names are two firms, unless
    something says of them both that they are one."""
    if reason := differs(one, other):
        return reason
    return "both are registered names" if _two_registered(one, other) else ""


def _two_registered(one: Profile, other: Profile) -> bool:
    return one.registered and other.registered and one.card.text != other.card.text


def _by_name(one: Card, other: Card) -> dict[str, float]:
    if one.kind is not other.kind or one.marks != other.marks or one.parent != other.parent:
        return {}
    if one.base == other.id or other.base == one.id:
        return {"name": 1.0}
    if not one.core or not other.core or one.parent:
        return {}
    if one.place and other.place and one.place != other.place:
        return {}
    if one.core == other.core:
        return {"name": 0.88 if one.place == other.place else 0.78}
    short, long = sorted((one.core, other.core), key=len)
    if one.kind is Kind.ENTERPRISE and len(short) >= SHORT and long.startswith(short):
        alike = {"short": round(0.7 + 0.08 * len(short) / len(long), 4)}
    else:
        alike = {}
    if len(short) >= 4 and _one_apart(short, long):
        alike["name"] = 0.80 if len(short) < len(long) else 0.76
    return alike


def _one_apart(one: str, other: str) -> bool:
    """Whether one character more, less or another makes the one the other."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(one, other, score_cutoff=1) == 1


def _called(one: Profile, other: Profile) -> float:
    """What it is worth that documents call the one by the other name: more for names that say more."""
    written = one.called.get(other.card.id, frozenset())
    return max((_said(name) for name in written), default=0.0)


def _said(name: str) -> float:
    if _REGISTERED.search(name):
        return 0.97
    size = len("".join(name.split())) / (2 if name.isascii() else 1)
    return 0.93 if size >= 4 else 0.88 if size >= 3 else 0.85


def _context(one: Profile, other: Profile) -> dict[str, float]:
    found = {
        "place": 0.06 * bool(one.sites & other.sites),
        "industry": 0.04 * bool(one.fields & other.fields),
        "partners": min(0.08, 0.04 * len(one.partners & other.partners)),
    }
    return {name: worth for name, worth in found.items() if worth}
