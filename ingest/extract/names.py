"""Names in Chinese sentences: LAC tokens, gazetteer hits and rules for how names end and where they begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from graph.model import Kind
from ingest import lexicon
from ingest.extract.lac import Token
from ingest.extract.party import party_start


class Span(NamedTuple):
    """A name at [start, end) of a sentence; of overlapping spans the one of greater weight, then the longer stays."""

    start: int
    end: int
    kind: Kind
    rule: str
    weight: int = 1


class Hit(NamedTuple):
    """A gazetteer name at [start, end) with what it may stand for."""

    start: int
    end: int
    entries: tuple[lexicon.Entry, ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    """The word lists of the lexicon as the rules below use them."""

    weak: frozenset[str]
    legal: frozenset[str]
    stop: frozenset[str]
    inner: frozenset[str]
    function: frozenset[str]
    cut: re.Pattern[str]
    countries: frozenset[str]
    places: frozenset[str]
    class_parks: frozenset[str]


@cache
def _rules() -> _Rules:
    words = lexicon.words()
    cut = sorted(words["cut"], key=len, reverse=True)
    return _Rules(
        weak=words["weak"],
        legal=words["legal"],
        stop=words["stop"],
        inner=words["inner"],
        function=frozenset("".join(words["function"])),
        cut=re.compile("|".join(map(re.escape, cut))),
        countries=frozenset(place.name for place in lexicon.places() if place.level in ("country", "region")),
        class_parks=words["class_park"],
        places=frozenset(name for place in lexicon.places() for name in (place.name, place.short) if name),
    )


_STOP_TAGS = frozenset(("p", "c", "u", "r", "d", "q", "TIME", "xc", "s", "t", "vd", "ad"))
_PROPER_TAGS = frozenset(("LOC", "ORG", "nz", "PER", "nw"))
_JOINTS = frozenset("·&-.＆・/ ")
_LED = re.compile("(?:运营|管理|建设|开发|打造|规划|合作|参观|负责|推进|加快|建成|新建|在建|扩建)+")
_GENERIC = re.compile(
    "(?:中国|我国|本土|众多|诸多|国家级|省级|市级|区级|国家|世界|全球|全国|联合|重点|新型|专业|特色|高新|"
    "高科技|高新技术|现代|综合|公共|大型|标准化|现代化|科技|技术|工程|产业|"
    "创新|创业|研发|研究|企业|公司|高校|博士后|博士|院士|海外|离岸|双创|配套|核心|省部|高标准|高水平|高能级|"
    "一流|国际一流|新建|在建|自有|自建|龙头|"
    "上市|合资|独资|初创|国有|民营|外资|外商|外国|跨国|集团|控股|投资|物业|贸易|管理|服务|运营|平台|母|子|分|"
    "总|项目|本地|当地|地方|各级|各地|"
    "数字化|智能化|信息|信息化|一体化|共享|共性|行业|学术|专家|农业|工业|商业|第三方|检测|检验|测试|实验|"
    "教学|医疗|制造|加工|生产|开发|设计|销售|"
    "经营|建设|建筑|环保|化工|金融|证券|保险|互联网|软件|硬件|芯片|半导体|生物|医药|药|汽车|车|能源|新能源|"
    "电子|通信|物流|运输|食品|纺织|服装|机械|材料|"
    "新材料|航空|航天|智能|数字|文化|教育|旅游|体育|咨询|培训|安全|环境|水务|供应链|电商|广告|传媒|游戏|租赁|"
    "融资|担保|基金|资产|房地产|地产|"
    "智慧|绿色|低碳|零碳|网联|低空|经济|氢能|储能|产学研|协同|中试|孵化|转化|成果|概念验证|公司|有限|责任|股份|家|所|个|座|大|小|新|老|该|本|各|多|市|省|"
    "区|县|镇|州)+"
)
_AFTER_PARK = re.compile(r"(?:[一二三四五六]期|[东西南北]区(?![域别])|[A-F]区|[1-9]期|首期)")
_FORBIDDEN_AFTER: dict[str, re.Pattern[str]] = {
    "研究院": re.compile("所"),
    "大学": re.compile("[生城园路科]|学院"),
    "学院": re.compile("路"),
    "医院": re.compile("级"),
    "集团": re.compile("化|军"),
    "公司": re.compile("制|法|治理"),
    "政府": re.compile("性|投资|引导|采购|工作报告|间"),
    "银行": re.compile("间|业|卡|贷款|存款|账"),
    "学校": re.compile("里"),
    "厂": re.compile("[商房区家址长]"),
    "工厂": re.compile("化"),
    "中学": re.compile("生"),
    "小学": re.compile("生"),
    "联盟": re.compile("链|号"),
    "新城": re.compile("区|市|县"),
    "法院": re.compile("判"),
    "海关": re.compile("[总监特]"),
    "云": re.compile("[计服平数端]"),
    "股份": re.compile("[比转合的占制回]|有限|公司"),
    "控股": re.compile("子|股|权|[的比]"),
    "基金": re.compile("[会管项]"),
    "投资": re.compile("[额建者促了超总的约逾合设方主人机、,0-9]"),
    "科技": re.compile(
        "[创成部局厅企园城型含金型股]|产业|人才|服务|进步|有限|集团|合作|研发|领域|发展|大学|学院|示范|馆|中"
    ),
    "国际": re.compile("[化一合知贸竞先领市大]"),
    "智能": re.compile("[化制终网手机电]"),
    "航空": re.compile("[航工运港公产装发城零枢物制]"),
    "数据": re.compile("[中库显服共要产]"),
    "信息": re.compile("[化技服产系披安]"),
    "能源": re.compile("[产结转局装消供领互]"),
    "电子": re.compile("[商信产元制产化器]"),
    "生物": re.compile("[医制技科产农药质样安城育]"),
    "小镇": re.compile("里"),
    "人大": re.compile("[常代]"),
}
_ORGANISATION_END = re.compile(
    "(?:有限公司|公司|集团|大学|学院|研究院|研究所|园区|产业园|科技园|开发区|高新区|经开区|管委会|政府|银行|"
    "协会|中心|实验室)(?:[和与及同跟由在向为]|以及)"
)


def suffix_spans(text: str, tokens: Sequence[Token], ends: Sequence[tuple[int, int, lexicon.Suffix]]) -> list[Span]:
    """Names found by how they end: `ends` are the suffixes in the sentence, left to right, not overlapping."""
    spans: list[Span] = []
    index = 0
    weak = _rules().weak
    for start, end, suffix in ends:
        while index < len(tokens) and tokens[index].end <= start:
            index += 1
        if index >= len(tokens):
            break
        span = _named(text, tokens, index, start, end, suffix)
        if span is None and suffix.text in weak:
            begin = party_start(text, tokens, start, end)
            span = Span(begin, end, suffix.kind, f"party:{suffix.text}", 2) if begin >= 0 else None
        if span is not None:
            spans.append(span)
    return spans


_ACADEMY = re.compile(
    "(?:中科院|中国科学院)(?:(?!中科院|共建|合作|[与和及])[\u4e00-\u9fff]){2,12}?(?:研究所|研究院|所(?![有在属以谓])|中心|学院)"
)


def academy_spans(text: str) -> list[Span]:
    """Institutes of the Academy by their short names: 中科院苏州纳米所."""
    if "中科院" not in text and "中国科学院" not in text:
        return []
    return [Span(one.start(), one.end(), Kind.INSTITUTION, "academy", 3) for one in _ACADEMY.finditer(text)]


_HEADED = ("大学", "科学院", "中科院", "工程院")
_FIELDS = re.compile(
    "(?P<field>[\u4e00-\u9fff]{2,12}?)[与和及](?P<rest>[\u4e00-\u9fff]{2,10}?)(?:研究所|研究院|研究中心|学院|重点实验室|实验室)"
)
_WHOLE = re.compile(
    "公司|集团|大学|学院|研究院|研究所|研究中心|科学院|中科院|分院|实验室|医院|中心|园|开发区|高新区|管委会|政府|团队|教授|"
    "院士|专家|老师|学生|博士|校友|师生|课题组|代表|科技$|[、与和及同向由在对将已拟共签联携的]"
)


def fields_spans(text: str, found: Sequence[Span]) -> list[Span]:
    """Institutes of an academy or university with 与 between two fields (中国科学院苏州纳米技术与纳米仿生研究所): what
    stands on either side of it is no organisation by itself."""
    spans: list[Span] = []
    for span in found:
        if span.kind is not Kind.INSTITUTION or not text[span.start : span.end].endswith(_HEADED):
            continue
        match = _FIELDS.match(text, span.end)
        if match is None or _WHOLE.search(match["field"]) or _WHOLE.search(match["rest"]):
            continue
        if not _organisation_within(match["rest"]):
            spans.append(Span(span.start, match.end(), Kind.INSTITUTION, "fields", 3))
    return spans


def _organisation_within(word: str) -> bool:
    """Whether a name of the lexicon other than a field stands in the word."""
    names = lexicon.gazetteer()
    parts = (word[first:last] for first in range(len(word)) for last in range(first + 2, len(word) + 1))
    return any(part in names and names[part][0].kind is not Kind.INDUSTRY for part in parts)


def parted(text: str, tokens: Sequence[Token]) -> list[Token]:
    """Tokens where LAC took two firms and the word between them for one organisation (A与B, A向B), as three; and
    without a joining word that it left at the end of one (亿咖通科技与)."""
    result: list[Token] = []
    for token in tokens:
        if (
            token.tag == "vn"
            and token.end - token.start > 3
            and _acting(text[token.start : token.end - 2], text[token.end - 2 : token.end])
        ):
            result += (Token(token.start, token.end - 2, "ORG"), Token(token.end - 2, token.end, "v"))
            continue
        if token.tag != "ORG":
            result.append(token)
            continue
        start = token.start
        for joint in _JOINED.finditer(text, token.start + 2, token.end):
            if joint.start() - start < 2 or not _whole_name(text[start : joint.start()]):
                continue
            result.append(Token(start, joint.start(), "ORG"))
            result.append(Token(joint.start(), joint.end(), "c"))
            start = joint.end()
        acted = token.end - 2
        if acted - start >= 2 and _acting(text[start:acted], text[acted : token.end]):
            result += (Token(start, acted, "ORG"), Token(acted, token.end, "v"))
        elif start < token.end:
            result.append(Token(start, token.end, "ORG"))
    return result


def _acting(word: str, verb: str) -> bool:
    """Whether LAC took a firm and its verb for one name: 聯電|投資, 某某有限公司|合资."""
    if verb not in _VERBS:
        return False
    known = lexicon.gazetteer().get(word)
    firm = known is not None and known[0].kind is Kind.ENTERPRISE
    return firm or word.endswith(("公司", "集团")) or _acts_on(word, verb)


_VERBS = frozenset(
    (
        "合资",
        "合作",
        "共建",
        "签约",
        "签署",
        "签订",
        "入驻",
        "落户",
        "携手",
        "宣布",
        "共同",
        "出资",
        "成立",
        "收购",
        "联合",
        "投资",
    )
)


def _whole_name(word: str) -> bool:
    """Whether a word by itself is the name of a firm or park, by its end or the lexicon."""
    if word.endswith(tuple(_rules().weak)) or word.endswith(_WHOLE_ENDS):
        return True
    known = lexicon.gazetteer().get(word)
    return known is not None and known[0].kind in (Kind.ENTERPRISE, Kind.PARK, Kind.INSTITUTION)


_WHOLE_ENDS = ("公司", "集团", "大学", "学院", "研究院", "研究所", "开发区", "园区", "高新区")
_JOINED = re.compile("[与和及向由]|合作(?=建设|共建|开发)|帮助")


def _named(text: str, tokens: Sequence[Token], index: int, start: int, end: int, suffix: lexicon.Suffix) -> Span | None:
    """The name that ends with the suffix at [start, end), which token `index` holds."""
    rules = _rules()
    weak, legal = suffix.text in rules.weak, suffix.text in rules.legal
    forbidden = _FORBIDDEN_AFTER.get(suffix.text)
    if forbidden is not None and forbidden.match(text, end):
        return None
    if weak and not _short_name_ends(text, tokens, index, start, end):
        return None
    left, first = _left(text, tokens, index, start, legal, suffix)
    left = _trim(text, left, start)
    if start - left < suffix.least or (end - left) > 45:
        return None
    prefix = text[left:start]
    known = lexicon.gazetteer().get(text[left:end])
    if (known is not None and known[0].kind is Kind.INDUSTRY) or (weak and _acts_on(prefix, suffix.text)):
        return None
    if weak and _does_field(text[left:end]):
        return None
    field = lexicon.gazetteer().get(prefix) if suffix.text == "公司" else None
    if field is not None and field[0].kind is Kind.INDUSTRY:
        return None  # 人工智能|公司
    span = Span(left, end, suffix.kind, f"suffix:{suffix.text}", 3 if legal else 2)
    if legal:
        return None if len(prefix) < 4 and _GENERIC.fullmatch(prefix) else span
    strong = any(token.tag in _PROPER_TAGS and token.end > left for token in tokens[first : index + 1])
    if _plain(prefix, suffix) or _COUNTED.match(prefix) or (_counted(text, tokens, first) and not strong):
        return None
    if suffix.kind is Kind.PARK:
        return _park(text, tokens, span, start, strong, suffix)
    if suffix.kind is Kind.GOVERNMENT and not _governs(text, left, start, suffix):
        return None
    return span


def _plain(prefix: str, suffix: lexicon.Suffix) -> bool:
    """Whether what stands before the suffix is made of general words, which make no name: 科技创新中心."""
    if suffix.kind is Kind.ENTERPRISE and "有限公司" in prefix:
        return True
    if not _GENERIC.fullmatch(prefix):
        return False
    if suffix.kind is Kind.INSTITUTION and prefix.startswith("国家") and len(prefix) >= 4:
        return False  # 国家新能源汽车技术创新中心
    return not (suffix.kind is Kind.GOVERNMENT and prefix[-1:] in "市省区县")


def _park(
    text: str, tokens: Sequence[Token], span: Span, start: int, strong: bool, suffix: lexicon.Suffix
) -> Span | None:
    """A park's own name: without its parent and the verbs before it, with the number of its phase."""
    if not strong and suffix.text in _rules().class_parks:
        return None
    left, end = _own_part(text, tokens, span.start, start, span.end), _park_end(text, span.end)
    led = _LED.match(text, left, start)
    if led is not None:
        left = led.end()
        if start - left < suffix.least or _GENERIC.fullmatch(text, left, start):
            return None
    return None if text.startswith("园区", left) else span._replace(start=left, end=end)


