"""Plain words: those with which a sentence connects what it took from its sources, and numbers in words."""

from __future__ import annotations

from decimal import Decimal

_CHINESE = """
其中 以及 并且 而且 此外 另外 同时 因此 所以 但是 不过 然而 由于 因为 如果 虽然 关于 对于 根据 按照 依据 通过
其他 其它 还有 还 之间 之中 之一 之后 之前 以来 以后 以前 期间 当时 目前 现在 已经 曾经 至今 分别 一起 共同
相互 彼此 双方 各方 三方 各自 一同 包括 包含 涉及 属于 成为 作为 来自 位于 坐落 设在 落户 入驻 进驻 设立 成立
建立 建设 共建 联合 合资 投资 入股 收购 控股 参股 供应 供货 采购 提供 服务 支持 参与 开展 进行 推进 实施 完成
达成 签署 签订 签约 宣布 表示 指出 显示 说明 提到 记载 表明 写道 合作 合作方 协议 协议书 项目 战略 关系 联系
往来 活动 方面 情况 内容 数据 结果 证据 文档 文件 资料 来源 报道 原文 句子 记录 企业 公司 园区 机构 高校 院校
产业 行业 领域 单位 政府 部门 地区 城市 平台 业务 产品 技术 研发 生产 制造 创新 发展 排名 排在 位列 位居 名列
得分 指数 榜单 区间 数量 总数 合计 共计 共有 总共 达到 超过 高于 低于 约为 大约 左右 以上 以下 最高 最低 期望
预期 实际 比值 比例 样本 平均 总计 份额 评级 结论 证据不足 不足 足够 观察 观察到 发现 看到 未见 没有 尚未 未能
并未 不能 可以 可能 能够 应当 需要 均为 均有 都有 都是 存在 具有 拥有 有着 这些 那些 这个 该 该园 该企业 此
他们 它们 其 我们 哪些 什么 一个 一些 一家 一项 一种 一份 某些 多个 多家 多项 若干 全部 所有 部分 时间 日期
年份 年 月 日 家 个 项 份 名 位 条 处 座 第 级 次 期 元 有 是 为 在 与 和 及 或 由 把 将 被 对 向 从 到 至 于
以 并 而 也 又 都 均 各 即 则 若 但 因 所 之 的 地 得 了 着 过 等 内 中 外 上 下 间 里 后 前 时 起 共 不 未 无
另 再 就 才 只 仅 更 最 较 很 已 曾 正 如 按 据 经 随 同 跟 给 让 使 用 做 当 能 可 会 要 应 需 说 称 指
"""
PLAIN = frozenset(_CHINESE.split())
"""Chinese words (folded) that may stand in a sentence though its sources do not have them."""

_ENGLISH = """
a an the this that these those it its they their them he she we i in on at of for from to by with within
without between among and or but nor so yet as than then also both either neither each every all any some many
most more less few several other others such same here there where when while since until before after during
through over under above below about is are was were be been being has have had do does did can could may
might will would shall should must not no only just however moreover furthermore additionally finally
according based because therefore thus hence if although though whereas which who whom whose what how why park
parks firm firms company companies enterprise enterprises institution institutions university universities
industry industries cooperation collaboration collaborations tie ties document documents evidence source
sources sentence sentences row rows rank ranks ranked ranking index interval score joint venture ventures
agreement agreements strategic project projects investment investments supply supplies status active signed
announced ended denied date dates overall together observed known stated reported neither none nothing
"""
ENGLISH = frozenset(_ENGLISH.split())
"""English words that may begin with a capital without naming anything."""

NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿半")

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_UNITS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty
"""
_TENS = "thirty forty fifty sixty seventy eighty ninety"
_PLACES = "first second third fourth fifth sixth seventh eighth ninth tenth"
_WORDS: dict[str, int] = {
    "once": 1,
    "twice": 2,
    "double": 2,
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_WORDS |= {word: value for value, word in enumerate(_UNITS.split())}
_WORDS |= {word: 10 * value for value, word in enumerate(_TENS.split(), 3)}
_WORDS |= {word: value for value, word in enumerate(_PLACES.split(), 1)}
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "半": Decimal("0.5")}


def numeral(word: str) -> Decimal | None:
    """The number that a Chinese numeral or an English word (in small letters) says, None for another word.

    >>> [int(numeral(word)) for word in ("三", "十二", "一百零五", "二〇二四", "一亿二千万", "twelve")]
    [3, 12, 105, 2024, 120000000, 12]
    >>> numeral("park") is None
    True
    """
    if word in _PARTS:
        return _PARTS[word]
    if word in _WORDS:
        return Decimal(_WORDS[word])
    if not word or not NUMERALS.issuperset(word) or "半" in word:
        return None
    if all(sign in _DIGITS for sign in word):
        return Decimal(int("".join(str(_DIGITS[sign]) for sign in word)))
    return Decimal(_counted(word))


def _counted(word: str) -> int:
    whole, part, digit = 0, 0, 0
    for sign in word:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _SCALES:
            part += (digit or 1) * _SCALES[sign]
            digit = 0
        elif sign == "万":
            whole += (part + digit or 1) * 10_000
            part = digit = 0
        else:
            whole = (whole + part + digit or 1) * 100_000_000
            part = digit = 0
    return whole + part + digit
