"""Every statement that the product sends to a graph engine: constants, values only as parameters.

Each is shaped to be fast on Neo4j and on the embedded engine (`MATCH … WITH … MATCH`, an equality at the end instead
of a closed pattern), and each node is reached by its label and unique `id`. Statements that differ only by label or
type are tables keyed by `Kind` and `Relation`, the one place where names of labels and types come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product

from graph.model import ALLOWED, Kind, Relation

# ---- schema ---------------------------------------------------------------------------------------------------------

NAMED = (Kind.PARK, Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT, Kind.PLACE, Kind.INDUSTRY, Kind.RANKING)
"""The kinds that documents name, so that their names are looked up by full text."""

MEANT = (Kind.PARK, Kind.ENTERPRISE, Kind.INSTITUTION, Kind.INDUSTRY)
"""The kinds whose names are found by meaning too."""

UNIQUE: tuple[str, ...] = (
    *("Meta", "Document", "Passage", "Evidence", "Collaboration", "Local", "Pair", "Judgement", "Gist"),
    *(kind.value for kind in Kind),
)
"""Labels whose `id` is unique."""

INDEXED: tuple[tuple[str, str], ...] = (
    ("Document", "origin"),
    ("Document", "witness"),
    *(("Document", f"part{at}") for at in range(4)),
    ("Evidence", "fact"),
    ("Evidence", "subject"),
    ("Evidence", "called"),
    ("Evidence", "void"),
    ("Local", "block"),
    ("Local", "base"),
    ("Local", "code"),
    ("Pair", "a"),
    ("Pair", "b"),
    ("Judgement", "a"),
    ("Judgement", "b"),
    ("Collaboration", "fact"),
    *((label, stamp) for label in ("Passage", "Gist") for stamp in ("vectored", "vectored_b")),
)
"""(label, property) of the other indexes."""

FULLTEXT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "passage_text": ("Passage", ("folded",)),
    **{f"{kind.lower()}_names": (kind.value, ("names",)) for kind in NAMED},
}
"""Full-text indexes (CJK bigrams): name -> (label, properties)."""

VECTORED: Mapping[str, str] = {"passage_vector": "Passage", "gist_vector": "Gist"}
"""What is found by meaning: index -> label. A gist holds all names of an entity, under the entity's id."""

SLOTS: Mapping[str, tuple[str, str, str]] = {"a": ("", "vector", "vectored"), "b": ("_b", "vector_b", "vectored_b")}
"""Where a set of vectors is kept: slot -> (ending of its indexes, property of the vector, of the writing revision).

One set serves; a new one is made in the other slot (`Store.begin_vectors`)."""

VECTOR: Mapping[str, tuple[str, str]] = {index: (label, SLOTS["a"][1]) for index, label in VECTORED.items()}
"""Vector indexes (cosine) that every store has: name -> (label, property)."""

CONSTRAINTS: tuple[str, ...] = tuple(
    f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE" for label in UNIQUE
)
INDEXES: tuple[str, ...] = tuple(
    f"CREATE INDEX {label.lower()}_{name} IF NOT EXISTS FOR (n:{label}) ON (n.{name})" for label, name in INDEXED
)

# what schema the store was prepared with: {schema, dimensions, revision}
META = (
    "MATCH (m:Meta {id: 'parkbond'}) "
    "RETURN m.schema AS schema, m.dimensions AS dimensions, m.revision AS revision, m.birth AS birth"
)
# remember it
PREPARED = "MERGE (m:Meta {id: 'parkbond'}) SET m.schema = $schema, m.dimensions = $dimensions"

# ---- write: one transaction -----------------------------------------------------------------------------------------

# first of every write: takes the write lock and moves the revision; the birth tells this graph from any other
LOCK = (
    "MERGE (m:Meta {id: 'parkbond'}) SET m.revision = coalesce(m.revision, 0) + 1, m.birth = coalesce(m.birth, $birth) "
    "RETURN m.revision AS revision"
)

# which of $ids are there
STORED = (
    "UNWIND $ids AS id MATCH (d:Document {id: id}) "
    "RETURN d.id AS id, d.version AS version, coalesce(d.extractor, '') AS extractor, "
    "coalesce(d.sources, []) AS sources"
)
# set the source paths of documents
SOURCES = "UNWIND $rows AS r MATCH (d:Document {id: r.id}) SET d.sources = r.sources"
# which documents came from a source path
FROM_SOURCE = "MATCH (d:Document) WHERE $source IN d.sources RETURN d.id AS id, d.sources AS sources"

# what a document's removal touches: the entities it mentions …
MENTIONED = (
    "UNWIND $ids AS id MATCH (d:Document {id: id})<-[:OF]-(p:Passage) WITH p MATCH (p)-[m:MENTIONS]->(e) "
    "RETURN DISTINCT e.id AS id, labels(e)[0] AS kind, coalesce(m.told, e.id) AS told"
)
# … and its evidence
CLAIMED = (
    "UNWIND $ids AS id MATCH (d:Document {id: id})<-[:OF]-(p:Passage) WITH p MATCH (p)<-[:IN]-(e:Evidence) "
    "RETURN properties(e) AS e"
)
# the removal itself, in this order
REMOVAL: tuple[str, ...] = (
    "UNWIND $ids AS id MATCH (d:Document {id: id})<-[:OF]-(p:Passage) WITH p MATCH (p)<-[:IN]-(e:Evidence) "
    "DETACH DELETE e",
    "UNWIND $ids AS id MATCH (d:Document {id: id})<-[:OF]-(p:Passage) DETACH DELETE p",
    "UNWIND $ids AS id MATCH (d:Document {id: id}) DETACH DELETE d",
)

# which origins are there
ORIGINS = "UNWIND $origins AS origin MATCH (d:Document {origin: origin}) RETURN DISTINCT d.origin AS origin"
# how documents name an entity
NAMINGS: Mapping[Kind, str] = {
    kind: (
        f"UNWIND $ids AS id MATCH (e:{kind} {{id: id}}) WITH e MATCH (e)<-[m:MENTIONS]-(:Passage) "
        "RETURN e.id AS entity, m.names AS names, m.surfaces AS surfaces, m.origin AS origin, m.form AS form, "
        "coalesce(m.told, e.id) AS told"
    )
    for kind in Kind
}
# entities as they are
ENTITIES: Mapping[Kind, str] = {
    kind: f"UNWIND $ids AS id MATCH (e:{kind} {{id: id}}) RETURN properties(e) AS e" for kind in Kind
}
# what describes an entity
DESCRIBED = "UNWIND $ids AS id MATCH (e:Evidence {subject: id}) RETURN properties(e) AS e"
# all evidence of a fact
EVIDENCE_OF_FACT = "UNWIND $facts AS fact MATCH (e:Evidence {fact: fact}) RETURN properties(e) AS e"
# the collaborations that stand for a fact
COLLABORATIONS_OF_FACT = (
    "UNWIND $facts AS fact MATCH (c:Collaboration {fact: fact}) RETURN c.id AS id, c.evidence AS evidence"
)
COLLABORATIONS = "UNWIND $ids AS id MATCH (c:Collaboration {id: id}) RETURN properties(c) AS c"


