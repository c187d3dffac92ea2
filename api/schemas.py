"""What goes in and out over HTTP: the shapes of requests and responses, with examples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from api.plain import Plain
from graph.search.lookup import NAMED

Values = dict[str, str | int | float]

_EVIDENCE = {
    "id": "evidence-5f0c3f7a1f0e4b2d9c11",
    "quote": "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议",
    "sentence": "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。",
    "mark_start": 0,
    "mark_end": 28,
    "document": "text-1",
    "title": "签约仪式",
    "url": "https://example.org/1",
    "published": "2024-05-06",
    "place": "page 1-2",
    "start": 0,
    "end": 28,
    "relation": "COLLABORATES",
    "kinds": ["战略合作"],
    "status": "signed",
    "date": "2024-05-06",
    "rule": "sign",
    "confidence": 0.9,
}
_PARK = {"id": "park-0d4e7f2c1b6a58e39f10", "name": "东澜科技园", "documents": 3}
_FIRM = {"id": "enterprise-7be13a0c92d4f5681e23", "name": "澜川半导体有限公司", "documents": 2}
_PASSAGE = {
    "id": "passage-93b1d2a7c6f04e58aa21",
    "text": "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。",
    "start": 0,
    "end": 29,
}


def _example(**example: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class Quote(BaseModel):
    """One claim of a document; [start, end) are code points of its original text."""

    model_config = _example(**_EVIDENCE)

    id: str
    quote: str = Field(description="The words, at most 60 characters.")
    sentence: str = Field(description="The sentence around the words, with … where a long one is cut.")
    mark_start: int = Field(description="The words are [mark_start, mark_end) of `sentence`.")
    mark_end: int
    document: str
    title: str
    url: str
    published: str
    place: str = Field("", description='Where it stands in its file: "page 1-2", "sheet 名单, A3:C3"; "" if not known.')
    start: int
    end: int
    relation: str
    kinds: list[str]
    status: str
    date: str
    rule: str
    confidence: float | None


class Text(BaseModel):
    """A passage: `text` is [start, end) of its document."""

    model_config = _example(**_PASSAGE)

    id: str
    text: str
    start: int
    end: int


class EvidenceParty(BaseModel):
    """Who a claim is about."""

    role: str
    entity: str


class Evidence(Quote):
    """One claim with its whole passage."""

    model_config = _example(
        **_EVIDENCE,
        parties=[{"role": "partner", "entity": _FIRM["id"]}],
        qualifier="",
        values={},
        until="",
        passage=_PASSAGE,
    )

    parties: list[EvidenceParty]
    qualifier: str
    values: Values
    until: str
    passage: Text


class Why(BaseModel):
    """One ground of a hit, and what it adds to the score."""

    by: Literal["words", "meant", "document", "title", "meaning", "around", "name", "path"] = Field(
        description="words of the query in the passage; meant: other words for the same; document: anywhere in it; "
        "title; meaning and around: nearness of the best passage and of the best three; name: what it mentions; path: "
        "how two things of the query are linked."
    )
    part: float = Field(description="What it adds to the score.")
    words: list[str] = Field(description="The words, the names, or the steps of the path.")
    similarity: float | None = Field(
        description="By meaning only: cosine of the passage and the query, moved to the passage's language."
    )


class Marked(Text):
    """A passage with the spans that speak for it, in code points of the document."""

    marks: list[tuple[int, int]]


class Reprint(BaseModel):
    """Another document that says the same."""

    document: str
    title: str
    url: str
    published: str


class Hit(BaseModel):
    """A document with its best passage."""

    document: str
    title: str
    url: str
    published: str
    sources: list[str] = Field(description="The paths that it was read from.")
    passage: Marked
    score: float = Field(description="The weighted mean of its grounds, at most 1.")
    why: list[Why] = Field(description="Its grounds, the weightiest first; the parts add up to the score.")
    reprints: list[Reprint]


class Hits(BaseModel):
    """What was found, best first."""

    model_config = _example(
        query="谁签了战略合作",
        mode="hybrid",
        note="",
        hits=[
            {
                "document": "text-1",
                "title": "签约仪式",
                "url": "https://example.org/1",
                "published": "2024-05-06",
                "sources": ["2024/signed.txt"],
                "passage": {**_PASSAGE, "marks": [[22, 26]]},
                "score": 0.61,
                "why": [{"by": "words", "part": 0.61, "words": ["战略合作"], "similarity": None}],
                "reprints": [],
            }
        ],
        next="",
    )

    query: str
    mode: Literal["hybrid", "lexical"]
    note: str = Field(description="Why meaning was not used, if it was not; filters that name what is not known.")
    hits: list[Hit]
    next: str = Field(description="The cursor of the next page, empty on the last.")


class Name(BaseModel):
    """An entity that a text may mean."""

    id: str
    kind: NAMED
    name: str
    by: Literal["name", "words", "meaning"] = Field(description="Whether a name of it stands in the text, or why else.")
    similarity: float | None = Field(description="Cosine of its names and the text; by meaning only.")
    documents: int = Field(description="How many documents mention it.")


class Names(BaseModel):
    """The entities that a text may mean, the likeliest first."""

    model_config = _example(
        query="driverless cars",
        names=[
            {
                "id": "industry-1",
                "kind": "Industry",
                "name": "智能网联汽车",
                "by": "meaning",
                "similarity": 0.42,
                "documents": 6,
            }
        ],
    )

    query: str
    names: list[Name]


class Question(BaseModel):
    """A question in Chinese (either script) or English."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": "哪些园区把动力电池和汽车连在一起？"}]}
    )

    question: Plain
    phrase: StrictBool = Field(False, description="Also in sentences, by the language model that is set.")


