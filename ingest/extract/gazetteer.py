"""All names of the lexicon, found in one pass over a text."""

from __future__ import annotations

from collections.abc import Mapping

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from ingest import lexicon
from ingest.extract.names import Hit


class Gazetteer:
    """Finds the longest name at each place of a folded text, what it may stand for beside it."""

    def __init__(self, names: Mapping[str, tuple[lexicon.Entry, ...]] | None = None) -> None:
        table = lexicon.gazetteer() if names is None else names
        self._entries = list(table.values())
        self._names = AhoCorasick(
            list(table), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        )

    def hits(self, text: str) -> list[Hit]:
        """The names of a text, in order, none inside another."""
        return [
            Hit(start, end, self._entries[number]) for number, start, end in self._names.find_matches_as_indexes(text)
        ]
