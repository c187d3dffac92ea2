"""Windows of time, over dates that are as precise as known: a year, a month or a day; "" where nothing is known."""

from __future__ import annotations


def meets(since: str, until: str, window_since: str, window_until: str) -> bool:
    """May a life from `since` to `until` meet the window, both ends of which count in? "" is an open end.

    >>> meets("2024-05", "", "2024", "2024"), meets("2019", "2021", "2022-01", ""), meets("", "", "2024", "2024")
    (True, False, True)
    """
    # '~' sorts after every digit and dash: "2024~" is the last moment of 2024.
    starts_in_time = not (since and window_until) or since <= f"{window_until}~"
    ends_in_time = not (until and window_since) or f"{until}~" >= window_since
    return starts_in_time and ends_in_time


def holds(date: str, since: str = "", until: str = "") -> bool:
    """Does a date fall into the window? An unknown one may.

    >>> holds("2024-05", "2024", "2024"), holds("2019", "2020"), holds("", "2020", "2021")
    (True, False, True)
    """
    return meets(date, date, since, until)
