"""Failures that people met elsewhere with composite indices: M04 no variation, M05 direction, M07 equal scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from api.cli import app

HERE = Path(__file__).parent


def index(case: str, *words: str, data: str = "data.csv") -> Result:
    folder = HERE / "cases" / case
    files = ["--data", str(folder / data), "--framework", str(folder / "framework.csv")]
    return CliRunner().invoke(app, ["index", *files, *words])


def expected(case: str) -> Any:
    return json.loads((HERE / "expect" / f"{case}.json").read_text(encoding="utf-8"))


def test_m04_an_indicator_that_is_the_same_for_all_is_refused_by_name() -> None:
    done = index("M04", "--json")
    assert done.exit_code == 1
    assert expected("M04")["error_names"] in done.stderr
    assert "no variation" in done.stderr
    assert done.stdout == ""


def test_m05_the_direction_is_seen_and_the_least_energy_is_best() -> None:
    told, expect = json.loads(index("M05", "--json").stdout), expected("M05")
    for code in ("idx", "en", "pt"):
        assert {row["unit"]: row["scores"][code] for row in told["units"]} == expect["scores"]
    assert [row["rank"] for row in told["units"]] == [1, 2, 3, 4, 5]
    directions = {row["code"]: row["direction"] for row in told["indicators"]}
    assert directions["en"] == expect["direction"]["en"]
    line = next(line for line in index("M05").stdout.splitlines() if line.startswith("en "))
    assert "-1" in line.split()


def test_m07_equal_scores_share_a_rank_whatever_the_order_of_the_rows() -> None:
    one, other = index("M07", "--json").stdout, index("M07", "--json", data="data_reversed.csv").stdout
    assert one == other
    told = json.loads(one)
    assert {row["unit"]: row["rank"] for row in told["units"]} == expected("M07")["ranks"]
    shared = {row["unit"] for row in told["units"] if "shared rank" in row["flags"]}
    assert shared == set(expected("M07")["ranks"]) - {"丁园"}
