"""All that the graph says of one park or one enterprise, with the words that say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.errors import NotFound
from graph.model import Kind
from graph.projection import COUNTED
from graph.query.deals import counts, deals
from graph.query.evidence import quotes, values
from graph.query.listing import firms_by_field
from graph.query.near import near
from graph.query.query import Slot
from graph.query.result import extent
from graph.query.standing import published
from graph.query.ties import deals_of
from graph.search.names import candidates
from graph.store import cypher
from graph.store.base import Row, Store
from graph.store.rows import OWN

WORDS = {Kind.PARK: "park", Kind.ENTERPRISE: "enterprise", Kind.INSTITUTION: "institution", Kind.GOVERNMENT: "office"}
SENTENCES = 20  # quotes that a profile brings along


def park(store: Store, name_or_id: str) -> Row:
    """A park: where it lies, its firms and fields, who works with whom inside and outside, where it stands.

    Raises NotFound with names like it.
    """
    entity = entity_called(store, Kind.PARK, name_or_id)
    slot = Slot(Kind.PARK, entity["name"], entity["id"])
    found = [deal for deal in deals_of(store, slot) if counts(deal)]
    firms = _seats(store, Kind.ENTERPRISE, entity["id"])
    inside = {row["id"] for row in firms}
    within = [deal for deal in found if sum(party["id"] in inside for party in deal["parties"]) > 1]
    links = _links(store, Kind.PARK, entity["id"])
    return _head(entity) | {
        "place": _ends(links, "LOCATED_IN"),
        "part_of": _ends(links, "PART_OF"),
        "parts": _ends(links, "PART_OF", toward=True),
        "overlaps": _ends(links, "OVERLAPS") + _ends(links, "OVERLAPS", toward=True),
        "standings": [row for row in published(store) if row["id"] == entity["id"]],
        "firms": firms,
        "institutions": _seats(store, Kind.INSTITUTION, entity["id"]),
        "industries": firms_by_field(store, entity["id"]),
        "stated_industries": _ends(links, "OPERATES_IN"),
        "collaborations": {"inside": within, "outside": [deal for deal in found if deal not in within]},
        "evidence": _evidence(store, links, found),
        "coverage": extent(store) | {"mentioned_in": entity["documents"]},
    }


def enterprise(store: Store, name_or_id: str) -> Row:
    """An enterprise: its parks, fields, owners and partners. Raises NotFound with names like it."""
    return organisation(store, Kind.ENTERPRISE, name_or_id)


def organisation(store: Store, kind: Kind, name_or_id: str) -> Row:
    """An organisation of this kind: where it sits, its fields, who it works with. Raises NotFound."""
    entity = entity_called(store, kind, name_or_id)
    found = deals(store, [row["id"] for row in store.run(cypher.DEALS_OF[kind], id=entity["id"])])
    links = _links(store, kind, entity["id"])
    return _head(entity) | {
        "kind": kind.value,
        "parks": [row for row in _ends(links, "LOCATED_IN") if row["kind"] == Kind.PARK],
        "place": [row for row in _ends(links, "LOCATED_IN") if row["kind"] != Kind.PARK],
        "industries": _ends(links, "OPERATES_IN"),
        "owns": _ends(links, "OWNS"),
        "owned_by": _ends(links, "OWNS", toward=True),
        "collaborations": [deal for deal in found if counts(deal)],
        "other_collaborations": [deal for deal in found if not counts(deal)],  # plans, denials, mere seats
        "evidence": _evidence(store, links, found),
        "coverage": extent(store) | {"mentioned_in": entity["documents"]},
    }


def entity_called(store: Store, kind: Kind, name_or_id: str) -> Row:
    """The properties of the entity of this id, name or alias. Raises NotFound with names like it."""
    rows = store.run(cypher.ENTITY[kind], id=name_or_id) or _by_name(store, kind, name_or_id)
    if not rows:
        like = near(store, name_or_id, (kind,))
        hint = f"did you mean {', '.join(like)}?" if like else "look it up with search."
        raise NotFound(f"no {WORDS[kind]} is called {name_or_id[:80]}; {hint}")
    entity: Row = rows[0]["e"]
    return entity


def _by_name(store: Store, kind: Kind, name: str) -> list[Row]:
    wanted = name.casefold()
    same = [one for one in candidates(store, [name], (kind,)) if wanted in (other.casefold() for other in one.names)]
    if not same:
        return []
    best = min(same, key=lambda one: (one.name.casefold() != wanted, -one.documents, one.id))
    return store.run(cypher.ENTITY[kind], id=best.id)


def _head(entity: Row) -> Row:
    return {
        "id": entity["id"],
        "name": entity["name"],
        "aliases": list(entity.get("aliases") or []),
        "documents": entity["documents"],
        "attributes": {key: entity[key] for key in sorted(entity.keys() - OWN)},
    }


def _links(store: Store, kind: Kind, id: str) -> list[Row]:
    """All links of an entity, with `toward` true for those that lead to it; the firms of a park are left out."""
    out = [row | {"toward": False} for row in store.run(cypher.LINKS_FROM[kind], id=id)]
    statement = cypher.PARKS_TOWARD if kind is Kind.PARK else cypher.LINKS_TO.get(kind, "")
    into = store.run(statement, id=id) if statement else []
    return out + [row | {"toward": True} for row in into]


def _ends(links: Sequence[Row], relation: str, toward: bool = False) -> list[Row]:
    return [_end(row) for row in links if row["relation"] == relation and row["toward"] is toward]


def _end(row: Row) -> Row:
    plain = {key: row[key] for key in ("id", "name", "kind", "status", "since", "until", "documents", "evidence")}
    return plain | {"values": values(row)}


def _seats(store: Store, kind: Kind, park: str) -> list[Row]:
    rows = store.run(cypher.SEATED[kind, Kind.PARK], id=park, counted=list(COUNTED))
    return [_end(row) for row in rows]


def _evidence(store: Store, links: Sequence[Row], found: Sequence[Row]) -> list[Any]:
    """The first sentences behind collaborations and links, each once."""
    told = [piece["id"] for deal in found for piece in deal["evidence"]]
    told += [key for row in links for key in row["evidence"][:1]]
    said = quotes(store, list(dict.fromkeys(told))[: 2 * SENTENCES]).values()
    once = {(piece["document"], piece["start"], piece["end"]): piece for piece in reversed(said)}
    return list(once.values())[::-1][:SENTENCES]
