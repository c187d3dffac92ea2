"""The Cypher that a graph engine must know: statements of this domain, their results checked, in one run from empty.

`run` takes a driver and returns what failed, by name; the statements build on each other, so their order matters.
Two statements of the schema have no Cypher form on the embedded engine: `SCHEMA_SQL` is what it takes instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neo4j import Driver

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """One statement; `check` judges its rows, `error` names the driver's exception that it must raise."""

    name: str
    statement: str
    check: Callable[[Rows], bool] = lambda rows: True
    parameters: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


PARKS = [
    {"id": "P1", "name": "苏州工业园区", "city": "苏州", "area": 278.0},
    {"id": "P2", "name": "张江高科技园区", "city": "上海", "area": 79.9},
    {"id": "P3", "name": "天津经济技术开发区", "city": "天津", "area": 408.0},
]
FIRMS = [
    {"id": "E1", "name": "苏州纳米科技有限公司", "city": "苏州", "capital": 1200, "tags": ["纳米", "材料"]},
    {"id": "E2", "name": "华芯半导体股份有限公司", "city": "苏州", "capital": 5000, "tags": ["芯片"]},
    {"id": "E3", "name": "张江生物医药集团", "city": "上海", "capital": 8000, "tags": ["医药", "生物"]},
    {"id": "E4", "name": "滨海汽车零部件公司", "city": "天津", "capital": 300, "tags": ["汽车"]},
    {"id": "E5", "name": "中微刻蚀设备公司", "city": "上海", "capital": 9000, "tags": ["芯片", "设备"]},
    {"id": "E6", "name": "孤立企业", "city": "北京", "capital": 10, "tags": []},
]
INDUSTRIES = [
    {"id": "I1", "name": "新材料"},
    {"id": "I2", "name": "集成电路"},
    {"id": "I3", "name": "生物医药"},
    {"id": "I4", "name": "汽车"},
]
LOCATED = [
    {"e": "E1", "p": "P1", "since": 2010},
    {"e": "E2", "p": "P1", "since": 2012},
    {"e": "E3", "p": "P2", "since": 2005},
    {"e": "E5", "p": "P2", "since": 2004},
    {"e": "E4", "p": "P3", "since": 1999},
]
OPERATES = [{"e": f"E{e}", "i": f"I{i}"} for e, i in ((1, 1), (2, 2), (3, 3), (4, 4), (5, 2))]
COOPERATES = [
    {"a": "E1", "b": "E2", "kind": "RND", "w": 0.9},
    {"a": "E2", "b": "E5", "kind": "SUPPLY", "w": 0.5},
    {"a": "E5", "b": "E3", "kind": "RND", "w": 0.4},
    {"a": "E4", "b": "E2", "kind": "SUPPLY", "w": 0.7},
]
DOCUMENTS = [
    {"id": "D1", "title": "纳米材料产业报告", "vector": [1.0, 0.0, 0.0, 0.0], "e": "E1"},
    {"id": "D2", "title": "集成电路产业政策", "vector": [0.0, 1.0, 0.0, 0.0], "e": "E2"},
    {"id": "D3", "title": "刻蚀设备招标公告", "vector": [0.1, 0.9, 0.0, 0.0], "e": "E5"},
]

FULLTEXT, VECTOR = "full-text index (cjk)", "vector index"
"""Names of the two steps that have no Cypher form on the embedded engine."""

SCHEMA_SQL: Mapping[str, Sequence[str]] = {
    FULLTEXT: (
        "CREATE VERTEX TYPE Enterprise IF NOT EXISTS",
        "CREATE PROPERTY Enterprise.name IF NOT EXISTS STRING",
        "CREATE INDEX probe_names IF NOT EXISTS ON Enterprise (name) FULL_TEXT "
        'METADATA {"analyzer": "org.apache.lucene.analysis.cjk.CJKAnalyzer"}',
    ),
    VECTOR: (
        "CREATE VERTEX TYPE Document IF NOT EXISTS",
        "CREATE PROPERTY Document.embedding IF NOT EXISTS ARRAY_OF_FLOATS",
        "CREATE INDEX probe_vectors IF NOT EXISTS ON Document (embedding) LSM_VECTOR "
        'METADATA {"dimensions": 4, "similarity": "COSINE"}',
    ),
}
"""The embedded engine's own words for them, for its HTTP port."""


