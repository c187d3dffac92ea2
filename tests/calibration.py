"""How well the chemistry ratio finds what was planted: figures over drawn worlds, for the tests and for the page.

    python tests/calibration.py [SEEDS] [FOLDER]     prints the tables; writes the pictures to the folder

The oracle is the world itself: θ of every park is known. θ is identified up to scale only, so an interval is asked
whether it holds θ·ΣE/Σ(θE), over the parks with E ≥ 5.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from graph.chemistry.peers import SYSTEMATIC, Z95, Peers, slr
from graph.chemistry.place import r0
from graph.network import FloatArray
from graph.simulate import WORLDS, World, draw, null

FORMS = ("reference", "hubs", "consortia", "wrong_industries", "missing_rosters")


@dataclass(frozen=True, slots=True)
class Interval:
    """A way to make the interval of log SLR: which parts its variance has."""

    name: str
    systematic: float
    dispersed: bool
    documents: bool

    def sd(self, found: Peers) -> FloatArray:
        """Of log((O + .5)/(E + .5))."""
        ties, more = found.observed + 0.5, found.dispersion if self.dispersed else 1.0
        doubt = found.documents_variance if self.documents and found.documents_variance is not None else 0.0
        return np.asarray(np.sqrt(np.maximum(more / ties, 1 / ties + np.nan_to_num(doubt)) + self.systematic**2))


HEADLINE = Interval("v, φ, s = 0.25 (headline)", SYSTEMATIC, True, True)
INTERVALS = (
    Interval("Poisson alone", 0.0, False, False),
    Interval("s = 0.25", 0.25, False, False),
    Interval("v, s = 0.25", 0.25, False, True),
    Interval("v, φ, s = 0.15", 0.15, True, True),
    Interval("v, φ, s = 0.20", 0.20, True, True),
    HEADLINE,
    Interval("φ, s = 0.25 (no ids of documents)", 0.25, True, False),
)


@dataclass(frozen=True, eq=False)
class Run:
    """One drawn world and what was found in it."""

    theta: FloatArray
    coverage: FloatArray
    peers: Peers

    @property
    def density(self) -> FloatArray:
        """Of ties inside the park."""
        return self.peers.observed / (self.peers.firms * (self.peers.firms - 1) / 2)

    @property
    def judged(self) -> FloatArray:
        """Parks with E ≥ 5."""
        return np.asarray(self.peers.expected >= 5)

    def truth(self) -> FloatArray:
        """θ on the scale of SLR."""
        expected = np.nan_to_num(self.peers.expected)
        return self.theta * expected.sum() / (self.theta * expected).sum()

    def middle(self) -> FloatArray:
        """log((O + .5)/(E + .5))."""
        return np.asarray(np.log((self.peers.observed + 0.5) / (self.peers.expected + 0.5)))


def runs(world: World, seeds: Iterable[int]) -> list[Run]:
    """The world drawn with each seed."""
    found = []
    for seed in seeds:
        drawn = draw(world, seed)
        net = drawn.network()
        peers = slr(net, adjacent=drawn.adjacent(net), seed=seed)
        theta, coverage = (np.array([getattr(row, name) for row in drawn.truth]) for name in ("theta", "coverage"))
        found.append(Run(theta, coverage, peers))
    return found


def rank(one: FloatArray, other: FloatArray) -> float:
    """Spearman's correlation."""
    known = np.isfinite(one) & np.isfinite(other)
    return float(spearmanr(one[known], other[known])[0])


def mean(values: Sequence[float]) -> float:
    """The mean over runs."""
    return float(np.nanmean(values))


def finding(planted: Sequence[Run], empty: Sequence[Run]) -> Mapping[str, float]:
    """Does the order of parks follow what was planted, and only that? Means over runs."""
    return {
        "slr": mean([rank(run.peers.ratio, run.theta) for run in planted]),
        "slr_eb": mean([rank(run.peers.shrunk, run.theta) for run in planted]),
        "density": mean([rank(run.density, run.theta) for run in planted]),
        "null_size": mean([rank(run.peers.ratio, run.peers.firms) for run in empty]),
        "null_coverage": mean([rank(run.peers.ratio, run.coverage) for run in empty]),
        "null_density_size": mean([rank(run.density, run.peers.firms) for run in empty]),
        "dispersion": mean([run.peers.dispersion for run in planted]),
    }


