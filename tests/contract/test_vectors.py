"""Sets of vectors on every engine: of one model, made anew beside those that serve, stopped and resumed."""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from facts import say, tell

from graph.errors import Conflict
from graph.search import neighbours
from graph.search.embedder import Prompts
from graph.search.quantised import make
from graph.search.search import Tools, search
from graph.search.vectors import Made, card, made, mismatch, reindex, vectorise, waiting
from graph.store import cypher
from graph.store.base import GISTS, Card, Store

TEXTS = ["光纤激光器发布。", "碳纤维产线投产。", "合成生物企业扩产。", "动力电池基地开工。", "园区产值增长。"]


class Letters:
    """An embedder without a model: texts of the same characters lie close. Stops after so many texts."""

    def __init__(self, name: str = "letters", dimensions: int = 384, stop_at: int = 10**9, prompt: str = "") -> None:
        self.id, self.dimensions, self.prompts = name, dimensions, Prompts("q", prompt)
        self.seen: list[str] = []
        self.stop_at = stop_at

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        if len(self.seen) >= self.stop_at:
            raise KeyboardInterrupt
        self.seen += texts
        counts = np.full((len(texts), self.dimensions), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for character in text:
                counts[row, zlib.crc32((self.id + character).encode()) % self.dimensions] += 1
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)

    def query(self, text: str) -> np.ndarray:
        return self.passages([text])[0]

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.passages(texts)


def filled(store: Store, texts: Sequence[str] = TEXTS, start: int = 0) -> None:
    store.add([tell(f"d{at}", text=text) for at, text in enumerate(texts, start)])


def found(store: Store, embedder: Letters, text: str) -> str:
    """The words of the passage nearest to a text. An index that walks its graph for one neighbour alone may miss it."""
    best = store.nearest("passage_vector", embedder.query(text).tolist(), 5)[0]
    rows = store.run("MATCH (p:Passage {id: $id}) RETURN p.text AS text", id=best["id"])
    return str(rows[0]["text"])


def test_the_graph_says_which_model_made_its_vectors(store: Store) -> None:
    filled(store)
    letters = Letters(prompt="p: ")
    assert store.vector_sets().serving is None

    assert vectorise(store, letters) == 5

    serving = store.vector_sets().serving
    assert serving is not None
    assert serving.card == Card("letters", 384, "q", "p: ", "")
    assert store.vector_sets().coming is None


@pytest.mark.parametrize("size", [16, 384, 768])
def test_a_new_graph_takes_a_model_of_any_length(store: Store, size: int) -> None:
    filled(store)
    letters = Letters(dimensions=size)
    vectorise(store, letters)
    assert [found(store, letters, text) for text in TEXTS] == TEXTS


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (Letters("other"), "of the model letters, not of the model other"),
        (Letters(dimensions=16), "with 384 dimensions, not of letters with 16"),
        (Letters(prompt="passage: "), "with the prompts 'q' and '', not of letters with the prompts 'q' and 'passage"),
    ],
)
def test_vectors_of_two_models_are_never_mixed(store: Store, other: Letters, named: str) -> None:
    filled(store)
    vectorise(store, Letters())
    filled(store, ["机器人企业落户。"], 5)

    with pytest.raises(Conflict, match=rf"{named}.*parkbond reindex"):
        vectorise(store, other)

    assert other.seen == []
    assert made(store) == Made(5, 6)
    assert named in mismatch(store.vector_sets(), card(other))
    assert mismatch(store.vector_sets(), card(Letters())) == ""


def test_vectors_of_an_unnamed_model_serve_and_are_not_added_to(store: Store) -> None:
    filled(store)
    letters = Letters()
    rows = store.unembedded(4)
    store.embed({row["id"]: vector.tolist() for row, vector in zip(rows, letters.passages(TEXTS[:4]), strict=True)})
    assert mismatch(store.vector_sets(), "letters") == ""
    with pytest.raises(Conflict, match=r"which model made its 4 vectors.*parkbond reindex"):
        vectorise(store, letters)
    assert reindex(store, letters).made == 5
    assert [found(store, letters, text) for text in TEXTS] == TEXTS


@pytest.mark.parametrize("size", [16, 384])
def test_old_vectors_serve_until_the_new_ones_are_whole(store: Store, size: int) -> None:
    filled(store)
    old, told = Letters(), []
    vectorise(store, old)
    new = Letters("new", size, stop_at=2)

    def stopped(done: int, missing: int) -> None:
        told.append((done, missing))

    monkey = pytest.MonkeyPatch()
    monkey.setattr("graph.search.vectors.STEP", 2)
    try:
        with pytest.raises(KeyboardInterrupt):
            reindex(store, new, stopped)
        assert [found(store, old, text) for text in TEXTS] == TEXTS, "the old ones serve"
        assert made(store) == Made(5, 5)
        assert "`parkbond reindex` finishes them" in mismatch(store.vector_sets(), card(new))

        filled(store, ["机器人企业落户。"], 5)  # the service goes on with the old model
        assert vectorise(store, old) == 1

        new.stop_at = 10**9
        done = reindex(store, new, stopped)
    finally:
        monkey.undo()

    assert (done.made, done.vectors, done.before, done.model, done.changed) == (4, 6, "letters", "new", True)
    assert told == [(2, 5), (2, 4), (4, 4)]
    assert len(new.seen) == 6, "what was made before the stop is kept"
    assert [found(store, new, text) for text in TEXTS] == TEXTS
    sets = store.vector_sets()
    assert sets.serving is not None
    assert (sets.serving.card.model, sets.coming) == ("new", None)
    assert store.clear_vectors(99) == 0, "the old ones are gone"