class Statement(BaseModel):
    """A read-only Cypher statement; values go into parameters."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "statement": "MATCH (p:Park {name: $name})<-[:LOCATED_IN]-(e:Enterprise) RETURN e.name LIMIT 10",
                    "parameters": {"name": "苏州工业园区"},
                }
            ]
        },
    )

    statement: str
    parameters: dict[str, Any] = Field(default={}, description="Text, numbers, true, false, null, lists and maps.")


class Rows(BaseModel):
    """What a statement gives."""

    model_config = _example(
        columns=["e.name"],
        rows=[["澜川半导体"]],
        complete=True,
        why="",
        sent="MATCH (p:Park {name: $name})<-[:LOCATED_IN]-(e:Enterprise) RETURN e.name LIMIT 10",
    )

    columns: list[str]
    rows: list[list[Any]] = Field(description="Cells under `columns`; a whole node is {label, properties}.")
    complete: bool = Field(description="Whether these are all rows.")
    why: str = Field(description="At which bound the rest was cut off.")
    sent: str = Field(description="The statement as it was sent: written anew, texts as parameters, with a LIMIT.")


class Window(BaseModel):
    """Days that a question asks about, both included; null = open."""

    model_config = ConfigDict(populate_by_name=True)

    start: str | None = Field(alias="from")
    end: str | None = Field(alias="to")


class Query(BaseModel):
    """How a question was understood."""

    intent: str | None
    parks: list[str]
    enterprises: list[str]
    institutions: list[str]
    industries: list[str]
    tracks: list[str]
    places: list[str]
    kinds: list[str]
    window: Window | None
    negative: bool
    limit: int | None
    target: str | None = Field(description="What is listed or counted.")
    aspect: str | None = Field(
        description="What of a park is asked for: chemistry, hexagon, stage, service, wiring, place, sure."
    )
    not_understood: list[str]


class PhraseSource(BaseModel):
    """What a sentence rests on: a row of the answer (`of` its place, from 0) or evidence (`of` its id)."""

    number: int
    kind: Literal["row", "evidence"]
    of: str
    text: str = Field(description="As the language model saw it.")


class Phrase(BaseModel):
    """A sentence with the numbers of the sources that bear it."""

    text: str
    cites: list[int]


class Phrasing(BaseModel):
    """An answer in sentences by a language model; each number, name and quotation in one stands in its sources."""

    sentences: list[Phrase]
    sources: list[PhraseSource] = Field(description="Those that are cited.")
    dropped: int = Field(description="Sentences of the model that its sources do not bear.")
    model: str
    note: str = Field(description='Why there is no sentence; "" where there is one.')


class Answer(BaseModel):
    """An answer with its query, its statement, its evidence and what was looked through."""

    model_config = _example(
        question="哪些园区把动力电池和汽车连在一起？",
        query={
            "intent": "link",
            "parks": [],
            "enterprises": [],
            "institutions": [],
            "industries": ["动力电池", "汽车"],
            "tracks": [],
            "places": [],
            "kinds": [],
            "window": None,
            "negative": False,
            "limit": None,
            "target": "parks",
            "aspect": None,
            "not_understood": [],
        },
        cypher="UNWIND $a AS industry MATCH …",
        parameters={"a": ["industry-1"], "b": ["industry-2"]},
        answered=True,
        reason=None,
        note="动力电池 – 汽车: not observed in 31 documents",
        suggestions=[],
        rows=[],
        evidence=[],
        coverage={"documents": 31, "firms": 120},
    )

    question: str
    query: Query
    cypher: str | None
    parameters: dict[str, Any]
    answered: bool
    reason: Literal["unknown_name", "outside_edition", "not_understood", "not_built", "insufficient"] | None
    note: str = Field(description="One sentence: what was not observed, or why there is no answer.")
    suggestions: list[str] = Field(description="Names like one that is not known.")
    rows: list[dict[str, Any]]
    evidence: list[str] = Field(description="Ids that open at /api/v1/evidence/{id}.")
    coverage: dict[str, Any] = Field(description="What was looked through: documents, firms …")
    phrasing: Phrasing | None = Field(None, description="Where it was asked for.")


class NewQuestion(BaseModel):
    """A question to be saved; {name} in it is a place for words."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "ties", "question": "{park}里自{since}年以来有哪些合作？"}]},
    )

    name: StrictStr = Field(description="Letters, digits, spaces, dots and dashes.")
    question: StrictStr


