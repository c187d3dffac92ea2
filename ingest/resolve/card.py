"""A name taken apart for comparison: its core, place, numbers, branch; and the block that it is compared within.

Only what the name itself says, so the card of a name is the same in every document.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from graph.likeness import COMPARED
from graph.model import Card, Kind, entity_id
from ingest import lexicon
from ingest.resolve.keys import Key, stem
from ingest.resolve.keys import key as find
from ingest.script import bare

BLOCK = 3
"""So many characters of the core must agree for names to be compared at all (twice as many Latin letters)."""

_BRANCH = re.compile(r"(?P<firm>.+?(?:公司|集团|银行|合伙\)))(?P<where>.*?)(?:分公司|分行|支行|分部|分所|分院)")
_SHORT_BRANCH = re.compile(r"(?P<firm>.+)(?:分公司|分行|支行)")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_FIGURES = dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789", strict=True))
_NUMBER = re.compile(r"\d+|[〇零一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾佰]+|(?<=phase)i{1,3}")
_TURNED = re.compile("[东西南北]$|[东西南北](?=(?:区|园|园区|片区|部园区|部)$)")


@lru_cache(maxsize=1 << 16)
def card(key: Key, code: str = "") -> Card:
    """The card of a name with the id that documents give it; with its credit code where its document states one."""
    base = entity_id(key.kind, key.key)
    own = entity_id(key.kind, key.key, code)
    plain = bare(key.key)
    if key.kind not in COMPARED:
        return Card(own, key.kind, plain, "", base=base if code else "", code=code)
    firm, where = branch(key)
    text = firm or plain
    place, core = _placed(key.kind, text if firm else stem(text) if key.kind is Kind.ENTERPRISE else text)
    if firm:
        core, place = f"{stem(firm)}|{where}", ""
    return Card(
        id=own,
        kind=key.kind,
        text=plain,
        core=core,
        place=place,
        marks=marks(core, key.kind),
        parent=entity_id(key.kind, find(key.kind, firm, "").key) if firm else "",
        base=base if code else "",
        code=code,
        block=f"{key.kind}:{core[: BLOCK * (2 if core.isascii() else 1)]}",
    )


def branch(key: Key) -> tuple[str, str]:
    """The firm that a branch office belongs to, as its name says, and its place: 砺川材料股份有限公司, 苏州.

    "" for both where the name is none of a branch.
    """
    if key.kind is not Kind.ENTERPRISE:
        return "", ""
    plain = bare(key.name)
    if found := _BRANCH.fullmatch(plain):
        return found["firm"], found["where"]
    found = _SHORT_BRANCH.fullmatch(plain)
    if not found:
        return "", ""
    firm = found["firm"]
    size = next((size for size in range(len(firm) - 2, 1, -1) if firm[size:] in _places()), 0)
    return (firm[:size], firm[size:]) if size else ("", "")


def marks(text: str, kind: Kind) -> str:
    """The numbers of a name (第十四 and 14 alike), and in which direction a part of a park lies."""
    found = [str(_number(figure)) for figure in _NUMBER.findall(text)]
    if kind is Kind.PARK:
        found += _TURNED.findall(text)
    return " ".join(found)


def _number(figure: str) -> int:
    if figure.isdecimal() and figure.isascii():
        return int(figure)
    if figure.startswith("i"):
        return len(figure)
    total, digits = 0, ""
    for sign in figure.replace("拾", "十").replace("佰", "百"):
        if sign in "十百":
            total += int(digits or 1) * (10 if sign == "十" else 100)
            digits = ""
        else:
            digits += _FIGURES[sign]
    return total + int(digits or 0)


def _placed(kind: Kind, text: str) -> tuple[str, str]:
    """The place in a name, and the name without it. What would be left of generic words keeps its place."""
    place, core = "", text
    for inside in _BRACKETS.findall(text):
        if inside in _places():
            place, core = _places()[inside], core.replace(f"({inside})", "")
    while kind is not Kind.INSTITUTION:
        size = next((size for size in range(min(len(core) - BLOCK, 8), 1, -1) if core[:size] in _places()), 0)
        if not size or generic(core[size:]):
            break
        place, core = place or _places()[core[:size]], core[size:]
    return place, core


def generic(text: str) -> bool:
    """Whether a folded name is made of words that any firm or park may bear."""
    return not text or bool(_class_words().fullmatch(text))


@cache
def _class_words() -> re.Pattern[str]:
    listed = lexicon.words().lists
    words = {*listed["weak"], *listed["near"], *listed["class_park"], *listed["class"], "园"}
    ends = {suffix.text for suffix in lexicon.suffixes() if suffix.kind is Kind.PARK}
    return re.compile(f"(?:{'|'.join(sorted(map(re.escape, words | ends), key=len, reverse=True))})+")


@cache
def _places() -> dict[str, str]:
    """Every way to write a place of this country -> its short name."""
    found: dict[str, str] = {}
    for place in lexicon.places():
        short = place.short or place.name
        for name in (place.name, short):
            if len(name) > 1:
                found.setdefault(bare(name), bare(short))
    return found