_COUNTED = re.compile(
    "(?:(?:\\d+|[一二两三四五六七八九十百千数几多]+)[多余]?|[这那该此各每某本])[个家座所项处名位种类间批条颗块片]"
)
_VERBAL = frozenset(
    (
        "投资",
        "建设",
        "设计",
        "控股",
        "制造",
        "测试",
        "检测",
        "检验",
        "印刷",
        "包装",
        "传播",
        "教育",
        "孵化",
        "担保",
        "租赁",
    )
)
_ZONE_END = re.compile("(?:开发区|高新区|经开区|新区|园区|产业园|科技园|科学城|科技城|保税区|示范区|园)$")


def _acts_on(prefix: str, suffix: str) -> bool:
    """Whether what ends like a short name is a firm with its verb (聯電投資) or a park with its trade (高新区软件)."""
    if _ZONE_END.search(prefix):
        return True
    if suffix not in _VERBAL:
        return False
    known = lexicon.gazetteer().get(prefix)
    return known is not None and known[0].kind is Kind.ENTERPRISE


def _does_field(word: str) -> bool:
    """Whether a word is a verb and a field: 发展|集成电路, 生产|半导体."""
    names = lexicon.gazetteer()
    rest = word[2:]
    return (word[:2] == "发展" or word[:2] in lexicon.words()["activity"]) and (
        rest in names and names[rest][0].kind is Kind.INDUSTRY
    )


