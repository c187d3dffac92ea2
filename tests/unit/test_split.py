"""Vertical, horizontal and innovation ratios by hand: parks of one make, of which one does more of one thing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graph.chemistry.split import FINE, MISSING, SHUNNED, UNKNOWN_SERVICES, Split, scores, split, told
from graph.network import Firm, Network, Tie

MAKERS = ["电芯", "整车"] * 6
SERVERS = ["货代"] * 4


def parks(*ties: Tie, names: str = "PQR", servers: dict[str, int] | None = None) -> Network:
    """Parks of six cell makers, six car makers (M0 … M11) and some forwarders (S0 …)."""
    firms = []
    for park in names:
        firms += [Firm(f"{park}M{i}", {park: ()}, industry) for i, industry in enumerate(MAKERS)]
        firms += [Firm(f"{park}S{i}", {park: ()}, "货代") for i in range((servers or {}).get(park, 4))]
    return Network.of(firms, ties)


def arrays(net: Network) -> tuple[np.ndarray, np.ndarray]:
    number = {name: index for index, name in enumerate(net.industries)}
    feeds = np.zeros((len(number), len(number)), dtype=bool)
    feeds[number["电芯"], number["整车"]] = True
    return feeds, np.array([name == "货代" for name in net.industries])


def supplies(park: str, count: int) -> list[Tie]:
    return [Tie(f"{park}M{2 * i}", f"{park}M{2 * i + 1}", kinds=["供应"]) for i in range(count)]


def services(park: str, count: int) -> list[Tie]:
    return [Tie(f"{park}S{i % 4}", f"{park}M{i}", kinds=["战略合作"]) for i in range(count)]


def research(park: str, count: int) -> list[Tie]:
    return [Tie(f"{park}M{i}", f"{park}M{i + 2}", kinds=["合作研发"]) for i in range(count)]


def of(net: Network) -> Split:
    return split(net, *arrays(net), groups=0)


def test_each_ratio_counts_its_ties_over_its_pairs_beside_like_parks() -> None:
    """Parks of one make have one rate: E of a park is the mean of the others."""
    net = parks(
        *supplies("P", 6), *supplies("Q", 2), *supplies("R", 4),
        *services("P", 2), *services("Q", 6), *services("R", 4),
        *research("P", 1), *research("Q", 2), *research("R", 6),
    )  # fmt: skip
    found = of(net)
    assert found.vertical.pairs.tolist() == [36.0] * 3  # 6 × 6 chain-adjacent pairs
    assert found.horizontal.pairs.tolist() == [48.0] * 3  # 12 × 4 with one producer service
    assert found.innovation.pairs.tolist() == [120.0] * 3  # all of 16 firms
    assert found.vertical.observed.tolist() == [6, 2, 4]
    assert found.horizontal.observed.tolist() == [2, 6, 4]
    assert found.innovation.observed.tolist() == [1, 2, 6]
    assert found.vertical.expected == pytest.approx([3, 5, 4], rel=0.01)
    assert found.horizontal.expected == pytest.approx([5, 3, 4], rel=0.01)
    assert found.innovation.expected == pytest.approx([4, 3.5, 1.5], rel=0.01)


def test_the_balance_is_that_of_the_two_shrunk_ratios() -> None:
    net = parks(*supplies("P", 6), *supplies("Q", 2), *services("P", 2), *services("Q", 6), *services("R", 4))
    found = of(net)
    h, v = found.horizontal.shrunk, found.vertical.shrunk
    value, lo, hi = found.balance
    assert value == pytest.approx((h - v) / (h + v))
    assert (lo < value).all()
    assert (value < hi).all()
    assert value[0] < 0 < value[1]


def test_shares_of_firms_reached_leave_out_services_and_the_unknown() -> None:
    net = parks(*services("P", 3), *supplies("P", 1), Tie("PS0", "PS1"), Tie("PM0", "QM1", kinds=["供应"]))
    net = Network.of(
        [
            *(Firm(f, {f[0]: ()}, net.industries[i]) for f, i in zip(net.firms, net.industry, strict=True)),
            Firm("Px", {"P": ()}),
        ],
        [*services("P", 3), *supplies("P", 1), Tie("Px", "PS0"), Tie("PM0", "QM1", kinds=["供应"])],
    )
    row = scores(net, *arrays(net), groups=0)["P"]
    assert row["service_coverage"].value == pytest.approx(3 / 12)
    assert row["supply_coverage"].value == pytest.approx(2 / 12)
    assert row["service_coverage"].n == 12
    assert row["service_coverage"].coverage == pytest.approx(16 / 17)


def test_ties_within_one_group_of_owners_count_in_nothing() -> None:
    tie = Tie("PM0", "PM1", kinds=["供应", "控股"])
    found = of(parks(tie, *supplies("Q", 2)))
    assert found.vertical.observed.tolist() == [0, 2, 0]
    assert found.vertical.pairs.tolist() == [35, 36, 36]
    assert found.supplied.tolist() == [0, 4, 0]


@pytest.mark.parametrize(
    ("vertical_hi", "horizontal_hi", "word"),
    [(1.4, 0.8, SHUNNED), (1.4, 1.2, FINE), (0.9, 0.8, FINE), (1.0, 0.99, SHUNNED)],
)
def test_the_warning_reads_both_intervals(vertical_hi: float, horizontal_hi: float, word: str) -> None:
    net = parks(*supplies("P", 3), *supplies("Q", 2), *services("P", 2), *services("Q", 3))
    found = of(net)
    given = replace(
        found,
        vertical=replace(found.vertical, hi=np.full(3, vertical_hi)),
        horizontal=replace(found.horizontal, hi=np.full(3, horizontal_hi)),
    )
    assert told(net, given)["P"]["horizontal_neglect"].value == word


def test_a_park_without_service_firms_has_no_balance_and_no_horizontal_chain() -> None:
    net = parks(*supplies("P", 3), *supplies("Q", 3), *services("Q", 3), *services("R", 3), servers={"P": 0})
    row = told(net, of(net))["P"]
    assert row["horizontal_balance"].value is None
    assert row["horizontal_balance"].reason == MISSING
    assert row["horizontal_neglect"].value == MISSING
    assert row["slr_horizontal"].value is None
    assert row["service_coverage"].value == 0.0


def test_where_nobody_knows_the_services_nothing_is_said_of_them() -> None:
    net = parks(*supplies("P", 3), *supplies("Q", 3))
    row = scores(net, arrays(net)[0], None, groups=0)["P"]
    for name in ("slr_horizontal", "slr_horizontal_eb", "horizontal_balance", "service_coverage", "horizontal_neglect"):
        assert row[name].value is None
        assert row[name].reason == UNKNOWN_SERVICES
    assert row["slr_vertical"].value == pytest.approx(2.0, rel=0.01)  # 3 beside the mean of 3 and 0


def test_parks_without_ties_firms_or_peers_have_reasons_and_no_values() -> None:
    for net in (parks(), parks(*supplies("P", 3), names="P"), Network.of([], parks=["P"]), Network.of([])):
        feeds, serves = arrays(parks()) if net.industries else (np.zeros((0, 0), dtype=bool), np.zeros(0, dtype=bool))
        for row in scores(net, feeds, serves, groups=0).values():
            for name in ("slr_vertical", "slr_horizontal", "slr_innovation", "horizontal_balance"):
                assert row[name].value is None, name
                assert row[name].reason, name


def test_the_same_rows_in_another_order_give_the_same_bits() -> None:
    ties = [*supplies("P", 6), *services("Q", 6), *research("R", 3)]
    one, other = of(parks(*ties)), of(parks(*reversed(ties)))
    assert one.vertical.ratio.tobytes() == other.vertical.ratio.tobytes()
    assert one.horizontal.shrunk.tobytes() == other.horizontal.shrunk.tobytes()
