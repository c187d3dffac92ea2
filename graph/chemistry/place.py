"""Does place matter? A park's ties beside those that would fall inside it had its firms drawn their parks by lot.

The whole graph of ties stays as it is. The labels are dealt out again among firms that could stand for each other: of
the same city, the same division of industry, and about as well known. A label is everything that a firm's address
says: a firm that sits in two parks hands on both, so every park keeps its size and parks inside parks stay nested.
Firms in no park that is known hold no label and take none: their park is not "none", nobody knows it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from graph.chemistry.dice import Dice, StateArray, streams
from graph.metrics.value import Measure, finite
from graph.network import BoolArray, FloatArray, IntArray, Network, spread

NOT_EXCHANGEABLE = "not exchangeable"
INCLUDES_CITY = "includes city effect"
MOVABLE = 0.5
"""At least this share of a park's firms must be able to change places with a firm outside it."""
ENOUGH = 1.0
"""R0 is given only where chance would put at least this many ties inside the park."""
COLUMNS = 32
"""Permutations made at once: 32 labels of two bytes are a line of the processor's cache."""

PLAIN_SECONDS = 1.0
"""Below this numpy is done before numba would be loaded; both give the same bits."""

_CHUNK = 2_000_000


@dataclass(frozen=True, eq=False, slots=True)
class R0:
    """The ratio of every park, one entry a park; nan where it is undefined, and why in `reason`."""

    observed: IntArray  # ties inside the park
    expected: FloatArray  # the exact mean over all ways to deal the labels out
    variance: FloatArray  # over the permutations made
    value: FloatArray  # observed / expected
    lo: FloatArray  # the 95% interval
    hi: FloatArray
    p: FloatArray  # share of dealings with as many ties inside or more
    above: IntArray  # permutations with more ties inside than observed
    equal: IntArray  # permutations with as many
    firms: IntArray
    movable: FloatArray  # share of the firms that can change places, at the level used
    level: tuple[str, ...]  # inside what the labels were dealt out; "" where nothing could be
    reason: tuple[str, ...]
    flags: tuple[str, ...]  # for all parks
    permutations: int

    def of(self, park: int) -> Measure:
        """The measure of one park, by its number."""
        flags = (*self.flags, *((f"within {self.level[park]}",) if self.level[park] else ()))
        n, null = int(self.firms[park]), float(self.expected[park])
        if self.reason[park]:
            return Measure(None, n=n, null=finite(null), flags=flags, reason=self.reason[park])
        lo, hi = float(self.lo[park]), float(self.hi[park])
        return Measure(float(self.value[park]), lo, hi, n=n, null=null, flags=flags)