def _counted(text: str, tokens: Sequence[Token], first: int) -> bool:
    """Whether a number or pronoun stands before the name, which makes it a plain noun (26个生物产业园)."""
    if first == 0:
        return False
    before = tokens[first - 1]
    return before.tag in ("q", "r", "m") or text[before.end - 1] in "个家座所类等各"


def _park_end(text: str, end: int) -> int:
    """The end of a park's name with 区 behind 园 and the number of its phase."""
    if text[end - 1] == "园" and text[end : end + 1] == "区" and text[end + 1 : end + 2] not in ("域", "别", "位"):
        end += 1
    tail = _AFTER_PARK.match(text, end)
    return tail.end() if tail else end


def _short_name_ends(text: str, tokens: Sequence[Token], index: int, start: int, end: int) -> bool:
    """Whether a weak suffix ends a word group that LAC takes for a name."""
    token = tokens[index]
    if token.end < end and index + 1 < len(tokens):
        token = tokens[index + 1]
    if token.end != end:
        return False
    if token.tag in ("ORG", "nz", "LOC") and token.start < start:
        return True
    if index == 0 or token.start < start:
        return False
    before = tokens[index - 1]
    if before.tag == "ORG" and text[before.start : before.end].endswith(tuple(_rules().weak)):
        return False  # the name is whole: 芯擎科技|设计
    named = before.tag in ("nz", "PER", "ORG", "nw") or (
        before.tag == "LOC" and text[before.start : before.end] not in _rules().places
    )
    if named and before.end - before.start >= 2:
        following = tokens[index + 1].tag if index + 1 < len(tokens) else "w"
        return following not in ("n", "nz", "vn") or token.end - token.start > 2
    return False


