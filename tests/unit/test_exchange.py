"""Files for other programs, read back by networkx, pyarrow and our own reader."""

from __future__ import annotations

import io
import json
from pathlib import Path

import networkx as nx
import pytest
from example import FIRMS, TIES

from graph.errors import InputError
from graph.exchange import CONTEXT, FORMS, files, gexf, graphml, jsonld
from graph.measure import measure
from graph.network import Firm, Network, Tie
from graph.tables import read_network

NET = Network.of(FIRMS, TIES, names={"a": '阿尔法 <&"> 公司'})
REPORT = measure(NET)


@pytest.mark.parametrize("form", FORMS)
def test_equal_networks_give_equal_bytes(form: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    again = Network.of(FIRMS[::-1], TIES[::-1], names={"a": '阿尔法 <&"> 公司'})
    assert files(NET, REPORT, form) == files(again, measure(again), form)


def test_graphml_is_read_by_networkx() -> None:
    read = nx.parse_graphml(graphml(NET, REPORT))
    assert nx.utils.edges_equal(read.edges, NET.to_networkx().edges)
    assert read.nodes["a"]["name"] == '阿尔法 <&"> 公司'
    assert (read.nodes["c"]["park"], read.nodes["c"]["industry"]) == ("东园", "光电")
    assert read.nodes["c"]["degree"] == 4
    assert "constraint" not in read.nodes["g"]  # undefined is absent, not 0
    assert read.edges["a", "b"]["weight"] == 2.0
    assert read.edges["a", "b"]["documents"] == "d1;d2"


def test_gexf_is_read_by_networkx() -> None:
    read = nx.read_gexf(io.BytesIO(gexf(NET, REPORT).encode()))
    assert nx.utils.edges_equal(read.edges, NET.to_networkx().edges)
    assert read.nodes["a"]["label"] == '阿尔法 <&"> 公司'
    assert read.nodes["c"]["degree"] == 4
    assert read.edges["a", "b"]["weight"] == 2.0


def test_control_characters_do_not_break_the_xml() -> None:
    net = Network.of([Firm("a", {}, "k\x01\x0b"), Firm("b")], [Tie("a", "b")])
    assert nx.parse_graphml(graphml(net)).nodes["a"]["industry"] == "k"
    assert len(nx.read_gexf(io.BytesIO(gexf(net).encode()))) == 2


def test_jsonld_refers_only_to_what_it_holds() -> None:
    told = json.loads(jsonld(NET, REPORT))
    ids = {one["@id"] for one in told["@graph"]}
    assert len(ids) == len(told["@graph"]) == 2 + 7 + 6
    for one in told["@graph"]:
        assert {*one.get("park", ()), *one.get("party", ())} <= ids
        assert all(key.startswith(("@", "pb:")) or key in CONTEXT for key in one)
    park = next(one for one in told["@graph"] if one["name"] == "东园")
    density = next(one for one in park["measure"] if one["name"] == "density")
    assert density["value"] == REPORT["parks"]["东园"]["density"]["value"]
    assert not any(one["name"] == "mixing_matrix" for one in park["measure"])


def test_csv_tables_are_read_as_the_same_network(tmp_path: Path) -> None:
    written = files(NET, REPORT, "csv")
    for name, content in written.items():
        (tmp_path / name).write_bytes(content)
    read = read_network(tmp_path / "nodes.csv", tmp_path / "edges.csv")
    assert (read.firms, read.parks, read.documents) == (
        NET.firms,
        NET.parks,
        ("d1", "d2", "d3", "d4", "d5", *read.documents[5:]),
    )
    assert read.weight.tolist() == NET.weight.tolist()
    assert written["measures.csv"].decode().startswith("scope,id,measure,value,text,")


def test_parquet_holds_numbers_as_numbers() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    written = files(NET, REPORT, "parquet")
    measures = parquet.read_table(io.BytesIO(written["measures.parquet"]))
    assert str(measures.schema.field("value").type) == "double"
    assert parquet.read_table(io.BytesIO(written["nodes.parquet"]))["id"].to_pylist() == list(NET.firms)


def test_an_empty_network_is_written() -> None:
    empty = Network.of([])
    assert len(nx.parse_graphml(graphml(empty))) == 0
    assert json.loads(jsonld(empty))["@graph"] == []
    assert files(empty, None, "csv")["edges.csv"] == b"source,target,weight\n"


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(InputError, match="'dot' is not known"):
        files(NET, None, "dot")
