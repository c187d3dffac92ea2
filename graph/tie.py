"""Which sort of tie it is: the class of every tie, from what documents call it and from the industries of its ends.

| what it is called | class |
|---|---|
| SUPPLIES 供应 | vertical; horizontal if the supplier is a producer-service firm |
| 合作研发 共建平台 | innovation |
| 合资 INVESTS 投资 | capital |
| 联盟成员 | peer |
| OWNS 控股 子公司 | ownership: one group, no cooperation; neither O nor the pairs count it |
| 战略合作 项目合作 孵化 其他合作 COLLABORATES, or nothing | by the industries of both ends |
| 签约入驻 运营服务 | none: they bind a firm to a park or a government, not to a firm |
| a class by its name, vertical or 纵向 | that class |

By the industries: vertical if they are chain-adjacent, else horizontal if exactly one end is a producer service, else
other.

A tie may be called several things and have several classes; `other` only if it has no other.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from graph.network import BoolArray, Network

CLASSES = ("vertical", "horizontal", "innovation", "capital", "peer", "other", "ownership")
"""The classes of ties, in the order of the columns of `classes`."""

NAMES_ZH: Mapping[str, str] = dict(zip(CLASSES, ("纵向", "横向", "创新", "资本", "同业", "其他", "控股"), strict=True))
"""What the classes are called in Chinese."""

_SUPPLY = frozenset({"supplies", "供应"})
_OPEN = frozenset({"战略合作", "项目合作", "孵化", "其他合作", "collaborates", ""})
_NO_TIE = frozenset({"签约入驻", "运营服务"})
_FIXED: Mapping[str, str] = {
    **{name: name for name in CLASSES},
    **{name: key for key, name in NAMES_ZH.items()},
    "合作研发": "innovation",
    "共建平台": "innovation",
    "合资": "capital",
    "invests": "capital",
    "投资": "capital",
    "联盟成员": "peer",
    "owns": "ownership",
    "子公司": "ownership",
}

KINDS = (*CLASSES, *NAMES_ZH.values(), "SUPPLIES", "供应", "INVESTS", "投资", "OWNS", "子公司", "COLLABORATES")
"""Words for a tie beside the ten kinds of `graph.model.Cooperation`, for messages."""


def supplies(kind: str) -> bool:
    """Whether a word says that the first end supplies the second.

    >>> supplies("SUPPLIES"), supplies("合作研发")
    (True, False)
    """
    return _folded(kind) in _SUPPLY


def known(kind: str) -> bool:
    """Whether a word for a tie is one that has a class (or is known to be no tie between firms); "" is.

    >>> known("合作研发"), known("Vertical"), known("friendship")
    (True, True, False)
    """
    word = _folded(kind)
    return word in _FIXED or word in _SUPPLY or word in _OPEN or word in _NO_TIE


def classes(net: Network, adjacent: BoolArray, service: BoolArray) -> BoolArray:
    """(ties, classes): which classes each tie has, in the order of `CLASSES`.

    Args:
        adjacent: (industries, industries), the row feeds the column (`graph.chain.adjacency`).
        service: (industries,), which are producer services (`graph.chain.service`).

    Who supplies is told by `Network.direction`. Where that is unknown and one end is a producer service, it is taken
    for the supplier, unless the chain says that the other end's industry feeds it.

    Raises:
        ValueError: a kind of the network is not `known`; tables refuse it with its row.

    >>> from graph.network import Firm, Network, Tie
    >>> net = Network.of(
    ...     [Firm("a", {}, "电芯"), Firm("b", {}, "整车"), Firm("c", {}, "货代")],
    ...     [Tie("a", "b", kinds=["供应", "合作研发"]), Tie("b", "c"), Tie("a", "c", kinds=["控股"])],
    ... )
    >>> feeds, served = np.zeros((3, 3), bool), np.array([False, False, True])  # 整车, 电芯, 货代 in order of name
    >>> [tie_classes(row) for row in classes(net, feeds, served)]
    [('vertical', 'innovation'), ('ownership',), ('horizontal',)]
    """
    found = np.zeros((len(net.source), len(CLASSES)), dtype=np.bool_)
    column = {name: index for index, name in enumerate(CLASSES)}
    called, unsaid = _called(net)
    open_ties = unsaid
    for word, ties in called.items():
        if word in _FIXED:
            found[:, column[_FIXED[word]]] |= ties
        elif word in _SUPPLY:
            serves = _service_supplies(net, adjacent, service)
            found[:, column["horizontal"]] |= ties & serves
            found[:, column["vertical"]] |= ties & ~serves
        elif word in _OPEN:
            open_ties = open_ties | ties
        elif word not in _NO_TIE:
            raise ValueError(f"{word!r} is no kind of tie; known are {', '.join(KINDS)} and the kinds of cooperation")
    up, down, one_service = _ends(net, adjacent, service)
    near = up | down
    found[:, column["vertical"]] |= open_ties & near
    found[:, column["horizontal"]] |= open_ties & ~near & one_service
    found[:, column["other"]] |= open_ties & ~found.any(axis=1)
    return found


def cooperates(found: BoolArray) -> BoolArray:
    """(ties,): which ties count as cooperation: those of any class, unless they bind one group (`ownership`).

    >>> cooperates(np.array([[1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 1], [0] * 7], dtype=bool)).tolist()
    [True, False, False]
    """
    return np.asarray(found[:, :-1].any(axis=1) & ~found[:, -1])


def cooperating(net: Network) -> Network:
    """The network without pairs of one group (ownership) and without ties that are none between firms.

    >>> from graph.network import Firm, Network, Tie
    >>> rows = [Tie("a", "b", kinds=["OWNS", "SUPPLIES"]), Tie("b", "c", kinds=["签约入驻"]), Tie("a", "c")]
    >>> left = cooperating(Network.of([Firm("a"), Firm("b"), Firm("c")], rows))
    >>> left.source.tolist(), left.target.tolist()
    ([0], [2])
    """
    if net.tie_kinds is None:
        return net
    called, unsaid = _called(net)
    kept = unsaid.copy()
    for word, ties in called.items():
        kept |= ties & (word not in _NO_TIE)
    for word, ties in called.items():
        kept &= ~(ties & (_FIXED.get(word) == "ownership"))
    return net if kept.all() else net.keeping(kept)


def of_class(found: BoolArray, name: str) -> BoolArray:
    """(ties,): which ties have a class; ties within one group have none but `ownership`."""
    chosen = found[:, CLASSES.index(name)]
    return np.asarray(chosen if name == "ownership" else chosen & ~found[:, -1])


def tie_classes(row: BoolArray) -> tuple[str, ...]:
    """The names of the classes of one tie, from its row of `classes`."""
    return tuple(name for name, has in zip(CLASSES, row.tolist(), strict=True) if has)


def _called(net: Network) -> tuple[dict[str, BoolArray], BoolArray]:
    """The ties that each word stands for, and those that no word stands for."""
    if net.tie_kinds is None:
        return {}, np.ones(len(net.source), dtype=np.bool_)
    called: dict[str, BoolArray] = {}
    for index, kind in enumerate(net.kinds):
        word = _folded(kind)
        called[word] = called.get(word, np.zeros(len(net.source), dtype=np.bool_)) | net.tie_kinds[:, index]
    return called, np.asarray(~net.tie_kinds.any(axis=1))


def _service_supplies(net: Network, adjacent: BoolArray, service: BoolArray) -> BoolArray:
    """(ties,): whether the supplier, if the tie is a supply, is a producer-service firm."""
    source, target = _of_ends(net, service)
    up, down, _ = _ends(net, adjacent, service)
    guessed = (source & target) | (source & ~target & ~(down & ~up)) | (target & ~source & ~(up & ~down))
    if net.direction is None:
        return guessed
    return np.asarray(np.where(net.direction > 0, source, np.where(net.direction < 0, target, guessed)))


def _ends(net: Network, adjacent: BoolArray, service: BoolArray) -> tuple[BoolArray, BoolArray, BoolArray]:
    """(ties,) each: the source's industry feeds the target's; the reverse; exactly one end is a producer service."""
    a, b = net.industry[net.source], net.industry[net.target]
    known = (a >= 0) & (b >= 0)
    up, down = np.zeros(len(a), dtype=np.bool_), np.zeros(len(a), dtype=np.bool_)
    up[known], down[known] = adjacent[a[known], b[known]], adjacent[b[known], a[known]]
    source, target = _of_ends(net, service)
    return up, down, source ^ target


def _of_ends(net: Network, service: BoolArray) -> tuple[BoolArray, BoolArray]:
    padded = np.append(service, False)  # the last one, which -1 means: an unknown industry is no service
    return padded[net.industry[net.source]], padded[net.industry[net.target]]


def _folded(kind: str) -> str:
    return kind.strip().casefold()
