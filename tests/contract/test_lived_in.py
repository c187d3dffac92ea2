"""Evidence of 产城融合 comes from passages that name the park, on every engine, as far as it was known by a date."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

FIRST = "上海微谱生物有限公司入驻张江高科技园区。苏州工业园区拟建人才公寓。苏州德本医药有限公司位于苏州工业园区。"
LATER = "张江高科技园区建成人才公寓两栋、幼儿园一所。"


def test_measure_counts_the_passages_that_speak_of_homes_in_the_park(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"
    rows = [
        {"id": "a", "title": "一", "text": FIRST, "published": "2024-01-05"},
        {"id": "b", "title": "二", "text": LATER, "published": "2024-06-05"},
    ]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    assert run("ingest", file).exit_code == 0

    def counts(*words: str) -> dict[str, tuple[int, str]]:
        result = run("measure", "--json", *words)
        assert result.exit_code == 0, result.output
        parks = json.loads(result.stdout)["parks"]
        found = {name: row["stage_conditions"]["value"]["3.0 产城融合 evidence"] for name, row in parks.items()}
        return {name: (row["n"], row["state"]) for name, row in found.items()}

    assert counts() == {"张江高科技园区": (1, "holds"), "苏州工业园区": (0, "not observed")}
    assert counts("--as-of", "2024-03") == {
        "张江高科技园区": (0, "not observed"),
        "苏州工业园区": (0, "not observed"),
    }
