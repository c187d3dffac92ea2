"""Statements: MATCH, UNWIND, WITH … and one RETURN at the end. Everything else is refused with its place.

What is sent is never the text that came: each part is written anew from what was read, comments are gone, strings
have become parameters, and RETURN has a LIMIT. So there is nothing that an engine could read otherwise than we did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from graph.errors import InputError
from graph.statement.allowed import CHANGES, CLAUSES, PROCEDURES, REACHES, ROWS, SIZE
from graph.statement.expression import condition, expression, plain, size_of
from graph.statement.pattern import patterns
from graph.statement.reader import Reader
from graph.statement.scope import Expression, Scope, Thing
from graph.statement.tokens import Sort, Token


@dataclass(frozen=True, slots=True)
class Statement:
    """What may be sent: its text, its parameters, the names of the columns in order."""

    text: str
    parameters: Mapping[str, Any]
    columns: tuple[str, ...]


def read(statement: str, parameters: Mapping[str, Any] | None = None, rows: int = ROWS) -> Statement:
    """The statement as it may be sent. It gives at most `rows` + 1 rows: one more than wanted says that there are more.

    Raises InputError with the place of what may not be, and what to do.
    """
    reader = Reader(statement, checked(parameters or {}))
    scope = Scope()
    texts: list[str] = []
    while not reader.is_word("RETURN"):
        if len(texts) >= CLAUSES:
            reader.refuse(f"more than {CLAUSES} clauses; ask in parts")
        text, scope = _clause(reader, scope)
        texts.append(text)
    text, columns = _return(reader, scope, rows)
    reader.sign(";")
    if reader.next().sort is not Sort.END:
        _refuse_word(reader, "after the end of the statement")
    return Statement(" ".join((*texts, text)), dict(reader.values), columns)


def checked(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters, if both engines can keep them. Raises InputError naming the one that is wrong."""
    for name, value in parameters.items():
        if not (isinstance(name, str) and name.isascii() and name[:1].isalpha() and name.replace("_", "a").isalnum()):
            raise InputError(f"the parameter {name!r}: a name has letters a to z, digits and _")
        wrong = _wrong(value)
        if wrong:
            raise InputError(f"the parameter {name}: {wrong}")
        if size_of(value) > SIZE:
            raise InputError(f"the parameter {name} holds more than {SIZE:,} values; ask in parts")
    return parameters


def _wrong(value: Any, depth: int = 0) -> str:
    """What is wrong with a value, "" if nothing."""
    if depth > 10:
        return "more than 10 lists or maps within each other"
    if isinstance(value, list | tuple):
        return next(filter(None, (_wrong(each, depth + 1) for each in value)), "")
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            return "a key that is no text"
        return next(filter(None, (_wrong(each, depth + 1) for pair in value.items() for each in pair)), "")
    if isinstance(value, str):
        return "half a character (a surrogate)" if any("\ud800" <= char <= "\udfff" for char in value) else ""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return "" if -(2**63) <= value < 2**63 else "a whole number of more than 64 bits"
    if isinstance(value, float):
        return "" if value - value == 0 else "a number that is not finite"
    return f"a {type(value).__name__}; text, numbers, true, false, null, lists and maps are taken"


# ---- clauses ---------------------------------------------------------------------------------------------------------


def _clause(reader: Reader, scope: Scope) -> tuple[str, Scope]:
    """One clause before RETURN."""
    if reader.word("OPTIONAL", "MATCH"):
        return _match(reader, scope, "OPTIONAL MATCH")
    if reader.word("MATCH"):
        return _match(reader, scope, "MATCH")
    if reader.word("UNWIND"):
        return _unwind(reader, scope)
    if reader.word("WITH"):
        return _with(reader, scope)
    return _refuse_word(reader, "where a clause begins")


def _match(reader: Reader, scope: Scope, word: str) -> tuple[str, Scope]:
    text, inner = patterns(reader, scope)
    return f"{word} {text}{condition(reader, inner)}", inner


def _unwind(reader: Reader, scope: Scope) -> tuple[str, Scope]:
    start = reader.next()
    source = plain(reader, scope, "UNWIND")
    if source.type not in ("any", "list"):
        reader.refuse(f"UNWIND takes a list, and this is a {source.type}", start)
    reader.need("AS", "after what is unwound")
    token = reader.next()
    name = reader.name("an element")
    if name in scope.names:
        reader.refuse(f"{name} is there already; give the element a name of its own", token)
    made = scope.rows * source.size
    if made > SIZE:
        reader.refuse(f"lists that make more than {SIZE:,} rows with each other; unwind fewer, or ask in parts", start)
    return f"UNWIND {source.text} AS {name}", replace(scope.plus({name: Thing(source.inner, source.size)}), rows=made)


def _with(reader: Reader, scope: Scope) -> tuple[str, Scope]:
    columns = _columns(reader, scope, "WITH")
    order, limit = _order(reader, scope, columns), _paging(reader)
    names = {**(scope.names if columns.all else {}), **columns.names}
    alone = bool(columns.items) and not columns.all and all(item.aggregate for item in columns.items)
    few = limit.count is not None and limit.count <= 10
    after = Scope(names, 1 if alone else scope.rows, scope.matched and not (alone or few))
    return f"WITH {columns.text}{order}{limit.text}{condition(reader, after)}", after


