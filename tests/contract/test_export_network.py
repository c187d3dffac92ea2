"""`parkbond export` of networks, and `measure --plot`: what is written, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(one) for one in arguments])


@pytest.fixture
def tables(tmp_path: Path) -> tuple[str, Path, str, Path]:
    nodes, edges = tmp_path / "n.csv", tmp_path / "e.csv"
    nodes.write_text("id,park,industry,size\na,P,芯片,3\nb,P,光电,\nc,Q,芯片,5\n", encoding="utf-8")
    edges.write_text("source,target,documents\na,b,d1;d2\nb,c,d1\n", encoding="utf-8")
    return "--nodes", nodes, "--edges", edges


@pytest.mark.parametrize("form", ["graphml", "gexf", "jsonld"])
def test_one_file_the_same_twice(run: Run, tables: tuple[object, ...], tmp_path: Path, form: str) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    for path in (first, second):
        assert run("export", *tables, "--format", form, "-o", path).exit_code == 0
    assert first.read_bytes() == second.read_bytes()
    assert "芯片" in first.read_text(encoding="utf-8")


def test_tables_are_a_folder_that_measure_reads(run: Run, tables: tuple[object, ...], tmp_path: Path) -> None:
    folder = tmp_path / "new" / "tables"
    assert run("export", *tables, "--format", "csv", "-o", folder).exit_code == 0
    assert {path.name for path in folder.iterdir()} == {"nodes.csv", "edges.csv", "measures.csv"}
    again = run("measure", "--nodes", folder / "nodes.csv", "--edges", folder / "edges.csv", "--json")
    assert json.loads(again.stdout) == json.loads(run("measure", *tables, "--json").stdout)


def test_without_measures(run: Run, tables: tuple[object, ...], tmp_path: Path) -> None:
    assert run("export", *tables, "--format", "csv", "--no-measures", "-o", tmp_path / "t").exit_code == 0
    assert not (tmp_path / "t" / "measures.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "dot"], "'dot' is not known; jsonl, csv"),
        (["--format", "jsonl"], "choose another --format"),
    ],
)
def test_what_is_refused(
    run: Run, tables: tuple[object, ...], tmp_path: Path, arguments: list[str], words: str
) -> None:
    result = run("export", *tables, *arguments, "-o", tmp_path / "x")
    assert result.exit_code == 1
    assert words in result.stderr
    assert not (tmp_path / "x").exists()


def test_a_file_where_the_folder_should_be(run: Run, tables: tuple[object, ...], tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    result = run("export", *tables, "--format", "csv", "--no-measures", "-o", tmp_path / "x")
    assert result.exit_code == 1
    assert "no folder can be made there" in result.stderr
    assert (tmp_path / "x").read_text() == "mine"


def test_pictures_of_a_measured_network(run: Run, tables: tuple[object, ...], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    result = run("measure", *tables, "--plot", tmp_path / "p", "--json")
    assert result.exit_code == 0
    written = {path.name for path in (tmp_path / "p").iterdir()}
    assert {"mixing.svg", "coverage.svg"} <= written
    assert ("chemistry.svg" in written) != ("not drawn: chemistry" in result.stderr)
