"""Every measure of a network at once: of the whole, of each park, of each firm.

    {"network": {measure: {...}}, "parks": {park: {measure: {...}}}, "firms": {id: {measure: {...}}},
     "notes": {"self_loops", "merged_rows", "unknown_nodes", and of a `classed` network
               "firms_unclassified", "firms_without_industry"}}

Each measure is an object `{"value", "lo", "hi", "n", "coverage", "null", "flags", "reason"}` (`graph.metrics.value`).
The tables below say which function stands behind which name; the functions' docstrings say what they mean.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from graph.metrics import (
    backbone,
    brokerage,
    cohesion,
    colocation,
    concentration,
    coverage,
    diversity,
    multiplexity,
    openness,
    position,
    relatedness,
    structure,
    variety,
)
from graph.metrics.groups import GroupMeasure, Groups, ratio
from graph.metrics.interval import jackknife
from graph.metrics.openness import ParkMeasure
from graph.metrics.value import Measure, Measures
from graph.model import digest
from graph.network import MENTIONED, BoolArray, FloatArray, Network

Of = Callable[[Network], Measure]


class Column(Protocol):
    """A measure of every park, or firm: `of` gives that of one, by its number."""

    def of(self, number: int, /) -> Measure:
        """The measure of one."""
        ...


OfParks = Callable[[Network, Groups], Column]
"""From a network and `Groups.parks` of it to the measures of all its parks."""

Wired = Callable[[Groups, Mapping[str, Callable[[Groups], Measures]]], Mapping[str, tuple[FloatArray, FloatArray]]]
"""From groups and measures to the mean and the standard deviation of each measure, in each group, over random networks
in which every firm has as many ties as it has (`graph.chemistry.wiring`)."""

GROUP: Mapping[str, Of] = {
    "firms": cohesion.firms,
    "ties": cohesion.ties,
    "density": cohesion.density,
    "weighted_density": cohesion.weighted_density,
    "mean_degree": cohesion.mean_degree,
    "average_clustering": cohesion.average_clustering,
    "transitivity": cohesion.transitivity,
    "components": cohesion.components,
    "giant_component_share": cohesion.giant_component_share,
    "isolates_share": cohesion.isolates_share,
    "global_efficiency": cohesion.global_efficiency,
    "mean_path": structure.mean_path,
    "diameter": structure.diameter,
    "k_core": cohesion.k_core,
    "core_share": cohesion.core_share,
    "core_periphery": structure.core_periphery,
    "degree_assortativity": cohesion.degree_assortativity,
    "modularity_found": structure.modularity_found,
    "industries": diversity.industries,
    "assortativity_by_industry": diversity.assortativity_by_industry,
    "modularity_by_industry": diversity.modularity_by_industry,
    "mixing_matrix": diversity.mixing_matrix,
    "mixing_ratio": diversity.mixing_ratio,
    "cross_industry_share": openness.cross_industry_share,
    "e_i_index_by_industry": openness.e_i_index_by_industry,
    "e_i_index_by_industry_rescaled": openness.e_i_index_by_industry_rescaled,
    "e_i_index_by_industry_z": openness.e_i_index_by_industry_z,
    "bridging_to_universities": openness.bridging_to_universities,
    "shared_institution_share": openness.shared_institution_share,
    "multiplexity": multiplexity.multiplexity,
    "mean_classes": multiplexity.mean_classes,
    "backbone_share": backbone.backbone_share,
    "tie_coverage": coverage.tie_coverage,
    "unseen_ties": coverage.unseen_ties,
    **variety.OF_GROUPS,
}
"""Measures of any group of firms: the whole network, or a park with the ties inside it. One that is `of_groups` is
computed for all parks in one pass; any other function of a network is asked park by park."""

WHOLE: Mapping[str, Of] = {
    "e_i_index": openness.e_i_index,
    "e_i_index_rescaled": openness.e_i_index_rescaled,
    "e_i_index_z": openness.e_i_index_z,
    **brokerage.OF_ALL,
    **concentration.OF_ALL,
    **relatedness.OF_ALL,
}
"""Measures of the whole network alone: parks against each other."""


def _beside(of: Callable[[Network], Column]) -> OfParks:
    return lambda net, _: of(net)


PARK: Mapping[str, OfParks] = {
    "e_i_index": openness.e_i_index_of_park.each,
    "external_ties": openness.external_ties.each,
    "size_corrected_density": lambda _, parks: cohesion.size_corrected_density(parks),
    "multiplexity_rarefied": multiplexity.multiplexity_rarefied,
    **{name: _beside(of) for name, of in {**colocation.OF_PARKS, **relatedness.OF_PARKS}.items()},
}
"""Measures of parks that need the network around them, or the other parks."""

FIRM: Mapping[str, Callable[[Network], Measures]] = {
    "degree": position.degree,
    "strength": position.strength,
    "clustering": cohesion.clustering,
    "core_number": cohesion.core_number,
    "constraint": position.constraint,
    "constraint_weighted": position.constraint_weighted,
    "effective_size": position.effective_size,
    "effective_size_weighted": position.effective_size_weighted,
    "betweenness": position.betweenness,
    **brokerage.OF_FIRM,
}
"""Measures of a firm within the whole network."""

REWIRED: Mapping[str, GroupMeasure] = {
    "average_clustering": cohesion.average_clustering,
    "transitivity": cohesion.transitivity,
    "giant_component_share": cohesion.giant_component_share,
    "global_efficiency": cohesion.global_efficiency,
    "mean_path": structure.mean_path,
    "k_core": cohesion.k_core,
    "core_periphery": structure.core_periphery,
    "modularity_found": structure.modularity_found,
}
"""Measures that say little beside nothing: where random wirings are given, their mean is the `null`, and `…_z` the
distance from it in standard deviations."""

SMALL_WORLD = {
    "small_world_sigma": structure.small_world_sigma,
    "small_world_omega": structure.small_world_omega,
}
"""Measures that are made of a measure and its mean over random wirings."""

JACKKNIFED: Mapping[str, tuple[GroupMeasure, float, float]] = {
    "weighted_density": (cohesion.weighted_density, 0, 1),
    "transitivity": (cohesion.transitivity, 0, 1),
    "giant_component_share": (cohesion.giant_component_share, 0, 1),
    "global_efficiency": (cohesion.global_efficiency, 0, 1),
    "degree_assortativity": (cohesion.degree_assortativity, -1, 1),
}
"""Measures whose interval comes from leaving documents out, and their ranges."""

LEFT_OUT = 20
"""Into so many groups the documents are dealt for these intervals."""

BIASED_BY_BOUNDARY = frozenset(
    {
        "firms",
        "density",
        "weighted_density",
        "size_corrected_density",
        "mean_degree",
        "isolates_share",
        "giant_component_share",
    }
)
"""Values that are wrong if a park has firms that no document names (METHOD B4)."""

COLUMNS = ("scope", "id", "measure", "value", "lo", "hi", "n", "coverage", "null", "flags", "reason")


def measure(net: Network, *, wiring: Wired | None = None, left_out: int = LEFT_OUT) -> dict[str, Any]:
    """All measures of a network as plain values that JSON can hold; parks and firms by name, in the order of ids.

    Args:
        wiring: gives the means over random wirings; without it small worlds are undefined and structure has no null.
        left_out: groups of documents for the intervals of `JACKKNIFED`; 0: no such intervals. Without ids of documents
            there are none.

    >>> from graph.network import Firm, Tie
    >>> report = measure(Network.of([Firm("a", {"P": ()}), Firm("b", {"P": ()}), Firm("c")], [Tie("a", "b")]))
    >>> report["network"]["density"]["value"], report["parks"]["P"]["density"]["value"]
    (0.3333333333333333, 1.0)
    >>> report["firms"]["c"]["constraint"]["value"], report["firms"]["c"]["constraint"]["reason"]
    (None, 'no ties')
    """
    whole = {name: column.of(0) for name, column in measures_of_network(net, wiring=wiring, left_out=left_out).items()}
    parks = measures_of_parks(net, wiring=wiring, left_out=left_out)
    firms = {name: of(net) for name, of in FIRM.items()}
    return {
        "network": _plain(whole | {name: of(net) for name, of in WHOLE.items()}),
        "parks": {
            label: _plain({name: column.of(park) for name, column in parks.items()})
            for park, label in enumerate(labels(net, net.parks))
        },
        "firms": {
            label: _plain({name: of.of(index) for name, of in firms.items()})
            for index, label in enumerate(labels(net, net.firms))
        },
        "notes": {
            "self_loops": net.notes.self_loops,
            "merged_rows": net.notes.merged_rows,
            "unknown_nodes": list(net.notes.unknown_nodes),
            **_unclassified(net),
        },
    }


def measures_of_network(net: Network, *, wiring: Wired | None = None, left_out: int = 0) -> dict[str, Column]:
    """The measures of a group, small worlds and what random wirings tell: the network's is number 0 of each column."""
    groups = Groups.whole(net)
    found = {name: _column(of, groups, [net]) for name, of in GROUP.items()}
    return _compared(_jackknifed(found, net, Groups.whole, left_out), groups, wiring)


