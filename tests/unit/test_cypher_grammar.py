"""Statements from outside: what is refused, with its place, and how what is read is sent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from attacks import PARAMETERS, REFUSED, USUAL, filled

from graph.errors import InputError
from graph.statement.allowed import SIZE
from graph.statement.give import give
from graph.statement.grammar import read
from graph.store.base import Bounds, Seen


class Untouched:
    """A store that must not be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the store was asked ({name})")


class Telling:
    """A store that gives what it was told to, and remembers what it was asked."""

    def __init__(self, seen: Seen) -> None:
        self.seen, self.asked = seen, ("", {})

    def visit(self, statement: str, parameters: Any, bounds: Bounds) -> Seen:
        self.asked = (statement, parameters)
        return self.seen


@pytest.mark.parametrize("statement", [filled(one) for one in REFUSED])
def test_it_is_refused_in_one_sentence_before_anything_is_asked(statement: str) -> None:
    with pytest.raises(InputError) as error:
        give(Untouched(), statement, PARAMETERS)  # type: ignore[arg-type]
    said = str(error.value)
    assert said.isprintable(), said
    assert re.match(r"line \d+, column \d+: .|a statement of ", said), said


@pytest.mark.parametrize("statement", [filled(one) for one in USUAL])
def test_what_people_ask_is_read(statement: str) -> None:
    made = read(statement, PARAMETERS)
    assert made.columns
    assert len(set(made.columns)) == len(made.columns)
    assert re.search(r" LIMIT \d+$", made.text)
    for sign in "'\"`\\;":
        assert sign not in made.text
    assert made.text.isprintable()


@pytest.mark.parametrize("statement", [filled(one) for one in USUAL])
def test_what_is_sent_is_read_as_itself(statement: str) -> None:
    made = read(statement, PARAMETERS, rows=50)
    again = read(made.text, {**PARAMETERS, **made.parameters}, rows=50)
    assert again.text == made.text


@pytest.mark.parametrize(
    ("statement", "place", "word"),
    [
        ("MATCH (n)\n  DELETE n", "line 2, column 3", "DELETE changes the graph"),
        ("MATCH (n:Prak) RETURN n", "line 1, column 10", "did you mean Park"),
        ("MATCH (n)-[:COOPERATE]-(m) RETURN n", "line 1, column 13", "did you mean COOPERATES"),
        ("MATCH (park:Park) RETURN prak.name", "line 1, column 26", "did you mean park"),
        ("RETURN toupper('a'), lenght('x')", "line 1, column 22", "did you mean length"),
        ("MATCH (n:Ｐark) RETURN n", "line 1, column 10", "full-width character; write it as 'P'"),
        ("MATCH (a)-[*]-(b) RETURN a", "line 1, column 12", r"at most 5: \*1..5"),
        ("MATCH (a:Park), (b:Park) RETURN a", "line 1, column 17", "shares no node"),
        ("CALL db.labels()", "line 1, column 1", "CALL calls a procedure"),
        ("RETURN $y", "line 1, column 8", r"no value was given for \$y"),
        ("RETURN 1 =~ 'x'", "line 1, column 10", "CONTAINS"),
        ("MATCH (n:Park) WHERE (n)--() RETURN n", "line 1, column 22", r"EXISTS \{"),
        ("MATCH (n:Park) RETURN n.name AS a, count(*) AS c ORDER BY n.id", "line 1, column 59", "by their columns"),
    ],
)
def test_the_place_and_what_to_do(statement: str, place: str, word: str) -> None:
    with pytest.raises(InputError, match=f"^{place}: .*{word}"):
        read(statement)


def test_strings_become_parameters_and_keep_their_letters() -> None:
    made = read(r"""RETURN 'it\'s; DROP' AS a, "`x` \\u0041" AS b, $text0 AS c""", {"text0": "given"})
    assert made.text == "RETURN $text1 AS a, $text2 AS b, $text0 AS c LIMIT 1001"
    assert made.parameters == {"text1": "it's; DROP", "text2": r"`x` \u0041", "text0": "given"}


def test_parameters_that_are_not_used_are_not_sent() -> None:
    assert read("RETURN $a AS a", {"a": 1, "b": 2}).parameters == {"a": 1}


@pytest.mark.parametrize(
    ("end", "limit"),
    [("", 11), (" LIMIT 3", 3), (" LIMIT 5000", 11), (" LIMIT $n", 7), (" SKIP 2 LIMIT $n", 7), (" LIMIT 0", 0)],
)
def test_there_is_always_a_limit(end: str, limit: int) -> None:
    assert read(f"MATCH (p:Park) RETURN p.name{end}", {"n": 7}, rows=10).text.endswith(f" LIMIT {limit}")


@pytest.mark.parametrize("value", [-1, 1.5, True, None, "5", [5]])
def test_a_limit_that_is_no_number_of_rows_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="whole number"):
        read("MATCH (p:Park) RETURN p LIMIT $n", {"n": value})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (2**63, "64 bits"),
        (float("nan"), "not finite"),
        ([float("inf")], "not finite"),
        ({"a": ["\ud800"]}, "surrogate"),
        ({1: 2}, "key"),
        ({1, 2}, "a set"),
        (b"x", "a bytes"),
        (["x"] * (SIZE + 1), "50,000"),
        ([[[[[[[[[[[[1]]]]]]]]]]]], "within each other"),
    ],
)
def test_values_that_cannot_be_sent_are_refused(value: Any, said: str) -> None:
    with pytest.raises(InputError, match=f"^the parameter x.*{said}"):
        read("RETURN $x AS x", {"x": value})


@pytest.mark.parametrize("name", ["", "1a", "a-b", "a b", "名", "a`b", "a\n"])
def test_names_of_parameters_are_plain(name: str) -> None:
    with pytest.raises(InputError, match="a name has letters"):
        read("RETURN 1 AS one", {name: 1})


def test_columns_are_named_as_they_were_written() -> None:
    made = read("MATCH (p:Park) RETURN p.name, count( * ) AS n, size( p.names )")
    assert made.columns == ("p.name", "n", "size( p.names )")
    assert read("MATCH (p:Park)--(a) RETURN *, 1 AS x").columns == ("a", "p", "x")


@pytest.mark.parametrize(
    ("seen", "complete", "why"),
    [
        (Seen(((1,),)), True, ""),
        (Seen(((1,),), "rows"), False, "more rows than 7"),
        (Seen(((1,),), "size"), False, "larger than 4,000,000 bytes"),
    ],
)
def test_rows_that_were_cut_are_told(seen: Seen, complete: bool, why: str) -> None:
    given = give(Telling(seen), "RETURN 1 AS one", bounds=Bounds(rows=7))  # type: ignore[arg-type]
    assert (given.columns, given.rows, given.complete) == (("one",), ((1,),), complete)
    assert why in given.why


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InputError, match="half a character"):
        give(Untouched(), "RETURN '\ud800' AS x")  # type: ignore[arg-type]
