"""Search on every engine: special characters, meaning once vectors are whole, reasons, one hit a document."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pytest
from facts import say, tell

from graph.errors import InputError, SettingError
from graph.search.search import Hits, search
from graph.search.vectors import made, vectorise
from graph.store.base import Store


class Letters:
    """An embedder without a model: texts of the same characters lie close."""

    id, dimensions = "letters", 384

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        counts = np.full((len(texts), self.dimensions), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for character in text:
                counts[row, zlib.crc32(character.encode()) % self.dimensions] += 1
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)

    def query(self, text: str) -> np.ndarray:
        return self.passages([text])[0]


class Missing(Letters):
    """An embedder whose model is not there."""

    def query(self, text: str) -> np.ndarray:
        raise SettingError("the model is not there.")


def find(store: Store, query: str, embedder: Letters | None = None, limit: int = 10) -> Hits:
    return search(store, embedder, query, limit, str.lower)


def documents(hits: Hits) -> list[str]:
    return [hit.document for hit in hits.hits]


SPECIAL = [
    "A/B测试公司",
    "C++之芯公司",
    "启岚(苏州)公司",
    "TB-岭生物公司",
    "node:谷数据公司",
    "Q*星科技公司",
    '"双引号"智能公司',
    "A&B||C联合公司",
    "[方括]材料公司",
    "反\\斜杠电子公司",
    "AND OR NOT公司",
    "^尖~浪网络公司",
]


def test_special_characters_find_their_names(store: Store) -> None:
    store.add([tell(f"x{at:02}", say("LOCATED_IN", name, "东澜园")) for at, name in enumerate(SPECIAL)])
    for at, name in enumerate(SPECIAL):
        assert documents(find(store, name))[0] == f"x{at:02}", name


@pytest.mark.parametrize(
    "query",
    ["C++", "启岚(苏州", "TB-", "node:", "Q*", '"双引号', "[方括]", "AND", "NOT", "^尖浪", "AND OR NOT", "a~2", "😀芯"],
)
def test_fragments_never_break_a_search(store: Store, query: str) -> None:
    store.add([tell(f"x{at:02}", say("LOCATED_IN", name, "东澜园")) for at, name in enumerate(SPECIAL)])
    assert find(store, query).mode == "lexical"


@pytest.mark.parametrize("query", ["*", "/", "\\", '"', "？", "(", "~^", "😀"])
def test_signs_only_find_nothing_and_say_so(store: Store, query: str) -> None:
    found = find(store, query)
    assert found.hits == ()
    assert "signs only" in found.note


@pytest.mark.parametrize("query", ["", "   ", "a\x00b", "\ud800", "长" * 1001])
def test_what_is_no_query_is_refused(store: Store, query: str) -> None:
    with pytest.raises(InputError):
        find(store, query)


def test_a_hit_is_a_document_with_its_best_passage_and_reasons(store: Store) -> None:
    store.add(
        [
            tell("d1", say("COLLABORATES", "澜川公司", "禾禹公司"), title="签约", text="其余部分说的是天气。"),
            tell("d2", text="今天的天气很好。"),
        ]
    )
    found = find(store, "澜川公司与禾禹公司")

    assert documents(found) == ["d1"]
    hit = found.hits[0]
    assert hit.title == "签约"
    assert "澜川公司、禾禹公司" in hit.passage.text
    assert hit.passage.start == 0
    assert {why.by for why in hit.why} == {"words", "name"}
    assert next(why for why in hit.why if why.by == "words").words == ("澜川公司", "禾禹公司")
    assert next(why for why in hit.why if why.by == "name").words == ("澜川公司", "禾禹公司")
    assert 0 < hit.score <= 1


def test_a_name_finds_the_passages_that_use_another_name(store: Store) -> None:
    store.add(
        [
            tell("d1", say("LOCATED_IN", "澜川半导体公司=澜川", "东澜园")),
            tell("d2", say("LOCATED_IN", "澜川半导体公司", "西澜园")),
        ]
    )
    assert set(documents(find(store, "澜川半导体公司"))) == {"d1", "d2"}


def test_meaning_waits_until_every_passage_has_its_vector(store: Store) -> None:
    store.add([tell("d1", text="光纤激光器发布。"), tell("d2", text="碳纤维产线投产。")])
    letters = Letters()

    waiting = find(store, "激光器", letters)
    assert waiting.mode == "lexical"
    assert "0 of 2 passages" in waiting.note

    assert vectorise(store, letters) == 2
    assert made(store).complete
    found = find(store, "激器光", letters)  # no two characters stand together as in the document
    assert (found.mode, found.note) == ("hybrid", "")
    assert documents(found)[0] == "d1"
    assert [why.by for why in found.hits[0].why] == ["meaning"]
    assert found.hits[0].why[0].similarity == pytest.approx(
        float(letters.query("光纤激光器发布。") @ letters.query("激器光")), abs=0.01
    )

    store.add([tell("d3", text="合成生物企业扩产酶制剂。")])
    assert "2 of 3 passages" in find(store, "激光器", letters).note


def test_a_model_that_is_not_there_leaves_words(store: Store) -> None:
    store.add([tell("d1", text="光纤激光器发布。")])
    vectorise(store, Letters())
    found = find(store, "激光器", Missing())
    assert (found.mode, documents(found)) == ("lexical", ["d1"])
    assert found.note == "the model is not there. Lexical only."


def test_the_limit_counts_documents(store: Store) -> None:
    store.add([tell(f"d{at}", text="激光器一。激光器二。") for at in range(5)])
    assert len(find(store, "激光器", limit=3).hits) == 3


def test_an_empty_graph_is_searched_in_vain(store: Store) -> None:
    found = find(store, "激光器", Letters())
    assert (found.hits, found.note) == ((), "no documents are here yet")
