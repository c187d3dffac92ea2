"""The examples in the docstrings of networks, measures and the index run. Those of a module's own docstring come first
and what they define is there for all others of that module."""

from __future__ import annotations

import doctest
import importlib
from types import ModuleType

import pytest

MODULES = [
    "graph.window",
    "graph.network",
    "graph.tables",
    "graph.measure",
    "graph.projection",
    "graph.metrics.value",
    "graph.metrics.coverage",
    "graph.metrics.cohesion",
    "graph.metrics.openness",
    "graph.metrics.position",
    "graph.metrics.diversity",
    "graph.metrics.structure",
    "graph.metrics.brokerage",
    "graph.metrics.backbone",
    "graph.metrics.multiplexity",
    "graph.metrics.groups",
    "graph.metrics.interval",
    "graph.frames",
    "graph.exchange",
    "graph.metrics.linkage",
    "graph.metrics.variety",
    "graph.metrics.relatedness",
    "graph.metrics.concentration",
    "graph.metrics.colocation",
    "graph.chemistry.dice",
    "graph.chemistry.place",
    "graph.chemistry.wiring",
    "graph.chemistry.bicm",
    "graph.chain",
    "graph.tie",
    "graph.industry",
    "graph.chemistry.split",
    "graph.chemistry.chains",
    "graph.chemistry.webs",
    "graph.chemistry.focus",
    "graph.chemistry.hexagon",
    "graph.chemistry.stage",
    "graph.chemistry.profile",
    "graph.index.recipe",
    "graph.index.parks",
    "graph.index.track",
    "graph.index.sheet",
    "graph.index.framework",
    "graph.index.table",
    "graph.index.choices",
    "graph.index.screen",
    "graph.index.denominate",
    "graph.index.treat",
    "graph.index.impute",
    "graph.index.normalise",
    "graph.index.weigh",
    "graph.index.aggregate",
    "graph.index.run",
    "graph.index.report",
    "graph.index.schemes",
    "graph.index.coherence",
    "graph.index.standing",
    "graph.index.variation",
    "graph.index.uncertainty",
    "graph.index.sensitivity",
    "graph.index.compare",
    "graph.index.robustness",
    "graph.report",
    "graph.simulate",
    "graph.chemistry.pairs",
    "graph.chemistry.peers",
    "graph.chemistry.jackknife",
    "graph.chemistry.verdict",
    "graph.chemistry.report",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    module = importlib.import_module(name)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    shared = _defined_by_module(module, runner, told)
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        test.globs = {**test.globs, **shared}
        runner.run(test, out=told.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)


def _defined_by_module(module: ModuleType, runner: doctest.DocTestRunner, told: list[str]) -> dict[str, object]:
    names = dict(vars(module))
    test = doctest.DocTestParser().get_doctest(module.__doc__ or "", names, module.__name__, module.__file__, 0)
    runner.run(test, out=told.append, clear_globs=False)
    return test.globs