_ODD = re.compile(r"[^\w·&.\-()〔〕 /'・+]")


def _left(
    text: str, tokens: Sequence[Token], index: int, start: int, legal: bool, suffix: lexicon.Suffix
) -> tuple[int, int]:
    """How far the name reaches to the left: its first character and the index of its first token."""
    rules = _rules()
    left, first = tokens[index].start, index
    if tokens[index].start < start and text[tokens[index].start : start] in rules.stop:
        return start, index
    here = index - 1
    while here >= 0:
        token = tokens[here]
        word = text[token.start : token.end]
        if tokens[index].end - token.start > 48 or word in rules.stop or _ODD.search(word):
            break
        if token.tag == "w" or word in _JOINTS or word in "()〔〕[]":
            if word in ")〕":
                opened = _opening(text, token.start)
                outside = _token_before(tokens, here, opened)
                if outside < 0 or token.start - opened > 10:
                    break
                near = tokens[outside]
                if near.tag in ("w", "p", "c", "u") or text[near.start : opened] in rules.stop:
                    break
                left, first = near.start, outside
                here = outside - 1
                continue
            if word not in _JOINTS or (word == " " and not (text[left].isalpha() and text[left].isascii())):
                break
        elif not _inside(word, token.tag, legal, suffix):
            break
        left, first = token.start, here
        here -= 1
    return left, first


