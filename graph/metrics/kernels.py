"""The loops of the measures, on plain arrays. Ordinary Python that numba can compile as it stands: `chosen` says when.

Firms are numbered 0 … n - 1; the neighbours of firm i are `neighbour[start[i]:start[i + 1]]`. The loops over triangles
take ties turned from the end with fewer ties to the one with more (`turned`), so that every triangle has one firm that
two of its ties leave, and is found once, in O(m^1.5) steps. Results are written into arrays that are handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int32]

P = ParamSpec("P")
R = TypeVar("R")

PLAIN = 60_000
"""Up to so many steps (a few hundredths of a second) a loop runs as it is; beyond, numba compiles it (once)."""


def chosen(kernel: Callable[P, R], steps: int) -> Callable[P, R]:
    """The kernel as it is for few steps, so that small networks never wait for a compiler; else compiled."""
    return kernel if steps <= PLAIN else _compiled(kernel)


@cache
def _compiled(kernel: Callable[P, R]) -> Callable[P, R]:
    import numba

    fast: Callable[P, R] = numba.njit(cache=True)(kernel)
    return fast


def components(source: IntArray, target: IntArray, label: IntArray) -> None:
    """Name each firm's connected component by its smallest firm. `label` comes as 0, 1, 2 …"""
    for tie in range(len(source)):
        a, b = source[tie], target[tie]
        while label[a] != a:
            label[a] = label[label[a]]
            a = label[a]
        while label[b] != b:
            label[b] = label[label[b]]
            b = label[b]
        if a < b:
            label[b] = a
        else:
            label[a] = b
    for firm in range(len(label)):  # a label never exceeds its firm, so those before are final
        label[firm] = label[label[firm]]


def adjacency(source: IntArray, target: IntArray, start: IntArray, neighbour: IntArray, tie: IntArray) -> None:
    """Neighbours of each firm in ascending order, and the tie that leads there. Ties come sorted by source, target."""
    at = start[:-1].copy()
    for number in range(len(source)):  # smaller neighbours first …
        end = target[number]
        neighbour[at[end]] = source[number]
        tie[at[end]] = number
        at[end] += 1
    for number in range(len(source)):  # … then the larger ones
        end = source[number]
        neighbour[at[end]] = target[number]
        tie[at[end]] = number
        at[end] += 1


def core_numbers(start: IntArray, neighbour: IntArray, core: IntArray) -> None:
    """Core numbers by peeling firms in the order of their remaining degree (Batagelj & Zaveršnik 2003)."""
    n = len(start) - 1
    most = 0
    for firm in range(n):
        core[firm] = start[firm + 1] - start[firm]
        most = max(most, core[firm])
    begin = np.zeros(most + 2, dtype=np.int64)
    for firm in range(n):
        begin[core[firm] + 1] += 1
    for depth in range(most + 1):
        begin[depth + 1] += begin[depth]
    place, order = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    fill = begin.copy()
    for firm in range(n):
        place[firm] = fill[core[firm]]
        order[place[firm]] = firm
        fill[core[firm]] += 1
    for position in range(n):
        firm = order[position]
        for entry in range(start[firm], start[firm + 1]):
            far = neighbour[entry]
            if core[far] > core[firm]:
                first = begin[core[far]]
                other = order[first]
                order[first], order[place[far]] = far, other
                place[other], place[far] = place[far], first
                begin[core[far]] += 1
                core[far] -= 1


def ends(source: IntArray, target: IntArray, degree: IntArray, first_tie: IntArray, sums: IntArray) -> None:
    """Over the ties of each group: `sums[g]` = (Σ k + k', Σ k² + k'², Σ k k') of the degrees at their ends."""
    for group in range(len(sums)):
        plain = squares = products = 0
        one, other = source[first_tie[group] : first_tie[group + 1]], target[first_tie[group] : first_tie[group + 1]]
        for tie in range(len(one)):  # from 0: no index can be negative, which is four times as fast
            near, far = degree[one[tie]], degree[other[tie]]
            plain += near + far
            squares += near * near + far * far
            products += near * far
        sums[group, 0], sums[group, 1], sums[group, 2] = plain, squares, products


def turned(
    source: IntArray, target: IntArray, degree: IntArray, start: IntArray, head: IntArray, tie: IntArray
) -> None:
    """Ties turned to the end with more ties: firm i's lead to `head[start[i]:start[i + 1]]`; `tie` numbers them."""
    for number in range(len(source)):
        a, b = source[number], target[number]
        start[(a if degree[a] <= degree[b] else b) + 1] += 1
    for firm in range(len(start) - 1):
        start[firm + 1] += start[firm]
    at = start[:-1].copy()
    for number in range(len(source)):
        a, b = source[number], target[number]
        if degree[a] > degree[b]:
            a, b = b, a
        head[at[a]] = b
        tie[at[a]] = number
        at[a] += 1