class SavedQuestion(BaseModel):
    """A saved question and the parameters that it asks for."""

    model_config = _example(
        name="ties",
        question="{park}里自{since}年以来有哪些合作？",
        parameters=["park", "since"],
        created="2024-05-06T08:00:00+00:00",
        who="li",
    )

    name: str
    question: str
    parameters: list[str]
    created: str
    who: str = Field(description='The name of the key that saved it, "" where there was none.')


class SavedQuestions(BaseModel):
    """Saved questions in the order of their names."""

    questions: list[SavedQuestion]
    skip: int
    total: int


class QuestionValues(BaseModel):
    """Words for the places of a saved question."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"values": {"park": "苏州工业园区", "since": "2023"}}]}
    )

    values: dict[str, StrictStr] = Field(default={}, description="By the names of the parameters.")
    phrase: StrictBool = Field(False, description="Also in sentences, by the language model that is set.")


class Named(BaseModel):
    """An entity in a list."""

    id: str
    name: str
    documents: int = Field(description="Independent documents that mention it.")


class Parks(BaseModel):
    """Parks in the order of their names."""

    model_config = _example(parks=[_PARK], skip=0, total=1, next="")

    parks: list[Named]
    skip: int
    total: int
    next: str = Field("", description='`cursor` of the next page, "" on the last.')


class Enterprises(BaseModel):
    """Enterprises in the order of their names."""

    model_config = _example(enterprises=[_FIRM], skip=0, total=1, next="")

    enterprises: list[Named]
    skip: int
    total: int
    next: str = Field("", description='`cursor` of the next page, "" on the last.')


class End(BaseModel):
    """The other end of a link of an entity, with what is said of the link."""

    id: str
    name: str
    kind: str
    status: str
    since: str
    until: str
    documents: int
    evidence: list[str]
    values: Values


class Party(BaseModel):
    """Who takes part in a collaboration."""

    role: str
    id: str
    name: str
    kind: str


class Deal(BaseModel):
    """A collaboration: who did what together, when, and the sentences that say so."""

    id: str
    relation: str
    kinds: list[str]
    status: str
    since: str
    until: str
    values: Values
    documents: int
    parties: list[Party]
    evidence: list[Quote]


class Deals(BaseModel):
    """The collaborations of a park's firms."""

    inside: list[Deal] = Field(description="Between firms of the park.")
    outside: list[Deal] = Field(description="With others.")


class Standing(BaseModel):
    """A place on a published list, as a document states it."""

    model_config = _example(
        edition="2024",
        park="光谷生物城",
        id=_PARK["id"],
        rank=7,
        track="",
        sample=931,
        status="stated",
        ranking="2024产业园区“未来力”指数",
        document="index_2024.txt",
        start=150,
        end=210,
        evidence=[_EVIDENCE],
    )

    edition: str
    park: str
    id: str
    rank: int
    track: str = Field(description='"" = overall.')
    sample: int | str | None
    status: str
    ranking: str = Field(description="Name of the list.")
    document: str
    start: int
    end: int
    evidence: list[Quote]


class Field_(BaseModel):
    """An industry with how many firms are of it."""

    id: str
    name: str
    firms: int


class Profile(BaseModel):
    """What the profiles of parks and enterprises have in common."""

    id: str
    name: str
    aliases: list[str]
    documents: int
    attributes: Values
    place: list[End]
    evidence: list[Quote]
    coverage: dict[str, int]


class Park(Profile):
    """All that the graph says of a park."""

    model_config = _example(
        **_PARK,
        aliases=["东澜园"],
        attributes={},
        place=[],
        part_of=[],
        parts=[],
        overlaps=[],
        standings=[],
        firms=[],
        institutions=[],
        industries=[{"id": "industry-1", "name": "半导体", "firms": 1}],
        stated_industries=[],
        collaborations={"inside": [], "outside": []},
        evidence=[_EVIDENCE],
        coverage={"documents": 31, "firms": 120, "parks": 9, "collaborations": 40, "mentioned_in": 3},
    )

    part_of: list[End]
    parts: list[End]
    overlaps: list[End]
    standings: list[Standing]
    firms: list[End]
    institutions: list[End]
    industries: list[Field_] = Field(description="Of its firms.")
    stated_industries: list[End] = Field(description="That documents state of the park itself.")
    collaborations: Deals


class Enterprise(Profile):
    """All that the graph says of an enterprise."""

    model_config = _example(
        **_FIRM,
        kind="Enterprise",
        aliases=["澜川"],
        attributes={},
        parks=[],
        place=[],
        industries=[],
        owns=[],
        owned_by=[],
        collaborations=[],
        other_collaborations=[],
        evidence=[_EVIDENCE],
        coverage={"documents": 31, "firms": 120, "parks": 9, "collaborations": 40, "mentioned_in": 2},
    )

    kind: str
    parks: list[End]
    industries: list[End]
    owns: list[End]
    owned_by: list[End]
    collaborations: list[Deal]
    other_collaborations: list[Deal] = Field(description="Plans, denials, mere seats: no ties.")


