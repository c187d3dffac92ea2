"""Industry chains: which step feeds which, and which industries stand on a step.

A `Chain` is a directed graph without cycles. Its steps are those of a track (written by hand, in TOML), or the
industries of a table themselves (CSV with the columns upstream and downstream). Both say the same to the measures: of
two industries, does one feed the other?

    industries ──(steps_of)── steps ──(feeds)── steps

The chains of the default edition are tables of `ingest`; this package is handed them.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graph.errors import InputError
from graph.industry import UNKNOWN, Class
from graph.network import BoolArray, IntArray, Network

COLUMNS = ("upstream", "downstream")
"""The columns that a chain in CSV must have."""

_CODE = re.compile(r"[A-T]\d{0,4}")
_HEAD = {"track": str, "step": list}
_STEP = {
    "id": str,
    "name_zh": str,
    "name_en": str,
    "criticality": (int, float),
    "synonyms": list,
    "industries": list,
    "feeds": list,
    "sources": list,
}
_NEEDED = ("id", "name_zh", "name_en", "criticality", "industries", "sources")
_NO = frozenset({"", "0", "no", "false", "否", "非"})


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a chain. `industries` are names of concepts, or codes of GB/T 4754 with all that begins like them.

    `criticality` says how much the chain hangs on it: 1 nothing runs without it and few can make it, 0 anyone can.
    """

    id: str
    name_zh: str
    name_en: str = ""
    criticality: float = 1.0
    synonyms: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chain:
    """The steps of a track and which feeds which; refused if they make no directed graph without cycles.

    >>> cell, pack, car = Step("cell", "电芯"), Step("pack", "电池包"), Step("car", "整车")
    >>> chain = Chain("ev", (cell, pack, car), (("cell", "pack"), ("pack", "car")))
    >>> chain.feeding.astype(int).tolist()
    [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    >>> Chain("ev", (cell, pack), (("cell", "pack"), ("pack", "cell"), ("pack", "car")))
    Traceback (most recent call last):
    graph.errors.InputError: chain 'ev': 'pack' feeds 'car', which is no step of it; a cycle: cell -> pack -> cell
    """

    track: str
    steps: tuple[Step, ...]
    feeds: tuple[tuple[str, str], ...] = ()  # (upstream, downstream), ids of steps

    def __post_init__(self) -> None:
        wrong = [*_wrong_steps(self.steps), *_wrong_feeds(self.steps, self.feeds)]
        if wrong:
            raise InputError(f"chain {self.track!r}: {'; '.join(wrong)}")

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The place of each step in `steps`, by id."""
        return {step.id: index for index, step in enumerate(self.steps)}

    @cached_property
    def feeding(self) -> BoolArray:
        """(steps, steps): whether the step of the row feeds that of the column."""
        matrix = np.zeros((len(self.steps), len(self.steps)), dtype=np.bool_)
        for up, down in self.feeds:
            matrix[self.number[up], self.number[down]] = True
        return matrix

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The steps by number, every one after all that feed it; of several that may come next the first listed."""
        return _order(len(self.steps), [(self.number[up], self.number[down]) for up, down in self.feeds])

    def steps_of(self, label: str, place: Class = UNKNOWN) -> tuple[str, ...]:
        """The ids of the steps on which an industry stands, in the order of `steps`; often none.

        The nearest answer counts alone: the name itself; its concept; the broader concepts, nearest first; the
        longest code that its code begins with.

        >>> gears = Step("gears", "传动", industries=("减速器", "C3453"))
        >>> chain = Chain("robots", (gears, Step("robot", "整机", industries=("机器人",))), (("gears", "robot"),))
        >>> chain.steps_of("RV减速器", Class("RV减速器", "C3453", broader=("减速器", "机械")))
        ('gears',)
        >>> chain.steps_of("人形机器人", Class("人形机器人", "C349", broader=("机器人",))), chain.steps_of("酒店")
        (('robot',), ())
        """
        for key in (label, place.concept, *place.broader):
            if found := self._names.get(_folded(key)):
                return found
        for size in range(len(place.code), 0, -1):
            if found := self._codes.get(place.code[:size]):
                return found
        return ()

    @cached_property
    def _names(self) -> Mapping[str, tuple[str, ...]]:
        rows = [
            (_folded(name), step.id)
            for step in self.steps
            for name in (step.name_zh, step.name_en, *step.synonyms, *step.industries)
            if name
        ]
        return _gathered(rows)

    @cached_property
    def _codes(self) -> Mapping[str, tuple[str, ...]]:
        return _gathered((one, step.id) for step in self.steps for one in step.industries if _CODE.fullmatch(one))


