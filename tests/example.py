"""Two parks, seven firms, and every measure worked out by hand.

    东园 (a roster)                      西园 (only firms that documents name)

    a ═══ b                              e ─── f
     \\   /          a-b is in two        (g knows nobody)
      \\ /           documents,
       c ── d        all others in one
       └──────────── c-e ─────────────── e

    industries: a b e 芯片, c f 光电, d g 材料        institutions: a and c work with 东澜大学

Seven firms make 7·6/2 = 21 pairs, six of them tied: a-b a-c b-c c-d c-e e-f.
Degrees: a 2, b 2, c 4, d 1, e 2, f 1, g 0. Firms in the order of their ids: a b c d e f g.
"""

from __future__ import annotations

from fractions import Fraction as F
from math import sqrt

from graph.network import Firm, Network, Tie

EAST, WEST = "东园", "西园"

FIRMS = (
    Firm("a", {EAST: ()}, "芯片", {"东澜大学": ("d6",)}),
    Firm("b", {EAST: ()}, "芯片", {}),
    Firm("c", {EAST: ()}, "光电", {"东澜大学": ("d7",)}),
    Firm("d", {EAST: ()}, "材料", {}),
    Firm("e", {WEST: ()}, "芯片", {}),
    Firm("f", {WEST: ()}, "光电", {}),
    Firm("g", {WEST: ()}, "材料", {}),
)
TIES = (
    Tie("a", "b", 2.0, ("d1", "d2")),
    Tie("a", "c", 1.0, ("d3",)),
    Tie("b", "c", 1.0, ("d1",)),
    Tie("c", "d", 1.0, ("d4",)),
    Tie("c", "e", 1.0, ("d5",)),
    Tie("e", "f", 1.0, ("d5",)),
)


def network() -> Network:
    """The example as a network."""
    return Network.of(FIRMS, TIES, boundary={EAST: "roster"})


NETWORK: dict[str, F | float | None] = {
    "firms": F(7),
    "ties": F(6),
    "density": F(6, 21),
    "mean_degree": F(12, 7),
    # a and b: their two partners are tied, 1 of 1. c: of the 6 pairs of a b d e only a-b. e: c and f are not. d f g: no
    # pair, they count as 0.
    "average_clustering": (1 + 1 + F(1, 6) + 0) / 7,
    # one triangle; triples: a 1, b 1, c 6, e 1
    "transitivity": F(3, 9),
    "components": F(2),
    "giant_component_share": F(6, 7),
    "isolates_share": F(1, 7),
    # 6 pairs at distance 1; ad bd ae be de cf at 2; af bf df at 3
    "global_efficiency": (6 + F(6, 2) + F(3, 3)) / 21,
    "k_core": F(2),
    # degrees at the ends: 2-2 2-4 2-4 4-1 4-2 2-1: products 34, sum of ends 30, squares 90, twelve ends
    "degree_assortativity": (2 * F(34, 12) - F(30, 12) ** 2) / (F(90, 12) - F(30, 12) ** 2),
    "industries": F(3),
    # inside 芯片: a-b. Ends: 芯片 2 + 2 + 2 = 6, 光电 4 + 1 = 5, 材料 1 + 0 = 1, of twelve.
    "modularity_by_industry": F(1, 6) - F(36 + 25 + 1, 144),
    "assortativity_by_industry": (F(1, 6) - F(62, 144)) / (1 - F(62, 144)),
    "cross_industry_share": F(5, 6),
    "e_i_index": F(1 - 5, 6),  # c-e leads out
    "e_i_index_rescaled": 2 * F(1, 6) - 1,  # between 0 and 6 ties can lead out; 12 of 21 pairs do
    # deal the parks out again: 9 pairs within, so 6·9/21 = 18/7 of the ties on average.
    # Ties that meet: a 1, b 1, c 6, e 1 = 9, that do not: 15 - 9 = 6. Pairs within that meet: 4·3 + 3·1 = 15, that do
    # not: 36 - 15 = 21.
    # In the complete graph 7·15 = 105 meet and 210 - 105 = 105 do not. E X(X-1) = 2 (9·15 + 6·21)/105 = 174/35.
    "e_i_index_z": (18 / 7 - 5) / sqrt(18 / 7 + 174 / 35 - (18 / 7) ** 2),
    "e_i_index_by_industry": F(5 - 1, 6),
    # 3 + 1 + 1 = 5 pairs within, so of 6 ties at least one leads out, at most all
    "e_i_index_by_industry_rescaled": 2 * F(5 - 1, 6 - 1) - 1,
    # mean 6·5/21 = 10/7; pairs within that meet: 3 (in 芯片), not: 10 - 3 = 7. E X(X-1) = 2 (9·3 + 6·7)/105 = 46/35
    "e_i_index_by_industry_z": (10 / 7 - 1) / sqrt(10 / 7 + 46 / 35 - (10 / 7) ** 2),
    "bridging_to_universities": F(2, 7),
    "shared_institution_share": F(1, 6),  # a-c
    # seven sightings, five ties seen once, one twice
    "tie_coverage": 1 - F(5, 7) * F(6 * 5, 6 * 5 + 2 * 1),
    "unseen_ties": F(6, 7) * F(25, 2),
    # each document is right with 0.9: a-b has two
    "weighted_density": (F(99, 100) + 5 * F(9, 10)) / 21,
    "mean_path": F(6 + 2 * 6 + 3 * 3, 15),  # of a to f
    "diameter": F(3),
    "core_share": F(3, 7),  # a b c
    # the core c: 6 of 21 pairs hold c, and 4 of 6 ties
    "core_periphery": F(21 * 4 - 6 * 6, 90),  # 90² = 6 · 15 · 6 · 15
    "modularity_found": F(5, 6) - F(81 + 9, 144),  # a b c d and e f
    "multiplexity": None,  # no tie says of what kind it is
    "mean_classes": None,
    "backbone_share": F(0),  # the least likely are a-b for a, and for b: 1/3
    "small_world_sigma": None,  # seven firms are no world
    "small_world_omega": None,
    # c stands between a d, b d (all in 东园), between a e, b e, d e; e in 西园 between c and f
    "brokerage_coordinator_by_park": F(2),
    "brokerage_consultant_by_park": F(0),
    "brokerage_gatekeeper_by_park": F(4),
    "brokerage_representative_by_park": F(4),
    "brokerage_liaison_by_park": F(0),
    # c (光电): a e, b e are two of 芯片; a d, b d, d e of two others. e (芯片): c f are two of 光电
    "brokerage_coordinator_by_industry": F(0),
    "brokerage_consultant_by_industry": F(3),
    "brokerage_gatekeeper_by_industry": F(0),
    "brokerage_representative_by_industry": F(0),
    "brokerage_liaison_by_industry": F(3),
}

