"""All scores at once: bad and empty input gives reasons, never a crash, never a silent 0; one seed, the same bits."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graph.chain import from_csv
from graph.chemistry.profile import profiles
from graph.industry import classed
from graph.network import Firm, Network, Tie
from ingest import lexicon
from ingest.resolve.concept import classify

CHAIN = from_csv("upstream,downstream\n电芯,电池包\n电池包,整车\n", "CHAIN.csv")
NAMES = {
    "chain_completeness", "chain_longest_path", "chain_realisation", "chain_redundancy", "chain_score", "chain_scores",
    "cross_industry_ratio", "firsts_rate", "giant_excess", "hexagon_evenness", "hexagon_least", "hexagon_mean",
    "horizontal_balance", "horizontal_neglect", "institution_share", "institution_share_eb", "multiplexity",
    "near_hexagon", "network_score", "patents_rate", "pipelines", "service_coverage", "slr_horizontal",
    "slr_horizontal_eb", "slr_innovation", "slr_innovation_eb", "slr_vertical", "slr_vertical_eb", "source_innovation",
    "spinoffs_rate", "stage", "stage_chances", "stage_conditions", "supply_coverage", "top_talent",
}  # fmt: skip


def firms(park: str, *industries: str) -> list[Firm]:
    return [Firm(f"{park}{number}", {park: ()}, name) for number, name in enumerate(industries)]


ODD = {
    "no parks": Network.of([]),
    "a park without firms": Network.of([], parks=["P"]),
    "one firm": Network.of(firms("P", "电芯")),
    "no ties": Network.of(firms("P", "电芯", "整车") + firms("Q", "电芯", "整车")),
    "no industries": Network.of(firms("P", "", "") + firms("Q", "", ""), [Tie("P0", "P1"), Tie("Q0", "Q1")]),
    "one industry": Network.of(firms("P", "电芯", "电芯"), [Tie("P0", "P1")]),
    "an isolated firm": Network.of(firms("P", "电芯", "整车", "酒店"), [Tie("P0", "P1")]),
    "self-loops and parallel ties": Network.of(
        firms("P", "电芯", "整车") + firms("Q", "电芯", "整车"), [Tie("P0", "P0"), Tie("P0", "P1"), Tie("P1", "P0")]
    ),
    "one group of owners": Network.of(firms("P", "电芯", "整车"), [Tie("P0", "P1", kinds=["控股"])]),
}


@pytest.mark.parametrize("net", ODD.values(), ids=ODD)
@pytest.mark.parametrize("chains", [(), (CHAIN,)], ids=["no chain", "chain"])
def test_odd_networks_give_reasons(net: Network, chains: tuple) -> None:
    found = profiles(net, chains)
    assert set(found) == set(net.parks)
    for row in found.values():
        assert set(row) == NAMES
        for name, one in row.items():
            assert (one.value is None) == bool(one.reason), name
            json.dumps(one.as_dict(), allow_nan=False)


def lively(seed: int = 0) -> Network:
    dice = np.random.default_rng(seed)
    names = [step.industries[0] for chain in lexicon.chains() for step in chain.steps] + ["国际货代", "律师"]
    rows = [Firm(f"{p}{i:02}", {p: ()}, names[dice.integers(len(names))]) for p in "ABCDEFGH" for i in range(40)]
    kinds = ["合作研发", "战略合作", "供应", "合资", "联盟成员"]
    ties = [
        Tie(f"{p}{a:02}", f"{p}{b:02}", documents=[f"d{dice.integers(200)}"], kinds=[kinds[dice.integers(5)]])
        for p in "ABCDEFGH"
        for a, b in dice.integers(40, size=(30, 2))
    ]
    return classed(Network.of(rows, ties), classify)


def test_parks_of_the_six_tracks_are_measured_and_one_seed_gives_the_same_bits() -> None:
    net, chains = lively(), lexicon.chains()
    one, again = (profiles(net, chains, groups=4, seed=7) for _ in range(2))
    told = [{park: {name: m.as_dict() for name, m in row.items()} for park, row in got.items()} for got in (one, again)]
    assert json.dumps(told[0]) == json.dumps(told[1])
    assert set(one["A"]["chain_scores"].value) == {track.id for track in lexicon.tracks()}  # type: ignore[arg-type]
    for name in ("slr_vertical", "slr_horizontal", "slr_innovation", "network_score", "service_coverage"):
        assert all(row[name].value is not None for row in one.values()), name


def test_the_order_of_rows_does_not_matter() -> None:
    rows, ties = firms("P", "电芯", "整车", "酒店") + firms("Q", "电芯", "整车"), [Tie("P0", "P1"), Tie("Q0", "Q1")]
    one = profiles(Network.of(rows, ties), [CHAIN])
    other = profiles(Network.of(reversed(rows), reversed(ties)), [CHAIN])
    assert one == other
