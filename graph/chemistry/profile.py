"""All scores of a park beside its chemistry ratio: split, chains, web, focuses, hexagon and stage, measured together.

>>> from graph.chain import from_csv
>>> from graph.network import Firm, Network, Tie
>>> chain = from_csv("upstream,downstream\\n电芯,整车", "")
>>> rows = [(f"{park}{i}", park, name) for park in "PQR" for i, name in enumerate(["电芯", "整车", "整车"])]
>>> net = Network.of([Firm(id, {park: ()}, name) for id, park, name in rows], [Tie("P0", "P1"), Tie("Q1", "Q2")])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from graph.chain import Chain, adjacency, service
from graph.chemistry import chains as chain_scores
from graph.chemistry import focus, hexagon, split, stage, webs
from graph.chemistry.jackknife import GROUPS
from graph.chemistry.peers import Peers, slr
from graph.metrics.value import Measure
from graph.network import Network


def profiles(
    net: Network,
    chains: Sequence[Chain] = (),
    *,
    peers: Peers | None = None,
    evidence: Mapping[str, Sequence[str]] | None = None,
    firsts: Mapping[str, Sequence[str]] | None = None,
    seed: int = 0,
    groups: int = GROUPS,
) -> dict[str, dict[str, Measure]]:
    """By park id, all measures of `split`, `chains`, `webs`, `focus`, `hexagon` and `stage`.

    Args:
        net: firms in parks; `classed`, or with a column `service`, where producer services are to be known.
        chains: of the tracks, or one of industries.
        peers: the chemistry ratio over all pairs, if it was measured with the same chains; None: it is measured here.
        evidence: park id -> passages that speak of 产城融合 there; None: nobody looked.
        firsts: park id -> passages that speak of first-of-kind products.
        seed: of all that is drawn by lot; the same seed gives the same bits.
        groups: of documents for the jackknife of the split ratios, 0 for none.

    >>> found = profiles(net, [chain])["P"]
    >>> found["chain_realisation"].value, found["stage"].value, found["pipelines"].value
    (1.0, '证据不足', 0.0)
    """
    feeds = adjacency(net, chains)
    serves = service(net) if "service" in net.columns else None
    if peers is None:
        with np.errstate(divide="ignore", invalid="ignore"):  # without ties there is no rate
            peers = slr(net, adjacent=feeds, service=serves, groups=0)
    parts = split.split(net, feeds, serves, groups=groups, seed=seed)
    held = chain_scores.chained(net, chains, peers)
    web = webs.parts(net, feeds, serves, np.random.default_rng([seed, 1]), served=split.service_coverage(parts))
    dice = np.random.default_rng([seed, 2])
    sources = (
        split.told(net, parts),
        chain_scores.told(net, held),
        webs.told(net, web),
        focus.scores(net, firsts),
        hexagon.told(net.parks, [chain.track or "chain" for chain in chains], held.present),
        stage.scores(net, held, parts, web["cross_industry_ratio"], dice, evidence=evidence),
    )
    return {park: {name: one for source in sources for name, one in source[park].items()} for park in net.parks}
