"""Searching and asking with what the settings say: the embedder, folding as documents are folded, curated names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache, lru_cache, partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from api.settings import Settings
from graph.errors import SettingError
from graph.model import Kind
from graph.store.base import Store

if TYPE_CHECKING:
    from api.deps import Phrases, Ways
    from graph.curated import Curated
    from graph.query.explain import Reasons
    from graph.query.known import StoreNames
    from graph.query.query import Query
    from graph.query.spoken import Word
    from graph.search.embedder import Embedder
    from graph.search.expand import Concept, Wording
    from graph.search.filters import Filters
    from graph.search.lookup import NAMED
    from graph.search.names import Named
    from graph.search.search import Folded, Tools
    from ingest.extract.lac import Lac
    from ingest.model import Extractor


_SEGMENTING = Lock()  # the segmenter serves one thread at a time


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


def names(store: Store, text: str, where: Settings, kind: NAMED | None = None, limit: int = 10) -> dict[str, Any]:
    """The entities that a text may mean, as plain values (`graph.search.lookup.Called`)."""
    from graph.search.lookup import lookup

    found = lookup(store, tools(embedder(where)), text, kind, limit)
    return {"query": text, "names": [asdict(one) for one in found]}


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


def answer_question(store: Store, question: str, phraser: Phrases | None = None) -> dict[str, Any]:
    """The answer to a question, as plain values (`graph.query.result.Answer`), put into words where asked for."""
    from graph.query.answer import answer
    from graph.query.parse import parse

    said = answer(store, parse(question, known_names(store), folded), curated()).json()
    return said | {"phrasing": phraser.phrase(store, said)} if phraser else said


def phraser(where: Settings) -> Phrases | None:
    """What puts answers into words by these settings; None where no language model is set."""
    from api.phrasing import Phraser

    return Phraser(where.llm, folded, lambda store, text: known_names(store).named(text, [text])) if where.llm else None


def asked(uses: Ways, question: str, *, phrase: bool = False) -> dict[str, Any]:
    """The same of a service, with what was measured already. Raises Disabled where no language model is set."""
    from api.phrasing import switched_on
    from graph.query.parse import parse

    words = switched_on(uses.phraser) if phrase else None
    said = _seen(uses, parse(question, uses.known(uses.store), uses.fold))
    return said | {"phrasing": words.phrase(uses.store, said)} if words else said


def about(uses: Ways, intent: str, parks: Sequence[str]) -> dict[str, Any]:
    """The answer to a question of this intent on these parks, by name, alias or id. Raises NotFound."""
    from graph.query.profile import entity_called
    from graph.query.query import Query, Slot

    found = [entity_called(uses.store, Kind.PARK, name) for name in parks]
    slots = tuple(Slot(Kind.PARK, one["name"], one["id"]) for one in found)
    return _seen(uses, Query(f"{intent}: {', '.join(parks)}", intent, slots))


def _seen(uses: Ways, query: Query) -> dict[str, Any]:
    from graph.query.answer import answer
    from graph.query.sight import Sight

    seen = Sight(uses.curated, uses.views.network, uses.views.of)
    return answer(uses.store, query, uses.curated, seen).json()


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
    from api.intake import extraction, intake
    from api.questions import FILE
    from api.statements import bounds
    from api.stores import open_store

    reader, within = cache(partial(_reader, where)), bounds(where)
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
        questions=where.service / FILE,
        phraser=phraser(where),
        extract=extraction(reader),
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

    return StoreNames(store, _vocabulary(), spoken, _folded)


_folded = lru_cache(maxsize=50_000)(folded)


def spoken(question: str) -> list[Word]:
    """The words of a question with their parts of speech, as the segmenter hears them."""
    from graph.query.spoken import Word
    from ingest.extract.lac import common_words

    with _SEGMENTING:
        tokens = _segmenter().run([question])[0]
    common = common_words()
    return [Word(start, end, tag, question[start:end] in common) for start, end, tag in tokens]


@cache
def _segmenter() -> Lac:
    from ingest.extract.lac import Lac

    return Lac()


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
