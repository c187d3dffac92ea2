"""What the measures see: firms, the ties between them, and the park, industry and documents behind each.

A `Network` is a set of arrays that never change. Firms, parks, industries, institutions and documents are numbered in
the order of their ids, so the same facts give the same arrays in whatever order they came:

    firms ──(members)── parks            a firm may sit in several parks, or in none that is known
      │  ├──(industry)── industries      -1 where it is unknown
      │  └──(region)── regions           the city, -1 where it is unknown
      ├──(source, target, weight)        a tie: undirected, one a pair, source < target, no self-loops
      │    └──(tie_kinds)── kinds        what documents call it: 合作研发, SUPPLIES …; a tie may have several
      └──(institutions)── institutions   ties to universities and institutes, or None if nobody looked
    documents stand behind members, ties and institution ties, so that some can be left out and all be measured again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import networkx

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MENTIONED, ROSTER = "mentioned", "roster"
"""Where the list of a park's firms comes from: only from documents that happen to name them, or from a register."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Firm:
    """A row of the table of firms: `parks` and `institutions` map an id to the documents that say so."""

    id: str
    parks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    industry: str = ""
    institutions: Mapping[str, Sequence[str]] | None = None  # None: nobody looked
    exposure: float | None = None  # documents that name the firm and hold no cooperation of it
    mentions: Sequence[str] | None = None  # these documents by id, where known; then `exposure` is their number
    size: float | None = None  # > 0, in whatever unit the source has (employees, sales): only ratios count
    region: str = ""  # the city
    founded: float | None = None  # the year


@dataclass(frozen=True, slots=True)
class Tie:
    """A row of the table of ties."""

    source: str
    target: str
    weight: float = 1.0
    documents: Sequence[str] = ()
    kinds: Sequence[str] = ()  # what it is called: a class, a kind of cooperation or a relation
    supplier: str = ""  # which end supplies or serves the other, where that is known: an id


@dataclass(frozen=True, slots=True)
class Notes:
    """What was left out or put together while the tables became a network."""

    self_loops: int = 0  # rows that tie a firm to itself, left out
    merged_rows: int = 0  # rows that repeat a pair (or reverse it), united with the first
    unknown_nodes: tuple[str, ...] = ()  # ends of ties that no row of firms names; their ties are left out


@dataclass(frozen=True, eq=False, slots=True)
class Witnesses:
    """The documents behind each item of a list: those of item i are `document[start[i]:start[i + 1]]`."""

    start: IntArray
    document: IntArray

    @classmethod
    def of(cls, rows: Sequence[Iterable[int]]) -> Witnesses:
        """Witnesses of the items of a list, each given as document numbers; repeated ones count once."""
        lists = [sorted(set(row)) for row in rows]
        start = np.zeros(len(lists) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in lists], out=start[1:])
        return cls(start, np.array([document for row in lists for document in row], dtype=np.int64))

    @property
    def count(self) -> IntArray:
        """How many documents stand behind each item."""
        return np.diff(self.start)

    def take(self, items: IntArray | BoolArray) -> Witnesses:
        """The witnesses of some of the items, in that order."""
        chosen = np.arange(len(self.start) - 1)[items]
        entries, count = spread(self.start, chosen)
        return Witnesses(np.concatenate(([0], np.cumsum(count))), self.document[entries])

    def survive(self, dropped: BoolArray) -> BoolArray:
        """Which items still have a witness when the `dropped` documents are taken away.

        Items without any document (from a register, or from a table that names none) always survive.
        """
        return np.asarray((self.among(~dropped) > 0) | (self.count == 0))

    def among(self, chosen: BoolArray) -> IntArray:
        """How many of the `chosen` documents stand behind each item. `chosen` has one entry a document."""
        found = np.concatenate(([0], np.cumsum(chosen[self.document])))
        return np.asarray(found[self.start[1:]] - found[self.start[:-1]])


@dataclass(frozen=True, eq=False, slots=True)
class Pairs:
    """Firm `firm[i]` belongs to `other[i]` (a park, an institution); sorted by firm, then other."""

    firm: IntArray
    other: IntArray
    documents: Witnesses | None = None

    def first(self, firms: int) -> IntArray:
        """The pairs of firm i are those from `first[i]` up to `first[i + 1]`."""
        return np.searchsorted(self.firm, np.arange(firms + 1))

    def take(self, items: IntArray | BoolArray) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.firm[items], self.other[items], self.documents.take(items) if self.documents else None)

    def without(self, dropped: BoolArray) -> Pairs:
        """The pairs that still have a witness when the `dropped` documents are taken away."""
        return self.take(self.documents.survive(dropped)) if self.documents else self


