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
_SCHOOLS = "universit(?:y|ies)|(?:research |academic |scientific )?institut(?:es?|ions?)|schools|colleges|labs|academia"
_INSTITUTIONS = (
    "高校院所|高校|大学|科研院校|院校|科研院所|科研机构|研究机构|科研单位|研究院所|院所|学校|学术界"
    "|研究院|研究所|机构|医院|实验室"
)
_OFFICES = "governments?|authorit(?:y|ies)|government (?:offices|bodies)"
_SECTORS = "industr(?:y|ies)|sectors?|fields?"
_ASKED = "(?:which|what|how many|list|name|show)(?: of the)?"
_WHICH = "哪(?:些|个|家|所|座|几个|几家|几所)?|什么|多少(?:个|家|所)?|几(?:个|家|所)"

_ORDINALS = "second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"

INTENTS: Final[tuple[tuple[str, str], ...]] = (
    (
        "gap",
        _words(
            r"短板|缺口|空白|缺失|断点|堵点|卡点|弱项|不完整|缺(?:什么|哪些?|少|了|的|环节|谁)|(?:还|差)差?(?:什么|哪些)(?:环节|企业)|差哪"
            r"|断(?:在|了|点|链|裂|档)|空缺|欠缺|缺席|缺位|卡脖子|待补|薄弱|漏洞|补链|补上|补齐|补什么|强链|招商|招引|招(?:谁|哪|什么|些)|(?:该|应该|应当)(?:去)?(?:招|请|引|拉|找)|少(?:了)?(?:什么|哪些|谁)|引谁|请谁|拉谁|邀请|引进|引入|吸引|撮合|牵线|配对|潜在合作"
            r"|(?:该|应该|应当|值得|可以)(?:互相|相互)?合作(?!吗)"
            r"|忽视|忽略|轻视|(?:该|应该|应当|值得|可以)(?:互相|相互|介绍|彼此){0,2}(?:见面|见个面|见一见|认识|对接|结识|引荐|谈谈|聊聊)"
            r"|顾不上|横向(?:的)?(?:生产性)?(?:服务)?(?:业)?(?:链条?)?|(?:生产性)?服务(?:业)?链条?",
            r"missing|incomplete|absent|vacant|bottlenecks?|shortfalls?|shortages?|short of"
            r"|weak(?:est)? (?:spots?|points?)|unfilled|lacks?|lacking|gaps?|holes?|weak links?|invite"
            r"|attract|recruit|bring in|court"
            r"|matchmaking|potential partners|neglect(?:s|ed|ing)?|horizontal|service chain"
            r"|(?:should|ought to|could) (?:meet|know|talk|partner|cooperate|collaborate|be matched|work together)"
            r"|(?:be )?introduced",
        ),
    ),
    (
        "compare",
        _words(
            r"比较|对比|相比(?:较)?|相较|差别|差异|区别|不同(?:之处|点)?|优劣|高下|对照|孰|哪个更|谁更|哪边"
            r"|(?<=\n)\s*比(?=\s*\n)|(?<=\n)\s*比(?:一下|一比|起来|怎么样|如何)?(?=[\s?？。!！]*$)"
            r"|(?<=\n)\s*比\s*\n+[^\n]*更",
            r"(?:stack|measure)s? up|compar(?:e|ed|es|ison|ing)"
            r"|versus|vs|differ(?:s|ences?|ent)?|side by side|contrast|against"
            r"|(?:more|stronger|better|higher|weaker|denser|larger|bigger)\b[^\n]*than\b(?=\s*\n)",
        ),
    ),
    (
        "trend",
        _words(
            r"趋势|增(?:是|还是)?减|变多|变少|是多了|多了还是少了|热起来|升温|降温"
            r"|变化|变动|演变|逐年|历年|每年|增长|增加|增多|减少|下降|上升|走势|走向|演进|越来越|怎么变化?|变了"
            r"|(?:这|近)(?:几|[一二三五十\d]+)?年(?:来|间)?(?=[\s\S]*(?:趋势|变|增|走|减|升|降))",
            r"pick(?:ed|ing)? up|(?:gone|going|went) (?:up|down)|ris(?:en|ing)|rose|fall(?:en|ing)|on the rise"
            r"|slow(?:ed|ing) down"
            r"|trends?|over time|over the years|chang(?:e|ed|es|ing)|growth|grow(?:n|ing|s)?|grew|increas(?:e|ed|ing)"
            r"|declin(?:e|ed|ing)|evolv(?:e|es|ed|ing)|evolution|trajectory|timeline"
            r"|over the (?:last|past)|(?:year by|by|per) year|yearly|developed over",
        ),
    ),
    (
        "path",
        _words(
            r"(?:最短)?路径|最短路|(?:如何|怎么|怎样|是怎么|[通经透][过由](?:谁|什么|哪些?|哪几家))(?:被)?[与和跟同]?"
            r"(?=[^,，]{0,40}?(?:相连|联系|连接|连结|联结|相关|关联|连通|联通|连得|通到|搭上|搭线|牵上|接上|连上|连到|连起|连在|扯上|串起))|(?:有|是)(?:什么|何|哪些)联系|间接|几度|中间人|中间(?:隔|经过|通过|还?有)|隔(?:着|了)?(?:几|谁|多)|几跳|桥梁|纽带|关系链|几步",
            r"(?:shortest |quickest )?(?:paths?|routes?)|indirect(?:ly)?|through wh(?:om|ich)|via wh(?:om|ich)"
            r"|degrees of separation"
            r"|hops?|intermediar(?:y|ies)|middlem[ae]n|go-betweens?"
            r"|(?:what|which) (?:chain|route|path|series) of [a-z ]{1,30}(?:links|connects|ties|leads)(?=\s*\n)"
            r"|what (?:links|connects|ties)(?=\s*\n)|(?:connections?|route|chain|way) (?:between|from)(?=\s*\n)"
            r"|how(?=\s*\n[^\n]*\b(?:is|are|was|were) (?:linked|connected|related|tied))"
            r"|how (?:are|is|was|were)(?=[\s\S]*(?:linked|connected|related|tied|associated))",
        ),
    ),
    (
        "evidence",
        _words(
            r"证据|依据|佐证|证明|怎么知道|谁说|为什么说|根据什么|出处|来源|原文|原句|原话|句子"
            r"|哪(?:几|些|一)?(?:句|篇|段)(?:话|文章|报道|新闻)?(?:说|提到|写|讲)?|否认|辟谣|澄清|凭什么(?:说)?|何以见得|是什么关系|有什么关系",
            "evidence|den(?:y|ies|ied)|sources?|sentences?|prove[sn]?|proof|who says|says? so|quotes?|quotations?"
            "|cite|citations?|how do (?:you|we) know|show me where|which (?:document|article)s?",
        ),
    ),
    (
        "rank",
        _words(
            r"排名(?:次|结果)?|排行榜?|排序|排(?:个|一下)(?:名|序|座次)|排列|座次|位次|从(?:高到低|强到弱)|由(?:高到低|强到弱)|名次|名列|排在?(?:最?前面|前列|靠前)|靠前的"
            r"|第[一二三四五六七八九十\d]+(?=[的是?？。]|\s*$)|(?:排|位列|位居)(?:名|在)?第(?:几|[一二三四五六七八九十\d]+)?|第几|榜单|榜首|冠军|亚军|季军|夺魁|头名|垫底|末位|倒数|花落|位列|位居|(?:怎么|如何|怎样)排(?=[?？。！\s]|$)|(?:站|处|排|居)[在于]?(?:什么|哪个|何种?)(?:样的)?位置|哪个最|谁是?第[一二三]"
            r"|第[一二三四五六七八九十\d]+(?:名|位)|最(?:高|强|好|前|多|少|紧密)|领先|总榜|(?:多|有多)(?:可靠|可信|确定|稳|准)|把握"
            r"|靠得住|误差(?:区间|范围|幅度)?|可靠(?:吗|性|程度)?|可信(?:吗|度)?|不确定性|置信(?:区间)?|(?:稳|准|靠谱)不(?:稳定|稳|准确|准|靠谱)|稳健(?:性)?|稳定(?:吗|性)?|靠谱",
            rf"rank(?:ed|s|ing|ings)?|(?:overall|final) (?:places?|order)|standings?|st(?:and|ands|ood)|placed?"
            rf"|came (?:in )?(?:first|last|{_ORDINALS})"
            rf"|(?:is|was|are|were|comes?(?: in)?) (?:first|last|{_ORDINALS})|led|leads?|topped"
            r"|champions?|winners?|won|runners?[\s-]up|number one"
            r"|order(?:ed)?(?= (?:the |all )?parks)|sort(?:ed)?|league table"
            rf"|(?:in )?(?:{_ORDINALS}) place|top|best|strongest|highest|leading|list of the best"
            "|how (?:sure|certain|reliable|robust|confident|stable|trustworthy|sensitive|firm)|trust(?:ed)?"
            "|uncertain(?:ty)?|the (?:most|fewest)",
        ),
    ),
    (
        "count",
        _words(
            "多少|总共|合计|总计|共计|(?<!哪)几(?:家|个|所|次|项|份|笔|篇|条|则)|总数|数量|数目",
            "how many|(?:total )?number of|counts?|in total|tally",
        ),
    ),
    (
        "connectivity",
        _words(
            r"(?:网络)?(?:的)?连通(?:性|度)?|聚类|(?:集聚|聚集)系数|抱团|成团|传递性|密度|共址|共处|扎堆|空间邻近"
            r"|(?:共同)?(?:位于|处于|处在)(?:同)?一(?:个|座)园区|同(?:在|处|驻)?(?:同)?一?(?:个|座)?园区?(?!区)"
            r"|网络(?:有多)?(?:的)?(?:结构|紧密|稠密)|(?:同度|等度|保度|度数?相同的?)?随机网络|(?:高|大|低|强)?于随机(?:网络|水平|图)?|节点度数?|度分布|度数",
            r"connectivity|clustering|clustered|cliqu(?:ish|es)|triangles|transitivity|densit(?:y|ies)|dense"
            r"|co-?locat(?:ion|ed|ing)|degrees explain"
            r"|well[\s-]connected|(?:being |sitting )?(?:in )?the same park|sharing a park"
            r"|proximity|does (?:place|location)|by chance|than chance|network of(?=\s*\n)"
            r"|random wiring",
        ),
    ),
)
"""What a question wants, by the first row that matches; links, lists and profiles follow from what it names."""

