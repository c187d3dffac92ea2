"""Bytes to text, by what the bytes are; a declaration is a hint, never a proof.

Order: byte order mark; UTF-16 that shows by its NULs; valid UTF-8; then a contest of UTF-16, GB18030, Big5 and
Windows-1252 by how usual their characters are; charset-normalizer as the last resort. Decoding is strict: a text never
holds a replacement character that was not in the file.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from graph.errors import ReadError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WESTERN = frozenset({"cp1250", "cp1252", "latin_1", "iso8859_1", "iso8859_2", "iso8859_15"})  # a guess is believed
_SAMPLE = 100_000  # characters that are looked at in a contest
_USUAL = 1.0  # mean weight of a Chinese reading to be believed; right readings have 1.5 to 3, wrong ones below 0.8

_CONTROL = re.compile("[\x01-\x08\x0e-\x1f]")

_FREQUENT = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等"
    "部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新"
    "线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式"
    "活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造"
    "百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声"
    "报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近"
    "矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始"
    "却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严首底液官德随病苏失尔死讲配女黄推显谈罪神艺呢席含企望密批营项防举球英氧势告李台落"
    "木帮轮破亚师围注远字材排供河态封另施减树溶怎止案言士均武固叶鱼波视仅费紧爱左章早朝害续轻服试食充兵源判护司足某练差致板田降黑犯负击范继"
    "兴似余坚曲输修故城夫够送笔船占右财吃富春职觉汉画功巴跟虽杂飞检吸助升阳互初创抗考投坏策古径换未跑留钢曾端责站简述钱副尽帝射草冲承独令限"
    "阿宣环双请超微让控州良轴找否纪益依优顶础载倒房突坐粉敌略客袁冷胜绝析块剂测丝协诉念陈仍罗盐友洋错苦夜刑移频逐靠混母短皮终聚汽村云哪既距"
    "卫停烈央察烧迅境若印洲刻括激孔搞甚室待核校散侵吧甲游久菜味旧模湖货损预阻毫普稳乙妈植息扩银语挥酒守拿序纸医缺雨吗针刘啊急唱误训愿审附获"
    "茶鲜粮斤孩脱硫肥善龙演父渐血欢械掌歌沙刚攻谓盾讨晚粒乱燃矛乎杀药宁鲁贵钟煤读班伯香介迫句丰培握兰担弦蛋沉假穿执答乐谁顺烟缩征脸喜松脚"
    "签署园技术产业科技有限公司股份集团合作协议入驻签约企业孵化器创新高新区开发区经济研究院实验室大学战略项目投资芯片半导体材料生物医药智能制造"
    "這為個國時來們對會發動說產種過後學經進著電裡現實點從業應開還問與關線內數變條沒結解無系軍長頭資邊級圖統較將組見計別論運農幾區強決戰則據處"
    "隊給門規熱領東導壓爭濟階極聯認權證轉單風帶場車務萬達積議聲報鬥類離華確張馬節話況傳許廣記連斷難礦備辦習響約團歷構稱準號維劃選標寫親"
    "廠識適屬圓調滿縣參紅細鐵價嚴隨蘇講黃顯談藝營項舉勢臺灣幫輪師圍遠態減樹葉視僅費愛續輕試護練負擊範繼興堅輸財職覺漢畫雖飛檢陽創壞換鋼責"
    "簡錢盡獨環雙請讓紀優頂載敵絕塊劑測協訴陳羅鹽錯頻終雲衛燒貨損預穩銀語醫園簽術劑藥實驗戰略項目投資晶體設計製造顧訊軟機構創業"
    "，。、；：？！“”‘’（）《》〈〉「」『』【】·—…～％　"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the name of the encoding that it was in (Python's name, without a mark)."""

    text: str
    encoding: str


def decode(data: bytes, where: str, declared: str = "") -> Decoded:
    """The text of a file: line ends kept, byte order mark dropped.

    `declared` is what an html page says of itself; valid UTF-8 wins over it, gb2312 and gbk are read as GB18030.
    Raises ReadError, with the offset of the first bad byte counted from 0, for damaged, mixed or unknown encodings.
    """
    for mark, name in _MARKS:
        if data.startswith(mark) and not (name == "utf-32-le" and len(data) % 4):
            return _marked(data, len(mark), name, where)
    nul = data.find(b"\0")
    if nul >= 0:
        return _with_nuls(data, nul, where)
    try:
        return _controlled(data.decode("utf-8"), data, where)
    except UnicodeDecodeError as error:
        bad = error.start
    if name := _known(declared):
        text = _strict(data, name)
        if text is not None:
            return Decoded(text, name)
    if mixed := _mixed(data, bad):
        raise ReadError(where, mixed)
    return _contest(data, where) or _last_resort(data, where, bad)


def _marked(data: bytes, length: int, name: str, where: str) -> Decoded:
    try:
        return Decoded(data[length:].decode(name), name)
    except UnicodeDecodeError as error:
        raise ReadError(
            where,
            f"the byte order mark says {name}, but the bytes at offset {length + error.start} are not "
            "(cut off or damaged); save the file again as UTF-8",
        ) from None


def _with_nuls(data: bytes, nul: int, where: str) -> Decoded:
    """UTF-16 without a mark shows by its NULs (every ASCII character has one); anything else with NULs is no text."""
    if len(data) % 2 == 0:
        for name in ("utf-16-le", "utf-16-be"):
            text = _strict(data, name)
            if text is None or "\0" in text:
                continue
            if _readable(text) > (0.7 if _weight(text) >= _USUAL else 0.9):
                return Decoded(text, name)
    raise ReadError(where, f"NUL byte at offset {nul}: not a text file; save it as text in UTF-8")