def r0(
    net: Network,
    *,
    seed: int,
    permutations: int = 1000,
    v_doc: FloatArray | None = None,
    ties: BoolArray | None = None,
) -> R0:
    """Do more ties fall inside a park than its firms' city, industry and fame explain?

    Formula: R0 = O / Ē. O counts the ties whose two firms share the park; Ē is its mean when the park labels are dealt
    out again among the firms of one stratum. Strata: city × industry × exposure tercile; where under half of a park's
    firms could then change places with a firm outside it, city × tercile, then city; `level` says which. With n_s of
    the N_s firms of stratum s in the park and m_st ties between strata,

        Ē = Σ_{s<t} m_st (n_s/N_s)(n_t/N_t) + Σ_s m_ss n_s(n_s-1) / (N_s(N_s-1)),

    which is exact; the variance V and p come from `permutations` dealings. Interval:
    exp(log((O+.5)/(Ē+.5)) ± 1.96 sqrt(max(1/(O+.5), V/(Ē+.5)²) + v_doc)); p = (1 + #{O_perm ≥ O}) / (permutations + 1).

    Args:
        net: firms with `region` (the city), `exposure` and industry (the column `class`, else the name) as known.
        seed: the same seed gives the same bits, whatever the number of threads.
        permutations: 1,000 for an interval, 2,000 if p is printed.
        v_doc: (parks,) variance of log R0 from the documents, by `jackknife`; where it is nan nothing is added.
        ties: (ties,) which of them count; None counts all. Leave out those of ownership.

    Range 0.., 1 = as chance has it. Undefined (`not exchangeable`) where still under half of the firms can change
    places, or Ē < 1. Without cities, a city whose firms all deal with each other looks like parks that do: flag
    `includes city effect`. Firms whose city is unknown while others' is known stay where they are.

    Six firms of one city in two parks: by chance one tie in five has both ends in P.

    >>> from graph.network import Firm, Tie
    >>> firms = [Firm(id, {park: ()}, region="东城") for id, park in zip("abcdef", "PPPQQQ")]
    >>> net = Network.of(firms, [Tie("a", "b"), Tie("a", "c"), Tie("b", "c"), Tie("d", "e"), Tie("c", "d")])
    >>> one = r0(net, seed=1)
    >>> one.observed.tolist(), one.expected.tolist(), one.value.tolist(), one.level[0]
    ([3, 1], [1.0, 1.0], [3.0, 1.0], 'city')

    Reference: the permutation test of labels on a graph is Hubert & Schultz 1976, Br. J. Math. Stat. Psychol. 29:190;
    exact tests by permutation: Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39.
    """
    if permutations < 2:
        raise ValueError(f"{permutations} permutations give no variance; ask for at least 2, better 1000")
    seats = _seats(net, ties)
    steps, flags = levels(net)
    occupied = [_occupied(seats, stratum) for _, stratum in steps]
    movable = np.array([one.movable(seats) for one in occupied])
    chosen = _chosen(movable)
    share = np.take_along_axis(movable, chosen[None], 0)[0]
    observed = _inside(seats)
    moments = [np.full(seats.parks, np.nan) for _ in range(2)]
    expected, variance = moments
    above, equal = (np.zeros(seats.parks, dtype=np.int64) for _ in range(2))
    for number, one in enumerate(occupied):
        parks = chosen == number
        if not parks.any():
            continue
        mean, near = one.meeting(seats, parks)
        expected[parks] = mean[parks]
        wanted = parks & (share >= MOVABLE) & (expected >= ENOUGH)
        if wanted.any():
            drawn = _draws(seats, one, wanted, near, streams(seed, permutations, part=number))
            variance[wanted] = drawn.var(axis=0, ddof=1)
            above[wanted] = (drawn > observed[wanted]).sum(axis=0)
            equal[wanted] = (drawn == observed[wanted]).sum(axis=0)
    reason = tuple(_reasons(seats.firms, share, expected))
    known = np.array([not text for text in reason], dtype=np.bool_)
    value = np.divide(observed, expected, out=np.full(seats.parks, np.nan), where=known)
    lo, hi = _interval(observed, expected, variance, np.zeros(seats.parks) if v_doc is None else np.nan_to_num(v_doc))
    return R0(
        observed=observed,
        expected=expected,
        variance=variance,
        value=value,
        lo=np.where(known, lo, np.nan),
        hi=np.where(known, hi, np.nan),
        p=np.where(known, (1 + above + equal) / (permutations + 1), np.nan),
        above=above,
        equal=equal,
        firms=seats.firms,
        movable=share,
        level=tuple(
            steps[step][0] if n > 1 else "" for step, n in zip(chosen.tolist(), seats.firms.tolist(), strict=True)
        ),
        reason=reason,
        flags=flags,
        permutations=permutations,
    )


def randomised_p(result: R0, dice: np.random.Generator) -> FloatArray:
    """p-values that are even on 0..1 when place does not matter, one a park; for checking, not for printing.

    Formula: (#{O_perm > O} + u (1 + #{O_perm = O})) / (permutations + 1), u even on 0..1. Counts are discrete, so p
    itself is too large on average: ties with the observed count stand at its side. nan where R0 is undefined.
    """
    share = (result.above + dice.random(len(result.above)) * (1 + result.equal)) / (result.permutations + 1)
    return np.where(np.isnan(result.value), np.nan, share)


