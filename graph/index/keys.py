"""What the keys of a TOML file may hold, and the tables of such a file."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import ReadError


@dataclass(frozen=True, slots=True)
class Key:
    """What one key may hold, and how that is called in messages."""

    right: Callable[[Any], bool]
    wanted: str
    optional: bool = False


def is_number(value: object) -> bool:
    """A finite number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_whole(value: object) -> bool:
    """A whole number; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


POSITIVE = Key(lambda value: is_number(value) and value > 0, "a number above 0")


def text_of(path: Path, missing: str) -> str:
    """The text of a TOML file; `missing` says in the error what is not there.

    Raises:
        ReadError: the file cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ReadError(str(path), missing.format(error.strerror)) from error
    except UnicodeDecodeError as error:
        raise ReadError(str(path), "is not UTF-8") from error


def tables_of(text: str, where: str) -> dict[str, Any]:
    """The tables that TOML text holds. Raises ReadError naming `where` if it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReadError(where, f"is no TOML ({error})") from error
