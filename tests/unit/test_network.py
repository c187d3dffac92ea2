"""Networks by hand: what is united, what is left out, what a part of a network holds."""

from __future__ import annotations

import numpy as np
import pytest
from example import EAST, FIRMS, TIES, WEST, network

from graph.network import Firm, Network, Notes, Tie, Witnesses, unite


def test_the_order_of_rows_does_not_matter() -> None:
    turned = Network.of(reversed(FIRMS), [Tie(t.target, t.source, t.weight, t.documents) for t in reversed(TIES)])
    straight = network()
    for name in ("source", "target", "weight", "industry"):
        assert getattr(turned, name).tolist() == getattr(straight, name).tolist()
    assert turned.firms == straight.firms == tuple("abcdefg")
    assert turned.documents == ("d1", "d2", "d3", "d4", "d5", "d6", "d7")


def test_parallel_and_reversed_rows_are_one_tie_with_the_sum_of_weights_and_all_documents() -> None:
    net = Network.of([Firm("a"), Firm("b")], [Tie("a", "b", 1, ("x",)), Tie("b", "a", 2, ("y", "x")), Tie("a", "b", 3)])
    assert net.weight.tolist() == [6.0]
    assert net.tie_documents is not None
    assert net.tie_documents.count.tolist() == [2]
    assert net.notes == Notes(merged_rows=2)


def test_self_loops_and_ties_to_unknown_firms_are_left_out_and_noted() -> None:
    net = Network.of([Firm("a"), Firm("b")], [Tie("a", "a"), Tie("a", "zz"), Tie("yy", "b"), Tie("zz", "zz")])
    assert len(net.source) == 0
    assert net.notes == Notes(self_loops=1, unknown_nodes=("yy", "zz"))


def test_two_rows_of_one_firm_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        Network.of([Firm("a"), Firm("a", {"P": ()})])


def test_a_subnetwork_holds_the_firms_of_one_park_and_the_ties_among_them() -> None:
    east = network().subnetwork(EAST)
    assert east.firms == ("a", "b", "c", "d")
    assert list(zip(east.source.tolist(), east.target.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2), (2, 3)]
    assert east.weight.tolist() == [2.0, 1.0, 1.0, 1.0]
    assert [east.industries[i] for i in east.industry] == ["芯片", "芯片", "光电", "材料"]
    assert east.institution_ties is not None
    assert east.institution_ties.tolist() == [1, 0, 1, 0]
    assert east.tie_documents is not None
    assert east.tie_documents.count.tolist() == [2, 1, 1, 1]
    west = network().subnetwork(WEST)
    assert west.firms == ("e", "f", "g")
    assert (west.source.tolist(), west.target.tolist()) == ([0], [1])


def test_a_firm_in_two_parks_is_in_the_subnetwork_of_both() -> None:
    net = Network.of(
        [Firm("a", {"P": (), "Q": ()}), Firm("b", {"P": ()}), Firm("c", {"Q": ()})], [Tie("a", "b"), Tie("a", "c")]
    )
    assert net.subnetwork("P").firms == ("a", "b")
    assert net.subnetwork("Q").firms == ("a", "c")
    assert len(net.subnetwork("Q").source) == 1


def test_a_park_without_firms_and_one_that_is_not_there() -> None:
    net = Network.of([Firm("a")], parks=["P"])
    assert net.subnetwork("P").firms == ()
    with pytest.raises(KeyError):
        net.subnetwork("Q")


def test_dropping_documents_takes_only_what_no_other_document_says() -> None:
    net = Network.of(
        [Firm("a", {"P": ("x",)}, institutions={"U": ("y",)}), Firm("b", {"P": ("x", "y"), "Q": ()})],
        [Tie("a", "b", 2, ("x", "y"))],
    )
    left = net.without(np.array([document == "x" for document in net.documents]))
    assert left.firms == ("a", "b")
    assert left.subnetwork("P").firms == ("b",)
    assert left.subnetwork("Q").firms == ("b",)  # without any document: from a register, stays
    assert len(left.source) == 1
    bare = net.without(np.array([True, True]))
    assert len(bare.source) == 0
    assert bare.institution_ties is not None
    assert bare.institution_ties.tolist() == [0, 0]


def test_witnesses_are_counted_once_and_can_be_taken_apart() -> None:
    witnesses = Witnesses.of([[2, 0, 2], [], [1]])
    assert witnesses.count.tolist() == [2, 0, 1]
    assert witnesses.take(np.array([2, 0])).document.tolist() == [1, 0, 2]
    assert witnesses.survive(np.array([True, True, False])).tolist() == [True, True, False]


def test_unite_says_which_tie_each_row_became() -> None:
    source, target = np.array([3, 1, 2, 1]), np.array([1, 1, 0, 3])
    low, high, weight, tie, self_loops, merged = unite(source, target, np.array([1.0, 9.0, 2.0, 4.0]))
    assert (low.tolist(), high.tolist(), weight.tolist()) == ([0, 1], [2, 3], [2.0, 5.0])
    assert (tie.tolist(), self_loops, merged) == ([1, -1, 0, 1], 1, 1)


def test_an_empty_network_has_everything_empty() -> None:
    net = Network.of([])
    assert (net.firms, net.parks, net.degree.tolist(), net.neighbours) == ((), (), [], [])
    assert net.to_networkx().number_of_nodes() == 0


def test_to_networkx_keeps_parks_industries_and_weights() -> None:
    graph = network().to_networkx()
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (7, 6)
    assert graph.nodes["e"] == {"parks": (WEST,), "industry": "芯片"}
    assert graph.edges["b", "a"]["weight"] == 2.0


def test_starting_needs_numpy_and_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys, graph.measure, graph.tables, graph.projection, graph.index.parks\n"
        "heavy = {'torch', 'scipy', 'networkx', 'spacy', 'sentence_transformers', 'trafilatura', 'pandas'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
