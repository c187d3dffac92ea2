"""Names in English text: capitalised groups typed by how they end, and the gazetteer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph.model import Kind
from ingest import lexicon
from ingest.extract.names import Hit, Span

_WORD = r"(?:[A-Z\u00c0-\u00de][\w\u00c0-\u024f'’&-]*|[A-Z]\.(?:[A-Z]\.)*|[a-z]?[A-Z][\w-]*|\d+[A-Z]\w*)"
_DISCIPLINE = (
    "Science|Sciences|Research|Technology|Trade|Industry|Commerce|Innovation|Engineering|Economic|Economics|"
    "Development|Education|Health|Culture|Agriculture|"
    "Physics|Chemistry|Investment|Reform|Arts|Information|Finance|Arts|Tourism|Environment|Energy|Labour|"
    "Food|Materials|Medicine|Ecological|Telecommunications"
)
_HEAD = (
    "University|Institute|Ministry|College|Academy|School|Bank|Chamber|Department|Bureau|Board|Council|"
    "Government|Republic|City|Port|Federation|Association|"
    "Commission|Faculty|Centre|Center|Laboratory|Corporation|Society|Authority|Agency|Office|State|Valley|"
    "Alliance|Administration|Committee|Foundation"
)
_JOINER = re.compile(rf"(?:^|.* )(?:{_DISCIPLINE}) and |(?:^|.* )(?:{_HEAD})(?: of| for)(?: the)? ")
_SECOND = re.compile(rf"(?:{_DISCIPLINE}|Technological|Technical|Industrial|Social|Advanced|High|New|Applied|Tech)\b")
_OFFICE = re.compile(rf"(?:^|.* )(?:{_HEAD})(?: of| for)(?: the)? ")
_GROUP = re.compile(
    rf"{_WORD}(?:(?: (?:de|für|di|da|do|del|van|von)(?: la)?| ?&| –)? {_WORD}| (?:of|for)(?: the)? {_WORD}|"
    rf" and {_WORD}| \([A-Z][\w .]*\)(?= (?:Co|Ltd|Limited|Inc|Pte|Sdn|Holdings|Group|[A-Z])))*"
    r"(?:\.?,? (?:Ltd|LTD|Inc|INC|Co|CO|Corp|CORP|LLC|L\.L\.C|S\.A|S\.r\.l|s\.r\.o|B\.V|N\.V|Bhd|Pte)\b\.?)*"
    r"(?:(?:(?<= Inc)|(?<= Ltd)|(?<= Corp)|(?<= Co)|(?<= Bhd))\.)?"
)
_COMPANY = re.compile(
    r"(?:^|[ ,(])(?:C[Oo]\.?,? ?L(?:td|TD)|Ltd|LTD|INC|CORP|LIMITED|"
    r"Limited|Inc|Incorporated|Corp|Corporation|Company|Co|LLC|LLP|PLC|plc|"
    r"GmbH|AG|KG|SE|S\.A|SA|SpA|S\.p\.A|S\.r\.l|B\.V|BV|N\.V|Oy|AB|A/S|AS|ASA|Pte|Bhd|"
    r"K\.K|s\.r\.o|o\.o|Group|Holdings|Holding|Industries|Enterprises|Technologies|Technology|Electronics|"
    r"Pharmaceuticals|Pharma|Biotech|Biologics|Therapeutics|Semiconductor|"
    r"Semiconductors|Motors|Motor|Automotive|Energy|Power|Steel|Chemicals|Chemical|Materials|Systems|"
    r"Solutions|Services|Partners|Capital|Ventures|Bank|Logistics|Foods|Dairy|"
    r"Machinery|Instruments|Optics|Photonics|Robotics|Aerospace|Airlines|Software|Networks|Labs|Studios|Games|"
    r"Media|Works|Factory|Mills|Forging|Castings|Foundry|Bearings|Bearing|"
    r"Tools|Packaging|Coatings|Plastics|Textiles|Engineering|Consultants|Consulting|Shipping|Shipyard|Press|"
    r"Sensing|Microsystems|Devices|Hides|Iberia|Invest|Brothers|Sons)\.?$"
)
_PARK = re.compile(
    r"(?:Science|Technology|Industrial|Business|Research|Innovation|Software|Eco|Logistics|Tech|Bio|"
    r"Hi-[Tt]ech|High-[Tt]ech|Enterprise|Biotech|Science and Technology|Science & Technology|Knowledge|"
    r"Medical|Chemical|Life Science[s]?|Agro|Food|Food-)?"
    r" ?(?:Park|Zone|Science City|Tech City|New Area|Industrial Estate|Estate|Valley|Special Area|"
    r"Export Processing Zone|Free Trade Zone|Technopolis|Technopole|Technology Centre Park|Industrial Area|"
    r"Industrial City|Campus|Business Bay|Development Area|Cluster Park)$"
)
_INSTITUTION = re.compile(
    r"(?:^|\b)(?:University|Universiti|Université|Universität|Polytechnic|College|Institute|Academy|School|"
    r"Laboratory|Laboratories|Lab|Hospital|Association|Alliance|Society|Foundation|Consortium|"
    r"Chamber of Commerce|Federation|"
    r"Research Cent(?:re|er)|Incubator|Accelerator|Cent(?:re|er)|Council for|Museum|Library|Exchange|"
    r"Observatory|Fraunhofer)(?:\b|$)"
)
_GOVERNMENT = re.compile(
    r"(?:^|\b)(?:Ministry|Department|Government|Administration|Authority|Commission|Bureau|Committee|Council|"
    r"Agency|Board|Municipality|Parliament|Senate|Congress|State Council|City Hall|"
    r"Administrative Committee)(?:\b|$)"
)
_PLACE_END = re.compile(
    r" (?:Province|County|City|District|State|Prefecture|Island|Islands|Peninsula|Region|Township)$"
)
_PERSON_BEFORE = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Prof|Professor|Sir|President|Chairman|Chairwoman|Director|Minister|Mayor|Governor|CEO|"
    r"founder|chairman|director|manager|spokesman|spokeswoman|spokesperson)\.? ?$"
)


_CAPITAL = r"[A-Z\u00c0-\u00de][\w\u00c0-\u024f'’-]*"
_WITHIN = re.compile(rf"(?:(?<= in )|(?<= at )|(?<= of )|(?<=near )|(?<=from ))({_CAPITAL}(?: {_CAPITAL})?), (?=[A-Z])")
"""A place by the larger one behind it: in Ochang, South Korea."""


def is_english(text: str) -> bool:
    """Whether a sentence is written in Latin letters; a few Chinese characters in it (a name in brackets) may be."""
    chinese = len(_HAN.findall(text))
    return not chinese or 6 * chinese < len(_LETTER.findall(text))


_HAN = re.compile("[\u3400-\u9fff]")
_LETTER = re.compile("[A-Za-z]")


def english_spans(text: str, hits: Sequence[Hit]) -> list[Span]:
    """Names and fields of an English sentence."""
    spans: list[Span] = []
    for hit in hits:
        if _bounded(text, hit.start, hit.end):
            entry = hit.entries[0]
            word = text[hit.start : hit.end]
            if entry.kind is Kind.PLACE and word in ("China", "PRC"):
                continue
            spans.append(Span(hit.start, hit.end, entry.kind, "gazetteer", 1))
    known = {span.start for span in spans if span.kind is Kind.PLACE}
    for found in _WITHIN.finditer(text):
        if found.end() in known:
            spans.append(Span(*found.span(1), Kind.PLACE, "english:within", 1))
    for found in _GROUP.finditer(text):
        for start, end in _parts(text, found.start(), found.end()):
            span = _typed(text, start, end)
            if span is not None:
                spans.append(span)
    return spans + _partners(text, spans)


_AGREE = re.compile(
    " (?:have |had |has |will |also |both |jointly )*"
    "(?:sign|agree|form|set up|partner|team|launch|establish|enter|announce)"
)


def _partners(text: str, spans: Sequence[Span]) -> list[Span]:
    """The group before `and` a certain firm that agrees on something is a firm too: Insilico Medicine and Fosun Pharma
    signed."""
    found: list[Span] = []
    for span in spans:
        if span.kind is not Kind.ENTERPRISE or span.rule == "english:acts" or not _AGREE.match(text, span.end):
            continue
        before = _AND_BEFORE.search(text, 0, span.start)
        if before is None or any(one.start < before.end(1) and before.start(1) < one.end for one in spans):
            continue
        start = _first_word(text, *before.span(1))
        if before.end(1) - start > 1 and not _PERSON_BEFORE.search(text[max(0, start - 14) : start]):
            found.append(Span(start, before.end(1), Kind.ENTERPRISE, "english:partners", 0))
    return found


_AND_BEFORE = re.compile(rf"({_WORD}(?: {_WORD}){{0,3}}),? and $")


def _parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The names in a group. 's parts them; `and`, `of`, `for` join only behind a field (Science and …) or a head
    (University of …)."""
    parts: list[tuple[int, int]] = []
    for joint in re.finditer("(?:'s|’s| (?:and|of|for)(?: the)?) ", text[start:end]):
        first = parts[-1][1] if parts else start
        if joint[0][0] != " " or not _joins(text[first : start + joint.end()].lstrip(), text[start + joint.end() :]):
            parts.append((first, start + joint.end()))
    ends = [*parts, (parts[-1][1] if parts else start, end)]
    return [(first, last if (first, last) == ends[-1] else _unjoined(text, first, last)) for first, last in ends]


