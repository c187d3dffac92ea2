"""Why the graph says what it says: of a passage, a claim, a fact or an entity, down to the rule and the marked words.

Offsets are code points of the document's original text, and beside them, as `mark_start` and `mark_end`, of the
sentence that is shown. What a rule means and how a name becomes its key is told by `Reasons`, since rules live where
documents are read.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from graph.errors import NotFound
from graph.judgement import REVIEW, Verdict, standing
from graph.model import Kind
from graph.query.evidence import evidence, sentence
from graph.query.near import near
from graph.search.names import ORDER, candidates, entities
from graph.store import cypher
from graph.store.base import Row, Store
from graph.store.rows import judgement_from

MENTIONS = 10
"""Mentions of an entity that are shown with their sentences."""

APART = 10
"""Names like those of an entity that are shown though they are others'."""

CLAIMS = 30
"""Claims behind a fact that are shown."""

KINDS = (*ORDER, Kind.RANKING)


@dataclass(frozen=True, slots=True)
class Reasons:
    """What `rule` means, in words, and the `steps` {what, text, row} by which a written name becomes its key."""

    rule: Callable[[str], str] = str
    steps: Callable[[Kind, str], Sequence[Row]] = lambda kind, name: ()


def explain(store: Store, id_or_name: str, reasons: Reasons = Reasons()) -> Row:
    """Why: of a passage, a piece of evidence, a link or collaboration, an entity (by id, name or alias); `type` tells.

    Raises NotFound, with names like it.
    """
    sort = id_or_name.partition("-")[0]
    if sort == "passage":
        return passage(store, id_or_name, reasons)
    if sort == "evidence":
        return claim(store, id_or_name, reasons)
    if sort in ("fact", "collaboration"):
        return fact(store, id_or_name, reasons)
    kind = next((kind for kind in Kind if kind.lower() == sort), None)
    if kind and (rows := store.run(cypher.ENTITY[kind], id=id_or_name)):
        return entity(store, kind, rows[0]["e"], reasons)
    found = _named(store, id_or_name)
    return entity(store, *found, reasons)


# ---- a passage -------------------------------------------------------------------------------------------------------


def passage(store: Store, id: str, reasons: Reasons = Reasons()) -> Row:
    """A passage with every name in it and what was claimed of them. Raises NotFound."""
    found = _passages(store, [id])
    if id not in found:
        raise NotFound(f"no passage has the id {id[:80]}; ids change when their document does, so ask again.")
    claims = [claim(store, row["id"], reasons) for row in store.run(cypher.CLAIMED_IN, ids=[id])]
    mentions = _mentions(store, [id], reasons)
    return {"type": "passage", **found[id], "mentions": mentions, "claims": [_short(one) for one in claims]}


def _passages(store: Store, ids: Sequence[str]) -> dict[str, Row]:
    rows = store.run(cypher.READ_IN, ids=list(ids)) if ids else []
    return {row["id"]: dict(row) for row in rows}


def _mentions(store: Store, ids: Sequence[str], reasons: Reasons) -> list[Row]:
    """The names in these passages, in order of passage and place."""
    rows = store.run(cypher.NAMED_IN, ids=list(ids)) if ids else []
    found = [one | {"passage": row["passage"]} for row in rows for one in _spoken(row, reasons)]
    return sorted(found, key=lambda one: (ids.index(one["passage"]), one["start"], one["end"], one["entity"]))


def _spoken(row: Row, reasons: Reasons) -> Iterable[Row]:
    """The places of one name of an entity in a passage."""
    said = row["m"]
    for at, surface in enumerate(said["surfaces"]):
        yield {
            "start": said["spans"][2 * at],
            "end": said["spans"][2 * at + 1],
            "surface": surface,
            "name": said["names"][at],
            "kind": row["kind"],
            "entity": row["entity"],
            "entity_name": row["entity_name"],
            "rule": said["rules"][at],
            "why": reasons.rule(said["rules"][at]),
        }


# ---- a claim ---------------------------------------------------------------------------------------------------------


