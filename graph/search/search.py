"""Documents that speak of something: by words, by meaning and by the names that the graph knows, fused by rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from graph.errors import SettingError
from graph.model import Kind
from graph.search.embedder import Embedder
from graph.search.names import Named, candidates, occurrences
from graph.search.vectors import Made, made
from graph.search.words import checked, runs, shared
from graph.store import cypher
from graph.store.base import Row, Store

POOL = 100  # passages that each way may propose

WEIGHT: Mapping[str, float] = {"words": 0.5, "meaning": 1.0, "name": 0.3}
SMOOTHING = 20
"""Reciprocal rank fusion, score = Σ weight / (SMOOTHING + rank). Set by hand on twelve labelled queries over 31
documents, far too few to tell close settings apart: nDCG@10 0.77; words alone 0.60, meaning alone 0.74."""

NAMED_KINDS = (Kind.PARK, Kind.ENTERPRISE, Kind.INSTITUTION, Kind.INDUSTRY)
"""Names of these kinds in a query lead to the passages that mention them, whatever words the passages use."""

Fold = Callable[[str], str]
"""Text to its comparison form, as documents were folded."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for a hit: `by` words, meaning or name, and the rank it had there (1 = best)."""

    by: str
    rank: int
    words: tuple[str, ...] = ()  # of the query, found in the passage; or the name that the passage mentions
    similarity: float | None = None  # cosine of query and passage


@dataclass(frozen=True, slots=True)
class Passage:
    """The best passage of a hit; `text` is [start, end) of the document, in code points."""

    id: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A document with its best passage. `score` is 1 for a passage that is first in every way in use."""

    document: str
    title: str
    url: str
    published: str
    passage: Passage
    score: float
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found. `mode` is hybrid, or lexical where meaning could not be used; then `note` says why."""

    query: str
    mode: str
    note: str
    hits: tuple[Hit, ...]


Ranked = Mapping[str, Why]
"""Passages by id, best first, each with the reason."""


def search(store: Store, embedder: Embedder | None, query: str, limit: int, fold: Fold) -> Hits:
    """The `limit` best documents for a query, each with its best passage and the reasons.

    Vectors are used once every passage has one; until then, or without an embedder, words and names alone.
    Raises InputError for a query that is empty, too long or no text.
    """
    asked = checked(query)
    folded = fold(asked)
    if not runs(folded):
        return Hits(asked, "lexical", "the query holds signs only, no word to look for", ())
    meaning, note = _by_meaning(store, embedder, folded)
    ways = {"words": _by_words(store, folded), "name": _by_names(store, folded)}
    if meaning is not None:
        ways["meaning"] = meaning
    return Hits(asked, "lexical" if meaning is None else "hybrid", note, tuple(_best(store, folded, ways, limit)))


def _by_words(store: Store, folded: str) -> Ranked:
    rows = store.lexical("passage_text", folded, POOL)
    return {row["id"]: Why("words", rank) for rank, row in enumerate(rows, 1)}


def _by_meaning(store: Store, embedder: Embedder | None, folded: str) -> tuple[Ranked | None, str]:
    """Passages by the cosine of their vectors, or None and why not."""
    if embedder is None:
        return None, "no embedding model is set; lexical only"
    state = made(store)
    if not state.complete:
        return None, _waiting(state)
    try:
        vector = embedder.query(folded)
    except SettingError as error:
        return None, f"{error} Lexical only."
    rows = store.nearest("passage_vector", vector.tolist(), POOL)
    found = {row["id"]: Why("meaning", rank, (), round(2 * row["score"] - 1, 4)) for rank, row in enumerate(rows, 1)}
    return found, ""


def _waiting(state: Made) -> str:
    if not state.passages:
        return "no documents are here yet"
    return f"vectors are being made: {state.vectors} of {state.passages} passages; lexical only meanwhile"


def _by_names(store: Store, folded: str) -> Ranked:
    """Passages that mention what the query names; those that mention most of it first."""
    named = {one.entity.id: one.entity for one in occurrences(folded, candidates(store, [folded], NAMED_KINDS))}
    mentioned: dict[str, list[Named]] = defaultdict(list)
    for entity in named.values():
        for row in store.run(cypher.MENTIONING[entity.kind], id=entity.id, limit=POOL):
            mentioned[row["passage"]].append(entity)
    most = sorted(mentioned, key=lambda passage: (-len(mentioned[passage]), passage))[:POOL]
    ranks = {count: rank for rank, count in enumerate(sorted({len(mentioned[key]) for key in most}, reverse=True), 1)}
    return {key: Why("name", ranks[len(mentioned[key])], tuple(one.name for one in mentioned[key])) for key in most}


def fuse(ways: Mapping[str, Ranked]) -> dict[str, float]:
    """Scores by weighted reciprocal rank (Cormack et al. 2009), as a share of the best that the ways allow, best first.

    `ways`: words, meaning, name -> passages with their ranks; one that found nothing does not count. Equal scores are
    ordered by passage id.
    """
    best = sum(WEIGHT[way] for way, ranked in ways.items() if ranked) / (SMOOTHING + 1)
    scores: dict[str, float] = defaultdict(float)
    for way, ranked in ways.items():
        for passage, why in ranked.items():
            scores[passage] += WEIGHT[way] / (SMOOTHING + why.rank) / best
    rounded = {passage: round(score, 9) for passage, score in scores.items()}
    return dict(sorted(rounded.items(), key=lambda item: (-item[1], item[0])))


def _best(store: Store, folded: str, ways: Mapping[str, Ranked], limit: int) -> list[Hit]:
    scores = fuse(ways)
    rows = {row["id"]: row for row in store.run(cypher.PASSAGES, ids=list(scores))}
    hits: dict[str, Hit] = {}
    for passage, score in scores.items():
        row = rows.get(passage)  # None: deleted since
        if row and row["document"] not in hits and len(hits) < limit:
            hits[row["document"]] = _hit(row, score, _reasons(folded, row, ways))
    return list(hits.values())


def _reasons(folded: str, row: Row, ways: Mapping[str, Ranked]) -> tuple[Why, ...]:
    reasons: Sequence[Why] = [ranked[row["id"]] for ranked in ways.values() if row["id"] in ranked]
    held = shared(folded, row["folded"])
    return tuple(Why(why.by, why.rank, held) if why.by == "words" else why for why in reasons)


def _hit(row: Row, score: float, why: tuple[Why, ...]) -> Hit:
    passage = Passage(row["id"], row["text"], row["start"], row["end"])
    return Hit(row["document"], row["title"] or "", row["url"] or "", row["published"] or "", passage, score, why)