def _is(*expected: object) -> Callable[[Rows], bool]:
    """The rows are these: each a tuple of the row's values in order, or the only value."""
    return lambda rows: (
        [tuple(row.values()) if len(row) > 1 else next(iter(row.values())) for row in rows] == list(expected)
    )


def _column(expected: Sequence[object]) -> Callable[[Rows], bool]:
    """The rows' first values, sorted within lists."""
    return lambda rows: (
        [sorted(v) if isinstance(v, list) else v for v in (next(iter(row.values())) for row in rows)] == [*expected]
    )


SCHEMA = (
    Step("constraint", "CREATE CONSTRAINT probe_e IF NOT EXISTS FOR (e:Enterprise) REQUIRE e.id IS UNIQUE"),
    Step("constraint, again", "CREATE CONSTRAINT probe_e IF NOT EXISTS FOR (e:Enterprise) REQUIRE e.id IS UNIQUE"),
    Step("constraint, another", "CREATE CONSTRAINT probe_p IF NOT EXISTS FOR (p:Park) REQUIRE p.id IS UNIQUE"),
    Step("range index", "CREATE INDEX probe_city IF NOT EXISTS FOR (e:Enterprise) ON (e.city)"),
    Step(
        FULLTEXT,
        "CREATE FULLTEXT INDEX probe_names IF NOT EXISTS FOR (e:Enterprise) ON EACH [e.name] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}",
    ),
    Step(
        VECTOR,
        "CREATE VECTOR INDEX probe_vectors IF NOT EXISTS FOR (d:Document) ON (d.embedding) "
        "OPTIONS {indexConfig: {`vector.dimensions`: 4, `vector.similarity_function`: 'cosine'}}",
    ),
    Step(
        "SHOW INDEXES YIELD",
        "SHOW INDEXES YIELD name, type RETURN name, type",
        lambda rows: any(row["name"] == "probe_city" for row in rows),
    ),
)

_PARK_MERGE = (
    "UNWIND $rows AS r MERGE (p:Park {id: r.id}) "
    "ON CREATE SET p.name = r.name, p.city = r.city, p.area = r.area, p.seen = 1 ON MATCH SET p.seen = p.seen + 1 "
    "RETURN sum(p.seen) AS c"
)
_TIE_MERGE = (
    "UNWIND $rows AS r MATCH (a:Enterprise {id: r.a}) MATCH (b:Enterprise {id: r.b}) "
    "MERGE (a)-[c:COOPERATES {kind: r.kind}]->(b) "
    "ON CREATE SET c.weight = r.w, c.n = 1 ON MATCH SET c.n = c.n + 1 RETURN sum(c.n) AS s"
)