def measures_of_parks(
    net: Network,
    names: Sequence[str] = (*GROUP, *PARK, *SMALL_WORLD),
    *,
    wiring: Wired | None = None,
    left_out: int = 0,
) -> dict[str, Column]:
    """Some or all measures of all parks, by name, in one pass: `["density"].of(3)` is that of park 3.

    Raises KeyError for a measure that is not there.

    >>> from graph.network import Firm, Tie
    >>> net = Network.of([Firm("a", {"P": ()}), Firm("b", {"P": ()}), Firm("c", {"Q": ()})], [Tie("a", "b")])
    >>> [measures_of_parks(net)["mean_degree"].of(park).value for park in range(2)]
    [1.0, None]
    """
    groups, alone = Groups.parks(net), _Alone(net)
    found = {
        name: PARK[name](net, groups) if name in PARK else _column(GROUP[name], groups, alone)
        for name in names
        if name not in SMALL_WORLD
    }
    found = _jackknifed(found, net, Groups.parks, left_out)
    if wiring is not None or not SMALL_WORLD.keys().isdisjoint(names):
        found = _compared(found, groups, wiring)
    mentioned = np.array([net.boundary_of(park) == MENTIONED for park in net.parks], dtype=np.bool_)
    return {
        name: _flagged(column, mentioned) if name in BIASED_BY_BOUNDARY else column for name, column in found.items()
    }