def _fields(row: str, names: str) -> str:
    """`{a: row.a, b: row.b}`: properties given at creation cost the embedded engine half of what SET costs after it."""
    return "{" + ", ".join(f"{name}: {row}.{name}" for name in names.split()) + "}"


_IMPRINT = "imprint part0 part1 part2 part3"
ADD_DOCUMENT = (
    "UNWIND $rows AS r CREATE (:Document "
    f"{_fields('r', 'id title url published form origin version text sources extractor witness ' + _IMPRINT)})"
)
# a text too large for one message comes in pieces
APPEND_TEXT = "MATCH (d:Document {id: $id}) SET d.text = d.text + $piece"
_EVIDENCE = _fields(
    "e",
    "id document origin fact relation passage start end parties party_kinds kinds status date until qualifier values "
    "rule confidence subject told called void",
)
# passages, each with its evidence
ADD_PASSAGE = (
    "UNWIND $rows AS r MATCH (d:Document {id: r.document}) "
    f"CREATE (p:Passage {_fields('r', 'id document start end text folded place')})-[:OF]->(d) WITH p, r "
    f"UNWIND r.evidence AS e CREATE (:Evidence {_EVIDENCE})-[:IN]->(p)"
)
# more evidence of a passage than one row should carry
ADD_EVIDENCE = (
    "UNWIND $rows AS r MATCH (p:Passage {id: r.passage}) UNWIND r.evidence AS e "
    f"CREATE (:Evidence {_EVIDENCE})-[:IN]->(p)"
)
# what a passage mentions
ADD_MENTION: Mapping[Kind, str] = {
    kind: (
        f"UNWIND $rows AS r MATCH (p:Passage {{id: r.passage}}) UNWIND r.mentions AS m WITH p, m "
        f"MATCH (e:{kind} {{id: m.entity}}) "
        f"CREATE (p)-[:MENTIONS {_fields('m', 'spans surfaces names rules origin form told')}]->(e)"
    )
    for kind in Kind
}
SET_ENTITY: Mapping[Kind, str] = {kind: f"UNWIND $rows AS r MERGE (e:{kind} {{id: r.id}}) SET e = r" for kind in Kind}
# all names of entities, to be found by meaning; those that are called as before keep their vectors
SET_GIST = (
    "UNWIND $rows AS r MERGE (g:Gist {id: r.id}) WITH g, r WHERE g.folded IS NULL OR g.folded <> r.names "
    "SET g.kind = r.kind, g.folded = r.names "
    "REMOVE " + ", ".join(f"g.{each}" for _, *both in SLOTS.values() for each in both)
)
# of these entities, drop the names of those that are no more
DROP_GIST: Mapping[Kind, str] = {
    kind: (
        f"UNWIND $ids AS id MATCH (g:Gist {{id: id}}) OPTIONAL MATCH (e:{kind} {{id: id}}) "
        "WITH g, e WHERE e IS NULL DELETE g"
    )
    for kind in MEANT
}
# the names of all entities of a kind, to make what an older graph lacks
GISTS_TO_MAKE: Mapping[Kind, str] = {
    kind: f"MATCH (e:{kind}) RETURN e.id AS id, '{kind}' AS kind, e.names AS names" for kind in MEANT
}
# of these entities, drop those that nothing names or claims any more
DROP_BARE: Mapping[Kind, str] = {
    kind: f"UNWIND $ids AS id MATCH (e:{kind} {{id: id}}) WHERE NOT EXISTS {{ (e)--() }} DELETE e" for kind in Kind
}

Ends = tuple[Relation, Kind, Kind]

LINKED: tuple[Ends, ...] = tuple(
    (relation, head, tail)
    for relation, (heads, tails) in ALLOWED.items()
    if not relation.is_collaboration
    for head, tail in product(sorted(heads), sorted(tails))
)
_LINK = (
    "SET x.status = r.status, x.since = r.since, x.until = r.until, x.qualifier = r.qualifier, x.values = r.values, "
    "x.documents = r.documents, x.evidence = r.evidence"
)
ADD_LINK: Mapping[Ends, str] = {
    (relation, head, tail): (
        f"UNWIND $rows AS r MATCH (h:{head} {{id: r.head}}) MATCH (t:{tail} {{id: r.tail}}) "
        f"CREATE (h)-[:{relation} "
        f"{_fields('r', 'id status since until qualifier values documents evidence')}]->(t)"
    )
    for relation, head, tail in LINKED
}
SET_LINK: Mapping[Ends, str] = {
    (relation, head, tail): (
        f"UNWIND $rows AS r MATCH (h:{head} {{id: r.head}}) WITH h, r "
        f"MATCH (h)-[x:{relation}]->(:{tail}) WHERE x.id = r.id {_LINK}"
    )
    for relation, head, tail in LINKED
}
DROP_LINK: Mapping[Ends, str] = {
    (relation, head, tail): (
        f"UNWIND $rows AS r MATCH (h:{head} {{id: r.head}}) WITH h, r "
        f"MATCH (h)-[x:{relation}]->(:{tail}) WHERE x.id = r.id DELETE x"
    )
    for relation, head, tail in LINKED
}

PARTIES = tuple(sorted(ALLOWED[Relation.COLLABORATES][0]))
"""Kinds that may be a party of a collaboration."""

SET_COLLABORATION = "UNWIND $rows AS r MERGE (c:Collaboration {id: r.id}) SET c = r"
DROP_COLLABORATION = "UNWIND $ids AS id MATCH (c:Collaboration {id: id}) DETACH DELETE c"
ADD_PARTY: Mapping[Kind, str] = {
    kind: (
        f"UNWIND $rows AS r MATCH (c:Collaboration {{id: r.collaboration}}) MATCH (e:{kind} {{id: r.entity}}) "
        "CREATE (e)-[:PARTY {role: r.role}]->(c)"
    )
    for kind in PARTIES
}
ADD_SUPPORT = (
    "UNWIND $rows AS r MATCH (c:Collaboration {id: r.collaboration}) MATCH (e:Evidence {id: r.evidence}) "
    "CREATE (c)-[:EVIDENCED_BY]->(e)"
)
DROP_SUPPORT = (
    "UNWIND $rows AS r MATCH (e:Evidence {id: r.evidence}) WITH e, r "
    "MATCH (e)<-[x:EVIDENCED_BY]-(c:Collaboration) WHERE c.id = r.collaboration DELETE x"
)

