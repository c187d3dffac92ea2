"""The whole report on the example worked out by hand, as JSON and as CSV, and what is refused on the way in."""

from __future__ import annotations

import csv
import io
import json
import math
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from example import FIRM, FIRMS, MIXING, MIXING_EXPECTED, NETWORK, NULLS, PARKS, TIES, network

from graph.errors import InputError, ReadError
from graph.measure import (
    COLUMNS,
    GROUP,
    PARK,
    REWIRED,
    SMALL_WORLD,
    WHOLE,
    as_csv,
    labels,
    measure,
    measures_of_park,
    measures_of_parks,
)
from graph.measure import FIRM as FIRM_MEASURES
from graph.metrics import cohesion, colocation, concentration, relatedness, variety
from graph.metrics.groups import Groups
from graph.metrics.value import Measure
from graph.model import digest
from graph.network import Firm, Network, Tie
from graph.tables import read_network

REPORT = measure(network())


def near(value: object) -> object:
    return None if value is None else pytest.approx(float(value), abs=1e-12)  # type: ignore[arg-type]


def approximately(told: Any) -> Any:
    """A told measure whose numbers may differ in the last bits."""
    if isinstance(told, float):
        return pytest.approx(told, abs=1e-12)
    return {name: approximately(value) for name, value in told.items()} if isinstance(told, dict) else told


def two_parks_of_one_firm() -> Network:
    """Three parks; b sits in two of them, and so does its tie to c."""
    parks = {"a": "P", "b": "PQ", "c": "PQ", "d": "Q", "e": "R"}
    firms = [Firm(id, dict.fromkeys(names, ()), "xy"[id in "ab"], {"u": ()}) for id, names in parks.items()]
    pairs = ("ab", "bc", "ca", "cd", "de")
    return Network.of(firms, [Tie(*pair, kinds=["合作研发"], documents=["d"]) for pair in pairs])


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


ELSEWHERE = {
    *(*colocation.OF_PARKS, *concentration.OF_ALL, *variety.OF_GROUPS),
    *(*relatedness.OF_PARKS, *relatedness.OF_ALL),
}
"""Measures of what parks hold, which need more parks or classes than the example has: by hand in their own tests."""


def test_every_measure_there_is_has_an_answer_by_hand() -> None:
    assert set(NETWORK) | {"mixing_matrix", "mixing_ratio"} == {*GROUP, *WHOLE, *SMALL_WORLD} - ELSEWHERE
    assert set(FIRM) == set(FIRM_MEASURES)
    shown = {*GROUP, *PARK} - ELSEWHERE - {"mixing_matrix", "mixing_ratio", "tie_coverage", "unseen_ties"}
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
    assert "boundary=mentioned" not in REPORT["parks"]["东园"]["density"]["flags"]


def test_density_says_that_nothing_may_be_ranked_by_it() -> None:
    for told in (REPORT["network"], *REPORT["parks"].values()):
        assert cohesion.SMALL in told["density"]["flags"]


def test_csv_is_the_same_report_in_long_form() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(REPORT))))
    assert tuple(rows[0]) == COLUMNS
    by_key = {(row["scope"], row["id"], row["measure"]): row for row in rows}
    assert len(by_key) == len(rows)
    assert float(by_key["network", "", "density"]["value"]) == pytest.approx(2 / 7)
    undefined = by_key["firm", "g", "constraint"]
    assert (undefined["value"], undefined["reason"]) == ("", "no ties")
    assert json.loads(by_key["network", "", "mixing_matrix"]["value"]) == MIXING
    assert by_key["park", "西园", "mean_degree"]["flags"] == "boundary=mentioned"
    assert by_key["notes", "", "self_loops"]["value"] == "0"
    measures = sum(len(told) for scope in ("parks", "firms") for told in REPORT[scope].values())
    assert len(rows) == len(REPORT["network"]) + measures + 3


def test_the_small_cells_of_the_mixing_matrix_are_drawn_to_chance() -> None:
    ratio = REPORT["network"]["mixing_ratio"]
    assert ratio["flags"] == ["3 of 3 cells with E < 5 are shrunk towards 1"]
    raw = {("光电", "材料"): F(7, 8), ("光电", "芯片"): F(7, 3), ("芯片", "芯片"): F(7, 6)}  # O / E
    for (c, d), value in raw.items():
        between = sorted((1.0, float(value)))
        assert between[0] < ratio["value"][c][d] < between[1]


