"""Amounts made comparable: per firm, per square kilometre, per head."""

from __future__ import annotations

from graph.index.framework import Framework
from graph.index.table import Table
from graph.network import FloatArray


def denominate(table: Table, framework: Framework) -> FloatArray:
    """The values of a table, each indicator divided by the denominator that the framework names for it.

    What is divided by an unknown denominator is unknown. `read_index` refuses denominators of 0 and below.

    >>> from graph.index.framework import Element
    >>> import numpy as np
    >>> tree = Framework.of([Element("i", level=2), Element("patents", parent="i", denominator="firms")])
    >>> firms = np.array([3.0, np.nan])
    >>> table = Table(("p", "q"), ("patents",), np.array([[6.0], [6.0]]), denominators={"firms": firms})
    >>> denominate(table, tree).ravel().tolist()
    [2.0, nan]
    """
    values = table.values.copy()
    for column, leaf in enumerate(framework.leaves):
        if leaf.denominator:
            values[:, column] /= table.denominators[leaf.denominator]
    return values
