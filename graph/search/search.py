"""Documents that speak of something: by words, by other words for it, by meaning, and by what the graph knows.

    query ── take apart (expand) ──> propose passages (words, other words, meaning, graph) ──> rate documents ──> order

Each ground of a hit is a share between 0 and 1; the score is their weighted mean (`graph.search.fuse`). Everything that
counts is computed here from words and cosines, so every engine gives the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from graph.errors import InputError
from graph.search import fuse
from graph.search.corpus import read
from graph.search.embedder import Embedder
from graph.search.expand import Wording
from graph.search.filters import Filters, kept, narrowed
from graph.search.filters import checked as checked_filters
from graph.search.marks import marks
from graph.search.passages import passages
from graph.search.propose import POOL, Proposed, proposed
from graph.search.rate import Asked, Candidate, Rated, asked, rated
from graph.search.words import checked, runs, shared
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
    similarity  cosine of passage and query, without what all queries have in common; by meaning only
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
    """A document with its best passage. `score`: the weighted mean of its grounds, at most 1.

    `sources`: the paths that it was read from.
    """

    document: str
    title: str
    url: str
    published: str
    sources: tuple[str, ...]
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
    rows = [] if by.note else kept(store, passages(store, found.ids, found.revision), by)
    one = _Search(tools, folded, found, asked(folded, tools.wording, found.corpus))
    groups = _grouped(_ordered(one, rows))
    if tools.reranker:
        groups = _reranked(tools.reranker, said, groups)
    following = [some for some in groups if after is None or some[0].place > (-after[0], after[1])]
    mode = "lexical" if found.near is None else "hybrid"
    note = "; ".join(filter(None, (found.note, by.note)))
    page = tuple(_marked(one, _hit(one, *some)) for some in following[:limit])
    return Hits(said, mode, note, page, len(following) > limit)


def grounds(store: Store, tools: Tools, query: str) -> tuple[dict[str, fuse.Grounds], frozenset[str]]:
    """The grounds of every document that a query proposes, by id, and which of them could be judged: for tuning."""
    folded = tools.fold(checked(query))
    found = proposed(store, tools.embedder, folded, tools.wording)
    one = _Search(tools, folded, found, asked(folded, tools.wording, found.corpus))
    rows = passages(store, found.ids, found.revision)
    return {name: known.grounds for name, known, _ in _rated(one, rows)}, _used(found)


@dataclass(frozen=True, slots=True)
class _Search:
    """One search on its way: what is asked, and what was proposed."""

    tools: Tools
    folded: str
    found: Proposed
    query: Asked


@dataclass(frozen=True, slots=True)
class _Scored:
    """A document with its score and what adds up to it."""

    document: str
    score: float
    parts: Mapping[str, float]
    known: Rated
    row: Row  # of its best passage

    @property
    def place(self) -> tuple[float, str]:
        """Where it stands in the order."""
        return -self.score, self.document


def _rated(one: _Search, rows: Iterable[Row]) -> Iterator[tuple[str, Rated, list[Row]]]:
    """Every document with what it has for the query, and its rows."""
    floor = max(0.0, one.found.near.floor) if one.found.near else 0.0
    documents: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["document"], row["start"])):
        documents.setdefault(row["document"], []).append(row)
    for name, some in documents.items():
        candidates = [_candidate(one.found, row) for row in some]
        title = one.tools.fold(some[0]["title"] or "")
        yield name, rated(one.query, title, candidates, len(one.found.around.entities), floor), some


def _ordered(one: _Search, rows: Iterable[Row]) -> list[_Scored]:
    """Documents by score, then by id."""
    share = fuse.shares(fuse.weights(), _used(one.found))
    found = []
    for document, known, some in _rated(one, rows):
        if parts := fuse.parts(known.grounds, share):
            best = next(row for row in some if row["id"] == known.best.id)
            found.append(_Scored(document, round(sum(parts.values()), 9), parts, known, best))
    return sorted(found, key=lambda scored: scored.place)


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
    deviations = near.of(id, read(row["folded"]).wide) if near else None
    cosine = near.cosines.get(id, near.moved.get(id)) if near else None
    names = found.around.mentioned.get(id, ())
    return Candidate(id, row["folded"], deviations, cosine, names, id in found.around.paths)


def _hit(one: _Search, first: _Scored, *others: _Scored) -> Hit:
    """The hit of a document, the others being its reprints."""
    row = first.row
    why = tuple(_why(one, first.known, by, part) for by, part in first.parts.items())
    passage = Passage(row["id"], row["text"], row["start"], row["end"])
    about = (row["title"] or "", row["url"] or "", row["published"] or "", tuple(row["sources"]))
    return Hit(first.document, *about, passage, first.score, why, tuple(map(_reprint, others)))


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


def _grouped(found: Iterable[_Scored]) -> list[list[_Scored]]:
    """The documents of each witness together, the best first."""
    groups: dict[str, list[_Scored]] = {}
    for scored in found:
        groups.setdefault(scored.row["witness"], []).append(scored)
    return list(groups.values())


def _reprint(scored: _Scored) -> Reprint:
    row = scored.row
    return Reprint(scored.document, row["title"] or "", row["url"] or "", row["published"] or "")


def _reranked(reranker: Reranker, query: str, groups: list[list[_Scored]]) -> list[list[_Scored]]:
    """The best groups in the order of the reranker, with the scores that stood at their places."""
    first = groups[:RERANKED]
    given = reranker.scores(query, [some[0].row["text"] for some in first])
    order = sorted(range(len(first)), key=lambda at: (-given[at], at))
    moved = [[replace(first[at][0], score=groups[place][0].score), *first[at][1:]] for place, at in enumerate(order)]
    return moved + groups[RERANKED:]


def _marked(one: _Search, hit: Hit) -> Hit:
    """The hit with the words marked that speak for its passage."""
    text, start = hit.passage.text, hit.passage.start
    if one.tools.locate is None:
        folded = one.tools.fold(text)
        spans = marks(one.query, folded) if len(folded) == len(text) else ()
    else:
        located = one.tools.locate(text)
        spans = tuple(located.original(*span) for span in marks(one.query, located.text))
    return replace(hit, passage=replace(hit.passage, marks=tuple((start + a, start + b) for a, b in spans)))
