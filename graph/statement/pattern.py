"""Patterns of MATCH: nodes, relationships, paths of bounded length. What would pair each with each is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.statement.allowed import FEW, HOPS
from graph.statement.expression import labels, mapping, types, written
from graph.statement.reader import Reader
from graph.statement.scope import Expression, Scope, Thing
from graph.statement.tokens import Sort, Token

_ANCHORS = frozenset({"id", "name"})
"""A node with one of these given is found by itself."""


@dataclass(slots=True)
class _Part:
    """A pattern while it is read: its names and nodes, whether it is found by itself, the least length of its paths."""

    start: Token
    names: dict[str, Thing] = field(default_factory=dict)
    nodes: set[str] = field(default_factory=set)
    anchored: bool = False
    least: int = 1


def patterns(reader: Reader, scope: Scope) -> tuple[str, Scope]:
    """Patterns up to what is none, and the scope with their names. Raises InputError for a product of two patterns."""
    texts, parts = [], []
    inner = scope
    while True:
        part = _Part(reader.next())
        texts.append(_pattern(reader, inner, part))
        inner = inner.plus(part.names)
        parts.append(part)
        if not reader.sign(","):
            break
    _together(reader, scope, parts)
    return ", ".join(texts), Scope(inner.names, scope.rows, True)


def _together(reader: Reader, scope: Scope, parts: list[_Part]) -> None:
    """Refuse what makes a product: a pattern that shares no node with what was matched before."""
    known = {name for name, thing in scope.names.items() if thing.type in ("node", "any")}
    waiting = list(parts)
    free = not scope.matched
    while waiting:
        joined = next((part for part in waiting if part.anchored or part.nodes & known), None)
        if joined is None and not free:
            reader.refuse(
                "this pattern shares no node with the rest, so each would be paired with each; "
                "join them by a relationship, or give {id: …} or {name: …}",
                waiting[0].start,
            )
        joined = joined or waiting[0]
        free = False
        known |= joined.nodes
        waiting.remove(joined)


def _pattern(reader: Reader, scope: Scope, part: _Part) -> str:
    """`p = shortestPath((a)-[…]-(b))`, `p = (a)--(b)`, `(a)--(b)`."""
    prefix = ""
    if reader.next().sort is Sort.WORD and reader.is_sign("=", 1):
        name = _fresh(reader, scope, part, "a path")
        reader.take()
        part.names[name] = Thing("path", HOPS * FEW)
        prefix = f"{name} = "
    if reader.is_word("ALLSHORTESTPATHS", "SHORTEST", "ANY", "ALL"):
        reader.refuse(f"{reader.shown()} is not read here; use shortestPath((a)-[*..{HOPS}]-(b))")
    if reader.word("SHORTESTPATH"):
        reader.need("(", "after shortestPath")
        text, hops = _chain(reader, scope, part)
        if hops != 1:
            reader.refuse("shortestPath holds one relationship between two nodes", part.start)
        if part.least > 1:
            reader.refuse(f"the shortest path has no lower bound; write *..{HOPS}", part.start)
        reader.need(")", "to close shortestPath")
        return f"{prefix}shortestPath({text})"
    return prefix + _chain(reader, scope, part)[0]


def _chain(reader: Reader, scope: Scope, part: _Part) -> tuple[str, int]:
    """Nodes with relationships between them, and how many of these."""
    text, hops = _node(reader, scope, part), 0
    while reader.is_sign("-") or reader.is_sign("<"):
        text += _relationship(reader, scope, part) + _node(reader, scope, part)
        hops += 1
    return text, hops


def _node(reader: Reader, scope: Scope, part: _Part) -> str:
    if not reader.is_sign("("):
        reader.refuse(f"{reader.shown()} stands where a node must: (name:Label)")
    reader.take()
    name = _node_name(reader, scope, part) if reader.next().sort is Sort.WORD else ""
    text = name + (f":{labels(reader)}" if reader.sign(":") else "")
    if reader.is_sign("{"):
        given = _given(reader, scope, part)
        part.anchored = part.anchored or bool(_ANCHORS & set(given))
        text += f" {written(given)}"
    if reader.is_word("WHERE"):
        reader.refuse("WHERE stands behind the whole pattern here")
    reader.need(")", "to close the node")
    if reader.is_sign("{") or reader.is_sign("+") or reader.is_sign("*"):
        reader.refuse(f"repeated patterns are not read here; use -[:TYPE*1..{HOPS}]-")
    return f"({text})"


def _node_name(reader: Reader, scope: Scope, part: _Part) -> str:
    token = reader.next()
    name = reader.name("a node")
    thing = part.names.get(name) or scope.names.get(name)
    if thing is None:
        part.names[name] = Thing("node", FEW)
    elif thing.type not in ("node", "any"):
        reader.refuse(f"{name} is a {thing.type} already; give the node another name", token)
    part.nodes.add(name)
    return name


def _relationship(reader: Reader, scope: Scope, part: _Part) -> str:
    start = reader.next()
    left = "<-" if reader.sign("<") else "-"
    reader.need("-", "in a relationship")
    inner = f"[{_inside(reader, scope, part)}]" if reader.sign("[") else ""
    reader.need("-", "in a relationship")
    right = "->" if reader.sign(">") else "-"
    if left == "<-" and right == "->":
        reader.refuse("an arrow has one head; leave both out for either direction", start)
    return f"{left}{inner}{right}"


def _inside(reader: Reader, scope: Scope, part: _Part) -> str:
    """What stands in the brackets."""
    name = _fresh(reader, scope, part, "a relationship") if reader.next().sort is Sort.WORD else ""
    text = name + (f":{types(reader)}" if reader.sign(":") else "")
    length = _length(reader, part) if reader.is_sign("*") else ""
    if name:
        part.names[name] = Thing("list", HOPS * FEW, "relationship") if length else Thing("relationship", FEW)
    if reader.is_sign("{"):
        given = _given(reader, scope, part)
        length += f" {written(given)}"
    if reader.is_word("WHERE"):
        reader.refuse("WHERE stands behind the whole pattern here")
    reader.need("]", "to close the relationship")
    return text + length


def _length(reader: Reader, part: _Part) -> str:
    """`*2`, `*1..3`, `*..3`: always with an upper bound."""
    start = reader.take()
    least = _whole(reader)
    most = _whole(reader) if reader.sign("..") else least
    if most is None or int(most) > HOPS:
        reader.refuse(f"a path needs an upper bound of at most {HOPS}: *1..{HOPS}", start)
    first = 1 if least is None else int(least)
    if first > int(most):
        reader.refuse(f"*{first}..{most} is never met; the lower bound comes first", start)
    part.least = max(part.least, first)
    return f"*{first}..{int(most)}"


def _whole(reader: Reader) -> str | None:
    return reader.take().text if reader.next().sort is Sort.INTEGER else None


def _given(reader: Reader, scope: Scope, part: _Part) -> dict[str, Expression]:
    """The properties that a node or relationship must have."""
    start = reader.next()
    pairs = mapping(reader, scope)
    if any(value.aggregate for value in pairs.values()):
        reader.refuse("count, sum and the like cannot stand in a pattern; take them into WITH first", start)
    return pairs


def _fresh(reader: Reader, scope: Scope, part: _Part, what: str) -> str:
    """A name that stands for nothing yet."""
    token = reader.next()
    name = reader.name(what)
    if name in scope.names or name in part.names:
        reader.refuse(f"{name} is there already; give {what} a name of its own", token)
    return name