WRITES = (
    Step("UNWIND MERGE, ON CREATE", _PARK_MERGE, _is(3), {"rows": PARKS}),
    Step("UNWIND MERGE, ON MATCH", _PARK_MERGE, _is(6), {"rows": PARKS}),
    Step(
        "SET += map",
        "UNWIND $rows AS r MERGE (e:Enterprise {id: r.id}) SET e += r RETURN count(e) AS c",
        _is(6),
        {"rows": FIRMS},
    ),
    Step(
        "SET each property",
        "UNWIND $rows AS r MERGE (e:Enterprise {id: r.id}) SET e.name = r.name, e.tags = r.tags RETURN count(e) AS c",
        _is(6),
        {"rows": FIRMS},
    ),
    Step(
        "SET to null removes",
        "UNWIND $rows AS r MERGE (e:Enterprise {id: r.id}) SET e.gone = null RETURN e.gone IS NULL AS n, keys(e) AS k",
        lambda rows: all(row["n"] and "gone" not in row["k"] for row in rows),
        {"rows": FIRMS[:1]},
    ),
    Step(
        "MERGE without RETURN",
        "UNWIND $rows AS r MERGE (i:Industry {id: r.id}) SET i.name = r.name",
        _is(),
        {"rows": INDUSTRIES},
    ),
    Step(
        "MERGE relationship with properties",
        "UNWIND $rows AS r MATCH (e:Enterprise {id: r.e}), (p:Park {id: r.p}) MERGE (e)-[x:LOCATED_IN]->(p) "
        "SET x.since = r.since RETURN count(x) AS c",
        _is(5),
        {"rows": LOCATED},
    ),
    Step(
        "MERGE relationship",
        "UNWIND $rows AS r MATCH (e:Enterprise {id: r.e}) MATCH (i:Industry {id: r.i}) MERGE (e)-[:OPERATES_IN]->(i)",
        _is(),
        {"rows": OPERATES},
    ),
    Step("MERGE keyed relationship, ON CREATE", _TIE_MERGE, _is(4), {"rows": COOPERATES}),
    Step("MERGE keyed relationship, ON MATCH", _TIE_MERGE, _is(8), {"rows": COOPERATES}),
    Step("nothing doubled", "MATCH (:Enterprise)-[c:COOPERATES]->(:Enterprise) RETURN count(c) AS c", _is(4)),
    Step(
        "float list in",
        "UNWIND $rows AS r MATCH (e:Enterprise {id: r.e}) MERGE (d:Document {id: r.id}) "
        "SET d.title = r.title, d.embedding = r.vector MERGE (d)-[:MENTIONS]->(e)",
        _is(),
        {"rows": DOCUMENTS},
    ),
    Step(
        "float list out",
        "MATCH (d:Document {id: 'D1'}) RETURN d.embedding AS v",
        lambda rows: [round(float(x), 3) for x in rows[0]["v"]] == [1.0, 0.0, 0.0, 0.0],
    ),
    Step("duplicate key refused", "CREATE (e:Enterprise {id: 'E1', name: 'dup'})", error="ConstraintError"),
    Step("and not kept", "MATCH (e:Enterprise {id: 'E1'}) RETURN e.name AS n", _is("苏州纳米科技有限公司")),
    Step("syntax error named", "MATCH (e:Enterprise RETURN e", error="CypherSyntaxError"),
    Step(
        "text kept to the code point",
        "UNWIND $texts AS t CREATE (x:Text {id: t, t: t}) RETURN x.t AS t, size(x.t) > 0 AS s",
        lambda rows: [row["t"] for row in rows] == ["𠮷野家\u3000㐀", "a\nb\tc\"'\\", "e\u0301", "０１２"],
        {"texts": ["𠮷野家\u3000㐀", "a\nb\tc\"'\\", "e\u0301", "０１２"]},
    ),
    Step("and removed", "MATCH (x:Text) DETACH DELETE x RETURN count(*) AS c", _is(4)),
    Step(
        "64-bit integers and floats",
        "RETURN $big AS b, $small AS s, $float AS f, $null AS n, $true AS t",
        _is((2**62, -(2**62), 0.1, None, True)),
        {"big": 2**62, "small": -(2**62), "float": 0.1, "null": None, "true": True},
    ),
    Step(
        "FOREACH",
        "MATCH (e:Enterprise {id: 'E6'}) FOREACH (x IN [1, 2] | SET e.capital = 10 + x) RETURN e.capital AS c",
        _is(12),
    ),
    Step("REMOVE", "MATCH (e:Enterprise {id: 'E6'}) REMOVE e.city RETURN e.city IS NULL AS n", _is(True)),
)

