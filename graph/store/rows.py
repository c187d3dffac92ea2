"""The model's values as flat rows of nodes and relationships, and back. Pure; also says what may not be stored."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from graph.errors import InputError
from graph.fact import said, span, void
from graph.judgement import Judgement, Verdict
from graph.model import (
    ALLOWED,
    Collaboration,
    Contribution,
    Document,
    Entity,
    Evidence,
    Kind,
    Link,
    Mention,
    Party,
    Passage,
    Relation,
    Role,
    Status,
    in_order,
)
from graph.witness import imprint, parts

Row = dict[str, Any]

OWN = frozenset({"id", "name", "names", "aliases", "documents"})
"""Properties of every entity; all others are attributes from DESCRIBED evidence and may not take these names."""

ROWS = 5_000
BYTES = 4_000_000
"""A message carries at most so many rows and, by estimate, so many bytes (the embedded engine takes 16 MiB)."""

PIECE = 3_000_000
"""Texts are sent in pieces of at most so many characters (4 bytes each at most)."""

_LARGEST = 2**63
_AS_THEY_STAND = attrgetter("start", "end", "surface", "name", "rule")


# ---- out ------------------------------------------------------------------------------------------------------------


def document_row(document: Document, origin: str, version: str, sources: Iterable[str], extractor: str = "") -> Row:
    """A Document without what does not fit into one message (`pieces` gives the rest of the text)."""
    row = {
        "id": document.id,
        "title": document.title,
        "url": document.url,
        "published": document.published,
        "form": document.form,
        "origin": origin,
        "version": version,
        "text": document.text[:PIECE],
        "sources": sorted(set(sources) - {""}),
        "extractor": extractor,
        "imprint": imprint(document),
        "witness": origin,
    }
    return row | {f"part{at}": part for at, part in enumerate(parts(str(row["imprint"])))}


def pieces(text: str) -> Iterator[str]:
    """What follows the first `PIECE` characters of a text, piece by piece."""
    return (text[start : start + PIECE] for start in range(PIECE, len(text), PIECE))


def passage_row(passage: Passage) -> Row:
    return {
        "id": passage.id,
        "document": passage.document,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "folded": passage.folded,
        "place": passage.place or None,
    }


def mention_rows(mentions: Iterable[Mention], origin: str, form: str) -> list[Row]:
    """One row for each passage and name told of an entity; spans are start, end, start, end … in order."""
    spoken: dict[tuple[str, str, str], list[Mention]] = defaultdict(list)
    for mention in sorted(set(mentions), key=_AS_THEY_STAND):
        spoken[mention.passage, mention.entity, mention.told].append(mention)
    return [
        {
            "passage": passage,
            "entity": entity,
            "spans": [offset for mention in together for offset in (mention.start, mention.end)],
            "surfaces": [mention.surface for mention in together],
            "names": [mention.name for mention in together],
            "rules": [mention.rule for mention in together],
            "origin": origin,
            "form": form,
            "told": told or None,
        }
        for (passage, entity, told), together in spoken.items()
    ]


def evidence_row(piece: Evidence, kinds: Mapping[str, Kind]) -> Row:
    """Evidence with the kinds of its parties; `subject` only where it describes one."""
    return {
        "id": piece.id,
        "document": piece.document,
        "origin": piece.origin,
        "fact": piece.fact,
        "relation": piece.relation.value,
        "passage": piece.passage,
        "start": piece.start,
        "end": piece.end,
        "parties": party_words(piece.parties),
        "party_kinds": [kinds[party.entity].value for party in in_order(piece.parties)],
        "kinds": sorted(piece.kinds),
        "status": piece.status.value,
        "date": piece.date,
        "until": piece.until,
        "qualifier": piece.qualifier,
        "values": said(piece.values),
        "rule": piece.rule,
        "confidence": float(piece.confidence),
        "subject": piece.parties[0].entity if piece.relation.is_about_one else None,
        "told": party_words(piece.told) or None,
        "called": piece.qualifier if piece.relation is Relation.CALLED else None,
        "void": piece.parties[0].entity if void(piece) else None,
    }


def entity_row(entity: Entity) -> Row:
    """An entity; `names` is what full-text search reads: its name and aliases, a line each."""
    return {
        **entity.attributes,
        "id": entity.id,
        "name": entity.name,
        "names": "\n".join((entity.name, *entity.aliases)),
        "aliases": list(entity.aliases),
        "documents": entity.documents,
    }


def link_row(link: Link) -> Row:
    return {
        "id": link.id,
        "head": link.head,
        "tail": link.tail,
        "status": link.status.value,
        "since": link.since,
        "until": link.until,
        "qualifier": link.qualifier,
        "values": said(link.values),
        "documents": link.documents,
        "evidence": list(link.evidence),
    }


def collaboration_row(collaboration: Collaboration, fact: str) -> Row:
    return {
        "id": collaboration.id,
        "fact": fact,
        "relation": collaboration.relation.value,
        "kinds": list(collaboration.kinds),
        "parties": party_words(collaboration.parties),
        "status": collaboration.status.value,
        "since": collaboration.since,
        "until": collaboration.until,
        "values": said(collaboration.values),
        "documents": collaboration.documents,
        "evidence": list(collaboration.evidence),
        "origins": list(collaboration.origins),
    }


def party_words(parties: Iterable[Party]) -> list[str]:
    """Parties as `role entity`, sorted."""
    return [f"{party.role} {party.entity}" for party in in_order(parties)]


# ---- in -------------------------------------------------------------------------------------------------------------


def parties_from(words: Iterable[str]) -> tuple[Party, ...]:
    """The parties of `role entity` words."""
    split = (word.partition(" ") for word in words)
    return tuple(Party(Role(role), entity) for role, _, entity in split)


def evidence_from(row: Mapping[str, Any]) -> Evidence:
    """Evidence as `evidence_row` wrote it."""
    return Evidence(
        id=row["id"],
        document=row["document"],
        origin=row["origin"],
        passage=row["passage"],
        start=row["start"],
        end=row["end"],
        relation=Relation(row["relation"]),
        parties=parties_from(row["parties"]),
        kinds=tuple(row["kinds"]),
        status=Status(row["status"]),
        date=row["date"],
        until=row["until"],
        qualifier=row["qualifier"],
        values=json.loads(row["values"]),
        rule=row["rule"],
        confidence=row["confidence"],
        told=parties_from(row.get("told") or ()),
    )


def collaboration_from(row: Mapping[str, Any]) -> Collaboration:
    """A collaboration as `collaboration_row` wrote it."""
    return Collaboration(
        id=row["id"],
        relation=Relation(row["relation"]),
        kinds=tuple(row["kinds"]),
        parties=parties_from(row["parties"]),
        status=Status(row["status"]),
        since=row["since"],
        until=row["until"],
        values=json.loads(row["values"]),
        documents=row["documents"],
        evidence=tuple(row["evidence"]),
        origins=tuple(row["origins"]),
    )


def entity_from(row: Mapping[str, Any], kind: Kind) -> Entity:
    """An entity as `entity_row` wrote it."""
    attributes = {key: row[key] for key in sorted(row) if key not in OWN}
    return Entity(row["id"], kind, row["name"], tuple(row["aliases"]), row["documents"], attributes)


def judgement_row(one: Judgement) -> Row:
    return {
        **{name: getattr(one, name) for name in ("id", "a", "b", "who", "at", "reason", "score", "a_name", "b_name")},
        "verdict": one.verdict.value,
    }


def judgement_from(row: Mapping[str, Any]) -> Judgement:
    """A judgement as `judgement_row` wrote it."""
    told = {name: row[name] for name in ("a", "b", "who", "at", "reason", "score", "a_name", "b_name")}
    return Judgement(verdict=Verdict(row["verdict"]), **told)


def party_kinds(row: Mapping[str, Any]) -> dict[str, Kind]:
    """The kind of each party of an evidence row."""
    entities = (word.partition(" ")[2] for word in row["parties"])
    return {entity: Kind(kind) for entity, kind in zip(entities, row["party_kinds"], strict=True)}


# ---- messages -------------------------------------------------------------------------------------------------------


def messages(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Rows in groups that fit into one message each."""
    group: list[Any] = []
    size = 0
    for row in rows:
        weight = len(repr(row).encode(errors="surrogatepass"))
        if group and (len(group) >= ROWS or size + weight > BYTES):
            yield group
            group, size = [], 0
        group.append(row)
        size += weight
    if group:
        yield group


