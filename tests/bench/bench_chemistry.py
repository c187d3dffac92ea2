"""The chemistry ratio with every park left out once: 931 parks of 1,000 firms in 97 industries, and how time grows.

    python tests/bench/bench_chemistry.py        (about two minutes; FIRMS=100 for smaller parks)

There is no peer: no library has the measure. `rows()` yields (what, CPU seconds, note). The expectations of some parks
are computed again by a full fit without the park, and must agree.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from seconds import peak, timed

from graph.chemistry.pairs import Design, design, fit, without_each
from graph.chemistry.peers import slr
from graph.network import BoolArray, Network, Pairs, unite

PARKS, INDUSTRIES = int(os.environ.get("PARKS", "931")), 97
FIRMS = int(os.environ.get("FIRMS", "1000"))

BenchRow = tuple[str, float, str]


def made(parks: int, firms: int, seed: int = 1) -> tuple[Network, BoolArray]:
    """Parks of uneven size, about two ties a firm inside them, and a chain through all industries."""
    dice = np.random.default_rng(seed)
    share = np.exp(dice.normal(0, 0.5, parks))
    park = np.sort(dice.choice(parks, parks * firms, p=share / share.sum()))
    n = len(park)
    start = np.searchsorted(park, np.arange(parks + 1))
    size = np.exp(dice.normal(0, 0.8, n))
    source = dice.choice(n, 2 * n, p=np.sqrt(size) / np.sqrt(size).sum())
    count = np.diff(start)[park[source]]
    target = start[park[source]] + (dice.random(2 * n) * count).astype(np.int64)
    source, target, weight, _, _, _ = unite(source, target, np.ones(2 * n))
    adjacent = np.zeros((INDUSTRIES, INDUSTRIES), dtype=np.bool_)
    adjacent[np.arange(INDUSTRIES - 1), np.arange(1, INDUSTRIES)] = True
    adjacent[dice.integers(INDUSTRIES, size=60), dice.integers(INDUSTRIES, size=60)] = True
    return Network(
        firms=tuple(f"{i:07d}" for i in range(n)),
        parks=tuple(f"{i:04d}" for i in range(parks)),
        industries=tuple(f"{i:03d}" for i in range(INDUSTRIES)),
        members=Pairs(np.arange(n), park),
        industry=dice.integers(INDUSTRIES, size=n),
        source=source,
        target=target,
        weight=weight,
        exposure=dice.poisson(4 * size**0.7).astype(np.float64),
        size=size,
    ), adjacent


def again(net: Network, adjacent: BoolArray, of: Design, park: int) -> float:
    """E of a park from the pooled fit of a network in which it has no firms."""
    others = replace(net, members=net.members.take(net.members.other != park))
    return float(of.sums(fit(design(others, adjacent=adjacent)).b)[0][park])


def rows() -> Iterator[BenchRow]:
    """All rows, as they come."""
    for part in (8, 4, 2, 1):
        net, adjacent = made(PARKS, max(FIRMS // part, 2))
        seconds, found = timed(lambda net=net, adjacent=adjacent: slr(net, adjacent=adjacent, groups=0))
        note = f"{len(net.firms)} firms, {found.pairs.sum():.1e} pairs, {len(net.source)} ties, peak {peak():.1f} GiB"
        yield f"SLR of {PARKS} parks, each left out once", seconds, note
    of = design(net, adjacent=adjacent)
    for park in (int(np.argmax(of.firms)), 0, PARKS // 2):
        seconds, exact = timed(lambda park=park: again(net, adjacent, of, park))
        worst = abs(exact - found.expected[park]) / exact
        if worst > 1e-5:
            raise AssertionError(f"park {park}: E {found.expected[park]} here, {exact} by a fit without it")
        yield "one park by a fit of its own", seconds, f"E agrees to {worst:.0e}"
    seconds, _ = timed(lambda: without_each(of, fit(of), slight=1.0))
    yield "fit and leave-one-out alone", seconds, ""


def main() -> None:
    """Print the rows."""
    for what, seconds, note in rows():
        print(f"{what:48} {seconds:8.2f} s   {note}", flush=True)


if __name__ == "__main__":
    main()
