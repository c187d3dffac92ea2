"""Searching and asking with what the settings say: the embedder, folding as documents are folded, curated names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from api.settings import Settings
from graph.errors import SettingError
from graph.model import Kind
from graph.store.base import Store

if TYPE_CHECKING:
    from api.deps import Ways
    from graph.curated import Curated
    from graph.query.explain import Reasons
    from graph.query.known import StoreNames
    from graph.search.embedder import Embedder
    from graph.search.expand import Concept, Wording
    from graph.search.filters import Filters
    from graph.search.names import Named
    from graph.search.search import Folded, Tools
    from ingest.model import Extractor


def folded(text: str) -> str:
    """The comparison form of a text, as stored with passages and names."""
    from ingest.script import fold

    return fold(text).text


def embedder(where: Settings) -> Embedder:
    """The embedding model of these settings; torch is loaded with its first text."""
    from graph.search.embedder import Prompts, load

    given = where.prompts
    prompts = None if given is None else Prompts(*given)
    return load(where.model, hub=where.hub, cache=where.cache, prompts=prompts)


def search_passages(
    store: Store, words: str, limit: int, where: Settings, filters: Filters | None = None
) -> dict[str, Any]:
    """The best documents for a query, as plain values (`graph.search.search.Hits`)."""
    from graph.search.search import search

    return asdict(search(store, tools(embedder(where)), words, limit, filters))


def tools(model: Embedder | None) -> Tools:
    """What a search uses beside the graph."""
    from graph.search.search import Tools

    return Tools(folded, model, wording(), located)


def located(text: str) -> Folded:
    """One passage in the comparison form, with the way back to its text."""
    from ingest.script import fold

    return fold(text, join=True)


@cache
def wording() -> Wording:
    """Other words for what a query means, from the tables that ship."""
    from graph.search.expand import wording

    return wording(concepts())


def concepts() -> Iterator[Concept]:
    """All that the tables know by several names."""
    from graph.query.grammar import FIELDS
    from graph.search.expand import Concept
    from ingest import lexicon

    for name, one in lexicon.industries().items():
        names = (name, one.en, *one.synonyms, *one.includes, *FIELDS.get(name, ()))
        yield Concept(name, tuple(filter(None, names)), one.broader)
    for park in lexicon.parks().values():
        others = tuple(alias.name for alias in park.aliases)
        yield Concept(f"park {park.key}", tuple(filter(None, (park.name, park.name_en, *others))), proper=True)
    for place in lexicon.places():
        names = tuple(filter(None, (place.name, place.short, *place.en)))
        yield Concept(f"place {place.name} {place.code}", names, proper=True)
    for number, firm in enumerate((*lexicon.enterprises(), *lexicon.institutions())):
        yield Concept(f"organisation {number}", (firm.name, *firm.short, *firm.en), proper=True)
    for number, words in enumerate(lexicon.wording()):
        yield Concept(f"words {number}", words)


def answer_question(store: Store, question: str) -> dict[str, Any]:
    """The answer to a question, as plain values (`graph.query.result.Answer`)."""
    from graph.query.answer import answer
    from graph.query.parse import parse

    return answer(store, parse(question, known_names(store), folded), curated()).json()


@cache
def curated() -> Curated:
    """What the tables that ship know."""
    from graph.curated import Curated
    from graph.index.track import Track
    from ingest import lexicon
    from ingest.extract.sign import behind
    from ingest.resolve.concept import classify
    from ingest.resolve.parks import city

    tracks = (Track(one.id, one.name, one.name_en, one.edition, one.status) for one in lexicon.tracks())
    return Curated(classify, city, behind, tuple(lexicon.chains()), tuple(tracks))


def explanation(store: Store, id_or_name: str) -> dict[str, Any]:
    """Why the graph says what it says of an entity, fact, evidence or passage."""
    from graph.query.explain import explain

    return explain(store, id_or_name, reasons())


def reasons() -> Reasons:
    """What rules mean and how names become keys, as documents are read here."""
    from graph.query.explain import Reasons
    from ingest.extract.rule import meaning
    from ingest.resolve.why import steps

    return Reasons(meaning, lambda kind, name: [asdict(step) for step in steps(kind, name)])


def open_ways(where: Settings) -> Ways:
    """All that the HTTP interface uses, with the graph of these settings opened."""
    from api.deps import Ways
    from api.intake import intake
    from api.statements import bounds
    from api.stores import open_store

    reader, within = partial(_reader, where), bounds(where)
    made = embedder(where)
    return Ways(
        open_store(where),
        folded,
        known_names,
        intake(reader),
        made,
        reasons(),
        curated(),
        wording=wording(),
        locate=located,
        cypher=within,
    )


def _reader(where: Settings) -> Extractor:
    """The extractor for documents that are sent over HTTP."""
    from ingest.extract import extractor

    if where.extractor == "llm":
        raise SettingError(
            "documents sent over HTTP are not read by llm, because nobody is asked whether to pay; "
            "read them with `parkbond ingest --extractor llm`, or set PARKBOND_EXTRACTOR to another"
        )
    return extractor(where.extractor, cache=where.cache)


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

    table = lexicon.industries()
    fields = {(Kind.INDUSTRY, thing): name for name, one in table.items() for thing in one.includes}
    fields |= {(Kind.INDUSTRY, name): one.broader for name, one in table.items() if one.broader}
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