class Part(BaseModel):
    """What one indicator adds to a score."""

    indicator: str
    dimension: str
    measure: str
    direction: int
    raw: float | None
    lo: float | None = Field(description="95% interval of the measure.")
    hi: float | None
    n: int = Field(description="How many firms or ties it rests on.")
    scaled: float | None = Field(description="0..100; null: undefined for this park, or left out of the index.")
    weight: float = Field(description="Its share of this park's score.")
    flags: list[str]
    reason: str | None


class Axis(BaseModel):
    """How a park stands on one track; `status` says whether a publisher stated the track or this project chose it."""

    id: str
    name: str
    name_en: str
    edition: str
    status: str
    firms: int
    completeness: float | None = Field(description="Share of the chain's steps occupied, by weight; null: absent.")
    percentile: float | None = Field(description="Among the parks on the track.")


_RANKED: dict[str, Any] = {
    "park": "东澜科技园",
    "id": _PARK["id"],
    "rank": 1,
    "score": 81.5,
    "rank_low": 1,
    "rank_high": 3,
    "verdict": "证据不足",
    "stage": "证据不足",
    "band": [1, 1],
    "p_top10": 1.0,
    "dimensions": {"physical": 80.0},
    "flags": ["provisional", "boundary=mentioned", "证据不足"],
    "reason": None,
    "parts": [
        {
            "indicator": "log_firms",
            "dimension": "physical",
            "measure": "firms",
            "direction": 1,
            "raw": 12.0,
            "lo": None,
            "hi": None,
            "n": 12,
            "scaled": 80.0,
            "weight": 1.0,
            "flags": [],
            "reason": None,
        }
    ],
    "axes": [
        {
            "id": "stated-synbio-2024",
            "name": "合成生物",
            "name_en": "synthetic biology",
            "edition": "2024",
            "status": "stated",
            "firms": 2,
            "completeness": 0.2,
            "percentile": 60.0,
        }
    ],
    "evenness": 0.0,
    "near_hexagon": False,
}


class Ranked(BaseModel):
    """A park with its rank and interval, or with the reason why it has none."""

    model_config = _example(**_RANKED)

    park: str
    id: str
    rank: int | None
    score: float | None
    rank_low: int | None = Field(description="5th percentile of its ranks under other choices and inputs.")
    rank_high: int | None = Field(description="95th percentile.")
    band: list[int] | None = Field(description="First and last band; parks share one if their intervals overlap.")
    p_top10: float | None
    verdict: str | None = Field(description="On its chemistry: 证据不足, 物理集聚, 一般集聚, 化学集聚, 化学不足.")
    stage: str | None
    dimensions: dict[str, float | None]
    flags: list[str]
    reason: str | None
    parts: list[Part]
    axes: list[Axis]
    evenness: float | None = Field(description="J of the hexagon, 0..1.")
    near_hexagon: bool


class Measured(BaseModel):
    """One measure; `value` null is undefined, with the reason, never 0."""

    value: Any
    lo: float | None = Field(description="95% interval.")
    hi: float | None
    n: int = Field(description="How many firms or ties it rests on.")
    coverage: float | None
    null: Any = Field(description="What chance alone would give.")
    flags: list[str]
    reason: str | None


_MEASURED: dict[str, Any] = {
    "value": 2.1,
    "lo": 1.2,
    "hi": 3.7,
    "n": 12,
    "coverage": None,
    "null": None,
    "flags": [],
    "reason": None,
}


class ParkMeasures(BaseModel):
    """What is measured of a park, and its row in the index."""

    model_config = _example(park="东澜科技园", id=_PARK["id"], measures={"slr": _MEASURED}, index=_RANKED)

    park: str
    id: str
    measures: dict[str, Measured]
    index: Ranked


class EnterpriseMeasures(BaseModel):
    """What is measured of an enterprise."""

    model_config = _example(enterprise="澜川半导体有限公司", id=_FIRM["id"], measures={"degree": _MEASURED})

    enterprise: str
    id: str
    measures: dict[str, Measured]


class Measures(BaseModel):
    """Measures of the network and of its parks, by name."""

    model_config = _example(
        network={"density": _MEASURED}, parks={"东澜科技园": {"slr": _MEASURED}}, notes={"self_loops": 0}
    )

    network: dict[str, Measured]
    parks: dict[str, dict[str, Measured]]
    notes: dict[str, Any]


class Index(BaseModel):
    """The index made here: `ranked`, best first; `unranked` with reasons. Or the published lists."""

    ranked: list[Ranked] = []
    unranked: list[Ranked] = []
    left_out: dict[str, str] = Field(default={}, description="Indicators that tell no parks apart, and why.")
    recipe: str = Field(default="", description="A hash of every choice.")
    data: str = Field(default="", description="A hash of every value.")
    seed: int = 0
    draws: int = 0
    track: str = Field(default="", description="The id of the track that it is restricted to.")
    published: list[Standing] = []