@pytest.mark.parametrize("net", [network(), two_parks_of_one_firm()], ids=["example", "a firm in two parks"])
def test_all_parks_at_once_are_as_each_park_alone(net: Network) -> None:
    columns = measures_of_parks(net, [*GROUP, *PARK])
    for number, park in enumerate(net.parks):
        alone = measures_of_park(net, park)
        assert list(alone) == list(columns)
        for name, told in alone.items():
            assert columns[name].of(number).as_dict() == approximately(told.as_dict()), name


def test_documents_give_intervals_where_they_are_known() -> None:
    told = REPORT["network"]["transitivity"]
    assert 0 <= told["lo"] <= told["value"] <= told["hi"] <= 1
    without = Network.of(FIRMS, [Tie(tie.source, tie.target, tie.weight) for tie in TIES])
    assert measure(without)["network"]["transitivity"]["lo"] is None
    # the value without each group of documents, written out: a jackknife by hand
    net = network()
    group = np.array([int(digest(document), 16) % 20 for document in net.documents])
    values = [cohesion.giant_component_share(net.without(group == one)).number for one in np.unique(group)]
    sd = np.sqrt((len(values) - 1) / len(values) * sum((value - np.mean(values)) ** 2 for value in values))
    low = max(0.0, 6 / 7 - 1.959963984540054 * sd)
    assert REPORT["network"]["giant_component_share"]["lo"] == pytest.approx(low)


def test_random_wirings_become_the_null_and_the_distance() -> None:
    """The oracle is handed in: whoever draws the wirings tells mean and standard deviation."""

    def wiring(groups: Groups, measures: Any) -> Any:
        assert set(measures) == {*REWIRED}
        return {name: (np.full(len(groups), 0.25), np.full(len(groups), 0.05)) for name in measures}

    report = measure(network(), wiring=wiring)
    told = report["network"]["transitivity"]
    assert (told["null"], told["value"]) == (0.25, near(NETWORK["transitivity"]))
    assert report["network"]["transitivity_z"]["value"] == pytest.approx((1 / 3 - 0.25) / 0.05)
    assert report["parks"]["西园"]["transitivity_z"]["reason"].startswith("no firm has two ties")
    assert "fewer than 30 firms" in report["network"]["small_world_sigma"]["reason"]


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


def test_what_tables_may_say_beside_parks_and_ties(tmp_path: Path) -> None:
    net = read(
        tmp_path,
        "id,park,industry,size,region,founded\na,P,x,1.5,成都市,2009\nb,P,x,,,\nc,P,x,3,成都市,\n",
        "source,target,kind,documents,date\nb,a,SUPPLIES;合作研发,d1;d2;d1,2024-05\nb,c,,3,\na,c,控股,,2019\n",
    )
    assert net.size is not None
    assert net.size[[0, 2]].tolist() == [1.5, 3.0]
    assert net.region is not None
    assert net.region.tolist() == [0, -1, 0]
    assert net.founded is not None
    assert net.founded[0] == 2009
    assert net.kinds == ("SUPPLIES", "合作研发", "控股")
    assert net.tie_kinds is not None
    assert net.tie_kinds.tolist() == [[True, True, False], [False, False, True], [False, False, False]]
    assert net.direction is not None
    assert net.direction.tolist() == [-1, 0, 0]  # b supplies a
    assert net.weight.tolist() == [2.0, 1.0, 3.0]
    assert net.documents == ("d1", "d2")
    assert net.tie_documents is not None
    assert net.tie_documents.count.tolist() == [2, 0, 0]


def test_a_window_leaves_out_ties_that_began_outside_it(tmp_path: Path) -> None:
    (tmp_path / "nodes.csv").write_text(NODES + "c,P,x\n", encoding="utf-8")
    rows = "source,target,date\na,b,2019\nb,c,2024-05-31\na,c,\n"
    (tmp_path / "edges.csv").write_text(rows, encoding="utf-8")
    net = read_network(tmp_path / "nodes.csv", tmp_path / "edges.csv", since="2020", until="2024-05")
    assert [(net.firms[a], net.firms[b]) for a, b in zip(net.source, net.target, strict=True)] == [
        ("a", "c"),
        ("b", "c"),
    ]


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
        ("id,park,industry,size\na,P,x,0\n", EDGES, r"row 2, column size: '0' is no positive number"),
        ("id,park,industry,founded\na,P,x,alt\n", EDGES, r"row 2, column founded: 'alt' is no year"),
        (NODES, "source,target,kind\na,b,friend\n", r"edges\.csv, row 2, column kind: 'friend' is no kind of tie"),
        (NODES, "source,target,date\na,b,2024-13\n", r"edges\.csv, row 2, column date: '2024-13' is no date"),
        (NODES, "source,target,documents\na,b,0\n", r"edges\.csv, row 2, column documents: '0' is no number"),
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
