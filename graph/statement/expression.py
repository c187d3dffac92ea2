"""Expressions: read by precedence, typed as far as the statement tells, written anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, cast

from graph.statement.allowed import (
    AGGREGATES,
    FEW,
    FUNCTIONS,
    LABELS,
    MANY,
    QUANTIFIERS,
    REACHES,
    SIZE,
    TYPES,
    Function,
)
from graph.statement.reader import Reader
from graph.statement.scope import Expression, Scope, Thing, Typed, common, fits, joined
from graph.statement.tokens import Sort, Token

_KNOWN = f"they are {', '.join(FUNCTIONS)}, any, all, none and single"
_COMPARED = ("=", "<>", "<=", ">=", "<", ">")
_Level = Callable[[Reader, Scope], Expression]
_TESTS = (("STARTS", "WITH"), ("ENDS", "WITH"), ("CONTAINS",), ("IN",))


def expression(reader: Reader, scope: Scope) -> Expression:
    """The expression that comes next. Raises InputError with the place of what may not be."""
    with reader.deeper():
        return _logical(reader, scope, 0)


def plain(reader: Reader, scope: Scope, where: str) -> Expression:
    """An expression without aggregates."""
    start = reader.next()
    found = expression(reader, scope)
    if found.aggregate:
        reader.refuse(f"count, sum and the like cannot stand in {where}; take them into WITH first", start)
    return found


def condition(reader: Reader, scope: Scope) -> str:
    """` WHERE …` if that comes next, else nothing."""
    if not reader.word("WHERE"):
        return ""
    start = reader.next()
    found = plain(reader, scope, "WHERE")
    _typed(reader, found, "boolean", start)
    return f" WHERE {found.text}"


def size_of(value: Any) -> int:
    """How many values a parameter counts for."""
    if isinstance(value, str):
        return 1 + len(value) // 1_000
    if isinstance(value, list | tuple):
        return 1 + sum(map(size_of, value))
    if isinstance(value, dict):
        return 1 + sum(map(size_of, value.values()))
    return 1


def bounded(reader: Reader, count: int, start: Token) -> int:
    """The count, if it is not too much."""
    if count > SIZE:
        reader.refuse("this makes too much of lists within lists; UNWIND the list, or return rows", start)
    return count


def _typed(reader: Reader, found: Expression, allowed: str, start: Token) -> None:
    if not fits(found.type, allowed):
        reader.refuse(
            f"{reader.shown(start)} … gives a {found.type}; needed is a {' or '.join(allowed.split())}", start
        )


# ---- by precedence: OR, XOR, AND, NOT, comparison, sum, product, power, sign -----------------------------------------


def _logical(reader: Reader, scope: Scope, level: int) -> Expression:
    """OR, XOR or AND."""
    words = ("OR", "XOR", "AND")
    if level == len(words):
        return _negated(reader, scope)
    start = reader.next()
    parts = [_logical(reader, scope, level + 1)]
    while reader.word(words[level]):
        parts.append(_logical(reader, scope, level + 1))
    if len(parts) == 1:
        return parts[0]
    for part in parts:
        _typed(reader, part, "boolean", start)
    return joined(f" {words[level]} ".join(part.text for part in parts), "boolean", tuple(parts))


def _negated(reader: Reader, scope: Scope) -> Expression:
    start = reader.next()
    if not reader.word("NOT"):
        return _compared(reader, scope)
    with reader.deeper():
        inner = _negated(reader, scope)
    _typed(reader, inner, "boolean", start)
    return inner.of(f"NOT {inner.text}", "boolean")


def _compared(reader: Reader, scope: Scope) -> Expression:
    left = _tested(reader, scope)
    sign = next((sign for sign in _COMPARED if reader.is_sign(sign)), None)
    if reader.is_sign("=~"):
        reader.refuse("=~ may run for ever on some texts; use CONTAINS, STARTS WITH or ENDS WITH")
    if sign is None:
        return left
    reader.take()
    right = _tested(reader, scope)
    if any(map(reader.is_sign, _COMPARED)):
        reader.refuse("two comparisons in a row; write them as two and join them with AND")
    return joined(f"{left.text} {sign} {right.text}", "boolean", (left, right))


def _tested(reader: Reader, scope: Scope) -> Expression:
    """A sum, perhaps with STARTS WITH, ENDS WITH, CONTAINS, IN, IS NULL."""
    start = reader.next()
    left = _sum(reader, scope)
    if reader.word("IS"):
        negated = " NOT" if reader.word("NOT") else ""
        reader.need("NULL", "after IS")
        return left.of(f"{left.text} IS{negated} NULL", "boolean")
    for words in _TESTS:
        if reader.word(*words):
            second = reader.next()
            right = _sum(reader, scope)
            if words == ("IN",):
                _typed(reader, right, "list", second)
            else:
                _typed(reader, left, "text", start)
                _typed(reader, right, "text", second)
            work = bounded(reader, left.work + right.work + right.size, second)
            made = joined(f"{left.text} {' '.join(words)} {right.text}", "boolean", (left, right))
            return _at_work(made, work)
    return left


def _at_work(made: Expression, work: int) -> Expression:
    return replace(made, work=max(made.work, work))


def _sum(reader: Reader, scope: Scope) -> Expression:
    start = reader.next()
    left = _product(reader, scope)
    while reader.is_sign("+") or (reader.is_sign("-")):
        sign = reader.take().text
        second = reader.next()
        right = _product(reader, scope)
        type = _sum_type(reader, sign, left, right, start, second)
        grows = sign == "+" and type not in ("integer", "number")
        size = bounded(reader, left.size + right.size, start) if grows else 1
        inner = common((left.inner, right.inner))
        left = joined(f"{left.text} {sign} {right.text}", type, (left, right), size, inner)
    return left


def _sum_type(reader: Reader, sign: str, left: Expression, right: Expression, start: Token, second: Token) -> Typed:
    """Numbers, texts or lists are added to their like; numbers alone are subtracted."""
    if sign == "-":
        _typed(reader, left, "number", start)
        _typed(reader, right, "number", second)
    else:
        _typed(reader, left, "number text list", start)
        like = (
            "number" if left.type in ("integer", "number") else "number text list" if left.type == "any" else left.type
        )
        _typed(reader, right, like, second)
    found = common((left.type, right.type))
    return "number" if sign == "-" and found == "any" else found


def _product(reader: Reader, scope: Scope) -> Expression:
    return _numbers(reader, scope, ("*", "/", "%"), _power)


def _power(reader: Reader, scope: Scope) -> Expression:
    return _numbers(reader, scope, ("^",), _signed)


def _numbers(reader: Reader, scope: Scope, signs: tuple[str, ...], part: _Level) -> Expression:
    start = reader.next()
    left = part(reader, scope)
    while any(map(reader.is_sign, signs)):
        sign = reader.take().text
        second = reader.next()
        right = part(reader, scope)
        _typed(reader, left, "number", start)
        _typed(reader, right, "number", second)
        whole = sign != "^" and left.type == right.type == "integer"
        left = joined(f"{left.text} {sign} {right.text}", "integer" if whole else "number", (left, right))
    return left


def _signed(reader: Reader, scope: Scope) -> Expression:
    start = reader.next()
    if reader.is_sign("-") or reader.is_sign("+"):
        sign = reader.take().text
        with reader.deeper():
            inner = _signed(reader, scope)
        _typed(reader, inner, "number", start)
        return inner.of(f"{sign} {inner.text}", "integer" if inner.type == "integer" else "number")
    return _reached(reader, scope)


def _reached(reader: Reader, scope: Scope) -> Expression:
    """An atom, perhaps with properties, indexes or a label test behind it."""
    start = reader.next()
    found = _atom(reader, scope)
    while True:
        if reader.sign("."):
            found = _property(reader, found, start)
        elif reader.is_sign("["):
            found = _indexed(reader, scope, found, start)
        elif found.bare and found.type in ("node", "any") and reader.is_sign(":"):
            reader.take()
            return found.of(f"{found.text}:{labels(reader)}", "boolean")
        else:
            return found


def _property(reader: Reader, base: Expression, start: Token) -> Expression:
    name = reader.key("a property")
    if reader.is_sign("("):
        reader.refuse(
            f"{reader.statement[start.start : reader.next().start]} is not among the functions read here", start
        )
    _typed(reader, base, "node relationship map", start)
    return base.of(f"{base.text}.{name}", "any", FEW if base.type in ("node", "relationship") else base.size)


def _indexed(reader: Reader, scope: Scope, base: Expression, start: Token) -> Expression:
    """One element, or those from one place to another."""
    reader.take()
    _typed(reader, base, "list map node relationship", start)
    if reader.sign(".."):
        return _slice(reader, scope, base, None, start)
    at = reader.next()
    first = expression(reader, scope)
    if reader.sign(".."):
        _typed(reader, first, "integer", at)
        return _slice(reader, scope, base, first, start)
    _typed(reader, first, "integer" if base.type == "list" else "text" if base.type != "any" else "integer text", at)
    reader.need("]", "after an index")
    return joined(f"{base.text}[{first.text}]", base.inner, (base, first), max(base.size, FEW))


def _slice(reader: Reader, scope: Scope, base: Expression, first: Expression | None, start: Token) -> Expression:
    _typed(reader, base, "list", start)
    last = None
    if not reader.is_sign("]"):
        at = reader.next()
        last = expression(reader, scope)
        _typed(reader, last, "integer", at)
    elif first is None:
        reader.refuse("[..] has no bounds; give one")
    reader.need("]", "after a range")
    parts = tuple(part for part in (base, first, last) if part)
    bounds = f"{first.text if first else ''}..{last.text if last else ''}"
    return joined(f"{base.text}[{bounds}]", "list", parts, base.size, base.inner)


# ---- atoms -----------------------------------------------------------------------------------------------------------


def _atom(reader: Reader, scope: Scope) -> Expression:
    token = reader.next()
    if token.sort in (Sort.INTEGER, Sort.DECIMAL):
        return Expression(reader.take().text, "integer" if token.sort is Sort.INTEGER else "number")
    if token.sort is Sort.TEXT:
        reader.take()
        return Expression(reader.keep(token.text), "text", size_of(token.text))
    if token.sort is Sort.PARAMETER:
        return _parameter(reader)
    if token.sort is Sort.WORD:
        return _named(reader, scope)
    if token.text == "(":
        return _parenthesised(reader, scope)
    if token.text == "[":
        return _list(reader, scope)
    if token.text == "{":
        pairs = mapping(reader, scope)
        size = bounded(reader, 1 + sum(part.size for part in pairs.values()), token)
        return joined(written(pairs), "map", tuple(pairs.values()), size)
    return reader.refuse(f"{reader.shown()} stands where a value must")


def _parameter(reader: Reader) -> Expression:
    token = reader.take()
    if token.text not in reader.parameters:
        reader.refuse(f"no value was given for ${token.text}; give it with the statement", token)
    value = reader.parameters[token.text]
    reader.values[token.text] = value
    inner = common(map(_type_of, value)) if isinstance(value, list | tuple) else "any"
    return Expression(f"${token.text}", _type_of(value), bounded(reader, size_of(value), token), inner=inner)


def _type_of(value: Any) -> Typed:
    """The type of a parameter; Neo4j holds statements to it."""
    kinds: tuple[tuple[type | tuple[type, ...], Typed], ...] = (
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (str, "text"),
        ((list, tuple), "list"),
        (dict, "map"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "any")


def _named(reader: Reader, scope: Scope) -> Expression:
    """What begins with a word."""
    token = reader.next()
    upper = token.text.upper()
    if upper in ("TRUE", "FALSE", "NULL"):
        reader.take()
        return Expression(token.text.lower(), "any" if upper == "NULL" else "boolean")
    if upper == "CASE":
        return _case(reader, scope)
    if upper in ("EXISTS", "COUNT") and reader.is_sign("{", 1):
        return _subquery(reader, scope)
    if upper == "COLLECT" and reader.is_sign("{", 1):
        reader.refuse(f"COLLECT {REACHES['COLLECT']}")
    if reader.is_sign("(", 1):
        return _call(reader, scope)
    _no_dotted_call(reader)
    return _variable(reader, scope)


def _no_dotted_call(reader: Reader) -> None:
    """Refuse `a.b.c(`, before `a` is looked for among the names."""
    start, ahead = reader.next(), 0
    while reader.is_sign(".", ahead + 1):
        ahead += 2
    if ahead and reader.is_sign("(", ahead + 1):
        called = reader.statement[start.start : reader.next(ahead).end]
        reader.refuse(f"{called} is not among the functions read here; {_KNOWN}", start)


def _variable(reader: Reader, scope: Scope) -> Expression:
    token = reader.next()
    name = reader.name("a value")
    if name not in scope.names:
        near = get_close_matches(name, scope.names, 1)
        hint = f"; did you mean {near[0]}?" if near else "; MATCH or UNWIND it first"
        reader.refuse(f"{name} is not known here{hint}", token)
    thing = scope.names[name]
    used = frozenset({name})
    return Expression(name, thing.type, thing.size, free=used, uses=used, bare=True, inner=thing.inner)


def _parenthesised(reader: Reader, scope: Scope) -> Expression:
    start = reader.take()
    if reader.is_sign(")") or reader.is_sign(":"):
        reader.refuse("a pattern cannot stand here by itself; write EXISTS { (a)-[:TYPE]->(b) }", start)
    inner = expression(reader, scope)
    reader.need(")", "to close the parenthesis")
    ahead = 1 if reader.is_sign("<") else 0
    arrow = reader.is_sign("-", ahead) and (reader.is_sign("[", ahead + 1) or reader.is_sign("-", ahead + 1))
    if arrow and inner.type == "node":
        reader.refuse("a pattern cannot stand here by itself; write EXISTS { (a)-[:TYPE]->(b) }", start)
    return inner.of(f"({inner.text})", inner.type, inner.size, inner.inner)


def _list(reader: Reader, scope: Scope) -> Expression:
    start = reader.take()
    if reader.next().sort is Sort.WORD and reader.is_word("IN", ahead=1):
        return _comprehension(reader, scope, start)
    parts: list[Expression] = []
    while not reader.is_sign("]"):
        parts.append(expression(reader, scope))
        if not reader.sign(","):
            break
    reader.need("]", "to close the list")
    size = bounded(reader, 1 + sum(part.size for part in parts), start)
    inner = common(part.type for part in parts)
    return joined(f"[{', '.join(part.text for part in parts)}]", "list", tuple(parts), size, inner)


def _comprehension(reader: Reader, scope: Scope, start: Token) -> Expression:
    """`[x IN list WHERE … | …]`."""
    name, source, inner = _each(reader, scope)
    where = plain(reader, inner, "a list") if reader.word("WHERE") else None
    made = plain(reader, inner, "a list") if reader.sign("|") else None
    reader.need("]", "to close the list")
    if where:
        _typed(reader, where, "boolean", start)
    parts = tuple(part for part in (where, made) if part)
    text = f"[{name} IN {source.text}{f' WHERE {where.text}' if where else ''}{f' | {made.text}' if made else ''}]"
    size = bounded(reader, source.size * (made.size if made else 1), start)
    found = _over(reader, text, "list", size, name, source, parts, start)
    return replace(found, inner=made.type if made else source.inner)


def _quantified(reader: Reader, scope: Scope, word: str) -> Expression:
    """`any(x IN list WHERE …)` and its like."""
    start = reader.next()
    name, source, inner = _each(reader, scope)
    reader.need("WHERE", f"in {word}(…)")
    where = plain(reader, inner, f"{word}(…)")
    _typed(reader, where, "boolean", start)
    reader.need(")", f"to close {word}(…)")
    text = f"{word}({name} IN {source.text} WHERE {where.text})"
    return _over(reader, text, "boolean", 1, name, source, (where,), start)


def _each(reader: Reader, scope: Scope) -> tuple[str, Expression, Scope]:
    """`x IN list`: the name, the list, and the scope with the name."""
    name = reader.name("an element")
    reader.need("IN", "after the name of an element")
    at = reader.next()
    source = plain(reader, scope, "a list")
    _typed(reader, source, "list", at)
    return name, source, scope.plus({name: Thing(source.inner, FEW)})


def _over(
    reader: Reader,
    text: str,
    type: Typed,
    size: int,
    name: str,
    source: Expression,
    parts: tuple[Expression, ...],
    start: Token,
) -> Expression:
    """What is done for each element: its work is that of one element, so many times."""
    made = joined(text, type, (source, *parts), size)
    inner = max((max(part.work, part.size) for part in parts), default=1)
    work = bounded(reader, source.work + source.size * inner, start)
    bound = frozenset().union(*(part.free for part in parts)) - {name}
    return Expression(text, type, size, max(made.work, work), source.free | bound, source.uses | bound)


def _case(reader: Reader, scope: Scope) -> Expression:
    start = reader.take()
    subject = None if reader.is_word("WHEN") else expression(reader, scope)
    whens: list[Expression] = []
    results: list[Expression] = []
    text = f"CASE {subject.text}" if subject else "CASE"
    while reader.word("WHEN"):
        at = reader.next()
        whens.append(expression(reader, scope))
        if subject is None:
            _typed(reader, whens[-1], "boolean", at)
        reader.need("THEN", "after WHEN …")
        results.append(expression(reader, scope))
        text += f" WHEN {whens[-1].text} THEN {results[-1].text}"
    if not whens:
        reader.refuse("CASE needs WHEN … THEN …")
    if reader.word("ELSE"):
        results.append(expression(reader, scope))
        text += f" ELSE {results[-1].text}"
    reader.need("END", "to close CASE")
    size = bounded(reader, sum(result.size for result in results), start)
    parts = (*((subject,) if subject else ()), *whens, *results)
    inner = common(result.inner for result in results)
    return joined(f"{text} END", common(result.type for result in results), parts, size, inner)


def _subquery(reader: Reader, scope: Scope) -> Expression:
    """`EXISTS { pattern WHERE … }`, `COUNT { … }`; MATCH before the pattern may be written."""
    from graph.statement.pattern import patterns  # patterns hold expressions, and these hold patterns

    token = reader.take()
    word = token.text.upper()
    reader.need("{", f"after {word}")
    reader.word("MATCH")
    with reader.deeper():
        text, inner = patterns(reader, Scope(scope.names, scope.rows, True))
        text += condition(reader, inner)
    if not reader.is_sign("}"):
        reader.refuse(f"{word} {{ … }} holds a pattern and WHERE, nothing else; {reader.shown()} cannot stand here")
    reader.take()
    used = frozenset(scope.names)
    return Expression(
        f"{word} {{ MATCH {text} }}", "boolean" if word == "EXISTS" else "integer", 1, MANY // 10, used, used
    )


# ---- functions -------------------------------------------------------------------------------------------------------


def _call(reader: Reader, scope: Scope) -> Expression:
    token = reader.take()
    reader.take()
    lower = token.text.lower()
    if lower in QUANTIFIERS:
        return _quantified(reader, scope, lower)
    name = next((name for name in FUNCTIONS if name.lower() == lower), None)
    if name is None:
        near = get_close_matches(lower, (known.lower() for known in FUNCTIONS), 1)
        hint = f"did you mean {near[0]}?" if near else _KNOWN
        reader.refuse(f"{token.text}(…) is not among the functions read here; {hint}", token)
    if name == "count" and reader.sign("*"):
        reader.need(")", "to close count(*)")
        return Expression("count(*)", "integer", aggregate=True)
    distinct = "DISTINCT " if name in AGGREGATES and reader.word("DISTINCT") else ""
    parts = _arguments(reader, scope, FUNCTIONS[name], token)
    text = f"{name}({distinct}{', '.join(part.text for part in parts)})"
    return _result(reader, FUNCTIONS[name], text, parts, token)


def _arguments(reader: Reader, scope: Scope, function: Function, token: Token) -> tuple[Expression, ...]:
    parts: list[Expression] = []
    types = [function.takes, function.second, function.third]
    least = 2 if function.second else 1
    most = function.most or sum(map(bool, types))
    while not reader.is_sign(")"):
        at = reader.next()
        parts.append(expression(reader, scope))
        _typed(reader, parts[-1], types[min(len(parts) - 1, 2)] or "any", at)
        if not reader.sign(","):
            break
    reader.need(")", f"to close {function.name}(…)")
    if not least <= len(parts) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        reader.refuse(f"{function.name}(…) takes {wanted}, not {len(parts)}", token)
    return tuple(parts)


def _result(reader: Reader, function: Function, text: str, parts: tuple[Expression, ...], token: Token) -> Expression:
    type, inner = _gives(function, parts)
    size = function.size or (1 if type in ("integer", "number", "boolean") else sum(part.size for part in parts))
    made = joined(text, type, parts, bounded(reader, size, token), inner)
    if function.name not in AGGREGATES:
        return made
    if made.aggregate:
        reader.refuse(f"{function.name}(…) holds another count, sum or the like; take that into WITH first", token)
    if function.name == "collect":
        size = bounded(reader, MANY * made.size, token)
    return Expression(text, type, size, made.work, frozenset(), made.uses, aggregate=True, inner=inner)


def _gives(function: Function, parts: tuple[Expression, ...]) -> tuple[Typed, Typed]:
    """The type of a function's result, and of its elements."""
    if function.name == "collect":
        return "list", parts[0].type
    if function.gives == "inner":
        return parts[0].inner, "any"
    if function.gives == "same":
        type, inner = common(part.type for part in parts), common(part.inner for part in parts)
        return ("number" if function.takes == "number" and type == "any" else type), inner
    return cast(Typed, function.gives), cast(Typed, function.inner)


