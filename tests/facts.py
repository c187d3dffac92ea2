"""Small documents with known facts, for the tests of the store: what each says is written down, not extracted.

    tell("d1", Say("LOCATED_IN", "澜川公司", "东澜园"), Say("COLLABORATES", "澜川公司", "禾禹公司", date="2024-05-01"))

A name's last letters give its kind; `澜川公司=澜川` is the entity 澜川公司 written 澜川 (its surface), and
`澜川公司=澜川=澜川股份公司` the same with the document's own fullest name, `澜川公司=` a party that no words name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graph import fact
from graph.model import (
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
    digest,
    entity_id,
    evidence_id,
    fact_id,
    passage_id,
)

ENDINGS = {
    "园": Kind.PARK,
    "公司": Kind.ENTERPRISE,
    "大学": Kind.INSTITUTION,
    "局": Kind.GOVERNMENT,
    "市": Kind.PLACE,
    "业": Kind.INDUSTRY,
    "榜": Kind.RANKING,
}

ROLES = {
    Relation.COLLABORATES: (Role.PARTNER, Role.PARTNER),
    Relation.SUPPLIES: (Role.SUPPLIER, Role.BUYER),
    Relation.INVESTS: (Role.INVESTOR, Role.INVESTEE),
    Relation.DESCRIBED: (Role.SUBJECT, Role.SUBJECT),
}

Value = str | int | float


@dataclass(frozen=True)
class Say:
    """One sentence with one claim; of no relation (""), only with names."""

    relation: str
    parties: tuple[str, ...]
    status: Status = Status.ACTIVE
    date: str = ""
    until: str = ""
    kinds: tuple[str, ...] = ()
    qualifier: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)


def say(
    relation: str,
    *parties: str,
    status: str = "active",
    date: str = "",
    until: str = "",
    kinds: tuple[str, ...] = (),
    qualifier: str = "",
    **values: Value,
) -> Say:
    """A `Say` with its defaults."""
    if relation == "COLLABORATES" and not kinds:
        kinds = ("战略合作",)
    return Say(relation, parties, Status(status), date, until, kinds, qualifier, values)


def kind_of(name: str) -> Kind:
    """The kind that a name's last letters tell."""
    return next(kind for ending, kind in ENDINGS.items() if name.endswith(ending))


def entity(name: str) -> str:
    """The id of the entity of that name."""
    key = name.split("=")[0]
    return entity_id(kind_of(key), key)


STORY = "".join(f"第{at}段说的是园区里的第{at * 7}件事情，{chr(0x4E00 + at * 37)}也在场。" for at in range(40))
"""A text long enough to have an imprint, for reprints and near-duplicates."""


def tell(
    name: str,
    *says: Say,
    published: str = "",
    source: str = "",
    form: str = "text",
    title: str = "",
    text: str = "",
) -> Contribution:
    """A document of that id whose sentences are `says`, followed by `text`, with all that they contribute."""
    sentences = [_sentence(each) for each in says]
    whole = "".join(sentences) + text
    document = Document(name, whole, title, f"https://example.org/{digest(name)}", published, form, source)
    origin = document.origin
    passages: list[Passage] = []
    mentions: list[Mention] = []
    evidence: list[Evidence] = []
    kinds: dict[str, Kind] = {}
    start = 0
    for each, sentence in zip(says, sentences, strict=True):
        end = start + len(sentence)
        passage = Passage(passage_id(name, start, end), name, start, end, sentence, sentence.lower())
        passages.append(passage)
        at = start
        for party in each.parties:
            surface, fullest = _surface(party), party.split("=")[-1] if party.count("=") == 2 else party.split("=")[0]
            if surface or each.relation:
                kinds[entity(party)] = kind_of(party.split("=")[0])
            if surface:
                at = whole.index(surface, at)
                mentions.append(Mention(entity(party), passage.id, at, at + len(surface), surface, fullest, "told"))
                at += len(surface)
        if each.relation:
            evidence.append(_evidence(document, origin, passage, each))
        start = end
    if text:
        passages.append(Passage(passage_id(name, start, len(whole)), name, start, len(whole), text, text.lower()))
    return Contribution(document, tuple(passages), tuple(mentions), tuple(evidence), kinds)


def _surface(party: str) -> str:
    parts = party.split("=")
    return parts[1] if len(parts) > 1 else parts[0]


def _sentence(each: Say) -> str:
    words = "、".join(_surface(party) for party in each.parties)
    return f"{each.date}{words}{each.relation}{each.status}{sorted(each.values.items())}。"