READS = (
    Step(
        "node value",
        "MATCH (e:Enterprise {id: $id}) RETURN e",
        lambda rows: (
            dict(rows[0]["e"])["name"] == "华芯半导体股份有限公司" and set(rows[0]["e"].labels) == {"Enterprise"}
        ),
        {"id": "E2"},
    ),
    Step(
        "map projection",
        "MATCH (e:Enterprise {id: $id}) RETURN e {.id, .name, n: size(e.tags)} AS m",
        _is({"id": "E5", "name": "中微刻蚀设备公司", "n": 2}),
        {"id": "E5"},
    ),
    Step(
        "parks that link two industries",
        "MATCH (:Industry {name: $a})<-[:OPERATES_IN]-(x:Enterprise)-[:LOCATED_IN]->(p:Park), "
        "(x)-[c:COOPERATES]-(y:Enterprise)-[:OPERATES_IN]->(:Industry {name: $b}) "
        "RETURN p.name AS park, count(DISTINCT x) AS xs, count(DISTINCT y) AS ys, sum(c.weight) AS w "
        "ORDER BY w DESC, park LIMIT 10",
        _is(("苏州工业园区", 1, 1, 0.9)),
        {"a": "新材料", "b": "集成电路"},
    ),
    Step(
        "the same, both in the park, shaped",
        "MATCH (:Industry {name: $a})<-[:OPERATES_IN]-(x:Enterprise)-[:COOPERATES]-(y:Enterprise)"
        "-[:OPERATES_IN]->(:Industry {name: $b}) WITH DISTINCT x, y MATCH (x)-[:LOCATED_IN]->(p:Park) "
        "WITH p, y MATCH (y)-[:LOCATED_IN]->(q:Park) WHERE q.id = p.id RETURN p.id AS park, count(*) AS ties",
        _is(("P2", 1)),
        {"a": "集成电路", "b": "生物医药"},
    ),
    Step(
        "OPTIONAL MATCH, coalesce",
        "MATCH (e:Enterprise) OPTIONAL MATCH (e)-[:LOCATED_IN]->(p:Park) "
        "RETURN e.id AS id, coalesce(p.name, '未知') AS park ORDER BY id",
        lambda rows: len(rows) == 6 and rows[5]["park"] == "未知" and rows[0]["park"] == "苏州工业园区",
    ),
    Step(
        "collect, list comprehension",
        "MATCH (p:Park)<-[:LOCATED_IN]-(e:Enterprise) WITH p, collect(e.capital) AS ks ORDER BY p.id "
        "RETURN [k IN ks WHERE k > 1000 | k / 1000] AS big",
        _column([[1, 5], [8, 9], []]),
    ),
    Step(
        "EXISTS { }",
        "MATCH (e:Enterprise) WHERE EXISTS { MATCH (e)-[:COOPERATES]-(:Enterprise)-[:OPERATES_IN]->"
        "(:Industry {name: '生物医药'}) } RETURN e.id AS id",
        _is("E5"),
    ),
    Step(
        "COUNT { }",
        "MATCH (p:Park) RETURN COUNT { (p)<-[:LOCATED_IN]-(:Enterprise) } AS n, p.id AS id ORDER BY id",
        _is((2, "P1"), (2, "P2"), (1, "P3")),
    ),
    Step(
        "CALL (p) { }",
        "MATCH (p:Park) CALL (p) { MATCH (p)<-[:LOCATED_IN]-(e:Enterprise) RETURN e.id AS top "
        "ORDER BY e.capital DESC LIMIT 1 } RETURN p.id AS id, top ORDER BY id",
        _is(("P1", "E2"), ("P2", "E5"), ("P3", "E4")),
    ),
    Step(
        "COLLECT { }",
        "MATCH (p:Park {id: 'P1'}) RETURN COLLECT { MATCH (p)<-[:LOCATED_IN]-(e:Enterprise) RETURN e.id "
        "ORDER BY e.id } AS ids",
        _is(["E1", "E2"]),
    ),
    Step(
        "pattern comprehension",
        "MATCH (p:Park {id: 'P1'}) RETURN [(p)<-[:LOCATED_IN]-(e:Enterprise) | e.id] AS ids",
        _column([["E1", "E2"]]),
    ),
    Step(
        "shortestPath",
        "MATCH (a:Enterprise {id: 'E1'}), (b:Enterprise {id: 'E3'}) "
        "MATCH path = shortestPath((a)-[:COOPERATES*..6]-(b)) "
        "RETURN length(path) AS l, [n IN nodes(path) | n.id] AS ids",
        _is((3, ["E1", "E2", "E5", "E3"])),
    ),
    Step(
        "variable length",
        "MATCH (a:Enterprise {id: 'E1'})-[:COOPERATES*1..2]-(b:Enterprise) RETURN DISTINCT b.id AS id ORDER BY id",
        _is("E2", "E4", "E5"),
    ),
    Step(
        "quantified path",
        "MATCH (a:Enterprise {id: 'E1'}) (()-[:COOPERATES]-()){1,2} (b:Enterprise) "
        "RETURN DISTINCT b.id AS id ORDER BY id",
        _is("E2", "E4", "E5"),
    ),
    Step(
        "ORDER BY, SKIP, LIMIT by parameter",
        "MATCH (e:Enterprise) RETURN e.id AS id ORDER BY e.id SKIP $s LIMIT $l",
        _is("E2", "E3"),
        {"s": 1, "l": 2},
    ),
    Step(
        "CASE, CONTAINS",
        "MATCH (e:Enterprise) WHERE e.name CONTAINS '公司' "
        "RETURN CASE WHEN e.capital >= 5000 THEN 'big' ELSE 'small' END AS k, count(*) AS c ORDER BY k",
        _is(("big", 2), ("small", 2)),
    ),
    Step(
        "STARTS WITH, toLower",
        "MATCH (e:Enterprise) WHERE toLower(e.id) STARTS WITH 'e' AND e.name STARTS WITH '苏州' RETURN e.id AS id",
        _is("E1"),
    ),
    Step("regular expression", "MATCH (e:Enterprise) WHERE e.name =~ '.*(股份|集团).*' RETURN count(*) AS c", _is(2)),
    Step(
        "datetime",
        "MATCH (e:Enterprise {id: 'E1'}) SET e.updated = datetime('2024-05-06T07:08:09Z') "
        "WITH e WHERE e.updated > datetime('2024-01-01T00:00:00Z') RETURN e.updated.year AS y",
        _is(2024),
    ),
    Step("date, duration", "RETURN toString(date('2024-01-31') + duration('P1M')) AS d", _is("2024-02-29")),
    Step(
        "reduce, any, all",
        "RETURN reduce(s = 0, x IN [1, 2, 3] | s + x) AS s, any(x IN [1, 2] WHERE x > 1) AS a, "
        "all(x IN [1, 2] WHERE x > 1) AS b",
        _is((6, True, False)),
    ),
    Step(
        "UNION ALL",
        "MATCH (p:Park) RETURN p.id AS id UNION ALL MATCH (i:Industry) RETURN i.id AS id",
        lambda rows: len(rows) == 7,
    ),
    Step(
        "percentileCont, avg",
        "MATCH (e:Enterprise) RETURN toFloat(percentileCont(e.capital, 0.5)) AS m, round(avg(e.capital)) AS a",
        _is((3100.0, 3919.0)),
    ),
    Step(
        "type, keys",
        "MATCH (:Enterprise {id: 'E1'})-[r]->() RETURN type(r) AS t, size(keys(r)) AS k ORDER BY t",
        _is(("COOPERATES", 3), ("LOCATED_IN", 1), ("OPERATES_IN", 0)),
    ),
    Step(
        "alternative types, labels",
        "MATCH (e:Enterprise {id: 'E1'})-[:LOCATED_IN|OPERATES_IN]->(x) RETURN labels(x)[0] AS l ORDER BY l",
        _is("Industry", "Park"),
    ),
    Step("alternative labels", "MATCH (n:Park|Industry) RETURN count(n) AS c", _is(7)),
    Step("no label", "MATCH (n) RETURN count(n) AS c", _is(16)),
    Step(
        "IN a parameter, null is not false",
        "MATCH (e:Enterprise) WHERE e.id IN $ids AND NOT e.city = '苏州' RETURN e.id AS id ORDER BY id",
        _is("E3"),
        {"ids": ["E1", "E3", "E6", "E9"]},
    ),
    Step(
        "integer division, slice", "RETURN 7 / 2 AS d, range(1, 5)[1..3] AS s, 'ab' + 'c' AS c", _is((3, [2, 3], "abc"))
    ),
    Step(
        "DETACH DELETE",
        "CREATE (e:Enterprise {id: 'TMP'}) WITH e MATCH (p:Park {id: 'P1'}) CREATE (e)-[:LOCATED_IN {since: 1}]->(p) "
        "WITH e DETACH DELETE e",
        _is(),
    ),
    Step("gone", "MATCH (e:Enterprise {id: 'TMP'}) RETURN count(e) AS c", _is(0)),
    Step("and its relationship", "MATCH (:Park {id: 'P1'})<-[r:LOCATED_IN]-() RETURN count(r) AS c", _is(2)),
    Step("EXPLAIN", "EXPLAIN MATCH (e:Enterprise {id: 'E1'}) RETURN e.id", _is()),
    Step(
        "CALL { } IN TRANSACTIONS",
        "UNWIND range(1, 10) AS i CALL (i) { CREATE (:Industry {id: 'X' + toString(i)}) } IN TRANSACTIONS OF 3 ROWS",
        _is(),
    ),
    Step("undone", "MATCH (i:Industry) WHERE i.id STARTS WITH 'X' DETACH DELETE i RETURN count(*) AS c", _is(10)),
)

