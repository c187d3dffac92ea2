"""Names that may be one entity and wait for a person, and what people said of names."""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from graph.errors import Conflict, InputError, NotFound
from graph.fact import display_name
from graph.judgement import REVIEW, SAME, Judgement, Verdict, pair, standing
from graph.model import Kind
from graph.store import cypher
from graph.store.base import Row, Store

SENTENCES = 2
"""So many sentences are shown of each name."""


def queue(store: Store, after: str = "", limit: int = 20) -> Row:
    """A page of pairs that wait, the most alike first: {items, next, total}. `next` is the cursor of the next page.

    A pair waits if its score is at least `REVIEW`, its names are two entities and nobody has judged it same or
    different. Where the score alone would make them one, or somebody judged them the same in vain, `conflict` says why
    they are not. Raises InputError for a cursor of another form.
    """
    rows = _waiting(store)
    place = _place(after)
    left = [row for row in rows if place is None or _order(row) > place]
    items = _shown(store, left[:limit])
    more = len(left) > limit
    following = f"{left[limit - 1]['score']} {left[limit - 1]['id']}" if more else ""
    return {"items": items, "next": following, "total": len(rows)}


def log(store: Store, skip: int = 0, limit: int | None = None) -> list[Row]:
    """Every judgement in the order in which they were given; `stands` tells the latest of each pair."""
    given = store.judgements()
    last = {one.id for one in standing(given).values()}
    shown = given[skip:] if limit is None else given[skip : skip + limit]
    return [exported(one) | {"stands": one.id in last} for one in shown]


def exported(one: Judgement) -> Row:
    """A judgement as data: what `imported` reads."""
    names = ("id", "at", "who", "verdict", "a", "b", "a_name", "b_name", "score", "reason")
    return {name: getattr(one, name) for name in names}


def imported(row: Row) -> Judgement:
    """A judgement from data. Raises InputError naming what is wrong."""
    try:
        told = {name: str(row[name]) for name in ("a", "b", "who", "at")}
        datetime.datetime.fromisoformat(told["at"])
        rest = {name: str(row.get(name) or "") for name in ("reason", "a_name", "b_name")}
        one = Judgement(verdict=Verdict(row["verdict"]), score=float(row.get("score") or 0.0), **told, **rest)
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"no judgement ({error}); a row has a, b, verdict, who, at and perhaps reason") from None
    if one.a >= one.b:
        raise InputError(f"no judgement: a ({one.a}) must be the smaller id of two different names")
    return one


def judge(
    store: Store, one: str, other: str, verdict: Verdict, *, who: str, reason: str = "", again: bool = False
) -> Row:
    """Add a person's word on two names (ids as documents give them) to the log; returns it as data.

    Raises NotFound for a name that is not there, Conflict when the word goes against an earlier one: with `again` it
    replaces what was said of the same two names; what was said of others must be judged anew first.
    """
    if one == other:
        raise InputError("these are one name, with nothing to judge; the same writing is always one entity")
    a, b = pair(one, other)
    rows = {row["l"]["id"]: row["l"] for row in store.run(cypher.LOCALS, ids=[a, b])}
    if missing := [name for name in (a, b) if name not in rows]:
        raise NotFound(f"no document uses a name with the id {', '.join(missing)}; `parkbond review` lists names")
    if rows[a]["kind"] != rows[b]["kind"]:
        raise InputError(f"a {rows[a]['kind']} and a {rows[b]['kind']} are never one")
    given = store.judgements()
    last = standing(given).get((a, b))
    opposite = last and Verdict.UNSURE not in (last.verdict, verdict) and last.verdict is not verdict
    if last and opposite and not again:
        raise Conflict(
            f"{last.a_name} and {last.b_name} were judged {last.verdict} by {last.who} on {last.at[:10]}"
            f"{f' ({last.reason})' if last.reason else ''}; say --again to replace that"
        )
    names = _names(store, rows.values())
    scores = [row["p"]["score"] for row in store.run(cypher.PAIRS_OF, ids=[a]) if row["p"]["b"] == b]
    said = Judgement(a, b, verdict, who, _now(given), reason, max(scores, default=0.0), names[a], names[b])
    store.judge([said])
    return exported(said) | {"one": _one(store, a, b)}


def named(store: Store, words: str, ids: Sequence[str]) -> str:
    """The name that a person means: `words` is an id, or `ids` are those that a document would give to it.

    Raises NotFound, or InputError where several are meant.
    """
    found = [row["l"]["id"] for row in store.run(cypher.LOCALS, ids=[words, *ids])]
    if words in found:
        return words
    found += [row["l"]["id"] for row in store.run(cypher.LOCALS_OF_BASE, ids=list(ids))]
    if len(found) == 1:
        return str(found[0])
    if not found:
        raise NotFound(f"no document uses the name {words}; `parkbond review` lists names with their ids")
    raise InputError(f"{words} may be {' or '.join(sorted(set(found)))}; say which by its id")


