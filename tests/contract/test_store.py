"""The promises of `graph.store.base`, held on every engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from facts import canonical_of, entity, say, tell

from graph.errors import Conflict, InputError, NotFound, StoreError
from graph.export import canonical, fingerprint
from graph.model import Contribution, Kind, Party, Passage, Role
from graph.store import bolt, cypher
from graph.store.base import Added, Store
from graph.store.rows import BYTES, PIECE


def documents() -> list[Contribution]:
    """Every relation, an agreement of three, a plan, a denial, a reprint, a roster; d6 is a copy of d2's words."""
    deal = say("COLLABORATES", "澜川公司", "禾禹公司", date="2024-06-01", amount=5.5, currency="CNY")
    return [
        tell(
            "d1",
            say("LOCATED_IN", "澜川公司", "东澜园", date="2019"),
            say("LOCATED_IN", "东澜园", "蓉市"),
            say("OPERATES_IN", "澜川公司=澜川", "芯片业"),
            say("COLLABORATES", "澜川公司=澜川", "禾禹公司", date="2024-05-01", status="announced"),
            source="a/one.txt",
            published="2024-05-01",
            title="一",
        ),
        tell("d2", deal, say("SUPPLIES", "砺川公司", "澜川公司", date="2023"), source="b.jsonl"),
        tell("d3", say("COLLABORATES", "禾禹公司", "澜川公司", "江南大学", date="2024-06"), source="b.jsonl"),
        tell(
            "d4",
            say("INVESTS", "砺川公司", "禾禹公司", status="denied"),
            say("RANKED", "东澜园", "强园榜", rank=3, qualifier="合成生物"),
            say("OWNS", "砺川公司", "澜川公司"),
            say("PART_OF", "北园", "东澜园"),
            say("CHILD_OF", "芯片业", "电子业"),
            source="c.txt",
        ),
        tell(
            "d5",
            say("DESCRIBED", "启岚公司", uscc="91510100MA6ABC123D", size=12),
            say("LOCATED_IN", "启岚公司", "东澜园"),
            form="roster",
            source="list.csv",
        ),
        tell("d6", deal, say("SUPPLIES", "砺川公司", "澜川公司", date="2023"), source="copy.txt"),
    ]


def lines(store: Store) -> list[str]:
    return list(canonical(store))


def of(found: list[str], kind: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, found) if line["type"] == kind]


# ---- adding ---------------------------------------------------------------------------------------------------------


def test_what_is_stored_equals_what_all_documents_say(store: Store) -> None:
    assert store.add(documents()) == Added(added=("d1", "d2", "d3", "d4", "d5", "d6"))
    found = lines(store)
    assert found == canonical_of(documents())
    assert found == sorted(found)
    assert len(of(found, "cooperation")) == 4


def test_adding_again_changes_nothing(store: Store) -> None:
    store.add(documents())
    before, revision = fingerprint(store), store.revision()
    again = store.add([*documents(), *documents()])
    assert again == Added(unchanged=("d1", "d2", "d3", "d4", "d5", "d6"))
    assert (fingerprint(store), store.revision()) == (before, revision)


def test_one_by_one_equals_all_at_once(store: Store) -> None:
    for each in reversed(documents()):
        store.add([each])
    assert lines(store) == canonical_of(documents())


def test_nothing_to_add_is_nothing(store: Store) -> None:
    assert store.add([]) == Added()
    assert store.add([tell("d1", text="无名之文")]) == Added(added=("d1",))
    assert store.counts()["entities"] == 0


def test_the_revision_grows_with_every_write(store: Store) -> None:
    seen = [store.revision()]
    for write in (
        lambda: store.add(documents()[:1]),
        lambda: store.remember({"d1": "another.txt"}),
        lambda: store.embed({store.unembedded(1)[0]["id"]: [0.5] * 384}),
        lambda: store.delete(["d1"]),
    ):
        write()
        seen.append(store.revision())
    assert seen == sorted(set(seen))


def test_a_new_version_replaces_the_old_one(store: Store) -> None:
    store.add(documents())
    new = tell("d1", say("COLLABORATES", "澜川公司", "新禾公司", date="2024-05-03"), source="a/one.txt")
    assert store.add([new, documents()[1]]) == Added(changed=("d1",), unchanged=("d2",))
    assert lines(store) == canonical_of([*documents()[1:], new])
    assert store.versions(["d1", "nowhere"]) == {"d1": new.document.version}