def _evidence(document: Document, origin: str, passage: Passage, each: Say) -> Evidence:
    relation = Relation(each.relation)
    first, then = ROLES.get(relation, (Role.HEAD, Role.TAIL))
    parties = tuple(sorted(Party(then if at else first, entity(party)) for at, party in enumerate(each.parties)))
    about = fact_id(relation, parties, each.kinds, each.qualifier)
    return Evidence(
        id=evidence_id(document.id, passage.start, passage.end - 1, about, each.status, each.date, each.values),
        document=document.id,
        origin=origin,
        passage=passage.id,
        start=passage.start,
        end=passage.end - 1,
        relation=relation,
        parties=parties,
        kinds=each.kinds,
        status=each.status,
        date=each.date,
        until=each.until,
        qualifier=each.qualifier,
        values=each.values,
        rule="told",
    )


def canonical_of(contributions: Iterable[Contribution]) -> list[str]:
    """The canonical export of a graph that holds these documents (the last of one id), worked out without a store."""
    told = {each.document.id: each for each in contributions}.values()
    evidence = [piece for each in told for piece in each.evidence]
    kinds = {name: kind for each in told for name, kind in each.kinds.items()}
    described = [piece for piece in evidence if piece.relation is Relation.DESCRIBED]
    events = fact.collaborations(evidence)
    lines = [
        *(_document_line(each.document) for each in told),
        *(_passage_line(passage) for each in told for passage in each.passages),
        *(_mention_line(mention) for each in told for mention in each.mentions),
        *(_evidence_line(piece) for piece in evidence),
        *map(_entity_line, fact.entities(kinds, (name for each in told for name in fact.namings(each)), described)),
        *map(_link_line, fact.links(evidence)),
        *map(_collaboration_line, events),
        *map(_tie_line, fact.cooperations(events)),
    ]
    return sorted(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)


def _words(parties: Iterable[Party]) -> list[str]:
    return [f"{party.role.value} {party.entity}" for party in sorted(parties)]


def _document_line(document: Document) -> dict[str, object]:
    told = {name: getattr(document, name) for name in ("id", "title", "url", "published", "form")}
    return {"type": "document", **told, "origin": document.origin, "version": document.version, "text": document.text}


def _passage_line(passage: Passage) -> dict[str, object]:
    values = {name: getattr(passage, name) for name in Passage.__slots__}
    return {"type": "passage", **{name: value for name, value in values.items() if name != "place" or value}}


def _mention_line(mention: Mention) -> dict[str, object]:
    names = ("passage", "entity", "start", "end", "surface", "name", "rule")
    return {"type": "mention", **{name: getattr(mention, name) for name in names}}


def _evidence_line(piece: Evidence) -> dict[str, object]:
    return {
        "type": "evidence",
        **{name: getattr(piece, name) for name in ("id", "document", "passage", "start", "end")},
        "relation": piece.relation.value,
        "fact": piece.fact,
        "parties": _words(piece.parties),
        "kinds": sorted(piece.kinds),
        "status": piece.status.value,
        **{name: getattr(piece, name) for name in ("date", "until", "qualifier")},
        "values": dict(sorted(piece.values.items())),
        "rule": piece.rule,
        "confidence": piece.confidence,
        "origin": piece.origin,
    }


def _entity_line(one: Entity) -> dict[str, object]:
    return {
        "type": "entity",
        "id": one.id,
        "kind": one.kind.value,
        "name": one.name,
        "aliases": list(one.aliases),
        "documents": one.documents,
        "attributes": dict(one.attributes),
    }


def _link_line(link: Link) -> dict[str, object]:
    return {
        "type": "link",
        "head": link.head,
        "id": link.id,
        "relation": link.relation.value,
        "tail": link.tail,
        "status": link.status.value,
        **{name: getattr(link, name) for name in ("since", "until", "qualifier")},
        "values": dict(link.values),
        "documents": link.documents,
        "evidence": list(link.evidence),
    }


def _collaboration_line(event: Collaboration) -> dict[str, object]:
    return {
        "type": "collaboration",
        "id": event.id,
        "relation": event.relation.value,
        "kinds": list(event.kinds),
        "parties": _words(event.parties),
        "status": event.status.value,
        "since": event.since,
        "until": event.until,
        "values": dict(event.values),
        "documents": event.documents,
        "evidence": list(event.evidence),
    }


def _tie_line(tie: fact.Tie) -> dict[str, object]:
    told = {"a": tie.a, "b": tie.b, "collaborations": list(tie.collaborations), "kinds": list(tie.kinds)}
    return {"type": "cooperation", **told, "documents": tie.documents}