def levels(net: Network) -> tuple[list[tuple[str, IntArray]], tuple[str, ...]]:
    """What labels are dealt out within, finest first: (name, stratum of every placed firm), and flags.

    A factor that nobody recorded is left out of the names. Terciles are those of the exposure within the city, so that
    a well-covered city has three classes too; firms of equal exposure stand in the same one. Unknown industries, and
    unknown exposures, are a class of their own; a firm of unknown city is alone.
    """
    placed = np.flatnonzero(net.placed)
    city = net.region[placed] if net.region is not None else np.full(len(placed), -1)
    some = bool((city >= 0).any())
    unknown = np.flatnonzero(city < 0) if some else np.zeros(0, dtype=np.int64)
    industry, exposure = _divisions(net)[placed], net.exposure[placed] if net.exposure is not None else None
    factors = [("city", city)] if some else []
    if exposure is not None and not np.isnan(exposure).all():
        factors.append(("exposure tercile", _terciles(exposure, city)))
    if (industry >= 0).any():
        factors.insert(len(factors[:1]) if some else 0, ("industry", industry))
    chains = [factors, [one for one in factors if one[0] != "industry"], [one for one in factors if one[0] == "city"]]
    steps: dict[str, IntArray] = {}
    for chain in chains:
        name = " × ".join(name for name, _ in chain) or "all firms"
        steps.setdefault(name, _stratum([code for _, code in chain], unknown, len(placed)))
    flags = () if some else (INCLUDES_CITY,)
    if len(unknown):
        flags = (*flags, f"city unknown for {len(unknown)} of {len(placed)} firms")
    return list(steps.items()), flags


@dataclass(frozen=True, eq=False, slots=True)
class _Seats:
    """The placed firms, numbered anew; firm i sits in park[first[i]:first[i + 1]]. Ties are those between them."""

    first: IntArray
    park: IntArray
    source: IntArray
    target: IntArray
    parks: int
    firms: IntArray  # (parks,) firms in each

    @property
    def firm(self) -> IntArray:
        """The firm of each seat."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


def _seats(net: Network, ties: BoolArray | None) -> _Seats:
    number = np.cumsum(net.placed) - 1
    kept = net.placed[net.source] & net.placed[net.target]
    if ties is not None:
        kept &= ties
    return _Seats(
        first=np.concatenate((net.first_seat[:-1][net.placed], [len(net.members.other)])).astype(np.int64),
        park=net.members.other,
        source=number[net.source[kept]],
        target=number[net.target[kept]],
        parks=len(net.parks),
        firms=np.bincount(net.members.other, minlength=len(net.parks)),
    )


def _inside(seats: _Seats) -> IntArray:
    """How many ties lie inside each park: every seat of the one end beside every seat of the other."""
    entries, count = spread(seats.first, seats.source)
    other = np.repeat(seats.target, count)
    again, seats_there = spread(seats.first, other)
    mine = np.repeat(seats.park[entries], seats_there)
    return np.bincount(mine[mine == seats.park[again]], minlength=seats.parks)


@dataclass(frozen=True, eq=False, slots=True)
class _Occupied:
    """How many firms of each stratum sit in each park: entries of stratum s are first[s] … first[s + 1], by park."""

    stratum: IntArray  # of each firm
    size: IntArray  # firms of each stratum
    first: IntArray
    park: IntArray
    count: IntArray

    def movable(self, seats: _Seats) -> FloatArray:
        """The share of each park's firms with a firm in their stratum that sits elsewhere."""
        stratum = np.repeat(np.arange(len(self.size)), np.diff(self.first))
        able = np.where(self.count < self.size[stratum], self.count, 0)
        return np.bincount(self.park, able, seats.parks) / np.maximum(seats.firms, 1)

    def meeting(self, seats: _Seats, parks: BoolArray) -> tuple[FloatArray, BoolArray]:
        """(expected, near): the exact mean of the ties inside each park over all ways to deal the labels out, and
        which ties some way puts inside one of `parks`."""
        total = np.zeros(seats.parks)
        low, high, ties, pair_of_tie = self.pairs(seats)
        near = np.zeros(len(low), dtype=np.bool_)
        for pair, park, chance in self.chances(low, high):
            total += np.bincount(park, chance * ties[pair], seats.parks)
            near[pair[parks[park] & (chance > 0)]] = True
        return total, near[pair_of_tie]

    def pairs(self, seats: _Seats) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """The pairs of strata with ties between them: (low, high, ties, pair of each tie)."""
        a, b = self.stratum[seats.source], self.stratum[seats.target]
        key = np.minimum(a, b) * len(self.size) + np.maximum(a, b)
        found, pair, ties = np.unique(key, return_inverse=True, return_counts=True)
        return found // max(len(self.size), 1), found % max(len(self.size), 1), ties, pair

    def chances(self, low: IntArray, high: IntArray) -> Iterator[tuple[IntArray, IntArray, FloatArray]]:
        """(pair, park, chance): that a firm of either stratum, not the same one, both fall into the park."""
        parks = int(self.park.max(initial=0)) + 1
        key = np.repeat(np.arange(len(self.size)), np.diff(self.first)) * parks + self.park
        for begin, end in _chunks(np.diff(self.first)[low]):
            mine, count = spread(self.first, low[begin:end])
            pair = np.repeat(np.arange(begin, end), count)
            wanted = high[pair] * parks + self.park[mine]
            theirs = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
            both = key[theirs] == wanted
            pair, mine, theirs = pair[both], mine[both], theirs[both]
            same = low[pair] == high[pair]
            n, m = self.count[mine], self.count[theirs] - same
            size, other = self.size[low[pair]], self.size[high[pair]] - same
            yield pair, self.park[mine], n * m / np.maximum(size * other, 1)