def claim(store: Store, id: str, reasons: Reasons = Reasons()) -> Row:
    """A piece of evidence: what made it and how sure it was, and where its parties stand around its words."""
    piece = evidence(store, id)
    where = piece["passage"]["id"]
    read = _passages(store, [where])[where]
    names = {row["entity"]: row["entity_name"] for row in store.run(cypher.NAMED_IN, ids=[where])}
    names |= _names(store, [party["entity"] for party in piece["parties"] if party["entity"] not in names])
    parties = [party | {"name": names.get(party["entity"], "")} for party in piece["parties"]]
    meant = {party["entity"] for party in parties}
    return {
        "type": "evidence",
        **piece,
        "parties": parties,
        "extractor": read["extractor"],
        "why": reasons.rule(piece["rule"]),
        "mentions": [one for one in _mentions(store, [where], reasons) if one["entity"] in meant],
    }


def _names(store: Store, ids: Sequence[str]) -> dict[str, str]:
    """The names of these entities."""
    kinds: dict[Kind, list[str]] = defaultdict(list)
    for id in ids:
        if kind := next((kind for kind in Kind if id.startswith(f"{kind.lower()}-")), None):
            kinds[kind].append(id)
    return {one.id: one.name for kind, some in kinds.items() if kind in KINDS for one in entities(store, kind, some)}


# ---- a fact ----------------------------------------------------------------------------------------------------------


def fact(store: Store, id: str, reasons: Reasons = Reasons()) -> Row:
    """A link or collaboration with every claim behind it. Raises NotFound."""
    if id.startswith("collaboration-"):
        rows = store.run(cypher.COLLABORATIONS, ids=[id])
        behind = list(rows[0]["c"]["evidence"]) if rows else []
    else:
        behind = [row["e"]["id"] for row in store.run(cypher.EVIDENCE_OF_FACT, facts=[id])]
    if not behind:
        raise NotFound(f"no fact has the id {id[:80]}; ids change when what is known does, so ask again.")
    claims = [claim(store, one, reasons) for one in sorted(behind)[:CLAIMS]]
    claims.sort(key=lambda one: (one["date"], one["document"], one["start"]))
    first = claims[0]
    return {
        "type": "fact",
        "id": id,
        "relation": first["relation"],
        "kinds": first["kinds"],
        "parties": first["parties"],
        "evidence": len(behind),
        "claims": [_short(one) for one in claims],
    }


_CLAIM = (
    *("id", "relation", "kinds", "parties", "status", "date", "until", "qualifier", "values", "rule", "why"),
    *("confidence", "extractor", "document", "title", "start", "end", "sentence", "mark_start", "mark_end"),
)


def _short(one: Row) -> Row:
    """A claim within something else."""
    return {name: one[name] for name in _CLAIM}


# ---- an entity -------------------------------------------------------------------------------------------------------


def entity(store: Store, kind: Kind, row: Row, reasons: Reasons = Reasons()) -> Row:
    """An entity: its names and how each becomes its key, what makes several of them one, which like ones are others."""
    names: dict[str, _Name] = {}
    passages: list[str] = []
    for one in store.run(cypher.SPOKEN[kind], id=row["id"]):
        said = one["m"]
        passages.append(one["passage"])
        names.setdefault(said.get("told") or row["id"], _Name()).add(said)
    told = _told(names)
    return {
        "type": "entity",
        "id": row["id"],
        "kind": kind.value,
        "name": row["name"],
        "aliases": list(row.get("aliases") or []),
        "documents": row.get("documents") or 0,
        "names": [names[id].row(id, kind, reasons) for id in told],
        **_resolved(store, row["id"], {id: names[id].fullest for id in told}),
        "mentions": _shown(store, row["id"], list(dict.fromkeys(passages))[:MENTIONS], reasons),
        "places": sum(sum(name.surfaces.values()) for name in names.values()),
    }


class _Name:
    """What documents say of one name of an entity."""

    def __init__(self) -> None:
        self.names: Counter[str] = Counter()
        self.surfaces: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.meant: dict[str, str] = {}  # surface -> the fullest name in a document that writes it so

    def add(self, said: Row) -> None:
        self.names.update(said["names"])
        self.surfaces.update(said["surfaces"])
        self.rules.update(said["rules"])
        for surface, name in zip(said["surfaces"], said["names"], strict=True):
            self.meant.setdefault(surface, name)

    @property
    def fullest(self) -> str:
        return min(self.names, key=lambda name: (-self.names[name], name))

    def row(self, id: str, kind: Kind, reasons: Reasons) -> Row:
        """The name, and how each of its writings becomes its key."""
        return {
            "id": id,
            "name": self.fullest,
            "surfaces": dict(sorted(self.surfaces.items(), key=lambda one: (-one[1], one[0]))),
            "rules": {rule: {"times": times, "why": reasons.rule(rule)} for rule, times in self.rules.most_common()},
            "steps": [self._steps(kind, surface, reasons) for surface, _ in self.surfaces.most_common(MENTIONS)],
        }

    def _steps(self, kind: Kind, surface: str, reasons: Reasons) -> list[Row]:
        """From a writing to the key; by way of the fullest form in its document where that has another key."""
        own, full = list(reasons.steps(kind, surface)), list(reasons.steps(kind, self.meant[surface]))
        if not own or own[-1]["text"] == full[-1]["text"]:
            return own
        return [
            own[0],
            {"what": "the fullest form in its document", "text": self.meant[surface], "row": None},
            *full[1:],
        ]


