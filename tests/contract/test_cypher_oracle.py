"""Neo4j's own parser as the oracle: what our grammar lets through is Cypher there too, and only reads.

Statements are made of loose parts, most of them wrong somewhere; those that our grammar takes must be taken there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from attacks import PARAMETERS, USUAL, filled
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.statement.allowed import FUNCTIONS, LABELS, QUANTIFIERS, TYPES
from graph.statement.grammar import Statement, read

if TYPE_CHECKING:
    from conftest import GraphServer

pytestmark = [
    pytest.mark.parametrize("server", ["neo4j"], indirect=True),
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]

Judge = Callable[[Statement], str]

NAMES = ("a", "b", "n", "r", "p", "x", "l", "企业")


@pytest.fixture(scope="module")
def judge(server: GraphServer) -> Iterator[Judge]:
    """What Neo4j says a statement does: `r`, `w` … Fails where it cannot be parsed."""
    with server.driver() as driver, driver.session(database=server.database) as session:

        def kind(made: Statement) -> str:
            summary = session.run("EXPLAIN " + made.text, dict(made.parameters)).consume()
            return str(summary.query_type)

        yield kind


@pytest.mark.parametrize("statement", USUAL)
def test_what_people_ask_is_cypher(judge: Judge, statement: str) -> None:
    assert judge(read(filled(statement), PARAMETERS)) == "r"


def test_the_oracle_tells_reading_from_writing(judge: Judge) -> None:
    assert judge(Statement("CREATE (n:Park) RETURN n", {}, ("n",))) != "r"


name = st.sampled_from(NAMES)
label = st.sampled_from(sorted(LABELS))
type_ = st.sampled_from(sorted(TYPES))
literal = st.sampled_from(
    ["1", "2.5", "'x'", '"it\'s"', "true", "null", "$name", "$ids", "$limit", "[]", "['a', 'b']", "{id: 'x'}", "-1"]
)


def _expressions() -> st.SearchStrategy[str]:
    return st.recursive(st.one_of(name, literal, st.builds("{}.name".format, name)), _larger, max_leaves=6)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["=", "<>", "<", ">=", "+", "-", "*", "/", "%", "^", "AND", "OR", "XOR", "IN", "CONTAINS"])
    words = st.sampled_from(["STARTS WITH", "ENDS WITH"])
    calls = st.sampled_from([*FUNCTIONS, "COUNT", "toupper"])
    return st.one_of(
        st.builds("{} {} {}".format, inner, st.one_of(signs, words), inner),
        st.builds("({})".format, inner),
        st.builds("NOT {}".format, inner),
        st.builds("- {}".format, inner),
        st.builds("{} IS NULL".format, inner),
        st.builds("{} IS NOT NULL".format, inner),
        st.builds("{}({})".format, calls, inner),
        st.builds("{}({}, {})".format, calls, inner, inner),
        st.builds("{}(DISTINCT {})".format, calls, inner),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("{}[{}..]".format, inner, inner),
        st.builds("{}.{}".format, inner, name),
        st.builds("{}:{}".format, name, label),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{{}: {}}}".format, name, inner),
        st.builds("[{} IN {} WHERE {} | {}]".format, name, inner, inner, inner),
        st.builds("{}({} IN {} WHERE {})".format, st.sampled_from(sorted(QUANTIFIERS)), name, inner, inner),
        st.builds("CASE {} WHEN {} THEN {} ELSE {} END".format, inner, inner, inner, inner),
        st.builds("CASE WHEN {} THEN {} END".format, inner, inner),
        st.builds("EXISTS {{ ({})-[:{}]-() WHERE {} }}".format, name, type_, inner),
        st.builds("COUNT {{ MATCH ({})--({}:{}) }}".format, name, name, label),
        st.just("count(*)"),
    )


loose = _expressions()


def _made(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of this form."""
    return st.builds(form.format, *parts)