COMPARED = _words(
    "更(?:加)?(?:高|强|多|好|紧密|大|弱|低|少)?|较(?:高|强|多|好|大|弱|低|少)|还是",
    "more|fewer|less|stronger|better|higher|weaker|lower|denser|larger|bigger|smaller",
)
"""What sets two parks that are named against each other."""

SUPPLY_CHAIN = r"(?:纵向(?:的)?)?(?:供应|产业)链条?|\b(?:vertical )?supply chains?\b"
"""What the horizontal chain is set against."""

REPORTS = _words(
    "(?:几|多少)(?:篇|条|则)(?:报道|报导|新闻|文章|消息)?", "how many (?:reports|articles|documents|news items|sources)"
)
"""What asks for the number of documents that say something."""

SERVICE = _words(
    r"横向(?:的)?(?:生产性)?(?:服务)?(?:业)?(?:链条?)?|(?:生产性)?服务(?:业)?链条?",
    r"(?:horizontal )?(?:producer[\s-])?service chains?|horizontal(?: chains?)?",
)
"""The chain of producer services beside that of supply."""

ASPECTS: Final[tuple[tuple[str, str], ...]] = (
    (
        "sure",
        _words(
            "(?:多|有多)(?:可靠|可信|确定|稳|准)|靠得住|误差(?:区间|范围|幅度)?|把握|可靠(?:吗|性|程度)?|可信(?:吗|度)?|不确定性|置信(?:区间)?"
            "|(?:稳|准|靠谱)不(?:稳定|稳|准确|准|靠谱)|稳健(?:性)?|稳定(?:吗|性)?|靠谱",
            "how (?:sure|certain|reliable|robust|confident|stable|trustworthy|sensitive|firm)"
            "|trust(?:ed)?|uncertain(?:ty)?",
        ),
    ),
    ("service", SERVICE),
    (
        "wiring",
        _words(
            "聚类(?:系数|程度)?|(?:集聚|聚集)系数|抱团|成团|传递性|节点度数?|度分布|度数|(?:同度|等度|保度|度数?相同的?)?随机网络|(?:高|大|低|强)?于随机(?:网络|水平|图)?|(?:网络)?(?:的)?连通(?:性|度)?|密度"
            "|网络(?:有多)?(?:的)?(?:结构|紧密|稠密)",
            r"clustering|clustered|cliqu(?:ish|es)|triangles|transitivity|degrees|random"
            r"|connectivity|well[\s-]connected|densit(?:y|ies)|dense"
            r"|network of",
        ),
    ),
    (
        "place",
        _words(
            "共址|共处|扎堆|空间邻近|(?:共同)?(?:位于|处于|处在)(?:同)?一(?:个|座)园区|同(?:在|处|驻)?(?:同)?一?(?:个|座)?园区?(?!区)",
            r"co-?locat(?:ion|ed|ing)|(?:being |sitting )?(?:in )?the same park|sharing a park|proximity|by chance"
            "|does (?:place|location)",
        ),
    ),
    (
        "hexagon",
        _words(
            "(?:离|距离?|算|像)?(?:六边形|六角形)(?:均衡)?",
            r"hexagon(?:al)?|(?:near|close|like|shape|balanced)(?=[\s\S]*hexagon)",
        ),
    ),
    ("stage", _words(r"(?:发展)?阶段|几点零|[123]\.0", r"stages?|phases?|[123]\.0")),
    (
        "chemistry",
        _words(
            "(?:化学|物理|一般)(?:集聚|聚集|聚合|联系|反应|不足)(?:度|程度|水平|效应)?|企业(?:间|之间)?(?:的)?联系",
            "chemistry|chemical(?:ly)?|physical(?:ly)?|aggregat(?:ed|ion)",
        ),
    ),
)
"""What of a park is asked for, by the first row that matches."""

