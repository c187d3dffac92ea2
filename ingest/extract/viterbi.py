"""The best path of tags through a linear chain, compiled: a loop over characters that numpy cannot do at once."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt


@numba.njit(cache=True)
def best_path(
    values: npt.NDArray[np.float32], kept: npt.NDArray[np.int64], steps: npt.NDArray[np.float32]
) -> npt.NDArray[np.int64]:
    """The tags (length,) of the path with the highest sum, of equal ones the first.

    `kept` (length, beam) are the tags looked at for each character, `values` their scores, `steps` (tags, tags) the
    scores of a tag after another.
    """
    length, beam = values.shape
    pointers = np.empty((length, beam), np.int64)
    score, following = values[0].copy(), np.empty(beam, np.float32)
    for place in range(1, length):
        for to in range(beam):
            tag, top, way = kept[place, to], np.float32(-np.inf), 0
            for source in range(beam):
                total = score[source] + steps[kept[place - 1, source], tag]
                if total > top:
                    top, way = total, source
            pointers[place, to] = way
            following[to] = top + values[place, to]
        score[:] = following
    state, path = int(np.argmax(score)), np.empty(length, np.int64)
    for place in range(length - 1, -1, -1):
        path[place] = kept[place, state]
        state = pointers[place, state]
    return path