class WholeMeasures(Measures):
    """The same with the measures of the firms."""

    firms: dict[str, dict[str, Measured]]


Cell = StrictStr | StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]


class Cells(BaseModel):
    """A row of a table."""

    model_config = ConfigDict(extra="forbid")

    def cells(self) -> dict[str, str]:
        """The cells that were given, as text."""
        return {name: str(value) for name, value in self.model_dump(exclude_unset=True).items()}


class NetworkNode(Cells):
    """A firm of a network of one's own."""

    id: StrictStr
    park: StrictStr = Field(description='Several joined by ";", "" where it is not known.')
    industry: StrictStr
    mentions: Cell = Field("", description="Documents that name it without a cooperation.")
    size: Cell = ""
    region: StrictStr = Field("", description="Its city.")
    founded: Cell = Field("", description="The year.")


class NetworkEdge(Cells):
    """A tie of a network of one's own."""

    source: StrictStr
    target: StrictStr
    weight: Cell = ""
    kind: StrictStr = Field("", description='Several joined by ";".')
    documents: Cell = Field("", description="How many documents say so.")
    date: StrictStr = Field("", description="When it began.")


class ChainRow(BaseModel):
    """An industry that feeds another."""

    model_config = ConfigDict(extra="forbid")

    upstream: StrictStr
    downstream: StrictStr


class NewNetwork(BaseModel):
    """A network to be measured; the tables of `parkbond measure`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "nodes": [
                        {"id": "a", "park": "P", "industry": "电芯"},
                        {"id": "b", "park": "P", "industry": "整车"},
                    ],
                    "edges": [{"source": "a", "target": "b"}],
                    "chain": [{"upstream": "电芯", "downstream": "整车"}],
                    "seed": 0,
                }
            ]
        },
    )

    nodes: list[NetworkNode] = Field(min_length=1, max_length=2_000)
    edges: list[NetworkEdge] = Field(max_length=10_000)
    chain: list[ChainRow] = Field([], max_length=1_000)
    since: str = Field("", pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$", description="Only ties that began then or later.")
    until: str = Field("", pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$", description="Only ties that began then or earlier.")
    seed: StrictInt = Field(0, ge=0, lt=2**32)
    wirings: StrictInt | None = Field(None, ge=2, le=200, description="Random wirings that structure is set beside.")


class NewIndex(BaseModel):
    """A table to make an index of; the files of `parkbond index` as texts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "data": "unit,x,y\nA,1,4\nB,3,2\nC,5,3\n",
                    "framework": "code,name,level,parent,direction,weight,denominator\n"
                    "i,I,2,,1,1,\nx,X,1,i,1,1,\ny,Y,1,i,1,1,\n",
                    "uncertainty": 50,
                }
            ]
        },
    )

    data: StrictStr = Field(
        max_length=5_000_000, description="CSV: the column unit, then indicators, denominators, groups."
    )
    framework: StrictStr = Field(
        max_length=1_000_000, description="CSV: code, name, level, parent, direction, weight, denominator."
    )
    recipe: StrictStr = Field("", max_length=100_000, description="TOML with other choices than the usual.")
    impute_group: StrictStr = Field(
        "", max_length=200, description="The column in whose groups missing values are filled."
    )
    weights: StrictStr = Field("", max_length=100, description="A scheme of weights: critic, pca, bod …")
    points: StrictStr = Field("", max_length=1_000_000, description="CSV of experts' points, as weights.")
    removal: StrictBool = Field(False, description="Also how far ranks move without each element.")
    coherence: StrictBool = Field(False, description="Also whether the parts belong together.")
    uncertainty: StrictInt = Field(0, ge=0, le=10_000, description="Also intervals of ranks, from so many draws.")
    sensitivity: StrictInt = Field(0, ge=0, le=1_024, description="Also which choice moves ranks; a power of two.")
    vary: StrictStr = Field("", max_length=100_000, description="TOML of what is varied, if not the usual choices.")
    seed: StrictInt = Field(0, ge=0, lt=2**32)
    edition: dict[str, Any] | None = Field(None, description="A run on whose scale the data are put.")
    compare: dict[str, Any] | None = Field(None, description="A run to say who moved since, and why.")


class IndexUnit(BaseModel):
    """A unit with its rank and scores, or with the reason why it has none."""

    unit: str
    rank: int | None
    scores: dict[str, float | None]
    flags: list[str]
    reason: str | None


class TableIndex(BaseModel):
    """An index and all it was made of: a run, which can be made again or compared with."""

    model_config = ConfigDict(extra="forbid")

    hash: dict[str, str]
    units: list[IndexUnit]
    indicators: list[dict[str, Any]]
    aggregates: list[dict[str, Any]]
    removal: dict[str, float | None] | None = None
    coherence: dict[str, Any] | None = None
    uncertainty: dict[str, Any] | None = None
    sensitivity: dict[str, Any] | None = None
    log: list[dict[str, Any]]
    flags: list[str]
    recipe: dict[str, Any]
    input: dict[str, Any]
    comparison: dict[str, Any] | None = None