# 6 ties over 21 pairs are 2/7 a pair. 芯片: 3 firms, 光电 and 材料: 2 each
MIXING = {"光电": {"材料": 1, "芯片": 4}, "芯片": {"芯片": 1}}
MIXING_EXPECTED = {"光电": {"材料": F(2, 7) * 4, "芯片": F(2, 7) * 6}, "芯片": {"芯片": F(2, 7) * 3}}

NULLS: dict[str, F] = {
    # two firms are of one industry with 5/21; squares of degrees 4 + 4 + 16 + 1 + 4 + 1 = 30
    "modularity_by_industry": F(5, 21) - (30 + (144 - 30) * F(5, 21)) / 144,
    # three firms: parks of 4 and 3. Six open pairs.
    "brokerage_coordinator_by_park": 6 * F(4 * 3 * 2 + 3 * 2 * 1, 7 * 6 * 5),
    "brokerage_consultant_by_park": 6 * F(4 * 3 * 3 + 3 * 2 * 4, 7 * 6 * 5),
    "brokerage_gatekeeper_by_park": 6 * 2 * F(4 * 3 * 3 + 3 * 2 * 4, 7 * 6 * 5),
    "e_i_index": 1 - 2 * F(9, 21),
    "e_i_index_by_industry": 1 - 2 * F(5, 21),
    "cross_industry_share": 1 - F(5, 21),
}