def _told(names: dict[str, _Name]) -> list[str]:
    """The ids of the names, those that stand most often first."""
    return sorted(names, key=lambda id: (-sum(names[id].surfaces.values()), id))


def _resolved(store: Store, id: str, names: dict[str, str]) -> Row:
    """What joins the names of an entity (`same`), and the like names that are another's (`apart`)."""
    if not names:
        return {"same": [], "apart": []}
    ids = list(names)
    pairs = {(row["p"]["a"], row["p"]["b"]): row["p"] for row in store.run(cypher.PAIRS_OF, ids=ids)}
    given = [judgement_from(row["j"]) for row in store.run(cypher.JUDGED, ids=ids)]
    judged = standing(given)
    both = sorted({*pairs, *judged})
    homes = {
        row["l"]["id"]: row["l"] for row in store.run(cypher.LOCALS, ids=sorted({one for pair in both for one in pair}))
    }
    others = _names(store, sorted({home["entity"] for home in homes.values()} - {id}))
    same: list[Row] = []
    apart: list[Row] = []
    for pair in both:
        row, word = pairs.get(pair), judged.get(pair)
        told = {
            "a": pair[0],
            "b": pair[1],
            "names": [names.get(one) or _of(homes, others, one) for one in pair],
            "score": row["score"] if row else 0.0,
            "parts": json.loads(row["parts"]) if row else {},
            "judgement": None if word is None else _judgement(word),
        }
        if all(one in names for one in pair):
            same.append(told)
        elif told["score"] >= REVIEW or (word is not None and word.verdict is Verdict.DIFFERENT):
            other = next(one for one in pair if one not in names)
            apart.append(told | {"entity": homes[other]["entity"] if other in homes else other})
    apart.sort(key=lambda one: (-one["score"], one["a"], one["b"]))
    return {"same": sorted(same, key=lambda one: (-one["score"], one["a"], one["b"])), "apart": apart[:APART]}


def _of(homes: dict[str, Row], others: dict[str, str], local: str) -> str:
    home = homes.get(local)
    return others.get(home["entity"], str(home["text"])) if home else local


def _judgement(one: Any) -> Row:
    return {name: getattr(one, name) for name in ("id", "who", "at", "reason")} | {"verdict": one.verdict.value}


def _shown(store: Store, id: str, passages: Sequence[str], reasons: Reasons) -> list[Row]:
    """The entity's places in these passages, each with its sentence."""
    read = _passages(store, passages)
    found = [one for one in _mentions(store, passages, reasons) if one["entity"] == id][:MENTIONS]
    return [one | _around(read[one["passage"]], one) for one in found]


def _around(read: Row, one: Row) -> Row:
    said = sentence(read["text"], one["start"] - read["start"], one["end"] - read["start"])
    return {**said, **{name: read[name] for name in ("document", "title", "place", "extractor")}}


def _named(store: Store, name: str) -> tuple[Kind, Row]:
    """The entity of this name: of several the one that is called so itself, then by kind, then the best known."""
    wanted = name.casefold()
    same = [one for one in candidates(store, [name], KINDS) if wanted in (other.casefold() for other in one.names)]
    if not same:
        like = near(store, name, KINDS)
        hint = (
            f"did you mean {', '.join(like)}?"
            if like
            else "give the id of an entity, fact, evidence or passage, or a name."
        )
        raise NotFound(f"nothing in the graph has the id or name {name[:80]}; {hint}")
    best = min(same, key=lambda one: (one.name.casefold() != wanted, KINDS.index(one.kind), -one.documents, one.id))
    row: Row = store.run(cypher.ENTITY[best.kind], id=best.id)[0]["e"]
    return best.kind, row
