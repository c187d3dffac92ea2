"""Which passages a search looks at: by words, by other words, by meaning, and by what the graph knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import zip_longest

from graph.errors import SettingError
from graph.search.around import Around, around
from graph.search.corpus import Corpus, Vector, corpus
from graph.search.embedder import Embedder
from graph.search.expand import SAME, Meant, Wording
from graph.search.neighbours import BeingMade, nearest
from graph.search.usual import asked
from graph.search.vectors import Made, card, made, mismatch
from graph.search.words import runs, terms, wide
from graph.store.base import Store, VectorSets

POOL = 100
"""Passages that each way may propose."""

OTHERS = 60  # other writings that are looked for
COMMON = 0.1  # of the passages: a word in more of them proposes none
FEW = 50  # passages in which a word may stand in any case


Level = tuple[float, float]
"""Mean and deviation of cosines."""


@dataclass(frozen=True, slots=True)
class Near:
    """Cosines of passages with the query, and with the query moved to the other language, with their levels.

    Nearness is told in deviations above the mean of all passages of a language, because a cosine means little by
    itself and foreign passages are all far.
    """

    chinese: bool
    cosines: dict[str, float]
    levels: dict[bool, Level]  # of the query, by whether passages are Chinese
    moved: dict[str, float] = field(default_factory=dict)
    moved_level: Level = (0.0, 1.0)

    def of(self, id: str, chinese: bool) -> float | None:
        """Deviations above the mean, None for a passage that is not among the nearest."""
        if chinese != self.chinese and id in self.moved:
            return (self.moved[id] - self.moved_level[0]) / self.moved_level[1]
        if id not in self.cosines:
            return None
        mean, deviation = self.levels[chinese]
        return (self.cosines[id] - mean) / deviation

    @property
    def floor(self) -> float:
        """What passages that are not among the nearest have at most."""
        mean, deviation = self.levels[self.chinese]
        return (min(self.cosines.values(), default=mean) - mean) / deviation


@dataclass(frozen=True, slots=True)
class Proposed:
    """Passages to look at, why there are no others, and what the query was compared with."""

    ids: tuple[str, ...]
    corpus: Corpus
    near: Near | None
    around: Around
    revision: int
    note: str = ""


def proposed(store: Store, embedder: Embedder | None, folded: str, table: Wording, pool: int = POOL) -> Proposed:
    """The passages that may meet a query (in the comparison form), by every way that is open.

    The engine is asked for words and names while the query is embedded.
    """
    meant = table.meant(folded)
    state = made(store)
    sets = store.vector_sets() if embedder and state.vectors else None
    like = corpus(store, state.passages, sets if state.complete else None)
    with ThreadPoolExecutor(1) as beside:
        words = beside.submit(_worded, store, folded, meant, table, like, pool)
        graph = beside.submit(around, store, [folded, *_names(meant, table)])
        near, note = _by_meaning(store, embedder, state, sets, folded, like, pool)
        known = graph.result()
        found: dict[str, None] = dict.fromkeys(words.result())
    found |= dict.fromkeys((*near.cosines, *near.moved) if near else ())
    most = sorted(known.mentioned, key=lambda id: (-len(known.mentioned[id]), id))
    found |= dict.fromkeys((*known.paths, *most[:pool]))
    return Proposed(tuple(found), like, near, known, state.revision, note)


def _worded(store: Store, folded: str, meant: Sequence[Meant], table: Wording, like: Corpus, pool: int) -> list[str]:
    """Passages by the words of the query, then by other words for them."""
    lists = (_own(folded, meant, like), _others(meant, table, like))
    return [row["id"] for words in lists if words for row in store.lexical("passage_text", " ".join(words), pool)]


def _own(folded: str, meant: Sequence[Meant], like: Corpus) -> list[str]:
    """What the query names, and its words as written; without what stands in many passages, if anything is left.

    A full-text index goes through all passages that hold a word, and common words propose nothing in particular.
    """
    named = [one.surface for one in meant]
    plain = [word for run in runs(folded) for word in ([run] if not wide(run) else terms(run))]
    rare = [word for word in dict.fromkeys((*named, *plain)) if terms(word) and _present(word, like) <= _many(like)]
    return rare or [folded]


def _many(like: Corpus) -> float:
    return max(COMMON * like.size, FEW)


def _names(meant: Sequence[Meant], table: Wording) -> list[str]:
    """Other names of the parks, firms and places that the query names."""
    return [table.text(name) for one in meant if one.names for name, weight in one.variants.items() if weight >= SAME]


def _others(meant: Sequence[Meant], table: Wording, like: Corpus) -> list[str]:
    """Other writings of what the query means, of the rarest things first, each thing in turn."""
    rarest = sorted(meant, key=lambda one: -like.rarity_of(list(one.variants)))
    lists = [
        [
            name
            for name, _ in sorted(one.variants.items(), key=lambda item: (-item[1], -_present(item[0], like), item[0]))
        ]
        for one in rarest
    ]
    turns = (name for row in zip_longest(*lists) for name in row if name is not None)
    there = [name for name in turns if not like.frequency or 0 < _present(name, like) <= _many(like)]
    return [table.text(name) for name in dict.fromkeys(there)][:OTHERS]


def _present(name: str, like: Corpus) -> int:
    """In how many passages of the sample all parts of a name stand, at most."""
    return min((like.frequency.get(term, 0) for term in terms(name)), default=0)


def _by_meaning(
    store: Store,
    embedder: Embedder | None,
    state: Made,
    sets: VectorSets | None,
    folded: str,
    like: Corpus,
    pool: int,
) -> tuple[Near | None, str]:
    """The nearest passages, or None and why meaning cannot be used."""
    if embedder is None:
        return None, "no embedding model is set; lexical only"
    if sets is None:
        return None, _waiting(state)
    try:
        if trouble := mismatch(sets, embedder.id) or (mismatch(sets, card(embedder)) if state.complete else ""):
            return None, f"{trouble}; lexical only meanwhile"
        if not state.complete:
            return None, _waiting(state)
        chinese = wide(folded)

        def cosines(of: Vector) -> dict[str, float]:
            folder = getattr(embedder, "folder", None)
            rows = nearest(store, of.tolist(), pool, folder, state, sets.serving)
            return {row["id"]: 2 * row["score"] - 1 for row in rows}

        return _near(cosines, asked(embedder, folded, chinese), chinese, like), ""
    except (SettingError, BeingMade) as error:
        return None, f"{error} Lexical only."


def _waiting(state: Made) -> str:
    if not state.passages:
        return "no documents are here yet"
    return f"vectors are being made: {state.vectors} of {state.passages} passages; lexical only meanwhile"


def _near(cosines: Callable[[Vector], dict[str, float]], vector: Vector, chinese: bool, like: Corpus) -> Near:
    """The nearest passages, and the nearest to where the query would lie in the other language."""
    levels = {tongue: like.level(vector, tongue) for tongue in (True, False)}
    moved = like.turned(vector, chinese)
    if moved is None:
        return Near(chinese, cosines(vector), levels)
    return Near(chinese, cosines(vector), levels, cosines(moved), like.level(moved, not chinese))
