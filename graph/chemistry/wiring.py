"""Given who has how many ties, how are they wired? A measure beside what it is when the same firms, each with as many
ties as it has, are tied at random.

It says something about structure, never about amount: the number of ties is given. Two ways to tie at random:

    swaps   two ties a-b and c-d become a-d and c-b, again and again, where neither exists yet. Every simple graph with
            these degrees is equally likely in the end. Whether the end was reached is tested.
    stubs   every firm holds as many loose ends as it has ties, all ends are paired off at once. Fast, but a tie of a
            firm to itself or a second one between two firms is erased, so graphs with hubs lose ties.

All groups (all parks) are rewired at once, each within itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Literal

import numpy as np

from graph.chemistry.place import processors
from graph.metrics.groups import GroupMeasure, Groups
from graph.metrics.value import Measure, Measures
from graph.network import BoolArray, FloatArray, IntArray, Network

Method = Literal["auto", "stubs", "swaps"]
Statistic = GroupMeasure | Callable[[Groups], Measures]

SWEEPS = 10
"""Swaps done for each tie before a graph counts as drawn; one sweep is no sample."""
ERASED = 0.01
"""Stubs are matched only where at most this share of ties is expected to be erased; else ties are swapped."""
UNMIXED = "not a sample: the draws still drift after {swaps} swaps a tie; ask for more sweeps"
FROZEN = "no other wiring with these degrees was reached"
CONSTANT = "every wiring drawn gives the same value"

_DRIFT = 4.0  # standard errors between a half-way and an end that a mixed chain stays within
_STEPS = 1_000_000  # random numbers made at once
_PLAIN = 60_000  # swaps tried in ordinary Python before a compiler would be worth its wait
_SLOWEST = 50  # times the steps that would do if every swap could be done


@dataclass(frozen=True, eq=False, slots=True)
class Wiring:
    """A measure of each group and of its random wirings; nan where undefined, and why in `reason`."""

    value: FloatArray
    mean: FloatArray  # over the wirings drawn
    sd: FloatArray
    z: FloatArray  # (value - mean) / sd
    p: FloatArray  # share of wirings at least as far from their mean, the real one among them
    lo: FloatArray  # where the middle 95% of the wirings lie
    hi: FloatArray
    n: IntArray
    draws: int
    method: str
    swaps: FloatArray  # done a tie and draw; 0 for stubs
    erased: FloatArray  # share of ties that stub matching lost; 0 for swaps
    drift: FloatArray  # standard errors between the means half-way and at the end; nan for stubs
    reason: tuple[str, ...]

    def of(self, group: int) -> Measure:
        """The distance z of one group, by its number; `null` is 0, the flags say beside what."""
        if self.reason[group]:
            return Measure(None, n=int(self.n[group]), flags=self._flags(group), reason=self.reason[group])
        return Measure(float(self.z[group]), n=int(self.n[group]), null=0.0, flags=self._flags(group))

    def _flags(self, group: int) -> tuple[str, ...]:
        how = f"{self.draws} wirings by {self.method}"
        lost = self.erased[group]
        return (how, f"{lost:.1%} of ties erased") if lost > ERASED else (how,)


def wired(
    net: Network | Groups,
    statistic: Statistic,
    *,
    seed: int,
    draws: int = 100,
    method: Method = "auto",
    sweeps: int = SWEEPS,
) -> Wiring:
    """Is a measure what the numbers of ties alone would make it?

    Formula: z = (value - mean) / sd, mean and sd over `draws` random graphs in which every firm has as many ties as it
    has, and inside the same group.

    Args:
        net: a network (one group), or groups: `Groups.parks(net)` asks for all parks at once.
        statistic: a measure of groups, such as `cohesion.transitivity`, or a function from groups to `Measures`.
        seed: the same seed gives the same bits, whatever the number of threads.
        method: "auto" matches stubs where they are expected to lose at most 1% of the ties of every group (large sparse
            networks), and else swaps; the erased share is reported.
        sweeps: swaps done for each tie before a graph is looked at half-way, and again before it is drawn.

    Mixing: every graph is drawn by a chain of its own that begins at the real one, and is looked at half-way. Where the
    mean half-way lies over 4 standard errors from that at the end, or half-way values still tell those at the end
    (correlation above 0.1 and 4/√draws), this is not a sample and z is undefined.
    Degenerate: undefined where the measure is, where no swap can be done (a star, a triangle), where all wirings give
    the same value.

    >>> import networkx as nx
    >>> from graph.metrics import cohesion
    >>> from graph.network import Firm, Tie
    >>> club = nx.karate_club_graph()
    >>> net = Network.of([Firm(f"{i:02}") for i in club], [Tie(f"{a:02}", f"{b:02}") for a, b in club.edges])
    >>> both = wirings(net, {"C": cohesion.average_clustering, "T": cohesion.transitivity}, draws=400, seed=1)
    >>> {name: (round(float(one.value[0]), 3), round(float(one.z[0]), 1)) for name, one in both.items()}
    {'C': (0.571, 4.2), 'T': (0.256, 1.3)}

    Two friends of a member are friends more often than degrees make them, but not where it is counted by triples.

    References: Maslov & Sneppen 2002, Science 296:910 (swaps as a null). Fosdick, Larremore, Nishimura & Ugander 2018,
    SIAM Review 60:315 (which graphs each way draws, and why rejected swaps count as steps). Bollobás 1980 (stubs).
    """
    return wirings(net, {"": statistic}, seed=seed, draws=draws, method=method, sweeps=sweeps)[""]


def wirings(
    net: Network | Groups,
    statistics: Mapping[str, Statistic],
    *,
    seed: int,
    draws: int = 100,
    method: Method = "auto",
    sweeps: int = SWEEPS,
) -> dict[str, Wiring]:
    """As `wired`, for several measures of the same random graphs."""
    if draws < 2:
        raise ValueError(f"{draws} wirings give no deviation; ask for at least 2, better 100")
    groups = net if isinstance(net, Groups) else Groups.whole(net)
    asked = {name: one.each if isinstance(one, GroupMeasure) else one for name, one in statistics.items()}
    if method == "auto":
        method = "stubs" if (expected_erased(groups) <= ERASED).all() else "swaps"
    if method == "stubs":
        return _by_stubs(groups, asked, seed, draws)
    return _by_swaps(groups, asked, seed, draws, sweeps)


def expected_erased(groups: Groups) -> FloatArray:
    """The share of ties that matching stubs is expected to erase in each group, at most 1; 0 without ties.

    Formula: (ν/2 + ν²/4) / m with ν = Σ k (k-1) / Σ k: loops and repeated ties are about Poisson with these means
    where no firm is tied to a large share of the others; with hubs it says too much, which errs towards swaps.

    Reference: van der Hofstad 2017, Random Graphs and Complex Networks I, proposition 7.13.
    """
    degree = groups.net.degree
    ends = np.maximum(2 * groups.ties, 1)
    nu = groups.sums(degree * (degree - 1)) / ends
    return np.minimum((nu / 2 + nu**2 / 4) / np.maximum(groups.ties, 1), 1.0)


def rewired(groups: Groups, source: IntArray, target: IntArray) -> Groups:
    """The same firms with other ties, in any order and direction; loops are left out and repeated ties united."""
    n = len(groups.net.firms)
    low, high = np.minimum(source, target), np.maximum(source, target)
    key = np.sort((low * n + high)[low != high])
    key = key[np.diff(key, prepend=-1) > 0]  # np.unique hashes, which takes several times as long
    net = replace(
        groups.net,
        source=key // max(n, 1),
        target=key % max(n, 1),
        weight=np.ones(len(key)),
        tie_documents=None,
        tie_kinds=None,
        direction=None,
    )
    return Groups(net, groups.start)


def by_stubs(groups: Groups, dice: np.random.Generator) -> Groups:
    """One random wiring: all loose ends of each group paired off at once, loops and repeated ties erased."""
    ends = np.repeat(np.arange(len(groups.net.firms)), groups.net.degree)
    if len(groups) == 1:
        mixed = dice.permutation(ends)
    else:
        mixed = ends[np.lexsort((dice.random(len(ends)), groups.of_firm[ends]))]
    return rewired(groups, mixed[::2], mixed[1::2])


def _by_stubs(
    groups: Groups, statistics: Mapping[str, Callable[[Groups], Measures]], seed: int, draws: int
) -> dict[str, Wiring]:
    found = {name: np.empty((draws, len(groups))) for name in statistics}
    left = np.zeros(len(groups))
    for draw in range(draws):
        one = by_stubs(groups, _dice(seed, draw))
        left += one.ties
        for name, statistic in statistics.items():
            found[name][draw] = statistic(one).values
    erased = 1 - left / draws / np.maximum(groups.ties, 1)
    nothing = np.full(len(groups), np.nan)
    return {
        name: _wiring(
            statistic(groups), found[name], method="stubs", swaps=np.zeros(len(groups)),
            erased=np.where(groups.ties > 0, erased, 0.0), drift=nothing, refused={},
        )
        for name, statistic in statistics.items()
    }  # fmt: skip


def _by_swaps(
    groups: Groups, statistics: Mapping[str, Callable[[Groups], Measures]], seed: int, draws: int, sweeps: int
) -> dict[str, Wiring]:
    tries = _tries(groups, seed, sweeps)
    fast = int(tries.sum()) * draws * 2 > _PLAIN
    halfway, end = ({name: np.empty((draws, len(groups))) for name in statistics} for _ in range(2))
    done = np.zeros(len(groups), dtype=np.int64)

    def chain(draw: int) -> tuple[IntArray, list[Groups]]:
        wires, dice, stages = Wires.of(groups), _dice(seed, draw), []
        accepted = np.zeros(len(groups), dtype=np.int64)
        for _ in range(2):
            accepted += wires.shuffle(tries, dice, fast)
            stages.append(rewired(groups, wires.source, wires.target))
        return accepted, stages

    for draw, (accepted, stages) in enumerate(_ahead(chain, draws) if fast else map(chain, range(draws))):
        done += accepted
        for found, stage in zip((halfway, end), stages, strict=True):
            for name, statistic in statistics.items():
                found[name][draw] = statistic(stage).values
    swaps = done / draws / np.maximum(groups.ties, 1)
    zero = np.zeros(len(groups))
    result = {}
    for name, statistic in statistics.items():
        drift, unmixed = _mixing(halfway[name], end[name])
        refused = {FROZEN: tries == 0, UNMIXED.format(swaps=sweeps): unmixed}
        result[name] = _wiring(
            statistic(groups), end[name], method="swaps", swaps=swaps, erased=zero, drift=drift, refused=refused
        )
    return result


def _ahead(
    chain: Callable[[int], tuple[IntArray, list[Groups]]], draws: int
) -> Iterator[tuple[IntArray, list[Groups]]]:
    """The chains in order, a few of them made ahead by other threads."""
    workers = processors()
    with ThreadPoolExecutor(workers) as pool:
        numbers = iter(range(draws))
        waiting = [pool.submit(chain, number) for number in islice(numbers, workers + 1)]
        while waiting:
            yield waiting.pop(0).result()
            waiting.extend(pool.submit(chain, number) for number in islice(numbers, 1))


def _dice(seed: int, draw: int) -> np.random.Generator:
    """The random numbers of one draw: its own, so that draws may be made in any order."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(draw,)))


