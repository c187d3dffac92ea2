"""What took seconds to compute of a graph, kept on disk until the graph, the program or its tables change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from api.files import replacing
from graph.errors import InputError
from graph.model import digest
from graph.store.base import Store

MOST = 32
"""So many results are kept, those written last."""

LARGE = 50_000_000
"""Characters above which a result is not kept."""

_ROOT = Path(__file__).parents[1]
_CODE = ("graph/**/*.py", "graph/**/*.toml", "ingest/lexicon/**/*", "ingest/resolve/*.py", "ingest/extract/sign.py")


def kept(store: Store, folder: Path, what: tuple[object, ...], make: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """The plain JSON values that `make` gives for `what` of the graph as it is now.

    A file that cannot be read or written only costs the time to compute.
    """
    mark = store.mark()
    path = folder / f"{digest(mark, _program(), *what)}.json"
    if mark and (found := _read(path)) is not None:
        return found
    made = dict(make())
    if mark:
        _write(path, json.dumps(made, ensure_ascii=False, allow_nan=False))
    return made


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _write(path: Path, text: str) -> None:
    if len(text) > LARGE:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(text)
        for old in sorted(path.parent.glob("*.json"), key=_age)[:-MOST]:
            old.unlink(missing_ok=True)
    except (OSError, InputError):
        return


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _program() -> str:
    """What tells this program and its tables from any other: the times and sizes of its files."""
    files = sorted(path for pattern in _CODE for path in _ROOT.glob(pattern) if path.is_file())
    return digest(*(f"{path.relative_to(_ROOT)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files))