def measures_of_park(net: Network, park: str, names: Sequence[str] = (*GROUP, *PARK)) -> dict[str, Measure]:
    """Some or all measures of one park, by name. Raises KeyError for a park or measure that is not there.

    For all parks ask `measures_of_parks`: what compares parks with each other is made for all of them anyway.
    """
    inner = net.subnetwork(park)
    groups, number = Groups.whole(inner), net.parks.index(park)
    mentioned = np.array([net.boundary_of(park) == MENTIONED])
    found = {}
    for name in names:
        if name in ALONE:
            found[name] = ALONE[name](net, park)
        elif name in PARK:
            found[name] = measures_of_parks(net, [name])[name].of(number)
        else:
            column = _column(GROUP[name], groups, [inner])
            found[name] = (_flagged(column, mentioned) if name in BIASED_BY_BOUNDARY else column).of(0)
    return found


ALONE: Mapping[str, ParkMeasure] = {"e_i_index": openness.e_i_index_of_park, "external_ties": openness.external_ties}
"""Measures of `PARK` that can be had for one park without the others."""


def labels(net: Network, ids: Sequence[str]) -> list[str]:
    """The names of firms or parks; where two have the same name, or one has none, the id."""
    names = [net.names.get(name, name) for name in ids]
    shared = Counter(names)
    return [name if shared[name] == 1 else own for own, name in zip(ids, names, strict=True)]