def _tries(groups: Groups, seed: int, sweeps: int) -> IntArray:
    """How many swaps to try in each group so that about `sweeps` a tie are done; 0 where none can be."""
    pilot = np.where(groups.ties > 1, np.maximum(2 * groups.ties, 1000), 0)
    dice = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2**32 - 1,)))
    accepted = Wires.of(groups).shuffle(pilot, dice, int(pilot.sum()) > _PLAIN)
    share = np.maximum(accepted / np.maximum(pilot, 1), 1 / _SLOWEST)
    return np.where(accepted > 0, np.ceil(1.05 * sweeps * groups.ties / share), 0).astype(np.int64)


def _mixing(halfway: FloatArray, end: FloatArray) -> tuple[FloatArray, BoolArray]:
    """(drift, unmixed) of each group: are the values half-way those of the end, and do they know nothing of them?"""
    draws = len(end)
    step = end - halfway
    with np.errstate(invalid="ignore", divide="ignore"):
        drift = step.mean(axis=0) / (step.std(axis=0, ddof=1) / np.sqrt(draws))
        a, b = halfway - halfway.mean(axis=0), end - end.mean(axis=0)
        memory = (a * b).sum(axis=0) / np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    drift = np.where(step.any(axis=0), drift, 0.0)
    return drift, (np.abs(drift) > _DRIFT) | (memory > max(0.1, _DRIFT / np.sqrt(draws)))


