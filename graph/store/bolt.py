"""The one implementation of `Store`: Cypher over Bolt with the official driver, for Neo4j and the embedded engine.

    connect("embedded:DIR")       starts (or shares) the engine of DIR
    connect("neo4j://host:7687")  also bolt://, neo4j+s://, bolt+s://, neo4j+ssc://, bolt+ssc://

Writes: one transaction, one writer at a time (a lock on a node, in embedded mode also on a file), tried again where
that may help: the work is idempotent. Errors: one sentence of `graph.errors`, never the engine's own trace.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from graph.errors import (
    Conflict,
    InputError,
    NotFound,
    SettingError,
    StoreDenied,
    StoreDown,
    StoreError,
    StoreFull,
    StoreLate,
)
from graph.judgement import Judgement
from graph.model import Contribution, Kind, digest
from graph.store import change, cypher, identity
from graph.store.base import PASSAGES, Added, Bounds, Card, Row, Seen, VectorSet, VectorSets
from graph.store.cursor import send
from graph.store.dialect import Dialect, Embedded, Neo4j, query_text, unindexed
from graph.store.guest import VISITS, Place, busy, objection, visit
from graph.store.rows import BYTES, check, judgement_from, messages

if TYPE_CHECKING:
    from neo4j import Driver, Transaction

    from graph.store.engine import Lease

T = TypeVar("T")

READ_SECONDS = 30.0
"""How long a read may take."""

STREAM_SECONDS = 600.0
"""How long a stream or a write may take."""

LOCK_SECONDS = 600.0
"""How long a write waits for another command's write."""

ATTEMPTS = 6
"""How often a write is tried where the engine says that it may succeed next time."""

DIMENSIONS = 384
"""The length of the vectors of a new graph, until a model is named for it."""

CLEARED = 2000
"""So many vectors are removed in one transaction."""

WAITING = 2
"""So many writes may wait for the engine while rows for the next are made."""

_SCHEMES = ("neo4j", "bolt", "neo4j+s", "bolt+s", "neo4j+ssc", "bolt+ssc")
_FULL = re.compile(r"No space left on device|File too large|Disk quota exceeded|disk is full", re.IGNORECASE)
_LATE = re.compile(r"TransactionTimedOut")


def connect(
    graph: str,
    *,
    user: str = "neo4j",
    password: str = "",
    database: str = "neo4j",
    idle: float = 60.0,
    dimensions: int | None = None,
) -> BoltStore:
    """The store at an address (see above). `idle`: seconds that an embedded engine outlives its last user.

    `dimensions` is the length of the vectors to keep; None = of those that are kept, 384 in a new
    graph. Raises SettingError for an address of another form, StoreDown
    when nothing answers, StoreDenied when user or password are wrong. `prepare` a new store before use.
    """
    scheme, colon, rest = graph.partition(":")
    if scheme == "embedded" and colon and rest:
        return BoltStore(_EmbeddedEngine(Path(rest), idle), dimensions)
    if scheme in _SCHEMES and rest.startswith("//") and len(rest) > 2:
        return BoltStore(_Server(graph, user, password, database), dimensions)
    raise SettingError(
        f"PARKBOND_GRAPH is {graph!r}, which names no graph: write embedded:DIR for a folder, "
        "or neo4j://HOST:7687 or bolt://HOST:7687 for a Neo4j server"
    )