def _occupied(seats: _Seats, stratum: IntArray) -> _Occupied:
    size = np.bincount(stratum)
    found, count = np.unique(stratum[seats.firm] * max(seats.parks, 1) + seats.park, return_counts=True)
    first = np.searchsorted(found, np.arange(len(size) + 1) * max(seats.parks, 1))
    return _Occupied(stratum, size, first, found % max(seats.parks, 1), count)


def _chunks(sizes: IntArray) -> Iterator[tuple[int, int]]:
    """Stretches of items of about equal total size, so that memory stays bounded."""
    total = np.concatenate(([0], np.cumsum(sizes)))
    begin = 0
    while begin < len(sizes):
        end = max(begin + 1, int(np.searchsorted(total, total[begin] + _CHUNK, side="right")) - 1)
        yield begin, end
        begin = end


def _chosen(movable: FloatArray) -> IntArray:
    """The first level at which enough firms of each park can change places; the last where none has them."""
    able = movable >= MOVABLE
    return np.where(able.any(axis=0), able.argmax(axis=0), len(movable) - 1)


def _reasons(firms: IntArray, movable: FloatArray, expected: FloatArray) -> Iterator[str]:
    for n, share, mean in zip(firms.tolist(), movable.tolist(), expected.tolist(), strict=True):
        if n < 2:
            yield "one firm: there is no pair to tie" if n else "no firms"
        elif share < MOVABLE:
            yield f"{NOT_EXCHANGEABLE}: {round(share * n)} of {n} firms have one of their city that sits elsewhere"
        elif mean < ENOUGH:
            yield f"{NOT_EXCHANGEABLE}: chance would put {mean:.2g} ties inside, fewer than {ENOUGH:g}"
        else:
            yield ""


def _interval(
    observed: IntArray, expected: FloatArray, variance: FloatArray, v_doc: FloatArray
) -> tuple[FloatArray, FloatArray]:
    middle = np.log((observed + 0.5) / (expected + 0.5))
    spread_ = 1.96 * np.sqrt(np.maximum(1 / (observed + 0.5), variance / (expected + 0.5) ** 2) + v_doc)
    return np.exp(middle - spread_), np.exp(middle + spread_)


