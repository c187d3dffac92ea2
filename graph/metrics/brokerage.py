"""Who stands between others that are not tied, and between which parks or industries?

A broker v stands between two partners i and j that are not tied to each other. Which role that is depends on the labels
(park, or industry) of the three, as Gould and Fernandez name them:

    coordinator     all three of one label
    consultant      i and j of one, v of another ("itinerant")
    gatekeeper      v of the label of exactly one of them, and lets in what comes from the other
    representative  the same, and passes out what comes from its own
    liaison         three labels

Ties have no direction here, so every such pair of partners counts once, and gatekeeper and representative are equal.

>>> from graph.network import Firm, Network, Tie
>>> rows = [("a", "芯片"), ("b", "芯片"), ("c", "芯片"), ("d", "光电"), ("e", "材料")]
>>> net = Network.of([Firm(id, {}, industry) for id, industry in rows], [Tie("a", x) for x in "bcde"] + [Tie("b", "c")])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from graph.metrics import kernels
from graph.metrics.groups import Groups, ratio
from graph.metrics.openness import Group
from graph.metrics.value import Measure, Measures, undefined
from graph.network import FloatArray, IntArray, Network

ROLES: Mapping[str, int] = {"coordinator": 0, "consultant": 1, "gatekeeper": 2, "representative": 2, "liaison": 3}
"""The roles, and which column of `kernels.closed_pairs` counts each."""


def brokerage(net: Network, role: str, by: Group = "park") -> Measures:
    """How many pairs of partners that are not tied does the firm stand between, in this role? One value a firm.

    Range 0 … k (k - 1)/2. Only firms with exactly one known label count, as broker and as partner. `null` is the mean
    when the labels are dealt out at random among these: the number of the firm's open pairs times the chance that three
    firms have labels of that role. Degenerate: undefined for a firm whose label is not known, or that has several.

    >>> {role: int(brokerage(net, role, "industry").values[0]) for role in ROLES}  # a: bd be cd ce; de; bc are tied
    {'coordinator': 0, 'consultant': 0, 'gatekeeper': 4, 'representative': 4, 'liaison': 1}
    >>> round(float(brokerage(net, "liaison", "industry").null[0]), 6)  # 5 open pairs · 3 · 1 · 1 · 6 / 60
    1.5

    Reference: Gould & Fernandez 1989, Sociological Methodology 19:89.
    """
    label = labels(net, by)
    count = open_pairs(net, label)
    known = label >= 0
    column = ROLES[role]
    values = np.where(known, count[:, column], np.nan)
    null = np.where(known, count.sum(axis=1) * chances(label)[column], np.nan)
    return Measures(values, f"its {by} is not known, or it has several", net.degree, null=null, counts=True)


def brokerage_of_all(net: Network, role: str, by: Group = "park") -> Measure:
    """How many pairs of firms that are not tied does a firm stand between, in this role, over all firms?

    The sum of `brokerage`, with its exact mean under permuted labels as `null`; `coverage` is the share of firms with
    exactly one known label. Degenerate: undefined where no firm stands between two that are not tied.

    >>> told = brokerage_of_all(net, "gatekeeper", "industry")
    >>> told.value, round(told.null, 6), told.n
    (4, 2.0, 5)
    """
    label = labels(net, by)
    count = open_pairs(net, label).sum(axis=0)
    coverage = float((label >= 0).mean()) if len(label) else None
    if not count.sum():
        reason = f"no firm stands between two others that are not tied, each of one known {by}"
        return undefined(reason, 0, (), coverage)
    n, column = int(count.sum()), ROLES[role]
    return Measure(int(count[column]), n=n, coverage=coverage, null=float(n * chances(label)[column]))


def brokerage_z(net: Network, by: Group, dice: np.random.Generator, draws: int = 200) -> dict[str, float]:
    """How many standard deviations is each role's total away from what random labels give? nan where these agree.

    >>> {role: round(z, 1) for role, z in brokerage_z(net, "industry", np.random.default_rng(1)).items()}["consultant"]
    -0.9
    """
    label = labels(net, by)
    known = np.flatnonzero(label >= 0)
    drawn = np.empty((draws, 4))
    for draw in range(draws):
        dealt = label.copy()
        dealt[known] = dice.permutation(label[known])
        drawn[draw] = open_pairs(net, dealt).sum(axis=0)
    sd = drawn.std(axis=0, ddof=1)
    z = ratio(open_pairs(net, label).sum(axis=0) - drawn.mean(axis=0), sd)
    return {role: float(z[column]) for role, column in ROLES.items()}


def labels(net: Network, by: Group) -> IntArray:
    """The number of each firm's park or industry; -1 where none is known, or several parks are."""
    if by == "industry":
        return net.industry
    seats = np.diff(net.first_seat)
    label = np.full(len(net.firms), -1, dtype=np.int64)
    label[seats == 1] = net.members.other[net.first_seat[:-1][seats == 1]]
    return label


def open_pairs(net: Network, label: IntArray) -> IntArray:
    """(firms, 4): the pairs of each firm's partners that are not tied, by role; firms with label -1 are left out."""
    groups = Groups.whole(net)
    start, neighbour, _ = groups.adjacency
    first, head, _ = groups.turned
    every, closed = np.zeros((len(label), 4), dtype=np.int64), np.zeros((len(label), 4), dtype=np.int64)
    kernels.chosen(kernels.partner_pairs, 4 * len(neighbour))(start, neighbour, label, every)
    kernels.chosen(kernels.closed_pairs, 2 * groups.wedges)(first, head, label, closed)
    return every - closed


def chances(label: IntArray) -> FloatArray:
    """The chance that three firms drawn at random have labels of each role: broker first, then its partners."""
    size = np.bincount(label[label >= 0]).astype(np.float64)
    n = size.sum()
    triples = n * (n - 1) * (n - 2)
    if not triples:
        return np.full(4, np.nan)
    same, two = (size * (size - 1) * (size - 2)).sum(), (size * (size - 1) * (n - size)).sum()
    return np.asarray(np.array([same, two, 2 * two, triples - same - 3 * two]) / triples)


LABELS: tuple[Group, ...] = ("park", "industry")

OF_FIRM: Mapping[str, Callable[[Network], Measures]] = {
    f"brokerage_{role}_by_{by}": partial(brokerage, role=role, by=by) for by in LABELS for role in ROLES
}
"""Every role of a firm, by park and by industry."""

OF_ALL: Mapping[str, Callable[[Network], Measure]] = {
    f"brokerage_{role}_by_{by}": partial(brokerage_of_all, role=role, by=by) for by in LABELS for role in ROLES
}
"""The same over all firms."""
