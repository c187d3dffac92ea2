"""Networks and measures as the tables that researchers work with: pandas, polars, networkx, in and out.

    net = network_from(nodes, edges)            pandas or polars frames, pyarrow tables, or lists of mappings
    net = network_from_networkx(graph)
    frame = report_frame(full(net), "parks")    a row a park, a column a measure

Columns are those of the CSV tables (`graph.tables`), and rules are the same: a wrong cell is refused with its table,
row and column. pandas and polars are loaded when a frame is asked for: `pip install "parkbond[frames]"`.

>>> from graph.network import Firm, Network, Tie
>>> net = network_from(
...     [{"id": "a", "park": "P", "industry": "芯片"}, {"id": "b", "park": "P", "industry": None}],
...     [{"source": "a", "target": "b", "weight": 2}],
... )
"""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from graph.errors import InputError
from graph.measure import labels
from graph.network import Network
from graph.tables import network_of_rows

if TYPE_CHECKING:
    import networkx

Frame = Any
"""A frame of pandas or polars, a table of pyarrow, or an iterable of mappings from columns to cells."""

Library = Literal["pandas", "polars"]
Scope = Literal["parks", "firms", "network"]

COLUMNS = ("scope", "id", "measure", "value", "text", "lo", "hi", "n", "coverage", "null", "flags", "reason")
"""Columns of a report in long form. `value` is a number, `text` what is none: a verdict, or a table as JSON."""


def network_from(nodes: Frame, edges: Frame, *, since: str = "", until: str = "") -> Network:
    """The network of two frames: nodes `id, park, industry` and edges `source, target`, with further columns as in CSV.

    None, nan and NaT are empty cells; lists of parks, kinds or documents are taken as such, numbers and dates written
    out. An index named like a column counts as one. The frames are not changed.

    Raises:
        InputError: a column is missing, or a cell is not what its column asks for; rows are counted from 1.

    >>> net.firms, net.weight.tolist(), net.notes.self_loops
    (('a', 'b'), [2.0], 0)
    """
    return network_of_rows(_rows(nodes, "nodes"), _rows(edges, "edges"), since=since, until=until)


def network_from_networkx(
    graph: networkx.Graph[Any], *, park: str = "park", industry: str = "industry", weight: str | None = "weight"
) -> Network:
    """The network of a networkx graph of any kind; what `Network.to_networkx` gives comes back the same.

    Args:
        graph: nodes with the attributes `park` (or `parks`, several) and `industry` and any other column of nodes;
            edges with `weight`, `kind`, `documents`, `date`. Directions are dropped, parallel edges united.
        park, industry, weight: the attributes that hold these; weight=None takes every edge for one tie, whatever
            weights the graph carries (the karate club of networkx carries some).

    Raises:
        InputError: two nodes are written alike (1 and "1"), or an attribute is not what its column asks for.

    >>> import networkx
    >>> club = network_from_networkx(networkx.karate_club_graph(), industry="club", weight=None)
    >>> len(club.firms), len(club.source), club.industries, sorted(set(club.weight.tolist()))
    (34, 78, ('Mr. Hi', 'Officer'), [1.0])
    """
    written = [str(node) for node in graph]
    if len(set(written)) < len(written):
        twice = sorted({name for name in written if written.count(name) > 1})
        raise InputError(f"nodes: {twice[0]!r} stands for two nodes, e.g. a number and its digits; rename one")
    nodes = []
    for node, given in graph.nodes(data=True):
        own = {"park": given.get("parks", given.get(park)), "industry": given.get(industry)}
        nodes.append({**{k: v for k, v in given.items() if k not in ("parks", park, industry)}, "id": str(node), **own})
    edges = []
    for a, b, given in graph.edges(data=True):
        cells = {key: value for key, value in given.items() if key not in ("weight", weight)}
        if weight is not None and weight in given:
            cells["weight"] = given[weight]
        edges.append({**cells, "source": str(a), "target": str(b)})
    return network_from(nodes, edges)


