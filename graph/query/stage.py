"""At which stage a park is, with every condition that decides it; and how near it comes to a hexagon."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graph.model import Kind
from graph.query.evidence import QUOTE, clipped
from graph.query.query import Query, Slot
from graph.query.result import Result, extent, joined, not_observed, only
from graph.query.sight import Sight
from graph.query.standing import published
from graph.query.told import inner_deals, pieces, told
from graph.store import cypher
from graph.store.base import Row, Store

if TYPE_CHECKING:
    from graph.index.track import Shape

_SAID = re.compile("六[边邊]形|hexagon", re.IGNORECASE)
_ENDS = "。！？!?\n"
_PASSAGES = 1000  # of a park, looked through for what documents say


def stage(store: Store, query: Query, sight: Sight) -> Result:
    """The stage of the park named: P(stage), every condition with value, interval and threshold, those that fail."""
    only(query, Kind.PARK)
    slot = query.of("parks")[0]
    found = sight.view().park(slot.id)
    conditions = [row | {"condition": name} for name, row in (found["stage_conditions"]["value"] or {}).items()]
    failing = [row["condition"] for row in conditions if row["state"] != "holds"]
    row = {
        "id": slot.id,
        "park": slot.name,
        "stage": found["stage"]["value"],
        "chances": found["stage_chances"]["value"],
        "firms": found["firms"]["value"],
        "firms_with_industry": found["stage"]["n"],
        "conditions": conditions,
        "failing": failing,
        "flags": [flag for flag in found["stage"]["flags"] if not flag.startswith("P(")],
    }
    said = inner_deals(store, slot.id)
    note = joined(
        f"{slot.name}: {found['stage']['value']}"
        + (" (insufficient evidence)" if found["stage"]["value"] == "证据不足" else ""),
        "the stages are 任浩's, the conditions and thresholds are this project's; a stage needs P >= 0.8",
    )
    return Result([row], cypher.FIRM_TIES, {}, pieces(said), extent(store), note)


def hexagon(store: Store, query: Query, sight: Sight) -> Result:
    """Two layers that are kept apart: what documents say of the park's hexagon, and what is measured here."""
    from graph.index.track import shapes

    only(query, Kind.PARK)
    slot = query.of("parks")[0]
    seen = sight.view()
    said = _said(store, slot)
    all_shapes = shapes(seen.net, seen.curated.chains, seen.curated.tracks)
    shape = all_shapes[seen.net.parks.index(slot.id)]
    coverage = extent(store)
    note = joined(
        "" if said else not_observed(coverage, f"a statement about {slot.name} and a hexagon"),
        "what documents say and what is measured here are two things; axes of status project were chosen by this "
        "project, the publisher named only those of status stated",
        "near: J >= 0.95 and every percentile >= 60; the area plays no part",
    )
    cited = tuple(dict.fromkeys(key for row in said for key in row.pop("cited")))
    return Result(
        [*said, _measured(slot, shape, seen.park(slot.id))],
        cypher.MENTIONING[Kind.PARK],
        {"id": slot.id, "limit": _PASSAGES},
        cited,
        coverage,
        note,
    )


def _measured(slot: Slot, shape: Shape, found: Mapping[str, Any]) -> Row:
    return {
        "id": slot.id,
        "park": slot.name,
        "layer": "measured here",
        "near_hexagon": None if shape.evenness is None else shape.near,
        "evenness": told(found["hexagon_evenness"]) | {"value": shape.evenness},
        "least_percentile": min((a.percentile for a in shape.axes if a.percentile is not None), default=None)
        if all(a.percentile is not None for a in shape.axes)
        else None,
        "absent": [axis.track.name for axis in shape.axes if axis.firms == 0],
        "axes": [axis.as_dict() for axis in shape.axes],
    }


def _said(store: Store, slot: Slot) -> list[Row]:
    """The sentences of documents that name the park and speak of a hexagon."""
    ids = [row["passage"] for row in store.run(cypher.MENTIONING[Kind.PARK], id=slot.id, limit=_PASSAGES)]
    passages = {row["id"]: (row, match) for row in _passages(store, ids) if (match := _SAID.search(row["text"]))}
    places: dict[str, list[int]] = {}
    for row in store.run(cypher.NAMED_IN, ids=list(passages)) if passages else ():
        if row["entity"] == slot.id:
            places.setdefault(row["passage"], []).extend(row["m"]["spans"][::2])
    lists = [row for row in published(store) if row["id"] == slot.id]
    found = [_quoted(slot, row, match, places.get(id, []), lists) for id, (row, match) in passages.items()]
    return [row for row in found if row]


def _passages(store: Store, ids: Sequence[str]) -> list[Row]:
    return store.run(cypher.PASSAGES, ids=list(ids)) if ids else []


def _quoted(slot: Slot, passage: Row, match: re.Match[str], places: Sequence[int], lists: Sequence[Row]) -> Row:
    """The sentence around the word, with its document; empty if the park is named in other sentences only."""
    text, offset = passage["text"], int(passage["start"])
    first = max(text.rfind(mark, 0, match.start()) for mark in _ENDS) + 1
    last = min((at for mark in _ENDS if (at := text.find(mark, match.end())) >= 0), default=len(text))
    if not any(first <= place - offset < last for place in places):
        return {}
    cited = [piece["id"] for one in lists if one["document"] == passage["document"] for piece in one["evidence"]]
    return {
        "id": slot.id,
        "park": slot.name,
        "layer": "said in a document",
        "quote": clipped(text[max(first, match.end() - QUOTE) : last].strip(), QUOTE),
        "sentence": text[first:last].strip(),
        "document": passage["document"],
        "title": passage["title"] or "",
        "url": passage["url"] or "",
        "published": passage["published"] or "",
        "start": offset + first,
        "end": offset + last,
        "cited": cited,
    }
