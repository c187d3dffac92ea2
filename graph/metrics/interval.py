"""Intervals: how far off may a share or a count be, if the same firms were watched again?

All are 95% intervals and take arrays, one entry a group.
"""

from __future__ import annotations

import numpy as np

from graph.network import FloatArray, IntArray

SURE = 1.959963984540054  # standard errors


def wilson(hits: IntArray | FloatArray, of: IntArray | FloatArray) -> tuple[FloatArray, FloatArray]:
    """The interval of a share, `hits` out of `of`; (nan, nan) where `of` is 0.

    Formula: (s + z²/2N ± z √(s (1 - s)/N + z²/4N²)) / (1 + z²/N), s = hits/N. It never leaves 0..1 and is no point at
    s = 0 or 1. Firms and ties are taken for independent; ties of one document are not, so it is rather too short.

    >>> low, high = wilson(np.array([0, 5]), np.array([10, 10]))
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0, 0.2366], [0.2775, 0.7634])

    Reference: Wilson 1927, J. Am. Stat. Assoc. 22:209.
    """
    n = np.where(of > 0, of, np.nan).astype(np.float64)
    share = hits / n
    middle = (share + SURE**2 / (2 * n)) / (1 + SURE**2 / n)
    half = SURE * np.sqrt(share * (1 - share) / n + SURE**2 / (4 * n**2)) / (1 + SURE**2 / n)
    return np.where(hits == 0, 0.0, middle - half) + 0 * n, np.where(hits == of, 1.0, middle + half) + 0 * n


def poisson(count: IntArray | FloatArray) -> tuple[FloatArray, FloatArray]:
    """The exact interval of the mean of a count.

    Formula: χ²(.025; 2O)/2 .. χ²(.975; 2O + 2)/2, from 0 for O = 0.

    >>> low, high = poisson(np.array([12, 3, 0]))
    >>> (low / [6, 1, 2]).round(3).tolist(), (high / [6, 1, 2]).round(3).tolist()
    ([1.033, 0.619, 0.0], [3.494, 8.767, 1.844])

    Reference: Garwood 1936, Biometrika 28:437.
    """
    from scipy.special import gammaincinv

    seen = np.asarray(count, dtype=np.float64)
    return np.where(seen > 0, gammaincinv(np.maximum(seen, 1e-9), 0.025), 0.0), gammaincinv(seen + 1, 0.975)


def weighted_sum(total: FloatArray, squares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The interval of sums of rare contributions of very different size, from these sums and their sums of squares.

    Formula: lo = χ²(.025; 2 T²/S) S/2T, hi = χ²(.975; 2 (T + w)²/(S + w²)) (S + w²)/2(T + w): the exact Poisson
    interval where all contributions are equal. w is the size of a contribution that was not met: the typical one, S/T,
    of the sum or a quarter of the largest typical one of all sums, whichever is more. So a sum of nothing has an upper
    end too. Nan where nothing contributed to any sum.

    >>> low, high = weighted_sum(np.array([3.0, 0.0]), np.array([3.0, 0.0]))
    >>> low.round(3).tolist(), high.round(3).tolist()  # three contributions of 1; none, where a quarter counts
    ([0.619, 0.0], [8.767, 0.922])

    Reference: Fay & Feuer 1997, Statistics in Medicine 16:791.
    """
    from scipy.special import gammaincinv

    met = total > 0
    typical = np.divide(squares, total, out=np.zeros(len(total)), where=met)
    unmet = np.maximum(typical, typical.max(initial=0.0) / 4)
    if not met.any():
        return np.full(len(total), np.nan), np.full(len(total), np.nan)
    count = np.divide(total**2, squares, out=np.ones(len(total)), where=met)
    above, spread = total + unmet, squares + unmet**2
    lo = np.where(met, gammaincinv(count, 0.025) * typical, 0.0)
    return lo, gammaincinv(above**2 / spread, 0.975) * spread / above


def jackknife(value: FloatArray, without: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The interval of a value from what it is when groups of documents had never been written.

    Args:
        value: (k,) with all documents.
        without: (groups, k) the same without each group in turn; a row a group.

    Returns (lo, hi, sd): value ± 1.96 sd, sd² = (G - 1)/G · Σ (v_g - mean)². Nan where a value is undefined without
    some group, and with fewer than two groups.

    >>> low, high, sd = jackknife(np.array([2.0]), np.array([[1.0], [2.0], [3.0]]))
    >>> float(sd[0].round(4)), float(low[0].round(2))
    (1.1547, -0.26)

    Reference: Efron & Tibshirani 1993, An Introduction to the Bootstrap, 11.5.
    """
    groups = len(without)
    if groups < 2:
        nothing = np.full(len(value), np.nan)
        return nothing, nothing, nothing
    sd = np.sqrt((groups - 1) / groups * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    return value - SURE * sd, value + SURE * sd, sd
