"""Networks that come in a request: from rows to their measures."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from graph.chain import from_csv
from graph.curated import Curated
from graph.errors import InputError
from graph.industry import classed, mostly_known
from graph.report import full
from graph.tables import network_of_rows

FIRMS, TIES, LINKS = 2_000, 10_000, 1_000
"""So many rows of nodes, edges and chain are measured while somebody waits; `parkbond measure` takes more."""

Cells = Mapping[str, str]


def measured(
    nodes: Sequence[Cells],
    edges: Sequence[Cells],
    chain: Sequence[tuple[str, str]],
    curated: Curated,
    *,
    since: str = "",
    until: str = "",
    seed: int = 0,
    wirings: int | None = None,
) -> dict[str, Any]:
    """The report (`graph.report.full`) of a network given as two tables, with its industries classed where known.

    Raises InputError as `graph.tables.network_of_rows`, and for more rows than are measured over HTTP.
    """
    for name, rows, most in (("nodes", nodes, FIRMS), ("edges", edges, TIES), ("chain", chain, LINKS)):
        if len(rows) > most:
            raise InputError(f"{name}: {len(rows):,} rows; at most {most:,} over HTTP, `parkbond measure` takes more")
    net = network_of_rows(_even(nodes), _even(edges), since=since, until=until)
    if mostly_known(net, curated.classify):
        net = classed(net, curated.classify)
    return full(net, (from_csv(_table(chain), "chain"),) if chain else (), seed=seed, draws=wirings)


def _even(rows: Sequence[Cells]) -> list[dict[str, str]]:
    """Rows that all have the columns which any of them has."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name, "").strip() for name in columns} for row in rows]


def _table(rows: Sequence[tuple[str, str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([("upstream", "downstream"), *rows])
    return out.getvalue()