def test_there_and_back_and_back_again(store: Store) -> None:
    filled(store)
    models = [Letters("one"), Letters("two", 24), Letters("three", 768), Letters("one")]
    vectorise(store, models[0])
    for model in models[1:]:
        assert reindex(store, model).changed
        assert [found(store, model, text) for text in TEXTS] == TEXTS
    assert reindex(store, models[-1]) == type(reindex(store, models[-1]))(0, 5, "one", "one", False)


def test_a_third_model_takes_the_place_of_one_that_was_coming(store: Store) -> None:
    filled(store)
    vectorise(store, Letters("one"))
    two = store.begin_vectors(card(Letters("two", 16)))
    store.embed({store.unembedded(1, two.id)[0]["id"]: [1.0] * 16}, two.id)

    three = Letters("three", 24)
    assert reindex(store, three).made == 5
    with pytest.raises(Conflict, match="made anew by another command"):
        store.embed({}.fromkeys(["passage"], [1.0] * 16), two.id)
    assert not store.finish_vectors(two.id)
    assert found(store, three, TEXTS[2]) == TEXTS[2]


def test_a_set_that_lacks_a_vector_does_not_serve(store: Store) -> None:
    filled(store)
    vectorise(store, Letters("one"))
    coming = store.begin_vectors(card(Letters("two")))
    rows = store.unembedded(4, coming.id)
    store.embed({row["id"]: [1.0] * 384 for row in rows}, coming.id)
    assert not store.finish_vectors(coming.id)
    assert store.vector_sets().coming == coming


def test_a_passage_that_changed_while_it_was_embedded_waits_again(store: Store) -> None:
    filled(store, TEXTS[:2])
    rows = store.unembedded(9)
    texts = {row["id"]: row["folded"] for row in rows}
    store.add([tell("d1", text="碳化硅产线投产。")])  # of the same length: the passage keeps its id

    kept = store.embed({name: [1.0] * 384 for name in texts}, texts=texts)

    assert kept == 1
    assert [row["folded"] for row in store.unembedded(9)] == ["碳化硅产线投产。"]


NAMES = [
    tell("d1", say("LOCATED_IN", "澜川公司", "东澜园")),
    tell("d2", say("OPERATES_IN", "禾禹公司", "电池业")),
    tell("d3", say("COLLABORATES", "澜川公司", "江州大学")),
]


def waiting_names(store: Store) -> set[str]:
    return {row["folded"] for row in store.unembedded(99, of=GISTS)}


def named(store: Store, embedder: Letters, text: str) -> str:
    """All names of the entity nearest to a text."""
    best = store.nearest(GISTS, embedder.query(text).tolist(), 5)[0]
    return str(store.run(cypher.GISTS, ids=[best["id"]])[0]["names"])


def test_names_of_parks_firms_institutions_and_fields_are_found_by_meaning(store: Store) -> None:
    store.add(NAMES)
    assert waiting_names(store) == {"澜川公司", "东澜园", "禾禹公司", "电池业", "江州大学"}
    letters = Letters()
    vectorise(store, letters)
    assert not waiting(store)
    assert named(store, letters, "池电") == "电池业"
    assert reindex(store, Letters("other", 24)).changed
    assert named(store, Letters("other", 24), "学大州江") == "江州大学"


def test_only_an_entity_that_is_called_otherwise_by_now_is_embedded_anew(store: Store) -> None:
    store.add(NAMES)
    vectorise(store, Letters())
    store.add([tell("d4", say("OPERATES_IN", "澜川公司=澜川", "电池业"))])
    assert {name.split("\n")[0] for name in waiting_names(store)} == {"澜川公司"}
    letters = Letters()
    vectorise(store, letters)
    assert len(letters.seen) == 2, "the passage, and the firm with its new name"


def test_an_entity_that_is_no_more_is_not_found_by_meaning(store: Store) -> None:
    store.add(NAMES)
    vectorise(store, Letters())
    store.delete(["d2"])
    left = {row["id"] for row in store.nearest(GISTS, Letters().query("电池业").tolist(), 99)}
    assert {row["names"] for row in store.run(cypher.GISTS, ids=sorted(left))} == {"澜川公司", "东澜园", "江州大学"}


def test_a_graph_of_an_older_version_is_found_by_meaning_too(store: Store) -> None:
    store.add(NAMES)
    before = waiting_names(store)
    store._execute("MATCH (g:Gist) DELETE g")  # type: ignore[attr-defined]
    store._execute("MATCH (m:Meta {id: 'parkbond'}) SET m.schema = 'older'")  # type: ignore[attr-defined]
    assert not waiting_names(store)
    store.prepare()
    assert waiting_names(store) == before