def _token_before(tokens: Sequence[Token], here: int, opened: int) -> int:
    """The index of the token that holds the character before an opening bracket, -1 if there is none."""
    while opened > 0 and here >= 0 and tokens[here].start >= opened:
        here -= 1
    return here if opened > 0 else -1


def _inside(word: str, tag: str, legal: bool, suffix: lexicon.Suffix) -> bool:
    rules = _rules()
    if len(word) == 1 and word in rules.function:
        return False
    if tag in _STOP_TAGS:
        return legal and tag in ("s", "d", "ad") and len(word) > 1 and False
    if tag == "f":
        return word in "东西南北中"
    if tag == "m":
        return not re.search("[%万亿余多近约几两]", word) and len(word) < 5
    if tag == "v":
        return word in rules.inner or (legal and len(word) == 1)
    if tag == "vn":
        return word in rules.inner or legal
    if tag in ("a", "an"):
        return len(word) <= 2 or legal
    if tag == "PER":
        return (
            legal or suffix.kind is Kind.PARK or suffix.text in ("医院", "厂", "学校", "中学", "公司", "集团", "实验室")
        )
    return True


def _opening(text: str, closing: int) -> int:
    """Where the bracket that closes at `closing` opens, if what stands inside may be part of a name; else -1."""
    opened = max(text.rfind("(", 0, closing), text.rfind("〔", 0, closing))
    if opened < 0 or re.search("[,。;:、“”]|简称|下称|股票|代码|\\d{4}", text[opened:closing]):
        return -1
    return opened


def _starts_name(text: str, left: int, start: int) -> bool:
    """Whether a name of the lexicon that begins with a function word stands here (同济大学, 和林格尔县)."""
    if text[left] not in _rules().function:
        return False
    names = lexicon.gazetteer()
    return any(text[left : left + size] in names for size in (6, 5, 4, 3) if left + size <= len(text))


_NUMBERED = re.compile("(?:\\d+[.、 ]|[①-⑳]|[一二三四五六七八九十]+、)(?=[\u4e00-\u9fffA-Z])")


def _trim(text: str, left: int, start: int) -> int:
    """The first character of the name within text[left:start], after what cannot begin a name."""
    for found in _ORGANISATION_END.finditer(text, left, start):
        left = max(left, found.end())
    for cut in _rules().cut.finditer(text, left, start):
        left = cut.end()
    left = max(left, text.rfind("的", left, start) + 1)
    while left < start:
        step = _not_first(text, left, start)
        if not step:
            break
        left += step
    return left


