"""Dates and numbers in questions."""

from __future__ import annotations

import pytest

from graph.query.dates import Window, limit, window

WINDOWS = [
    ("2023年以来的合作", "2023-01-01", ""),
    ("2023年以后", "2023-01-01", ""),
    ("deals since 2023", "2023-01-01", ""),
    ("after 2023-05", "2023-05-01", ""),
    ("2023年之前", "", "2022-12-31"),
    ("before 2023", "", "2022-12-31"),
    ("2021年至2023年", "2021-01-01", "2023-12-31"),
    ("2021-2023年", "2021-01-01", "2023-12-31"),
    ("从2021年3月到2022年2月", "2021-03-01", "2022-02-28"),
    ("between 2021 and 2023", "2021-01-01", "2023-12-31"),
    ("in 2024", "2024-01-01", "2024-12-31"),
    ("2024年2月", "2024-02-01", "2024-02-29"),
    ("2024年5月6日签的", "2024-05-06", "2024-05-06"),
    ("on 2024-05-06", "2024-05-06", "2024-05-06"),
]


@pytest.mark.parametrize(("text", "start", "end"), WINDOWS)
def test_windows(text: str, start: str, end: str) -> None:
    found, spans = window(text)
    assert found == Window(start, end)
    assert len(spans) == 1


@pytest.mark.parametrize("text", ["去年的合作", "12024年", "931家园区", "2024年13月", ""])
def test_what_is_no_date_gives_no_window(text: str) -> None:
    assert window(text) == (None, [])


def test_a_window_holds_what_may_lie_in_it() -> None:
    year = Window("2023-01-01", "2023-12-31")
    assert year.holds("2023")
    assert year.holds("2023-12-31")
    assert year.holds("2023-06")
    assert not year.holds("2022-12-31")
    assert not year.holds("2024")
    assert not year.holds(""), "an unknown date lies in no window"
    assert Window("2023-01-01", "").holds("2027")
    assert not Window("", "2022-12-31").holds("2023-01-01")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("前十的园区", 10),
        ("前10名", 10),
        ("前三", 3),
        ("前十二家", 12),
        ("前一百", 100),
        ("top 5 parks", 5),
        ("top10", 10),
        ("2024年前的合作", None),
        ("目前的排名", None),
        ("", None),
    ],
)
def test_limits(text: str, number: int | None) -> None:
    assert limit(text)[0] == number
