"""What a page's own style sheets hide from its readers, as far as can be told without a browser.

Simple selectors are followed (p, .note, #box, p.note) and inline styles. Style sheets in other files are not fetched:
where a page has any, the ground on which words stand is not known, and only what an element says of itself counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_SHEET = 200_000  # characters
_RULE = re.compile(r"([^{}@;]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"[\w-]*(?:[.#][\w-]+)?")
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0(?:px)?[\s,]+0",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?<![-\w])color\s*:\s*([^;!]+)", re.IGNORECASE)
_GROUND = re.compile(r"(?<![-\w])background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_PICTURE = re.compile(r"url\s*\(|gradient|background-image", re.IGNORECASE)
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})(?![0-9a-f])", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+%?))?\s*\)", re.IGNORECASE)
_NAMES = {
    "white": "ffffff",
    "snow": "fffafa",
    "black": "000000",
    "red": "ff0000",
    "yellow": "ffff00",
    "ivory": "fffff0",
}
_NEAR = 12  # of 255, in each of red, green and blue


class Style:
    """The rules of a page."""

    def __init__(self, tree: HtmlElement) -> None:
        sheets = " ".join((sheet.text or "")[:_MAX_SHEET] for sheet in tree.iter("style"))
        self._rules: dict[str, str] = {}
        for selectors, said in _RULE.findall(re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL)):
            for selector in selectors.split(","):
                if (name := selector.strip().lower()) and _SELECTOR.fullmatch(name):
                    self._rules[name] = f"{self._rules.get(name, '')};{said}"
        linked = (link.get("rel") or "" for link in tree.iter("link"))
        self._ground = None if "@import" in sheets or any("stylesheet" in rel.lower() for rel in linked) else "ffffff"
        self._seen: dict[HtmlElement, tuple[str | None, str | None]] = {}

    def hides(self, element: HtmlElement) -> bool:
        """Whether an element with all that is in it is not shown."""
        return (
            element.get("hidden") is not None
            or (element.get("aria-hidden") or "").lower() == "true"
            or bool(_UNSEEN.search(self._said(element)))
        )

    def blends(self, element: HtmlElement) -> bool:
        """Whether the words of an element have the colour of the ground they stand on. Ask from the root down."""
        above = element.getparent()
        colour, ground = self._seen.get(above, (None, self._ground)) if above is not None else (None, self._ground)
        said = self._said(element)
        if stated := _COLOUR.findall(said) or [element.get("color")] * bool(element.get("color")):
            colour = _colour(stated[-1])
        if _PICTURE.search(said):
            ground = None
        elif grounds := _GROUND.findall(said) or [element.get("bgcolor")] * bool(element.get("bgcolor")):
            ground = _colour(grounds[-1]) or (ground if "transparent" in grounds[-1] else None)
        self._seen[element] = colour, ground
        return colour == "" or (colour is not None and ground is not None and _near(colour, ground))

    def _said(self, element: HtmlElement) -> str:
        """All declarations for an element, the stronger later."""
        if not isinstance(element.tag, str):
            return ""
        names = (element.get("class") or "").lower().split()
        own = (element.get("id") or "").lower()
        wanted = [element.tag, *(f".{name}" for name in names), *(f"{element.tag}.{name}" for name in names)]
        wanted += [f"#{own}", f"{element.tag}#{own}"] if own else []
        return ";".join((*(self._rules.get(name, "") for name in wanted), element.get("style") or ""))


def _colour(value: str) -> str | None:
    """A colour as six digits, "" for one that is not to be seen, None for one that is not known."""
    if found := _HEX.search(value):
        digits = found[1].lower()
        return "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    if rgb := _RGB.search(value):
        if rgb[4] in ("0", "0.0", "0%"):
            return ""
        return "".join(f"{min(int(part), 255):02x}" for part in rgb.group(1, 2, 3))
    words = value.lower().split()
    return next((_NAMES[word] for word in words if word in _NAMES), None)


def _near(one: str, other: str) -> bool:
    parts = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (0, 2, 4)) if other else ()
    return bool(other) and all(abs(first - second) <= _NEAR for first, second in parts)