WHETHER = r"(?:有没有|重不重要|是否|有无|([\u4e00-\u9fff])不\1|([\u4e00-\u9fff]{2})不\2)"
"""What asks yes or no and denies nothing."""

LINK = _words(
    "产生联系|对接|联动|衔接|耦合|挂钩|贯通|互通|走到一起|搭伙|协同|互动|搭桥|跨界|交集|相连|关联|相关|搭上|连(?:在一起|接|起来|通|结)?|链接|联系(?:在一起|起来)?|结合(?:在一起|起来)?|打通"
    "|串(?:联|起来)?|融合|桥接|交叉|牵手|合作|往来",
    "link(?:s|ed|ing)?|connect(?:s|ed|ing)?|bridg(?:e|es|ing)|ties?|tied|join(?:s|ed|ing)?|together"
    "|cooperat(?:e|es|ion|ing)|collaborat(?:e|es|ion|ing)|works? with"
    "|br(?:ing|ings|ought)(?: together)?|combin(?:e|es|ing)|integrat(?:e|es|ing)"
    "|pair(?:s|ed)?|span|interact(?:s|ed|ion)?|intersect(?:s|ion)?|interlink(?:s|ed)?",
)
"""What ties two fields."""

WORK = _words(
    "合作(?:伙伴|方|对象|关系|过)?|搭[过了]?伙|打[过了]?交道|联[过了]?手|携手|牵手|结盟|搭档|来往|伙伴|协作|往来|客户|供应商|联系",
    "works?|working|worked|team(?:s|ed)? up|partners?(?:hips?)?|partnered|cooperat(?:e|es|ed|ion|ing)"
    "|collaborat(?:e|es|ed|ion|ing|ors?)"
    "|ties?|tied|deals?|dealings|joined (?:forces|hands)|allied|suppliers?|customers?",
)
"""What ties two organisations."""

