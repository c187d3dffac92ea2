"""What a table says about an industry, and the same for the firms of a network.

The graph keeps what documents say; which class of the national standard a field belongs to is said by a table outside
of it (in `ingest`, which this package may not import). So the table is handed in as a function, `Lookup`, and asked
when something is read: a newer table speaks at once, no document is read again, and no stored fact depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from graph.network import Network


@dataclass(frozen=True, slots=True)
class Class:
    """The place of an industry: concept, class in GB/T 4754-2017, producer-service class, track; "" where it has none.

    `code` has a letter and 0, 2, 3 or 4 digits; `service` is 01 to 10 of the producer services of 2019; `track` is an
    id of an edition's track, its own or that of the nearest broader concept; `broader` the broader concepts, nearest
    first.
    """

    concept: str = ""
    code: str = ""
    service: str = ""
    track: str = ""
    broader: tuple[str, ...] = ()

    def division(self) -> str:
        """The code of the division (大类), e.g. C34; "" if the code does not go so far."""
        return self.code[:3] if len(self.code) >= 3 else ""


UNKNOWN = Class()
"""What is not in the table: unclassified."""

Lookup = Callable[[str], Class]
"""From the name of an industry to its class, `UNKNOWN` if the table has none."""

COLUMNS = ("concept", "class", "service", "track", "broader")


def classed(net: Network, lookup: Lookup) -> Network:
    """The network with the columns concept, class, service, track and broader (joined by ;) of each firm's industry;
    "" where unknown.

    >>> from graph.network import Firm
    >>> net = Network.of([Firm("a", {}, "减速器"), Firm("b")])
    >>> dict(classed(net, lambda name: Class(name, "C3453")).columns)["class"]
    ('C3453', '')
    """
    classes = [lookup(net.names.get(one, one)) for one in net.industries]
    rows = [classes[number] if number >= 0 else UNKNOWN for number in net.industry.tolist()]
    columns = dict(net.columns) | {
        "concept": tuple(row.concept for row in rows),
        "class": tuple(row.code for row in rows),
        "service": tuple(row.service for row in rows),
        "track": tuple(row.track for row in rows),
        "broader": tuple(";".join(row.broader) for row in rows),
    }
    return replace(net, columns=MappingProxyType(columns))


def mostly_known(net: Network, lookup: Lookup) -> bool:
    """Whether the table has a class for at least half of a network's industries, and the network has none of its own.

    >>> from graph.network import Firm
    >>> table = {"减速器": Class(code="C3453"), "X7": UNKNOWN}
    >>> mostly_known(Network.of([Firm("a", {}, "减速器"), Firm("b", {}, "X7")]), table.__getitem__)
    True
    """
    if not net.industries or {"class", "service"} & set(net.columns):
        return False
    known = sum(bool(lookup(net.names.get(one, one)).code) for one in net.industries)
    return 2 * known >= len(net.industries)


def main_industry(stated: Mapping[str, int], names: Mapping[str, str]) -> str:
    """The industry of a firm: the one that most independent documents state; of equally many the smallest name.

    `stated` maps the id of an industry to its documents, `names` ids to names. "" if nothing is stated.

    >>> main_industry({"i1": 2, "i2": 3, "i3": 3}, {"i2": "电池", "i3": "汽车"})
    'i3'
    """
    return min(stated, key=lambda one: (-stated[one], names.get(one, one), one), default="")
