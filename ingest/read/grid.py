"""Tables as lines of text: a row is a sentence of labelled cells, so that a name never runs into its neighbour.

    园区：青峤产业园，企业：澜川半导体有限公司，主营：芯片、设计。

Labels come from the header row, if there is one; a row of one cell (a title) stands as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.read.composition import Composition

_HEADER_ROWS = 10  # a title and notes may stand above the header
_LABEL = 20  # characters of a label, at most
_NAME = re.compile(r"(?:公司|集团|集團|园区|園區|产业园|產業園|科技园|大学|研究院|厂)$")
_NAMELESS = re.compile(r"(?:园区|園區|公司|企业|企業)(?:名称|名稱|名)?$|^.{0,2}(?:公司|园区|園區|大学|研究院)$")
_SENTENCE = re.compile(r"[。！？；!?;]|[，,].*[，,]")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ENDED = re.compile(r"[。！？!?；;.．…：:][”’」』）)】》\"']*$")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as text; a merged one is the same object at all places that it covers. `at` is its address (A3:A5)."""

    text: str
    at: str = ""
    number: bool = False


Row = Sequence[Cell | None]


def lines(rows: Sequence[Row]) -> Iterator[tuple[str, list[Cell]]]:
    """A line for each row that says something, with the cells it was made of; the header gives labels, no line."""
    header = _header(rows)
    labels = [cell.text if cell else "" for cell in rows[header]] if header >= 0 else []
    for number, row in enumerate(rows):
        cells = _once(row)
        if not cells or number == header:
            continue
        if len(cells) == 1 and (number < header or header < 0 or _wide(row)):
            yield cells[0][1].text, [cells[0][1]]
        else:
            words = list(_labelled(cells, labels)) if number > header >= 0 else [cell.text for _, cell in cells]
            yield ended("，".join(words)), [cell for _, cell in cells]


def write(rows: Sequence[Row], text: Composition, place: str = "") -> None:
    """Append the lines of a table; their place is that of the table, or the addresses of their cells within it."""
    for line, cells in lines(rows):
        at = addresses([cell.at for cell in cells if cell.at])
        gap = "\n" if _ENDED.search(line) and text.parts and _ENDED.search(text.parts[-1]) else "\n\n"
        text.block(line, ", ".join(filter(None, (place, at))), gap)


def addresses(names: Sequence[str]) -> str:
    """The addresses of cells in words: neighbours of a row as a range. A3:A5 B4:D4"""
    runs: list[list[str]] = []
    for name in names:
        if runs and ":" not in name + runs[-1][-1] and _next(runs[-1][-1]) == name:
            runs[-1].append(name)
        else:
            runs.append([name])
    return " ".join(run[0] if len(run) == 1 else f"{run[0]}:{run[-1]}" for run in runs)


def column(number: int) -> str:
    """The letters of a column counted from 0: A, Z, AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def position(name: str) -> tuple[int, int]:
    """Row and column, counted from 0, of an address such as B4. Raises ValueError for anything else."""
    found = _ADDRESS.fullmatch(name.replace("$", ""))
    if not found:
        raise ValueError(f"{name!r} is no address of a cell")
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return int(found[2]) - 1, number - 1


def inexact(where: str, value: float) -> str:
    """What is said of a number with more digits than a spreadsheet keeps."""
    digits = len(str(int(abs(value))))
    return (
        f"{where}: a number of {digits} digits, which a spreadsheet cannot hold exactly; not trustworthy, left out "
        "(format the column as text)"
    )


def _next(name: str) -> str:
    row, place = position(name)
    return f"{column(place + 1)}{row + 1}"


def ended(line: str) -> str:
    """The line with a mark at its end."""
    return line if _ENDED.search(line) else line + "。"


def _once(row: Row) -> list[tuple[int, Cell]]:
    """The cells with text and the columns where they begin."""
    found: list[tuple[int, Cell]] = []
    for column, cell in enumerate(row):
        if cell and cell.text and not any(cell is other for _, other in found):
            found.append((column, cell))
    return found


def _wide(row: Row) -> bool:
    """Whether a row is one cell over several columns."""
    return sum(1 for cell in row if cell and cell.text) > 1


def _labelled(cells: list[tuple[int, Cell]], labels: list[str]) -> Iterator[str]:
    """`label：text`; texts of neighbours under one label are joined."""
    previous = ""
    parts: list[str] = []
    for column, cell in cells:
        label = labels[column] if column < len(labels) else ""
        if parts and label and label == previous:
            parts[-1] += f"、{cell.text}"
        else:
            parts.append(f"{label}：{cell.text}" if label else cell.text)
        previous = label
    return iter(parts)


def _header(rows: Sequence[Row]) -> int:
    """The number of the row that names the columns, -1 if there is none: short labels, no names, rows below."""
    for number, row in enumerate(rows[:_HEADER_ROWS]):
        cells = [cell for _, cell in _once(row)]
        if len(cells) > 1:
            return number if number + 1 < len(rows) and all(map(_label, cells)) else -1
    return -1


def _label(cell: Cell) -> bool:
    text = cell.text
    if cell.number or len(text) > _LABEL or _SENTENCE.search(text) or text.replace(".", "").isdigit():
        return False
    return not _NAME.search(text) or bool(_NAMELESS.search(text))
