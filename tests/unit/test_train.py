"""Labelled documents, their copies, and the losses and steps of training."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise, product
from pathlib import Path
from random import Random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from api.settings import settings as settings_of_product
from graph.errors import InputError
from graph.model import Kind, Relation
from ingest.train import labelled, vary
from ingest.train.labelled import Label, Labelled
from ingest.train.learn import Average, Recipe, chain_loss
from ingest.train.run import CARD, DATA, WEIGHTS, documents, train

TEXT = """=== a1 | zh-Hans | 标题 | 2024-01-01
〖Enterprise:澜川=澜川半导体有限公司〗在〖Park:青峤园〗与〖Enterprise:禾禹生物〗签约。
--- relations
COLLABORATES | 澜川半导体有限公司 | 禾禹生物 | 与禾禹生物签约 | planned | 合资+合作研发
LOCATED_IN | 澜川半导体有限公司 | 青峤园 | 澜川在青峤园 | stated
=== a2 | en | t | 2024
Nothing here.
--- relations
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "x.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_inline_form_gives_offsets_and_relations(tmp_path: Path) -> None:
    one, two = labelled.read(write(tmp_path, TEXT))
    assert one.text == "澜川在青峤园与禾禹生物签约。"
    assert [(one.text[it.start : it.end], it.kind, it.name) for it in one.labels] == [
        ("澜川", Kind.ENTERPRISE, "澜川半导体有限公司"),
        ("青峤园", Kind.PARK, "青峤园"),
        ("禾禹生物", Kind.ENTERPRISE, "禾禹生物"),
    ]
    together, there = one.ties
    assert (together.relation, together.planned, together.kinds, together.directed) == (
        Relation.COLLABORATES,
        True,
        ("合资", "合作研发"),
        False,
    )
    assert there.directed
    assert not there.planned
    assert (two.labels, two.ties) == ((), ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("=== a | zh |  | \n文\n", "no line"),
        ("=== a | zh |  | \n文〖Park:园\n--- relations\n", "unbalanced"),
        ("=== a | zh |  | \n文\n--- relations\nLOCATED_IN | 甲\n", "a relation needs"),
        ("=== a | zh |  | \n文\n--- relations\nLOCATED_IN | 甲 | 乙 | 文\n", "no label has"),
        (TEXT + TEXT, "used twice"),
    ],
)
def test_wrong_labels_are_refused_with_the_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        labelled.read(write(tmp_path, text))


def test_every_training_document_is_sound() -> None:
    read = documents()
    assert len({one.id for one in read}) == len(read) >= 900
    for one in read:
        places = [(label.start, label.end) for label in one.labels]
        assert all(first[1] <= second[0] for first, second in pairwise(places)), one.id
        assert all(one.text[start:end].strip() == one.text[start:end] for start, end in places), one.id


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000))
def test_a_copy_keeps_every_label_on_its_name(seed: int) -> None:
    read = labelled.read(DATA / "traps.txt")
    names = vary.pool(read)
    known = {surface for surfaces in names.values() for surface in surfaces}
    draw = Random(seed)
    original = draw.choice(read)
    made = vary.copy(original, names, draw)
    assert len(made.labels) == len(original.labels)
    for label, before in zip(made.labels, original.labels, strict=True):
        surface = made.text[label.start : label.end]
        assert (label.kind, label.name) == (before.kind, before.name)
        assert plain(surface) in {plain(one) for one in known}
    assert {tie.head for tie in made.ties} <= {label.name for label in made.labels}


def plain(text: str) -> str:
    return "".join(char for char in text if char not in "\n " + vary.MARKS)


def test_a_copy_takes_the_same_name_for_the_same_name() -> None:
    text = "甲公司与乙公司,甲公司"
    labels = (
        Label(0, 3, Kind.ENTERPRISE, "甲"),
        Label(4, 7, Kind.ENTERPRISE, "乙"),
        Label(8, 11, Kind.ENTERPRISE, "甲"),
    )
    one = Labelled("x", text, labels, ())
    names = {(Kind.ENTERPRISE, False, 0): ["丙丙丙", "丁丁丁", "戊戊戊"]}
    for seed in range(20):
        made = vary.copy(one, names, Random(seed))
        found = [made.text[label.start : label.end] for label in made.labels]
        assert plain(found[0]) == plain(found[2])


def test_the_loss_of_a_chain_is_that_of_all_paths() -> None:
    torch.manual_seed(3)
    scores, steps = torch.randn(2, 4, 3), torch.randn(3, 3)
    tags = torch.tensor([[0, 2, 1, 1], [1, 0, -100, -100]])
    expected, count = 0.0, 0
    for row, length in ((0, 4), (1, 2)):

        def path_score(path: tuple[int, ...], row: int = row) -> torch.Tensor:
            own = sum(scores[row, place, tag] for place, tag in enumerate(path))
            return own + sum((steps[a, b] for a, b in pairwise(path)), torch.tensor(0.0))

        every = torch.stack([path_score(path) for path in product(range(3), repeat=length)])
        right = tuple(int(tag) for tag in tags[row, :length])
        expected += float(torch.logsumexp(every, 0) - path_score(right))
        count += length
    assert float(chain_loss(scores, steps, tags)) == pytest.approx(expected / count, rel=1e-5)


def test_the_average_follows_the_weights() -> None:
    layer = torch.nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        layer.weight.fill_(0.0)
    average = Average(layer, 0.9)
    with torch.no_grad():
        layer.weight.fill_(1.0)
    seen = []
    for _ in range(60):
        average.add(layer)
        seen.append(float(average.values["weight"]))
    assert all(one < other for one, other in pairwise(seen[:21]))
    assert seen[-1] == pytest.approx(1.0, abs=0.01)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two labelled documents."""
    folder = tmp_path_factory.mktemp("texts")
    blocks = (DATA / "traps.txt").read_text(encoding="utf-8").split("=== ")[1:3]
    (folder / "few.txt").write_text("".join(f"=== {block}" for block in blocks), encoding="utf-8")
    return folder


def test_a_training_that_was_stopped_ends_with_the_same_weights(texts: Path, tmp_path: Path) -> None:
    cache = settings_of_product().cache
    recipe = Recipe(passes=2, together=2)
    told: list[str] = []
    whole = train(tmp_path / "whole", cache, recipe=recipe, folder=texts, progress=told.append)
    assert len(told) == 3

    def stop(line: str) -> None:
        if line.startswith("pass 1"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "parts", cache, recipe=recipe, folder=texts, progress=stop)
    assert not (tmp_path / "parts" / WEIGHTS).exists()
    told.clear()
    parts = train(tmp_path / "parts", cache, recipe=recipe, folder=texts, progress=told.append)
    assert told[0] == "going on after pass 1 of 2"
    assert parts.read_bytes() == whole.read_bytes()
    card = json.loads((tmp_path / "whole" / CARD).read_text(encoding="utf-8"))
    assert card["documents"] == 2
    assert card["weights"] == hashlib.sha256(whole.read_bytes()).hexdigest()


def test_what_is_learnt_lowers_the_loss(texts: Path, tmp_path: Path) -> None:
    told: list[str] = []
    recipe = Recipe(passes=3, together=2, heads=5e-3)
    train(tmp_path, settings_of_product().cache, recipe=recipe, folder=texts, progress=told.append)
    losses = [float(line.split("names ")[1].split(",")[0]) for line in told[1:]]
    assert losses[-1] < 0.7 * losses[0]
