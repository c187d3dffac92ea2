"""How much each child counts in its parent: as the framework says, as the recipe says, or computed from scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.errors import InputError
from graph.index.choices import FRAMEWORK, Weights
from graph.index.framework import Framework, Group
from graph.network import FloatArray

DOUBT = "bod"  # the scheme that gives each unit weights of its own


def stated(framework: Framework, choices: Weights) -> FloatArray:
    """The weight of each element: the framework's, or the recipe's where it gives one.

    >>> from graph.index.framework import Element
    >>> tree = Framework.of([Element("i", level=2), Element("x", parent="i"), Element("y", parent="i", weight=2)])
    >>> stated(tree, Weights(given=(("x", 3.0),))).tolist()
    [1.0, 3.0, 2.0]

    Raises:
        InputError: all weights under a parent are 0.
    """
    weights = np.array([element.weight for element in framework.elements], dtype=np.float64)
    for code, weight in choices.given:
        weights[framework.position[code]] = weight
    empty = [framework.elements[one.parent].code for one in framework.groups if not weights[one.children].sum() > 0]
    if empty:
        raise InputError(f"the weights under {', '.join(map(repr, empty))} sum to zero; one of each must be above 0")
    return weights


def scheme_at(choices: Weights, level: int) -> str:
    """The scheme that weighs the children at a level."""
    return dict(choices.levels).get(level, choices.scheme)


def weigh(scores: FloatArray, group: Group, framework: Framework, nominal: FloatArray, choices: Weights) -> FloatArray:
    """The weights of the children of one parent; they sum to 1.

    Args:
        scores: (units, children of the group), on one scale.
        nominal: the stated weight of every element.

    Raises:
        InputError: there is no such scheme, or it cannot be computed from these scores.
    """
    scheme = scheme_at(choices, framework.elements[group.children[0]].level)
    if scheme == FRAMEWORK:
        weights = nominal[group.children]
        return np.asarray(weights / weights.sum(), dtype=np.float64)
    from graph.index.schemes import scheme_weights

    try:
        return scheme_weights(scheme, scores)
    except InputError as error:
        raise InputError(f"weights under {framework.elements[group.parent].code!r}: {error}") from error


def by_doubt(choices: Weights, group: Group, framework: Framework) -> bool:
    """Whether the children of a parent are weighed by benefit of the doubt, for each unit as suits it best."""
    return scheme_at(choices, framework.elements[group.children[0]].level) == DOUBT and len(group.children) > 1


def doubted(scores: FloatArray, group: Group, framework: Framework) -> tuple[FloatArray, FloatArray]:
    """The scores of a parent by benefit of the doubt, up to 100 for the best, and the mean weight of each child.

    Raises:
        InputError: a score that is missing or below 0.
    """
    from graph.index.schemes import benefit_of_doubt

    try:
        found = benefit_of_doubt(scores)
    except InputError as error:
        raise InputError(f"weights under {framework.elements[group.parent].code!r}: {error}") from error
    return 100 * found.score, found.share.mean(axis=0)


def drawn(framework: Framework, noise: float, generator: np.random.Generator, levels: Sequence[int]) -> Weights:
    """Stated weights with noise: each at these levels times a number evenly drawn from 1 - noise to 1 + noise.

    >>> from graph.index.framework import Element
    >>> tree = Framework.of([Element("i", level=2), Element("x", parent="i"), Element("y", parent="i")])
    >>> told = drawn(tree, 0.25, np.random.default_rng(1), [1]).given
    >>> [code for code, weight in told if 0.75 <= weight <= 1.25]
    ['x', 'y']
    """
    factors = generator.uniform(1 - noise, 1 + noise, len(framework.elements))
    return Weights(
        given=tuple(
            (one.code, one.weight * float(factor))
            for one, factor in zip(framework.elements, factors, strict=True)
            if one.level in levels
        )
    )