def _wiring(
    real: Measures,
    drawn: FloatArray,
    *,
    method: str,
    swaps: FloatArray,
    erased: FloatArray,
    drift: FloatArray,
    refused: Mapping[str, BoolArray],
) -> Wiring:
    draws, value = len(drawn), real.values
    mean, sd = drawn.mean(axis=0), drawn.std(axis=0, ddof=1)
    far = np.abs(drawn - mean) >= np.abs(value - mean) * (1 - 1e-12)
    lo, hi = np.quantile(drawn, [0.025, 0.975], axis=0)
    lo_undefined = np.isnan(drawn).any(axis=0)
    states = {
        **refused,
        "undefined in some of the wirings drawn": lo_undefined,
        CONSTANT: ~(sd > 1e-12 * np.maximum(np.abs(mean), 1e-300)),
    }
    reason = tuple(
        real.of(group).reason or next((text for text, where in states.items() if where[group]), "")
        for group in range(len(value))
    )
    bad = np.array([bool(text) for text in reason], dtype=np.bool_)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(bad, np.nan, (value - mean) / sd)
    p = np.where(bad, np.nan, (1 + far.sum(axis=0)) / (draws + 1))
    return Wiring(value, mean, sd, z, p, lo, hi, real.n, draws, method, swaps, erased, drift, reason)


