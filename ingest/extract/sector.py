"""The fields of the park that a sentence is about (the labelling guide, rule 19): those behind it, up to the next
organisation; in a sentence without organisations those of the park spoken of before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from graph.model import Kind, Relation, Status
from ingest.extract.circumstance import comma_end
from ingest.extract.skeleton import Skeleton
from ingest.extract.status import status
from ingest.model import Name


class Sector(NamedTuple):
    """A field of a park, said by the symbolic text [start, end)."""

    park: Name
    field: Name
    start: int
    end: int
    status: Status


_SYMBOL = re.compile("[\ue000-\ue5ff]")
_SAID = re.compile(
    "主导产业|重点发展|大力发展|发展|集聚|聚集|形成|布局|特色|打造|培育|规划|壮大|围绕|聚焦|瞄准|主打|谋划|"
    "涵盖|板块|领域|集群|产业|做大|投产|项目|基地|企业|园区|产品线|为主|支柱|"
    "firms|companies|industr|sector|cluster|focus|hub|producers|home to"
)
"""Words of sectors; where the park is only where something stands or happens they must be there."""
_AT = re.compile(
    "(?:位于|坐落|座落|落户|入驻|进驻|设|地处|扎根|迁[入至往]|搬[入进到]|住所为?|注册地?点?|地址|地点|[在于到往与和从向进是为系:]|"
    "及|、|、与| in| at| of| near| to| from| with| into)(?:于|在|到|为|:)?(?: the)?\\s*[\ue400-\ue4ff]*(?:的)?$"
)
_OTHERS = re.compile(
    "公司|原告|被告|我们?|一家|住户|建设|投资|承租|租用|租下|签|运往|发往|市场|展|业主|中标|采购|错位|邻居|主营|经营|"
    "主要从事|设厂|the target"
)
"""Words that speak of someone or something else than the park's sectors."""
_REFUSED = re.compile(
    "不(?:宜|设|生产|储存|受理|得|建|准|予|许|招|引进|做|收|接收|含|安排|再|属)|没有|禁止|限制|严禁|缺|迁出|退出|淘汰|关停|无关|"
    " not | no | never "
)
_GOES_ON = re.compile(
    "(?:内|里)?,?(?:是|为|系|并|且|主要|专业|专门|从事|专注|主营|生产|研发|制造|深耕|聚焦)|(?:, | and |, and )[a-z]+s "
)
"""What goes on about the firm behind its seat: A位于P,是…企业."""


def sectors(made: Skeleton) -> Iterator[Sector]:
    """The sectors of parks that a symbolic sentence tells."""
    park = made.park
    if park is None and "\ue000" not in made.text:
        return
    certain = park is not None  # whether the park is what the sentence speaks of, not only where something is
    firm = False
    start = 0
    for found in _SYMBOL.finditer(made.text):
        place, name = found.start(), made.names[found.group()]
        if name.kind is Kind.PARK:
            if _AT.search(made.text, 0, place) is None:
                park, start, certain = name, place, True
            elif park is None or not certain:
                seat = firm and _GOES_ON.match(made.text, place + 1)
                park, start, certain = (None if seat else name), place, False
        elif name.kind in (Kind.ENTERPRISE, Kind.INSTITUTION, Kind.GOVERNMENT):
            park, firm = None, True
        elif name.kind is Kind.INDUSTRY and park is not None:
            sector = _sector(made, park, name, start, place, certain)
            if sector is not None:
                yield sector


def _sector(made: Skeleton, park: Name, field: Name, start: int, place: int, certain: bool) -> Sector | None:
    words = made.text[start : comma_end(made.text, place)]
    told, other = _SAID.search(words), _OTHERS.search(words)
    if not (told or (certain and not other)) or (other and not certain) or _REFUSED.search(words):
        return None
    if "分别" in made.text[start:place]:
        return None
    state = status(made.text[max(start, made.text.rfind(",", 0, place)) : place], "", "", Relation.OPERATES_IN)
    return None if state is Status.DENIED else Sector(park, field, start, place + 1, state)
