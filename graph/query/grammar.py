"""The words of questions, in both languages: what they ask for. Chinese is in the comparison form (Simplified).

Everything is matched in lower case. A word that is nowhere here and no name of the graph is reported, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final


def _words(chinese: str, english: str) -> str:
    """A pattern of Chinese text or whole English words."""
    return f"{chinese}|\\b(?:{english})\\b"


_FIRMS = "firms?|compan(?:y|ies)|enterprises?|businesses|tenants"
_SCHOOLS = "universit(?:y|ies)|(?:research |academic |scientific )?institut(?:es?|ions?)|schools|colleges|labs"
_INSTITUTIONS = "高校|大学|院校|科研院所|科研机构|研究机构|科研单位|研究院所|研究院|研究所|机构|医院|实验室"
_OFFICES = "governments?|authorit(?:y|ies)|government (?:offices|bodies)"
_SECTORS = "industr(?:y|ies)|sectors?|fields?"
_ASKED = "(?:which|what|how many|list|name|show)(?: of the)?"
_WHICH = "哪(?:些|个|家|所|座|几个|几家|几所)?|什么|多少(?:个|家|所)?|几(?:个|家|所)"

INTENTS: Final[tuple[tuple[str, str], ...]] = (
    (
        "gap",
        _words(
            "短板|缺口|缺(?:什么|哪|少|了)|补链|补齐|招商|邀请|引进谁|忽视|应该(?:见面|认识|合作)",
            "missing|lacks?|gaps?|invite|attract|neglect(?:ed)?|should meet",
        ),
    ),
    (
        "compare",
        _words(
            r"比较|对比|相比|差别|差异|(?<=\n)\s*比(?=\s*\n)|(?<=\n)\s*比(?:一下|一比|起来|怎么样|如何)?(?=[\s?？。!！]*$)",
            "compared?|compares|comparison|versus|vs|differ(?:ence)?",
        ),
    ),
    ("trend", _words("趋势|变化|逐年|历年|增长", "trends?|over time|changed?|growth|grown")),
    (
        "path",
        _words(
            "路径|(?:如何|怎么|怎样|通过谁)(?:被)?(?:相连|联系|连接|相关)|间接",
            "path|indirectly|through whom|how (?:are|is) .* (?:linked|connected|related)",
        ),
    ),
    (
        "evidence",
        _words("证据|依据|出处|原文|原句|哪(?:句|篇|份)|凭什么", "evidence|sources?|sentences?|prove|proof|who says"),
    ),
    (
        "rank",
        _words(
            "排名|排行|排序|名次|排(?:在)?第几?|第几|榜单|位列|哪个最|谁是?第[一二三]|第[二三四五六七八九十\\d]+(?:名|位)|最(?:高|强|好|前|多|少)|领先|总榜",
            "rank(?:ed|s|ing|ings)?|stand|stood|placed?|top|best|highest|leading|how sure|the (?:most|fewest)",
        ),
    ),
    ("count", _words("多少|几(?:家|个|所|次|项)|总数|数量", "how many|number of|count")),
    (
        "connectivity",
        _words(
            "连通|聚类|聚集|密度|共址",
            "connectivity|clustering|density|co-?location|degrees explain|chemistry",
        ),
    ),
)
"""What a question wants, by the first row that matches; links, lists and profiles follow from what it names."""

LINK = _words(
    "连(?:在一起|接|起来|通|结)?|链接|联系|结合|打通|串(?:联|起来)?|融合|桥接|交叉|牵手|合作|往来",
    "link(?:s|ed|ing)?|connect(?:s|ed|ing)?|bridg(?:e|es|ing)|ties?|tied|join(?:s|ed|ing)?|together"
    "|cooperat(?:e|es|ion|ing)|collaborat(?:e|es|ion|ing)",
)
"""What ties two fields."""

WORK = _words(
    "合作(?:伙伴|方|对象|关系|过)?|伙伴|协作|往来|客户|供应商",
    "works?|working|worked|partners?|partnered|cooperat(?:e|es|ed|ion|ing)|collaborat(?:e|es|ed|ion|ing|ors?)"
    "|ties?|tied|deals?|suppliers?|customers?",
)
"""What ties two organisations."""

LIST = _words("哪些|哪个|哪家|哪里|哪儿|哪座|有什么|什么|列出|谁", "which|what|who|whom|where|list|name|show")
PROFILE = _words(
    "介绍|概况|简介|情况|怎么样|如何|档案|画像|六边形|阶段", "profile|about|overview|describe|hexagon|stage"
)
NEGATIVE = _words(
    "(?<!有)没有|(?<!有)没(?!有)|未(?!来)|从不|不(?!同|少|断)|无(?!锡|人|线|机|尘|菌)|缺乏",
    "no|not|without|never|none|n't",
)

TARGETS: Final[tuple[tuple[str, str], ...]] = (
    (
        "parks",
        _words(
            f"(?:{_WHICH})(?:产业|科技|高新|工业)?(?:园区?|开发区|高新区)|园区(?:有哪些|是哪个|名单)"
            r"|(?:在|位于|坐落于?)(?:哪里|哪儿|哪(?=[?？。\s]*$))",
            f"{_ASKED} parks?|parks? (?:that|which|where|with|without|link)|where (?:is|are)",
        ),
    ),
    (
        "institutions",
        _words(f"(?:{_WHICH})(?:{_INSTITUTIONS})", f"{_ASKED} (?:{_SCHOOLS})"),
    ),
    ("governments", _words(f"(?:{_WHICH})(?:地方)?政府(?:部门|机构)?", f"{_ASKED} (?:{_OFFICES})")),
    ("industries", _words(f"(?:{_WHICH})(?:产业|行业|领域|赛道)|(?:产业|行业)有哪些", f"{_ASKED} (?:{_SECTORS})")),
    (
        "enterprises",
        _words(
            f"(?:{_WHICH})(?:[^,，?？]{{0,12}}?)(?:企业|公司|厂商|厂家)"
            "|(?:企业|公司|厂商|厂家)(?:一共|总共|共)?(?:有哪些|名单|有?(?:多少|几)家?)",
            rf"{_ASKED}\b[\w\s-]{{0,60}}?\s(?:{_FIRMS})",
        ),
    ),
    (
        "collaborations",
        _words(
            "合作(?:项目)?有哪些|(?:哪些|什么)(?:项目)?合作", f"{_ASKED} (?:deals?|collaborations?|agreements?|ties)"
        ),
    ),
    ("partners", _words("谁", "whom?")),
    (
        "enterprises",
        rf"的(?:所有|全部)?(?:企业|公司|厂商)\s*$|^\s*(?:the |all )?(?:{_FIRMS}) (?:in|of|at)\b",
    ),
)
"""What is listed or counted, by the first row that matches."""

KINDS: Final[Mapping[str, str]] = {
    "合作研发": _words("合作研发|联合研发|共同研发", "joint(?:ly)? (?:research|r&d|develop(?:ed|ment)?)"),
    "战略合作": _words("战略合作", "strategic(?: cooperation| partnerships?| partners?)?"),
    "合资": _words("合资", "joint ventures?"),
    "共建平台": _words("共建(?:平台|实验室|中心)?|联合实验室", "shared platforms?|joint labs?"),
    "签约入驻": _words("签约入驻|签约落户", "settl(?:e|ed|ing)"),
    "项目合作": "项目合作",
    "孵化": _words("孵化(?!器|园|基地)", "incubat(?:e|ed|es|ion)"),
    "联盟成员": _words("联盟(?:成员)?", "alliances?"),
    "SUPPLIES": _words("供应(?!链|商)|供货|采购", "suppl(?:y|ies|ied)"),
    "INVESTS": _words("投资(?:方|人|者)?|入股|参股", "invest(?:s|ed|ment|ments)?"),
}
"""The kinds of collaboration that a question may ask for."""

ROLES: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (("supplier",), _words("供应商", "suppliers?")),
    (("buyer",), _words("客户", "customers?")),
    (("investor",), _words("投资(?:方|人|者)", "investors?")),
    (
        ("supplier", "investor"),
        rf"(?:谁|(?:{_WHICH})[^\n]{{0,6}}?)(?:[向给为对]\s*\n+\s*(?:供|提供|投资)|(?:投资|入股|参股|供应)[了过]?\s*\n)"
        rf"|\b(?:who|which (?:{_FIRMS}))\s+(?:has |have )?(?:suppl(?:y|ies|ied)|invest(?:s|ed)?(?: in)?|backs?)\s*\n",
    ),
    (
        ("buyer", "investee"),
        rf"\n\s*(?:[向给为对]|投资|入股|参股|供应|供货给)[了过]?(?:谁|{_WHICH})"
        r"|\bwho(?:m)? (?:does|did|do) \n+ (?:suppl(?:y|ies)|invest)",
    ),
)
"""Which side of a supply or an investment is asked for, in a question whose names are line ends."""

MOST: Final[tuple[tuple[str, str], ...]] = (
    ("enterprises", _words("(?:企业|公司|厂商)(?:数量?)?最多|最多(?:的)?(?:企业|公司)", f"most (?:{_FIRMS})")),
    ("institutions", _words(f"(?:{_INSTITUTIONS})(?:数量?)?最多", f"most (?:{_SCHOOLS})")),
    ("other", _words("最多|最少", "the (?:most|fewest)")),
)
"""What a park is to have most of, by the first row that matches."""

SEAT = _words(r"在|位于|入驻|落户|坐落|属于|是\n+的(?:企业|公司|机构)", "in|inside|located|based")
"""What asks whether a firm sits in a park."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "汽车": ("cars", "vehicles", "autos", "carmakers", "automakers", "motor vehicles"),
    "新能源汽车": ("EVs", "electric cars", "NEVs"),
    "智能网联汽车": ("self-driving cars", "smart cars", "connected cars"),
    "集成电路": ("microchips", "ICs", "chipmakers"),
    "医药": ("drugs", "pharma", "medicines"),
    "生物医药": ("biotech", "biotechnology", "biopharma"),
    "电池": ("battery makers", "cells"),
    "人工智能": ("machine learning",),
    "光伏": ("solar panels", "solar power"),
    "无人机": ("UAVs",),
}
"""What people call fields in English, besides the names that the industry table gives them."""

