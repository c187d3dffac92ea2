"""三个聚焦: universities, top people, and what is invented at the source (after 张爱平).

Documents rarely say these things completely, so all but the first come from columns of the table of firms: `honours`
(people with a public national honour, such as 院士), `patents` (invention patents), `firsts` (first-of-kind products,
首台套), `spinoffs` (firms that came out of an institution). Without the column a measure is undefined, `no source`.

>>> from dataclasses import replace
>>> from graph.network import Firm, Network
>>> net = Network.of([Firm("a", {"P": ()}, institutions={"U": ()}), Firm("b", {"P": ()}), Firm("c", {"Q": ()})])
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from graph.chemistry.peers import shrinkage
from graph.chemistry.webs import percentile
from graph.errors import InputError
from graph.metrics.groups import Groups, ratio
from graph.metrics.interval import poisson
from graph.metrics.value import Measure, Measures, undefined
from graph.network import FloatArray, Network

NO_SOURCE = "no source"
NO_FIRMS = "no firm for which it is known"
NO_RATE = "no firm of any park has a tie to an institution"

SOURCES = ("patents", "firsts", "spinoffs")
"""The columns that speak of what is invented at the source."""

_COLUMN = {"honours": "top_talent", "patents": "patents_rate", "firsts": "firsts_rate", "spinoffs": "spinoffs_rate"}


def institution_share_eb(net: Network) -> Measures:
    """高校院所: which share of the firms has a tie to a university or institute, small parks drawn to the mean?

    Formula: s · (O + a)/(E + b), O firms with such a tie, s their share in all parks, E = s·n, a and b by
    `graph.chemistry.peers.shrinkage`. `lo`, `hi`: quantiles of the gamma law behind it. `null` is s.
    Degenerate: undefined if nobody looked, if no firm of any park has such a tie, and for a park without firms.

    >>> found = institution_share_eb(net)
    >>> found.values.round(3).tolist(), found.null.round(3).tolist()
    ([0.333, 0.333], [0.333, 0.333])
    """
    inner = Groups.parks(net)
    ties, nothing = inner.net.institution_ties, np.full(len(inner), np.nan)
    if ties is None:
        return Measures(nothing, NO_SOURCE, inner.firms)
    linked = inner.sums(ties > 0).astype(np.float64)
    filled = inner.firms > 0
    if not linked.sum():
        return Measures(nothing, NO_RATE, inner.firms)
    share = float(linked.sum() / inner.firms.sum())
    expected: FloatArray = (share * inner.firms).astype(np.float64)
    a, b = shrinkage(linked[filled], expected[filled])
    value = np.where(filled, share * (linked + a) / (expected + b), np.nan)
    lo, hi = _gamma(linked + a, (expected + b) / share)
    return Measures(value, NO_FIRMS, inner.firms, lo, np.minimum(hi, 1.0), null=np.full(len(inner), share))


def per_hundred(net: Network, column: str) -> Measures:
    """How many of what a column counts are there to 100 firms? `lo`, `hi`: the exact interval of a Poisson count.

    Firms whose cell is empty are unknown and left out; `coverage` is the share of the others. Undefined without the
    column (`no source`) and where no firm of the park is known.

    Raises:
        InputError: a cell holds no number of things (0 or more).

    >>> told = Network.of([Firm("a", {"P": ()}), Firm("b", {"P": ()})])
    >>> per_hundred(replace(told, columns={"patents": ("3", "")}), "patents").values.tolist()
    [300.0]
    """
    start, firm = net.rosters
    firms = np.diff(start)
    cells = net.columns.get(column)
    if cells is None:
        return Measures(np.full(len(firms), np.nan), NO_SOURCE, firms)
    count = _numbers(net, column, cells)[firm]
    of_firm, known = np.repeat(np.arange(len(firms)), firms), np.isfinite(count)
    total = np.bincount(of_firm, np.where(known, count, 0.0), minlength=len(firms))
    n = np.bincount(of_firm[known], minlength=len(firms))
    lo, hi = poisson(total)
    return Measures(
        100 * ratio(total, n), NO_FIRMS, n, 100 * ratio(lo, n), 100 * ratio(hi, n), coverage=ratio(n, firms)
    )


def scores(net: Network, firsts: Mapping[str, Sequence[str]] | None = None) -> dict[str, dict[str, Measure]]:
    """By park id the three focuses and what the third is made of.

    `institution_share_eb`; `top_talent`, honoured people to 100 firms; `patents_rate`, `firsts_rate`, `spinoffs_rate`
    to 100 firms, and `source_innovation`, the mean percentile of those of the three that have a source.

    Args:
        firsts: park id -> passages that speak of a first-of-kind product (found by the lexicon), taken where the
            table has no column `firsts`; a count of passages, so flagged.

    >>> found = scores(net)["P"]
    >>> sorted(found)[:3], found["top_talent"].reason
    (['firsts_rate', 'institution_share_eb', 'patents_rate'], 'no source')
    """
    found = {"institution_share_eb": institution_share_eb(net)}
    found |= {name: per_hundred(net, column) for column, name in _COLUMN.items()}
    if "firsts" not in net.columns and firsts is not None:
        found["firsts_rate"] = _of_passages(net, firsts)
    rates = [found[_COLUMN[column]] for column in SOURCES]
    known = [one for one in rates if np.isfinite(one.values).any()]
    ranked = np.array([percentile(one.values) for one in known]).reshape(len(known), len(net.parks))
    count = np.isfinite(ranked).sum(axis=0)
    mean = ratio(np.nansum(ranked, axis=0), count)
    told = {}
    for park, name in enumerate(net.parks):
        flags = tuple(
            f"no source: {c}" for c, one in zip(SOURCES, rates, strict=True) if not np.isfinite(one.values[park])
        )
        whole = (
            Measure(float(mean[park]), n=int(count[park]), coverage=float(count[park]) / len(SOURCES), flags=flags)
            if count[park]
            else undefined(NO_SOURCE)
        )
        told[name] = {key: one.of(park) for key, one in found.items()} | {"source_innovation": whole}
    return told


def _of_passages(net: Network, passages: Mapping[str, Sequence[str]]) -> Measures:
    firms = np.diff(net.rosters[0])
    count = np.array([len(set(passages.get(park, ()))) for park in net.parks], dtype=np.float64)
    lo, hi = poisson(count)
    flags = MappingProxyType({"passages by lexicon": np.ones(len(count), dtype=np.bool_)})
    return Measures(
        100 * ratio(count, firms), NO_FIRMS, firms, 100 * ratio(lo, firms), 100 * ratio(hi, firms), flags=flags
    )


def _numbers(net: Network, column: str, cells: Sequence[str]) -> FloatArray:
    return np.array([_number(net.firms[row], column, cell) for row, cell in enumerate(cells)], dtype=np.float64)


def _number(firm: str, column: str, cell: str) -> float:
    if not cell.strip():
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if not (value >= 0 and math.isfinite(value)):
        raise InputError(
            f"firm {firm!r}, column {column}: {cell!r} is no number of things; write 0 or more, or nothing"
        )
    return value


def _gamma(shape: FloatArray, rate: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The middle 95% of gamma laws."""
    from scipy.special import gammaincinv

    return gammaincinv(shape, 0.025) / rate, gammaincinv(shape, 0.975) / rate
