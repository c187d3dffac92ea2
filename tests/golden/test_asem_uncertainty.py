"""The uncertainty and sensitivity analysis that COINr's vignette prints for ASEM (51 countries, 49 indicators).

COINr drew 100 times by chance and prints, for the nominal rank and its 5th and 95th percentile: AUS 35 [34, 38], AUT 7
[5.95, 9], BEL 5 [3, 9], BGD 46 [41, 48]; aggregation matters most, winmax least. Two ranks are allowed for chance.
"""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from graph.index.choices import Choices, Imputation
from graph.index.coherence import coherence
from graph.index.framework import Element, Framework
from graph.index.run import Result, build
from graph.index.sensitivity import sensitivity
from graph.index.table import Table
from graph.index.uncertainty import uncertainty
from graph.index.variation import variation_of

FOLDER = Path(os.environ.get("PARKBOND_DATA", "")) / "public" / "asem"
pytestmark = pytest.mark.skipif(
    not os.environ.get("PARKBOND_DATA") or not FOLDER.is_dir(), reason="PARKBOND_DATA has no public/asem"
)

VARIED = variation_of(
    {
        "vary": {
            "treat.winmax": [1, 2, 3, 4, 5],
            "normalise": [
                {"method": "minmax", "low": 1.0, "high": 100.0},
                {"method": "z", "mean": 10.0, "deviation": 2.0},
            ],
            "aggregate.method": ["arithmetic", "geometric"],
        },
        "noise": {"share": 0.25, "levels": [2, 3]},
    }
)
PRINTED = {"AUS": (35, 34, 38), "AUT": (7, 5.95, 9), "BEL": (5, 3, 9), "BGD": (46, 41, 48)}


@cache
def asem() -> Result:
    """The index as the vignette makes it."""
    with (FOLDER / "iMeta.csv").open(encoding="utf-8") as file:
        meta = [row for row in csv.DictReader(file) if row["Type"] not in ("Group", "Denominator")]
    with (FOLDER / "iData.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["uCode"])
    tree = Framework.of(
        Element(
            row["iCode"],
            level=int(float(row["Level"])),
            parent=row["Parent"],
            direction=int(float(row["Direction"])),
            weight=float(row["Weight"]),
            denominator=row["Denominator"],
        )
        for row in meta
    )
    codes = tuple(leaf.code for leaf in tree.leaves)
    table = Table(
        tuple(row["uCode"] for row in rows),
        codes,
        np.array([[float(row[code] or "nan") for code in codes] for row in rows]),
        {"EurAsia_group": tuple(row["EurAsia_group"] for row in rows)},
        {
            name: np.array([float(row[name] or "nan") for row in rows])
            for name in {leaf.denominator for leaf in tree.leaves}
            if name
        },
    )
    return build(table, tree, Choices(imputation=Imputation("mean", "EurAsia_group")))


def test_intervals_are_those_printed() -> None:
    rows = {row.unit: row for row in uncertainty(asem(), VARIED, 2000, seed=1).standings}
    for unit, (nominal, low, high) in PRINTED.items():
        assert rows[unit].nominal == nominal
        assert rows[unit].lo == pytest.approx(low, abs=2)
        assert rows[unit].hi == pytest.approx(high, abs=2)


def test_another_seed_says_the_same() -> None:
    """2,000 draws are enough: ends of intervals of two seeds differ by less than a rank and a half."""
    one, other = (uncertainty(asem(), VARIED, 2000, seed=seed).standings for seed in (2, 3))
    apart = [abs((a.lo or 0) - (b.lo or 0)) + abs((a.hi or 0) - (b.hi or 0)) for a, b in zip(one, other, strict=True)]
    assert max(apart) <= 3
    assert np.mean(apart) < 0.3


def test_aggregation_matters_most_and_winmax_least() -> None:
    found = sensitivity(asem(), VARIED, 512, seed=1)
    order = [effect.factor for effect in found.effects]
    assert order[0] == "aggregate.method"
    assert order[-1] == "treat.winmax"
    first, last = found.effects[0], found.effects[-1]
    assert (first.total_lo or 0) > (last.total_hi or 1)


def test_each_unit_has_its_own_reasons() -> None:
    """What moves a country is not what moves the whole: for some it is not the aggregation."""
    units = dict(sensitivity(asem(), VARIED, 256, seed=1).units)
    foremost = {
        unit: max(effects, key=lambda effect: effect.total or 0).factor
        for unit, effects in units.items()
        if effects[0].total is not None
    }
    assert len(set(foremost.values())) > 1


def test_alpha_and_correlations_of_the_pillars() -> None:
    """Oracle: numpy on the published scores."""
    done = asem()
    found = coherence(done.scores, done.framework, done.weights)
    cluster = next(one for one in found.clusters if one.parent == "Conn")
    codes = [part.code for part in cluster.parts]
    columns = np.column_stack([done.score(code) for code in codes])
    expected = np.corrcoef(columns.T)
    for pair in cluster.pairs:
        assert pair.r == pytest.approx(expected[codes.index(pair.one), codes.index(pair.other)])
    k, mean = len(codes), expected[np.triu_indices(len(codes), 1)].mean()
    assert cluster.alpha == pytest.approx(k * mean / (1 + (k - 1) * mean))