class Run(BaseModel):
    """A run, as `POST /api/v1/index` or `parkbond index --out` gives it."""

    model_config = ConfigDict(extra="forbid")

    run: dict[str, Any]


class Replayed(BaseModel):
    """A run made again."""

    same: bool = Field(description="Whether it gives what the run says.")
    index: TableIndex


class TrackInfo(BaseModel):
    """A track of an edition."""

    model_config = _example(
        id="stated-synbio-2024",
        name="合成生物",
        name_en="synthetic biology",
        edition="2024",
        status="stated",
        chain=True,
    )

    id: str
    name: str
    name_en: str
    edition: str
    status: str = Field(description="stated: its publisher named it; otherwise this project chose it.")
    chain: bool = Field(description="Whether its chain is known, so that the index can be restricted to it.")


class Tracks(BaseModel):
    """The tracks of the editions."""

    tracks: list[TrackInfo]


class Step(BaseModel):
    """One change of a name on the way to its comparison key."""

    what: str
    text: str = Field(description="The name after it.")
    row: dict[str, Any] | None = Field(description="The row of a table that says so: table, name, alias, when, source.")


class Rule(BaseModel):
    """How often a rule or model found something."""

    times: int
    why: str


class Spoken(BaseModel):
    """A name in a passage; [start, end) are code points of the document's original text."""

    start: int
    end: int
    surface: str
    name: str = Field(description="The fullest form in its document, or its curated name.")
    kind: str
    entity: str
    entity_name: str
    rule: str = Field(description="The rule or model that gave it its type, a model with its score.")
    why: str = Field(description="The rule in words.")
    passage: str


class ShownMention(Spoken):
    """A mention with its sentence; the name is [mark_start, mark_end) of it."""

    sentence: str
    mark_start: int
    mark_end: int
    document: str
    title: str
    place: str
    extractor: str


class ExplainedName(BaseModel):
    """A name of an entity as documents tell it."""

    id: str
    name: str
    surfaces: dict[str, int]
    rules: dict[str, Rule]
    steps: list[list[Step]] = Field(description="How the name, then each of its writings, becomes its key.")


class Verdict(BaseModel):
    """What a person said of two names."""

    id: str
    verdict: str
    who: str
    at: str
    reason: str


class Compared(BaseModel):
    """Two names that were compared or judged."""

    a: str
    b: str
    names: list[str]
    score: float
    parts: dict[str, float]
    judgement: Verdict | None
    entity: str | None = Field(default=None, description="Whose the other name is, where it is another's.")


class ExplainedParty(EvidenceParty):
    """Who a claim is about, with the name."""

    name: str


class ExplainedClaim(BaseModel):
    """A claim: what made it, how sure it was, and the words; offsets as in `Quote`."""

    id: str
    relation: str
    kinds: list[str]
    parties: list[ExplainedParty]
    status: str
    date: str
    until: str
    qualifier: str
    values: Values
    rule: str
    why: str
    confidence: float | None
    extractor: str = Field(description='What read the document, with its version; "" if not known.')
    document: str
    title: str
    start: int
    end: int
    sentence: str
    mark_start: int
    mark_end: int


class ExplainedPassage(Text):
    """Why: of a passage."""

    type: Literal["passage"]
    document: str
    title: str
    url: str
    published: str
    place: str
    extractor: str
    mentions: list[Spoken]
    claims: list[ExplainedClaim]


class ExplainedEvidence(ExplainedClaim):
    """Why: of a piece of evidence."""

    type: Literal["evidence"]
    quote: str
    url: str
    published: str
    passage: Text
    mentions: list[Spoken] = Field(description="Where its parties stand in its passage.")


class ExplainedFact(BaseModel):
    """Why: of a link or collaboration."""

    type: Literal["fact"]
    id: str
    relation: str
    kinds: list[str]
    parties: list[ExplainedParty]
    evidence: int = Field(description="How many claims are behind it; at most 30 are shown.")
    claims: list[ExplainedClaim]


class ExplainedEntity(BaseModel):
    """Why: of an entity."""

    type: Literal["entity"]
    id: str
    kind: str
    name: str
    aliases: list[str]
    documents: int
    places: int = Field(description="How often documents name it.")
    names: list[ExplainedName]
    same: list[Compared] = Field(description="What joins its names.")
    apart: list[Compared] = Field(description="Names like its own that are another's.")
    mentions: list[ShownMention] = Field(description="The first places, with their sentences.")


Explanation = Annotated[
    ExplainedPassage | ExplainedEvidence | ExplainedFact | ExplainedEntity, Field(discriminator="type")
]