def _now(given: Sequence[Judgement]) -> str:
    """This moment; later than every judgement even if the clock was set back."""
    now = datetime.datetime.now(datetime.UTC)
    if given:
        last = datetime.datetime.fromisoformat(given[-1].at)
        now = max(now, last + datetime.timedelta(microseconds=1))
    return now.isoformat(timespec="microseconds")


def _one(store: Store, a: str, b: str) -> bool:
    homes = {row["l"]["id"]: row["l"]["entity"] for row in store.run(cypher.LOCALS, ids=[a, b])}
    return bool(homes[a] == homes[b])


def _order(row: Row) -> tuple[float, str]:
    return -row["score"], row["id"]


def _place(after: str) -> tuple[float, str] | None:
    if not after:
        return None
    score, _, id = after.partition(" ")
    try:
        return -float(score), id
    except ValueError:
        raise InputError(f"{after[:80]!r} is no cursor; take `next` of the page before") from None


def _waiting(store: Store) -> list[Row]:
    """The pairs that wait, in order, with their names' rows."""
    pairs = {(row["p"]["a"], row["p"]["b"]): row["p"] for row in store.stream(cypher.QUEUE, least=REVIEW)}
    verdicts = standing(store.judgements())
    for both, one in verdicts.items():
        if one.verdict is Verdict.SAME and both not in pairs:
            pairs[both] = {"id": one.id, "a": both[0], "b": both[1], "score": one.score, "parts": "{}"}
    known = _locals(store, {name for both in pairs for name in both})
    found = []
    for (a, b), row in pairs.items():
        said = verdicts.get((a, b))
        settled = said is not None and said.verdict is Verdict.DIFFERENT
        if a in known and b in known and known[a]["entity"] != known[b]["entity"] and not settled:
            found.append(row | {"judged": said, "locals": {name: known[name] for name in (a, b)}})
    return sorted(found, key=_order)


def _locals(store: Store, ids: Iterable[str]) -> dict[str, Row]:
    return {row["l"]["id"]: row["l"] for row in store.stream(cypher.LOCALS, ids=sorted(ids))}


def _shown(store: Store, rows: Sequence[Row]) -> list[Row]:
    ends = {name: local for row in rows for name, local in row["locals"].items()}
    names = _names(store, ends.values())
    sides = {name: _side(store, local, names[name]) for name, local in ends.items()}
    return [
        {
            "id": row["id"],
            "kind": row["locals"][row["a"]]["kind"],
            "score": row["score"],
            "parts": json.loads(row["parts"]),
            "a": sides[row["a"]],
            "b": sides[row["b"]],
            "judged": exported(row["judged"]) if row["judged"] else None,
            "conflict": _conflict(row),
        }
        for row in rows
    ]


def _conflict(row: Row) -> str:
    """Why two names are not one although the rules or a person say so; "" where nobody does."""
    one = row["judged"]
    if one is not None and one.verdict is Verdict.SAME:
        return f"judged the same by {one.who} on {one.at[:10]}, against another judgement or different credit codes"
    if row["score"] >= SAME:
        return "one of them is as much like another name, which cannot be the same; say which is meant"
    return ""


def _names(store: Store, locals: Iterable[Row]) -> dict[str, str]:
    """How each name is written best."""
    locals = list(locals)
    by_kind: dict[Kind, set[str]] = defaultdict(set)
    for local in locals:
        by_kind[Kind(local["kind"])].add(local["entity"])
    spoken: dict[str, set[str]] = defaultdict(set)
    for kind, entities in by_kind.items():
        for row in store.stream(cypher.NAMINGS[kind], ids=sorted(entities)):
            spoken[row["told"]].update(row["names"])
    return {local["id"]: display_name(spoken[local["id"]]) or local["id"] for local in locals}


def _side(store: Store, local: Row, name: str) -> dict[str, Any]:
    """One name of a pair: its id, how it is written, its code, and sentences that use it."""
    ends = [{"entity": local["entity"], "local": local["id"]}]
    rows = store.run(cypher.MENTIONS_TOLD[Kind(local["kind"])], rows=ends)
    passages = sorted({row["passage"] for row in rows})
    shown = store.run(cypher.PASSAGES, ids=passages[:SENTENCES]) if passages else []
    sentences = [{key: row[key] for key in ("document", "title", "text")} for row in shown]
    told = {"id": local["id"], "name": name, "entity": local["entity"], "code": local.get("code") or ""}
    return told | {"passages": len(passages), "sentences": sentences}
