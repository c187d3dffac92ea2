"""The store on both engines: a load, a look-up, and the question which parks link two industries.

    PARKBOND_DATA=… PARKBOND_TEST_NEO4J=… python tests/bench/bench_store.py     (minutes; FIRMS=50000 for less)

`rows()` yields (what, engine, figure, unit, target). The load takes the public chain knowledge graph (companies,
industries, products) through `store.add`, like documents; the large graph is written directly into the same schema.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil  # type: ignore[import-untyped]
from neo4j_server import running

from graph.model import (
    Contribution,
    Document,
    Evidence,
    Kind,
    Mention,
    Party,
    Passage,
    Relation,
    Role,
    Status,
    entity_id,
    evidence_id,
    fact_id,
    passage_id,
)
from graph.store import cypher, engine
from graph.store.bolt import BoltStore, connect

FIRMS = int(os.environ.get("FIRMS", "500000"))
PARKS, INDUSTRIES = 931, 97
ROWS, CLAIMS = 2_000, 25
"""Claims that make a document, and a passage of it."""

BenchRow = tuple[str, str, float, str, float | None]
End = tuple[Kind, str]


# ---- the public graph, as documents ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A name and what a file says of it: `subject：other、other…`, a claim for each."""

    relation: Relation
    subject: End
    others: Sequence[End]
    shares: Sequence[float]  # of each other; empty where the file states none
    forward: bool = True  # whether the subject is the head

    @property
    def text(self) -> str:
        return f"{self.subject[1]}：{'、'.join(name for _, name in self.others)}\n"


def lines(folder: Path) -> Iterator[tuple[str, list[Line]]]:
    """(file, its lines)."""
    companies = {row["code"]: row["fullname"] for row in listed(folder / "company.json")}
    of_industry: dict[str, list[str]] = defaultdict(list)
    for row in listed(folder / "company_industry.json"):
        of_industry[row["industry_name"]].append(companies.get(row["company_code"][:6], row["company_name"]))
    yield (
        "company_industry.json",
        [
            Line(Relation.OPERATES_IN, (Kind.INDUSTRY, name), [(Kind.ENTERPRISE, firm) for firm in firms], (), False)
            for name, firms in of_industry.items()
        ],
    )
    above: dict[str, list[str]] = defaultdict(list)
    for row in listed(folder / "industry_industry.json"):
        above[row["from_industry"]].append(row["to_industry"])
    yield "industry_industry.json", [Line(Relation.CHILD_OF, *industries(name, up), ()) for name, up in above.items()]
    made: dict[str, dict[str, float]] = defaultdict(dict)
    for row in table(folder / "company_product.csv"):
        firm = companies.get(row["company_code"][:6], row["company_code"])
        made[firm][row["product"]] = float(row["revenue_share"] or 0)
    yield (
        "company_product.csv",
        [
            Line(Relation.OPERATES_IN, (Kind.ENTERPRISE, firm), industries("", product)[1], list(product.values()))
            for firm, product in made.items()
        ],
    )
    needs: dict[str, list[str]] = defaultdict(list)
    for row in table(folder / "product_product.csv"):
        needs[row["from_product"]].append(row["to_product"])
    yield (
        "product_product.csv",
        [Line(Relation.FEEDS, *industries(name, of), (), False) for name, of in needs.items()],
    )


