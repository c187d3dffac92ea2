"""Where a passage stands in its file (page, slide, cells) is kept and shown with the evidence, on every engine."""

from __future__ import annotations

import json
from dataclasses import replace

from facts import say, tell

from graph.export import canonical
from graph.model import Contribution, Document
from graph.query.evidence import evidence, quotes
from graph.store.base import Store


def placed(told: Contribution, *places: tuple[int, str]) -> Contribution:
    """The contribution of a document whose text stands at these places of its file."""
    document: Document = replace(told.document, places=places)
    passages = tuple(replace(one, place=document.place(one.start, one.end)) for one in told.passages)
    return replace(told, document=document, passages=passages)


def test_the_place_of_a_passage_is_stored_exported_and_shown(store: Store) -> None:
    plain = tell("d1", say("LOCATED_IN", "澜川公司", "东澜园"))
    paged = placed(
        tell("d2", say("COLLABORATES", "澜川公司", "禾禹公司"), say("LOCATED_IN", "禾禹公司", "东澜园")),
        (0, "page 1"),
        (5, "page 2"),
    )
    store.add([plain, paged])
    passages = [json.loads(line) for line in canonical(store) if line.startswith('{"type":"passage"')]
    found = {(one["document"], one["start"]): one.get("place") for one in passages}
    second = paged.passages[1].start
    assert found == {("d1", 0): None, ("d2", 0): "page 1-2", ("d2", second): "page 2"}
    assert all("place" not in one for one in passages if one["document"] == "d1")
    shown = quotes(store, [piece.id for each in (plain, paged) for piece in each.evidence])
    assert [quote["place"] for quote in shown.values()] == ["", "page 1-2", "page 2"]
    assert evidence(store, paged.evidence[0].id)["place"] == "page 1-2"


def test_a_document_whose_pages_change_is_a_changed_document(store: Store) -> None:
    told = tell("d1", say("LOCATED_IN", "澜川公司", "东澜园"))
    store.add([placed(told, (0, "page 1"))])
    assert store.add([placed(told, (0, "page 1"))]).unchanged
    assert store.add([placed(told, (0, "page 2"))]).changed
    (passage,) = (json.loads(line) for line in canonical(store) if line.startswith('{"type":"passage"'))
    assert passage["place"] == "page 2"
