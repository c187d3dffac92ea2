"""A document's text as it is put together, with the places its parts come from."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Composition:
    """Parts are appended; `places` remembers where each began, for those that know (see `Document.places`)."""

    parts: list[str] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)
    length: int = 0

    def add(self, text: str, place: str = "") -> None:
        """Append words as they are."""
        if text:
            if place and (not self.places or self.places[-1][1] != place):
                self.places.append((self.length, place))
            self.parts.append(text)
            self.length += len(text)

    def block(self, text: str, place: str = "", gap: str = "\n\n") -> None:
        """Append a paragraph (or, with a gap of one line end, a row) set apart from what is before."""
        if text.strip():
            if self.parts:
                self.add(gap)
            self.add(text.strip(), place)

    @property
    def text(self) -> str:
        return "".join(self.parts)