SEARCHES = (
    Step(
        "full text (cjk)",
        "CALL db.index.fulltext.queryNodes('probe_names', $q) YIELD node, score "
        "RETURN node.id AS id, score ORDER BY score DESC",
        lambda rows: rows[0]["id"] == "E2" and rows[0]["score"] > 0,
        {"q": "半导体"},
    ),
    Step(
        "full text, no hit",
        "CALL db.index.fulltext.queryNodes('probe_names', $q) YIELD node, score RETURN node.id AS id",
        _is(),
        {"q": "飞机"},
    ),
    Step(
        "full text follows a change",
        "MATCH (e:Enterprise {id: 'E6'}) SET e.name = '航空发动机公司' RETURN e.id AS id",
        _is("E6"),
    ),
    Step(
        "full text finds the new",
        "CALL db.index.fulltext.queryNodes('probe_names', $q) YIELD node, score RETURN node.id AS id",
        _is("E6"),
        {"q": "发动机"},
    ),
    Step(
        "full text forgets the old",
        "CALL db.index.fulltext.queryNodes('probe_names', $q) YIELD node, score RETURN node.id AS id",
        _is(),
        {"q": "孤立"},
    ),
    Step(
        "vectors, score (1 + cos) / 2",
        "CALL db.index.vector.queryNodes('probe_vectors', 2, $v) YIELD node, score RETURN node.id AS id, score",
        lambda rows: (
            [row["id"] for row in rows] == ["D2", "D3"]
            and abs(rows[0]["score"] - 1.0) < 1e-3
            and abs(rows[1]["score"] - (1 + 0.9 / 0.82**0.5) / 2) < 1e-3
        ),
        {"v": [0.0, 1.0, 0.0, 0.0]},
    ),
    Step(
        "CALL db.labels",
        "CALL db.labels() YIELD label RETURN label ORDER BY label",
        lambda rows: {"Park", "Enterprise"} <= {row["label"] for row in rows},
    ),
    Step(
        "SHOW CONSTRAINTS",
        "SHOW CONSTRAINTS YIELD name, type RETURN count(*) AS c",
        lambda rows: rows[0]["c"] >= 2,
    ),
)