class NewDocument(BaseModel):
    """A document to be read; without an id, a hash of its text is its id."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "id": "news-1",
                    "title": "签约仪式",
                    "text": "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。",
                    "published": "2024-05-06",
                    "url": "https://example.org/1",
                }
            ]
        },
    )

    text: str
    id: str = Field(default="", validation_alias=AliasChoices("id", "doc_id"))
    title: str = ""
    url: str = Field(default="", validation_alias=AliasChoices("url", "source"))
    published: str = Field(default="", validation_alias=AliasChoices("published", "date"))


class NewDocuments(BaseModel):
    """Documents to be read, at most 1000 at a time."""

    model_config = ConfigDict(extra="forbid")

    documents: list[NewDocument | dict[str, Any]] = Field(
        min_length=1, max_length=1000, description="One that is not a document is reported as failed; the others go on."
    )


class NewExtraction(BaseModel):
    """Documents to be read and not kept."""

    model_config = ConfigDict(extra="forbid")

    documents: list[NewDocument] = Field(min_length=1, max_length=20)


class ExtractedName(BaseModel):
    """A name in a document; [start, end) are code points of its text."""

    start: int
    end: int
    surface: str
    type: str
    canonical: str = Field(description="The fullest form in the document.")


class ExtractedRelation(BaseModel):
    """What a document says of two names."""

    type: str
    head: str
    tail: str
    kind: list[str]
    status: str
    start: int
    end: int


class Extraction(BaseModel):
    """What was read from a document, as `parkbond extract` writes it."""

    doc_id: str
    entities: list[ExtractedName]
    relations: list[ExtractedRelation]


class Extracted(BaseModel):
    """What was read from each document, in the order of the request."""

    documents: list[Extraction]


class Item(BaseModel):
    """What became of one document of a request."""

    model_config = _example(id="news-1", outcome="added", status=201, detail="")

    id: str
    outcome: Literal["added", "changed", "unchanged", "duplicate", "failed"]
    status: int = Field(description="As if it had been sent alone.")
    detail: str


class Report(BaseModel):
    """What became of each document, in the order of the request. With a failure the response is a 207."""

    model_config = _example(items=[{"id": "news-1", "outcome": "added", "status": 201, "detail": ""}])

    items: list[Item]


class DocumentHead(BaseModel):
    """A document without its text."""

    id: str
    title: str
    url: str
    published: str
    form: str
    origin: str = Field(description="Documents of one origin are copies and count once.")


class Documents(BaseModel):
    """Documents in the order of their ids."""

    model_config = _example(
        documents=[
            {
                "id": "news-1",
                "title": "签约仪式",
                "url": "",
                "published": "2024-05-06",
                "form": "text",
                "origin": "5f0c3f7a1f0e4b2d9c11",
            }
        ],
        skip=0,
        total=1,
    )

    documents: list[DocumentHead]
    skip: int
    total: int
    next: str = Field("", description='`cursor` of the next page, "" on the last.')


class Document(DocumentHead):
    """A document with its original text and what it claims."""

    text: str
    evidence: list[Quote]


class Deleted(BaseModel):
    """What was taken away."""

    model_config = _example(deleted=["news-1"])

    deleted: list[str]


class Removed(Deleted):
    """What was taken away, and the paths whose documents another path brought too."""

    model_config = _example(deleted=["news-1"], kept=[])

    kept: list[str]


class JobSummary(BaseModel):
    """What a job did. Counts are documents; a roster is one."""

    model_config = ConfigDict(extra="ignore")

    read: int = 0
    added: int = 0
    changed: int = 0
    reread: int = 0
    unchanged: int = 0
    duplicate: int = 0
    skipped: int = 0
    failed: int = Field(0, description="Documents or rows that could not be read; `problems` names them.")
    missing: int = Field(0, description="Documents that were sent and are not in the graph: taken away meanwhile.")
    vectors: int = Field(0, description="Vectors that were made.")
    problems: list[str] = []
    notes: list[str] = []


_JOB: dict[str, Any] = {
    "id": "5f0c3f7a1f0e4b2d",
    "kind": "documents",
    "state": "running",
    "who": "li",
    "created": "2024-05-06T08:00:00.000+00:00",
    "started": "2024-05-06T08:00:01.000+00:00",
    "finished": "",
    "stage": "reading",
    "done": 64,
    "total": 800,
    "error": "",
    "report": None,
}


class JobState(BaseModel):
    """Long work: what it is, how far it is, and what came of it."""

    model_config = _example(**_JOB)

    id: str
    kind: Literal["documents", "file", "roster", "vectors", "reindex"]
    state: Literal["queued", "running", "done", "incomplete", "failed", "cancelled"] = Field(
        description="done: everything that was sent is in the graph; incomplete: `report` says what is not."
    )
    who: str = Field(description="The name of the key that asked for it.")
    created: str
    started: str
    finished: str
    stage: str = Field(description="reading, checking, vectors, stopping or empty.")
    done: int = Field(description="How much of this stage.")
    total: int | None = Field(description="Of how many documents, where that is known.")
    error: str
    report: JobSummary | None


class JobStates(BaseModel):
    """The jobs that are remembered, the newest first."""

    model_config = _example(jobs=[_JOB], total=1)

    jobs: list[JobState]
    total: int


class NewJob(BaseModel):
    """Documents to be read as a job, which goes on when the client has gone."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "documents",
                    "documents": [
                        {"id": "news-1", "text": "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。"}
                    ],
                    "reread": False,
                    "vectors": True,
                }
            ]
        },
    )

    kind: Literal["documents", "vectors", "reindex"] = Field(
        "documents", description="vectors: only make those that are missing; reindex: with the model that is set now."
    )
    documents: list[NewDocument] = Field([], max_length=20_000)
    reread: StrictBool = Field(False, description="Read unchanged documents anew that another extractor has read.")
    vectors: StrictBool = Field(True, description="Also make the vectors for search by meaning.")