LIST = _words(
    "哪些|哪几家|哪几个|哪几所|哪个|哪家|哪里|哪儿|哪座|有什么|什么|列出|谁", "which|what|who|whom|where|list|name|show"
)
PROFILE = _words(
    "介绍|基本情况|概况|简介|概览|情况|怎么样|如何|档案|画像|是(?:做|干)什么的?|[做干]什么的|(?:是)?(?:一?个|一家)?(?:怎样|怎么样|什么样)的(?:公司|企业|园区|机构)|是(?:一家)?什么(?:企业|公司|园区)|是谁",
    "profile|about|overview|describe|what does(?=\\s*\n+[^\\n]*do)|who (?:is|are)(?=\\s*\n)|what (?:is|are)(?=\\s*\n)",
)
NEGATIVE = _words(
    "(?<!有)没有|(?<!有)没(?!有)|未(?!来)|从不|不(?!同|少|断|确定|均衡|算|光|仅|只|错|得不)|无(?!锡|人|线|机|尘|菌)|缺乏",
    "no|not|without|never|none|n't|lack(?:s|ing)?",
)

TARGETS: Final[tuple[tuple[str, str], ...]] = (
    ("documents", REPORTS),
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
            f"(?:{_WHICH})(?=[^,，?？]{{0,12}}?(?:企业|公司|厂商|厂家))"
            "|(?:企业|公司|厂商|厂家)(?:一共|总共|共)?(?:有哪些|名单|有?(?:多少|几)家?)",
            rf"{_ASKED}\b(?=[\w\s-]{{0,60}}?\s(?:{_FIRMS})\b)",
        ),
    ),
    (
        "collaborations",
        _words(
            "合作(?:项目)?有哪些|(?:哪些|什么)(?:项目)?合作",
            f"{_ASKED} (?:deals?|collaborations?|agreements?|ties|(?:cooperation )?events?)",
        ),
    ),
    ("collaborations", r"^\s*(?:the |all )?(?:agreements|deals|collaborations|joint ventures)\b"),
    ("partners", _words("谁", "whom?")),
    (
        "enterprises",
        rf"的(?:所有|全部)?(?:企业|公司|厂商)\s*$|^\s*(?:the |all )?(?:{_FIRMS}) (?:in|of|at)\b",
    ),
)
"""What is listed or counted, by the first row that matches."""