number: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["1", "2.5", "1e3", "$limit", "a.documents", "length(p)", "-1"]),
        _made("size({})", lists),
        _made("({} {} {})", number, st.sampled_from(list("+-*/%^")), number),
        _made("{}({})", st.sampled_from(["abs", "FLOOR", "ceil", "round", "sqrt", "sign", "toInteger"]), number),
        _made("CASE WHEN {} THEN {} ELSE {} END", boolean, number, number),
        _made("COUNT {{ (a)-[:{}]-(:{}) }}", type_, label),
    )
)
text: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["'x'", '"it\'s"', "$name", "a.name", "type(r)", "b.name", "labels(a)[0]", "''"]),
        _made("{}({})", st.sampled_from(["toUpper", "tolower", "trim", "reverse"]), text),
        _made("{}({}, {})", st.sampled_from(["left", "right", "substring"]), text, number),
        _made("{} + {}", text, text),
        _made("toString({})", number),
        _made("coalesce({}, {})", text, text),
    )
)
boolean: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["true", "FALSE", "a:Park", "n:Enterprise|Place"]),
        _made("{} {} {}", number, st.sampled_from(["=", "<>", "<", ">", "<=", ">="]), number),
        _made("{} {} {}", text, st.sampled_from(["=", "CONTAINS", "STARTS WITH", "ends with"]), text),
        _made("({} {} {})", boolean, st.sampled_from(["AND", "or", "XOR"]), boolean),
        _made("NOT ({})", boolean),
        _made("{} IN {}", text, lists),
        _made("{} IS {}NULL", value, st.sampled_from(["", "NOT "])),
        _made("{}(y IN {} WHERE {})", st.sampled_from(sorted(QUANTIFIERS)), lists, boolean),
        _made("EXISTS {{ MATCH (a)-[:{}]->(m) WHERE {} }}", type_, boolean),
    )
)
lists: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["$ids", "[]", "labels(a)", "keys(r)", "nodes(p)", "l", "relationships(p)", "a.names"]),
        _made("[{}, {}]", text, number),
        _made("split({}, ',')", text),
        _made("[y IN {} WHERE {} | {}]", lists, boolean, value),
        _made("tail({})", lists),
        _made("{} + {}", lists, lists),
        _made("{}[{}..]", lists, number),
    )
)
value: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        number, text, boolean, lists, st.sampled_from(["a", "b", "r", "p", "x", "null", "properties(a)", "x.name"])
    )
)
total = st.one_of(
    st.just("count(*)"),
    _made("count({}{})", st.sampled_from(["", "DISTINCT "]), value),
    _made("{}({})", st.sampled_from(["sum", "avg"]), number),
    _made("{}({})", st.sampled_from(["min", "max", "collect"]), text),
)
expression = st.one_of(value, value, value, loose)
node = st.one_of(
    _made("({})", name),
    _made("({}:{})", name, label),
    _made("(:{}|{})", label, label),
    _made("({}:{} {{name: {}}})", name, label, text),
    st.sampled_from(["()", "(a)", "(b)", "(m)"]),
)
between = st.one_of(
    st.sampled_from(["--", "-->", "<--", "<-->"]),
    _made("-[{}:{}]->", st.sampled_from(["", "", "s", "r"]), type_),
    st.builds("<-[{}:{}*{}..{}]-".format, st.sampled_from(["", "s"]), type_, st.integers(0, 3), st.integers(2, 6)),
    _made("-[:{}|{}*..3 {{status: {}}}]-", type_, type_, text),
)
chain = st.one_of(node, _made("(a){}{}", between, node), _made("{}{}{}", node, between, node))
pattern = st.one_of(
    chain,
    _made("q = {}", chain),
    _made("q = shortestPath((a){}(b))", between),
    _made("{}, {}", chain, chain),
)
where = st.one_of(st.just(""), _made(" WHERE {}", boolean), _made(" WHERE {}", loose))
fresh = st.sampled_from(["c", "d", "e", "f", "名"])
column = st.one_of(_made("{} AS {}", expression, fresh), _made("{} AS {}", total, fresh), st.sampled_from(["a", "b"]))
columns = st.builds(
    "{}{}".format,
    st.sampled_from(["", "", "DISTINCT ", "*, "]),
    st.lists(column, min_size=1, max_size=3, unique_by=lambda one: one.rpartition(" ")[2]).map(", ".join),
)
ending = st.one_of(
    st.just(""),
    _made(" ORDER BY {}{} SKIP 1 LIMIT $limit", st.one_of(fresh, value), st.sampled_from(["", " DESC", " ASC"])),
)
clause = st.one_of(
    _made("MATCH {}{}", pattern, where),
    _made("OPTIONAL MATCH {}{}", pattern, where),
    _made("UNWIND {} AS u", lists),
    _made("WITH {}{}{}", columns, ending, where),
)
BEGINNING = (
    "MATCH p = (a:Enterprise)-[r:COOPERATES]-(b:Enterprise) MATCH (a)--(n) UNWIND $ids AS x WITH *, ['v', 'w'] AS l "
)
statement = st.builds(
    "{}{} RETURN {}{}".format,
    st.sampled_from([BEGINNING, BEGINNING, BEGINNING, ""]),
    st.lists(clause, max_size=2).map(" ".join),
    st.one_of(columns, columns, st.just("*")),
    ending,
)


def taken(text: str) -> Statement | None:
    """The statement, if our grammar takes it."""
    try:
        return read(text, PARAMETERS)
    except InputError:
        return None


@settings(
    max_examples=120,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=statement)
def test_what_our_grammar_takes_is_cypher_and_only_reads(judge: Judge, text: str) -> None:
    made = taken(text)
    event("taken" if made else "refused")
    assume(made is not None)
    assert made is not None
    assert judge(made) == "r", made.text
