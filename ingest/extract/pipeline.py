"""The spaCy pipeline of `fast`: characters in, `doc.spans["names"]` out. Whatever finds names ends in these spans, so
that all behind them is shared between extractors. Imported only when an extractor is made: spaCy takes a second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from graph.model import Kind
from ingest import lexicon
from ingest.extract.english import english_spans, is_english
from ingest.extract.gazetteer import Endings, Gazetteer
from ingest.extract.industry import industry_spans
from ingest.extract.lac import Lac, Token
from ingest.extract.names import (
    Hit,
    academy_spans,
    chosen,
    fields_spans,
    gazetteer_spans,
    lac_spans,
    parted,
    stacked,
    suffix_spans,
)
from ingest.extract.names import Span as Found

NAMES = "names"
"""The span group that the pipeline fills; label = kind, span id = the rule that found it."""


class _Words:
    """LAC over a batch of sentences; English ones have no tokens."""

    def __init__(self) -> None:
        self._lac = Lac()

    def __call__(self, doc: Doc) -> Doc:
        return next(iter(self.pipe([doc])))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 256) -> Iterator[Doc]:
        for docs in _batches(stream, batch_size):
            chinese = [doc for doc in docs if not is_english(_text(doc))]
            for doc, tokens in zip(chinese, self._lac.run([_text(doc) for doc in chinese]), strict=True):
                doc.user_data["tokens"] = tokens
            yield from docs


class _Gazetteer:
    """All names of the lexicon, the longest at each place, and how names end."""

    def __init__(self) -> None:
        self._gazetteer = Gazetteer()
        self._endings = Endings()

    def __call__(self, doc: Doc) -> Doc:
        text = _text(doc)
        doc.user_data["hits"] = self._gazetteer.hits(text)
        doc.user_data["ends"] = self._endings.find(text)
        return doc


class _Names:
    """The rules: candidates from LAC, the gazetteer and suffixes, the best of them, then fields between them."""

    def __init__(self) -> None:
        self._levels = {name: place.level for place in lexicon.places() for name in (place.name, place.short) if name}

    def __call__(self, doc: Doc) -> Doc:
        text = _text(doc)
        hits: Sequence[Hit] = doc.user_data["hits"]
        tokens: Sequence[Token] | None = doc.user_data.get("tokens")
        if tokens is None:
            spans = chosen(english_spans(text, hits))
        else:
            tokens = parted(text, tokens)
            found = suffix_spans(text, tokens, doc.user_data["ends"]) + academy_spans(text)
            found += gazetteer_spans(text, hits, tokens)
            found += fields_spans(text, found)
            found += lac_spans(text, tokens, found)
            spans = stacked(text, chosen(found), self._levels)
            spans = chosen(spans + industry_spans(text, tokens, hits, spans))
        doc.spans[NAMES] = [_span(doc, span) for span in spans]
        return doc


def _span(doc: Doc, found: Found) -> Span:
    return Span(doc, found.start, found.end, label=found.kind.value, span_id=found.rule)


@Language.factory("parkbond_words")
def _words(nlp: Language, name: str) -> _Words:
    return _Words()


@Language.factory("parkbond_gazetteer")
def _gazetteer(nlp: Language, name: str) -> _Gazetteer:
    return _Gazetteer()


@Language.factory("parkbond_names")
def _names(nlp: Language, name: str) -> _Names:
    return _Names()


def build() -> Language:
    """A blank Chinese pipeline with the three components above."""
    nlp = spacy.blank("zh")
    for component in ("parkbond_words", "parkbond_gazetteer", "parkbond_names"):
        nlp.add_pipe(component)
    return nlp


def docs(nlp: Language, sentences: Sequence[str]) -> list[Doc]:
    """The sentences as spaCy documents of one token a character, through the whole pipeline."""
    made = (
        Doc(nlp.vocab, words=list(text), spaces=[False] * len(text), user_data={"text": text}) for text in sentences
    )
    return list(nlp.pipe(made, batch_size=256))


def _text(doc: Doc) -> str:
    """The text of a document, which spaCy would put together from its characters each time."""
    text: str = doc.user_data.get("text") or doc.text
    return text


def spans(doc: Doc) -> list[Found]:
    """The names of a sentence as plain values."""
    return [Found(span.start, span.end, Kind(span.label_), span.id_) for span in doc.spans[NAMES]]


def _batches(stream: Iterable[Doc], size: int) -> Iterator[list[Doc]]:
    batch: list[Doc] = []
    for doc in stream:
        batch.append(doc)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
