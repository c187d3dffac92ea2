"""The command `parkbond index`: files in, data or a table out, a run that gives the same bytes again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app

FRAMEWORK = "code,name,level,parent,direction,weight,denominator\ni,指数,2,,1,1,\nx,专利,1,i,1,1,\ny,能耗,1,i,-1,1,\n"
DATA = "unit,x,y,city\n甲园,1,5,A\n乙园,3,,A\n丙园,9,1,B\n丁园,4,2,B\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data.csv").write_text(DATA, encoding="utf-8")
    (tmp_path / "framework.csv").write_text(FRAMEWORK, encoding="utf-8")
    return tmp_path


def index(folder: Path, *words: str) -> Result:
    files = ["--data", str(folder / "data.csv"), "--framework", str(folder / "framework.csv")]
    return CliRunner().invoke(app, ["index", *files, *words])


def replayed(run: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["index", "--replay", str(run), *words])


def refused(done: Result) -> str:
    assert done.exit_code == 1
    assert done.stderr.startswith("parkbond: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_json_holds_units_indicators_log_flags_and_hashes(folder: Path) -> None:
    told = json.loads(index(folder, "--json", "--impute-group", "city").stdout)
    assert [(row["unit"], row["rank"]) for row in told["units"]] == [("丙园", 1), ("丁园", 2), ("乙园", 3), ("甲园", 4)]
    assert [row["code"] for row in told["indicators"]] == ["x", "y"]
    assert told["log"] == [
        {"step": "impute", "unit": "乙园", "code": "y", "before": None, "after": 5.0, "how": "mean of city"}
    ]
    assert told["units"][2]["flags"] == ["imputed: y"]
    assert set(told["hash"]) == {"run", "recipe", "framework", "data"}
    assert told["recipe"]["impute"]["group"] == "city"


def test_the_table_shows_direction_and_flags(folder: Path) -> None:
    shown = index(folder, "--removal").stdout
    assert "imputed: y" in shown
    assert "without y: ranks move by" in shown
    assert [line.split()[1] for line in shown.splitlines() if line.startswith(("x ", "y "))] == ["+1", "-1"]


def test_an_unranked_unit_is_listed_with_its_reason(folder: Path) -> None:
    (folder / "data.csv").write_text(DATA.replace("乙园,3", "乙园,"), encoding="utf-8")
    assert "not ranked: 乙园: 0 of 2 indicators known" in index(folder).stdout
    told = json.loads(index(folder, "--json").stdout)
    assert (told["units"][-1]["unit"], told["units"][-1]["rank"]) == ("乙园", None)
    assert "0 of 2 indicators known" in told["units"][-1]["reason"]


def test_a_run_gives_the_same_bytes_again(folder: Path) -> None:
    run, again = folder / "run.json", folder / "again.json"
    first = index(folder, "--json", "--removal", "--out", str(run))
    assert run.read_text(encoding="utf-8") == first.stdout
    done = replayed(run, "--out", str(again))
    assert done.exit_code == 0, done.stderr
    assert done.stdout == first.stdout
    assert again.read_bytes() == run.read_bytes()


def test_a_run_whose_input_was_changed_is_refused(folder: Path) -> None:
    run = folder / "run.json"
    index(folder, "--out", str(run))
    told = json.loads(run.read_text(encoding="utf-8"))
    told["input"]["data"]["values"]["x"][0] = 7.0
    run.write_text(json.dumps(told), encoding="utf-8")
    assert "its input or recipe was changed" in refused(replayed(run))


def test_a_run_whose_scores_were_changed_is_told(folder: Path) -> None:
    run = folder / "run.json"
    index(folder, "--out", str(run))
    told = json.loads(run.read_text(encoding="utf-8"))
    told["units"][0]["scores"]["i"] = 101.0
    run.write_text(json.dumps(told), encoding="utf-8")
    done = replayed(run)
    assert done.exit_code == 1
    assert "says something else" in done.stderr
    assert json.loads(done.stdout)["units"][0]["scores"]["i"] != 101.0


@pytest.mark.parametrize("text", ["", "[]", "{}", "unit,x\n", '{"hash": {}, "recipe": {}, "input": {}}'])
def test_what_is_no_run(folder: Path, text: str) -> None:
    (folder / "run.json").write_text(text)
    assert "is no run" in refused(replayed(folder / "run.json"))


def test_a_recipe_changes_one_choice(folder: Path) -> None:
    (folder / "recipe.toml").write_text('[normalise]\nlow = 1\n[aggregate]\nmethod = "geometric"\n')
    told = json.loads(index(folder, "--json", "--recipe", str(folder / "recipe.toml")).stdout)
    best = told["units"][0]["scores"]
    assert best == {"i": pytest.approx(100.0), "x": 100.0, "y": 100.0}
    assert told["aggregates"][0]["mean"] == "geometric"


def test_an_edition_is_on_the_scale_of_a_run(folder: Path) -> None:
    run = folder / "run.json"
    index(folder, "--out", str(run))
    (folder / "data.csv").write_text(DATA.replace("丙园,9", "丙园,17"), encoding="utf-8")
    told = json.loads(index(folder, "--json", "--edition", str(run)).stdout)
    assert told["units"][0]["scores"]["x"] == 200.0
    assert told["recipe"]["frozen"]["x"]["upper"] == 9.0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "index needs --data and --framework, or --replay RUN"),
        (["--replay", "r.json", "--data", "d.csv"], "--replay takes everything from its RUN"),
        (["--data", "d.csv", "--framework", "f.csv"], "f.csv: cannot be read"),
        (["--data", "d", "--framework", "f", "--recipe", "r", "--edition", "e"], "leave --recipe out"),
        (["--replay", "r.json"], "r.json: no run there"),
    ],
)
def test_words_that_do_not_go_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert told in refused(CliRunner().invoke(app, ["index", *words]))


def test_mistakes_are_one_line(folder: Path) -> None:
    (folder / "data.csv").write_text(DATA.replace("甲园,1", "甲园,一"), encoding="utf-8")
    assert "data.csv, row 2, column x: '一' is no number" in refused(index(folder, "--json"))
    assert "city', 'town'" not in refused(index(folder, "--impute-group", "town"))


def test_an_output_that_cannot_be_written(folder: Path) -> None:
    assert "no-folder" in refused(index(folder, "--out", str(folder / "no-folder" / "run.json")))