def _divisions(net: Network) -> IntArray:
    """The division of each firm's industry by its class, else the industry as named; -1 unknown."""
    codes = net.columns.get("class", ("",) * len(net.firms))
    named = [net.industries[number] if number >= 0 else "" for number in net.industry.tolist()]
    keys = [code[:3] if len(code) >= 3 else name for code, name in zip(codes, named, strict=True)]
    number = {key: index for index, key in enumerate(sorted(set(keys) - {""}))}
    return np.array([number.get(key, -1) for key in keys], dtype=np.int64)


def _terciles(value: FloatArray, group: IntArray) -> IntArray:
    """0, 1, 2: the third of its group in which a value's middle rank lies; -1 unknown."""
    third = np.full(len(value), -1, dtype=np.int64)
    known = np.flatnonzero(~np.isnan(value))
    order = known[np.lexsort((value[known], group[known]))]
    if not len(order):
        return third
    new_group = np.concatenate(([True], group[order][1:] != group[order][:-1]))
    new_value = new_group | np.concatenate(([True], value[order][1:] != value[order][:-1]))
    position = np.arange(len(order))
    begin = np.maximum.accumulate(np.where(new_group, position, 0))
    size = np.bincount(np.cumsum(new_group) - 1)[np.cumsum(new_group) - 1]
    tie = np.cumsum(new_value) - 1
    middle = (np.bincount(tie, position - begin) / np.bincount(tie))[tie] + 0.5
    third[order] = np.minimum((3 * middle / size).astype(np.int64), 2)
    return third


def _stratum(codes: Sequence[IntArray], alone: IntArray, firms: int) -> IntArray:
    """One number for each combination of codes, without gaps; the firms of `alone` have one each."""
    total = np.zeros(firms, dtype=np.int64)
    for code in codes:
        total = np.unique(total * (code.max(initial=0) + 2) + code + 1, return_inverse=True)[1]
    total[alone] = total.max(initial=0) + 1 + np.arange(len(alone))
    return np.unique(total, return_inverse=True)[1]


@dataclass(frozen=True, eq=False, slots=True)
class _Table:
    """The firms that matter to some parks, numbered by stratum, each with the label it holds.

    Labels below `parks` are a park; `parks` is none of these parks; a label above it stands for several.
    """

    first: IntArray  # firms of stratum s: first[s] … first[s + 1]
    label: IntArray
    source: IntArray
    target: IntArray
    parks: int
    meaning: list[tuple[int, ...]]  # the parks of each label


def _table(seats: _Seats, occupied: _Occupied, wanted: BoolArray, near: BoolArray) -> _Table:
    local = np.where(wanted, np.cumsum(wanted) - 1, -1)
    here = np.zeros(len(occupied.size), dtype=np.bool_)
    here[np.repeat(np.arange(len(occupied.size)), np.diff(occupied.first))[wanted[occupied.park]]] = True
    near = near & here[occupied.stratum[seats.source]] & here[occupied.stratum[seats.target]]
    order = np.flatnonzero(here[occupied.stratum])
    order = order[np.argsort(occupied.stratum[order], kind="stable")]
    number = np.zeros(len(occupied.stratum), dtype=np.int64)
    number[order] = np.arange(len(order))
    label, meaning = _labels(seats, local, int(wanted.sum()))
    ties = np.sort(
        number[seats.source[near]] * max(len(order), 1) + number[seats.target[near]]
    )  # neighbours side by side
    return _Table(
        first=np.concatenate(([0], np.cumsum(occupied.size[here]))),
        label=label[order],
        source=ties // max(len(order), 1),
        target=ties % max(len(order), 1),
        parks=int(wanted.sum()),
        meaning=meaning,
    )