def nodes_frame(net: Network, library: Library = "pandas") -> Frame:
    """The firms as a frame: `node_columns`. With `edges_frame` it gives the network back by `network_from`."""
    return _frame(node_columns(net), library)


def edges_frame(net: Network, library: Library = "pandas") -> Frame:
    """The ties as a frame: `edge_columns`."""
    return _frame(edge_columns(net), library)


def report_frame(report: Mapping[str, Any], scope: Scope | None = None, library: Library = "pandas") -> Frame:
    """A report of `graph.measure.measure` or `graph.report.full` as a frame.

    Args:
        report: the report, plain values.
        scope: None gives all in long form, a row a measure (`COLUMNS`). "parks" or "firms" gives a row each and a
            column a measure, numbers and words only, with `…_lo` and `…_hi` where there are intervals; tables stand in
            the long form alone. "network" gives one row.
        library: "pandas" or "polars".

    Raises:
        InputError: the library is not installed.
    """
    columns = report_columns(report) if scope is None else wide_columns(report, scope)
    return _frame(columns, library)


def node_columns(net: Network) -> dict[str, list[Any]]:
    """A column a property of firms, in the order of `net.firms`; parks and industries by name, several joined by `;`.

    >>> {name: column for name, column in node_columns(net).items() if name in ("id", "park", "industry")}
    {'id': ['a', 'b'], 'park': ['P', 'P'], 'industry': ['芯片', '']}
    """
    parks: list[list[str]] = [[] for _ in net.firms]
    called = labels(net, net.parks)
    for firm, park in zip(net.members.firm.tolist(), net.members.other.tolist(), strict=True):
        parks[firm].append(called[park])
    kinds = [*labels(net, net.industries), ""]
    found: dict[str, list[Any]] = {"id": list(net.firms)}
    if any(firm in net.names for firm in net.firms):
        found["name"] = [net.names.get(firm, firm) for firm in net.firms]
    found["park"] = [";".join(each) for each in parks]
    found["industry"] = [kinds[industry] for industry in net.industry.tolist()]
    if net.region is not None:
        found["region"] = [[*net.regions, ""][region] for region in net.region.tolist()]
    for name, values in (("size", net.size), ("founded", net.founded), ("mentions", net.exposure)):
        if values is not None:
            found[name] = [_number(value) for value in values.tolist()]
    return found | {name: list(column) for name, column in net.columns.items() if name not in found}


def edge_columns(net: Network) -> dict[str, list[Any]]:
    """A column a property of ties, in their order; a supplier stands first. Kinds and documents are joined by `;`.

    >>> edge_columns(net)
    {'source': ['a'], 'target': ['b'], 'weight': [2.0]}
    """
    turned = net.direction.tolist() if net.direction is not None else [0] * len(net.source)
    ends = [
        (b, a) if turn < 0 else (a, b)
        for a, b, turn in zip(net.source.tolist(), net.target.tolist(), turned, strict=True)
    ]
    found: dict[str, list[Any]] = {
        "source": [net.firms[a] for a, _ in ends],
        "target": [net.firms[b] for _, b in ends],
        "weight": net.weight.tolist(),
    }
    if net.tie_kinds is not None:
        found["kind"] = [
            ";".join(kind for kind, has in zip(net.kinds, row, strict=True) if has) for row in net.tie_kinds.tolist()
        ]
    if net.tie_documents is not None:
        start, document = net.tie_documents.start.tolist(), net.tie_documents.document.tolist()
        found["documents"] = [
            ";".join(net.documents[number] for number in document[low:high]) for low, high in pairwise(start)
        ]
    return found


