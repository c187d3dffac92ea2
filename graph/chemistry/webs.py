"""聚网: do the firms of a park make up one web, across industries and beyond the fence?

Six parts, each a value of its own, and their mean percentile among the parks:

| part | what it is |
|---|---|
| `giant_excess` | share of the firms in the largest piece, less what the same numbers of ties would give at random |
| `cross_industry_ratio` | ties between industries / what the same ties would give if industries were dealt out anew |
| `service_coverage` | firms that are no producer service and have a service tie in the park (`graph.chemistry.split`) |
| `multiplexity` | share of tied pairs with two classes or more, at equal numbers of documents |
| `institution_share` | firms with a tie to a university or institute |
| `pipelines` | ties to firms of other parks, a firm |

The examples use two parks of three firms:

>>> from graph.network import Firm, Network, Tie
>>> rows = [(f"{park}{i}", park, name) for park in "PQ" for i, name in enumerate(["电芯", "整车", "整车"])]
>>> net = Network.of(
...     [Firm(id, {park: ()}, name) for id, park, name in rows],
...     [Tie("P0", "P1", kinds=["供应", "合作研发"]), Tie("P0", "Q0"), Tie("Q1", "Q2", kinds=["合作研发"])],
... )
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from graph.chemistry.wiring import by_stubs
from graph.metrics.cohesion import giant
from graph.metrics.groups import Groups, ratio
from graph.metrics.interval import SURE, poisson
from graph.metrics.multiplexity import multiplexity as plain_multiplexity
from graph.metrics.multiplexity import multiplexity_rarefied
from graph.metrics.openness import bridging_to_universities, cross_industry_share
from graph.metrics.value import Measure, Measures, undefined
from graph.network import BoolArray, FloatArray, Network
from graph.tie import classes, cooperates

DRAWS = 20
"""How often the ties are dealt out anew for the chance size of the largest piece."""

LEAST_PARTS = 3
"""A park has a score if at least so many of its parts are defined."""

PARTS = ("giant_excess", "cross_industry_ratio", "service_coverage", "multiplexity", "institution_share", "pipelines")

NO_TIES = "no ties inside the park"
NO_CROSS = "no tie inside the park between firms whose industry is known"
ONE_INDUSTRY = "all firms are of one industry"
NOBODY_LOOKED = "no source: ties to institutions were not recorded"
NO_FIRMS = "no firms"
FEW_PARTS = f"fewer than {LEAST_PARTS} of its {len(PARTS)} parts are defined"
ONE_PARK = "no other park to compare with"


def parts(
    net: Network,
    adjacent: BoolArray,
    service: BoolArray | None,
    rng: np.random.Generator,
    *,
    served: Measures | None = None,
    draws: int = DRAWS,
) -> dict[str, Measures]:
    """The parts of the score, each for all parks; ties within one group of owners are left out.

    Args:
        served: `service_coverage` of all parks, if it was measured; None: that part is missing.
        rng: deals the ties out anew for `giant_excess`.

    >>> nothing = np.zeros((2, 2), dtype=bool)
    >>> found = parts(net, nothing, None, np.random.default_rng(0))
    >>> found["pipelines"].values.round(3).tolist(), found["cross_industry_ratio"].values.round(3).tolist()
    ([0.333, 0.333], [1.5, 0.0])
    """
    serves = np.zeros(len(net.industries), dtype=np.bool_) if service is None else service
    of_tie = classes(net, adjacent, serves)
    kept = cooperates(of_tie)
    dealt = net.keeping(kept)
    inner = Groups.parks(dealt)
    found = {
        "giant_excess": giant_excess(inner, rng, draws),
        "cross_industry_ratio": cross_industry_ratio(inner),
        "multiplexity": multiplexity(dealt, inner),
        "institution_share": institution_share(inner),
        "pipelines": pipelines(dealt, inner),
    }
    return found if served is None else found | {"service_coverage": served}


def giant_excess(inner: Groups, rng: np.random.Generator, draws: int = DRAWS) -> Measures:
    """How much larger is the largest piece than the firms' numbers of ties alone would make it?

    Formula: |largest piece|/n less its mean over `draws` dealings of the tie ends (stub matching: every firm keeps its
    number of ends; loops and repeated ties are erased). Range -1..1. Degenerate: undefined without ties.
    """
    share = ratio(giant(inner), inner.firms)
    chance = np.zeros(len(inner))
    for _ in range(draws):
        chance += ratio(giant(by_stubs(inner, rng)), inner.firms) / draws
    tied = inner.ties > 0
    return Measures(np.where(tied, share - chance, np.nan), NO_TIES, inner.firms)


def cross_industry_ratio(inner: Groups) -> Measures:
    """Are there more ties between industries than if industries were dealt out anew to the same firms?

    Formula: O/E, O ties between different industries, E = m (1 - Σ n_c (n_c - 1)/(n (n - 1))), m and n over the firms
    whose industry is known. Range 0…, 1 = chance. `lo`, `hi`: log((O + .5)/(E + .5)) ± 1.96/√(O + .5).
    Degenerate: undefined without such ties, and if all firms are of one industry.
    """
    share = cross_industry_share.each(inner)
    assert share.null is not None  # of that measure it always comes
    ties = share.n
    apart: FloatArray = np.rint(np.nan_to_num(share.values) * ties)
    expected: FloatArray = np.nan_to_num(share.null) * ties
    middle, half = np.log((apart + 0.5) / (expected + 0.5)), SURE / np.sqrt(apart + 0.5)
    return Measures(
        ratio(apart, expected),
        {NO_CROSS: ties == 0, ONE_INDUSTRY: np.ones(len(inner), dtype=np.bool_)},
        ties,
        np.exp(middle - half),
        np.exp(middle + half),
        share.coverage,
        np.ones(len(inner)),
    )


def multiplexity(net: Network, inner: Groups) -> Measures:
    """Which share of the tied pairs deals with each other in two ways or more, at equal numbers of documents?

    `graph.metrics.multiplexity.multiplexity_rarefied`; without documents, or if no pair has two classes, the plain
    share, flag `not rarefied`.
    """
    found, plain = multiplexity_rarefied(net, inner), plain_multiplexity.each(inner)
    bare = ~np.isfinite(found.values) & np.isfinite(plain.values)
    return replace(
        plain, values=np.where(bare, plain.values, found.values), lo=None, hi=None, flags={"not rarefied": bare}
    )


def institution_share(inner: Groups) -> Measures:
    """Which share of the firms has a tie to a university or institute? Undefined if nobody looked."""
    if inner.net.institutions is None:
        return Measures(np.full(len(inner), np.nan), NOBODY_LOOKED, inner.firms)
    return bridging_to_universities.each(inner)


def pipelines(net: Network, inner: Groups) -> Measures:
    """How many ties to firms of other parks has a firm? Ties to firms in no known park are left out.

    `lo`, `hi`: the exact interval of a Poisson count. Undefined without firms.
    """
    known = net.keeping(net.placed[net.source] & net.placed[net.target])
    start, firm = known.rosters
    of_firm = np.repeat(np.arange(len(known.parks)), np.diff(start))
    out = np.bincount(of_firm, known.degree[firm] - inner.net.degree, minlength=len(known.parks))
    lo, hi = poisson(out)
    n = inner.firms.astype(np.float64)
    return Measures(ratio(out, n), NO_FIRMS, out.astype(np.int64), ratio(lo, n), ratio(hi, n))


def percentile(values: FloatArray) -> FloatArray:
    """The percentile of each value among those that are defined: the share below it, equal ones half; nan if undefined.

    >>> percentile(np.array([3.0, 1.0, np.nan, 3.0, 2.0])).tolist()
    [75.0, 12.5, nan, 75.0, 37.5]
    """
    known = np.isfinite(values)
    ordered = np.sort(values[known])
    below, up_to = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    return np.where(known, 100 * (below + up_to) / (2 * max(len(ordered), 1)), np.nan)


def scores(
    net: Network,
    adjacent: BoolArray,
    service: BoolArray | None,
    rng: np.random.Generator,
    *,
    served: Measures | None = None,
    draws: int = DRAWS,
) -> dict[str, dict[str, Measure]]:
    """By park id: `network_score`, the mean percentile of the parts that are defined, and the parts `PARTS`.

    `coverage` is the share of the parts that are defined. Degenerate: undefined with fewer than three parts or one
    park.

    >>> found = scores(net, np.zeros((2, 2), dtype=bool), None, np.random.default_rng(0))
    >>> found["P"]["network_score"].value > found["Q"]["network_score"].value
    True
    """
    return told(net, parts(net, adjacent, service, rng, served=served, draws=draws))


def told(net: Network, found: Mapping[str, Measures]) -> dict[str, dict[str, Measure]]:
    """The measures of all parks from their parts."""
    there = [name for name in PARTS if name in found]
    ranked = np.array([percentile(found[name].values) for name in there]).reshape(len(there), len(net.parks))
    count = np.isfinite(ranked).sum(axis=0)
    mean = ratio(np.nansum(ranked, axis=0), count)
    by_park = {}
    for park, name in enumerate(net.parks):
        row = {part: found[part].of(park) for part in PARTS if part in found}
        of_all = float(count[park]) / len(PARTS)
        if len(net.parks) < 2 or count[park] < LEAST_PARTS:
            reason = ONE_PARK if len(net.parks) < 2 else FEW_PARTS
            by_park[name] = row | {"network_score": undefined(reason, int(count[park]), coverage=of_all)}
        else:
            by_park[name] = row | {"network_score": Measure(float(mean[park]), n=int(count[park]), coverage=of_all)}
    return by_park
