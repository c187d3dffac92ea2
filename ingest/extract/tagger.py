"""`tagger`: names and relations by the trained network, settled over the document; rules say how and when."""

from __future__ import annotations

from pathlib import Path

from graph.model import Document
from ingest.extract import claims, coreference, identity, ranking, related
from ingest.extract.fast import mentioned
from ingest.extract.lac import Lac
from ingest.extract.limits import Limits
from ingest.extract.names import Span
from ingest.extract.neural.decode import Found
from ingest.extract.neural.reader import Reader, Seen
from ingest.extract.reading import Reading, begin
from ingest.extract.skeleton import skeletons
from ingest.model import Extraction


class TaggerExtractor:
    """Names and pairs by the network. Loads its models when made."""

    def __init__(self, cache: Path) -> None:
        self.identity = identity("tagger")
        self._lac = Lac()
        self._reader = Reader(cache)
        self._limits = Limits()

    def extract(self, document: Document) -> Extraction:
        """The mentions (not overlapping, in order) and claims of the document."""
        reading = begin(document)
        return self._finish(reading, self.look(reading))

    def look(self, reading: Reading) -> Seen:
        """Give the sentences of a reading their words and names. One document at a time: side by side with others it
        would come out otherwise in the last digits."""
        texts = [one.text for one in reading.sentences]
        for sentence, tokens in zip(reading.sentences, self._lac.run(texts), strict=True):
            sentence.tokens = tokens
        seen = self._reader.look(texts, [one.tokens for one in reading.sentences])
        _place(reading, seen)
        for sentence in reading.sentences:
            self._limits.settle(sentence)
        return seen

    def _finish(self, reading: Reading, seen: Seen) -> Extraction:
        coreference.mark(reading)
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


def _place(reading: Reading, seen: Seen) -> None:
    """The names of the windows as spans of the sentences."""
    for row, names in zip(seen.rows, seen.names, strict=True):
        for number, start in row.window.sentences:
            sentence = reading.sentences[number]
            end = start + len(sentence.text)
            sentence.spans = [_span(one, start, end) for one in names if start <= one.start < end]


def _span(found: Found, start: int, end: int) -> Span:
    return Span(found.start - start, min(found.end, end) - start, found.kind, f"tagger {found.score:.2f}")
