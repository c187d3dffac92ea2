"""Parks in the order of their index, each with the interval of ranks that its documents allow.

The score of a park is the weighted mean of its scaled indicators. How far a rank can be trusted is found by a
delete-group jackknife: the documents are dealt into groups by a hash, and for each group all is measured again as if it
had never been written. Park q stands surely above p if its score is higher by more than 1.96 standard errors of the
difference; the interval of p's rank counts those surely above and surely below it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.index.recipe import TRANSFORMS, Recipe
from graph.measure import labels, measures_of_park
from graph.metrics.coverage import THIN, tie_coverage
from graph.model import digest
from graph.network import MENTIONED, BoolArray, FloatArray, IntArray, Network

GROUPS = 20
SURE = 1.96  # standard errors
DIGITS = 9  # scores that agree to so many decimals are equal, and share a rank


@dataclass(frozen=True, slots=True)
class Part:
    """What one indicator adds to a score. `weight` is its share of this park's score; the shares sum to 1."""

    indicator: str
    measure: str
    direction: int
    raw: float | None  # the measure, before the transform
    scaled: float | None  # None: undefined, or the same for all parks
    weight: float

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A park with its rank, or with the reason why it has none."""

    park: str  # its name
    id: str
    rank: int | None  # 1 is best; parks of equal score share the smallest rank (1, 1, 3)
    score: float | None
    rank_low: int | None  # the best and the worst rank that the documents allow; None: no interval
    rank_high: int | None
    flags: tuple[str, ...]
    reason: str  # why it is not ranked
    parts: tuple[Part, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; an empty reason is None."""
        return {
            "park": self.park,
            "id": self.id,
            "rank": self.rank,
            "score": self.score,
            "rank_low": self.rank_low,
            "rank_high": self.rank_high,
            "flags": list(self.flags),
            "reason": self.reason or None,
            "parts": [part.as_dict() for part in self.parts],
        }


def rank(net: Network, recipe: Recipe, groups: int = GROUPS) -> list[Ranked]:
    """All parks of a network: the ranked ones, best first, then those without a rank, by name.

    Args:
        net: its order of firms, parks and ties plays no part.
        recipe: from `graph.index.recipe.load`.
        groups: into how many groups the documents are dealt for the interval; at least 2.

    A park is not ranked if it fails the recipe's gate, or if fewer than two parks pass it. Flags: the recipe's status;
    `boundary=mentioned` (its firms are only those that documents name); `thin` (coverage of ties below 0.5);
    `undefined: …` and `no variation: …` (indicators left out, the others' weights scaled up); `shared rank`;
    `no interval` (no documents to leave out, or all of them in one group).

    >>> from graph.index.recipe import load
    >>> from graph.network import Firm, Tie
    >>> firms = [Firm(x, {"P": ()}, x) for x in "abc"] + [Firm(x, {"Q": ()}, x) for x in "de"] + [Firm("f", {"R": ()})]
    >>> for row in rank(Network.of(firms, [Tie("a", "b"), Tie("b", "c"), Tie("d", "e")]), load()):
    ...     print(row.park, row.rank, row.score, row.reason)
    P 1 100.0
    Q 2 0.0
    R None None 1 firm known, the recipe asks for 2
    """
    if groups < 2:
        raise ValueError("a jackknife needs at least two groups of documents")
    table = _table(net, recipe, net.parks)
    scored = _score(table, recipe)
    intervals = _intervals(net, recipe, scored.score, groups)
    order, names = _order(scored.score), labels(net, net.parks)
    rows = [
        Ranked(
            park=names[park],
            id=net.parks[park],
            rank=int(order[park]) if scored.ranked[park] else None,
            score=float(scored.score[park]) if scored.ranked[park] else None,
            rank_low=int(intervals[0][park]) if intervals and scored.ranked[park] else None,
            rank_high=int(intervals[1][park]) if intervals and scored.ranked[park] else None,
            flags=_flags(net, recipe, scored, order, park, bool(intervals)),
            reason=scored.reasons[park],
            parts=_parts(recipe, table, scored, park),
        )
        for park in range(len(net.parks))
    ]
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.park, row.id))


@dataclass(frozen=True, eq=False, slots=True)
class _Table:
    """The indicators of all parks: `raw[p, k]`, nan where undefined, and why each park fails the gate."""

    raw: FloatArray
    transformed: FloatArray
    reasons: tuple[str, ...]  # "" where a park passes


@dataclass(frozen=True, eq=False, slots=True)
class _Scored:
    scaled: FloatArray  # (parks, indicators), nan where it does not count
    weight: FloatArray  # (parks, indicators), rows sum to 1
    score: FloatArray  # (parks,), nan where there is none
    constant: BoolArray  # (indicators,) the same for all parks
    reasons: tuple[str, ...]

    @property
    def ranked(self) -> BoolArray:
        return np.isfinite(self.score)


def _table(net: Network, recipe: Recipe, parks: Sequence[str]) -> _Table:
    wanted = tuple(dict.fromkeys(("firms", "ties", *(indicator.measure for indicator in recipe.indicators))))
    measured = [{name: value.number for name, value in measures_of_park(net, park, wanted).items()} for park in parks]
    shape = (len(parks), len(recipe.indicators))
    raw = np.array([[row[each.measure] for each in recipe.indicators] for row in measured]).reshape(shape)
    transformed = np.array(
        [[TRANSFORMS[each.transform](row[each.measure]) for each in recipe.indicators] for row in measured]
    ).reshape(shape)
    reasons = tuple(_gate(row, known, recipe) for row, known in zip(measured, np.isfinite(transformed), strict=True))
    return _Table(raw, transformed, reasons)


