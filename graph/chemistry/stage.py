"""Stage 1.0 to 3.0: one leading industry, an industry chain, a web of many industries.

The three stages are 任浩's; how they are recognised, and every threshold, is this project's.

| stage | conditions, in this order |
|---|---|
| 3.0 多元融合 | effective industries >= 6; SLR of innovation ties: lower end > 1; SC_h > 0 and >= its median; \
ties between industries: interval of O/E not under 1; a document that speaks of 产城融合 |
| 2.0 产业链 | not 3.0; on some track CC >= 0.4, and CR at least what a typical park would realise |
| 1.0 单一主导 | neither; the largest industry has >= half of the firms, or effective industries < 3 |
| 过渡 | none of these |

A condition whose input is missing is `not observed` and does not hold. A stage is assigned only if it comes out in at
least 80% of draws of the inputs from their intervals; else, and for parks with fewer than 15 firms whose industry is
known, the evidence does not suffice (证据不足).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.chemistry.chains import Chained
from graph.chemistry.split import Split
from graph.metrics.groups import ratio
from graph.metrics.interval import SURE, wilson
from graph.metrics.value import Measure, Measures, finite, undefined
from graph.network import BoolArray, FloatArray, IntArray, Network

STAGES = ("1.0", "2.0", "3.0", "过渡")
THIN = "证据不足"

MANY, FEW, LEADING = 6.0, 3.0, 0.5
"""Effective industries of 3.0 and of 1.0, and the share of the largest industry of 1.0."""

COMPLETE = 0.4
"""The least completeness of a chain that makes a park one of 2.0."""

SURE_ENOUGH = 0.8
"""The least share of draws in which a stage must come out to be assigned."""

LEAST_FIRMS = 15
DRAWS = 2000

HOLDS, FAILS, UNSEEN = "holds", "fails", "not observed"
READING = "stages after 任浩, thresholds of this project"
_BLOCK = 64  # parks drawn at once


@dataclass(frozen=True, eq=False, slots=True)
class Mix:
    """The industries of every park; arrays (parks,)."""

    firms: IntArray  # all
    known: IntArray  # those whose industry is known
    largest: IntArray  # firms of the largest industry
    entropy: FloatArray  # in nats, corrected for few firms
    sd: FloatArray  # of it


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a stage: its value, and the share of draws in which it holds."""

    stage: str
    name: str
    value: float | None
    lo: float | None
    hi: float | None
    n: int  # firms, ties, edges or passages it rests on
    threshold: str
    state: str  # holds, fails, not observed
    chance: float

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, eq=False, slots=True)
class _Test:
    """A condition on all parks: (parks,) arrays; `held` draws it for some of them, (those, draws)."""

    stage: str
    name: str
    threshold: str
    value: FloatArray
    lo: FloatArray
    hi: FloatArray
    n: IntArray
    seen: BoolArray
    holds: BoolArray


def mix(net: Network) -> Mix:
    """How concentrated the industries of every park are.

    Industries are the groups (中类) of GB/T 4754 where the network is `classed`, else those of the table.
    Formulas: entropy H = -Σ s log s + (K - 1)/2n (Miller & Madow), its variance (Σ s log² s - H²)/n + (K - 1)/2n²;
    effective industries are exp(H). Nan without a firm whose industry is known.

    >>> from graph.network import Firm
    >>> found = mix(Network.of([Firm(f"{i}", {"P": ()}, "电池" if i % 2 else "汽车") for i in range(100)]))
    >>> found.largest.tolist(), np.exp(found.entropy).round(2).tolist()
    ([50], [2.01])

    Reference: Miller 1955, Information Theory in Psychology, 95.
    """
    start, firm = net.rosters
    kind = _groups(net)[firm]
    park = np.repeat(np.arange(len(net.parks)), np.diff(start))
    known = kind >= 0
    cell, count = np.unique(park[known] * (int(kind.max(initial=0)) + 1) + kind[known], return_counts=True)
    owner = cell // (int(kind.max(initial=0)) + 1)
    n = np.bincount(park[known], minlength=len(net.parks))
    share = count / n[owner]
    kinds = np.bincount(owner, minlength=len(n))
    plain = np.bincount(owner, -share * np.log(share), minlength=len(n))
    square = np.bincount(owner, share * np.log(share) ** 2, minlength=len(n))
    size = np.where(n > 0, n, np.nan)
    largest = np.zeros(len(n), dtype=np.int64)
    np.maximum.at(largest, owner, count)
    spread = np.maximum(square - plain**2, 0.0) / size + (kinds - 1) / (2 * size**2)
    return Mix(np.diff(start), n, largest, plain + (kinds - 1) / (2 * size), np.sqrt(spread))