@dataclass(frozen=True, eq=False)
class Network:
    """Firms and their ties as arrays. Make one with `Network.of`; every measure takes one and changes nothing."""

    firms: tuple[str, ...]
    parks: tuple[str, ...]
    industries: tuple[str, ...]
    members: Pairs  # firm, park
    industry: IntArray  # (firms,) index into industries, -1 unknown
    source: IntArray  # (ties,) sorted by source, then target; source < target
    target: IntArray
    weight: FloatArray  # (ties,) > 0
    documents: tuple[str, ...] = ()
    tie_documents: Witnesses | None = None  # None: the ties name no documents
    institutions: Pairs | None = None  # firm, institution; None: nobody looked
    institution_ids: tuple[str, ...] = ()
    exposure: FloatArray | None = None  # (firms,) documents that name it without a cooperation of it; nan unknown
    exposure_documents: Witnesses | None = None  # (firms,) these documents; None: only their number is known
    size: FloatArray | None = None  # (firms,) > 0, nan unknown
    region: IntArray | None = None  # (firms,) index into regions, -1 unknown
    regions: tuple[str, ...] = ()
    founded: FloatArray | None = None  # (firms,) year, nan unknown
    kinds: tuple[str, ...] = ()
    tie_kinds: BoolArray | None = None  # (ties, kinds); None: no tie says what it is
    direction: IntArray | None = None  # (ties,) 1: the source supplies the target, -1: the reverse, 0 unknown or both
    boundary: tuple[str, ...] = ()  # (parks,) "mentioned" or "roster"
    names: Mapping[str, str] = field(default_factory=dict)  # id -> name, where they differ
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # further columns of the firms' table
    notes: Notes = Notes()

    @classmethod
    def of(
        cls,
        firms: Iterable[Firm],
        ties: Iterable[Tie] = (),
        *,
        parks: Iterable[str] = (),
        boundary: Mapping[str, str] = _NOTHING,
        names: Mapping[str, str] = _NOTHING,
    ) -> Network:
        """The network of these rows, whose order does not matter.

        Args:
            firms: each id once.
            ties: any rows; parallel and reversed ones are united and their weights summed, self-loops and ties to ids
                that no firm has are left out. `notes` counts and names all of these.
            parks: parks to keep although no firm sits in them.
            boundary: park id -> "roster" where a register lists its firms; else "mentioned".
            names: id -> name, for printing.

        >>> net = Network.of([Firm("b"), Firm("a", {"P": ()})], [Tie("b", "a", 2.0), Tie("a", "b"), Tie("a", "a")])
        >>> net.firms, net.source.tolist(), net.target.tolist(), net.weight.tolist()
        (('a', 'b'), [0], [1], [3.0])
        >>> net.notes
        Notes(self_loops=1, merged_rows=1, unknown_nodes=())
        """
        rows = sorted(firms, key=lambda firm: firm.id)
        number = {firm.id: index for index, firm in enumerate(rows)}
        if len(number) < len(rows):
            raise ValueError("two rows of firms have the same id; unite them first")
        ends = list(ties)
        all_parks = tuple(sorted({*parks, *(park for firm in rows for park in firm.parks)}))
        industries = tuple(sorted({firm.industry for firm in rows if firm.industry}))
        documents = tuple(sorted(_documents(rows, ends)))
        document_number = {document: index for index, document in enumerate(documents)}
        institution_ids = tuple(sorted({key for firm in rows for key in firm.institutions or ()}))
        looked = any(firm.institutions is not None for firm in rows)
        kinds = {name: index for index, name in enumerate(industries)}
        regions = tuple(sorted({firm.region for firm in rows if firm.region}))
        region_number = {name: index for index, name in enumerate(regions)}
        exposure = _numbers([firm.exposure if firm.mentions is None else len(set(firm.mentions)) for firm in rows])
        united = _united(ends, number, document_number)
        return cls(
            firms=tuple(number),
            parks=all_parks,
            industries=industries,
            members=_pairs([firm.parks for firm in rows], all_parks, document_number),
            industry=np.array([kinds.get(firm.industry, -1) for firm in rows], dtype=np.int64),
            source=united.source,
            target=united.target,
            weight=united.weight,
            documents=documents,
            tie_documents=united.documents,
            institutions=_pairs([firm.institutions or {} for firm in rows], institution_ids, document_number)
            if looked
            else None,
            institution_ids=institution_ids,
            exposure=exposure,
            exposure_documents=_mentions(rows, document_number),
            size=_numbers([firm.size for firm in rows]),
            region=np.array([region_number.get(firm.region, -1) for firm in rows], dtype=np.int64) if regions else None,
            regions=regions,
            founded=_numbers([firm.founded for firm in rows]),
            kinds=united.kinds,
            tie_kinds=united.tie_kinds,
            direction=united.direction,
            boundary=tuple(boundary.get(park, MENTIONED) for park in all_parks),
            names=MappingProxyType(dict(names)),
            notes=united.notes,
        )

    @cached_property
    def adjacency(self) -> tuple[IntArray, IntArray, FloatArray]:
        """(start, neighbour, weight): the neighbours of firm i are `neighbour[start[i]:start[i + 1]]`, ascending."""
        # Ties are sorted by source, then target: a stable sort keeps the partners of each firm in ascending order.
        tail, head = np.concatenate((self.target, self.source)), np.concatenate((self.source, self.target))
        order = np.argsort(tail, kind="stable")
        start = np.concatenate(([0], np.cumsum(self.degree)))
        return start, head[order], np.concatenate((self.weight, self.weight))[order]

    @cached_property
    def degree(self) -> IntArray:
        """Number of ties of each firm."""
        n = len(self.firms)
        return np.bincount(self.source, minlength=n) + np.bincount(self.target, minlength=n)

    @cached_property
    def first_tie(self) -> IntArray:
        """The ties whose source is firm i are those from `first_tie[i]` up to `first_tie[i + 1]`."""
        return np.searchsorted(self.source, np.arange(len(self.firms) + 1))

    @cached_property
    def first_seat(self) -> IntArray:
        """The memberships of firm i are those from `first_seat[i]` up to `first_seat[i + 1]`."""
        return self.members.first(len(self.firms))

    @cached_property
    def first_partner(self) -> IntArray | None:
        """The institution ties of firm i are those from `first_partner[i]` up to `first_partner[i + 1]`."""
        return self.institutions.first(len(self.firms)) if self.institutions else None

    @cached_property
    def placed(self) -> BoolArray:
        """Which firms sit in a park that is known."""
        return np.diff(self.first_seat) > 0

    @cached_property
    def rosters(self) -> tuple[IntArray, IntArray]:
        """(start, firm): the firms of park p are `firm[start[p]:start[p + 1]]`, ascending."""
        order = np.lexsort((self.members.firm, self.members.other))
        return np.searchsorted(self.members.other[order], np.arange(len(self.parks) + 1)), self.members.firm[order]

    @cached_property
    def neighbours(self) -> list[list[int]]:
        """The neighbours of each firm as lists, for the plain algorithms."""
        start, neighbour, _ = self.adjacency
        flat, cut = neighbour.tolist(), start.tolist()
        return [flat[low:high] for low, high in pairwise(cut)]

    @property
    def institution_ties(self) -> IntArray | None:
        """Number of institution ties of each firm, or None if nobody looked."""
        return np.bincount(self.institutions.firm, minlength=len(self.firms)) if self.institutions else None

    def firms_of(self, park: str) -> IntArray:
        """The firms of a park, ascending. Raises KeyError for a park that is not there."""
        index, (start, firm) = self._park_number[park], self.rosters
        return firm[start[index] : start[index + 1]]

    def boundary_of(self, park: str) -> str:
        """Where the list of a park's firms comes from: "mentioned" or "roster"."""
        return self.boundary[self._park_number[park]] if self.boundary else MENTIONED

    def subnetwork(self, park: str) -> Network:
        """The firms of one park and the ties among them; the same parks, industries and documents stay numbered."""
        return self.induced(self.firms_of(park))

    def induced(self, chosen: IntArray) -> Network:
        """Some of the firms (ascending) and the ties among them."""
        candidates, _ = spread(self.first_tie, chosen)
        inside = candidates[np.isin(self.target[candidates], chosen)]
        columns = {name: tuple(column[i] for i in chosen) for name, column in self.columns.items()}
        return replace(
            self,
            firms=tuple(self.firms[i] for i in chosen.tolist()),
            members=_renumbered(self.members, chosen, self.first_seat),
            industry=self.industry[chosen],
            source=np.searchsorted(chosen, self.source[inside]),
            target=np.searchsorted(chosen, self.target[inside]),
            weight=self.weight[inside],
            tie_documents=self.tie_documents.take(inside) if self.tie_documents else None,
            institutions=_renumbered(self.institutions, chosen, self.first_partner)
            if self.institutions and self.first_partner is not None
            else None,
            exposure=_taken(self.exposure, chosen),
            exposure_documents=self.exposure_documents.take(chosen) if self.exposure_documents else None,
            size=_taken(self.size, chosen),
            region=self.region[chosen] if self.region is not None else None,
            founded=_taken(self.founded, chosen),
            tie_kinds=self.tie_kinds[inside] if self.tie_kinds is not None else None,
            direction=self.direction[inside] if self.direction is not None else None,
            columns=MappingProxyType(columns),
        )

    def without(self, dropped: BoolArray) -> Network:
        """The network as it would be had some documents never been written. `dropped` has one entry a document.

        Ties, memberships and institution ties that only dropped documents evidence are gone; the firms stay, perhaps
        in no park; their exposure falls where its documents are known. The weight of a tie that keeps some of its
        documents stays as it is.
        """
        ties = self.tie_documents.survive(dropped) if self.tie_documents else np.ones(len(self.source), dtype=np.bool_)
        lost = self.exposure_documents.among(dropped) if self.exposure_documents else None
        return replace(
            self.keeping(ties),
            members=self.members.without(dropped),
            institutions=self.institutions.without(dropped) if self.institutions else None,
            exposure=self.exposure - lost if self.exposure is not None and lost is not None else self.exposure,
        )

    def keeping(self, ties: BoolArray) -> Network:
        """The same firms with some of the ties. `ties` has one entry a tie."""
        return replace(
            self,
            source=self.source[ties],
            target=self.target[ties],
            weight=self.weight[ties],
            tie_documents=self.tie_documents.take(ties) if self.tie_documents else None,
            tie_kinds=self.tie_kinds[ties] if self.tie_kinds is not None else None,
            direction=self.direction[ties] if self.direction is not None else None,
        )

    def to_networkx(self) -> networkx.Graph[str]:
        """The same network as a `networkx.Graph`: nodes with `parks` and `industry`, edges with `weight`."""
        import networkx

        graph: networkx.Graph[str] = networkx.Graph()
        parks: list[list[str]] = [[] for _ in self.firms]
        for firm, park in zip(self.members.firm.tolist(), self.members.other.tolist(), strict=True):
            parks[firm].append(self.parks[park])
        for firm, (name, industry) in enumerate(zip(self.firms, self.industry.tolist(), strict=True)):
            graph.add_node(name, parks=tuple(parks[firm]), industry=self.industries[industry] if industry >= 0 else "")
        for tie in zip(self.source.tolist(), self.target.tolist(), self.weight.tolist(), strict=True):
            graph.add_edge(self.firms[tie[0]], self.firms[tie[1]], weight=tie[2])
        return graph

    @cached_property
    def _park_number(self) -> dict[str, int]:
        return {park: index for index, park in enumerate(self.parks)}