def test_a_new_title_alone_is_a_new_version_with_the_same_facts(store: Store) -> None:
    first = documents()[1]
    store.add([first])
    renamed = replace(first, document=replace(first.document, title="改题"))
    assert store.add([renamed]).changed == ("d2",)
    assert lines(store) == canonical_of([renamed])


def test_the_same_id_with_two_texts_in_one_call_is_refused_and_both_are_named(store: Store) -> None:
    with pytest.raises(Conflict, match=r"x\.txt.*a/one\.txt.*'d1'"):
        store.add([documents()[0], tell("d1", text="别的", source="x.txt")])
    assert store.counts()["documents"] == 0


# ---- all or nothing -------------------------------------------------------------------------------------------------


class Broken(Exception):
    """Raised in the middle of a transaction by the tests."""


def failing_after(monkeypatch: pytest.MonkeyPatch, writes: int) -> list[int]:
    """Let the nth write of a transaction fail. The list counts the writes."""
    done: list[int] = []
    real = bolt._Cursor.write

    def write(self: bolt._Cursor, statement: str, **parameters: Any) -> None:
        if len(done) == writes:
            raise Broken
        done.append(1)
        real(self, statement, **parameters)

    monkeypatch.setattr(bolt._Cursor, "write", write)
    return done


def test_a_batch_is_all_or_nothing_wherever_it_breaks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(documents()[:3])
    before, revision = lines(store), store.revision()
    changed = tell("d1", say("COLLABORATES", "澜川公司", "新禾公司"))
    for writes in (0, 1, 2, 4, 7, 11, 16, 22):
        with monkeypatch.context() as patch:
            done = failing_after(patch, writes)
            with pytest.raises(Broken):
                store.add([changed, *documents()[3:]])
            assert len(done) == writes
        assert (lines(store), store.revision()) == (before, revision)
    store.add([changed, *documents()[3:]])
    assert lines(store) == canonical_of([changed, *documents()[1:]])


def test_a_removal_is_all_or_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(documents())
    for writes in (1, 3, 6, 9):
        with monkeypatch.context() as patch:
            failing_after(patch, writes)
            with pytest.raises(Broken):
                store.delete(["d1", "d2"])
        assert lines(store) == canonical_of(documents())


def test_a_refused_statement_is_one_sentence_and_the_store_goes_on(store: Store) -> None:
    with pytest.raises(StoreError) as raised:
        store.run("MATCH (n RETURN n")
    said = str(raised.value)
    assert "\n" not in said
    assert "gql_status" not in said
    assert store.run("RETURN 1 AS one") == [{"one": 1}]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda each: replace(each, passages=each.passages[1:]), "not one of its passages"),
        (lambda each: replace(each, kinds={}), "has no kind"),
        (lambda each: replace(each, evidence=(replace(each.evidence[0], end=10_000),)), "is not inside its passage"),
        (lambda each: replace(each, evidence=(replace(each.evidence[0], date="2024-13"),)), "month must be in 1..12"),
        (lambda each: replace(each, evidence=(replace(each.evidence[0], document="d9"),)), "of another document"),
        (lambda each: replace(each, evidence=(replace(each.evidence[0], values={"n": 2**63}),)), "64 bits"),
        (lambda each: replace(each, evidence=(replace(each.evidence[0], values={"n": float("nan")}),)), "not JSON"),
        (lambda each: replace(each, mentions=(replace(each.mentions[0], surface="x"),)), "'x' is not there"),
        (lambda each: replace(each, document=replace(each.document, text=each.document.text + "\ud800")), "surrogate"),
        (lambda each: replace(each, document=replace(each.document, id="")), "id is empty"),
        (lambda each: replace(each, kinds=dict.fromkeys(each.kinds, Kind.RANKING)), "is not allowed"),
        (
            lambda each: replace(
                each, evidence=(replace(each.evidence[0], parties=(Party(Role.HEAD, next(iter(each.kinds))),)),)
            ),
            "one head and one tail",
        ),
    ],
)
def test_what_breaks_a_law_is_refused_with_the_document_named(store: Store, wrong: Any, reason: str) -> None:
    bad = wrong(tell("d7", say("LOCATED_IN", "澜川公司", "东澜园")))
    with pytest.raises(InputError, match=reason) as raised:
        store.add([documents()[0], bad])
    assert repr(bad.document.id) in str(raised.value)
    assert store.counts()["documents"] == 0


