"""What a name of an industry means: whole names, ends of compounds, class words, scripts; and the table behind it."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from gold.industry import accuracy, coded

from graph.industry import UNKNOWN, Class, classed, main_industry
from graph.measure import measure
from graph.network import Firm, Network
from graph.search.embedder import Vectors
from ingest import lexicon
from ingest.resolve.concept import ACCEPT, REVIEW, class_of, classify, concept, named, nearest, review, unclassified
from ingest.script import bare

TABLE = lexicon.industries()
FOLDER = Path(lexicon.__file__).parent


def names_of(industry: lexicon.Industry) -> Sequence[str]:
    return (industry.name, industry.en, *industry.synonyms, *industry.includes)


# The table


def test_codes_are_classes_of_the_standard_and_broader_concepts_exist() -> None:
    assert len(TABLE) >= 1000
    assert {one.code for one in TABLE.values()} - {""} <= set(lexicon.classes())
    for name in TABLE:
        above, seen = TABLE[name].broader, {name}
        while above:
            assert above in TABLE, f"{name}: {above}"
            assert above not in seen, f"{name} is broader than itself"
            seen.add(above)
            above = TABLE[above].broader


def test_nearly_every_concept_has_a_code() -> None:
    assert sum(bool(one.code) for one in TABLE.values()) / len(TABLE) > 0.95


def test_no_name_has_two_concepts_unless_it_is_listed_as_ambiguous() -> None:
    found: dict[str, str] = {}
    for one in TABLE.values():
        for name in names_of(one):
            assert found.setdefault(bare(name), one.name) == one.name or bare(name) in lexicon.ambiguous(), name


def test_traditional_names_fold_to_the_simplified_ones() -> None:
    assert [one.name for one in TABLE.values() if bare(one.hant) != bare(one.name)] == []


def test_ends_lead_to_concepts() -> None:
    for head in lexicon.heads():
        assert head.rule in {"strip", "before", "head", "equipment", "weak", "never"}
        assert not head.concept or head.concept in TABLE, head
        assert head.concept or head.rule in {"strip", "before", "never"}, head
    for senses in lexicon.ambiguous().values():
        assert all(sense.concept in TABLE and all(sense.when) for sense in senses)


def test_classes_of_the_standard_form_a_tree() -> None:
    with (FOLDER / "gbt4754.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = {row["code"] for row in rows}
    assert len(rows) == len(codes) == 1971
    for row in rows:
        assert re.fullmatch(r"[A-T](\d{2,4})?", row["code"])
        assert row["parent"] in codes or row["level"] == "1"
        assert row["code"].startswith(row["parent"])


def test_producer_services_are_classes_of_the_standard() -> None:
    with (FOLDER / "gbt_services.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["gbt4754"] for row in rows} <= set(lexicon.classes())
    assert {row["class"] for row in rows if row["sure"] == "yes"} == {f"{number:02}" for number in range(1, 11)}
    assert {row["sure"] for row in rows} == {"yes", "no"}


# Names


@pytest.mark.parametrize(
    ("surface", "meant", "how"),
    [
        ("减速器", "减速器", "exact"),
        ("減速器", "减速器", "folded"),
        ("Harmonic  Drives", "减速器", "included"),
        ("Photovoltaic", "光伏", "folded"),
        ("集成电路产业", "集成电路", "stripped"),
        ("新能源汽车制造", "新能源汽车", "stripped"),
        ("工业机器人减速器", "减速器", "head"),
        ("電動車減速機", "减速器", "head"),
        ("stainless steel dosing pumps", "水泵", "head"),
        ("碳纤维壳体", "碳纤维", "before"),
        ("集成电路设备", "电子专用设备", "equipment"),
        ("风电设备", "风电", "before"),
        ("C39计算机、通信和其他电子设备制造业", "计算机、通信和其他电子设备制造业", "class"),
    ],
)
def test_a_name_leads_to_its_concept(surface: str, meant: str, how: str) -> None:
    found = concept(surface)
    assert (found.concept, found.how, found.taken) == (meant, how, True)


def test_the_end_decides_what_a_compound_is() -> None:
    assert concept("汽车玻璃清洗机器人").concept == "特种机器人"
    assert concept("茶叶检测").concept == "检验检测"
    assert concept("检测设备").concept == "试验机"


def test_a_longer_known_end_is_surer() -> None:
    assert concept("矿用永磁同步电机").score < concept("同步电机").score < concept("电机").score


@pytest.mark.parametrize("surface", ["多功能机", "某某设备", "气凝胶某某", "qqq", "", " ", "𠀀𠀀"])
def test_what_is_not_sure_is_not_taken(surface: str) -> None:
    found = concept(surface)
    assert not found.taken
    assert found.score == 0 or REVIEW <= found.score < ACCEPT
    assert classify(surface) == UNKNOWN


def test_the_text_around_decides_between_two_fields_of_one_name() -> None:
    assert concept("chips").concept == "集成电路"
    assert concept("chips", "a maker of potato snacks").concept == "休闲食品"
    assert concept("API").concept == "原料药"
    assert concept("API", "云平台的接口").concept == "信息服务"


def test_only_other_names_are_the_same_entity() -> None:
    assert named(bare("減速機")) == "减速器"
    assert named(bare("玫瑰")) == ""
    assert concept("玫瑰").concept == "花卉"


# Classes


def test_a_class_follows_from_the_code_and_the_broader_concepts() -> None:
    found = classify("灵巧手")
    assert found.code == "C3491"
    assert found.track == "project-humanoid"
    assert found.broader[0] == "人形机器人"
    assert found.division() == "C34"
    assert classify("国际货代").service == "02"
    assert classify("律师").service == "07"
    assert classify("污水处理").service == ""
    assert class_of("没有这个行业") == UNKNOWN


def test_every_track_has_concepts_below_its_own() -> None:
    tracks = [class_of(name).track for name in TABLE]
    for track in lexicon.tracks():
        assert tracks.count(track.id) >= 5, track.name


def test_the_review_list_shows_what_is_not_taken_the_most_frequent_first() -> None:
    rows = review(["减速器", "多功能机", "qqq", "qqq"])
    assert [(row.surface, row.times) for row in rows] == [("qqq", 2), ("多功能机", 1)]
    assert rows[1].candidate.concept == "专用设备"


def test_the_share_of_the_unclassified_counts_surfaces_and_evidence() -> None:
    share = unclassified({"减速器": 8, "qqq": 2})
    assert (share.unclassified_surfaces, share.surfaces, share.unclassified_pieces, share.pieces) == (1, 2, 2, 10)
    assert share.said() == "unclassified: 50% of 2 industries, 20% of 10 pieces of evidence"
    assert unclassified([]).said() == "no industry is named"


def test_firms_of_a_network_get_their_classes_and_measure_says_what_has_none() -> None:
    net = Network.of([Firm("a", {}, "i1"), Firm("b", {}, "qqq"), Firm("c")], names={"i1": "减速器"})
    with_classes = classed(net, classify)
    assert with_classes.columns["class"] == ("C3453", "", "")
    assert with_classes.columns["concept"] == ("减速器", "", "")
    notes = measure(with_classes)["notes"]
    assert (notes["firms_unclassified"], notes["firms_without_industry"]) == (1, 1)
    assert "firms_unclassified" not in measure(net)["notes"]


def test_of_equally_many_documents_the_smallest_name_wins_not_the_smallest_id() -> None:
    assert main_industry({"i1": 2, "i2": 2, "i3": 1}, {"i1": "电池", "i2": "光电", "i3": "丙"}) == "i2"
    assert main_industry({}, {}) == ""


def test_a_class_has_a_division_only_if_its_code_goes_so_far() -> None:
    assert (Class(code="J").division(), Class(code="J66").division(), Class(code="C3453").division()) == (
        "",
        "J66",
        "C34",
    )


# Vectors


class Letters:
    """Texts as counts of their characters: like texts, like vectors."""

    id = "letters"
    dimensions = 64
    made = 0

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.made += len(texts)
        counts = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for character in text:
                counts[row, ord(character) % self.dimensions] += 1
        return np.asarray(counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1), np.float32)

    def query(self, text: str) -> Vectors:
        return np.asarray(self.passages([text])[0], np.float32)

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self.passages(texts)


def test_vectors_propose_for_review_and_never_decide(tmp_path: Path) -> None:
    model = Letters()
    near, far = nearest(["谐波减速器减", "\n"], model, tmp_path)
    assert near.how == "vector"
    assert REVIEW <= near.score < ACCEPT
    assert far.concept == "" or not far.taken


def test_the_vectors_of_the_names_are_made_once(tmp_path: Path) -> None:
    first, second = Letters(), Letters()
    assert nearest(["减速"], first, tmp_path) == nearest(["减速"], second, tmp_path)
    assert second.made == 1
    assert nearest([], second, tmp_path) == []


# Accuracy


def test_surfaces_coded_by_hand_are_classed_as_well_as_stated() -> None:
    found = accuracy(coded(), classify)
    assert found.surfaces == 200
    assert {row.code for row in coded()} - {""} <= set(lexicon.classes())
    assert found.precision >= 0.85
    assert found.division >= 0.59
    assert found.service >= 0.9
    assert found.track >= 0.97
