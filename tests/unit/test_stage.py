"""The ladder of the stages on parks made for it; shares of draws against scipy's normal and beta laws."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import beta, norm

from graph.chain import from_csv
from graph.chemistry.chains import Chained, chained
from graph.chemistry.split import Split, split
from graph.chemistry.stage import READING, STAGES, THIN, mix, scores
from graph.metrics.value import Measure, Measures
from graph.network import Firm, Network

CHAIN = from_csv("upstream,downstream\n电芯,电池包\n电池包,整车\n", "CHAIN.csv")
MANY = [f"i{number}" for number in range(9)]
Parks = dict[str, list[str]]


def network(parks: Parks) -> Network:
    return Network.of([Firm(f"{p}{i}", {p: ()}, name) for p, names in parks.items() for i, name in enumerate(names)])


def inputs(net: Network) -> tuple[Chained, Split, Measures]:
    """No ties, no chain: nothing but the industries is observed."""
    size, parks = len(net.industries), len(net.parks)
    nothing = np.zeros((size, size), dtype=bool)
    cross = Measures(np.full(parks, np.nan), "no ties", np.zeros(parks, dtype=np.int64))
    return chained(net, []), split(net, nothing, None, groups=0), cross


def told(net: Network, *given: Any, evidence: dict[str, list[str]] | None = None, seed: int = 0) -> dict[str, Any]:
    given = given or inputs(net)
    return scores(net, *given, np.random.default_rng(seed), evidence=evidence)


def mixed(slr: tuple[float, float] = (1.5, 3.0), cross: tuple[float, float] = (0.9, 1.3)) -> tuple[Any, ...]:
    """P and Q of 90 firms in nine industries and a service; P has all of 3.0, as far as the intervals given allow."""
    net = network({"P": MANY * 10 + ["货代"] * 5, "Q": MANY * 10 + ["货代"] * 5})
    chains, parts, _ = inputs(net)
    lo, hi = np.array([slr[0], 0.5]), np.array([slr[1], 2.0])
    innovation = replace(
        parts.innovation,
        ratio=np.sqrt(lo * hi),
        lo=lo,
        hi=hi,
        sd=np.log(hi / lo) / 2 / 1.96,
        observed=np.array([40.0, 10]),
    )
    parts = replace(
        parts, innovation=innovation, services_known=True, makers=np.array([90, 90]), served=np.array([60, 9])
    )
    low, high = np.full(2, cross[0]), np.full(2, cross[1])
    between = Measures(np.sqrt(low * high), "", np.array([80, 80]), low, high)
    return net, chains, parts, between


def test_a_park_of_one_industry_is_one_point_zero() -> None:
    row = told(network({"P": ["电池"] * 28 + ["酒店"] * 2}))["P"]
    assert row["stage"].value == "1.0"
    assert row["stage"].n == 30
    assert READING in row["stage"].flags
    assert row["stage_chances"].value["1.0"] == pytest.approx(1.0)
    assert row["stage_conditions"].value["1.0 largest industry"]["value"] == pytest.approx(28 / 30)


def test_many_industries_and_nothing_else_are_between_the_stages() -> None:
    row = told(network({"P": MANY * 10}))["P"]
    assert row["stage"].value == "过渡"
    assert "3.0 SLR innovation: not observed" in row["stage"].flags
    assert "1.0 largest industry: fails" in row["stage"].flags


@pytest.mark.parametrize("firms", [0, 1, 14])
def test_fewer_than_fifteen_classified_firms_do_not_suffice(firms: int) -> None:
    net = network({"P": ["电池"] * firms + [""] * 20})
    row = told(net)["P"]
    assert row["stage"].value == THIN
    assert row["stage"].coverage == pytest.approx(firms / (firms + 20))


def test_all_conditions_and_the_evidence_make_three_point_zero() -> None:
    net, *given = mixed()
    row = told(net, *given, evidence={"P": ["passage-1", "passage-2"]})
    assert row["P"]["stage"].value == "3.0"
    assert row["P"]["stage_conditions"].value["3.0 产城融合 evidence"]["n"] == 2
    assert row["Q"]["stage"].value == "过渡"


@pytest.mark.parametrize(
    ("evidence", "said"),
    [(None, "3.0 refused: no evidence of 产城融合, nobody looked"), ({}, "3.0 refused: no evidence of 产城融合")],
)
def test_without_evidence_three_point_zero_is_refused(evidence: dict[str, list[str]] | None, said: str) -> None:
    net, *given = mixed()
    stage = told(net, *given, evidence=evidence)["P"]["stage"]
    assert stage.value == "过渡"
    assert said in stage.flags


@pytest.mark.parametrize(
    ("slr", "cross"),
    [((0.9, 3.0), (0.9, 1.3)), ((1.5, 3.0), (0.4, 0.8))],
    ids=["innovation not above its peers", "industries closed in themselves"],
)
def test_one_condition_that_fails_keeps_a_park_from_three(slr: tuple[float, float], cross: tuple[float, float]) -> None:
    net, *given = mixed(slr, cross)
    row = told(net, *given, evidence={"P": ["passage-1"]})["P"]
    assert row["stage"].value in ("过渡", THIN)
    assert row["stage"].value != "3.0"


def test_what_reaches_three_in_too_few_draws_is_not_assigned() -> None:
    net, *given = mixed(slr=(0.75, 3.0))
    row = told(net, *given, evidence={"P": ["passage-1"]})["P"]
    assert 0.5 < row["stage_chances"].value["3.0"] < 0.95
    assert row["stage"].value == THIN  # the point is no 3.0, yet most draws are
    assert "过渡 comes out in fewer than 80% of the draws" in row["stage"].flags


def chain_inputs(net: Network, realised: int, expected: float, complete: float = 0.9) -> tuple[Any, ...]:
    _, parts, cross = inputs(net)
    one = np.array([[realised]])
    chains = Chained(
        (CHAIN,), np.array([[9]]), np.array([[complete]]), np.array([[1.0]]), np.array([[12]]), one,
        np.array([[expected]]), np.array([[0.5]]), np.array([[0.5]]),
    )  # fmt: skip
    return chains, parts, cross


def test_a_chain_that_is_there_and_lived_is_two_point_zero() -> None:
    net = network({"P": MANY * 3})
    assert told(net, *chain_inputs(net, 9, 0.3))["P"]["stage"].value == "2.0"
    assert told(net, *chain_inputs(net, 9, 0.3, complete=0.39))["P"]["stage"].value == "过渡"
    assert told(net, *chain_inputs(net, 0, 0.5))["P"]["stage"].value == "过渡"


def test_two_point_zero_goes_before_one_point_zero() -> None:
    net = network({"P": ["电芯"] * 28 + ["整车"] * 2})
    assert told(net, *chain_inputs(net, 9, 0.3))["P"]["stage"].value == "2.0"
    assert told(net, *chain_inputs(net, 0, 0.5))["P"]["stage"].value == "1.0"


def test_shares_of_draws_are_those_of_the_laws_they_come_from() -> None:
    net = network({"P": MANY * 3})
    row = told(net, *chain_inputs(net, 4, 0.4))["P"]
    expected = beta.sf(0.4, 4.5, 8.5)
    assert row["stage_conditions"].value["2.0 CR chain"]["chance"] == pytest.approx(expected, abs=0.04)
    assert row["stage_chances"].value["2.0"] == pytest.approx(expected, abs=0.04)
    net, *given = mixed(slr=(0.8, 2.4), cross=(0.5, 0.98))
    rows = told(net, *given)["P"]["stage_conditions"].value
    sd, middle = np.log(3) / 2 / 1.96, np.log(0.8 * 2.4) / 2
    assert rows["3.0 SLR innovation"]["chance"] == pytest.approx(norm.sf(0, middle, sd), abs=0.04)
    assert rows["3.0 ties between industries"]["chance"] < 0.5  # its interval lies under 1


def test_every_condition_is_listed_with_value_interval_and_count() -> None:
    net, *given = mixed()
    rows = told(net, *given)["P"]["stage_conditions"].value
    assert [name.partition(" ")[0] for name in rows] == ["3.0"] * 5 + ["1.0"] * 2
    for row in rows.values():
        assert set(row) == {"stage", "name", "value", "lo", "hi", "n", "threshold", "state", "chance"}
        assert row["state"] in ("holds", "fails", "not observed")
        assert 0 <= row["chance"] <= 1
    assert rows["3.0 产城融合 evidence"]["state"] == "not observed"
    assert rows["3.0 产城融合 evidence"]["chance"] == 0


def test_no_park_is_served_where_none_is() -> None:
    """The median of SC_h is then 0, and to have none is not to reach it."""
    net, chains, parts, cross = mixed()
    row = told(net, chains, replace(parts, served=np.zeros(2, dtype=np.int64)), cross, evidence={"P": ["x"]})["P"]
    assert row["stage_conditions"].value["3.0 SC_h"]["state"] == "fails"
    assert row["stage_chances"].value["3.0"] == 0


def test_chances_sum_to_one_and_one_seed_gives_the_same_bits() -> None:
    net, *given = mixed(slr=(0.9, 3.0))
    one, again, other = (
        told(net, *given, evidence={"P": ["x"]}, seed=seed)["P"]["stage_chances"] for seed in (3, 3, 4)
    )
    assert isinstance(one, Measure)
    assert sum(one.value.values()) == pytest.approx(1)  # type: ignore[union-attr]
    assert set(one.value) == set(STAGES)  # type: ignore[arg-type]
    assert one == again != other


def test_more_parks_than_are_drawn_at_once() -> None:
    net = network({f"{p:03}": ["电池"] * 20 for p in range(130)})
    assert {row["stage"].value for row in told(net).values()} == {"1.0"}


def test_parks_without_firms_and_networks_without_parks() -> None:
    assert told(Network.of([], parks=["P"]))["P"]["stage"].value == THIN
    assert told(Network.of([])) == {}


def test_the_corrected_entropy_is_right_on_average_where_the_plain_one_is_low() -> None:
    share = np.array([0.4, 0.3, 0.2, 0.1])
    truth = -(share * np.log(share)).sum()
    draws = np.random.default_rng(5).choice(4, p=share, size=(400, 20))
    found = mix(network({f"{p:03}": [f"i{kind}" for kind in row] for p, row in enumerate(draws)}))
    plain = []
    for row in draws:
        s = np.bincount(row) / 20
        plain.append(-(s[s > 0] * np.log(s[s > 0])).sum())
    assert abs(found.entropy.mean() - truth) < abs(np.mean(plain) - truth) / 3
    assert found.sd.mean() == pytest.approx(found.entropy.std(), rel=0.15)


def test_classed_firms_are_counted_by_the_groups_of_the_standard() -> None:
    net = Network.of([Firm("a", {"P": ()}, "x"), Firm("b", {"P": ()}, "y"), Firm("c", {"P": ()}, "z")])
    found = mix(replace(net, columns={"class": ("C3841", "C3843", "")}))
    assert found.known.tolist() == [2]
    assert found.largest.tolist() == [2]
