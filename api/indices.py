"""Indices of tables: from files to a report, and back from a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from api.files import replacing
from graph.errors import InputError
from graph.index.choices import Choices, Weights, parse_choices, read_choices
from graph.index.compare import compare
from graph.index.framework import Framework
from graph.index.keys import tables_of
from graph.index.report import as_json, read_run, replay, replay_of, report, run_of
from graph.index.robustness import Asked
from graph.index.run import Result, build, freeze
from graph.index.schemes import budget_weights
from graph.index.sheet import Sheet, read_sheet, sheet_of
from graph.index.table import Table, index_of, read_index
from graph.index.variation import read_variation, variation_of

CELLS = 50_000
"""Values of a table that is sent over HTTP."""

WORK = 5_000_000
"""Draws times values that are computed while somebody waits: some seconds."""

T = TypeVar("T")


def make_index(
    data: Path,
    framework: Path,
    recipe: Path | None,
    group: str,
    edition: Path | None,
    removal: bool,
    out: Path | None,
    *,
    weights: str = "",
    asked: Asked | None = None,
    earlier: Path | None = None,
) -> dict[str, Any]:
    """The report of the index of two files; also written to `out`.

    Args:
        weights: a scheme in place of the recipe's, or the path of a table of experts' points (`.csv`).
        asked: what else is to be told.
        earlier: a run to compare with; the comparison is no part of what is written to `out`.

    Raises:
        InputError: as `read_index`, `read_choices`, `build` and `answers`; a recipe beside an edition.
    """
    if edition is not None and recipe is not None:
        raise InputError("--edition brings the recipe of its run; leave --recipe out")
    frozen = read_run(edition) if edition is not None else None
    choices = _choices(read_choices(recipe) if recipe is not None else None, group, frozen)
    table, tree = read_index(data, framework)
    points = read_sheet(Path(weights)) if weights.lower().endswith(".csv") else None
    done = build(table, tree, _weighed(choices, "" if points else weights, points, tree))
    told = report(done, removed=removal, asked=asked)
    if out is not None:
        with replacing(out) as file:
            file.write(as_json(told))
    return _beside(told, done, read_run(earlier) if earlier is not None else None)


@dataclass(frozen=True, slots=True)
class Texts:
    """The same as texts: CSV and TOML as the files hold them, runs as JSON objects; "" and None where not given."""

    data: str
    framework: str
    recipe: str = ""
    group: str = ""
    edition: Mapping[str, Any] | None = None
    weights: str = ""  # a scheme
    points: str = ""  # a table of experts' points
    vary: str = ""
    earlier: Mapping[str, Any] | None = None


def index_of_texts(given: Texts, asked: Asked, removal: bool = False) -> dict[str, Any]:
    """The report of an index whose table comes in a request.

    Raises:
        InputError: as `make_index`; more cells, or draws of them, than are computed while somebody waits.
    """
    frozen = _sound(run_of, given.edition, "edition")
    choices = _choices(parse_choices(given.recipe) if given.recipe.strip() else None, given.group, frozen)
    table, tree = index_of(sheet_of(given.data, "data"), sheet_of(given.framework, "framework"))
    _small(table, asked)
    if given.points and given.weights:
        raise InputError("points are weights already; leave weights out")
    points = sheet_of(given.points, "points") if given.points else None
    if given.vary.strip():
        asked = replace(asked, variation=variation_of(tables_of(given.vary, "vary"), "vary"))
    done = build(table, tree, _weighed(choices, given.weights, points, tree))
    return _beside(report(done, removed=removal, asked=asked), done, _sound(run_of, given.earlier, "earlier"))


def replay_of_run(run: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """What a run of a request gives when made again, and whether that is what it says. Raises InputError."""
    told = {name: value for name, value in run.items() if name != "comparison"}
    _sound(_bounded, told, "run")
    text, same = _sound(replay_of, told, "run") or ("null", False)
    return json.loads(text), same


def _bounded(run: Mapping[str, Any], where: str) -> bool:
    _small(run_of(run, where).table, Asked.read(run))
    return True


def _small(table: Table, asked: Asked) -> None:
    cells = max(1, table.values.size)
    if table.values.size > CELLS:
        raise InputError(f"data: {table.values.size:,} cells; at most {CELLS:,} over HTTP, `parkbond index` takes more")
    draws = asked.draws + asked.base * (table.values.shape[1] + 2)
    if draws * cells > WORK:
        raise InputError(
            f"{draws:,} draws of {cells:,} cells take too long over HTTP; ask for at most {WORK // cells:,}, or use "
            "`parkbond index`"
        )


def _sound(read: Callable[[Mapping[str, Any], str], T], run: Mapping[str, Any] | None, where: str) -> T | None:
    """What is read of a run that anybody may have written. Raises InputError."""
    if run is None:
        return None
    try:
        return read(run, where)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise InputError(f"{where}: is no run that this version can make again ({error})"[:300]) from error


def _beside(told: dict[str, Any], done: Result, earlier: Result | None) -> dict[str, Any]:
    return told | ({"comparison": compare(earlier, done).as_dict()} if earlier is not None else {})


def asked_for(coherence: bool, draws: int, base: int, seed: int, vary: Path | None) -> Asked:
    """What a command asks of an index beyond its ranks.

    Raises:
        InputError: a file of what is varied without anything that varies it, or as `read_variation`.
    """
    if vary is not None and not (draws or base):
        raise InputError("--vary says what is varied; add --uncertainty N or --sensitivity N")
    return Asked(coherence, draws, base, seed, read_variation(vary) if vary is not None else None)


def _weighed(choices: Choices, scheme: str, points: Sheet | None, tree: Framework) -> Choices:
    if points is not None:
        return replace(choices, weights=Weights(given=budget_weights(points, tree)))
    return replace(choices, weights=replace(choices.weights, scheme=scheme, levels=())) if scheme else choices


def replay_index(run: Path, out: Path | None) -> tuple[str, bool]:
    """What a run gives when made again, as JSON text, and whether that is what the run says."""
    text, same = replay(run)
    if out is not None:
        with replacing(out) as file:
            file.write(text)
    return text, same


def _choices(recipe: Choices | None, group: str, edition: Result | None) -> Choices:
    if edition is not None and recipe is not None:
        raise InputError("an edition brings the recipe of its run; leave the recipe out")
    choices = freeze(edition) if edition is not None else recipe or Choices()
    return replace(choices, imputation=replace(choices.imputation, group=group)) if group else choices