def _return(reader: Reader, scope: Scope, rows: int) -> tuple[str, tuple[str, ...]]:
    reader.take()
    start = reader.next()
    columns = _columns(reader, scope, "RETURN")
    order, limit = _order(reader, scope, columns), _paging(reader)
    shown = (*(sorted(scope.names) if columns.all else ()), *columns.shown)
    twice = next((name for at, name in enumerate(shown) if name in shown[:at]), None)
    if twice is not None:
        reader.refuse(f"two columns are called {twice}; name one with AS", start)
    if not shown:
        reader.refuse("RETURN * finds no names here; MATCH something first", start)
    text = columns.text
    if columns.all:  # by name, so that the order is ours
        text = ", ".join((*sorted(scope.names), *columns.texts))
        text = f"DISTINCT {text}" if columns.distinct else text
    most = rows + 1 if limit.count is None else min(limit.count, rows + 1)
    return f"RETURN {text}{order}{limit.skip} LIMIT {most}", shown


@dataclass(frozen=True, slots=True)
class _Columns:
    """What WITH or RETURN lists: the text, and of each item its expression, the name it goes by, and its title."""

    items: tuple[Expression, ...]
    texts: tuple[str, ...]
    shown: tuple[str, ...]
    names: Mapping[str, Thing]
    distinct: bool
    all: bool

    @property
    def text(self) -> str:
        """As it is sent."""
        return ("DISTINCT " if self.distinct else "") + ", ".join((*(("*",) if self.all else ()), *self.texts))

    @property
    def grouped(self) -> bool:
        """Whether rows are put together, so that what was before cannot be asked for afterwards."""
        return self.distinct or any(item.aggregate for item in self.items)


def _columns(reader: Reader, scope: Scope, clause: str) -> _Columns:
    distinct = reader.word("DISTINCT")
    everything = reader.sign("*")
    items: list[Expression] = []
    texts: list[str] = []
    shown: list[str] = []
    names: dict[str, Thing] = {}
    while not everything or reader.sign(","):
        start = reader.next()
        item, text, title = _column(reader, scope, clause)
        if clause == "WITH" and (title in names or (everything and title in scope.names)):
            reader.refuse(f"{title} is there already; give it another name with AS", start)
        items.append(item)
        texts.append(text)
        shown.append(title)
        if item.bare or " AS " in text:
            names[title] = Thing(item.type, item.size, item.inner)
        if not everything and not reader.sign(","):
            break
    if everything and clause == "WITH" and not scope.names and not items:
        reader.refuse("WITH * finds no names here; MATCH something first")
    return _Columns(tuple(items), tuple(texts), tuple(shown), names, distinct, everything)


def _column(reader: Reader, scope: Scope, clause: str) -> tuple[Expression, str, str]:
    """An item: its expression, its text, its title."""
    start = reader.next()
    item = expression(reader, scope)
    end = reader.next(-1).end
    if item.aggregate and item.free:
        reader.refuse(f"{sorted(item.free)[0]} stands beside a count or sum; give each a column of its own", start)
    if reader.word("AS"):
        name = reader.name("a column")
        return item, f"{item.text} AS {name}", name
    if item.bare:
        return item, item.text, item.text
    if clause == "WITH":
        reader.refuse("what WITH takes along needs a name; add AS and one", start)
    return item, item.text, " ".join(reader.statement[start.start : end].split())


def _order(reader: Reader, scope: Scope, columns: _Columns) -> str:
    """` ORDER BY …` if it comes next."""
    if not reader.word("ORDER"):
        return ""
    reader.need("BY", "after ORDER")
    inner = scope.plus(columns.names)
    texts = []
    while True:
        start = reader.next()
        key = expression(reader, inner)
        same = key.text in {item.text for item in columns.items}
        if not same and (key.aggregate or (columns.grouped and key.uses - set(_after(scope, columns)))):
            reader.refuse("rows that were put together are ordered by their columns; name one with AS", start)
        down = " DESC" if reader.word("DESC") or reader.word("DESCENDING") else ""
        if not down and not reader.word("ASC"):
            reader.word("ASCENDING")
        texts.append(key.text + down)
        if not reader.sign(","):
            return f" ORDER BY {', '.join(texts)}"


def _after(scope: Scope, columns: _Columns) -> set[str]:
    """The names that are left after WITH or RETURN."""
    return {*columns.names, *(scope.names if columns.all else ())}


@dataclass(frozen=True, slots=True)
class _Paging:
    """SKIP and LIMIT; `count` is what LIMIT says."""

    skip: str
    count: int | None

    @property
    def text(self) -> str:
        """As it is sent in WITH."""
        return self.skip + ("" if self.count is None else f" LIMIT {self.count}")


def _paging(reader: Reader) -> _Paging:
    skip = f" SKIP {_count(reader, 'SKIP')}" if reader.word("SKIP") else ""
    return _Paging(skip, _count(reader, "LIMIT") if reader.word("LIMIT") else None)


def _count(reader: Reader, word: str) -> int:
    """A whole number, or a parameter that is one; its value is what is sent."""
    token = reader.take()
    if token.sort is Sort.INTEGER:
        return int(token.text)
    value = reader.parameters.get(token.text) if token.sort is Sort.PARAMETER else None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        reader.refuse(f"{word} takes a whole number from 0, or a parameter that is one", token)
    return value


def _refuse_word(reader: Reader, where: str) -> NoReturn:
    """Say why a word cannot stand here."""
    token: Token = reader.next()
    word = token.text.upper() if token.sort is Sort.WORD else ""
    if word in CHANGES:
        reader.refuse(f"{word} changes the graph, and this only reads; `parkbond ingest` and `delete` change it")
    if word == "CALL" and PROCEDURES:
        reader.refuse(f"CALL names one of {', '.join(sorted(PROCEDURES))}, nothing else")
    if word in REACHES:
        reader.refuse(f"{word} {REACHES[word]}")
    if token.sort is Sort.END:
        reader.refuse("the statement ends without RETURN; say what to give")
    clauses = "MATCH, OPTIONAL MATCH, UNWIND, WITH and RETURN are read"
    reader.refuse(f"{reader.shown()} cannot stand {where}; {clauses}")
