"""What is public of the 2024 edition of the "future force" index: ten parks in order and three second places."""

from __future__ import annotations

TOP10 = (
    "中关村科技园区海淀园",
    "中关村科技园区大兴亦庄园",
    "张江高科技园区北区",
    "中关村科技园区昌平园",
    "广州科学城",
    "成都高新区南部园区",
    "光谷生物城",
    "深圳湾科技生态园",
    "杭州未来科技城",
    "常州西太湖科技产业园",
)

SECONDS = {
    ("光谷生物城", "合成生物"),
    ("深圳湾科技生态园", "生成式人工智能"),
    ("常州西太湖科技产业园", "纤维及复合材料"),
}
