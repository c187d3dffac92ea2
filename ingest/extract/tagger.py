"""`tagger`: names and relations by the trained network, settled over the document; rules say how and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from graph.model import Document, Kind
from ingest.extract import claims, coreference, identity, ranking, related
from ingest.extract.fast import mentioned
from ingest.extract.gazetteer import Gazetteer
from ingest.extract.lac import Lac
from ingest.extract.names import Span, gazetteer_spans
from ingest.extract.neural.decode import Found
from ingest.extract.neural.reader import Reader, Seen
from ingest.extract.reading import Reading, Sentence, begin
from ingest.extract.skeleton import skeletons
from ingest.model import Extraction

TOGETHER = 16
"""Documents read side by side, so that windows of like length share a run of the network."""


_LISTED = (Kind.PARK, Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT)


class TaggerExtractor:
    """Names and pairs by the network. Loads its models when made."""

    def __init__(self, cache: Path) -> None:
        self.identity = identity("tagger")
        self._lac = Lac()
        self._reader = Reader(cache)
        self._gazetteer = Gazetteer()

    def extract(self, document: Document) -> Extraction:
        """The mentions (not overlapping, in order) and claims of the document."""
        return next(self.extract_all([document]))

    def extract_all(self, documents: Sequence[Document]) -> Iterator[Extraction]:
        """The same for several documents, faster together than one by one."""
        for first in range(0, len(documents), TOGETHER):
            readings = [begin(document) for document in documents[first : first + TOGETHER]]
            for reading, seen in zip(readings, self.look(readings), strict=True):
                yield self._finish(reading, seen)

    def look(self, readings: Sequence[Reading]) -> list[Seen]:
        """Give the sentences of the readings their words and names."""
        sentences = [sentence for reading in readings for sentence in reading.sentences]
        for sentence, tokens in zip(sentences, self._lac.run([one.text for one in sentences]), strict=True):
            sentence.tokens = tokens
        result = self._reader.look(
            [[one.text for one in reading.sentences] for reading in readings],
            [[one.tokens for one in reading.sentences] for reading in readings],
        )
        for reading, seen in zip(readings, result, strict=True):
            _place(reading, seen)
            for sentence in reading.sentences:
                sentence.spans = self._known(sentence)
        return result

    def _known(self, sentence: Sentence) -> list[Span]:
        """The names of a sentence, where the lexicon knows a longer one or another that one instead."""
        spans = sentence.spans
        for name in gazetteer_spans(sentence.text, self._gazetteer.hits(sentence.text), sentence.tokens):
            there = [one for one in spans if one.start < name.end and name.start < one.end]
            if name.kind in _LISTED and not any(one.start <= name.start and name.end <= one.end for one in there):
                spans = [one for one in spans if one not in there] + [name]
        return sorted(spans)

    def _finish(self, reading: Reading, seen: Seen) -> Extraction:
        settle(reading)
        ranking.mark(reading)
        sentences = list(skeletons(reading))
        names = related.known(reading, seen)
        pairs = related.pairs(reading, seen, names, self._reader)
        said = claims.read(reading, sentences)
        return Extraction(
            reading.document,
            mentioned(reading),
            (*said, *related.claims(reading, sentences, pairs, names, said)),
        )


def settle(reading: Reading) -> None:
    """One decision for a name over its document."""
    coreference.mark(reading)


def _place(reading: Reading, seen: Seen) -> None:
    """The names of the windows as spans of the sentences."""
    for row, names in zip(seen.rows, seen.names, strict=True):
        starts = row.window.sentences
        for number, start in starts:
            sentence = reading.sentences[number]
            end = start + len(sentence.text)
            sentence.spans = [_span(one, start, end) for one in names if start <= one.start < end]


def _span(found: Found, start: int, end: int) -> Span:
    return Span(found.start - start, min(found.end, end) - start, found.kind, f"tagger {found.score:.2f}")
