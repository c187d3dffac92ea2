"""Where the names that the network found begin and end, by the guide: what it cut short is completed, what it took in
by a word is given back, and a name that the lexicon knows stands whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph.model import Kind
from ingest import lexicon
from ingest.extract.gazetteer import Endings, Gazetteer
from ingest.extract.lac import Token
from ingest.extract.names import Span, gazetteer_spans, parted, suffix_spans
from ingest.extract.reading import Sentence

LISTED = (Kind.PARK, Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT)

_STACK = re.compile("(?:[\u4e00-\u9fff]{2,3}省)?[\u4e00-\u9fff]{2,4}市[\u4e00-\u9fff]{1,4}[区县]")
_LEADING = frozenset("被自暨由与和及向对将于在经让给把使从到为据按受")
_FUNCTION = frozenset(("p", "c", "d", "u", "v", "xc"))


class Limits:
    """Settles the spans of sentences; holds the matchers that it takes."""

    def __init__(self) -> None:
        self._gazetteer = Gazetteer()
        self._endings = Endings()

    def settle(self, sentence: Sentence) -> None:
        """The spans of a sentence, in order and not overlapping, with their limits settled."""
        spans = self._known(sentence, sentence.spans)
        spans = _plain(spans, sentence.text)
        spans = [_without_lead(_behind_its_place_word(span, sentence.text), sentence) for span in spans]
        sentence.spans = self._completed(sentence, spans)

    def _known(self, sentence: Sentence, spans: Sequence[Span]) -> list[Span]:
        """With the names of the lexicon where the network has none, or only a part or another cut."""
        found = gazetteer_spans(sentence.text, self._gazetteer.hits(sentence.text), sentence.tokens)
        return _placed(spans, [one for one in found if one.kind in LISTED])

    def _completed(self, sentence: Sentence, spans: Sequence[Span]) -> list[Span]:
        """With names up to their suffix (国岚律师 -> 国岚律师（上海）事务所) and the place that is part of them."""
        ends = self._endings.find(sentence.text)
        if not ends:
            return list(spans)
        tokens: Sequence[Token] = parted(sentence.text, sentence.tokens)
        found = [
            one
            for one in suffix_spans(sentence.text, tokens, ends)
            if one.kind in LISTED and " " not in sentence.text[one.start : one.end]
        ]
        begun = {(span.start, span.kind) for span in spans}
        starts = {span.start for span in spans}
        kinds = {kind: [span for span in spans if span.kind is kind] for kind in LISTED}
        fitting = [
            one
            for one in found
            if (one.start, one.kind) in begun
            or (
                one.start in starts and any(one.start <= span.start and span.end <= one.end for span in kinds[one.kind])
            )
        ]
        return _placed(spans, fitting)


def _holds_its_kind(name: Span, spans: Sequence[Span]) -> bool:
    return any(span.kind is name.kind and span.start < name.end and name.start < span.end for span in spans)


def _placed(spans: Sequence[Span], names: Sequence[Span]) -> list[Span]:
    """The spans with each name in the place of those that it overlaps, unless one of them holds it."""
    result = list(spans)
    for name in names:
        there = [one for one in result if one.start < name.end and name.start < one.end]
        if not any(one.start <= name.start and name.end <= one.end for one in there):
            result = [one for one in result if one not in there] + [name]
    return sorted(result)


def _plain(spans: Sequence[Span], text: str) -> list[Span]:
    """Without single letters and parks that are only called what they are (中国未来产业园区); a city and its district
    in front of a park are a place of its own (rule 1 of the guide)."""
    result: list[Span] = []
    for span in spans:
        name = text[span.start : span.end]
        if (len(name) == 1 and span.kind in LISTED) or (span.kind is Kind.PARK and _class_of_parks(name)):
            continue
        start = span.start
        if result and result[-1].kind is Kind.PLACE and result[-1].end == start:
            start = result[-1].start
        stack = _STACK.match(text, start, span.end) if span.kind is Kind.PARK else None
        if stack and stack.end() > span.start and span.end - stack.end() >= 3:
            if start < span.start:
                result.pop()
            result.append(Span(start, stack.end(), Kind.PLACE, span.rule))
            span = span._replace(start=stack.end())
        result.append(span)
    return result


def _class_of_parks(name: str) -> bool:
    words = lexicon.words()
    bare = re.sub("^(?:中国|全国|国家级?)", "", name)
    return any(bare.endswith(end) and bare[: -len(end)] in words["class"] | {""} for end in words["class_park"])


def _behind_its_place_word(span: Span, text: str) -> Span:
    """A park without the words up to 在 (爱丽公司在南岚开发区): no park has that in its name."""
    inside = text.rfind("在", span.start, span.end)
    return span._replace(start=inside + 1) if span.kind is Kind.PARK and 0 <= inside < span.end - 3 else span


def _without_lead(span: Span, sentence: Sentence) -> Span:
    """The span without a preposition or conjunction of one letter at its front (被澜川…, 暨竹科園區)."""
    if span.end - span.start < 3 or sentence.text[span.start] not in _LEADING:
        return span
    alone = any(
        token.start == span.start and token.end == span.start + 1 and token.tag in _FUNCTION
        for token in sentence.tokens
    )
    return span._replace(start=span.start + 1) if alone else span