def _not_first(text: str, left: int, start: int) -> int:
    """How many characters at `left` cannot begin a name that goes on to `start`."""
    rules = _rules()
    numbered = _NUMBERED.match(text, left, start)
    if numbered:
        return numbered.end() - left
    if _starts_name(text, left, start):
        return 0
    if text[left] in rules.function or text[left] in " ·-./)〕、,:":
        return 1
    for size in (5, 4, 3, 2):
        word = text[left : left + size]
        if left + size > start:
            continue
        if word in rules.stop and word not in rules.inner:
            return size
        if word in rules.countries and word != "中国" and start - left - size >= 2:
            return size
    return 0


_PARENT = re.compile(
    "(?:高新技术产业开发区|经济技术开发区|高新区|经开区|开发区|产业园区|工业园区|科技园区|园区|新区|示范区|"
    "科学城|保税区|综保区|合作区|自贸区|集聚区|产业园|科技园)"
)


def _own_part(text: str, tokens: Sequence[Token], left: int, start: int, end: int) -> int:
    """Where the name of a park itself begins, behind its parent park and behind full place names."""
    for parent in _PARENT.finditer(text, left + 2, start):
        rest = text[parent.end() : end]
        if (
            len(rest) >= 4
            and not re.fullmatch("[东西南北中]部?(?:园区|园|区|片区)", rest)
            and start - parent.end() >= 2
        ):
            left = parent.end()
    stack = _place_stack(text, left, start)
    if stack > left and text[stack - 1] in "区县" and end - stack >= 5:
        left = stack
    for token in tokens:
        if token.end > left and token.start < start and text[token.start : token.end][-1:] in "省市县区":
            rest = text[token.end : start]
            following = next((one for one in tokens if one.start == token.end), None)
            if (
                text[token.end - 1] in "区县"
                and len(rest) >= 5
                and token.tag == "LOC"
                and not _PARENT.match(text[token.start :])
            ) or (
                following
                and following.tag in ("LOC", "nz", "ORG", "PER")
                and following.start < start
                and len(rest) >= 2
            ):
                left = token.end
    return left


def _place_stack(text: str, left: int, start: int) -> int:
    """The end of the full place names (省, 市, 区, 县) that stand one after another from `left`."""
    places = _rules().places
    while True:
        size = next((size for size in range(9, 2, -1) if left + size < start and text[left : left + size] in places), 0)
        if not size or text[left + size - 1] not in "省市区县":
            return left
        left += size


_BARE_GOVERNMENT = re.compile(
    "(?:人民政府|[市省区县镇州]政府|政府|管理委员会|管委会|党工委|[市省区县州]委|政协|人大|人大常委会|办公室|"
    "法院|人民法院|海关|办事处|管理处)"
)


def _governs(text: str, left: int, start: int, suffix: lexicon.Suffix) -> bool:
    """Bare offices that point back are no names: 市政府, 管委会; an office named by its task needs only 市 or 省."""
    prefix = text[left:start]
    if _BARE_GOVERNMENT.fullmatch(suffix.text):
        return len(prefix) >= 2
    return len(prefix) >= 1


def lac_spans(text: str, tokens: Sequence[Token], found: Sequence[Span]) -> list[Span]:
    """Names that LAC itself marks: organisations and places; where a suffix rule ends, that one counts."""
    ends = {span.end for span in found}
    rules = _rules()
    no_place = tuple(lexicon.words()["no_place"])
    spans: list[Span] = []
    for index, token in enumerate(tokens):
        if token.tag not in ("ORG", "LOC") or token.end in ends:
            continue
        left = _trim(text, token.start, token.end)
        word = text[left : token.end]
        if _OVERRUN.search(word) or (token.tag == "LOC" and index + 1 < len(tokens) and text[token.end - 1] in "里内"):
            continue
        if len(word) < 2 or word in rules.stop or _GENERIC.fullmatch(word) or _NO_NAME.search(word):
            continue
        if word.endswith(("园", "园区")) and not _GARDEN.search(word) and len(word) > 2:
            spans.append(Span(left, token.end, Kind.PARK, "lac:park", 0))
        elif _COUNTED.match(word) or _GENERAL_ZONE.match(word):
            continue
        elif token.tag == "ORG":
            spans.append(Span(left, token.end, _kind_by_end(word), "lac:ORG", 0))
        elif not word.endswith(no_place) and word not in _NATIONAL and _located(text, word, left):
            spans.append(Span(left, token.end, Kind.PLACE, "lac:LOC", 0))
    return spans


