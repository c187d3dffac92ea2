"""Which field a name of an industry means: surface -> concept of `lexicon/industries.csv`, with a score and the reason.

Lexical only, so it costs microseconds and no model; candidates by vectors are made apart (`nearest`). In order:

1. the whole name, as written (`exact`, 1.0) or folded (`folded`, .99), or of a thing that the concept includes
   (`included`, .98: 玫瑰 belongs to 花卉 and is none); an official class name of GB/T 4754 (`class`, .97);
2. the name without class words, 产业, 行业, 领域, 技术, 制造 … (`stripped`, .95);
3. the end of the name, since Chinese and English compounds end in what they are: 电驱动减速器 is a 减速器, a reducer
   (`head`); the longest known end decides, and the more of the name it covers the surer it is;
4. where the end says nothing (系统, 组件, 材料), what stands before it (`before`); X设备 is X where X is a machine,
   else a machine that makes X (`equipment`);
5. a bare class of things (机, 板: `weak`), or the longest known beginning (`prefix`): for a person to look at.

Which ends do what is said in `lexicon/industries_heads.csv`. From `ACCEPT` on a concept is taken; between `REVIEW` and
`ACCEPT` it waits for a person and counts for nothing. What is not taken is unclassified.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from graph.industry import UNKNOWN, Class
from graph.model import digest
from ingest import lexicon
from ingest.script import bare, fold

if TYPE_CHECKING:
    from graph.search.embedder import Embedder, Vectors

ACCEPT, REVIEW = 0.8, 0.6
"""A candidate of at least ACCEPT is taken; of at least REVIEW it is shown for review."""

FAR = 0.5
"""Nearest names whose centred cosine is less are no candidates."""

_FRAME = re.compile(r"^(?:[a-t]\d{2,4})?(?:其他|其它)?|(?:及其他|等|i{2,3})$")
"""What surrounds a name in lists and classifications: C39…, 其他…, …及其他, …Ⅱ."""

_LIST = re.compile("、|及其(?!他)|及|和|与")
_MADE = re.compile("(?:专业)?(?:制造|加工|生产|制作|开发|经营|活动|服务)?业?$")
_REST = re.compile("其他|类似|相关|未列明|公共|辐射|等")
"""How official class names join their members, end, and name what is left over."""

_MACHINES = re.compile("C3[4-8]|C39[1-69]|C40")
_PARTS = re.compile("C384|C3825|C39[78]")
"""Classes whose products are machines (风电设备 is 风电), and such whose equipment makes them (电池设备)."""

_DEPTH = 3  # how many ends without meaning may be taken off one after another


@dataclass(frozen=True, slots=True)
class Candidate:
    """A concept that a name may mean. `part` is the part of the folded name that decided; `concept` is a name of
    `lexicon.industries()` or, where `how` is class, of a class of GB/T 4754; "" if nothing is known."""

    concept: str
    score: float
    how: str
    part: str

    @property
    def taken(self) -> bool:
        """Whether it counts without a person's judgement."""
        return self.score >= ACCEPT