KINDS: Final[Mapping[str, str]] = {
    "合作研发": _words(
        "合作研发|联合研发|共同研发", "joint(?:ly)? (?:research|r&d|develop(?:ed|ment)?)|co-?develop(?:ed|ment)?"
    ),
    "战略合作": _words("战略合作", "strategic(?: cooperation| partnerships?| partners?)?"),
    "合资": _words("合资(?:项目|企业|公司)?", "joint ventures?"),
    "共建平台": _words("共建(?:平台|实验室|中心)?|联合(?:共建)?(?:实验室|平台|中心)", "shared platforms?|joint labs?"),
    "签约入驻": _words("签约入驻|签约落户", "settl(?:e|ed|ing)"),
    "项目合作": "项目合作",
    "孵化": _words("孵化(?!器|园|基地)", "incubat(?:e|ed|es|ion)"),
    "联盟成员": _words("联盟(?:成员)?", "alliances?"),
    "SUPPLIES": _words("供应(?!链)商?|供货|采购", "suppl(?:y|ies|ied|iers?|ying)"),
    "INVESTS": _words("投资(?:方|人|者)?|入股|参股", "invest(?:s|ed|ing|ment|ments|ors?)?"),
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
    ("other", _words("最多|最少|数量|数目", "the (?:most|fewest)|number of")),
)
"""What a park is to have most of, by the first row that matches."""

MOVED = _words(
    "搬(?:来|到|去|过|家|迁)|(?<!变)迁(?:址|到|来|自|去|入|出|往)|原来在|以前在|原先在",
    "(?:re)?locat(?:ed|es?) (?:from|to)|relocat(?:ed|es?|ion)|moved?",
)
"""What asks where an organisation sat before."""