class BoltStore:
    """A `graph.store.base.Store` over Bolt. Threads may share it."""

    def __init__(self, engine: _Engine, dimensions: int | None) -> None:
        self._engine = engine
        self._visits = threading.BoundedSemaphore(VISITS)
        self._dimensions = dimensions

    # ---- schema ----

    def prepare(self) -> None:
        """Create constraints and indexes. Raises Conflict when the store holds vectors of another length."""
        dialect = self._engine.dialect
        schema = digest(dialect.name, cypher.CONSTRAINTS, cypher.INDEXES, cypher.FULLTEXT, cypher.VECTOR)
        there = (self.run(cypher.META) or [{"schema": None, "dimensions": None}])[0]
        if self._dimensions and there["dimensions"] not in (None, self._dimensions):
            raise Conflict(
                f"the graph at {self._engine.where} keeps vectors of {there['dimensions']} numbers and the model gives "
                f"{self._dimensions}; set the model it was made with, or run `parkbond reindex`"
            )
        if there["schema"] == schema:
            return
        dimensions = there["dimensions"] or self._dimensions or DIMENSIONS
        with self._engine.alone():
            for statement in (*cypher.CONSTRAINTS, *cypher.INDEXES):
                self._execute(statement)
            if there["dimensions"] is None:  # new, or emptied: an index of vectors of another length may be left
                self._attempt(lambda: dialect.vector_indexes(self._execute, "a", dimensions))
            self._attempt(lambda: dialect.search_indexes(self._execute, dimensions))
            if there["dimensions"] is not None:  # made before names were found by meaning
                self._make_gists()
            self._execute(cypher.PREPARED, schema=schema, dimensions=dimensions)

    def _make_gists(self) -> None:
        """Let the entities of a graph that an older version made be found by meaning too."""
        rows = [row for kind in cypher.MEANT for row in self.stream(cypher.GISTS_TO_MAKE[kind])]
        for start in range(0, len(rows), CLEARED):
            keep = partial(send, statement=cypher.SET_GIST, rows=rows[start : start + CLEARED])
            self._attempt(partial(self._engine.transact, keep), write=True)

    # ---- writing ----

    def add(self, contributions: Sequence[Contribution]) -> Added:
        """Write documents with all they contribute, all or nothing (`Store.add`).

        Raises InputError naming the document that breaks the schema or a law (a claim outside its passage, a kind
        that may not be linked so, a text that is no text), Conflict for one id with two texts.
        """
        come, sources = _one_each(contributions)
        if not come:
            return Added()
        for contribution in come.values():
            check(contribution)
        made = {name: (each.document.version, each.extractor) for name, each in come.items()}

        def work(cursor: _Cursor) -> Added:
            there = {row["id"]: row for row in _stored(cursor, come)}
            same = [name for name, row in there.items() if (row["version"], row["extractor"]) == made[name]]
            _add_sources(cursor, {name: (there[name]["sources"], sources[name]) for name in same})
            fresh = [contribution for name, contribution in come.items() if name not in same]
            changed = [contribution.document.id for contribution in fresh if contribution.document.id in there]
            if fresh:
                change.apply(cursor, changed, fresh, sources)
            return Added(tuple(name for name in come if name not in there), tuple(changed), tuple(sorted(same)))

        return self._write(work)

    def delete(self, documents: Iterable[str]) -> tuple[str, ...]:
        """Remove documents by id, all or nothing; returns the ids that were there."""
        wanted = sorted(set(documents))
        return self._write(lambda cursor: _delete(cursor, wanted)) if wanted else ()

    def forget(self, source: str) -> tuple[str, ...]:
        """Remove one source path and the documents that no other brought; returns their ids. Raises NotFound."""

        def work(cursor: _Cursor) -> tuple[str, ...]:
            rows = cursor.rows(cypher.FROM_SOURCE, source=source)
            if not rows:
                raise NotFound(f"no document came from {source}; `parkbond export` lists what there is")
            gone = _delete(cursor, sorted(row["id"] for row in rows if row["sources"] == [source]))
            kept = [row for row in rows if row["id"] not in gone]
            left = [{"id": row["id"], "sources": [path for path in row["sources"] if path != source]} for row in kept]
            if left:
                cursor.write(cypher.SOURCES, rows=left)
            return gone

        return self._write(work)

    def remember(self, sources: Mapping[str, str]) -> None:
        """Add a source path to each of these documents (id -> path); ids that are not there are passed over."""

        def work(cursor: _Cursor) -> None:
            rows = _stored(cursor, sources)
            _add_sources(cursor, {row["id"]: (row["sources"], [sources[row["id"]]]) for row in rows})

        if sources:
            self._write(work)

    # ---- vectors ----

    def embed(
        self,
        vectors: Mapping[str, Sequence[float]],
        name: str = "",
        texts: Mapping[str, str] | None = None,
        of: str = PASSAGES,
    ) -> int:
        """Keep the vectors of these, all or nothing (`Store.embed`); returns how many were kept.

        Raises InputError for a vector of another length, Conflict when the set `name` is there no more.
        """
        label, said = _known(of, cypher.VECTORED), texts or {}
        rows = [
            {"id": each, "vector": [float(x) for x in vector], "folded": said.get(each)}
            for each, vector in vectors.items()
        ]

        def work(cursor: _Cursor) -> int:
            slot, dimensions = _slot(cursor.rows(cypher.VECTOR_SETS), cursor.rows(cypher.META), name)
            for each, vector in vectors.items():
                if len(vector) != dimensions:
                    raise InputError(f"{label.lower()} {each}: a vector of {len(vector)} numbers, not {dimensions}")
            most = max(1, BYTES // (9 * dimensions + 1024))
            cursor.wrote = True
            groups = [rows[start : start + most] for start in range(0, len(rows), most)]
            return sum(int(cursor.rows(cypher.EMBED[label, slot], rows=group)[0]["n"]) for group in groups)

        return self._write(work) if rows else 0

    def vector_sets(self) -> VectorSets:
        """Which sets of vectors there are (`Store.vector_sets`)."""
        return _sets(self.run(cypher.VECTOR_SETS))

    def begin_vectors(self, card: Card) -> VectorSet:
        """The set of this card to be filled, made now if need be (`Store.begin_vectors`)."""
        with self._engine.alone():
            there = self.vector_sets()
            for one in (there.serving, there.coming):
                if one and one.card == card:
                    return one
            now = there.serving.slot if there.serving else "a"
            held = bool(self.run(cypher.HOLDS_VECTOR[now]))
            slot = "b" if held and now == "a" else "a"
            self._engine.transact(lambda cursor: cursor.write(cypher.UNSET_VECTORS))
            while self._clear(slot, CLEARED):
                pass
            self._attempt(lambda: self._engine.dialect.vector_indexes(self._execute, slot, card.dimensions))
            made = VectorSet(uuid4().hex, slot, card)
            self._attempt(
                lambda: self._engine.transact(lambda cursor: _keep(cursor, made, serving=not held)), write=True
            )
            return made

    def finish_vectors(self, name: str) -> bool:
        """Let the coming set serve if it is whole (`Store.finish_vectors`)."""

        def work(cursor: _Cursor) -> bool:
            coming = _sets(cursor.rows(cypher.VECTOR_SETS)).coming
            if coming is None or coming.id != name or cursor.rows(cypher.LACKS_VECTOR[coming.slot]):
                return False
            cursor.write(cypher.UNSET_VECTORS)
            _keep(cursor, coming, serving=True)
            return True

        return self._write(work)

    def clear_vectors(self, limit: int) -> int:
        """Remove up to `limit` vectors that belong to no set (`Store.clear_vectors`)."""
        sets = self.vector_sets()
        used = {sets.serving.slot if sets.serving else "a", *([sets.coming.slot] if sets.coming else [])}
        with self._engine.alone():
            return sum(self._clear(slot, limit) for slot in cypher.SLOTS if slot not in used)

    def _clear(self, slot: str, limit: int) -> int:
        def work(cursor: _Cursor) -> int:
            statements = (cypher.CLEAR_VECTORS[label, slot] for label in cypher.VECTORED.values())
            gone = sum(int(cursor.rows(statement, limit=limit)[0]["n"]) for statement in statements)
            cursor.wrote = gone > 0
            return gone

        return self._attempt(lambda: self._engine.transact(work), write=True)

    # ---- which names are one entity ----

    def judge(self, judgements: Sequence[Judgement], refuse: bool = True) -> None:
        """Add judgements of names to the log, all or nothing (`Store.judge`). Raises Conflict if one cannot stand."""

        def work(cursor: _Cursor) -> None:
            unmet = change.judge(cursor, judgements)
            if unmet and refuse:
                raise Conflict(identity.objection(cursor, unmet[0], judgements))

        if judgements:
            self._write(work)

    def judgements(self) -> list[Judgement]:
        """Every judgement ever given, in the order in which they were."""
        return [judgement_from(row["j"]) for row in self.stream(cypher.JUDGEMENTS)]

    # ---- reading ----

    def versions(self, ids: Sequence[str]) -> Mapping[str, str]:
        """The stored version of each of these documents that is there."""
        groups = messages(ids)
        return {row["id"]: row["version"] for group in groups for row in self.run(cypher.STORED, ids=group)}

    def extractors(self, ids: Sequence[str]) -> Mapping[str, str]:
        """What read each of these documents that is there, "" where that is not known."""
        groups = messages(ids)
        return {row["id"]: row["extractor"] for group in groups for row in self.run(cypher.STORED, ids=group)}

    def sourced(self, source: str) -> tuple[str, ...]:
        """The ids of the documents that came from this source path, sorted."""
        return tuple(sorted(row["id"] for row in self.run(cypher.FROM_SOURCE, source=source)))

    def documents(self, skip: int = 0, limit: int = 1000) -> list[Row]:
        """A page of documents in the order of their ids: id, title, url, published, form, origin, sources; no text."""
        return self.run(cypher.DOCUMENTS, skip=skip, limit=limit)

    def counts(self) -> Mapping[str, int]:
        """How much there is of everything (`Store.counts`)."""
        there = {row["name"]: row["n"] for row in self.run(cypher.COUNTS)}
        links = sum(there.get(relation, 0) for relation in {str(ends[0]) for ends in cypher.LINKED})
        return {
            **there,
            "documents": there.get("Document", 0),
            "passages": there.get("Passage", 0),
            "evidence": there.get("Evidence", 0),
            "collaborations": there.get("Collaboration", 0),
            "entities": sum(there.get(kind.value, 0) for kind in Kind),
            "relations": links + there.get("Collaboration", 0),
            "ties": there.get("COOPERATES", 0),
        }

    def run(self, statement: str, **parameters: Any) -> list[Row]:
        """The rows of one read-only statement. Raises StoreError when it takes longer than `READ_SECONDS`."""

        def read() -> list[Row]:
            return list(self._engine.read(statement, parameters, READ_SECONDS))

        return self._attempt(lambda: self._engine.dialect.bounded(read, READ_SECONDS + 1))

    def stream(self, statement: str, **parameters: Any) -> Iterator[Row]:
        """The rows of one read-only statement as they come, for at most `STREAM_SECONDS`."""

        def begin() -> Iterator[Row]:
            return _begun(self._engine.read(statement, parameters, STREAM_SECONDS))

        return self._streamed(self._attempt(begin))

    def visit(self, statement: str, parameters: Mapping[str, Any], bounds: Bounds) -> Seen:
        """The rows of one statement from outside, within bounds, and rolled back (`Store.visit`)."""
        from neo4j.exceptions import DriverError, Neo4jError

        if not self._visits.acquire(timeout=bounds.seconds):
            raise busy()
        try:
            self.revision()  # an engine that ended is found again here: the statement itself is never run twice
            return visit(self._engine, statement, parameters, bounds)
        except (DriverError, Neo4jError, OSError) as error:
            raise self._engine.objection(error) or self._engine.explain(error) from None
        finally:
            self._visits.release()

    def lexical(self, index: str, words: str, limit: int) -> list[Row]:
        """Full-text hits {id, score}, best first (`Store.lexical`)."""
        _known(index, cypher.FULLTEXT)
        if pattern := unindexed(words):
            return self.run(cypher.HOLDING[index], pattern=pattern, limit=limit)
        query = query_text(words)
        return self.run(cypher.LEXICAL, index=index, query=query, limit=limit) if query else []

    def called(self, kinds: Sequence[Kind], words: str, limit: int) -> list[Row]:
        """Entities whose names share words with these (`Store.called`)."""
        if not kinds:
            return []
        if pattern := unindexed(words):
            return self.run(cypher.holding_name(tuple(kinds)), pattern=pattern, limit=limit)
        query = query_text(words)
        return self.run(cypher.called_like(tuple(kinds)), words=query, limit=limit) if query else []

    def nearest(self, index: str, vector: Sequence[float], limit: int, serving: VectorSet | None = None) -> list[Row]:
        """The nearest neighbours {id, score} by cosine, best first (`Store.nearest`)."""
        _known(index, cypher.VECTORED)
        slot, dimensions = (
            (serving.slot, serving.card.dimensions)
            if serving
            else _slot(self.run(cypher.VECTOR_SETS), self.run(cypher.META), "")
        )
        if len(vector) != dimensions:
            raise InputError(f"a vector of {len(vector)} numbers, not {dimensions}")
        numbers = [float(x) for x in vector]
        return self.run(cypher.NEAREST, index=f"{index}{cypher.SLOTS[slot][0]}", vector=numbers, limit=limit)

    def unembedded(self, limit: int, name: str = "", of: str = PASSAGES) -> list[Row]:
        """Rows {id, folded} of what has no vector yet, in the order of their ids (`Store.unembedded`)."""
        slot, _ = _slot(self.run(cypher.VECTOR_SETS), [], name)
        return self.run(cypher.UNEMBEDDED[_known(of, cypher.VECTORED), slot], limit=limit)

    def revision(self) -> int:
        """A number that grows with every write."""
        rows = self.run(cypher.META)
        return int(rows[0]["revision"] or 0) if rows else 0

    def mark(self) -> str:
        """The birth of the graph and its revision."""
        rows = self.run(cypher.META)
        return f"{rows[0]['birth']}-{rows[0]['revision']}" if rows and rows[0]["birth"] else ""

    def close(self) -> None:
        """Let go of the connection."""
        self._engine.close()

    def __enter__(self) -> BoltStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- how ----

    def _execute(self, statement: str, **parameters: Any) -> None:
        """One statement in a transaction of its own, as DDL needs; not for rows: the embedded engine commits each."""
        self._attempt(lambda: list(self._engine.read(statement, parameters, STREAM_SECONDS, write=True)))

    def _write(self, work: Callable[[_Cursor], T]) -> T:
        """Do the work in one transaction, alone, and again where that may help."""
        with self._engine.alone():
            return self._attempt(lambda: self._engine.transact(work), write=True)

    def _attempt(self, act: Callable[[], T], write: bool = False) -> T:
        """The result of `act`: once more after the engine was lost and found, and a few times where that may help.

        A read is not tried again where nothing answers: who asks should know at once.
        """
        from neo4j.exceptions import DriverError, Neo4jError

        recovered = False
        tries = 0
        while True:
            tries += 1
            driver = self._engine.driver
            try:
                return act()
            except (DriverError, Neo4jError, OSError) as error:
                lost = _lost(error)
                if lost and not recovered and self._engine.recover(driver):
                    recovered = True
                elif tries < ATTEMPTS and (write or not lost) and self._engine.dialect.again(error):
                    time.sleep(0.02 * 2**tries)
                else:
                    raise self._engine.explain(error) from None
            except (UnicodeEncodeError, OverflowError) as error:
                raise InputError(f"a value cannot be stored ({error}); nothing of this batch was stored") from None

    def _streamed(self, rows: Iterator[Row]) -> Iterator[Row]:
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            yield from rows
        except (DriverError, Neo4jError, OSError) as error:
            raise self._engine.explain(error) from None


class _Cursor:
    """Statements of one transaction, sent by a thread of their own so that the next rows are made meanwhile.

    They run in the order in which they were given; an error of a write shows at the next read or at `settle`.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._line = ThreadPoolExecutor(1)
        self._sent: deque[Future[list[Row]]] = deque()
        self.wrote = False

    def rows(self, statement: str, **parameters: Any) -> list[Row]:
        self.settle()
        return self._line.submit(self._run, statement, parameters).result()

    def write(self, statement: str, **parameters: Any) -> None:
        self.wrote = True
        self._sent.append(self._line.submit(self._run, statement, parameters))
        if len(self._sent) > WAITING:
            self._sent.popleft().result()

    def settle(self) -> None:
        """Wait until everything is written. Raises what went wrong."""
        while self._sent:
            self._sent.popleft().result()

    def _run(self, statement: str, parameters: dict[str, Any]) -> list[Row]:
        return [record.data() for record in self._transaction.run(statement, parameters)]

    def __enter__(self) -> _Cursor:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.shutdown(cancel_futures=True)


class _Engine:
    """A connection to one engine: its driver, its dialect, and what to say when it fails."""

    where: str
    dialect: Dialect
    database: str
    driver: Driver
    place: Place

    def read(self, statement: str, parameters: Mapping[str, Any], seconds: float, write: bool = False) -> Iterator[Row]:
        """The rows of a statement in a transaction of its own."""
        from neo4j import READ_ACCESS, WRITE_ACCESS, Query

        mode = WRITE_ACCESS if write else READ_ACCESS
        with self.driver.session(database=self.database, default_access_mode=mode) as session:
            query = Query(statement, timeout=seconds)
            for record in session.run(query, dict(parameters)):
                yield record.data()

    def transact(self, work: Callable[[_Cursor], T]) -> T:
        """The result of the work in one transaction, which is dropped if nothing was written or something failed."""
        with (
            self.driver.session(database=self.database) as session,
            session.begin_transaction(timeout=STREAM_SECONDS) as transaction,
            _Cursor(transaction) as cursor,
        ):
            cursor.rows(cypher.LOCK, birth=secrets.token_hex(8))
            result = work(cursor)
            cursor.settle()
            if cursor.wrote:
                transaction.commit()
            else:
                transaction.rollback()
            return result

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """While open, no other writer of this machine writes. The lock on the node of `cypher.LOCK` does the rest."""
        return contextlib.nullcontext()

    def recover(self, failed: Driver) -> bool:
        """Connect anew after the engine was lost with this driver; False where that is not ours to do."""
        return False

    def end(self, mark: str) -> None:
        """End the statement from outside that carries this mark."""
        self.dialect.end(mark)

    def objection(self, error: Exception) -> InputError | StoreLate | None:
        """What is wrong with a statement from outside, None when the engine is to blame."""
        return objection(error, own=False)

    def explain(self, error: Exception) -> StoreError:
        """The error as one sentence."""
        from neo4j.exceptions import AuthError, ConfigurationError, Neo4jError

        code = getattr(error, "code", None) or ""
        if isinstance(error, AuthError):
            return StoreDenied(
                f"the graph at {self.where} refused user or password; "
                "set PARKBOND_GRAPH_USER and PARKBOND_GRAPH_PASSWORD"
            )
        if _FULL.search(str(error)):
            return StoreFull(
                f"the graph at {self.where} has no room left to write; nothing of this step was kept, make room and "
                "run the command again"
            )
        if _LATE.search(code):
            return StoreLate(f"the graph at {self.where} took too long to answer and was stopped; ask for less")
        if "DatabaseNotFound" in code:
            return StoreError(
                f"the graph at {self.where} has no database {self.database!r}; set PARKBOND_GRAPH_DATABASE"
            )
        if _lost(error):
            return StoreDown(f"nothing answers at {self.where}; start the graph there or set PARKBOND_GRAPH")
        if isinstance(error, ConfigurationError | ValueError):
            return StoreDown(f"{self.where} is no address of a graph ({_first_line(error)}); set PARKBOND_GRAPH")
        reason = code if isinstance(error, Neo4jError) and code else _first_line(error)
        return StoreError(f"the graph at {self.where} refused the step ({reason}); nothing of it was kept")

    def close(self) -> None:
        self.driver.close()


class _Server(_Engine):
    """A Neo4j server that somebody else runs."""

    def __init__(self, address: str, user: str, password: str, database: str) -> None:
        from neo4j.exceptions import DriverError, Neo4jError

        self.where, self.database, self.dialect = address, database, Neo4j()
        self.place = Place(address, (user, password) if password else None, database)
        with contextlib.ExitStack() as undo:
            try:
                self.driver = undo.enter_context(_driver(address, user, password))
                self.driver.verify_connectivity()
            except (DriverError, Neo4jError, OSError, ValueError) as error:
                raise self.explain(error) from None
            undo.pop_all()


class _EmbeddedEngine(_Engine):
    """The engine of a folder, started on need and found again when it ended under us."""

    def __init__(self, folder: Path, idle: float) -> None:
        self.where, self._folder, self._idle = f"embedded:{folder}", folder.expanduser().resolve(), idle
        self._changing = threading.Lock()
        self._lease: Lease | None = None
        self._open()

    def _open(self) -> None:
        from graph.store.engine import attach

        self._lease = attach(self._folder, self._idle)
        address = self._lease.address
        self.database, self.dialect = address.database, Embedded(address)
        self.place = Place(address.uri, (address.user, address.password), address.database)
        self.driver = _driver(address.uri, address.user, address.password)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        try:
            file = os.open(self._folder / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreDown(
                f"{self.where}: cannot be written ({error.strerror}); was the folder removed? Run the command again"
            ) from None
        try:
            _wait_for(file, self.where)
            yield
        finally:
            os.close(file)

    def end(self, mark: str) -> None:
        """End a statement from outside; where the engine cannot, the engine, if nobody writes meanwhile."""
        from graph.store.engine import stop

        if self.dialect.end(mark):
            return
        with contextlib.suppress(OSError):
            file = os.open(self._folder / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError: a write is open and goes before
                stop(self._folder)
            finally:
                os.close(file)

    def objection(self, error: Exception) -> InputError | StoreLate | None:
        from graph.store.engine import trouble

        return None if trouble(self._folder) else objection(error, own=True)

    def recover(self, failed: Driver) -> bool:
        from graph.store.engine import trouble

        with self._changing:
            if self.driver is not failed:  # another thread was here first
                return True
            problem = trouble(self._folder)
            if isinstance(problem, StoreFull):
                raise problem
            self.close()
            self._open()
            return True

    def explain(self, error: Exception) -> StoreError:
        from neo4j.exceptions import DatabaseError

        from graph.store.engine import trouble

        # a transaction that the engine no longer knows is the trace of a commit that failed inside it
        broken = _lost(error) or isinstance(error, DatabaseError) or "TransactionNotFound" in str(error)
        return (trouble(self._folder) if broken else None) or super().explain(error)

    def close(self) -> None:
        self.driver.close()
        if self._lease is not None:
            self._lease.close()


def _driver(address: str, user: str, password: str) -> Driver:
    from neo4j import GraphDatabase

    return GraphDatabase.driver(
        address,
        auth=(user, password) if password else None,
        notifications_min_severity="OFF",
        connection_timeout=10.0,
        max_transaction_retry_time=10.0,
        user_agent="parkbond",
    )


def _wait_for(file: int, where: str) -> None:
    """Take the lock of the one writer."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise StoreError(
                    f"another command has been writing to {where} for {LOCK_SECONDS:g} s; wait for it or end it"
                ) from None
            time.sleep(0.01)


