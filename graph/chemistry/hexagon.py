"""六边形: is a park strong on all tracks of an edition alike?

The area of the polygon is never used: it depends on the order of the axes. (1, 1, 1, 0, 0, 0) and (1, 0, 1, 0, 1, 0)
hold the same scores, but in a hexagon of unit axes the first encloses 0.87 and the second 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.chemistry.webs import percentile
from graph.metrics.groups import ratio
from graph.metrics.value import Measure, undefined
from graph.network import BoolArray, FloatArray

EVEN = 0.95
HIGH = 60.0
"""Near a hexagon: evenness of at least EVEN, and on every track in the HIGHth percentile of the parks or above."""

NOTHING = "no firm on any track"
ONE_AXIS = "one track has no evenness"
NO_TRACKS = "no tracks"


@dataclass(frozen=True, eq=False, slots=True)
class Hexagon:
    """How even the scores of each park are; arrays (parks,), nan where undefined."""

    evenness: FloatArray
    least: FloatArray  # smallest percentile over the tracks
    mean: FloatArray  # geometric mean of the scores
    near: BoolArray
    absent: BoolArray  # (parks, tracks)


def hexagon(scores: FloatArray) -> Hexagon:
    """How even the scores of each park are over the tracks.

    Formulas: J = -Σ s_t log s_t / log T, s_t the share of track t in the park's total. Least: the smallest percentile
    of the park over the tracks, among the parks that are on the track. Near: least ≥ 60 and J ≥ 0.95. Range of J 0..1,
    whatever the order of the tracks. Degenerate: a track on which the park has no firm (nan) is absent, no 0: it adds
    nothing to J, leaves least and the geometric mean undefined, and the park is not near. J is undefined if all scores
    are absent or 0, and with fewer than two tracks.

    Args:
        scores: (parks, tracks), 0 or more, nan where the park has no firm on the track.

    >>> found = hexagon(np.array([[1, 1, 1, 0, 0, 0], [1, 0, 1, 0, 1, 0], [2, 2, 2, 2, 2, 2]], dtype=float))
    >>> found.evenness.round(4).tolist(), found.near.tolist()
    ([0.6131, 0.6131, 1.0], [False, False, True])

    Raises:
        ValueError: a score is negative.

    Reference: Pielou 1966, J. Theoretical Biology 13:131 (evenness).
    """
    absent = ~np.isfinite(scores)
    if (np.where(absent, 0, scores) < 0).any():
        raise ValueError("a score of a track is negative; evenness needs shares of a total")
    parks, tracks = scores.shape
    given = np.where(absent, 0.0, scores)
    share = given / np.where(given.sum(axis=1) > 0, given.sum(axis=1), np.nan)[:, None]
    spread = -np.sum(share * np.log(np.where(share > 0, share, 1.0)), axis=1)
    evenness = np.maximum(ratio(spread, np.full(parks, np.log(max(tracks, 1)))), 0.0)
    ranked = np.array([percentile(column) for column in scores.T]).reshape(tracks, parks).T
    least = ranked.min(axis=1, initial=100.0) if tracks else np.full(parks, np.nan)
    with np.errstate(divide="ignore"):
        mean = np.exp(np.log(scores).mean(axis=1)) if tracks else np.full(parks, np.nan)
    near = (least >= HIGH) & (evenness >= EVEN)
    return Hexagon(evenness, least, mean, near, absent)


def told(parks: Sequence[str], tracks: Sequence[str], scores: FloatArray) -> dict[str, dict[str, Measure]]:
    """By park id: `hexagon_evenness` J, `hexagon_least` the smallest percentile, `hexagon_mean` the geometric mean of
    the track scores, and `near_hexagon`, "yes" or "no". Flags name the tracks on which the park has no firm.

    >>> told(["P", "Q"], ["x", "y"], np.array([[1.0, 1.0], [1.0, np.nan]]))["Q"]["hexagon_least"].reason
    'no firm on y'
    """
    found = hexagon(scores)
    by_park = {}
    for park, name in enumerate(parks):
        gone = [track for track, absent in zip(tracks, found.absent[park].tolist(), strict=True) if absent]
        flags, n = tuple(f"absent: {track}" for track in gone), len(tracks) - len(gone)
        none = NO_TRACKS if not tracks else NOTHING if not n else ONE_AXIS if len(tracks) < 2 else ""
        missing = none or (f"no firm on {', '.join(gone)}" if gone else "")
        even = float(found.evenness[park])
        by_park[name] = {
            "hexagon_evenness": Measure(even, n=n, flags=flags)
            if np.isfinite(even)
            else undefined(none or "all scores are 0", n, flags),
            "hexagon_least": undefined(missing, n, flags)
            if missing
            else Measure(float(found.least[park]), n=n, flags=flags),
            "hexagon_mean": undefined(missing, n, flags)
            if missing
            else Measure(float(found.mean[park]), n=n, flags=flags),
            "near_hexagon": undefined(none, n, flags)
            if none
            else Measure("yes" if found.near[park] else "no", n=n, flags=flags),
        }
    return by_park
