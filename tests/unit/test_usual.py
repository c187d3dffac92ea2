"""A query without what all queries have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from graph.search import usual


class Fixed:
    """Every usual query is `common`; the query asked is `common` and something of its own."""

    id = "fixed"
    dimensions = 3
    common = np.array([0.8, 0.0, 0.6], np.float32)

    def __init__(self) -> None:
        self.made = 0

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        raise AssertionError("a query is no passage")

    def query(self, text: str) -> np.ndarray:
        return np.array([0.8, 0.6, 0.0], np.float32)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        self.made += len(texts)
        return np.tile(self.common, (len(texts), 1))


def test_what_all_queries_share_counts_little() -> None:
    model = Fixed()
    left = usual.asked(model, "问什么", chinese=True)
    assert np.linalg.norm(left) == pytest.approx(1)
    plain = np.array([0.8, 0.6, 0.0]) - usual.SHARE * Fixed.common
    assert left == pytest.approx(plain / np.linalg.norm(plain), abs=1e-6)
    assert left @ Fixed.common < model.query("") @ Fixed.common


def test_the_mean_is_made_once_for_a_model_and_language() -> None:
    model = Fixed()
    for _ in range(3):
        usual.asked(model, "问什么", chinese=True)
    once = model.made
    assert once >= 40
    usual.asked(model, "what", chinese=False)
    assert model.made > once


def test_a_query_that_is_the_mean_itself_stays_a_vector() -> None:
    model = Fixed()
    model.query = lambda text: usual.SHARE * Fixed.common  # type: ignore[method-assign]
    assert np.isfinite(usual.asked(model, "问什么", chinese=True)).all()