def test_an_attribute_cannot_take_the_place_of_a_name(store: Store) -> None:
    with pytest.raises(InputError, match="names cannot be an attribute"):
        store.add([tell("d1", say("DESCRIBED", "澜川公司", names="x"))])


# ---- taking away ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", [["d1"], ["d2"], ["d3"], ["d4"], ["d5"], ["d2", "d6"], ["d1", "d2", "d3", "d4"]])
def test_deleting_leaves_what_the_others_support(store: Store, gone: list[str]) -> None:
    store.add(documents())
    assert store.delete([*gone, "nowhere"]) == tuple(gone)
    assert lines(store) == canonical_of([each for each in documents() if each.document.id not in gone])


def test_an_entity_that_is_only_claimed_stays_as_long_as_a_claim_stands(store: Store) -> None:
    told = [
        tell("d1", say("DESCRIBED", "澜川公司=", status="denied", size=3)),
        tell("d2", say("LOCATED_IN", "澜川公司=", "东澜园=")),
        tell("d3", say("DESCRIBED", "澜川公司=")),
    ]
    store.add(told)
    for gone in range(3):
        store.delete([f"d{gone + 1}"])
        assert lines(store) == canonical_of(told[gone + 1 :])


def test_deleting_everything_leaves_nothing(store: Store) -> None:
    store.add(documents())
    store.delete([row["id"] for row in store.documents()])
    assert lines(store) == []
    assert [row["l"] for row in store.run("MATCH (n) RETURN DISTINCT labels(n) AS l")] == [["Meta"]]
    assert store.delete(["d1"]) == ()


def test_deleted_words_and_names_are_found_no_more(store: Store) -> None:
    store.add([documents()[0], documents()[4]])
    store.embed({row["id"]: [1.0, *[0.0] * 383] for row in store.unembedded(100)})
    store.delete(["d5"])
    assert store.lexical("enterprise_names", "启岚", 9) == []
    assert store.lexical("passage_text", "启岚", 9) == []
    left = {row["id"] for row in store.run(cypher.IDS["Passage"])}
    assert {row["id"] for row in store.nearest("passage_vector", [1.0, *[0.0] * 383], 99)} == left


def test_forgetting_a_path_removes_what_no_other_brought(store: Store) -> None:
    store.add(documents())
    store.remember({"d2": "b2.jsonl", "nowhere": "b2.jsonl"})
    assert store.sourced("b2.jsonl") == ("d2",)
    assert store.forget("b.jsonl") == ("d3",)
    assert lines(store) == canonical_of([each for each in documents() if each.document.id != "d3"])
    assert store.sourced("b.jsonl") == ()
    with pytest.raises(NotFound, match=r"b\.jsonl"):
        store.forget("b.jsonl")
    assert store.forget("b2.jsonl") == ("d2",)


def test_one_text_under_two_paths_is_one_document_with_two_sources(store: Store) -> None:
    first, copy = (tell("d1", say("LOCATED_IN", "澜川公司", "东澜园"), source=path) for path in ("2023/a.txt", "b.txt"))
    other = tell("d2", say("LOCATED_IN", "禾禹公司", "东澜园"), source="2024/a.txt")
    assert store.add([first, other, copy]).added == ("d1", "d2")
    assert {row["id"]: row["sources"] for row in store.documents()} == {
        "d1": ["2023/a.txt", "b.txt"],
        "d2": ["2024/a.txt"],
    }
    assert store.add([replace(first, document=replace(first.document, source="c.txt"))]).unchanged == ("d1",)
    assert store.forget("2023/a.txt") == ()
    assert store.sourced("c.txt") == ("d1",)
    assert lines(store) == canonical_of([first, other])


def test_a_new_version_forgets_the_paths_of_the_old(store: Store) -> None:
    store.add([tell("d1", text="旧", source="old.txt")])
    store.add([tell("d1", text="新", source="new.txt")])
    assert [row["sources"] for row in store.documents()] == [["new.txt"]]


# ---- the field's cases ----------------------------------------------------------------------------------------------