def _labels(seats: _Seats, local: IntArray, parks: int) -> tuple[IntArray, list[tuple[int, ...]]]:
    """The label of each firm, and the parks (numbered by `local`, -1 left out) that each label stands for."""
    firm, park = seats.firm, local[seats.park]
    firm, park = firm[park >= 0], park[park >= 0]
    count = np.bincount(firm, minlength=len(seats.first) - 1)
    label = np.full(len(count), parks, dtype=np.int64)
    label[firm] = park
    meaning: list[tuple[int, ...]] = [*((one,) for one in range(parks)), ()]
    several: dict[tuple[int, ...], int] = {}
    start = np.concatenate(([0], np.cumsum(count)))
    for one in np.flatnonzero(count > 1).tolist():
        held = tuple(sorted(park[start[one] : start[one + 1]].tolist()))
        label[one] = several.setdefault(held, len(meaning) + len(several))
    return label, [*meaning, *several]


def _draws(seats: _Seats, occupied: _Occupied, wanted: BoolArray, near: BoolArray, states: StateArray) -> IntArray:
    """(permutations, wanted parks) ties inside when the labels are dealt out again, one row a stream of random bits."""
    table = _table(seats, occupied, wanted, near)
    if _plain_seconds(table, len(states)) < PLAIN_SECONDS:
        return plain_draws(table, states)
    return compiled_draws(table, states)


def _plain_seconds(table: _Table, draws: int) -> float:
    """About how long `plain_draws` takes: a step a firm, a comparison a tie, and one a park where labels overlap."""
    overlap = 0 if len(table.meaning) == table.parks + 1 else table.parks
    return 3e-5 * len(table.label) + draws * (4e-8 * len(table.label) + 2e-9 * len(table.source) * (2 + overlap))


def plain_draws(table: _Table, states: StateArray) -> IntArray:
    """The draws by numpy, a column for each permutation."""
    dice, columns = Dice(states), np.arange(len(states))
    held = np.repeat(table.label[:, None], len(states), axis=1)
    for low, high in zip(table.first[:-1].tolist(), table.first[1:].tolist(), strict=True):
        for i in range(high - low - 1, 0, -1):
            j = low + dice.below(i + 1)
            held[low + i], held[j, columns] = held[j, columns], held[low + i].copy()
    a, b = held[table.source], held[table.target]
    if len(table.meaning) == table.parks + 1:
        tie, column = np.nonzero(a == b)
        key = column * (table.parks + 1) + a[tie, column]
        counts = np.bincount(key, minlength=len(states) * (table.parks + 1))
        return counts.reshape(len(states), table.parks + 1)[:, : table.parks]
    has = np.zeros((table.parks, len(table.meaning)), dtype=np.bool_)
    for label, parks in enumerate(table.meaning):
        has[list(parks), label] = True
    return np.stack([(one[a] & one[b]).sum(axis=0) for one in has], axis=1)


def compiled_draws(table: _Table, states: StateArray) -> IntArray:
    """The draws by compiled loops, 32 columns at a time and a thread for each processor."""
    from graph.chemistry import kernels

    small = np.int16 if len(table.meaning) < 2**15 else np.int32
    label = table.label.astype(small)
    source, target = table.source.astype(np.int32), table.target.astype(np.int32)
    first = np.concatenate(([0], np.cumsum([len(parks) for parks in table.meaning])))
    park = np.array([one for parks in table.meaning for one in parks], dtype=np.int64)

    def block(begin: int) -> IntArray:
        own = states[begin : begin + COLUMNS].copy()
        held = np.empty((len(label), len(own)), dtype=small)
        counts = np.zeros((len(own), table.parks + 1), dtype=np.int64)
        kernels.deal(table.first, label, own, held)
        if len(table.meaning) == table.parks + 1:
            kernels.tally(source, target, held, counts)
        else:
            kernels.tally_shared(source, target, held, first, park, table.parks + 1, counts)
        return counts[:, : table.parks]

    with ThreadPoolExecutor(processors()) as pool:
        return np.concatenate(list(pool.map(block, range(0, len(states), COLUMNS))))


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
