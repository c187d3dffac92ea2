"""Networks and their measures as files for other programs, and as pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.files import replacing
from graph.errors import InputError
from graph.exchange import TABLES, files
from graph.network import Network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 60
"""So many parks, the first ones, are drawn of a longer ranking."""

FEW = 20
"""So many industries, those with most ties, are drawn of a larger mixing matrix."""


def write_network(net: Network, report: Mapping[str, Any] | None, form: str, output: Path) -> list[Path]:
    """The files written: `output` itself, or those of tables in the folder `output`, which is made if need be.

    Raises:
        InputError: an unknown form, a library that is missing, or a place that cannot be written.
    """
    contents = files(net, report, form)
    if form in TABLES:
        _folder(output)
    paths = []
    for name, content in contents.items():
        path = output / name if name else output
        with replacing(path) as file:
            file.buffer.write(content)
        paths.append(path)
    return paths


def draw_report(report: Mapping[str, Any], folder: Path) -> tuple[list[Path], list[str]]:
    """Pictures of a report in a folder, as SVG: chemistry against size, the mixing of industries, coverage.

    Returns the files written, and a sentence for each picture that cannot be drawn.
    """
    from graph import plot

    _folder(folder)
    pictures: Mapping[str, Callable[[], Figure]] = {
        "chemistry": lambda: plot.chemistry_against_size(_chemistry(report)),
        "mixing": lambda: plot.mixing_matrix(*_mixing(report)),
        "coverage": lambda: _coverage(report),
    }
    written, missing = [], []
    for name, draw in pictures.items():
        try:
            figure = draw()
        except InputError as error:
            missing.append(f"{name}: {error}")
            continue
        written.append(folder / f"{name}.svg")
        plot.save(figure, written[-1])
    return written, missing


def draw_ranking(made: Mapping[str, Any], folder: Path) -> list[Path]:
    """Pictures of an index of parks in a folder, as SVG: the ranks with their intervals, a hexagon of each ranked park
    that stands on a track. Returns the files written."""
    from graph import plot

    _folder(folder)
    ranked = made["ranked"]
    written = []
    if ranked:
        written.append(folder / "ranks.svg")
        plot.save(plot.rank_intervals(ranked[:MOST], title="Ranks, with nine of ten under other choices"), written[-1])
    for row in ranked[:MOST]:
        if any(one["percentile"] is not None for one in row["axes"]):
            written.append(folder / f"hexagon-{row['rank']:02d}-{row['id']}.svg")
            _hexagon(row, written[-1])
    return written


def draw_hexagon(row: Mapping[str, Any], folder: Path) -> str:
    """The hexagon of a row of the index in a folder, as SVG; in words what was written, or why nothing was."""
    if not any(one["percentile"] is not None for one in row["axes"]):
        return f"not drawn: no firm of {row['park']} stands on a track"
    _folder(folder)
    path = folder / f"hexagon-{row['id']}.svg"
    _hexagon(row, path)
    return f"written: {path}"


def _hexagon(row: Mapping[str, Any], path: Path) -> None:
    from graph import plot

    axes = [{**one, "track": one["name"], "value": one["percentile"]} for one in row["axes"]]
    plot.save(plot.hexagon(axes, title=row["park"]), path)


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: no folder can be made there ({error.strerror}); choose another") from error


def _chemistry(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    nothing: Mapping[str, Any] = {"value": None, "lo": None, "hi": None}
    rows = []
    for park, told in report["parks"].items():
        slr = told.get("slr", nothing)
        row = {"park": park, "firms": told["firms"]["value"], "slr": slr["value"], "lo": slr["lo"], "hi": slr["hi"]}
        rows.append({**row, "verdict": told.get("verdict", nothing)["value"]})
    return rows


def _mixing(report: Mapping[str, Any]) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Ties between industries and those expected, of the industries with most ties."""
    told = report["network"]["mixing_matrix"]
    if told["value"] is None:
        raise InputError(told["reason"])
    ties: dict[str, float] = {}
    for first, row in told["value"].items():
        for second, count in row.items():
            ties[first] = ties.get(first, 0) + count
            ties[second] = ties.get(second, 0) + count
    kept = set(sorted(ties, key=lambda name: (-ties[name], name))[:FEW])
    observed, expected = (
        {a: {b: n for b, n in row.items() if b in kept} for a, row in table.items() if a in kept}
        for table in (told["value"], told["null"])
    )
    return observed, expected


def _coverage(report: Mapping[str, Any]) -> Figure:
    from graph import plot

    rows = [
        {"park": park, "coverage": told["tie_coverage"]["value"], "n": told["tie_coverage"]["n"]}
        for park, told in report["parks"].items()
        if told["tie_coverage"]["value"] is not None
    ]
    if len(rows) <= plot.ROWS:
        return plot.coverage(rows)
    most = sorted(rows, key=lambda row: (-row["n"], row["park"]))[: plot.ROWS]
    return plot.coverage(most, f"Coverage of ties: the {plot.ROWS} of {len(rows)} parks with most sightings")
