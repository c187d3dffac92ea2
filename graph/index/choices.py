"""Every choice that makes an index of a table, as data: so that another person can change one and see what moves.

A recipe is a TOML file; what it leaves out is as below, which is what COINr does by default (impute, treat, min-max,
weighted arithmetic means), after a screen of the units.

    order = "impute"              what comes first, "impute" or "treat"
    denominate = true             divide indicators by the denominators that the framework names

    [screen]                      a unit is ranked if it has …
    share = 0.5                   … this share of the indicators,
    groups = 1                    … so many indicators under each aggregate that holds indicators,
    nonzero = 0.0                 … and this share of its known values unlike 0
    column = 0.1                  an indicator that fewer units know than this share of them is refused

    [treat]
    winmax = 5                    points that may be winsorised per indicator; 0: none
    skew = 2.0                    an indicator passes if |skewness| < skew or kurtosis < kurtosis
    kurtosis = 3.5
    transform = "log"             what follows where that was not enough: log, log_plus, log_gii, boxcox, none
    combine = false               transform what was winsorised; else the values as they were before
    leave = []                    codes that are not treated

    [impute]
    method = "mean"               mean, median (of the group), knn, em, none
    group = ""                    a column of groups for mean and median; empty: all units are one group
    neighbours = 5                for knn

    [normalise]
    method = "minmax"             minmax, z, rank, percentile, borda, goalposts, target, reference, fraction
    low = 0.0                     all but z, rank and borda run from low …
    high = 100.0                  … to high
    mean = 0.0                    for z
    deviation = 1.0               for z
    reference = ""                for reference: a unit
    cap = false                   cut scores to low..high
    [normalise.posts]             for goalposts: CODE = [lower, upper]; else columns lower, upper of the framework
    [normalise.targets]           for target: CODE = value; else column target of the framework

    [weights]
    scheme = "framework"          or a scheme of `graph.index.schemes`, for each group of children by their scores
    [weights.levels]              LEVEL = scheme, for the children at that level
    [weights.given]               CODE = weight, in place of the framework's

    [aggregate]
    method = "arithmetic"         arithmetic, geometric, harmonic, generalised, median, copeland
    power = 1.0                   for generalised
    floor = 1.0                   scores below are refused by means that need values above 0
    present = 0.0                 share of the children that a parent needs
    [aggregate.levels]            LEVEL = method, for the parents at that level

    [frozen.CODE]                 the scale of an earlier edition (`graph.index.run.freeze` writes it)
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from graph.index.keys import POSITIVE, Key, is_number, is_whole, tables_of, text_of
from graph.index.sheet import refuse
from graph.model import digest

TRANSFORMS = ("log", "log_plus", "log_gii", "boxcox", "none")
IMPUTATIONS = ("mean", "median", "knn", "em", "none")
NORMALISATIONS = ("minmax", "z", "rank", "percentile", "borda", "goalposts", "target", "reference", "fraction")
MEANS = ("arithmetic", "geometric", "harmonic", "generalised", "median", "copeland")
FRAMEWORK = "framework"

Numbers = tuple[tuple[str, float], ...]
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Screen:
    """Which units are ranked, and which indicators are refused."""

    share: float = 0.5
    groups: int = 1
    nonzero: float = 0.0
    column: float = 0.1


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done about outliers."""

    winmax: int = 5
    skew: float = 2.0
    kurtosis: float = 3.5
    transform: str = "log"
    combine: bool = False
    leave: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imputation:
    """What takes the place of missing values."""

    method: str = "mean"
    group: str = ""
    neighbours: int = 5


@dataclass(frozen=True, slots=True)
class Normalisation:
    """How indicators come on one scale."""

    method: str = "minmax"
    low: float = 0.0
    high: float = 100.0
    mean: float = 0.0
    deviation: float = 1.0
    reference: str = ""
    cap: bool = False
    posts: tuple[tuple[str, tuple[float, float]], ...] = ()
    targets: Numbers = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """Where weights come from."""

    scheme: str = FRAMEWORK
    levels: tuple[tuple[int, str], ...] = ()
    given: Numbers = ()