def _controlled(text: str, data: bytes, where: str) -> Decoded:
    """Valid UTF-8, unless its control characters show that it is UTF-16 without a mark, or no text at all."""
    controls = _CONTROL.findall(text[:_SAMPLE])
    if controls and len(data) % 2 == 0:
        for name in ("utf-16-le", "utf-16-be"):
            wide = _strict(data, name)
            if wide is not None and _weight(wide) >= _USUAL and not _CONTROL.search(wide):
                return Decoded(wide, name)
    if len(controls) > 0.05 * min(len(text), _SAMPLE):
        raise ReadError(where, f"control characters (the first is U+{ord(controls[0]):04X}): not a text file")
    return Decoded(text, "utf-8")


def _readable(text: str) -> float:
    """The share of characters that are ASCII text or usual Chinese."""
    usual = _usual()
    sample = text[:_SAMPLE]
    good = sum(1 for character in sample if (" " <= character < "\x7f") or character in "\t\r\n" or character in usual)
    return good / max(len(sample), 1)


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _known(declared: str) -> str:
    """The codec for a declared name, "" if there is none; gb2312 and gbk are subsets of GB18030."""
    try:
        name = codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        return ""
    name = {"gb2312": "gb18030", "gbk": "gb18030", "hz": "", "big5": "cp950"}.get(name, name)
    return "" if name.startswith(("utf", "ascii", "iso8859", "latin")) else name


def _mixed(data: bytes, bad: int) -> str:
    """What to say about a file whose parts are in two encodings, "" if it is not one."""
    if _chinese_utf8(data[:bad]):
        return (
            f"UTF-8 up to byte {bad} (counted from 0), where another encoding or damage begins; "
            "save the whole file as UTF-8"
        )
    offset = 0
    for line in data.splitlines(keepends=True):
        if offset > bad and not line.isascii() and _chinese_utf8(line):
            return (
                f"not UTF-8 at byte {bad}, but UTF-8 again from byte {offset} (counted from 0): two encodings in one "
                "file; save the whole file as UTF-8"
            )
        offset += len(line)
    return ""


def _chinese_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8 with at least two Chinese characters, most of them usual."""
    text = _strict(data, "utf-8")
    return text is not None and sum(1 for character in text if character > "\u2e7f") > 1 and _weight(text) >= _USUAL


def _contest(data: bytes, where: str) -> Decoded | None:
    """The most usual reading among the encodings that Chinese and Western files come in, None if none is usual."""
    names = ["gb18030", "cp950", "big5hkscs"] + ([] if len(data) % 2 else ["utf-16-le", "utf-16-be"])
    readings = [(name, text) for name in names if (text := _strict(data, name)) is not None]
    weighed = [(_weight(text), -place, name, text) for place, (name, text) in enumerate(readings)]
    best = max(weighed, default=None)
    if best is not None and best[0] >= _USUAL:
        return Decoded(best[3], {"cp950": "big5"}.get(best[2], best[2]))
    western = _strict(data, "cp1252")
    if western is not None and _western(western):
        return Decoded(western, "cp1252")
    return None


def _weight(text: str) -> float:
    """The mean weight of the characters beyond ASCII: 3 frequent, 1 usual, 0 other Chinese, below 0 unlikely."""
    frequent, usual = _frequent(), _usual()
    total = count = 0
    for character in text[:_SAMPLE]:
        if character < "\x80":
            total -= 4 * (character < " " and character not in "\t\r\n\x0b\x0c")
            continue
        count += 1
        if character in frequent:
            total += 3
        elif character in usual:
            total += 1
        elif not ("\u3400" <= character <= "\u9fff" or "\u2010" <= character <= "\u33ff" or character > "\U0001ffff"):
            total -= 1 if "\uff00" <= character <= "\uffef" or character < "\u0250" else 4
    return total / count if count else 0.0


_ACCENTED = "[À-ÖØ-öø-ÿŠšŽžŒœŸ]"
_LETTER = re.compile(
    f"(?<=[A-Za-z]){_ACCENTED}|(?<={_ACCENTED}){_ACCENTED}|{_ACCENTED}(?=[A-Za-z])|[‘’“”–—…•€£©®°·«»§²³½\xa0]"
)


def _western(text: str) -> bool:
    """Whether the characters beyond ASCII are accented letters in words or the usual signs, and few."""
    beyond = sum(1 for character in text if character > "\x7f")
    return beyond <= 0.2 * len(text) and len(_LETTER.findall(text)) >= 0.95 * beyond


def _last_resort(data: bytes, where: str, bad: int) -> Decoded:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE], threshold=0.15).best()
    if best is not None and best.encoding in _WESTERN:
        text = _strict(data, best.encoding)
        if text is not None and best.alphabets and not any(c < " " and c not in "\t\r\n\x0b\x0c" for c in text):
            return Decoded(text, best.encoding)
    raise ReadError(
        where,
        f"encoding not recognised (no UTF-8 at byte {bad}, counted from 0, and no usual text as GB18030, Big5, UTF-16 "
        "or Windows-1252); save it as UTF-8",
    )


@lru_cache(maxsize=1)
def _frequent() -> frozenset[str]:
    return frozenset(_FREQUENT)


@lru_cache(maxsize=1)
def _usual() -> frozenset[str]:
    """The characters that GB 2312 and Big5 list first: 3,755 and 5,401 in common use, and the signs."""
    gb2312 = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    big5 = (bytes((high, low)) for high in range(0xA4, 0xC7) for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    usual = set(_FREQUENT)
    for pairs, name in ((gb2312, "gb2312"), (big5, "big5")):
        usual.update(text for pair in pairs if (text := _strict(pair, name)) is not None)
    return frozenset(character for character in usual if not "\u3040" <= character <= "\u30ff")
