"""Documents that speak of something: by words, by other words for it, by meaning, and by what the graph knows.

    query ── take apart (expand) ──> propose passages (words, other words, meaning, graph) ──> rate documents ──> order

Each ground of a hit is a share between 0 and 1; the score is their weighted mean (`graph.search.fuse`). Everything that
counts is computed here from words and cosines, so every engine gives the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from graph.errors import InputError
from graph.search import fuse
from graph.search.embedder import Embedder
from graph.search.expand import Wording
from graph.search.filters import Filters, kept, narrowed
from graph.search.filters import checked as checked_filters
from graph.search.propose import POOL, Proposed, proposed
from graph.search.rate import Candidate, Rated, asked, rated
from graph.search.words import checked, runs, shared, wide
from graph.store import cypher
from graph.store.base import Row, Store

WIDER = 8
"""So many times as many passages are looked at where filters may leave few of them."""

RERANKED = 30
"""So many of the best hits a reranker may order anew."""

Fold = Callable[[str], str]
"""Text to its comparison form, as documents were folded."""


class Folded(Protocol):
    """A text in the comparison form, with the way back to the original."""

    @property
    def text(self) -> str:
        """The comparison form."""
        ...

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that [start, end) came from."""
        ...


class Reranker(Protocol):
    """Orders the best hits anew, by reading query and passage together. None ships; a cross-encoder fits here."""

    def scores(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        """How well each passage answers the query, any numbers, greater is better."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What a search uses beside the store: folding, and what may be missing.

    `wording`: other words for what a query means. `locate`: folds one passage with the way back, for the marks.
    """

    fold: Fold
    embedder: Embedder | None = None
    wording: Wording = field(default_factory=Wording)
    locate: Callable[[str], Folded] | None = None
    reranker: Reranker | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """One ground of a hit.

    by          words, meant (other words for the same), document (anywhere in it), title, meaning, around, name, path
    part        what it adds to the score
    words       of the query that stand in the passage (or title); the names it mentions; or the steps of the path
    similarity  cosine of query and passage, by meaning only
    """

    by: str
    part: float
    words: tuple[str, ...] = ()
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """The best passage of a hit; `text` is [start, end) of the document, in code points, as are the marks in it."""

    id: str
    text: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reprint:
    """Another document that says the same."""

    document: str
    title: str
    url: str
    published: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A document with its best passage. `score`: the weighted mean of its grounds, at most 1."""

    document: str
    title: str
    url: str
    published: str
    passage: Passage
    score: float
    why: tuple[Why, ...]
    reprints: tuple[Reprint, ...] = ()


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, best first. `mode` is hybrid, or lexical where meaning could not be used; then `note` says why.

    `more`: whether hits follow the last.
    """

    query: str
    mode: str
    note: str
    hits: tuple[Hit, ...]
    more: bool = False


Place = tuple[float, str]
"""Score and document of a hit, after which the next page begins."""


def search(
    store: Store,
    tools: Tools,
    query: str,
    limit: int = 10,
    filters: Filters | None = None,
    after: Place | None = None,
) -> Hits:
    """The `limit` best documents for a query that follow the place `after`, each with its best passage and the reasons.

    Vectors are used once every passage has one; until then, or without an embedder, the other grounds alone. Reprints
    are one hit, the best of them, with the others listed. Raises InputError for a query that is empty, too long, no
    text or signs only, and for filters that nothing can meet.
    """
    said = checked(query)
    folded = tools.fold(said)
    if not runs(folded):
        raise InputError("the query holds signs only, no word to look for; write what to look for in words.")
    by = narrowed(store, checked_filters(filters or Filters()), tools.fold, tools.wording)
    found = proposed(store, tools.embedder, folded, tools.wording, POOL * WIDER if by.given else POOL)
    rows = kept(store, store.run(cypher.FOUND, ids=list(found.ids)), by) if found.ids and not by.note else []
    hits = _grouped(_ordered(_Search(tools, folded, found), rows), rows)
    if tools.reranker:
        hits = _reranked(tools.reranker, said, hits)
    following = [hit for hit in hits if after is None or (-hit.score, hit.document) > (-after[0], after[1])]
    mode = "lexical" if found.near is None else "hybrid"
    note = "; ".join(filter(None, (found.note, by.note)))
    page = tuple(_marked(tools, folded, hit) for hit in following[:limit])
    return Hits(said, mode, note, page, len(following) > limit)


@dataclass(frozen=True, slots=True)
class _Search:
    """One search on its way: what is asked, and what was proposed."""

    tools: Tools
    folded: str
    found: Proposed


def _ordered(one: _Search, rows: Iterable[Row]) -> list[Hit]:
    """Hits by score, then by id."""
    query = asked(one.folded, one.tools.wording, one.found.corpus)
    weight, used = fuse.weights(), _used(one.found)
    documents: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["document"], row["start"])):
        documents.setdefault(row["document"], []).append(row)
    hits = []
    for passages in documents.values():
        candidates = [_candidate(one.found, row) for row in passages]
        title = one.tools.fold(passages[0]["title"] or "")
        floor = max(0.0, one.found.near.floor) if one.found.near else 0.0
        known = rated(query, title, candidates, len(one.found.around.entities), floor)
        parts = fuse.parts(known.grounds, weight, used)
        if parts:
            hits.append(_hit(one, known, parts, passages))
    return sorted(hits, key=lambda hit: (-hit.score, hit.document))


def _used(found: Proposed) -> frozenset[str]:
    """The grounds that can be judged for this query."""
    unused = set() if found.near else set(fuse.MEANING)
    if not found.around.entities:
        unused.add("name")
    if not found.around.paths:
        unused.add("path")
    return frozenset(fuse.GROUNDS) - unused


def _candidate(found: Proposed, row: Row) -> Candidate:
    id, near = row["id"], found.near
    deviations = near.of(id, wide(row["folded"])) if near else None
    cosine = near.cosines.get(id, near.moved.get(id)) if near else None
    names = found.around.mentioned.get(id, ())
    return Candidate(id, row["folded"], deviations, cosine, names, id in found.around.paths)


def _hit(one: _Search, known: Rated, parts: Mapping[str, float], rows: Sequence[Row]) -> Hit:
    row = next(row for row in rows if row["id"] == known.best.id)
    why = tuple(_why(one, known, by, part) for by, part in parts.items())
    passage = Passage(row["id"], row["text"], row["start"], row["end"], tuple(_spoken(one, known, row)))
    score = round(sum(parts.values()), 9)
    return Hit(row["document"], row["title"] or "", row["url"] or "", row["published"] or "", passage, score, why)


def _why(one: _Search, known: Rated, by: str, part: float) -> Why:
    words: tuple[str, ...] = ()
    best = known.best
    match by:
        case "words":
            words = shared(one.folded, best.folded)
        case "meant":
            words = tuple(one.tools.wording.text(which) for which in known.found.values())
        case "title":
            words = tuple(one.tools.wording.text(which) for which in known.titled)
        case "name":
            words = best.names
        case "path":
            path = one.found.around.paths.get(best.id)
            words = path.steps if path else ()
        case _:
            pass
    return Why(by, part, words, round(best.cosine, 4) if by == "meaning" and best.cosine is not None else None)
