"""API keys: who may read, write and administer over HTTP. Only hashes are kept, in one file that its owner alone reads.

A key is 256 random bits, so a plain SHA-256 of it cannot be turned back; there is nothing for a slow hash to slow down.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from api.files import locked, replacing
from graph.errors import InputError, NotFound, SettingError

PREFIX = "parkbond_"
"""What keys begin with, so that one that leaked into a text is found."""

LONGEST_NAME = 100


class Role(StrEnum):
    """What a key allows; each role allows what the one before it does."""

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"

    def allows(self, other: Role) -> bool:
        """Whether this role may do what the other may."""
        return _ORDER[self] >= _ORDER[other]


_ORDER = {role: at for at, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret. `created`, `revoked`: times (ISO, UTC); a revoked one is kept for the audit log."""

    id: str
    name: str
    role: Role
    created: str
    digest: str
    revoked: str = ""


def read(file: Path) -> tuple[Key, ...] | None:
    """The keys of a file, None where there is none.

    Raises SettingError when others may read or write it, or when it cannot be read.
    """
    try:
        if file.stat().st_mode & 0o077:
            raise SettingError(f"{file}: others may open the keys; run chmod 600 {file}.")
        rows = json.loads(file.read_text(encoding="utf-8"))
        return tuple(Key(**{**row, "role": Role(row["role"])}) for row in rows)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingError(f"{file}: the keys cannot be read ({error.strerror}); see to its owner.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise SettingError(f"{file}: no keys ({error}); put back a copy, or remove it and add keys.") from error


def add(file: Path, name: str, role: Role) -> tuple[Key, str]:
    """A new key and its secret, which is kept nowhere. Raises InputError for a name that is empty, long or taken."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError(f"a key needs a name of 1 to {LONGEST_NAME} printable characters, such as who holds it.")
    with _held(file) as keys:
        if any(one.name == name and not one.revoked for one in keys.values()):
            raise InputError(f"a key is called {name!r} already; choose another name, or revoke that one first.")
        secret = PREFIX + secrets.token_urlsafe(32)
        made = Key(secrets.token_hex(4), name, role, _now(), digest(secret))
        keys[made.id] = made
    return made, secret


def revoke(file: Path, which: str) -> Key:
    """End a key, by id or name. Raises NotFound when no key that is valid is called so."""
    with _held(file) as keys:
        meant = [one for one in keys.values() if which in (one.id, one.name) and not one.revoked]
        if not meant:
            raise NotFound(f"no valid key has the id or name {which[:LONGEST_NAME]!r}; parkbond key list shows them.")
        ended = replace(meant[0], revoked=_now())
        keys[ended.id] = ended
    return ended


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class Keyring:
    """The keys of a file as they are now, with the one that the environment gives (an admin's, "" = none).

    The file is looked at on every use and read when it changed, so that a key that is revoked ends at once.
    """

    def __init__(self, file: Path, given: str = "") -> None:
        self.file = file
        self._given = Key("environment", "environment", Role.ADMIN, "", digest(given)) if given else None
        self._seen: tuple[int, ...] | None = None
        self._keys: Mapping[str, Key] | None = None

    @property
    def closed(self) -> bool:
        """Whether a key is asked for: one was ever made, or the environment gives one."""
        return self._given is not None or self._current() is not None

    def of(self, secret: str) -> Key | None:
        """The valid key of this secret. Raises SettingError when the file is damaged."""
        found = digest(secret)
        if self._given and secrets.compare_digest(self._given.digest, found):
            return self._given
        return (self._current() or {}).get(found)

    def _current(self) -> Mapping[str, Key] | None:
        seen: tuple[int, ...] | None
        try:
            at = os.stat(self.file)
            seen = (at.st_mtime_ns, at.st_size, at.st_ino, at.st_mode)
        except FileNotFoundError:
            seen = ()
        except OSError:
            seen = None  # cannot be looked at: reading it says why
        if seen is None or seen != self._seen:
            keys = read(self.file)
            self._keys = None if keys is None else {one.digest: one for one in keys if not one.revoked}
            self._seen = seen
        return self._keys


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def _held(file: Path) -> Iterator[dict[str, Key]]:
    """The keys by id, to be changed by one process at a time; written when the block ends well."""
    with locked(file):
        keys = {one.id: one for one in read(file) or ()}
        yield keys
        with replacing(file, mode=0o600) as out:
            json.dump([asdict(one) for one in keys.values()], out, ensure_ascii=False, indent=1)
