"""Of what kinds a cooperation is, by the words around it and by who the parties are (the labelling guide, rule 22)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from graph.model import Cooperation, Kind
from ingest.model import Name

_OPERATES = re.compile(
    "运营|营运|打理|代管|接管|托管|受托|操盘|物业|管理单位|开发主体|建设主体|(?<!技术)(?<!合作)(?<!共同)(?<!联合)开发(?!区|新|出|项目)|"
    "交给|招商|项目公司|租户|developed by|run by|operat|manage"
)
_SETTLES = re.compile("签|入驻|入园|落户|进驻|投资协议|进园|入区|租|resident|tenant|lease")
_HATCHES = re.compile("孵|毕业|育成|辅导|加速器|众创|衍生|脱胎|创办|学校.{0,4}公司|spin-?off|spun|incubat|graduat")
_HATCHERY = re.compile(
    "孵化|加速器|众创|育成|创业中心|创客|大学|大學|学院|學院|研究院|研究所|实验室|University|[Ii]ncubator|[Aa]ccelerator"
)
_JOINS = re.compile(
    "成员|会员|理事|会长|加入|发起|增补|组成|秘书长|秘书处|主任委员|组长|委员|盟员|吸纳|首批|入会|牵头|member|join|chair"
)
_CLUB = re.compile(
    "(?:联盟|聯盟|协会|協會|学会|學會|商会|商會|公会|公會|工作组|工作組|共同体|共同體|联合体|聯合體|委员会|委員會|联席会议|"
    "[Aa]lliance|[Aa]ssociation|[Cc]onsortium|[Cc]ouncil|[Cc]ommittee)$"
)
_WORDS: tuple[tuple[Cooperation, re.Pattern[str]], ...] = (
    (
        Cooperation.JOINT_RESEARCH,
        re.compile(
            "(?:联合|共同|合作|协同|一起|携手|联手).{0,12}?(?:研发|研究|开发|攻关|研制|选育|试验|攻下|改进|试制)|实验室|研发中心|"
            "研究中心|研究院|研究所|技术中心|产学|课题|技术合作|技术开发|中试|博士后|攻关|新工艺|新品种|算法|"
            "joint(?:ly)? (?:research|develop|lab|R&D|study)|research|laboratory"
        ),
    ),
    (
        Cooperation.STRATEGIC,
        re.compile(
            "战略合作|战略协议|战略伙伴|战略框架|战略联盟|全面合作|山海协作|协作协议|联动|互联协议|[Ss]trategic"
        ),
    ),
    (
        Cooperation.JOINT_VENTURE,
        re.compile(
            "合资|出资|持股|各占|各半|股比|入股|合营|基金|认缴|股东|(?:共同|联合|合伙|一起).{0,6}(?:成立|设立|办|设).{0,12}(?:公司|厂|有限)|"
            "joint venture|joint company|venture of|owned"
        ),
    ),
    (
        Cooperation.SHARED_PLATFORM,
        re.compile(
            "共建|合建|合办|联办|结盟|合作开发|"
            "(?:联合|联手|共同|合作|合力).{0,6}?(?:组建|建设|打造|建置|举办|建立|成立|设立|发起|开办|筹建)|"
            "(?:组建|成立|组成|设立|发起|挂牌|筹组|建起|结成).{0,20}(?:联盟|中心|平台|实验室|基地|联合体|共同体|研究院|研究所|学院|工作组)|"
            "实验室|联盟|联合体|共同体|jointly (?:build|set up|found)|alliance|laboratory"
        ),
    ),
    (
        Cooperation.PROJECT,
        re.compile(
            "项目|工程|联合体|中标|得标|共同投标|起草|标准|申报|办学|订单班|保障协议|委托|project|Lot |consortium"
        ),
    ),
)


def cooperation(words: str, parties: Iterable[Name]) -> tuple[str, ...]:
    """The kinds of a COLLABORATES of these parties, sorted as in the table; other if no word tells."""
    names = tuple(parties)
    found = [kind for kind, pattern in _WORDS if pattern.search(words)]
    special = _special(words, names, found)
    if special is not None:
        return (special.value,)
    if len(found) > 1 and Cooperation.PROJECT in found:
        found.remove(Cooperation.PROJECT)
    return tuple(kind.value for kind in found) or (Cooperation.OTHER.value,)


def _special(words: str, names: tuple[Name, ...], found: list[Cooperation]) -> Cooperation | None:
    """A kind that goes with what the parties are: settling and operation with a park, joining with an alliance."""
    if len(names) != 2:
        return None
    kinds = {name.kind for name in names}
    firm = Kind.ENTERPRISE in kinds
    together = Cooperation.SHARED_PLATFORM in found or Cooperation.STRATEGIC in found
    if any(_CLUB.search(name.text) for name in names) and _JOINS.search(words):
        return Cooperation.ALLIANCE
    if firm and _HATCHES.search(words) and any(_HATCHERY.search(name.text) or name.kind is Kind.PARK for name in names):
        return Cooperation.INCUBATION
    if Kind.PARK in kinds and firm and not together and _OPERATES.search(words):
        return Cooperation.OPERATION
    if firm and kinds & {Kind.PARK, Kind.GOVERNMENT} and not together and _SETTLES.search(words):
        return Cooperation.SETTLING
    return None
