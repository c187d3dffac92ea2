"""Pictures hold the marks and words of what they were given, and come out the same twice."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import pytest

from graph import plot
from graph.errors import InputError

pytest.importorskip("matplotlib")

RANKS = [
    {"park": "海淀园", "rank": 1, "rank_low": 1, "rank_high": 3},
    {"park": "Tsukuba", "rank": 2, "rank_low": 1, "rank_high": 3, "name_en": "Tsukuba"},
    {"park": "光谷", "rank": 3, "rank_low": None, "rank_high": None, "name_en": "Optics Valley"},
    {"park": "without", "rank": None},
]
CHEMISTRY = [
    {"park": "海淀园", "firms": 120, "slr": 2.4, "lo": 1.5, "hi": 3.9, "verdict": "化学集聚"},
    {"park": "Tsukuba", "firms": 30, "slr": 0.9, "lo": 0.5, "hi": 1.7, "verdict": "一般集聚"},
    {"park": "empty", "firms": 15, "slr": 0.0, "lo": 0.0, "hi": 1.2, "verdict": "证据不足"},
    {"park": "unknown", "firms": 15, "slr": None, "verdict": "证据不足"},
]
TRACKS = [
    {"track": name, "value": value, "status": status}
    for name, value, status in [
        ("合成生物", 88.0, "stated"),
        ("生成式人工智能", 64.0, "stated"),
        ("纤维及复合材料", None, "stated"),
        ("低空经济", 35.0, "project"),
        ("新能源汽车与动力电池", 100.0, "project"),
        ("人形机器人", 0.0, "project"),
    ]
]
TIES = {"光电": {"光电": 3, "芯片": 10}, "芯片": {"芯片": 0}}
CHANCE = {"光电": {"光电": 6.0, "芯片": 5.0}, "芯片": {"芯片": 5.5}}
COVERAGE = [
    {"park": "海淀园", "coverage": 0.8, "n": 40},
    {"park": "b", "coverage": 0.3, "n": 5},
    {"park": "c", "coverage": None},
]

PICTURES = {
    "ranks": lambda: plot.rank_intervals(RANKS),
    "chemistry": lambda: plot.chemistry_against_size(CHEMISTRY),
    "hexagon": lambda: plot.hexagon(TRACKS, "海淀园"),
    "ties": lambda: plot.mixing_matrix(TIES),
    "mixing": lambda: plot.mixing_matrix(TIES, CHANCE),
    "coverage": lambda: plot.coverage(COVERAGE),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_written_and_the_same_twice(name: str, tmp_path: Path) -> None:
    for form, begin in (("svg", b"<?xml"), ("png", b"\x89PNG")):
        first, second = tmp_path / f"1.{form}", tmp_path / f"2.{form}"
        plot.save(PICTURES[name](), first)
        plot.save(PICTURES[name](), second)
        assert first.read_bytes() == second.read_bytes()
        assert first.read_bytes().startswith(begin)


@pytest.mark.parametrize("name", ["ranks", "chemistry", "ties", "mixing", "coverage"])
def test_axes_say_what_they_show(name: str) -> None:
    axes = PICTURES[name]().axes[0]
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert axes.get_title()


def points(axes: object, gid: str) -> list[tuple[float, float]]:
    lines = [line for line in axes.lines if (line.get_gid() or "").startswith(gid)]  # type: ignore[attr-defined]
    return [(float(x), float(y)) for line in lines for x, y in zip(*line.get_data(), strict=True)]


def test_ranks_have_a_point_each_and_an_interval_where_there_is_one() -> None:
    axes = PICTURES["ranks"]().axes[0]
    assert points(axes, "ranks") == [(1, 0), (2, 1), (3, 2)]
    bars = [tuple(line.get_xdata()) for line in axes.lines if not line.get_gid()]
    assert bars == [(1, 3), (1, 3)]
    assert axes.yaxis_inverted()


def test_chemistry_marks_each_park_by_its_verdict() -> None:
    figure = PICTURES["chemistry"]()
    axes = figure.axes[0]
    assert points(axes, "parks chemical") == [(120, 2.4)]
    assert points(axes, "parks ordinary") == [(30, 0.9)]
    [(_, foot)] = points(axes, "parks too little evidence")
    assert 0 < foot < 0.5  # a ratio of 0 stands at the foot of a log axis
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert [word.rsplit(" ", 1)[1] for word in words] == ["(1)", "(1)", "(1)"]
    assert [text.get_text() for text in axes.texts] == plot._labels(CHEMISTRY[:1], "park")  # the one beyond 1


def test_a_relative_verdict_is_hollow_and_stands_beside_its_own() -> None:
    rows = [CHEMISTRY[0], {**CHEMISTRY[0], "park": "b", "verdict": "化学集聚（仅相对）"}, *CHEMISTRY[1:]]
    axes = plot.chemistry_against_size(rows).axes[0]
    marks = {line.get_gid(): line for line in axes.lines if (line.get_gid() or "").startswith("parks")}
    assert list(marks)[:2] == ["parks chemical", "parks chemical, relative"]
    assert marks["parks chemical, relative"].get_markerfacecolor() == "white"


def test_hexagon_puts_values_on_axes_and_marks_what_is_absent() -> None:
    figure = PICTURES["hexagon"]()
    axes = figure.axes[0]
    lengths = [math.hypot(x, y) for x, y in points(axes, "track")]
    assert lengths == pytest.approx([88, 64, 0, 35, 100, 0], abs=1e-9)
    marks = [line.get_marker() for line in axes.lines if (line.get_gid() or "").startswith("track")]
    assert marks == ["o", "o", "x", "o", "o", "o"]
    words = [text.get_text() for text in axes.texts]
    assert sum("absent" in word for word in words) == 1
    assert sum(" *" in word for word in words) == 3
    assert figure.texts[0].get_text().startswith("* track chosen by this project")


def test_mixing_is_symmetric_and_empty_where_nothing_was_expected() -> None:
    image = PICTURES["mixing"]().axes[0].images[0].get_array()
    assert image[0, 1] == image[1, 0] == pytest.approx(2.0)
    assert image[0, 0] == pytest.approx(0.5)
    assert [text.get_text() for text in PICTURES["mixing"]().axes[0].texts] == [
        "0.5\n(3)",
        "2\n(10)",
        "2\n(10)",
        "0\n(0)",
    ]
    partly = plot.mixing_matrix(TIES, {"光电": {"芯片": 5.0}}).axes[0]
    assert [text.get_text() for text in partly.texts] == ["", "2\n(10)", "2\n(10)", ""]
    assert [text.get_text() for text in PICTURES["ties"]().axes[0].texts] == ["3", "10", "10", "0"]


def test_coverage_is_sorted_and_says_its_numbers() -> None:
    axes = PICTURES["coverage"]().axes[0]
    assert [bar.get_width() for bar in axes.patches] == [0.8, 0.3]
    assert [text.get_text() for text in axes.texts] == ["0.80 (n = 40)", "0.30 (n = 5)"]
    assert axes.patches[0].get_facecolor() != axes.patches[1].get_facecolor()


def test_without_a_chinese_font_names_are_english_or_numbers_after_one_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plot, "FONTS", ())
    plot.chinese_font.cache_clear()
    try:
        with pytest.warns(UserWarning, match="no font with Chinese characters"):
            figure = plot.rank_intervals(RANKS)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            plot.coverage(COVERAGE)  # not again
        assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["no. 1", "Tsukuba", "Optics Valley"]
    finally:
        plot.chinese_font.cache_clear()


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plot.rank_intervals([{"park": "a", "rank": None}]), "no row has a rank"),
        (lambda: plot.rank_intervals([{"park": str(i), "rank": i} for i in range(61)]), "61 rows cannot be read"),
        (lambda: plot.chemistry_against_size([{"park": "a", "firms": 3, "slr": math.nan}]), "no park has both"),
        (lambda: plot.hexagon(TRACKS[:2]), "at least three axes"),
        (lambda: plot.hexagon([*TRACKS[:5], {"track": "x", "value": 120}]), "120 is no percentile"),
        (lambda: plot.mixing_matrix({}), "no industries"),
        (lambda: plot.coverage([]), "no row has a coverage"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        draw()  # type: ignore[operator]


def test_other_endings_and_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"end in \.png or \.svg"):
        plot.save(PICTURES["coverage"](), tmp_path / "x.pdf")
    with pytest.raises(InputError, match="cannot be written"):
        plot.save(PICTURES["coverage"](), tmp_path / "no" / "x.svg")


def test_the_settings_of_the_caller_stay() -> None:
    import matplotlib

    with matplotlib.rc_context({"font.size": 33, "svg.hashsalt": "mine"}):
        PICTURES["ranks"]()
        assert (matplotlib.rcParams["font.size"], matplotlib.rcParams["svg.hashsalt"]) == (33, "mine")
