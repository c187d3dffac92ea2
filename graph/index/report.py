"""An index as plain data: what it gives, what was done, and all it was made of, so that it can be made again.

hash         of the run, and of its recipe, framework and data
units        best first: unit, rank, scores (by code), flags, reason (why it has no rank)
indicators   code, name, parent, direction, weight, denominator, treatment, missing, imputed, the ends of its scale …
aggregates   code, name, level, parent, weight
removal      where asked for: by code, the mean |rank change| without that element
coherence, uncertainty, sensitivity     where asked for (`graph.index.robustness`)
log          every cell that was imputed or treated: step, unit, code, before, after, how
flags        what a reader should know
recipe       every choice
input        the table and the framework
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from graph.errors import ParkbondError, ReadError
from graph.index.choices import choices_of
from graph.index.framework import Element, Framework
from graph.index.robustness import Asked, answers
from graph.index.run import Result, build, removal
from graph.index.table import Table
from graph.index.treat import kurtosis, skewness
from graph.metrics.value import finite


def report(done: Result, removed: bool = False, asked: Asked | None = None) -> dict[str, Any]:
    """A result as plain JSON values; nothing in it is nan, unknown is None.

    >>> from graph.index.framework import Element
    >>> tree = Framework.of([Element("i", level=2), Element("x", parent="i")])
    >>> told = report(build(Table(("a", "b", "c"), ("x",), np.array([[1.0], [3.0], [3.0]])), tree))
    >>> [(row["rank"], row["unit"], row["scores"], row["flags"]) for row in told["units"]][1:]
    [(1, 'c', {'i': 100.0, 'x': 100.0}, ['shared rank']), (3, 'a', {'i': 0.0, 'x': 0.0}, [])]
    """
    told = {
        "hash": {
            "run": done.hash,
            "recipe": done.choices.hash,
            "framework": done.framework.hash,
            "data": done.table.hash,
        },
        "units": _units(done),
        "indicators": _indicators(done),
        "aggregates": _aggregates(done),
    }
    if removed:
        told["removal"] = {code: finite(moved) for code, moved in removal(done).items()}
    return {
        **told,
        **answers(done, asked or Asked()),
        "log": [entry.as_dict() for entry in done.log],
        "flags": list(done.flags),
        "recipe": done.choices.as_dict(),
        "input": {"data": _data(done.table), "framework": _framework(done.framework)},
    }


def as_json(told: Mapping[str, Any]) -> str:
    """The bytes of a report: equal reports give equal ones."""
    return json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def read_run(path: Path) -> Result:
    """Makes the index of a run again, from the table, framework and recipe that its file holds.

    Raises:
        ReadError: the file is not there, is no run, or what it holds is not what its hash says.
    """
    return run_of(_loaded(path), str(path))


def replay(path: Path) -> tuple[str, bool]:
    """The bytes that the run of a file gives when it is made again, and whether they say what the file says.

    Raises:
        ReadError: as `read_run`.
    """
    return replay_of(_loaded(path), str(path))


def replay_of(told: Mapping[str, Any], where: str) -> tuple[str, bool]:
    """The same of a run that is given. Raises as `read_run`."""
    again = as_json(report(run_of(told, where), removed="removal" in told, asked=Asked.read(told)))
    return again, json.loads(again) == told


def _loaded(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ReadError(str(path), f"no run there ({error.strerror})") from error
    except ValueError as error:
        raise ReadError(str(path), "is no run: no JSON in UTF-8; `parkbond index … --out FILE` writes one") from error
    if not isinstance(told, dict):
        raise ReadError(str(path), "is no run: no JSON object; `parkbond index … --out FILE` writes one")
    return told


def run_of(told: Mapping[str, Any], where: str) -> Result:
    """Makes the index of a run again; `where` names it in errors. Raises ReadError as `read_run`."""
    if not {"hash", "recipe", "input"} <= told.keys():
        raise ReadError(where, "is no run: it lacks hash, recipe or input; `parkbond index … --out FILE` writes one")
    try:
        elements = [Element(**row) for row in told["input"]["framework"]["elements"]]
        framework = Framework(Framework.of(elements).elements, tuple(told["input"]["framework"]["passed_over"]))
        table = _table(told["input"]["data"], framework)
        said = told["hash"]["run"]
    except (KeyError, TypeError, ValueError, ParkbondError) as error:
        raise ReadError(where, f"is no run: its input cannot be read ({error})") from error
    done = build(table, framework, choices_of(told["recipe"], f"{where}, recipe"))
    if done.hash != said:
        raise ReadError(where, f"its input or recipe was changed: they give the hash {done.hash}, it says {said}")
    return done


def _units(done: Result) -> list[dict[str, Any]]:
    ranks = [finite(rank) for rank in done.ranks.tolist()]
    rows = [
        {
            "unit": unit,
            "rank": None if rank is None else int(rank),
            "scores": dict(zip(done.framework.codes, map(finite, done.scores[at].tolist()), strict=True)),
            "flags": list(done.unit_flags(at)),
            "reason": done.reasons[at] or None,
        }
        for at, (unit, rank) in enumerate(zip(done.table.units, ranks, strict=True))
    ]
    return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["unit"]))


def _indicators(done: Result) -> list[dict[str, Any]]:
    before, after = done.divided[done.kept], done.treated[done.kept]
    shape = [skewness(before), kurtosis(before), skewness(after), kurtosis(after)]
    rows = []
    for column, leaf in enumerate(done.framework.leaves):
        skewed, tailed, skewed_after, tailed_after = (finite(one[column]) for one in shape)
        rows.append(
            {
                "code": leaf.code,
                "name": leaf.name,
                "parent": leaf.parent,
                "direction": leaf.direction,
                "weight": finite(done.weights[done.framework.position[leaf.code]]),
                "denominator": leaf.denominator or None,
                "missing": int(np.isnan(before[:, column]).sum()),
                "imputed": int(done.filled[:, column].sum()),
                "treatment": done.how[column] or None,
                "winsorised": done.points[column],
                "skewness": skewed,
                "kurtosis": tailed,
                "skewness_after": skewed_after,
                "kurtosis_after": tailed_after,
                "lower": None if done.scale is None else finite(done.scale.lower[column]),
                "upper": None if done.scale is None else finite(done.scale.upper[column]),
            }
        )
    return rows


def _aggregates(done: Result) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code,
            "name": one.name,
            "level": one.level,
            "parent": one.parent or None,
            "weight": finite(done.weights[place]),
            "mean": done.choices.aggregation.at(one.level),
        }
        for place, one in enumerate(done.framework.elements)
        if one.level > 1
    ]


def _data(table: Table) -> dict[str, Any]:
    return {
        "units": list(table.units),
        "values": {code: list(map(finite, table.values[:, at].tolist())) for at, code in enumerate(table.codes)},
        "groups": {name: list(words) for name, words in sorted(table.groups.items())},
        "denominators": {name: list(map(finite, one.tolist())) for name, one in sorted(table.denominators.items())},
    }


def _table(told: Mapping[str, Any], framework: Framework) -> Table:
    codes = tuple(leaf.code for leaf in framework.leaves)
    values = np.array([told["values"][code] for code in codes], dtype=np.float64).T
    divisors = {name: np.array(one, dtype=np.float64) for name, one in told["denominators"].items()}
    groups = {name: tuple(words) for name, words in told["groups"].items()}
    return Table(tuple(told["units"]), codes, values, groups, divisors)


def _framework(framework: Framework) -> dict[str, Any]:
    return {
        "elements": [element.as_dict() for element in framework.elements],
        "passed_over": list(framework.passed_over),
    }
