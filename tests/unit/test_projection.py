"""What counts as a firm, a tie, an industry, and in which window: from plain rows, and through a store's statements."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from graph.projection import Rows, network_of, project
from graph.store import cypher
from graph.tie import cooperating
from graph.window import meets

Row = dict[str, Any]


def site(firm: str, park: str, *evidence: str, since: str = "", until: str = "") -> Row:
    found = list(evidence) or [f"v-{firm}-{park}"]
    return {"firm": firm, "name": firm.upper(), "park": park, "since": since, "until": until, "evidence": found}


def tie(a: str, b: str, *collaborations: str) -> Row:
    return {"a": a, "a_name": a.upper(), "b": b, "b_name": b.upper(), "collaborations": list(collaborations)}


def event(name: str, *origins: str, kinds: tuple[str, ...] = (), since: str = "", until: str = "") -> Row:
    return {
        "id": name,
        "relation": "COLLABORATES",
        "kinds": list(kinds),
        "since": since,
        "until": until,
        "origins": list(origins),
    }


def field(firm: str, industry: str, documents: int) -> Row:
    return {"firm": firm, "industry": industry, "name": industry, "documents": documents}


FULL: dict[str, list[Row]] = {
    "sites": [site("a", "p", "v1", "v2"), site("b", "p", "v3"), site("c", "q", "v4"), site("b", "q", "v5")],
    "parks": [
        {"id": "p", "name": "东园", "boundary": "roster"},
        {"id": "q", "name": "西园", "boundary": None},
        {"id": "r", "name": "空园", "boundary": None},
    ],
    "industries": [field("a", "芯片", 1), field("a", "光电", 3), field("b", "芯片", 2), field("b", "光电", 2)],
    "ties": [tie("a", "b", "k1", "k2"), tie("b", "c", "k3"), tie("c", "d", "k4"), tie("e", "f", "k5")],
    "institutions": [tie("a", "u", "k6"), tie("b", "u", "k-announced")],
    "collaborations": [
        event("k1", "o1", "o2", since="2019", until="2021-06"),
        event("k2", "o2", "o3", kinds=("合作研发",), since="2024-03"),
        event("k3", "o1"),
        event("k4", "o9", kinds=("签约入驻",)),
        event("k6", "o4"),
    ],
    "witnesses": [
        {"id": "v1", "origin": "o1"},
        {"id": "v2", "origin": "o5"},
        {"id": "v3", "origin": "list"},
        {"id": "v4", "origin": "o1"},
        {"id": "v5", "origin": "o6"},
    ],
    "rosters": [{"origin": "list"}],
    "suppliers": [{"id": "k1", "firm": "b"}],
    "owners": [
        {"a": "c", "a_name": "C", "b": "a", "b_name": "A", "since": "", "until": "", "evidence": ["v9"]},
        {"a": "c", "a_name": "C", "b": "z", "b_name": "Z", "since": "", "until": "", "evidence": []},
    ],
    "named": [
        {"firm": firm, "origin": origin} for firm, origin in (("a", "o1"), ("a", "o7"), ("a", "o8"), ("b", "o1"))
    ],
    "cooperating": [{"firm": "a", "origins": ["o1", "o2"]}, {"firm": "b", "origins": ["o1"]}],
    "sizes": [{"firm": "a", "size": "1,200人", "founded": "2009-05"}, {"firm": "b", "size": None, "founded": "约十年"}],
}
STATEMENTS = {
    "sites": cypher.SITES,
    "parks": cypher.PARKS,
    "industries": cypher.FIELDS,
    "ties": cypher.FIRM_TIES,
    "institutions": cypher.INSTITUTION_TIES,
    "collaborations": cypher.COUNTED,
    "suppliers": cypher.SUPPLIERS,
    "owners": cypher.OWNERS,
    "witnesses": cypher.SITE_WITNESSES,
    "rosters": cypher.ROSTERS,
    "named": cypher.FIRMS_NAMED,
    "cooperating": cypher.COOPERATES_IN,
    "sizes": cypher.SIZES,
}


class FakeStore:
    """Answers the statements of the projection from rows, each result readable once."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self.rows = {STATEMENTS[name]: found for name, found in rows.items()}
        self.asked: list[Row] = []

    def stream(self, statement: str, **parameters: Any) -> Iterator[Row]:
        self.asked.append(parameters)
        yield from self.rows[statement]


def full(**window: Any) -> Any:
    return network_of(Rows(**{name: iter(rows) for name, rows in FULL.items()}), **window)


def ties_of(net: Any) -> set[str]:
    return {net.firms[a] + net.firms[b] for a, b in zip(net.source, net.target, strict=True)}


def test_firms_have_a_park_or_a_tie_that_counts() -> None:
    net = full()
    assert net.firms == ("a", "b", "c")  # d only settles, e and f cooperate in nothing that counts
    assert net.parks == ("p", "q", "r")
    assert [net.firms[i] for i in net.firms_of("q")] == ["b", "c"]
    assert net.subnetwork("r").firms == ()


