"""How far a claim has come, by the words before and after its trigger: denied, announced, signed, active or ended."""

from __future__ import annotations

import re

from graph.model import Relation, Status

_DOUBLE = re.compile(
    "并非没有|不是没有|并非未|并不是没有|并非不|不无|无不|没有不|未尝不|不能不|不得不|否认没有|否认未|"
    "从未停止|未曾中断|没有停止|从未间断"
)
_DENIED = re.compile(
    "否认|并未|尚未|从未|并非|并不|没有|没与|不曾|未曾|不存在|不再|暂未|仍未|还未|无任何|未有|未能|未(?=与|"
    "和|同|向|对|签|开展|达成|就|在|从|获|入|落|参|采|投|收|持)|"
    "不(?=是|与|属|向|从事|生产|供应|采购|持有|参与|涉及|在|为|会|予)|没(?=与|和|跟|签|有)|谣言|不实|传闻|"
    "并无|无(?=合作|关联|业务往来|供货|股权)|拒绝|婉拒|放弃|落空|告吹|"
    r"\bnot\b|\bnever\b|\bno\b|n't\b|\bden(?:y|ies|ied)\b|\bneither\b|\bwithout\b|\brejected\b|\bdeclined\b"
)
_ENDED = re.compile(
    r"终止|解除|中止|取消|撤销|曾(?!经理)(?=经|与|和|同|是|为|由|在|向|于|任|供|采|投|持|担|入|签|合|共|联|"
    r"[\ue000-\ue5ff])|不再续|到期|期满|破裂|退出|撤资|分手|散伙|已结束|此前由|原先由|停止合作|解约|转让给|"
    r"已售予|已出售|已迁出|迁出|搬离|搬出|撤出|"
    r"\bterminated\b|\bended\b|\bexpired\b|\bformer(?:ly)?\b|\bcancelled\b|\bcanceled\b|\bused to\b|"
    r"\bsold its\b|\bleft\b|\bpreviously\b|\bonce\b"
)
_ANNOUNCED = re.compile(
    r"拟|计划|准备|打算|预计|有望|可望|即将|意向|洽谈|谋划|希望|力争|筹备|筹建|在建|规划建|将(?!军|领|帅|其|"
    r"总部|工厂|基地|生产|公司|研发|项目|原|[\ue000-\ue5ff](?:的|设|迁|列|作))|未来(?!产业|科技|力|城|科学)|"
    r"争取|目标是|考虑|正在建设|待|暂定|初步|商谈|磋商|探讨|或将|要(?=到|在|去|办|建)|今后|明年|"
    r"\bwill\b|\bplans?\b|\bplanned\b|\bplanning\b|\bto be\b|"
    r"\b(?:is|are|was|were) (?:set |due |about |going |scheduled )?to (?!the\b|an?\b)|"
    r"\b(?:aims?|aiming|hopes?|seeks?|wants?|vows?|pledges?|pledged) to\b|\bexpects?\b|\bintends?\b|\bproposed\b|"
    r"\bconsidering\b|\btalks\b|\bwould\b|\bcould\b|\bmay\b|under construction|being built|letter of intent"
)
_OPENING = re.compile(
    r" (?:will|is to|is set to|is due to|is expected to|is scheduled to|plans to) (?:be )?"
    r"(?:open|start|begin|launch|operate|complete|go)"
)
"""What is said behind a seat that is not there yet: Its plant in P will open in 2030."""
_SIGNED = re.compile(r"签|协议|合同|达成|缔结|订立|备忘录|合约|signed|agreement|contract|memorandum|deal\b")
_DISPUTE = re.compile(
    "竞争对手|竞争者|同业竞争|诉讼|起诉|仲裁|纠纷|侵权|败诉|胜诉|判决|被告|原告|对簿公堂|抗衡|媲美|控告|索赔|"
    "撞车|lawsuit|sued|sues|compet(?:es|itor|ing)|rival|dispute|infring"
)
_EVENT = re.compile(
    "主办|承办|协办|举办[^,。;]{0,20}?(?:会|展|赛|论坛|活动|仪式|节|讲座|沙龙|周)|举行|召开|发布|参展|出席|同台|亮相|"
    "联合公布"
)


def status(before: str, trigger: str, after: str, relation: Relation) -> Status:
    """The status of a claim from the words before its trigger, the trigger and the words behind it in one clause."""
    said = before + trigger + after
    plain = _DOUBLE.sub("", said)
    if _DENIED.search(_DOUBLE.sub("", before + trigger)) or re.search("否认|谣言|不实", plain):
        return Status.DENIED
    if re.search("收购前|并购前|转让前", before):
        return Status.ENDED
    if _ENDED.search(plain):
        return Status.ENDED
    if _ANNOUNCED.search(_DOUBLE.sub("", before + trigger)):
        return Status.ANNOUNCED
    if relation is Relation.LOCATED_IN and _OPENING.match(after):
        return Status.ANNOUNCED
    if relation.is_collaboration and _SIGNED.search(trigger + after):
        return Status.SIGNED
    return Status.ACTIVE


def disputed(text: str) -> bool:
    """Whether a clause is about a lawsuit or competition, which is no tie."""
    return _DISPUTE.search(text) is not None


def only_event(text: str) -> bool:
    """Whether what is done together is an event or a publication."""
    return _EVENT.search(text) is not None
