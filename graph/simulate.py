"""Worlds with planted chemistry: parks whose firms react more or less, seen through documents that miss a part of it.

What is true of a world is known, so a measure can be asked whether it finds it. In every park p

    rate of a pair    λ = θ_p · affinity(industries) · sqrt(size_i · size_j) · scale / n^capacity
    documents of it   Poisson(1.2 · coverage_p · sqrt(size_i · size_j)), a tie without one is never seen
    mentions          Poisson(4 · coverage_p · size^0.7), documents that name a firm and no cooperation of it

θ (`theta`) is the chemistry that was planted, `coverage` how much is written about the park. Between parks firms deal
at one low rate, a higher one within a city. Some worlds break the form that the chemistry ratio assumes; see `WORLDS`.

>>> drawn = draw(WORLDS["reference"], seed=1)
>>> len(drawn.truth), drawn.firms[0].id, drawn.truth[0].park
(60, 'P000F000', 'P000')
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from graph.network import ROSTER, Firm, FloatArray, IntArray, Network, Tie


@dataclass(frozen=True, slots=True)
class World:
    """The laws of a world. The default is the reference: the form that the chemistry ratio assumes."""

    parks: int = 60
    industries: int = 10
    cities: int = 10
    mean_log_firms: float = 3.6  # of log n; n is kept within 8 and 200
    sd_log_firms: float = 0.6
    chemistry: float = 0.6  # sd of log θ between parks; 0: there is nothing to find
    coverage: float = 0.7  # sd of log coverage between parks
    capacity: float = 0.7  # a firm's ties do not grow with n: rates fall as n^-capacity
    scale: float = 0.45
    hubs: float = 0.0  # share of firms that deal `hub_strength` times as much as others, unseen by any column
    hub_strength: float = 6.0
    consortia: float = 0.0  # documents a firm that tie 4 to 7 firms of the park at once
    mislabelled: float = 0.0  # share of firms whose industry is written wrongly
    unlisted: float = 0.0  # share of parks whose firms are known from documents only
    city_rate: float = 0.1  # rate between two firms of one city, other parks, as a share of the mean rate inside
    far_rate: float = 0.001  # the same between two cities
    placeless: bool = False  # ties inside a park are drawn as those within its city: no park effect at all


WORLDS: Mapping[str, World] = MappingProxyType(
    {
        "reference": World(),
        "null": World(chemistry=0.0),
        "hubs": World(hubs=0.05),
        "consortia": World(consortia=0.03),
        "wrong_industries": World(mislabelled=0.3),
        "missing_rosters": World(unlisted=0.5),
        "city": World(chemistry=0.0, placeless=True),
        "null_hubs": World(chemistry=0.0, hubs=0.05),
        "null_consortia": World(chemistry=0.0, consortia=0.03),
    }
)
"""reference keeps the form; null has nothing to find; hubs, consortia, wrong_industries and missing_rosters break the
form; city has an effect of the city and none of the park."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What was planted in a park."""

    park: str
    theta: float
    coverage: float


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """A world as it was drawn: what tables would say, and the truth."""

    firms: tuple[Firm, ...]
    ties: tuple[Tie, ...]
    chain: tuple[tuple[str, str], ...]  # industries, upstream and downstream
    truth: tuple[Truth, ...]

    def network(self) -> Network:
        """What can be measured of it."""
        return Network.of(
            self.firms,
            self.ties,
            parks=[row.park for row in self.truth],
            boundary={row.park: ROSTER for row in self.truth},
        )

    def adjacent(self, net: Network) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """(industries, industries) of the network: whether the industry of the row feeds that of the column."""
        number = {name: index for index, name in enumerate(net.industries)}
        found = np.zeros((len(number), len(number)), dtype=np.bool_)
        for up, down in self.chain:
            if up in number and down in number:
                found[number[up], number[down]] = True
        return found


def draw(world: World, seed: int) -> Drawn:
    """One world, the same for the same seed."""
    dice = np.random.default_rng(seed)
    land = _land(world, dice)
    inside = [_inside(world, land, park, dice) for park in range(world.parks)]
    outside = _outside(world, land, sum(len(ties) for ties in inside), dice)
    if world.placeless:
        inside = []
    papers = _Papers()
    ties = [tie for rows in inside for tie in _seen(rows, land, papers, dice)]
    ties += _seen(outside, land, papers, dice)
    for park in range(world.parks if world.consortia else 0):
        ties += _consortia(world, land, park, papers, dice)
    return _told(world, land, ties, dice)


