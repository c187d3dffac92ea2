"""Our counts are those of the score.py that judges, on right and wrong answers; labels are read as they are meant."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from extraction import reader
from gold import errors, labelled
from gold.scoring import Score, add, distance, intervals, total

from graph.model import Document
from ingest.extract import export

Json = dict[str, Any]
ROW = re.compile(r"^(.+?) +P [\d.]+ R [\d.]+ F1 [\d.]+ \(tp (\d+), pred (\d+), gold (\d+)\)$")
RECALL = re.compile(r"^(near|far) +recall [\d.]+ \((\d+) of (\d+)\)$")
TYPES = ("Enterprise", "Government", "Industry", "Institution", "Park", "Place")
RELATIONS = ("LOCATED_IN", "OPERATES_IN", "COLLABORATES", "SUPPLIES", "INVESTS")
OURS = {"strict": "names", "entities": "entities", "relations": "relations"}
OURS |= {f"strict {kind}": f"names {kind}" for kind in TYPES} | {f"relation {kind}": kind for kind in RELATIONS}


def said(gold: Json) -> Json:
    """What `fast` says."""
    return dict(export(reader().extract(Document(gold["doc_id"], gold["text"], gold["title"] or ""))))


def spoiled(gold: Json) -> Json:
    """The labels with every sort of mistake, and with other writings of the names."""
    draw = random.Random(gold["doc_id"])
    names = [one | _name_mistake(one, draw) for one in gold["entities"] if draw.random() < 0.9]
    relations = [
        {"type": one["type"], "head": one["head"], "tail": one["tail"], "status": "signed", "start": 0, "end": 1}
        | _relation_mistake(one, gold, draw)
        for one in gold["relations"]
        if draw.random() < 0.9
    ]
    return {"doc_id": gold["doc_id"], "entities": names, "relations": [*relations, *relations[:2]]}


def _name_mistake(one: Json, draw: random.Random) -> Json:
    """One of the mistakes that a name may have, or none."""
    return draw.choice(
        [
            {},
            {},
            {"end": one["end"] - 1},
            {"type": draw.choice(TYPES)},
            {"canonical": one["surface"]},
            {"canonical": f"{one['canonical']}{draw.choice(('产业', '业', ' ', '無此'))}"},
        ]
    )


def _relation_mistake(one: Json, gold: Json, draw: random.Random) -> Json:
    other = draw.choice(gold["entities"])
    return draw.choice(
        [
            {},
            {"head": one["tail"], "tail": one["head"]},
            {"type": draw.choice(RELATIONS)},
            {"status": draw.choice(("ended", "denied"))},
            {"tail": draw.choice((other["surface"], other["canonical"], "無此公司"))},
        ]
    )


@pytest.mark.parametrize("answer", [said, spoiled])
def test_the_counts_are_those_of_the_script_that_judges(
    parkbond_data: Path, tmp_path: Path, answer: Callable[[Json], Json]
) -> None:
    gold_file = parkbond_data / "gold" / "dev" / "gold.jsonl"
    golds = labelled.read(gold_file)
    answers = [answer(gold) for gold in golds]
    file = tmp_path / "said.jsonl"
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in answers), encoding="utf-8")
    script = parkbond_data / "gold" / "score.py"
    printed = subprocess.run(
        [sys.executable, str(script), str(gold_file), str(file)], check=True, capture_output=True, text=True
    ).stdout
    whole = Score()
    for gold, one in zip(golds, answers, strict=True):
        add(whole, gold, one)
    judged = {found[1]: tuple(map(int, found.groups()[1:])) for found in map(ROW.match, printed.splitlines()) if found}
    ours = {name: (whole.right[what], whole.said[what], whole.gold[what]) for name, what in OURS.items()}
    assert ours == {name: judged[name] for name in OURS}
    recall = {found[1]: (int(found[2]), int(found[3])) for found in map(RECALL.match, printed.splitlines()) if found}
    assert recall == {name: (whole.right[f"recall {name}"], whole.gold[f"recall {name}"]) for name in ("near", "far")}


INLINE = """=== x1 | zh-Hans | 签约 | 2024-05-06
〖Enterprise:甲甲有限公司〗落户〖Park:东澜园〗。

〖Enterprise:甲甲=甲甲有限公司〗与〖Enterprise:乙乙〗合作。
--- relations
LOCATED_IN | 甲甲有限公司 | 东澜园 | 甲甲有限公司落户东澜园 | planned
COLLABORATES | 甲甲有限公司 | 乙乙 | 与乙乙合作 | stated | 战略合作+合作研发