def test_a_graph_without_passages_changes_its_model_at_once(store: Store) -> None:
    assert reindex(store, Letters("one")).vectors == 0
    assert vectorise(store, Letters("two")) == 0
    store.add([tell("d1", say("LOCATED_IN", "澜川公司", "东澜园"))])
    two = Letters("two", 16)
    assert vectorise(store, two) > 0
    serving = store.vector_sets().serving
    assert serving is not None
    assert serving.card == card(two)


# ---- very many vectors -----------------------------------------------------------------------------------------------


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three vectors are very many."""
    monkeypatch.setattr(neighbours, "MANY", 3)


def near(store: Store, embedder: Letters, text: str, limit: int = 1, folder: Path | None = None) -> list[str]:
    """The words of the passages nearest to a text."""
    rows = neighbours.nearest(store, embedder.query(text).tolist(), limit, folder)
    told = store.run("UNWIND $ids AS id MATCH (p:Passage {id: id}) RETURN p.text AS text", ids=[r["id"] for r in rows])
    return [row["text"] for row in told]


@pytest.mark.usefixtures("many")
def test_both_indexes_give_the_same(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(store)
    letters = Letters()
    vectorise(store, letters)
    query = letters.query("激光与电池").tolist()

    here = neighbours.nearest(store, query, 5, tmp_path)

    monkeypatch.setattr(neighbours, "MANY", 10**9)
    there = neighbours.nearest(store, query, 5, tmp_path)
    assert [row["id"] for row in here] == [row["id"] for row in there]
    assert [row["score"] for row in here] == pytest.approx([row["score"] for row in there], abs=1e-3)
    assert len(list((tmp_path / "vectors").iterdir())) == 1


@pytest.mark.usefixtures("many")
def test_the_index_follows_the_store(store: Store, tmp_path: Path) -> None:
    filled(store)
    letters = Letters()
    vectorise(store, letters)
    assert near(store, letters, "动力电池基地开工。", 1, tmp_path) == ["动力电池基地开工。"]

    filled(store, ["机器人企业落户。"], 5)  # one that comes
    vectorise(store, letters)
    assert near(store, letters, "机器人企业落户。", 1, tmp_path) == ["机器人企业落户。"]

    store.delete(["d3"])  # one that goes
    assert "动力电池基地开工。" not in near(store, letters, "动力电池基地开工。", 9, tmp_path)

    store.add([tell("d1", text="碳化硅产线投产。")])  # one that changes and keeps its id
    assert "碳纤维产线投产。" not in near(store, letters, "碳纤维产线投产。", 9, tmp_path)
    vectorise(store, letters)
    assert near(store, letters, "碳化硅产线投产。", 1, tmp_path) == ["碳化硅产线投产。"]
    assert len(near(store, letters, "碳化硅产线投产。", 9, tmp_path)) == 5

    new = Letters("new", 64)  # all of them
    reindex(store, new)
    assert near(store, new, "园区产值增长。", 1, tmp_path) == ["园区产值增长。"]


@pytest.mark.usefixtures("many")
def test_another_process_takes_the_files_and_damaged_ones_are_made_anew(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    filled(store)
    letters = Letters()
    vectorise(store, letters)
    assert neighbours.prepare(store, tmp_path) == 5
    made_again: list[object] = []
    monkeypatch.setattr(neighbours, "make", lambda *told: made_again.append(told) or make(*told))

    neighbours._HELD.clear()  # as a process that starts
    assert near(store, letters, TEXTS[2], 1, tmp_path) == [TEXTS[2]]
    assert not made_again

    neighbours._HELD.clear()
    [folder] = (tmp_path / "vectors").iterdir()
    os.truncate(folder / "codes", 8)
    assert near(store, letters, TEXTS[2], 1, tmp_path) == [TEXTS[2]]
    assert len(made_again) == 1
    assert "damaged" in caplog.text


@pytest.mark.usefixtures("many")
def test_vectors_of_no_named_model_are_found_too(store: Store) -> None:
    filled(store)
    letters = Letters()
    rows = store.unembedded(9)
    store.embed({r["id"]: v.tolist() for r, v in zip(rows, letters.passages([r["folded"] for r in rows]), strict=True)})
    assert near(store, letters, TEXTS[3]) == [TEXTS[3]]


@pytest.mark.usefixtures("many")
def test_while_it_is_made_others_are_told(store: Store, tmp_path: Path) -> None:
    filled(store)
    letters = Letters()
    vectorise(store, letters)
    neighbours._held(store).making = True
    found = search(store, Tools(str.lower, letters), "激光器", 5)
    assert (found.mode, found.note[:42]) == ("lexical", "the index of the vectors is being made; as")


def test_search_of_another_model_goes_by_words_and_says_so(store: Store) -> None:
    filled(store)
    vectorise(store, Letters())
    other = Letters("other")
    found = search(store, Tools(str.lower, other), "激光器", 5)
    assert found.mode == "lexical"
    assert "parkbond reindex" in found.note
    assert other.seen == []
