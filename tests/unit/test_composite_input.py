"""Tables and frameworks of an index from files: what is read, and every mistake named with its row and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graph.errors import InputError, ReadError
from graph.index.framework import Element, Framework, read_framework
from graph.index.table import read_index

HEAD = "code,name,level,parent,direction,weight,denominator\n"
TREE = HEAD + "i,Index,2,,1,1,\nx,X,1,i,1,1,\ny,Y,1,i,-1,2,firms\n"
DATA = "unit,name,x,y,firms\nb,Be,1,2,4\na,Ah,3,NA,2\nc,Ce,,6,\n"


@pytest.fixture
def read(tmp_path: Path):  # type: ignore[no-untyped-def]
    def made(data: str = DATA, framework: str = TREE):  # type: ignore[no-untyped-def]
        (tmp_path / "data.csv").write_text(data, encoding="utf-8")
        (tmp_path / "framework.csv").write_text(framework, encoding="utf-8")
        return read_index(tmp_path / "data.csv", tmp_path / "framework.csv")

    return made


def refused(read, **files: str) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError) as error:
        read(**files)
    return str(error.value)


def test_the_columns_of_the_framework_are_indicators_and_the_rest_are_groups(read) -> None:  # type: ignore[no-untyped-def]
    table, framework = read()
    assert table.units == ("a", "b", "c")
    assert table.codes == ("x", "y")
    np.testing.assert_array_equal(table.values, [[3, np.nan], [1, 2], [np.nan, 6]])
    assert dict(table.groups) == {"name": ("Ah", "Be", "Ce")}
    np.testing.assert_array_equal(table.denominators["firms"], [2, 4, np.nan])
    assert framework.elements[2] == Element("y", "Y", 1, "i", -1, 2.0, "firms")


def test_the_order_of_rows_and_columns_plays_no_part(read) -> None:  # type: ignore[no-untyped-def]
    one = read()[0]
    other = read(data="unit,firms,y,x,name\nc,,6,,Ce\na,2,nan,3,Ah\nb,4,2,1,Be\n")[0]
    assert one.hash == other.hash
    np.testing.assert_array_equal(one.values, other.values)


def test_a_changed_cell_changes_the_hash(read) -> None:  # type: ignore[no-untyped-def]
    hashes = {
        read(data=DATA.replace(*change))[0].hash for change in (("Be", "Be"), ("Be", "Bee"), ("b,Be,1", "b,Be,7"))
    }
    assert len(hashes) == 3


def test_columns_of_another_tool_are_understood_and_what_is_not_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "meta.csv"
    path.write_text(
        "Level,iCode,iName,Direction,Weight,Unit,Target,Denominator,Parent,Type\n"
        "1.0,x,X,-1.0,1.0,km,4.5,,i,Indicator\n2.0,i,I,1.0,1.0,,,,,Aggregate\n,g,G,,,,,,,Group\n"
    )
    framework = read_framework(path)
    assert framework.elements == (Element("x", "X", 1, "i", -1, 1.0, "", target=4.5), Element("i", "I", 2))
    assert framework.passed_over == ("Unit", "Type")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("i,I,2,,1,1,\nx,X,1,zz,1,1,\n", "row 3, column parent: 'zz' is no code here"),
        ("i,I,2,j,1,1,\nj,J,3,i,1,1,\nx,X,1,i,1,1,\n", "row 2, column parent: a cycle, i → j → i"),
        ("i,I,2,i,1,1,\nx,X,1,i,1,1,\n", "row 2, column parent: a cycle, i → i"),
        ("i,I,2,,1,1,\nx,X,1,i,1,-1,\n", "row 3, column weight: -1 must be a number from 0"),
        ("i,I,2,,1,1,\nx,X,1,i,1,0,\n", "row 2, column weight: the weights under 'i' sum to zero"),
        ("i,I,2,,1,1,\nx,X,1,i,2,1,\n", "row 3, column direction: '2' must be 1 (more is better) or -1"),
        ("i,I,2,,1,1,\nx,X,1,i,up,1,\n", "row 3, column direction: 'up' must be 1"),
        ("i,I,2,,1,1,\nx,X,1,i,,1,\n", "row 3, column direction: '' must be 1"),
        ("i,I,2,,-1,1,\nx,X,1,i,1,1,\n", "row 2, column direction"),
        ("i,I,2,,1,1,\nx,X,1,i,1,,\n", "row 3, column weight: empty"),
        ("i,I,2,,1,1,\nx,X,1,i,1,much,\n", "row 3, column weight: 'much' is no number"),
        ("i,I,2,,1,1,\nx,X,1.5,i,1,1,\n", "row 3, column level: '1.5' must be a whole number"),
        ("i,I,2,,1,1,\nx,X,2,i,1,1,\ny,Y,1,x,1,1,\n", "row 3, column level: 2 must be below the 2 of its parent 'i'"),
        ("i,I,2,,1,1,\nx,X,1,i,1,1,\nx,X,1,i,1,1,\n", "row 4, column code: 'x' stands twice"),
        ("i,I,2,,1,1,\n,X,1,i,1,1,\n", "row 3, column code: empty"),
        ("i,I,2,,1,1,\nx,X,1,i,1,1,\nj,J,2,,1,1,\ny,Y,1,j,1,1,\n", "only one element may have none, found 'i', 'j'"),
        ("i,I,3,,1,1,\nd,D,2,i,1,1,\nx,X,1,i,1,1,\n", "row 3, column code: nothing stands under 'd'"),
        ("i,I,2,,1,1,firms\nx,X,1,i,1,1,\n", "row 2, column denominator: only an indicator"),
        ("x,X,1,,1,1,\n", "row 2, column level: the element at the top must be an aggregate"),
        ("", "the framework has no elements"),
    ],
)
def test_a_framework_that_does_not_hold_together(tmp_path: Path, rows: str, told: str) -> None:
    path = tmp_path / "framework.csv"
    path.write_text(HEAD + rows)
    with pytest.raises(InputError) as error:
        read_framework(path)
    assert told in str(error.value)
    assert "mistakes" not in str(error.value), "one mistake is told once"


def test_a_missing_column_of_the_framework(tmp_path: Path) -> None:
    path = tmp_path / "framework.csv"
    path.write_text("code,level\ni,2\n")
    with pytest.raises(InputError, match="row 1: missing column name, parent, direction, weight, denominator"):
        read_framework(path)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("unit,x,y,firms\na,1,2,3\na,2,3,4\n", "row 3, column unit: 'a' stands already in row 2"),
        ("unit,x,y,firms\na,1,2,3\n,2,3,4\n", "row 3, column unit: empty"),
        ("unit,x,y,firms\na,many,2,3\n", "row 2, column x: 'many' is no number"),
        ('unit,x,y,firms\na,"1,200",2,3\n', "row 2, column x: '1,200' is no number"),
        ("unit,x,y,firms\na,inf,2,3\n", "row 2, column x: 'inf' is no number"),
        ("unit,x,y,firms\na,1,2,0\n", "row 2, column firms: '0' cannot divide"),
        ("unit,x,firms\na,1,3\n", "row 1: missing column 'y', an indicator of the framework"),
        ("unit,x,y\na,1,3\n", "row 1: missing column 'firms', the denominator of 'y'"),
        ("unit,x,x,y,firms\na,1,1,3,4\n", "row 1: column 'x' stands twice"),
        ("unit,x,y,firms\na,1,2\n", "row 2: 3 cells where the header has 4"),
        ("name,x,y,firms\na,1,2,3\n", "row 1: the first column must be 'unit', found 'name'"),
        ("unit,x,y,firms\n", "no rows below the header"),
    ],
)
def test_data_that_cannot_be_used(read, data: str, told: str) -> None:  # type: ignore[no-untyped-def]
    assert told in refused(read, data=data)


def test_all_mistakes_of_both_files_are_told_at_once(read) -> None:  # type: ignore[no-untyped-def]
    said = refused(read, data="unit,x,y,firms\na,q,r,3\n", framework=TREE.replace("x,X,1,i", "x,X,1,k"))
    for told in ("framework.csv, row 3, column parent", "data.csv, row 2, column x", "data.csv, row 2, column y"):
        assert told in said
    assert said.startswith("3 mistakes: ")


def test_beyond_twenty_mistakes_are_counted(read) -> None:  # type: ignore[no-untyped-def]
    rows = "".join(f"u{number},?,1,1\n" for number in range(30))
    assert refused(read, data=f"unit,x,y,firms\n{rows}").endswith("… and 10 more")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="nowhere"):
        read_framework(tmp_path / "nowhere.csv")


def tree() -> Framework:
    return Framework.of(
        [
            Element("i", level=3),
            Element("d", level=2, parent="i"),
            Element("e", level=2, parent="i"),
            Element("x", parent="d"),
            Element("y", parent="e"),
            Element("z", parent="e"),
        ]
    )


def test_leaving_an_element_out_takes_all_below_it_and_empty_parents() -> None:
    assert tree().under("e") == ("e", "y", "z")
    assert tree().without("e").codes == ("i", "d", "x")
    assert tree().without("x").codes == ("i", "e", "y", "z")
    assert tree().without("y").codes == ("i", "d", "e", "x", "z")


def test_what_cannot_be_left_out() -> None:
    with pytest.raises(InputError, match="nothing is left"):
        tree().without("i")
    with pytest.raises(InputError, match="no element 'q'"):
        tree().without("q")