class KeyInfo(BaseModel):
    """A key without its secret."""

    model_config = _example(id="0d4e7f2c", name="li", role="editor", created="2024-05-06T08:00:00+00:00", revoked="")

    id: str
    name: str
    role: Literal["reader", "editor", "admin"]
    created: str
    revoked: str = Field(description='When it was ended, "" while it is valid.')


class KeyInfos(BaseModel):
    """Every key that was made."""

    keys: list[KeyInfo]


class NewKey(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "li", "role": "editor"}]})

    name: StrictStr = Field(min_length=1, max_length=100, description="Who holds it.")
    role: Literal["reader", "editor", "admin"] = "reader"


class MadeKey(KeyInfo):
    """A new key; the secret is shown this once."""

    secret: str


class Imported(BaseModel):
    """How many judgements were new."""

    model_config = _example(new=3)

    new: int


class NewJudgements(BaseModel):
    """Judgements as /api/v1/review/log gives them."""

    model_config = ConfigDict(extra="forbid")

    judgements: list[dict[str, Any]] = Field(max_length=10_000)


class Ready(BaseModel):
    """Whether the graph answers."""

    model_config = _example(status="ready", revision=7)

    status: Literal["ready"]
    revision: int


class Health(BaseModel):
    """Whether the graph answers, and how much is in it."""

    model_config = _example(
        status="ok", version="0.1.0", revision=7, counts={"documents": 31, "passages": 400}, vectors=400, passages=400
    )

    status: Literal["ok"]
    version: str
    revision: int
    counts: dict[str, int]
    vectors: int
    passages: int


class Usage(BaseModel):
    """A sentence that uses a name."""

    document: str
    title: str
    text: str


class Side(BaseModel):
    """One of two names: the id that documents give it, how it is written, the entity that it means now."""

    id: str
    name: str
    entity: str
    code: str = Field(description='Its credit code where documents state one, else "".')
    passages: int
    sentences: list[Usage]


class Judgement(BaseModel):
    """What somebody said of two names."""

    id: str
    at: str
    who: str
    verdict: Literal["same", "different", "unsure"]
    a: str
    b: str
    a_name: str
    b_name: str
    score: float = Field(description="Of the pair when it was judged.")
    reason: str


class Judged(Judgement):
    """A judgement and what came of it."""

    one: bool = Field(description="Whether the two names are one entity now.")


class Logged(Judgement):
    """A judgement of the log."""

    stands: bool = Field(description="Whether it is the latest of its pair.")


class JudgementLog(BaseModel):
    """Judgements in the order in which they were given."""

    judgements: list[Logged]
    total: int


class Waiting(BaseModel):
    """Two names that may be one entity."""

    id: str
    kind: str
    score: float
    parts: dict[str, float] = Field(description="What the score is the sum of.")
    a: Side
    b: Side
    judged: Judgement | None = Field(description="The latest judgement of the pair.")
    conflict: str = Field(description='Why they are two although rules or a person say one; "" if none do.')


class ReviewQueue(BaseModel):
    """A page of pairs, the most alike first."""

    items: list[Waiting]
    next: str = Field(description='`after` of the next page, "" on the last.')
    total: int


class WaitingIndustry(BaseModel):
    """A name of an industry, and the concept that it may mean ("" if none is known)."""

    name: str
    pieces: int = Field(description="Pieces of evidence that somebody works in it.")
    concept: str
    score: float
    how: str


class IndustryQueue(BaseModel):
    """A page of names without a sure class, the most frequent first."""

    model_config = _example(
        items=[{"name": "智能算力", "pieces": 2, "concept": "算力服务", "score": 0.7, "how": "prefix"}],
        total=1,
        names=120,
        unclassified_names=31,
        pieces=240,
        unclassified_pieces=52,
        said="unclassified: 26% of 120 industries, 22% of 240 pieces of evidence",
    )

    items: list[WaitingIndustry]
    total: int
    names: int = Field(description="Names of industries in the graph.")
    unclassified_names: int
    pieces: int
    unclassified_pieces: int
    said: str


class NewJudgement(BaseModel):
    """A word on two names, each as it is written or by its id."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"a": "枫隐智能", "b": "枫隐智能科技有限公司", "verdict": "same", "who": "li", "reason": ""}]
        },
    )

    a: str = Field(min_length=1, max_length=500)
    b: str = Field(min_length=1, max_length=500)
    verdict: Literal["same", "different", "unsure"]
    who: str = Field("", max_length=200)
    reason: str = Field("", max_length=2000)
    again: StrictBool = Field(False, description="Replace the opposite judgement of the same pair.")
