"""How well surfaces of industries are classed: 200 of the written documents, coded by hand (`industry_codes.csv`).

The surfaces are drawn from all distinct ones of `ingest/training` (folded, sorted, `random.Random(4754).sample`)
and were coded by one reader from the standard alone, as deep as is clear: three digits, two, or none where no class is
defensible. The table was finished before they were looked at and must not be tuned on them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from graph.industry import Class

CODES = Path(__file__).parent / "industry_codes.csv"


@dataclass(frozen=True, slots=True)
class Coded:
    """A surface with what a person says of it: the class as deep as is clear ("" none), producer service, track."""

    surface: str
    code: str
    service: bool
    track: str


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares of the surfaces. Where a person gave no class, leaving it unclassified is right."""

    surfaces: int
    unclassified: float  # of all
    division: float  # the same first three signs (C34), of all
    exact: float  # the whole code of the person, of those coded to three digits
    precision: float  # division right, of those classed
    exact_precision: float  # whole code right, of those classed and coded to three digits
    service: float  # producer service or not, of those with a code
    track: float  # of all

    def lines(self) -> list[str]:
        """A table of the figures."""
        return [
            f"industries: {self.surfaces} surfaces coded by hand",
            f"  unclassified                {self.unclassified:.3f}",
            f"  division (2 digits) right   {self.division:.3f}   of those classed {self.precision:.3f}",
            f"  group (3 digits) right      {self.exact:.3f}   of those classed {self.exact_precision:.3f}",
            f"  producer service right      {self.service:.3f}",
            f"  track right                 {self.track:.3f}",
        ]


def coded(path: Path = CODES) -> list[Coded]:
    """The surfaces coded by hand."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Coded(r["surface"], r["code"], r["service"] == "yes", r["track"]) for r in csv.DictReader(file)]


def accuracy(rows: list[Coded], classify: Callable[[str], Class]) -> Accuracy:
    """The figures for a way to class surfaces."""
    found = [(row, classify(row.surface)) for row in rows]
    classed = [(row, one) for row, one in found if one.code]
    deep = [(row, one) for row, one in found if len(row.code) == 4]
    deep_classed = [(row, one) for row, one in deep if one.code]
    with_code = [(row, one) for row, one in found if row.code]
    return Accuracy(
        surfaces=len(found),
        unclassified=1 - len(classed) / len(found),
        division=_share([one.code[:3] == row.code[:3] for row, one in found]),
        exact=_share([one.code[:4] == row.code for row, one in deep]),
        precision=_share([one.code[:3] == row.code[:3] for row, one in classed]),
        exact_precision=_share([one.code[:4] == row.code for row, one in deep_classed]),
        service=_share([bool(one.service) == row.service for row, one in with_code]),
        track=_share([one.track == row.track for row, one in found]),
    )


def _share(right: list[bool]) -> float:
    return sum(right) / len(right) if right else float("nan")
