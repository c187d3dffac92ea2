"""Sectors, technology fields and product categories in Chinese sentences: what the lexicon knows, and noun groups where
the words around them say that they are a field (X产业, 从事X, X企业, lists)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from graph.model import Kind
from ingest import lexicon
from ingest.extract.lac import Token
from ingest.extract.names import Hit, Span


class _Group(NamedTuple):
    """A run of noun tokens [first, last] with its characters [start, end)."""

    first: int
    last: int
    start: int
    end: int


_NOUN_TAGS = frozenset(("n", "nz", "vn", "nw", "an"))
_KEEP_TAIL = frozenset(
    (
        "生物产业",
        "生物业",
        "汽车产业",
        "文化产业",
        "旅游业",
        "服务业",
        "农业",
        "林业",
        "渔业",
        "畜牧业",
        "种业",
        "体育产业",
        "教育产业",
        "酒业",
        "茶业",
    )
)
_TAIL = re.compile("(?:产业链|产业集群|全产业链|产业|行业|领域|板块|赛道|集群)")
_MAKER = re.compile(
    "(?:生产|制造|研发|加工|服务)?(?:企业|厂商|制造商|供应商|生产商|服务商|运营商|开发商|龙头|工厂|巨头|"
    "上市公司|独角兽)|公司|机构|生产线|生产基地|制造基地|基地|项目|产品|"
    "业务|生产|制造商|集群|生态|器械机构|总装|订单|产能|研发中心|技术"
)
_JOIN = frozenset("、/")
_LIST_WORDS = frozenset(("和", "与", "及", "以及", "或"))


@cache
def _words() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    words = lexicon.words()
    return words["class"], words["activity"], words["stop"]


def industry_spans(text: str, tokens: Sequence[Token], hits: Sequence[Hit], names: Sequence[Span]) -> list[Span]:
    """Fields in a sentence, none inside a name."""
    taken = bytearray(len(text))
    for name in names:
        taken[name.start : name.end] = b"\x01" * (name.end - name.start)
    groups = _groups(text, tokens, taken)
    known = _known(text, tokens, hits, taken)
    spans: list[Span] = []
    fields: set[_Group] = set()
    for group in groups:
        inside = [hit for hit in known if group.start <= hit.start and hit.end <= group.end]
        if inside:
            span = _around(text, tokens, group, inside)
            spans.append(span)
            if span.start <= group.start + 2:
                fields.add(group)
            continue
        if _named_field(text, tokens, group):
            spans.append(Span(group.start, group.end, Kind.INDUSTRY, "field:context", 0))
            fields.add(group)
    spans += _listed(text, tokens, groups, fields)
    covered = {(span.start, span.end) for span in spans}
    for hit in known:
        if not any(start <= hit.start and hit.end <= end for start, end in covered):
            spans.append(Span(hit.start, hit.end, Kind.INDUSTRY, "field:lexicon", 1))
    return [tailed for span in spans if (tailed := _tailed(text, span)) is not None]


def _known(text: str, tokens: Sequence[Token], hits: Sequence[Hit], taken: bytearray) -> list[Hit]:
    starts = {token.start for token in tokens}
    finish = {token.end for token in tokens}
    classes = _words()[0]
    kept = []
    for hit in hits:
        if not any(entry.kind is Kind.INDUSTRY for entry in hit.entries) or taken[hit.start] or taken[hit.end - 1]:
            continue
        word = text[hit.start : hit.end]
        if word.isascii():
            if (hit.start and text[hit.start - 1].isascii() and text[hit.start - 1].isalnum()) or (
                text[hit.end : hit.end + 1].isascii() and text[hit.end : hit.end + 1].isalnum()
            ):
                continue
        elif (len(word) < 4 and not (hit.start in starts and hit.end in finish)) or (
            hit.start not in starts and hit.end not in finish
        ):
            continue
        if word in classes or word in ("技术", "服务", "设备"):
            continue
        kept.append(hit)
    return kept


def _groups(text: str, tokens: Sequence[Token], taken: bytearray) -> list[_Group]:
    _classes, _, stop = _words()
    groups: list[_Group] = []
    first = -1
    for index, token in enumerate(tokens):
        word = text[token.start : token.end]
        good = (
            not taken[token.start]
            and not taken[token.end - 1]
            and (
                token.tag in _NOUN_TAGS
                or word in lexicon.words()["modifier"]
                or word in lexicon.words()["head"]
                or (token.tag in ("a", "v") and word in lexicon.words()["modifier"])
            )
            and word not in stop
            and not _TAIL.fullmatch(word)
        )
        if good and first < 0 and word in lexicon.words()["dropped"]:
            good = False
        if good and first < 0:
            first = index
        if not good and first >= 0:
            groups.append(_Group(first, index - 1, tokens[first].start, tokens[index - 1].end))
            first = -1
    if first >= 0:
        groups.append(_Group(first, len(tokens) - 1, tokens[first].start, tokens[-1].end))
    return groups


def _around(text: str, tokens: Sequence[Token], group: _Group, hits: Sequence[Hit]) -> Span:
    """A known field with the modifiers before it and the heads after it."""
    start = min(hit.start for hit in hits)
    end = max(hit.end for hit in hits)
    for index in range(group.last, group.first - 1, -1):
        token = tokens[index]
        if token.end != start:
            continue
        word = text[token.start : token.end]
        if word in lexicon.words()["dropped"] or (word in _words()[0] and word not in lexicon.words()["modifier"]):
            break
        if word in lexicon.words()["modifier"] or (token.tag in ("nz", "n") and len(word) <= 3):
            start = token.start
    for index in range(group.first, group.last + 1):
        token = tokens[index]
        if token.start == end and text[token.start : token.end] in lexicon.words()["head"]:
            end = token.end
    return Span(start, end, Kind.INDUSTRY, "field:lexicon", 1)


def _named_field(text: str, tokens: Sequence[Token], group: _Group) -> bool:
    """Whether the words around a noun group say that it is a field."""
    classes, _activity, _ = _words()
    word = text[group.start : group.end]
    if (
        word in classes
        or len(word) < 2
        or len(word) > 14
        or all(text[tokens[index].start : tokens[index].end] in classes for index in range(group.first, group.last + 1))
    ):
        return False
    if re.search(
        "(?:企业|公司|人才|资金|园区|市场|项目|平台|政策|活动|会议|负责人|工作|协议|规模|产值|收入|能力|水平|"
        "中心|基地|关系|方面|问题|情况|技术|成果|资源|环境|生态|体系|模式|机制|标准|需求|机会|经济|产品|业务|"
        "单位|机构|客户|价格|成本|质量|品牌|渠道|网络|集群|总部|办公室|大楼|厂房|设施|专业|学科|课程|学生|"
        "教授)$",
        word,
    ):
        return False
    following = _TAIL.match(text, group.end)
    if following:
        return True
    before = ""
    if group.first:
        before = text[tokens[group.first - 1].start : tokens[group.first - 1].end]
        if before == "的" and group.first > 1:
            before = ""
        elif before in ("了", "着") and group.first > 1:
            before = text[tokens[group.first - 2].start : tokens[group.first - 2].end]
    ends = (
        group.last + 1 >= len(tokens)
        or text[group.end] in ",。;、()和与及等的:"
        or tokens[group.last + 1].tag in ("m", "v", "c")
    )
    return bool(
        before
        in (
            "从事",
            "专注",
            "专注于",
            "主营",
            "生产",
            "研制",
            "专业从事",
            "主要从事",
            "深耕",
            "主打",
            "量产",
            "年产",
            "专做",
            "供应",
            "制造",
            "主攻",
            "承接",
        )
        and ends
    )


def _listed(text: str, tokens: Sequence[Token], groups: Sequence[_Group], fields: set[_Group]) -> list[Span]:
    """Noun groups that stand in one list with a field."""
    classes = _words()[0]
    spans: list[Span] = []
    changed = True
    found = set(fields)
    while changed:
        changed = False
        for left, right in itertools.pairwise(groups):
            between = text[left.end : right.start]
            if between not in ("、", "和", "与", "及", "以及", "产业、", "领域、"):
                continue
            for one, other in ((left, right), (right, left)):
                if one in found and other not in found and between != "和" and _plain(text, tokens, other, classes):
                    found.add(other)
                    spans.append(Span(other.start, other.end, Kind.INDUSTRY, "field:list", 0))
                    changed = True
    return spans


def _plain(text: str, tokens: Sequence[Token], group: _Group, classes: frozenset[str]) -> bool:
    word = text[group.start : group.end]
    return (
        2 <= len(word) <= 10
        and word not in classes
        and not re.search(
            "(?:企业|公司|人才|资金|园区|市场|项目|平台|政策|活动|负责人|工作|协议|中心|基地|产品|业务|技术)$", word
        )
    )


def _tailed(text: str, span: Span) -> Span | None:
    """The field without 产业, 行业, 领域, unless the rest is an everyday word."""
    word = text[span.start : span.end]
    following = _TAIL.match(text, span.end)
    if following and following.group() in ("产业", "业") and word + following.group() in _KEEP_TAIL:
        return span._replace(end=following.end())
    if word in _KEEP_TAIL:
        return span
    if word in ("生物",):
        return None
    found = re.search("(?:产业链|产业集群|产业|行业|领域)$", word)
    if found and found.start() >= 2:
        return span._replace(end=span.start + found.start())
    return span
