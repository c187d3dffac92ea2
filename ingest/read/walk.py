"""Which files an ingest command means.

A folder stands for all files in it and below, in the order of their paths; its files are called by their path relative
to that folder (`2023/readme.txt`). A file given by itself is called by its name. Hidden files (`.name`), what desktop
systems leave behind, and links to folders are skipped with the reason. A file reached twice is read once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.errors import ReadError
from ingest.read.record import Skipped

_LEFTOVERS = frozenset(("__macosx", "thumbs.db", "desktop.ini", "__pycache__"))


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read and the name it goes by; `inside` a folder that was given."""

    path: Path
    source: str
    inside: bool = False


def walk(paths: Iterable[Path]) -> Iterator[Found | Skipped | ReadError]:
    """The files under the paths, in order; what is missing, closed or hidden is reported and the rest goes on."""
    seen: set[str] = set()
    for path in paths:
        for item in _under(path):
            if isinstance(item, Found):
                real = os.path.realpath(item.path)
                if real in seen:
                    yield Skipped(item.source, "the same file was already named")
                    continue
                seen.add(real)
            yield item


def _under(path: Path) -> Iterator[Found | Skipped | ReadError]:
    try:
        if path.is_dir():
            yield from _folder(path, path)
        elif path.exists():
            yield Found(path, _called(path.name))
        elif path.is_symlink():
            yield ReadError(str(path), "a link to a file that does not exist")
        else:
            yield ReadError(str(path), "no such file or folder; check the path")
    except PermissionError:
        yield ReadError(str(path), "no permission to look at it; change its owner or mode")
    except (OSError, ValueError) as error:
        yield ReadError(ascii(str(path)), f"cannot be looked at: {getattr(error, 'strerror', None) or error}")


def _folder(folder: Path, top: Path) -> Iterator[Found | Skipped | ReadError]:
    name = folder.relative_to(top).as_posix()
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except PermissionError:
        yield ReadError(str(folder) if name == "." else name, "no permission to open this folder; change its mode")
        return
    for entry in found:
        path = Path(entry.path)
        source = _called(path.relative_to(top).as_posix())
        if reason := _left_out(entry):
            yield Skipped(source, reason)
        elif entry.is_dir(follow_symlinks=False):
            yield from _folder(path, top)
        elif not entry.is_file():
            yield ReadError(source, "neither a file nor a folder" if path.exists() else "a link to nothing")
        else:
            yield Found(path, source, inside=True)


def _called(name: str) -> str:
    """A name as text; bytes of it that are no UTF-8 (an archive from elsewhere) are written as \\xNN."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _left_out(entry: os.DirEntry[str]) -> str:
    if entry.name.startswith("."):
        return "hidden"
    if entry.name.lower() in _LEFTOVERS or entry.name.startswith("~$"):
        return "left behind by another program"
    return "a link to a folder; name the folder itself" if entry.is_symlink() and entry.is_dir() else ""
