"""The three focuses by hand; what has no source is no zero."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import gamma

from graph.chemistry.focus import NO_FIRMS, NO_RATE, NO_SOURCE, institution_share_eb, per_hundred, scores
from graph.chemistry.peers import shrinkage
from graph.errors import InputError
from graph.network import Firm, Network


def parks(linked: dict[str, int], n: int = 10) -> Network:
    return Network.of(
        [
            Firm(f"{park}{i}", {park: ()}, institutions={"U": ()} if i < count else {})
            for park, count in linked.items()
            for i in range(n)
        ]
    )


def test_the_share_with_institutions_is_drawn_to_the_mean_of_all_parks() -> None:
    net = parks({"P": 8, "Q": 2, "R": 2})
    found = institution_share_eb(net)
    a, b = shrinkage(np.array([8.0, 2.0, 2.0]), np.array([4.0, 4.0, 4.0]))
    assert found.values == pytest.approx(0.4 * (np.array([8, 2, 2]) + a) / (4 + b))
    assert 0.4 < found.values[0] < 0.8
    assert 0.2 < found.values[1] < 0.4
    assert found.lo is not None
    assert found.hi is not None
    assert found.lo[0] == pytest.approx(gamma.ppf(0.025, 8 + a, scale=0.4 / (4 + b)))
    assert found.hi[1] == pytest.approx(gamma.ppf(0.975, 2 + a, scale=0.4 / (4 + b)))


def test_a_share_that_nobody_looked_for_or_nobody_has_is_undefined() -> None:
    assert institution_share_eb(Network.of([Firm("a", {"P": ()})])).of(0).reason == NO_SOURCE
    assert institution_share_eb(parks({"P": 0, "Q": 0})).of(0).reason == NO_RATE
    empty = Network.of([Firm("a", {"P": ()}, institutions={"U": ()})], parks=["Q"])
    assert institution_share_eb(empty).of(1).reason == NO_FIRMS


def test_counts_to_a_hundred_firms_leave_out_empty_cells() -> None:
    net = replace(Network.of([Firm(x, {"P": ()}) for x in "abcd"]), columns={"patents": ("3", "", "1", "0")})
    found = per_hundred(net, "patents").of(0)
    assert found.value == pytest.approx(400 / 3)
    assert found.n == 3
    assert found.coverage == 0.75
    assert found.lo is not None
    assert found.hi is not None
    assert found.lo < 400 / 3 < found.hi


@pytest.mark.parametrize("cell", ["many", "-1", "inf", "nan"])
def test_a_cell_that_is_no_number_of_things_is_refused(cell: str) -> None:
    net = replace(Network.of([Firm("a", {"P": ()})]), columns={"honours": (cell,)})
    with pytest.raises(InputError, match=f"firm 'a', column honours: '{cell}'"):
        scores(net)


def test_without_tables_all_but_the_first_say_no_source() -> None:
    told = scores(parks({"P": 3, "Q": 1}))["P"]
    for name in ("top_talent", "patents_rate", "firsts_rate", "spinoffs_rate", "source_innovation"):
        assert told[name].value is None
        assert told[name].reason == NO_SOURCE


def test_innovation_at_the_source_is_the_mean_percentile_of_what_has_a_source() -> None:
    net = Network.of([Firm(f"{p}{i}", {p: ()}) for p in "PQ" for i in range(2)])
    net = replace(
        net, columns={"patents": ("1", "1", "0", "0"), "spinoffs": ("0", "0", "2", "2"), "honours": ("1", "", "", "")}
    )
    told = scores(net)
    assert told["P"]["source_innovation"].value == pytest.approx((75 + 25) / 2)
    assert told["P"]["source_innovation"].flags == ("no source: firsts",)
    assert told["P"]["source_innovation"].coverage == pytest.approx(2 / 3)
    assert told["P"]["top_talent"].value == 100.0
    assert told["Q"]["top_talent"].reason == NO_FIRMS


def test_passages_stand_in_where_no_table_counts_first_products() -> None:
    net = Network.of([Firm(f"{p}{i}", {p: ()}) for p in "PQ" for i in range(4)])
    told = scores(net, {"P": ("s1", "s2", "s1")})
    assert told["P"]["firsts_rate"].value == 50.0
    assert told["P"]["firsts_rate"].flags == ("passages by lexicon",)
    assert told["Q"]["firsts_rate"].value == 0.0
    counted = replace(net, columns={"firsts": ("1",) * 8})
    assert scores(counted, {"P": ("s1",)})["P"]["firsts_rate"].value == 100.0


def test_a_network_without_parks() -> None:
    assert scores(Network.of([])) == {}