NOTHING = Candidate("", 0.0, "none", "")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the review list: how often the surface stands, and what it may mean."""

    surface: str
    times: int
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Share:
    """How much of what documents say of industries has a class: distinct surfaces, and all pieces of evidence."""

    surfaces: int
    unclassified_surfaces: int
    pieces: int
    unclassified_pieces: int

    def said(self) -> str:
        """The share of both, in words."""
        if not self.surfaces:
            return "no industry is named"
        return (
            f"unclassified: {self.unclassified_surfaces / self.surfaces:.0%} of {self.surfaces} industries,"
            f" {self.unclassified_pieces / self.pieces:.0%} of {self.pieces} pieces of evidence"
        )


def concept(surface: str, context: str = "") -> Candidate:
    """The best candidate for a surface; `context` is the text around it, which decides between two fields of one name.

    >>> [concept(name).concept for name in ("工业机器人减速器", "電池產業", "stainless steel dosing pumps")]
    ['减速器', '电池', '水泵']
    """
    found = _lexical(surface)
    if not found.part or not context:
        return found
    return _by_context(found, context)


def classify(surface: str, context: str = "") -> Class:
    """The class that a surface is counted under; `UNKNOWN` unless a candidate is taken and its concept has a code."""
    found = concept(surface, context)
    return class_of(found.concept) if found.taken else UNKNOWN


@cache
def class_of(name: str) -> Class:
    """The class of a concept, or of an official class name, with what follows from its code and its broader fields."""
    industry = lexicon.industries().get(name)
    if industry is None:
        code = lexicon.official().get(name, "")
        return Class(name, code, lexicon.service(code), "", ()) if code else UNKNOWN
    above = broader(name)
    tracks = [one for field in (name, *above) if (one := lexicon.industries()[field].track)]
    return Class(name, industry.code, lexicon.service(industry.code), tracks[0] if tracks else "", above)


@cache
def broader(name: str) -> tuple[str, ...]:
    """The broader concepts of a concept, the nearest first."""
    found: list[str] = []
    above = lexicon.industries()[name].broader
    while above:
        found.append(above)
        above = lexicon.industries()[above].broader
    return tuple(found)


def review(surfaces: Mapping[str, int] | Iterable[str]) -> list[Row]:
    """What a person should look at: the surfaces whose candidate is not taken, the most frequent first.

    Those without any candidate stand in the list too, with an empty concept.
    """
    rows = [Row(surface, times, concept(surface)) for surface, times in _counted(surfaces).items()]
    waiting = [row for row in rows if not row.candidate.taken]
    return sorted(waiting, key=lambda row: (-row.times, -row.candidate.score, row.surface))


def unclassified(surfaces: Mapping[str, int] | Iterable[str]) -> Share:
    """The share of surfaces, and of their occurrences (OPERATES_IN evidence), that no class is taken for."""
    times = _counted(surfaces)
    unknown = [surface for surface in times if not classify(surface).code]
    return Share(len(times), len(unknown), sum(times.values()), sum(times[surface] for surface in unknown))


def nearest(surfaces: Sequence[str], embedder: Embedder, folder: Path | None = None) -> list[Candidate]:
    """The concept whose name lies nearest to each surface by vectors; for review, never taken (score below ACCEPT).

    Slow (a model runs), so a step of its own beside the ingest. The vectors of the concepts' names are made once and
    kept in `folder`, in a file named after the model and the names. Cosines are taken after the mean of all names is
    subtracted, because those of small models lie close together. Below `FAR` there is no candidate.
    """
    if not surfaces:
        return []
    names = [(name, one.name) for one in lexicon.industries().values() for name in (one.name, one.en, *one.synonyms)]
    vectors = _kept(embedder, [name for name, _ in names], folder)
    mean = vectors.mean(axis=0)
    cosines = _unit(embedder.passages(list(surfaces)) - mean) @ _unit(vectors - mean).T
    found = zip(cosines.argmax(axis=1).tolist(), cosines.max(axis=1).tolist(), strict=True)
    return [
        Candidate(names[at][1], _review_score(cosine), "vector", names[at][0]) if cosine >= FAR else NOTHING
        for at, cosine in found
    ]


def _review_score(cosine: float) -> float:
    """A cosine from FAR to 1 as a score from REVIEW to just below ACCEPT."""
    return round(REVIEW + (ACCEPT - REVIEW - 0.001) * min((cosine - FAR) / (1 - FAR), 1.0), 3)


def _kept(embedder: Embedder, names: Sequence[str], folder: Path | None) -> Vectors:
    """The vectors of names, from the folder if they are there."""
    import numpy as np

    if folder is None:
        return embedder.passages(names)
    file = folder / f"industries-{digest(embedder.id, *names)}.npy"
    if file.exists():
        return np.asarray(np.load(file), np.float32)
    vectors = embedder.passages(names)
    folder.mkdir(parents=True, exist_ok=True)
    whole = file.with_suffix(f".{os.getpid()}.npy")
    np.save(whole, vectors)
    whole.replace(file)
    return vectors


def _unit(vectors: Vectors) -> Vectors:
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


def _counted(surfaces: Mapping[str, int] | Iterable[str]) -> dict[str, int]:
    if isinstance(surfaces, Mapping):
        return dict(surfaces)
    times: dict[str, int] = {}
    for surface in surfaces:
        times[surface] = times.get(surface, 0) + 1
    return times


@lru_cache(maxsize=1 << 16)
def _lexical(surface: str) -> Candidate:
    if (known := lexicon.industries().get(surface)) is not None:
        return Candidate(known.name, 1.0, "exact", surface)
    words = " ".join(fold(surface).text.casefold().split())
    plain = words.replace(" ", "")
    plain = _FRAME.sub("", plain) or plain
    if not plain:
        return NOTHING
    if whole := _word([plain]) if plain.isascii() else _whole(plain):
        same = named(plain)
        return Candidate(whole, 0.99 if same else 0.98, "folded" if same else "included", plain)
    if known_end := _ends("head").get(plain):
        return Candidate(known_end, 0.95, "head", plain)
    if official := _official(plain):
        return Candidate(official, 0.97, "class", plain)
    if plain.isascii():
        return _english(words)
    return _compound(plain, _DEPTH)


def _compound(plain: str, depth: int) -> Candidate:
    """What a Chinese compound is; `plain` is folded and without white space."""
    strips, befores = _ends("strip"), _ends("before")
    for size in range(min(len(plain) - 1, 6), 0, -1):
        end, rest = plain[-size:], plain[:-size]
        if end not in strips:
            continue
        if whole := _whole(rest):
            return Candidate(whole, 0.95, "stripped", rest)
        if depth and len(rest) > 1:
            found = _compound(rest, depth - 1)
            return (
                found if found.score < ACCEPT else Candidate(found.concept, found.score - 0.01, found.how, found.part)
            )
    for start in range(1, len(plain)):
        end, rest = plain[start:], plain[:start]
        if end in _ends("equipment"):
            return _equipment(rest, depth)
        if end in befores:
            if known := _before(rest, depth):
                return known
            return Candidate(befores[end], 0.65, "weak", end) if befores[end] else _prefix(plain)
        if (name := _heads().get(end, "")) and (len(end) > 1 or end in _ends("head")):
            return Candidate(name, round(0.8 + 0.15 * len(end) / len(plain), 3), "head", end)
        if end in _ends("weak"):
            started = _prefix(plain)
            return started if started.score > 0.7 else Candidate(_ends("weak")[end], 0.65, "weak", end)
    return _prefix(plain)


def _before(rest: str, depth: int) -> Candidate | None:
    """What the part before an end without meaning is, if that is known for sure."""
    if whole := _whole(rest):
        return Candidate(whole, 0.88, "before", rest)
    found = _compound(rest, depth - 1) if depth and len(rest) > 1 else NOTHING
    return Candidate(found.concept, 0.82, "before", found.part) if found.taken else None


def _equipment(rest: str, depth: int) -> Candidate:
    """What X设备 is: X itself where X is a machine, else a machine that makes X or is used for it."""
    general = _ends("equipment")["设备"]
    found = _before(rest, depth)
    code = class_of(found.concept).code if found else ""
    if found and _MACHINES.match(code) and not _PARTS.match(code):
        return found
    if _PARTS.match(code):
        return Candidate("电子专用设备", 0.82, "equipment", rest)
    if code.startswith(("C", "A")):
        return Candidate(general, 0.82, "equipment", rest)
    return Candidate(general, 0.7, "weak", rest)


def _prefix(plain: str) -> Candidate:
    for size in range(len(plain) - 1, 1, -1):
        if whole := _whole(plain[:size]):
            return Candidate(whole, round(0.6 + 0.15 * size / len(plain), 3), "prefix", plain[:size])
    return NOTHING


def _english(words: str) -> Candidate:
    """What an English compound is: as in Chinese, in whole words."""
    parts = words.split()
    if found := _english_head(parts, least=2):
        return found
    while len(parts) > 1 and parts[-1] in _ends("strip"):
        parts.pop()
        if whole := _word(parts):
            return Candidate(whole, 0.95, "stripped", "".join(parts))
    if len(parts) > 1 and parts[-1] in _ends("before") and (whole := _word(parts[:-1])):
        return Candidate(whole, 0.88, "before", "".join(parts[:-1]))
    if found := _english_head(parts, least=1):
        return found
    if weak := _ends("weak").get(parts[-1]):
        return Candidate(weak, 0.65, "weak", parts[-1])
    for stop in range(len(parts) - 1, 0, -1):
        if name := _word(parts[:stop]):
            return Candidate(name, round(0.6 + 0.15 * stop / len(parts), 3), "prefix", "".join(parts[:stop]))
    return NOTHING


def _english_head(parts: Sequence[str], least: int) -> Candidate | None:
    """The longest known end of at least so many words, shorter than the whole."""
    for start in range(1, len(parts) - least + 1):
        end = "".join(parts[start:])
        if name := _heads().get(end) or _heads().get(_singular(end)):
            return Candidate(name, round(0.8 + 0.15 * (len(parts) - start) / len(parts), 3), "head", end)
    return None


def _word(parts: Sequence[str]) -> str:
    plain = "".join(parts)
    return _whole(plain) or _whole(_singular(plain))


def _singular(plain: str) -> str:
    """An English word in the form in which `_names` also keeps it."""
    if plain.endswith("ies") and len(plain) > 5:
        return plain[:-3] + "y"
    if plain.endswith(("shes", "ches", "xes", "sses")):
        return plain[:-2]
    return plain[:-1] if plain.endswith("s") and not plain.endswith("ss") and len(plain) > 3 else plain


def _whole(plain: str) -> str:
    return _names(True).get(plain, "")


def named(plain: str) -> str:
    """The concept that a name is another name of, "" if none; `plain` is folded, lower case, without white space."""
    return _names(False).get(plain, "") or (_names(False).get(_singular(plain), "") if plain.isascii() else "")


@cache
def _names(included: bool) -> Mapping[str, str]:
    """The concept of every name, folded and without white space; English ones in the singular too. With `included` also
    the names of the things that concepts include."""
    found: dict[str, str] = {}
    table = lexicon.industries().values()
    for industry in table:
        found[bare(industry.name)] = industry.name
    for industry in table:
        for name in (industry.en, *industry.synonyms):
            found.setdefault(bare(name), industry.name)
    for industry in table:
        for name in industry.includes if included else ():
            found.setdefault(bare(name), industry.name)
    for plain, name in list(found.items()):
        if plain.isascii():
            found.setdefault(_singular(plain), name)
    return found


@cache
def _heads() -> Mapping[str, str]:
    """What may stand at the end of a compound, and the concept that it then is."""
    own = dict(_names(True))
    for rule in ("never", "weak", "before", "strip", "equipment"):
        for plain in _ends(rule):
            own.pop(plain, None)
    return {**own, **_ends("head")}


@cache
def _ends(rule: str) -> Mapping[str, str]:
    return {bare(head.text): head.concept for head in lexicon.heads() if head.rule == rule}


def _official(plain: str) -> str:
    """The official class name in a text such as C39计算机、通信和其他电子设备制造业, "" if it is none."""
    return _officials().get(plain) or _officials().get(f"{plain}业", "")


@cache
def _officials() -> Mapping[str, str]:
    """Official class names, and the members of those that are lists: 泵及真空设备制造 is 泵 and 真空设备."""
    found = {bare(name): name for name in lexicon.official()}
    shared: set[str] = set()
    members: dict[str, str] = {}
    for name, code in lexicon.official().items():
        if not code.startswith("C") or len(code) < 4:  # elsewhere what is left says too little without its verb
            continue
        for member in {_MADE.sub("", part) for part in _LIST.split(bare(name))} - {bare(name)}:
            if len(member) > 2 and not _REST.search(member) and members.setdefault(member, name) != name:
                shared.add(member)
    return {member: name for member, name in members.items() if member not in shared} | found


def _by_context(found: Candidate, context: str) -> Candidate:
    """The other field of an ambiguous name if the text around it speaks of that one."""
    for other in lexicon.ambiguous().get(found.part, ()):
        if any(word in context for word in other.when):
            return Candidate(other.concept, found.score, "context", found.part)
    return found