def test_a_deleted_document_leaves_no_firm_behind_and_its_name_may_come_again(store: Store) -> None:
    both = [
        tell("d-a", say("COLLABORATES", "澜川公司", "禾禹公司"), say("LOCATED_IN", "澜川公司", "东澜园")),
        tell("d-b", say("COLLABORATES", "澜川公司", "启岚公司"), say("OPERATES_IN", "启岚公司", "激光业")),
    ]
    store.add(both)
    store.delete(["d-a"])
    assert lines(store) == canonical_of(both[1:])
    assert store.lexical("enterprise_names", "禾禹", 9) == store.lexical("park_names", "东澜园", 9) == []
    store.add([tell("d-c", say("OPERATES_IN", "禾禹公司", "酶业"))])
    told = [piece for piece in of(lines(store), "evidence") if entity("禾禹公司") in "".join(piece["parties"])]
    assert [piece["document"] for piece in told] == ["d-c"]
    assert [tie for tie in of(lines(store), "cooperation") if entity("禾禹公司") in (tie["a"], tie["b"])] == []


def test_one_tie_is_one_row_in_each_reading(store: Store) -> None:
    store.add([tell("d1", say("COLLABORATES", "澜川公司", "禾禹公司"), say("SUPPLIES", "砺川公司", "澜川公司"))])
    degree = store.run(
        "MATCH (e:Enterprise)-[x:COOPERATES]-(:Enterprise) RETURN e.name AS name, count(x) AS n ORDER BY n, name"
    )
    assert sorted((row["name"], row["n"]) for row in degree) == [("澜川公司", 2), ("砺川公司", 1), ("禾禹公司", 1)]
    (supply,) = (event for event in of(lines(store), "collaboration") if event["relation"] == "SUPPLIES")
    assert supply["parties"] == [f"buyer {entity('澜川公司')}", f"supplier {entity('砺川公司')}"]
    assert store.counts()["ties"] == 2


# ---- provenance -----------------------------------------------------------------------------------------------------


def test_every_fact_walks_to_words_in_the_original_text(store: Store) -> None:
    store.add(documents())
    texts = {row["d"]["id"]: row["d"]["text"] for row in store.run("MATCH (d:Document) RETURN properties(d) AS d")}
    links = [row["e"] for kind in cypher.LINKS_OF for row in _linked(store, kind)]
    events = store.run(
        "MATCH (c:Collaboration) OPTIONAL MATCH (c)-[:EVIDENCED_BY]->(e:Evidence) "
        "WITH c, collect(e.id) AS found RETURN c.evidence AS said, found"
    )
    assert all(sorted(row["found"]) == sorted(row["said"]) != [] for row in events)
    ties = store.run("MATCH ()-[x:COOPERATES]->() RETURN x.collaborations AS c")
    assert all(store.run(cypher.COLLABORATIONS, ids=row["c"]) for row in ties)
    walked = store.run(
        "MATCH (e:Evidence)-[:IN]->(p:Passage) WITH e, p MATCH (p)-[:OF]->(d:Document) "
        "RETURN e.id AS id, e.start AS start, e.end AS end, p.start AS first, p.end AS last, p.text AS text, d.id AS d"
    )
    assert len(walked) == store.counts()["evidence"] > 0
    for row in walked:
        assert row["first"] <= row["start"] < row["end"] <= row["last"]
        assert texts[row["d"]][row["first"] : row["last"]] == row["text"]
        assert texts[row["d"]][row["start"] : row["end"]] in row["text"]
    known = {row["id"] for row in walked}
    assert len(links) > 0
    assert all(evidence and known.issuperset(evidence) for evidence in links)


def _linked(store: Store, kind: Kind) -> Iterator[dict[str, Any]]:
    ids = [row["id"] for row in store.run(cypher.IDS[kind])]
    for row in store.run(cypher.LINKS_OF[kind], ids=ids):
        yield {"e": row["x"]["evidence"]}


def test_parties_carry_their_roles(store: Store) -> None:
    store.add(documents())
    rows = store.run(
        "MATCH (c:Collaboration)<-[x:PARTY]-(e) WITH c, x.role + ' ' + e.id AS party ORDER BY party "
        "RETURN c.parties AS said, collect(party) AS found"
    )
    assert len(rows) == store.counts()["collaborations"] == 4
    assert all(row["said"] == row["found"] for row in rows)


# ---- uniqueness -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", cypher.UNIQUE)
def test_no_two_nodes_of_a_label_share_an_id(store: Store, label: str) -> None:
    create = f"CREATE (:{label} {{id: 'twin'}})"
    assert isinstance(store, bolt.BoltStore)
    store._execute(create)
    with pytest.raises(StoreError):
        store._execute(create)
    assert len(store.run(f"MATCH (n:{label} {{id: 'twin'}}) RETURN n.id AS id")) == 1