def _lost(error: Exception) -> bool:
    """Whether the connection broke, or there never was one."""
    from neo4j.exceptions import ServiceUnavailable, SessionExpired

    return isinstance(error, ServiceUnavailable | SessionExpired | OSError)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _begun(rows: Iterator[Row]) -> Iterator[Row]:
    """The same rows, the first of them read: an error of the start shows here."""
    first = next(rows, None)
    return iter(()) if first is None else _chained(first, rows)


def _chained(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _known(index: str, indexes: Mapping[str, T]) -> T:
    if index not in indexes:
        raise InputError(f"there is no index {index!r}; the indexes are {', '.join(indexes)}")
    return indexes[index]


def _sets(rows: Iterable[Row]) -> VectorSets:
    """The sets of vectors that `cypher.VECTOR_SETS` gives."""
    found = {row["id"]: _set(row) for row in rows}
    return VectorSets(found.get("vectors"), found.get("vectors-next"))


def _set(row: Row) -> VectorSet:
    card = Card(row["model"], int(row["dimensions"]), row["query"], row["passage"], row["fingerprint"])
    return VectorSet(row["set"], row["slot"], card)


def _slot(rows: Iterable[Row], meta: Sequence[Row], name: str) -> tuple[str, int]:
    """The slot and the number of dimensions of the set `name`, or of the serving one. Raises Conflict if it is gone."""
    sets = _sets(rows)
    if not name:
        kept = meta[0]["dimensions"] if meta else None
        return (sets.serving.slot, sets.serving.card.dimensions) if sets.serving else ("a", int(kept or DIMENSIONS))
    for one in (sets.serving, sets.coming):
        if one and one.id == name:
            return one.slot, one.card.dimensions
    raise Conflict("the vectors of this graph are being made anew by another command; run this one again when it ends")


def _keep(cursor: _Cursor, made: VectorSet, *, serving: bool) -> None:
    """Remember a set of vectors."""
    card = made.card
    if serving:
        cursor.write(cypher.SET_DIMENSIONS, dimensions=card.dimensions)
    cursor.write(
        cypher.SET_VECTORS,
        id="vectors" if serving else "vectors-next",
        set=made.id,
        slot=made.slot,
        model=card.model,
        dimensions=card.dimensions,
        query=card.query,
        passage=card.passage,
        fingerprint=card.fingerprint,
    )


def _one_each(contributions: Iterable[Contribution]) -> tuple[dict[str, Contribution], dict[str, list[str]]]:
    """The contributions by document id, and the source paths of each. Raises Conflict for one id with two texts."""
    come: dict[str, Contribution] = {}
    sources: dict[str, list[str]] = {}
    for each in contributions:
        document = each.document
        first = come.setdefault(document.id, each).document
        if first is not document and first.version != document.version:
            raise Conflict(
                f"{document.source or 'a document'} and {first.source or 'another'} both have the id {document.id!r} "
                "with different content; give one another id"
            )
        sources.setdefault(document.id, []).append(document.source)
    return come, sources


def _stored(cursor: _Cursor, ids: Iterable[str]) -> list[Row]:
    """Id, version and sources of those of the documents that are there."""
    return [row for group in messages(ids) for row in cursor.rows(cypher.STORED, ids=group)]


def _add_sources(cursor: _Cursor, sources: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> None:
    """Remember new source paths of documents: id -> (those there, those that come)."""
    united = {name: (set(there), {*there, *come} - {""}) for name, (there, come) in sources.items()}
    rows = [{"id": name, "sources": sorted(after)} for name, (before, after) in united.items() if after != before]
    if rows:
        cursor.write(cypher.SOURCES, rows=rows)


def _delete(cursor: _Cursor, wanted: Sequence[str]) -> tuple[str, ...]:
    there = {row["id"] for row in _stored(cursor, wanted)}
    gone = tuple(name for name in wanted if name in there)
    if gone:
        change.apply(cursor, gone, (), {})
    return gone
