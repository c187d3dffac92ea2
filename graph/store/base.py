"""What a store promises. The contract tests hold every engine to these words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from graph.judgement import Judgement
from graph.model import Contribution

Row = dict[str, Any]
"""One record of a result: plain values, lists and maps."""


@dataclass(frozen=True, slots=True)
class Added:
    """What `add` did, document by document (ids)."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


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

    def lexical(self, index: str, words: str, limit: int) -> list[Row]:
        """Full-text hits {id, score}, best first. `index` is a name of `graph.store.cypher.FULLTEXT`.

        `words` are folded plain text, never query syntax: any character is safe; no hit is an empty list.
        """
        ...

    def nearest(self, index: str, vector: Sequence[float], limit: int) -> list[Row]:
        """The nearest neighbours {id, score} by cosine, score = (1 + cos) / 2, best first.

        `index` is a name of `graph.store.cypher.VECTOR`; the vector must have the store's number of dimensions.
        """
        ...

    def unembedded(self, limit: int) -> list[Row]:
        """Passages {id, text, folded} that have no vector yet, in the order of their ids."""
        ...

    def embed(self, vectors: Mapping[str, Sequence[float]]) -> None:
        """Keep the vectors of these passages, all or nothing."""
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