def unite(
    source: IntArray, target: IntArray, weight: FloatArray
) -> tuple[IntArray, IntArray, FloatArray, IntArray, int, int]:
    """One tie a pair from rows in any order and direction.

    Returns (source, target, weight, tie, self_loops, merged_rows): `tie[i]` is the united tie of row i, -1 for a
    self-loop. Weights of one pair are summed in ascending order, so the sum does not depend on the order of rows.
    """
    low, high = np.minimum(source, target), np.maximum(source, target)
    rows = np.flatnonzero(low != high)
    order = rows[np.lexsort((weight[rows], high[rows], low[rows]))]
    low, high = low[order], high[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    begin = np.flatnonzero(first)
    tie = np.full(len(source), -1, dtype=np.int64)
    tie[order] = np.cumsum(first) - 1
    summed = np.add.reduceat(weight[order], begin) if len(begin) else np.zeros(0)
    return low[begin], high[begin], summed, tie, len(source) - len(rows), len(rows) - len(begin)


def spread(start: IntArray, chosen: IntArray) -> tuple[IntArray, IntArray]:
    """(entries, count): the positions start[i] … start[i + 1] of all chosen i, one after another, and how many each."""
    count = start[chosen + 1] - start[chosen]
    offset = np.cumsum(count) - count
    return np.arange(count.sum()) + np.repeat(start[chosen] - offset, count), count


def _documents(firms: Iterable[Firm], ties: Iterable[Tie]) -> set[str]:
    found = {document for tie in ties for document in tie.documents}
    for firm in firms:
        for behind in (*firm.parks.values(), *(firm.institutions or {}).values(), firm.mentions or ()):
            found.update(behind)
    return found


@dataclass(frozen=True, eq=False, slots=True)
class _United:
    """The ties of a network, one a pair."""

    source: IntArray
    target: IntArray
    weight: FloatArray
    documents: Witnesses | None
    kinds: tuple[str, ...]
    tie_kinds: BoolArray | None
    direction: IntArray | None
    notes: Notes


def _united(ties: Sequence[Tie], firm: Mapping[str, int], document: Mapping[str, int]) -> _United:
    known = [tie for tie in ties if tie.source in firm and tie.target in firm]
    unknown = {end for tie in ties for end in (tie.source, tie.target) if end not in firm}
    source, target, weight, united, self_loops, merged = unite(
        np.array([firm[tie.source] for tie in known], dtype=np.int64),
        np.array([firm[tie.target] for tie in known], dtype=np.int64),
        np.array([tie.weight for tie in known], dtype=np.float64),
    )
    kinds = tuple(sorted({kind for tie in known for kind in tie.kinds}))
    number = {kind: index for index, kind in enumerate(kinds)}
    behind: list[set[int]] = [set() for _ in source]
    tie_kinds = np.zeros((len(source), len(kinds)), dtype=np.bool_)
    supplies = np.zeros((len(source), 2), dtype=np.bool_)
    for tie, index in zip(known, united.tolist(), strict=True):
        if index < 0:
            continue
        behind[index].update(document[name] for name in tie.documents)
        tie_kinds[index, [number[kind] for kind in tie.kinds]] = True
        if tie.supplier:
            supplies[index, int(firm[tie.supplier] != source[index])] = True
    return _United(
        source,
        target,
        weight,
        documents=Witnesses.of(behind) if any(behind) else None,
        kinds=kinds,
        tie_kinds=tie_kinds if kinds else None,
        direction=supplies[:, 0].astype(np.int64) - supplies[:, 1] if supplies.any() else None,
        notes=Notes(self_loops, merged, tuple(sorted(unknown))),
    )


def _mentions(firms: Sequence[Firm], document: Mapping[str, int]) -> Witnesses | None:
    if all(firm.mentions is None for firm in firms):
        return None
    return Witnesses.of([[document[name] for name in firm.mentions or ()] for firm in firms])


def _numbers(values: Sequence[float | None]) -> FloatArray | None:
    """The values with nan where one is unknown; None if all are."""
    if all(value is None for value in values):
        return None
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _taken(values: FloatArray | None, chosen: IntArray) -> FloatArray | None:
    return None if values is None else values[chosen]


def _pairs(belongs: Sequence[Mapping[str, Sequence[str]]], others: Sequence[str], document: Mapping[str, int]) -> Pairs:
    number = {other: index for index, other in enumerate(others)}
    rows = sorted(
        (firm, number[other], tuple(document[name] for name in behind))
        for firm, mapping in enumerate(belongs)
        for other, behind in mapping.items()
    )
    return Pairs(
        np.array([firm for firm, _, _ in rows], dtype=np.int64),
        np.array([other for _, other, _ in rows], dtype=np.int64),
        Witnesses.of([behind for _, _, behind in rows]) if any(behind for _, _, behind in rows) else None,
    )


def _renumbered(pairs: Pairs, chosen: IntArray, first: IntArray) -> Pairs:
    items, count = spread(first, chosen)
    return replace(pairs.take(items), firm=np.repeat(np.arange(len(chosen)), count))