# ---- searching ------------------------------------------------------------------------------------------------------

NAMES = (
    "澜川半导体(成都)公司",
    "A&K精机公司",
    'C++/芯-片: "未来"公司',
    "ZEF微电子*~^公司",
    "NOT AND 岚企公司",
    "北京𠮷祥光电公司",
    "🚀火箭🚀公司",
    "O'Neil\\n{公司",
    "Zefira Photonics 公司",
)


def test_names_of_any_signs_are_stored_and_found(store: Store) -> None:
    told = [tell(f"d{at}", say("LOCATED_IN", name, "东澜园")) for at, name in enumerate(NAMES)]
    store.add(told)
    assert lines(store) == canonical_of(told)
    for name in NAMES:
        assert store.lexical("enterprise_names", name, 3)[0]["id"] == entity(name), name
    for part, at in (("𠮷祥", 5), ("火箭", 6), ("zef微电子", 3), ("ZEF", 3), ("K精机", 1), ("photonics", 8)):
        assert [hit["id"] for hit in store.lexical("enterprise_names", part, 1)] == [entity(NAMES[at])], part


SYNTAX = (
    *(
        "/",
        "-",
        ":",
        "(",
        '"',
        "*",
        "~",
        "AND",
        "a AND",
        "NOT",
        "OR )",
        "\\",
        "a:b:",
        "[x TO",
        "{",
        "^3",
        "!",
        "&&",
        "||",
    ),
    *(
        "澜川 NOT",
        '"澜川',
        "澜川~2",
        "澜川*",
        "names:澜川",
        "澜川^",
        "/澜.*/",
        "澜" * 5_000,
        "x y " * 2_000,
        "\x00",
        "�",
    ),
)


@pytest.mark.parametrize("words", SYNTAX)
def test_no_words_are_query_syntax(store: Store, words: str) -> None:
    store.add([tell("d1", say("LOCATED_IN", "澜川公司", "东澜园"))])
    hits = store.lexical("enterprise_names", words, 5)
    assert {hit["id"] for hit in hits} <= {entity("澜川公司")}
    if "澜川" in words:
        assert len(hits) == 1


@pytest.mark.parametrize("words", ["", " ", '/-:("*~', "，。！？", "🚀", "\n\t", "()[]{}^"])
def test_signs_alone_find_nothing(store: Store, words: str) -> None:
    store.add(documents())
    assert store.lexical("passage_text", words, 5) == []


def test_full_text_finds_passages_and_follows_changes_of_names(store: Store) -> None:
    store.add([tell("d1", say("", "澜川公司"), text="上海的生物制药与半导体设备")])
    assert len(store.lexical("passage_text", "半导体", 5)) == 1
    assert store.lexical("passage_text", "光伏", 5) == []
    store.add([tell("d2", say("", "澜川公司=澜川=澜川半导体设备公司"))])
    assert [hit["id"] for hit in store.lexical("enterprise_names", "半导体设备", 5)] == [entity("澜川公司")]
    store.delete(["d2"])
    assert store.lexical("enterprise_names", "半导体设备", 5) == []


def test_hits_are_best_first_and_no_more_than_asked_for(store: Store) -> None:
    store.add([tell(f"d{at}", text=f"芯片{'与芯片设备' * at}第{at}") for at in range(6)])
    hits = store.lexical("passage_text", "芯片设备", 4)
    scores = [hit["score"] for hit in hits]
    assert len(hits) == 4
    assert scores == sorted(scores, reverse=True)


def test_an_unknown_index_is_named(store: Store) -> None:
    with pytest.raises(InputError, match="'firms'"):
        store.lexical("firms", "x", 1)
    with pytest.raises(InputError, match="'firms'"):
        store.nearest("firms", [0.0] * 384, 1)


# ---- vectors --------------------------------------------------------------------------------------------------------


def vector(*head: float) -> list[float]:
    return [*head, *[0.0] * (384 - len(head))]


