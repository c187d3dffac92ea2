"""The class of every tie, by hand from the rules of METHOD B: what it is called, and what the ends are."""

from __future__ import annotations

import numpy as np
import pytest

from graph.model import Cooperation
from graph.network import Firm, Network, Tie
from graph.tie import CLASSES, NAMES_ZH, classes, cooperates, known, of_class, tie_classes

FIRMS = [
    Firm("cell", {}, "电芯"),
    Firm("car", {}, "整车"),
    Firm("freight", {}, "货代"),
    Firm("law", {}, "律师"),
    Firm("hotel", {}, "酒店"),
    Firm("nobody"),
]
NET = Network.of(FIRMS)
FEEDS = np.zeros((5, 5), dtype=bool)
FEEDS[NET.industries.index("电芯"), NET.industries.index("整车")] = True
SERVES = np.array([name in ("货代", "律师") for name in NET.industries])


def of(a: str, b: str, *kinds: str, supplier: str = "", feeds: np.ndarray = FEEDS) -> tuple[str, ...]:
    net = Network.of(FIRMS, [Tie(a, b, kinds=kinds, supplier=supplier)])
    (row,) = classes(net, feeds, SERVES)
    return tie_classes(row)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("合作研发", ("innovation",)),
        ("共建平台", ("innovation",)),
        ("合资", ("capital",)),
        ("INVESTS", ("capital",)),
        ("投资", ("capital",)),
        ("OWNS", ("ownership",)),
        ("控股", ("ownership",)),
        ("子公司", ("ownership",)),
        ("联盟成员", ("peer",)),
        ("SUPPLIES", ("vertical",)),
        ("供应", ("vertical",)),
        ("签约入驻", ()),
        ("运营服务", ()),
        ("战略合作", ("other",)),
        ("项目合作", ("other",)),
        ("孵化", ("other",)),
        ("其他合作", ("other",)),
        (" Vertical ", ("vertical",)),
        ("横向", ("horizontal",)),
    ],
)
def test_the_kind_decides_where_it_says_enough(kind: str, found: tuple[str, ...]) -> None:
    assert of("car", "hotel", kind) == found


@pytest.mark.parametrize("kinds", [("战略合作",), ("项目合作",), ("孵化",), ("其他合作",), ()])
@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        ("cell", "car", "vertical"),
        ("car", "freight", "horizontal"),
        ("freight", "law", "other"),  # both ends serve
        ("car", "hotel", "other"),
        ("cell", "nobody", "other"),
        ("law", "nobody", "horizontal"),
    ],
)
def test_else_the_industries_of_both_ends_do(kinds: tuple[str, ...], a: str, b: str, found: str) -> None:
    assert of(a, b, *kinds) == of(b, a, *kinds) == (found,)


def test_what_a_service_firm_supplies_is_horizontal_and_what_it_buys_is_not() -> None:
    assert of("freight", "car", "供应", supplier="freight") == ("horizontal",)
    assert of("freight", "car", "供应", supplier="car") == ("vertical",)
    assert of("freight", "law", "供应", supplier="law") == ("horizontal",)


def test_where_nobody_says_who_supplies_the_service_firm_does_unless_the_chain_feeds_it() -> None:
    assert of("freight", "car", "供应") == ("horizontal",)
    fed = FEEDS.copy()
    fed[NET.industries.index("整车"), NET.industries.index("货代")] = True
    assert of("freight", "car", "供应", feeds=fed) == ("vertical",)
    assert of("cell", "car", "供应") == ("vertical",)


def test_a_tie_may_have_several_classes_but_other_only_alone() -> None:
    assert of("cell", "car", "合作研发", "战略合作") == ("vertical", "innovation")
    assert of("car", "hotel", "合作研发", "战略合作") == ("innovation",)
    assert of("car", "hotel", "INVESTS", "控股") == ("capital", "ownership")


def test_groups_of_owners_cooperate_in_nothing() -> None:
    net = Network.of(
        FIRMS,
        [Tie("car", "hotel", kinds=["合作研发", "控股"]), Tie("car", "law", kinds=["签约入驻"]), Tie("cell", "car")],
    )
    found = classes(net, FEEDS, SERVES)
    said = dict(
        zip(
            ((net.firms[a], net.firms[b]) for a, b in zip(net.source, net.target, strict=True)),
            cooperates(found).tolist(),
            strict=True,
        )
    )
    assert said == {("car", "hotel"): False, ("car", "law"): False, ("car", "cell"): True}
    assert not of_class(found, "innovation").any()
    assert of_class(found, "ownership").sum() == 1


def test_every_kind_of_cooperation_is_known_and_classed() -> None:
    for kind in (*Cooperation, *CLASSES, *NAMES_ZH.values(), "COLLABORATES", ""):
        assert known(kind), kind
        of("car", "hotel", *([kind] if kind else []))


def test_an_unknown_kind_is_refused() -> None:
    assert not known("friendship")
    with pytest.raises(ValueError, match="'friendship' is no kind of tie; known are vertical"):
        of("car", "hotel", "friendship")


def test_a_network_without_ties() -> None:
    assert classes(NET, FEEDS, SERVES).shape == (0, len(CLASSES))
