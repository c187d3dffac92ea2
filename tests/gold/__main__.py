"""Precision, recall and F1 of the extractors on labelled documents, with 95 % intervals: `make accuracy`.

    python tests/gold [--extractor NAME]... [--without-errors] [FILE]...

FILE is JSON lines with offsets or the inline form of `ingest/training` (.txt); without any, the documents that ship
and, with PARKBOND_DATA set, its gold/dev (which holds three that do not ship) and FinRE's validation part. All
extractors that can be made are measured unless some are named. Names count by start, end and type; entities once a
document; relations by type, head and tail, also by how far their names stand apart; `recall near` are those with both
names inside the labelled evidence.

The intervals are percentiles of 1,000 draws of as many documents with replacement. The rules were written with the
dev documents in view, so on unseen text expect less.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[0] = str(HERE.parent)

from gold import errors, finre, industry, labelled  # noqa: E402
from gold.scoring import Score, add, intervals, total  # noqa: E402

from api.settings import settings  # noqa: E402
from graph.errors import ParkbondError  # noqa: E402
from graph.model import Document  # noqa: E402
from ingest.extract import NAMES, export, extractor  # noqa: E402
from ingest.model import Extractor  # noqa: E402
from ingest.resolve.concept import classify  # noqa: E402

SHOWN = 10  # errors of names, and as many of relations
BY_SCRIPT = ("names", "entities", "relations")

Json = dict[str, Any]


def files() -> Iterator[Path]:
    """The labelled files that are there."""
    yield HERE / "dev.jsonl"
    if folder := os.environ.get("PARKBOND_DATA"):
        yield Path(folder) / "gold" / "dev" / "gold.jsonl"


def extractors(names: Sequence[str]) -> Iterator[tuple[str, Extractor]]:
    """The extractors of these names, all that can be made without any; one that is named must be had."""
    where = settings()
    for name in names or NAMES:
        try:
            yield name, extractor(name, where.llm, where.cache)
        except ParkbondError as error:
            if names:
                raise
            print(f"{name} is left out: {error}\n")


def read(reader: Extractor, gold: Json) -> Json:
    """What the extractor says of a labelled document."""
    date = str(gold.get("date") or "")
    return dict(export(reader.extract(Document(gold["doc_id"], gold["text"], gold["title"] or "", published=date))))


def scored(golds: Sequence[Json], said: Sequence[Json]) -> list[Score]:
    """One score a document; names, entities and relations also by script."""
    scores = []
    for gold, written in zip(golds, said, strict=True):
        score = Score()
        add(score, gold, written)
        for what in BY_SCRIPT:
            for counter in (score.right, score.said, score.gold):
                counter[f"{what} {labelled.script(gold)}"] = counter[what]
        scores.append(score)
    return scores


def order(what: str) -> tuple[int, str]:
    """Names, entities, relations, then the types of relations."""
    group = next(
        (at for at, word in enumerate(("names", "entities", "relations", "recall")) if what.startswith(word)), 4
    )
    return group, what


def report(path: Path, name: str, reader: Extractor, with_errors: bool) -> None:
    """The table of one file, and its worst errors."""
    golds = labelled.read(path)
    said = [read(reader, gold) for gold in golds]
    each = scored(golds, said)
    whole = total(each)
    whats = sorted((what for what in whole.gold if whole.gold[what]), key=order)
    low_high = intervals(each, whats)
    print(f"{path.parent.name}/{path.name}, {reader.identity}: {len(golds)} documents [95 % of F1]")
    for what in whats:
        low, high = low_high[what]
        print(f"  {whole.row(what)}" + ("" if what.startswith("recall") else f"  [{low:.2f}, {high:.2f}]"))
    if with_errors:
        print(f"  the worst errors of {name}:")
        for kind in (errors.names, errors.relations):
            found = [error for gold, one in zip(golds, said, strict=True) for error in kind(path.name, gold, one)]
            for error in sorted(found)[:SHOWN]:
                print(f"    {error.line()}")
    print(flush=True)


def report_finre(path: Path, reader: Extractor) -> None:
    """The table of FinRE's validation part."""
    whole = finre.score(path, reader)
    print(f"FinRE valid, {reader.identity}: relations between the names of its rows, mapped by finre.csv")
    for what in sorted(whole.gold, key=order):
        print(f"  {whole.row(what)}")
    print(flush=True)


def main() -> None:
    """Print the table of each file for each extractor."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="*", type=Path, metavar="FILE")
    options.add_argument("--extractor", action="append", default=[], metavar="NAME")
    options.add_argument("--without-errors", action="store_true")
    chosen = options.parse_args()
    for name, reader in extractors(chosen.extractor):
        for path in chosen.files or files():
            report(path, name, reader, not chosen.without_errors)
        if not chosen.files and (folder := os.environ.get("PARKBOND_DATA")):
            report_finre(Path(folder) / "benchmarks" / "FinRE" / "valid.txt", reader)
    if not chosen.files:
        print("\n".join(industry.accuracy(industry.coded(), classify).lines()))


if __name__ == "__main__":
    try:
        main()
    except (ParkbondError, OSError, ValueError) as error:
        sys.exit(f"accuracy: {error}")
