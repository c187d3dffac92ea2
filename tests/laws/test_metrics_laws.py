"""Laws of the measures, for all networks: names and order do not matter, values stay in their ranges, undefined is
never a number, and known changes of a network have known effects. networkx answers beside us on every network."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.measure import GROUP, PARK, measure, measures_of_park, measures_of_parks
from graph.metrics import backbone, brokerage, cohesion, diversity, openness, position, structure
from graph.metrics.groups import Groups
from graph.network import Firm, Network, Tie

PARKS = ("P", "Q", "R")
INDUSTRIES = ("", "芯片", "光电", "材料")
INSTITUTIONS = ("东澜大学", "芯片研究所")
DOCUMENTS = tuple("uvwxyz")

Rows = tuple[list[Firm], list[Tie]]

QUICK = settings(max_examples=60, deadline=None)


@st.composite
def rows(draw: st.DrawFn, least: int = 0, one_park: bool = False) -> Rows:
    """Firms and ties, with repeated and reversed rows, self-loops, firms in no or several parks, unknown industries."""
    size = draw(st.integers(least, 9))
    documents = st.lists(st.sampled_from(DOCUMENTS), max_size=2, unique=True)
    parks = st.just({"P": ()}) if one_park else st.dictionaries(st.sampled_from(PARKS), documents, max_size=2)
    partners = st.dictionaries(st.sampled_from(INSTITUTIONS), documents, max_size=2)
    firms = [Firm(f"f{i}", draw(parks), draw(st.sampled_from(INDUSTRIES)), draw(partners)) for i in range(size)]
    if not firms:
        return firms, []
    ends = st.integers(0, size - 1).map(lambda i: f"f{i}")
    weights = st.integers(1, 4).map(float)
    ties = draw(st.lists(st.builds(Tie, ends, ends, weights, documents), max_size=20))
    return firms, ties


def numbers(report: Any) -> Any:
    """A report with all floats rounded: sums in another order differ in the last bits."""
    if isinstance(report, float):
        return round(report, 9)
    if isinstance(report, dict):
        return {name: numbers(value) for name, value in report.items()}
    return report


@QUICK
@given(rows(), st.randoms(use_true_random=False), st.booleans())
def test_the_order_and_direction_of_rows_do_not_matter_to_the_last_bit(table: Rows, dice: Any, turn: bool) -> None:
    firms, ties = table
    turned = [replace(tie, source=tie.target, target=tie.source) for tie in ties] if turn else ties
    mixed = Network.of(dice.sample(firms, len(firms)), dice.sample(turned, len(turned)))
    assert measure(mixed) == measure(Network.of(firms, ties))


@QUICK
@given(rows())
def test_names_do_not_matter(table: Rows) -> None:
    firms, ties = table
    # f0 -> g9, f1 -> g8 …: other names in the opposite order
    new = {firm.id: f"g{9 - int(firm.id[1:])}" for firm in firms}
    renamed = Network.of(
        [replace(firm, id=new[firm.id]) for firm in firms],
        [replace(tie, source=new[tie.source], target=new[tie.target]) for tie in ties],
    )
    one, other = measure(Network.of(firms, ties)), measure(renamed)
    for report in (one, other):  # found by steps of which equal ones are taken in the order of the firms
        for measures in (report["network"], *report["parks"].values()):
            measures.pop("modularity_found")
    assert numbers(other["network"]) == numbers(one["network"])
    assert numbers(other["parks"]) == numbers(one["parks"])
    assert numbers(other["firms"]) == {new[name]: numbers(one["firms"][name]) for name in reversed(one["firms"])}


RANGES = {
    "density": (0, 1),
    "average_clustering": (0, 1),
    "transitivity": (0, 1),
    "giant_component_share": (0, 1),
    "isolates_share": (0, 1),
    "global_efficiency": (0, 1),
    "degree_assortativity": (-1, 1),
    "modularity_by_industry": (-0.5, 1),
    "assortativity_by_industry": (-1, 1),
    "cross_industry_share": (0, 1),
    "e_i_index": (-1, 1),
    "e_i_index_rescaled": (-1, 1),
    "e_i_index_by_industry": (-1, 1),
    "e_i_index_by_industry_rescaled": (-1, 1),
    "bridging_to_universities": (0, 1),
    "shared_institution_share": (0, 1),
    "tie_coverage": (0, 1),
    "unseen_ties": (0, math.inf),
    "constraint": (0, 1.125),
    "constraint_weighted": (0, 2),
    "clustering": (0, 1),
    "betweenness": (0, 1),
    "weighted_density": (0, 1),
    "mean_path": (1, math.inf),
    "diameter": (1, math.inf),
    "core_share": (0, 1),
    "core_periphery": (-1, 1),
    "modularity_found": (0, 1),
    "multiplexity": (0, 1),
    "mean_classes": (0, 7),
    "backbone_share": (0, 1),
    "size_corrected_density": (0, math.inf),
}
ROUNDING = 1e-9


@QUICK
@given(rows())
def test_values_stay_in_their_ranges_and_undefined_has_a_reason(table: Rows) -> None:
    report = measure(Network.of(*table))
    for told in (report["network"], *report["parks"].values(), *report["firms"].values()):
        for name, one in told.items():
            assert (one["value"] is None) == bool(one["reason"])
            assert one["coverage"] is None or 0 <= one["coverage"] <= 1
            if one["value"] is not None and one["lo"] is not None:
                assert one["lo"] - ROUNDING <= one["value"] <= one["hi"] + ROUNDING, name
            if one["value"] is not None and name in RANGES:
                low, high = RANGES[name]
                assert low - ROUNDING <= one["value"] <= high + ROUNDING, name


@QUICK
@given(rows(least=1))
def test_repeated_rows_are_one_tie(table: Rows) -> None:
    firms, ties = table
    once, twice = Network.of(firms, ties), Network.of(firms, ties + ties)
    assert len(twice.source) == len(once.source)
    np.testing.assert_allclose(twice.weight, 2 * once.weight)
    expected = once.notes.merged_rows + len(ties) - once.notes.self_loops
    assert twice.notes.merged_rows == expected
    assert cohesion.density(twice) == cohesion.density(once)
    np.testing.assert_allclose(position.constraint_weighted(twice).values, position.constraint_weighted(once).values)


@QUICK
@given(rows(least=2))
def test_an_isolated_firm_changes_what_counts_firms_and_nothing_else(table: Rows) -> None:
    firms, ties = table
    before, after = Network.of(firms, ties), Network.of([*firms, Firm("zz")], ties)
    n = len(firms)
    assert cohesion.density(after).number == pytest.approx(cohesion.density(before).number * (n - 1) / (n + 1))
    assert cohesion.isolates_share(after).number == pytest.approx(
        (cohesion.isolates_share(before).number * n + 1) / (n + 1)
    )
    assert cohesion.components(after).number == cohesion.components(before).number + 1
    for same in (cohesion.transitivity, cohesion.degree_assortativity, diversity.assortativity_by_industry):
        assert same(after).value == same(before).value
    for each in (position.constraint, position.effective_size, cohesion.core_number):
        np.testing.assert_array_equal(each(after).values[:-1], each(before).values)
    assert position.constraint(after).of(n).value is None


@QUICK
@given(rows(one_park=True))
def test_in_a_single_park_all_ties_stay_inside(table: Rows) -> None:
    net = Network.of(*table)
    if len(net.source):
        assert openness.e_i_index(net).value == -1 == openness.e_i_index(net).null
        assert openness.e_i_index_of_park(net, "P").value == -1
    assert cohesion.density(net.subnetwork("P") if net.parks else net) == cohesion.density(net)


@QUICK
@given(rows())
def test_inner_and_outer_ties_of_the_parks_add_up(table: Rows) -> None:
    net = Network.of(*table)
    for park in net.parks:
        inside, outside, unknown = openness.ties_of_park(net, park)
        assert inside == cohesion.ties(net.subnetwork(park)).value
        touched = set(net.firms_of(park).tolist())
        touching = [a in touched or b in touched for a, b in zip(net.source, net.target, strict=True)]
        assert inside + outside + unknown == sum(touching)


@QUICK
@given(rows(), st.sets(st.sampled_from(DOCUMENTS)))
def test_dropping_documents_equals_never_having_had_them(table: Rows, gone: set[str]) -> None:
    firms, ties = table

    def left(behind: Any) -> bool:
        return not behind or bool(set(behind) - gone)

    net = Network.of(firms, ties)
    dropped = net.without(np.array([document in gone for document in net.documents], dtype=np.bool_))
    united: dict[frozenset[str], set[str]] = {}
    for tie in ties:
        if tie.source != tie.target:
            united.setdefault(frozenset((tie.source, tie.target)), set()).update(tie.documents)
    never = Network.of(
        [
            replace(
                firm,
                parks={park: behind for park, behind in firm.parks.items() if left(behind)},
                institutions={name: behind for name, behind in (firm.institutions or {}).items() if left(behind)},
            )
            for firm in firms
        ],
        [Tie(*sorted(pair)) for pair, behind in united.items() if left(behind)],
        parks=net.parks,
    )
    for name in ("source", "target"):
        assert getattr(dropped, name).tolist() == getattr(never, name).tolist()
    assert dropped.members.firm.tolist() == never.members.firm.tolist()
    assert dropped.members.other.tolist() == never.members.other.tolist()
    if firms:
        assert dropped.institution_ties.tolist() == never.institution_ties.tolist()  # type: ignore[union-attr]


@QUICK
@given(rows())
def test_all_parks_at_once_are_as_each_park_alone(table: Rows) -> None:
    net = Network.of(*table)
    columns = measures_of_parks(net, [*GROUP, *PARK])
    for number, park in enumerate(net.parks):
        for name, told in measures_of_park(net, park).items():
            assert numbers(columns[name].of(number).as_dict()) == numbers(told.as_dict()), name


@QUICK
@given(rows())
def test_every_open_pair_of_partners_is_one_role_of_its_broker(table: Rows) -> None:
    net = Network.of(*table)
    k, closed = net.degree, cohesion.triangles(net)
    everyone = np.zeros(len(net.firms), dtype=np.int64)
    assert brokerage.open_pairs(net, everyone).sum(axis=1).tolist() == (k * (k - 1) // 2 - closed).tolist()
    roles = brokerage.open_pairs(net, net.industry)
    assert (roles >= 0).all()
    if (net.industry >= 0).all():
        assert roles.sum(axis=1).tolist() == (k * (k - 1) // 2 - closed).tolist()


@QUICK
@given(rows(least=1))
def test_no_grouping_beats_all_in_one_by_less_than_nothing(table: Rows) -> None:
    net = Network.of(*table)
    groups = Groups.whole(net)
    quality = structure.modularity_found(net)
    if quality.value is not None:
        parts = structure.modularity(groups, cohesion.component(net))[0]
        assert quality.number >= max(0.0, float(parts)) - ROUNDING
        assert structure.modularity(groups, structure.found_groups(net))[0] == pytest.approx(quality.number)


@QUICK
@given(rows())
def test_a_wider_backbone_holds_the_narrower(table: Rows) -> None:
    net = Network.of(*table)
    narrow, wide = backbone.backbone(net, 0.1), backbone.backbone(net, 0.6)
    assert (wide | ~narrow).all()


@QUICK
@given(rows(least=1))
def test_networkx_agrees(table: Rows) -> None:
    net = Network.of(*table)
    graph = net.to_networkx()
    names = list(net.firms)
    assert cohesion.triangles(net).tolist() == [nx.triangles(graph)[name] for name in names]
    assert cohesion.core_number(net).values.tolist() == [nx.core_number(graph)[name] for name in names]
    assert cohesion.components(net).value == nx.number_connected_components(graph)
    for ours, oracle in [
        (position.constraint, nx.constraint(graph)),
        (position.constraint_weighted, nx.constraint(graph, weight="weight")),
        (position.effective_size_weighted, nx.effective_size(graph, nodes=names, weight="weight")),
    ]:
        np.testing.assert_allclose(ours(net).values, [oracle[name] for name in names], equal_nan=True)
    if len(names) > 2:
        np.testing.assert_allclose(
            position.betweenness(net).values, [nx.betweenness_centrality(graph)[name] for name in names], atol=1e-12
        )
        assert cohesion.global_efficiency(net).number == pytest.approx(nx.global_efficiency(graph))
