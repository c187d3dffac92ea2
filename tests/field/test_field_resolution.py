"""Field cases of resolution: see README.md in this folder. Both engines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from api.review import judge_names
from graph.errors import Conflict
from graph.export import canonical, fingerprint
from graph.judgement import Verdict
from graph.query.review import log, queue
from graph.store.base import Store
from ingest.extract import extractor
from ingest.model import Extractor
from ingest.pipeline import ingest

HERE = Path(__file__).parent


@cache
def reader() -> Extractor:
    return extractor("fast")


def expected(case: str) -> dict[str, Any]:
    return dict(json.loads((HERE / "expect" / f"{case}.json").read_text(encoding="utf-8")))


def take(store: Store, case: str, *files: str) -> None:
    folder = HERE / "cases" / case
    done = ingest([folder / file for file in files] or [folder], store, extractor=reader)
    assert done.problems == ()


def lines(store: Store, kind: str) -> Iterator[dict[str, Any]]:
    return (line for line in map(json.loads, canonical(store)) if line["type"] == kind)


def entities(store: Store) -> dict[str, str]:
    """Every name that an entity bears -> the entity; a name that several bear is left out."""
    found: dict[str, set[str]] = {}
    for one in lines(store, "entity"):
        for name in (one["name"], *one["aliases"]):
            found.setdefault(name, set()).add(one["id"])
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def shown(store: Store) -> dict[str, str]:
    return {one["id"]: one["name"] for one in lines(store, "entity")}


def facts(store: Store) -> set[tuple[str, ...]]:
    """Links as (relation, head, tail), collaborations as (relation, names sorted)."""
    names = shown(store)
    links = {(one["relation"], names[one["head"]], names[one["tail"]]) for one in lines(store, "link")}
    events = lines(store, "collaboration")
    ties = {(one["relation"], *sorted(names[party.split()[1]] for party in one["parties"])) for one in events}
    return links | ties


def partners(store: Store, name: str) -> set[str]:
    firm, names = entities(store)[name], shown(store)
    pairs = [{one["a"], one["b"]} for one in lines(store, "cooperation")]
    return {names[other] for pair in pairs if firm in pair for other in pair - {firm}}


def same(store: Store, pairs: Sequence[Sequence[str]]) -> bool:
    found = entities(store)
    return all(found[one] == found[other] for one, other in pairs)


def apart(store: Store, pairs: Sequence[Sequence[str]]) -> bool:
    found = entities(store)
    return all(found[one] != found[other] for one, other in pairs)


def test_e01_numbers_tell_names_apart(store: Store) -> None:
    take(store, "E01")
    assert apart(store, expected("E01")["apart"])
    assert len(list(lines(store, "entity"))) == 8
    assert queue(store)["items"] == []


@pytest.mark.parametrize("turned", [False, True])
def test_e02_a_short_name_that_two_firms_share_stays_open(store: Store, tmp_path: Path, turned: bool) -> None:
    rows = (HERE / "cases" / "E02" / "homonyms.jsonl").read_text(encoding="utf-8").splitlines()
    for row in reversed(rows) if turned else rows:
        file = tmp_path / "one.jsonl"
        file.write_text(row, encoding="utf-8")
        ingest([file], store, extractor=reader)
    wanted = expected("E02")
    one, other = wanted["apart"][0]
    folded = {name: name.replace("（", "(").replace("）", ")") for name in (one, other)}
    firms = {line["name"]: line for line in lines(store, "entity") if line["kind"] == "Enterprise"}
    assert [firms[folded[name]]["attributes"]["uscc"] for name in (one, other)] == wanted["codes"]
    assert partners(store, one) == {"禾禹生物科技有限公司"}
    assert partners(store, other) == {"启岚光电有限公司"}
    assert firms["宏澜科技"]["documents"] == 1  # h-3 means neither yet
    waiting = queue(store)["items"]
    candidates = {item["a"]["name"] for item in waiting} | {item["b"]["name"] for item in waiting}
    assert candidates == {"宏澜科技", *folded.values()}
    assert all(item["conflict"] for item in waiting)
    judge_names(store, "宏澜科技", one, Verdict.SAME, who="test")
    assert "宏澜科技" not in shown(store).values()
    assert apart(store, wanted["apart"])


def test_e03_branches_are_no_other_names_of_their_firm(store: Store) -> None:
    take(store, "E03")
    wanted = expected("E03")
    assert apart(store, wanted["apart"])
    found = facts(store)
    for relation, *ends in wanted["relations"]:
        assert (relation, *(ends if relation == "LOCATED_IN" else sorted(ends))) in found
    assert not {tuple(row) for row in wanted["not_relations"]} & found
    firm = "砺川材料股份有限公司"
    owned = {row[1:] for row in found if row[0] == "OWNS"}
    assert owned == {(firm, f"{firm}{city}分公司") for city in ("苏州", "成都")}


def test_e05_a_renamed_firm_is_one_in_any_order(store: Store, tmp_path: Path) -> None:
    take(store, "E05")
    first = fingerprint(store)
    assert same(store, expected("E05")["same"])
    for name in ("岚序数据技术有限公司", "枫隐智能科技有限公司", "枫隐智能", "岚序数据"):
        assert partners(store, name) == {"禾禹生物科技有限公司", "启岚光电有限公司"}
    store.delete([row["id"] for row in store.documents()])
    rows = (HERE / "cases" / "E05" / "renamed.jsonl").read_text(encoding="utf-8").splitlines()
    for row in reversed(rows):
        (tmp_path / "one.jsonl").write_text(row, encoding="utf-8")
        ingest([tmp_path / "one.jsonl"], store, extractor=reader)
    assert fingerprint(store) == first
    store.delete(["rn-2"])
    assert partners(store, "岚序数据技术有限公司") == {"禾禹生物科技有限公司"}
    assert partners(store, "枫隐智能") == {"启岚光电有限公司"}


def test_e07_a_negative_judgement_holds(store: Store) -> None:
    take(store, "E07")
    one, other = expected("E07")["apart"][0]
    assert [{item["a"]["name"], item["b"]["name"]} for item in queue(store)["items"]] == [{one, other}]
    judge_names(store, one, other, Verdict.DIFFERENT, who="li", reason="两家公司")
    assert queue(store)["items"] == []
    with pytest.raises(Conflict, match=r"judged different by li on .*两家公司"):
        judge_names(store, "沐桁新材", other, Verdict.SAME, who="wang")
    store.delete(["ng-1"])
    assert len(log(store)) == 1
    take(store, "E07")
    assert apart(store, [[one, other]])
    (said,) = log(store)
    assert (said["who"], said["verdict"], said["stands"]) == ("li", "different", True)


def test_e09_one_word_of_several_kinds_is_several_entities(store: Store) -> None:
    take(store, "E09")
    wanted = expected("E09")
    kinds = {one["name"]: one["kind"] for one in lines(store, "entity")}
    assert {name: kinds[name] for name in wanted["types"]} == wanted["types"]
    assert kinds.keys() & {"东湖区", "东湖区政府"}
    assert {(row[0], *sorted(row[1:])) for row in wanted["relations"]} <= facts(store)


def test_e10_one_firm_in_every_script(store: Store) -> None:
    take(store, "E10")
    assert same(store, expected("E10")["same"])
    for name in ("澜川半导体有限公司", "瀾川半導體有限公司", "Lanchuan Semiconductor"):
        assert partners(store, name) == {"禾禹生物科技有限公司", "启岚光电有限公司"}
    assert "澜川半导体有限公司" in shown(store).values()  # shown in Chinese


def test_n09_short_names_mean_the_firm_that_the_text_says(store: Store) -> None:
    take(store, "N09")
    wanted, found = expected("N09"), entities(store)
    assert all(found[short] == found[full] for short, full in wanted["canonical"].items())
    assert apart(store, wanted["apart"])
    assert "公司" not in found
