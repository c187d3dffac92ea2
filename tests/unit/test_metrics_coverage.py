"""Coverage against the spiders of iNEXT and at the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from graph.metrics.coverage import chao1_unseen, good_turing, tie_coverage, unseen_ties
from graph.network import Firm, Network, Tie

GIRDLED = np.array([46, 22, 17, 15, 15, 9, 8, 6, 6, 4, 2, 2, 2, 2, *[1] * 12])
LOGGED = np.array([88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, *[1] * 14])


def test_spiders() -> None:
    assert (GIRDLED.sum(), LOGGED.sum()) == (168, 252)
    assert good_turing(GIRDLED) == pytest.approx(0.92886, abs=5e-6)
    assert good_turing(LOGGED) == pytest.approx(0.94457, abs=5e-6)
    assert len(GIRDLED) + chao1_unseen(GIRDLED) == pytest.approx(43.8929, abs=5e-5)
    assert len(LOGGED) + chao1_unseen(LOGGED) == pytest.approx(61.4028, abs=5e-5)


def test_edges() -> None:
    nothing, once, twice = np.array([], dtype=np.int64), np.array([1]), np.array([2, 2])
    assert math.isnan(good_turing(nothing))
    assert math.isnan(chao1_unseen(nothing))
    assert (good_turing(once), good_turing(twice)) == (0, 1)
    assert (chao1_unseen(once), chao1_unseen(twice)) == (0, 0)
    assert good_turing(np.array([1, 1, 3])) == pytest.approx(1 - 2 / 5)
    assert chao1_unseen(np.array([1, 1, 3])) == pytest.approx(4 / 5 * 2 * 1 / 2)


def test_ties_without_documents_have_no_coverage() -> None:
    net = Network.of([Firm("a"), Firm("b"), Firm("c")], [Tie("a", "b"), Tie("b", "c", documents=["d"])])
    for measure in (tie_coverage, unseen_ties):
        assert measure(net).value is None
        assert measure(net).reason == "no source: ties without documents"


def test_thin_coverage_is_flagged() -> None:
    net = Network.of([Firm("a"), Firm("b"), Firm("c")], [Tie("a", "b", 1, ["d"]), Tie("b", "c", 1, ["e"])])
    assert tie_coverage(net).flags == ("thin",)
    assert unseen_ties(net).flags == ("thin",)