def holding(planted: Sequence[Run], empty: Sequence[Run], interval: Interval) -> Mapping[str, float]:
    """Does the interval hold the truth, and how often does it tell a park from its peers? Shares over parks."""
    rows: dict[str, list[float]] = {"coverage": [], "null_flags": [], "power": [], "wrong": []}
    for run in planted:
        off = Z95 * interval.sd(run.peers)
        known, above = run.judged, run.middle() - off > 0
        rows["coverage"].append(float((np.abs(run.middle() - np.log(run.truth())) < off)[known].mean()))
        rows["power"].append(float(above[known & (run.truth() > 1.6)].mean()))
        rows["wrong"].append(float((run.truth() < 1)[known & above].mean()) if (known & above).any() else math.nan)
    for run in empty:
        flagged = np.abs(run.middle()) > Z95 * interval.sd(run.peers)
        rows["null_flags"].append(float(flagged[run.judged].mean()))
    return {name: mean(values) for name, values in rows.items()}


def place_found(name: str, seeds: Iterable[int]) -> tuple[float, float, float]:
    """Of R0 in a world: median over parks, share of parks whose interval lies above 1, share that is undefined."""
    values, above, undefined = [], [], []
    for seed in seeds:
        found = r0(draw(WORLDS[name], seed).network(), seed=seed, permutations=500)
        known = np.isfinite(found.value)
        values.append(float(np.median(found.value[known])))
        above.append(float((found.lo[known] > 1).mean()))
        undefined.append(float((~known).mean()))
    return mean(values), mean(above), mean(undefined)


def main() -> None:
    """Print the tables; write the pictures."""
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    print("| world | SLR | EB | density | null: SLR and size | SLR and coverage | density and size | φ |")
    print("|---|---|---|---|---|---|---|---|")
    held, first = [], {}
    for name in FORMS:
        planted, empty = runs(WORLDS[name], seeds), runs(null(WORLDS[name]), seeds)
        print(f"| {name} | {' | '.join(f'{value:.2f}' for value in finding(planted, empty).values())} |", flush=True)
        held += [(name, one.name, holding(planted, empty, one)) for one in INTERVALS]
        first[name] = (planted, empty)
    print("\n| world | interval | coverage | null flags | power at θ > 1.6 | flagged but θ < 1 |")
    print("|---|---|---|---|---|---|")
    for name, interval, row in held:
        cells = (row["coverage"], row["null_flags"], row["power"], row["wrong"])
        print(f"| {name} | {interval} | {' | '.join(f'{value:.3f}' for value in cells)} |")
    print("\n| world | R0, median park | parks above 1 | undefined |\n|---|---|---|---|")
    for name in ("reference", "null", "city"):
        print(f"| {name} | {' | '.join(f'{value:.2f}' for value in place_found(name, list(seeds)[:5]))} |", flush=True)
    if folder:
        draw_pictures(folder, *first["reference"])


def draw_pictures(folder: Path, planted: Sequence[Run], empty: Sequence[Run]) -> None:
    """The first world with something to find, and the first five with nothing."""
    from pictures import intervals, scatter

    one, none = planted[0], empty[:5]
    size = np.concatenate([run.peers.firms for run in none])
    density, ratio = np.concatenate([run.density for run in none]), np.concatenate([run.peers.ratio for run in none])
    theta = scatter(one.truth(), one.peers.ratio, "planted θ", "SLR", log_x=True, log_y=True, line=True)
    drawn = {
        "theta": theta,
        "size-density": scatter(size, density, "firms", "density, nothing planted", log_x=True),
        "size-slr": scatter(size, ratio, "firms", "SLR, nothing planted", log_x=True),
        "intervals": intervals(one.truth(), one.peers.ratio, one.peers.lo, one.peers.hi, one.judged),
    }
    for name, picture in drawn.items():
        (folder / f"calibration-{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