def triangles(start: IntArray, head: IntArray, count: IntArray) -> None:
    """How many triangles pass through each firm."""
    seen = np.full(len(count), -1, dtype=np.int64)
    for u in range(len(count)):
        for one in range(start[u], start[u + 1]):
            seen[head[one]] = u
        for one in range(start[u], start[u + 1]):
            v = head[one]
            for other in range(start[v], start[v + 1]):
                w = head[other]
                if seen[w] == u:
                    count[u] += 1
                    count[v] += 1
                    count[w] += 1


def claims(start: IntArray, head: IntArray, there: FloatArray, back: FloatArray, constraint: FloatArray) -> None:
    """Burt's constraint. Turned tie e has the share `there[e]` of its tail's attention, and `back[e]` of its head's."""
    spent, returned = there.copy(), back.copy()
    seen = np.full(len(constraint), -1, dtype=np.int64)
    for u in range(len(constraint)):
        for uv in range(start[u], start[u + 1]):
            seen[head[uv]] = uv
        for uv in range(start[u], start[u + 1]):
            v = head[uv]
            for vw in range(start[v], start[v + 1]):
                uw = seen[head[vw]]
                if uw >= start[u]:  # u, v and w are a triangle: each spends on each through the third
                    spent[uv] += there[uw] * back[vw]
                    returned[uv] += there[vw] * back[uw]
                    spent[uw] += there[uv] * there[vw]
                    returned[uw] += back[vw] * back[uv]
                    spent[vw] += back[uv] * there[uw]
                    returned[vw] += back[uw] * there[uv]
    for u in range(len(constraint)):
        for e in range(start[u], start[u + 1]):
            constraint[u] += spent[e] * spent[e]
            constraint[head[e]] += returned[e] * returned[e]


def redundancy(
    start: IntArray,
    head: IntArray,
    there: FloatArray,
    back: FloatArray,
    near: FloatArray,
    far: FloatArray,
    lost: FloatArray,
) -> None:
    """How much of each firm's partners is redundant with its other partners.

    `there` and `back` as in `claims`; `near[e]` is turned tie e over the strongest tie of its tail, `far[e]` its
    head's.
    """
    seen = np.full(len(lost), -1, dtype=np.int64)
    for u in range(len(lost)):
        for uv in range(start[u], start[u + 1]):
            seen[head[uv]] = uv
        for uv in range(start[u], start[u + 1]):
            v = head[uv]
            for vw in range(start[v], start[v + 1]):
                w = head[vw]
                uw = seen[w]
                if uw >= start[u]:
                    lost[u] += there[uw] * near[vw] + there[uv] * far[vw]
                    lost[v] += there[vw] * near[uw] + back[uv] * far[uw]
                    lost[w] += back[vw] * near[uv] + back[uw] * far[uv]


def closed_pairs(start: IntArray, head: IntArray, group: IntArray, closed: IntArray) -> None:
    """For each firm the pairs of its partners that are tied, by role: `closed[i, r]`, r as in `brokerage.ROLES`.

    Only triangles whose firms all have a group (>= 0) count. Roles: 0 all three of one group, 1 the partners of one
    group and the firm of another, 2 the firm of the group of exactly one partner, 3 three groups.
    """
    n = len(closed)
    seen = np.full(n, -1, dtype=np.int64)
    for u in range(n):
        for one in range(start[u], start[u + 1]):
            seen[head[one]] = u
        for one in range(start[u], start[u + 1]):
            v = head[one]
            for other in range(start[v], start[v + 1]):
                w = head[other]
                a, b, c = group[u], group[v], group[w]
                if seen[w] == u and a >= 0 and b >= 0 and c >= 0:
                    if a == b == c:
                        closed[u, 0] += 1
                        closed[v, 0] += 1
                        closed[w, 0] += 1
                    elif a != b and b != c and a != c:
                        closed[u, 3] += 1
                        closed[v, 3] += 1
                        closed[w, 3] += 1
                    else:  # two of one group: the third firm stands between like ones, the two between unlike ones
                        closed[u, 1 if b == c else 2] += 1
                        closed[v, 1 if a == c else 2] += 1
                        closed[w, 1 if a == b else 2] += 1


