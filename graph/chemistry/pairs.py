"""The pooled rate at which two firms that share a park deal with each other, as a function of what is known of them.

Over all pairs i < j of firms of one park, y_ij = 1 if they are tied:

    log μ_ij = b0 + b·[park] log n_p, log(mean exposure + 0.5)
                  + b·[classes] same industry, chain-adjacent, exactly one producer service
                  + b·[firms] z_i + z_j,  z = log size, log(exposure + 1), log(age + 1)

fitted as a Poisson regression with log link and a small ridge. No pair is ever listed: a park's pairs fall into six
patterns of classes, and within a pattern the sums of μ, μ·x and μ·x·xᵀ follow from the sums of w, w·z and w·z·zᵀ over
the firms of each industry, w = exp(b·z). So a park of n firms in K industries costs n + K² steps, and sums are exact.

>>> from graph.network import Firm, Network, Tie
>>> firms = [Firm(f"{p}{i}", {p: ()}, "电池" if i % 2 else "汽车") for p in "ABC" for i in range(6)]
>>> net = Network.of(firms, [Tie("A0", "A1"), Tie("A2", "A3"), Tie("B0", "B1"), Tie("C1", "C4")])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graph.network import BoolArray, FloatArray, IntArray, Network, spread

RIDGE = 1e-3
"""Added to every diagonal element of the information: keeps what the data cannot tell at 0."""

FEW_PARKS = 5
"""With fewer parks that have pairs, the terms of the park are dropped: a slope needs more points."""

KNOWN = 0.5
"""A column that is known for a smaller share of the firms is left out; one known for some gets a term for the rest."""

PATTERNS = (
    # (same industry, chain-adjacent, exactly one producer service)
    (0, 0, 0),
    (0, 0, 1),
    (1, 0, 0),
    (0, 1, 0),
    (0, 1, 1),
    (1, 1, 0),
)
"""What the industries of a pair can be to each other. One industry is not one half producer service."""

AT_RISK = {"all": (0, 1, 2, 3, 4, 5), "adjacent": (3, 4, 5), "service": (1, 4)}
"""Which patterns are looked at: all pairs, the chain-adjacent ones, those with exactly one producer service."""

CLASS_TERMS = ("same_industry", "chain_adjacent", "service_pair")

_LIMIT = 60.0  # of an exponent: beyond, the fit has left the data


@dataclass(frozen=True, eq=False, slots=True)
class _Groups:
    """Rows, sorted by the group they belong to, and the groups that have any."""

    start: IntArray  # of each group's rows
    group: IntArray

    @classmethod
    def of(cls, sorted_labels: IntArray) -> _Groups:
        begin = np.ones(len(sorted_labels), dtype=np.bool_)
        begin[1:] = sorted_labels[1:] != sorted_labels[:-1]
        start = np.flatnonzero(begin)
        return cls(start, sorted_labels[start])

    def sums(self, rows: FloatArray, groups: int) -> FloatArray:
        """(groups, columns): the sum of the rows of each group."""
        found = np.zeros((groups, rows.shape[1]))
        if len(self.start):
            found[self.group] = np.add.reduceat(rows, self.start, axis=0)
        return found


@dataclass(frozen=True, eq=False, slots=True)
class _Powers:
    """Rows [1, z, z·zᵀ] of firms: which column holds the product of which two."""

    size: int
    left: IntArray
    right: IntArray

    @classmethod
    def of(cls, size: int) -> _Powers:
        left, right = np.triu_indices(size)
        return cls(size, left, right)

    def rows(self, z: FloatArray) -> FloatArray:
        return np.concatenate((np.ones((len(z), 1)), z, z[:, self.left] * z[:, self.right]), axis=1)

    def across(self, a: FloatArray, b: FloatArray) -> FloatArray:
        """The sums of 1, x, x·xᵀ, x = z_i + z_j, over all pairs of one of group a and one of group b."""
        a0, a1, a2 = self._split(a)
        b0, b1, b2 = self._split(b)
        mixed = a1[..., self.left] * b1[..., self.right] + a1[..., self.right] * b1[..., self.left]
        return np.concatenate((a0 * b0, a1 * b0 + a0 * b1, a2 * b0 + a0 * b2 + mixed), axis=-1)

    def within(self, a: FloatArray, squared: FloatArray) -> FloatArray:
        """The same over all pairs within group a; `squared` holds its sums with weights w²: each firm with itself."""
        a0, a1, a2 = self._split(a)
        s0, s1, s2 = self._split(squared)
        mixed = a1[..., self.left] * a1[..., self.right]
        return np.concatenate(((a0 * a0 - s0) / 2, a1 * a0 - s1, a2 * a0 + mixed - 2 * s2), axis=-1)

    def square(self, packed: FloatArray) -> FloatArray:
        """The packed products as symmetric matrices."""
        found = np.empty((*packed.shape[:-1], self.size, self.size))
        found[..., self.left, self.right] = packed[..., 1 + self.size :]
        found[..., self.right, self.left] = packed[..., 1 + self.size :]
        return found

    def _split(self, a: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        return a[..., :1], a[..., 1 : 1 + self.size], a[..., 1 + self.size :]


@dataclass(frozen=True, eq=False)
class Design:
    """All pairs of firms that share a park, as the sums over firms from which every sum over pairs follows."""

    terms: tuple[str, ...]  # of the coefficients, in their order
    flags: tuple[str, ...]  # what was dropped for want of input
    firms: IntArray  # (parks,) members
    common: FloatArray  # (parks, patterns, terms of parks and classes)
    seat_firm: IntArray  # (seats,) a seat is a firm in a park; sorted by park, then industry
    seat_park: IntArray
    z: FloatArray  # (seats, terms of firms)
    cell: _Groups  # seats by park and industry
    cell_park: _Groups  # cells by park
    alike: tuple[IntArray, _Groups]  # cells of a known industry that is not next to itself in the chain
    linked: tuple[IntArray, _Groups]  # cells of an industry that is
    beside: tuple[IntArray, IntArray, _Groups]  # pairs of cells that are chain-adjacent
    bridging: tuple[IntArray, IntArray, _Groups]  # the same with exactly one producer service
    serving: BoolArray  # (cells,) producer services
    risk: tuple[int, ...]  # patterns that are looked at
    observed: FloatArray  # (parks, terms) the sums of x over the tied pairs
    ties: FloatArray  # (parks,) how many
    tied: IntArray  # (rows, 2) the seats of these pairs
    barred: tuple[IntArray, IntArray, IntArray]  # pairs left out: (seats (rows, 2), park, pattern)

    @cached_property
    def powers(self) -> _Powers:
        """How the sums over firms are packed."""
        return _Powers.of(self.z.shape[1])

    @cached_property
    def rows(self) -> FloatArray:
        """(seats, packed): [1, z, z·zᵀ] of every seat."""
        return self.powers.rows(self.z)

    @property
    def pairs(self) -> FloatArray:
        """(parks,) how many pairs are looked at."""
        return self.sums(np.zeros(len(self.terms)))[0]

    def sums(self, b: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """For every park the sums of μ (parks,), μ·x (parks, terms) and μ·x·xᵀ (parks, terms, terms) over its pairs.

        `b` are the coefficients, (terms,), or (parks, terms) if every park has its own.
        """
        fixed = self.common.shape[2]
        moments = self._moments(b[..., fixed:])
        level = np.einsum("ptc,...c->pt", self.common, b[:fixed]) if b.ndim == 1 else self._levels(b[:, :fixed])
        moments = moments * np.exp(np.minimum(level, _LIMIT))[:, :, None]
        mu, first, second = moments[..., 0], moments[..., 1 : 1 + self.powers.size], self.powers.square(moments)
        lean = np.concatenate((np.einsum("pt,ptc->pc", mu, self.common), first.sum(axis=1)), axis=1)
        mixed = np.einsum("ptf,ptc->pcf", first, self.common)
        top = np.concatenate((np.einsum("pt,ptc,ptd->pcd", mu, self.common, self.common), mixed), axis=2)
        low = np.concatenate((np.swapaxes(mixed, 1, 2), second.sum(axis=1)), axis=2)
        return mu.sum(axis=1), lean, np.concatenate((top, low), axis=1)

    def _levels(self, b: FloatArray) -> FloatArray:
        found: FloatArray = np.einsum("ptc,pc->pt", self.common, b)
        return found

    def _moments(self, b: FloatArray) -> FloatArray:
        """(parks, patterns, packed): the sums over the pairs of each pattern, before the terms of parks and classes."""
        powers, parks = self.powers, len(self.firms)
        w = self._weight(b)[:, None]
        cells = len(self.cell.start)
        one = np.add.reduceat(self.rows * w, self.cell.start, axis=0) if cells else np.zeros((0, self.rows.shape[1]))
        two = np.add.reduceat(self.rows * (w * w), self.cell.start, axis=0) if cells else one
        found = np.zeros((parks, len(PATTERNS), self.rows.shape[1]))
        for pattern, (items, groups) in ((2, self.alike), (5, self.linked)):
            found[:, pattern] = groups.sums(powers.within(one[items], two[items]), parks)
        for pattern, (left, right, groups) in ((3, self.beside), (4, self.bridging)):
            found[:, pattern] = groups.sums(powers.across(one[left], one[right]), parks)
        whole, itself = self.cell_park.sums(one, parks), self.cell_park.sums(two, parks)
        service = self.cell_park.sums(one * self.serving[:, None], parks)
        found[:, 1] = powers.across(service, whole - service) - found[:, 4]
        found[:, 0] = powers.within(whole, itself) - found[:, 1:].sum(axis=1)
        self._bar(found, b)
        found[:, [p for p in range(len(PATTERNS)) if p not in self.risk]] = 0.0
        return found

    def _bar(self, found: FloatArray, b: FloatArray) -> None:
        seats, park, pattern = self.barred
        if len(seats):
            w = self._weight(b)[seats].prod(axis=1)
            np.subtract.at(found, (park, pattern), self.powers.rows(self.z[seats].sum(axis=1)) * w[:, None])

    def _weight(self, b: FloatArray) -> FloatArray:
        lean = self.z @ b if b.ndim == 1 else np.einsum("sf,sf->s", self.z, b[self.seat_park])
        return np.asarray(np.exp(np.minimum(lean, _LIMIT)))

    def degrees(self, b: FloatArray) -> FloatArray:
        """(seats,): the expected number of ties of each firm inside its park, the sum of μ over its pairs.

        `b` as in `sums`.
        """
        fixed, parks = self.common.shape[2], len(self.firms)
        level = self._levels(np.broadcast_to(b, (parks, len(self.terms)))[:, :fixed])
        rate = np.exp(np.minimum(level, _LIMIT))
        rate[:, [p for p in range(len(PATTERNS)) if p not in self.risk]] = 0.0
        park = np.repeat(self.cell_park.group, np.diff(np.append(self.cell_park.start, len(self.cell.start))))
        w = self._weight(b[..., fixed:])
        weight = self.cell.sums(w[:, None], int(self.cell.group[-1]) + 1)[self.cell.group, 0] if len(w) else w
        field, own = self._field(rate[park], weight, park, parks)
        cell = np.repeat(np.arange(len(weight)), np.diff(np.append(self.cell.start, len(w))))
        found = w * (field[cell] - own[cell] * w)
        seats, at, pattern = self.barred
        np.subtract.at(found, seats, (w[seats].prod(axis=1) * rate[at, pattern])[:, None])
        return np.asarray(found)

    def _field(self, rate: FloatArray, weight: FloatArray, park: IntArray, parks: int) -> tuple[FloatArray, FloatArray]:
        """(cells,) each: what a firm of weight 1 in that cell may expect of its park, and of one of its industry."""
        whole = np.bincount(park, weights=weight, minlength=parks)[park]
        service = np.bincount(park, weights=weight * self.serving, minlength=parks)[park]
        other = np.where(self.serving, whole - service, service)
        field, own = rate[:, 0] * (whole - other) + rate[:, 1] * other, rate[:, 0].copy()
        for pattern, (items, _) in ((2, self.alike), (5, self.linked)):
            field[items] += (rate[items, pattern] - rate[items, 0]) * weight[items]
            own[items] = rate[items, pattern]
        for pattern, instead, (left, right, _) in ((3, 0, self.beside), (4, 1, self.bridging)):
            more = rate[left, pattern] - rate[left, instead]
            np.add.at(field, left, more * weight[right])
            np.add.at(field, right, more * weight[left])
        return field, own


def design(
    net: Network,
    *,
    ties: BoolArray | None = None,
    pairs: str = "all",
    adjacent: BoolArray | None = None,
    service: BoolArray | None = None,
    barred: BoolArray | None = None,
) -> Design:
    """The pairs of a network that are looked at.

    Args:
        net: firms in parks. A firm in two parks takes part in the pairs of both.
        ties: (ties,) which ties count as y = 1; None for all.
        pairs: "all", "adjacent" or "service", a key of `AT_RISK`.
        adjacent: (industries, industries) of the chain, in either direction; None: the term is dropped.
        service: (industries,) producer services; None or all False: the term is dropped.
        barred: (ties,) pairs to leave out, tied or not (firms of one group).

    >>> of_all = design(net)
    >>> of_all.terms
    ('constant', 'same_industry')
    >>> of_all.pairs.tolist(), of_all.ties.tolist()
    ([15.0, 15.0, 15.0], [2.0, 1.0, 1.0])
    """
    adjacent = None if adjacent is None or not adjacent.any() else np.asarray(adjacent | adjacent.T)
    service = None if service is None or not service.any() else service
    everything, nothing = np.ones(len(net.source), dtype=np.bool_), np.zeros(len(net.source), dtype=np.bool_)
    barred = nothing if barred is None else barred
    counted = (everything if ties is None else ties) & ~barred
    seats = _Seats.of(net, adjacent, service)
    classes, class_flags = _class_terms(net, adjacent, service, AT_RISK[pairs])
    z, firm_terms, firm_flags = _firm_columns(net, seats.firm)
    park, park_terms, park_flags = _park_columns(net, seats)
    common = np.concatenate((np.repeat(park[:, None], len(PATTERNS), axis=1), classes.columns(len(park))), axis=2)
    tied, at, pattern = _at_risk(seats.tied(net, counted), AT_RISK[pairs])
    observed = np.zeros((len(park), common.shape[2] + z.shape[1]))
    np.add.at(observed, at, np.concatenate((common[at, pattern], z[tied].sum(axis=1)), axis=1))
    return Design(
        terms=(*park_terms, *classes.terms, *firm_terms),
        flags=(*firm_flags, *park_flags, *class_flags),
        firms=np.bincount(seats.park, minlength=len(net.parks)),
        common=common,
        seat_firm=seats.firm,
        seat_park=seats.park,
        z=z,
        cell=seats.cell,
        cell_park=_Groups.of(seats.cell_park),
        alike=seats.alone(looped=False),
        linked=seats.alone(looped=True),
        beside=seats.next_to(bridging=False),
        bridging=seats.next_to(bridging=True),
        serving=seats.serving(seats.cell_industry),
        risk=AT_RISK[pairs],
        observed=observed,
        ties=np.bincount(at, minlength=len(park)).astype(np.float64),
        tied=tied,
        barred=seats.tied(net, barred),
    )


def _at_risk(tied: tuple[IntArray, IntArray, IntArray], risk: Sequence[int]) -> tuple[IntArray, IntArray, IntArray]:
    seats, park, pattern = tied
    seen = np.isin(pattern, risk)
    return seats[seen], park[seen], pattern[seen]


@dataclass(frozen=True, eq=False)
class _Seats:
    """Firms in parks, sorted by park, industry and firm, and the cells (park, industry) they make up."""

    firm: IntArray
    park: IntArray
    cell: _Groups
    cell_park: IntArray
    cell_industry: IntArray
    seat: IntArray  # (members,) the seat of each row of `net.members`
    adjacent: BoolArray | None
    service: BoolArray | None

    @classmethod
    def of(cls, net: Network, adjacent: BoolArray | None, service: BoolArray | None) -> _Seats:
        firm, park = net.members.firm, net.members.other
        industry = net.industry[firm]
        order = np.lexsort((firm, industry, park))
        seat = np.empty(len(order), dtype=np.int64)
        seat[order] = np.arange(len(order))
        cell = _Groups.of((park * (len(net.industries) + 1) + industry + 1)[order])
        first = order[cell.start]
        return cls(firm[order], park[order], cell, park[first], industry[first], seat, adjacent, service)

    def serving(self, industry: IntArray) -> BoolArray:
        """Which of these industries are producer services; unknown ones are none."""
        if self.service is None:
            return np.zeros(len(industry), dtype=np.bool_)
        return np.asarray(self.service[industry] & (industry >= 0))

    def feeding(self, left: IntArray, right: IntArray) -> BoolArray:
        """Which of these pairs of industries are chain-adjacent; unknown ones are not."""
        if self.adjacent is None:
            return np.zeros(len(left), dtype=np.bool_)
        return np.asarray(self.adjacent[left, right] & (left >= 0) & (right >= 0))

    def alone(self, *, looped: bool) -> tuple[IntArray, _Groups]:
        """Cells of a known industry that is (`looped`) or is not next to itself in the chain."""
        itself = self.feeding(self.cell_industry, self.cell_industry)
        items = np.flatnonzero((self.cell_industry >= 0) & (itself == looped))
        return items, _Groups.of(self.cell_park[items])

    def next_to(self, *, bridging: bool) -> tuple[IntArray, IntArray, _Groups]:
        """Pairs of cells of one park, of two industries that are chain-adjacent, with or without one service."""
        left, right = self._adjacent_cells
        one = self.serving(self.cell_industry[left]) != self.serving(self.cell_industry[right])
        left, right = left[one == bridging], right[one == bridging]
        return left, right, _Groups.of(self.cell_park[left])

    @cached_property
    def _adjacent_cells(self) -> tuple[IntArray, IntArray]:
        if self.adjacent is None:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        up, down = np.nonzero(np.triu(self.adjacent, 1))
        start = np.searchsorted(up, np.arange(len(self.adjacent) + 1))
        known = np.flatnonzero(self.cell_industry >= 0)
        entries, count = spread(start, self.cell_industry[known])
        left = np.repeat(known, count)
        return _matched(
            left,
            self.cell_park[left] * len(self.adjacent) + down[entries],
            self.cell_park * len(self.adjacent) + self.cell_industry,
            known,
        )

    def tied(self, net: Network, chosen: BoolArray) -> tuple[IntArray, IntArray, IntArray]:
        """The chosen ties whose ends share a park: their two seats (rows, 2), the park, the pattern of industries."""
        ties = np.flatnonzero(chosen)
        entries, count = spread(net.first_seat, net.source[ties])
        far, park = np.repeat(net.target[ties], count), net.members.other[entries]
        key = net.members.firm * len(net.parks) + net.members.other
        near, there = _matched(entries, far * len(net.parks) + park, key, np.arange(len(key)))
        seats = np.stack((self.seat[near], self.seat[there]), axis=1)
        left, right = net.industry[self.firm[seats[:, 0]]], net.industry[self.firm[seats[:, 1]]]
        return seats, self.park[seats[:, 0]], self._pattern(left, right)

    def _pattern(self, left: IntArray, right: IntArray) -> IntArray:
        same = (left == right) & (left >= 0)
        beside, one = self.feeding(left, right), self.serving(left) != self.serving(right)
        return np.where(same, np.where(beside, 5, 2), np.where(beside, np.where(one, 4, 3), np.where(one, 1, 0)))


def _matched(left: IntArray, wanted: IntArray, keys: IntArray, among: IntArray) -> tuple[IntArray, IntArray]:
    """For each `left` the one of `among` whose key is wanted; those without one are left out. Keys ascend."""
    candidates = keys[among]
    if not len(candidates):
        return left[:0], among
    place = np.minimum(np.searchsorted(candidates, wanted), len(candidates) - 1)
    found = candidates[place] == wanted
    return left[found], among[place[found]]


@dataclass(frozen=True, eq=False, slots=True)
class _Classes:
    terms: tuple[str, ...]
    values: FloatArray  # (patterns, terms)

    def columns(self, parks: int) -> FloatArray:
        return np.broadcast_to(self.values, (parks, *self.values.shape))


def _class_terms(
    net: Network, adjacent: BoolArray | None, service: BoolArray | None, risk: Sequence[int]
) -> tuple[_Classes, tuple[str, ...]]:
    """The terms of classes whose input is there, but for those that are the same in all pairs that are looked at."""
    there = (len(net.industries) > 0, adjacent is not None, service is not None)
    missing = ("no industries", "no chain", "no producer services")
    patterns = np.array(PATTERNS, dtype=np.float64)
    kept = [index for index, known in enumerate(there) if known and np.ptp(patterns[list(risk), index])]
    flags = tuple(f"term {CLASS_TERMS[i]} dropped: {missing[i]}" for i, known in enumerate(there) if not known)
    return _Classes(tuple(CLASS_TERMS[i] for i in kept), patterns[:, kept]), flags


def _firm_columns(net: Network, firm: IntArray) -> tuple[FloatArray, tuple[str, ...], tuple[str, ...]]:
    """(seats, terms) of what is known of single firms; columns without variation say nothing and are left out."""
    age = None if net.founded is None else np.nanmax(net.founded, initial=-np.inf) - net.founded
    given = {
        "size": None if net.size is None else np.log(net.size),
        "exposure": None if net.exposure is None else np.log1p(net.exposure),
        "age": None if age is None else np.log1p(age),
    }
    columns, terms, flags = [], [], []
    for name, values in given.items():
        of_seat = np.full(len(firm), np.nan) if values is None else values[firm]
        known = np.isfinite(of_seat)
        share = float(known.mean()) if len(known) else 0.0
        if share < KNOWN:
            flags.append(f"term {name} dropped: {'no source' if not share else f'known for {share:.0%} of firms'}")
            continue
        if share < 1:
            flags.append(f"{name} known for {share:.0%} of firms; the rest have a rate of their own")
            columns.append((~known).astype(np.float64))
            terms.append(f"{name}_unknown")
        columns.append(np.where(known, of_seat, of_seat[known].mean()))
        terms.append(name)
    return _varying(columns, terms, len(firm), tuple(flags))


def _park_columns(net: Network, seats: _Seats) -> tuple[FloatArray, tuple[str, ...], tuple[str, ...]]:
    """(parks, terms): the constant, log n and the log of the mean exposure."""
    parks = len(net.parks)
    firms = np.bincount(seats.park, minlength=parks)
    paired = firms > 1
    columns, terms = [np.log(np.maximum(firms, 1.0))], ["log_firms"]
    flags: tuple[str, ...] = ()
    if net.exposure is not None:
        known = np.isfinite(net.exposure[seats.firm])
        looks = np.bincount(seats.park[known], weights=net.exposure[seats.firm][known], minlength=parks)
        columns.append(np.log(looks / np.maximum(np.bincount(seats.park[known], minlength=parks), 1) + 0.5))
        terms.append("mean_exposure")
    if int(paired.sum()) < FEW_PARKS:
        columns, flags = [], (f"terms of the park dropped: {int(paired.sum())} parks with two firms or more",)
    kept = [(column, term) for column, term in zip(columns, terms, strict=False) if np.ptp(column[paired]) > 1e-12]
    values = np.stack([np.ones(parks), *(column for column, _ in kept)], axis=1)
    return values, ("constant", *(term for _, term in kept)), flags


def _varying(
    columns: list[FloatArray], terms: list[str], rows: int, flags: tuple[str, ...]
) -> tuple[FloatArray, tuple[str, ...], tuple[str, ...]]:
    kept = [(column, term) for column, term in zip(columns, terms, strict=True) if np.ptp(column) > 1e-12]
    values = np.stack([column for column, _ in kept], axis=1) if kept else np.zeros((rows, 0))
    return values, tuple(term for _, term in kept), flags


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """The pooled fit. `information` is that of all parks, with the ridge."""

    b: FloatArray
    information: FloatArray
    converged: bool


def fit(of: Design, start: FloatArray | None = None) -> Fit:
    """The coefficients that maximise the Poisson likelihood less RIDGE/2·|b|², by Newton with halved steps.

    Degenerate: without pairs or ties every coefficient is what the ridge leaves, and every expectation about 0.

    >>> net_fit = fit(design(net))
    >>> net_fit.converged, net_fit.b.round(3).tolist()
    (True, [-1.911, -6.082])

    Reference: McCullagh & Nelder 1989, Generalized Linear Models, 2.5.
    """
    return _maximum(of, _first_guess(of) if start is None else start)


def _maximum(of: Design, b: FloatArray, left_out: int | None = None) -> Fit:
    """Newton from b, over all parks or all but one."""
    ridge = RIDGE * np.eye(len(of.terms))
    value, slope, curve = _penalised(of, b, left_out)
    for _ in range(60):
        step = np.linalg.solve(curve + ridge, slope)
        step *= min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-300))  # shorter, not turned: it must lead upwards
        new = _penalised(of, b + step, left_out)
        while new[0] < value - 1e-12 * abs(value) and np.abs(step).max() > 1e-9:
            step = step / 2
            new = _penalised(of, b + step, left_out)
        b = b + step
        value, slope, curve = new
        if np.abs(step).max() < 1e-9:
            return Fit(b, curve + ridge, converged=True)
    return Fit(b, curve + ridge, converged=False)


def _first_guess(of: Design) -> FloatArray:
    b = np.zeros(len(of.terms))
    pairs = float(of.sums(b)[0].sum())
    b[0] = np.log(max(float(of.ties.sum()), 0.5) / pairs) if pairs > 0 else 0.0
    return b


def _penalised(of: Design, b: FloatArray, left_out: int | None) -> tuple[float, FloatArray, FloatArray]:
    """The penalised log-likelihood, its slope, and the information without the ridge."""
    mu, first, second = of.sums(b)
    kept = np.ones(len(mu), dtype=np.bool_)
    if left_out is not None:
        kept[left_out] = False
    seen = of.observed[kept].sum(axis=0)
    value = float(seen @ b - mu[kept].sum() - RIDGE / 2 * b @ b)
    return value, seen - first[kept].sum(axis=0) - RIDGE * b, second[kept].sum(axis=0)


EXACT_WORK = 1_000_000
"""Up to so many seats times parks every fit without a park is carried to the end on all other parks."""

SLIGHT = 1e-5
"""Beyond, only those where the series leaves a larger remainder than this, in standard deviations of a term."""


def without_each(of: Design, pooled: Fit, *, slight: float = SLIGHT) -> FloatArray:
    """(parks, terms): the coefficients fitted without that park.

    A park moves the fit little, so what all others together want near the pooled fit follows from the pooled slope,
    information and its derivative (by central differences), less the park's own sums, which are exact at every step.
    The fits that a park moves so far that the series leaves a remainder above `slight` are carried on by Newton over
    all other parks; in small networks and with the default `slight` all of them are, to the last digits.

    >>> network = design(net)
    >>> without_each(network, fit(network)).round(3).tolist()
    [[-2.199, -5.491], [-1.793, -5.836], [-1.793, -5.836]]
    """
    third = _third(of, pooled)
    off, first, unsafe = np.zeros_like(of.observed), np.zeros_like(of.observed), np.zeros(len(of.firms), dtype=np.bool_)
    for again in range(8):
        _, own, own_curve = of.sums(pooled.b + off)
        bend = np.einsum("abc,pc->pab", third, off)
        slope = own - of.observed - off @ pooled.information - np.einsum("pab,pb->pa", bend, off) / 2
        curve = pooled.information + bend - own_curve
        bad = np.linalg.eigvalsh(curve)[:, 0] < RIDGE / 2
        curve[bad], unsafe = pooled.information, unsafe | bad
        step = np.clip(np.linalg.solve(curve, slope[..., None])[..., 0], -1, 1)
        off, first = off + step, step if not again else first
        if np.abs(step).max(initial=0.0) < 1e-11:
            break
    scale = np.sqrt(np.diag(pooled.information) / max(float(of.ties.sum()), 1.0))
    moved, bent = np.abs(first * scale).max(axis=1), np.abs((off - first) * scale).max(axis=1)
    rough = unsafe | (np.square(bent) > slight * moved)
    if slight <= SLIGHT and len(of.firms) * len(of.seat_firm) <= EXACT_WORK:
        rough = of.firms > 1
    b = pooled.b + off
    for park in np.flatnonzero(rough):
        b[park] = _maximum(of, b[park] if not unsafe[park] else pooled.b, int(park)).b
    return b


def _third(of: Design, pooled: Fit) -> FloatArray:
    """(terms, terms, terms): how the information of all parks changes with each coefficient."""
    spread_of = np.sqrt(np.diag(pooled.information) / max(float(of.ties.sum()), 1.0))
    columns = []
    for term, scale in enumerate(np.maximum(spread_of, 1e-3)):
        off = np.zeros(len(pooled.b))
        off[term] = 1e-3 / scale
        change = of.sums(pooled.b + off)[2].sum(axis=0) - of.sums(pooled.b - off)[2].sum(axis=0)
        columns.append(change / (2 * off[term]))
    return np.stack(columns, axis=-1)
