"""What may be asked of an index beyond its ranks: do its parts belong together, and how far can its ranks be trusted?

What was asked stands in the report with its answers (`Asked.read`), so that a run made again gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.index.coherence import coherence
from graph.index.run import Result
from graph.index.variation import Variation, variation_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Nothing by default. `variation` None: what `graph.index.variation.default_variation` says."""

    coherence: bool = False
    draws: int = 0  # of the uncertainty analysis; 0: none
    base: int = 0  # points of the sensitivity analysis, a power of two; 0: none
    seed: int = 0
    variation: Variation | None = None

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Asked:
        """What a report answers.

        >>> Asked.read({"units": [], "coherence": {}}).coherence
        True
        """
        draws, base = told.get("uncertainty"), told.get("sensitivity")
        some = draws or base
        return cls(
            coherence="coherence" in told,
            draws=draws["draws"] if draws else 0,
            base=base["base"] if base else 0,
            seed=some["seed"] if some else 0,
            variation=variation_of(some["variation"], "run, variation") if some else None,
        )


def answers(done: Result, asked: Asked) -> dict[str, Any]:
    """The parts of a report that were asked for, as plain JSON values: coherence, uncertainty, sensitivity.

    Raises:
        InputError: as `graph.index.uncertainty.uncertainty` and `graph.index.sensitivity.sensitivity`.

    >>> import numpy as np
    >>> from graph.index.framework import Element, Framework
    >>> from graph.index.run import build
    >>> from graph.index.table import Table
    >>> tree = Framework.of([Element("i", level=2), Element("x", parent="i"), Element("y", parent="i")])
    >>> done = build(Table(("a", "b", "c"), ("x", "y"), np.array([[1.0, 4.0], [3.0, 2.0], [5.0, 3.0]])), tree)
    >>> told = answers(done, Asked(draws=50, seed=1))
    >>> list(told), told["uncertainty"]["units"][0]["unit"]
    (['uncertainty'], 'c')
    """
    told: dict[str, Any] = {}
    if asked.coherence:
        told["coherence"] = coherence(done.scores, done.framework, done.weights).as_dict()
    if asked.draws:
        from graph.index.uncertainty import uncertainty

        told["uncertainty"] = uncertainty(done, asked.variation, asked.draws, seed=asked.seed).as_dict()
    if asked.base:
        from graph.index.sensitivity import sensitivity

        told["sensitivity"] = sensitivity(done, asked.variation, asked.base, seed=asked.seed).as_dict()
    return told
