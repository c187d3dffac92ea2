"""Store -> Network: the one door between what is kept and what is measured.

What counts (everything else stays in the graph and out of the measures):

* a firm: an Enterprise with a park (LOCATED_IN a Park, not announced, not denied) or with a tie. Enterprises that are
  only named somewhere are no members of anything.
* a tie: COOPERATES between two enterprises behind which stands a collaboration that was signed, is active or has ended,
  and whose life meets the window. Settling in a park or running one binds a firm to a park, not to a firm. Its weight
  is the number of independent documents, its kinds are those of its collaborations, the relation where one has none.
  Ownership between two enterprises is kept with the kind OWNS, so that measures can leave the pair out.
* exposure: the independent documents that name a firm and tell of no cooperation of it, of whatever status.
* size and year of founding: what registers say of a firm. Its region: the city of its park, which the caller knows.
* an industry: the one that most independent documents state; of equally many the smallest name (`main_industry`).
* an institution tie: the same between an enterprise and an Institution.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph import fact
from graph.industry import main_industry
from graph.model import Cooperation, Relation, Status
from graph.network import Firm, Network, Tie
from graph.store import cypher
from graph.store.base import Row, Store
from graph.window import meets

COUNTED = tuple(status.value for status in Status if status in fact.COUNTED)
"""How far a fact must have come to count."""

NO_TIE = frozenset({Cooperation.SETTLING.value, Cooperation.OPERATION.value})
"""Kinds of COLLABORATES that bind a firm to a park or a government."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What `project` reads from a store, as plain rows; `network_of` needs nothing else.

    sites           firm, name, park, since, until, evidence (ids)
    parks           id, name, boundary
    industries      firm, industry, name, documents
    ties            a, a_name, b, b_name, collaborations (ids): two enterprises
    institutions    the same: an enterprise a and an institution b
    collaborations  id, relation, kinds, since, until, origins
    suppliers       id of a collaboration, firm that supplies in it
    owners          as ties, with since, until, evidence: a owns b
    witnesses       id, origin of the evidence of sites and owners
    rosters         origin of documents that list a park's firms
    named           firm, origin of a document that names it
    cooperating     firm, origins of documents that tell of a cooperation of it
    sizes           firm, size, founded
    """

    sites: Iterable[Row] = ()
    parks: Iterable[Row] = ()
    industries: Iterable[Row] = ()
    ties: Iterable[Row] = ()
    institutions: Iterable[Row] = ()
    collaborations: Iterable[Row] = ()
    suppliers: Iterable[Row] = ()
    owners: Iterable[Row] = ()
    witnesses: Iterable[Row] = ()
    rosters: Iterable[Row] = ()
    named: Iterable[Row] = ()
    cooperating: Iterable[Row] = ()
    sizes: Iterable[Row] = ()


City = Callable[[str], str]
"""From the name of a park to its city; "" where it is unknown."""


def project(store: Store, *, since: str = "", until: str = "", city: City = lambda park: "") -> Network:
    """The network of firms that a store holds.

    Args:
        store: any store; only read.
        since, until: the window, ISO dates, months or years, both included; "" leaves that end open. A collaboration or
            a seat in a park counts if its life may meet the window; one without dates may.
        city: where a park lies; a table outside of the graph knows it.
    """
    counted = list(COUNTED)

    def rows(statement: str, **parameters: Any) -> Iterator[Row]:
        """Begun when the first row is asked for, so that no two are open at once: an engine serves but a few."""
        yield from store.stream(statement, **parameters)

    return network_of(
        Rows(
            sites=rows(cypher.SITES, counted=counted),
            parks=rows(cypher.PARKS),
            industries=rows(cypher.FIELDS, counted=counted),
            ties=rows(cypher.FIRM_TIES),
            institutions=rows(cypher.INSTITUTION_TIES),
            collaborations=rows(cypher.COUNTED, counted=counted),
            suppliers=rows(cypher.SUPPLIERS),
            owners=rows(cypher.OWNERS, counted=counted),
            witnesses=rows(cypher.SITE_WITNESSES),
            rosters=rows(cypher.ROSTERS),
            named=rows(cypher.FIRMS_NAMED),
            cooperating=rows(cypher.COOPERATES_IN),
            sizes=rows(cypher.SIZES),
        ),
        since=since,
        until=until,
        city=city,
    )


def network_of(rows: Rows, *, since: str = "", until: str = "", city: City = lambda park: "") -> Network:
    """The network of firms that these rows tell of; pure, and the same for any order of rows.

    >>> rows = Rows(
    ...     sites=[{"firm": "e1", "name": "甲", "park": "p", "since": "", "until": "", "evidence": ["v1"]}],
    ...     parks=[{"id": "p", "name": "东园", "boundary": None}],
    ...     ties=[{"a": "e1", "a_name": "甲", "b": "e2", "b_name": "乙", "collaborations": ["c"]}],
    ...     collaborations=[
    ...         {"id": "c", "relation": "", "kinds": [], "since": "2024-05", "until": "", "origins": ["o1", "o2"]}
    ...     ],
    ...     witnesses=[{"id": "v1", "origin": "o1"}],
    ... )
    >>> net = network_of(rows)
    >>> net.firms, net.weight.tolist(), net.documents, net.boundary
    (('e1', 'e2'), [2.0], ('o1', 'o2'), ('mentioned',))
    >>> len(network_of(rows, until="2023").source)
    0
    """
    rosters = {row["origin"] for row in rows.rosters}
    origin = {row["id"]: row["origin"] for row in rows.witnesses}
    suppliers = {row["id"]: row["firm"] for row in rows.suppliers}
    behind = {
        row["id"]: _Event(
            tuple(row["origins"] or ()), tuple(row["kinds"] or (row["relation"],)), suppliers.get(row["id"], "")
        )
        for row in rows.collaborations
        if not _binds_to_a_park(row["kinds"]) and meets(row["since"], row["until"], since, until)
    }
    found = _Firms()
    for row in rows.sites:
        if meets(row["since"], row["until"], since, until):
            origins = {origin[piece] for piece in row["evidence"] if piece in origin}
            # A register is a census, not a draw: what it lists does not hang on any other document.
            found.site(row, () if origins & rosters else origins)
    ties = [tie for row in rows.ties for tie in found.ties(row, behind)]
    for row in rows.owners:
        if row["a"] in found.known and row["b"] in found.known and meets(row["since"], row["until"], since, until):
            said = tuple(sorted({origin[piece] for piece in row["evidence"] if piece in origin}))
            ties.append(Tie(row["a"], row["b"], documents=said, kinds=(Relation.OWNS.value,)))
    for row in rows.institutions:
        found.institution(row, _told(row, behind))
    for row in rows.industries:
        found.industry(row)
    for row in rows.named:
        found.named[row["firm"]].add(row["origin"])
    for row in rows.cooperating:
        found.cooperating[row["firm"]].update(row["origins"] or ())
    for row in rows.sizes:
        found.sizes[row["firm"]] = (_number(row["size"]), _year(row["founded"]))
    parks = list(rows.parks)
    found.cities.update({row["id"]: city(row["name"]) for row in parks})
    return Network.of(
        found.rows(),
        ties,
        parks=(row["id"] for row in parks),
        boundary={row["id"]: row["boundary"] for row in parks if row["boundary"]},
        names=found.names | {row["id"]: row["name"] for row in parks},
    )


def _binds_to_a_park(kinds: Iterable[str] | None) -> bool:
    stated = set(kinds or ())
    return bool(stated) and stated <= NO_TIE


@dataclass(frozen=True, slots=True)
class _Event:
    """A collaboration that counts."""

    origins: tuple[str, ...]
    kinds: tuple[str, ...]
    supplier: str


def _told(row: Row, behind: Mapping[str, _Event]) -> tuple[str, ...] | None:
    """The distinct origins of the collaborations behind a tie; None if none of these counts."""
    counting = [behind[name] for name in row["collaborations"] if name in behind]
    return tuple(sorted({origin for event in counting for origin in event.origins})) if counting else None


def _number(value: object) -> float | None:
    """A size as registers write it (500, "500人", "1,200"), if it is above 0."""
    found = re.match(r"\d[\d,]*(?:\.\d+)?", str(value or ""))
    number = float(found[0].replace(",", "")) if found else 0.0
    return number or None


def _year(value: object) -> float | None:
    found = re.match(r"\d{4}", str(value or ""))
    return float(found[0]) if found else None


@dataclass(slots=True)
class _Firms:
    """The rows of firms while they are gathered."""

    names: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    parks: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(dict))
    partners: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=lambda: defaultdict(dict))
    fields: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    listed: set[tuple[str, str]] = field(default_factory=set)
    named: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    cooperating: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sizes: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    cities: dict[str, str] = field(default_factory=dict)

    def name(self, firm: str, name: str) -> None:
        self.known.add(firm)
        self.names[firm] = name

    def site(self, row: Row, origins: Iterable[str]) -> None:
        self.name(row["firm"], row["name"])
        documents = set(origins)
        if not documents:
            self.listed.add((row["firm"], row["park"]))
        self.parks[row["firm"]].setdefault(row["park"], set()).update(documents)

    def ties(self, row: Row, behind: Mapping[str, _Event]) -> Iterator[Tie]:
        """The tie of a row: a row for each thing that supplies, so that the directions stay apart."""
        documents = _told(row, behind)
        if documents is None:
            return
        self.name(row["a"], row["a_name"])
        self.name(row["b"], row["b_name"])
        kinds: dict[str, set[str]] = defaultdict(set)
        for event in (behind[name] for name in row["collaborations"] if name in behind):
            kinds[event.supplier].update(event.kinds)
        weight = float(max(len(documents), 1)) / len(kinds)
        for supplier, called in sorted(kinds.items()):
            yield Tie(row["a"], row["b"], weight, documents, tuple(sorted(called)), supplier)

    def institution(self, row: Row, documents: tuple[str, ...] | None) -> None:
        if documents is None:
            return
        self.names[row["b"]] = row["b_name"]
        self.name(row["a"], row["a_name"])
        self.partners[row["a"]][row["b"]] = documents

    def industry(self, row: Row) -> None:
        self.names[row["industry"]] = row["name"]
        stated = self.fields[row["firm"]]
        stated[row["industry"]] = max(stated.get(row["industry"], 0), row["documents"] or 0)

    def rows(self) -> list[Firm]:
        return [
            Firm(
                id=firm,
                parks={park: self._documents(firm, park, behind) for park, behind in self.parks[firm].items()},
                industry=main_industry(self.fields[firm], self.names),
                institutions=self.partners[firm],
                mentions=tuple(sorted(self.named[firm] - self.cooperating[firm])) if self.named else None,
                size=self.sizes.get(firm, (None, None))[0],
                region=next((self.cities[park] for park in sorted(self.parks[firm]) if self.cities.get(park)), ""),
                founded=self.sizes.get(firm, (None, None))[1],
            )
            for firm in sorted(self.known)
        ]

    def _documents(self, firm: str, park: str, behind: Iterable[str]) -> tuple[str, ...]:
        return () if (firm, park) in self.listed else tuple(sorted(behind))