Couple = tuple[Kind, Kind]

_COUPLES: tuple[Couple, ...] = tuple(product(PARTIES, PARTIES))
# the ties of pairs that are there
TIES: Mapping[Couple, str] = {
    (a, b): (
        f"UNWIND $rows AS r MATCH (a:{a} {{id: r.a}}) WITH a, r "
        f"MATCH (a)-[x:COOPERATES]->(b:{b}) WHERE b.id = r.b RETURN a.id AS a, b.id AS b, "
        "x.collaborations AS collaborations"
    )
    for a, b in _COUPLES
}
SET_TIE: Mapping[Couple, str] = {
    (a, b): (
        f"UNWIND $rows AS r MATCH (a:{a} {{id: r.a}}) MATCH (b:{b} {{id: r.b}}) MERGE (a)-[x:COOPERATES]->(b) "
        "SET x.collaborations = r.collaborations, x.kinds = r.kinds, x.documents = r.documents"
    )
    for a, b in _COUPLES
}
DROP_TIE: Mapping[Couple, str] = {
    (a, b): (
        f"UNWIND $rows AS r MATCH (a:{a} {{id: r.a}}) WITH a, r "
        f"MATCH (a)-[x:COOPERATES]->(b:{b}) WHERE b.id = r.b DELETE x"
    )
    for a, b in _COUPLES
}

# ---- which names are one entity ------------------------------------------------------------------------------------

# names as documents tell them: their entities and what the names alone say (`graph.model.Card`)
LOCALS = "UNWIND $ids AS id MATCH (l:Local {id: id}) RETURN properties(l) AS l"
LOCALS_IN_BLOCK = "UNWIND $blocks AS block MATCH (l:Local {block: block}) RETURN properties(l) AS l"
LOCALS_OF_BASE = "UNWIND $ids AS id MATCH (l:Local {base: id}) RETURN properties(l) AS l"
LOCALS_OF_CODE = "UNWIND $codes AS code MATCH (l:Local {code: code}) RETURN properties(l) AS l"
ADD_LOCAL = (
    f"UNWIND $rows AS r CREATE (:Local {_fields('r', 'id kind entity text core place marks parent base code block')})"
)
DROP_LOCAL = "UNWIND $ids AS id MATCH (l:Local {id: id}) DELETE l"
SET_HOME = "UNWIND $rows AS r MATCH (l:Local {id: r.id}) SET l.entity = r.entity"
# compared names
PAIRS_OF = (
    "UNWIND $ids AS id MATCH (p:Pair {a: id}) RETURN properties(p) AS p "
    "UNION ALL UNWIND $ids AS id MATCH (p:Pair {b: id}) RETURN properties(p) AS p"
)
SET_PAIR = "UNWIND $rows AS r MERGE (p:Pair {id: r.id}) SET p = r"
DROP_PAIR = "UNWIND $ids AS id MATCH (p:Pair {id: id}) DELETE p"
# what people said of names
JUDGED = (
    "UNWIND $ids AS id MATCH (j:Judgement {a: id}) RETURN properties(j) AS j "
    "UNION ALL UNWIND $ids AS id MATCH (j:Judgement {b: id}) RETURN properties(j) AS j"
)
JUDGEMENTS_THERE = "UNWIND $ids AS id MATCH (j:Judgement {id: id}) RETURN j.id AS id"
ADD_JUDGEMENT = "UNWIND $rows AS r CREATE (j:Judgement {id: r.id}) SET j = r"
JUDGEMENTS = "MATCH (j:Judgement) RETURN properties(j) AS j ORDER BY j.at, j.id"
# compared names from a score on, the most alike first
QUEUE = "MATCH (p:Pair) WHERE p.score >= $least RETURN properties(p) AS p ORDER BY p.score DESC, p.id"
# documents that call something by another name
CALLED_AS = "UNWIND $ids AS id MATCH (e:Evidence {called: id}) RETURN properties(e) AS e"
# evidence whose parties are one entity
VOID = "UNWIND $ids AS id MATCH (e:Evidence {void: id}) RETURN properties(e) AS e"
EVIDENCE_BY_ID = "UNWIND $ids AS id MATCH (e:Evidence {id: id}) RETURN properties(e) AS e"
# the evidence of what an entity takes part in
EVIDENCE_AROUND: Mapping[Kind, tuple[str, ...]] = {
    kind: (
        *(
            f"UNWIND $ids AS id MATCH (e:{kind} {{id: id}}) WITH e "
            f"MATCH (e){arrow[0]}[x:{'|'.join(sorted(types))}]{arrow[1]}() RETURN x.evidence AS evidence"
            for arrow, types in (
                (("-", "->"), {end[0].value for end in LINKED if end[1] == kind}),
                (("<-", "-"), {end[0].value for end in LINKED if end[2] == kind}),
            )
            if types
        ),
        *(
            (
                f"UNWIND $ids AS id MATCH (e:{kind} {{id: id}}) WITH e MATCH (e)-[:PARTY]->(c:Collaboration) "
                "RETURN c.evidence AS evidence",
            )
            if kind in PARTIES
            else ()
        ),
    )
    for kind in Kind
}
# which of these names some passage still mentions
STILL_MENTIONED: Mapping[Kind, str] = {
    kind: (
        f"UNWIND $rows AS r MATCH (e:{kind} {{id: r.entity}}) WITH e, r MATCH (e)<-[m:MENTIONS]-(:Passage) "
        "WHERE coalesce(m.told, e.id) = r.local RETURN DISTINCT r.local AS local"
    )
    for kind in Kind
}
# which of these entities evidence without words still tells of
STILL_TOLD = (
    "UNWIND $ids AS id MATCH (e:Evidence {subject: id}) RETURN DISTINCT id "
    "UNION UNWIND $ids AS id MATCH (e:Evidence {void: id}) RETURN DISTINCT id"
)
# let an entity be there, so that mentions can be led to it
MEET: Mapping[Kind, str] = {kind: f"UNWIND $ids AS id MERGE (e:{kind} {{id: id}})" for kind in Kind}
# the mentions of an entity that documents tell as $rows' local
MENTIONS_TOLD: Mapping[Kind, str] = {
    kind: (
        f"UNWIND $rows AS r MATCH (e:{kind} {{id: r.entity}}) WITH e, r MATCH (e)<-[m:MENTIONS]-(p:Passage) "
        "WHERE coalesce(m.told, e.id) = r.local RETURN p.id AS passage, r.local AS local, properties(m) AS m"
    )
    for kind in Kind
}
DROP_MENTIONS: Mapping[Kind, str] = {
    kind: (
        f"UNWIND $rows AS r MATCH (e:{kind} {{id: r.entity}}) WITH e, r MATCH (e)<-[m:MENTIONS]-(:Passage) "
        "WHERE coalesce(m.told, e.id) = r.local DELETE m"
    )
    for kind in Kind
}
# whom evidence means
SET_PARTIES = (
    "UNWIND $rows AS r MATCH (e:Evidence {id: r.id}) SET e.fact = r.fact, e.parties = r.parties, "
    "e.party_kinds = r.party_kinds, e.subject = r.subject, e.told = r.told, e.void = r.void"
)

