"""Is the horizontal chain, that of producer services, neglected beside the vertical one, that of supply?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.model import Kind
from graph.query.query import Query
from graph.query.result import Reason, Refusal, Result, extent, only
from graph.query.sight import Sight
from graph.query.told import inner_deals, pieces, told
from graph.store import cypher
from graph.store.base import Row, Store

if TYPE_CHECKING:
    from graph.curated import View

SERVICES = {
    "01": "研发设计与其他技术服务",
    "02": "货物运输、通用航空生产、仓储和邮政快递服务",
    "03": "信息服务",
    "04": "金融服务",
    "05": "节能与环保服务",
    "06": "生产性租赁服务",
    "07": "商务服务",
    "08": "人力资源管理与职业教育培训服务",
    "09": "批发与贸易经纪代理服务",
    "10": "生产性支持服务",
}
"""生产性服务业统计分类 (2019), its ten divisions."""

HOLES = 3  # divisions told as holes
LIKE = 3  # parks that a park is set beside
SPLIT = ("slr_vertical", "slr_horizontal", "slr_vertical_eb", "slr_horizontal_eb")


def service(store: Store, query: Query, sight: Sight) -> Result:
    """The split of the park named (else of all that have firms): SLR^v, SLR^h, SC_h, balance, like parks, holes."""
    only(query, Kind.PARK)
    seen = sight.view()
    asked = [slot.id for slot in query.of("parks")] or _with_firms(seen)
    rows = [_row(seen, park) for park in asked]
    if not rows or all(row["firms"] == 0 for row in rows):
        raise Refusal(Reason.INSUFFICIENT, "no firm of the park is known, so neither chain can be judged.")
    said = [deal for slot in query.of("parks") for deal in inner_deals(store, slot.id)]
    note = (
        "a missing tie is one that was not observed; read as neglected: the interval of SLR^v is not under 1 and that "
        "of SLR^h is, or there is no service firm at all; holes are divisions of producer services without a tie seen "
        "to a firm of the park, those that like parks use first"
    )
    return Result(rows, cypher.FIRM_TIES, {}, pieces(said), extent(store) | {"parks_told": len(rows)}, note)


def _with_firms(seen: View) -> list[str]:
    """Parks with two firms and more, most firms first."""
    size = {park: int(seen.park(park)["firms"]["value"]) for park in seen.net.parks}
    return sorted((park for park in size if size[park] > 1), key=lambda park: (-size[park], park))


def _row(seen: View, park: str) -> Row:
    found, net = seen.park(park), seen.net
    used = _used(seen, park)
    like = _like(seen, park)
    beside: dict[str, int] = {}
    for other in like:
        for division, row in _used(seen, other).items():
            beside[division] = beside.get(division, 0) + int(row["ties"] > 0 or row["firms"] > 0)
    open_ = sorted(
        (code for code, row in used.items() if not row["ties"]), key=lambda code: (-beside.get(code, 0), code)
    )
    neglect: dict[str, Any] = found["horizontal_neglect"]
    return {
        "id": park,
        "park": net.names.get(park, park),
        "firms": found["firms"]["value"],
        "reading": neglect["value"] or f"cannot be said: {neglect['reason']}",
        **{name: told(found[name]) for name in SPLIT},
        "service_coverage": told(found["service_coverage"]),
        "supply_coverage": told(found["supply_coverage"]),
        "balance": told(found["horizontal_balance"]),
        "divisions": [{"code": code, "name": SERVICES[code], **row} for code, row in used.items()],
        "compared_with": [net.names.get(other, other) for other in like],
        "holes": [
            {"code": code, "name": SERVICES[code], "like_parks_with_it": beside.get(code, 0), **used[code]}
            for code in open_[:HOLES]
        ],
    }


def _used(seen: View, park: str) -> dict[str, Row]:
    """By division of producer services: firms of it in the park, and in-park ties of them with other firms."""
    net = seen.net
    column = net.columns.get("service", ("",) * len(net.firms))
    inside = set(net.firms_of(park).tolist())
    found = {code: {"firms": 0, "ties": 0, "firms_served": 0} for code in SERVICES}
    for firm in inside:
        if column[firm] in found:
            found[column[firm]]["firms"] += 1
    served: dict[str, set[int]] = {code: set() for code in SERVICES}
    for a, b in zip(net.source.tolist(), net.target.tolist(), strict=True):
        if a in inside and b in inside:
            for one, other in ((a, b), (b, a)):
                if column[one] in found and column[other] not in found:
                    found[column[one]]["ties"] += 1
                    served[column[one]].add(other)
    return {code: row | {"firms_served": len(served[code])} for code, row in found.items()}


def _like(seen: View, park: str) -> list[str]:
    """The parks whose number of firms is nearest."""
    size = {one: int(seen.park(one)["firms"]["value"]) for one in seen.net.parks}
    others = [one for one in seen.net.parks if one != park and size[one] > 1]
    return sorted(others, key=lambda one: (abs(size[one] - size[park]), one))[:LIKE]
