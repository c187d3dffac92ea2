"""How well the rules read claims if the names are right: `python tests/gold/given.py FILE.jsonl...`.

The labelled names are put in the place of those that an extractor finds (LAC's words stay as they are), then everything
behind the names runs as in `fast`. Prints the relations of each file and of all together. `-v TYPE` adds the labelled
relations of a type that were missed, `-w TYPE` those said wrongly, each with its sentence.
"""

from __future__ import annotations

import argparse
import json
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[0] = str(HERE.parent)

from gold.scoring import Score, add, pairs, total  # noqa: E402

from graph.model import Document, Kind  # noqa: E402
from ingest.extract import export, fast, lac  # noqa: E402
from ingest.extract.english import is_english  # noqa: E402
from ingest.extract.names import Span  # noqa: E402
from ingest.extract.reading import Reading, Sentence, begin  # noqa: E402

Json = Mapping[str, Any]


def reading(gold: Json, words: lac.Lac) -> Reading:
    """A labelled document with its labelled names as the names found."""
    document = Document(gold["doc_id"], gold["text"], gold.get("title") or "")
    found = begin(document)
    chinese = [sentence for sentence in found.sentences if not is_english(sentence.text)]
    for sentence, tokens in zip(chinese, words.run([one.text for one in chinese]), strict=True):
        sentence.tokens = tokens
    names = sorted((one["start"], one["end"], one["type"]) for one in gold["entities"])
    for sentence in found.sentences:
        sentence.spans = list(_spans(sentence, names))
    return found


def _spans(sentence: Sentence, names: list[tuple[int, int, str]]) -> list[Span]:
    """The labelled names inside a sentence at their offsets in its folded text."""
    places = [sentence.original(place, place + 1) for place in range(len(sentence.text))]
    starts, ends = [first for first, _ in places], [last for _, last in places]
    spans = []
    for start, end, kind in names:
        if sentence.passage.passage.start <= start and end <= sentence.passage.passage.end:
            spans.append(Span(bisect_right(ends, start), bisect_left(starts, end), Kind(kind), "given", 9))
    return spans


def main() -> None:
    """Print the table of each file."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("files", nargs="+", type=Path)
    options.add_argument("-v", "--missed", default="")
    options.add_argument("-w", "--wrong", default="")
    chosen = options.parse_args()
    words = lac.Lac()
    scores = []
    for path in chosen.files:
        each = []
        for line in path.read_text(encoding="utf-8").splitlines():
            gold = json.loads(line)
            written = export(fast.finish(reading(gold, words)))
            score = Score()
            add(score, gold, written)
            each.append(score)
            if chosen.missed or chosen.wrong:
                _show(gold, written, chosen.missed, chosen.wrong)
        scores.append(total(each))
        print(f"{path.stem:14s} {len(each):3d} documents  {scores[-1].row('relations')}")
    whole = total(scores)
    for what in sorted(what for what in whole.gold if what.isupper() or what == "relations"):
        print(whole.row(what))


def _show(gold: Json, written: Json, missed: str, wrong: str) -> None:
    """Print what one document lacks or says wrongly."""
    wanted, hit, said = pairs(gold, written)
    for number, one in enumerate(gold["relations"]):
        if one["type"] == missed and number in wanted.values() and number not in hit:
            print(f"- {gold['doc_id']} {one['head']} > {one['tail']} | {one.get('kind', '')} {one['evidence']}")
    for key, one in said.items():
        if key[0] == wrong:
            print(f"+ {gold['doc_id']} {key[1]} > {key[2]} | {gold['text'][one['start'] : one['end']]}")


if __name__ == "__main__":
    main()