_FIELD_ENDS = (
    r"[A-Z][\w-]*(?:ics|logy|logies|ences?|istry|onomy|graphy|[Tt]ech|aterials|evices|ystems|ngineering|edicine|"
    r"mputing)"
)
_TWO_FIELDS = re.compile(rf"(?:^| ){_FIELD_ENDS} and (?:the )?$")
_FIELD_WORD = re.compile(rf"{_FIELD_ENDS}(?![\w-])")


def _joins(before: str, after: str) -> bool:
    """Whether `and` goes on with the name: between two fields (Science and Technology) or inside that of an office
    or school (Ministry of Health and Welfare), not between two firms (Insilico Medicine and Fosun Pharma)."""
    if _OFFICE.match(before) and _TWO_FIELDS.search(before) and _FIELD_WORD.match(after):
        return True
    if not _JOINER.fullmatch(before):
        return False
    return not before.endswith(("and ", "and the ")) or bool(_SECOND.match(after) or _OFFICE.match(before))


def _unjoined(text: str, start: int, end: int) -> int:
    """The end of a part without the joint behind it."""
    return start + len(re.sub("(?:'s|’s| (?:and|of|for)(?: the)?) $", "", text[start:end]))


def _bounded(text: str, start: int, end: int) -> bool:
    return not (start and text[start - 1].isalnum()) and not (end < len(text) and text[end].isalnum())


