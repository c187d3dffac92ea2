"""The future-force index of parks: the composite engine on what was measured of each park.

    measures ─gate, table─→ indicators that tell parks apart ─build─→ scores ─uncertainty─→ ranks with intervals

A park that fails the gate of the recipe is listed with the reason and not ranked. What is not known of a park is not
guessed, and what no source tells of any park is left out of the index, and says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from graph.chemistry.verdict import INSUFFICIENT
from graph.errors import InputError
from graph.index.framework import Element, Framework
from graph.index.recipe import TRANSFORMS, Indicator, Recipe
from graph.index.run import Result, build
from graph.index.standing import Standing
from graph.index.table import Table
from graph.index.track import Shape
from graph.index.uncertainty import uncertainty
from graph.index.variation import HIGH, LOW
from graph.measure import labels
from graph.metrics.value import finite
from graph.model import digest
from graph.network import MENTIONED, Network

DRAWS = 500
TOP = "index"

Measured = Mapping[str, Mapping[str, Any]]
"""The measures of one park as plain values, as reports have them: name -> value, lo, hi, n, flags, reason …"""


@dataclass(frozen=True, slots=True)
class Part:
    """What one indicator adds to a score. `weight` is its share of this park's score; the shares sum to 1."""

    indicator: str
    dimension: str
    measure: str
    direction: int
    raw: float | None  # the measure, before the transform
    lo: float | None
    hi: float | None
    n: int
    scaled: float | None  # 0..100; None: undefined for this park, or left out of the index
    weight: float
    flags: tuple[str, ...]
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; an empty reason is None."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return told | {"flags": list(self.flags), "reason": self.reason or None}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A park with its rank, or with the reason why it has none."""

    park: str  # its name
    id: str
    rank: int | None  # 1 is best; parks of equal score share the smallest rank (1, 1, 3)
    score: float | None
    standing: Standing | None  # where it might stand; None: no interval
    verdict: str | None
    stage: str | None
    dimensions: Mapping[str, float | None]
    flags: tuple[str, ...]
    reason: str  # why it is not ranked
    parts: tuple[Part, ...]
    shape: Shape

    @property
    def rank_low(self) -> int | None:
        """The better end of the interval of its ranks: the 5th percentile, rounded to the better side."""
        return None if self.standing is None or self.standing.lo is None else math.floor(self.standing.lo)

    @property
    def rank_high(self) -> int | None:
        """The worse end: the 95th percentile, rounded to the worse side."""
        return None if self.standing is None or self.standing.hi is None else math.ceil(self.standing.hi)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; an empty reason is None."""
        plain = ("park", "id", "rank", "score", "rank_low", "rank_high", "verdict", "stage")
        band = self.standing.band if self.standing else None
        return {name: getattr(self, name) for name in plain} | {
            "band": list(band) if band else None,
            "p_top10": self.standing.top if self.standing else None,
            "dimensions": dict(self.dimensions),
            "flags": list(self.flags),
            "reason": self.reason or None,
            "parts": [part.as_dict() for part in self.parts],
            "axes": [axis.as_dict() for axis in self.shape.axes],
            "evenness": self.shape.evenness,
            "near_hexagon": self.shape.near,
        }


@dataclass(frozen=True, slots=True)
class ParkIndex:
    """All parks, what no park could be told apart by, and the hashes of recipe and data."""

    ranked: tuple[Ranked, ...]  # best first
    unranked: tuple[Ranked, ...]  # by name
    left_out: Mapping[str, str]  # indicator -> why it plays no part
    recipe: str
    data: str
    seed: int
    draws: int

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "ranked": [row.as_dict() for row in self.ranked],
            "unranked": [row.as_dict() for row in self.unranked],
            "left_out": dict(self.left_out),
            **{name: getattr(self, name) for name in ("recipe", "data", "seed", "draws")},
        }


def rank(
    net: Network,
    measured: Sequence[Measured],
    shapes: Sequence[Shape],
    recipe: Recipe,
    *,
    seed: int = 0,
    draws: int = DRAWS,
) -> ParkIndex:
    """All parks of a network: the ranked ones, best first, and those without a rank, by name.

    Args:
        net: its order of firms, parks and ties plays no part.
        measured: the measures of each park, in the order of `net.parks` (`graph.report.of_parks`).
        shapes: how each stands on the tracks (`graph.index.track.shapes`).
        recipe: from `graph.index.recipe.load`.
        seed, draws: of the intervals: how often the index is made with other choices, and with other values inside the
            intervals of its indicators.

    A park is not ranked if it fails the recipe's gate, lacks too many indicators, or if fewer than two parks are left.
    Flags: the recipe's status; `boundary=mentioned` (its firms are only those that documents name); `证据不足` (too
    little evidence for a verdict on its chemistry); `undefined: …` (indicators unknown for this park; the others weigh
    more); `shared rank`; `outside its interval`; `no interval`.
    """
    told, gates, left_out, done = _composed(net, measured, shapes, recipe)
    standing = _standings(done, seed, draws)
    rows = [
        _Row(net.parks[park], name, told[park], gates[park], shapes[park]).ranked(recipe, done, standing, net)
        for park, name in enumerate(labels(net, net.parks))
    ]
    by_id = sorted(rows, key=lambda row: row.id)
    return ParkIndex(
        ranked=tuple(sorted((row for row in rows if row.rank is not None), key=lambda row: (row.rank, row.park))),
        unranked=tuple(sorted((row for row in rows if row.rank is None), key=lambda row: (row.park, row.id))),
        left_out=MappingProxyType(left_out),
        recipe=recipe.hash,
        data=digest(
            *(f"{row.id} {part.indicator} {part.raw} {part.lo} {part.hi}" for row in by_id for part in row.parts)
        ),
        seed=seed,
        draws=draws,
    )


def composite(net: Network, measured: Sequence[Measured], shapes: Sequence[Shape], recipe: Recipe) -> Result | None:
    """The index behind the ranks of `rank`, for those who ask what moves them; None if nothing tells parks apart."""
    return _composed(net, measured, shapes, recipe)[3]


def _composed(
    net: Network, measured: Sequence[Measured], shapes: Sequence[Shape], recipe: Recipe
) -> tuple[list[Measured], list[str], dict[str, str], Result | None]:
    """The measures of each park with those of its tracks, what its gate says, what is left out, and the index."""
    told: list[Measured] = [{**row, **_of_tracks(shape)} for row, shape in zip(measured, shapes, strict=True)]
    _refuse_unknown(recipe, told)
    gates = [_gate(row, recipe) for row in told]
    passing = [park for park, reason in enumerate(gates) if not reason]
    kept, left_out = _telling(recipe, [told[park] for park in passing])
    done = _built([net.parks[park] for park in passing], [told[park] for park in passing], recipe, kept)
    return told, gates, left_out, done


def _refuse_unknown(recipe: Recipe, rows: Sequence[Measured]) -> None:
    """Raises InputError for indicators of measures that nobody measures."""
    known = {name for row in rows for name in row}
    wrong = [
        f"{one.code}: there is no measure {one.measure!r}" for one in recipe.indicators if one.measure not in known
    ]
    if rows and wrong:
        raise InputError(f"recipe {recipe.name}: {'; '.join(wrong)}; `parkbond measure` lists those of parks")


def _of_tracks(shape: Shape) -> Measured:
    """The two measures of the index that the tracks of the edition give."""

    def plain(value: float | None) -> dict[str, Any]:
        reason = None if shape.axes else "no tracks: no edition was given"
        return {"value": value, "lo": None, "hi": None, "n": len(shape.axes), "flags": [], "reason": reason}

    return {"tracks_present": plain(shape.present), "tracks_completeness": plain(shape.completeness)}


def _gate(row: Measured, recipe: Recipe) -> str:
    """Why a park is not ranked; "" if it may be."""
    for name, least in (("firms", recipe.firms), ("ties", recipe.ties)):
        found = int(row[name]["value"] or 0)
        if found < least:
            one = "firm" if name == "firms" else "tie"
            seen = "known" if name == "firms" else "observed between its firms"
            return f"{found} {one if found == 1 else name} {seen}, the recipe asks for {least}"
    return ""


def _value(indicator: Indicator, row: Measured, key: str = "value") -> float:
    """A value of an indicator after its transform; nan where it is undefined."""
    told = row.get(indicator.measure, {}).get(key)
    if not isinstance(told, int | float) or not math.isfinite(told):
        return math.nan
    return TRANSFORMS[indicator.transform](float(told))


def _telling(recipe: Recipe, rows: Sequence[Measured]) -> tuple[tuple[Indicator, ...], dict[str, str]]:
    """The indicators that tell the parks apart, and why each of the others does not."""
    kept, left_out = [], {}
    for one in recipe.indicators:
        known = [value for row in rows if math.isfinite(value := _value(one, row))]
        if len(set(known)) > 1 and len(known) >= recipe.choices.screen.column * len(rows):
            kept.append(one)
        elif known:
            left_out[one.code] = "the same for all parks" if len(set(known)) == 1 else "known for too few parks"
        else:
            reasons = {str(row.get(one.measure, {}).get("reason") or "unknown") for row in rows}
            left_out[one.code] = "; ".join(sorted(reasons)) or "no park passes the gate"
    return tuple(kept), left_out


def _built(units: Sequence[str], rows: Sequence[Measured], recipe: Recipe, kept: Sequence[Indicator]) -> Result | None:
    """The index of the parks that pass the gate; None if nothing tells them apart."""
    if len(units) < 2 or not kept:
        return None
    used = {one.dimension for one in kept}
    framework = Framework.of(
        [
            Element(TOP, level=3),
            *(Element(one.code, one.title, 2, TOP, 1, one.weight) for one in recipe.dimensions if one.code in used),
            *(Element(one.code, one.title, 1, one.dimension, one.direction, one.weight) for one in kept),
        ]
    )
    values = np.array([[_value(one, row) for one in kept] for row in rows])
    ends = {
        f"{one.code}{end}": tuple(_cell(outer(_value(one, row, key), _value(one, row))) for row in rows)
        for one in kept
        for end, key, outer in ((LOW, "lo", min), (HIGH, "hi", max))  # an interval around 0.5 more may leave out 0
    }
    told = {name: cells for name, cells in ends.items() if any(cells)}
    both = {name: cells for name, cells in told.items() if f"{name[:-3]}{LOW}" in told and f"{name[:-3]}{HIGH}" in told}
    return build(Table(tuple(units), tuple(one.code for one in kept), values, both), framework, recipe.choices)


def _cell(value: float) -> str:
    return repr(value) if math.isfinite(value) else ""


def _standings(done: Result | None, seed: int, draws: int) -> dict[str, Standing]:
    """Where each park might stand, by id; nothing where no other choice can be carried out on so few parks."""
    if done is None or not draws:
        return {}
    try:
        return {row.unit: row for row in uncertainty(done, draws=draws, seed=seed).standings if row.nominal is not None}
    except InputError:
        return {}


@dataclass(frozen=True, slots=True)
class _Row:
    """A park on its way into the list."""

    id: str
    name: str
    told: Measured
    gate: str
    shape: Shape

    def ranked(self, recipe: Recipe, done: Result | None, standing: Mapping[str, Standing], net: Network) -> Ranked:
        unit = done.table.units.index(self.id) if done and self.id in done.table.units else None
        place = float(done.ranks[unit]) if done and unit is not None else math.nan
        known = math.isfinite(place)
        parts = tuple(self._part(one, done, unit) for one in recipe.indicators)
        return Ranked(
            park=self.name,
            id=self.id,
            rank=int(place) if known else None,
            score=_score(done, unit, TOP) if known else None,
            standing=standing.get(self.id),
            verdict=_word(self.told, "verdict"),
            stage=_word(self.told, "stage"),
            dimensions=MappingProxyType({one.code: _score(done, unit, one.code) for one in recipe.dimensions}),
            flags=self._flags(recipe, done, unit if known else None, standing.get(self.id), parts, net),
            reason="" if known else self._reason(done, unit),
            parts=parts,
            shape=self.shape,
        )

    def _reason(self, done: Result | None, unit: int | None) -> str:
        if self.gate:
            return self.gate
        if done is None:
            return "no other park passes the gate, or no indicator tells those that do apart"
        return done.reasons[unit] if unit is not None else ""

    def _part(self, one: Indicator, done: Result | None, unit: int | None) -> Part:
        row = self.told.get(one.measure, {})
        value, lo, hi = (row.get(key) for key in ("value", "lo", "hi"))
        return Part(
            indicator=one.code,
            dimension=one.dimension,
            measure=one.measure,
            direction=one.direction,
            raw=_number(value),
            lo=_number(lo),
            hi=_number(hi),
            n=int(row.get("n") or 0),
            scaled=_score(done, unit, one.code),
            weight=_weight(done, unit, one),
            flags=tuple(row.get("flags") or ()),
            reason=str(row.get("reason") or ""),
        )

    def _flags(
        self,
        recipe: Recipe,
        done: Result | None,
        unit: int | None,
        standing: Standing | None,
        parts: Sequence[Part],
        net: Network,
    ) -> tuple[str, ...]:
        flags = [recipe.status]
        if net.boundary_of(self.id) == MENTIONED:
            flags.append("boundary=mentioned")
        if _word(self.told, "verdict") == INSUFFICIENT:
            flags.append(INSUFFICIENT)
        if done is None or unit is None:
            return tuple(flags)
        flags += [
            f"undefined: {part.indicator}"
            for part in parts
            if part.scaled is None and part.indicator in done.table.codes
        ]
        if (done.ranks == done.ranks[unit]).sum() > 1:
            flags.append("shared rank")
        return (*flags, *(standing.flags if standing else ("no interval",)))


def _score(done: Result | None, unit: int | None, code: str) -> float | None:
    if done is None or unit is None or code not in done.framework.codes:
        return None
    return finite(done.score(code)[unit])


def _weight(done: Result | None, unit: int | None, one: Indicator) -> float:
    """The share of an indicator in the score of a park: its weights on the way up, among what is known there."""
    if _score(done, unit, one.code) is None or done is None or unit is None or _score(done, unit, TOP) is None:
        return 0.0
    share, tree = 1.0, done.framework
    at = tree.position[one.code]
    while at != tree.top:
        group = next(group for group in tree.groups if at in group.children)
        known = [child for child in group.children if math.isfinite(done.scores[unit, child])]
        share *= float(done.weights[at] / done.weights[known].sum())
        at = group.parent
    return share


def _word(row: Measured, name: str) -> str | None:
    value = row.get(name, {}).get("value")
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
