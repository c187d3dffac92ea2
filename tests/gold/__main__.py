"""Precision, recall and F1 of `fast` on the labelled documents, by type, with 95 % intervals: `make accuracy`.

The intervals are percentiles of 1,000 draws of as many documents with replacement. With PARKBOND_DATA set, its
gold/dev/gold.jsonl is counted too (it holds three documents that do not ship). The rules were written with these
documents in view, so on unseen text expect less.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent
sys.path[0] = str(HERE.parent)

from gold.scoring import Score, add, total  # noqa: E402

from graph.model import Document  # noqa: E402
from ingest.extract import export, extractor  # noqa: E402

DRAWS = 1000


def files() -> Iterator[Path]:
    """The labelled files that are there."""
    yield HERE / "dev.jsonl"
    if folder := os.environ.get("PARKBOND_DATA"):
        yield Path(folder) / "gold" / "dev" / "gold.jsonl"


def scores(path: Path) -> list[Score]:
    """One score a document."""
    reader = extractor("fast")
    result = []
    for line in path.read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        score = Score()
        add(score, gold, export(reader.extract(Document(gold["doc_id"], gold["text"], gold["title"] or ""))))
        result.append(score)
    return result


def interval(each: Sequence[Score], what: str) -> tuple[float, float]:
    """The middle 95 % of F1 over draws of documents."""
    draw = random.Random(1)
    found = sorted(total(draw.choices(each, k=len(each))).f1(what) for _ in range(DRAWS))
    return found[DRAWS // 40], found[-DRAWS // 40 - 1]


def main() -> None:
    """Print the table of each file."""
    for path in files():
        each = scores(path)
        whole = total(each)
        print(f"{path.parent.name}/{path.name}: {len(each)} documents; names by start, end and type; [95 % of F1]")
        for what in sorted(whole.gold, key=lambda one: (not one.startswith("names"), one.isupper(), one)):
            low, high = interval(each, what)
            print(f"  {whole.row(what)}  [{low:.2f}, {high:.2f}]")


if __name__ == "__main__":
    main()
