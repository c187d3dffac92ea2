"""Windows, the best path, and what the network is told: without its weights."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graph.model import Kind
from ingest.extract.lac import Token
from ingest.extract.neural import decode
from ingest.extract.neural.model import TAGS, Entity, Pairs
from ingest.extract.neural.reader import tags_of
from ingest.extract.neural.window import KINDS, LONGEST, features, windows


@given(st.lists(st.text(min_size=1, max_size=500), max_size=30))
def test_windows_hold_every_sentence_once_in_order(sentences: list[str]) -> None:
    made = windows(sentences)
    assert [number for window in made for number, _ in window.sentences] == list(range(len(sentences)))
    for window in made:
        for number, start in window.sentences:
            assert window.text[start : start + len(sentences[number])] == sentences[number]
        assert len(window.text) <= LONGEST or len(window.sentences) == 1


def test_features_say_where_words_places_and_endings_are() -> None:
    (window,) = windows(["苏州市有公司", "x"])
    words = [[Token(0, 3, "LOC"), Token(3, 4, "v"), Token(4, 6, "n")], [Token(0, 1, "nz")]]
    found = features(window, words)
    assert len(set(found.word[:3].tolist())) == 3
    assert found.word[6] == 0  # the space between sentences
    assert found.place[:3].tolist() == [1, 2, 3]
    assert found.place[3:].tolist() == [0, 0, 0, 0, 0]
    assert found.ending[4] > 0


def brute(scores: np.ndarray, steps: np.ndarray, text: str) -> float:
    best = -np.inf
    for path in product(range(scores.shape[1]), repeat=len(text)):
        value = 0.0
        for place, tag in enumerate(path):
            value += scores[place, tag]
            before = path[place - 1] if place else None
            name = TAGS[tag]
            if name[0] == "I" and (before is None or TAGS[before][1:] != name[1:]):
                value = -np.inf
            if before is not None:
                value += steps[before, tag]
                joined = text[place - 1].isascii() and text[place].isascii() and text[place - 1 : place + 1].isalnum()
                if joined and not (tag == before == 0 or (name[0] == "I" and TAGS[before][1:] == name[1:])):
                    value = -np.inf
        best = max(best, value)
    return best


@pytest.mark.parametrize("text", ["园区a", "ab甲", "甲乙丙"])
def test_the_best_path_is_the_best_of_all(text: str) -> None:
    draw = np.random.default_rng(7)
    for _ in range(5):
        scores = draw.normal(size=(1, 3, len(TAGS))).astype(np.float32)
        steps = draw.normal(size=(len(TAGS), len(TAGS))).astype(np.float32)
        (path,) = decode.best(scores, [text], steps)
        value = sum(scores[0, place, tag] for place, tag in enumerate(path))
        value += sum(steps[one, other] for one, other in pairwise(path))
        assert value == pytest.approx(brute(scores[0], steps, text), abs=1e-4)


def test_rows_of_different_length_do_not_touch_one_another() -> None:
    draw = np.random.default_rng(1)
    scores = draw.normal(size=(3, 6, len(TAGS))).astype(np.float32)
    steps = np.zeros((len(TAGS), len(TAGS)), np.float32)
    texts = ["甲乙丙丁戊己", "甲", "甲乙丙"]
    together = decode.best(scores, texts, steps)
    alone = [decode.best(scores[row : row + 1, : len(text)], [text], steps)[0] for row, text in enumerate(texts)]
    assert together == alone


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3), st.integers(0, len(KINDS) - 1)), max_size=8))
def test_tags_and_spans_are_each_others_inverse(parts: list[tuple[int, int, int]]) -> None:
    names, place = [], 0
    for length, gap, kind in parts:
        place += gap
        names.append((place, place + length, kind))
        place += length
    tags = tags_of(names, place + 1)
    found = decode.spans(tags, np.zeros((place + 1, len(TAGS)), np.float32))
    assert [(one.start, one.end, KINDS.index(one.kind)) for one in found] == names


def test_pairs_are_those_that_a_relation_knows_and_order_does_not_matter() -> None:
    torch.manual_seed(0)
    judge = Pairs().eval()
    state = torch.randn(2, 9, 384)
    attention = torch.rand(2, 9, 9).softmax(-1)
    firm, other = Entity(Kind.ENTERPRISE, ((0, 1), (1, 3))), Entity(Kind.ENTERPRISE, ((0, 7),))
    park, field = Entity(Kind.PARK, ((1, 5),)), Entity(Kind.INDUSTRY, ((0, 4),))
    pairs, scores = judge(state, attention, [firm, other, park, field])
    assert (0, 3) in pairs
    assert (3, 0) not in pairs
    turned, again = judge(state, attention, [field, park, other, firm])
    place = {pair: number for number, pair in enumerate(turned)}
    for number, (head, tail) in enumerate(pairs):
        assert torch.allclose(scores[number], again[place[3 - head, 3 - tail]], atol=1e-5)


def test_the_maximum_between_two_mentions_is_that_of_every_piece_between() -> None:
    from ingest.extract.neural.model import BETWEEN, _between

    torch.manual_seed(2)
    state = torch.randn(2, 200, 4)
    near = [((0, 3), (0, 3)), ((0, 9), (0, 2)), ((1, 5), (1, 150)), ((0, 1), (1, 4))]
    expected = [
        state[0, 3],
        state[0, 2:10].max(0)[0],
        state[1, 5 : 5 + BETWEEN + 1].max(0)[0],
        torch.maximum(state[0, 1], state[1, 4]),
    ]
    assert torch.equal(_between(state, near), torch.stack(expected))


def test_names_that_share_a_piece_are_a_pair_too() -> None:
    torch.manual_seed(0)
    state, attention = torch.randn(1, 5, 384), torch.rand(1, 5, 5).softmax(-1)
    pairs, scores = Pairs().eval()(
        state,
        attention,
        [Entity(Kind.ENTERPRISE, ((0, 2),)), Entity(Kind.PLACE, ((0, 2),)), Entity(Kind.PARK, ((0, 4),))],
    )
    assert len(pairs) == len(scores) > 2
    assert torch.isfinite(scores).all()
