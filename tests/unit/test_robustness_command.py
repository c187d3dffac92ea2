"""`parkbond index` asked for more than ranks: intervals, factors, coherence, weights, who moved."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from api.cli import app

FRAMEWORK = """code,name,level,parent,direction,weight,denominator
i,指数,3,,1,1,
A,物理,2,i,1,1,
B,化学,2,i,1,1,
a1,,1,A,1,1,
a2,,1,A,1,1,
b1,,1,B,1,1,
b2,,1,B,-1,1,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    values = np.random.default_rng(1).lognormal(size=(9, 4)).round(3)
    rows = "".join(f"园{number}," + ",".join(map(str, row)) + "\n" for number, row in enumerate(values.tolist()))
    (tmp_path / "data.csv").write_text("unit,a1,a2,b1,b2\n" + rows, encoding="utf-8")
    (tmp_path / "framework.csv").write_text(FRAMEWORK, encoding="utf-8")
    return tmp_path


def index(folder: Path, *words: str) -> Result:
    files = ["--data", str(folder / "data.csv"), "--framework", str(folder / "framework.csv")]
    return CliRunner().invoke(app, ["index", *files, *words])


def refused(done: Result) -> str:
    assert done.exit_code == 1
    assert done.stderr.startswith("parkbond: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


ASKED = ("--uncertainty", "60", "--sensitivity", "16", "--coherence", "--seed", "4")


def test_json_holds_what_was_asked_and_only_that(folder: Path) -> None:
    plain = json.loads(index(folder, "--json").stdout)
    assert not {"uncertainty", "sensitivity", "coherence"} & plain.keys()
    told = json.loads(index(folder, "--json", *ASKED).stdout)
    assert told["units"] == plain["units"]
    drawn = told["uncertainty"]
    assert (drawn["draws"], drawn["seed"]) == (60, 4)
    assert [row["unit"] for row in drawn["units"]] == [row["unit"] for row in told["units"]]
    assert all(row["lo"] <= row["median"] <= row["hi"] and len(row["band"]) == 2 for row in drawn["units"])
    found = told["sensitivity"]
    assert found["runs"] == 16 * (len(found["factors"]) + 2)
    assert [cluster["parent"] for cluster in told["coherence"]["clusters"]] == ["A", "B", "i"]


def test_the_seed_alone_decides_the_draws(folder: Path) -> None:
    first = index(folder, "--json", *ASKED).stdout
    assert index(folder, "--json", *ASKED).stdout == first
    assert index(folder, "--json", *ASKED[:-1], "5").stdout != first


def test_a_run_with_all_of_it_gives_the_same_bytes_again(folder: Path) -> None:
    run = folder / "run.json"
    vary = folder / "vary.toml"
    vary.write_text('[vary]\n"treat.winmax" = [0, 5]\n[noise]\nlevels = [1, 2]\n')
    first = index(folder, "--json", *ASKED, "--vary", str(vary), "--out", str(run))
    assert json.loads(first.stdout)["uncertainty"]["variation"]["vary"] == {"treat.winmax": [0, 5]}
    again = CliRunner().invoke(app, ["index", "--replay", str(run)])
    assert again.exit_code == 0
    assert again.stdout == run.read_text(encoding="utf-8") == first.stdout


def test_the_table_shows_intervals_bands_factors_and_effective_weights(folder: Path) -> None:
    shown = index(folder, *ASKED).stdout
    for words in ("5–95%", "band", "60 draws of treat.winmax", "with others", "effective", "ranks move by"):
        assert words in shown


def test_weights_by_scheme_or_by_points(folder: Path) -> None:
    told = json.loads(index(folder, "--json", "--weights", "critic").stdout)
    assert told["recipe"]["weights"]["scheme"] == "critic"
    points = folder / "points.csv"
    points.write_text("expert,A,B\n李,3,1\n", encoding="utf-8")
    told = json.loads(index(folder, "--json", "--weights", str(points)).stdout)
    assert {row["code"]: row["weight"] for row in told["aggregates"]} == {"i": 1.0, "A": 0.75, "B": 0.25}
    assert "no weight scheme 'votes'" in refused(index(folder, "--weights", "votes"))
    points.write_text("expert,Z\n李,3\n", encoding="utf-8")
    assert "column 'Z' is no element" in refused(index(folder, "--weights", str(points)))


def test_a_comparison_says_who_moved_and_why_and_stays_out_of_the_run(folder: Path) -> None:
    run, other = folder / "run.json", folder / "other.json"
    index(folder, "--out", str(run))
    done = index(folder, "--json", "--weights", "critic", "--compare", str(run), "--out", str(other))
    found = json.loads(done.stdout)["comparison"]
    assert [change["key"] for change in found["changes"]] == ["weights.scheme"]
    assert found["due"] == [found["mean_shift"]]
    assert "comparison" not in json.loads(other.read_text(encoding="utf-8"))
    assert "changed: weights.scheme" in index(folder, "--weights", "critic", "--compare", str(run)).stdout


def test_one_unit_that_can_be_ranked_is_no_crash(folder: Path) -> None:
    lines = (folder / "data.csv").read_text(encoding="utf-8").splitlines()
    (folder / "data.csv").write_text("\n".join([lines[0], lines[1], "园9,,,,"]), encoding="utf-8")
    done = index(folder, "--json", *ASKED)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert {row["lo"] for row in told["uncertainty"]["units"]} == {None}
    assert {row["total"] for row in told["sensitivity"]["factors"]} == {None}
    assert told["coherence"]["clusters"][0]["reason"]
    assert index(folder, *ASKED).exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--sensitivity", "100"), "take 128"),
        (("--vary", "none.toml"), "add --uncertainty N or --sensitivity N"),
        (("--vary", "none.toml", "--uncertainty", "9"), "none.toml: cannot be read"),
        (("--compare", "none.json"), "none.json: no run there"),
    ],
)
def test_mistakes_are_one_sentence(folder: Path, words: tuple[str, ...], told: str) -> None:
    assert told in refused(index(folder, *words))


def test_a_replay_is_asked_for_nothing_more(folder: Path) -> None:
    run = folder / "run.json"
    index(folder, "--out", str(run))
    done = CliRunner().invoke(app, ["index", "--replay", str(run), "--uncertainty", "10"])
    assert "make a new run to ask for more" in refused(done)