def test_a_tie_weighs_its_independent_documents() -> None:
    net = cooperating(full())
    assert ties_of(net) == {"ab", "bc"}
    assert net.weight.tolist() == [3.0, 1.0]  # o1 o2 o3; o1
    assert net.tie_documents is not None
    assert net.tie_documents.count.tolist() == [3, 1]


def test_the_industry_is_the_one_most_documents_state_and_of_equals_the_smallest_name() -> None:
    net = full()
    assert [net.industries[i] if i >= 0 else "" for i in net.industry] == ["光电", "光电", ""]


def test_a_seat_from_a_roster_hangs_on_no_document() -> None:
    net = full()
    assert net.boundary == ("roster", "mentioned", "mentioned")
    assert net.members.documents is not None
    documents = dict(
        zip(zip(net.members.firm, net.members.other, strict=True), net.members.documents.count, strict=True)
    )
    assert documents == {(0, 0): 2, (1, 0): 0, (1, 1): 1, (2, 1): 1}


def test_institution_ties_need_a_collaboration_that_counts() -> None:
    net = full()
    assert net.institution_ties is not None
    assert net.institution_ties.tolist() == [1, 0, 0]
    assert net.institution_ids == ("u",)


def test_ownership_is_kept_as_such_and_counts_for_nothing() -> None:
    net = full()
    assert net.kinds == ("COLLABORATES", "OWNS", "合作研发")
    assert ties_of(cooperating(net)) == {"ab", "bc"}
    assert net.notes.unknown_nodes == ()  # z is owned and nothing else: no firm of the network


def test_what_is_known_of_firms_beside_their_ties() -> None:
    net = full(city=lambda park: {"东园": "成都市"}.get(park, ""))
    assert net.exposure is not None
    assert net.exposure.tolist() == [2.0, 0.0, 0.0]  # of o1, o7, o8 the first tells of a cooperation
    assert net.exposure_documents is not None
    assert net.exposure_documents.count.tolist() == [2, 0, 0]
    assert net.size is not None
    assert net.founded is not None
    assert (net.size[0], net.founded[0]) == (1200.0, 2009.0)
    assert np.isnan([*net.size[1:], *net.founded[1:]]).all()
    assert net.region is not None
    assert [net.regions[one] if one >= 0 else "" for one in net.region] == ["成都市", "成都市", ""]
    assert net.direction is not None
    assert net.direction.tolist() == [-1, 0, 0]  # b supplies a; b-c says nothing, a-c is owned


def test_the_window_leaves_out_what_was_over_or_not_yet_begun() -> None:
    assert cooperating(full(since="2022")).weight.tolist() == [
        2.0,
        1.0,
    ]  # k1 was over; k3 has no dates and may meet any window
    assert cooperating(full(until="2018")).weight.tolist() == [1.0]
    assert ties_of(cooperating(full(until="2018"))) == {"bc"}
    early = network_of(Rows(sites=[site("a", "p", since="2024-05")]), until="2023")
    assert early.firms == ()


@pytest.mark.parametrize(
    ("life", "window", "met"),
    [
        (("", ""), ("2024", "2024"), True),
        (("2024-05-10", ""), ("", "2024"), True),
        (("2025-01", ""), ("", "2024"), False),
        (("2019", "2021"), ("2021-12-31", ""), True),
        (("2019", "2021-06"), ("2021-07", ""), False),
        (("2019", "2021-06"), ("2021", "2021"), True),
        (("2024", ""), ("", "2024-03-01"), True),
    ],
)
def test_dates_are_as_precise_as_known(life: tuple[str, str], window: tuple[str, str], met: bool) -> None:
    assert meets(*life, *window) is met


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    dice = random.Random(seed)
    mixed = {name: dice.sample(rows, len(rows)) for name, rows in FULL.items()}
    one, other = network_of(Rows(**mixed)), full()
    assert one.firms == other.firms
    assert one.industry.tolist() == other.industry.tolist()
    assert one.weight.tolist() == other.weight.tolist()
    assert one.members.other.tolist() == other.members.other.tolist()


def test_rows_are_asked_for_one_statement_after_the_other() -> None:
    class Counting(FakeStore):
        most = now = 0

        def stream(self, statement: str, **parameters: Any) -> Iterator[Row]:
            self.now += 1
            self.most = max(self.most, self.now)
            rows = list(super().stream(statement, **parameters))

            def given() -> Iterator[Row]:
                yield from rows
                self.now -= 1

            return given()

    store = Counting(FULL)
    assert project(store).firms  # type: ignore[arg-type]
    assert (store.most, store.now) == (1, 0)


def test_project_reads_a_store_and_asks_for_what_counts() -> None:
    store = FakeStore(FULL)
    net = project(store)  # type: ignore[arg-type]
    assert ties_of(cooperating(net)) == {"ab", "bc"}
    assert net.names["p"] == "东园"
    assert net.names["a"] == "A"
    assert {"counted": ["signed", "active", "ended"]} in store.asked


def test_an_empty_store_is_an_empty_network() -> None:
    net = project(FakeStore({name: [] for name in FULL}))  # type: ignore[arg-type]
    assert (net.firms, net.parks, net.institutions) == ((), (), None)