def _typed(text: str, start: int, end: int) -> Span | None:
    """The type of a capitalised group, after words that only begin a sentence are left off."""
    start = _first_word(text, start, end)
    if text[start:end].endswith(("'s", "’s")):
        end -= 2
    group = text[start:end]
    if len(group) < 2 or _PERSON_BEFORE.search(text[max(0, start - 14) : start]):
        return None
    if _PLACE_END.search(group):
        return Span(start, end, Kind.PLACE, "english:place", 2)
    if _OFFICE_OF.match(group):
        return Span(start, end, Kind.GOVERNMENT, "english:office", 2)
    if " " in group:
        for pattern, kind, rule in _ENDS:
            if pattern.search(group):
                return Span(start, end, kind, rule, 2)
    if _acts(text, start, end, group):
        return Span(start, end, Kind.ENTERPRISE, "english:acts", 0)
    return None


def _first_word(text: str, start: int, end: int) -> int:
    """Where the group begins without words such as The, In, Chinese; `end` if nothing is left."""
    common = lexicon.words()["common_en"]
    while start < end:
        word = _FIRST.match(text, start, end)
        if word is None or word[1].rstrip(".’'") not in common:
            return start
        start = word.end()
    return end


_FIRST = re.compile(r"([\w&$’'-]+\.?)[ ,]*(?:(?:of|and|for|the) (?:the )?)?")
_ENDS = (
    (_COMPANY, Kind.ENTERPRISE, "english:company"),
    (_PARK, Kind.PARK, "english:park"),
    (_GOVERNMENT, Kind.GOVERNMENT, "english:government"),
    (_INSTITUTION, Kind.INSTITUTION, "english:institution"),
)


_OFFICE_OF = re.compile(
    r"(?:(?:Management|Administrative|Administration|Standing|Party) Committee|Ministry|Department|Bureau|Municipality|"
    r"Government|Administration) (?:of|for) "
)
_ACT = re.compile(
    r"(?:'s|’s)? ?(?:,? (?:has|have|had|will|would|also|which|who|and) )*(?:said|says|announced|makes|made|"
    r"supplies|supplied|buys|bought|sells|sold|signed|acquired|owns|operates|builds|built|opened|produces|"
    r"develops|delivers|ships|provides|plans|invested|invests|employs|manufactures|expects|agreed|holds|took|"
    r"started|runs|moved|leases|leased|exports|exported|imports|imported|serves|won|wins|assembles|extracts|received|"
    r"opens|joined|rents|rented|distributes|designs|designed|listed|raised|expanded|expands|processes|casts|weaves|obtains|"
    r"sources|holds|leads|counts|obtained|supply|make|sell|buy|deliver|build|run|open|hold|acquire|invest|develop|produce|"
    r"launched|based|headquartered|, a |, an |, the |, which|'s (?:plant|factory|"
    r"subsidiary|unit)|\()"
)
_ACT_BEFORE = re.compile(
    r"(?:with|by|from|to|between|and|supplier|customer|maker|producer|company|firm|subsidiary|unit|startup|"
    r"group|giant|customers|suppliers|like|including|as|for|of|acquired|supplies|supply|at|,) $"
)
_PERSON = re.compile(r"[A-Z][a-z]+(?: [A-Z]\.)? [A-Z][a-z]+(?:-[a-z]+)?")


_DATE = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|January|February|March|April|June|July|August|September|"
    r"October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b[. \d,]*"
)


def _acts(text: str, start: int, end: int, group: str) -> bool:
    """Whether a group without a telling end behaves as a firm does."""
    if _DATE.fullmatch(group) or (group[-1].isdigit() and _DATE.match(group)):
        return False
    if group in lexicon.words()["common_en"] or re.fullmatch(r"[A-Z]\.?|\d.*|[A-Z]{1,2}\d*", group):
        return False
    after = _ACT.match(text, end)
    before = _ACT_BEFORE.search(text[max(0, start - 14) : start])
    if _PERSON.fullmatch(group) and not (after and before):
        return bool(after and after.group().strip() not in ("said", "says"))
    return bool(after) or bool(before and (group.isupper() or start > 0))
