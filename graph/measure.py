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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from graph.metrics import cohesion, coverage, diversity, openness, position
from graph.metrics.value import Measure, Measures, undefined
from graph.network import MENTIONED, Network

Of = Callable[[Network], Measure]

GROUP: Mapping[str, Of] = {
    "firms": cohesion.firms,
    "ties": cohesion.ties,
    "density": cohesion.density,
    "mean_degree": cohesion.mean_degree,
    "average_clustering": cohesion.average_clustering,
    "transitivity": cohesion.transitivity,
    "components": cohesion.components,
    "giant_component_share": cohesion.giant_component_share,
    "isolates_share": cohesion.isolates_share,
    "global_efficiency": cohesion.global_efficiency,
    "k_core": cohesion.k_core,
    "degree_assortativity": cohesion.degree_assortativity,
    "industries": diversity.industries,
    "assortativity_by_industry": diversity.assortativity_by_industry,
    "modularity_by_industry": diversity.modularity_by_industry,
    "mixing_matrix": diversity.mixing_matrix,
    "mixing_ratio": diversity.mixing_ratio,
    "cross_industry_share": openness.cross_industry_share,
    "e_i_index_by_industry": partial(openness.e_i_index, by="industry"),
    "e_i_index_by_industry_rescaled": partial(openness.e_i_index_rescaled, by="industry"),
    "e_i_index_by_industry_z": partial(openness.e_i_index_z, by="industry"),
    "bridging_to_universities": openness.bridging_to_universities,
    "shared_institution_share": openness.shared_institution_share,
    "tie_coverage": coverage.tie_coverage,
    "unseen_ties": coverage.unseen_ties,
}
"""Measures of any group of firms: the whole network, or a park with the ties inside it."""

WHOLE: Mapping[str, Of] = {
    "e_i_index": openness.e_i_index,
    "e_i_index_rescaled": openness.e_i_index_rescaled,
    "e_i_index_z": openness.e_i_index_z,
}
"""Measures of the whole network alone: parks against each other."""

PARK: Mapping[str, Callable[[Network, str], Measure]] = {
    "e_i_index": openness.e_i_index_of_park,
    "external_ties": openness.external_ties,
}
"""Measures of a park that need the network around it."""

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
}
"""Measures of a firm within the whole network."""

SEARCHING = frozenset({"global_efficiency", "betweenness"})
"""Measures that search from every firm: n · (n + 2m) steps."""

STEPS = 10_000_000
"""Up to so many steps (some seconds) these are computed; beyond, they are undefined and say so."""

BIASED_BY_BOUNDARY = frozenset({"firms", "density", "mean_degree", "isolates_share", "giant_component_share"})
"""Values that are wrong if a park has firms that no document names (METHOD B4)."""

COLUMNS = ("scope", "id", "measure", "value", "lo", "hi", "n", "coverage", "null", "flags", "reason")


def measure(net: Network) -> dict[str, Any]:
    """All measures of a network as plain values that JSON can hold; parks and firms by name, in the order of ids.

    >>> from graph.network import Firm, Tie
    >>> report = measure(Network.of([Firm("a", {"P": ()}), Firm("b", {"P": ()}), Firm("c")], [Tie("a", "b")]))
    >>> report["network"]["density"]["value"], report["parks"]["P"]["density"]["value"]
    (0.3333333333333333, 1.0)
    >>> report["firms"]["c"]["constraint"]["value"], report["firms"]["c"]["constraint"]["reason"]
    (None, 'no ties')
    """
    whole = {name: _searched(name, of, net) for name, of in GROUP.items()} | {n: of(net) for n, of in WHOLE.items()}
    firms = {name: _each(name, of, net) for name, of in FIRM.items()}
    return {
        "network": _plain(whole),
        "parks": {
            label: _plain(measures_of_park(net, park))
            for park, label in zip(net.parks, labels(net, net.parks), strict=True)
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


def measures_of_park(net: Network, park: str, names: Sequence[str] = (*GROUP, *PARK)) -> dict[str, Measure]:
    """Some or all measures of one park, by name. Raises KeyError for a park or measure that is not there."""
    inner = net.subnetwork(park)
    mentioned = net.boundary_of(park) == MENTIONED
    found = {}
    for name in names:
        value = PARK[name](net, park) if name in PARK else _searched(name, GROUP[name], inner)
        if mentioned and name in BIASED_BY_BOUNDARY:
            value = replace(value, flags=(*value.flags, "boundary=mentioned"))
        found[name] = value
    return found


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


def _searched(name: str, of: Of, net: Network) -> Measure:
    return undefined(_too_long(net), len(net.firms)) if name in SEARCHING and _steps(net) > STEPS else of(net)


def _each(name: str, of: Callable[[Network], Measures], net: Network) -> Measures:
    if name in SEARCHING and _steps(net) > STEPS:
        return Measures(np.full(len(net.firms), np.nan), _too_long(net), net.degree)
    return of(net)


def _steps(net: Network) -> int:
    return len(net.firms) * (len(net.firms) + 2 * len(net.source))


def _too_long(net: Network) -> str:
    return f"not computed: exact search from {len(net.firms)} firms takes {_steps(net):.1e} steps, limit {STEPS:.0e}"


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
