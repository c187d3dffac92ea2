"""The whole report on the example worked out by hand, as JSON and as CSV, and what is refused on the way in."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import pytest
from example import FIRM, MIXING, MIXING_EXPECTED, NETWORK, NULLS, PARKS, network

from graph import measure as report_module
from graph.errors import InputError, ReadError
from graph.measure import COLUMNS, GROUP, PARK, WHOLE, as_csv, labels, measure
from graph.measure import FIRM as FIRM_MEASURES
from graph.metrics.value import Measure
from graph.network import Firm, Network, Tie
from graph.tables import read_network

REPORT = measure(network())


def near(value: object) -> object:
    return None if value is None else pytest.approx(float(value), abs=1e-12)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NETWORK)
def test_every_measure_of_the_network(name: str) -> None:
    assert REPORT["network"][name]["value"] == near(NETWORK[name])


@pytest.mark.parametrize("name", NULLS)
def test_what_chance_gives(name: str) -> None:
    assert REPORT["network"][name]["null"] == near(NULLS[name])


def test_the_mixing_matrix() -> None:
    told = REPORT["network"]["mixing_matrix"]
    assert told["value"] == MIXING
    assert told["null"] == {c: {d: near(value) for d, value in row.items()} for c, row in MIXING_EXPECTED.items()}


@pytest.mark.parametrize(("park", "name"), [(park, name) for park, measures in PARKS.items() for name in measures])
def test_every_measure_of_each_park(park: str, name: str) -> None:
    assert REPORT["parks"][park][name]["value"] == near(PARKS[park][name])


@pytest.mark.parametrize("name", FIRM)
def test_every_measure_of_each_firm(name: str) -> None:
    assert [told[name]["value"] for told in REPORT["firms"].values()] == [near(value) for value in FIRM[name]]


def test_every_measure_there_is_has_an_answer_by_hand() -> None:
    assert set(NETWORK) | {"mixing_matrix"} == {*GROUP, *WHOLE}
    assert set(FIRM) == set(FIRM_MEASURES)
    shown = {*GROUP, *PARK} - {"mixing_matrix", "mixing_ratio", "tie_coverage", "unseen_ties"}
    for measures in PARKS.values():
        assert set(measures) | {name for name in shown if name.endswith(("_z", "_rescaled"))} == shown


def test_the_shape_is_the_promised_one() -> None:
    assert list(REPORT) == ["network", "parks", "firms", "notes"]
    assert list(REPORT["firms"]) == list("abcdefg")
    keys = ["value", "lo", "hi", "n", "coverage", "null", "flags", "reason"]
    for told in (REPORT["network"], *REPORT["parks"].values(), *REPORT["firms"].values()):
        assert all(list(one) == keys for one in told.values())
        assert all((one["value"] is None) == (one["reason"] is not None) for one in told.values())
    assert json.loads(json.dumps(REPORT, allow_nan=False)) == REPORT


def test_a_park_known_from_documents_only_says_so_beside_what_that_biases() -> None:
    assert "boundary=mentioned" in REPORT["parks"]["西园"]["density"]["flags"]
    assert "boundary=mentioned" not in REPORT["parks"]["西园"]["transitivity"]["flags"]
    assert REPORT["parks"]["东园"]["density"]["flags"] == []


def test_csv_is_the_same_report_in_long_form() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(REPORT))))
    assert tuple(rows[0]) == COLUMNS
    by_key = {(row["scope"], row["id"], row["measure"]): row for row in rows}
    assert len(by_key) == len(rows)
    assert float(by_key["network", "", "density"]["value"]) == pytest.approx(2 / 7)
    undefined = by_key["firm", "g", "constraint"]
    assert (undefined["value"], undefined["reason"]) == ("", "no ties")
    assert json.loads(by_key["network", "", "mixing_matrix"]["value"]) == MIXING
    assert by_key["park", "西园", "density"]["flags"] == "boundary=mentioned"
    assert by_key["notes", "", "self_loops"]["value"] == "0"
    measures = sum(len(told) for scope in ("parks", "firms") for told in REPORT[scope].values())
    assert len(rows) == len(REPORT["network"]) + measures + 3


def test_what_would_take_too_long_is_undefined_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_module, "STEPS", 10)
    report = measure(network())
    for told in (report["network"]["global_efficiency"], report["firms"]["a"]["betweenness"]):
        assert told["value"] is None
        assert "not computed" in told["reason"]


def test_names_are_shown_where_they_tell_parks_apart() -> None:
    net = Network.of([Firm("1", {"p": (), "q": (), "r": ()})], names={"p": "东园", "q": "东园", "r": "西园"})
    assert labels(net, net.parks) == ["p", "q", "西园"]


def test_nothing_at_all_is_measured_without_a_crash() -> None:
    report = measure(Network.of([]))
    assert (report["parks"], report["firms"]) == ({}, {})
    assert report["network"]["density"]["reason"]
    assert report["network"]["firms"]["value"] == 0


def test_a_measure_that_is_no_number_is_nan_as_a_number() -> None:
    assert math.isnan(Measure(None, reason="why").number)
    assert math.isnan(Measure("化学集聚").number)
    assert Measure(2).number == 2.0


# ---- tables ---------------------------------------------------------------------------------------------------------


def read(folder: Path, nodes: str | bytes, edges: str | bytes) -> Network:
    for name, text in (("nodes.csv", nodes), ("edges.csv", edges)):
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return read_network(folder / "nodes.csv", folder / "edges.csv")


NODES = "id,park,industry\na,P,芯片\nb,P,光电\n"
EDGES = "source,target\na,b\n"


def test_columns_in_any_order_more_columns_and_several_parks(tmp_path: Path) -> None:
    net = read(tmp_path, "size,industry,id,park\n5,芯片,b,P; Q\n,,a,\n", "weight,target,source\n2.5,a,b\n")
    assert net.firms == ("a", "b")
    assert net.parks == ("P", "Q")
    assert net.industry.tolist() == [-1, 0]
    assert net.weight.tolist() == [2.5]
    assert net.columns == {"size": ("", "5")}
    assert net.boundary == ("roster", "roster")


def test_mentions_are_the_exposure(tmp_path: Path) -> None:
    net = read(tmp_path, "id,park,industry,mentions\na,P,x,3\nb,P,x,\n", EDGES)
    assert net.exposure is not None
    assert net.exposure[0] == 3
    assert math.isnan(net.exposure[1])


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("gb18030"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace(",", ";").replace("\n", "\r\n").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: (text + "\n,,\n").encode(),
    ],
    ids=["BOM", "GB18030", "UTF-16", "semicolons and CRLF", "tabs", "blank rows"],
)
def test_tables_as_spreadsheets_save_them(tmp_path: Path, encode) -> None:
    net = read(tmp_path, encode(NODES), EDGES)
    assert (net.firms, net.industries) == (("a", "b"), ("光电", "芯片"))


def test_a_tie_to_an_unknown_firm_is_named_and_left_out(tmp_path: Path) -> None:
    net = read(tmp_path, NODES, "source,target\na,b\na,zz\nzz,yy\n")
    assert (net.notes.unknown_nodes, len(net.source)) == (("yy", "zz"), 1)


def test_a_row_of_nodes_that_repeats_another_word_for_word_is_merged_and_noted(tmp_path: Path) -> None:
    assert read(tmp_path, NODES + "a,P,芯片\n", EDGES).notes.merged_rows == 1


@pytest.mark.parametrize(
    ("nodes", "edges", "said"),
    [
        ("id,park\na,P\n", EDGES, r"nodes\.csv, row 1: missing column industry; found id, park"),
        (NODES, "from,to\na,b\n", r"edges\.csv, row 1: missing column source and target"),
        ("id,park,park,industry\n", EDGES, r"nodes\.csv, row 1: column 'park' stands twice"),
        (NODES + ",P,x\n", EDGES, r"nodes\.csv, row 4, column id: empty"),
        (NODES + "a,Q,芯片\n", EDGES, r"nodes\.csv, row 4, column park: 'a' is 'Q' here and 'P' in row 2"),
        (NODES + "c,P\n", EDGES, r"nodes\.csv, row 4: 2 cells where the header has 3"),
        (NODES, "source,target\na,\n", r"edges\.csv, row 2, column target: empty"),
        (NODES, "source,target,weight\na,b,1\nb,a,-1\n", r"edges\.csv, row 3, column weight: '-1'"),
        (NODES, "source,target,weight\na,b,nan\n", r"row 2, column weight: 'nan'"),
        (NODES, "source,target,weight\na,b,inf\n", r"row 2, column weight: 'inf'"),
        (NODES, "source,target,weight\na,b,0\n", r"row 2, column weight: '0'"),
        (NODES, "source,target,weight\na,b,\n", r"row 2, column weight: ''"),
        (NODES, "source,target,weight\na,b,viel\n", r"row 2, column weight: 'viel'"),
        ("id,park,industry,mentions\na,P,x,-3\n", EDGES, r"row 2, column mentions: '-3'"),
        ("", EDGES, r"nodes\.csv: is empty"),
        (" \n", EDGES, r"nodes\.csv: is empty"),
        (NODES, b"\x00\x01\x02", r"edges\.csv: is no text"),
        (NODES, b"source,target\n\xff\xff\n", r"edges\.csv: is no text"),
    ],
)
def test_bad_tables_are_refused_by_file_row_and_column(
    tmp_path: Path, nodes: str, edges: str | bytes, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read(tmp_path, nodes, edges)


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "nodes.csv").write_text(NODES, encoding="utf-8")
    with pytest.raises(ReadError, match=r"edges\.csv: cannot be read \(No such file"):
        read_network(tmp_path / "nodes.csv", tmp_path / "edges.csv")
    with pytest.raises(ReadError, match="cannot be read"):
        read_network(tmp_path, tmp_path / "nodes.csv")


def test_a_header_alone_is_a_network_without_firms(tmp_path: Path) -> None:
    assert read(tmp_path, "id,park,industry\n", "source,target\n").firms == ()


def test_ties_have_no_documents_in_a_table() -> None:
    assert Network.of([Firm("a"), Firm("b")], [Tie("a", "b")]).tie_documents is None