# ---- which documents are one witness --------------------------------------------------------------------------------

_PRINT = "RETURN d.id AS id, d.origin AS origin, d.imprint AS imprint, d.witness AS witness"
PRINTS = f"UNWIND $ids AS id MATCH (d:Document {{id: id}}) WHERE d.imprint <> '' {_PRINT}"
PRINTS_LIKE = " UNION ALL ".join(
    f"UNWIND $prints AS print MATCH (d:Document {{part{at}: print[{at}]}}) {_PRINT}" for at in range(4)
)
PRINTS_OF_WITNESS = (
    f"UNWIND $witnesses AS witness MATCH (d:Document {{witness: witness}}) WHERE d.imprint <> '' {_PRINT}"
)
SET_WITNESS: tuple[str, ...] = (
    "UNWIND $rows AS r MATCH (d:Document {id: r.id}) SET d.witness = r.witness",
    "UNWIND $rows AS r MATCH (d:Document {id: r.id}) WITH d, r MATCH (d)<-[:OF]-(p:Passage) WITH p, r "
    "MATCH (p)-[m:MENTIONS]->() SET m.origin = r.witness",
    "UNWIND $rows AS r MATCH (d:Document {id: r.id}) WITH d, r MATCH (d)<-[:OF]-(p:Passage) WITH p, r "
    "MATCH (p)<-[:IN]-(e:Evidence) SET e.origin = r.witness",
)

# ---- vectors --------------------------------------------------------------------------------------------------------

# which model made the set of vectors that serves ('vectors'), and the one that is being made ('vectors-next')
VECTOR_SETS = (
    "UNWIND ['vectors', 'vectors-next'] AS id MATCH (m:Meta {id: id}) "
    "RETURN m.id AS id, m.set AS set, m.slot AS slot, m.model AS model, m.dimensions AS dimensions, "
    "m.query AS query, m.passage AS passage, m.fingerprint AS fingerprint"
)
SET_VECTORS = (
    "MERGE (m:Meta {id: $id}) SET m.set = $set, m.slot = $slot, m.model = $model, m.dimensions = $dimensions, "
    "m.query = $query, m.passage = $passage, m.fingerprint = $fingerprint"
)
SET_DIMENSIONS = "MATCH (m:Meta {id: 'parkbond'}) SET m.dimensions = $dimensions"
UNSET_VECTORS = "MATCH (m:Meta {id: 'vectors-next'}) DELETE m"
_PLACES = [(label, slot) for label in VECTORED.values() for slot in SLOTS]
# what has no vector in a slot
UNEMBEDDED: Mapping[tuple[str, str], str] = {
    (label, slot): (
        f"MATCH (p:{label}) WHERE p.{SLOTS[slot][1]} IS NULL WITH p.id AS id ORDER BY id LIMIT $limit "
        f"MATCH (p:{label} {{id: id}}) RETURN p.id AS id, p.folded AS folded ORDER BY id"
    )
    for label, slot in _PLACES
}
# vectors of what still says what was embedded; how many were kept
EMBED: Mapping[tuple[str, str], str] = {
    (label, slot): (
        "MATCH (m:Meta {id: 'parkbond'}) WITH m.revision AS revision "
        f"UNWIND $rows AS r MATCH (p:{label} {{id: r.id}}) "
        "WITH p, r, revision WHERE r.folded IS NULL OR p.folded = r.folded "
        f"SET p.{SLOTS[slot][1]} = r.vector, p.{SLOTS[slot][2]} = revision RETURN count(p) AS n"
    )
    for label, slot in _PLACES
}
# whether passages lack none in a slot, and whether they hold any
LACKS_VECTOR: Mapping[str, str] = {
    slot: f"MATCH (p:Passage) WHERE p.{vector} IS NULL RETURN p.id AS id LIMIT 1"
    for slot, (_, vector, _) in SLOTS.items()
}
HOLDS_VECTOR: Mapping[str, str] = {
    slot: f"MATCH (p:Passage) WHERE p.{vector} IS NOT NULL RETURN p.id AS id LIMIT 1"
    for slot, (_, vector, _) in SLOTS.items()
}
# empty a slot, so many at a time
CLEAR_VECTORS: Mapping[tuple[str, str], str] = {
    (label, slot): (
        f"MATCH (p:{label}) WHERE p.{SLOTS[slot][1]} IS NOT NULL WITH p LIMIT $limit "
        f"REMOVE p.{SLOTS[slot][1]}, p.{SLOTS[slot][2]} RETURN count(p) AS n"
    )
    for label, slot in _PLACES
}
# all vectors of a slot, and those that were written after a revision
VECTORS_ALL: Mapping[str, str] = {
    slot: (
        f"MATCH (p:Passage) WHERE p.{vector} IS NOT NULL "
        f"RETURN p.id AS id, p.{vector} AS vector, coalesce(p.{stamp}, 0) AS written"
    )
    for slot, (_, vector, stamp) in SLOTS.items()
}
VECTORS_SINCE: Mapping[str, str] = {
    slot: (f"MATCH (p:Passage) WHERE p.{stamp} > $since RETURN p.id AS id, p.{vector} AS vector, p.{stamp} AS written")
    for slot, (_, vector, stamp) in SLOTS.items()
}
# which of some passages have a vector still, and which revision wrote it
VECTORS_OF: Mapping[str, str] = {
    slot: (
        f"UNWIND $ids AS id MATCH (p:Passage {{id: id}}) WHERE p.{vector} IS NOT NULL "
        f"RETURN p.id AS id, coalesce(p.{stamp}, 0) AS written"
    )
    for slot, (_, vector, stamp) in SLOTS.items()
}

# ---- search ---------------------------------------------------------------------------------------------------------

LEXICAL = (
    "CALL db.index.fulltext.queryNodes($index, $query) YIELD node, score "
    "RETURN node.id AS id, score ORDER BY score DESC, id LIMIT $limit"
)
# the same for words that the analyzer of the full-text indexes leaves out (and, not, the): by their text
HOLDING: Mapping[str, str] = {
    index: (
        f"MATCH (n:{label}) WHERE {' OR '.join(f'n.{name} =~ $pattern' for name in properties)} "
        "RETURN n.id AS id, 1.0 AS score ORDER BY id LIMIT $limit"
    )
    for index, (label, properties) in FULLTEXT.items()
}
NEAREST = (
    "CALL db.index.vector.queryNodes($index, $limit, $vector) YIELD node, score "
    "RETURN node.id AS id, score ORDER BY score DESC, id"
)

