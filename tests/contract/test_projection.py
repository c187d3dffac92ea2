"""The projection reads the same network from every engine, and what deletion takes from the graph it takes from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from facts import STORY, entity, say, tell

from graph.curated import Curated, network, view
from graph.measure import measure
from graph.model import Contribution
from graph.network import Network
from graph.projection import project
from graph.query.standing import ranking
from graph.store.base import Store


def documents() -> list[Contribution]:
    """Five firms in two parks; 甲-乙 told twice, 乙-丙 supply, the rest announced, denied, or bound to a park."""
    return [
        tell(
            "d1",
            say("LOCATED_IN", "甲公司", "东园"),
            say("LOCATED_IN", "乙公司", "东园"),
            say("OPERATES_IN", "甲公司", "芯片业"),
            say("OPERATES_IN", "乙公司", "光电业"),
            say("COLLABORATES", "甲公司", "乙公司", date="2024-05-01"),
        ),
        tell("d2", say("COLLABORATES", "甲公司", "乙公司", date="2024-05-20"), say("OPERATES_IN", "甲公司", "芯片业")),
        tell(
            "d3",
            say("LOCATED_IN", "丙公司", "西园"),
            say("LOCATED_IN", "丁公司", "西园"),
            say("SUPPLIES", "丙公司", "乙公司", date="2019", until="2021-06"),
            say("COLLABORATES", "丙公司", "丁公司", status="announced"),
            say("COLLABORATES", "甲公司", "丁公司", kinds=("签约入驻",)),
            say("LOCATED_IN", "戊公司", "西园", status="denied"),
            say("COLLABORATES", "甲公司", "东澜大学"),
        ),
        tell("d4", say("LOCATED_IN", "己公司", "东园"), say("DESCRIBED", "东园", boundary="roster"), form="roster"),
    ]


def ties_of(net: Network) -> dict[str, float]:
    names = [net.names[firm][0] for firm in net.firms]
    found = zip(net.source.tolist(), net.target.tolist(), net.weight.tolist(), strict=True)
    return {"".join(sorted((names[a], names[b]))): weight for a, b, weight in found}


def seats_of(net: Network) -> dict[str, str]:
    return {
        net.names[park]: "".join(sorted(net.names[net.firms[i]][0] for i in net.firms_of(park))) for park in net.parks
    }


def test_the_network_of_a_store(store: Store) -> None:
    store.add(documents())
    net = project(store)
    assert seats_of(net) == {"东园": "乙己甲", "西园": "丁丙"}
    assert ties_of(net) == {"乙甲": 2.0, "丙乙": 1.0}
    first = net.firms.index(entity("甲公司"))
    assert net.names[net.industries[net.industry[first]]] == "芯片业"
    assert net.institution_ties is not None
    assert net.institution_ties[first] == net.institution_ties.sum() == 1
    assert net.boundary_of(entity("东园")) == "roster"
    assert net.boundary_of(entity("西园")) == "mentioned"


def test_a_window(store: Store) -> None:
    store.add(documents())
    assert ties_of(project(store, since="2022")) == {"乙甲": 2.0}
    assert ties_of(project(store, until="2020")) == {"丙乙": 1.0}


def test_two_parties_have_one_tie_and_a_degree_of_one_each(store: Store) -> None:
    store.add(
        [tell("d", say("COLLABORATES", "甲公司", "乙公司"), say("SUPPLIES", "丙公司", "甲公司"), say("", "丁公司"))]
    )
    net = project(store)
    assert ties_of(net) == {"乙甲": 1.0, "丙甲": 1.0}
    degrees = {net.names[firm][0]: int(degree) for firm, degree in zip(net.firms, net.degree, strict=True)}
    assert degrees == {"甲": 2, "乙": 1, "丙": 1}  # 丁 is only named


def test_what_is_deleted_is_measured_no_more(store: Store) -> None:
    store.add(documents())
    store.delete(["d3"])
    never = documents()
    del never[2]
    kept = measure(project(store))
    store.delete([document.document.id for document in documents()])
    assert measure(project(store))["firms"] == {}
    store.add(never)
    assert measure(project(store)) == kept


def test_a_ranking_of_a_store(store: Store) -> None:
    seats = (("东园", "庚辛"), ("西园", "壬癸子"))
    more = [say("LOCATED_IN", f"{name}公司", park) for park, names in seats for name in names]
    ties = [say("COLLABORATES", "丙公司", "丁公司", date="2024"), say("COLLABORATES", "壬公司", "癸公司", date="2023")]
    store.add([*documents(), tell("d5", *more, *ties)])
    made = ranking(view(store, Curated()))
    assert sorted(row["park"] for row in made["ranked"]) == ["东园", "西园"]
    assert {row["rank"] for row in made["ranked"]} <= {1, 2}
    assert all(row["flags"][0] == "provisional" for row in made["ranked"])
    assert all(row["verdict"] == "证据不足" for row in made["ranked"])
    assert ranking(view(store, Curated(), until="2018"))["ranked"] == []


def test_ownership_is_no_cooperation_anywhere(store: Store) -> None:
    store.add([*documents(), tell("d6", say("OWNS", "甲公司", "己公司"), say("OWNS", "甲公司", "乙公司"))])
    report = view(store, Curated()).report
    assert report["parks"]["东园"]["ties"]["value"] == 0  # 甲 and 乙 deal with one another, but they are one group
    assert report["network"]["ties"]["value"] == 1  # 乙 and 丙


@pytest.mark.parametrize("first", [0, 1])
def test_what_was_known_by_a_date_counts_from_the_first_of_near_duplicates(store: Store, first: int) -> None:
    """A reprint that appears later takes nothing away, whichever of the two gives the pair its one witness."""
    told = [
        tell(f"r{at}", say("COLLABORATES", "甲公司", "乙公司"), published=year, text=f"{STORY}{source}")
        for at, (source, year) in enumerate((("晨报", "2023"), ("晚报", "2024")))
    ]
    store.add(told if first == 0 else [_dated(told[0], "2024"), _dated(told[1], "2023")])
    assert len(network(store, Curated()).documents) == 1  # one witness
    assert len(network(store, Curated(), as_of="2023").source) == 1
    assert len(network(store, Curated(), as_of="2022").source) == 0


def _dated(told: Contribution, year: str) -> Contribution:
    return replace(told, document=replace(told.document, published=year))
