"""Is this park more linked than the same firms would be in a typical park? The chemistry ratio SLR = O / E.

O are the ties inside the park, E those that the pairs of its firms would have at the rate of all other parks
(`graph.chemistry.pairs`, fitted without the park): an indirect standardisation, as of deaths in epidemiology. It is
about 1 on average by construction: it compares parks with each other and cannot say that all of them are lively.

>>> from graph.network import Firm, Network, Tie
>>> firms = [Firm(f"{p}{i}", {p: ()}, "电池" if i % 2 else "汽车") for p in "ABC" for i in range(6)]
>>> net = Network.of(firms, [Tie("A0", "A1"), Tie("A2", "A3"), Tie("B0", "B1"), Tie("C1", "C4")])
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.chemistry.jackknife import GROUPS, document_variance
from graph.chemistry.pairs import SLIGHT, Design, Fit, design, fit, without_each
from graph.metrics.interval import poisson
from graph.network import BoolArray, FloatArray, IntArray, Network
from graph.tie import classes, cooperates, of_class

SYSTEMATIC = 0.25
"""The standard deviation of log SLR from coverage that the exposure terms cannot see, chosen by simulation."""

Z95 = 1.96

ONE_FIRM = "fewer than two firms: there is no pair to tie"
NO_PAIR = "no two firms of the park make such a pair"
ALONE = "no other park has such pairs to compare with"
SILENT = "no tie inside any other park: there is no rate to compare with"


@dataclass(frozen=True, eq=False, slots=True)
class Peers:
    """The chemistry ratio of every park and what it rests on. Arrays are (parks,), nan where undefined."""

    observed: FloatArray  # O, ties inside
    expected: FloatArray  # E, at the rate of all other parks
    ratio: FloatArray  # SLR = O / E
    shrunk: FloatArray  # (O + a) / (E + b)
    shrunk_sd: FloatArray  # of its logarithm; nan where it is 0
    sd: FloatArray  # of log((O + .5) / (E + .5))
    lo: FloatArray  # headline interval
    hi: FloatArray
    z: FloatArray
    exact_lo: FloatArray  # of Poisson alone, as a cross-check
    exact_hi: FloatArray
    documents_variance: FloatArray | None  # of the same logarithm, by the jackknife; None without documents
    firms: IntArray
    pairs: FloatArray
    tau2: float  # between parks; a finding, never part of an interval
    dispersion: float  # φ, how much more O varies than a Poisson count
    prior: tuple[float, float]  # a, b
    reason: tuple[str, ...]  # why undefined, "" where it is not
    flags: tuple[str, ...]  # of the fit
    design: Design
    pooled: Fit
    left: FloatArray  # (parks, terms) the coefficients of the fit without that park


def log_ratio(observed: FloatArray, expected: FloatArray) -> FloatArray:
    """log((O + .5)/(E + .5)): what interval, z and jackknife share, so that O = 0 is no special case."""
    return np.asarray(np.log((observed + 0.5) / (expected + 0.5)))


def slr(
    net: Network,
    *,
    ties: BoolArray | None = None,
    pairs: str = "all",
    adjacent: BoolArray | None = None,
    service: BoolArray | None = None,
    systematic: float = SYSTEMATIC,
    groups: int = GROUPS,
    seed: int = 0,
) -> Peers:
    """The chemistry ratio of every park: ties inside it beside those of the same firms in a typical park.

    Formula: SLR = O/E, E = Σ μ over its pairs, μ from the fit without the park. Interval: exp(l ± 1.96·sd),
    l = log((O + .5)/(E + .5)), sd² = max(1/(O + .5) + v, φ/(O + .5)) + systematic², v the jackknife variance of l over
    documents, φ ≥ 1 the `dispersion` of the ties of one firm; z = l/sd. Range 0…, about 1 on average. Ties within one
    group (ownership) are neither in O nor in the pairs.
    Degenerate: undefined for a park with fewer than two firms, where no other park has pairs, and where none has ties.

    Args:
        net: firms in parks; `size`, `exposure`, `founded` are used where they are known, `flags` names what is not.
        ties: (ties,) which ties count; None: all that are cooperation (`graph.tie.cooperates`).
        pairs: which pairs are looked at: "all", "adjacent" (in the chain), "service" (exactly one producer service).
        adjacent: (industries, industries) of `graph.chain.adjacency`; None: that term is dropped.
        service: (industries,) of `graph.chain.service`; None: that term is dropped.
        systematic: the sd of log SLR from what the exposure terms cannot see.
        groups: of documents for the jackknife; 0: none.
        seed: of the lot that groups documents.

    >>> found = slr(net)
    >>> found.observed.tolist(), found.expected.round(2).tolist(), found.ratio.round(2).tolist()
    ([2.0, 1.0, 1.0], [1.0, 1.5, 1.5], [2.0, 0.67, 0.67])

    Reference: Breslow & Day 1987, Statistical Methods in Cancer Research II, 2.3 (indirect standardisation).
    """
    counted, barred = _counted(net, ties, adjacent, service)
    of = design(net, ties=counted, pairs=pairs, adjacent=adjacent, service=service, barred=barred)
    pooled = fit(of)
    left = without_each(of, pooled)

    def again(thin: Network, alive: BoolArray) -> FloatArray:
        less = design(thin, ties=counted & alive, pairs=pairs, adjacent=adjacent, service=service, barred=barred)
        start = pooled.b if less.terms == of.terms else None
        return log_ratio(less.ties, less.sums(without_each(less, fit(less, start), slight=1000 * SLIGHT))[0])

    unseen = document_variance(net, again, groups=groups, seed=seed) if groups else None
    return _peers(of, pooled, left, unseen, systematic)


def _counted(
    net: Network, ties: BoolArray | None, adjacent: BoolArray | None, service: BoolArray | None
) -> tuple[BoolArray, BoolArray]:
    """Which ties are in O, and which pairs are no pairs because one owns the other."""
    size = len(net.industries)
    feeds = np.zeros((size, size), dtype=np.bool_) if adjacent is None else adjacent
    found = classes(net, feeds, np.zeros(size, dtype=np.bool_) if service is None else service)
    return cooperates(found) if ties is None else ties, of_class(found, "ownership")


def _reasons(of: Design) -> tuple[str, ...]:
    pairs, ties = of.pairs, of.ties
    others, deals = pairs.sum() - pairs, ties.sum() - ties
    few = of.firms < 2
    said = np.select([few, pairs < 0.5, others < 0.5, deals < 0.5], [ONE_FIRM, NO_PAIR, ALONE, SILENT], default="")
    return tuple(said.tolist())


def _peers(
    of: Design,
    pooled: Fit,
    left: FloatArray,
    unseen: FloatArray | None,
    systematic: float,
) -> Peers:
    reason = _reasons(of)
    known = np.array([not one for one in reason], dtype=np.bool_)
    observed, expected = of.ties, np.where(known, of.sums(left)[0], np.nan)
    more = dispersion(of, left, observed / expected)
    ratio = observed / expected
    middle = log_ratio(observed, expected)
    doubt = np.zeros(len(observed)) if unseen is None else np.nan_to_num(unseen)
    sd = np.sqrt(_counting(observed + 0.5, more, doubt) + systematic**2)
    a, b = shrinkage(observed[known], expected[known])
    pull = expected / (expected + b)
    lo, hi = exact_interval(observed, expected)
    return Peers(
        observed=observed,
        expected=expected,
        ratio=ratio,
        shrunk=(observed + a) / (expected + b),
        shrunk_sd=np.sqrt(
            _counting(np.where(observed + a > 0, observed + a, np.nan), more, pull**2 * doubt)
            + np.square(pull * systematic)
        ),
        sd=np.where(known, sd, np.nan),
        lo=np.exp(middle - Z95 * sd),
        hi=np.exp(middle + Z95 * sd),
        z=middle / sd,
        exact_lo=lo,
        exact_hi=hi,
        documents_variance=unseen,
        firms=of.firms,
        pairs=of.pairs,
        tau2=heterogeneity(observed[known], expected[known]),
        dispersion=more,
        prior=(a, b),
        reason=reason,
        flags=of.flags,
        design=of,
        pooled=pooled,
        left=left,
    )


def _counting(ties: FloatArray, more: float, doubt: FloatArray) -> FloatArray:
    """The variance of the logarithm of a count: that ties of a firm, or of a document, come together counts once."""
    return np.asarray(np.maximum(more / ties, 1 / ties + doubt))


def shrinkage(observed: FloatArray, expected: FloatArray) -> tuple[float, float]:
    """(a, b) of the gamma prior of SLR over parks: EB = (O + a)/(E + b) draws small parks to the mean of all.

    Formula (moments): r = ΣO/ΣE, A = max(ΣE(SLR - r)²/ΣE - r/mean(E), 1e-4), b = r/A, a = r·b. Nan without parks.

    >>> a, b = shrinkage(np.array([2.0, 8.0, 20.0]), np.array([4.0, 8.0, 8.0]))
    >>> round(a, 3), round(b, 3)
    (4.737, 3.158)

    Reference: Marshall 1991, J. Royal Statistical Society C 40:283.
    """
    if not len(observed) or not expected.sum() > 0:
        return float("nan"), float("nan")
    rate = observed.sum() / expected.sum()
    spread = (expected * np.square(observed / expected - rate)).sum() / expected.sum() - rate / expected.mean()
    b = float(rate / max(float(spread), 1e-4))
    return float(rate * b), b


def heterogeneity(observed: FloatArray, expected: FloatArray) -> float:
    """τ², the variance of the true ratios between parks: a finding, never added to the variance of one park.

    Formula: max(0, Σ[(O - E)² - E]/ΣE²). Nan without parks.

    >>> heterogeneity(np.array([2.0, 14.0]), np.array([8.0, 8.0]))  # (36 - 8 + 36 - 8) / 128
    0.4375

    Reference: Martuzzi & Hills 1995, J. Epidemiology and Community Health 49:S42.
    """
    if not len(observed):
        return float("nan")
    return max(0.0, float((np.square(observed - expected) - expected).sum() / np.square(expected).sum()))


def dispersion(of: Design, b: FloatArray, ratio: FloatArray) -> float:
    """How much more O varies than a Poisson count, because ties of one firm come together: 1 if they do not.

    Formula: φ = max(1, Σ_p [Σ_i (k_i - SLR_p·e_i)² - O_p] / Σ_p O_p), k_i and e_i the observed and expected ties of
    firm i inside park p: the variance of a sum over pairs when those that share a firm covary, pooled over parks. Hubs
    and consortia raise it. `b` are the coefficients of each park, `ratio` its SLR.

    Reference: Aronow, Samii & Assenova 2015, Political Analysis 23:564 (dyadic cluster-robust variance).
    """
    known = np.isfinite(ratio)
    ties = float(of.ties[known].sum())
    if not ties:
        return 1.0
    degree = np.bincount(of.tied.ravel(), minlength=len(of.seat_park))
    off = (degree - np.where(known, ratio, 0.0)[of.seat_park] * of.degrees(b))[known[of.seat_park]]
    return max(1.0, (float(np.square(off).sum()) - ties) / ties)


def exact_interval(observed: FloatArray, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The exact 95% interval of O/E if O were Poisson and nothing else varied: it covers too little, a cross-check.

    Formula: χ²(.025; 2O)/2E … χ²(.975; 2O + 2)/2E.

    >>> lo, hi = exact_interval(np.array([12.0, 0.0]), np.array([6.0, 2.0]))
    >>> lo.round(3).tolist(), hi.round(3).tolist()
    ([1.033, 0.0], [3.494, 1.844])

    Reference: Garwood 1936, Biometrika 28:437.
    """
    lo, hi = poisson(observed)
    with np.errstate(invalid="ignore"):
        return lo / expected, hi / expected