@dataclass(frozen=True, slots=True)
class Aggregation:
    """How the scores of children become their parent's."""

    method: str = "arithmetic"
    power: float = 1.0
    floor: float = 1.0
    present: float = 0.0
    levels: tuple[tuple[int, str], ...] = ()

    def at(self, level: int) -> str:
        """The method for parents at a level."""
        return dict(self.levels).get(level, self.method)


@dataclass(frozen=True, slots=True)
class Frozen:
    """How one indicator was put on its scale in an earlier edition, to be done again with the same numbers.

    `transform` is applied with the extremes (`least`, `most`) of then; values are cut to `floor` and `ceiling`, where
    winsorising ended; `lower` and `upper` are what min-max (or, for z, mean and mean + deviation) stood on.
    """

    transform: str = "none"
    least: float = 0.0
    most: float = 1.0
    power: float = 0.0  # of Box and Cox
    floor: float = -math.inf
    ceiling: float = math.inf
    lower: float = 0.0
    upper: float = 1.0


@dataclass(frozen=True, slots=True)
class Choices:
    """All choices of an index; equal choices have the same hash.

    >>> plain = Choices()
    >>> changed = replace(plain, aggregation=replace(plain.aggregation, levels=((2, "geometric"),)))
    >>> plain == parse_choices(""), plain.hash == changed.hash
    (True, False)
    """

    order: str = "impute"
    denominate: bool = True
    screen: Screen = field(default_factory=Screen)
    treatment: Treatment = field(default_factory=Treatment)
    imputation: Imputation = field(default_factory=Imputation)
    normalisation: Normalisation = field(default_factory=Normalisation)
    weights: Weights = field(default_factory=Weights)
    aggregation: Aggregation = field(default_factory=Aggregation)
    frozen: tuple[tuple[str, Frozen], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The recipe as TOML would hold it, everything written out; `choices_of` is the way back."""
        told: dict[str, Any] = {"order": self.order, "denominate": self.denominate}
        for section, name in _SECTIONS.items():
            told[section] = _plain(getattr(self, name))
        for section, key in (("normalise", "posts"), ("normalise", "targets"), ("weights", "given")):
            told[section][key] = {code: _plain(value) for code, value in told[section][key]}
        for section in ("weights", "aggregate"):
            told[section]["levels"] = {str(level): name for level, name in told[section]["levels"]}
        told["frozen"] = {code: _finite(_plain(scale)) for code, scale in self.frozen}
        return told

    def named(self) -> list[tuple[str, str]]:
        """Every code and level that the choices name, each with the place in the recipe."""
        scale, weights = self.normalisation, self.weights
        return [
            *(("treat.leave", code) for code in self.treatment.leave),
            *(("normalise.posts", code) for code, _ in scale.posts),
            *(("normalise.targets", code) for code, _ in scale.targets),
            *(("weights.given", code) for code, _ in weights.given),
            *(("weights.levels", str(level)) for level, _ in weights.levels),
            *(("aggregate.levels", str(level)) for level, _ in self.aggregation.levels),
            *(("frozen", code) for code, _ in self.frozen),
        ]

    def within(self, codes: Collection[str], levels: Collection[int]) -> Choices:
        """The choices without what they say of other codes and levels."""
        if not self.named():
            return self
        left, scale, weights = set(codes), self.normalisation, self.weights
        return replace(
            self,
            treatment=replace(self.treatment, leave=tuple(code for code in self.treatment.leave if code in left)),
            normalisation=replace(scale, posts=_only(scale.posts, left), targets=_only(scale.targets, left)),
            weights=replace(weights, given=_only(weights.given, left), levels=_only(weights.levels, levels)),
            aggregation=replace(self.aggregation, levels=_only(self.aggregation.levels, levels)),
            frozen=_only(self.frozen, left),
        )

    @property
    def hash(self) -> str:
        """A hash of all choices, to be printed with what they gave."""
        return digest(json.dumps(self.as_dict(), sort_keys=True))


def _only(rows: tuple[tuple[K, V], ...], known: Collection[Any]) -> tuple[tuple[K, V], ...]:
    return tuple(row for row in rows if row[0] in known)


_SECTIONS = {
    "screen": "screen",
    "treat": "treatment",
    "impute": "imputation",
    "normalise": "normalisation",
    "weights": "weights",
    "aggregate": "aggregation",
}
_KINDS: Mapping[str, type] = {
    "screen": Screen,
    "treat": Treatment,
    "impute": Imputation,
    "normalise": Normalisation,
    "weights": Weights,
    "aggregate": Aggregation,
}


def read_choices(path: Path) -> Choices:
    """The choices of a TOML file (form above).

    Raises:
        ReadError: the file is not there, or is no TOML.
        InputError: an unknown key or a wrong value; all mistakes at once.
    """
    return parse_choices(text_of(path, "no recipe there ({})"), str(path))


def parse_choices(text: str, where: str = "recipe") -> Choices:
    """The choices that TOML text holds. `where` names it in errors.

    >>> parse_choices("[aggregate.levels]\\n3 = 'geometric'").aggregation.at(3)
    'geometric'
    >>> parse_choices("[treat]\\nwinmax = -1\\ncolour = 'red'")
    Traceback (most recent call last):
    graph.errors.InputError: 2 mistakes: recipe, treat.winmax: must be a whole number from 0; recipe, treat.colour: is
    unknown (known: winmax, skew, kurtosis, transform, combine, leave)
    """
    return choices_of(tables_of(text, where), where)


def choices_of(told: Mapping[str, Any], where: str = "recipe") -> Choices:
    """The choices that nested tables hold, as TOML or JSON gives them.

    Raises:
        InputError: an unknown key or a wrong value; all mistakes at once.
    """
    refuse([f"{where}, {mistake}" for mistake in _mistakes(told)])
    plain = Choices(order=told.get("order", "impute"), denominate=told.get("denominate", True))
    made = {name: _section(section, told.get(section, {})) for section, name in _SECTIONS.items()}
    scales = sorted((code, _typed(Frozen, row)) for code, row in told.get("frozen", {}).items())
    return replace(plain, **made, frozen=tuple(scales))


def _section(section: str, told: Mapping[str, Any]) -> Any:
    rows = dict(told)
    for key in ("posts", "targets", "given", "levels"):
        if key in rows:
            rows[key] = tuple(sorted((_key(key, name), _value(key, value)) for name, value in rows[key].items()))
    return _typed(_KINDS[section], rows)


def _key(key: str, name: str) -> str | int:
    return int(name) if key == "levels" else name


def _value(key: str, value: Any) -> Any:
    if key == "posts":
        return float(value[0]), float(value[1])
    return value if key == "levels" else float(value)


def _typed(kind: Any, rows: Mapping[str, Any]) -> Any:
    """A dataclass of these values, with 1 as 1.0 where a fraction is asked for, so that equal recipes are equal."""
    wanted = {one.name: one.type for one in fields(kind)}
    return kind(
        **{
            name: float(value) if wanted[name] == "float" else tuple(value) if isinstance(value, list) else value
            for name, value in rows.items()
        }
    )


def _plain(value: Any) -> Any:
    if hasattr(value, "__slots__"):
        return {name: _plain(getattr(value, name)) for name in value.__slots__}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _finite(row: Mapping[str, Any]) -> dict[str, Any]:
    """Without the bounds that bound nothing: JSON has no infinity."""
    return {name: value for name, value in row.items() if not isinstance(value, float) or math.isfinite(value)}


def _one_of(names: tuple[str, ...]) -> Key:
    return Key(lambda value: value in names, f"one of {', '.join(names)}")


def _table_of(right: Callable[[Any], bool], wanted: str, levels: bool = False) -> Key:
    def holds(value: Any) -> bool:
        return isinstance(value, dict) and all(
            right(one) and (not levels or str(name).isdecimal()) for name, one in value.items()
        )

    return Key(holds, wanted)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(is_number, value)) and value[0] != value[1]


_NUMBER = Key(is_number, "a number")
_SHARE = Key(lambda value: is_number(value) and 0 <= value <= 1, "a share from 0 to 1")
_COUNT = Key(lambda value: is_whole(value) and value >= 0, "a whole number from 0")
_TRUTH = Key(lambda value: isinstance(value, bool), "true or false")
_WORD = Key(lambda value: isinstance(value, str), "words")
_NAMES = Key(
    lambda value: isinstance(value, list | tuple) and all(isinstance(one, str) for one in value), "a list of codes"
)
_KEYS: Mapping[str, Mapping[str, Key]] = {
    "screen": {"share": _SHARE, "groups": _COUNT, "nonzero": _SHARE, "column": _SHARE},
    "treat": {
        "winmax": _COUNT,
        "skew": POSITIVE,
        "kurtosis": _NUMBER,
        "transform": _one_of(TRANSFORMS),
        "combine": _TRUTH,
        "leave": _NAMES,
    },
    "impute": {
        "method": _one_of(IMPUTATIONS),
        "group": _WORD,
        "neighbours": Key(lambda value: is_whole(value) and value >= 1, "a whole number from 1"),
    },
    "normalise": {
        "method": _one_of(NORMALISATIONS),
        "low": _NUMBER,
        "high": _NUMBER,
        "mean": _NUMBER,
        "deviation": POSITIVE,
        "reference": _WORD,
        "cap": _TRUTH,
        "posts": _table_of(_is_pair, "a table CODE = [lower, upper] of two unlike numbers"),
        "targets": _table_of(is_number, "a table CODE = number"),
    },
    "weights": {
        "scheme": _WORD,
        "levels": _table_of(lambda value: isinstance(value, str), "a table LEVEL = scheme", levels=True),
        "given": _table_of(lambda value: is_number(value) and value >= 0, "a table CODE = number from 0"),
    },
    "aggregate": {
        "method": _one_of(MEANS),
        "power": Key(lambda value: is_number(value) and value != 0, "a number unlike 0 (0 is the geometric mean)"),
        "floor": POSITIVE,
        "present": _SHARE,
        "levels": _table_of(lambda value: value in MEANS, f"a table LEVEL = one of {', '.join(MEANS)}", levels=True),
    },
}
_FROZEN: Mapping[str, Key] = {
    one.name: _one_of((*TRANSFORMS, "log_neg")) if one.name == "transform" else _NUMBER for one in fields(Frozen)
}


def _mistakes(told: Mapping[str, Any]) -> Iterator[str]:
    known = {"order": _one_of(("impute", "treat")), "denominate": _TRUTH}
    tables = [*_KEYS, "frozen"]
    for name, value in told.items():
        if name in known and not known[name].right(value):
            yield f"{name}: must be {known[name].wanted}"
        elif name in tables and not isinstance(value, dict):
            yield f"{name}: must be a table [{name}]"
        elif name not in known and name not in tables:
            yield f"{name}: is unknown (known: {', '.join([*known, *tables])})"
    for section, keys in _KEYS.items():
        if isinstance(told.get(section), dict):
            yield from _wrong(section, told[section], keys)
    if isinstance(told.get("frozen"), dict):
        for code, row in told["frozen"].items():
            if isinstance(row, dict):
                yield from _wrong(f"frozen.{code}", row, _FROZEN)
            else:
                yield f"frozen.{code}: must be a table"
    scale = told.get("normalise")
    ends = (scale.get("low", 0), scale.get("high", 100)) if isinstance(scale, dict) else (0, 1)
    if all(map(is_number, ends)) and ends[0] >= ends[1]:
        yield "normalise.low: must be below normalise.high"


def _wrong(place: str, told: Mapping[str, Any], keys: Mapping[str, Key]) -> Iterator[str]:
    for name, value in told.items():
        if name not in keys:
            yield f"{place}.{name}: is unknown (known: {', '.join(keys)})"
        elif not keys[name].right(value):
            yield f"{place}.{name}: must be {keys[name].wanted}"