def listed(path: Path) -> list[dict[str, str]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a csv file."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def industries(name: str, others: Iterable[str]) -> tuple[End, list[End]]:
    """A name and others, all industries."""
    return (Kind.INDUSTRY, name), [(Kind.INDUSTRY, other) for other in others]


def chain(folder: Path) -> Iterator[Contribution]:
    """The files as documents of about `ROWS` claims each."""
    for name, whole in lines(folder):
        part: list[Line] = []
        number = 0
        for line in whole:
            part.append(line)
            if sum(len(each.others) for each in part) >= ROWS or line is whole[-1]:
                yield told(f"{name}#{number}", part)
                part, number = [], number + 1


def told(name: str, part: Sequence[Line]) -> Contribution:
    """A document of these lines, `CLAIMS` or a few more claims a passage."""
    document = Document(name, "".join(line.text for line in part), title=name)
    origin = document.origin
    passages: list[Passage] = []
    mentions: list[Mention] = []
    evidence: dict[str, Evidence] = {}
    kinds: dict[str, Kind] = {}
    for start, together in gathered(part):
        text = "".join(line.text for line in together)
        passage = Passage(passage_id(name, start, start + len(text)), name, start, start + len(text), text, text)
        passages.append(passage)
        for line in together:
            at = start
            for kind, key in (line.subject, *line.others):
                kinds[entity_id(kind, key)] = kind
                mentions.append(Mention(entity_id(kind, key), passage.id, at, at + len(key), key, key, "row"))
                at += len(key) + 1
            for about, parties, values in said(line):
                key_ = evidence_id(name, start, at - 1, about, Status.ACTIVE, "", values)
                evidence[key_] = Evidence(
                    key_, name, origin, passage.id, start, at - 1, line.relation, parties, values=values, rule="row"
                )
            start += len(line.text)
    return Contribution(document, tuple(passages), tuple(mentions), tuple(evidence.values()), kinds)


def gathered(part: Sequence[Line]) -> Iterator[tuple[int, list[Line]]]:
    """Lines in passages, with the offset where each passage starts."""
    start, together = 0, []
    for line in part:
        together.append(line)
        if sum(len(each.others) for each in together) >= CLAIMS or line is part[-1]:
            yield start, together
            start, together = start + sum(len(each.text) for each in together), []


def said(line: Line) -> Iterator[tuple[str, tuple[Party, ...], dict[str, str | int | float]]]:
    """(fact, parties, values) of each claim of a line."""
    roles = (Role.HEAD, Role.TAIL) if line.forward else (Role.TAIL, Role.HEAD)
    for at, other in enumerate(line.others):
        parties = tuple(sorted((Party(roles[0], entity_id(*line.subject)), Party(roles[1], entity_id(*other)))))
        yield fact_id(line.relation, parties), parties, {"share": line.shares[at]} if line.shares else {}


def load(store: BoltStore, folder: Path) -> float:
    """Seconds that storing the public graph takes, a document at a time; making the documents is left out."""
    taken = 0.0
    for contribution in chain(folder):
        begin = time.perf_counter()
        store.add([contribution])
        taken += time.perf_counter() - begin
    return taken


# ---- the large graph, written directly ------------------------------------------------------------------------------


def large(store: BoltStore, firms: int = FIRMS, seed: int = 7) -> None:
    """`firms` enterprises in 931 parks and 97 industries with as many ties: three relationships a firm."""
    dice = random.Random(seed)
    names = [f"enterprise-{at:07d}" for at in range(firms)]
    parks = [f"park-{int(PARKS * dice.random() ** 2):04d}" for _ in names]
    fields = [f"industry-{int(INDUSTRIES * dice.random() ** 2):03d}" for _ in names]
    by_park: dict[str, list[str]] = {}
    for name, park in zip(names, parks, strict=True):
        by_park.setdefault(park, []).append(name)
    for kind, ids in (
        (Kind.PARK, [f"park-{at:04d}" for at in range(PARKS)]),
        (Kind.INDUSTRY, [f"industry-{at:03d}" for at in range(INDUSTRIES)]),
        (Kind.ENTERPRISE, names),
    ):
        blank = {"aliases": [], "documents": 1}
        write(store, cypher.SET_ENTITY[kind], [{"id": name, "name": name, "names": name} | blank for name in ids])
    sites = zip(names, parks, strict=True)
    write(store, cypher.ADD_LINK[Relation.LOCATED_IN, Kind.ENTERPRISE, Kind.PARK], [link(*site) for site in sites])
    works = zip(names, fields, strict=True)
    write(store, cypher.ADD_LINK[Relation.OPERATES_IN, Kind.ENTERPRISE, Kind.INDUSTRY], [link(*work) for work in works])
    ties = []
    for at, name in enumerate(names):
        near = dice.random() < 0.6
        other = dice.choice(by_park[parks[at]]) if near else dice.choice(names)
        if other != name:
            a, b = sorted((name, other))
            ties.append({"a": a, "b": b, "collaborations": [f"c{at}"], "kinds": ["战略合作"], "documents": 1})
    write(store, cypher.SET_TIE[Kind.ENTERPRISE, Kind.ENTERPRISE], ties)


def link(head: str, tail: str) -> dict[str, object]:
    """A row of a link that holds."""
    said = {"status": "active", "since": "", "until": "", "qualifier": "", "values": "{}", "documents": 1}
    return {"id": f"{head}>{tail}", "head": head, "tail": tail, "evidence": [], **said}


def write(store: BoltStore, statement: str, rows: Sequence[dict[str, object]]) -> None:
    """Send rows in messages of 5,000, a transaction each."""
    for start in range(0, len(rows), 5_000):
        store._write(lambda cursor, at=start: cursor.write(statement, rows=rows[at : at + 5_000]))  # type: ignore[misc]


# ---- rows -----------------------------------------------------------------------------------------------------------


def median(work: Callable[[], object], times: int = 15) -> float:
    """The median of some runs, milliseconds, after two that warm up."""
    taken = []
    for run in range(times + 2):
        begin = time.perf_counter()
        work()
        if run > 1:
            taken.append(time.perf_counter() - begin)
    return statistics.median(taken) * 1000


def memory(pid: int) -> float:
    """Resident GB of an engine."""
    return float(psutil.Process(pid).memory_info().rss) / 1e9


@contextlib.contextmanager
def stores(folder: Path) -> Iterator[dict[str, tuple[BoltStore, int]]]:
    """An empty store on each engine that there is, with the process id of its Java."""
    with contextlib.ExitStack() as stack:
        where = folder / "embedded"
        embedded = stack.enter_context(connect(f"embedded:{where}", idle=5))
        stack.callback(engine.stop, where)
        pid = engine.status(where).java
        assert pid is not None
        found = {"embedded": (embedded, pid)}
        jars = os.environ.get("PARKBOND_TEST_NEO4J", "")
        if jars and "://" not in jars:
            server = stack.enter_context(running(Path(jars), folder / "neo4j", heap="2g", pagecache="512m"))
            found["neo4j"] = (stack.enter_context(connect(server.uri, password=server.password)), server.pid)
        for store, _ in found.values():
            store.prepare()
        yield found


def rows() -> Iterator[BenchRow]:
    """All rows, as they come."""
    data = os.environ.get("PARKBOND_DATA", "")
    public = Path(data) / "public" / "chain_knowledge_graph" if data else None
    with tempfile.TemporaryDirectory() as folder, stores(Path(folder)) as found:
        for name, (store, pid) in found.items():
            if public is not None and public.is_dir():
                yield (
                    "load of the public chain graph",
                    name,
                    load(store, public),
                    "s",
                    60 if name == "embedded" else None,
                )
                yield "  memory after it", name, memory(pid), "GB", 2 if name == "embedded" else None
                counts = store.counts()
                yield "  entities", name, counts["entities"], "", None
                yield "  relationships", name, counts["relations"], "", None
            begin = time.perf_counter()
            large(store)
            yield (
                f"direct load of {FIRMS} firms and {3 * FIRMS} links and ties",
                name,
                time.perf_counter() - begin,
                "s",
                None,
            )
            yield from questions(name, store)
            yield "  memory after it", name, memory(pid), "GB", None


def questions(name: str, store: BoltStore) -> Iterator[BenchRow]:
    """Look-ups and questions on the large graph."""
    dice = random.Random(3)

    def look_up() -> None:
        store.run(cypher.ENTITY[Kind.ENTERPRISE], id=f"enterprise-{dice.randrange(FIRMS):07d}")

    yield "point look-up", name, median(look_up, 200), "ms", 5
    asked = {"a": ["industry-040"], "b": ["industry-060"], "counted": ["signed", "active", "ended"]}
    linked = store.run(cypher.LINKING_PARKS, **asked)
    parks = len({row["park"] for row in linked})
    target = 80 if name == "embedded" else 40
    yield (
        f"parks that link two industries ({parks} parks)",
        name,
        median(lambda: store.run(cypher.LINKING_PARKS, **asked)),
        "ms",
        target,
    )


def main() -> None:
    """Print the rows."""
    print(f"{'what':58} {'engine':10} {'figure':>12}      {'target':>8}")
    for what, name, figure, unit, target in rows():
        bound = f"≤ {target:g}" if target is not None else ""
        print(f"{what:58} {name:10} {figure:12,.2f} {unit:4} {bound:>8}", flush=True)


if __name__ == "__main__":
    main()