_GENERAL_ZONE = re.compile("(?:国家级|省级|市级)")
_INSTITUTION_END = re.compile(
    "(?:大学|学院|研究院|研究所|实验室|中心|医院|学校|协会|联盟|学会|商会|联合会|博物馆|交易所)$"
)
_GOVERNMENT_END = re.compile("(?:政府|管委会|委员会|[^当结时大药书邮][局厅])$")


def _kind_by_end(word: str) -> Kind:
    """The kind of what LAC takes for an organisation."""
    if _INSTITUTION_END.search(word):
        return Kind.INSTITUTION
    return Kind.GOVERNMENT if _GOVERNMENT_END.search(word) else Kind.ENTERPRISE


_NATIONAL = frozenset(("中国", "全国", "我国", "民国"))


def _located(text: str, word: str, left: int) -> bool:
    """Whether what LAC takes for a place is one by its form, the lexicon or the preposition before it."""
    if word in _rules().places or _ADMINISTRATIVE.search(word):
        return True
    return len(word) > 2 and _AT.search(text[max(0, left - 4) : left]) is not None


_NO_NAME = re.compile(
    "竞争力|智库$|^注册资本|^[^\u4e00-\u9fffA-Za-z]|协议$|合同$|方案$|计划$|规划$|班$|产品$|品牌$|委托$|[《》]"
)
_OVERRUN = re.compile("(?:公司|集团|区|园|城|大学|政府|所|院)(?:建设|投资|里|内|办|联合|共建|工作|代表|旗下|系|等|处)$")
_GARDEN = re.compile("(?:公园|植物园|动物园|幼儿园|花园|庄园|校园|家园|果园|陵园|乐园|茶园|桃园|田园|菜园|景园)$")
_ADMINISTRATIVE = re.compile("(?:省|市|县|区|镇|乡|州|街道|盟|旗|岛|湾|半岛|三角洲|国|地区|村)$")
_AT = re.compile("(?:在|位于|于|到|至|赴|来自|落户|坐落|总部设在|进驻|往|从|进入|面向|覆盖)$")


_STACK = re.compile("[省市区县州盟]$")


def stacked(text: str, spans: Sequence[Span], levels: dict[str, str]) -> list[Span]:
    """Places with nothing between them become one mention; countries and regions stay apart."""
    result: list[Span] = []
    for span in spans:
        if result and span.kind is Kind.PLACE and result[-1].kind is Kind.PLACE and result[-1].end == span.start:
            before = result[-1]
            if levels.get(text[before.start : before.end]) not in ("country", "region"):
                result[-1] = Span(before.start, span.end, Kind.PLACE, before.rule, before.weight)
                continue
        result.append(span)
    return result


def gazetteer_spans(text: str, hits: Sequence[Hit], tokens: Sequence[Token]) -> list[Span]:
    """Names of the lexicon, unless a word border of LAC runs through a short one."""
    starts = {token.start for token in tokens}
    finish = {token.end for token in tokens}
    spans: list[Span] = []
    for hit in hits:
        entry = hit.entries[0]
        size = hit.end - hit.start
        whole = (hit.start in starts or text[hit.start - 1 : hit.start].isascii()) and hit.end in finish
        if entry.kind is Kind.INDUSTRY:
            continue
        if size <= 3 and not whole and not (entry.kind is Kind.PLACE and hit.start in starts):
            continue
        if (
            not whole
            and entry.kind is not Kind.PARK
            and hit.start not in starts
            and size < (4 if hit.end in finish else 5)
        ):
            continue
        if entry.kind is Kind.PLACE and text[hit.start : hit.end] in ("中国",):
            continue
        spans.append(Span(hit.start, hit.end, entry.kind, "gazetteer", 1))
    return spans


def chosen(spans: Sequence[Span]) -> list[Span]:
    """Spans that do not overlap, in order: the longest first, then the weightier."""
    kept: list[Span] = []
    taken: set[int] = set()
    for span in sorted(spans, key=lambda one: (one.start - one.end, -one.weight, one.start)):
        if not any(place in taken for place in (span.start, span.end - 1)) and not any(
            place in taken for place in range(span.start, span.end)
        ):
            taken.update(range(span.start, span.end))
            kept.append(span)
    kept.sort()
    return kept
