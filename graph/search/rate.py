"""How far documents meet a query: the words of the query against passages and titles, and what was found for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import mul

from graph.search.corpus import Corpus, Read, read
from graph.search.expand import Meant, Wording, key
from graph.search.fuse import Grounds
from graph.search.words import runs, terms, wide

DEVIATIONS = 5  # above the mean of its language that a passage must be to count as 1
NEAREST = 3  # passages whose nearness counts around the best


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that is looked for, and how rare it is; make it with `unit`.

    `needles`: what each variant is worth, how it stands in a text that is compared, and the variant; best first.
    """

    surface: str
    needles: tuple[tuple[float, str, str], ...]
    rarity: float

    def found(self, text: Read) -> tuple[float, str]:
        """What the best variant in the text is worth, 0 if there is none, and that variant."""
        for weight, needle, variant in self.needles:
            if needle in text.held:
                return weight, variant
        return 0.0, ""


def unit(surface: str, variants: Mapping[str, float], rarity: float) -> Unit:
    """A unit of these variants (keys as of `graph.search.expand.key`) with what each is worth."""
    best = sorted(variants.items(), key=lambda one: (-one[1], one[0]))
    return Unit(surface, tuple((worth, name if wide(name) else f" {name} ", name) for name, worth in best), rarity)


@dataclass(frozen=True)
class Asked:
    """A query as it is compared: its words with their rarity, and its units."""

    words: Mapping[str, float]
    units: tuple[Unit, ...]

    @cached_property
    def rarity(self) -> tuple[float, ...]:
        """How rare each unit is."""
        return tuple(unit.rarity for unit in self.units)

    @cached_property
    def _whole(self) -> tuple[float, float]:
        """The rarity of all words, and of all units."""
        return sum(self.words.values()) or 1.0, sum(self.rarity) or 1.0

    def said(self, text: Read) -> float:
        """The share of the words that a text holds, the rare ones more."""
        return sum(rarity for term, rarity in self.words.items() if term in text.terms) / self._whole[0]

    def share(self, weights: Iterable[float]) -> float:
        """The share of the units that is met, each as far as its weight says, the rare ones more."""
        return float(sum(map(mul, weights, self.rarity))) / self._whole[1]


def asked(folded: str, table: Wording, corpus: Corpus) -> Asked:
    """Take a query (in the comparison form) apart: what the table knows, and single words for the rest."""
    meant = table.meant(folded)
    words = {term: corpus.rarity(term) for term in terms(folded)}
    known = [unit(one.surface, one.variants, corpus.rarity_of(list(one.variants))) for one in meant]
    rest = [
        unit(term, {term: 1.0}, words.get(term, corpus.rarity(term))) for term in dict.fromkeys(_rest(folded, meant))
    ]
    return Asked(words, (*known, *rest))


def _rest(folded: str, meant: Sequence[Meant]) -> tuple[str, ...]:
    """The words beside what the table knows; where none of a query says anything (NOT, AND OR), all of them."""
    held = list(folded)
    for one in meant:
        held[one.start : one.end] = " " * (one.end - one.start)
    return terms("".join(held)) or (() if meant else tuple(map(key, runs(folded))))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of a document: `near` is its nearness of meaning in deviations, None where it was not compared."""

    id: str
    folded: str
    near: float | None = None
    cosine: float | None = None
    names: tuple[str, ...] = ()
    path: bool = False


@dataclass(frozen=True, slots=True)
class Rated:
    """A document's grounds, its best passage, and the units found: surface -> the writing that stands there."""

    grounds: Grounds
    best: Candidate
    found: Mapping[str, str] = field(default_factory=dict)
    titled: tuple[str, ...] = ()


def rated(query: Asked, title: str, passages: Sequence[Candidate], entities: int, floor: float) -> Rated:
    """Rate a document by its passages (at least one) and its title, both in the comparison form.

    `entities`: how many the query names. `floor`: nearness of passages that were not among the nearest.
    """
    texts = [read(passage.folded) for passage in passages]
    hits = [[unit.found(text) for unit in query.units] for text in texts]
    heading = [unit.found(read(title)) for unit in query.units]
    words = [query.said(text) for text in texts]
    weights = [[weight for weight, _ in row] for row in (*hits, heading)]
    *meant, title_share = map(query.share, weights)
    near = sorted((floor if one.near is None else one.near for one in passages), reverse=True)[:NEAREST]
    grounds = Grounds(
        words=max(words),
        meant=max(meant),
        document=query.share(map(max, zip(*weights, strict=True))),
        title=title_share,
        meaning=_near(near[0]),
        around=_near(sum(near) / len(near)),
        name=max(len(set(one.names)) for one in passages) / entities if entities else 0,
        path=float(any(one.path for one in passages)),
    )
    strength = [
        (words[at] + 2 * meant[at] + 2 * _near(floor if one.near is None else one.near) + one.path, -at)
        for at, one in enumerate(passages)
    ]
    best = -max(strength)[1]
    found = {unit.surface: which for unit, (_, which) in zip(query.units, hits[best], strict=True) if which}
    titled = tuple(which for _, which in heading if which)
    return Rated(grounds, passages[best], found, titled)


def _near(deviations: float) -> float:
    return min(1.0, max(0.0, deviations / DEVIATIONS))