PARKS: dict[str, dict[str, F | float | None]] = {
    EAST: {  # a b c d with a-b a-c b-c c-d
        "firms": F(4),
        "ties": F(4),
        "density": F(4, 6),
        "mean_degree": F(8, 4),
        "average_clustering": (1 + 1 + F(1, 3)) / 4,
        "transitivity": F(3, 5),
        "components": F(1),
        "giant_component_share": F(1),
        "isolates_share": F(0),
        "global_efficiency": (4 + F(2, 2)) / 6,
        "k_core": F(2),
        # ends 2-2 2-3 2-3 3-1: products 19, sum 18, squares 44, eight ends
        "degree_assortativity": (2 * F(19, 8) - F(18, 8) ** 2) / (F(44, 8) - F(18, 8) ** 2),
        "industries": F(3),
        "modularity_by_industry": F(1, 4) - F(16 + 9 + 1, 64),
        "assortativity_by_industry": (F(1, 4) - F(26, 64)) / (1 - F(26, 64)),
        "cross_industry_share": F(3, 4),
        "e_i_index_by_industry": F(3 - 1, 4),
        "e_i_index": F(1 - 4, 5),
        "external_ties": F(1),
        "bridging_to_universities": F(2, 4),
        "shared_institution_share": F(1, 4),
        "weighted_density": (F(99, 100) + 3 * F(9, 10)) / 6,
        "mean_path": F(4 + 2 * 2, 6),
        "diameter": F(2),
        "core_share": F(3, 4),
        "core_periphery": sqrt(1 / 2),  # c is in 3 of 6 pairs and 3 of 4 ties: (6·3 - 4·3) / √(4·2·3·3)
        "modularity_found": F(0),  # whatever the groups, none is above all in one
        "multiplexity": None,
        "mean_classes": None,
        "backbone_share": F(0),
        "size_corrected_density": None,  # two parks say nothing about what is usual
        "multiplexity_rarefied": None,
    },
    WEST: {  # e f g with e-f
        "firms": F(3),
        "ties": F(1),
        "density": F(1, 3),
        "mean_degree": F(2, 3),
        "average_clustering": None,
        "transitivity": None,
        "components": F(2),
        "giant_component_share": F(2, 3),
        "isolates_share": F(1, 3),
        "global_efficiency": F(1, 3),
        "k_core": F(1),
        "degree_assortativity": None,
        "industries": F(3),
        "modularity_by_industry": 0 - F(1 + 1, 4),
        "assortativity_by_industry": F(-1),
        "cross_industry_share": F(1),
        "e_i_index_by_industry": F(1),
        "e_i_index": F(1 - 1, 2),
        "external_ties": F(1),
        "bridging_to_universities": F(0),
        "shared_institution_share": F(0),
        "weighted_density": F(9, 10) / 3,
        "mean_path": F(1),
        "diameter": F(1),
        "core_share": F(2, 3),
        "core_periphery": None,  # e and f are alike, and g knows nobody
        "modularity_found": F(0),
        "multiplexity": None,
        "mean_classes": None,
        "backbone_share": F(0),
        "size_corrected_density": None,
        "multiplexity_rarefied": None,
    },
}

FIRM: dict[str, tuple[F | int | None, ...]] = {
    "degree": (2, 2, 4, 1, 2, 1, 0),
    "strength": (3, 3, 4, 1, 2, 1, 0),
    "clustering": (1, 1, F(1, 6), None, 0, None, None),
    "core_number": (2, 2, 2, 1, 1, 1, 0),
    # a: half its ties are b, and b leads half its own to c; the other half is c, which gives a quarter of its own to b
    "constraint": (
        F(5, 8) ** 2 + F(3, 4) ** 2,
        F(5, 8) ** 2 + F(3, 4) ** 2,
        2 * F(3, 8) ** 2 + 2 * F(1, 4) ** 2,
        1,
        F(1, 2),
        1,
        None,
    ),
    # a-b weighs 2: a gives b 2/3 and c 1/3
    "constraint_weighted": (
        F(3, 4) ** 2 + F(5, 9) ** 2,
        F(3, 4) ** 2 + F(5, 9) ** 2,
        2 * F(5, 12) ** 2 + 2 * F(1, 4) ** 2,
        1,
        F(1, 2),
        1,
        None,
    ),
    "effective_size": (1, 1, F(7, 2), 1, 2, 1, None),
    # a: b is redundant by 1/3 · 1/2 (its tie to c is half as strong as its strongest), c by 2/3 · 1
    "effective_size_weighted": (F(7, 6), F(7, 6), F(7, 2), 1, 2, 1, None),
    # of 15 pairs of others: c lies between a d, a e, a f, b d, b e, b f, d e, d f; e between f and a, b, c, d
    "betweenness": (0, 0, F(8, 15), 0, F(4, 15), 0, 0),
    "brokerage_coordinator_by_park": (0, 0, 2, 0, 0, 0, 0),
    "brokerage_consultant_by_park": (0, 0, 0, 0, 0, 0, 0),
    "brokerage_gatekeeper_by_park": (0, 0, 3, 0, 1, 0, 0),
    "brokerage_representative_by_park": (0, 0, 3, 0, 1, 0, 0),
    "brokerage_liaison_by_park": (0, 0, 0, 0, 0, 0, 0),
    "brokerage_coordinator_by_industry": (0, 0, 0, 0, 0, 0, 0),
    "brokerage_consultant_by_industry": (0, 0, 2, 0, 1, 0, 0),
    "brokerage_gatekeeper_by_industry": (0, 0, 0, 0, 0, 0, 0),
    "brokerage_representative_by_industry": (0, 0, 0, 0, 0, 0, 0),
    "brokerage_liaison_by_industry": (0, 0, 3, 0, 0, 0, 0),
}
