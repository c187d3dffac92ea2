"""What the table of parks says of two parks: a part of, overlapping. Such parks are never one."""

from __future__ import annotations

from ingest import lexicon


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
