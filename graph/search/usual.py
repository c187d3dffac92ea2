"""A query without what all queries have in common.

Embeddings of queries lie close together: they share that they are queries, and of what trade. That share is near to
some passages more than to others (long lists, reports of everything), which then come up for every query. Taking most
of the mean of usual queries out of a query leaves what is asked (Mu and Viswanath 2018 do so with words).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from graph.search.embedder import Embedder

SHARE = 0.8
"""So much of the mean is taken out. From .6 to 1 the labelled queries are met about equally well."""

Vector = NDArray[np.float32]

_MEANS: WeakKeyDictionary[Embedder, dict[bool, Vector]] = WeakKeyDictionary()


def asked(embedder: Embedder, text: str, chinese: bool) -> Vector:
    """The unit vector of what a query asks for; `chinese`: the language of the query."""
    return _apart(embedder.query(text), mean(embedder, chinese))


def mean(embedder: Embedder, chinese: bool) -> Vector:
    """The mean vector of usual queries of a language (`usual.csv`), made once for a model."""
    means = _MEANS.setdefault(embedder, {})
    if chinese not in means:
        means[chinese] = np.asarray(embedder.queries(_queries("zh" if chinese else "en")).mean(axis=0), np.float32)
    return means[chinese]


def _apart(query: Vector, common: Vector) -> Vector:
    left = query - SHARE * common
    return np.asarray(left / (np.linalg.norm(left) or 1), np.float32)


@cache
def _queries(lang: str) -> tuple[str, ...]:
    with (files("graph.search") / "usual.csv").open(encoding="utf-8") as lines:
        return tuple(row["query"] for row in csv.DictReader(lines) if row["lang"] == lang)
