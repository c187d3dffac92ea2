"""All names of the lexicon, and all endings of names, each found in one pass over a text."""

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


class Endings:
    """Finds how names end in a folded text, the longest ending at each place."""

    def __init__(self) -> None:
        self._suffixes = lexicon.suffixes()
        self._ends = AhoCorasick(
            [suffix.text for suffix in self._suffixes],
            matchkind=MatchKind.LeftmostLongest,
            implementation=Implementation.ContiguousNFA,
        )

    def find(self, text: str) -> list[tuple[int, int, lexicon.Suffix]]:
        """(start, end, suffix) of each ending, in order."""
        return [(start, end, self._suffixes[number]) for number, start, end in self._ends.find_matches_as_indexes(text)]
