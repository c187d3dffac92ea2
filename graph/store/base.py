"""What a store promises. The contract tests hold every engine to these words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from graph.judgement import Judgement
from graph.model import Contribution, Kind

Row = dict[str, Any]
"""One record of a result: plain values, lists and maps."""


@dataclass(frozen=True, slots=True)
class Added:
    """What `add` did, document by document (ids)."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


PASSAGES, GISTS = "passage_vector", "gist_vector"
"""The indexes of vectors: of passages, and of the names of entities (`graph.store.cypher.VECTORED`)."""


@dataclass(frozen=True, slots=True)
class Card:
    """Which model makes vectors: vectors of different cards must not be compared.

    `query`, `passage`: what is put before a question and a passage; `fingerprint`: of the weights, "" where unknown.
    """

    model: str
    dimensions: int
    query: str = ""
    passage: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class VectorSet:
    """One vector a passage and an entity, all of one model.

    `id` is its own, in any graph; `slot` is where the store keeps it.
    """

    id: str
    slot: str
    card: Card


@dataclass(frozen=True, slots=True)
class VectorSets:
    """The set that serves search, and the one that is being made to take its place.

    `serving` is None where no model was named for the vectors that are there, if any are.
    """

    serving: VectorSet | None = None
    coming: VectorSet | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a statement from outside may cost: rows, bytes of its rows as JSON, seconds."""

    rows: int = 1_000
    size: int = 4_000_000
    seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Seen:
    """The rows of a statement from outside, as JSON can carry them. `more`: which bound cut them, "" for none."""

    rows: tuple[tuple[Any, ...], ...]
    more: Literal["", "rows", "size"] = ""


class Store(Protocol):
    """Where the graph is kept."""

    def prepare(self) -> None:
        """Create constraints and indexes. Idempotent."""
        ...

    def add(self, contributions: Sequence[Contribution]) -> Added:
        """Write documents with all they contribute, in one transaction: all or nothing.

        A document whose id and version are there, read by the same extractor, is left alone (its source path is
        remembered); one whose id is there with another version or extractor replaces the old one. Derived entities,
        links, collaborations and COOPERATES edges are brought up to date in the same transaction, equal to
        `graph.fact` over all contributions.
        """
        ...

    def delete(self, documents: Iterable[str]) -> tuple[str, ...]:
        """Remove documents by id, in one transaction; returns the ids that were there.

        Afterwards the graph equals one that never saw them.
        """
        ...

    def forget(self, source: str) -> tuple[str, ...]:
        """Remove one source path; documents that no other source brought go with it. Returns their ids.

        Raises NotFound when no document came from `source`.
        """
        ...

    def judge(self, judgements: Sequence[Judgement], refuse: bool = True) -> None:
        """Add judgements of names to the log, in one transaction; those that are there already are passed over.

        The entities follow at once (`graph.judgement`), and a later judgement of the same pair gives back exactly the
        graph that was there before. Raises Conflict, and keeps nothing, if names that people judged the same cannot
        be one because of another judgement or of two credit codes; with `refuse` false they are kept and stay apart.
        """
        ...

    def judgements(self) -> list[Judgement]:
        """Every judgement ever given, in the order in which they were."""
        ...

    def remember(self, sources: Mapping[str, str]) -> None:
        """Add a source path to each of these documents (id -> path); ids that are not there are passed over."""
        ...

    def sourced(self, source: str) -> tuple[str, ...]:
        """The ids of the documents that came from this source path, sorted."""
        ...

    def versions(self, ids: Sequence[str]) -> Mapping[str, str]:
        """The stored version of each of these documents that is there."""
        ...

    def extractors(self, ids: Sequence[str]) -> Mapping[str, str]:
        """What read each of these documents that is there (`Contribution.extractor`), "" where that is not known."""
        ...

    def documents(self, skip: int = 0, limit: int = 1000) -> list[Row]:
        """A page of documents in the order of their ids: id, title, url, published, form, origin, sources; no text."""
        ...

    def counts(self) -> Mapping[str, int]:
        """How much there is: documents, passages, evidence, collaborations, entities (of all kinds), relations (links
        and collaborations) and ties (COOPERATES); each kind and relation also by its own name."""
        ...

    def run(self, statement: str, **parameters: Any) -> list[Row]:
        """The rows of one read-only statement of `graph.store.cypher`. Values only as parameters."""
        ...

    def stream(self, statement: str, **parameters: Any) -> Iterator[Row]:
        """Like `run`, row by row, for results too large to hold."""
        ...

    def visit(self, statement: str, parameters: Mapping[str, Any], bounds: Bounds) -> Seen:
        """The rows of one statement of `graph.statement`, within bounds. Whatever it does is rolled back.

        Raises InputError when the engine cannot run it or it needs too much memory, StoreLate when it is not done in
        time: it is ended then, and no write of anybody suffers.
        """
        ...

    def lexical(self, index: str, words: str, limit: int) -> list[Row]:
        """Full-text hits {id, score}, best first. `index` is a name of `graph.store.cypher.FULLTEXT`.

        `words` are folded plain text, never query syntax: any character is safe; no hit is an empty list.
        """
        ...

    def called(self, kinds: Sequence[Kind], words: str, limit: int) -> list[Row]:
        """Entities {kind, id, name, names, documents, score} whose names share words with these, best first.

        `limit` of each kind, the kinds in their order; `words` as for `lexical`.
        """
        ...

    def nearest(self, index: str, vector: Sequence[float], limit: int, serving: VectorSet | None = None) -> list[Row]:
        """The nearest neighbours {id, score} by cosine, score = (1 + cos) / 2, best first.

        `index` is a name of `graph.store.cypher.VECTORED`; the vector must have the set's number of dimensions.
        `serving`: the set that serves, where it is known already; else it is looked up.
        """
        ...

    def vector_sets(self) -> VectorSets:
        """Which sets of vectors there are."""
        ...

    def begin_vectors(self, card: Card) -> VectorSet:
        """The set of this card to be filled: the one that serves, the one that is coming, else a new one.

        A new set serves at once where there are no vectors yet; else the old ones serve until `finish_vectors`. A set
        of another card that was coming is dropped.
        """
        ...

    def finish_vectors(self, name: str) -> bool:
        """Let the coming set of this id serve, if every passage has its vector there; whether it does."""
        ...

    def clear_vectors(self, limit: int) -> int:
        """Remove up to `limit` vectors that belong to no set; returns how many were removed."""
        ...

    def unembedded(self, limit: int, name: str = "", of: str = PASSAGES) -> list[Row]:
        """Passages, or all names of entities, {id, folded} that have no vector yet, in the order of their ids.

        `name`: the id of a set; the serving one if not given. `of`: the index that they belong to, PASSAGES or GISTS.
        """
        ...

    def embed(
        self,
        vectors: Mapping[str, Sequence[float]],
        name: str = "",
        texts: Mapping[str, str] | None = None,
        of: str = PASSAGES,
    ) -> int:
        """Keep the vectors of these passages (or names of entities), all or nothing; returns how many were kept.

        `texts`: the folded text that was embedded; what says something else by now is passed over. Raises Conflict
        when the set `name` is there no more.
        """
        ...

    def revision(self) -> int:
        """A number that grows with every write."""
        ...

    def mark(self) -> str:
        """What tells this state of this graph from any other state of any graph; "" before the first write.

        Outside the export: two graphs of the same documents have different marks.
        """
        ...

    def close(self) -> None:
        """Let go of the connection. The engine may go on for other commands."""
        ...
