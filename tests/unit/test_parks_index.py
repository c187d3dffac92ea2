"""The index of parks: scores by hand, who is not ranked and why, intervals, tracks, mistakes of recipes at once."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from graph.chain import Chain, Step
from graph.curated import Curated, View
from graph.errors import InputError, ReadError
from graph.index.parks import ParkIndex, rank
from graph.index.recipe import SHIPPED, Recipe, load, parse
from graph.index.track import Shape, Track, shapes
from graph.network import ROSTER, Firm, Network, Tie
from graph.query.standing import ranking
from graph.report import full

RECIPE = """
name = "small"
title = "Two dimensions"
status = "provisional"
[gate]
firms = 2
ties = 1
[choices.impute]
method = "none"
[choices.screen]
groups = 0
[choices.treat]
winmax = 0
transform = "none"
[[dimension]]
code = "size"
title = "Size"
weight = 1
[[dimension]]
code = "bonds"
title = "Bonds"
weight = 3
[[indicator]]
code = "log_firms"
title = "Firms"
measure = "firms"
dimension = "size"
transform = "log"
weight = 1
[[indicator]]
code = "cooperation"
title = "Cooperation"
measure = "slr_eb"
dimension = "bonds"
weight = 1
[[indicator]]
code = "isolation"
title = "Isolates"
measure = "isolates_share"
dimension = "bonds"
direction = -1
weight = 1
"""


def value(
    found: float | str | None, lo: float | None = None, hi: float | None = None, reason: str = ""
) -> dict[str, Any]:
    return {"value": found, "lo": lo, "hi": hi, "n": 3, "flags": [], "reason": reason or None}


def park(firms: int, ties: int, slr: Any, isolates: Any, verdict: str = "证据不足") -> dict[str, Any]:
    told = {"firms": value(firms), "ties": value(ties), "isolates_share": isolates, "slr_eb": slr}
    return told | {"verdict": value(verdict), "stage": value("过渡")}


PARKS: Mapping[str, dict[str, Any]] = {
    "P": park(100, 9, value(2.0, 1.8, 2.2), value(0.1), "化学集聚"),
    "Q": park(10, 5, value(1.0, 0.5, 2.1), value(0.5)),
    "R": park(1000, 7, value(0.0, 0.0, 0.4), value(None, reason="no firms were looked at")),
    "S": park(1, 0, value(None, reason="no pairs"), value(1.0)),
    "T": park(5, 0, value(0.3), value(1.0)),
}


def network(parks: Mapping[str, Any] = PARKS, roster: str = "P") -> Network:
    return Network.of((), (), parks=parks, boundary={roster: ROSTER}, names={"P": "东园"})


def index(parks: Mapping[str, Any] = PARKS, recipe: Recipe | None = None, **more: Any) -> ParkIndex:
    net = network(parks)
    empty = tuple(Shape((), None, False) for _ in net.parks)
    return rank(net, [parks[name] for name in net.parks], empty, recipe or parse(RECIPE), **{"draws": 50} | more)


def test_scores_and_ranks_by_hand() -> None:
    found = index()
    # log firms 2, 1, 3 of 1..3; SLR 2, 1, 0; isolates .1 and .5, falling, of R unknown. Bonds weigh three times size.
    wanted = {"东园": (50 + 3 * 100) / 4, "R": (100 + 3 * 0) / 4, "Q": (0 + 3 * 25) / 4}
    assert {row.park: row.score for row in found.ranked} == pytest.approx(wanted)
    assert [(row.park, row.rank) for row in found.ranked] == [("东园", 1), ("R", 2), ("Q", 3)]
    first = found.ranked[0]
    assert first.dimensions == pytest.approx({"size": 50.0, "bonds": 100.0})
    assert (first.verdict, first.stage) == ("化学集聚", "过渡")


def test_a_score_opens_to_its_parts_and_their_intervals() -> None:
    for row in index().ranked:
        assert sum(part.weight for part in row.parts) == pytest.approx(1)
        assert sum(part.weight * (part.scaled or 0) for part in row.parts) == pytest.approx(row.score)
    cooperation = next(part for part in index().ranked[0].parts if part.indicator == "cooperation")
    assert (cooperation.raw, cooperation.lo, cooperation.hi, cooperation.n) == (2.0, 1.8, 2.2, 3)
    missing = next(part for part in index().ranked[1].parts if part.indicator == "isolation")
    assert (missing.scaled, missing.weight, missing.reason) == (None, 0.0, "no firms were looked at")


def test_who_is_not_ranked_is_listed_with_the_reason() -> None:
    assert {row.park: row.reason for row in index().unranked} == {
        "S": "1 firm known, the recipe asks for 2",
        "T": "0 ties observed between its firms, the recipe asks for 1",
    }
    assert all(row.score is None and row.standing is None for row in index().unranked)
    alone = index({name: PARKS[name] for name in ("P", "S")})
    assert not alone.ranked
    assert "no other park passes the gate" in {row.park: row.reason for row in alone.unranked}["东园"]
    assert not index({}).unranked


def test_what_tells_no_parks_apart_is_left_out_and_says_why() -> None:
    same = {name: row | {"isolates_share": value(0.2)} for name, row in PARKS.items()}
    assert index(same).left_out == {"isolation": "the same for all parks"}
    unknown = {name: row | {"isolates_share": value(None, reason="no source")} for name, row in PARKS.items()}
    assert index(unknown).left_out == {"isolation": "no source"}
    assert {part.indicator for part in index(unknown).ranked[0].parts} == {"log_firms", "cooperation", "isolation"}


def test_flags() -> None:
    flags = {row.park: row.flags for row in index().ranked}
    assert flags["东园"] == ("provisional",)
    assert {"provisional", "boundary=mentioned", "证据不足", "undefined: isolation"} <= set(flags["R"])
    equal = index({"A": PARKS["P"], "B": PARKS["P"], "C": PARKS["Q"]})
    assert [row.rank for row in equal.ranked] == [1, 1, 3]
    assert "shared rank" in equal.ranked[0].flags
    assert "no interval" in index(draws=0).ranked[0].flags


def test_intervals_hold_the_rank_and_follow_from_the_seed() -> None:
    one, again, other = index(seed=1), index(seed=1), index(seed=2, draws=51)
    assert one == again
    for row in (*one.ranked, *other.ranked):
        assert row.rank_low is not None
        assert row.rank_high is not None
        assert 1 <= row.rank_low <= row.rank_high <= 3
        assert "outside its interval" in row.flags or row.rank_low <= (row.rank or 0) <= row.rank_high


def test_the_order_of_parks_plays_no_part() -> None:
    turned = dict(reversed(list(PARKS.items())))
    assert index(turned) == index()


def test_hashes_follow_the_recipe_and_the_data() -> None:
    base = index()
    assert index(recipe=parse(RECIPE.replace("weight = 3", "weight = 2"))).recipe != base.recipe
    changed = {**PARKS, "Q": park(10, 5, value(1.1, 0.5, 2.1), value(0.5))}
    assert (index(changed).data == base.data, index(changed).recipe == base.recipe) == (False, True)


def test_rows_are_plain_json() -> None:
    told = index().as_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_tracks_are_axes_and_absence_is_no_zero() -> None:
    chains = [
        Chain("ev", (Step("cell", "电芯"), Step("car", "整车"))),
        Chain("bio", (Step("gene", "基因"),)),
        Chain("none", (Step("x", "别的"),)),
    ]
    tracks = [Track("ev", "新能源汽车"), Track("bio", "合成生物", status="stated"), Track("air", "低空经济")]
    firms = [Firm("a", {"P": ()}, "电芯"), Firm("b", {"P": ()}, "基因"), Firm("c", {"Q": ()}, "整车")]
    p, q = shapes(Network.of(firms), chains, tracks)
    assert [(axis.track.id, axis.firms) for axis in p.axes] == [("ev", 1), ("bio", 1)]  # no chain, no axis
    assert [axis.completeness for axis in q.axes] == [0.5, None]
    assert (p.present, q.present, q.completeness) == (1.0, 0.5, 0.25)
    assert p.evenness is not None
    assert 0 < p.evenness < 1  # .5 and 1 of two axes
    assert q.evenness == 0
    assert not q.near


def test_the_shipped_recipe_names_measures_that_are_measured() -> None:
    net = Network.of([Firm("a", {"P": ()}), Firm("b", {"P": ()}), Firm("c", {"Q": ()})])
    measured = [full(net)["parks"][name] for name in net.parks]
    found = rank(net, measured, shapes(net, (), ()), load())
    assert {row.park for row in found.unranked} == {"P", "Q"}


def test_an_indicator_of_a_measure_that_nobody_measures_is_refused() -> None:
    with pytest.raises(InputError, match="cooperation: there is no measure 'slr_ebb'"):
        index(recipe=parse(RECIPE.replace('"slr_eb"', '"slr_ebb"')))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('status = "provisional"', "", "status is missing"),
        ("firms = 2", "firms = 0", "gate.firms must be a whole number from 1"),
        ('transform = "log"', 'transform = "sqrt"', "indicator 1: transform must be none or log"),
        ("direction = -1", "direction = 2", "indicator 3: direction must be 1 or -1"),
        ('dimension = "size"', 'dimension = "sise"', "indicator 1: there is no dimension 'sise'"),
        ('measure = "slr_eb"', 'measure = "density"', "indicator 2: measure density falls as 1/n"),
        ('code = "cooperation"', 'code = "isolation"', "indicator 3: code 'isolation' stands twice"),
        ("weight = 3", "weight = -3", "dimension 2: weight must be a number above 0"),
        ('name = "small"', 'name = "small"\ncolour = "red"', "colour is unknown"),
        ("winmax = 0", "winmax = -1", "winmax"),
    ],
)
def test_mistakes_of_a_recipe_are_named(old: str, new: str, said: str) -> None:
    assert RECIPE.count(old) >= 1
    with pytest.raises(InputError, match=said):
        parse(RECIPE.replace(old, new, 1))


def test_every_mistake_is_told_at_once() -> None:
    wrong = RECIPE.replace("firms = 2", "firms = 0").replace("direction = -1", "direction = 0").replace("ties = 1", "")
    with pytest.raises(InputError, match=r"has 3 mistakes: gate\.firms .*; gate\.ties .*; indicator 3"):
        parse(wrong, "small.toml")


def test_a_recipe_that_is_not_there_names_those_that_ship(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="shipped ones: future"):
        load("nosuch")
    (tmp_path / "bad.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(ReadError, match="is no TOML"):
        load(tmp_path / "bad.toml")
    (tmp_path / "mine.toml").write_text(RECIPE, encoding="utf-8")
    assert load(str(tmp_path / "mine.toml")).name == "small"
    assert (SHIPPED / "future.toml").exists()


def test_a_transform_that_cannot_be_had_is_undefined() -> None:
    zero = {**PARKS, "Q": park(10, 5, value(0.0), value(0.5))}
    logged = parse(RECIPE.replace('measure = "slr_eb"', 'measure = "slr_eb"\ntransform = "log"'))
    found = {row.park: row for row in index(zero, recipe=logged).ranked}["Q"]
    part = next(part for part in found.parts if part.indicator == "cooperation")
    assert (part.raw, part.scaled) == (0.0, None)
    assert not math.isnan(found.score or 0)


def on_tracks() -> View:
    """Three parks; of P all firms stand on the chain, of Q two, of R none."""
    chain = Chain("ev", (Step("cell", "电芯"), Step("car", "整车")), (("cell", "car"),))
    sizes = {"P": ("电芯", "整车") * 4, "Q": ("电芯", "整车", "酒店", "酒店"), "R": ("酒店",) * 6}
    firms = [Firm(f"{park}{at}", {park: ()}, name) for park, names in sizes.items() for at, name in enumerate(names)]
    ties = [Tie("P0", "P1"), Tie("P2", "P3"), Tie("Q0", "Q1"), Tie("R0", "R1")]
    net, curated = (
        Network.of(firms, ties),
        Curated(chains=(chain,), tracks=(Track("ev", "新能源汽车", "electric cars"),)),
    )
    return View(net, full(net, curated.chains, draws=0), curated)


def test_a_list_of_one_track_counts_its_firms_alone_and_absence_is_no_zero() -> None:
    made = ranking(on_tracks(), track="Electric Cars")
    assert made["track"] == "ev"
    told = {row["park"]: row["reason"] for row in (*made["ranked"], *made["unranked"])}
    assert told["R"] == "absent: no firm of it stands on 新能源汽车"
    assert told["Q"] == "2 firms known, the recipe asks for 5"
    first = next(row for row in (*made["ranked"], *made["unranked"]) if row["park"] == "P")
    assert {part["indicator"]: part["raw"] for part in first["parts"]}["log_firms"] == 8
    with pytest.raises(InputError, match="no track is called 'ships'; tracks with a chain: 新能源汽车"):
        ranking(on_tracks(), track="ships")
