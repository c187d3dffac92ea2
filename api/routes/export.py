"""Export: everything that the graph knows, or its network for other programs, as one file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from api.deps import Graph, Uses
from graph.exchange import TABLES, files
from graph.export import canonical
from graph.store.base import Store

router = APIRouter(prefix="/export", tags=["export"])

Form = Literal["jsonl", "csv", "parquet", "graphml", "gexf", "jsonld"]

_MEDIA = {
    "jsonl": "application/x-ndjson",
    "csv": "application/zip",
    "parquet": "application/zip",
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
    "jsonld": "application/ld+json",
}
_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


class File(Response):
    """A file of some kind."""

    media_type = None


@router.get(
    "",
    summary="Export the graph",
    response_class=File,
    responses={200: {"content": {kind: {} if "json" in kind else _FILE for kind in sorted(set(_MEDIA.values()))}}},
)
def export_graph(
    graph: Graph,
    uses: Uses,
    form: Annotated[
        Form,
        Query(
            alias="format",
            description="jsonl: all that is known, an object a line, equal graphs giving equal bytes. csv, parquet "
            "(tables in a zip), graphml, gexf, jsonld: the network of firms with its measures.",
        ),
    ] = "jsonl",
    measures: Annotated[bool, Query(description="With the measures; jsonl has none.")] = True,
) -> Response:
    """Everything that the graph knows, or its network, as a file."""
    headers = {"content-disposition": f'attachment; filename="parkbond.{"zip" if form in TABLES else form}"'}
    if form == "jsonl":
        return StreamingResponse(_lines(graph), headers=headers, media_type=_MEDIA[form])
    view = uses.views.of() if measures else None
    made = files(view.net, view.report, form) if view else files(uses.views.network(), None, form)
    return Response(_zip(made) if form in TABLES else made[""], headers=headers, media_type=_MEDIA[form])


def _lines(graph: Store) -> Iterator[str]:
    """The lines; the first is asked for at once, so that a graph that is down is told as an error."""
    lines = canonical(graph)
    first = next(lines, None)
    return (line + "\n" for line in (() if first is None else chain([first], lines)))


def _zip(made: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(made.items()):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
