"""Random numbers that come out the same whatever the number of threads: one stream for each draw.

Draw b of a null model uses stream b and no other, so draws may be made in any order, by any thread, by the plain loops
here or by the compiled ones of `kernels`, and the first thousand of two thousand draws are the thousand drawn alone.
The generator is xoshiro256++ (Blackman & Vigna 2021, ACM TOMS 47:36); a number below n is taken by multiplication
without bias (Lemire 2019, ACM Trans. Model. Comput. Simul. 29:3).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graph.network import IntArray

StateArray = npt.NDArray[np.uint64]

_HALF = np.uint64(32)
_LOW = np.uint64(2**32 - 1)


def streams(seed: int, count: int, part: int = 0) -> StateArray:
    """(count, 4) states of that many independent streams; `part` keeps the streams of one seed's uses apart.

    >>> bool((streams(7, 2) == streams(7, 5)[:2]).all()), bool((streams(7, 2) == streams(7, 2, part=1)).any())
    (True, False)
    """
    words = np.random.SeedSequence(seed, spawn_key=(part,)).generate_state(4 * count, np.uint64)
    return words.astype(np.uint64).reshape(count, 4)


class Dice:
    """Many streams thrown at once, for graphs so small that compiling loops would cost more than it saves."""

    def __init__(self, states: StateArray) -> None:
        self._state = np.array(states.T, order="C")

    def below(self, bound: int) -> IntArray:
        """A number of each stream, evenly among 0 … bound - 1; bound at most 2^32.

        >>> Dice(streams(7, 3)).below(10).tolist()
        [9, 3, 7]
        """
        product = self._words(slice(None)) * np.uint64(bound)
        reject = np.uint64((2**32 - bound) % bound)
        while (again := np.flatnonzero((product & _LOW) < reject)).size:
            product[again] = self._words(again) * np.uint64(bound)
        return (product >> _HALF).astype(np.int64)

    def _words(self, of: slice | IntArray) -> StateArray:
        """The next 32 random bits of the chosen streams."""
        s0, s1, s2, s3 = (row[of] for row in self._state)
        result = _turned(s0 + s3, 23) + s0
        shifted = s1 << np.uint64(17)
        s2, s3 = s2 ^ s0, s3 ^ s1
        self._state[1, of], self._state[0, of] = s1 ^ s2, s0 ^ s3
        self._state[2, of], self._state[3, of] = s2 ^ shifted, _turned(s3, 45)
        return np.asarray(result >> _HALF)


def _turned(word: StateArray, by: int) -> StateArray:
    return np.asarray((word << np.uint64(by)) | (word >> np.uint64(64 - by)))