def partner_pairs(start: IntArray, neighbour: IntArray, group: IntArray, count: IntArray) -> None:
    """For each firm with a group the pairs of its partners (with groups), by role as in `closed_pairs`, tied or not."""
    met = np.zeros(group.max() + 1 if len(group) else 0, dtype=np.int64)
    for firm in range(len(count)):
        own = group[firm]
        if own < 0:
            continue
        all_of_them = same_twice = 0
        for entry in range(start[firm], start[firm + 1]):
            far = group[neighbour[entry]]
            if far >= 0:
                same_twice += met[far]  # pairs within one group, as they come
                met[far] += 1
                all_of_them += 1
        like = met[own]
        for entry in range(start[firm], start[firm + 1]):
            far = group[neighbour[entry]]
            if far >= 0:
                met[far] = 0
        count[firm, 0] = like * (like - 1) // 2
        count[firm, 1] = same_twice - count[firm, 0]
        count[firm, 2] = like * (all_of_them - like)
        count[firm, 3] = all_of_them * (all_of_them - 1) // 2 - same_twice - count[firm, 2]


def distances(  # noqa: C901
    start: IntArray,
    neighbour: IntArray,
    first: IntArray,
    source: IntArray,
    source_start: IntArray,
    each: bool,
    inverse: FloatArray,
    length: IntArray,
    reached: IntArray,
    longest: IntArray,
) -> None:
    """Searches from many firms at once, 64 in the bits of one word; group by group.

    Group g is the firms `first[g]` … `first[g + 1]`, with no tie out of it; searched from are
    `source[source_start[g]:source_start[g + 1]]`. Summed over the firms that are reached: `inverse` 1/distance, one
    entry a group or, if `each`, one a source; `length` the distance, `reached` 1, one entry a group. `longest` is the
    largest distance met in a group.
    """
    n = len(start) - 1
    seen, front, fresh = (
        np.zeros(n, dtype=np.uint64),
        np.zeros(n, dtype=np.uint64),
        np.zeros(n, dtype=np.uint64),
    )
    none, one = np.uint64(0), np.uint64(1)
    for group in range(len(first) - 1):
        low, high = first[group], first[group + 1]
        at = source_start[group]
        while at < source_start[group + 1]:
            width = min(64, source_start[group + 1] - at)
            all_bits = none
            for firm in range(low, high):
                seen[firm] = none
                front[firm] = none
            for number in range(width):
                bit = one << np.uint64(number)
                all_bits |= bit
                seen[source[at + number]] |= bit
                front[source[at + number]] |= bit
            depth, alive = 0, True
            while alive:
                depth += 1
                alive = False
                found = 0
                for firm in range(low, high):
                    gained = none
                    if seen[firm] != all_bits:
                        for entry in range(start[firm], start[firm + 1]):
                            gained |= front[neighbour[entry]]
                        gained &= ~seen[firm]
                    fresh[firm] = gained
                    if gained != none:
                        alive = True
                        bits = gained
                        if each:
                            for number in range(width):
                                if bits & (one << np.uint64(number)):
                                    inverse[at + number] += 1.0 / depth
                        bits = (bits & np.uint64(0x5555555555555555)) + (
                            (bits >> np.uint64(1)) & np.uint64(0x5555555555555555)
                        )
                        bits = (bits & np.uint64(0x3333333333333333)) + (
                            (bits >> np.uint64(2)) & np.uint64(0x3333333333333333)
                        )
                        bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
                        bits = bits + (bits >> np.uint64(8))
                        bits = bits + (bits >> np.uint64(16))
                        bits = bits + (bits >> np.uint64(32))
                        found += int(bits & np.uint64(127))
                for firm in range(low, high):
                    seen[firm] |= fresh[firm]
                front, fresh = fresh, front
                if not each:
                    inverse[group] += found / depth
                if alive:
                    longest[group] = max(longest[group], depth)
                length[group] += found * depth
                reached[group] += found
            at += width


def betweenness(start: IntArray, neighbour: IntArray, source: IntArray, total: FloatArray, squares: FloatArray) -> None:
    """Each firm's share of the shortest paths from the sources (Brandes 2001), summed, and its squares summed."""
    n = len(start) - 1
    distance = np.full(n, -1, dtype=np.int32)
    paths, depends = np.zeros(n), np.zeros(n)
    order = np.zeros(n, dtype=np.int64)
    for origin in source:
        distance[origin], paths[origin] = 0, 1.0
        order[0] = origin
        position, length = 0, 1
        while position < length:
            firm = order[position]
            position += 1
            step, ways = distance[firm] + 1, paths[firm]
            for entry in range(start[firm], start[firm + 1]):
                far = neighbour[entry]
                if distance[far] < 0:
                    distance[far] = step
                    order[length] = far
                    length += 1
                if distance[far] == step:
                    paths[far] += ways
        for position in range(length - 1, 0, -1):
            firm = order[position]
            step, share = distance[firm] - 1, (1.0 + depends[firm]) / paths[firm]
            for entry in range(start[firm], start[firm + 1]):
                before = neighbour[entry]
                if distance[before] == step:
                    depends[before] += paths[before] * share
            total[firm] += depends[firm]
            squares[firm] += depends[firm] * depends[firm]
        for position in range(length):
            firm = order[position]
            distance[firm], paths[firm], depends[firm] = -1, 0.0, 0.0