PUBLISHED = _words("未来力|指数|榜单|发布的|公布的|单项|总榜", "published|index|edition|official")
"""What asks for the published lists, not for the ranking made here."""

CLASS_OF: Final[Mapping[str, str]] = {
    "enterprises": _words("企业|公司|厂商|厂家", _FIRMS),
    "institutions": _words(_INSTITUTIONS, _SCHOOLS),
    "governments": _words("政府(?:部门|机构)?", _OFFICES),
    "parks": _words("园区|产业园|科技园|开发区|高新区", "parks?"),
    "industries": _words("产业|行业|领域", _SECTORS),
}
"""Words for classes by the slot that one of the class would fill."""

CLASSES = _words(
    "生产性服务业|科研院所|科研机构|科研单位|政府部门|政府机构|研究机构|研究院所|产业园区|科技园区|工业园区|产业园|科技园|工业园|开发区|高新区|经开区"
    "|园区|企业|公司|厂商|厂家|机构|高校|大学|院校|研究院|研究所|实验室|医院|政府|行业|产业链|产业|链条|领域|赛道|项目|单位"
    "|城市|名单|文档|文件|双方|我们|该公司|该园区",
    f"parks?|{_FIRMS}|{_SCHOOLS}|{_SECTORS}|tracks?|chains?|organi[sz]ations?|documents?|cities|makers?",
)
"""Words for a whole class of things: they fill no slot."""