def scores(
    net: Network,
    chained: Chained,
    split: Split,
    cross: Measures,
    rng: np.random.Generator,
    *,
    evidence: Mapping[str, Sequence[str]] | None = None,
    draws: int = DRAWS,
) -> dict[str, dict[str, Measure]]:
    """By park id: `stage`, `stage_chances` and `stage_conditions`.

    `stage` has a string as value: 1.0, 2.0, 3.0, 过渡 or 证据不足. Its flags give the share of draws of every stage and
    what stands in the way. `stage_chances` maps the stages to these shares. `stage_conditions` maps every condition to
    its value, interval, n, threshold, state (holds, fails, not observed) and the share of draws in which it holds.

    In a draw log SLR, log O/E and entropy come from normal laws with the sd of their intervals, shares (of the largest
    industry, SC_h, CR) from beta laws (Jeffreys). "Lower end > 1" holds in a draw if the drawn value is over 1; "not
    under 1" unless the drawn value is so far under 1 that its interval would be. Inputs are drawn independently.

    Args:
        chained: of `graph.chemistry.chains.chained`; split: of `graph.chemistry.split.split`; cross: the part
            `cross_industry_ratio` of `graph.chemistry.webs.parts`.
        rng: draws the inputs.
        evidence: park id -> passages that speak of 产城融合 there; None: nobody looked.
    """
    mixed = mix(net)
    told = evidence or {}
    passages = np.array([len(set(told.get(park, ()))) for park in net.parks], dtype=np.int64)
    tests = [*_of_three(mixed, split, cross, passages), *_of_two(chained), *_of_one(mixed)]
    chance, held = _drawn(mixed, chained, split, cross, passages, rng, draws)
    point = _stage(tests, np.array([test.holds for test in tests]))
    by_park = {}
    for park, name in enumerate(net.parks):
        conditions = [_condition(test, park, float(held[row, park])) for row, test in enumerate(tests)]
        by_park[name] = _measures(mixed, park, conditions, int(point[park]), chance[:, park], evidence is not None)
    return by_park


def _measures(
    mixed: Mix, park: int, conditions: list[Condition], point: int, chance: FloatArray, looked: bool
) -> dict[str, Measure]:
    firms, known = int(mixed.firms[park]), int(mixed.known[park])
    coverage = known / firms if firms else None
    listed = Measure({f"{one.stage} {one.name}": one.as_dict() for one in conditions}, n=known, coverage=coverage)
    if not known:
        nothing = undefined("no firm whose industry is known", firms, coverage=coverage)
        return {
            "stage": Measure(THIN, n=0, coverage=coverage, flags=(READING, nothing.reason)),
            "stage_chances": nothing,
            "stage_conditions": listed,
        }
    chances = {stage: float(share) for stage, share in zip(STAGES, chance, strict=True)}
    settled = chance[point] >= SURE_ENOUGH
    value = STAGES[point] if settled and known >= LEAST_FIRMS else THIN
    flags = [READING, *(f"P({stage})={share:.2f}" for stage, share in chances.items())]
    if known < LEAST_FIRMS:
        flags.append(f"fewer than {LEAST_FIRMS} firms whose industry is known")
    elif not settled:
        flags.append(f"{STAGES[point]} comes out in fewer than {SURE_ENOUGH:.0%} of the draws")
    flags += _in_the_way(conditions, value, looked)
    return {
        "stage": Measure(value, n=known, coverage=coverage, flags=tuple(flags)),
        "stage_chances": Measure(chances, n=known, coverage=coverage),
        "stage_conditions": listed,
    }


def _in_the_way(conditions: Sequence[Condition], value: str, looked: bool) -> Iterator[str]:
    """What keeps a park from 3.0, and one that is between the stages from each."""
    three = [one for one in conditions if one.stage == "3.0" and one.state != HOLDS]
    if [one.name for one in three] == ["产城融合 evidence"]:
        yield f"3.0 refused: no evidence of 产城融合{'' if looked else ', nobody looked'}"
    if value == STAGES[3]:
        yield from (f"{one.stage} {one.name}: {one.state}" for one in conditions if one.state != HOLDS)


