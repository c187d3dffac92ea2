"""A real network with a known future: joint patent applications of public applicants in Germany, France and Italy.

    PARKBOND_DATA=… python tests/copatents.py        prints the figures of docs/method/validation.md

The rows are extracts of PATSTAT (github.com/cjoyez/CoPatentingNetwork, not redistributed here): an application, one of
its applicants with its NUTS3 region, a field of technology. An applicant stands for a firm, its most frequent region
for the park, its most frequent field for the industry; two are tied if they applied together up to 2008; applications
of one alone are its exposure. Ties first made from 2009 to 2014 are the future. The rows were chosen by public
applicants, so two companies show together only beside one of these.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from graph.chemistry.peers import slr
from graph.chemistry.report import Chemistry, chemistry
from graph.network import ROSTER, Firm, FloatArray, IntArray, Network, Tie

FOLDER = Path("public") / "copatent_de_fr_it"
LAST, FUTURE = 2008, 2014


@dataclass(frozen=True, eq=False)
class Patents:
    """The network up to `LAST` and the pairs that are first tied up to `FUTURE`."""

    net: Network
    later: frozenset[tuple[str, str]]


def read(data: Path) -> Patents:
    """The network of the two files."""
    with (data / FOLDER / "name_harmonisation.csv").open(encoding="utf-8", newline="") as file:
        renamed = {row["psn_name"]: row["renamed"] for row in csv.DictReader(file)}
    year: dict[str, int] = {}
    applicants: dict[str, set[str]] = defaultdict(set)
    region: dict[str, Counter[str]] = defaultdict(Counter)
    field: dict[str, Counter[str]] = defaultdict(Counter)
    seen = set()
    with gzip.open(data / FOLDER / "copatent.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name, application = renamed.get(row["psn_name"], row["psn_name"]), row["appln_id"]
            year[application] = int(row["appln_filing_year"])
            applicants[application].add(name)
            if year[application] <= LAST:
                field[name][row["techn_field"]] += 1
                if (application, name) not in seen:  # rows repeat for each field
                    seen.add((application, name))
                    region[name][row["NUTS"]] += 1
    together: dict[tuple[str, str], list[str]] = defaultdict(list)
    alone: Counter[str] = Counter()
    later = set()
    for application in sorted(applicants):
        names = sorted(applicants[application])
        if year[application] <= LAST:
            for pair in combinations(names, 2):
                together[pair].append(application)
            if len(names) == 1:
                alone[names[0]] += 1
        elif year[application] <= FUTURE:
            later |= set(combinations(names, 2))
    home = {name: _first(count) for name, count in region.items()}
    firms = [
        Firm(name, {park: ()}, _first(field[name]), exposure=float(alone[name]), region=park[:2])
        for name, park in sorted(home.items())
    ]
    ties = [Tie(a, b, float(len(behind)), behind) for (a, b), behind in together.items()]
    net = Network.of(firms, ties, boundary=dict.fromkeys(home.values(), ROSTER))
    return Patents(net, frozenset(pair for pair in later if pair not in together))


def _first(count: Counter[str]) -> str:
    return min(count, key=lambda one: (-count[one], one))


def inside(net: Network, pairs: Iterable[tuple[str, str]]) -> IntArray:
    """(parks,): how many of the pairs have both ends in the park."""
    number = {name: index for index, name in enumerate(net.firms)}
    park = np.full(len(net.firms), -1)
    park[net.members.firm] = net.members.other
    ends = np.array([(number[a], number[b]) for a, b in pairs if a in number and b in number]).reshape(-1, 2)
    left, right = park[ends[:, 0]], park[ends[:, 1]]
    return np.bincount(left[left == right], minlength=len(net.parks))


def rank(one: FloatArray, other: FloatArray, where: np.ndarray) -> float:
    """Spearman's correlation over some parks."""
    where = where & np.isfinite(one) & np.isfinite(other)
    return float(spearmanr(one[where], other[where])[0])


