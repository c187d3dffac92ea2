"""Frames and graphs in and out: what goes out comes back the same."""

from __future__ import annotations

from datetime import date

import networkx as nx
import numpy as np
import pytest
from example import FIRMS, TIES

from graph.errors import InputError
from graph.frames import edges_frame, network_from, network_from_networkx, nodes_frame, report_frame
from graph.measure import measure
from graph.network import Firm, Network, Tie

NODES = [
    {"id": "a", "park": "P", "industry": "芯片", "size": 10},
    {"id": "b", "park": "P;Q", "industry": "光电", "size": 2.5},
]
EDGES = [{"source": "a", "target": "b", "weight": 2.0, "kind": "合作研发", "documents": "d1;d2"}]


def same(a: Network, b: Network) -> bool:
    """Whether two networks hold the same firms, seats and ties."""
    arrays = (
        "industry",
        "source",
        "target",
        "weight",
        "size",
        "region",
        "founded",
        "exposure",
        "tie_kinds",
        "direction",
    )
    for name in arrays:
        left, right = getattr(a, name), getattr(b, name)
        if (left is None) != (right is None) or (left is not None and not np.array_equal(left, right, equal_nan=True)):
            return False
    plain = ("firms", "parks", "industries", "regions", "kinds", "documents")
    seats = [(net.members.firm.tolist(), net.members.other.tolist()) for net in (a, b)]
    return all(getattr(a, name) == getattr(b, name) for name in plain) and seats[0] == seats[1]


@pytest.fixture(params=["rows", "pandas", "polars", "pyarrow"])
def made(request: pytest.FixtureRequest) -> Network:
    """The two tables above through each kind of frame."""
    if request.param == "rows":
        return network_from(NODES, EDGES)
    library = pytest.importorskip(request.param)
    if request.param == "pyarrow":
        return network_from(library.Table.from_pylist(NODES), library.Table.from_pylist(EDGES))
    return network_from(library.DataFrame(NODES), library.DataFrame(EDGES))


def test_every_kind_of_frame_gives_the_same_network(made: Network) -> None:
    assert (made.firms, made.parks, made.industries) == (("a", "b"), ("P", "Q"), ("光电", "芯片"))
    assert made.size is not None
    assert made.size.tolist() == [10, 2.5]
    assert (made.weight.tolist(), made.kinds, made.documents) == ([2.0], ("合作研发",), ("d1", "d2"))


def test_empty_cells_lists_numbers_and_dates_are_read() -> None:
    pandas = pytest.importorskip("pandas")
    nodes = pandas.DataFrame(
        {"park": [["P", "Q"], None, "R"], "industry": [None, "k", float("nan")], "size": [1, None, pandas.NA]}
    )
    nodes.index = pandas.Index([1, 2, 3], name="id")
    edges = pandas.DataFrame(
        {"source": [1, 2], "target": [2, 3], "documents": [2.0, None], "date": [date(2024, 5, 1), pandas.NaT]}
    )
    before = nodes.copy()
    net = network_from(nodes, edges)
    assert (net.firms, net.parks) == (("1", "2", "3"), ("P", "Q", "R"))
    assert net.weight.tolist() == [2.0, 1.0]
    assert network_from(nodes, edges, since="2025").source.tolist() == [1]  # the undated tie
    pandas.testing.assert_frame_equal(nodes, before)


def test_what_goes_out_comes_back() -> None:
    firms = [
        Firm("a", {"P": (), "Q": ()}, "芯片", size=3.5, region="北京", founded=2001, exposure=4),
        Firm("b", {"P": ()}, "", size=None, region="", founded=None, exposure=0),
        Firm("c", {}, "光电", region="上海"),
    ]
    ties = [
        Tie("a", "b", 2.0, ("d1", "d2"), ("SUPPLIES",), supplier="b"),
        Tie("b", "c", 0.5, ("d1",), ("合资", "合作研发")),
    ]
    net = Network.of(firms, ties)
    for library in ("pandas", "polars"):
        pytest.importorskip(library)
        assert same(network_from(nodes_frame(net, library), edges_frame(net, library)), net)  # type: ignore[arg-type]


def test_a_graph_of_networkx_comes_back() -> None:
    net = Network.of(FIRMS, TIES)
    assert same(
        network_from_networkx(net.to_networkx()),
        network_from(nodes_frame(net), edges_frame(net).drop(columns="documents")),
    )


def test_graphs_of_every_kind_become_one_tie_a_pair() -> None:
    graph = nx.MultiDiGraph([(1, 2), (2, 1), (2, 3), (3, 3)])
    graph.nodes[1].update(park="P", industry="k", size=7)
    net = network_from_networkx(graph)
    assert (net.weight.tolist(), net.notes.self_loops, net.notes.merged_rows) == ([2.0, 1.0], 1, 1)
    assert net.size is not None
    assert net.size[0] == 7


def test_weights_are_taken_or_left() -> None:
    graph = nx.karate_club_graph()
    assert set(network_from_networkx(graph, weight=None).weight.tolist()) == {1.0}
    assert network_from_networkx(graph).weight.max() > 1


@pytest.mark.parametrize(
    ("nodes", "edges", "words"),
    [
        ([{"id": "a", "park": ""}], [], "nodes: missing column industry"),
        (NODES, [{"source": "a"}], "edges: missing column target"),
        (NODES, [EDGES[0], {"source": "a", "target": "b", "weight": -1}], "edges, row 2, column weight: '-1'"),
        ([{**NODES[0], "size": "big"}], [], "nodes, row 1, column size: 'big'"),
        ([NODES[0], {**NODES[0], "park": "R"}], [], "nodes, row 2, column park"),
        ("nodes.csv", [], "str is no frame"),
        (3, [], "int is no frame"),
    ],
)
def test_bad_frames_are_refused_with_the_place(nodes: object, edges: object, words: str) -> None:
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        network_from(nodes, edges)


def test_two_nodes_written_alike_are_refused() -> None:
    with pytest.raises(InputError, match="'1' stands for two nodes"):
        network_from_networkx(nx.Graph([(1, "1")]))


def test_no_firm_and_no_tie_is_a_network() -> None:
    assert network_from([], []).firms == ()


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_report_as_a_frame(library: str) -> None:
    pytest.importorskip(library)
    net = Network.of(FIRMS, TIES)
    report = measure(net)
    long = report_frame(report, library=library)  # type: ignore[arg-type]
    total = sum(map(len, (report["network"], *report["parks"].values(), *report["firms"].values())))
    assert long.shape == (total, 12)
    parks = report_frame(report, "parks", library)  # type: ignore[arg-type]
    assert list(parks["id"]) == list(report["parks"])
    assert list(parks["density"]) == [park["density"]["value"] for park in report["parks"].values()]
    assert "mixing_matrix" not in parks.columns
    firms = report_frame(report, "firms", library)  # type: ignore[arg-type]
    assert list(firms["degree"]) == [2, 2, 4, 1, 2, 1, 0]
    assert report_frame(report, "network", library).shape[0] == 1  # type: ignore[arg-type]


def test_a_library_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="library 'arrow' is not known"):
        report_frame(measure(Network.of([])), library="arrow")  # type: ignore[arg-type]
