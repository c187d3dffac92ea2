"""Where parks stand: on the lists that others published, and by the index made here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from graph.model import Kind
from graph.projection import COUNTED
from graph.query.evidence import quotes, values
from graph.query.query import Query, Slot
from graph.query.result import Reason, Refusal, Result, extent, joined, not_observed, only
from graph.store import cypher
from graph.store.base import Row, Store

if TYPE_CHECKING:
    from graph.curated import View
    from graph.query.sight import Sight


@lru_cache(maxsize=4)
def ranking(seen: View, recipe: str = "future", track: str = "") -> Row:
    """The index made here: `ranked` parks, best first, `unranked` with the reason, `left_out` indicators, hashes.

    With a `track` (name or id) the same over the firms that stand on it; a park without one is absent, which is no 0.
    Raises InputError for a track that is not known.
    """
    if track:
        seen = seen.on(*seen.curated.track(track))
    from graph.index.parks import rank
    from graph.index.recipe import load
    from graph.index.track import shapes

    net, curated = seen.net, seen.curated
    tracks = shapes(net, curated.chains, curated.tracks)
    made = rank(net, [seen.park(park) for park in net.parks], tracks, load(recipe)).as_dict()
    for row in made["unranked"] if track else ():
        if not row["axes"][0]["firms"]:
            row["reason"] = f"absent: no firm of it stands on {row['axes'][0]['name']}"
    return made | {"track": tracks[0].axes[0].track.id if track and tracks else ""}


def published(store: Store) -> list[Row]:
    """The published lists: one row a park and list, overall (track "") before tracks, best first.

    Keys: edition, park, id, rank, track, sample, status, ranking, document, start, end, quote, evidence.
    """
    found = store.run(cypher.STANDINGS)
    said = quotes(store, [row["evidence"][0] for row in found])
    rows = [
        _standing(row, said[row["evidence"][0]])
        for row in found
        if row["evidence"][0] in said and "rank" in values(row)
    ]
    return sorted(rows, key=lambda row: (row["edition"], row["track"], row["rank"], row["park"]))


def _standing(row: Row, piece: Row) -> Row:
    stated = values(row)
    return {
        "edition": str(stated.get("edition", "")),
        "park": row["park"],
        "id": row["id"],
        "rank": int(stated["rank"]),
        "track": row["qualifier"] or "",
        "sample": stated.get("sample"),
        "status": stated.get("status", "stated"),
        "ranking": row["list"],
        "document": piece["document"],
        "start": piece["start"],
        "end": piece["end"],
        "evidence": [piece],
    }


def stand(store: Store, query: Query, sight: Sight) -> Result:
    """The rows of a question for an order or a place in it; published lists where it names an edition or a track."""
    if query.most:
        return _by_number(store, query)
    only(query, Kind.PARK, Kind.INDUSTRY, Kind.TRACK, dates=True)
    if query.negative:
        raise Refusal(Reason.NOT_BUILT, "which parks are not on a list is not answered yet; ask which are.")
    if query.published or query.fields or query.window:
        return _on_lists(store, query)
    return _by_index(store, query, sight)


def _by_number(store: Store, query: Query) -> Result:
    """Parks by how many firms or institutions documents put in them, most first."""
    kinds = {"enterprises": Kind.ENTERPRISE, "institutions": Kind.INSTITUTION}
    if query.most not in kinds or query.target not in ("", "parks") or query.negative:
        raise Refusal(Reason.NOT_BUILT, "an order by number is built for the firms and the institutions of parks only.")
    only(query)
    statement, parameters = cypher.MOST_SEATED[kinds[query.most]], {"counted": list(COUNTED)}
    found = store.run(statement, **parameters)
    rows = [{"id": row["id"], "name": row["name"], query.most: row["n"]} for row in found]
    coverage = extent(store)
    note = f"counted are the {query.most} that documents name there, not all there are"
    return Result(rows[: query.limit], statement, parameters, (), coverage, note if rows else not_observed(coverage))


def _by_index(store: Store, query: Query, sight: Sight) -> Result:
    made = ranking(sight.view())
    ranked, unranked = made["ranked"], made["unranked"]
    asked = {slot.id for slot in query.of("parks")}
    placed = [row for row in ranked if query.place in (None, row["rank"])]
    chosen = [row for row in [*ranked, *unranked] if row["id"] in asked] if asked else placed[: query.limit]
    lists = [row for row in published(store) if row["id"] in asked]
    rows = [_rounded(row) | ({"published": _told(row["id"], lists)} if asked else {}) for row in chosen]
    coverage = extent(store) | {"ranked": len(ranked), "unranked": len(unranked)}
    note = "" if rows else "no park of that rank is known" if ranked else "no park has been seen enough to be ranked"
    told = [f"published: {row['published']}" for row in rows if row.get("published")]
    cited = tuple(piece["id"] for row in lists for piece in row["evidence"])
    return Result(rows, cypher.FIRM_TIES, {}, cited, coverage, joined(note, *told))


def _rounded(row: Row) -> Row:
    """The row with its score to one decimal: more would feign precision."""
    return row | {"score": None if row["score"] is None else round(row["score"], 1)}


def _told(park: str, lists: Sequence[Row]) -> str:
    """The published places of a park in words: 1 of 931 (2024); 2 on 合成生物 (2024)."""
    return ", ".join(
        f"{row['rank']}{' of ' + str(row['sample']) if row['sample'] and not row['track'] else ''}"
        f"{' on ' + row['track'] if row['track'] else ''} ({row['edition']})"
        for row in lists
        if row["id"] == park
    )


def _on_lists(store: Store, query: Query) -> Result:
    lists = published(store)
    edition = _edition(query, lists)
    rows = [row for row in lists if not edition or row["edition"] == edition]
    tracks = {name for field in query.fields for name in _tracks(field, rows)}
    asked = {slot.id for slot in query.of("parks")}
    if asked:
        rows = [row for row in rows if row["id"] in asked and (not tracks or row["track"] in tracks | {""})]
    else:
        rows = [row for row in rows if row["track"] in (tracks or {""})]
    rows = [row for row in rows if query.limit is None or row["rank"] <= query.limit]
    rows = [row for row in rows if query.place in (None, row["rank"])]
    coverage = extent(store) | {"editions": sorted({row["edition"] for row in lists})}
    note = joined("" if rows else not_observed(coverage), _unstated(lists, tracks))
    cited = tuple(piece["id"] for row in rows for piece in row["evidence"])
    return Result(rows, cypher.STANDINGS, {}, cited, coverage, note)


def _edition(query: Query, lists: Sequence[Row]) -> str:
    """The edition that the question asks for, "" for any. Raises Refusal for one that no document publishes."""
    known = sorted({row["edition"] for row in lists})
    if not known:
        raise Refusal(Reason.INSUFFICIENT, "no published list is in the documents.")
    if query.window is None:
        return ""
    years = {(query.window.start or query.window.end)[:4], (query.window.end or query.window.start)[:4]}
    fitting = [edition for edition in known if min(years) <= edition[:4] <= max(years)]
    if not fitting:
        wanted = " to ".join(sorted(years))
        raise Refusal(
            Reason.OUTSIDE_EDITION, f"no list of {wanted} is in the documents; known: {', '.join(known)}.", known
        )
    return fitting[-1] if len(years) == 1 else ""


def _tracks(field: Slot, rows: Sequence[Row]) -> set[str]:
    """How the lists call a track. Raises Refusal for a track that no list has."""
    names = {name.casefold() for name in (field.name, *field.names)}
    known = sorted({row["track"] for row in rows} - {""})
    found = {track for track in known if track.casefold() in names}
    if not found:
        what = "track" if field.kind is Kind.TRACK else "field"
        raise Refusal(
            Reason.OUTSIDE_EDITION,
            f"the {what} {field.name} is on no published list; known tracks: {', '.join(known) or 'none'}.",
            known,
        )
    return found


def _unstated(lists: Sequence[Row], tracks: set[str]) -> str:
    """Which first places of tracks no document states."""
    open_ = sorted(track for track in tracks if not any(row["track"] == track and row["rank"] == 1 for row in lists))
    return "; ".join(f"who stands first on {track} is not stated in the documents" for track in open_)