def from_toml(text: str, where: str) -> Chain:
    """The chain of a text in TOML; `where` names it in messages.

    Raises:
        InputError: it is no TOML, lacks a key, has an unknown one or one of the wrong type, a criticality outside
            0..1, an id twice, a feed to no step, or a cycle. One message names all of these.

    >>> from_toml('track = "ev"\\n[[step]]\\nid = "cell"\\nname_zh = "电芯"\\nindustires = []', "ev.toml")
    Traceback (most recent call last):
    graph.errors.InputError: ev.toml: step 'cell': unknown key 'industires'; step 'cell': missing name_en, \
criticality, industries, sources
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where}: is no TOML ({error})") from error
    wrong = _wrong_keys("the file", table, _HEAD, ("track", "step"))
    rows = [row for row in table.get("step", ()) if isinstance(row, dict)] if not wrong else []
    for number, row in enumerate(rows, start=1):
        wrong += _wrong_keys(f"step {row.get('id', number)!r}", row, _STEP, _NEEDED)
    if wrong:
        raise InputError(f"{where}: {'; '.join(wrong)}")
    feeds = tuple((row["id"], down) for row in rows for down in row.get("feeds", ()))
    try:
        return Chain(table["track"], tuple(_step(row) for row in rows), feeds)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error


def from_csv(text: str, where: str) -> Chain:
    """The chain of a table with the columns upstream and downstream: every industry in it is a step of its own.

    Industries are written as the table of firms writes them. Repeated rows count once.

    Raises:
        InputError: a column is missing, a cell is empty, an industry feeds itself, or there is a cycle. One message
            names all of these with their rows (the header is row 1).

    >>> chain = from_csv("upstream,downstream\\n电芯,电池包\\n电池包,整车\\n", "CHAIN.csv")
    >>> [step.id for step in chain.steps], chain.feeds
    (['整车', '电池包', '电芯'], (('电池包', '整车'), ('电芯', '电池包')))
    """
    rows = _rows(text, where)
    wrong = [
        f"row {number}, column {column}: empty"
        for number, ends in rows
        for column, end in zip(COLUMNS, ends, strict=True)
        if not end
    ]
    if wrong:
        raise InputError(f"{where}: {'; '.join(wrong)}; a row needs both industries")
    industries = sorted({end for _, ends in rows for end in ends})
    steps = tuple(Step(name, name, industries=(name,), sources=(where,)) for name in industries)
    try:
        return Chain("", steps, tuple(sorted({ends for _, ends in rows})))
    except InputError as error:
        raise InputError(f"{where}: {str(error).partition(': ')[2]}") from error


def places(net: Network) -> list[Class]:
    """What is known of each industry of a `classed` network; `UNKNOWN` for all of another one."""
    found = [UNKNOWN] * len(net.industries)
    if "concept" not in net.columns:
        return found
    firms, first = _first_firms(net)
    column = {name: net.columns.get(name) for name in ("concept", "class", "service", "track", "broader")}
    for firm, industry in zip(firms.tolist(), first.tolist(), strict=True):
        row = {name: values[firm] if values else "" for name, values in column.items()}
        above = tuple(one for one in row["broader"].split(";") if one)
        found[industry] = Class(row["concept"], row["class"], row["service"], row["track"], above)
    return found


def standing(net: Network, chain: Chain) -> BoolArray:
    """(industries, steps): whether an industry of the network stands on a step of the chain.

    >>> from graph.network import Firm, Network
    >>> net = Network.of([Firm("a", {}, "电芯"), Firm("b", {}, "酒店")])
    >>> standing(net, from_csv("upstream,downstream\\n电芯,整车", "")).tolist()  # steps 整车, 电芯
    [[False, True], [False, False]]
    """
    matrix = np.zeros((len(net.industries), len(chain.steps)), dtype=np.bool_)
    for industry, (name, place) in enumerate(zip(net.industries, places(net), strict=True)):
        for step in chain.steps_of(net.names.get(name, name), place):
            matrix[industry, chain.number[step]] = True
    return matrix


def adjacency(net: Network, chains: Iterable[Chain]) -> BoolArray:
    """(industries, industries): whether the industry of the row feeds that of the column in one of the chains.

    Directed from upstream to downstream; two industries are chain-adjacent if it holds in either direction. An
    industry that stands on two steps of which one feeds the other feeds itself.

    >>> from graph.network import Firm, Network
    >>> net = Network.of([Firm("a", {}, "整车"), Firm("b", {}, "电芯")])
    >>> adjacency(net, [from_csv("upstream,downstream\\n电芯,整车", "")]).astype(int).tolist()
    [[0, 0], [1, 0]]
    """
    found = np.zeros((len(net.industries), len(net.industries)), dtype=np.bool_)
    for chain in chains:
        on = standing(net, chain).astype(np.int64)
        found |= (on @ chain.feeding @ on.T) > 0
    return found


def service(net: Network) -> BoolArray:
    """(industries,): which are producer services, by the column `service` of the firms.

    The column comes from `classed` or from the table itself; "", 0, no, false and 否 say no, anything else yes. Where
    firms of one industry differ, more than half of them must say yes. All False without the column.

    >>> from graph.industry import classed
    >>> from graph.network import Firm, Network
    >>> net = Network.of([Firm("a", {}, "电芯"), Firm("b", {}, "货代")])
    >>> table = {"货代": Class("货代", service="02")}
    >>> net.industries, service(classed(net, lambda name: table.get(name, UNKNOWN))).tolist()
    (('电芯', '货代'), [False, True])
    """
    size = len(net.industries)
    column = net.columns.get("service")
    if column is None or not size:
        return np.zeros(size, dtype=np.bool_)
    says = np.array([cell.strip().casefold() not in _NO for cell in column], dtype=np.float64)
    known = net.industry >= 0
    firms = np.bincount(net.industry[known], minlength=size)
    yes = np.bincount(net.industry[known], weights=says[known], minlength=size)
    return np.asarray(2 * yes > firms)


def _first_firms(net: Network) -> tuple[IntArray, IntArray]:
    """One firm of each industry that has any, and the industry."""
    industries, firms = np.unique(net.industry, return_index=True)
    known = industries >= 0
    return firms[known], industries[known]


def _rows(text: str, where: str) -> list[tuple[int, tuple[str, str]]]:
    header = text.split("\n", 1)[0]
    separator = max(",;\t", key=header.count)  # the first of equals: a comma
    lines = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text), delimiter=separator)]
    columns = lines[0] if lines else []
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise InputError(
            f"{where}, row 1: missing column {' and '.join(missing)}; found {', '.join(columns) or 'none'}"
        )
    up, down = (columns.index(name) for name in COLUMNS)
    return [
        (number, (_cell(line, up), _cell(line, down))) for number, line in enumerate(lines[1:], start=2) if any(line)
    ]


def _cell(line: Sequence[str], column: int) -> str:
    return line[column] if column < len(line) else ""


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        row["id"],
        row["name_zh"],
        row["name_en"],
        float(row["criticality"]),
        tuple(row.get("synonyms", ())),
        tuple(row["industries"]),
        tuple(row["sources"]),
    )


def _wrong_keys(what: str, row: Mapping[str, Any], known: Mapping[str, Any], needed: Sequence[str]) -> list[str]:
    wrong = [f"{what}: unknown key {key!r}" for key in row if key not in known]
    missing = [key for key in needed if key not in row]
    if missing:
        wrong.append(f"{what}: missing {', '.join(missing)}")
    for key, kind in known.items():
        if key in row and (not isinstance(row[key], kind) or isinstance(row[key], bool)):
            wrong.append(f"{what}: {key} is {row[key]!r}, not of the right type")
        elif key in row and kind is list and key != "step" and not all(isinstance(one, str) for one in row[key]):
            wrong.append(f"{what}: {key} must list words")
    return wrong


def _wrong_steps(steps: Sequence[Step]) -> list[str]:
    times = Counter(step.id for step in steps)
    wrong = [f"two steps are called {name!r}" for name, count in times.items() if count > 1]
    wrong += ["a step has no id" for step in steps if not step.id]
    wrong += [
        f"step {step.id!r}: criticality {step.criticality} is not within 0 and 1"
        for step in steps
        if not 0 <= step.criticality <= 1
    ]
    return wrong if steps else ["no steps"]


def _wrong_feeds(steps: Sequence[Step], feeds: Sequence[tuple[str, str]]) -> list[str]:
    number = {step.id: index for index, step in enumerate(steps)}
    wrong = [
        f"{up!r} feeds {down!r}, which is no step of it" if up in number else f"{up!r} feeds but is no step of it"
        for up, down in feeds
        if up not in number or down not in number
    ]
    edges = [(number[up], number[down]) for up, down in feeds if up in number and down in number]
    left = set(range(len(steps))) - set(_order(len(steps), edges))
    if left:
        wrong.append(f"a cycle: {' -> '.join(steps[index].id for index in _cycle(edges, left))}")
    return wrong


def _order(size: int, edges: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The nodes of a directed graph after all that lead to them (Kahn); those on or behind a cycle are left out."""
    distinct = set(edges)
    waiting = Counter(down for _, down in distinct)
    found: list[int] = []
    left = list(range(size))
    while ready := [node for node in left if not waiting[node]]:
        found.append(ready[0])
        left.remove(ready[0])
        waiting.subtract(down for up, down in distinct if up == ready[0])
    return tuple(found)


def _cycle(edges: Sequence[tuple[int, int]], left: set[int]) -> list[int]:
    """One cycle among nodes that `_order` left out: each of them has one before it that was left out too."""
    before = {down: up for up, down in sorted(edges, reverse=True) if up in left and down in left}
    walk = [min(left)]
    while before[walk[-1]] not in walk:
        walk.append(before[walk[-1]])
    cycle = walk[walk.index(before[walk[-1]]) :][::-1]
    first = cycle.index(min(cycle))
    return [*cycle[first:], *cycle[:first], cycle[first]]


def _folded(name: str) -> str:
    return name.strip().casefold()


def _gathered(rows: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, step in rows:
        steps = found.setdefault(key, [])
        if step not in steps:
            steps.append(step)
    return {key: tuple(steps) for key, steps in found.items()}