@dataclass(frozen=True, eq=False, slots=True)
class _Land:
    theta: FloatArray  # (parks,)
    coverage: FloatArray
    city: IntArray
    start: IntArray  # firms of park p: start[p] … start[p + 1]
    park: IntArray  # (firms,)
    industry: IntArray
    size: FloatArray
    pull: FloatArray  # unseen, 1 for most firms
    mentions: IntArray
    affinity: FloatArray  # (industries, industries)

    def firms(self, park: int) -> IntArray:
        return np.arange(self.start[park], self.start[park + 1])


class _Papers:
    """Numbers documents in the order in which they are written."""

    def __init__(self) -> None:
        self.written = 0

    def new(self, count: int) -> tuple[str, ...]:
        first = self.written
        self.written += count
        return tuple(f"d{number:06d}" for number in range(first, self.written))


def _land(world: World, dice: np.random.Generator) -> _Land:
    firms = np.clip(np.round(np.exp(dice.normal(world.mean_log_firms, world.sd_log_firms, world.parks))), 8, 200)
    start = np.concatenate(([0], np.cumsum(firms.astype(np.int64))))
    coverage = np.exp(dice.normal(0, world.coverage, world.parks))
    theta = np.exp(dice.normal(0, world.chemistry, world.parks))
    park = np.repeat(np.arange(world.parks), np.diff(start))
    shares = dice.dirichlet(np.full(world.industries, 0.5), world.parks)
    industry = np.concatenate(
        [dice.choice(world.industries, n, p=share) for n, share in zip(np.diff(start), shares, strict=True)]
    )
    size = np.exp(dice.normal(0, 0.8, len(park)))
    pull = np.where(dice.random(len(park)) < world.hubs, world.hub_strength, 1.0)
    mentions = dice.poisson(4 * coverage[park] * size**0.7)
    city = dice.permutation(np.arange(world.parks) % world.cities)
    affinity = np.full((world.industries, world.industries), 0.5) + np.eye(world.industries)
    step = np.arange(world.industries - 1)
    affinity[step, step + 1] = affinity[step + 1, step] = 3.0
    return _Land(theta, coverage, city, start, park, industry, size, pull, mentions, affinity)


def _inside(world: World, land: _Land, park: int, dice: np.random.Generator) -> IntArray:
    """(ties, 2): the pairs of firms of one park that deal with each other."""
    firms = land.firms(park)
    left, right = (firms[index] for index in np.triu_indices(len(firms), 1))
    rate = world.scale * land.theta[park] / len(firms) ** world.capacity * _lean(land, left, right)
    tied = dice.random(len(left)) < -np.expm1(-rate)
    return np.stack((left[tied], right[tied]), axis=1)


def _lean(land: _Land, left: IntArray, right: IntArray) -> FloatArray:
    pulls = land.pull[left] * land.pull[right]
    lean: FloatArray = land.affinity[land.industry[left], land.industry[right]] * pulls
    return lean * np.sqrt(land.size[left] * land.size[right])


def _outside(world: World, land: _Land, inside: int, dice: np.random.Generator) -> IntArray:
    """(ties, 2): pairs of different parks (in a `placeless` world also of one), at the rates of city and country."""
    n = len(land.park)
    pairs = float((np.square(np.diff(land.start)) / 2).sum())
    city = land.city[land.park]
    chance = np.sqrt(land.size) * land.pull
    found = []
    for rate, near in ((world.city_rate, True), (world.far_rate, False)):
        of_city = np.bincount(city, minlength=world.cities).astype(np.float64)
        there = float((np.square(of_city) / 2).sum()) if near else n**2 / 2
        wanted = dice.poisson(rate * inside / pairs * there)
        left = dice.choice(n, wanted * 4, p=chance / chance.sum())
        right = (
            dice.choice(n, wanted * 4, p=chance / chance.sum()) if not near else _townsfolk(city, left, chance, dice)
        )
        fits = (land.park[left] != land.park[right]) | (world.placeless & (left != right))
        found.append(np.sort(np.stack((left[fits], right[fits]), axis=1), axis=1)[:wanted])
    return np.unique(np.concatenate(found), axis=0)


