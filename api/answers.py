"""Searching and asking with what the settings say: the embedder, folding as documents are folded, curated names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from api.settings import Settings
from graph.model import Kind
from graph.store.base import Store

if TYPE_CHECKING:
    from api.deps import Ways
    from graph.query.known import StoreNames
    from graph.search.embedder import Embedder
    from graph.search.names import Named


def folded(text: str) -> str:
    """The comparison form of a text, as stored with passages and names."""
    from ingest.script import fold

    return fold(text).text


def embedder(where: Settings) -> Embedder:
    """The embedding model of these settings; torch is loaded with its first text."""
    from graph.search.embedder import load

    return load(where.model, hub=where.hub, cache=where.cache)


def search_passages(store: Store, words: str, limit: int, where: Settings) -> dict[str, Any]:
    """The best documents for a query, as plain values (`graph.search.search.Hits`)."""
    from graph.search.search import search

    return asdict(search(store, embedder(where), words, limit, folded))


def answer_question(store: Store, question: str) -> dict[str, Any]:
    """The answer to a question, as plain values (`graph.query.result.Answer`)."""
    from graph.query.answer import answer
    from graph.query.parse import parse

    return answer(store, parse(question, known_names(store), folded)).json()


def open_ways(where: Settings) -> Ways:
    """All that the HTTP interface uses, with the graph of these settings opened."""
    from api.deps import Ways
    from api.intake import intake
    from api.stores import open_store
    from ingest.extract import extractor

    reader = partial(extractor, "fast")
    return Ways(open_store(where), folded, known_names, intake(reader), embedder(where))


def known_names(store: Store) -> StoreNames:
    """The names of the graph, with the curated ones."""
    from graph.query.known import StoreNames

    return StoreNames(store, _vocabulary())


@cache
def _vocabulary() -> tuple[Named, ...]:
    from graph.query.known import vocabulary

    return vocabulary(_curated(), _broader())


def _broader() -> dict[tuple[Kind, str], str]:
    """The broader field of each field; the city or province of each place whose name only one place has."""
    from ingest import lexicon

    fields = {(Kind.INDUSTRY, name): one.broader for name, one in lexicon.industries().items() if one.broader}
    found = Counter(place.name for place in lexicon.places())
    places = {(Kind.PLACE, one.name): one.parent for one in lexicon.places() if one.parent and found[one.name] == 1}
    return fields | places


def _curated() -> Iterator[tuple[Kind, str, Sequence[str]]]:
    from ingest import lexicon

    for track in lexicon.tracks():
        yield Kind.TRACK, track.name, (track.name_en,)
    for name, industry in lexicon.industries().items():
        yield Kind.INDUSTRY, name, tuple(filter(None, (industry.en, *industry.synonyms)))
    for park in lexicon.parks().values():
        yield Kind.PARK, park.name, tuple(filter(None, (park.name_en, *(alias.name for alias in park.aliases))))
    for place in lexicon.places():
        yield Kind.PLACE, place.name, tuple(filter(None, (place.short, *place.en)))
    for kind, table in (
        (Kind.ENTERPRISE, lexicon.enterprises()),
        (Kind.INSTITUTION, lexicon.institutions()),
    ):
        for one in table:
            yield kind, one.name, tuple(filter(None, (*one.short, *one.en)))
