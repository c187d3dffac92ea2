"""FinRE (Li et al. 2019, MIT): company relations of real news sentences, mapped by `finre.csv` to ours or to none.

A row gives two names and a relation; the extractor gets the bare sentence and must find names and relation itself. What
it claims of two names counts where each holds one of the row's names or is held by it. Sentences that the table maps
to none count against what is claimed there.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from gold.scoring import Score

from graph.model import Document
from ingest.extract import export
from ingest.model import Extractor
from ingest.script import bare

Row = tuple[str, str, str]  # head, tail, relation of FinRE


def rows(path: Path) -> dict[str, list[Row]]:
    """The rows of a FinRE file by sentence."""
    found: dict[str, list[Row]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            head, tail, relation, sentence = line.split("\t")
            found[sentence].append((head, tail, relation))
    return found


def table() -> dict[str, tuple[str, str]]:
    """FinRE's relations that are ours: type and direction."""
    with (Path(__file__).parent / "finre.csv").open(encoding="utf-8") as file:
        return {row["relation"]: (row["type"], row["direction"]) for row in csv.DictReader(file)}


def wanted(found: list[Row], known: dict[str, tuple[str, str]]) -> set[tuple[str, str, str]]:
    """The relations of a sentence in our terms; undirected ones in the order of their names."""
    result = set()
    for head, tail, relation in found:
        if relation in known:
            kind, direction = known[relation]
            pair = (tail, head) if direction == "back" else (head, tail)
            result.add((kind, *(sorted(pair) if direction == "either" else pair)))
    return result


def score(path: Path, reader: Extractor) -> Score:
    """Counts by type and of all relations together."""
    known = table()
    total = Score()
    for number, (sentence, found) in enumerate(rows(path).items()):
        gold = wanted(found, known)
        names = sorted({name for head, tail, _ in found for name in (head, tail)})
        said = set(_said(dict(export(reader.extract(Document(f"finre-{number}", sentence, "")))), names))
        for counter, items in ((total.right, gold & said), (total.said, said), (total.gold, gold)):
            for kind, _, _ in items:
                counter["relations"] += 1
                counter[kind] += 1
    return total


def _said(written: dict[str, object], names: list[str]) -> Iterator[tuple[str, str, str]]:
    relations = written["relations"]
    assert isinstance(relations, list)
    for one in relations:
        if one["type"] not in ("INVESTS", "COLLABORATES", "SUPPLIES") or one["status"] in ("ended", "denied"):
            continue
        head, tail = _match(one["head"], names), _match(one["tail"], names)
        if head and tail and head != tail:
            either = one["type"] != "INVESTS"
            yield (one["type"], *(sorted((head, tail)) if either else (head, tail)))  # type: ignore[misc]


def _match(name: str, names: list[str]) -> str:
    """The name of the row that a claimed name is; of several the longest."""
    plain = bare(name)
    fits = [one for one in names if bare(one) in plain or plain in bare(one)]
    return max(fits, key=len, default="")
