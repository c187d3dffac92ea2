"""Groups of firms measured side by side: a whole network, or all of its parks at once.

A measure of a group is written once, for many groups as arrays (`of_groups`). Called with a network it gives that one
value; `each` gives those of all groups in one pass, without a network for each park.

>>> from graph.network import Firm, Network, Tie
>>> net = Network.of(
...     [Firm("a", {"P": ()}), Firm("b", {"P": (), "Q": ()}), Firm("c", {"Q": ()})], [Tie("a", "b"), Tie("b", "c")]
... )
>>> parks = Groups.parks(net)
>>> parks.net.firms, parks.start.tolist(), parks.net.source.tolist(), parks.net.target.tolist()
(('a', 'b', 'b', 'c'), [0, 2, 4], [0, 2], [1, 3])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, update_wrapper
from types import MappingProxyType
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from graph.metrics import kernels
from graph.metrics.value import Measure, Measures
from graph.network import BoolArray, FloatArray, IntArray, Network, Pairs, spread

T = TypeVar("T")

KEPT = frozenset({"class"})
"""Columns of the firms' table that measures of groups read."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Firms numbered group by group: group g is the firms `start[g]` … `start[g + 1]`. All ties lie inside groups."""

    net: Network
    start: IntArray

    @classmethod
    def whole(cls, net: Network) -> Groups:
        """The network as one group."""
        return cls(net, np.array([0, len(net.firms)]))

    @classmethod
    def parks(cls, net: Network) -> Groups:
        """Every park as a group: its firms and the ties among them. A firm in two parks stands in both groups."""
        start, firm = net.rosters
        seat = np.empty(len(firm), dtype=np.int64)  # where each membership stands in the order of parks
        seat[np.lexsort((net.members.firm, net.members.other))] = np.arange(len(firm))
        tie, source, target = _seated(net, seat)
        behind = net.institutions
        if behind is not None and net.first_partner is not None:
            entries, count = spread(net.first_partner, firm)
            behind = replace(behind.take(entries), firm=np.repeat(np.arange(len(firm)), count))
        return cls(
            replace(
                net,
                firms=tuple(map(net.firms.__getitem__, firm.tolist())),
                members=Pairs(np.arange(len(firm)), np.repeat(np.arange(len(net.parks)), np.diff(start))),
                industry=net.industry[firm],
                source=source,
                target=target,
                weight=net.weight[tie],
                tie_documents=net.tie_documents.take(tie) if net.tie_documents else None,
                tie_kinds=net.tie_kinds[tie] if net.tie_kinds is not None else None,
                direction=net.direction[tie] if net.direction is not None else None,
                institutions=behind,
                exposure=net.exposure[firm] if net.exposure is not None else None,
                exposure_documents=net.exposure_documents.take(firm) if net.exposure_documents else None,
                size=net.size[firm] if net.size is not None else None,
                region=net.region[firm] if net.region is not None else None,
                founded=net.founded[firm] if net.founded is not None else None,
                columns=MappingProxyType(
                    {
                        name: tuple(map(column.__getitem__, firm.tolist()))
                        for name, column in net.columns.items()
                        if name in KEPT
                    }
                ),
            ),
            start,
        )

    def keeping(self, firms: IntArray) -> Groups:
        """The same groups with some of their firms (ascending) and the ties among these."""
        return Groups(self.net.induced(firms), np.searchsorted(firms, self.start))

    def __len__(self) -> int:
        return len(self.start) - 1

    def kept(self, made: Callable[[Groups], T]) -> T:
        """What a function makes of these groups; it is asked once."""
        if made not in self._memory:
            self._memory[made] = made(self)
        return cast(T, self._memory[made])

    @cached_property
    def _memory(self) -> dict[Callable[[Groups], Any], Any]:
        return {}

    @cached_property
    def firms(self) -> IntArray:
        """How many firms each group has."""
        return np.diff(self.start)

    @cached_property
    def of_firm(self) -> IntArray:
        """The group of each firm."""
        return np.repeat(np.arange(len(self)), self.firms)

    @cached_property
    def ties(self) -> IntArray:
        """How many ties each group has."""
        return np.diff(self.first_tie)

    @cached_property
    def first_tie(self) -> IntArray:
        """The ties of group g are those from `first_tie[g]` up to `first_tie[g + 1]`."""
        return np.searchsorted(self.net.source, self.start)

    @cached_property
    def of_tie(self) -> IntArray:
        """The group of each tie."""
        return np.repeat(np.arange(len(self)), self.ties)

    @cached_property
    def adjacency(self) -> tuple[IntArray, IntArray, IntArray]:
        """(start, neighbour, tie): the neighbours of each firm in ascending order and the ties that lead there."""
        m = len(self.net.source)
        start = np.concatenate(([0], np.cumsum(self.net.degree)))
        neighbour, tie = np.empty(2 * m, dtype=np.int64), np.empty(2 * m, dtype=np.int64)
        kernels.chosen(kernels.adjacency, 2 * m)(self.net.source, self.net.target, start, neighbour, tie)
        return start, neighbour, tie

    @cached_property
    def turned(self) -> tuple[IntArray, IntArray, IntArray]:
        """(start, head, tie): ties turned from the end with fewer ties to the one with more (`kernels.turned`)."""
        m = len(self.net.source)
        start = np.zeros(len(self.net.firms) + 1, dtype=np.int64)
        head, tie = np.empty(m, dtype=np.int64), np.empty(m, dtype=np.int64)
        turn = kernels.chosen(kernels.turned, 2 * m)
        turn(self.net.source, self.net.target, self.net.degree, start, head, tie)
        return start, head, tie

    @cached_property
    def wedges(self) -> int:
        """How many steps a loop over the turned ties takes that looks for triangles."""
        start, head, _ = self.turned
        return int((start[head + 1] - start[head]).sum()) + 2 * len(head) + len(self.net.firms)

    @cached_property
    def triangles(self) -> IntArray:
        """How many triangles pass through each firm."""
        start, head, _ = self.turned
        count = np.zeros(len(self.net.firms), dtype=np.int64)
        kernels.chosen(kernels.triangles, self.wedges)(start, head, count)
        return count

    @cached_property
    def component(self) -> IntArray:
        """The connected component of each firm, named by its first firm."""
        label = np.arange(len(self.net.firms))
        work = len(label) + 4 * len(self.net.source)
        kernels.chosen(kernels.components, work)(self.net.source, self.net.target, label)
        return label

    @cached_property
    def core(self) -> IntArray:
        """The core number of each firm."""
        start, neighbour, _ = self.adjacency
        core = np.zeros(len(self.net.firms), dtype=np.int64)
        kernels.chosen(kernels.core_numbers, 2 * len(neighbour) + 4 * len(core))(start, neighbour, core)
        return core

    def sums(self, values: IntArray | BoolArray) -> IntArray:
        """The sum of whole numbers, one a firm, in each group."""
        return _sums(values, self.start)

    def tie_sums(self, values: IntArray | BoolArray) -> IntArray:
        """The sum of whole numbers, one a tie, in each group."""
        return _sums(values, self.first_tie)

    def totals(self, values: FloatArray) -> FloatArray:
        """The sum of numbers, one a firm, in each group."""
        return np.asarray(np.bincount(self.of_firm, values, minlength=len(self)), dtype=np.float64)

    def tie_totals(self, values: FloatArray) -> FloatArray:
        """The sum of numbers, one a tie, in each group."""
        return np.asarray(np.bincount(self.of_tie, values, minlength=len(self)), dtype=np.float64)

    def most(self, values: IntArray) -> IntArray:
        """The largest of whole numbers >= 0, one a firm, in each group; 0 in an empty one."""
        largest = np.zeros(len(self), dtype=np.int64)
        filled = np.flatnonzero(self.firms)
        if len(filled):
            largest[filled] = np.maximum.reduceat(values, self.start[filled])
        return largest