# the kind and the names of gists
GISTS = "UNWIND $ids AS id MATCH (g:Gist {id: id}) RETURN g.id AS id, g.kind AS kind, g.folded AS names"

# ---- export: ids first, then rows by id -----------------------------------------------------------------------------

IDS: Mapping[str, str] = {label: f"MATCH (n:{label}) RETURN n.id AS id" for label in UNIQUE}
NODES: Mapping[str, str] = {
    label: f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN properties(n) AS n" for label in UNIQUE
}
NODES_BUT_VECTORS = (
    "UNWIND $ids AS id MATCH (n:Passage {id: id}) RETURN n {.id, .document, .start, .end, .text, .folded, .place} AS n"
)
MENTIONS_OF = (
    "UNWIND $ids AS id MATCH (p:Passage {id: id}) WITH p MATCH (p)-[m:MENTIONS]->(e) "
    "RETURN p.id AS passage, e.id AS entity, m.spans AS spans, m.surfaces AS surfaces, m.names AS names, "
    "m.rules AS rules, m.told AS told"
)
LINKS_OF: Mapping[Kind, str] = {
    kind: (
        f"UNWIND $ids AS id MATCH (h:{kind} {{id: id}}) WITH h "
        f"MATCH (h)-[x:{'|'.join(sorted({end[0] for end in LINKED if end[1] == kind}))}]->(t) "
        "RETURN h.id AS head, t.id AS tail, type(x) AS relation, properties(x) AS x"
    )
    for kind in Kind
    if any(end[1] == kind for end in LINKED)
}
TIES_OF: Mapping[Kind, str] = {
    kind: (
        f"UNWIND $ids AS id MATCH (a:{kind} {{id: id}}) WITH a MATCH (a)-[x:COOPERATES]->(b) "
        "RETURN a.id AS a, b.id AS b, x.collaborations AS collaborations, x.kinds AS kinds, x.documents AS documents"
    )
    for kind in PARTIES
}

# ---- look-ups -------------------------------------------------------------------------------------------------------

# documents in the order of their ids, without their texts
DOCUMENTS = (
    "MATCH (d:Document) RETURN d.id AS id, d.title AS title, d.url AS url, d.published AS published, d.form AS form, "
    "d.origin AS origin, d.sources AS sources ORDER BY id SKIP $skip LIMIT $limit"
)
# the same from behind an id on
DOCUMENTS_AFTER = (
    "MATCH (d:Document) WHERE d.id > $id RETURN d.id AS id, d.title AS title, d.url AS url, d.published AS published, "
    "d.form AS form, d.origin AS origin, d.sources AS sources ORDER BY id LIMIT $limit"
)
# how many nodes there are of each label and relationships of each type
COUNTS = " UNION ALL ".join(
    (
        *(f"MATCH (n:{label}) RETURN '{label}' AS name, count(n) AS n" for label in UNIQUE if label != "Meta"),
        *(
            f"MATCH ()-[x:{relation}]->() RETURN '{relation}' AS name, count(x) AS n"
            for relation in (*sorted({end[0].value for end in LINKED}), "COOPERATES")
        ),
    )
)
# an entity with all its attributes
ENTITY: Mapping[Kind, str] = {kind: f"MATCH (e:{kind} {{id: $id}}) RETURN properties(e) AS e" for kind in Kind}
# evidence with its words and its document
EVIDENCE = (
    "UNWIND $ids AS id MATCH (e:Evidence {id: id})-[:IN]->(p:Passage) WITH e, p MATCH (p)-[:OF]->(d:Document) "
    "RETURN properties(e) AS evidence, p.id AS passage, p.start AS passage_start, p.text AS text, p.place AS place, "
    "d.id AS document, "
    "d.title AS title, d.url AS url, d.published AS published"
)

# ---- explanations ---------------------------------------------------------------------------------------------------

# what names stand in passages
NAMED_IN = (
    "UNWIND $ids AS id MATCH (p:Passage {id: id}) WITH p MATCH (p)-[m:MENTIONS]->(e) "
    "RETURN p.id AS passage, e.id AS entity, e.name AS entity_name, labels(e)[0] AS kind, properties(m) AS m "
    "ORDER BY passage, entity"
)
# what is claimed in passages
CLAIMED_IN = (
    "UNWIND $ids AS id MATCH (p:Passage {id: id}) WITH p MATCH (p)<-[:IN]-(e:Evidence) RETURN e.id AS id ORDER BY id"
)
# passages with their documents and what read them
READ_IN = (
    "UNWIND $ids AS id MATCH (p:Passage {id: id}) WITH p MATCH (p)-[:OF]->(d:Document) "
    "RETURN p.id AS id, p.text AS text, p.start AS start, p.end AS end, coalesce(p.place, '') AS place, "
    "d.id AS document, d.title AS title, d.url AS url, d.published AS published, "
    "coalesce(d.extractor, '') AS extractor"
)
# how an entity is spoken of, everywhere
SPOKEN: Mapping[Kind, str] = {
    kind: (
        f"MATCH (e:{kind} {{id: $id}}) WITH e MATCH (e)<-[m:MENTIONS]-(p:Passage) "
        "RETURN p.id AS passage, properties(m) AS m ORDER BY passage"
    )
    for kind in Kind
}

# ---- search: passages, names ----------------------------------------------------------------------------------------