@dataclass(frozen=True, eq=False)
class Findings:
    """What the page reports."""

    patents: Patents
    found: Chemistry
    density: FloatArray
    degree: FloatArray
    later: IntArray  # new ties inside the park
    later_density: FloatArray  # to a pair that was not tied

    @classmethod
    def of(cls, patents: Patents, *, permutations: int = 1000) -> Findings:
        net = patents.net
        found = chemistry(net, seed=0, permutations=permutations)
        peers = found.peers
        with np.errstate(divide="ignore", invalid="ignore"):
            density = np.where(peers.pairs > 0, peers.observed / peers.pairs, np.nan)
            degree = np.where(peers.firms > 0, 2 * peers.observed / peers.firms, np.nan)
            later = inside(net, patents.later)
            free = np.where(peers.pairs > peers.observed, later / (peers.pairs - peers.observed), np.nan)
        return cls(patents, found, density, degree, later, free)

    def excess(self) -> FloatArray:
        """Later ties inside a region beside those that the SLR model, fitted on the later ties themselves, expects."""
        net, number = self.patents.net, {name: index for index, name in enumerate(self.patents.net.firms)}
        future = [Tie(a, b) for a, b in self.patents.later if a in number and b in number]
        firms = [
            Firm(name, {net.parks[park]: ()}, net.industries[net.industry[firm]], exposure=float(exposure))
            for firm, (name, park, exposure) in enumerate(
                zip(net.firms, net.members.other.tolist(), np.asarray(net.exposure).tolist(), strict=True)
            )
        ]
        return slr(Network.of(firms, future), groups=0).ratio

    @property
    def judged(self) -> np.ndarray:
        """Regions with 15 applicants or more."""
        return self.found.peers.firms >= 15


def main() -> None:
    """Print the figures."""
    one = Findings.of(read(Path(os.environ["PARKBOND_DATA"])))
    net, peers, place = one.patents.net, one.found.peers, one.found.place
    judged = one.judged
    print(f"{len(net.firms)} applicants, {len(net.source)} ties, {peers.observed.sum():.0f} of them inside a region")
    print(f"{len(net.parks)} regions, {judged.sum()} with n >= 15, {(peers.observed >= 5).sum()} with O >= 5")
    print(f"terms {dict(zip(peers.design.terms, peers.pooled.b.round(2).tolist(), strict=True))}, flags {peers.flags}")
    print(f"tau2 {peers.tau2:.2f}, dispersion {peers.dispersion:.2f}")
    known = judged & np.isfinite(place.value)
    above = (place.lo[known] > 1).sum(), (place.p[known] < 0.025).sum()
    print(f"R0 known for {known.sum()}: median {np.median(place.value[known]):.2f}, lo > 1 and p < .025: {above}")
    wide = judged & np.isfinite(peers.ratio)
    print(f"SLR above 1: {(peers.lo[wide] > 1).sum()}, under 1: {(peers.hi[wide] < 1).sum()} of {wide.sum()}")
    size = peers.firms.astype(float)
    measures = {
        "SLR": peers.ratio,
        "EB": peers.shrunk,
        "R0": place.value,
        "density": one.density,
        "mean degree": one.degree,
    }
    print("| measure | size | mean degree | later ties a free pair | later ties beside chance |\n|---|---|---|---|---|")
    for name, values in measures.items():
        cells = [rank(values, other, judged) for other in (size, one.degree, one.later_density, one.excess())]
        print(f"| {name} | {' | '.join(f'{cell:.2f}' for cell in cells)} |")
    order = np.argsort(-np.where(judged & (peers.expected >= 5), peers.shrunk, -np.inf))
    print(
        "| region | n | O | E | SLR | interval | R0 | p | later | verdict |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    from graph.chemistry.report import of_park

    for park in order[: int((judged & (peers.expected >= 5)).sum())]:
        word = of_park(one.found, int(park))["verdict"].value
        print(
            f"| {net.parks[park]} | {peers.firms[park]} | {peers.observed[park]:.0f} | {peers.expected[park]:.1f} | "
            f"{peers.ratio[park]:.2f} | {peers.lo[park]:.2f}–{peers.hi[park]:.2f} | {place.value[park]:.2f} | "
            f"{place.p[park]:.3f} | {one.later[park]} | {word} |"
        )


if __name__ == "__main__":
    main()
