"""Names, judgements and witnesses in a store: merged, parted, undone, on every engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from facts import STORY, Say, entity, say, tell

from api.review import export_log, import_log
from graph.errors import Conflict, InputError, NotFound
from graph.export import canonical, fingerprint
from graph.judgement import Judgement, Verdict, pair
from graph.model import Card, Contribution, Kind
from graph.query.review import judge, log, queue
from graph.store import cypher
from graph.store.base import Store
from graph.witness import LEAST

A, B, C, D = "澜川公司", "瀾川公司", "禾禹公司", "启岚公司"


def word(one: str, other: str, verdict: str, at: int = 0) -> Judgement:
    a, b = pair(entity(one), entity(other))
    return Judgement(a, b, Verdict(verdict), "li", f"2024-01-01T00:00:{at:02}.000000+00:00", "", 0.0, one, other)


def documents() -> list[Contribution]:
    return [
        tell("d1", say("LOCATED_IN", A, "东澜园"), say("COLLABORATES", A, C, date="2024-05-01")),
        tell("d2", say("COLLABORATES", B, C, date="2024-05-20"), say("DESCRIBED", B, size=5)),
        tell("d3", say("COLLABORATES", A, B), say("SUPPLIES", B, C), say("OWNS", A, B), say("OWNS", D, A)),
        tell("d4", say("DESCRIBED", f"{B}=", status="denied", size=3), say("OWNS", f"{A}=", f"{B}=")),
    ]


def of(store: Store, kind: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, canonical(store)) if line["type"] == kind]


def names(store: Store) -> dict[str, list[str]]:
    return {one["name"]: one["aliases"] for one in of(store, "entity") if one["kind"] == "Enterprise"}


def test_names_that_are_judged_the_same_are_one_entity_with_all_that_was_said(store: Store) -> None:
    store.add(documents())
    said = sorted(one["id"] for one in of(store, "evidence"))
    store.judge([word(A, B, "same")])
    assert names(store) == {A: [B], C: [], D: []}
    (firm,) = (one for one in of(store, "entity") if one["name"] == A)
    assert (firm["documents"], firm["attributes"]) == (3, {"size": 5})
    assert sorted(one["id"] for one in of(store, "evidence")) == said
    events = of(store, "collaboration")
    assert {(one["relation"], one["documents"]) for one in events} == {("COLLABORATES", 2), ("SUPPLIES", 1)}
    assert {(one["a"], one["b"]) for one in of(store, "cooperation")} == {pair(firm["id"], entity(C))}
    assert [one["relation"] for one in of(store, "link")].count("OWNS") == 1  # it does not own itself
    assert len([one for one in of(store, "evidence") if one.get("told")]) > 0


@pytest.mark.parametrize("undo", ["unsure", "different"])
def test_another_judgement_undoes_it_exactly(store: Store, undo: str) -> None:
    store.add(documents())
    before = list(canonical(store))
    store.judge([word(A, B, "same")])
    assert list(canonical(store)) != before
    store.judge([word(A, B, undo, 1)])
    assert list(canonical(store)) == before
    assert [one.verdict for one in store.judgements()] == [Verdict.SAME, Verdict(undo)]


def test_what_comes_later_finds_the_entity(store: Store) -> None:
    told = documents()
    store.add(told[:2])
    store.judge([word(A, B, "same")])
    store.add(told[2:])
    late = fingerprint(store)
    store.delete(["d1", "d2", "d3", "d4"])
    assert list(canonical(store)) == []
    for each in reversed(told):
        store.add([each])
    assert fingerprint(store) == late


def test_a_judgement_waits_for_its_names(store: Store) -> None:
    store.judge([word(A, B, "same")])
    assert list(canonical(store)) == []
    store.add(documents()[:2])
    assert names(store) == {A: [B], C: []}
    store.delete(["d1"])
    assert names(store) == {B: [], C: []}
    store.add(documents()[:1])
    assert names(store) == {A: [B], C: []}


def test_a_negative_judgement_blocks_the_way_around(store: Store) -> None:
    store.add([tell("d1", say("", A, B)), tell("d2", say("", C, D))])
    store.judge([word(A, B, "different"), word(A, C, "same", 1)])
    before, revision = list(canonical(store)), store.revision()
    with pytest.raises(Conflict, match=f"{A} and {B} were judged different by li"):
        store.judge([word(B, C, "same", 2)])
    assert (list(canonical(store)), store.revision()) == (before, revision)
    with pytest.raises(Conflict, match="this would contradict"):
        store.judge([word(A, C, "different", 3), word(A, B, "same", 4), word(B, C, "same", 5)])
    store.judge([word(B, C, "same", 2)], refuse=False)  # an imported log is not refused: nobody is joined instead
    assert set(names(store)) == {A, B, C, D}
    assert {item["conflict"] != "" for item in queue(store)["items"]} == {True}


def card(name: str, core: str, **rest: str) -> Card:
    return Card(entity(name), Kind.ENTERPRISE, core, core, block="b", **rest)


def carded(told: Contribution, *cards: Card) -> Contribution:
    return replace(told, cards={one.id: one for one in cards if one.id in told.kinds})


def test_like_names_wait_in_the_queue_and_leave_it(store: Store) -> None:
    cards = (card(A, "澜川新材"), card(B, "澜川新材料"), card(C, "禾禹"), card(D, "启岚"))
    store.add([carded(tell("d1", say("LOCATED_IN", A, "东澜园")), *cards)])
    assert queue(store)["items"] == []
    store.add([carded(tell("d2", say("LOCATED_IN", f"{B}=瀾川=瀾川", "西园")), *cards)])
    (item,) = queue(store)["items"]
    assert (item["score"], item["parts"]) == (0.8, {"name": 0.8})
    assert {side["sentences"][0]["document"] for side in (item["a"], item["b"])} == {"d1", "d2"}
    store.add([carded(tell("d3", say("LOCATED_IN", f"{B}=瀾川=瀾川", "东澜园")), *cards)])
    assert queue(store)["items"][0]["parts"] == {"name": 0.8, "place": 0.06}
    store.delete(["d3"])
    assert queue(store)["items"][0]["parts"] == {"name": 0.8}
    store.delete(["d2"])
    assert queue(store)["items"] == []
    assert store.run("MATCH (p:Pair) RETURN p.id AS id") == []


def test_a_page_of_the_queue_follows_the_other(store: Store) -> None:
    firms = [f"{number}公司" for number in "甲乙丙丁"]
    cards = [card(name, "澜川新材") for name in firms]
    store.add([carded(tell("d1", say("", *firms)), *cards)])
    first = queue(store, limit=4)
    second = queue(store, first["next"], limit=4)
    assert (first["total"], len(first["items"]), len(second["items"]), second["next"]) == (6, 4, 2, "")
    assert len({item["id"] for item in (*first["items"], *second["items"])}) == 6
    with pytest.raises(InputError, match="no cursor"):
        queue(store, "x y")


def test_a_person_is_told_what_cannot_be_judged(store: Store) -> None:
    store.add([tell("d1", say("LOCATED_IN", A, "东澜园"), say("", B))])
    same = Verdict.SAME
    with pytest.raises(InputError, match="one name"):
        judge(store, entity(A), entity(A), same, who="li")
    with pytest.raises(InputError, match="never one"):
        judge(store, entity(A), entity("东澜园"), same, who="li")
    with pytest.raises(NotFound, match="nowhere"):
        judge(store, entity(A), "nowhere", same, who="li")
    assert judge(store, entity(A), entity(B), Verdict.DIFFERENT, who="li")["one"] is False
    with pytest.raises(Conflict, match="judged different by li"):
        judge(store, entity(A), entity(B), same, who="wang")
    assert judge(store, entity(A), entity(B), same, who="wang", again=True)["one"] is True
    assert [row["stands"] for row in log(store)] == [False, True]


def test_different_codes_are_never_one(store: Store) -> None:
    one, other = ({"uscc": code} for code in ("91510107MA6ABD124W", "91320594MA1XYT7893"))
    store.add([tell("d1", say("DESCRIBED", A, **one)), tell("d2", say("DESCRIBED", B, **other))])
    with pytest.raises(Conflict, match=r"91320594MA1XYT7893, 91510107MA6ABD124W"):
        store.judge([word(A, B, "same")])
    assert set(names(store)) == {A, B}


def test_the_log_is_data(store: Store, tmp_path: Any) -> None:
    store.add(documents())
    plain = fingerprint(store)
    store.judge([word(A, B, "same"), word(A, C, "different", 1), word(C, D, "same", 2)])
    judged, rows = fingerprint(store), list(export_log(store))
    file = tmp_path / "log.jsonl"
    file.write_text("\n".join(reversed(rows)) + "\n", encoding="utf-8")
    assert import_log(store, file) == 0
    store.judge([word(A, B, "unsure", 3), word(C, D, "unsure", 4)])
    assert fingerprint(store) == plain
    _drop(store, "Judgement")
    assert import_log(store, file) == 3
    assert (fingerprint(store), list(export_log(store))) == (judged, rows)


def _drop(store: Store, label: str) -> None:
    store._execute(f"MATCH (n:{label}) DELETE n")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 1"),
        ("[]", "not an object"),
        ('{"a": "x", "b": "y", "verdict": "same", "who": "li"}', "'at'"),
        ('{"a": "x", "b": "y", "verdict": "maybe", "who": "li", "at": "2024-01-01"}', "maybe"),
        ('{"a": "y", "b": "x", "verdict": "same", "who": "li", "at": "2024-01-01"}', "smaller id"),
        ('{"a": "x", "b": "y", "verdict": "same", "who": "li", "at": "yesterday"}', "yesterday"),
    ],
)
def test_a_log_that_is_none_is_refused(tmp_path: Any, line: str, reason: str) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text(line, encoding="utf-8")

    class Shelf:
        def judgements(self) -> list[Judgement]:
            return []

    with pytest.raises(InputError, match=reason):
        import_log(Shelf(), file)  # type: ignore[arg-type]


# ---- witnesses ------------------------------------------------------------------------------------------------------


def reprint(name: str, change: Callable[[str], str] = str) -> Contribution:
    return tell(name, Say("COLLABORATES", (A, C), kinds=("战略合作",)), text=change(STORY))


def test_near_duplicates_are_one_witness(store: Store) -> None:
    assert len(STORY) > LEAST
    told = [
        reprint("d1"),
        reprint("d2", lambda text: text.replace("第3段", "第三段") + "（记者 李）"),
        reprint("d3", lambda text: "".join(reversed(text))),
    ]
    counted = []
    for each in told:
        store.add([each])
        (event,) = of(store, "collaboration")
        (firm,) = (one for one in of(store, "entity") if one["name"] == A)
        (tie,) = of(store, "cooperation")
        counted.append((event["documents"], firm["documents"], tie["documents"]))
    assert counted == [(1, 1, 1), (1, 1, 1), (2, 2, 2)]
    whole = fingerprint(store)
    store.delete(["d1"])
    (event,) = of(store, "collaboration")
    assert event["documents"] == 2
    store.add(told[:1])
    assert fingerprint(store) == whole
    store.delete(["d1", "d2", "d3"])
    for each in reversed(told):
        store.add([each])
    assert fingerprint(store) == whole


def test_nothing_is_left_of_names_that_went(store: Store) -> None:
    store.add(documents())
    store.judge([word(A, B, "same")])
    store.delete(["d1", "d2", "d3", "d4"])
    left = store.run("MATCH (n) RETURN DISTINCT labels(n)[0] AS label ORDER BY label")
    assert [row["label"] for row in left] == ["Judgement", "Meta"]
    assert store.run(cypher.LOCALS, ids=[entity(A), entity(B)]) == []
