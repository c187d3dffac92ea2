"""The sustainable-connectivity index of ASEM, COINr's worked example: 51 countries, 49 indicators, 8 pillars.

Oracle: the figures that COINr 1.1.14 prints (`results.csv` of the data, made apart, agrees with all of them).
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli import app
from graph.index.choices import Choices, Imputation
from graph.index.run import Result, build, removal
from graph.index.table import read_index

OUTSIDE = ("Group", "Denominator")
COLUMNS = ("code", "name", "level", "parent", "direction", "weight", "denominator")
THEIRS = ("iCode", "iName", "Level", "Parent", "Direction", "Weight", "Denominator")


@pytest.fixture(scope="module")
def folder(parkbond_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two files of COINr with our names of columns."""
    source, target = parkbond_data / "public" / "asem", tmp_path_factory.mktemp("asem")
    with (source / "iData.csv").open(encoding="utf-8") as file, (target / "data.csv").open("w", newline="") as out:
        rows = list(csv.DictReader(file))
        order = ["uCode", *(name for name in rows[0] if name != "uCode")]
        csv.writer(out).writerows([["unit", *order[1:]], *([row[name] for name in order] for row in rows)])
    with (source / "iMeta.csv").open(encoding="utf-8") as file, (target / "framework.csv").open("w", newline="") as out:
        kept = [row for row in csv.DictReader(file) if row["Type"] not in OUTSIDE]
        csv.writer(out).writerows([COLUMNS, *([row[name] for name in THEIRS] for row in kept)])
    return target


@pytest.fixture(scope="module")
def printed(parkbond_data: Path) -> dict[str, dict[str, str]]:
    with (parkbond_data / "public" / "asem" / "results.csv").open(encoding="utf-8") as file:
        return {row.pop("uCode"): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    files = ["--data", str(folder / "data.csv"), "--framework", str(folder / "framework.csv")]
    done = CliRunner().invoke(app, ["index", *files, "--impute-group", "EurAsia_group", "--json"])
    assert done.exit_code == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    table, framework = read_index(folder / "data.csv", folder / "framework.csv")
    return build(table, framework, Choices(imputation=Imputation(group="EurAsia_group")))


def test_all_scores_and_ranks_of_51_countries(told: dict[str, Any], printed: dict[str, dict[str, str]]) -> None:
    assert len(told["units"]) == len(printed) == 51
    for row in told["units"]:
        wanted = dict(printed[row["unit"]])
        assert row["rank"] == int(wanted.pop("Rank"))
        assert {code: f"{row['scores'][code]:.2f}" for code in wanted} == wanted, row["unit"]


def test_what_was_done_on_the_way(told: dict[str, Any]) -> None:
    treatments = [row["treatment"] for row in told["indicators"]]
    assert (len(treatments), treatments.count("winsorised"), treatments.count(None)) == (49, 15, 34)
    assert sum(entry["step"] == "impute" for entry in told["log"]) == 65
    assert max(row["winsorised"] for row in told["indicators"]) <= 5


@pytest.mark.parametrize(
    ("pillar", "moved"),
    [
        ("Physical", 1.529412),
        ("ConEcFin", 2.627451),
        ("Political", 2.901961),
        ("Instit", 1.176471),
        ("P2P", 1.686275),
        ("Environ", 3.098039),
        ("Social", 3.960784),
        ("SusEcFin", 2.627451),
    ],
)
def test_how_far_ranks_move_without_a_pillar(result: Result, pillar: str, moved: float) -> None:
    assert removal(result, [pillar])[pillar] == pytest.approx(moved, abs=5e-7)


def test_the_command_gives_them_too(folder: Path, result: Result) -> None:
    files = ["--data", str(folder / "data.csv"), "--framework", str(folder / "framework.csv")]
    words = ["--impute-group", "EurAsia_group", "--removal", "--json"]
    said = json.loads(CliRunner().invoke(app, ["index", *files, *words]).stdout)["removal"]
    assert said["Social"] == removal(result, ["Social"])["Social"]
    assert set(said) == set(result.framework.codes) - {"Index"}
