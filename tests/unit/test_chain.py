"""Chains by hand: what is refused and how, who stands where, who feeds whom; and the six chains of the lexicon."""

from __future__ import annotations

import numpy as np
import pytest

from graph.chain import Chain, Step, adjacency, from_csv, from_toml, places, service, standing
from graph.errors import InputError
from graph.industry import Class, classed
from graph.network import Firm, Network
from ingest import lexicon
from ingest.resolve.concept import class_of, classify

CELL = Step("cell", "电芯", industries=("电芯", "C3841"))
CAR = Step("car", "整车", "cars", synonyms=("新能源车",), industries=("汽车",))
EV = Chain("ev", (CELL, CAR), (("cell", "car"),))


def network(*industries: str) -> Network:
    return Network.of([Firm(f"f{number}", {"P": ()}, name) for number, name in enumerate(industries)])


@pytest.mark.parametrize(
    ("steps", "feeds", "said"),
    [
        ((CELL, CELL), (), "two steps are called 'cell'"),
        ((CELL,), (("cell", "car"),), "'cell' feeds 'car', which is no step of it"),
        ((CELL,), (("mine", "cell"),), "'mine' feeds but is no step of it"),
        ((CELL, CAR), (("cell", "car"), ("car", "cell")), "a cycle: cell -> car -> cell"),
        ((CELL,), (("cell", "cell"),), "a cycle: cell -> cell"),
        ((Step("x", "x", criticality=1.5),), (), "criticality 1.5 is not within 0 and 1"),
        ((Step("x", "x", criticality=float("nan")),), (), "criticality nan is not within 0 and 1"),
        ((Step("", "x"),), (), "a step has no id"),
        ((), (), "no steps"),
    ],
)
def test_what_is_no_chain_is_refused(steps: tuple[Step, ...], feeds: tuple[tuple[str, str], ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Chain("t", steps, feeds)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(InputError) as error:
        Chain("t", (CELL, CELL, CAR), (("cell", "moon"), ("car", "cell"), ("cell", "car")))
    assert str(error.value).count(";") == 2


def test_a_cycle_is_found_behind_and_before_other_steps() -> None:
    steps = tuple(Step(name, name) for name in "abcde")
    with pytest.raises(InputError, match="a cycle: b -> c -> d -> b"):
        Chain("t", steps, (("a", "b"), ("b", "c"), ("c", "d"), ("d", "b"), ("d", "e")))


def test_order_puts_every_step_after_those_that_feed_it() -> None:
    steps = tuple(Step(name, name) for name in "abcd")
    chain = Chain("t", steps, (("d", "b"), ("c", "b"), ("b", "a")))
    assert [steps[index].id for index in chain.order] == ["c", "d", "b", "a"]


@pytest.mark.parametrize(
    ("label", "place", "steps"),
    [
        ("电芯", Class(), ("cell",)),
        ("新能源车", Class(), ("car",)),
        ("Cars", Class(), ("car",)),
        ("轿车", Class("乘用车", "C361", broader=("汽车",)), ("car",)),
        ("圆柱锂电", Class("锂电池", "C3841"), ("cell",)),
        ("铅酸电池", Class("铅酸电池", "C3843"), ()),
        ("", Class(), ()),
    ],
)
def test_the_nearest_answer_says_on_which_steps_an_industry_stands(
    label: str, place: Class, steps: tuple[str, ...]
) -> None:
    assert EV.steps_of(label, place) == steps


def test_an_industry_may_stand_on_two_steps_and_then_feeds_itself() -> None:
    chain = Chain("t", (Step("a", "a", industries=("x",)), Step("b", "b", industries=("x", "y"))), (("a", "b"),))
    assert chain.steps_of("x") == ("a", "b")
    assert adjacency(network("x", "y"), [chain]).astype(int).tolist() == [[1, 1], [0, 0]]


def test_adjacency_unites_chains_and_keeps_the_direction() -> None:
    net = network("a", "b", "c", "酒店")
    chains = [from_csv("upstream,downstream\na,b\n", "x"), from_csv("downstream,upstream\na,c\n", "y")]
    assert np.argwhere(adjacency(net, chains)).tolist() == [[0, 1], [2, 0]]
    assert not adjacency(net, []).any()


def test_a_classed_network_finds_its_steps_by_concept_and_broader_concept() -> None:
    net = classed(network("植保无人机", "起降场", "飞控", "酒店"), classify)
    (chain,) = (one for one in lexicon.chains() if one.track == "project-low-altitude")
    on = standing(net, chain)
    found = {net.industries[i]: [chain.steps[s].id for s in np.flatnonzero(on[i])] for i in range(len(on))}
    assert found == {"植保无人机": ["drone"], "起降场": ["infrastructure"], "飞控": ["flight-control"], "酒店": []}
    assert places(net)[net.industries.index("植保无人机")].broader[-1] == "未来空间"
    assert not places(network("植保无人机"))[0].concept


def test_producer_services_come_from_the_column_and_the_majority_decides() -> None:
    from dataclasses import replace

    net = network("货代", "货代", "货代", "电芯")
    assert service(net).tolist() == [False, False]
    said = replace(net, columns={"service": ("02", "yes", "", "0")})
    assert dict(zip(net.industries, service(said).tolist(), strict=True)) == {"货代": True, "电芯": False}
    assert not service(replace(net, columns={"service": ("是", "否", "no", "False")})).any()


def test_a_network_without_firms_has_no_adjacency_and_no_services() -> None:
    net = Network.of([])
    assert adjacency(net, [EV]).shape == (0, 0)
    assert service(net).shape == (0,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "row 1: missing column upstream and downstream; found none"),
        ("upstream,down\na,b\n", "row 1: missing column downstream; found upstream, down"),
        ("upstream,downstream\na,\n,b\n", "row 2, column downstream: empty; row 3, column upstream: empty"),
        ("upstream,downstream\na,b\n\nb,a\n", "a cycle: a -> b -> a"),
        ("upstream,downstream\na,a\n", "a cycle: a -> a"),
        ("upstream,downstream\n", "no steps"),
    ],
)
def test_what_is_wrong_with_a_table_is_named_with_its_row(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        from_csv(text, "CHAIN.csv")


def test_a_table_may_use_semicolons_repeat_rows_and_have_further_columns() -> None:
    chain = from_csv("note;upstream;downstream\nx;a;b\ny;a;b\n", "")
    assert chain.feeds == (("a", "b"),)


def test_toml_names_every_mistake_at_once() -> None:
    text = 'track = "t"\ncolour = 1\n'
    with pytest.raises(InputError, match=r"x\.toml: the file: unknown key 'colour'; the file: missing step"):
        from_toml(text, "x.toml")
    step = 'track = "t"\n[[step]]\nid = "a"\nname_zh = "a"\nname_en = "a"\ncriticality = "high"\nindustries = [1]\n'
    with pytest.raises(InputError) as error:
        from_toml(step, "x.toml")
    for said in ("missing sources", "criticality is 'high'", "industries must list words"):
        assert said in str(error.value)
    with pytest.raises(InputError, match="is no TOML"):
        from_toml("track = ", "x.toml")


def test_each_track_of_the_default_edition_has_a_chain() -> None:
    assert [chain.track for chain in lexicon.chains()] == [track.id for track in lexicon.tracks()]


@pytest.mark.parametrize("chain", lexicon.chains(), ids=lambda chain: chain.track)
def test_chains_of_the_lexicon_are_whole(chain: Chain) -> None:
    assert 8 <= len(chain.steps) <= 12
    assert len(chain.order) == len(chain.steps)  # no cycle: every step has its turn
    assert chain.feeding.any(axis=0).sum() + chain.feeding.any(axis=1).sum() >= len(chain.steps)
    assert (chain.feeding.any(axis=0) | chain.feeding.any(axis=1)).all()  # no step stands alone
    words: dict[str, str] = {}
    for step in chain.steps:
        assert step.name_zh
        assert step.name_en
        assert step.sources
        assert step.industries
        for industry in step.industries:
            assert class_of(industry).code or industry in lexicon.classes(), industry
            assert chain.steps_of(industry) == (step.id,), industry
        for word in {step.name_zh, step.name_en, *step.synonyms, *step.industries}:
            assert words.setdefault(word.casefold(), step.id) == step.id, word
