"""What tables say of parks: what they are a part of, what they overlap (such are never one), in which city they lie."""

from __future__ import annotations

from functools import cache

from ingest import lexicon

MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")


def above(park: str) -> tuple[str, ...]:
    """The parks (keys of the table) that a park is a part of, the nearest first.

    >>> above("zhangjiang-north")
    ('zhangjiang', 'zhangjiang-zone')
    """
    parks = lexicon.parks()
    chain: list[str] = []
    while park in parks and parks[park].part_of and parks[park].part_of not in chain:
        park = parks[park].part_of
        chain.append(park)
    return tuple(chain)


def overlap(one: str, other: str) -> bool:
    """Whether the table says that two parks overlap; it says so in either row."""
    parks = lexicon.parks()
    return any(a in parks and b in parks[a].overlaps.split(";") for a, b in ((one, other), (other, one)))


def city(park: str) -> str:
    """The city of a park by its name: that of the table, else the city whose name it begins with; "" if neither says.

    >>> city("中关村科技园区海淀园"), city("苏州工业园区"), city("云上科技园")
    ('北京市', '苏州市', '')
    """
    if found := _listed().get(park):
        return found
    return next((city for length in range(4, 1, -1) if (city := _cities().get(park[:length], ""))), "")


@cache
def _listed() -> dict[str, str]:
    return {park.name: park.city for park in lexicon.parks().values() if park.city}


@cache
def _cities() -> dict[str, str]:
    """City by its full and its short name; of cities of one short name, none."""
    rows = [one for one in lexicon.places() if one.level == "city" or one.name in MUNICIPALITIES]
    found = {one.name: one.name for one in rows}
    shorts = [one.short for one in rows]
    return found | {one.short: one.name for one in rows if len(one.short) > 1 and shorts.count(one.short) == 1}
