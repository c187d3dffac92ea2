"""Short names of firms that end in a word of their trade (澜川半导体, 砺川材料): names only in the place of a party.

The trade word alone, and a field such as 高端半导体, are no names. What counts is that (1) a border stands before the
name and something that goes with a party behind it, and (2) the word before the trade is no common word: LAC takes it
for a name, or its dictionary does not hold it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from graph.model import Kind
from ingest import lexicon
from ingest.extract.lac import Token, common_words

LONGEST = 8
"""Characters before the trade word, place names included."""

_CHINESE = re.compile("[\u4e00-\u9fff]+")
_SEPARATORS = frozenset(" ,。;:、!?()〔〕[]“”\"'‘’「」『』《》/·-—–…▲●■◆\t\n")
_PREPOSITIONS = frozenset("与和及同跟由向对给被将把让为在从自替使而且但则于以是有即如像当")
_BEHIND = re.compile(
    "$|[ ,。;:、!?()〔〕“”\"'‘’」』/]|[与和及同跟由向对给被将把让为在从于自是有等也都均又则拟已曾正还仍各共则则]|以及|"
    "签|入驻|落户|落地|进驻|入园|成立|设立|创立|位于|坐落|从事|专注|主营|宣布|表示|称|获|持有|持股|控股|旗下|联合|携手|"
    "联手|牵手|牵头|收购|入股|参股|投资|研发|生产|制造|采购|购买|供应|供货|负责|发布|公告|建设|建成|达成|合作|共同|共建|"
    "双方|三方|两家|总部|计划|预计|提供|推出|量产|投产|扩产|中标|交付|完成|上市|融资|首批|先后|分别|目前|此前|此次|去年|"
    "今年|承诺|承担|开展|加入|参与|参加|率先|主要|相继|股份|集团|公司|企业|董事长|总经理|创始人|负责人|方面|股权|员工|"
    "的(?:总部|工厂|产品|客户|供应商|股权|订单|生产|研发|子公司|股东|母公司|合作|实验室|新|董事长|总经理|创始人|负责人)"
)
_AGENT = re.compile(
    "[与和同跟由向]|签|入驻|落户|落地|进驻|入园|位于|从事|宣布|持有|持股|控股|旗下|携手|联手|联合|牵头|收购|入股|采购|供货|"
    "公告|扩产|中标|供应|生产|研发|主营|成立于|获|拟|将|已|表示|的(?:总部|工厂|董事长|总经理|创始人|股权|控股股东)"
)
_PROPER = frozenset(("PER", "ORG", "nz", "nw", "LOC"))


@cache
def _fields_before() -> tuple[str, ...]:
    """Words after which a field stands, no firm: 从事, 生产, 发展."""
    return tuple(sorted(lexicon.words()["activity"] | {"以", "围绕", "包括生产", "用于", "关于", "针对"}, key=len))


@cache
def _before() -> frozenset[str]:
    """Words before which a name may begin: those that no name starts with."""
    return lexicon.words()["stop"] | lexicon.words()["cut"]


@cache
def _known() -> frozenset[str]:
    """Words that are no part of a firm's own name by themselves."""
    words = lexicon.words()
    fields = {name for name, entries in lexicon.gazetteer().items() if entries[0].kind is Kind.INDUSTRY}
    return frozenset(
        fields | words["class"] | words["modifier"] | words["dropped"] | words["head"] | words["stop"] | words["inner"]
    )


@cache
def _places() -> frozenset[str]:
    return frozenset(name for place in lexicon.places() for name in (place.name, place.short) if name)


def party_start(text: str, tokens: Sequence[Token], start: int, end: int) -> int:
    """Where the short name of a firm begins whose trade word stands at [start, end); -1 if there is none."""
    if not _BEHIND.match(text, end) or _GOES_ON.match(text, end):
        return -1
    for size in range(2, LONGEST + 1):
        left = start - size
        if left < 0 or not _CHINESE.fullmatch(text, left, start):
            return -1
        if not _border(text, left):
            continue
        if text[:left].endswith(_fields_before()):
            return -1
        return left if _own(text, tokens, left, start, end) else -1
    return -1


_GOES_ON = re.compile(
    "和(?:相关|其他|有关)|及其?(?:产品|应用|相关)|等(?:产业|领域|行业|产品|专业|方向|技术|业务|材料|板块)"
)


def _border(text: str, left: int) -> bool:
    """Whether a name may begin at `left`: at the start, behind a mark, a preposition or a word of no name."""
    if left == 0 or text[left - 1] in _SEPARATORS or text[left - 1] in "了的着过":
        return True
    if text[left - 1] in _PREPOSITIONS and text[left - 1 : left + 1] not in common_words():  # but not 从|事
        return True
    stop = _before()
    return any(text[left - size : left] in stop for size in (2, 3, 4) if left >= size)


def _own(text: str, tokens: Sequence[Token], left: int, start: int, end: int) -> bool:
    """Whether text[left:start] holds a word of the firm's own: none that the dictionary or the lexicon knows."""
    whole = text[left:end]
    known, common = _known(), common_words()
    entries = lexicon.gazetteer().get(whole)
    if whole in known or (entries is not None and entries[0].kind is not Kind.ENTERPRISE):
        return False
    first = _behind_places(text, left, start)
    own = text[first:start]
    firm = lexicon.gazetteer().get(own)
    if not 2 <= len(own) <= 4 or own in known or own in _places() or (firm and firm[0].kind is Kind.ENTERPRISE):
        return False
    stop = lexicon.words()["stop"]
    if any(own[at : at + 2] in stop for at in range(len(own) - 1)) or own[-1] in "型级性类式用化":
        return False
    if _POINTED.match(own):
        return False
    if any(own[:size] in known for size in range(2, len(own))) or (len(own) > 2 and own[-2:] in known):
        return False
    tags = [token.tag for token in tokens if token.start < start and first < token.end]
    acts = _AGENT.match(text, end) is not None or _LISTED.match(text, end) is not None
    if len(tags) == 1 and tags[0] in _PROPER:
        return own not in common or (acts and tags[0] in ("PER", "ORG"))
    return own not in common and len(own) == 2 and (acts or (tags != ["n"] and text[end : end + 1] in ",、。"))


_LISTED = re.compile(
    "(?:[、和与及][^,。;、和与及]{2,14}){0,12}?(?:等[^,。;]{0,10}?(?:企业|公司|厂商|单位|机构|客户|股东)|"
    "(?:等|[都均已也将拟]|先后|相继|分别|共同|联合|首批|一起|一同)*(?:入驻|落户|签署|签约|签订|进驻|入园|联合|共建|共同|收购|入股))"
)


_POINTED = re.compile(
    "[这那该此各每某本哪几多数一二两三四五六七八九十][座家个颗台款批条种项类所大部级代期只片块件份支]"
)


def _behind_places(text: str, left: int, start: int) -> int:
    """The first character behind the place names at `left`."""
    places = _places()
    while True:
        size = next((size for size in range(6, 1, -1) if left + size < start and text[left : left + size] in places), 0)
        if not size or start - left - size < 2:
            return left
        left += size