def report_columns(report: Mapping[str, Any]) -> dict[str, list[Any]]:
    """A report in long form, column by column (`COLUMNS`); undefined is None.

    >>> from graph.measure import measure
    >>> columns = report_columns(measure(net))
    >>> row = columns["measure"].index("density")
    >>> [columns[name][row] for name in ("scope", "id", "value", "n")]
    ['network', '', 1.0, 2]
    """
    rows = [
        _long(scope, name, measure, told)
        for scope, group in (("network", {"": report["network"]}), ("park", report["parks"]), ("firm", report["firms"]))
        for name, measures in group.items()
        for measure, told in measures.items()
    ]
    return {column: [row[place] for row in rows] for place, column in enumerate(COLUMNS)}


def wide_columns(report: Mapping[str, Any], scope: Scope) -> dict[str, list[Any]]:
    """A report with a row for each park or firm, and a column for each measure that is no table.

    >>> from graph.measure import measure
    >>> columns = wide_columns(measure(net), "firms")
    >>> columns["id"], columns["degree"]
    (['a', 'b'], [1.0, 1.0])
    """
    group = {"": report["network"]} if scope == "network" else report[scope]
    found: dict[str, list[Any]] = {"id": list(group)}
    names = list(dict.fromkeys(name for measures in group.values() for name in measures))
    for name in names:
        told = [measures.get(name, {}) for measures in group.values()]
        if any(isinstance(one.get("value"), Mapping) for one in told):
            continue
        found[name] = [one.get("value") for one in told]
        for end in ("lo", "hi"):
            if any(one.get(end) is not None for one in told):
                found[f"{name}_{end}"] = [one.get(end) for one in told]
    return found


def _long(scope: str, name: str, measure: str, told: Mapping[str, Any]) -> tuple[Any, ...]:
    value, text = told["value"], None
    if isinstance(value, str):
        value, text = None, value
    elif isinstance(value, Mapping):
        value, text = None, json.dumps(value, ensure_ascii=False)
    null = told["null"] if isinstance(told["null"], int | float) else None
    ends = (told["lo"], told["hi"], told["n"], told["coverage"], null, ";".join(told["flags"]), told["reason"])
    return (scope, name, measure, None if value is None else float(value), text, *ends)


def _frame(columns: Mapping[str, Sequence[Any]], library: Library) -> Frame:
    if library not in ("pandas", "polars"):
        raise InputError(f"library {library!r} is not known; pandas and polars are")
    try:
        made = importlib.import_module(library)
    except ImportError as error:
        raise InputError(f'{library} is not installed: pip install "parkbond[frames]" polars') from error
    return made.DataFrame(dict(columns)) if library == "pandas" else made.DataFrame(dict(columns), strict=False)


def _rows(frame: Frame, what: str) -> list[dict[str, str]]:
    """The rows of a frame as cells, all with the same columns."""
    if hasattr(frame, "to_pylist"):  # pyarrow
        rows: Iterable[Mapping[Any, Any]] = frame.to_pylist()
    elif hasattr(frame, "to_dicts"):  # polars
        rows = frame.to_dicts()
    elif hasattr(frame, "reset_index"):  # pandas
        named = any(name is not None for name in frame.index.names)
        rows = (frame.reset_index() if named else frame).to_dict("records")
    elif isinstance(frame, Iterable) and not isinstance(frame, str | bytes | Mapping):
        rows = list(frame)
    else:
        raise InputError(f"{what}: {type(frame).__name__} is no frame; give one of pandas or polars, or a list of rows")
    columns = list(dict.fromkeys(str(column) for row in rows for column in row))
    written = ({str(column): _cell(value) for column, value in row.items()} for row in rows)
    return [{column: row.get(column, "") for column in columns} for row in written]


def _cell(value: Any) -> str:
    """A value as it would stand in a CSV table."""
    if value is None or type(value).__name__ in ("NAType", "NaTType") or value != value:
        return ""
    if isinstance(value, list | tuple | set | frozenset):
        return ";".join(_cell(one) for one in (value if isinstance(value, list | tuple) else sorted(value)))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) or (hasattr(value, "dtype") and value.dtype.kind == "f"):
        return str(_number(float(value)))
    return str(value).strip()


def _number(value: float) -> int | float | None:
    """A whole number as such; None for nan."""
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() else value
