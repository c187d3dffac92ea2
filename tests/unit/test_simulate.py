"""Drawn worlds: they hold what their laws say, and the tables say the same as the network."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from api.cli import app
from graph.chain import adjacency, from_csv
from graph.chemistry.peers import slr
from graph.simulate import WORLDS, draw, tables
from graph.tables import read_network


@pytest.mark.parametrize("world", list(WORLDS))
def test_the_same_seed_gives_the_same_world(world: str) -> None:
    laws = replace(WORLDS[world], parks=8)
    assert tables(draw(laws, 3)) == tables(draw(laws, 3))
    assert tables(draw(laws, 3)) != tables(draw(laws, 4))


def test_the_tables_tell_what_the_network_is(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", "--out", str(tmp_path), "--seed", "3", "--world", "consortia"])
    assert done.exit_code == 0, done.output
    assert {path.name for path in tmp_path.iterdir()} == {"nodes.csv", "edges.csv", "chain.csv", "truth.csv"}
    drawn = draw(WORLDS["consortia"], 3)
    net, read = drawn.network(), read_network(tmp_path / "nodes.csv", tmp_path / "edges.csv")
    assert (read.firms, read.parks, read.documents) == (net.firms, net.parks, net.documents)
    np.testing.assert_array_equal(read.source, net.source)
    chain = from_csv((tmp_path / "chain.csv").read_text(), "chain.csv")
    np.testing.assert_array_equal(adjacency(read, [chain]), drawn.adjacent(net))
    one = slr(read, adjacent=adjacency(read, [chain]))
    np.testing.assert_allclose(one.ratio, slr(net, adjacent=drawn.adjacent(net)).ratio, rtol=1e-9)
    header, *rows = (tmp_path / "truth.csv").read_text().splitlines()
    assert header == "park,theta,coverage"
    assert float(rows[0].split(",")[1]) == pytest.approx(drawn.truth[0].theta, abs=1e-6)


def test_an_unknown_world_lists_the_known_ones(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", "--out", str(tmp_path), "--world", "flat"])
    assert done.exit_code != 0
    assert "wrong_industries" in str(done.exception) + done.output


def test_nothing_is_planted_in_null() -> None:
    assert {row.theta for row in draw(WORLDS["null"], 1).truth} == {1.0}
    assert len({row.theta for row in draw(WORLDS["reference"], 1).truth}) == 60


def test_hubs_have_the_ties_of_many() -> None:
    """The largest degree beside the mean, over seeds."""
    peaks = {
        name: np.mean(
            [(net := draw(WORLDS[name], seed).network()).degree.max() / net.degree.mean() for seed in range(3)]
        )
        for name in ("reference", "hubs")
    }
    assert peaks["hubs"] > 1.4 * peaks["reference"]


def test_a_consortium_is_a_clique_of_one_document() -> None:
    drawn = draw(WORLDS["consortia"], 1)
    by_document: dict[str, set[tuple[str, str]]] = {}
    for tie in drawn.ties:
        for document in tie.documents:
            by_document.setdefault(document, set()).add((tie.source, tie.target))
    large = [pairs for pairs in by_document.values() if len(pairs) > 1]
    assert large
    for pairs in large:
        members = sorted({end for pair in pairs for end in pair})
        assert pairs == set(combinations(members, 2))
        assert 4 <= len(members) <= 7
        assert len({name[:4] for name in members}) == 1


def test_wrong_industries_are_wrong_on_paper_only() -> None:
    """The same firms and ties as without, about 27% of the labels changed (30%, a tenth of them to the same)."""
    laws = replace(WORLDS["reference"], mislabelled=0.3)
    right, wrong = draw(WORLDS["reference"], 1), draw(laws, 1)
    assert right.ties == wrong.ties
    changed = np.mean([a.industry != b.industry for a, b in zip(right.firms, wrong.firms, strict=True)])
    assert 0.24 < changed < 0.30


def test_missing_rosters_lose_the_firms_nobody_speaks_of() -> None:
    drawn, whole = draw(WORLDS["missing_rosters"], 1), draw(WORLDS["reference"], 1)
    lost = {firm.id for firm in whole.firms} - {firm.id for firm in drawn.firms}
    tied = {end for tie in whole.ties for end in (tie.source, tie.target)}
    assert lost
    assert not lost & tied
    assert all(firm.exposure == 0 for firm in whole.firms if firm.id in lost)


def test_in_city_a_park_is_no_place_of_its_own() -> None:
    """Of the ties within a city, as many fall inside parks as by chance."""
    inside = expected = 0.0
    for seed in range(5):
        net = draw(WORLDS["city"], seed).network()
        assert net.region is not None
        park, city = net.members.other, net.region
        near = city[net.source] == city[net.target]
        inside += float((park[net.source] == park[net.target])[near].sum())
        weight = np.sqrt(np.nan_to_num(net.size))
        for town in range(len(net.regions)):
            here = city == town
            by_park = np.bincount(park[here], weight[here])
            share = (np.square(by_park).sum() - np.square(weight[here]).sum()) / (
                by_park.sum() ** 2 - np.square(weight[here]).sum()
            )
            expected += float(near[city[net.source] == town].sum() * share)
    assert inside / expected == pytest.approx(1, abs=0.15)
