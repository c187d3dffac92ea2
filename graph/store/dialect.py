"""The few points where engines differ: DDL of full-text and vector indexes, what is worth trying again, time limits.

Everything else is the same Cypher (`graph.store.cypher`) over the same driver. The text of a full-text query is the
same on both engines too, since both read Lucene's classic syntax; `query_text` keeps people's words out of it.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from graph.errors import StoreError, StoreLate
from graph.store.cypher import FULLTEXT, SLOTS, TERMINATE, TRANSACTIONS, VECTOR, VECTORED

if TYPE_CHECKING:
    from graph.store.engine import Address

T = TypeVar("T")

LETTERS = 400
"""So many characters of a full-text query are looked at: Lucene takes 1,024 clauses, we make up to two a character."""

ENDING = 2.0
"""Seconds that the engine may take to end a statement."""

CJK = "org.apache.lucene.analysis.cjk.CJKAnalyzer"

LEFT_OUT = frozenset(
    re.findall(
        r"\w+",
        "a and are as at be but by for if in into is it no not of on or s such t that the their then there these they "
        "this to was will with www",
    )
)
"""Words that this analyzer puts into no index and takes out of every query."""


class Dialect(Protocol):
    """What one engine does its own way."""

    @property
    def name(self) -> str:
        """`neo4j` or `embedded`."""
        ...

    def search_indexes(self, run: Callable[[str], Any], dimensions: int) -> None:
        """Create the full-text and vector indexes of `cypher`, if new. `run` sends one Cypher statement."""
        ...

    def vector_indexes(self, run: Callable[[str], Any], slot: str, dimensions: int) -> None:
        """Make the vector indexes of a slot of `cypher.SLOTS` anew, for vectors of this length."""
        ...

    def again(self, error: Exception) -> bool:
        """Whether the same statement may succeed when tried again."""
        ...

    def bounded(self, read: Callable[[], T], seconds: float) -> T:
        """The result of a read, or StoreLate when it takes longer. The driver was told the limit too."""
        ...

    def end(self, mark: str) -> bool:
        """End the statement whose text holds this mark, its connection being closed; False where it goes on."""
        ...


@dataclass(frozen=True, slots=True)
class Neo4j:
    """Neo4j 5.26 LTS and later: everything is Cypher, and the server ends transactions at their time limit."""

    name: str = "neo4j"

    def search_indexes(self, run: Callable[[str], Any], dimensions: int) -> None:
        for index, (label, properties) in FULLTEXT.items():
            each = ", ".join(f"n.{name}" for name in properties)
            run(
                f"CREATE FULLTEXT INDEX {index} IF NOT EXISTS FOR (n:{label}) ON EACH [{each}] "
                "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}"
            )
        for index, (label, name) in VECTOR.items():
            run(_vector_cypher(index, label, name, dimensions))
        run("CALL db.awaitIndexes(300)")

    def vector_indexes(self, run: Callable[[str], Any], slot: str, dimensions: int) -> None:
        ending, name, _ = SLOTS[slot]
        for index, label in VECTORED.items():
            run(f"DROP INDEX {index}{ending} IF EXISTS")
            run(_vector_cypher(f"{index}{ending}", label, name, dimensions))
        run("CALL db.awaitIndexes(300)")

    def again(self, error: Exception) -> bool:
        from neo4j.exceptions import ConstraintError, DriverError, Neo4jError

        return isinstance(error, ConstraintError) or (
            isinstance(error, DriverError | Neo4jError) and error.is_retryable()
        )

    def bounded(self, read: Callable[[], T], seconds: float) -> T:
        return read()

    def end(self, mark: str) -> bool:
        return True  # the server does, when the connection closes and at the time limit it was told


@dataclass(frozen=True, slots=True)
class Embedded:
    """ArcadeDB: the search indexes are made in its SQL; it keeps no time limits, so a thread waits for the answer."""

    address: Address
    name: str = "embedded"

    def search_indexes(self, run: Callable[[str], Any], dimensions: int) -> None:
        from graph.store.engine import command

        vectors = (
            line for index, (label, name) in VECTOR.items() for line in _vector_sql(index, label, name, dimensions)
        )
        for statement in (*_fulltext_sql(), *vectors):
            command(self.address, "sql", statement)

    def vector_indexes(self, run: Callable[[str], Any], slot: str, dimensions: int) -> None:
        from graph.store.engine import command

        ending, name, _ = SLOTS[slot]
        for index, label in VECTORED.items():
            made = _vector_sql(f"{index}{ending}", label, name, dimensions)
            for statement in (f"DROP INDEX {index}{ending} IF EXISTS", *made):
                command(self.address, "sql", statement)

    def again(self, error: Exception) -> bool:
        return Neo4j().again(error) or "ConcurrentModification" in str(error) or "NeedRetry" in str(error)

    def bounded(self, read: Callable[[], T], seconds: float) -> T:
        return _within(read, seconds)

    def end(self, mark: str) -> bool:
        from graph.store.engine import command

        deadline = time.monotonic() + ENDING
        while time.monotonic() < deadline:
            try:
                running = [
                    row["transactionId"]
                    for row in command(self.address, "opencypher", TRANSACTIONS, ENDING)
                    if mark in (row.get("currentQuery") or "")
                ]
                for one in running:
                    command(self.address, "opencypher", TERMINATE.format(one), ENDING)
            except (OSError, StoreError):
                return False
            if not running:
                return True
            time.sleep(0.05)
        return False


def _fulltext_sql() -> Iterable[str]:
    for index, (label, properties) in FULLTEXT.items():
        for name in properties:
            yield f"CREATE PROPERTY {label}.{name} IF NOT EXISTS STRING"
        yield (
            f"CREATE INDEX {index} IF NOT EXISTS ON {label} ({', '.join(properties)}) "
            f'FULL_TEXT METADATA {{"analyzer":"{CJK}"}}'
        )


def _vector_cypher(index: str, label: str, name: str, dimensions: int) -> str:
    return (
        f"CREATE VECTOR INDEX {index} IF NOT EXISTS FOR (n:{label}) ON (n.{name}) OPTIONS {{indexConfig: "
        f"{{`vector.dimensions`: {dimensions:d}, `vector.similarity_function`: 'cosine', "
        "`vector.quantization.enabled`: false}}"
    )


def _vector_sql(index: str, label: str, name: str, dimensions: int) -> Iterable[str]:
    yield f"CREATE PROPERTY {label}.{name} IF NOT EXISTS ARRAY_OF_FLOATS"
    yield (
        f"CREATE INDEX {index} IF NOT EXISTS ON {label} ({name}) "
        f'LSM_VECTOR METADATA {{"dimensions":{dimensions:d},"similarity":"COSINE"}}'
    )


def _within(read: Callable[[], T], seconds: float) -> T:
    """Run `read` in a thread of its own and stop waiting after `seconds`; it then ends when the engine answers."""
    from queue import Empty, SimpleQueue
    from threading import Thread

    answers: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

    def work() -> None:
        try:
            answers.put((True, read()))
        except BaseException as error:  # handed to the caller, below
            answers.put((False, error))

    Thread(target=work, daemon=True).start()
    try:
        good, answer = answers.get(timeout=seconds)
    except Empty:
        raise StoreLate(f"the graph took longer than {seconds:g} s to answer; ask for less") from None
    if not good:
        raise answer
    result: T = answer
    return result


def query_text(words: str) -> str:
    """Plain words as a full-text query that both engines read alike; "" when there is no letter or digit in them.

    Each run of letters, marks and digits is looked for as a phrase (so that a whole name comes first) or by its
    parts. Nothing else is left of the words, in small letters, so no character or word is an operator.
    """
    return " ".join(f'"{word}"^2 {word}' if len(word) > 1 else word for word in _words(words))


def unindexed(words: str) -> str:
    """A pattern of texts that hold all of these words, where they are none but `LEFT_OUT`; else "".

    >>> unindexed("AND/OR") == r"(?is)(?=.*(?<![a-z0-9])and(?![a-z0-9]))(?=.*(?<![a-z0-9])or(?![a-z0-9])).*"
    True
    >>> unindexed("not here")
    ''
    """
    found = _words(words)
    if not found or not LEFT_OUT.issuperset(found):
        return ""
    return "(?is)" + "".join(f"(?=.*(?<![a-z0-9]){word}(?![a-z0-9]))" for word in found) + ".*"


def _words(words: str) -> tuple[str, ...]:
    """The runs of letters, marks and digits in the first `LETTERS` characters, in small letters, each once."""
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in words[:LETTERS].lower())
    return tuple(dict.fromkeys(kept.split()))
