"""What a statement from outside may hold. What is not named here is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.store.cypher import LINKED, UNIQUE

LABELS: frozenset[str] = frozenset(UNIQUE)
"""The labels of nodes."""

TYPES: frozenset[str] = frozenset(
    {*(str(ends[0]) for ends in LINKED), "COOPERATES", "EVIDENCED_BY", "IN", "MENTIONS", "OF", "PARTY"}
)
"""The types of relationships."""

LETTERS = 10_000
"""So many characters may a statement have."""

TOKENS = 2_000
DEPTH = 25
"""So deep may expressions and subqueries lie within each other."""

CLAUSES = 25

ROWS = 1_000
"""So many rows are given, if not fewer are wanted."""

HOPS = 5
"""So many steps may a path of variable length have."""

SIZE = 50_000
"""So many values may one expression make or go through, as far as the statement tells (`graph.statement.scope`)."""

MANY = 1_000
"""How many values a list counts for whose length only the graph knows."""

FEW = 10
"""How many values a property counts for: some are lists."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function: the types that it takes (`graph.statement.scope.Typed`) and gives, and the size of its result.

    `second`, `third`: the types of further arguments ("": none; the third may be left out); `most`: how many arguments
    of the first type it takes, if more than one; `size` 0: as many values as its arguments hold. It may give the `same`
    as its argument, or one of its elements (`inner`); `inner`: the type of the elements of the list it gives.
    """

    name: str
    takes: str
    gives: str
    second: str = ""
    third: str = ""
    size: int = 0
    most: int = 0
    inner: str = "any"


def _words(text: str) -> list[str]:
    return text.split()


AGGREGATES: frozenset[str] = frozenset({"avg", "collect", "count", "max", "min", "sum"})

FUNCTIONS: Mapping[str, Function] = {
    each.name: each
    for each in (
        Function("abs", "number", "same"),
        Function("avg", "number", "number"),
        Function("ceil", "number", "number"),
        Function("coalesce", "any", "same", most=10),
        Function("collect", "any", "list"),
        Function("count", "any", "integer"),
        Function("endNode", "relationship", "node"),
        Function("floor", "number", "number"),
        Function("head", "list", "inner"),
        Function("keys", "node relationship map", "list", size=FEW, inner="text"),
        Function("labels", "node", "list", inner="text"),
        Function("last", "list", "inner"),
        Function("left", "text", "text", second="integer"),
        Function("length", "path", "integer"),
        Function("max", "any", "same"),
        Function("min", "any", "same"),
        Function("nodes", "path", "list", size=HOPS * FEW, inner="node"),
        Function("properties", "node relationship map", "map", size=FEW),
        Function("relationships", "path", "list", size=HOPS * FEW, inner="relationship"),
        Function("reverse", "text list", "same"),
        Function("right", "text", "text", second="integer"),
        Function("round", "number", "number"),
        Function("sign", "number", "integer"),
        Function("size", "text list", "integer"),
        Function("split", "text", "list", second="text", size=MANY // 10, inner="text"),
        Function("sqrt", "number", "number"),
        Function("startNode", "relationship", "node"),
        Function("substring", "text", "text", second="integer", third="integer"),
        Function("sum", "number", "same"),
        Function("tail", "list", "same"),
        Function("toFloat", "number text", "number"),
        Function("toInteger", "number text", "integer"),
        Function("toLower", "text", "text"),
        Function("toString", "number text boolean", "text"),
        Function("toUpper", "text", "text"),
        Function("trim", "text", "text"),
        Function("type", "relationship", "text"),
    )
}
"""Functions by their names.

Left out on purpose: what makes much of little (`range`, `replace`, `reduce`), what the engines answer differently
(`id`, `elementId`, dates and times, `rand`), and everything that reaches out of the graph.
"""

QUANTIFIERS: frozenset[str] = frozenset({"all", "any", "none", "single"})

PROCEDURES: frozenset[str] = frozenset()
"""The procedures that CALL may name: none."""

CHANGES: frozenset[str] = frozenset(
    _words("ADD ALTER CREATE DELETE DENY DETACH DROP FOREACH GRANT INSERT MERGE NODETACH REMOVE RENAME REVOKE SET")
)
"""First words of what changes the graph."""

REACHES: Mapping[str, str] = {
    "CALL": "calls a procedure or subquery; use EXISTS { … }, COUNT { … } or WITH",
    "LOAD": "reads files or addresses; give values as parameters and UNWIND them",
    "USE": "names another graph; the graph is that of the settings",
    "SHOW": "asks the engine about itself; `parkbond doctor` says what runs",
    "TERMINATE": "ends the work of others; what takes too long ends by itself",
    "START": "steers the engine; leave it out",
    "STOP": "steers the engine; leave it out",
    "EXPLAIN": "asks for a plan; leave it out",
    "PROFILE": "asks for a plan; leave it out",
    "CYPHER": "chooses a version of the language; leave it out",
    "USING": "steers the planner; leave it out",
    "PERIODIC": "commits in batches, and nothing is committed here; leave it out",
    "UNION": "joins statements; run them one after another",
    "NEXT": "joins statements; use WITH",
    "FINISH": "gives no rows; end with RETURN",
    "FILTER": "is WITH … WHERE here",
    "LET": "is WITH … AS here",
    "FOR": "is UNWIND … AS here",
    "OFFSET": "is SKIP here",
    "COLLECT": "with a subquery is not read here; use collect(…)",
}
"""First words of what reaches beyond reading this graph, or is written otherwise here, and what to do instead."""

_LANGUAGE = """
ALL ALLSHORTESTPATHS AND ANY AS ASC ASCENDING BY CASE CONSTRAINT CONTAINS COUNT CSV DATABASE DESC DESCENDING DISTINCT
ELSE END ENDS EXISTS FALSE FROM GRAPH IN INF INFINITY IS LIMIT MANDATORY MATCH NAN NONE NOT NULL OPTIONAL OR ORDER
REQUIRE RETURN SHORTEST SHORTESTPATH SINGLE SKIP STARTS THEN TRANSACTIONS TRUE TYPED UNIQUE UNWIND WHEN WHERE WITH XOR
YIELD
"""
RESERVED: frozenset[str] = CHANGES | frozenset(REACHES) | frozenset(_words(_LANGUAGE))
"""Words that name no variable."""
