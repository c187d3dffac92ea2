"""Search on every engine: special characters, meaning once vectors are whole, reasons, one hit a document."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from conftest import ONE_ENGINE
from facts import say, tell
from fastapi.testclient import TestClient

from api.app import create_app
from api.deps import Ways
from graph.errors import InputError, SettingError
from graph.query.known import StoreNames
from graph.search.expand import Concept, wording
from graph.search.filters import Filters
from graph.search.lookup import lookup
from graph.search.search import Hits, Tools, search
from graph.search.usual import asked
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

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.passages(texts)


class Missing(Letters):
    """An embedder whose model is not there."""

    def query(self, text: str) -> np.ndarray:
        raise SettingError("the model is not there.")


TABLE = wording(
    [
        Concept("半导体", ("半导体", "半导体业", "semiconductors")),
        Concept("芯片", ("芯片", "chips"), "半导体"),
        Concept("firm", ("澜川公司", "Lanchuan"), proper=True),
    ]
)


def find(store: Store, query: str, embedder: Letters | None = None, limit: int = 10, **filters: str) -> Hits:
    return search(store, Tools(str.lower, embedder, TABLE), query, limit, Filters(**filters))


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


@pytest.mark.parametrize(
    "query", ["*", "/", "\\", '"', "？", "(", "~^", "😀", "😀🎉", "   ", "a\x00b", "\ud800", "长" * 1001]
)
@ONE_ENGINE
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
    assert {"words", "document", "name"} <= {why.by for why in hit.why}
    assert next(why for why in hit.why if why.by == "words").words == ("澜川公司", "禾禹公司")
    assert next(why for why in hit.why if why.by == "name").words == ("澜川公司", "禾禹公司")
    assert hit.score == pytest.approx(sum(why.part for why in hit.why))
    assert 0 < hit.score <= 1
    assert [hit.passage.text[start:end] for start, end in hit.passage.marks] == ["澜川公司", "禾禹公司"]


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
    near = next(why for why in found.hits[0].why if why.by == "meaning")
    assert near.similarity == pytest.approx(
        float(letters.query("光纤激光器发布。") @ asked(letters, "激器光", chinese=True)), abs=0.01
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
    store.add([tell(f"d{at}", text=f"激光器{at}。激光器二。") for at in range(5)])
    assert len(find(store, "激光器", limit=3).hits) == 3


def test_an_empty_graph_is_searched_in_vain(store: Store) -> None:
    found = find(store, "激光器", Letters())
    assert (found.hits, found.note) == ((), "no documents are here yet")


# ---- other words, graph ----------------------------------------------------------------------------------------------


def test_other_words_find_what_the_query_does_not_say(store: Store) -> None:
    store.add([tell("d1", text="This firm makes chips."), tell("d2", text="今天的天气很好。")])
    found = find(store, "半导体")
    assert documents(found) == ["d1"]
    why = next(why for why in found.hits[0].why if why.by == "meant")
    assert why.words == ("chips",)
    assert "chips" in [found.hits[0].passage.text[a:b] for a, b in found.hits[0].passage.marks]


def test_a_name_in_another_language_leads_to_the_entity(store: Store) -> None:
    store.add([tell("d1", say("LOCATED_IN", "澜川公司", "东澜园")), tell("d2", text="天气。")])
    found = find(store, "lanchuan")
    assert documents(found) == ["d1"]
    assert next(why for why in found.hits[0].why if why.by == "name").words == ("澜川公司",)


def test_the_way_between_two_names_is_told(store: Store) -> None:
    store.add(
        [
            tell("d1", say("COLLABORATES", "澜川公司", "禾禹公司")),
            tell("d2", say("", "澜川公司"), say("", "禾禹公司")),
        ]
    )
    found = find(store, "澜川公司与禾禹公司")
    assert documents(found)[0] == "d1"
    path = next(why for why in found.hits[0].why if why.by == "path")
    assert set(path.words) == {"澜川公司", "COOPERATES", "禾禹公司"}


def test_reprints_are_one_hit_and_listed(store: Store) -> None:
    told = "澜川公司与禾禹公司签署激光器合作协议，双方将在东澜园共建联合实验室并投入生产。"
    store.add([tell("d1", text=told), tell("d2", text=told), tell("d3", text="激光器展览在北京开幕。")])
    found = find(store, "激光器合作协议")
    assert documents(found) == ["d1", "d3"]
    assert [again.document for again in found.hits[0].reprints] == ["d2"]


# ---- filters and pages -----------------------------------------------------------------------------------------------


def filled(store: Store) -> None:
    store.add(
        [
            tell("d1", say("LOCATED_IN", "澜川公司", "东澜园"), text="激光器。", published="2023-05-01"),
            tell(
                "d2",
                say("LOCATED_IN", "禾禹公司", "西澜园"),
                say("COLLABORATES", "禾禹公司", "岚公司", kinds=("合资",)),
                text="激光器。",
                published="2024",
            ),
            tell("d3", say("OPERATES_IN", "启岚公司", "半导体业"), text="激光器 laser。"),
        ]
    )


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, {"d1", "d2", "d3"}),
        ({"since": "2023-06"}, {"d2"}),
        ({"until": "2023-05-01"}, {"d1"}),
        ({"park": "东澜园"}, {"d1"}),
        ({"industry": "semiconductors"}, {"d3"}),
        ({"kind": "joint venture"}, {"d2"}),
        ({"kind": "COLLABORATES"}, {"d2"}),
        ({"lang": "zh"}, {"d1", "d2", "d3"}),
        ({"lang": "en"}, set()),
        ({"park": "东澜园", "since": "2024"}, set()),
    ],
)
def test_filters_narrow(store: Store, filters: dict[str, str], expected: set[str]) -> None:
    filled(store)
    found = search(store, Tools(str.lower, None, TABLE), "激光器", 10, Filters(**filters))
    assert set(documents(found)) == expected


def test_a_filter_of_an_unknown_name_finds_nothing_and_says_so(store: Store) -> None:
    filled(store)
    found = find(store, "激光器", park="南极园")
    assert found.hits == ()
    assert "no park called 南极园" in found.note


def test_the_source_is_a_part_of_the_address(store: Store) -> None:
    filled(store)
    url = store.documents()[0]["url"]
    assert documents(find(store, "激光器", source=url[12:])) == ["d1"]


def test_pages_follow_each_other(store: Store) -> None:
    store.add([tell(f"d{at}", text=f"激光器第{at}种。" + "天气。" * at) for at in range(7)])
    tools = Tools(str.lower, None, TABLE)
    whole = documents(search(store, tools, "激光器", 10))
    pages, after = [], None
    while True:
        page = search(store, tools, "激光器", 3, after=after)
        pages += documents(page)
        if not page.more:
            break
        after = page.hits[-1].score, page.hits[-1].document
    assert pages == whole
    assert len(set(pages)) == 7


class Last:
    """A reranker that likes the longest passage best."""

    def scores(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        return [len(passage) for passage in passages]


def test_a_reranker_orders_the_best_anew(store: Store) -> None:
    store.add([tell("d1", text="激光器。"), tell("d2", text="激光器在很长的一句话里只是一个词。")])
    assert documents(find(store, "激光器")) == ["d1", "d2"]
    anew = search(store, Tools(str.lower, None, TABLE, None, Last()), "激光器")
    assert documents(anew) == ["d2", "d1"]
    assert anew.hits[0].score >= anew.hits[1].score


# ---- over HTTP -------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    ways = Ways(store, str.lower, StoreNames, lambda *_: [], wording=TABLE)  # type: ignore[arg-type]
    with TestClient(create_app(lambda: ways), raise_server_exceptions=False) as client:
        yield client


def test_pages_over_http(store: Store, client: TestClient) -> None:
    store.add([tell(f"d{at}", text=f"激光器第{at}种。" + "天气。" * at) for at in range(5)])
    whole = client.get("/api/v1/search", params={"q": "激光器"}).json()
    assert (whole["mode"], whole["next"], len(whole["hits"])) == ("lexical", "", 5)
    assert "no embedding model" in whole["note"]
    hit = whole["hits"][0]
    assert [hit["passage"]["text"][a:b] for a, b in hit["passage"]["marks"]] == ["激光器"]
    assert hit["score"] == pytest.approx(sum(why["part"] for why in hit["why"]))
    first = client.get("/api/v1/search", params={"q": "激光器", "limit": 3}).json()
    rest = client.get("/api/v1/search", params={"q": "激光器", "limit": 3, "cursor": first["next"]}).json()
    assert first["hits"] + rest["hits"] == whole["hits"]
    assert rest["next"] == ""
    other = client.get("/api/v1/search", params={"q": "天气", "cursor": first["next"]})
    assert other.status_code == 422
    assert "another search" in other.json()["detail"]


def test_filters_over_http(store: Store, client: TestClient) -> None:
    filled(store)
    given = {"q": "激光器", "from": "2023-05", "to": "2023", "park": "东澜园", "lang": "zh-Hans"}
    assert [hit["document"] for hit in client.get("/api/v1/search", params=given).json()["hits"]] == ["d1"]


@pytest.mark.parametrize(
    "query",
    [
        "q=",
        "q=%20",
        "q=%F0%9F%98%80%F0%9F%8E%89",
        "q=%3F%21",
        "q=a%00b",
        "q=%ED%A0%80",
        "q=" + "x" * 60_000,
        "q=" + "长" * 1_001,
        "q=x&cursor=nonsense",
        "q=x&from=2024-13",
        "q=x&from=yesterday",
        "q=x&from=2025&to=2024",
        "q=x&lang=klingon",
        "q=x&kind=marriage",
        "q=x&park=%00",
        "q=x&limit=9223372036854775808",
        "q=x&parc=y",
    ],
)
@ONE_ENGINE
def test_what_cannot_be_searched_is_a_problem(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/v1/search?{query}")
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_names_are_looked_up_by_name_by_words_and_by_meaning(store: Store) -> None:
    store.add(
        [
            tell("d1", say("OPERATES_IN", "澜川公司", "电池业")),
            tell("d2", say("LOCATED_IN", "禾禹公司", "东澜园")),
        ]
    )
    uses = Tools(str.lower, Letters(), TABLE)
    told = [(one.name, one.by) for one in lookup(store, uses, "澜川的伙伴")]
    assert told == [("澜川公司", "words")], "without vectors by words alone"

    vectorise(store, Letters())
    first = lookup(store, uses, "东澜园在哪")[0]
    assert (first.name, first.kind, first.by, first.similarity, first.documents) == ("东澜园", "Park", "name", None, 1)
    best, next_best = lookup(store, uses, "池电", limit=2)
    assert (best.name, best.by) == ("电池业", "meaning")
    assert best.similarity is not None
    assert next_best.similarity is not None
    assert best.similarity > next_best.similarity
    assert [one.kind for one in lookup(store, uses, "池电", "Enterprise")] == ["Enterprise"] * 2
    with pytest.raises(InputError):
        lookup(store, uses, " ")