# how many passages there are, and how many have a vector in the set that serves
VECTORS = (
    "OPTIONAL MATCH (m:Meta {id: 'vectors'}) WITH coalesce(m.slot, 'a') AS slot OPTIONAL MATCH (p:Passage) "
    "RETURN count(p) AS passages, "
    "count(CASE slot WHEN 'a' THEN p.vector ELSE p.vector_b END) AS vectors"
)
# how many have none in a slot
LACKING: Mapping[tuple[str, str], str] = {
    (label, slot): f"MATCH (p:{label}) WHERE p.{SLOTS[slot][1]} IS NULL RETURN count(p) AS n" for label, slot in _PLACES
}
# passages with their documents
PASSAGES = (
    "UNWIND $ids AS id MATCH (p:Passage {id: id}) WITH p MATCH (p)-[:OF]->(d:Document) "
    "RETURN p.id AS id, p.text AS text, p.folded AS folded, p.start AS start, p.end AS end, d.id AS document, "
    "d.title AS title, d.url AS url, d.published AS published"
)
# the first passages in the order of their ids, which are digests: a random sample, the same on every engine
SAMPLE = (
    "MATCH (p:Passage) WITH p.id AS id ORDER BY id LIMIT $limit "
    "MATCH (p:Passage {id: id}) RETURN id, p.folded AS folded ORDER BY id"
)
# the vectors of some passages
VECTORS_OF_PASSAGES: Mapping[str, str] = {
    slot: (
        f"UNWIND $ids AS id MATCH (p:Passage {{id: id}}) WHERE p.{vector} IS NOT NULL RETURN id, p.{vector} AS vector"
    )
    for slot, (_, vector, _) in SLOTS.items()
}
# passages with all of their documents that a search looks at
FOUND = (
    "UNWIND $ids AS id MATCH (p:Passage {id: id}) WITH p MATCH (p)-[:OF]->(d:Document) "
    "RETURN p.id AS id, p.text AS text, p.folded AS folded, p.start AS start, p.end AS end, d.id AS document, "
    "d.title AS title, d.url AS url, d.published AS published, coalesce(d.witness, d.origin) AS witness, "
    "coalesce(d.sources, []) AS sources"
)
# which of some documents mention one of some entities
DOCUMENTS_NAMING = (
    "UNWIND $ids AS id MATCH (d:Document {id: id})<-[:OF]-(p:Passage) WITH d, p MATCH (p)-[:MENTIONS]->(e) "
    "WHERE e.id IN $entities RETURN DISTINCT d.id AS id"
)
# which of some documents tell of a cooperation of a kind, or of a relation
DOCUMENTS_TELLING = (
    "UNWIND $ids AS id MATCH (d:Document {id: id})<-[:OF]-(p:Passage) WITH d, p MATCH (p)<-[:IN]-(e:Evidence) "
    "WHERE $kind IN e.kinds OR e.relation = $kind RETURN DISTINCT d.id AS id"
)
# what an entity is linked with, and the evidence
LINKED_WITH: Mapping[Kind, str] = {
    kind: (
        f"MATCH (e:{kind} {{id: $id}}) WITH e MATCH (e)-[x]-(n) WHERE x.evidence IS NOT NULL "
        "RETURN n.id AS id, n.name AS name, type(x) AS relation, x.evidence AS evidence "
        "ORDER BY id, relation LIMIT $limit"
    )
    for kind in NAMED
}
# what an entity has ties with, and the collaborations that make them
TIED_WITH: Mapping[Kind, str] = {
    kind: (
        f"MATCH (e:{kind} {{id: $id}}) WITH e MATCH (e)-[x:COOPERATES]-(n) "
        "RETURN n.id AS id, n.name AS name, 'COOPERATES' AS relation, x.collaborations AS collaborations "
        "ORDER BY id LIMIT $limit"
    )
    for kind in PARTIES
}
# the evidence of collaborations
EVIDENCE_OF_DEALS = "UNWIND $ids AS id MATCH (c:Collaboration {id: id}) RETURN c.evidence AS evidence"
# the passages that pieces of evidence stand in
PASSAGES_OF_EVIDENCE = "UNWIND $ids AS id MATCH (e:Evidence {id: id}) RETURN e.id AS id, e.passage AS passage"
# the passages that mention an entity
MENTIONING: Mapping[Kind, str] = {
    kind: (
        f"MATCH (e:{kind} {{id: $id}}) WITH e MATCH (e)<-[:MENTIONS]-(p:Passage) "
        "RETURN DISTINCT p.id AS passage ORDER BY passage LIMIT $limit"
    )
    for kind in NAMED
}
# entities with their names
NAMED_AS: Mapping[Kind, str] = {
    kind: (
        f"UNWIND $ids AS id MATCH (e:{kind} {{id: id}}) "
        "RETURN e.id AS id, e.name AS name, e.names AS names, e.documents AS documents"
    )
    for kind in NAMED
}


def _with_names(kind: Kind, score: str) -> str:
    return (
        f"RETURN '{kind}' AS kind, node.id AS id, node.name AS name, node.names AS names, "
        f"node.documents AS documents, {score} AS score ORDER BY score DESC, id LIMIT $limit"
    )


# entities whose names share words with $words, those alike most first, $limit of each kind
_CALLED_LIKE: Mapping[Kind, str] = {
    kind: (
        f"CALL db.index.fulltext.queryNodes('{kind.lower()}_names', $words) YIELD node, score "
        + _with_names(kind, "score")
    )
    for kind in NAMED
}
_HOLDING_NAME: Mapping[Kind, str] = {
    kind: f"MATCH (node:{kind}) WHERE node.names =~ $pattern {_with_names(kind, '1.0')}" for kind in NAMED
}


@cache
def called_like(kinds: tuple[Kind, ...]) -> str:
    """The statement for entities of these kinds whose names share words with $words."""
    return " UNION ALL ".join(_CALLED_LIKE[kind] for kind in kinds)


@cache
def holding_name(kinds: tuple[Kind, ...]) -> str:
    """The same for words that full text leaves out, by $pattern."""
    return " UNION ALL ".join(_HOLDING_NAME[kind] for kind in kinds)


# ---- questions ------------------------------------------------------------------------------------------------------

