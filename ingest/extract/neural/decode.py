"""The best BIO path of each window, all windows at once, and the spans it says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.model import Kind
from ingest.extract.neural.model import TAGS
from ingest.extract.neural.window import KINDS

Scores = NDArray[np.float32]
_NEVER = np.float32(-1e4)
_LATIN = re.compile("[A-Za-z0-9À-ÖØ-öø-ÿ]{2,}")


class Found(NamedTuple):
    """A name at [start, end) of a window with the mean probability of its tags."""

    start: int
    end: int
    kind: Kind
    score: float


def _steps() -> Scores:
    """From tag to tag: I- only after B- or I- of its kind."""
    steps = np.zeros((len(TAGS), len(TAGS)), np.float32)
    for after, tag in enumerate(TAGS):
        if tag[0] == "I":
            steps[:, after] = [0 if before[1:] == tag[1:] else _NEVER for before in TAGS]
    return steps


def _held() -> Scores:
    """Inside a Latin word or a number nothing begins and nothing ends."""
    held = np.full((len(TAGS), len(TAGS)), _NEVER, np.float32)
    held[0, 0] = 0
    for before in range(1, len(TAGS)):
        held[before, before + before % 2] = 0  # B- stands before its I-
    return held


_STEPS = _steps()
_HELD = _held()
_FIRST = np.array([_NEVER if tag[0] == "I" else 0 for tag in TAGS], np.float32)


def best(scores: Scores, texts: Sequence[str], learnt: Scores) -> list[list[int]]:
    """The best path of each row (Viterbi); `scores` (rows, width, TAGS), `learnt` (TAGS, TAGS) from tag to tag."""
    rows, width, _ = scores.shape
    steps = _STEPS + learnt
    inside = _inside(texts, width)
    value = scores[:, 0] + _FIRST
    back = np.zeros((width, rows, len(TAGS)), np.int8)
    ends = np.zeros((rows, len(TAGS)), np.float32)
    last: dict[int, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        last[len(text) - 1].append(row)
    for place in range(width):
        if place:
            total = value[:, :, None] + np.where(inside[place], _HELD + learnt, steps)
            back[place] = total.argmax(1)
            value = total.max(1) + scores[:, place]
        ends[last[place]] = value[last[place]]
    result = []
    for row, text in enumerate(texts):
        tag = int(ends[row].argmax())
        path = [tag]
        for place in range(len(text) - 1, 0, -1):
            tag = int(back[place, row, tag])
            path.append(tag)
        result.append(path[::-1])
    return result


def _inside(texts: Sequence[str], width: int) -> NDArray[np.bool_]:
    """Whether a character goes on a Latin word or a number, (width, rows, 1, 1)."""
    inside = np.zeros((width, len(texts), 1, 1), np.bool_)
    for row, text in enumerate(texts):
        for found in _LATIN.finditer(text):
            inside[found.start() + 1 : found.end(), row] = True
    return inside


def spans(path: Sequence[int], scores: Scores) -> list[Found]:
    """The names of one row; `scores` (width, TAGS) are its log probabilities."""
    found: list[Found] = []
    start = 0
    while start < len(path):
        tag = path[start]
        if not tag:
            start += 1
            continue
        end = start + 1
        while end < len(path) and path[end] == tag + 1:
            end += 1
        sure = float(np.exp(np.mean([scores[place, path[place]] for place in range(start, end)])))
        found.append(Found(start, end, KINDS[(tag - 1) // 2], sure))
        start = end
    return found
