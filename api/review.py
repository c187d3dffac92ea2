"""Judging names: from what a person writes to the log."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from graph.errors import InputError
from graph.judgement import Judgement, Verdict
from graph.likeness import COMPARED
from graph.query.review import exported, imported, judge, named
from graph.store.base import Row, Store


def judge_names(
    store: Store, one: str, other: str, verdict: Verdict, *, who: str = "", reason: str = "", again: bool = False
) -> Row:
    """Say of two names (as written, or ids) that they are one entity, two, or that it is not known."""
    a, b = _meant(store, one), _meant(store, other)
    return judge(store, a, b, verdict, who=who or _somebody(), reason=reason, again=again)


def export_log(store: Store) -> Iterator[str]:
    """The log as lines of JSON."""
    for one in store.judgements():
        yield json.dumps(exported(one), ensure_ascii=False)


def import_log(store: Store, file: Path) -> int:
    """Add the judgements of a file to the log, all or nothing; returns how many were new. Names that no document uses
    yet are kept for when one does. Raises InputError naming the line that is wrong."""
    judgements: dict[str, Judgement] = {}
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read ({getattr(error, 'strerror', '') or 'not UTF-8'})") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            one = _parsed(f"{file}, line {number}", line)
            judgements[one.id] = one
    return _told(store, judgements)


def add_judgements(store: Store, rows: Sequence[Row]) -> int:
    """The same with rows as the log gives them."""
    judgements: dict[str, Judgement] = {}
    for number, row in enumerate(rows):
        one = _checked(f"judgements[{number}]", row)
        judgements[one.id] = one
    return _told(store, judgements)


def _told(store: Store, judgements: Mapping[str, Judgement]) -> int:
    known = {one.id for one in store.judgements()}
    new = [one for id, one in judgements.items() if id not in known]
    store.judge(new, refuse=False)
    return len(new)


def waiting_industries(store: Store, skip: int, limit: int) -> Row:
    """The names of industries in the graph whose class is not sure, the most frequent first, each with the concept
    that it may mean, and the share of all that is said of industries that has no class."""
    from graph.store.cypher import INDUSTRY_NAMES
    from ingest.resolve import concept

    pieces = {row["name"]: row["pieces"] for row in store.run(INDUSTRY_NAMES)}
    waiting, share = concept.review(pieces), concept.unclassified(pieces)
    return {
        "items": [
            {
                "name": row.surface,
                "pieces": row.times,
                "concept": row.candidate.concept,
                "score": row.candidate.score,
                "how": row.candidate.how,
            }
            for row in waiting[skip : skip + limit]
        ],
        "total": len(waiting),
        "names": share.surfaces,
        "unclassified_names": share.unclassified_surfaces,
        "pieces": share.pieces,
        "unclassified_pieces": share.unclassified_pieces,
        "said": share.said(),
    }


def _parsed(where: str, line: str) -> Judgement:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{where}: {error}; nothing was imported") from None
    return _checked(where, row)


def _checked(where: str, row: object) -> Judgement:
    try:
        if not isinstance(row, dict):
            raise InputError("no judgement: not an object")
        if "\0" in (words := json.dumps(row, ensure_ascii=False).replace("\\u0000", "\0")) or _half(words):
            raise InputError("a NUL or half a character in it")
        return imported(row)
    except InputError as error:
        raise InputError(f"{where}: {error}; nothing was imported") from None


def _half(words: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in words)


def _meant(store: Store, words: str) -> str:
    from ingest.resolve.card import card
    from ingest.resolve.keys import key

    return named(store, words, [card(key(kind, words, words)).id for kind in sorted(COMPARED)])


def _somebody() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