def test_passages_wait_for_vectors_in_the_order_of_their_ids(store: Store) -> None:
    store.add(documents())
    waiting = store.unembedded(1000)
    assert [row["id"] for row in waiting] == sorted(row["id"] for row in store.run(cypher.IDS["Passage"]))
    assert set(waiting[0]) == {"id", "folded"}
    assert store.unembedded(2) == waiting[:2]
    store.embed({row["id"]: vector(1.0) for row in waiting[:5]})
    assert [row["id"] for row in store.unembedded(1000)] == [row["id"] for row in waiting[5:]]
    assert lines(store) == canonical_of(documents())


def test_the_nearest_come_first_scored_by_cosine(store: Store) -> None:
    store.add(documents())
    ids = [row["id"] for row in store.unembedded(4)]
    store.embed(dict(zip(ids, [vector(1.0), vector(0.6, 0.8), vector(0.0, 2.0), vector(-1.0)], strict=True)))
    hits = store.nearest("passage_vector", vector(1.0), 4)
    assert [hit["id"] for hit in hits] == ids
    assert [hit["score"] for hit in hits] == pytest.approx([1.0, 0.8, 0.5, 0.0], abs=1e-3)
    assert [hit["id"] for hit in store.nearest("passage_vector", vector(0.0, 1.0), 1)] == [ids[2]]


def test_a_vector_of_another_length_is_refused(store: Store) -> None:
    store.add(documents()[:1])
    first, second = (row["id"] for row in store.unembedded(2))
    with pytest.raises(InputError, match="a vector of 3 numbers, not 384"):
        store.embed({first: vector(1.0), second: [1.0, 2.0, 3.0]})
    assert len(store.unembedded(1000)) == store.counts()["passages"]
    with pytest.raises(InputError, match="a vector of 3 numbers, not 384"):
        store.nearest("passage_vector", [1.0, 2.0, 3.0], 1)


def test_more_vectors_than_fit_into_one_message(store: Store) -> None:
    store.add([tell("d1", *(say("", f"第{at}公司") for at in range(1500)))])
    store.embed({row["id"]: vector(float(at), 1.0) for at, row in enumerate(store.unembedded(2000))})
    assert store.unembedded(1) == []


# ---- large ----------------------------------------------------------------------------------------------------------


def test_a_text_larger_than_a_message_comes_back_whole(store: Store) -> None:
    text = "澜川半导体🚀" * (17_000_000 // 19)
    assert len(text.encode()) > 16 * 1024 * 1024 > BYTES
    large = tell("large", say("LOCATED_IN", "澜川公司", "东澜园"), source="large.txt")
    whole = large.document.text + text
    large = replace(large, document=replace(large.document, text=whole))
    assert store.add([large]) == Added(added=("large",))
    (row,) = store.run("MATCH (d:Document) RETURN d.text AS text")
    assert row["text"] == whole
    assert store.add([large]) == Added(unchanged=("large",))
    assert store.delete(["large"]) == ("large",)


def test_a_passage_too_large_for_a_message_is_refused(store: Store) -> None:
    text = "芯" * (PIECE + 1)
    large = tell("large", text=text)
    whole = Passage("passage-large", "large", 0, len(text), text, text)
    with pytest.raises(InputError, match="too long"):
        store.add([replace(large, passages=(whole,))])


def test_many_rows_in_one_document(store: Store) -> None:
    told = tell("many", *(say("LOCATED_IN", f"第{at % 300}公司", "东澜园") for at in range(5_100)))
    store.add([told])
    assert store.counts()["evidence"] == 5_100
    (ends,) = store.run("MATCH (:Enterprise)-[x:LOCATED_IN]->(p:Park) RETURN count(x) AS n")
    assert ends["n"] == 300
    assert store.delete(["many"]) == ("many",)
    assert lines(store) == []


# ---- many at once ---------------------------------------------------------------------------------------------------

WRITER = """
import sys
from facts import say, tell
from graph.store.bolt import connect
graph, user, password, first = sys.argv[1:]
with connect(graph, user=user, password=password) as store:
    for at in range(int(first), 24, 2):
        store.add([tell(f"d{at}", say("COLLABORATES", "澜川公司", f"{at % 5}公司", date=f"2024-0{1 + at % 9}-01"),
                        say("LOCATED_IN", f"{at % 3}公司", "东澜园"))])
"""


def writing() -> list[Contribution]:
    return [
        tell(
            f"d{at}",
            say("COLLABORATES", "澜川公司", f"{at % 5}公司", date=f"2024-0{1 + at % 9}-01"),
            say("LOCATED_IN", f"{at % 3}公司", "东澜园"),
        )
        for at in range(24)
    ]


def test_two_processes_may_write_the_same_names_at_once(store: Store, server: Any) -> None:
    root, tests = Path(bolt.__file__).parents[2], Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{tests}"}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, server.graph, server.user, server.password, str(first)],
            env=environment,
            stderr=subprocess.PIPE,
        )
        for first in (0, 1)
    ]
    said = [writer.communicate(timeout=120)[1].decode() for writer in writers]
    assert [(writer.returncode, words) for writer, words in zip(writers, said, strict=True)] == [(0, ""), (0, "")]
    assert lines(store) == canonical_of(writing())


