"""How much of what there is has been seen. Documents are draws; a tie that only one of them names hints at others that
none names.

>>> from graph.network import Firm, Network, Tie
>>> net = Network.of(
...     [Firm(x) for x in "abcd"],
...     [Tie("a", "b", documents=["d1", "d2"]), Tie("b", "c", documents=["d1"]), Tie("c", "d", documents=["d3"])],
... )
"""

from __future__ import annotations

import numpy as np

from graph.metrics.groups import Groups, of_groups, ratio
from graph.metrics.value import Measures
from graph.network import BoolArray, IntArray

THIN = 0.5
"""Below this coverage of ties a park's values carry the flag `thin`."""


def good_turing(seen: IntArray) -> float:
    """The share of all draws that fall on things already seen, `seen[i]` > 0 times each.

    Formula: C = 1 - f1/N · (N - 1) f1 / ((N - 1) f1 + 2 f2), N = Σ seen, f1 and f2 the things seen once and twice.
    Range 0..1; nan if nothing was seen, 0 if all was seen by one single draw.

    >>> import numpy as np
    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4, 2, 2, 2, 2] + [1] * 12
    >>> round(good_turing(np.array(girdled)), 5)
    0.92886

    Reference: Chao & Jost 2012, Ecology 93:2533.
    """
    draws, once, twice = int(seen.sum()), int((seen == 1).sum()), int((seen == 2).sum())
    if not draws:
        return float("nan")
    if not once:
        return 1.0
    if draws == 1:
        return 0.0
    return 1 - once / draws * ((draws - 1) * once / ((draws - 1) * once + 2 * twice))


def chao1_unseen(seen: IntArray) -> float:
    """A lower bound on how many things were never seen.

    Formula: (N - 1)/N · f1²/(2 f2), and (N - 1)/N · f1 (f1 - 1)/2 if f2 = 0. Nan if nothing was seen.

    >>> import numpy as np
    >>> girdled = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4, 2, 2, 2, 2] + [1] * 12
    >>> round(len(girdled) + chao1_unseen(np.array(girdled)), 4)
    43.8929

    Reference: Chao 1984, Scand. J. Statist. 11:265.
    """
    draws, once, twice = int(seen.sum()), int((seen == 1).sum()), int((seen == 2).sum())
    if not draws:
        return float("nan")
    return (draws - 1) / draws * (once**2 / (2 * twice) if twice else once * (once - 1) / 2)


@of_groups
def tie_coverage(groups: Groups) -> Measures:
    """Which share of the cooperation that documents speak of falls on ties that are known?

    Good-Turing coverage of the ties, each seen in as many independent documents as evidence it. Range 0..1; flagged
    `thin` below 0.5. `n` is the number of sightings.
    Degenerate: undefined without ties, and where the ties name no documents.

    >>> round(tie_coverage(net).value, 4), tie_coverage(net).n  # f1 = 2, f2 = 1, N = 4
    (0.625, 4)
    """
    draws, once, twice = _sightings(groups)
    more = np.asarray((draws - 1.0) * once)
    value = 1 - ratio(once, draws) * ratio(more, np.where(once > 0, more + 2 * twice, 1))
    value = np.where((draws == 1) & (once == 1), 0.0, value)
    return Measures(value, _reasons(groups, draws), draws, flags={"thin": value < THIN})


@of_groups
def unseen_ties(groups: Groups) -> Measures:
    """How many ties are there at least that no document has shown yet?

    Chao's lower bound over the ties' independent documents. For flags and captions; adding it to the observed ties made
    rankings worse in simulation. Degenerate: as `tie_coverage`.

    >>> unseen_ties(net).value  # 3/4 · 2²/2
    1.5
    """
    draws, once, twice = _sightings(groups)
    unseen = np.where(twice > 0, once**2.0 / np.maximum(2 * twice, 1), once * (once - 1.0) / 2)
    return Measures(
        ratio((draws - 1.0) * unseen, draws), _reasons(groups, draws), draws, flags=tie_coverage.each(groups).flags
    )


def _sightings(groups: Groups) -> tuple[IntArray, IntArray, IntArray]:
    """How often ties were seen, and how many once and twice, in each group; 0 where a tie names no document."""
    behind = groups.net.tie_documents
    if behind is None:
        nothing = np.zeros(len(groups), dtype=np.int64)
        return nothing, nothing, nothing
    known = groups.tie_sums(behind.count == 0) == 0
    seen, once, twice = (groups.tie_sums(hits) for hits in (behind.count, behind.count == 1, behind.count == 2))
    return seen * known, once * known, twice * known


def _reasons(groups: Groups, draws: IntArray) -> dict[str, BoolArray]:
    return {"no ties": groups.ties == 0, "no source: ties without documents": draws == 0}
