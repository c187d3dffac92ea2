"""Failures that people met elsewhere with measures of networks: M01 repeated rows, M02 where nothing is defined."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graph.measure import measure
from graph.tables import read_network

HERE = Path(__file__).parent


def measured(case: str) -> tuple[dict[str, Any], dict[str, Any]]:
    folder = HERE / "cases" / case
    report = measure(read_network(folder / "nodes.csv", folder / "edges.csv"))
    return report, json.loads((HERE / "expect" / f"{case}.json").read_text(encoding="utf-8"))


def densities(report: dict[str, Any]) -> dict[str, float | None]:
    found = {park: told["density"]["value"] for park, told in report["parks"].items()}
    return found | {"network": report["network"]["density"]["value"]}


def test_m01_self_loops_and_repeated_rows() -> None:
    report, expect = measured("M01")
    assert densities(report) == expect["density"]
    assert report["notes"] == {"self_loops": 1, "merged_rows": 3, "unknown_nodes": []}
    assert (report["notes"]["self_loops"], report["notes"]["merged_rows"]) == (
        expect["self_loops"],
        expect["merged_rows"],
    )
    assert (report["network"]["ties"]["value"], report["parks"]["P"]["ties"]["value"]) == (4, 2)
    shares = ["density", "average_clustering", "transitivity", "giant_component_share", "global_efficiency"]
    for told in (report["network"], *report["parks"].values()):
        assert all(told[name]["value"] is None or 0 <= told[name]["value"] <= 1 for name in shares)


@pytest.mark.parametrize("scope", ["density", "constraint"])
def test_m02_isolated_firms_and_a_park_of_one(scope: str) -> None:
    report, expect = measured("M02")
    group = report["parks"] if scope == "density" else report["firms"]
    assert {name: told[scope]["value"] for name, told in group.items()} == expect[scope]
    for told in group.values():
        assert (told[scope]["value"] is None) == bool(told[scope]["reason"])
    assert report["parks"]["Y"]["average_clustering"]["value"] is None
    assert "no firm has two ties" in report["parks"]["Y"]["average_clustering"]["reason"]