# parks where a firm of an industry of $a has a tie with a firm of an industry of $b, both in the park
LINKING_PARKS = (
    "UNWIND $a AS industry MATCH (i:Industry {id: industry})<-[:OPERATES_IN]-(x:Enterprise) WITH x "
    "MATCH (x)-[c:COOPERATES]-(y:Enterprise) WITH x, c, y "
    "MATCH (y)-[:OPERATES_IN]->(j:Industry) WHERE j.id IN $b WITH DISTINCT x, c, y "
    "MATCH (x)-[l:LOCATED_IN]->(p:Park) WHERE l.status IN $counted WITH x, c, y, p "
    "MATCH (y)-[m:LOCATED_IN]->(q:Park) WHERE q.id = p.id AND m.status IN $counted "
    "RETURN DISTINCT p.id AS park, p.name AS park_name, x.id AS a, x.name AS a_name, y.id AS b, y.name AS b_name, "
    "c.collaborations AS collaborations, c.documents AS documents ORDER BY park_name, a_name, b_name, park, a, b"
)
# how many firms are of these industries
FIRMS_OF_FIELD = (
    "UNWIND $ids AS id MATCH (i:Industry {id: id})<-[:OPERATES_IN]-(x:Enterprise) RETURN count(DISTINCT x) AS n"
)
# the firms of these industries
FIELD_FIRMS = (
    "UNWIND $ids AS id MATCH (i:Industry {id: id})<-[x:OPERATES_IN]-(e:Enterprise) WHERE x.status IN $counted "
    "RETURN DISTINCT e.id AS id, e.name AS name ORDER BY name, id"
)
# the industries of these names that have firms
FIELDS_CALLED = (
    "MATCH (i:Industry)<-[:OPERATES_IN]-(:Enterprise) WHERE i.name IN $names "
    "RETURN DISTINCT i.id AS id, i.name AS name ORDER BY name, id"
)
# the names of industries, and how many pieces of evidence say that somebody works in each
INDUSTRY_NAMES = (
    "MATCH (i:Industry)<-[x:OPERATES_IN]-() RETURN i.name AS name, sum(size(x.evidence)) AS pieces ORDER BY name"
)
# how many firms have a known field
FIRMS_WITH_FIELD = "MATCH (e:Enterprise)-[:OPERATES_IN]->(:Industry) RETURN count(DISTINCT e) AS n"
# the places of these names, and those that lie in places
PLACES_CALLED = "MATCH (p:Place) WHERE p.name IN $names RETURN p.id AS id, p.name AS name ORDER BY name, id"
PLACES_WITHIN = (
    "UNWIND $ids AS id MATCH (t:Place {id: id}) WITH t MATCH (t)<-[:LOCATED_IN]-(p:Place) "
    "RETURN DISTINCT p.id AS id, p.name AS name ORDER BY name, id"
)
# how many organisations of a kind sit in each park, most first
MOST_SEATED: Mapping[Kind, str] = {
    kind: (
        f"MATCH (e:{kind})-[x:LOCATED_IN]->(p:Park) WHERE x.status IN $counted "
        "RETURN p.id AS id, p.name AS name, count(DISTINCT e) AS n ORDER BY n DESC, name, id"
    )
    for kind in (Kind.ENTERPRISE, Kind.INSTITUTION)
}
# the organisations of a kind that have a tie with one of another kind
TIED_TO: Mapping[tuple[Kind, Kind], str] = {
    (a, b): (
        f"MATCH (a:{a})-[x:COOPERATES]-(b:{b}) "
        "RETURN a.id AS id, a.name AS name, b.id AS other, x.collaborations AS collaborations ORDER BY name, id, other"
    )
    for a in PARTIES
    for b in PARTIES
}
# what documents say of where firms sit, by firm
SITES_OF = (
    "UNWIND $ids AS id MATCH (e:Enterprise {id: id}) WITH e MATCH (e)-[x:LOCATED_IN]->(p:Park) "
    "WHERE x.status IN $counted RETURN e.id AS firm, p.id AS id, p.name AS name ORDER BY firm, name, id"
)
# the industries of firms
FIELDS_OF = (
    "UNWIND $ids AS id MATCH (e:Enterprise {id: id}) WITH e MATCH (e)-[x:OPERATES_IN]->(i:Industry) "
    "WHERE x.status IN $counted RETURN e.id AS firm, i.id AS id, i.name AS name, x.documents AS documents "
    "ORDER BY firm, name, id"
)
_SAID = (
    "type(x) AS relation, x.status AS status, x.since AS since, x.until AS until, x.qualifier AS qualifier, "
    "x.values AS values, x.documents AS documents, x.evidence AS evidence"
)
# the links that lead out of an entity
LINKS_FROM: Mapping[Kind, str] = {
    kind: (
        f"MATCH (h:{kind} {{id: $id}}) WITH h "
        f"MATCH (h)-[x:{'|'.join(sorted({end[0] for end in LINKED if end[1] == kind}))}]->(t) "
        f"RETURN t.id AS id, t.name AS name, labels(t)[0] AS kind, {_SAID} ORDER BY relation, name, id"
    )
    for kind in Kind
    if any(end[1] == kind for end in LINKED)
}
# the links that lead to an entity
LINKS_TO: Mapping[Kind, str] = {
    kind: (
        f"MATCH (t:{kind} {{id: $id}}) WITH t "
        f"MATCH (t)<-[x:{'|'.join(sorted({end[0] for end in LINKED if end[2] == kind}))}]-(h) "
        f"RETURN h.id AS id, h.name AS name, labels(h)[0] AS kind, {_SAID} ORDER BY relation, name, id"
    )
    for kind in Kind
    if any(end[2] == kind for end in LINKED)
}
# the parks that are part of a park or overlap it
PARKS_TOWARD = (
    "MATCH (t:Park {id: $id}) WITH t MATCH (t)<-[x:PART_OF|OVERLAPS]-(h:Park) "
    f"RETURN h.id AS id, h.name AS name, labels(h)[0] AS kind, {_SAID} ORDER BY relation, name, id"
)
# the organisations in a park (or place)
SEATED: Mapping[tuple[Kind, Kind], str] = {
    (head, tail): (
        f"MATCH (t:{tail} {{id: $id}}) WITH t MATCH (t)<-[x:LOCATED_IN]-(h:{head}) WHERE x.status IN $counted "
        f"RETURN h.id AS id, h.name AS name, '{head}' AS kind, {_SAID} ORDER BY name, id"
    )
    for relation, head, tail in LINKED
    if relation is Relation.LOCATED_IN
}
# the organisations in any of some places
SEATED_IN: Mapping[Kind, str] = {
    head: (
        f"UNWIND $ids AS id MATCH (t:Place {{id: id}}) WITH t MATCH (t)<-[x:LOCATED_IN]-(h:{head}) "
        f"WHERE x.status IN $counted RETURN h.id AS id, h.name AS name, '{head}' AS kind, {_SAID} ORDER BY name, id"
    )
    for relation, head, tail in LINKED
    if relation is Relation.LOCATED_IN and tail is Kind.PLACE
}
# the ties of an entity
TIES_AROUND: Mapping[Kind, str] = {
    kind: (
        f"MATCH (a:{kind} {{id: $id}}) WITH a MATCH (a)-[x:COOPERATES]-(b) "
        "RETURN b.id AS id, b.name AS name, labels(b)[0] AS kind, x.collaborations AS collaborations, "
        "x.kinds AS kinds, x.documents AS documents ORDER BY documents DESC, name, id"
    )
    for kind in PARTIES
}
# the ties of a park's firms
TIES_OF_PARK = (
    "MATCH (p:Park {id: $id}) WITH p MATCH (p)<-[l:LOCATED_IN]-(a:Enterprise) WHERE l.status IN $counted "
    "WITH DISTINCT a MATCH (a)-[x:COOPERATES]-(b) "
    "RETURN a.id AS a, a.name AS a_name, b.id AS b, b.name AS b_name, labels(b)[0] AS kind, "
    "x.collaborations AS collaborations, x.kinds AS kinds, x.documents AS documents ORDER BY a_name, b_name, a, b"
)
# all collaborations of an entity, plans and denials too
DEALS_OF: Mapping[Kind, str] = {
    kind: (
        f"MATCH (a:{kind} {{id: $id}}) WITH a MATCH (a)-[:PARTY]->(c:Collaboration) "
        "RETURN DISTINCT c.id AS id, c.status AS status, c.since AS since ORDER BY since, id"
    )
    for kind in PARTIES
}
# the collaborations that began in these years
DEALS_IN = (
    "MATCH (c:Collaboration) WHERE substring(c.since, 0, 4) >= $first AND substring(c.since, 0, 4) <= $last "
    "RETURN c.id AS id, c.since AS since ORDER BY since, id"
)
# who the parties of collaborations are
PARTIES_OF = (
    "UNWIND $ids AS id MATCH (c:Collaboration {id: id}) WITH c MATCH (c)<-[x:PARTY]-(e) "
    "RETURN c.id AS collaboration, x.role AS role, e.id AS id, e.name AS name, labels(e)[0] AS kind "
    "ORDER BY collaboration, role, name, id"
)
# places of parks on published lists
STANDINGS = (
    "MATCH (p:Park)-[x:RANKED]->(r:Ranking) RETURN p.id AS id, p.name AS park, r.id AS ranking, r.name AS list, "
    f"{_SAID} ORDER BY list, qualifier, park, id"
)
# parks in which a firm has a tie with an organisation of a kind
PARKS_TIED_TO: Mapping[Kind, str] = {
    kind: (
        f"MATCH (u:{kind})-[:COOPERATES]-(e:Enterprise) WITH DISTINCT e MATCH (e)-[x:LOCATED_IN]->(p:Park) "
        "WHERE x.status IN $counted RETURN DISTINCT p.id AS id, p.name AS name ORDER BY name, id"
    )
    for kind in PARTIES
}
# parks, enterprises … in the order of their names
LISTED: Mapping[Kind, str] = {
    kind: (
        f"MATCH (e:{kind}) RETURN e.id AS id, e.name AS name, e.documents AS documents "
        "ORDER BY name, id SKIP $skip LIMIT $limit"
    )
    for kind in Kind
}
# the same from behind a name and id on
LISTED_AFTER: Mapping[Kind, str] = {
    kind: (
        f"MATCH (e:{kind}) WHERE e.name > $name OR (e.name = $name AND e.id > $id) "
        "RETURN e.id AS id, e.name AS name, e.documents AS documents ORDER BY name, id LIMIT $limit"
    )
    for kind in Kind
}
# entities that bear this name
CALLED: Mapping[Kind, str] = {kind: f"MATCH (e:{kind}) WHERE e.name = $name RETURN e.id AS id" for kind in Kind}
# a document with its text
DOCUMENT = "MATCH (d:Document {id: $id}) RETURN properties(d) AS d"
# what a document says: its evidence
CLAIMS_OF = (
    "MATCH (d:Document {id: $id})<-[:OF]-(p:Passage) WITH p MATCH (p)<-[:IN]-(e:Evidence) RETURN e.id AS id ORDER BY id"
)
# how much a question may have looked through
EXTENT: Mapping[str, str] = {
    label: f"MATCH (n:{label}) RETURN count(n) AS n" for label in ("Document", "Enterprise", "Park", "Collaboration")
}

