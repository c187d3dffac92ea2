"""Which parks are more than neighbours: parks in bands by their chemistry, and those that nobody can judge yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.model import Kind
from graph.query.query import Query
from graph.query.result import Reason, Refusal, Result, extent, joined, only
from graph.query.sight import Sight
from graph.query.told import inner_deals, pieces, told
from graph.store import cypher
from graph.store.base import Row, Store

if TYPE_CHECKING:
    from graph.curated import View

CITED = 5  # ranked parks whose sentences are brought along


def by_chemistry(store: Store, query: Query, sight: Sight) -> Result:
    """Parks by shrunk SLR with their bands and verdicts, then those without a rank, each with the reason."""
    only(query, Kind.PARK)
    if query.negative:
        raise Refusal(Reason.NOT_BUILT, "which parks have no chemistry is not told; ask for the order of all.")
    rows = standings(sight.view())
    asked = {slot.id for slot in query.of("parks")}
    ranked = [row for row in rows if row["rank"] is not None]
    unranked = [row for row in rows if row["rank"] is None]
    chosen = [row for row in ranked if query.place in (None, row["rank"])][: query.limit]
    shown = [row for row in rows if row["id"] in asked] if asked else [*chosen, *unranked]
    coverage = extent(store) | {"ranked": len(ranked), "unranked": len(unranked)}
    note = joined("" if ranked else "no park has been seen enough to be ranked by chemistry", _reading())
    said = [deal for row in chosen[:CITED] for deal in inner_deals(store, row["id"])[:3]]
    return Result(shown, cypher.FIRM_TIES, {}, pieces(said), coverage, note)


def of_park(store: Store, query: Query, sight: Sight) -> Result:
    """The chemistry of the park named. Raises Refusal with its counts where they do not suffice for a verdict."""
    only(query, Kind.PARK)
    slot = query.of("parks")[0]
    row = next(row for row in standings(sight.view()) if row["id"] == slot.id)
    said = inner_deals(store, slot.id)
    result = Result(
        [row | {"collaborations": said}], cypher.TIES_OF_PARK, {"id": slot.id}, pieces(said), extent(store), _reading()
    )
    if row["rank"] is None:
        raise Refusal(
            Reason.INSUFFICIENT, f"{slot.name}: 证据不足 (insufficient evidence): {row['reason']}", result=result
        )
    return result


def standings(seen: View) -> list[Row]:
    """All parks: ranked by shrunk SLR with bands (two share one if their intervals overlap), then the others."""
    import numpy as np

    from graph.index.standing import bands

    rows = [_row(seen, park) for park in seen.net.parks]
    ranked = sorted((row for row in rows if not row["reason"]), key=lambda row: (-row["eb"], row["park"]))
    first, last = bands(np.array([-row["hi"] for row in ranked]), np.array([-row["lo"] for row in ranked]))
    placed = [
        row | {"rank": number + 1, "band": [int(first[number]), int(last[number])]} for number, row in enumerate(ranked)
    ]
    rest = [row for row in rows if row["reason"]]
    return [*placed, *sorted(rest, key=lambda row: (-row["firms"], row["park"], row["id"]))]


def _row(seen: View, park: str) -> Row:
    from graph.chemistry.verdict import INSUFFICIENT, english

    found = seen.park(park)
    word = str(found["verdict"]["value"])
    lacking = found["verdict"]["flags"] if word == INSUFFICIENT else ()
    reason = "; ".join(lacking) or (found["slr"]["reason"] or "undefined" if word == INSUFFICIENT else "")
    shown = not reason  # a ratio that rests on too little is not printed
    return {
        "id": park,
        "park": seen.net.names.get(park, park),
        "rank": None,
        "band": None,
        "verdict": word,
        "verdict_en": english(word),
        "eb": found["slr_eb"]["value"] if shown else None,
        "lo": found["slr_eb"]["lo"] if shown else None,
        "hi": found["slr_eb"]["hi"] if shown else None,
        "slr": told(found["slr"]) if shown else None,
        "r0": told(found["r0"]) | {"p": found["r0_p"]["value"]} if shown else None,
        "observed": found["slr"]["n"],
        "expected": found["expected_ties"]["value"],
        "firms": found["firms"]["value"],
        "density": found["density"]["value"],  # context only
        "mean_degree": found["mean_degree"]["value"],
        "tie_coverage": found["tie_coverage"]["value"],
        "boundary": seen.net.boundary_of(park),
        "reason": reason,
    }


def _reading() -> str:
    from graph.chemistry.verdict import READING

    return f"{READING} Density is context only: it falls with size"
