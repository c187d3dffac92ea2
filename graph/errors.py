"""Everything that can go wrong, as one tree.

    ParkbondError                 base of all; `status` is the HTTP status, `title` its short name
    ├── InputError                the caller gave something that cannot be used            422
    │   ├── ReadError             a file or record cannot be read                          422
    │   └── SettingError          a setting is missing or wrong                            500
    ├── NotFound                  no such document, park, enterprise, evidence             404
    ├── Conflict                  the request contradicts what is there                    409
    ├── Disabled                  what is asked for is switched off                        403
    └── StoreError                the graph cannot be reached or refuses                   503
        ├── StoreDown             nothing answers at the address                           503
        ├── StoreDenied           wrong user or password                                   503
        ├── StoreFull             the disk (or a limit on file sizes) is full              507
        └── StoreLate             the answer took longer than it may                       504

Each message is one sentence that says what is wrong, where, and what to do.
"""

from __future__ import annotations


class ParkbondError(Exception):
    """Base of every error that a user may see as one line."""

    status = 500
    title = "Internal error"


class InputError(ParkbondError):
    """The caller gave something that cannot be used."""

    status = 422
    title = "Unusable input"


class ReadError(InputError):
    """A file or one record of it cannot be read; `where` names it."""

    title = "Unreadable document"

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason

    def __reduce__(self) -> tuple[type[ReadError], tuple[str, str]]:
        """For the way back from a worker process."""
        return type(self), (self.where, self.reason)


class SettingError(InputError):
    """A setting is missing or wrong."""

    status = 500
    title = "Wrong setting"


class NotFound(ParkbondError):
    """Nothing of that name or id is in the graph."""

    status = 404
    title = "Not found"


class Conflict(ParkbondError):
    """The request contradicts what is there."""

    status = 409
    title = "Conflict"


class Disabled(ParkbondError):
    """What is asked for is switched off by the settings."""

    status = 403
    title = "Switched off"


class StoreError(ParkbondError):
    """The graph cannot be reached or refuses."""

    status = 503
    title = "Graph unavailable"


class StoreDown(StoreError):
    """Nothing answers at the graph's address."""


class StoreDenied(StoreError):
    """The graph refused the user or password."""

    title = "Graph access denied"


class StoreFull(StoreError):
    """The graph has no room left to write."""

    status = 507
    title = "Graph disk full"


class StoreLate(StoreError):
    """The graph took longer to answer than it may."""

    status = 504
    title = "Graph too slow"
