"""How the rows of an answer look in a terminal, by what was asked: tables where numbers stand beside each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

Data = Mapping[str, Any]
Rows = Sequence[Data]
Shown = list[RenderableType]

SHOWN = 12


def reply(answer: Data) -> Shown | None:
    """What to print for the rows of an answer; None where plain rows say it best."""
    rows, query = answer["rows"], answer["query"]
    if not rows:
        return None
    made = next((shape for fits, shape in SHAPES if fits(query, rows[0])), None)
    return made(rows) if made else None


def beside(answer: Data) -> Shown:
    """What stands apart from the rows: parks that merely hold both fields."""
    both = answer["coverage"].get("both_present_no_tie") or ()
    if not both:
        return []
    table = _table("both present, no tie observed", "firms of the first", "of the second", "pairs", "expected ties")
    for row in both[:SHOWN]:
        table.add_row(row["park"], str(row["firms_a"]), str(row["firms_b"]), str(row["pairs"]), number(row["expected"]))
    return [table, *_more(both)]


# ---- numbers in words -----------------------------------------------------------------------------------------------


def number(value: Any, digits: int = 2) -> str:
    """A number as one reads it: whole ones whole, others to some digits; – where there is none.

    >>> number(3), number(0.04567), number(12.0), number(None), number(True)
    ('3', '0.05', '12', '–', 'yes')
    """
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if value.is_integer() else f"{value:.{digits}f}"


def ranged(row: Data | None, value: str = "value") -> str:
    """A value with its interval, or the reason why it has none."""
    if row is None or row.get(value) is None:
        return "–"
    if row.get("lo") is None or row.get("hi") is None:
        return number(row[value])
    return f"{number(row[value])} [{number(row['lo'])}, {number(row['hi'])}]"


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _more(rows: Sequence[Any], shown: int = SHOWN) -> Shown:
    left = len(rows) - shown
    return [Text(f"… and {left} more (--json shows all)", "dim")] if left > 0 else []


# ---- by what was asked ----------------------------------------------------------------------------------------------


def _chemistry(rows: Rows) -> Shown:
    ranked = [row for row in rows if row["rank"] is not None]
    others = [row for row in rows if row["rank"] is None]
    shown: Shown = []
    if ranked:
        table = _table("rank", "band", "park", "shrunk SLR [95%]", "R0 [95%]", "verdict", "O", "E", "firms")
        for row in ranked[:SHOWN]:
            band = "–".join(dict.fromkeys(map(str, row["band"])))
            r0 = row["r0"] or {}
            verdict = f"{row['verdict']} {row['verdict_en']}"
            place = ranged(r0) if r0.get("value") is not None else f"– ({r0.get('reason')})"
            counts = (number(row["observed"]), number(row["expected"], 1), number(row["firms"]))
            table.add_row(str(row["rank"]), band, row["park"], ranged(row, "eb"), place, verdict, *counts)
        shown += [table, *_more(ranked)]
    if others:
        table = _table(f"not ranked ({len(others)})", "firms", "ties inside", "expected", "why")
        for row in others[:SHOWN]:
            counts = (number(row["firms"]), number(row["observed"]), number(row["expected"], 1))
            table.add_row(row["park"], *counts, f"{row['verdict']}: {row['reason']}")
        shown += [table, *_more(others)]
    return shown


def _index(rows: Rows) -> Shown:
    table = _table("rank", "interval", "park", "score", "P(top 10)", "chemistry", "stage")
    for row in rows[:SHOWN]:
        interval = f"{row['rank_low']}–{row['rank_high']}" if row["rank_low"] else "–"
        cells = (number(row["score"], 1), number(row["p_top10"]), number(row["verdict"]), number(row["stage"]))
        table.add_row(number(row["rank"]), interval, row["park"], *cells)
    reasons = [Text(f"{row['park']} is not ranked: {row['reason']}", "dim") for row in rows if row["reason"]]
    return [table, *_more(rows), *reasons[:SHOWN]]


def _sure(rows: Rows) -> Shown:
    whole = [row for row in rows if "factors" in row]
    parks = [row for row in rows if "rank_low" in row]
    shown: Shown = []
    table = _table("rank", "interval (9 of 10)", "P(top 10)", "park", "its rank is moved most by (S_T)")
    for row in parks[:SHOWN]:
        interval = f"{row['rank_low']}–{row['rank_high']}" if row["rank_low"] else "–"
        moved = ", ".join(f"{one['factor']} {number(one['total'])}" for one in row.get("moved_by") or ())
        table.add_row(
            number(row["rank"]), interval, number(row["p_top10"]), row["park"], moved or "nothing that was varied"
        )
    shown += [table, *_more(parks)]
    for row in whole:
        shown.append(Text(f"mean shift of ranks over {row['runs']} runs: {number(row['mean_shift'])}"))
        table = _table("choice", "alone (S_1)", "with others (S_T) [95%]")
        for one in row["factors"]:
            bounds = {"value": one["total"], "lo": one["total_lo"], "hi": one["total_hi"]}
            table.add_row(one["factor"], number(one["first"]), ranged(bounds))
        shown.append(table)
        out = ", ".join(f"{code} {number(shift)}" for code, shift in list(row["left_out"].items())[:8])
        shown.append(Text(f"mean shift without: {out}", "dim"))
    return shown


def _hexagon(rows: Rows) -> Shown:
    shown: Shown = [Text("what documents say", "bold")]
    said = [row for row in rows if row["layer"] == "said in a document"]
    for row in said:
        shown.append(Text(f"  “{row['sentence']}”"))
        shown.append(Text(f"    {row['title'] or row['document']}, characters {row['start']}–{row['end']}", "dim"))
    if not said:
        shown.append(Text("  nothing was found", "dim"))
    for row in rows:
        if row["layer"] != "measured here":
            continue
        near = {None: "cannot be said", True: "near a hexagon", False: "not near a hexagon"}[row["near_hexagon"]]
        shown.append(Text("what is measured here", "bold"))
        shown.append(
            f"  {row['park']}: {near}; evenness J {number(row['evenness']['value'])}, "
            f"smallest percentile {number(row['least_percentile'], 0)}"
        )
        table = _table("axis", "edition", "status", "firms", "chain complete", "percentile")
        for axis in row["axes"]:
            complete, place = number(axis["completeness"]), number(axis["percentile"], 0)
            table.add_row(axis["name"], axis["edition"], axis["status"], str(axis["firms"]), complete, place)
        shown.append(table)
    return shown


def _stage(rows: Rows) -> Shown:
    shown: Shown = []
    for row in rows:
        chances = ", ".join(f"P({stage}) {number(share)}" for stage, share in (row["chances"] or {}).items())
        shown.append(Text(f"{row['park']}: stage {row['stage']}", "bold"))
        known = f"{row['firms_with_industry']} of {row['firms']} firms have a known industry"
        shown.append(f"  {chances or 'no chances: too little is known'}; {known}")
        table = _table("stage", "condition", "value [95%]", "n", "asked", "state", "P")
        for one in row["conditions"]:
            cells = (ranged(one), str(one["n"]), one["threshold"], one["state"], number(one["chance"]))
            table.add_row(one["stage"], one["name"], *cells)
        shown.append(table)
    return shown


def _service(rows: Rows) -> Shown:
    table = _table("park", "firms", "SLR^v", "SLR^h", "SC_v", "SC_h", "balance", "reading")
    names = ("slr_vertical", "slr_horizontal", "supply_coverage", "service_coverage", "balance")
    for row in rows[:SHOWN]:
        table.add_row(row["park"], str(row["firms"]), *(ranged(row[name]) for name in names), row["reading"])
    shown: Shown = [table, *_more(rows)]
    if len(rows) == 1:
        (row,) = rows
        reasons = {row[name]["reason"]: name for name in names if row[name]["reason"]}
        shown += [Text(f"undefined ({name}): {reason}", "dim") for reason, name in reasons.items()]
        shown.append(f"compared with: {', '.join(row['compared_with']) or 'no like park'}")
        holes = _table("hole", "division", "service firms here", "of the like parks with it")
        for hole in row["holes"]:
            holes.add_row(hole["code"], hole["name"], str(hole["firms"]), str(hole["like_parks_with_it"]))
        shown.append(holes)
    return shown


def _wiring(rows: Rows) -> Shown:
    table = _table("measure", "of", "value", "chance: mean ± sd", "z", "p", "swaps", "seed")
    for row in rows:
        null = f"{number(row['null_mean'], 3)} ± {number(row['null_sd'], 3)}"
        cells = (
            number(row["value"], 3),
            null,
            number(row["z"]),
            number(row["p"], 3),
            str(row["swaps"]),
            str(row["seed"]),
        )
        table.add_row(row["name"].replace("_", " "), row["ties_counted"], *cells)
    first = rows[0]
    giant = number(first["giant_component_share"])
    size = f"n {first['firms']}, {first['ties']} ties, largest component {giant} of the firms"
    why = dict.fromkeys(row["reason"] for row in rows if row["reason"])
    return [table, Text(f"{size}; {first['draws']} wirings", "dim"), *(Text(f"undefined: {one}", "dim") for one in why)]


def _place(rows: Rows) -> Shown:
    table = _table("", "ties inside", "by lot", "R0 [95%]", "lots within, or why undefined")
    for row in rows[:SHOWN]:
        levels = row.get("level") or ", ".join(f"{name} ({n})" for name, n in (row.get("levels") or {}).items())
        cells = (number(row["observed"]), number(row["expected"]), ranged(row, "r0"), row["reason"] or levels or "")
        table.add_row(row["name"], *cells)
    return [table, *_more(rows)]


def _compare(rows: Rows) -> Shown:
    table = _table("", *(row.get("park") or row["name"] for row in rows))
    if "measures" not in rows[0]:
        table.add_row("ties", *(str(row["ties"]) for row in rows))
        table.add_row("documents", *(str(row["documents"]) for row in rows))
        table.add_row("partners", *(", ".join(row["partners"][:SHOWN]) for row in rows))
        return [table]
    ranks = [
        f"{row['rank']} ({row['rank_interval'][0]}–{row['rank_interval'][1]})"
        if row["rank_interval"]
        else number(row["rank"])
        for row in rows
    ]
    table.add_row("rank in the index", *ranks)
    for name in rows[0]["measures"]:
        table.add_row(name.replace("_", " "), *(ranged(row["measures"][name]) for row in rows))
    return [table]


def _path(rows: Rows) -> Shown:
    shown: Shown = []
    for row in rows:
        shown.append(Text(f"• {row['name']}", "bold"))
        for step in row["steps"]:
            what = ", ".join(step["kinds"]) or step["relation"]
            when = f", {step['since']}" if step["since"] else ""
            shown.append(f"  {step['from']} → {step['to']}: {what}{when}")
            shown += [line for piece in step["evidence"] for line in _quote(piece)]
    return shown


def _quote(piece: Data) -> Shown:
    where = piece.get("title") or piece.get("document")
    return [
        Text(f"    “{piece.get('sentence') or piece['quote']}”"),
        Text(f"      {where}, characters {piece['start']}–{piece['end']}  [{piece['id']}]", "dim"),
    ]


def _trend(rows: Rows) -> Shown:
    came = "firms_came" in rows[0]
    table = _table("year", "ties begun", "so far", "documents", *(("firms that came",) if came else ()))
    for row in rows:
        cells = [row["name"], str(row["ties"]), str(row["ties_so_far"]), str(row["documents"])]
        table.add_row(*cells, *((str(row["firms_came"]),) if came else ()))
    return [table]


def _count(rows: Rows) -> Shown:
    (row,) = rows
    names = ", ".join(row["names"])
    rest = f" … {row['count'] - len(row['names'])} more" if row["count"] > len(row["names"]) else ""
    return [Text(f"{row['count']} {row['of']}", "bold"), *([f"  {names}{rest}"] if names else [])]


def _names(rows: Rows) -> Shown:
    """Names without anything to say of them, in one line."""
    names = [str(row.get("park") or row["name"]) for row in rows]
    return [", ".join(names[: 3 * SHOWN]), *_more(names, 3 * SHOWN)]


Fits = Callable[[Data, Data], bool]

SHAPES: Sequence[tuple[Fits, Callable[[Rows], Shown]]] = (
    (lambda query, row: query["intent"] == "count" and "count" in row, _count),
    (lambda query, row: query["intent"] == "path", _path),
    (lambda query, row: query["intent"] == "trend", _trend),
    (lambda query, row: query["intent"] == "compare", _compare),
    (lambda query, row: "ties_counted" in row, _wiring),
    (lambda query, row: query["intent"] == "connectivity" and "expected" in row, _place),
    (lambda query, row: query["aspect"] == "service" and "holes" in row, _service),
    (lambda query, row: query["aspect"] == "stage" and "conditions" in row, _stage),
    (lambda query, row: query["aspect"] == "hexagon" and "layer" in row, _hexagon),
    (lambda query, row: query["aspect"] == "sure" and ("factors" in row or "rank_low" in row), _sure),
    (lambda query, row: "verdict_en" in row, _chemistry),
    (lambda query, row: "rank_low" in row and "score" in row, _index),
    (lambda query, row: query["negative"] and row.get("observed") is False, _names),
)
"""Which rows look how, by the first that fits the query and the first row."""
