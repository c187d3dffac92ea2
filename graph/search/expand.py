"""What a query means in other words: a table of names that mean the same, the narrower and the broader.

A surface in the query (低空经济, flying cars) leads to its concept, and from there to every other way of writing it,
in Chinese and in English; narrower concepts count less than the same, broader ones less than those. Curated names of
parks, firms and places work the same way, so a firm is found by its name in the other language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graph.search.words import runs, stem, wide

SAME, NARROWER, BROADER = 0.8, 0.5, 0.3
"""What a match of another name, of a narrower and of a broader concept is worth, beside 1 for the word itself."""

LONGEST = 24  # characters of a Chinese surface, and
WORDS = 7  # words of an English one
VARIANTS = 60  # other ways of writing one surface that are looked for


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing with all its names in the comparison form; `broader` is the name of another concept, or ""."""

    name: str
    names: tuple[str, ...]
    broader: str = ""
    proper: bool = False  # the name of one thing: a park, a firm, a place


@dataclass(frozen=True, slots=True)
class Meant:
    """[start, end) of a query names something: `variants` are other writings of it and of what is near, with weights.

    A variant is a key as of `key`.
    """

    start: int
    end: int
    surface: str
    variants: Mapping[str, float]
    names: bool = False  # of a park, a firm, a place: it leads to an entity of the graph


def key(text: str) -> str:
    """The form in which names are compared: small letters, English words by their stems, one space between.

    >>> key("Flying  Cars"), key("锂离子电池"), key("EV电池")
    ('fly car', '锂离子电池', 'ev 电池')
    """
    return " ".join(run if wide(run) else stem(run) for run in runs(text.casefold()))


@dataclass(frozen=True)
class Wording:
    """Names and what they lead to. Make it with `wording`."""

    near: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    proper: frozenset[str] = frozenset()

    def meant(self, folded: str) -> tuple[Meant, ...]:
        """What the table knows of a query (in the comparison form), in order; the longest surface at each place.

        >>> table = wording([Concept("电池", ("电池", "batteries"))])
        >>> [(one.surface, dict(one.variants)) for one in table.meant("谁做电池")]
        [('电池', {'battery': 0.8, '电池': 1.0})]
        """
        held = folded if len(folded.casefold()) != len(folded) else folded.casefold()
        found, end = [], 0
        for start, stop in _spans(held):
            if start >= end and (variants := self.near.get(name := key(held[start:stop]))):
                found.append(Meant(start, stop, folded[start:stop], variants, name in self.proper))
                end = stop
        return tuple(found)

    def text(self, variant: str) -> str:
        """How a variant is written, endings and all."""
        return self.written.get(variant, variant)


def _spans(text: str) -> Iterable[tuple[int, int]]:
    """Every span that may be a surface, from left to right, the longest first."""
    starts = [at for at in range(len(text)) if text[at].isalnum() and not _inside(text, at)]
    for start in starts:
        ends = [
            end
            for end in range(min(len(text), start + 60), start + 1, -1)
            if text[end - 1].isalnum() and not (end < len(text) and _inside(text, end))
        ]
        for end in ends:
            piece = text[start:end]
            if end - start <= LONGEST if wide(piece) else piece.count(" ") < WORDS:
                yield start, end


def _inside(text: str, at: int) -> bool:
    """Whether a word of letters that are not Chinese, or a number, goes on over `at`."""
    return at > 0 and text[at].isascii() and text[at].isalnum() and text[at - 1].isascii() and text[at - 1].isalnum()


def wording(concepts: Iterable[Concept]) -> Wording:
    """The table of these concepts. A name that several bear leads to what all of them lead to."""
    given = list(concepts)
    keys = {one.name: _keys(one.names) for one in given}
    narrower: dict[str, list[str]] = defaultdict(list)
    for one in given:
        if one.broader:
            narrower[one.broader].append(one.name)
    near: dict[str, dict[str, float]] = {}
    for one in given:
        around = _around(one, keys, narrower)
        for name in keys[one.name]:
            there = near.setdefault(name, {})
            for variant, weight in around.items():
                there[variant] = max(weight, there.get(variant, 0))
    written = {made: name for one in given for name in reversed(one.names) if len(made := key(name)) > 1}
    proper = frozenset(made for one in given if one.proper for made in keys[one.name])
    return Wording({name: _kept(name, variants) for name, variants in near.items()}, written, proper)


def _keys(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(made for name in names if len(made := key(name)) > 1))


def _around(one: Concept, keys: Mapping[str, Sequence[str]], narrower: Mapping[str, Sequence[str]]) -> dict[str, float]:
    around = dict.fromkeys(keys.get(one.broader, ()), BROADER)
    for below in narrower.get(one.name, ()):
        around |= dict.fromkeys((*keys[below],), NARROWER)
    return around | dict.fromkeys(keys[one.name], SAME)


def _kept(name: str, variants: Mapping[str, float]) -> Mapping[str, float]:
    """The weightiest variants, the name itself among them."""
    best = sorted({**variants, name: 1.0}.items(), key=lambda item: (-item[1], item[0]))[:VARIANTS]
    return dict(sorted(best))