SEAT = _words(r"在|位于|入驻|落户|坐落|属于|是\n+的(?:企业|公司|机构)", "in|inside|located|based")
"""What asks whether a firm sits in a park."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "汽车": ("cars", "vehicles", "autos", "carmakers", "automakers", "motor vehicles"),
    "新能源汽车": ("EVs", "electric cars", "NEVs"),
    "智能网联汽车": ("self-driving cars", "smart cars", "connected cars"),
    "集成电路": ("microchips", "ICs", "chipmakers"),
    "医药": ("drugs", "pharma", "medicines"),
    "生物医药": ("biotech", "biopharma"),
    "电池": ("battery makers", "cells"),
    "人工智能": ("machine learning",),
    "光伏": ("solar panels", "solar power"),
    "无人机": ("UAVs",),
}
"""What people call fields in English, besides the names that the industry table gives them."""

PUBLISHED = _words("未来力|指数|榜单|发布的|公布的|单项|总榜", "published|index|edition|official")
"""What asks for the published lists, not for the ranking made here."""

ERRANDS = _words(
    "(?:写|作|编|讲|说|来)(?:给?我)?一?(?:首|篇|个|封|段)[^\\n]{0,12}?(?:诗|俳句|歌|故事|笑话|作文|信)"
    "|(?<!签)订(?:一?张|个)?[^\\n]{0,8}?(?:票|酒店|餐)|(?:今天|明天)[^\\n]{0,6}?天气|天气(?:怎么样|如何|预报)|翻译(?:成|一下)",
    r"(?:write|compose|tell|sing) (?:me |us )?(?:a|an|some) [^\n]{0,24}?(?:poem|haiku|song|story|joke|essay|letter)s?"
    r"|book (?:me )?(?:a|an) [^\n]{0,24}?(?:ticket|table|flight|hotel|room)|translate (?:this|the following)"
    r"|weather (?:today|tomorrow|forecast)",
)
"""What asks for something else than what the graph knows."""

CLASS_OF: Final[Mapping[str, str]] = {
    "enterprises": _words("企业|公司|厂商|厂家", _FIRMS),
    "institutions": _words(f"{_INSTITUTIONS}|产学研?", _SCHOOLS),
    "governments": _words("政府(?:部门|机构)?", _OFFICES),
    "parks": _words("园区|产业园|科技园|开发区|高新区", "parks?"),
    "industries": _words("产业|行业|领域", _SECTORS),
}
"""Words for classes by the slot that one of the class would fill."""

PARK = r"(?:产业|科技|工业|软件|创业|高新)园区?|示范[区园]|开发区|高新区|经开区|保税区|科学城"
"""What ends the name of a park."""

CALLED = r"示范[区园]|公司|集团|大学|学院|研究院|研究所|实验室|医院|产业园|科技园|工业园"
"""Words for a class that end a name when they follow one."""

CLASSES = _words(
    "生产性服务业|产学研?|高校院所|科研院校|科研院所|院所|学校|学术界|科研机构|科研单位|政府部门|政府机构|研究机构|研究院所|产业园区|科技园区|工业园区|产业园|科技园|工业园|开发区|高新区|经开区"
    "|园区|企业|公司|厂商|厂家|机构|高校|大学|院校|研究院|研究所|实验室|医院|政府|行业|产业链|产业|链条|领域|赛道|项目|单位"
    "|城市|名单|文档|文件|双方|我们|该公司|该园区",
    f"parks?|{_FIRMS}|{_SCHOOLS}|{_SECTORS}|tracks?|chains?|organi[sz]ations?|documents?|cities|makers?",
)
"""Words for a whole class of things: they fill no slot."""

TRACK = r"^(?:的)?赛道|^\s*tracks?\b"
"""What follows a name that the question takes for a track."""

PLAIN = (
    "从哪里|搬过来|搬来|搬到|迁来|迁入|迁出|占比|比重|就能|成员|时候|何时|紧密|密切|哪一个|只顾着?|基本|认识|同样|同等|网络|名字|名单|综合|简单|任何|至今|找出|找到|查询|请附上?|附上|原句|只要|给我|帮我|给出|拿到|拿下|取得|获得"
    "|一家|一样|主攻|主打|聚焦|专注于?|深耕|瞄准|一个|哪几|以内|之内|报导|转载|算一次|只算|份|案|两个|三地|两地|彼此|介绍|的话|话|真正|实际|大致|大约|左右|最近|近来|迄今|记录|记载|提及"
    "|看法|角度|哪些方面|放在|摆在|排一排|有没|是不是|会不会|能不能|可不可以|算得上|称得上|显著|明显|有没有用|有用|作用|好处|大不大|意义|仔细|主要是|我想知道|想知道|想问|想了解|麻烦|能否|可否|帮忙|查一下|查查|看看|说说|讲讲|了解|截至目前|眼下|具体|详细|分别|整体|总体"
    "|其实|大概|这些|那些|这个|那个|有关|方面|来看|来说|而言|算不算|像不像|像|战士|有多远|多远|进入|迈入|到了|哪一|正处|现处|有谁|都有谁|谢谢|多谢|搭配|建立|区间|活跃|闭合|出自|文字|候选|见面|因素|密集|下结论|还要|带来|独立|成立|出现|判定|均衡|范围|容易|进驻|权重|断在|中间|经过|上了|谁家|高校院所"
    "|包括|清单|哪几所|给出|产生|形成|存在着|有何|何种|交集|之类|等等|几年|这几年|下一家|到底|究竟|真的|程度|水平|下一步|接下来|超出|超过|高于|低于"
    "|所能|能够|解释|重要|重不重要|影响|促进|签了|签过|签的|签署了|几项|处在|处于"
    "|达到|属于|哪个发展|发展到|所处|起来|文章|报道|新闻|一共|总共|合计|把握|可以|应该|应当|该|值得|需要|想|会|能|之处|自身|各自|合适|找"
    "|强|按照|依照|依|所有的|排序|列出|请列出|请给出|给出|一览|是什么|是哪个|是哪些|是多少|怎样|实现了?"
    "|先后|自己|本园|咱们|我们的|我们|环节|步骤|近期|看到|显示|被|企业间|企业之间|园区里|内部|明确|说明|提到|说|全体|以及"
    "|"
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

RESIDUE = f"用定请高低强弱找处签说会能项差更比{EDGE}"
"""What is left of a question and made of nothing but these is no name."""

_ENGLISH = """
network networks events total route x cross inter multi page future profile actual if left company firm head depth
alone fixed produce conditions fail collaborations single them relocate relocated like d unusually passages shrinking
saying move moved heard finish finished projects part time set beyond likely city degree degrees sequence independent
run try party complete exact support broader thanks thank
counting reprint reprints once report reports recorded record behind picked teamed joint joins supplying quote tie ties
quick quickly kindly please could hand brief short summary summarise summarize using use used based basis according per
terms term among amongst regarding
concerning respect compared comparison relative rather instead simply just really actually currently presently
trust take took taken development put others else developed make made use used useful significantly significant effect
effects influence than compared really there through please help me tell hold holds held happen happened a an the of
in on at to for from by with within inside and or both between among is are was were be been being do does did has
have had which what who whom whose where when how why that this these those here it its their they we our us you your
my i any some all each every other another one ones many much most then as also only ever yet still show give list
name find say says said see seen can could would should will shall may might must not no none never without next year
years month located based sit sits lie lies operating operate operates active work works working worked doing makes
making so sure stand stood place placed first second third fourth fifth position order chemistry matter matters since
until before after during over under up down out about into know want need identify enumerate strong strongly expected
expect host hosts hosting look looks axes axis incl including included currently now today overall general generally
whole entire across amongst around own sitting versus either neither real truly ought member members partner came come
comes got get gets reached reach whether well actually long far explains least partly ranked number numbers steps step
agreements signed sign signs people reliable quite kind kinds sixth seventh eighth ninth tenth official link links
linked connected related same different s t re ve together observed known stated published index edition force score
scores explain explained cluster clusters
"""
ENGLISH = frozenset(_ENGLISH.split())
"""English words of no content of their own."""

ABBREVIATED = frozenset(("led", "sip", "arm", "can", "may", "ids", "cad", "cam", "hit", "his"))
"""English words that are abbreviations in capitals: they name something only so."""


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern for lower-case text (compiled patterns are kept by `re`)."""
    return re.compile(pattern)