TRACK = r"^(?:的)?赛道|^\s*tracks?\b"
"""What follows a name that the question takes for a track."""

PLAIN = (
    "请问|请|告诉我|帮我|一下|哪些|哪个|哪家|哪几家|哪几个|哪里|哪儿|哪座|哪所|有没有|是否|有无|什么|多少|几家|几个|几所|谁"
    "|怎么样|怎么|如何|为什么|多大|以及|或者|并且|而且|同时|之间|相互|互相|彼此|共同|一起|当中|其中|里面|里边|位于|坐落|属于"
    "|入驻|设在|落户|做|从事|涉及|关于|根据|按照|按|给|叫|名叫|所有|全部|各个|各|主要|重点|代表性|国内|国家级|省级|市级|中国"
    "|我国|目前|现在|当前|今天|已经|已|曾经|曾|过|年|月|日|第[一二三四五六七八九十\\d]+|名|位|家|个|座|所|发生|存在|进行|开展"
    "|具有|拥有|签署|签订|签约|协议|达成|关系|联系|合作|观察到|观测到|存|和|与|跟|及|同|、|或|把|将|的|在|表现|接近|六边形|阶段"
    "|化学|物理|聚集|指数|未来力|报告|发布|公布|单项|总榜|版|年度|结果|得分|分数|评分|有哪些|有|是|了|吗|呢|吧|啊|都|也|还|又"
    "|从|到|至|向|以来|以后|之后|以前|之前|后|前|起|内|中|里|上|下|对|被|由|让|为|其|它|他们|这|那|该|之|间"
)
"""Chinese words of no content of their own."""

QUALITIES = "最更很较太"
"""Beginnings of words for a quality, which are no names."""

JOINTS = "和与跟及、或的"
"""Single characters that part two names wherever they stand."""

EDGE = (
    "在把将第有是了吗呢吧啊都也还又从到至后前起内中里上下"
    "对被由让为其它这那该之间名位家个座所年月日过做按给向叫已曾存各同"
)
"""Single characters of these may stand inside a name; they are dropped only at the rim of what is left."""

_ENGLISH = """
a an the of in on at to for from by with within inside and or both between among is are was were be been being do does
did has have had which what who whom whose where when how why that this these those there here it its their they we our
us you your me my i any some all each every other another one ones many much more most than then as also only ever yet
still please tell show give list name find say says said see seen can could would should will shall may might must not
no none never without near next year years month located based sit sits lie lies operating operate operates active work
works working worked doing make makes making made happen so sure stand stood place placed first second third fourth
fifth position order chemistry matter matters since until before after during through over under up down out about into
same different s t re ve together observed known stated published index edition force score scores explain explained
cluster clusters
"""
ENGLISH = frozenset(_ENGLISH.split())
"""English words of no content of their own."""


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern for lower-case text (compiled patterns are kept by `re`)."""
    return re.compile(pattern)
