"""The verdict: the ladder in its order, the gate, and that a value is never hidden."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from api.cli import app
from graph.chain import from_csv
from graph.chemistry.report import NAMES, WHOLE_NAMES, chemistry, documents_of_parks, of_network, of_park
from graph.chemistry.verdict import VERDICTS, Ratio, english, gate, verdict
from graph.metrics.value import Measure
from graph.network import Firm, Network, Tie
from graph.report import full
from graph.simulate import WORLDS, draw, tables

ABOVE, AROUND, UNDER, NONE = Ratio(2, 1.2, 3), Ratio(1, 0.7, 1.4), Ratio(0.5, 0.3, 0.8), Ratio(*[math.nan] * 3)


@pytest.mark.parametrize(
    ("slr", "r0", "lacking", "word"),
    [
        (ABOVE, ABOVE, ("n 8 < 15",), "证据不足"),
        (NONE, ABOVE, (), "证据不足"),
        (ABOVE, AROUND, (), "物理集聚"),
        (ABOVE, UNDER, (), "物理集聚"),
        (UNDER, AROUND, (), "物理集聚"),
        (AROUND, ABOVE, (), "一般集聚"),
        (ABOVE, ABOVE, (), "化学集聚"),
        (UNDER, ABOVE, (), "化学不足"),
        (ABOVE, NONE, (), "化学集聚（仅相对）"),
        (AROUND, NONE, (), "一般集聚（仅相对）"),
        (UNDER, NONE, (), "化学不足（仅相对）"),
        (ABOVE, NONE, ("E 3.0 < 5",), "证据不足"),
    ],
)
def test_the_ladder(slr: Ratio, r0: Ratio, lacking: tuple[str, ...], word: str) -> None:
    assert verdict(slr, r0, lacking) == word
    assert english(word)


def test_an_interval_that_touches_one_contains_it() -> None:
    assert verdict(ABOVE, Ratio(2, 1.0, 3), ()) == "物理集聚"
    assert verdict(Ratio(2, 1.0, 3), ABOVE, ()) == "一般集聚"


def test_the_gate_names_all_that_is_missing() -> None:
    assert gate(4.96, 14, 29) == ("E 5.0 < 5", "n 14 < 15", "documents 29 < 30")
    assert gate(5, 15, 30) == ()
    assert gate(math.nan, 15, math.nan) == ("E undefined",)


def test_the_gate_hides_no_value() -> None:
    drawn = draw(WORLDS["reference"], 1)
    found = chemistry(drawn.network(), permutations=50)
    words = set()
    for park in range(len(drawn.truth)):
        told = of_park(found, park)
        assert tuple(told) == NAMES
        words.add(told["verdict"].value)
        lacking = found.lacking(park)
        assert told["slr"].value == pytest.approx(found.peers.ratio[park])
        assert (told["verdict"].value == "证据不足") == bool(lacking)
        assert set(lacking) <= set(told["verdict"].flags)
        assert {f"gate: {what}" for what in lacking} <= set(told["slr"].flags)
    assert {"证据不足", "化学集聚"} <= words <= {*VERDICTS, *(f"{word}（仅相对）" for word in VERDICTS[2:])}
    assert tuple(of_network(found)) == WHOLE_NAMES


def test_documents_are_distinct_where_they_have_ids() -> None:
    firms = [Firm("a", {"P": ()}, mentions=["d1", "d2"]), Firm("b", {"P": ()}, mentions=["d2"]), Firm("c", {"Q": ()})]
    net = Network.of(firms, [Tie("a", "b", 2, ["d1", "d3"]), Tie("b", "c", 1, ["d9"])])
    every = np.ones(2, dtype=bool)
    assert documents_of_parks(net, every).tolist() == [3, 0]
    counts = replace(net, exposure_documents=None)
    assert documents_of_parks(counts, every).tolist() == [2 + 3, 0]
    assert documents_of_parks(replace(counts, tie_documents=None), every).tolist() == [1 + 3, 0]
    assert np.isnan(documents_of_parks(replace(counts, tie_documents=None, exposure=None), every)).all()


def test_a_park_alone_in_its_city_is_judged_by_its_peers_only() -> None:
    drawn = draw(WORLDS["reference"], 1)
    firms = [replace(firm, region=next(iter(firm.parks))) for firm in drawn.firms]
    found = chemistry(Network.of(firms, drawn.ties), permutations=10)
    told = [of_park(found, park) for park in range(60)]
    assert all(one["r0"].value is None and one["r0"].reason.startswith("not exchangeable") for one in told)
    judged = [one["verdict"] for one in told if one["verdict"].value != "证据不足"]
    assert judged
    assert all("仅相对" in str(one.value) for one in judged)


def test_the_whole_report_in_the_shape_of_measure() -> None:
    drawn = draw(replace(WORLDS["reference"], parks=4), 1)
    chain = from_csv(tables(drawn)["chain.csv"], "chain.csv")
    report = full(drawn.network(), [chain], seed=1)
    assert set(report) == {"network", "parks", "firms", "notes"}
    wanted = {"slr", "slr_eb", "r0", "verdict", "stage", "chain_score", "network_score", "slr_vertical", "density"}
    for measures in report["parks"].values():
        assert wanted <= set(measures)
        assert all(set(one) == set(Measure(None).as_dict()) for one in measures.values())
        assert isinstance(measures["verdict"]["value"], str)
        assert isinstance(measures["stage"]["value"], str)
    assert {"tau2", "tie_dispersion"} <= set(report["network"])
    assert full(drawn.network(), [chain], seed=1) == report


def test_the_command_reads_a_chain_and_refuses_what_tables_cannot_say(tmp_path: Path) -> None:
    rows = [f"{park}{i},{park},{'电芯' if i % 2 else '整车'},{i}" for park in "ABC" for i in range(6)]
    for name, lines in {
        "nodes.csv": ["id,park,industry,mentions", *rows],
        "edges.csv": ["source,target,documents,date", "A0,A1,d1;d2,2020", "B0,B1,d3,2021", "C0,C1,d4,2024"],
        "chain.csv": ["upstream,downstream", "电芯,整车"],
    }.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    tables = ["--nodes", str(tmp_path / "nodes.csv"), "--edges", str(tmp_path / "edges.csv")]

    def told(*more: str) -> dict[str, Any]:
        done = CliRunner().invoke(app, ["measure", *tables, *more, "--json"])
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    plain, chained, early = told(), told("--chain", str(tmp_path / "chain.csv")), told("--until", "2021")
    assert "term chain_adjacent dropped: no chain" in plain["parks"]["A"]["slr"]["flags"]
    assert "term chain_adjacent dropped: no chain" not in chained["parks"]["A"]["slr"]["flags"]
    assert [one["parks"]["C"]["slr"]["n"] for one in (plain, early)] == [1, 0]
    refused = CliRunner().invoke(app, ["measure", *tables, "--as-of", "2021"])
    assert refused.exit_code != 0
    assert "--until" in f"{refused.exception}{refused.output}"


@pytest.mark.parametrize(
    ("firms", "ties"),
    [
        ([], []),
        ([Firm("a", {"P": ()})], []),
        ([Firm("a"), Firm("b")], [Tie("a", "b")]),
        ([Firm(name, {"P": ()}, "x") for name in "abc"], [Tie("a", "b"), Tie("b", "b"), Tie("a", "z")]),
        ([Firm(name, {"P": (), "Q": ()}) for name in "abc"], [Tie("a", "b")]),
        ([Firm(name, {"P": (), "Q": ()}, exposure=0) for name in "abc"], []),
    ],
)
def test_next_to_nothing_has_reasons_and_no_numbers(firms: list[Firm], ties: list[Tie]) -> None:
    report = full(Network.of(firms, ties))
    for measures in report["parks"].values():
        assert measures["verdict"]["value"] == "证据不足"
        for name in ("slr", "slr_eb"):
            assert (measures[name]["value"] is None) == bool(measures[name]["reason"])