class GroupMeasure:
    """A measure of groups: called with a network it gives that of the whole, `each` those of groups."""

    def __init__(self, each: Callable[[Groups], Measures]) -> None:
        update_wrapper(self, each)
        self.each = each

    def __call__(self, net: Network) -> Measure:
        return self.each(Groups.whole(net)).of(0)


def of_groups(each: Callable[[Groups], Measures]) -> GroupMeasure:
    """A function from groups to measures, as one that can also be asked about a single network."""
    return GroupMeasure(each)


def ratio(above: npt.NDArray[Any], below: npt.NDArray[Any]) -> FloatArray:
    """above / below; nan where below is 0.

    >>> ratio(np.array([1, 1]), np.array([2, 0])).tolist()
    [0.5, nan]
    """
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0))


def _sums(values: IntArray | BoolArray, start: IntArray) -> IntArray:
    """The sums of whole numbers from each start to the next."""
    if len(start) == 2:
        return np.array([values.sum()], dtype=np.int64)
    total = np.concatenate(([0], np.cumsum(values, dtype=np.int64)))
    return np.asarray(total[start[1:]] - total[start[:-1]])


def _seated(net: Network, seat: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Ties inside parks, as (tie, seat of its source, seat of its target), in the order of the seats."""
    first, members = net.first_seat, net.members
    seats = np.diff(first)
    alone = (seats[net.source] == 1) & (seats[net.target] == 1)
    plain = np.flatnonzero(alone)
    near, far = first[net.source[plain]], first[net.target[plain]]  # memberships
    same = members.other[near] == members.other[far]
    tie, source, target = plain[same], near[same], far[same]

    several = np.flatnonzero(~alone & (seats[net.source] > 0) & (seats[net.target] > 0))
    if len(several):
        entries, count = spread(first, net.source[several])
        candidate, width = np.repeat(several, count), len(net.parks)
        key = members.firm * width + members.other
        wanted = net.target[candidate] * width + members.other[entries]
        found = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        shared = key[found] == wanted
        tie = np.concatenate((tie, candidate[shared]))
        source, target = np.concatenate((source, entries[shared])), np.concatenate((target, found[shared]))
    source, target = seat[source], seat[target]
    order = np.lexsort((target, source))
    return tie[order], source[order], target[order]
