"""Vectors as signs: one bit a dimension, compared by how many bits differ. The loop is compiled by numba.

Import it inside the function that needs it: importing costs a second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray


def _popcount(context: Any, word: Any) -> Any:
    """How many bits of a word are 1: one instruction."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


_ones: Any = intrinsic(_popcount)


@njit(cache=True, nogil=True)
def differing(codes: NDArray[np.uint64], query: NDArray[np.uint64], out: NDArray[np.uint16]) -> None:
    """How many bits of the query differ from each of the codes (rows x words), into `out`."""
    for row in range(codes.shape[0]):
        count = np.uint64(0)
        for word in range(codes.shape[1]):
            count += _ones(codes[row, word] ^ query[word])
        out[row] = count


@njit(cache=True, nogil=True)
def nearest(distances: NDArray[np.uint16], wanted: int, tallied: NDArray[np.int64], out: NDArray[np.int64]) -> int:
    """The places of the `wanted` smallest distances (those that tie with the last in order of place), into `out`.

    `tallied` has a place for each possible distance and comes as zeros; returns how many places were written.
    """
    for distance in distances:
        tallied[distance] += 1
    limit, below = 0, 0
    while limit < len(tallied) and below + tallied[limit] <= wanted:
        below += tallied[limit]
        limit += 1
    ties, written = min(wanted, len(distances)) - below, 0
    for at in range(len(distances)):
        if distances[at] < limit or (distances[at] == limit and ties > 0):
            ties -= distances[at] == limit
            out[written] = at
            written += 1
    return written


@njit(cache=True, nogil=True)
def leaning(codes: NDArray[np.uint8], places: NDArray[np.int64], table: NDArray[np.float32], out: Any) -> None:
    """The sum of the query's coordinates, each with the sign that a code has there, for the codes at these places.

    `codes` as bytes, rows x bytes; `table[byte, value]` is what eight signs of that value add.
    """
    for at in range(len(places)):
        row = codes[places[at]]
        total = np.float32(0)
        for byte in range(len(row)):
            total += table[byte, row[byte]]
        out[at] = total