def _of_three(mixed: Mix, split: Split, cross: Measures, passages: IntArray) -> Iterator[_Test]:
    parks = len(passages)
    nan = np.full(parks, np.nan)
    value, lo, hi = _effective(mixed)
    yield _Test(
        "3.0", "effective industries", f">= {MANY:g}", value, lo, hi, mixed.known, mixed.known > 0, value >= MANY
    )
    slr = split.innovation
    seen = np.isfinite(slr.ratio)
    ties = slr.observed.astype(np.int64)
    yield _Test("3.0", "SLR innovation", "lower end > 1", slr.ratio, slr.lo, slr.hi, ties, seen, slr.lo > 1)
    share, median = _service(split)
    low, high = wilson(split.served, _makers(split))
    yield _Test(
        "3.0",
        "SC_h",
        f">= median {median:.3g}",
        share,
        low,
        high,
        split.makers,
        np.isfinite(share),
        _served(split, median),
    )
    over = nan if cross.hi is None else cross.hi
    under = nan if cross.lo is None else cross.lo
    seen = np.isfinite(cross.values)
    yield _Test(
        "3.0", "ties between industries", "interval not under 1", cross.values, under, over, cross.n, seen, over >= 1
    )
    yield _Test(
        "3.0",
        "产城融合 evidence",
        ">= 1 passage",
        passages.astype(np.float64),
        nan,
        nan,
        passages,
        passages > 0,
        passages > 0,
    )


def _of_two(chained: Chained) -> Iterator[_Test]:
    low, high = wilson(chained.realised, chained.possible)
    realisation = chained.realisation
    for one, chain in enumerate(chained.chains):
        name, nan = chain.track or "chain", np.full(len(chained.firms), np.nan)
        complete, there = chained.completeness[:, one], chained.firms[:, one] > 0
        yield _Test(
            "2.0",
            f"CC {name}",
            f">= {COMPLETE:g}",
            complete,
            nan,
            nan,
            chained.firms[:, one],
            there,
            complete >= COMPLETE,
        )
        seen = np.isfinite(chained.expected[:, one]) & (chained.possible[:, one] > 0)
        yield _Test(
            "2.0",
            f"CR {name}",
            ">= that of a typical park",
            realisation[:, one],
            low[:, one],
            high[:, one],
            chained.possible[:, one],
            seen,
            realisation[:, one] >= chained.expected[:, one],
        )


def _of_one(mixed: Mix) -> Iterator[_Test]:
    seen = mixed.known > 0
    top = ratio(mixed.largest, mixed.known)
    yield _Test(
        "1.0",
        "largest industry",
        f">= {LEADING:g}",
        top,
        *wilson(mixed.largest, mixed.known),
        mixed.known,
        seen,
        top >= LEADING,
    )
    value, lo, hi = _effective(mixed)
    yield _Test("1.0", "effective industries", f"< {FEW:g}", value, lo, hi, mixed.known, seen, value < FEW)


def _stage(tests: Sequence[_Test], holds: BoolArray) -> IntArray:
    """The stage (its place in `STAGES`) from whether each test holds, (tests, …)."""
    three = np.all([row for test, row in zip(tests, holds, strict=True) if test.stage == "3.0"], axis=0)
    pairs = [row for test, row in zip(tests, holds, strict=True) if test.stage == "2.0"]
    two = (
        np.any([a & b for a, b in zip(pairs[::2], pairs[1::2], strict=True)], axis=0) if pairs else np.zeros_like(three)
    )
    one = np.any([row for test, row in zip(tests, holds, strict=True) if test.stage == "1.0"], axis=0)
    return np.select([three, two, one], [2, 1, 0], default=3)