# ---- what may not be stored -----------------------------------------------------------------------------------------


def check(contribution: Contribution) -> None:
    """Raise InputError unless every mention and claim lies in its passage, names known entities and fits the schema."""
    document = contribution.document
    try:
        _check_text(document)
        passages = {passage.id: passage for passage in contribution.passages}
        _require(len(passages) == len(contribution.passages), "two passages share an id")
        for passage in contribution.passages:
            _require(passage.document == document.id, f"passage {passage.id} is of another document")
            _require(
                document.text[passage.start : passage.end] == passage.text, f"passage {passage.id} is not its text"
            )
            _require(len(passage.text) + len(passage.folded) <= PIECE, f"passage {passage.id} is too long")
        for mention in contribution.mentions:
            _check_place(mention, passages)
            _require(mention.entity in contribution.kinds, f"{mention.entity} has no kind")
            _require(document.text[mention.start : mention.end] == mention.surface, f"{mention.surface!r} is not there")
        for piece in contribution.evidence:
            _check_place(piece, passages)
            _check_evidence(piece, document, contribution.kinds)
    except ValueError as error:
        raise InputError(f"document {document.id!r}: {error}; nothing of this batch was stored") from None


def _check_text(document: Document) -> None:
    _require(bool(document.id), "its id is empty")
    try:
        "".join((document.id, document.text, document.title, document.url, document.source)).encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"it holds half a surrogate pair ({error.reason})") from None


