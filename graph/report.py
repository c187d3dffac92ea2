"""All that can be measured of a network, in one report: the structure of `graph.measure`, the chemistry of the parks.

The shape is that of `graph.measure.measure`; parks have the measures of chemistry too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from graph.chain import Chain
from graph.chemistry.bicm import bicm
from graph.chemistry.report import chemistry, of_network, of_parks
from graph.chemistry.verdict import READING
from graph.chemistry.wiring import wirings
from graph.measure import Column, labels, measure
from graph.metrics.groups import Groups
from graph.metrics.linkage import input_output_linkage
from graph.metrics.relatedness import relatedness_density_z
from graph.metrics.value import Measures
from graph.network import FloatArray, Network
from graph.tie import cooperating
from graph.window import holds

DRAWS = 100
"""Random wirings that small networks are measured beside."""

QUICK = 20_000_000
"""Up to so many steps (some seconds) wirings are drawn without being asked for."""


def full(
    net: Network,
    chains: Sequence[Chain] = (),
    *,
    evidence: Mapping[str, Sequence[str]] | None = None,
    firsts: Mapping[str, Sequence[str]] | None = None,
    seed: int = 0,
    draws: int | None = None,
) -> dict[str, Any]:
    """Every measure of a network, its parks and firms, as plain values that JSON can hold.

    Args:
        net: what `graph.tables.read_network` or `graph.projection.project` gives.
        chains: of industries, for what is chain-adjacent.
        evidence: park id -> passages that speak of 产城融合 there, for stage 3.0; None: nobody looked.
        firsts: park id -> passages that speak of first-of-kind products there; None: nobody looked.
        seed: of all that is drawn by lot; the same seed gives the same report.
        draws: random wirings that structure is measured beside; 0: none, and structure has no null. None: `DRAWS`
            where that takes no more than `QUICK` steps, else none; the note `wirings` says how many.

    >>> from graph.network import Firm, Tie
    >>> net = Network.of([Firm("a", {"P": ()}), Firm("b", {"P": ()}), Firm("c", {"Q": ()})], [Tie("a", "b")])
    >>> park = full(net)["parks"]["P"]
    >>> park["density"]["value"], park["slr"]["value"], park["slr"]["reason"], park["verdict"]["value"]
    (1.0, None, 'no other park has such pairs to compare with', '证据不足')
    """
    linked = cooperating(net)  # pairs of one group are no cooperation, and chemistry leaves them out of the pairs too
    if draws is None:
        draws = DRAWS if DRAWS * len(net.firms) * (len(net.firms) + 2 * len(net.source)) <= QUICK else 0
    report = measure(linked, wiring=partial(_rewired, seed=seed, draws=draws) if draws else None)
    found = chemistry(net, chains, seed=seed)
    report["network"] |= {name: value.as_dict() for name, value in of_network(found).items()}
    beside: dict[str, Column] = {
        "input_output_linkage": input_output_linkage(linked, chains),
        "relatedness_density_z": relatedness_density_z(net, lambda table: bicm(table).chance),
    }
    told = of_parks(net, found, chains, evidence=evidence, firsts=firsts, seed=seed)
    for number, label in enumerate(labels(net, net.parks)):
        report["parks"][label] |= {name: value.as_dict() for name, value in told[number].items()}
        report["parks"][label] |= {name: column.of(number).as_dict() for name, column in beside.items()}
    report["notes"]["wirings"] = draws
    report["notes"]["reading_of_slr_and_r0"] = READING
    return report


def _rewired(
    groups: Groups, measures: Mapping[str, Callable[[Groups], Measures]], *, seed: int, draws: int
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """The mean and the standard deviation of each measure over random wirings."""
    return {name: (one.mean, one.sd) for name, one in wirings(groups, measures, seed=seed, draws=draws).items()}


def known_by(net: Network, published: Mapping[str, str], date: str) -> Network:
    """What was known of the network by a date: without the documents that appeared later, and what they alone evidence.

    `published` gives the day, month or year of a document; those without one were known all along. The date is as
    precise as it is written: 2024 means by the end of 2024.

    >>> from graph.network import Firm, Tie
    >>> net = Network.of([Firm("a"), Firm("b"), Firm("c")], [Tie("a", "b", 1, ["d1"]), Tie("b", "c", 1, ["d2"])])
    >>> len(known_by(net, {"d1": "2023-05", "d2": "2024-01-31"}, "2023").source)
    1
    """
    later = [not holds(published.get(document, ""), until=date) for document in net.documents]
    return net.without(np.array(later, dtype=np.bool_))
