"""The shipped samples: whole, sourced, in every form and language, and able to answer the questions the demo asks."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from published import TOP10

FOLDER = Path(__file__).parents[2] / "ingest" / "samples"
PUBLISHER = "每日经济新闻"  # of the 2024 edition; the page's own address is not known
HEADER = re.compile(
    r"(?:标题：|標題：|Title: )(?P<title>[^\n]+)\n(?:来源：|來源：|Source: )(?P<url>[^\n]+)\n"
    r"(?:日期：|Date: )(?P<date>[^\n]+)\n\n(?P<text>.+)",
    re.DOTALL,
)
DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
TRADITIONAL = re.compile("[學園區業與發積術為產這個來對時會電廠國們於過]")


@dataclass(frozen=True)
class Sample:
    """One document as its file gives it. `where` is the file name, with the row's id for csv and jsonl."""

    where: str
    form: str
    title: str
    url: str
    date: str
    text: str

    @property
    def language(self) -> str:
        if not re.search("[\u4e00-\u9fff]", self.text):
            return "en"
        return "zh-Hant" if TRADITIONAL.search(self.text) else "zh-Hans"


class Page(HTMLParser):
    """The head's title, date and canonical address, and the paragraphs inside and outside the article."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.said = {"title": "", "date": "", "url": ""}
        self.article: list[str] = []
        self.around: list[str] = []
        self._open: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "meta" and values.get("name") == "date":
            self.said["date"] = values["content"] or ""
        elif tag == "link" and values.get("rel") == "canonical":
            self.said["url"] = values["href"] or ""
        if tag not in ("meta", "link"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"<{tag}> closes what it did not open"

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self.said["title"] += data
        elif "article" in self._open and "p" in self._open:
            self.article.append(data)
        elif {"nav", "aside", "footer"} & set(self._open):
            self.around.append(data)


def samples() -> list[Sample]:
    found = []
    for path in sorted(FOLDER.iterdir()):
        source = path.read_text(encoding="utf-8")
        match path.suffix:
            case ".txt":
                head = HEADER.fullmatch(source)
                assert head, f"{path.name}: no header block of title, source and date above an empty line"
                found.append(Sample(path.name, "txt", head["title"], head["url"], head["date"], head["text"]))
            case ".html":
                page = Page(source)
                found.append(Sample(path.name, "html", **page.said, text="\n".join(page.article)))
            case ".csv":
                for row in csv.DictReader(source.splitlines(keepends=True), strict=True):
                    where = f"{path.name}:{row['id']}"
                    found.append(Sample(where, "csv", row["title"], row["url"], row["date"], row["text"]))
            case ".jsonl":
                for line in source.splitlines():
                    item = json.loads(line)
                    where = f"{path.name}:{item['id']}"
                    assert set(item) == {"id", "title", "text", "date", "url", "lang"}, where
                    found.append(Sample(where, "jsonl", item["title"], item["url"], item["date"], item["text"]))
    return found


SAMPLES = samples()
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.where)


@each_sample
def test_says_its_title_address_and_date(sample: Sample) -> None:
    assert sample.title.strip() == sample.title != ""
    assert DATE.fullmatch(sample.date), sample.date
    assert re.match(r"https?://[^\s/]+\.[^\s/]+/", sample.url) or sample.url.startswith(PUBLISHER), sample.url


@each_sample
def test_can_be_read(sample: Sample) -> None:
    assert 50 <= len(sample.text) <= 2000
    assert all(character.isprintable() or character == "\n" for character in sample.text)
    assert "\ufffd" not in sample.text
    assert unicodedata.normalize("NFC", sample.text) == sample.text


def test_no_document_twice() -> None:
    assert not [text for text, times in Counter(sample.text for sample in SAMPLES).items() if times > 1]
    assert not [where for where, times in Counter(sample.where for sample in SAMPLES).items() if times > 1]


def test_every_form_and_language_is_there() -> None:
    assert len(SAMPLES) >= 36
    forms = Counter(sample.form for sample in SAMPLES)
    assert set(forms) == {"txt", "html", "csv", "jsonl"}
    assert min(forms.values()) >= 8
    languages = Counter(sample.language for sample in SAMPLES)
    assert set(languages) == {"zh-Hans", "zh-Hant", "en"}
    assert min(languages.values()) >= 8


def test_stated_languages_are_the_languages() -> None:
    rows = [json.loads(line) for line in (FOLDER / "parks.jsonl").read_text(encoding="utf-8").splitlines()]
    found = {sample.where: sample.language for sample in SAMPLES}
    assert [row["id"] for row in rows if row["lang"] != found[f"parks.jsonl:{row['id']}"]] == []


def test_the_readme_counts_right() -> None:
    readme = (Path(__file__).parents[2] / "docs" / "samples.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| (\w+) \| (\d+) \| (\d+) \|", readme)
    files = Counter(path.suffix[1:] for path in FOLDER.iterdir())
    counted = Counter(sample.form for sample in SAMPLES)
    assert {form: (int(of), int(in_all)) for form, of, in_all in rows} == {
        form: (files[form], in_all) for form, in_all in counted.items()
    }
    languages = Counter(sample.language for sample in SAMPLES)
    said = re.search(r"(\d+) in Simplified Chinese, (\d+) in Traditional Chinese, (\d+) in English", readme)
    assert said
    assert tuple(map(int, said.groups())) == tuple(languages[key] for key in ("zh-Hans", "zh-Hant", "en"))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.html")), ids=lambda path: path.name)
def test_a_page_has_something_to_leave_out(path: Path) -> None:
    page = Page(path.read_text(encoding="utf-8"))
    around = [words.strip() for words in page.around if len(words.strip()) > 1]
    assert len(around) >= 7
    assert not [words for words in around if words in "\n".join(page.article)]


def test_the_published_ranking_can_be_read() -> None:
    text = next(sample.text for sample in SAMPLES if sample.where == "index_2024.txt")
    first = re.search(r"前三的是([^。]+)。", text)
    rest = re.search(r"\n([^。\n]+)分列第四至第十位。", text)
    assert first
    assert rest
    assert tuple(f"{first[1]}、{rest[1]}".split("、")) == TOP10
    assert "931家产业园区" in text
    assert re.findall(r"在([^\n，]+)赛道上，([^\n，]+)位居单项第二。", text) == [
        ("合成生物", "光谷生物城"),
        ("生成式人工智能", "深圳湾科技生态园"),
        ("纤维及复合材料", "常州西太湖科技产业园"),
    ]


class Link(NamedTuple):
    """Two firms of one park, what each does, and that they work together: sentences, each to be found as it stands."""

    park: str
    seats: tuple[str, str]
    trades: tuple[str, str]
    tie: str


LINKS = (
    Link(
        "武汉经济技术开发区",
        ("芯擎科技位于武汉经济技术开发区", "亿咖通科技位于武汉经济技术开发区"),
        ("从事芯片设计", "从事智能网联汽车"),
        "芯擎科技由亿咖通科技与安谋科技于2018年9月合资成立。",
    ),
    Link(
        "北京经济技术开发区",
        ("小米集团的智能工厂位于北京经济技术开发区", "优必选的人形机器人总部已在北京经济技术开发区揭牌"),
        ("小米集团在这座工厂生产手机", "优必选从事人形机器人"),
        "2023年11月，优必选、小米集团和京城机电联合成立北京人形机器人创新中心。",
    ),
    Link(
        "北京经济技术开发区",
        ("百度在北京经济技术开发区设有阿波罗科技公园", "北汽新能源位于北京经济技术开发区"),
        ("百度从事自动驾驶", "生产新能源汽车"),
        "百度与北汽新能源签署新的战略合作协议",
    ),
    Link(
        "新竹科學園區",
        ("友達光電位於新竹科學園區的研發中心", "元太科技位於新竹科學園區的工廠"),
        ("友達光電從事液晶面板", "元太科技從事電子紙"),
        "友達光電（AU Optronics）與元太科技（E Ink）合資成立新公司",
    ),
    Link(
        "苏州工业园区",
        ("信达生物位于苏州工业园区", "亚盛医药已落户苏州工业园区"),
        ("信达生物位于苏州工业园区，从事生物药", "亚盛医药从事靶向化学药"),
        "亚盛医药（Ascentage Pharma）与信达生物（Innovent Biologics）签署战略合作协议。",
    ),
    Link(
        "Beijing E-Town",
        ("runs a 12-inch wafer plant in Beijing E-Town", "NAURA Technology Group is located in Beijing E-Town"),
        ("12-inch wafer plant", "makes semiconductor equipment"),
        "SMIC cooperates with NAURA Technology Group on equipment for integrated circuits.",
    ),
)


@pytest.mark.parametrize("link", LINKS, ids=lambda link: f"{link.park}-{link.tie[:12]}")
def test_a_park_that_links_two_trades_is_told_in_full(link: Link) -> None:
    for sentence in (*link.seats, *link.trades, link.tie):
        assert any(sentence in sample.text for sample in SAMPLES), sentence