def louvain(  # noqa: C901
    start: IntArray,
    neighbour: IntArray,
    weight: FloatArray,
    queue: IntArray,
    double: FloatArray,
    strength: FloatArray,
    label: IntArray,
) -> bool:
    """One level of Louvain: nodes move to the neighbouring group that raises modularity most, until none can.

    Those in `queue` are looked at first, in that order; then those whose neighbours have moved away from them. Nodes
    may stand for many firms: `strength` is their sum of degrees, `double` twice the number of ties of the whole that
    each node belongs to (networks side by side have their own). `label` comes and goes. Returns whether any node moved.
    """
    n = len(start) - 1
    total, links = np.zeros(n), np.zeros(n)
    for node in range(n):
        total[label[node]] += strength[node]
    met_groups = np.zeros(n + 1, dtype=np.int64)
    waits = np.zeros(n, dtype=np.bool_)
    line = np.zeros(n + 1, dtype=np.int64)  # a ring: those that wait stand from `head` up to `tail`
    head, tail, moved = 0, len(queue), False
    for position in range(len(queue)):
        line[position] = queue[position]
        waits[queue[position]] = True
    while head != tail:
        node = line[head]
        head = head + 1 if head < n else 0
        waits[node] = False
        home = label[node]
        met_groups[0] = home
        met = 1
        for entry in range(start[node], start[node + 1]):
            far = neighbour[entry]
            if far != node:
                group = label[far]
                if group != home and links[group] == 0.0:
                    met_groups[met] = group
                    met += 1
                links[group] += weight[entry]
        total[home] -= strength[node]
        best, gain = home, links[home] - strength[node] * total[home] / max(double[node], 1.0)
        for number in range(1, met):
            group = met_groups[number]
            other = links[group] - strength[node] * total[group] / double[node]
            if other > gain + 1e-10:
                best, gain = group, other
        for number in range(met):
            links[met_groups[number]] = 0.0
        total[best] += strength[node]
        if best != home:
            label[node] = best
            moved = True
            for entry in range(start[node], start[node + 1]):
                far = neighbour[entry]
                if label[far] != best and not waits[far]:
                    waits[far] = True
                    line[tail] = far
                    tail = tail + 1 if tail < n else 0
    return moved


def merge(
    start: IntArray,
    neighbour: IntArray,
    weight: FloatArray,
    where: IntArray,
    first: IntArray,
    members: IntArray,
    upper: IntArray,
    far: IntArray,
    total: FloatArray,
) -> int:
    """Unite nodes: node i becomes node `where[i]`; the weights of ties between two new nodes are summed.

    `members[first[g]:first[g + 1]]` are the nodes that become g. The new network is written to `upper` (starts), `far`
    and `total` (as long as `neighbour`); how much of these is used is returned.
    """
    nodes = len(first) - 1
    at = np.full(nodes, -1, dtype=np.int64)
    used = 0
    for node in range(nodes):
        begin = used
        for member in range(first[node], first[node + 1]):
            old = members[member]
            for entry in range(start[old], start[old + 1]):
                other = where[neighbour[entry]]
                if at[other] < begin:
                    at[other] = used
                    far[used] = other
                    total[used] = 0.0
                    used += 1
                total[at[other]] += weight[entry]
        upper[node + 1] = used
    return used


def same(source: IntArray, target: IntArray, label: Labels, first_tie: IntArray, hits: IntArray) -> None:
    """How many ties of each group join firms with the same label."""
    for group in range(len(hits)):
        found = 0
        one, other = source[first_tie[group] : first_tie[group + 1]], target[first_tie[group] : first_tie[group + 1]]
        for tie in range(len(one)):
            if label[one[tie]] == label[other[tie]]:
                found += 1
        hits[group] = found


def cells(source: IntArray, target: IntArray, label: Labels, count: IntArray) -> None:
    """How many ties there are from one label to another: `count[c, d]`; ties with a label below 0 are left out."""
    for tie in range(len(source)):
        c, d = label[source[tie]], label[target[tie]]
        if c >= 0 and d >= 0:
            count[c, d] += 1
