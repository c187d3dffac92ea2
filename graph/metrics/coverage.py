"""How much of what there is has been seen. Documents are draws; a tie that only one of them names hints at others that
none names.

>>> from graph.network import Firm, Network, Tie
>>> net = Network.of(
...     [Firm(x) for x in "abcd"],
...     [Tie("a", "b", documents=["d1", "d2"]), Tie("b", "c", documents=["d1"]), Tie("c", "d", documents=["d3"])],
... )
"""

from __future__ import annotations

from graph.metrics.value import Measure, undefined
from graph.network import IntArray, Network

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


def tie_coverage(net: Network) -> Measure:
    """Which share of the cooperation that documents speak of falls on ties that are known?

    Good-Turing coverage of the ties, each seen in as many independent documents as evidence it. Range 0..1; flagged
    `thin` below 0.5. `n` is the number of sightings.
    Degenerate: undefined without ties, and where the ties name no documents.

    >>> round(tie_coverage(net).value, 4), tie_coverage(net).n  # f1 = 2, f2 = 1, N = 4
    (0.625, 4)
    """
    if not len(net.source):
        return undefined("no ties", 0)
    if net.tie_documents is None or (net.tie_documents.count == 0).any():
        return undefined("no source: ties without documents", 0)
    seen = net.tie_documents.count
    value = good_turing(seen)
    return Measure(value, n=int(seen.sum()), flags=("thin",) if value < THIN else ())


def unseen_ties(net: Network) -> Measure:
    """How many ties are there at least that no document has shown yet?

    Chao's lower bound over the ties' independent documents. For flags and captions; adding it to the observed ties made
    rankings worse in simulation. Degenerate: as `tie_coverage`.

    >>> unseen_ties(net).value  # 3/4 · 2²/2
    1.5
    """
    known = tie_coverage(net)
    if known.value is None or net.tie_documents is None:
        return known
    return Measure(chao1_unseen(net.tie_documents.count), n=known.n, flags=known.flags)
