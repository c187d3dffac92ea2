"""Recipes and ranks: scores by hand, what is not ranked and why, intervals from documents, mistakes all at once."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from example import EAST, FIRMS, SCORES, TIES, WEST, network

from graph.errors import InputError, ReadError
from graph.index.rank import Ranked, rank
from graph.index.recipe import SHIPPED, Recipe, load, parse
from graph.network import Firm, Network, Tie

FIRST = load()
TEXT = (SHIPPED / "first.toml").read_text(encoding="utf-8")


def park(name: str, pairs: list[tuple[int, int]], size: int, documents: int = 1) -> tuple[list[Firm], list[Tie]]:
    """A park of `size` firms in two industries, with these ties, each in its own `documents`; no institution ties."""
    firms = [Firm(f"{name}{i}", {name: ()}, "AB"[i % 2], {}) for i in range(size)]
    ties = [
        Tie(f"{name}{a}", f"{name}{b}", 1.0, [f"{name}-{a}-{b}-{copy}" for copy in range(documents)]) for a, b in pairs
    ]
    return firms, ties


def network_of(*parks: tuple[list[Firm], list[Tie]]) -> Network:
    return Network.of([firm for firms, _ in parks for firm in firms], [tie for _, ties in parks for tie in ties])


def by_park(rows: list[Ranked]) -> dict[str, Ranked]:
    return {row.park: row for row in rows}


def test_scores_and_ranks_by_hand() -> None:
    rows = rank(network(), FIRST)
    assert [(row.park, row.rank) for row in rows] == [(EAST, 1), (WEST, 2)]
    assert {row.park: row.score for row in rows} == pytest.approx(SCORES)


def test_a_score_opens_to_its_parts() -> None:
    for row in rank(network(), FIRST):
        assert [part.indicator for part in row.parts] == [indicator.code for indicator in FIRST.indicators]
        assert sum(part.weight * (part.scaled or 0) for part in row.parts) == pytest.approx(row.score)
        assert sum(part.weight for part in row.parts) == pytest.approx(1)
    east = rank(network(), FIRST)[0]
    assert [part.raw for part in east.parts] == [4.0, 2.0, 0.75, 0.5]
    assert [part.scaled for part in east.parts] == [100.0, 100.0, 0.0, 100.0]


def test_rows_are_plain_json() -> None:
    told = [row.as_dict() for row in rank(network(), FIRST)]
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert list(told[0])[:7] == ["park", "id", "rank", "score", "rank_low", "rank_high", "flags"]


def test_a_park_that_fails_the_gate_is_listed_with_the_reason_and_no_score() -> None:
    net = network_of(
        park("P", [(0, 1), (1, 2)], 3), park("Q", [(0, 1)], 3), park("lonely", [], 1), park("silent", [], 5)
    )
    rows = by_park(rank(net, FIRST))
    assert rows["lonely"].reason == "1 firm known, the recipe asks for 2"
    assert rows["silent"].reason == "0 ties observed between its firms, the recipe asks for 1"
    for name in ("lonely", "silent"):
        assert (rows[name].rank, rows[name].score, rows[name].rank_low) == (None, None, None)
    assert {rows["P"].rank, rows["Q"].rank} == {1, 2}
    assert [row.park for row in rank(net, FIRST)][2:] == ["lonely", "silent"]


def test_too_few_indicators_fail_the_gate() -> None:
    firms = (
        [Firm(x, {"P": ()}) for x in "ab"] + [Firm(x, {"Q": ()}, "A", {}) for x in "cd"] + [Firm("e", {"Q": ()}, "B")]
    )
    net = Network.of(firms, [Tie("a", "b"), Tie("c", "d")])
    unlooked = replace(net, institutions=None)
    assert by_park(rank(unlooked, FIRST))["P"].reason == "2 of 4 indicators defined, the recipe asks for 65%"


def test_one_park_alone_is_not_ranked() -> None:
    (row,) = rank(network_of(park("P", [(0, 1)], 2)), FIRST)
    assert row.rank is None
    assert "no other park passes the gate" in row.reason


def test_parks_that_differ_in_nothing_are_not_ranked() -> None:
    rows = rank(network_of(park("P", [(0, 1)], 2), park("Q", [(0, 1)], 2)), FIRST)
    assert [row.rank for row in rows] == [None, None]
    assert "none of its defined indicators differs" in rows[0].reason


def test_an_indicator_without_variation_is_left_out_and_flagged_and_the_weights_grow() -> None:
    rows = by_park(rank(network_of(park("P", [(0, 1), (1, 2)], 3), park("Q", [(0, 1)], 2)), FIRST))
    assert "no variation: institution_share" in rows["P"].flags
    assert [part.weight for part in rows["P"].parts] == [0.5, 0.5, 0, 0]  # both are all cross-industry, too
    assert rows["P"].score == 100


def test_an_undefined_indicator_is_left_out_and_flagged() -> None:
    firms, ties = park("P", [(0, 1), (1, 2)], 3)
    unclassified = [replace(firm, industry="") for firm in firms], ties
    net = network_of(unclassified, park("Q", [(0, 1), (0, 2)], 3), park("R", [(0, 1)], 2))
    rows = by_park(rank(net, FIRST))
    assert "undefined: cross_industry_share" in rows["P"].flags
    assert rows["P"].parts[2].raw is None
    assert rows["P"].rank is not None


def test_equal_scores_share_the_best_rank_and_say_so() -> None:
    net = network_of(
        park("B", [(0, 1)], 2), park("A", [(0, 1)], 2), park("D", [(0, 1), (1, 2)], 3), park("C", [(0, 1), (1, 2)], 3)
    )
    rows = rank(net, FIRST)
    assert [(row.park, row.rank) for row in rows] == [("C", 1), ("D", 1), ("A", 3), ("B", 3)]
    assert all("shared rank" in row.flags for row in rows)


def test_the_order_of_rows_does_not_matter() -> None:
    dice = random.Random(3)
    firms, ties = dice.sample(FIRMS, len(FIRMS)), dice.sample(TIES, len(TIES))
    shuffled = Network.of(firms, ties, boundary={EAST: "roster"})
    assert rank(shuffled, FIRST) == rank(network(), FIRST)


def test_flags() -> None:
    rows = by_park(rank(network(), FIRST))
    assert rows[EAST].flags == ("provisional", "thin")
    assert rows[WEST].flags == ("provisional", "boundary=mentioned", "thin")


def test_without_documents_there_is_no_interval_and_a_flag() -> None:
    bare = Network.of([replace(firm, institutions={}) for firm in FIRMS], [replace(tie, documents=()) for tie in TIES])
    for row in rank(bare, FIRST):
        assert (row.rank_low, row.rank_high) == (None, None)
        assert "no interval" in row.flags


def test_what_hangs_on_few_documents_has_a_wide_interval() -> None:
    """Three parks that differ in mean degree only. Each tie in eight documents of its own: all ranks are sure.
    All ties of a park in one document: without it the park has no score, so nothing is sure."""
    shapes = {"P": [(a, b) for a in range(8) for b in range(a)], "Q": [(i, i + 1) for i in range(7)], "R": [(0, 1)]}
    firms = [replace(firm, industry="A") for name in shapes for firm in park(name, [], 8)[0]]
    sure = [tie for name, pairs in shapes.items() for tie in park(name, pairs, 8, documents=8)[1]]
    rows = rank(Network.of(firms, sure), FIRST)
    assert [(row.park, row.rank_low, row.rank_high) for row in rows] == [("P", 1, 1), ("Q", 2, 2), ("R", 3, 3)]
    unsure = [replace(tie, documents=(tie.source[0],)) for tie in sure]
    rows = rank(Network.of(firms, unsure), FIRST)
    assert [(row.park, row.rank_low, row.rank_high) for row in rows] == [("P", 1, 3), ("Q", 1, 3), ("R", 1, 3)]


def test_an_interval_holds_its_rank() -> None:
    dice = random.Random(5)
    parks = []
    for number in range(12):
        size = dice.randint(3, 12)
        pairs = [(a, b) for a in range(size) for b in range(a) if dice.random() < 0.3] or [(0, 1)]
        parks.append(park(f"park{number:02d}-", pairs, size, dice.randint(1, 3)))
    rows = rank(network_of(*parks), FIRST)
    for row in rows:
        assert row.rank_low <= row.rank <= row.rank_high  # type: ignore[operator]
    assert any(row.rank_low < row.rank_high for row in rows)  # type: ignore[operator]


def test_less_is_better_turns_an_indicator_round() -> None:
    turned = parse(TEXT.replace("direction = 1", "direction = -1"))
    assert {row.park: row.score for row in rank(network(), turned)} == pytest.approx({EAST: 25, WEST: 75})


def test_weights_weigh() -> None:
    only_size = parse(TEXT.replace("weight = 1", "weight = 3", 1))
    assert by_park(rank(network(), only_size))[EAST].score == pytest.approx((300 + 100 + 0 + 100) / 6)


# ---- recipes --------------------------------------------------------------------------------------------------------


def test_the_first_recipe() -> None:
    assert [(each.code, each.measure, each.transform) for each in FIRST.indicators] == [
        ("log_firms", "firms", "log"),
        ("mean_degree", "mean_degree", "none"),
        ("cross_industry_share", "cross_industry_share", "none"),
        ("institution_share", "bridging_to_universities", "none"),
    ]
    assert (FIRST.status, FIRST.low, FIRST.high) == ("provisional", 0, 100)


def test_a_recipe_is_known_by_its_choices() -> None:
    assert parse(TEXT).hash == FIRST.hash
    assert parse(TEXT.replace("weight = 1", "weight = 2", 1)).hash != FIRST.hash


def test_a_recipe_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(TEXT.replace('name = "first"', 'name = "mine"'), encoding="utf-8")
    assert load(tmp_path / "mine.toml").name == "mine"
    assert load(str(tmp_path / "mine.toml")).name == "mine"


def test_every_mistake_is_named_at_once() -> None:
    wrong = """
    name = ""
    titel = "x"
    [gate]
    firms = 0
    ties = true
    indicators = 1.5
    [scale]
    low = 100
    high = 0
    [[indicator]]
    code = "a"
    title = "A"
    measure = "density"
    direction = 2
    weight = 0
    [[indicator]]
    code = "a"
    title = "A"
    measure = "no_such"
    transform = "root"
    direction = 1
    weight = nan
    [[indicator]]
    code = "c"
    title = "C"
    measure = "mixing_matrix"
    direction = 1
    weight = 1
    """
    with pytest.raises(InputError) as caught:
        parse(wrong, "mine.toml")
    said = str(caught.value)
    for mistake in [
        "mine.toml has 16 mistakes",
        "name must be words",
        "title is missing",
        "status is missing",
        "titel is unknown",
        "gate.firms must be a whole number from 1",
        "gate.ties must be a whole number from 0",
        "gate.indicators must be a share above 0 and up to 1",
        "scale.low must be below scale.high",
        "indicator 1: direction must be 1 or -1",
        "indicator 1: weight must be a number above 0",
        "indicator 1: measure density falls as 1/n",
        "indicator 2: code 'a' stands twice",
        "indicator 2: transform must be none or log",
        "indicator 2: weight must be a number above 0",
        "indicator 2: there is no measure 'no_such'",
        "indicator 3: measure mixing_matrix is a table",
    ]:
        assert mistake in said


@pytest.mark.parametrize("text", ["indicator = 3\ngate = 1\nscale = 2", "[indicator]\ncode = 1", "indicator = [1]"])
def test_wrong_shapes_are_mistakes_not_crashes(text: str) -> None:
    with pytest.raises(InputError, match="indicator must be one or more tables"):
        parse(text)


def test_what_is_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"no recipe there .*shipped ones: first"):
        load("second")
    with pytest.raises(ReadError, match="is no TOML"):
        parse("name = ")
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReadError, match="is not UTF-8"):
        load(tmp_path / "x.toml")


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_recipe_reads_and_carries_its_name(path: Path) -> None:
    recipe = load(path.stem)
    assert isinstance(recipe, Recipe)
    assert recipe.name == path.stem


def test_a_jackknife_of_one_group_is_none() -> None:
    with pytest.raises(ValueError, match="two groups"):
        rank(network(), FIRST, groups=1)