def test_threads_may_share_a_store(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda each: store.add([each]), writing()))
        assert all(each.added for each in done)
        counts = list(pool.map(lambda _: store.counts()["documents"], range(8)))
    assert counts == [24] * 8
    assert lines(store) == canonical_of(writing())


# ---- listing --------------------------------------------------------------------------------------------------------


def test_documents_are_listed_by_page_without_their_texts(store: Store) -> None:
    store.add(documents())
    rows = store.documents()
    assert [row["id"] for row in rows] == ["d1", "d2", "d3", "d4", "d5", "d6"]
    assert rows[0] == {
        "id": "d1",
        "title": "一",
        "url": documents()[0].document.url,
        "published": "2024-05-01",
        "form": "text",
        "origin": documents()[0].document.origin,
        "sources": ["a/one.txt"],
    }
    assert store.documents(skip=4, limit=1) == rows[4:5]


def test_counts_tell_how_much_there_is(store: Store) -> None:
    assert set(store.counts().values()) == {0}
    store.add(documents())
    found = lines(store)
    counts = store.counts()
    for name, kind in (
        ("documents", "document"),
        ("passages", "passage"),
        ("evidence", "evidence"),
        ("entities", "entity"),
        ("collaborations", "collaboration"),
        ("ties", "cooperation"),
    ):
        assert counts[name] == len(of(found, kind)), name
    assert counts["relations"] == len(of(found, "link")) + len(of(found, "collaboration"))
    assert (counts["Park"], counts["RANKED"]) == (2, 1)


def test_a_stream_gives_the_same_rows_and_may_be_left_early(store: Store) -> None:
    rows = [row["i"] for row in store.stream("UNWIND range(1, 5000) AS i RETURN i")]
    assert rows == list(range(1, 5001))
    some = store.stream("UNWIND range(1, 100000) AS i RETURN i")
    assert next(some) == {"i": 1}
    del some
    assert list(store.stream("UNWIND [] AS i RETURN i")) == []
    with pytest.raises(StoreError):
        store.stream("RETURN )")


def test_preparing_again_is_harmless_and_other_vectors_are_refused(store: Store, server: Any) -> None:
    store.add(documents())
    store.prepare()
    other = bolt.connect(server.graph, user=server.user, password=server.password, dimensions=768)
    with other, pytest.raises(Conflict, match="384 numbers and the model gives 768"):
        other.prepare()
    assert lines(store) == canonical_of(documents())


def test_the_mark_tells_states_and_graphs_apart(store: Store, server: Any) -> None:
    assert store.mark() == ""
    store.add([tell("d1", say("LOCATED_IN", "澜川公司", "东澜园"))])
    first = store.mark()
    assert first
    assert store.mark() == first
    store.add([tell("d2", say("LOCATED_IN", "禾禹公司", "东澜园"))])
    second = store.mark()
    assert second != first
    server.empty()  # a graph begun anew, with as many writes
    store.add([tell("d1", say("LOCATED_IN", "澜川公司", "东澜园"))])
    assert store.mark() not in ("", first, second)


def test_a_read_that_meets_a_passing_conflict_is_tried_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from neo4j.exceptions import TransientError

    held = store._engine  # type: ignore[attr-defined]
    read, failures = held.read, [2, 2]

    def meets_one(statement: str, *rest: Any, **more: Any) -> Iterator[dict[str, Any]]:
        kind = int("AS two" in statement)
        if failures[kind]:
            failures[kind] -= 1
            raise TransientError("two at once")
        return read(statement, *rest, **more)

    monkeypatch.setattr(held, "read", meets_one)
    assert store.run("RETURN 1 AS one") == [{"one": 1}]
    assert list(store.stream("RETURN 2 AS two")) == [{"two": 2}]
    assert failures == [0, 0]