def _drawn(
    mixed: Mix,
    chained: Chained,
    split: Split,
    cross: Measures,
    passages: IntArray,
    rng: np.random.Generator,
    draws: int,
) -> tuple[FloatArray, FloatArray]:
    """(stages, parks) the share of draws of each stage, and (tests, parks) of each condition."""
    tests = [*_of_three(mixed, split, cross, passages), *_of_two(chained), *_of_one(mixed)]
    chance, held = np.zeros((len(STAGES), len(passages))), np.zeros((len(tests), len(passages)))
    for begin in range(0, len(passages), _BLOCK):
        rows = np.arange(begin, min(begin + _BLOCK, len(passages)))
        holds = np.stack(list(_held(mixed, chained, split, cross, passages, rows, rng, draws)))
        stage = _stage(tests, holds)
        held[:, rows] = holds.mean(axis=2)
        chance[:, rows] = [(stage == place).mean(axis=1) for place in range(len(STAGES))]
    return chance, held


def _held(
    mixed: Mix,
    chained: Chained,
    split: Split,
    cross: Measures,
    passages: IntArray,
    rows: IntArray,
    rng: np.random.Generator,
    draws: int,
) -> Iterator[BoolArray]:
    """For each test, in their order: in which draws it holds, (rows, draws). What is not observed (nan) never does."""
    shape = (len(rows), draws)

    def normal(middle: FloatArray, sd: FloatArray) -> FloatArray:
        return np.asarray(middle[rows, None] + sd[rows, None] * rng.standard_normal(shape))

    def share(hits: IntArray, of: IntArray) -> FloatArray:
        drawn = rng.beta(hits[rows, None] + 0.5, (of - hits)[rows, None] + 0.5, size=shape)
        return np.where(of[rows, None] > 0, drawn, np.nan)

    entropy = normal(mixed.entropy, mixed.sd)
    yield entropy >= np.log(MANY)
    slr = split.innovation
    yield normal(np.log(np.sqrt(slr.lo * slr.hi)), slr.sd) > 0
    _, median = _service(split)
    reached = (split.served > 0)[rows, None]  # where the median is 0, none is not enough
    yield reached & (share(np.minimum(split.served, _makers(split)), _makers(split)) >= median)
    nan = np.full(len(passages), np.nan)
    lo, hi = (nan if cross.lo is None else np.log(cross.lo)), (nan if cross.hi is None else np.log(cross.hi))
    half = np.where(np.isfinite(cross.values), (hi - lo) / 2, np.nan)
    yield normal((lo + hi) / 2, half / SURE) + half[rows, None] >= 0
    yield np.broadcast_to(passages[rows, None] > 0, shape)
    for one in range(len(chained.chains)):
        yield np.broadcast_to(chained.completeness[rows, one, None] >= COMPLETE, shape)
        yield share(chained.realised[:, one], chained.possible[:, one]) >= chained.expected[rows, one, None]
    yield share(mixed.largest, mixed.known) >= LEADING
    yield entropy < np.log(FEW)


def _condition(test: _Test, park: int, chance: float) -> Condition:
    state = UNSEEN if not test.seen[park] else HOLDS if test.holds[park] else FAILS

    def told(values: FloatArray) -> float | None:
        return finite(values[park]) if test.seen[park] else None

    return Condition(
        test.stage,
        test.name,
        told(test.value),
        told(test.lo),
        told(test.hi),
        int(test.n[park]),
        test.threshold,
        state,
        chance,
    )


def _effective(mixed: Mix) -> tuple[FloatArray, FloatArray, FloatArray]:
    half = SURE * mixed.sd
    return np.exp(mixed.entropy), np.exp(mixed.entropy - half), np.exp(mixed.entropy + half)


def _makers(split: Split) -> IntArray:
    return split.makers if split.services_known else np.zeros_like(split.makers)


def _service(split: Split) -> tuple[FloatArray, float]:
    """SC_h of every park and its median over those that have one; nan if none has."""
    share = ratio(split.served, _makers(split))
    known = share[np.isfinite(share)]
    return share, float(np.median(known)) if len(known) else float("nan")


def _served(split: Split, median: float) -> BoolArray:
    return np.asarray((split.served > 0) & (_service(split)[0] >= median))


def _groups(net: Network) -> IntArray:
    """(firms,): the number of the industry that counts, -1 unknown."""
    codes = net.columns.get("class")
    if codes is None:
        return net.industry
    group = [code[:4] for code in codes]  # a letter and three digits: 中类
    number = {code: index for index, code in enumerate(sorted(set(group) - {""}))}
    return np.array([number.get(code, -1) for code in group], dtype=np.int64)
