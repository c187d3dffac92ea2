"""Whether a folder of a model is whole, and whether two hold the same model, without reading all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

MANIFEST = "whole.json"
"""What a folder that is made here lists of itself, written last."""

_SMALL = 1_000_000  # bytes up to which a file is read whole
_BLOCK = 4096
_BLOCKS = 64  # blocks that are read of a larger one, evenly spread, the first and the last among them
_TOLD = (".md", MANIFEST)


def fingerprint(folder: Path) -> str:
    """16 hex digits of what makes the model: names and sizes of its files, small ones whole, blocks of large ones.

    Copies of a folder have the same; times and read-me files do not count.
    """
    found = blake2b(digest_size=8)
    for name, size, digest in _files(folder):
        found.update(f"{name}\0{size}\0{digest}\0".encode())
    return found.hexdigest()


def seal(folder: Path) -> None:
    """Say of a folder that it is whole as it is now."""
    listed = {name: [size, digest] for name, size, digest in _files(folder)}
    (folder / MANIFEST).write_text(json.dumps(listed, indent=1), encoding="utf-8")


def whole(folder: Path) -> bool:
    """Whether the folder is as it was when it was sealed."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return bool(listed == {name: [size, digest] for name, size, digest in _files(folder)})
    except (OSError, ValueError):
        return False


def _files(folder: Path) -> Iterator[tuple[str, int, str]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.endswith(_TOLD) and not any(part.startswith(".") for part in name.split("/")):
            yield name, path.stat().st_size, _digest(path)


def _digest(path: Path) -> str:
    size, found = path.stat().st_size, blake2b(digest_size=16)
    with path.open("rb") as file:
        if size <= _SMALL:
            found.update(file.read())
        else:
            for block in range(_BLOCKS):
                file.seek((size - _BLOCK) * block // (_BLOCKS - 1))
                found.update(file.read(_BLOCK))
    return found.hexdigest()
