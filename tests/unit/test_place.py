"""R0: by hand, by the enumeration of all dealings, and the plain loops beside the compiled ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations as orders
from itertools import product

import numpy as np
import pytest

from graph.chemistry import place
from graph.chemistry.dice import Dice, streams
from graph.network import BoolArray, Firm, Network, Tie


def two_parks() -> Network:
    """Six firms of one city, three in each park, all pairs of P tied and one of Q."""
    firms = [Firm(name, {park: ()}, region="东城") for name, park in zip("abcdef", "PPPQQQ", strict=True)]
    ends = ["ab", "ac", "bc", "de", "cd"]
    return Network.of(firms, [Tie(a, b) for a, b in ends])


def mixed(seed: int, firms: int = 60, ties: int = 150, seats: int = 1) -> Network:
    """Firms of three cities, four parks a city, three industries; each sits in up to `seats` parks of its city."""
    dice = np.random.default_rng(seed)
    rows = []
    for i in range(firms):
        city = int(dice.integers(3))
        held = dice.choice(4, size=int(dice.integers(1, seats + 1)), replace=False)
        exposure = int(dice.poisson(3))
        parks = {f"{city}-{park}": () for park in held}
        rows.append(Firm(f"f{i:04d}", parks, f"k{dice.integers(3)}", exposure=exposure, region=f"c{city}"))
    ends = dice.integers(firms, size=(ties, 2))
    return Network.of(rows, [Tie(f"f{a:04d}", f"f{b:04d}") for a, b in ends])


def inside(net: Network, sets: list[set[int]]) -> list[int]:
    """Ties inside each park when firm i sits in the parks sets[i]; the long way."""
    found = [0] * len(net.parks)
    for a, b in zip(net.source.tolist(), net.target.tolist(), strict=True):
        for park in sets[a] & sets[b]:
            found[park] += 1
    return found


def sets_of(net: Network) -> list[set[int]]:
    cut = net.first_seat
    return [set(net.members.other[cut[i] : cut[i + 1]].tolist()) for i in range(len(net.firms))]


def test_two_parks_by_hand() -> None:
    result = place.r0(two_parks(), seed=1)
    assert result.observed.tolist() == [3, 1]
    assert result.expected.tolist() == pytest.approx([1.0, 1.0])  # 5 ties · (3·2)/(6·5)
    assert result.value.tolist() == pytest.approx([3.0, 1.0])
    assert result.level == ("city", "city")
    assert result.reason == ("", "")


@pytest.mark.parametrize("seats", [1, 3])
def test_mean_variance_and_p_are_those_of_all_dealings(seats: int) -> None:
    """Oracle: the enumeration of every way to deal the labels out inside the cities."""
    dice = np.random.default_rng(5)
    firms = [
        Firm(
            f"f{i}",
            {f"{'东西'[i // 5]}{park}": () for park in dice.choice(3, size=1 + i % seats, replace=False)},
            region="东西"[i // 5],
        )
        for i in range(9)
    ]
    net = Network.of(firms, [Tie(f"f{a}", f"f{b}") for a in range(9) for b in range(a) if dice.random() < 0.6])
    held = sets_of(net)
    dealt = [
        inside(net, [held[i] for i in (*east, *(5 + j for j in west))])
        for east, west in product(orders(range(5)), orders(range(4)))
    ]
    all_ways = np.array(dealt)
    result = place.r0(net, seed=3, permutations=20_000)
    assert result.expected == pytest.approx(all_ways.mean(axis=0))
    known = ~np.isnan(result.value)
    assert known.any()
    assert result.variance[known] == pytest.approx(all_ways.var(axis=0)[known], rel=0.06)
    exact = (all_ways >= result.observed).mean(axis=0)
    assert result.p[known] == pytest.approx(exact[known], abs=0.015)


@pytest.mark.parametrize("seats", [1, 3])
def test_the_plain_and_the_compiled_draws_are_the_same_bits(seats: int) -> None:
    net = mixed(2, seats=seats)
    wanted = np.arange(len(net.parks)) % 3 > 0
    ends = place._seats(net, None)
    occupied = place._occupied(ends, place.levels(net)[0][1][1])
    table = place._table(ends, occupied, wanted, occupied.meeting(ends, wanted)[1])
    states = streams(9, 70)
    plain, compiled = place.plain_draws(table, states), place.compiled_draws(table, states)
    assert (plain == compiled).all()
    assert plain.shape == (70, wanted.sum())
    assert plain.std() > 0


def test_the_number_of_threads_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    net = mixed(4, firms=200, ties=900)
    monkeypatch.setattr(place, "PLAIN_SECONDS", 0.0)
    runs = []
    for threads in (1, 2, 5):
        monkeypatch.setattr(place, "processors", lambda threads=threads: threads)
        runs.append(place.r0(net, seed=11, permutations=200))
    for other in runs[1:]:
        assert other.variance.tobytes() == runs[0].variance.tobytes()
        assert other.p.tobytes() == runs[0].p.tobytes()


def test_dice_are_even_and_streams_differ() -> None:
    thrown = np.stack([Dice(streams(1, 2000)).below(6) for _ in range(1)])
    assert np.bincount(thrown.ravel(), minlength=6) / 2000 == pytest.approx(np.full(6, 1 / 6), abs=0.035)
    wide = Dice(streams(1, 2000)).below(2**32)
    assert len(np.unique(wide)) > 1990
    assert Dice(streams(1, 20)).below(3_000_000_000).max() < 3_000_000_000


def test_a_bound_that_rejects_half_of_all_words_is_as_even() -> None:
    dice = Dice(streams(3, 4000))
    bound = 2**31 + 1  # the worst: nearly half of the words would favour some numbers
    low = (dice.below(bound) < bound // 2).mean()
    assert low == pytest.approx(0.5, abs=0.03)


# ---- levels


def test_the_finest_level_that_leaves_half_of_the_firms_free_is_used() -> None:
    rows = [("a", "P", "k1", 1), ("b", "P", "k2", 1), ("c", "Q", "k1", 1), ("d", "Q", "k2", 1)]
    loose = [Firm(n, {p: ()}, k, exposure=e, region="东城") for n, p, k, e in rows]
    assert place.r0(Network.of(loose), seed=1).level == ("city × industry × exposure tercile",) * 2
    alone = [Firm(n, {p: ()}, n, exposure=e, region="东城") for n, p, _, e in rows]  # each its own industry
    assert place.r0(Network.of(alone), seed=1).level == ("city × exposure tercile",) * 2
    apart = [
        Firm(n, {p: ()}, n, exposure=i, region="东城")  # the well-known all sit in P
        for i, (n, p) in enumerate(zip("abcdef", "QQRRPP", strict=True))
    ]
    assert place.r0(Network.of(apart), seed=1).level == ("city",) * 3


def test_what_nobody_recorded_is_not_in_the_name_of_the_level() -> None:
    bare = Network.of([Firm("a", {"P": ()}), Firm("b", {"Q": ()})])
    assert [name for name, _ in place.levels(bare)[0]] == ["all firms"]
    assert place.levels(bare)[1] == (place.INCLUDES_CITY,)
    named = Network.of([Firm("a", {"P": ()}, "芯片"), Firm("b", {"Q": ()}, "光电")])
    assert [name for name, _ in place.levels(named)[0]] == ["industry", "all firms"]
    exposed = Network.of([Firm("a", {"P": ()}, "芯片", exposure=1, region="东城"), Firm("b", {"Q": ()})])
    names = [name for name, _ in place.levels(exposed)[0]]
    assert names == ["city × industry × exposure tercile", "city × exposure tercile", "city"]
    assert place.levels(exposed)[1] == ("city unknown for 1 of 2 firms",)


def test_the_division_of_the_class_goes_before_the_name_of_the_industry() -> None:
    firms = [Firm("a", {"P": ()}, "减速器", region="东城"), Firm("b", {"Q": ()}, "齿轮", region="东城")]
    net = Network.of(firms)
    assert len(set(place.levels(net)[0][0][1].tolist())) == 2
    classed = replace(net, columns={"class": ("C3453", "C3454")})
    assert len(set(place.levels(classed)[0][0][1].tolist())) == 1


def test_terciles_are_those_of_the_city_and_ties_stand_together() -> None:
    value = np.array([1.0, 2, 3, 10, 20, 30, 5, 5, 5, np.nan])
    city = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2])
    assert place._terciles(value, city).tolist() == [0, 1, 2, 0, 1, 2, 1, 1, 1, -1]


def test_labels_never_leave_the_city() -> None:
    net = mixed(6, firms=90, ties=400)
    _, stratum = place.levels(net)[0][-1]
    for one in np.unique(stratum):
        assert len(np.unique(net.region[stratum == one])) == 1


# ---- edges of the question


def test_a_park_alone_in_its_city_is_not_exchangeable() -> None:
    firms = [Firm(f"a{i}", {"P": ()}, region="东城") for i in range(4)]
    firms += [Firm(f"b{i}", {"Q": ()}, region="西城") for i in range(4)]
    firms += [Firm(f"c{i}", {"R": ()}, region="西城") for i in range(4)]
    ties = [Tie(f"{x}{i}", f"{x}{j}") for x in "abc" for i in range(4) for j in range(i)]
    result = place.r0(Network.of(firms, ties), seed=1)
    assert np.isnan(result.value).tolist() == [True, False, False]
    assert result.reason[0] == "not exchangeable: 0 of 4 firms have one of their city that sits elsewhere"
    assert result.expected[0] == pytest.approx(6)  # all dealings leave it as it is
    assert np.isnan(result.p[0])
    assert np.isnan(result.lo[0])


def test_fewer_than_one_expected_tie_is_not_exchangeable() -> None:
    net = two_parks()
    few = np.array([True, True, False, False, False])
    result = place.r0(net, seed=1, ties=few)
    assert result.observed.tolist() == [2, 0]
    assert result.reason[0].startswith("not exchangeable: chance would put 0.4 ties inside")


def test_one_firm_no_firm_no_tie() -> None:
    firms = [Firm("a", {"P": ()}), Firm("b", {"Q": ()}), Firm("c", {"Q": ()}), Firm("d")]
    result = place.r0(Network.of(firms, parks=["R"]), seed=1)
    assert result.reason[0] == "one firm: there is no pair to tie"
    assert result.reason[2] == "no firms"
    assert result.reason[1].startswith(place.NOT_EXCHANGEABLE)
    assert np.isnan(result.value).all()
    assert result.of(0).reason == "one firm: there is no pair to tie"
    empty = place.r0(Network.of([]), seed=1)
    assert len(empty.value) == 0


def test_a_firm_in_no_known_park_takes_no_part() -> None:
    net = two_parks()
    names = dict(zip("abcdef", "PPPQQQ", strict=True))
    more = Network.of(
        [*(Firm(name, {park: ()}, region="东城") for name, park in names.items()), Firm("z", region="东城")],
        [*(Tie(net.firms[a], net.firms[b]) for a, b in zip(net.source, net.target, strict=True)), Tie("a", "z")],
    )
    assert place.r0(more, seed=1).p.tobytes() == place.r0(net, seed=1).p.tobytes()


def test_a_firm_of_unknown_city_stays_where_it_is() -> None:
    firms = [Firm(name, {park: ()}, region="东城") for name, park in zip("abcdef", "PPPQQQ", strict=True)]
    net = Network.of(
        [*firms, Firm("x", {"P": ()}), Firm("y", {"P": ()})], [Tie("x", "y"), Tie("a", "b"), Tie("d", "e")]
    )
    result = place.r0(net, seed=1)
    assert result.movable[0] == pytest.approx(3 / 5)
    assert result.expected[0] == pytest.approx(1 + 2 * 0.2)  # x-y always, the others by chance
    assert "city unknown for 2 of 8 firms" in result.flags


def test_no_tie_inside_is_0_with_an_upper_end() -> None:
    firms = [Firm(name, {park: ()}, region="东城") for name, park in zip("abcdef", "PPPQQQ", strict=True)]
    net = Network.of(firms, [Tie(a, b) for a in "abc" for b in "def"])
    one = place.r0(net, seed=1).of(0)
    assert one.value == 0
    assert one.null == pytest.approx(1.8)
    assert one.lo is not None
    assert one.hi is not None
    assert 0 < one.lo < one.hi
    assert "within city" in one.flags


def test_a_document_variance_widens_the_interval_only() -> None:
    net = two_parks()
    plain, wide = place.r0(net, seed=1), place.r0(net, seed=1, v_doc=np.array([0.5, 0.0]))
    assert wide.value.tobytes() == plain.value.tobytes()
    assert wide.hi[0] > plain.hi[0]
    assert wide.lo[0] < plain.lo[0]
    assert wide.hi[1] == plain.hi[1]
    unknown = place.r0(net, seed=1, v_doc=np.array([0.5, np.nan]))
    assert unknown.hi.tolist() == wide.hi.tolist()


def test_the_interval_is_the_formula() -> None:
    result = place.r0(two_parks(), seed=1)
    spread = 1.96 * np.sqrt(max(1 / 3.5, result.variance[0] / 1.5**2))
    assert result.lo[0] == pytest.approx(np.exp(np.log(3.5 / 1.5) - spread))
    assert result.hi[0] == pytest.approx(np.exp(np.log(3.5 / 1.5) + spread))


def test_the_seed_says_it_all_and_more_permutations_extend_the_draws() -> None:
    net = mixed(8)
    one, again, other = (place.r0(net, seed=seed) for seed in (1, 1, 2))
    assert one.variance.tobytes() == again.variance.tobytes()
    assert one.variance.tobytes() != other.variance.tobytes()
    assert ((place.r0(net, seed=1, permutations=2000).above - one.above) >= 0).all()


def test_one_permutation_is_refused() -> None:
    with pytest.raises(ValueError, match="no variance"):
        place.r0(two_parks(), seed=1, permutations=1)


def test_a_few_kinds_of_ties_can_be_left_out() -> None:
    net = mixed(3)
    kept: BoolArray = np.arange(len(net.source)) % 2 == 0
    less = replace(net, source=net.source[kept], target=net.target[kept], weight=net.weight[kept])
    assert place.r0(net, seed=1, ties=kept).value.tobytes() == place.r0(less, seed=1).value.tobytes()