def _check_place(part: Mention | Evidence, passages: Mapping[str, Passage]) -> None:
    passage = passages.get(part.passage)
    if passage is None:
        raise ValueError(f"passage {part.passage} is not one of its passages")
    if not passage.start <= part.start < part.end <= passage.end:
        place = f"[{part.start}, {part.end}) is not inside its passage [{passage.start}, {passage.end})"
        raise ValueError(f"a {type(part).__name__.lower()} at {place}")


def _check_evidence(piece: Evidence, document: Document, kinds: Mapping[str, Kind]) -> None:
    _require(piece.document == document.id, f"evidence {piece.id} is of another document")
    for party in piece.parties:
        _require(party.entity in kinds, f"{party.entity} has no kind")
    for date in filter(None, (piece.date, piece.until)):
        span(date)
    for key, value in piece.values.items():
        small = not isinstance(value, int) or -_LARGEST <= value < _LARGEST
        _require(small, f"{key} = {value} does not fit into 64 bits")
    said(piece.values)
    _check_roles(piece, [kinds[party.entity] for party in in_order(piece.parties)])


def _check_roles(piece: Evidence, kinds: Sequence[Kind]) -> None:
    roles = [party.role for party in in_order(piece.parties)]
    if piece.relation.is_about_one:
        _require(roles == [Role.SUBJECT], "a description has one subject")
        taken = OWN & piece.values.keys() if piece.relation is Relation.DESCRIBED else set()
        _require(not taken, f"{', '.join(sorted(taken))} cannot be an attribute")
    elif piece.relation.is_collaboration:
        _require(len({party.entity for party in piece.parties}) > 1, f"{piece.relation} needs two parties")
        odd = sorted(set(kinds) - ALLOWED[piece.relation][0])
        _require(not odd, f"{', '.join(odd)} cannot be a party of {piece.relation}")
    else:
        _require(roles == [Role.HEAD, Role.TAIL], f"{piece.relation} has one head and one tail")
        heads, tails = ALLOWED[piece.relation]
        _require(kinds[0] in heads and kinds[1] in tails, f"{kinds[0]} {piece.relation} {kinds[1]} is not allowed")


def _require(good: bool, reason: str) -> None:
    if not good:
        raise ValueError(reason)