def _gate(measured: Mapping[str, float], known: BoolArray, recipe: Recipe) -> str:
    """Why a park is not ranked; "" if it is."""
    for name, least in (("firms", recipe.firms), ("ties", recipe.ties)):
        found = int(measured[name])
        if found < least:
            one = name.removesuffix("s") if name == "firms" else "tie"
            seen = "known" if name == "firms" else "observed between its firms"
            return f"{found} {one if found == 1 else name} {seen}, the recipe asks for {least}"
    if known.mean() < recipe.indicators_share:
        return (
            f"{int(known.sum())} of {len(known)} indicators defined, the recipe asks for {recipe.indicators_share:.0%}"
        )
    return ""


def _score(table: _Table, recipe: Recipe) -> _Scored:
    passing = np.array([not reason for reason in table.reasons], dtype=np.bool_)
    values = np.where(passing[:, None], table.transformed, np.nan)
    known = np.isfinite(values)
    low = np.where(known, values, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, values, -np.inf).max(axis=0, initial=-np.inf)
    constant = ~(high > low)
    share = (values - np.where(constant, 0, low)) / np.where(constant, 1, high - low)
    falling = np.array([indicator.direction < 0 for indicator in recipe.indicators])
    share = np.where(falling, 1 - share, share)
    scaled = np.where(constant, np.nan, recipe.low + (recipe.high - recipe.low) * share)

    weight = np.where(np.isfinite(scaled), [indicator.weight for indicator in recipe.indicators], 0.0)
    total = weight.sum(axis=1, keepdims=True)
    weight = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    score = np.where(total[:, 0] > 0, np.nansum(scaled * weight, axis=1), np.nan)
    return _Scored(
        scaled, weight, np.round(score, DIGITS).astype(np.float64), constant, _reasons(table, passing, score)
    )


def _reasons(table: _Table, passing: BoolArray, score: FloatArray) -> tuple[str, ...]:
    alone = "no other park passes the gate, so there is nothing to compare it with"
    same = "none of its defined indicators differs between the parks that pass the gate"
    left = alone if int(passing.sum()) == 1 else same
    return tuple(
        reason or ("" if np.isfinite(value) else left) for reason, value in zip(table.reasons, score, strict=True)
    )


def _order(score: FloatArray) -> IntArray:
    """1 + the number of parks with a higher score; meaningless where there is no score."""
    ascending = np.sort(score[np.isfinite(score)])
    return 1 + len(ascending) - np.searchsorted(ascending, score, side="right")


def _intervals(net: Network, recipe: Recipe, score: FloatArray, groups: int) -> tuple[IntArray, IntArray] | None:
    """The best and worst rank of each park that the documents allow; None without at least two groups of documents."""
    group = np.array([int(digest(document), 16) % groups for document in net.documents], dtype=np.int64)
    present = np.unique(group)
    if len(present) < 2:
        return None
    # Taking documents away never lets a park pass the gate, so only those that pass are measured again.
    passing = np.flatnonzero(np.isfinite(score))
    parks = [net.parks[park] for park in passing]
    again = np.full((len(present), len(score)), np.nan)
    for row, one in enumerate(present):
        again[row, passing] = _score(_table(net.without(group == one), recipe, parks), recipe).score
    spread = again - again.mean(axis=0)
    covariance = (len(present) - 1) / len(present) * (spread.T @ spread)
    variance = covariance.diagonal()
    # A park that has no score without some group has no error either: nan, and it is sure of nothing.
    error = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0))
    above = (score[None, :] - score[:, None]) > np.maximum(SURE * error, 10.0**-DIGITS)
    ranked = int(np.isfinite(score).sum())
    return 1 + above.sum(axis=1), ranked - above.sum(axis=0)


def _flags(
    net: Network, recipe: Recipe, scored: _Scored, order: IntArray, park: int, interval: bool
) -> tuple[str, ...]:
    flags = [recipe.status]
    if net.boundary_of(net.parks[park]) == MENTIONED:
        flags.append("boundary=mentioned")
    if not scored.ranked[park]:
        return tuple(flags)
    if tie_coverage(net.subnetwork(net.parks[park])).number < THIN:
        flags.append("thin")
    for indicator, scaled, constant in zip(recipe.indicators, scored.scaled[park], scored.constant, strict=True):
        if not np.isfinite(scaled):
            flags.append(f"{'no variation' if constant else 'undefined'}: {indicator.code}")
    if (order[scored.ranked] == order[park]).sum() > 1:
        flags.append("shared rank")
    return tuple(flags if interval else [*flags, "no interval"])


def _parts(recipe: Recipe, table: _Table, scored: _Scored, park: int) -> tuple[Part, ...]:
    return tuple(
        Part(
            indicator=indicator.code,
            measure=indicator.measure,
            direction=indicator.direction,
            raw=_known(table.raw[park, number]),
            scaled=_known(scored.scaled[park, number]),
            weight=float(scored.weight[park, number]),
        )
        for number, indicator in enumerate(recipe.indicators)
    )


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