def as_csv(report: Mapping[str, Any]) -> str:
    """A report of `measure` as CSV in long form: a row a measure, columns `COLUMNS`; undefined values are empty.

    Tables (the mixing matrix) stand in their cell as JSON, flags are joined by `;`. The notes come last.
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_lines("network", "", report["network"]))
    for scope, group in (("park", report["parks"]), ("firm", report["firms"])):
        for name, measures in group.items():
            table.writerows(_lines(scope, name, measures))
    for note, told in report["notes"].items():
        table.writerow(("notes", "", note, _cell(told), *[""] * (len(COLUMNS) - 4)))
    return out.getvalue()


def _unclassified(net: Network) -> dict[str, int]:
    """How many firms have an industry without a class, and how many no industry, if the network is `classed`."""
    if "class" not in net.columns:
        return {}
    classed = [bool(code) for code in net.columns["class"]]
    known = (net.industry >= 0).tolist()
    return {
        "firms_unclassified": sum(has and not found for has, found in zip(known, classed, strict=True)),
        "firms_without_industry": known.count(False),
    }


@dataclass(frozen=True, slots=True)
class _Listed:
    """Measures one by one, as a column."""

    measures: Sequence[Measure]

    def of(self, number: int, /) -> Measure:
        return self.measures[number]


class _Alone:
    """The network of each park, made when the first one is asked for."""

    def __init__(self, net: Network) -> None:
        self._net = net

    @cached_property
    def _each(self) -> list[Network]:
        return [self._net.subnetwork(park) for park in self._net.parks]

    def __iter__(self) -> Iterator[Network]:
        return iter(self._each)


def _column(of: Of, groups: Groups, alone: Iterable[Network]) -> Column:
    each: Callable[[Groups], Column] | None = getattr(of, "each", None)
    return each(groups) if each is not None else _Listed([of(net) for net in alone])


def _flagged(column: Column, mentioned: BoolArray) -> Column:
    """The column with the flag of parks whose firms are only those that documents name."""
    assert isinstance(column, Measures)
    return replace(column, flags={**column.flags, "boundary=mentioned": mentioned})


def _jackknifed(
    found: Mapping[str, Column], net: Network, grouped: Callable[[Network], Groups], count: int
) -> dict[str, Column]:
    """The columns with the intervals that leaving out documents, group by group, gives."""
    wanted = {name: told for name, told in JACKKNIFED.items() if name in found}
    group = np.array([int(digest(document), 16) % max(count, 1) for document in net.documents], dtype=np.int64)
    present = np.unique(group)
    if len(present) < 2 or not wanted or net.tie_documents is None:
        return dict(found)
    without: dict[str, list[FloatArray]] = {name: [] for name in wanted}
    for one in present:
        groups = grouped(net.without(group == one))
        for name, (of, _, _) in wanted.items():
            without[name].append(of.each(groups).values)
    return {**found, **{name: _between(found[name], without[name], *wanted[name][1:]) for name in wanted}}


def _between(column: Column, without: Sequence[FloatArray], least: float, most: float) -> Column:
    assert isinstance(column, Measures)
    lo, hi, _ = jackknife(column.values, np.array(without))
    if column.lo is not None and column.hi is not None:  # estimated from a sample: that error stays
        lo, hi = np.fmin(lo, column.lo), np.fmax(hi, column.hi)
    return replace(column, lo=np.maximum(lo, least), hi=np.minimum(hi, most))


def _compared(found: Mapping[str, Column], groups: Groups, wiring: Wired | None) -> dict[str, Column]:
    """The columns with what random wirings give as null, their distances from it, and small worlds."""
    nothing = np.full(len(groups), np.nan)
    if wiring is None:
        return {**found, **{name: of(groups, nothing, nothing) for name, of in SMALL_WORLD.items()}}
    told = wiring(groups, {name: of.each for name, of in REWIRED.items()})
    compared: dict[str, Column] = dict(found)
    for name, (mean, sd) in told.items():
        column = found.get(name)
        if isinstance(column, Measures):
            compared[name] = replace(column, null=mean)
            compared[f"{name}_z"] = _distance(column, mean, sd)
    clustering, path = told["average_clustering"][0], told["mean_path"][0]
    return {**compared, **{name: of(groups, clustering, path) for name, of in SMALL_WORLD.items()}}


def _distance(column: Measures, mean: FloatArray, sd: FloatArray) -> Measures:
    undefined = {column.of(number).reason: np.zeros(len(column), dtype=np.bool_) for number in range(len(column))}
    for number in range(len(column)):
        undefined[column.of(number).reason][number] = True
    undefined.pop("", None)
    undefined["all random wirings give the same value, or none could be drawn"] = np.ones(len(column), dtype=np.bool_)
    z = ratio(column.values - mean, np.where(np.isfinite(sd), sd, 0.0))
    return Measures(z, undefined, column.n, null=np.zeros(len(column)))


def _plain(measures: Mapping[str, Measure]) -> dict[str, dict[str, Any]]:
    return {name: value.as_dict() for name, value in measures.items()}


def _lines(scope: str, name: str, measures: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[object, ...]]:
    for measure_name, told in measures.items():
        yield (scope, name, measure_name, *(_cell(told[column]) for column in COLUMNS[3:]))


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case list():
            return ";".join(map(str, value))
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return value
