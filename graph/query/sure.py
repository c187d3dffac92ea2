"""How sure the ranks of the index are: their intervals, P(top 10), which choice moves them, what leaving out does."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graph.model import Kind
from graph.query.query import Query
from graph.query.result import Reason, Refusal, Result, extent, only
from graph.query.sight import Sight
from graph.query.standing import ranking
from graph.store import cypher
from graph.store.base import Row, Store

if TYPE_CHECKING:
    from graph.curated import View

BASE, SEED = 64, 0  # points of the Sobol sequence
FACTORS = 3  # told of each park


def sure(store: Store, query: Query, sight: Sight) -> Result:
    """A row for the whole ranking, then one for each ranked park (or those named)."""
    only(query, Kind.PARK)
    seen = sight.view()
    made, moved = ranking(seen), _moved(seen)
    asked = {slot.id for slot in query.of("parks")}
    ranked = [row for row in made["ranked"] if not asked or row["id"] in asked]
    lost = [row for row in made["unranked"] if row["id"] in asked]
    coverage = extent(store) | {
        "ranked": len(made["ranked"]),
        "unranked": len(made["unranked"]),
        "draws": made["draws"],
    }
    if moved is None or not ranked:
        why = (
            "; ".join(f"{row['park']}: {row['reason']}" for row in lost) or "no park has been seen enough to be ranked"
        )
        raise Refusal(Reason.INSUFFICIENT, why, result=Result(lost, cypher.FIRM_TIES, {}, (), coverage, why))
    whole = {"name": "all ranked parks", **{key: moved[key] for key in ("mean_shift", "factors", "left_out", "runs")}}
    rows = [whole, *(_row(row, moved) for row in ranked[: query.limit])]
    note = (
        "the interval holds nine of ten ranks under other defensible choices and inputs; S_T is the share of the "
        "variance of a rank that a choice moves, alone and with others; left_out is the mean shift of ranks without "
        "an indicator or dimension; documents are left out in groups, inside the intervals of SLR (jackknife), not "
        "one publisher at a time"
    )
    return Result(rows, cypher.FIRM_TIES, {}, (), coverage, note)


def _row(row: Row, moved: Row) -> Row:
    return {
        "id": row["id"],
        "park": row["park"],
        "rank": row["rank"],
        "rank_low": row["rank_low"],
        "rank_high": row["rank_high"],
        "p_top10": row["p_top10"],
        "band": row["band"],
        "moved_by": moved["units"].get(row["id"], []),
        "flags": row["flags"],
    }


@lru_cache(maxsize=2)
def _moved(seen: View) -> dict[str, Any] | None:
    """What moves the ranks; None where nothing is ranked, or nothing can be varied."""
    from graph.errors import InputError
    from graph.index.parks import composite
    from graph.index.recipe import load
    from graph.index.run import removal
    from graph.index.sensitivity import sensitivity
    from graph.index.track import shapes

    net, curated = seen.net, seen.curated
    tracks = shapes(net, curated.chains, curated.tracks)
    done = composite(net, [seen.park(park) for park in net.parks], tracks, load("future"))
    if done is None:
        return None
    left_out = {code: round(shift, 3) for code, shift in removal(done).items() if shift == shift}
    try:
        found = sensitivity(done, base=BASE, seed=SEED).as_dict()
    except InputError as error:
        return {"mean_shift": None, "factors": [], "left_out": left_out, "runs": 0, "units": {}, "reason": str(error)}
    return {
        "mean_shift": found["mean_shift"],
        "factors": [_effect(one) for one in found["factors"]],
        "left_out": dict(sorted(left_out.items(), key=lambda item: -item[1])),
        "runs": found["runs"],
        "units": {
            unit["unit"]: sorted(
                (_effect(one) for one in unit["factors"] if one["total"] is not None),
                key=lambda one: -(one["total"] or 0),
            )[:FACTORS]
            for unit in found["units"]
        },
    }


def _effect(one: Row) -> Row:
    return {key: one[key] for key in ("factor", "first", "total", "total_lo", "total_hi")}
