"""Saved questions: a name for a question with places in it, such as 哪些企业自{since}以来在{park}签约？

They lie in one file beside the keys, the same for the command line and HTTP. Values are put in as words; what comes of
it is read by the grammar as any question is, so a value can be nothing but words.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.files import locked, replacing
from graph.errors import Conflict, InputError, NotFound, SettingError
from graph.search.words import LONGEST, checked

FILE = "questions.json"

MOST = 1_000
"""So many may be saved."""

LONGEST_NAME, LONGEST_VALUE, PLACES = 60, 200, 10

_NAME = re.compile(r"\w[\w .-]*")
_PLACE = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[^\W\d]\w{0,29}")


@dataclass(frozen=True, slots=True)
class Saved:
    """A question with its name; `created` is a time (ISO, UTC), `who` saved it ("" = not known)."""

    name: str
    question: str
    created: str
    who: str = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its places, in their order, each once."""
        return tuple(dict.fromkeys(_PLACE.findall(self.question)))

    def told(self) -> dict[str, object]:
        """As plain values, with the parameters."""
        return asdict(self) | {"parameters": list(self.parameters)}

    def filled(self, values: Mapping[str, str]) -> str:
        """The question with these words in its places.

        Raises InputError for a value that is missing, unknown, empty, too long or no plain text.

        >>> Saved("ties", "{a}和{b}有合作吗？", "").filled({"a": "澜川{b}", "b": "禾禹"})
        '澜川{b}和禾禹有合作吗？'
        """
        missing = [name for name in self.parameters if name not in values]
        unknown = [name for name in values if name not in self.parameters]
        asks = f"the question {self.name!r} asks for {', '.join(self.parameters) or 'no values'}"
        if unknown:
            raise InputError(f"{asks}, and not for {', '.join(map(repr, unknown))[:200]}.")
        if missing:
            raise InputError(f"{asks}; give a value for {', '.join(missing)} too.")
        words = {name: _value(name, value) for name, value in values.items()}
        return checked(_PLACE.sub(lambda place: words[place[1]], self.question))


def read(file: Path) -> tuple[Saved, ...]:
    """The saved questions of a file by name, none where there is no file. Raises SettingError when it is damaged."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        return tuple(sorted((Saved(**row) for row in rows), key=lambda one: one.name))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SettingError(f"{file}: the questions cannot be read ({error.strerror}); see to its owner.") from error
    except (ValueError, TypeError) as error:
        raise SettingError(f"{file}: no saved questions ({error}); put back a copy, or remove it.") from error


def called(file: Path, name: str) -> Saved:
    """The question of this name. Raises NotFound."""
    wanted = _normal(name)
    for one in read(file):
        if one.name == wanted:
            return one
    raise NotFound(f"no question is saved as {wanted[:LONGEST_NAME]!r}; parkbond question list shows those that are.")


def add(file: Path, name: str, question: str, who: str = "") -> Saved:
    """Save a question. Raises InputError for a name or a question that cannot be, Conflict for a name that is taken."""
    made = Saved(_name(name), _question(question), datetime.now(UTC).isoformat(timespec="seconds"), who)
    with _held(file) as kept:
        if made.name in kept:
            raise Conflict(f"a question is saved as {made.name!r} already; choose another name, or remove that one.")
        if len(kept) >= MOST:
            raise Conflict(f"{MOST} questions are saved already; remove one first.")
        kept[made.name] = made
    return made


def remove(file: Path, name: str) -> Saved:
    """Take a saved question away. Raises NotFound."""
    called(file, name)  # so that nothing is written for a name that is not there
    with _held(file) as kept:
        gone = kept.pop(_normal(name), None)
    if gone is None:
        raise NotFound(f"the question {name[:LONGEST_NAME]!r} has just been removed.")
    return gone


def values_of(pairs: Sequence[str]) -> dict[str, str]:
    """Values from `name=words`. Raises InputError."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = _normal(name)
        if not equals or not name:
            raise InputError(f"{pair[:100]!r} must be NAME=VALUE, such as park=苏州工业园区")
        if name in found:
            raise InputError(f"{name} is given twice")
        found[name] = value
    return found


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def _name(name: str) -> str:
    name = _normal(name)
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise InputError(
            f"a name has 1 to {LONGEST_NAME} letters, digits, spaces, dots or dashes and begins with a letter or digit."
        )
    return name


def _question(text: str) -> str:
    """The text, if it is a question whose places are well written. Raises InputError."""
    text = checked(unicodedata.normalize("NFC", text))
    if not text.isprintable():
        raise InputError("the question holds line ends or control characters; write it in one line.")
    if "{" in _PLACE.sub("", text) or "}" in _PLACE.sub("", text):
        raise InputError("the question has a { or } that is no place for a value; write {park}, with one of each.")
    for place in _PLACE.findall(text):
        if not _WORD.fullmatch(place):
            told = f"{{{place[:40]}}} is no place for a value"
            raise InputError(f"{told}: its name has 1 to 30 letters, digits or _, and no digit in front.")
    if len(set(_PLACE.findall(text))) > PLACES:
        raise InputError(f"the question has more than {PLACES} places; leave some out.")
    if not _PLACE.sub("", text).strip():
        raise InputError("the question has nothing but places; write the words of asking around them.")
    return text


def _value(name: str, value: str) -> str:
    value = unicodedata.normalize("NFC", value).strip()
    if not value or len(value) > LONGEST_VALUE:
        raise InputError(f"{name}: a value has 1 to {LONGEST_VALUE} characters, of at most {LONGEST} in the question.")
    if not value.isprintable():
        raise InputError(f"{name}: the value holds line ends, control characters or half a character.")
    return value


@contextmanager
def _held(file: Path) -> Iterator[dict[str, Saved]]:
    """The questions by name, to be changed by one process at a time; written when the block ends well."""
    with locked(file):
        kept = {one.name: one for one in read(file)}
        yield kept
        with replacing(file, mode=0o600) as out:
            json.dump([asdict(one) for one in kept.values()], out, ensure_ascii=False, indent=1)