@dataclass(frozen=True, eq=False, slots=True)
class Wires:
    """Ties that can be swapped in place. Firm i's partners stand in the slots start[i] … start[i + 1]; tie e stands in
    slot `here[e]` of its source and `there[e]` of its target. The arrays change, the degrees never do."""

    first_tie: IntArray  # ties of group g: first_tie[g] … first_tie[g + 1]
    start: IntArray
    partner: IntArray
    source: IntArray
    target: IntArray
    here: IntArray
    there: IntArray

    @classmethod
    def of(cls, groups: Groups) -> Wires:
        """A copy of the ties of the groups."""
        m, (start, partner, tie) = len(groups.net.source), groups.adjacency
        slot = np.argsort(tie, kind="stable")  # the two slots of tie 0, of tie 1, …; that of the source first
        source, target = groups.net.source.copy(), groups.net.target.copy()
        return cls(groups.first_tie, start, partner.copy(), source, target, slot[::2].copy()[:m], slot[1::2].copy()[:m])

    def shuffle(self, tries: IntArray, dice: np.random.Generator, fast: bool) -> IntArray:
        """Try that many swaps in each group; how many of them were done."""
        done = np.zeros(len(tries), dtype=np.int64)
        loop = _compiled() if fast else swap
        for group in np.flatnonzero(tries):
            low, high = self.first_tie[group], self.first_tie[group + 1]
            for begin in range(0, int(tries[group]), _STEPS):
                steps = min(_STEPS, int(tries[group]) - begin)
                chosen = (dice.random((2, steps)) * [[high - low], [2 * (high - low)]]).astype(np.int64)
                done[group] += loop(
                    low + chosen[0], low + chosen[1] // 2, chosen[1] % 2,
                    self.start, self.partner, self.source, self.target, self.here, self.there,
                )  # fmt: skip
        return done


@cache
def _compiled() -> Callable[..., int]:
    import numba

    fast: Callable[..., int] = numba.njit(cache=True, nogil=True)(swap)
    return fast


def swap(
    one: IntArray,
    other: IntArray,
    turned: IntArray,
    start: IntArray,
    partner: IntArray,
    source: IntArray,
    target: IntArray,
    here: IntArray,
    there: IntArray,
) -> int:
    """Turn ties a-b (`one`) and c-d (`other`, turned or not) into a-d and c-b, a step an entry; how many could be.

    A step that would tie a firm to itself or repeat a tie leaves the graph as it is and still counts as a step.
    Ordinary Python, which numba compiles as it stands.
    """
    done = 0
    for step in range(len(one)):
        e, f = one[step], other[step]
        a, b, in_a, in_b = source[e], target[e], here[e], there[e]
        c, d, in_c, in_d = source[f], target[f], here[f], there[f]
        if turned[step]:
            c, d, in_c, in_d = d, c, in_d, in_c
        if e == f or a == d or c == b:
            continue
        known = False
        for x, y in ((a, d), (c, b)):
            if start[x + 1] - start[x] > start[y + 1] - start[y]:
                x, y = y, x
            for slot in range(start[x], start[x + 1]):
                if partner[slot] == y:
                    known = True
                    break
        if known:
            continue
        partner[in_a], partner[in_d], partner[in_c], partner[in_b] = d, a, b, c
        source[e], target[e], here[e], there[e] = a, d, in_a, in_d
        source[f], target[f], here[f], there[f] = c, b, in_c, in_b
        done += 1
    return done