# ---- labels and maps -------------------------------------------------------------------------------------------------


def labels(reader: Reader) -> str:
    """`Park`, or `Park|Place`."""
    return "|".join(_either(reader, LABELS, "label"))


def _either(reader: Reader, known: frozenset[str], what: str) -> list[str]:
    names = []
    while True:
        token = reader.next()
        name = reader.key(f"a {what}")
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"
            reader.refuse(f"{name} is no {what} of this graph; {hint}", token)
        names.append(name)
        if not reader.sign("|"):
            return names
        reader.sign(":")


def types(reader: Reader) -> str:
    """`COOPERATES`, or `PART_OF|OVERLAPS`."""
    return "|".join(_either(reader, TYPES, "type of relationship"))


def mapping(reader: Reader, scope: Scope) -> dict[str, Expression]:
    """`{key: value, …}` by key."""
    reader.need("{", "to open a map")
    found: dict[str, Expression] = {}
    while not reader.is_sign("}"):
        token = reader.next()
        if reader.is_sign(".") or reader.is_sign("*"):
            reader.refuse("write the keys of a map with their values: {name: p.name}")
        key = reader.key("a key")
        if key in found:
            reader.refuse(f"{key} is there twice", token)
        reader.need(":", "after a key")
        found[key] = expression(reader, scope)
        if not reader.sign(","):
            break
    reader.need("}", "to close the map")
    return found


def written(pairs: Mapping[str, Expression]) -> str:
    """A map as it is sent."""
    return "{" + ", ".join(f"{key}: {value.text}" for key, value in pairs.items()) + "}"
