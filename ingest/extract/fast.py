"""`fast`: LAC, gazetteers and rules. Reads about as fast as LAC alone."""

from __future__ import annotations

from collections.abc import Sequence

from graph.model import Document
from ingest.extract import claims, coreference, identity, ranking
from ingest.extract.reading import Reading, Sentence, begin
from ingest.model import Extraction, Mention, Name

CHUNK = 512
"""Sentences that go through the pipeline together; spaCy's documents of a chunk are all that is held."""


class FastExtractor:
    """Names by LAC, lexicon and suffix rules, claims by trigger words. Loads its models when made."""

    def __init__(self) -> None:
        from ingest.extract import pipeline

        self.identity = identity("fast")
        self._pipeline = pipeline
        self._nlp = pipeline.build()

    def extract(self, document: Document) -> Extraction:
        """The mentions (not overlapping, in order) and claims of the document."""
        reading = begin(document)
        self._read(reading.sentences)
        return finish(reading)

    def _read(self, found: Sequence[Sentence]) -> None:
        for first in range(0, len(found), CHUNK):
            chunk = found[first : first + CHUNK]
            docs = self._pipeline.docs(self._nlp, [sentence.text for sentence in chunk])
            for sentence, doc in zip(chunk, docs, strict=True):
                sentence.tokens = doc.user_data.get("tokens") or []
                sentence.spans = self._pipeline.spans(doc)


def finish(reading: Reading) -> Extraction:
    """What every extractor does once the names of the sentences are known."""
    coreference.mark(reading)
    ranking.mark(reading)
    said = claims.read(reading)
    return Extraction(reading.document, mentioned(reading), said)


def mentioned(reading: Reading) -> tuple[Mention, ...]:
    """The marked names of a document as mentions, in order."""
    result = []
    for sentence in reading.sentences:
        for span in sentence.spans:
            start, end = sentence.original(span.start, span.end)
            surface = sentence.text[span.start : span.end]
            full = reading.fullest.get((span.kind, surface), surface)
            text = reading.shown.get(full, full)
            result.append(Mention(start, end, reading.document.text[start:end], Name(span.kind, text), span.rule))
    return tuple(result)
