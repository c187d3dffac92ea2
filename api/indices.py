"""Indices of tables: from files to a report, and back from a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from api.files import replacing
from graph.errors import InputError
from graph.index.choices import Choices, Weights, read_choices
from graph.index.compare import compare
from graph.index.framework import Framework
from graph.index.report import as_json, read_run, replay, report
from graph.index.robustness import Asked
from graph.index.run import build, freeze
from graph.index.schemes import budget_weights
from graph.index.sheet import read_sheet
from graph.index.table import read_index
from graph.index.variation import read_variation


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
    choices = _choices(recipe, group, edition)
    table, tree = read_index(data, framework)
    done = build(table, tree, _weighed(choices, weights, tree))
    told = report(done, removed=removal, asked=asked)
    if out is not None:
        with replacing(out) as file:
            file.write(as_json(told))
    if earlier is not None:
        told["comparison"] = compare(read_run(earlier), done).as_dict()
    return told


def asked_for(coherence: bool, draws: int, base: int, seed: int, vary: Path | None) -> Asked:
    """What a command asks of an index beyond its ranks.

    Raises:
        InputError: a file of what is varied without anything that varies it, or as `read_variation`.
    """
    if vary is not None and not (draws or base):
        raise InputError("--vary says what is varied; add --uncertainty N or --sensitivity N")
    return Asked(coherence, draws, base, seed, read_variation(vary) if vary is not None else None)


def _weighed(choices: Choices, weights: str, tree: Framework) -> Choices:
    if not weights:
        return choices
    if weights.lower().endswith(".csv"):
        given = budget_weights(read_sheet(Path(weights)), tree)
        return replace(choices, weights=Weights(given=given))
    return replace(choices, weights=replace(choices.weights, scheme=weights, levels=()))


def replay_index(run: Path, out: Path | None) -> tuple[str, bool]:
    """What a run gives when made again, as JSON text, and whether that is what the run says."""
    text, same = replay(run)
    if out is not None:
        with replacing(out) as file:
            file.write(text)
    return text, same


def _choices(recipe: Path | None, group: str, edition: Path | None) -> Choices:
    if edition is not None:
        if recipe is not None:
            raise InputError("--edition brings the recipe of its run; leave --recipe out")
        choices = freeze(read_run(edition))
    else:
        choices = read_choices(recipe) if recipe is not None else Choices()
    return replace(choices, imputation=replace(choices.imputation, group=group)) if group else choices