STEPS = SCHEMA + WRITES + READS + SEARCHES


def ask(driver: Driver, database: str, statement: str, parameters: Mapping[str, Any]) -> Rows:
    """The rows of one statement in its own transaction."""
    if "IN TRANSACTIONS" in statement:
        with driver.session(database=database) as session:
            records = list(session.run(statement, dict(parameters)))
    else:
        records = driver.execute_query(statement, dict(parameters), database_=database).records
    return [{name: record[name] for name in record.keys()} for record in records]  # noqa: SIM118


def judge(step: Step, driver: Driver, database: str) -> str:
    """Why the step failed, or nothing."""
    try:
        rows = ask(driver, database, step.statement, step.parameters)
    except Exception as error:
        name = type(error).__name__
        return "" if name == step.error else f"{name}: {error}"
    if step.error:
        return f"no {step.error} raised"
    try:
        return "" if step.check(rows) else f"wrong: {rows}"
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        return f"{type(error).__name__} over {rows}"


def run(driver: Driver, database: str, instead: Callable[[Step], bool] = lambda step: False) -> dict[str, str]:
    """What failed and why, over all steps, on an empty database. `instead` may do a step its own way and say so."""
    failed = {}
    for step in STEPS:
        why = "" if instead(step) else judge(step, driver, database)
        if why:
            failed[step.name] = why
    return failed


def rolls_back(driver: Driver, database: str) -> bool:
    """Whether an unfinished transaction sees its own writes, nobody else does, and a rollback takes them away."""
    count = "MATCH (p:Park {id: 'RB'}) RETURN count(p) AS c"
    with driver.session(database=database) as session:
        transaction = session.begin_transaction()
        transaction.run("CREATE (:Park {id: 'RB'})").consume()
        inside = transaction.run(count).single(strict=True)["c"]
        outside = ask(driver, database, count, {})[0]["c"]
        transaction.rollback()
    return (inside, outside, ask(driver, database, count, {})[0]["c"]) == (1, 0, 0)