def _townsfolk(city: IntArray, left: IntArray, chance: FloatArray, dice: np.random.Generator) -> IntArray:
    """For each firm one of its city, by chance."""
    order = np.argsort(city, kind="stable")
    total = np.concatenate(([0.0], np.cumsum(chance[order])))
    first = np.searchsorted(city[order], city[left])
    last = np.searchsorted(city[order], city[left], side="right")
    at = total[first] + dice.random(len(left)) * (total[last] - total[first])
    return np.asarray(order[np.clip(np.searchsorted(total, at, side="right") - 1, first, last - 1)])


def _seen(pairs: IntArray, land: _Land, papers: _Papers, dice: np.random.Generator) -> list[Tie]:
    """The ties of which some document tells."""
    left, right = pairs[:, 0], pairs[:, 1]
    written = np.sqrt(land.coverage[land.park[left]] * land.coverage[land.park[right]])
    told = dice.poisson(1.2 * written * np.sqrt(land.size[left] * land.size[right]))
    return [
        Tie(_firm(land, a), _firm(land, b), float(count), papers.new(count))
        for a, b, count in zip(left.tolist(), right.tolist(), told.tolist(), strict=True)
        if count
    ]


def _consortia(world: World, land: _Land, park: int, papers: _Papers, dice: np.random.Generator) -> list[Tie]:
    """Documents that name 4 to 7 firms of the park as partners of one project: every pair of them is tied."""
    firms = land.firms(park)
    ties = []
    for _ in range(dice.poisson(world.consortia * land.theta[park] * land.coverage[park] * len(firms))):
        chance = np.sqrt(land.size[firms])
        members = np.sort(dice.choice(firms, int(dice.integers(4, 8)), replace=False, p=chance / chance.sum()))
        paper = papers.new(1)
        names = [_firm(land, firm) for firm in members.tolist()]
        ties += [Tie(a, b, 1.0, paper) for index, a in enumerate(names) for b in names[index + 1 :]]
    return ties


def _firm(land: _Land, firm: int) -> str:
    park = int(land.park[firm])
    return f"P{park:03d}F{firm - int(land.start[park]):03d}"


def _told(world: World, land: _Land, ties: list[Tie], dice: np.random.Generator) -> Drawn:
    written = land.industry.copy()
    wrong = dice.random(len(written)) < world.mislabelled
    written[wrong] = dice.integers(world.industries, size=int(wrong.sum()))
    unlisted = (dice.random(world.parks) < world.unlisted)[land.park]
    tied = {end for tie in ties for end in (tie.source, tie.target)}
    firms = [
        Firm(
            name,
            {f"P{land.park[index]:03d}": ()},
            f"I{written[index]:02d}",
            exposure=float(land.mentions[index]),
            size=round(float(land.size[index]), 4),
            region=f"C{land.city[land.park[index]]:02d}",
        )
        for index in range(len(written))
        if (name := _firm(land, index)) in tied or land.mentions[index] or not unlisted[index]
    ]
    return Drawn(
        tuple(firms),
        tuple(ties),
        tuple((f"I{k:02d}", f"I{k + 1:02d}") for k in range(world.industries - 1)),
        tuple(
            Truth(f"P{park:03d}", float(land.theta[park]), float(land.coverage[park])) for park in range(world.parks)
        ),
    )


def tables(drawn: Drawn) -> Mapping[str, str]:
    """The files that `parkbond simulate` writes: name -> CSV.

    >>> tables(draw(WORLDS["null"], seed=1))["nodes.csv"].splitlines()[:2]
    ['id,park,industry,mentions,size,region', 'P000F000,P000,I03,5,1.9253,C01']
    """
    nodes = [
        (firm.id, ";".join(firm.parks), firm.industry, f"{firm.exposure:.0f}", firm.size, firm.region)
        for firm in drawn.firms
    ]
    edges = [(tie.source, tie.target, ";".join(tie.kinds), ";".join(tie.documents), "") for tie in drawn.ties]
    truth = [(row.park, round(row.theta, 6), round(row.coverage, 6)) for row in drawn.truth]
    return {
        "nodes.csv": _csv(("id", "park", "industry", "mentions", "size", "region"), nodes),
        "edges.csv": _csv(("source", "target", "kind", "documents", "date"), edges),
        "chain.csv": _csv(("upstream", "downstream"), drawn.chain),
        "truth.csv": _csv(("park", "theta", "coverage"), truth),
    }


def _csv(columns: tuple[str, ...], rows: Any) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(columns)
    table.writerows(rows)
    return out.getvalue()


def null(world: World) -> World:
    """The same world with nothing to find: every park alike."""
    return replace(world, chemistry=0.0)