=== x2 | en | Nothing |
No name.
--- relations
"""


def inline(tmp_path: Path, text: str) -> list[Json]:
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    return labelled.read(file)


def test_the_inline_form_is_read(tmp_path: Path) -> None:
    one, other = inline(tmp_path, INLINE)
    assert one["text"] == "甲甲有限公司落户东澜园。\n\n甲甲与乙乙合作。"
    assert [one["text"][name["start"] : name["end"]] for name in one["entities"]] == [
        name["surface"] for name in one["entities"]
    ]
    seat, deal = one["relations"]
    assert (seat["status"], seat["directed"], seat["arg_outside_evidence"]) == ("planned", True, [])
    assert (deal["kind"], deal["directed"]) == (["战略合作", "合作研发"], False)
    assert deal["arg_outside_evidence"] == ["甲甲有限公司"]
    assert (other["lang"], other["text"], other["relations"]) == ("en", "No name.", [])


@pytest.mark.parametrize("broken", ["落户东澜园 | planned", "--- relations"])
def test_a_broken_label_names_its_document(tmp_path: Path, broken: str) -> None:
    with pytest.raises(ValueError, match="x1"):
        inline(tmp_path, INLINE.replace(broken, "不在文中"))


def test_the_inline_form_is_read_as_its_own_script_reads_it(parkbond_data: Path, tmp_path: Path) -> None:
    folder = parkbond_data / "gold"
    for name in ("deals", "taiwan", "supply_en"):
        docs, gold = tmp_path / "docs.jsonl", tmp_path / "gold.jsonl"
        source = folder / "written" / f"{name}.txt"
        subprocess.run(
            [sys.executable, str(folder / "inline.py"), str(source), str(docs), str(gold)],
            check=False,
            capture_output=True,
        )
        expected = labelled.read(gold)
        ours = labelled.read(source)
        assert [_comparable(one) for one in ours] == [_comparable(one) for one in expected]


def _comparable(one: Mapping[str, Any]) -> Any:
    names = [tuple(name[key] for key in ("start", "end", "type", "canonical")) for name in one["entities"]]
    keys = ("type", "head", "tail", "status", "directed", "evidence_start", "evidence_end")
    relations = [
        (*(each[key] for key in keys), each.get("kind") or [], each.get("arg_outside_evidence") or [])
        for each in one["relations"]
    ]
    return one["doc_id"], one["lang"], one["title"], one["text"], names, relations


def test_the_distance_is_that_of_the_nearest_places() -> None:
    assert distance([(0, 2), (50, 52)], [(10, 12), (60, 61)]) == 8
    assert distance([(0, 5)], [(2, 3)]) == 0
    assert distance([], [(0, 1)]) is None


def test_the_interval_is_over_documents_and_leaves_out_draws_without_any() -> None:
    right, wrong = Score(), Score()
    for score, found in ((right, ["names"]), (wrong, [])):
        score.count(found, ["names"], ["names"])
    rare = Score()
    rare.count(["names en"], ["names en"], ["names en"])
    found = intervals([right, wrong] * 20 + [rare], ["names", "names en"])
    low, high = found["names"]
    assert 0.2 < low < total([right, wrong]).f1("names") < high < 0.8
    assert found["names en"] == (1, 1)


def test_the_worst_errors_are_those_that_cost_most(tmp_path: Path) -> None:
    gold = inline(tmp_path, INLINE)[0]
    first, park, again, other = gold["entities"]
    written = {
        "entities": [park | {"type": "Place"}, other, again | {"end": again["end"] + 1}],
        "relations": [
            {"type": "INVESTS", "head": "乙乙", "tail": "东澜园", "status": "active", "start": 13, "end": 15},
        ],
    }
    found = sorted(errors.names("a.txt", gold, written))
    assert (found[0].where, found[0].expected, found[0].found) == ("a.txt:x1:0", "Enterprise 甲甲有限公司", "")
    assert found[0].sentence.startswith("【甲甲有限公司】落户东澜园")
    told = {(one.expected, one.found) for one in found[1:]}
    assert told == {("Park 东澜园", "Place 东澜园"), ("Enterprise 甲甲", "Enterprise 甲甲与")}
    [made_up] = errors.relations("a.txt", gold, written)  # the missed ones are the fault of the names
    assert (made_up.expected, made_up.found) == ("", "INVESTS 乙乙 → 东澜园")
    assert first["surface"] == "甲甲有限公司"
