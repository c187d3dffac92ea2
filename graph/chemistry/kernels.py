"""The compiled loops of the null models (numba). Import it inside the function that needs it: importing costs a second.

All of them release the interpreter lock, change only the arrays that their docstring names as output, and take their
random numbers from the streams of `graph.chemistry.dice`, so that the plain loops beside them give the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit, uint64

from graph.chemistry.dice import StateArray
from graph.network import FloatArray, IntArray

Small = npt.NDArray[np.int32]
Labels = npt.NDArray[Any]  # int16 where they fit, else int32

_LOW = uint64(2**32 - 1)
_HALF = uint64(32)


@njit(inline="always")
def _word(state: StateArray) -> Any:
    """The next 32 random bits of a stream; `state` moves on."""
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    total = s0 + s3
    result = ((total << uint64(23)) | (total >> uint64(41))) + s0
    shifted = s1 << uint64(17)
    s2 ^= s0
    s3 ^= s1
    state[1] = s1 ^ s2
    state[0] = s0 ^ s3
    state[2] = s2 ^ shifted
    state[3] = (s3 << uint64(45)) | (s3 >> uint64(19))
    return result >> _HALF


@njit(inline="always")
def _below(state: StateArray, bound: int) -> Any:
    """A number evenly among 0 … bound - 1."""
    wide = uint64(bound)
    product = _word(state) * wide
    if (product & _LOW) < wide:
        reject = (uint64(2**32) - wide) % wide
        while (product & _LOW) < reject:
            product = _word(state) * wide
    return np.int64(product >> _HALF)


@njit(cache=True, nogil=True)
def deal(first: IntArray, sets: Labels, states: StateArray, labels: Labels) -> None:
    """Deal the `sets` out again inside each stratum, once a stream: `labels[firm, draw]` is the output.

    The firms of stratum s are those from first[s] up to first[s + 1].
    """
    longest = 0
    for stratum in range(len(first) - 1):
        longest = max(longest, first[stratum + 1] - first[stratum])
    hand = np.empty(longest, sets.dtype)
    for stratum in range(len(first) - 1):
        low, size = first[stratum], first[stratum + 1] - first[stratum]
        for draw in range(len(states)):
            state = states[draw]
            for i in range(size):
                hand[i] = sets[low + i]
            for i in range(size - 1, 0, -1):
                j = _below(state, i + 1)
                hand[i], hand[j] = hand[j], hand[i]
            for i in range(size):
                labels[low + i, draw] = hand[i]


@njit(cache=True, nogil=True)
def tally(source: Small, target: Small, labels: Labels, counts: IntArray) -> None:
    """Add to `counts[draw, label]` the ties whose two ends carry that label. For firms that sit in one park each."""
    draws = labels.shape[1]
    for tie in range(len(source)):
        a, b = labels[source[tie]], labels[target[tie]]
        same = np.uint8(0)
        for draw in range(draws):
            same |= np.uint8(a[draw] == b[draw])
        if same:
            for draw in range(draws):  # no branch: where parks are few, half of all guesses would be wrong
                counts[draw, a[draw]] += np.int64(a[draw] == b[draw])


@njit(cache=True, nogil=True)
def tally_shared(
    source: Small, target: Small, labels: Labels, first: IntArray, park: IntArray, single: int, counts: IntArray
) -> None:
    """Add to `counts[draw, park]` the ties whose two ends share the park. For firms that may sit in several.

    Label l stands for the parks park[first[l]:first[l + 1]], ascending; labels below `single` for one park, their own
    number, or for none.
    """
    for tie in range(len(source)):
        a, b = labels[source[tie]], labels[target[tie]]
        for draw in range(labels.shape[1]):
            x, y = a[draw], b[draw]
            if x == y and x < single:
                counts[draw, x] += 1
            elif x >= single or y >= single:
                i, j = first[x], first[y]
                while i < first[x + 1] and j < first[y + 1]:
                    if park[i] == park[j]:
                        counts[draw, park[i]] += 1
                        i += 1
                        j += 1
                    elif park[i] < park[j]:
                        i += 1
                    else:
                        j += 1


@njit(cache=True, nogil=True)
def tails(one: FloatArray, other: FloatArray, least: IntArray, tail: FloatArray) -> None:
    """`tail[i]`: the chance of at least `least[i]` > 0 successes, of tries with chances one[i, j] · other[i, j]."""
    below = np.zeros(least.max() + 1)
    for case in range(len(least)):
        below[:] = 0.0
        below[0] = 1.0
        last, reached = least[case] - 1, 0
        for row in range(one.shape[1]):
            chance = one[case, row] * other[case, row]
            if chance > 0.0:
                tail[case] += below[last] * chance
                reached = min(reached + 1, last)
                for count in range(reached, 0, -1):
                    below[count] = below[count] * (1 - chance) + below[count - 1] * chance
                below[0] *= 1 - chance