# ---- projection: what the measures see ------------------------------------------------------------------------------

# which firms sit in which parks
SITES = (
    "MATCH (e:Enterprise)-[x:LOCATED_IN]->(p:Park) WHERE x.status IN $counted "
    "RETURN e.id AS firm, e.name AS name, p.id AS park, x.since AS since, x.until AS until, x.evidence AS evidence"
)
PARKS = "MATCH (p:Park) RETURN p.id AS id, p.name AS name, p.boundary AS boundary"
FIELDS = (
    "MATCH (e:Enterprise)-[x:OPERATES_IN]->(i:Industry) WHERE x.status IN $counted "
    "RETURN e.id AS firm, i.id AS industry, i.name AS name, x.documents AS documents"
)
FIRM_TIES = (
    "MATCH (a:Enterprise)-[x:COOPERATES]->(b:Enterprise) "
    "RETURN a.id AS a, a.name AS a_name, b.id AS b, b.name AS b_name, x.collaborations AS collaborations"
)
INSTITUTION_TIES = (
    "MATCH (a:Enterprise)-[x:COOPERATES]-(b:Institution) "
    "RETURN a.id AS a, a.name AS a_name, b.id AS b, b.name AS b_name, x.collaborations AS collaborations"
)
COUNTED = (
    "MATCH (c:Collaboration) WHERE c.status IN $counted "
    "RETURN c.id AS id, c.relation AS relation, c.kinds AS kinds, c.since AS since, c.until AS until, "
    "c.origins AS origins"
)
SUPPLIERS = (
    "MATCH (e:Enterprise)-[r:PARTY]->(c:Collaboration) WHERE r.role = 'supplier' RETURN c.id AS id, e.id AS firm"
)
OWNERS = (
    "MATCH (a:Enterprise)-[x:OWNS]->(b:Enterprise) WHERE x.status IN $counted "
    "RETURN a.id AS a, a.name AS a_name, b.id AS b, b.name AS b_name, "
    "x.since AS since, x.until AS until, x.evidence AS evidence"
)
# which documents name a firm, and which tell of a cooperation of it, of whatever status
FIRMS_NAMED = "MATCH (:Passage)-[m:MENTIONS]->(e:Enterprise) RETURN DISTINCT e.id AS firm, m.origin AS origin"
# when independent documents first appeared; reprints and near-duplicates are one
FIRST_PUBLISHED = "MATCH (d:Document) WHERE d.published <> '' RETURN d.witness AS origin, min(d.published) AS published"
PARKS_NAMED = (
    "MATCH (p:Passage)-[m:MENTIONS]->(e:Park) "
    "RETURN DISTINCT p.id AS id, p.folded AS folded, e.id AS park, m.origin AS origin"
)
COOPERATES_IN = "MATCH (e:Enterprise)-[:PARTY]->(c:Collaboration) RETURN e.id AS firm, c.origins AS origins"
SIZES = (
    "MATCH (e:Enterprise) WHERE e.size IS NOT NULL OR e.founded IS NOT NULL "
    "RETURN e.id AS firm, e.size AS size, e.founded AS founded"
)
SITE_WITNESSES = "MATCH (v:Evidence) WHERE v.relation IN ['LOCATED_IN', 'OWNS'] RETURN v.id AS id, v.origin AS origin"
ROSTERS = "MATCH (d:Document) WHERE d.form = 'roster' RETURN d.origin AS origin"

# ---- statements at work, on the embedded engine ---------------------------------------------------------------------

TRANSACTIONS = "SHOW TRANSACTIONS"
# end one, by the id that the engine gave it
TERMINATE = "TERMINATE TRANSACTION '{}'"
